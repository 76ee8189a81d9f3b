//! The interface's structures, as the runtime lays them out (LP64 targets), sizes and offsets asserted here.
//!
//! A structure that the runtime fills is given to it zeroed (`Default`): for some of them it writes only what the answer
//! needs. Where releases differ there is a parser per release ([`EeInfo`]).

use std::ffi::c_void;
use std::mem::{offset_of, size_of};

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
        #[repr(transparent)]
        pub struct $name(pub usize);

        impl $name {
            /// No handle.
            pub const NULL: $name = $name(0);
            /// Is it no handle?
            #[inline]
            pub const fn is_null(self) -> bool {
                self.0 == 0
            }
        }
    )*};
}

handles! {
    /// A method of the runtime. Valid during one compilation.
    MethodHandle;
    /// A class; for ordinary classes also the address of the run-time method table.
    ClassHandle;
    /// A field.
    FieldHandle;
    /// The scope of tokens.
    ModuleHandle;
    /// A generic context: a class with bit 0 set, or a method.
    ContextHandle;
    /// A place in a signature's argument list.
    ArgListHandle;
    /// An object, or the address of a cell that holds one.
    ObjectHandle;
}

impl ContextHandle {
    /// The context of the method being compiled.
    pub const CURRENT: ContextHandle = ContextHandle(1);
}

/// `CORINFO_SIG_INFO`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct SigInfo {
    /// Convention and flags ([`super::enums::call_conv`]).
    pub call_conv: u32,
    /// Class of the returned value, enums normalised.
    pub ret_type_class: ClassHandle,
    /// Class of the returned value as written.
    pub ret_type_sig_class: ClassHandle,
    packed: u32,
    _pad: u32,
    /// Generic arguments of the class: count.
    pub class_inst_count: u32,
    /// Generic arguments of the class.
    pub class_inst: usize,
    /// Generic arguments of the method: count.
    pub meth_inst_count: u32,
    /// Generic arguments of the method.
    pub meth_inst: usize,
    /// The first argument's place.
    pub args: ArgListHandle,
    /// The signature's bytes.
    pub sig: usize,
    /// Their number.
    pub sig_size: u32,
    /// For ahead-of-time compilers.
    pub method_signature: usize,
    /// Scope of its tokens.
    pub scope: ModuleHandle,
    /// The signature's own token.
    pub token: u32,
}

impl SigInfo {
    /// `CorInfoType` of the returned value.
    pub fn ret_type(&self) -> u32 {
        self.packed & 0xFF
    }
    /// Arguments, `this` not counted; for a local signature the number of locals.
    pub fn num_args(&self) -> u32 {
        self.packed >> 16
    }
    /// Has a `this` that is not written in the signature?
    pub fn has_implicit_this(&self) -> bool {
        use super::enums::call_conv::{EXPLICITTHIS, HASTHIS};
        self.call_conv & (HASTHIS | EXPLICITTHIS) == HASTHIS
    }
    /// Has a `this` at all?
    pub fn has_this(&self) -> bool {
        self.call_conv & super::enums::call_conv::HASTHIS != 0
    }
    /// Wants a hidden generic-context argument?
    pub fn has_type_arg(&self) -> bool {
        self.call_conv & super::enums::call_conv::PARAMTYPE != 0
    }
}

/// `CORINFO_METHOD_INFO`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct MethodInfo {
    /// The method.
    pub ftn: MethodHandle,
    /// Scope of its tokens.
    pub scope: ModuleHandle,
    /// Address of the IL, valid during the call.
    pub il_code: usize,
    /// Its size in bytes.
    pub il_size: u32,
    /// Deepest evaluation stack.
    pub max_stack: u32,
    /// EH clauses.
    pub eh_count: u32,
    /// [`super::enums::options`].
    pub options: u32,
    /// Kind of code region.
    pub region_kind: u32,
    /// Parameters.
    pub args: SigInfo,
    /// Locals.
    pub locals: SigInfo,
}

/// `CORINFO_RESOLVED_TOKEN`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct ResolvedToken {
    /// In: generic context.
    pub context: ContextHandle,
    /// In: scope.
    pub scope: ModuleHandle,
    /// In: the token.
    pub token: u32,
    /// In: [`super::enums::token_kind`].
    pub kind: u32,
    /// Out: the class, always.
    pub class: ClassHandle,
    /// Out: the method.
    pub method: MethodHandle,
    /// Out: the field.
    pub field: FieldHandle,
    /// Out: type specification.
    pub type_spec: usize,
    /// Out: its size.
    pub type_spec_size: u32,
    /// Out: method specification.
    pub method_spec: usize,
    /// Out: its size.
    pub method_spec_size: u32,
}

/// `CORINFO_CONST_LOOKUP`: where a value is found.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct ConstLookup {
    /// [`super::enums::iat`].
    pub access: u32,
    /// The value, or the address of the cell that leads to it.
    pub addr: usize,
}

/// `CORINFO_LOOKUP_KIND`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct LookupKind {
    /// A byte: the answer is known only at run time.
    pub needs_runtime_lookup: u8,
    /// 0 from `this`, 1 from the method parameter, 2 from the class parameter, 3 not supported.
    pub kind: u32,
    runtime_flags: u16,
    runtime_args: usize,
}

/// `CORINFO_RUNTIME_LOOKUP`, read out of a [`Lookup`].
#[derive(Copy, Clone, Debug, Default)]
pub struct RuntimeLookup {
    /// Argument of the helper.
    pub signature: usize,
    /// Helper that finds the answer the slow way.
    pub helper: u32,
    /// Loads; 0xFFFF use the helper, 0xFFFE null.
    pub indirections: u16,
    /// A byte: a zero answer goes to the helper.
    pub test_for_null: u8,
    /// Offset of the dictionary's size, 0xFFFF none.
    pub size_offset: u16,
    /// Offset of each load.
    pub offsets: [usize; 4],
    /// A byte.
    pub indirect_first_offset: u8,
    /// A byte.
    pub indirect_second_offset: u8,
}

/// `CORINFO_GENERICHANDLE_RESULT`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct GenericHandleResult {
    /// How to get the handle.
    pub lookup: Lookup,
    /// Never to be embedded.
    pub compile_time_handle: usize,
    /// 1 class, 2 method, 3 field.
    pub handle_type: u32,
}

/// `CORINFO_LOOKUP`: a constant, or a recipe for run time; both readings share its words.
#[derive(Copy, Clone, Default)]
#[repr(C)]
pub struct Lookup {
    /// Which reading holds.
    pub kind: LookupKind,
    words: [u64; 8],
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.needs_runtime_lookup() {
            write!(f, "{:?} {:?}", self.kind, self.runtime())
        } else {
            write!(f, "{:?}", self.constant())
        }
    }
}

impl Lookup {
    /// Is the answer known only at run time?
    pub fn needs_runtime_lookup(&self) -> bool {
        self.kind.needs_runtime_lookup != 0
    }
    /// The constant form.
    pub fn constant(&self) -> ConstLookup {
        ConstLookup {
            access: self.words[0] as u32,
            addr: self.words[1] as usize,
        }
    }
    /// The recipe.
    pub fn runtime(&self) -> RuntimeLookup {
        let w = &self.words;
        RuntimeLookup {
            signature: w[0] as usize,
            helper: w[1] as u32,
            indirections: (w[1] >> 32) as u16,
            test_for_null: (w[1] >> 48) as u8,
            size_offset: w[2] as u16,
            offsets: [w[3] as usize, w[4] as usize, w[5] as usize, w[6] as usize],
            indirect_first_offset: w[7] as u8,
            indirect_second_offset: (w[7] >> 8) as u8,
        }
    }
}

/// `CORINFO_HELPER_DESC`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct HelperDesc {
    /// Helper number.
    pub helper: u32,
    /// Arguments used.
    pub num_args: u32,
    /// Value and kind of each.
    pub args: [[usize; 2]; 4],
}

/// `CORINFO_CALL_INFO`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct CallInfo {
    /// The method to call.
    pub method: MethodHandle,
    /// [`super::enums::method_attr`].
    pub method_flags: u32,
    /// [`super::enums::class_attr`].
    pub class_flags: u32,
    /// Its signature.
    pub sig: SigInfo,
    /// 0 allowed, 1 illegal.
    pub access_allowed: u32,
    /// What to call when illegal.
    pub callout_helper: HelperDesc,
    /// [`super::enums::this_transform`].
    pub this_transform: u32,
    /// [`super::enums::call_kind`].
    pub kind: u32,
    /// A byte: `this` must be tested.
    pub null_instance_check: u8,
    /// Exact context of the callee.
    pub context: ContextHandle,
    /// A byte.
    pub exact_context_needs_runtime_lookup: u8,
    /// Stub cell or code pointer, for the kinds that have one.
    pub lookup: Lookup,
    /// Hidden argument (ahead of time).
    pub inst_param_lookup: ConstLookup,
    /// A byte.
    pub wrapper_delegate_invoke: u8,
}

/// `CORINFO_FIELD_INFO`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct FieldInfo {
    /// [`super::enums::field_accessor`].
    pub accessor: u32,
    /// [`super::enums::field_flag`].
    pub flags: u32,
    /// Helper, where the accessor needs one.
    pub helper: u32,
    /// Offset in bytes.
    pub offset: u32,
    /// `CorInfoType`.
    pub field_type: u32,
    /// Class of a struct field.
    pub struct_type: ClassHandle,
    /// 0 allowed, 1 illegal.
    pub access_allowed: u32,
    /// What to call when illegal.
    pub callout_helper: HelperDesc,
    /// Address of a static.
    pub lookup: ConstLookup,
}

/// `AllocMemArgs`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct AllocMemArgs {
    /// In: bytes of code.
    pub hot_size: u32,
    /// In: must be 0.
    pub cold_size: u32,
    /// In: bytes of read-only data.
    pub ro_size: u32,
    /// In: EH clauses.
    pub eh_count: u32,
    /// In: [`super::enums::alloc_flag`].
    pub flags: u32,
    /// Out: where the code will run.
    pub hot: usize,
    /// Out: where to write it.
    pub hot_rw: usize,
    /// Out.
    pub cold: usize,
    /// Out.
    pub cold_rw: usize,
    /// Out: where the data will be.
    pub ro: usize,
    /// Out: where to write it.
    pub ro_rw: usize,
}

/// `CORINFO_EH_CLAUSE`. From the runtime: IL offsets and lengths. To the runtime: code offsets, and ends for lengths.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct EhClause {
    /// [`super::enums::eh_flag`].
    pub flags: u32,
    /// Start of the protected region.
    pub try_offset: u32,
    /// Its length, or its end.
    pub try_length: u32,
    /// Start of the handler.
    pub handler_offset: u32,
    /// Its length, or its end.
    pub handler_length: u32,
    /// Class token of a typed catch, or offset of the filter.
    pub class_token_or_filter: u32,
}

/// One entry of the IL-to-code map.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct OffsetMapping {
    /// Code offset.
    pub native: u32,
    /// IL offset; -1 none, -2 prolog, -3 epilog.
    pub il: u32,
    /// 2 stack empty, 1 sequence point, 4 call site.
    pub source: u32,
}

/// Where a variable is during a range of code.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct NativeVarInfo {
    /// First code offset.
    pub start: u32,
    /// End.
    pub end: u32,
    /// Arguments, then locals; -1 … -4 hidden ones.
    pub number: u32,
    /// Kind of location: 0 register, 2 float register, 3 stack.
    pub loc_type: u64,
    /// Register and offset, by kind.
    pub loc_data: [u32; 4],
}

/// How a struct is passed on System V x64.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct SysvStruct {
    /// A byte: in registers?
    pub in_registers: u8,
    /// Eightbytes.
    pub count: u8,
    /// Class of each: 4 integer, 5 reference, 6 byref, 7 SSE.
    pub classes: [u8; 2],
    /// Bytes of each.
    pub sizes: [u8; 2],
    /// Offset of each.
    pub offsets: [u8; 2],
}

/// `CORINFO_TYPE_LAYOUT_NODE`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct TypeLayoutNode {
    /// Class of a SIMD field.
    pub simd_type: ClassHandle,
    /// For diagnosis.
    pub field: FieldHandle,
    /// Index of the parent, `u32::MAX` for the root.
    pub parent: u32,
    /// Offset from the root.
    pub offset: u32,
    /// Bytes.
    pub size: u32,
    /// Fields directly below.
    pub num_fields: u32,
    /// `CorInfoType`.
    pub ty: u32,
    /// A byte.
    pub significant_padding: u8,
}

/// `CORJIT_FLAGS`.
#[derive(Copy, Clone, Debug, Default)]
#[repr(C)]
pub struct JitFlags {
    /// Bits by number ([`super::enums::jit_flag`]).
    pub bits: u64,
    /// Instruction sets.
    pub isa: [u64; 2],
}

impl JitFlags {
    /// Is flag `bit` set?
    #[inline]
    pub fn has(&self, bit: u32) -> bool {
        self.bits >> bit & 1 != 0
    }
}

/// `CORINFO_EE_INFO` as raw words; releases differ, see [`EeInfo`].
#[derive(Copy, Clone, Debug)]
#[repr(C, align(8))]
pub struct EeInfoRaw(pub [u8; 128]);

/// What a compilation needs of `CORINFO_EE_INFO`, in the units of the runtime (bytes).
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct EeInfo {
    /// Size of the frame of an inlined P/Invoke.
    pub inlined_call_frame_size: u32,
    /// Field offset in a delegate.
    pub delegate_instance: u32,
    /// Field offset in a delegate.
    pub delegate_first_target: u32,
    /// Page size of the system.
    pub page_size: u64,
    /// Largest offset whose access through null is reported without a check.
    pub max_unchecked_null_offset: u64,
    /// 0 Windows, 1 Unix, 2 Apple.
    pub os: u32,
}

/// Offsets in `CORINFO_EE_INFO` in one release.
#[derive(Copy, Clone, Debug)]
pub struct EeInfoLayout {
    /// Of `offsetOfDelegateInstance`; the first target's follows.
    pub delegate_instance: usize,
    /// Of `osPageSize`; the null limit, the ABI and the system follow.
    pub page_size: usize,
}

impl EeInfo {
    /// Reads the words by a release's layout.
    pub fn parse(raw: &EeInfoRaw, layout: &EeInfoLayout) -> EeInfo {
        let u32_at = |at: usize| {
            let mut b = [0; 4];
            b.copy_from_slice(&raw.0[at..at + 4]);
            u32::from_ne_bytes(b)
        };
        let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
        EeInfo {
            inlined_call_frame_size: u32_at(0),
            delegate_instance: u32_at(layout.delegate_instance),
            delegate_first_target: u32_at(layout.delegate_instance + 4),
            page_size: u64_at(layout.page_size),
            max_unchecked_null_offset: u64_at(layout.page_size + 8),
            os: u32_at(layout.page_size + 20),
        }
    }
}

/// The runtime's interface object.
#[derive(Copy, Clone, Debug)]
#[repr(transparent)]
pub struct ObjectPtr(pub *mut c_void);

macro_rules! layout {
    ($($name:ident $size:literal { $($field:ident @ $at:literal),* $(,)? })*) => {
        const _: () = {
            $(assert!(size_of::<$name>() == $size); $(assert!(offset_of!($name, $field) == $at);)*)*
        };
    };
}

#[cfg(target_pointer_width = "64")]
layout! {
    SigInfo 112 { ret_type_class @ 8, packed @ 24, class_inst_count @ 32, class_inst @ 40, meth_inst_count @ 48, meth_inst @ 56, args @ 64, sig @ 72, method_signature @ 88, scope @ 96, token @ 104 }
    MethodInfo 272 { scope @ 8, il_code @ 16, il_size @ 24, max_stack @ 28, eh_count @ 32, options @ 36, region_kind @ 40, args @ 48, locals @ 160 }
    ResolvedToken 80 { scope @ 8, token @ 16, kind @ 20, class @ 24, method @ 32, field @ 40, type_spec @ 48, method_spec @ 64 }
    ConstLookup 16 { addr @ 8 }
    LookupKind 24 { kind @ 4 }
    Lookup 88 { words @ 24 }
    GenericHandleResult 104 { compile_time_handle @ 88, handle_type @ 96 }
    HelperDesc 72 { args @ 8 }
    CallInfo 352 { method_flags @ 8, class_flags @ 12, sig @ 16, access_allowed @ 128, callout_helper @ 136,
        this_transform @ 208, kind @ 212, null_instance_check @ 216, context @ 224, exact_context_needs_runtime_lookup @ 232, lookup @ 240, inst_param_lookup @ 328, wrapper_delegate_invoke @ 344 }
    FieldInfo 128 { flags @ 4, helper @ 8, offset @ 12, field_type @ 16, struct_type @ 24, access_allowed @ 32, callout_helper @ 40, lookup @ 112 }
    AllocMemArgs 72 { flags @ 16, hot @ 24, hot_rw @ 32, ro @ 56, ro_rw @ 64 }
    EhClause 24 { handler_offset @ 12, class_token_or_filter @ 20 }
    OffsetMapping 12 { il @ 4, source @ 8 }
    NativeVarInfo 40 { number @ 8, loc_type @ 16, loc_data @ 24 }
    SysvStruct 8 { count @ 1, classes @ 2, sizes @ 4, offsets @ 6 }
    TypeLayoutNode 40 { parent @ 16, offset @ 20, size @ 24, num_fields @ 28, ty @ 32, significant_padding @ 36 }
    JitFlags 24 { isa @ 8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipe_is_read_from_its_words() {
        let mut u = Lookup::default();
        u.kind.needs_runtime_lookup = 1;
        u.words = [
            0x1234,
            0x0001_0003_0000_0083,
            0xFFFF,
            0x30,
            0,
            0x10,
            0,
            0x0100,
        ];
        let r = u.runtime();
        assert_eq!(
            (r.signature, r.helper, r.indirections, r.test_for_null),
            (0x1234, 0x83, 3, 1)
        );
        assert_eq!((r.size_offset, r.offsets), (0xFFFF, [0x30, 0, 0x10, 0]));
        assert_eq!((r.indirect_first_offset, r.indirect_second_offset), (0, 1));
    }

    #[test]
    fn ee_info_of_both_releases() {
        let mut raw = EeInfoRaw([0; 128]);
        let v9 = &super::super::version::NET_9.ee_info;
        raw.0[0] = 0x40;
        raw.0[52] = 8;
        raw.0[56] = 0x18;
        raw.0[73] = 0x10;
        raw.0[80..82].copy_from_slice(&[0xFF, 7]);
        raw.0[92] = 1;
        let info = EeInfo::parse(&raw, v9);
        assert_eq!(
            info,
            EeInfo {
                inlined_call_frame_size: 0x40,
                delegate_instance: 8,
                delegate_first_target: 0x18,
                page_size: 0x1000,
                max_unchecked_null_offset: 0x7FF,
                os: 1
            }
        );
    }
}
