//! Reads GC-info blobs back, completely, into a form that can be compared and printed.
//!
//! The decoder believes nothing: numbers, orders and padding are checked, and what no encoder writes is a
//! [`GcDecodeError`]. It serves the checker ([`verify()`]), tests and dumps, so it favours plainness over speed.

use super::bits::{BitError, BitReader};
use super::*;
use std::fmt;

/// Why bytes are not a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GcDecodeError {
    /// The stream ended, or a number was too long.
    Bits(BitError),
    /// Padding that is not zero, at this bit.
    Padding(usize),
    /// Bytes used and bytes given differ.
    Size {
        /// What the contents take.
        used: usize,
        /// What was given.
        given: usize,
    },
    /// Safe points are not strictly ascending, or beyond the code.
    SafePoint(u32),
    /// A range beyond the code.
    Range(u32),
    /// A register number the instruction set does not have.
    Register(u32),
    /// A stack slot with base code 3, or a frame-relative one without stack base register.
    SlotBase(u32),
    /// An offset beyond 32 bits.
    SlotOffset,
    /// Run lengths that do not sum to the number of slots.
    RunLength,
    /// Change offsets of a chunk that do not ascend.
    ChangeOrder(u32),
    /// More entries than the blob has bits for.
    Count(u32),
    /// Shared live vectors together with ranges; nothing writes this.
    IndirectWithRanges,
}

impl fmt::Display for GcDecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            GcDecodeError::Bits(error) => error.fmt(f),
            GcDecodeError::Padding(at) => write!(f, "padding before bit {at} is not zero"),
            GcDecodeError::Size { used, given } => {
                write!(f, "contents take {used} bytes of {given}")
            }
            GcDecodeError::SafePoint(offset) => {
                write!(f, "safe point {offset:#x} out of order or outside the code")
            }
            GcDecodeError::Range(offset) => {
                write!(f, "range ends at {offset:#x}, outside the code")
            }
            GcDecodeError::Register(reg) => write!(f, "no register {reg}"),
            GcDecodeError::SlotBase(base) => write!(f, "stack slot with base {base}"),
            GcDecodeError::SlotOffset => write!(f, "stack slot offset out of range"),
            GcDecodeError::RunLength => write!(f, "run lengths do not sum to the number of slots"),
            GcDecodeError::ChangeOrder(offset) => {
                write!(f, "change at {offset} out of order in its chunk")
            }
            GcDecodeError::Count(count) => {
                write!(f, "{count} entries are more than the blob can hold")
            }
            GcDecodeError::IndirectWithRanges => {
                write!(f, "shared live vectors together with ranges")
            }
        }
    }
}

impl std::error::Error for GcDecodeError {}

impl From<BitError> for GcDecodeError {
    fn from(error: BitError) -> Self {
        GcDecodeError::Bits(error)
    }
}

/// One chunk of 64 code units, as it stands in S2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GcChunk {
    /// Tracked slots that are live somewhere in the chunk: index, live at its end, changes (offset in the chunk, 1..64).
    pub slots: Vec<(u32, bool, Vec<u32>)>,
}

/// The contents of a blob. Offsets are bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedGcInfo {
    /// As told to the decoder.
    pub version: GcInfoVersion,
    /// As told to the decoder.
    pub isa: &'static GcIsa,
    /// The long header form was used.
    pub is_fat: bool,
    /// See [`GcInfoInput`] for these.
    pub is_varargs: bool,
    /// V3 only.
    pub return_kind: ReturnKind,
    /// Code length in bytes.
    pub code_length: u32,
    /// 0 unless there is a cookie or generics context.
    pub prolog_size: u32,
    /// 0 unless there is a cookie.
    pub epilog_size: u32,
    /// Stack cookie's offset.
    pub gs_cookie: Option<i32>,
    /// PSPSym's offset.
    pub psp_sym: Option<i32>,
    /// Generics context.
    pub generics_context: Option<GenericsContext>,
    /// Base of frame-relative slots.
    pub stack_base_register: Option<u8>,
    /// Flag 7: report only leaf, or tail calls.
    pub header_bit7: bool,
    /// Edit-and-continue sizes.
    pub enc_area: Option<EncArea>,
    /// Reverse-P/Invoke frame's offset.
    pub reverse_pinvoke_frame: Option<i32>,
    /// Outgoing area in bytes.
    pub outgoing_area_size: u32,
    /// Return addresses of recorded calls.
    pub safe_points: Vec<u32>,
    /// Interruptible ranges.
    pub ranges: Vec<(u32, u32)>,
    /// Tracked slots first.
    pub slots: Vec<GcSlot>,
    /// How many of `slots` are tracked.
    pub tracked: u32,
    /// For each safe point the indices of live tracked slots.
    pub safe_point_live: Vec<Vec<u32>>,
    /// Safe-point states were shared vectors.
    pub is_indirect: bool,
    /// For each chunk of the ranges its contents, if it has any of its own.
    pub chunks: Vec<Option<GcChunk>>,
}

/// Reads a blob that takes exactly all of `blob`.
pub fn decode(
    blob: &[u8],
    version: GcInfoVersion,
    isa: &'static GcIsa,
) -> Result<DecodedGcInfo, GcDecodeError> {
    let mut decoder = Decoder {
        r: BitReader::new(blob),
        bits: blob.len() * 8,
    };
    let mut info = decoder.header(version, isa)?;
    decoder.slot_table(&mut info)?;
    let mut used = None;
    if !info.slots.is_empty() {
        if !info.safe_points.is_empty() {
            used = decoder.safe_point_states(&mut info)?;
        }
        if !info.ranges.is_empty() {
            used = decoder.chunks(&mut info)?;
        }
    }
    let used_bytes = match used {
        // S2 was used up to this bit.
        Some(end) => {
            decoder.r.seek(end);
            decoder.padding()?;
            decoder.r.position() / 8
        }
        None => {
            decoder.padding()?;
            decoder.r.position() / 8
        }
    };
    if used_bytes != blob.len() {
        return Err(GcDecodeError::Size {
            used: used_bytes,
            given: blob.len(),
        });
    }
    Ok(info)
}

struct Decoder<'a> {
    r: BitReader<'a>,
    bits: usize,
}

impl Decoder<'_> {
    fn padding(&mut self) -> Result<(), GcDecodeError> {
        if self.r.skip_padding()? {
            Ok(())
        } else {
            Err(GcDecodeError::Padding(self.r.position()))
        }
    }

    /// A count of entries that each take at least a bit.
    fn count(&mut self, base: u32) -> Result<u32, GcDecodeError> {
        let count = self.r.read_unsigned(base)?;
        if count as usize > self.bits {
            Err(GcDecodeError::Count(count))
        } else {
            Ok(count)
        }
    }

    fn stack_offset(&mut self, base: u32) -> Result<i32, GcDecodeError> {
        let units = self.r.read_signed(base)?;
        units
            .checked_mul(1 << STACK_SLOT_SHIFT)
            .ok_or(GcDecodeError::SlotOffset)
    }

    fn header(
        &mut self,
        version: GcInfoVersion,
        isa: &'static GcIsa,
    ) -> Result<DecodedGcInfo, GcDecodeError> {
        let mut info = DecodedGcInfo {
            version,
            isa,
            is_fat: self.r.read_bit()?,
            is_varargs: false,
            return_kind: ReturnKind::SCALAR,
            code_length: 0,
            prolog_size: 0,
            epilog_size: 0,
            gs_cookie: None,
            psp_sym: None,
            generics_context: None,
            stack_base_register: None,
            header_bit7: false,
            enc_area: None,
            reverse_pinvoke_frame: None,
            outgoing_area_size: 0,
            safe_points: Vec::new(),
            ranges: Vec::new(),
            slots: Vec::new(),
            tracked: 0,
            safe_point_live: Vec::new(),
            is_indirect: false,
            chunks: Vec::new(),
        };
        let safe_points;
        let mut ranges = 0;
        if info.is_fat {
            (safe_points, ranges) = self.fat_header(&mut info)?;
        } else {
            info.stack_base_register = self.r.read_bit()?.then_some(isa.frame_register);
            if version.has_return_kind() {
                info.return_kind = ReturnKind(self.r.read(RETURN_KIND_BITS_SLIM)? as u8);
            }
            info.code_length = isa.denormalize(self.r.read_unsigned(CODE_LENGTH_BASE)?);
            safe_points = self.count(isa.num_safe_points_base)?;
        }

        let length_units = isa.normalize(info.code_length);
        let width = bits_for(length_units);
        let mut previous = None;
        for _ in 0..safe_points {
            let stored = self.r.read(width)? as u32;
            let units = stored + version.safe_point_adjust();
            if previous.is_some_and(|before| stored <= before) || units > length_units || units == 0
            {
                return Err(GcDecodeError::SafePoint(isa.denormalize(stored)));
            }
            previous = Some(stored);
            info.safe_points.push(isa.denormalize(units));
        }
        let mut stop = 0u32;
        for _ in 0..ranges {
            let start = stop.saturating_add(self.r.read_unsigned(RANGE_DELTA_BASE)?);
            stop = start
                .saturating_add(self.r.read_unsigned(RANGE_DELTA_BASE)?)
                .saturating_add(1);
            if stop > length_units {
                return Err(GcDecodeError::Range(stop));
            }
            info.ranges
                .push((isa.denormalize(start), isa.denormalize(stop)));
        }
        Ok(info)
    }

    /// The long header after its first bit; returns the numbers of safe points and ranges.
    fn fat_header(&mut self, info: &mut DecodedGcInfo) -> Result<(u32, u32), GcDecodeError> {
        let isa = info.isa;
        let flags = self.r.read(10)?;
        let flag = |bit: u32| flags >> bit & 1 != 0;
        info.is_varargs = flag(0);
        info.header_bit7 = flag(7);
        let context_kind = match flags >> 4 & 3 {
            0 => None,
            1 => Some(GenericsContextKind::MethodTable),
            2 => Some(GenericsContextKind::MethodDesc),
            _ => Some(GenericsContextKind::This),
        };
        if info.version.has_return_kind() {
            info.return_kind = ReturnKind(self.r.read(RETURN_KIND_BITS_FAT)? as u8);
        }
        info.code_length = isa.denormalize(self.r.read_unsigned(CODE_LENGTH_BASE)?);
        if flag(2) || context_kind.is_some() {
            info.prolog_size =
                isa.denormalize(self.r.read_unsigned(PROLOG_SIZE_BASE)?.saturating_add(1));
        }
        if flag(2) {
            info.epilog_size = isa.denormalize(self.r.read_unsigned(EPILOG_SIZE_BASE)?);
            info.gs_cookie = Some(self.stack_offset(HEADER_SLOT_BASE)?);
        }
        if flag(3) {
            info.psp_sym = Some(self.stack_offset(HEADER_SLOT_BASE)?);
        }
        if let Some(kind) = context_kind {
            info.generics_context = Some(GenericsContext {
                kind,
                offset: self.stack_offset(HEADER_SLOT_BASE)?,
            });
        }
        if flag(6) {
            let stored = self.r.read_unsigned(isa.stack_base_register_base)?;
            let reg = stored ^ u32::from(isa.frame_register);
            if reg >= u32::from(isa.register_count) {
                return Err(GcDecodeError::Register(reg));
            }
            info.stack_base_register = Some(reg as u8);
        }
        if flag(8) {
            let preserved = self.r.read_unsigned(ENC_AREA_BASE)?;
            let fixed_frame = if isa.enc_fixed_frame {
                self.r.read_unsigned(ENC_AREA_BASE)?
            } else {
                0
            };
            info.enc_area = Some(EncArea {
                preserved,
                fixed_frame,
            });
        }
        if flag(9) {
            info.reverse_pinvoke_frame = Some(self.stack_offset(HEADER_SLOT_BASE)?);
        }
        let outgoing = self.r.read_unsigned(SIZE_OF_STACK_AREA_BASE)?;
        info.outgoing_area_size = outgoing.checked_mul(8).ok_or(GcDecodeError::SlotOffset)?;
        Ok((
            self.count(isa.num_safe_points_base)?,
            self.count(NUM_RANGES_BASE)?,
        ))
    }

    fn slot_table(&mut self, info: &mut DecodedGcInfo) -> Result<(), GcDecodeError> {
        let isa = info.isa;
        let registers = if self.r.read_bit()? {
            self.count(isa.num_registers_base)?
        } else {
            0
        };
        let (tracked_stack, untracked) = if self.r.read_bit()? {
            (
                self.count(NUM_STACK_SLOTS_BASE)?,
                self.count(NUM_UNTRACKED_BASE)?,
            )
        } else {
            (0, 0)
        };
        info.tracked = registers + tracked_stack;

        let mut reg = 0u32;
        let mut flags = GcSlotFlags::empty();
        for k in 0..registers {
            if k == 0 || !flags.is_empty() {
                reg = self.r.read_unsigned(REGISTER_BASE)?;
                flags = GcSlotFlags::from_bits_truncate(self.r.read(2)? as u8);
            } else {
                reg = reg
                    .saturating_add(self.r.read_unsigned(REGISTER_DELTA_BASE)?)
                    .saturating_add(1);
            }
            if reg >= u32::from(isa.register_count) {
                return Err(GcDecodeError::Register(reg));
            }
            info.slots.push(GcSlot::register(reg as u8, flags));
        }
        for (count, group) in [
            (tracked_stack, GcSlotFlags::empty()),
            (untracked, GcSlotFlags::UNTRACKED),
        ] {
            let mut offset = 0i32;
            let mut flags = GcSlotFlags::empty();
            for k in 0..count {
                let base = match self.r.read(2)? {
                    0 => GcSlotBase::CallerSp,
                    1 => GcSlotBase::Sp,
                    2 if info.stack_base_register.is_some() => GcSlotBase::Frame,
                    other => return Err(GcDecodeError::SlotBase(other as u32)),
                };
                if k == 0 || !flags.is_empty() {
                    offset = self.stack_offset(STACK_SLOT_BASE)?;
                    flags = GcSlotFlags::from_bits_truncate(self.r.read(2)? as u8);
                } else {
                    let delta = self.r.read_unsigned(STACK_SLOT_DELTA_BASE)?;
                    let wide = i64::from(offset) + (i64::from(delta) << STACK_SLOT_SHIFT);
                    offset = i32::try_from(wide).map_err(|_| GcDecodeError::SlotOffset)?;
                }
                info.slots.push(GcSlot::stack(base, offset, flags | group));
            }
        }
        Ok(())
    }

    /// Reads the states at safe points; returns the end of S2 if there is one.
    fn safe_point_states(
        &mut self,
        info: &mut DecodedGcInfo,
    ) -> Result<Option<usize>, GcDecodeError> {
        info.is_indirect = self.r.read_bit()?;
        if !info.is_indirect {
            for _ in &info.safe_points {
                let mut live = Vec::new();
                for index in 0..info.tracked {
                    if self.r.read_bit()? {
                        live.push(index);
                    }
                }
                info.safe_point_live.push(live);
            }
            return Ok(None);
        }
        if !info.ranges.is_empty() {
            return Err(GcDecodeError::IndirectWithRanges);
        }
        let width = self
            .r
            .read_unsigned(POINTER_SIZE_BASE)?
            .saturating_add(1)
            .min(64);
        let mut places = Vec::new();
        for _ in &info.safe_points {
            places.push(self.r.read(width)? as usize);
        }
        self.padding()?;
        let s2 = self.r.position();
        let mut end = s2;
        for place in places {
            self.r.seek(s2.saturating_add(place));
            info.safe_point_live.push(self.live_vector(info.tracked)?);
            end = end.max(self.r.position());
        }
        Ok(Some(end))
    }

    /// Reads the chunks; returns the end of S2 if there is one.
    fn chunks(&mut self, info: &mut DecodedGcInfo) -> Result<Option<usize>, GcDecodeError> {
        let width = self.r.read_unsigned(POINTER_SIZE_BASE)?.min(64);
        let mut units = 0;
        for &(start, stop) in &info.ranges {
            units += info.isa.normalize(stop) - info.isa.normalize(start);
        }
        let count = units.div_ceil(CHUNK_UNITS);
        if width == 0 {
            // Nothing is ever live: the same as no chunks at all.
            return Ok(None);
        }
        let mut fields = Vec::new();
        for _ in 0..count {
            fields.push(self.r.read(width)? as usize);
        }
        self.padding()?;
        let s2 = self.r.position();
        let mut end = s2;
        for field in fields {
            if field == 0 {
                info.chunks.push(None);
                continue;
            }
            self.r.seek(s2.saturating_add(field - 1));
            let mut chunk = GcChunk::default();
            for index in self.live_vector(info.tracked)? {
                chunk.slots.push((index, false, Vec::new()));
            }
            for slot in &mut chunk.slots {
                slot.1 = self.r.read_bit()?;
            }
            for slot in &mut chunk.slots {
                while self.r.read_bit()? {
                    let offset = self.r.read(CHUNK_OFFSET_BITS)? as u32;
                    if slot.2.last().copied().unwrap_or(0) >= offset {
                        return Err(GcDecodeError::ChangeOrder(offset));
                    }
                    slot.2.push(offset);
                }
            }
            end = end.max(self.r.position());
            info.chunks.push(Some(chunk));
        }
        Ok(Some(end))
    }

    /// The indices of the live slots of a vector of `tracked` slots.
    fn live_vector(&mut self, tracked: u32) -> Result<Vec<u32>, GcDecodeError> {
        let mut live = Vec::new();
        if !self.r.read_bit()? {
            for index in 0..tracked {
                if self.r.read_bit()? {
                    live.push(index);
                }
            }
            return Ok(live);
        }
        let swapped = self.r.read_bit()?;
        let (dead_base, live_base) = if swapped {
            (RLE_RUN_BASE, RLE_SKIP_BASE)
        } else {
            (RLE_SKIP_BASE, RLE_RUN_BASE)
        };
        let mut index = 0u32;
        let mut is_live = false;
        let mut is_first = true;
        while index < tracked || is_first {
            let stored = self
                .r
                .read_unsigned(if is_live { live_base } else { dead_base })?;
            let length = stored.saturating_add(u32::from(!is_first));
            let end = index.saturating_add(length);
            if end > tracked {
                return Err(GcDecodeError::RunLength);
            }
            if is_live {
                live.extend(index..end);
            }
            index = end;
            is_live = !is_live;
            is_first = false;
        }
        Ok(live)
    }
}

impl DecodedGcInfo {
    /// The slots live at `offset`, untracked ones included, in table order: at a safe point its state, in an interruptible
    /// range the state there, elsewhere `None` (only the untracked slots can be relied on).
    pub fn live_at(&self, offset: u32) -> Option<Vec<GcSlot>> {
        let tracked = match self.safe_points.binary_search(&offset) {
            Ok(point) if self.slots.is_empty() => {
                debug_assert!(point < self.safe_points.len());
                Vec::new()
            }
            Ok(point) => self.safe_point_live[point].clone(),
            Err(_) => self.live_in_range(offset)?,
        };
        let untracked = self.tracked..self.slots.len() as u32;
        Some(
            tracked
                .into_iter()
                .chain(untracked)
                .map(|index| self.slots[index as usize])
                .collect(),
        )
    }

    /// The indices of tracked slots live at an interruptible `offset`.
    pub fn live_in_range(&self, offset: u32) -> Option<Vec<u32>> {
        let mut pseudo = 0;
        let range = self.ranges.iter().find(|&&(start, stop)| {
            let inside = start <= offset && offset < stop;
            if !inside {
                pseudo += self.isa.normalize(stop) - self.isa.normalize(start);
            }
            inside
        })?;
        pseudo += self.isa.normalize(offset) - self.isa.normalize(range.0);
        Some(self.live_at_pseudo(pseudo))
    }

    /// The indices of tracked slots live at an offset of the strung-together ranges, in code units.
    fn live_at_pseudo(&self, pseudo: u32) -> Vec<u32> {
        let chunk = (pseudo / CHUNK_UNITS) as usize;
        let mut live = Vec::new();
        match self.chunks.get(chunk) {
            Some(Some(own)) => {
                for (index, at_end, changes) in &own.slots {
                    let flips = changes
                        .iter()
                        .filter(|&&change| change > pseudo % CHUNK_UNITS)
                        .count();
                    if *at_end != (flips % 2 == 1) {
                        live.push(*index);
                    }
                }
            }
            Some(None) => {
                let earlier = self.chunks[..chunk].iter().rev().flatten().next();
                for (index, at_end, _) in earlier.iter().flat_map(|earlier| &earlier.slots) {
                    if *at_end {
                        live.push(*index);
                    }
                }
            }
            // No slots, no chunks.
            None => {}
        }
        live
    }

    /// Events that lead to the decoded states, for encoding again. Slot numbers are those of `slots`.
    pub fn events(&self) -> Vec<GcEvent> {
        let mut events = Vec::new();
        let mut live: Vec<u32> = Vec::new();
        let mut become_live = |offset: u32, now: Vec<u32>| {
            for &slot in live.iter().filter(|slot| !now.contains(slot)) {
                events.push(GcEvent {
                    offset,
                    slot,
                    live: false,
                });
            }
            for &slot in now.iter().filter(|slot| !live.contains(slot)) {
                events.push(GcEvent {
                    offset,
                    slot,
                    live: true,
                });
            }
            live = now;
        };
        if self.ranges.is_empty() {
            let mut previous = 0;
            for (&point, now) in self.safe_points.iter().zip(&self.safe_point_live) {
                become_live(previous, now.clone());
                previous = point;
            }
        } else {
            let mut pseudo = 0;
            for &(start, stop) in &self.ranges {
                for unit in self.isa.normalize(start)..self.isa.normalize(stop) {
                    become_live(self.isa.denormalize(unit), self.live_at_pseudo(pseudo));
                    pseudo += 1;
                }
            }
        }
        events
    }

    /// An input that encodes to this information; `events` is what [`DecodedGcInfo::events`] returned.
    pub fn as_input<'a>(&'a self, events: &'a [GcEvent]) -> GcInfoInput<'a> {
        GcInfoInput {
            version: self.version,
            isa: self.isa,
            code_length: self.code_length,
            is_varargs: self.is_varargs,
            return_kind: self.return_kind,
            stack_base_register: self.stack_base_register,
            wants_report_only_leaf: self.header_bit7,
            has_tail_calls: self.header_bit7,
            gs_cookie: self.gs_cookie,
            psp_sym: self.psp_sym,
            generics_context: self.generics_context,
            prolog_size: self.prolog_size,
            epilog_size: self.epilog_size,
            enc_area: self.enc_area,
            reverse_pinvoke_frame: self.reverse_pinvoke_frame,
            outgoing_area_size: self.outgoing_area_size,
            slots: &self.slots,
            events,
            safe_points: &self.safe_points,
            interruptible: &self.ranges,
            omit_empty_safe_points: false,
        }
    }
}

fn write_slots(f: &mut fmt::Formatter<'_>, slots: &[GcSlot]) -> fmt::Result {
    write!(f, "{{")?;
    for (k, slot) in slots.iter().enumerate() {
        write!(f, "{}{slot}", if k == 0 { "" } else { ", " })?;
    }
    write!(f, "}}")
}

/// A listing for dumps: a line for the header, one for each safe point and for each change of an interruptible range.
impl fmt::Display for DecodedGcInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = if self.is_fat { "fat" } else { "slim" };
        write!(
            f,
            "gc info {} {:?} {form}, code length {}",
            self.isa.name, self.version, self.code_length
        )?;
        if self.version.has_return_kind() {
            write!(f, ", return kind {}", self.return_kind.0)?;
        }
        if let Some(reg) = self.stack_base_register {
            write!(f, ", base r{reg}")?;
        }
        if self.header_bit7 {
            write!(f, ", {:?}", self.isa.header_bit7)?;
        }
        if self.is_varargs {
            write!(f, ", varargs")?;
        }
        if self.gs_cookie.is_some() || self.generics_context.is_some() {
            write!(f, ", prolog {}", self.prolog_size)?;
        }
        if let Some(offset) = self.gs_cookie {
            write!(f, ", epilog {}, cookie {offset:+}", self.epilog_size)?;
        }
        if let Some(offset) = self.psp_sym {
            write!(f, ", PSPSym {offset:+}")?;
        }
        if let Some(context) = self.generics_context {
            write!(f, ", generics {:?} {:+}", context.kind, context.offset)?;
        }
        if let Some(area) = self.enc_area {
            write!(
                f,
                ", edit-and-continue {}/{}",
                area.preserved, area.fixed_frame
            )?;
        }
        if let Some(offset) = self.reverse_pinvoke_frame {
            write!(f, ", reverse P/Invoke {offset:+}")?;
        }
        writeln!(f, ", outgoing {}", self.outgoing_area_size)?;
        if self.slots.len() > self.tracked as usize {
            write!(f, "  always: ")?;
            write_slots(f, &self.slots[self.tracked as usize..])?;
            writeln!(f)?;
        }
        let tracked = |indices: &[u32]| {
            indices
                .iter()
                .map(|&i| self.slots[i as usize])
                .collect::<Vec<_>>()
        };
        for (k, point) in self.safe_points.iter().enumerate() {
            write!(f, "  {point:#06x}: ")?;
            write_slots(
                f,
                &tracked(self.safe_point_live.get(k).map_or(&[], |live| live)),
            )?;
            writeln!(f)?;
        }
        let mut pseudo = 0;
        for &(start, stop) in &self.ranges {
            writeln!(f, "  {start:#06x}..{stop:#06x}:")?;
            let mut before = None;
            for unit in self.isa.normalize(start)..self.isa.normalize(stop) {
                let now = self.live_at_pseudo(pseudo);
                pseudo += 1;
                if before.as_ref() != Some(&now) {
                    write!(f, "    {:#06x}: ", self.isa.denormalize(unit))?;
                    write_slots(f, &tracked(&now))?;
                    writeln!(f)?;
                    before = Some(now);
                }
            }
        }
        Ok(())
    }
}
