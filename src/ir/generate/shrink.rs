//! Making a failing program small.
//!
//! Greedy: a change is kept if the program still fails. Changes: leave out methods, turn branches into jumps, leave out
//! nodes (their uses become a constant) in runs of falling length, turn operands into constants. What remains of unreachable
//! blocks is left out at the end. The predicate must refuse malformed programs itself (the interpreter's
//! [`Error::Malformed`](crate::ir::interp::Error::Malformed) says so), for a change may leave a local without a store before
//! its use: the predicate should also be one that such a program does not pass by chance.

use crate::ir::{BlockId, Method, NodeId, Opcode, Operand};
use crate::types::VarType;
use crate::util::IndexVec;

/// The smallest program found that still makes `fails` true; `methods` itself must. At most `tries` calls of `fails`.
pub fn shrink(
    methods: &[Method],
    mut tries: u32,
    mut fails: impl FnMut(&[Method]) -> bool,
) -> Vec<Method> {
    let mut best = methods.to_vec();
    let mut keep = |best: &mut Vec<Method>, next: Vec<Method>| {
        if tries == 0 || next == *best {
            return false;
        }
        tries -= 1;
        let still = fails(&next);
        if still {
            *best = next;
        }
        still
    };
    loop {
        let before = best.clone();
        for i in (0..best.len()).rev() {
            let mut next = best.clone();
            next.remove(i);
            if !next.is_empty() {
                keep(&mut best, next);
            }
        }
        for i in 0..best.len() {
            for b in best[i].body.blocks.ids() {
                for to in branch_targets(&best[i], b) {
                    let mut next = best.clone();
                    make_jump(&mut next[i], b, to);
                    if keep(&mut best, next) {
                        break;
                    }
                }
            }
            let mut run = best[i].body.nodes.len().next_power_of_two();
            while run > 0 {
                let mut at = 0;
                while at < best[i].body.nodes.len() {
                    let mut next = best.clone();
                    for n in at..(at + run).min(next[i].body.nodes.len()) {
                        leave_out(&mut next[i], NodeId(n as u32));
                    }
                    keep(&mut best, next);
                    at += run;
                }
                run /= 2;
            }
            for n in best[i].body.nodes.ids() {
                for k in 0..3 {
                    if best[i].body.nodes[n].opnd[k].as_local().is_some() {
                        let mut next = best.clone();
                        next[i].body.nodes[n].opnd[k] = Operand::small(1).unwrap_or_default();
                        keep(&mut best, next);
                    }
                }
            }
            let mut next = best.clone();
            drop_unreachable(&mut next[i]);
            keep(&mut best, next);
        }
        if best == before {
            return best;
        }
    }
}

fn branch_targets(m: &Method, b: BlockId) -> Vec<BlockId> {
    let last = m.body.blocks[b].last;
    let mut to = Vec::new();
    let branches = last.is_some()
        && matches!(
            m.body.nodes[last].op,
            Opcode::Branch | Opcode::CmpBranch | Opcode::Switch
        );
    if branches {
        m.body.for_each_succ(b, |s| to.push(s));
        to.dedup();
    }
    to
}

fn make_jump(m: &mut Method, b: BlockId, to: BlockId) {
    let last = m.body.blocks[b].last;
    let x = &mut m.body.nodes[last];
    let operands = x.opnd;
    x.op = Opcode::Jump;
    x.ty = VarType::Void;
    x.opnd = [Operand::NONE; 3];
    (x.sub, x.aux) = (0, 0);
    m.body.blocks[b].succ = [to, BlockId::NONE];
    unuse(m, &operands);
}

/// The nodes in `operands` have lost their user.
fn unuse(m: &mut Method, operands: &[Operand]) {
    for d in operands.iter().filter_map(|o| o.as_node()) {
        m.body.nodes[d].user = NodeId::NONE;
        m.body.nodes[d].flags |= crate::ir::NodeFlags::UNUSED;
    }
}

/// Removes node `n`, unless it ends its block; what used its value uses a constant instead.
fn leave_out(m: &mut Method, n: NodeId) {
    let x = m.body.nodes[n];
    let linked = m.body.blocks.iter().any(|b| b.first == n) || x.prev.is_some();
    if x.op.is_terminator() || !linked {
        return;
    }
    let mut b = BlockId::NONE;
    let mut last = n;
    while m.body.nodes[last].next.is_some() {
        last = m.body.nodes[last].next;
    }
    for id in m.body.blocks.ids() {
        if m.body.blocks[id].last == last {
            b = id;
        }
    }
    if b.is_none() {
        return;
    }
    if x.user.is_some() {
        if m.body.value_type(n) == VarType::Struct {
            return;
        }
        m.body.for_each_operand_mut(x.user, |o| {
            if o.as_node() == Some(n) {
                *o = Operand::small(1).unwrap_or_default();
            }
        });
    }
    let mut operands = Vec::new();
    m.body.for_each_operand(n, |o| operands.push(o));
    unuse(m, &operands);
    m.body.remove(b, n);
    // A node that stands nowhere is never looked at; it keeps its number so that others keep theirs.
    m.body.nodes[n].op = Opcode::Nop;
    m.body.nodes[n].opnd = [Operand::NONE; 3];
    m.body.nodes[n].user = NodeId::NONE;
}

/// Leaves out blocks that no way leads to, and numbers the rest anew.
fn drop_unreachable(m: &mut Method) {
    let body = &mut m.body;
    let mut reached = vec![false; body.blocks.len()];
    let mut todo = vec![BlockId(0)];
    for c in body.clauses.iter() {
        todo.push(c.handler_entry);
        todo.push(c.filter_entry);
    }
    while let Some(b) = todo.pop() {
        if b.is_some() && !std::mem::replace(&mut reached[b.0 as usize], true) {
            body.for_each_succ(b, |s| todo.push(s));
        }
    }
    let mut number = vec![BlockId::NONE; reached.len()];
    let mut blocks = IndexVec::default();
    for b in body.blocks.ids() {
        if reached[b.0 as usize] {
            number[b.0 as usize] = blocks.push(body.blocks[b]);
        }
    }
    let renumber = |b: &mut BlockId| {
        if b.is_some() {
            *b = number[b.0 as usize];
        }
    };
    for b in blocks.ids() {
        let block: &mut crate::ir::Block = &mut blocks[b];
        block.succ.iter_mut().for_each(renumber);
    }
    body.blocks = blocks;
    body.switch_targets.iter_mut().for_each(renumber);
    for i in 0..body.clauses.len() {
        let c = &mut body.clauses[crate::ir::ClauseId(i as u32)];
        renumber(&mut c.handler_entry);
        renumber(&mut c.filter_entry);
    }
}
