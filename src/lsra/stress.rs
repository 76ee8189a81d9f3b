//! Stress bits, in the spirit of RyuJIT's `JitStressRegs`: each makes a different part of the allocator earn its keep.

use crate::target::{RegMask, TargetDesc};

/// `JitStressRegs` bits.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct StressRegs(pub u32);

impl StressRegs {
    /// Only callee-saved registers where that will do.
    pub const LIMIT_CALLEE: u32 = 1;
    /// Only caller-saved registers where that will do.
    pub const LIMIT_CALLER: u32 = 2;
    /// Three registers of each file where that will do.
    pub const LIMIT_SMALL_SET: u32 = 3;
    /// Mask of the limits.
    pub const LIMIT_MASK: u32 = 3;
    /// Highest register first.
    pub const REVERSE_ORDER: u32 = 4;
    /// Callee-saved registers first.
    pub const CALLEE_FIRST: u32 = 8;
    /// The lowest-numbered register, whatever it costs.
    pub const PICK_NEAREST: u32 = 0x10;
    /// Visit blocks in layout order.
    pub const TRAVERSE_LAYOUT: u32 = 0x20;
    /// Visit blocks in a scrambled order.
    pub const TRAVERSE_RANDOM: u32 = 0x60;
    /// Mask of the orders; what is left is the usual one.
    pub const TRAVERSE_MASK: u32 = 0x60;
    /// Locals live until the method returns.
    pub const EXTEND_LIFETIMES: u32 = 0x80;
    /// A block begins with the registers of the block before it in layout, if that is a predecessor.
    pub const ENTRY_FROM_LAYOUT: u32 = 0x100;
    /// A block begins with the registers of another predecessor than the best.
    pub const ENTRY_ROTATED: u32 = 0x200;
    /// Nothing stays in a register from block to block.
    pub const ENTRY_EMPTY: u32 = 0x300;
    /// Mask of the choices for a block's begin.
    pub const ENTRY_MASK: u32 = 0x300;
    /// Reload at every use.
    pub const ALWAYS_RELOAD: u32 = 0x400;
    /// Spill every definition.
    pub const SPILL_ALWAYS: u32 = 0x800;
    /// Spill some definitions. Not a bit of RyuJIT's: the area `SPILL` of `JitStress` sets it.
    pub const SPILL_SOME: u32 = 0x10000;
    /// No use may stay in memory.
    pub const NO_REG_OPTIONAL: u32 = 0x1000;

    pub(super) fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }
    pub(super) fn traverse(self) -> u32 {
        self.0 & Self::TRAVERSE_MASK
    }
    pub(super) fn entry(self) -> u32 {
        self.0 & Self::ENTRY_MASK
    }
    pub(super) fn no_reg_optional(self) -> bool {
        self.has(Self::NO_REG_OPTIONAL)
    }
    /// The registers that the limits leave.
    pub(super) fn limit(self, desc: &TargetDesc) -> RegMask {
        let all = desc.allocatable();
        match self.0 & Self::LIMIT_MASK {
            Self::LIMIT_CALLEE => all & desc.callee_saved,
            Self::LIMIT_CALLER => all & desc.caller_saved,
            Self::LIMIT_SMALL_SET => {
                let mut m = RegMask::EMPTY;
                for order in [desc.int_order, desc.float_order] {
                    for &r in order.iter().take(2).chain(order.last()) {
                        m.insert(r);
                    }
                }
                m
            }
            _ => RegMask(u64::MAX),
        }
    }
}
