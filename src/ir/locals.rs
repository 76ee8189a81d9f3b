//! Locals: everything that lives across nodes or blocks.

use crate::types::{LayoutId, VarType};

crate::define_index! {
    /// A local of a method. The parameters come first.
    LocalId = "v";
}

bitflags::bitflags! {
    /// Properties of a local.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct LocalFlags: u16 {
        /// A parameter.
        const PARAM = 1;
        /// Its address is taken: it lives in its home.
        const ADDRESS_EXPOSED = 2;
        /// The collector must not move the object it points to.
        const PINNED = 4;
        /// A compiler temporary.
        const TEMP = 8;
        /// Live into a handler: its home is always current.
        const EH_LIVE = 16;
        /// The home is not needed (set by allocation): never in memory.
        const NO_HOME = 32;
        /// Must read as zero before its first store (GC pointers, and where the source language says so).
        const ZERO_INIT = 64;
        /// Lives only within one block (set by the copying step).
        const BLOCK_LOCAL = 128;
        /// Never a candidate for a register (structs, address-exposed, pinned).
        const DO_NOT_ENREGISTER = 256;
        /// The parameter is the object that a method was called on: conventions put it before a return buffer's address.
        const THIS = 512;
        /// A parameter that nothing reads, so that what the caller passed can stay where it is (set by dead-code removal).
        const UNREAD = 1024;
    }
}

/// One local.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Local {
    /// Declared type; small types are widened on store and load of the home.
    pub ty: VarType,
    /// Properties.
    pub flags: LocalFlags,
    /// Layout of a struct; none otherwise.
    pub layout: LayoutId,
}

impl Local {
    /// A plain local of scalar type `ty`.
    pub fn new(ty: VarType) -> Local {
        Local {
            ty,
            flags: LocalFlags::empty(),
            layout: LayoutId::NONE,
        }
    }
    /// May the local live in a register?
    #[inline]
    pub fn is_reg_candidate(&self) -> bool {
        self.ty != VarType::Struct
            && !self.flags.intersects(
                LocalFlags::ADDRESS_EXPOSED
                    .union(LocalFlags::PINNED)
                    .union(LocalFlags::DO_NOT_ENREGISTER),
            )
    }
}
