//! What printer and parser share: which parts of a node stand in its text, and where.

use super::{AuxKind, LocalId, Node, Opcode, OperandKind, ResultKind, SubKind};
use crate::types::VarType;

/// Where the type behind the opcode's dot comes from.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Suffix {
    /// There is none.
    None,
    /// The node's type.
    Node,
    /// The compared type.
    Compare,
}

/// The suffix of an opcode.
pub(super) const fn suffix(op: Opcode) -> Suffix {
    let i = &super::opcodes::OPCODES[op as usize];
    let mut typed = matches!(i.result, ResultKind::T | ResultKind::CallT);
    let mut k = 0;
    while k < i.operands.len() {
        typed |= matches!(i.operands[k], OperandKind::T);
        k += 1;
    }
    match (i.aux, typed) {
        (AuxKind::Layout, _) => Suffix::None,
        (_, true) => Suffix::Node,
        (AuxKind::Type, false) => Suffix::Compare,
        _ => Suffix::None,
    }
}

/// Does the compared type stand as a word of its own (because the suffix is the node's type)?
pub(super) const fn compare_word(op: Opcode) -> bool {
    matches!(super::opcodes::OPCODES[op as usize].aux, AuxKind::Type)
        && matches!(suffix(op), Suffix::Node)
}

/// Number of successors that stand behind a terminator's operands.
pub(super) const fn successors(op: Opcode) -> usize {
    match op {
        Opcode::Jump | Opcode::CatchRet => 1,
        Opcode::Branch | Opcode::CmpBranch | Opcode::CallFinally => 2,
        _ => 0,
    }
}

/// The word in front of a trailing number that `aux` is.
pub(super) fn aux_word(op: Opcode) -> &'static str {
    match op {
        Opcode::Lea => "disp",
        Opcode::IndexAddr => "size",
        Opcode::VecExtract | Opcode::VecInsert => "lane",
        _ => "imm",
    }
}

/// The type that position `k` gives to a constant, before the node is in a body.
pub(super) fn position_type(
    node: &Node,
    k: usize,
    local_type: impl Fn(LocalId) -> VarType,
    ret: VarType,
) -> VarType {
    match node.op.info().operands.get(k) {
        Some(OperandKind::T) => node.ty.actual(),
        Some(OperandKind::I32) => VarType::I32,
        Some(OperandKind::Ref) => VarType::Ref,
        Some(OperandKind::Src) => node.source_type().actual(),
        Some(OperandKind::Cmp) => node.compare_type().actual(),
        Some(OperandKind::Lcl) => local_type(LocalId(node.aux)).actual(),
        Some(OperandKind::RetT) => ret.actual(),
        _ => VarType::I64,
    }
}

/// Has the opcode this kind of `sub` that is written as an attribute in brackets?
pub(super) fn barrier_attribute(op: Opcode) -> bool {
    op.info().sub == SubKind::Barrier
}
