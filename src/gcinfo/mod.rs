//! The GC-info encoder and decoder: which registers and stack slots hold references, and where.
//!
//! A collector that stops a thread inside compiled code has to find every reference the code holds and
//! nothing else. The compiler therefore leaves one *GC-info blob* a method (main function and funclets
//! together), in the bit-packed format that .NET's runtime reads back. This module writes the blob, reads it, and
//! checks the one against the other.
//!
//! # The blob
//!
//! Two bit streams, both packed lowest bit first, the second beginning on a byte boundary after the first:
//!
//! ```text
//!  S1 ┌────────┬─────────────┬────────┬────────────┬──────────────────────────┬─────┐
//!     │ header │ safe points │ ranges │ slot table │ live states, or pointers │ pad │
//!     └────────┴─────────────┴────────┴────────────┴────────────┬─────────────┴─────┘
//!                                                               │ bit offsets from the start of S2
//!  S2 ┌───────────────────────────────────────────────┬─────┐◄──┘
//!     │ shared live vectors, or chunks of transitions │ pad │
//!     └───────────────────────────────────────────────┴─────┘
//! ```
//!
//! - A **slot** is a place that may hold a reference: a register, or base + offset in the stack. *Untracked* slots count
//!   as live through the whole method; all others are *tracked*, and their liveness is recorded.
//! - A **safe point** is the return address of a call. Partially interruptible code records the live
//!   slots at each of them.
//! - An **interruptible range** is a stretch of code in which every instruction is a safe point. Fully interruptible code
//!   records transitions, in chunks of 64 code units.
//!
//! What the fields are and how wide: [`encode`]. The numbers' variable-length form: [`bits`].
//! What differs between instruction sets is data, [`GcIsa`]; between runtimes, [`GcInfoVersion`].
//!
//! # Invariants
//!
//! - *The encoder owns its memory.* A [`GcInfoEncoder`] is made once a compiling thread; in steady
//!   state `encode` allocates nothing, and a method without slots pays for its header only.
//! - *Times are byte offsets from the main function's start*; the state an event makes holds from its offset on, as a
//!   collector that stops with the instruction pointer there would see it.
//! - *A safe point sees the events strictly before the return address.* A call's result register must be made live before it,
//!   and a register that dies at it is still live in it.
//!
//! # Left out
//!
//! x86 (another format altogether) and ARM32; the interpreter's variant of the constants.
//!
//! Sources: the public sources of the .NET runtime's GC-info encoder and decoder, and blobs captured
//! from .NET 9 (x64) and .NET 10 (x64, arm64), some of which are the test vectors here.

pub mod bits;
pub mod decode;
pub mod encode;
pub mod slots;
pub mod verify;

pub use decode::{DecodedGcInfo, GcDecodeError, decode};
pub use encode::{GcEncodeError, GcInfoEncoder};
pub use slots::{GcSlot, GcSlotBase, GcSlotFlags, GcSlotLocation, GcSlotTable};
pub use verify::{GcVerifyError, verify};

/// Which blob layout a runtime reads. The blob does not say so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GcInfoVersion {
    /// .NET 9: the header has a return kind, safe points are stored as return address − 1.
    V3,
    /// .NET 10: no return kind, safe points are stored as the return address.
    V4,
}

impl GcInfoVersion {
    /// What is subtracted from a return address before it is stored as a safe point.
    pub(crate) const fn safe_point_adjust(self) -> u32 {
        match self {
            GcInfoVersion::V3 => 1,
            GcInfoVersion::V4 => 0,
        }
    }

    /// Whether the header has a return kind.
    pub(crate) const fn has_return_kind(self) -> bool {
        matches!(self, GcInfoVersion::V3)
    }
}

/// What bit 7 of the fat header's flags means on an instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderBit7 {
    /// The parent frame is skipped once a funclet of it was walked.
    WantsReportOnlyLeaf,
    /// The method makes tail calls.
    HasTailCalls,
}

/// The constants that differ between instruction sets. *Base* widths are those of [`bits`]'s variable-length numbers.
#[derive(Debug, PartialEq, Eq)]
pub struct GcIsa {
    /// The set's name, for dumps.
    pub name: &'static str,
    /// Code lengths and offsets are stored shifted right by this much; instructions are aligned to it.
    pub code_shift: u32,
    /// The frame register; the stack base register is stored XORed with it, so that it becomes 0.
    pub frame_register: u8,
    /// Number of general registers that can be slots or stack base.
    pub register_count: u8,
    /// What header flag 7 says.
    pub header_bit7: HeaderBit7,
    /// Base width of the stack base register's code.
    pub stack_base_register_base: u32,
    /// Base width of the number of safe points.
    pub num_safe_points_base: u32,
    /// Base width of the number of register slots.
    pub num_registers_base: u32,
    /// Whether an edit-and-continue header also has the size of the fixed frame.
    pub enc_fixed_frame: bool,
}

/// x64, both ABIs.
pub static GC_X64: GcIsa = GcIsa {
    name: "x64",
    code_shift: 0,
    frame_register: 5,
    register_count: 16,
    header_bit7: HeaderBit7::WantsReportOnlyLeaf,
    stack_base_register_base: 3,
    num_safe_points_base: 2,
    num_registers_base: 2,
    enc_fixed_frame: false,
};

/// arm64, all ABIs.
pub static GC_ARM64: GcIsa = GcIsa {
    name: "arm64",
    code_shift: 2,
    frame_register: 29,
    register_count: 32,
    header_bit7: HeaderBit7::HasTailCalls,
    stack_base_register_base: 2,
    num_safe_points_base: 3,
    num_registers_base: 3,
    enc_fixed_frame: true,
};

impl GcIsa {
    /// A byte offset as the blob stores it.
    pub(crate) const fn normalize(&self, offset: u32) -> u32 {
        offset >> self.code_shift
    }

    /// A stored offset in bytes. Wraps for stored values no encoder writes.
    pub(crate) const fn denormalize(&self, stored: u32) -> u32 {
        stored.wrapping_shl(self.code_shift)
    }

    /// Whether `offset` can be the address of an instruction.
    pub(crate) const fn is_aligned(&self, offset: u32) -> bool {
        offset & ((1 << self.code_shift) - 1) == 0
    }
}

/// How many bits a value in `0..n` takes: ⌈log2 n⌉, and 0 for `n` ≤ 1.
pub(crate) const fn bits_for(n: u32) -> u32 {
    if n <= 1 {
        0
    } else {
        u32::BITS - (n - 1).leading_zeros()
    }
}

// Widths that all instruction sets share (bases of variable-length numbers, unless said otherwise).
pub(crate) const STACK_SLOT_SHIFT: u32 = 3;
pub(crate) const CODE_LENGTH_BASE: u32 = 8;
pub(crate) const RETURN_KIND_BITS_SLIM: u32 = 2;
pub(crate) const RETURN_KIND_BITS_FAT: u32 = 4;
pub(crate) const HEADER_SLOT_BASE: u32 = 6;
pub(crate) const SIZE_OF_STACK_AREA_BASE: u32 = 3;
pub(crate) const ENC_AREA_BASE: u32 = 4;
pub(crate) const PROLOG_SIZE_BASE: u32 = 5;
pub(crate) const EPILOG_SIZE_BASE: u32 = 3;
pub(crate) const NUM_RANGES_BASE: u32 = 1;
pub(crate) const RANGE_DELTA_BASE: u32 = 6;
pub(crate) const NUM_STACK_SLOTS_BASE: u32 = 2;
pub(crate) const NUM_UNTRACKED_BASE: u32 = 1;
pub(crate) const REGISTER_BASE: u32 = 3;
pub(crate) const REGISTER_DELTA_BASE: u32 = 2;
pub(crate) const STACK_SLOT_BASE: u32 = 6;
pub(crate) const STACK_SLOT_DELTA_BASE: u32 = 4;
pub(crate) const POINTER_SIZE_BASE: u32 = 3;
pub(crate) const RLE_SKIP_BASE: u32 = 4;
pub(crate) const RLE_RUN_BASE: u32 = 2;
pub(crate) const CHUNK_UNITS: u32 = 64;
pub(crate) const CHUNK_OFFSET_BITS: u32 = 6;

/// A liveness change of a tracked slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GcEvent {
    /// Byte offset from which the new state holds.
    pub offset: u32,
    /// Index into [`GcInfoInput::slots`].
    pub slot: u32,
    /// The new state.
    pub live: bool,
}

/// What a method returns in its registers, for runtimes whose header says so (.NET 9).
///
/// Two bits a register, the first register's lowest: 0 scalar, 1 object, 2 byref.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReturnKind(pub u8);

impl ReturnKind {
    /// No reference is returned.
    pub const SCALAR: ReturnKind = ReturnKind(0);
    /// An object in the first return register.
    pub const OBJECT: ReturnKind = ReturnKind(1);
    /// An interior pointer in the first return register.
    pub const BYREF: ReturnKind = ReturnKind(2);

    /// The kind of a value returned in two registers.
    pub const fn pair(first: ReturnKind, second: ReturnKind) -> ReturnKind {
        ReturnKind((first.0 & 3) | (second.0 & 3) << 2)
    }
}

/// Where a shared generic method finds its type arguments at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GenericsContextKind {
    /// A `MethodTable` parameter.
    MethodTable = 1,
    /// A `MethodDesc` parameter.
    MethodDesc = 2,
    /// The `this` object.
    This = 3,
}

/// The frame slot that keeps the generics context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GenericsContext {
    /// What the slot holds.
    pub kind: GenericsContextKind,
    /// Byte offset: from the caller's SP for V3, from the stack base register for V4. A multiple of 8.
    pub offset: i32,
}

/// Edit-and-continue frames: sizes that stay fixed when a method is edited. Stored as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EncArea {
    /// Size of the preserved area.
    pub preserved: u32,
    /// Size of the fixed frame; written on arm64 only.
    pub fixed_frame: u32,
}

/// Everything a blob says about one method. Offsets are bytes from the main function's start.
#[derive(Clone, Copy, Debug)]
pub struct GcInfoInput<'a> {
    /// The layout the runtime reads.
    pub version: GcInfoVersion,
    /// The instruction set's constants.
    pub isa: &'static GcIsa,
    /// Code size in bytes, funclets included.
    pub code_length: u32,
    /// The method takes native varargs.
    pub is_varargs: bool,
    /// What is returned in registers; V3 only, ignored for V4.
    pub return_kind: ReturnKind,
    /// The register that frame-relative slots count from; `None` in a frameless method.
    pub stack_base_register: Option<u8>,
    /// x64: set if the method has exception handlers. Ignored elsewhere.
    pub wants_report_only_leaf: bool,
    /// arm64: the method makes tail calls. Ignored on x64.
    pub has_tail_calls: bool,
    /// Byte offset of the stack cookie from the caller's SP, a multiple of 8.
    pub gs_cookie: Option<i32>,
    /// Byte offset of the PSPSym (x64: from the initial SP; elsewhere from the caller's SP). Never for V4.
    pub psp_sym: Option<i32>,
    /// Where the generics context is kept.
    pub generics_context: Option<GenericsContext>,
    /// Offset at which cookie and generics context are stored; used only if there is one, then 0 < size < code length.
    pub prolog_size: u32,
    /// Bytes at the end of the code where the cookie no longer holds; used only with a cookie. RyuJIT writes 0.
    pub epilog_size: u32,
    /// Edit-and-continue sizes.
    pub enc_area: Option<EncArea>,
    /// Byte offset of the reverse-P/Invoke frame from the stack base register.
    pub reverse_pinvoke_frame: Option<i32>,
    /// Bytes at the bottom of the fixed frame that hold outgoing arguments, a multiple of 8.
    pub outgoing_area_size: u32,
    /// The slots, each at most once, in any order.
    pub slots: &'a [GcSlot],
    /// Liveness changes of tracked slots, in any order; everything is dead at offset 0 before them.
    ///
    /// Several events of one slot at one offset count together: as many births as deaths change nothing.
    pub events: &'a [GcEvent],
    /// Return addresses of the calls to record, strictly ascending.
    pub safe_points: &'a [u32],
    /// Half-open stretches of fully interruptible code, ascending and disjoint; empty ones and seams are tidied up.
    pub interruptible: &'a [(u32, u32)],
    /// Leave out safe points with nothing live. They say no more than an absent one does, except that the thread
    /// cannot be stopped there; RyuJIT does so in unoptimised code.
    pub omit_empty_safe_points: bool,
}

impl<'a> GcInfoInput<'a> {
    /// A method of `code_length` bytes without frame, slots or safe points.
    pub fn new(version: GcInfoVersion, isa: &'static GcIsa, code_length: u32) -> GcInfoInput<'a> {
        GcInfoInput {
            version,
            isa,
            code_length,
            is_varargs: false,
            return_kind: ReturnKind::SCALAR,
            stack_base_register: None,
            wants_report_only_leaf: false,
            has_tail_calls: false,
            gs_cookie: None,
            psp_sym: None,
            generics_context: None,
            prolog_size: 0,
            epilog_size: 0,
            enc_area: None,
            reverse_pinvoke_frame: None,
            outgoing_area_size: 0,
            slots: &[],
            events: &[],
            safe_points: &[],
            interruptible: &[],
            omit_empty_safe_points: false,
        }
    }

    /// Header flag 7, whatever it means here.
    pub(crate) fn header_bit7(&self) -> bool {
        match self.isa.header_bit7 {
            HeaderBit7::WantsReportOnlyLeaf => self.wants_report_only_leaf,
            HeaderBit7::HasTailCalls => self.has_tail_calls,
        }
    }
}

#[cfg(test)]
mod tests;
