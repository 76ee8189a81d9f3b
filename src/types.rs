//! The few types every layer shares: value types, GC kinds and class layouts.

/// The type of a value, a local or a memory access.
///
/// Small integers (`I8`..`U16`) exist only as memory, parameter and return types; a value read from them is an `I32`
/// ([`VarType::actual`]).
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum VarType {
    /// No value.
    #[default]
    Void,
    /// Signed 8-bit, in memory.
    I8,
    /// Unsigned 8-bit, in memory.
    U8,
    /// Signed 16-bit, in memory.
    I16,
    /// Unsigned 16-bit, in memory.
    U16,
    /// 32-bit integer.
    I32,
    /// 64-bit integer, also an unmanaged address.
    I64,
    /// IEEE single.
    F32,
    /// IEEE double.
    F64,
    /// A reference to the start of a managed object, or null.
    Ref,
    /// A pointer into a managed object, its end, or unmanaged memory.
    Byref,
    /// A value class; its layout stands beside.
    Struct,
    /// 8-byte vector.
    V64,
    /// 12-byte vector in memory, 16 in a register with the upper lane zero.
    V96,
    /// 16-byte vector.
    V128,
    /// 32-byte vector.
    V256,
    /// 64-byte vector.
    V512,
    /// A predicate register's value.
    Mask,
}

/// How the collector sees a word.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
#[repr(u8)]
pub enum GcKind {
    /// Not a GC pointer.
    #[default]
    None,
    /// An object reference.
    Ref,
    /// An interior pointer.
    Byref,
}

impl VarType {
    /// Every type, in the order of the encoding.
    pub const ALL: [VarType; 18] = {
        use VarType::*;
        [
            Void, I8, U8, I16, U16, I32, I64, F32, F64, Ref, Byref, Struct, V64, V96, V128, V256,
            V512, Mask,
        ]
    };

    /// The name in text IR.
    pub const fn name(self) -> &'static str {
        use VarType::*;
        match self {
            Void => "void",
            I8 => "i8",
            U8 => "u8",
            I16 => "i16",
            U16 => "u16",
            I32 => "i32",
            I64 => "i64",
            F32 => "f32",
            F64 => "f64",
            Ref => "ref",
            Byref => "byref",
            Struct => "struct",
            V64 => "v64",
            V96 => "v96",
            V128 => "v128",
            V256 => "v256",
            V512 => "v512",
            Mask => "mask",
        }
    }

    /// The type named `s` in text IR (not `struct`, which needs its layout).
    pub fn from_name(s: &str) -> Option<VarType> {
        // The reader of text asks this for every node: by the bytes, the usual ones first.
        use VarType::*;
        Some(match s.as_bytes() {
            b"i32" => I32,
            b"i64" => I64,
            b"f64" => F64,
            b"ref" => Ref,
            _ => return Self::ALL.into_iter().find(|t| t.name() == s),
        })
    }

    /// Bytes in memory; 0 for `Void` and `Struct`.
    #[inline]
    pub const fn size(self) -> u32 {
        const SIZES: [u8; 18] = [0, 1, 1, 2, 2, 4, 8, 4, 8, 8, 8, 0, 8, 12, 16, 32, 64, 8];
        SIZES[self as usize] as u32
    }

    /// Natural alignment in memory, in bytes; 1 for `Void` and `Struct`.
    #[inline]
    pub const fn align(self) -> u32 {
        match self {
            VarType::V96 => 16,
            _ => {
                let s = self.size();
                if s == 0 { 1 } else { s }
            }
        }
    }

    /// The type of the value once loaded: small integers become `I32`.
    #[inline]
    pub const fn actual(self) -> VarType {
        match self {
            VarType::I8 | VarType::U8 | VarType::I16 | VarType::U16 => VarType::I32,
            t => t,
        }
    }

    /// `I8`..`U16`?
    #[inline]
    pub const fn is_small(self) -> bool {
        matches!(
            self,
            VarType::I8 | VarType::U8 | VarType::I16 | VarType::U16
        )
    }

    /// Zero-extended when loaded?
    #[inline]
    pub const fn is_unsigned_small(self) -> bool {
        matches!(self, VarType::U8 | VarType::U16)
    }

    /// Held in an integer register (references and byrefs included)?
    #[inline]
    pub const fn is_int(self) -> bool {
        (self as u8 >= VarType::I8 as u8 && self as u8 <= VarType::I64 as u8) || self.is_gc()
    }

    /// Held in a 64-bit integer register view (i64, ref, byref)?
    #[inline]
    pub const fn is_wide_int(self) -> bool {
        matches!(self, VarType::I64 | VarType::Ref | VarType::Byref)
    }

    /// `Void` or a type whose values are one number or pointer?
    #[inline]
    pub const fn is_scalar(self) -> bool {
        (self as u8) < VarType::Struct as u8
    }

    /// `F32` or `F64`?
    #[inline]
    pub const fn is_float(self) -> bool {
        matches!(self, VarType::F32 | VarType::F64)
    }

    /// A vector?
    #[inline]
    pub const fn is_vector(self) -> bool {
        self as u8 >= VarType::V64 as u8 && self as u8 <= VarType::V512 as u8
    }

    /// Held in a floating-point/vector register?
    #[inline]
    pub const fn is_float_reg(self) -> bool {
        self.is_float() || self.is_vector()
    }

    /// `Ref` or `Byref`?
    #[inline]
    pub const fn is_gc(self) -> bool {
        matches!(self, VarType::Ref | VarType::Byref)
    }

    /// How the collector sees a value of this type.
    #[inline]
    pub const fn gc_kind(self) -> GcKind {
        match self {
            VarType::Ref => GcKind::Ref,
            VarType::Byref => GcKind::Byref,
            _ => GcKind::None,
        }
    }
}

impl std::fmt::Display for VarType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

crate::define_index! {
    /// An interned [`ClassLayout`].
    LayoutId = "layout";
}

/// The memory shape of a value class: what the compiler must know to copy it, pass it and report it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ClassLayout {
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes, a power of two.
    pub align: u32,
    /// One kind per pointer-sized word, `size / 8` rounded up; empty when no word is a GC pointer.
    pub gc: Vec<GcKind>,
    /// The scalar fields in ascending offset order: what ABI classification looks at. Empty means opaque integers.
    pub fields: Vec<LayoutField>,
    /// System V x64: travels in memory, however small it is and whatever its fields are. .NET passes its vectors so.
    pub in_memory: bool,
    /// Name for the text form; may be empty.
    pub name: String,
}

/// One scalar field of a [`ClassLayout`].
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct LayoutField {
    /// Offset in bytes.
    pub offset: u32,
    /// Scalar type.
    pub ty: VarType,
}

impl ClassLayout {
    /// The GC kind of the word at byte offset `offset` (a multiple of 8).
    pub fn gc_at(&self, offset: u32) -> GcKind {
        self.gc
            .get(offset as usize / 8)
            .copied()
            .unwrap_or_default()
    }
    /// Has any GC pointer?
    pub fn has_gc(&self) -> bool {
        self.gc.iter().any(|&g| g != GcKind::None)
    }
}
