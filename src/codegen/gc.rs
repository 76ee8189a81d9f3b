//! GC state during the walk: which registers and tracked slots hold GC pointers here.
//!
//! The walk reports changes as code marks. The tracker keeps the current state so that cold code in the middle can be generated
//! with nothing live, and so that changes that change nothing are not marked.

use crate::emit::{CodeMark, Emitter, GroupId, MarkKind, SlotId};
use crate::target::{RegMask, RegNum};
use crate::types::GcKind;

/// The current state.
#[derive(Default)]
pub struct GcTracker {
    refs: RegMask,
    byrefs: RegMask,
    slots: Vec<(SlotId, GcKind)>,
    suspended: Vec<(SlotId, GcKind)>,
}

/// A state put aside by [`GcTracker::suspend`].
pub struct Suspended {
    refs: RegMask,
    byrefs: RegMask,
}

impl GcTracker {
    /// Nothing is live.
    pub fn clear(&mut self) {
        self.refs = RegMask::EMPTY;
        self.byrefs = RegMask::EMPTY;
        self.slots.clear();
    }

    /// A register holds a pointer from here on (`inside`: from inside the instruction just pushed).
    pub fn reg_live(&mut self, em: &mut Emitter, r: RegNum, kind: GcKind, inside: bool) {
        let (mine, other) = match kind {
            GcKind::Ref => (&mut self.refs, &mut self.byrefs),
            GcKind::Byref => (&mut self.byrefs, &mut self.refs),
            GcKind::None => return self.reg_dead(em, r, inside),
        };
        if mine.contains(r) {
            return;
        }
        if other.contains(r) {
            other.remove(r);
            push(em, MarkKind::GcRegDead(r), inside);
        }
        match kind {
            GcKind::Ref => self.refs.insert(r),
            _ => self.byrefs.insert(r),
        }
        push(em, MarkKind::GcRegLive(r, kind), inside);
    }

    /// Does any of `regs` hold a pointer?
    #[inline]
    pub fn any_live(&self, regs: RegMask) -> bool {
        !((self.refs | self.byrefs) & regs).is_empty()
    }

    /// A register holds none from here on.
    pub fn reg_dead(&mut self, em: &mut Emitter, r: RegNum, inside: bool) {
        if (self.refs | self.byrefs).contains(r) {
            self.refs.remove(r);
            self.byrefs.remove(r);
            push(em, MarkKind::GcRegDead(r), inside);
        }
    }

    /// All of `regs` hold none from here on.
    pub fn regs_dead(&mut self, em: &mut Emitter, regs: RegMask, inside: bool) {
        for r in ((self.refs | self.byrefs) & regs).iter() {
            self.reg_dead(em, r, inside);
        }
    }

    /// A tracked slot holds a pointer from here on.
    pub fn slot_live(&mut self, em: &mut Emitter, s: SlotId, kind: GcKind, inside: bool) {
        if self.slots.contains(&(s, kind)) {
            return;
        }
        self.slots.push((s, kind));
        push(em, MarkKind::GcSlotLive(s, 0, kind), inside);
    }

    /// A tracked slot holds none from here on.
    pub fn slot_dead(&mut self, em: &mut Emitter, s: SlotId, inside: bool) {
        if let Some(i) = self.slots.iter().position(|x| x.0 == s) {
            let (_, kind) = self.slots.swap_remove(i);
            push(em, MarkKind::GcSlotDead(s, 0, kind), inside);
        }
    }

    /// Everything dies here: cold code follows.
    pub fn suspend(&mut self, em: &mut Emitter) -> Suspended {
        let s = Suspended {
            refs: self.refs,
            byrefs: self.byrefs,
        };
        self.regs_dead(em, RegMask(u64::MAX), false);
        self.suspended.clear();
        self.suspended.append(&mut self.slots);
        for &(slot, kind) in &self.suspended {
            push(em, MarkKind::GcSlotDead(slot, 0, kind), false);
        }
        s
    }

    /// Everything put aside is live again.
    pub fn resume(&mut self, em: &mut Emitter, s: Suspended) {
        for r in s.refs.iter() {
            self.reg_live(em, r, GcKind::Ref, false);
        }
        for r in s.byrefs.iter() {
            self.reg_live(em, r, GcKind::Byref, false);
        }
        while let Some((slot, kind)) = self.suspended.pop() {
            self.slot_live(em, slot, kind, false);
        }
    }

    /// Everything dies here for good: the end of a fragment.
    pub fn all_dead(&mut self, em: &mut Emitter) {
        let _ = self.suspend(em);
        self.suspended.clear();
    }

    /// The collector may not stop at the instructions from `at` of `group` up to here.
    pub fn no_gc_between(&mut self, em: &mut Emitter, group: GroupId, at: u32) {
        // In order of place, so that nobody has to sort the marks.
        let behind = |m: &CodeMark| (m.group, m.instr()) > (group, at);
        let later = em.marks.iter().rev().take_while(|m| behind(m)).count();
        let mark = CodeMark::before(group, at, MarkKind::NoGcBegin);
        em.marks.insert(em.marks.len() - later, mark);
        em.mark(MarkKind::NoGcEnd);
    }
}

fn push(em: &mut Emitter, kind: MarkKind, inside: bool) {
    if inside {
        em.mark_inside_previous(kind);
    } else {
        em.mark(kind);
    }
}
