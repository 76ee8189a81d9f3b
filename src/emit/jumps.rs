//! Choosing a form for every jump.
//!
//! Every jump starts in its shortest form and only ever grows, so the sweeps end. One sweep goes over the jumps with the sizes of
//! the moment and looks once at every jump; it costs O(jumps), not O(instructions), because what lies between jumps
//! never changes size. Nearly all methods settle in one or two sweeps. A chain in which every jump's growth just pushes the
//! next one out could take as many sweeps as there are jumps; so from sweep [`PATIENCE`] on a jump that is *nearly* out of reach
//! grows too, with a margin that doubles each time, which ends the matter within [`PATIENCE`] + 32 sweeps.
//!
//! A form of size zero stands for dropping a jump to the instruction behind it. It is tried for forward jumps only (a jump
//! whose target is its own beginning is a loop, not a jump to the next instruction), and only where nothing but jumps and padding
//! lies between jump and target.

use super::encoder::{Emit, Refusal};
use super::ins_group::GroupId;

/// One form of a jump class. `delta` is the target's offset minus the offset of the jump's first byte.
#[derive(Copy, Clone, Debug)]
pub struct Reach {
    /// Bytes.
    pub size: u8,
    /// Least delta.
    pub min: i64,
    /// Greatest delta.
    pub max: i64,
}

/// A class of jumps that share their forms.
#[derive(Copy, Clone, Debug)]
pub struct JumpRow {
    /// For dumps.
    pub name: &'static str,
    /// Forms, shortest first, each reaching further than those before. A first form of size 0 (reach 0..=0) means that the jump
    /// may be dropped.
    pub forms: &'static [Reach],
}

/// Something whose size is chosen late, in the order of the scratch buffer: a jump (which has [`PLACEHOLDER`] bytes there) or
/// the padding before an aligned group (which has none).
#[derive(Copy, Clone, Debug)]
pub(super) struct Jump {
    /// Index of the descriptor.
    pub desc: u32,
    /// Position in the scratch buffer.
    pub at: u32,
    /// The target; of padding the group that it aligns.
    pub target: GroupId,
    /// Scratch position of the target group's start, and how many entries stand before it.
    target_start: u32,
    target_entry: u32,
    /// The form's reach, so that a jump that stays as it is costs one comparison a sweep.
    min: i32,
    max: i32,
    /// Row of [`Emit::JUMPS`]; [`PADDING`] for padding.
    pub class: u8,
    /// Form in force.
    pub form: u8,
    /// Its bytes.
    pub size: u8,
    /// All ones if the target group is after the jump's own.
    forward: i8,
}

/// The class of padding.
pub(super) const PADDING: u8 = 0xFF;

impl Jump {
    /// A jump, without a form yet.
    #[inline]
    pub fn new(desc: u32, at: u32, class: u8, target: GroupId) -> Jump {
        Jump {
            desc,
            at,
            target,
            target_start: 0,
            target_entry: 0,
            min: 0,
            max: 0,
            class,
            form: 0,
            size: 0,
            forward: 0,
        }
    }

    /// The padding of aligned group `group`.
    pub fn padding(at: u32, group: GroupId) -> Jump {
        Jump::new(u32::MAX, at, PADDING, group)
    }

    #[inline(always)]
    fn set_form(&mut self, form: usize, reach: &Reach) {
        self.form = form as u8;
        self.size = reach.size;
        // No distance leaves 31 bits.
        self.min = reach.min as i32;
        self.max = reach.max as i32;
    }

    /// Bytes of the scratch buffer that stand for it.
    #[inline(always)]
    pub fn placeholder(&self) -> u32 {
        PLACEHOLDER * (self.class != PADDING) as u32
    }
}

/// Bytes that a jump takes in the scratch buffer, so that positions before and behind it differ.
pub(super) const PLACEHOLDER: u32 = 1;

/// Sweeps before jumps grow on suspicion.
const PATIENCE: u32 = 12;

/// A group in the scratch buffer.
#[derive(Copy, Clone)]
pub(super) struct GroupStart {
    /// Its position.
    pub at: u32,
    /// Jumps and paddings before it, its own padding included.
    pub entries: u32,
}

/// Chooses forms; on return `group_offsets` holds the final offset of each group, and `shifts` how far what stands behind the first
/// 0, 1, 2, ... entries is from its scratch position. With `long` all jumps take their longest form. Returns the code's size.
/// The error names the jump that no form serves.
pub(super) fn choose_forms<E: Emit>(
    long: bool,
    starts: &[GroupStart],
    scratch_len: u32,
    jumps: &mut [Jump],
    shifts: &mut Vec<i32>,
    group_offsets: &mut Vec<u32>,
) -> Result<u32, (usize, Refusal)> {
    // Every shift below fits in 32 bits: a form is at most 255 bytes, and there are fewer jumps than scratch bytes.
    let most = scratch_len as u64 + jumps.len() as u64 * E::LOOP_ALIGN.max(16) as u64;
    if most > i32::MAX as u64 {
        return Err((0, Refusal::TooLarge));
    }
    place::<E>(long, starts, jumps, shifts);
    let mut sweep = 0;
    let end = loop {
        let margin = if sweep < PATIENCE {
            0
        } else {
            1i64 << (sweep - PATIENCE).min(40)
        };
        let (grew, end) = grow::<E>(jumps, shifts, margin)?;
        if !grew {
            break end;
        }
        sweep += 1;
    };
    group_offsets.clear();
    group_offsets.extend(starts.iter().map(|s| {
        s.at.wrapping_add_signed(shifts.get(s.entries as usize).copied().unwrap_or(end))
    }));
    Ok(scratch_len.wrapping_add_signed(end))
}

/// Fills in where targets are and the forms that jumps begin with, and `shifts` for those.
fn place<E: Emit>(long: bool, starts: &[GroupStart], jumps: &mut [Jump], shifts: &mut Vec<i32>) {
    shifts.clear();
    shifts.reserve_exact(jumps.len() + 1);
    let mut shift = 0;
    for (i, j) in jumps.iter_mut().enumerate() {
        shifts.push(shift);
        if j.class == PADDING {
            j.size = padding::<E>(j.at as i32 + shift);
            shift += j.size as i32;
            continue;
        }
        let target = starts[j.target.0 as usize];
        j.target_start = target.at;
        j.target_entry = target.entries;
        // The jump's own placeholder is between.
        j.forward = -((target.at > j.at) as i8);
        let forms = E::JUMPS[j.class as usize].forms;
        // Every jump between stands for a byte, padding for none.
        let between = j.target_start.wrapping_sub(j.at);
        let may_drop = j.forward != 0 && between <= target.entries.wrapping_sub(i as u32);
        let form = if long {
            forms.len() - 1
        } else {
            (forms[0].size == 0 && !may_drop) as usize
        };
        j.set_form(form, &forms[form]);
        shift += j.size as i32 - PLACEHOLDER as i32;
    }
    shifts.push(shift);
}

#[inline]
fn padding<E: Emit>(at: i32) -> u8 {
    (-at & (E::LOOP_ALIGN as i32 - 1)) as u8
}

/// One sweep: grows jumps that do not reach (with `margin` bytes to spare). `shifts[i]` is how far what stands behind the first
/// `i` entries is from its scratch position; it depends on entries before it only, so that after a sweep all are those of the
/// sizes now in force. Says whether any jump grew, and the shift of the end.
fn grow<E: Emit>(
    jumps: &mut [Jump],
    shifts: &mut [i32],
    margin: i64,
) -> Result<(bool, i32), (usize, Refusal)> {
    let mut grew = false;
    let mut shift = 0;
    for (i, j) in jumps.iter_mut().enumerate() {
        // How far this point has moved in this sweep.
        let moved = shift - shifts[i];
        shifts[i] = shift;
        let at = j.at as i32 + shift;
        if j.class == PADDING {
            j.size = padding::<E>(at);
            shift += j.size as i32;
            continue;
        }
        // What lies ahead has moved at least as far as this point (but for alignment; the next sweep looks again).
        let target_shift = shifts[j.target_entry as usize] + (moved & j.forward as i32);
        let delta = j.target_start as i32 + target_shift - at;
        if margin != 0 || delta < j.min || delta > j.max {
            let forms = E::JUMPS[j.class as usize].forms;
            let Some(form) = (j.form as usize..forms.len())
                .find(|&f| fits(j, &forms[f], f + 1 == forms.len(), delta as i64, margin))
            else {
                return Err((i, Refusal::OutOfReach));
            };
            grew |= form != j.form as usize;
            j.set_form(form, &forms[form]);
        }
        shift += j.size as i32 - PLACEHOLDER as i32;
    }
    if let Some(end) = shifts.last_mut() {
        *end = shift;
    }
    Ok((grew, shift))
}

/// Does a form serve?
fn fits(j: &Jump, reach: &Reach, last: bool, delta: i64, margin: i64) -> bool {
    if reach.size == 0 {
        return j.forward != 0 && delta == 0 && margin == 0;
    }
    // The last form is never given up for the margin.
    let margin = if last { 0 } else { margin };
    (reach.min + margin..=reach.max - margin).contains(&delta)
}
