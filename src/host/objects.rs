//! Objects of the embedded host: a bump heap that only grows.
//!
//! ```text
//!   object   │ class :64 │ fields …                            │   8 + 8 * (class >> 8) bytes, at least 16
//!   array    │ class :64 │ length :32 │ 0 :32 │ elements …     │   elements of class & 15 bytes (1, 2, 4, 8)
//! ```
//!
//! A class is its number; the number says how big its objects are, so text needs no class declarations. Memory is zero.
//! Left out: collection. Everything is freed with the heap.

use std::collections::HashMap;

/// Offset of an array's length, in bytes.
pub const ARRAY_LENGTH_OFFSET: u32 = 8;
/// Offset of an array's first element, in bytes.
pub const ARRAY_DATA_OFFSET: u32 = 16;

/// Bytes of one chunk; larger objects get a chunk of their own.
const CHUNK_BYTES: usize = 1 << 20;
/// No single object is larger.
const MAX_BYTES: u64 = 1 << 30;

/// Words of each kind of statics that a class has.
pub const STATIC_WORDS: usize = 8;

/// Statics of one class. All zero until the class is initialised, which puts its number plus one into the first word of those without
/// references.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Statics {
    /// 1 once the class is initialised.
    pub initialized: u64,
    /// Those without references.
    pub plain: [u64; STATIC_WORDS],
    /// References.
    pub references: [u64; STATIC_WORDS],
    /// Those of the thread.
    pub thread: [u64; STATIC_WORDS],
}

/// The heap.
#[derive(Debug, Default)]
pub struct ObjectHeap {
    /// Statics by class; none ever moves, since code has their addresses.
    statics: HashMap<u64, Box<Statics>>,
    chunks: Vec<Box<[u64]>>,
    /// Words used of the last chunk.
    used: usize,
}

impl ObjectHeap {
    /// A zeroed object of the class; none if its size is beyond all limits.
    pub fn object(&mut self, class: u64) -> Option<u64> {
        let bytes = (8 + (class >> 8).checked_mul(8)?).max(16);
        self.allocate(class, bytes)
    }

    /// A zeroed array; none if the length is negative or the size beyond all limits.
    pub fn array(&mut self, class: u64, length: i64) -> Option<u64> {
        let length = u32::try_from(length)
            .ok()
            .filter(|&l| l <= i32::MAX as u32)?;
        let bytes = u64::from(ARRAY_DATA_OFFSET) + u64::from(length) * (class & 15);
        let object = self.allocate(class, bytes)?;
        let words = self.chunks.last_mut()?;
        // The length stands in the word behind the class.
        let at = (object as usize - words.as_ptr() as usize) / 8 + 1;
        words[at] = u64::from(length);
        Some(object)
    }

    /// The statics of a class; they stay where they are while the heap lives.
    pub fn statics(&mut self, class: u64) -> &mut Statics {
        self.statics.entry(class).or_default()
    }

    /// Runs the initialiser of a class unless that has been done.
    pub fn initialize_class(&mut self, class: u64) {
        let statics = self.statics(class);
        if statics.initialized == 0 {
            statics.initialized = 1;
            statics.plain[0] = class.wrapping_add(1);
        }
    }

    /// Statics become as if nothing had run yet.
    pub fn reset_statics(&mut self) {
        for statics in self.statics.values_mut() {
            **statics = Statics::default();
        }
    }

    /// Every object is dead; statics stay where they are.
    pub fn clear(&mut self) {
        match &mut self.chunks[..] {
            [only] if only.len() == CHUNK_BYTES / 8 => only[..self.used].fill(0),
            // Chunks made for large objects are of no use to others.
            _ => self.chunks.clear(),
        }
        self.used = 0;
    }

    /// A fresh object of a built-in exception class.
    pub fn exception(&mut self, class: u64) -> u64 {
        // 16 bytes are within every limit.
        self.allocate(class, 16).unwrap_or(0)
    }

    fn allocate(&mut self, class: u64, bytes: u64) -> Option<u64> {
        if bytes > MAX_BYTES {
            return None;
        }
        let words = (bytes as usize).div_ceil(8);
        let room = self.chunks.last().map_or(0, |c| c.len() - self.used);
        if words > room {
            self.chunks
                .push(vec![0; words.max(CHUNK_BYTES / 8)].into_boxed_slice());
            self.used = 0;
        }
        let at = self.used;
        self.used += words;
        let chunk = self.chunks.last_mut()?;
        chunk[at] = class;
        Some((&raw mut chunk[at]) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_from_the_class_number() {
        let mut heap = ObjectHeap::default();
        let a = heap.object(0x300).unwrap();
        let b = heap.object(1).unwrap();
        let c = heap.array(4, 3).unwrap();
        let d = heap.object(1).unwrap();
        assert_eq!((b - a, c - b, d - c), (32, 16, 32));
        assert_eq!(heap.array(4, -1), None);
        assert_eq!(heap.array(8, i64::from(i32::MAX)), None);
        assert_eq!(heap.object(u64::MAX), None);
        assert!(heap.array(1, 5 << 20).is_some());
    }

    #[test]
    #[allow(unsafe_code)]
    fn a_cleared_heap_is_zero_again() {
        let mut heap = ObjectHeap::default();
        let a = heap.object(0x300).unwrap();
        // SAFETY: an object of 32 bytes.
        unsafe { *(a as *mut u64).add(2) = 7 };
        heap.clear();
        assert_eq!(heap.object(0x300), Some(a));
        // SAFETY: as above.
        assert_eq!(unsafe { *(a as *const u64).add(2) }, 0);
        heap.array(8, 1 << 20).unwrap();
        heap.clear();
        assert!(heap.object(0x300).is_some());
    }
}
