//! Values, and how a run ends.

use crate::ir::{NodeId, Opcode, TrapKind};
use crate::types::VarType;

/// A value of a running method.
#[derive(Clone, Debug)]
pub enum Value {
    /// `i32`.
    I32(i32),
    /// `i64`.
    I64(i64),
    /// `f32`.
    F32(f32),
    /// `f64`.
    F64(f64),
    /// A reference.
    Ref(u64),
    /// An interior or unmanaged pointer.
    Byref(u64),
    /// The bytes of a struct.
    Struct(Vec<u8>),
    /// A vector of this type: its bytes, lane 0 first, zeros behind.
    Vector(VarType, [u8; 64]),
}

/// Equal bits and equal type; a NaN equals every NaN of its type, for hardware differs in the payload it makes.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::F32(a), Value::F32(b)) => {
                a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
            }
            (Value::F64(a), Value::F64(b)) => {
                a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
            }
            (Value::Struct(a), Value::Struct(b)) => a == b,
            (Value::Struct(_), _) | (_, Value::Struct(_)) => false,
            (Value::Vector(t, a), Value::Vector(u, b)) => t == u && a == b,
            (Value::Vector(..), _) | (_, Value::Vector(..)) => false,
            _ => self.ty() == other.ty() && self.bits() == other.bits(),
        }
    }
}

impl Value {
    /// The type: never a small one.
    pub fn ty(&self) -> VarType {
        match self {
            Value::I32(_) => VarType::I32,
            Value::I64(_) => VarType::I64,
            Value::F32(_) => VarType::F32,
            Value::F64(_) => VarType::F64,
            Value::Ref(_) => VarType::Ref,
            Value::Byref(_) => VarType::Byref,
            Value::Struct(_) => VarType::Struct,
            Value::Vector(ty, _) => *ty,
        }
    }

    /// The bit pattern, `i32` sign-extended and `f32` zero-extended; none of a struct or vector.
    pub fn bits(&self) -> Option<u64> {
        Some(match *self {
            Value::I32(v) => v as i64 as u64,
            Value::I64(v) => v as u64,
            Value::F32(v) => v.to_bits().into(),
            Value::F64(v) => v.to_bits(),
            Value::Ref(v) | Value::Byref(v) => v,
            Value::Struct(_) | Value::Vector(..) => return None,
        })
    }

    /// The value of type `ty` with these bits, small types normalised; `None` for types without a scalar value. Of vectors there is
    /// zero.
    pub fn from_bits(ty: VarType, bits: u64) -> Option<Value> {
        if ty.is_vector() {
            return (bits == 0 && ty.size() <= 64).then_some(Value::Vector(ty, [0; 64]));
        }
        super::memory::read_value(ty, &bits.to_le_bytes())
    }
}

/// `i32` and `i64` decimal, floats shortest that reads back, pointers hexadecimal, structs and vectors as hexadecimal bytes.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::I32(v) => write!(f, "{v}"),
            Value::I64(v) => write!(f, "{v}"),
            Value::F32(v) => write!(f, "{v:?}"),
            Value::F64(v) => write!(f, "{v:?}"),
            Value::Ref(v) | Value::Byref(v) => write!(f, "{v:#x}"),
            Value::Struct(b) => {
                f.write_str("struct:")?;
                b.iter().try_for_each(|x| write!(f, "{x:02x}"))
            }
            Value::Vector(ty, b) => {
                write!(f, "{ty}:")?;
                let used = &b[..ty.size().min(32) as usize];
                used.iter().try_for_each(|x| write!(f, "{x:02x}"))
            }
        }
    }
}

/// What the interpreter refuses. A valid method with an opcode it does not know, or a method that is not valid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Error {
    /// No method of this name.
    NotFound(String),
    /// The opcode (or this use of it) is not interpreted.
    Unsupported(Opcode),
    /// A call of a helper that is not modelled, or a lookup.
    UnsupportedCall(String),
    /// An access outside every object.
    BadAddress(u64),
    /// More steps than allowed.
    OutOfFuel,
    /// More memory than allowed.
    OutOfMemory,
    /// Number or types of arguments do not fit the method called.
    BadArguments(String),
    /// The body is malformed at this node: what is wrong.
    Malformed(NodeId, &'static str),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::NotFound(n) => write!(f, "no method {n}"),
            Error::Unsupported(op) => write!(f, "unsupported by the interpreter: {}", op.name()),
            Error::UnsupportedCall(n) => write!(f, "unsupported by the interpreter: call of {n}"),
            Error::BadAddress(a) => write!(f, "access outside every object at {a:#x}"),
            Error::OutOfFuel => f.write_str("out of fuel"),
            Error::OutOfMemory => f.write_str("out of memory"),
            Error::BadArguments(n) => write!(f, "arguments do not fit {n}"),
            Error::Malformed(n, what) => write!(f, "malformed body at {n}: {what}"),
        }
    }
}

/// A run that did not return.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// An exception that nobody caught, or one that cannot be caught.
    Trap {
        /// Which.
        kind: TrapKind,
        /// The method it was raised in.
        method: String,
        /// The source position of the node that raised it; 0 if not known.
        line: u32,
    },
    /// The interpreter refused.
    Error(Error),
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Trap { kind, method, line } => {
                write!(f, "trap: {} at {method}:{line}", kind.name())
            }
            Outcome::Error(e) => write!(f, "error: {e}"),
        }
    }
}

impl std::error::Error for Outcome {}

impl From<Error> for Outcome {
    fn from(e: Error) -> Outcome {
        Outcome::Error(e)
    }
}
