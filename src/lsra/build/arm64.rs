//! Demands of arm64 nodes.

use super::{Build, BuildCx};
use crate::ir::{Barrier, NodeFlags, NodeId, Opcode};
use crate::lsra::demand::{NodeDemand, UseFlags};
use crate::target::RegMask;
use crate::target::arm64::{Arm64, X0, X12, X13, X14, X15};
use crate::types::VarType;

const DELAY: UseFlags = UseFlags::DELAY_FREE;
const NONE: UseFlags = UseFlags::empty();

impl Build for Arm64 {
    fn build_node(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
        use Opcode::*;
        let node = cx.node(n);
        match node.op {
            Add | Sub | And | Or | Xor | Mul | FDiv | AddOvf | SubOvf | MulOvf | AddOvfUn
            | SubOvfUn | MulOvfUn | MulHi | UMulHi | Shl | Shr | Sar | Rol | Ror => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
                cx.def_any(d, node.ty);
            }
            // Quotients go through the scratch register where the remainder is wanted: one instruction writes the result.
            Div | Rem | UDiv | URem => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
                cx.def_any(d, node.ty);
            }
            Neg | Not | Sqrt | Abs | Floor | Ceil | RoundEven | TruncFloat | Clz | Ctz | Popcnt
            | Bswap | BitReverse | Sext | Zext | Trunc | IntToFloat | UIntToFloat | FloatToInt
            | FloatToUInt | FloatToFloat | Bitcast => {
                cx.use_any(d, n, 0, NONE);
                cx.def_any(d, node.ty);
            }
            Cmp => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
                cx.def_any(d, VarType::I32);
            }
            CmpBranch | BoundsCheck => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
            }
            Select => {
                // Two selects where two conditions decide: the second still reads the value chosen by the first.
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, DELAY);
                cx.use_any(d, n, 2, NONE);
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
            // The barriers' own convention: address in x14, value in x15.
            Store if node.barrier() != Barrier::None => {
                cx.use_fixed(d, n, 0, X14, NONE);
                cx.use_fixed(d, n, 1, X15, NONE);
                d.kills = RegMask::of(&[X12, X13, X14, X15]);
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
            EndFilter => cx.use_fixed(d, n, 0, X0, NONE),
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
