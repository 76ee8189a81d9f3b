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

    // The model: for each offset the balance of births and deaths of each slot, applied in order of offset.
    let mut balances: BTreeMap<u32, BTreeMap<u32, i64>> = BTreeMap::new();
    for event in input.events {
        *balances
            .entry(event.offset)
            .or_default()
            .entry(event.slot)
            .or_default() += if event.live { 1 } else { -1 };
    }
    // Says whether anything changed.
    let advance = |live: &mut BTreeSet<u32>, from: u32, to: u32| {
        let mut changed = false;
        for (&slot, &balance) in balances.range(from..to).flat_map(|(_, slots)| slots) {
            changed |= match balance {
                1.. => live.insert(slot),
                0 => false,
                _ => live.remove(&slot),
            };
        }
        changed
    };
    let compare = |offset: u32, live: &BTreeSet<u32>, found: &[u32]| {
        let expected: BTreeSet<GcSlot> = live
            .iter()
            .map(|&slot| input.slots[slot as usize])
            .collect();
        let found: BTreeSet<GcSlot> = found
            .iter()
            .map(|&slot| info.slots[slot as usize])
            .collect();
        if expected == found {
            return Ok(());
        }
        let (expected, found) = (expected.into_iter().collect(), found.into_iter().collect());
        Err(GcVerifyError::Live {
            offset,
            expected,
            found,
        })
    };

    let mut live = BTreeSet::new();
    let mut done = 0;
    let mut recorded = info.safe_points.iter().zip(0..).peekable();
    for &point in input.safe_points {
        advance(&mut live, done, point);
        done = point;
        match recorded.next_if(|&(&at, _)| at == point) {
            Some((_, index)) => compare(
                point,
                &live,
                info.safe_point_live.get(index as usize).map_or(&[], |l| l),
            )?,
            None if input.omit_empty_safe_points && live.is_empty() => {}
            None => return Err(GcVerifyError::SafePoints),
        }
    }
    if recorded.next().is_some() {
        return Err(GcVerifyError::SafePoints);
    }

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
    let mut live = BTreeSet::new();
    let mut done = 0;
    let mut found = None;
    for &(start, stop) in &info.ranges {
        for offset in (start..stop).step_by(1 << input.isa.code_shift) {
            let changed = advance(&mut live, done, offset + 1);
            done = offset + 1;
            let now = info.live_in_range(offset).unwrap_or_default();
            // Most places say what the one before said: sets that were equal still are.
            if changed || found.as_ref() != Some(&now) {
                compare(offset, &live, &now)?;
                found = Some(now);
            }
        }
    }
    Ok(info)
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
