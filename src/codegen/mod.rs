//! The bridge: nodes with registers to instruction descriptors; frames, prologs, epilogs.
//!
//! [`GenCx`] is what a method is generated with, at both levels. [`Gen`] is the per-machine part: which instructions a node
//! becomes. Two drivers feed it:
//!
//! - [`minopts`]: lowers, assigns and generates block by block;
//! - [`fullopts`]: walks an allocated method and weaves in the allocator's moves and GC events.
//!
//! Named invariants:
//!
//! - **regs-say-all**: `gen_node` finds every register in [`NodeRegs`]; an operand without one is a constant, a contained node, or
//!   in memory where [`GenCx::memory_of`] says.
//! - **one-stop-a-node**: in interruptible code the collector may stop before a node's first instruction but not between its
//!   instructions; the walk marks the rest as no-GC.
//! - **cold-throws**: code that raises exceptions is cold, behind its region's blocks, so that it lies in the same region.

pub mod arm64;
pub mod casts;
pub mod code;
pub mod eh;
pub mod finish;
pub mod frame;
pub mod fullopts;
pub mod gc;
pub mod minopts;
pub mod pieces;
pub mod throws;
pub mod x64;

use crate::ee::{Lookup, Runtime};
use crate::emit::{Emitter, GroupFlags, GroupId, Label, MarkKind, SlotId};
use crate::ir::{
    Bail, BlockId, Body, Effects, LocalFlags, LocalId, Method, NodeId, Opcode, OpcodeSet,
    OperandRef,
};
use crate::lower::Lower;
use crate::lsra::build::Build;
use crate::lsra::{Loc, LocRef, NodeRegs};
use crate::target::{CpuFeatures, RegMask, RegNum, RuntimeAbi, TargetDesc};
use crate::types::{GcKind, LayoutId, VarType};
use crate::util::IndexVec;
use crate::util::room::{push_gently, release};
use frame::Frame;

/// Which instructions a node becomes, per machine.
pub trait Gen: crate::emit::Emit + Lower + Build {
    /// Generates node `n`, whose registers are in `cx.regs`.
    fn gen_node(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail>;
    /// Moves a value of type `ty` from register to register, of one file or across. Clobbers nothing else.
    fn gen_move_regs(cx: &mut GenCx<'_>, ty: VarType, from: RegNum, to: RegNum);
    /// Loads a value of type `ty` from a frame slot, widened. Clobbers nothing else.
    fn gen_load_slot(cx: &mut GenCx<'_>, ty: VarType, from: SlotId, to: RegNum);
    /// Stores a value to a frame slot; a small one as the 32-bit word that it is widened to. Clobbers nothing.
    fn gen_store_slot(cx: &mut GenCx<'_>, ty: VarType, from: RegNum, to: SlotId);
    /// Moves a value of type `ty`. Clobbers no flags and no register but the target's scratch ones.
    fn gen_move(cx: &mut GenCx<'_>, ty: VarType, from: Loc, to: Loc) {
        match (from.get(), to.get()) {
            (LocRef::Reg(s), LocRef::Reg(d)) => Self::gen_move_regs(cx, ty, s, d),
            (LocRef::Reg(s), _) => {
                let to = cx.slot_of(to);
                Self::gen_store_slot(cx, ty, s, to);
            }
            (_, LocRef::Reg(d)) => {
                let from = cx.slot_of(from);
                Self::gen_load_slot(cx, ty, from, d);
            }
            _ => {
                let (from, to) = (cx.slot_of(from), cx.slot_of(to));
                // Between memory and memory a float travels as its bits.
                let (ty, scratch) = match ty {
                    VarType::F32 => (VarType::I32, cx.desc.scratch_int),
                    VarType::F64 => (VarType::I64, cx.desc.scratch_int),
                    t if t.is_vector() => (t, cx.desc.scratch_float),
                    t => (t, cx.desc.scratch_int),
                };
                Self::gen_load_slot(cx, ty, from, scratch);
                Self::gen_store_slot(cx, ty, scratch, to);
            }
        }
    }
    /// Makes in `to` again what node `n` makes or, if it is a `store_lcl` of a constant of type `ty`, what it stores. Clobbers no
    /// register but the target's scratch ones.
    fn gen_again(cx: &mut GenCx<'_>, ty: VarType, n: NodeId, to: RegNum) -> Result<(), Bail> {
        if cx.body.nodes[n].op == Opcode::StoreLcl {
            let Some(bits) = cx.imm(n, 0) else {
                return Err(Bail::Internal(format!("{n} stores no constant")));
            };
            Self::gen_const(cx, ty, bits.cast_unsigned(), to);
            return Ok(());
        }
        let first = std::mem::replace(&mut cx.st.regs[n].def, to);
        Self::gen_node(cx, n)?;
        cx.st.regs[n].def = first;
        Ok(())
    }
    /// Puts a constant into a register without touching flags.
    fn gen_const(cx: &mut GenCx<'_>, ty: VarType, bits: u64, to: RegNum);
    /// An unconditional jump.
    fn gen_jump(cx: &mut GenCx<'_>, target: Label);
    /// A call of a helper; arguments are in place. Marks the call site.
    fn gen_helper_call(
        cx: &mut GenCx<'_>,
        helper: crate::ee::Helper,
        safe_point: bool,
    ) -> Result<(), Bail>;
    /// An instruction that does nothing, to keep a return address inside its region.
    fn gen_nop(cx: &mut GenCx<'_>);
    /// An instruction that must not be reached.
    fn gen_breakpoint(cx: &mut GenCx<'_>);
    /// The prolog of fragment `func`, into its open placeholder group.
    fn gen_prolog(cx: &mut GenCx<'_>, func: u32) -> Result<(), Bail>;
    /// One epilog of fragment `func`, into its open placeholder group.
    fn gen_epilog(cx: &mut GenCx<'_>, func: u32, end: EpilogEnd) -> Result<(), Bail>;
    /// The relocation that a fixup of the emitter becomes; `data`: its target is in the read-only data.
    fn reloc_kind(kind: crate::emit::encoder::FixupKind, data: bool) -> code::RelocKind;
}

/// A fragment of the method: its root or a funclet.
#[derive(Clone, Debug)]
pub struct Fragment {
    /// Role.
    pub kind: FragmentKind,
    /// The placeholder of its prolog, and its first group but for `probes`.
    pub prolog: GroupId,
    /// Placeholders in front of the prolog's own, of which a jump can go to the second: of a root whose frame may be large, where
    /// prologs touch its pages themselves.
    pub probes: Option<[GroupId; 2]>,
    /// First block.
    pub entry: BlockId,
    /// Unwind operations of the prolog: a range of [`GenState::unwind_ops`].
    pub prolog_ops: (u32, u32),
}

/// Roles of fragments.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum FragmentKind {
    /// The method.
    Root,
    /// A catch, finally or fault handler.
    Handler,
    /// A filter.
    Filter,
}

/// What stands behind the restored registers of an epilog.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum EpilogEnd {
    /// A return.
    Return,
    /// A tail call: a jump to this symbol of the emitter.
    Symbol(i32),
    /// A tail call: a jump to the address in this register, which the epilog does not change.
    Register(RegNum),
}

/// An epilog placeholder.
#[derive(Copy, Clone, Debug)]
pub struct EpilogSite {
    /// Its group.
    pub group: GroupId,
    /// Its fragment.
    pub func: u32,
    /// Unwind operations undone: a range of [`GenState::unwind_ops`].
    pub ops: (u32, u32),
    /// How it ends.
    pub end: EpilogEnd,
}

/// Everything that generation keeps for one method; cleared and reused.
#[derive(Default)]
pub struct GenState {
    /// Registers by node.
    pub regs: IndexVec<NodeId, NodeRegs>,
    /// Labels by block.
    pub labels: IndexVec<BlockId, Label>,
    /// Frame slot of each local's home; none until needed.
    pub homes: IndexVec<LocalId, SlotId>,
    /// Frame slots of the allocator's spill temporaries.
    pub spills: Vec<SlotId>,
    /// The frame.
    pub frame: Frame,
    /// Fragments, the root first.
    pub fragments: Vec<Fragment>,
    /// Epilogs.
    pub epilogs: Vec<EpilogSite>,
    /// Unwind operations of prologs and epilogs; `MarkKind::Unwind` numbers index this.
    pub unwind_ops: Vec<crate::unwind::UnwindOp>,
    /// Pending exceptions to raise.
    pub throws: throws::ThrowSites,
    /// GC state during the walk.
    pub gc: gc::GcTracker,
    /// EH region positions.
    pub eh: eh::RegionMarks,
    /// Blocks in the order of generation.
    pub order: Vec<BlockId>,
    /// The local that holds the address of the method's return buffer; none if it has none.
    pub ret_buffer: LocalId,
    /// The method has a `return_suspend`.
    pub suspends: bool,
    /// The method's first byte: jump tables hold distances from it.
    pub start_label: Label,
    /// A stack argument that is a pointer has been stored, and its call is still to come.
    pub pointers_passed: bool,
    /// Up to which instruction of which group no collection may come, for pointers among the method's own stack arguments.
    incoming_read: Option<(GroupId, u32)>,
    /// Names of symbols for listings, by [`Symbol::name`](crate::emit::Symbol).
    pub symbol_names: Vec<SymbolName>,
}

/// What a symbol in the listing stands for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum SymbolName {
    /// A function of the method.
    Func(crate::ir::FuncId),
    /// A helper.
    Helper(crate::ee::Helper),
}

impl GenState {
    /// Empties everything and keeps the memory; sizes the vectors for `body`.
    pub fn reset(&mut self, body: &Body) {
        self.regs.clear();
        self.labels.clear();
        self.homes.clear();
        self.homes.resize(body.locals.len(), SlotId::NONE);
        self.spills.clear();
        self.frame.clear();
        self.fragments.clear();
        self.epilogs.clear();
        self.unwind_ops.clear();
        self.throws.clear();
        self.gc.clear();
        self.eh.clear();
        self.eh.reserve(body);
        self.order.clear();
        self.pointers_passed = false;
        self.incoming_read = None;
        self.symbol_names.clear();
    }
}

impl GenState {
    /// Gives back what large methods have much of and nobody needs when the code is generated.
    pub fn release_nodes(&mut self) {
        self.regs.release();
        self.labels.release();
        release(&mut self.order);
    }
}

/// What a method is generated with.
pub struct GenCx<'a> {
    /// The body; MinOpts still lowers it as it goes.
    pub body: &'a mut Body,
    /// The immutable head.
    pub method: &'a Method,
    /// Facts of the machine.
    pub desc: &'static TargetDesc,
    /// Facts of the runtime.
    pub abi: &'a RuntimeAbi,
    /// Instruction sets beyond the machine's base.
    pub features: CpuFeatures,
    /// The runtime.
    pub rt: &'a mut dyn Runtime,
    /// Where instructions go.
    pub em: &'a mut Emitter,
    /// Everything else.
    pub st: &'a mut GenState,
    /// The block being generated.
    pub block: BlockId,
    /// The block that will be generated next, to fall through to; none at the end of a fragment.
    pub next_block: BlockId,
    /// The fragment being generated.
    pub func: u32,
    /// FullOpts?
    pub full: bool,
    /// The collector may stop at any instruction (methods with handlers, loops without calls).
    pub interruptible: bool,
    /// And the method has pointers, so that what holds one must be told instruction by instruction.
    pub watched: bool,
    /// Mark the source positions of all nodes, not only of those that can throw or call.
    pub all_positions: bool,
    /// Source position of the last mark.
    pub last_il: u32,
    /// The instruction just generated is a call: a region or epilog may not begin or end directly behind it.
    pub after_call: u32,
    /// Instructions up to the end of the last block that jumps back.
    pub after_jump_back: u32,
}

/// Every convention passes structs of this size by value or copies them without a call.
const MOST_BY_VALUE: u32 = 16;

impl GenCx<'_> {
    /// The registers of `n`.
    #[inline]
    pub fn regs(&self, n: NodeId) -> NodeRegs {
        self.st.regs[n]
    }

    /// Register of operand `k` of `n`; none if it has none.
    #[inline]
    pub fn reg(&self, n: NodeId, k: usize) -> RegNum {
        self.st.regs[n].opnd[k]
    }

    /// The value of constant operand `k` of `n`.
    #[inline]
    pub fn imm(&self, n: NodeId, k: usize) -> Option<i64> {
        self.body
            .const_value(self.body.nodes[n].opnd[k])
            .map(|v| v as i64)
    }

    /// The label of a block.
    #[inline]
    pub fn label(&self, b: BlockId) -> Label {
        self.st.labels[b]
    }

    /// The home of a local, made when first asked for.
    #[inline]
    pub fn home(&mut self, l: LocalId) -> SlotId {
        let s = self.st.homes[l];
        if s.is_some() { s } else { self.make_home(l) }
    }

    fn make_home(&mut self, l: LocalId) -> SlotId {
        let local = self.body.locals[l];
        let slot = self
            .st
            .frame
            .home_of(&local, self.method.layout(local.layout), !self.full);
        // What arrives in a parameter is stored before the collector can look, at the start of a body that it cannot stop.
        if local.flags.contains(LocalFlags::PARAM) && !self.full && !self.watched {
            let home = &mut self.st.frame.slots[slot];
            home.zero &= home.size > MOST_BY_VALUE;
        }
        self.st.homes[l] = slot;
        slot
    }

    /// The frame slot behind a memory location.
    pub fn slot_of(&mut self, loc: Loc) -> SlotId {
        match loc.get() {
            LocRef::Home(l) => self.home(l),
            LocRef::Spill(i) => self.st.spills[i as usize],
            LocRef::Reg(_) | LocRef::Again(_) => SlotId::NONE,
        }
    }

    /// Where operand `k` of `n` stands in memory, for an operand without register that is not a constant or contained: a local's
    /// home, or the spill slot of a node's value.
    pub fn memory_of(&mut self, n: NodeId, k: usize) -> Result<SlotId, Bail> {
        match self.body.nodes[n].opnd[k].get() {
            OperandRef::Local(l) => Ok(self.home(l)),
            OperandRef::Node(_) => self
                .st
                .throws
                .memory_use(n, k)
                .ok_or_else(|| Bail::Internal(format!("operand {k} of {n} is nowhere"))),
            _ => Err(Bail::Internal(format!("operand {k} of {n} has no place"))),
        }
    }

    /// Marks the source position of `n`, whose opcode is `op`, if somebody may ask for it and it differs from the last.
    #[inline]
    pub fn mark_il(&mut self, n: NodeId, op: Opcode) {
        static ASKED: OpcodeSet = OpcodeSet::with(Effects::THROWS.union(Effects::SAFE_POINT))
            .union(OpcodeSet::of(&[Opcode::Unreachable]));
        if self.all_positions || ASKED.contains(op) {
            self.mark_position(n);
        }
    }

    /// Marks the source position of `n`, whose next instruction can fault, if it differs from the last.
    #[inline]
    pub fn mark_position(&mut self, n: NodeId) {
        if let Some(&il) = self.body.node_il.get(n.0 as usize)
            && il != self.last_il
        {
            self.last_il = il;
            self.em.mark(MarkKind::IlOffset { il, source: 0 });
        }
    }

    /// Where a function is.
    pub fn entry_point(&mut self, f: crate::ir::FuncId) -> Result<Lookup, Bail> {
        let r = &self.method.funcs[f];
        Ok(self.rt.function_entry_point(&r.name, r.handle)?)
    }

    /// The address of the cell that a call goes through.
    pub fn stub_cell(&mut self, l: crate::ir::LookupId) -> Result<u64, Bail> {
        match self.method.lookups.get(l) {
            Some(crate::ee::LookupRequest::Known(Lookup::Indirect(cell))) => Ok(*cell),
            other => Err(Bail::Internal(format!("{other:?} is no cell"))),
        }
    }

    /// The label of the method's start if `f` is the method itself. Where functions have handles, a name may stand for several, and
    /// the runtime may put other code in the method's place. Not at MinOpts, which does not ask.
    pub fn start_of(&self, f: crate::ir::FuncId) -> Option<Label> {
        if !self.full {
            return None;
        }
        let callee = &self.method.funcs[f];
        let is_self = callee.handle == 0 && callee.name == self.method.name;
        is_self.then_some(self.st.start_label)
    }

    /// A new symbol-name row.
    pub fn name_symbol(&mut self, name: SymbolName) -> u32 {
        push_gently(&mut self.st.symbol_names, name);
        self.st.symbol_names.len() as u32 - 1
    }

    /// Opens an epilog placeholder here; the walk continues in a new group behind it.
    pub fn epilog_here(&mut self) {
        self.epilog_with(EpilogEnd::Return);
    }

    /// As [`GenCx::epilog_here`], with another end than a return.
    pub fn epilog_with(&mut self, end: EpilogEnd) {
        self.arguments_taken();
        let group = self.em.new_group(GroupFlags::EPILOG | GroupFlags::NO_GC);
        push_gently(
            &mut self.st.epilogs,
            EpilogSite {
                group,
                func: self.func,
                ops: (0, 0),
                end,
            },
        );
        self.after_call = 0;
        self.em.new_group(GroupFlags::empty());
    }

    /// The epilog of this fragment that a return may jump to, where size counts and the collector does not watch the way there.
    pub fn shared_epilog(&mut self) -> Option<Label> {
        if self.full || self.watched {
            return None;
        }
        let of_this = |e: &&EpilogSite| e.func == self.func && e.end == EpilogEnd::Return;
        let group = self.st.epilogs.last().filter(of_this)?.group;
        let label = self.em.new_label();
        self.em.labels[label] = group;
        Some(label)
    }

    /// Notes that the instruction just pushed is a call, and marks its return address.
    pub fn call_site(&mut self, safe_point: bool) {
        self.arguments_taken();
        self.em.mark(MarkKind::CallSite { safe_point });
        self.after_call = self.em.instr_count();
    }

    /// Notes that the instruction just pushed stored stack argument `n`. A pointer there is reported by nobody before the callee
    /// runs, so until then the collector may not stop.
    pub fn argument_stored(&mut self, n: NodeId) {
        if self.watched && !self.st.pointers_passed && self.body.nodes[n].ty.is_gc() {
            self.st.pointers_passed = true;
            self.em.mark(MarkKind::NoGcBegin);
        }
    }

    /// Notes that `copy_blk` node `n` has been generated. A struct with pointers that is an argument is reported by nobody while it is
    /// where arguments travel: an outgoing one until the callee runs, an incoming one until it is in its home.
    pub fn block_copied(&mut self, n: NodeId) {
        let node = &self.body.nodes[n];
        let layout = self.method.layout(LayoutId(node.aux));
        if !self.watched || !layout.is_some_and(|l| l.has_gc()) {
            return;
        }
        let place = |o: crate::ir::Operand| o.as_node().map(|a| self.body.nodes[a].op);
        if place(node.opnd[1]) == Some(Opcode::InArgAddr) {
            self.incoming_read();
        } else if matches!(
            place(node.opnd[0]),
            Some(Opcode::OutArgAddr | Opcode::InArgAddr)
        ) && !self.st.pointers_passed
        {
            self.st.pointers_passed = true;
            self.em.mark(MarkKind::NoGcBegin);
        }
    }

    /// Notes that the instruction just pushed read a pointer from where this method's stack arguments are: until here, the collector
    /// may not have stopped.
    pub fn incoming_read(&mut self) {
        if self.watched {
            let entry = GroupId(self.st.fragments[0].prolog.0 + 1);
            // From where the last one left off, so that many parameters do not look through each other's marks.
            let (group, at) = self.st.incoming_read.unwrap_or((entry, 0));
            self.st.gc.no_gc_between(self.em, group, at);
            self.st.incoming_read = self.em.marks.last().map(|m| (m.group, m.instr()));
        }
    }

    /// The callee has, or is about to take, the stack arguments.
    #[inline]
    fn arguments_taken(&mut self) {
        if self.st.pointers_passed {
            self.st.pointers_passed = false;
            self.em.mark(MarkKind::NoGcEnd);
        }
    }

    /// May control run from this block into `to`, the next in order? Not across a fragment's prolog.
    pub fn may_fall_through(&self, to: BlockId) -> bool {
        self.body.regions.is_empty()
            || (self.st.eh.funclet_of(self.body.blocks[to].region)
                == self.st.eh.funclet_of(self.body.blocks[self.block].region)
                && (self.body.blocks[to].region == self.body.blocks[self.block].region
                    || self.st.throws.is_empty()))
    }

    /// The label of the funclet whose entry block is `entry`.
    pub fn funclet_label(&mut self, entry: BlockId) -> Label {
        self.st.eh.label_of(self.em, entry)
    }

    /// Notes that `n` moves SP; the answer is [`Frame::make_dynamic`]'s, and whether the outgoing area may be as large as a page: then
    /// SP must not skip it at once. A handler's frame cannot be so: `what` is declined there.
    pub fn dynamic_frame(&mut self, n: NodeId, what: &'static str) -> Result<(SlotId, bool), Bail> {
        if self.func != 0 {
            return Err(Bail::Unsupported { what, node: n });
        }
        if !self.st.frame.dynamic {
            self.st.frame.outgoing_probed = self.may_pass_a_page();
        }
        let probe = self.st.frame.outgoing_probed;
        Ok((self.st.frame.make_dynamic(), probe))
    }

    /// Could the stack arguments of one of the calls fill a page? Their size is known only when all blocks are lowered: this is a bound.
    fn may_pass_a_page(&self) -> bool {
        // Home space, and the arguments that the convention adds.
        const BESIDES: u32 = 128;
        let passes = |body: &Body, call: &crate::ir::CallInfo| {
            let args = call.first_arg as usize..(call.first_arg + call.num_args) as usize;
            // Those of a part that is generated are gone: the input has them.
            let args = body.call_args.get(args).unwrap_or(&[]);
            let sizes = args.iter().map(|a| {
                let size = match self.method.layout(a.layout) {
                    Some(layout) if a.ty == VarType::Struct => layout.size,
                    _ => a.ty.size(),
                };
                size.saturating_add(15) & !15
            });
            sizes
                .fold(BESIDES, u32::saturating_add)
                .max(call.stack_bytes)
                >= self.abi.page_size
        };
        let any = |body: &Body| body.calls.iter().any(|call| passes(body, call));
        // At MinOpts the body may hold a part of the method only.
        any(self.body) || (!self.full && any(&self.method.body))
    }

    /// The slot of the PSPSym, made when first asked for.
    pub fn psp_slot(&mut self) -> SlotId {
        self.st.frame.psp_slot()
    }

    /// Between two nodes: sets instructions of a large method aside if there are many.
    #[inline]
    pub fn set_descs_aside(&mut self) {
        let aside = self.em.set_descs_aside();
        self.after_call = self.after_call.saturating_sub(aside);
        self.after_jump_back = self.after_jump_back.saturating_sub(aside);
    }

    /// Is the last instruction a call?
    pub fn is_after_call(&self) -> bool {
        self.after_call == self.em.instr_count() && self.after_call != 0
    }

    /// A GC pointer is born in a register by the instruction just pushed.
    pub fn gc_live(&mut self, r: RegNum, kind: GcKind) {
        self.st.gc.reg_live(self.em, r, kind, false);
    }

    /// Registers that the whole method must save and restore.
    pub fn saved_regs(&self) -> RegMask {
        self.st.frame.saved
    }
}

/// Finishes node `n`: from its second instruction on, the collector may not stop, unless the node has nothing to do with
/// pointers, in which case what is reported is right in its middle too.
#[inline]
pub(crate) fn close_node(cx: &mut GenCx<'_>, n: NodeId, first_instr: u32, group: GroupId, at: u32) {
    if cx.watched && cx.em.instr_count() > first_instr + 1 && touches_pointers(cx.body, n, 0) {
        cx.st.gc.no_gc_between(cx.em, group, at + 1);
    }
}

/// Does `n` read or make a GC pointer, itself or through what is contained in it? Calls do.
fn touches_pointers(body: &Body, n: NodeId, depth: u32) -> bool {
    let node = &body.nodes[n];
    if node.op.effects().contains(crate::ir::Effects::SAFE_POINT) || node.ty.is_gc() || depth > 3 {
        return true;
    }
    (0..3).any(|k| {
        body.operand_type(n, k).is_gc()
            || node.opnd[k].as_node().is_some_and(|d| {
                body.nodes[d].is_contained() && touches_pointers(body, d, depth + 1)
            })
    }) || matches!(
        node.op,
        crate::ir::Opcode::CopyBlk | crate::ir::Opcode::StoreStruct | crate::ir::Opcode::Nop
    )
}
