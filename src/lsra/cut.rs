//! Long blocks are cut, so that the reference positions of a block stay few.
//!
//! Reference positions exist for one block at a time; a method may be one block of a million nodes. A block is cut where no node's
//! value is used further on: behind the cut only locals live, and those cross blocks anyway. Where the parts are generated one
//! behind the other the cut costs no instruction.

use crate::ir::{Block, BlockFlags, BlockId, Body, Node, NodeFlags, NodeId, Opcode, OpcodeSet};
use crate::types::VarType;

/// Nodes of a block, at about which it is cut: hundreds of times the usual block, and reference positions of two megabytes. Cutting
/// earlier saves little memory, and a local that crosses a cut is spilled with less foresight.
const LONG: u32 = 16384;

/// No block is cut behind these: they stand at a block's begin, or belong to the call that follows.
pub const HELD: OpcodeSet = OpcodeSet::of(&[
    Opcode::ParamReg,
    Opcode::ParamStack,
    Opcode::CatchArg,
    Opcode::PutArgReg,
    Opcode::PutArgStk,
    Opcode::PutArgIn,
    Opcode::AlignSp,
]);

/// Cuts the blocks of `body` that are longer than [`LONG`] nodes. Keeps: nodes and their order.
pub(super) fn cut_long_blocks(body: &mut Body) {
    if body.nodes.len() <= LONG as usize {
        return;
    }
    for b in body.blocks.ids() {
        // The continuation of a call of a finally stands right behind its block.
        let last = body.blocks[b].last;
        if last.is_some() && body.nodes[last].op != Opcode::CallFinally {
            cut_block(body, b);
        }
    }
}

fn cut_block(body: &mut Body, mut b: BlockId) {
    let mut count = 0;
    // Nodes further on that use a value made so far: each has its mark until it is reached.
    let mut open = 0;
    let mut n = body.blocks[b].first;
    while n.is_some() {
        let node = &mut body.nodes[n];
        let (op, user, next) = (node.op, node.user, node.next);
        if node.flags.contains(NodeFlags::MARK) {
            node.flags.remove(NodeFlags::MARK);
            open -= 1;
        }
        if user.is_some() && !body.nodes[user].flags.contains(NodeFlags::MARK) {
            body.nodes[user].flags.insert(NodeFlags::MARK);
            open += 1;
        }
        count += 1;
        let whole = open == 0 && !HELD.contains(op);
        if count >= LONG
            && whole
            && next.is_some()
            && body.nodes[next].op != Opcode::Result
            && next != body.blocks[b].last
        {
            b = cut_behind(body, b, n);
            count = 0;
        }
        n = next;
    }
}

/// Block `b` ends behind `n` with a jump to a new block, the answer, which has the rest.
fn cut_behind(body: &mut Body, b: BlockId, n: NodeId) -> BlockId {
    let next = body.nodes[n].next;
    let old = &mut body.blocks[b];
    let mut rest = Block::new();
    rest.first = next;
    rest.last = old.last;
    rest.succ = old.succ;
    rest.region = old.region;
    rest.weight = old.weight;
    rest.flags = old.flags & BlockFlags::COLD;
    old.last = n;
    body.nodes[n].next = NodeId::NONE;
    body.nodes[next].prev = NodeId::NONE;
    let rest = body.blocks.push(rest);
    body.blocks[b].succ = [rest, BlockId::NONE];
    body.append(b, Node::new(Opcode::Jump, VarType::Void));
    if !body.node_il.is_empty() {
        let il = body.node_il[n.0 as usize];
        body.node_il.push(il);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Local, Operand};

    /// Statements of three nodes each: values are open between them.
    fn long_block(statements: usize) -> Body {
        let mut body = Body::default();
        body.blocks.push(Block::new());
        let l = body.locals.push(Local::new(VarType::I64));
        let b = BlockId(0);
        let node = |body: &mut Body, op, opnd0, opnd1| {
            let mut node = Node::new(op, VarType::I64);
            node.opnd = [opnd0, opnd1, Operand::NONE];
            node.aux = l.0;
            body.append(b, node)
        };
        for _ in 0..statements {
            let x = node(&mut body, Opcode::Add, Operand::local(l), Operand::local(l));
            let y = node(&mut body, Opcode::Neg, Operand::node(x), Operand::NONE);
            node(&mut body, Opcode::StoreLcl, Operand::node(y), Operand::NONE);
        }
        body.append(b, Node::new(Opcode::Unreachable, VarType::Void));
        body
    }

    #[test]
    fn parts_are_closed_and_in_order() {
        let statements = LONG as usize;
        let mut body = long_block(statements);
        cut_long_blocks(&mut body);
        assert_eq!(body.blocks.len(), 3);
        let mut seen = 0;
        let mut b = BlockId(0);
        while b.is_some() {
            let nodes: Vec<NodeId> = body.block_nodes(b).collect();
            assert!(nodes.len() <= LONG as usize + 3);
            assert_eq!(nodes.last().copied(), Some(body.blocks[b].last));
            for &n in &nodes {
                let node = &body.nodes[n];
                assert!(!node.flags.contains(NodeFlags::MARK));
                if let Some(x) = node.opnd[0].as_node() {
                    assert!(nodes[0] <= x, "{n} uses {x} of another part");
                }
                if node.op != Opcode::Jump {
                    assert_eq!(n, NodeId(seen));
                    seen += 1;
                }
            }
            b = body.blocks[b].succ[0];
        }
        assert_eq!(seen as usize, 3 * statements + 1);
    }

    #[test]
    fn usual_blocks_stay() {
        let mut body = long_block(LONG as usize / 3 - 1);
        cut_long_blocks(&mut body);
        assert_eq!(body.blocks.len(), 1);
    }
}
