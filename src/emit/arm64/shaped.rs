//! Encoding and decoding of forms whose shape is a list of operands ([`shape`](super::shape)).
//!
//! Registers, width and precision are placed as in every other form ([`encode`](super::encode)); here are arrangement, lanes,
//! constants and shifts. What a field cannot hold is refused.

use super::encode::{checked_field, field, signed_field};
use super::instr_desc::WIDE;
use super::shape::{Arr, LaneOf, Op, operands, place};
use super::table::{Class, Field, Row};
use crate::emit::encoder::Refusal;
use crate::emit::instr_desc::InstrDesc;

/// The bits of a form beyond its registers. Nothing of forms whose class is no list.
pub(super) fn bits(d: &InstrDesc, row: &Row) -> Result<u32, Refusal> {
    let mut w = 0;
    let mut arr = Arr::B16;
    if row.arrangements != 0 {
        if d.extra > 7 || row.arrangements >> d.extra & 1 == 0 {
            return Err(Refusal::Operand);
        }
        arr = Arr::ALL[d.extra as usize];
        w = arrangement_bits(arr, row);
    }
    for &op in operands(row.class) {
        w |= operand_bits(op, d, row, arr)?;
    }
    Ok(w)
}

fn arrangement_bits(arr: Arr, row: &Row) -> u32 {
    let size = arr.size_log2();
    field(row, Field::Q, arr.is_full() as u32)
        | field(row, Field::T, size)
        | field(row, Field::U, size >> 1)
}

fn operand_bits(op: Op, d: &InstrDesc, row: &Row, arr: Arr) -> Result<u32, Refusal> {
    let imm = d.imm as u32;
    let element_bits = 8i32 << arr.size_log2();
    let in_range = |ok: bool| if ok { Ok(()) } else { Err(Refusal::Immediate) };
    Ok(match op {
        Op::Imm | Op::Barrier | Op::LaneS => checked_field(row, Field::I, imm)?,
        Op::ByteIndex => {
            in_range(imm < if arr.is_full() { 16 } else { 8 })?;
            field(row, Field::I, imm)
        }
        Op::Nzcv => checked_field(row, Field::V, imm)?,
        Op::Mask => checked_field(row, Field::V, d.disp as u32)?,
        Op::Cond => checked_field(row, Field::C, d.disp as u32)?,
        Op::BaseDisp => signed_field(row, Field::I, d.disp)?,
        Op::Fbits => {
            in_range((1..=if d.width & WIDE != 0 { 64 } else { 32 }).contains(&imm))?;
            field(row, Field::S, 64 - imm)
        }
        Op::Rotation(least, step) => {
            let v = d.disp.wrapping_sub(least);
            in_range(v >= 0 && v % step == 0)?;
            checked_field(row, Field::R, (v / step) as u32)?
        }
        Op::Imm8 | Op::ByteMask | Op::Float8 => {
            in_range(imm < 256)?;
            scatter(row.mask(Field::I), imm)
        }
        Op::Lsl => {
            in_range(d.disp & 7 == 0)?;
            checked_field(row, Field::H, (d.disp >> 3) as u32)?
        }
        Op::Msl => {
            in_range(d.disp == 8 || d.disp == 16)?;
            field(row, Field::H, d.disp as u32 >> 4)
        }
        Op::Shr => {
            in_range((1..=element_bits).contains(&d.imm))?;
            field(row, Field::I, (2 * element_bits - d.imm) as u32)
        }
        Op::Shl => {
            in_range((0..element_bits).contains(&d.imm))?;
            field(row, Field::I, (element_bits + d.imm) as u32)
        }
        Op::Lane5(_) => {
            // Sign extension needs a wider register.
            if row.class == Class::VLaneToR && arr == Arr::S4 && d.width & WIDE == 0 {
                return Err(Refusal::Operand);
            }
            in_range(imm < 16 >> arr.size_log2())?;
            field(row, Field::I, (imm << 1 | 1) << arr.size_log2())
        }
        Op::Lane4(_) => {
            in_range((d.disp as u32) < 16 >> arr.size_log2())?;
            field(row, Field::S, (d.disp as u32) << arr.size_log2())
        }
        Op::LaneM(of) => lane_bits(of, d, row, arr)?,
        Op::ListLane(_) => {
            in_range(imm < 16 >> arr.size_log2())?;
            scatter(row.mask(Field::E), imm)
        }
        // Where there is a lane too, its number stands above this bit.
        Op::G(_) => field(row, Field::I, 1 << arr.size_log2()),
        Op::RPair(at) if d.r[at].0 & 1 != 0 => return Err(Refusal::Register),
        // Number 31 is the form with a constant.
        Op::PostReg if d.r[place::M].0 == 31 => return Err(Refusal::Register),
        _ => 0,
    })
}

/// The lane of the last operand: bits H (11), L (21) and, of halfwords, M (20), which then is no longer the register's.
fn lane_bits(of: LaneOf, d: &InstrDesc, row: &Row, arr: Arr) -> Result<u32, Refusal> {
    let lane = d.imm as u32;
    let (h, l, m) = (1 << 11, 1 << 21, 1 << 20);
    let pick = |bit: u32, at: u32| if lane >> bit & 1 != 0 { at } else { 0 };
    let size = match of {
        LaneOf::Form => arr.size_log2(),
        LaneOf::Half => 1,
        LaneOf::FourBytes | LaneOf::TwoHalves => 2,
        LaneOf::Complex => arr.size_log2() + 1,
    };
    // Complex numbers of a half vector's lanes are those of the lower half.
    let lanes = match of {
        LaneOf::Complex if !arr.is_full() => 2,
        _ => 16 >> size,
    };
    if lane >= lanes {
        return Err(Refusal::Immediate);
    }
    debug_assert!(row.mask(Field::E) == h | l);
    Ok(match size {
        1 => {
            if d.r[place::M].hw() > 15 {
                return Err(Refusal::Register);
            }
            pick(2, h) | pick(1, l) | pick(0, m)
        }
        2 => pick(1, h) | pick(0, l),
        _ => pick(0, h),
    })
}

/// Reads what [`bits`] writes. Registers are in `d` already; true if `w` is what `d` then encodes to.
pub(super) fn read(
    w: u32,
    row: &Row,
    d: &mut InstrDesc,
    encode: impl Fn(&InstrDesc) -> bool,
) -> bool {
    if row.arrangements == 0 {
        read_operands(w, row, d, Arr::B16);
        return encode(d);
    }
    let m = d.r[place::M];
    Arr::ALL.iter().any(|&arr| {
        d.extra = arr as u8;
        d.r[place::M] = m;
        d.imm = 0;
        d.disp = 0;
        if row.arrangements >> arr as u8 & 1 == 0 {
            return false;
        }
        read_operands(w, row, d, arr);
        encode(d)
    })
}

fn read_operands(w: u32, row: &Row, d: &mut InstrDesc, arr: Arr) {
    let get = |f: Field| gather(row.mask(f), w) as i32;
    let element_bits = 8i32 << arr.size_log2();
    for &op in operands(row.class) {
        match op {
            Op::Imm
            | Op::Barrier
            | Op::ByteIndex
            | Op::Imm8
            | Op::ByteMask
            | Op::Float8
            | Op::LaneS => {
                d.imm = get(Field::I);
            }
            Op::Nzcv => d.imm = get(Field::V),
            Op::Mask => d.disp = get(Field::V),
            Op::Cond => d.disp = get(Field::C),
            Op::BaseDisp => {
                let unused = 32 - row.mask(Field::I).count_ones();
                d.disp = get(Field::I) << unused >> unused;
            }
            Op::Fbits => d.imm = 64 - get(Field::S),
            Op::Rotation(least, step) => d.disp = least + step * get(Field::R),
            Op::Lsl => d.disp = get(Field::H) << 3,
            Op::Msl => d.disp = 8 << get(Field::H),
            Op::Shr => d.imm = 2 * element_bits - get(Field::I),
            Op::Shl => d.imm = get(Field::I) - element_bits,
            Op::Lane5(_) => d.imm = get(Field::I) >> (arr.size_log2() + 1),
            Op::Lane4(_) => d.disp = get(Field::S) >> arr.size_log2(),
            Op::ListLane(_) => d.imm = get(Field::E),
            Op::LaneM(of) => {
                let (h, l, m) = (w >> 11 & 1, w >> 21 & 1, w >> 20 & 1);
                let size = match of {
                    LaneOf::Form => arr.size_log2(),
                    LaneOf::Half => 1,
                    LaneOf::FourBytes | LaneOf::TwoHalves => 2,
                    LaneOf::Complex => arr.size_log2() + 1,
                };
                d.imm = match size {
                    1 => {
                        d.r[place::M].0 &= !16;
                        h << 2 | l << 1 | m
                    }
                    2 => h << 1 | l,
                    _ => h,
                } as i32;
            }
            _ => {}
        }
    }
}

/// The value's bits at the mask's places, lowest to lowest.
pub(super) fn scatter(mask: u32, v: u32) -> u32 {
    let (mut out, mut rest, mut v) = (0, mask, v);
    while rest != 0 {
        let bit = rest & rest.wrapping_neg();
        if v & 1 != 0 {
            out |= bit;
        }
        v >>= 1;
        rest &= rest - 1;
    }
    out
}

/// The bits at the mask's places, put together.
pub(super) fn gather(mask: u32, w: u32) -> u32 {
    let (mut out, mut rest, mut at) = (0, mask, 0);
    while rest != 0 {
        let bit = rest & rest.wrapping_neg();
        if w & bit != 0 {
            out |= 1 << at;
        }
        at += 1;
        rest &= rest - 1;
    }
    out
}
