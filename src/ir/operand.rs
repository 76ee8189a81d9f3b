//! Operands: tagged `u32`s.
//!
//! ```text
//!  31 30 29                                   0
//! ┌─────┬──────────────────────────────────────┐
//! │ 0 0 │ node number                          │ the value of a node of the same block
//! │ 0 1 │ last use (bit 29), local number      │ a read of a local, here
//! │ 1 0 │ signed 30-bit integer                │ an integer constant that fits
//! │ 1 1 │ row of the constant pool             │ any 64-bit pattern; all ones = no operand
//! └─────┴──────────────────────────────────────┘
//! ```
//!
//! A constant has no type of its own: the operand position gives it (see [`OperandKind`](super::OperandKind)).

use super::{LocalId, NodeId};

/// A tagged operand.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Operand(pub u32);

/// An operand, unpacked.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum OperandRef {
    /// No operand.
    None,
    /// A node's value.
    Node(NodeId),
    /// A read of a local.
    Local(LocalId),
    /// A small integer constant.
    Small(i32),
    /// A row of the constant pool.
    Pool(u32),
}

const TAG_LOCAL: u32 = 1 << 30;
const TAG_SMALL: u32 = 2 << 30;
const TAG_POOL: u32 = 3 << 30;
const LAST_USE: u32 = 1 << 29;
const PAYLOAD: u32 = (1 << 30) - 1;

impl Operand {
    /// No operand.
    pub const NONE: Operand = Operand(u32::MAX);
    /// Largest number of nodes a method can have.
    pub const MAX_NODES: u32 = 1 << 30;
    /// Largest number of locals a method can have.
    pub const MAX_LOCALS: u32 = 1 << 29;

    /// The value of node `n`.
    #[inline]
    pub const fn node(n: NodeId) -> Operand {
        Operand(n.0)
    }
    /// A read of local `l`.
    #[inline]
    pub const fn local(l: LocalId) -> Operand {
        Operand(TAG_LOCAL | l.0)
    }
    /// A small constant, if `v` fits 30 bits signed.
    #[inline]
    pub const fn small(v: i64) -> Option<Operand> {
        if v >= -(1 << 29) && v < 1 << 29 {
            Some(Operand(TAG_SMALL | (v as u32 & PAYLOAD)))
        } else {
            None
        }
    }
    /// Row `i` of the constant pool.
    #[inline]
    pub const fn pool(i: u32) -> Operand {
        Operand(TAG_POOL | i)
    }
    /// Unpacks the tag.
    #[inline]
    pub const fn get(self) -> OperandRef {
        match self.0 >> 30 {
            0 => OperandRef::Node(NodeId(self.0)),
            1 => OperandRef::Local(LocalId(self.0 & (LAST_USE - 1))),
            2 => OperandRef::Small(((self.0 << 2) as i32) >> 2),
            _ if self.0 == u32::MAX => OperandRef::None,
            _ => OperandRef::Pool(self.0 & PAYLOAD),
        }
    }
    /// No operand?
    #[inline]
    pub const fn is_none(self) -> bool {
        self.0 == u32::MAX
    }
    /// Any operand?
    #[inline]
    pub const fn is_some(self) -> bool {
        self.0 != u32::MAX
    }
    /// The node, if this is a node's value.
    #[inline]
    pub const fn as_node(self) -> Option<NodeId> {
        if self.0 >> 30 == 0 {
            Some(NodeId(self.0))
        } else {
            None
        }
    }
    /// The local, if this is a read of one.
    #[inline]
    pub const fn as_local(self) -> Option<LocalId> {
        // The upper quarter of the numbers that have no sign.
        if self.0 as i32 >= TAG_LOCAL as i32 {
            Some(LocalId(self.0 & (LAST_USE - 1)))
        } else {
            None
        }
    }
    /// A node's value or a local read?
    #[inline]
    pub const fn is_value(self) -> bool {
        self.0 >> 31 == 0
    }
    /// A constant?
    #[inline]
    pub const fn is_const(self) -> bool {
        // The upper half of the numbers but the last.
        (self.0 as i32) < -1
    }
    /// Is this a local read marked as the last use?
    #[inline]
    pub const fn is_last_use(self) -> bool {
        self.0 >> 30 == 1 && self.0 & LAST_USE != 0
    }
    /// The same operand with the last-use bit set or cleared; only for local reads.
    #[inline]
    pub const fn with_last_use(self, last: bool) -> Operand {
        if last {
            Operand(self.0 | LAST_USE)
        } else {
            Operand(self.0 & !LAST_USE)
        }
    }
}

impl Default for Operand {
    fn default() -> Self {
        Operand::NONE
    }
}

impl std::fmt::Debug for Operand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.get() {
            OperandRef::None => f.write_str("-"),
            OperandRef::Node(n) => write!(f, "{n}"),
            OperandRef::Local(l) => write!(f, "{l}"),
            OperandRef::Small(v) => write!(f, "{v}"),
            OperandRef::Pool(i) => write!(f, "pool{i}"),
        }
    }
}
