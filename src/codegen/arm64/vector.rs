//! Vector nodes: Advanced SIMD, which has an instruction for nearly everything; v31, x16 and x17 are free within a node.

use super::mem::{move_regs, register};
use crate::codegen::GenCx;
use crate::emit::arm64::{Arr, Asm, Class, Ins, Mem, MemOp, W};
use crate::ir::vector::{lanes, operand_element};
use crate::ir::{Bail, Cond, NodeId, Opcode, VecOp};
use crate::lower::arm64::shuffles::{self, Kind, Permute};
use crate::target::RegNum;
use crate::target::arm64::{V31, X16, X17, ZR};
use crate::types::VarType;

const NONE: RegNum = RegNum(0);

/// All lanes of elements of type `e`.
fn arrangement(e: VarType) -> Arr {
    Arr::new(e.size().trailing_zeros(), true)
}

/// Generates a vector node.
pub(super) fn node(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let op = VecOp::from_number(node.aux);
    match (node.op, op) {
        (Opcode::VecUnary, Some(op)) => unary(cx, n, op),
        (Opcode::VecBinary, Some(op)) => binary(cx, n, op),
        (Opcode::VecTernary, Some(op)) => ternary(cx, n, op),
        (Opcode::VecShift, Some(op)) => shift(cx, n, op),
        (Opcode::VecCmp, _) => compare(cx, n),
        (Opcode::VecSplat, _) => splat(cx, n),
        (Opcode::VecExtract, _) => extract(cx, n),
        (Opcode::VecInsert, _) => insert(cx, n),
        (Opcode::VecMask, _) => mask(cx, n),
        (Opcode::VecShuffle, _) => shuffle(cx, n),
        (Opcode::VecConst, _) => {
            let bytes = cx.method.vector(node.aux);
            let bytes = std::array::from_fn(|i| bytes[i]);
            let dst = cx.regs(n).def;
            constant(cx, dst, &bytes);
            Ok(())
        }
        _ => Err(Bail::Internal(format!("{n} is no vector operation"))),
    }
}

fn move_vector(cx: &mut GenCx<'_>, to: RegNum, from: RegNum) {
    move_regs(&mut Asm(cx.em), VarType::V128, to, from);
}

/// The first 16 bytes in a register.
fn constant(cx: &mut GenCx<'_>, to: RegNum, bytes: &[u8; 32]) {
    if bytes[..16].iter().all(|&b| b == bytes[0]) {
        return Asm(cx.em).movi(Arr::B16, to, bytes[0], 0);
    }
    let at = cx.em.data.constant(&bytes[..16], 16);
    let asm = &mut Asm(cx.em);
    asm.adr_data(X16, at);
    asm.load(MemOp::Q128, to, &Mem::base(X16, 0));
}

fn unary(cx: &mut GenCx<'_>, n: NodeId, op: VecOp) -> Result<(), Bail> {
    use VecOp::*;
    let e = cx.body.nodes[n].source_type();
    let (dst, a) = (cx.regs(n).def, register(cx, n, 0)?);
    let asm = &mut Asm(cx.em);
    let float = e.is_float();
    let ins = match op {
        Neg if float => Ins::VFneg,
        Neg => Ins::VNeg,
        Abs if float => Ins::VFabs,
        Abs => Ins::VAbs,
        Sqrt => Ins::VFsqrt,
        Floor => Ins::VFrintm,
        Ceil => Ins::VFrintp,
        RoundEven => Ins::VFrintn,
        Trunc => Ins::VFrintz,
        IntToFloat => Ins::VScvtf,
        UIntToFloat => Ins::VUcvtf,
        FloatToInt => Ins::VFcvtzs,
        FloatToUInt => Ins::VFcvtzu,
        Not => {
            asm.v2(Ins::VNot, Arr::B16, dst, a);
            return Ok(());
        }
        _ => {
            let short = cx.body.nodes[n].ty == VarType::V64;
            let mut a = a;
            let mut high = matches!(op, WidenHigh | UWidenHigh);
            if high && short {
                // The upper half of 8 bytes.
                asm.v_ext(Arr::B16, V31, a, a, 4);
                (a, high) = (V31, false);
            }
            let from = Arr::new(operand_element(op, e).size().trailing_zeros(), high);
            if float {
                let shape = (Ins::VFcvtl, Class::VLong2, from);
                asm.listed(shape, [dst, a, NONE, NONE], 0, 0, false);
            } else {
                asm.v_widen(matches!(op, WidenLow | WidenHigh), from, dst, a);
            }
            return Ok(());
        }
    };
    asm.v2(ins, arrangement(e), dst, a);
    Ok(())
}

fn binary(cx: &mut GenCx<'_>, n: NodeId, op: VecOp) -> Result<(), Bail> {
    use VecOp::*;
    let e = cx.body.nodes[n].source_type();
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let asm = &mut Asm(cx.em);
    let float = e.is_float();
    let ins = match op {
        Add if float => Ins::VFadd,
        Sub if float => Ins::VFsub,
        Mul if float => Ins::VFmul,
        Min if float => Ins::VFmin,
        Max if float => Ins::VFmax,
        Div => Ins::VFdiv,
        Add => Ins::VAdd,
        Sub => Ins::VSub,
        AddSat => Ins::VSqadd,
        UAddSat => Ins::VUqadd,
        SubSat => Ins::VSqsub,
        USubSat => Ins::VUqsub,
        And | Or | Xor | AndNot => {
            let ins = match op {
                And => Ins::AndV,
                Or => Ins::OrrV,
                Xor => Ins::EorV,
                _ => Ins::BicV,
            };
            asm.v3(ins, Arr::B16, dst, a, b);
            return Ok(());
        }
        Narrow | NarrowSat | UNarrowSat => {
            let short = cx.body.nodes[n].ty == VarType::V64;
            narrow(cx, op, e, [dst, a, b], short);
            return Ok(());
        }
        Mul if e.size() == 8 => {
            multiply_doublewords(cx, dst, a, b);
            return Ok(());
        }
        Min | Max | UMin | UMax if e.size() == 8 => {
            // Bits of one where the first is above, of the other elsewhere.
            let above = match op {
                Min | Max => Ins::VCmgt,
                _ => Ins::VCmhi,
            };
            asm.v3(above, Arr::D2, V31, a, b);
            let (x, y) = match op {
                Min | UMin => (b, a),
                _ => (a, b),
            };
            asm.v3(Ins::VBsl, Arr::B16, V31, x, y);
            move_vector(cx, dst, V31);
            return Ok(());
        }
        Mul => Ins::VMul,
        Min => Ins::VSmin,
        Max => Ins::VSmax,
        UMin => Ins::VUmin,
        UMax => Ins::VUmax,
        _ => return Err(Bail::Internal(format!("{n} is no binary operation"))),
    };
    asm.v3(ins, arrangement(e), dst, a, b);
    Ok(())
}

/// The lower half from the first operand, then the upper half from the second.
fn narrow(cx: &mut GenCx<'_>, op: VecOp, e: VarType, [dst, a, b]: [RegNum; 3], short: bool) {
    let ins = match op {
        VecOp::NarrowSat => Ins::VSqxtn,
        VecOp::UNarrowSat => Ins::VSqxtun,
        _ if e.is_float() => Ins::VFcvtn,
        _ => Ins::VXtn,
    };
    let to = if dst == b { V31 } else { dst };
    let size = e.size().trailing_zeros();
    let asm = &mut Asm(cx.em);
    if short {
        // Two operands of 8 bytes are one of 16.
        asm.v3(Ins::VZip1, Arr::D2, V31, a, b);
        return asm.v_narrow(ins, Arr::new(size, false), dst, V31);
    }
    asm.v_narrow(ins, Arr::new(size, false), to, a);
    asm.v_narrow(ins, Arr::new(size, true), to, b);
    move_vector(cx, dst, to);
}

/// By way of general registers.
fn multiply_doublewords(cx: &mut GenCx<'_>, dst: RegNum, a: RegNum, b: RegNum) {
    let asm = &mut Asm(cx.em);
    for lane in 0..2 {
        asm.lane_to_int(3, X16, a, lane);
        asm.lane_to_int(3, X17, b, lane);
        asm.mul(W::B8, X16, X16, X17);
        asm.int_to_lane(3, V31, lane, X16);
    }
    move_vector(cx, dst, V31);
}

fn ternary(cx: &mut GenCx<'_>, n: NodeId, op: VecOp) -> Result<(), Bail> {
    let e = cx.body.nodes[n].source_type();
    let dst = cx.regs(n).def;
    let [a, b, c] = [
        register(cx, n, 0)?,
        register(cx, n, 1)?,
        register(cx, n, 2)?,
    ];
    if op == VecOp::Fma {
        move_vector(cx, dst, c);
        Asm(cx.em).v3(Ins::VFmla, arrangement(e), dst, a, b);
    } else {
        move_vector(cx, dst, a);
        Asm(cx.em).v3(Ins::VBsl, Arr::B16, dst, b, c);
    }
    Ok(())
}

/// A variable count is negative for shifts to the right.
fn shift(cx: &mut GenCx<'_>, n: NodeId, op: VecOp) -> Result<(), Bail> {
    let e = cx.body.nodes[n].source_type();
    let (dst, a) = (cx.regs(n).def, register(cx, n, 0)?);
    let arr = arrangement(e);
    let most = i64::from(8 * e.size() - 1);
    if let Some(c) = cx.imm(n, 1) {
        let by = (c & most) as u32;
        match (op, by) {
            (_, 0) => move_vector(cx, dst, a),
            (VecOp::Shl, _) => Asm(cx.em).v_shift(Ins::VShl, arr, dst, a, by),
            (VecOp::Shr, _) => Asm(cx.em).v_shift(Ins::VUshr, arr, dst, a, by),
            _ => Asm(cx.em).v_shift(Ins::VSshr, arr, dst, a, by),
        }
        return Ok(());
    }
    let count = register(cx, n, 1)?;
    let asm = &mut Asm(cx.em);
    asm.rri(Ins::And, W::B4, X16, count, most);
    if op != VecOp::Shl {
        asm.rrr(Ins::Sub, W::B4, X16, ZR, X16);
    }
    asm.dup_int(arr, V31, X16);
    let ins = if op == VecOp::Sar {
        Ins::VSshl
    } else {
        Ins::VUshl
    };
    asm.v3(ins, arr, dst, a, V31);
    Ok(())
}

fn compare(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    use Cond::*;
    let node = cx.body.nodes[n];
    let e = node.source_type();
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let cond = Cond::from_bits(node.aux as u8);
    let arr = arrangement(e);
    let asm = &mut Asm(cx.em);
    if !e.is_float() {
        let (ins, x, y) = match cond {
            Gt => (Ins::VCmgt, a, b),
            Ge => (Ins::VCmge, a, b),
            Lt => (Ins::VCmgt, b, a),
            Le => (Ins::VCmge, b, a),
            UGt => (Ins::VCmhi, a, b),
            UGe => (Ins::VCmhs, a, b),
            ULt => (Ins::VCmhi, b, a),
            ULe => (Ins::VCmhs, b, a),
            _ => (Ins::VCmeq, a, b),
        };
        asm.v3(ins, arr, dst, x, y);
        if cond == Ne {
            asm.v2(Ins::VNot, Arr::B16, dst, dst);
        }
        return Ok(());
    }
    // What is ordered is there; what is unordered is the opposite of something ordered.
    let (ins, x, y, invert) = match cond {
        Eq => (Ins::VFcmeq, a, b, false),
        UNe => (Ins::VFcmeq, a, b, true),
        Gt => (Ins::VFcmgt, a, b, false),
        ULe => (Ins::VFcmgt, a, b, true),
        Ge => (Ins::VFcmge, a, b, false),
        ULt => (Ins::VFcmge, a, b, true),
        Lt => (Ins::VFcmgt, b, a, false),
        UGe => (Ins::VFcmgt, b, a, true),
        Le => (Ins::VFcmge, b, a, false),
        UGt => (Ins::VFcmge, b, a, true),
        _ => {
            // Less or greater.
            asm.v3(Ins::VFcmgt, arr, V31, a, b);
            asm.v3(Ins::VFcmgt, arr, dst, b, a);
            asm.v3(Ins::OrrV, Arr::B16, dst, dst, V31);
            if cond == UEq {
                asm.v2(Ins::VNot, Arr::B16, dst, dst);
            }
            return Ok(());
        }
    };
    asm.v3(ins, arr, dst, x, y);
    if invert {
        asm.v2(Ins::VNot, Arr::B16, dst, dst);
    }
    Ok(())
}

fn splat(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let e = cx.body.nodes[n].source_type();
    let (dst, a) = (cx.regs(n).def, register(cx, n, 0)?);
    let asm = &mut Asm(cx.em);
    if e.is_float() {
        asm.dup_lane(arrangement(e), dst, a, 0);
    } else {
        asm.dup_int(arrangement(e), dst, a);
    }
    Ok(())
}

fn extract(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let e = node.source_type();
    let (dst, a) = (cx.regs(n).def, register(cx, n, 0)?);
    let lane = node.aux as u8;
    let size = e.size().trailing_zeros();
    let r = [dst, a, NONE, NONE];
    let asm = &mut Asm(cx.em);
    match e {
        VarType::F32 | VarType::F64 if lane == 0 => move_regs(asm, e, dst, a),
        VarType::F32 | VarType::F64 => {
            let shape = (Ins::VDup, Class::SDup, arrangement(e));
            asm.listed(shape, r, lane.into(), 0, false);
        }
        VarType::I8 | VarType::I16 => {
            let shape = (Ins::VSmov, Class::VLaneToR, arrangement(e));
            asm.listed(shape, r, lane.into(), 0, false);
        }
        _ => asm.lane_to_int(size, dst, a, lane),
    }
    Ok(())
}

fn insert(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let e = node.source_type();
    let dst = cx.regs(n).def;
    let (a, b) = (register(cx, n, 0)?, register(cx, n, 1)?);
    let lane = node.aux as u8;
    let size = e.size().trailing_zeros();
    move_vector(cx, dst, a);
    let asm = &mut Asm(cx.em);
    if e.is_float() {
        asm.lane_to_lane(size, dst, lane, b, 0);
    } else {
        asm.int_to_lane(size, dst, lane, b);
    }
    Ok(())
}

/// The highest bits of all lanes, as a number.
fn mask(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let (e, of) = (cx.body.nodes[n].source_type(), cx.body.operand_type(n, 0));
    let dst = cx.regs(n).def;
    mask_of_16_bytes(cx, n)?;
    if of.size() < 16 {
        let lanes = lanes(of, e);
        Asm(cx.em).rri(Ins::And, W::B4, dst, dst, (1 << lanes) - 1);
    }
    Ok(())
}

/// The highest bits: each lane keeps a bit of its own where its sign is set, and pairs are added until one lane has them all.
fn mask_of_16_bytes(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let e = cx.body.nodes[n].source_type();
    let regs = cx.regs(n);
    let (dst, bits, a) = (regs.def, regs.temp[0], register(cx, n, 0)?);
    let arr = arrangement(e);
    if e.size() == 8 {
        let asm = &mut Asm(cx.em);
        asm.v_shift(Ins::VUshr, arr, V31, a, 63);
        asm.lane_to_int(3, X16, V31, 0);
        asm.lane_to_int(3, X17, V31, 1);
        asm.rrr_shift(
            Ins::Orr,
            W::B4,
            dst,
            X16,
            X17,
            crate::emit::arm64::Shift::Lsl,
            1,
        );
        return Ok(());
    }
    let size = e.size() as usize;
    let mut own = [0; 32];
    for (i, lane) in own[..16].chunks_mut(size).enumerate() {
        lane[0] = 1 << (i % 8);
    }
    constant(cx, bits, &own);
    let asm = &mut Asm(cx.em);
    asm.v_shift(Ins::VSshr, arr, V31, a, 8 * size as u32 - 1);
    asm.v3(Ins::AndV, Arr::B16, V31, V31, bits);
    let halvings = if size == 4 { 2 } else { 3 };
    for _ in 0..halvings {
        asm.v3(Ins::VAddp, arr, V31, V31, V31);
    }
    // Of bytes two are left, eight lanes each.
    asm.lane_to_int(if size == 4 { 2 } else { 1 }, dst, V31, 0);
    Ok(())
}

fn shuffle(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let form = shuffles::form(&node, &cx.method.vector(node.aux));
    let dst = cx.regs(n).def;
    let [a, b] = [
        register(cx, n, form.sources[0])?,
        register(cx, n, form.sources[1])?,
    ];
    match form.kind {
        Kind::Move => move_vector(cx, dst, a),
        Kind::Everywhere { log2, lane } => {
            Asm(cx.em).dup_lane(Arr::new(log2, true), dst, a, lane);
        }
        Kind::Permute { how, log2 } => {
            let ins = match how {
                Permute::Zip1 => Ins::VZip1,
                Permute::Zip2 => Ins::VZip2,
                Permute::Uzp1 => Ins::VUzp1,
                Permute::Uzp2 => Ins::VUzp2,
                Permute::Trn1 => Ins::VTrn1,
                Permute::Trn2 => Ins::VTrn2,
            };
            Asm(cx.em).v3(ins, Arr::new(log2, true), dst, a, b);
        }
        Kind::Slide { by } => Asm(cx.em).v_ext(Arr::B16, dst, a, b, by),
        Kind::Table => {
            let class = if form.sources[0] == form.sources[1] {
                Class::VTbl1
            } else if b == a.after(1) {
                Class::VTbl2
            } else {
                return Err(Bail::Internal(format!(
                    "the tables of {n} are not consecutive"
                )));
            };
            let mut bytes = [0; 32];
            bytes[..16].copy_from_slice(&form.bytes);
            constant(cx, V31, &bytes);
            let shape = (Ins::VTbl, class, Arr::B16);
            Asm(cx.em).listed(shape, [dst, a, V31, NONE], 0, 0, false);
        }
    }
    Ok(())
}
