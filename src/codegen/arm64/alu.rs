//! Integer and floating arithmetic, conversions, constants.

use super::mem::{Src, address_of, register, source};
use super::operand::{self, Last, contained};
use super::{float_width, width};
use crate::codegen::GenCx;
use crate::ee::Helper;
use crate::emit::arm64::{Arr, Asm, Cond, Ext, Ins, Mem, MemOp, Shift, W};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::RegNum;
use crate::target::arm64::{V31, X16, X17, ZR};
use crate::types::VarType;

#[inline(never)]
pub(super) fn binary(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let dst = cx.regs(n).def;
    match node.op {
        Opcode::Mul => return operand::multiply(cx, n),
        Opcode::And | Opcode::Or if cx.reg(n, 0).is_none() => {
            if let Some(x) = contained(cx, n, 0) {
                if cx.body.nodes[x].op == Opcode::Cmp {
                    return super::control::both_value(cx, n);
                }
                return operand::field(cx, n, x);
            }
        }
        _ => {}
    }
    let a = register(cx, n, 0)?;
    let b = operand::last(cx, n, 1)?;
    let (full, far) = (cx.full, !cx.watched);
    let asm = &mut Asm(cx.em);
    if let Last::Plain(Src::Imm(i)) = b
        && full
        && dst == a
        && w == W::B8
        && matches!(node.op, Opcode::Add | Opcode::Sub)
        && asm.add_to_base(a, if node.op == Opcode::Add { i } else { -i }, far)
    {
        return Ok(());
    }
    let ins = match node.op {
        Opcode::Add => Ins::Add,
        Opcode::Sub => Ins::Sub,
        Opcode::And => Ins::And,
        Opcode::Or => Ins::Orr,
        Opcode::Xor => Ins::Eor,
        Opcode::MulHi => Ins::Smulh,
        _ => Ins::Umulh,
    };
    operand::apply(asm, ins, w, dst, a, b)
}

/// Additions and subtractions that raise an exception on overflow.
pub(super) fn checked(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let (ins, overflow) = match node.op {
        Opcode::AddOvf => (Ins::Adds, Cond::Vs),
        Opcode::SubOvf => (Ins::Subs, Cond::Vs),
        Opcode::AddOvfUn => (Ins::Adds, Cond::Hs),
        _ => (Ins::Subs, Cond::Lo),
    };
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let fail = cx.throw_label(n, Helper::ThrowOverflow);
    let asm = &mut Asm(cx.em);
    asm.rrr(ins, width(node.ty), dst, a, b);
    asm.bcond(overflow, fail);
    Ok(())
}

/// Multiplications that raise an exception on overflow: the product's upper half must be the lower half's sign, or zero. Both are
/// made before the result is written, which may stand in an operand's register.
pub(super) fn checked_mul(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let signed = node.op == Opcode::MulOvf;
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let fail = cx.throw_label(n, Helper::ThrowOverflow);
    let asm = &mut Asm(cx.em);
    let product = X16;
    match (width(node.ty), signed) {
        (W::B8, true) => {
            asm.mul(W::B8, product, a, b);
            asm.rrr(Ins::Smulh, W::B8, X17, a, b);
            asm.rrr_shift(Ins::Subs, W::B8, ZR, X17, product, Shift::Asr, 63);
            asm.bcond(Cond::Ne, fail);
        }
        (W::B8, false) => {
            asm.mul(W::B8, product, a, b);
            asm.rrr(Ins::Umulh, W::B8, X17, a, b);
            asm.cbnz(W::B8, X17, fail);
        }
        (_, true) => {
            asm.rrrr(Ins::Smaddl, W::B8, product, a, b, ZR);
            asm.rrr_ext(Ins::Subs, W::B8, ZR, product, product, Ext::Sxtw, 0);
            asm.bcond(Cond::Ne, fail);
        }
        (_, false) => {
            asm.rrrr(Ins::Umaddl, W::B8, product, a, b, ZR);
            asm.shift_ri(Shift::Lsr, W::B8, X17, product, 32);
            asm.cbnz(W::B8, X17, fail);
        }
    }
    asm.mov_rr(width(node.ty), dst, product);
    Ok(())
}

#[inline(never)]
pub(super) fn float_binary(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let ins = match node.op {
        Opcode::Add => Ins::Fadd,
        Opcode::Sub => Ins::Fsub,
        Opcode::Mul => Ins::Fmul,
        _ => Ins::Fdiv,
    };
    Asm(cx.em).rrr(ins, float_width(node.ty), dst, a, b);
    Ok(())
}

pub(super) fn unary(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let w = if node.ty.is_float() {
        float_width(node.ty)
    } else {
        width(node.ty)
    };
    if matches!(node.op, Opcode::Neg | Opcode::Not) && !node.ty.is_float() {
        let ins = if node.op == Opcode::Neg {
            Ins::Sub
        } else {
            Ins::Orn
        };
        let a = operand::last(cx, n, 0)?;
        return operand::apply(&mut Asm(cx.em), ins, w, dst, ZR, a);
    }
    let a = register(cx, n, 0)?;
    let asm = &mut Asm(cx.em);
    let ins = match node.op {
        Opcode::Neg => Ins::Fneg,
        Opcode::Sqrt => Ins::Fsqrt,
        Opcode::Abs => Ins::Fabs,
        Opcode::Floor => Ins::Frintm,
        Opcode::Ceil => Ins::Frintp,
        Opcode::RoundEven => Ins::Frintn,
        Opcode::TruncFloat => Ins::Frintz,
        Opcode::Clz => Ins::Clz,
        Opcode::Ctz => {
            asm.rr(Ins::Rbit, w, dst, a);
            asm.rr(Ins::Clz, w, dst, dst);
            return Ok(());
        }
        // Counted a byte in a vector register, and added up.
        Opcode::Popcnt => {
            asm.bits_to_float(w, V31, a);
            asm.rr(Ins::Cnt, W::F64, V31, V31);
            asm.rr(Ins::Addv, W::F64, V31, V31);
            asm.bits_from_float(W::B4, dst, V31);
            return Ok(());
        }
        Opcode::Bswap => Ins::Rev,
        _ => Ins::Rbit,
    };
    if ins == Ins::Fabs && !node.ty.is_float() {
        asm.cmp_ri(w, a, 0);
        asm.sel(Ins::Csneg, w, dst, a, a, Cond::Ge);
        return Ok(());
    }
    asm.rr(ins, w, dst, a);
    Ok(())
}

#[inline(never)]
pub(super) fn shift(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let dst = cx.regs(n).def;
    if cx.reg(n, 0).is_none()
        && let Some(x) = contained(cx, n, 0)
    {
        return operand::field(cx, n, x);
    }
    let a = register(cx, n, 0)?;
    let count = source(cx, n, 1)?;
    let asm = &mut Asm(cx.em);
    match count {
        Src::Imm(c) => {
            let bits = if w == W::B8 { 64 } else { 32 };
            let c = c as u32 % bits;
            let (kind, c) = match node.op {
                Opcode::Shl => (Shift::Lsl, c),
                Opcode::Shr => (Shift::Lsr, c),
                Opcode::Sar => (Shift::Asr, c),
                Opcode::Rol => (Shift::Ror, (bits - c) % bits),
                _ => (Shift::Ror, c),
            };
            asm.shift_ri(kind, w, dst, a, c);
        }
        // The machine masks a count in a register just as the IR does.
        Src::Reg(r) => {
            let ins = match node.op {
                Opcode::Shl => Ins::Lslv,
                Opcode::Shr => Ins::Lsrv,
                Opcode::Sar => Ins::Asrv,
                Opcode::Rol => {
                    asm.rrr(Ins::Sub, W::B4, X16, ZR, r);
                    asm.rrr(Ins::Rorv, w, dst, a, X16);
                    return Ok(());
                }
                _ => Ins::Rorv,
            };
            asm.rrr(ins, w, dst, a, r);
        }
    }
    Ok(())
}

/// The machine's division raises nothing: zero and the one overflow are tested for, unless the divisor is a constant.
pub(super) fn divide(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let signed = matches!(node.op, Opcode::Div | Opcode::Rem);
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let divisor = node.opnd[1].as_node().and_then(|x| {
        let is_const = cx.body.nodes[x].op == Opcode::Const;
        is_const.then(|| cx.imm(x, 0).unwrap_or(0))
    });
    let divisor = divisor.map(|d| if w == W::B8 { d } else { d as i32 as i64 });
    if divisor.is_none_or(|d| d == 0) {
        let fail = cx.throw_label(n, Helper::ThrowDivZero);
        Asm(cx.em).cbz(w, b, fail);
    }
    if signed && divisor.is_none_or(|d| d == -1) {
        // b == -1 ? a - 1 overflows only from the least number : V clear
        let fail = cx.throw_label(n, Helper::ThrowOverflow);
        let asm = &mut Asm(cx.em);
        asm.rri(Ins::Adds, w, ZR, b, 1);
        asm.ccmp_ri(Ins::Ccmp, w, a, 1, 0, Cond::Eq);
        asm.bcond(Cond::Vs, fail);
    }
    let asm = &mut Asm(cx.em);
    let ins = if signed { Ins::Sdiv } else { Ins::Udiv };
    if matches!(node.op, Opcode::Div | Opcode::UDiv) {
        asm.rrr(ins, w, dst, a, b);
    } else {
        asm.rrr(ins, w, X16, a, b);
        asm.rrrr(Ins::Msub, w, dst, X16, b, a);
    }
    Ok(())
}

#[inline(never)]
pub(super) fn widen(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    if let Some(x) = contained(cx, n, 0) {
        if cx.body.nodes[x].op != Opcode::Load {
            return operand::field(cx, n, x);
        }
        cx.mark_position(x);
        let m = address_of(cx, x, 0)?;
        let from = if node.op == Opcode::Trunc {
            VarType::I32
        } else {
            node.source_type()
        };
        Asm(cx.em).load(operand::widening_load(&node, from), dst, &m);
        return Ok(());
    }
    let src = register(cx, n, 0)?;
    let signed = node.op == Opcode::Sext;
    let ext = match (node.op, node.source_type()) {
        (Opcode::Trunc, _) => Ext::Uxtw,
        (_, VarType::I8 | VarType::U8) if signed => Ext::Sxtb,
        (_, VarType::I16 | VarType::U16) if signed => Ext::Sxth,
        (_, VarType::I8 | VarType::U8) => Ext::Uxtb,
        (_, VarType::I16 | VarType::U16) => Ext::Uxth,
        _ if signed && node.ty == VarType::I64 => Ext::Sxtw,
        _ => Ext::Uxtw,
    };
    Asm(cx.em).extend(ext, width(node.ty), dst, src);
    Ok(())
}

pub(super) fn convert(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let src = register(cx, n, 0)?;
    let from = node.source_type();
    let asm = &mut Asm(cx.em);
    match node.op {
        Opcode::IntToFloat => {
            asm.int_to_float(Ins::Scvtf, float_width(node.ty), width(from), dst, src)
        }
        Opcode::UIntToFloat => {
            asm.int_to_float(Ins::Ucvtf, float_width(node.ty), width(from), dst, src)
        }
        // Saturating, and zero for NaN: just what the IR asks for.
        Opcode::FloatToInt | Opcode::FloatToIntOld => {
            asm.float_to_int(Ins::Fcvtzs, width(node.ty), float_width(from), dst, src)
        }
        Opcode::FloatToUInt | Opcode::FloatToUIntOld => {
            asm.float_to_int(Ins::Fcvtzu, width(node.ty), float_width(from), dst, src)
        }
        Opcode::FloatToFloat if from != node.ty => asm.fcvt(float_width(from), dst, src),
        _ => {
            let w = match (node.ty.size() == 8, dst.is_float()) {
                (true, true) => W::F64,
                (false, true) => W::F32,
                (true, false) => W::B8,
                (false, false) => W::B4,
            };
            asm.mov_rr(w, dst, src);
        }
    }
    Ok(())
}

#[inline(never)]
pub(super) fn constant_node(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let bits = cx.imm(n, 0).unwrap_or(0) as u64;
    let (ty, to) = (cx.body.nodes[n].ty, cx.regs(n).def);
    constant(cx, ty, bits, to);
    Ok(())
}

/// Puts a constant into a register. Flags are left alone; a float may clobber x16.
pub(super) fn constant(cx: &mut GenCx<'_>, ty: VarType, bits: u64, to: RegNum) {
    if ty.is_vector() {
        // Zero is the only vector that an operand can be.
        return Asm(cx.em).movi(Arr::B16, to, 0, 0);
    }
    if !ty.is_float() {
        Asm(cx.em).mov_ri(to, width(ty), bits as i64);
        return;
    }
    let double = ty == VarType::F64;
    let value = if double {
        f64::from_bits(bits)
    } else {
        f32::from_bits(bits as u32) as f64
    };
    if Asm(cx.em).fmov_imm(float_width(ty), to, value) {
        return;
    }
    let (at, op) = if double {
        (cx.em.data.constant(&bits.to_le_bytes(), 8), MemOp::F64)
    } else {
        let bits = bits as u32;
        (cx.em.data.constant(&bits.to_le_bytes(), 4), MemOp::F32)
    };
    let asm = &mut Asm(cx.em);
    asm.adr_data(X16, at);
    asm.load(op, to, &Mem::base(X16, 0));
}
