//! Instruction groups and the emitter that fills them.

use super::code_mark::{CodeMark, MarkKind};
use super::instr_desc::{FrameRef, InstrDesc, Label, SlotId};
use crate::util::IndexVec;
use crate::util::room::{push_gently, release};

crate::define_index! {
    /// A group of instructions.
    GroupId = "IG";
}

bitflags::bitflags! {
    /// Properties of a group.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct GroupFlags: u8 {
        /// The collector may not stop at any instruction of this group (prologs, epilogs, block copies of references).
        const NO_GC = 1;
        /// A prolog (main or funclet): filled when the frame is final.
        const PROLOG = 2;
        /// An epilog: filled when the frame is final.
        const EPILOG = 4;
        /// The first group of a funclet (or of the method).
        const FUNC_START = 8;
        /// Align this group's start for a loop.
        const ALIGN = 16;
        /// Cold: throw blocks.
        const COLD = 32;
    }
}

/// A run of instructions with at most one label, at its beginning.
#[derive(Copy, Clone, Debug)]
pub struct InsGroup {
    /// First descriptor in [`Emitter::descs`].
    pub first: u32,
    /// Number of descriptors; known when the group is closed, by the next or by `finish`.
    pub count: u32,
    /// Properties.
    pub flags: GroupFlags,
}

const _: () = assert!(
    size_of::<InsGroup>() == 12,
    "methods of small blocks have many"
);

/// Where descriptors, groups, marks, data and relocations of the method being compiled collect. Cleared and reused.
///
/// Groups are laid out in the order of `groups`. The open group is the last one; placeholder groups (prologs, epilogs) are
/// created empty in their place and filled at the end with [`Emitter::begin_fill`].
#[derive(Default)]
pub struct Emitter {
    /// All descriptors; each group is a contiguous range of them.
    pub descs: Vec<InstrDesc>,
    /// Groups in layout order.
    pub groups: IndexVec<GroupId, InsGroup>,
    /// Label to group.
    pub labels: IndexVec<Label, GroupId>,
    /// Marks of the body in code order, then those of filled placeholders.
    pub marks: Vec<CodeMark>,
    /// 64-bit immediates named by `InstrDesc::imm`.
    pub wide_imms: Vec<u64>,
    /// Frame references that do not pack.
    pub frame_refs: Vec<(SlotId, i32)>,
    /// Read-only data of the method: constants, jump tables.
    pub data: super::data_section::DataSection,
    /// Every jump takes its longest form.
    pub long_jumps: bool,
    /// Nobody reads the descriptors behind [`finish`](super::finish()): it may give back those of a large method.
    pub read_once: bool,
    /// Symbols that calls and address loads name: (absolute address or runtime's number, see [`Symbol`]).
    pub symbols: Vec<Symbol>,
    /// A call instruction was emitted: the method is no leaf.
    pub has_calls: bool,
    cur: GroupId,
    /// First descriptor of the open group, whose `count` is filled in when it is closed.
    first: u32,
    func: u32,
    /// Marks there were when the first placeholder was begun to be filled.
    marks_of_body: Option<usize>,
}

/// Something outside the method that an instruction refers to; becomes a relocation or an absolute value.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// The address, if it is known now; else a number that the runtime's relocation callback understands.
    pub value: u64,
    /// How it is to be reached.
    pub kind: SymbolKind,
    /// For disassembly: an index that the shell turns into a name; `u32::MAX` for none.
    pub name: u32,
}

/// How a symbol is reached from code.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum SymbolKind {
    /// A relative branch or address: a relocation against the absolute address `value`.
    Relative,
    /// Another fragment of the same code (funclet labels): `value` is a [`Label`].
    LocalLabel,
}

/// Descriptors that room is made for at least.
const LEAST_ROOM: usize = 256;

/// Room that is made at first for the descriptors of very many nodes.
const MANY_DESCS: usize = 1 << 17;

/// As many as a part of a large method may become.
const FEW_DESCS: usize = 1 << 15;

impl Emitter {
    /// Empties everything and keeps the memory. Opens the first group of function fragment 0.
    pub fn clear(&mut self) {
        self.descs.clear();
        self.groups.clear();
        self.labels.clear();
        self.marks.clear();
        self.marks_of_body = None;
        self.wide_imms.clear();
        self.frame_refs.clear();
        self.data.clear();
        self.symbols.clear();
        self.has_calls = false;
        self.func = 0;
        self.first = 0;
        self.cur = GroupId::NONE;
    }

    /// Makes room for the instructions of about `nodes` nodes, so that large methods do not move them while they grow.
    pub fn reserve(&mut self, nodes: usize) {
        // For very many [`Emitter::foresee`] knows better.
        let most = MANY_DESCS.max(self.descs.capacity());
        self.descs
            .reserve_exact((nodes + nodes / 2 + nodes / 4).min(most));
    }

    /// `done` of the method's `all` nodes are generated: if room is short, makes as much as all will take if the rest is like those.
    #[inline]
    pub fn foresee(&mut self, done: usize, all: usize) {
        if self.descs.capacity() - self.descs.len() < FEW_DESCS {
            self.foresee_room(done, all);
        }
    }

    #[cold]
    #[inline(never)]
    fn foresee_room(&mut self, done: usize, all: usize) {
        let len = self.descs.len();
        if len < MANY_DESCS / 2 {
            return;
        }
        let rest = len as u64 * all.saturating_sub(done) as u64 / done.max(1) as u64;
        // Those that are left over stay free, so that the last part does not ask again.
        let room = (rest + rest / 32).min(2 * len as u64) as usize;
        self.descs.reserve_exact(room + FEW_DESCS + LEAST_ROOM);
    }

    /// `done` of `all` placeholders are filled, the first when there were `before` instructions: from time to time makes room for
    /// very many that are like those.
    #[inline]
    pub fn foresee_fill(&mut self, before: u32, done: usize, all: usize) {
        if all > LEAST_ROOM && done.is_power_of_two() && done >= LEAST_ROOM / 16 {
            self.foresee_fill_room(before, done, all);
        }
    }

    #[cold]
    #[inline(never)]
    fn foresee_fill_room(&mut self, before: u32, done: usize, all: usize) {
        let made = (self.instr_count() - before) as usize;
        let rest = made * (all - done) / done;
        self.descs.reserve_exact(rest + rest / 64);
    }

    /// Gives back what large methods have much of and nobody needs when the bytes are there: descriptors and labels.
    pub fn release_code(&mut self) {
        release(&mut self.descs);
        self.labels.release();
        release(&mut self.wide_imms);
        release(&mut self.frame_refs);
    }

    /// Gives back the marks of a large method.
    pub fn release_marks(&mut self) {
        release(&mut self.marks);
        self.marks_of_body = None;
    }

    /// Starts a new group at the end of the layout and makes it the open one.
    pub fn new_group(&mut self, flags: GroupFlags) -> GroupId {
        self.close();
        let first = self.descs.len() as u32;
        self.first = first;
        self.cur = self.groups.push_gently(InsGroup {
            first,
            count: 0,
            flags,
        });
        self.cur
    }

    /// Descriptors are most of what a large method's code takes, so their vector grows by a quarter, not to the double.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        self.descs.reserve_exact(self.descs.len() / 4 + LEAST_ROOM);
    }

    /// Fills in the open group's length.
    pub(super) fn close(&mut self) {
        let count = self.in_group();
        if self.cur.is_some() {
            self.groups[self.cur].count = count;
        }
    }

    /// Instructions of the open group.
    #[inline(always)]
    fn in_group(&self) -> u32 {
        self.descs.len() as u32 - self.first
    }

    /// Starts the next function fragment: groups from now on belong to it.
    pub fn new_func(&mut self) -> u32 {
        self.func += 1;
        self.func
    }

    /// The open group.
    #[inline]
    pub fn current_group(&self) -> GroupId {
        self.cur
    }

    /// Creates a label, not bound yet.
    pub fn new_label(&mut self) -> Label {
        self.labels.push_gently(GroupId::NONE)
    }

    /// Binds `label` to a new group that starts here (or to the open group if that is still empty and has no mark).
    pub fn bind(&mut self, label: Label) {
        let empty = self.in_group() == 0 && self.cur.is_some() && {
            let g = &self.groups[self.cur];
            !g.flags.intersects(GroupFlags::PROLOG | GroupFlags::EPILOG)
        };
        if !empty {
            self.new_group(GroupFlags::empty());
        }
        self.labels[label] = self.cur;
    }

    /// Appends one instruction to the open group. Nothing lives across the call that makes room, or all who push would have to save
    /// registers for it.
    #[inline(always)]
    pub fn push(&mut self, d: InstrDesc) {
        debug_assert!(self.cur.is_some());
        if self.descs.len() < self.descs.capacity() {
            self.descs.push(d);
        } else {
            let (head, tail) = d.words();
            self.push_in_new_room(head, tail);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_in_new_room(&mut self, head: u64, tail: u64) {
        self.make_room();
        self.descs.push(InstrDesc::from_words((head, tail)));
    }

    /// The last `n` instructions of the open group, or all that there are if there are fewer.
    #[inline]
    pub fn last_instrs(&self, n: u32) -> &[InstrDesc] {
        let n = n.min(self.in_group()) as usize;
        &self.descs[self.descs.len() - n..]
    }

    /// Replaces the last `n` instructions of the open group by `d`, if nothing is marked behind the first of them. Says whether it
    /// has.
    pub fn replace_last(&mut self, n: u32, d: InstrDesc) -> bool {
        let count = self.in_group();
        let marked = self
            .marks
            .last()
            .is_some_and(|m| m.group == self.cur && m.instr() + n > count);
        if n > count || marked {
            return false;
        }
        self.descs.truncate(self.descs.len() - n as usize);
        self.descs.push(d);
        true
    }

    /// Replaces the instruction that `back` others of the open group follow. Marks stay where they are.
    pub fn replace_earlier(&mut self, back: u32, d: InstrDesc) {
        debug_assert!(back < self.in_group());
        let at = self.descs.len() - 1 - back as usize;
        self.descs[at] = d;
    }

    /// Replaces the last two instructions of the open group by `d`, if nothing but source positions is marked behind the first of them;
    /// those then stand before `d`. Says whether it has.
    pub fn merge_last_two(&mut self, d: InstrDesc) -> bool {
        let count = self.in_group();
        let group = self.cur;
        let behind = |m: &&mut CodeMark| m.group == group && m.instr() + 2 > count;
        let is_position = |m: &CodeMark| {
            m.instr() + 1 == count
                && !m.is_inside_previous()
                && matches!(m.kind, MarkKind::IlOffset { .. })
        };
        if count < 2
            || !self
                .marks
                .iter_mut()
                .rev()
                .take_while(behind)
                .all(|m| is_position(m))
        {
            return false;
        }
        for m in self.marks.iter_mut().rev().take_while(behind) {
            *m = CodeMark::before(group, m.instr() - 1, m.kind);
        }
        self.descs.truncate(self.descs.len() - 2);
        self.descs.push(d);
        true
    }

    /// Makes the (empty, placeholder) group `g` the open one; instructions pushed now belong to it. Groups filled this way are
    /// filled one after the other, each to its end, after the whole body.
    pub fn begin_fill(&mut self, g: GroupId) {
        self.close();
        self.marks_of_body.get_or_insert(self.marks.len());
        debug_assert_eq!(self.groups[g].count, 0);
        self.first = self.descs.len() as u32;
        self.groups[g].first = self.first;
        self.cur = g;
    }

    /// How many of the marks are the body's; those of filled placeholders follow.
    #[inline]
    pub(super) fn marks_of_body(&self) -> usize {
        self.marks_of_body.unwrap_or(self.marks.len())
    }

    /// The marks of the body and those of filled placeholders.
    pub(super) fn marks_mut(&mut self) -> (&mut [CodeMark], &mut [CodeMark]) {
        let at = self.marks_of_body();
        self.marks.split_at_mut(at)
    }

    /// Puts a mark at the current position.
    #[inline]
    pub fn mark(&mut self, kind: MarkKind) {
        let instr = self.in_group();
        let mark = CodeMark::before(self.cur, instr, kind);
        push_gently(&mut self.marks, mark);
    }

    /// Puts a mark that takes effect inside the instruction just pushed.
    #[inline]
    pub fn mark_inside_previous(&mut self, kind: MarkKind) {
        let instr = self.in_group();
        let mark = CodeMark::inside_previous(self.cur, instr, kind);
        push_gently(&mut self.marks, mark);
    }

    /// Number of instructions pushed so far in the whole method; differences tell how many a node became.
    #[inline]
    pub fn instr_count(&self) -> u32 {
        self.descs.len() as u32
    }

    /// The operand that names byte `offset` of frame slot `slot`.
    #[inline(always)]
    pub fn frame_ref(&mut self, slot: SlotId, offset: i32) -> FrameRef {
        match FrameRef::packed(slot, offset) {
            Some(r) => r,
            None => self.far_frame_ref(slot, offset),
        }
    }

    #[cold]
    #[inline(never)]
    fn far_frame_ref(&mut self, slot: SlotId, offset: i32) -> FrameRef {
        self.frame_refs.push((slot, offset));
        FrameRef::indirect(self.frame_refs.len() as u32 - 1)
    }

    /// Index of a 64-bit immediate.
    pub fn wide_imm(&mut self, v: u64) -> i32 {
        self.wide_imms.push(v);
        self.wide_imms.len() as i32 - 1
    }

    /// Index of a symbol.
    pub fn symbol(&mut self, s: Symbol) -> i32 {
        push_gently(&mut self.symbols, s);
        self.symbols.len() as i32 - 1
    }
}
