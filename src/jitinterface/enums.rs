//! Enumerations and bit sets of the interface, as plain constants.
//!
//! The runtime hands these out as integers; an unknown value must stay representable, so they are not Rust enums.
//! Values are those of 9.0; they are the same in 10.0 (what differs between releases is in `version.rs`, `slots.rs` and
//! `helpers.rs`).

/// Results of `compileMethod`. Any but `OK` makes the runtime ask its own JIT.
pub mod result {
    /// The code is to be used.
    pub const OK: u32 = 0;
    /// The IL is wrong.
    pub const BADCODE: u32 = 0x8000_0001;
    /// A failure of the JIT's own.
    pub const INTERNALERROR: u32 = 0x8000_0003;
    /// The natural "not mine" of an alternate JIT.
    pub const SKIPPED: u32 = 0x8000_0004;
    /// Too much for this JIT.
    pub const IMPLLIMITATION: u32 = 0x8000_0006;
}

/// Bits of the JIT flags, by number.
pub mod jit_flag {
    /// Optimise for size.
    pub const SIZE_OPT: u32 = 1;
    /// Debuggable code.
    pub const DEBUG_CODE: u32 = 2;
    /// Code for edit-and-continue.
    pub const DEBUG_ENC: u32 = 3;
    /// Debug information is wanted.
    pub const DEBUG_INFO: u32 = 4;
    /// Minimal optimisation.
    pub const MIN_OPT: u32 = 5;
    /// Control-flow guard.
    pub const ENABLE_CFG: u32 = 6;
    /// An on-stack-replacement body.
    pub const OSR: u32 = 7;
    /// We are the alternate JIT.
    pub const ALT_JIT: u32 = 8;
    /// Objects that never move may be allocated.
    pub const FROZEN_ALLOC_ALLOWED: u32 = 9;
    /// Ahead of time.
    pub const READYTORUN: u32 = 11;
    /// Profiler hooks at entry and exit.
    pub const PROF_ENTERLEAVE: u32 = 12;
    /// Ahead of time in 9.0; a runtime-async body in 10.0.
    pub const PREJIT_OR_ASYNC: u32 = 14;
    /// Relocatable code.
    pub const RELOC: u32 = 15;
    /// A stub made by the runtime.
    pub const IL_STUB: u32 = 16;
    /// Count blocks.
    pub const BBINSTR: u32 = 18;
    /// Count blocks if there are loops.
    pub const BBINSTR_IF_LOOPS: u32 = 19;
    /// Use collected counts.
    pub const BBOPT: u32 = 20;
    /// A frame chain entry is required.
    pub const FRAMED: u32 = 21;
    /// Publish the stub's secret parameter.
    pub const PUBLISH_SECRET_PARAM: u32 = 22;
    /// Called from native code.
    pub const REVERSE_PINVOKE: u32 = 24;
    /// Report transitions.
    pub const TRACK_TRANSITIONS: u32 = 25;
    /// Tier 0.
    pub const TIER0: u32 = 26;
    /// Tier 1.
    pub const TIER1: u32 = 27;
}

/// `CorInfoType`.
pub mod cor_type {
    /// No type.
    pub const UNDEF: u32 = 0;
    /// `void`.
    pub const VOID: u32 = 1;
    /// `bool`.
    pub const BOOL: u32 = 2;
    /// UTF-16 code unit.
    pub const CHAR: u32 = 3;
    /// i8.
    pub const BYTE: u32 = 4;
    /// u8.
    pub const UBYTE: u32 = 5;
    /// i16.
    pub const SHORT: u32 = 6;
    /// u16.
    pub const USHORT: u32 = 7;
    /// i32.
    pub const INT: u32 = 8;
    /// u32.
    pub const UINT: u32 = 9;
    /// i64.
    pub const LONG: u32 = 10;
    /// u64.
    pub const ULONG: u32 = 11;
    /// Signed, pointer-sized.
    pub const NATIVEINT: u32 = 12;
    /// Unsigned, pointer-sized.
    pub const NATIVEUINT: u32 = 13;
    /// f32.
    pub const FLOAT: u32 = 14;
    /// f64.
    pub const DOUBLE: u32 = 15;
    /// Unused by the runtime.
    pub const STRING: u32 = 16;
    /// Unmanaged pointer.
    pub const PTR: u32 = 17;
    /// Managed pointer.
    pub const BYREF: u32 = 18;
    /// Struct.
    pub const VALUECLASS: u32 = 19;
    /// Object reference.
    pub const CLASS: u32 = 20;
    /// `TypedReference`.
    pub const REFANY: u32 = 21;
    /// A type variable.
    pub const VAR: u32 = 22;
    /// Bits of `CorInfoTypeWithMod` that hold the type.
    pub const TYPE_MASK: u32 = 0x3F;
    /// The local is pinned.
    pub const PINNED: u32 = 0x40;
}

/// Class attribute bits.
pub mod class_attr {
    /// Sealed.
    pub const FINAL: u32 = 0x10;
    /// Value class.
    pub const VALUECLASS: u32 = 0x0001_0000;
    /// Shared canonical code.
    pub const SHAREDINST: u32 = 0x0002_0000;
    /// Strings and arrays.
    pub const VAROBJSIZE: u32 = 0x0004_0000;
    /// Array.
    pub const ARRAY: u32 = 0x0008_0000;
    /// Fields overlap.
    pub const OVERLAPPING_FIELDS: u32 = 0x0010_0000;
    /// Interface.
    pub const INTERFACE: u32 = 0x0020_0000;
    /// Has object references.
    pub const CONTAINS_GC_PTR: u32 = 0x0100_0000;
    /// Delegate.
    pub const DELEGATE: u32 = 0x0200_0000;
    /// Inline array.
    pub const INDEXABLE_FIELDS: u32 = 0x0400_0000;
    /// `ref struct`.
    pub const BYREF_LIKE: u32 = 0x0800_0000;
    /// Initialised before its first field access.
    pub const BEFOREFIELDINIT: u32 = 0x2000_0000;
    /// A value class with buffers: wants a stack cookie.
    pub const UNSAFE_VALUECLASS: u32 = 0x8000_0000;
}

/// Method attribute bits.
pub mod method_attr {
    /// Static.
    pub const STATIC: u32 = 0x8;
    /// Not overridable.
    pub const FINAL: u32 = 0x10;
    /// Synchronized.
    pub const SYNCH: u32 = 0x20;
    /// Virtual.
    pub const VIRTUAL: u32 = 0x40;
    /// Abstract.
    pub const ABSTRACT: u32 = 0x400;
    /// Shared canonical code.
    pub const SHAREDINST: u32 = 0x0002_0000;
    /// `Invoke` of a delegate.
    pub const DELEGATE_INVOKE: u32 = 0x0004_0000;
    /// P/Invoke.
    pub const PINVOKE: u32 = 0x0008_0000;
    /// Known to the JIT; its IL may only be a marker.
    pub const INTRINSIC: u32 = 0x0040_0000;
    /// Constructor.
    pub const CONSTRUCTOR: u32 = 0x0080_0000;
}

/// `setMethodAttribs` bits.
pub mod runtime_flag {
    /// The method was compiled with minimal optimisation although more was asked.
    pub const SWITCHED_TO_MIN_OPT: u32 = 8;
    /// The method was optimised although tier 0 was asked.
    pub const SWITCHED_TO_OPTIMIZED: u32 = 0x10;
}

/// `CorInfoOptions` of a method body.
pub mod options {
    /// Zero the locals.
    pub const INIT_LOCALS: u32 = 0x10;
    /// The generic context comes from `this`.
    pub const GENERICS_CTXT_FROM_THIS: u32 = 0x20;
    /// The generic context is a hidden method parameter.
    pub const GENERICS_CTXT_FROM_METHODDESC: u32 = 0x40;
    /// The generic context is a hidden class parameter.
    pub const GENERICS_CTXT_FROM_METHODTABLE: u32 = 0x80;
    /// Keep the generic context alive.
    pub const KEEP_ALIVE: u32 = 0x100;
    /// Any way to get a generic context.
    pub const ANY_GENERICS_CTXT: u32 =
        GENERICS_CTXT_FROM_THIS | GENERICS_CTXT_FROM_METHODDESC | GENERICS_CTXT_FROM_METHODTABLE;
}

/// Calling-convention byte of a signature.
pub mod call_conv {
    /// Bits that hold the convention.
    pub const MASK: u32 = 0xF;
    /// Managed, fixed arguments.
    pub const DEFAULT: u32 = 0;
    /// Managed, variable arguments.
    pub const VARARG: u32 = 5;
    /// Has a `this`.
    pub const HASTHIS: u32 = 0x20;
    /// `this` is written in the signature.
    pub const EXPLICITTHIS: u32 = 0x40;
    /// Has a hidden generic-context argument.
    pub const PARAMTYPE: u32 = 0x80;
}

/// `CORINFO_CALLINFO_FLAGS`.
pub mod call_info_flag {
    /// A hidden instantiation argument can be passed.
    pub const ALLOWINSTPARAM: u32 = 1;
    /// The instruction is `callvirt`.
    pub const CALLVIRT: u32 = 2;
    /// Check access.
    pub const SECURITYCHECKS: u32 = 0x10;
    /// For `ldftn` or `ldvirtftn`.
    pub const LDFTN: u32 = 0x20;
}

/// `CORINFO_ACCESS_FLAGS`.
pub mod access {
    /// No wish.
    pub const ANY: u32 = 0;
    /// `this` is known not to be null.
    pub const NONNULL: u32 = 4;
    /// Read.
    pub const GET: u32 = 0x100;
    /// Write.
    pub const SET: u32 = 0x200;
    /// Take the address.
    pub const ADDRESS: u32 = 0x400;
}

/// `CORINFO_CALL_KIND`.
pub mod call_kind {
    /// Direct.
    pub const CALL: u32 = 0;
    /// Through a looked-up code pointer.
    pub const CODE_POINTER: u32 = 1;
    /// Interface dispatch through a stub cell.
    pub const STUB: u32 = 2;
    /// Through `VIRTUAL_FUNC_PTR`.
    pub const LDVIRTFTN: u32 = 3;
    /// Through the method table.
    pub const VTABLE: u32 = 4;
}

/// `CORINFO_THIS_TRANSFORM`.
pub mod this_transform {
    /// As it is.
    pub const NONE: u32 = 0;
    /// Box it.
    pub const BOX: u32 = 1;
    /// Load the reference behind it.
    pub const DEREF: u32 = 2;
}

/// `CORINFO_FIELD_ACCESSOR`.
pub mod field_accessor {
    /// At an offset in its object.
    pub const INSTANCE: u32 = 0;
    /// At a known address.
    pub const STATIC_ADDRESS: u32 = 4;
    /// At a known address of read-only data.
    pub const STATIC_RVA_ADDRESS: u32 = 5;
    /// Base from a helper by class.
    pub const STATIC_SHARED_STATIC_HELPER: u32 = 6;
    /// Base from a helper by exact class.
    pub const STATIC_GENERICS_STATIC_HELPER: u32 = 7;
    /// Thread static.
    pub const STATIC_TLS_MANAGED: u32 = 10;
    /// Always zero.
    pub const INTRINSIC_ZERO: u32 = 13;
    /// `String.Empty`.
    pub const INTRINSIC_EMPTY_STRING: u32 = 14;
    /// `BitConverter.IsLittleEndian`.
    pub const INTRINSIC_ISLITTLEENDIAN: u32 = 15;
}

/// `CORINFO_FIELD_FLAGS`.
pub mod field_flag {
    /// Static.
    pub const STATIC: u32 = 1;
    /// Never changes once its class is initialised.
    pub const FINAL: u32 = 4;
    /// A boxed value: the slot holds the box.
    pub const STATIC_IN_HEAP: u32 = 8;
    /// The class constructor may have to run first.
    pub const INITCLASS: u32 = 0x20;
}

/// `CorInfoInitClassResult`.
pub mod init_class {
    /// A trigger must be emitted.
    pub const USE_HELPER: u32 = 2;
}

/// `CorInfoTokenKind`.
pub mod token_kind {
    /// A class.
    pub const CLASS: u32 = 1;
    /// A method.
    pub const METHOD: u32 = 2;
    /// A field.
    pub const FIELD: u32 = 4;
    /// `ldtoken`.
    pub const LDTOKEN: u32 = 0x17;
    /// `castclass`, `isinst`, `unbox`.
    pub const CASTING: u32 = 0x21;
    /// `newarr`: resolves to the array class.
    pub const NEWARR: u32 = 0x41;
    /// `box`.
    pub const BOX: u32 = 0x81;
    /// `constrained.`.
    pub const CONSTRAINED: u32 = 0x101;
    /// `ldvirtftn`.
    pub const LDVIRTFTN: u32 = 0x402;
    /// `newobj`.
    pub const NEWOBJ: u32 = 0x202;
}

/// `InfoAccessType`.
pub mod iat {
    /// The value itself.
    pub const VALUE: u32 = 0;
    /// One load away.
    pub const PVALUE: u32 = 1;
    /// Two loads away.
    pub const PPVALUE: u32 = 2;
}

/// EH clause flags.
pub mod eh_flag {
    /// Has a filter.
    pub const FILTER: u32 = 1;
    /// Finally.
    pub const FINALLY: u32 = 2;
    /// Fault.
    pub const FAULT: u32 = 4;
    /// Protects the same try region as the clause before it.
    pub const SAMETRY: u32 = 16;
}

/// `CorJitAllocMemFlag`.
pub mod alloc_flag {
    /// Code aligned to 16 bytes.
    pub const CODE_16: u32 = 1;
    /// Read-only data aligned to 16 bytes.
    pub const RODATA_16: u32 = 2;
    /// Code aligned to 32 bytes.
    pub const CODE_32: u32 = 4;
    /// Read-only data aligned to 32 bytes.
    pub const RODATA_32: u32 = 8;
    /// Read-only data aligned to 64 bytes.
    pub const RODATA_64: u32 = 16;
}

/// Relocation types.
pub mod reloc {
    /// x64: 32 bits relative to the byte after the field.
    pub const X64_REL32: u16 = 0x10;
    /// arm64: `b`, `bl`.
    pub const ARM64_BRANCH26: u16 = 3;
    /// arm64: `adrp`.
    pub const ARM64_PAGEBASE_REL21: u16 = 4;
    /// arm64: `add` of the offset in the page.
    pub const ARM64_PAGEOFFSET_12A: u16 = 6;
    /// `getRelocTypeHint`: no relative form, use the 64-bit address.
    pub const HINT_NONE: u16 = 0xFFFF;
}

/// Image machine numbers that `getExpectedTargetArchitecture` answers with.
pub mod machine {
    /// x64.
    pub const X64: u32 = 0x8664;
    /// arm64.
    pub const ARM64: u32 = 0xAA64;
}
