//! Prologs and epilogs.
//!
//! ```text
//!   method                                funclet, parent's rbp given      funclet, parent's frame as argument
//!   push rbp                              push saved...                    push rbp
//!   mov  rbp, rsp                         sub  rsp, n                      push saved...
//!   push saved...                                                          sub  rsp, n
//!   sub  rsp, n                                                            mov  rbp, [arg + out]
//!   (zero GC slots, store the PSPSym)                                      mov  [rsp + out], rbp
//!                                                                          lea  rbp, [rbp + d]
//! ```
//!
//! Where vector registers are callee-saved, `movups` stores them behind the subtraction (of a method also behind the moves of rbp)
//! and loads them before the epilog.
//!
//! A leaf without frame pointer has the pushes of saved registers and the subtraction only, or nothing.
//!
//! rbp points at the saved rbp, so frames form a chain. Unwind data describes pushes, the subtraction and these stores. Epilogs have the
//! shapes that the unwinder decodes forward: `add rsp`, pops, `ret`.
//!
//! In a method with `loc_alloc` SP moves: there `lea rbp, [rsp+d]` stands behind the subtraction instead of the move in front, is
//! part of the unwind data, and `lea rsp, [rbp-d]` begins the epilog. Where that data reaches only so far, rbp is not at the saved
//! rbp but below it.

use crate::codegen::{EpilogEnd, FragmentKind, GenCx, SymbolName};
use crate::ee::{Helper, Lookup};
use crate::emit::x64::{Asm, Ins, Mem, W};
use crate::emit::{MarkKind, Symbol, SymbolKind};
use crate::ir::Bail;
use crate::target::x64::{R11, RAX, RBP, RSP};
use crate::target::{RegMask, RegNum};
use crate::unwind::UnwindOp;
use crate::util::room::push_gently;

/// Bytes that a fragment takes off SP behind its pushes.
fn allocation(cx: &GenCx<'_>, kind: FragmentKind) -> u32 {
    let f = &cx.st.frame;
    if kind == FragmentKind::Root {
        return f.alloc;
    }
    let pushes = f.pushed_bytes() / 8 + u32::from(!cx.abi.funclet_fp_set);
    let psp = if cx.abi.psp_sym { 8 } else { 0 };
    let mut n = f.outgoing + psp;
    if !f.saved_vectors().is_empty() {
        n = n.next_multiple_of(16) + 16 * f.saved_vectors().count();
    }
    // Return address, pushes and allocation together keep SP aligned.
    (8 + 8 * pushes + n).next_multiple_of(16) - 8 - 8 * pushes
}

/// Whether a fragment's frame begins with the caller's rbp.
fn saves_fp(cx: &GenCx<'_>, kind: FragmentKind) -> bool {
    if kind == FragmentKind::Root {
        !cx.st.frame.omit_fp
    } else {
        !cx.abi.funclet_fp_set
    }
}

fn op(cx: &mut GenCx<'_>, op: UnwindOp) {
    push_gently(&mut cx.st.unwind_ops, op);
    cx.em
        .mark(MarkKind::Unwind(cx.st.unwind_ops.len() as u32 - 1));
}

/// Callee-saved registers in the order of their pushes: r15 first, rbx last.
fn pushed(saved: RegMask) -> impl DoubleEndedIterator<Item = RegNum> {
    (0..16)
        .rev()
        .map(RegNum::int)
        .filter(move |&r| saved.contains(r))
}

/// The saved vector registers, lowest first, and the offset of each from SP as it is in a fragment of this kind.
fn saved_vectors(
    cx: &GenCx<'_>,
    kind: FragmentKind,
) -> impl Iterator<Item = (RegNum, u32)> + use<> {
    let f = &cx.st.frame;
    let first = if f.saved_vectors().is_empty() {
        0
    } else if kind == FragmentKind::Root {
        // The word next to the return address is `total` - 8 above SP.
        f.total - 8 - f.vectors_below()
    } else {
        let psp = if cx.abi.psp_sym { 8 } else { 0 };
        (f.outgoing + psp).next_multiple_of(16)
    };
    f.saved_vectors()
        .iter()
        .zip(0..)
        .map(move |(r, k): (RegNum, u32)| (r, first + 16 * k))
}

/// Distance from the SP that a method's prolog leaves up to rbp.
fn fp_above_sp(cx: &GenCx<'_>) -> i32 {
    (cx.st.frame.total - 8 - cx.st.frame.fp_lowered) as i32
}

fn vector_op(r: RegNum, offset: u32) -> UnwindOp {
    UnwindOp::SaveFloat {
        reg: r.hw(),
        offset,
    }
}

/// Where a fragment keeps a saved vector register whose offset from SP in the prolog is `at`: there SP may move, rbp does not.
fn vector_home(cx: &GenCx<'_>, kind: FragmentKind, at: u32) -> Mem {
    if kind == FragmentKind::Root && !cx.st.frame.omit_fp {
        Mem::base(RBP, at as i32 - fp_above_sp(cx))
    } else {
        Mem::base(RSP, at as i32)
    }
}

pub(super) fn prolog(cx: &mut GenCx<'_>, func: u32) -> Result<(), Bail> {
    let kind = cx.st.fragments[func as usize].kind;
    let root = kind == FragmentKind::Root;
    if saves_fp(cx, kind) {
        Asm(cx.em).push(RBP);
        op(cx, UnwindOp::PushReg(RBP.hw()));
    }
    let dynamic = root && cx.st.frame.dynamic;
    if root && !dynamic && !cx.st.frame.omit_fp {
        Asm(cx.em).rr(Ins::Mov, W::B8, RBP, RSP);
    }
    for r in pushed(cx.st.frame.saved) {
        Asm(cx.em).push(r);
        op(cx, UnwindOp::PushReg(r.hw()));
    }
    let n = allocation(cx, kind);
    if n != 0 {
        let imm = i32::try_from(n).map_err(|_| Bail::Limit("frame size"))?;
        if n >= cx.abi.page_size {
            // The helper touches every page down to r11 and keeps all registers.
            Asm(cx.em).lea(R11, &Mem::base(RSP, -imm));
            probe(cx)?;
            Asm(cx.em).rr(Ins::Mov, W::B8, RSP, R11);
        } else {
            Asm(cx.em).ri(Ins::Sub, W::B8, RSP, imm);
        }
        op(cx, UnwindOp::AllocStack(n));
    }
    if dynamic {
        // Unwinding goes by rbp, so it is set last.
        let offset = fp_above_sp(cx);
        Asm(cx.em).lea(RBP, &Mem::base(RSP, offset));
        op(
            cx,
            UnwindOp::SetFrameReg {
                reg: RBP.hw(),
                offset,
            },
        );
    }
    for (r, at) in saved_vectors(cx, kind) {
        let home = vector_home(cx, kind, at);
        Asm(cx.em).mr(Ins::Movups, W::F64, &home, r);
        op(cx, vector_op(r, at));
    }
    let outgoing = cx.st.frame.outgoing as i32;
    if !root && !cx.abi.funclet_fp_set {
        let below = fp_above_sp(cx);
        let establisher = cx.abi.establisher_reg;
        let asm = &mut Asm(cx.em);
        asm.rm(Ins::Mov, W::B8, RBP, &Mem::base(establisher, outgoing));
        asm.mr(Ins::Mov, W::B8, &Mem::base(RSP, outgoing), RBP);
        asm.lea(RBP, &Mem::base(RBP, below));
    }
    if root {
        if cx.st.frame.psp_sym.is_some() {
            Asm(cx.em).mr(Ins::Mov, W::B8, &Mem::base(RSP, outgoing), RSP);
        }
        zero_slots(cx);
    }
    Ok(())
}

fn probe(cx: &mut GenCx<'_>) -> Result<(), Bail> {
    let name = cx.name_symbol(SymbolName::Helper(Helper::StackProbe));
    match cx.rt.helper_address(Helper::StackProbe)? {
        Lookup::Value(a) | Lookup::Relative(a) if cx.rt.is_near(a) => {
            let s = cx.em.symbol(Symbol {
                value: a,
                kind: SymbolKind::Relative,
                name,
            });
            Asm(cx.em).call_sym(s);
        }
        // All argument registers may be in use, and r11 is: rax is the one left.
        Lookup::Value(a) | Lookup::Relative(a) => {
            Asm(cx.em).mov_ri(RAX, W::B8, a as i64);
            Asm(cx.em).call_r(RAX);
        }
        Lookup::Indirect(a) => {
            Asm(cx.em).mov_ri(RAX, W::B8, a as i64);
            Asm(cx.em).call_m(&Mem::base(RAX, 0));
        }
        Lookup::IndirectTwice(_) => return Err(Bail::Limit("stack probe helper")),
    }
    Ok(())
}

/// Zeroes the slots that the collector or the source language wants zero. Uses only the scratch registers.
fn zero_slots(cx: &mut GenCx<'_>) {
    let mut slots: smallvec::SmallVec<[(i32, u32); 16]> = smallvec::SmallVec::new();
    cx.st
        .frame
        .for_each_zeroed(|at, size| slots.push((at, size)));
    if slots.is_empty() {
        return;
    }
    slots.sort_unstable();
    let scratch = cx.desc.scratch_float;
    let base = cx.st.frame.base(cx.desc);
    let asm = &mut Asm(cx.em);
    let (mut word, mut vector) = (false, false);
    let mut next = 0;
    while next < slots.len() {
        // Slots that lie side by side are one.
        let (at, mut size) = slots[next];
        next += 1;
        while next < slots.len() && slots[next].0 == at + size as i32 {
            size += slots[next].1;
            next += 1;
        }
        let mut done = 0;
        while done < size {
            // The last store may reach back over what is zero already.
            if size >= 16 && (size - done > 8 || vector) {
                done = done.min(size - 16);
                if !std::mem::replace(&mut vector, true) {
                    asm.rr(Ins::Xorps, W::F64, scratch, scratch);
                }
                let m = Mem::base(base, at + done as i32);
                asm.mr(Ins::Movups, W::F64, &m, scratch);
                done += 16;
                continue;
            }
            if !std::mem::replace(&mut word, true) {
                asm.zero(RAX);
            }
            let w = if size - done >= 8 { W::B8 } else { W::B4 };
            asm.mr(Ins::Mov, w, &Mem::base(base, at + done as i32), RAX);
            done += if w == W::B8 { 8 } else { 4 };
        }
    }
}

pub(super) fn epilog(cx: &mut GenCx<'_>, func: u32, end: EpilogEnd) -> Result<(), Bail> {
    let kind = cx.st.fragments[func as usize].kind;
    let n = allocation(cx, kind);
    for (r, at) in saved_vectors(cx, kind) {
        let home = vector_home(cx, kind, at);
        Asm(cx.em).rm(Ins::Movups, W::F64, r, &home);
        op(cx, vector_op(r, at));
    }
    if kind == FragmentKind::Root && cx.st.frame.dynamic {
        let saved = cx.st.frame.pushed_bytes() as i32 - cx.st.frame.fp_lowered as i32;
        Asm(cx.em).lea(RSP, &Mem::base(RBP, -saved));
        op(
            cx,
            UnwindOp::SetFrameReg {
                reg: RBP.hw(),
                offset: saved,
            },
        );
    } else if n != 0 {
        let imm = i32::try_from(n).map_err(|_| Bail::Limit("frame size"))?;
        Asm(cx.em).ri(Ins::Add, W::B8, RSP, imm);
        op(cx, UnwindOp::AllocStack(n));
    }
    for r in pushed(cx.st.frame.saved).rev() {
        Asm(cx.em).pop(r);
        op(cx, UnwindOp::PushReg(r.hw()));
    }
    if saves_fp(cx, kind) {
        Asm(cx.em).pop(RBP);
        op(cx, UnwindOp::PushReg(RBP.hw()));
    }
    let asm = &mut Asm(cx.em);
    match end {
        EpilogEnd::Return => asm.ret(),
        EpilogEnd::Symbol(s) => asm.jmp_sym(s),
        EpilogEnd::Register(r) => asm.jmp_r_tail(r),
    }
    Ok(())
}
