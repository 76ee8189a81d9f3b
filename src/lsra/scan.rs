//! The scan of one block: the registers' owners walk over the reference positions.
//!
//! Per node: fixed uses, other uses, temporaries; then what is in the way of kills and of a fixed definition moves or is stored;
//! then values that end here release their registers; then the definition takes one. Everything so far is written *before* the
//! node, in the order in which it was decided, so each move sees the state that the moves before it have left.

use super::interval::{COPY, FixedRef, Interval, Kind, NONE, NodeRec, RecFlags, RefPosition, Then};
use super::select::in_row;
use super::{Allocation, GcChange, GcEvent, Loc, Lsra, LsraError, StressRegs, UseFlags, When};
use crate::ir::{BlockId, Body, LocalId, NodeId, Opcode};
use crate::target::{RegMask, RegNum};
use crate::types::{GcKind, VarType};

impl Lsra {
    /// Scans block `b`, whose references are recorded and linked.
    #[inline(never)]
    pub(super) fn scan_block(
        &mut self,
        body: &mut Body,
        b: BlockId,
        out: &mut Allocation,
    ) -> Result<(), LsraError> {
        let bound = &mut self.bounds[b];
        bound.moves.0 = self.moves.len() as u32;
        bound.events.0 = self.events.len() as u32;
        bound.memory_uses.0 = self.memory_uses.len() as u32;
        self.last_call = NodeId::NONE;
        let recs = std::mem::take(&mut self.recs);
        self.fixed_left = self.fixed.len();
        self.next_fixed = self.fixed.last().map_or(NONE, |f| f.loc);
        self.ahead_of = usize::MAX;
        self.gc_told = (self.gc_ref, self.gc_byref);
        let stress = self.stress.0 != 0;
        self.loc = self.last_loc - recs.len() as u32;
        for rec in recs.iter().rev() {
            self.loc += 1;
            let flags = rec.flags;
            let done = !stress
                && !flags.contains(RecFlags::SPECIAL)
                && (flags.contains(RecFlags::STORE) && self.rename(rec, out)
                    || self.scan_plain(body, rec, out)?);
            if !done {
                self.scan_node(body, rec, out)?;
            }
            if flags.contains(RecFlags::FIXED) {
                self.fixed_left -= 1;
                self.next_fixed = self.fixed[..self.fixed_left].last().map_or(NONE, |f| f.loc);
            }
            if flags.contains(RecFlags::INTO_LOCAL) {
                // The store finds its value where the local is to be.
                let reg = out.regs[rec.node].def;
                let store = &mut out.regs[body.nodes[rec.node].next];
                store.opnd[0] = reg;
                store.def = reg;
            }
        }
        self.recs = recs;
        let bound = &mut self.bounds[b];
        bound.moves.1 = self.moves.len() as u32;
        bound.events.1 = self.events.len() as u32;
        bound.memory_uses.1 = self.memory_uses.len() as u32;
        self.leave_block(b);
        Ok(())
    }

    #[inline(never)]
    fn scan_node(
        &mut self,
        body: &mut Body,
        rec: &NodeRec,
        out: &mut Allocation,
    ) -> Result<(), LsraError> {
        self.node = rec.node;
        let has_def = rec.flags.contains(RecFlags::DEF);
        let def_at = rec.first as usize;
        let temps_at = def_at + has_def as usize;
        let uses_at = temps_at + rec.temps as usize;
        let uses = uses_at..uses_at + rec.uses as usize;
        self.claimed = RegMask::EMPTY;
        let old_gc = (self.gc_ref, self.gc_byref);
        let mut delayed = RegMask::EMPTY;
        let mut fixed_def = RegMask::EMPTY;
        if rec.flags.contains(RecFlags::FIXED) {
            let FixedRef {
                kills,
                fixed,
                consecutive,
                ..
            } = self.fixed[self.fixed_left - 1];
            let mut fixed_temps = RegMask::EMPTY;
            for r in &self.refs[temps_at..uses_at] {
                if r.mask.is_single() {
                    fixed_temps |= r.mask;
                }
            }
            if has_def && self.refs[def_at].mask.is_single() {
                fixed_def = self.refs[def_at].mask;
            }
            let busy = kills | fixed;
            if consecutive {
                let avoid = (fixed_temps, kills | fixed_def);
                delayed = self.assign_groups(uses.clone(), avoid, busy, out)?;
            } else {
                // Fixed uses first: the others take what is left.
                for single in [true, false] {
                    for at in uses.clone().rev() {
                        let r = &self.refs[at];
                        if r.mask.is_single() != single {
                            continue;
                        }
                        let delay = r.flags.contains(UseFlags::DELAY_FREE);
                        let mut avoid = fixed_temps;
                        if delay {
                            avoid |= kills | fixed_def;
                        }
                        let got = self.use_in_place_or_assign(at, avoid, busy, out)?;
                        if delay && got.is_some() {
                            delayed.insert(got);
                        }
                    }
                }
            }
            if rec.temps != 0 {
                self.assign_temps(rec, busy, fixed_def, out)?;
            }
            self.clear_the_way(kills | fixed_def, busy);
            if !(kills & self.callee_saved).is_empty() {
                self.written |= kills;
            }
        } else {
            for at in uses.clone().rev() {
                let got = self.use_in_place_or_assign(at, RegMask::EMPTY, RegMask::EMPTY, out)?;
                if got.is_some() && self.refs[at].flags.contains(UseFlags::DELAY_FREE) {
                    delayed.insert(got);
                }
            }
            if rec.temps != 0 {
                self.assign_temps(rec, RegMask::EMPTY, RegMask::EMPTY, out)?;
            }
        }
        let before_gc = (self.gc_ref, self.gc_byref);
        let mut taken = delayed;
        if rec.temps != 0 {
            for r in &out.regs[rec.node].temp[..rec.temps as usize] {
                taken.insert(*r);
            }
        }
        let mut prefer = RegNum::NONE;
        for at in uses.rev() {
            let r = &self.refs[at];
            let i = &mut self.intervals[r.interval as usize];
            i.next_ref = r.next;
            if prefer.is_none()
                && (r.flags.contains(UseFlags::PREFER_DEF) || rec.flags.contains(RecFlags::STORE))
            {
                prefer = i.reg;
            }
            if r.then.dies() {
                let (iv, node, k) = (r.interval, r.node, r.k);
                self.release_use(body, iv, node, k);
            }
        }
        if !self.copies.is_empty() {
            for r in self.copies.iter() {
                self.free(r);
            }
            self.copies = RegMask::EMPTY;
        }
        if !(fixed_def - taken - self.occupied).is_empty() && !self.refs[def_at].then.dies() {
            // The way is clear.
            self.define(rec, fixed_def.first(), out);
        } else if has_def {
            let r = self.refs[def_at];
            self.assign_def(rec, &r, taken, prefer, out)?;
        } else if rec.flags.contains(RecFlags::STORE) {
            // The local lives in its home: the store goes there.
            self.touch_home(body.nodes[rec.node].aux as usize);
        }
        if old_gc != before_gc || before_gc != (self.gc_ref, self.gc_byref) || self.due {
            self.write_gc(body, rec, old_gc, before_gc);
        }
        if rec.flags.contains(RecFlags::SAFE_POINT) && body.nodes[rec.node].op == Opcode::Call {
            self.last_call = rec.node;
        }
        if self.stress.0 != 0 {
            self.stress_after(rec, def_at);
        }
        if self.due {
            self.settle_slots(out);
        }
        self.gc_told = (self.gc_ref, self.gc_byref);
        Ok(())
    }

    /// A node that is not special: the rest of a method's commonest nodes.
    /// Declines, with nothing decided, where a use is not in a register that will do.
    #[inline(always)]
    fn scan_plain(
        &mut self,
        body: &mut Body,
        rec: &NodeRec,
        out: &mut Allocation,
    ) -> Result<bool, LsraError> {
        let has_def = rec.flags.contains(RecFlags::DEF);
        let first = rec.first as usize + has_def as usize;
        let end = first + rec.uses as usize;
        let intervals = self.intervals.as_mut_slice();
        let uses = &self.refs[first..end];
        let mut delayed = RegMask::EMPTY;
        let mut prefer = RegNum::NONE;
        let mut freed = RegMask::EMPTY;
        let mut memory_ends = false;
        let mut at = uses.len();
        while at != 0 {
            at -= 1;
            let r = &uses[at];
            let i = &mut intervals[r.interval as usize];
            let reg = i.reg;
            if !r.mask.contains(reg) {
                self.take_uses_back(first + at + 1, end, out);
                return Ok(false);
            }
            i.next_ref = r.next;
            if let Some(o) = out.regs[r.node].opnd.get_mut(r.k as usize) {
                *o = reg;
            }
            if r.then.dies() {
                freed.insert(reg);
                self.owner[reg.0 as usize & 63] = NONE;
                i.reg = RegNum::NONE;
                memory_ends |= i.mem_valid;
                if i.kind != Kind::Value {
                    let last = matches!(i.kind, Kind::Tracked | Kind::BlockLocal);
                    if let Some(o) = body.nodes[r.node].opnd.get_mut(r.k as usize) {
                        *o = o.with_last_use(last);
                    }
                }
            }
            if r.flags.is_empty() {
                continue;
            }
            if r.flags.contains(UseFlags::DELAY_FREE) {
                delayed.insert(reg);
            }
            if r.flags.contains(UseFlags::PREFER_DEF) && prefer.is_none() {
                prefer = reg;
            }
        }
        if !freed.is_empty() {
            self.occupied = self.occupied - freed;
            let gc = (self.gc_ref | self.gc_byref) & freed;
            if !gc.is_empty() {
                self.due = true;
                self.gc_ref = self.gc_ref - gc;
                self.gc_byref = self.gc_byref - gc;
            }
        }
        if memory_ends {
            self.end_memories(first, end);
        }
        if has_def && !self.define_value(rec, delayed, prefer, out) {
            let r = self.refs[rec.first as usize];
            self.assign_def(rec, &r, delayed, prefer, out)?;
        }
        if self.due {
            self.node = rec.node;
            self.write_gc(body, rec, self.gc_told, self.gc_told);
            self.gc_told = (self.gc_ref, self.gc_byref);
            self.settle_slots(out);
        }
        Ok(true)
    }

    /// Undoes what [`scan_plain`](Self::scan_plain) has done for the uses `first..end`, of the last it did first.
    #[cold]
    fn take_uses_back(&mut self, first: usize, end: usize, out: &Allocation) {
        for at in first..end {
            let r = &self.refs[at];
            let i = &mut self.intervals[r.interval as usize];
            i.next_ref = at as u32;
            if r.then.dies() {
                let reg = out.regs[r.node].opnd[r.k as usize];
                i.reg = reg;
                self.owner[reg.0 as usize & 63] = r.interval;
            }
        }
    }

    /// Of the uses `first..end`, those whose interval has no register any more give up their memory.
    #[inline(never)]
    fn end_memories(&mut self, first: usize, end: usize) {
        for at in first..end {
            let iv = self.refs[at].interval;
            let i = &self.intervals[iv as usize];
            if i.reg.is_none() && i.mem_valid {
                self.end_memory(iv);
            }
        }
    }

    /// A free register for the value that `rec` defines, or for the local that it goes to; declines where there is none or nobody
    /// reads the value.
    #[inline]
    fn define_value(
        &mut self,
        rec: &NodeRec,
        taken: RegMask,
        prefer: RegNum,
        out: &mut Allocation,
    ) -> bool {
        let r = &self.refs[rec.first as usize];
        let cand = r.mask - taken - self.occupied;
        if cand.is_empty() || r.then.dies() {
            return false;
        }
        let (iv, next, hint) = (r.interval, r.next, r.hint);
        let i = &self.intervals[iv as usize];
        let mut near = self.next_fixed <= i.last_loc;
        let mut last = RegNum::NONE;
        if rec
            .flags
            .intersects(RecFlags::INTO_LOCAL.union(RecFlags::STORE))
        {
            if i.kind == Kind::Cached {
                return false;
            }
            if i.then == Then::Out {
                near = self.next_fixed != NONE || in_row(&self.live.crosses_call, iv);
            }
            // It would rather be where it was last: a loop then needs no move.
            last = i.pref;
        }
        let reg = if near {
            self.pick(iv, cand, self.loc + 1, next, hint, prefer)
        } else {
            let wish = match hint {
                NONE => RegNum::NONE,
                hint => self.hint_reg(hint).0,
            };
            if cand.contains(wish) {
                wish
            } else if cand.contains(last) {
                last
            } else if cand.contains(prefer) {
                prefer
            } else {
                self.reg_order(cand)
            }
        };
        self.define(rec, reg, out);
        true
    }

    /// What `rec` defines, which is not a local with a home that is always current, is in `reg`, which is free.
    #[inline(always)]
    fn define(&mut self, rec: &NodeRec, reg: RegNum, out: &mut Allocation) {
        let r = &self.refs[rec.first as usize];
        let iv = r.interval;
        let i = &mut self.intervals[iv as usize];
        i.next_ref = r.next;
        i.reg = reg;
        i.pref = reg;
        i.mem_valid = false;
        i.again = rec.again;
        let ty = i.ty;
        out.regs[rec.node].def = reg;
        self.take(reg, iv, ty);
        if rec.again {
            self.note_again(iv, rec.node);
        }
    }

    /// Spill slots of values that ended can be had again, and new ones tell their types.
    #[inline(never)]
    fn settle_slots(&mut self, out: &mut Allocation) {
        self.due = false;
        out.spill_slots.append(&mut self.resolve.new_slots);
        while let Some(s) = self.dying_slots.pop() {
            self.free_slots[out.spill_slots[s as usize] as usize].push(s);
        }
    }

    fn stress_after(&mut self, rec: &NodeRec, def_at: usize) {
        if self.stress.has(StressRegs::SPILL_ALWAYS) && rec.flags.contains(RecFlags::DEF) {
            self.after_def(rec, def_at);
        } else if self.stress.has(StressRegs::SPILL_SOME) && rec.flags.contains(RecFlags::DEF) {
            // Which ones is arbitrary, but the same in every run.
            let scrambled = (def_at as u32).wrapping_mul(0x9E37_79B9) >> 29;
            if scrambled < 3 {
                self.after_def(rec, def_at);
            }
        }
        if self.stress.has(StressRegs::ALWAYS_RELOAD) && !rec.flags.contains(RecFlags::HAS_RESULTS)
        {
            self.drop_clean_registers();
        }
    }

    /// The commonest node of all: a value ends in a store, and its register simply becomes the local's. Declines where the
    /// local would rather have another register, or where the general path has something to add.
    #[inline]
    fn rename(&mut self, rec: &NodeRec, out: &mut Allocation) -> bool {
        if rec.uses != 1 || rec.temps != 0 || !rec.flags.contains(RecFlags::DEF) {
            return false;
        }
        let first = rec.first as usize;
        let (d, u) = (&self.refs[first], &self.refs[first + 1]);
        let (iv, next) = (d.interval, d.next);
        let v = &self.intervals[u.interval as usize];
        let l = &self.intervals[iv as usize];
        let reg = v.reg;
        if reg.is_none()
            || v.kind != Kind::Value
            || v.mem_valid
            || v.ty != l.ty
            || !(d.mask & u.mask).contains(reg)
        {
            return false;
        }
        if d.then.dies() {
            // Nobody reads it here: the register is free again; a cached local goes to its home.
            if v.ty.is_gc() {
                return false;
            }
            let (cached, id) = (l.kind == Kind::Cached, l.id as usize);
            let v = u.interval as usize;
            let regs = &mut out.regs[rec.node];
            regs.opnd[0] = reg;
            if cached {
                self.touch_home(id);
            } else {
                regs.def = reg;
            }
            self.intervals[iv as usize].next_ref = next;
            self.intervals[v].reg = RegNum::NONE;
            self.free(reg);
            return true;
        }
        let mut end = l.last_loc;
        if l.kind == Kind::Tracked && self.is_live_out(iv) {
            end = u32::MAX;
            let crosses = self.live.crosses_call[iv as usize >> 6] >> (iv & 63) & 1 != 0;
            if crosses && !self.callee_saved.contains(reg) {
                return false;
            }
            // It would rather be where it was last: a loop then needs no move.
            if l.pref != reg && l.pref.is_some() && !self.occupied.contains(l.pref) {
                return false;
            }
        }
        // A wish is no reason to move: the node that has it moves the value just as well.
        for f in self.fixed_ahead() {
            if f.loc >= end {
                break;
            }
            if (f.kills | f.fixed).contains(reg) {
                return false;
            }
        }
        let cached = l.kind == Kind::Cached;
        let regs = &mut out.regs[rec.node];
        regs.opnd[0] = reg;
        regs.def = reg;
        let v = u.interval as usize;
        self.intervals[v].reg = RegNum::NONE;
        self.owner[reg.0 as usize & 63] = iv;
        let l = &mut self.intervals[iv as usize];
        l.reg = reg;
        l.pref = reg;
        l.next_ref = next;
        l.mem_valid = cached;
        l.again = false;
        if cached {
            regs.write_thru = true;
            let id = l.id as usize;
            self.touch_home(id);
        }
        true
    }

    // ---- the parts of a node

    /// The register of the use at `at`: that in which its value is, if that will do.
    #[inline]
    pub(super) fn use_in_place_or_assign(
        &mut self,
        at: usize,
        avoid: RegMask,
        busy: RegMask,
        out: &mut Allocation,
    ) -> Result<RegNum, LsraError> {
        let r = &self.refs[at];
        let reg = self.intervals[r.interval as usize].reg;
        if !(r.mask - avoid).contains(reg) {
            let r = *r;
            return self.assign_use(&r, avoid, busy, out);
        }
        self.claimed.insert(reg);
        if let Some(o) = out.regs[r.node].opnd.get_mut(r.k as usize) {
            *o = reg;
        }
        Ok(reg)
    }

    /// Finds another register for one use (none: it stays in memory) and records it.
    #[inline(never)]
    pub(super) fn assign_use(
        &mut self,
        r: &RefPosition,
        avoid: RegMask,
        busy: RegMask,
        out: &mut Allocation,
    ) -> Result<RegNum, LsraError> {
        let iv = r.interval;
        let i = self.intervals[iv as usize];
        let reg = if i.reg.is_some() {
            self.move_for_use(r, avoid, busy)?
        } else {
            if !i.mem_valid {
                return Err(LsraError::Undefined { node: r.node });
            }
            let next = self.next_behind(iv);
            if r.flags.contains(UseFlags::REG_OPTIONAL)
                && !r.mask.is_single()
                && (self.dies(iv, next) || self.is_lost(r.mask - avoid - self.occupied, next))
                && self.intervals[iv as usize].next_ref_is_single(self, r)
                && !self.has_no_memory(iv)
            {
                match i.kind {
                    Kind::Value => self.memory_uses.push((r.node, r.k, i.slot)),
                    _ => self.touch_home(i.id as usize),
                }
                return Ok(RegNum::NONE);
            }
            let got = self.obtain(iv, r.mask, avoid, busy, next, r.hint)?;
            let from = self.source(iv);
            self.emit(When::Before, Self::move_type(&i, true), from, Loc::reg(got));
            self.place(iv, got);
            got
        };
        self.claimed.insert(reg);
        if r.k != super::Use::NOWHERE {
            out.regs[r.node].opnd[r.k as usize] = reg;
        }
        Ok(reg)
    }

    /// The value is in a register that will not do: it moves if it ends here, else a copy is made for the node.
    fn move_for_use(
        &mut self,
        r: &RefPosition,
        avoid: RegMask,
        busy: RegMask,
    ) -> Result<RegNum, LsraError> {
        let iv = r.interval;
        let claimed = self.claimed;
        let from = self.intervals[iv as usize].reg;
        // It must not be its own victim.
        self.claimed.insert(from);
        let next = self.next_behind(iv);
        let got = self.obtain(iv, r.mask - from.mask(), avoid, busy, next, r.hint)?;
        self.claimed = claimed;
        let i = self.intervals[iv as usize];
        self.emit(
            When::Before,
            Self::move_type(&i, false),
            Loc::reg(from),
            Loc::reg(got),
        );
        let again = r.next != NONE && self.refs[r.next as usize].loc == self.loc;
        if !claimed.contains(from) && !again && (self.dies(iv, next) || busy.contains(from)) {
            self.free(from);
            self.place(iv, got);
        } else {
            self.take(got, COPY, i.ty);
            self.copies.insert(got);
        }
        Ok(got)
    }

    fn assign_temps(
        &mut self,
        rec: &NodeRec,
        busy: RegMask,
        fixed_def: RegMask,
        out: &mut Allocation,
    ) -> Result<(), LsraError> {
        let first = rec.first as usize + rec.flags.contains(RecFlags::DEF) as usize;
        for pass in 0..2 {
            for k in 0..rec.temps as usize {
                let t = self.refs[first + k];
                if t.mask.is_single() != (pass == 0) {
                    continue;
                }
                let got = self.obtain_temp(t.mask, fixed_def, busy)?;
                self.take(got, COPY, VarType::I64);
                self.copies.insert(got);
                self.claimed.insert(got);
                out.regs[rec.node].temp[k] = got;
            }
        }
        Ok(())
    }

    fn obtain_temp(
        &mut self,
        mask: RegMask,
        fixed_def: RegMask,
        busy: RegMask,
    ) -> Result<RegNum, LsraError> {
        let fault = LsraError::Overconstrained { node: self.node };
        if mask.is_single() {
            let r = mask.first();
            if self.claimed.contains(r) {
                return Err(fault);
            }
            if self.occupied.contains(r) {
                self.relocate(r, busy);
            }
            return Ok(r);
        }
        let first = mask - busy - self.claimed;
        let last = mask - fixed_def - self.claimed;
        for m in [self.limited(first), first, last] {
            let r = self.reg_order(m - self.occupied);
            if r.is_some() {
                return Ok(r);
            }
            let (r, _) = self.victim(m);
            if r.is_some() {
                self.spill(r);
                return Ok(r);
            }
        }
        Err(fault)
    }

    /// Owners of `mask` that outlive the node move away or are stored.
    fn clear_the_way(&mut self, mask: RegMask, busy: RegMask) {
        for r in (mask & self.occupied).iter() {
            let iv = self.owner[r.0 as usize];
            if iv < COPY {
                let next = self.next_behind(iv);
                if !self.dies(iv, next) {
                    self.relocate(r, busy);
                }
            }
        }
    }

    /// The last use is read: the register is free.
    #[inline]
    fn release_use(&mut self, body: &mut Body, iv: u32, node: NodeId, k: u8) {
        let kind = self.intervals[iv as usize].kind;
        if kind != Kind::Value && k < 3 {
            let o = &mut body.nodes[node].opnd[k as usize];
            *o = o.with_last_use(matches!(kind, Kind::Tracked | Kind::BlockLocal));
        }
        self.end_value(iv);
    }

    /// The interval's value is gone.
    #[inline]
    fn end_value(&mut self, iv: u32) {
        let i = &mut self.intervals[iv as usize];
        let reg = i.reg;
        i.reg = RegNum::NONE;
        let memory = i.mem_valid;
        if reg.is_some() {
            self.free(reg);
        }
        if memory {
            self.end_memory(iv);
        }
    }

    /// The value's memory is of no more use.
    fn end_memory(&mut self, iv: u32) {
        let i = &mut self.intervals[iv as usize];
        let place = match i.kind {
            Kind::Value if i.slot == NONE => {
                i.mem_valid = false;
                return;
            }
            Kind::Value => {
                self.due = true;
                self.dying_slots.push(i.slot);
                let place = Loc::spill(i.slot);
                i.slot = NONE;
                place
            }
            Kind::Tracked | Kind::BlockLocal => Loc::home(LocalId(i.id)),
            Kind::Cached | Kind::InHome => return,
        };
        i.mem_valid = false;
        if i.ty.is_gc() {
            self.due = true;
            self.after_dead.push(place);
        }
    }

    #[inline(never)]
    fn assign_def(
        &mut self,
        rec: &NodeRec,
        r: &RefPosition,
        taken: RegMask,
        prefer: RegNum,
        out: &mut Allocation,
    ) -> Result<(), LsraError> {
        self.node = rec.node;
        let iv = r.interval;
        let local = rec.flags.contains(RecFlags::STORE);
        self.intervals[iv as usize].next_ref = r.next;
        self.intervals[iv as usize].again = rec.again;
        if rec.again {
            self.note_again(iv, rec.node);
        }
        let mask = r.mask - taken;
        if mask.is_empty() {
            return Err(LsraError::Overconstrained { node: self.node });
        }
        let cached = self.intervals[iv as usize].kind == Kind::Cached;
        let unread = r.then.dies();
        if local && cached && unread {
            self.store_to_home(iv, false, out);
            return Ok(());
        }
        let limited = self.limited(mask);
        let mut reg = self.pick(iv, limited, self.loc + 1, r.next, r.hint, prefer);
        if reg.is_none() {
            let (mut victim, score) = self.victim(limited);
            if victim.is_none() && !local {
                reg = self.pick(iv, mask, self.loc + 1, r.next, r.hint, prefer);
                if reg.is_none() {
                    victim = self.victim(mask).0;
                }
            }
            if reg.is_some() {
                victim = reg;
            }
            if local && (unread || victim.is_none() || score <= 1 + self.eviction_score(iv, r.next))
            {
                self.store_to_home(iv, !unread, out);
                return Ok(());
            }
            if victim.is_none() {
                return Err(LsraError::Overconstrained { node: self.node });
            }
            if reg.is_none() {
                self.spill(victim);
                reg = victim;
            }
        }
        out.regs[rec.node].def = reg;
        self.place(iv, reg);
        self.intervals[iv as usize].mem_valid = cached;
        if cached {
            out.regs[rec.node].write_thru = true;
            self.touch_home(self.intervals[iv as usize].id as usize);
        }
        if unread {
            self.end_value(iv);
        }
        Ok(())
    }

    /// The definition of a local goes to its home, if anything reads it there.
    fn store_to_home(&mut self, iv: u32, live: bool, out: &mut Allocation) {
        if self.needs_no_store(iv) {
            out.regs[self.node].write_thru = true;
            self.intervals[iv as usize].mem_valid = live;
            return;
        }
        let id = self.intervals[iv as usize].id as usize;
        self.touch_home(id);
        let i = &mut self.intervals[iv as usize];
        i.mem_valid = live || i.kind == Kind::Cached;
        if live && i.kind != Kind::Cached && i.ty.is_gc() {
            self.due = true;
            self.after_live.push(Loc::home(LocalId(i.id)));
        }
    }

    /// Stress: every definition is stored and its register given up.
    fn after_def(&mut self, rec: &NodeRec, def_at: usize) {
        if rec.flags.contains(RecFlags::HAS_RESULTS) {
            return;
        }
        let iv = self.refs[def_at].interval;
        let i = self.intervals[iv as usize];
        if i.reg.is_none() {
            return;
        }
        let gc = (self.gc_ref, self.gc_byref);
        if self.needs_no_store(iv) {
            self.intervals[iv as usize].mem_valid = true;
        } else if !i.mem_valid {
            let mem = self.memory(iv);
            self.intervals[iv as usize].mem_valid = true;
            let ty = Self::move_type(&i, true);
            self.emit(When::After, ty, Loc::reg(i.reg), mem);
            if ty.is_gc() {
                self.after_live.push(mem);
            }
        }
        self.free(i.reg);
        self.intervals[iv as usize].reg = RegNum::NONE;
        self.write_gc_change(self.node, When::After, gc, (self.gc_ref, self.gc_byref));
        for k in 0..self.after_live.len() {
            let loc = self.after_live[k];
            self.push_live(self.node, When::After, loc, i.ty.gc_kind());
        }
        self.after_live.clear();
    }

    /// Stress: whatever is current in memory leaves its register.
    fn drop_clean_registers(&mut self) {
        let gc = (self.gc_ref, self.gc_byref);
        for r in self.occupied.iter() {
            let iv = self.owner[r.0 as usize];
            if iv < COPY && self.intervals[iv as usize].mem_valid {
                self.intervals[iv as usize].reg = RegNum::NONE;
                self.free(r);
            }
        }
        self.write_gc_change(self.node, When::After, gc, (self.gc_ref, self.gc_byref));
    }

    // ---- GC events

    fn push_live(&mut self, node: NodeId, when: When, loc: Loc, kind: GcKind) {
        self.events.push(GcEvent {
            node,
            when,
            loc,
            change: GcChange::Live(kind),
        });
    }

    /// Writes what changes before a node, from `old` to `before`, and behind it.
    #[inline(never)]
    fn write_gc(
        &mut self,
        body: &Body,
        rec: &NodeRec,
        old: (RegMask, RegMask),
        before: (RegMask, RegMask),
    ) {
        self.write_gc_before(old, before);
        self.write_gc_after(body, rec, before);
    }

    /// Writes the difference of two register states.
    fn write_gc_change(
        &mut self,
        node: NodeId,
        when: When,
        old: (RegMask, RegMask),
        new: (RegMask, RegMask),
    ) {
        if old != new {
            write_gc_masks(&mut self.events, node, when, old, new);
        }
    }

    fn write_gc_before(&mut self, old: (RegMask, RegMask), new: (RegMask, RegMask)) {
        self.write_gc_change(self.node, When::Before, old, new);
        if self.before_live.is_empty() {
            return;
        }
        for k in 0..self.before_live.len() {
            let loc = self.before_live[k];
            let kind = self.memory_kind(loc);
            self.push_live(self.node, When::Before, loc, kind);
        }
        self.before_live.clear();
    }

    fn memory_kind(&self, loc: Loc) -> GcKind {
        // The move that made it current stands among the last.
        self.moves
            .iter()
            .rev()
            .find(|m| m.to == loc)
            .map_or(GcKind::None, |m| m.ty.gc_kind())
    }

    fn write_gc_after(&mut self, body: &Body, rec: &NodeRec, before: (RegMask, RegMask)) {
        let new = (self.gc_ref, self.gc_byref);
        let (node, when) = if rec.flags.contains(RecFlags::SAFE_POINT) {
            (rec.node, When::Inside)
        } else if rec.flags.contains(RecFlags::RESULT) && self.last_call.is_some() {
            (self.last_call, When::Inside)
        } else {
            (rec.node, When::After)
        };
        for k in 0..self.after_dead.len() {
            let loc = self.after_dead[k];
            self.events.push(GcEvent {
                node,
                when,
                loc,
                change: GcChange::Dead,
            });
        }
        self.after_dead.clear();
        self.write_gc_change(node, when, before, new);
        for k in 0..self.after_live.len() {
            let loc = self.after_live[k];
            if let super::LocRef::Home(l) = loc.get() {
                self.push_live(node, when, loc, body.locals[l].ty.gc_kind());
            }
        }
        self.after_live.clear();
    }
}

impl Interval {
    /// Is `r` the only use of the interval in its node? (A value left in memory is left there for one operand only.)
    fn next_ref_is_single(&self, l: &Lsra, r: &RefPosition) -> bool {
        r.next == NONE || l.refs[r.next as usize].loc != r.loc
    }
}

/// Appends the difference of two (ref, byref) masks: deaths, then births.
pub(super) fn write_gc_masks(
    events: &mut Vec<GcEvent>,
    node: NodeId,
    when: When,
    old: (RegMask, RegMask),
    new: (RegMask, RegMask),
) {
    for r in ((old.0 - new.0) | (old.1 - new.1)).iter() {
        events.push(GcEvent {
            node,
            when,
            loc: Loc::reg(r),
            change: GcChange::Dead,
        });
    }
    for (mask, kind) in [(new.0 - old.0, GcKind::Ref), (new.1 - old.1, GcKind::Byref)] {
        for r in mask.iter() {
            events.push(GcEvent {
                node,
                when,
                loc: Loc::reg(r),
                change: GcChange::Live(kind),
            });
        }
    }
}
