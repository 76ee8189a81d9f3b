//! How arm64 uses the fields of a descriptor.
//!
//! | field | holds |
//! |---|---|
//! | `form` | row of [`ROWS`](super::table::ROWS); `0x8000 | Ins` for a request that has no form |
//! | `width` | bit 0 64-bit, bit 1 double precision, bits 4-6 [`Mode`] |
//! | `extra` | condition; or kind of shift in bits 6-7 and amount in bits 0-5; or extend option in bits 5-7 and amount in bits 0-2 |
//! | `r[0]` | destination or transfer register |
//! | `r[1]` | first source, or base of the address |
//! | `r[2]` | second source, or index of the address; the status or old value of atomics |
//! | `r[3]` | third source, or second transfer register |
//! | `disp` | displacement, frame reference, data offset, label or symbol, by `Mode` |
//! | `imm` | immediate, as its field has it; of bit fields `immr << 6 | imms` |
//!
//! Absent registers are 0, not `NONE`. Register 31 is SP or the zero register, as the form says.

use super::table::{FORMS, ROWS};
use super::{Class, Ins};
use crate::emit::InstrDesc;
use crate::target::RegNum;

/// What the address or place operand is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Mode {
    /// There is none, or it is a register alone.
    None = 0,
    /// `[base, #disp]`.
    Base = 1,
    /// A frame slot: base and displacement from the frame.
    Frame = 2,
    /// `[base, index, extend #amount]`.
    Index = 3,
    /// Read-only data.
    Data = 4,
    /// A label.
    Label = 5,
    /// A symbol.
    Symbol = 6,
}

impl Mode {
    /// The mode of a descriptor.
    #[inline]
    pub fn of(d: &InstrDesc) -> Mode {
        use Mode::*;
        [None, Base, Frame, Index, Data, Label, Symbol, None][(d.width >> 4 & 7) as usize]
    }
}

/// Bit of `width`: 64-bit operation.
pub const WIDE: u8 = 1;
/// Bit of `width`: double precision.
pub const DOUBLE: u8 = 2;

/// The form of `ins` in shape `class`; one that `finish` refuses if there is none.
#[inline(always)]
pub(super) const fn form_of(ins: Ins, class: Class) -> u16 {
    match FORMS[ins as usize][class as usize] {
        0 => 0x8000 | ins as u16,
        form => form,
    }
}

/// A descriptor of `ins` in shape `class`; one that `finish` refuses if there is no such form.
#[inline(always)]
pub(super) fn pack(ins: Ins, class: Class, width: u8, r: [RegNum; 3]) -> InstrDesc {
    pack_form(form_of(ins, class), width, r)
}

/// A descriptor of a form.
#[inline(always)]
pub(super) fn pack_form(form: u16, width: u8, r: [RegNum; 3]) -> InstrDesc {
    InstrDesc {
        form,
        width,
        extra: 0,
        r: [r[0], r[1], r[2], RegNum(0)],
        disp: 0,
        imm: 0,
    }
}

/// The instruction of a descriptor.
pub fn ins_of(d: &InstrDesc) -> Option<Ins> {
    ROWS.get(d.form as usize).map(|r| r.ins)
}
