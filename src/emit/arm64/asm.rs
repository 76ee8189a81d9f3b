//! The convenience interface: an instruction, a width and operands become a descriptor of the right form.
//!
//! Names of methods are operand shapes, destination first: `r` register, `i` immediate. Nothing is refused here: an instruction
//! that has no form for a shape becomes a descriptor that `finish` refuses by name, so code generation needs no error path.

use super::imm::{self, Step};
use super::instr_desc::{DOUBLE, Mode, WIDE, form_of, pack, pack_form};
use super::shape::Arr;
use super::table::{Class, FORMS, Ins, ROWS, form};
use crate::emit::{Emitter, FrameRef, InstrDesc, Label, SlotId};
use crate::target::RegNum;
use crate::target::arm64::{LR, ZR};

const NONE: RegNum = RegNum(0);

/// Operand width.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum W {
    /// 32 bits; registers' upper halves become zero.
    B4 = 2,
    /// 64 bits.
    B8 = 3,
    /// Scalar single.
    F32 = 4,
    /// Scalar double.
    F64 = 5,
}

impl W {
    /// The width of integer arithmetic on this many bytes: 64 bits for 8, else 32.
    pub const fn bytes(n: u32) -> W {
        if n == 8 { W::B8 } else { W::B4 }
    }
    #[inline]
    const fn bits(self) -> u8 {
        match self {
            W::B4 | W::F32 => 0,
            W::B8 => WIDE,
            W::F64 => DOUBLE,
        }
    }
}

/// Conditions, by encoding.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Cond {
    /// Equal.
    Eq = 0,
    /// Not equal, or unordered.
    Ne = 1,
    /// Carry: unsigned above or equal; floats: greater, equal or unordered.
    Hs = 2,
    /// No carry: unsigned below; floats: less.
    Lo = 3,
    /// Negative; floats: less.
    Mi = 4,
    /// Not negative; floats: greater, equal or unordered.
    Pl = 5,
    /// Overflow; floats: unordered.
    Vs = 6,
    /// No overflow; floats: ordered.
    Vc = 7,
    /// Unsigned above; floats: greater or unordered.
    Hi = 8,
    /// Unsigned below or equal; floats: less or equal.
    Ls = 9,
    /// Signed greater or equal; floats likewise.
    Ge = 10,
    /// Signed less; floats: less or unordered.
    Lt = 11,
    /// Signed greater; floats likewise.
    Gt = 12,
    /// Signed less or equal; floats: less, equal or unordered.
    Le = 13,
}

impl Cond {
    /// Names by encoding.
    pub const NAMES: [&'static str; 16] = [
        "eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al",
        "nv",
    ];
    /// The condition that holds exactly when this one does not.
    pub const fn invert(self) -> Cond {
        use Cond::*;
        [Ne, Eq, Lo, Hs, Pl, Mi, Vc, Vs, Ls, Hi, Lt, Ge, Le, Gt][self as usize]
    }
}

/// Kinds of shift of a register operand, by encoding.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Shift {
    /// Left.
    Lsl = 0,
    /// Right, zeros from above.
    Lsr = 1,
    /// Right, signs from above.
    Asr = 2,
    /// Rotated right; logical instructions only.
    Ror = 3,
}

/// Extensions of a register operand, by encoding. `Lsl` is `Uxtx` where the operand is 64 bits wide.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Ext {
    /// Zero-extended byte.
    Uxtb = 0,
    /// Zero-extended halfword.
    Uxth = 1,
    /// Zero-extended word.
    Uxtw = 2,
    /// All 64 bits.
    Uxtx = 3,
    /// Sign-extended byte.
    Sxtb = 4,
    /// Sign-extended halfword.
    Sxth = 5,
    /// Sign-extended word.
    Sxtw = 6,
    /// All 64 bits.
    Sxtx = 7,
}

/// A memory operand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Mem {
    /// `[base + disp]`. Any displacement: one that the form cannot take costs helper instructions.
    Base {
        /// Base; number 31 is SP.
        base: RegNum,
        /// Signed displacement in bytes.
        disp: i32,
    },
    /// `[base + extended index << amount]`.
    Index {
        /// Base; number 31 is SP.
        base: RegNum,
        /// Index.
        index: RegNum,
        /// `Uxtw`, `Uxtx`, `Sxtw` or `Sxtx`.
        ext: Ext,
        /// 0, or the power of two of the access' size.
        amount: u8,
    },
    /// A frame slot.
    Slot {
        /// The slot.
        slot: SlotId,
        /// Byte offset within it.
        offset: i32,
    },
    /// Read-only data at this offset of the method's data section; costs an `adrp` to x16.
    Data(u32),
}

impl Mem {
    /// `[base + disp]`.
    pub const fn base(base: RegNum, disp: i32) -> Mem {
        Mem::Base { base, disp }
    }
    /// `[base + index << amount]`, the index 64 bits wide.
    pub const fn index(base: RegNum, index: RegNum, amount: u8) -> Mem {
        Mem::Index {
            base,
            index,
            ext: Ext::Uxtx,
            amount,
        }
    }
    /// Byte `offset` of a frame slot.
    pub const fn slot(slot: SlotId, offset: i32) -> Mem {
        Mem::Slot { slot, offset }
    }
}

/// System register of the condition flags (bits 31..=28 are N, Z, C, V), as [`Asm::mrs`] and [`Asm::msr`] name it.
pub const NZCV: u32 = 0x5A10;
/// System register of the floating-point modes.
pub const FPCR: u32 = 0x5A20;
/// System register of the floating-point exceptions.
pub const FPSR: u32 = 0x5A21;
/// System register of the thread's pointer.
pub const TPIDR_EL0: u32 = 0x5E82;

/// What a load or store moves.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum MemOp {
    /// A byte, zero-extended.
    U8,
    /// A byte, sign-extended to 32 bits.
    S8,
    /// A byte, sign-extended to 64 bits.
    S8X,
    /// A halfword, zero-extended.
    U16,
    /// A halfword, sign-extended to 32 bits.
    S16,
    /// A halfword, sign-extended to 64 bits.
    S16X,
    /// A word, zero-extended.
    W32,
    /// A word, sign-extended to 64 bits.
    S32X,
    /// A doubleword.
    X64,
    /// Single float.
    F32,
    /// Double float.
    F64,
    /// A 128-bit vector.
    Q128,
}

impl MemOp {
    /// All, in order.
    const ALL: [MemOp; 12] = {
        use MemOp::*;
        [U8, S8, S8X, U16, S16, S16X, W32, S32X, X64, F32, F64, Q128]
    };

    /// Size of the access in bytes.
    pub const fn size_bytes(self) -> u32 {
        use MemOp::*;
        match self {
            U8 | S8 | S8X => 1,
            U16 | S16 | S16X => 2,
            W32 | S32X | F32 => 4,
            X64 | F64 => 8,
            Q128 => 16,
        }
    }

    /// Instruction and width bits of the load.
    #[inline]
    const fn load(self) -> (Ins, u8) {
        use MemOp::*;
        match self {
            U8 => (Ins::Ldrb, 0),
            S8 => (Ins::Ldrsb, 0),
            S8X => (Ins::Ldrsb, WIDE),
            U16 => (Ins::Ldrh, 0),
            S16 => (Ins::Ldrsh, 0),
            S16X => (Ins::Ldrsh, WIDE),
            W32 => (Ins::Ldr, 0),
            S32X => (Ins::Ldrsw, WIDE),
            X64 => (Ins::Ldr, WIDE),
            F32 => (Ins::LdrF, 0),
            F64 => (Ins::LdrF, DOUBLE),
            Q128 => (Ins::LdrQ, 0),
        }
    }

    /// Instruction and width bits of the store.
    #[inline]
    const fn store(self) -> (Ins, u8) {
        use MemOp::*;
        match self {
            U8 | S8 | S8X => (Ins::Strb, 0),
            U16 | S16 | S16X => (Ins::Strh, 0),
            W32 | S32X => (Ins::Str, 0),
            X64 => (Ins::Str, WIDE),
            F32 => (Ins::StrF, 0),
            F64 => (Ins::StrF, DOUBLE),
            Q128 => (Ins::StrQ, 0),
        }
    }
}

/// Form and width bits of loads and stores, by [`MemOp`].
static LOADS: [(u16, u8); MemOp::ALL.len()] = access_forms(true);
static STORES: [(u16, u8); MemOp::ALL.len()] = access_forms(false);

const fn access_forms(load: bool) -> [(u16, u8); MemOp::ALL.len()] {
    let mut t = [(0, 0); MemOp::ALL.len()];
    let mut i = 0;
    while i < t.len() {
        let op = MemOp::ALL[i];
        assert!(op as usize == i, "in the enumeration's order");
        let (ins, width) = if load { op.load() } else { op.store() };
        t[i] = (form_of(ins, Class::LoadScaled), width);
        assert!(t[i].0 < 0x8000, "every access has a form");
        i += 1;
    }
    t
}

/// The emitter with arm64's instructions as methods.
pub struct Asm<'a>(pub &'a mut Emitter);

/// One step of a constant into `x`.
pub(super) fn mov_step(x: RegNum, width: u8, s: Step) -> InstrDesc {
    let mut d = match s.ins {
        Ins::Orr => pack(Ins::Orr, Class::Logic, width, [x, ZR, NONE]),
        ins => pack(ins, Class::MovW, width, [x, NONE, NONE]),
    };
    d.imm = s.imm as i32;
    d.extra = s.half;
    d
}

fn has(ins: Ins, class: Class) -> bool {
    FORMS[ins as usize][class as usize] != 0
}

/// The first of these shapes that the instruction has.
fn first_of(ins: Ins, classes: &[Class]) -> Class {
    classes
        .iter()
        .copied()
        .find(|&c| has(ins, c))
        .unwrap_or(Class::Bad)
}

fn refuse(d: &mut InstrDesc, ins: Ins) {
    d.form = 0x8000 | ins as u16;
}

impl Asm<'_> {
    /// `ins d, n` between registers: `Clz`, `Rbit`, `Rev`, `Fneg`, `Fmov`, ...
    #[inline]
    pub fn rr(&mut self, ins: Ins, w: W, d: RegNum, n: RegNum) {
        let class = first_of(ins, &[Class::R2, Class::F2, Class::V2Half, Class::Across]);
        self.0.push(pack(ins, class, w.bits(), [d, n, NONE]));
    }

    /// `ins d, n, m`; number 31 is the zero register.
    #[inline]
    pub fn rrr(&mut self, ins: Ins, w: W, d: RegNum, n: RegNum, m: RegNum) {
        let class = first_of(ins, &[Class::R3Shift, Class::R3, Class::F3, Class::V3]);
        self.0.push(pack(ins, class, w.bits(), [d, n, m]));
    }

    /// `ins d, n, m, shift #amount`.
    pub fn rrr_shift(
        &mut self,
        ins: Ins,
        w: W,
        d: RegNum,
        n: RegNum,
        m: RegNum,
        shift: Shift,
        amount: u8,
    ) {
        let mut desc = pack(ins, Class::R3Shift, w.bits(), [d, n, m]);
        desc.extra = (shift as u8) << 6 | amount & 63;
        if amount > 63 {
            refuse(&mut desc, ins);
        }
        self.0.push(desc);
    }

    /// `ins d, n, m, extend #amount`; number 31 is SP as `d` (not of `Adds`, `Subs`) and `n`.
    pub fn rrr_ext(
        &mut self,
        ins: Ins,
        w: W,
        d: RegNum,
        n: RegNum,
        m: RegNum,
        ext: Ext,
        amount: u8,
    ) {
        let mut desc = pack(ins, Class::R3Ext, w.bits(), [d, n, m]);
        desc.extra = (ext as u8) << 5 | amount & 7;
        self.0.push(desc);
    }

    /// `ins d, n, m, a`: `d = a ± n*m` of integers, long products, and floats (fused; `Fnmadd`, `Fnmsub` negated).
    pub fn rrrr(&mut self, ins: Ins, w: W, d: RegNum, n: RegNum, m: RegNum, a: RegNum) {
        let class = first_of(ins, &[Class::R4, Class::R4Long, Class::F4]);
        let mut desc = pack(ins, class, w.bits(), [d, n, m]);
        desc.r[3] = a;
        self.0.push(desc);
    }

    /// `mul d, n, m`.
    pub fn mul(&mut self, w: W, d: RegNum, n: RegNum, m: RegNum) {
        self.rrrr(Ins::Madd, w, d, n, m, ZR);
    }

    /// The 64-bit product of two 32-bit registers.
    pub fn mul_long(&mut self, signed: bool, d: RegNum, n: RegNum, m: RegNum) {
        let ins = if signed { Ins::Smaddl } else { Ins::Umaddl };
        self.rrrr(ins, W::B8, d, n, m, ZR);
    }

    /// `neg d, m`.
    pub fn neg(&mut self, w: W, d: RegNum, m: RegNum) {
        self.rrr(Ins::Sub, w, d, ZR, m);
    }

    /// `mvn d, m`: all bits inverted.
    pub fn mvn(&mut self, w: W, d: RegNum, m: RegNum) {
        self.rrr(Ins::Orn, w, d, ZR, m);
    }

    /// `ins d, n, #imm`: `Add`, `Sub` and their flag-setting forms (a negative immediate turns one into the other), or a logical
    /// instruction. Refused in `finish` if the immediate is not legal (see [`imm`]). Number 31 is SP as `n` of additions and as
    /// `d` of forms that set no flags.
    #[inline]
    pub fn rri(&mut self, ins: Ins, w: W, d: RegNum, n: RegNum, value: i64) {
        let field;
        let mut ins = ins;
        let class;
        if has(ins, Class::Imm12) {
            class = Class::Imm12;
            if value < 0 {
                ins = match ins {
                    Ins::Add => Ins::Sub,
                    Ins::Sub => Ins::Add,
                    Ins::Adds => Ins::Subs,
                    _ => Ins::Adds,
                };
            }
            field = imm::add_sub(value.unsigned_abs());
        } else {
            class = Class::Logic;
            field = imm::logical(value as u64, w == W::B8);
        }
        let mut desc = pack(ins, class, w.bits(), [d, n, NONE]);
        match field {
            Some(f) => desc.imm = f as i32,
            None => refuse(&mut desc, ins),
        }
        self.0.push(desc);
    }

    /// A copy between registers of one file, or to the other file bit for bit; neither is SP.
    pub fn mov_rr(&mut self, w: W, d: RegNum, n: RegNum) {
        match (d.is_float(), n.is_float()) {
            (false, false) => self.rrr(Ins::Orr, w, d, ZR, n),
            (true, true) => self.rr(Ins::Fmov, w, d, n),
            (true, false) => self.bits_to_float(w, d, n),
            (false, true) => self.bits_from_float(w, d, n),
        }
    }

    /// A copy of which one side is SP.
    pub fn mov_sp(&mut self, d: RegNum, n: RegNum) {
        self.rri(Ins::Add, W::B8, d, n, 0);
    }

    /// A copy of a whole vector register.
    pub fn mov_vector(&mut self, d: RegNum, n: RegNum) {
        self.rrr(Ins::OrrV, W::F64, d, n, n);
    }

    /// Puts a constant in an integer register by the shortest sequence; flags are left alone. Of `B4` the low 32 bits count.
    pub fn mov_ri(&mut self, d: RegNum, w: W, value: i64) {
        // Small numbers, which most are, want no search.
        let (bits, ones) = match w {
            W::B8 => (value as u64, !value as u64),
            _ => (value as u32 as u64, !value as u32 as u64),
        };
        if bits <= 0xFFFF {
            return self.mov_half(Ins::Movz, w, d, bits as u16, 0);
        }
        if ones < 0xFFFF {
            return self.mov_half(Ins::Movn, w, d, ones as u16, 0);
        }
        for s in imm::mov_sequence(value as u64, w == W::B8) {
            self.0.push(mov_step(d, w.bits(), s));
        }
    }

    /// `movz`/`movn`/`movk d, #imm, lsl 16*half`.
    pub fn mov_half(&mut self, ins: Ins, w: W, d: RegNum, imm: u16, half: u8) {
        self.0.push(mov_step(
            d,
            w.bits(),
            Step {
                ins,
                imm: imm as u32,
                half,
            },
        ));
    }

    /// `Sbfm`, `Bfm`, `Ubfm` by their fields.
    pub fn bit_field(&mut self, ins: Ins, w: W, d: RegNum, n: RegNum, immr: u32, imms: u32) {
        let mut desc = pack(ins, Class::BitField, w.bits(), [d, n, NONE]);
        desc.imm = (immr << 6 | imms & 63) as i32;
        if imms > 63 {
            refuse(&mut desc, ins);
        }
        self.0.push(desc);
    }

    /// A shift or rotation by a constant; the amount is taken modulo the width.
    pub fn shift_ri(&mut self, shift: Shift, w: W, d: RegNum, n: RegNum, amount: u32) {
        let bits = if w == W::B8 { 64 } else { 32 };
        let amount = amount % bits;
        match shift {
            Shift::Lsl => {
                let r = (bits - amount) % bits;
                self.bit_field(Ins::Ubfm, w, d, n, r, bits - 1 - amount);
            }
            Shift::Lsr => self.bit_field(Ins::Ubfm, w, d, n, amount, bits - 1),
            Shift::Asr => self.bit_field(Ins::Sbfm, w, d, n, amount, bits - 1),
            Shift::Ror => {
                let mut desc = pack(Ins::Extr, Class::Extract, w.bits(), [d, n, n]);
                desc.imm = amount as i32;
                self.0.push(desc);
            }
        }
    }

    /// Extends the low part of `n`: `Sxtb`, `Sxth`, `Sxtw` to the width, `Uxtb`, `Uxth`, `Uxtw` to all 64 bits.
    pub fn extend(&mut self, ext: Ext, w: W, d: RegNum, n: RegNum) {
        match ext {
            Ext::Uxtb => self.bit_field(Ins::Ubfm, W::B4, d, n, 0, 7),
            Ext::Uxth => self.bit_field(Ins::Ubfm, W::B4, d, n, 0, 15),
            Ext::Uxtw => self.mov_rr(W::B4, d, n),
            Ext::Sxtb => self.bit_field(Ins::Sbfm, w, d, n, 0, 7),
            Ext::Sxth => self.bit_field(Ins::Sbfm, w, d, n, 0, 15),
            Ext::Sxtw => self.bit_field(Ins::Sbfm, W::B8, d, n, 0, 31),
            Ext::Uxtx | Ext::Sxtx => self.mov_rr(W::B8, d, n),
        }
    }
}

impl Asm<'_> {
    /// `cmp n, m`.
    pub fn cmp_rr(&mut self, w: W, n: RegNum, m: RegNum) {
        self.rrr(Ins::Subs, w, ZR, n, m);
    }

    /// `cmp n, #imm` or `cmn n, #-imm`.
    pub fn cmp_ri(&mut self, w: W, n: RegNum, value: i64) {
        self.rri(Ins::Subs, w, ZR, n, value);
    }

    /// `tst n, m`.
    pub fn tst_rr(&mut self, w: W, n: RegNum, m: RegNum) {
        self.rrr(Ins::Ands, w, ZR, n, m);
    }

    /// `tst n, #bitmask`.
    pub fn tst_ri(&mut self, w: W, n: RegNum, value: i64) {
        self.rri(Ins::Ands, w, ZR, n, value);
    }

    /// `ins d, n, m, cond`: `Csel`, `Csinc`, `Csinv`, `Csneg`, `Fcsel`.
    pub fn sel(&mut self, ins: Ins, w: W, d: RegNum, n: RegNum, m: RegNum, cond: Cond) {
        let class = first_of(ins, &[Class::Sel, Class::FSel]);
        let mut desc = pack(ins, class, w.bits(), [d, n, m]);
        desc.extra = cond as u8;
        self.0.push(desc);
    }

    /// `cset d, cond`: one if it holds, else zero.
    pub fn cset(&mut self, d: RegNum, cond: Cond) {
        self.sel(Ins::Csinc, W::B4, d, ZR, ZR, cond.invert());
    }

    /// `cinc d, n, cond`: `n + 1` if it holds, else `n`.
    pub fn cinc(&mut self, w: W, d: RegNum, n: RegNum, cond: Cond) {
        self.sel(Ins::Csinc, w, d, n, n, cond.invert());
    }

    /// `ccmp n, m, #nzcv, cond`: compares if `cond` holds, else sets the flags to `nzcv`.
    pub fn ccmp_rr(&mut self, w: W, n: RegNum, m: RegNum, nzcv: u8, cond: Cond) {
        let mut desc = pack(Ins::Ccmp, Class::CondCmp, w.bits(), [NONE, n, m]);
        desc.imm = nzcv as i32;
        desc.extra = cond as u8;
        self.0.push(desc);
    }

    /// `ccmp n, #imm, #nzcv, cond`; the immediate is 0..=31. `Ccmn` compares with the negated immediate.
    pub fn ccmp_ri(&mut self, ins: Ins, w: W, n: RegNum, imm: u8, nzcv: u8, cond: Cond) {
        let mut desc = pack(ins, Class::CondCmpImm, w.bits(), [NONE, n, NONE]);
        desc.disp = imm as i32;
        desc.imm = nzcv as i32;
        desc.extra = cond as u8;
        self.0.push(desc);
    }

    /// A load of the kind `op`.
    #[inline]
    pub fn load(&mut self, op: MemOp, rt: RegNum, m: &Mem) {
        let (form, width) = LOADS[op as usize];
        let d = pack_form(form, width, [rt, NONE, NONE]);
        self.push_mem(d, m);
    }

    /// A store of the low part of `rt`; extension does not matter.
    #[inline]
    pub fn store(&mut self, op: MemOp, rt: RegNum, m: &Mem) {
        let (form, width) = STORES[op as usize];
        let d = pack_form(form, width, [rt, NONE, NONE]);
        self.push_mem(d, m);
    }

    /// `ldp a, b, [mem]`; the file is `a`'s.
    pub fn ldp(&mut self, w: W, a: RegNum, b: RegNum, m: &Mem) {
        let ins = if a.is_float() { Ins::LdpF } else { Ins::Ldp };
        self.pair(ins, Class::Pair, w, a, b, m);
    }

    /// `stp a, b, [mem]`.
    pub fn stp(&mut self, w: W, a: RegNum, b: RegNum, m: &Mem) {
        let ins = if a.is_float() { Ins::StpF } else { Ins::Stp };
        self.pair(ins, Class::Pair, w, a, b, m);
    }

    /// `stp a, b, [base, #disp]!`; refused if `disp` does not fit (64-bit registers: -512..=504).
    pub fn stp_pre(&mut self, w: W, a: RegNum, b: RegNum, base: RegNum, disp: i32) {
        let ins = if a.is_float() { Ins::StpF } else { Ins::Stp };
        self.pair(ins, Class::PairPre, w, a, b, &Mem::base(base, disp));
    }

    /// `ldp a, b, [base], #disp`.
    pub fn ldp_post(&mut self, w: W, a: RegNum, b: RegNum, base: RegNum, disp: i32) {
        let ins = if a.is_float() { Ins::LdpF } else { Ins::Ldp };
        self.pair(ins, Class::PairPost, w, a, b, &Mem::base(base, disp));
    }

    fn pair(&mut self, ins: Ins, class: Class, w: W, a: RegNum, b: RegNum, m: &Mem) {
        let mut d = pack(ins, class, w.bits(), [a, NONE, NONE]);
        d.r[3] = b;
        self.push_mem(d, m);
    }

    /// `ldp a, b, [base, #disp]!`.
    pub fn ldp_pre(&mut self, w: W, a: RegNum, b: RegNum, base: RegNum, disp: i32) {
        let ins = if a.is_float() { Ins::LdpF } else { Ins::Ldp };
        self.pair(ins, Class::PairPre, w, a, b, &Mem::base(base, disp));
    }

    /// `stp a, b, [base], #disp`.
    pub fn stp_post(&mut self, w: W, a: RegNum, b: RegNum, base: RegNum, disp: i32) {
        let ins = if a.is_float() { Ins::StpF } else { Ins::Stp };
        self.pair(ins, Class::PairPost, w, a, b, &Mem::base(base, disp));
    }

    /// A pair of whole vector registers: `StpQ` or `LdpQ` at `m`.
    pub fn pair_q(&mut self, ins: Ins, a: RegNum, b: RegNum, m: &Mem) {
        self.pair(ins, Class::Pair, W::F32, a, b, m);
    }

    /// `str rt, [base, #disp]!`, `disp` -256..=255.
    pub fn str_pre(&mut self, rt: RegNum, base: RegNum, disp: i32) {
        self.store_write_back(MemOp::X64, rt, base, disp, true);
    }

    /// `ldr rt, [base], #disp`, `disp` -256..=255.
    pub fn ldr_post(&mut self, rt: RegNum, base: RegNum, disp: i32) {
        self.load_write_back(MemOp::X64, rt, base, disp, false);
    }

    /// A load that also adds `disp` (-256..=255) to its base, before the access if `pre`, else after it; `rt` is not the base.
    pub fn load_write_back(&mut self, op: MemOp, rt: RegNum, base: RegNum, disp: i32, pre: bool) {
        self.write_back(op.load(), rt, base, disp, pre);
    }

    /// A store that also adds `disp` (-256..=255) to its base, before the access if `pre`, else after it; `rt` is not the base.
    pub fn store_write_back(&mut self, op: MemOp, rt: RegNum, base: RegNum, disp: i32, pre: bool) {
        self.write_back(op.store(), rt, base, disp, pre);
    }

    fn write_back(
        &mut self,
        (ins, width): (Ins, u8),
        rt: RegNum,
        base: RegNum,
        disp: i32,
        pre: bool,
    ) {
        let class = if pre { Class::Pre } else { Class::Post };
        let mut d = pack(ins, class, width, [rt, NONE, NONE]);
        if rt == base {
            refuse(&mut d, ins);
        }
        self.push_mem(d, &Mem::base(base, disp));
    }

    /// The address of `m` in `d`.
    pub fn lea(&mut self, d: RegNum, m: &Mem) {
        match *m {
            Mem::Index {
                base,
                index,
                ext,
                amount,
            } => self.rrr_ext(Ins::Add, W::B8, d, base, index, ext, amount),
            Mem::Data(at) => self.adr_data(d, at),
            _ => {
                let desc = pack(Ins::Add, Class::Imm12, WIDE, [d, NONE, NONE]);
                self.push_mem(desc, m);
            }
        }
    }

    /// Loads and stores with ordering, exclusive loads: `ins rt, [base]`.
    pub fn ordered(&mut self, ins: Ins, w: W, rt: RegNum, base: RegNum) {
        self.0
            .push(pack(ins, Class::Ordered, w.bits(), [rt, base, NONE]));
    }

    /// Atomics and exclusive stores: `ins rs, rt, [base]`.
    pub fn atomic(&mut self, ins: Ins, w: W, rs: RegNum, rt: RegNum, base: RegNum) {
        self.0
            .push(pack(ins, Class::Atomic, w.bits(), [rt, base, rs]));
    }

    /// `b label`; dropped if the label is next.
    #[inline]
    pub fn b(&mut self, target: Label) {
        self.jump(Ins::B, Class::Jump, 0, NONE, target);
    }

    /// `b label`, kept even if the label is next.
    pub fn b_keep(&mut self, target: Label) {
        self.jump(Ins::B, Class::JumpKeep, 0, NONE, target);
    }

    /// `b.cond label`; dropped if the label is next.
    #[inline]
    pub fn bcond(&mut self, cond: Cond, target: Label) {
        let mut d = pack(Ins::Bcond, Class::JumpCond, 0, [NONE; 3]);
        d.extra = cond as u8;
        d.disp = target.0 as i32;
        self.0.push(d);
    }

    /// `cbz rt, label`.
    pub fn cbz(&mut self, w: W, rt: RegNum, target: Label) {
        self.jump(Ins::Cbz, Class::JumpZero, w.bits(), rt, target);
    }

    /// `cbnz rt, label`.
    pub fn cbnz(&mut self, w: W, rt: RegNum, target: Label) {
        self.jump(Ins::Cbnz, Class::JumpZero, w.bits(), rt, target);
    }

    /// `tbz rt, #bit, label` for `Tbz`, `Tbnz`; the bit is 0..=63, others are refused.
    pub fn tb(&mut self, ins: Ins, rt: RegNum, bit: u8, target: Label) {
        let width = if bit >= 32 { WIDE } else { 0 };
        let mut d = pack(ins, Class::JumpBit, width, [rt, NONE, NONE]);
        d.imm = (bit & 31) as i32;
        d.disp = target.0 as i32;
        if bit > 63 || rt.0 > 31 {
            refuse(&mut d, ins);
        }
        self.0.push(d);
    }

    fn jump(&mut self, ins: Ins, class: Class, width: u8, rt: RegNum, target: Label) {
        let mut d = pack(ins, class, width, [rt, NONE, NONE]);
        d.disp = target.0 as i32;
        if rt.0 > 31 {
            refuse(&mut d, ins);
        }
        self.0.push(d);
    }

    /// `bl` to a symbol; index from [`Emitter::symbol`].
    pub fn bl_sym(&mut self, symbol: i32) {
        self.0.has_calls = true;
        self.place(Ins::Bl, Class::Branch26, NONE, Mode::Symbol, symbol);
    }

    /// `bl` to a label: a funclet.
    pub fn bl_label(&mut self, target: Label) {
        self.0.has_calls = true;
        self.place(Ins::Bl, Class::Branch26, NONE, Mode::Label, target.0 as i32);
    }

    /// `b` to a symbol: a direct tail call.
    pub fn b_sym(&mut self, symbol: i32) {
        self.place(Ins::B, Class::Branch26, NONE, Mode::Symbol, symbol);
    }

    /// `adr d, label`; beyond 1 MiB (up to 16) with two additions.
    pub fn adr_label(&mut self, d: RegNum, target: Label) {
        self.place(Ins::Adr, Class::Adr, d, Mode::Label, target.0 as i32);
    }

    /// `ins rt, label`: a load from beside the code (`LdrLit`, `LdrswLit`, `LdrFLit`, `LdrQLit`, `Prfm`); beyond 1 MiB (up to 16)
    /// through x16.
    pub fn ldr_label(&mut self, ins: Ins, w: W, rt: RegNum, target: Label) {
        let mut d = InstrDesc {
            form: form(ins, Class::Literal, Arr::B16),
            ..pack(ins, Class::Bad, w.bits(), [rt, NONE, NONE])
        };
        d.disp = target.0 as i32;
        // A jump's operands are not looked at again.
        if d.form == 0 || (rt.0 ^ ROWS[d.form as usize].files as u8) & 0xE0 != 0 {
            refuse(&mut d, ins);
        }
        self.0.push(d);
    }

    /// The address of read-only data: `adrp`, `add`.
    pub fn adr_data(&mut self, d: RegNum, offset: u32) {
        self.place(Ins::Adrp, Class::AdrPage, d, Mode::Data, offset as i32);
    }

    /// The address of a symbol: `adrp`, `add`.
    pub fn adr_sym(&mut self, d: RegNum, symbol: i32) {
        self.place(Ins::Adrp, Class::AdrPage, d, Mode::Symbol, symbol);
    }

    fn place(&mut self, ins: Ins, class: Class, d: RegNum, mode: Mode, number: i32) {
        let mut desc = pack(ins, class, WIDE, [d, NONE, NONE]);
        desc.width |= (mode as u8) << 4;
        desc.disp = number;
        self.0.push(desc);
    }

    /// `blr n`.
    pub fn blr(&mut self, n: RegNum) {
        self.0.has_calls = true;
        self.0
            .push(pack(Ins::Blr, Class::BranchReg, WIDE, [NONE, n, NONE]));
    }

    /// `br n`.
    pub fn br(&mut self, n: RegNum) {
        self.0
            .push(pack(Ins::Br, Class::BranchReg, WIDE, [NONE, n, NONE]));
    }

    /// `ret`, to lr.
    pub fn ret(&mut self) {
        self.0
            .push(pack(Ins::Ret, Class::BranchReg, WIDE, [NONE, LR, NONE]));
    }

    /// `brk #imm`.
    pub fn brk(&mut self, imm: u16) {
        let mut d = pack(Ins::Brk, Class::Imm16, 0, [NONE; 3]);
        d.imm = imm as i32;
        self.0.push(d);
    }

    /// `nop`.
    pub fn nop(&mut self) {
        self.z(Ins::Nop);
    }

    /// An instruction without operands: `Nop`, `Yield`, `DmbIsh`, `DmbIshld`.
    pub fn z(&mut self, ins: Ins) {
        self.0.push(pack(ins, Class::None, 0, [NONE; 3]));
    }

    /// `fcmp n, m`.
    pub fn fcmp(&mut self, w: W, n: RegNum, m: RegNum) {
        self.0
            .push(pack(Ins::Fcmp, Class::FCmp, w.bits(), [NONE, n, m]));
    }

    /// `fcmp n, #0.0`.
    pub fn fcmp_zero(&mut self, w: W, n: RegNum) {
        self.0
            .push(pack(Ins::Fcmp, Class::FCmpZero, w.bits(), [NONE, n, NONE]));
    }

    /// `fcmpe n, m`: signals on quiet NaNs too.
    pub fn fcmpe(&mut self, w: W, n: RegNum, m: RegNum) {
        self.0
            .push(pack(Ins::Fcmpe, Class::FCmp, w.bits(), [NONE, n, m]));
    }

    /// `mrs d, reg`: reads a system register ([`NZCV`], [`FPCR`], ...; 15 bits).
    pub fn mrs(&mut self, d: RegNum, reg: u32) {
        self.system(Ins::Mrs, d, reg);
    }

    /// `msr reg, n`: writes a system register.
    pub fn msr(&mut self, reg: u32, n: RegNum) {
        self.system(Ins::Msr, n, reg);
    }

    fn system(&mut self, ins: Ins, r: RegNum, reg: u32) {
        let mut d = pack(ins, Class::SysReg, WIDE, [r, NONE, NONE]);
        d.imm = reg as i32;
        self.0.push(d);
    }

    /// `fmov d, #value`, or `movi d, #0`; see [`imm::float8`] for what else fits. False (and nothing) if the value does not.
    pub fn fmov_imm(&mut self, w: W, d: RegNum, value: f64) -> bool {
        if value.to_bits() == 0 {
            self.0
                .push(pack(Ins::Movi, Class::MoviZero, DOUBLE, [d, NONE, NONE]));
            return true;
        }
        let Some(imm) = imm::float8(value) else {
            return false;
        };
        let mut desc = pack(Ins::Fmov, Class::FImm, w.bits(), [d, NONE, NONE]);
        desc.imm = imm as i32;
        self.0.push(desc);
        true
    }

    /// Bits of an integer register to a float register of width `w` (any of the four).
    pub fn bits_to_float(&mut self, w: W, d: RegNum, n: RegNum) {
        self.0
            .push(pack(Ins::Fmov, Class::FFromR, both(w), [d, n, NONE]));
    }

    /// Bits of a float register to an integer register.
    pub fn bits_from_float(&mut self, w: W, d: RegNum, n: RegNum) {
        self.0
            .push(pack(Ins::Fmov, Class::RFromF, both(w), [d, n, NONE]));
    }

    /// `Scvtf`, `Ucvtf`: integer of width `from` to float of width `to`.
    pub fn int_to_float(&mut self, ins: Ins, to: W, from: W, d: RegNum, n: RegNum) {
        self.0.push(pack(
            ins,
            Class::FFromR,
            to.bits() | from.bits(),
            [d, n, NONE],
        ));
    }

    /// `Fcvtzs`, `Fcvtzu`: float of width `from` to integer of width `to`, saturating.
    pub fn float_to_int(&mut self, ins: Ins, to: W, from: W, d: RegNum, n: RegNum) {
        self.0.push(pack(
            ins,
            Class::RFromF,
            to.bits() | from.bits(),
            [d, n, NONE],
        ));
    }

    /// `fcvt`: float of width `from` to the other.
    pub fn fcvt(&mut self, from: W, d: RegNum, n: RegNum) {
        self.0
            .push(pack(Ins::Fcvt, Class::FCvt, from.bits(), [d, n, NONE]));
    }

    /// Frame slots, the most by far, are done where they are asked for.
    #[inline(always)]
    fn push_mem(&mut self, d: InstrDesc, m: &Mem) {
        if let Mem::Slot { slot, offset } = *m
            && let Some(r) = FrameRef::packed(slot, offset)
        {
            self.0.push(InstrDesc {
                disp: r.0 as i32,
                width: d.width | (Mode::Frame as u8) << 4,
                ..d
            });
        } else {
            let (head, tail) = d.words();
            self.push_address(head, tail, m);
        }
    }

    #[inline(never)]
    fn push_address(&mut self, head: u64, tail: u64, m: &Mem) {
        let mut d = InstrDesc::from_words((head, tail));
        let mode = match *m {
            Mem::Base { base, disp } => {
                d.r[1] = base;
                d.disp = disp;
                Mode::Base
            }
            Mem::Index {
                base,
                index,
                ext,
                amount,
            } => {
                d.r[1] = base;
                d.r[2] = index;
                d.extra = (ext as u8) << 5 | amount & 7;
                Mode::Index
            }
            Mem::Slot { slot, offset } => {
                d.disp = self.0.frame_ref(slot, offset).0 as i32;
                Mode::Frame
            }
            Mem::Data(at) => {
                d.disp = at as i32;
                Mode::Data
            }
        };
        d.width |= (mode as u8) << 4;
        self.0.push(d);
    }
}

/// Both widths of a move of bits between the files.
fn both(w: W) -> u8 {
    match w {
        W::B8 | W::F64 => WIDE | DOUBLE,
        W::B4 | W::F32 => 0,
    }
}
