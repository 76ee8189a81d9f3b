//! Writes GC-info blobs.
//!
//! # Layout of the first stream
//!
//! U(n) and S(n) are [`bits`]'s variable-length numbers, a plain number is a field of as many bits. "Normalised" is
//! divided by the instruction alignment (code) or by 8 (stack).
//!
//! ```text
//!  slim header                          fat header
//!   1  0                                 1      1
//!   1  has stack base register           10     flags, below
//!   2  V3: return kind                   4      V3: return kind
//!   U8 code length, normalised           U8     code length, normalised
//!   U  number of safe points             U5 U3  if cookie: prolog size − 1, epilog size; if only generics context: U5
//!                                        S6     each if present: cookie, PSPSym, generics context slot
//!                                        U      if present: stack base register, XOR the frame register
//!                                        U4     if present: edit-and-continue area(s)
//!                                        S6     if present: reverse-P/Invoke frame
//!                                        U3     outgoing area size
//!                                        U, U1  number of safe points, of interruptible ranges
//!
//!  flags   0 varargs   2 cookie   3 PSPSym   4-5 generics context   6 stack base register
//!          7 report only leaf (x64), tail calls (elsewhere)   8 edit and continue   9 reverse P/Invoke
//!
//!  safe points    a field each, wide enough for an offset below the code length
//!  ranges         U6 start − previous stop, U6 length − 1
//!  slot table     1 any registers?  if so U count      1 any stack slots?  if so U2 tracked, U1 untracked
//!                 (nothing follows an empty table)
//!                 register slots, tracked stack slots, untracked stack slots
//!  live states    safe points: 1 indirect?   no:  a bit for each safe point and tracked slot
//!                                            yes: U3 (w − 1), then for each safe point w bits, the place of its live vector in S2
//!                 ranges:      U3 w, then for each chunk w bits: 0, or 1 + its place in S2
//! ```
//!
//! Slots are written in the order flags descending, register number or offset ascending; a slot after one without flags stores only the
//! difference. **A tracked slot's index in all live vectors is its place in this order.** Slots that are never live where anybody
//! can look are left out.
//!
//! # The second stream
//!
//! ```text
//!  live vector    0    a bit for each tracked slot                               the shortest of the three is taken
//!                 10   run lengths dead, live, dead, …: dead U4, live U2         (all but the first run minus 1)
//!                 11   the same with dead U2, live U4
//!
//!  chunk of 64    live vector: slots that are live anywhere in it
//!                 for each of those: 1 live at the chunk's end?
//!                 for each of those: 1 + six-bit offset of a change, …, 0
//! ```
//!
//! The ranges are strung together into one pseudo address space, which the chunks divide. A chunk in which nothing changes is
//! not written: the reader takes the end state of the last one that was.

use super::bits::{BitWriter, unsigned_len};
use super::*;
use std::fmt;

/// Why an input has no encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GcEncodeError {
    /// Not a general register of the instruction set, or one the header cannot name.
    BadRegister(u8),
    /// A stack offset or size that is not a multiple of 8.
    MisalignedStackOffset(i64),
    /// The same slot twice in the input.
    DuplicateSlot(GcSlot),
    /// A register cannot be untracked.
    UntrackedRegister(GcSlot),
    /// A frame-relative slot (also in the header) in a method without stack base register.
    NoStackBase,
    /// An event names a slot that does not exist.
    BadSlotIndex(u32),
    /// An event of an untracked slot.
    EventOfUntrackedSlot(u32),
    /// A code offset that no instruction can have.
    MisalignedCodeOffset(u32),
    /// Safe points are not strictly ascending, or one is not the address behind a call inside the code.
    BadSafePoint(u32),
    /// A range that is reversed, beyond the code, or begins before the one before it ends.
    BadRange(u32, u32),
    /// A method with a cookie or generics context whose `prolog_size` (given) is not inside the code.
    BadPrologSize(u32),
    /// A return kind the version has no room for.
    BadReturnKind(ReturnKind),
    /// A PSPSym in a version that has none.
    PspSymNotSupported,
    /// More slots than the encoder's keys can number (2²⁶).
    TooManySlots(usize),
}

impl fmt::Display for GcEncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            GcEncodeError::BadRegister(reg) => write!(f, "register {reg} cannot be encoded"),
            GcEncodeError::MisalignedStackOffset(offset) => {
                write!(f, "stack offset {offset} is not a multiple of 8")
            }
            GcEncodeError::DuplicateSlot(slot) => write!(f, "slot {slot} is listed twice"),
            GcEncodeError::UntrackedRegister(slot) => {
                write!(f, "register slot {slot} cannot be untracked")
            }
            GcEncodeError::NoStackBase => {
                write!(f, "frame-relative slot without a stack base register")
            }
            GcEncodeError::BadSlotIndex(slot) => {
                write!(f, "event of slot {slot}, which does not exist")
            }
            GcEncodeError::EventOfUntrackedSlot(slot) => {
                write!(f, "event of slot {slot}, which is untracked")
            }
            GcEncodeError::MisalignedCodeOffset(offset) => {
                write!(f, "code offset {offset:#x} is misaligned")
            }
            GcEncodeError::BadSafePoint(offset) => write!(
                f,
                "safe point {offset:#x} is out of order or outside the code"
            ),
            GcEncodeError::BadRange(start, stop) => {
                write!(
                    f,
                    "interruptible range {start:#x}..{stop:#x} is out of order or outside the code"
                )
            }
            GcEncodeError::BadPrologSize(size) => {
                write!(f, "prolog size {size} is not inside the code")
            }
            GcEncodeError::BadReturnKind(kind) => {
                write!(f, "return kind {} has no encoding", kind.0)
            }
            GcEncodeError::PspSymNotSupported => write!(f, "this version has no PSPSym"),
            GcEncodeError::TooManySlots(count) => write!(f, "{count} GC slots"),
        }
    }
}

impl std::error::Error for GcEncodeError {}

/// Width of the slot id in an ordering key.
const ID_BITS: u32 = 26;

/// A change of a slot's state, packed so that ascending order is by time, then slot.
///
/// ```text
///  63           32 31         1   0
///  │ time (offset) │ slot       │ live │
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change(u64);

impl Change {
    fn new(time: u32, slot: u32, live: bool) -> Change {
        Change(u64::from(time) << 32 | u64::from(slot) << 1 | u64::from(live))
    }
    fn time(self) -> u32 {
        (self.0 >> 32) as u32
    }
    fn slot(self) -> u32 {
        self.0 as u32 >> 1
    }
    fn live(self) -> bool {
        self.0 & 1 != 0
    }
}

/// Bit sets in borrowed words.
fn set_bit(words: &mut [u64], bit: u32, value: bool) {
    let word = &mut words[bit as usize / 64];
    let mask = 1u64 << (bit % 64);
    if value { *word |= mask } else { *word &= !mask }
}

fn get_bit(words: &[u64], bit: u32) -> bool {
    words[bit as usize / 64] >> (bit % 64) & 1 != 0
}

fn reset(words: &mut Vec<u64>, len: usize) {
    words.clear();
    words.resize(len, 0);
}

/// The encoder and all its working memory. One a compiling thread, used for any number of methods.
#[derive(Debug, Default)]
pub struct GcInfoEncoder {
    s1: BitWriter,
    s2: BitWriter,
    /// Interruptible ranges without empty ones and seams.
    ranges: Vec<(u32, u32)>,
    /// Real state changes, by offset and slot id.
    changes: Vec<Change>,
    /// Real state changes inside ranges, by pseudo offset; slot ids first, then slot indices.
    range_changes: Vec<Change>,
    /// Safe points that are written.
    safe_points: Vec<u32>,
    /// For each safe point the live slots, by slot id.
    rows: Vec<u64>,
    /// The same by slot index.
    ordered_rows: Vec<u64>,
    live: Vec<u64>,
    reported: Vec<u64>,
    ever_live: Vec<u64>,
    /// Slots to be written, as sort keys; see `order_slots`.
    order: Vec<u64>,
    index_of_slot: Vec<u32>,
    /// Safe points sorted by their rows; each one's first equal; each one's place in S2.
    row_order: Vec<u32>,
    row_place: Vec<u32>,
    chunk_fields: Vec<u32>,
    chunk_changes: Vec<Change>,
}

/// How many slots of each group are written.
#[derive(Clone, Copy, Debug, Default)]
struct SlotCounts {
    registers: u32,
    tracked_stack: u32,
    untracked: u32,
}

impl SlotCounts {
    fn tracked(self) -> u32 {
        self.registers + self.tracked_stack
    }
    fn total(self) -> u32 {
        self.tracked() + self.untracked
    }
}

impl GcInfoEncoder {
    /// An encoder without memory yet.
    pub fn new() -> GcInfoEncoder {
        GcInfoEncoder::default()
    }

    /// Appends the blob of `input` to `out`.
    ///
    /// On an error `out` is unchanged, and the encoder can be used again.
    pub fn encode(
        &mut self,
        input: &GcInfoInput<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), GcEncodeError> {
        self.s1.clear();
        self.s2.clear();
        self.collect_ranges(input)?;
        self.order.clear();
        let mut counts = SlotCounts::default();
        if input.slots.is_empty() {
            if let Some(event) = input.events.first() {
                return Err(GcEncodeError::BadSlotIndex(event.slot));
            }
            self.safe_points.clear();
            if !input.omit_empty_safe_points {
                self.safe_points.extend_from_slice(input.safe_points);
            }
            check_safe_points(input)?;
        } else {
            check_slots(input)?;
            check_safe_points(input)?;
            self.collect_changes(input)?;
            reset(&mut self.ever_live, input.slots.len().div_ceil(64));
            self.collect_safe_point_rows(input);
            self.collect_range_changes(input);
            counts = self.order_slots(input)?;
        }

        self.write_header(input)?;
        let width = bits_for(input.isa.normalize(input.code_length));
        for &safe_point in &self.safe_points {
            let stored = input
                .isa
                .normalize(safe_point - input.version.safe_point_adjust());
            self.s1.write(u64::from(stored), width);
        }
        let mut previous_stop = 0;
        for &(start, stop) in &self.ranges {
            let (start, stop) = (input.isa.normalize(start), input.isa.normalize(stop));
            self.s1
                .write_unsigned(u64::from(start - previous_stop), RANGE_DELTA_BASE);
            self.s1
                .write_unsigned(u64::from(stop - start - 1), RANGE_DELTA_BASE);
            previous_stop = stop;
        }
        self.write_slot_table(input, counts);
        if counts.total() != 0 {
            if !self.safe_points.is_empty() {
                self.write_safe_point_states(counts.tracked());
            }
            if !self.ranges.is_empty() {
                self.write_chunks(input, counts.tracked());
            }
        }
        self.s1.flush_into(out);
        self.s2.flush_into(out);
        Ok(())
    }

    fn collect_ranges(&mut self, input: &GcInfoInput<'_>) -> Result<(), GcEncodeError> {
        self.ranges.clear();
        for &(start, stop) in input.interruptible {
            let previous_stop = self.ranges.last().map_or(0, |r| r.1);
            if start > stop || stop > input.code_length || start < previous_stop {
                return Err(GcEncodeError::BadRange(start, stop));
            }
            for offset in [start, stop] {
                if !input.isa.is_aligned(offset) {
                    return Err(GcEncodeError::MisalignedCodeOffset(offset));
                }
            }
            if start == stop {
                continue;
            }
            match self.ranges.last_mut() {
                Some(last) if last.1 == start => last.1 = stop,
                _ => self.ranges.push((start, stop)),
            }
        }
        Ok(())
    }

    /// Sorts the events and keeps those that change a state.
    fn collect_changes(&mut self, input: &GcInfoInput<'_>) -> Result<(), GcEncodeError> {
        self.changes.clear();
        for event in input.events {
            let slot = input
                .slots
                .get(event.slot as usize)
                .ok_or(GcEncodeError::BadSlotIndex(event.slot))?;
            if slot.is_untracked() {
                return Err(GcEncodeError::EventOfUntrackedSlot(event.slot));
            }
            if !input.isa.is_aligned(event.offset) {
                return Err(GcEncodeError::MisalignedCodeOffset(event.offset));
            }
            self.changes
                .push(Change::new(event.offset, event.slot, event.live));
        }
        if !self.changes.is_sorted() {
            self.changes.sort_unstable();
        }
        // Now group by (time, slot): births minus deaths decide, and only a state other than before is a change.
        reset(&mut self.live, input.slots.len().div_ceil(64));
        let mut kept = 0;
        let mut at = 0;
        while at < self.changes.len() {
            let first = self.changes[at];
            let mut balance = 0i64;
            while at < self.changes.len() && self.changes[at].0 >> 1 == first.0 >> 1 {
                balance += if self.changes[at].live() { 1 } else { -1 };
                at += 1;
            }
            let live = balance > 0;
            if balance != 0 && get_bit(&self.live, first.slot()) != live {
                set_bit(&mut self.live, first.slot(), live);
                self.changes[kept] = Change::new(first.time(), first.slot(), live);
                kept += 1;
            }
        }
        self.changes.truncate(kept);
        Ok(())
    }

    /// Fills `safe_points` and `rows`.
    fn collect_safe_point_rows(&mut self, input: &GcInfoInput<'_>) {
        self.safe_points.clear();
        self.rows.clear();
        reset(&mut self.live, input.slots.len().div_ceil(64));
        let mut next = 0;
        for &safe_point in input.safe_points {
            while next < self.changes.len() && self.changes[next].time() < safe_point {
                set_bit(
                    &mut self.live,
                    self.changes[next].slot(),
                    self.changes[next].live(),
                );
                next += 1;
            }
            if input.omit_empty_safe_points && self.live.iter().all(|&word| word == 0) {
                continue;
            }
            self.safe_points.push(safe_point);
            self.rows.extend_from_slice(&self.live);
            for (ever, now) in self.ever_live.iter_mut().zip(&self.live) {
                *ever |= now;
            }
        }
    }

    /// Moves the changes that fall into ranges, and what happened between ranges, into the pseudo address space.
    fn collect_range_changes(&mut self, input: &GcInfoInput<'_>) {
        self.range_changes.clear();
        if self.ranges.is_empty() {
            return;
        }
        let words = input.slots.len().div_ceil(64);
        reset(&mut self.live, words);
        reset(&mut self.reported, words);
        let mut next = 0;
        let mut base = 0;
        for &(start, stop) in &self.ranges {
            let (start_unit, stop_unit) = (input.isa.normalize(start), input.isa.normalize(stop));
            while next < self.changes.len() && self.changes[next].time() <= start {
                set_bit(
                    &mut self.live,
                    self.changes[next].slot(),
                    self.changes[next].live(),
                );
                next += 1;
            }
            for (word, (live, reported)) in self.live.iter().zip(&mut self.reported).enumerate() {
                let mut differing = live ^ *reported;
                while differing != 0 {
                    let bit = differing.trailing_zeros();
                    differing &= differing - 1;
                    self.range_changes.push(Change::new(
                        base,
                        word as u32 * 64 + bit,
                        live >> bit & 1 != 0,
                    ));
                }
                *reported = *live;
            }
            while next < self.changes.len() && self.changes[next].time() < stop {
                let change = self.changes[next];
                next += 1;
                let time = base + input.isa.normalize(change.time()) - start_unit;
                set_bit(&mut self.live, change.slot(), change.live());
                set_bit(&mut self.reported, change.slot(), change.live());
                self.range_changes
                    .push(Change::new(time, change.slot(), change.live()));
            }
            base += stop_unit - start_unit;
        }
        for change in &self.range_changes {
            if change.live() {
                set_bit(&mut self.ever_live, change.slot(), true);
            }
        }
    }

    /// Fills `order` with the slots to be written, as keys in the blob's order, and `index_of_slot`.
    ///
    /// ```text
    ///  63    62 61       60 59                          28 27   26 25    0
    ///  │ group │ 3 − flags │ register, or offset + 2³¹    │ base  │ id   │
    /// ```
    fn order_slots(&mut self, input: &GcInfoInput<'_>) -> Result<SlotCounts, GcEncodeError> {
        let mut counts = SlotCounts::default();
        for (id, slot) in input.slots.iter().enumerate() {
            let untracked = slot.is_untracked();
            if !untracked && !get_bit(&self.ever_live, id as u32) {
                continue;
            }
            let (group, place, base) = match slot.location {
                GcSlotLocation::Register(reg) => {
                    counts.registers += 1;
                    (0, u32::from(reg), 0)
                }
                GcSlotLocation::Stack { base, offset } => {
                    let place = offset as u32 ^ 0x8000_0000;
                    if untracked {
                        counts.untracked += 1;
                        (2, place, base as u64)
                    } else {
                        counts.tracked_stack += 1;
                        (1, place, base as u64)
                    }
                }
            };
            let flags = u64::from(slot.flags.bits() & 3);
            let key = group << 62
                | (3 - flags) << 60
                | u64::from(place) << 28
                | base << ID_BITS
                | id as u64;
            self.order.push(key);
        }
        self.order.sort_unstable();
        if let Some(pair) = self
            .order
            .windows(2)
            .find(|pair| pair[0] >> ID_BITS == pair[1] >> ID_BITS)
        {
            return Err(GcEncodeError::DuplicateSlot(input.slots[slot_id(pair[1])]));
        }
        self.index_of_slot.clear();
        self.index_of_slot.resize(input.slots.len(), u32::MAX);
        for (index, &key) in self.order[..counts.tracked() as usize].iter().enumerate() {
            self.index_of_slot[slot_id(key)] = index as u32;
        }
        Ok(counts)
    }

    fn write_header(&mut self, input: &GcInfoInput<'_>) -> Result<(), GcEncodeError> {
        let isa = input.isa;
        if input.psp_sym.is_some() && input.version == GcInfoVersion::V4 {
            return Err(GcEncodeError::PspSymNotSupported);
        }
        let return_kind = if input.version.has_return_kind() {
            input.return_kind.0
        } else {
            0
        };
        if return_kind >= 1 << RETURN_KIND_BITS_FAT {
            return Err(GcEncodeError::BadReturnKind(input.return_kind));
        }
        if let Some(reg) = input
            .stack_base_register
            .filter(|&reg| reg >= isa.register_count)
        {
            return Err(GcEncodeError::BadRegister(reg));
        }
        let outgoing = i64::from(input.outgoing_area_size);
        if outgoing % 8 != 0 {
            return Err(GcEncodeError::MisalignedStackOffset(outgoing));
        }
        let code_length = u64::from(isa.normalize(input.code_length));
        let slim = !input.is_varargs
            && input.gs_cookie.is_none()
            && input.psp_sym.is_none()
            && input.generics_context.is_none()
            && self.ranges.is_empty()
            && input.reverse_pinvoke_frame.is_none()
            && input.enc_area.is_none()
            && !input.header_bit7()
            && input.outgoing_area_size == 0
            && input
                .stack_base_register
                .is_none_or(|reg| reg == isa.frame_register)
            && return_kind < 1 << RETURN_KIND_BITS_SLIM;
        let w = &mut self.s1;
        if slim {
            w.write_bit(false);
            w.write_bit(input.stack_base_register.is_some());
            if input.version.has_return_kind() {
                w.write(u64::from(return_kind), RETURN_KIND_BITS_SLIM);
            }
            w.write_unsigned(code_length, CODE_LENGTH_BASE);
            w.write_unsigned(self.safe_points.len() as u64, isa.num_safe_points_base);
            return Ok(());
        }

        w.write_bit(true);
        w.write_bit(input.is_varargs);
        w.write_bit(false);
        w.write_bit(input.gs_cookie.is_some());
        w.write_bit(input.psp_sym.is_some());
        w.write(
            input
                .generics_context
                .map_or(0, |context| context.kind as u64),
            2,
        );
        w.write_bit(input.stack_base_register.is_some());
        w.write_bit(input.header_bit7());
        w.write_bit(input.enc_area.is_some());
        w.write_bit(input.reverse_pinvoke_frame.is_some());
        if input.version.has_return_kind() {
            w.write(u64::from(return_kind), RETURN_KIND_BITS_FAT);
        }
        w.write_unsigned(code_length, CODE_LENGTH_BASE);
        if input.gs_cookie.is_some() || input.generics_context.is_some() {
            let prolog_size = u64::from(isa.normalize(input.prolog_size));
            if prolog_size == 0 || prolog_size >= code_length || !isa.is_aligned(input.prolog_size)
            {
                return Err(GcEncodeError::BadPrologSize(input.prolog_size));
            }
            w.write_unsigned(prolog_size - 1, PROLOG_SIZE_BASE);
            if input.gs_cookie.is_some() {
                w.write_unsigned(
                    u64::from(isa.normalize(input.epilog_size)),
                    EPILOG_SIZE_BASE,
                );
            }
        }
        let context_offset = input.generics_context.map(|context| context.offset);
        for offset in [input.gs_cookie, input.psp_sym, context_offset]
            .into_iter()
            .flatten()
        {
            w.write_signed(stack_units(offset)?, HEADER_SLOT_BASE);
        }
        if let Some(reg) = input.stack_base_register {
            w.write_unsigned(
                u64::from(reg ^ isa.frame_register),
                isa.stack_base_register_base,
            );
        }
        if let Some(area) = input.enc_area {
            w.write_unsigned(u64::from(area.preserved), ENC_AREA_BASE);
            if isa.enc_fixed_frame {
                w.write_unsigned(u64::from(area.fixed_frame), ENC_AREA_BASE);
            }
        }
        if let Some(offset) = input.reverse_pinvoke_frame {
            w.write_signed(stack_units(offset)?, HEADER_SLOT_BASE);
        }
        w.write_unsigned(
            u64::from(input.outgoing_area_size >> STACK_SLOT_SHIFT),
            SIZE_OF_STACK_AREA_BASE,
        );
        w.write_unsigned(self.safe_points.len() as u64, isa.num_safe_points_base);
        w.write_unsigned(self.ranges.len() as u64, NUM_RANGES_BASE);
        Ok(())
    }

    fn write_slot_table(&mut self, input: &GcInfoInput<'_>, counts: SlotCounts) {
        let w = &mut self.s1;
        w.write_bit(counts.registers != 0);
        if counts.registers != 0 {
            w.write_unsigned(u64::from(counts.registers), input.isa.num_registers_base);
        }
        let any_stack = counts.tracked_stack + counts.untracked != 0;
        w.write_bit(any_stack);
        if any_stack {
            w.write_unsigned(u64::from(counts.tracked_stack), NUM_STACK_SLOTS_BASE);
            w.write_unsigned(u64::from(counts.untracked), NUM_UNTRACKED_BASE);
        }
        // Each group begins with a full entry; a `previous` without flags makes the next one a difference.
        let mut previous: Option<i64> = None;
        for (index, &key) in self.order.iter().enumerate() {
            if index as u32 == counts.registers || index as u32 == counts.tracked() {
                previous = None;
            }
            let slot = input.slots[slot_id(key)];
            let flags = u64::from(slot.flags.bits() & 3);
            let place = match slot.location {
                GcSlotLocation::Register(reg) => {
                    match previous {
                        Some(before) => {
                            w.write_unsigned(
                                (i64::from(reg) - before - 1) as u64,
                                REGISTER_DELTA_BASE,
                            );
                        }
                        None => {
                            w.write_unsigned(u64::from(reg), REGISTER_BASE);
                            w.write(flags, 2);
                        }
                    }
                    i64::from(reg)
                }
                GcSlotLocation::Stack { base, offset } => {
                    let units = i64::from(offset >> STACK_SLOT_SHIFT);
                    w.write(base as u64, 2);
                    match previous {
                        Some(before) => {
                            w.write_unsigned((units - before) as u64, STACK_SLOT_DELTA_BASE)
                        }
                        None => {
                            w.write_signed(units, STACK_SLOT_BASE);
                            w.write(flags, 2);
                        }
                    }
                    units
                }
            };
            previous = (flags == 0).then_some(place);
        }
    }

    fn write_safe_point_states(&mut self, tracked: u32) {
        let count = self.safe_points.len();
        let words = tracked.div_ceil(64) as usize;
        let id_words = self.rows.len() / count;
        reset(&mut self.ordered_rows, words * count);
        for point in 0..count {
            let row = &self.rows[point * id_words..][..id_words];
            for (index, &key) in self.order[..tracked as usize].iter().enumerate() {
                let live = get_bit(row, slot_id(key) as u32);
                self.ordered_rows[point * words + index / 64] |= u64::from(live) << (index % 64);
            }
        }
        let row = |rows: &[u64], point: usize| -> std::ops::Range<usize> {
            debug_assert!(point * words <= rows.len());
            point * words..(point + 1) * words
        };
        let width = self.place_shared_vectors(tracked, words);
        self.s1.write_bit(width.is_some());
        match width {
            None => {
                for point in 0..count {
                    write_plain(
                        &mut self.s1,
                        &self.ordered_rows[row(&self.ordered_rows, point)],
                        tracked,
                    );
                }
            }
            Some(width) => {
                self.s1
                    .write_unsigned(u64::from(width - 1), POINTER_SIZE_BASE);
                for point in 0..count {
                    let place = self.row_place[point];
                    self.s1.write(u64::from(place), width);
                    if place as usize == self.s2.bit_len() {
                        // The first safe point with these slots: nothing else has this place.
                        write_live_vector(
                            &mut self.s2,
                            &self.ordered_rows[row(&self.ordered_rows, point)],
                            tracked,
                        );
                    }
                }
            }
        }
    }

    /// Decides whether shared live vectors are shorter than a bit matrix. If so, fills `row_place` and returns the
    /// width of the pointers.
    fn place_shared_vectors(&mut self, tracked: u32, words: usize) -> Option<u32> {
        let count = self.safe_points.len();
        let plain_bits = count as u64 * u64::from(tracked);
        // A pointer takes at least a bit, the pointer width four. With ranges, the two would share S2: keep it simple.
        if plain_bits <= count as u64 + 11 || !self.ranges.is_empty() {
            return None;
        }
        let rows = &self.ordered_rows;
        let row = |point: u32| &rows[point as usize * words..][..words];
        self.row_order.clear();
        self.row_order.extend(0..count as u32);
        self.row_order
            .sort_unstable_by(|&a, &b| row(a).cmp(row(b)).then(a.cmp(&b)));
        // First each row's first equal, ...
        self.row_place.clear();
        self.row_place.resize(count, 0);
        let mut first = self.row_order[0];
        for &point in &self.row_order {
            if row(point) != row(first) {
                first = point;
            }
            self.row_place[point as usize] = first;
        }
        // ... then the places, in the order of first use.
        let mut end = 0;
        let mut largest = 0;
        for point in 0..count as u32 {
            let first = self.row_place[point as usize];
            self.row_place[point as usize] = if first == point {
                largest = end;
                end += best_form(row(point), tracked).1;
                largest
            } else {
                self.row_place[first as usize]
            };
        }
        let width = bits_for(largest + 1).max(1);
        let bits = u64::from(unsigned_len(u64::from(width - 1), POINTER_SIZE_BASE))
            + count as u64 * u64::from(width)
            + 7
            + u64::from(end);
        (bits < plain_bits).then_some(width)
    }

    fn write_chunks(&mut self, input: &GcInfoInput<'_>, tracked: u32) {
        let words = tracked.div_ceil(64) as usize;
        let mut length = 0;
        for &(start, stop) in &self.ranges {
            length += input.isa.normalize(stop) - input.isa.normalize(start);
        }
        self.chunk_fields.clear();
        // `live` is the state before the chunk and, at its end, behind it; `reported` the slots that were live before it or change
        // in it, also right at its start.
        reset(&mut self.live, words);
        let mut next = 0;
        for chunk in 0..length.div_ceil(CHUNK_UNITS) {
            self.chunk_changes.clear();
            while next < self.range_changes.len()
                && self.range_changes[next].time() / CHUNK_UNITS == chunk
            {
                let change = self.range_changes[next];
                next += 1;
                let index = self.index_of_slot[change.slot() as usize];
                // By slot first: what is the time elsewhere is the slot index here.
                self.chunk_changes.push(Change::new(
                    index,
                    change.time() % CHUNK_UNITS,
                    change.live(),
                ));
            }
            if self.chunk_changes.is_empty() {
                self.chunk_fields.push(0);
                continue;
            }
            self.chunk_changes.sort_unstable();
            self.chunk_fields.push(1 + self.s2.bit_len() as u32);
            self.reported.clear();
            self.reported.extend_from_slice(&self.live);
            for change in &self.chunk_changes {
                let index = change.time();
                set_bit(&mut self.reported, index, true);
                set_bit(&mut self.live, index, change.live());
            }
            write_live_vector(&mut self.s2, &self.reported, tracked);
            for index in (0..tracked).filter(|&index| get_bit(&self.reported, index)) {
                self.s2.write_bit(get_bit(&self.live, index));
            }
            let mut at = 0;
            for index in (0..tracked).filter(|&index| get_bit(&self.reported, index)) {
                while at < self.chunk_changes.len() && self.chunk_changes[at].time() <= index {
                    let change = self.chunk_changes[at];
                    at += 1;
                    let offset = change.slot();
                    if change.time() == index && offset != 0 {
                        self.s2
                            .write(u64::from(offset) << 1 | 1, CHUNK_OFFSET_BITS + 1);
                    }
                }
                self.s2.write_bit(false);
            }
        }
        let largest = self.chunk_fields.iter().copied().max().unwrap_or(0);
        let width = bits_for(largest + 1);
        self.s1.write_unsigned(u64::from(width), POINTER_SIZE_BASE);
        if width != 0 {
            for &field in &self.chunk_fields {
                self.s1.write(u64::from(field), width);
            }
        }
    }
}

/// The slot id in an ordering key.
fn slot_id(key: u64) -> usize {
    (key & ((1 << ID_BITS) - 1)) as usize
}

/// A byte offset in units of stack slots.
fn stack_units(offset: i32) -> Result<i64, GcEncodeError> {
    if offset % 8 != 0 {
        return Err(GcEncodeError::MisalignedStackOffset(i64::from(offset)));
    }
    Ok(i64::from(offset >> STACK_SLOT_SHIFT))
}

fn check_slots(input: &GcInfoInput<'_>) -> Result<(), GcEncodeError> {
    if input.slots.len() >= 1 << ID_BITS {
        return Err(GcEncodeError::TooManySlots(input.slots.len()));
    }
    for slot in input.slots {
        match slot.location {
            GcSlotLocation::Register(reg) if reg >= input.isa.register_count => {
                return Err(GcEncodeError::BadRegister(reg));
            }
            GcSlotLocation::Register(_) if slot.is_untracked() => {
                return Err(GcEncodeError::UntrackedRegister(*slot));
            }
            GcSlotLocation::Register(_) => {}
            GcSlotLocation::Stack { base, offset } => {
                stack_units(offset)?;
                if base == GcSlotBase::Frame && input.stack_base_register.is_none() {
                    return Err(GcEncodeError::NoStackBase);
                }
            }
        }
    }
    Ok(())
}

fn check_safe_points(input: &GcInfoInput<'_>) -> Result<(), GcEncodeError> {
    let limit = input.isa.normalize(input.code_length);
    let width = bits_for(limit);
    let mut previous = 0;
    for &safe_point in input.safe_points {
        if !input.isa.is_aligned(safe_point) {
            return Err(GcEncodeError::MisalignedCodeOffset(safe_point));
        }
        if safe_point <= previous || safe_point > input.code_length {
            return Err(GcEncodeError::BadSafePoint(safe_point));
        }
        // A call that ends the code has a return address beyond what the field can hold, if the length is a power of two.
        let stored = input
            .isa
            .normalize(safe_point - input.version.safe_point_adjust());
        if u64::from(stored) >> width != 0 {
            return Err(GcEncodeError::BadSafePoint(safe_point));
        }
        previous = safe_point;
    }
    Ok(())
}

fn write_plain(w: &mut BitWriter, row: &[u64], tracked: u32) {
    let mut rest = tracked;
    for &word in row {
        w.write(word, rest.min(64));
        rest -= rest.min(64);
    }
}

/// The three forms of a live vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VectorForm {
    Plain,
    /// Run lengths with base widths (dead, live).
    Runs(u32, u32),
}

/// The shortest form of a live vector, and its length in bits.
fn best_form(row: &[u64], tracked: u32) -> (VectorForm, u32) {
    let mut best = (VectorForm::Plain, 1 + tracked);
    for bases in [(RLE_SKIP_BASE, RLE_RUN_BASE), (RLE_RUN_BASE, RLE_SKIP_BASE)] {
        let mut bits = 2;
        for_each_run(row, tracked, |live, stored| {
            bits += unsigned_len(u64::from(stored), if live { bases.1 } else { bases.0 });
        });
        if bits < best.1 {
            best = (VectorForm::Runs(bases.0, bases.1), bits);
        }
    }
    best
}

fn write_live_vector(w: &mut BitWriter, row: &[u64], tracked: u32) {
    match best_form(row, tracked).0 {
        VectorForm::Plain => {
            w.write_bit(false);
            write_plain(w, row, tracked);
        }
        VectorForm::Runs(dead_base, live_base) => {
            w.write_bit(true);
            w.write_bit(dead_base == RLE_RUN_BASE);
            for_each_run(row, tracked, |live, stored| {
                w.write_unsigned(u64::from(stored), if live { live_base } else { dead_base });
            });
        }
    }
}

/// Calls `run(live, stored length)` for the alternating runs of a vector, beginning with a dead one.
fn for_each_run(row: &[u64], tracked: u32, mut run: impl FnMut(bool, u32)) {
    let mut live = false;
    let mut start = 0;
    let mut is_first = true;
    while start < tracked || is_first {
        let mut end = start;
        while end < tracked && get_bit(row, end) == live {
            end += 1;
        }
        run(live, end - start - u32::from(!is_first));
        is_first = false;
        start = end;
        live = !live;
    }
}
