//! What operations do to constants. Integers are held sign-extended to 64 bits, floats by their bits.

use crate::ir::{Cond, Opcode};
use crate::types::VarType;

/// `v` as a value of type `ty` is held: 32-bit integers sign-extended.
#[inline]
pub fn normal(ty: VarType, v: i64) -> i64 {
    if ty.actual() == VarType::I32 {
        v as i32 as i64
    } else {
        v
    }
}

/// The result of an operation on constants of type `ty`; `None` if it is not folded (or would trap).
pub fn binary(op: Opcode, ty: VarType, a: i64, b: i64) -> Option<i64> {
    use Opcode::*;
    if ty.is_float() {
        return float_binary(op, ty, a as u64, b as u64).map(|v| v as i64);
    }
    if ty.is_gc() {
        return None;
    }
    let wide = ty == VarType::I64;
    let bits = if wide { 64 } else { 32 };
    let count = (b as u32) & (bits - 1);
    let unsigned = if wide { a as u64 } else { a as u32 as u64 };
    Some(normal(
        ty,
        match op {
            Add => a.wrapping_add(b),
            Sub => a.wrapping_sub(b),
            Mul => a.wrapping_mul(b),
            And => a & b,
            Or => a | b,
            Xor => a ^ b,
            Shl => a.wrapping_shl(count),
            Shr => (unsigned >> count) as i64,
            Sar => a >> count,
            Rol if wide => a.rotate_left(count),
            Rol => (a as i32).rotate_left(count) as i64,
            Ror if wide => a.rotate_right(count),
            Ror => (a as i32).rotate_right(count) as i64,
            _ => return None,
        },
    ))
}

fn float_binary(op: Opcode, ty: VarType, a: u64, b: u64) -> Option<u64> {
    // NaNs are left to the machine: which payload comes out is its business.
    if ty == VarType::F64 {
        let (x, y) = (f64::from_bits(a), f64::from_bits(b));
        let r = match op {
            Opcode::Add => x + y,
            Opcode::Sub => x - y,
            Opcode::Mul => x * y,
            Opcode::FDiv => x / y,
            _ => return None,
        };
        return (!r.is_nan()).then(|| r.to_bits());
    }
    let (x, y) = (f32::from_bits(a as u32), f32::from_bits(b as u32));
    let r = match op {
        Opcode::Add => x + y,
        Opcode::Sub => x - y,
        Opcode::Mul => x * y,
        Opcode::FDiv => x / y,
        _ => return None,
    };
    (!r.is_nan()).then(|| r.to_bits() as u64)
}

/// The result of a one-operand operation; `from` is the operand's type.
pub fn unary(op: Opcode, ty: VarType, from: VarType, a: i64) -> Option<i64> {
    use Opcode::*;
    if ty.is_gc() || from.is_gc() {
        return None;
    }
    Some(match op {
        Neg if !ty.is_float() => normal(ty, a.wrapping_neg()),
        Not if !ty.is_float() => normal(ty, !a),
        Sext => match from {
            VarType::I8 | VarType::U8 => a as i8 as i64,
            VarType::I16 | VarType::U16 => a as i16 as i64,
            _ => a as i32 as i64,
        },
        Zext => match from {
            VarType::I8 | VarType::U8 => a as u8 as i64,
            VarType::I16 | VarType::U16 => a as u16 as i64,
            _ => normal(ty, a as u32 as i64),
        },
        Trunc => a as i32 as i64,
        IntToFloat if ty == VarType::F64 => (a as f64).to_bits() as i64,
        IntToFloat if ty == VarType::F32 => (a as f32).to_bits() as i64,
        _ => return None,
    })
}

/// The value of a comparison of constants of type `ty`.
pub fn compare(cond: Cond, ty: VarType, a: i64, b: i64) -> bool {
    use Cond::*;
    if ty.is_float() {
        let (x, y) = if ty == VarType::F64 {
            (f64::from_bits(a as u64), f64::from_bits(b as u64))
        } else {
            (
                f32::from_bits(a as u32) as f64,
                f32::from_bits(b as u32) as f64,
            )
        };
        let unordered = x.is_nan() || y.is_nan();
        return match cond {
            Eq => x == y,
            Ne => !unordered && x != y,
            Lt => x < y,
            Le => x <= y,
            Gt => x > y,
            Ge => x >= y,
            UEq => unordered || x == y,
            UNe => unordered || x != y,
            ULt => unordered || x < y,
            ULe => unordered || x <= y,
            UGt => unordered || x > y,
            UGe => unordered || x >= y,
            TestZ | TestNz => false,
        };
    }
    let (ua, ub) = if ty.actual() == VarType::I32 {
        (a as u32 as u64, b as u32 as u64)
    } else {
        (a as u64, b as u64)
    };
    match cond {
        Eq | UEq => a == b,
        Ne | UNe => a != b,
        Lt => a < b,
        Le => a <= b,
        Gt => a > b,
        Ge => a >= b,
        ULt => ua < ub,
        ULe => ua <= ub,
        UGt => ua > ub,
        UGe => ua >= ub,
        TestZ => a & b == 0,
        TestNz => a & b != 0,
    }
}
