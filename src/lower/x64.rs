//! Lowering for x64: two-operand arithmetic with one memory operand, 32-bit immediates, fixed registers of division and shifts.

use super::{Lower, LowerCx};
use crate::ir::{Bail, Barrier, Cond, Node, NodeFlags, NodeId, Opcode, OpcodeSet, Operand};
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
            Nop | IlOffset | KeepAlive | Jump | Unreachable | CatchArg | CatchRet | CallFinally
            | EndFinally | Rethrow | Fence | Result | LclFld | LclAddr | Lookup | GcPoll
            | ParamReg | ParamStack | Const | FuncAddr => Ok(()),
            Add | Mul | And | Or | Xor if node.ty.is_int() => {
                binary(cx, n);
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
            Shl | Shr | Sar | Rol | Ror => {
                cx.materialize(n, 0);
                Ok(())
            }
            Neg | Not | Sqrt => {
                cx.materialize(n, 0);
                Ok(())
            }
            Div | Rem | UDiv | URem if node.ty.is_int() => {
                cx.materialize(n, 0);
                cx.materialize(n, 1);
                Ok(())
            }
            Sext | Zext | Trunc | IntToFloat | FloatToFloat | Bitcast | FloatToInt => {
                cx.materialize(n, 0);
                Ok(())
            }
            FRem => cx.lower_float_remainder(n),
            InitBlk if node.opnd[1].is_const() => {
                cx.contain_address(n, 0, legal);
                Ok(())
            }
            Cmp | BoundsCheck => {
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
            CmpBranch => {
                compare(cx, n);
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
                cx.materialize_as(n, 0, VarType::Ref);
                let mut lea = Node::new(Lea, VarType::Byref);
                lea.opnd[0] = cx.node(n).opnd[0];
                lea.aux = cx.abi.array_length_offset;
                let lea = cx.insert_before(n, lea);
                let m = cx.node_mut(n);
                m.op = Load;
                m.ty = VarType::I32;
                m.opnd[0] = Operand::node(lea);
                cx.body.nodes[lea].user = n;
                cx.contain(lea);
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
            CopyBlk => {
                cx.contain_address(n, 0, legal);
                cx.contain_address(n, 1, legal);
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
        return struct_store(cx, n);
    }
    cx.lower_store_lcl_small(n);
    cx.node_mut(n).ty = l.ty.actual();
    store_value(cx, n, 0);
    Ok(())
}

/// `store_lcl` of a struct: from a call (its lowering has removed this node), from another local, from memory.
fn struct_store(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = *cx.node(n);
    let local = crate::ir::LocalId(node.aux);
    let layout = cx.body.locals[local].layout;
    let src = match (node.opnd[0].as_local(), node.opnd[0].as_node()) {
        (Some(l), _) => {
            let mut a = Node::new(Opcode::LclAddr, VarType::I64);
            a.aux = l.0;
            a.opnd[0] = Operand::small(0).unwrap_or_default();
            let a = cx.insert_before(n, a);
            cx.contain(a);
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
    let mut a = Node::new(Opcode::LclAddr, VarType::I64);
    a.aux = local.0;
    a.opnd[0] = Operand::small(0).unwrap_or_default();
    let a = cx.insert_before(n, a);
    cx.contain(a);
    let m = cx.node_mut(n);
    m.op = Opcode::CopyBlk;
    m.ty = VarType::Void;
    m.aux = layout.0;
    m.opnd = [Operand::node(a), src, Operand::NONE];
    cx.body.nodes[a].user = n;
    if let Some(s) = src.as_node() {
        cx.body.nodes[s].user = n;
    }
    cx.contain_address(n, 1, legal);
    Ok(())
}

/// The value of a store: an integer constant stays if `mov [m], imm32` holds it.
fn store_value(cx: &mut LowerCx<'_>, n: NodeId, k: usize) {
    let Some(c) = cx.const_i64(n, k) else { return };
    let ty = cx.body.position_type(n, k);
    if ty.is_float() {
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

/// `index_addr`: array + index * size + offset of the first element.
fn index_address(cx: &mut LowerCx<'_>, n: NodeId) {
    cx.materialize_as(n, 0, VarType::Ref);
    let node = *cx.node(n);
    let size = node.aux;
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
