//! Demands of x64's vector nodes. Instructions are taken as two-operand, also where they are encoded with three.

use crate::ir::{NodeId, Opcode, VecOp};
use crate::lsra::build::BuildCx;
use crate::lsra::demand::{NodeDemand, UseFlags};
use crate::types::VarType;

const RMW: UseFlags = UseFlags::PREFER_DEF;
const DELAY: UseFlags = UseFlags::DELAY_FREE;
const NONE: UseFlags = UseFlags::empty();

/// Describes what vector node `n` demands.
pub(super) fn build(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
    let node = cx.node(n);
    let e = node.source_type();
    let op = VecOp::from_number(node.aux);
    let (flags, temp) = match node.op {
        Opcode::VecUnary => {
            let temp = matches!(op, Some(VecOp::UIntToFloat | VecOp::FloatToUInt));
            ([RMW, NONE, NONE], temp)
        }
        Opcode::VecBinary => {
            let flags = match op {
                // The second is inverted in place.
                Some(VecOp::AndNot) => [DELAY, RMW, NONE],
                _ => [RMW, DELAY, NONE],
            };
            (flags, op.is_some_and(|op| binary_temp(op, e)))
        }
        Opcode::VecTernary => match op {
            // The sum's third operand is overwritten.
            Some(VecOp::Fma) => ([DELAY, DELAY, RMW], false),
            _ => ([RMW, DELAY, DELAY], false),
        },
        Opcode::VecShift => {
            let temp = e == VarType::I8 || e == VarType::I64 && op == Some(VecOp::Sar);
            ([RMW, NONE, NONE], temp)
        }
        Opcode::VecCmp => ([RMW, DELAY, NONE], e == VarType::I64),
        Opcode::VecInsert => ([RMW, DELAY, NONE], node.ty == VarType::V256),
        Opcode::VecShuffle => ([RMW, DELAY, NONE], node.ty == VarType::V256),
        Opcode::VecSplat => ([RMW, NONE, NONE], false),
        _ => ([NONE; 3], false),
    };
    for (k, &flags) in flags.iter().enumerate() {
        cx.use_any(d, n, k, flags);
    }
    if temp {
        cx.temp(d, node.ty);
    }
    let ty = match node.op {
        Opcode::VecMask => VarType::I32,
        _ => node.ty,
    };
    cx.def_any(d, ty);
}

/// Does the operation want a register beside the scratch one?
fn binary_temp(op: VecOp, e: VarType) -> bool {
    match op {
        VecOp::Mul => matches!(e, VarType::I8 | VarType::I64),
        VecOp::Min | VecOp::Max => e.is_float() || e == VarType::I64,
        VecOp::UMin | VecOp::UMax => e == VarType::I64,
        _ => false,
    }
}
