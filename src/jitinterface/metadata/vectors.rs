//! The runtime's vector classes, and those of their methods that are nodes of ours.

use super::super::enums::{class_attr, cor_type};
use super::super::names::class_name_of;
use super::super::structs::*;
use super::CoreClrMetadata;
use crate::import::ImportError;
use crate::import::metadata::{Intrinsic, VectorMethod, VectorOp};
use crate::ir::{Cond, VecOp};
use crate::types::VarType;

/// Attribute bit of classes that the JIT knows.
const INTRINSIC_TYPE: u32 = 0x200;

/// A vector class made for an element type.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) struct VectorClass {
    /// The vector.
    pub ty: VarType,
    /// The lanes, with their sign; `Void` if they are none that vectors have.
    element: Element,
}

/// The type of lanes.
#[derive(Copy, Clone, PartialEq, Eq)]
struct Element {
    ty: VarType,
    unsigned: bool,
}

impl Element {
    fn of(cor: u32) -> Option<Element> {
        use cor_type::*;
        let (ty, unsigned) = match cor {
            BYTE => (VarType::I8, false),
            UBYTE => (VarType::I8, true),
            SHORT => (VarType::I16, false),
            USHORT => (VarType::I16, true),
            INT => (VarType::I32, false),
            UINT => (VarType::I32, true),
            LONG | NATIVEINT => (VarType::I64, false),
            ULONG | NATIVEUINT => (VarType::I64, true),
            FLOAT => (VarType::F32, false),
            DOUBLE => (VarType::F64, false),
            _ => return None,
        };
        Some(Element { ty, unsigned })
    }

    fn is_float(self) -> bool {
        self.ty.is_float()
    }

    /// The type as which a lane is read.
    fn as_scalar(self) -> VarType {
        match (self.ty, self.unsigned) {
            (VarType::I8, true) => VarType::U8,
            (VarType::I16, true) => VarType::U16,
            (ty, _) => ty,
        }
    }
}

/// One argument or the result of a vector method.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Shape {
    Vector(VectorClass),
    /// A primitive, by its `CorInfoType`.
    Other(u32),
}

impl Shape {
    fn vector(self) -> Option<VectorClass> {
        match self {
            Shape::Vector(v) => Some(v),
            Shape::Other(_) => None,
        }
    }
}

impl CoreClrMetadata<'_> {
    /// What a class is as a vector; none if it is no vector that code works on.
    pub(super) fn vector_class(&self, class: ClassHandle) -> Option<VectorClass> {
        let attribs = self.ee.class_attribs(class).ok()?;
        let wanted = class_attr::VALUECLASS | INTRINSIC_TYPE;
        if attribs & wanted != wanted {
            return None;
        }
        let (namespace, name) = class_name_of(self.ee, class);
        if namespace == "System.Numerics" {
            let ty = match name.as_str() {
                "Vector2" => Some(VarType::V64),
                "Vector3" => Some(VarType::V96),
                "Vector4" => Some(VarType::V128),
                _ => None,
            };
            let element = Element::of(cor_type::FLOAT)?;
            if let Some(ty) = ty {
                return Some(VectorClass { ty, element });
            }
        }
        let generic = match namespace.as_str() {
            "System.Runtime.Intrinsics" => {
                matches!(
                    name.as_str(),
                    "Vector64`1" | "Vector128`1" | "Vector256`1" | "Vector512`1"
                )
            }
            "System.Numerics" => name == "Vector`1",
            _ => false,
        };
        if !generic {
            return None;
        }
        let ty = match self.ee.class_size(class).ok()? {
            8 => VarType::V64,
            16 => VarType::V128,
            32 => VarType::V256,
            64 => VarType::V512,
            _ => return None,
        };
        let element = self.ee.type_instantiation_argument(class, 0).ok()?;
        if element.is_null() {
            return None;
        }
        let element = Element::of(self.ee.as_cor_type(element).ok()?)?;
        Some(VectorClass { ty, element })
    }

    fn shape(&self, cor: u32, class: ClassHandle) -> Shape {
        if cor != cor_type::VALUECLASS {
            return Shape::Other(cor);
        }
        match self.vector_class(class) {
            Some(v) => Shape::Vector(v),
            None => Shape::Other(cor),
        }
    }

    /// What a method of a vector class does, if that is known.
    pub(super) fn vector_method(
        &self,
        ci: &CallInfo,
        class: &str,
        name: &str,
    ) -> Result<Option<Intrinsic>, ImportError> {
        if !matches!(
            class.trim_end_matches("`1"),
            "Vector64"
                | "Vector128"
                | "Vector256"
                | "Vector512"
                | "Vector"
                | "Vector2"
                | "Vector3"
                | "Vector4"
        ) || ci.sig.has_implicit_this()
        {
            return Ok(None);
        }
        // Implementations of an interface bear its name in front.
        let name = name.rsplit('.').next().unwrap_or(name);
        let ret = self.shape(ci.sig.ret_type(), ci.sig.ret_type_class);
        let mut args = Vec::with_capacity(ci.sig.num_args() as usize);
        let mut arg = ci.sig.args;
        for _ in 0..ci.sig.num_args() {
            let mut of = ClassHandle::NULL;
            let cor = self.ee.arg_type(&ci.sig, arg, &mut of)? & cor_type::TYPE_MASK;
            args.push(self.shape(cor, of));
            arg = self.ee.arg_next(arg)?;
        }
        if name == "get_IsSupported" {
            let of = self.ee.method_class(ci.method)?;
            let supported = self.vector_class(of).is_some();
            return Ok(Some(Intrinsic::Number(i64::from(supported))));
        }
        if name == "get_Count" {
            let of = self.ee.method_class(ci.method)?;
            return Ok(self
                .vector_class(of)
                .map(|v| Intrinsic::Number(i64::from(v.ty.size() / v.element.ty.size()))));
        }
        Ok(method(name, ret, &args).map(Intrinsic::Vector))
    }
}

/// The method `name` of these arguments and this result.
fn method(name: &str, ret: Shape, args: &[Shape]) -> Option<VectorMethod> {
    let known = |op, v: VectorClass, element| {
        Some(VectorMethod {
            op,
            vector: v.ty,
            element,
        })
    };
    let same = |n: usize| {
        let v = ret.vector()?;
        (args.len() == n && args.iter().all(|a| *a == ret)).then_some(v)
    };
    if let Some(op) = unary(name) {
        let v = same(1)?;
        let fits = op.info().elements.contains(v.element.ty);
        let unsigned_abs = op == VecOp::Abs && v.element.unsigned;
        return (fits && !unsigned_abs)
            .then(|| known(VectorOp::Unary(op), v, v.element.ty))
            .flatten();
    }
    if let Some(op) = ret.vector().and_then(|v| binary(name, v.element)) {
        let v = same(2)?;
        let fits = op.info().elements.contains(v.element.ty);
        return fits
            .then(|| known(VectorOp::Binary(op), v, v.element.ty))
            .flatten();
    }
    match *args {
        [] => {
            let byte = match name {
                "get_Zero" => 0,
                "get_AllBitsSet" => 0xff,
                _ => return None,
            };
            let v = ret.vector()?;
            known(VectorOp::Filled(byte), v, v.element.ty)
        }
        [Shape::Vector(a)] => of_vector(name, a, ret).and_then(|(op, v, e)| known(op, v, e)),
        [Shape::Other(cor_type::PTR | cor_type::BYREF)] => {
            let v = ret.vector()?;
            let load = matches!(
                name,
                "Load" | "LoadUnsafe" | "LoadAligned" | "LoadAlignedNonTemporal"
            );
            load.then(|| known(VectorOp::Load { indexed: false }, v, v.element.ty))
                .flatten()
        }
        [
            Shape::Other(cor_type::BYREF),
            Shape::Other(cor_type::NATIVEUINT),
        ] if name == "LoadUnsafe" => {
            let v = ret.vector()?;
            known(VectorOp::Load { indexed: true }, v, v.element.ty)
        }
        [
            Shape::Vector(v),
            Shape::Other(cor_type::PTR | cor_type::BYREF),
        ] => {
            let store = matches!(
                name,
                "Store" | "StoreUnsafe" | "StoreAligned" | "StoreAlignedNonTemporal"
            );
            store
                .then(|| known(VectorOp::Store { indexed: false }, v, v.element.ty))
                .flatten()
        }
        [
            Shape::Vector(v),
            Shape::Other(cor_type::BYREF),
            Shape::Other(cor_type::NATIVEUINT),
        ] if name == "StoreUnsafe" => known(VectorOp::Store { indexed: true }, v, v.element.ty),
        [Shape::Vector(v), Shape::Other(of)] if by_scalar(name, v, of, ret).is_some() => {
            let op = by_scalar(name, v, of, ret)?;
            known(VectorOp::ByScalar { op, second: true }, v, v.element.ty)
        }
        [Shape::Other(of), Shape::Vector(v)] => {
            let op = by_scalar(name, v, of, ret)?;
            (op == VecOp::Mul)
                .then(|| known(VectorOp::ByScalar { op, second: false }, v, v.element.ty))
                .flatten()
        }
        [Shape::Vector(a), Shape::Vector(b)] if a == b => {
            of_two_vectors(name, a, ret).and_then(|(op, v, e)| known(op, v, e))
        }
        [Shape::Vector(a), Shape::Vector(b), Shape::Vector(c)] if a == b && b == c => {
            (name == "ConditionalSelect" && ret == args[0])
                .then(|| known(VectorOp::Select, a, a.element.ty))
                .flatten()
        }
        [Shape::Vector(v), Shape::Other(cor_type::INT)] => {
            if ret == args[0] && !v.element.is_float() {
                let op = shift(name, v.element)?;
                return known(VectorOp::Shift(op), v, v.element.ty);
            }
            (name == "GetElement")
                .then(|| {
                    known(
                        VectorOp::Extract { indexed: true },
                        v,
                        v.element.as_scalar(),
                    )
                })
                .flatten()
        }
        [
            Shape::Vector(v),
            Shape::Other(cor_type::INT),
            Shape::Other(of),
        ] => (name == "WithElement" && ret == args[0] && Element::of(of) == Some(v.element))
            .then(|| known(VectorOp::Insert, v, v.element.ty))
            .flatten(),
        _ => of_scalars(name, ret.vector()?, args).and_then(|op| {
            let v = ret.vector()?;
            known(op, v, v.element.ty)
        }),
    }
}

fn unary(name: &str) -> Option<VecOp> {
    Some(match name {
        "op_UnaryNegation" | "Negate" => VecOp::Neg,
        "op_OnesComplement" | "OnesComplement" => VecOp::Not,
        "Abs" => VecOp::Abs,
        "Sqrt" | "SquareRoot" => VecOp::Sqrt,
        "Floor" => VecOp::Floor,
        "Ceiling" => VecOp::Ceil,
        "Truncate" => VecOp::Trunc,
        _ => return None,
    })
}

fn binary(name: &str, element: Element) -> Option<VecOp> {
    let signed = !element.unsigned;
    Some(match name {
        "op_Addition" | "Add" => VecOp::Add,
        "op_Subtraction" | "Subtract" => VecOp::Sub,
        "op_Multiply" | "Multiply" => VecOp::Mul,
        "op_Division" | "Divide" => VecOp::Div,
        "op_BitwiseAnd" | "BitwiseAnd" => VecOp::And,
        "op_BitwiseOr" | "BitwiseOr" => VecOp::Or,
        "op_ExclusiveOr" | "Xor" => VecOp::Xor,
        "AndNot" => VecOp::AndNot,
        // What becomes of NaN and of zeros differs between releases.
        "Min" if element.is_float() => return None,
        "Max" if element.is_float() => return None,
        "Min" if signed => VecOp::Min,
        "Min" => VecOp::UMin,
        "Max" if signed => VecOp::Max,
        "Max" => VecOp::UMax,
        _ => return None,
    })
}

/// The operation of a vector and a scalar of its element type.
fn by_scalar(name: &str, v: VectorClass, of: u32, ret: Shape) -> Option<VecOp> {
    let op = match name {
        "op_Multiply" | "Multiply" => VecOp::Mul,
        "op_Division" | "Divide" if v.element.is_float() => VecOp::Div,
        _ => return None,
    };
    (Element::of(of) == Some(v.element) && ret == Shape::Vector(v)).then_some(op)
}

fn shift(name: &str, element: Element) -> Option<VecOp> {
    Some(match name {
        "op_LeftShift" | "ShiftLeft" => VecOp::Shl,
        "op_RightShift" if !element.unsigned => VecOp::Sar,
        "ShiftRightArithmetic" => VecOp::Sar,
        "op_RightShift" | "op_UnsignedRightShift" | "ShiftRightLogical" => VecOp::Shr,
        _ => return None,
    })
}

type Known = (VectorOp, VectorClass, VarType);

/// Methods of one vector.
fn of_vector(name: &str, a: VectorClass, ret: Shape) -> Option<Known> {
    match (name, ret) {
        ("ExtractMostSignificantBits", Shape::Other(cor_type::UINT)) => {
            Some((VectorOp::Mask, a, a.element.ty))
        }
        ("ToScalar", Shape::Other(_)) => Some((
            VectorOp::Extract { indexed: false },
            a,
            a.element.as_scalar(),
        )),
        ("GetLower" | "GetUpper", Shape::Vector(half)) if 2 * half.ty.size() == a.ty.size() => {
            let upper = name == "GetUpper";
            Some((VectorOp::Half { upper }, half, half.element.ty))
        }
        ("WidenLower" | "WidenUpper", Shape::Vector(wide))
            if wide.ty == a.ty && wide.element.ty.size() == 2 * a.element.ty.size() =>
        {
            let op = match (name == "WidenUpper", a.element.unsigned) {
                (false, false) => VecOp::WidenLow,
                (true, false) => VecOp::WidenHigh,
                (false, true) => VecOp::UWidenLow,
                (true, true) => VecOp::UWidenHigh,
            };
            let fits = op.info().elements.contains(wide.element.ty);
            fits.then_some((VectorOp::Unary(op), wide, wide.element.ty))
        }
        ("op_UnaryPlus", Shape::Vector(b)) if a == b => {
            Some((VectorOp::Reinterpret, b, b.element.ty))
        }
        // `As`, `AsByte` and the like, also between classes of one size.
        (name, Shape::Vector(b)) if name.starts_with("As") && a.ty == b.ty => {
            Some((VectorOp::Reinterpret, b, b.element.ty))
        }
        _ => None,
    }
}

/// Methods of two vectors of one class.
fn of_two_vectors(name: &str, a: VectorClass, ret: Shape) -> Option<Known> {
    if name == "Create" {
        let whole = ret.vector()?;
        return (whole.ty.size() == 2 * a.ty.size()).then_some((VectorOp::Join, a, a.element.ty));
    }
    if name == "Narrow" {
        let narrow = ret.vector()?;
        let fits = narrow.ty == a.ty
            && 2 * narrow.element.ty.size() == a.element.ty.size()
            && VecOp::Narrow.info().elements.contains(narrow.element.ty);
        return fits.then_some((VectorOp::Binary(VecOp::Narrow), narrow, narrow.element.ty));
    }
    let op = match ret {
        Shape::Vector(of) if of.ty == a.ty => {
            // `Vector`'s methods of floats give vectors of integers.
            VectorOp::Compare(condition(name, a.element.unsigned)?)
        }
        Shape::Other(cor_type::BOOL) => {
            let all = name.strip_suffix("All");
            let any = name.strip_suffix("Any");
            match (name, all, any) {
                ("op_Equality", ..) => VectorOp::CompareAll(Cond::Eq),
                ("op_Inequality", ..) => VectorOp::CompareNotAll(Cond::Eq),
                (_, Some(name), _) => VectorOp::CompareAll(condition(name, a.element.unsigned)?),
                (_, _, Some(name)) => VectorOp::CompareAny(condition(name, a.element.unsigned)?),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some((op, a, a.element.ty))
}

fn condition(name: &str, unsigned: bool) -> Option<Cond> {
    Some(match (name, unsigned) {
        ("Equals", _) => Cond::Eq,
        ("LessThan", false) => Cond::Lt,
        ("LessThanOrEqual", false) => Cond::Le,
        ("GreaterThan", false) => Cond::Gt,
        ("GreaterThanOrEqual", false) => Cond::Ge,
        ("LessThan", true) => Cond::ULt,
        ("LessThanOrEqual", true) => Cond::ULe,
        ("GreaterThan", true) => Cond::UGt,
        ("GreaterThanOrEqual", true) => Cond::UGe,
        _ => return None,
    })
}

/// Methods that make a vector of scalars.
fn of_scalars(name: &str, v: VectorClass, args: &[Shape]) -> Option<VectorOp> {
    let scalars = args
        .iter()
        .all(|a| matches!(*a, Shape::Other(c) if Element::of(c) == Some(v.element)));
    if !scalars {
        return None;
    }
    match (name, args.len() as u32) {
        ("Create", 1) => Some(VectorOp::Splat),
        ("CreateScalar" | "CreateScalarUnsafe", 1) => Some(VectorOp::First),
        ("Create", n) if n == v.ty.size() / v.element.ty.size() => Some(VectorOp::Lanes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(ty: VarType, cor: u32) -> Shape {
        let element = Element::of(cor).unwrap();
        Shape::Vector(VectorClass { ty, element })
    }

    #[test]
    fn methods_by_name_and_signature() {
        use cor_type::*;
        let bytes = vector(VarType::V128, UBYTE);
        let shorts = vector(VarType::V128, SHORT);
        let floats = vector(VarType::V128, FLOAT);
        let op = |name, ret, args: &[Shape]| method(name, ret, args).map(|m| m.op);
        assert_eq!(
            op("Min", bytes, &[bytes, bytes]),
            Some(VectorOp::Binary(VecOp::UMin))
        );
        assert_eq!(op("Min", floats, &[floats, floats]), None);
        assert_eq!(op("op_Division", shorts, &[shorts, shorts]), None);
        assert_eq!(
            op("op_RightShift", bytes, &[bytes, Shape::Other(INT)]),
            Some(VectorOp::Shift(VecOp::Shr))
        );
        assert_eq!(
            op("op_RightShift", shorts, &[shorts, Shape::Other(INT)]),
            Some(VectorOp::Shift(VecOp::Sar))
        );
        assert_eq!(
            op("GreaterThanAny", Shape::Other(BOOL), &[bytes, bytes]),
            Some(VectorOp::CompareAny(Cond::UGt))
        );
        assert_eq!(op("AsInt16", shorts, &[bytes]), Some(VectorOp::Reinterpret));
        assert_eq!(
            op("Create", shorts, &[Shape::Other(SHORT)]),
            Some(VectorOp::Splat)
        );
        assert_eq!(op("Create", shorts, &[Shape::Other(INT)]), None);
        assert_eq!(
            op("Create", shorts, &[Shape::Other(SHORT); 8]),
            Some(VectorOp::Lanes)
        );
        let extract = method(
            "GetElement",
            Shape::Other(UBYTE),
            &[bytes, Shape::Other(INT)],
        );
        assert_eq!(extract.map(|m| m.element), Some(VarType::U8));
        let wide = vector(VarType::V512, INT);
        assert_eq!(
            op("Add", wide, &[wide, wide]),
            Some(VectorOp::Binary(VecOp::Add))
        );
    }
}
