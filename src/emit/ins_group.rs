//! Instruction groups and the emitter that fills them.

use super::aside::Aside;
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
    /// All descriptors but those that are set aside; each group is a contiguous range of them all.
    pub descs: Vec<InstrDesc>,
    /// Of a large method, those before.
    pub(super) aside: Aside,
    /// How many those are.
    pub(super) num_aside: u32,
    /// Set them aside whenever there are a few.
    pub small_chunks: bool,
    /// May descriptors be set aside, and how? Only if nobody reads them behind [`finish`](super::finish()).
    pub set_aside: SetAside,
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
    /// Symbols that calls and address loads name: (absolute address or runtime's number, see [`Symbol`]).
    pub symbols: Vec<Symbol>,
    /// A call instruction was emitted: the method is no leaf.
    pub has_calls: bool,
    cur: GroupId,
    /// First descriptor of the open group, whose `count` is filled in when it is closed: counted from the first that is not set
    /// aside, so it wraps where that is a later one.
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

/// Of a large method so many descriptors are set aside at once, at least.
const CHUNK: usize = 1 << 13;

/// The last descriptors are never set aside, so that what looks back finds them: assemblers that merge.
const LOOKED_AT: usize = 64;

/// What becomes of descriptors of large methods until they are encoded.
#[derive(Copy, Clone, PartialEq, Eq, Default, Debug)]
pub enum SetAside {
    /// All stay together.
    #[default]
    No,
    /// They are set aside in chunks.
    Whole,
    /// They are packed too: for methods with many instructions to an operation.
    Packed,
}

impl Emitter {
    /// Empties everything and keeps the memory. Opens the first group of function fragment 0.
    pub fn clear(&mut self) {
        self.descs.clear();
        self.aside.clear();
        self.num_aside = 0;
        self.set_aside = SetAside::No;
        self.small_chunks = false;
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

    /// Makes room for the instructions of about `nodes` nodes, so that methods do not move them while they grow.
    pub fn reserve(&mut self, nodes: usize) {
        let few = match self.set_aside {
            SetAside::No => usize::MAX,
            _ => 2 * CHUNK,
        };
        self.descs
            .reserve_exact((nodes + nodes / 2 + nodes / 4).min(few));
    }

    /// Between two nodes of a large method: sets descriptors aside if there are many. Says how many, by which
    /// [`Emitter::instr_count`] is less than before.
    #[inline]
    pub fn set_descs_aside(&mut self) -> u32 {
        if self.set_aside == SetAside::No || self.descs.len() <= LOOKED_AT {
            return 0;
        }
        self.set_aside_now()
    }

    #[cold]
    #[inline(never)]
    fn set_aside_now(&mut self) -> u32 {
        let n = self.descs.len() - LOOKED_AT;
        if n < CHUNK && !self.small_chunks {
            return 0;
        }
        let pack = self.set_aside == SetAside::Packed;
        self.aside.push(self.num_aside, &self.descs[..n], pack);
        self.descs.copy_within(n.., 0);
        self.descs.truncate(LOOKED_AT);
        let n = n as u32;
        self.num_aside += n;
        self.first = self.first.wrapping_sub(n);
        n
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
        self.first = self.descs.len() as u32;
        self.cur = self.groups.push_gently(InsGroup {
            first: self.num_aside + self.first,
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
        (self.descs.len() as u32).wrapping_sub(self.first)
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
        self.groups[g].first = self.num_aside + self.first;
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

    /// Number of instructions pushed so far and not set aside; differences tell how many a node became.
    #[inline]
    pub fn instr_count(&self) -> u32 {
        self.descs.len() as u32
    }

    /// Of the open group's method, how many instructions there are before those that [`Emitter::instr_count`] counts.
    #[inline]
    pub fn num_aside(&self) -> u32 {
        self.num_aside
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
