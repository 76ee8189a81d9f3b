//! What the compiler may ask of a runtime.
//!
//! One trait, [`Runtime`]. Every question may fail with a typed [`EeError`]. The answer to "where is it?" is always a
//! [`Lookup`], so that a JIT's absolute address, an image's import cell and relocatable code take the same path.

use crate::types::ClassLayout;

/// Where something is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Lookup {
    /// The value itself.
    Value(u64),
    /// The value stands at this address.
    Indirect(u64),
    /// The address of the value stands at this address.
    IndirectTwice(u64),
    /// Reached relative to the code, through a relocation against this absolute target.
    Relative(u64),
}

/// Runtime helpers that code generation calls. Shells map them to the runtime's own numbers.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Helper {
    /// `throw` of the object in the first argument.
    Throw,
    /// Throw the current exception again.
    Rethrow,
    /// Null reference.
    ThrowNull,
    /// Index out of range.
    ThrowRange,
    /// Division by zero.
    ThrowDivZero,
    /// Arithmetic overflow.
    ThrowOverflow,
    /// Store of a reference, target in the heap.
    AssignRef,
    /// Store of a reference, target perhaps in the heap.
    CheckedAssignRef,
    /// Copy of one reference, both pointers advanced.
    AssignByref,
    /// Stack probe of a large frame.
    StackProbe,
    /// Floating remainder (f64).
    DblRem,
    /// Floating remainder (f32).
    FltRem,
    /// Fused multiply and add (f64): a * b + c.
    DblFma,
    /// Fused multiply and add (f32).
    FltFma,
    /// Stop for a collection.
    GcPoll,
    /// Copy memory.
    MemCpy,
    /// Fill memory.
    MemSet,
    /// Allocate an object of the class in the first argument.
    NewFast,
    /// Allocate an array: class, length.
    NewArray,
    /// Load a string literal.
    StrCns,
    /// Cast of an object: class, object. Raises unless the object is null or one of the class.
    CastClass,
    /// Test of an object: class, object. The object if it is one of the class, else null.
    IsInst,
    /// Run a class's initialiser unless that has been done: class.
    ClassInit,
    /// The calling thread's statics of a class: class.
    TlsBase,
    /// A handle that a generic dictionary does not hold yet: context, key.
    RuntimeLookup,
    /// A patchpoint's counter has run out: the counter's address, the source position.
    PatchPoint,
    /// Exchange of a reference in memory: address, new value; gives the old one.
    XchgRef,
    /// Exchange of a reference if it is the one expected: address, new value, expected; gives the old one.
    CmpXchgRef,
    /// A helper known only by the runtime's own number.
    Other(u16),
}

impl Helper {
    /// The helpers with names, in the order of the encoding.
    pub const NAMED: &'static [(Helper, &'static str)] = &[
        (Helper::Throw, "throw"),
        (Helper::Rethrow, "rethrow"),
        (Helper::ThrowNull, "throw_null"),
        (Helper::ThrowRange, "throw_range"),
        (Helper::ThrowDivZero, "throw_div_zero"),
        (Helper::ThrowOverflow, "throw_overflow"),
        (Helper::AssignRef, "assign_ref"),
        (Helper::CheckedAssignRef, "checked_assign_ref"),
        (Helper::AssignByref, "assign_byref"),
        (Helper::StackProbe, "stack_probe"),
        (Helper::DblRem, "dbl_rem"),
        (Helper::FltRem, "flt_rem"),
        (Helper::DblFma, "dbl_fma"),
        (Helper::FltFma, "flt_fma"),
        (Helper::GcPoll, "gc_poll"),
        (Helper::MemCpy, "mem_cpy"),
        (Helper::MemSet, "mem_set"),
        (Helper::NewFast, "new_fast"),
        (Helper::NewArray, "new_array"),
        (Helper::StrCns, "str_cns"),
        (Helper::CastClass, "cast_class"),
        (Helper::IsInst, "is_inst"),
        (Helper::ClassInit, "class_init"),
        (Helper::TlsBase, "tls_base"),
        (Helper::RuntimeLookup, "runtime_lookup"),
        (Helper::PatchPoint, "patchpoint"),
        (Helper::XchgRef, "xchg_ref"),
        (Helper::CmpXchgRef, "cmpxchg_ref"),
    ];
}

/// A question about the place of something, kept with the method and asked at code generation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LookupRequest {
    /// Already answered (importers do this while they hold the runtime's tokens).
    Known(Lookup),
    /// A class known by name or number; the answer is its handle.
    Class(String),
    /// A string literal.
    Literal(String),
    /// A static field's address.
    StaticAddress(String),
    /// An entry of a generic dictionary, found at run time from a context.
    Dictionary(Dictionary),
}

/// How an entry of a generic dictionary is reached from a context.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dictionary {
    /// What the runtime calls the entry.
    pub key: u64,
    /// Each a load: from the context plus the first, from what that gave plus the second, and so on.
    pub offsets: Vec<u32>,
    /// The last load may give 0: the runtime has to be asked then.
    pub may_be_empty: bool,
}

/// Where a class keeps its statics.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct ClassStatics {
    /// The address of those without GC pointers, and of those that are references.
    pub base: [Lookup; 2],
    /// The address of a byte, and the bits of it that are set once the class is initialised; none if it is, or need not be.
    pub initialized: Option<(Lookup, u8)>,
}

/// Why a question failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EeError {
    /// The runtime threw while answering; the number is the slot or question.
    Threw(&'static str),
    /// The runtime has no such thing.
    NotFound(String),
    /// The answer has a form that this compiler cannot use yet.
    Unsupported(&'static str),
}

impl std::fmt::Display for EeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EeError::Threw(q) => write!(f, "the runtime threw an exception while answering {q}"),
            EeError::NotFound(n) => write!(f, "the runtime does not know {n}"),
            EeError::Unsupported(w) => write!(f, "unsupported answer of the runtime: {w}"),
        }
    }
}

impl std::error::Error for EeError {}

/// Questions a compile asks, and what it reports. Implementations: .NET, the embedded host, recorded answers for tests.
///
/// No lock may be held by the compiler across a call: the runtime may load types, run code or collect inside it.
pub trait Runtime {
    /// Version-dependent facts.
    fn abi(&self) -> &crate::target::RuntimeAbi;

    /// The entry point of a function that a method calls directly.
    fn function_entry_point(&mut self, name: &str, handle: u64) -> Result<Lookup, EeError>;

    /// The address of a helper.
    fn helper_address(&mut self, helper: Helper) -> Result<Lookup, EeError>;

    /// Answers a request kept with the method.
    fn lookup(&mut self, request: &LookupRequest) -> Result<Lookup, EeError>;

    /// Where a class keeps its statics, and how code sees whether it is initialised. A runtime that has no such places says so.
    fn class_statics(&mut self, class: &LookupRequest) -> Result<ClassStatics, EeError> {
        let _ = class;
        Err(EeError::Unsupported("statics of a class"))
    }

    /// A layout by the runtime's own handle, where an importer did not bring it with the method.
    fn class_layout(&mut self, handle: u64) -> Result<ClassLayout, EeError>;

    /// May `target` be reached by a 32-bit relative call from code of this compile?
    fn is_near(&mut self, target: u64) -> bool;
}
