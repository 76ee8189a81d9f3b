//! Prolog operations to unwind data, and a simulator that checks it.
//!
//! A runtime that walks a stack, throws through a frame or stops a thread anywhere has to get from *inside* a function to its
//! caller: SP, the return address and the callee-saved registers as they were at the call. Code generation describes
//! its prologs and epilogs once, as a list of [`UnwindStep`]s, and the writers turn the list into the format asked for:
//!
//! ```text
//!                       ┌─► win_x64     UNWIND_INFO codes (Windows; .NET's runtime on every OS)
//!  UnwindInfoInput ─────┼─► win_arm64   .xdata codes      (likewise)
//!                       └─► dwarf_cfi   .eh_frame CIE + FDE, x64 and arm64 (hosts with C++ frames, debuggers, profilers)
//! ```
//!
//! [`simulate`] has an unwinder for each format and runs prologs and epilogs on paper, instruction by
//! instruction, to see that the data leads back to the entry state from everywhere.
//!
//! # Invariants
//!
//! - *An epilog undoes operations.* There is no second set of operations for epilogs: a step of an epilog names the operation that
//!   its instruction undoes: `pop` undoes [`UnwindOp::PushReg`], `add rsp, n` undoes [`UnwindOp::AllocStack`],
//!   a post-indexed load the pre-indexed store, `lea rsp, [rbp+d]` and `mov sp, x29` the [`UnwindOp::SetFrameReg`].
//! - *A fragment at a time.* Main function and each funclet have their own unwind data. All offsets are nevertheless bytes
//!   from the main function's start; the writers subtract [`UnwindInfoInput::start`].
//! - *Only what unwinding needs.* Prolog instructions that neither move SP, nor save a register, nor
//!   set up a frame pointer that unwinding has to go by, are not steps.
//!
//! # Left out
//!
//! Personality data (the runtime appends its own), chained and machine-frame codes, hot/cold
//! splitting, signed return addresses.

pub mod dwarf_cfi;
pub mod simulate;
pub mod win_arm64;
pub mod win_x64;

use std::fmt;

/// What one prolog instruction does to the frame. Offsets and sizes are bytes; registers are machine
/// encodings (arm64: fp 29, lr 30).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnwindOp {
    /// x64: SP −= 8, and the register is stored there.
    PushReg(u8),
    /// SP −= n, however many instructions it takes; the step's offset is behind the one that moves SP.
    AllocStack(u32),
    /// `reg` := SP + `offset`, and unwinding may rely on it from here on.
    SetFrameReg {
        /// The frame register.
        reg: u8,
        /// Its distance from SP. Negative only where an epilog sets SP above the frame register.
        offset: i32,
    },
    /// A general register stored at SP + `offset`.
    SaveReg {
        /// The register.
        reg: u8,
        /// From SP as it is then.
        offset: u32,
    },
    /// arm64: two general registers at SP + `offset` and the next word.
    SaveRegPair {
        /// At the lower address.
        first: u8,
        /// At the higher address: the next register, or lr.
        second: u8,
        /// From SP as it is then.
        offset: u32,
    },
    /// A vector register at SP + `offset`: all 16 bytes of xmm on x64, the low 8 (d) on arm64.
    SaveFloat {
        /// The register.
        reg: u8,
        /// From SP as it is then.
        offset: u32,
    },
    /// arm64: d registers `first` and `first` + 1 at SP + `offset`.
    SaveFloatPair {
        /// At the lower address.
        first: u8,
        /// From SP as it is then.
        offset: u32,
    },
    /// arm64: SP −= `size`, and a general register stored at SP.
    SaveRegPreIndexed {
        /// The register.
        reg: u8,
        /// A multiple of 16.
        size: u32,
    },
    /// arm64: SP −= `size`, and two general registers stored at SP.
    SaveRegPairPreIndexed {
        /// At the lower address.
        first: u8,
        /// At the higher address.
        second: u8,
        /// A multiple of 16.
        size: u32,
    },
    /// arm64: SP −= `size`, and a d register stored at SP.
    SaveFloatPreIndexed {
        /// The register.
        reg: u8,
        /// A multiple of 16.
        size: u32,
    },
    /// arm64: SP −= `size`, and d registers `first` and `first` + 1 stored at SP.
    SaveFloatPairPreIndexed {
        /// At the lower address.
        first: u8,
        /// A multiple of 16.
        size: u32,
    },
}

/// An operation's parts, which all consumers go by: what happens to SP first, and what is then stored where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpEffect {
    /// SP goes down by this much.
    pub sp_down: u32,
    /// General registers stored at consecutive words.
    pub regs: [Option<u8>; 2],
    /// Vector registers stored consecutively.
    pub floats: [Option<u8>; 2],
    /// Where the first one is, from the new SP.
    pub offset: u32,
    /// Frame register, and its distance from SP.
    pub frame: Option<(u8, i32)>,
}

impl UnwindOp {
    pub(crate) fn effect(self) -> OpEffect {
        let none = OpEffect {
            sp_down: 0,
            regs: [None; 2],
            floats: [None; 2],
            offset: 0,
            frame: None,
        };
        match self {
            UnwindOp::PushReg(reg) => OpEffect {
                sp_down: 8,
                regs: [Some(reg), None],
                ..none
            },
            UnwindOp::AllocStack(size) => OpEffect {
                sp_down: size,
                ..none
            },
            UnwindOp::SetFrameReg { reg, offset } => OpEffect {
                frame: Some((reg, offset)),
                ..none
            },
            UnwindOp::SaveReg { reg, offset } => OpEffect {
                regs: [Some(reg), None],
                offset,
                ..none
            },
            UnwindOp::SaveRegPair {
                first,
                second,
                offset,
            } => OpEffect {
                regs: [Some(first), Some(second)],
                offset,
                ..none
            },
            UnwindOp::SaveFloat { reg, offset } => OpEffect {
                floats: [Some(reg), None],
                offset,
                ..none
            },
            UnwindOp::SaveFloatPair { first, offset } => OpEffect {
                floats: [Some(first), Some(first.wrapping_add(1))],
                offset,
                ..none
            },
            UnwindOp::SaveRegPreIndexed { reg, size } => OpEffect {
                sp_down: size,
                regs: [Some(reg), None],
                ..none
            },
            UnwindOp::SaveRegPairPreIndexed {
                first,
                second,
                size,
            } => OpEffect {
                sp_down: size,
                regs: [Some(first), Some(second)],
                ..none
            },
            UnwindOp::SaveFloatPreIndexed { reg, size } => OpEffect {
                sp_down: size,
                floats: [Some(reg), None],
                ..none
            },
            UnwindOp::SaveFloatPairPreIndexed { first, size } => OpEffect {
                sp_down: size,
                floats: [Some(first), Some(first.wrapping_add(1))],
                ..none
            },
        }
    }
}

/// An operation and the code offset **behind** the instruction that does it (in a prolog) or undoes it (in an epilog).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UnwindStep {
    /// Bytes from the main function's start.
    pub offset: u32,
    /// Done or undone.
    pub op: UnwindOp,
}

/// A way out of the fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EpilogScope {
    /// The first instruction that undoes something, or the return if there is nothing to undo.
    pub start: u32,
    /// Behind the return or tail jump.
    pub end: u32,
    /// Index of the first step in [`UnwindInfoInput::epilog_steps`].
    pub first_step: u32,
    /// Number of steps.
    pub step_count: u32,
}

/// A fragment's prolog and epilogs. Offsets are bytes from the main function's start.
#[derive(Clone, Copy, Debug)]
pub struct UnwindInfoInput<'a> {
    /// The fragment's first instruction: 0 for the main function.
    pub start: u32,
    /// Behind its last instruction.
    pub end: u32,
    /// Behind the prolog's last instruction that unwinding has to know; at or behind the last step.
    pub prolog_end: u32,
    /// The prolog's steps, ascending.
    pub prolog: &'a [UnwindStep],
    /// The epilogs, ascending.
    pub epilogs: &'a [EpilogScope],
    /// Steps of all epilogs, ascending.
    pub epilog_steps: &'a [UnwindStep],
}

impl<'a> UnwindInfoInput<'a> {
    /// The steps of an epilog.
    pub fn steps_of(&self, epilog: &EpilogScope) -> Result<&'a [UnwindStep], UnwindError> {
        let first = epilog.first_step as usize;
        let last = first.saturating_add(epilog.step_count as usize);
        self.epilog_steps
            .get(first..last)
            .ok_or(UnwindError::Order(epilog.start))
    }

    /// Checks that offsets ascend and lie where they should.
    pub(crate) fn check_order(&self) -> Result<(), UnwindError> {
        let mut previous = self.start;
        for step in self.prolog {
            if step.offset <= previous {
                return Err(UnwindError::Order(step.offset));
            }
            previous = step.offset;
        }
        if self.prolog_end < previous || self.prolog_end > self.end {
            return Err(UnwindError::Order(self.prolog_end));
        }
        previous = self.prolog_end;
        for epilog in self.epilogs {
            if epilog.start < previous || epilog.end <= epilog.start || epilog.end > self.end {
                return Err(UnwindError::Order(epilog.start));
            }
            previous = epilog.start;
            for step in self.steps_of(epilog)? {
                // The last instruction is the return: nothing is undone by it.
                if step.offset <= previous || step.offset >= epilog.end {
                    return Err(UnwindError::Order(step.offset));
                }
                previous = step.offset;
            }
            previous = epilog.end;
        }
        Ok(())
    }
}

/// Why a frame cannot be described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnwindError {
    /// Offsets out of order at this one.
    Order(u32),
    /// An x64 prolog beyond 255 bytes: let it end earlier, and zero the frame after it.
    PrologTooLong(u32),
    /// More codes than the format counts.
    TooManyCodes(usize),
    /// A fragment longer than the format can say.
    FunctionTooLong(u32),
    /// More epilogs, or farther codes for them, than the format can say.
    TooManyEpilogs(usize),
    /// An operation this format has no code for (the register, the offset's size or alignment).
    NotEncodable(UnwindOp),
    /// x64: a register saved by a move before SP was last moved; its offset would not count from the fixed frame.
    SaveBeforeAllocation(UnwindOp),
    /// An offset that no arm64 instruction can have.
    Misaligned(u32),
    /// Code too far from the `.eh_frame` section for a 32-bit difference.
    TooFar(u64),
}

impl fmt::Display for UnwindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnwindError::Order(offset) => write!(f, "unwind steps out of order at {offset:#x}"),
            UnwindError::PrologTooLong(size) => {
                write!(f, "prolog of {size} bytes is too long to describe")
            }
            UnwindError::TooManyCodes(count) => write!(f, "{count} unwind code units are too many"),
            UnwindError::FunctionTooLong(size) => {
                write!(f, "function of {size} bytes is too long to describe")
            }
            UnwindError::TooManyEpilogs(count) => write!(f, "{count} epilogs cannot be described"),
            UnwindError::NotEncodable(op) => write!(f, "no unwind code for {op:?}"),
            UnwindError::SaveBeforeAllocation(op) => write!(f, "{op:?} comes before SP is final"),
            UnwindError::Misaligned(offset) => {
                write!(f, "instruction boundary at {offset:#x} is misaligned")
            }
            UnwindError::TooFar(address) => {
                write!(f, "code at {address:#x} is too far from the section")
            }
        }
    }
}

impl std::error::Error for UnwindError {}

#[cfg(test)]
mod tests;
