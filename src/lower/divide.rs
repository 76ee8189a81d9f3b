//! Division by constants without dividing: multiplication by the reciprocal, shifts.
//!
//! A dividend that is needed twice becomes a local. Signed quotients round towards zero: one is added to the floor of a negative
//! one. Left to the machine: divisors 0, 1 and -1 and the least number.
//!
//! Source: Granlund, Montgomery: Division by Invariant Integers using Multiplication (1994).

use super::{Lower, LowerCx};
use crate::ir::{Bail, Local, LocalId, Node, NodeId, Opcode, Operand};
use crate::types::VarType;

/// A reciprocal: the quotient by `d` is `n * (2^bits * high + multiplier) >> (bits + shift)`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Reciprocal {
    /// The low `bits` bits.
    pub multiplier: u64,
    /// Is there one bit more at the top?
    pub high: bool,
    /// Bits to shift by beyond the width.
    pub shift: u32,
}

/// Quotient and remainder of 2^`exponent` by `d`; the exponent is at most 128.
fn divide_power(exponent: u32, d: u64) -> (u128, u64) {
    let d = u128::from(d);
    let power = 1u128 << (exponent - 1);
    let (q, r) = (power / d, power % d);
    // One bit at a time keeps within 128.
    (q * 2 + r * 2 / d, (r * 2 % d) as u64)
}

/// The reciprocal of `d` with the smallest shift whose error stays within `slack` bits more than the shift; the last one always does.
fn reciprocal(d: u64, bits: u32, slack: u32) -> Reciprocal {
    let last = 64 - (d - 1).leading_zeros() - slack;
    let fits = |shift: &u32| {
        let (_, r) = divide_power(bits + shift, d);
        u128::from(d - r) <= 1u128 << (shift + slack)
    };
    let shift = (0..last).find(fits).unwrap_or(last);
    let m = divide_power(bits + shift, d).0 + 1;
    let mask = u64::MAX >> (64 - bits);
    Reciprocal {
        multiplier: m as u64 & mask,
        high: m >> bits != 0,
        shift,
    }
}

/// The reciprocal for unsigned numbers of `bits` bits; `d` is at least 3 and no power of two.
pub fn unsigned_reciprocal(d: u64, bits: u32) -> Reciprocal {
    reciprocal(d, bits, 0)
}

/// The reciprocal for signed numbers of `bits` bits, which are of one bit less without their sign; never a high bit.
pub fn signed_reciprocal(d: u64, bits: u32) -> Reciprocal {
    reciprocal(d, bits, 1)
}

/// Makes nodes in front of `at`, each lowered as it comes.
struct Maker<'c, 'a> {
    cx: &'c mut LowerCx<'a>,
    at: NodeId,
    ty: VarType,
}

impl Maker<'_, '_> {
    fn int(&mut self, v: i64) -> Operand {
        self.cx.body.const_operand(v as u64)
    }

    fn node<L: Lower>(&mut self, node: Node) -> Result<Operand, Bail> {
        let n = self.cx.insert_before(self.at, node);
        L::lower_node(self.cx, n)?;
        Ok(Operand::node(n))
    }

    fn op<L: Lower>(
        &mut self,
        op: Opcode,
        ty: VarType,
        a: Operand,
        b: Operand,
    ) -> Result<Operand, Bail> {
        let mut n = Node::new(op, ty);
        n.opnd = [a, b, Operand::NONE];
        self.node::<L>(n)
    }

    fn shift<L: Lower>(
        &mut self,
        op: Opcode,
        ty: VarType,
        a: Operand,
        by: u32,
    ) -> Result<Operand, Bail> {
        if by == 0 {
            return Ok(a);
        }
        let by = self.int(by.into());
        self.op::<L>(op, ty, a, by)
    }

    fn convert<L: Lower>(
        &mut self,
        op: Opcode,
        from: VarType,
        to: VarType,
        a: Operand,
    ) -> Result<Operand, Bail> {
        let mut n = Node::new(op, to);
        n.sub = from as u8;
        n.opnd[0] = a;
        self.node::<L>(n)
    }

    /// A value that is read more than once: a local.
    fn keep<L: Lower>(&mut self, o: Operand) -> Result<Operand, Bail> {
        if o.as_local().is_some() {
            return Ok(o);
        }
        let l: LocalId = self.cx.body.locals.push(Local::new(self.ty));
        let mut n = Node::new(Opcode::StoreLcl, self.ty);
        n.aux = l.0;
        n.opnd[0] = o;
        self.node::<L>(n)?;
        Ok(Operand::local(l))
    }

    /// The quotient of unsigned `a` by `d`.
    fn unsigned<L: Lower>(&mut self, a: Operand, d: u64) -> Result<Operand, Bail> {
        use Opcode::*;
        use VarType::{I32, I64};
        let ty = self.ty;
        if d.is_power_of_two() {
            return self.shift::<L>(Shr, ty, a, d.trailing_zeros());
        }
        if ty == I32 {
            let r = unsigned_reciprocal(d, 32);
            let wide = self.convert::<L>(Zext, I32, I64, a)?;
            let q = if r.high {
                // 33 bits: moved up, so that the upper half of the product is the quotient.
                let m = (r.multiplier | 1 << 32) << (32 - r.shift);
                let m = self.int(m as i64);
                self.op::<L>(UMulHi, I64, wide, m)?
            } else {
                let m = self.int(r.multiplier as i64);
                let p = self.op::<L>(Mul, I64, wide, m)?;
                self.shift::<L>(Shr, I64, p, 32 + r.shift)?
            };
            return self.convert::<L>(Trunc, I64, I32, q);
        }
        let r = unsigned_reciprocal(d, 64);
        let m = self.int(r.multiplier as i64);
        if !r.high {
            let p = self.op::<L>(UMulHi, I64, a, m)?;
            return self.shift::<L>(Shr, I64, p, r.shift);
        }
        // The 65th bit adds the dividend itself: (a - p) / 2 + p does not overflow.
        let p = self.op::<L>(UMulHi, I64, a, m)?;
        let p = self.keep::<L>(p)?;
        let rest = self.op::<L>(Sub, I64, a, p)?;
        let half = self.shift::<L>(Shr, I64, rest, 1)?;
        let sum = self.op::<L>(Add, I64, half, p)?;
        self.shift::<L>(Shr, I64, sum, r.shift - 1)
    }

    /// The quotient of signed `a`, a local, by the absolute value `d`.
    fn signed<L: Lower>(&mut self, a: Operand, d: u64) -> Result<Operand, Bail> {
        use Opcode::*;
        use VarType::{I32, I64};
        let ty = self.ty;
        let bits = ty.size() * 8;
        if d.is_power_of_two() {
            let k = d.trailing_zeros();
            let biased = self.biased::<L>(a, k)?;
            return self.shift::<L>(Sar, ty, biased, k);
        }
        let r = signed_reciprocal(d, bits);
        let floor = if ty == I32 {
            let wide = self.convert::<L>(Sext, I32, I64, a)?;
            let m = self.int(r.multiplier as i64);
            let p = self.op::<L>(Mul, I64, wide, m)?;
            let p = self.shift::<L>(Sar, I64, p, 32 + r.shift)?;
            self.convert::<L>(Trunc, I64, I32, p)?
        } else {
            // Read as a signed number the multiplier may be 2^64 too small.
            let m = self.int(r.multiplier as i64);
            let mut p = self.op::<L>(MulHi, I64, a, m)?;
            if (r.multiplier as i64) < 0 {
                p = self.op::<L>(Add, I64, p, a)?;
            }
            self.shift::<L>(Sar, I64, p, r.shift)?
        };
        let negative = self.shift::<L>(Shr, ty, a, bits - 1)?;
        self.op::<L>(Add, ty, floor, negative)
    }

    /// `a` plus 2^k - 1 if it is negative: then shifting rounds towards zero.
    fn biased<L: Lower>(&mut self, a: Operand, k: u32) -> Result<Operand, Bail> {
        let bits = self.ty.size() * 8;
        let sign = if k == 1 {
            a
        } else {
            self.shift::<L>(Opcode::Sar, self.ty, a, bits - 1)?
        };
        let bias = self.shift::<L>(Opcode::Shr, self.ty, sign, bits - k)?;
        self.op::<L>(Opcode::Add, self.ty, bias, a)
    }
}

impl LowerCx<'_> {
    /// Replaces a division or remainder by a constant where that is worth it. Returns whether it did.
    pub fn divide_by_constant<L: Lower>(&mut self, n: NodeId) -> Result<bool, Bail> {
        use Opcode::*;
        let node = *self.node(n);
        let ty = node.ty;
        let signed = matches!(node.op, Div | Rem);
        let remainder = matches!(node.op, Rem | URem);
        let Some(c) = self.const_i64(n, 1) else {
            return Ok(false);
        };
        if !self.full || node.opnd[0].is_const() || !matches!(ty, VarType::I32 | VarType::I64) {
            return Ok(false);
        }
        let c = if ty == VarType::I32 {
            c as i32 as i64
        } else {
            c
        };
        let d = match (signed, ty) {
            (true, _) => c.unsigned_abs(),
            (false, VarType::I32) => u64::from(c as u32),
            _ => c as u64,
        };
        let least = 1u64 << (ty.size() * 8 - 1);
        if d < 2 || signed && d == least {
            return Ok(false);
        }
        let mut m = Maker {
            cx: self,
            at: n,
            ty,
        };
        // An unsigned remainder by a power of two is a mask.
        if node.op == URem && d.is_power_of_two() {
            let mask = m.int((d - 1) as i64);
            return self.become_op::<L>(n, And, node.opnd[0], mask);
        }
        let a = m.keep::<L>(node.opnd[0])?;
        let mut q = if signed {
            m.signed::<L>(a, d)?
        } else {
            m.unsigned::<L>(a, d)?
        };
        if remainder {
            // The sign of the divisor does not matter to it.
            let d = m.int(d as i64);
            let product = m.op::<L>(Mul, ty, q, d)?;
            return self.become_op::<L>(n, Sub, a, product);
        }
        if signed && c < 0 {
            let mut neg = Node::new(Neg, ty);
            neg.opnd[0] = q;
            q = m.node::<L>(neg)?;
        }
        // The quotient takes the division's place.
        let (Some(d), true) = (q.as_node(), node.user.is_some()) else {
            let zero = self.body.const_operand(0);
            return self.become_op::<L>(n, Or, q, zero);
        };
        let old = Operand::node(n);
        self.body.for_each_operand_mut(node.user, |o| {
            if *o == old {
                *o = q;
            }
        });
        self.body.nodes[d].user = node.user;
        self.remove(n);
        Ok(true)
    }

    /// Makes `n` the operation `op` of two operands, and lowers it.
    fn become_op<L: Lower>(
        &mut self,
        n: NodeId,
        op: Opcode,
        a: Operand,
        b: Operand,
    ) -> Result<bool, Bail> {
        for o in [a, b] {
            if let Some(d) = o.as_node() {
                self.body.nodes[d].user = n;
            }
        }
        let m = self.node_mut(n);
        m.op = op;
        m.opnd = [a, b, Operand::NONE];
        L::lower_node(self, n)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interesting(bits: u32) -> Vec<u64> {
        let mask = u64::MAX >> (64 - bits);
        let mut v = vec![
            0,
            1,
            2,
            3,
            5,
            6,
            7,
            9,
            10,
            11,
            25,
            100,
            125,
            641,
            1000,
            0x1234_5678,
        ];
        for k in 2..bits {
            v.extend([(1u64 << k) - 1, 1 << k, (1 << k) + 1]);
        }
        v.extend([mask, mask - 1, mask - 2, mask / 3, mask / 10 * 10, mask / 7]);
        v.iter().map(|x| x & mask).collect()
    }

    #[test]
    fn unsigned_reciprocals_give_quotients() {
        for bits in [32, 64] {
            let numbers = interesting(bits);
            for &d in numbers.iter().filter(|d| **d > 2 && !d.is_power_of_two()) {
                let r = unsigned_reciprocal(d, bits);
                for &n in &numbers {
                    // Sixty-five bits by sixty-four: the high bit's product apart.
                    let low = (u128::from(n) * u128::from(r.multiplier)) >> bits;
                    let whole = low + if r.high { u128::from(n) } else { 0 };
                    assert_eq!(whole >> r.shift, u128::from(n / d), "{n} / {d}: {r:?}");
                }
            }
        }
    }

    #[test]
    fn signed_reciprocals_give_quotients() {
        for bits in [32, 64] {
            let numbers = interesting(bits);
            let half = 1u64 << (bits - 1);
            for &d in numbers
                .iter()
                .filter(|d| **d > 2 && **d < half && !d.is_power_of_two())
            {
                let r = signed_reciprocal(d, bits);
                assert!(!r.high);
                for &n in &numbers {
                    let n = if bits == 32 {
                        i128::from(n as i32)
                    } else {
                        i128::from(n as i64)
                    };
                    let m = i128::from(r.multiplier);
                    // The product has 128 bits with its sign: the multiplier in halves.
                    let low = n * (m & 0xFFFF_FFFF);
                    let floor = (n * (m >> 32) + (low >> 32)) >> (bits - 32) >> r.shift;
                    let q = floor + i128::from(n < 0);
                    assert_eq!(q, n / i128::from(d), "{n} / {d}: {r:?}");
                }
            }
        }
    }
}
