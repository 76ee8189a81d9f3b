//! Descriptors to bytes.
//!
//! An instruction is put together in registers and written with three unconditional stores: head (prefixes, REX, opcode), operand
//! (ModRM, SIB, displacement), immediate; absent parts have length zero and are overwritten by what follows. A register in the
//! opcode's last byte stands as it would in ModRM, so that byte is written as an operand. What depends on the operand width only has
//! been worked out at compile time: [`ENC`] has four entries a row, one a width.
//!
//! Forms with a VEX or EVEX prefix are in [`vex`](super::vex) and [`evex`](super::evex).
//!
//! Source: Intel SDM vol. 2, chapter 2 (formats).

use super::asm::Cc;
use super::evex::evex;
use super::instr_desc::{Mode, NO_INDEX};
use super::table::{Class, INS, LEGACY_ROWS, Opnd, ROWS, Row, Size};
use super::vex::vex;
use crate::emit::encoder::{
    CodeBuf, Emit, EncodeCx, Fixup, FixupKind, FixupTarget, JumpClass, NearSlot, PrintCx, Refusal,
    WINDOW,
};
use crate::emit::instr_desc::{FrameRef, InstrDesc, Label};
use crate::emit::jumps::{JumpRow, Reach};
use crate::target::RegNum;
use crate::target::x64::X64;
use crate::util::room::push_gently;
use std::hint::select_unpredictable as select;

/// Kinds of fixups.
pub mod fixup {
    use crate::emit::encoder::FixupKind;
    /// 32-bit distance from the field's own address (the addend accounts for the rest of the instruction).
    pub const REL32: FixupKind = FixupKind(0);
}

const NEAR: i64 = i32::MAX as i64 - 16;
const SHORT: Reach = Reach {
    size: 2,
    min: -126,
    max: 129,
};
const DROPPED: Reach = Reach {
    size: 0,
    min: 0,
    max: 0,
};
const fn near(size: u8) -> Reach {
    Reach {
        size,
        min: -NEAR,
        max: NEAR,
    }
}

#[rustfmt::skip]
const JUMP_ROWS: &[JumpRow] = &[
    JumpRow { name: "jmp",      forms: &[DROPPED, SHORT, near(5)] },
    JumpRow { name: "jcc",      forms: &[DROPPED, SHORT, near(6)] },
    JumpRow { name: "jmp keep", forms: &[SHORT, near(5)] },
];

/// A row for one operand width, worked out at compile time.
#[derive(Copy, Clone)]
#[repr(C, align(64))]
struct Enc {
    /// Prefixes and opcode in memory order, without REX, and the same with an empty REX (0x40) in its place. Of forms without ModRM
    /// the opcode's last byte is not here, but in `rm`.
    heads: [u64; 2],
    /// What [`simple`] asks of `r[0..4]`, by the low bits of [`Mode`].
    simple: [Simple; 4],
    /// An immediate fits if it is at most `imm_range` when this has been added to it.
    imm_bias: i32,
    imm_range: u32,
    /// Bytes of `heads[0]`.
    len: u8,
    /// Bytes of the immediate.
    imm_len: u8,
    /// Position of REX in `heads[1]`, in bits.
    rex_at: u8,
    /// 0x48 if REX.W is set, or 0.
    rex: u8,
    /// The byte behind the head, registers left out: ModRM of a register operand with the opcode extension, or the opcode's last byte,
    /// where a register stands as it does in ModRM. Of jumps their class.
    rm: u8,
    class: Class,
    /// 4 in the low byte where `r[0]` names a byte register (spl..dil need a REX prefix), in the high byte likewise for `r[1]`.
    byte: u16,
}

/// What `r[0..4]` and `bits` differ in must be outside of `mask`.
#[derive(Copy, Clone)]
struct Simple {
    bits: u32,
    mask: u32,
}

/// Stands in `bits` where the form takes no such operand: no register has these bits.
const NEVER: u32 = 0xD0D0_D0D0;

/// Bits of register numbers that tell the file.
const FILE_BITS: u32 = 0xF0F0_F0F0;

impl Enc {
    #[inline(always)]
    fn holds(&self, imm: i32) -> bool {
        imm.wrapping_add(self.imm_bias) as u32 <= self.imm_range
    }

    /// What the upper bits of `r[0..4]` must be, byte by byte.
    #[inline(always)]
    fn files(&self, is_reg: bool) -> u32 {
        self.simple[!is_reg as usize].bits ^ WITHOUT_INDEX
    }
}

const fn expand(row: &Row, w: u8) -> Enc {
    let mut class = row.class;
    if row.sized {
        let no_16 = matches!(row.sizes[0], Size::Y) || matches!(row.sizes[1], Size::Y);
        if w == 0 || (no_16 && w == 1) {
            class = Class::Bad;
        }
    }
    let mut prefix = 0u64;
    let mut bits = 0;
    let mut i = 0;
    while i < 2 {
        if row.prefix[i] != 0 {
            prefix |= (row.prefix[i] as u64) << bits;
            bits += 8;
        }
        i += 1;
    }
    if row.sized && w == 1 {
        assert!(bits < 16, "three prefixes");
        prefix = prefix << 8 | 0x66;
        bits += 8;
    }
    let mut op = row.opcode[0] as u64 | (row.opcode[1] as u64) << 8 | (row.opcode[2] as u64) << 16;
    let mut op_len = row.opcode_len;
    let mut rm = match (row.class, row.ins) {
        (Class::Jump, super::Ins::JmpLabel) => 0,
        (Class::Jump, super::Ins::Jcc) => 1,
        (Class::Jump, _) => 2,
        _ => 0xC0 | row.digit << 3,
    };
    if matches!(class, Class::Plain | Class::Imm64) {
        op_len -= 1;
        rm = row.opcode[op_len as usize];
        op &= (1 << (8 * op_len)) - 1;
    }
    let wide = row.rex_w || (row.sized && w == 3);
    let (imm_len, signed_bits) = match row.imm {
        1 => (1, 8),
        2 if w == 1 => (2, 16),
        2 => (4, 0),
        3 => (2, 16),
        n => (n & 7, 0),
    };
    let mut e = Enc {
        heads: [
            prefix | op << bits,
            prefix | 0x40 << bits | op << (bits + 8),
        ],
        simple: [Simple {
            bits: NEVER ^ WITHOUT_INDEX,
            mask: FILE_BITS,
        }; 4],
        imm_bias: if signed_bits == 0 {
            0
        } else {
            1 << (signed_bits - 1)
        },
        imm_range: if signed_bits == 0 {
            u32::MAX
        } else {
            (1 << signed_bits) - 1
        },
        len: bits / 8 + op_len,
        imm_len,
        rex_at: bits,
        rex: if wide { 0x48 } else { 0 },
        rm,
        class,
        byte: 0,
    };
    assert!(e.len < 8, "a head of more than eight bytes");
    let (mut files_reg, mut files_mem) = (0, NEVER);
    let mut i = 0;
    let mut mem = 0;
    let mut takes_mem = false;
    while i < 4 {
        let byte = matches!(row.sizes[i], Size::B);
        match row.ops[i] {
            Opnd::G if byte => e.byte |= 4,
            Opnd::Z if byte => e.byte |= 4 << 8,
            Opnd::E | Opnd::M => {
                takes_mem = true;
                if matches!(row.ops[i], Opnd::M) {
                    files_reg = NEVER;
                } else if byte {
                    e.byte |= 4 << 8;
                }
            }
            Opnd::V => {
                files_reg |= 0x20;
                mem |= 0x20;
            }
            Opnd::W => {
                takes_mem = true;
                files_reg |= 0x20 << 8;
            }
            Opnd::U => files_reg |= 0x20 << 8,
            _ => {}
        }
        i += 1;
    }
    if takes_mem {
        files_mem = mem;
    }
    // No byte register that needs REX by its number; an index only where the mode is `Base`.
    let byte = [e.byte as u32, e.byte as u32 & 0xFF];
    if matches!(class, Class::ModRm) {
        e.simple[Mode::Reg as usize].bits = files_reg ^ WITHOUT_INDEX;
        e.simple[Mode::Reg as usize].mask = FILE_BITS | 15 << 16 | byte[0];
        e.simple[Mode::Base as usize].bits = files_mem ^ WITHOUT_INDEX;
        e.simple[Mode::Base as usize].mask = FILE_BITS | byte[1];
        e.simple[Mode::Frame as usize].bits = files_mem ^ WITHOUT_INDEX;
        e.simple[Mode::Frame as usize].mask = FILE_BITS | 15 << 16 | byte[1];
    }
    if matches!(class, Class::Plain) {
        e.simple[Mode::Reg as usize].bits = WITHOUT_INDEX;
        e.simple[Mode::Reg as usize].mask = FILE_BITS | 15 << 16 | 15 | byte[0];
    }
    e
}

static ENC: [[Enc; 4]; LEGACY_ROWS] = {
    let mut t = [[expand(&ROWS[0], 0); 4]; LEGACY_ROWS];
    let mut i = 0;
    while i < LEGACY_ROWS {
        let mut w = 0;
        while w < 4 {
            t[i][w] = expand(&ROWS[i], w as u8);
            w += 1;
        }
        i += 1;
    }
    t
};

impl Emit for X64 {
    const JUMPS: &'static [JumpRow] = JUMP_ROWS;
    const MAX_INSTR_BYTES: usize = 15;
    const LOOP_ALIGN: u32 = 16;
    const TABLE_FIXUP: FixupKind = fixup::REL32;

    #[inline(always)]
    fn jump_class(d: &InstrDesc) -> Option<JumpClass> {
        let enc = ENC.get(d.form as usize)?[(d.width & 3) as usize];
        (enc.class == Class::Jump).then_some(JumpClass(enc.rm))
    }

    fn near_slot(base: RegNum, offset: i32) -> Option<NearSlot> {
        near_slot(base, offset)
    }

    #[inline(always)]
    fn encode_simple(d: &InstrDesc, slots: &[NearSlot], out: &mut [u8; WINDOW]) -> Option<usize> {
        simple(d, slots, out)
    }

    #[inline(never)]
    fn encode(d: &InstrDesc, cx: &EncodeCx, out: &mut CodeBuf) -> Result<(), Refusal> {
        let Some(widths) = ENC.get(d.form as usize) else {
            return vector(d, cx, out);
        };
        let enc = &widths[(d.width & 3) as usize];
        if enc.class == Class::ModRm {
            return mod_rm(d, enc, cx, out);
        }
        other(d, enc, cx, out)
    }

    fn write_jump(d: &InstrDesc, _form: usize, delta: i64, out: &mut [u8]) {
        let is_jcc = ROWS
            .get(d.form as usize)
            .is_some_and(|r| r.ins == super::Ins::Jcc);
        let cc = d.extra >> 4;
        let rel = delta - out.len() as i64;
        match (is_jcc, out) {
            (true, [op, rel8]) => {
                *op = 0x70 + cc;
                *rel8 = rel as i8 as u8;
            }
            (false, [op, rel8]) => {
                *op = 0xEB;
                *rel8 = rel as i8 as u8;
            }
            (true, [escape, op, rel32 @ ..]) => {
                *escape = 0x0F;
                *op = 0x80 + cc;
                rel32.copy_from_slice(&(rel as i32).to_le_bytes());
            }
            (false, [op, rel32 @ ..]) => {
                *op = 0xE9;
                rel32.copy_from_slice(&(rel as i32).to_le_bytes());
            }
            (_, [] | [_]) => {}
        }
    }

    fn apply_fixup(
        _kind: FixupKind,
        field: &mut [u8],
        place: u64,
        target: u64,
    ) -> Result<(), Refusal> {
        let rel = target.wrapping_sub(place) as i64;
        let rel = i32::try_from(rel).map_err(|_| Refusal::OutOfReach)?;
        let field = field.first_chunk_mut::<4>().ok_or(Refusal::NoRoom)?;
        *field = rel.to_le_bytes();
        Ok(())
    }

    fn fixup_is_relative(_kind: FixupKind) -> bool {
        true
    }

    fn write_nops(mut out: &mut [u8]) {
        while !out.is_empty() {
            let n = out.len().min(NOPS.len());
            let (now, rest) = out.split_at_mut(n);
            now.copy_from_slice(&NOPS[n - 1][..n]);
            out = rest;
        }
    }

    fn form_name(form: u16) -> &'static str {
        match ROWS.get(form as usize) {
            Some(row) => row.name,
            None => INS
                .get((form & 0x7FFF) as usize)
                .map_or("(no such row)", |i| i.name),
        }
    }

    fn print(d: &InstrDesc, cx: &PrintCx, out: &mut String) {
        super::print::print(d, cx, out);
    }

    #[cfg(any(test, feature = "checked"))]
    fn verify(
        em: &crate::emit::Emitter,
        frame: crate::emit::FrameAccess,
        code: &crate::emit::Code,
    ) -> Result<(), String> {
        super::verify::verify(em, frame, code).map_err(|e| e.to_string())
    }
}

/// The recommended multi-byte forms (SDM vol. 2, NOP), by length.
#[rustfmt::skip]
const NOPS: [[u8; 9]; 9] = [
    [0x90, 0, 0, 0, 0, 0, 0, 0, 0],
    [0x66, 0x90, 0, 0, 0, 0, 0, 0, 0],
    [0x0F, 0x1F, 0x00, 0, 0, 0, 0, 0, 0],
    [0x0F, 0x1F, 0x40, 0x00, 0, 0, 0, 0, 0],
    [0x0F, 0x1F, 0x44, 0x00, 0x00, 0, 0, 0, 0],
    [0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00, 0, 0, 0],
    [0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00, 0, 0],
    [0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00, 0],
    [0x66, 0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/// An address worked out: what goes into ModRM and SIB, and the length of the displacement.
#[derive(Copy, Clone)]
#[repr(C)]
pub(super) struct Address {
    /// ModRM with the reg field empty, SIB in the second byte.
    pub(super) mod_rm: u16,
    /// Their bits: 8 or 16.
    pub(super) bits: u8,
    /// Bytes of displacement (0, 1, 4) in the low four bits, X and B of REX in the upper four.
    pub(super) disp_rex: u8,
}

impl Address {
    #[inline(always)]
    pub(super) fn disp_len(self) -> usize {
        (self.disp_rex & 15) as usize
    }

    #[inline(always)]
    pub(super) fn rex(self) -> u64 {
        (self.disp_rex >> 4) as u64
    }

    /// Bytes of ModRM, SIB and displacement.
    #[inline(always)]
    fn len(self) -> usize {
        self.bits as usize / 8 + self.disp_len()
    }

    /// The address with displacement `disp` as [`put`] wants it: what differs from ModRM of a register.
    #[inline(always)]
    fn with(self, disp: i32) -> u64 {
        (self.mod_rm ^ 0xC0) as u64 | (disp as u32 as u64) << (self.bits & 31)
    }
}

/// Row of [`SIMPLE`] for a register operand; the others are ModRM.mod of an address without index.
const REGISTER: usize = 3;

/// Rm operands without an index, by `mod` and base.
static SIMPLE: [[Address; 16]; 4] = {
    let mut t = [[RIP; 16]; 4];
    let mut kind = 0;
    while kind < 4 {
        let mut reg = 0u8;
        while reg < 16 {
            let low = reg as u16 & 7;
            // rbp and r13 have no form without a displacement; rsp and r12 need a SIB.
            let kind_here = if kind == 0 && low == 5 {
                1
            } else {
                kind as u16
            };
            let sib = kind != REGISTER && low == 4;
            let disp_len = match kind_here {
                1 => 1,
                2 => 4,
                _ => 0,
            };
            t[kind][reg as usize] = Address {
                mod_rm: kind_here << 6 | low | if sib { 0x2400 } else { 0 },
                bits: if sib { 16 } else { 8 },
                disp_rex: disp_len | (reg >> 3) << 4,
            };
            reg += 1;
        }
        kind += 1;
    }
    t
};

/// ModRM.mod for a displacement.
#[inline(always)]
fn disp_kind(disp: i32) -> usize {
    (disp != 0) as usize + (disp as i8 as i32 != disp) as usize
}

/// `[base + index*scale + disp]` with the shortest displacement.
#[inline(always)]
fn address(base: u8, index: u8, scale: u8, disp: i32) -> Address {
    let mut a = SIMPLE[disp_kind(disp)][(base & 15) as usize];
    if index != NO_INDEX.0 {
        let sib = (scale as u16) << 6 | (index as u16 & 7) << 3 | base as u16 & 7;
        a.mod_rm = a.mod_rm & 0xC0 | 4 | sib << 8;
        a.bits = 16;
        a.disp_rex |= (index >> 3 & 1) << 5;
    }
    a
}

/// Bits of `r[0..4]` that say "no index".
const WITHOUT_INDEX: u32 = (NO_INDEX.0 as u32) << 16;

/// ModRM and displacement as [`put`] wants them, and in the top byte how many bytes they are. Bases that need a SIB or REX are left to `encode`.
fn near_slot(base: RegNum, disp: i32) -> Option<NearSlot> {
    let a = SIMPLE[disp_kind(disp)][(base.0 & 15) as usize];
    (a.bits == 8 && base.0 < 8).then_some(NearSlot(a.with(disp) | (a.len() as u64) << 56))
}

/// The forms that most code consists of: registers, near frame slots, base, index and displacement. None if `d` is something else,
/// or a byte register that needs REX by its number, or refused.
#[inline(always)]
fn simple(d: &InstrDesc, slots: &[NearSlot], w: &mut [u8; WINDOW]) -> Option<usize> {
    let widths = ENC.get(d.form as usize)?;
    let enc = &widths[(d.width & 3) as usize];
    let regs = u32::from_le_bytes(d.r.map(|r| r.0));
    let mode = d.width >> 4;
    let want = enc.simple.get(mode as usize)?;
    // All that can be in the way of the registers is asked at once. `extra` may have a condition.
    if (regs ^ want.bits) & want.mask != 0 || d.extra >= 16 || !enc.holds(d.imm) {
        return None;
    }
    let rex = (enc.rex as u32 | (regs & 8) >> 1) as u64;
    Some(if mode == Mode::Frame as u8 {
        // Only the slot's first byte is in the table: other references have more bits.
        let slot = slots.get(d.disp as u32 as usize)?;
        put(enc, regs, rex, 0, slot.0, (slot.0 >> 56) as usize, d.imm, w)
    } else if mode == Mode::Reg as u8 {
        let (base, rex) = ((regs >> 8 & 7) as u64, rex | (regs as u64) >> 11 & 1);
        put(enc, regs, rex, 0, base, 1, d.imm, w)
    } else {
        let a = address((regs >> 8) as u8, (regs >> 16) as u8, d.extra & 3, d.disp);
        put(
            enc,
            regs,
            rex | a.rex(),
            0,
            a.with(d.disp),
            a.len(),
            d.imm,
            w,
        )
    })
}

/// Writes a form and says how many bytes it has. `rm` is what stands between head and immediate, `rm_len` bytes, without `r[0]` and
/// what `enc.rm` has.
#[inline(always)]
fn put(
    enc: &Enc,
    regs: u32,
    rex: u64,
    cc: u8,
    rm: u64,
    rm_len: usize,
    imm: i32,
    w: &mut [u8; WINDOW],
) -> usize {
    let with_rex = (rex != 0) as usize;
    let at = enc.len as usize + with_rex;
    let mut head = enc.heads[with_rex] | rex << (enc.rex_at & 63);
    head += (cc as u64) << ((8 * at as u32).wrapping_sub(8) & 63);
    let len = at + rm_len;
    store(w, 0, head);
    store(w, at, rm ^ ((regs & 7) << 3 | enc.rm as u32) as u64);
    store32(w, len, imm as u32);
    len + enc.imm_len as usize
}

#[inline(always)]
fn mod_rm(d: &InstrDesc, enc: &Enc, cx: &EncodeCx, out: &mut CodeBuf) -> Result<(), Refusal> {
    let regs = d.r.map(|r| r.0);
    let mode = d.width >> 4 & 7;
    let is_reg = mode == Mode::Reg as u8;
    let is_frame = mode == Mode::Frame as u8;
    // Selected, not branched: whether an operand is in the frame is as good as random to the machine that runs this.
    let slot = select(is_frame, d.disp, 0);
    let found = cx.frame.offsets.get(slot as usize & 0xFFFF);
    let no_slot = found.is_none() & is_frame;
    let in_frame = found.map_or(0, |at| at.wrapping_add(slot >> 16));
    let disp = select(is_frame, in_frame, d.disp);
    let base = select(is_frame, cx.frame.base.0, regs[1]);
    // Register and simple address alike come from the table, so that which of them it is need not be guessed.
    let kind = select(is_reg, REGISTER, disp_kind(disp));
    let mut a = SIMPLE[kind][(base & 15) as usize];
    if (regs[2] != NO_INDEX.0) | (mode > Mode::Frame as u8) {
        if mode > Mode::Frame as u8 {
            return far_address(d, enc, cx, out);
        }
        if !is_reg {
            a = address(base, regs[2], d.extra & 3, disp);
        }
    }
    if no_slot {
        return Err(Refusal::UnknownSlot);
    }
    mod_rm_at(d, enc, a, disp, is_reg, out)
}

/// The rest of [`mod_rm`], once the address is known.
#[inline(always)]
fn mod_rm_at(
    d: &InstrDesc,
    enc: &Enc,
    a: Address,
    disp: i32,
    is_reg: bool,
    out: &mut CodeBuf,
) -> Result<(), Refusal> {
    let regs = d.r.map(|r| r.0);
    let files = enc.files(is_reg);
    let packed = u32::from_le_bytes(regs);
    if (packed ^ files) & FILE_BITS != 0 || !enc.holds(d.imm) {
        return Err(why_refused(d, enc, files));
    }
    let byte_rm = select(is_reg, enc.byte >> 8, 0) as u8;
    let bytes = (regs[0] & enc.byte as u8 | regs[1] & byte_rm) as u64;
    let rex = enc.rex as u64 | (regs[0] as u64 & 8) >> 1 | a.rex() | bytes << 4;
    let w = out.window()?;
    let n = put(
        enc,
        packed,
        rex,
        d.extra >> 4,
        a.with(disp),
        a.len(),
        d.imm,
        w,
    );
    out.advance(n);
    Ok(())
}

#[cold]
#[inline(never)]
fn why_refused(d: &InstrDesc, enc: &Enc, files: u32) -> Refusal {
    if files == NEVER {
        Refusal::Operand
    } else if !enc.holds(d.imm) {
        Refusal::Immediate
    } else {
        Refusal::Register
    }
}

/// The masks tell the compiler that the store is in the window.
#[inline(always)]
pub(super) fn store(w: &mut [u8; WINDOW], at: usize, v: u64) {
    let at = at & 15;
    w[at..at + 8].copy_from_slice(&v.to_le_bytes());
}

#[inline(always)]
pub(super) fn store32(w: &mut [u8; WINDOW], at: usize, v: u32) {
    let at = at & 15;
    w[at..at + 4].copy_from_slice(&v.to_le_bytes());
}

/// Forms whose address is neither simple nor in a near slot.
#[inline(never)]
fn far_address(d: &InstrDesc, enc: &Enc, cx: &EncodeCx, out: &mut CodeBuf) -> Result<(), Refusal> {
    let rex = enc.rex != 0 || d.r[0].0 & 8 != 0 || d.r[0].0 & enc.byte as u8 != 0;
    let head = enc.len as usize + rex as usize;
    let (a, disp) = other_address(d, enc.imm_len as usize, cx, head, out)?;
    mod_rm_at(d, enc, a, disp, false, out)
}

/// An address of any mode but `Reg`; `head` is the length of everything before ModRM and `imm_len` of the immediate, for the place
/// of a fixup.
pub(super) fn other_address(
    d: &InstrDesc,
    imm_len: usize,
    cx: &EncodeCx,
    head: usize,
    out: &mut CodeBuf,
) -> Result<(Address, i32), Refusal> {
    let (index, scale) = (d.r[2].0, d.extra & 3);
    Ok(match Mode::of(d) {
        Mode::Base => (address(d.r[1].0, index, scale, d.disp), d.disp),
        Mode::Frame | Mode::FarFrame => {
            let disp = cx.frame_offset(FrameRef(d.disp as u32))?;
            (address(cx.frame.base.0, index, scale, disp), disp)
        }
        Mode::NoBase => {
            let a = Address {
                mod_rm: 0x04 | ((scale as u16) << 6 | (index as u16 & 7) << 3 | 5) << 8,
                bits: 16,
                disp_rex: 4 | (index >> 3 & 1) << 5,
            };
            (a, d.disp)
        }
        Mode::Data | Mode::Label | Mode::Symbol => {
            rip_fixup(d, head + 1, imm_len, out)?;
            (RIP, 0)
        }
        Mode::Reg => return Err(Refusal::Operand),
    })
}

const RIP: Address = Address {
    mod_rm: 0x05,
    bits: 8,
    disp_rex: 4,
};

/// Records the fixup of a displacement `head` bytes into the instruction, with `tail` bytes of immediate behind it.
fn rip_fixup(d: &InstrDesc, head: usize, tail: usize, out: &mut CodeBuf) -> Result<(), Refusal> {
    let target = match Mode::of(d) {
        Mode::Data => FixupTarget::Data(d.disp as u32),
        Mode::Label => FixupTarget::Label(Label(d.disp as u32)),
        Mode::Symbol => FixupTarget::Symbol(d.disp as u32),
        _ => return Err(Refusal::Operand),
    };
    let at = (out.len() + head) as u32;
    push_gently(
        &mut out.fixups,
        Fixup {
            at,
            kind: fixup::REL32,
            target,
            addend: -(4 + tail as i32),
        },
    );
    Ok(())
}

/// Forms behind those of [`ENC`].
#[inline(never)]
fn vector(d: &InstrDesc, cx: &EncodeCx, out: &mut CodeBuf) -> Result<(), Refusal> {
    match ROWS.get(d.form as usize) {
        Some(row) if row.class == Class::Vex => vex(d, row, cx, out),
        Some(row) => evex(d, row, cx, out),
        None => Err(Refusal::NoSuchForm),
    }
}

/// Every class but ModRm.
#[inline(never)]
fn other(d: &InstrDesc, enc: &Enc, cx: &EncodeCx, out: &mut CodeBuf) -> Result<(), Refusal> {
    match enc.class {
        Class::Plain => plain(d, enc, d.imm as u32 as u64, out),
        Class::Imm64 => match cx.wide_imms.get(d.imm as usize) {
            Some(&imm) => plain(d, enc, imm, out),
            None => Err(Refusal::UnknownIndex),
        },
        Class::Rel32 => {
            rip_fixup(d, 1, 0, out)?;
            let w = out.window()?;
            store(w, 0, enc.heads[0]);
            out.advance(5);
            Ok(())
        }
        Class::ModRm | Class::Jump | Class::Bad | Class::Vex | Class::Evex => {
            Err(Refusal::NoSuchForm)
        }
    }
}

/// No operand, an immediate, or a register in the opcode byte.
#[inline(always)]
fn plain(d: &InstrDesc, enc: &Enc, imm: u64, out: &mut CodeBuf) -> Result<(), Refusal> {
    let reg = d.r[1].0;
    if reg > 15 || d.width >> 4 != 0 {
        return Err(Refusal::Register);
    }
    if !enc.holds(d.imm) {
        return Err(Refusal::Immediate);
    }
    let byte = reg & (enc.byte >> 8) as u8;
    let rex = enc.rex as u64 | reg as u64 >> 3 | (byte as u64) << 4;
    let w = out.window()?;
    let n = put(enc, 0, rex, 0, reg as u64 & 7, 1, d.imm, w);
    if enc.class == Class::Imm64 {
        store(w, n, imm);
        out.advance(n + 8);
    } else {
        out.advance(n);
    }
    Ok(())
}

const _: () = assert!(Cc::NAMES.len() == 16 && size_of::<Enc>() == 64);
