//! From groups of descriptors to bytes.
//!
//! 1. *Encode once*: groups in layout order, every descriptor that is not a jump into one scratch buffer; a jump leaves a
//!    placeholder of one byte. Marks and fixups are recorded by scratch position.
//! 2. *Choose forms* for the jumps ([`jumps`](super::jumps)).
//! 3. *Place later*: copy the pieces between jumps, write jumps and alignment, fill fixups within the code, turn the rest into
//!    relocations, move marks to code offsets.
//!
//! Needs: every label bound that is used, every placeholder group filled. Keeps: the descriptors. Spoils: the order of the
//! emitter's marks, which become sorted by place.

use super::code::{Code, Reloc, RelocTarget, Section};
use super::encoder::{
    CodeBuf, Emit, EncodeCx, EncodeError, Fixup, FixupTarget, FrameAccess, Refusal, WINDOW,
};
use super::ins_group::{Emitter, GroupFlags, GroupId};
use super::instr_desc::Label;
use super::jumps::{GroupStarts, Jump, PADDING, PLACEHOLDER, choose_forms};

/// Memory of `finish`, reused between methods.
#[derive(Default)]
pub struct FinishScratch {
    buf: CodeBuf,
    jumps: Vec<Jump>,
    starts: GroupStarts,
    shifts: Vec<i32>,
}

/// Encodes everything in `em` and hands it over in `code`, which is cleared first.
pub fn finish<E: Emit>(
    em: &mut Emitter,
    frame: FrameAccess,
    scratch: &mut FinishScratch,
    code: &mut Code,
) -> Result<(), EncodeError> {
    code.clear();
    scratch.buf.clear();
    scratch.jumps.clear();
    scratch.starts.at.clear();
    scratch.starts.entries.clear();
    sort_marks(em);
    encode_groups::<E>(em, frame, scratch, code)?;
    let size = choose_forms::<E>(
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
    Placer::<E> {
        em,
        scratch,
        code,
        at: 0,
        next_mark: 0,
        next_fixup: 0,
        marker: std::marker::PhantomData,
    }
    .run()?;
    code.bytes.truncate(size as usize);
    finish_data::<E>(em, code)
}

/// Marks in order of place: by group, instruction, and within one place those inside the previous instruction first.
fn sort_marks(em: &mut Emitter) {
    let key = |m: &super::CodeMark| {
        (m.group.0 as u64) << 33 | (m.instr as u64) << 1 | !m.inside_previous as u64
    };
    if !em.marks.is_sorted_by_key(key) {
        em.marks.sort_by_key(key);
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
        buf, jumps, starts, ..
    } = scratch;
    let cx = EncodeCx {
        frame,
        frame_refs: &em.frame_refs,
        wide_imms: &em.wide_imms,
    };
    let mut marks = em.marks.iter().peekable();
    for (id, group) in em.groups.iter_enumerated() {
        buf.reserve(group.count as usize * E::MAX_INSTR_BYTES.max(PLACEHOLDER as usize));
        if buf.len() > i32::MAX as usize {
            return Err(refused::<E>(em, group.first, Refusal::TooLarge));
        }
        if group.flags.contains(GroupFlags::ALIGN) {
            jumps.push(Jump::padding(buf.len() as u32));
        }
        starts.at.push(buf.len() as u32);
        starts.entries.push(jumps.len() as u32);
        let descs = &em.descs[group.first as usize..(group.first + group.count) as usize];
        let mut previous = buf.len();
        let mut done = 0;
        // Runs between marks, so that the inner loop does not look for them.
        loop {
            let stop = match marks.peek() {
                Some(m) if m.group == id => (m.instr as usize).min(descs.len()),
                _ => descs.len(),
            };
            for (i, d) in descs[done..stop].iter().enumerate() {
                previous = buf.len();
                if E::encode_simple(d, &cx, buf) {
                    continue;
                }
                let desc = || group.first + (done + i) as u32;
                match E::jump_class(d) {
                    None => {
                        if let Err(why) = E::encode(d, &cx, buf) {
                            return Err(refused::<E>(em, desc(), why));
                        }
                    }
                    Some(class) => {
                        let target = em
                            .labels
                            .get(Label(d.disp as u32))
                            .copied()
                            .unwrap_or(GroupId::NONE);
                        if target.is_none() {
                            return Err(refused::<E>(em, desc(), Refusal::UnboundLabel));
                        }
                        let forward = target.0 > id.0;
                        let at = previous as u32;
                        jumps.push(Jump::new::<E>(desc(), at, class.0, target, forward));
                        buf.advance(PLACEHOLDER as usize);
                    }
                }
            }
            done = stop;
            // Marks beyond the group's length are taken as its end.
            while let Some(m) = marks
                .next_if(|m| m.group == id && (m.instr as usize <= done || done == descs.len()))
            {
                code.mark_offsets.push(if m.inside_previous && m.instr > 0 {
                    previous as u32 + 1
                } else {
                    buf.len() as u32
                });
            }
            if done == descs.len() {
                break;
            }
        }
    }
    Ok(())
}

/// Pieces are short: copying a fixed number of bytes is quicker than finding out how many.
const CHUNK: usize = WINDOW;

/// Step 3.
struct Placer<'a, E: Emit> {
    em: &'a Emitter,
    scratch: &'a FinishScratch,
    code: &'a mut Code,
    /// Bytes placed.
    at: usize,
    next_mark: usize,
    next_fixup: usize,
    marker: std::marker::PhantomData<E>,
}

impl<E: Emit> Placer<'_, E> {
    fn run(mut self) -> Result<(), EncodeError> {
        let scratch = self.scratch;
        self.code.align = E::LOOP_ALIGN;
        let mut from = 0;
        let mut next_jump = 0;
        for (i, group) in self.em.groups.iter().enumerate() {
            let end = scratch
                .starts
                .at
                .get(i + 1)
                .map_or(scratch.buf.len(), |&s| s as usize);
            let at = self.code.group_offsets[i] as usize;
            if self.at < at {
                E::write_nops(&mut self.code.bytes[self.at..at]);
                self.at = at;
            }
            if group.flags.contains(GroupFlags::FUNC_START) {
                self.code.func_starts.push(at as u32);
            }
            while let Some(j) = scratch.jumps.get(next_jump)
                && (j.at as usize) < end
            {
                next_jump += 1;
                if j.class == PADDING {
                    continue;
                }
                self.piece(GroupId(i as u32), from, j.at as usize)?;
                self.jump(j);
                from = j.at as usize + PLACEHOLDER as usize;
            }
            self.piece(GroupId(i as u32), from, end)?;
            from = end;
        }
        // Marks without a group stand at the end.
        let end = self.at as u32;
        self.code.mark_offsets.truncate(self.next_mark);
        self.code.mark_offsets.resize(self.em.marks.len(), end);
        Ok(())
    }

    /// Copies scratch bytes `from..to` of a group and takes along the group's marks up to and including `to` and the fixups.
    fn piece(&mut self, group: GroupId, from: usize, to: usize) -> Result<(), EncodeError> {
        let shift = self.at as i64 - from as i64;
        let mut done = from;
        while done < to {
            // Both buffers have a chunk to spare.
            let into = (done as i64 + shift) as usize;
            self.code.bytes[into..into + CHUNK].copy_from_slice(self.scratch.buf.chunk(done));
            done += CHUNK;
        }
        self.at += to - from;
        let marks = &mut self.code.mark_offsets;
        while let Some(m) = marks.get_mut(self.next_mark)
            && *m as usize <= to
            && self.em.marks[self.next_mark].group <= group
        {
            *m = (*m as i64 + shift) as u32;
            self.next_mark += 1;
        }
        while let Some(f) = self.scratch.buf.fixups.get(self.next_fixup)
            && (f.at as usize) < to
        {
            self.fixup(f, (f.at as i64 + shift) as u32)?;
            self.next_fixup += 1;
        }
        Ok(())
    }

    fn jump(&mut self, j: &Jump) {
        let at = self.at;
        let delta = self.code.group_offsets[j.target.0 as usize] as i64 - at as i64;
        if j.size != 0 {
            self.at += j.size as usize;
            E::write_jump(
                &self.em.descs[j.desc as usize],
                j.form as usize,
                delta,
                &mut self.code.bytes[at..self.at],
            );
        }
    }

    fn fixup(&mut self, f: &Fixup, at: u32) -> Result<(), EncodeError> {
        let target = match f.target {
            FixupTarget::Data(d) => RelocTarget::Data(d),
            FixupTarget::Symbol(s) => RelocTarget::Symbol(s),
            FixupTarget::Label(label) => {
                let group = self.em.labels.get(label).copied().unwrap_or(GroupId::NONE);
                if group.is_none() {
                    return Err(self.refused_at(f.at, Refusal::UnboundLabel));
                }
                let to = self.code.group_offsets[group.0 as usize];
                if E::fixup_is_relative(f.kind) {
                    let field = &mut self.code.bytes[at as usize..];
                    let target = (to as u64).wrapping_add(f.addend as i64 as u64);
                    return E::apply_fixup(f.kind, field, at as u64, target)
                        .map_err(|why| self.refused_at(f.at, why));
                }
                RelocTarget::Code(to)
            }
        };
        self.code.relocs.push(Reloc {
            section: Section::Code,
            offset: at,
            kind: f.kind,
            target,
            addend: f.addend,
        });
        Ok(())
    }

    /// The refusal of a fixup; which descriptor it was of is not kept, the group's first stands for it.
    fn refused_at(&self, scratch_pos: u32, why: Refusal) -> EncodeError {
        let group = self
            .scratch
            .starts
            .at
            .partition_point(|&s| s <= scratch_pos)
            .saturating_sub(1);
        refused::<E>(self.em, self.em.groups[GroupId(group as u32)].first, why)
    }
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
