//! Forms with a VEX prefix, and what they share with EVEX: register fields, rm operand, the last stores.
//!
//! Source: Intel SDM vol. 2, 2.3.

use super::encode::{Address, other_address, store, store32};
use super::instr_desc::{Mode, modifiers};
use super::table::{Opnd, Row};
use crate::emit::encoder::{CodeBuf, EncodeCx, Refusal};
use crate::emit::instr_desc::InstrDesc;

/// Numbers of the register fields within their files, and the address of the rm operand (not of a register).
pub(super) struct Fields {
    /// Of `r[0..4]`.
    pub(super) n: [u8; 4],
    /// ModRM.rm as a register?
    pub(super) is_reg: bool,
    /// W.
    pub(super) wide: bool,
    /// L or L'L.
    pub(super) length: u8,
}

/// Reads and checks everything but the address.
#[inline]
pub(super) fn fields(d: &InstrDesc, row: &Row) -> Result<Fields, Refusal> {
    let is_reg = Mode::of(d) == Mode::Reg;
    let files = if is_reg { row.files_reg } else { row.files_mem };
    let regs = u32::from_le_bytes(d.r.map(|r| r.0));
    if (regs ^ files.want) & files.check != 0 {
        return Err(if files.want == 0xD0D0_D0D0 {
            Refusal::Operand
        } else {
            Refusal::Register
        });
    }
    let width = d.width & 3;
    let length = if row.lengths == 0 {
        if row.sized && width < 2 {
            return Err(Refusal::NoSuchForm);
        }
        row.vl
    } else if row.lengths >> width & 1 != 0 {
        width
    } else {
        return Err(Refusal::NoSuchForm);
    };
    Ok(Fields {
        n: (regs & !files.check).to_le_bytes(),
        is_reg,
        wide: row.rex_w || row.sized && width == 3,
        length,
    })
}

/// The immediate byte: as it is, or a register in its upper half.
pub(super) fn imm_byte(d: &InstrDesc, row: &Row) -> Result<i32, Refusal> {
    if row.ops[3] == Opnd::S {
        return match d.imm {
            r @ 32..48 => Ok((r & 15) << 4),
            _ => Err(Refusal::Register),
        };
    }
    let fits = if row.imm == 0 {
        d.imm == 0
    } else {
        d.imm as i8 as i32 == d.imm
    };
    if fits {
        Ok(d.imm)
    } else {
        Err(Refusal::Immediate)
    }
}

/// ModRM of a register; X is its bit 4.
#[inline]
pub(super) fn register(n: u8) -> Address {
    Address {
        mod_rm: 0xC0 | n as u16 & 7,
        bits: 8,
        disp_rex: (n >> 3 & 1) << 4 | (n >> 4 & 1) << 5,
    }
}

/// Writes head, displacement and immediate.
#[inline]
pub(super) fn write(
    head: u64,
    len: usize,
    a: Address,
    disp: i32,
    imm: i32,
    row: &Row,
    out: &mut CodeBuf,
) -> Result<(), Refusal> {
    let w = out.window()?;
    store(w, 0, head);
    store32(w, len, disp as u32);
    store32(w, len + a.disp_len(), imm as u32);
    out.advance(len + a.disp_len() + row.imm as usize);
    Ok(())
}

/// Encodes a VEX form.
pub(super) fn vex(
    d: &InstrDesc,
    row: &Row,
    cx: &EncodeCx,
    out: &mut CodeBuf,
) -> Result<(), Refusal> {
    let f = fields(d, row)?;
    let imm = imm_byte(d, row)?;
    if modifiers(d) != 0 {
        return Err(Refusal::Modifier);
    }
    let n = f.n;
    // A gather whose destination, indexes and mask are not three registers faults.
    if row.ops[1] == Opnd::X && (n[0] == n[2] || n[0] == n[3] || n[2] == n[3]) {
        return Err(Refusal::Register);
    }
    // The short prefix has neither X, B, W nor a map other than 0F; whether X or B is set is known from the operands.
    let (x, b) = match Mode::of(d) {
        Mode::Reg => (false, n[1] & 8 != 0),
        Mode::Base => (n[2] & 8 != 0, n[1] & 8 != 0),
        Mode::Frame | Mode::FarFrame => (n[2] & 8 != 0, cx.frame.base.0 & 8 != 0),
        Mode::NoBase => (n[2] & 8 != 0, false),
        _ => (false, false),
    };
    let short = !x && !b && !f.wide && row.map == 1;
    let head_len = if short { 3 } else { 4 };
    let (a, disp) = if f.is_reg {
        (register(n[1]), 0)
    } else {
        other_address(d, row.imm as usize, cx, head_len, out)?
    };
    let reg = if row.digit != 0 { row.digit } else { n[0] };
    let not_r = (!reg as u64 >> 3 & 1) << 7;
    let tail = (!n[3] as u64 & 15) << 3 | (f.length as u64) << 2 | row.pp as u64;
    let op = row.opcode[0] as u64;
    let mut head = if short {
        0xC5 | (not_r | tail) << 8 | op << 16
    } else {
        let xb = (!a.rex() & 3) << 5;
        0xC4 | (not_r | xb | row.map as u64) << 8 | ((f.wide as u64) << 7 | tail) << 16 | op << 24
    };
    let mut len = head_len;
    // Without operands there is no ModRM.
    if row.ops[0] != Opnd::None {
        head |= (a.mod_rm as u64 | (reg as u64 & 7) << 3) << (8 * head_len);
        len += a.bits as usize / 8;
    }
    write(head, len, a, disp, imm, row, out)
}
