//! The result of allocation: registers by node, moves in code order, GC changes in code order.

use crate::ir::{LocalId, NodeId};
use crate::target::{RegMask, RegNum};
use crate::types::{GcKind, VarType};
use crate::util::IndexVec;
use crate::util::room::release;

/// Registers of one node. Eight bytes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct NodeRegs {
    /// The definition's register. None: no value, or (for `store_lcl`) the value goes to the local's home, if anywhere.
    pub def: RegNum,
    /// Register of each operand that is a node's value or a local read; none if it is contained, a constant or in memory.
    pub opnd: [RegNum; 3],
    /// Internal temporaries.
    pub temp: [RegNum; 3],
    /// For `store_lcl`: the home must be written as well as the register. Without a register: not even the home is, the value is
    /// made again where it is read.
    pub write_thru: bool,
}

const _: () = assert!(size_of::<NodeRegs>() == 8);

impl Default for NodeRegs {
    fn default() -> Self {
        NodeRegs {
            def: RegNum::NONE,
            opnd: [RegNum::NONE; 3],
            temp: [RegNum::NONE; 3],
            write_thru: false,
        }
    }
}

/// Where a value is: a register, a spill slot, a local's home, or nowhere because it is made again. Packed in 32 bits.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Loc(pub u32);

/// [`Loc`], unpacked.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum LocRef {
    /// A register.
    Reg(RegNum),
    /// A spill temporary: the allocation's own slot number, see [`Allocation::spill_slots`].
    Spill(u32),
    /// The home of a local.
    Home(LocalId),
    /// Nowhere: this node makes it again, or it is the constant that this `store_lcl` stores. Only ever a source.
    Again(NodeId),
}

impl Loc {
    /// A register.
    #[inline]
    pub const fn reg(r: RegNum) -> Loc {
        Loc(r.0 as u32)
    }
    /// Spill slot `i`.
    #[inline]
    pub const fn spill(i: u32) -> Loc {
        Loc(1 << 30 | i)
    }
    /// A local's home.
    #[inline]
    pub const fn home(l: LocalId) -> Loc {
        Loc(1 << 31 | l.0)
    }
    /// What `n` makes or, if it is a `store_lcl` of a constant, what it stores.
    #[inline]
    pub const fn again(n: NodeId) -> Loc {
        Loc(3 << 30 | n.0)
    }
    /// Unpacks.
    #[inline]
    pub const fn get(self) -> LocRef {
        match self.0 >> 30 {
            0 => LocRef::Reg(RegNum(self.0 as u8)),
            1 => LocRef::Spill(self.0 & !(1 << 30)),
            2 => LocRef::Home(LocalId(self.0 & !(1 << 31))),
            _ => LocRef::Again(NodeId(self.0 & !(3 << 30))),
        }
    }
    /// The register, if it is one.
    #[inline]
    pub const fn as_reg(self) -> Option<RegNum> {
        match self.get() {
            LocRef::Reg(r) => Some(r),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Loc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.get() {
            LocRef::Reg(r) => write!(f, "{r:?}"),
            LocRef::Spill(s) => write!(f, "spill{s}"),
            LocRef::Home(l) => write!(f, "home({l})"),
            LocRef::Again(n) => write!(f, "again({n})"),
        }
    }
}

/// Before or after a node.
#[derive(Copy, Clone, PartialEq, Eq, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum When {
    /// Before the node's code.
    Before,
    /// Inside the node's last instruction (a call): seen at its return address.
    Inside,
    /// After the node's code.
    After,
}

/// One move. Moves are sequential: the allocator has already broken cycles, with the target's scratch registers.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct AllocMove {
    /// Beside which node. Moves at a block's beginning stand before its first node, those at its end before its terminator.
    pub node: NodeId,
    /// Before or after it.
    pub when: When,
    /// Type moved.
    pub ty: VarType,
    /// Source.
    pub from: Loc,
    /// Target.
    pub to: Loc,
}

/// A change of what the collector must look at.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum GcChange {
    /// The location holds a pointer of this kind from here on.
    Live(GcKind),
    /// It holds none.
    Dead,
}

/// A GC change and its place. At one place deaths come before births.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct GcEvent {
    /// Beside which node.
    pub node: NodeId,
    /// Where beside it. `Before` events come after the moves before the node that they belong to.
    pub when: When,
    /// The register, spill slot or home.
    pub loc: Loc,
    /// What changes.
    pub change: GcChange,
}

/// A finished allocation.
#[derive(Default, Debug)]
pub struct Allocation {
    /// Registers by node.
    pub regs: IndexVec<NodeId, NodeRegs>,
    /// Moves in code order.
    pub moves: Vec<AllocMove>,
    /// GC changes in code order.
    pub gc_events: Vec<GcEvent>,
    /// For each block: the GC locations live at its start are re-established by events before its first node, so nothing is
    /// kept here; blocks in the order they must be generated.
    pub block_order: Vec<crate::ir::BlockId>,
    /// Spill temporaries: the type of each.
    pub spill_slots: Vec<VarType>,
    /// Spill slot of a node's value that a register-optional use reads from memory: (user node, operand position, slot),
    /// sorted by user node's place in code order.
    pub memory_uses: Vec<(NodeId, u8, u32)>,
    /// GC locals whose homes the collector must always look at: no events tell when they are live, so the prolog zeroes them.
    /// Locals that are no register candidates are not listed here (their homes are always reported as well).
    pub untracked_gc_homes: Vec<crate::ir::LocalId>,
    /// Locals whose homes are one place: each with the one that it shares the home of. Their lives do not overlap.
    pub shared_homes: Vec<(LocalId, LocalId)>,
    /// Callee-saved registers that the method writes.
    pub used_callee_saved: RegMask,
}

impl Allocation {
    /// Bytes held.
    pub fn capacity_bytes(&self) -> usize {
        self.regs.capacity_bytes()
            + self.moves.capacity() * size_of::<AllocMove>()
            + self.gc_events.capacity() * size_of::<GcEvent>()
            + (self.block_order.capacity() + self.untracked_gc_homes.capacity()) * 4
            + self.shared_homes.capacity() * size_of::<(LocalId, LocalId)>()
            + self.spill_slots.capacity()
            + self.memory_uses.capacity() * size_of::<(NodeId, u8, u32)>()
    }

    /// Gives a large method's memory back.
    pub fn release(&mut self) {
        self.regs.release();
        release(&mut self.moves);
        release(&mut self.gc_events);
        release(&mut self.memory_uses);
        release(&mut self.shared_homes);
    }

    /// Empties everything and keeps the memory.
    pub fn clear(&mut self) {
        self.regs.clear();
        self.moves.clear();
        self.gc_events.clear();
        self.block_order.clear();
        self.spill_slots.clear();
        self.memory_uses.clear();
        self.untracked_gc_homes.clear();
        self.shared_homes.clear();
        self.used_callee_saved = RegMask::EMPTY;
    }
}
