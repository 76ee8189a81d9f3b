//! From groups of descriptors to bytes.
//!
//! 1. *Encode once*: groups in layout order, every descriptor that is not a jump into one scratch buffer; a jump leaves a
//!    placeholder of one byte. Where descriptors begin and fixups are is recorded by scratch position. Nearly all descriptors take
//!    the short way, [`Emit::encode_simple`], in a loop that calls nothing.
//! 2. *Choose forms* for the jumps ([`jumps`](super::jumps)).
//! 3. *Place later*: copy the pieces between jumps, write jumps and alignment, fill fixups within the code, turn the rest into
//!    relocations, move marks to code offsets.
//!
//! Needs: every label bound that is used, every placeholder group filled. Keeps: the descriptors, but for those set aside. Spoils: the
//! order of the emitter's marks: the body's become sorted by place, and behind them those of placeholders.

use super::aside::Aside;
use super::code::{Code, Reloc, RelocTarget, Section};
use super::code_mark::CodeMark;
use super::encoder::{
    CodeBuf, Emit, EncodeCx, EncodeError, Fixup, FixupTarget, FrameAccess, NearSlot, Refusal,
    WINDOW,
};
use super::ins_group::{Emitter, GroupFlags, GroupId, InsGroup};
use super::instr_desc::{InstrDesc, Label};
use super::jumps::{GroupStart, Jump, PADDING, PLACEHOLDER, choose_forms};
use crate::util::room::{push_gently, release};
use std::ops::Range;

/// Memory of `finish`, reused between methods.
#[derive(Default)]
pub struct FinishScratch {
    buf: CodeBuf,
    jumps: Vec<Jump>,
    /// If descriptors were set aside, those of jumps.
    jump_descs: Vec<InstrDesc>,
    starts: Vec<GroupStart>,
    /// Where each descriptor of the stretch at hand begins in `buf`, and where the last ends.
    desc_starts: Vec<u32>,
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
    scratch.jump_descs.clear();
    let (body, filled) = em.marks_mut();
    sort_marks(body);
    sort_marks(filled);
    let mut aside = std::mem::take(&mut em.aside);
    encode_groups::<E>(em, &mut aside, frame, scratch, &mut code.mark_offsets)?;
    drop(aside);
    if em.num_aside != 0 {
        // All that is left of them is copies of jumps.
        em.descs = Vec::new();
    }
    let size = choose_forms::<E>(
        em.long_jumps,
        &scratch.starts,
        scratch.buf.len() as u32,
        &mut scratch.jumps,
        &mut scratch.shifts,
        &mut code.group_offsets,
    )
    .map_err(|(jump, why)| {
        let desc = scratch.jumps.get(jump).map_or(u32::MAX, |j| j.desc);
        refused::<E>(jump_descs(em, scratch).get(desc as usize), desc, why)
    })?;
    // Pieces are copied in whole chunks, so there must be room behind them.
    code.bytes.reserve_exact(size as usize + CHUNK);
    code.bytes.resize(size as usize + CHUNK, 0);
    code.align = E::LOOP_ALIGN;
    place::<E>(em, scratch, code);
    code.bytes.truncate(size as usize);
    scratch.buf.release();
    place_marks(em, scratch, code);
    place_fixups::<E>(em, scratch, code)?;
    scratch.release();
    finish_data::<E>(em, code)
}

impl FinishScratch {
    /// Gives a large method's memory back.
    fn release(&mut self) {
        release(&mut self.buf.fixups);
        release(&mut self.jumps);
        release(&mut self.jump_descs);
        release(&mut self.starts);
        release(&mut self.shifts);
        release(&mut self.func_groups);
    }
}

/// Where [`Jump::desc`] points.
fn jump_descs<'a>(em: &'a Emitter, scratch: &'a FinishScratch) -> &'a [InstrDesc] {
    match em.num_aside {
        0 => &em.descs,
        _ => &scratch.jump_descs,
    }
}

/// Marks in order of place: by group, instruction, and within one place those inside the previous instruction first. Those of the
/// body and those of filled placeholders are each in order most often, and never in one group.
fn sort_marks(marks: &mut [CodeMark]) {
    if !marks.is_sorted_by_key(CodeMark::place) {
        marks.sort_by_key(CodeMark::place);
    }
}

fn refused<E: Emit>(d: Option<&InstrDesc>, desc: u32, why: Refusal) -> EncodeError {
    let form = d.map_or("", |d| E::form_name(d.form));
    EncodeError { desc, form, why }
}

/// Descriptors of a stretch: so many are encoded before what is asked about their positions is answered.
const STRETCH: usize = 1 << 14;

/// Step 1. `mark_offsets` become scratch positions, the emitter's marks being in order.
fn encode_groups<E: Emit>(
    em: &Emitter,
    aside: &mut Aside,
    frame: FrameAccess,
    scratch: &mut FinishScratch,
    mark_offsets: &mut Vec<u32>,
) -> Result<(), EncodeError> {
    let near = frame.offsets.iter().take(1 << 16);
    scratch.slots.clear();
    scratch
        .slots
        .extend(near.map_while(|&at| E::near_slot(frame.base, at)));
    scratch.starts.clear();
    scratch.starts.reserve_exact(em.groups.len());
    scratch.func_groups.clear();
    let all = em.num_aside as usize + em.descs.len();
    scratch.desc_starts.resize(all.min(STRETCH) + 1, 0);
    mark_offsets.reserve_exact(em.marks.len());
    mark_offsets.resize(em.marks.len(), 0);
    let (of_body, filled) = em.marks.split_at(em.marks_of_body());
    let (to_body, to_filled) = mark_offsets.split_at_mut(of_body.len());
    let mut marks = [
        Unplaced::new(of_body, to_body),
        Unplaced::new(filled, to_filled),
    ];
    let cx = EncodeCx {
        frame,
        frame_refs: &em.frame_refs,
        wide_imms: &em.wide_imms,
    };
    let groups = em.groups.as_slice();
    let (mut from, mut done) = (0, 0);
    while let Some(group) = groups.get(from) {
        if group.flags.contains(GroupFlags::ALIGN) {
            let id = GroupId(from as u32);
            scratch
                .jumps
                .push(Jump::padding(scratch.buf.len() as u32, id));
        }
        // Groups that follow each other among the descriptors too are encoded as one.
        let mut end = group.first + group.count;
        let mut to = from + 1;
        while let Some(next) = groups.get(to)
            && next.first == end
            && !next.flags.contains(GroupFlags::ALIGN)
        {
            end += next.count;
            to += 1;
        }
        let mut entries = scratch.jumps.len();
        let (mut first, end) = (group.first as usize, end as usize);
        loop {
            let descs = match first.checked_sub(em.num_aside as usize) {
                Some(at) => &em.descs[at..],
                None => aside.starting_at(first as u32),
            };
            let descs = &descs[..descs.len().min(end - first).min(STRETCH)];
            if descs.is_empty() && first != end {
                // Chunks are read in the order of generation, as the body's groups are.
                return Err(refused::<E>(None, first as u32, Refusal::UnknownIndex));
            }
            let stretch = first..first + descs.len();
            encode_run::<E>(em, &cx, descs, first, scratch)?;
            scratch.desc_starts[stretch.len()] = scratch.buf.len() as u32;
            from = group_starts(groups, from..to, &stretch, &mut entries, scratch);
            for list in &mut marks {
                list.place(groups, to, &stretch, &scratch.desc_starts);
            }
            scratch.foresee(&mut done, stretch.len(), all);
            first = stretch.end;
            if first == end {
                break;
            }
        }
    }
    // Pieces are copied from here in whole chunks.
    scratch.buf.reserve(0);
    Ok(())
}

/// Notes where those of groups `ids` begin that begin in or right behind `stretch`, just encoded. Returns the first that does not.
/// `entries`: jumps and paddings before the first of `ids` at least.
#[inline(always)]
fn group_starts(
    groups: &[InsGroup],
    ids: Range<usize>,
    stretch: &Range<usize>,
    entries: &mut usize,
    scratch: &mut FinishScratch,
) -> usize {
    for (group, id) in groups[ids.clone()].iter().zip(ids.start..) {
        let first = group.first as usize;
        if first > stretch.end {
            return id;
        }
        let at = scratch.desc_starts[first - stretch.start];
        while scratch.jumps.get(*entries).is_some_and(|j| j.at < at) {
            *entries += 1;
        }
        scratch.starts.push(GroupStart {
            at,
            entries: *entries as u32,
        });
        if group.flags.contains(GroupFlags::FUNC_START) {
            scratch.func_groups.push(GroupId(id as u32));
        }
    }
    ids.end
}

/// Marks in order of place and where their scratch positions go, without those that have theirs.
struct Unplaced<'a> {
    marks: &'a [CodeMark],
    to: std::slice::IterMut<'a, u32>,
}

impl<'a> Unplaced<'a> {
    fn new(marks: &'a [CodeMark], to: &'a mut [u32]) -> Unplaced<'a> {
        let to = to.iter_mut();
        Unplaced { marks, to }
    }

    /// Places the marks of groups before `end` as far as `stretch`, just encoded, goes. A mark beyond its group's length is at the
    /// group's end.
    #[inline(always)]
    fn place(&mut self, groups: &[InsGroup], end: usize, stretch: &Range<usize>, starts: &[u32]) {
        while let [mark, rest @ ..] = self.marks
            && (mark.group.0 as usize) < end
        {
            let group = &groups[mark.group.0 as usize];
            let instr = mark.instr().min(group.count);
            let inside = (mark.is_inside_previous() && instr > 0) as u32;
            let desc = (group.first + instr - inside) as usize;
            if desc > stretch.end {
                return;
            }
            if let Some(to) = self.to.next() {
                *to = starts[desc - stretch.start] + inside;
            }
            self.marks = rest;
        }
    }
}

/// Descriptors from which on it is worth while to look ahead.
const MANY_DESCS: usize = 1 << 16;

impl FinishScratch {
    /// `more` descriptors beyond `done` of `all` are encoded: twice on the way a large method's vectors get the room that they will
    /// take if the rest is like that.
    #[inline(always)]
    fn foresee(&mut self, done: &mut usize, more: usize, all: usize) {
        let before = *done;
        *done += more;
        if all >= MANY_DESCS {
            let passes = |part: usize| before < part && *done >= part;
            if passes(all / 16) || passes(all / 2) {
                self.foresee_room(*done, all);
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn foresee_room(&mut self, done: usize, all: usize) {
        // Early on only so much as lasts to the second time, which knows better.
        let end = if done < all / 2 {
            all / 2 + STRETCH
        } else {
            all
        };
        let more = |len: usize| {
            let rest = len as u64 * end.saturating_sub(done) as u64 / done as u64;
            (rest + rest / 32) as usize
        };
        self.buf.foresee(more(self.buf.len()));
        let fixups = &mut self.buf.fixups;
        fixups.reserve_exact(more(fixups.len()));
        self.jumps.reserve_exact(more(self.jumps.len()));
    }
}

/// Encodes descriptors, the first of which has number `first`, and notes where each begins.
#[inline(never)]
fn encode_run<E: Emit>(
    em: &Emitter,
    cx: &EncodeCx,
    mut descs: &[InstrDesc],
    first: usize,
    scratch: &mut FinishScratch,
) -> Result<(), EncodeError> {
    let end = first + descs.len();
    let mut starts = &mut scratch.desc_starts[..descs.len()];
    loop {
        let done = scratch.buf.write_run::<E>(descs, starts, &scratch.slots);
        let Some(d) = descs.get(done) else {
            return Ok(());
        };
        let at = (end - descs.len() + done) as u32;
        let (jumps, copies) = (&mut scratch.jumps, &mut scratch.jump_descs);
        encode_other::<E>(em, d, at, cx, &mut scratch.buf, jumps, copies)
            .map_err(|why| refused::<E>(Some(d), at, why))?;
        descs = &descs[done + 1..];
        starts = &mut starts[done + 1..];
    }
}

/// Encodes descriptor number `desc`, which is `d` and not simple, or had no room; a jump is put down.
#[inline(never)]
fn encode_other<E: Emit>(
    em: &Emitter,
    d: &InstrDesc,
    mut desc: u32,
    cx: &EncodeCx,
    buf: &mut CodeBuf,
    jumps: &mut Vec<Jump>,
    copies: &mut Vec<InstrDesc>,
) -> Result<(), Refusal> {
    if buf.len() > i32::MAX as usize {
        return Err(Refusal::TooLarge);
    }
    buf.reserve(E::MAX_INSTR_BYTES);
    let Some(class) = E::jump_class(d) else {
        return E::encode(d, cx, buf);
    };
    let label = Label(d.disp as u32);
    let target = em.labels.get(label).copied().unwrap_or(GroupId::NONE);
    if target.is_none() {
        return Err(Refusal::UnboundLabel);
    }
    if em.num_aside != 0 {
        desc = copies.len() as u32;
        push_gently(copies, *d);
    }
    let jump = Jump::new(desc, buf.len() as u32, class.0, target);
    push_gently(jumps, jump);
    buf.advance(PLACEHOLDER as usize);
    Ok(())
}

/// Pieces are short: copying a fixed number of bytes is quicker than finding out how many.
const CHUNK: usize = 2 * WINDOW;

/// Step 3: pieces, jumps, padding.
fn place<E: Emit>(em: &Emitter, scratch: &FinishScratch, code: &mut Code) {
    let mut from = 0;
    let mut at = 0;
    let descs = jump_descs(em, scratch);
    for (j, &shift) in scratch.jumps.iter().zip(&scratch.shifts) {
        copy(scratch, code, from, j.at, shift);
        at = j.at.wrapping_add_signed(shift) as usize;
        let out = &mut code.bytes[at..at + j.size as usize];
        if j.class == PADDING {
            E::write_nops(out);
        } else if j.size != 0 {
            let target = code.group_offsets[j.target.0 as usize];
            let d = &descs[j.desc as usize];
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

/// Step 3: marks from scratch positions to code offsets.
fn place_marks(em: &Emitter, scratch: &FinishScratch, code: &mut Code) {
    let (of_body, filled) = em.marks.split_at(em.marks_of_body());
    let (to_body, to_filled) = code.mark_offsets.split_at_mut(of_body.len());
    for (marks, offsets) in [(of_body, to_body), (filled, to_filled)] {
        let mut shifts = Shifts::new(scratch);
        for (mark, offset) in marks.iter().zip(offsets) {
            let at = *offset;
            // A mark at padding stands before it if its group does.
            *offset = shifts.moved(at, |j| {
                j.at < at || (j.at == at && j.class == PADDING && j.target <= mark.group)
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
    let entries = scratch.buf.fixups.len() + em.data.table_entries.len();
    code.relocs.reserve_exact(entries);
    for f in &scratch.buf.fixups {
        let at = shifts.moved(f.at, |j| {
            j.at < f.at || (j.at == f.at && j.class == PADDING)
        });
        fixup::<E>(em, code, f, at).map_err(|why| {
            // Which descriptor it was of is not kept, the group's first stands for it.
            let group = scratch.starts.partition_point(|s| s.at <= f.at);
            let group = GroupId(group.saturating_sub(1) as u32);
            let first = em.groups[group].first;
            refused::<E>(em.descs.get(first as usize), first, why)
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
            return Err(refused::<E>(None, u32::MAX, Refusal::UnboundLabel));
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
