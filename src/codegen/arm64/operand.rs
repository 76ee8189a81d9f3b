//! Last operands with a shift, an extension, a complement or a product in them, and fields of bits: contained nodes.

use super::mem::{Src, register, source};
use super::width;
use crate::codegen::GenCx;
use crate::emit::arm64::{Asm, Ext, Ins, Shift, W};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::RegNum;
use crate::target::arm64::ZR;
use crate::types::VarType;

/// A last operand.
#[derive(Copy, Clone)]
pub(super) enum Last {
    /// A register or an immediate.
    Plain(Src),
    /// A register, shifted or rotated.
    Shifted(RegNum, Shift, u8),
    /// A register, extended and shifted left.
    Extended(RegNum, Ext, u8),
    /// A register, complemented.
    Inverted(RegNum),
    /// The product of two registers; with an extension, of their low halves.
    Product(RegNum, RegNum, Option<Ext>),
}

/// The contained node that is operand `k` of `n`.
pub(super) fn contained(cx: &GenCx<'_>, n: NodeId, k: usize) -> Option<NodeId> {
    let d = cx.body.nodes[n].opnd[k].as_node()?;
    cx.body.nodes[d].is_contained().then_some(d)
}

/// How extension node `x` widens.
pub(super) fn extension(cx: &GenCx<'_>, x: NodeId) -> Ext {
    let node = cx.body.nodes[x];
    let signed = node.op == Opcode::Sext;
    match (node.source_type().size(), signed) {
        (1, true) => Ext::Sxtb,
        (1, false) => Ext::Uxtb,
        (2, true) => Ext::Sxth,
        (2, false) => Ext::Uxth,
        (_, true) => Ext::Sxtw,
        (_, false) => Ext::Uxtw,
    }
}

/// The number of bits that constant operand 1 of shift `x` moves by.
fn count(cx: &GenCx<'_>, x: NodeId) -> u8 {
    let bits = if width(cx.body.nodes[x].ty) == W::B8 {
        64
    } else {
        32
    };
    cx.imm(x, 1).unwrap_or(0) as u8 & (bits - 1)
}

/// Operand `k` of `n` as the last one of an instruction.
#[inline]
pub(super) fn last(cx: &GenCx<'_>, n: NodeId, k: usize) -> Result<Last, Bail> {
    // Most are in registers of their own.
    let r = cx.reg(n, k);
    if r.is_some() {
        return Ok(Last::Plain(Src::Reg(r)));
    }
    let Some(x) = contained(cx, n, k) else {
        return Ok(Last::Plain(source(cx, n, k)?));
    };
    let node = cx.body.nodes[x];
    let shift = match node.op {
        Opcode::Shl => Shift::Lsl,
        Opcode::Shr => Shift::Lsr,
        Opcode::Sar => Shift::Asr,
        Opcode::Rol | Opcode::Ror => Shift::Ror,
        Opcode::Sext | Opcode::Zext => {
            return Ok(Last::Extended(register(cx, x, 0)?, extension(cx, x), 0));
        }
        Opcode::Not => return Ok(Last::Inverted(register(cx, x, 0)?)),
        Opcode::Mul => {
            let (a, b, ext) = factors(cx, x)?;
            return Ok(Last::Product(a, b, ext));
        }
        _ => return Err(Bail::Internal(format!("{x} is no operand"))),
    };
    let by = count(cx, x);
    if let Some(e) = contained(cx, x, 0) {
        return Ok(Last::Extended(register(cx, e, 0)?, extension(cx, e), by));
    }
    let bits = if width(node.ty) == W::B8 { 64 } else { 32 };
    let by = match node.op {
        Opcode::Rol => (bits - by) & (bits - 1),
        _ => by,
    };
    Ok(Last::Shifted(register(cx, x, 0)?, shift, by))
}

/// The factors of product `x`; with an extension if both are extended in it.
pub(super) fn factors(cx: &GenCx<'_>, x: NodeId) -> Result<(RegNum, RegNum, Option<Ext>), Bail> {
    let Some(e) = contained(cx, x, 0) else {
        return Ok((register(cx, x, 0)?, register(cx, x, 1)?, None));
    };
    let other = match contained(cx, x, 1) {
        Some(f) => register(cx, f, 0)?,
        // A constant that is its own extension.
        None => register(cx, x, 1)?,
    };
    Ok((register(cx, e, 0)?, other, Some(extension(cx, e))))
}

/// `dst := a ins last`.
#[inline]
pub(super) fn apply(
    asm: &mut Asm<'_>,
    ins: Ins,
    w: W,
    dst: RegNum,
    a: RegNum,
    last: Last,
) -> Result<(), Bail> {
    match last {
        Last::Plain(Src::Reg(r)) => asm.rrr(ins, w, dst, a, r),
        Last::Plain(Src::Imm(i)) => asm.rri(ins, w, dst, a, i),
        Last::Shifted(r, shift, by) => asm.rrr_shift(ins, w, dst, a, r, shift, by),
        Last::Extended(r, ext, by) => asm.rrr_ext(ins, w, dst, a, r, ext, by),
        Last::Inverted(r) => {
            let ins = match ins {
                Ins::And => Ins::Bic,
                Ins::Orr => Ins::Orn,
                _ => Ins::Eon,
            };
            asm.rrr(ins, w, dst, a, r);
        }
        Last::Product(x, y, ext) => {
            let sub = ins == Ins::Sub;
            let ins = match (ext, sub) {
                (None, false) => Ins::Madd,
                (None, true) => Ins::Msub,
                (Some(Ext::Sxtw), false) => Ins::Smaddl,
                (Some(Ext::Sxtw), true) => Ins::Smsubl,
                (Some(_), false) => Ins::Umaddl,
                (Some(_), true) => Ins::Umsubl,
            };
            asm.rrrr(ins, w, dst, x, y, a);
        }
    }
    Ok(())
}

/// A product that is a node of its own.
pub(super) fn multiply(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    if let Some(c) = cx.imm(n, 1) {
        // One more than a power of two.
        let (w, dst) = (width(cx.body.nodes[n].ty), cx.regs(n).def);
        let a = register(cx, n, 0)?;
        let by = (c - 1).trailing_zeros() as u8;
        Asm(cx.em).rrr_shift(Ins::Add, w, dst, a, a, Shift::Lsl, by);
        return Ok(());
    }
    let (a, b, ext) = factors(cx, n)?;
    let w = width(cx.body.nodes[n].ty);
    let dst = cx.regs(n).def;
    let product = Last::Product(a, b, ext);
    apply(&mut Asm(cx.em), Ins::Add, w, dst, ZR, product)
}

/// A mask, extension or shift of what a contained shift, mask or extension gives: one field of bits is moved.
pub(super) fn field(cx: &mut GenCx<'_>, n: NodeId, x: NodeId) -> Result<(), Bail> {
    let (node, inner) = (cx.body.nodes[n], cx.body.nodes[x]);
    let dst = cx.regs(n).def;
    let a = register(cx, x, 0)?;
    let wide = width(node.ty);
    let bits: u32 = if wide == W::B8 { 64 } else { 32 };
    let by = u32::from(count(cx, x));
    let (signed, lsb, len, up) = match (node.op, inner.op) {
        (Opcode::And, _) => {
            let len = (cx.imm(n, 1).unwrap_or(0) as u64).trailing_ones();
            (false, by, len.min(bits - by), false)
        }
        (Opcode::Sext | Opcode::Zext, _) => {
            let len = node.source_type().size() * 8;
            (node.op == Opcode::Sext, by, len, false)
        }
        // Up by `by`, then down by `down`.
        (Opcode::Shr | Opcode::Sar, _) => {
            let down = u32::from(count(cx, n));
            let signed = node.op == Opcode::Sar;
            if down >= by {
                (signed, down - by, bits - down, false)
            } else {
                (signed, by - down, bits - by, true)
            }
        }
        (_, Opcode::And) => {
            let len = (cx.imm(x, 1).unwrap_or(0) as u64).trailing_ones();
            let up = u32::from(count(cx, n));
            (false, up, len.min(bits - up), true)
        }
        _ => {
            let len = inner.source_type().size() * 8;
            let up = u32::from(count(cx, n));
            (inner.op == Opcode::Sext, up, len.min(bits - up), true)
        }
    };
    let ins = if signed { Ins::Sbfm } else { Ins::Ubfm };
    let (immr, imms) = if up {
        ((bits - lsb) % bits, len - 1)
    } else {
        (lsb, lsb + len - 1)
    };
    Asm(cx.em).bit_field(ins, wide, dst, a, immr, imms);
    Ok(())
}

/// How a load of the memory that extension `n` reads widens.
pub(super) fn widening_load(n: &crate::ir::Node, from: VarType) -> crate::emit::arm64::MemOp {
    use crate::emit::arm64::MemOp;
    let wide = n.ty.size() == 8;
    match (from.size(), n.op == Opcode::Sext, wide) {
        (1, false, _) => MemOp::U8,
        (1, true, false) => MemOp::S8,
        (1, true, true) => MemOp::S8X,
        (2, false, _) => MemOp::U16,
        (2, true, false) => MemOp::S16,
        (2, true, true) => MemOp::S16X,
        (4, true, true) => MemOp::S32X,
        // The low half of eight bytes stands first.
        _ => MemOp::W32,
    }
}
