//! Which locals stay within a block, and how often each is read: one pass over the body before the walk.

use super::MinOpts;
use crate::codegen::GenCx;
use crate::emit::SlotId;
use crate::ir::{BlockId, Body, CallId, LocalFlags, LocalId, Opcode, OpcodeSet};
use crate::target::RegNum;

/// What is known of a local.
#[derive(Copy, Clone)]
pub(super) struct LocalUse {
    /// The only block that mentions it; `BlockId::NONE` before the first mention, `SEVERAL` for more than one.
    block: BlockId,
    /// Reads still to come (meaningful for block-local locals).
    pub reads: u32,
    /// Register that caches it.
    pub reg: RegNum,
}

/// Opcodes that name locals elsewhere than in their operands, `store_lcl` apart.
const MENTIONS: OpcodeSet = OpcodeSet::of(&[
    Opcode::Call,
    Opcode::TailCall,
    Opcode::LclFld,
    Opcode::StoreLclFld,
    Opcode::LclAddr,
]);

const SEVERAL: BlockId = BlockId(u32::MAX - 1);

impl LocalUse {
    /// Seen in several blocks, so that its home must always be current.
    pub const ELSEWHERE: LocalUse = LocalUse {
        block: SEVERAL,
        reads: 0,
        reg: RegNum::NONE,
    };

    /// Is it seen in one block only, and written there before it is read?
    #[inline]
    pub fn is_block_local(&self) -> bool {
        self.block != SEVERAL
    }

    /// A local whose first mention is a read carries a value into its block, so it is not block-local.
    #[inline]
    fn mention(&mut self, b: BlockId, store: bool) {
        if self.block != b {
            self.block = if self.block.is_none() && store {
                b
            } else {
                SEVERAL
            };
        }
    }

    #[inline]
    fn read(&mut self, b: BlockId) {
        self.mention(b, false);
        self.reads += 1;
    }
}

impl MinOpts {
    /// Lowering has added locals: temporaries in memory.
    #[cold]
    pub(super) fn add_locals(&mut self, cx: &mut GenCx<'_>) {
        let n = cx.body.locals.len();
        self.locals.resize(n, LocalUse::ELSEWHERE);
        cx.st.homes.resize(n, SlotId::NONE);
    }

    pub(super) fn count_locals(&mut self, body: &Body) {
        let locals = self.locals.raw();
        locals.clear();
        locals.extend(body.locals.iter().map(|l| {
            let elsewhere = !l.is_reg_candidate()
                || l.flags.intersects(LocalFlags::PARAM | LocalFlags::EH_LIVE);
            LocalUse {
                block: if elsewhere { SEVERAL } else { BlockId::NONE },
                reads: 0,
                reg: RegNum::NONE,
            }
        }));
        let locals = &mut self.locals;
        for (b, block) in body.blocks.iter_enumerated() {
            let mut n = block.first;
            while n.is_some() {
                let node = &body.nodes[n];
                for o in node.opnd {
                    if let Some(l) = o.as_local() {
                        locals[l].read(b);
                    }
                }
                if node.op == Opcode::StoreLcl {
                    locals[LocalId(node.aux)].mention(b, true);
                } else if MENTIONS.contains(node.op) {
                    if matches!(node.op, Opcode::Call | Opcode::TailCall) {
                        for a in body.args(CallId(node.aux)) {
                            if let Some(l) = a.opnd.as_local() {
                                locals[l].read(b);
                            }
                        }
                    } else {
                        locals[LocalId(node.aux)].block = SEVERAL;
                    }
                }
                n = node.next;
            }
        }
    }
}
