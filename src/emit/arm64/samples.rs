//! Descriptors of every form, for tests: all arrangements and widths, every edge of every constant, every register in every place.
//!
//! Only what is one word and names no place, and nothing that the encoder refuses as unpredictable.

use super::asm::{FPCR, FPSR, NZCV, TPIDR_EL0};
use super::encode::{size_log2, unpredictable};
use super::imm;
use super::instr_desc::{DOUBLE, WIDE};
use super::print::is_jump;
use super::shape::{Arr, LaneOf, Op, operands};
use super::table::{Class, Field, Ins, ROWS, Row};
use crate::emit::InstrDesc;
use crate::target::RegNum;

/// Values of `extra`, `imm` and `disp`.
type Values = (u8, i32, i32);

/// Does the form name a place (a jump, an address), so that it is no word of its own?
pub fn names_place(row: &Row) -> bool {
    is_jump(row.class)
        || matches!(
            row.class,
            Class::Bad | Class::Branch26 | Class::Adr | Class::AdrPage | Class::Literal
        )
}

/// Values of a form whose shape has its own code in the encoder.
fn values(row: &Row, width: u8) -> Vec<Values> {
    let bits = if width & WIDE != 0 { 64u8 } else { 32 };
    let imms = |list: &[i32]| list.iter().map(|&i| (0, i, 0)).collect::<Vec<_>>();
    let disps = |list: &[i32]| list.iter().map(|&d| (0, 0, d)).collect::<Vec<_>>();
    let last = bits as i32 - 1;
    match row.class {
        Class::R3Shift => (0..if row.rotates() { 4 } else { 3 })
            .flat_map(|k| [0, 1, 7, bits - 1].map(|a| (k << 6 | a, 0, 0)))
            // A shift by zero other than lsl has no text of its own.
            .filter(|o| o.0 & 63 != 0 || o.0 == 0)
            .collect(),
        Class::R3Ext => (0..8u8)
            .flat_map(|x| [0, 1, 4].map(|a| (x << 5 | a, 0, 0)))
            .collect(),
        Class::Imm12 => imms(&[0, 1, 0xFFF, 0x1001, 0x1FFF]),
        Class::Logic => [
            0xFFu64,
            0x8000_0001,
            0x5555_5555_5555_5555,
            0xFFFF_FFFE,
            1,
            !1,
        ]
        .iter()
        .filter_map(|&v| imm::logical(v, width & WIDE != 0))
        .map(|f| (0, f as i32, 0))
        .collect(),
        Class::MovW => (0..bits / 16)
            .flat_map(|h| [1, 0x1234, 0xFFFE].map(|i| (h, i, 0)))
            .collect(),
        Class::Imm16 => imms(&[0, 1, 0xF000, 0xFFFF]),
        Class::SysReg => imms(&[NZCV, FPCR, FPSR, TPIDR_EL0].map(|r| r as i32)),
        Class::FImm => imms(&(0..256).collect::<Vec<_>>()),
        Class::BitField => imms(&[
            7,
            15,
            31,
            last,
            3 << 6 | 31,
            5 << 6 | 12,
            31 << 6 | 30,
            12 << 6 | 5,
            last << 6,
            last << 6 | last,
        ]),
        Class::Extract => imms(&[0, 1, 31, last]),
        Class::Sel | Class::FSel => (0..14).map(|c| (c, 0, 0)).collect(),
        Class::CondCmp => (0..14).map(|c| (c, c as i32, 0)).collect(),
        Class::CondCmpImm => (0..14).map(|c| (c, c as i32, 2 * c as i32 + 5)).collect(),
        Class::LoadScaled => {
            let scale = size_log2(with_width(row, width));
            disps(&[0, 1, 2, 255, 4094, 4095].map(|d| d << scale))
        }
        Class::LoadUnscaled | Class::Pre | Class::Post => disps(&[-256, -1, 1, 255]),
        Class::LoadIndex => {
            let scale = size_log2(with_width(row, width)) as u8;
            [2u8, 3, 6, 7]
                .iter()
                .flat_map(|&x| [0, scale].map(|a| (x << 5 | a, 0, 0)))
                .collect()
        }
        Class::Pair | Class::PairPre | Class::PairPost => {
            let scale = super::encode::pair_log2(with_width(row, width));
            let mut all = disps(&[-64, -1, 0, 1, 63].map(|d| d << scale));
            all.extend(disps(&[-256, -16, 16, 240]));
            all
        }
        _ => vec![(0, 0, 0)],
    }
}

/// The bits of a word that its width decides.
fn with_width(row: &Row, width: u8) -> u32 {
    row.fixed
        | if width & WIDE != 0 { row.z } else { 0 }
        | if width & DOUBLE != 0 { row.y } else { 0 }
}

/// Values of a form whose shape is a list.
fn listed_values(row: &Row, width: u8, arr: Arr) -> Vec<Values> {
    let extra = if row.arrangements != 0 { arr as u8 } else { 0 };
    let mut all = vec![(extra, 0, 0)];
    let bits = 8 << arr.size_log2();
    let per_lane = 16 >> arr.size_log2();
    for &op in operands(row.class) {
        let of_imm = |list: Vec<i32>| (list, true);
        let field = |f: Field| row.mask(f).count_ones();
        let (list, is_imm) = match op {
            Op::Imm if row.class == Class::Hint => of_imm(vec![9, 40, 64, 127]),
            Op::Barrier if row.ins == Ins::Dmb => of_imm(vec![0, 1, 2, 3, 5, 6, 7, 13, 14]),
            // 0 and 4 have names of their own.
            Op::Barrier => of_imm(vec![1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15]),
            Op::Imm | Op::LaneS => of_imm((0..1 << field(Field::I)).collect()),
            Op::ByteIndex => of_imm((0..if arr.is_full() { 16 } else { 8 }).collect()),
            Op::Nzcv => of_imm((0..16).collect()),
            Op::Mask => ((0..16).collect(), false),
            Op::Cond => ((0..14).collect(), false),
            Op::BaseDisp => (vec![-256, -1, 0, 1, 255], false),
            Op::Fbits => of_imm((1..=if width & WIDE != 0 { 64 } else { 32 }).collect()),
            Op::Rotation(least, step) => (
                (0..1 << field(Field::R))
                    .map(|i| least + step * i)
                    .collect(),
                false,
            ),
            Op::Imm8 => of_imm(vec![0, 1, 0x12, 0x7F, 0x80, 0xFF]),
            Op::ByteMask | Op::Float8 => of_imm((0..256).collect()),
            Op::Lsl => ((0..1 << field(Field::H)).map(|i| 8 * i).collect(), false),
            Op::Msl => (vec![8, 16], false),
            Op::Shr => of_imm((1..=bits).collect()),
            Op::Shl => of_imm((0..bits).collect()),
            Op::Lane5(_) | Op::ListLane(_) => of_imm((0..per_lane).collect()),
            Op::Lane4(_) => ((0..per_lane).collect(), false),
            Op::LaneM(of) => of_imm(
                (0..match of {
                    LaneOf::Form => per_lane,
                    LaneOf::Half => 8,
                    LaneOf::FourBytes | LaneOf::TwoHalves => 4,
                    LaneOf::Complex if arr.is_full() => per_lane / 2,
                    LaneOf::Complex => 2,
                })
                    .collect(),
            ),
            _ => continue,
        };
        all = all
            .iter()
            .flat_map(|&(e, i, d)| {
                list.iter()
                    .map(move |&v| if is_imm { (e, v, d) } else { (e, i, v) })
            })
            .collect();
    }
    all
}

/// The widths that a form has.
pub fn widths(row: &Row) -> Vec<u8> {
    let mut widths = vec![0];
    if row.z | row.not_z != 0 {
        widths = vec![0, WIDE];
    }
    if row.y | row.not_y != 0 {
        widths = widths.iter().flat_map(|w| [*w, *w | DOUBLE]).collect();
    }
    if row.implies_wide() {
        widths = vec![WIDE];
    }
    // A move of bits between the files takes equal widths only.
    if row.ins == Ins::Fmov && matches!(row.class, Class::FFromR | Class::RFromF) {
        widths = vec![0, WIDE | DOUBLE];
    }
    widths
}

/// The arrangements that a form has; one that stands for none of forms without.
pub fn arrangements(row: &Row) -> Vec<Arr> {
    match row.arrangements {
        0 => vec![Arr::B16],
        set => Arr::ALL
            .into_iter()
            .filter(|&a| set >> a as u8 & 1 != 0)
            .collect(),
    }
}

const TUPLES: [[u8; 4]; 6] = [
    [0, 1, 2, 3],
    [9, 17, 30, 8],
    [31, 29, 15, 12],
    [5, 31, 31, 31],
    [28, 28, 28, 27],
    [31, 31, 4, 6],
];

/// Descriptors of a row: every width, arrangement and value with a few tuples of registers, then every register in every place.
pub fn samples(form: usize) -> Vec<InstrDesc> {
    let row = &ROWS[form];
    if names_place(row) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for width in widths(row) {
        for arr in arrangements(row) {
            // Sign extension needs a wider register.
            if row.class == Class::VLaneToR && arr == Arr::S4 && width & WIDE == 0 {
                continue;
            }
            let list = match operands(row.class) {
                [] => values(row, width),
                _ => listed_values(row, width, arr),
            };
            let tuples: &[[u8; 4]] = if list.len() > 64 {
                &TUPLES[..2]
            } else {
                &TUPLES
            };
            let mut add =
                |v: Values, regs: [u8; 4]| all.extend(descriptor(form, row, width, v, regs));
            for &v in &list {
                for &regs in tuples {
                    add(v, regs);
                }
            }
            for at in 0..4 {
                for n in 0..32 {
                    let mut regs = TUPLES[0];
                    regs[at] = n;
                    if row.mask[at] != 0 {
                        add(list[0], regs);
                    }
                }
            }
        }
    }
    all
}

/// A descriptor with these registers; none if the form cannot have them.
fn descriptor(
    form: usize,
    row: &Row,
    width: u8,
    (extra, imm, disp): Values,
    regs: [u8; 4],
) -> Option<InstrDesc> {
    let mut d = InstrDesc {
        form: form as u16,
        width,
        extra,
        r: [RegNum(0); 4],
        disp,
        imm,
    };
    for (at, (r, n)) in d.r.iter_mut().zip(regs).enumerate() {
        if row.mask[at] != 0 {
            *r = RegNum(n | (row.files >> (8 * at)) as u8);
        }
    }
    for &op in operands(row.class) {
        match op {
            Op::RPair(at) => d.r[at].0 &= !1,
            Op::PostReg if regs[2] == 31 => d.r[2].0 = 30,
            Op::LaneM(LaneOf::Half) => d.r[2].0 &= !16,
            Op::LaneM(LaneOf::Form) if extra >> 1 == 1 => d.r[2].0 &= !16,
            _ => {}
        }
    }
    (!unpredictable(&d, row)).then_some(d)
}

/// At most sixteen descriptors of a row, spread over all that [`samples`] has.
pub fn few(form: usize) -> Vec<InstrDesc> {
    let all = samples(form);
    let n = all.len().min(16);
    (0..n).map(|i| all[i * all.len() / n]).collect()
}

/// Operands that a form cannot hold, and what is wrong with them: each must be refused.
pub fn impossible(form: usize) -> Vec<(InstrDesc, String)> {
    let row = &ROWS[form];
    let all = samples(form);
    let mut out = Vec::new();
    let (Some(&first), Some(&last)) = (all.first(), all.last()) else {
        return out;
    };
    for at in 0..4 {
        for other in [0x20, 0x40, 0x80] {
            let mut d = first;
            d.r[at].0 ^= other;
            out.push((d, format!("register {:?} in place {at}", d.r[at])));
        }
    }
    if row.arrangements != 0 {
        for arrangement in (0..9).filter(|&a| a > 7 || row.arrangements >> a & 1 == 0) {
            let d = InstrDesc {
                extra: arrangement,
                ..first
            };
            out.push((d, format!("arrangement {arrangement}")));
        }
    }
    for d in [first, last] {
        for (extra, imm, disp) in beyond(row, &d) {
            let bad = InstrDesc {
                extra,
                imm,
                disp,
                ..d
            };
            out.push((
                bad,
                format!("extra {extra}, immediate {imm}, second {disp}"),
            ));
        }
    }
    out
}

/// Values just beyond what a form can hold, or of a form that cannot be.
fn beyond(row: &Row, d: &InstrDesc) -> Vec<Values> {
    let bits = if d.width & WIDE != 0 { 64 } else { 32 };
    let imms = |list: &[i32]| -> Vec<Values> {
        let with = |&i: &i32| (d.extra, i, d.disp);
        list.iter().map(with).collect()
    };
    let disps = |list: &[i32]| -> Vec<Values> {
        let with = |&v: &i32| (d.extra, d.imm, v);
        list.iter().map(with).collect()
    };
    let extras = |list: &[u8]| -> Vec<Values> {
        let with = |&e: &u8| (e, d.imm, d.disp);
        list.iter().map(with).collect()
    };
    match row.class {
        Class::R3Shift if row.rotates() && bits == 64 => Vec::new(),
        Class::R3Shift if row.rotates() => extras(&[32, 63, 0xE0]),
        Class::R3Shift if bits == 64 => extras(&[0xC0, 0xC1]),
        Class::R3Shift => extras(&[32, 63, 0xC0, 0xC1]),
        Class::R3Ext => extras(&[5, 7, 0x65]),
        Class::Imm12 => imms(&[0x2000, -1]),
        Class::Logic if bits == 64 => imms(&[0x1FFF, 0x2000, -1, 0x3F]),
        Class::Logic => imms(&[0x1000, 0x3F, -1]),
        Class::MovW => {
            let mut all = imms(&[0x1_0000, -1]);
            all.extend(extras(&[bits / 16, 4]));
            all
        }
        Class::Imm16 => imms(&[0x1_0000, -1]),
        Class::SysReg => imms(&[0x8000, -1]),
        Class::FImm => imms(&[256, -1]),
        Class::BitField => imms(&[(bits as i32) << 6, -1]),
        Class::Extract => imms(&[bits as i32, -1]),
        Class::Sel | Class::FSel => extras(&[16, 255]),
        Class::CondCmp => [extras(&[16]), imms(&[16, -1])].concat(),
        Class::CondCmpImm => [extras(&[16]), imms(&[16, -1]), disps(&[32, -1])].concat(),
        Class::LoadScaled => {
            let scale = size_log2(with_width(row, d.width));
            let mut all = disps(&[4096 << scale, -1 << scale]);
            if scale > 0 {
                all.extend(disps(&[1, (1 << scale) + 1]));
            }
            all
        }
        Class::LoadUnscaled | Class::Pre | Class::Post => disps(&[-257, 256]),
        Class::LoadIndex => extras(&[0, 1 << 5, 4 << 5, 5 << 5, 3 << 5 | 5, 3 << 5 | 7]),
        Class::Pair | Class::PairPre | Class::PairPost => {
            let scale = super::encode::pair_log2(with_width(row, d.width));
            disps(&[64 << scale, -65 << scale, 1])
        }
        _ => operands(row.class)
            .iter()
            .flat_map(|&op| listed_beyond(op, row, d))
            .collect(),
    }
}

/// The same of one operand of a list.
fn listed_beyond(op: Op, row: &Row, d: &InstrDesc) -> Vec<Values> {
    let arr = Arr::ALL[(d.extra & 7) as usize];
    let field = |f: Field| 1 << row.mask(f).count_ones();
    let bits = 8 << arr.size_log2();
    let lanes = 16 >> arr.size_log2();
    let (list, is_imm) = match op {
        Op::Imm | Op::LaneS | Op::Barrier => (vec![field(Field::I), -1], true),
        Op::ByteIndex => (vec![if arr.is_full() { 16 } else { 8 }, -1], true),
        Op::Nzcv => (vec![16, -1], true),
        Op::Mask | Op::Cond => (vec![16, -1], false),
        Op::BaseDisp => (vec![-257, 256], false),
        Op::Fbits => (vec![0, -1, if d.width & WIDE != 0 { 65 } else { 33 }], true),
        Op::Rotation(least, step) => (
            vec![
                least - step,
                least + step / 2,
                least + step * field(Field::R),
            ],
            false,
        ),
        Op::Imm8 | Op::ByteMask | Op::Float8 => (vec![256, -1], true),
        Op::Lsl => (vec![-8, 4, 8 * field(Field::H)], false),
        Op::Msl => (vec![0, 4, 24], false),
        Op::Shr => (vec![0, bits + 1, -1], true),
        Op::Shl => (vec![-1, bits], true),
        Op::Lane5(_) | Op::ListLane(_) => (vec![lanes, -1], true),
        Op::Lane4(_) => (vec![lanes, -1], false),
        Op::LaneM(of) => {
            let most = match of {
                LaneOf::Form => lanes,
                LaneOf::Half => 8,
                LaneOf::FourBytes | LaneOf::TwoHalves => 4,
                LaneOf::Complex if arr.is_full() => lanes / 2,
                LaneOf::Complex => 2,
            };
            (vec![most, -1], true)
        }
        _ => return Vec::new(),
    };
    list.into_iter()
        .map(|v| {
            if is_imm {
                (d.extra, v, d.disp)
            } else {
                (d.extra, d.imm, v)
            }
        })
        .collect()
}
