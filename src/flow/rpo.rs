//! The flow graph as vectors: reverse postorder and predecessor lists.
//!
//! Roots are the entry block, the handlers' and filters' first blocks and every block flagged [`BlockFlags::ENTRY`]; what no
//! root reaches has no place in the order. The walk keeps its own stack, so deep graphs cost memory and not machine stack.
//! Linear in blocks and edges. All memory is reused from method to method.

use crate::ir::{Block, BlockFlags, BlockId, Body, SwitchId};
use crate::util::IndexVec;

/// Reverse postorder and predecessors of the reachable blocks.
#[derive(Default, Debug)]
pub struct FlowGraph {
    /// Reachable blocks in reverse postorder; the entry is first.
    pub rpo: Vec<BlockId>,
    /// Place of each block in `rpo`; `u32::MAX` for unreachable ones.
    pub rpo_index: IndexVec<BlockId, u32>,
    /// Blocks that control enters from outside the graph (the entry, handlers, filters, [`BlockFlags::ENTRY`]).
    pub is_root: IndexVec<BlockId, bool>,
    pred_start: IndexVec<BlockId, u32>,
    preds: Vec<BlockId>,
    /// Blocks on the way from the root, each with its successors: the two of a block, which are none once walked, or a switch
    /// ([`SWITCH`]) and how many of its targets are still to be walked.
    stack: Vec<(BlockId, BlockId, u32)>,
}

/// In the place of a first successor: the block ends in a switch.
const SWITCH: BlockId = BlockId(u32::MAX - 1);

/// Number of successor positions of a block (equal successors counted each time).
#[inline]
fn succ_count(body: &Body, block: &Block) -> u32 {
    if body.ends_in_switch(block) {
        return body.targets(SwitchId(body.nodes[block.last].aux)).len() as u32;
    }
    2
}

/// Successor at position `i`, or none.
#[inline]
fn succ_at(body: &Body, block: &Block, i: u32) -> BlockId {
    if body.ends_in_switch(block) {
        return body.targets(SwitchId(body.nodes[block.last].aux))[i as usize];
    }
    block.succ[i as usize]
}

/// The successors of `b`, equal ones each time.
#[inline(always)]
fn for_each_succ(body: &Body, b: BlockId, mut f: impl FnMut(BlockId)) {
    let block = &body.blocks[b];
    let succ: &[BlockId] = if body.ends_in_switch(block) {
        body.targets(SwitchId(body.nodes[block.last].aux))
    } else {
        &block.succ
    };
    for &s in succ {
        if s.is_some() {
            f(s);
        }
    }
}

impl FlowGraph {
    /// Computes everything for `body`. Needs terminators and successors; keeps the body.
    pub fn compute(&mut self, body: &Body) {
        let n = body.blocks.len();
        self.rpo.clear();
        self.rpo_index.clear();
        self.rpo_index.resize(n, u32::MAX);
        self.is_root.clear();
        self.is_root.resize(n, false);
        if n == 0 {
            return;
        }
        for c in body.clauses.iter() {
            for e in [c.handler_entry, c.filter_entry] {
                if e.is_some() {
                    self.is_root[e] = true;
                }
            }
        }
        for b in body.blocks.ids() {
            if body.blocks[b].flags.contains(BlockFlags::ENTRY) {
                self.is_root[b] = true;
            }
        }
        self.is_root[BlockId(0)] = true;
        // The last root walked comes first in reverse postorder, so the entry is walked last.
        for i in (0..n as u32).rev() {
            if self.is_root[BlockId(i)] {
                self.walk(body, BlockId(i));
            }
        }
        self.rpo.reverse();
        for (i, &b) in self.rpo.iter().enumerate() {
            self.rpo_index[b] = i as u32;
        }
        self.link_preds(body);
    }

    fn walk(&mut self, body: &Body, root: BlockId) {
        if self.rpo_index[root] != u32::MAX {
            return;
        }
        self.push(body, root);
        while let Some((b, first, second)) = self.stack.last_mut() {
            let b = *b;
            // Later successors are walked first, so that earlier ones stand nearer in the order.
            let s = if *first == SWITCH {
                if *second == 0 {
                    BlockId::NONE
                } else {
                    *second -= 1;
                    succ_at(body, &body.blocks[b], *second)
                }
            } else if *second != BlockId::NONE.0 {
                BlockId(std::mem::replace(second, BlockId::NONE.0))
            } else {
                std::mem::replace(first, BlockId::NONE)
            };
            if s.is_none() {
                self.rpo.push(b);
                self.stack.pop();
            } else if self.rpo_index[s] == u32::MAX {
                self.push(body, s);
            }
        }
    }

    /// The walk reaches `b` for the first time.
    #[inline]
    fn push(&mut self, body: &Body, b: BlockId) {
        self.rpo_index[b] = 0;
        let block = &body.blocks[b];
        let [first, second] = block.succ;
        if body.ends_in_switch(block) {
            self.stack.push((b, SWITCH, succ_count(body, block)));
        } else {
            self.stack.push((b, first, second.0));
        }
    }

    fn link_preds(&mut self, body: &Body) {
        let n = body.blocks.len();
        self.pred_start.clear();
        self.pred_start.resize(n + 1, 0);
        for &b in &self.rpo {
            for_each_succ(body, b, |s| self.pred_start[s] += 1);
        }
        let mut sum = 0;
        for c in self.pred_start.iter_mut() {
            sum += *c;
            *c = sum;
        }
        self.preds.clear();
        self.preds.resize(sum as usize, BlockId::NONE);
        for &b in self.rpo.iter().rev() {
            for_each_succ(body, b, |s| {
                self.pred_start[s] -= 1;
                self.preds[self.pred_start[s] as usize] = b;
            });
        }
    }

    /// Predecessors of a block, one entry an edge, in reverse postorder.
    #[inline]
    pub fn preds(&self, b: BlockId) -> &[BlockId] {
        let s = self.pred_start[b] as usize;
        let e = self.pred_start[BlockId(b.0 + 1)] as usize;
        &self.preds[s..e]
    }

    /// Bytes held.
    pub fn capacity_bytes(&self) -> usize {
        (self.rpo.capacity() + self.preds.capacity()) * 4
            + self.rpo_index.capacity_bytes()
            + self.is_root.capacity_bytes()
            + self.pred_start.capacity_bytes()
            + self.stack.capacity() * 12
    }

    /// Does some root reach it?
    #[inline]
    pub fn is_reachable(&self, b: BlockId) -> bool {
        self.rpo_index[b] != u32::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Node, Opcode};
    use crate::types::VarType;

    fn graph(edges: &[(u32, u32, u32)]) -> Body {
        let mut body = Body::default();
        for &(_, t, f) in edges {
            let b = body.blocks.push(Block::new());
            let op = if f == u32::MAX {
                Opcode::Jump
            } else {
                Opcode::Branch
            };
            let op = if t == u32::MAX { Opcode::Ret } else { op };
            body.append(b, Node::new(op, VarType::Void));
            body.blocks[b].succ = [BlockId(t), BlockId(f)];
        }
        body
    }

    #[test]
    fn order_and_predecessors() {
        const X: u32 = u32::MAX;
        // 0 → 1; 1 → 2 | 3; 2 → 1; 3 returns; 4 is unreachable.
        let body = graph(&[(0, 1, X), (1, 2, 3), (2, 1, X), (3, X, X), (4, 3, X)]);
        let mut g = FlowGraph::default();
        g.compute(&body);
        assert_eq!(g.rpo[0], BlockId(0));
        assert_eq!(g.rpo.len(), 4);
        assert!(!g.is_reachable(BlockId(4)));
        assert_eq!(g.preds(BlockId(1)), [BlockId(0), BlockId(2)]);
        assert_eq!(g.preds(BlockId(3)), [BlockId(1)]);
        assert!(g.rpo_index[BlockId(1)] < g.rpo_index[BlockId(2)]);
    }
}
