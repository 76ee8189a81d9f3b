//! Float lanes: minima, comparisons, rounding and conversions that are more than one instruction.

use super::super::mem::Src;
use super::V;
use crate::emit::x64::Ins;
use crate::ir::{Cond, VecOp};
use crate::types::VarType;

impl V<'_, '_> {
    /// Minima and maxima. The machine's give the second operand for NaN and for zeros of both signs; so both orders are taken.
    pub(super) fn choose_floats(&mut self, min: bool) {
        let (a, b, dst, s, t) = (self.reg(0), self.reg(1), self.dst, self.scratch, self.temp);
        let single = if min { Ins::Minps } else { Ins::Maxps };
        let double = if min { Ins::Minpd } else { Ins::Maxpd };
        let ins = self.pick(single, double);
        self.rrr(ins, s, a, b);
        self.rrr(ins, t, b, a);
        if min {
            // A NaN stays one, and a sign of one zero is the sign of both.
            return self.last(Ins::Orps, s, Src::Reg(t));
        }
        // Bits that differ: NaN's, or a zero's sign, which the subtraction takes off.
        self.rrr(Ins::Xorps, t, t, s);
        self.rrr(Ins::Orps, s, s, t);
        self.rrr(self.pick(Ins::Subps, Ins::Subpd), dst, s, t);
    }

    /// A comparison with the predicate's number: those below 8 are in every encoding.
    fn predicate(&mut self, to: crate::target::RegNum, a: crate::target::RegNum, b: Src, p: i32) {
        let ins = self.pick(Ins::Cmpps, Ins::Cmppd);
        self.op_imm(ins, to, a, b, p);
    }

    pub(super) fn compare_floats(&mut self, cond: Cond) {
        let (a, b, dst, s) = (self.reg(0), self.reg(1), self.dst, self.scratch);
        // Equal, less, less or equal, unordered, and their opposites.
        let (swap, p) = match cond {
            Cond::Eq => (false, 0),
            Cond::UNe => (false, 4),
            Cond::Lt => (false, 1),
            Cond::Le => (false, 2),
            Cond::UGe => (false, 5),
            Cond::UGt => (false, 6),
            Cond::Gt => (true, 1),
            Cond::Ge => (true, 2),
            Cond::ULe => (true, 5),
            Cond::ULt => (true, 6),
            Cond::UEq if self.avx => (false, 8),
            _ if self.avx => (false, 12),
            // Equal or unordered; neither.
            Cond::UEq => {
                self.predicate(s, a, Src::Reg(b), 3);
                self.predicate(dst, a, Src::Reg(b), 0);
                return self.rrr(Ins::Orps, dst, dst, s);
            }
            _ => {
                self.predicate(s, a, Src::Reg(b), 7);
                self.predicate(dst, a, Src::Reg(b), 4);
                return self.rrr(Ins::Andps, dst, dst, s);
            }
        };
        if !swap {
            return self.predicate(dst, a, Src::Reg(b), p);
        }
        self.predicate(s, b, Src::Reg(a), p);
        self.mov(dst, s);
    }

    pub(super) fn round(&mut self, op: VecOp) {
        // The immediate names the direction; 8 keeps the inexact flag quiet.
        let direction = match op {
            VecOp::RoundEven => 8,
            VecOp::Floor => 9,
            VecOp::Ceil => 10,
            _ => 11,
        };
        let ins = self.pick(Ins::Roundps, Ins::Roundpd);
        self.un_imm(ins, self.dst, self.reg(0), direction);
    }

    pub(super) fn int_to_float(&mut self, signed: bool) {
        let (a, dst, s, t) = (self.reg(0), self.dst, self.scratch, self.temp);
        if self.e == VarType::F64 {
            return self.quads_to_doubles(signed);
        }
        if signed {
            return self.un(Ins::Cvtdq2ps, dst, a);
        }
        // Both halves are exact; only their sum is rounded.
        self.shift(Ins::Psrld, t, a, 16);
        self.shift(Ins::Pslld, s, a, 16);
        self.shift(Ins::Psrld, s, s, 16);
        self.un(Ins::Cvtdq2ps, t, t);
        self.un(Ins::Cvtdq2ps, s, s);
        let scale = self.splat(65536f32.to_bits().into(), 4);
        self.op(Ins::Mulps, t, t, scale);
        self.rrr(Ins::Addps, dst, t, s);
    }

    /// The upper and the lower half become the fractions of 2^84 and 2^52, which are taken off again; the one sum rounds. The sign is
    /// an offset of the upper half.
    fn quads_to_doubles(&mut self, signed: bool) {
        let (a, dst, s) = (self.reg(0), self.dst, self.scratch);
        let (high, less) = if signed {
            (0x4530_0000_8000_0000, 0x4530_0000_8010_0000)
        } else {
            (0x4530_0000_0000_0000, 0x4530_0000_0010_0000)
        };
        self.shift(Ins::Psrlq, s, a, 32);
        let high = self.splat(high, 8);
        self.op(Ins::Pxor, s, s, high);
        let less = self.splat(less, 8);
        self.op(Ins::Subpd, s, s, less);
        let low = self.splat(0x4330_0000_0000_0000, 8);
        self.op_imm(Ins::Pblendw, dst, a, low, 0xCC);
        self.rrr(Ins::Addpd, dst, dst, s);
    }

    /// Singles to integers. What does not fit becomes the least number, which is turned over where it is too large.
    pub(super) fn float_to_int(&mut self) {
        let (a, dst, s) = (self.reg(0), self.dst, self.scratch);
        self.predicate(s, a, Src::Reg(a), 0);
        self.rrr(Ins::Andps, dst, a, s);
        let limit = self.splat(2_147_483_648f32.to_bits().into(), 4);
        // limit <= x, as not x < limit: NaN is gone.
        self.predicate(s, dst, limit, 5);
        self.un(Ins::Cvttps2dq, dst, dst);
        self.rrr(Ins::Pxor, dst, dst, s);
    }

    /// Singles to unsigned integers: as signed ones, and what is above 2^31 a second time without it.
    pub(super) fn float_to_uint(&mut self) {
        let (a, dst, s, t) = (self.reg(0), self.dst, self.scratch, self.temp);
        // The second operand for NaN: 0 for it and for all below 0.
        self.zero(s);
        self.rrr(Ins::Maxps, dst, a, s);
        let limit = self.splat(2_147_483_648f32.to_bits().into(), 4);
        self.op(Ins::Subps, t, dst, limit);
        // The rest too large, which becomes the least number, is turned over to the greatest.
        self.predicate(s, t, limit, 5);
        self.un(Ins::Cvttps2dq, t, t);
        self.rrr(Ins::Pxor, t, t, s);
        self.zero(s);
        self.rrr(Ins::Pmaxsd, t, t, s);
        self.un(Ins::Cvttps2dq, dst, dst);
        self.rrr(Ins::Paddd, dst, dst, t);
    }
}
