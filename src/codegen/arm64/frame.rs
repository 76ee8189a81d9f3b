//! Prologs and epilogs.
//!
//! ```text
//!   method                                     funclet (fp is the method's already)
//!   stp  fp, lr, [sp, #-n]!                    stp  fp, lr, [sp, #-n]!
//!   stp  x19, x20, [sp, #16] ...               stp  x19, x20, [sp, #16] ...
//!   mov  fp, sp                                (sub sp, sp, #outgoing)
//!   (sub sp, sp, #outgoing)
//!   (zero GC slots)
//! ```
//!
//! A leaf without frame pointer moves SP and saves registers if it must, or has neither prolog nor epilog.
//!
//! fp points at the saved fp, so frames form a chain; everything but the outgoing arguments is above it. Where `n` is too large
//! for the first store, SP moves first (`sub`, with probes page by page, of large frames in a loop, where that could skip a guard page).
//! The area of outgoing arguments is taken off last, so that the saves' distances stay small. Epilogs undo the same in the opposite order.

use crate::codegen::{EpilogEnd, FragmentKind, GenCx};
use crate::emit::arm64::{Asm, Cond, Ext, Ins, Mem, MemOp, W};
use crate::emit::{GroupId, MarkKind};
use crate::ir::Bail;
use crate::target::RegNum;
use crate::target::arm64::{FP, LR, SP, X16, X17, ZR, imm};
use crate::unwind::UnwindOp;
use crate::util::room::push_gently;

/// The largest `n` of `stp fp, lr, [sp, #-n]!` that frames of this kind use, in bytes.
const PRE_INDEX_LIMIT: u32 = 504;

/// Most pages that a prolog probes one by one where it has no room for a loop: unwind data have a code for each of its instructions,
/// and 1,020 bytes of codes at most.
const PROBE_LIMIT: u32 = 490;

/// More pages than this are probed in a loop, if the prolog has room for one.
const PROBES_IN_A_ROW: u32 = 8;

/// The most that one unwind code moves SP by is a little less than twice this.
const LARGEST_MOVE: u32 = 1 << 27;

/// One save: registers, and their distance from the lowest saved register (fp, if that is saved).
type Save = (RegNum, Option<RegNum>, u32);

/// Bytes above the outgoing arguments, and those of the arguments.
fn sizes(cx: &GenCx<'_>, kind: FragmentKind) -> (u32, u32) {
    let f = &cx.st.frame;
    if kind == FragmentKind::Root {
        (f.total - f.outgoing, f.outgoing)
    } else {
        (16 + (8 * f.saved.count()).next_multiple_of(16), f.outgoing)
    }
}

/// The callee-saved registers in the order of their places, in pairs where their numbers allow it.
fn saves(cx: &GenCx<'_>) -> smallvec::SmallVec<[Save; 16]> {
    let mut list = smallvec::SmallVec::new();
    let mut at = cx.st.frame.links_bytes();
    let mut regs = cx.st.frame.saved.iter().peekable();
    while let Some(r) = regs.next() {
        let second = regs.next_if(|s| s.0 == r.0 + 1 && s.is_float() == r.is_float());
        list.push((r, second, at));
        at += if second.is_some() { 16 } else { 8 };
    }
    list
}

fn save_op(&(first, second, offset): &Save) -> UnwindOp {
    let reg = first.hw();
    match (second, first.is_float()) {
        (Some(s), false) => UnwindOp::SaveRegPair {
            first: reg,
            second: s.hw(),
            offset,
        },
        (Some(_), true) => UnwindOp::SaveFloatPair { first: reg, offset },
        (None, false) => UnwindOp::SaveReg { reg, offset },
        (None, true) => UnwindOp::SaveFloat { reg, offset },
    }
}

fn width_of(r: RegNum) -> (W, MemOp) {
    if r.is_float() {
        (W::F64, MemOp::F64)
    } else {
        (W::B8, MemOp::X64)
    }
}

fn op(cx: &mut GenCx<'_>, op: UnwindOp) {
    push_gently(&mut cx.st.unwind_ops, op);
    cx.em
        .mark(MarkKind::Unwind(cx.st.unwind_ops.len() as u32 - 1));
}

/// Moves SP by `n` bytes, in as few instructions that move it as unwind codes can describe.
fn move_sp(cx: &mut GenCx<'_>, ins: Ins, mut n: u32) {
    while n > LARGEST_MOVE {
        move_sp_at_once(cx, ins, LARGEST_MOVE);
        n -= LARGEST_MOVE;
    }
    move_sp_at_once(cx, ins, n);
}

fn move_sp_at_once(cx: &mut GenCx<'_>, ins: Ins, n: u32) {
    let asm = &mut Asm(cx.em);
    if imm::add_sub(n as u64).is_some() {
        asm.rri(ins, W::B8, SP, SP, n as i64);
    } else {
        asm.mov_ri(X16, W::B8, n as i64);
        asm.rrr_ext(ins, W::B8, SP, SP, X16, Ext::Uxtx, 0);
    }
    op(cx, UnwindOp::AllocStack(n));
}

/// Touches every page of the next `n` bytes below SP, nearest first.
fn probe(cx: &mut GenCx<'_>, func: u32, n: u32) -> Result<(), Bail> {
    let page = cx.abi.page_size;
    if n / page > PROBES_IN_A_ROW
        && let Some(groups) = cx.st.fragments[func as usize].probes
    {
        probe_in_loop(cx, func, groups, n / page);
        return Ok(());
    }
    if n / page > PROBE_LIMIT {
        return Err(Bail::Limit("frame size"));
    }
    let asm = &mut Asm(cx.em);
    for k in 1..=n / page {
        if k == 1 || imm::add_sub(page as u64).is_none() {
            asm.mov_ri(X16, W::B8, -((k * page) as i64));
        } else {
            asm.rri(Ins::Sub, W::B8, X16, X16, page as i64);
        }
        asm.load(MemOp::U8, ZR, &Mem::index(SP, X16, 0));
    }
    Ok(())
}

/// Touches `pages` pages below SP in the placeholders in front of the prolog's own, where a jump can go back to. SP stands still, so
/// that unwinding is the same on every turn.
fn probe_in_loop(cx: &mut GenCx<'_>, func: u32, groups: [GroupId; 2], pages: u32) {
    let page = i64::from(cx.abi.page_size);
    cx.em.begin_fill(groups[0]);
    let asm = &mut Asm(cx.em);
    asm.mov_ri(X16, W::B8, -page);
    asm.mov_ri(X17, W::B8, -page * i64::from(pages));
    let again = cx.em.new_label();
    cx.em.labels[again] = groups[1];
    cx.em.begin_fill(groups[1]);
    let asm = &mut Asm(cx.em);
    asm.load(MemOp::U8, ZR, &Mem::index(SP, X16, 0));
    asm.rri(Ins::Sub, W::B8, X16, X16, page);
    asm.cmp_rr(W::B8, X16, X17);
    asm.bcond(Cond::Ge, again);
    let prolog = cx.st.fragments[func as usize].prolog;
    cx.em.begin_fill(prolog);
}

pub(super) fn prolog(cx: &mut GenCx<'_>, func: u32) -> Result<(), Bail> {
    let kind = cx.st.fragments[func as usize].kind;
    let root = kind == FragmentKind::Root;
    if cx.st.frame.psp_sym.is_some() || (!root && !cx.abi.funclet_fp_set) {
        return Err(Bail::Unsupported {
            what: "funclets that find their frame through a PSPSym",
            node: crate::ir::NodeId::NONE,
        });
    }
    let (n, outgoing) = sizes(cx, kind);
    // Less than a page may be skipped, and the callee's own frame begins with a store.
    if n + outgoing >= cx.abi.page_size - 512 {
        probe(cx, func, n + outgoing)?;
    }
    if cx.st.frame.omit_fp {
        if n != 0 {
            move_sp(cx, Ins::Sub, n);
        }
    } else if n <= PRE_INDEX_LIMIT {
        Asm(cx.em).stp_pre(W::B8, FP, LR, SP, -(n as i32));
        op(
            cx,
            UnwindOp::SaveRegPairPreIndexed {
                first: FP.hw(),
                second: LR.hw(),
                size: n,
            },
        );
    } else {
        move_sp(cx, Ins::Sub, n);
        Asm(cx.em).stp(W::B8, FP, LR, &Mem::base(SP, 0));
        op(
            cx,
            UnwindOp::SaveRegPair {
                first: FP.hw(),
                second: LR.hw(),
                offset: 0,
            },
        );
    }
    for s in saves(cx) {
        let (w, single) = width_of(s.0);
        let m = Mem::base(SP, s.2 as i32);
        match s.1 {
            Some(second) => Asm(cx.em).stp(w, s.0, second, &m),
            None => Asm(cx.em).store(single, s.0, &m),
        }
        op(cx, save_op(&s));
    }
    if root && !cx.st.frame.omit_fp {
        Asm(cx.em).mov_sp(FP, SP);
        op(
            cx,
            UnwindOp::SetFrameReg {
                reg: FP.hw(),
                offset: 0,
            },
        );
    }
    if outgoing != 0 {
        move_sp(cx, Ins::Sub, outgoing);
    }
    if root {
        zero_slots(cx);
    }
    Ok(())
}

/// Zeroes the slots that the collector or the source language wants zero. Uses only the scratch registers.
fn zero_slots(cx: &mut GenCx<'_>) {
    let mut slots: smallvec::SmallVec<[(i32, u32); 16]> = smallvec::SmallVec::new();
    cx.st
        .frame
        .for_each_zeroed(|at, size| slots.push((at, size)));
    let base = cx.st.frame.base(cx.desc);
    let asm = &mut Asm(cx.em);
    for (at, size) in slots {
        let mut done = 0;
        while done < size {
            let m = Mem::base(base, at + done as i32);
            match size - done {
                16.. => asm.stp(W::B8, ZR, ZR, &m),
                8..16 => asm.store(MemOp::X64, ZR, &m),
                _ => asm.store(MemOp::W32, ZR, &m),
            }
            done += match size - done {
                16.. => 16,
                8..16 => 8,
                _ => 4,
            };
        }
    }
}

pub(super) fn epilog(cx: &mut GenCx<'_>, func: u32, end: EpilogEnd) -> Result<(), Bail> {
    let kind = cx.st.fragments[func as usize].kind;
    let (n, outgoing) = sizes(cx, kind);
    if kind == FragmentKind::Root && cx.st.frame.dynamic {
        Asm(cx.em).mov_sp(SP, FP);
        op(
            cx,
            UnwindOp::SetFrameReg {
                reg: FP.hw(),
                offset: 0,
            },
        );
    } else if outgoing != 0 {
        move_sp(cx, Ins::Add, outgoing);
    }
    for s in saves(cx).iter().rev() {
        let (w, single) = width_of(s.0);
        let m = Mem::base(SP, s.2 as i32);
        match s.1 {
            Some(second) => Asm(cx.em).ldp(w, s.0, second, &m),
            None => Asm(cx.em).load(single, s.0, &m),
        }
        op(cx, save_op(s));
    }
    if cx.st.frame.omit_fp {
        if n != 0 {
            move_sp(cx, Ins::Add, n);
        }
    } else if n <= PRE_INDEX_LIMIT {
        Asm(cx.em).ldp_post(W::B8, FP, LR, SP, n as i32);
        op(
            cx,
            UnwindOp::SaveRegPairPreIndexed {
                first: FP.hw(),
                second: LR.hw(),
                size: n,
            },
        );
    } else {
        Asm(cx.em).ldp(W::B8, FP, LR, &Mem::base(SP, 0));
        op(
            cx,
            UnwindOp::SaveRegPair {
                first: FP.hw(),
                second: LR.hw(),
                offset: 0,
            },
        );
        move_sp(cx, Ins::Add, n);
    }
    let asm = &mut Asm(cx.em);
    match end {
        EpilogEnd::Return => asm.ret(),
        EpilogEnd::Symbol(s) => asm.b_sym(s),
        EpilogEnd::Register(r) => asm.br(r),
    }
    Ok(())
}
