//! MinOpts: one walk per block that lowers, assigns registers greedily and generates.
//!
//! Within a block values are cached in registers. Three kinds of local:
//!
//! - *fixed* locals, the most mentioned of those seen in several blocks, have a register each from the prolog to the epilog, which
//!   most often is a callee-saved one, and a home only where a node destroys that register;
//! - other locals seen in several blocks have a home in the frame and are written through at each store, so their cached registers
//!   can be dropped at any time; none is cached across a block's end;
//! - *block-local* locals are written to their home only when their register is taken while reads are still to come. Their
//!   homes come from a pool and go back to it.
//!
//! Everything else uses caller-saved registers. At a safe point all those are lost, which also drops all cached GC pointers; homes and temporaries with GC pointers are untracked slots.
//!
//! - [`args`]: arguments in registers;
//! - [`consecutive`]: uses that want consecutive registers;
//! - [`locals`]: which locals stay within a block, and how often each is read;
//! - [`parts`]: large methods, a part of a block at a time;
//! - [`rows`]: nodes that demand what their opcode's [`DemandRow`](crate::lsra::DemandRow) says: most of them;
//! - [`special`]: nodes with a demand of their own: fixed registers, temporaries, calls;
//! - [`registers`]: taking registers, and keeping what they held.

mod args;
mod consecutive;
mod locals;
pub mod parts;
mod registers;
mod rows;
mod special;

use super::{Gen, GenCx};
use crate::emit::SlotId;
use crate::ir::{Bail, BlockId, LocalId, NodeId, Opcode, Operand, OperandRef};
use crate::lower::{LowerCx, lower_block};
use crate::lsra::{DemandRows, NodeDemand, NodeRegs};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;
use crate::util::IndexVec;
use locals::{LastUses, LocalUse};
use parts::Parts;
use rows::Acquired;

/// What a register holds.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Content {
    Nothing,
    /// A node's value, not yet used.
    Node(NodeId),
    /// A local's current value; `true`: newer than its home.
    Local(LocalId, bool),
}

/// What has been done with a node.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Step {
    /// It is generated.
    One,
    /// It and the node behind it are.
    Two,
    /// It cannot be; [`MinOpts::check`] says why.
    Failed,
}

/// Where a node's value waits. Eight bytes, all ones for nowhere, so that rows are made by filling memory.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(C)]
struct NodePlace {
    slot: SlotId,
    reg: RegNum,
    unused: [u8; 3],
}

impl NodePlace {
    const NOWHERE: NodePlace = NodePlace {
        slot: SlotId::NONE,
        reg: RegNum::NONE,
        unused: [0xFF; 3],
    };
}

/// The assigner; reused from method to method.
pub struct MinOpts {
    content: [Content; 64],
    free: RegMask,
    usable: RegMask,
    /// Registers of the file of each type.
    files: [RegMask; VarType::ALL.len()],
    /// Registers of fixed locals: never free, never taken.
    fixed: RegMask,
    /// The method calls something as it stands. Lowering may add helpers to what does not.
    calls: bool,
    locals: IndexVec<LocalId, LocalUse>,
    places: IndexVec<NodeId, NodePlace>,
    /// Of a method that is compiled in parts of its input.
    last_uses: LastUses,
    /// What a lowered block reads, for [`MinOpts::verify_counts`].
    #[cfg(any(test, feature = "checked"))]
    reads: Vec<LocalId>,
    /// Why the node at hand cannot be assigned. Kept here so that the good path returns registers and nothing else.
    failed: Option<Bail>,
    /// Frame slots taken from the pool and not given back.
    slots_out: u32,
    /// Rotates so that caches are not all thrown out from the same end.
    victim: u32,
    /// What the operands of the node at hand are in.
    acquired: Acquired,
}

impl Default for MinOpts {
    fn default() -> Self {
        MinOpts {
            content: [Content::Nothing; 64],
            free: RegMask::EMPTY,
            usable: RegMask::EMPTY,
            files: [RegMask::EMPTY; VarType::ALL.len()],
            fixed: RegMask::EMPTY,
            calls: false,
            locals: IndexVec::new(),
            last_uses: LastUses::default(),
            places: IndexVec::new(),
            #[cfg(any(test, feature = "checked"))]
            reads: Vec::new(),
            failed: None,
            slots_out: 0,
            victim: 0,
            acquired: Acquired::default(),
        }
    }
}

impl MinOpts {
    /// Lowers, assigns and generates the whole body in the order of `cx.st.order`; in `parts` if nobody looks at it again.
    pub fn run<G: Gen>(&mut self, cx: &mut GenCx<'_>, parts: Parts) -> Result<(), Bail> {
        match parts {
            Parts::OfInput => self.count_locals_of_input(&cx.method.body, &cx.body.locals),
            _ => self.count_locals(cx.body),
        }
        if cx.st.ret_buffer.is_some() {
            // Lowering stores and reads it.
            let l = &cx.body.locals[cx.st.ret_buffer];
            self.locals[cx.st.ret_buffer] = LocalUse::elsewhere(l);
        }
        self.places.clear();
        // Lowering adds about one node to five.
        let room = match parts {
            Parts::None => cx.body.nodes.len() + cx.body.nodes.len() / 5,
            _ => cx.body.nodes.len() + parts::ROOM,
        };
        self.places.raw().reserve_exact(room);
        cx.st.regs.raw().reserve_exact(room);
        self.make_places(cx, room);
        self.failed = None;
        self.slots_out = 0;
        self.usable = cx.desc.caller_saved & cx.desc.allocatable();
        self.files = VarType::ALL.map(|ty| cx.desc.regs_for(ty));
        self.fix_registers(cx);
        if parts != Parts::None {
            return self.run_in_parts::<G>(cx, parts);
        }
        let mut demand = NodeDemand::default();
        let entry = cx.st.order.first().copied().unwrap_or(BlockId(0));
        self.lower::<G>(cx, entry, true)?;
        let mut prev = BlockId::NONE;
        for i in 0..cx.st.order.len() {
            let b = cx.st.order[i];
            cx.next_block = cx.st.order.get(i + 1).copied().unwrap_or(BlockId::NONE);
            cx.cross_boundary::<G>(prev, b)?;
            if b != entry {
                self.lower::<G>(cx, b, false)?;
            }
            self.begin_block(cx, b);
            self.nodes::<G>(cx, b, &mut demand)?;
            self.forget_all(cx);
            prev = b;
        }
        cx.next_block = BlockId::NONE;
        cx.cross_boundary::<G>(prev, BlockId::NONE)
    }

    fn lower<G: Gen>(&mut self, cx: &mut GenCx<'_>, b: BlockId, entry: bool) -> Result<(), Bail> {
        let mut lx = LowerCx {
            body: cx.body,
            method: cx.method,
            desc: cx.desc,
            abi: cx.abi,
            features: cx.features,
            full: false,
            block: b,
            ret_buffer: cx.st.ret_buffer,
            suspends: cx.st.suspends,
        };
        lower_block::<G>(&mut lx, b)?;
        if entry {
            lx.lower_params::<G>(b)?;
        }
        #[cfg(any(test, feature = "checked"))]
        self.verify_counts(cx.body, b)?;
        Ok(())
    }

    fn begin_block(&mut self, cx: &mut GenCx<'_>, b: BlockId) {
        cx.block = b;
        let label = cx.st.labels[b];
        cx.em.bind(label);
        self.free = self.usable;
    }

    /// Assigns and generates the nodes of block `b`, which are lowered.
    #[inline(never)]
    fn nodes<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        b: BlockId,
        demand: &mut NodeDemand,
    ) -> Result<(), Bail> {
        if cx.body.locals.len() > self.locals.len() {
            self.add_locals(cx);
        }
        if cx.body.nodes.len() > self.places.len() {
            self.make_places(cx, cx.body.nodes.len());
        }
        let mut n = cx.body.blocks[b].first;
        while n.is_some() {
            let at = n;
            let node = &cx.body.nodes[at];
            n = node.next;
            if node.is_contained() {
                continue;
            }
            match self.node::<G>(cx, at, demand) {
                Step::One => {}
                Step::Two => n = cx.body.nodes[n].next,
                Step::Failed => break,
            }
        }
        self.check()
    }

    /// Gives back what a large method has left.
    pub fn release_nodes(&mut self) {
        self.places.release();
        self.locals.release();
        // Only large methods have any.
        self.last_uses = LastUses::default();
    }

    /// Makes rows for nodes below `n`.
    #[inline(never)]
    fn make_places(&mut self, cx: &mut GenCx<'_>, n: usize) {
        cx.st.regs.resize(n, NodeRegs::default());
        self.places.resize(n, NodePlace::NOWHERE);
    }

    /// Assigns and generates node `n`.
    #[inline(always)]
    fn node<G: Gen>(&mut self, cx: &mut GenCx<'_>, n: NodeId, demand: &mut NodeDemand) -> Step {
        let rows: &'static DemandRows = const { &G::ROWS };
        let node = &cx.body.nodes[n];
        let (op, row) = (node.op, rows.get(node));
        cx.mark_il(n, op);
        let done = if op == Opcode::StoreLcl {
            self.store_local::<G>(cx, n)
        } else if let Some(row) = row {
            return self.by_row::<G>(cx, n, row);
        } else {
            self.other::<G>(cx, n, demand)
        };
        match done {
            Ok(()) => Step::One,
            Err(e) => self.failed_with(e),
        }
    }

    /// A node that has no row.
    #[inline(never)]
    fn other<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        demand: &mut NodeDemand,
    ) -> Result<(), Bail> {
        let done = match cx.body.nodes[n].op {
            Opcode::PutArgReg => self.put_argument::<G>(cx, n)?,
            Opcode::ParamReg => self.take_parameter(cx, n),
            _ => false,
        };
        if done {
            return Ok(());
        }
        self.special::<G>(cx, n, demand)
    }

    /// Generation of the node at hand has failed.
    #[cold]
    fn failed_with(&mut self, why: Bail) -> Step {
        self.failed.get_or_insert(why);
        Step::Failed
    }

    /// An operand is read. Its register, if that is free once the node's operands have been read: a node's value is gone then,
    /// a local after its last read. Memory is free only when the node has been generated ([`MinOpts::give_back`]).
    #[inline]
    fn consume(&mut self, o: Operand) -> RegNum {
        match o.get() {
            OperandRef::Node(x) => self.places[x].reg,
            OperandRef::Local(l) => {
                let u = &mut self.locals[l];
                u.reads = u.reads.saturating_sub(1);
                let last = if u.is_block_local() {
                    u.reads == 0
                } else {
                    o.is_last_use() && !self.fixed.contains(u.reg)
                };
                if last {
                    std::mem::replace(&mut u.reg, RegNum::NONE)
                } else {
                    RegNum::NONE
                }
            }
            _ => RegNum::NONE,
        }
    }

    /// The frame slot behind operand `o`, which the node just generated has used up, goes back to the pool.
    fn give_back(&mut self, cx: &mut GenCx<'_>, o: Operand) {
        let (slot, ty) = match o.get() {
            OperandRef::Node(x) => (
                std::mem::take(&mut self.places[x].slot),
                cx.body.value_type(x),
            ),
            OperandRef::Local(l)
                if self.locals[l].reads == 0 && self.locals[l].is_block_local() =>
            {
                (
                    std::mem::take(&mut cx.st.homes[l]),
                    cx.body.locals[l].ty.actual(),
                )
            }
            _ => return,
        };
        if slot.is_some() {
            cx.st.frame.give_temp(ty, slot);
            self.slots_out -= 1;
        }
    }

    /// Notes why the node at hand cannot be assigned.
    #[cold]
    fn fail(&mut self, why: String) -> RegNum {
        self.failed.get_or_insert(Bail::Internal(why));
        RegNum::NONE
    }

    /// The failure noted, if there is one.
    #[inline]
    fn check(&mut self) -> Result<(), Bail> {
        match &self.failed {
            None => Ok(()),
            Some(_) => self.failed.take().map_or(Ok(()), Err),
        }
    }

    /// After a node's code: registers whose value was used up hold no pointer any more.
    #[inline]
    fn report_deaths(&mut self, cx: &mut GenCx<'_>, kills: RegMask) {
        if cx.watched {
            let call = cx.is_after_call();
            cx.st.gc.regs_dead(cx.em, self.free | kills, call);
        }
    }
}
