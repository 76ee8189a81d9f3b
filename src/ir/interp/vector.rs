//! The meaning of vector nodes, lane by lane.
//!
//! As in [`eval`](super::eval) these functions are the definition. Integer lanes wrap unless the operation saturates; shift counts are
//! taken modulo the lane's width; floats are IEEE with round to nearest even. Which NaN comes out of arithmetic is not defined, here as
//! for scalars; `neg`, `abs`, `select` and whatever else only moves bits keeps them.

use super::Value;
use super::eval::{self, Fail};
use crate::ir::vector::{lanes, operand_element};
use crate::ir::{Cond, Node, Opcode, VecOp};
use crate::types::VarType;

type Bytes = [u8; 64];
type Eval<T = Value> = Result<T, Fail>;

/// The bits of lane `i`, zero-extended.
fn lane(v: &Bytes, e: VarType, i: u32) -> u64 {
    let size = e.size() as usize;
    let at = i as usize * size;
    let mut word = [0; 8];
    word[..size].copy_from_slice(&v[at..at + size]);
    u64::from_le_bytes(word)
}

fn set_lane(v: &mut Bytes, e: VarType, i: u32, bits: u64) {
    let size = e.size() as usize;
    let at = i as usize * size;
    v[at..at + size].copy_from_slice(&bits.to_le_bytes()[..size]);
}

/// The bits of a lane as a signed number.
fn signed(e: VarType, bits: u64) -> i64 {
    let unused = 64 - 8 * e.size();
    ((bits << unused) as i64) >> unused
}

/// A lane as the value that a scalar node computes with.
fn scalar(e: VarType, bits: u64) -> Eval {
    Value::from_bits(e, bits).ok_or(Fail::Types)
}

fn bytes(v: &Value, ty: VarType) -> Eval<Bytes> {
    match v {
        Value::Vector(of, b) if *of == ty => Ok(*b),
        _ => Err(Fail::Types),
    }
}

/// Evaluates vector node `x` from its operands' values; `row` is its row of the method's vector constants.
pub(super) fn eval(x: &Node, row: &Bytes, v: &[Value]) -> Eval {
    let (ty, e) = (x.ty, x.source_type());
    match x.op {
        Opcode::VecConst => return Ok(Value::Vector(ty, *row)),
        Opcode::VecExtract => {
            let Value::Vector(_, b) = &v[0] else {
                return Err(Fail::Types);
            };
            return scalar(e, lane(b, e, x.aux));
        }
        Opcode::VecMask => {
            let Value::Vector(of, b) = &v[0] else {
                return Err(Fail::Types);
            };
            let top = 8 * e.size() - 1;
            let bit = |i: u32| (lane(b, e, i) >> top) << i;
            let mask = (0..lanes(*of, e)).fold(0, |m, i| m | bit(i));
            return Ok(Value::I32(mask as i32));
        }
        _ => {}
    }
    let count = lanes(ty, e);
    let mut out = [0; 64];
    match x.op {
        Opcode::VecSplat => {
            let bits = v[0].bits().ok_or(Fail::Types)?;
            (0..count).for_each(|i| set_lane(&mut out, e, i, bits));
        }
        Opcode::VecInsert => {
            out = bytes(&v[0], ty)?;
            set_lane(&mut out, e, x.aux, v[1].bits().ok_or(Fail::Types)?);
        }
        Opcode::VecShuffle => {
            let from = [bytes(&v[0], ty)?, bytes(&v[1], ty)?];
            for i in 0..count {
                let k = u32::from(row[i as usize]);
                let bits = lane(&from[(k / count) as usize & 1], e, k % count);
                set_lane(&mut out, e, i, bits);
            }
        }
        Opcode::VecCmp => {
            let (a, b) = (bytes(&v[0], ty)?, bytes(&v[1], ty)?);
            let cond = Cond::from_bits(x.aux as u8);
            for i in 0..count {
                let truth = compare(cond, e, lane(&a, e, i), lane(&b, e, i))?;
                set_lane(&mut out, e, i, if truth { u64::MAX } else { 0 });
            }
        }
        Opcode::VecShift => {
            let a = bytes(&v[0], ty)?;
            let &Value::I32(n) = &v[1] else {
                return Err(Fail::Types);
            };
            let n = n as u32 & (8 * e.size() - 1);
            for i in 0..count {
                let bits = lane(&a, e, i);
                let bits = match operation(x)? {
                    VecOp::Shl => bits << n,
                    VecOp::Shr => bits >> n,
                    _ => (signed(e, bits) >> n) as u64,
                };
                set_lane(&mut out, e, i, bits);
            }
        }
        Opcode::VecUnary => unary(operation(x)?, e, count, &bytes(&v[0], ty)?, &mut out)?,
        Opcode::VecBinary => {
            let (a, b) = (bytes(&v[0], ty)?, bytes(&v[1], ty)?);
            binary(operation(x)?, e, count, &a, &b, &mut out)?;
        }
        _ => {
            let [a, b, c] = [bytes(&v[0], ty)?, bytes(&v[1], ty)?, bytes(&v[2], ty)?];
            for i in 0..count {
                let [x1, y, z] = [lane(&a, e, i), lane(&b, e, i), lane(&c, e, i)];
                let bits = match operation(x)? {
                    VecOp::Select => x1 & y | !x1 & z,
                    _ => {
                        let operands = [scalar(e, x1)?, scalar(e, y)?, scalar(e, z)?];
                        let r = eval::eval(Opcode::Fma, e, e, &operands)?;
                        r.bits().ok_or(Fail::Types)?
                    }
                };
                set_lane(&mut out, e, i, bits);
            }
        }
    }
    Ok(Value::Vector(ty, out))
}

fn operation(x: &Node) -> Eval<VecOp> {
    VecOp::from_number(x.aux).ok_or(Fail::Unsupported)
}

fn compare(cond: Cond, e: VarType, a: u64, b: u64) -> Eval<bool> {
    if e.is_float() {
        return eval::compare(cond, e, &scalar(e, a)?, &scalar(e, b)?);
    }
    let (a, b) = match cond.is_unsigned() {
        true => (a as i64, b as i64),
        false => (signed(e, a), signed(e, b)),
    };
    eval::compare(cond, VarType::I64, &Value::I64(a), &Value::I64(b))
}

/// One scalar node on a lane.
fn by_scalar(op: Opcode, to: VarType, from: VarType, bits: u64) -> Eval<u64> {
    let r = eval::eval(op, to, from, &[scalar(from, bits)?])?;
    r.bits().ok_or(Fail::Types)
}

fn unary(op: VecOp, e: VarType, count: u32, a: &Bytes, out: &mut Bytes) -> Eval<()> {
    use VecOp::*;
    let from = operand_element(op, e);
    let sign = 1u64 << (8 * e.size() - 1);
    for i in 0..count {
        let at = match op {
            WidenHigh | UWidenHigh => i + count,
            _ => i,
        };
        let bits = lane(a, from, at);
        let r = match op {
            Not => !bits,
            Neg if e.is_float() => bits ^ sign,
            Abs if e.is_float() => bits & !sign,
            Neg => bits.wrapping_neg(),
            Abs => signed(e, bits).wrapping_abs() as u64,
            Sqrt => by_scalar(Opcode::Sqrt, e, e, bits)?,
            Floor => by_scalar(Opcode::Floor, e, e, bits)?,
            Ceil => by_scalar(Opcode::Ceil, e, e, bits)?,
            RoundEven => by_scalar(Opcode::RoundEven, e, e, bits)?,
            Trunc => by_scalar(Opcode::TruncFloat, e, e, bits)?,
            IntToFloat => by_scalar(Opcode::IntToFloat, e, from, bits)?,
            UIntToFloat => by_scalar(Opcode::UIntToFloat, e, from, bits)?,
            FloatToInt => by_scalar(Opcode::FloatToInt, e, from, bits)?,
            FloatToUInt => by_scalar(Opcode::FloatToUInt, e, from, bits)?,
            WidenLow | WidenHigh if e == VarType::F64 => {
                by_scalar(Opcode::FloatToFloat, e, from, bits)?
            }
            WidenLow | WidenHigh => signed(from, bits) as u64,
            UWidenLow | UWidenHigh => bits,
            _ => return Err(Fail::Unsupported),
        };
        set_lane(out, e, i, r);
    }
    Ok(())
}

fn binary(op: VecOp, e: VarType, count: u32, a: &Bytes, b: &Bytes, out: &mut Bytes) -> Eval<()> {
    use VecOp::*;
    let width = 8 * e.size();
    // The ranges of a lane's numbers.
    let (least, most) = (-(1i128 << (width - 1)), (1i128 << (width - 1)) - 1);
    let above = (1i128 << width) - 1;
    for i in 0..count {
        let r = match op {
            Narrow | NarrowSat | UNarrowSat => {
                let from = operand_element(op, e);
                let (v, k) = if i < count / 2 {
                    (a, i)
                } else {
                    (b, i - count / 2)
                };
                let bits = lane(v, from, k);
                let number = i128::from(signed(from, bits));
                match op {
                    Narrow if e.is_float() => by_scalar(Opcode::FloatToFloat, e, from, bits)?,
                    Narrow => bits,
                    NarrowSat => number.clamp(least, most) as u64,
                    _ => number.clamp(0, above) as u64,
                }
            }
            And => lane(a, e, i) & lane(b, e, i),
            Or => lane(a, e, i) | lane(b, e, i),
            Xor => lane(a, e, i) ^ lane(b, e, i),
            AndNot => lane(a, e, i) & !lane(b, e, i),
            _ if e.is_float() => {
                let op = match op {
                    Add => Opcode::Add,
                    Sub => Opcode::Sub,
                    Mul => Opcode::Mul,
                    Div => Opcode::FDiv,
                    Min => Opcode::Min,
                    Max => Opcode::Max,
                    _ => return Err(Fail::Unsupported),
                };
                let operands = [scalar(e, lane(a, e, i))?, scalar(e, lane(b, e, i))?];
                let r = eval::eval(op, e, e, &operands)?;
                r.bits().ok_or(Fail::Types)?
            }
            _ => {
                let (x, y) = (lane(a, e, i), lane(b, e, i));
                let (sx, sy) = (i128::from(signed(e, x)), i128::from(signed(e, y)));
                let (ux, uy) = (i128::from(x), i128::from(y));
                let r = match op {
                    Add => sx + sy,
                    Sub => sx - sy,
                    Mul => sx * sy,
                    AddSat => (sx + sy).clamp(least, most),
                    SubSat => (sx - sy).clamp(least, most),
                    UAddSat => (ux + uy).clamp(0, above),
                    USubSat => (ux - uy).clamp(0, above),
                    Min => sx.min(sy),
                    Max => sx.max(sy),
                    UMin => ux.min(uy),
                    UMax => ux.max(uy),
                    _ => return Err(Fail::Unsupported),
                };
                r as u64
            }
        };
        set_lane(out, e, i, r);
    }
    Ok(())
}
