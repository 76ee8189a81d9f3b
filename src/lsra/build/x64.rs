//! Demands of x64 nodes.

use super::{Build, BuildCx};
use crate::ir::{Barrier, NodeFlags, NodeId, Opcode};
use crate::lsra::demand::{NodeDemand, UseFlags};
use crate::target::RegMask;
use crate::target::x64::{RAX, RCX, RDX, X64};
use crate::types::VarType;

const RMW: UseFlags = UseFlags::PREFER_DEF;
const DELAY: UseFlags = UseFlags::DELAY_FREE;
const OPT: UseFlags = UseFlags::REG_OPTIONAL;
const NONE: UseFlags = UseFlags::empty();

impl Build for X64 {
    fn build_node(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
        use Opcode::*;
        let node = cx.node(n);
        match node.op {
            // Two-operand: the first source is the destination, so the second must survive its being written.
            Add | Sub | And | Or | Xor | Mul | FDiv | AddOvf | AddOvfUn | SubOvf | SubOvfUn
            | MulOvf => {
                cx.use_any(d, n, 0, RMW);
                cx.use_any(d, n, 1, DELAY | OPT);
                cx.def_any(d, node.ty);
            }
            Neg | Not => {
                cx.use_any(d, n, 0, RMW);
                cx.def_any(d, node.ty);
            }
            Shl | Shr | Sar | Rol | Ror => shift(cx, n, d),
            Div | Rem | UDiv | URem => {
                cx.use_fixed(d, n, 0, RAX, NONE);
                cx.use_any(d, n, 1, DELAY | OPT);
                if let Some(u) = d.uses.last_mut() {
                    u.mask = u.mask - RegMask::of(&[RAX, RDX]);
                }
                d.kills = RegMask::of(&[RAX, RDX]);
                cx.def_fixed(
                    d,
                    node.ty,
                    if matches!(node.op, Div | UDiv) {
                        RAX
                    } else {
                        RDX
                    },
                );
            }
            Sext | Zext | Trunc => {
                cx.use_any(d, n, 0, OPT);
                cx.def_any(d, node.ty);
            }
            IntToFloat | FloatToFloat | Bitcast | Sqrt => {
                cx.use_any(d, n, 0, OPT);
                cx.def_any(d, node.ty);
            }
            FloatToInt => {
                cx.use_any(d, n, 0, NONE);
                cx.def_any(d, node.ty);
            }
            Cmp => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, OPT);
                cx.def_any(d, VarType::I32);
            }
            CmpBranch | BoundsCheck => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, OPT);
            }
            Select => {
                // dst := false value; conditionally true value. The condition's operands are read before dst is written only
                // if they do not share its register.
                cx.use_any(d, n, 0, DELAY);
                cx.use_any(d, n, 1, DELAY);
                cx.use_any(d, n, 2, RMW);
                cx.def_any(d, node.ty);
            }
            Const => cx.def_any(d, node.ty),
            Lookup | LclFld | LclAddr | ParamStack | FuncAddr => cx.def_any(d, node.ty.actual()),
            StoreLclFld | PutArgStk => cx.use_any(d, n, 0, NONE),
            Lea => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
                cx.def_any(d, node.ty);
            }
            Load => {
                cx.use_any(d, n, 0, NONE);
                if !node.flags.contains(NodeFlags::UNUSED) {
                    cx.def_any(d, node.ty.actual());
                }
            }
            Store if node.barrier() != Barrier::None => {
                let args = cx.desc.call_conv.int_args;
                cx.use_fixed(d, n, 0, args[0], NONE);
                cx.use_fixed(d, n, 1, args[1], NONE);
                d.kills = cx.desc.caller_saved;
            }
            Store => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
            }
            CopyBlk => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
                cx.temp(d, VarType::I64);
            }
            NullCheck | InitBlk => cx.use_any(d, n, 0, NONE),
            Switch => {
                cx.use_any(d, n, 0, NONE);
                cx.temp(d, VarType::I64);
                cx.temp(d, VarType::I64);
            }
            _ => {
                cx.build_common(n, d);
            }
        }
    }
}

/// A variable count travels in cl.
fn shift(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
    let node = cx.node(n);
    if node.opnd[1].is_const() {
        cx.use_any(d, n, 0, RMW);
        cx.def_any(d, node.ty);
        return;
    }
    cx.use_any(d, n, 0, RMW);
    if let Some(u) = d.uses.last_mut() {
        u.mask = u.mask - RCX.mask();
    }
    cx.use_fixed(d, n, 1, RCX, DELAY);
    cx.def_any(d, node.ty);
    if let Some(def) = &mut d.def {
        def.mask = def.mask - RCX.mask();
    }
}
