//! Which locals stay within a block, how often each is read, and which have a register of their own: one pass over the body
//! before the walk.

use super::{Content, MinOpts};
use crate::codegen::GenCx;
use crate::emit::SlotId;
use crate::ir::{Body, CallId, Local, LocalFlags, LocalId, Node, Opcode, OpcodeSet, Operand};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;
use crate::util::IndexVec;

/// What is known of a local. 16 bytes.
#[derive(Copy, Clone)]
pub(super) struct LocalUse {
    /// The mention before, while they are counted: twice its block and 3 for a read, 2 for a store; 0 before the first mention.
    seen: u32,
    /// Reads still to come (meaningful for block-local locals).
    pub reads: u32,
    /// Stores to it.
    stores: u32,
    /// Register that caches it, or that is its own.
    pub reg: RegNum,
    /// What its mentions say.
    state: Mentions,
    /// Its type.
    pub ty: VarType,
}

const _: () = assert!(size_of::<LocalUse>() == 16);

bitflags::bitflags! {
    #[derive(Copy, Clone, PartialEq, Eq)]
    struct Mentions: u8 {
        /// It is mentioned in more than one block, or where reads and stores are not counted.
        const SEVERAL = 1;
        /// The mention furthest up is a store.
        const STORED_FIRST = 2;
        /// It lives in its home: written or read there other than by its name, so no register may hold its value for longer than a
        /// node.
        const IN_MEMORY = 4;
    }
}

/// A local seen in several blocks has a register of its own only if it is mentioned at least so often: saving the register and
/// getting it back costs as much as that.
const WORTH_SAVING: u32 = 4;

/// Opcodes that name locals elsewhere than in their operands, or come to read them once more.
static MENTIONS: OpcodeSet = OpcodeSet::of(&[
    Opcode::StoreLcl,
    Opcode::Call,
    Opcode::TailCall,
    Opcode::LclFld,
    Opcode::StoreLclFld,
    Opcode::LclAddr,
    Opcode::IndexAddr,
]);

impl LocalUse {
    /// Before the first mention. A local that lives in its home, or whose home must always be current, counts as seen in several
    /// blocks.
    #[inline]
    fn of(l: &Local) -> LocalUse {
        let mut state = Mentions::empty();
        let candidate = l.is_reg_candidate();
        state.set(Mentions::IN_MEMORY, !candidate);
        let kept = LocalFlags::PARAM | LocalFlags::EH_LIVE;
        state.set(Mentions::SEVERAL, !candidate || l.flags.intersects(kept));
        LocalUse {
            seen: 0,
            reads: 0,
            stores: 0,
            reg: RegNum::NONE,
            state,
            ty: l.ty,
        }
    }

    /// A local that lowering stores and reads.
    pub fn elsewhere(l: &Local) -> LocalUse {
        let mut u = LocalUse::of(l);
        u.state.insert(Mentions::SEVERAL);
        u
    }

    /// A local that lives in its home: its address is known, or it is used in parts.
    fn kept_in_memory(l: &Local) -> LocalUse {
        let mut u = LocalUse::elsewhere(l);
        u.state.insert(Mentions::IN_MEMORY);
        u
    }

    /// Does it live in its home?
    #[inline]
    pub fn in_memory(&self) -> bool {
        self.state.contains(Mentions::IN_MEMORY)
    }

    /// Is it seen in one block only, and written there before it is read? Otherwise it carries a value into its block.
    #[inline]
    pub fn is_block_local(&self) -> bool {
        self.state
            .intersection(Mentions::SEVERAL.union(Mentions::STORED_FIRST))
            == Mentions::STORED_FIRST
    }

    /// Read `o` of it in register `r` is done: is the register free then? It is not told of `r` any more if so.
    #[inline(always)]
    pub fn is_used_up(&mut self, o: Operand, r: RegNum, fixed: RegMask) -> bool {
        self.reads = self.reads.wrapping_sub(1);
        let last = if self.is_block_local() {
            self.reads == 0
        } else {
            o.is_last_use() && !fixed.contains(r)
        };
        if last {
            self.reg = RegNum::NONE;
        }
        last
    }

    /// A read of it, as operand `o`, in the block whose reads have number `read`. Blocks are walked upwards: the first read to be met
    /// is the last, and is marked.
    #[inline(always)]
    fn read(&mut self, read: u32, o: &mut Operand) {
        self.reads += 1;
        // A read before another of what the block stores nowhere between says nothing new.
        if self.seen != read {
            self.seen_in_several(read);
            self.state.remove(Mentions::STORED_FIRST);
            self.seen = read;
            *o = o.with_last_use(true);
        }
    }

    #[inline(always)]
    fn store(&mut self, read: u32) {
        self.stores += 1;
        self.seen_in_several(read);
        self.state.insert(Mentions::STORED_FIRST);
        self.seen = read - 1;
    }

    /// The block whose reads have number `read` mentions it.
    #[inline(always)]
    fn seen_in_several(&mut self, read: u32) {
        // Blocks ascend, so another block's number is smaller; none at all becomes the greatest.
        let elsewhere = self.seen.wrapping_sub(1) < read - 2;
        self.state |= Mentions::from_bits_retain(elsewhere as u8) & Mentions::SEVERAL;
    }
}

/// An argument of a call is read.
#[inline(always)]
fn count_arg(locals: &mut IndexVec<LocalId, LocalUse>, read: u32, o: &mut Operand) {
    if let Some(l) = o.as_local() {
        locals[l].read(read, o);
    }
}

/// The local that a node of [`MENTIONS`], no call, names.
#[inline(always)]
fn count_mention(locals: &mut IndexVec<LocalId, LocalUse>, read: u32, node: &Node) {
    let local = LocalId(node.aux);
    match node.op {
        Opcode::StoreLcl => locals[local].store(read),
        // Lowering may put a null check before it, which is one more read.
        Opcode::IndexAddr => {
            if let Some(l) = node.opnd[0].as_local() {
                locals[l].reads += 1;
            }
        }
        // The home is used other than by the local's name.
        _ => locals[local]
            .state
            .insert(Mentions::SEVERAL | Mentions::IN_MEMORY),
    }
}

/// The operands of a node are read.
#[inline(always)]
fn count_operands(
    locals: &mut IndexVec<LocalId, LocalUse>,
    read: u32,
    [first, second, third]: &mut [Operand; 3],
) {
    if third.is_some()
        && let Some(l) = third.as_local()
    {
        locals[l].read(read, third);
    }
    if let Some(l) = second.as_local() {
        locals[l].read(read, second);
    }
    if let Some(l) = first.as_local() {
        locals[l].read(read, first);
    }
}

/// Which reads of a large method's input are a local's last ones in their blocks.
#[derive(Default)]
pub(super) struct LastUses {
    /// By node: a bit for each operand.
    pub nodes: Vec<u8>,
    /// By argument of calls.
    pub args: Vec<bool>,
}

impl MinOpts {
    /// Lowering has added locals: temporaries in memory.
    #[cold]
    pub(super) fn add_locals(&mut self, cx: &mut GenCx<'_>) {
        let (known, n) = (self.locals.len(), cx.body.locals.len());
        let new = &cx.body.locals.as_slice()[known..];
        self.locals
            .raw()
            .extend(new.iter().map(LocalUse::kept_in_memory));
        cx.st.homes.resize(n, SlotId::NONE);
    }

    /// Fills `self.locals`, and marks reads after which a block neither reads nor keeps the local's value as last uses.
    pub(super) fn count_locals(&mut self, body: &mut Body) {
        let locals = self.locals.raw();
        locals.clear();
        locals.extend(body.locals.iter().map(LocalUse::of));
        self.calls = false;
        let locals = &mut self.locals;
        for (b, block) in body.blocks.iter_enumerated() {
            // See `LocalUse::seen`.
            let read = 2 * b.0 + 3;
            let mut n = block.last;
            while n.is_some() {
                let node = &mut body.nodes[n];
                n = node.prev;
                if MENTIONS.contains(node.op) {
                    match node.op {
                        Opcode::Call | Opcode::TailCall => {
                            self.calls = true;
                            let i = body.calls[CallId(node.aux)];
                            let (first, end) = (i.first_arg, i.first_arg + i.num_args);
                            let args = &mut body.call_args[first as usize..end as usize];
                            args.iter_mut()
                                .for_each(|a| count_arg(locals, read, &mut a.opnd));
                        }
                        _ => count_mention(locals, read, node),
                    }
                }
                count_operands(locals, read, &mut node.opnd);
            }
        }
    }

    /// As [`MinOpts::count_locals`], of the nodes of input `body`, which stay as they are: which reads are last ones is noted in
    /// `self.last_uses`. `all`: the input's locals and what has been added to them.
    pub(super) fn count_locals_of_input(&mut self, body: &Body, all: &IndexVec<LocalId, Local>) {
        let locals = self.locals.raw();
        locals.clear();
        locals.extend(all.iter().map(LocalUse::of));
        self.calls = false;
        let locals = &mut self.locals;
        let last = &mut self.last_uses;
        last.nodes.reserve_exact(body.nodes.len());
        last.nodes.resize(body.nodes.len(), 0);
        last.args.reserve_exact(body.call_args.len());
        last.args.resize(body.call_args.len(), false);
        for (b, block) in body.blocks.iter_enumerated() {
            let read = 2 * b.0 + 3;
            let mut n = block.last;
            while n.is_some() {
                let (at, mut node) = (n, body.nodes[n]);
                n = node.prev;
                if MENTIONS.contains(node.op) {
                    match node.op {
                        Opcode::Call | Opcode::TailCall => {
                            self.calls = true;
                            let i = body.calls[CallId(node.aux)];
                            for a in i.first_arg as usize..(i.first_arg + i.num_args) as usize {
                                let mut o = body.call_args[a].opnd;
                                count_arg(locals, read, &mut o);
                                last.args[a] = o.is_last_use();
                            }
                        }
                        _ => count_mention(locals, read, &node),
                    }
                }
                count_operands(locals, read, &mut node.opnd);
                let bits = node.opnd.iter().rev();
                last.nodes[at.0 as usize] = bits.fold(0, |b, o| b << 1 | o.is_last_use() as u8);
            }
        }
    }

    /// Holds the counts against lowered block `b`. A rule for lowering: it reads no local more often than the body did before, or the
    /// local's register would be free while reads are still to come. What needs one more read is counted in
    /// [`MinOpts::count_locals`], as `index_addr` is.
    #[cfg(any(test, feature = "checked"))]
    pub(super) fn verify_counts(
        &mut self,
        body: &Body,
        b: crate::ir::BlockId,
    ) -> Result<(), crate::ir::Bail> {
        self.reads.clear();
        for n in body.block_nodes(b) {
            body.for_each_operand(n, |o| self.reads.extend(o.as_local()));
        }
        self.reads.sort_unstable();
        for same in self.reads.chunk_by(|a, b| a == b) {
            let (l, count) = (same[0], same.len());
            let known = self.locals.get(l);
            if known.is_some_and(|u| u.is_block_local() && (u.reads as usize) < count) {
                let what = format!("lowering reads {l} more often than the body: {count} times");
                return Err(crate::ir::Bail::Internal(what));
            }
        }
        Ok(())
    }

    /// Gives the most mentioned locals that live across blocks a register each for the whole method: callee-saved ones, and where
    /// nothing is called, vector registers that no convention names. Not those with GC pointers, which have to be where the
    /// collector looks, and none where handlers look at homes.
    pub(super) fn fix_registers(&mut self, cx: &mut GenCx<'_>) {
        self.fixed = RegMask::EMPTY;
        if !cx.body.clauses.is_empty() {
            return;
        }
        let desc = cx.desc;
        let saved = (desc.callee_saved & desc.allocatable()) - desc.helper_regs;
        self.fix_file(cx, saved - RegMask::ALL_FLOAT, false, WORTH_SAVING);
        let conv = desc.call_conv;
        let named = RegMask::of(conv.float_args) | RegMask::of(conv.float_rets);
        let spare = (desc.caller_saved & desc.float_regs) - named;
        if self.calls || spare.is_empty() {
            self.fix_file(cx, saved & RegMask::ALL_FLOAT, true, WORTH_SAVING);
        } else {
            self.fix_file(cx, spare, true, 2);
        }
        cx.st.frame.saved = self.fixed & saved;
        self.usable = self.usable - self.fixed;
    }

    /// Gives locals of one file registers of `regs`, the most mentioned first, if they are mentioned at least `worth` times.
    fn fix_file(&mut self, cx: &GenCx<'_>, regs: RegMask, float: bool, worth: u32) {
        let mut best = [(0, LocalId::NONE); MOST_FIXED];
        let best = &mut best[..(regs.count() as usize).min(MOST_FIXED)];
        let Some(last) = best.len().checked_sub(1) else {
            return;
        };
        best[last].0 = worth - 1;
        for (l, u) in self.locals.iter_enumerated() {
            let mentions = u.reads.saturating_add(u.stores);
            if mentions <= best[last].0 || u.is_block_local() || u.in_memory() {
                continue;
            }
            let local = &cx.body.locals[l];
            if local.ty.is_float() == float && may_be_fixed(local) {
                let at = best[..last].partition_point(|x| x.0 >= mentions);
                best[at..].rotate_right(1);
                best[at] = (mentions, l);
                best[last].0 = best[last].0.max(worth - 1);
            }
        }
        for (r, &(_, l)) in regs.iter().zip(best.iter()) {
            if l.is_some() {
                self.locals[l].reg = r;
                self.fixed.insert(r);
                self.content[(r.0 & 63) as usize] = Content::Local(l, true);
            }
        }
    }
}

/// Most registers of one file that locals get for themselves.
const MOST_FIXED: usize = 10;

fn may_be_fixed(l: &Local) -> bool {
    l.is_reg_candidate()
        && !l.ty.is_gc()
        && !l.ty.is_vector()
        && !l
            .flags
            .intersects(LocalFlags::EH_LIVE | LocalFlags::ZERO_INIT)
}
