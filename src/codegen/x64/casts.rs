//! Conversions between integers and floats that are more than one instruction here; checked casts.

use super::alu::float_width;
use super::float::scalar;
use super::width;
use crate::codegen::GenCx;
use crate::codegen::casts::{IntCheck, float_range, int_check};
use crate::ee::Helper;
use crate::emit::x64::{Asm, Cc, Ins, W};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::RegNum;
use crate::target::x64::R11;
use crate::types::VarType;

/// Comparison, conversion to integer and subtraction of a float type.
fn float_ins(ty: VarType) -> (Ins, Ins, Ins) {
    if ty == VarType::F64 {
        (Ins::Ucomisd, Ins::Cvttsd2si, Ins::Subsd)
    } else {
        (Ins::Ucomiss, Ins::Cvttss2si, Ins::Subss)
    }
}

/// An unsigned integer to a float.
pub(super) fn unsigned_to_float(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    let (convert, add) = if node.ty == VarType::F64 {
        (Ins::Cvtsi2sd, Ins::Addsd)
    } else {
        (Ins::Cvtsi2ss, Ins::Addss)
    };
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Xorps, W::F64, dst, dst);
    if width(node.source_type()) == W::B4 {
        asm.rr(Ins::Mov, W::B4, R11, a);
        asm.rr(convert, W::B8, dst, R11);
        return Ok(());
    }
    let [large, even, done] = [(); 3].map(|()| cx.em.new_label());
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Test, W::B8, a, a);
    asm.jcc(Cc::S, large);
    asm.rr(convert, W::B8, dst, a);
    asm.jmp(done);
    cx.em.bind(large);
    // Half of it, rounded to odd so that the conversion rounds as the whole would; then doubled.
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Mov, W::B8, R11, a);
    asm.ri(Ins::Shr, W::B8, R11, 1);
    asm.jcc(Cc::Ae, even);
    asm.ri(Ins::Or, W::B8, R11, 1);
    cx.em.bind(even);
    let asm = &mut Asm(cx.em);
    asm.rr(convert, W::B8, dst, R11);
    asm.rr(add, float_width(node.ty), dst, dst);
    cx.em.bind(done);
    Ok(())
}

/// A float that is known to be in range, or whose result otherwise does not matter, to an unsigned 64-bit integer.
fn to_unsigned_64(cx: &mut GenCx<'_>, from: VarType, dst: RegNum, x: RegNum) {
    let (compare, convert, sub) = float_ins(from);
    let w = float_width(from);
    let half = scalar(cx, from, 2f64.powi(63));
    let scratch = cx.desc.scratch_float;
    let [large, done] = [(); 2].map(|()| cx.em.new_label());
    let asm = &mut Asm(cx.em);
    asm.rm(compare, w, x, &half);
    asm.jcc(Cc::Ae, large);
    asm.rr(convert, W::B8, dst, x);
    asm.jmp(done);
    cx.em.bind(large);
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Movaps, W::F64, scratch, x);
    asm.rm(sub, w, scratch, &half);
    asm.rr(convert, W::B8, dst, scratch);
    asm.ri(Ins::Btc, W::B8, dst, 63);
    cx.em.bind(done);
}

/// A float to an unsigned integer, saturating; NaN and negative numbers give 0.
pub(super) fn float_to_unsigned(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let from = node.source_type();
    let (dst, x) = (cx.regs(n).def, cx.reg(n, 0));
    let (compare, convert, _) = float_ins(from);
    let fw = float_width(from);
    let w = width(node.ty);
    let bits = if w == W::B8 { 64 } else { 32 };
    let limit = scalar(cx, from, 2f64.powi(bits));
    let done = cx.em.new_label();
    let scratch = cx.desc.scratch_float;
    let asm = &mut Asm(cx.em);
    asm.zero(dst);
    asm.rr(Ins::Xorps, W::F64, scratch, scratch);
    asm.rr(compare, fw, x, scratch);
    // Below, equal or unordered.
    asm.jcc(Cc::Be, done);
    asm.mov_ri(dst, w, -1);
    asm.rm(compare, fw, x, &limit);
    asm.jcc(Cc::Ae, done);
    if w == W::B8 {
        to_unsigned_64(cx, from, dst, x);
    } else {
        asm.rr(convert, W::B8, dst, x);
    }
    cx.em.bind(done);
    Ok(())
}

/// What the processor's conversion gives.
pub(super) fn float_to_int_raw(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let from = node.source_type();
    let (dst, x) = (cx.regs(n).def, cx.reg(n, 0));
    let (_, convert, _) = float_ins(from);
    match (node.op, width(node.ty)) {
        (Opcode::FloatToIntOld, w) => Asm(cx.em).rr(convert, w, dst, x),
        (_, W::B8) => to_unsigned_64(cx, from, dst, x),
        _ => {
            Asm(cx.em).rr(convert, W::B8, dst, x);
            Asm(cx.em).rr(Ins::Mov, W::B4, dst, dst);
        }
    }
    Ok(())
}

pub(super) fn checked_cast(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    if node.source_type().is_float() {
        return checked_float_cast(cx, n);
    }
    let w = width(node.source_type());
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    let check = int_check(&node);
    if check != IntCheck::None {
        let fail = cx.throw_label(n, Helper::ThrowOverflow);
        let asm = &mut Asm(cx.em);
        let cc = match check {
            IntCheck::Extends(bits) => {
                let (ins, w) = match bits {
                    8 => (Ins::Movsx8, w),
                    16 => (Ins::Movsx16, w),
                    _ => (Ins::Movsxd, W::B8),
                };
                asm.rr(ins, w, R11, a);
                asm.rr(Ins::Cmp, w, R11, a);
                Cc::Ne
            }
            // The sign bit decides.
            IntCheck::Below(bits) if bits == 31 && w == W::B4 || bits == 63 => {
                asm.rr(Ins::Test, w, a, a);
                Cc::S
            }
            IntCheck::Below(32) => {
                asm.rr(Ins::Mov, W::B8, R11, a);
                asm.ri(Ins::Shr, W::B8, R11, 32);
                Cc::Ne
            }
            IntCheck::Below(bits) => {
                asm.ri(Ins::Cmp, w, a, ((1i64 << bits) - 1) as i32);
                Cc::A
            }
            IntCheck::None => Cc::No,
        };
        asm.jcc(cc, fail);
    }
    let asm = &mut Asm(cx.em);
    match (w, width(node.ty)) {
        (W::B4, W::B8) if node.op == Opcode::CastOvf => asm.rr(Ins::Movsxd, W::B8, dst, a),
        (W::B8, W::B8) if dst != a => asm.rr(Ins::Mov, W::B8, dst, a),
        (W::B8, W::B8) => {}
        _ => asm.rr(Ins::Mov, W::B4, dst, a),
    }
    Ok(())
}

fn checked_float_cast(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let from = node.source_type();
    let (dst, x) = (cx.regs(n).def, cx.reg(n, 0));
    let (compare, convert, _) = float_ins(from);
    let fw = float_width(from);
    let range = float_range(&node);
    let [low, high] = [range.low, range.high].map(|v| scalar(cx, from, v));
    let fail = cx.throw_label(n, Helper::ThrowOverflow);
    let asm = &mut Asm(cx.em);
    asm.rm(compare, fw, x, &low);
    // Either condition holds for NaN too.
    asm.jcc(if range.low_included { Cc::B } else { Cc::Be }, fail);
    asm.rm(compare, fw, x, &high);
    asm.jcc(Cc::Ae, fail);
    match (node.op, node.ty) {
        (Opcode::CastOvfToUn, VarType::I64) => to_unsigned_64(cx, from, dst, x),
        (Opcode::CastOvfToUn, _) => asm.rr(convert, W::B8, dst, x),
        (_, ty) => asm.rr(convert, width(ty), dst, x),
    }
    Ok(())
}
