//! Minima, maxima and floating operations that are several instructions here.

use super::mem::register;
use super::{float_width, width};
use crate::codegen::GenCx;
use crate::ee::Helper;
use crate::emit::arm64::{Asm, Cond, Ins, Shift, W};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::arm64::{X16, X17, ZR};
use crate::types::VarType;

/// Minimum and maximum. The machine's own treat NaN and zeros of both signs as the IR does.
pub(super) fn choose(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let asm = &mut Asm(cx.em);
    if node.ty.is_float() {
        let ins = if node.op == Opcode::Min {
            Ins::Fmin
        } else {
            Ins::Fmax
        };
        asm.rrr(ins, float_width(node.ty), dst, a, b);
        return Ok(());
    }
    let cond = match node.op {
        Opcode::Min => Cond::Lt,
        Opcode::Max => Cond::Gt,
        Opcode::UMin => Cond::Lo,
        _ => Cond::Hi,
    };
    let w = width(node.ty);
    asm.cmp_rr(w, a, b);
    asm.sel(Ins::Csel, w, dst, a, b, cond);
    Ok(())
}

/// The value of the first with the sign of the second: its top bit is put in by way of general registers.
pub(super) fn copy_sign(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let (w, top) = if ty == VarType::F64 {
        (W::B8, 63)
    } else {
        (W::B4, 31)
    };
    let asm = &mut Asm(cx.em);
    asm.bits_from_float(w, X16, b);
    asm.bits_from_float(w, X17, a);
    asm.shift_ri(Shift::Lsr, w, X16, X16, top);
    // Inserts one bit at the top: rotated right by one.
    asm.bit_field(Ins::Bfm, w, X17, X16, 1, 0);
    asm.bits_to_float(w, dst, X17);
    Ok(())
}

/// `a * b + c`, rounded once.
pub(super) fn multiply_add(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let dst = cx.regs(n).def;
    let (a, b, c) = (
        register(cx, n, 0)?,
        register(cx, n, 1)?,
        register(cx, n, 2)?,
    );
    Asm(cx.em).rrrr(Ins::Fmadd, float_width(ty), dst, a, b, c);
    Ok(())
}

/// Raises overflow where all bits of the exponent are set.
pub(super) fn check_finite(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let (dst, a) = (cx.regs(n).def, register(cx, n, 0)?);
    let fail = cx.throw_label(n, Helper::ThrowOverflow);
    let (w, low, high, exponent) = if ty == VarType::F64 {
        (W::B8, 52, 62, 0x7FF)
    } else {
        (W::B4, 23, 30, 0xFF)
    };
    let asm = &mut Asm(cx.em);
    asm.bits_from_float(w, X16, a);
    asm.bit_field(Ins::Ubfm, w, X16, X16, low, high);
    asm.cmp_ri(W::B4, X16, exponent);
    asm.bcond(Cond::Eq, fail);
    asm.mov_rr(float_width(ty), dst, a);
    Ok(())
}

/// The upper half of a product of 32-bit numbers.
pub(super) fn multiply_high_32(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let signed = cx.body.nodes[n].op == Opcode::MulHi;
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let ins = if signed { Ins::Smaddl } else { Ins::Umaddl };
    let asm = &mut Asm(cx.em);
    asm.rrrr(ins, W::B8, X16, a, b, ZR);
    asm.shift_ri(Shift::Lsr, W::B8, dst, X16, 32);
    Ok(())
}
