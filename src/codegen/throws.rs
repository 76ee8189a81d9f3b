//! Exceptions raised by compiled code: cold call sites of the throw helpers.
//!
//! Where the source position must be told (the method has a position map) every site has its own cold code; else sites of one
//! kind in one region share it.

use super::{Gen, GenCx};
use crate::ee::Helper;
use crate::emit::{GroupFlags, Label, MarkKind, SlotId};
use crate::ir::{Bail, NodeId};

/// One cold site.
#[derive(Copy, Clone, Debug)]
struct ThrowSite {
    label: Label,
    helper: Helper,
    il: u32,
}

/// Sites waiting for their region's end, and the allocator's memory operands.
#[derive(Default)]
pub struct ThrowSites {
    pending: Vec<ThrowSite>,
    /// (user, operand position, frame slot) of node values that stay in their spill slot, in code order.
    memory_uses: Vec<(NodeId, u8, SlotId)>,
    cursor: usize,
}

impl ThrowSites {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.pending.clear();
        self.memory_uses.clear();
        self.cursor = 0;
    }

    /// No site waits?
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Notes that operand `k` of `n` is in `slot`. In code order.
    pub fn push_memory_use(&mut self, n: NodeId, k: u8, slot: SlotId) {
        self.memory_uses.push((n, k, slot));
    }

    /// The slot of operand `k` of `n`; asked in code order.
    pub fn memory_use(&mut self, n: NodeId, k: usize) -> Option<SlotId> {
        while let Some(&(m, j, s)) = self.memory_uses.get(self.cursor) {
            if m == n && j as usize == k {
                return Some(s);
            }
            // A node's memory operands may be asked in any order, and again.
            if let Some(&(_, _, s)) = self.memory_uses[self.cursor..]
                .iter()
                .take(8)
                .find(|u| u.0 == n && u.1 as usize == k)
            {
                return Some(s);
            }
            self.cursor += 1;
        }
        self.memory_uses
            .iter()
            .rev()
            .find(|u| u.0 == n && u.1 as usize == k)
            .map(|u| u.2)
    }
}

impl GenCx<'_> {
    /// The label to branch to in order to raise `helper`'s exception at node `n`.
    pub fn throw_label(&mut self, n: NodeId, helper: Helper) -> Label {
        let il = self
            .body
            .node_il
            .get(n.0 as usize)
            .copied()
            .unwrap_or(u32::MAX);
        if let Some(s) = self
            .st
            .throws
            .pending
            .iter()
            .rev()
            .take(8)
            .find(|s| s.helper == helper && s.il == il)
        {
            return s.label;
        }
        let label = self.em.new_label();
        self.st.throws.pending.push(ThrowSite { label, helper, il });
        label
    }

    /// Generates the waiting sites here: at the end of a region's blocks or of a fragment.
    pub fn flush_throws<G: Gen>(&mut self) -> Result<(), Bail> {
        if self.st.throws.pending.is_empty() {
            return Ok(());
        }
        let restore = self.st.gc.suspend(self.em);
        let sites = std::mem::take(&mut self.st.throws.pending);
        for s in &sites {
            self.em.new_group(GroupFlags::COLD);
            self.em.bind(s.label);
            if s.il != u32::MAX && s.il != self.last_il {
                self.last_il = s.il;
                self.em.mark(MarkKind::IlOffset {
                    il: s.il,
                    source: 0,
                });
            }
            let group = self.em.current_group();
            G::gen_helper_call(self, s.helper, true)?;
            G::gen_breakpoint(self);
            if self.watched {
                // Behind the call nothing returns; the first instruction may be a stopping point, the rest not.
                self.st.gc.no_gc_between(self.em, group, 1);
            }
        }
        self.st.throws.pending = sites;
        self.st.throws.pending.clear();
        self.em.new_group(GroupFlags::empty());
        self.st.gc.resume(self.em, restore);
        Ok(())
    }
}
