//! Demands of arm64's vector nodes.

use crate::ir::{NodeFlags, NodeId, Opcode, VecOp};
use crate::lower::arm64::shuffles;
use crate::lsra::build::BuildCx;
use crate::lsra::demand::{NodeDemand, UseFlags};
use crate::types::VarType;

const RMW: UseFlags = UseFlags::PREFER_DEF;
const DELAY: UseFlags = UseFlags::DELAY_FREE;
const NONE: UseFlags = UseFlags::empty();

/// Describes what vector node `n` demands.
pub(super) fn build(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
    let node = cx.node(n);
    let op = VecOp::from_number(node.aux);
    if node.flags.contains(NodeFlags::CONSECUTIVE) {
        let [a, b] = shuffles::table_order(node);
        cx.use_any(d, n, a, NONE);
        cx.use_after(d, n, b, NONE);
        return cx.def_any(d, node.ty);
    }
    let (flags, temp) = match node.op {
        // What is added to, and the mask, are overwritten.
        Opcode::VecTernary => match op {
            Some(VecOp::Fma) => ([DELAY, DELAY, RMW], false),
            _ => ([RMW, DELAY, DELAY], false),
        },
        Opcode::VecInsert => ([RMW, DELAY, NONE], false),
        Opcode::VecMask => ([NONE; 3], true),
        _ => ([NONE; 3], false),
    };
    for (k, &flags) in flags.iter().enumerate() {
        cx.use_any(d, n, k, flags);
    }
    if temp {
        cx.temp(d, VarType::V128);
    }
    let ty = match node.op {
        Opcode::VecMask => VarType::I32,
        _ => node.ty,
    };
    cx.def_any(d, ty);
}
