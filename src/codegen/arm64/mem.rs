//! Operands, loads, stores, locals, block copies, moves.

use super::operand::{Last, apply, contained, extension};
use super::{float_width, width};
use crate::codegen::pieces::{pieces, widest_piece};
use crate::codegen::{Gen, GenCx};
use crate::emit::SlotId;
use crate::emit::arm64::{Arr, Asm, Class, Ins, Mem, MemOp, Shift, W};
use crate::ir::{Bail, Barrier, LocalId, NodeFlags, NodeId, Opcode};
use crate::target::RegNum;
use crate::target::arm64::{Arm64, V31, X16, ZR};
use crate::types::{LayoutId, VarType};

/// The second operand of an instruction.
#[derive(Copy, Clone)]
pub(super) enum Src {
    Reg(RegNum),
    Imm(i64),
}

/// Longest block copy or fill that is unrolled, in bytes.
const UNROLL_LIMIT: u32 = 64 << 10;

/// Operand `k` of `n` as an instruction can take it: a register, or an integer constant that lowering left in place.
pub(super) fn source(cx: &GenCx<'_>, n: NodeId, k: usize) -> Result<Src, Bail> {
    let r = cx.reg(n, k);
    if r.is_some() {
        return Ok(Src::Reg(r));
    }
    let o = cx.body.nodes[n].opnd[k];
    if let Some(bits) = cx.body.const_value(o) {
        let ty = cx.body.position_type(n, k);
        if !ty.is_float() {
            return Ok(Src::Imm(if ty.is_wide_int() {
                bits as i64
            } else {
                bits as i32 as i64
            }));
        }
    }
    Err(Bail::Internal(format!(
        "operand {k} of {n} has no register"
    )))
}

/// The register of operand `k` of `n`, which must have one.
pub(super) fn register(cx: &GenCx<'_>, n: NodeId, k: usize) -> Result<RegNum, Bail> {
    let r = cx.reg(n, k);
    if r.is_some() {
        Ok(r)
    } else {
        Err(Bail::Internal(format!(
            "operand {k} of {n} has no register"
        )))
    }
}

/// The address that operand `k` of memory node `n` stands for.
pub(super) fn address_of(cx: &mut GenCx<'_>, n: NodeId, k: usize) -> Result<Mem, Bail> {
    let r = cx.reg(n, k);
    if r.is_some() {
        return Ok(Mem::base(r, 0));
    }
    if let Some(x) = cx.body.nodes[n].opnd[k].as_node() {
        let d = cx.body.nodes[x];
        if d.is_contained() {
            return match d.op {
                Opcode::Lea => Ok(lea_mode(cx, x)),
                Opcode::LclAddr => Ok(field(cx, x, 0)),
                Opcode::OutArgAddr => Ok(Mem::base(cx.desc.sp, d.aux as i32)),
                Opcode::InArgAddr => Ok(Mem::slot(cx.st.frame.incoming_slot(), d.aux as i32)),
                _ => Err(Bail::Internal(format!("{x} is not an address"))),
            };
        }
    }
    Err(Bail::Internal(format!("address of {n} has no register")))
}

/// A contained `lea`: lowering sees to it that it has no displacement if it has an index.
fn lea_mode(cx: &GenCx<'_>, x: NodeId) -> Mem {
    let d = cx.body.nodes[x];
    if let Some(e) = contained(cx, x, 1) {
        return Mem::Index {
            base: cx.reg(x, 0),
            index: cx.reg(e, 0),
            ext: extension(cx, e),
            amount: d.sub,
        };
    }
    let (base, index) = (cx.reg(x, 0), cx.reg(x, 1));
    if index.is_some() {
        Mem::index(base, index, d.sub)
    } else {
        Mem::base(base, d.aux as i32)
    }
}

/// The place in a local's home that `lcl_fld`, `store_lcl_fld` or `lcl_addr` node `x` names; its offset is operand `k`.
fn field(cx: &mut GenCx<'_>, x: NodeId, k: usize) -> Mem {
    let local = LocalId(cx.body.nodes[x].aux);
    let offset = cx.imm(x, k).unwrap_or(0) as i32;
    let slot = cx.home(local);
    Mem::slot(slot, offset)
}

/// How a value of type `ty` travels between memory and registers, widened when loaded.
#[inline]
fn mem_op(ty: VarType) -> MemOp {
    MEM_OPS[ty as usize]
}

static MEM_OPS: [MemOp; VarType::ALL.len()] = {
    let mut t = [MemOp::W32; VarType::ALL.len()];
    let mut i = 0;
    while i < t.len() {
        t[i] = match VarType::ALL[i] {
            VarType::I8 => MemOp::S8,
            VarType::U8 => MemOp::U8,
            VarType::I16 => MemOp::S16,
            VarType::U16 => MemOp::U16,
            VarType::F32 => MemOp::F32,
            VarType::F64 => MemOp::F64,
            t if t.is_vector() && t.size() > 8 => MemOp::Q128,
            t if t.is_vector() => MemOp::F64,
            t if t.size() == 8 => MemOp::X64,
            _ => MemOp::W32,
        };
        i += 1;
    }
    t
};

#[inline(always)]
fn load_from(asm: &mut Asm<'_>, ty: VarType, dst: RegNum, m: &Mem) {
    if ty == VarType::V96 {
        return load_twelve_bytes(asm, dst, m);
    }
    asm.load(mem_op(ty), dst, m);
}

#[inline(never)]
fn load_twelve_bytes(asm: &mut Asm<'_>, dst: RegNum, m: &Mem) {
    asm.load(MemOp::F64, dst, m);
    asm.load(MemOp::W32, X16, &shifted(m, 8));
    asm.int_to_lane(2, dst, 2, X16);
}

/// Stores the low part of a register as `ty`.
#[inline(always)]
fn store_to(asm: &mut Asm<'_>, ty: VarType, m: &Mem, src: RegNum) {
    if ty == VarType::V96 {
        return store_twelve_bytes(asm, m, src);
    }
    asm.store(mem_op(ty), src, m);
}

#[inline(never)]
fn store_twelve_bytes(asm: &mut Asm<'_>, m: &Mem, src: RegNum) {
    asm.store(MemOp::F64, src, m);
    let shape = (Ins::VDup, Class::SDup, Arr::new(2, true));
    let none = RegNum(0);
    asm.listed(shape, [V31, src, none, none], 2, 0, false);
    asm.store(MemOp::F32, V31, &shifted(m, 8));
}

/// Moves a register to another of its file, or across.
pub(super) fn move_regs(asm: &mut Asm<'_>, ty: VarType, dst: RegNum, src: RegNum) {
    if dst == src {
        return;
    }
    if ty.is_vector() && dst.is_float() && src.is_float() {
        asm.mov_vector(dst, src);
        return;
    }
    let w = if ty.is_float() {
        float_width(ty)
    } else if ty.size() == 8 {
        W::B8
    } else {
        W::B4
    };
    asm.mov_rr(w, dst, src);
}

#[inline(never)]
pub(super) fn load_slot(cx: &mut GenCx<'_>, ty: VarType, from: SlotId, to: RegNum) {
    load_from(&mut Asm(cx.em), ty, to, &Mem::slot(from, 0));
}

#[inline(never)]
pub(super) fn store_slot(cx: &mut GenCx<'_>, ty: VarType, from: RegNum, to: SlotId) {
    // A small local's home is a whole 32-bit word of the widened value.
    store_to(&mut Asm(cx.em), ty.actual(), &Mem::slot(to, 0), from);
}

#[inline(never)]
pub(super) fn store_local(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let local = LocalId(node.aux);
    let ty = cx.body.locals[local].ty.actual();
    let regs = cx.regs(n);
    if regs.def.is_none() && regs.write_thru {
        // Made again wherever it is read.
        return Ok(());
    }
    let src = source(cx, n, 0)?;
    if regs.def.is_none() {
        let home = cx.home(local);
        let m = Mem::slot(home, 0);
        let src = in_register(cx, src, ty);
        store_to(&mut Asm(cx.em), ty, &m, src);
        return Ok(());
    }
    match src {
        Src::Reg(r) => move_regs(&mut Asm(cx.em), ty, regs.def, r),
        Src::Imm(i) => Arm64::gen_const(cx, ty, i as u64, regs.def),
    }
    if regs.write_thru {
        let home = cx.home(local);
        store_to(&mut Asm(cx.em), ty, &Mem::slot(home, 0), regs.def);
    }
    Ok(())
}

/// A constant to be stored: the zero register, or x16.
fn in_register(cx: &mut GenCx<'_>, src: Src, ty: VarType) -> RegNum {
    match src {
        Src::Reg(r) => r,
        Src::Imm(0) => ZR,
        Src::Imm(i) => {
            Asm(cx.em).mov_ri(X16, width(ty), i);
            X16
        }
    }
}

#[inline(never)]
pub(super) fn load_field(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let m = field(cx, n, 0);
    let (ty, dst) = (cx.body.nodes[n].ty, cx.regs(n).def);
    load_from(&mut Asm(cx.em), ty, dst, &m);
    Ok(())
}

#[inline(never)]
pub(super) fn store_field(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let m = field(cx, n, 1);
    store_value(cx, n, 0, &m)
}

/// Stores operand `k` of `n` to `m` as the node's type.
fn store_value(cx: &mut GenCx<'_>, n: NodeId, k: usize, m: &Mem) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let src = source(cx, n, k)?;
    let src = in_register(cx, src, ty);
    store_to(&mut Asm(cx.em), ty, m, src);
    Ok(())
}

#[inline(never)]
pub(super) fn address(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let dst = cx.regs(n).def;
    let node = cx.body.nodes[n];
    if node.op == Opcode::LclAddr {
        let m = field(cx, n, 0);
        Asm(cx.em).lea(dst, &m);
        return Ok(());
    }
    let (base, disp) = (register(cx, n, 0)?, node.aux as i32);
    let index = match contained(cx, n, 1) {
        Some(e) => Last::Extended(cx.reg(e, 0), extension(cx, e), node.sub),
        None => Last::Shifted(cx.reg(n, 1), Shift::Lsl, node.sub),
    };
    let (full, far) = (cx.full, !cx.watched);
    let asm = &mut Asm(cx.em);
    if node.opnd[1].is_none() {
        if full && dst == base && asm.add_to_base(base, i64::from(disp), far) {
            return Ok(());
        }
        asm.lea(dst, &Mem::base(base, disp));
        return Ok(());
    }
    // Both sources are read before the result is written; the displacement comes on top.
    apply(asm, Ins::Add, W::B8, dst, base, index)?;
    if disp != 0 {
        asm.lea(dst, &Mem::base(dst, disp));
    }
    Ok(())
}

/// Is it a volatile access that the machine's ordered instructions can do? These want their natural alignment.
fn is_ordered(node: &crate::ir::Node) -> bool {
    node.flags.contains(NodeFlags::VOLATILE)
        && !node.flags.contains(NodeFlags::UNALIGNED)
        && node.ty.is_scalar()
}

#[inline(never)]
pub(super) fn load(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    if is_ordered(&node) {
        let at = register(cx, n, 0)?;
        let dst = if dst.is_none() { ZR } else { dst };
        super::atomics::load_acquire(cx, node.ty, dst, at);
        return Ok(());
    }
    let m = address_of(cx, n, 0)?;
    let asm = &mut Asm(cx.em);
    if dst.is_none() {
        // Only the fault is wanted. An index is scaled by the access: its own width must be kept.
        let op = if node.ty.is_float() || node.ty.is_vector() {
            match node.ty.size() {
                4 => MemOp::W32,
                _ => MemOp::X64,
            }
        } else {
            mem_op(node.ty)
        };
        asm.load(op, ZR, &m);
    } else {
        load_from(asm, node.ty, dst, &m);
    }
    if node.flags.contains(NodeFlags::VOLATILE) {
        Asm(cx.em).z(Ins::DmbIshld);
    } else {
        pair(cx, &node);
    }
    Ok(())
}

#[inline(never)]
pub(super) fn store(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    if is_ordered(&node) && node.barrier() == Barrier::None {
        let at = register(cx, n, 0)?;
        let src = source(cx, n, 1)?;
        let src = in_register(cx, src, node.ty);
        super::atomics::store_release(cx, node.ty, src, at);
        return Ok(());
    }
    if node.flags.contains(NodeFlags::VOLATILE) {
        Asm(cx.em).z(Ins::DmbIsh);
    }
    let helper = match node.barrier() {
        Barrier::None => {
            let m = address_of(cx, n, 0)?;
            store_value(cx, n, 1, &m)?;
            if !node.flags.contains(NodeFlags::VOLATILE) {
                pair(cx, &node);
            }
            return Ok(());
        }
        Barrier::Unchecked => crate::ee::Helper::AssignRef,
        Barrier::Checked => crate::ee::Helper::CheckedAssignRef,
    };
    super::calls::helper(cx, helper, false)
}

/// The access just generated and the one before it become one instruction if they are neighbours, and so do an addition to its base
/// and the access. Where the collector may stop
/// between instructions, not those of pointers, which it is told of as they come; what it is told of between the two keeps others apart.
fn pair(cx: &mut GenCx<'_>, node: &crate::ir::Node) {
    if cx.full && !(cx.watched && node.ty.is_gc()) && node.ty.size() >= 4 {
        Asm(cx.em).pair_last();
    }
    if cx.full {
        Asm(cx.em).add_in_front();
    }
}

#[inline(never)]
pub(super) fn null_check(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let r = register(cx, n, 0)?;
    Asm(cx.em).load(MemOp::U8, ZR, &Mem::base(r, 0));
    if cx.full {
        Asm(cx.em).add_in_front();
    }
    Ok(())
}

pub(super) fn stack_param(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let home = cx.desc.call_conv.home_space;
    let slot = cx.st.frame.incoming_slot();
    let dst = cx.regs(n).def;
    let m = Mem::slot(slot, (node.aux + home) as i32);
    load_from(&mut Asm(cx.em), node.ty, dst, &m);
    if node.ty.is_gc() {
        cx.incoming_read();
    }
    Ok(())
}

pub(super) fn stack_argument(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let at = cx.body.nodes[n].aux as i32;
    let sp = cx.desc.sp;
    store_value(cx, n, 0, &Mem::base(sp, at))?;
    cx.argument_stored(n);
    Ok(())
}

/// An argument of a tail call, to where this method's own came: they have been read at the method's start.
pub(super) fn incoming_argument(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let at = cx.body.nodes[n].aux as i32;
    let slot = cx.st.frame.incoming_slot();
    store_value(cx, n, 0, &Mem::slot(slot, at))?;
    cx.argument_stored(n);
    Ok(())
}

#[inline(never)]
pub(super) fn register_argument(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let ty = cx.body.nodes[n].ty;
    let dst = cx.regs(n).def;
    match cx.reg(n, 0) {
        r if r.is_some() => move_regs(&mut Asm(cx.em), ty, dst, r),
        _ => match cx.imm(n, 0) {
            Some(bits) => Arm64::gen_const(cx, ty, bits as u64, dst),
            None => {
                let slot = cx.memory_of(n, 0)?;
                load_slot(cx, ty.actual(), slot, dst);
            }
        },
    }
    Ok(())
}

/// `m` moved by `by` bytes.
fn shifted(m: &Mem, by: i32) -> Mem {
    match *m {
        Mem::Base { base, disp } => Mem::base(base, disp.wrapping_add(by)),
        Mem::Slot { slot, offset } => Mem::slot(slot, offset + by),
        other => other,
    }
}

/// The access to `bytes` bytes of a general register.
fn general(bytes: u32) -> MemOp {
    match bytes {
        8 => MemOp::X64,
        4 => MemOp::W32,
        2 => MemOp::U16,
        _ => MemOp::U8,
    }
}

fn block_size(cx: &GenCx<'_>, n: NodeId) -> Result<u32, Bail> {
    let layout = LayoutId(cx.body.nodes[n].aux);
    let size = cx.method.layout(layout).map_or(0, |l| l.size);
    if size > UNROLL_LIMIT {
        return Err(Bail::Unsupported {
            what: "large block copy",
            node: n,
        });
    }
    Ok(size)
}

pub(super) fn copy_block(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let size = block_size(cx, n)?;
    let to = address_of(cx, n, 0)?;
    let from = address_of(cx, n, 1)?;
    let (temp, vector) = (cx.regs(n).temp[0], cx.desc.scratch_float);
    let widest = widest_piece(cx, n);
    let asm = &mut Asm(cx.em);
    for (at, piece) in pieces(size, widest) {
        let (op, temp) = match piece {
            16 => (MemOp::Q128, vector),
            _ => (general(piece), temp),
        };
        asm.load(op, temp, &shifted(&from, at));
        asm.store(op, temp, &shifted(&to, at));
    }
    cx.block_copied(n);
    Ok(())
}

pub(super) fn init_block(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let size = block_size(cx, n)?;
    let to = address_of(cx, n, 0)?;
    let byte = cx.imm(n, 1).unwrap_or(0) as u8;
    let fill = if byte == 0 {
        ZR
    } else {
        Asm(cx.em).mov_ri(X16, W::B8, i64::from_le_bytes([byte; 8]));
        X16
    };
    // Pairs of whole words as far as they go; what is left may reach back.
    let pairs = size & !15;
    let asm = &mut Asm(cx.em);
    for at in (0..pairs as i32).step_by(16) {
        asm.stp(W::B8, fill, fill, &shifted(&to, at));
    }
    for (at, piece) in pieces(size, 8).filter(|p| p.0 + p.1 as i32 > pairs as i32) {
        asm.store(general(piece), fill, &shifted(&to, at));
    }
    Ok(())
}
