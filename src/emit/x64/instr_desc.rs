//! How x64 uses the fields of a descriptor.
//!
//! | field | holds |
//! |---|---|
//! | `form` | row of [`ROWS`](super::table::ROWS); `0x8000 | Ins` for a request that has no form |
//! | `width` | bits 0-1 operand size (8 << n bits) or vector length (128 << n bits), bit 2 EVEX.b, bits 4-6 [`Mode`] of rm |
//! | `extra` | bits 0-1 scale of the index, bits 2-3 rounding mode, bits 4-7 condition, or opmask and zeroing (EVEX) |
//! | `r[0]` | ModRM.reg; 0 if none |
//! | `r[1]` | ModRM.rm: register, or base of the address; or the register in the opcode byte |
//! | `r[2]` | index; [`NO_INDEX`] if none, also where the rm operand is a register |
//! | `r[3]` | VEX.vvvv; 0 if none |
//! | `disp` | displacement, frame reference, data offset, label or symbol, by `Mode` |
//! | `imm` | immediate; index of the wide immediate; number of the register in an immediate (is4) |
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

/// Bit of `width`: broadcast where rm is memory, rounding or no exceptions where it is a register (EVEX.b).
pub const BROADCAST_OR_ROUND: u8 = 4;

/// aaa of EVEX, and z in bit 3.
#[inline]
pub(super) fn mask_bits(d: &InstrDesc) -> u8 {
    d.extra >> 4
}

/// The rounding mode.
#[inline]
pub(super) fn rounding_bits(d: &InstrDesc) -> u8 {
    d.extra >> 2 & 3
}

/// All bits that only EVEX has; 0 if there are none.
#[inline]
pub(super) fn modifiers(d: &InstrDesc) -> u8 {
    d.extra >> 2 | d.width & BROADCAST_OR_ROUND
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

/// A descriptor without operands; `width` is an operand size or a vector length.
pub(super) fn pack_width(form: u16, width: u8) -> InstrDesc {
    InstrDesc {
        form,
        width: width & 3,
        extra: 0,
        r: [RegNum(0), RegNum(0), NO_INDEX, RegNum(0)],
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
