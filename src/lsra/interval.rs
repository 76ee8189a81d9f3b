//! Intervals and reference positions: the data of the scan.
//!
//! An **interval** is one value to be placed: a node's value, or a local. A **reference position** is one place where it is used
//! or defined, or where a node wants a temporary. Reference positions exist for one block at a time; those of one interval are
//! chained in code order, so that the distance to the next reference is always at hand.

use super::UseFlags;
use crate::ir::NodeId;
use crate::target::{RegMask, RegNum};
use crate::types::VarType;

/// No interval, reference or slot.
pub(super) const NONE: u32 = u32::MAX;
/// Owner of a register that holds a copy for the current node only.
pub(super) const COPY: u32 = u32::MAX - 1;

/// What an interval is, which settles where its memory is and how long it lasts.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A node's value: memory is a spill slot.
    Value,
    /// A local with a column: carried across blocks; memory is its home.
    Tracked,
    /// A local within one block; memory is its home.
    BlockLocal,
    /// A local whose home is always current; the register is a cache within the block.
    Cached,
    /// One read of a local that lives in its home only.
    InHome,
}

/// One value to be placed. Two a cache line.
#[derive(Copy, Clone, Debug)]
#[repr(align(32))]
pub(super) struct Interval {
    /// Next reference at or after the scan's place, or [`NONE`]; while references are being recorded, the one recorded last.
    /// Between blocks there is none: this says that the three fields of the block at hand do not hold yet.
    pub next_ref: u32,
    /// Place of the last reference in this block.
    pub last_loc: u32,
    /// What the references recorded so far wish for those before them: see [`RefPosition`].
    pub wish: u32,
    /// Node or local number.
    pub id: u32,
    /// Spill slot of a node's value; for a tracked local the only node that defines it, if that can be done again anywhere.
    pub slot: u32,
    /// The node that has defined the value in this block.
    pub def: NodeId,
    /// Register now, or none.
    pub reg: RegNum,
    /// Register last held: the one it would like again.
    pub pref: RegNum,
    /// Type of the value.
    pub ty: VarType,
    /// What it is.
    pub kind: Kind,
    /// What is heeded of the flags of its uses.
    pub heeds: UseFlags,
    /// Memory holds the current value.
    pub mem_valid: bool,
    /// What follows the last reference in this block.
    pub then: Then,
    /// `def` makes its value from nothing, here or anywhere.
    pub again: bool,
}

const _: () = assert!(size_of::<Interval>() == 32, "two a cache line");

impl Interval {
    #[inline]
    pub fn new(kind: Kind, id: u32, ty: VarType, heeds: UseFlags) -> Interval {
        Interval {
            next_ref: NONE,
            last_loc: 0,
            wish: NONE,
            id,
            slot: NONE,
            def: NodeId::NONE,
            reg: RegNum::NONE,
            pref: RegNum::NONE,
            ty,
            kind,
            // A home of a small type holds less than a register: it cannot stand in for an operand.
            heeds: if ty.is_small() {
                heeds - UseFlags::REG_OPTIONAL
            } else {
                heeds
            },
            mem_valid: false,
            then: Then::End,
            again: false,
        }
    }
}

/// Role of a reference position.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum RefKind {
    Use,
    Temp,
    Def,
}

/// What follows a reference of an interval in its block.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Then {
    /// A use of a later node.
    Use,
    /// Another use of the same node.
    Again,
    /// Nothing here, but the value is live at the block's end.
    Out,
    /// Nothing: the value is dead.
    End,
    /// A definition: the value is dead.
    Def,
}

impl Then {
    /// Is the value dead behind the reference?
    #[inline(always)]
    pub fn dies(self) -> bool {
        matches!(self, Then::End | Then::Def)
    }
}

/// One reference. A hint names the register (below 64) or, plus 64, the interval whose register would suit; an interval that has
/// none yet passes on the hint of its definition. It is the wish of the nearest use behind that has one, before the next definition.
#[derive(Copy, Clone, Debug)]
pub(super) struct RefPosition {
    pub mask: RegMask,
    pub interval: u32,
    /// Next reference of the same interval in this block, or [`NONE`].
    pub next: u32,
    /// Place in the block: number of the node's record.
    pub loc: u32,
    /// Node whose registers record this reference.
    pub node: NodeId,
    pub hint: u32,
    /// Operand position.
    pub k: u8,
    pub flags: UseFlags,
    pub kind: RefKind,
    /// What follows.
    pub then: Then,
}

const _: () = assert!(size_of::<RefPosition>() == 32, "two a cache line");

bitflags::bitflags! {
    /// What a node's record says besides its references.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub(super) struct RecFlags: u8 {
        /// The last reference is a definition.
        const DEF = 1;
        /// Collections may happen.
        const SAFE_POINT = 2;
        /// Some register is fixed or killed, or some are to be consecutive.
        const FIXED = 4;
        /// A `store_lcl`.
        const STORE = 8;
        /// A further result of the call before.
        const RESULT = 16;
        /// `result` nodes follow.
        const HAS_RESULTS = 32;
        /// More than uses in any register and at most one definition in any register.
        const SPECIAL = 64;
        /// The definition is of the local that the next node stores the value to: that node has no record of its own.
        const INTO_LOCAL = 128;
    }
}

/// One node of the block: its references are `first..`, the definition, then temporaries, then uses from the last to the first.
#[derive(Copy, Clone, Debug)]
pub(super) struct NodeRec {
    pub node: NodeId,
    pub first: u32,
    pub uses: u8,
    pub temps: u8,
    pub flags: RecFlags,
    /// The definition makes its value from nothing, here or anywhere.
    pub again: bool,
}

/// Registers that a node fixes or kills, or wants consecutive; looked ahead for when an interval chooses its register.
#[derive(Copy, Clone, Debug)]
pub(super) struct FixedRef {
    pub kills: RegMask,
    pub fixed: RegMask,
    pub loc: u32,
    /// Some of the node's uses want consecutive registers.
    pub consecutive: bool,
}
