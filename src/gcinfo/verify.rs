//! Holds a blob against what was to be said.
//!
//! [`verify()`] decodes the blob and compares header, safe points, ranges and, at every place a collector can look, the set of
//! live slots. What should be live comes from the input by a model that shares nothing with the encoder: a
//! sorted list of events and a set.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is wrong with a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GcVerifyError {
    /// It is not a blob at all.
    Decode(GcDecodeError),
    /// A header field differs; named.
    Header(&'static str),
    /// The safe points differ.
    SafePoints,
    /// The interruptible ranges differ.
    Ranges,
    /// The live slots at `offset` differ.
    Live {
        /// Where.
        offset: u32,
        /// By the input.
        expected: Vec<GcSlot>,
        /// By the blob.
        found: Vec<GcSlot>,
    },
    /// The untracked slots differ.
    Untracked,
    /// The input itself is wrong: an event names this slot, which does not exist.
    BadSlotIndex(u32),
}

impl fmt::Display for GcVerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GcVerifyError::Decode(error) => error.fmt(f),
            GcVerifyError::Header(field) => write!(f, "header field differs: {field}"),
            GcVerifyError::SafePoints => write!(f, "safe points differ"),
            GcVerifyError::Ranges => write!(f, "interruptible ranges differ"),
            GcVerifyError::Live {
                offset,
                expected,
                found,
            } => {
                write!(f, "at {offset:#x} live")?;
                for slot in expected {
                    write!(f, " {slot}")?;
                }
                write!(f, ", but the blob says")?;
                for slot in found {
                    write!(f, " {slot}")?;
                }
                Ok(())
            }
            GcVerifyError::Untracked => write!(f, "untracked slots differ"),
            GcVerifyError::BadSlotIndex(slot) => {
                write!(f, "event of slot {slot}, which does not exist")
            }
        }
    }
}

impl std::error::Error for GcVerifyError {}

/// Checks that `blob` says what `input` says, and returns it decoded.
pub fn verify(input: &GcInfoInput<'_>, blob: &[u8]) -> Result<DecodedGcInfo, GcVerifyError> {
    let info = decode(blob, input.version, input.isa).map_err(GcVerifyError::Decode)?;
    verify_header(input, &info)?;
    if let Some(event) = input
        .events
        .iter()
        .find(|event| event.slot as usize >= input.slots.len())
    {
        return Err(GcVerifyError::BadSlotIndex(event.slot));
    }

    let untracked = |slots: &[GcSlot]| {
        slots
            .iter()
            .copied()
            .filter(GcSlot::is_untracked)
            .collect::<BTreeSet<_>>()
    };
    if untracked(input.slots) != untracked(&info.slots) {
        return Err(GcVerifyError::Untracked);
    }

    let mut states = States::new(input, &info);
    states.compare_safe_points(input, &info)?;
    let covered = |ranges: &[(u32, u32)]| {
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for &(start, stop) in ranges.iter().filter(|range| range.0 < range.1) {
            match merged.last_mut() {
                Some(last) if last.1 == start => last.1 = stop,
                _ => merged.push((start, stop)),
            }
        }
        merged
    };
    if covered(input.interruptible) != info.ranges {
        return Err(GcVerifyError::Ranges);
    }
    states.begin();
    states.compare_ranges(&info)?;
    Ok(info)
}

/// What is live by the input and what by the blob, as both are walked through the code, and in how many slots they differ. Each
/// change is looked at once, so that a method of many ranges or of many live slots costs what it has of changes.
struct States {
    /// The input's slots, then those that only the blob has.
    slots: Vec<GcSlot>,
    /// The number of each of the blob's slots among those.
    of_blob: Vec<usize>,
    /// Births less deaths of a slot at an offset, by offset.
    balances: Vec<(u32, usize, i64)>,
    /// How many of them are behind the walk.
    passed: usize,
    expected: Vec<bool>,
    /// How often a slot is live by the blob: it may list one twice.
    found: Vec<u32>,
    differ: usize,
}

impl States {
    fn new(input: &GcInfoInput<'_>, info: &DecodedGcInfo) -> States {
        let mut slots = input.slots.to_vec();
        let mut numbers: BTreeMap<GcSlot, usize> = slots.iter().copied().zip(0..).collect();
        let of_blob = info.slots.iter().map(|&slot| {
            *numbers.entry(slot).or_insert_with(|| {
                slots.push(slot);
                slots.len() - 1
            })
        });
        let of_blob = of_blob.collect();
        let mut balances: Vec<(u32, usize, i64)> = Vec::new();
        let mut events: Vec<&GcEvent> = input.events.iter().collect();
        events.sort_by_key(|e| (e.offset, e.slot));
        for e in events {
            let by = if e.live { 1 } else { -1 };
            match balances.last_mut() {
                Some(last) if (last.0, last.1) == (e.offset, e.slot as usize) => last.2 += by,
                _ => balances.push((e.offset, e.slot as usize, by)),
            }
        }
        States {
            expected: vec![false; slots.len()],
            found: vec![0; slots.len()],
            slots,
            of_blob,
            balances,
            passed: 0,
            differ: 0,
        }
    }

    /// Back to the first byte, where nothing is live.
    fn begin(&mut self) {
        self.expected.fill(false);
        self.found.fill(0);
        (self.passed, self.differ) = (0, 0);
    }

    /// The state by the input becomes that of the events before `offset`. Says whether it may have changed.
    fn advance(&mut self, offset: u32) -> bool {
        let from = self.passed;
        while let Some(&(at, slot, balance)) = self.balances.get(self.passed)
            && at < offset
        {
            self.passed += 1;
            if balance != 0 {
                self.change(slot, |s| s.expected[slot] = balance > 0);
            }
        }
        self.passed != from
    }

    /// The blob's slot `index` is born or dies.
    fn blob_says(&mut self, index: u32, live: bool) {
        let slot = self.of_blob[index as usize];
        self.change(slot, |s| {
            let count = &mut s.found[slot];
            *count = if live { *count + 1 } else { *count - 1 };
        });
    }

    fn change(&mut self, slot: usize, how: impl FnOnce(&mut States)) {
        let differs = |s: &States| usize::from(s.expected[slot] != (s.found[slot] != 0));
        self.differ -= differs(self);
        how(self);
        self.differ += differs(self);
    }

    fn compare(&self, offset: u32) -> Result<(), GcVerifyError> {
        if self.differ == 0 {
            return Ok(());
        }
        let sorted = |live: &dyn Fn(usize) -> bool| {
            let slots = (0..self.slots.len()).filter(|&i| live(i));
            let slots: BTreeSet<GcSlot> = slots.map(|i| self.slots[i]).collect();
            slots.into_iter().collect()
        };
        Err(GcVerifyError::Live {
            offset,
            expected: sorted(&|i| self.expected[i]),
            found: sorted(&|i| self.found[i] != 0),
        })
    }

    fn compare_safe_points(
        &mut self,
        input: &GcInfoInput<'_>,
        info: &DecodedGcInfo,
    ) -> Result<(), GcVerifyError> {
        let mut recorded = info.safe_points.iter().zip(0..).peekable();
        for &point in input.safe_points {
            self.advance(point);
            match recorded.next_if(|&(&at, _)| at == point) {
                Some((_, index)) => {
                    let live: &[u32] = info.safe_point_live.get(index).map_or(&[], |l| l);
                    live.iter().for_each(|&i| self.blob_says(i, true));
                    self.compare(point)?;
                    live.iter().for_each(|&i| self.blob_says(i, false));
                }
                // Nothing is live by the blob, so what differs is live by the input.
                None if input.omit_empty_safe_points && self.differ == 0 => {}
                None => return Err(GcVerifyError::SafePoints),
            }
        }
        match recorded.next() {
            Some(_) => Err(GcVerifyError::SafePoints),
            None => Ok(()),
        }
    }

    /// Compares at every instruction of the ranges, which chunks divide as if they stood one behind the other.
    fn compare_ranges(&mut self, info: &DecodedGcInfo) -> Result<(), GcVerifyError> {
        let mut pseudo = 0;
        // The slots of the chunk at hand that are live, and what changes in it, the next last.
        let mut live: BTreeSet<u32> = BTreeSet::new();
        let mut changes: Vec<(u32, u32)> = Vec::new();
        for &(start, stop) in &info.ranges {
            for offset in (start..stop).step_by(1 << info.isa.code_shift) {
                let mut changed = self.advance(offset + 1);
                if pseudo % CHUNK_UNITS == 0 {
                    let chunk = info.chunks.get((pseudo / CHUNK_UNITS) as usize);
                    if let Some(Some(own)) = chunk {
                        for &index in &live {
                            self.blob_says(index, false);
                        }
                        live.clear();
                        changes.clear();
                        for (index, at_end, at) in &own.slots {
                            if *at_end != (at.len() % 2 == 1) {
                                live.insert(*index);
                                self.blob_says(*index, true);
                            }
                            changes.extend(at.iter().map(|&at| (at, *index)));
                        }
                        changes.sort_unstable_by(|a, b| b.cmp(a));
                        changed = true;
                    }
                }
                while let Some(&(at, index)) = changes.last()
                    && at <= pseudo % CHUNK_UNITS
                {
                    changes.pop();
                    let is_born = live.insert(index);
                    if !is_born {
                        live.remove(&index);
                    }
                    self.blob_says(index, is_born);
                    changed = true;
                }
                if changed {
                    self.compare(offset)?;
                }
                pseudo += 1;
            }
        }
        Ok(())
    }
}

fn verify_header(input: &GcInfoInput<'_>, info: &DecodedGcInfo) -> Result<(), GcVerifyError> {
    let has_context = input.generics_context.is_some();
    let has_cookie = input.gs_cookie.is_some();
    let enc_area = input.enc_area.map(|area| EncArea {
        fixed_frame: if input.isa.enc_fixed_frame {
            area.fixed_frame
        } else {
            0
        },
        ..area
    });
    let checks = [
        (info.is_varargs == input.is_varargs, "varargs"),
        (
            !input.version.has_return_kind() || info.return_kind == input.return_kind,
            "return kind",
        ),
        (
            info.code_length
                == input
                    .isa
                    .denormalize(input.isa.normalize(input.code_length)),
            "code length",
        ),
        (
            !(has_context || has_cookie) || info.prolog_size == input.prolog_size,
            "prolog size",
        ),
        (
            !has_cookie || info.epilog_size == input.epilog_size,
            "epilog size",
        ),
        (info.gs_cookie == input.gs_cookie, "cookie slot"),
        (info.psp_sym == input.psp_sym, "PSPSym slot"),
        (
            info.generics_context == input.generics_context,
            "generics context",
        ),
        (
            info.stack_base_register == input.stack_base_register,
            "stack base register",
        ),
        (
            info.header_bit7 == input.header_bit7(),
            "report-only-leaf or tail-call flag",
        ),
        (info.enc_area == enc_area, "edit-and-continue area"),
        (
            info.reverse_pinvoke_frame == input.reverse_pinvoke_frame,
            "reverse-P/Invoke frame",
        ),
        (
            info.outgoing_area_size == input.outgoing_area_size,
            "outgoing area",
        ),
    ];
    match checks.iter().find(|check| !check.0) {
        Some(&(_, field)) => Err(GcVerifyError::Header(field)),
        None => Ok(()),
    }
}
