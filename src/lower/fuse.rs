//! Patterns of several nodes that become one: tests of bits, operations on memory, extensions of loads, address arithmetic.
//!
//! Each looks back from a node at its operands, which are lowered already. What is found is either taken into the node, whose
//! operands then are the found node's, or marked contained; in both cases the reads move down, so that
//! [`LowerCx::can_move_to`] is asked (**contained-moves-the-read**).

use super::LowerCx;
use crate::ir::{Cond, Node, NodeFlags, NodeId, Opcode, Operand};
use crate::types::VarType;

/// Takes part in read-modify-write: what `store_op` can do.
fn is_store_op(op: Opcode) -> bool {
    use Opcode::*;
    matches!(
        op,
        Add | Sub | And | Or | Xor | Shl | Shr | Sar | Rol | Ror | Neg | Not
    )
}

impl LowerCx<'_> {
    /// The node that is operand `k` of `n`, unless it is contained.
    #[inline]
    pub fn operand_node(&self, n: NodeId, k: usize) -> Option<(NodeId, Node)> {
        let d = self.node(n).opnd[k].as_node()?;
        let x = *self.node(d);
        (!x.is_contained()).then_some((d, x))
    }

    /// Is an operand of `x` contained?
    pub fn has_contained(&self, x: &Node) -> bool {
        x.opnd
            .iter()
            .any(|o| o.as_node().is_some_and(|d| self.node(d).is_contained()))
    }

    /// Contains operand `k` of `n`, node `d`, if it can be evaluated at `n`.
    pub fn try_contain(&mut self, n: NodeId, d: NodeId) -> bool {
        let can = self.can_move_to(d, n);
        if can {
            self.contain(d);
        }
        can
    }

    /// `n` takes operand `from` of node `d` as its operand `k`.
    pub fn take_operand(&mut self, n: NodeId, k: usize, d: NodeId, from: usize) {
        let o = self.node(d).opnd[from];
        self.node_mut(n).opnd[k] = o;
        if let Some(x) = o.as_node() {
            self.body.nodes[x].user = n;
        }
    }

    /// A comparison of `a & b` with zero becomes a test of `a` and `b`; of the lowest bit of `a >> c`, a test of bit `c` of `a`.
    pub fn fuse_test(&mut self, n: NodeId) {
        let node = *self.node(n);
        let cond = match node.cond() {
            Cond::Eq | Cond::UEq => Cond::TestZ,
            Cond::Ne | Cond::UNe => Cond::TestNz,
            _ => return,
        };
        if self.const_i64(n, 1) != Some(0) {
            return;
        }
        let Some((d, x)) = self.operand_node(n, 0) else {
            return;
        };
        let of = node.compare_type();
        if x.op != Opcode::And || !matches!(of, VarType::I32 | VarType::I64) || x.ty != of {
            return;
        }
        if !self.is_testable(&x) || !self.can_move_to(d, n) {
            return;
        }
        self.node_mut(n).sub = cond as u8;
        self.take_operand(n, 0, d, 0);
        self.take_operand(n, 1, d, 1);
        self.remove(d);
        if !self.fuse_field(n, of) {
            self.fuse_bit(n, of);
        }
    }

    /// Can a test take the operands of conjunction `x`? Not a complement, nor a shift of the first unless the mask is constant.
    fn is_testable(&self, x: &Node) -> bool {
        use Opcode::*;
        let contained = |k: usize| {
            let d = x.opnd[k].as_node()?;
            let d = self.node(d);
            d.is_contained().then_some(d.op)
        };
        let first = match contained(0) {
            None => true,
            Some(Shr | Sar) => x.opnd[1].is_const(),
            Some(_) => false,
        };
        let last = matches!(
            contained(1),
            None | Some(Load | LclFld | Shl | Shr | Sar | Rol | Ror)
        );
        first && last
    }

    /// A test of a field whose shift is contained: the mask moves to where the field lies. Says whether it was one.
    fn fuse_field(&mut self, n: NodeId, of: VarType) -> bool {
        let Some(d) = self.node(n).opnd[0].as_node() else {
            return false;
        };
        let (Some(mask), Some(count)) = (self.const_i64(n, 1), self.const_i64(d, 1)) else {
            return false;
        };
        if !self.node(d).is_contained() {
            return false;
        }
        let count = count as u32 & (of.size() * 8 - 1);
        let mask = match of {
            VarType::I32 => i64::from((mask as i32) << count),
            _ => mask << count,
        };
        let mask = self.body.const_operand(mask as u64);
        self.take_operand(n, 0, d, 0);
        self.node_mut(n).opnd[1] = mask;
        self.remove(d);
        true
    }

    /// A test of bit 0 of `a >> c`, `c` a constant, becomes a test of bit `c` of `a`.
    fn fuse_bit(&mut self, n: NodeId, of: VarType) {
        if self.const_i64(n, 1) != Some(1) {
            return;
        }
        let Some((d, x)) = self.operand_node(n, 0) else {
            return;
        };
        if !matches!(x.op, Opcode::Shr | Opcode::Sar) || x.ty != of || self.has_contained(&x) {
            return;
        }
        let Some(c) = self.const_i64(d, 1) else {
            return;
        };
        if x.opnd[0].is_const() || !self.can_move_to(d, n) {
            return;
        }
        let c = c as u32 & (of.size() * 8 - 1);
        let mask = if c == 31 && of == VarType::I32 {
            i64::from(i32::MIN)
        } else {
            1i64.wrapping_shl(c)
        };
        let mask = self.body.const_operand(mask as u64);
        self.take_operand(n, 0, d, 0);
        self.node_mut(n).opnd[1] = mask;
        self.remove(d);
    }

    /// Do operand 0 of `a` and of `b`, both memory nodes at `b`'s place, name the same address? Only what is plain to see: one
    /// local, or contained addresses with the same parts.
    fn same_address(&self, a: NodeId, b: NodeId) -> bool {
        let (x, y) = (self.node(a).opnd[0], self.node(b).opnd[0]);
        let same = |p: Operand, q: Operand| p.with_last_use_of(q) == q && p.as_node().is_none();
        if same(x, y) {
            return true;
        }
        let (Some(x), Some(y)) = (x.as_node(), y.as_node()) else {
            return false;
        };
        let (x, y) = (self.node(x), self.node(y));
        x.is_contained()
            && y.is_contained()
            && x.op == y.op
            && x.aux == y.aux
            && x.sub == y.sub
            && x.opnd.iter().zip(&y.opnd).all(|(&p, &q)| same(p, q))
    }

    /// A store, to memory or a field of a local, of what an operation makes of the value at the same place becomes `store_op`. `holds`:
    /// the machine's answer to whether the operation can have this constant as its operand.
    pub fn fuse_store_op(&mut self, n: NodeId, holds: impl Fn(&Node, i64) -> bool) -> bool {
        let node = *self.node(n);
        let value = usize::from(node.op == Opcode::Store);
        if !node.ty.is_int() || node.ty.is_gc() || node.sub != 0 {
            return false;
        }
        let Some((d, x)) = self.operand_node(n, value) else {
            return false;
        };
        if !is_store_op(x.op) || node.ty.actual() != x.ty {
            return false;
        }
        let k = match self.loads_stored_place(n, d, 0) {
            true => 0,
            false
                if x.op.effects().contains(crate::ir::Effects::COMMUTES)
                    && self.loads_stored_place(n, d, 1) =>
            {
                1
            }
            false => return false,
        };
        let shift = (Opcode::Shl..=Opcode::Ror).contains(&x.op);
        if shift && (node.ty.is_small() || !x.opnd[1].is_const()) {
            return false;
        }
        if let Some(c) = self.const_i64(d, 1 - k)
            && !holds(&node, c)
        {
            return false;
        }
        if x.opnd[1 - k].is_some_and_contained(self) || !self.can_move_to(d, n) {
            return false;
        }
        let Some(load) = x.opnd[k].as_node() else {
            return false;
        };
        if let Some(a) = self.node(load).opnd[0].as_node() {
            self.remove(a);
        }
        // A fault is the load's: it comes first.
        if let Some(&il) = self.body.node_il.get(load.0 as usize) {
            self.body.node_il[n.0 as usize] = il;
        }
        self.node_mut(n).opnd[1] = Operand::NONE;
        if x.opnd[1 - k].is_some() {
            self.take_operand(n, 1, d, 1 - k);
        }
        self.remove(load);
        self.remove(d);
        if node.op == Opcode::StoreLclFld {
            let mut field = Node::new(Opcode::LclAddr, VarType::I64);
            field.aux = node.aux;
            field.opnd[0] = node.opnd[1];
            field.user = n;
            let field = self.insert_before(n, field);
            self.contain(field);
            self.node_mut(n).opnd[0] = Operand::node(field);
            self.node_mut(n).aux = 0;
        }
        let m = self.node_mut(n);
        m.op = Opcode::StoreOp;
        m.sub = x.op as u8;
        true
    }

    /// Is operand `k` of `d` a load of what store `n` overwrites, as it is then?
    fn loads_stored_place(&self, n: NodeId, d: NodeId, k: usize) -> bool {
        let Some(load) = self.node(d).opnd[k].as_node() else {
            return false;
        };
        let (x, store) = (self.node(load), self.node(n));
        if store.op == Opcode::StoreLclFld {
            return x.op == Opcode::LclFld
                && x.aux == store.aux
                && self.const_i64(load, 0) == self.const_i64(n, 1)
                && x.ty.size() == store.ty.size()
                && !x.ty.is_float()
                && self.can_move_to(load, n);
        }
        x.op == Opcode::Load
            && x.ty.size() == self.node(n).ty.size()
            && !x.ty.is_float()
            && !x.flags.contains(NodeFlags::VOLATILE)
            && !self.node(n).flags.contains(NodeFlags::VOLATILE)
            && self.same_address(load, n)
            && self.can_move_to(load, n)
    }

    /// An extension of a load becomes one that does both: `n`'s operand is contained, and its source type what the memory holds.
    /// `narrow`: may the load read fewer bytes than it is made for?
    pub fn fuse_extension(&mut self, n: NodeId, narrow: bool) -> bool {
        use VarType::{I8, I16, I32, U8, U16};
        let Some((d, x)) = self.operand_node(n, 0) else {
            return false;
        };
        let node = *self.node(n);
        let (from, of) = (node.source_type(), x.ty);
        if x.op != Opcode::Load || !of.is_int() || of.is_gc() {
            return false;
        }
        if x.flags
            .intersects(NodeFlags::VOLATILE | NodeFlags::UNALIGNED)
        {
            return false;
        }
        let signed = matches!(of, I8 | I16);
        let (op, sub) = match node.op {
            // All that is read is kept, or cut off.
            _ if of.size() == from.size() && (from != VarType::I64 || node.op == Opcode::Trunc) => {
                (node.op, from)
            }
            Opcode::Trunc => return false,
            // The load has widened already: once more, from where it began.
            _ if of.size() < from.size() && matches!(from, I32 | I16 | U16) => match of {
                U8 | U16 => (Opcode::Zext, of),
                _ if signed && node.op == Opcode::Sext => (Opcode::Sext, of),
                _ => return false,
            },
            _ if narrow && of.size() > from.size() => (node.op, from),
            _ => return false,
        };
        if !self.try_contain(n, d) {
            return false;
        }
        let m = self.node_mut(n);
        m.op = op;
        m.sub = sub as u8;
        true
    }
}

impl Operand {
    /// The same operand with the last-use mark that `other` has.
    fn with_last_use_of(self, other: Operand) -> Operand {
        if self.as_local().is_some() {
            self.with_last_use(other.is_last_use())
        } else {
            self
        }
    }

    fn is_some_and_contained(self, cx: &LowerCx<'_>) -> bool {
        self.as_node().is_some_and(|d| cx.node(d).is_contained())
    }
}
