//! Vector operations: one row an operation, and what makes a vector node well formed.
//!
//! A vector has no element type of its own; the node that works on it says in `sub` how its bytes are read: as lanes of `i8`, `i16`,
//! `i32`, `i64`, `f32` or `f64`, lane 0 in the lowest bytes. `sub` is the element type of the *result*; only `vcmp`, `vextract` and
//! `vmask` read their operand's lanes by it. What each operation computes stands in `docs/ir.md` and, as code, in the interpreter.

use super::{Cond, Node, Opcode};
use crate::types::VarType;

/// A set of element types.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Elements(u8);

/// The element types, in the order of [`Elements`]' bits.
pub const ELEMENTS: [VarType; 6] = [
    VarType::I8,
    VarType::I16,
    VarType::I32,
    VarType::I64,
    VarType::F32,
    VarType::F64,
];

impl Elements {
    /// Is `ty` a member?
    pub fn contains(self, ty: VarType) -> bool {
        ELEMENTS
            .iter()
            .position(|&e| e == ty)
            .is_some_and(|i| self.0 >> i & 1 != 0)
    }
}

/// A row of the table.
#[derive(Copy, Clone, Debug)]
pub struct VecOpInfo {
    /// Name in text IR, behind the element type.
    pub name: &'static str,
    /// The opcode that it is an operation of.
    pub opcode: Opcode,
    /// Element types that it has a meaning for.
    pub elements: Elements,
}

macro_rules! elements {
    (ints) => {
        0b00_1111
    };
    (floats) => {
        0b11_0000
    };
    (all) => {
        0b11_1111
    };
    (small) => {
        0b00_0011
    };
    (like_floats) => {
        0b00_1100
    };
    (wide) => {
        0b10_1110
    };
    (wide_ints) => {
        0b00_1110
    };
    (narrow) => {
        0b01_0111
    };
}

macro_rules! vec_ops {
    ($( $name:ident $text:literal $opcode:ident $elements:ident )*) => {
        /// An operation on vectors: `aux` of `vunary`, `vbinary`, `vternary`, `vshift`.
        #[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum VecOp { $( #[doc = concat!("`", $text, "`")] $name, )* }

        impl VecOp {
            /// Every operation, in the order of the encoding.
            pub const ALL: &'static [VecOp] = &[$(VecOp::$name),*];
        }

        const ROWS: &[VecOpInfo] = &[$( VecOpInfo {
            name: $text,
            opcode: Opcode::$opcode,
            elements: Elements(elements!($elements)),
        }, )*];
    };
}

#[rustfmt::skip]
vec_ops! {
    // name          text             opcode     elements
    Neg              "neg"            VecUnary   all
    Not              "not"            VecUnary   all
    Abs              "abs"            VecUnary   all
    Sqrt             "sqrt"           VecUnary   floats
    Floor            "floor"          VecUnary   floats
    Ceil             "ceil"           VecUnary   floats
    RoundEven        "round_even"     VecUnary   floats
    Trunc            "trunc"          VecUnary   floats
    // Lanes of equal width
    IntToFloat       "int_to_float"   VecUnary   floats
    UIntToFloat      "uint_to_float"  VecUnary   floats
    FloatToInt       "float_to_int"   VecUnary   like_floats
    FloatToUInt      "float_to_uint"  VecUnary   like_floats
    // The lower or upper half of the lanes, twice as wide
    WidenLow         "widen_low"      VecUnary   wide
    WidenHigh        "widen_high"     VecUnary   wide
    UWidenLow        "uwiden_low"     VecUnary   wide_ints
    UWidenHigh       "uwiden_high"    VecUnary   wide_ints
    Add              "add"            VecBinary  all
    Sub              "sub"            VecBinary  all
    Mul              "mul"            VecBinary  all
    Div              "div"            VecBinary  floats
    AddSat           "add_sat"        VecBinary  small
    UAddSat          "uadd_sat"       VecBinary  small
    SubSat           "sub_sat"        VecBinary  small
    USubSat          "usub_sat"       VecBinary  small
    Min              "min"            VecBinary  all
    Max              "max"            VecBinary  all
    UMin             "umin"           VecBinary  ints
    UMax             "umax"           VecBinary  ints
    And              "and"            VecBinary  all
    Or               "or"             VecBinary  all
    Xor              "xor"            VecBinary  all
    AndNot           "andnot"         VecBinary  all
    // Half as wide: the lanes of the first operand, then those of the second
    Narrow           "narrow"         VecBinary  narrow
    NarrowSat        "narrow_sat"     VecBinary  small
    UNarrowSat       "unarrow_sat"    VecBinary  small
    Fma              "fma"            VecTernary floats
    Select           "select"         VecTernary all
    Shl              "shl"            VecShift   ints
    Shr              "shr"            VecShift   ints
    Sar              "sar"            VecShift   ints
}

impl VecOp {
    /// The row.
    #[inline]
    pub fn info(self) -> &'static VecOpInfo {
        &ROWS[self as usize]
    }

    /// The operation numbered `n`.
    #[inline]
    pub fn from_number(n: u32) -> Option<VecOp> {
        VecOp::ALL.get(n as usize).copied()
    }

    /// The operation of `opcode` with this name.
    pub fn from_name(opcode: Opcode, name: &str) -> Option<VecOp> {
        let is = |o: &&VecOp| o.info().opcode == opcode && o.info().name == name;
        VecOp::ALL.iter().find(is).copied()
    }
}

/// The element type that is read where the result's is `e`: that of twice or half the width for `widen` and `narrow`, that of equal
/// width for conversions.
pub fn operand_element(op: VecOp, e: VarType) -> VarType {
    use VarType::*;
    match op {
        VecOp::IntToFloat | VecOp::UIntToFloat if e == F64 => I64,
        VecOp::IntToFloat | VecOp::UIntToFloat => I32,
        VecOp::FloatToInt | VecOp::FloatToUInt if e == I64 => F64,
        VecOp::FloatToInt | VecOp::FloatToUInt => F32,
        VecOp::WidenLow | VecOp::WidenHigh | VecOp::UWidenLow | VecOp::UWidenHigh => match e {
            I16 => I8,
            I32 => I16,
            F64 => F32,
            _ => I32,
        },
        VecOp::Narrow | VecOp::NarrowSat | VecOp::UNarrowSat => match e {
            I8 => I16,
            I16 => I32,
            F32 => F64,
            _ => I64,
        },
        _ => e,
    }
}

/// The opcodes that work on vectors and nothing else.
pub const fn is_vector_opcode(op: Opcode) -> bool {
    op as u8 >= Opcode::VecUnary as u8 && op as u8 <= Opcode::VecConst as u8
}

/// Lanes of element type `e` in a vector of type `ty`.
pub fn lanes(ty: VarType, e: VarType) -> u32 {
    ty.size() / e.size().max(1)
}

/// The element types that vectors of type `ty` are read as. Twelve bytes are three lanes and nothing else.
pub const fn elements(ty: VarType) -> &'static [VarType] {
    match ty {
        VarType::V96 => &[VarType::I32, VarType::F32],
        _ => &ELEMENTS,
    }
}

impl VecOp {
    /// Does the operation have a meaning for vectors of type `ty` with elements of type `e`? Halves of three lanes are none.
    pub fn fits(self, ty: VarType, e: VarType) -> bool {
        use VecOp::*;
        let by_halves = matches!(
            self,
            WidenLow | WidenHigh | UWidenLow | UWidenHigh | Narrow | NarrowSat | UNarrowSat
        );
        self.info().elements.contains(e)
            && elements(ty).contains(&e)
            && !(by_halves && ty == VarType::V96)
    }
}

/// Vectors that nodes compute with.
fn is_computed(ty: VarType) -> bool {
    use VarType::*;
    matches!(ty, V64 | V96 | V128 | V256 | V512)
}

/// What is wrong with a vector node, if anything. `operand` is the type of operand 0, if it has one of its own; `row` is the row of
/// vector constants that the node names.
pub fn check(
    node: &Node,
    operand: Option<VarType>,
    row: Option<&[u8; 64]>,
) -> Result<(), &'static str> {
    let e = node.source_type();
    let vector = match node.op {
        Opcode::VecExtract | Opcode::VecMask => operand.unwrap_or_default(),
        _ => node.ty,
    };
    let element = elements(vector).contains(&e);
    let require = |ok: bool, what| if ok { Ok(()) } else { Err(what) };
    match node.op {
        Opcode::VecExtract => {
            require(
                operand.is_some_and(is_computed),
                "a lane of what is no vector",
            )?;
            let small = matches!(e, VarType::U8 | VarType::U16) && vector != VarType::V96;
            require(element || small, "no element type")?;
            require(node.ty == e.actual(), "not the type of the lane")?;
            let lanes = operand.map_or(0, |v| lanes(v, e));
            return require(node.aux < lanes, "no such lane");
        }
        Opcode::VecMask => {
            require(
                operand.is_some_and(is_computed),
                "the mask of what is no vector",
            )?;
            let bits = lanes(vector, e) <= 32;
            return require(element && bits, "no element type, or more lanes than bits");
        }
        _ => {}
    }
    require(is_computed(node.ty), "not a vector that is computed with")?;
    if node.op == Opcode::VecConst {
        return require(row.is_some(), "no such constant");
    }
    require(element, "no element type")?;
    match node.op {
        Opcode::VecCmp => {
            let c = Cond::from_bits(node.aux as u8);
            let known = c as u32 == node.aux && !matches!(c, Cond::TestZ | Cond::TestNz);
            require(known, "no condition of vectors")?;
            let meaningless = !e.is_float() && matches!(c, Cond::UEq | Cond::UNe);
            require(!meaningless, "an unordered condition of integers")
        }
        Opcode::VecInsert => require(node.aux < lanes(node.ty, e), "no such lane"),
        Opcode::VecShuffle => {
            let n = lanes(node.ty, e);
            let row = row.ok_or("no such constant")?;
            let known = row[..n as usize].iter().all(|&i| u32::from(i) < 2 * n);
            require(known, "a lane beyond both operands")
        }
        Opcode::VecSplat => Ok(()),
        op => {
            let row = VecOp::from_number(node.aux);
            let fits = row.is_some_and(|r| r.info().opcode == op && r.fits(node.ty, e));
            require(fits, "no operation for these elements")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_name_and_number() {
        for (n, &op) in VecOp::ALL.iter().enumerate() {
            let row = op.info();
            assert_eq!(VecOp::from_number(n as u32), Some(op));
            assert_eq!(VecOp::from_name(row.opcode, row.name), Some(op));
            assert!(ELEMENTS.iter().any(|&e| row.elements.contains(e)), "{op:?}");
            for e in ELEMENTS.into_iter().filter(|&e| row.elements.contains(e)) {
                assert!(ELEMENTS.contains(&operand_element(op, e)));
            }
        }
        assert_eq!(VecOp::from_number(VecOp::ALL.len() as u32), None);
    }
}
