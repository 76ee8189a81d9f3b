//! Atomic operations and fences.

use super::mem::{load_from, sign_or_zero_extend};
use crate::codegen::GenCx;
use crate::emit::x64::{Asm, Cc, Ins, Mem, W};
use crate::ir::{Bail, NodeFlags, NodeId, Opcode};
use crate::target::x64::{R11, RAX, RSP};

/// A locked instruction orders everything, and is faster than `mfence`.
pub(super) fn fence(cx: &mut GenCx<'_>) -> Result<(), Bail> {
    Asm(cx.em).mi(Ins::LockOr, W::B4, &Mem::base(RSP, 0), 0);
    Ok(())
}

pub(super) fn atomic(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = W::bytes(node.ty.size());
    let at = Mem::base(cx.reg(n, 0), 0);
    let (dst, value) = (cx.regs(n).def, cx.reg(n, 1));
    match node.op {
        Opcode::AtomicAdd | Opcode::AtomicXchg => {
            let ins = if node.op == Opcode::AtomicAdd {
                Ins::LockXadd
            } else {
                Ins::Xchg
            };
            let asm = &mut Asm(cx.em);
            if dst != value {
                asm.rr(Ins::Mov, W::B8, dst, value);
            }
            asm.mr(ins, w, &at, dst);
        }
        Opcode::AtomicCmpXchg => Asm(cx.em).mr(Ins::LockCmpxchg, w, &at, value),
        op => {
            let (locked, ins) = if op == Opcode::AtomicAnd {
                (Ins::LockAnd, Ins::And)
            } else {
                (Ins::LockOr, Ins::Or)
            };
            if node.flags.contains(NodeFlags::UNUSED) {
                Asm(cx.em).mr(locked, w, &at, value);
                return Ok(());
            }
            load_from(&mut Asm(cx.em), node.ty, RAX, &at);
            let again = cx.em.new_label();
            cx.em.bind(again);
            let asm = &mut Asm(cx.em);
            asm.rr(Ins::Mov, W::B8, R11, RAX);
            asm.rr(ins, W::B8, R11, value);
            asm.mr(Ins::LockCmpxchg, w, &at, R11);
            asm.jcc(Cc::Ne, again);
        }
    }
    sign_or_zero_extend(&mut Asm(cx.em), node.ty, dst);
    Ok(())
}
