//! Containers that know nothing of compilers.

pub mod bitset;
pub mod index;
pub mod room;

pub use bitset::{BitMatrix, BitSet};
pub use index::{Idx, IndexVec};
