//! What neutral code asks of a machine's encoder: `trait Emit`, and the buffer it writes into.
//!
//! An encoder turns one descriptor that is not a jump into bytes, at once and for good (**encode once, place later**): nothing
//! about those bytes depends on where they will stand, except *fixups*, fields that hold a distance or address and are filled
//! when the place is known. Jumps are not encoded here: [`jumps`](super::jumps) chooses each one's form from the machine's reach
//! rows and the encoder writes it at its final place.
//!
//! Leaves out: layout, alignment, relocations (`finish`, `code`).

use super::instr_desc::{FrameRef, InstrDesc, Label, SlotId};
use super::jumps::JumpRow;
use crate::target::{RegNum, Target};
use crate::util::room::LARGE;

/// How a machine encodes; implemented by its zero-sized type.
pub trait Emit: Target {
    /// Jump classes: each a list of forms, shortest first.
    const JUMPS: &'static [JumpRow];
    /// No descriptor that is not a jump becomes more bytes than this; at most [`WINDOW`].
    const MAX_INSTR_BYTES: usize;
    /// Alignment in bytes that groups marked `ALIGN` get, and that the code's start needs: a power of two.
    const LOOP_ALIGN: u32;
    /// The kind of fixup that is a 32-bit distance in a jump table.
    const TABLE_FIXUP: FixupKind;

    /// If `d` is a jump (its target a [`Label`] in `disp`, its size chosen late): its row of [`Emit::JUMPS`].
    fn jump_class(d: &InstrDesc) -> Option<JumpClass>;

    /// What [`Emit::encode_simple`] wants to know of a slot `offset` bytes from `base`; none if it is not for it.
    fn near_slot(base: RegNum, offset: i32) -> Option<NearSlot>;

    /// Encodes a descriptor of one of the commonest kinds and says how many bytes of `out` count; none if it is of another kind or
    /// to be refused, and then [`Emit::jump_class`] and [`Emit::encode`] say more. `slots` has the frame's first
    /// slots, at most 2^16.
    fn encode_simple(d: &InstrDesc, slots: &[NearSlot], out: &mut [u8; WINDOW]) -> Option<usize>;

    /// Encodes a descriptor that is not a jump at the end of `out`, recording fixups there.
    fn encode(d: &InstrDesc, cx: &EncodeCx, out: &mut CodeBuf) -> Result<(), Refusal>;

    /// Writes a jump in form number `form` of its class. `delta` is the target's offset minus that of the jump's first byte and
    /// is within the form's reach; `out` has the form's size exactly.
    fn write_jump(d: &InstrDesc, form: usize, delta: i64, out: &mut [u8]);

    /// Fills one field. `field` begins at the fixup's place; `place` and `target` are the addresses of `field[0]` and of what it
    /// names, addend included. Relative kinds may be given offsets within one block in place of addresses.
    fn apply_fixup(
        kind: FixupKind,
        field: &mut [u8],
        place: u64,
        target: u64,
    ) -> Result<(), Refusal>;

    /// May a fixup of this kind between two places of one block be filled before the block's address is known?
    fn fixup_is_relative(kind: FixupKind) -> bool;

    /// Fills `out` with instructions that do nothing, as few as possible.
    fn write_nops(out: &mut [u8]);

    /// The name of an encoding form, as refusals give it.
    fn form_name(form: u16) -> &'static str;

    /// Appends the text of one descriptor (no line end), mnemonic first.
    fn print(d: &InstrDesc, cx: &PrintCx, out: &mut String);

    /// Holds finished code against an independent decoder. The error names the place, the bytes, what was meant and what was read.
    #[cfg(any(test, feature = "checked"))]
    fn verify(em: &super::Emitter, frame: FrameAccess, code: &super::Code) -> Result<(), String>;
}

/// A frame slot as the machine's addresses have it, worked out once for all accesses to it.
#[derive(Copy, Clone, Debug)]
pub struct NearSlot(pub u64);

/// Row of [`Emit::JUMPS`].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct JumpClass(pub u8);

/// Kind of a field to be filled; the numbers are the machine's own.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct FixupKind(pub u8);

/// Where frame slots are: known when code generation is done.
#[derive(Copy, Clone, Debug)]
pub struct FrameAccess<'a> {
    /// The register that slots are addressed from.
    pub base: RegNum,
    /// Byte distance of each slot from `base`, by [`SlotId`].
    pub offsets: &'a [i32],
}

impl FrameAccess<'static> {
    /// No slots.
    pub const NONE: FrameAccess<'static> = FrameAccess {
        base: RegNum::int(0),
        offsets: &[],
    };
}

/// What an encoder may look up.
#[derive(Copy, Clone, Debug)]
pub struct EncodeCx<'a> {
    /// Where slots are.
    pub frame: FrameAccess<'a>,
    /// The emitter's side table of frame references.
    pub frame_refs: &'a [(SlotId, i32)],
    /// The emitter's wide immediates.
    pub wide_imms: &'a [u64],
}

impl EncodeCx<'_> {
    /// The distance of a frame reference from `frame.base`.
    #[inline]
    pub fn frame_offset(&self, r: FrameRef) -> Result<i32, Refusal> {
        let (slot, offset) = r.get(self.frame_refs);
        match self.frame.offsets.get(slot.0 as usize) {
            Some(at) => Ok(at.wrapping_add(offset)),
            None => Err(Refusal::UnknownSlot),
        }
    }
}

/// What a printer may look up.
pub struct PrintCx<'a> {
    /// As for encoding.
    pub encode: EncodeCx<'a>,
    /// Writes the name of a label.
    pub label: &'a dyn Fn(Label, &mut String),
    /// Writes the name of a symbol, by its index in the emitter.
    pub symbol: &'a dyn Fn(i32, &mut String),
}

/// What a fixup refers to.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum FixupTarget {
    /// A label of this method.
    Label(Label),
    /// Offset in the method's read-only data.
    Data(u32),
    /// Index of a symbol of the emitter.
    Symbol(u32),
}

/// A field to be filled when places are known.
#[derive(Copy, Clone, Debug)]
pub struct Fixup {
    /// Position of the field in the buffer.
    pub at: u32,
    /// How it is filled.
    pub kind: FixupKind,
    /// What it refers to.
    pub target: FixupTarget,
    /// Added to the target's address (where the machine counts from the instruction's end, minus the bytes from `at` to there).
    pub addend: i32,
}

/// From this size on a buffer grows by a quarter.
const GENTLE: usize = 1 << 20;

/// Bytes an encoder may write at once.
pub const WINDOW: usize = 32;

/// Encoded bytes and fixups. `bytes` is longer than what is used, and keeps its length from method to method.
#[derive(Default)]
pub struct CodeBuf {
    bytes: Vec<u8>,
    /// 32 bits, so that the end of a window needs no check of its own.
    len: u32,
    /// Fixups in ascending position.
    pub fixups: Vec<Fixup>,
}

impl CodeBuf {
    /// Empties the buffer and keeps the memory.
    pub fn clear(&mut self) {
        self.len = 0;
        self.fixups.clear();
    }

    /// Makes room for `n` more bytes and two windows behind them.
    #[inline(always)]
    pub fn reserve(&mut self, n: usize) {
        let want = self.len as usize + n + 2 * WINDOW;
        if want > self.bytes.len() {
            self.grow(want);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, want: usize) {
        let more = self.bytes.len() / if want < GENTLE { 2 } else { 4 };
        self.grow_to(want.max(self.bytes.len() + more));
    }

    /// `more` bytes are to come, about.
    pub(super) fn foresee(&mut self, more: usize) {
        let want = self.len as usize + more + 2 * WINDOW;
        if want > self.bytes.len() {
            self.grow_to(want);
        }
    }

    fn grow_to(&mut self, len: usize) {
        self.bytes.reserve_exact(len - self.bytes.len());
        self.bytes.resize(len, 0);
    }

    /// Empties the buffer but for the fixups; gives its memory back if that is large.
    pub(super) fn release(&mut self) {
        self.len = 0;
        if self.bytes.len() > LARGE {
            self.bytes = Vec::new();
        }
    }

    /// Bytes used.
    #[inline]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The used bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len as usize]
    }

    /// The used bytes from `at`, and whatever stands behind them, to two whole windows; `at` must be below `len`.
    #[inline(always)]
    pub(super) fn chunk(&self, at: usize) -> &[u8] {
        &self.bytes[at..at + 2 * WINDOW]
    }

    /// The next [`WINDOW`] bytes, for the encoder to write; [`CodeBuf::advance`] then says how many count.
    #[inline(always)]
    pub fn window(&mut self) -> Result<&mut [u8; WINDOW], Refusal> {
        let at = self.len as usize;
        match self
            .bytes
            .get_mut(at..at + WINDOW)
            .and_then(|w| w.try_into().ok())
        {
            Some(w) => Ok(w),
            None => Err(Refusal::NoRoom),
        }
    }

    /// Counts `n` bytes as used.
    #[inline(always)]
    pub fn advance(&mut self, n: usize) {
        self.len += n as u32;
    }

    /// Encodes those of `descs` that [`Emit::encode_simple`] does, up to the first that it does not or for which there is no room. Says
    /// how many they are. Where each begins goes to `starts`, which is as long as `descs`.
    #[inline(always)]
    pub(super) fn write_run<E: Emit>(
        &mut self,
        descs: &[InstrDesc],
        starts: &mut [u32],
        slots: &[NearSlot],
    ) -> usize {
        let mut at = self.len;
        let bytes = &mut self.bytes[..];
        let mut done = 0;
        for (d, start) in descs.iter().zip(starts) {
            *start = at;
            // From 32 bits, so that the window's end needs no check of its own.
            let window = bytes.get_mut(at as usize..at as usize + WINDOW);
            let Some(n) = window
                .and_then(|w| w.try_into().ok())
                .and_then(|w| E::encode_simple(d, slots, w))
            else {
                break;
            };
            at += n as u32;
            done += 1;
        }
        self.len = at;
        done
    }

    /// Appends four bytes: for machines whose instructions are words.
    #[inline(always)]
    pub fn word(&mut self, w: u32) -> Result<(), Refusal> {
        self.window()?[..4].copy_from_slice(&w.to_le_bytes());
        self.advance(4);
        Ok(())
    }
}

/// Why an encoder refuses a descriptor. One byte, so that the good path costs nothing.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// No row of the table has this number, or the mnemonic has no form for these operands.
    NoSuchForm,
    /// A register is of the wrong file or beyond what the form can name.
    Register,
    /// An immediate does not fit its field.
    Immediate,
    /// A displacement does not fit its field or is not a multiple of the access size.
    Displacement,
    /// This form cannot take this kind of operand (memory for a register, an index that is the stack pointer).
    Operand,
    /// The form cannot take this mask, broadcast or rounding.
    Modifier,
    /// A frame slot that the frame does not have.
    UnknownSlot,
    /// A side-table index out of range.
    UnknownIndex,
    /// The label was never bound.
    UnboundLabel,
    /// A jump or fixup cannot reach its target.
    OutOfReach,
    /// More than 2^31 bytes of code.
    TooLarge,
    /// The buffer was not reserved: a mistake of the caller.
    NoRoom,
}

/// A refused descriptor.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct EncodeError {
    /// Index in the emitter's descriptors; `u32::MAX` if none is concerned.
    pub desc: u32,
    /// Name of the encoding form.
    pub form: &'static str,
    /// Why.
    pub why: Refusal,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Refusal::NoSuchForm => "there is no such form",
            Refusal::Register => "the form cannot name this register",
            Refusal::Immediate => "the immediate does not fit",
            Refusal::Displacement => "the displacement does not fit",
            Refusal::Operand => "the form cannot take this operand",
            Refusal::Modifier => "the form cannot take this mask, broadcast or rounding",
            Refusal::UnknownSlot => "the frame has no such slot",
            Refusal::UnknownIndex => "the side table has no such entry",
            Refusal::UnboundLabel => "the label was never bound",
            Refusal::OutOfReach => "the target is out of reach",
            Refusal::TooLarge => "the code is too large",
            Refusal::NoRoom => "the code buffer was not reserved",
        })
    }
}

impl std::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "instruction {} ({}): {}", self.desc, self.form, self.why)
    }
}

impl std::error::Error for EncodeError {}
