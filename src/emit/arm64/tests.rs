//! Every form with representative operands against the decoder and an assembler's bytes; jumps; slots; refusals.

use super::Arr;
use super::asm::{Asm, Cond, Mem, MemOp, Shift, W};
use super::decode::{Decoded, decode};
use super::encode::fixup;
use super::imm;
use super::instr_desc::Mode;
use super::judge::{MISREAD, UNKNOWN, Verdict, concerns, judge};
use super::samples::{few, names_place, samples};
use super::table::{Class, Ins, ROWS};
use super::verify::{decoded, text_of, verify};
use crate::emit::encoder::{CodeBuf, Emit, EncodeCx, FrameAccess, Refusal};
use crate::emit::{
    Code, Emitter, FinishScratch, GroupFlags, InstrDesc, SlotId, Symbol, SymbolKind, finish,
};
use crate::target::RegNum;
use crate::target::arm64::*;

const OFFSETS: &[i32] = &[
    16,
    -8,
    504,
    4096,
    32760,
    32768,
    -256,
    -257,
    1 << 20,
    1 << 25,
];
const FRAME: FrameAccess = FrameAccess {
    base: FP,
    offsets: OFFSETS,
};
const CX: EncodeCx<'static> = EncodeCx {
    frame: FRAME,
    frame_refs: &[],
    wide_imms: &[],
};

fn emitter() -> Emitter {
    let mut em = Emitter::default();
    em.clear();
    em.new_group(GroupFlags::FUNC_START);
    em
}

fn finished(em: &mut Emitter) -> Code {
    let mut code = Code::default();
    finish::<Arm64>(em, FRAME, &mut FinishScratch::default(), &mut code).unwrap();
    code
}

/// Finishes one method after comparing it with the decoder.
fn checked(em: &mut Emitter) -> Code {
    let code = finished(em);
    verify(em, FRAME, &code).unwrap_or_else(|e| panic!("{e}"));
    code
}

fn word_at(code: &Code, at: usize) -> u32 {
    u32::from_le_bytes(*code.bytes[at..].first_chunk().unwrap())
}

fn encoded(d: &InstrDesc) -> Result<u32, Refusal> {
    let mut buf = CodeBuf::default();
    buf.reserve(64);
    Arm64::encode(d, &CX, &mut buf)?;
    Ok(u32::from_le_bytes(*buf.bytes().first_chunk().unwrap()))
}

#[test]
fn every_form_reads_back_from_the_decoder() {
    let report = super::unit_tests::run(&|_| true);
    assert_eq!(report.forms, ROWS.len() - 1, "{report}");
    assert!(report.combinations > 300_000, "{report}");
    assert!(report.mismatches.is_empty(), "{report}");
    // A fault that the decoder no longer has is to be struck off the list.
    for fault in UNKNOWN {
        for form in (1..ROWS.len()).filter(|&f| concerns(fault, &ROWS[f])) {
            for d in samples(form) {
                assert_eq!(decoded(encoded(&d).unwrap()), None, "{}", fault.2);
            }
        }
    }
    for (.., why) in MISREAD {
        assert!(report.faults.iter().any(|f| f.why == *why), "{why}");
    }
}

/// What a decoder can give back: forms of one picture are one form, and widths that the word does not hold are those implied.
fn normal(mut d: InstrDesc) -> InstrDesc {
    let mode = match ROWS[d.form as usize].class {
        Class::LoadIndex => Mode::Index,
        Class::LoadScaled
        | Class::LoadUnscaled
        | Class::Pre
        | Class::Post
        | Class::Pair
        | Class::PairPre
        | Class::PairPost => Mode::Base,
        _ => Mode::None,
    };
    d.width = d.width & 0x0F | (mode as u8) << 4;
    d
}

#[test]
fn every_form_decodes_to_itself() {
    for form in 1..ROWS.len() {
        for d in samples(form) {
            let text = text_of(&d, &CX);
            let back = decode(encoded(&d).unwrap()).unwrap_or_else(|| panic!("{text}"));
            // Of an instruction that two rows can say, the first is given (`movi v0.2d, #0`, `dmb ish`).
            if (back.desc.form as usize) < form {
                assert_eq!(text_of(&back.desc, &CX), text);
                continue;
            }
            let want = Decoded {
                desc: normal(d),
                distance: None,
            };
            assert_eq!(back, want, "{text}");
        }
    }
}

/// Random values in all fields of every form: what the decoder takes must read like the independent decoder's text, and it must
/// take a fair part of them.
#[test]
fn random_words_of_every_form_decode_as_the_independent_decoder_reads_them() {
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 16) as u32
    };
    let (mut tried, mut wrong) = (0, Vec::new());
    for row in &ROWS[1..] {
        let mut taken = 0;
        for _ in 0..400 {
            let mut w = row.fixed;
            for mask in row.mask {
                w |= random() & mask;
            }
            w |= [row.z, row.not_z][(random() & 1) as usize];
            w |= [row.y, row.not_y][(random() & 1) as usize];
            let Some(d) = decode(w) else { continue };
            taken += 1;
            if d.distance.is_some() {
                continue;
            }
            let ours = text_of(&d.desc, &CX);
            tried += 1;
            if let Verdict::Different(theirs) = judge(&d.desc, &ours, w) {
                wrong.push(format!("{w:08x}: {ours} | {theirs}"));
            }
        }
        assert!(
            taken > 10 || row.class == Class::Bad,
            "{}: {taken}",
            row.name
        );
    }
    assert!(tried > 50_000, "{tried}");
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The rows are by GNU assembler; `TATSU_LIST_ENC` names a file to write our own to.
#[test]
fn golden_bytes_of_an_independent_assembler() {
    let mut ours = std::collections::BTreeMap::new();
    for form in 1..ROWS.len() {
        for d in few(form) {
            let old = ours.insert(text_of(&d, &CX), (encoded(&d).unwrap(), form));
            // Two rows can say `movi v0.2d, #0`.
            assert!(old.is_none_or(|(w, _)| w == encoded(&d).unwrap()));
        }
    }
    if let Ok(path) = std::env::var("TATSU_LIST_ENC") {
        let rows: Vec<String> = ours
            .iter()
            .map(|(t, (w, _))| format!("{t} = {w:08X}\n"))
            .collect();
        std::fs::write(path, rows.concat()).unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/encodings/arm64/all.enc");
    let text = std::fs::read_to_string(path).unwrap();
    let mut covered = vec![0; ROWS.len()];
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let (text, word) = line.split_once(" = ").unwrap();
        let word = u32::from_str_radix(word, 16).unwrap();
        let (got, form) = *ours.get(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(format!("{got:08x}"), format!("{word:08x}"), "{text}");
        covered[form] += 1;
    }
    for (form, row) in ROWS.iter().enumerate() {
        let counts = !names_place(row) && covered[form] == 0;
        assert!(!counts, "{} {:?}", row.name, row.class);
    }
}

#[test]
fn slots_and_displacements_that_one_instruction_cannot_reach() {
    use MemOp::*;
    let mut em = emitter();
    for slot in 0..OFFSETS.len() as u32 {
        let mut a = Asm(&mut em);
        let m = Mem::slot(SlotId(slot), 0);
        for op in [U8, S8, S8X, U16, S16, S16X, W32, S32X, X64] {
            a.load(op, X3, &m);
            a.store(op, X3, &m);
        }
        for op in [F32, F64, Q128] {
            a.load(op, V3, &m);
            a.store(op, V3, &m);
        }
        a.store(X64, X16, &m);
        a.stp(W::B8, X0, X1, &m);
        a.ldp(W::F64, V8, V9, &m);
        a.lea(X7, &m);
        a.lea(X7, &Mem::base(SP, -0x12345));
        a.lea(SP, &Mem::base(SP, -0x1234_5670));
    }
    let code = checked(&mut em);
    assert!(
        code.bytes.len() > 4 * em.descs.len(),
        "some must be expanded"
    );
    // str x16, [fp + 2^25]: the helper is not the register stored.
    let mut em = emitter();
    Asm(&mut em).store(X64, X16, &Mem::slot(SlotId(9), 0));
    let code = checked(&mut em);
    assert_eq!(word_at(&code, 0), 0xD2A0_4011, "mov x17, #0x2000000");
    assert_eq!(word_at(&code, 4), 0xF831_6BB0, "str x16, [fp, x17]");
}

/// Executes what expansions are made of, and gives the addresses of loads and stores. Register 31 is SP.
fn addresses(code: &[u8], regs: &mut [u64; 32]) -> Vec<u64> {
    let mut out = Vec::new();
    for w in code.chunks(4) {
        let w = u32::from_le_bytes(*w.first_chunk().unwrap());
        let d = decode(w).unwrap().desc;
        let row = &ROWS[d.form as usize];
        let [r, n, m, _] = d.r.map(|r| r.hw() as usize);
        let half = 16 * d.extra as u32;
        let imm12 = (d.imm as u64 & 0xFFF) << (12 * (d.imm >> 12 & 1));
        match (row.ins, row.class) {
            (Ins::Movz, _) => regs[r] = (d.imm as u64) << half,
            (Ins::Movn, _) => regs[r] = !((d.imm as u64) << half),
            (Ins::Movk, _) => {
                regs[r] = regs[r] & !(0xFFFF << half) | (d.imm as u64) << half;
            }
            (Ins::Orr, Class::Logic) if n == 31 => {
                regs[r] = imm::logical_value(d.imm as u32, true).unwrap();
            }
            (Ins::Add, Class::Imm12) => regs[r] = regs[n].wrapping_add(imm12),
            (Ins::Sub, Class::Imm12) => regs[r] = regs[n].wrapping_sub(imm12),
            (Ins::Add, Class::R3Ext) if d.extra == 3 << 5 => {
                regs[r] = regs[n].wrapping_add(regs[m]);
            }
            (_, Class::LoadScaled | Class::LoadUnscaled | Class::Pair) => {
                out.push(regs[n].wrapping_add(d.disp as i64 as u64));
            }
            (_, Class::LoadIndex) if d.extra == 3 << 5 => {
                out.push(regs[n].wrapping_add(regs[m]));
            }
            _ => panic!("{}", text_of(&d, &CX)),
        }
    }
    out
}

#[test]
fn expanded_accesses_reach_the_byte_meant_and_touch_only_helpers() {
    use MemOp::*;
    let mut disps = vec![
        0,
        255,
        256,
        -256,
        -257,
        504,
        505,
        512,
        -512,
        -513,
        i32::MAX,
        i32::MIN,
    ];
    for bit in 3..31 {
        disps.extend([
            1 << bit,
            -(1 << bit),
            (1 << bit) + 1,
            (1 << bit) - 1,
            5 << bit >> 2,
        ]);
    }
    let start: [u64; 32] = std::array::from_fn(|i| 0x1111_0000_0000 * i as u64 + 0x1230);
    let mut longest = 0;
    for &disp in &disps {
        for base in [X5, SP, FP, X16] {
            let meant = start[base.hw() as usize].wrapping_add(disp as i64 as u64);
            let m = Mem::base(base, disp);
            let mut check = |push: &dyn Fn(&mut Asm), dest: Option<RegNum>| {
                let mut em = emitter();
                push(&mut Asm(&mut em));
                let code = finished(&mut em);
                longest = longest.max(code.bytes.len());
                let mut regs = start;
                let got = addresses(&code.bytes, &mut regs);
                match dest {
                    Some(d) => assert_eq!(regs[d.hw() as usize], meant, "lea {base:?} {disp:#x}"),
                    None => assert_eq!(got, [meant], "{base:?} {disp:#x}"),
                }
                for i in (0..32).filter(|i| ![16, 17].contains(i)) {
                    if dest.is_none_or(|d| d.hw() != i) {
                        assert_eq!(regs[i as usize], start[i as usize], "x{i} {disp:#x}");
                    }
                }
                // The base may be a helper's number, but not one that is destroyed before it is used.
                if dest.is_none() && base == X16 {
                    assert_eq!(regs[16], start[16]);
                }
            };
            for op in [U8, S8X, U16, S16, W32, S32X, X64] {
                check(&|a| a.load(op, X3, &m), None);
                check(
                    &|a| a.store(op, if base == X16 { X3 } else { X16 }, &m),
                    None,
                );
            }
            for op in [F32, F64, Q128] {
                check(&|a| a.load(op, V3, &m), None);
                check(&|a| a.store(op, V16, &m), None);
            }
            check(&|a| a.ldp(W::B8, X0, X1, &m), None);
            check(&|a| a.stp(W::B4, X0, X1, &m), None);
            check(&|a| a.ldp(W::F64, V8, V9, &m), None);
            check(&|a| a.pair_q(Ins::StpQ, V8, V9, &m), None);
            for d in [X7, base, X16] {
                check(&|a| a.lea(d, &m), Some(d));
            }
        }
    }
    assert_eq!(longest, Arm64::MAX_INSTR_BYTES);
    // Both helpers named and one needed: refused.
    let mut em = emitter();
    Asm(&mut em).stp(W::B8, X16, X17, &Mem::base(X5, 1 << 20));
    let (scratch, code) = (&mut FinishScratch::default(), &mut Code::default());
    let e = finish::<Arm64>(&mut em, FRAME, scratch, code).unwrap_err();
    assert_eq!((e.form, e.why), ("stp", Refusal::Register));
}

#[test]
fn jumps_of_every_class_near_and_far() {
    for gap in [0, 1, 0x2000, 0x40000] {
        let mut em = emitter();
        let (back, ahead) = (em.new_label(), em.new_label());
        em.bind(back);
        let mut a = Asm(&mut em);
        a.nop();
        for target in [back, ahead] {
            a.b(target);
            a.b_keep(target);
            a.bcond(Cond::Lt, target);
            a.cbz(W::B8, X5, target);
            a.cbnz(W::B4, X6, target);
            a.tb(Ins::Tbz, X7, 3, target);
            a.tb(Ins::Tbnz, X8, 40, target);
        }
        a.bl_label(ahead);
        a.adr_label(X0, back);
        for _ in 0..gap {
            a.nop();
        }
        for target in [back, ahead] {
            a.bcond(Cond::Hi, target);
            a.tb(Ins::Tbz, X7, 31, target);
            a.cbz(W::B4, X5, target);
            a.b(target);
        }
        em.bind(ahead);
        Asm(&mut em).ret();
        checked(&mut em);
    }
}

/// A method that is one instruction and its target `bytes` away from it (forward to a `ret`, or back from behind nops).
fn at_distance(bytes: i64, push: &dyn Fn(&mut Asm, crate::emit::Label)) -> Result<Code, Refusal> {
    let mut em = emitter();
    let label = em.new_label();
    let nops = |em: &mut Emitter, bytes: i64| (0..bytes / 4).for_each(|_| Asm(em).nop());
    if bytes < 0 {
        em.bind(label);
        nops(&mut em, -bytes);
    }
    push(&mut Asm(&mut em), label);
    if bytes > 0 {
        nops(&mut em, bytes - 4);
        em.bind(label);
    }
    Asm(&mut em).ret();
    let mut code = Code::default();
    finish::<Arm64>(&mut em, FRAME, &mut FinishScratch::default(), &mut code).map_err(|e| e.why)?;
    verify(&em, FRAME, &code).unwrap_or_else(|e| panic!("{e}"));
    Ok(code)
}

#[test]
fn code_beyond_the_reach_of_one_instruction_is_reached_by_more() {
    type Push<'a> = &'a dyn Fn(&mut Asm, crate::emit::Label);
    // Bytes that the short form reaches, and the sizes of both.
    let cases: [(Push, i64, i64); 9] = [
        (&|a, l| a.tb(Ins::Tbz, X3, 63, l), 1 << 15, 8),
        (&|a, l| a.tb(Ins::Tbnz, X3, 0, l), 1 << 15, 8),
        (&|a, l| a.cbz(W::B8, X3, l), 1 << 20, 8),
        (&|a, l| a.cbnz(W::B4, X3, l), 1 << 20, 8),
        (&|a, l| a.bcond(Cond::Ge, l), 1 << 20, 8),
        (&|a, l| a.adr_label(X3, l), 1 << 20, 12),
        (&|a, l| a.ldr_label(Ins::LdrLit, W::B8, X3, l), 1 << 20, 16),
        (
            &|a, l| a.ldr_label(Ins::LdrFLit, W::F64, V3, l),
            1 << 20,
            16,
        ),
        (
            &|a, l| a.ldr_label(Ins::LdrQLit, W::F32, V3, l),
            1 << 20,
            16,
        ),
    ];
    for (i, (push, reach, long)) in cases.into_iter().enumerate() {
        let size = |at: i64| at_distance(at, push).unwrap().bytes.len() as i64 - at.abs();
        // What is left beside the nops: the instruction and `ret` (of which one is within the distance if it is forward).
        assert_eq!(size(reach - 4), 4, "case {i}");
        assert_eq!(size(reach), 4 + long - 4, "case {i}");
        assert_eq!(size(-reach), 8, "case {i}");
        assert_eq!(size(-reach - 4), 4 + long, "case {i}");
        // Well over a mebibyte, both ways; what shares a row shares the answer.
        if [0, 2, 5, 6].contains(&i) {
            assert_eq!(size(3 << 20), 4 + long - 4, "case {i}");
            assert_eq!(size(-3 << 20), 4 + long, "case {i}");
        }
    }
    // An address farther than two additions say takes a constant and one; a literal is refused there.
    let far = at_distance(1 << 24, &|a, l| a.adr_label(X3, l)).unwrap();
    assert_eq!(far.bytes.len(), (1 << 24) + 16);
    let far = at_distance(1 << 24, &|a, l| a.ldr_label(Ins::LdrLit, W::B8, X3, l));
    assert_eq!(far.map(|c| c.bytes.len()), Err(Refusal::OutOfReach));
    let far = at_distance(1 << 20, &|a, l| a.adr_label(ZR, l));
    assert_eq!(far.map(|c| c.bytes.len()), Err(Refusal::OutOfReach));
}

#[test]
fn the_farthest_addresses_are_a_place_and_a_distance() {
    let mut em = emitter();
    let label = em.new_label();
    Asm(&mut em).adr_label(X3, label);
    Asm(&mut em).adr_label(X16, label);
    let far = [1 << 24, -(1 << 24), 40 << 20, (1 << 27) - 1, -(1 << 27)];
    for (d, low, place, sum) in [
        (
            &em.descs[0],
            "w3",
            "adr x16, $-0x8",
            "add x3, x16, w3, sxtw",
        ),
        (
            &em.descs[1],
            "w16",
            "adr x17, $-0x8",
            "add x16, x17, w16, sxtw",
        ),
    ] {
        for delta in far {
            let mut out = [0; 16];
            Arm64::write_jump(d, 2, delta, &mut out);
            let [a, b, c, e] = [0, 4, 8, 12].map(|at| {
                let word: [u8; 4] = out[at..at + 4].try_into().unwrap();
                u32::from_le_bytes(word)
            });
            let v = (a >> 5 & 0xFFFF) | (b >> 5 & 0xFFFF) << 16;
            assert_eq!(i64::from(v as i32), delta);
            assert!(decoded(a).unwrap().contains(low) && decoded(b).unwrap().contains(low));
            assert_eq!([decoded(c).unwrap(), decoded(e).unwrap()], [place, sum]);
        }
    }
}

#[test]
fn constants_and_operand_shapes_decode() {
    let mut em = emitter();
    let mut a = Asm(&mut em);
    for v in [
        0,
        1,
        -1,
        0x1234,
        0x12345,
        -0x12345,
        i64::MIN,
        i64::MAX,
        0x5555_5555_5555_5555,
        0x0123_4567_89AB_CDEF,
    ] {
        a.mov_ri(X1, W::B8, v);
        a.mov_ri(X1, W::B4, v);
    }
    for ins in [Ins::Add, Ins::Sub, Ins::Adds, Ins::Subs] {
        for v in [1, -1, 0xFFF, -0x1000, 0xFF_F000] {
            a.rri(ins, W::B8, X1, X2, v);
            a.rri(ins, W::B4, X1, X2, v);
        }
    }
    for shift in [Shift::Lsl, Shift::Lsr, Shift::Asr, Shift::Ror] {
        for n in [0, 1, 31, 32, 63] {
            a.shift_ri(shift, W::B8, X1, X2, n);
            a.shift_ri(shift, W::B4, X1, X2, n);
        }
    }
    for (d, n) in [(X1, X2), (V1, V2), (V1, X2), (X1, V2)] {
        for w in [W::B4, W::B8, W::F32, W::F64] {
            a.mov_rr(w, d, n);
        }
    }
    a.mov_vector(V1, V2);
    a.mov_sp(FP, SP);
    assert!(
        a.fmov_imm(W::F64, V1, 0.0) && a.fmov_imm(W::F32, V1, -1.5) && !a.fmov_imm(W::F64, V1, 0.1)
    );
    a.cset(X0, Cond::Gt);
    a.cmp_ri(W::B4, X0, -5);
    a.fcvt(W::F32, V1, V2);
    checked(&mut em);
}

#[test]
fn vectors_by_name() {
    let mut em = emitter();
    let mut a = Asm(&mut em);
    a.v2(Ins::Cnt, Arr::B8, V1, V2);
    a.v2(Ins::Cnt, Arr::B16, V1, V2);
    a.v2(Ins::VFabs, Arr::D2, V1, V2);
    a.v3(Ins::VAdd, Arr::S4, V1, V2, V3);
    a.v3(Ins::AndV, Arr::B8, V1, V2, V3);
    a.v3(Ins::VFadd, Arr::H8, V1, V2, V3);
    a.v3_lane(Ins::VFmla, Arr::S4, V1, V2, V3, 3);
    a.v_shift(Ins::VShl, Arr::H8, V1, V2, 15);
    a.v_shift(Ins::VSshr, Arr::D2, V1, V2, 64);
    a.v_narrow(Ins::VXtn, Arr::B16, V1, V2);
    a.v_widen(true, Arr::S2, V1, V2);
    a.v3_long(Ins::VUmull, Arr::S4, V1, V2, V3);
    a.v_across(Ins::Addv, Arr::B8, V1, V2);
    a.v_across(Ins::Addv, Arr::S4, V1, V2);
    a.dup_int(Arr::D2, V1, X2);
    a.dup_lane(Arr::S4, V1, V2, 3);
    a.lane_to_int(3, X1, V2, 1);
    a.int_to_lane(0, V1, 15, X2);
    a.lane_to_lane(2, V1, 3, V2, 2);
    a.v_ext(Arr::B16, V1, V2, V3, 12);
    a.movi(Arr::B16, V1, 0xFF, 0);
    a.movi(Arr::S4, V1, 0x80, 24);
    a.v_list(Ins::VLd4, Arr::B16, V30, 4, SP);
    a.v_list(Ins::VLd1r, Arr::D1, V1, 1, X2);
    let code = checked(&mut em);
    let words: Vec<u32> = (0..code.bytes.len() / 4)
        .map(|i| word_at(&code, 4 * i))
        .collect();
    // By GNU assembler 2.40, in this order.
    let want = [
        0x0E20_5841,
        0x4E20_5841,
        0x4EE0_F841,
        0x4EA3_8441,
        0x0E23_1C41,
        0x4E43_1441,
        0x4FA3_1841,
        0x4F1F_5441,
        0x4F40_0441,
        0x4E21_2841,
        0x0F20_A441,
        0x6EA3_C041,
        0x0E31_B841,
        0x4EB1_B841,
        0x4E08_0C41,
        0x4E1C_0441,
        0x4E18_3C41,
        0x4E1F_1C41,
        0x6E1C_4441,
        0x6E03_6041,
        0x4F07_E7E1,
        0x4F04_6401,
        0x4C40_03FE,
        0x0D40_CC41,
    ];
    assert_eq!(words, want, "{words:08x?}");
    for f in [
        (|a: &mut Asm| a.v3(Ins::VMul, Arr::D2, V1, V2, V3)) as fn(&mut Asm),
        |a| a.v_list(Ins::VLd2, Arr::D1, V1, 2, X2),
        |a| a.v2(Ins::VRev16, Arr::H8, V1, V2),
        |a| a.movi(Arr::D2, V1, 1, 8),
    ] {
        let mut em = emitter();
        f(&mut Asm(&mut em));
        let (scratch, code) = (&mut FinishScratch::default(), &mut Code::default());
        let e = finish::<Arm64>(&mut em, FRAME, scratch, code).unwrap_err();
        assert_eq!(e.why, Refusal::NoSuchForm, "{}", e.form);
    }
}

#[test]
fn addresses_of_data_and_symbols_are_filled() {
    let mut em = emitter();
    let at = em.data.constant(&1.25f64.to_le_bytes(), 8);
    let pad = em.data.constant(&[7; 16], 16);
    let sym = em.symbol(Symbol {
        value: 0x7_0000_0000,
        kind: SymbolKind::Relative,
        name: u32::MAX,
    });
    let mut a = Asm(&mut em);
    a.load(MemOp::F64, V0, &Mem::Data(at));
    a.load(MemOp::Q128, V0, &Mem::Data(pad));
    a.adr_data(X1, pad);
    a.adr_sym(X2, sym);
    a.bl_sym(sym);
    let mut code = checked(&mut em);
    let (here, data) = (0x7_0123_4560u64, 0x7_0200_0FF0u64);
    let symbols = em.symbols.clone();
    let far = |s: &Symbol| Some(s.value + 0x1000);
    code.apply_relocs::<Arm64>(here, data, &symbols, far)
        .unwrap();
    verify(&em, FRAME, &code).unwrap();
    let page = (data >> 12) - (here >> 12);
    assert_eq!(
        word_at(&code, 0),
        0x9000_0010 | ((page & 3) << 29 | page >> 2 << 5) as u32
    );
    assert_eq!(word_at(&code, 4), 0xFD40_0200 | (0xFF0 >> 3) << 10);
    assert_eq!(
        word_at(&code, 12),
        0x3DC0_0200,
        "ldr q0, [x16]: the second constant begins a page"
    );
    assert_eq!(word_at(&code, 20), 0x9100_0021);
    let bl = (0x7_0000_1000i64 - (here as i64 + 32)) >> 2;
    assert_eq!(word_at(&code, 32), 0x9400_0000 | bl as u32 & 0x3FF_FFFF);
    let too_far = |_: &Symbol| Some(here + (1 << 30));
    let e = code
        .apply_relocs::<Arm64>(here, data, &symbols, too_far)
        .unwrap_err();
    assert_eq!((e.0.kind, e.1), (fixup::BRANCH26, Refusal::OutOfReach));
}

#[test]
fn what_no_form_can_say_is_refused_by_name() {
    let refusal = |f: &dyn Fn(&mut Asm)| {
        let mut em = emitter();
        f(&mut Asm(&mut em));
        let e = finish::<Arm64>(
            &mut em,
            FRAME,
            &mut FinishScratch::default(),
            &mut Code::default(),
        );
        e.map(|_| ("", Refusal::NoRoom))
            .unwrap_or_else(|e| (e.form, e.why))
    };
    assert_eq!(
        refusal(&|a| a.rri(Ins::Add, W::B8, X0, X1, 0x1001)),
        ("add", Refusal::NoSuchForm)
    );
    assert_eq!(
        refusal(&|a| a.rri(Ins::And, W::B8, X0, X1, 5)),
        ("and", Refusal::NoSuchForm)
    );
    assert_eq!(
        refusal(&|a| a.rrr(Ins::Add, W::B8, X0, V1, X2)),
        ("add", Refusal::Register)
    );
    assert_eq!(
        refusal(&|a| a.rrr(Ins::Fadd, W::F64, V0, X1, V2)),
        ("fadd", Refusal::Register)
    );
    assert_eq!(
        refusal(&|a| a.stp_pre(W::B8, X0, X1, SP, -520)),
        ("stp", Refusal::Displacement)
    );
    assert_eq!(
        refusal(&|a| a.load(MemOp::X64, X0, &Mem::slot(SlotId(99), 0))),
        ("ldr", Refusal::UnknownSlot)
    );
    assert_eq!(
        refusal(&|a| a.load(MemOp::X64, X0, &Mem::index(X1, X2, 2))),
        ("ldr", Refusal::Displacement)
    );
    assert_eq!(
        refusal(&|a| a.rrr_shift(Ins::Add, W::B4, X0, X1, X2, Shift::Lsl, 32)),
        ("add", Refusal::Immediate)
    );
}

#[test]
fn the_short_way_writes_what_the_long_way_writes() {
    // The rows of everyday code; those behind them are held against it in `every_form_reads_back_from_the_decoder`.
    let forms = super::table::form(Ins::Crc32b, Class::CrcW, super::Arr::B16);
    crate::emit::agreement::check::<crate::target::arm64::Arm64>(
        forms,
        crate::target::arm64::FP,
        |_| true,
    );
}
