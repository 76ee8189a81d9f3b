//! Lowering for arm64: three operands in registers, immediates of additions and logical operations, loads and stores apart.
//!
//! Nothing but loads and stores touches memory, so containment is: immediates that the instruction can hold, addresses that the
//! load or store can form, and comparisons in branches and selects.

use super::{Lower, LowerCx};
use crate::ir::{Bail, Barrier, Cond, Node, NodeId, Opcode, OpcodeSet, Operand};
use crate::target::arm64::{Arm64, imm};
use crate::types::VarType;

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

    fn lower_node(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
        use Opcode::*;
        let node = *cx.node(n);
        match node.op {
            Nop | IlOffset | KeepAlive | Jump | Unreachable | CatchArg | CatchRet | CallFinally
            | EndFinally | Rethrow | Fence | Result | LclFld | LclAddr | Lookup | GcPoll
            | ParamReg | ParamStack | Const | FuncAddr => Ok(()),
            Add | Mul | And | Or | Xor if node.ty.is_int() => {
                binary(cx, n);
                Ok(())
            }
            Sub if node.ty.is_int() => {
                cx.materialize(n, 0);
                immediate(cx, n, 1, Kind::Arithmetic);
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
            Shl | Shr | Sar | Rol | Ror => {
                cx.materialize(n, 0);
                Ok(())
            }
            MulHi | UMulHi if node.ty.is_wide_int() => {
                cx.materialize(n, 0);
                cx.materialize(n, 1);
                Ok(())
            }
            Div | Rem | UDiv | URem if node.ty.is_int() => {
                cx.materialize(n, 0);
                cx.materialize(n, 1);
                Ok(())
            }
            Neg | Not | Sqrt | Abs | Floor | Ceil | RoundEven | TruncFloat | Clz | Ctz | Popcnt
            | Bswap | BitReverse => {
                cx.materialize(n, 0);
                Ok(())
            }
            Sext | Zext | Trunc | IntToFloat | UIntToFloat | FloatToFloat | Bitcast
            | FloatToInt | FloatToUInt => {
                cx.materialize(n, 0);
                Ok(())
            }
            EndFilter => {
                cx.materialize_as(n, 0, VarType::I32);
                Ok(())
            }
            FRem => cx.lower_float_remainder(n),
            InitBlk if node.opnd[1].is_const() => {
                contain_address(cx, n, 0, 0);
                Ok(())
            }
            Cmp | BoundsCheck | CmpBranch => {
                compare(cx, n);
                Ok(())
            }
            Branch => {
                if cx.fuse_compare(n) {
                    compare(cx, n);
                } else {
                    cx.materialize_as(n, 0, VarType::I32);
                    let m = cx.node_mut(n);
                    m.op = CmpBranch;
                    m.sub = Cond::Ne as u8;
                    m.aux = VarType::I32 as u32;
                    m.opnd[1] = Operand::small(0).unwrap_or_default();
                }
                Ok(())
            }
            Select => {
                if !cx.fuse_compare(n) {
                    cx.materialize_as(n, 0, VarType::I32);
                }
                cx.materialize(n, 1);
                cx.materialize(n, 2);
                Ok(())
            }
            StoreLcl => store_local(cx, n),
            StoreLclFld => {
                store_value(cx, n, 0);
                Ok(())
            }
            Lea => {
                cx.simplify_lea(n);
                Ok(())
            }
            IndexAddr => {
                index_address(cx, n);
                Ok(())
            }
            ArrLen => {
                array_length(cx, n);
                Ok(())
            }
            Load => {
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
                contain_address(cx, n, 0, node.ty.size());
                Ok(())
            }
            CopyBlk => {
                contain_address(cx, n, 0, 0);
                contain_address(cx, n, 1, 0);
                Ok(())
            }
            NullCheck => {
                cx.materialize_as(n, 0, VarType::I64);
                Ok(())
            }
            Switch => {
                cx.materialize_as(n, 0, VarType::I32);
                Ok(())
            }
            Call => cx.lower_call(n),
            Ret => cx.lower_ret(n),
            Throw => {
                cx.lower_throw(n);
                Ok(())
            }
            _ => Err(cx.unsupported(n)),
        }
    }
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
    cx.contain_address(n, k, |scale, disp, has_index| {
        if has_index {
            size != 0 && disp == 0 && (scale == 0 || 1 << scale == size)
        } else {
            let unit = size.max(1) as i32;
            (-256..256).contains(&disp)
                || (disp >= 0 && disp % unit == 0 && disp / unit < 4096 && size != 0)
        }
    });
}

/// A commutative operation: the constant goes right, and stays there if the encoding holds it.
fn binary(cx: &mut LowerCx<'_>, n: NodeId) {
    let o = cx.node(n).opnd;
    if o[0].is_const() && !o[1].is_const() {
        cx.swap_operands(n);
    }
    cx.materialize(n, 0);
    match cx.node(n).op {
        Opcode::Add => immediate(cx, n, 1, Kind::Arithmetic),
        Opcode::Mul => {
            if cx.full
                && let Some(c) = cx.const_i64(n, 1).filter(|c| *c > 0 && c.count_ones() == 1)
            {
                let shift = Operand::small(c.trailing_zeros() as i64).unwrap_or_default();
                let m = cx.node_mut(n);
                m.op = Opcode::Shl;
                m.opnd[1] = shift;
                return;
            }
            cx.materialize(n, 1);
        }
        _ => immediate(cx, n, 1, Kind::Logical),
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
    let cond = node.cond();
    if node.compare_type().is_float() {
        cx.materialize(n, 0);
        cx.materialize(n, 1);
        return;
    }
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
}

fn array_length(cx: &mut LowerCx<'_>, n: NodeId) {
    cx.materialize_as(n, 0, VarType::Ref);
    let mut lea = Node::new(Opcode::Lea, VarType::Byref);
    lea.opnd[0] = cx.node(n).opnd[0];
    lea.aux = cx.abi.array_length_offset;
    let lea = cx.insert_before(n, lea);
    let m = cx.node_mut(n);
    m.op = Opcode::Load;
    m.ty = VarType::I32;
    m.opnd[0] = Operand::node(lea);
    cx.body.nodes[lea].user = n;
    cx.contain(lea);
}

fn store_local(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
    let local = crate::ir::LocalId(cx.node(n).aux);
    let l = cx.body.locals[local];
    if l.ty == VarType::Struct {
        return struct_store(cx, n);
    }
    cx.lower_store_lcl_small(n);
    cx.node_mut(n).ty = l.ty.actual();
    if l.ty.is_float() {
        cx.materialize(n, 0);
    }
    Ok(())
}

/// `store_lcl` of a struct: from a call (its lowering has removed this node), from another local, from memory.
fn struct_store(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = *cx.node(n);
    let local = crate::ir::LocalId(node.aux);
    let layout = cx.body.locals[local].layout;
    let src = match (node.opnd[0].as_local(), node.opnd[0].as_node()) {
        (Some(l), _) => {
            let a = local_address(cx, n, l.0);
            Operand::node(a)
        }
        (_, Some(d)) if cx.node(d).op == Opcode::LoadStruct && cx.can_move_to(d, n) => {
            let a = cx.node(d).opnd[0];
            cx.remove(d);
            a
        }
        (_, Some(d)) if cx.node(d).op == Opcode::Call => return cx.split_struct_result(n, d),
        _ => return Err(cx.unsupported(n)),
    };
    let a = local_address(cx, n, local.0);
    let m = cx.node_mut(n);
    m.op = Opcode::CopyBlk;
    m.ty = VarType::Void;
    m.aux = layout.0;
    m.opnd = [Operand::node(a), src, Operand::NONE];
    cx.body.nodes[a].user = n;
    if let Some(s) = src.as_node() {
        cx.body.nodes[s].user = n;
    }
    contain_address(cx, n, 1, 0);
    Ok(())
}

/// A contained address of a local, in front of `n`.
fn local_address(cx: &mut LowerCx<'_>, n: NodeId, local: u32) -> NodeId {
    let mut a = Node::new(Opcode::LclAddr, VarType::I64);
    a.aux = local;
    a.opnd[0] = Operand::small(0).unwrap_or_default();
    let a = cx.insert_before(n, a);
    cx.contain(a);
    a
}

/// The value of a store: only an integer zero stays, as the zero register.
fn store_value(cx: &mut LowerCx<'_>, n: NodeId, k: usize) {
    let Some(c) = cx.const_i64(n, k) else { return };
    if c != 0 || cx.body.position_type(n, k).is_float() {
        cx.materialize(n, k);
    }
}

/// `index_addr`: array + index * size + offset of the first element.
fn index_address(cx: &mut LowerCx<'_>, n: NodeId) {
    cx.materialize_as(n, 0, VarType::Ref);
    let size = cx.node(n).aux;
    let data = cx.abi.array_data_offset as i64;
    if let Some(c) = cx.const_i64(n, 1) {
        let disp = c.wrapping_mul(size as i64).wrapping_add(data);
        if let Ok(disp) = i32::try_from(disp) {
            let m = cx.node_mut(n);
            m.op = Opcode::Lea;
            m.sub = 0;
            m.aux = disp as u32;
            m.opnd[1] = Operand::NONE;
            return;
        }
        cx.materialize_as(n, 1, VarType::I64);
    }
    if cx.body.operand_type(n, 1) == VarType::I32 {
        let mut z = Node::new(Opcode::Zext, VarType::I64);
        z.sub = VarType::I32 as u8;
        z.opnd[0] = cx.node(n).opnd[1];
        let z = cx.insert_before(n, z);
        cx.node_mut(n).opnd[1] = Operand::node(z);
        cx.body.nodes[z].user = n;
    }
    let scale = match size {
        1 | 2 | 4 | 8 => size.trailing_zeros() as u8,
        _ => {
            let mut m = Node::new(Opcode::Mul, VarType::I64);
            m.opnd[0] = cx.node(n).opnd[1];
            m.opnd[1] = cx.body.const_operand(size as u64);
            let m = cx.insert_before(n, m);
            if let Some(d) = cx.node(m).opnd[0].as_node() {
                cx.body.nodes[d].user = m;
            }
            cx.materialize_as(m, 1, VarType::I64);
            cx.node_mut(n).opnd[1] = Operand::node(m);
            cx.body.nodes[m].user = n;
            0
        }
    };
    let m = cx.node_mut(n);
    m.op = Opcode::Lea;
    m.sub = scale;
    m.aux = data as u32;
}
