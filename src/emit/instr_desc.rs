//! What every instruction descriptor shares, on every machine.
//!
//! ```text
//!  byte 0    2     3      4   5   6   7   8        12       16
//!       ┌────┬─────┬──────┬───┬───┬───┬───┬────────┬────────┐
//!       │form│width│extra │r0 │r1 │r2 │r3 │  disp  │  imm   │
//!       └────┴─────┴──────┴───┴───┴───┴───┴────────┴────────┘
//! ```
//!
//! `form` is the row of the machine's instruction table (one row an encoding form), `width` the operand size and flags that the
//! row's class understands, `extra` a condition, scale or shift. Registers are unified numbers ([`RegNum`]). `disp` is a
//! displacement, a [`FrameRef`], a [`Label`] or a data offset, as the form says; `imm` an immediate or an index into the
//! emitter's table of 64-bit immediates.

use crate::target::RegNum;

crate::define_index! {
    /// A position in code that jumps and tables can name; bound to a group when that group begins.
    Label = "L";
    /// A frame slot: a local's home, a spill temporary. Its offset is known in `finish`.
    SlotId = "slot";
}

/// One instruction, before encoding. Plain data; 16 bytes so that four fit a cache line.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct InstrDesc {
    /// Row of the machine's table of encoding forms.
    pub form: u16,
    /// Operand width and per-class flags.
    pub width: u8,
    /// Condition, scale, shift: as the form says.
    pub extra: u8,
    /// Register operands, in the places that the machine's `instr_desc` gives them.
    pub r: [RegNum; 4],
    /// Displacement, frame reference, label or data offset.
    pub disp: i32,
    /// Immediate, or an index into the table of wide immediates or symbols.
    pub imm: i32,
}

impl InstrDesc {
    /// All of it in two numbers, which travel in registers.
    #[inline(always)]
    pub(super) fn words(self) -> (u64, u64) {
        let [a, b, c, d] = self.r;
        let regs = u32::from_le_bytes([a.0, b.0, c.0, d.0]);
        let head = u64::from(self.form) | u64::from(self.width) << 16 | u64::from(self.extra) << 24;
        let tail = u64::from(self.disp as u32) | u64::from(self.imm as u32) << 32;
        (head | u64::from(regs) << 32, tail)
    }

    /// What [`InstrDesc::words`] were of.
    #[inline(always)]
    pub(super) fn from_words((head, tail): (u64, u64)) -> InstrDesc {
        let [a, b, width, extra, r0, r1, r2, r3] = head.to_le_bytes();
        InstrDesc {
            form: u16::from_le_bytes([a, b]),
            width,
            extra,
            r: [RegNum(r0), RegNum(r1), RegNum(r2), RegNum(r3)],
            disp: tail as i32,
            imm: (tail >> 32) as i32,
        }
    }
}

const _: () = assert!(
    size_of::<InstrDesc>() == 16,
    "four descriptors a cache line"
);

/// A reference to a place in the frame: slot and byte offset within it, packed in 32 bits.
///
/// Small cases (slot below 2^16, offset below 2^15) are packed directly; others go through
/// [`Emitter::frame_refs`](super::Emitter::frame_refs).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct FrameRef(pub u32);

impl FrameRef {
    const INDIRECT: u32 = 1 << 31;

    /// Packs slot and offset if they fit: slot below 2^16, offset 0..2^15.
    #[inline(always)]
    pub fn packed(slot: SlotId, offset: i32) -> Option<FrameRef> {
        (slot.0 < 1 << 16 && (0..1 << 15).contains(&offset))
            .then_some(FrameRef(slot.0 | (offset as u32) << 16))
    }
    /// A reference through row `index` of the side table.
    pub fn indirect(index: u32) -> FrameRef {
        FrameRef(Self::INDIRECT | index)
    }
    /// Slot and offset; `table` is the side table.
    #[inline]
    pub fn get(self, table: &[(SlotId, i32)]) -> (SlotId, i32) {
        if self.0 & Self::INDIRECT == 0 {
            (SlotId(self.0 & 0xFFFF), (self.0 >> 16) as i32)
        } else {
            table[(self.0 & !Self::INDIRECT) as usize]
        }
    }
}
