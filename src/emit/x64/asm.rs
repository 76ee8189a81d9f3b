//! The convenience interface: an instruction, a width and operands become a descriptor of the right form.
//!
//! Names of methods are operand shapes, destination first: `r` register, `m` memory, `i` immediate. Nothing is refused here: an
//! instruction that has no form for a shape becomes a descriptor that `finish` refuses by name, so code generation needs no
//! error path.

use super::instr_desc::{Mode, bad_form, pack};
use super::table::{Class, INS_COUNT, Ins, Opnd, ROW_COUNT, ROWS, Row, Size};
use crate::emit::{Emitter, FrameRef, InstrDesc, Label, SlotId};
use crate::target::RegNum;

/// Operand width.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum W {
    /// 8 bits.
    B1 = 0,
    /// 16 bits.
    B2 = 1,
    /// 32 bits; registers' upper halves become zero.
    B4 = 2,
    /// 64 bits.
    B8 = 3,
    /// Scalar single; the instruction itself says so, this is for symmetry.
    F32 = 4,
    /// Scalar double, likewise.
    F64 = 5,
}

impl W {
    /// The width of an integer of this many bytes (1, 2, 4; all else is 8).
    pub const fn bytes(n: u32) -> W {
        match n {
            1 => W::B1,
            2 => W::B2,
            4 => W::B4,
            _ => W::B8,
        }
    }
}

/// Conditions, by encoding.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Cc {
    /// Overflow.
    O = 0,
    /// No overflow.
    No = 1,
    /// Below, unsigned; carry.
    B = 2,
    /// Above or equal, unsigned; no carry.
    Ae = 3,
    /// Equal.
    E = 4,
    /// Not equal.
    Ne = 5,
    /// Below or equal, unsigned.
    Be = 6,
    /// Above, unsigned.
    A = 7,
    /// Negative.
    S = 8,
    /// Not negative.
    Ns = 9,
    /// Parity even: after ucomis, unordered.
    P = 10,
    /// Parity odd: after ucomis, ordered.
    Np = 11,
    /// Less, signed.
    L = 12,
    /// Greater or equal, signed.
    Ge = 13,
    /// Less or equal, signed.
    Le = 14,
    /// Greater, signed.
    G = 15,
}

impl Cc {
    /// Names by encoding.
    pub const NAMES: [&'static str; 16] = [
        "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g",
    ];
    /// The condition that holds exactly when this one does not.
    pub const fn invert(self) -> Cc {
        Cc::from_bits(self as u8 ^ 1)
    }
    /// The condition with encoding `n` (low four bits).
    pub const fn from_bits(n: u8) -> Cc {
        use Cc::*;
        [O, No, B, Ae, E, Ne, Be, A, S, Ns, P, Np, L, Ge, Le, G][(n & 15) as usize]
    }
}

/// A memory operand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Mem {
    /// `[base + index*scale + disp]`.
    Addr {
        /// Base, or `NONE`.
        base: RegNum,
        /// Index, or `NONE`; not rsp.
        index: RegNum,
        /// 1, 2, 4 or 8.
        scale: u8,
        /// Signed displacement in bytes.
        disp: i32,
    },
    /// A frame slot.
    Slot {
        /// The slot.
        slot: SlotId,
        /// Byte offset within it.
        offset: i32,
    },
    /// Read-only data at this offset of the method's data section.
    Data(u32),
    /// A label's address (its bytes, for loads).
    Label(Label),
    /// A symbol's address, RIP-relative; index from [`Emitter::symbol`].
    Symbol(i32),
}

impl Mem {
    /// `[base + disp]`.
    pub const fn base(base: RegNum, disp: i32) -> Mem {
        Mem::Addr {
            base,
            index: RegNum::NONE,
            scale: 1,
            disp,
        }
    }
    /// `[base + index*scale + disp]`; scale 1, 2, 4 or 8.
    pub const fn index(base: RegNum, index: RegNum, scale: u8, disp: i32) -> Mem {
        Mem::Addr {
            base,
            index,
            scale,
            disp,
        }
    }
    /// Byte `offset` of a frame slot.
    pub const fn slot(slot: SlotId, offset: i32) -> Mem {
        Mem::Slot { slot, offset }
    }
}

/// The emitter with x64's instructions as methods.
pub struct Asm<'a>(pub &'a mut Emitter);

impl Asm<'_> {
    /// `ins dst, src` between registers.
    #[inline]
    pub fn rr(&mut self, ins: Ins, w: W, dst: RegNum, src: RegNum) {
        let form = form_of(ins, Shape::RegRm, w);
        if form < ROW_COUNT as u16 {
            self.0.push(pack(form, w, dst, src));
        } else {
            self.0
                .push(pack(form_of(ins, Shape::RmReg, w), w, src, dst));
        }
    }

    /// Do the flags say whether `r`, as wide as `w`, is zero, because the instructions just pushed made it so? `Some(true)`: all
    /// flags are as a test of `r` with itself would leave them.
    pub fn flags_of(&self, r: RegNum, w: W) -> Option<bool> {
        for d in self.0.last_instrs(3).iter().rev() {
            let row = ROWS.get(usize::from(d.form))?;
            let in_memory = Mode::of(d) != Mode::Reg;
            let dst = match row.ops[0] {
                Opnd::G => d.r[0],
                Opnd::E if in_memory => RegNum::NONE,
                Opnd::E => d.r[1],
                _ => return None,
            };
            let logic = match row.ins {
                Ins::Mov if dst != r => continue,
                Ins::And | Ins::Or | Ins::Xor => true,
                Ins::Add | Ins::Sub | Ins::Neg => false,
                _ => return None,
            };
            let fits = dst == r && d.width & 3 == w as u8;
            return fits.then_some(logic);
        }
        None
    }

    /// `ins dst, imm`. The shortest form that holds `imm`; for `B1` and `B2` bits beyond the width are ignored where the value
    /// is in signed or unsigned range.
    #[inline]
    pub fn ri(&mut self, ins: Ins, w: W, dst: RegNum, imm: i32) {
        let (form, imm) = imm_form(ins, w, imm);
        let mut d = pack(form, w, RegNum(0), dst);
        d.imm = imm;
        self.0.push(d);
    }

    /// `ins dst, [mem]`.
    #[inline]
    pub fn rm(&mut self, ins: Ins, w: W, dst: RegNum, m: &Mem) {
        let d = pack(form_of(ins, Shape::RegRm, w), w, dst, RegNum(0));
        self.push_mem(d, m);
    }

    /// `ins [mem], src`.
    #[inline]
    pub fn mr(&mut self, ins: Ins, w: W, m: &Mem, src: RegNum) {
        let d = pack(form_of(ins, Shape::RmReg, w), w, src, RegNum(0));
        self.push_mem(d, m);
    }

    /// `ins [mem], imm`.
    #[inline]
    pub fn mi(&mut self, ins: Ins, w: W, m: &Mem, imm: i32) {
        let (form, imm) = imm_form(ins, w, imm);
        let mut d = pack(form, w, RegNum(0), RegNum(0));
        d.imm = imm;
        self.push_mem(d, m);
    }

    /// `ins r`: one operand; for shifts and rotates the count is cl.
    #[inline]
    pub fn r1(&mut self, ins: Ins, w: W, r: RegNum) {
        let mut form = form_of(ins, Shape::OpReg, w);
        if form >= ROW_COUNT as u16 {
            form = form_of(ins, Shape::Rm, w);
        }
        self.0.push(pack(form, w, RegNum(0), r));
    }

    /// `ins [mem]`: one operand; for shifts and rotates the count is cl.
    #[inline]
    pub fn m1(&mut self, ins: Ins, w: W, m: &Mem) {
        let d = pack(form_of(ins, Shape::Rm, w), w, RegNum(0), RegNum(0));
        self.push_mem(d, m);
    }

    /// An instruction without explicit operands: `Cdq`, `Ud2`, `RepMovsb`, ...
    #[inline]
    pub fn z(&mut self, ins: Ins, w: W) {
        let form = form_of(ins, Shape::None, w);
        self.0.push(pack(form, w, RegNum(0), RegNum(0)));
    }

    /// `ins dst, src, imm`.
    pub fn rri(&mut self, ins: Ins, w: W, dst: RegNum, src: RegNum, imm: i32) {
        let mut form = form_of(ins, Shape::RegRmImm8, w);
        if form >= ROW_COUNT as u16 || imm as i8 as i32 != imm {
            form = form_of(ins, Shape::RegRmImm, w);
        }
        let mut d = pack(form, w, dst, src);
        if form >= ROW_COUNT as u16 {
            // shld, shrd: the destination is the rm operand.
            d = pack(form_of(ins, Shape::RmRegImm, w), w, src, dst);
        }
        d.imm = narrow_imm(d.form, w, imm);
        self.0.push(d);
    }

    /// `ins dst, [mem], imm`.
    pub fn rmi(&mut self, ins: Ins, w: W, dst: RegNum, m: &Mem, imm: i32) {
        let mut form = form_of(ins, Shape::RegRmImm8, w);
        if form >= ROW_COUNT as u16 || imm as i8 as i32 != imm {
            form = form_of(ins, Shape::RegRmImm, w);
        }
        let mut d = pack(form, w, dst, RegNum(0));
        d.imm = narrow_imm(form, w, imm);
        self.push_mem(d, m);
    }

    /// `ins dst, a, b`: the three-operand forms of VEX and EVEX, operands in the manual's order.
    pub fn rrr(&mut self, ins: Ins, w: W, dst: RegNum, a: RegNum, b: RegNum) {
        let form = form_of(ins, Shape::RegVvvvRm, w);
        let mut d;
        if form < ROW_COUNT as u16 {
            d = pack(form, w, dst, b);
            d.r[3] = a;
        } else {
            d = pack(form_of(ins, Shape::RegRmVvvv, w), w, dst, a);
            d.r[3] = b;
        }
        self.0.push(d);
    }

    /// `ins dst, a, [mem]` (or `ins dst, [mem], a` where the manual has it so).
    pub fn rrm(&mut self, ins: Ins, w: W, dst: RegNum, a: RegNum, m: &Mem) {
        let mut form = form_of(ins, Shape::RegVvvvRm, w);
        if form >= ROW_COUNT as u16 {
            form = form_of(ins, Shape::RegRmVvvv, w);
        }
        let mut d = pack(form, w, dst, RegNum(0));
        d.r[3] = a;
        self.push_mem(d, m);
    }

    /// Puts a constant in a register without touching flags: the shortest of `mov r32, imm32`, `mov r64, simm32`,
    /// `mov r64, imm64`. For `B1`, `B2` and `B4` only the low 32 bits of `value` count.
    pub fn mov_ri(&mut self, dst: RegNum, w: W, value: i64) {
        let value = if w == W::B8 {
            value
        } else {
            value as u32 as i64
        };
        if value as u32 as i64 == value {
            let form = form_of(Ins::Mov, Shape::OpRegImm, W::B4);
            let mut d = pack(form, W::B4, RegNum(0), dst);
            d.imm = value as i32;
            self.0.push(d);
        } else if value as i32 as i64 == value {
            self.ri(Ins::Mov, W::B8, dst, value as i32);
        } else {
            let form = form_of(Ins::Mov, Shape::OpRegImm64, W::B8);
            let mut d = pack(form, W::B8, RegNum(0), dst);
            d.imm = self.0.wide_imm(value as u64);
            self.0.push(d);
        }
    }

    /// Zeroes an integer register by `xor r32, r32`, or a vector register by `xorps`. Clobbers flags (integer registers).
    pub fn zero(&mut self, dst: RegNum) {
        if dst.is_float() {
            self.rr(Ins::Xorps, W::F32, dst, dst);
        } else {
            self.rr(Ins::Xor, W::B4, dst, dst);
        }
    }

    /// `jmp label`; dropped if the label is next.
    #[inline]
    pub fn jmp(&mut self, target: Label) {
        self.jump(Ins::JmpLabel, target, 0);
    }

    /// `jmp label`, kept even if the label is next.
    pub fn jmp_keep(&mut self, target: Label) {
        self.jump(Ins::JmpLabelKeep, target, 0);
    }

    /// `jcc label`; dropped if the label is next.
    #[inline]
    pub fn jcc(&mut self, cc: Cc, target: Label) {
        self.jump(Ins::Jcc, target, cc as u8);
    }

    fn jump(&mut self, ins: Ins, target: Label, cc: u8) {
        let mut d = pack(
            form_of(ins, Shape::Jump, W::B8),
            W::B8,
            RegNum(0),
            RegNum(0),
        );
        d.extra = cc << 4;
        d.disp = target.0 as i32;
        self.0.push(d);
    }

    /// `setcc dst8`: the low byte only.
    pub fn setcc(&mut self, cc: Cc, dst: RegNum) {
        let form = form_of(Ins::Setcc, Shape::Rm, W::B1);
        let mut d = pack(form, W::B1, RegNum(0), dst);
        d.extra = (cc as u8) << 4;
        self.0.push(d);
    }

    /// `cmovcc dst, src`.
    pub fn cmov(&mut self, cc: Cc, w: W, dst: RegNum, src: RegNum) {
        let mut d = pack(form_of(Ins::Cmovcc, Shape::RegRm, w), w, dst, src);
        d.extra = (cc as u8) << 4;
        self.0.push(d);
    }

    /// `cmovcc dst, [mem]`: the load happens whatever the condition.
    pub fn cmov_m(&mut self, cc: Cc, w: W, dst: RegNum, m: &Mem) {
        let mut d = pack(form_of(Ins::Cmovcc, Shape::RegRm, w), w, dst, RegNum(0));
        d.extra = (cc as u8) << 4;
        self.push_mem(d, m);
    }

    /// `call rel32` to a symbol; index from [`Emitter::symbol`].
    pub fn call_sym(&mut self, symbol: i32) {
        self.0.has_calls = true;
        self.rel32(Ins::CallRel, Mode::Symbol, symbol);
    }

    /// `call rel32` to a label: a funclet.
    pub fn call_label(&mut self, target: Label) {
        self.0.has_calls = true;
        self.rel32(Ins::CallRel, Mode::Label, target.0 as i32);
    }

    /// `jmp rel32` to a symbol: a direct tail call.
    pub fn jmp_sym(&mut self, symbol: i32) {
        self.rel32(Ins::JmpRel, Mode::Symbol, symbol);
    }

    fn rel32(&mut self, ins: Ins, mode: Mode, disp: i32) {
        let mut d = pack(form_of(ins, Shape::Rel, W::B8), W::B8, RegNum(0), RegNum(0));
        d.width |= (mode as u8) << 4;
        d.disp = disp;
        self.0.push(d);
    }

    /// `call r64`.
    pub fn call_r(&mut self, r: RegNum) {
        self.0.has_calls = true;
        self.r1(Ins::Call, W::B8, r);
    }

    /// `call [mem]`.
    pub fn call_m(&mut self, m: &Mem) {
        self.0.has_calls = true;
        self.m1(Ins::Call, W::B8, m);
    }

    /// `jmp r64` without REX.W, as unwinders expect of a jump within the method (a switch).
    pub fn jmp_r(&mut self, r: RegNum) {
        self.r1(Ins::Jmp, W::B8, r);
    }

    /// `jmp [mem]`: what unwinders take for a tail call through memory.
    pub fn jmp_m(&mut self, m: &Mem) {
        self.m1(Ins::Jmp, W::B8, m);
    }

    /// `rex.jmp r64`: with REX.W, which tells unwinders that it leaves the method (a tail call).
    pub fn jmp_r_tail(&mut self, r: RegNum) {
        self.r1(Ins::JmpTail, W::B8, r);
    }

    /// `rex.jmp [mem]`: likewise through memory.
    pub fn jmp_m_tail(&mut self, m: &Mem) {
        self.m1(Ins::JmpTail, W::B8, m);
    }

    /// `ret`.
    pub fn ret(&mut self) {
        self.z(Ins::Ret, W::B8);
    }

    /// `push r64`.
    pub fn push(&mut self, r: RegNum) {
        self.r1(Ins::Push, W::B8, r);
    }

    /// `push [mem]`, 8 bytes.
    pub fn push_m(&mut self, m: &Mem) {
        self.m1(Ins::Push, W::B8, m);
    }

    /// `push imm`, sign-extended to 8 bytes.
    pub fn push_i(&mut self, imm: i32) {
        let shape = if imm as i8 as i32 == imm {
            Shape::Imm8
        } else {
            Shape::Imm
        };
        let mut d = pack(
            form_of(Ins::Push, shape, W::B8),
            W::B8,
            RegNum(0),
            RegNum(0),
        );
        d.imm = imm;
        self.0.push(d);
    }

    /// `pop r64`.
    pub fn pop(&mut self, r: RegNum) {
        self.r1(Ins::Pop, W::B8, r);
    }

    /// `lea r64, [mem]`.
    pub fn lea(&mut self, dst: RegNum, m: &Mem) {
        self.rm(Ins::Lea, W::B8, dst, m);
    }

    /// The address of a label.
    pub fn lea_label(&mut self, dst: RegNum, target: Label) {
        self.lea(dst, &Mem::Label(target));
    }

    /// The address of read-only data.
    pub fn lea_data(&mut self, dst: RegNum, data_offset: u32) {
        self.lea(dst, &Mem::Data(data_offset));
    }

    /// The address of a symbol, RIP-relative.
    pub fn lea_sym(&mut self, dst: RegNum, symbol: i32) {
        self.lea(dst, &Mem::Symbol(symbol));
    }

    /// `nop`, one byte.
    pub fn nop(&mut self) {
        self.z(Ins::Nop, W::B8);
    }

    /// `int3`.
    pub fn int3(&mut self) {
        self.z(Ins::Int3, W::B8);
    }

    /// Frame slots, the most by far, are done where they are asked for.
    #[inline(always)]
    pub(super) fn push_mem(&mut self, d: InstrDesc, m: &Mem) {
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
            Mem::Addr {
                base,
                index,
                scale,
                disp,
            } => {
                d.disp = disp;
                d.r[2] = if index.is_none() {
                    super::instr_desc::NO_INDEX
                } else {
                    index
                };
                d.extra |= scale.trailing_zeros() as u8 & 3;
                if !matches!(scale, 1 | 2 | 4 | 8) || index == super::instr_desc::NO_INDEX {
                    d.form = bad_form(d.form);
                }
                if base.is_none() {
                    Mode::NoBase
                } else {
                    d.r[1] = base;
                    Mode::Base
                }
            }
            Mem::Slot { slot, offset } => {
                d.disp = self.0.frame_ref(slot, offset).0 as i32;
                if d.disp < 0 {
                    Mode::FarFrame
                } else {
                    Mode::Frame
                }
            }
            Mem::Data(at) => {
                d.disp = at as i32;
                Mode::Data
            }
            Mem::Label(l) => {
                d.disp = l.0 as i32;
                Mode::Label
            }
            Mem::Symbol(s) => {
                d.disp = s;
                Mode::Symbol
            }
        };
        d.width |= (mode as u8) << 4;
        self.0.push(d);
    }
}

/// Operand shapes that the methods above ask for.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(u8)]
enum Shape {
    None,
    RegRm,
    RmReg,
    RmImm,
    RmImm8,
    RmOne,
    Rm,
    OpReg,
    OpRegImm,
    OpRegImm64,
    RegRmImm,
    RegRmImm8,
    RmRegImm,
    RegVvvvRm,
    RegRmVvvv,
    Imm,
    Imm8,
    Rel,
    Jump,
    /// Only [`Asm::vec`](super::vec_asm) asks for it.
    Other,
}
const SHAPES: usize = Shape::Other as usize + 1;

/// The form for an instruction and shape; a number beyond the table if there is none.
#[inline]
fn form_of(ins: Ins, shape: Shape, w: W) -> u16 {
    FORMS[ins as usize][shape as usize * 2 + (w as u8 == W::B1 as u8) as usize]
}

/// Form and normalised immediate of `ins rm, imm`.
#[inline]
fn imm_form(ins: Ins, w: W, imm: i32) -> (u16, i32) {
    let mut form = 0xFFFF;
    if imm == 1 {
        form = form_of(ins, Shape::RmOne, w);
        if form < ROW_COUNT as u16 {
            return (form, 0);
        }
    }
    if w != W::B1 {
        let imm = if w == W::B2 && imm as u16 as i32 == imm {
            imm as i16 as i32
        } else {
            imm
        };
        if imm as i8 as i32 == imm {
            form = form_of(ins, Shape::RmImm8, w);
            if form < ROW_COUNT as u16 {
                return (form, imm);
            }
        }
    }
    let _ = form;
    let form = form_of(ins, Shape::RmImm, w);
    (form, narrow_imm(form, w, imm))
}

/// An immediate that a one- or two-byte field holds as an unsigned number becomes the equal signed one.
#[inline]
fn narrow_imm(form: u16, w: W, imm: i32) -> i32 {
    match ROWS.get(form as usize).map_or(0, |r| r.imm) {
        1 if imm as u8 as i32 == imm && !ROWS[form as usize].imm_signed => imm as i8 as i32,
        2 if w == W::B2 && imm as u16 as i32 == imm => imm as i16 as i32,
        _ => imm,
    }
}

static FORMS: [[u16; SHAPES * 2]; INS_COUNT] = {
    let mut t = [[0u16; SHAPES * 2]; INS_COUNT];
    let mut i = 0;
    while i < INS_COUNT {
        t[i] = [0x8000 | i as u16; SHAPES * 2];
        i += 1;
    }
    let mut form = 1;
    while form < ROW_COUNT {
        let row = &ROWS[form];
        let second = if matches!(row.class, Class::Vex | Class::Evex) {
            matches!(row.class, Class::Evex)
        } else {
            matches!(row.sizes[0], Size::B) && !matches!(row.ops[0], Opnd::I)
        };
        let at = shape_of(row) as usize * 2 + second as usize;
        if t[row.ins as usize][at] >= 0x8000 {
            t[row.ins as usize][at] = form as u16;
        }
        form += 1;
    }
    // Where the operands may change places, the one form serves both shapes.
    let mut byte = 0;
    while byte < 2 {
        let (reg_rm, rm_reg) = (
            Shape::RegRm as usize * 2 + byte,
            Shape::RmReg as usize * 2 + byte,
        );
        t[Ins::Test as usize][reg_rm] = t[Ins::Test as usize][rm_reg];
        t[Ins::Xchg as usize][reg_rm] = t[Ins::Xchg as usize][rm_reg];
        byte += 1;
    }
    t
};

const fn shape_of(row: &Row) -> Shape {
    use Opnd::*;
    let imm8 = row.imm_signed;
    match (row.ops[0], row.ops[1], row.ops[2]) {
        (G | V, E | W | U | M, None) => Shape::RegRm,
        (E | W | M, G | V, None) => Shape::RmReg,
        (E | M, I, None) if imm8 => Shape::RmImm8,
        (E | M, I, None) => Shape::RmImm,
        (E | M, One, None) => Shape::RmOne,
        (E | M, None | Cl, None) => Shape::Rm,
        (Z, None, None) => Shape::OpReg,
        (Z, I, None) if row.imm == 8 => Shape::OpRegImm64,
        (Z, I, None) => Shape::OpRegImm,
        (G | V, E | W, I) if imm8 => Shape::RegRmImm8,
        (G | V, E | W, I) => Shape::RegRmImm,
        (E, G, I) => Shape::RmRegImm,
        (E, G, Cl) => Shape::RmReg,
        (G | V, B | H, E | W) => Shape::RegVvvvRm,
        (G, E, B) => Shape::RegRmVvvv,
        (I, None, None) if imm8 => Shape::Imm8,
        (I, None, None) => Shape::Imm,
        (J, ..) => Shape::Rel,
        (L, ..) => Shape::Jump,
        (None, ..) => Shape::None,
        _ => Shape::Other,
    }
}
