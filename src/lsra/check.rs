//! The symbolic checker: proves one allocation right, without looking at how it was made.
//!
//! A state says for each register and spill slot which value it holds (a node's value, or the current value of a local), and for
//! each home whether it is current. The checker walks the blocks, applies moves, uses, kills and definitions, meets states at
//! joins (what both agree on stays) and repeats until nothing changes. States only lose facts, so a fault found on the way is a
//! fault of the end.
//!
//! Checked: every use finds its value in the register recorded, inside its mask, and behind the register of the use before where
//! the demand says so; a memory use finds it in its slot or home; delay-free uses, temporaries and definitions are distinct as demanded; kills; homes of locals live into a handler are current
//! wherever the protected code may throw; callee-saved registers written are named; moves stay within a register file and a
//! slot's size; every move and GC event belongs to the code in order.
//!
//! Rematerialised: a node made again is the value of its local only if it is what the local's last store in the block stores, or
//! its only one in the method, with no way round it.
//!
//! GC: the reported set runs along the code order. At a safe point each reported place must hold a live value of the kind
//! reported, and every GC value that is *not* reported is forgotten there (the collector may have moved the object), so a missing
//! report shows as a use of nothing.
//!
//! The cost is linear in blocks, nodes, regions and what is live, but for the rounds until nothing changes: what protects a block is
//! kept by region, and where a value is spilled by value, so neither deep nests nor many slots are searched.
//!
//! **Leaves out:** safe points between instructions (fully interruptible code).

use super::{
    Allocation, Build, GcChange, GcEvent, Loc, LocRef, NodeDemand, Use, UseFlags, When,
    build::BuildCx,
};
use crate::ir::{
    BlockFlags, BlockId, Body, LocalId, NodeId, Opcode, OperandRef, RegionId, RegionKind,
};
use crate::target::{CpuFeatures, RegMask, RegNum, RuntimeAbi, TargetDesc};
use crate::types::{GcKind, VarType};
use crate::util::bitset::BitMatrix;
use std::collections::{BTreeMap, BTreeSet};

/// A fault in an allocation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckError {
    /// The block.
    pub block: BlockId,
    /// The node, or none for faults of the whole.
    pub node: NodeId,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for CheckError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "allocation of {} in {}: {}",
            self.node, self.block, self.what
        )
    }
}

impl std::error::Error for CheckError {}

mod places;

const UNKNOWN: u32 = u32::MAX;
const LOCAL: u32 = 1 << 31;

fn symbol_name(s: u32) -> String {
    if s == UNKNOWN {
        "nothing known".to_string()
    } else if s & LOCAL != 0 {
        LocalId(s & !LOCAL).to_string()
    } else {
        NodeId(s).to_string()
    }
}

#[derive(Clone, PartialEq, Eq)]
struct State {
    regs: [u32; 64],
    homes: Vec<u64>,
}

/// What the spill slots hold within a block; none holds anything at its start.
#[derive(Default)]
struct Spills {
    symbols: BTreeMap<u32, u32>,
    /// The same, by symbol.
    slots: BTreeSet<(u32, u32)>,
}

impl Spills {
    fn clear(&mut self) {
        self.symbols.clear();
        self.slots.clear();
    }
    fn get(&self, slot: u32) -> u32 {
        self.symbols.get(&slot).copied().unwrap_or(UNKNOWN)
    }
    fn set(&mut self, slot: u32, sym: u32) {
        let old = if sym == UNKNOWN {
            self.symbols.remove(&slot)
        } else {
            self.symbols.insert(slot, sym)
        };
        if let Some(old) = old {
            self.slots.remove(&(old, slot));
        }
        if sym != UNKNOWN {
            self.slots.insert((sym, slot));
        }
    }
    fn forget(&mut self, sym: u32) {
        while let Some(&(_, slot)) = self.slots.range((sym, 0)..=(sym, u32::MAX)).next() {
            self.set(slot, UNKNOWN);
        }
    }
}

impl State {
    fn home(&self, l: LocalId) -> bool {
        self.homes[l.0 as usize >> 6] >> (l.0 & 63) & 1 != 0
    }
    fn set_home(&mut self, l: LocalId, current: bool) {
        let w = &mut self.homes[l.0 as usize >> 6];
        *w = *w & !(1 << (l.0 & 63)) | (current as u64) << (l.0 & 63);
    }
    /// Forgets `sym` in every register.
    fn forget(&mut self, sym: u32) {
        for s in &mut self.regs {
            if *s == sym {
                *s = UNKNOWN;
            }
        }
    }
    /// Keeps what both know; says whether anything was lost.
    fn meet(&mut self, o: &State) -> bool {
        let mut changed = false;
        for (a, b) in self.regs.iter_mut().zip(&o.regs) {
            if *a != *b && *a != UNKNOWN {
                *a = UNKNOWN;
                changed = true;
            }
        }
        for (a, b) in self.homes.iter_mut().zip(&o.homes) {
            changed |= *a & b != *a;
            *a &= b;
        }
        changed
    }
}

/// Where a block's moves, events and memory uses begin.
#[derive(Copy, Clone, Default)]
struct Cursor {
    moves: usize,
    events: usize,
}

struct Checker<'a> {
    body: &'a Body,
    desc: &'static TargetDesc,
    alloc: &'a Allocation,
    starts: Vec<Cursor>,
    reported: Vec<BTreeMap<u32, GcKind>>,
    live_in: BitMatrix,
    /// By region: the first block of each handler and filter of its own clauses, if it is a try.
    entries: Vec<Vec<BlockId>>,
    /// Regions, each behind the one it lies in.
    outer_first: Vec<RegionId>,
    /// By region: what is live into the handlers that protect it.
    protecting: BitMatrix,
    /// By handler region of a finally: where its calls return to.
    returns: BTreeMap<u32, Vec<BlockId>>,
    /// Locals with GC pointers whose homes the collector knows only where they are reported.
    tracked: Vec<LocalId>,
    spills: Spills,
    /// By the local whose home they are: locals that share one.
    sharers: BTreeMap<LocalId, Vec<LocalId>>,
    shares: BTreeMap<LocalId, LocalId>,
    /// Locals whose last store in the block, so far, is of what can be made again: the node that makes it.
    made: BTreeMap<LocalId, NodeId>,
    /// Locals with one store in the method, of such, that are never read before it; with the block of the store.
    single: BTreeMap<LocalId, (NodeId, BlockId)>,
    volatile: Vec<bool>,
    untracked: Vec<bool>,
    memory_uses: BTreeMap<(u32, u8), u32>,
    block: BlockId,
}

/// Proves that `alloc` is a right allocation of `body`, whose demands come from `B` and the machine's `features`.
pub fn check_allocation<B: Build>(
    body: &Body,
    desc: &'static TargetDesc,
    abi: &RuntimeAbi,
    features: CpuFeatures,
    alloc: &Allocation,
) -> Result<(), CheckError> {
    let mut c = Checker {
        body,
        desc,
        alloc,
        starts: vec![Cursor::default(); body.blocks.len()],
        reported: vec![BTreeMap::new(); body.blocks.len()],
        live_in: BitMatrix::default(),
        entries: vec![Vec::new(); body.regions.len()],
        outer_first: Vec::new(),
        protecting: BitMatrix::default(),
        returns: BTreeMap::new(),
        tracked: Vec::new(),
        spills: Spills::default(),
        sharers: BTreeMap::new(),
        shares: BTreeMap::new(),
        made: BTreeMap::new(),
        single: BTreeMap::new(),
        volatile: vec![false; body.locals.len()],
        untracked: vec![false; body.locals.len()],
        memory_uses: alloc
            .memory_uses
            .iter()
            .map(|&(n, k, s)| ((n.0, k), s))
            .collect(),
        block: BlockId::NONE,
    };
    c.classify_locals();
    c.group_homes()?;
    c.find_starts()?;
    c.find_regions();
    c.find_liveness();
    let cx = BuildCx {
        body,
        desc,
        abi,
        features,
    };
    let mut written = RegMask::EMPTY;
    let empty = State {
        regs: [UNKNOWN; 64],
        homes: vec![u64::MAX; body.locals.len().div_ceil(64)],
    };
    let mut states: Vec<Option<State>> = vec![None; body.blocks.len()];
    let mut work: Vec<BlockId> = Vec::new();
    let mut roots = vec![BlockId(0)];
    for cl in body.clauses.iter() {
        roots.extend([cl.handler_entry, cl.filter_entry]);
    }
    roots.extend(
        body.blocks
            .ids()
            .filter(|&b| body.blocks[b].flags.contains(BlockFlags::ENTRY)),
    );
    c.find_single(&roots);
    for b in roots {
        if b.is_some() {
            states[b.0 as usize] = Some(empty.clone());
            work.push(b);
        }
    }
    let mut in_order = vec![false; body.blocks.len()];
    for &b in &alloc.block_order {
        in_order[b.0 as usize] = true;
    }
    let mut demand = NodeDemand::default();
    while let Some(b) = work.pop() {
        c.block = b;
        let Some(mut st) = states[b.0 as usize].clone() else {
            continue;
        };
        if !in_order[b.0 as usize] {
            return Err(c.err(NodeId::NONE, "a reachable block is not in the order".into()));
        }
        c.spills.clear();
        c.made.clear();
        let mut cur = c.starts[b.0 as usize];
        let mut reported = c.reported[b.0 as usize].clone();
        let live_after = c.live_after_each_safe_point::<B>(&cx, b);
        let mut safe = 0;
        let mut n = body.blocks[b].first;
        while n.is_some() {
            let node = &body.nodes[n];
            if !node.is_contained() {
                demand.clear();
                B::build_node(&cx, n, &mut demand);
                c.moves(&mut st, &mut cur, n, When::Before, &mut written)?;
                c.events(&mut reported, &mut cur, n, When::Before);
                c.node(&mut st, n, &demand, &mut written)?;
                c.events(&mut reported, &mut cur, n, When::Inside);
                if demand.safe_point {
                    c.safe_point(&mut st, n, &reported, &live_after[safe])?;
                    safe += 1;
                }
                c.moves(&mut st, &mut cur, n, When::After, &mut written)?;
                c.events(&mut reported, &mut cur, n, When::After);
            }
            n = body.nodes[n].next;
        }
        // Flow to successors.
        let last = body.blocks[b].last;
        let op = last.is_some().then(|| body.nodes[last].op);
        let mut targets = Vec::new();
        body.for_each_succ(b, |s| targets.push(s));
        if matches!(op, Some(Opcode::CatchRet | Opcode::CallFinally)) {
            st.regs = [UNKNOWN; 64];
        }
        if op == Some(Opcode::EndFinally) {
            st.regs = [UNKNOWN; 64];
            let region = body.blocks[b].region;
            targets.extend(c.returns.get(&region.0).into_iter().flatten());
        }
        for s in targets {
            let i = s.0 as usize;
            let changed = match &mut states[i] {
                Some(old) => old.meet(&st),
                none => {
                    *none = Some(st.clone());
                    true
                }
            };
            if changed {
                work.push(s);
            }
        }
    }
    let missing = (written & desc.callee_saved) - alloc.used_callee_saved;
    if !missing.is_empty() {
        return Err(c.err(
            NodeId::NONE,
            format!("callee-saved {missing:?} written but not named"),
        ));
    }
    Ok(())
}

impl Checker<'_> {
    fn err(&self, node: NodeId, what: String) -> CheckError {
        CheckError {
            block: self.block,
            node,
            what,
        }
    }

    fn classify_locals(&mut self) {
        for l in self.body.locals.ids() {
            self.volatile[l.0 as usize] = !self.body.locals[l].is_reg_candidate();
        }
        // Nodes that were removed, and blocks that are never reached, do not count.
        let body = self.body;
        let order = self.alloc.block_order.iter();
        for n in order.flat_map(|&b| body.block_nodes(b)) {
            let n = &body.nodes[n];
            if matches!(n.op, Opcode::LclFld | Opcode::StoreLclFld | Opcode::LclAddr) {
                self.volatile[n.aux as usize] = true;
            }
        }
        for &l in &self.alloc.untracked_gc_homes {
            self.untracked[l.0 as usize] = true;
        }
        for (l, local) in self.body.locals.iter_enumerated() {
            if self.volatile[l.0 as usize] {
                self.untracked[l.0 as usize] = true;
            }
            if local.ty.is_gc() && !self.untracked[l.0 as usize] {
                self.tracked.push(l);
            }
        }
    }

    /// Groups what belongs to regions.
    fn find_regions(&mut self) {
        let body = self.body;
        let mut handlers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for c in body.clauses.iter() {
            let entries = [c.handler_entry, c.filter_entry];
            let of_try = &mut self.entries[c.try_region.0 as usize];
            of_try.extend(entries.into_iter().filter(|b| b.is_some()));
            let at = handlers.entry(c.handler_entry.0).or_default();
            at.push(c.handler_region.0);
        }
        for &b in &self.alloc.block_order {
            let b = &body.blocks[b];
            if b.last.is_some() && body.nodes[b.last].op == Opcode::CallFinally {
                for &region in handlers.get(&b.succ[1].0).into_iter().flatten() {
                    self.returns.entry(region).or_default().push(b.succ[0]);
                }
            }
        }
        let mut known = vec![false; body.regions.len()];
        let mut path = Vec::new();
        for r in body.regions.ids() {
            let mut at = r;
            while at.is_some() && !known[at.0 as usize] {
                known[at.0 as usize] = true;
                path.push(at);
                at = body.regions[at].parent;
            }
            self.outer_first.extend(path.drain(..).rev());
        }
    }

    /// Walks the code order once and finds where each block's moves and events begin and what is reported there.
    fn find_starts(&mut self) -> Result<(), CheckError> {
        let mut cur = Cursor::default();
        let mut reported = BTreeMap::new();
        let body = self.body;
        for &b in &self.alloc.block_order {
            self.block = b;
            self.starts[b.0 as usize] = cur;
            self.reported[b.0 as usize] = reported.clone();
            for n in body.block_nodes(b) {
                for when in [When::Before, When::Inside, When::After] {
                    while self
                        .alloc
                        .moves
                        .get(cur.moves)
                        .is_some_and(|m| m.node == n && m.when == when)
                    {
                        cur.moves += 1;
                    }
                    self.events(&mut reported, &mut cur, n, when);
                }
            }
        }
        if let Some(m) = self.alloc.moves.get(cur.moves) {
            return Err(self.err(m.node, "a move out of order".into()));
        }
        if let Some(e) = self.alloc.gc_events.get(cur.events) {
            return Err(self.err(e.node, "a GC event out of order".into()));
        }
        Ok(())
    }

    fn find_liveness(&mut self) {
        let body = self.body;
        let n = body.locals.len();
        self.live_in.reset(body.blocks.len(), n);
        self.protecting.reset(body.regions.len(), n);
        let mut changed = true;
        while changed {
            changed = false;
            self.find_protecting();
            for b in (0..body.blocks.len() as u32).rev().map(BlockId) {
                let mut live = self.live_out(b);
                let mut at = body.blocks[b].last;
                while at.is_some() {
                    self.step_back(&mut live, at);
                    at = body.nodes[at].prev;
                }
                self.add_handlers(b, &mut live);
                let row = self.live_in.row_mut(b.0 as usize);
                changed |= *row != live[..];
                row.copy_from_slice(&live);
            }
        }
    }

    fn live_out(&self, b: BlockId) -> Vec<u64> {
        let mut live = vec![0u64; self.live_in.stride()];
        if !live.is_empty() {
            self.body.for_each_succ(b, |s| {
                for (l, w) in live.iter_mut().zip(self.live_in.row(s.0 as usize)) {
                    *l |= w;
                }
            });
        }
        live
    }

    /// What is live before `n`. A contained node reads its locals where its user stands.
    fn step_back(&self, live: &mut [u64], n: NodeId) {
        let node = &self.body.nodes[n];
        if node.is_contained() {
            return;
        }
        if node.op == Opcode::StoreLcl {
            live[node.aux as usize >> 6] &= !(1 << (node.aux & 63));
        }
        self.read_locals(live, n);
    }

    fn read_locals(&self, live: &mut [u64], n: NodeId) {
        self.body.for_each_operand(n, |o| match o.get() {
            OperandRef::Local(l) => live[l.0 as usize >> 6] |= 1 << (l.0 & 63),
            OperandRef::Node(d) if self.body.nodes[d].is_contained() => {
                self.read_locals(live, d);
            }
            _ => {}
        });
    }

    /// What is live into the handlers that protect each region.
    fn find_protecting(&mut self) {
        let mut live = vec![0u64; self.protecting.stride()];
        if live.is_empty() {
            return;
        }
        for &r in &self.outer_first {
            let region = &self.body.regions[r];
            match region.parent.is_some() {
                true => live.copy_from_slice(self.protecting.row(region.parent.0 as usize)),
                false => live.fill(0),
            }
            if region.kind == RegionKind::Try {
                for e in &self.entries[r.0 as usize] {
                    for (l, w) in live.iter_mut().zip(self.live_in.row(e.0 as usize)) {
                        *l |= w;
                    }
                }
            }
            self.protecting.row_mut(r.0 as usize).copy_from_slice(&live);
        }
    }

    /// What is live into the handlers that protect `b` is live throughout it.
    fn add_handlers(&self, b: BlockId, live: &mut [u64]) {
        let region = self.body.blocks[b].region;
        if region.is_some() && !live.is_empty() {
            for (l, w) in live.iter_mut().zip(self.protecting.row(region.0 as usize)) {
                *l |= w;
            }
        }
    }

    /// Locals live after each safe point of `b`, in order.
    fn live_after_each_safe_point<B: Build>(&self, cx: &BuildCx<'_>, b: BlockId) -> Vec<Vec<u64>> {
        let mut live = self.live_out(b);
        let mut handlers = vec![0u64; live.len()];
        self.add_handlers(b, &mut handlers);
        let mut list = Vec::new();
        let mut at = self.body.blocks[b].last;
        let mut demand = NodeDemand::default();
        while at.is_some() {
            if !self.body.nodes[at].is_contained() {
                demand.clear();
                B::build_node(cx, at, &mut demand);
                if demand.safe_point {
                    list.push(live.iter().zip(&handlers).map(|(a, b)| a | b).collect());
                }
            }
            self.step_back(&mut live, at);
            at = self.body.nodes[at].prev;
        }
        list.reverse();
        list
    }

    fn events(
        &self,
        reported: &mut BTreeMap<u32, GcKind>,
        cur: &mut Cursor,
        n: NodeId,
        when: When,
    ) {
        while let Some(&GcEvent {
            node,
            when: w,
            loc,
            change,
        }) = self.alloc.gc_events.get(cur.events)
            && node == n
            && w == when
        {
            match change {
                GcChange::Live(k) => reported.insert(loc.0, k),
                GcChange::Dead => reported.remove(&loc.0),
            };
            cur.events += 1;
        }
    }

    fn read(&self, st: &State, loc: Loc) -> u32 {
        match loc.get() {
            LocRef::Reg(r) => st.regs[r.0 as usize & 63],
            LocRef::Spill(s) => self.spills.get(s),
            LocRef::Home(l) if st.home(l) || self.volatile[l.0 as usize] => LOCAL | l.0,
            LocRef::Home(_) => UNKNOWN,
            LocRef::Again(n) => {
                let node = &self.body.nodes[n];
                let store = match node.op {
                    Opcode::StoreLcl => Some(node),
                    _ => self.body.nodes.get(node.user),
                };
                match store {
                    Some(s) if s.op == Opcode::StoreLcl && self.is_made_by(s.aux, n) => {
                        LOCAL | s.aux
                    }
                    _ if node.op == Opcode::StoreLcl => UNKNOWN,
                    _ => n.0,
                }
            }
        }
    }

    fn moves(
        &mut self,
        st: &mut State,
        cur: &mut Cursor,
        n: NodeId,
        when: When,
        written: &mut RegMask,
    ) -> Result<(), CheckError> {
        while let Some(m) = self.alloc.moves.get(cur.moves)
            && m.node == n
            && m.when == when
        {
            cur.moves += 1;
            let sym = self.read(st, m.from);
            for loc in [m.from, m.to] {
                match loc.get() {
                    LocRef::Reg(r) if r.is_float() != m.ty.is_float_reg() => {
                        return Err(self.err(n, format!("{m:?}: wrong register file")));
                    }
                    LocRef::Spill(s) if self.alloc.spill_slots[s as usize].size() < m.ty.size() => {
                        return Err(self.err(n, format!("{m:?}: slot too small")));
                    }
                    LocRef::Again(c) => self.made_again(n, m, c)?,
                    LocRef::Home(l)
                        if self.body.locals[l]
                            .flags
                            .contains(crate::ir::LocalFlags::NO_HOME) =>
                    {
                        return Err(self.err(n, format!("{m:?}: {l} has no home")));
                    }
                    _ => {}
                }
            }
            match m.to.get() {
                LocRef::Reg(r) => {
                    let ok = self.desc.allocatable().contains(r)
                        || r == self.desc.scratch_int
                        || r == self.desc.scratch_float;
                    if !ok {
                        return Err(self.err(n, format!("{m:?}: not a register to allocate")));
                    }
                    written.insert(r);
                    st.regs[r.0 as usize & 63] = sym;
                }
                LocRef::Spill(s) => {
                    if m.from.as_reg().is_none() {
                        return Err(self.err(n, format!("{m:?}: memory to memory")));
                    }
                    self.spills.set(s, sym);
                }
                LocRef::Home(l) => {
                    if sym != LOCAL | l.0 {
                        return Err(self.err(
                            n,
                            format!("{m:?}: the home of {l} gets {}", symbol_name(sym)),
                        ));
                    }
                    self.write_home(st, l);
                }
                LocRef::Again(_) => {
                    return Err(self.err(n, format!("{m:?}: that is no place")));
                }
            }
        }
        Ok(())
    }

    fn use_symbol(&self, u: &Use) -> Option<(u32, VarType)> {
        match u.opnd.get() {
            OperandRef::Node(d) => Some((d.0, self.body.value_type(d))),
            OperandRef::Local(l) => Some((LOCAL | l.0, self.body.locals[l].ty)),
            _ => None,
        }
    }

    /// Is `r` the register behind `last`?
    fn follows(&self, r: RegNum, last: RegNum) -> bool {
        r.is_some()
            && last.is_some()
            && r == last.after(1)
            && (self.desc.registers_wrap || r.hw() != 0)
    }

    /// Uses, kills, temporaries, definition.
    fn node(
        &mut self,
        st: &mut State,
        n: NodeId,
        demand: &NodeDemand,
        written: &mut RegMask,
    ) -> Result<(), CheckError> {
        let body = self.body;
        let node = &body.nodes[n];
        let regs = &self.alloc.regs[n];
        let mut used = RegMask::EMPTY;
        let mut delayed = RegMask::EMPTY;
        if body.blocks[self.block].region.is_some() {
            self.homes_for_handlers(st, n)?;
        }
        let mut before = RegNum::NONE;
        for u in &demand.uses {
            let Some((sym, ty)) = self.use_symbol(u) else {
                continue;
            };
            if ty == VarType::Struct {
                continue;
            }
            let r = if u.k == Use::NOWHERE {
                u.mask.first()
            } else {
                self.alloc.regs[u.node].opnd[u.k as usize]
            };
            let last = std::mem::replace(&mut before, r);
            if u.flags.contains(UseFlags::CONSECUTIVE) && !self.follows(r, last) {
                return Err(self.err(n, format!("{u:?}: {r:?} does not follow {last:?}")));
            }
            if r.is_none() {
                let held = match u.opnd.get() {
                    OperandRef::Node(_) => match self.memory_uses.get(&(u.node.0, u.k)) {
                        Some(&s) => self.spills.get(s),
                        None => UNKNOWN,
                    },
                    OperandRef::Local(l) => self.read(st, Loc::home(l)),
                    _ => UNKNOWN,
                };
                if !u.flags.contains(UseFlags::REG_OPTIONAL) {
                    return Err(self.err(n, format!("{u:?} has no register")));
                }
                if held != sym {
                    let held = symbol_name(held);
                    return Err(self.err(n, format!("{u:?}: memory holds {held}")));
                }
                continue;
            }
            if !u.mask.contains(r) {
                return Err(self.err(n, format!("{u:?} is in {r:?}")));
            }
            let held = st.regs[r.0 as usize & 63];
            if held != sym {
                let held = symbol_name(held);
                return Err(self.err(n, format!("{u:?}: {r:?} holds {held}")));
            }
            used.insert(r);
            if u.flags.contains(UseFlags::DELAY_FREE) {
                delayed.insert(r);
                if demand.kills.contains(r) && !(u.mask - demand.kills).is_empty() {
                    return Err(self.err(n, format!("{u:?}: {r:?} is killed too early")));
                }
            }
        }
        let mut temps = RegMask::EMPTY;
        for (t, &r) in demand.temps.iter().zip(&regs.temp) {
            if !t.mask.contains(r) || used.contains(r) || temps.contains(r) {
                return Err(self.err(n, format!("temporary {r:?} is not free")));
            }
            temps.insert(r);
        }
        // Node values die here; kills and temporaries destroy.
        for u in &demand.uses {
            if let OperandRef::Node(d) = u.opnd.get() {
                st.forget(d.0);
                self.spills.forget(d.0);
            }
        }
        for r in (demand.kills | temps).iter() {
            st.regs[r.0 as usize] = UNKNOWN;
        }
        *written |= demand.kills | temps;
        self.define(st, n, demand, delayed | temps, written)?;
        if node.op == Opcode::Call {
            self.further_results(st, n);
        }
        for s in st.regs.iter_mut() {
            if *s != UNKNOWN && *s & LOCAL != 0 && self.volatile[(*s & !LOCAL) as usize] {
                *s = UNKNOWN;
            }
        }
        Ok(())
    }

    fn define(
        &mut self,
        st: &mut State,
        n: NodeId,
        demand: &NodeDemand,
        taken: RegMask,
        written: &mut RegMask,
    ) -> Result<(), CheckError> {
        let node = &self.body.nodes[n];
        let regs = &self.alloc.regs[n];
        let r = regs.def;
        let store = node.op == Opcode::StoreLcl;
        if r.is_some() {
            let Some(def) = demand.def else {
                return Err(self.err(n, format!("{r:?} is defined though nothing is")));
            };
            if !def.mask.contains(r) || taken.contains(r) {
                return Err(self.err(n, format!("definition in {r:?}")));
            }
            if node.op == Opcode::Result && node.user.is_some() && st.regs[r.0 as usize & 63] != n.0
            {
                return Err(self.err(n, format!("the call's result in {r:?} was lost")));
            }
            written.insert(r);
        } else if demand.def.is_some() && !store {
            return Err(self.err(n, "a definition without register".into()));
        }
        if store {
            let l = LocalId(node.aux);
            st.forget(LOCAL | l.0);
            self.spills.forget(LOCAL | l.0);
            let maker = self.maker(n);
            match maker {
                Some(x) => self.made.insert(l, x),
                None => self.made.remove(&l),
            };
            let flags = self.body.locals[l].flags;
            let homeless = flags.contains(crate::ir::LocalFlags::NO_HOME);
            if r.is_none() != regs.write_thru {
                if homeless {
                    return Err(self.err(n, format!("{l} has no home to be stored to")));
                }
                self.write_home(st, l);
            } else {
                st.set_home(l, false);
                if r.is_none() && maker.is_none() {
                    return Err(self.err(n, format!("what {l} gets is dropped")));
                }
            }
            if r.is_some() {
                st.regs[r.0 as usize & 63] = LOCAL | l.0;
            }
        } else if r.is_some() {
            st.regs[r.0 as usize & 63] = n.0;
        }
        Ok(())
    }

    /// The further results of a call are in their registers when it returns.
    fn further_results(&self, st: &mut State, call: NodeId) {
        let mut n = self.body.nodes[call].next;
        while n.is_some() && self.body.nodes[n].op == Opcode::Result {
            let r = self.alloc.regs[n].def;
            if r.is_some() {
                st.regs[r.0 as usize & 63] = n.0;
            }
            n = self.body.nodes[n].next;
        }
    }

    /// Before a node that may throw, the homes that its handlers read are current.
    fn homes_for_handlers(&self, st: &State, n: NodeId) -> Result<(), CheckError> {
        let e = self.body.nodes[n].op.effects();
        if !e.intersects(crate::ir::Effects::THROWS | crate::ir::Effects::SAFE_POINT) {
            return Ok(());
        }
        let region = self.body.blocks[self.block].region;
        if self.protecting.stride() == 0 {
            return Ok(());
        }
        let live = self.protecting.row(region.0 as usize);
        for (k, (&live, &home)) in live.iter().zip(&st.homes).enumerate() {
            let mut missing = live & !home;
            while missing != 0 {
                let l = LocalId(k as u32 * 64 + missing.trailing_zeros());
                missing &= missing - 1;
                if !self.volatile[l.0 as usize] {
                    let what = format!("{l} is live into a handler of {region}, its home is stale");
                    return Err(self.err(n, what));
                }
            }
        }
        Ok(())
    }

    /// The collector may run here: reported places hold live values, the others' values are forgotten.
    fn safe_point(
        &mut self,
        st: &mut State,
        n: NodeId,
        reported: &BTreeMap<u32, GcKind>,
        live: &[u64],
    ) -> Result<(), CheckError> {
        let is_live = |l: LocalId| live[l.0 as usize >> 6] >> (l.0 & 63) & 1 != 0;
        for (&loc, &kind) in reported {
            let loc = Loc(loc);
            let sym = self.read(st, loc);
            let fault = if sym == UNKNOWN {
                Some("holds no value")
            } else if self.kind(sym) != kind {
                Some("holds another kind")
            } else if sym & LOCAL != 0 && !is_live(LocalId(sym & !LOCAL)) {
                Some("holds a dead local")
            } else {
                None
            };
            if let Some(fault) = fault {
                return Err(self.err(n, format!("{loc:?} is reported as {kind:?} but {fault}")));
            }
        }
        for r in 0..64u8 {
            let sym = st.regs[r as usize];
            if self.kind(sym) != GcKind::None && !reported.contains_key(&Loc::reg(RegNum(r)).0) {
                st.regs[r as usize] = UNKNOWN;
            }
        }
        let known: Vec<(u32, u32)> = self.spills.slots.iter().copied().collect();
        for (sym, s) in known {
            if self.kind(sym) != GcKind::None && !reported.contains_key(&Loc::spill(s).0) {
                self.spills.set(s, UNKNOWN);
            }
        }
        for &l in &self.tracked {
            if !reported.contains_key(&Loc::home(l).0) {
                st.set_home(l, false);
            }
        }
        Ok(())
    }

    fn kind(&self, sym: u32) -> GcKind {
        if sym == UNKNOWN {
            GcKind::None
        } else if sym & LOCAL != 0 {
            self.body.locals[LocalId(sym & !LOCAL)].ty.gc_kind()
        } else {
            self.body.value_type(NodeId(sym)).gc_kind()
        }
    }
}
