//! The meaning of every opcode that computes a value from values alone: arithmetic, conversions, comparisons.
//!
//! These functions are the definition; back ends are tested against them. Integers wrap; shift and rotate counts are taken
//! modulo the width; floats are IEEE with round to nearest even.

use super::{TrapKind, Value};
use crate::ir::{Cond, Opcode};
use crate::types::VarType;

/// Why there is no value.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Fail {
    /// The operation raises this.
    Trap(TrapKind),
    /// Not an operation of this file, or not for this type.
    Unsupported,
    /// Operands of wrong types.
    Types,
}

type Eval = Result<Value, Fail>;

/// The integer in `v`, sign-extended, if it has the width of `ty` (references and pointers are 64-bit integers).
fn int(v: &Value, ty: VarType) -> Result<i64, Fail> {
    match *v {
        Value::I32(x) if ty == VarType::I32 => Ok(x.into()),
        Value::I64(x) if ty.is_wide_int() => Ok(x),
        Value::Ref(x) | Value::Byref(x) if ty.is_wide_int() => Ok(x as i64),
        _ => Err(Fail::Types),
    }
}

/// The integer `v` cut to the width of `ty`.
fn from_int(ty: VarType, v: i64) -> Eval {
    Value::from_bits(ty, v as u64).ok_or(Fail::Unsupported)
}

/// `v`'s low bits as an unsigned number of `ty`'s width.
fn unsigned(v: i64, ty: VarType) -> u64 {
    if ty.is_wide_int() {
        v as u64
    } else {
        u64::from(v as u32)
    }
}

/// Evaluates a node without side effects from its operands' values. `src` is the source type of conversions.
///
/// # Errors
/// See [`Fail`].
pub fn eval(op: Opcode, ty: VarType, src: VarType, v: &[Value]) -> Eval {
    use Opcode::*;
    match (op, v) {
        (Const, [a]) => Ok(a.clone()),
        (Select, [Value::I32(c), a, b]) => Ok(if *c != 0 { a.clone() } else { b.clone() }),
        (
            Sext | Zext | Trunc | IntToFloat | UIntToFloat | FloatToInt | FloatToUInt
            | FloatToIntOld | FloatToUIntOld | FloatToFloat | CastOvf | CastOvfUn | CastOvfToUn
            | Bitcast,
            [a],
        ) => convert(op, ty, src, a),
        (Shl | Shr | Sar | Rol | Ror, [a, Value::I32(n)]) => shift(op, ty, int(a, ty)?, *n),
        (_, [a]) if ty.is_float() => float_unary(op, ty, a),
        (_, [a, b]) if ty.is_float() => float_binary(op, ty, a, b),
        (Fma, [Value::F32(a), Value::F32(b), Value::F32(c)]) => Ok(Value::F32(a.mul_add(*b, *c))),
        (Fma, [Value::F64(a), Value::F64(b), Value::F64(c)]) => Ok(Value::F64(a.mul_add(*b, *c))),
        (_, [a]) => int_unary(op, ty, int(a, ty)?),
        (_, [a, b]) => int_binary(op, ty, int(a, ty)?, int(b, ty)?),
        _ => Err(Fail::Unsupported),
    }
}

fn int_unary(op: Opcode, ty: VarType, a: i64) -> Eval {
    let u = unsigned(a, ty);
    let narrow = !ty.is_wide_int();
    let unused = if narrow { 32 } else { 0 };
    let r = match op {
        Opcode::Neg => a.wrapping_neg(),
        Opcode::Not => !a,
        Opcode::Abs => a.wrapping_abs(),
        Opcode::Clz => i64::from(u.leading_zeros()) - unused,
        Opcode::Ctz if narrow => i64::from((u as u32).trailing_zeros()),
        Opcode::Ctz => i64::from(u.trailing_zeros()),
        Opcode::Popcnt => u.count_ones().into(),
        Opcode::Bswap if narrow => (u as u32).swap_bytes().into(),
        Opcode::Bswap => u.swap_bytes() as i64,
        Opcode::BitReverse if narrow => (u as u32).reverse_bits().into(),
        Opcode::BitReverse => u.reverse_bits() as i64,
        _ => return Err(Fail::Unsupported),
    };
    from_int(ty, r)
}

fn shift(op: Opcode, ty: VarType, a: i64, count: i32) -> Eval {
    let n = count as u32;
    let r = if ty.is_wide_int() {
        let n = n & 63;
        match op {
            Opcode::Shl => a << n,
            Opcode::Shr => ((a as u64) >> n) as i64,
            Opcode::Sar => a >> n,
            Opcode::Rol => a.rotate_left(n),
            _ => a.rotate_right(n),
        }
    } else {
        let (a, n) = (a as i32, n & 31);
        i64::from(match op {
            Opcode::Shl => a << n,
            Opcode::Shr => ((a as u32) >> n) as i32,
            Opcode::Sar => a >> n,
            Opcode::Rol => a.rotate_left(n),
            _ => a.rotate_right(n),
        })
    };
    from_int(ty, r)
}

/// Does the mathematical result `r` of a checked operation fit type `ty`, read with or without sign? If so, its bits.
fn checked(ty: VarType, r: i128, sign: bool) -> Eval {
    let bits = if ty.is_wide_int() { 64 } else { 32 };
    let (low, high) = if sign {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    } else {
        (0, (1i128 << bits) - 1)
    };
    if (low..=high).contains(&r) {
        from_int(ty, r as i64)
    } else {
        Err(Fail::Trap(TrapKind::Overflow))
    }
}

fn int_binary(op: Opcode, ty: VarType, a: i64, b: i64) -> Eval {
    use Opcode::*;
    let (ua, ub) = (unsigned(a, ty), unsigned(b, ty));
    let (sa, sb) = (i128::from(a), i128::from(b));
    let (wa, wb) = (i128::from(ua), i128::from(ub));
    let width = if ty.is_wide_int() { 64 } else { 32 };
    let r = match op {
        Add => a.wrapping_add(b),
        Sub => a.wrapping_sub(b),
        Mul => a.wrapping_mul(b),
        And => a & b,
        Or => a | b,
        Xor => a ^ b,
        MulHi => ((sa * sb) >> width) as i64,
        UMulHi => ((u128::from(ua) * u128::from(ub)) >> width) as i64,
        Div | Rem | UDiv | URem if b == 0 => return Err(Fail::Trap(TrapKind::DivZero)),
        Div | Rem
            if b == -1
                && a == (if width == 64 {
                    i64::MIN
                } else {
                    i32::MIN.into()
                }) =>
        {
            return Err(Fail::Trap(TrapKind::Overflow));
        }
        Div => a / b,
        Rem => a % b,
        UDiv => (ua / ub) as i64,
        URem => (ua % ub) as i64,
        AddOvf => return checked(ty, sa + sb, true),
        SubOvf => return checked(ty, sa - sb, true),
        MulOvf => return checked(ty, sa * sb, true),
        AddOvfUn => return checked(ty, wa + wb, false),
        SubOvfUn => return checked(ty, wa - wb, false),
        MulOvfUn => match ua.checked_mul(ub) {
            Some(r) => return checked(ty, r.into(), false),
            None => return Err(Fail::Trap(TrapKind::Overflow)),
        },
        Min => a.min(b),
        Max => a.max(b),
        UMin => ua.min(ub) as i64,
        UMax => ua.max(ub) as i64,
        _ => return Err(Fail::Unsupported),
    };
    from_int(ty, r)
}

fn float_unary(op: Opcode, ty: VarType, a: &Value) -> Eval {
    macro_rules! unary {
        ($x:expr, $make:path) => {{
            let x = $x;
            $make(match op {
                Opcode::Neg => -x,
                Opcode::Abs => x.abs(),
                Opcode::Sqrt => x.sqrt(),
                Opcode::Floor => x.floor(),
                Opcode::Ceil => x.ceil(),
                Opcode::RoundEven => x.round_ties_even(),
                Opcode::TruncFloat => x.trunc(),
                Opcode::CkFinite if x.is_finite() => x,
                Opcode::CkFinite => return Err(Fail::Trap(TrapKind::Overflow)),
                _ => return Err(Fail::Unsupported),
            })
        }};
    }
    match *a {
        Value::F32(x) if ty == VarType::F32 => Ok(unary!(x, Value::F32)),
        Value::F64(x) if ty == VarType::F64 => Ok(unary!(x, Value::F64)),
        _ => Err(Fail::Types),
    }
}

fn float_binary(op: Opcode, ty: VarType, a: &Value, b: &Value) -> Eval {
    macro_rules! binary {
        ($x:expr, $y:expr, $make:path) => {{
            let (x, y) = ($x, $y);
            // Minimum and maximum: a NaN wins, and -0 is below +0.
            let below = x < y || (x == y && x.is_sign_negative());
            $make(match op {
                Opcode::Add => x + y,
                Opcode::Sub => x - y,
                Opcode::Mul => x * y,
                Opcode::FDiv => x / y,
                Opcode::FRem => x % y,
                Opcode::CopySign => x.copysign(y),
                Opcode::Min | Opcode::Max if x.is_nan() || y.is_nan() => x + y,
                Opcode::Min => {
                    if below {
                        x
                    } else {
                        y
                    }
                }
                Opcode::Max => {
                    if below {
                        y
                    } else {
                        x
                    }
                }
                _ => return Err(Fail::Unsupported),
            })
        }};
    }
    match (a, b) {
        (Value::F32(x), Value::F32(y)) if ty == VarType::F32 => Ok(binary!(*x, *y, Value::F32)),
        (Value::F64(x), Value::F64(y)) if ty == VarType::F64 => Ok(binary!(*x, *y, Value::F64)),
        _ => Err(Fail::Types),
    }
}

/// A float widened to `f64` (exactly).
fn float(v: &Value) -> Result<f64, Fail> {
    match *v {
        Value::F32(x) => Ok(x.into()),
        Value::F64(x) => Ok(x),
        _ => Err(Fail::Types),
    }
}

fn convert(op: Opcode, ty: VarType, src: VarType, a: &Value) -> Eval {
    use Opcode::*;
    match op {
        // The low bits of the operand, of the source's width, extended by the source's sign or as the opcode says.
        Sext | Zext => {
            let low = int(a, src.actual())?;
            let r = match (op, src.size()) {
                (Sext, 1) => i64::from(low as i8),
                (Sext, 2) => i64::from(low as i16),
                (Sext, 4) => i64::from(low as i32),
                (Zext, 1) => i64::from(low as u8),
                (Zext, 2) => i64::from(low as u16),
                (Zext, 4) => i64::from(low as u32),
                _ => return Err(Fail::Types),
            };
            from_int(ty, r)
        }
        Trunc => from_int(ty, int(a, src.actual())?),
        IntToFloat => {
            let v = int(a, src.actual())?;
            to_float(ty, v as f32, v as f64)
        }
        UIntToFloat => {
            let v = unsigned(int(a, src.actual())?, src);
            to_float(ty, v as f32, v as f64)
        }
        FloatToInt => {
            let x = float(a)?;
            match ty {
                VarType::I32 => Ok(Value::I32(x as i32)),
                VarType::I64 => Ok(Value::I64(x as i64)),
                _ => Err(Fail::Unsupported),
            }
        }
        FloatToUInt => {
            let x = float(a)?;
            match ty {
                VarType::I32 => Ok(Value::I32(x as u32 as i32)),
                VarType::I64 => Ok(Value::I64(x as u64 as i64)),
                _ => Err(Fail::Unsupported),
            }
        }
        FloatToFloat => match *a {
            Value::F32(x) => to_float(ty, x, x.into()),
            Value::F64(x) => to_float(ty, x as f32, x),
            _ => Err(Fail::Types),
        },
        // Where the value does not fit, processors differ.
        FloatToIntOld | FloatToUIntOld => {
            let op = if op == FloatToIntOld {
                CastOvf
            } else {
                CastOvfToUn
            };
            cast_checked(op, ty, src, a).map_err(|_| Fail::Unsupported)
        }
        CastOvf | CastOvfUn | CastOvfToUn => cast_checked(op, ty, src, a),
        _ => {
            let bits = a.bits().ok_or(Fail::Types)?;
            if src.actual().size() != ty.actual().size() {
                return Err(Fail::Types);
            }
            Value::from_bits(ty, bits).ok_or(Fail::Unsupported)
        }
    }
}

fn to_float(ty: VarType, single: f32, double: f64) -> Eval {
    match ty {
        VarType::F32 => Ok(Value::F32(single)),
        VarType::F64 => Ok(Value::F64(double)),
        _ => Err(Fail::Types),
    }
}

fn cast_checked(op: Opcode, ty: VarType, src: VarType, a: &Value) -> Eval {
    let (low, high): (i128, i128) = match ty {
        VarType::I32 if op == Opcode::CastOvfToUn => (0, u32::MAX.into()),
        VarType::I64 if op == Opcode::CastOvfToUn => (0, u64::MAX.into()),
        _ if op == Opcode::CastOvfToUn => return Err(Fail::Unsupported),
        VarType::I8 => (i8::MIN.into(), i8::MAX.into()),
        VarType::U8 => (0, u8::MAX.into()),
        VarType::I16 => (i16::MIN.into(), i16::MAX.into()),
        VarType::U16 => (0, u16::MAX.into()),
        VarType::I32 => (i32::MIN.into(), i32::MAX.into()),
        VarType::I64 => (i64::MIN.into(), i64::MAX.into()),
        _ => return Err(Fail::Unsupported),
    };
    let v: i128 = if src.is_float() {
        let x = float(a)?;
        // The quotient towards zero; what is far outside every range saturates and is refused below.
        if x.is_nan() {
            return Err(Fail::Trap(TrapKind::Overflow));
        }
        x.trunc() as i128
    } else if op == Opcode::CastOvfUn {
        unsigned(int(a, src.actual())?, src).into()
    } else {
        int(a, src.actual())?.into()
    };
    if (low..=high).contains(&v) {
        from_int(ty, v as i64)
    } else {
        Err(Fail::Trap(TrapKind::Overflow))
    }
}

/// The truth of `a cond b` for operands of type `ty`.
///
/// # Errors
/// [`Fail::Types`].
pub fn compare(cond: Cond, ty: VarType, a: &Value, b: &Value) -> Result<bool, Fail> {
    use std::cmp::Ordering::*;
    let order = if ty.is_float() {
        if a.ty() != ty || b.ty() != ty {
            return Err(Fail::Types);
        }
        match float(a)?.partial_cmp(&float(b)?) {
            Some(order) => order,
            None => return Ok(cond.is_unsigned()),
        }
    } else {
        let ty = ty.actual();
        let (a, b) = (int(a, ty)?, int(b, ty)?);
        match cond {
            Cond::TestZ => return Ok(a & b == 0),
            Cond::TestNz => return Ok(a & b != 0),
            c if c.is_unsigned() => unsigned(a, ty).cmp(&unsigned(b, ty)),
            _ => a.cmp(&b),
        }
    };
    Ok(match cond {
        Cond::Eq | Cond::UEq => order == Equal,
        Cond::Ne | Cond::UNe => order != Equal,
        Cond::Lt | Cond::ULt => order == Less,
        Cond::Le | Cond::ULe => order != Greater,
        Cond::Gt | Cond::UGt => order == Greater,
        Cond::Ge | Cond::UGe => order != Less,
        Cond::TestZ | Cond::TestNz => return Err(Fail::Types),
    })
}
