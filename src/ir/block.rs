//! Blocks, exception regions and clauses.

use super::NodeId;

crate::define_index! {
    /// A basic block.
    BlockId = "bb";
    /// An exception region; `NONE` is the method's outermost level.
    RegionId = "region";
    /// An exception clause.
    ClauseId = "clause";
}

bitflags::bitflags! {
    /// Properties of a block.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct BlockFlags: u8 {
        /// Rarely run.
        const COLD = 1;
        /// Reached from somewhere the flow graph does not show (handler entries, resume points).
        const ENTRY = 2;
        /// Target of a backward edge.
        const LOOP_HEAD = 4;
        /// The continuation paired with a `call_finally` block.
        const FINALLY_RETURN = 8;
    }
}

/// One block. Blocks stand in [`Body::blocks`](super::Body::blocks) in layout order of the input; phases keep an order beside it.
///
/// Successors: `succ[0]` is the target of `jump`, the *true* target of a branch, the continuation of `call_finally`, the resume
/// block of `catch_ret`; `succ[1]` is the *false* target of a branch, or the finally's entry of `call_finally`. A switch has its
/// targets in its side table.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// First node; none in an empty block.
    pub first: NodeId,
    /// Last node, the terminator.
    pub last: NodeId,
    /// Successors as described above; unused ones are none.
    pub succ: [BlockId; 2],
    /// Innermost region.
    pub region: RegionId,
    /// Properties.
    pub flags: BlockFlags,
    /// Execution frequency relative to the entry's 100.
    pub weight: u32,
}

impl Block {
    /// An empty block outside any region.
    pub const fn new() -> Block {
        Block {
            first: NodeId::NONE,
            last: NodeId::NONE,
            succ: [BlockId::NONE; 2],
            region: RegionId::NONE,
            flags: BlockFlags::empty(),
            weight: 100,
        }
    }
}

impl Default for Block {
    fn default() -> Self {
        Block::new()
    }
}

/// What a region is to its clause.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RegionKind {
    /// The protected blocks.
    Try,
    /// The handler's blocks: becomes a funclet.
    Handler,
    /// The filter's blocks: becomes a funclet.
    Filter,
}

/// A region: a set of blocks that belong to one clause in one role.
///
/// One try with several handlers is one try region shared by several clauses.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Region {
    /// The region this one lies in.
    pub parent: RegionId,
    /// Its role.
    pub kind: RegionKind,
    /// The (first) clause it belongs to.
    pub clause: ClauseId,
}

/// The kind of handler.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ClauseKind {
    /// Catches exceptions of a class: the number is the runtime's (a metadata token under .NET, a class number in text).
    Catch(u32),
    /// A filter decides.
    Filter,
    /// Runs on every way out.
    Finally,
    /// Runs on exceptional ways out.
    Fault,
}

/// One clause. Clauses stand in the runtime's search order: inner before outer, siblings of one try in source order.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Clause {
    /// Kind.
    pub kind: ClauseKind,
    /// The protected region.
    pub try_region: RegionId,
    /// The handler's region.
    pub handler_region: RegionId,
    /// The handler's first block.
    pub handler_entry: BlockId,
    /// The filter's first block, or none.
    pub filter_entry: BlockId,
}
