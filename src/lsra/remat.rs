//! Rematerialisation: what its node makes from nothing is made again where it is wanted, instead of stored and loaded.
//!
//! Constants, vectors of constants, addresses of locals and of functions, handles: their nodes read nothing that changes, so a register
//! with such a value gives way early and without a store, and [`Loc::again`] of the node is where the value comes from. That holds
//! for a node's value; for a local as long as its last definition is such a node of the same block, and it does not live on behind the
//! block; and for a local with one definition, such a node, throughout the method.
//!
//! A read of a local's home in an instruction's memory operand costs no register, so a local of the last kind that finds none is
//! read there; then its definition writes the home, once.
//!
//! **Leaves out:** pointers that the collector looks at; types smaller than a register; locals with several definitions behind the
//! block of such a one.

use super::interval::{Interval, Kind, NONE};
use super::{Allocation, Loc, Lsra};
use crate::flow::liveness::LocalClass;
use crate::ir::{BlockId, Body, LocalId, NodeId, Opcode};
use crate::types::VarType;

/// Are values of type `ty` made again?
#[inline]
fn is_computed(ty: VarType) -> bool {
    matches!(
        ty,
        VarType::I32 | VarType::I64 | VarType::F32 | VarType::F64
    ) || ty.is_vector()
}

impl Interval {
    /// Is it a local that one node defines, which can be done again anywhere?
    #[inline]
    pub fn is_single(&self) -> bool {
        self.kind == Kind::Tracked && self.slot != NONE
    }
}

impl Lsra {
    /// Node `n`, which makes its value from nothing, defines interval `iv`.
    #[inline(never)]
    pub(super) fn note_again(&mut self, iv: u32, n: NodeId) {
        let i = &mut self.intervals[iv as usize];
        i.def = n;
        i.again = is_computed(i.ty);
        if i.kind != Kind::Tracked || !i.again {
            return;
        }
        let l = LocalId(i.id);
        let is_single = self.live.locals[l].stores == 1
            && self.live.locals[l].class == LocalClass::Tracked
            && !self.live.is_live_in(BlockId(0), iv);
        if is_single {
            self.intervals[iv as usize].slot = n.0;
            let here = self.homes.at(self.loc);
            self.single.push((iv, here));
        }
    }

    /// Can the value of `iv` always be made again, so that nothing has to store it?
    #[inline]
    pub(super) fn needs_no_store(&self, iv: u32) -> bool {
        let i = &self.intervals[iv as usize];
        i.again
            && match i.kind {
                Kind::Value | Kind::BlockLocal => true,
                Kind::Tracked => i.slot != NONE || !self.is_live_out(iv),
                Kind::Cached | Kind::InHome => false,
            }
    }

    /// Is the value of `iv` never in memory?
    #[inline]
    pub(super) fn has_no_memory(&self, iv: u32) -> bool {
        self.needs_no_store(iv) && !self.intervals[iv as usize].is_single()
    }

    /// Where the value of `iv`, which is in no register, comes from.
    pub(super) fn source(&mut self, iv: u32) -> Loc {
        let i = &self.intervals[iv as usize];
        if i.again && i.kind != Kind::Cached {
            return Loc::again(i.def);
        }
        self.memory(iv)
    }

    /// What is defined once, and read in memory, is written there by its definition.
    pub(super) fn store_single(&mut self, body: &Body, out: &mut Allocation) {
        for k in 0..self.single.len() {
            let (iv, at) = self.single[k];
            let i = &self.intervals[iv as usize];
            if !self.homes.used.contains(i.id as usize) {
                continue;
            }
            self.homes.touch(i.id as usize, at);
            let mut store = NodeId(i.slot);
            if body.nodes[store].op != Opcode::StoreLcl {
                store = body.nodes[store].next;
            }
            let regs = &mut out.regs[store];
            regs.write_thru = regs.def.is_some();
        }
    }
}
