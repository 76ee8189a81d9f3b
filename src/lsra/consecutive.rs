//! Groups: uses of one node that want consecutive registers of one file.
//!
//! A group is placed as a whole: of the registers that can be its first one is chosen for which the fewest values must move, then
//! each use is one of a single register. A value that is in the group's place already stays, one that lives on is copied, as is one
//! that the node reads twice; whatever else is there gives way.
//!
//! That there is little to move is the hints' business: the values of a group wish to be made beside each other.

use super::interval::{COPY, Kind, NONE};
use super::refs::HINT_INTERVAL;
use super::{Allocation, Lsra, LsraError, MOST_CONSECUTIVE, StressRegs, UseFlags};
use crate::target::{RegMask, RegNum};
use std::ops::Range;

/// In a hint, added to the number of an interval: the register behind that interval's.
const HINT_AFTER: u32 = 1 << 31;
/// The register in front of that interval's.
const HINT_BEFORE: u32 = HINT_AFTER | 1 << 30;

/// What it costs, in moves times four, when a callee-saved register is used first.
const NEWLY_SAVED: u32 = 6;

/// The registers that can be the first of a group whose uses can be in `masks`.
pub fn first_registers(masks: &[RegMask], wraps: bool) -> RegMask {
    let all = RegMask(u64::MAX);
    let masks = (0..).zip(masks);
    masks.fold(all, |first, (k, m)| first & m.before(k, wraps))
}

/// Of `first`, the registers for which `count` uses cost least; `cost` is that of the use with this number in this register.
pub fn cheapest_first(
    first: RegMask,
    count: usize,
    mut cost: impl FnMut(usize, RegNum) -> u32,
) -> RegMask {
    let mut best = (u32::MAX, RegMask::EMPTY);
    for r in first.iter() {
        let sum = (0..count).map(|k| cost(k, r.after(k as u8))).sum();
        if sum < best.0 {
            best = (sum, RegMask::EMPTY);
        }
        if sum == best.0 {
            best.1.insert(r);
        }
    }
    best.1
}

/// The pass, 0 to 2, in which a group of `count` uses is assigned, whose first can be in `mask`: single uses in one register first, then
/// groups, then the other single uses, which take what is left.
pub fn pass_of(count: usize, mask: RegMask) -> usize {
    match count {
        1 if mask.is_single() => 0,
        1 => 2,
        _ => GROUPS,
    }
}

/// The pass of groups of several uses.
pub const GROUPS: usize = 1;

impl Lsra {
    /// Assigns the uses at `uses`, among which are groups: those in one register, then the groups, then the others. `avoid`: what no use
    /// should be in, and what no delay-free one should. Answers the registers of the latter.
    #[cold]
    #[inline(never)]
    pub(super) fn assign_groups(
        &mut self,
        uses: Range<usize>,
        avoid: (RegMask, RegMask),
        busy: RegMask,
        out: &mut Allocation,
    ) -> Result<RegMask, LsraError> {
        let mut delayed = RegMask::EMPTY;
        for pass in 0..3 {
            let mut end = uses.end;
            while end > uses.start {
                let group = self.group_up_to(uses.start, end);
                end = group.start;
                let refs = &self.refs[group.clone()];
                if pass_of(refs.len(), refs[0].mask) != pass {
                    continue;
                }
                let delay = refs.iter().any(|r| r.flags.contains(UseFlags::DELAY_FREE));
                let avoid = if delay { avoid.0 | avoid.1 } else { avoid.0 };
                if pass == GROUPS {
                    delayed |= self.assign_group(group, avoid, busy, out)?;
                    continue;
                }
                let got = self.use_in_place_or_assign(group.start, avoid, busy, out)?;
                if delay && got.is_some() {
                    delayed.insert(got);
                }
            }
        }
        Ok(delayed)
    }

    /// The references of the group whose first use is the last before `end`; just that one if it is in none.
    fn group_up_to(&self, start: usize, end: usize) -> Range<usize> {
        let mut first = end - 1;
        while first > start && self.refs[first - 1].flags.contains(UseFlags::CONSECUTIVE) {
            first -= 1;
        }
        first..end
    }

    /// Assigns one group, and answers the registers of its delay-free uses.
    fn assign_group(
        &mut self,
        group: Range<usize>,
        avoid: RegMask,
        busy: RegMask,
        out: &mut Allocation,
    ) -> Result<RegMask, LsraError> {
        let count = group.len();
        let first = self.first_of_group(&group, avoid)?;
        let place = |at: usize| first.after((group.end - 1 - at) as u8);
        let own = group
            .clone()
            .fold(RegMask::EMPTY, |m, at| m | place(at).mask());
        let mut delayed = RegMask::EMPTY;
        let mut left = count;
        let mut done = [false; MOST_CONSECUTIVE];
        // What is in its place stays there; what goes to a free register makes room for others.
        for only in [Step::InPlace, Step::Free, Step::Any] {
            let mut at = group.end;
            while left != 0 && at > group.start {
                at -= 1;
                let (k, reg) = (group.end - 1 - at, place(at));
                let mut r = self.refs[at];
                let in_place = self.intervals[r.interval as usize].reg == reg;
                let fits = match only {
                    Step::InPlace => in_place,
                    Step::Free => in_place || !self.occupied.contains(reg),
                    Step::Any => true,
                };
                if done[k] || !fits {
                    continue;
                }
                r.mask = reg.mask();
                if in_place {
                    self.use_in_place_or_assign(at, RegMask::EMPTY, busy, out)?;
                } else {
                    self.assign_use(&r, RegMask::EMPTY, busy | own, out)?;
                }
                done[k] = true;
                left -= 1;
                if r.flags.contains(UseFlags::DELAY_FREE) {
                    delayed.insert(reg);
                }
                if only == Step::Free {
                    // Another one's place may be free now.
                    at = group.end;
                }
            }
        }
        Ok(delayed)
    }

    /// The first register for a group.
    fn first_of_group(&self, group: &Range<usize>, avoid: RegMask) -> Result<RegNum, LsraError> {
        let wraps = self.desc().registers_wrap;
        let count = group.len();
        let fault = LsraError::Overconstrained { node: self.node };
        if count > MOST_CONSECUTIVE {
            return Err(fault);
        }
        // In code order.
        let mut masks = [RegMask::EMPTY; MOST_CONSECUTIVE];
        let mut at = [RegNum::NONE; MOST_CONSECUTIVE];
        for (k, r) in self.refs[group.clone()].iter().rev().enumerate() {
            at[k] = self.intervals[r.interval as usize].reg;
            masks[k] = r.mask - (self.claimed - at[k].mask_or_empty());
        }
        let masks = &masks[..count];
        for all in [self.limit - avoid, RegMask(!avoid.0), RegMask(u64::MAX)] {
            let mut possible = [RegMask::EMPTY; MOST_CONSECUTIVE];
            for (p, m) in possible.iter_mut().zip(masks) {
                *p = *m & all;
            }
            let first = first_registers(&possible[..count], wraps);
            if first.is_empty() {
                continue;
            }
            // Those orders of choice take what comes first, whatever it costs.
            if self.stress.0 & (StressRegs::PICK_NEAREST | StressRegs::REVERSE_ORDER) != 0 {
                return Ok(self.reg_order(first));
            }
            let cost = |k: usize, r| self.cost_in_group(at[k], r, &at);
            return Ok(self.reg_order(cheapest_first(first, count, cost)));
        }
        Err(fault)
    }

    /// What it costs to have a value that is in `from` in `to`, in moves times four. `at`: where the values of the group are.
    fn cost_in_group(&self, from: RegNum, to: RegNum, at: &[RegNum]) -> u32 {
        if from == to {
            return 0;
        }
        let new = !(to.mask() & (self.callee_saved - self.written)).is_empty();
        let saved = if new { NEWLY_SAVED } else { 0 };
        if !self.occupied.contains(to) {
            return 4 + saved;
        }
        let owner = self.owner[to.0 as usize & 63];
        if owner >= COPY {
            return 8 + saved;
        }
        if at.contains(&to) && self.dies(owner, self.next_behind(owner)) {
            // It moves anyway, if not too late.
            return 5 + saved;
        }
        let i = &self.intervals[owner as usize];
        let room = self.masks[i.ty as usize % self.masks.len()] - self.occupied;
        let away = match room.is_empty() {
            false => 5,
            true if i.mem_valid => 6,
            true => 12,
        };
        4 + away + saved
    }

    // ---- hints

    /// The uses recorded from `first` on are of one node: those of groups wish to be beside each other.
    #[cold]
    #[inline(never)]
    pub(super) fn wish_beside(&mut self, first: usize) {
        // From the last use to the first.
        for at in first + 1..self.refs.len() {
            let (next, r) = (&self.refs[at - 1], &self.refs[at]);
            let (behind, before) = (next.interval, r.interval);
            if !next.flags.contains(UseFlags::CONSECUTIVE) || behind == before {
                continue;
            }
            self.intervals[behind as usize].wish = before + HINT_AFTER;
            if !r.flags.contains(UseFlags::CONSECUTIVE) {
                self.intervals[before as usize].wish = behind + HINT_BEFORE;
            }
        }
    }

    /// The register that hint `hint` of a value in a group stands for.
    #[cold]
    #[inline(never)]
    pub(super) fn hint_beside(&self, hint: u32) -> RegNum {
        let before = hint & HINT_BEFORE == HINT_BEFORE;
        let Some(i) = self.intervals.get((hint & !HINT_BEFORE) as usize) else {
            return RegNum::NONE;
        };
        let reg = if i.reg.is_some() { i.reg } else { i.pref };
        if reg.is_some() {
            return reg.after(if before { 31 } else { 1 });
        }
        if i.kind != Kind::Value || i.next_ref == NONE {
            return RegNum::NONE;
        }
        // The other is not made yet: a register with a free one beside it.
        let free = self.masks[i.ty as usize % self.masks.len()] - self.occupied;
        let wraps = self.desc().registers_wrap;
        let beside = if before {
            free.before(1, wraps)
        } else if wraps {
            free.before(31, true)
        } else {
            free.before(31, true) - RegMask::of(&[RegNum::int(0), RegNum::float(0)])
        };
        self.reg_order(free & beside)
    }
}

/// Which uses of a group are assigned.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Step {
    /// Values that are in their places.
    InPlace,
    /// Those whose places are free.
    Free,
    /// All.
    Any,
}

const _: () = assert!(HINT_INTERVAL < 1 << 30);
