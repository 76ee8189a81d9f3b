//! Homes of IL variables, over ranges of code.
//!
//! ```text
//!  40 bytes an entry (64-bit targets)
//!  │ start :32 │ end :32 │ number :32 │ pad :32 │ kind :32 │ pad :32 │ 16 bytes by kind │
//!
//!  0 register              reg               5 two registers       low reg, high reg
//!  1 address in register   reg               6 register + stack    reg, base, offset
//!  2 vector register       reg               7 stack + register    base, offset, reg
//!  3 stack                 base, offset      8 two stack words     base, offset
//!  4 address on the stack  base, offset     10 fixed argument of a varargs method   offset
//! ```
//!
//! Numbers count arguments first (`this` is 0), then locals; hidden ones are negative. Registers: on x64 machine
//! encodings and vector registers from 0; on arm64 x0–x28, fp 29, lr 30, sp 31, pc 32.

use super::{RecordError, records, word};
use std::fmt;

/// Size of an entry.
pub const RECORD_SIZE: usize = 40;

/// A variable's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarNumber(pub i32);

impl VarNumber {
    /// The varargs cookie.
    pub const VARARGS_HANDLE: VarNumber = VarNumber(-1);
    /// The address of the return buffer.
    pub const RETURN_BUFFER: VarNumber = VarNumber(-2);
    /// The generic type context.
    pub const TYPE_CONTEXT: VarNumber = VarNumber(-3);
    /// A variable of the compiler's own.
    pub const UNKNOWN: VarNumber = VarNumber(-4);
}

/// Where a variable is. Registers are in the numbering of the module head, offsets in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VarLoc {
    /// In a general register.
    Register(u32),
    /// A general register has its address.
    AddressInRegister(u32),
    /// In a vector register.
    FloatRegister(u32),
    /// On the stack.
    Stack {
        /// Register that `offset` counts from.
        base: u32,
        /// Bytes.
        offset: i32,
    },
    /// Its address is on the stack.
    AddressOnStack {
        /// Register that `offset` counts from.
        base: u32,
        /// Bytes.
        offset: i32,
    },
    /// In two registers, the lower half first.
    TwoRegisters(u32, u32),
    /// The lower half in a register, the upper on the stack.
    RegisterAndStack {
        /// The lower half.
        reg: u32,
        /// Register that `offset` counts from.
        base: u32,
        /// Bytes.
        offset: i32,
    },
    /// The lower half on the stack, the upper in a register.
    StackAndRegister {
        /// Register that `offset` counts from.
        base: u32,
        /// Bytes.
        offset: i32,
        /// The upper half.
        reg: u32,
    },
    /// In two words of the stack.
    TwoStackWords {
        /// Register that `offset` counts from.
        base: u32,
        /// Of the lower word.
        offset: i32,
    },
    /// A fixed argument of a varargs method, at this offset in the argument area.
    FixedVarArg(u32),
}

impl VarLoc {
    /// The kind and the words that follow.
    fn fields(self) -> (u32, [u32; 3]) {
        match self {
            VarLoc::Register(reg) => (0, [reg, 0, 0]),
            VarLoc::AddressInRegister(reg) => (1, [reg, 0, 0]),
            VarLoc::FloatRegister(reg) => (2, [reg, 0, 0]),
            VarLoc::Stack { base, offset } => (3, [base, offset as u32, 0]),
            VarLoc::AddressOnStack { base, offset } => (4, [base, offset as u32, 0]),
            VarLoc::TwoRegisters(low, high) => (5, [low, high, 0]),
            VarLoc::RegisterAndStack { reg, base, offset } => (6, [reg, base, offset as u32]),
            VarLoc::StackAndRegister { base, offset, reg } => (7, [base, offset as u32, reg]),
            VarLoc::TwoStackWords { base, offset } => (8, [base, offset as u32, 0]),
            VarLoc::FixedVarArg(offset) => (10, [offset, 0, 0]),
        }
    }

    fn from_fields(kind: u32, [a, b, c]: [u32; 3]) -> Result<VarLoc, RecordError> {
        Ok(match kind {
            0 => VarLoc::Register(a),
            1 => VarLoc::AddressInRegister(a),
            2 => VarLoc::FloatRegister(a),
            3 => VarLoc::Stack {
                base: a,
                offset: b as i32,
            },
            4 => VarLoc::AddressOnStack {
                base: a,
                offset: b as i32,
            },
            5 => VarLoc::TwoRegisters(a, b),
            6 => VarLoc::RegisterAndStack {
                reg: a,
                base: b,
                offset: c as i32,
            },
            7 => VarLoc::StackAndRegister {
                base: a,
                offset: b as i32,
                reg: c,
            },
            8 => VarLoc::TwoStackWords {
                base: a,
                offset: b as i32,
            },
            10 => VarLoc::FixedVarArg(a),
            _ => return Err(RecordError::Kind(kind)),
        })
    }
}

impl fmt::Display for VarLoc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            VarLoc::Register(reg) => write!(f, "r{reg}"),
            VarLoc::AddressInRegister(reg) => write!(f, "[r{reg}]"),
            VarLoc::FloatRegister(reg) => write!(f, "v{reg}"),
            VarLoc::Stack { base, offset } => write!(f, "[r{base}{offset:+}]"),
            VarLoc::AddressOnStack { base, offset } => write!(f, "[[r{base}{offset:+}]]"),
            VarLoc::TwoRegisters(low, high) => write!(f, "r{low}:r{high}"),
            VarLoc::RegisterAndStack { reg, base, offset } => {
                write!(f, "r{reg}:[r{base}{offset:+}]")
            }
            VarLoc::StackAndRegister { base, offset, reg } => {
                write!(f, "[r{base}{offset:+}]:r{reg}")
            }
            VarLoc::TwoStackWords { base, offset } => write!(f, "[r{base}{offset:+}]x2"),
            VarLoc::FixedVarArg(offset) => write!(f, "vararg+{offset}"),
        }
    }
}

/// A variable's home in a stretch of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NativeVarInfo {
    /// First byte of the stretch.
    pub start: u32,
    /// Behind its last byte; above `start`.
    pub end: u32,
    /// Which variable.
    pub number: VarNumber,
    /// Where.
    pub location: VarLoc,
}

/// `V02 0x0004..0x0020 [r5-16]`.
impl fmt::Display for NativeVarInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            VarNumber::VARARGS_HANDLE => write!(f, "varargs")?,
            VarNumber::RETURN_BUFFER => write!(f, "retbuf")?,
            VarNumber::TYPE_CONTEXT => write!(f, "typectx")?,
            VarNumber(number) => write!(f, "V{number:02}")?,
        }
        write!(
            f,
            " {:#06x}..{:#06x} {}",
            self.start, self.end, self.location
        )
    }
}

/// Appends the records to `out`. Entries with an empty stretch are left out; returns how many were written.
pub fn write(entries: &[NativeVarInfo], out: &mut Vec<u8>) -> u32 {
    let mut count = 0;
    out.reserve(entries.len() * RECORD_SIZE);
    for entry in entries.iter().filter(|entry| entry.start < entry.end) {
        let (kind, [a, b, c]) = entry.location.fields();
        for value in [
            entry.start,
            entry.end,
            entry.number.0 as u32,
            0,
            kind,
            0,
            a,
            b,
            c,
            0,
        ] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        count += 1;
    }
    count
}

/// Reads records back.
pub fn read(bytes: &[u8]) -> Result<Vec<NativeVarInfo>, RecordError> {
    let entry = |record: &[u8]| {
        Ok(NativeVarInfo {
            start: word(record, 0),
            end: word(record, 1),
            number: VarNumber(word(record, 2) as i32),
            location: VarLoc::from_fields(
                word(record, 4),
                [word(record, 6), word(record, 7), word(record, 8)],
            )?,
        })
    };
    records(bytes, RECORD_SIZE)?.map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_forty_bytes() {
        let home = NativeVarInfo {
            start: 4,
            end: 0x120,
            number: VarNumber::TYPE_CONTEXT,
            location: VarLoc::Stack {
                base: 5,
                offset: -16,
            },
        };
        let mut out = Vec::new();
        assert_eq!(
            write(&[home, NativeVarInfo { end: 4, ..home }], &mut out),
            1
        );
        let words: [u32; 10] = [4, 0x120, -3i32 as u32, 0, 3, 0, 5, -16i32 as u32, 0, 0];
        assert_eq!(out, words.map(u32::to_le_bytes).concat());
        assert_eq!(read(&out), Ok(vec![home]));
        out[16] = 9;
        assert_eq!(read(&out), Err(RecordError::Kind(9)));
    }

    #[test]
    fn every_kind_survives() {
        let locations = [
            VarLoc::Register(1),
            VarLoc::AddressInRegister(2),
            VarLoc::FloatRegister(3),
            VarLoc::Stack {
                base: 4,
                offset: -8,
            },
            VarLoc::AddressOnStack { base: 5, offset: 8 },
            VarLoc::TwoRegisters(6, 7),
            VarLoc::RegisterAndStack {
                reg: 8,
                base: 9,
                offset: -10,
            },
            VarLoc::StackAndRegister {
                base: 11,
                offset: -12,
                reg: 13,
            },
            VarLoc::TwoStackWords {
                base: 14,
                offset: 15,
            },
            VarLoc::FixedVarArg(16),
        ];
        let homes = locations.map(|location| NativeVarInfo {
            start: 0,
            end: 1,
            number: VarNumber(0),
            location,
        });
        let mut out = Vec::new();
        write(&homes, &mut out);
        assert_eq!(read(&out), Ok(homes.to_vec()));
        assert_eq!(homes[3].to_string(), "V00 0x0000..0x0001 [r4-8]");
        assert_eq!(homes[6].location.to_string(), "r8:[r9-10]");
    }
}
