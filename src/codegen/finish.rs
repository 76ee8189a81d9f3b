//! From a generated body to a finished method: frame layout, prologs and epilogs, bytes, and all tables about the code.

use super::code::{CompiledMethod, EhClauseOut, FuncFragment, FuncKind, IlMapping, Relocation};
use super::{EpilogEnd, FragmentKind, Gen, GenCx, SymbolName};
use crate::emit::{
    Code, FinishScratch, FrameAccess, GroupFlags, Label, MarkKind, Refusal, RelocTarget, Section,
    SlotId, finish,
};
use crate::gcinfo::{
    GC_ARM64, GC_X64, GcEvent, GcInfoEncoder, GcInfoInput, GcInfoVersion, GcSlot, GcSlotBase,
    GcSlotFlags, GcSlotTable, GenericsContext, GenericsContextKind, ReturnKind,
};
use crate::ir::{Bail, ContextKind};
use crate::target::UnwindFlavour;
use crate::types::{GcKind, VarType};
use crate::unwind::{EpilogScope, UnwindInfoInput, UnwindStep, win_arm64::WinArm64Writer, win_x64};
use crate::util::Idx;
use crate::util::room::{push_gently, release};

/// Reusable memory of the last step.
#[derive(Default)]
pub struct Finisher {
    scratch: FinishScratch,
    code: Code,
    encoder: GcInfoEncoder,
    slots: GcSlotTable,
    events: Vec<GcEvent>,
    safe_points: Vec<u32>,
    /// Return addresses of calls in which a collection may happen.
    calls: Vec<u32>,
    ranges: Vec<(u32, u32)>,
    holes: Vec<(u32, u32)>,
    positions: Vec<u32>,
    op_offsets: Vec<u32>,
    prolog: Vec<UnwindStep>,
    epilogs: Vec<EpilogScope>,
    epilog_steps: Vec<UnwindStep>,
    xdata: WinArm64Writer,
    /// Code range and end of the unwind record of each piece of the fragment at hand.
    pieces: Vec<(std::ops::Range<u32>, usize)>,
    block: Vec<u8>,
}

/// What to check and to print.
#[derive(Copy, Clone, Default)]
pub struct FinishOptions {
    /// Simulate unwinding, decode GC info.
    pub verify: bool,
    /// Produce the listing.
    pub disasm: bool,
    /// Leave code offsets and source positions out of the listing.
    pub diffable: bool,
    /// Show births and deaths of GC pointers in the listing.
    pub disasm_gc: bool,
}

impl Finisher {
    /// Finishes the method generated in `cx`.
    pub fn run<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        options: FinishOptions,
        out: &mut CompiledMethod,
    ) -> Result<(), Bail> {
        lay_frame_out(cx);
        if cx.st.frame.total > 1 << 30 {
            return Err(Bail::Limit("frame size"));
        }
        let frame = &cx.st.frame;
        if frame.dynamic && !frame.outgoing_probed && frame.outgoing >= cx.abi.page_size {
            let what = "SP skips pages below memory taken at run time";
            return Err(Bail::Internal(what.to_owned()));
        }
        fill_placeholders::<G>(cx)?;
        let frame = FrameAccess {
            base: cx.st.frame.base(cx.desc),
            offsets: &cx.st.frame.offsets,
        };
        let read_once = !options.verify && !options.disasm;
        finish::<G>(cx.em, frame, &mut self.scratch, &mut self.code).map_err(|e| match e.why {
            Refusal::TooLarge | Refusal::OutOfReach => Bail::Limit("code size"),
            _ => Bail::Internal(format!("encoding: {e}")),
        })?;
        #[cfg(any(test, feature = "checked"))]
        if options.verify {
            G::verify(cx.em, frame, &self.code).map_err(|e| {
                let name = &cx.method.name;
                Bail::Internal(format!("{name}: the bytes are not what was meant: {e}"))
            })?;
        }
        self.take_code::<G>(cx, out)?;
        if read_once {
            release(&mut self.code.relocs);
            release(&mut cx.em.symbols);
            release(&mut cx.st.symbol_names);
            cx.em.release_code();
        }
        self.read_marks(cx, out);
        if read_once {
            cx.em.release_marks();
            release(&mut self.code.mark_offsets);
        }
        self.fragments(cx, options, out)?;
        release(&mut self.epilogs);
        release(&mut self.epilog_steps);
        release(&mut self.op_offsets);
        self.eh_clauses(cx, out);
        self.gc_info(cx, options, out)?;
        out.frame_bytes = cx.st.frame.total;
        out.frame_pointer = !cx.st.frame.omit_fp;
        out.interruptible = cx.interruptible;
        if options.disasm {
            self.list::<G>(cx, options, out);
        }
        // Handed over, not copied; the vector that comes back serves the next method.
        std::mem::swap(&mut out.code, &mut self.code.bytes);
        Ok(())
    }

    /// Gives every mark its offset and sorts it to its table.
    fn read_marks(&mut self, cx: &mut GenCx<'_>, out: &mut CompiledMethod) {
        self.slots.clear();
        self.events.clear();
        self.safe_points.clear();
        self.calls.clear();
        self.holes.clear();
        self.positions.clear();
        self.positions.resize(2 * cx.body.regions.len(), u32::MAX);
        self.op_offsets.clear();
        self.op_offsets.resize(cx.st.unwind_ops.len(), 0);
        let mut reg_slot = [u32::MAX; 64];
        let (mut hole, mut open_holes) = (u32::MAX, 0u32);
        for (i, m) in cx.em.marks.iter().enumerate() {
            let at = whole_instruction(self.code.mark_offsets[i], cx);
            match m.kind {
                MarkKind::GcRegLive(r, kind) => {
                    let s = self
                        .slots
                        .intern(GcSlot::register(r.hw(), kind_flags(kind, false)));
                    reg_slot[r.0 as usize] = s;
                    self.events.push(GcEvent {
                        offset: at,
                        slot: s,
                        live: true,
                    });
                }
                MarkKind::GcRegDead(r) => {
                    let s = std::mem::replace(&mut reg_slot[r.0 as usize], u32::MAX);
                    if s != u32::MAX {
                        self.events.push(GcEvent {
                            offset: at,
                            slot: s,
                            live: false,
                        });
                    }
                }
                MarkKind::GcSlotLive(slot, word, kind) => {
                    let s = self.slots.intern(stack_slot(cx, slot, word, kind));
                    self.events.push(GcEvent {
                        offset: at,
                        slot: s,
                        live: true,
                    });
                }
                MarkKind::GcSlotDead(slot, word, kind) => {
                    let s = self.slots.intern(stack_slot(cx, slot, word, kind));
                    self.events.push(GcEvent {
                        offset: at,
                        slot: s,
                        live: false,
                    });
                }
                MarkKind::CallSite { safe_point } => {
                    if safe_point {
                        self.safe_points.push(at);
                        self.calls.push(at);
                    }
                }
                MarkKind::IlOffset { il, source } => {
                    // A later mark at one place overrides an earlier.
                    if out.il_map.last().is_some_and(|l| l.native == at) {
                        out.il_map.pop();
                    }
                    push_gently(
                        &mut out.il_map,
                        IlMapping {
                            native: at,
                            il,
                            source,
                        },
                    );
                }
                MarkKind::Position(p) => self.positions[p as usize] = at,
                MarkKind::NoGcBegin => {
                    hole = hole.min(at);
                    open_holes += 1;
                }
                MarkKind::NoGcEnd => {
                    // Stretches that overlap are one.
                    open_holes -= 1;
                    if open_holes == 0 {
                        if hole < at {
                            self.holes.push((hole, at));
                        }
                        hole = u32::MAX;
                    }
                }
                MarkKind::Unwind(op) => self.op_offsets[op as usize] = at,
            }
        }
    }

    fn take_code<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        out: &mut CompiledMethod,
    ) -> Result<(), Bail> {
        out.rodata.extend_from_slice(&self.code.rodata);
        out.rodata_align = self.code.rodata_align.max(1);
        out.relocs.reserve_exact(self.code.relocs.len());
        for r in &self.code.relocs {
            if r.section == Section::RoData {
                continue;
            }
            let (target, data) = match r.target {
                RelocTarget::Data(at) => (at as u64, true),
                RelocTarget::Symbol(s) => (cx.em.symbols[s as usize].value, false),
                RelocTarget::Code(_) => {
                    return Err(Bail::Internal("unresolved distance in code".into()));
                }
            };
            // The field's own width and what follows it in the instruction are in the addend.
            let behind = r.addend + 4 * i32::from(cx.desc.code_unit == 1);
            let mut target = target;
            if data && behind != 0 {
                let at = r.offset as usize;
                if let Some(field) = self.code.bytes.get_mut(at..at + 4) {
                    field.copy_from_slice(&behind.to_le_bytes());
                }
            } else {
                target = target.wrapping_add(behind as i64 as u64);
            }
            out.relocs.push(Relocation {
                at: r.offset,
                kind: G::reloc_kind(r.kind, data),
                target,
            });
        }
        // Jump tables hold distances from the method's first byte, so they need no relocation.
        for e in &cx.em.data.table_entries {
            let to = self.label_offset(cx, e.label)?;
            out.rodata[e.at as usize..e.at as usize + 4].copy_from_slice(&to.to_le_bytes());
        }
        Ok(())
    }

    fn label_offset(&self, cx: &GenCx<'_>, label: Label) -> Result<u32, Bail> {
        let g = cx.em.labels[label];
        if g.is_none() {
            return Err(Bail::Internal(format!("{label} is not bound")));
        }
        Ok(self.code.group_offsets[g.index()])
    }

    fn group_range(&self, g: usize) -> (u32, u32) {
        let end = self
            .code
            .group_offsets
            .get(g + 1)
            .copied()
            .unwrap_or(self.code.bytes.len() as u32);
        (self.code.group_offsets[g], end)
    }

    /// The fragments with their unwind data.
    fn fragments(
        &mut self,
        cx: &mut GenCx<'_>,
        options: FinishOptions,
        out: &mut CompiledMethod,
    ) -> Result<(), Bail> {
        // Epilogs are in the order of fragments, as code is generated.
        let mut next_epilog = 0;
        for i in 0..cx.st.fragments.len() {
            let f = cx.st.fragments[i].clone();
            let range = self.code.func_range(i);
            self.prolog.clear();
            self.epilogs.clear();
            self.epilog_steps.clear();
            for op in f.prolog_ops.0..f.prolog_ops.1 {
                self.prolog.push(self.step(cx, op));
            }
            while let Some(e) = cx.st.epilogs.get(next_epilog)
                && e.func as usize <= i
            {
                next_epilog += 1;
                let (start, end) = self.group_range(e.group.index());
                let first_step = self.epilog_steps.len() as u32;
                for op in e.ops.0..e.ops.1 {
                    let step = self.step(cx, op);
                    push_gently(&mut self.epilog_steps, step);
                }
                let step_count = self.epilog_steps.len() as u32 - first_step;
                push_gently(
                    &mut self.epilogs,
                    EpilogScope {
                        start,
                        end,
                        first_step,
                        step_count,
                    },
                );
            }
            let kind = match f.kind {
                FragmentKind::Root => FuncKind::Root,
                FragmentKind::Handler => FuncKind::Handler,
                FragmentKind::Filter => FuncKind::Filter,
            };
            self.unwind_data(cx, kind, range, options, out)?;
        }
        debug_assert_eq!(next_epilog, cx.st.epilogs.len());
        Ok(())
    }

    /// Writes the unwind data of the fragment whose steps have been gathered, in as many pieces as the format needs.
    fn unwind_data(
        &mut self,
        cx: &GenCx<'_>,
        kind: FuncKind,
        range: std::ops::Range<u32>,
        options: FinishOptions,
        out: &mut CompiledMethod,
    ) -> Result<(), Bail> {
        let input = UnwindInfoInput {
            start: range.start,
            end: range.end,
            prolog_end: self.prolog.last().map_or(range.start, |s| s.offset),
            prolog: &self.prolog,
            epilogs: &self.epilogs,
            epilog_steps: &self.epilog_steps,
        };
        let block = &mut self.block;
        block.clear();
        self.pieces.clear();
        match cx.desc.unwind {
            UnwindFlavour::WinX64 => {
                let is_large = cx.desc.dynamic_fp_reach == u32::MAX;
                win_x64::write(&input, is_large, block)
                    .map(|()| self.pieces.push((range, block.len())))
            }
            UnwindFlavour::WinArm64 => self.xdata.write_pieces(&input, block, &mut self.pieces),
        }
        .map_err(|e| Bail::Internal(format!("unwind data: {e}")))?;
        if options.verify {
            let sp_moves = cx.st.frame.dynamic && kind == FuncKind::Root;
            let code = &self.code.bytes;
            check_unwind(cx, &input, code, block, &self.pieces, sp_moves)?;
        }
        let at = out.unwind.len() as u32;
        out.unwind.extend_from_slice(block);
        let mut from = at;
        for (i, (range, end)) in self.pieces.iter().enumerate() {
            let to = at + *end as u32;
            push_gently(
                &mut out.funcs,
                FuncFragment {
                    kind,
                    continues: i != 0,
                    start: range.start,
                    end: range.end,
                    unwind: (from, to),
                },
            );
            from = to;
        }
        Ok(())
    }

    fn step(&self, cx: &GenCx<'_>, op: u32) -> UnwindStep {
        UnwindStep {
            offset: self.op_offsets[op as usize],
            op: cx.st.unwind_ops[op as usize],
        }
    }

    fn eh_clauses(&mut self, cx: &GenCx<'_>, out: &mut CompiledMethod) {
        let mut previous = crate::ir::RegionId::NONE;
        for c in cx.body.clauses.iter() {
            let t = c.try_region.index();
            let try_range = (self.positions[2 * t], self.positions[2 * t + 1]);
            let fragment = |entry| {
                let func = cx.st.eh.fragment_of(entry)?;
                Some(self.code.func_range(func as usize))
            };
            let Some(handler) = fragment(c.handler_entry) else {
                continue;
            };
            // A protected region without code cannot raise anything.
            if try_range.0 == u32::MAX || try_range.1 == u32::MAX || try_range.0 >= try_range.1 {
                continue;
            }
            let filter = if c.filter_entry.is_some() {
                fragment(c.filter_entry)
            } else {
                None
            };
            push_gently(
                &mut out.eh,
                EhClauseOut {
                    kind: c.kind,
                    same_try: previous == c.try_region,
                    try_range,
                    handler_range: (handler.start, handler.end),
                    filter_start: filter.map_or(0, |f| f.start),
                },
            );
            previous = c.try_region;
        }
    }

    fn gc_info(
        &mut self,
        cx: &GenCx<'_>,
        options: FinishOptions,
        out: &mut CompiledMethod,
    ) -> Result<(), Bail> {
        let slots = &mut self.slots;
        let base = slot_base(cx);
        cx.st.frame.for_each_untracked(|at, kind, pinned| {
            slots.intern(GcSlot::stack(
                base,
                at,
                kind_flags(kind, pinned) | GcSlotFlags::UNTRACKED,
            ));
        });
        self.ranges.clear();
        let version = match cx.abi.gc_info {
            crate::target::GcInfoVersion::V3 => GcInfoVersion::V3,
            crate::target::GcInfoVersion::V4 => GcInfoVersion::V4,
        };
        if cx.interruptible {
            self.interruptible_ranges(cx);
            self.open_call_sites(cx, version);
            self.safe_points.clear();
        }
        let isa = match cx.desc.unwind {
            UnwindFlavour::WinX64 => &GC_X64,
            UnwindFlavour::WinArm64 => &GC_ARM64,
        };
        let input = GcInfoInput {
            return_kind: return_kind(cx),
            stack_base_register: (!cx.st.frame.omit_fp).then(|| cx.desc.fp.hw()),
            has_tail_calls: cx.st.epilogs.iter().any(|e| e.end != EpilogEnd::Return),
            wants_report_only_leaf: !cx.body.clauses.is_empty(),
            psp_sym: cx
                .st
                .frame
                .psp_sym
                .is_some()
                .then_some(cx.st.frame.outgoing as i32),
            generics_context: generics_context(cx, version),
            prolog_size: self.root_prolog_end(cx),
            outgoing_area_size: cx.st.frame.outgoing,
            slots: self.slots.slots(),
            events: &self.events,
            safe_points: &self.safe_points,
            interruptible: &self.ranges,
            omit_empty_safe_points: !cx.full,
            ..GcInfoInput::new(version, isa, self.code.bytes.len() as u32)
        };
        self.encoder
            .encode(&input, &mut out.gc_info)
            .map_err(|e| Bail::Internal(format!("GC info: {e}")))?;
        if options.verify {
            crate::gcinfo::verify(&input, &out.gc_info).map_err(|e| {
                Bail::Internal(format!("GC info does not decode to what was said: {e}"))
            })?;
            if cx.interruptible {
                let (unit, size) = (cx.desc.code_unit, self.code.bytes.len() as u32);
                check_calls(&self.calls, &self.ranges, version, unit, size)?;
            }
        }
        Ok(())
    }

    /// Where the root's prolog ends.
    fn root_prolog_end(&self, cx: &GenCx<'_>) -> u32 {
        cx.st
            .fragments
            .first()
            .map_or(0, |f| self.group_range(f.prolog.index()).1)
    }

    /// Everything but prologs, epilogs and the stretches that marks exclude.
    fn interruptible_ranges(&mut self, cx: &GenCx<'_>) {
        for (id, g) in cx.em.groups.iter_enumerated() {
            if g.flags.contains(GroupFlags::NO_GC) {
                self.holes.push(self.group_range(id.index()));
            }
        }
        self.holes.sort_unstable();
        let mut at = 0;
        for &(start, end) in &self.holes {
            if start > at {
                self.ranges.push((at, start));
            }
            at = at.max(end);
        }
        let len = self.code.bytes.len() as u32;
        if at < len {
            self.ranges.push((at, len));
        }
    }

    /// A frame that waits for a call is looked at where the call is, or behind it (newer formats): there must be no hole.
    fn open_call_sites(&mut self, cx: &GenCx<'_>, version: GcInfoVersion) {
        let unit = cx.desc.code_unit;
        let closed = self.ranges.len();
        for &ret in &self.calls {
            let (start, end) = looked_up(version, ret, unit, self.code.bytes.len() as u32);
            let known = &self.ranges[..closed];
            let at = known.partition_point(|r| r.1 <= start);
            if known.get(at).is_none_or(|r| start < r.0 || end > r.1) {
                self.ranges.push((start, end));
            }
        }
        if self.ranges.len() == closed {
            return;
        }
        self.ranges.sort_unstable();
        let mut kept: usize = 0;
        for i in 1..self.ranges.len() {
            let next = self.ranges[i];
            let last = &mut self.ranges[kept];
            if next.0 <= last.1 {
                last.1 = last.1.max(next.1);
            } else {
                kept += 1;
                self.ranges[kept] = next;
            }
        }
        self.ranges.truncate(kept + 1);
    }

    fn list<G: Gen>(&self, cx: &GenCx<'_>, options: FinishOptions, out: &mut CompiledMethod) {
        let frame = FrameAccess {
            base: cx.st.frame.base(cx.desc),
            offsets: &cx.st.frame.offsets,
        };
        let name = |i: u32| {
            Some(match cx.st.symbol_names.get(i as usize)? {
                SymbolName::Func(f) => cx.method.funcs[*f].name.clone(),
                SymbolName::Helper(h) => format!("{h:?}"),
            })
        };
        let listing = crate::emit::print::Listing {
            method_hash: 0,
            gc: options.disasm_gc,
            il: !options.diffable,
            offsets: !options.diffable,
            symbol_name: &name,
        };
        crate::emit::print::list::<G>(
            cx.em,
            cx.desc,
            frame,
            Some(&self.code),
            &listing,
            &mut out.listing,
        );
    }
}

/// Decides all offsets in the frame, and whether the method has a frame pointer of its own.
///
/// A leaf needs none. Where SP is a longer base than fp, homes of all locals (MinOpts) are worth one nevertheless; and a frame that
/// has to be probed, or whose generic context the runtime looks up, keeps it.
fn lay_frame_out(cx: &mut GenCx<'_>) {
    let frame = &mut cx.st.frame;
    frame.omit_fp = cx.abi.frameless_leaves
        && !cx.em.has_calls
        && cx.st.fragments.len() == 1
        && !frame.dynamic
        && frame.outgoing == 0
        && frame.psp_sym.is_none()
        && cx.method.generic_context.is_none()
        && (cx.full || !frame.has_slots());
    frame.layout(cx.desc);
    if frame.omit_fp && frame.total >= cx.abi.page_size - 512 {
        frame.omit_fp = false;
        frame.layout(cx.desc);
    }
}

/// Prologs and epilogs, now that the frame is final.
fn fill_placeholders<G: Gen>(cx: &mut GenCx<'_>) -> Result<(), Bail> {
    let before = cx.em.instr_count();
    let (prologs, epilogs) = (cx.st.fragments.len(), cx.st.epilogs.len());
    for i in 0..prologs {
        cx.em.foresee_fill(before, i, prologs);
        cx.em.begin_fill(cx.st.fragments[i].prolog);
        let first = cx.st.unwind_ops.len() as u32;
        G::gen_prolog(cx, i as u32)?;
        cx.st.fragments[i].prolog_ops = (first, cx.st.unwind_ops.len() as u32);
    }
    let before = cx.em.instr_count();
    for i in 0..epilogs {
        cx.em.foresee_fill(before, i, epilogs);
        cx.em.begin_fill(cx.st.epilogs[i].group);
        let first = cx.st.unwind_ops.len() as u32;
        let func = cx.st.epilogs[i].func;
        let end = cx.st.epilogs[i].end;
        G::gen_epilog(cx, func, end)?;
        cx.st.epilogs[i].ops = (first, cx.st.unwind_ops.len() as u32);
    }
    Ok(())
}

/// The place of a mark inside an instruction, where code offsets count whole instructions. GC info then has one state for "at the
/// call" and "in the call": a method that may be stopped at the call must keep its arguments until the end (in the callee they are
/// not looked at: scratch registers count in the leaf only); else the state is that of the return address.
fn whole_instruction(at: u32, cx: &GenCx<'_>) -> u32 {
    // A power of two.
    let below = cx.desc.code_unit - 1;
    if cx.interruptible {
        (at + below) & !below
    } else {
        at & !below
    }
}

fn kind_flags(kind: GcKind, pinned: bool) -> GcSlotFlags {
    let mut f = if kind == GcKind::Byref {
        GcSlotFlags::INTERIOR
    } else {
        GcSlotFlags::empty()
    };
    if pinned {
        f |= GcSlotFlags::PINNED;
    }
    f
}

fn stack_slot(cx: &GenCx<'_>, slot: SlotId, word: u16, kind: GcKind) -> GcSlot {
    let at = cx.st.frame.offsets[slot.index()] + word as i32;
    GcSlot::stack(slot_base(cx), at, kind_flags(kind, false))
}

/// What the collector counts stack slots from.
fn slot_base(cx: &GenCx<'_>) -> GcSlotBase {
    if cx.st.frame.omit_fp {
        GcSlotBase::Sp
    } else {
        GcSlotBase::Frame
    }
}

/// Where the runtime finds the method's generic context: older formats count from the caller's SP.
fn generics_context(cx: &GenCx<'_>, version: GcInfoVersion) -> Option<GenericsContext> {
    let (local, kind) = cx.method.generic_context?;
    let home = *cx.st.homes.get(local).filter(|h| h.is_some())?;
    let at = cx.st.frame.offsets[home.index()];
    Some(GenericsContext {
        kind: match kind {
            ContextKind::This => GenericsContextKind::This,
            ContextKind::Class => GenericsContextKind::MethodTable,
            ContextKind::Method => GenericsContextKind::MethodDesc,
        },
        offset: match version {
            GcInfoVersion::V4 => at,
            _ => at - cx.st.frame.incoming,
        },
    })
}

/// What the result registers hold, as the header of version 3 wants it.
fn return_kind(cx: &GenCx<'_>) -> ReturnKind {
    let of = |t: VarType| match t.gc_kind() {
        GcKind::None => ReturnKind::SCALAR,
        GcKind::Ref => ReturnKind::OBJECT,
        GcKind::Byref => ReturnKind::BYREF,
    };
    if cx.method.ret != VarType::Struct {
        return of(cx.method.ret);
    }
    let abi = cx
        .desc
        .call_conv
        .classify_return(cx.method.ret, cx.method.layout(cx.method.ret_layout));
    // Kinds go by integer result register; a struct whose first piece is a float has its pointer in the first one.
    let mut kinds = abi
        .segments
        .iter()
        .filter(|s| !s.ty.is_float_reg())
        .map(|s| of(s.ty));
    let first = kinds.next().unwrap_or(ReturnKind::SCALAR);
    match kinds.next() {
        Some(second) if second != ReturnKind::SCALAR => ReturnKind::pair(first, second),
        _ => first,
    }
}

/// Runs the fragment's prolog and epilogs on paper and unwinds from everywhere in them.
fn check_unwind(
    cx: &GenCx<'_>,
    input: &UnwindInfoInput<'_>,
    code: &[u8],
    data: &[u8],
    pieces: &[(std::ops::Range<u32>, usize)],
    sp_moves: bool,
) -> Result<(), Bail> {
    use crate::unwind::simulate::{
        FrameCheck, UNWIND_ARM64, UNWIND_X64, UnwindData, check_prolog_epilog,
    };
    let (isa, data) = match cx.desc.unwind {
        UnwindFlavour::WinX64 => (&UNWIND_X64, UnwindData::WinX64(data)),
        UnwindFlavour::WinArm64 => (&UNWIND_ARM64, UnwindData::WinArm64Pieces(data, pieces)),
    };
    let check = FrameCheck {
        isa,
        input,
        prolog: input.prolog,
        sp_moves_in_body: sp_moves,
        code: &code[input.start as usize..input.end as usize],
        data,
    };
    check_prolog_epilog(&check)
        .map(|_| ())
        .map_err(|e| Bail::Internal(format!("unwinding: {e}")))
}

/// The bytes at one of which the collector looks a frame's state up that waits for the call returning to `ret`: the call's last
/// ones, and those behind it when the callee throws; in newer formats always those behind it.
fn looked_up(version: GcInfoVersion, ret: u32, unit: u32, size: u32) -> (u32, u32) {
    match version {
        GcInfoVersion::V4 => (ret.min(size.saturating_sub(unit)), (ret + unit).min(size)),
        _ => (ret.saturating_sub(unit), (ret + unit).min(size)),
    }
}

/// Every call in which a collection may happen is looked up in an interruptible range.
fn check_calls(
    calls: &[u32],
    ranges: &[(u32, u32)],
    version: GcInfoVersion,
    unit: u32,
    size: u32,
) -> Result<(), Bail> {
    for &call in calls {
        let (from, to) = looked_up(version, call, unit, size);
        let behind = ranges.partition_point(|r| r.0 <= from);
        let range = behind.checked_sub(1).map(|i| ranges[i]);
        if range.is_none_or(|r| to > r.1) {
            let what = format!("a collection in the call before {call:#x} sees no range");
            return Err(Bail::Internal(what));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_returns_into_a_hole_is_noticed() {
        use GcInfoVersion::{V3, V4};
        let whole = [(8, 0x40)];
        // The callee of the call that returns to 0x20 throws: then the byte at 0x20 counts, which is in the hole.
        let hole = [(8, 0x20), (0x24, 0x40)];
        // Here the call itself is.
        let before = [(8, 0x1C), (0x20, 0x40)];
        for (version, unit) in [(V3, 1), (V4, 1), (V4, 4)] {
            let check = |ranges| check_calls(&[0x10, 0x20], ranges, version, unit, 0x40);
            assert!(check(&whole).is_ok());
            let message = check(&hole).unwrap_err().to_string();
            assert!(message.contains("before 0x20"), "{message}");
        }
        assert!(check_calls(&[0x20], &before, V3, 1, 0x40).is_err());
        assert!(check_calls(&[0x20], &before, V4, 1, 0x40).is_ok());
        // The last instruction of a method: nothing stands behind it.
        assert!(check_calls(&[0x40], &whole, V3, 1, 0x40).is_ok());
        assert!(check_calls(&[0x40], &[(8, 0x3C)], V3, 1, 0x40).is_err());
    }
}
