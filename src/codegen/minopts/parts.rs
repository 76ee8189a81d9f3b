//! Large methods: blocks are lowered and generated in parts, and what lowering has made for one is dropped when it is generated.
//!
//! Lowering turns a call into a node for each argument, and some machines have a node for each constant. In a method of a hundred
//! thousand calls those nodes, and the tables by node that go with them, would be most of the memory of the compile, though each is
//! read once, at once. A part ends where no node's value is used further on, as a block does; registers are not forgotten
//! there, so the code is what it would be without parts.

use super::{Gen, GenCx, MinOpts};
use crate::ir::{Bail, BlockId, Body, NodeFlags, NodeId, Opcode};
use crate::lsra::{HELD, NodeDemand};

/// Nodes and arguments of a method from which on it is compiled in parts.
pub const LARGE: usize = 1 << 16;

/// Nodes and arguments of a part, about.
const PART: u32 = 4096;

/// What a method compiled in parts needs beyond its own nodes.
pub const ROOM: usize = 8 * PART as usize;

/// A part that stands alone in its block while it is lowered and generated.
struct Part {
    /// What stands behind it.
    rest: NodeId,
    /// The block's last node.
    last: NodeId,
    /// Its nodes and their arguments.
    count: u32,
    /// Sizes of the body's tables before.
    nodes: usize,
    calls: usize,
    call_args: usize,
}

impl Part {
    /// Takes the first part of what is left of block `b`.
    fn open(body: &mut Body, b: BlockId) -> Part {
        let block = &body.blocks[b];
        let (first, last) = (block.first, block.last);
        let (end, count) = end_of_part(body, first, last);
        let mut rest = NodeId::NONE;
        if end.is_some() {
            rest = std::mem::replace(&mut body.nodes[end].next, NodeId::NONE);
            body.nodes[rest].prev = NodeId::NONE;
            body.blocks[b].last = end;
        }
        Part {
            rest,
            last,
            count,
            nodes: body.nodes.len(),
            calls: body.calls.len(),
            call_args: body.call_args.len(),
        }
    }

    /// Drops the part, which is generated, and all that was made for it.
    fn close(&self, cx: &mut GenCx<'_>, b: BlockId) {
        let body = &mut *cx.body;
        let block = &mut body.blocks[b];
        block.first = self.rest;
        block.last = if self.rest.is_some() {
            self.last
        } else {
            NodeId::NONE
        };
        body.nodes.raw().truncate(self.nodes);
        if !body.node_il.is_empty() {
            body.node_il.truncate(self.nodes);
        }
        body.calls.raw().truncate(self.calls);
        body.call_args.truncate(self.call_args);
        cx.st.regs.raw().truncate(self.nodes);
    }
}

/// The last node of a part that begins with `n`, none if all that is left is one, and how many nodes and arguments the part has.
fn end_of_part(body: &mut Body, mut n: NodeId, last: NodeId) -> (NodeId, u32) {
    let mut count = 0;
    // Nodes further on that use a value made so far: each has its mark until it is reached.
    let mut open = 0;
    while n.is_some() {
        let node = &mut body.nodes[n];
        let (op, user, next) = (node.op, node.user, node.next);
        if node.flags.contains(NodeFlags::MARK) {
            node.flags.remove(NodeFlags::MARK);
            open -= 1;
        }
        count += 1;
        if op == Opcode::Call {
            let call = crate::ir::CallId(node.aux);
            count += body.calls[call].num_args;
        }
        if user.is_some() && !body.nodes[user].flags.contains(NodeFlags::MARK) {
            body.nodes[user].flags.insert(NodeFlags::MARK);
            open += 1;
        }
        let whole = open == 0 && !HELD.contains(op);
        if count >= PART && whole && next.is_some() && next != last {
            return (n, count);
        }
        n = next;
    }
    (NodeId::NONE, count)
}

impl MinOpts {
    /// As [`MinOpts::run`], part by part. Spoils the body.
    pub(super) fn run_in_parts<G: Gen>(&mut self, cx: &mut GenCx<'_>) -> Result<(), Bail> {
        let mut demand = NodeDemand::default();
        let entry = cx.st.order.first().copied().unwrap_or(BlockId(0));
        let all = cx.body.nodes.len() + cx.body.call_args.len();
        let mut done = 0;
        let mut part = Part::open(cx.body, entry);
        self.lower::<G>(cx, entry, true)?;
        let mut prev = BlockId::NONE;
        for i in 0..cx.st.order.len() {
            let b = cx.st.order[i];
            cx.next_block = cx.st.order.get(i + 1).copied().unwrap_or(BlockId::NONE);
            cx.cross_boundary::<G>(prev, b)?;
            if i != 0 {
                part = Part::open(cx.body, b);
                self.lower::<G>(cx, b, false)?;
            }
            self.begin_block(cx, b);
            loop {
                cx.em.foresee(done, all);
                self.nodes::<G>(cx, b, &mut demand)?;
                part.close(cx, b);
                self.places.raw().truncate(part.nodes);
                done += part.count as usize;
                if part.rest.is_none() {
                    break;
                }
                part = Part::open(cx.body, b);
                self.lower::<G>(cx, b, false)?;
            }
            self.forget_all(cx);
            prev = b;
        }
        cx.next_block = BlockId::NONE;
        cx.cross_boundary::<G>(prev, BlockId::NONE)
    }
}
