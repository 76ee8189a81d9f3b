//! Floating operations that are more than one instruction here.

use super::alu::float_width;
use crate::codegen::GenCx;
use crate::ee::Helper;
use crate::emit::x64::{Asm, Cc, Ins, Mem, W};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::x64::R11;
use crate::target::{CpuFeatures, RegNum};
use crate::types::VarType;

/// The instruction for `f64` or the one for `f32`.
fn pick(ty: VarType, double: Ins, single: Ins) -> Ins {
    if ty == VarType::F64 { double } else { single }
}

/// A float constant in read-only data.
pub(super) fn scalar(cx: &mut GenCx<'_>, ty: VarType, v: f64) -> Mem {
    Mem::Data(if ty == VarType::F64 {
        cx.em.data.constant(&v.to_bits().to_le_bytes(), 8)
    } else {
        cx.em.data.constant(&(v as f32).to_bits().to_le_bytes(), 4)
    })
}

/// The sign bit of a float of type `ty`, or all its other bits, as a mask of 16 bytes.
fn sign_mask(cx: &mut GenCx<'_>, ty: VarType, others: bool) -> Mem {
    let sign = if ty == VarType::F64 {
        1u64 << 63
    } else {
        1 << 31
    };
    let mut mask = [0u8; 16];
    mask[..8].copy_from_slice(&if others { !sign } else { sign }.to_le_bytes());
    Mem::Data(cx.em.data.constant(&mask, 16))
}

fn move_to(cx: &mut GenCx<'_>, dst: RegNum, src: RegNum) {
    if dst != src {
        Asm(cx.em).rr(Ins::Movaps, W::F64, dst, src);
    }
}

/// The absolute value: without the sign bit.
pub(super) fn abs(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    let mask = sign_mask(cx, ty, true);
    move_to(cx, dst, a);
    Asm(cx.em).rm(Ins::Andps, W::F64, dst, &mask);
    Ok(())
}

/// The value of the first with the sign of the second.
pub(super) fn copy_sign(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let (dst, a, b) = (cx.regs(n).def, cx.reg(n, 0), cx.reg(n, 1));
    let (sign, others) = (sign_mask(cx, ty, false), sign_mask(cx, ty, true));
    let scratch = cx.desc.scratch_float;
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Movaps, W::F64, scratch, b);
    asm.rm(Ins::Andps, W::F64, scratch, &sign);
    move_to(cx, dst, a);
    let asm = &mut Asm(cx.em);
    asm.rm(Ins::Andps, W::F64, dst, &others);
    asm.rr(Ins::Orps, W::F64, dst, scratch);
    Ok(())
}

/// Minimum and maximum. The machine's own give the second operand for NaN and for zeros of both signs, so these are apart.
pub(super) fn choose(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = float_width(node.ty);
    let (dst, a, b) = (cx.regs(n).def, cx.reg(n, 0), cx.reg(n, 1));
    let compare = pick(node.ty, Ins::Ucomisd, Ins::Ucomiss);
    let add = pick(node.ty, Ins::Addsd, Ins::Addss);
    let (choose, zeros) = if node.op == Opcode::Min {
        (pick(node.ty, Ins::Minsd, Ins::Minss), Ins::Orps)
    } else {
        (pick(node.ty, Ins::Maxsd, Ins::Maxss), Ins::Andps)
    };
    let [nan, differ, done] = [(); 3].map(|()| cx.em.new_label());
    move_to(cx, dst, a);
    let asm = &mut Asm(cx.em);
    asm.rr(compare, w, dst, b);
    asm.jcc(Cc::P, nan);
    asm.jcc(Cc::Ne, differ);
    // Equal: the sign bit of either, or of both.
    asm.rr(zeros, W::F64, dst, b);
    asm.jmp(done);
    cx.em.bind(nan);
    Asm(cx.em).rr(add, w, dst, b);
    Asm(cx.em).jmp(done);
    cx.em.bind(differ);
    Asm(cx.em).rr(choose, w, dst, b);
    cx.em.bind(done);
    Ok(())
}

/// `a * b + c`, rounded once.
pub(super) fn multiply_add(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let dst = cx.regs(n).def;
    let [a, b, c] = [0, 1, 2].map(|k| cx.reg(n, k));
    move_to(cx, dst, c);
    let ins = pick(ty, Ins::Vfmadd231sd, Ins::Vfmadd231ss);
    Asm(cx.em).rrr(ins, float_width(ty), dst, a, b);
    Ok(())
}

/// Raises overflow where all bits of the exponent are set.
pub(super) fn check_finite(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    let fail = cx.throw_label(n, Helper::ThrowOverflow);
    let (w, shift, exponent) = if ty == VarType::F64 {
        (W::B8, 52, 0x7FF)
    } else {
        (W::B4, 23, 0xFF)
    };
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::MovdFromX, w, R11, a);
    asm.ri(Ins::Shr, w, R11, shift);
    asm.ri(Ins::And, W::B4, R11, exponent);
    asm.ri(Ins::Cmp, W::B4, R11, exponent);
    asm.jcc(Cc::E, fail);
    move_to(cx, dst, a);
    Ok(())
}

/// Rounding to an integral float.
pub(super) fn round(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let ty = node.ty;
    let w = float_width(ty);
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    if cx.features.contains(CpuFeatures::SSE42) {
        // The immediate names the direction; 8 keeps the inexact flag quiet.
        let direction = match node.op {
            Opcode::RoundEven => 8,
            Opcode::Floor => 9,
            Opcode::Ceil => 10,
            _ => 11,
        };
        Asm(cx.em).rri(pick(ty, Ins::Roundsd, Ins::Roundss), w, dst, a, direction);
        return Ok(());
    }
    // From here on every float is integral (and NaN stays what it is).
    let integral = if ty == VarType::F64 {
        2f64.powi(52)
    } else {
        2f64.powi(23)
    };
    let [limit, one] = [integral, 1.0].map(|v| scalar(cx, ty, v));
    let (sign, others) = (sign_mask(cx, ty, false), sign_mask(cx, ty, true));
    let compare = pick(ty, Ins::Ucomisd, Ins::Ucomiss);
    let (add, sub) = (
        pick(ty, Ins::Addsd, Ins::Addss),
        pick(ty, Ins::Subsd, Ins::Subss),
    );
    let [done, kept] = [(); 2].map(|()| cx.em.new_label());
    let rounded = cx.desc.scratch_float;
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Movaps, W::F64, dst, a);
    asm.rr(Ins::Movaps, W::F64, rounded, a);
    asm.rm(Ins::Andps, W::F64, rounded, &others);
    asm.rm(compare, w, rounded, &limit);
    asm.jcc(Cc::P, done);
    asm.jcc(Cc::Ae, done);
    // Adding the limit shifts the fraction out, rounding to even.
    asm.rm(add, w, rounded, &limit);
    asm.rm(sub, w, rounded, &limit);
    match node.op {
        Opcode::RoundEven => asm.rm(Ins::Andps, W::F64, dst, &sign),
        Opcode::TruncFloat => {
            asm.rm(Ins::Andps, W::F64, dst, &others);
            asm.rr(compare, w, rounded, dst);
            asm.jcc(Cc::Be, kept);
            asm.rm(sub, w, rounded, &one);
            cx.em.bind(kept);
            let asm = &mut Asm(cx.em);
            asm.rr(Ins::Movaps, W::F64, dst, a);
            asm.rm(Ins::Andps, W::F64, dst, &sign);
        }
        op => {
            asm.rm(Ins::Andps, W::F64, dst, &sign);
            asm.rr(Ins::Orps, W::F64, rounded, dst);
            asm.rr(compare, w, rounded, a);
            if op == Opcode::Floor {
                asm.jcc(Cc::Be, kept);
                asm.rm(sub, w, rounded, &one);
            } else {
                asm.jcc(Cc::Ae, kept);
                asm.rm(add, w, rounded, &one);
            }
            cx.em.bind(kept);
        }
    }
    // The sign again, for zeros.
    Asm(cx.em).rr(Ins::Orps, W::F64, dst, rounded);
    cx.em.bind(done);
    Ok(())
}
