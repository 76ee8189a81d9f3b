//! The altjit that stock .NET loads: exports, vtables and the runtime behind them.
//!
//! ```text
//!   runtime ── jitStartup, getJit ── startup      the exports, the compiler object, which release this is
//!           ── compileMethod ─────── compile_method   one compilation: filters, the pipeline, what it becomes
//!           ◄─ questions ─────────── vtable, error_trap   ICorJitInfo, every exception made a value
//! ```
//!
//! This folder and the knob table are the only code that knows .NET's binary interface. What differs between releases is
//! data: [`version`], [`slots`], [`helpers`], a record or a column each.
//!
//! Rules of the house, each kept where it is named:
//!
//! - *No exception meets a Rust frame that minds*: `error_trap`.
//! - *No panic crosses and none prints*: `compile_method` catches, `startup` takes the panic text for the report.
//! - *No lock is held across a question*, and nothing keyed by a runtime handle outlives its compilation: contexts come
//!   from a pool, text is made before the file is locked.
//! - *No signal handler, no thread, no registered frames*: there is no code here that would.
//! - *A method that is not ours is declined and counted*: `report`.

#![allow(unsafe_code)] // the interface is made of foreign pointers; each block says why it is sound

mod compile_method;
pub mod enums;
mod error_trap;
pub mod helpers;
mod host;
mod log;
mod metadata;
mod names;
mod output;
mod pool;
mod publish;
mod report;
mod runtime;
mod shim;
pub mod slots;
mod startup;
pub mod structs;
pub mod version;
mod vtable;

pub use vtable::EeError;
