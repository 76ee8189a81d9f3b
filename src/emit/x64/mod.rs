//! x64 instructions: the table, the encoder, the convenience interface, the printer.
//!
//! [`table`] says what exists, [`asm`] makes descriptors, [`encode`] turns them into bytes, [`print`] into text, and [`verify`]
//! (checked builds) holds the bytes against an independent decoder.

pub mod asm;
pub mod encode;
pub mod instr_desc;
pub mod print;
pub mod table;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "checked"))]
pub mod verify;

pub use asm::{Asm, Cc, Mem, W};
pub use table::Ins;
