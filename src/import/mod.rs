//! IL to IR.
//!
//! The input is a method's IL with its types resolved ([`IlMethod`]) and somebody who answers questions about tokens
//! ([`Metadata`]); the output is an [`ir::Method`](crate::ir::Method). Nothing here knows a runtime's binary interface.
//!
//! 1. [`blocks`] finds where blocks begin, which can be reached, and which locals have their address taken.
//! 2. [`eh`] makes regions and clauses of the exception table, and steps of `leave`.
//! 3. [`importer`] walks the reachable blocks, keeping the evaluation stack in [`stack`] entries: nodes are appended in the
//!    order of the IL, so what an instruction computed stands before what later ones do.
//!
//! Invariants of the walk:
//!
//! - **pending-read**: a stack entry may be a read of a local that happens where it is used. Before a store to that local
//!   every such entry is copied to a temporary; a local whose address is taken anywhere is copied when it is pushed.
//! - **one-use**: an entry that is a node's value is used once; `dup` copies it to a temporary first.
//! - **struct-in-local**: a struct on the stack is always a local.
//! - **stack-in-temps**: what is on the stack at the end of a block is in the temporaries that the successor expects.
//!
//! What is not carried is [`ImportError::Unsupported`] with a reason; wrong IL is [`ImportError::BadCode`]. Nothing
//! recurses by input depth.
//!
//! Left out: inlining, varargs. Source: ECMA-335 6th edition, partitions II.25.4 and III.

mod arith;
pub mod blocks;
mod calls;
mod control;
pub mod eh;
mod generics;
pub mod il_opcodes;
mod importer;
mod intrinsics;
mod memory;
pub mod metadata;
mod stack;
mod synchronized;
#[cfg(test)]
mod tests;
mod typed_refs;
mod vectors;

pub use importer::import;
pub use metadata::{IlMethod, Metadata};

/// Why a method was not imported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ImportError {
    /// The IL is wrong.
    BadCode {
        /// IL offset.
        at: u32,
        /// What is wrong.
        what: &'static str,
    },
    /// Valid, but not carried.
    Unsupported {
        /// IL offset.
        at: u32,
        /// What, as a short phrase: it is counted.
        what: String,
    },
    /// Too big.
    Limit(&'static str),
    /// A question to the runtime failed.
    Runtime(String),
}

impl ImportError {
    /// Something not carried; the offset is filled in by the walk.
    pub fn unsupported(what: impl Into<String>) -> ImportError {
        ImportError::Unsupported {
            at: 0,
            what: what.into(),
        }
    }

    /// The same error with the IL offset, where it has one.
    fn located(self, offset: u32) -> ImportError {
        match self {
            ImportError::Unsupported { what, .. } => ImportError::Unsupported { at: offset, what },
            e => e,
        }
    }
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ImportError::BadCode { at, what } => write!(f, "bad IL at {at:04x}: {what}"),
            ImportError::Unsupported { at, what } => {
                write!(f, "unsupported at IL {at:04x}: {what}")
            }
            ImportError::Limit(what) => write!(f, "over a limit: {what}"),
            ImportError::Runtime(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for ImportError {}
