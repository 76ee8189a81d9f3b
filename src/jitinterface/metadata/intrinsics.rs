//! Methods whose meaning is known, by their names.
//!
//! The runtime marks them; what is not in the tables here is called like any other. Whether an instruction set is there is
//! answered as the stock JIT does, from the compilation's flags: code of both runs in one program.

use super::super::enums::*;
use super::super::names::metadata_names;
use super::super::structs::*;
use super::{CoreClrMetadata, unsupported};
use crate::import::ImportError;
use crate::import::metadata::Intrinsic;
use crate::ir::{Cond, Opcode};

/// Classes of instruction sets in the order of their flags, from 1 on.
const SETS_9: [&str; 16] = [
    "X86Base",
    "Sse",
    "Sse2",
    "Sse3",
    "Ssse3",
    "Sse41",
    "Sse42",
    "Avx",
    "Avx2",
    "Aes",
    "Bmi1",
    "Bmi2",
    "Fma",
    "Lzcnt",
    "Pclmulqdq",
    "Popcnt",
];
/// First flag of the sets' 64-bit forms.
const FIRST_64: u32 = 39;
impl CoreClrMetadata<'_> {
    /// What a call does, if its callee is known.
    pub(super) fn intrinsic(&self, ci: &CallInfo) -> Result<Option<Intrinsic>, ImportError> {
        if ci.method_flags & method_attr::INTRINSIC == 0 || ci.kind != call_kind::CALL {
            return Ok(None);
        }
        let (namespace, class, name) = metadata_names(self.ee, ci.method);
        let class = class.as_str();
        Ok(match (namespace.as_str(), name.as_str()) {
            ("System.StubHelpers", "GetStubContext" | "NextCallReturnAddress") => {
                return unsupported("secret parameter of a stub");
            }
            ("System.Runtime.Intrinsics.X86", "get_IsSupported") => self.supported(class)?,
            ("System.Runtime.Intrinsics" | "System.Numerics", "get_IsHardwareAccelerated") => {
                self.accelerated(class)?
            }
            ("System", name) => self.of_system(ci, class, name)?,
            ("System.Runtime.CompilerServices", name) if class == "Unsafe" => {
                self.of_unsafe(ci, name)?
            }
            ("System.Runtime.CompilerServices", "IsReferenceOrContainsReferences") => {
                let class = self.type_argument(ci)?;
                let attribs = self.ee.class_attribs(class)?;
                let references = attribs & class_attr::VALUECLASS == 0
                    || attribs & class_attr::CONTAINS_GC_PTR != 0;
                Some(Intrinsic::Number(i64::from(references)))
            }
            ("System.Runtime.InteropServices", "GetArrayDataReference")
                if ci.sig.meth_inst_count == 1 =>
            {
                Some(Intrinsic::ArrayData)
            }
            ("System.Threading", name) => self.of_threading(ci, class, name)?,
            ("System.Numerics", name) if class == "BitOperations" => bit_operation(name),
            ("System.Buffers.Binary", "ReverseEndianness") => {
                let wide = |t| {
                    use cor_type::*;
                    matches!(t, INT | UINT | LONG | ULONG | NATIVEINT | NATIVEUINT)
                };
                wide(ci.sig.ret_type()).then_some(Intrinsic::Operator(Opcode::Bswap))
            }
            (namespace, name) if is_vector_class(namespace, class) => {
                match self.vector_method(ci, class, name)? {
                    Some(method) => Some(method),
                    // That is said of the target.
                    None if ci.method == self.info.ftn => None,
                    None if matches!(name, "get_IsSupported" | "get_IsHardwareAccelerated") => None,
                    None => {
                        return unsupported(format!("vector method {namespace}.{class}.{name}"));
                    }
                }
            }
            _ => None,
        })
    }

    fn of_system(
        &self,
        ci: &CallInfo,
        class: &str,
        name: &str,
    ) -> Result<Option<Intrinsic>, ImportError> {
        let float = matches!(ci.sig.ret_type(), cor_type::FLOAT | cor_type::DOUBLE);
        Ok(match (class, name) {
            ("Math" | "MathF", name) if float => {
                let op = match (name, ci.sig.num_args()) {
                    ("Sqrt", 1) => Opcode::Sqrt,
                    ("Abs", 1) => Opcode::Abs,
                    ("Floor", 1) => Opcode::Floor,
                    ("Ceiling", 1) => Opcode::Ceil,
                    ("Round", 1) => Opcode::RoundEven,
                    ("Truncate", 1) => Opcode::TruncFloat,
                    ("CopySign", 2) => Opcode::CopySign,
                    ("Min", 2) => Opcode::Min,
                    ("Max", 2) => Opcode::Max,
                    _ => return Ok(None),
                };
                Some(Intrinsic::Operator(op))
            }
            (
                "BitConverter",
                "DoubleToInt64Bits" | "Int64BitsToDouble" | "SingleToInt32Bits"
                | "Int32BitsToSingle" | "DoubleToUInt64Bits" | "UInt64BitsToDouble"
                | "SingleToUInt32Bits" | "UInt32BitsToSingle",
            ) => Some(Intrinsic::Bitcast),
            ("String", "get_Length") => Some(Intrinsic::StringLength),
            ("String", "get_Chars") => Some(Intrinsic::StringChar),
            ("Span`1" | "ReadOnlySpan`1", "get_Length") => Some(Intrinsic::SpanLength),
            ("Span`1" | "ReadOnlySpan`1", "get_Item") => {
                let class = self.ee.method_class(ci.method)?;
                let element = self.ee.type_instantiation_argument(class, 0)?;
                if element.is_null() {
                    return Ok(None);
                }
                Some(Intrinsic::SpanElement(self.ee.class_size(element)?))
            }
            _ => None,
        })
    }

    fn of_unsafe(&self, ci: &CallInfo, name: &str) -> Result<Option<Intrinsic>, ImportError> {
        Ok(match (name, ci.sig.num_args()) {
            ("As", 1) => Some(Intrinsic::Same),
            ("AsRef" | "AsPointer", 1) => Some(Intrinsic::Bitcast),
            ("Add", 2) => {
                let element = self.type_argument(ci)?;
                Some(Intrinsic::AddScaled(self.ee.class_size(element)?))
            }
            ("AddByteOffset", 2) => Some(Intrinsic::AddScaled(1)),
            ("ByteOffset", 2) => Some(Intrinsic::Distance),
            ("AreSame", 2) => Some(Intrinsic::Compare(Cond::Eq)),
            ("IsAddressGreaterThan", 2) => Some(Intrinsic::Compare(Cond::UGt)),
            ("IsAddressLessThan", 2) => Some(Intrinsic::Compare(Cond::ULt)),
            ("IsNullRef", 1) => Some(Intrinsic::Compare(Cond::Eq)),
            ("NullRef", 0) => Some(Intrinsic::Number(0)),
            ("SizeOf", 0) => {
                let size = self.ee.class_size(self.type_argument(ci)?)?;
                Some(Intrinsic::Number(i64::from(size)))
            }
            ("SkipInit", 1) => Some(Intrinsic::Ignore),
            ("ReadUnaligned", 1) => Some(Intrinsic::ReadUnaligned),
            ("WriteUnaligned", 2) => Some(Intrinsic::WriteUnaligned),
            _ => None,
        })
    }

    fn of_threading(
        &self,
        ci: &CallInfo,
        class: &str,
        name: &str,
    ) -> Result<Option<Intrinsic>, ImportError> {
        use cor_type::*;
        let integer = matches!(
            ci.sig.ret_type(),
            BYTE | UBYTE | SHORT | USHORT | INT | UINT | LONG | ULONG | NATIVEINT | NATIVEUINT
        );
        Ok(match (class, name) {
            ("Interlocked", "MemoryBarrier" | "ReadMemoryBarrier")
            | ("Thread", "MemoryBarrier") => Some(Intrinsic::Fence),
            ("Interlocked", name) if integer && ci.sig.meth_inst_count == 0 => match name {
                "Exchange" => Some(Intrinsic::Atomic(Opcode::AtomicXchg)),
                "ExchangeAdd" => Some(Intrinsic::Atomic(Opcode::AtomicAdd)),
                "CompareExchange" => Some(Intrinsic::Atomic(Opcode::AtomicCmpXchg)),
                "And" => Some(Intrinsic::Atomic(Opcode::AtomicAnd)),
                "Or" => Some(Intrinsic::Atomic(Opcode::AtomicOr)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Are vectors of a class worth while? As the stock JIT says, so that a program sees one answer.
    fn accelerated(&self, class: &str) -> Result<Option<Intrinsic>, ImportError> {
        let x64 = cfg!(target_arch = "x86_64");
        let [avx2, avx512] = self.ee.version().wide_flags;
        let there = |flag: u32| Ok::<_, ImportError>(self.ee.jit_flags()?.isa[0] >> flag & 1);
        let answer = match class {
            "Vector" | "Vector128" => 1,
            "Vector64" => u64::from(!x64),
            "Vector256" | "Vector512" if !x64 => 0,
            "Vector256" => there(avx2)?,
            "Vector512" if there(avx512)? == 0 => 0,
            // With AVX-512 it depends on the processor.
            _ => return Ok(None),
        };
        Ok(Some(Intrinsic::Number(answer as i64)))
    }

    /// Is the instruction set of a class there? Only what the stock JIT is sure to answer alike.
    fn supported(&self, class: &str) -> Result<Option<Intrinsic>, ImportError> {
        let known = self.ee.version().guid == super::super::version::NET_9.guid;
        if !known || !cfg!(target_arch = "x86_64") {
            return Ok(None);
        }
        let position = |class: &str| SETS_9.iter().position(|&s| s == class);
        let flag = match class.split_once('.') {
            Some((set, "X64")) => position(set).map(|i| FIRST_64 + i as u32),
            None => position(class).map(|i| 1 + i as u32),
            _ => None,
        };
        let Some(flag) = flag else { return Ok(None) };
        let flags = self.ee.jit_flags()?;
        let set = flags.isa[(flag / 64) as usize] >> (flag % 64) & 1;
        Ok(Some(Intrinsic::Number(set as i64)))
    }

    /// The first type that a generic method is made for.
    fn type_argument(&self, ci: &CallInfo) -> Result<ClassHandle, ImportError> {
        if ci.sig.meth_inst_count == 0 || ci.sig.meth_inst == 0 {
            return unsupported("intrinsic without its type");
        }
        // SAFETY: the runtime says that class handles stand there, at least one, valid during the compilation.
        Ok(unsafe { *std::ptr::with_exposed_provenance::<ClassHandle>(ci.sig.meth_inst) })
    }
}

/// Are the methods of a class about vectors?
fn is_vector_class(namespace: &str, class: &str) -> bool {
    namespace.starts_with("System.Runtime.Intrinsics")
        || namespace == "System.Numerics"
            && (class.starts_with("Vector")
                || matches!(class, "Plane" | "Quaternion" | "Matrix3x2" | "Matrix4x4"))
}

fn bit_operation(name: &str) -> Option<Intrinsic> {
    Some(match name {
        "RotateLeft" => Intrinsic::Operator(Opcode::Rol),
        "RotateRight" => Intrinsic::Operator(Opcode::Ror),
        "PopCount" => Intrinsic::Count(Opcode::Popcnt),
        "LeadingZeroCount" => Intrinsic::Count(Opcode::Clz),
        "TrailingZeroCount" => Intrinsic::Count(Opcode::Ctz),
        _ => return None,
    })
}
