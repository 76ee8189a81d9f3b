//! GC slots, and the table that gives each distinct slot of a method a dense id.
//!
//! Code generation names the same few slots over and over, so [`GcSlotTable::intern`] has to be cheap and must not hash:
//! registers are looked up in a small array, stack slots near their base in a vector indexed by
//! offset. Only slots of very large frames take a binary search.

use std::fmt;

/// What a stack slot's offset counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum GcSlotBase {
    /// SP just before the call instruction that entered the method.
    CallerSp = 0,
    /// SP after the prolog.
    Sp = 1,
    /// The stack base register.
    Frame = 2,
}

bitflags::bitflags! {
    /// What a slot holds and how it is reported.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub struct GcSlotFlags: u8 {
        /// An interior pointer (byref), not an object.
        const INTERIOR = 1;
        /// The object may not be moved.
        const PINNED = 2;
        /// Live throughout the method; has no events.
        const UNTRACKED = 4;
    }
}

/// The place a slot names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GcSlotLocation {
    /// A general register, by its machine encoding.
    Register(u8),
    /// A pointer-sized word of the stack.
    Stack {
        /// What `offset` counts from.
        base: GcSlotBase,
        /// In bytes, a multiple of 8.
        offset: i32,
    },
}

/// A place that may hold a reference, and of which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GcSlot {
    /// Where.
    pub location: GcSlotLocation,
    /// What.
    pub flags: GcSlotFlags,
}

impl GcSlot {
    /// A register slot.
    pub const fn register(reg: u8, flags: GcSlotFlags) -> GcSlot {
        GcSlot {
            location: GcSlotLocation::Register(reg),
            flags,
        }
    }

    /// A stack slot, `offset` bytes from `base`.
    pub const fn stack(base: GcSlotBase, offset: i32, flags: GcSlotFlags) -> GcSlot {
        GcSlot {
            location: GcSlotLocation::Stack { base, offset },
            flags,
        }
    }

    /// Whether the slot is live throughout.
    pub const fn is_untracked(&self) -> bool {
        self.flags.contains(GcSlotFlags::UNTRACKED)
    }
}

/// `r3`, `[fp-16] byref`, `[sp+8] pinned untracked`.
impl fmt::Display for GcSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.location {
            GcSlotLocation::Register(reg) => write!(f, "r{reg}")?,
            GcSlotLocation::Stack { base, offset } => {
                let base = match base {
                    GcSlotBase::CallerSp => "caller.sp",
                    GcSlotBase::Sp => "sp",
                    GcSlotBase::Frame => "fp",
                };
                write!(f, "[{base}{offset:+}]")?;
            }
        }
        for (flag, name) in [
            (GcSlotFlags::INTERIOR, "byref"),
            (GcSlotFlags::PINNED, "pinned"),
            (GcSlotFlags::UNTRACKED, "untracked"),
        ] {
            if self.flags.contains(flag) {
                write!(f, " {name}")?;
            }
        }
        Ok(())
    }
}

/// The end of a chain, and an empty head.
const NONE: u32 = u32::MAX;
/// Stack slots up to this many words from their base are found by indexing.
const DENSE_WORDS: u32 = 8192;

/// The distinct slots of a method, numbered in the order of their first mention.
///
/// Made once and [`clear`](GcSlotTable::clear)ed between methods.
#[derive(Debug)]
pub struct GcSlotTable {
    slots: Vec<GcSlot>,
    /// The next slot of the same place (other flags), or `NONE`.
    next: Vec<u32>,
    register_heads: [u32; 256],
    /// Chain heads of stack slots, three bases to a word; see `dense_index`.
    stack_heads: Vec<u32>,
    /// Slots too far from their base for `stack_heads`, sorted.
    far: Vec<(GcSlot, u32)>,
}

impl Default for GcSlotTable {
    fn default() -> Self {
        GcSlotTable {
            slots: Vec::new(),
            next: Vec::new(),
            register_heads: [NONE; 256],
            stack_heads: Vec::new(),
            far: Vec::new(),
        }
    }
}

impl GcSlotTable {
    /// An empty table.
    pub fn new() -> GcSlotTable {
        GcSlotTable::default()
    }

    /// Forgets all slots in time proportional to their number, keeping memory.
    pub fn clear(&mut self) {
        for slot in &self.slots {
            match slot.location {
                GcSlotLocation::Register(reg) => self.register_heads[usize::from(reg)] = NONE,
                GcSlotLocation::Stack { base, offset } => {
                    if let Some(head) =
                        dense_index(base, offset).and_then(|at| self.stack_heads.get_mut(at))
                    {
                        *head = NONE;
                    }
                }
            }
        }
        self.slots.clear();
        self.next.clear();
        self.far.clear();
    }

    /// The slots, indexed by id.
    pub fn slots(&self) -> &[GcSlot] {
        &self.slots
    }

    /// The id of `slot`, a new one if it was not mentioned before.
    pub fn intern(&mut self, slot: GcSlot) -> u32 {
        let new_id = self.slots.len() as u32;
        let head = match slot.location {
            GcSlotLocation::Register(reg) => &mut self.register_heads[usize::from(reg)],
            GcSlotLocation::Stack { base, offset } => match dense_index(base, offset) {
                Some(at) => {
                    if at >= self.stack_heads.len() {
                        self.stack_heads.resize((at + 1).next_power_of_two(), NONE);
                    }
                    &mut self.stack_heads[at]
                }
                None => return self.intern_far(slot),
            },
        };
        let mut id = *head;
        while id != NONE {
            if self.slots[id as usize].flags == slot.flags {
                return id;
            }
            id = self.next[id as usize];
        }
        self.next.push(*head);
        *head = new_id;
        self.slots.push(slot);
        new_id
    }

    fn intern_far(&mut self, slot: GcSlot) -> u32 {
        match self.far.binary_search_by_key(&slot, |entry| entry.0) {
            Ok(found) => self.far[found].1,
            Err(place) => {
                let id = self.slots.len() as u32;
                self.far.insert(place, (slot, id));
                self.slots.push(slot);
                self.next.push(NONE);
                id
            }
        }
    }
}

/// Index of a stack slot's chain: words from the base, sign folded into the lowest bit, times three plus the base.
fn dense_index(base: GcSlotBase, offset: i32) -> Option<usize> {
    // Misaligned offsets are the encoder's to refuse; here they must only not share a chain with aligned ones.
    if offset & 7 != 0 {
        return None;
    }
    let words = offset >> 3;
    if words.unsigned_abs() > DENSE_WORDS {
        return None;
    }
    let folded = (words << 1 ^ words >> 31) as u32;
    Some(folded as usize * 3 + base as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_slot() -> impl Strategy<Value = GcSlot> {
        let bases = prop::sample::select(vec![
            GcSlotBase::CallerSp,
            GcSlotBase::Sp,
            GcSlotBase::Frame,
        ]);
        let offset = prop_oneof![
            (-20i32..20).prop_map(|w| w * 8),
            (-3i32..3).prop_map(|k| k * 1_000_000),
            Just(4)
        ];
        prop_oneof![
            (0u8..4, 0u8..8)
                .prop_map(|(r, f)| GcSlot::register(r, GcSlotFlags::from_bits_truncate(f))),
            (bases, offset, 0u8..8).prop_map(|(b, o, f)| GcSlot::stack(
                b,
                o,
                GcSlotFlags::from_bits_truncate(f)
            )),
        ]
    }

    proptest! {
        #[test]
        fn ids_are_dense_and_stable(methods in prop::collection::vec(prop::collection::vec(any_slot(), 0..200), 1..4)) {
            // Several methods through one table: what an earlier one left behind would show.
            let mut table = GcSlotTable::new();
            for slots in methods {
                table.clear();
                let mut model: Vec<GcSlot> = Vec::new();
                for slot in slots {
                    let expected = model.iter().position(|&s| s == slot).unwrap_or_else(|| {
                        model.push(slot);
                        model.len() - 1
                    });
                    prop_assert_eq!(table.intern(slot) as usize, expected);
                }
                prop_assert_eq!(table.slots(), &model[..]);
            }
        }
    }

    #[test]
    fn slots_print_readably() {
        let flags = GcSlotFlags::INTERIOR | GcSlotFlags::UNTRACKED;
        assert_eq!(
            GcSlot::stack(GcSlotBase::Frame, -16, flags).to_string(),
            "[fp-16] byref untracked"
        );
        assert_eq!(GcSlot::register(3, GcSlotFlags::empty()).to_string(), "r3");
    }
}
