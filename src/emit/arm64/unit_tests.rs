//! The unit tests of the encoder: every form of the table over all its operands, each word held against the independent decoder.
//!
//! Words that stand alone come from [`samples`](super::samples). Forms that name a place (jumps, addresses, loads from beside the
//! code) are put in small methods, near their target and far from it, which [`verify`](super::verify) reads back.

use super::encode::word;
use super::instr_desc::{Mode, WIDE};
use super::judge::{Verdict, judge};
use super::print::is_jump;
use super::quick;
use super::samples::{impossible, names_place, samples, widths};
use super::table::{Class, Field, ROWS, Row};
use super::verify::{text_of, verify};
use crate::emit::encoder::EncodeCx;
use crate::emit::{
    Code, Emitter, FinishScratch, FrameAccess, GroupFlags, InstrDesc, Symbol, SymbolKind, finish,
};
use crate::target::RegNum;
use crate::target::arm64::Arm64;
use std::collections::BTreeMap;

/// A fault of the decoder that was met.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The reason, with the manual's page.
    pub why: &'static str,
    /// How many words it concerned.
    pub words: u64,
    /// One of them: the word and our text.
    pub example: (u32, String),
}

/// What a run found.
#[derive(Default, Debug)]
pub struct Report {
    /// Forms tried.
    pub forms: usize,
    /// Words compared.
    pub combinations: u64,
    /// Operands that no word can hold, offered and refused.
    pub refusals: u64,
    /// Forms and words by kind.
    pub kinds: BTreeMap<&'static str, (usize, u64)>,
    /// Differences: the word, our text, the decoder's.
    pub mismatches: Vec<String>,
    /// Faults of the decoder.
    pub faults: Vec<Fault>,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "arm64: {:6} forms of {:6}", self.forms, ROWS.len() - 1)?;
        for (kind, (forms, words)) in &self.kinds {
            writeln!(f, "  {kind:<28} {forms:6} forms {words:9} combinations")?;
        }
        writeln!(f, "  combinations: {}", self.combinations)?;
        writeln!(f, "  refusals: {}", self.refusals)?;
        for fault in &self.faults {
            let (word, text) = &fault.example;
            let (words, why) = (fault.words, fault.why);
            writeln!(
                f,
                "  decoder's fault, {words} words: {why} ({word:08x}: {text})"
            )?;
        }
        writeln!(f, "  mismatches: {}", self.mismatches.len())?;
        for m in self.mismatches.iter().take(100) {
            writeln!(f, "    {m}")?;
        }
        Ok(())
    }
}

/// A kind of forms, as reports group them.
pub fn kind(row: &Row) -> &'static str {
    use Class::*;
    match row.class {
        Jump | JumpKeep | JumpCond | JumpZero | JumpBit | Branch26 | BranchReg | BranchKey => {
            "branches"
        }
        None | Imm16 | SysReg | Hint | Barrier | X1 | X2 | X3Sp | SetF | Rmif => {
            "system, hints, authentication"
        }
        LoadScaled | LoadUnscaled | LoadIndex | Pair | PairPre | PairPost | Pre | Post | Load9
        | Literal => "loads and stores",
        Ordered | Atomic | LoadPairX | StorePairX | CasPair => "ordered, exclusive, atomic",
        F2 | F3 | F4 | FCmp | FCmpZero | FSel | FImm | FFromR | RFromF | FCvt | FCcmp | FFix
        | RFix | RTop | TopR | Js | FToH | FFromH => "scalar floats",
        V2Half | MoviZero | Across => "vectors",
        _ if row.name.starts_with("ld") || row.name.starts_with("st") => "vector loads and stores",
        c if c as u8 > Literal as u8 && row.arrangements != 0 => {
            // Scalars' rows have bit 28 set, vectors' have not; copies of lanes and structures too.
            if row.fixed >> 28 & 1 != 0 {
                "scalars of Advanced SIMD, half precision"
            } else {
                "vectors"
            }
        }
        V3 => "vectors",
        _ => "integers",
    }
}

const CX: EncodeCx<'static> = EncodeCx {
    frame: FrameAccess::NONE,
    frame_refs: &[],
    wide_imms: &[],
};

/// What became of one combination of operands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The decoder reads what was meant; or what was meant to be refused is.
    Good,
    /// The decoder is at fault, for this reason.
    DecoderFault(&'static str),
    /// The decoder, or the encoder's refusal, says this.
    Bad(String),
}

/// One combination: a word that stands alone, words that name a place, or operands that no word can hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Combination {
    /// Our text, and the word.
    Word(String, u32),
    /// Our text.
    Place(String),
    /// Our text.
    Impossible(String),
}

/// Tries every form whose mnemonic the filter takes.
pub fn run(filter: &dyn Fn(&str) -> bool) -> Report {
    let mut report = Report::default();
    for (form, row) in ROWS.iter().enumerate().skip(1) {
        if !filter(row.name) {
            continue;
        }
        let before = report.combinations;
        check_form(form, &mut |combination, outcome| {
            let (text, w) = match combination {
                Combination::Impossible(text) => {
                    report.refusals += 1;
                    (text, 0)
                }
                Combination::Place(text) => {
                    report.combinations += 1;
                    (text, 0)
                }
                Combination::Word(text, w) => {
                    report.combinations += 1;
                    (text, w)
                }
            };
            match outcome {
                Outcome::Good => {}
                Outcome::Bad(got) => report.mismatches.push(format!("{w:08x}: {text} | {got}")),
                Outcome::DecoderFault(why) => {
                    match report.faults.iter_mut().find(|f| f.why == why) {
                        Some(fault) => fault.words += 1,
                        None => report.faults.push(Fault {
                            why,
                            words: 1,
                            example: (w, text),
                        }),
                    }
                }
            }
        });
        let words = report.combinations - before;
        if words != 0 {
            report.forms += 1;
            let (forms, all) = report.kinds.entry(kind(row)).or_default();
            *forms += 1;
            *all += words;
        }
    }
    report
}

/// Tries all combinations of one form, and what it must refuse.
pub fn check_form(form: usize, tell: &mut dyn FnMut(Combination, Outcome)) {
    let row = &ROWS[form];
    if names_place(row) {
        places(form, row, tell);
        return;
    }
    for d in samples(form) {
        let ours = text_of(&d, &CX);
        let (w, outcome) = match both_ways(&d, row) {
            Ok(w) => match judge(&d, &ours, w) {
                Verdict::Same => (w, Outcome::Good),
                Verdict::DecoderFault(why) => (w, Outcome::DecoderFault(why)),
                Verdict::Different(theirs) => (w, Outcome::Bad(theirs)),
            },
            Err(why) => (0, Outcome::Bad(why)),
        };
        tell(Combination::Word(ours, w), outcome);
    }
    for (d, what) in impossible(form) {
        let outcome = match both_ways(&d, row) {
            Ok(w) => Outcome::Bad(format!("encoded as {w:08x}")),
            Err(_) => Outcome::Good,
        };
        let text = format!("{} {:?} with {what}", row.name, row.class);
        tell(Combination::Impossible(text), outcome);
    }
}

/// The word by the encoder. The short way must say the same, or nothing; that it accepts what the encoder refuses is an error too,
/// given as if it had encoded.
fn both_ways(d: &InstrDesc, row: &Row) -> Result<u32, String> {
    let full = word(d, row);
    let mut quick = quick::word(d, &[]);
    if row.class == Class::LoadScaled {
        // There it looks at the address's mode.
        let width = d.width | (Mode::Base as u8) << 4;
        quick = quick::word(&InstrDesc { width, ..*d }, &[]);
    }
    match (full, quick) {
        (Ok(w), Some(q)) if w != q => Err(format!("{w:08x}, the short way {q:08x}")),
        // A distance that this form cannot hold may be one that the next form can.
        (Err(_), Some(q)) if row.class != Class::LoadScaled => Ok(q),
        (full, _) => full.map_err(|why| why.to_string()),
    }
}

/// A form that names a place, with every register: the place before and behind, next to it and far away.
fn places(form: usize, row: &Row, tell: &mut dyn FnMut(Combination, Outcome)) {
    let modes: &[Mode] = match row.class {
        _ if is_jump(row.class) => &[Mode::Label],
        Class::Branch26 => &[Mode::Label, Mode::Symbol],
        Class::AdrPage => &[Mode::Data, Mode::Symbol],
        _ => &[Mode::Label],
    };
    for &mode in modes {
        for gap in [0, 1, 9000] {
            let mut em = Emitter::default();
            em.clear();
            em.new_group(GroupFlags::FUNC_START);
            let symbol = em.symbol(Symbol {
                value: 0x1000,
                kind: SymbolKind::Relative,
                name: u32::MAX,
            });
            let data = em.data.constant(&[1; 16], 16);
            let (back, ahead) = (em.new_label(), em.new_label());
            let nops = |em: &mut Emitter| {
                for _ in 0..gap {
                    super::Asm(em).nop();
                }
            };
            em.bind(back);
            nops(&mut em);
            for label in [back, ahead] {
                for d in placed(form, row) {
                    let mut d = d;
                    d.disp = match mode {
                        Mode::Symbol => symbol,
                        Mode::Data => data as i32,
                        _ => label.0 as i32,
                    };
                    if !is_jump(row.class) {
                        d.width |= (mode as u8) << 4;
                    }
                    em.push(d);
                }
            }
            nops(&mut em);
            em.bind(ahead);
            super::Asm(&mut em).ret();
            let mut code = Code::default();
            let scratch = &mut FinishScratch::default();
            let finished = finish::<Arm64>(&mut em, FrameAccess::NONE, scratch, &mut code);
            let failure = match finished {
                Err(e) => Some((e.desc, e.to_string())),
                Ok(()) => verify(&em, FrameAccess::NONE, &code)
                    .err()
                    .map(|e| (e.desc, e.to_string())),
            };
            for (i, d) in em.descs.iter().enumerate() {
                if d.form as usize != form {
                    continue;
                }
                let outcome = match &failure {
                    Some((desc, text)) if *desc == i as u32 || *desc == u32::MAX => {
                        Outcome::Bad(text.clone())
                    }
                    _ => Outcome::Good,
                };
                tell(Combination::Place(text_of(d, &CX)), outcome);
            }
        }
    }
}

/// The descriptors of such a form, the place left out.
fn placed(form: usize, row: &Row) -> Vec<InstrDesc> {
    let mut all = Vec::new();
    let regs = match row.class {
        // The addition behind it has SP there.
        Class::AdrPage => 31,
        _ if row.mask(Field::D) != 0 => 32,
        _ => 1,
    };
    let bits = if row.mask(Field::B) != 0 { 32 } else { 1 };
    let conds = if row.mask(Field::C) != 0 { 14 } else { 1 };
    for width in widths(row) {
        for n in 0..regs {
            for bit in 0..bits {
                for extra in 0..conds {
                    let file = row.files as u8;
                    all.push(InstrDesc {
                        form: form as u16,
                        // Addresses have 64 bits.
                        width: match row.class {
                            Class::Adr | Class::AdrPage | Class::Branch26 => width | WIDE,
                            _ => width,
                        },
                        extra,
                        r: [RegNum(n | file), RegNum(0), RegNum(0), RegNum(0)],
                        disp: 0,
                        imm: bit,
                    });
                }
            }
        }
    }
    all
}
