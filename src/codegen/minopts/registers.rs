//! Taking registers, and keeping what they held.

use super::{Content, MinOpts};
use crate::codegen::{Gen, GenCx};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;

impl MinOpts {
    /// Where only one register will do and that is callee-saved: from here on it is used like the others, and saved.
    #[inline]
    pub(super) fn admit(&mut self, cx: &mut GenCx<'_>, mask: RegMask) {
        if mask.is_single() && !self.usable.contains(mask.first()) {
            self.usable |= mask;
            self.free |= mask;
            cx.st.frame.saved |= mask;
        }
    }

    /// A register of `mask` that is in nobody's hands: a free one, else the least regretted.
    #[inline]
    pub(super) fn take<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        mask: RegMask,
        locked: RegMask,
    ) -> RegNum {
        let mask = mask & (self.usable - locked);
        let free = mask & self.free;
        if !free.is_empty() {
            return free.first();
        }
        self.take_held::<G>(cx, mask, locked)
    }

    #[inline(never)]
    fn take_held<G: Gen>(&mut self, cx: &mut GenCx<'_>, mask: RegMask, locked: RegMask) -> RegNum {
        if mask.is_empty() {
            return self.fail("MinOpts ran out of registers".into());
        }
        // A clean cached local costs nothing to lose; look round the ring for one.
        let mut best = RegNum::NONE;
        let mut rest = mask;
        let start = self.victim & 63;
        self.victim = self.victim.wrapping_add(1);
        while !rest.is_empty() {
            let ring = RegMask(rest.0.rotate_right(start));
            let r = RegNum(((ring.first().0 as u32 + start) & 63) as u8);
            rest.remove(r);
            if let Content::Local(_, false) = self.content[r.0 as usize] {
                best = r;
                break;
            }
            if best.is_none() {
                best = r;
            }
        }
        self.evict::<G>(cx, best, mask | locked);
        best
    }

    /// Makes a register free, keeping what it holds: in another free register outside `avoid` if there is one, else in memory.
    pub(super) fn evict<G: Gen>(&mut self, cx: &mut GenCx<'_>, r: RegNum, avoid: RegMask) {
        let file = if r.is_float() {
            RegMask::ALL_FLOAT
        } else {
            RegMask::ALL_INT
        };
        let to = (self.free & (file - avoid)).first();
        let c = self.content[r.0 as usize];
        if let (true, Content::Node(_) | Content::Local(_, true)) = (to.is_some(), c) {
            let ty = match c {
                Content::Node(x) => {
                    self.places[x].reg = to;
                    cx.body.value_type(x)
                }
                Content::Local(l, _) => {
                    self.locals[l].reg = to;
                    cx.body.locals[l].ty.actual()
                }
                Content::Nothing => VarType::Void,
            };
            G::gen_move_regs(cx, ty, r, to);
            self.release(cx, r);
            self.hold(cx, to, c, ty);
            return;
        }
        match c {
            Content::Nothing => {}
            Content::Local(l, dirty) => {
                if dirty && self.locals[l].reads > 0 {
                    let ty = cx.body.locals[l].ty.actual();
                    if cx.st.homes[l].is_none() && self.locals[l].is_block_local() {
                        cx.st.homes[l] = cx.st.frame.take_temp(ty);
                        self.slots_out += 1;
                    }
                    let home = cx.home(l);
                    G::gen_store_slot(cx, ty, r, home);
                }
                self.locals[l].reg = RegNum::NONE;
            }
            Content::Node(x) => {
                let ty = cx.body.value_type(x);
                if self.places[x].slot.is_none() {
                    let slot = cx.st.frame.take_temp(ty);
                    self.places[x].slot = slot;
                    self.slots_out += 1;
                    G::gen_store_slot(cx, ty, r, slot);
                }
                self.places[x].reg = RegNum::NONE;
            }
        }
        self.release(cx, r);
    }

    /// Everything in `kills` that is still wanted goes to memory. Registers of this node's own uses (`locked`) that hold a
    /// local are forgotten; their value has been read.
    pub(super) fn kill<G: Gen>(&mut self, cx: &mut GenCx<'_>, kills: RegMask, locked: RegMask) {
        let mut held = kills & (self.usable - self.free);
        while !held.is_empty() {
            let r = held.first();
            held.remove(r);
            self.evict::<G>(cx, r, kills | locked);
        }
    }

    /// Nothing is in a register any more.
    pub(super) fn forget_all(&mut self, cx: &mut GenCx<'_>) {
        let held = self.usable - self.free;
        for r in held.iter() {
            if let Content::Local(l, _) = self.content[(r.0 & 63) as usize] {
                self.locals[l].reg = RegNum::NONE;
            }
        }
        self.free = self.usable;
        if cx.watched {
            cx.st.gc.regs_dead(cx.em, held, false);
        }
    }

    #[inline]
    pub(super) fn hold(&mut self, cx: &mut GenCx<'_>, r: RegNum, c: Content, ty: VarType) {
        self.content[(r.0 & 63) as usize] = c;
        self.free.remove(r);
        self.gc_live(cx, r, ty);
    }

    #[inline]
    pub(super) fn release(&mut self, cx: &mut GenCx<'_>, r: RegNum) {
        self.content[(r.0 & 63) as usize] = Content::Nothing;
        self.free.insert(r);
        self.gc_dead(cx, r);
    }

    #[inline]
    pub(super) fn gc_live(&mut self, cx: &mut GenCx<'_>, r: RegNum, ty: VarType) {
        if cx.watched {
            if ty.is_gc() {
                cx.gc_live(r, ty.gc_kind());
            } else {
                self.gc_dead(cx, r);
            }
        }
    }

    #[inline]
    pub(super) fn gc_dead(&mut self, cx: &mut GenCx<'_>, r: RegNum) {
        if cx.watched {
            cx.st.gc.reg_dead(cx.em, r, false);
        }
    }
}
