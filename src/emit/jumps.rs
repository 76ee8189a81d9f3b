//! Choosing a form for every jump.
//!
//! Every jump starts in its shortest form and only ever grows, so the sweeps end. One sweep places all groups with the sizes of
//! the moment and looks once at every jump; it costs O(groups + jumps), not O(instructions), because what lies between jumps
//! never changes size. Nearly all methods settle in two or three sweeps. A chain in which every jump's growth just pushes the
//! next one out could take as many sweeps as there are jumps; so from sweep [`PATIENCE`] on a jump that is *nearly* out of reach
//! grows too, with a margin that doubles each time, which ends the matter within [`PATIENCE`] + 32 sweeps.
//!
//! A form of size zero stands for dropping a jump to the instruction behind it. It is tried for forward jumps only: a jump
//! whose target is its own beginning is a loop, not a jump to the next instruction.

use super::encoder::{Emit, Refusal};
use super::ins_group::{GroupFlags, GroupId, InsGroup};
use crate::util::IndexVec;

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

/// A jump found while encoding. In the scratch buffer it takes [`PLACEHOLDER`] bytes.
#[derive(Copy, Clone, Debug)]
pub(super) struct Jump {
    /// Index of the descriptor.
    pub desc: u32,
    /// Position of the placeholder in the scratch buffer.
    pub at: u32,
    /// The target.
    pub target: GroupId,
    /// Row of [`Emit::JUMPS`].
    pub class: u8,
    /// Form in force.
    pub form: u8,
    /// Its bytes.
    pub size: u8,
    /// Target group after the jump's own.
    pub forward: bool,
    /// The form's reach, so that a jump that stays as it is costs one comparison a sweep.
    pub min: i32,
    /// Likewise.
    pub max: i32,
}

impl Jump {
    /// Takes a form.
    pub fn set_form(&mut self, form: usize, reach: &Reach) {
        self.form = form as u8;
        self.size = reach.size;
        self.min = reach.min.max(i32::MIN as i64) as i32;
        self.max = reach.max.min(i32::MAX as i64) as i32;
    }
}

/// Bytes that a jump takes in the scratch buffer, so that positions before and behind it differ.
pub(super) const PLACEHOLDER: u32 = 1;

/// Sweeps before jumps grow on suspicion.
const PATIENCE: u32 = 12;

/// Chooses forms; on return `group_offsets` holds the final offset of each group. Returns the code's size.
/// `starts` is each group's position in the scratch buffer, `scratch_len` the buffer's length.
/// The error names the jump that no form serves.
pub(super) fn choose_forms<E: Emit>(
    groups: &IndexVec<GroupId, InsGroup>,
    starts: &[u32],
    scratch_len: u32,
    jumps: &mut [Jump],
    group_offsets: &mut Vec<u32>,
) -> Result<u32, (usize, Refusal)> {
    group_offsets.clear();
    group_offsets.resize(groups.len(), 0);
    place::<E>(groups, starts, jumps, group_offsets);
    let mut sweep = 0;
    loop {
        let margin = if sweep < PATIENCE {
            0
        } else {
            1i64 << (sweep - PATIENCE).min(40)
        };
        let (grew, shift) = grow::<E>(groups, starts, jumps, group_offsets, margin)?;
        let size = scratch_len as i64 + shift;
        if size > i32::MAX as i64 {
            return Err((0, Refusal::TooLarge));
        }
        if !grew {
            return Ok(size as u32);
        }
        sweep += 1;
    }
}

/// Offsets of all groups with the sizes that jumps begin with.
fn place<E: Emit>(
    groups: &IndexVec<GroupId, InsGroup>,
    starts: &[u32],
    jumps: &[Jump],
    offsets: &mut [u32],
) {
    let mut shift = 0i64;
    let mut next = 0;
    for ((group, &start), offset) in groups.iter().zip(starts).zip(offsets.iter_mut()) {
        while let Some(j) = jumps.get(next)
            && j.at < start
        {
            shift += j.size as i64 - PLACEHOLDER as i64;
            next += 1;
        }
        shift += padding::<E>(group, start as i64 + shift);
        *offset = (start as i64 + shift) as u32;
    }
}

#[inline]
fn padding<E: Emit>(group: &InsGroup, at: i64) -> i64 {
    if group.flags.contains(GroupFlags::ALIGN) {
        -at & (E::LOOP_ALIGN as i64 - 1)
    } else {
        0
    }
}

/// One sweep: grows jumps that do not reach (with `margin` bytes to spare) and places groups as it goes. A group's offset depends
/// on jumps before it only, so afterwards all offsets are those of the sizes now in force. Says whether any jump grew, and by
/// how much the end has moved against the scratch buffer.
fn grow<E: Emit>(
    groups: &IndexVec<GroupId, InsGroup>,
    starts: &[u32],
    jumps: &mut [Jump],
    offsets: &mut [u32],
    margin: i64,
) -> Result<(bool, i64), (usize, Refusal)> {
    let mut grew = false;
    let mut next = 0;
    // Final minus scratch offset at this point; how far this point has moved in this sweep.
    let mut shift = 0i64;
    for (g, group) in groups.iter().enumerate() {
        let start = starts[g] as i64;
        shift += padding::<E>(group, start + shift);
        let before = offsets[g] as i64;
        let now = start + shift;
        let mut moved = now - before;
        offsets[g] = now as u32;
        let end = starts.get(g + 1).copied().unwrap_or(u32::MAX);
        while let Some(j) = jumps.get_mut(next)
            && j.at < end
        {
            let target = offsets[j.target.0 as usize] as i64;
            // What lies ahead has moved at least as far as this point (but for alignment; the next sweep looks again).
            let ahead = if j.forward { moved } else { 0 };
            let delta = target + ahead - (j.at as i64 + shift);
            if margin != 0 || delta < j.min as i64 || delta > j.max as i64 {
                let forms = E::JUMPS[j.class as usize].forms;
                let Some(form) = (j.form as usize..forms.len())
                    .find(|&f| fits(j, &forms[f], f + 1 == forms.len(), delta, margin))
                else {
                    return Err((next, Refusal::OutOfReach));
                };
                if form != j.form as usize {
                    moved += forms[form].size as i64 - j.size as i64;
                    j.set_form(form, &forms[form]);
                    grew = true;
                }
            }
            shift += j.size as i64 - PLACEHOLDER as i64;
            next += 1;
        }
    }
    Ok((grew, shift))
}

/// Does a form serve?
fn fits(j: &Jump, reach: &Reach, last: bool, delta: i64, margin: i64) -> bool {
    if reach.size == 0 {
        return j.forward && delta == 0 && margin == 0;
    }
    // The last form is never given up for the margin.
    let margin = if last { 0 } else { margin };
    (reach.min + margin..=reach.max - margin).contains(&delta)
}
