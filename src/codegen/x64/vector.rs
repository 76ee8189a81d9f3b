//! Vector nodes: SSE4.2, or VEX encodings where the machine has AVX; 32-byte vectors always in VEX encodings.
//!
//! - here: the vocabulary of the rest, constants, operations that are one instruction;
//! - [`ints`]: sequences of integer operations, shifts, comparisons, selection;
//! - [`floats`]: minima, conversions, rounding;
//! - [`lanes`]: lanes in and out, shuffles, narrowing and widening.
//!
//! Sequences are written with three operands. [`V`] makes each a copy and a two-operand instruction where there is no AVX: what is
//! written may then be the first source but not only the second, and a request for that is refused.

mod floats;
mod ints;
mod lanes;

use super::mem::{self, Src, source};
use crate::codegen::GenCx;
use crate::emit::x64::{Arg, Asm, Ins, Mem, Width, With};
use crate::ir::{Bail, NodeId, Opcode, VecOp};
use crate::target::{CpuFeatures, RegNum};
use crate::types::VarType;

/// One vector node being generated.
struct V<'a, 'b> {
    cx: &'a mut GenCx<'b>,
    n: NodeId,
    /// The type of the vectors that the node works on; 16 bytes for those of 8 and 12, whose upper lanes are anything.
    ty: VarType,
    /// Their own type.
    own: VarType,
    /// Its element type.
    e: VarType,
    avx: bool,
    width: Width,
    dst: RegNum,
    /// Registers that are the node's own: the scratch one, and a temporary where its demand has one.
    scratch: RegNum,
    temp: RegNum,
    /// A sequence asked for what two operands cannot do.
    clash: bool,
}

macro_rules! vex_forms {
    ($($sse:ident $vex:ident),* $(,)?) => {
        /// The VEX form of an SSE instruction.
        fn vex(ins: Ins) -> Ins {
            match ins {
                $(Ins::$sse => Ins::$vex,)*
                other => other,
            }
        }
    };
}

#[rustfmt::skip]
vex_forms! {
    Paddb Vpaddb, Paddw Vpaddw, Paddd Vpaddd, Paddq Vpaddq, Psubb Vpsubb, Psubw Vpsubw, Psubd Vpsubd, Psubq Vpsubq,
    Paddsb Vpaddsb, Paddsw Vpaddsw, Paddusb Vpaddusb, Paddusw Vpaddusw,
    Psubsb Vpsubsb, Psubsw Vpsubsw, Psubusb Vpsubusb, Psubusw Vpsubusw,
    Pmullw Vpmullw, Pmulld Vpmulld, Pmuludq Vpmuludq,
    Pminsb Vpminsb, Pminsw Vpminsw, Pminsd Vpminsd, Pminub Vpminub, Pminuw Vpminuw, Pminud Vpminud,
    Pmaxsb Vpmaxsb, Pmaxsw Vpmaxsw, Pmaxsd Vpmaxsd, Pmaxub Vpmaxub, Pmaxuw Vpmaxuw, Pmaxud Vpmaxud,
    Pand Vpand, Pandn Vpandn, Por Vpor, Pxor Vpxor, Andps Vandps, Andnps Vandnps, Orps Vorps, Xorps Vxorps,
    Addps Vaddps, Addpd Vaddpd, Subps Vsubps, Subpd Vsubpd, Mulps Vmulps, Mulpd Vmulpd, Divps Vdivps, Divpd Vdivpd,
    Minps Vminps, Minpd Vminpd, Maxps Vmaxps, Maxpd Vmaxpd, Sqrtps Vsqrtps, Sqrtpd Vsqrtpd,
    Roundps Vroundps, Roundpd Vroundpd, Cmpps Vcmpps, Cmppd Vcmppd,
    Cvtdq2ps Vcvtdq2ps, Cvttps2dq Vcvttps2dq, Cvtps2pd Vcvtps2pd, Cvtpd2ps Vcvtpd2ps,
    Pcmpeqb Vpcmpeqb, Pcmpeqw Vpcmpeqw, Pcmpeqd Vpcmpeqd, Pcmpeqq Vpcmpeqq,
    Pcmpgtb Vpcmpgtb, Pcmpgtw Vpcmpgtw, Pcmpgtd Vpcmpgtd, Pcmpgtq Vpcmpgtq,
    Pabsb Vpabsb, Pabsw Vpabsw, Pabsd Vpabsd,
    Psllw Vpsllw, Pslld Vpslld, Psllq Vpsllq, Psrlw Vpsrlw, Psrld Vpsrld, Psrlq Vpsrlq, Psraw Vpsraw, Psrad Vpsrad,
    Pmovsxbw Vpmovsxbw, Pmovsxwd Vpmovsxwd, Pmovsxdq Vpmovsxdq, Pmovzxbw Vpmovzxbw, Pmovzxwd Vpmovzxwd, Pmovzxdq Vpmovzxdq,
    Packsswb Vpacksswb, Packssdw Vpackssdw, Packuswb Vpackuswb, Packusdw Vpackusdw,
    Punpcklbw Vpunpcklbw, Punpcklwd Vpunpcklwd, Punpckldq Vpunpckldq, Punpcklqdq Vpunpcklqdq,
    Punpckhbw Vpunpckhbw, Punpckhwd Vpunpckhwd, Punpckhdq Vpunpckhdq, Punpckhqdq Vpunpckhqdq,
    Pshufb Vpshufb, Pshufd Vpshufd, Pshuflw Vpshuflw, Shufps Vshufps, Palignr Vpalignr, Pblendw Vpblendw,
    Movaps Vmovaps, Movlhps Vmovlhps, Movddup Vmovddup, Insertps Vinsertps,
    Pextrb Vpextrb, Pextrw Vpextrw, Pextrd Vpextrd, Pextrq Vpextrq, Pinsrb Vpinsrb, Pinsrw Vpinsrw, Pinsrd Vpinsrd, Pinsrq Vpinsrq,
    Pmovmskb Vpmovmskb, Movmskps Vmovmskps, Movmskpd Vmovmskpd,
}

fn arg(s: Src) -> Arg {
    match s {
        Src::Reg(r) => Arg::R(r),
        Src::Imm(i) => byte(i),
        Src::Mem(m) => Arg::M(m),
    }
}

/// An immediate byte.
fn byte(imm: i32) -> Arg {
    Arg::I((imm as i8).into())
}

impl<'a, 'b> V<'a, 'b> {
    fn new(cx: &'a mut GenCx<'b>, n: NodeId) -> Self {
        let node = cx.body.nodes[n];
        let own = match node.op {
            Opcode::VecExtract | Opcode::VecMask => cx.body.operand_type(n, 0),
            _ => node.ty,
        };
        let ty = match own {
            VarType::V64 | VarType::V96 => VarType::V128,
            ty => ty,
        };
        let wide = ty == VarType::V256;
        let regs = cx.regs(n);
        V {
            avx: wide || cx.features.contains(CpuFeatures::AVX),
            width: if wide { Width::L256 } else { Width::L128 },
            n,
            ty,
            own,
            e: node.source_type(),
            dst: regs.def,
            scratch: cx.desc.scratch_float,
            temp: regs.temp[0],
            clash: false,
            cx,
        }
    }

    /// The register of operand `k`.
    fn reg(&self, k: usize) -> RegNum {
        self.cx.reg(self.n, k)
    }

    fn wide(&self) -> bool {
        self.ty == VarType::V256
    }

    fn emit(&mut self, ins: Ins, width: Width, args: &[Arg]) {
        let ins = if self.avx { vex(ins) } else { ins };
        Asm(self.cx.em).vec(ins, width, args, With::default());
    }

    fn mov(&mut self, to: RegNum, from: RegNum) {
        if to != from {
            self.emit(Ins::Movaps, self.width, &[Arg::R(to), Arg::R(from)]);
        }
    }

    /// In front of a two-operand instruction: `to` becomes `a`.
    fn first(&mut self, to: RegNum, a: RegNum, b: Src) {
        if to != a {
            self.clash |= matches!(b, Src::Reg(r) if r == to);
            self.mov(to, a);
        }
    }

    /// `to = a ins b`.
    fn op(&mut self, ins: Ins, to: RegNum, a: RegNum, b: Src) {
        if self.avx {
            return self.emit(ins, self.width, &[Arg::R(to), Arg::R(a), arg(b)]);
        }
        self.first(to, a, b);
        self.emit(ins, self.width, &[Arg::R(to), arg(b)]);
    }

    /// [`V::op`] of registers.
    fn rrr(&mut self, ins: Ins, to: RegNum, a: RegNum, b: RegNum) {
        self.op(ins, to, a, Src::Reg(b));
    }

    /// `to = a ins b, imm`.
    fn op_imm(&mut self, ins: Ins, to: RegNum, a: RegNum, b: Src, imm: i32) {
        if self.avx {
            let args = [Arg::R(to), Arg::R(a), arg(b), byte(imm)];
            return self.emit(ins, self.width, &args);
        }
        self.first(to, a, b);
        self.emit(ins, self.width, &[Arg::R(to), arg(b), byte(imm)]);
    }

    /// `to = ins a`: the source is not written in either encoding.
    fn un(&mut self, ins: Ins, to: RegNum, a: RegNum) {
        self.emit(ins, self.width, &[Arg::R(to), Arg::R(a)]);
    }

    /// `to = ins a, imm`, likewise.
    fn un_imm(&mut self, ins: Ins, to: RegNum, a: RegNum, imm: i32) {
        self.emit(ins, self.width, &[Arg::R(to), Arg::R(a), byte(imm)]);
    }

    /// `to = a` shifted by a constant.
    fn shift(&mut self, ins: Ins, to: RegNum, a: RegNum, by: i32) {
        if self.avx {
            return self.un_imm(ins, to, a, by);
        }
        self.mov(to, a);
        self.emit(ins, self.width, &[Arg::R(to), byte(by)]);
    }

    /// The result, which is `a ins b`, where `a` is a register of the node's own.
    fn last(&mut self, ins: Ins, a: RegNum, b: Src) {
        if self.avx {
            return self.op(ins, self.dst, a, b);
        }
        self.op(ins, a, a, b);
        self.mov(self.dst, a);
    }

    fn zero(&mut self, r: RegNum) {
        self.rrr(Ins::Pxor, r, r, r);
    }

    fn ones(&mut self, r: RegNum) {
        self.rrr(Ins::Pcmpeqd, r, r, r);
    }

    /// A constant with the same `size` bytes in every lane.
    fn splat(&mut self, bits: u64, size: u32) -> Src {
        let mut bytes = [0; 32];
        for lane in bytes.chunks_exact_mut(size as usize) {
            lane.copy_from_slice(&bits.to_le_bytes()[..size as usize]);
        }
        self.bytes(&bytes)
    }

    /// A constant in memory.
    fn bytes(&mut self, bytes: &[u8; 32]) -> Src {
        let used = &bytes[..self.ty.size() as usize];
        Src::Mem(Mem::Data(self.cx.em.data.constant(used, 16)))
    }

    /// One of four by the element's size, or of two by a float's.
    fn by_size(&self, ins: [Ins; 4]) -> Ins {
        ins[self.e.size().trailing_zeros() as usize & 3]
    }

    /// Of floats: the instruction for singles or that for doubles.
    fn pick(&self, single: Ins, double: Ins) -> Ins {
        if self.e.size() == 8 { double } else { single }
    }

    /// The instruction that does a binary operation, if one does.
    fn binary_ins(&self, op: VecOp) -> Option<Ins> {
        use Ins::*;
        let float = self.e.is_float();
        let sizes = match op {
            VecOp::Add if float => [Addps, Addps, Addps, Addpd],
            VecOp::Sub if float => [Subps, Subps, Subps, Subpd],
            VecOp::Mul if float => [Mulps, Mulps, Mulps, Mulpd],
            VecOp::Div => [Divps, Divps, Divps, Divpd],
            VecOp::Add => [Paddb, Paddw, Paddd, Paddq],
            VecOp::Sub => [Psubb, Psubw, Psubd, Psubq],
            VecOp::And => return Some(if float { Andps } else { Pand }),
            VecOp::Or => return Some(if float { Orps } else { Por }),
            VecOp::Xor => return Some(if float { Xorps } else { Pxor }),
            VecOp::AddSat => [Paddsb, Paddsw, Paddsw, Paddsw],
            VecOp::SubSat => [Psubsb, Psubsw, Psubsw, Psubsw],
            VecOp::UAddSat => [Paddusb, Paddusw, Paddusw, Paddusw],
            VecOp::USubSat => [Psubusb, Psubusw, Psubusw, Psubusw],
            VecOp::Mul if matches!(self.e.size(), 2 | 4) => [Pmullw, Pmullw, Pmulld, Pmulld],
            _ if float || self.e.size() == 8 => return None,
            VecOp::Min => [Pminsb, Pminsw, Pminsd, Pminsd],
            VecOp::Max => [Pmaxsb, Pmaxsw, Pmaxsd, Pmaxsd],
            VecOp::UMin => [Pminub, Pminuw, Pminud, Pminud],
            VecOp::UMax => [Pmaxub, Pmaxuw, Pmaxud, Pmaxud],
            _ => return None,
        };
        Some(self.by_size(sizes))
    }

    fn unary(&mut self, op: VecOp) {
        use VecOp::*;
        let (a, dst) = (self.reg(0), self.dst);
        let size = self.e.size();
        let sign = 1u64 << (8 * size - 1);
        match op {
            Not => {
                self.ones(self.scratch);
                self.rrr(Ins::Pxor, dst, a, self.scratch);
            }
            Neg if self.e.is_float() => {
                let sign = self.splat(sign, size);
                self.op(Ins::Xorps, dst, a, sign);
            }
            Abs if self.e.is_float() => {
                let others = self.splat(!sign, size);
                self.op(Ins::Andps, dst, a, others);
            }
            Neg => {
                self.zero(self.scratch);
                let ins = self.by_size([Ins::Psubb, Ins::Psubw, Ins::Psubd, Ins::Psubq]);
                self.last(ins, self.scratch, Src::Reg(a));
            }
            Abs if size == 8 => {
                // x ^ s - s, where s is the sign in all bits.
                self.zero(self.scratch);
                self.rrr(Ins::Pcmpgtq, self.scratch, self.scratch, a);
                self.rrr(Ins::Pxor, dst, a, self.scratch);
                self.rrr(Ins::Psubq, dst, dst, self.scratch);
            }
            Abs => {
                let ins = self.by_size([Ins::Pabsb, Ins::Pabsw, Ins::Pabsd, Ins::Pabsd]);
                self.un(ins, dst, a);
            }
            Sqrt => self.un(self.pick(Ins::Sqrtps, Ins::Sqrtpd), dst, a),
            Floor | Ceil | RoundEven | Trunc => self.round(op),
            IntToFloat | UIntToFloat => self.int_to_float(op == IntToFloat),
            FloatToInt => self.float_to_int(),
            FloatToUInt => self.float_to_uint(),
            _ => self.widen(op),
        }
    }

    fn binary(&mut self, op: VecOp) -> Result<(), Bail> {
        if let Some(ins) = self.binary_ins(op) {
            let b = source(self.cx, self.n, 1)?;
            self.op(ins, self.dst, self.reg(0), b);
            return Ok(());
        }
        match op {
            // The instruction inverts its first operand.
            VecOp::AndNot => self.rrr(Ins::Pandn, self.dst, self.reg(1), self.reg(0)),
            VecOp::Mul if self.e.size() == 1 => self.multiply_bytes(),
            VecOp::Mul => self.multiply_quads(),
            VecOp::Min | VecOp::Max if self.e.is_float() => self.choose_floats(op == VecOp::Min),
            VecOp::Min | VecOp::Max | VecOp::UMin | VecOp::UMax => self.choose_quads(op),
            _ => self.narrow(op),
        }
        Ok(())
    }

    fn ternary(&mut self, op: VecOp) {
        let [a, b, c] = [0, 1, 2].map(|k| self.reg(k));
        let (dst, scratch) = (self.dst, self.scratch);
        if op == VecOp::Fma {
            self.mov(dst, c);
            let ins = self.pick(Ins::Vfmadd231ps, Ins::Vfmadd231pd);
            // FMA is VEX and means AVX.
            let args = [Arg::R(dst), Arg::R(a), Arg::R(b)];
            Asm(self.cx.em).vec(ins, self.width, &args, With::default());
            return;
        }
        self.rrr(Ins::Pandn, scratch, a, c);
        self.rrr(Ins::Pand, dst, a, b);
        self.rrr(Ins::Por, dst, dst, scratch);
    }
}

/// Generates a vector node.
pub(super) fn node(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let op = VecOp::from_number(node.aux);
    let mut v = V::new(cx, n);
    match (node.op, op) {
        (Opcode::VecUnary, Some(op)) => v.unary(op),
        (Opcode::VecBinary, Some(op)) => v.binary(op)?,
        (Opcode::VecTernary, Some(op)) => v.ternary(op),
        (Opcode::VecShift, Some(op)) => v.shift_all(op),
        (Opcode::VecCmp, _) => v.compare(node.aux),
        (Opcode::VecSplat, _) => v.splat_scalar(),
        (Opcode::VecExtract, _) => v.extract(node.aux),
        (Opcode::VecInsert, _) => v.insert(node.aux),
        (Opcode::VecMask, _) => v.mask(),
        (Opcode::VecShuffle, _) => v.shuffle(node.aux),
        (Opcode::VecConst, _) => v.constant(node.aux),
        _ => return Err(Bail::Internal(format!("{n} is no vector operation"))),
    }
    match v.clash {
        false => Ok(()),
        true => Err(Bail::Internal(format!("registers of {n} clash"))),
    }
}

impl V<'_, '_> {
    /// The bytes of a row that vectors of this machine have.
    fn row(&self, row: u32) -> [u8; 32] {
        let bytes = self.cx.method.vector(row);
        std::array::from_fn(|i| bytes[i])
    }

    fn constant(&mut self, row: u32) {
        let bytes = self.row(row);
        let used = &bytes[..self.ty.size() as usize];
        if used.iter().all(|&b| b == 0) {
            self.zero(self.dst);
        } else if used.iter().all(|&b| b == 0xFF) {
            self.ones(self.dst);
        } else if let Src::Mem(m) = self.bytes(&bytes) {
            mem::load_from(&mut Asm(self.cx.em), self.ty, self.dst, &m);
        }
    }
}

/// Zeroes a register of vectors of type `ty`.
pub(super) fn zero(cx: &mut GenCx<'_>, ty: VarType, to: RegNum) {
    let args = [Arg::R(to); 3];
    if ty == VarType::V256 {
        Asm(cx.em).vec(Ins::Vpxor, Width::L256, &args, With::default());
    } else {
        Asm(cx.em).vec(Ins::Pxor, Width::L128, &args[..2], With::default());
    }
}
