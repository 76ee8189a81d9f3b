//! Memory of the frame taken at run time; structs stored into the heap.

use super::calls;
use crate::codegen::GenCx;
use crate::ee::Helper;
use crate::emit::arm64::{Asm, Cond, Ext, Ins, Mem, MemOp, W};
use crate::ir::{Bail, NodeId};
use crate::target::RegNum;
use crate::target::arm64::{FP, SP, X13, X14, X16, ZR};
use crate::types::{GcKind, LayoutId};

/// `loc_alloc`: SP moves down by the size, rounded up, in steps of a pair of zeros, which also touch every page on the way. The
/// outgoing arguments stay below.
pub(super) fn local_alloc(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let (outgoing, probe) = cx.dynamic_frame(n, "loc_alloc in a handler")?;
    let (dst, size, below) = (cx.regs(n).def, cx.reg(n, 0), cx.regs(n).temp[0]);
    let [again, done] = [(); 2].map(|()| cx.em.new_label());
    let asm = &mut Asm(cx.em);
    // The slot's distance from fp is the size of the outgoing area.
    asm.lea(below, &Mem::slot(outgoing, 0));
    asm.rrr(Ins::Sub, W::B8, below, below, FP);
    asm.rri(Ins::Adds, W::B8, X16, size, 15);
    // No stack is as large as what wraps round: it overflows.
    asm.sel(Ins::Csinv, W::B8, X16, X16, ZR, Cond::Lo);
    asm.rrr_ext(Ins::Add, W::B8, SP, SP, below, Ext::Uxtx, 0);
    asm.rri(Ins::And, W::B8, X16, X16, -16);
    asm.cbz(W::B8, X16, done);
    cx.em.bind(again);
    let asm = &mut Asm(cx.em);
    asm.stp_pre(W::B8, ZR, ZR, SP, -16);
    asm.rri(Ins::Subs, W::B8, X16, X16, 16);
    asm.bcond(Cond::Ne, again);
    cx.em.bind(done);
    let asm = &mut Asm(cx.em);
    asm.mov_sp(dst, SP);
    if probe {
        skip_probing(cx, below);
    } else {
        asm.rrr_ext(Ins::Sub, W::B8, SP, SP, below, Ext::Uxtx, 0);
    }
    Ok(())
}

/// Moves SP down by the bytes in `below`, a page at a time, and touches each. Changes `below` and x16.
fn skip_probing(cx: &mut GenCx<'_>, below: RegNum) {
    let page = i64::from(cx.abi.page_size);
    let [again, last] = [(); 2].map(|()| cx.em.new_label());
    cx.em.bind(again);
    let asm = &mut Asm(cx.em);
    // No comparison reaches as far as a page of 16 KiB.
    asm.mov_ri(X16, W::B8, page);
    asm.cmp_rr(W::B8, below, X16);
    asm.bcond(Cond::Lo, last);
    asm.rrr_ext(Ins::Sub, W::B8, SP, SP, X16, Ext::Uxtx, 0);
    asm.rrr(Ins::Sub, W::B8, below, below, X16);
    asm.load(MemOp::U8, ZR, &Mem::base(SP, 0));
    asm.b(again);
    cx.em.bind(last);
    let asm = &mut Asm(cx.em);
    asm.rrr_ext(Ins::Sub, W::B8, SP, SP, below, Ext::Uxtx, 0);
}

/// `store_struct` into the heap: the helper copies a reference from x13 to x14 and advances both.
pub(super) fn store_struct(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let Some(layout) = cx.method.layout(LayoutId(cx.body.nodes[n].aux)) else {
        return Err(Bail::Internal(format!("{n} has no layout")));
    };
    for k in 0..layout.size.div_ceil(8) as usize {
        if layout.gc.get(k).is_none_or(|g| *g == GcKind::None) {
            let asm = &mut Asm(cx.em);
            asm.load_write_back(MemOp::X64, X16, X13, 8, false);
            asm.store_write_back(MemOp::X64, X16, X14, 8, false);
        } else {
            calls::helper(cx, Helper::AssignByref, false)?;
        }
    }
    Ok(())
}
