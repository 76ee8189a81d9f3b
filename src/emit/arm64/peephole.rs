//! Instructions that become one with what was pushed just before them.

use super::Asm;
use super::instr_desc::{DOUBLE, Mode, WIDE, form_of};
use super::table::{Class, Ins, ROWS};
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

    /// Lets the load or store just pushed add `value` to its base `base` afterwards, if it can. Says whether it does.
    pub fn add_to_last_base(&mut self, base: RegNum, value: i64) -> bool {
        let Some(&x) = self.0.last_instrs(1).last() else {
            return false;
        };
        let Some(row) = ROWS.get(usize::from(x.form)) else {
            return false;
        };
        let int = match row.ins {
            Ins::Ldr | Ins::Ldrb | Ins::Ldrh | Ins::Ldrsb | Ins::Ldrsh | Ins::Ldrsw => true,
            Ins::Str | Ins::Strb | Ins::Strh => true,
            Ins::LdrF | Ins::StrF => false,
            _ => return false,
        };
        let plain = Mode::of(&x) == Mode::Base && x.disp == 0 && row.class == Class::LoadScaled;
        if !plain || x.r[1] != base || int && x.r[0] == base || !(-256..256).contains(&value) {
            return false;
        }
        let mut d = x;
        d.form = form_of(row.ins, Class::Post);
        d.disp = value as i32;
        self.0.replace_last(1, d)
    }
}
