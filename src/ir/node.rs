//! Nodes: 32 bytes each, plain data.
//!
//! ```text
//!  0    1    2    3      4      8      12     16     20     24     28    32
//! ┌────┬────┬────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┬──────┐
//! │ op │ ty │sub │flags │ op 0 │ op 1 │ op 2 │ aux  │ user │ prev │ next │
//! └────┴────┴────┴──────┴──────┴──────┴──────┴──────┴──────┴──────┴──────┘
//! ```
//!
//! What `sub` and `aux` mean stands in the opcode table, row by row.

use super::opcodes::{Cond, Opcode};
use super::operand::Operand;
use crate::types::VarType;

crate::define_index! {
    /// A node of a method.
    NodeId = "t";
}

bitflags::bitflags! {
    /// Flags of a node.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct NodeFlags: u8 {
        /// Generated as part of its user; gets no register of its own. Set by lowering.
        const CONTAINED = 1;
        /// The operand may stay in memory if no register is free. Set by lowering.
        const REG_OPTIONAL = 2;
        /// The value is not used.
        const UNUSED = 4;
        /// The access cannot fault (the address is known good).
        const NON_FAULTING = 8;
        /// Volatile access: acquire or release, never removed or doubled.
        const VOLATILE = 16;
        /// The access may be misaligned.
        const UNALIGNED = 32;
        /// Not a semantic flag: scratch for the phase that owns it, clear between phases.
        const MARK = 64;
        /// The operands are read from consecutive registers. Set by lowering.
        const CONSECUTIVE = 128;
    }
}

/// Which write barrier a store of a reference needs (`sub` of `Store`).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Barrier {
    /// None: the target is not in the heap, or the value is null or not a reference.
    None = 0,
    /// The target is known to be in the heap.
    Unchecked = 1,
    /// The target may be in the heap.
    Checked = 2,
}

/// One node.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Node {
    /// What it does.
    pub op: Opcode,
    /// Its type: of the result, or of the access for memory nodes, or of the operands where there is no result.
    pub ty: VarType,
    /// Condition, source type, scale, register: see the opcode table.
    pub sub: u8,
    /// Flags.
    pub flags: NodeFlags,
    /// Operands; unused ones are [`Operand::NONE`].
    pub opnd: [Operand; 3],
    /// Local, layout, side-table row, displacement: see the opcode table.
    pub aux: u32,
    /// The node that uses this one's value; none if unused.
    pub user: NodeId,
    /// Previous node in the block.
    pub prev: NodeId,
    /// Next node in the block.
    pub next: NodeId,
}

const _: () = assert!(size_of::<Node>() == 32, "two nodes a cache line");

impl Node {
    /// A node with no operands, links or flags.
    #[inline]
    pub const fn new(op: Opcode, ty: VarType) -> Node {
        Node {
            op,
            ty,
            sub: 0,
            flags: NodeFlags::empty(),
            opnd: [Operand::NONE; 3],
            aux: 0,
            user: NodeId::NONE,
            prev: NodeId::NONE,
            next: NodeId::NONE,
        }
    }
    /// The condition of a compare, select or branch.
    #[inline]
    pub fn cond(&self) -> Cond {
        Cond::from_bits(self.sub)
    }
    /// The source type held in `sub` (conversions).
    #[inline]
    pub fn source_type(&self) -> VarType {
        VarType::ALL[(self.sub as usize).min(VarType::ALL.len() - 1)]
    }
    /// The operand type held in `aux` (compares).
    #[inline]
    pub fn compare_type(&self) -> VarType {
        VarType::ALL[(self.aux as usize).min(VarType::ALL.len() - 1)]
    }
    /// Is an operand in the node a constant?
    #[inline]
    pub fn has_const_operand(&self) -> bool {
        self.opnd.iter().any(|o| o.is_const())
    }
    /// Is the node generated as part of its user?
    #[inline]
    pub fn is_contained(&self) -> bool {
        self.flags.contains(NodeFlags::CONTAINED)
    }
    /// The barrier kind of a store.
    #[inline]
    pub fn barrier(&self) -> Barrier {
        match self.sub {
            1 => Barrier::Unchecked,
            2 => Barrier::Checked,
            _ => Barrier::None,
        }
    }
}
