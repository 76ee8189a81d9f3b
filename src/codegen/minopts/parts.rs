//! Large methods: blocks are lowered and generated in parts, and what lowering has made for one is dropped when it is generated.
//!
//! Lowering turns a call into a node for each argument, and some machines have a node for each constant. In a method of a hundred
//! thousand calls those nodes, and the tables by node that go with them, would be most of the memory of the compile, though each is
//! read once, at once. A part ends where no node's value is used further on, as a block does; registers are not forgotten
//! there, so the code is what it would be without parts.
//!
//! Where no phase before has changed the input, its nodes are not even copied as a whole: each part is copied by itself, with
//! numbers from 0, and the body never holds more than one.

use super::locals::LastUses;
use super::{Gen, GenCx, MinOpts};
use crate::ir::{AuxKind, Bail, BlockId, Body, CallId, Node, NodeFlags, NodeId, Opcode, Operand};
use crate::lsra::{HELD, NodeDemand};
use std::ops::RangeInclusive;

/// Nodes and arguments of a method from which on it is compiled in parts.
pub const LARGE: usize = 1 << 16;

/// Nodes and arguments of a part, about.
const PART: u32 = 4096;

/// What a method compiled in parts needs beyond its own nodes.
pub const ROOM: usize = 8 * PART as usize;

/// Is a method compiled in parts, and of what?
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Parts {
    /// It is not: small, or somebody looks at the body afterwards.
    None,
    /// Of the body, which is spoilt.
    OfBody,
    /// Of the input, whose blocks are ranges of nodes ([`Body::blocks_are_ranges`]); the body has none.
    OfInput,
}

/// A part that stands alone in its block while it is lowered and generated.
struct Part {
    /// Of the input: the number of its first node there, and how many were copied.
    base: u32,
    copied: u32,
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
            base: 0,
            copied: 0,
            rest,
            last,
            count,
            nodes: body.nodes.len(),
            calls: body.calls.len(),
            call_args: body.call_args.len(),
        }
    }

    /// Copies what begins with node `first` of block `b` of the input.
    fn copy(cx: &mut GenCx<'_>, last_uses: &LastUses, b: BlockId, first: NodeId) -> Part {
        let method = cx.method;
        let (body, input) = (&mut *cx.body, &method.body);
        body.clear_nodes();
        let mut part = Part {
            base: 0,
            copied: 0,
            rest: NodeId::NONE,
            last: NodeId::NONE,
            count: 0,
            nodes: 0,
            calls: 0,
            call_args: 0,
        };
        if first.is_none() {
            return part;
        }
        let last = input.blocks[b].last;
        let (end, count) = end_in_input(input, first, last);
        if end != last {
            part.rest = NodeId(end.0 + 1);
        }
        (part.base, part.copied, part.count) = (first.0, end.0 + 1 - first.0, count);
        let ids = first.0 as usize..=end.0 as usize;
        copy_nodes(body, input, last_uses, ids.clone());
        if let Some(il) = input.node_il.get(ids) {
            body.node_il.extend_from_slice(il);
        }
        let nodes = body.nodes.raw();
        let end = NodeId(nodes.len() as u32 - 1);
        nodes[0].prev = NodeId::NONE;
        nodes[end.0 as usize].next = NodeId::NONE;
        (body.blocks[b].first, body.blocks[b].last) = (NodeId(0), end);
        part
    }

    /// What went wrong, with the input's number of the node.
    fn in_input(&self, mut why: Bail, input: &Body) -> Bail {
        if let Bail::Unsupported { node, .. } = &mut why
            && self.copied != 0
        {
            let made = input.nodes.len() as u32;
            node.0 += if node.0 < self.copied {
                self.base
            } else {
                made
            };
        }
        why
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

/// As [`end_of_part`], of the input, whose nodes have ascending numbers; the block's last node if all that is left is a part.
fn end_in_input(input: &Body, first: NodeId, last: NodeId) -> (NodeId, u32) {
    let mut count = 0;
    // The last user of what is made so far.
    let mut user = 0;
    for id in first.0..last.0.saturating_sub(1) {
        let node = &input.nodes[NodeId(id)];
        count += 1;
        if node.op == Opcode::Call {
            count += input.calls[CallId(node.aux)].num_args;
        }
        if node.user.is_some() {
            user = user.max(node.user.0);
        }
        if count >= PART && user <= id && !HELD.contains(node.op) {
            return (NodeId(id), count);
        }
    }
    (last, count + 2)
}

/// Copies a range of nodes that use no others' values, with their calls.
fn copy_nodes(body: &mut Body, input: &Body, last_uses: &LastUses, ids: RangeInclusive<usize>) {
    let base = *ids.start() as u32;
    let moved = |n: NodeId| if n.is_some() { NodeId(n.0 - base) } else { n };
    let operand = |o: Operand, last: bool| match o.as_node() {
        Some(n) => Operand::node(moved(n)),
        None if last => o.with_last_use(true),
        None => o,
    };
    let nodes = &input.nodes.as_slice()[ids.clone()];
    for (from, &last) in nodes.iter().zip(&last_uses.nodes[ids]) {
        let bits = [1, 2, 4].map(|bit| last & bit != 0);
        let [a, b, c] = from.opnd;
        let mut node = Node {
            opnd: [
                operand(a, bits[0]),
                operand(b, bits[1]),
                operand(c, bits[2]),
            ],
            user: moved(from.user),
            prev: moved(NodeId(from.prev.0.max(base))),
            next: moved(from.next),
            ..*from
        };
        if node.op.info().aux == AuxKind::Call {
            let mut call = input.calls[CallId(node.aux)];
            let args = call.first_arg as usize..(call.first_arg + call.num_args) as usize;
            call.first_arg = body.call_args.len() as u32;
            for (arg, &last) in input.call_args[args.clone()]
                .iter()
                .zip(&last_uses.args[args])
            {
                let mut arg = *arg;
                arg.opnd = operand(arg.opnd, last);
                body.call_args.push(arg);
            }
            node.aux = body.calls.push(call).0;
        }
        body.nodes.push(node);
    }
}

impl MinOpts {
    /// The first part of what is left of block `b`: `next` is its first node in the input, or that of the body is known.
    fn part(&mut self, cx: &mut GenCx<'_>, parts: Parts, b: BlockId, next: NodeId) -> Part {
        match parts {
            Parts::OfInput => Part::copy(cx, &self.last_uses, b, next),
            _ => Part::open(cx.body, b),
        }
    }

    /// As [`MinOpts::run`], part by part. Spoils the body.
    pub(super) fn run_in_parts<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        parts: Parts,
    ) -> Result<(), Bail> {
        let mut demand = NodeDemand::default();
        let entry = cx.st.order.first().copied().unwrap_or(BlockId(0));
        let method = cx.method;
        let input = &method.body;
        // Phases before may have added blocks to the body.
        let first_of = |b: BlockId| {
            input
                .blocks
                .get(b)
                .map_or(NodeId::NONE, |block| block.first)
        };
        let mut part = self.part(cx, parts, entry, first_of(entry));
        self.lower::<G>(cx, entry, true)
            .map_err(|e| part.in_input(e, input))?;
        let mut prev = BlockId::NONE;
        for i in 0..cx.st.order.len() {
            let b = cx.st.order[i];
            cx.next_block = cx.st.order.get(i + 1).copied().unwrap_or(BlockId::NONE);
            cx.cross_boundary::<G>(prev, b)?;
            if i != 0 {
                part = self.part(cx, parts, b, first_of(b));
                self.lower::<G>(cx, b, false)
                    .map_err(|e| part.in_input(e, input))?;
            }
            self.begin_block(cx, b);
            loop {
                cx.set_descs_aside();
                self.nodes::<G>(cx, b, &mut demand)
                    .map_err(|e| part.in_input(e, input))?;
                part.close(cx, b);
                self.places.raw().truncate(part.nodes);
                if part.rest.is_none() {
                    break;
                }
                part = self.part(cx, parts, b, part.rest);
                self.lower::<G>(cx, b, false)
                    .map_err(|e| part.in_input(e, input))?;
            }
            self.forget_all(cx);
            prev = b;
        }
        cx.next_block = BlockId::NONE;
        cx.cross_boundary::<G>(prev, BlockId::NONE)
    }
}
