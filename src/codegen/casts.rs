//! What checked casts must check: the same on every machine, as facts about the two types.

use crate::ir::{Node, Opcode};
use crate::types::VarType;

/// The check of a cast between integers.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum IntCheck {
    /// Every value fits.
    None,
    /// Values below 2 to this power fit, read without sign.
    Below(u32),
    /// Values that are the sign extension of their low bits, this many, fit.
    Extends(u32),
}

/// Bits of an integer type.
fn bits(ty: VarType) -> u32 {
    ty.size() * 8
}

/// What a cast from integer to integer must check.
pub fn int_check(node: &Node) -> IntCheck {
    let (to, from) = (node.ty, node.source_type().actual());
    let (have, want) = (bits(from), bits(to));
    let unsigned_source = node.op == Opcode::CastOvfUn;
    let unsigned_target = node.op == Opcode::CastOvfToUn || to.is_unsigned_small();
    match (unsigned_source, unsigned_target) {
        // A negative number has its top bit set, so it is above every bound but the widest.
        (false, true) => IntCheck::Below(want.min(have - 1)),
        (true, true) if want < have => IntCheck::Below(want),
        (true, false) if want <= have => IntCheck::Below(want - 1),
        (false, false) if want < have => IntCheck::Extends(want),
        _ => IntCheck::None,
    }
}

/// The values that a cast from a float takes.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct FloatRange {
    /// The lower bound, exact in the source type.
    pub low: f64,
    /// Is the lower bound itself in range? Else the first value that is not.
    pub low_included: bool,
    /// The first value above the range, exact in the source type.
    pub high: f64,
}

/// What a checked cast from float to integer takes: values whose integral part fits.
pub fn float_range(node: &Node) -> FloatRange {
    let width = bits(node.ty) as i32;
    if node.op == Opcode::CastOvfToUn || node.ty.is_unsigned_small() {
        return FloatRange {
            low: -1.0,
            low_included: false,
            high: 2f64.powi(width),
        };
    }
    let high = 2f64.powi(width - 1);
    // One below the least number, where the source type has that; else nothing lies between it and the least number.
    let exact_below = if node.source_type() == VarType::F64 {
        53
    } else {
        24
    };
    let low_included = width > exact_below;
    FloatRange {
        low: if low_included { -high } else { -high - 1.0 },
        low_included,
        high,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(op: Opcode, ty: VarType, src: VarType) -> Node {
        let mut n = Node::new(op, ty);
        n.sub = src as u8;
        n
    }

    #[test]
    fn integer_checks_agree_with_ranges() {
        use VarType::*;
        let check = |op, ty, src| int_check(&cast(op, ty, src));
        assert_eq!(check(Opcode::CastOvf, I8, I32), IntCheck::Extends(8));
        assert_eq!(check(Opcode::CastOvf, U8, I32), IntCheck::Below(8));
        assert_eq!(check(Opcode::CastOvf, I64, I32), IntCheck::None);
        assert_eq!(check(Opcode::CastOvf, I32, I64), IntCheck::Extends(32));
        assert_eq!(check(Opcode::CastOvfUn, I32, I32), IntCheck::Below(31));
        assert_eq!(check(Opcode::CastOvfUn, I64, I32), IntCheck::None);
        assert_eq!(check(Opcode::CastOvfUn, I8, I64), IntCheck::Below(7));
        assert_eq!(check(Opcode::CastOvfToUn, I32, I64), IntCheck::Below(32));
        assert_eq!(check(Opcode::CastOvfToUn, I64, I32), IntCheck::Below(31));
        assert_eq!(check(Opcode::CastOvfToUn, I64, I64), IntCheck::Below(63));
    }

    #[test]
    fn float_bounds_are_exact_in_the_source_type() {
        use VarType::*;
        for ty in [I8, U8, I16, U16, I32, I64] {
            let r = float_range(&cast(Opcode::CastOvf, ty, F32));
            assert_eq!(r.low as f32 as f64, r.low, "{ty:?}");
            assert_eq!(r.high as f32 as f64, r.high, "{ty:?}");
        }
        let r = float_range(&cast(Opcode::CastOvf, I32, F64));
        assert_eq!((r.low, r.low_included), (-2147483649.0, false));
        let r = float_range(&cast(Opcode::CastOvf, I64, F64));
        assert_eq!((r.low, r.low_included), (-9223372036854775808.0, true));
    }
}
