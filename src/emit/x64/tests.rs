//! Every form with representative operands against the decoder; jumps; refusals; golden bytes.

use super::asm::{Asm, Cc, Mem, W};
use super::instr_desc::{Mode, NO_INDEX};
use super::table::{Class, FIRST_ROW, Ins, LEGACY_ROWS, Opnd, ROWS, Row, Size};
use super::vec_asm::{Arg, RoundingMode, Width, With};
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
        3 => vec![0, 8, -1, 32767, -32768],
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
    let reg_op = row.ops.into_iter().find(|o| matches!(o, Opnd::G | Opnd::V));
    let v_op = row.ops.into_iter().find(|o| matches!(o, Opnd::B | Opnd::H));
    let rm_op = row
        .ops
        .into_iter()
        .find(|o| matches!(o, Opnd::E | Opnd::M | Opnd::W | Opnd::U | Opnd::Z));
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
                            if !matches!(op, Opnd::U | Opnd::Z) {
                                addresses(d, r.hw() == 5 && cc == 0, &mut list);
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
    // Forms with VEX and EVEX: `emitter-unit-tests`, and samples of them below.
    for (form, row) in ROWS[..LEGACY_ROWS].iter().enumerate().skip(1) {
        if row.class == Class::Jump {
            continue;
        }
        let mut em = emitter();
        let label = em.new_label();
        em.bind(label);
        let sets = operand_sets(&mut em, form);
        for mut d in sets {
            if row.class == Class::Rel32 {
                d.width |= (Mode::Label as u8) << 4;
            }
            em.push(d);
        }
        total += em.descs.len();
        finish::<X64>(&mut em, FRAME, &mut scratch, &mut code).unwrap_or_else(|e| panic!("{e}"));
        verify(&em, FRAME, &code).unwrap_or_else(|e| panic!("{}: {e}", row.name));
    }
    assert!(total > 200_000, "{total} instructions");
}

#[rustfmt::skip]
const SCALAR_VEX: [Ins; 15] = [
    Ins::Vaddss, Ins::Vaddsd, Ins::Vmulss, Ins::Vmulsd, Ins::Vsubss, Ins::Vsubsd, Ins::Vdivss, Ins::Vdivsd,
    Ins::Vfmadd231ss, Ins::Vfmadd231sd, Ins::Vzeroupper, Ins::Andn, Ins::Shlx, Ins::Sarx, Ins::Shrx,
];

/// A row per mnemonic and kind of operand, as text.
fn samples() -> Vec<(String, Emitter)> {
    let mut list = Vec::new();
    // The rows that `tests/encodings` knows: the base set, and scalar VEX.
    let base = 1..FIRST_ROW[Ins::Movlps as usize] as usize;
    let scalar = SCALAR_VEX.map(|i| FIRST_ROW[i as usize] as usize);
    for (form, row) in base.chain(scalar).map(|f| (f, &ROWS[f])) {
        if matches!(row.class, Class::Jump | Class::Rel32) {
            continue;
        }
        let sets = operand_sets(&mut emitter(), form);
        let step = (sets.len() / 12).max(1);
        for d in sets.into_iter().step_by(step) {
            if Mode::of(&d) as u8 >= Mode::Data as u8 {
                continue;
            }
            let mut em = emitter();
            em.wide_imm(0x8000_0000_1234_5678);
            em.push(d);
            let mut text = String::new();
            let cx = crate::emit::PrintCx {
                encode: crate::emit::EncodeCx {
                    frame: FRAME,
                    frame_refs: &[],
                    wide_imms: &em.wide_imms,
                },
                label: &|_, _| {},
                symbol: &|_, _| {},
            };
            X64::print(&d, &cx, &mut text);
            list.push((text.split_whitespace().collect::<Vec<_>>().join(" "), em));
        }
    }
    list
}

/// Rows `text = bytes`, bytes by GNU as; the texts are those of `samples`. With `TATSU_LIST_ENC=path` ours
/// go to that file, for comparing with another assembler.
#[test]
fn golden_bytes_of_an_independent_assembler() {
    let samples = samples();
    // One text may have several encodings (a form for each direction): any of them may be the assembler's.
    let mut by_text = std::collections::HashMap::<&str, Vec<Vec<u8>>>::new();
    for (text, em) in &samples {
        let mut em2 = Emitter::default();
        em2.clear();
        em2.new_group(GroupFlags::FUNC_START);
        em2.wide_imms.extend(&em.wide_imms);
        em2.push(em.descs[0]);
        by_text
            .entry(text)
            .or_default()
            .push(finished(&mut em2).bytes);
    }
    if let Ok(path) = std::env::var("TATSU_LIST_ENC") {
        let rows: Vec<String> = by_text
            .iter()
            .flat_map(|(text, all)| all.iter().map(move |b| format!("{text} = {b:02X?}\n")))
            .collect();
        std::fs::write(path, rows.concat()).unwrap();
    }
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/encodings/x64");
    let mut rows = 0;
    for file in std::fs::read_dir(dir).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text
            .lines()
            .filter(|l| !l.starts_with('#') && !l.trim().is_empty())
        {
            let (what, bytes) = line.rsplit_once('=').unwrap();
            let bytes: Vec<u8> = bytes
                .split_whitespace()
                .map(|b| u8::from_str_radix(b, 16).unwrap())
                .collect();
            let ours = by_text
                .get(what.trim())
                .unwrap_or_else(|| panic!("no sample prints as {what}"));
            assert!(ours.contains(&bytes), "{line}: ours {ours:02x?}");
            rows += 1;
        }
    }
    assert!(rows > 2000, "{rows} rows");
}

fn refused_by(fill: impl Fn(&mut Asm)) -> (Refusal, &'static str) {
    let mut em = emitter();
    fill(&mut Asm(&mut em));
    refusal(&mut em)
}

#[test]
fn what_a_form_cannot_hold_is_refused_by_name() {
    let cases: [((Refusal, &str), &dyn Fn(&mut Asm)); 12] = [
        ((Refusal::Register, "add Gv,Ev"), &|a| {
            a.rr(Ins::Add, W::B8, XMM1, RAX)
        }),
        ((Refusal::Register, "add Gv,Ev"), &|a| {
            a.rr(Ins::Add, W::B8, RegNum(16), RAX)
        }),
        ((Refusal::Register, "add Gv,Ev"), &|a| {
            a.rr(Ins::Add, W::B8, RAX, RegNum::NONE)
        }),
        ((Refusal::Register, "addsd Vx,Wsd"), &|a| {
            a.rr(Ins::Addsd, W::F64, RAX, XMM0)
        }),
        ((Refusal::Register, "addsd Vx,Wsd"), &|a| {
            a.rm(Ins::Addsd, W::F64, XMM0, &Mem::base(XMM1, 0))
        }),
        ((Refusal::NoSuchForm, "lea"), &|a| {
            a.ri(Ins::Lea, W::B8, RAX, 1)
        }),
        ((Refusal::Operand, "lea Gv,M"), &|a| {
            a.rr(Ins::Lea, W::B8, RAX, RCX)
        }),
        ((Refusal::Immediate, "add Eb,Ib"), &|a| {
            a.ri(Ins::Add, W::B1, RAX, 256)
        }),
        ((Refusal::Immediate, "shl Ev,Ib"), &|a| {
            a.ri(Ins::Shl, W::B8, RAX, 1000)
        }),
        ((Refusal::Immediate, "add Ev,Iz"), &|a| {
            a.ri(Ins::Add, W::B2, RAX, 65536)
        }),
        ((Refusal::NoSuchForm, "mov"), &|a| {
            a.rm(Ins::Mov, W::B8, RAX, &Mem::index(RAX, RSP, 1, 0))
        }),
        ((Refusal::UnknownSlot, "mov Gv,Ev"), &|a| {
            a.rm(Ins::Mov, W::B8, RAX, &Mem::slot(SlotId(99), 0))
        }),
    ];
    for (expected, fill) in cases {
        assert_eq!(refused_by(fill), expected);
    }
    let mut em = emitter();
    let never = em.new_label();
    Asm(&mut em).jmp(never);
    assert_eq!(refusal(&mut em).0, Refusal::UnboundLabel);
    let mut em = emitter();
    let never = em.new_label();
    Asm(&mut em).lea_label(RAX, never);
    assert_eq!(refusal(&mut em).0, Refusal::UnboundLabel);
}

/// The interface's choices of form.
#[test]
fn the_convenience_interface_takes_short_forms() {
    let cases: [(&[u8], &dyn Fn(&mut Asm)); 27] = [
        (&[0xB8, 1, 0, 0, 0], &|a| a.mov_ri(RAX, W::B8, 1)),
        (&[0xB8, 0, 0, 0, 0], &|a| a.mov_ri(RAX, W::B8, 0)),
        (&[0x41, 0xB9, 0xFF, 0xFF, 0xFF, 0xFF], &|a| {
            a.mov_ri(R9, W::B4, -1)
        }),
        (&[0x48, 0xC7, 0xC0, 0xFF, 0xFF, 0xFF, 0xFF], &|a| {
            a.mov_ri(RAX, W::B8, -1)
        }),
        (&[0x48, 0xB8, 0, 0, 0, 0, 1, 0, 0, 0], &|a| {
            a.mov_ri(RAX, W::B8, 1 << 32)
        }),
        (&[0x31 + 2, 0xC0], &|a| a.zero(RAX)),
        (&[0x0F, 0x57, 0xC9], &|a| a.zero(XMM1)),
        (&[0x48, 0xD1, 0xE0], &|a| a.ri(Ins::Shl, W::B8, RAX, 1)),
        (&[0x48, 0xC1, 0xE0, 0x3F], &|a| {
            a.ri(Ins::Shl, W::B8, RAX, 63)
        }),
        (&[0x48, 0xD3, 0xE0], &|a| a.r1(Ins::Shl, W::B8, RAX)),
        (&[0x80, 0xC1, 0xC8], &|a| a.ri(Ins::Add, W::B1, RCX, 200)),
        (&[0x66, 0x83, 0xC1, 0xFF], &|a| {
            a.ri(Ins::Add, W::B2, RCX, 0xFFFF)
        }),
        (&[0x48, 0x81, 0xC1, 0x80, 0, 0, 0], &|a| {
            a.ri(Ins::Add, W::B8, RCX, 128)
        }),
        (&[0x40, 0x0F, 0x94, 0xC6], &|a| a.setcc(Cc::E, RSI)),
        (&[0x0F, 0x94, 0xC0], &|a| a.setcc(Cc::E, RAX)),
        (&[0x48, 0x0F, 0x44, 0xC1], &|a| {
            a.cmov(Cc::E, W::B8, RAX, RCX)
        }),
        (&[0xFF, 0xE0], &|a| a.jmp_r(RAX)),
        (&[0x48, 0xFF, 0xE0], &|a| a.jmp_r_tail(RAX)),
        (&[0x49, 0xFF, 0xE3], &|a| a.jmp_r_tail(R11)),
        (&[0x6A, 0x7F], &|a| a.push_i(127)),
        (&[0x41, 0x5F], &|a| a.pop(R15)),
        // Slot 1 is at rbp-128; an offset before the slot goes through the side table.
        (&[0x48, 0x89, 0x45, 0x84], &|a| {
            a.mr(Ins::Mov, W::B8, &Mem::slot(SlotId(1), 4), RAX)
        }),
        (&[0x48, 0x89, 0x85, 0x7C, 0xFF, 0xFF, 0xFF], &|a| {
            a.mr(Ins::Mov, W::B8, &Mem::slot(SlotId(1), -4), RAX)
        }),
        (&[0x84, 0x01], &|a| {
            a.mr(Ins::Test, W::B1, &Mem::base(RCX, 0), RAX)
        }),
        (&[0x48, 0x87, 0x01], &|a| {
            a.rm(Ins::Xchg, W::B8, RAX, &Mem::base(RCX, 0))
        }),
        (&[0x48, 0x85, 0xC0], &|a| a.rr(Ins::Test, W::B8, RAX, RAX)),
        (&[0x0F, 0xB6, 0x04, 0x24], &|a| {
            a.rm(Ins::Movzx8, W::B4, RAX, &Mem::base(RSP, 0))
        }),
    ];
    for (bytes, fill) in cases {
        let mut em = emitter();
        fill(&mut Asm(&mut em));
        assert_eq!(checked(&mut em).bytes, bytes);
    }
}

/// `n` bytes of nops as descriptors.
fn pad(em: &mut Emitter, n: u32) {
    (0..n).for_each(|_| Asm(em).nop());
}

#[test]
fn short_jumps_reach_exactly_as_far_as_they_can() {
    for (gap, size) in [(0, 0), (1, 2), (127, 2), (128, 5), (129, 5)] {
        let mut em = emitter();
        let to = em.new_label();
        Asm(&mut em).jmp(to);
        pad(&mut em, gap);
        em.bind(to);
        Asm(&mut em).ret();
        assert_eq!(
            checked(&mut em).bytes.len() as u32,
            gap + size + 1,
            "forward {gap}"
        );
    }
    for (gap, size) in [(0, 2), (126, 2), (127, 5 + 1)] {
        let mut em = emitter();
        let to = em.new_label();
        em.bind(to);
        pad(&mut em, gap);
        Asm(&mut em).jcc(Cc::Ne, to);
        let expected = gap + if size == 6 { 6 } else { 2 };
        assert_eq!(
            checked(&mut em).bytes.len() as u32,
            expected,
            "backward {gap}"
        );
    }
    // A kept jump to the next instruction, and a jump to itself.
    let mut em = emitter();
    let (next, own) = (em.new_label(), em.new_label());
    Asm(&mut em).jmp_keep(next);
    em.bind(next);
    Asm(&mut em).nop();
    em.bind(own);
    Asm(&mut em).jmp(own);
    assert_eq!(checked(&mut em).bytes, [0xEB, 0, 0x90, 0xEB, 0xFE]);
}

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) % n as u64) as u32
    }
}

/// A method of `groups` groups with a jump or two each, `span` groups far.
fn jump_graph(em: &mut Emitter, rng: &mut Rng, groups: u32, span: u32, fill: u32) {
    let labels: Vec<Label> = (0..groups).map(|_| em.new_label()).collect();
    for i in 0..groups {
        if rng.below(30) == 0 {
            em.new_group(GroupFlags::ALIGN);
        }
        em.bind(labels[i as usize]);
        em.mark(MarkKind::Position(i));
        let n = rng.below(fill);
        pad(em, n);
        for _ in 0..1 + rng.below(2) {
            let to = (i + rng.below(2 * span))
                .saturating_sub(span)
                .min(groups - 1);
            match rng.below(4) {
                0 => Asm(em).jmp(labels[to as usize]),
                1 => Asm(em).lea_label(RAX, labels[to as usize]),
                _ => Asm(em).jcc(Cc::from_bits(rng.below(16) as u8), labels[to as usize]),
            }
            em.mark_inside_previous(MarkKind::NoGcBegin);
        }
    }
}

#[test]
fn random_jump_graphs_decode_to_their_targets() {
    let mut scratch = FinishScratch::default();
    let mut code = Code::default();
    for seed in 0..300 {
        let mut rng = Rng(seed);
        let mut em = emitter();
        let (groups, span, fill) = (1 + rng.below(200), 1 + rng.below(40), 1 + rng.below(60));
        jump_graph(&mut em, &mut rng, groups, span, fill);
        finish::<X64>(&mut em, FRAME, &mut scratch, &mut code).unwrap();
        verify(&em, FRAME, &code).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        for (m, &at) in em.marks.iter().zip(&code.mark_offsets) {
            if let MarkKind::Position(_) = m.kind {
                assert_eq!(at, code.group_offsets[m.group.0 as usize]);
            }
        }
        assert_eq!(em.marks.len(), code.mark_offsets.len());
        assert!(code.mark_offsets.is_sorted());
        for (g, &at) in em.groups.iter().zip(&code.group_offsets) {
            assert!(!g.flags.contains(GroupFlags::ALIGN) || at % X64::LOOP_ALIGN == 0);
        }
    }
}

/// Chains where each jump's growth pushes out the one before it: sweeps must not follow them one by one.
#[test]
fn chains_of_growing_jumps_end_soon() {
    let mut em = emitter();
    let n = 100_000u32;
    let labels: Vec<Label> = (0..n + 200).map(|_| em.new_label()).collect();
    // Jump i reaches over 63 others of two bytes and one byte more than fits when one of them grows.
    for i in 0..n + 200 {
        em.bind(labels[i as usize]);
        if i == n {
            pad(&mut em, 1);
        }
        if i < n {
            Asm(&mut em).jcc(Cc::E, labels[i as usize + 64]);
        }
    }
    Asm(&mut em).ret();
    let start = std::time::Instant::now();
    let code = checked(&mut em);
    assert!(code.bytes.len() as u32 <= 6 * n + 300);
    // Loose on purpose: 100,000 sweeps would take minutes.
    assert!(start.elapsed().as_secs() < 30);
}

#[test]
fn marks_stand_where_they_were_put() {
    let mut em = emitter();
    let end = em.new_label();
    let put = |em: &mut Emitter, n| em.mark(MarkKind::Position(n));
    put(&mut em, 0);
    Asm(&mut em).jmp(end); // dropped
    put(&mut em, 1);
    em.bind(end);
    Asm(&mut em).call_r(RAX);
    em.mark(MarkKind::CallSite { safe_point: true });
    em.mark_inside_previous(MarkKind::Position(9));
    put(&mut em, 2);
    let g = em.new_group(GroupFlags::ALIGN);
    put(&mut em, 3);
    Asm(&mut em).ret();
    let code = checked(&mut em);
    let at: Vec<_> = em
        .marks
        .iter()
        .map(|m| m.kind)
        .zip(code.mark_offsets.iter().copied())
        .collect();
    assert_eq!(
        at,
        [
            (MarkKind::Position(0), 0),
            (MarkKind::Position(1), 0),
            (MarkKind::Position(9), 1),
            (MarkKind::CallSite { safe_point: true }, 2),
            (MarkKind::Position(2), 2),
            (MarkKind::Position(3), 16),
        ]
    );
    assert_eq!(code.group_offsets[g.0 as usize], 16);
}

#[test]
fn data_symbols_and_tables_are_relocated() {
    let mut em = emitter();
    let (a, b) = (em.new_label(), em.new_label());
    let table = em.data.jump_table([a, b].into_iter());
    let pi = em.data.constant(&3.5f64.to_le_bytes(), 8);
    let far = em.symbol(Symbol {
        value: 0x7000_0000,
        kind: SymbolKind::Relative,
        name: u32::MAX,
    });
    let mut asm = Asm(&mut em);
    asm.rm(Ins::Movsd, W::F64, XMM9, &Mem::Data(pi));
    asm.mi(Ins::Cmp, W::B4, &Mem::Data(pi), 1000);
    asm.call_sym(far);
    asm.lea_data(RAX, table);
    em.bind(a);
    Asm(&mut em).nop();
    em.bind(b);
    Asm(&mut em).call_label(a);
    let mut code = checked(&mut em);
    let (base, data) = (0x6000_0000u64, 0x6001_0000u64);
    code.apply_relocs::<X64>(base, data, &em.symbols, |s| Some(s.value))
        .unwrap();
    let targets: Vec<u64> = iced_x86::Decoder::with_ip(64, &code.bytes, base, 0)
        .iter()
        .map(|i| {
            if i.is_call_near() {
                i.near_branch_target()
            } else {
                i.memory_displacement64()
            }
        })
        .collect();
    let at_a = code.group_offsets[1] as u64;
    assert_eq!(
        targets,
        [
            data + pi as u64,
            data + pi as u64,
            0x7000_0000,
            data + table as u64,
            0,
            base + at_a
        ]
    );
    let entry = |i: usize| i32::from_le_bytes(code.rodata[i * 4..i * 4 + 4].try_into().unwrap());
    assert_eq!(data.wrapping_add(entry(0) as i64 as u64), base + at_a);
    assert_eq!(data.wrapping_add(entry(1) as i64 as u64), base + at_a + 1);
}

#[test]
fn a_listing_looks_as_people_know_it() {
    let mut em = emitter();
    let (top, done) = (em.new_label(), em.new_label());
    let helper = em.symbol(Symbol {
        value: 0,
        kind: SymbolKind::Relative,
        name: 7,
    });
    let mut asm = Asm(&mut em);
    asm.push(RBP);
    asm.rr(Ins::Mov, W::B8, RBP, RSP);
    asm.rm(Ins::Mov, W::B8, RAX, &Mem::slot(SlotId(0), 0));
    asm.mov_ri(R10, W::B8, 0x12_3456_789A);
    em.bind(top);
    em.mark(MarkKind::GcRegLive(RAX, crate::types::GcKind::Ref));
    let mut asm = Asm(&mut em);
    asm.rm(Ins::Movzx8, W::B4, RCX, &Mem::index(RAX, RDX, 4, 0x10));
    asm.ri(Ins::Add, W::B4, RCX, -2000);
    asm.jcc(Cc::L, done);
    asm.call_sym(helper);
    asm.jmp(top);
    em.bind(done);
    Asm(&mut em).jmp_r_tail(RAX);
    let code = checked(&mut em);
    let mut text = String::new();
    let options = crate::emit::print::Listing {
        method_hash: 12345,
        gc: true,
        offsets: true,
        symbol_name: &|n| (n == 7).then(|| "Helper:Throw()".to_string()),
        ..Default::default()
    };
    crate::emit::print::list::<X64>(&em, &LINUX, FRAME, Some(&code), &options, &mut text);
    assert_eq!(
        text,
        "
G_M12345_IG01:  ;; offset=0x0000, func
       push     rbp
       mov      rbp, rsp
       mov      rax, qword ptr [rbp-0x08]
       mov      r10, 0x123456789A

G_M12345_IG02:  ;; offset=0x0012
                            ; gcr +[rax]
       movzx    ecx, byte  ptr [rax+4*rdx+0x10]
       add      ecx, 0xFFFFF830
       jl       G_M12345_IG03
       call     [Helper:Throw()]
       jmp      G_M12345_IG02

G_M12345_IG03:  ;; offset=0x0026
       rex.jmp  rax
"
    );
}

/// What is printed is what the decoder's own printer says, spelling aside.
#[test]
fn text_agrees_with_the_decoders() {
    use iced_x86::{Decoder, Formatter, IntelFormatter};
    let mut formatter = IntelFormatter::new();
    let options = formatter.options_mut();
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_decimal_digit_group_size(0);
    options.set_number_base(iced_x86::NumberBase::Hexadecimal);
    options.set_small_hex_numbers_in_decimal(false);
    options.set_memory_size_options(iced_x86::MemorySizeOptions::Always);
    options.set_displacement_leading_zeros(false);
    options.set_scale_before_index(true);
    options.set_uppercase_hex(true);
    options.set_space_after_operand_separator(true);
    let mut compared = 0;
    for (ours, mut em) in samples() {
        // Numbers differ in base and sign, which the structural comparison has covered.
        let digits = ours.chars().any(|c| c == ',')
            && ours
                .rsplit(' ')
                .next()
                .is_some_and(|w| w.parse::<i64>().is_ok() || w.starts_with("0x"));
        if digits || ours.contains("rex.") || ours.starts_with("rep ") || ours.starts_with("push") {
            continue;
        }
        let code = finished(&mut em);
        let mut theirs = String::new();
        formatter.format(&Decoder::new(64, &code.bytes, 0).decode(), &mut theirs);
        let plain = |s: &str| {
            let s = s
                .replace("+0x0", "+0x")
                .replace("-0x0", "-0x")
                .replace("1*", "");
            s.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        if ours.starts_with("lea") || ours.starts_with("nop") || ours.contains("[0x") {
            continue;
        }
        assert_eq!(plain(&ours), plain(&theirs));
        compared += 1;
    }
    assert!(compared > 2000, "{compared}");
}

#[test]
fn the_short_way_writes_what_the_long_way_writes() {
    let forms = LEGACY_ROWS as u16;
    // A condition where there is none changes the opcode.
    let sense = |d: &InstrDesc| d.extra < 16 || ROWS[d.form as usize].plus_cc;
    crate::emit::agreement::check::<X64>(forms, crate::target::x64::RBP, sense);
}

/// Bytes by LLVM 14's assembler, of every kind of VEX and EVEX operand.
#[test]
fn vector_forms_have_the_bytes_of_an_independent_assembler() {
    use Arg::{I, M, R};
    let x = |n| R(RegNum::float(n));
    let k = |n: u8| R(RegNum(16 + n));
    let at = |disp| M(Mem::base(RAX, disp));
    let plain = With::default();
    let masked = |mask, zero| With {
        mask,
        zero,
        ..plain
    };
    let broadcast = With {
        broadcast: true,
        ..plain
    };
    let down = With {
        rounding: Some(RoundingMode::Down),
        ..plain
    };
    let index = |r| M(Mem::index(RAX, RegNum::float(r), 4, 16));
    let cases: &[(&[u8], Ins, Width, &[Arg], With)] = &[
        // vaddpd xmm1, xmm2, xmm3
        (
            &[0xC5, 0xE9, 0x58, 0xCB],
            Ins::Vaddpd,
            Width::L128,
            &[x(1), x(2), x(3)],
            plain,
        ),
        // vaddpd ymm1, ymm2, ymmword ptr [rax+8]
        (
            &[0xC5, 0xED, 0x58, 0x48, 0x08],
            Ins::Vaddpd,
            Width::L256,
            &[x(1), x(2), at(8)],
            plain,
        ),
        // vaddpd zmm17, zmm2, zmm30
        (
            &[0x62, 0x81, 0xED, 0x48, 0x58, 0xCE],
            Ins::Vaddpd,
            Width::L512,
            &[x(17), x(2), x(30)],
            plain,
        ),
        // vaddpd zmm1 {k3} {z}, zmm2, zmmword ptr [rax+64]
        (
            &[0x62, 0xF1, 0xED, 0xCB, 0x58, 0x48, 0x01],
            Ins::Vaddpd,
            Width::L512,
            &[x(1), x(2), at(64)],
            masked(3, true),
        ),
        // vaddpd zmm1, zmm2, qword ptr [rax+8]{1to8}
        (
            &[0x62, 0xF1, 0xED, 0x58, 0x58, 0x48, 0x01],
            Ins::Vaddpd,
            Width::L512,
            &[x(1), x(2), at(8)],
            broadcast,
        ),
        // vaddpd zmm1, zmm2, qword ptr [rax+4]{1to8}
        (
            &[0x62, 0xF1, 0xED, 0x58, 0x58, 0x88, 0x04, 0x00, 0x00, 0x00],
            Ins::Vaddpd,
            Width::L512,
            &[x(1), x(2), at(4)],
            broadcast,
        ),
        // vaddpd zmm1, zmm2, zmm3, {rd-sae}
        (
            &[0x62, 0xF1, 0xED, 0x38, 0x58, 0xCB],
            Ins::Vaddpd,
            Width::L512,
            &[x(1), x(2), x(3)],
            down,
        ),
        // vblendvps xmm1, xmm2, xmm3, xmm4
        (
            &[0xC4, 0xE3, 0x69, 0x4A, 0xCB, 0x40],
            Ins::Vblendvps,
            Width::L128,
            &[x(1), x(2), x(3), x(4)],
            plain,
        ),
        // vpsrld ymm1, ymm9, 7
        (
            &[0xC4, 0xC1, 0x75, 0x72, 0xD1, 0x07],
            Ins::Vpsrld,
            Width::L256,
            &[x(1), x(9), I(7)],
            plain,
        ),
        // vcmppd k2 {k1}, zmm3, zmm4, 5
        (
            &[0x62, 0xF1, 0xE5, 0x49, 0xC2, 0xD4, 0x05],
            Ins::Vcmppd,
            Width::L512,
            &[k(2), x(3), x(4), I(5)],
            masked(1, false),
        ),
        // kandw k1, k2, k3
        (
            &[0xC5, 0xEC, 0x41, 0xCB],
            Ins::Kandw,
            Width::L128,
            &[k(1), k(2), k(3)],
            plain,
        ),
        // kmovq rax, k5
        (
            &[0xC4, 0xE1, 0xFB, 0x93, 0xC5],
            Ins::Kmovq,
            Width::L128,
            &[R(RAX), k(5)],
            plain,
        ),
        // vpgatherdd xmm1, [rax+4*xmm2+16], xmm3
        (
            &[0xC4, 0xE2, 0x61, 0x90, 0x4C, 0x90, 0x10],
            Ins::Vpgatherdd,
            Width::L128,
            &[x(1), index(2), x(3)],
            plain,
        ),
        // vpgatherdd zmm1 {k1}, [rax+4*zmm18+16]
        (
            &[0x62, 0xF2, 0x7D, 0x41, 0x90, 0x4C, 0x90, 0x04],
            Ins::Vpgatherdd,
            Width::L512,
            &[x(1), index(18)],
            masked(1, false),
        ),
        // vextractf32x4 xmmword ptr [rax+32] {k1}, zmm3, 1
        (
            &[0x62, 0xF3, 0x7D, 0x49, 0x19, 0x58, 0x02, 0x01],
            Ins::Vextractf32x4,
            Width::L512,
            &[at(32), x(3), I(1)],
            masked(1, false),
        ),
        // vcompresspd zmmword ptr [rax+8] {k1}, zmm3
        (
            &[0x62, 0xF2, 0xFD, 0x49, 0x8A, 0x58, 0x01],
            Ins::Vcompresspd,
            Width::L512,
            &[at(8), x(3)],
            masked(1, false),
        ),
        // vpmovqb qword ptr [rax+8], zmm3
        (
            &[0x62, 0xF2, 0x7E, 0x48, 0x32, 0x58, 0x01],
            Ins::Vpmovqb,
            Width::L512,
            &[at(8), x(3)],
            plain,
        ),
        // vcvtsi2sd xmm1, xmm2, rax
        (
            &[0xC4, 0xE1, 0xEB, 0x2A, 0xC8],
            Ins::Vcvtsi2sd,
            Width::W64,
            &[x(1), x(2), R(RAX)],
            plain,
        ),
        // vpermb zmm1, zmm2, zmm3
        (
            &[0x62, 0xF2, 0x6D, 0x48, 0x8D, 0xCB],
            Ins::Vpermb,
            Width::L512,
            &[x(1), x(2), x(3)],
            plain,
        ),
        // mulx rax, rcx, rdx
        (
            &[0xC4, 0xE2, 0xF3, 0xF6, 0xC2],
            Ins::Mulx,
            Width::W64,
            &[R(RAX), R(RCX), R(RDX)],
            plain,
        ),
        // vpternlogd xmm1, xmm2, xmm3, 17
        (
            &[0x62, 0xF3, 0x6D, 0x08, 0x25, 0xCB, 0x11],
            Ins::Vpternlogd,
            Width::L128,
            &[x(1), x(2), x(3), I(17)],
            plain,
        ),
    ];
    for (bytes, ins, width, args, with) in cases {
        let mut em = emitter();
        Asm(&mut em).vec(*ins, *width, args, *with);
        assert_eq!(checked(&mut em).bytes, *bytes, "{ins:?} {args:?}");
    }
}

#[test]
fn what_a_vector_form_cannot_hold_is_refused_by_name() {
    use Arg::{M, R};
    let x = |n| R(RegNum::float(n));
    let zero = With {
        zero: true,
        ..With::default()
    };
    let down = With {
        rounding: Some(RoundingMode::Down),
        ..With::default()
    };
    let gather = M(Mem::index(RAX, XMM2, 4, 0));
    let cases: &[((Refusal, &str), Ins, Width, &[Arg], With)] = &[
        (
            (Refusal::NoSuchForm, "vaddpd"),
            Ins::Vaddpd,
            Width::L128,
            &[x(1), R(RAX), x(2)],
            With::default(),
        ),
        (
            (Refusal::Register, "vhaddpd Vl,Hl,Wl"),
            Ins::Vhaddpd,
            Width::L128,
            &[x(17), x(1), x(2)],
            With::default(),
        ),
        (
            (Refusal::Modifier, "vaddpd Vl{kz},Hl,Wl/b64{er}"),
            Ins::Vaddpd,
            Width::L512,
            &[x(1), x(2), x(3)],
            zero,
        ),
        (
            (Refusal::Modifier, "vaddpd Vl{kz},Hl,Wl/b64{er}"),
            Ins::Vaddpd,
            Width::L256,
            &[x(1), x(2), x(3)],
            down,
        ),
        (
            (Refusal::Register, "vpgatherdd Vl,Xdl,Hl"),
            Ins::Vpgatherdd,
            Width::L128,
            &[x(1), gather, x(2)],
            With::default(),
        ),
        (
            (Refusal::Modifier, "vpgatherdd Vl{k!},Xdl"),
            Ins::Vpgatherdd,
            Width::L512,
            &[x(1), gather],
            With::default(),
        ),
    ];
    for (expected, ins, width, args, with) in cases {
        let mut em = emitter();
        Asm(&mut em).vec(*ins, *width, args, *with);
        assert_eq!(refusal(&mut em), *expected);
    }
}
