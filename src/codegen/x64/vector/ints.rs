//! Integer lanes: products, minima, shifts and comparisons that are more than one instruction.

use super::super::mem::Src;
use super::V;
use crate::emit::x64::{Arg, Asm, Ins, W, Width, With};
use crate::ir::{Cond, VecOp};
use crate::target::RegNum;
use crate::target::x64::R11;
use crate::types::VarType;

/// A shift's count.
#[derive(Copy, Clone)]
enum Count {
    Imm(i32),
    /// In the lowest quadword of this register.
    Reg(RegNum),
}

impl V<'_, '_> {
    /// Bytes by words: the odd ones shifted down, multiplied and put back; the even ones cut to their byte.
    pub(super) fn multiply_bytes(&mut self) {
        let (a, b, dst, s, t) = (self.reg(0), self.reg(1), self.dst, self.scratch, self.temp);
        self.shift(Ins::Psrlw, t, a, 8);
        self.shift(Ins::Psrlw, s, b, 8);
        self.rrr(Ins::Pmullw, t, t, s);
        self.shift(Ins::Psllw, t, t, 8);
        self.rrr(Ins::Pmullw, dst, a, b);
        let low = self.splat(0xFF, 2);
        self.op(Ins::Pand, dst, dst, low);
        self.rrr(Ins::Por, dst, dst, t);
    }

    /// Quadwords by doublewords: low * low + (high * low + low * high) << 32.
    pub(super) fn multiply_quads(&mut self) {
        let (a, b, dst, s, t) = (self.reg(0), self.reg(1), self.dst, self.scratch, self.temp);
        self.shift(Ins::Psrlq, t, a, 32);
        self.rrr(Ins::Pmuludq, t, t, b);
        self.shift(Ins::Psrlq, s, b, 32);
        self.rrr(Ins::Pmuludq, s, s, a);
        self.rrr(Ins::Paddq, t, t, s);
        self.shift(Ins::Psllq, t, t, 32);
        self.rrr(Ins::Pmuludq, dst, a, b);
        self.rrr(Ins::Paddq, dst, dst, t);
    }

    /// `to = a > b` for quadwords, without sign if `unsigned`; then `a` and `b` are read before `to` and the scratch register are
    /// written.
    fn quad_above(&mut self, to: RegNum, a: RegNum, b: RegNum, unsigned: bool) {
        if !unsigned {
            return self.rrr(Ins::Pcmpgtq, to, a, b);
        }
        // With the highest bit inverted the order is that of signed numbers.
        let sign = self.splat(1 << 63, 8);
        let s = self.scratch;
        self.op(Ins::Pxor, to, a, sign);
        self.op(Ins::Pxor, s, b, sign);
        self.rrr(Ins::Pcmpgtq, to, to, s);
    }

    /// Minima and maxima of quadwords: `a ^ (a ^ b)` where `a` is the worse.
    pub(super) fn choose_quads(&mut self, op: VecOp) {
        let (a, b, dst, s, t) = (self.reg(0), self.reg(1), self.dst, self.scratch, self.temp);
        let unsigned = matches!(op, VecOp::UMin | VecOp::UMax);
        match op {
            VecOp::Min | VecOp::UMin => self.quad_above(t, a, b, unsigned),
            _ => self.quad_above(t, b, a, unsigned),
        }
        self.rrr(Ins::Pxor, s, a, b);
        self.rrr(Ins::Pand, s, s, t);
        self.rrr(Ins::Pxor, dst, a, s);
    }

    /// The count of a shift, below the lanes' width.
    fn count(&mut self) -> Count {
        let most = 8 * self.e.size() as i32 - 1;
        if let Some(c) = self.cx.imm(self.n, 1) {
            return Count::Imm(c as i32 & most);
        }
        let (r, s) = (self.reg(1), self.scratch);
        let asm = &mut Asm(self.cx.em);
        asm.rr(Ins::Mov, W::B4, R11, r);
        asm.ri(Ins::And, W::B4, R11, most);
        if self.avx {
            let args = [Arg::R(s), Arg::R(R11)];
            asm.vec(Ins::Vmovd, Width::L128, &args, With::default());
        } else {
            asm.rr(Ins::MovdToX, W::B4, s, R11);
        }
        Count::Reg(s)
    }

    fn shift_by(&mut self, ins: Ins, to: RegNum, a: RegNum, count: Count) {
        match count {
            Count::Imm(c) => self.shift(ins, to, a, c),
            Count::Reg(r) => self.rrr(ins, to, a, r),
        }
    }

    pub(super) fn shift_all(&mut self, op: VecOp) {
        let (a, dst, t) = (self.reg(0), self.dst, self.temp);
        let count = self.count();
        match (self.e, op) {
            (VarType::I8, _) => self.shift_bytes(op, count),
            (VarType::I64, VecOp::Sar) => {
                // Bits that follow the sign are inverted in front and behind.
                self.zero(t);
                self.rrr(Ins::Pcmpgtq, t, t, a);
                self.rrr(Ins::Pxor, dst, a, t);
                self.shift_by(Ins::Psrlq, dst, dst, count);
                self.rrr(Ins::Pxor, dst, dst, t);
            }
            _ => {
                let ins = match op {
                    VecOp::Shl => [Ins::Psllw, Ins::Psllw, Ins::Pslld, Ins::Psllq],
                    VecOp::Shr => [Ins::Psrlw, Ins::Psrlw, Ins::Psrld, Ins::Psrlq],
                    _ => [Ins::Psraw, Ins::Psraw, Ins::Psrad, Ins::Psrad],
                };
                let ins = self.by_size(ins);
                self.shift_by(ins, dst, a, count);
            }
        }
    }

    /// Bytes by words, the odd ones in the temporary and the even ones in the result.
    fn shift_bytes(&mut self, op: VecOp, count: Count) {
        let (a, dst, t) = (self.reg(0), self.dst, self.temp);
        let (up, down) = (Ins::Psllw, Ins::Psrlw);
        match op {
            VecOp::Shl => {
                self.shift(down, t, a, 8);
                self.shift(up, t, t, 8);
                self.shift_by(up, t, t, count);
                self.shift_by(up, dst, a, count);
                self.shift(up, dst, dst, 8);
                self.shift(down, dst, dst, 8);
            }
            _ => {
                let ins = if op == VecOp::Shr { down } else { Ins::Psraw };
                self.shift_by(ins, t, a, count);
                self.shift(down, t, t, 8);
                self.shift(up, t, t, 8);
                self.shift(up, dst, a, 8);
                self.shift_by(ins, dst, dst, count);
                self.shift(down, dst, dst, 8);
            }
        }
        self.rrr(Ins::Por, dst, dst, t);
    }

    pub(super) fn compare(&mut self, cond: u32) {
        let cond = Cond::from_bits(cond as u8);
        if self.e.is_float() {
            return self.compare_floats(cond);
        }
        let (mut a, mut b) = (self.reg(0), self.reg(1));
        // Equality and "above" are what there is.
        if matches!(cond, Cond::Lt | Cond::Ge | Cond::ULt | Cond::UGe) {
            (a, b) = (b, a);
        }
        let equal = self.by_size([Ins::Pcmpeqb, Ins::Pcmpeqw, Ins::Pcmpeqd, Ins::Pcmpeqq]);
        let above = self.by_size([Ins::Pcmpgtb, Ins::Pcmpgtw, Ins::Pcmpgtd, Ins::Pcmpgtq]);
        let s = self.scratch;
        let wide = self.e.size() == 8;
        let invert = match cond {
            Cond::Eq | Cond::UEq => {
                self.rrr(equal, s, a, b);
                false
            }
            Cond::Ne | Cond::UNe => {
                self.rrr(equal, s, a, b);
                true
            }
            Cond::Gt | Cond::Lt => {
                self.rrr(above, s, a, b);
                false
            }
            Cond::Le | Cond::Ge => {
                self.rrr(above, s, a, b);
                true
            }
            _ if wide => {
                self.quad_above(self.temp, a, b, true);
                self.mov(s, self.temp);
                matches!(cond, Cond::ULe | Cond::UGe)
            }
            // a <= b where a is the smaller one.
            _ => {
                let min = [Ins::Pminub, Ins::Pminuw, Ins::Pminud, Ins::Pminud];
                let min = self.by_size(min);
                self.rrr(min, s, a, b);
                self.rrr(equal, s, s, a);
                matches!(cond, Cond::UGt | Cond::ULt)
            }
        };
        if !invert {
            return self.mov(self.dst, s);
        }
        // The operands have been read: the result's register may hold all ones.
        self.ones(self.dst);
        self.op(Ins::Pxor, self.dst, self.dst, Src::Reg(s));
    }
}
