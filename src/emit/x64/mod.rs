//! x64 instructions: the table, the encoder, the convenience interface, the printer.
//!
//! [`table`] says what exists, [`asm`] makes descriptors, [`encode`] turns them into bytes, [`print`] into text, and [`verify`]
//! (checked builds) holds the bytes against an independent decoder.

pub mod asm;
pub mod encode;
mod evex;
pub mod instr_desc;
pub mod print;
pub mod table;
#[cfg(test)]
mod tests;
pub mod vec_asm;
#[cfg(any(test, feature = "checked"))]
pub mod verify;
mod vex;

pub use asm::{Asm, Cc, Mem, W};
pub use table::Ins;
pub use vec_asm::{Arg, Width, With};
