//! Integer and floating arithmetic, conversions, constants.

use super::mem::{Src, source};
use super::width;
use crate::codegen::GenCx;
use crate::emit::x64::{Arg, Asm, Cc, Ins, Mem, W, Width, With};
use crate::ir::{Bail, NodeId, Opcode, OperandRef};
use crate::target::x64::RCX;
use crate::target::{CpuFeatures, RegNum};
use crate::types::VarType;

/// `dst := dst ins src`.
fn apply(asm: &mut Asm<'_>, ins: Ins, w: W, dst: RegNum, src: Src) {
    match src {
        Src::Reg(r) => asm.rr(ins, w, dst, r),
        Src::Imm(i) => asm.ri(ins, w, dst, i),
        Src::Mem(m) => asm.rm(ins, w, dst, &m),
    }
}

/// Integer operations of two operands. The usual ones first: on two registers, or a register and an immediate.
#[inline(never)]
pub(super) fn binary(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = &cx.body.nodes[n];
    let regs = cx.st.regs[n];
    let (dst, a, b) = (regs.def, regs.opnd[0], regs.opnd[1]);
    let (op, w) = (node.op, width(node.ty));
    if a.is_none() {
        return binary_of_other(cx, n);
    }
    if b.is_some() {
        let asm = &mut Asm(cx.em);
        if dst != a {
            if op == Opcode::Add {
                lea(asm, w, dst, &Mem::index(a, b, 1, 0));
                return Ok(());
            }
            asm.rr(Ins::Mov, w, dst, a);
        }
        asm.rr(ins_of(op), w, dst, b);
        return Ok(());
    }
    match node.opnd[1].get() {
        OperandRef::Small(i) if !matches!(op, Opcode::Mul | Opcode::And) => {
            let asm = &mut Asm(cx.em);
            if dst != a {
                if matches!(op, Opcode::Add | Opcode::Sub) {
                    let i = if op == Opcode::Add { i } else { -i };
                    lea(asm, w, dst, &Mem::base(a, i));
                    return Ok(());
                }
                asm.rr(Ins::Mov, w, dst, a);
            }
            asm.ri(ins_of(op), w, dst, i);
            Ok(())
        }
        _ => binary_of_other(cx, n),
    }
}

fn ins_of(op: Opcode) -> Ins {
    match op {
        Opcode::Add => Ins::Add,
        Opcode::Sub => Ins::Sub,
        Opcode::And => Ins::And,
        Opcode::Or => Ins::Or,
        Opcode::Xor => Ins::Xor,
        _ => Ins::Imul,
    }
}

/// [`binary`], of operands in memory, contained ones and others that ask for a look.
fn binary_of_other(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let dst = cx.regs(n).def;
    match node.op {
        Opcode::Mul if node.opnd[1].is_const() => return multiply_by_constant(cx, n),
        Opcode::And if node.opnd[1].is_const() && mask_by_move(cx, n) => return Ok(()),
        Opcode::Add | Opcode::And
            if (is_contained(cx, n, 0) || is_contained(cx, n, 1)) && contained_operand(cx, n)? =>
        {
            return Ok(());
        }
        _ => {}
    }
    let a = cx.reg(n, 0);
    let b = source(cx, n, 1)?;
    let asm = &mut Asm(cx.em);
    if dst != a {
        match (node.op, b) {
            (Opcode::Add, Src::Reg(r)) => {
                lea(asm, w, dst, &Mem::index(a, r, 1, 0));
                return Ok(());
            }
            (Opcode::Add, Src::Imm(i)) => {
                lea(asm, w, dst, &Mem::base(a, i));
                return Ok(());
            }
            (Opcode::Sub, Src::Imm(i)) if i != i32::MIN => {
                lea(asm, w, dst, &Mem::base(a, -i));
                return Ok(());
            }
            _ => asm.rr(Ins::Mov, w, dst, a),
        }
    }
    let w = match b {
        Src::Imm(i) if node.op == Opcode::And && i >= 0 => W::B4,
        _ => w,
    };
    apply(asm, ins_of(node.op), w, dst, b);
    Ok(())
}

/// Is operand `k` of `n` a contained node?
#[inline]
pub(super) fn is_contained(cx: &GenCx<'_>, n: NodeId, k: usize) -> bool {
    if cx.reg(n, k).is_some() {
        return false;
    }
    let d = cx.body.nodes[n].opnd[k].as_node();
    d.is_some_and(|d| cx.body.nodes[d].is_contained())
}

/// A product by a constant, of a register or of memory: 3, 5 and 9 are an index and its base.
fn multiply_by_constant(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let w = width(cx.body.nodes[n].ty);
    let dst = cx.regs(n).def;
    let c = cx.imm(n, 1).unwrap_or(0) as i32;
    match (source(cx, n, 0)?, c) {
        (Src::Reg(a), 3 | 5 | 9) => {
            lea(&mut Asm(cx.em), w, dst, &Mem::index(a, a, c as u8 - 1, 0));
        }
        (Src::Reg(a), _) => Asm(cx.em).rri(Ins::Imul, w, dst, a, c),
        (Src::Mem(m), _) => Asm(cx.em).rmi(Ins::Imul, w, dst, &m, c),
        (Src::Imm(_), _) => return Err(Bail::Internal("product of constants".into())),
    }
    Ok(())
}

/// The low bytes of a register: a move that extends them is shorter than the mask, and leaves its source alone.
fn mask_by_move(cx: &mut GenCx<'_>, n: NodeId) -> bool {
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    let ins = match cx.imm(n, 1) {
        Some(0xFF) => Ins::Movzx8,
        Some(0xFFFF) => Ins::Movzx16,
        Some(0xFFFF_FFFF) => Ins::Mov,
        _ => return false,
    };
    if a.is_some() {
        Asm(cx.em).rr(ins, W::B4, dst, a);
    }
    a.is_some()
}

/// An operation whose operand is a contained operation: one address computation, or `andn`. False: the operand is memory.
fn contained_operand(cx: &mut GenCx<'_>, n: NodeId) -> Result<bool, Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let dst = cx.regs(n).def;
    let k = if is_contained(cx, n, 0) { 0 } else { 1 };
    let x = node.opnd[k].as_node().unwrap_or_default();
    let inner = cx.body.nodes[x];
    let m = match inner.op {
        Opcode::Load | Opcode::LclFld => return Ok(false),
        Opcode::Not => {
            let (not, a) = (cx.reg(x, 0), cx.reg(n, 0));
            Asm(cx.em).rrr(Ins::Andn, w, dst, not, a);
            return Ok(true);
        }
        Opcode::Neg | Opcode::Sub | Opcode::Add if node.op == Opcode::And => {
            let (ins, a) = match inner.op {
                Opcode::Neg => (Ins::Blsi, cx.reg(n, 0)),
                _ => (Ins::Blsr, cx.reg(n, 0)),
            };
            let width = if w == W::B8 { Width::W64 } else { Width::W32 };
            Asm(cx.em).vec(ins, width, &[Arg::R(dst), Arg::R(a)], With::default());
            return Ok(true);
        }
        Opcode::Shl => scaled(cx, cx.reg(n, 0), x, 0),
        // (a + c) + b
        _ if k == 1 => {
            let disp = cx.imm(x, 1).unwrap_or(0) as i32;
            Mem::index(cx.reg(n, 0), cx.reg(x, 0), 1, disp)
        }
        // (a + b) + c
        _ => {
            let disp = cx.imm(n, 1).unwrap_or(0) as i32;
            match inner.opnd[1].as_node() {
                Some(s) if cx.body.nodes[s].is_contained() => scaled(cx, cx.reg(x, 0), s, disp),
                _ => Mem::index(cx.reg(x, 0), cx.reg(x, 1), 1, disp),
            }
        }
    };
    lea(&mut Asm(cx.em), w, dst, &m);
    Ok(true)
}

/// `base + (a << 1..3) + disp`; `x` is the contained shift of `a`.
fn scaled(cx: &GenCx<'_>, base: RegNum, x: NodeId, disp: i32) -> Mem {
    let count = cx.imm(x, 1).unwrap_or(0) as u8 & 3;
    Mem::index(base, cx.reg(x, 0), 1 << count, disp)
}

/// Address arithmetic at a width of 32 or 64 bits.
fn lea(asm: &mut Asm<'_>, w: W, dst: RegNum, m: &Mem) {
    asm.rm(Ins::Lea, w, dst, m);
}

#[inline(never)]
pub(super) fn float_binary(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let double = node.ty == VarType::F64;
    let dst = cx.regs(n).def;
    let a = cx.reg(n, 0);
    let b = source(cx, n, 1)?;
    let ins = match (node.op, double) {
        (Opcode::Add, true) => Ins::Addsd,
        (Opcode::Add, false) => Ins::Addss,
        (Opcode::Sub, true) => Ins::Subsd,
        (Opcode::Sub, false) => Ins::Subss,
        (Opcode::Mul, true) => Ins::Mulsd,
        (Opcode::Mul, false) => Ins::Mulss,
        (_, true) => Ins::Divsd,
        (_, false) => Ins::Divss,
    };
    let asm = &mut Asm(cx.em);
    if dst != a {
        asm.rr(Ins::Movaps, W::F64, dst, a);
    }
    apply(asm, ins, float_width(node.ty), dst, b);
    Ok(())
}

pub(super) fn float_width(ty: VarType) -> W {
    if ty == VarType::F32 { W::F32 } else { W::F64 }
}

pub(super) fn unary(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let a = cx.reg(n, 0);
    if node.ty.is_float() {
        // Flips the sign bit with a constant of the data section.
        let (bytes, ins) = match node.ty {
            VarType::F64 => (0x8000_0000_0000_0000u64, Ins::Xorpd),
            _ => (0x8000_0000u64, Ins::Xorps),
        };
        let mut mask = [0u8; 16];
        mask[..8].copy_from_slice(&bytes.to_le_bytes());
        let at = cx.em.data.constant(&mask, 16);
        let asm = &mut Asm(cx.em);
        if dst != a {
            asm.rr(Ins::Movaps, W::F64, dst, a);
        }
        asm.rm(ins, W::F64, dst, &Mem::Data(at));
        return Ok(());
    }
    let w = width(node.ty);
    let asm = &mut Asm(cx.em);
    if dst != a {
        asm.rr(Ins::Mov, w, dst, a);
    }
    asm.r1(
        if node.op == Opcode::Neg {
            Ins::Neg
        } else {
            Ins::Not
        },
        w,
        dst,
    );
    Ok(())
}

#[inline(never)]
pub(super) fn shift(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let dst = cx.regs(n).def;
    let a = cx.reg(n, 0);
    let count = cx.imm(n, 1);
    let ins = match node.op {
        Opcode::Shl => Ins::Shl,
        Opcode::Shr => Ins::Shr,
        Opcode::Sar => Ins::Sar,
        Opcode::Rol => Ins::Rol,
        _ => Ins::Ror,
    };
    let anywhere = match ins {
        _ if count.is_some() || !cx.features.contains(CpuFeatures::BMI) => None,
        Ins::Shl => Some(Ins::Shlx),
        Ins::Shr => Some(Ins::Shrx),
        Ins::Sar => Some(Ins::Sarx),
        _ => None,
    };
    if let Some(ins) = anywhere {
        let by = cx.reg(n, 1);
        // The short form, where the count happens to be in cl.
        if by != RCX || dst != a {
            Asm(cx.em).rrr(ins, w, dst, a, by);
            return Ok(());
        }
    }
    let asm = &mut Asm(cx.em);
    if dst != a {
        asm.rr(Ins::Mov, w, dst, a);
    }
    match count {
        // The machine masks a count in cl just as the IR does; a constant is masked here.
        Some(c) => asm.ri(ins, w, dst, (c & if w == W::B8 { 63 } else { 31 }) as i32),
        None => asm.r1(ins, w, dst),
    }
    Ok(())
}

pub(super) fn divide(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let b = source(cx, n, 1)?;
    let signed = matches!(node.op, Opcode::Div | Opcode::Rem);
    let asm = &mut Asm(cx.em);
    if signed {
        asm.z(Ins::Cdq, w);
    } else {
        asm.zero(crate::target::x64::RDX);
    }
    let ins = if signed { Ins::Idiv } else { Ins::Div };
    match b {
        Src::Reg(r) => asm.r1(ins, w, r),
        Src::Mem(m) => asm.m1(ins, w, &m),
        Src::Imm(_) => return Err(Bail::Internal("division by an immediate".into())),
    }
    Ok(())
}

#[inline(never)]
pub(super) fn widen(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let src = source(cx, n, 0)?;
    let from = node.source_type();
    let signed = node.op == Opcode::Sext;
    let (ins, w) = match (node.op, from) {
        (Opcode::Trunc, _) => (Ins::Mov, W::B4),
        (_, VarType::I8 | VarType::U8) if signed => (Ins::Movsx8, width(node.ty)),
        (_, VarType::I16 | VarType::U16) if signed => (Ins::Movsx16, width(node.ty)),
        (_, VarType::I8 | VarType::U8) => (Ins::Movzx8, W::B4),
        (_, VarType::I16 | VarType::U16) => (Ins::Movzx16, W::B4),
        _ if signed && node.ty == VarType::I64 => (Ins::Movsxd, W::B8),
        _ => (Ins::Mov, W::B4),
    };
    apply(&mut Asm(cx.em), ins, w, dst, src);
    Ok(())
}

pub(super) fn convert(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let src = source(cx, n, 0)?;
    let from = node.source_type();
    let asm = &mut Asm(cx.em);
    match node.op {
        Opcode::IntToFloat => {
            // The conversion leaves the upper part: clear it, so that it does not wait for an old value.
            asm.rr(Ins::Xorps, W::F64, dst, dst);
            let ins = if node.ty == VarType::F64 {
                Ins::Cvtsi2sd
            } else {
                Ins::Cvtsi2ss
            };
            apply(asm, ins, width(from), dst, src);
        }
        Opcode::FloatToFloat if from == node.ty => match src {
            Src::Reg(r) => asm.rr(Ins::Movaps, W::F64, dst, r),
            s => apply(
                asm,
                if from == VarType::F64 {
                    Ins::Movsd
                } else {
                    Ins::Movss
                },
                float_width(from),
                dst,
                s,
            ),
        },
        Opcode::FloatToFloat => {
            let ins = if from == VarType::F64 {
                Ins::Cvtsd2ss
            } else {
                Ins::Cvtss2sd
            };
            apply(asm, ins, float_width(from), dst, src);
        }
        Opcode::Sqrt => {
            let ins = if node.ty == VarType::F64 {
                Ins::Sqrtsd
            } else {
                Ins::Sqrtss
            };
            apply(asm, ins, float_width(node.ty), dst, src);
        }
        _ => bitcast(asm, node.ty, from, dst, src),
    }
    Ok(())
}

fn bitcast(asm: &mut Asm<'_>, to: VarType, from: VarType, dst: RegNum, src: Src) {
    let w = if to.size() == 8 { W::B8 } else { W::B4 };
    match (to.is_float(), from.is_float(), src) {
        (true, false, Src::Reg(r)) => asm.rr(Ins::MovdToX, w, dst, r),
        (false, true, Src::Reg(r)) => asm.rr(Ins::MovdFromX, w, dst, r),
        (true, _, Src::Mem(m)) => {
            asm.rm(if w == W::B8 { Ins::Movsd } else { Ins::Movss }, w, dst, &m)
        }
        (true, true, Src::Reg(r)) => asm.rr(Ins::Movaps, W::F64, dst, r),
        (_, _, s) => apply(asm, Ins::Mov, w, dst, s),
    }
}

#[inline(never)]
pub(super) fn constant_node(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let bits = cx.imm(n, 0).unwrap_or(0) as u64;
    let (ty, to) = (cx.body.nodes[n].ty, cx.regs(n).def);
    constant(cx, ty, bits, to);
    Ok(())
}

/// Puts a constant into a register.
pub(super) fn constant(cx: &mut GenCx<'_>, ty: VarType, bits: u64, to: RegNum) {
    if ty.is_vector() {
        // Zero is the only vector that an operand can be.
        return super::vector::zero(cx, ty, to);
    }
    if ty.is_float() {
        let bits = if ty == VarType::F32 {
            bits & 0xFFFF_FFFF
        } else {
            bits
        };
        if bits == 0 {
            Asm(cx.em).rr(Ins::Xorps, W::F64, to, to);
            return;
        }
        let (at, ins) = if ty == VarType::F64 {
            (cx.em.data.constant(&bits.to_le_bytes(), 8), Ins::Movsd)
        } else {
            (
                cx.em.data.constant(&(bits as u32).to_le_bytes(), 4),
                Ins::Movss,
            )
        };
        Asm(cx.em).rm(ins, float_width(ty), to, &Mem::Data(at));
        return;
    }
    let value = if ty.is_wide_int() {
        bits as i64
    } else {
        bits as i32 as i64
    };
    // Flags never live from one node to the next, so the short form that clobbers them is free.
    if value == 0 {
        Asm(cx.em).zero(to);
    } else {
        Asm(cx.em).mov_ri(to, width(ty), value);
    }
}

/// Float to integer, saturating; NaN becomes 0. The bounds are powers of two, exact in both float types.
pub(super) fn float_to_int(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let from = node.source_type();
    let double = from == VarType::F64;
    let dst = cx.regs(n).def;
    let x = cx.reg(n, 0);
    let w = width(node.ty);
    let (limit, min, max) = if w == W::B8 {
        (9_223_372_036_854_775_808.0f64, i64::MIN, i64::MAX)
    } else {
        (2_147_483_648.0f64, i32::MIN as i64, i32::MAX as i64)
    };
    let mut bound = |v: f64| {
        if double {
            cx.em.data.constant(&v.to_bits().to_le_bytes(), 8)
        } else {
            cx.em.data.constant(&(v as f32).to_bits().to_le_bytes(), 4)
        }
    };
    let (high, low) = (bound(limit), bound(-limit));
    let done = cx.em.new_label();
    let (compare, convert) = if double {
        (Ins::Ucomisd, Ins::Cvttsd2si)
    } else {
        (Ins::Ucomiss, Ins::Cvttss2si)
    };
    let fw = float_width(from);
    let asm = &mut Asm(cx.em);
    asm.zero(dst);
    asm.rr(compare, fw, x, x);
    asm.jcc(Cc::P, done);
    asm.mov_ri(dst, w, max);
    asm.rm(compare, fw, x, &Mem::Data(high));
    asm.jcc(Cc::Ae, done);
    asm.mov_ri(dst, w, min);
    asm.rm(compare, fw, x, &Mem::Data(low));
    asm.jcc(Cc::Be, done);
    asm.rr(convert, w, dst, x);
    cx.em.bind(done);
    Ok(())
}

/// Addition, subtraction and multiplication that raise an exception where the result does not fit.
pub(super) fn checked(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let dst = cx.regs(n).def;
    let a = cx.reg(n, 0);
    let b = source(cx, n, 1)?;
    let fail = cx.throw_label(n, crate::ee::Helper::ThrowOverflow);
    let asm = &mut Asm(cx.em);
    let (ins, cc) = match node.op {
        Opcode::AddOvf => (Ins::Add, Cc::O),
        Opcode::AddOvfUn => (Ins::Add, Cc::B),
        Opcode::SubOvf => (Ins::Sub, Cc::O),
        Opcode::SubOvfUn => (Ins::Sub, Cc::B),
        _ => (Ins::Imul, Cc::O),
    };
    match (ins, b) {
        (Ins::Imul, Src::Imm(i)) => asm.rri(Ins::Imul, w, dst, a, i),
        _ => {
            if dst != a {
                asm.rr(Ins::Mov, w, dst, a);
            }
            apply(asm, ins, w, dst, b);
        }
    }
    asm.jcc(cc, fail);
    Ok(())
}
