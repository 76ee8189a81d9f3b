//! Dead code: values nobody uses, stores to locals nobody reads.
//!
//! Blocks are walked backwards so that what fed a removed node goes in the same walk. Only nodes without effects go; a load
//! that may fault stays for its fault.

use super::fold::LocalUse;
use crate::ir::{BlockId, Body, Effects, LocalId, NodeFlags, NodeId, Opcode};
use crate::util::IndexVec;

/// The pass.
pub struct DeadCode<'a> {
    /// How often each local is read.
    pub locals: &'a mut IndexVec<LocalId, LocalUse>,
}

impl DeadCode<'_> {
    /// Removes dead nodes.
    pub fn run(&mut self, body: &mut Body) {
        for b in body.blocks.ids() {
            let mut n = body.blocks[b].last;
            while n.is_some() {
                let node = &body.nodes[n];
                let prev = node.prev;
                let used = node.user.is_some() && !node.flags.contains(NodeFlags::UNUSED);
                if !used && self.is_dead(body, n) {
                    self.remove(body, b, n);
                }
                n = prev;
            }
        }
    }

    /// May `n`, whose value nobody uses, go?
    fn is_dead(&self, body: &Body, n: NodeId) -> bool {
        let node = &body.nodes[n];
        match node.op {
            Opcode::StoreLcl => {
                let l = LocalId(node.aux);
                self.locals[l].reads == 0 && body.locals[l].is_reg_candidate()
            }
            op => {
                let effects = Effects::THROWS
                    | Effects::READS
                    | Effects::WRITES
                    | Effects::WRITES_LCL
                    | Effects::SAFE_POINT
                    | Effects::PINNED
                    | Effects::TERM;
                op.info().result != crate::ir::ResultKind::None && !op.effects().intersects(effects)
            }
        }
    }

    fn remove(&mut self, body: &mut Body, b: BlockId, n: NodeId) {
        for o in body.nodes[n].opnd {
            if let Some(d) = o.as_node() {
                body.nodes[d].user = NodeId::NONE;
                body.nodes[d].flags.insert(NodeFlags::UNUSED);
            } else if let Some(l) = o.as_local() {
                self.locals[l].reads -= 1;
            }
        }
        body.remove(b, n);
    }
}
