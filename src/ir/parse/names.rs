//! What the text's own numbers and names stand for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Numbers of the text (`t12`, `v3`, `bb0`) to ids, anew in each function.
///
/// Dense up to a limit that the text's length gives, so that memory is bounded by the text and not by a number in it; larger numbers
/// are kept apart. An entry holds its id plus the function's base, which is above all entries of earlier functions: nothing is cleared.
#[derive(Default)]
pub(super) struct Numbers {
    dense: Vec<u32>,
    limit: u32,
    sparse: HashMap<u32, u32, BuildHasherDefault<TextHasher>>,
    base: u32,
}

impl Numbers {
    /// For a text of `bytes` bytes: a definition takes eight at least.
    pub fn new(bytes: usize) -> Numbers {
        Numbers {
            limit: (bytes / 8 + 64).min(u32::MAX as usize) as u32,
            base: 1,
            ..Numbers::default()
        }
    }

    /// Forgets everything; the ids so far were below `ids`.
    pub fn start(&mut self, ids: u32) {
        self.sparse.clear();
        match self.base.checked_add(ids) {
            // Ids of a body are below 2^30.
            Some(base) if base < u32::MAX / 2 => self.base = base,
            _ => {
                self.dense.clear();
                self.base = 1;
            }
        }
    }

    /// The id of `n`.
    #[inline]
    pub fn get(&self, n: u32) -> Option<u32> {
        match self.dense.get(n as usize) {
            Some(&id) => id.checked_sub(self.base),
            None => self.get_sparse(n),
        }
    }

    fn get_sparse(&self, n: u32) -> Option<u32> {
        if n < self.limit {
            return None;
        }
        self.sparse.get(&n).copied()
    }

    /// Sets the id of `n`.
    #[inline]
    pub fn set(&mut self, n: u32, id: u32) {
        match self.dense.get_mut(n as usize) {
            Some(entry) => *entry = self.base + id,
            None => self.set_new(n, id),
        }
    }

    #[cold]
    fn set_new(&mut self, n: u32, id: u32) {
        if n >= self.limit {
            self.sparse.insert(n, id);
            return;
        }
        let size = (2 * n as usize + 64).min(self.limit as usize);
        self.dense.resize(size, 0);
        self.dense[n as usize] = self.base + id;
    }
}

/// Names of the module to dense numbers, in the order of their first mention.
#[derive(Default)]
pub(super) struct Names<'a> {
    map: HashMap<Cow<'a, str>, u32, BuildHasherDefault<TextHasher>>,
}

impl<'a> Names<'a> {
    /// The number of `name`, which it gets if it has none.
    pub fn intern(&mut self, name: Cow<'a, str>) -> u32 {
        let next = self.map.len() as u32;
        *self.map.entry(name).or_insert(next)
    }

    /// The number of `name`.
    pub fn get(&self, name: &str) -> Option<u32> {
        self.map.get(name).copied()
    }
}

/// A multiplicative hash of short keys. The order of a map is never looked at.
#[derive(Default)]
pub(super) struct TextHasher(u64);

impl TextHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
}

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for &w in words {
            self.add(u64::from_le_bytes(w));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last));
    }
    fn write_u8(&mut self, v: u8) {
        self.add(v.into());
    }
    fn write_u32(&mut self, v: u32) {
        self.add(v.into());
    }
    fn finish(&self) -> u64 {
        // The best bits are at the top; maps take the place from the bottom.
        self.0 ^ self.0.rotate_left(26)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_a_functions_own_and_bounded() {
        let mut n = Numbers::new(800);
        n.set(0, 5);
        n.set(163, 6);
        n.set(999_999_999, 7);
        assert_eq!([n.get(0), n.get(1), n.get(163)], [Some(5), None, Some(6)]);
        assert_eq!([n.get(999_999_999), n.get(999_999_998)], [Some(7), None]);
        assert!(n.dense.len() <= 164);
        n.start(8);
        assert_eq!([n.get(0), n.get(163), n.get(999_999_999)], [None; 3]);
        n.set(0, 0);
        assert_eq!(n.get(0), Some(0));
        n.start(u32::MAX - 9);
        assert_eq!(n.get(0), None);
    }
}
