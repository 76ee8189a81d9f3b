//! Descriptors of large methods that wait for the end, set aside in chunks: as they are, or a few bytes each.
//!
//! Places in the frame are known when the whole body is generated, so nothing can be encoded before that. Until then descriptors are
//! most of what a large method's compile holds. They are set aside from time to time, each chunk in memory of just its size, and
//! every chunk is given back as soon as it is encoded.
//!
//! Packed, a descriptor is a word of its own length, lowest byte first:
//!
//! ```text
//!   byte 0                          1            2 ...
//!   bits 0-2  bytes of `disp`       row of the   disp, then imm,
//!   bits 3-5  bytes of `imm`        table of     without leading
//!   bit 6     the head is known     heads        zeros
//! ```
//!
//! The head is all but `disp` and `imm`. Those met last are kept in a table, the same in writer and reader; one that is not known
//! stands whole behind the word.

use super::instr_desc::InstrDesc;
use crate::util::room::push_gently;

/// Bytes read and written at once; a word is shorter.
const WORD: usize = 16;
const HEAD: usize = 8;
const KNOWN: u8 = 1 << 6;

/// Rows of the table of heads.
const ROWS: usize = 1 << 8;

fn row_of(head: u64) -> usize {
    (head.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize
}

fn significant_bytes(x: u32) -> u32 {
    (39 - x.leading_zeros()) / 8
}

/// Writes `x` at `at`, as a whole.
#[inline(always)]
fn put<const N: usize>(bytes: &mut [u8], at: usize, x: [u8; N]) {
    if let Some(to) = bytes[at..].first_chunk_mut() {
        *to = x;
    }
}

/// The low `bytes` of `word`, at most four.
fn low(word: u128, bytes: u32) -> u32 {
    (word as u64 & ((1 << (8 * bytes)) - 1)) as u32
}

/// Descriptors in the form they are set aside in.
#[derive(Debug)]
enum Kept {
    Whole(Vec<InstrDesc>),
    Packed(Vec<u8>),
}

/// Descriptors that followed each other.
#[derive(Debug)]
struct Chunk {
    /// Number of the first and of the one behind the last.
    first: u32,
    end: u32,
    kept: Kept,
}

/// The chunks of a method, in the order of generation.
#[derive(Default, Debug)]
pub struct Aside {
    chunks: Vec<Chunk>,
    /// Chunks given back.
    passed: usize,
    /// The chunk at hand.
    open: Vec<InstrDesc>,
    /// Its number, if there is one.
    open_first: Option<u32>,
    bytes: Vec<u8>,
}

impl Aside {
    /// Gives everything back.
    pub fn clear(&mut self) {
        if !self.chunks.is_empty() {
            *self = Aside::default();
        }
    }

    /// Sets `descs` aside, the first of which has number `first`.
    pub fn push(&mut self, first: u32, descs: &[InstrDesc], pack: bool) {
        let kept = if pack {
            Kept::Packed(self.packed(descs))
        } else {
            Kept::Whole(descs.to_vec())
        };
        let end = first + descs.len() as u32;
        push_gently(&mut self.chunks, Chunk { first, end, kept });
    }

    /// The descriptors from number `first` to the end of its chunk; chunks before it are given back.
    pub fn starting_at(&mut self, first: u32) -> &[InstrDesc] {
        while let Some(chunk) = self.chunks.get_mut(self.passed) {
            if first >= chunk.end {
                chunk.kept = Kept::Whole(Vec::new());
                self.open_first = None;
                self.passed += 1;
                continue;
            }
            if self.open_first.is_none() {
                match &mut chunk.kept {
                    Kept::Whole(descs) => self.open = std::mem::take(descs),
                    Kept::Packed(bytes) => unpack(bytes, &mut self.open),
                }
                self.open_first = Some(chunk.first);
            }
            let at = first.checked_sub(chunk.first);
            return at
                .and_then(|at| self.open.get(at as usize..))
                .unwrap_or(&[]);
        }
        &[]
    }

    fn packed(&mut self, descs: &[InstrDesc]) -> Vec<u8> {
        self.bytes.resize(descs.len() * (WORD + HEAD) + WORD, 0);
        let mut heads = [0; ROWS];
        let mut at = 0;
        for d in descs {
            let (head, tail) = d.words();
            let (disp, imm) = (tail as u32, (tail >> 32) as u32);
            let (disp_bytes, imm_bytes) = (significant_bytes(disp), significant_bytes(imm));
            let row = row_of(head);
            let known = heads[row] == head;
            let lengths = disp_bytes as u8 | (imm_bytes as u8) << 3;
            let control = lengths | if known { KNOWN } else { 0 };
            let word = u128::from(control)
                | (row as u128) << 8
                | u128::from(disp) << 16
                | u128::from(imm) << (16 + 8 * disp_bytes);
            put(&mut self.bytes, at, word.to_le_bytes());
            at += (2 + disp_bytes + imm_bytes) as usize;
            if !known {
                heads[row] = head;
                put(&mut self.bytes, at, head.to_le_bytes());
                at += HEAD;
            }
        }
        // Words are read whole.
        self.bytes[at..at + WORD].fill(0);
        self.bytes[..at + WORD].to_vec()
    }
}

/// What [`Aside::packed`] has made of descriptors.
fn unpack(bytes: &[u8], descs: &mut Vec<InstrDesc>) {
    descs.clear();
    let mut heads = [0; ROWS];
    let mut bytes = bytes;
    while bytes.len() > WORD
        && let Some(word) = bytes.first_chunk::<WORD>()
    {
        let word = u128::from_le_bytes(*word);
        let control = word as u8;
        let row = (word >> 8) as u8 as usize;
        let (disp_bytes, imm_bytes) = (u32::from(control & 7), u32::from(control >> 3 & 7));
        let disp = low(word >> 16, disp_bytes);
        let imm = low(word >> (16 + 8 * disp_bytes), imm_bytes);
        bytes = &bytes[(2 + disp_bytes + imm_bytes) as usize..];
        if control & KNOWN == 0
            && let Some((head, rest)) = bytes.split_first_chunk::<HEAD>()
        {
            heads[row] = u64::from_le_bytes(*head);
            bytes = rest;
        }
        let tail = u64::from(disp) | u64::from(imm) << 32;
        descs.push(InstrDesc::from_words((heads[row], tail)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(n: u64) -> InstrDesc {
        // Heads that come again, heads that share a row, all lengths of both numbers.
        let mix = |x: u64| x.wrapping_mul(0x2545_F491_4F6C_DD1D).rotate_left(29) ^ (x << 7);
        let head = mix(n % 1000);
        let of_length = |x: u64, bytes: u64| mix(x) & ((1 << (8 * bytes)) - 1);
        let tail = of_length(n, n % 5) | of_length(n + 1, n / 5 % 5) << 32;
        InstrDesc::from_words((if n.is_multiple_of(7) { 0 } else { head }, tail))
    }

    #[test]
    fn what_is_set_aside_comes_back() {
        let all: Vec<InstrDesc> = (0..5000).map(numbered).collect();
        for pack in [false, true] {
            let mut aside = Aside::default();
            for (i, part) in all.chunks(700).enumerate() {
                aside.push(700 * i as u32, part, pack);
            }
            let mut at = 0;
            while at < all.len() {
                let got = aside.starting_at(at as u32);
                assert!(!got.is_empty());
                // Asked for again in the middle.
                let n = got.len().div_ceil(2);
                assert_eq!(&got[..n], &all[at..at + n]);
                at += n;
            }
            assert!(aside.starting_at(5000).is_empty());
        }
    }

    #[test]
    fn common_descriptors_are_a_few_bytes() {
        let d = |n: u64| InstrDesc::from_words((0xFFFF_0102_0003_0021 + ((n % 20) << 32), n % 90));
        let all: Vec<InstrDesc> = (0..10_000).map(d).collect();
        let mut aside = Aside::default();
        assert!(aside.packed(&all).len() < 4 * all.len());
    }
}
