//! Lowering for x64: two-operand arithmetic with one memory operand, 32-bit immediates, fixed registers of division and shifts.

use super::{Lower, LowerCx};
use crate::ir::vector::is_vector_opcode;
use crate::ir::{Bail, Barrier, Cond, NodeFlags, NodeId, Opcode, OpcodeSet, Operand, VecOp};
use crate::target::CpuFeatures;
use crate::target::x64::X64;
use crate::types::VarType;

impl Lower for X64 {
    const PLAIN: OpcodeSet = {
        use Opcode::*;
        OpcodeSet::of(&[
            Nop,
            IlOffset,
            KeepAlive,
            Jump,
            Unreachable,
            Lookup,
            LclFld,
            LclAddr,
            Const,
            Add,
            Sub,
            Mul,
            And,
            Or,
            Xor,
            FDiv,
            AddOvf,
            AddOvfUn,
            SubOvf,
            SubOvfUn,
            MulOvf,
            Shl,
            Shr,
            Sar,
            Rol,
            Ror,
            Neg,
            Not,
            Sqrt,
            Div,
            Rem,
            UDiv,
            URem,
            Sext,
            Zext,
            Trunc,
            IntToFloat,
            FloatToFloat,
            FloatToInt,
            NullCheck,
            Switch,
            BoundsCheck,
        ])
    };

    fn lower_node(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
        use Opcode::*;
        let node = *cx.node(n);
        match node.op {
            Add | Mul | And | Or | Xor if node.ty.is_int() => {
                binary(cx, n);
                Ok(())
            }
            MulOvfUn if node.ty.is_int() => {
                cx.materialize(n, 0);
                cx.materialize(n, 1);
                Ok(())
            }
            AddOvf | AddOvfUn | SubOvf | SubOvfUn | MulOvf if node.ty.is_int() => {
                cx.materialize(n, 0);
                immediate(cx, n, 1);
                Ok(())
            }
            Sub if node.ty.is_int() => {
                cx.materialize(n, 0);
                immediate(cx, n, 1);
                contain_memory(cx, n, 1);
                Ok(())
            }
            Add | Sub | Mul | FDiv if node.ty.is_float() => {
                cx.materialize(n, 0);
                contain_memory(cx, n, 1);
                Ok(())
            }
            Fma if !cx.features.contains(CpuFeatures::FMA) => cx.lower_fma_call::<X64>(n),
            Cmp | BoundsCheck => {
                compare(cx, n);
                Ok(())
            }
            Branch => {
                if cx.lower_branch(n) {
                    compare(cx, n);
                }
                Ok(())
            }
            CmpBranch => {
                compare(cx, n);
                Ok(())
            }
            StoreLcl => store_local(cx, n),
            StoreLclFld => {
                store_value(cx, n, 0);
                Ok(())
            }
            Load => {
                cx.contain_address(n, 0, legal);
                Ok(())
            }
            Store => {
                if node.ty == VarType::Ref && node.barrier() != Barrier::None {
                    if node.opnd[1].is_const() {
                        cx.node_mut(n).sub = Barrier::None as u8;
                    } else {
                        cx.materialize_as(n, 0, VarType::I64);
                        return Ok(());
                    }
                }
                store_value(cx, n, 1);
                cx.contain_address(n, 0, legal);
                Ok(())
            }
            op if is_vector_opcode(op) => vector(cx, n),
            _ => cx.lower_common::<X64>(n),
        }
    }

    fn declines_vector(cx: &LowerCx<'_>, ty: VarType) -> Option<&'static str> {
        match ty {
            VarType::V128 => None,
            VarType::V256 if cx.features.contains(CpuFeatures::AVX2) => None,
            VarType::V256 => Some("vectors of 32 bytes without AVX2"),
            VarType::V512 => Some("vectors of 64 bytes"),
            _ => Some("vectors of other sizes than 16 and 32 bytes"),
        }
    }

    fn contain_address(cx: &mut LowerCx<'_>, n: NodeId, k: usize, _size: u32) {
        cx.contain_address(n, k, legal);
    }
}

/// Every base + index * {1,2,4,8} + disp32 is an addressing mode.
fn legal(_scale: u8, _disp: i32, _has_index: bool) -> bool {
    true
}

/// A commutative operation: the constant goes right, and stays there if the encoding holds it.
fn binary(cx: &mut LowerCx<'_>, n: NodeId) {
    let o = cx.node(n).opnd;
    if o[0].is_const() && !o[1].is_const() {
        cx.swap_operands(n);
    }
    cx.materialize(n, 0);
    if cx.full
        && cx.node(n).op == Opcode::Mul
        && let Some(c) = cx.const_i64(n, 1).filter(|c| *c > 0 && c.count_ones() == 1)
    {
        let shift = Operand::small(c.trailing_zeros() as i64).unwrap_or_default();
        let m = cx.node_mut(n);
        m.op = Opcode::Shl;
        m.opnd[1] = shift;
        return;
    }
    immediate(cx, n, 1);
    contain_memory(cx, n, 1);
}

/// Materialises constant operand `k` unless a sign-extended 32-bit immediate holds it.
fn immediate(cx: &mut LowerCx<'_>, n: NodeId, k: usize) {
    if let Some(c) = cx.const_i64(n, k) {
        let ty = cx.body.position_type(n, k);
        if ty.is_float() || (ty.is_wide_int() && i32::try_from(c).is_err()) {
            cx.materialize(n, k);
        }
    }
}

/// FullOpts: operand `k`, a load directly in front of `n`, becomes a memory operand.
fn contain_memory(cx: &mut LowerCx<'_>, n: NodeId, k: usize) {
    if !cx.full {
        return;
    }
    let Some(d) = cx.node(n).opnd[k].as_node() else {
        return;
    };
    let x = *cx.node(d);
    let same_size = !x.ty.is_small() && x.ty.size() == cx.body.operand_type(n, k).size();
    let is_memory = matches!(x.op, Opcode::Load | Opcode::LclFld);
    if is_memory && same_size && !x.flags.contains(NodeFlags::VOLATILE) && cx.can_move_to(d, n) {
        cx.contain(d);
    }
}

/// Comparisons: constants right; floats such that one flag test (or two) decides.
fn compare(cx: &mut LowerCx<'_>, n: NodeId) {
    let node = *cx.node(n);
    let float = node.compare_type().is_float();
    if node.op == Opcode::BoundsCheck {
        // index < length, unsigned; either may be the immediate.
        if node.opnd[0].is_const() && node.opnd[1].is_const() {
            cx.materialize(n, 0);
        }
        immediate(cx, n, 0);
        immediate(cx, n, 1);
        if !cx.node(n).opnd[0].is_const() {
            contain_memory(cx, n, 1);
        }
        return;
    }
    let cond = node.cond();
    let swap = if float {
        matches!(cond, Cond::Lt | Cond::Le | Cond::UGt | Cond::UGe)
    } else {
        node.opnd[0].is_const() && !node.opnd[1].is_const()
    };
    if swap {
        cx.swap_operands(n);
        cx.node_mut(n).sub = cond.swap() as u8;
    }
    cx.materialize(n, 0);
    if !float {
        immediate(cx, n, 1);
    }
    contain_memory(cx, n, 1);
}

fn store_local(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
    let local = crate::ir::LocalId(cx.node(n).aux);
    let l = cx.body.locals[local];
    if l.ty == VarType::Struct {
        return cx.store_struct_local::<X64>(n);
    }
    cx.lower_store_lcl_small(n);
    cx.node_mut(n).ty = l.ty.actual();
    store_value(cx, n, 0);
    Ok(())
}

/// The value of a store: an integer constant stays if `mov [m], imm32` holds it.
fn store_value(cx: &mut LowerCx<'_>, n: NodeId, k: usize) {
    let Some(c) = cx.const_i64(n, k) else { return };
    let ty = cx.body.position_type(n, k);
    if ty.is_float_reg() {
        cx.materialize(n, k);
    } else {
        // A narrow store keeps the low bits only; the immediate of its form is signed.
        let narrow = match cx.node(n).ty.size() {
            1 => Some(i64::from(c as i8)),
            2 => Some(i64::from(c as i16)),
            _ => None,
        };
        if let Some(o) = narrow.and_then(Operand::small) {
            cx.node_mut(n).opnd[k] = o;
        } else if ty.size() == 8 && i32::try_from(c).is_err() {
            cx.materialize(n, k);
        }
    }
}

/// Vector nodes want SSE4.2. What this machine has no instruction for, and no short sequence, is done lane by lane.
fn vector(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
    if !cx.features.contains(CpuFeatures::SSE42) {
        let what = "vector operations without SSE4.2";
        return Err(Bail::Unsupported { what, node: n });
    }
    let node = *cx.node(n);
    if node.op == Opcode::VecConst {
        return Ok(());
    }
    cx.lower_vector::<X64>(n)?;
    let wide = node.source_type() == VarType::I64;
    match (node.op, VecOp::from_number(node.aux)) {
        (Opcode::VecUnary, Some(VecOp::FloatToInt)) if wide => {
            cx.lower_lane_by_lane::<X64>(n, Opcode::FloatToInt)
        }
        (Opcode::VecUnary, Some(VecOp::FloatToUInt)) if wide => {
            cx.lower_lane_by_lane::<X64>(n, Opcode::FloatToUInt)
        }
        (Opcode::VecTernary, Some(VecOp::Fma)) if !cx.features.contains(CpuFeatures::FMA) => {
            cx.lower_lane_by_lane::<X64>(n, Opcode::Fma)
        }
        (Opcode::VecBinary, Some(op)) => {
            if cx.features.contains(CpuFeatures::AVX) && takes_memory(op, node.source_type()) {
                contain_memory(cx, n, 1);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Binary vector operations that are one instruction, whose second operand may be in memory: at any address in the encodings with
/// three operands.
fn takes_memory(op: VecOp, e: VarType) -> bool {
    use VecOp::*;
    match op {
        Add | Sub | And | Or | Xor | Div | AddSat | UAddSat | SubSat | USubSat => true,
        Mul => !matches!(e, VarType::I8 | VarType::I64),
        Min | Max => !e.is_float() && e != VarType::I64,
        UMin | UMax => e != VarType::I64,
        _ => false,
    }
}
