//! What one lowered node demands of registers.

use crate::ir::{Node, NodeFlags, NodeId, Opcode, Operand};
use crate::target::RegMask;
use crate::types::VarType;

bitflags::bitflags! {
    /// Properties of a use.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct UseFlags: u8 {
        /// The register must stay intact until the node's definitions and temporaries have been written.
        const DELAY_FREE = 1;
        /// The value may stay in memory: [`NodeRegs`](super::NodeRegs) then holds no register for it and the code generator
        /// reads its home or spill slot.
        const REG_OPTIONAL = 2;
        /// The (first) definition would like this use's register.
        const PREFER_DEF = 4;
        /// The register is the one behind that of the use before: see [`NodeDemand::push_after`].
        const CONSECUTIVE = 8;
    }
}

/// A use of an operand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// The node in whose [`NodeRegs`](super::NodeRegs) the register is recorded: the node itself or one contained in it.
    pub node: NodeId,
    /// Operand position 0..=2 in that node; [`Use::NOWHERE`] for a call's argument, whose register is fixed and not recorded.
    pub k: u8,
    /// Properties.
    pub flags: UseFlags,
    /// What is used: a node's value or a local.
    pub opnd: Operand,
    /// Registers that will do.
    pub mask: RegMask,
}

impl Use {
    /// Operand position of uses that are not recorded.
    pub const NOWHERE: u8 = 0xFF;
}

/// A definition: the node's value (or the local it stores).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Def {
    /// Type of the value.
    pub ty: VarType,
    /// Registers that will do.
    pub mask: RegMask,
}

/// A register the node needs for itself; it is distinct from all uses that are delay-free, from other temporaries and from
/// definitions, and unlike definitions it is taken before the uses are released: it never shares a register with any use.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Temp {
    /// Type, which names the register file.
    pub ty: VarType,
    /// Registers that will do.
    pub mask: RegMask,
}

/// Everything one node demands. Reused: cleared and filled for each node.
///
/// A `store_lcl` of a register-candidate local has one use and one definition whose target is the local; other nodes define
/// their own value.
#[derive(Clone, Debug, Default)]
pub struct NodeDemand {
    /// Uses in the order in which they are read.
    pub uses: Vec<Use>,
    /// The definition, if any.
    pub def: Option<Def>,
    /// Temporaries, at most three.
    pub temps: Vec<Temp>,
    /// Registers destroyed.
    pub kills: RegMask,
    /// A collection may happen: GC values live across must be where the collector is told.
    pub safe_point: bool,
    /// Nobody knows what the node demands: the machine's code generator has no such opcode.
    pub unknown: bool,
    /// Some of the uses want consecutive registers.
    pub consecutive: bool,
}

/// The most uses of a node that want consecutive registers of one another.
pub const MOST_CONSECUTIVE: usize = 4;

impl NodeDemand {
    /// A use of the register behind that of the use pushed last, in the same file. A use that is not pushed so and those pushed so
    /// behind it are a group, of [`MOST_CONSECUTIVE`] at most; all of a group are in registers.
    pub fn push_after(&mut self, mut u: Use) {
        u.flags |= UseFlags::CONSECUTIVE;
        self.consecutive = true;
        self.uses.push(u);
    }

    /// Forgets everything.
    #[inline]
    pub fn clear(&mut self) {
        self.uses.clear();
        self.def = None;
        self.temps.clear();
        self.kills = RegMask::EMPTY;
        self.safe_point = false;
        self.unknown = false;
        self.consecutive = false;
    }
}

/// What a node with a [`DemandRow`] defines.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RowDef {
    /// Nothing.
    None,
    /// A value of the node's own type, widened.
    Own,
    /// A value of type i32.
    I32,
}

/// Which nodes of the opcode are not as its row says.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Unless {
    /// None: all are alike.
    Never,
    /// Those with a write barrier.
    Barrier,
    /// Those whose operand 1 is not a constant.
    Operand1Varies,
    /// Those whose value is not used.
    Unused,
    /// All: the opcode has no row.
    Always,
}

/// The demand of an opcode whose nodes all want the same: any register of the operand's file for each operand, any register for
/// the result, nothing destroyed. Most nodes of a method are of such opcodes, so both allocators read the row instead of building
/// a [`NodeDemand`] where there is one.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct DemandRow {
    /// Properties of the uses of operands 0..=2.
    pub uses: [UseFlags; 3],
    /// The operand whose register the result would like; 3 for none.
    pub prefer: u8,
    /// What is defined.
    pub def: RowDef,
    /// Which nodes are exceptions.
    pub unless: Unless,
    /// The value is made from nothing that changes: it can be made again anywhere.
    pub again: bool,
}

impl DemandRow {
    /// Is `node`, whose opcode's row this is, not as it says?
    #[inline(never)]
    fn is_exception(&self, node: &Node) -> bool {
        match self.unless {
            Unless::Never => false,
            Unless::Barrier => node.sub != 0,
            Unless::Operand1Varies => !node.opnd[1].is_const(),
            Unless::Unused => node.flags.contains(NodeFlags::UNUSED),
            Unless::Always => true,
        }
    }
}

/// The rows of a machine, by opcode.
#[derive(Debug)]
pub struct DemandRows([DemandRow; Opcode::ALL.len()]);

impl Default for DemandRows {
    fn default() -> Self {
        DemandRows::new()
    }
}

impl DemandRows {
    /// The rows that hold on every machine.
    pub const fn new() -> DemandRows {
        use Opcode::*;
        const ANY: [UseFlags; 3] = [UseFlags::empty(); 3];
        let none = DemandRow {
            uses: ANY,
            prefer: 3,
            def: RowDef::None,
            unless: Unless::Always,
            again: false,
        };
        DemandRows([none; Opcode::ALL.len()])
            .with(
                &[Nop, IlOffset, Jump, Unreachable, Fence, EndFinally],
                ANY,
                RowDef::None,
                Unless::Never,
            )
            .with(
                &[KeepAlive],
                [UseFlags::REG_OPTIONAL, UseFlags::empty(), UseFlags::empty()],
                RowDef::None,
                Unless::Never,
            )
    }

    /// The rows with one for each of `ops`.
    pub const fn with(
        mut self,
        ops: &[Opcode],
        uses: [UseFlags; 3],
        def: RowDef,
        unless: Unless,
    ) -> DemandRows {
        let mut prefer = 0;
        while prefer < 3 && !uses[prefer as usize].contains(UseFlags::PREFER_DEF) {
            prefer += 1;
        }
        let row = DemandRow {
            uses,
            prefer,
            def,
            unless,
            again: false,
        };
        let mut i = 0;
        while i < ops.len() {
            self.0[ops[i] as usize] = row;
            i += 1;
        }
        self
    }

    /// The rows, where the values of `ops` can be made again anywhere.
    pub const fn made_again(mut self, ops: &[Opcode]) -> DemandRows {
        let mut i = 0;
        while i < ops.len() {
            self.0[ops[i] as usize].again = true;
            i += 1;
        }
        self
    }

    /// The row of `op`, whatever its nodes are.
    pub const fn of(&self, op: Opcode) -> &DemandRow {
        &self.0[op as usize]
    }

    /// The row that says what `node` demands; none if it needs a [`NodeDemand`] of its own.
    #[inline]
    pub fn get(&self, node: &Node) -> Option<&DemandRow> {
        let row = &self.0[node.op as usize];
        // The usual answer first.
        if row.unless == Unless::Never || !row.is_exception(node) {
            Some(row)
        } else {
            None
        }
    }
}
