//! Instructions that become one with what was pushed just before them.

use super::Asm;
use super::instr_desc::{DOUBLE, Mode, WIDE, form_of};
use super::table::{Class, Ins, ROWS};
use crate::emit::InstrDesc;
use crate::target::RegNum;

impl Asm<'_> {
    /// Makes one pair of the two loads or stores just pushed, if they are neighbours of one base and nothing is marked between.
    pub fn pair_last(&mut self) {
        let &[x, y] = self.0.last_instrs(2) else {
            return;
        };
        if x.form != y.form || x.width != y.width || Mode::of(&x) != Mode::Base {
            return;
        }
        let Some(row) = ROWS.get(usize::from(x.form)) else {
            return;
        };
        let (ins, size) = match (row.ins, x.width & (WIDE | DOUBLE)) {
            (Ins::Ldr, w) => (Ins::Ldp, if w == 0 { 4 } else { 8 }),
            (Ins::Str, w) => (Ins::Stp, if w == 0 { 4 } else { 8 }),
            (Ins::LdrF, w) => (Ins::LdpF, if w == 0 { 4 } else { 8 }),
            (Ins::StrF, w) => (Ins::StpF, if w == 0 { 4 } else { 8 }),
            (Ins::LdrQ, _) => (Ins::LdpQ, 16),
            (Ins::StrQ, _) => (Ins::StpQ, 16),
            _ => return,
        };
        let load = matches!(ins, Ins::Ldp | Ins::LdpF | Ins::LdpQ);
        let (low, high) = if x.disp < y.disp { (x, y) } else { (y, x) };
        let reach = -64 * size..=63 * size;
        let neighbours = x.r[1] == y.r[1]
            && i64::from(high.disp) - i64::from(low.disp) == i64::from(size)
            && low.disp % size == 0
            && reach.contains(&low.disp);
        let int = matches!(ins, Ins::Ldp);
        // The second load must not read what the first wrote, nor write it again.
        if !neighbours || load && (x.r[0] == y.r[0] || int && x.r[0] == x.r[1]) {
            return;
        }
        let mut d = low;
        d.form = form_of(ins, Class::Pair);
        d.r[3] = high.r[0];
        self.0.replace_last(2, d);
    }

    /// Lets a load or store add `value` to its base `base`, afterwards, or before if its displacement is that: the last instruction,
    /// or with `far` one of the last few if nothing since then names the base. Says whether one does.
    pub fn add_to_base(&mut self, base: RegNum, value: i64, far: bool) -> bool {
        /// How many instructions are looked at: what a loop does with an element before it goes to the next.
        const FEW: u32 = 5;
        for back in 0..if far { FEW } else { 1 } {
            let Some(&x) = self.0.last_instrs(back + 1).first() else {
                return false;
            };
            if back >= self.0.last_instrs(FEW).len() as u32 {
                return false;
            }
            if let Some(d) = with_write_back(&x, base, value) {
                if far {
                    self.0.replace_earlier(back, d);
                    return true;
                }
                return self.0.replace_last(1, d);
            }
            if names_or_leaves(&x, base) {
                return false;
            }
        }
        false
    }

    /// Lets the load or store just pushed do the addition to its base that stands in front of it, if there is one.
    pub fn add_in_front(&mut self) {
        let &[add, x] = self.0.last_instrs(2) else {
            return;
        };
        let (Some(row), Some(access)) = (ROWS.get(usize::from(add.form)), written_back(&x)) else {
            return;
        };
        let value = match row.ins {
            Ins::Add => i64::from(add.imm),
            Ins::Sub => -i64::from(add.imm),
            _ => return,
        };
        let base = x.r[1];
        let fits = row.class == Class::Imm12
            && add.width == WIDE
            && add.r[0] == base
            && add.r[1] == base
            && x.disp == 0
            && access.holds(value);
        if !fits {
            return;
        }
        let mut d = x;
        d.form = form_of(access.ins, access.before);
        d.disp = value as i32;
        self.0.merge_last_two(d);
    }
}

/// How a load or store adds to its base.
struct WriteBack {
    ins: Ins,
    before: Class,
    after: Class,
    /// What is added is a multiple of this, and so many of them at most.
    unit: i64,
    reach: i64,
}

impl WriteBack {
    fn holds(&self, value: i64) -> bool {
        value % self.unit == 0 && (-self.reach..self.reach).contains(&(value / self.unit))
    }
}

/// The forms of `x`, a load or store at base and displacement, that add to the base. A base that is loaded or stored too has none.
fn written_back(x: &InstrDesc) -> Option<WriteBack> {
    let row = ROWS.get(usize::from(x.form))?;
    let one = |ins| WriteBack {
        ins,
        before: Class::Pre,
        after: Class::Post,
        unit: 1,
        reach: 256,
    };
    let two = |ins, unit| WriteBack {
        ins,
        before: Class::PairPre,
        after: Class::PairPost,
        unit,
        reach: 64,
    };
    let single = matches!(row.class, Class::LoadScaled | Class::LoadUnscaled);
    let (found, int) = match row.ins {
        Ins::Ldr | Ins::Ldrb | Ins::Ldrh | Ins::Ldrsb | Ins::Ldrsh | Ins::Ldrsw if single => {
            (one(row.ins), true)
        }
        Ins::Str | Ins::Strb | Ins::Strh if single => (one(row.ins), true),
        Ins::LdrF | Ins::StrF | Ins::LdrQ | Ins::StrQ if single => (one(row.ins), false),
        Ins::Ldp | Ins::Stp if row.class == Class::Pair => {
            (two(row.ins, if x.width & WIDE == 0 { 4 } else { 8 }), true)
        }
        Ins::LdpF | Ins::StpF if row.class == Class::Pair => (
            two(row.ins, if x.width & DOUBLE == 0 { 4 } else { 8 }),
            false,
        ),
        Ins::LdpQ | Ins::StpQ if row.class == Class::Pair => (two(row.ins, 16), false),
        _ => return None,
    };
    let second = row.class == Class::Pair && x.r[3] == x.r[1];
    (Mode::of(x) == Mode::Base && !(int && (x.r[0] == x.r[1] || second))).then_some(found)
}

/// `x` as an access that also adds `value` to `base`.
fn with_write_back(x: &InstrDesc, base: RegNum, value: i64) -> Option<InstrDesc> {
    let access = written_back(x)?;
    if x.r[1] != base || !access.holds(value) {
        return None;
    }
    let class = match i64::from(x.disp) {
        0 => access.after,
        disp if disp == value => access.before,
        _ => return None,
    };
    let mut d = *x;
    d.form = form_of(access.ins, class);
    d.disp = value as i32;
    Some(d)
}

/// Does `x` read or write `base`, or is it none of the plain instructions that are known to go on to the next?
fn names_or_leaves(x: &InstrDesc, base: RegNum) -> bool {
    use Class::*;
    let Some(row) = ROWS.get(usize::from(x.form)) else {
        return true;
    };
    let [a, b, c, d] = x.r;
    let named: &[RegNum] = match row.class {
        MovW => &[a],
        R2 | Imm12 | Logic | BitField | F2 | FCmp | FCvt | FFromR | RFromF => &[a, b],
        R3 | R3Shift | R3Ext | Sel | Extract | F3 | FSel | V3 => &[a, b, c],
        R4 | R4Long | F4 => &[a, b, c, d],
        LoadScaled | LoadUnscaled if Mode::of(x) == Mode::Base => &[a, b],
        LoadIndex if Mode::of(x) == Mode::Index => &[a, b, c],
        _ => return true,
    };
    named.contains(&base)
}
