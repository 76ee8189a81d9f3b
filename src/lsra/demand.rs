//! What one lowered node demands of registers.

use crate::ir::{NodeId, Operand};
use crate::target::RegMask;
use crate::types::VarType;

bitflags::bitflags! {
    /// Properties of a use.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct UseFlags: u8 {
        /// The register must stay intact until the node's definitions and temporaries have been written.
        const DELAY_FREE = 1;
        /// The value may stay in memory: [`NodeRegs`](super::NodeRegs) then holds no register for it and the code generator
        /// reads its home or spill slot.
        const REG_OPTIONAL = 2;
        /// The (first) definition would like this use's register.
        const PREFER_DEF = 4;
    }
}

/// A use of an operand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// The node in whose [`NodeRegs`](super::NodeRegs) the register is recorded: the node itself or one contained in it.
    pub node: NodeId,
    /// Operand position 0..=2 in that node; [`Use::NOWHERE`] for a call's argument, whose register is fixed and not recorded.
    pub k: u8,
    /// Properties.
    pub flags: UseFlags,
    /// What is used: a node's value or a local.
    pub opnd: Operand,
    /// Registers that will do.
    pub mask: RegMask,
}

impl Use {
    /// Operand position of uses that are not recorded.
    pub const NOWHERE: u8 = 0xFF;
}

/// A definition: the node's value (or the local it stores).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Def {
    /// Type of the value.
    pub ty: VarType,
    /// Registers that will do.
    pub mask: RegMask,
}

/// A register the node needs for itself; it is distinct from all uses that are delay-free, from other temporaries and from
/// definitions, and unlike definitions it is taken before the uses are released: it never shares a register with any use.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Temp {
    /// Type, which names the register file.
    pub ty: VarType,
    /// Registers that will do.
    pub mask: RegMask,
}

/// Everything one node demands. Reused: cleared and filled for each node.
///
/// A `store_lcl` of a register-candidate local has one use and one definition whose target is the local; other nodes define
/// their own value.
#[derive(Clone, Debug, Default)]
pub struct NodeDemand {
    /// Uses in the order in which they are read.
    pub uses: Vec<Use>,
    /// The definition, if any.
    pub def: Option<Def>,
    /// Temporaries, at most three.
    pub temps: Vec<Temp>,
    /// Registers destroyed.
    pub kills: RegMask,
    /// A collection may happen: GC values live across must be where the collector is told.
    pub safe_point: bool,
}

impl NodeDemand {
    /// Forgets everything.
    #[inline]
    pub fn clear(&mut self) {
        self.uses.clear();
        self.def = None;
        self.temps.clear();
        self.kills = RegMask::EMPTY;
        self.safe_point = false;
    }
}
