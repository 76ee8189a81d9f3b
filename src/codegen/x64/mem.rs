//! Operands, loads, stores, locals, block copies, moves.

use super::width;
use crate::codegen::pieces::{pieces, widest_piece};
use crate::codegen::{Gen, GenCx};
use crate::emit::SlotId;
use crate::emit::x64::{Arg, Asm, Ins, Mem, W, Width, With};
use crate::ir::{Bail, Barrier, LocalId, NodeId, Opcode};
use crate::target::RegNum;
use crate::target::x64::X64;
use crate::types::{LayoutId, VarType};

/// The second operand of an instruction.
#[derive(Copy, Clone)]
pub(super) enum Src {
    Reg(RegNum),
    Imm(i32),
    Mem(Mem),
}

/// Longest block copy or fill that is unrolled, in bytes.
const UNROLL_LIMIT: u32 = 64 << 10;

/// Operand `k` of `n` as an instruction can take it.
#[inline]
pub(super) fn source(cx: &mut GenCx<'_>, n: NodeId, k: usize) -> Result<Src, Bail> {
    let r = cx.reg(n, k);
    if r.is_some() {
        return Ok(Src::Reg(r));
    }
    source_elsewhere(cx, n, k)
}

/// [`source`], of an operand that is in no register.
#[inline(never)]
fn source_elsewhere(cx: &mut GenCx<'_>, n: NodeId, k: usize) -> Result<Src, Bail> {
    let o = cx.body.nodes[n].opnd[k];
    if let Some(bits) = cx.body.const_value(o) {
        return Ok(match cx.body.position_type(n, k) {
            VarType::F64 => Src::Mem(Mem::Data(cx.em.data.constant(&bits.to_le_bytes(), 8))),
            VarType::F32 => Src::Mem(Mem::Data(
                cx.em.data.constant(&(bits as u32).to_le_bytes(), 4),
            )),
            _ => Src::Imm(bits as i32),
        });
    }
    if let Some(x) = o.as_node() {
        let d = cx.body.nodes[x];
        if d.is_contained() {
            return match d.op {
                Opcode::Load => {
                    cx.mark_position(x);
                    Ok(Src::Mem(address_of(cx, x, 0)?))
                }
                Opcode::LclFld => Ok(Src::Mem(field(cx, x, 0))),
                _ => Err(Bail::Internal(format!(
                    "{x} cannot be an operand in memory"
                ))),
            };
        }
    }
    let slot = cx.memory_of(n, k)?;
    Ok(Src::Mem(Mem::slot(slot, 0)))
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

fn lea_mode(cx: &GenCx<'_>, x: NodeId) -> Mem {
    let d = cx.body.nodes[x];
    let (base, index) = (cx.reg(x, 0), cx.reg(x, 1));
    if index.is_some() {
        Mem::index(base, index, 1 << d.sub, d.aux as i32)
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

/// Widens the small integer of type `ty` in a register.
pub(super) fn sign_or_zero_extend(asm: &mut Asm<'_>, ty: VarType, r: RegNum) {
    let ins = match ty {
        VarType::I8 => Ins::Movsx8,
        VarType::U8 => Ins::Movzx8,
        VarType::I16 => Ins::Movsx16,
        VarType::U16 => Ins::Movzx16,
        _ => return,
    };
    asm.rr(ins, W::B4, r, r);
}

/// Where the last four of twelve bytes are. Of vectors nothing is at a label or behind a symbol.
fn third_lane(m: &Mem) -> Mem {
    let mut m = *m;
    match &mut m {
        Mem::Addr { disp, .. } => *disp += 8,
        Mem::Slot { offset, .. } => *offset += 8,
        Mem::Data(at) => *at += 8,
        Mem::Label(_) | Mem::Symbol(_) => debug_assert!(false, "a vector behind a symbol"),
    }
    m
}

/// The instruction that loads a type from memory, widened, and the one that stores the low part of a register as it; by type.
static ACCESSES: [[(Ins, W); 2]; VarType::ALL.len()] = {
    let mut t = [[(Ins::Mov, W::B4); 2]; VarType::ALL.len()];
    let mut i = 0;
    while i < t.len() {
        let ty = VarType::ALL[i];
        t[i] = match ty {
            VarType::I8 => [(Ins::Movsx8, W::B4), (Ins::Mov, W::B1)],
            VarType::U8 => [(Ins::Movzx8, W::B4), (Ins::Mov, W::B1)],
            VarType::I16 => [(Ins::Movsx16, W::B4), (Ins::Mov, W::B2)],
            VarType::U16 => [(Ins::Movzx16, W::B4), (Ins::Mov, W::B2)],
            VarType::F32 => [(Ins::Movss, W::F32); 2],
            VarType::F64 => [(Ins::Movsd, W::F64); 2],
            VarType::V64 => [(Ins::Movsd, W::F64); 2],
            t if t.is_vector() => [(Ins::Movups, W::F64); 2],
            t => [(Ins::Mov, width(t)), (Ins::Mov, W::bytes(t.size()))],
        };
        i += 1;
    }
    t
};

/// Loads `ty` from memory, widened.
#[inline(never)]
pub(super) fn load_from(asm: &mut Asm<'_>, ty: VarType, dst: RegNum, m: &Mem) {
    load_any(asm, ty, dst, m);
}

#[inline(always)]
fn load_any(asm: &mut Asm<'_>, ty: VarType, dst: RegNum, m: &Mem) {
    if matches!(ty, VarType::V256 | VarType::V96) {
        return load_odd_vector(asm, ty, dst, m);
    }
    let (ins, w) = ACCESSES[ty as usize][0];
    asm.rm(ins, w, dst, m);
}

/// Vectors that no plain move loads.
#[inline(never)]
fn load_odd_vector(asm: &mut Asm<'_>, ty: VarType, dst: RegNum, m: &Mem) {
    if ty == VarType::V256 {
        let args = [Arg::R(dst), Arg::M(*m)];
        return asm.vec(Ins::Vmovups, Width::L256, &args, With::default());
    }
    asm.rm(Ins::Movsd, W::F64, dst, m);
    let args = [Arg::R(dst), Arg::M(third_lane(m)), Arg::I(2)];
    asm.vec(Ins::Pinsrd, Width::W32, &args, With::default());
}

/// Stores the low part of a register as `ty`.
#[inline(never)]
fn store_to(asm: &mut Asm<'_>, ty: VarType, m: &Mem, src: RegNum) {
    store_any(asm, ty, m, src);
}

#[inline(always)]
fn store_any(asm: &mut Asm<'_>, ty: VarType, m: &Mem, src: RegNum) {
    if matches!(ty, VarType::V256 | VarType::V96) {
        return store_odd_vector(asm, ty, m, src);
    }
    let (ins, w) = ACCESSES[ty as usize][1];
    asm.mr(ins, w, m, src);
}

/// Vectors that no plain move stores.
#[inline(never)]
fn store_odd_vector(asm: &mut Asm<'_>, ty: VarType, m: &Mem, src: RegNum) {
    if ty == VarType::V256 {
        let args = [Arg::M(*m), Arg::R(src)];
        return asm.vec(Ins::Vmovups, Width::L256, &args, With::default());
    }
    asm.mr(Ins::Movsd, W::F64, m, src);
    let args = [Arg::M(third_lane(m)), Arg::R(src), Arg::I(2)];
    asm.vec(Ins::Pextrd, Width::W32, &args, With::default());
}

/// Moves a register to another of its file, or across.
pub(super) fn move_regs(asm: &mut Asm<'_>, ty: VarType, dst: RegNum, src: RegNum) {
    if dst == src {
        return;
    }
    match (dst.is_float(), src.is_float()) {
        (true, true) if ty == VarType::V256 => {
            let args = [Arg::R(dst), Arg::R(src)];
            asm.vec(Ins::Vmovaps, Width::L256, &args, With::default());
        }
        (true, true) => asm.rr(Ins::Movaps, W::F64, dst, src),
        (false, false) => asm.rr(Ins::Mov, width(ty), dst, src),
        (true, false) => asm.rr(
            Ins::MovdToX,
            if ty.size() == 8 { W::B8 } else { W::B4 },
            dst,
            src,
        ),
        (false, true) => asm.rr(
            Ins::MovdFromX,
            if ty.size() == 8 { W::B8 } else { W::B4 },
            dst,
            src,
        ),
    }
}

#[inline(never)]
pub(super) fn load_slot(cx: &mut GenCx<'_>, ty: VarType, from: SlotId, to: RegNum) {
    load_any(&mut Asm(cx.em), ty, to, &Mem::slot(from, 0));
}

#[inline(never)]
pub(super) fn store_slot(cx: &mut GenCx<'_>, ty: VarType, from: RegNum, to: SlotId) {
    // A small local's home is a whole 32-bit word of the widened value.
    store_any(&mut Asm(cx.em), ty.actual(), &Mem::slot(to, 0), from);
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
        let scratch = cx.desc.scratch_int;
        let asm = &mut Asm(cx.em);
        match src {
            Src::Reg(r) => store_to(asm, ty, &m, r),
            Src::Imm(i) => asm.mi(Ins::Mov, width(ty), &m, i),
            Src::Mem(from) if ty.is_vector() => {
                let scratch = cx.desc.scratch_float;
                let asm = &mut Asm(cx.em);
                load_from(asm, ty, scratch, &from);
                store_to(asm, ty, &m, scratch);
            }
            Src::Mem(from) => {
                let bits = if ty.size() == 8 {
                    VarType::I64
                } else {
                    VarType::I32
                };
                load_from(asm, bits, scratch, &from);
                store_to(asm, bits, &m, scratch);
            }
        }
        return Ok(());
    }
    match src {
        Src::Reg(r) => move_regs(&mut Asm(cx.em), ty, regs.def, r),
        Src::Imm(i) => X64::gen_const(cx, ty, i as i64 as u64, regs.def),
        Src::Mem(m) => load_from(&mut Asm(cx.em), ty, regs.def, &m),
    }
    if regs.write_thru {
        let home = cx.home(local);
        store_to(&mut Asm(cx.em), ty, &Mem::slot(home, 0), regs.def);
    }
    Ok(())
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
    match source(cx, n, k)? {
        Src::Reg(r) => store_to(&mut Asm(cx.em), ty, m, r),
        Src::Imm(i) => Asm(cx.em).mi(Ins::Mov, W::bytes(ty.size()), m, i),
        Src::Mem(_) => return Err(Bail::Internal(format!("value of {n} is in memory"))),
    }
    Ok(())
}

#[inline(never)]
pub(super) fn address(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let m = if cx.body.nodes[n].op == Opcode::Lea {
        lea_mode(cx, n)
    } else {
        field(cx, n, 0)
    };
    let dst = cx.regs(n).def;
    Asm(cx.em).lea(dst, &m);
    Ok(())
}

#[inline(never)]
pub(super) fn load(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let m = address_of(cx, n, 0)?;
    let (ty, dst) = (cx.body.nodes[n].ty, cx.regs(n).def);
    if dst.is_none() {
        // Only the fault is wanted.
        Asm(cx.em).mi(Ins::Cmp, W::B1, &m, 0);
        return Ok(());
    }
    load_from(&mut Asm(cx.em), ty, dst, &m);
    Ok(())
}

#[inline(never)]
pub(super) fn store(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let helper = match node.barrier() {
        Barrier::None => {
            let m = address_of(cx, n, 0)?;
            return store_value(cx, n, 1, &m);
        }
        Barrier::Unchecked => crate::ee::Helper::AssignRef,
        Barrier::Checked => crate::ee::Helper::CheckedAssignRef,
    };
    super::calls::helper(cx, helper, false)
}

/// Memory that is changed in place.
pub(super) fn store_op(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    use Opcode::*;
    let node = cx.body.nodes[n];
    let w = W::bytes(node.ty.size());
    let m = address_of(cx, n, 0)?;
    let ins = match Opcode::ALL[usize::from(node.sub)] {
        Neg => Ins::Neg,
        Not => Ins::Not,
        Add => Ins::Add,
        Sub => Ins::Sub,
        And => Ins::And,
        Or => Ins::Or,
        Xor => Ins::Xor,
        Shl => Ins::Shl,
        Shr => Ins::Shr,
        Sar => Ins::Sar,
        Rol => Ins::Rol,
        Ror => Ins::Ror,
        op => return Err(Bail::Internal(format!("`{}` in memory", op.name()))),
    };
    if node.opnd[1].is_none() {
        Asm(cx.em).m1(ins, w, &m);
        return Ok(());
    }
    match source(cx, n, 1)? {
        Src::Reg(r) => Asm(cx.em).mr(ins, w, &m, r),
        Src::Imm(i) if matches!(ins, Ins::Shl | Ins::Shr | Ins::Sar | Ins::Rol | Ins::Ror) => {
            let count = i & if w == W::B8 { 63 } else { 31 };
            Asm(cx.em).mi(ins, w, &m, count);
        }
        Src::Imm(i) => Asm(cx.em).mi(ins, w, &m, i),
        Src::Mem(_) => return Err(Bail::Internal(format!("value of {n} is in memory"))),
    }
    Ok(())
}

#[inline(never)]
pub(super) fn null_check(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let r = cx.reg(n, 0);
    Asm(cx.em).mr(Ins::Cmp, W::B1, &Mem::base(r, 0), r);
    Ok(())
}

pub(super) fn stack_param(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let home = cx.desc.call_conv.home_space;
    let slot = cx.st.frame.incoming_slot();
    let dst = cx.regs(n).def;
    load_from(
        &mut Asm(cx.em),
        node.ty,
        dst,
        &Mem::slot(slot, (node.aux + home) as i32),
    );
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
    match source(cx, n, 0)? {
        Src::Reg(r) => move_regs(&mut Asm(cx.em), ty, dst, r),
        Src::Imm(_) => {
            let bits = cx.imm(n, 0).unwrap_or(0) as u64;
            X64::gen_const(cx, ty, bits, dst);
        }
        Src::Mem(m) => load_from(&mut Asm(cx.em), ty.actual(), dst, &m),
    }
    Ok(())
}

/// `m` moved by `by` bytes.
fn shifted(m: &Mem, by: i32) -> Mem {
    match *m {
        Mem::Addr {
            base,
            index,
            scale,
            disp,
        } => Mem::Addr {
            base,
            index,
            scale,
            disp: disp.wrapping_add(by),
        },
        Mem::Slot { slot, offset } => Mem::Slot {
            slot,
            offset: offset + by,
        },
        other => other,
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
    let temp = cx.regs(n).temp[0];
    let (widest, vector) = (widest_piece(cx, n), cx.desc.scratch_float);
    let asm = &mut Asm(cx.em);
    for (at, piece) in pieces(size, widest) {
        if piece == 16 {
            asm.rm(Ins::Movups, W::F64, vector, &shifted(&from, at));
            asm.mr(Ins::Movups, W::F64, &shifted(&to, at), vector);
            continue;
        }
        // Small pieces load zero-extended: no partial register.
        let (ins, w) = match piece {
            1 => (Ins::Movzx8, W::B4),
            2 => (Ins::Movzx16, W::B4),
            p => (Ins::Mov, W::bytes(p)),
        };
        asm.rm(ins, w, temp, &shifted(&from, at));
        asm.mr(Ins::Mov, W::bytes(piece), &shifted(&to, at), temp);
    }
    cx.block_copied(n);
    Ok(())
}

pub(super) fn init_block(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let size = block_size(cx, n)?;
    let to = address_of(cx, n, 0)?;
    let byte = cx.imm(n, 1).unwrap_or(0) as u8;
    // An immediate of eight bytes is one of four whose sign is repeated: right for zeros and ones only. Others come from a constant.
    let word = i32::from_le_bytes([byte; 4]);
    let in_vector = match byte {
        0 => size >= 16,
        0xff => false,
        _ => size >= 8,
    };
    let (widest, vector) = (widest_piece(cx, n), cx.desc.scratch_float);
    let widest = if in_vector { widest } else { 8 };
    let pattern = (in_vector && byte != 0).then(|| cx.em.data.constant(&[byte; 16], 16));
    let asm = &mut Asm(cx.em);
    match pattern {
        Some(at) => asm.rm(Ins::Movups, W::F64, vector, &Mem::Data(at)),
        None if widest == 16 && in_vector => asm.rr(Ins::Xorps, W::F64, vector, vector),
        None => {}
    }
    for (at, piece) in pieces(size, widest) {
        let place = shifted(&to, at);
        match piece {
            16 => asm.mr(Ins::Movups, W::F64, &place, vector),
            8 if pattern.is_some() => asm.mr(Ins::Movsd, W::F64, &place, vector),
            1 => asm.mi(Ins::Mov, W::B1, &place, byte as i8 as i32),
            2 => asm.mi(Ins::Mov, W::B2, &place, word as i16 as i32),
            _ => asm.mi(Ins::Mov, W::bytes(piece), &place, word),
        }
    }
    Ok(())
}
