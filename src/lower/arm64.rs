//! Lowering for arm64: three operands in registers, immediates of additions and logical operations, loads and stores apart.
//!
//! Nothing but loads and stores touches memory, so containment is: immediates that the instruction can hold, addresses that the
//! load or store can form, and comparisons in branches and selects.

mod operands;
pub mod shuffles;

use super::{Lower, LowerCx};
use crate::ir::vector::is_vector_opcode;
use crate::ir::{Bail, Barrier, Cond, Node, NodeFlags, NodeId, Opcode, OpcodeSet, Operand};
use crate::target::arm64::{Arm64, imm};
use crate::types::VarType;
use operands::Forms;

impl Lower for Arm64 {
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
            MulOvfUn,
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
            Cmp,
            CmpBranch,
        ])
    };

    const PLAIN_WITH_SMALL: OpcodeSet = {
        use Opcode::*;
        OpcodeSet::of(&[Shl, Shr, Sar])
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
            Sub if node.ty.is_int() => {
                cx.materialize(n, 0);
                immediate(cx, n, 1, Kind::Arithmetic);
                if cx.full {
                    operands::contain(cx, n, 1, node.ty.size(), Forms::SUM);
                }
                Ok(())
            }
            Neg | Not if node.ty.is_int() => {
                cx.materialize(n, 0);
                if cx.full {
                    let forms = match node.op {
                        Neg => Forms::NEGATED,
                        _ => Forms::TEST,
                    };
                    operands::contain(cx, n, 0, node.ty.size(), forms);
                }
                Ok(())
            }
            Shl | Shr | Sar if node.ty.is_int() => {
                cx.materialize(n, 0);
                if cx.full {
                    operands::contain_field(cx, n);
                }
                Ok(())
            }
            Sext | Zext | Trunc if node.opnd[0].is_value() => {
                if cx.full && !cx.fuse_extension(n, false) && node.op != Trunc {
                    operands::contain_field(cx, n);
                }
                Ok(())
            }
            Select if node.ty.is_int() => {
                if cx.fuse_compare(n) {
                    if cx.select_to_compare(n) {
                        return Ok(());
                    }
                } else if !operands::contain_decision(cx, n) {
                    cx.materialize_as(n, 0, VarType::I32);
                }
                operands::select(cx, n);
                Ok(())
            }
            Lea | IndexAddr => {
                if node.op == Lea {
                    cx.simplify_lea(n);
                } else {
                    cx.lower_common::<Arm64>(n)?;
                }
                if cx.full && cx.node(n).op == Lea {
                    operands::contain_index(cx, n);
                }
                Ok(())
            }
            AddOvf | SubOvf | MulOvf | AddOvfUn | SubOvfUn | MulOvfUn if node.ty.is_int() => {
                cx.materialize(n, 0);
                cx.materialize(n, 1);
                Ok(())
            }
            Add | Sub | Mul | FDiv if node.ty.is_float() => {
                cx.materialize(n, 0);
                cx.materialize(n, 1);
                Ok(())
            }
            Cmp | BoundsCheck | CmpBranch => {
                compare(cx, n);
                Ok(())
            }
            Branch => {
                cx.lower_branch(n);
                compare(cx, n);
                Ok(())
            }
            StoreLcl => store_local(cx, n),
            StoreLclFld => {
                store_value(cx, n, 0);
                Ok(())
            }
            Load => {
                if is_ordered(&node) {
                    cx.materialize_as(n, 0, VarType::I64);
                    return Ok(());
                }
                contain_address(cx, n, 0, node.ty.size());
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
                if is_ordered(&node) {
                    cx.materialize_as(n, 0, VarType::I64);
                } else {
                    contain_address(cx, n, 0, node.ty.size());
                }
                Ok(())
            }
            VecShuffle => {
                cx.lower_vector::<Arm64>(n)?;
                shuffles::mark_table(cx, n);
                Ok(())
            }
            op if is_vector_opcode(op) => cx.lower_vector::<Arm64>(n),
            _ => cx.lower_common::<Arm64>(n),
        }
    }

    fn widest_vector(_features: crate::target::CpuFeatures) -> VarType {
        VarType::V128
    }

    fn declines_vector(_cx: &LowerCx<'_>, ty: VarType) -> Option<&'static str> {
        match ty {
            VarType::V64 | VarType::V96 | VarType::V128 => None,
            VarType::V256 | VarType::V512 => Some("vectors of more than 16 bytes on this machine"),
            _ => Some("vectors of other sizes than 16 bytes"),
        }
    }

    fn contain_address(cx: &mut LowerCx<'_>, n: NodeId, k: usize, size: u32) {
        contain_address(cx, n, k, size);
    }
}

/// Is it an access whose instruction takes its address in a register only?
fn is_ordered(node: &Node) -> bool {
    node.flags.contains(NodeFlags::VOLATILE)
}

/// What an immediate is for.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    /// Additions and comparisons.
    Arithmetic,
    /// And, or, exclusive or, tests.
    Logical,
}

/// An access of `size` bytes takes a base and a displacement that is small, or a multiple of its size and not too large; or a base
/// and an index, unscaled or scaled by its size. Size 0: a block copy, whose pieces stand at growing displacements.
fn contain_address(cx: &mut LowerCx<'_>, n: NodeId, k: usize, size: u32) {
    // Twelve bytes are two accesses, as a block is several.
    let size = if size == 12 { 0 } else { size };
    cx.contain_address(n, k, |scale, disp, has_index| {
        if has_index {
            size != 0 && disp == 0 && (scale == 0 || 1 << scale == size)
        } else {
            let unit = size.max(1) as i32;
            (-256..256).contains(&disp)
                || (disp >= 0 && disp % unit == 0 && disp / unit < 4096 && size != 0)
        }
    });
    if size != 0 {
        split_address(cx, n, k, size);
    }
}

/// An address of base, index and displacement, which no access has: the displacement goes into the access. Without it the address
/// still lies in the object, or is a plain number.
fn split_address(cx: &mut LowerCx<'_>, n: NodeId, k: usize, size: u32) {
    let Some((a, x)) = cx.operand_node(n, k) else {
        return;
    };
    let disp = x.aux as i32;
    let in_object = cx.body.operand_type(a, 0) == VarType::Ref || x.ty == VarType::I64;
    let unit = size as i32;
    let legal = disp > 0 && (disp < 256 || disp % unit == 0 && disp / unit < 4096);
    if x.op != Opcode::Lea || x.opnd[1].is_none() || !in_object || !legal {
        return;
    }
    cx.node_mut(a).aux = 0;
    let mut outer = Node::new(Opcode::Lea, x.ty);
    outer.opnd[0] = Operand::node(a);
    outer.aux = disp as u32;
    outer.user = n;
    let outer = cx.insert_before(n, outer);
    cx.contain(outer);
    cx.node_mut(a).user = outer;
    cx.node_mut(n).opnd[k] = Operand::node(outer);
}

/// A commutative operation: the constant goes right, and stays there if the encoding holds it.
fn binary(cx: &mut LowerCx<'_>, n: NodeId) {
    let o = cx.node(n).opnd;
    if o[0].is_const() && !o[1].is_const() {
        cx.swap_operands(n);
    }
    cx.materialize(n, 0);
    match cx.node(n).op {
        Opcode::Add => {
            immediate(cx, n, 1, Kind::Arithmetic);
            if cx.full {
                let size = cx.node(n).ty.size();
                operands::contain_either(cx, n, size, Forms::SUM);
            }
        }
        Opcode::Mul => {
            if let Some(c) = cx.const_i64(n, 1).filter(|c| *c > 0 && c.count_ones() == 1) {
                let shift = Operand::small(c.trailing_zeros() as i64).unwrap_or_default();
                let m = cx.node_mut(n);
                m.op = Opcode::Shl;
                m.opnd[1] = shift;
                return;
            }
            // A product by one more than a power of two is a sum.
            if cx
                .const_i64(n, 1)
                .is_some_and(|c| c > 2 && (c - 1).count_ones() == 1)
            {
                return;
            }
            cx.materialize(n, 1);
            if cx.full {
                operands::contain_factors(cx, n);
            }
        }
        op => {
            if cx.full && op != Opcode::Xor && operands::contain_comparisons(cx, n) {
                return;
            }
            immediate(cx, n, 1, Kind::Logical);
            if cx.full {
                if op == Opcode::And && cx.node(n).opnd[1].is_const() {
                    operands::contain_field(cx, n);
                }
                let size = cx.node(n).ty.size();
                operands::contain_either(cx, n, size, Forms::LOGIC);
            }
        }
    }
}

/// Materialises constant operand `k` unless the instruction can hold it.
fn immediate(cx: &mut LowerCx<'_>, n: NodeId, k: usize, kind: Kind) {
    if let Some(c) = cx.const_i64(n, k) {
        let ty = cx.body.position_type(n, k);
        let wide = ty.is_wide_int();
        let c = if wide { c } else { c as i32 as i64 };
        let fits = !ty.is_float()
            && match kind {
                Kind::Arithmetic => imm::add_sub_either(c),
                Kind::Logical => imm::logical(c as u64, wide).is_some(),
            };
        if !fits {
            cx.materialize(n, k);
        }
    }
}

/// Comparisons: constants right.
fn compare(cx: &mut LowerCx<'_>, n: NodeId) {
    let node = *cx.node(n);
    if node.op == Opcode::BoundsCheck {
        // index < length, unsigned; either may be the immediate.
        if node.opnd[0].is_const() && node.opnd[1].is_const() {
            cx.materialize(n, 0);
        }
        immediate(cx, n, 0, Kind::Arithmetic);
        immediate(cx, n, 1, Kind::Arithmetic);
        return;
    }
    if node.compare_type().is_float() {
        cx.materialize(n, 0);
        cx.materialize(n, 1);
        return;
    }
    cx.fuse_test(n);
    let node = *cx.node(n);
    let cond = node.cond();
    if node.opnd[0].is_const() && !node.opnd[1].is_const() {
        cx.swap_operands(n);
        cx.node_mut(n).sub = cond.swap() as u8;
    }
    cx.materialize(n, 0);
    let kind = if matches!(cond, Cond::TestZ | Cond::TestNz) {
        Kind::Logical
    } else {
        Kind::Arithmetic
    };
    immediate(cx, n, 1, kind);
    if cx.full {
        let zero = cx.const_i64(n, 1) == Some(0);
        if zero && node.op == Opcode::CmpBranch && matches!(cond, Cond::Eq | Cond::Ne) {
            operands::contain_decision(cx, n);
        }
        operands::contain_compared(cx, n);
    }
}

fn store_local(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
    let local = crate::ir::LocalId(cx.node(n).aux);
    let l = cx.body.locals[local];
    if l.ty == VarType::Struct {
        return cx.store_struct_local::<Arm64>(n);
    }
    cx.lower_store_lcl_small(n);
    cx.node_mut(n).ty = l.ty.actual();
    if l.ty.is_float_reg() {
        cx.materialize(n, 0);
    }
    Ok(())
}

/// The value of a store: only an integer zero stays, as the zero register.
fn store_value(cx: &mut LowerCx<'_>, n: NodeId, k: usize) {
    let Some(c) = cx.const_i64(n, k) else { return };
    if c != 0 || cx.body.position_type(n, k).is_float_reg() {
        cx.materialize(n, k);
    }
}
