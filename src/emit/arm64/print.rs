//! Descriptors as text: the manual's syntax as RyuJIT's listings have it, mnemonic padded to eight columns.
//!
//! A descriptor that becomes several words is several lines. Preferred aliases (`mov`, `cmp`, `lsl`, `cset`, ...) are shown.
//! Immediates below ten are decimal, others hexadecimal. An assembler reads this text back to the same words (labels aside),
//! which the tests rely on.

use super::asm::{self, Cond};
use super::encode::resolve;
use super::imm;
use super::instr_desc::{DOUBLE, Mode, WIDE};
use super::shape::has_second;
use super::table::{Class, Ins, ROWS, Row};
use crate::emit::encoder::PrintCx;
use crate::emit::instr_desc::{InstrDesc, Label};
use crate::target::RegNum;
use std::fmt::Write;

const INDENT: &str = "            ";

/// Appends the text of a descriptor. The caller has indented by seven; lines here by twelve.
pub fn print(d: &InstrDesc, cx: &PrintCx, out: &mut String) {
    out.push_str(&INDENT[7..]);
    let row = ROWS.get(d.form as usize);
    if row.is_some_and(|r| is_jump(r.class)) {
        plain(d, cx, out);
        return;
    }
    match resolve(d, &cx.encode) {
        Ok(list) => {
            for (i, p) in list.iter().enumerate() {
                if i > 0 {
                    out.push('\n');
                    out.push_str(INDENT);
                }
                plain(p, cx, out);
            }
        }
        Err(why) => {
            let name = <crate::target::arm64::Arm64 as crate::emit::Emit>::form_name(d.form);
            let _ = write!(out, "{name} ({why})");
        }
    }
}

pub(super) fn is_jump(c: Class) -> bool {
    matches!(
        c,
        Class::Jump
            | Class::JumpKeep
            | Class::JumpCond
            | Class::JumpZero
            | Class::JumpBit
            | Class::Literal
    )
}

/// A descriptor of one word.
pub(super) fn plain(d: &InstrDesc, cx: &PrintCx, out: &mut String) {
    let Some(row) = ROWS.get(d.form as usize) else {
        out.push_str("(no such row)");
        return;
    };
    let t = Text {
        d,
        row,
        wide: d.width & WIDE != 0,
    };
    if row.ins == Ins::Bcond {
        let _ = write!(out, "{:<7} {}", format!("b.{}", t.cond()), t.place(cx));
        return;
    }
    let (mut name, operands) = t
        .alias()
        .unwrap_or_else(|| (row.name.into(), t.operands(cx)));
    if has_second(row.class) && d.extra & 1 == 0 {
        name.push('2');
    }
    // Some names hold their first operand: `bti c`, `dc zva`.
    let (name, first) = name.split_once(' ').unwrap_or((&name, ""));
    let comma = if first.is_empty() || operands.is_empty() {
        ""
    } else {
        ", "
    };
    if operands.is_empty() && first.is_empty() {
        out.push_str(name);
    } else {
        let _ = write!(out, "{name:<7} {first}{comma}{operands}");
    }
}

struct Text<'a> {
    d: &'a InstrDesc,
    row: &'a Row,
    wide: bool,
}

/// An immediate.
pub(super) fn number(v: i64) -> String {
    match v {
        -9..=9 => format!("#{v}"),
        _ if v < 0 => format!("#-{:#x}", v.unsigned_abs()),
        _ => format!("#{v:#x}"),
    }
}

/// An immediate without sign.
pub(super) fn hex(v: u64) -> String {
    if v < 10 {
        format!("#{v}")
    } else {
        format!("#{v:#x}")
    }
}

/// An integer register; 31 is the zero register.
pub(super) fn int(r: RegNum, wide: bool) -> String {
    match (r.hw(), wide) {
        (31, true) => "xzr".into(),
        (31, false) => "wzr".into(),
        (29, true) => "fp".into(),
        (30, true) => "lr".into(),
        (n, true) => format!("x{n}"),
        (n, false) => format!("w{n}"),
    }
}

/// An integer register; 31 is SP.
pub(super) fn int_sp(r: RegNum, wide: bool) -> String {
    match (r.hw(), wide) {
        (31, true) => "sp".into(),
        (31, false) => "wsp".into(),
        _ => int(r, wide),
    }
}

const SHIFTS: [&str; 4] = ["lsl", "lsr", "asr", "ror"];
const EXTENDS: [&str; 8] = [
    "uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx",
];

impl Text<'_> {
    fn reg(&self, i: usize) -> String {
        int(self.d.r[i], self.wide)
    }
    fn reg_sp(&self, i: usize) -> String {
        int_sp(self.d.r[i], self.wide)
    }
    fn float(&self, i: usize) -> String {
        self.scalar(i, self.d.width & DOUBLE != 0)
    }
    fn scalar(&self, i: usize, double: bool) -> String {
        format!("{}{}", if double { 'd' } else { 's' }, self.d.r[i].hw())
    }
    fn vector(&self, i: usize, arrangement: &str) -> String {
        format!("v{}.{arrangement}", self.d.r[i].hw())
    }
    fn cond(&self) -> &'static str {
        Cond::NAMES[(self.d.extra & 15) as usize]
    }
    /// The transfer register of a load, store or pair.
    fn transfer(&self, i: usize) -> String {
        match self.row.ins {
            Ins::StrQ
            | Ins::LdrQ
            | Ins::StpQ
            | Ins::LdpQ
            | Ins::StnpQ
            | Ins::LdnpQ
            | Ins::LdrQLit => format!("q{}", self.d.r[i].hw()),
            Ins::StrF
            | Ins::LdrF
            | Ins::StpF
            | Ins::LdpF
            | Ins::StnpF
            | Ins::LdnpF
            | Ins::LdrFLit => self.float(i),
            Ins::StrB | Ins::LdrB => format!("b{}", self.d.r[i].hw()),
            Ins::StrHalf | Ins::LdrHalf => format!("h{}", self.d.r[i].hw()),
            Ins::Prfm => prefetch(self.d.r[i]),
            _ => self.reg(i),
        }
    }
    fn sets_flags(&self) -> bool {
        matches!(self.row.ins, Ins::Adds | Ins::Subs | Ins::Ands)
    }
    fn bits(&self) -> u32 {
        if self.wide { 64 } else { 32 }
    }
    fn place(&self, cx: &PrintCx) -> String {
        let mut s = String::new();
        match Mode::of(self.d) {
            Mode::Symbol => (cx.symbol)(self.d.disp, &mut s),
            Mode::Data => {
                let _ = write!(s, "[@RWD{:02}]", self.d.disp);
            }
            _ => (cx.label)(Label(self.d.disp as u32), &mut s),
        }
        s
    }
    fn shift(&self) -> String {
        match self.d.extra {
            0 => String::new(),
            e => format!(
                ", {} {}",
                SHIFTS[(e >> 6) as usize],
                number((e & 63) as i64)
            ),
        }
    }
    /// The register and extension of an extended operand.
    fn extended(&self, in_address: bool) -> String {
        let (option, amount) = (self.d.extra >> 5, self.d.extra & 7);
        let m = int(self.d.r[2], option & 3 == 3 && (in_address || self.wide));
        match (in_address, option, amount) {
            (true, 3, 0) => m,
            (true, 3, _) => format!("{m}, lsl {}", number(amount as i64)),
            (_, o, 0) => format!("{m}, {}", EXTENDS[o as usize]),
            (_, o, _) => format!("{m}, {} {}", EXTENDS[o as usize], number(amount as i64)),
        }
    }
    fn base(&self) -> String {
        int_sp(self.d.r[1], true)
    }

    fn operands(&self, cx: &PrintCx) -> String {
        let d = self.d;
        let imm = d.imm as i64;
        match self.row.class {
            Class::Bad => "(no such form)".into(),
            Class::None => match self.row.ins {
                Ins::DmbIsh => "ish".into(),
                Ins::DmbIshld => "ishld".into(),
                Ins::DmbIshst => "ishst".into(),
                Ins::DmbSy => "sy".into(),
                _ => String::new(),
            },
            Class::Imm16 => number(imm),
            Class::R2 => format!("{}, {}", self.reg(0), self.reg(1)),
            Class::R3 => format!("{}, {}, {}", self.reg(0), self.reg(1), self.reg(2)),
            Class::R3Shift => format!(
                "{}, {}, {}{}",
                self.reg(0),
                self.reg(1),
                self.reg(2),
                self.shift()
            ),
            Class::R3Ext => {
                let to = if self.sets_flags() {
                    self.reg(0)
                } else {
                    self.reg_sp(0)
                };
                format!("{to}, {}, {}", self.reg_sp(1), self.extended(false))
            }
            Class::R4 => format!(
                "{}, {}, {}, {}",
                self.reg(0),
                self.reg(1),
                self.reg(2),
                self.reg(3)
            ),
            Class::R4Long => format!(
                "{}, {}, {}, {}",
                int(d.r[0], true),
                int(d.r[1], false),
                int(d.r[2], false),
                int(d.r[3], true)
            ),
            Class::Imm12 => {
                let to = if self.sets_flags() {
                    self.reg(0)
                } else {
                    self.reg_sp(0)
                };
                let mut s = format!("{to}, {}, ", self.reg_sp(1));
                if Mode::of(d) != Mode::None {
                    s += &self.place(cx);
                } else {
                    s += &number(imm & 0xFFF);
                    if imm >> 12 != 0 {
                        s += ", lsl #12";
                    }
                }
                s
            }
            Class::Logic => {
                let to = if self.sets_flags() {
                    self.reg(0)
                } else {
                    self.reg_sp(0)
                };
                let v = imm::logical_value(d.imm as u32, self.wide).unwrap_or(0);
                format!("{to}, {}, #{v:#x}", self.reg(1))
            }
            Class::MovW => match d.extra {
                0 => format!("{}, {}", self.reg(0), number(imm)),
                h => format!("{}, {}, lsl #{}", self.reg(0), number(imm), h * 16),
            },
            Class::BitField => format!(
                "{}, {}, {}, {}",
                self.reg(0),
                self.reg(1),
                number(imm >> 6),
                number(imm & 63)
            ),
            Class::Extract => format!(
                "{}, {}, {}, {}",
                self.reg(0),
                self.reg(1),
                self.reg(2),
                number(imm)
            ),
            Class::Sel => format!(
                "{}, {}, {}, {}",
                self.reg(0),
                self.reg(1),
                self.reg(2),
                self.cond()
            ),
            Class::CondCmp => format!(
                "{}, {}, {}, {}",
                self.reg(1),
                self.reg(2),
                number(imm),
                self.cond()
            ),
            Class::CondCmpImm => format!(
                "{}, {}, {}, {}",
                self.reg(1),
                number(d.disp as i64),
                number(imm),
                self.cond()
            ),
            Class::Jump | Class::JumpKeep | Class::JumpCond | Class::Branch26 => self.place(cx),
            Class::JumpZero => format!("{}, {}", self.reg(0), self.place(cx)),
            Class::JumpBit => {
                let bit = imm + if self.wide { 32 } else { 0 };
                format!("{}, {}, {}", self.reg(0), number(bit), self.place(cx))
            }
            Class::SysReg if self.row.ins == Ins::Mrs => {
                format!("{}, {}", int(d.r[0], true), system_register(d.imm as u32))
            }
            Class::SysReg => format!("{}, {}", system_register(d.imm as u32), int(d.r[0], true)),
            Class::BranchReg => int(d.r[1], true),
            Class::Adr | Class::AdrPage => format!("{}, {}", int(d.r[0], true), self.place(cx)),
            _ => self.memory_or_float(cx),
        }
    }

    fn memory_or_float(&self, cx: &PrintCx) -> String {
        let d = self.d;
        let disp = |s: &str| match d.disp {
            0 => format!("[{}]{s}", self.base()),
            v => format!("[{}, {}]{s}", self.base(), number(v as i64)),
        };
        let f = |i| self.float(i);
        match self.row.class {
            Class::LoadScaled if d.width >> 4 & 7 >= Mode::Data as u8 => {
                format!(
                    "{}, [{}, {}]",
                    self.transfer(0),
                    self.base(),
                    self.place(cx)
                )
            }
            Class::LoadScaled | Class::LoadUnscaled => {
                format!("{}, {}", self.transfer(0), disp(""))
            }
            Class::LoadIndex => format!(
                "{}, [{}, {}]",
                self.transfer(0),
                self.base(),
                self.extended(true)
            ),
            Class::Pair => format!("{}, {}, {}", self.transfer(0), self.transfer(3), disp("")),
            Class::PairPre => format!(
                "{}, {}, [{}, {}]!",
                self.transfer(0),
                self.transfer(3),
                self.base(),
                number(d.disp as i64)
            ),
            Class::PairPost => format!(
                "{}, {}, [{}], {}",
                self.transfer(0),
                self.transfer(3),
                self.base(),
                number(d.disp as i64)
            ),
            Class::Pre => format!(
                "{}, [{}, {}]!",
                self.transfer(0),
                self.base(),
                number(d.disp as i64)
            ),
            Class::Post => format!(
                "{}, [{}], {}",
                self.transfer(0),
                self.base(),
                number(d.disp as i64)
            ),
            Class::Ordered => format!("{}, [{}]", self.reg(0), self.base()),
            Class::Atomic => {
                let status = self.wide && !matches!(self.row.ins, Ins::Stlxr | Ins::Stxr);
                format!(
                    "{}, {}, [{}]",
                    int(d.r[2], status),
                    self.reg(0),
                    self.base()
                )
            }
            Class::F2 => format!("{}, {}", f(0), f(1)),
            Class::F3 => format!("{}, {}, {}", f(0), f(1), f(2)),
            Class::F4 => format!("{}, {}, {}, {}", f(0), f(1), f(2), f(3)),
            Class::FCmp => format!("{}, {}", f(1), f(2)),
            Class::FCmpZero => format!("{}, #0.0", f(1)),
            Class::FSel => format!("{}, {}, {}, {}", f(0), f(1), f(2), self.cond()),
            Class::FImm => format!("{}, #{:?}", f(0), float_value(d.imm as u32)),
            Class::FFromR => format!("{}, {}", f(0), self.reg(1)),
            Class::RFromF => format!("{}, {}", self.reg(0), f(1)),
            Class::FCvt => {
                let double = d.width & DOUBLE != 0;
                format!("{}, {}", self.scalar(0, !double), self.scalar(1, double))
            }
            Class::V2Half => format!("{}, {}", self.vector(0, "8b"), self.vector(1, "8b")),
            Class::MoviZero => format!("{}, #0", self.vector(0, "2d")),
            Class::Across => format!("b{}, {}", d.r[0].hw(), self.vector(1, "8b")),
            Class::Literal => format!("{}, {}", self.transfer(0), self.place(cx)),
            _ => super::print_shaped::text(d, self.row),
        }
    }

    /// The preferred alias, where the manual has one.
    fn alias(&self) -> Option<(String, String)> {
        let d = self.d;
        let zero = |i: usize| d.r[i].hw() == 31;
        let two = |name: &str, a: String, b: String| Some((name.to_string(), format!("{a}, {b}")));
        let none = Mode::of(d) == Mode::None;
        match (self.row.ins, self.row.class) {
            (Ins::Orr, Class::R3Shift) if zero(1) && d.extra == 0 => {
                two("mov", self.reg(0), self.reg(2))
            }
            (Ins::Orr, Class::Logic) if zero(1) => {
                let v = imm::logical_value(d.imm as u32, self.wide)?;
                // Only a value that the move instructions cannot make is shown as a move.
                if imm::mov_sequence(v, self.wide)[0].ins != Ins::Orr {
                    return None;
                }
                two("mov", self.reg_sp(0), format!("#{v:#x}"))
            }
            (Ins::Add, Class::Imm12) if none && d.imm == 0 && (zero(0) || zero(1)) => {
                two("mov", self.reg_sp(0), self.reg_sp(1))
            }
            (Ins::Movz, _) if d.extra == 0 || d.imm != 0 => {
                two("mov", self.reg(0), hex((d.imm as u64) << (16 * d.extra)))
            }
            (Ins::Movn, _) if (d.extra == 0 || d.imm != 0) && (self.wide || d.imm != 0xFFFF) => {
                let v = !((d.imm as u64) << (16 * d.extra));
                let v = if self.wide { v } else { v as u32 as u64 };
                two("mov", self.reg(0), hex(v))
            }
            (Ins::Subs | Ins::Adds | Ins::Ands, c) if zero(0) => {
                let name = match self.row.ins {
                    Ins::Subs => "cmp",
                    Ins::Adds => "cmn",
                    _ => "tst",
                };
                let all = self.operands(&NO_CX);
                let rest = all.split_once(", ")?.1.to_string();
                (none && c != Class::Bad).then_some((name.into(), rest))
            }
            (Ins::Sub | Ins::Subs, Class::R3Shift) if zero(1) => two(
                if self.sets_flags() { "negs" } else { "neg" },
                self.reg(0),
                format!("{}{}", self.reg(2), self.shift()),
            ),
            (Ins::Orn, Class::R3Shift) if zero(1) => two(
                "mvn",
                self.reg(0),
                format!("{}{}", self.reg(2), self.shift()),
            ),
            (Ins::Madd | Ins::Msub, _) if zero(3) => {
                let name = if self.row.ins == Ins::Madd {
                    "mul"
                } else {
                    "mneg"
                };
                let rest = format!("{}, {}", self.reg(1), self.reg(2));
                two(name, self.reg(0), rest)
            }
            (Ins::Smaddl | Ins::Umaddl | Ins::Smsubl | Ins::Umsubl, _) if zero(3) => {
                let name = match self.row.ins {
                    Ins::Smaddl => "smull",
                    Ins::Umaddl => "umull",
                    Ins::Smsubl => "smnegl",
                    _ => "umnegl",
                };
                let rest = format!("{}, {}", int(d.r[1], false), int(d.r[2], false));
                two(name, self.reg(0), rest)
            }
            (Ins::Sbc, _) if zero(1) => two("ngc", self.reg(0), self.reg(2)),
            (Ins::Sbcs, _) if zero(1) => two("ngcs", self.reg(0), self.reg(2)),
            // The old value is not wanted, so the instruction is a store; those that acquire have no such name.
            (_, Class::Atomic) if zero(0) => {
                // `ldadd`, then perhaps `l`, then perhaps the size.
                let name = self
                    .row
                    .name
                    .strip_prefix("ld")?
                    .trim_end_matches(['b', 'h']);
                let known = ["add", "clr", "eor", "set", "smax", "smin", "umax", "umin"]
                    .contains(&name.strip_suffix('l').unwrap_or(name));
                let rest = format!("{}, [{}]", self.reg(2), self.base());
                known.then(|| (format!("st{}", &self.row.name[2..]), rest))
            }
            (Ins::Sbfm | Ins::Ubfm | Ins::Bfm, _) => self.bit_field_alias(),
            (Ins::Extr, _) if d.r[1] == d.r[2] => two(
                "ror",
                self.reg(0),
                format!("{}, {}", self.reg(1), number(d.imm as i64)),
            ),
            (Ins::Csinc, _) if zero(1) && zero(2) && d.extra < 14 => two(
                "cset",
                self.reg(0),
                Cond::NAMES[(d.extra ^ 1) as usize].into(),
            ),
            (Ins::Csinv, _) if zero(1) && zero(2) && d.extra < 14 => two(
                "csetm",
                self.reg(0),
                Cond::NAMES[(d.extra ^ 1) as usize].into(),
            ),
            (Ins::Csinc | Ins::Csinv | Ins::Csneg, _) if d.r[1] == d.r[2] && d.extra < 14 => {
                let name = match self.row.ins {
                    Ins::Csinc => "cinc",
                    Ins::Csinv => "cinv",
                    _ => "cneg",
                };
                let rest = format!("{}, {}", self.reg(1), Cond::NAMES[(d.extra ^ 1) as usize]);
                two(name, self.reg(0), rest)
            }
            (Ins::OrrV, _) if d.r[1] == d.r[2] => {
                let arrangement = ["16b", "8b"][(d.extra & 1) as usize];
                two(
                    "mov",
                    self.vector(0, arrangement),
                    self.vector(1, arrangement),
                )
            }
            (Ins::Ret, _) => Some((
                "ret".into(),
                if d.r[1].hw() == 30 {
                    "lr".into()
                } else {
                    int(d.r[1], true)
                },
            )),
            (Ins::Prfm, Class::LoadUnscaled) => Some(("prfum".into(), self.operands(&NO_CX))),
            (_, Class::LoadUnscaled) => {
                let name = self.row.name;
                Some((
                    format!("{}u{}", &name[..2], &name[2..]),
                    self.operands(&NO_CX),
                ))
            }
            _ => None,
        }
    }

    fn bit_field_alias(&self) -> Option<(String, String)> {
        let (r, s) = ((self.d.imm >> 6) as u32, (self.d.imm & 63) as u32);
        let signed = self.row.ins == Ins::Sbfm;
        let last = self.bits() - 1;
        let two = |name: &str, wide: bool| {
            let from = int(self.d.r[1], wide);
            Some((name.to_string(), format!("{}, {from}", self.reg(0))))
        };
        let three = |name: &str, a: u32| {
            let rest = format!("{}, {}, {}", self.reg(0), self.reg(1), number(a as i64));
            Some((name.to_string(), rest))
        };
        let four = |name: &str, lsb: u32, width: u32| {
            let (lsb, width) = (number(lsb as i64), number(width as i64));
            let rest = format!("{}, {}, {lsb}, {width}", self.reg(0), self.reg(1));
            Some((name.to_string(), rest))
        };
        let prefix = match self.row.ins {
            Ins::Sbfm => "sbf",
            Ins::Ubfm => "ubf",
            _ if s < r && self.d.r[1].hw() == 31 => {
                let (lsb, width) = (number((last + 1 - r) as i64), number(s as i64 + 1));
                return Some(("bfc".into(), format!("{}, {lsb}, {width}", self.reg(0))));
            }
            _ if s < r => return four("bfi", last + 1 - r, s + 1),
            _ => return four("bfxil", r, s + 1 - r),
        };
        match (r, s) {
            (0, 7) if signed => two("sxtb", false),
            (0, 15) if signed => two("sxth", false),
            (0, 31) if signed && self.wide => two("sxtw", false),
            (0, 7) if !self.wide => two("uxtb", false),
            (0, 15) if !self.wide => two("uxth", false),
            (r, s) if s == last => three(if signed { "asr" } else { "lsr" }, r),
            (r, s) if !signed && s + 1 == r => three("lsl", last - s),
            (r, s) if s < r => four(&format!("{prefix}iz"), last + 1 - r, s + 1),
            (r, s) => four(&format!("{prefix}x"), r, s + 1 - r),
        }
    }
}

/// A prefetch operation: what, to which cache, for how long.
fn prefetch(r: RegNum) -> String {
    let n = r.hw();
    let what = ["pld", "pli", "pst", ""][(n >> 3) as usize];
    if what.is_empty() || n >> 1 & 3 == 3 {
        return number(n as i64);
    }
    format!(
        "{what}l{}{}",
        (n >> 1 & 3) + 1,
        ["keep", "strm"][(n & 1) as usize]
    )
}

/// A system register's name, by o0:op1:CRn:CRm:op2.
fn system_register(r: u32) -> String {
    match r {
        asm::NZCV => "nzcv".into(),
        asm::FPCR => "fpcr".into(),
        asm::FPSR => "fpsr".into(),
        asm::TPIDR_EL0 => "tpidr_el0".into(),
        _ => format!(
            "s{}_{}_c{}_c{}_{}",
            2 + (r >> 14 & 1),
            r >> 11 & 7,
            r >> 7 & 15,
            r >> 3 & 15,
            r & 7
        ),
    }
}

/// The value of an `fmov` immediate.
pub(super) fn float_value(imm: u32) -> f64 {
    let exponent = ((imm >> 4 & 7) as i32 ^ 4) - 3;
    let v = (1.0 + (imm & 15) as f64 / 16.0) * 2f64.powi(exponent);
    if imm & 0x80 != 0 { -v } else { v }
}

/// For operands that name no place.
const NO_CX: PrintCx<'static> = PrintCx {
    encode: crate::emit::encoder::EncodeCx {
        frame: crate::emit::FrameAccess::NONE,
        frame_refs: &[],
        wide_imms: &[],
    },
    label: &|_, _| {},
    symbol: &|_, _| {},
};
