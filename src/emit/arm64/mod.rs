//! arm64 instructions: the table, the encoder, the convenience interface, the printer.
//!
//! [`table`] says what exists, [`shape`] what operands the rarer forms have, [`imm`] which constants fit, [`asm`] makes
//! descriptors, [`encode`] (and `quick`, the short way) turns them into words, [`decode`] words into descriptors, [`print`]
//! descriptors into text, and [`verify`] (checked builds) holds the words against an independent decoder.

pub mod asm;
mod asm_vector;
pub mod decode;
pub mod encode;
pub mod imm;
pub mod instr_desc;
#[cfg(any(test, feature = "checked"))]
pub mod judge;
mod peephole;
pub mod print;

mod print_shaped;
mod quick;
#[cfg(any(test, feature = "checked"))]
pub mod samples;
pub mod shape;
mod shaped;
pub mod table;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "checked"))]
pub mod unit_tests;
#[cfg(any(test, feature = "checked"))]
pub mod verify;

pub use asm::{Asm, Cond, Ext, Mem, MemOp, Shift, W};
pub use shape::Arr;
pub use table::{Class, Ins};
