//! From groups of descriptors to bytes.
//!
//! 1. *Encode once*: groups in layout order, every descriptor that is not a jump into one scratch buffer; a jump leaves a
//!    placeholder of one byte. Marks and fixups are recorded by scratch position. Nearly all descriptors take the short way,
//!    [`Emit::encode_simple`], in a loop that calls nothing.
//! 2. *Choose forms* for the jumps ([`jumps`](super::jumps)).
//! 3. *Place later*: copy the pieces between jumps, write jumps and alignment, fill fixups within the code, turn the rest into
//!    relocations, move marks to code offsets.
//!
//! Needs: every label bound that is used, every placeholder group filled. Keeps: the descriptors. Spoils: the order of the
//! emitter's marks: the body's become sorted by place, and behind them those of placeholders.

use super::code::{Code, Reloc, RelocTarget, Section};
use super::code_mark::CodeMark;
use super::encoder::{
    CodeBuf, Emit, EncodeCx, EncodeError, Fixup, FixupTarget, FrameAccess, NearSlot, Refusal,
    WINDOW,
};
use super::ins_group::{Emitter, GroupFlags, GroupId};
use super::instr_desc::Label;
use super::jumps::{GroupStart, Jump, PADDING, PLACEHOLDER, choose_forms};

/// Memory of `finish`, reused between methods.
#[derive(Default)]
pub struct FinishScratch {
    buf: CodeBuf,
    jumps: Vec<Jump>,
    starts: Vec<GroupStart>,
    shifts: Vec<i32>,
    func_groups: Vec<GroupId>,
    slots: Vec<NearSlot>,
}

/// Encodes everything in `em` and hands it over in `code`, which is cleared first.
pub fn finish<E: Emit>(
    em: &mut Emitter,
    frame: FrameAccess,
    scratch: &mut FinishScratch,
    code: &mut Code,
) -> Result<(), EncodeError> {
    em.close();
    code.clear();
    scratch.buf.clear();
    scratch.jumps.clear();
    scratch.starts.clear();
    let (body, filled) = em.marks_mut();
    sort_marks(body);
    sort_marks(filled);
    encode_groups::<E>(em, frame, scratch, code)?;
    let size = choose_forms::<E>(
        em.long_jumps,
        &scratch.starts,
        scratch.buf.len() as u32,
        &mut scratch.jumps,
        &mut scratch.shifts,
        &mut code.group_offsets,
    )
    .map_err(|(jump, why)| {
        refused::<E>(
            em,
            scratch.jumps.get(jump).map_or(u32::MAX, |j| j.desc),
            why,
        )
    })?;
    // Pieces are copied in whole chunks, so there must be room behind them.
    code.bytes.resize(size as usize + CHUNK, 0);
    code.align = E::LOOP_ALIGN;
    place::<E>(em, scratch, code);
    code.bytes.truncate(size as usize);
    place_marks(em, scratch, code);
    place_fixups::<E>(em, scratch, code)?;
    finish_data::<E>(em, code)
}

/// Marks in order of place: by group, instruction, and within one place those inside the previous instruction first. Those of the
/// body and those of filled placeholders are each in order most often, and never in one group.
fn sort_marks(marks: &mut [CodeMark]) {
    let key =
        |m: &CodeMark| (m.group.0 as u64) << 33 | (m.instr as u64) << 1 | !m.inside_previous as u64;
    if !marks.is_sorted_by_key(key) {
        marks.sort_by_key(key);
    }
}

fn refused<E: Emit>(em: &Emitter, desc: u32, why: Refusal) -> EncodeError {
    EncodeError {
        desc,
        form: em
            .descs
            .get(desc as usize)
            .map_or("", |d| E::form_name(d.form)),
        why,
    }
}

/// Step 1. Marks get scratch positions for now.
fn encode_groups<E: Emit>(
    em: &Emitter,
    frame: FrameAccess,
    scratch: &mut FinishScratch,
    code: &mut Code,
) -> Result<(), EncodeError> {
    let FinishScratch {
        buf,
        jumps,
        starts,
        func_groups,
        slots,
        ..
    } = scratch;
    let near = frame.offsets.iter().take(1 << 16);
    slots.clear();
    slots.extend(near.map_while(|&at| E::near_slot(frame.base, at)));
    starts.reserve(em.groups.len());
    func_groups.clear();
    code.mark_offsets.resize(em.marks.len(), AT_END);
    let cx = EncodeCx {
        frame,
        frame_refs: &em.frame_refs,
        wide_imms: &em.wide_imms,
    };
    // The next mark of the body, and the next of placeholders.
    let mut next = [0, em.marks_of_body()];
    for (id, group) in em.groups.iter_enumerated() {
        buf.reserve(group.count as usize * E::MAX_INSTR_BYTES.max(PLACEHOLDER as usize));
        if buf.len() > i32::MAX as usize {
            return Err(refused::<E>(em, group.first, Refusal::TooLarge));
        }
        if group.flags.contains(GroupFlags::ALIGN) {
            jumps.push(Jump::padding(buf.len() as u32, id));
        }
        starts.push(GroupStart {
            at: buf.len() as u32,
            entries: jumps.len() as u32,
        });
        if group.flags.contains(GroupFlags::FUNC_START) {
            func_groups.push(id);
        }
        let descs = &em.descs[group.first as usize..(group.first + group.count) as usize];
        let mut done = 0;
        let is_here = |i: usize| em.marks.get(i).is_some_and(|m| m.group == id);
        let next = &mut next[!is_here(next[0]) as usize];
        // Runs between marks, so that the inner loop does not look for them. Marks beyond the group's length are taken as its end.
        loop {
            let mark = em.marks.get(*next).filter(|m| m.group == id);
            let stop = mark.map_or(descs.len(), |m| (m.instr as usize).min(descs.len()));
            while done < stop {
                let rest = descs.get(done..stop).unwrap_or_default();
                done += buf.write_run::<E>(rest, slots);
                if done < stop {
                    let desc = group.first + done as u32;
                    encode_other::<E>(em, id, desc, &cx, buf, jumps)
                        .map_err(|why| refused::<E>(em, desc, why))?;
                    done += 1;
                }
            }
            let Some(m) = mark else {
                break;
            };
            code.mark_offsets[*next] = if m.inside_previous && m.instr > 0 {
                buf.last() + 1
            } else {
                buf.len() as u32
            };
            *next += 1;
        }
    }
    Ok(())
}

/// Encodes a descriptor that is not simple; a jump is put down.
#[inline(never)]
fn encode_other<E: Emit>(
    em: &Emitter,
    group: GroupId,
    desc: u32,
    cx: &EncodeCx,
    buf: &mut CodeBuf,
    jumps: &mut Vec<Jump>,
) -> Result<(), Refusal> {
    buf.begin_last();
    let d = &em.descs[desc as usize];
    let Some(class) = E::jump_class(d) else {
        return E::encode(d, cx, buf);
    };
    let label = Label(d.disp as u32);
    let target = em.labels.get(label).copied().unwrap_or(GroupId::NONE);
    if target.is_none() {
        return Err(Refusal::UnboundLabel);
    }
    let forward = target.0 > group.0;
    jumps.push(Jump::new(desc, buf.len() as u32, class.0, target, forward));
    buf.advance(PLACEHOLDER as usize);
    Ok(())
}

/// Pieces are short: copying a fixed number of bytes is quicker than finding out how many.
const CHUNK: usize = 2 * WINDOW;

/// Step 3: pieces, jumps, padding.
fn place<E: Emit>(em: &Emitter, scratch: &FinishScratch, code: &mut Code) {
    let mut from = 0;
    let mut at = 0;
    for (j, &shift) in scratch.jumps.iter().zip(&scratch.shifts) {
        copy(scratch, code, from, j.at, shift);
        at = j.at.wrapping_add_signed(shift) as usize;
        let out = &mut code.bytes[at..at + j.size as usize];
        if j.class == PADDING {
            E::write_nops(out);
        } else if j.size != 0 {
            let target = code.group_offsets[j.target.0 as usize];
            let d = &em.descs[j.desc as usize];
            E::write_jump(d, j.form as usize, target as i64 - at as i64, out);
        }
        from = j.at + j.placeholder();
        at += j.size as usize;
    }
    let shift = at as i64 - from as i64;
    copy(scratch, code, from, scratch.buf.len() as u32, shift as i32);
    for &g in &scratch.func_groups {
        code.func_starts.push(code.group_offsets[g.0 as usize]);
    }
}

/// Copies scratch bytes `from..to`. Both buffers have a chunk to spare.
#[inline(always)]
fn copy(scratch: &FinishScratch, code: &mut Code, from: u32, to: u32, shift: i32) {
    let (mut done, to) = (from as usize, to as usize);
    let mut into = from.wrapping_add_signed(shift) as usize;
    while done < to {
        code.bytes[into..into + CHUNK].copy_from_slice(scratch.buf.chunk(done));
        done += CHUNK;
        into += CHUNK;
    }
}

/// Walks along the shifts with ascending scratch positions.
struct Shifts<'a> {
    scratch: &'a FinishScratch,
    /// Entries passed.
    passed: usize,
    shift: i32,
}

impl<'a> Shifts<'a> {
    fn new(scratch: &'a FinishScratch) -> Shifts<'a> {
        Shifts {
            scratch,
            passed: 0,
            shift: 0,
        }
    }

    /// Passes the entries for which `before` holds and moves `at` accordingly.
    #[inline(always)]
    fn moved(&mut self, at: u32, before: impl Fn(&Jump) -> bool) -> u32 {
        while let Some(j) = self.scratch.jumps.get(self.passed)
            && before(j)
        {
            self.passed += 1;
            self.shift = self.scratch.shifts[self.passed];
        }
        at.wrapping_add_signed(self.shift)
    }
}

/// The offset, until places are known, of a mark without a group.
const AT_END: u32 = u32::MAX;

/// Step 3: marks from scratch positions to code offsets.
fn place_marks(em: &Emitter, scratch: &FinishScratch, code: &mut Code) {
    let end = code.bytes.len() as u32;
    let (body, filled) = code.mark_offsets.split_at_mut(em.marks_of_body());
    let (marks_of_body, marks_filled) = em.marks.split_at(em.marks_of_body());
    for (offsets, marks) in [(body, marks_of_body), (filled, marks_filled)] {
        let mut shifts = Shifts::new(scratch);
        for (at, mark) in offsets.iter_mut().zip(marks) {
            if *at == AT_END {
                *at = end;
                continue;
            }
            // A mark at padding stands before it if its group does.
            *at = shifts.moved(*at, |j| {
                j.at < *at || (j.at == *at && j.class == PADDING && j.target <= mark.group)
            });
        }
    }
}

/// Step 3: fixups within the code are filled, others become relocations.
fn place_fixups<E: Emit>(
    em: &Emitter,
    scratch: &FinishScratch,
    code: &mut Code,
) -> Result<(), EncodeError> {
    let mut shifts = Shifts::new(scratch);
    for f in &scratch.buf.fixups {
        let at = shifts.moved(f.at, |j| {
            j.at < f.at || (j.at == f.at && j.class == PADDING)
        });
        fixup::<E>(em, code, f, at).map_err(|why| {
            // Which descriptor it was of is not kept, the group's first stands for it.
            let group = scratch.starts.partition_point(|s| s.at <= f.at);
            let group = GroupId(group.saturating_sub(1) as u32);
            refused::<E>(em, em.groups[group].first, why)
        })?;
    }
    Ok(())
}

fn fixup<E: Emit>(em: &Emitter, code: &mut Code, f: &Fixup, at: u32) -> Result<(), Refusal> {
    let target = match f.target {
        FixupTarget::Data(d) => RelocTarget::Data(d),
        FixupTarget::Symbol(s) => RelocTarget::Symbol(s),
        FixupTarget::Label(label) => {
            let group = em.labels.get(label).copied().unwrap_or(GroupId::NONE);
            if group.is_none() {
                return Err(Refusal::UnboundLabel);
            }
            let to = code.group_offsets[group.0 as usize];
            if E::fixup_is_relative(f.kind) {
                let field = &mut code.bytes[at as usize..];
                let target = (to as u64).wrapping_add(f.addend as i64 as u64);
                return E::apply_fixup(f.kind, field, at as u64, target);
            }
            RelocTarget::Code(to)
        }
    };
    code.relocs.push(Reloc {
        section: Section::Code,
        offset: at,
        kind: f.kind,
        target,
        addend: f.addend,
    });
    Ok(())
}

/// Read-only data and its jump tables.
fn finish_data<E: Emit>(em: &Emitter, code: &mut Code) -> Result<(), EncodeError> {
    code.rodata.extend_from_slice(&em.data.bytes);
    code.rodata_align = em.data.align.max(1);
    for t in &em.data.table_entries {
        let group = em.labels.get(t.label).copied().unwrap_or(GroupId::NONE);
        if group.is_none() {
            return Err(refused::<E>(em, u32::MAX, Refusal::UnboundLabel));
        }
        // label - base, as "target - place" of the entry: the addend makes up for the entry not being the base.
        code.relocs.push(Reloc {
            section: Section::RoData,
            offset: t.at,
            kind: E::TABLE_FIXUP,
            target: RelocTarget::Code(code.group_offsets[group.0 as usize]),
            addend: (t.at - t.base) as i32,
        });
    }
    Ok(())
}
