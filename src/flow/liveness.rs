//! Liveness of locals across blocks.
//!
//! Only **cross-block** locals have a column: those referenced in more than one block, or read in a block before a store there.
//! One walk over the nodes writes each block's first references into a compact list, so the sets are made without a second
//! walk; where all locals fit one word ([`Dense`]) it makes the sets themselves, and a local's number is its column. The number of
//! columns is bounded by a budget of blocks × columns; the heaviest locals win, the rest live in their homes.
//! Locals that are live where control enters with registers lost (handlers, filters, what follows `catch_ret` and
//! `call_finally`) lose their column: their homes must always be current.
//!
//! The fixpoint is a worklist seeded in postorder; each block is revisited only when a successor's set has grown.

use super::FlowGraph;
use crate::ir::{BlockFlags, BlockId, Body, CallId, LocalFlags, LocalId, Node, Opcode, OpcodeSet};
use crate::util::IndexVec;
use crate::util::bitset::BitMatrix;

/// What the walk found about one local.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct LocalInfo {
    /// Column, or [`LocalInfo::NO_COLUMN`].
    pub column: u32,
    /// The block of the last reference seen; scratch of the walk.
    block: BlockId,
    /// Sum of the weights of the blocks of its references.
    pub weight: u32,
    /// What it is to the allocator.
    pub class: LocalClass,
    /// Stores of it; 2 for more.
    pub stores: u8,
    stored_here: bool,
}

/// How a local can be kept.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum LocalClass {
    /// No reference was seen.
    Unseen,
    /// All references are in one block, the first is a store: needs nothing outside that block.
    BlockLocal,
    /// Has a column.
    Tracked,
    /// Always current in its home; registers only cache it within a block.
    Cached,
    /// Only in its home; every read goes there (address taken, pinned, struct, accessed by field).
    InHome,
}

impl LocalInfo {
    /// No column.
    pub const NO_COLUMN: u32 = u32::MAX;
}

/// Why a block is on the worklist.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Queued {
    /// It is not.
    No,
    /// A successor's set has grown, or it has not been looked at: it asks its successors.
    Ask,
    /// Its own set has grown by what a successor handed back: it only tells its predecessors.
    Tell,
}

/// Liveness sets; reused from method to method.
#[derive(Default, Debug)]
pub struct Liveness {
    /// For each local.
    pub locals: IndexVec<LocalId, LocalInfo>,
    /// The local of each column.
    pub columns: Vec<LocalId>,
    /// Live at the block's start; rows are blocks.
    pub live_in: BitMatrix,
    /// Columns whose local is live through some block, not rarely run, that calls.
    pub crosses_call: Vec<u64>,
    /// Work done, in words touched by the fixpoint: the measure of near-linearity.
    pub work: u64,
    def: BitMatrix,
    has_call: IndexVec<BlockId, bool>,
    entries: Vec<u32>,
    entry_start: IndexVec<BlockId, u32>,
    queued: IndexVec<BlockId, Queued>,
    list: Vec<BlockId>,
    out: Vec<u64>,
}

/// What these nodes say of locals is not in their operands.
static TELLING: OpcodeSet = OpcodeSet::of(&[
    Opcode::Call,
    Opcode::TailCall,
    Opcode::LclFld,
    Opcode::StoreLclFld,
    Opcode::LclAddr,
]);

/// What the walk tells, in code order.
trait Sink {
    fn begin(&mut self, b: BlockId, weight: u32);
    fn read(&mut self, l: LocalId);
    fn store(&mut self, l: LocalId);
    /// A node touches the local's memory: it stays there.
    fn in_memory(&mut self, l: LocalId);
    fn end(&mut self);
}

/// First references, for any number of locals.
struct Sparse<'a> {
    locals: &'a mut [LocalInfo],
    /// Local numbers, doubled; odd for a store. A block's entries end with `u32::MAX`.
    entries: Vec<u32>,
    entry_start: &'a mut IndexVec<BlockId, u32>,
    block: BlockId,
    weight: u32,
}

impl Sink for Sparse<'_> {
    fn begin(&mut self, b: BlockId, weight: u32) {
        self.entry_start[b] = self.entries.len() as u32;
        self.block = b;
        self.weight = weight;
    }

    #[inline(always)]
    fn read(&mut self, l: LocalId) {
        let info = &mut self.locals[l.0 as usize];
        if info.class == LocalClass::InHome {
            return;
        }
        info.weight = info.weight.saturating_add(self.weight);
        if info.block != self.block {
            info.class = LocalClass::Tracked;
            info.block = self.block;
            info.stored_here = false;
            self.entries.push(l.0 << 1);
        }
    }

    #[inline(always)]
    fn store(&mut self, l: LocalId) {
        let info = &mut self.locals[l.0 as usize];
        if info.class == LocalClass::InHome {
            return;
        }
        info.weight = info.weight.saturating_add(self.weight);
        info.stores = (info.stores + 1).min(2);
        if info.block != self.block {
            info.class = if info.class == LocalClass::Unseen {
                LocalClass::BlockLocal
            } else {
                LocalClass::Tracked
            };
            info.block = self.block;
        } else if info.stored_here {
            return;
        }
        info.stored_here = true;
        self.entries.push(l.0 << 1 | 1);
    }

    fn in_memory(&mut self, l: LocalId) {
        self.locals[l.0 as usize].class = LocalClass::InHome;
    }

    fn end(&mut self) {
        self.entries.push(u32::MAX);
    }
}

/// The sets of a method of few locals, a word each.
struct Dense<'a> {
    live_in: &'a mut [u64],
    def: &'a mut [u64],
    weights: [u64; Dense::MOST],
    block: BlockId,
    weight: u64,
    /// Of the block at hand: what it reads before it stores it, and what it stores.
    exposed: u64,
    stored: u64,
    /// Of all blocks: what is stored, and what is stored more than once.
    ever_stored: u64,
    stored_again: u64,
    /// Of all blocks: locals seen, seen in more than one block or read before a store, and touched in memory.
    seen: u64,
    crossing: u64,
    in_memory: u64,
}

impl Dense<'_> {
    /// Locals at most.
    const MOST: usize = 64;

    #[inline(always)]
    fn count(&mut self, l: LocalId) {
        // No number of nodes makes it overflow.
        self.weights[l.0 as usize % Dense::MOST] += self.weight;
    }
}

impl Sink for Dense<'_> {
    #[inline(always)]
    fn begin(&mut self, b: BlockId, weight: u32) {
        self.block = b;
        self.weight = weight as u64;
        self.exposed = 0;
        self.stored = 0;
    }

    #[inline(always)]
    fn read(&mut self, l: LocalId) {
        self.count(l);
        self.exposed |= 1 << (l.0 & 63) & !self.stored;
    }

    #[inline(always)]
    fn store(&mut self, l: LocalId) {
        self.count(l);
        let bit = 1 << (l.0 & 63);
        self.stored_again |= self.stored & bit;
        self.stored |= bit;
    }

    fn in_memory(&mut self, l: LocalId) {
        self.in_memory |= 1 << (l.0 & 63);
    }

    #[inline(always)]
    fn end(&mut self) {
        let here = self.exposed | self.stored;
        self.crossing |= self.seen & here | self.exposed;
        self.seen |= here;
        self.stored_again |= self.ever_stored & self.stored;
        self.ever_stored |= self.stored;
        let b = self.block.0 as usize;
        self.live_in[b] = self.exposed;
        self.def[b] = self.stored;
    }
}

impl Liveness {
    /// Computes liveness of `body`, whose graph is `graph`, with at most about `budget_bits` set members (blocks × columns).
    pub fn compute(&mut self, body: &Body, graph: &FlowGraph, budget_bits: u64) {
        self.begin(body);
        if (1..=Dense::MOST).contains(&body.locals.len()) {
            self.walk_dense(body, graph);
        } else {
            self.walk_sparse(body, graph);
            self.choose_columns(body, graph, budget_bits);
            self.fill(body, graph);
        }
        self.solve(body, graph);
        if !body.clauses.is_empty() || graph.is_root.iter().filter(|r| **r).count() > 1 {
            self.drop_columns_across_handlers(body, graph);
        }
        self.find_call_crossers(body, graph);
    }

    /// The set of locals live at the end of `b`, into `out`.
    #[inline]
    pub fn live_out(&self, body: &Body, b: BlockId, out: &mut Vec<u64>) {
        let stride = self.live_in.stride();
        if out.len() != stride {
            out.resize(stride, 0);
        }
        if stride == 0 {
            return;
        }
        let block = &body.blocks[b];
        if body.ends_in_switch(block) {
            out.fill(0);
            body.for_each_succ(b, |s| {
                for (o, w) in out.iter_mut().zip(self.live_in.row(s.0 as usize)) {
                    *o |= w;
                }
            });
            return;
        }
        if let [out] = out.as_mut_slice() {
            let word = |s: BlockId| self.live_in.words().get(s.0 as usize).copied();
            let [s, t] = block.succ;
            *out = word(s).unwrap_or(0) | word(t).unwrap_or(0);
            return;
        }
        let [s, t] = block.succ;
        let s = if s.is_some() { s } else { t };
        if s.is_none() {
            out.fill(0);
            return;
        }
        let t = if t.is_some() { t } else { s };
        let (s, t) = (
            self.live_in.row(s.0 as usize),
            self.live_in.row(t.0 as usize),
        );
        for ((o, v), w) in out.iter_mut().zip(s).zip(t) {
            *o = v | w;
        }
    }

    /// Is column `c` live at the start of `b`?
    #[inline]
    pub fn is_live_in(&self, b: BlockId, c: u32) -> bool {
        self.live_in.contains(b.0 as usize, c as usize)
    }

    /// Bytes held.
    pub fn capacity_bytes(&self) -> usize {
        self.locals.capacity_bytes()
            + self.columns.capacity() * 4
            + self.live_in.capacity_bytes()
            + self.def.capacity_bytes()
            + self.entries.capacity() * 4
            + self.entry_start.capacity_bytes()
            + self.has_call.capacity_bytes()
    }

    fn begin(&mut self, body: &Body) {
        self.locals.clear();
        self.locals
            .raw()
            .extend(body.locals.iter().map(|l| LocalInfo {
                column: LocalInfo::NO_COLUMN,
                block: BlockId::NONE,
                weight: 0,
                class: if l.is_reg_candidate() {
                    LocalClass::Unseen
                } else {
                    LocalClass::InHome
                },
                stores: 0,
                stored_here: false,
            }));
        self.columns.clear();
        self.entries.clear();
        self.entry_start.clear();
        self.has_call.clear();
        self.has_call.resize(body.blocks.len(), false);
    }

    fn walk_sparse(&mut self, body: &Body, graph: &FlowGraph) {
        self.entry_start.resize(body.blocks.len(), 0);
        let mut sink = Sparse {
            locals: self.locals.raw().as_mut_slice(),
            entries: std::mem::take(&mut self.entries),
            entry_start: &mut self.entry_start,
            block: BlockId::NONE,
            weight: 0,
        };
        walk(body, graph, &mut self.has_call, &mut sink);
        self.entries = sink.entries;
        for (info, l) in self.locals.iter_mut().zip(body.locals.iter()) {
            if l.flags.contains(LocalFlags::EH_LIVE)
                && matches!(info.class, LocalClass::Tracked | LocalClass::BlockLocal)
            {
                info.class = LocalClass::Cached;
            }
        }
    }

    /// The whole walk of a method of few locals: sets, classes and columns.
    fn walk_dense(&mut self, body: &Body, graph: &FlowGraph) {
        let (blocks, locals) = (body.blocks.len(), body.locals.len());
        self.live_in.reset(blocks, locals);
        self.def.reset(blocks, locals);
        let mut sink = Dense {
            live_in: self.live_in.words_mut(),
            def: self.def.words_mut(),
            weights: [0; Dense::MOST],
            block: BlockId::NONE,
            weight: 0,
            exposed: 0,
            stored: 0,
            ever_stored: 0,
            stored_again: 0,
            seen: 0,
            crossing: 0,
            in_memory: 0,
        };
        walk(body, graph, &mut self.has_call, &mut sink);
        let mut tracked = 0;
        for (l, info) in self.locals.iter_mut().enumerate() {
            let bit = 1 << l;
            self.columns.push(LocalId(l as u32));
            if info.class == LocalClass::InHome {
                continue;
            }
            info.weight = sink.weights[l].min(u32::MAX as u64) as u32;
            info.stores = (sink.ever_stored >> l & 1) as u8 + (sink.stored_again >> l & 1) as u8;
            info.class = if sink.in_memory & bit != 0 {
                LocalClass::InHome
            } else if sink.seen & bit == 0 {
                LocalClass::Unseen
            } else if body.locals[LocalId(l as u32)]
                .flags
                .contains(LocalFlags::EH_LIVE)
            {
                LocalClass::Cached
            } else if sink.crossing & bit != 0 {
                tracked |= bit;
                info.column = l as u32;
                LocalClass::Tracked
            } else {
                LocalClass::BlockLocal
            };
        }
        for &b in &graph.rpo {
            self.live_in.words_mut()[b.0 as usize] &= tracked;
        }
    }

    fn choose_columns(&mut self, body: &Body, graph: &FlowGraph, budget_bits: u64) {
        let blocks = graph.rpo.len().max(1) as u64;
        let most = (budget_bits / blocks).clamp(64, 1 << 24) as usize;
        for l in body.locals.ids() {
            if self.locals[l].class == LocalClass::Tracked {
                self.columns.push(l);
            }
        }
        if self.columns.len() > most {
            let locals = &self.locals;
            self.columns
                .select_nth_unstable_by_key(most, |&l| (std::cmp::Reverse(locals[l].weight), l.0));
            for &l in &self.columns[most..] {
                self.locals[l].class = LocalClass::Cached;
            }
            self.columns.truncate(most);
            self.columns.sort_unstable();
        }
        for (c, &l) in self.columns.iter().enumerate() {
            self.locals[l].column = c as u32;
        }
    }

    /// Upward-exposed reads go into `live_in`, stores into `def`.
    fn fill(&mut self, body: &Body, graph: &FlowGraph) {
        let n = body.blocks.len();
        self.live_in.reset(n, self.columns.len());
        self.def.reset(n, self.columns.len());
        for &b in &graph.rpo {
            let def = self.def.row_mut(b.0 as usize);
            let live = self.live_in.row_mut(b.0 as usize);
            for &e in &self.entries[self.entry_start[b] as usize..] {
                if e == u32::MAX {
                    break;
                }
                let c = self.locals[LocalId(e >> 1)].column;
                if c != LocalInfo::NO_COLUMN {
                    let set = if e & 1 != 0 { &mut *def } else { &mut *live };
                    set[c as usize >> 6] |= 1 << (c & 63);
                }
            }
        }
    }

    fn solve(&mut self, body: &Body, graph: &FlowGraph) {
        self.work = 0;
        if self.live_in.stride() == 0 {
            return;
        }
        self.queued.clear();
        self.queued.resize(body.blocks.len(), Queued::No);
        self.list.clear();
        // From the last block to the first, a block's successors come before it, but for those that it jumps back to.
        for &b in graph.rpo.iter().rev() {
            self.ask(body, b);
            let here = graph.rpo_index[b];
            let mut back = false;
            body.for_each_succ(b, |s| back |= graph.rpo_index[s] <= here);
            if back {
                self.list.push(b);
                self.queued[b] = Queued::Ask;
            }
        }
        // The outermost loops first: what they need goes through the inner ones.
        self.list.reverse();
        while let Some(b) = self.list.pop() {
            let queued = std::mem::replace(&mut self.queued[b], Queued::No);
            if queued == Queued::Tell || self.ask(body, b) {
                self.tell(body, graph, b);
            }
        }
    }

    /// What lives at the begin of the successors of `b` lives at its own, unless it stores it; says whether its set has grown.
    #[inline]
    fn ask(&mut self, body: &Body, b: BlockId) -> bool {
        let stride = self.live_in.stride();
        self.work += stride as u64;
        let mut grown = 0;
        let block = &body.blocks[b];
        let [s, t] = block.succ;
        if s.is_some() && !body.ends_in_switch(block) {
            // Two successors at most: no set of the end is needed.
            let t = if t.is_some() { t } else { s };
            let [b, s, t] = [b, s, t].map(|b| b.0 as usize * stride);
            let (words, def) = (self.live_in.words_mut(), self.def.words());
            for k in 0..stride {
                let new = (words[s + k] | words[t + k]) & !def[b + k] & !words[b + k];
                words[b + k] |= new;
                grown |= new;
            }
        } else {
            let mut out = std::mem::take(&mut self.out);
            self.live_out(body, b, &mut out);
            let live = self.live_in.row_mut(b.0 as usize);
            for ((w, out), def) in live.iter_mut().zip(&out).zip(self.def.row(b.0 as usize)) {
                let new = out & !def & !*w;
                *w |= new;
                grown |= new;
            }
            self.out = out;
        }
        grown != 0
    }

    /// The set of `b` has grown: its predecessors must know.
    fn tell(&mut self, body: &Body, graph: &FlowGraph, b: BlockId) {
        for &p in graph.preds(b) {
            if self.queued[p] != Queued::No {
                // A switch that waits to tell its predecessors may still grow.
                if self.queued[p] == Queued::Tell {
                    self.hand_back(b, p);
                }
            } else if !body.ends_in_switch(&body.blocks[p]) {
                self.queued[p] = Queued::Ask;
                self.list.push(p);
            } else if self.hand_back(b, p) {
                self.queued[p] = Queued::Tell;
                self.list.push(p);
            }
        }
    }

    /// What lives at the begin of `b` lives at the end of `p`; says whether the set of `p` has grown. A switch is told so by its
    /// targets instead of asking them all again for each that has grown.
    fn hand_back(&mut self, b: BlockId, p: BlockId) -> bool {
        let stride = self.live_in.stride();
        self.work += stride as u64;
        let (from, to) = (b.0 as usize * stride, p.0 as usize * stride);
        let words = self.live_in.words_mut();
        let mut grown = 0;
        for (k, def) in self.def.row(p.0 as usize).iter().enumerate() {
            let new = words[from + k] & !def & !words[to + k];
            words[to + k] |= new;
            grown |= new;
        }
        grown != 0
    }

    fn drop_columns_across_handlers(&mut self, body: &Body, graph: &FlowGraph) {
        let stride = self.live_in.stride();
        if stride == 0 {
            return;
        }
        let mut lost = std::mem::take(&mut self.out);
        lost.clear();
        lost.resize(stride, 0);
        let mut lose = |b: BlockId| {
            if b.is_some() {
                for (o, w) in lost.iter_mut().zip(self.live_in.row(b.0 as usize)) {
                    *o |= w;
                }
            }
        };
        for &b in &graph.rpo {
            let block = &body.blocks[b];
            if (b.0 != 0 && graph.is_root[b]) || block.flags.contains(BlockFlags::FINALLY_RETURN) {
                lose(b);
            }
            if block.last.is_some()
                && matches!(
                    body.nodes[block.last].op,
                    Opcode::CatchRet | Opcode::CallFinally
                )
            {
                lose(block.succ[0]);
                lose(block.succ[1]);
            }
        }
        for (c, &l) in self.columns.iter().enumerate() {
            if lost[c >> 6] >> (c & 63) & 1 != 0 {
                self.locals[l].class = LocalClass::Cached;
                self.locals[l].column = LocalInfo::NO_COLUMN;
            }
        }
        for &b in &graph.rpo {
            for (w, l) in self.live_in.row_mut(b.0 as usize).iter_mut().zip(&lost) {
                *w &= !l;
            }
        }
        self.out = lost;
    }

    fn find_call_crossers(&mut self, body: &Body, graph: &FlowGraph) {
        let stride = self.live_in.stride();
        self.crosses_call.clear();
        self.crosses_call.resize(stride, 0);
        if stride == 0 {
            return;
        }
        let mut out = std::mem::take(&mut self.out);
        for &b in &graph.rpo {
            if self.has_call[b] && !body.blocks[b].flags.contains(BlockFlags::COLD) {
                self.live_out(body, b, &mut out);
                let live = self.live_in.row(b.0 as usize);
                for k in 0..stride {
                    self.crosses_call[k] |= out[k] & live[k];
                }
            }
        }
        self.out = out;
    }
}

/// Tells `sink` of every reference to a local, block by block, and which blocks call.
#[inline(always)]
fn walk(
    body: &Body,
    graph: &FlowGraph,
    has_call: &mut IndexVec<BlockId, bool>,
    sink: &mut impl Sink,
) {
    for &b in &graph.rpo {
        sink.begin(b, body.blocks[b].weight);
        let mut at = body.blocks[b].first;
        while at.is_some() {
            let node = &body.nodes[at];
            at = node.next;
            let [first, second, third] = node.opnd;
            for o in [first, second, third] {
                if let Some(l) = o.as_local() {
                    sink.read(l);
                }
            }
            if node.op == Opcode::StoreLcl {
                sink.store(LocalId(node.aux));
            } else if TELLING.contains(node.op) {
                has_call[b] |= walk_telling(body, node, sink);
            }
        }
        sink.end();
    }
}

/// Tells `sink` what a node of [`TELLING`] says of locals other than by its operands; answers whether it calls.
fn walk_telling(body: &Body, node: &Node, sink: &mut impl Sink) -> bool {
    if !matches!(node.op, Opcode::Call | Opcode::TailCall) {
        sink.in_memory(LocalId(node.aux));
        return false;
    }
    for a in body.args(CallId(node.aux)) {
        if let Some(l) = a.opnd.as_local() {
            sink.read(l);
        }
    }
    !node.is_contained()
}
