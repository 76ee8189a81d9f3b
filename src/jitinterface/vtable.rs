//! Asking the runtime: `ICorJitInfo` as typed methods that cannot throw.
//!
//! The interface object's first word points to a table of functions; [`slots`](super::slots) says which is where. Many of
//! them throw C++ exceptions through their caller (bad metadata, a type that does not load, no memory), and Rust frames
//! must not see those: each question runs in the runtime's own error trap ([`error_trap`](super::error_trap)) and its
//! failure is a value, [`EeError`]. The few questions that are asked per argument and only read what the runtime already
//! holds go without; each of those says so.
//!
//! Parameters and results are the C++ ones: booleans come back in one byte whose neighbours are undefined, structures
//! travel by address.

use std::ffi::{c_char, c_void};

use super::error_trap::run_trapped;
use super::slots::{NONE, Slot};
use super::structs::*;
use super::version::RuntimeVersion;

/// Why a question has no answer.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum EeError {
    /// The runtime threw an exception.
    Threw(Slot),
    /// This release of the runtime does not have the question.
    Missing(Slot),
}

impl std::fmt::Display for EeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EeError::Threw(slot) => write!(f, "the runtime threw from {}", slot.name()),
            EeError::Missing(slot) => write!(f, "this runtime has no {}", slot.name()),
        }
    }
}

impl std::error::Error for EeError {}

/// The runtime's interface during one compilation.
#[derive(Copy, Clone)]
pub struct EeInterface {
    object: *mut c_void,
    version: &'static RuntimeVersion,
}

/// A C++ return value and what it is in Rust.
trait Answer: Sized {
    /// As the calling convention returns it.
    type Raw: Copy;
    fn from_raw(raw: Self::Raw) -> Self;
}

macro_rules! plain_answers {
    ($($ty:ty),*) => {$(
        impl Answer for $ty {
            type Raw = $ty;
            fn from_raw(raw: $ty) -> $ty {
                raw
            }
        }
    )*};
}
plain_answers!(
    (),
    u32,
    i32,
    usize,
    MethodHandle,
    ClassHandle,
    ArgListHandle,
    ObjectHandle
);

impl Answer for bool {
    // The callee sets one byte; the rest of the register is undefined, so the whole register is taken and cut.
    type Raw = u32;
    fn from_raw(raw: u32) -> bool {
        raw as u8 != 0
    }
}

impl Answer for u16 {
    type Raw = u32; // as for `bool`
    fn from_raw(raw: u32) -> u16 {
        raw as u16
    }
}

macro_rules! questions {
    ($(
        $(#[$doc:meta])*
        $slot:ident = fn $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;
    )*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// [`EeError`], if the runtime threw or does not have the question.
        pub fn $name(&self, $($arg: $ty),*) -> Result<$ret, EeError> {
            type F = unsafe extern "C-unwind" fn(*mut c_void $(, $ty)*) -> <$ret as Answer>::Raw;
            let entry = self.entry(Slot::$slot)?;
            // SAFETY: the version's slot table says that this entry is the method of that name, and the signature above
            // is that method's.
            let f: F = unsafe { std::mem::transmute::<*const c_void, F>(entry) };
            let object = self.object;
            let answer = run_trapped(
                self,
                // SAFETY: the object is the one the table belongs to, valid during this compilation; arguments are
                // handles from the runtime and references that outlive the call.
                move || unsafe { f(object $(, $arg)*) },
            )?;
            answer.map(<$ret as Answer>::from_raw).ok_or(EeError::Threw(Slot::$slot))
        }
    )*};
}

// The list is the interface, not what the importer of the day asks of it.
#[allow(dead_code)]
impl EeInterface {
    /// The interface behind `object`.
    ///
    /// # Safety
    /// `object` is the `ICorJitInfo` that a runtime of this `version` passed to the compilation that is running.
    pub unsafe fn new(object: *mut c_void, version: &'static RuntimeVersion) -> EeInterface {
        EeInterface { object, version }
    }

    /// The runtime's release.
    pub fn version(&self) -> &'static RuntimeVersion {
        self.version
    }

    /// The object, as `this` of a question.
    pub(super) fn object(&self) -> *mut c_void {
        self.object
    }

    /// The function of `slot`.
    pub(super) fn entry(&self, slot: Slot) -> Result<*const c_void, EeError> {
        let number = self
            .version
            .slots
            .number(slot)
            .ok_or(EeError::Missing(slot))?;
        debug_assert!(number < NONE as usize);
        // SAFETY: the object's first word is its table, and the version's table is no longer than the runtime's.
        let entry = unsafe { *(*self.object.cast::<*const *const c_void>()).add(number) };
        Ok(entry)
    }

    questions! {
        /// Method attribute bits.
        GetMethodAttribs = fn method_attribs(method: MethodHandle) -> u32;
        /// Tells the runtime what was found out about a method ([`super::enums::runtime_flag`]).
        SetMethodAttribs = fn set_method_attribs(method: MethodHandle, flags: u32) -> ();
        /// Signature of `method`.
        GetMethodSig = fn method_sig(method: MethodHandle, out: &mut SigInfo, parent: ClassHandle) -> ();
        /// Does the runtime let `caller` leave its frame for the callee (declared, and exact or null)?
        CanTailCall = fn can_tail_call(caller: MethodHandle, declared: MethodHandle, exact: MethodHandle, prefix: u32) -> bool;
        /// What a static synchronized method locks; where it stands, if that is set.
        GetMethodSync = fn method_sync(method: MethodHandle, cell: &mut usize) -> usize;
        /// EH clause `index` of the method's IL.
        GetEHinfo = fn eh_info(method: MethodHandle, index: u32, out: &mut EhClause) -> ();
        /// The class that declares `method`.
        GetMethodClass = fn method_class(method: MethodHandle) -> ClassHandle;
        /// Where the method table leads to a virtual method: offset of the first load (`u32::MAX` none), of the second.
        GetMethodVTableOffset = fn method_vtable_offset(method: MethodHandle, first: &mut u32, second: &mut u32, relative: &mut u8) -> ();
        /// Resolves a token.
        ResolveToken = fn resolve_token(token: &mut ResolvedToken) -> ();
        /// A standalone signature.
        FindSig = fn find_sig(scope: ModuleHandle, token: u32, context: ContextHandle, out: &mut SigInfo) -> ();
        /// The runtime's handle class of a token's kind (`RuntimeTypeHandle` …).
        GetTokenTypeAsHandle = fn token_type_as_handle(token: &mut ResolvedToken) -> ClassHandle;
        /// A class that is known without a token, by number.
        GetBuiltinClass = fn builtin_class(id: u32) -> ClassHandle;
        /// The primitive that a value class is, or its category.
        AsCorInfoType = fn as_cor_type(class: ClassHandle) -> u32;
        /// Bare name and namespace of a class.
        GetClassNameFromMetadata = fn class_name_from_metadata(class: ClassHandle, namespace: &mut usize) -> usize;
        /// Generic argument `index` of a class; null past the end.
        GetTypeInstantiationArgument = fn type_instantiation_argument(class: ClassHandle, index: u32) -> ClassHandle;
        /// Writes the full name of a class; returns the bytes written.
        PrintClassName = fn print_class_name(class: ClassHandle, buffer: *mut c_char, size: usize, required: &mut usize) -> usize;
        /// Class attribute bits.
        GetClassAttribs = fn class_attribs(class: ClassHandle) -> u32;
        /// Name of the assembly of a class.
        GetClassAssemblyName = fn class_assembly_name(class: ClassHandle) -> usize;
        /// Bytes of a value; 8 for reference types.
        GetClassSize = fn class_size(class: ClassHandle) -> u32;
        /// Bytes on the heap without the header.
        GetHeapClassSize = fn heap_class_size(class: ClassHandle) -> u32;
        /// Alignment of a value.
        GetClassAlignmentRequirement = fn class_alignment(class: ClassHandle, double_hint: u32) -> u32;
        /// Writes a GC kind a word; returns the number of GC pointers.
        GetClassGClayout = fn class_gc_layout(class: ClassHandle, out: *mut u8) -> u32;
        /// Writes the tree of fields; in and out: number of nodes.
        GetTypeLayout = fn type_layout(class: ClassHandle, out: *mut TypeLayoutNode, count: &mut usize) -> u32;
        /// Helper that allocates an object of the class.
        GetNewHelper = fn new_helper(class: ClassHandle, side_effects: &mut u8) -> u32;
        /// Helper that allocates an array of the array class.
        GetNewArrHelper = fn new_array_helper(class: ClassHandle) -> u32;
        /// Helper of a cast.
        GetCastingHelper = fn casting_helper(token: &mut ResolvedToken, throwing: u32) -> u32;
        /// Helper that runs a class constructor.
        GetSharedCCtorHelper = fn cctor_helper(class: ClassHandle) -> u32;
        /// The class that a box of the class is of.
        GetTypeForBox = fn type_for_box(class: ClassHandle) -> ClassHandle;
        /// Helper of `box`.
        GetBoxHelper = fn box_helper(class: ClassHandle) -> u32;
        /// Helper of `unbox`.
        GetUnBoxHelper = fn unbox_helper(class: ClassHandle) -> u32;
        /// Must a class constructor be triggered?
        InitClass = fn init_class(field: FieldHandle, method: MethodHandle, context: ContextHandle) -> u32;
        /// Element type of an array, byref or pointer class.
        GetChildType = fn child_type(class: ClassHandle, out: &mut ClassHandle) -> u32;
        /// Rank of an array class, else 0.
        GetArrayRank = fn array_rank(class: ClassHandle) -> u32;
        /// One-dimensional and zero-based?
        IsSDArray = fn is_sd_array(class: ClassHandle) -> bool;
        /// How a field is reached.
        GetFieldInfo = fn field_info(token: &mut ResolvedToken, caller: MethodHandle, flags: u32, out: &mut FieldInfo) -> ();
        /// Number of a thread static's block, for the helpers that find it.
        GetThreadLocalFieldInfo = fn thread_local_field_info(field: FieldHandle, gc: u32) -> u32;
        /// What the helpers that find a class's statics want to know.
        GetClassStaticDynamicInfo = fn class_static_info(class: ClassHandle) -> usize;
        /// The same of its thread statics.
        GetClassThreadStaticDynamicInfo = fn class_thread_static_info(class: ClassHandle) -> usize;
        /// Type of a field.
        GetFieldType = fn field_type(field: FieldHandle, class: &mut ClassHandle, parent: ClassHandle) -> u32;
        /// Offset of an instance field, the method-table word not counted.
        GetFieldOffset = fn field_offset(field: FieldHandle) -> u32;
        /// Gives the IL-to-code map; the array is from [`EeInterface::allocate_array`] and becomes the runtime's.
        SetBoundaries = fn set_boundaries(method: MethodHandle, count: u32, map: *mut OffsetMapping) -> ();
        /// Gives the variables' places; the array is from [`EeInterface::allocate_array`] and becomes the runtime's.
        SetVars = fn set_vars(method: MethodHandle, count: u32, vars: *mut NativeVarInfo) -> ();
        /// Memory to hand to the runtime.
        AllocateArray = fn allocate_array(bytes: usize) -> usize;
        /// Type of an argument or local, with the pinned bit; its class where it is a struct.
        GetArgType = fn arg_type(sig: &SigInfo, arg: ArgListHandle, class: &mut ClassHandle) -> u32;
        /// Class of a reference argument.
        GetArgClass = fn arg_class(sig: &SigInfo, arg: ArgListHandle) -> ClassHandle;
        /// Homogeneous aggregate kind.
        GetHFAType = fn hfa_type(class: ClassHandle) -> u32;
        /// Constants of the runtime's layout.
        GetEEInfo = fn ee_info_raw(out: &mut EeInfoRaw) -> ();
        /// Metadata name of a method; null for stubs.
        GetMethodNameFromMetadata = fn method_name_from_metadata(method: MethodHandle, class: &mut usize, namespace: &mut usize, enclosing: &mut [usize; 4], max_enclosing: usize) -> usize;
        /// Writes the name of any method; returns the bytes written.
        PrintMethodName = fn print_method_name(method: MethodHandle, buffer: *mut c_char, size: usize, required: &mut usize) -> usize;
        /// Writes the name of a field; returns the bytes written.
        PrintFieldName = fn print_field_name(field: FieldHandle, buffer: *mut c_char, size: usize, required: &mut usize) -> usize;
        /// How a struct is passed on System V x64.
        GetSystemVAmd64PassStructInRegisterDescriptor = fn sysv_struct(class: ClassHandle, out: &mut SysvStruct) -> bool;
        /// Where a direct call goes.
        GetFunctionEntryPoint = fn function_entry_point(method: MethodHandle, out: &mut ConstLookup, flags: u32) -> ();
        /// The stable entry of a method.
        GetFunctionFixedEntryPoint = fn function_fixed_entry_point(method: MethodHandle, unsafe_pointer: u32, out: &mut ConstLookup) -> ();
        /// Handle of a token, or how to look it up.
        EmbedGenericHandle = fn embed_generic_handle(token: &mut ResolvedToken, embed_parent: u32, caller: MethodHandle, out: &mut GenericHandleResult) -> ();
        /// Everything about a call.
        GetCallInfo = fn call_info(token: &mut ResolvedToken, constrained: *mut ResolvedToken, caller: MethodHandle, flags: u32, out: &mut CallInfo) -> ();
        /// A string literal: how it is reached ([`super::enums::iat`]).
        ConstructStringLiteral = fn construct_string_literal(scope: ModuleHandle, token: u32, value: &mut usize) -> u32;
        /// `String.Empty`.
        EmptyStringLiteral = fn empty_string_literal(value: &mut usize) -> u32;
        /// Declares that the code depends on an instruction set.
        NotifyInstructionSetUsage = fn notify_instruction_set_usage(isa: u32, supported: u32) -> bool;
        /// Memory for code and data. Once per compilation.
        AllocMem = fn alloc_mem(args: &mut AllocMemArgs) -> ();
        /// Announces one unwind block, before [`EeInterface::alloc_mem`].
        ReserveUnwindInfo = fn reserve_unwind_info(funclet: u32, cold: u32, size: u32) -> ();
        /// Gives one unwind block. Kind: 0 root, 1 handler, 2 filter.
        AllocUnwindInfo = fn alloc_unwind_info(hot: usize, cold: usize, start: u32, end: u32, size: u32, block: *const u8, kind: u32) -> ();
        /// Memory for the GC info.
        AllocGCInfo = fn alloc_gc_info(size: usize) -> usize;
        /// Number of EH clauses; not asked for none.
        SetEHcount = fn set_eh_count(count: u32) -> ();
        /// Gives one EH clause.
        SetEHinfo = fn set_eh_info(index: u32, clause: &EhClause) -> ();
        /// Applies a relocation: the field's final address, where to write it, its target, type and correction.
        RecordRelocation = fn record_relocation(location: usize, location_rw: usize, target: usize, kind: u32, delta: i32) -> ();
        /// How `target` can be reached ([`super::enums::reloc`]).
        GetRelocTypeHint = fn reloc_type_hint(target: usize) -> u16;
        /// The machine that the runtime wants code for ([`super::enums::machine`]).
        GetExpectedTargetArchitecture = fn expected_architecture() -> u32;
        /// The flags of this compilation; returns the bytes written.
        GetJitFlags = fn jit_flags_raw(out: &mut JitFlags, size: u32) -> u32;
    }

    /// The argument after `arg`. Reads signature bytes that the runtime has already checked: it does not throw, and it is
    /// asked once an argument, so it goes without a trap.
    ///
    /// # Errors
    /// [`EeError::Missing`].
    pub fn arg_next(&self, arg: ArgListHandle) -> Result<ArgListHandle, EeError> {
        type F = unsafe extern "C-unwind" fn(*mut c_void, ArgListHandle) -> ArgListHandle;
        let entry = self.entry(Slot::GetArgNext)?;
        // SAFETY: as in `questions!`; the argument is one that the runtime gave.
        unsafe {
            let f: F = std::mem::transmute::<*const c_void, F>(entry);
            Ok(f(self.object, arg))
        }
    }

    /// The flags of this compilation.
    ///
    /// # Errors
    /// [`EeError`].
    pub fn jit_flags(&self) -> Result<JitFlags, EeError> {
        let mut flags = JitFlags::default();
        self.jit_flags_raw(&mut flags, size_of::<JitFlags>() as u32)?;
        Ok(flags)
    }

    /// Constants of the runtime's layout.
    ///
    /// # Errors
    /// [`EeError`].
    pub fn ee_info(&self) -> Result<EeInfo, EeError> {
        let mut raw = EeInfoRaw([0; 128]);
        self.ee_info_raw(&mut raw)?;
        Ok(EeInfo::parse(&raw, &self.version.ee_info))
    }

    /// Where helper `number` is: a value (the address), one load away, or `None` where the runtime has no such helper.
    ///
    /// # Errors
    /// [`EeError`].
    pub fn helper_address(&self, number: u32) -> Result<Option<ConstLookup>, EeError> {
        let object = self.object;
        let entry = self.entry(Slot::GetHelperFtn)?;
        let mut lookup = ConstLookup::default();
        let mut cell = 0usize;
        let mut method = MethodHandle::NULL;
        let answer = if self.version.helper_by_lookup {
            type F =
                unsafe extern "C-unwind" fn(*mut c_void, u32, &mut ConstLookup, &mut MethodHandle);
            // SAFETY: as in `questions!`, with the signature of the releases that fill a lookup.
            run_trapped(self, || unsafe {
                let f: F = std::mem::transmute::<*const c_void, F>(entry);
                f(object, number, &mut lookup, &mut method);
            })?
        } else {
            type F = unsafe extern "C-unwind" fn(*mut c_void, u32, &mut usize) -> usize;
            // SAFETY: as in `questions!`, with the signature of the releases that return the address.
            run_trapped(self, || unsafe {
                let f: F = std::mem::transmute::<*const c_void, F>(entry);
                let addr = f(object, number, &mut cell);
                lookup = match addr {
                    0 => ConstLookup {
                        access: super::enums::iat::PVALUE,
                        addr: cell,
                    },
                    addr => ConstLookup {
                        access: super::enums::iat::VALUE,
                        addr,
                    },
                };
            })?
        };
        answer.ok_or(EeError::Threw(Slot::GetHelperFtn))?;
        Ok(Some(lookup).filter(|l| l.addr != 0))
    }
}
