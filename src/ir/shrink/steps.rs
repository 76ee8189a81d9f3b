//! The shrinker's steps, each a loop over places that offers one edit a place.

use super::Shrinker;
use crate::ir::{
    BlockId, Body, CallId, Method, Node, NodeId, Opcode, Operand, OperandKind, OperandRef, RegionId,
};
use crate::types::VarType;
use crate::util::Idx;

impl Shrinker<'_> {
    /// Branches and switches become jumps to one of their successors.
    pub(super) fn branches(&mut self) -> bool {
        let mut changed = false;
        let mut b = 0;
        while b < self.best.body.blocks.len() {
            let block = BlockId::from_index(b);
            // Blocks that go have higher numbers as a rule; what moves under `b` is seen in the next round.
            for t in choices(&self.best.body, block) {
                let mut m = self.best.clone();
                jump_instead(&mut m.body, block, t);
                if self.offer(&m, &[]) {
                    changed = true;
                    break;
                }
            }
            b += 1;
        }
        changed
    }

    /// Clauses go: their try blocks belong to the region around, calls of their finally go straight on.
    pub(super) fn handlers(&mut self) -> bool {
        let mut changed = false;
        let mut c = self.best.body.clauses.len();
        while c > 0 {
            c -= 1;
            if c >= self.best.body.clauses.len() {
                continue;
            }
            let mut m = self.best.clone();
            let clause = m.body.clauses.raw()[c];
            let parent = m.body.regions[clause.try_region].parent;
            let shared = m
                .body
                .clauses
                .iter()
                .enumerate()
                .any(|(i, x)| i != c && x.try_region == clause.try_region);
            if !shared {
                leave_region(&mut m.body, clause.try_region, parent);
            }
            for b in m.body.blocks.ids() {
                let block = m.body.blocks[b];
                if block.last.is_some()
                    && m.body.nodes[block.last].op == Opcode::CallFinally
                    && block.succ[1] == clause.handler_entry
                {
                    jump_instead(&mut m.body, b, block.succ[0]);
                }
            }
            if shared {
                // The handler cannot be reached any more only once the clause is out of the table.
                remove_clause(&mut m.body, c);
            }
            changed |= self.offer(&m, &[]);
        }
        changed
    }

    /// Runs of nodes go, in halving lengths down to one.
    pub(super) fn node_runs(&mut self) -> bool {
        let mut changed = false;
        let mut length = self.movable_nodes().len();
        while length > 0 {
            let mut at = 0;
            loop {
                let nodes = self.movable_nodes();
                if at >= nodes.len() || self.left == 0 {
                    break;
                }
                let run = &nodes[at..nodes.len().min(at + length)];
                let mut m = self.best.clone();
                let offered = match remove_nodes(&mut m.body, run) {
                    Some(gone) => self.offer(&m, &gone),
                    None => false,
                };
                changed |= offered;
                // Users may have gone with the run: the same place is looked at again.
                if !offered {
                    at += length;
                }
            }
            length /= 2;
        }
        changed
    }

    /// A block that is the only successor of its only predecessor, in the same region, is joined to it.
    pub(super) fn joins(&mut self) -> bool {
        let mut m = self.best.clone();
        if !join_all(&mut m) {
            return false;
        }
        self.offer(&m, &[])
    }

    /// Operands become constants and constants become smaller.
    pub(super) fn operands(&mut self) -> bool {
        let mut changed = false;
        for n in self.best.body.nodes.ids() {
            for place in places(&self.best.body, n) {
                let Some(ty) = constant_type(&self.best, n, place) else {
                    continue;
                };
                let old = read(&self.best.body, n, place);
                for bits in simpler(&self.best.body, old, ty) {
                    let mut m = self.best.clone();
                    let constant = m.body.const_operand(bits);
                    write(&mut m.body, n, place, constant);
                    // What computed the operand stays as a node without user; the next round removes it if it may.
                    if self.offer(&m, &[]) {
                        changed = true;
                        break;
                    }
                }
            }
        }
        changed
    }
}

/// The blocks that the terminator of `b` may jump to instead.
fn choices(body: &Body, b: BlockId) -> Vec<BlockId> {
    let block = &body.blocks[b];
    let mut targets = Vec::new();
    if block.last.is_some() {
        match body.nodes[block.last].op {
            Opcode::Jump | Opcode::CatchRet => {}
            Opcode::CallFinally => targets.push(block.succ[0]),
            _ => body.for_each_succ(b, |s| targets.push(s)),
        }
    }
    targets.sort_unstable();
    targets.dedup();
    targets
}

/// Makes the terminator of `b` a jump to `to`.
fn jump_instead(body: &mut Body, b: BlockId, to: BlockId) {
    let last = body.blocks[b].last;
    let node = Node {
        prev: body.nodes[last].prev,
        ..Node::new(Opcode::Jump, VarType::Void)
    };
    body.nodes[last] = node;
    body.blocks[b].succ = [to, BlockId::NONE];
}

/// Blocks and regions directly in `region` belong to `parent`.
fn leave_region(body: &mut Body, region: RegionId, parent: RegionId) {
    for b in body.blocks.iter_mut().filter(|b| b.region == region) {
        b.region = parent;
    }
    for r in body.regions.iter_mut().filter(|r| r.parent == region) {
        r.parent = parent;
    }
}

/// Takes row `c` out of the clauses; the regions' links follow.
fn remove_clause(body: &mut Body, c: usize) {
    let gone = body.clauses.raw().remove(c);
    let other = body
        .clauses
        .iter()
        .position(|x| x.try_region == gone.try_region)
        .unwrap_or(0) as u32;
    for r in body.regions.iter_mut() {
        if r.clause.index() == c {
            // A shared try belongs to the first of its clauses that is left; a handler without clause is not reached.
            r.clause.0 = other;
        } else if r.clause.is_some() && r.clause.index() > c {
            r.clause.0 -= 1;
        }
    }
}

/// Marks `run` as gone, with everything that cannot do without it; operands that can become 0. `None` if a terminator cannot.
fn remove_nodes(body: &mut Body, run: &[NodeId]) -> Option<Vec<bool>> {
    let mut gone = vec![false; body.nodes.len()];
    let mut work: Vec<NodeId> = run.to_vec();
    for &n in run {
        gone[n.index()] = true;
    }
    while let Some(n) = work.pop() {
        let user = body.nodes[n].user;
        if user.is_none() || gone[user.index()] {
            continue;
        }
        let place = places(body, user).find(|&p| read(body, user, p) == Operand::node(n))?;
        let ty = body.value_type(n);
        if takes_constant(body, user, place) && (ty.is_int() || ty.is_float()) {
            let zero = body.const_operand(0);
            write(body, user, place, zero);
        } else if body.nodes[user].op.is_terminator() {
            return None;
        } else {
            gone[user.index()] = true;
            work.push(user);
        }
    }
    Some(gone)
}

/// Joins every block to its only predecessor where that jumps to it; says whether there was one.
fn join_all(m: &mut Method) -> bool {
    let body = &mut m.body;
    let mut preds = vec![0u32; body.blocks.len()];
    preds[0] = 1;
    for b in body.blocks.ids() {
        body.for_each_succ(b, |s| preds[s.index()] += 1);
    }
    for c in body.clauses.iter() {
        for e in [c.handler_entry, c.filter_entry] {
            if e.is_some() {
                preds[e.index()] += 2;
            }
        }
    }
    for n in body.nodes.iter().filter(|n| n.op == Opcode::LabelAddr) {
        preds[n.aux as usize] += 2;
    }
    // The continuation of a call of a finally has its own block by rule.
    for b in body.blocks.ids() {
        let block = body.blocks[b];
        if block.last.is_some() && body.nodes[block.last].op == Opcode::CallFinally {
            preds[block.succ[0].index()] += 2;
        }
    }
    let mut any = false;
    for b in body.blocks.ids() {
        loop {
            let block = body.blocks[b];
            let s = block.succ[0];
            if block.last.is_none()
                || body.nodes[block.last].op != Opcode::Jump
                || s == b
                || preds[s.index()] != 1
                || body.blocks[s].region != block.region
            {
                break;
            }
            let next = body.blocks[s];
            body.remove(b, block.last);
            let last = body.blocks[b].last;
            if last.is_some() {
                body.nodes[last].next = next.first;
                body.nodes[next.first].prev = last;
            } else {
                body.blocks[b].first = next.first;
            }
            body.blocks[b].last = next.last;
            body.blocks[b].succ = next.succ;
            // Its nodes are the other block's now.
            body.blocks[s].first = NodeId::NONE;
            body.blocks[s].last = NodeId::NONE;
            body.blocks[s].succ = [BlockId::NONE; 2];
            preds[s.index()] = 0;
            any = true;
        }
    }
    any
}

/// Where an operand stands.
#[derive(Copy, Clone)]
enum Place {
    Node(usize),
    Arg(usize),
}

/// The places of a node's operands that are there.
fn places(body: &Body, n: NodeId) -> impl Iterator<Item = Place> + use<> {
    let node = &body.nodes[n];
    let opnd = node.opnd;
    let args = if matches!(node.op, Opcode::Call | Opcode::TailCall) {
        let c = &body.calls[CallId(node.aux)];
        c.first_arg as usize..(c.first_arg + c.num_args) as usize
    } else {
        0..0
    };
    (0..3)
        .filter(move |&k| opnd[k].is_some())
        .map(Place::Node)
        .chain(args.map(Place::Arg))
}

fn read(body: &Body, n: NodeId, place: Place) -> Operand {
    match place {
        Place::Node(k) => body.nodes[n].opnd[k],
        Place::Arg(i) => body.call_args[i].opnd,
    }
}

fn write(body: &mut Body, n: NodeId, place: Place, o: Operand) {
    match place {
        Place::Node(k) => body.nodes[n].opnd[k] = o,
        Place::Arg(i) => body.call_args[i].opnd = o,
    }
}

/// May a constant stand here?
fn takes_constant(body: &Body, n: NodeId, place: Place) -> bool {
    match place {
        Place::Node(k) => match body.nodes[n].op.info().operands.get(k) {
            Some(OperandKind::Any | OperandKind::Call) => false,
            // None: the address of an indirect call.
            Some(_) | None => true,
        },
        Place::Arg(_) => true,
    }
}

/// The type of a constant that could stand here instead, if one could and the operand's value is scalar.
fn constant_type(m: &Method, n: NodeId, place: Place) -> Option<VarType> {
    let body = &m.body;
    if !takes_constant(body, n, place) {
        return None;
    }
    let node = &body.nodes[n];
    let ty = match place {
        Place::Arg(i) => body.call_args[i].ty.actual(),
        Place::Node(k) => match node.op.info().operands.get(k) {
            Some(OperandKind::Const) => return None,
            Some(OperandKind::RetT) => m.ret.actual(),
            _ => body.position_type(n, k),
        },
    };
    (ty.is_int() || ty.is_float()).then_some(ty)
}

/// Constants simpler than `old`, simplest first.
fn simpler(body: &Body, old: Operand, ty: VarType) -> Vec<u64> {
    let one = match ty {
        VarType::F32 => u64::from(1f32.to_bits()),
        VarType::F64 => 1f64.to_bits(),
        _ => 1,
    };
    let mut list = match old.get() {
        OperandRef::None => return Vec::new(),
        _ if ty.is_gc() => vec![0],
        _ => vec![0, one],
    };
    if matches!(old.get(), OperandRef::Node(_) | OperandRef::Local(_)) {
        return list;
    }
    let bits = body.const_value(old).unwrap_or(0);
    if ty.is_int() && !ty.is_gc() {
        list.push((bits as i64 / 2) as u64);
    }
    let size = |v: u64| (v as i64).unsigned_abs();
    // Strictly simpler, or rounds would not end.
    match list.iter().position(|&v| v == bits) {
        Some(i) => list.truncate(i),
        None if ty.is_int() => list.retain(|&v| size(v) < size(bits)),
        None => {}
    }
    list
}
