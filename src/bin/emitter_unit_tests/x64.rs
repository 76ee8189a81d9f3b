//! x64 against iced-x86: each row of the table becomes descriptors ([`operands`](super::x64_operands)), these become bytes, and
//! the decoder must read from them the mnemonic, registers, address, immediate, mask, broadcast and rounding that were meant.

use super::driver::{Assembler, Check, Coverage, Form, Isa, KnownFault};
use super::x64_operands::{combinations, impossible};
use iced_x86::{
    Code as IcedCode, Decoder, DecoderOptions, EncodingKind, Formatter, Instruction,
    IntelFormatter, Mnemonic, OpKind, Register,
};
use std::collections::{BTreeMap, HashSet};
use tatsu::emit::encoder::{Fixup, FixupTarget, WINDOW};
use tatsu::emit::x64::instr_desc::Mode;
use tatsu::emit::x64::table::{Class, Opnd, ROWS};
use tatsu::emit::x64::verify::{verify, verify_at};
use tatsu::emit::x64::{Asm, Cc};
use tatsu::emit::{
    Code, CodeBuf, Emit, Emitter, EncodeCx, FinishScratch, FrameAccess, GroupFlags, InstrDesc,
    PrintCx, finish,
};
use tatsu::target::x64::{RBP, X64};

const OFFSETS: &[i32] = &[-8, -128, -136, 0, 64, 127, 128, 0x1234];
const FRAME: FrameAccess = FrameAccess {
    base: RBP,
    offsets: OFFSETS,
};
const WIDE: u64 = 0x8000_0000_1234_5678;

/// Samples of a form that go to the assembler.
const SAMPLES: usize = 48;

/// The x64 table.
pub struct X64Isa {
    met: HashSet<IcedCode>,
}

impl X64Isa {
    /// Ready to check.
    pub fn new() -> X64Isa {
        X64Isa {
            met: HashSet::new(),
        }
    }
}

fn decode(bytes: &[u8]) -> Instruction {
    Decoder::with_ip(64, bytes, 0, DecoderOptions::NONE).decode()
}

fn text_of(i: &Instruction) -> String {
    let mut text = String::new();
    IntelFormatter::new().format(i, &mut text);
    text
}

fn emitter() -> Emitter {
    let mut em = Emitter::default();
    em.clear();
    em.new_group(GroupFlags::FUNC_START);
    let label = em.new_label();
    em.bind(label);
    em.wide_imm(WIDE);
    em
}

fn encode_cx(em: &Emitter) -> EncodeCx<'_> {
    EncodeCx {
        frame: FRAME,
        frame_refs: &em.frame_refs,
        wide_imms: &em.wide_imms,
    }
}

/// The text that the printer makes, spaces collapsed; a label prints as `rip`, for the assembler.
fn printed(d: &InstrDesc, em: &Emitter) -> String {
    let mut text = String::new();
    let cx = PrintCx {
        encode: encode_cx(em),
        label: &|_, out| out.push_str("rip"),
        symbol: &|_, _| {},
    };
    X64::print(d, &cx, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address with an index that is not scaled, alone, as a base: the same address in fewer bytes.
fn as_base(mut i: Instruction) -> Instruction {
    let alone = i.memory_base() == Register::None && i.memory_index() != Register::None;
    if alone && i.memory_index_scale() == 1 && i.memory_index().is_gpr64() {
        i.set_memory_base(i.memory_index());
        i.set_memory_index(Register::None);
    }
    // Only the length of the displacement tells them apart then.
    if i.memory_base() != Register::None {
        i.set_memory_displ_size(8);
    }
    i
}

/// Our text in the assembler's words.
fn for_assembler(row: usize, text: &str) -> String {
    let mut text = text.replace("rex.jmp", "rex64 jmp");
    // Of memory with a vector of indexes it knows sizes of its own; without one it takes that of the mnemonic.
    if ROWS[row].ops.contains(&Opnd::X) {
        text = text.replace("dword ptr ", "").replace("qword ptr ", "");
    }
    if ROWS[row].class == Class::Evex {
        format!("{{evex}} {text}")
    } else {
        text
    }
}

/// The extension that a decoded instruction belongs to.
fn extension(i: &Instruction) -> String {
    let names: Vec<String> = i
        .cpuid_features()
        .iter()
        .map(|f| format!("{f:?}"))
        .filter(|f| f != "AVX512VL")
        .collect();
    match names.join("+") {
        n if n.starts_with("INTEL") || n == "X64" || n == "CMOV" || n == "MULTIBYTENOP" => {
            "base".into()
        }
        n => n,
    }
}

impl Isa for X64Isa {
    fn target(&self) -> &'static str {
        "x64"
    }

    fn decoder(&self) -> &'static str {
        "iced-x86"
    }

    fn forms(&self) -> Vec<Form> {
        let em = emitter();
        let extension_of = |row: usize| {
            let mut buf = CodeBuf::default();
            let d = *combinations(row).last()?;
            buf.reserve(64);
            X64::encode(&d, &encode_cx(&em), &mut buf).ok()?;
            Some(extension(&decode(buf.bytes())))
        };
        ROWS.iter()
            .enumerate()
            .filter(|(_, r)| r.class != Class::Bad)
            .map(|(row, r)| Form {
                row,
                name: r.name.to_string(),
                extension: extension_of(row).unwrap_or_else(|| "base".into()),
            })
            .collect()
    }

    fn check(&mut self, form: &Form, check: &mut Check) {
        if ROWS[form.row].class == Class::Jump {
            return jumps(form.row, check);
        }
        let mut em = emitter();
        let mut buf = CodeBuf::default();
        let mut code = Code::default();
        code.group_offsets.push(0);
        code.group_offsets.push(0);
        let descs = combinations(form.row);
        let step = (descs.len() / SAMPLES).max(1);
        let slots: Vec<_> = OFFSETS
            .iter()
            .map_while(|&o| X64::near_slot(RBP, o))
            .collect();
        for (i, &d) in descs.iter().enumerate() {
            buf.clear();
            buf.reserve(64);
            check.combinations += 1;
            if let Err(why) = X64::encode(&d, &encode_cx(&em), &mut buf) {
                check.mismatch(&printed(&d, &em), &[], &format!("refused: {why}"));
                continue;
            }
            let mut window = [0; WINDOW];
            let len = X64::encode_simple(&d, &slots, &mut window);
            if len.is_some_and(|len| window[..len.min(WINDOW)] != *buf.bytes()) {
                check.mismatch(
                    &printed(&d, &em),
                    buf.bytes(),
                    "the short way encodes otherwise",
                );
            }
            code.bytes.clear();
            code.bytes.extend_from_slice(buf.bytes());
            let mode = Mode::of(&d);
            if i % step == 0 && !matches!(mode, Mode::Data | Mode::Symbol) {
                let text = for_assembler(form.row, &printed(&d, &em));
                if ROWS[form.row].class != Class::Rel32 {
                    check.sample(text, &code.bytes);
                }
            }
            if let Some(Err(why)) = buf.fixups.first().map(|f| apply(f, &mut code.bytes)) {
                check.mismatch(&printed(&d, &em), &code.bytes, &why);
            }
            em.descs.clear();
            em.descs.push(d);
            match verify_at(&em, FRAME, &code, 0, 0) {
                Ok(len) if len as usize == code.bytes.len() => {
                    self.met.insert(decode(&code.bytes).code());
                }
                Ok(len) => {
                    check.mismatch(&printed(&d, &em), &code.bytes, &format!("{len} bytes"));
                }
                Err(m) => check.mismatch(&printed(&d, &em), &code.bytes, &m.to_string()),
            }
        }
        for (d, what) in impossible(form.row) {
            buf.clear();
            buf.reserve(64);
            let mut window = [0; WINDOW];
            if X64::encode(&d, &encode_cx(&em), &mut buf).is_ok()
                || X64::encode_simple(&d, &slots, &mut window).is_some()
            {
                check.mismatch(what, buf.bytes(), "accepted, and should be refused");
            }
            check.refusals += 1;
        }
    }

    fn assembler(&self) -> Assembler {
        Assembler {
            options: &[
                "-triple=x86_64",
                "-x86-asm-syntax=intel",
                "-mattr=+sse4.2,+aes,+pclmul,+sha,+gfni,+avx,+avx2,+fma,+f16c,+bmi,+bmi2,+lzcnt,+popcnt,+movbe,+adx,+rdrnd,\
                 +rdseed,+rdpid,+fsgsbase,+prfchw,+clflushopt,+clwb,+vaes,+vpclmulqdq,+avxvnni,+avx512f,+avx512bw,+avx512dq,\
                 +avx512vl,+avx512cd,+avx512vbmi,+avx512vbmi2,+avx512vnni,+avx512ifma,+avx512bitalg,+avx512vpopcntdq,+avx512bf16",
            ],
            header: ".intel_syntax noprefix\n",
        }
    }

    fn same_meaning(&self, ours: &[u8], theirs: &[u8]) -> bool {
        let (a, b) = (decode(ours), decode(theirs));
        if a.is_invalid() {
            return false;
        }
        // The registers of an exchange may change places.
        if a.mnemonic() == Mnemonic::Xchg && a.op0_kind() == OpKind::Register {
            let pair = |i: &Instruction| (i.op0_register(), i.op1_register());
            let (x, y) = pair(&a);
            return b.mnemonic() == Mnemonic::Xchg && (pair(&b) == (x, y) || pair(&b) == (y, x));
        }
        text_of(&as_base(a)) == text_of(&as_base(b))
    }

    fn known_faults(&self) -> &'static [KnownFault] {
        super::x64_faults::KNOWN_FAULTS
    }

    fn coverage(&self) -> Vec<Coverage> {
        let mut by_extension = BTreeMap::<String, Coverage>::new();
        for code in IcedCode::values() {
            let Some(extension) = covered_extension(code) else {
                continue;
            };
            let c = by_extension.entry(extension.clone()).or_default();
            c.extension = extension;
            c.listed += 1;
            let name = format!("{code:?}");
            if self.met.contains(&code) {
                c.emitted += 1;
            } else if super::x64_faults::LEFT_OUT.iter().any(|(n, _)| *n == name) {
                c.left_out += 1;
            } else {
                c.missing.push(name);
            }
        }
        by_extension.into_values().collect()
    }
}

/// Fills a fixup as if everything were at address 0.
fn apply(f: &Fixup, bytes: &mut [u8]) -> Result<(), String> {
    let at = f.at as usize;
    let target = match f.target {
        FixupTarget::Label(_) => 0,
        FixupTarget::Data(n) => n as u64,
        FixupTarget::Symbol(_) => 0x1000,
    };
    let field = bytes.get_mut(at..).ok_or("a fixup behind the code")?;
    let target = target.wrapping_add(f.addend as i64 as u64);
    X64::apply_fixup(f.kind, field, at as u64, target).map_err(|e| e.to_string())
}

/// Jumps: every condition, to every distance where the form changes, through `finish`; and each form at the ends of its reach.
fn jumps(row: usize, check: &mut Check) {
    use tatsu::emit::x64::Ins;
    let ins = ROWS[row].ins;
    let put = |em: &mut Emitter, cc: u8, to| match ins {
        Ins::Jcc => Asm(em).jcc(Cc::from_bits(cc), to),
        Ins::JmpLabelKeep => Asm(em).jmp_keep(to),
        _ => Asm(em).jmp(to),
    };
    let ccs = if ins == Ins::Jcc { 16 } else { 1 };
    for cc in 0..ccs {
        for gap in [
            0, 1, 2, 124, 125, 126, 127, 128, 129, 130, 131, 1000, 70_000,
        ] {
            for forward in [false, true] {
                let mut em = emitter();
                let to = em.new_label();
                if !forward {
                    em.bind(to);
                } else {
                    put(&mut em, cc, to);
                }
                for _ in 0..gap {
                    Asm(&mut em).nop();
                }
                if forward {
                    em.bind(to);
                    Asm(&mut em).nop();
                } else {
                    put(&mut em, cc, to);
                }
                check.combinations += 1;
                let mut code = Code::default();
                let what = format!("{} {cc} over {gap} bytes", ROWS[row].name);
                if let Err(e) =
                    finish::<X64>(&mut em, FRAME, &mut FinishScratch::default(), &mut code)
                {
                    check.mismatch(&what, &[], &e.to_string());
                } else if let Err(e) = verify(&em, FRAME, &code) {
                    check.mismatch(&what, &e.bytes, &e.to_string());
                }
            }
        }
        let mut em = emitter();
        let to = em.new_label();
        put(&mut em, cc, to);
        let d = em.descs[0];
        let long = if ins == Ins::Jcc { 6 } else { 5 };
        for (size, deltas) in [
            (2, [-126i64, -1, 0, 2, 128, 129]),
            (long, [-(1 << 30), -129, 0, 6, 130, 1 << 30]),
        ] {
            for delta in deltas {
                let mut bytes = vec![0; size];
                X64::write_jump(&d, 0, delta, &mut bytes);
                let got = Decoder::with_ip(64, &bytes, 1 << 40, DecoderOptions::NONE).decode();
                check.combinations += 1;
                if got.near_branch_target() != (1u64 << 40).wrapping_add_signed(delta)
                    || got.len() != size
                {
                    check.mismatch(&printed(&d, &em), &bytes, &text_of(&got));
                }
            }
        }
    }
}

/// The extension of an instruction of the decoder's list that the table is meant to hold; none for the others.
fn covered_extension(code: IcedCode) -> Option<String> {
    const WANTED: &[&str] = &[
        "SSE",
        "SSE2",
        "SSE3",
        "SSSE3",
        "SSE4_1",
        "SSE4_2",
        "AES",
        "PCLMULQDQ",
        "SHA",
        "GFNI",
        "AVX",
        "AVX2",
        "F16C",
        "FMA",
        "BMI1",
        "BMI2",
        "LZCNT",
        "POPCNT",
        "MOVBE",
        "VAES",
        "VPCLMULQDQ",
        "AVX_VNNI",
        "AVX_IFMA",
        "AVX512F",
        "AVX512VL",
        "AVX512BW",
        "AVX512DQ",
        "AVX512CD",
        "AVX512_VBMI",
        "AVX512_VBMI2",
        "AVX512_VNNI",
        "AVX512_BITALG",
        "AVX512_VPOPCNTDQ",
        "AVX512_IFMA",
        "AVX512_BF16",
        "CMOV",
        "ADX",
        "CMPXCHG16B",
    ];
    let features = code.cpuid_features();
    let names: Vec<String> = features.iter().map(|f| format!("{f:?}")).collect();
    let text = format!("{code:?}");
    let is_mmx = text
        .split('_')
        .any(|p| matches!(p, "mm" | "mmm64" | "mmm32"));
    let wanted = names.iter().all(|n| WANTED.contains(&n.as_str()));
    let kind = matches!(
        code.encoding(),
        EncodingKind::Legacy | EncodingKind::VEX | EncodingKind::EVEX
    );
    // Of the base set, what the decoder lists under a processor's name is not held against its list.
    if !wanted || !kind || is_mmx || names.is_empty() {
        return None;
    }
    Some(
        names
            .into_iter()
            .filter(|n| n != "AVX512VL")
            .collect::<Vec<_>>()
            .join("+"),
    )
}
