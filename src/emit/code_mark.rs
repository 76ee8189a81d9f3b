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
    /// The mark stands before this instruction of the group; the group's length is its end.
    pub instr: u32,
    /// Takes effect inside the instruction before it: its code offset is that instruction's start plus one. For the deaths of a
    /// call's arguments and the birth of its result, which must be seen at the return address minus one.
    pub inside_previous: bool,
    /// What happens.
    pub kind: MarkKind,
}
