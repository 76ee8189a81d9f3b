//! Holding words against an independent decoder (yaxpeax-arm): what was meant must be what a machine would read.
//!
//! Walks groups in layout order, decodes at each place what should be the next descriptor (each of its plain descriptors in
//! turn), and compares the two texts with spelling differences taken out: names of fp and lr, forms of numbers, a zero
//! displacement. Alignment must decode as nops. Of references to data and symbols only the instruction is compared, of those to
//! labels the target too.

use super::encode::resolve;
use super::instr_desc::Mode;
use super::judge::{SPELLINGS, Verdict, judge};
use super::print::{is_jump, plain};
use super::table::{Class, ROWS};
use crate::emit::encoder::{EncodeCx, FrameAccess, PrintCx};
use crate::emit::instr_desc::{InstrDesc, Label};
use crate::emit::{Code, Emitter};
use yaxpeax_arch::{Decoder, U8Reader};
use yaxpeax_arm::armv8::a64::{InstDecoder, Instruction};

/// A difference.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// Offset in the code.
    pub offset: u32,
    /// Index of the descriptor; `u32::MAX` for padding.
    pub desc: u32,
    /// The word there.
    pub word: u32,
    /// What was meant.
    pub expected: String,
    /// What the decoder read.
    pub got: String,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "at {:#x}, descriptor {}: {:08x} reads \"{}\", meant was \"{}\"",
            self.offset, self.desc, self.word, self.got, self.expected
        )
    }
}

impl std::error::Error for Mismatch {}

/// Compares a finished method with its descriptors.
pub fn verify(em: &Emitter, frame: FrameAccess, code: &Code) -> Result<(), Mismatch> {
    let v = Verifier {
        em,
        code,
        cx: EncodeCx {
            frame,
            frame_refs: &em.frame_refs,
            wide_imms: &em.wide_imms,
        },
    };
    let mut at = 0;
    for (i, group) in em.groups.iter().enumerate() {
        let start = code.group_offsets[i];
        while at < start {
            if v.word(at) != 0xD503_201F {
                return Err(v.mismatch(at, u32::MAX, "padding"));
            }
            at += 4;
        }
        if at != start {
            return Err(v.mismatch(start, u32::MAX, "the start of a group"));
        }
        for k in group.first..group.first + group.count {
            at += v.instruction(at, k)?;
        }
    }
    if at as usize != code.bytes.len() {
        return Err(v.mismatch(at, u32::MAX, "the end of the code"));
    }
    Ok(())
}

/// The decoder's text of a word.
pub fn decoded(word: u32) -> Option<String> {
    let bytes = word.to_le_bytes();
    let mut reader = U8Reader::new(&bytes);
    let mut got = Instruction::default();
    InstDecoder::default()
        .decode_into(&mut got, &mut reader)
        .ok()?;
    Some(got.to_string())
}

/// Do two texts of one instruction say the same?
pub fn agree(ours: &str, theirs: &str) -> bool {
    words(ours) == words(theirs) || respelled(ours).is_some_and(|t| words(&t) == words(theirs))
}

/// Our text in the words of the decoder, where they differ.
fn respelled(ours: &str) -> Option<String> {
    let ours = ours.split_whitespace().collect::<Vec<_>>().join(" ");
    SPELLINGS.iter().find_map(|(from, to)| {
        let rest = ours.strip_prefix(from)?;
        (rest.is_empty() || from.ends_with(',')).then(|| format!("{to}{rest}"))
    })
}

/// A text as words, one spelling a notion.
fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .flat_map(|w| w.split_inclusive(['[', ']', '!']))
        .map(|w| w.trim_matches(['[', '#']))
        .map(|w| w.trim_end_matches(']'))
        .filter(|w| !w.is_empty())
        .enumerate()
        // Left shift and extension of all bits are the same thing; the register's name tells its width.
        .filter(|&(i, w)| i == 0 || !matches!(w, "lsl" | "uxtw" | "uxtx"))
        .map(|(_, w)| spelling(w))
        .collect();
    match out[..] {
        // The decoder shows every such constant as a move.
        [ref op, _, ref n, _]
            if op == "orr" && (n == "xzr" || n == "wzr") && text.contains('#') =>
        {
            out[0] = "mov".into();
            out.remove(2);
        }
        [ref op, ref n] if op == "ret" && n == "x30" => out.truncate(1),
        // Copies of lanes have `mov` as an alias; the operands tell them apart.
        [ref op, _, _, ..] if matches!(&op[..], "dup" | "ins" | "umov") && text.contains('[') => {
            out[0] = "mov".into();
        }
        [ref op, _, _] if op == "not" => out[0] = "mvn".into(),
        _ => {}
    }
    // So may the amount of a shift by zero.
    if let [.., shift, amount] = &out[..]
        && matches!(&shift[..], "lsr" | "asr" | "ror")
        && amount == "0"
    {
        out.pop();
    }
    // A displacement of zero may be shown or not.
    if out.len() > 2
        && text.contains('[')
        && !text.ends_with('!')
        && out.last().is_some_and(|w| w == "0")
        && text.ends_with(']')
    {
        out.pop();
    }
    out
}

fn spelling(w: &str) -> String {
    match w {
        "fp" => return "x29".into(),
        "lr" => return "x30".into(),
        "nzcv" => return "s3_3_c4_c2_0".into(),
        "fpcr" => return "s3_3_c4_c4_0".into(),
        "fpsr" => return "s3_3_c4_c4_1".into(),
        "tpidr_el0" => return "s3_3_c13_c0_2".into(),
        "cs" => return "hs".into(),
        "cc" => return "lo".into(),
        "b.cs" => return "b.hs".into(),
        "b.cc" => return "b.lo".into(),
        _ => {}
    }
    let (sign, digits) = match w.strip_prefix('-') {
        Some(rest) => (-1i128, rest.trim_start_matches('#')),
        None => (1, w),
    };
    let value = match digits.strip_prefix("0x") {
        Some(hex) => i128::from_str_radix(hex, 16).ok(),
        None => digits.parse::<i128>().ok(),
    };
    match value {
        Some(v) => (sign * v).to_string(),
        None => match digits.parse::<f64>() {
            Ok(v) if digits.contains('.') => (sign as f64 * v).to_string(),
            _ => w.to_string(),
        },
    }
}

struct Verifier<'a> {
    em: &'a Emitter,
    code: &'a Code,
    cx: EncodeCx<'a>,
}

impl Verifier<'_> {
    fn word(&self, at: u32) -> u32 {
        let bytes = self.code.bytes.get(at as usize..);
        bytes
            .and_then(|b| b.first_chunk())
            .map_or(0, |&b| u32::from_le_bytes(b))
    }

    fn mismatch(&self, at: u32, desc: u32, expected: &str) -> Mismatch {
        let word = self.word(at);
        Mismatch {
            offset: at,
            desc,
            word,
            expected: expected.into(),
            got: decoded(word).unwrap_or_else(|| "(invalid)".into()),
        }
    }

    fn label_offset(&self, number: i32) -> Option<i64> {
        let group = *self.em.labels.get(Label(number as u32))?;
        Some(*self.code.group_offsets.get(group.0 as usize)? as i64)
    }

    /// Compares one descriptor; returns its length.
    fn instruction(&self, at: u32, index: u32) -> Result<u32, Mismatch> {
        let d = &self.em.descs[index as usize];
        let fail = |what: &str| Err(self.mismatch(at, index, what));
        let Some(row) = ROWS.get(d.form as usize) else {
            return fail("a form that exists");
        };
        if row.class == Class::Literal || row.class == Class::Adr && Mode::of(d) == Mode::Label {
            return self.address(d, row.class, at, index);
        }
        if is_jump(row.class) {
            return self.jump(d, row.class, at, index);
        }
        let Ok(list) = resolve(d, &self.cx) else {
            return fail(row.name);
        };
        for (i, p) in list.iter().enumerate() {
            self.plain(p, at + 4 * i as u32, index)?;
        }
        Ok(4 * list.len() as u32)
    }

    fn plain(&self, d: &InstrDesc, at: u32, index: u32) -> Result<(), Mismatch> {
        let text = text_of(d, &self.cx);
        let got = decoded(self.word(at)).unwrap_or_default();
        let same = match Mode::of(d) {
            Mode::Data | Mode::Symbol => first_word(&text) == first_word(&got),
            Mode::Label => {
                let to = self.label_offset(d.disp);
                first_word(&text) == first_word(&got) && relative(&got).map(|r| at as i64 + r) == to
            }
            _ => !matches!(judge(d, &text, self.word(at)), Verdict::Different(_)),
        };
        if same {
            Ok(())
        } else {
            Err(self.mismatch(at, index, &text))
        }
    }

    /// An address of a label or a load from there: in one word, or as the sum of the place and two constants.
    fn address(&self, d: &InstrDesc, class: Class, at: u32, index: u32) -> Result<u32, Mismatch> {
        let text = text_of(d, &self.cx);
        let to = self.label_offset(d.disp);
        let (ours, first) = (words(&text), decoded(self.word(at)).unwrap_or_default());
        let far = relative(&first).map(|r| at as i64 + r) != to;
        let near = words(&first);
        if !far && near.len() == 3 && near[..2] == ours[..2] {
            return Ok(4);
        }
        if class == Class::Adr && self.farthest_adr(&ours[1], at) == to {
            return Ok(16);
        }
        let into = if class == Class::Adr { &ours[1] } else { "x16" };
        let mut sum = at as i64;
        let mut same = near == ["adr", into, "$+0x0"];
        for k in [4, 8] {
            let step = words(&decoded(self.word(at + k)).unwrap_or_default());
            let amount = step.get(3).and_then(|n| n.parse::<i64>().ok()).unwrap_or(0)
                << if step.len() > 4 { 12 } else { 0 };
            let down = step.first().is_some_and(|op| op == "sub");
            sum += if down { -amount } else { amount };
            same &= step.len() > 3 && step[1] == into && step[2] == into
                || step[..] == ["mov", into, into];
        }
        let mut size = 12;
        if class == Class::Literal {
            let load = words(&decoded(self.word(at + 12)).unwrap_or_default());
            same &= load == [&ours[0], &ours[1], "x16"];
            size = 16;
        }
        if same && Some(sum) == to {
            return Ok(size);
        }
        Err(self.mismatch(at, index, &text))
    }

    /// Where four words that add a distance to their place lead, in register `d`.
    fn farthest_adr(&self, d: &str, at: u32) -> Option<i64> {
        let read = |k: u32| words(&decoded(self.word(at + k)).unwrap_or_default());
        let scratch = if d == "x16" { "x17" } else { "x16" };
        let low_half = format!("w{}", d.strip_prefix('x')?);
        let number = |w: &[String]| {
            let constant = matches!(&w[0][..], "mov" | "movz" | "movk") && w.get(1)? == &low_half;
            constant.then(|| w.get(2)?.parse::<i64>().ok())?
        };
        let (low, high) = (number(&read(0))?, number(&read(4))?);
        let place = read(8) == ["adr", scratch, "$-0x8"];
        let sum = read(12) == ["add", d, scratch, &low_half, "sxtw"];
        (place && sum).then_some(at as i64 + i64::from((low | high << 16) as i32))
    }

    /// A jump: dropped, in one word, or inverted over a second.
    fn jump(&self, d: &InstrDesc, class: Class, at: u32, index: u32) -> Result<u32, Mismatch> {
        let text = text_of(d, &self.cx);
        let to = self.label_offset(d.disp);
        let read = |at: u32| {
            let got = decoded(self.word(at))?;
            let target = at as i64 + relative(&got)?;
            let words = words(&got);
            let operands = words[1..words.len() - 1].to_vec();
            Some((words[0].clone(), operands, target))
        };
        let ours = words(&text);
        let same = |r: &(String, Vec<String>, i64), name: &str| {
            r.0 == name && r.1 == ours[1..] && Some(r.2) == to
        };
        let first = read(at);
        if first.as_ref().is_some_and(|r| same(r, &ours[0])) {
            return Ok(4);
        }
        let may_drop = class != Class::JumpKeep;
        let inverse = inverse(&ours[0]);
        if let Some(r) = &first
            && r.0 == inverse
            && r.1 == ours[1..]
            && r.2 == at as i64 + 8
            && read(at + 4).is_some_and(|far| far.0 == "b" && Some(far.2) == to)
        {
            return Ok(8);
        }
        if may_drop && to == Some(at as i64) {
            return Ok(0);
        }
        Err(self.mismatch(at, index, &text))
    }
}

fn inverse(name: &str) -> String {
    match name {
        "cbz" => "cbnz".into(),
        "cbnz" => "cbz".into(),
        "tbz" => "tbnz".into(),
        "tbnz" => "tbz".into(),
        _ => {
            let names = super::asm::Cond::NAMES;
            let cond = name.strip_prefix("b.").unwrap_or("");
            match names.iter().position(|n| *n == cond) {
                Some(i) => format!("b.{}", names[i ^ 1]),
                None => String::new(),
            }
        }
    }
}

/// The distance in a decoded branch or address: `$+0x8`.
fn relative(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once('$')?;
    let (sign, digits) = match rest.as_bytes().first()? {
        b'+' => (1, &rest[1..]),
        b'-' => (-1, &rest[1..]),
        _ => return None,
    };
    let hex = digits.strip_prefix("0x")?;
    Some(sign * i64::from_str_radix(hex, 16).ok()?)
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("")
}

/// Our text, places left out.
pub(super) fn text_of(d: &InstrDesc, cx: &EncodeCx) -> String {
    let cx = PrintCx {
        encode: *cx,
        label: &|_, _| {},
        symbol: &|_, _| {},
    };
    let mut s = String::new();
    plain(d, &cx, &mut s);
    s.trim_end().trim_end_matches(',').to_string()
}
