//! Containment: when a node may become part of its user, and addressing modes.

use super::LowerCx;
use crate::ir::{Effects, LocalFlags, LocalId, NodeFlags, NodeId, Opcode, Operand};
use crate::types::VarType;

/// How far apart two nodes may be for a containment search; keeps lowering linear.
const SEARCH: usize = 16;

impl LowerCx<'_> {
    /// May node `def` be evaluated at `user` instead of where it stands? Both are in this block, `def` first.
    ///
    /// Looks at what stands between: stores to locals that `def` or nodes contained in it read, writes of memory if such a local is
    /// exposed; and, if `def` reads memory or can throw, anything that writes, throws or is pinned.
    pub fn can_move_to(&self, def: NodeId, user: NodeId) -> bool {
        if self.body.nodes[def].next == user {
            return true;
        }
        let sensitive = self
            .effects_with_contained(def, 0)
            .intersects(Effects::THROWS | Effects::READS | Effects::READS_LCL);
        let d = &self.body.nodes[def];
        let locals = &self.body.locals;
        let exposed = |l: LocalId| locals[l].flags.contains(LocalFlags::ADDRESS_EXPOSED);
        let mut n = d.next;
        for _ in 0..SEARCH {
            if n == user {
                return true;
            }
            if n.is_none() {
                return false;
            }
            let x = &self.body.nodes[n];
            let e = x.op.effects();
            if e.contains(Effects::WRITES_LCL) {
                if self.reads_local(def, |l| l.0 == x.aux, 0) {
                    return false;
                }
            } else if e.contains(Effects::WRITES) && self.reads_local(def, exposed, 0)
                || sensitive && e.intersects(Effects::WRITES | Effects::THROWS | Effects::PINNED)
            {
                return false;
            }
            n = x.next;
        }
        false
    }

    /// The effects of `n` and of the nodes contained in it, which move with it.
    fn effects_with_contained(&self, n: NodeId, depth: u32) -> Effects {
        let x = &self.body.nodes[n];
        let mut effects = x.op.effects();
        for o in x.opnd {
            if let Some(d) = o.as_node()
                && depth < 5
                && self.body.nodes[d].is_contained()
            {
                effects |= self.effects_with_contained(d, depth + 1);
            }
        }
        effects
    }

    /// Does `n`, or a node contained in it, read a local that `is` says?
    fn reads_local(&self, n: NodeId, is: impl Fn(LocalId) -> bool + Copy, depth: u32) -> bool {
        let x = &self.body.nodes[n];
        if x.op.effects().contains(Effects::READS_LCL) && is(LocalId(x.aux)) {
            return true;
        }
        x.opnd.iter().any(|o| {
            o.as_local().is_some_and(is)
                || o.as_node().is_some_and(|d| {
                    depth < 5
                        && self.body.nodes[d].is_contained()
                        && self.reads_local(d, is, depth + 1)
                })
        })
    }

    /// Makes operand `k` of memory node `n` an addressing mode where the machine has one: a `lea` or `lcl_addr` node directly
    /// in front becomes contained, an addition of a constant becomes a `lea` first. `legal(scale, disp, has_index)` is the
    /// machine's answer.
    pub fn contain_address(&mut self, n: NodeId, k: usize, legal: impl Fn(u8, i32, bool) -> bool) {
        let Some(a) = self.node(n).opnd[k].as_node() else {
            self.materialize_as(n, k, VarType::I64);
            return;
        };
        if self.node(a).op == Opcode::Add && !self.node(a).flags.contains(NodeFlags::CONTAINED) {
            self.add_to_lea(a, &legal);
        }
        let x = *self.node(a);
        match x.op {
            Opcode::LclAddr if self.can_move_to(a, n) => self.contain(a),
            Opcode::Lea
                if legal(x.sub, x.aux as i32, x.opnd[1].is_some()) && self.can_move_to(a, n) =>
            {
                self.contain(a)
            }
            _ => {}
        }
    }

    /// Turns addition `a` of an address type into `lea`: of a constant; of an index, scaled or not; of both, where the machine has
    /// such a mode.
    fn add_to_lea(&mut self, a: NodeId, legal: &impl Fn(u8, i32, bool) -> bool) {
        let x = *self.node(a);
        if !x.ty.is_wide_int() || x.opnd[0].is_const() {
            return;
        }
        let contained = |cx: &Self, o: Operand, op: Opcode| {
            o.as_node()
                .filter(|&d| cx.node(d).is_contained() && cx.node(d).op == op)
        };
        let (mut base, mut index, mut disp) = (x.opnd[0], x.opnd[1], 0);
        // What is taken apart.
        let (mut sum, mut shift) = (NodeId::NONE, NodeId::NONE);
        if let Some(c) = self.const_i64(a, 1) {
            disp = c;
            index = Operand::NONE;
            if let Some(d) = contained(self, base, Opcode::Add) {
                sum = d;
                [base, index, _] = self.node(d).opnd;
            }
        } else if let Some(d) = contained(self, index, Opcode::Add) {
            sum = d;
            disp = self.const_i64(d, 1).unwrap_or(i64::MAX);
            index = self.node(d).opnd[0];
        }
        let mut scale = 0;
        if let Some(s) = contained(self, index, Opcode::Shl)
            && let Some(count @ 1..=3) = self.const_i64(s, 1)
        {
            shift = s;
            scale = count as u8;
            index = self.node(s).opnd[0];
        }
        let Ok(disp) = i32::try_from(disp) else {
            return;
        };
        if index.is_some() {
            if scale == 0 && self.is_gc_operand(index) && !self.is_gc_operand(base) {
                std::mem::swap(&mut base, &mut index);
            }
            let odd = |cx: &Self, o: Operand| {
                o.is_const() || o.as_node().is_some_and(|d| cx.node(d).is_contained())
            };
            let widened = contained(self, index, Opcode::Sext)
                .or(contained(self, index, Opcode::Zext))
                .is_some_and(|e| self.node(e).source_type() == VarType::I32);
            if self.is_gc_operand(index)
                || odd(self, base)
                || odd(self, index) && !widened
                || !legal(scale, disp, true)
            {
                return;
            }
        }
        for dead in [sum, shift] {
            if dead.is_some() {
                self.remove(dead);
            }
        }
        for o in [base, index] {
            if let Some(d) = o.as_node() {
                self.body.nodes[d].user = a;
            }
        }
        let m = self.node_mut(a);
        m.op = Opcode::Lea;
        m.sub = scale;
        m.aux = disp as u32;
        m.opnd = [base, index, Operand::NONE];
    }

    /// Is the operand's type that of a GC pointer?
    fn is_gc_operand(&self, o: Operand) -> bool {
        match o.get() {
            crate::ir::OperandRef::Local(l) => self.body.locals[l].ty.is_gc(),
            crate::ir::OperandRef::Node(d) => self.body.value_type(d).is_gc(),
            _ => false,
        }
    }

    /// Folds a `lea`: a constant index into the displacement; the displacement into the address of a local that it is added to.
    pub fn simplify_lea(&mut self, n: NodeId) {
        let x = *self.node(n);
        if let Some(a) = x.opnd[0].as_node()
            && self.node(a).op == Opcode::LclAddr
            && x.opnd[1].is_none()
            && self.offset_address(n, a)
        {
            return;
        }
        if let Some(c) = self.body.const_value(x.opnd[1]) {
            let disp = (x.aux as i32 as i64).checked_add((c as i64).wrapping_shl(x.sub as u32));
            if let Some(disp) = disp.and_then(|d| i32::try_from(d).ok()) {
                let m = self.node_mut(n);
                m.opnd[1] = Operand::NONE;
                m.sub = 0;
                m.aux = disp as u32;
            } else {
                self.materialize_as(n, 1, VarType::I64);
            }
        }
        self.materialize_as(n, 0, VarType::I64);
    }

    /// Makes `lea` node `n`, whose base is `lcl_addr` node `a` and which has no index, the address in the local itself.
    fn offset_address(&mut self, n: NodeId, a: NodeId) -> bool {
        let local = self.node(a).aux;
        let offset = self.const_i64(a, 0).unwrap_or(0) + i64::from(self.node(n).aux as i32);
        let Some(offset) = Operand::small(offset).filter(|_| offset >= 0) else {
            return false;
        };
        let m = self.node_mut(n);
        m.op = Opcode::LclAddr;
        m.aux = local;
        m.sub = 0;
        m.opnd = [offset, Operand::NONE, Operand::NONE];
        self.remove(a);
        true
    }

    /// Moves the comparison that feeds operand 0 of `n` into it: for a branch its operands replace the branch's; for a select
    /// it becomes contained. Returns whether a comparison was found.
    pub fn fuse_compare(&mut self, n: NodeId) -> bool {
        let Some(c) = self.node(n).opnd[0].as_node() else {
            return false;
        };
        if self.node(c).op != Opcode::Cmp || !self.can_move_to(c, n) {
            return false;
        }
        if self.node(n).op == Opcode::Branch {
            let x = *self.node(c);
            for o in [x.opnd[0], x.opnd[1]] {
                if let Some(d) = o.as_node() {
                    self.body.nodes[d].user = n;
                }
            }
            let b = self.node_mut(n);
            b.op = Opcode::CmpBranch;
            b.sub = x.sub;
            b.aux = x.aux;
            b.opnd = [x.opnd[0], x.opnd[1], Operand::NONE];
            self.remove(c);
        } else {
            self.contain(c);
        }
        true
    }
}
