//! How x64 uses the fields of a descriptor.
//!
//! | field | holds |
//! |---|---|
//! | `form` | row of [`ROWS`](super::table::ROWS); `0x8000 | Ins` for a request that has no form |
//! | `width` | bits 0-1 operand size (8 << n bits), bits 4-6 [`Mode`] of the rm operand |
//! | `extra` | bits 0-1 scale of the index, bits 4-7 condition |
//! | `r[0]` | ModRM.reg, or the register in the opcode byte; 0 if none |
//! | `r[1]` | ModRM.rm: register, or base of the address |
//! | `r[2]` | index; [`NO_INDEX`] if none, also where the rm operand is a register |
//! | `r[3]` | VEX.vvvv; 0 if none |
//! | `disp` | displacement, frame reference, data offset, label or symbol, by `Mode` |
//! | `imm` | immediate; index of the wide immediate |
//!
//! Absent registers are 0, not `NONE`: the encoder can then take all fields as they are.

use super::asm::W;
use super::table::{Ins, ROWS};
use crate::emit::InstrDesc;
use crate::target::RegNum;

/// What the rm operand is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Mode {
    /// A register (or there is none).
    Reg = 0,
    /// `[base + index*scale + disp]`, index optional.
    Base = 1,
    /// A frame slot: base and displacement from the frame.
    Frame = 2,
    /// `[index*scale + disp]`, index optional.
    NoBase = 3,
    /// Read-only data.
    Data = 4,
    /// A label.
    Label = 5,
    /// A symbol.
    Symbol = 6,
    /// A frame slot whose reference is in the side table.
    FarFrame = 7,
}

/// The number that means "no index": rsp's, which cannot be one.
pub const NO_INDEX: RegNum = RegNum(4);

impl Mode {
    /// The mode of a descriptor.
    #[inline]
    pub fn of(d: &InstrDesc) -> Mode {
        use Mode::*;
        [Reg, Base, Frame, NoBase, Data, Label, Symbol, FarFrame][(d.width >> 4 & 7) as usize]
    }
}

#[inline]
pub(super) fn pack(form: u16, w: W, reg: RegNum, rm: RegNum) -> InstrDesc {
    InstrDesc {
        form,
        width: w as u8 & 3,
        extra: 0,
        r: [reg, rm, NO_INDEX, RegNum(0)],
        disp: 0,
        imm: 0,
    }
}

/// The number of "this instruction has no such form".
#[cold]
pub(super) fn bad_form(form: u16) -> u16 {
    match ROWS.get(form as usize) {
        Some(row) => 0x8000 | row.ins as u16,
        None => form,
    }
}

/// The instruction of a descriptor, also of an impossible one.
pub fn ins_of(d: &InstrDesc) -> Option<Ins> {
    ROWS.get(d.form as usize).map(|r| r.ins)
}
