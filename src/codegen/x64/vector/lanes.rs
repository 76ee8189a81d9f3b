//! Lanes in and out, shuffles, narrowing and widening.
//!
//! Instructions on 32 bytes work on halves of 16 bytes that do not meet: what crosses them is put right by another.

use super::super::mem::Src;
use super::{V, byte};
use crate::emit::x64::{Arg, Asm, Ins, W, Width, With};
use crate::ir::vector::lanes;
use crate::ir::{Method, VecOp};
use crate::target::{CpuFeatures, RegNum};
use crate::types::VarType;

impl V<'_, '_> {
    /// An instruction that has a VEX form only.
    fn direct(&mut self, ins: Ins, width: Width, args: &[Arg]) {
        Asm(self.cx.em).vec(ins, width, args, With::default());
    }

    /// The upper half of a vector of 32 bytes.
    fn upper_half(&mut self, to: RegNum, a: RegNum) {
        let args = [Arg::R(to), Arg::R(a), byte(1)];
        self.direct(Ins::Vextracti128, Width::L256, &args);
    }

    /// After an instruction that has put two sources' lanes together half by half: the first source's in front. Of 16 bytes nothing.
    fn sort_halves(&mut self, r: RegNum) {
        if self.wide() {
            let args = [Arg::R(r), Arg::R(r), byte(0xD8)];
            self.direct(Ins::Vpermq, Width::L256, &args);
        }
    }

    pub(super) fn widen(&mut self, op: VecOp) {
        use Ins::*;
        let ins = match (op, self.e) {
            (_, VarType::F64) => Cvtps2pd,
            (VecOp::WidenLow | VecOp::WidenHigh, VarType::I16) => Pmovsxbw,
            (VecOp::WidenLow | VecOp::WidenHigh, VarType::I32) => Pmovsxwd,
            (VecOp::WidenLow | VecOp::WidenHigh, _) => Pmovsxdq,
            (_, VarType::I16) => Pmovzxbw,
            (_, VarType::I32) => Pmovzxwd,
            _ => Pmovzxdq,
        };
        let mut a = self.reg(0);
        if matches!(op, VecOp::WidenHigh | VecOp::UWidenHigh) {
            if self.wide() {
                self.upper_half(self.scratch, a);
            } else {
                // The upper half of 16 bytes, or of 8.
                let half = if self.own == VarType::V64 { 0x55 } else { 0xEE };
                self.un_imm(Pshufd, self.scratch, a, half);
            }
            a = self.scratch;
        }
        self.un(ins, self.dst, a);
    }

    pub(super) fn narrow(&mut self, op: VecOp) {
        use Ins::*;
        let (mut a, mut b) = (self.reg(0), self.reg(1));
        let (dst, s) = (self.dst, self.scratch);
        if self.own == VarType::V64 {
            // Both are one operand of 16 bytes, whose first half becomes the result.
            self.rrr(Punpcklqdq, s, a, b);
            (a, b) = (s, s);
        }
        let ins = match (op, self.e) {
            (_, VarType::F32) if self.own == VarType::V64 => {
                return self.un(Cvtpd2ps, dst, s);
            }
            (_, VarType::F32) => {
                self.un(Cvtpd2ps, s, b);
                self.un(Cvtpd2ps, dst, a);
                if self.wide() {
                    let args = [Arg::R(dst), Arg::R(dst), Arg::R(s), byte(1)];
                    return self.direct(Vinserti128, Width::L256, &args);
                }
                return self.rrr(Movlhps, dst, dst, s);
            }
            (_, VarType::I32) => {
                self.op_imm(Shufps, dst, a, Src::Reg(b), 0x88);
                return self.sort_halves(dst);
            }
            (VecOp::NarrowSat, VarType::I8) => Packsswb,
            (VecOp::NarrowSat, _) => Packssdw,
            (_, VarType::I8) => Packuswb,
            _ => Packusdw,
        };
        if op == VecOp::Narrow {
            // What is cut off is zero: nothing saturates.
            let size = self.e.size();
            let low = self.splat((1 << (8 * size)) - 1, 2 * size);
            if a == b {
                self.op(Pand, dst, a, low);
                self.rrr(ins, dst, dst, dst);
            } else {
                self.op(Pand, s, b, low);
                self.op(Pand, dst, a, low);
                self.rrr(ins, dst, dst, s);
            }
        } else {
            self.rrr(ins, dst, a, b);
        }
        self.sort_halves(dst);
    }

    /// The lowest lane of `to` from an integer register; the others are zero.
    fn int_to_lanes(&mut self, to: RegNum, r: RegNum) {
        let wide = self.e.size() == 8;
        if self.avx {
            let ins = if wide { Ins::Vmovq } else { Ins::Vmovd };
            return self.direct(ins, Width::L128, &[Arg::R(to), Arg::R(r)]);
        }
        let w = if wide { W::B8 } else { W::B4 };
        Asm(self.cx.em).rr(Ins::MovdToX, w, to, r);
    }

    pub(super) fn splat_scalar(&mut self) {
        use Ins::*;
        let (a, dst) = (self.reg(0), self.dst);
        let mut from = a;
        if !self.e.is_float() {
            self.int_to_lanes(dst, a);
            from = dst;
        }
        if self.cx.features.contains(CpuFeatures::AVX2) {
            let ins = match self.e {
                VarType::F32 => Vbroadcastss,
                VarType::F64 if self.wide() => Vbroadcastsd,
                VarType::F64 => Vmovddup,
                _ => self.by_size([Vpbroadcastb, Vpbroadcastw, Vpbroadcastd, Vpbroadcastq]),
            };
            return self.direct(ins, self.width, &[Arg::R(dst), Arg::R(from)]);
        }
        match self.e {
            VarType::I8 => {
                self.zero(self.scratch);
                self.rrr(Pshufb, dst, dst, self.scratch);
            }
            VarType::I16 => {
                self.un_imm(Pshuflw, dst, dst, 0);
                self.un_imm(Pshufd, dst, dst, 0);
            }
            VarType::I32 => self.un_imm(Pshufd, dst, dst, 0),
            VarType::I64 => self.un_imm(Pshufd, dst, dst, 0x44),
            VarType::F32 => self.op_imm(Shufps, dst, a, Src::Reg(a), 0),
            _ => self.un(Movddup, dst, a),
        }
    }

    /// Where lane `lane` of operand 0 stands: a register of 16 bytes and a lane of it.
    fn half_of(&mut self, lane: u32) -> (RegNum, u32) {
        let half = lanes(VarType::V128, self.e);
        let a = self.reg(0);
        if lane < half {
            return (a, lane);
        }
        self.upper_half(self.scratch, a);
        (self.scratch, lane - half)
    }

    pub(super) fn extract(&mut self, lane: u32) {
        use Ins::*;
        let (a, lane) = self.half_of(lane);
        let (dst, imm) = (self.dst, lane as i32);
        // A lane is of 16 bytes.
        self.width = Width::L128;
        let wide = self.e.size() == 8;
        match self.e {
            VarType::F32 | VarType::F64 if lane == 0 => return self.mov(dst, a),
            VarType::F32 => return self.un_imm(Pshufd, dst, a, imm),
            VarType::F64 => return self.un_imm(Pshufd, dst, a, 0xEE),
            VarType::I32 | VarType::I64 if lane == 0 && self.avx => {
                let ins = if wide { Vmovq } else { Vmovd };
                return self.direct(ins, Width::L128, &[Arg::R(dst), Arg::R(a)]);
            }
            VarType::I32 | VarType::I64 if lane == 0 => {
                let w = if wide { W::B8 } else { W::B4 };
                return Asm(self.cx.em).rr(MovdFromX, w, dst, a);
            }
            _ => {}
        }
        let ins = self.by_size([Pextrb, Pextrw, Pextrd, Pextrq]);
        let width = if wide { Width::W64 } else { Width::W32 };
        self.emit(ins, width, &[Arg::R(dst), Arg::R(a), byte(imm)]);
        match self.e {
            VarType::I8 => Asm(self.cx.em).rr(Movsx8, W::B4, dst, dst),
            VarType::I16 => Asm(self.cx.em).rr(Movsx16, W::B4, dst, dst),
            _ => {}
        }
    }

    pub(super) fn insert(&mut self, lane: u32) {
        let (a, b, dst, s) = (self.reg(0), self.reg(1), self.dst, self.scratch);
        if !self.wide() {
            return self.insert_in_half(dst, a, b, lane);
        }
        // The half, which then takes its place.
        let (half, at) = self.half_of(lane);
        self.width = Width::L128;
        self.insert_in_half(s, half, b, at);
        self.width = Width::L256;
        let (ins, imm) = if at == lane {
            (Ins::Vpblendd, 0x0F)
        } else {
            (Ins::Vinserti128, 1)
        };
        let args = [Arg::R(dst), Arg::R(a), Arg::R(s), byte(imm)];
        self.direct(ins, Width::L256, &args);
    }

    fn insert_in_half(&mut self, to: RegNum, a: RegNum, b: RegNum, lane: u32) {
        use Ins::*;
        let imm = lane as i32;
        match self.e {
            VarType::F32 => return self.op_imm(Insertps, to, a, Src::Reg(b), imm << 4),
            VarType::F64 if lane == 1 => return self.rrr(Movlhps, to, a, b),
            VarType::F64 => return self.op_imm(Pblendw, to, a, Src::Reg(b), 0x0F),
            _ => {}
        }
        let ins = self.by_size([Pinsrb, Pinsrw, Pinsrd, Pinsrq]);
        let width = match self.e.size() {
            8 => Width::W64,
            _ => Width::W32,
        };
        if self.avx {
            let args = [Arg::R(to), Arg::R(a), Arg::R(b), byte(imm)];
            return self.emit(ins, width, &args);
        }
        self.mov(to, a);
        self.emit(ins, width, &[Arg::R(to), Arg::R(b), byte(imm)]);
    }

    pub(super) fn mask(&mut self) {
        use Ins::*;
        let (a, dst, s) = (self.reg(0), self.dst, self.scratch);
        let (ins, from) = match self.e.size() {
            1 => (Pmovmskb, a),
            4 => (Movmskps, a),
            8 => (Movmskpd, a),
            _ => {
                // To bytes, of which the sign stays; of 16 bytes the second half is the first again.
                if self.wide() {
                    self.upper_half(s, a);
                    self.width = Width::L128;
                    self.rrr(Packsswb, s, a, s);
                } else {
                    self.rrr(Packsswb, s, a, a);
                }
                (Pmovmskb, s)
            }
        };
        let width = if self.avx { self.width } else { Width::W32 };
        self.emit(ins, width, &[Arg::R(dst), Arg::R(from)]);
        let lanes = lanes(self.own, self.e);
        if self.own != self.ty {
            Asm(self.cx.em).ri(And, W::B4, dst, (1 << lanes) - 1);
        } else if self.e.size() == 2 && !self.wide() {
            Asm(self.cx.em).rr(Movzx8, W::B4, dst, dst);
        }
    }

    /// Bytes of both operands, counted through, by the lanes that the row names.
    fn shuffled_bytes(&self, row: u32) -> [u8; 32] {
        let node = &self.cx.body.nodes[self.n];
        let row = self.row(row);
        let size = self.e.size() as usize;
        // What is above a short vector stays, which fits most instructions.
        let mut bytes = std::array::from_fn(|i| i as u8);
        let short = lanes(self.own, self.e) as u8;
        let above = lanes(self.ty, self.e) as u8 - short;
        for (i, &lane) in row[..Method::vector_bytes(node)].iter().enumerate() {
            let lane = if lane < short { lane } else { lane + above };
            for k in 0..size {
                bytes[i * size + k] = lane * size as u8 + k as u8;
            }
        }
        bytes
    }

    pub(super) fn shuffle(&mut self, row: u32) {
        let mut bytes = self.shuffled_bytes(row);
        let count = self.ty.size() as usize;
        let (a, b) = (self.reg(0), self.reg(1));
        if a == b {
            bytes.iter_mut().for_each(|x| *x %= count as u8);
        }
        let used = &bytes[..count];
        let only_a = used.iter().all(|&x| usize::from(x) < count);
        let only_b = used.iter().all(|&x| usize::from(x) >= count);
        let mut local = bytes;
        local.iter_mut().for_each(|x| *x %= count as u8);
        if only_a || only_b {
            let from = if only_a { a } else { b };
            if local[..count].iter().zip(0..).all(|(&x, i)| x == i) {
                return self.mov(self.dst, from);
            }
            if self.wide() {
                self.gather(&bytes);
                return self.mov(self.dst, self.temp);
            }
            return self.shuffle_one(from, &local);
        }
        if self.wide() {
            self.gather(&bytes);
            return self.mov(self.dst, self.temp);
        }
        if !self.shuffle_known(a, b, &bytes) {
            let of_b = bytes.map(|x| if x >= 16 { x - 16 } else { 0x80 });
            let of_a = bytes.map(|x| if x < 16 { x } else { 0x80 });
            let (of_a, of_b) = (self.bytes(&of_a), self.bytes(&of_b));
            self.op(Ins::Pshufb, self.scratch, b, of_b);
            self.op(Ins::Pshufb, self.dst, a, of_a);
            self.rrr(Ins::Por, self.dst, self.dst, self.scratch);
        }
    }

    /// 16 bytes of one register.
    fn shuffle_one(&mut self, from: RegNum, bytes: &[u8; 32]) {
        if let Some(w) = words(bytes) {
            let imm = w.iter().rev().fold(0, |v, &x| v << 2 | i32::from(x & 3));
            return self.un_imm(Ins::Pshufd, self.dst, from, imm);
        }
        let mask = self.bytes(bytes);
        self.op(Ins::Pshufb, self.dst, from, mask);
    }

    /// 16 bytes of two registers, where an instruction does just that.
    fn shuffle_known(&mut self, a: RegNum, b: RegNum, bytes: &[u8; 32]) -> bool {
        use Ins::*;
        const UNPACKS: [[Ins; 2]; 4] = [
            [Punpcklbw, Punpckhbw],
            [Punpcklwd, Punpckhwd],
            [Punpckldq, Punpckhdq],
            [Punpcklqdq, Punpckhqdq],
        ];
        let (dst, s) = (self.dst, self.scratch);
        // The same bytes with the operands exchanged.
        let turned = bytes.map(|x| x ^ 16);
        for (swap, bytes) in [(false, bytes), (true, &turned)] {
            let (x, y) = if swap { (b, a) } else { (a, b) };
            // Written first, so that the second operand's register may be the result's.
            let to = if swap && !self.avx { s } else { dst };
            let known = if let Some(ins) = unpack(bytes, &UNPACKS) {
                self.rrr(ins, to, x, y);
                true
            } else if let Some(by) = follows(bytes) {
                // The instruction names the upper part first.
                let to = if swap || self.avx { dst } else { s };
                self.op_imm(Palignr, to, y, Src::Reg(x), by);
                self.mov(dst, to);
                return true;
            } else if let Some([w0, w1, w2, w3]) = words(bytes)
                && w0 < 4
                && w1 < 4
                && w2 >= 4
                && w3 >= 4
            {
                let imm = [w3, w2, w1, w0]
                    .iter()
                    .fold(0, |v, &w| v << 2 | i32::from(w & 3));
                self.op_imm(Shufps, to, x, Src::Reg(y), imm);
                true
            } else {
                false
            };
            if known {
                self.mov(dst, to);
                return true;
            }
        }
        let Some(imm) = blend(bytes) else {
            return false;
        };
        self.op_imm(Pblendw, dst, a, Src::Reg(b), imm);
        true
    }

    /// Any bytes of 32-byte registers, into the temporary: each half of each operand stands twice, gives its bytes and zeros for
    /// the others.
    fn gather(&mut self, bytes: &[u8; 32]) {
        let (s, t) = (self.scratch, self.temp);
        let mut any = false;
        for k in 0..4 {
            let half = |x: u8| x / 16 == k;
            if !bytes.iter().any(|&x| half(x)) {
                continue;
            }
            let mask = bytes.map(|x| if half(x) { x % 16 } else { 0x80 });
            let mask = self.bytes(&mask);
            let from = Arg::R(self.reg(usize::from(k / 2)));
            let to = if any { s } else { t };
            let imm = if k % 2 == 0 { 0x00 } else { 0x11 };
            let args = [Arg::R(to), from, from, byte(imm)];
            self.direct(Ins::Vperm2i128, Width::L256, &args);
            self.op(Ins::Pshufb, to, to, mask);
            if any {
                self.rrr(Ins::Por, t, t, s);
            }
            any = true;
        }
    }
}

/// The doublewords that 16 bytes are, if they are whole ones.
fn words(bytes: &[u8; 32]) -> Option<[u8; 4]> {
    let mut words = [0; 4];
    for (w, four) in words.iter_mut().zip(bytes.chunks(4)) {
        *w = four[0] / 4;
        if !four.iter().zip(0..).all(|(&x, i)| x == 4 * *w + i) {
            return None;
        }
    }
    Some(words)
}

/// The instruction that takes lanes of the lower or upper halves by turns.
fn unpack(bytes: &[u8; 32], ins: &[[Ins; 2]; 4]) -> Option<Ins> {
    for (size, pair) in ins.iter().enumerate() {
        let size = 1usize << size;
        for (upper, &ins) in pair.iter().enumerate() {
            let is = (0..16).all(|i| {
                let (lane, k) = (i / size, i % size);
                let from = lane / 2 * size + k + 8 * upper + 16 * (lane % 2);
                usize::from(bytes[i]) == from
            });
            if is {
                return Some(ins);
            }
        }
    }
    None
}

/// The first of 16 bytes that follow each other.
fn follows(bytes: &[u8; 32]) -> Option<i32> {
    let first = bytes[0];
    let is = first < 16 && bytes[..16].iter().zip(0..).all(|(&x, i)| x == first + i);
    is.then_some(first.into())
}

/// Halfwords that stay in their place, from either operand: a bit each, set for the second.
fn blend(bytes: &[u8; 32]) -> Option<i32> {
    let mut imm = 0;
    for (i, pair) in bytes[..16].chunks(2).enumerate() {
        let at = 2 * i as u8;
        match pair {
            [x, y] if *x == at && *y == at + 1 => {}
            [x, y] if *x == at + 16 && *y == at + 17 => imm |= 1 << i,
            _ => return None,
        }
    }
    Some(imm)
}
