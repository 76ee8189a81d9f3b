//! IL-to-native maps, variable homes and EH clause tables.
//!
//! Three tables that a runtime keeps beside a method's code, in the byte layouts in which .NET takes them: [`boundaries`] says which
//! IL each piece of code comes from, [`vars`] where each IL variable is and when, [`eh_clauses`] which code handles exceptions of which
//! other code. The first two serve debuggers and stack traces, and nothing breaks without them; the third is part
//! of what the code means.
//!
//! All offsets are bytes from the main function's start, funclets included. All records are little-endian.
//!
//! Left out: rich mappings of inlined code; the compressed form in which the runtime stores the tables.

pub mod boundaries;
pub mod eh_clauses;
pub mod vars;

use std::fmt;

/// Bytes that are not a table of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordError {
    /// Not a whole number of records of this size.
    Size {
        /// Bytes given.
        len: usize,
        /// Bytes a record.
        record: usize,
    },
    /// A record whose kind field has this unknown value.
    Kind(u32),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordError::Size { len, record } => write!(
                f,
                "{len} bytes are no whole number of {record}-byte records"
            ),
            RecordError::Kind(kind) => write!(f, "record of unknown kind {kind}"),
        }
    }
}

impl std::error::Error for RecordError {}

/// The `index`-th 32-bit word of a record.
fn word(record: &[u8], index: usize) -> u32 {
    let mut value = 0;
    for (k, &byte) in record.iter().skip(index * 4).take(4).enumerate() {
        value |= u32::from(byte) << (8 * k);
    }
    value
}

fn records(bytes: &[u8], record: usize) -> Result<std::slice::ChunksExact<'_, u8>, RecordError> {
    if !bytes.len().is_multiple_of(record) {
        return Err(RecordError::Size {
            len: bytes.len(),
            record,
        });
    }
    Ok(bytes.chunks_exact(record))
}
