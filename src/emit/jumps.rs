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
    let mut sweep = 0;
    loop {
        let size = place::<E>(groups, starts, scratch_len, jumps, group_offsets);
        let Ok(size) = u32::try_from(size) else {
            return Err((0, Refusal::TooLarge));
        };
        if size > i32::MAX as u32 {
            return Err((0, Refusal::TooLarge));
        }
        let margin = if sweep < PATIENCE {
            0
        } else {
            1i64 << (sweep - PATIENCE).min(40)
        };
        if !grow::<E>(starts, jumps, group_offsets, margin)? {
            return Ok(size);
        }
        sweep += 1;
    }
}

/// Final offsets of all groups with the sizes of the moment; returns the size of all.
fn place<E: Emit>(
    groups: &IndexVec<GroupId, InsGroup>,
    starts: &[u32],
    scratch_len: u32,
    jumps: &[Jump],
    offsets: &mut [u32],
) -> u64 {
    let mut shift = 0i64;
    let mut next = 0;
    for ((group, &start), offset) in groups.iter().zip(starts).zip(offsets.iter_mut()) {
        while let Some(j) = jumps.get(next)
            && j.at < start
        {
            shift += j.size as i64 - PLACEHOLDER as i64;
            next += 1;
        }
        let at = (start as i64 + shift) as u64;
        if group.flags.contains(GroupFlags::ALIGN) {
            shift += (at.next_multiple_of(E::LOOP_ALIGN as u64) - at) as i64;
        }
        *offset = (start as i64 + shift) as u32;
    }
    for j in &jumps[next..] {
        shift += j.size as i64 - PLACEHOLDER as i64;
    }
    (scratch_len as i64 + shift) as u64
}

/// One sweep: grows jumps that do not reach (with `margin` bytes to spare). Says whether any grew.
fn grow<E: Emit>(
    starts: &[u32],
    jumps: &mut [Jump],
    offsets: &[u32],
    margin: i64,
) -> Result<bool, (usize, Refusal)> {
    let mut grew = false;
    let mut group = 0;
    // Distance of scratch positions in the current group, behind the jumps seen so far in it, from final offsets.
    let mut shift = 0i64;
    for (i, j) in jumps.iter_mut().enumerate() {
        while group < starts.len() && starts[group] <= j.at {
            shift = offsets[group] as i64 - starts[group] as i64;
            group += 1;
        }
        let at = j.at as i64 + shift;
        shift += j.size as i64 - PLACEHOLDER as i64;
        let delta = offsets[j.target.0 as usize] as i64 - at;
        let forms = E::JUMPS[j.class as usize].forms;
        let fits = |f: &Reach| {
            if f.size == 0 {
                return j.forward && delta == 0 && margin == 0;
            }
            // The last form is never given up for the margin.
            let m = if f.size == forms[forms.len() - 1].size {
                0
            } else {
                margin
            };
            (f.min + m..=f.max - m).contains(&delta)
        };
        if fits(&forms[j.form as usize]) {
            continue;
        }
        // While this jump has size s, its own growth moves a forward target with it; counting the growth in is needless because
        // the next sweep looks again.
        let Some(step) = forms[j.form as usize..].iter().position(fits) else {
            return Err((i, Refusal::OutOfReach));
        };
        j.form += step as u8;
        j.size = forms[j.form as usize].size;
        grew = true;
    }
    Ok(grew)
}
