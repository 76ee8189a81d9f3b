//! Linear-scan register allocation.
//!
//! **Before:** lowered nodes. Every operand that is not contained needs a register, except where its demand says the register
//! is optional. **After:** every node has its registers in [`Allocation::regs`], and the moves, spills and reloads that the
//! allocation needs stand in [`Allocation::moves`] in code order. Code generation never decides where a value is.
//!
//! # Order of events in a node
//!
//! ```text
//!   moves Before n │ uses read │ (delay-free uses still held) │ kills │ temps, defs written │ moves After n
//! ```
//!
//! A use that is not delay-free may share its register with a definition or temporary of the same node. A kill destroys what is
//! in its registers after the uses are read and before definitions are written, so a definition may be in a killed register.
//!
//! One description of demands, two consumers: [`build`] turns a lowered node into a [`NodeDemand`]; FullOpts records demands as
//! `RefPosition`s, MinOpts feeds them to a greedy assigner in its fused walk.

//! # The scan
//!
//! Blocks are visited in reverse postorder, one at a time. The demands of a block become [reference positions](interval), chained
//! per interval; the scan walks them forwards with the registers' owners as its state, and every decision sees the distance to
//! the next reference. A value that must give way is moved to a free register or stored, and reloaded at its next use: that is
//! all the splitting there is. So the memory of reference positions is that of the largest block and not of the method, and long blocks
//! are [cut](cut).
//!
//! At a block's end the registers of live-out locals are written down; a block begins with what its heaviest predecessor already
//! visited has left ([`resolve`] makes the other edges agree). Boundary state is kept for locals *in registers* only, at most one
//! per register; everything else that is live is in its home. Hence the cost of an edge does not grow with the number of locals.
//!
//! Four kinds of locals (see [`LocalClass`](crate::flow::liveness::LocalClass)): *tracked* ones are carried across blocks;
//! *block-local* ones need nothing outside their block; *cached* ones (live into a handler, or beyond the budget of tracked
//! locals) are written through at each store and cached in registers within a block; *in-home* ones are loaded at each read.
//!
//! What its node makes from nothing, such as a constant, is made again instead of stored and loaded ([`remat`]). Homes of locals
//! whose lives do not overlap are one place ([`homes`]).
//!
//! GC: owners of registers carry their kind; the scan writes the difference of the masks before, inside and after each node. A
//! home is reported exactly while it is current and its local lives, so a stale pointer is never reported.
//!
//! **Leaves out:** splitting around loops. Moves at one place are followed by that
//! place's GC events: between the moves of one place the reports lag, so they want to be in a no-GC group in interruptible code.

pub mod build;
pub mod check;
mod consecutive;
mod cut;
mod dead;
pub mod demand;
mod dump;
mod homes;
mod interval;
pub mod location;
mod refs;
mod remat;
mod resolve;
mod scan;
mod select;
pub mod stress;
#[cfg(test)]
mod tests;

pub use build::Build;
pub use check::{CheckError, check_allocation};
pub use consecutive::{GROUPS, cheapest_first, first_registers, pass_of};
pub use cut::HELD;
pub use demand::{
    Def, DemandRow, DemandRows, MOST_CONSECUTIVE, NodeDemand, RowDef, Temp, Unless, Use, UseFlags,
};
pub use dump::dump_allocation;
pub use location::{AllocMove, Allocation, GcChange, GcEvent, Loc, LocRef, NodeRegs, When};
pub use stress::StressRegs;

use crate::flow::liveness::LocalClass;
use crate::flow::{FlowGraph, LayoutScratch, Liveness, layout_blocks};
use crate::ir::{BlockId, Body, LocalFlags, LocalId, NodeId, Opcode};
use crate::target::{CpuFeatures, RegMask, RegNum, RuntimeAbi, TargetDesc};
use crate::types::VarType;
use crate::util::IndexVec;
use crate::util::room::{LARGE, foresee};
use build::BuildCx;
use interval::{FixedRef, Interval, Kind, NONE, NodeRec, RefPosition};
use resolve::Bounds;
use select::in_row;

/// Options of the allocator.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct LsraOptions {
    /// `JitStressRegs` bits: see [`StressRegs`].
    pub stress_regs: u32,
    /// Instruction sets beyond the machine's base.
    pub features: CpuFeatures,
}

/// Why there is no allocation.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum LsraError {
    /// No register satisfies the node's demand: a fault of the demand.
    Overconstrained {
        /// The node.
        node: NodeId,
    },
    /// An operand has no value at the node: a fault of lowering or of a demand.
    Undefined {
        /// The node.
        node: NodeId,
    },
    /// Nobody knows what the node demands. No fault: the machine does not have the opcode yet.
    Unsupported {
        /// The node.
        node: NodeId,
    },
}

impl std::fmt::Display for LsraError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LsraError::Overconstrained { node } => write!(f, "{node}: no register will do"),
            LsraError::Undefined { node } => write!(f, "{node}: an operand has no value"),
            LsraError::Unsupported { node } => write!(f, "{node}: an unknown opcode"),
        }
    }
}

impl std::error::Error for LsraError {}

/// The linear-scan allocator with all its memory, reused from method to method.
#[derive(Debug)]
pub struct Lsra {
    graph: FlowGraph,
    live: Liveness,
    layout: LayoutScratch,
    visit: Vec<BlockId>,
    demand: NodeDemand,
    stress: StressRegs,
    /// Registers that the stress limits leave.
    limit: RegMask,
    desc: Option<&'static TargetDesc>,
    /// Two of the target's sets.
    caller_saved: RegMask,
    callee_saved: RegMask,
    /// [`TargetDesc::regs_for`] by type.
    masks: [RegMask; 32],
    /// What is heeded of the uses of a row.
    row_flags: UseFlags,
    // The block at hand.
    intervals: Vec<Interval>,
    refs: Vec<RefPosition>,
    recs: Vec<NodeRec>,
    /// From the block's last node to its first, as are `recs`.
    fixed: Vec<FixedRef>,
    /// How many elements of `fixed` are not before the scan's place.
    fixed_left: usize,
    /// Place of the next of them.
    next_fixed: u32,
    /// What all of them fix and kill, as far as the scan looks, and what the next does; known for this value of `fixed_left`.
    ahead: (RegMask, RegMask),
    ahead_of: usize,
    steps: u64,
    node_interval: IndexVec<NodeId, u32>,
    local_interval: IndexVec<LocalId, u32>,
    block_locals: Vec<LocalId>,
    live_out: Vec<u64>,
    // The scan's state.
    owner: [u32; 64],
    occupied: RegMask,
    gc_ref: RegMask,
    gc_byref: RegMask,
    /// The two behind the last node whose changes were written.
    gc_told: (RegMask, RegMask),
    copies: RegMask,
    claimed: RegMask,
    written: RegMask,
    loc: u32,
    /// Place of a block's last node; those before it have smaller numbers.
    last_loc: u32,
    node: NodeId,
    last_call: NodeId,
    /// The block scanned before this one, whose state the registers still have.
    last_scanned: BlockId,
    before_live: Vec<Loc>,
    after_dead: Vec<Loc>,
    after_live: Vec<Loc>,
    /// Something stands in the four lists around this, or in the new slots, or the GC masks have changed: the end of the node looks
    /// at them.
    due: bool,
    dying_slots: Vec<u32>,
    free_slots: [Vec<u32>; VarType::ALL.len()],
    // What the scan and resolution write, by block, before it is put in code order.
    moves: Vec<AllocMove>,
    events: Vec<GcEvent>,
    memory_uses: Vec<(NodeId, u8, u32)>,
    edge_moves: Vec<AllocMove>,
    bounds: Bounds,
    resolve: resolve::Scratch,
    homes: homes::Homes,
    /// Tracked locals with one definition, which can be done again anywhere, and its place.
    single: Vec<(u32, homes::Place)>,
}

impl Default for Lsra {
    fn default() -> Self {
        Lsra {
            graph: FlowGraph::default(),
            live: Liveness::default(),
            layout: LayoutScratch::default(),
            visit: Vec::new(),
            demand: NodeDemand::default(),
            stress: StressRegs::default(),
            limit: RegMask(u64::MAX),
            desc: None,
            caller_saved: RegMask::EMPTY,
            callee_saved: RegMask::EMPTY,
            masks: [RegMask::EMPTY; 32],
            row_flags: UseFlags::all(),
            intervals: Vec::new(),
            refs: Vec::new(),
            recs: Vec::new(),
            fixed: Vec::new(),
            fixed_left: 0,
            next_fixed: NONE,
            ahead: (RegMask::EMPTY, RegMask::EMPTY),
            ahead_of: usize::MAX,
            steps: 0,
            node_interval: IndexVec::new(),
            local_interval: IndexVec::new(),
            block_locals: Vec::new(),
            live_out: Vec::new(),
            owner: [NONE; 64],
            occupied: RegMask::EMPTY,
            gc_ref: RegMask::EMPTY,
            gc_byref: RegMask::EMPTY,
            gc_told: (RegMask::EMPTY, RegMask::EMPTY),
            copies: RegMask::EMPTY,
            claimed: RegMask::EMPTY,
            written: RegMask::EMPTY,
            loc: 0,
            last_loc: 0,
            node: NodeId::NONE,
            last_call: NodeId::NONE,
            last_scanned: BlockId::NONE,
            before_live: Vec::new(),
            after_dead: Vec::new(),
            after_live: Vec::new(),
            due: false,
            dying_slots: Vec::new(),
            free_slots: Default::default(),
            moves: Vec::new(),
            events: Vec::new(),
            memory_uses: Vec::new(),
            edge_moves: Vec::new(),
            bounds: Bounds::default(),
            resolve: resolve::Scratch::default(),
            homes: homes::Homes::default(),
            single: Vec::new(),
        }
    }
}

/// Of a body with so many nodes the allocator looks ahead how many moves there will be.
const MANY_NODES: usize = 1 << 16;

impl Lsra {
    /// A new allocator; keep it for the next method.
    pub fn new() -> Lsra {
        Lsra::default()
    }

    /// Allocates registers for `body`.
    ///
    /// Needs: lowered nodes whose demands `B` knows. Keeps: nodes and their order, without those that only compute what nobody
    /// reads. Changes: last-use bits of local operands,
    /// [`LocalFlags::NO_HOME`] and `ZERO_INIT` of locals, cuts long blocks, and adds edge blocks (one `jump` each) where moves need
    /// a place.
    pub fn allocate<B: Build>(
        &mut self,
        body: &mut Body,
        desc: &'static TargetDesc,
        abi: &RuntimeAbi,
        opts: &LsraOptions,
        out: &mut Allocation,
    ) -> Result<(), LsraError> {
        self.begin(body, desc, opts, out);
        let mut demand = std::mem::take(&mut self.demand);
        let rows: &'static DemandRows = const { &B::ROWS };
        let keep = rows.of(Opcode::KeepAlive);
        for i in 0..self.visit.len() {
            let b = self.visit[i];
            self.homes.begin_block(self.graph.rpo_index[b]);
            self.begin_refs();
            self.enter_block(body, b);
            self.live.live_out(body, b, &mut self.live_out);
            let mut n = body.blocks[b].last;
            while n.is_some() {
                let (mut at, mut node) = (n, &body.nodes[n]);
                n = node.prev;
                if node.is_contained() {
                    // Its user's demand speaks for it.
                    continue;
                }
                let mut into = NONE;
                let row = if node.op != Opcode::StoreLcl {
                    rows.get(node)
                } else if let Some((row, iv)) = self.computed_into(body, node, rows) {
                    // The two are one: the node before goes straight to the local.
                    (at, into) = (n, iv);
                    node = &body.nodes[at];
                    n = node.prev;
                    Some(row)
                } else if self.record_store(body, b, at) {
                    continue;
                } else {
                    None
                };
                if let Some(row) = row {
                    if self.is_unread(at, row, into)
                        && dead::may_go(body, node)
                        && self.take_away(body, b, at, into != NONE, keep)?
                    {
                        continue;
                    }
                    let node = &body.nodes[at];
                    self.record_row(body, b, at, node, row, into)?;
                } else if !matches!(node.op, Opcode::PutArgReg | Opcode::ParamReg)
                    || !self.record_in_register(body, b, at, node)
                {
                    let cx = BuildCx {
                        body,
                        desc,
                        abi,
                        features: opts.features,
                    };
                    demand.clear();
                    B::build_special(&cx, at, &mut demand);
                    self.record(body, b, at, &demand)?;
                }
            }
            self.scan_block(body, b, out)?;
            if body.nodes.len() >= MANY_NODES {
                foresee(&mut self.moves, i + 1, self.visit.len());
            }
        }
        self.demand = demand;
        self.finish(body, out);
        self.steps += (out.moves.len() + out.gc_events.len() + self.bounds.written()) as u64;
        Ok(())
    }

    /// Steps of everything that is not one per node, for the last method: words of liveness, boundary registers, looks ahead,
    /// moves. The measure of near-linearity that a test can hold.
    pub fn work(&self) -> u64 {
        self.live.work + self.steps
    }

    /// Gives a large method's memory back.
    pub fn release(&mut self) {
        if self.capacity_bytes() > 2 * LARGE {
            *self = Lsra::default();
        }
    }

    /// Bytes held, for statistics: the allocator's own memory, without that of the [`Allocation`].
    pub fn capacity_bytes(&self) -> usize {
        self.intervals.capacity() * size_of::<Interval>()
            + self.refs.capacity() * size_of::<RefPosition>()
            + self.recs.capacity() * size_of::<NodeRec>()
            + self.fixed.capacity() * size_of::<FixedRef>()
            + self.node_interval.capacity_bytes()
            + self.local_interval.capacity_bytes()
            + (self.moves.capacity() + self.edge_moves.capacity()) * size_of::<AllocMove>()
            + self.events.capacity() * size_of::<GcEvent>()
            + self.bounds.capacity_bytes()
            + self.homes.capacity_bytes()
            + self.live.capacity_bytes()
            + self.graph.capacity_bytes()
            + (self.visit.capacity() + self.block_locals.capacity()) * 4
    }

    fn begin(
        &mut self,
        body: &mut Body,
        desc: &'static TargetDesc,
        opts: &LsraOptions,
        out: &mut Allocation,
    ) {
        out.clear();
        cut::cut_long_blocks(body);
        out.regs.resize(body.nodes.len(), NodeRegs::default());
        self.desc = Some(desc);
        self.caller_saved = desc.caller_saved;
        self.callee_saved = desc.callee_saved;
        for (mask, ty) in self.masks.iter_mut().zip(VarType::ALL) {
            *mask = desc.regs_for(ty);
        }
        self.stress = StressRegs(opts.stress_regs);
        self.limit = self.stress.limit(desc);
        self.row_flags = UseFlags::all();
        if self.stress.no_reg_optional() {
            self.row_flags -= UseFlags::REG_OPTIONAL;
        }
        self.graph.compute(body);
        layout_blocks(body, &self.graph, &mut self.layout, &mut out.block_order);
        // 64 bits a node and set: the two sets cost half of what a node costs, whatever the shape.
        let budget = body.nodes.len() as u64 * 64 + 65536;
        self.live.compute(body, &self.graph, budget);
        self.choose_visit_order(out);
        self.steps = 0;
        self.last_loc = body.nodes.len() as u32;
        self.block_locals.clear();
        self.node_interval.clear();
        self.node_interval.resize(body.nodes.len(), NONE);
        self.local_interval.clear();
        self.local_interval.resize(body.locals.len(), NONE);
        self.intervals.clear();
        for (c, &l) in self.live.columns.iter().enumerate() {
            self.intervals
                .push(self.new_interval(Kind::Tracked, l.0, body.locals[l].ty));
            if self.live.locals[l].class == LocalClass::Tracked {
                self.local_interval[l] = c as u32;
            }
        }
        for l in body.locals.ids() {
            let gc = body.locals[l].ty.is_gc();
            if self.live.locals[l].class == LocalClass::Cached && gc {
                out.untracked_gc_homes.push(l);
                body.locals[l].flags |= LocalFlags::ZERO_INIT;
            }
        }
        for (c, &l) in self.live.columns.iter().enumerate() {
            if body.locals[l].ty.is_gc() && self.live.is_live_in(BlockId(0), c as u32) {
                body.locals[l].flags |= LocalFlags::ZERO_INIT;
            }
        }
        self.owner = [NONE; 64];
        self.occupied = RegMask::EMPTY;
        self.gc_ref = RegMask::EMPTY;
        self.gc_byref = RegMask::EMPTY;
        self.written = RegMask::EMPTY;
        self.copies = RegMask::EMPTY;
        // A method that failed half-way leaves these behind.
        self.before_live.clear();
        self.after_dead.clear();
        self.after_live.clear();
        self.due = false;
        self.dying_slots.clear();
        self.moves.clear();
        self.events.clear();
        self.memory_uses.clear();
        self.edge_moves.clear();
        self.last_scanned = BlockId::NONE;
        self.bounds.reset(body.blocks.len());
        self.homes.reset(body.locals.len());
        self.single.clear();
        self.resolve.new_slots.clear();
        self.resolve.slots_made = 0;
        for f in &mut self.free_slots {
            f.clear();
        }
    }

    fn choose_visit_order(&mut self, out: &Allocation) {
        self.visit.clear();
        if self.stress.traverse() == StressRegs::TRAVERSE_LAYOUT {
            self.visit.extend_from_slice(&out.block_order);
            return;
        }
        self.visit.extend_from_slice(&self.graph.rpo);
        if self.stress.traverse() == StressRegs::TRAVERSE_RANDOM {
            // A fixed scramble: runs must repeat.
            let n = self.visit.len();
            let mut x = 0x9E37_79B9u64;
            for i in (1..n).rev() {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                self.visit.swap(i, x as usize % (i + 1));
            }
        }
    }

    #[inline]
    fn desc(&self) -> &'static TargetDesc {
        match self.desc {
            Some(d) => d,
            None => unreachable!("set by begin"),
        }
    }

    /// Registers named in a mask that are none of the allocator's business are left to the node.
    #[inline]
    fn reg_order(&self, m: RegMask) -> RegNum {
        const CHOICE: u32 =
            StressRegs::REVERSE_ORDER | StressRegs::CALLEE_FIRST | StressRegs::PICK_NEAREST;
        if self.stress.0 & CHOICE != 0 {
            return self.stressed_order(m);
        }
        let caller = m - self.callee_saved;
        if !caller.is_empty() {
            return caller.first();
        }
        let used = m & self.written;
        if used.is_empty() { m } else { used }.first()
    }

    /// The member of `m` that stress chooses.
    #[cold]
    fn stressed_order(&self, m: RegMask) -> RegNum {
        let callee = m & self.callee_saved;
        let m = if self.stress.has(StressRegs::CALLEE_FIRST) && !callee.is_empty() {
            callee
        } else {
            m
        };
        if self.stress.has(StressRegs::REVERSE_ORDER) && !m.is_empty() {
            return RegNum(63 - m.0.leading_zeros() as u8);
        }
        m.first()
    }
}
