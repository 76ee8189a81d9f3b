//! Code marks: everything positional that the machine side must know, keyed by (group, instruction).
//!
//! A mark stands *before* instruction `instr` of its group (so `instr` equal to the group's length is its end). `finish` gives
//! each mark its code offset. This is what keeps the emitter, GC-info, unwind and EH writers ignorant of the IR.

use super::ins_group::GroupId;
use super::instr_desc::SlotId;
use crate::target::RegNum;
use crate::types::GcKind;

/// What happens at a mark.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum MarkKind {
    /// From here on the register holds a GC pointer of this kind.
    GcRegLive(RegNum, GcKind),
    /// From here on the register holds none.
    GcRegDead(RegNum),
    /// From here on the (tracked) slot at this byte offset within it holds a GC pointer of this kind.
    GcSlotLive(SlotId, u16, GcKind),
    /// From here on the slot's word holds none.
    GcSlotDead(SlotId, u16, GcKind),
    /// The mark is a return address: the instruction before it is a call. `safe_point` if a collection may happen in the call.
    CallSite {
        /// May a collection happen in the call?
        safe_point: bool,
    },
    /// The code from here on comes from this IL offset (special values as in the debug-info format).
    IlOffset {
        /// IL offset, or one of the special values.
        il: u32,
        /// Source flags of the debug-info format.
        source: u8,
    },
    /// A named position: EH region boundaries, resume points. The number is the code generator's.
    Position(u32),
    /// From here on no instruction may be a stopping point for the collector, until the matching end.
    NoGcBegin,
    /// The end of such a stretch.
    NoGcEnd,
    /// A prolog operation has just been executed; index into the fragment's list of unwind operations.
    Unwind(u32),
}

/// A mark and its place.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct CodeMark {
    /// The group.
    pub group: GroupId,
    /// Twice the number of the instruction of the group that the mark stands before, and 1 if it stands there and not inside the
    /// instruction before that.
    at: u32,
    /// What happens.
    pub kind: MarkKind,
}

const _: () = assert!(size_of::<CodeMark>() == 16);

impl CodeMark {
    /// A mark before instruction `instr` of the group; the group's length is its end.
    #[inline]
    pub fn before(group: GroupId, instr: u32, kind: MarkKind) -> CodeMark {
        let at = instr << 1 | 1;
        CodeMark { group, at, kind }
    }

    /// A mark that takes effect inside the instruction before `instr`: its code offset is that instruction's start plus one. For the
    /// deaths of a call's arguments and the birth of its result, which must be seen at the return address minus one.
    #[inline]
    pub fn inside_previous(group: GroupId, instr: u32, kind: MarkKind) -> CodeMark {
        let at = instr << 1;
        CodeMark { group, at, kind }
    }

    /// The instruction that it stands before; the group's length is its end.
    #[inline]
    pub fn instr(&self) -> u32 {
        self.at >> 1
    }

    /// Does it take effect inside the instruction before that?
    #[inline]
    pub fn is_inside_previous(&self) -> bool {
        self.at & 1 == 0
    }

    /// Ascending in order of place; at one place marks inside the previous instruction come first.
    #[inline]
    pub fn place(&self) -> u64 {
        (self.group.0 as u64) << 32 | self.at as u64
    }
}
