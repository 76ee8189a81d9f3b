//! Lowering for x64: two-operand arithmetic with one memory operand, 32-bit immediates, fixed registers of division and shifts.

use super::{Lower, LowerCx};
use crate::ir::vector::is_vector_opcode;
use crate::ir::{Bail, Barrier, Cond, Node, NodeFlags, NodeId, Opcode, OpcodeSet, Operand, VecOp};
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

    const PLAIN_WITH_SMALL: OpcodeSet = {
        use Opcode::*;
        OpcodeSet::of(&[Add, Sub, And, Or, Xor, Shl, Shr, Sar, Rol, Ror])
    };

    #[inline(always)]
    fn lower_in_walk(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
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
                immediate_of(cx, n, 1, node.ty);
                contain_memory(cx, n, 1);
                Ok(())
            }
            Add | Sub | Mul | FDiv if node.ty.is_float() => {
                cx.materialize(n, 0);
                // A constant is read from memory where it is.
                let commutes = cx.full && matches!(node.op, Add | Mul) && !node.opnd[1].is_const();
                if !contain_memory(cx, n, 1)
                    && commutes
                    && (contain_memory(cx, n, 0) || overwrites_second(cx, n))
                {
                    cx.swap_operands(n);
                }
                Ok(())
            }
            Sext | Zext | Trunc if !node.opnd[0].is_const() => {
                if cx.full {
                    cx.fuse_extension(n, true);
                }
                Ok(())
            }
            IntToFloat | FloatToFloat | Sqrt if !node.opnd[0].is_const() => {
                contain_memory(cx, n, 0);
                Ok(())
            }
            Select => {
                cx.lower_common::<X64>(n)?;
                if cx.node(n).op == Select && !node.ty.is_float() && !wants_two_flags(cx, n) {
                    contain_memory(cx, n, 1);
                }
                Ok(())
            }
            Fma if !cx.features.contains(CpuFeatures::FMA) => cx.lower_fma_call::<X64>(n),
            Cmp | BoundsCheck => {
                compare(cx, n);
                Ok(())
            }
            Branch => {
                cx.lower_branch(n);
                compare(cx, n);
                Ok(())
            }
            CmpBranch => {
                compare(cx, n);
                Ok(())
            }
            StoreLcl => store_local(cx, n),
            StoreLclFld => {
                if cx.full
                    && node.opnd[0].as_node().is_some()
                    && cx.fuse_store_op(n, held_in_memory)
                {
                    // What it holds is a value of its type, cut off as a store's.
                    immediate(cx, n, 1);
                    store_value(cx, n, 1);
                } else {
                    store_value(cx, n, 0);
                }
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
                cx.contain_address(n, 0, legal);
                if cx.full
                    && node.opnd[1].as_node().is_some()
                    && cx.fuse_store_op(n, held_in_memory)
                {
                    // What it holds is a value of its type, cut off as a store's.
                    immediate(cx, n, 1);
                }
                store_value(cx, n, 1);
                Ok(())
            }
            Lea => {
                cx.simplify_lea(n);
                Ok(())
            }
            op if is_vector_opcode(op) => vector(cx, n),
            _ => cx.lower_common::<X64>(n),
        }
    }

    fn widest_vector(features: CpuFeatures) -> VarType {
        if features.contains(CpuFeatures::AVX2) {
            VarType::V256
        } else {
            VarType::V128
        }
    }

    fn declines_vector(cx: &LowerCx<'_>, ty: VarType) -> Option<&'static str> {
        match ty {
            VarType::V64 | VarType::V96 if !cx.features.contains(CpuFeatures::SSE42) => {
                Some("vectors of less than 16 bytes without SSE4.2")
            }
            VarType::V64 | VarType::V96 | VarType::V128 => None,
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
    let node = *cx.node(n);
    if node.op == Opcode::Mul
        && let Some(c) = cx.const_i64(n, 1).filter(|c| *c > 0 && c.count_ones() == 1)
    {
        let shift = Operand::small(c.trailing_zeros() as i64).unwrap_or_default();
        let m = cx.node_mut(n);
        m.op = Opcode::Shl;
        m.opnd[1] = shift;
        return;
    }
    // A move of 32 bits clears the upper half.
    let low_half = node.op == Opcode::And
        && node.ty == VarType::I64
        && cx.const_i64(n, 1) == Some(0xFFFF_FFFF);
    if !low_half {
        immediate_of(cx, n, 1, node.ty);
    }
    if !cx.full {
        return;
    }
    match node.op {
        Opcode::Add if contain_sum(cx, n) => {}
        Opcode::And
            if cx.features.contains(CpuFeatures::BMI)
                && (contain_not(cx, n) || contain_low_bit(cx, n)) => {}
        // Products by these are address arithmetic.
        Opcode::Mul if cx.node(n).opnd[1].is_const() => {
            if !matches!(cx.const_i64(n, 1), Some(3 | 5 | 9)) {
                contain_memory(cx, n, 0);
            }
        }
        _ if cx.node(n).opnd[1].is_const() || contain_memory(cx, n, 1) => {}
        _ => {
            if contain_memory(cx, n, 0) || overwrites_second(cx, n) {
                cx.swap_operands(n);
            }
        }
    }
}

/// Is the second operand of commutative operation `n` the better one to overwrite? A value that only `n` uses is gone anyway; a local
/// may live on, and what a call gives is often wanted in the register that it is in.
fn overwrites_second(cx: &LowerCx<'_>, n: NodeId) -> bool {
    let node = cx.node(n);
    let Some(second) = cx
        .body
        .nodes
        .get(node.opnd[1].as_node().unwrap_or_default())
    else {
        return false;
    };
    // Tests of bits look for a mask on the right.
    if second.is_contained() || node.op == Opcode::And && second.op == Opcode::Const {
        return false;
    }
    match node.opnd[0].as_local() {
        // Unless it is the local's next value.
        Some(l) => !cx
            .body
            .nodes
            .get(node.user)
            .is_some_and(|u| u.op == Opcode::StoreLcl && u.aux == l.0),
        None => second.op == Opcode::Call,
    }
}

/// Contains one operand of addition `n` so that it becomes one address computation: `a + (b << 1..3)`, `(a + b) + c`,
/// `(a + c) + b`.
fn contain_sum(cx: &mut LowerCx<'_>, n: NodeId) -> bool {
    let node = *cx.node(n);
    let scaled = |x: &Node, count: Option<i64>| {
        x.op == Opcode::Shl && x.ty.size() == node.ty.size() && matches!(count, Some(1..=3))
    };
    if node.opnd[1].is_const() {
        let Some((d, x)) = cx.operand_node(n, 0) else {
            return false;
        };
        if scaled(&x, cx.const_i64(d, 1)) && !cx.has_contained(&x) {
            // No base: the displacement alone.
            return false;
        }
        if x.op != Opcode::Add || x.opnd[1].is_const() {
            return false;
        }
        let inner = x.opnd[1].as_node().filter(|&i| cx.node(i).is_contained());
        let plain = inner.is_none_or(|i| cx.node(i).op == Opcode::Shl) && !x.opnd[0].is_const();
        return plain && cx.try_contain(n, d);
    }
    for k in [1, 0] {
        let Some((d, x)) = cx.operand_node(n, k) else {
            continue;
        };
        let count = cx.const_i64(d, 1);
        let sum = x.op == Opcode::Add && count.is_some();
        if (sum || scaled(&x, count)) && !cx.has_contained(&x) && cx.try_contain(n, d) {
            if k == 0 {
                cx.swap_operands(n);
            }
            return true;
        }
    }
    false
}

/// Contains a complement that is an operand of `n`.
fn contain_not(cx: &mut LowerCx<'_>, n: NodeId) -> bool {
    if cx.node(n).opnd[1].is_const() {
        return false;
    }
    for k in [1, 0] {
        let Some((d, x)) = cx.operand_node(n, k) else {
            continue;
        };
        if x.op == Opcode::Not && !cx.has_contained(&x) && cx.try_contain(n, d) {
            if k == 0 {
                cx.swap_operands(n);
            }
            return true;
        }
    }
    false
}

/// Contains what one less than a local, or minus a local, is masked with in `n`: the local without its lowest set bit, or that bit.
fn contain_low_bit(cx: &mut LowerCx<'_>, n: NodeId) -> bool {
    for k in [1, 0] {
        let Some((d, x)) = cx.operand_node(n, k) else {
            continue;
        };
        let of = x.opnd[0].as_local();
        let is_less = match x.op {
            Opcode::Sub => cx.const_i64(d, 1) == Some(1),
            Opcode::Add => cx.const_i64(d, 1) == Some(-1),
            op => op == Opcode::Neg,
        };
        let fits = is_less && of.is_some() && of == cx.node(n).opnd[1 - k].as_local();
        if fits && x.ty.size() == cx.node(n).ty.size() && cx.try_contain(n, d) {
            // The local is read once.
            cx.node_mut(d).opnd[0] = Operand::NONE;
            if k == 0 {
                cx.swap_operands(n);
            }
            return true;
        }
    }
    false
}

/// Materialises constant operand `k` unless a sign-extended 32-bit immediate holds it.
fn immediate(cx: &mut LowerCx<'_>, n: NodeId, k: usize) {
    if cx.node(n).opnd[k].is_const() {
        let ty = cx.body.position_type(n, k);
        immediate_of(cx, n, k, ty);
    }
}

/// The same where the operand is known to be of type `ty`.
#[inline]
fn immediate_of(cx: &mut LowerCx<'_>, n: NodeId, k: usize, ty: VarType) {
    if let Some(c) = cx.const_i64(n, k)
        && (ty.is_float() || (ty.is_wide_int() && i32::try_from(c).is_err()))
    {
        cx.materialize_as(n, k, ty.actual());
    }
}

/// Can an operation on memory have this constant? On 16 bits not as an immediate of two bytes: instructions with a prefix that
/// changes their length are slow to decode.
fn held_in_memory(store: &Node, c: i64) -> bool {
    store.ty.size() != 2 || i8::try_from(c as i16).is_ok()
}

/// FullOpts: operand `k`, a load directly in front of `n`, becomes a memory operand. Says whether it has.
fn contain_memory(cx: &mut LowerCx<'_>, n: NodeId, k: usize) -> bool {
    if !cx.full {
        return false;
    }
    let Some(d) = cx.node(n).opnd[k].as_node() else {
        return false;
    };
    let x = cx.node(d);
    if !matches!(x.op, Opcode::Load | Opcode::LclFld) || x.is_contained() {
        return false;
    }
    let can = !x.ty.is_small()
        && x.ty.size() == cx.body.operand_type(n, k).size()
        && !x.flags.contains(NodeFlags::VOLATILE)
        && cx.can_move_to(d, n);
    if can {
        cx.contain(d);
    }
    can
}

/// As [`contain_memory`] for the first operand of a comparison with a constant: a small integer too, if the constant is of its
/// size and the comparison of what is read decides as that of what it is widened to.
fn contain_compared(cx: &mut LowerCx<'_>, n: NodeId) {
    let Some(c) = cx.const_i64(n, 1).filter(|_| cx.full) else {
        return;
    };
    let wide = cx.node(n).compare_type().is_wide_int();
    let c = if wide { c } else { i64::from(c as i32) };
    let Some((d, x)) = cx.operand_node(n, 0) else {
        return;
    };
    if !x.ty.is_small() {
        contain_memory(cx, n, 0);
        return;
    }
    if x.op != Opcode::Load || x.flags.contains(NodeFlags::VOLATILE) {
        return;
    }
    let cond = cx.node(n).cond();
    let equality = matches!(cond, Cond::Eq | Cond::Ne | Cond::UEq | Cond::UNe);
    let test = matches!(cond, Cond::TestZ | Cond::TestNz);
    let (holds, cond) = match x.ty {
        VarType::I8 => (
            i8::try_from(c).is_ok() && (equality || !test && !cond.is_unsigned()),
            cond,
        ),
        VarType::U8 => (u8::try_from(c).is_ok(), cond.unsigned()),
        // An immediate of two bytes is slow to decode.
        VarType::I16 => (
            i8::try_from(c).is_ok() && (equality || !test && !cond.is_unsigned()),
            cond,
        ),
        _ => ((0..128).contains(&c) && !test, cond.unsigned()),
    };
    if holds && cx.try_contain(n, d) {
        cx.node_mut(n).sub = cond as u8;
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
    if !float {
        cx.fuse_test(n);
        if matches!(cx.node(n).cond(), Cond::TestZ | Cond::TestNz) {
            fuse_far_bit(cx, n);
            fuse_variable_bit(cx, n);
        }
    }
    let node = *cx.node(n);
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
    if float {
        contain_memory(cx, n, 1);
        return;
    }
    if is_bit(cx, n) {
        return;
    }
    immediate_of(cx, n, 1, node.compare_type());
    if is_contained(cx, n, 1) || contain_memory(cx, n, 1) {
        return;
    }
    if cx.node(n).opnd[1].is_const() {
        contain_compared(cx, n);
    } else if cx.full && contain_memory(cx, n, 0) {
        let cond = cx.node(n).cond();
        cx.swap_operands(n);
        cx.node_mut(n).sub = cond.swap() as u8;
    }
}

/// Is it a test of one bit that no immediate reaches?
fn is_bit(cx: &LowerCx<'_>, n: NodeId) -> bool {
    let node = cx.node(n);
    matches!(node.cond(), Cond::TestZ | Cond::TestNz)
        && node.compare_type() == VarType::I64
        && cx
            .const_i64(n, 1)
            .is_some_and(|c| c.count_ones() == 1 && i32::try_from(c).is_err())
}

/// Is select `n` decided by equality of floats, which is two conditions that must both hold?
fn wants_two_flags(cx: &LowerCx<'_>, n: NodeId) -> bool {
    let Some(c) = cx.node(n).opnd[0].as_node() else {
        return false;
    };
    let c = cx.node(c);
    c.is_contained() && c.compare_type().is_float() && c.cond() == Cond::Eq
}

/// Is operand `k` contained?
fn is_contained(cx: &LowerCx<'_>, n: NodeId, k: usize) -> bool {
    let d = cx.node(n).opnd[k].as_node();
    d.is_some_and(|d| cx.node(d).is_contained())
}

/// A test with one bit that was too far for an immediate takes the constant back.
fn fuse_far_bit(cx: &mut LowerCx<'_>, n: NodeId) {
    if let Some((d, x)) = cx.operand_node(n, 1)
        && x.op == Opcode::Const
        && x.ty == VarType::I64
        && cx.const_i64(d, 0).is_some_and(|c| c.count_ones() == 1)
    {
        cx.node_mut(n).opnd[1] = x.opnd[0];
        cx.remove(d);
    }
}

/// A test of `a & (1 << b)`, `b` not a constant, takes the bit's number: the shift is contained.
fn fuse_variable_bit(cx: &mut LowerCx<'_>, n: NodeId) {
    let node = *cx.node(n);
    if !cx.full {
        return;
    }
    for k in [1, 0] {
        let Some((d, x)) = cx.operand_node(n, k) else {
            continue;
        };
        let Some(one) = x.opnd[0].as_node().filter(|_| x.op == Opcode::Shl) else {
            continue;
        };
        let is_one = cx.node(one).op == Opcode::Const && cx.const_i64(one, 0) == Some(1);
        // With memory `bt` reads where the number points to, as far away as it says.
        if !is_one
            || x.opnd[1].is_const()
            || node.opnd[1 - k].is_const()
            || is_contained(cx, n, 1 - k)
        {
            continue;
        }
        if cx.try_contain(n, d) {
            let c = cx.node(one).opnd[0];
            cx.node_mut(d).opnd[0] = c;
            cx.remove(one);
            if k == 0 {
                cx.swap_operands(n);
            }
            return;
        }
    }
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
