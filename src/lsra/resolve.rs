//! Block boundaries: what a block begins with, making edges agree, and putting everything in code order.
//!
//! At a block's begin and end only locals *in registers* are written down. On an edge whose ends differ, stores come first, then
//! register moves in parallel (cycles through the target's scratch register), then loads. The moves stand at the end of a block
//! with one successor, at the begin of a block with one predecessor, else in an edge block of their own, which is generated
//! directly behind the source: a conditional branch then falls into it.

use super::interval::{Interval, NONE};
use super::scan::write_gc_masks;
use super::select::in_row;
use super::{AllocMove, Allocation, GcChange, GcEvent, Loc, Lsra, StressRegs, When};
use crate::flow::liveness::LocalClass;
use crate::ir::{Block, BlockId, Body, LocalFlags, LocalId, Node, NodeId, Opcode, SwitchId};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;
use crate::util::IndexVec;
use crate::util::room::push_gently;

/// A half-open range of a vector.
pub(super) type Span = (u32, u32);

/// What is known of one block.
///
/// Registers at the end are a mask; the columns of the locals in them stand in `exit_columns` from `first` on, in the order of the
/// registers. Those at the begin are some of those at the end of `from`, so they are a mask and no list.
#[derive(Copy, Clone, Debug, Default)]
pub(super) struct Bound {
    /// Registers at the begin, and those of them whose locals' homes are current.
    entry: RegMask,
    entry_homes: RegMask,
    /// Registers at the end, and those of them whose locals' homes are current.
    exit: RegMask,
    exit_homes: RegMask,
    first: u32,
    last: u32,
    /// The predecessor whose end the begin was taken from.
    from: BlockId,
    visited: bool,
    pub moves: Span,
    pub events: Span,
    pub memory_uses: Span,
    /// Moves of edges, in `edge_moves`.
    at_begin: Span,
    at_end: Span,
    /// For an edge block: its target; for others, the first edge block behind it.
    target: BlockId,
    edges: BlockId,
    next_edge: BlockId,
}

impl Bound {
    /// The target of an edge block; none for others, which may have edge blocks behind them.
    pub fn target(&self) -> BlockId {
        self.target
    }
}

/// A tracked local in a register at a boundary.
#[derive(Copy, Clone, Debug)]
struct BoundReg {
    column: u32,
    reg: RegNum,
    home_valid: bool,
}

/// The boundaries of all blocks.
#[derive(Default, Debug)]
pub(super) struct Bounds {
    blocks: IndexVec<BlockId, Bound>,
    exit_columns: Vec<u32>,
}

impl Bounds {
    /// Forgets the method before.
    pub fn reset(&mut self, blocks: usize) {
        self.blocks.clear();
        self.blocks.resize(blocks, Bound::default());
        self.exit_columns.clear();
    }

    /// Boundary registers written down.
    pub fn written(&self) -> usize {
        self.exit_columns.len()
    }

    /// Bytes held.
    pub fn capacity_bytes(&self) -> usize {
        self.blocks.capacity_bytes() + self.exit_columns.capacity() * 4
    }

    /// The registers at the end of `b`.
    fn exit_of(&self, b: BlockId) -> impl Iterator<Item = BoundReg> {
        let x = &self.blocks[b];
        let homes = x.exit_homes;
        x.exit
            .iter()
            .zip(&self.exit_columns[x.first as usize..])
            .map(move |(reg, &column)| BoundReg {
                column,
                reg,
                home_valid: homes.contains(reg),
            })
    }

    /// The registers at the begin of `b`.
    fn entry_of(&self, b: BlockId) -> impl Iterator<Item = BoundReg> {
        let x = &self.blocks[b];
        let (entry, homes) = (x.entry, x.entry_homes);
        let from = if x.from.is_some() { x.from } else { b };
        self.exit_of(from)
            .filter(move |e| entry.contains(e.reg))
            .map(move |e| BoundReg {
                home_valid: homes.contains(e.reg),
                ..e
            })
    }

    /// Where the registers at the end of `p` and at the begin of `s` hold different locals: `here` gets those of the end that live
    /// on, `there` those of the begin.
    fn compare(
        &self,
        p: BlockId,
        s: BlockId,
        live_in: &[u64],
        here: &mut Vec<BoundReg>,
        there: &mut Vec<BoundReg>,
    ) {
        here.clear();
        there.clear();
        let (x, e) = (&self.blocks[p], &self.blocks[s]);
        let mut from_exit = RegMask::EMPTY;
        let mut there_columns: &[u32] = &[];
        if e.from.is_some() {
            let from = &self.blocks[e.from];
            from_exit = from.exit;
            there_columns = &self.exit_columns[from.first as usize..from.last as usize];
        }
        let here_columns = &self.exit_columns[x.first as usize..x.last as usize];
        // What does not begin there does not live there: such locals need no move, whatever the begin has in the register.
        let mut differ = |reg: RegNum, old: u32, new: u32| {
            if old != NONE && in_row(live_in, old) {
                here.push(BoundReg {
                    column: old,
                    reg,
                    home_valid: x.exit_homes.contains(reg),
                });
            }
            if new != NONE {
                there.push(BoundReg {
                    column: new,
                    reg,
                    home_valid: e.entry_homes.contains(reg),
                });
            }
        };
        if x.exit == from_exit {
            // The usual case, without the cursors: the same registers hold something.
            let pairs = here_columns.iter().zip(there_columns);
            for (reg, (&old, &new)) in from_exit.iter().zip(pairs) {
                if old != new {
                    let new = if e.entry.contains(reg) { new } else { NONE };
                    differ(reg, old, new);
                }
            }
            return;
        }
        let (mut here_columns, mut there_columns) = (here_columns.iter(), there_columns.iter());
        let next = |set: RegMask, bit: u64, columns: &mut std::slice::Iter<u32>| {
            if set.0 & bit == 0 {
                return NONE;
            }
            columns.next().copied().unwrap_or(NONE)
        };
        let mut left = (x.exit | from_exit).0;
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left ^= bit;
            let old = next(x.exit, bit, &mut here_columns);
            let new = next(from_exit, bit, &mut there_columns);
            if old != new {
                let new = if e.entry.0 & bit != 0 { new } else { NONE };
                differ(RegMask(bit).first(), old, new);
            }
        }
    }
}

impl std::ops::Index<BlockId> for Bounds {
    type Output = Bound;
    #[inline]
    fn index(&self, b: BlockId) -> &Bound {
        &self.blocks[b]
    }
}

impl std::ops::IndexMut<BlockId> for Bounds {
    #[inline]
    fn index_mut(&mut self, b: BlockId) -> &mut Bound {
        &mut self.blocks[b]
    }
}

/// Memory of resolution, reused.
#[derive(Default, Debug)]
pub(super) struct Scratch {
    /// Slots made since the last node: their types are still to be told.
    pub new_slots: Vec<VarType>,
    pub slots_made: u32,
    /// Register by column: of the edge's source.
    reg_of: Vec<RegNum>,
    is_entry: Vec<bool>,
    /// Where the two ends of the edge differ.
    here: Vec<BoundReg>,
    there: Vec<BoundReg>,
    pending: Vec<(RegNum, RegNum, VarType)>,
    homes: Vec<u64>,
    want: Vec<u64>,
    gc_columns: Vec<u64>,
    edge_of: IndexVec<BlockId, (BlockId, BlockId)>,
    order: Vec<BlockId>,
    live: Vec<u64>,
    targets: Vec<BlockId>,
}

impl Lsra {
    /// Sets the state at the begin of `b`: what `from` has left in the registers, as far as it lives here.
    ///
    /// Needs: `live_out` is still that of the block scanned before. Spoils it.
    #[inline(never)]
    pub(super) fn enter_block(&mut self, body: &Body, b: BlockId) {
        let from = self.best_predecessor(body, b);
        let before = std::mem::replace(&mut self.last_scanned, b);
        if from.is_none() {
            self.drop_registers(RegMask::EMPTY);
            self.bounds[b].visited = true;
            return;
        }
        // Behind the block scanned just before, the registers are as they should be but for what does not live here.
        let exit = self.bounds[from].exit;
        let kept = if from == before {
            self.still_live(b, exit)
        } else {
            self.inherit(from, before, b);
            if body.ends_in_switch(&body.blocks[from]) {
                // What lives at its end is asked of all its targets: not once more for each of them.
                self.living(b, exit)
            } else {
                self.live.live_out(body, from, &mut self.live_out);
                self.still_live(b, exit)
            }
        };
        self.drop_registers(kept);
        let mut homes = self.bounds[from].exit_homes & kept;
        if !homes.is_empty() && self.graph.preds(b).len() != 1 {
            let agreed = self.agree_on_homes(b, from, homes);
            for r in (homes - agreed).iter() {
                let iv = self.owner[r.0 as usize & 63];
                self.intervals[iv as usize].mem_valid = false;
            }
            homes = agreed;
        }
        // Only now: a block that is its own predecessor has no end to agree with yet.
        let bound = &mut self.bounds[b];
        bound.visited = true;
        bound.from = from;
        bound.entry = kept;
        bound.entry_homes = homes;
    }

    /// No register outside `kept` holds anything.
    fn drop_registers(&mut self, kept: RegMask) {
        for r in (self.occupied - kept).iter() {
            let owner = &mut self.owner[r.0 as usize & 63];
            if (*owner as usize) < self.live.columns.len() {
                self.intervals[*owner as usize].reg = RegNum::NONE;
            }
            *owner = NONE;
        }
        self.occupied = self.occupied & kept;
        self.gc_ref = self.gc_ref & kept;
        self.gc_byref = self.gc_byref & kept;
    }

    /// Of `exit`, the registers at the end of the block that `live_out` is of, those whose locals live at the begin of `b`.
    fn still_live(&self, b: BlockId, exit: RegMask) -> RegMask {
        // Few locals die on an edge: they are looked for, unless they are many.
        const FEW: u32 = 8;
        let live_in = self.live.live_in.row(b.0 as usize);
        let mut kept = exit;
        let mut count = 0;
        for (k, (out, live)) in self.live_out.iter().zip(live_in).enumerate() {
            let mut dead = out & !live;
            while dead != 0 {
                let column = k * 64 + dead.trailing_zeros() as usize;
                let reg = self.intervals[column].reg;
                if reg.is_some() {
                    kept.remove(reg);
                }
                dead &= dead - 1;
                count += 1;
                if count == FEW {
                    return self.living(b, exit);
                }
            }
        }
        kept
    }

    /// Of `exit`, the registers whose locals live at the begin of `b`.
    fn living(&self, b: BlockId, exit: RegMask) -> RegMask {
        let live_in = self.live.live_in.row(b.0 as usize);
        exit.iter()
            .filter(|r| in_row(live_in, self.owner[r.0 as usize & 63]))
            .fold(RegMask::EMPTY, |kept, r| kept | r.mask())
    }

    /// Makes the registers those at the end of `from`, for `b` to begin with. They still are those at the end of `before`: much may
    /// be the same.
    fn inherit(&mut self, from: BlockId, before: BlockId, b: BlockId) {
        let Bound {
            exit,
            exit_homes,
            first,
            last,
            ..
        } = self.bounds[from];
        let columns = &self.bounds.exit_columns[first as usize..last as usize];
        let live_in = self.live.live_in.row(b.0 as usize);
        let mut changed = self.occupied - exit;
        let (mut refs, mut byrefs) = (RegMask::EMPTY, RegMask::EMPTY);
        for (r, &c) in exit.iter().zip(columns) {
            let owner = &mut self.owner[r.0 as usize & 63];
            if *owner == c {
                continue;
            }
            let old = std::mem::replace(owner, c);
            changed.insert(r);
            leave_register(&mut self.intervals, old, r);
            let i = &mut self.intervals[c as usize];
            i.reg = r;
            i.mem_valid = exit_homes.contains(r);
            if in_row(live_in, c) {
                i.pref = r;
            }
            match i.ty {
                VarType::Ref => refs.insert(r),
                VarType::Byref => byrefs.insert(r),
                _ => {}
            }
        }
        for r in (self.occupied - exit).iter() {
            let owner = &mut self.owner[r.0 as usize & 63];
            let old = std::mem::replace(owner, NONE);
            leave_register(&mut self.intervals, old, r);
        }
        self.occupied = exit;
        let homes = match self.bounds.blocks.get(before) {
            Some(before) => before.exit_homes,
            None => RegMask::EMPTY,
        };
        for r in (((homes - exit_homes) | (exit_homes - homes)) & (exit - changed)).iter() {
            let column = self.owner[r.0 as usize & 63];
            self.intervals[column as usize].mem_valid = exit_homes.contains(r);
        }
        self.gc_ref = (self.gc_ref - changed) | refs;
        self.gc_byref = (self.gc_byref - changed) | byrefs;
    }

    fn best_predecessor(&self, body: &Body, b: BlockId) -> BlockId {
        if self.graph.is_root[b] {
            return BlockId::NONE;
        }
        if self.stress.entry() != 0 {
            return self.stressed_predecessor(b);
        }
        let mut best = BlockId::NONE;
        let mut weight = 0;
        // A block with very many predecessors is content with the best of the first few.
        for &p in self.graph.preds(b).iter().take(16) {
            let w = body.blocks[p].weight as u64 + 1;
            if self.bounds[p].visited && p != b && w > weight {
                best = p;
                weight = w;
            }
        }
        best
    }

    /// The predecessor that stress chooses.
    #[cold]
    fn stressed_predecessor(&self, b: BlockId) -> BlockId {
        let preds = self.graph.preds(b);
        let usable = |p: BlockId| self.bounds[p].visited && p != b;
        let found = match self.stress.entry() {
            StressRegs::ENTRY_FROM_LAYOUT => {
                preds.iter().copied().find(|&p| p.0 + 1 == b.0 && usable(p))
            }
            StressRegs::ENTRY_ROTATED => {
                let from = b.0 as usize % preds.len().max(1);
                let (head, tail) = preds.split_at(from);
                tail.iter().chain(head).copied().find(|&p| usable(p))
            }
            _ => None,
        };
        found.unwrap_or(BlockId::NONE)
    }

    /// Of the registers at the begin of `b`, taken from `from`, those whose homes count as current: at the end of each predecessor
    /// that has the local in a register it must be so; too many predecessors are not asked.
    fn agree_on_homes(&self, b: BlockId, from: BlockId, mut homes: RegMask) -> RegMask {
        let preds = self.graph.preds(b);
        if preds.len() > 8 || preds.iter().any(|&p| !self.bounds[p].visited) {
            return RegMask::EMPTY;
        }
        for &p in preds.iter().filter(|&&p| p != from) {
            let x = &self.bounds[p];
            if !(x.exit - x.exit_homes).is_empty() {
                for o in self.bounds.exit_of(p).filter(|o| !o.home_valid) {
                    let r = self.intervals[o.column as usize].reg;
                    if r.is_some() {
                        homes.remove(r);
                    }
                }
            }
        }
        homes
    }

    /// Writes down the registers at the end of `b`. What holds no local that lives on was given back at its last reference.
    pub(super) fn leave_block(&mut self, b: BlockId) {
        let columns = &mut self.bounds.exit_columns;
        let first = columns.len() as u32;
        let exit = self.occupied;
        columns.resize(columns.len() + exit.count() as usize, NONE);
        let here = &mut columns[first as usize..];
        for (column, r) in here.iter_mut().zip(exit.iter()) {
            *column = self.owner[r.0 as usize & 63];
        }
        debug_assert!(here.iter().all(|&c| in_row(&self.live_out, c)));
        let bound = &mut self.bounds.blocks[b];
        let mut homes = RegMask::EMPTY;
        // A home becomes current by a move.
        if bound.moves.0 != bound.moves.1 || !bound.entry_homes.is_empty() {
            for (r, &mut c) in exit.iter().zip(here) {
                homes.0 |= (self.intervals[c as usize].mem_valid as u64) << (r.0 & 63);
            }
        }
        bound.first = first;
        bound.last = columns.len() as u32;
        bound.exit = exit;
        bound.exit_homes = homes;
    }

    /// Makes edges agree, inserts edge blocks, and writes the result in code order.
    #[inline(never)]
    pub(super) fn finish(&mut self, body: &mut Body, out: &mut Allocation) {
        let columns = self.live.columns.len();
        self.resolve.reg_of.clear();
        self.resolve.reg_of.resize(columns, RegNum::NONE);
        self.resolve.is_entry.clear();
        self.resolve.is_entry.resize(columns, false);
        self.resolve.edge_of.clear();
        self.resolve
            .edge_of
            .resize(body.blocks.len(), (BlockId::NONE, BlockId::NONE));
        for i in 0..out.block_order.len() {
            self.resolve_block(body, out.block_order[i]);
        }
        out.spill_slots.append(&mut self.resolve.new_slots);
        self.order_with_edges(out);
        out.regs
            .resize(body.nodes.len(), super::NodeRegs::default());
        self.assemble(body, out);
        for l in body.locals.ids() {
            let free = self.live.locals[l].class != LocalClass::InHome
                && !self.homes.used.contains(l.0 as usize);
            body.locals[l].flags.set(LocalFlags::NO_HOME, free);
        }
        self.store_single(body, out);
        self.share_homes(body, out);
        out.used_callee_saved = self.written & self.callee_saved;
    }

    fn resolve_block(&mut self, body: &mut Body, p: BlockId) {
        let last = body.blocks[p].last;
        if last.is_none() {
            return;
        }
        match body.nodes[last].op {
            // Nothing tracked is live across these.
            Opcode::CatchRet | Opcode::CallFinally => {}
            Opcode::Jump => {
                let s = body.blocks[p].succ[0];
                self.bounds[p].at_end = self.resolve_edge(body, p, s, last);
            }
            Opcode::Switch => {
                let info = body.switches[SwitchId(body.nodes[last].aux)];
                for k in info.first..=info.first + info.count {
                    let s = body.switch_targets[k as usize];
                    body.switch_targets[k as usize] = self.resolve_to(body, p, s);
                }
            }
            _ => {
                for k in 0..2 {
                    let s = body.blocks[p].succ[k];
                    if s.is_some() {
                        body.blocks[p].succ[k] = self.resolve_to(body, p, s);
                    }
                }
            }
        }
    }

    /// Resolves an edge of a block with several successors; answers where the branch goes now.
    fn resolve_to(&mut self, body: &mut Body, p: BlockId, s: BlockId) -> BlockId {
        let (from, edge) = self.resolve.edge_of[s];
        if from == p {
            return edge;
        }
        let single = self.graph.preds(s).len() == 1 && !self.graph.is_root[s];
        let moves = self.resolve_edge(body, p, s, NodeId::NONE);
        let mut to = s;
        if moves.0 != moves.1 {
            if single {
                let first = first_generated(body, s);
                self.set_place(moves, first);
                self.bounds[s].at_begin = moves;
            } else {
                to = self.add_edge_block(body, p, s);
                let jump = body.blocks[to].first;
                self.set_place(moves, jump);
                self.bounds[to].at_end = moves;
            }
        }
        self.resolve.edge_of[s] = (p, to);
        to
    }

    fn set_place(&mut self, span: Span, node: NodeId) {
        for m in &mut self.edge_moves[span.0 as usize..span.1 as usize] {
            m.node = node;
        }
    }

    fn add_edge_block(&mut self, body: &mut Body, p: BlockId, s: BlockId) -> BlockId {
        let mut block = Block::new();
        let (from, to) = (&body.blocks[p], &body.blocks[s]);
        block.region = from.region;
        block.weight = from.weight.min(to.weight);
        block.flags = (from.flags | to.flags) & crate::ir::BlockFlags::COLD;
        block.succ[0] = s;
        let last = from.last;
        let e = body.blocks.push(block);
        body.append(e, Node::new(Opcode::Jump, VarType::Void));
        if !body.node_il.is_empty() {
            let il = body.node_il[last.0 as usize];
            body.node_il.push(il);
        }
        let next_edge = self.bounds[p].edges;
        self.bounds.blocks.push(Bound {
            target: s,
            next_edge,
            ..Bound::default()
        });
        self.bounds[p].edges = e;
        e
    }

    /// Writes the moves of edge `p` → `s` at `node`.
    #[inline]
    fn resolve_edge(&mut self, body: &Body, p: BlockId, s: BlockId, node: NodeId) -> Span {
        if self.bounds[s].from == p && self.bounds[p].visited {
            // The block began with this end's registers: homes agree as well.
            return (0, 0);
        }
        self.resolve_differing_edge(body, p, s, node)
    }

    #[inline(never)]
    fn resolve_differing_edge(
        &mut self,
        body: &Body,
        p: BlockId,
        s: BlockId,
        node: NodeId,
    ) -> Span {
        let start = self.edge_moves.len() as u32;
        if self.live.live_in.stride() == 0 {
            return (start, start);
        }
        self.steps += (self.bounds[p].exit.count() + self.bounds[s].entry.count()) as u64;
        let r = &mut self.resolve;
        let live_in = self.live.live_in.row(s.0 as usize);
        self.bounds
            .compare(p, s, live_in, &mut r.here, &mut r.there);
        if r.here.is_empty() && r.there.is_empty() {
            return (start, start);
        }
        for e in &r.here {
            r.reg_of[e.column as usize] = e.reg;
        }
        for e in &r.there {
            r.is_entry[e.column as usize] = true;
        }
        let to = self.graph.rpo_index[s];
        let moves = &mut self.edge_moves;
        let mut emit = |ty: VarType, from: Loc, to: Loc| {
            push_gently(
                moves,
                AllocMove {
                    node,
                    when: When::Before,
                    ty,
                    from,
                    to,
                },
            );
        };
        for e in &r.here {
            let c = e.column;
            if !e.home_valid && !r.is_entry[c as usize] && !self.intervals[c as usize].is_single() {
                let l = self.live.columns[c as usize];
                self.homes.touch_on_edge(l.0 as usize, to);
                emit(body.locals[l].ty, Loc::reg(e.reg), Loc::home(l));
            }
        }
        r.pending.clear();
        for e in &r.there {
            let from = r.reg_of[e.column as usize];
            if from.is_some() && from != e.reg {
                let ty = body.locals[self.live.columns[e.column as usize]]
                    .ty
                    .actual();
                r.pending.push((from, e.reg, ty));
            }
        }
        let desc = match self.desc {
            Some(d) => d,
            None => unreachable!("set by begin"),
        };
        while !r.pending.is_empty() {
            let sources = r
                .pending
                .iter()
                .fold(RegMask::EMPTY, |m, &(from, _, _)| m | from.mask());
            let before = r.pending.len();
            let mut blocked = 0;
            for k in 0..before {
                let (from, to, ty) = r.pending[k];
                if sources.contains(to) {
                    r.pending[blocked] = (from, to, ty);
                    blocked += 1;
                } else {
                    emit(ty, Loc::reg(from), Loc::reg(to));
                }
            }
            r.pending.truncate(blocked);
            if blocked == before {
                // A cycle: its first source goes aside.
                let (from, _, ty) = r.pending[0];
                let scratch = if ty.is_float_reg() {
                    desc.scratch_float
                } else {
                    desc.scratch_int
                };
                debug_assert!(scratch.is_some(), "moves need a scratch register");
                emit(ty, Loc::reg(from), Loc::reg(scratch));
                r.pending[0].0 = scratch;
            }
        }
        for e in &r.there {
            if r.reg_of[e.column as usize].is_none() {
                let l = self.live.columns[e.column as usize];
                let i = &self.intervals[e.column as usize];
                let source = if i.is_single() {
                    Loc::again(NodeId(i.slot))
                } else {
                    self.homes.touch_on_edge(l.0 as usize, to);
                    Loc::home(l)
                };
                emit(body.locals[l].ty, source, Loc::reg(e.reg));
            }
            r.is_entry[e.column as usize] = false;
        }
        for e in &r.here {
            r.reg_of[e.column as usize] = RegNum::NONE;
        }
        (start, self.edge_moves.len() as u32)
    }

    /// Puts edge blocks behind their sources.
    fn order_with_edges(&mut self, out: &mut Allocation) {
        if self.bounds.blocks.len() == self.resolve.edge_of.len() {
            // None was added.
            return;
        }
        let order = &mut self.resolve.order;
        order.clear();
        for &b in &out.block_order {
            order.push(b);
            let mut e = self.bounds[b].edges;
            while e.is_some() {
                order.push(e);
                e = self.bounds[e].next_edge;
            }
        }
        std::mem::swap(order, &mut out.block_order);
    }

    /// Has the scan written all moves in the order of the code? So it is in a method of one long block.
    fn moves_are_in_order(&self, out: &Allocation) -> bool {
        let mut at = 0;
        self.edge_moves.is_empty()
            && out.block_order.iter().all(|&b| {
                let moves = self.bounds[b].moves;
                let follows = moves.0 == at || moves.0 == moves.1;
                if moves.0 != moves.1 {
                    at = moves.1;
                }
                follows
            })
            && at as usize == self.moves.len()
    }

    /// Copies moves, events and memory uses in code order; writes the GC changes at boundaries.
    fn assemble(&mut self, body: &Body, out: &mut Allocation) {
        self.node_interval.release();
        let in_order = self.moves_are_in_order(out);
        if in_order {
            std::mem::swap(&mut out.moves, &mut self.moves);
        } else {
            out.moves
                .reserve_exact(self.moves.len() + self.edge_moves.len());
        }
        out.gc_events.reserve(self.events.len());
        out.memory_uses.reserve_exact(self.memory_uses.len());
        let stride = self.live.live_in.stride();
        self.resolve.homes.clear();
        self.resolve.homes.resize(stride, 0);
        self.resolve.gc_columns.clear();
        self.resolve.gc_columns.resize(stride, 0);
        let mut any_gc = !self.events.is_empty();
        for (c, &l) in self.live.columns.iter().enumerate() {
            if body.locals[l].ty.is_gc() && self.live.locals[l].class == LocalClass::Tracked {
                self.resolve.gc_columns[c >> 6] |= 1 << (c & 63);
                any_gc = true;
            }
        }
        let mut regs = (RegMask::EMPTY, RegMask::EMPTY);
        for i in 0..out.block_order.len() {
            let b = out.block_order[i];
            let bound = &self.bounds[b];
            if !in_order {
                append(&mut out.moves, &self.edge_moves, bound.at_begin);
                append(&mut out.moves, &self.moves, bound.moves);
                append(&mut out.moves, &self.edge_moves, bound.at_end);
            }
            append(&mut out.memory_uses, &self.memory_uses, bound.memory_uses);
            if !any_gc {
                continue;
            }
            let bound = *bound;
            if bound.target.is_some() {
                self.want_entry(body, bound.target, &mut regs, body.blocks[b].last, out);
                continue;
            }
            self.want_entry(body, b, &mut regs, first_generated(body, b), out);
            append(&mut out.gc_events, &self.events, bound.events);
            self.set_exit(body, b, &mut regs);
            if bound.at_end.0 != bound.at_end.1 {
                let s = body.blocks[b].succ[0];
                self.want_entry(body, s, &mut regs, body.blocks[b].last, out);
            }
        }
    }

    /// The running GC state becomes that of the end of `b`, as its events have left it.
    fn set_exit(&mut self, body: &Body, b: BlockId, regs: &mut (RegMask, RegMask)) {
        let r = &mut self.resolve;
        r.targets.clear();
        body.for_each_succ(b, |s| r.targets.push(s));
        r.live.clear();
        r.live.resize(self.live.live_in.stride(), 0);
        if r.live.is_empty() {
            *regs = (RegMask::EMPTY, RegMask::EMPTY);
            return;
        }
        for &s in &r.targets {
            let t = self.bounds[s].target;
            let s = if t.is_some() { t } else { s };
            for (l, w) in r.live.iter_mut().zip(self.live.live_in.row(s.0 as usize)) {
                *l |= w;
            }
        }
        for (k, h) in r.homes.iter_mut().enumerate() {
            *h = r.live[k] & r.gc_columns[k];
        }
        *regs = gc_of(
            self.bounds.exit_of(b),
            &self.live.columns,
            body,
            &mut r.homes,
        );
    }

    /// Writes the changes that lead from the running GC state to that of the begin of `b`.
    fn want_entry(
        &mut self,
        body: &Body,
        b: BlockId,
        regs: &mut (RegMask, RegMask),
        node: NodeId,
        out: &mut Allocation,
    ) {
        let r = &mut self.resolve;
        r.want.clear();
        if self.live.live_in.stride() != 0 {
            r.want
                .extend_from_slice(self.live.live_in.row(b.0 as usize));
        }
        for (w, g) in r.want.iter_mut().zip(&r.gc_columns) {
            *w &= g;
        }
        let new = gc_of(
            self.bounds.entry_of(b),
            &self.live.columns,
            body,
            &mut r.want,
        );
        for live in [false, true] {
            for k in 0..r.want.len() {
                let mut m = if live {
                    r.want[k] & !r.homes[k]
                } else {
                    r.homes[k] & !r.want[k]
                };
                while m != 0 {
                    let l = self.live.columns[k * 64 + m.trailing_zeros() as usize];
                    m &= m - 1;
                    let change = if live {
                        GcChange::Live(body.locals[l].ty.gc_kind())
                    } else {
                        GcChange::Dead
                    };
                    out.gc_events.push(GcEvent {
                        node,
                        when: When::Before,
                        loc: Loc::home(l),
                        change,
                    });
                }
            }
            if !live && *regs != new {
                write_gc_masks(&mut out.gc_events, node, When::Before, *regs, new);
            }
        }
        *regs = new;
        std::mem::swap(&mut r.homes, &mut r.want);
    }
}

/// Appends a part of `from`; most parts are empty.
#[inline]
fn append<T: Copy>(to: &mut Vec<T>, from: &[T], (start, end): Span) {
    if start != end {
        to.extend_from_slice(&from[start as usize..end as usize]);
    }
}

/// Interval `iv`, if there is one, is no longer in `r`; it may have got another register already.
fn leave_register(intervals: &mut [Interval], iv: u32, r: RegNum) {
    if let Some(i) = intervals.get_mut(iv as usize)
        && i.reg == r
    {
        i.reg = RegNum::NONE;
    }
}

/// The first node of a block that is generated on its own.
fn first_generated(body: &Body, b: BlockId) -> NodeId {
    let mut n = body.blocks[b].first;
    while n.is_some() && body.nodes[n].is_contained() {
        n = body.nodes[n].next;
    }
    n
}

/// Register masks of a boundary; homes that are not current leave `homes`.
fn gc_of(
    list: impl Iterator<Item = BoundReg>,
    columns: &[LocalId],
    body: &Body,
    homes: &mut [u64],
) -> (RegMask, RegMask) {
    let mut gc = (RegMask::EMPTY, RegMask::EMPTY);
    for e in list {
        match body.locals[columns[e.column as usize]].ty {
            VarType::Ref => gc.0.insert(e.reg),
            VarType::Byref => gc.1.insert(e.reg),
            _ => continue,
        }
        if !e.home_valid {
            homes[e.column as usize >> 6] &= !(1 << (e.column & 63));
        }
    }
    gc
}
