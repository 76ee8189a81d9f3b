//! The short way to a word: what most code consists of, without a look at the operand shape.
//!
//! Nearly every form that is one word with registers has its registers at the same four places, one immediate, and one small
//! field more. [`QUICK`] holds where those are and which bits they may have, worked out at compile time for each row and width,
//! so that one line of arithmetic serves all of them; loads and stores of a frame slot or at base and displacement are the other
//! case. Whatever does not fit, by form or by value, is left to [`encode`](super::encode), which also says why it refuses.

use super::encode::size_log2;
use super::instr_desc::{DOUBLE, Mode, WIDE};
use super::table::{Class, Field, Ins, ROW_COUNT, ROWS, Row};
use crate::emit::encoder::NearSlot;
use crate::emit::instr_desc::InstrDesc;
use crate::target::RegNum;

/// A row for one width.
#[derive(Copy, Clone)]
struct Quick {
    /// The bits that do not depend on operands.
    word: u32,
    /// What the upper three bits of `r[0..4]` must be; [`NEVER`] if the form is not for this file.
    files: u32,
    /// Places of the registers.
    regs: u32,
    /// Bits that the immediate may have.
    imm_mask: u16,
    imm_shift: u8,
    /// Bits that `extra` may have.
    extra_mask: u8,
    extra_shift: u8,
    /// Bytes of a load's access, as a power of two.
    scale: u8,
    /// A scaled load or store; the row behind it is the one without scaling.
    access: bool,
}

/// No register has these bits.
const NEVER: u32 = 0x4040_4040;

static QUICK: [[Quick; 4]; ROW_COUNT] = {
    let mut t = [[expand(&ROWS[0], 0); 4]; ROW_COUNT];
    let mut i = 0;
    while i < ROW_COUNT {
        let mut w = 0;
        while w < 4 {
            t[i][w] = expand(&ROWS[i], w as u8);
            w += 1;
        }
        i += 1;
    }
    t
};

const fn expand(row: &Row, width: u8) -> Quick {
    let wide = width & WIDE != 0;
    let double = width & DOUBLE != 0;
    let word =
        row.fixed | if wide { row.z } else { row.not_z } | if double { row.y } else { row.not_y };
    let mut q = Quick {
        word,
        files: row.files,
        regs: row.mask(Field::D) | row.mask(Field::N) | row.mask(Field::M) | row.mask(Field::A),
        imm_mask: 0,
        imm_shift: 0,
        extra_mask: 0,
        extra_shift: 0,
        scale: 0,
        access: false,
    };
    let mut simple = true;
    match row.class {
        Class::None
        | Class::R2
        | Class::R3
        | Class::R3Shift
        | Class::R4
        | Class::R4Long
        | Class::BranchReg
        | Class::F2
        | Class::F3
        | Class::F4
        | Class::FCmp
        | Class::FCmpZero => {}
        // Bits move between registers of equal width only.
        Class::FFromR | Class::RFromF => simple = !matches!(row.ins, Ins::Fmov) || wide == double,
        Class::Imm12 => {
            // The shift by twelve stands right above the twelve bits, in the word as in the descriptor.
            simple = row.mask(Field::I) == 0xFFF << 10 && row.mask(Field::H) == 1 << 22;
            (q.imm_mask, q.imm_shift) = (0x1FFF, 10);
        }
        Class::MovW => {
            simple = row.mask(Field::I) == 0xFFFF << 5 && row.mask(Field::H) == 3 << 21;
            (q.imm_mask, q.imm_shift) = (0xFFFF, 5);
            (q.extra_mask, q.extra_shift) = (if wide { 3 } else { 1 }, 21);
        }
        Class::BitField => {
            simple = row.mask(Field::R) == 63 << 16 && row.mask(Field::S) == 63 << 10;
            (q.imm_mask, q.imm_shift) = (if wide { 0xFFF } else { 31 << 6 | 31 }, 10);
        }
        Class::Sel | Class::FSel => {
            simple = row.mask(Field::C) == 15 << 12;
            (q.extra_mask, q.extra_shift) = (15, 12);
        }
        Class::LoadScaled => {
            simple = row.mask(Field::I) == 0xFFF << 10 && row.mask(Field::D) != 0;
            q.access = true;
            q.scale = size_log2(word) as u8;
        }
        _ => simple = false,
    }
    let usual = at(row, Field::D, 0) && at(row, Field::N, 5) && at(row, Field::M, 16);
    if !simple || !usual || !at(row, Field::A, 10) {
        q.files = NEVER;
    }
    q
}

const fn at(row: &Row, f: Field, place: u32) -> bool {
    row.mask(f) == 0 || row.mask(f) == 31 << place
}

/// Register operands at their places.
#[inline(always)]
fn registers(regs: u32) -> u32 {
    regs & 31 | (regs & 31 << 8) >> 3 | regs & 31 << 16 | (regs & 31 << 24) >> 14
}

/// The distance below, the base at its place in the word above.
pub(super) fn near_slot(base: RegNum, offset: i32) -> NearSlot {
    NearSlot((base.hw() as u64) << 37 | offset as u32 as u64)
}

/// The word of `d`, if this is the file for it.
#[inline(always)]
pub(super) fn word(d: &InstrDesc, slots: &[NearSlot]) -> Option<u32> {
    let q = &QUICK.get(d.form as usize)?[(d.width & 3) as usize];
    let regs = u32::from_le_bytes(d.r.map(|r| r.0));
    if (regs ^ q.files) & 0xE0E0_E0E0 != 0 {
        return None;
    }
    let w = q.word | registers(regs) & q.regs;
    let mode = d.width >> 4;
    if mode == Mode::None as u8 {
        let (imm, extra) = (d.imm as u32, d.extra);
        let other = imm & !(q.imm_mask as u32) | (extra & !q.extra_mask) as u32;
        if (other != 0) | q.access {
            return None;
        }
        return Some(w | imm << (q.imm_shift & 31) | (extra as u32) << (q.extra_shift & 31));
    }
    if (mode > Mode::Frame as u8) | !q.access {
        return None;
    }
    let (w, disp) = if mode == Mode::Frame as u8 {
        // Only the slot's first byte is in the table: other references have more bits.
        let place = slots.get(d.disp as u32 as usize)?.0;
        (w & !(31 << 5) | (place >> 32) as u32, place as i32)
    } else {
        (w, d.disp)
    };
    // What is left over goes to the top, so that one comparison sees it, and a negative distance too.
    let units = (disp as u32).rotate_right(q.scale as u32);
    if units < 1 << 12 {
        return Some(w | units << 10);
    }
    if !(-256..256).contains(&disp) {
        return None;
    }
    let unscaled = QUICK.get(d.form as usize + 1)?[(d.width & 3) as usize].word;
    Some(unscaled | w & 0x3FF | (disp as u32 & 0x1FF) << 12)
}
