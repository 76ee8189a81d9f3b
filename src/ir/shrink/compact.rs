//! Rebuilding a method without what cannot be reached.
//!
//! The shrinker's edits are careless: they redirect branches and mark nodes as gone. This one copy makes a proper method of the
//! result: blocks, regions and clauses that nothing reaches are dropped, nodes, calls, switches and constants numbered densely in
//! layout order, links and users set anew. Linear in the size of the method.

use crate::ir::method::SwitchInfo;
use crate::ir::{
    AuxKind, Block, BlockId, Body, ClauseId, LocalFlags, LocalId, Method, NodeFlags, NodeId,
    Opcode, Operand, OperandRef, RegionId, SwitchId,
};
use crate::types::VarType;
use crate::util::{Idx, IndexVec};

/// Copies `method` without the nodes marked in `gone` and without unreachable blocks; without unused locals too if
/// `drop_locals`. A node in `gone` must have no remaining user.
pub(super) fn compact(method: &Method, gone: &[bool], drop_locals: bool) -> Method {
    let from = &method.body;
    let keep = Kept::new(from);
    let locals = kept_locals(method, &keep, gone, drop_locals);
    let mut to = Body::default();
    for (l, local) in from.locals.iter_enumerated() {
        if locals[l].is_some() {
            to.locals.push(*local);
        }
    }
    copy_eh(from, &keep, &mut to);
    for (b, block) in from.blocks.iter_enumerated() {
        if keep.blocks[b].is_some() {
            to.blocks.push(Block {
                first: NodeId::NONE,
                last: NodeId::NONE,
                succ: block.succ.map(|s| keep.block(s)),
                region: keep.region(block.region),
                ..*block
            });
        }
    }
    let mut nodes = vec![NodeId::NONE; from.nodes.len()];
    for b in from.blocks.ids().filter(|&b| keep.blocks[b].is_some()) {
        for n in from.block_nodes(b) {
            if gone.get(n.index()) != Some(&true) {
                copy_node(from, n, keep.blocks[b], &keep, &locals, &mut nodes, &mut to);
            }
        }
    }
    for n in to.nodes.ids() {
        let unused = to.nodes[n].user.is_none() && to.value_type(n) != VarType::Void;
        to.nodes[n].flags.set(NodeFlags::UNUSED, unused);
    }
    Method {
        body: to,
        ..method_head(method)
    }
}

/// Everything but the body.
fn method_head(m: &Method) -> Method {
    Method {
        name: m.name.clone(),
        handle: m.handle,
        num_params: m.num_params,
        ret: m.ret,
        ret_layout: m.ret_layout,
        funcs: m.funcs.clone(),
        lookups: m.lookups.clone(),
        layouts: m.layouts.clone(),
        // Locals are numbered anew, and no runtime looks.
        generic_context: None,
        vectors: m.vectors.clone(),
        body: Body::default(),
    }
}

fn copy_eh(from: &Body, keep: &Kept, to: &mut Body) {
    for (r, region) in from.regions.iter_enumerated() {
        if keep.regions[r].is_some() {
            let mut region = *region;
            region.parent = keep.region(region.parent);
            region.clause = keep.clause(region.clause);
            to.regions.push(region);
        }
    }
    for (c, clause) in from.clauses.iter_enumerated() {
        if keep.clauses[c].is_some() {
            let mut clause = *clause;
            clause.try_region = keep.region(clause.try_region);
            clause.handler_region = keep.region(clause.handler_region);
            clause.handler_entry = keep.block(clause.handler_entry);
            clause.filter_entry = keep.block(clause.filter_entry);
            to.clauses.push(clause);
        }
    }
}

fn copy_node(
    from: &Body,
    n: NodeId,
    block: BlockId,
    keep: &Kept,
    locals: &IndexVec<LocalId, LocalId>,
    nodes: &mut [NodeId],
    to: &mut Body,
) {
    let mut node = from.nodes[n];
    node.user = NodeId::NONE;
    for o in &mut node.opnd {
        *o = copy_operand(from, *o, locals, nodes, to);
    }
    let mut row = None;
    match node.op.info().aux {
        AuxKind::Local => node.aux = locals[LocalId(node.aux)].0,
        AuxKind::Block => node.aux = keep.block(BlockId(node.aux)).0,
        AuxKind::Call => {
            let c = crate::ir::CallId(node.aux);
            let mut info = from.calls[c];
            info.first_arg = to.call_args.len() as u32;
            for a in from.args(c) {
                let mut a = *a;
                a.opnd = copy_operand(from, a.opnd, locals, nodes, to);
                to.call_args.push(a);
            }
            let c = to.calls.push(info);
            node.aux = c.0;
            row = Some(c);
        }
        AuxKind::Switch => {
            let targets = from.targets(SwitchId(node.aux));
            let first = to.switch_targets.len() as u32;
            to.switch_targets
                .extend(targets.iter().map(|&t| keep.block(t)));
            let count = targets.len() as u32 - 1;
            node.aux = to.switches.push(SwitchInfo { first, count }).0;
        }
        _ => {}
    }
    let id = to.append(block, node);
    nodes[n.index()] = id;
    if let Some(&at) = from.node_il.get(n.index()) {
        to.node_il.push(at);
    }
    if let Some(c) = row {
        for i in 0..to.calls[c].num_args {
            let o = to.call_args[(to.calls[c].first_arg + i) as usize].opnd;
            if let Some(d) = o.as_node() {
                to.nodes[d].user = id;
            }
        }
    }
}

fn copy_operand(
    from: &Body,
    o: Operand,
    locals: &IndexVec<LocalId, LocalId>,
    nodes: &[NodeId],
    to: &mut Body,
) -> Operand {
    match o.get() {
        OperandRef::Node(d) => Operand::node(nodes[d.index()]),
        OperandRef::Local(l) => Operand::local(locals[l]).with_last_use(o.is_last_use()),
        OperandRef::Pool(i) => to.const_operand(from.consts[i as usize]),
        OperandRef::Small(_) | OperandRef::None => o,
    }
}

/// The new number of every local that stays, none for the others. Parameters stay.
fn kept_locals(
    method: &Method,
    keep: &Kept,
    gone: &[bool],
    drop_locals: bool,
) -> IndexVec<LocalId, LocalId> {
    let body = &method.body;
    let mut used = vec![!drop_locals; body.locals.len()];
    for (l, local) in body.locals.iter_enumerated() {
        if l.0 < method.num_params || local.flags.contains(LocalFlags::PARAM) {
            used[l.index()] = true;
        }
    }
    for b in body.blocks.ids().filter(|&b| keep.blocks[b].is_some()) {
        for n in body.block_nodes(b) {
            if gone.get(n.index()) == Some(&true) {
                continue;
            }
            body.for_each_operand(n, |o| {
                if let Some(l) = o.as_local() {
                    used[l.index()] = true;
                }
            });
            if body.nodes[n].op.info().aux == AuxKind::Local {
                used[body.nodes[n].aux as usize] = true;
            }
        }
    }
    number(&used)
}

/// Dense new numbers for the items that stay.
fn number<I: Idx + Default>(stays: &[bool]) -> IndexVec<I, I> {
    let mut map = IndexVec::new();
    let mut next = 0;
    for &s in stays {
        map.push(if s {
            next += 1;
            I::from_index(next - 1)
        } else {
            I::default()
        });
    }
    map
}

/// What stays, with its new numbers.
struct Kept {
    blocks: IndexVec<BlockId, BlockId>,
    regions: IndexVec<RegionId, RegionId>,
    clauses: IndexVec<ClauseId, ClauseId>,
}

impl Kept {
    fn new(body: &Body) -> Kept {
        let mut reach = Reach {
            body,
            block: vec![false; body.blocks.len()],
            region: vec![false; body.regions.len()],
            work: Vec::new(),
        };
        reach.add(BlockId(0));
        // A reached region brings its clauses' handlers, which may reach further regions.
        loop {
            reach.flow();
            for c in body.clauses.iter() {
                let has = |r: RegionId| reach.region.get(r.index()) == Some(&true);
                if has(c.try_region) || has(c.handler_region) {
                    reach.add(c.handler_entry);
                    if c.filter_entry.is_some() {
                        reach.add(c.filter_entry);
                    }
                    reach.add_region(c.try_region);
                }
            }
            if reach.work.is_empty() {
                break;
            }
        }
        let clauses: Vec<bool> = body
            .clauses
            .iter()
            .map(|c| reach.region[c.try_region.index()])
            .collect();
        Kept {
            blocks: number(&reach.block),
            regions: number(&reach.region),
            clauses: number(&clauses),
        }
    }

    fn block(&self, b: BlockId) -> BlockId {
        self.blocks.get(b).copied().unwrap_or_default()
    }

    fn region(&self, r: RegionId) -> RegionId {
        self.regions.get(r).copied().unwrap_or_default()
    }

    fn clause(&self, c: ClauseId) -> ClauseId {
        self.clauses.get(c).copied().unwrap_or_default()
    }
}

struct Reach<'a> {
    body: &'a Body,
    block: Vec<bool>,
    region: Vec<bool>,
    work: Vec<BlockId>,
}

impl Reach<'_> {
    fn add(&mut self, b: BlockId) {
        if self.block.get(b.index()) == Some(&false) {
            self.block[b.index()] = true;
            self.work.push(b);
        }
    }

    fn add_region(&mut self, mut r: RegionId) {
        while r.is_some() && self.region.get(r.index()) == Some(&false) {
            self.region[r.index()] = true;
            r = self.body.regions[r].parent;
        }
    }

    fn flow(&mut self) {
        let body = self.body;
        while let Some(b) = self.work.pop() {
            self.add_region(body.blocks[b].region);
            body.for_each_succ(b, |s| self.add(s));
            for n in body.block_nodes(b) {
                if body.nodes[n].op == Opcode::LabelAddr {
                    self.add(BlockId(body.nodes[n].aux));
                }
            }
        }
    }
}
