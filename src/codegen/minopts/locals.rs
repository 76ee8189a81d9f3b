//! Which locals stay within a block, how often each is read, and which have a register of their own: one pass over the body
//! before the walk.

use super::{Content, MinOpts};
use crate::codegen::GenCx;
use crate::emit::SlotId;
use crate::ir::{BlockId, Body, CallId, Local, LocalFlags, LocalId, Opcode, OpcodeSet, Operand};
use crate::target::{RegMask, RegNum};

/// What is known of a local.
#[derive(Copy, Clone)]
pub(super) struct LocalUse {
    /// The only block that mentions it; `BlockId::NONE` before the first mention, `SEVERAL` for more than one.
    block: BlockId,
    /// The block being walked, if a mention further down in it reads what a mention further up leaves.
    read_below: BlockId,
    /// Reads still to come (meaningful for block-local locals).
    pub reads: u32,
    /// Stores to it.
    stores: u32,
    /// Register that caches it, or that is its own.
    pub reg: RegNum,
    /// The mention furthest up is a store.
    stored_first: bool,
    /// It lives in its home: written or read there other than by its name, so no register may hold its value for longer than a node.
    pub in_memory: bool,
}

/// A local seen in several blocks has a register of its own only if it is mentioned at least so often: saving the register and
/// getting it back costs as much as that.
const WORTH_SAVING: u32 = 4;

/// Opcodes that name locals elsewhere than in their operands, or come to read them once more.
const MENTIONS: OpcodeSet = OpcodeSet::of(&[
    Opcode::StoreLcl,
    Opcode::Call,
    Opcode::TailCall,
    Opcode::LclFld,
    Opcode::StoreLclFld,
    Opcode::LclAddr,
    Opcode::IndexAddr,
]);

const SEVERAL: BlockId = BlockId(u32::MAX - 1);

impl LocalUse {
    const UNSEEN: LocalUse = LocalUse {
        block: BlockId::NONE,
        read_below: BlockId::NONE,
        reads: 0,
        stores: 0,
        reg: RegNum::NONE,
        stored_first: false,
        in_memory: false,
    };

    /// Seen in several blocks, so that its home must always be current.
    pub const ELSEWHERE: LocalUse = LocalUse {
        block: SEVERAL,
        ..LocalUse::UNSEEN
    };

    /// Its address is known, or it is used in parts.
    pub const IN_MEMORY: LocalUse = LocalUse {
        in_memory: true,
        ..LocalUse::ELSEWHERE
    };

    /// Is it seen in one block only, and written there before it is read? Otherwise it carries a value into its block.
    #[inline]
    pub fn is_block_local(&self) -> bool {
        self.stored_first && self.block != SEVERAL
    }

    #[inline]
    fn mention(&mut self, b: BlockId) {
        if self.block != b {
            self.block = if self.block.is_none() { b } else { SEVERAL };
        }
    }

    /// A read of it in `b`, as operand `o`. Blocks are walked upwards: the first read to be met is the last, and is marked.
    #[inline]
    fn read(&mut self, b: BlockId, o: &mut Operand) {
        self.mention(b);
        self.reads += 1;
        self.stored_first = false;
        if self.read_below != b {
            self.read_below = b;
            *o = o.with_last_use(true);
        }
    }

    #[inline]
    fn store(&mut self, b: BlockId) {
        self.mention(b);
        self.stores += 1;
        self.stored_first = true;
        self.read_below = BlockId::NONE;
    }
}

impl MinOpts {
    /// Lowering has added locals: temporaries in memory.
    #[cold]
    pub(super) fn add_locals(&mut self, cx: &mut GenCx<'_>) {
        let n = cx.body.locals.len();
        self.locals.resize(n, LocalUse::IN_MEMORY);
        cx.st.homes.resize(n, SlotId::NONE);
    }

    /// Fills `self.locals`, and marks reads after which a block neither reads nor keeps the local's value as last uses.
    pub(super) fn count_locals(&mut self, body: &mut Body) {
        let locals = self.locals.raw();
        locals.clear();
        locals.extend(body.locals.iter().map(|l| {
            if !l.is_reg_candidate() {
                LocalUse::IN_MEMORY
            } else if l.flags.intersects(LocalFlags::PARAM | LocalFlags::EH_LIVE) {
                LocalUse::ELSEWHERE
            } else {
                LocalUse::UNSEEN
            }
        }));
        self.calls = false;
        let locals = &mut self.locals;
        for (b, block) in body.blocks.iter_enumerated() {
            let mut n = block.last;
            while n.is_some() {
                let node = &mut body.nodes[n];
                n = node.prev;
                if MENTIONS.contains(node.op) {
                    let local = LocalId(node.aux);
                    match node.op {
                        Opcode::StoreLcl => locals[local].store(b),
                        Opcode::Call | Opcode::TailCall => {
                            self.calls = true;
                            let i = body.calls[CallId(node.aux)];
                            let (first, end) = (i.first_arg, i.first_arg + i.num_args);
                            for a in &mut body.call_args[first as usize..end as usize] {
                                if let Some(l) = a.opnd.as_local() {
                                    locals[l].read(b, &mut a.opnd);
                                }
                            }
                        }
                        // Lowering may put a null check before it, which is one more read.
                        Opcode::IndexAddr => {
                            if let Some(l) = node.opnd[0].as_local() {
                                locals[l].reads += 1;
                            }
                        }
                        // The home is used other than by the local's name.
                        _ => {
                            locals[local].block = SEVERAL;
                            locals[local].in_memory = true;
                        }
                    }
                }
                for o in node.opnd.iter_mut().rev() {
                    if let Some(l) = o.as_local() {
                        locals[l].read(b, o);
                    }
                }
            }
        }
    }

    /// Holds the counts against lowered block `b`. A rule for lowering: it reads no local more often than the body did before, or the
    /// local's register would be free while reads are still to come. What needs one more read is counted in
    /// [`MinOpts::count_locals`], as `index_addr` is.
    #[cfg(any(test, feature = "checked"))]
    pub(super) fn verify_counts(&self, body: &Body, b: BlockId) -> Result<(), crate::ir::Bail> {
        let mut reads = std::collections::BTreeMap::<u32, u32>::new();
        for n in body.block_nodes(b) {
            body.for_each_operand(n, |o| {
                if let Some(l) = o.as_local() {
                    *reads.entry(l.0).or_default() += 1;
                }
            });
        }
        for (l, count) in reads {
            let known = self.locals.get(LocalId(l));
            if known.is_some_and(|u| u.is_block_local() && u.reads < count) {
                let what = format!("lowering reads v{l} more often than the body: {count} times");
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
            if mentions <= best[last].0 || u.is_block_local() || u.in_memory {
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
