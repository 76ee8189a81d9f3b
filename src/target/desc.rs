//! The record of facts that neutral code reads about a machine and its operating system.

use super::call_conv::CallConv;
use super::regs::{RegMask, RegNum};

/// The instruction sets; matched only in `compile`, which picks the code for one.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Arch {
    /// x86-64.
    X64,
    /// AArch64.
    Arm64,
}

/// Operating systems, as far as conventions depend on them.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Os {
    /// Linux.
    Linux,
    /// Windows.
    Windows,
    /// macOS.
    MacOs,
}

/// Which form of unwind data .NET reads on this machine.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum UnwindFlavour {
    /// `UNWIND_INFO` with unwind codes (x64, on every system).
    WinX64,
    /// `.xdata` with unwind codes (arm64, on every system).
    WinArm64,
}

bitflags::bitflags! {
    /// Optional instruction sets that code generation may use.
    #[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default)]
    pub struct CpuFeatures: u64 {
        /// x64: AVX encodings (VEX).
        const AVX = 1 << 0;
        /// x64: BMI1 and BMI2.
        const BMI = 1 << 1;
        /// x64: LZCNT.
        const LZCNT = 1 << 2;
        /// x64: POPCNT and SSE4.2.
        const SSE42 = 1 << 3;
        /// arm64: LSE atomics.
        const LSE = 1 << 4;
        /// x64: FMA3, and the AVX encodings it is written in.
        const FMA = 1 << 5;
        /// x64: AVX2, and the AVX encodings it is written in.
        const AVX2 = 1 << 6;
    }
}

/// Everything neutral code may know about a target. One `static` a target.
#[derive(Debug)]
pub struct TargetDesc {
    /// Name on command lines: `x64-linux`, `arm64-linux`, ...
    pub name: &'static str,
    /// Instruction set; only `compile` branches on it.
    pub arch: Arch,
    /// Operating system.
    pub os: Os,
    /// Register names by unified number, widest form (`rax`, `xmm0`, `x0`, `d0`); empty where there is none.
    pub reg_names: &'static [&'static str; 64],
    /// Integer registers that allocation may hand out.
    pub int_regs: RegMask,
    /// Vector registers that allocation may hand out.
    pub float_regs: RegMask,
    /// Those of them that hold a vector of 16 bytes wherever a value may live: registers of which a call preserves only the lower half
    /// are none.
    pub vector_regs: RegMask,
    /// The same for 32 bytes.
    pub wide_vector_regs: RegMask,
    /// The optional instruction sets that a machine of this kind may have.
    pub optional_features: CpuFeatures,
    /// Integer allocation order: cheap and volatile first.
    pub int_order: &'static [RegNum],
    /// Vector allocation order.
    pub float_order: &'static [RegNum],
    /// Registers a call preserves, both files. For vector registers of which only a part is preserved: not a member.
    pub callee_saved: RegMask,
    /// Those of them that a helper wants its arguments in all the same, and spoils.
    pub helper_regs: RegMask,
    /// Registers a normal call destroys, both files.
    pub caller_saved: RegMask,
    /// The stack pointer.
    pub sp: RegNum,
    /// The frame pointer.
    pub fp: RegNum,
    /// The link register, where calls leave the return address in one.
    pub lr: RegNum,
    /// An integer register that allocation never hands out, for moves between memory and memory and for cycles; NONE if there is
    /// none (then cycles use an exchange or a spill).
    pub scratch_int: RegNum,
    /// A vector register that allocation never hands out, likewise.
    pub scratch_float: RegNum,
    /// The managed calling convention.
    pub call_conv: &'static CallConv,
    /// Form of the unwind data.
    pub unwind: UnwindFlavour,
    /// In a frame whose SP moves in the body, the frame pointer is at most this many bytes above the SP of the prolog's end, since
    /// unwind data says no more. A multiple of the stack's alignment.
    pub dynamic_fp_reach: u32,
    /// The return address is pushed by the call instruction (it is part of the frame).
    pub return_address_on_stack: bool,
    /// Stack alignment at calls, in bytes.
    pub stack_align: u32,
    /// Arithmetic may have a memory operand (operands can be "register optional").
    pub mem_operands: bool,
    /// Arithmetic is two-operand: the first source is overwritten.
    pub two_operand: bool,
    /// Integer division traps in hardware on zero and overflow.
    pub div_traps: bool,
    /// The machine has two-operand exchange of registers.
    pub has_xchg: bool,
    /// Size of the smallest instruction, and the unit of code offsets, in bytes.
    pub code_unit: u32,
    /// Prologs touch the pages of a large frame themselves; elsewhere a helper does.
    pub probes_inline: bool,
    /// Where an instruction wants consecutive registers, the first of the 32 of a file follows the last.
    pub registers_wrap: bool,
}

impl TargetDesc {
    /// All allocatable registers.
    pub fn allocatable(&self) -> RegMask {
        self.int_regs | self.float_regs
    }
    /// The allocatable registers of the file that values of type `ty` live in.
    #[inline]
    pub fn regs_for(&self, ty: crate::types::VarType) -> RegMask {
        use crate::types::VarType;
        if !ty.is_float_reg() {
            self.int_regs
        } else if ty.is_float() {
            self.float_regs
        } else if matches!(ty, VarType::V256 | VarType::V512) {
            self.wide_vector_regs
        } else {
            self.vector_regs
        }
    }
    /// The name of a register.
    pub fn reg_name(&self, r: RegNum) -> &'static str {
        self.reg_names.get(r.0 as usize).copied().unwrap_or("none")
    }
}

/// A target as a zero-sized type, for static dispatch of per-machine policy.
pub trait Target: 'static {
    /// A short tag for type-level diagnostics.
    const NAME: &'static str;
}
