//! Dead code: values nobody uses, stores to locals nobody reads.
//!
//! Blocks are walked backwards so that what fed a removed node goes in the same walk. Only nodes without effects go; a load
//! that may fault stays for its fault.

use crate::ir::{BlockId, Body, CallId, Effects, LocalId, NodeFlags, NodeId, Opcode};
use crate::util::IndexVec;

/// The pass's memory.
#[derive(Default)]
pub struct DeadCode {
    reads: IndexVec<LocalId, u32>,
}

impl DeadCode {
    /// Removes dead nodes.
    pub fn run(&mut self, body: &mut Body) {
        self.count_reads(body);
        for b in body.blocks.ids() {
            let mut n = body.blocks[b].last;
            while n.is_some() {
                let prev = body.nodes[n].prev;
                if self.is_dead(body, n) {
                    self.remove(body, b, n);
                }
                n = prev;
            }
        }
    }

    fn count_reads(&mut self, body: &Body) {
        self.reads.clear();
        self.reads.resize(body.locals.len(), 0);
        for b in body.blocks.ids() {
            let mut n = body.blocks[b].first;
            while n.is_some() {
                let node = &body.nodes[n];
                for o in node.opnd {
                    if let Some(l) = o.as_local() {
                        self.reads[l] += 1;
                    }
                }
                match node.op {
                    Opcode::LclFld | Opcode::LclAddr | Opcode::StoreLclFld => {
                        self.reads[LocalId(node.aux)] += 1
                    }
                    Opcode::Call | Opcode::TailCall => {
                        for a in body.args(CallId(node.aux)) {
                            if let Some(l) = a.opnd.as_local() {
                                self.reads[l] += 1;
                            }
                        }
                    }
                    _ => {}
                }
                n = node.next;
            }
        }
    }

    fn is_dead(&self, body: &Body, n: NodeId) -> bool {
        let node = &body.nodes[n];
        match node.op {
            Opcode::StoreLcl => {
                let l = LocalId(node.aux);
                self.reads[l] == 0 && body.locals[l].is_reg_candidate()
            }
            op => {
                let effects = Effects::THROWS
                    | Effects::READS
                    | Effects::WRITES
                    | Effects::WRITES_LCL
                    | Effects::SAFE_POINT
                    | Effects::PINNED
                    | Effects::TERM;
                (node.user.is_none() || node.flags.contains(NodeFlags::UNUSED))
                    && op.info().result != crate::ir::ResultKind::None
                    && !op.effects().intersects(effects)
            }
        }
    }

    fn remove(&mut self, body: &mut Body, b: BlockId, n: NodeId) {
        for o in body.nodes[n].opnd {
            if let Some(d) = o.as_node() {
                body.nodes[d].user = NodeId::NONE;
                body.nodes[d].flags.insert(NodeFlags::UNUSED);
            } else if let Some(l) = o.as_local() {
                self.reads[l] -= 1;
            }
        }
        body.remove(b, n);
    }
}
