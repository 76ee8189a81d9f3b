//! Every form with representative operands against the decoder; jumps; refusals; golden bytes.

use super::asm::{Asm, Cc, Mem, W};
use super::instr_desc::{Mode, NO_INDEX};
use super::table::{Class, Ins, Opnd, ROWS, Row, Size};
use super::verify::verify;
use crate::emit::encoder::{Emit, FrameAccess, Refusal};
use crate::emit::{
    Code, Emitter, FinishScratch, GroupFlags, InstrDesc, Label, MarkKind, SlotId, Symbol,
    SymbolKind, finish,
};
use crate::target::RegNum;
use crate::target::x64::*;

const OFFSETS: &[i32] = &[-8, -128, -136, 0, 127, 128, 0x1234];
const FRAME: FrameAccess = FrameAccess {
    base: RBP,
    offsets: OFFSETS,
};

fn emitter() -> Emitter {
    let mut em = Emitter::default();
    em.clear();
    em.new_group(GroupFlags::FUNC_START);
    em
}

fn finished(em: &mut Emitter) -> Code {
    let mut code = Code::default();
    finish::<X64>(em, FRAME, &mut FinishScratch::default(), &mut code).unwrap();
    code
}

/// Finishes one method and returns its bytes after comparing them with the decoder.
fn checked(em: &mut Emitter) -> Code {
    let code = finished(em);
    verify(em, FRAME, &code).unwrap_or_else(|e| panic!("{e}"));
    code
}

fn refusal(em: &mut Emitter) -> (Refusal, &'static str) {
    let e = finish::<X64>(
        em,
        FRAME,
        &mut FinishScratch::default(),
        &mut Code::default(),
    )
    .unwrap_err();
    (e.why, e.form)
}

fn ints() -> impl Iterator<Item = RegNum> {
    (0..16).map(RegNum::int)
}

/// Widths that a row can have.
fn widths(row: &Row) -> Vec<u8> {
    if !row.sized {
        return vec![if row.sizes[0] == Size::B { 0 } else { 3 }];
    }
    if row.sizes.contains(&Size::Y) {
        vec![2, 3]
    } else {
        vec![1, 2, 3]
    }
}

fn imms(row: &Row, w: u8) -> Vec<i32> {
    match row.imm {
        0 => vec![0],
        1 => vec![0, 1, -1, 127, -128],
        2 if w == 1 => vec![0, 0x1234, -1, 32767, -32768],
        8 => vec![0],
        _ => vec![0, 1, -1, 127, 128, -128, -129, i32::MAX, i32::MIN],
    }
}

const DISPS: &[i32] = &[0, 1, -1, 127, 128, -128, -129, i32::MAX, i32::MIN];

/// Descriptors of a row: all registers in every place, all kinds of address.
fn operand_sets(em: &mut Emitter, form: usize) -> Vec<InstrDesc> {
    let row = &ROWS[form];
    let mut list = Vec::new();
    let evex = row.class == Class::Evex;
    let file = |op: Opnd| matches!(op, Opnd::V | Opnd::W | Opnd::U | Opnd::H);
    let regs = |op: Opnd| -> Vec<RegNum> {
        match (file(op), evex) {
            (true, true) => (0..32).map(RegNum::float).collect(),
            (true, false) => (0..16).map(RegNum::float).collect(),
            _ => ints().collect(),
        }
    };
    let reg_op = row
        .ops
        .into_iter()
        .find(|o| matches!(o, Opnd::G | Opnd::V | Opnd::Z));
    let v_op = row.ops.into_iter().find(|o| matches!(o, Opnd::B | Opnd::H));
    let rm_op = row
        .ops
        .into_iter()
        .find(|o| matches!(o, Opnd::E | Opnd::M | Opnd::W | Opnd::U));
    let ccs = if row.plus_cc { 0..16 } else { 0..1 };
    let wide = em.wide_imm(0x8000_0000_1234_5678);
    for w in widths(row) {
        for imm in imms(row, w) {
            for cc in ccs.clone() {
                let mut d = InstrDesc {
                    form: form as u16,
                    width: w,
                    extra: (cc as u8) << 4,
                    r: [RegNum(0); 4],
                    disp: 0,
                    imm: if row.class == Class::Imm64 { wide } else { imm },
                };
                d.r[0] = reg_op.map_or(RegNum(0), |o| regs(o)[3]);
                d.r[3] = v_op.map_or(RegNum(0), |o| regs(o)[5]);
                let mut pairs = Vec::new();
                // Every register in each place, the other fixed; and equal ones.
                for r in reg_op.map_or(vec![d.r[0]], regs) {
                    for v in
                        v_op.map_or(vec![d.r[3]], |o| vec![regs(o)[5], *regs(o).last().unwrap()])
                    {
                        pairs.push((r, v));
                    }
                }
                for v in v_op.map_or(vec![], regs) {
                    pairs.push((d.r[0], v));
                }
                for (r, v) in pairs {
                    d.r[0] = r;
                    d.r[3] = v;
                    match rm_op {
                        None => list.push(d),
                        Some(op) => {
                            if op != Opnd::M {
                                for rm in regs(op) {
                                    d.r[1] = rm;
                                    list.push(d);
                                }
                                d.r[1] = RegNum(0);
                            }
                            if op != Opnd::U {
                                addresses(d, r.hw() % 5 == 0 && cc % 5 == 0, &mut list);
                            }
                        }
                    }
                }
            }
        }
    }
    list
}

/// `d` with its rm operand in memory; `all` takes every base, index and scale instead of the odd ones.
fn addresses(d: InstrDesc, all: bool, list: &mut Vec<InstrDesc>) {
    let with = |mode: Mode, base: RegNum, index: RegNum, scale: u8, disp: i32| {
        let mut d = d;
        d.width |= (mode as u8) << 4;
        d.r[1] = base;
        d.r[2] = index;
        d.extra |= scale;
        d.disp = disp;
        d
    };
    let bases: Vec<RegNum> = if all {
        ints().collect()
    } else {
        vec![RSP, RBP, R12, R13]
    };
    for &base in &bases {
        for &disp in DISPS {
            list.push(with(Mode::Base, base, NO_INDEX, 0, disp));
            list.push(with(Mode::Base, base, R12, 1, disp));
        }
        if all {
            for index in ints().filter(|&r| r != RSP) {
                for scale in 0..4 {
                    list.push(with(Mode::Base, base, index, scale, 0));
                    list.push(with(Mode::Base, base, index, scale, 64));
                }
            }
        }
    }
    for index in [NO_INDEX, RAX, RBP, R12, R15] {
        list.push(with(Mode::NoBase, RegNum(0), index, 3, 0x1000));
    }
    for slot in 0..OFFSETS.len() as i32 {
        list.push(with(Mode::Frame, RegNum(0), NO_INDEX, 0, slot | 4 << 16));
    }
    list.push(with(Mode::Data, RegNum(0), RegNum(0), 0, 16));
    list.push(with(Mode::Label, RegNum(0), RegNum(0), 0, 0));
    list.push(with(Mode::Symbol, RegNum(0), RegNum(0), 0, 0));
}

#[test]
fn every_form_decodes_as_meant() {
    let mut scratch = FinishScratch::default();
    let mut code = Code::default();
    let mut total = 0;
    for form in 1..ROWS.len() {
        if ROWS[form].class == Class::Jump {
            continue;
        }
        let mut em = emitter();
        let label = em.new_label();
        em.bind(label);
        let sets = operand_sets(&mut em, form);
        for mut d in sets {
            if ROWS[form].class == Class::Rel32 {
                d.width |= (Mode::Label as u8) << 4;
            }
            em.push(d);
        }
        total += em.descs.len();
        finish::<X64>(&mut em, FRAME, &mut scratch, &mut code).unwrap_or_else(|e| panic!("{e}"));
        verify(&em, FRAME, &code).unwrap_or_else(|e| panic!("{}: {e}", ROWS[form].name));
    }
    assert!(total > 500_000, "{total} instructions");
}
