//! Forms with an EVEX prefix: masks, broadcast, rounding, and byte displacements that count in units of the operand.
//!
//! ```text
//!  62 │ R X B R' 0 m m m │ W v v v v 1 p p │ z L' L b V' a a a │ opcode, ModRM, SIB, displacement
//! ```
//!
//! Map 4 and the bit left 0 before `mmm` are where APX would go; AVX10 adds lengths to `{er}` rows.
//!
//! Source: Intel SDM vol. 2, 2.7.

use super::encode::{Address, other_address};
use super::instr_desc::{BROADCAST_OR_ROUND, Mode, mask_bits, rounding_bits};
use super::table::{Masking, Opnd, Rounding, Row};
use super::vex::{fields, imm_byte, register, write};
use crate::emit::encoder::{CodeBuf, EncodeCx, Refusal};
use crate::emit::instr_desc::InstrDesc;

/// Encodes an EVEX form.
pub(super) fn evex(
    d: &InstrDesc,
    row: &Row,
    cx: &EncodeCx,
    out: &mut CodeBuf,
) -> Result<(), Refusal> {
    let f = fields(d, row)?;
    let imm = imm_byte(d, row)?;
    let n = f.n;
    let (b, length) = b_and_length(d, row, f.is_reg, f.length)?;
    let mask = checked_mask(d, row, f.is_reg)?;
    let indexed = row.ops.contains(&Opnd::X);
    let (a, disp) = if f.is_reg {
        (register(n[1]), 0)
    } else {
        let (a, disp) = other_address(d, row.imm as usize, cx, 5, out)?;
        if indexed && (n[2] == n[0] && row.ops[0] == Opnd::V) {
            return Err(Refusal::Register);
        }
        match Mode::of(d) {
            Mode::Base | Mode::Frame | Mode::FarFrame => shortened(a, disp, unit(d, row, b)),
            _ => (a, disp),
        }
    };
    // V' serves the index where that is a vector, else vvvv.
    let v_high = if indexed { n[2] } else { n[3] };
    let reg = if row.digit != 0 { row.digit } else { n[0] } as u64;
    let p0 = (!reg >> 3 & 1) << 7 | (!a.rex() & 3) << 5 | (!reg >> 4 & 1) << 4 | row.map as u64;
    let p1 = (f.wide as u64) << 7 | (!n[3] as u64 & 15) << 3 | 4 | row.pp as u64;
    let p2 = (length as u64) << 5
        | (b as u64) << 4
        | (!v_high as u64 >> 4 & 1) << 3
        | mask as u64 & 7
        | (mask as u64 & 8) << 4;
    let head = 0x62
        | p0 << 8
        | p1 << 16
        | p2 << 24
        | (row.opcode[0] as u64) << 32
        | (a.mod_rm as u64 | (reg & 7) << 3) << 40;
    write(head, 5 + a.bits as usize / 8, a, disp, imm, row, out)
}

/// EVEX.b, and L'L, which with it may hold the rounding mode.
fn b_and_length(d: &InstrDesc, row: &Row, is_reg: bool, length: u8) -> Result<(bool, u8), Refusal> {
    let mode = rounding_bits(d);
    if d.width & BROADCAST_OR_ROUND == 0 {
        return if mode == 0 {
            Ok((false, length))
        } else {
            Err(Refusal::Modifier)
        };
    }
    let allowed = if is_reg {
        let whole = row.lengths == 0 || length == 2;
        whole
            && match row.rounding {
                Rounding::None => false,
                Rounding::Sae => mode == 0,
                Rounding::Er => true,
            }
    } else {
        row.broadcast != 0 && mode == 0
    };
    match (allowed, is_reg) {
        (false, _) => Err(Refusal::Modifier),
        (true, true) => Ok((true, mode)),
        (true, false) => Ok((true, length)),
    }
}

/// z and aaa as the descriptor has them.
fn checked_mask(d: &InstrDesc, row: &Row, is_reg: bool) -> Result<u8, Refusal> {
    let mask = mask_bits(d);
    let (zero, k) = (mask & 8 != 0, mask & 7);
    // A destination in memory is never zeroed, and without a mask there is nothing to zero.
    let in_memory = !is_reg && matches!(row.ops[0], Opnd::W | Opnd::M);
    let allowed = match row.masking {
        Masking::None => mask == 0,
        Masking::Merge => !zero,
        Masking::Zero => !zero || k != 0 && !in_memory,
        Masking::Required => !zero && k != 0,
    };
    if allowed {
        Ok(mask)
    } else {
        Err(Refusal::Modifier)
    }
}

/// The unit of a byte displacement (2.7.5): the element that is broadcast, or the memory operand, unless the row says otherwise.
fn unit(d: &InstrDesc, row: &Row, b: bool) -> i32 {
    if b {
        return row.broadcast as i32;
    }
    if row.disp_unit != 0 {
        return row.disp_unit as i32;
    }
    let memory = row
        .ops
        .iter()
        .position(|o| matches!(o, Opnd::W | Opnd::M | Opnd::E));
    memory.map_or(1, |i| row.sizes[i].bytes(d.width) as i32)
}

/// The address with its displacement in as few bytes as the unit allows.
fn shortened(mut a: Address, disp: i32, unit: i32) -> (Address, i32) {
    if a.disp_len() == 0 {
        return (a, disp);
    }
    let short = disp / unit;
    if disp % unit == 0 && short as i8 as i32 == short {
        a.mod_rm = a.mod_rm & !0xC0 | 0x40;
        a.disp_rex = a.disp_rex & 0xF0 | 1;
        (a, short)
    } else {
        a.mod_rm = a.mod_rm & !0xC0 | 0x80;
        a.disp_rex = a.disp_rex & 0xF0 | 4;
        (a, disp)
    }
}
