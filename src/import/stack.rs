//! The evaluation stack.

use crate::ir::{LocalId, Operand};
use crate::types::{LayoutId, VarType};

/// What an entry is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Value {
    /// A node's value, a pending read of a local, or a constant.
    Op(Operand),
    /// The address of a byte of a local. Becomes a node, and the local exposed, only if it is used as more than the target
    /// of an access.
    LocalAddr(LocalId, u32),
}

/// One entry.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    /// The value.
    pub value: Value,
    /// `I32 I64 F32 F64 Ref Byref Struct`.
    pub ty: VarType,
    /// Layout of a struct.
    pub layout: LayoutId,
}

impl Entry {
    pub(super) fn new(op: Operand, ty: VarType) -> Entry {
        Entry {
            value: Value::Op(op),
            ty,
            layout: LayoutId::NONE,
        }
    }

    pub(super) fn local_addr(local: LocalId, offset: u32) -> Entry {
        Entry {
            value: Value::LocalAddr(local, offset),
            ty: VarType::Byref,
            layout: LayoutId::NONE,
        }
    }

    /// The local that this entry reads when used.
    pub(super) fn pending_read(&self) -> Option<LocalId> {
        match self.value {
            Value::Op(o) => o.as_local(),
            Value::LocalAddr(..) => None,
        }
    }
}
