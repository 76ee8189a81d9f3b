//! Which register: owners, conflicts ahead, hints, and who gives way.
//!
//! A free register is chosen by what lies ahead: registers that nodes fix or kill before the value ends are left to them, then
//! wishes decide, then the target's order. Where none is free, the owner with the farthest next reference gives way: it moves to
//! a register outside the node's, or to its memory.

use super::interval::{COPY, FixedRef, Interval, Kind, NONE, RefKind};
use super::refs::HINT_INTERVAL;
use super::{AllocMove, Loc, Lsra, LsraError, UseFlags, When};
use crate::ir::LocalId;
use crate::target::{RegMask, RegNum};
use crate::types::VarType;
use crate::util::room::push_gently;

/// How many fixed references an interval looks ahead for when it chooses a register. A bound: the rest rarely changes the choice.
const LOOK_AHEAD: usize = 8;

/// Is `iv` a member of a row of bits? Out of range is not.
#[inline]
pub(super) fn in_row(row: &[u64], iv: u32) -> bool {
    row.get(iv as usize >> 6)
        .is_some_and(|w| w >> (iv & 63) & 1 != 0)
}

impl Lsra {
    // ---- registers and owners

    #[inline]
    pub(super) fn take(&mut self, r: RegNum, owner: u32, ty: VarType) {
        self.owner[r.0 as usize & 63] = owner;
        self.occupied.insert(r);
        self.written.insert(r);
        if ty.is_gc() {
            self.due = true;
            match ty {
                VarType::Ref => self.gc_ref.insert(r),
                _ => self.gc_byref.insert(r),
            }
        }
    }

    #[inline]
    pub(super) fn free(&mut self, r: RegNum) {
        self.owner[r.0 as usize & 63] = NONE;
        self.occupied.remove(r);
        if (self.gc_ref | self.gc_byref).contains(r) {
            self.due = true;
            self.gc_ref.remove(r);
            self.gc_byref.remove(r);
        }
    }

    /// Gives interval `iv` register `r`.
    #[inline]
    pub(super) fn place(&mut self, iv: u32, r: RegNum) {
        let i = &mut self.intervals[iv as usize];
        i.reg = r;
        i.pref = r;
        let ty = i.ty;
        self.take(r, iv, ty);
    }

    #[inline]
    pub(super) fn emit(&mut self, when: When, ty: VarType, from: Loc, to: Loc) {
        push_gently(
            &mut self.moves,
            AllocMove {
                node: self.node,
                when,
                ty,
                from,
                to,
            },
        );
    }

    /// The type in which an interval moves to or from memory (`memory`) or between registers.
    #[inline]
    pub(super) fn move_type(i: &Interval, memory: bool) -> VarType {
        if memory { i.ty } else { i.ty.actual() }
    }

    /// The memory of an interval; a spill slot is made when there is none.
    pub(super) fn memory(&mut self, iv: u32) -> Loc {
        let i = &self.intervals[iv as usize];
        if i.kind != Kind::Value {
            let id = i.id;
            self.touch_home(id as usize);
            return Loc::home(LocalId(id));
        }
        let i = &mut self.intervals[iv as usize];
        if i.slot == NONE {
            let free = &mut self.free_slots[i.ty as usize];
            i.slot = match free.pop() {
                Some(s) => s,
                None => {
                    self.due = true;
                    self.resolve.new_slots.push(i.ty);
                    self.resolve.slots_made += 1;
                    self.resolve.slots_made - 1
                }
            };
        }
        Loc::spill(i.slot)
    }

    // ---- choosing

    /// Is interval `iv` live at the block's end? Only tracked ones are: their numbers are their columns.
    #[inline]
    pub(super) fn is_live_out(&self, iv: u32) -> bool {
        in_row(&self.live_out, iv)
    }

    /// Is the value gone once reference `next` is the interval's next one?
    #[inline]
    pub(super) fn dies(&self, iv: u32, next: u32) -> bool {
        if next == NONE {
            !self.is_live_out(iv)
        } else {
            self.refs[next as usize].kind == RefKind::Def
        }
    }

    /// Next reference of the interval behind the current node.
    pub(super) fn next_behind(&self, iv: u32) -> u32 {
        let mut at = self.intervals[iv as usize].next_ref;
        while at != NONE
            && self.refs[at as usize].loc == self.loc
            && self.refs[at as usize].kind == RefKind::Use
        {
            at = self.refs[at as usize].next;
        }
        at
    }

    /// What nodes fix and kill from the scan's place on, as far as it looks.
    #[inline]
    pub(super) fn fixed_ahead(&self) -> impl Iterator<Item = &FixedRef> {
        self.fixed[..self.fixed_left].iter().rev().take(LOOK_AHEAD)
    }

    /// Registers that something else will need before interval `iv` ends, from place `from` on; and those needed first.
    fn conflicts(&mut self, iv: u32, from: u32, next: u32, wish: RegNum) -> (RegMask, RegMask) {
        let i = &self.intervals[iv as usize];
        let on = self.is_live_out(iv);
        let end = if on {
            u32::MAX
        } else if next == NONE {
            return (RegMask::EMPTY, RegMask::EMPTY);
        } else {
            i.last_loc
        };
        let (mut all, mut first) = if end == u32::MAX && self.next_fixed >= from {
            self.all_ahead()
        } else {
            self.ahead_until(from, end)
        };
        if wish.is_some() {
            all.remove(wish);
            first.remove(wish);
        }
        if on && self.live.crosses_call[iv as usize >> 6] >> (iv & 63) & 1 != 0 {
            all |= self.caller_saved;
        }
        (all, first)
    }

    /// What nodes from here to reference `next`, or to the block's end, fix and kill.
    fn lost_before(&self, next: u32) -> RegMask {
        let end = self.refs.get(next as usize).map_or(u32::MAX, |r| r.loc);
        let mut lost = RegMask::EMPTY;
        for f in self.fixed_ahead().take_while(|f| f.loc < end) {
            lost |= f.kills | f.fixed;
        }
        lost
    }

    /// Does a value loaded into one of `cand` not last until its next reference `next`? Then a node may as well read it from memory.
    pub(super) fn is_lost(&self, cand: RegMask, next: u32) -> bool {
        cand.is_empty() || (cand - self.lost_before(next)).is_empty()
    }

    /// The register or interval that the value of reference `at` would like to be in there: see [`RefPosition`](super::interval).
    fn wish_of(&self, at: u32) -> u32 {
        let Some(r) = self.refs.get(at as usize) else {
            return NONE;
        };
        if r.mask.is_single() {
            return r.mask.first().0 as u32;
        }
        if !r.flags.contains(UseFlags::PREFER_DEF) || r.kind != RefKind::Use {
            return r.hint;
        }
        // The definition stands before the node's uses.
        let before = self.refs[..at as usize].iter().rev();
        let def = before
            .take_while(|d| d.loc == r.loc)
            .find(|d| d.kind == RefKind::Def);
        match def {
            Some(d) if d.mask.is_single() => d.mask.first().0 as u32,
            Some(d) if r.then.dies() => d.interval + HINT_INTERVAL,
            _ => r.hint,
        }
    }

    /// Of `cand`, the registers that nodes from place `from` on leave alone for longest.
    fn needed_last(&self, cand: RegMask, from: u32) -> RegMask {
        let mut left = cand;
        for f in self.fixed_ahead().skip_while(|f| f.loc < from) {
            let later = left - (f.kills | f.fixed);
            if later.is_empty() {
                break;
            }
            left = later;
        }
        left
    }

    /// What nodes from place `from` to `end` fix and kill, and what the first of them does.
    fn ahead_until(&self, from: u32, end: u32) -> (RegMask, RegMask) {
        let mut all = RegMask::EMPTY;
        let mut first = RegMask::EMPTY;
        for f in self.fixed_ahead() {
            if f.loc < from {
                continue;
            }
            if f.loc > end {
                break;
            }
            let m = if f.loc < end {
                f.kills | f.fixed
            } else {
                f.fixed
            };
            all |= m;
            if first.is_empty() {
                first = m;
            }
        }
        (all, first)
    }

    /// The same for what lives on behind the block: the answer holds until the next of those nodes.
    fn all_ahead(&mut self) -> (RegMask, RegMask) {
        if self.ahead_of != self.fixed_left {
            self.ahead_of = self.fixed_left;
            self.ahead = self.ahead_until(0, u32::MAX);
        }
        self.ahead
    }

    /// What the stress limits leave of a mask, if anything.
    #[inline]
    pub(super) fn limited(&self, mask: RegMask) -> RegMask {
        let m = mask & self.limit;
        if m.is_empty() { mask } else { m }
    }

    /// Follows a hint to a register; `true`: some node fixes it. An interval that has no register yet passes on the hint of its
    /// definition.
    #[inline]
    pub(super) fn hint_reg(&self, mut hint: u32) -> (RegNum, bool) {
        for _ in 0..4 {
            if hint == NONE {
                break;
            }
            if hint < HINT_INTERVAL {
                return (RegNum(hint as u8), true);
            }
            let Some(i) = self.intervals.get((hint - HINT_INTERVAL) as usize) else {
                return (self.hint_beside(hint), false);
            };
            let reg = if i.reg.is_some() { i.reg } else { i.pref };
            if reg.is_some() || i.next_ref == NONE {
                return (reg, false);
            }
            hint = self.refs[i.next_ref as usize].hint;
        }
        (RegNum::NONE, false)
    }

    /// Of the nodes from place `from` on, does none fix or kill `reg` before one that reads the value whose next reference is `at`?
    /// As far as it looks.
    fn is_own(&self, reg: RegNum, from: u32, mut at: u32) -> bool {
        let mut ahead = self.fixed_ahead().skip_while(|f| f.loc < from);
        let Some(f) = ahead.find(|f| (f.kills | f.fixed).contains(reg)) else {
            return true;
        };
        for _ in 0..LOOK_AHEAD {
            let Some(r) = self.refs.get(at as usize) else {
                break;
            };
            if r.loc >= f.loc {
                return r.loc == f.loc;
            }
            at = r.next;
        }
        true
    }

    /// A free register of `mask` for `iv`, or none. `from`: the first place that matters.
    pub(super) fn pick(
        &mut self,
        iv: u32,
        mask: RegMask,
        from: u32,
        next: u32,
        hint: u32,
        prefer: RegNum,
    ) -> RegNum {
        let cand = mask - self.occupied;
        if cand.is_empty() || cand.is_single() {
            return cand.first();
        }
        let (wish, fixed) = self.hint_reg(hint);
        let fixed_wish = if fixed && self.is_own(wish, from, next) {
            wish
        } else {
            RegNum::NONE
        };
        let (all, first) = self.conflicts(iv, from, next, fixed_wish);
        let good = cand - all;
        let pref = self.intervals[iv as usize].pref;
        for h in [wish, prefer, pref] {
            if good.contains(h) {
                return h;
            }
        }
        if !good.is_empty() {
            return self.reg_order(good);
        }
        let later = cand - first;
        let cand = if later.is_empty() {
            cand
        } else {
            self.needed_last(later, from)
        };
        for h in [wish, prefer, pref] {
            if cand.contains(h) {
                return h;
            }
        }
        self.reg_order(cand)
    }

    /// How gladly the owner of a register gives it up: farther next references first, memory already current first.
    pub(super) fn eviction_score(&self, iv: u32, next: u32) -> u64 {
        let i = &self.intervals[iv as usize];
        let here = self.loc;
        let is_clean = i.mem_valid || self.needs_no_store(iv);
        if next == NONE {
            let to_end = (self.last_loc + 1 - here) as u64;
            let weight = match i.kind {
                Kind::Value => 0,
                _ => self.live.locals[LocalId(i.id)].weight,
            };
            let seldom = 256 / (1 + (weight / 100).max(1).ilog2() as u64);
            return (to_end + seldom) * if is_clean { 3 } else { 2 };
        }
        let r = &self.refs[next as usize];
        (r.loc - here) as u64 * if is_clean { 3 } else { 2 }
    }

    /// The register of `mask` whose owner gives it up most gladly; copies and claimed registers are not asked.
    pub(super) fn victim(&self, mask: RegMask) -> (RegNum, u64) {
        let mut best = (RegNum::NONE, 0);
        for r in (mask & self.occupied).iter() {
            let iv = self.owner[r.0 as usize];
            if iv >= COPY {
                continue;
            }
            let score = 1 + self.eviction_score(iv, self.intervals[iv as usize].next_ref);
            if score > best.1 {
                best = (r, score);
            }
        }
        best
    }

    /// Makes memory current, before the node.
    #[inline(never)]
    fn save(&mut self, iv: u32) {
        if self.intervals[iv as usize].mem_valid {
            return;
        }
        if self.needs_no_store(iv) {
            self.intervals[iv as usize].mem_valid = true;
            return;
        }
        let mem = self.memory(iv);
        let i = &mut self.intervals[iv as usize];
        i.mem_valid = true;
        let (reg, ty) = (i.reg, Self::move_type(i, true));
        let gc = ty.is_gc() && i.kind != Kind::Cached;
        self.emit(When::Before, ty, Loc::reg(reg), mem);
        if gc {
            self.due = true;
            self.before_live.push(mem);
        }
    }

    /// Stores the owner of `r` if need be and takes the register from it.
    #[inline(never)]
    pub(super) fn spill(&mut self, r: RegNum) {
        let iv = self.owner[r.0 as usize];
        self.save(iv);
        self.intervals[iv as usize].reg = RegNum::NONE;
        self.free(r);
    }

    /// Takes `r` from its owner, which moves to a free register outside `busy` if there is one, else to memory. A claimed
    /// register stays readable for the node.
    pub(super) fn relocate(&mut self, r: RegNum, busy: RegMask) {
        let iv = self.owner[r.0 as usize];
        if iv == COPY {
            return;
        }
        let i = self.intervals[iv as usize];
        let mut room = self.desc().regs_for(i.ty) - busy - self.claimed - self.occupied;
        let next = self.next_behind(iv);
        // A local whose home is current and which is not wanted soon is not worth a register.
        let worth = !(i.mem_valid && next == NONE && i.next_ref == NONE);
        if next == i.next_ref || self.claimed.contains(r) {
            // Where it is destroyed before it is read again it is stored there anyway.
            room = room - self.lost_before(next);
        }
        let to = if room.is_empty() || !worth {
            RegNum::NONE
        } else {
            self.pick(iv, room, self.loc, next, self.wish_of(next), RegNum::NONE)
        };
        if to.is_some() {
            self.emit(
                When::Before,
                Self::move_type(&i, false),
                Loc::reg(r),
                Loc::reg(to),
            );
        } else {
            self.save(iv);
            self.intervals[iv as usize].reg = RegNum::NONE;
        }
        self.free(r);
        if self.claimed.contains(r) {
            self.take(r, COPY, i.ty);
            self.copies.insert(r);
        }
        if to.is_some() {
            self.place(iv, to);
        }
    }

    /// A register of `mask` for `iv` before the node: free, or taken from another.
    pub(super) fn obtain(
        &mut self,
        iv: u32,
        mask: RegMask,
        avoid: RegMask,
        busy: RegMask,
        next: u32,
        hint: u32,
    ) -> Result<RegNum, LsraError> {
        let blocked = self.claimed;
        let fault = LsraError::Overconstrained { node: self.node };
        if mask.is_single() {
            let r = mask.first();
            if self.occupied.contains(r) {
                if blocked.contains(r) {
                    return Err(fault);
                }
                self.relocate(r, busy);
            }
            return Ok(r);
        }
        let first = mask - avoid - blocked;
        let last = mask - blocked;
        for m in [self.limited(first), first, self.limited(last), last] {
            let r = self.pick(iv, m, self.loc, next, hint, RegNum::NONE);
            if r.is_some() {
                return Ok(r);
            }
            let (r, _) = self.victim(m);
            if r.is_some() {
                let next = self.intervals[self.owner[r.0 as usize] as usize].next_ref;
                if next != NONE && self.refs[next as usize].loc == self.loc {
                    self.relocate(r, busy | mask);
                } else {
                    self.spill(r);
                }
                return Ok(r);
            }
        }
        Err(fault)
    }
}
