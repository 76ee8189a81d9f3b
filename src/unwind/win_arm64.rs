//! arm64 .xdata: the unwind codes of Windows on Arm, which .NET's runtime reads on every operating system.
//!
//! ```text
//!  word 0   31        27 26         22  21  20 19     18 17                          0
//!          │ code words │ epilog count │ E │ X │ version │ function length / 4        │
//!  (both counts 0: a word follows with epilog count in bits 0-15, code words in 16-23)
//!
//!  E = 0: a word an epilog    │ first code index :10 │ 0 :4 │ start / 4 :18 │
//!  E = 1: one epilog, at the function's end; the count field is its first code's index
//!
//!  code words: bytes, padded with `end`
//!    prolog codes, the last instruction's first ... end          one code an instruction, always
//!    epilog codes, in the order of its instructions ... end      shared with a prolog's tail where they are the same
//! ```
//!
//! The unwinder counts instructions by counting codes, so prolog instructions that unwinding does not care about get a `nop` code if
//! a described one follows. An epilog's `end` stands for its return.
//!
//! The length field ends at 1 MiB, so a longer function is described in *pieces*, a record each: the first (the *host*) has
//! the prolog; the others begin with `end_c`, which says that their own prolog is empty, and then have the host's prolog codes, to
//! unwind from their bodies. No prolog or epilog lies across two pieces.
//!
//! ```text
//!  000zzzzz           alloc_s        sub sp,z·16        110100xx xxzzzzzz  save_reg      str x(19+x),[sp,z·8]
//!  001zzzzz           save_r19r20_x  stp x19,x20,       1101010x xxxzzzzz  save_reg_x    str x(19+x),[sp,−(z+1)·8]!
//!                                     [sp,−z·8]!        1101011x xxzzzzzz  save_lrpair   stp x(19+2x),lr,[sp,z·8]
//!  01zzzzzz           save_fplr      stp fp,lr,[sp,z·8] 1101100x xxzzzzzz  save_fregp    stp d(8+x),d(9+x),[sp,z·8]
//!  10zzzzzz           save_fplr_x    stp fp,lr,         1101101x xxzzzzzz  save_fregp_x  [sp,−(z+1)·8]!
//!                                     [sp,−(z+1)·8]!    1101110x xxzzzzzz  save_freg     str d(8+x),[sp,z·8]
//!  11000zzz zzzzzzzz  alloc_m        sub sp,z·16        11011110 xxxzzzzz  save_freg_x   [sp,−(z+1)·8]!
//!  110010xx xxzzzzzz  save_regp      stp x(19+x),       E0 zzzzzz          alloc_l       sub sp,z·16 (big-endian)
//!                                     x(20+x),[sp,z·8]  E1                 set_fp        mov x29,sp
//!  110011xx xxzzzzzz  save_regp_x    [sp,−(z+1)·8]!     E2 zz              add_fp        add x29,sp,z·8
//!  E3 nop   E4 end    E5 end_c    E6 save_next   the pair after the one of the next code, 16 bytes above it
//! ```
//!
//! Sources: Microsoft's ARM64 exception-handling document; shapes compared with .NET 10's.

use super::{EpilogScope, UnwindError, UnwindInfoInput, UnwindOp};
use std::ops::Range;

pub(crate) const ALLOC_L: u8 = 0xE0;
pub(crate) const SET_FP: u8 = 0xE1;
pub(crate) const ADD_FP: u8 = 0xE2;
pub(crate) const NOP: u8 = 0xE3;
pub(crate) const END: u8 = 0xE4;
pub(crate) const END_C: u8 = 0xE5;
pub(crate) const SAVE_NEXT: u8 = 0xE6;

const FP: u8 = 29;
const LR: u8 = 30;

/// The writer and its working memory; one serves any number of fragments.
#[derive(Debug, Default)]
pub struct WinArm64Writer {
    /// Codes of the prolog and of epilogs with codes of their own.
    codes: Vec<u8>,
    epilog_codes: Vec<u8>,
    /// First code index of each epilog.
    epilog_index: Vec<usize>,
    /// An entry an instruction, in the order of undoing; `None` is a `nop`.
    undo: Vec<Option<UnwindOp>>,
}

impl WinArm64Writer {
    /// A writer without memory yet.
    pub fn new() -> WinArm64Writer {
        WinArm64Writer::default()
    }

    /// Appends the .xdata of a fragment to `out`, which is unchanged on an error.
    pub fn write(
        &mut self,
        input: &UnwindInfoInput<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), UnwindError> {
        input.check_order()?;
        self.piece(input, input.start..input.end, input.epilogs, out)
    }

    /// Appends the .xdata of a fragment of any length to `out`, which is unchanged on an error; `pieces` gets the code range and
    /// the end in `out` of each record, in order.
    pub fn write_pieces(
        &mut self,
        input: &UnwindInfoInput<'_>,
        out: &mut Vec<u8>,
        pieces: &mut Vec<(Range<u32>, usize)>,
    ) -> Result<(), UnwindError> {
        input.check_order()?;
        pieces.clear();
        let before = out.len();
        let mut epilogs = input.epilogs;
        let mut start = input.start;
        loop {
            let (end, count) = piece_end(input, start, epilogs);
            let (own, rest) = epilogs.split_at(count);
            self.piece(input, start..end, own, out)
                .inspect_err(|_| out.truncate(before))?;
            pieces.push((start..end, out.len()));
            if end == input.end {
                return Ok(());
            }
            (start, epilogs) = (end, rest);
        }
    }

    /// Appends the record of the part `range` of a fragment, in which `epilogs` lie.
    fn piece(
        &mut self,
        input: &UnwindInfoInput<'_>,
        range: Range<u32>,
        epilogs: &[EpilogScope],
        out: &mut Vec<u8>,
    ) -> Result<(), UnwindError> {
        let length = range.end - range.start;
        let function_words = instruction_count(range.end, range.start)?;
        if function_words >= 1 << 18 {
            return Err(UnwindError::FunctionTooLong(length));
        }

        self.undo.clear();
        let mut previous = input.start;
        for step in input.prolog {
            let instructions = instruction_count(step.offset, previous)?;
            self.undo.extend((1..instructions).map(|_| None));
            self.undo.push(Some(step.op));
            previous = step.offset;
        }
        self.undo.reverse();
        self.codes.clear();
        if range.start != input.start {
            self.codes.push(END_C);
            self.undo.retain(Option::is_some);
        }
        write_codes(&self.undo, &mut self.codes)?;

        self.epilog_index.clear();
        for epilog in epilogs {
            self.undo.clear();
            let mut previous = epilog.start;
            for step in input.steps_of(epilog)? {
                let instructions = instruction_count(step.offset, previous)?;
                self.undo.extend((1..instructions).map(|_| None));
                self.undo.push(Some(step.op));
                previous = step.offset;
            }
            // The last instruction is the return, and `end` stands for it.
            self.undo
                .extend((1..instruction_count(epilog.end, previous)?).map(|_| None));
            self.epilog_codes.clear();
            write_codes(&self.undo, &mut self.epilog_codes)?;
            // Equal bytes are equal codes, wherever they begin.
            let shared = self
                .codes
                .windows(self.epilog_codes.len())
                .position(|codes| codes == self.epilog_codes);
            self.epilog_index.push(shared.unwrap_or(self.codes.len()));
            if shared.is_none() {
                self.codes.extend_from_slice(&self.epilog_codes);
            }
        }
        self.record(&range, epilogs, function_words, out)
    }

    /// Appends the header, the epilogs' words and the codes gathered.
    fn record(
        &self,
        range: &Range<u32>,
        epilogs: &[EpilogScope],
        function_words: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), UnwindError> {
        let code_words = self.codes.len().div_ceil(4);
        if code_words > 0xFF {
            return Err(UnwindError::TooManyCodes(self.codes.len()));
        }
        let single = match (epilogs, &self.epilog_index[..]) {
            ([epilog], &[index]) if epilog.end == range.end && index < 32 => Some(index),
            _ => None,
        };
        let count_field = single.unwrap_or(epilogs.len());
        let last_index = self.epilog_index.iter().copied().max().unwrap_or(0);
        if count_field > 0xFFFF || last_index >= 1 << 10 {
            return Err(UnwindError::TooManyEpilogs(epilogs.len()));
        }
        let word0 = function_words | u32::from(single.is_some()) << 21;
        if count_field < 32 && code_words < 32 {
            push_word(
                out,
                word0 | (count_field as u32) << 22 | (code_words as u32) << 27,
            );
        } else {
            push_word(out, word0);
            push_word(out, count_field as u32 | (code_words as u32) << 16);
        }
        if single.is_none() {
            for (epilog, &index) in epilogs.iter().zip(&self.epilog_index) {
                push_word(
                    out,
                    ((epilog.start - range.start) / 4) | ((index as u32) << 22),
                );
            }
        }
        out.extend_from_slice(&self.codes);
        out.resize(out.len() + code_words * 4 - self.codes.len(), END);
        Ok(())
    }
}

/// Most bytes of a piece: what its length field says.
const LONGEST_PIECE: u32 = ((1 << 18) - 1) * 4;

/// Most epilogs of a piece: what its count field says.
const MOST_EPILOGS: usize = 0xFFFF;

/// Where the piece that begins at `start` ends, and how many of `epilogs`, the rest of the fragment's, it has.
fn piece_end(input: &UnwindInfoInput<'_>, start: u32, epilogs: &[EpilogScope]) -> (u32, usize) {
    let mut end = input.end.min(start.saturating_add(LONGEST_PIECE));
    if let Some(next) = epilogs.get(MOST_EPILOGS) {
        end = end.min(next.start);
    }
    let count = epilogs.partition_point(|e| e.end <= end);
    // An epilog that would lie across is the next piece's.
    if let Some(across) = epilogs.get(count).filter(|e| e.start < end) {
        end = across.start;
    }
    (end, count)
}

fn push_word(out: &mut Vec<u8>, word: u32) {
    out.extend_from_slice(&word.to_le_bytes());
}

fn instruction_count(end: u32, start: u32) -> Result<u32, UnwindError> {
    if !(end - start).is_multiple_of(4) {
        Err(UnwindError::Misaligned(end))
    } else {
        Ok((end - start) / 4)
    }
}

/// Whether `op` saves the register pair directly above the one that `below` saves, 16 bytes higher.
fn is_next_pair(op: UnwindOp, below: UnwindOp) -> bool {
    match (op, below) {
        (
            UnwindOp::SaveRegPair {
                first,
                second,
                offset,
            },
            UnwindOp::SaveRegPair {
                first: b,
                second: c,
                offset: at,
            },
        ) => offset == at + 16 && first == b + 2 && is_regp(b, c) && is_regp(first, second),
        (
            UnwindOp::SaveRegPair {
                first,
                second,
                offset: 16,
            },
            UnwindOp::SaveRegPairPreIndexed {
                first: b,
                second: c,
                ..
            },
        ) => first == b + 2 && is_regp(b, c) && is_regp(first, second),
        (
            UnwindOp::SaveFloatPair { first, offset },
            UnwindOp::SaveFloatPair {
                first: b,
                offset: at,
            },
        ) => offset == at + 16 && first == b + 2 && is_fregp(first),
        (
            UnwindOp::SaveFloatPair { first, offset: 16 },
            UnwindOp::SaveFloatPairPreIndexed { first: b, .. },
        ) => first == b + 2 && is_fregp(first),
        _ => false,
    }
}

fn is_regp(first: u8, second: u8) -> bool {
    (19..=27).contains(&first) && second == first + 1
}

fn is_fregp(first: u8) -> bool {
    (8..=14).contains(&first)
}

fn write_codes(undo: &[Option<UnwindOp>], codes: &mut Vec<u8>) -> Result<(), UnwindError> {
    for (k, op) in undo.iter().enumerate() {
        match (*op, undo.get(k + 1).copied().flatten()) {
            (None, _) => codes.push(NOP),
            (Some(op), Some(below)) if is_next_pair(op, below) => codes.push(SAVE_NEXT),
            (Some(op), _) => write_code(op, codes).ok_or(UnwindError::NotEncodable(op))?,
        }
    }
    codes.push(END);
    Ok(())
}

/// Appends an operation's code; `None` if there is none.
fn write_code(op: UnwindOp, codes: &mut Vec<u8>) -> Option<()> {
    // `value` in units, if it is a whole number of them below `limit`.
    let units = |value: u32, unit: u32, limit: u32| {
        (value.is_multiple_of(unit) && value / unit < limit).then_some(value / unit)
    };
    let less_one = |size: u32, limit: u32| units(size, 8, limit + 1)?.checked_sub(1);
    let mut wide = |code: u32| codes.extend_from_slice(&(code as u16).to_be_bytes());
    let x_index = |reg: u8| (19..=30).contains(&reg).then(|| u32::from(reg) - 19);
    let d_index = |reg: u8| (8..=15).contains(&reg).then(|| u32::from(reg) - 8);
    match op {
        UnwindOp::AllocStack(size) => {
            let z = units(size, 16, 1 << 24)?;
            if z < 32 {
                codes.push(z as u8);
            } else if z < 1 << 11 {
                wide(0b11000 << 11 | z);
            } else {
                codes.push(ALLOC_L);
                codes.extend_from_slice(&z.to_be_bytes()[1..]);
            }
        }
        UnwindOp::SetFrameReg { reg: FP, offset: 0 } => codes.push(SET_FP),
        UnwindOp::SetFrameReg { reg: FP, offset } => {
            let z = units(u32::try_from(offset).ok()?, 8, 256)?;
            codes.extend_from_slice(&[ADD_FP, z as u8]);
        }
        UnwindOp::SaveRegPair {
            first: FP,
            second: LR,
            offset,
        } => {
            codes.push(0b01 << 6 | units(offset, 8, 64)? as u8);
        }
        UnwindOp::SaveRegPairPreIndexed {
            first: FP,
            second: LR,
            size,
        } => {
            codes.push(0b10 << 6 | less_one(size, 64)? as u8);
        }
        UnwindOp::SaveRegPair {
            first,
            second: LR,
            offset,
        } => {
            let x = x_index(first).filter(|x| x % 2 == 0 && *x < 10)? / 2;
            wide(0b1101011 << 9 | x << 6 | units(offset, 8, 64)?);
        }
        UnwindOp::SaveRegPairPreIndexed {
            first: 19,
            second: 20,
            size,
        } if size <= 248 => {
            codes.push(0b001 << 5 | units(size, 8, 32)? as u8);
        }
        UnwindOp::SaveRegPair {
            first,
            second,
            offset,
        } if is_regp(first, second) => {
            wide(0b110010 << 10 | x_index(first)? << 6 | units(offset, 8, 64)?);
        }
        UnwindOp::SaveRegPairPreIndexed {
            first,
            second,
            size,
        } if is_regp(first, second) => {
            wide(0b110011 << 10 | x_index(first)? << 6 | less_one(size, 64)?);
        }
        UnwindOp::SaveReg { reg, offset } => {
            wide(0b110100 << 10 | x_index(reg)? << 6 | units(offset, 8, 64)?)
        }
        UnwindOp::SaveRegPreIndexed { reg, size } => {
            wide(0b1101010 << 9 | x_index(reg)? << 5 | less_one(size, 32)?)
        }
        UnwindOp::SaveFloatPair { first, offset } if is_fregp(first) => {
            wide(0b1101100 << 9 | d_index(first)? << 6 | units(offset, 8, 64)?);
        }
        UnwindOp::SaveFloatPairPreIndexed { first, size } if is_fregp(first) => {
            wide(0b1101101 << 9 | d_index(first)? << 6 | less_one(size, 64)?);
        }
        UnwindOp::SaveFloat { reg, offset } => {
            wide(0b1101110 << 9 | d_index(reg)? << 6 | units(offset, 8, 64)?)
        }
        UnwindOp::SaveFloatPreIndexed { reg, size } => {
            wide(0b11011110 << 8 | d_index(reg)? << 5 | less_one(size, 32)?);
        }
        _ => return None,
    }
    Some(())
}
