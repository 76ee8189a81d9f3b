//! Nodes whose value nobody reads, found while a block's references are recorded.
//!
//! Recording walks backwards with exact liveness at hand: when it comes to a node, everything that reads its value has been seen.
//! A definition of a local that is dead there, by a node without effects, goes together with its node, before anything of it is
//! recorded; what fed it goes in the same walk.

use super::interval::{NONE, RefKind};
use super::select::in_row;
use super::{DemandRow, Lsra, LsraError, RowDef};
use crate::ir::{BlockId, Body, Effects, LocalId, Node, NodeFlags, NodeId, Opcode, Operand};
use crate::types::VarType;

/// What a node has that must happen, read or not.
const NEEDED: Effects = Effects::THROWS
    .union(Effects::READS)
    .union(Effects::WRITES)
    .union(Effects::WRITES_LCL)
    .union(Effects::SAFE_POINT)
    .union(Effects::PINNED)
    .union(Effects::TERM);

impl Lsra {
    /// Does nobody read what node `n`, of row `row`, defines? `into` is the interval of the local that it goes to, if it does. All
    /// that stands behind `n` in its block is recorded.
    #[inline(always)]
    pub(super) fn is_unread(&self, n: NodeId, row: &DemandRow, into: u32) -> bool {
        if into == NONE {
            return row.def != RowDef::None && self.node_interval[n] == NONE;
        }
        match self
            .refs
            .get(self.intervals[into as usize].next_ref as usize)
        {
            Some(next) => next.kind == RefKind::Def,
            None => !in_row(&self.live_out, into),
        }
    }

    /// Takes node `n` of block `b` away, whose value nobody reads and which [may go](may_go), and the store behind it that takes
    /// its value (`stored`). Declines where too many locals end in the node.
    ///
    /// A local that is live at the block's begin because of this node alone still has to end in the block: the node stays as one
    /// that only reads it, without code.
    #[inline(never)]
    pub(super) fn take_away(
        &mut self,
        body: &mut Body,
        b: BlockId,
        n: NodeId,
        stored: bool,
        keep: &DemandRow,
    ) -> Result<bool, LsraError> {
        let opnds = body.nodes[n].opnd;
        let mut ends = [Operand::NONE; 2];
        let mut count = 0;
        for o in opnds {
            if o.as_local().is_some_and(|l| self.ends_with(b, l)) && !ends.contains(&o) {
                if count == 1 + stored as usize {
                    return Ok(false);
                }
                ends[count] = o;
                count += 1;
            }
        }
        for x in opnds.into_iter().filter_map(Operand::as_node) {
            let x = &mut body.nodes[x];
            x.user = NodeId::NONE;
            // Further results of a call are found by its first.
            if x.op != Opcode::Call {
                x.flags.insert(NodeFlags::UNUSED);
            }
        }
        if stored {
            let store = body.nodes[n].next;
            self.reduce(body, b, store, ends[1], keep)?;
        }
        self.reduce(body, b, n, ends[0], keep)?;
        Ok(true)
    }

    /// Makes node `n` one that only reads `o`, or nothing at all.
    fn reduce(
        &mut self,
        body: &mut Body,
        b: BlockId,
        n: NodeId,
        o: Operand,
        keep: &DemandRow,
    ) -> Result<(), LsraError> {
        if o.is_none() {
            body.remove(b, n);
            return Ok(());
        }
        let node = &mut body.nodes[n];
        let (prev, next) = (node.prev, node.next);
        *node = Node::new(Opcode::KeepAlive, VarType::Void);
        (node.prev, node.next) = (prev, next);
        node.opnd[0] = o;
        let node = &body.nodes[n];
        self.record_row(body, b, n, node, keep, NONE)
    }

    /// Would local `l`, live at the begin of block `b`, have no end there without the reference at hand?
    fn ends_with(&self, b: BlockId, l: LocalId) -> bool {
        let iv = self.local_interval[l];
        if iv as usize >= self.live.columns.len() || !self.live.is_live_in(b, iv) {
            return false;
        }
        match self.refs.get(self.intervals[iv as usize].next_ref as usize) {
            Some(next) => next.kind == RefKind::Def,
            // Round a loop it lives because of this node alone: the collector is told of nothing dead.
            None => !in_row(&self.live_out, iv) || self.intervals[iv as usize].ty.is_gc(),
        }
    }
}

/// May `node`, whose value nobody reads, go? One that stands for contained nodes stays.
pub(super) fn may_go(body: &Body, node: &Node) -> bool {
    let alone = |o: &Operand| o.as_node().is_none_or(|x| !body.nodes[x].is_contained());
    !node.op.effects().intersects(NEEDED) && node.opnd.iter().all(alone)
}
