//! Vector nodes: what is the same on every machine, and operations that a machine does lane by lane.

use super::{Lower, LowerCx};
use crate::ir::vector::{lanes, operand_element};
use crate::ir::{Bail, Local, LocalFlags, Node, NodeId, Opcode, Operand, VecOp};
use crate::types::VarType;

impl LowerCx<'_> {
    /// Declines vectors of a size that this machine, or this compiler for it, has no registers for.
    #[cold]
    pub fn check_vector<L: Lower>(&self, ty: VarType, n: NodeId) -> Result<(), Bail> {
        match L::declines_vector(self, ty) {
            None => Ok(()),
            Some(what) => Err(Bail::Unsupported { what, node: n }),
        }
    }

    /// The operands of a vector node in registers; the count of a shift may stay a constant.
    pub fn lower_vector<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let node = *self.node(n);
        if matches!(node.op, Opcode::VecExtract | Opcode::VecMask) {
            let ty = self.body.operand_type(n, 0);
            return self.check_vector::<L>(ty, n);
        }
        let count = if node.op == Opcode::VecShift { 1 } else { 3 };
        (0..count).for_each(|k| self.materialize(n, k));
        Ok(())
    }

    /// Does `n` as `op` on each lane: lanes are taken out of the operands, the results put together again.
    pub fn lower_lane_by_lane<L: Lower>(&mut self, n: NodeId, op: Opcode) -> Result<(), Bail> {
        let node = *self.node(n);
        let vec_op = VecOp::from_number(node.aux);
        let e = node.source_type();
        let from = vec_op.map_or(e, |o| operand_element(o, e));
        let count = node.op.info().operands.len();
        let mut sources = [Operand::NONE; 3];
        for (k, source) in sources.iter_mut().enumerate().take(count) {
            *source = self.vector_to_keep::<L>(n, k)?;
        }
        let lanes = lanes(node.ty, e);
        let mut sum = Operand::NONE;
        for i in 0..lanes {
            let mut scalar = Node::new(op, e.actual());
            scalar.sub = from as u8;
            for (k, &source) in sources.iter().enumerate().take(count) {
                let mut x = Node::new(Opcode::VecExtract, from.actual());
                x.sub = from as u8;
                x.aux = i;
                x.opnd[0] = source;
                scalar.opnd[k] = Operand::node(self.insert_before(n, x));
            }
            if op == Opcode::Fma {
                scalar.sub = 0;
            }
            // What nobody uses would be lowered as such.
            scalar.user = n;
            let scalar = self.insert_before(n, scalar);
            L::lower_node(self, scalar)?;
            let mut put = Node::new(Opcode::VecInsert, node.ty);
            put.sub = e as u8;
            put.aux = i;
            put.opnd = [sum, Operand::node(scalar), Operand::NONE];
            if i == 0 {
                put.op = Opcode::VecSplat;
                put.opnd = [Operand::node(scalar), Operand::NONE, Operand::NONE];
            }
            if i + 1 < lanes {
                sum = Operand::node(self.insert_before(n, put));
                continue;
            }
            self.body.nodes[scalar].user = n;
            if let Some(d) = sum.as_node() {
                self.body.nodes[d].user = n;
            }
            let m = self.node_mut(n);
            (m.op, m.sub, m.aux, m.opnd) = (put.op, put.sub, put.aux, put.opnd);
        }
        Ok(())
    }

    /// Vector operand `k` of `n` as a local that can be read several times.
    fn vector_to_keep<L: Lower>(&mut self, n: NodeId, k: usize) -> Result<Operand, Bail> {
        let o = self.node(n).opnd[k];
        // MinOpts has counted the reads of the method's own locals.
        if self.full && o.as_local().is_some() {
            return Ok(o);
        }
        let ty = self.node(n).ty;
        let mut l = Local::new(ty);
        l.flags = LocalFlags::TEMP;
        let local = self.body.locals.push(l);
        let mut store = Node::new(Opcode::StoreLcl, ty);
        store.aux = local.0;
        store.opnd[0] = o;
        let store = self.insert_before(n, store);
        L::lower_node(self, store)?;
        Ok(Operand::local(local))
    }
}
