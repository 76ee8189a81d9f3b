//! Machine code: instruction descriptors, groups, encoders. Knows nothing of the IR.
//!
//! Code generation appends [`InstrDesc`]s to [`InsGroup`]s through an [`Emitter`]. Frame offsets are not known yet, so a memory
//! operand may name a *frame slot*; everything positional (GC changes, call sites, IL offsets, EH boundaries, unwind operations)
//! is a [`CodeMark`] keyed by (group, instruction). `finish` resolves slots, shortens branches, aligns, and writes bytes.
//!
//! Invariants, by name:
//!
//! - **label-at-group**: a label exists only at the beginning of a group.
//! - **jump-ends-group-piece**: a jump's size is not known until `finish`; nothing else in a method changes size.
//! - **marks-in-order**: marks are appended in code order within their group.

#[cfg(test)]
mod agreement;
mod aside;
pub mod code;
pub mod code_mark;
pub mod data_section;
pub mod encoder;
pub mod finish;
pub mod ins_group;
pub mod instr_desc;
pub mod jumps;
pub mod print;

pub mod arm64;
pub mod x64;

pub use code::{Code, Reloc, RelocTarget, Section};
pub use code_mark::{CodeMark, MarkKind};
pub use encoder::{CodeBuf, Emit, EncodeCx, EncodeError, FrameAccess, PrintCx, Refusal};
pub use finish::{FinishScratch, finish};
pub use ins_group::{Emitter, GroupFlags, GroupId, InsGroup, SetAside, Symbol, SymbolKind};
pub use instr_desc::{FrameRef, InstrDesc, Label, SlotId};
