//! Counting, reversing and choosing among integers; products of double width.

use super::mem::{Src, source};
use super::width;
use crate::codegen::GenCx;
use crate::ee::Helper;
use crate::emit::x64::{Asm, Cc, Ins, Mem, W};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::x64::R11;
use crate::target::{CpuFeatures, RegNum};

/// Read-only data with `byte` in every byte, as an operand.
fn all_bytes(cx: &mut GenCx<'_>, byte: u8) -> Mem {
    Mem::Data(cx.em.data.constant(&[byte; 8], 8))
}

/// Leading and trailing zeros, bits set.
pub(super) fn count(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let bits = if w == W::B8 { 64 } else { 32 };
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    let has = |f| cx.features.contains(f);
    let direct = match node.op {
        Opcode::Clz if has(CpuFeatures::LZCNT) => Some(Ins::Lzcnt),
        Opcode::Ctz if has(CpuFeatures::BMI) => Some(Ins::Tzcnt),
        Opcode::Popcnt if has(CpuFeatures::SSE42) => Some(Ins::Popcnt),
        _ => None,
    };
    if let Some(ins) = direct {
        Asm(cx.em).rr(ins, w, dst, a);
        return Ok(());
    }
    if node.op == Opcode::Popcnt {
        popcnt(cx, w, dst, a);
        return Ok(());
    }
    // The scans leave the result undefined for zero and say so in a flag.
    let asm = &mut Asm(cx.em);
    if node.op == Opcode::Ctz {
        asm.mov_ri(R11, W::B4, bits);
        asm.rr(Ins::Bsf, w, dst, a);
        asm.cmov(Cc::E, W::B4, dst, R11);
    } else {
        // Counted from the other end: bits - 1 - index. The index of no bit is -1.
        asm.mov_ri(R11, W::B4, 2 * bits - 1);
        asm.rr(Ins::Bsr, w, dst, a);
        asm.cmov(Cc::E, W::B4, dst, R11);
        asm.ri(Ins::Xor, W::B4, dst, bits as i32 - 1);
    }
    Ok(())
}

/// Sums of ever more bits side by side.
fn popcnt(cx: &mut GenCx<'_>, w: W, dst: RegNum, a: RegNum) {
    let ones = all_bytes(cx, 1);
    let [pairs, nibbles, bytes] = [0x55, 0x33, 0x0F].map(|b| all_bytes(cx, b));
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Mov, w, R11, a);
    asm.ri(Ins::Shr, w, R11, 1);
    asm.rm(Ins::And, w, R11, &pairs);
    if dst != a {
        asm.rr(Ins::Mov, w, dst, a);
    }
    asm.rr(Ins::Sub, w, dst, R11);
    asm.rr(Ins::Mov, w, R11, dst);
    asm.ri(Ins::Shr, w, R11, 2);
    asm.rm(Ins::And, w, R11, &nibbles);
    asm.rm(Ins::And, w, dst, &nibbles);
    asm.rr(Ins::Add, w, dst, R11);
    asm.rr(Ins::Mov, w, R11, dst);
    asm.ri(Ins::Shr, w, R11, 4);
    asm.rr(Ins::Add, w, dst, R11);
    asm.rm(Ins::And, w, dst, &bytes);
    // The product's top byte is the sum of all.
    asm.rm(Ins::Imul, w, dst, &ones);
    asm.ri(Ins::Shr, w, dst, if w == W::B8 { 56 } else { 24 });
}

/// Bytes, or bits, in opposite order.
pub(super) fn reverse(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    let asm = &mut Asm(cx.em);
    if dst != a {
        asm.rr(Ins::Mov, w, dst, a);
    }
    asm.r1(Ins::Bswap, w, dst);
    if node.op == Opcode::Bswap {
        return Ok(());
    }
    for (shift, mask) in [(4, 0x0F), (2, 0x33), (1, 0x55)] {
        let mask = all_bytes(cx, mask);
        let asm = &mut Asm(cx.em);
        asm.rr(Ins::Mov, w, R11, dst);
        asm.ri(Ins::Shr, w, R11, shift);
        asm.rm(Ins::And, w, R11, &mask);
        asm.rm(Ins::And, w, dst, &mask);
        asm.ri(Ins::Shl, w, dst, shift);
        asm.rr(Ins::Or, w, dst, R11);
    }
    Ok(())
}

/// Minimum and maximum of integers.
pub(super) fn choose(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let (dst, a, b) = (cx.regs(n).def, cx.reg(n, 0), cx.reg(n, 1));
    let cc = match node.op {
        Opcode::Min => Cc::G,
        Opcode::Max => Cc::L,
        Opcode::UMin => Cc::A,
        _ => Cc::B,
    };
    let asm = &mut Asm(cx.em);
    if dst != a {
        asm.rr(Ins::Mov, w, dst, a);
    }
    asm.rr(Ins::Cmp, w, dst, b);
    asm.cmov(cc, w, dst, b);
    Ok(())
}

/// The absolute value: the negative one, where that is not negative.
pub(super) fn abs(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let w = width(cx.body.nodes[n].ty);
    let (dst, a) = (cx.regs(n).def, cx.reg(n, 0));
    let asm = &mut Asm(cx.em);
    asm.rr(Ins::Mov, w, R11, a);
    asm.r1(Ins::Neg, w, R11);
    if dst != a {
        asm.rr(Ins::Mov, w, dst, a);
    }
    asm.cmov(Cc::Ns, w, dst, R11);
    Ok(())
}

/// Products of double width: rax by the operand into rdx and rax. The result's register says which half is wanted.
pub(super) fn wide_multiply(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let w = width(node.ty);
    let ins = if node.op == Opcode::MulHi {
        Ins::ImulWide
    } else {
        Ins::Mul
    };
    match source(cx, n, 1)? {
        Src::Reg(r) => Asm(cx.em).r1(ins, w, r),
        Src::Mem(m) => Asm(cx.em).m1(ins, w, &m),
        Src::Imm(_) => return Err(Bail::Internal("multiplication by an immediate".into())),
    }
    if node.op == Opcode::MulOvfUn {
        let fail = cx.throw_label(n, Helper::ThrowOverflow);
        Asm(cx.em).jcc(Cc::O, fail);
    }
    Ok(())
}
