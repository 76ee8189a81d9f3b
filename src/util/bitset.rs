//! Dense bit sets over `u64` words, and matrices of them laid out in one vector.

/// A set of small integers, one bit each.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// The empty set.
    pub const fn new() -> Self {
        Self { words: Vec::new() }
    }
    /// Empties the set and makes room for members below `n`; memory is kept.
    pub fn reset(&mut self, n: usize) {
        self.words.clear();
        self.words.resize(n.div_ceil(64), 0);
    }
    /// Adds `i`, which must be in range; says whether it was new.
    #[inline]
    pub fn insert(&mut self, i: usize) -> bool {
        let w = &mut self.words[i >> 6];
        let bit = 1u64 << (i & 63);
        let new = *w & bit == 0;
        *w |= bit;
        new
    }
    /// Takes `i` out.
    #[inline]
    pub fn remove(&mut self, i: usize) {
        self.words[i >> 6] &= !(1u64 << (i & 63));
    }
    /// Is `i` a member? Out of range is not.
    #[inline]
    pub fn contains(&self, i: usize) -> bool {
        self.words
            .get(i >> 6)
            .is_some_and(|w| w >> (i & 63) & 1 != 0)
    }
    /// No members?
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&w| w == 0)
    }
    /// Members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        bits(&self.words)
    }
    /// The words, 64 members each.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
    /// The words, mutable.
    pub fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }
}

/// The set bits of a word slice, ascending.
pub fn bits(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(k, &w)| {
        std::iter::successors((w != 0).then_some(w), |&w| {
            let w = w & (w - 1);
            (w != 0).then_some(w)
        })
        .map(move |w| k * 64 + w.trailing_zeros() as usize)
    })
}

/// Rows of bits of equal width in one vector: one row a block, one column a tracked local.
#[derive(Clone, Default, Debug)]
pub struct BitMatrix {
    words: Vec<u64>,
    stride: usize,
}

impl BitMatrix {
    /// Clears and sizes the matrix; memory is kept.
    pub fn reset(&mut self, rows: usize, columns: usize) {
        self.stride = columns.div_ceil(64);
        self.words.clear();
        self.words.resize(rows * self.stride, 0);
    }
    /// One row.
    #[inline]
    pub fn row(&self, r: usize) -> &[u64] {
        &self.words[r * self.stride..(r + 1) * self.stride]
    }
    /// One row, mutable.
    #[inline]
    pub fn row_mut(&mut self, r: usize) -> &mut [u64] {
        &mut self.words[r * self.stride..(r + 1) * self.stride]
    }
    /// All rows, one after the other.
    #[inline]
    pub fn words(&self) -> &[u64] {
        &self.words
    }
    /// All rows, one after the other.
    #[inline]
    pub fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }
    /// Words in a row.
    pub fn stride(&self) -> usize {
        self.stride
    }
    /// Is bit (`r`, `c`) set?
    #[inline]
    pub fn contains(&self, r: usize, c: usize) -> bool {
        debug_assert!(c >> 6 < self.stride);
        self.words[r * self.stride + (c >> 6)] >> (c & 63) & 1 != 0
    }
    /// Sets bit (`r`, `c`).
    #[inline]
    pub fn insert(&mut self, r: usize, c: usize) {
        self.row_mut(r)[c >> 6] |= 1 << (c & 63);
    }
    /// Bytes held.
    pub fn capacity_bytes(&self) -> usize {
        self.words.capacity() * 8
    }
}
