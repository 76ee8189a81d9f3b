//! Atomic operations: one instruction each where the machine has LSE, else loops of exclusive accesses. Volatile accesses.

use super::width;
use crate::codegen::GenCx;
use crate::emit::arm64::{Asm, Cond, Ext, Ins, W};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::arm64::{X16, X17, ZR};
use crate::target::{CpuFeatures, RegNum};
use crate::types::VarType;

/// The instruction for bytes, half words, or words of the width.
fn by_size(ty: VarType, byte: Ins, half: Ins, word: Ins) -> Ins {
    match ty.size() {
        1 => byte,
        2 => half,
        _ => word,
    }
}

/// Small values come zero-extended out of these instructions.
fn widen(cx: &mut GenCx<'_>, ty: VarType, r: RegNum) {
    let ext = match ty {
        VarType::I8 => Ext::Sxtb,
        VarType::I16 => Ext::Sxth,
        _ => return,
    };
    Asm(cx.em).extend(ext, W::B4, r, r);
}

pub(super) fn atomic(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    if cx.features.contains(CpuFeatures::LSE) {
        one_instruction(cx, n);
    } else {
        exclusive_loop(cx, n);
    }
    let (ty, dst) = (cx.body.nodes[n].ty, cx.regs(n).def);
    widen(cx, ty, dst);
    Ok(())
}

fn one_instruction(cx: &mut GenCx<'_>, n: NodeId) {
    let node = cx.body.nodes[n];
    let (ty, w) = (node.ty, width(node.ty));
    let dst = cx.regs(n).def;
    let [at, value, expected] = [0, 1, 2].map(|k| cx.reg(n, k));
    let asm = &mut Asm(cx.em);
    let (ins, value) = match node.op {
        Opcode::AtomicAdd => (
            by_size(ty, Ins::Ldaddalb, Ins::Ldaddalh, Ins::Ldaddal),
            value,
        ),
        Opcode::AtomicOr => (
            by_size(ty, Ins::Ldsetalb, Ins::Ldsetalh, Ins::Ldsetal),
            value,
        ),
        Opcode::AtomicXchg => (by_size(ty, Ins::Swpalb, Ins::Swpalh, Ins::Swpal), value),
        Opcode::AtomicAnd => {
            asm.mvn(w, X16, value);
            (by_size(ty, Ins::Ldclralb, Ins::Ldclralh, Ins::Ldclral), X16)
        }
        _ => {
            asm.mov_rr(w, X16, expected);
            let ins = by_size(ty, Ins::Casalb, Ins::Casalh, Ins::Casal);
            asm.atomic(ins, w, X16, value, at);
            asm.mov_rr(w, dst, X16);
            return;
        }
    };
    asm.atomic(ins, w, value, dst, at);
}

fn exclusive_loop(cx: &mut GenCx<'_>, n: NodeId) {
    let node = cx.body.nodes[n];
    let (ty, w) = (node.ty, width(node.ty));
    let dst = cx.regs(n).def;
    let [at, value, expected] = [0, 1, 2].map(|k| cx.reg(n, k));
    let [again, done] = [(); 2].map(|()| cx.em.new_label());
    cx.em.bind(again);
    let asm = &mut Asm(cx.em);
    asm.ordered(
        by_size(ty, Ins::Ldaxrb, Ins::Ldaxrh, Ins::Ldaxr),
        w,
        dst,
        at,
    );
    let new = match node.op {
        Opcode::AtomicXchg => value,
        Opcode::AtomicCmpXchg => {
            match ty.size() {
                1 => asm.rrr_ext(Ins::Subs, W::B4, ZR, dst, expected, Ext::Uxtb, 0),
                2 => asm.rrr_ext(Ins::Subs, W::B4, ZR, dst, expected, Ext::Uxth, 0),
                _ => asm.cmp_rr(w, dst, expected),
            }
            asm.bcond(Cond::Ne, done);
            value
        }
        op => {
            let ins = match op {
                Opcode::AtomicAdd => Ins::Add,
                Opcode::AtomicAnd => Ins::And,
                _ => Ins::Orr,
            };
            asm.rrr(ins, w, X16, dst, value);
            X16
        }
    };
    asm.atomic(
        by_size(ty, Ins::Stlxrb, Ins::Stlxrh, Ins::Stlxr),
        w,
        X17,
        new,
        at,
    );
    asm.cbnz(W::B4, X17, again);
    cx.em.bind(done);
    // The exclusive pair orders what is before against what is behind only together with this.
    Asm(cx.em).z(Ins::DmbIsh);
}

/// A load that later accesses stay behind. The address is a register.
pub(super) fn load_acquire(cx: &mut GenCx<'_>, ty: VarType, dst: RegNum, at: RegNum) {
    let ins = by_size(ty, Ins::Ldarb, Ins::Ldarh, Ins::Ldar);
    let w = if ty.size() == 8 { W::B8 } else { W::B4 };
    if dst.is_float() {
        Asm(cx.em).ordered(ins, w, X16, at);
        let w = if w == W::B8 { W::F64 } else { W::F32 };
        Asm(cx.em).mov_rr(w, dst, X16);
    } else {
        Asm(cx.em).ordered(ins, w, dst, at);
        if dst != ZR {
            widen(cx, ty, dst);
        }
    }
}

/// A store that earlier accesses stay before.
pub(super) fn store_release(cx: &mut GenCx<'_>, ty: VarType, src: RegNum, at: RegNum) {
    let ins = by_size(ty, Ins::Stlrb, Ins::Stlrh, Ins::Stlr);
    let w = if ty.size() == 8 { W::B8 } else { W::B4 };
    let mut src = src;
    if src.is_float() {
        Asm(cx.em).mov_rr(w, X16, src);
        src = X16;
    }
    Asm(cx.em).ordered(ins, w, src, at);
}
