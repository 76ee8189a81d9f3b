//! Descriptors to words.
//!
//! Most descriptors are one word: the row's fixed bits and its fields. Some name a place that one instruction may not reach: a
//! frame slot, a large displacement, read-only data. [`resolve`] turns those into up to four plain descriptors, which printer and
//! verifier use too, so what is shown and checked is what is encoded. The helpers of such sequences are x16 and x17, which
//! allocation never hands out: x16 unless the access itself names it.
//!
//! Sources: Arm ARM (DDI 0487) C4.1; ELF for AArch64, static relocations, for the fixups' arithmetic.

use super::imm;
use super::instr_desc::{Mode, WIDE, pack};
use super::table::{Class, Field, Ins, NAMES, ROWS, Row};
use crate::emit::encoder::{
    CodeBuf, Emit, EncodeCx, Fixup, FixupKind, FixupTarget, JumpClass, NearSlot, PrintCx, Refusal,
    WINDOW,
};
use crate::emit::instr_desc::{FrameRef, InstrDesc, Label};
use crate::emit::jumps::{JumpRow, Reach};
use crate::target::RegNum;
use crate::target::arm64::{Arm64, SP, X16, X17};
use crate::util::room::push_gently;
use smallvec::SmallVec;

/// Kinds of fixups.
pub mod fixup {
    use crate::emit::encoder::FixupKind;
    /// 26-bit word distance of `b` and `bl`.
    pub const BRANCH26: FixupKind = FixupKind(0);
    /// 21-bit byte distance of `adr`.
    pub const ADR21: FixupKind = FixupKind(1);
    /// 21-bit page distance of `adrp`.
    pub const PAGE21: FixupKind = FixupKind(2);
    /// Low 12 bits of the address in an `add`.
    pub const PAGE_OFFSET_12A: FixupKind = FixupKind(3);
    /// Low 12 bits of the address in a load or store, scaled by the access.
    pub const PAGE_OFFSET_12L: FixupKind = FixupKind(4);
    /// 32-bit distance in a jump table.
    pub const REL32: FixupKind = FixupKind(5);
}

const DROPPED: Reach = Reach {
    size: 0,
    min: 0,
    max: 0,
};
/// A form of `size` bytes whose last instruction counts words in `bits` bits.
const fn reach(size: u8, bits: u32) -> Reach {
    let before = size as i64 - 4;
    Reach {
        size,
        min: -(1 << (bits + 1)) + before,
        max: (1 << (bits + 1)) - 4 + before,
    }
}

#[rustfmt::skip]
const JUMP_ROWS: &[JumpRow] = &[
    JumpRow { name: "b",           forms: &[DROPPED, reach(4, 26)] },
    JumpRow { name: "b keep",      forms: &[reach(4, 26)] },
    JumpRow { name: "b.cond, cbz", forms: &[DROPPED, reach(4, 19), reach(8, 26)] },
    JumpRow { name: "tbz",         forms: &[DROPPED, reach(4, 14), reach(8, 26)] },
    JumpRow { name: "adr",         forms: &[ADR, sum(12), FARTHEST_ADR] },
    JumpRow { name: "literal",     forms: &[reach(4, 19), sum(16)] },
];

/// `adr`: 21 bits of bytes.
const ADR: Reach = Reach {
    size: 4,
    min: -(1 << 20),
    max: (1 << 20) - 1,
};
/// `adr` of the place itself and two additions of 12 bits each; of literals the load behind them.
const fn sum(size: u8) -> Reach {
    Reach {
        size,
        min: -(1 << 24) + 1,
        max: (1 << 24) - 1,
    }
}

/// The distance in two moves, `adr` of the place itself, and their sum: as far as branches reach.
const FARTHEST_ADR: Reach = Reach {
    size: 16,
    min: -(1 << 27),
    max: (1 << 27) - 1,
};

/// The plain descriptors that one descriptor becomes.
pub type Plain = SmallVec<[InstrDesc; 4]>;

impl Emit for Arm64 {
    const JUMPS: &'static [JumpRow] = JUMP_ROWS;
    const MAX_INSTR_BYTES: usize = 16;
    const LOOP_ALIGN: u32 = 16;
    const TABLE_FIXUP: FixupKind = fixup::REL32;

    #[inline]
    fn jump_class(d: &InstrDesc) -> Option<JumpClass> {
        match ROWS.get(d.form as usize)?.class {
            Class::Jump => Some(JumpClass(0)),
            Class::JumpKeep => Some(JumpClass(1)),
            Class::JumpCond | Class::JumpZero => Some(JumpClass(2)),
            Class::JumpBit => Some(JumpClass(3)),
            // The additions of the far form cannot name xzr.
            Class::Adr if d.width >> 4 & 7 == Mode::Label as u8 && d.r[0].0 < 31 => {
                Some(JumpClass(4))
            }
            Class::Literal => Some(JumpClass(5)),
            _ => None,
        }
    }

    fn near_slot(base: RegNum, offset: i32) -> Option<NearSlot> {
        Some(super::quick::near_slot(base, offset))
    }

    #[inline(always)]
    fn encode_simple(d: &InstrDesc, slots: &[NearSlot], out: &mut [u8; WINDOW]) -> Option<usize> {
        let w = super::quick::word(d, slots)?;
        out[..4].copy_from_slice(&w.to_le_bytes());
        Some(4)
    }

    #[inline(never)]
    fn encode(d: &InstrDesc, cx: &EncodeCx, out: &mut CodeBuf) -> Result<(), Refusal> {
        let row = ROWS.get(d.form as usize).ok_or(Refusal::NoSuchForm)?;
        if d.width >> 4 & 7 == Mode::None as u8 {
            return out.word(word(d, row)?);
        }
        if row.class == Class::LoadScaled
            && Mode::of(d) == Mode::Frame
            && let Some([pages, access]) = far_access(d, row, cx)?
        {
            out.word(pages)?;
            return out.word(access);
        }
        for plain in resolve(d, cx)? {
            let row = ROWS.get(plain.form as usize).ok_or(Refusal::NoSuchForm)?;
            if let Some((kind, target)) = fixup_of(&plain, row) {
                let at = out.len() as u32;
                push_gently(
                    &mut out.fixups,
                    Fixup {
                        at,
                        kind,
                        target,
                        addend: 0,
                    },
                );
            }
            out.word(word(&plain, row)?)?;
        }
        Ok(())
    }

    fn write_jump(d: &InstrDesc, _form: usize, delta: i64, out: &mut [u8]) {
        let Some(row) = ROWS.get(d.form as usize) else {
            return;
        };
        let mut w = row.fixed;
        if d.width & WIDE != 0 {
            w |= row.z;
        }
        if d.width & super::instr_desc::DOUBLE != 0 {
            w |= row.y;
        }
        w |= field(row, Field::D, d.r[0].0 as u32);
        if row.class == Class::Adr || row.class == Class::Literal && out.len() > 4 {
            return write_address(w, row.class, delta, out);
        }
        w |= field(row, Field::C, d.extra as u32);
        w |= field(row, Field::B, d.imm as u32);
        match out {
            [a, b, c, e] => {
                w |= field(row, Field::I, (delta >> 2) as u32);
                [*a, *b, *c, *e] = w.to_le_bytes();
            }
            [a, b, c, e, rest @ ..] if rest.len() == 4 => {
                // The inverse over the next instruction. Conditions differ in bit 0, the compare-and-branches in bit 24.
                w ^= if row.class == Class::JumpCond {
                    1
                } else {
                    1 << 24
                };
                w |= field(row, Field::I, 2);
                [*a, *b, *c, *e] = w.to_le_bytes();
                let far = 0x1400_0000 | ((delta - 4) >> 2) as u32 & 0x3FF_FFFF;
                rest.copy_from_slice(&far.to_le_bytes());
            }
            _ => {}
        }
    }

    fn apply_fixup(
        kind: FixupKind,
        bytes: &mut [u8],
        place: u64,
        target: u64,
    ) -> Result<(), Refusal> {
        let bytes = bytes.first_chunk_mut::<4>().ok_or(Refusal::NoRoom)?;
        let w = u32::from_le_bytes(*bytes);
        let delta = target.wrapping_sub(place) as i64;
        let fits = |v: i64, bits: u32| {
            if v >> (bits - 1) == 0 || v >> (bits - 1) == -1 {
                Ok(v as u32 & (u32::MAX >> (32 - bits)))
            } else {
                Err(Refusal::OutOfReach)
            }
        };
        let adr = |v: u32| w & 0x9F00_001F | (v & 3) << 29 | (v >> 2) << 5;
        let low = target as u32 & 0xFFF;
        let filled = match kind {
            fixup::BRANCH26 if delta & 3 == 0 => w & 0xFC00_0000 | fits(delta >> 2, 26)?,
            fixup::ADR21 => adr(fits(delta, 21)?),
            fixup::PAGE21 => adr(fits((target >> 12) as i64 - (place >> 12) as i64, 21)?),
            fixup::PAGE_OFFSET_12A => w & !(0xFFF << 10) | low << 10,
            fixup::PAGE_OFFSET_12L => {
                let scale = size_log2(w);
                if low & ((1 << scale) - 1) != 0 {
                    return Err(Refusal::Displacement);
                }
                w & !(0xFFF << 10) | low >> scale << 10
            }
            fixup::REL32 => fits(delta, 32)?,
            _ => return Err(Refusal::OutOfReach),
        };
        *bytes = filled.to_le_bytes();
        Ok(())
    }

    fn fixup_is_relative(kind: FixupKind) -> bool {
        matches!(kind, fixup::BRANCH26 | fixup::ADR21 | fixup::REL32)
    }

    fn write_nops(out: &mut [u8]) {
        for w in out.chunks_exact_mut(4) {
            w.copy_from_slice(&0xD503_201Fu32.to_le_bytes());
        }
    }

    fn form_name(form: u16) -> &'static str {
        match ROWS.get(form as usize) {
            Some(row) => row.name,
            None => NAMES
                .get((form & 0x7FFF) as usize)
                .copied()
                .unwrap_or("(no such row)"),
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

/// `adr`, near or far, and the far form of a load from beside the code. `w` has all but the distance.
fn write_address(w: u32, class: Class, delta: i64, out: &mut [u8]) {
    let register = w & 31;
    // A load's address goes to x16, since its own register may be a vector's.
    let to = if class == Class::Adr { register } else { 16 };
    let adr = |delta: i64| {
        let v = delta as u32;
        0x1000_0000 | to | (v & 3) << 29 | (v >> 2 & 0x7_FFFF) << 5
    };
    let op = if delta < 0 { 0xD100_0000 } else { 0x9100_0000 } | to << 5 | to;
    let size = delta.unsigned_abs() as u32;
    let high = op | 1 << 22 | (size >> 12 & 0xFFF) << 10;
    let low = op | (size & 0xFFF) << 10;
    // Which load: bit 26 a vector register, bits 30 and 31 its kind.
    let load = 16 << 5
        | register
        | match (w >> 26 & 1, w >> 30) {
            (0, 0) => 0xB940_0000,
            (0, 1) => 0xF940_0000,
            (0, 2) => 0xB980_0000,
            (0, _) => 0xF980_0000,
            (_, 0) => 0xBD40_0000,
            (_, 1) => 0xFD40_0000,
            (_, _) => 0x3DC0_0000,
        };
    let words = match (class, out.len()) {
        (_, 4) => [adr(delta), 0, 0, 0],
        (Class::Adr, 16) => farthest_adr(register, delta),
        _ => [adr(0), high, low, load],
    };
    for (out, w) in out.chunks_exact_mut(4).zip(words) {
        out.copy_from_slice(&w.to_le_bytes());
    }
}

/// `movz d, low`, `movk d, high`, `adr t, .-8`, `add d, t, d, sxtw`: t is x16, or x17 where d is x16.
fn farthest_adr(d: u32, delta: i64) -> [u32; 4] {
    let t = 16 + (d == 16) as u32;
    let v = delta as u32;
    [
        0x5280_0000 | (v & 0xFFFF) << 5 | d,
        0x72A0_0000 | (v >> 16) << 5 | d,
        // -8 in 21 bits, the lowest two of them (0) apart.
        0x1000_0000 | (0x7_FFFE << 5) | t,
        0x8B20_C000 | d << 16 | t << 5 | d,
    ]
}

/// Bytes of a load's or store's access as a power of two, read from its word.
pub(super) const fn size_log2(w: u32) -> u32 {
    // Bit 26: vector register; there the upper opc bit makes 128 bits of size 0.
    if w >> 26 & 1 != 0 && w >> 23 & 1 != 0 {
        4
    } else {
        w >> 30
    }
}

/// The same of a pair, for one of the two registers.
pub(super) fn pair_log2(w: u32) -> u32 {
    if w >> 26 & 1 != 0 {
        2 + (w >> 30)
    } else {
        2 + (w >> 31)
    }
}

/// A value at a field's place; bits beyond it are dropped.
#[inline(always)]
pub(super) fn field(row: &Row, f: Field, v: u32) -> u32 {
    let mask = row.mask(f);
    v << (mask.trailing_zeros() & 31) & mask
}

/// The same for a value that must fit.
#[inline(always)]
pub(super) fn checked_field(row: &Row, f: Field, v: u32) -> Result<u32, Refusal> {
    let mask = row.mask(f);
    let at = mask.trailing_zeros() & 31;
    if v > mask >> at {
        return Err(Refusal::Immediate);
    }
    Ok(v << at)
}

/// A signed value that must fit.
pub(super) fn signed_field(row: &Row, f: Field, v: i32) -> Result<u32, Refusal> {
    let bits = row.mask(f).count_ones();
    if v >> (bits - 1) != 0 && v >> (bits - 1) != -1 {
        return Err(Refusal::Displacement);
    }
    Ok(field(row, f, v as u32))
}

/// The word of a plain descriptor: no frame slot, no displacement that needs another instruction.
pub(super) fn word(d: &InstrDesc, row: &Row) -> Result<u32, Refusal> {
    let regs = u32::from_le_bytes(d.r.map(|r| r.0));
    if (regs ^ row.files) & 0xE0E0_E0E0 != 0 {
        return Err(Refusal::Register);
    }
    let mut w = row.fixed;
    w |= if d.width & WIDE != 0 {
        row.z
    } else {
        row.not_z
    };
    w |= if d.width & super::instr_desc::DOUBLE != 0 {
        row.y
    } else {
        row.not_y
    };
    w |= field(row, Field::D, d.r[0].0 as u32);
    w |= field(row, Field::N, d.r[1].0 as u32);
    w |= field(row, Field::M, d.r[2].0 as u32);
    w |= field(row, Field::A, d.r[3].0 as u32);
    let extra = d.extra as u32;
    let imm = d.imm as u32;
    let bits = if d.width & WIDE != 0 { 64 } else { 32 };
    w |= match row.class {
        Class::Bad
        | Class::Jump
        | Class::JumpKeep
        | Class::JumpCond
        | Class::JumpZero
        | Class::JumpBit => return Err(Refusal::NoSuchForm),
        Class::R3Shift => {
            if extra & 63 >= bits || (extra >> 6 == 3 && !row.rotates()) {
                return Err(Refusal::Immediate);
            }
            checked_field(row, Field::H, extra >> 6)? | field(row, Field::S, extra & 63)
        }
        Class::R3Ext => {
            if extra & 7 > 4 {
                return Err(Refusal::Immediate);
            }
            field(row, Field::X, extra >> 5) | field(row, Field::S, extra & 7)
        }
        Class::Imm12 => {
            checked_field(row, Field::H, imm >> 12)? | field(row, Field::I, imm & 0xFFF)
        }
        Class::Logic => {
            if imm::logical_value(imm, bits == 64).is_none() {
                return Err(Refusal::Immediate);
            }
            checked_field(row, Field::I, imm)?
        }
        Class::MovW => {
            if extra * 16 >= bits {
                return Err(Refusal::Immediate);
            }
            checked_field(row, Field::I, imm)? | field(row, Field::H, extra)
        }
        Class::Imm16 | Class::FImm | Class::SysReg => checked_field(row, Field::I, imm)?,
        Class::BitField => {
            let (r, s) = (imm >> 6, imm & 63);
            if r >= bits || s >= bits {
                return Err(Refusal::Immediate);
            }
            field(row, Field::R, r) | field(row, Field::S, s)
        }
        Class::Extract => {
            if imm >= bits {
                return Err(Refusal::Immediate);
            }
            field(row, Field::S, imm)
        }
        // Bits move between registers of equal width only.
        Class::FFromR | Class::RFromF
            if row.ins == Ins::Fmov
                && (d.width & WIDE != 0) != (d.width & super::instr_desc::DOUBLE != 0) =>
        {
            return Err(Refusal::Operand);
        }
        Class::Sel | Class::FSel => checked_field(row, Field::C, extra)?,
        Class::CondCmp => checked_field(row, Field::C, extra)? | checked_field(row, Field::V, imm)?,
        Class::CondCmpImm => {
            checked_field(row, Field::C, extra)?
                | checked_field(row, Field::V, imm)?
                | checked_field(row, Field::I, d.disp as u32)?
        }
        // The displacement is the fixup's.
        Class::LoadScaled if d.width >> 4 & 7 >= Mode::Data as u8 => 0,
        Class::LoadScaled => {
            let scale = size_log2(w);
            if d.disp as u32 & ((1 << scale) - 1) != 0 {
                return Err(Refusal::Displacement);
            }
            checked_field(row, Field::I, d.disp as u32 >> scale)?
        }
        Class::Pre | Class::Post if unpredictable(d, row) => return Err(Refusal::Register),
        Class::LoadUnscaled | Class::Pre | Class::Post => signed_field(row, Field::I, d.disp)?,
        Class::LoadIndex => {
            if extra >> 5 & 2 == 0 {
                return Err(Refusal::Operand);
            }
            let amount = extra & 7;
            if amount != 0 && amount != size_log2(w) {
                return Err(Refusal::Displacement);
            }
            field(row, Field::X, extra >> 5) | field(row, Field::S, (amount != 0) as u32)
        }
        Class::Atomic if unpredictable(d, row) => return Err(Refusal::Register),
        Class::Pair | Class::PairPre | Class::PairPost => {
            if unpredictable(d, row) {
                return Err(Refusal::Register);
            }
            let scale = pair_log2(w);
            if d.disp & ((1 << scale) - 1) != 0 {
                return Err(Refusal::Displacement);
            }
            signed_field(row, Field::I, d.disp >> scale)?
        }
        Class::V3 => super::shaped::bits(d, row)?,
        Class::LoadPairX | Class::StorePairX if unpredictable(d, row) => {
            return Err(Refusal::Register);
        }
        c if c as u8 > Class::Literal as u8 => super::shaped::bits(d, row)?,
        _ => 0,
    };
    Ok(w)
}

/// Would a machine be free to do anything? So it is where a transfer register is the base that is written back, two loads go to
/// one register, and the status of an exclusive store goes to one of its operands ("CONSTRAINED
/// UNPREDICTABLE" on the instructions' pages).
pub(super) fn unpredictable(d: &InstrDesc, row: &Row) -> bool {
    let [t, base, status, t2] = d.r;
    let is_load = row.fixed >> 22 & 1 != 0;
    // A vector register's number is never the base's.
    let writes = |r: RegNum| r == base && base != SP;
    match row.class {
        Class::Pre | Class::Post => writes(t),
        Class::PairPre | Class::PairPost => writes(t) || writes(t2) || is_load && t == t2,
        Class::Pair | Class::LoadPairX => is_load && t == t2,
        // Exclusive stores: all other atomics have a bit set here.
        Class::Atomic if row.fixed & 0x3FE0_0000 == 0x0800_0000 => status == t || writes(status),
        Class::StorePairX => status == t || status == t2 || writes(status),
        _ => false,
    }
}

/// How a form's word holds a distance.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Distance {
    /// It holds none.
    None,
    /// In words, in the field `i`.
    Words,
    /// In bytes or pages (so many bytes), in two parts: `adr`, `adrp`.
    Split(i64),
}

/// How forms of this class hold a distance.
pub(super) fn distance(class: Class) -> Distance {
    match class {
        Class::Jump
        | Class::JumpKeep
        | Class::JumpCond
        | Class::JumpZero
        | Class::JumpBit
        | Class::Branch26
        | Class::Literal => Distance::Words,
        Class::Adr => Distance::Split(1),
        Class::AdrPage => Distance::Split(4096),
        _ => Distance::None,
    }
}

/// The fixup of a plain descriptor, if it names a place.
fn fixup_of(d: &InstrDesc, row: &Row) -> Option<(FixupKind, FixupTarget)> {
    let target = match Mode::of(d) {
        Mode::Data => FixupTarget::Data(d.disp as u32),
        Mode::Label => FixupTarget::Label(Label(d.disp as u32)),
        Mode::Symbol => FixupTarget::Symbol(d.disp as u32),
        _ => return None,
    };
    let kind = match row.class {
        Class::Branch26 => fixup::BRANCH26,
        Class::Adr => fixup::ADR21,
        Class::AdrPage => fixup::PAGE21,
        Class::Imm12 => fixup::PAGE_OFFSET_12A,
        _ => fixup::PAGE_OFFSET_12L,
    };
    Some((kind, target))
}

/// What a descriptor that is not a jump becomes.
pub fn resolve(d: &InstrDesc, cx: &EncodeCx) -> Result<Plain, Refusal> {
    let row = ROWS.get(d.form as usize).ok_or(Refusal::NoSuchForm)?;
    let mut d = *d;
    let mut out = Plain::new();
    match Mode::of(&d) {
        Mode::None => {}
        Mode::Frame => {
            d.disp = cx.frame_offset(FrameRef(d.disp as u32))?;
            d.r[1] = cx.frame.base;
            d.width = d.width & 0x0F | (Mode::Base as u8) << 4;
            based(d, row, &mut out)?;
            return Ok(out);
        }
        Mode::Base => {
            based(d, row, &mut out)?;
            return Ok(out);
        }
        Mode::Index => {
            if row.class != Class::LoadScaled {
                return Err(Refusal::Operand);
            }
            d.form += 2;
        }
        Mode::Data | Mode::Label | Mode::Symbol => match row.class {
            Class::Branch26 | Class::Adr => {}
            // The second instruction would add to SP.
            Class::AdrPage if d.r[0].hw() == 31 => return Err(Refusal::Register),
            Class::AdrPage => {
                out.push(d);
                let mut low = pack(Ins::Add, Class::Imm12, d.width, [d.r[0], d.r[0], RegNum(0)]);
                low.disp = d.disp;
                out.push(low);
                return Ok(out);
            }
            Class::LoadScaled => {
                let mut page = pack(
                    Ins::Adrp,
                    Class::AdrPage,
                    d.width,
                    [X16, RegNum(0), RegNum(0)],
                );
                page.disp = d.disp;
                out.push(page);
                d.r[1] = X16;
            }
            _ => return Err(Refusal::Operand),
        },
    }
    if matches!(Mode::of(&d), Mode::Index) {
        d.disp = 0;
    }
    out.push(d);
    Ok(out)
}

/// A load or store of a slot that is pages away, of which a large frame has thousands: what [`based`] makes of it, in two words.
fn far_access(d: &InstrDesc, row: &Row, cx: &EncodeCx) -> Result<Option<[u32; 2]>, Refusal> {
    let at = cx.frame_offset(FrameRef(d.disp as u32))?;
    let scale = size_log2(row.fixed | if d.width & WIDE != 0 { row.z } else { 0 } | y_of(d, row));
    let rest = at & 0xFFF;
    let pages = (at - rest) >> 12;
    let near = at >> scale < 1 << 12 && at >= -256;
    if near || at & ((1 << scale) - 1) != 0 || pages.unsigned_abs() >= 1 << 12 {
        return Ok(None);
    }
    let mut d = *d;
    d.r[1] = cx.frame.base;
    let x = scratch(&d)?;
    // add x, base, #pages, lsl #12, or sub.
    let ins = if pages < 0 { 0xD140_0000 } else { 0x9140_0000 };
    let add =
        ins | pages.unsigned_abs() << 10 | u32::from(cx.frame.base.hw()) << 5 | u32::from(x.hw());
    d.r[1] = x;
    d.disp = rest;
    d.width = d.width & 0x0F | (Mode::Base as u8) << 4;
    let access = match super::quick::word(&d, &[]) {
        Some(w) => w,
        None => word(&d, row)?,
    };
    Ok(Some([add, access]))
}

/// An access or address at base and displacement.
fn based(mut d: InstrDesc, row: &Row, out: &mut Plain) -> Result<(), Refusal> {
    match row.class {
        Class::LoadScaled => {
            let scale =
                size_log2(row.fixed | if d.width & WIDE != 0 { row.z } else { 0 } | y_of(&d, row));
            if d.disp >= 0 && d.disp & ((1 << scale) - 1) == 0 && d.disp >> scale < 1 << 12 {
            } else if (-256..256).contains(&d.disp) {
                d.form += 1;
            } else if d.disp.unsigned_abs() < 1 << 24 && d.disp & ((1 << scale) - 1) == 0 {
                // Whole pages are added; the rest fits the access.
                let x = scratch(&d)?;
                let rest = d.disp & 0xFFF;
                address(x, d.r[1], d.disp - rest, out);
                d.r[1] = x;
                d.disp = rest;
            } else {
                let x = scratch(&d)?;
                constant(x, d.disp as i64, out);
                d.form += 2;
                d.r[2] = x;
                d.disp = 0;
                // The option that takes all 64 bits.
                d.extra = 3 << 5;
                d.width = d.width & 0x0F | (Mode::Index as u8) << 4;
            }
        }
        Class::Pair => {
            let scale =
                pair_log2(row.fixed | if d.width & WIDE != 0 { row.z } else { 0 } | y_of(&d, row));
            if d.disp & ((1 << scale) - 1) != 0 || !(-64..64).contains(&(d.disp >> scale)) {
                let x = scratch(&d)?;
                address(x, d.r[1], d.disp, out);
                d.r[1] = x;
                d.disp = 0;
            }
        }
        Class::Imm12 => {
            address(d.r[0], d.r[1], d.disp, out);
            return Ok(());
        }
        Class::LoadUnscaled | Class::PairPre | Class::PairPost | Class::Pre | Class::Post => {}
        Class::Ordered | Class::Atomic => {
            if d.disp != 0 {
                let x = scratch(&d)?;
                address(x, d.r[1], d.disp, out);
                d.r[1] = x;
                d.disp = 0;
            }
        }
        _ => return Err(Refusal::Operand),
    }
    out.push(d);
    Ok(())
}

fn y_of(d: &InstrDesc, row: &Row) -> u32 {
    if d.width & super::instr_desc::DOUBLE != 0 {
        row.y
    } else {
        0
    }
}

/// A helper register that the access does not name; an access that names both cannot be helped.
fn scratch(d: &InstrDesc) -> Result<RegNum, Refusal> {
    match (d.r.contains(&X16), d.r.contains(&X17)) {
        (false, _) => Ok(X16),
        (true, false) => Ok(X17),
        (true, true) => Err(Refusal::Register),
    }
}

/// `value` in `x`.
fn constant(x: RegNum, value: i64, out: &mut Plain) {
    for s in imm::mov_sequence(value as u64, true) {
        out.push(super::asm::mov_step(x, WIDE, s));
    }
}

/// `base + offset` in `x`. Two additions reach 24 bits; beyond, `x` first holds the offset, or a helper does if
/// `x` cannot (it is the base or SP).
fn address(x: RegNum, base: RegNum, offset: i32, out: &mut Plain) {
    let (ins, size) = if offset < 0 {
        (Ins::Sub, offset.unsigned_abs())
    } else {
        (Ins::Add, offset as u32)
    };
    let step = |from: RegNum, imm: u32| {
        let mut d = pack(ins, Class::Imm12, WIDE, [x, from, RegNum(0)]);
        d.imm = imm as i32;
        d
    };
    if let Some(imm) = imm::add_sub(size as u64) {
        out.push(step(base, imm));
    } else if size < 1 << 24 {
        out.push(step(base, size >> 12 | 1 << 12));
        out.push(step(x, size & 0xFFF));
    } else {
        let via = match x == base || x == SP {
            false => x,
            true if base == X16 => X17,
            true => X16,
        };
        constant(via, offset as i64, out);
        let mut d = pack(Ins::Add, Class::R3Ext, WIDE, [x, base, via]);
        d.extra = 3 << 5;
        out.push(d);
    }
}
