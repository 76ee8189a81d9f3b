//! Memory of the frame taken at run time; structs stored into the heap.

use super::calls;
use crate::codegen::GenCx;
use crate::ee::Helper;
use crate::emit::x64::{Asm, Cc, Ins, Mem, W};
use crate::ir::{Bail, NodeId};
use crate::target::RegNum;
use crate::target::x64::{R11, RBP, RDI, RSI, RSP};
use crate::types::{GcKind, LayoutId};

/// `loc_alloc`: SP moves down by the size, rounded up, in steps of two pushes of zero, which also touch every page on the way. The
/// outgoing arguments stay below.
pub(super) fn local_alloc(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let (outgoing, probe) = cx.dynamic_frame(n, "loc_alloc in a handler")?;
    let (dst, size, below) = (cx.regs(n).def, cx.reg(n, 0), cx.regs(n).temp[0]);
    let [fits, again, done] = [(); 3].map(|()| cx.em.new_label());
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Mov, W::B8, R11, size);
    asm.ri(Ins::Add, W::B8, R11, 15);
    asm.jcc(Cc::Ae, fits);
    // No stack is that large: it overflows.
    asm.mov_ri(R11, W::B8, -1);
    cx.em.bind(fits);
    let asm = &mut Asm(cx.em);
    // The slot's distance from rbp is the size of the outgoing area.
    asm.lea(below, &Mem::slot(outgoing, 0));
    asm.rr(Ins::Sub, W::B8, below, RBP);
    asm.rr(Ins::Add, W::B8, RSP, below);
    asm.ri(Ins::And, W::B8, R11, -16);
    asm.jcc(Cc::E, done);
    cx.em.bind(again);
    let asm = &mut Asm(cx.em);
    asm.push_i(0);
    asm.push_i(0);
    asm.ri(Ins::Sub, W::B8, R11, 16);
    asm.jcc(Cc::Ne, again);
    cx.em.bind(done);
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Mov, W::B8, dst, RSP);
    if probe {
        skip_probing(cx, below);
    } else {
        asm.rr(Ins::Sub, W::B8, RSP, below);
    }
    Ok(())
}

/// Moves SP down by the bytes in `below`, a page at a time, and touches each. Changes `below` and r11.
fn skip_probing(cx: &mut GenCx<'_>, below: RegNum) {
    let page = cx.abi.page_size as i32;
    let [again, last] = [(); 2].map(|()| cx.em.new_label());
    cx.em.bind(again);
    let asm = &mut Asm(cx.em);
    asm.ri(Ins::Cmp, W::B8, below, page);
    asm.jcc(Cc::B, last);
    asm.ri(Ins::Sub, W::B8, RSP, page);
    asm.rm(Ins::Mov, W::B8, R11, &Mem::base(RSP, 0));
    asm.ri(Ins::Sub, W::B8, below, page);
    asm.jmp(again);
    cx.em.bind(last);
    Asm(cx.em).rr(Ins::Sub, W::B8, RSP, below);
}

/// `align_sp`: SP moves down to a multiple of the alignment, the outgoing arguments with it. The prolog could do that once, but
/// `loc_alloc` moves SP by less.
pub(super) fn align_sp(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let what = "a stack argument of more than 16 bytes' alignment in a handler";
    cx.dynamic_frame(n, what)?;
    let align = cx.body.nodes[n].aux.cast_signed();
    Asm(cx.em).ri(Ins::And, W::B8, RSP, -align);
    Ok(())
}

/// `store_struct` into the heap: the helper copies a reference from rsi to rdi and advances both.
pub(super) fn store_struct(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let Some(layout) = cx.method.layout(LayoutId(cx.body.nodes[n].aux)) else {
        return Err(Bail::Internal(format!("{n} has no layout")));
    };
    let words = layout.size.div_ceil(8) as usize;
    let mut ahead = 0;
    for k in 0..words {
        if layout.gc.get(k).is_none_or(|g| *g == GcKind::None) {
            let asm = &mut Asm(cx.em);
            asm.rm(Ins::Mov, W::B8, R11, &Mem::base(RSI, ahead));
            asm.mr(Ins::Mov, W::B8, &Mem::base(RDI, ahead), R11);
            ahead += 8;
            continue;
        }
        if ahead != 0 {
            let asm = &mut Asm(cx.em);
            asm.ri(Ins::Add, W::B8, RSI, ahead);
            asm.ri(Ins::Add, W::B8, RDI, ahead);
            ahead = 0;
        }
        calls::helper(cx, Helper::AssignByref, false)?;
    }
    Ok(())
}
