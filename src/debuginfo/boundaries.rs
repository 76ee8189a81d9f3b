//! The IL-to-native map.
//!
//! ```text
//!  12 bytes an entry    │ native offset :32 │ IL offset :32 │ source flags :32 │
//! ```
//!
//! An entry says: the code from its native offset up to the next entry's belongs to that IL offset. Entries ascend by
//! native offset, several may share one, and the first is (0, prolog). IL offsets −1, −2, −3 stand for no IL, prolog and epilog.

use super::{RecordError, records, word};
use std::fmt;

/// Size of an entry.
pub const RECORD_SIZE: usize = 12;

/// An IL offset, or one of the three that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IlOffset(pub u32);

impl IlOffset {
    /// Code that belongs to no IL.
    pub const NO_MAPPING: IlOffset = IlOffset(-1i32 as u32);
    /// The prolog of main function or funclet.
    pub const PROLOG: IlOffset = IlOffset(-2i32 as u32);
    /// An epilog.
    pub const EPILOG: IlOffset = IlOffset(-3i32 as u32);

    /// Whether this is one of the three.
    pub fn is_special(self) -> bool {
        self.0 >= IlOffset::EPILOG.0
    }
}

impl fmt::Display for IlOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            IlOffset::NO_MAPPING => write!(f, "none"),
            IlOffset::PROLOG => write!(f, "prolog"),
            IlOffset::EPILOG => write!(f, "epilog"),
            IlOffset(offset) => write!(f, "IL_{offset:04x}"),
        }
    }
}

bitflags::bitflags! {
    /// Why there is an entry.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct MappingSource: u32 {
        /// The debugger asked for it.
        const SEQUENCE_POINT = 1;
        /// The IL evaluation stack is empty here.
        const STACK_EMPTY = 2;
        /// Behind a call.
        const CALL_SITE = 4;
        /// The native end is not known.
        const END_UNKNOWN = 8;
        /// At a call instruction.
        const CALL_INSTRUCTION = 0x10;
        /// At an async suspension or resumption.
        const ASYNC = 0x20;
    }
}

/// An entry of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OffsetMapping {
    /// Bytes from the main function's start.
    pub native_offset: u32,
    /// The IL, or none.
    pub il_offset: IlOffset,
    /// Why.
    pub source: MappingSource,
}

/// `0x0010 IL_0003 STACK_EMPTY`.
impl fmt::Display for OffsetMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#06x} {}", self.native_offset, self.il_offset)?;
        for (name, _) in self.source.iter_names() {
            write!(f, " {name}")?;
        }
        Ok(())
    }
}

/// Brings entries into the order of a map: ascending by native offset, entries at one offset in the order given.
/// Of neighbours that say the same the first stays, and a prolog entry at 0 is put in front if there is none.
pub fn normalize(entries: &mut Vec<OffsetMapping>) {
    let prolog = OffsetMapping {
        native_offset: 0,
        il_offset: IlOffset::PROLOG,
        source: MappingSource::STACK_EMPTY,
    };
    if !entries
        .iter()
        .any(|entry| entry.native_offset == 0 && entry.il_offset == IlOffset::PROLOG)
    {
        entries.insert(0, prolog);
    }
    // Stable, with the prolog before everything else at 0.
    entries.sort_by_key(|entry| {
        (
            entry.native_offset,
            entry.native_offset != 0 || entry.il_offset != IlOffset::PROLOG,
        )
    });
    entries.dedup_by(|next, before| {
        next.il_offset == before.il_offset && next.native_offset == before.native_offset && {
            before.source |= next.source;
            true
        }
    });
}

/// Appends the records to `out`.
pub fn write(entries: &[OffsetMapping], out: &mut Vec<u8>) {
    out.reserve(entries.len() * RECORD_SIZE);
    for entry in entries {
        for value in [entry.native_offset, entry.il_offset.0, entry.source.bits()] {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// Reads records back. Unknown source flags are kept.
pub fn read(bytes: &[u8]) -> Result<Vec<OffsetMapping>, RecordError> {
    let entries = records(bytes, RECORD_SIZE)?.map(|record| OffsetMapping {
        native_offset: word(record, 0),
        il_offset: IlOffset(word(record, 1)),
        source: MappingSource::from_bits_retain(word(record, 2)),
    });
    Ok(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(native_offset: u32, il_offset: IlOffset) -> OffsetMapping {
        OffsetMapping {
            native_offset,
            il_offset,
            source: MappingSource::STACK_EMPTY,
        }
    }

    #[test]
    fn records_are_twelve_bytes() {
        let mut out = Vec::new();
        let entries = [entry(0, IlOffset::PROLOG), entry(0x1234, IlOffset(7))];
        write(&entries, &mut out);
        let expected = [
            [0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0],
            [0x34, 0x12, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0],
        ];
        assert_eq!(out, expected.concat());
        assert_eq!(read(&out), Ok(entries.to_vec()));
        assert_eq!(
            read(&out[..13]),
            Err(RecordError::Size {
                len: 13,
                record: 12
            })
        );
    }

    #[test]
    fn normalized_maps_begin_with_the_prolog_and_ascend() {
        let call = OffsetMapping {
            source: MappingSource::CALL_SITE,
            ..entry(9, IlOffset(4))
        };
        let mut entries = vec![
            entry(9, IlOffset(4)),
            call,
            entry(0, IlOffset(0)),
            entry(9, IlOffset(2)),
        ];
        normalize(&mut entries);
        let both = MappingSource::CALL_SITE | MappingSource::STACK_EMPTY;
        let merged = OffsetMapping {
            source: both,
            ..call
        };
        assert_eq!(
            entries,
            [
                entry(0, IlOffset::PROLOG),
                entry(0, IlOffset(0)),
                merged,
                entry(9, IlOffset(2))
            ]
        );
        let again = entries.clone();
        normalize(&mut entries);
        assert_eq!(entries, again);
    }

    #[test]
    fn entries_print_readably() {
        assert_eq!(
            entry(0x10, IlOffset(3)).to_string(),
            "0x0010 IL_0003 STACK_EMPTY"
        );
        assert_eq!(
            entry(0, IlOffset::PROLOG).to_string(),
            "0x0000 prolog STACK_EMPTY"
        );
        assert!(
            IlOffset::EPILOG.is_special()
                && IlOffset::NO_MAPPING.is_special()
                && !IlOffset(5).is_special()
        );
    }
}
