//! Lowering: neutral nodes to nodes that this machine can do.
//!
//! After lowering everything that allocation and code generation must know is explicit: parameters and arguments are nodes with
//! registers, constants that need a register are `const` nodes, operands that are part of their user's instruction are marked
//! contained, comparisons stand in their branches.
//!
//! The walk goes over a block in execution order and lowers each node once, its operands first. New nodes are made in lowered
//! form and are not visited again.
//!
//! **contained-moves-the-read**: containing a node moves its reads of locals and memory down to its user. So nothing between
//! the two may store to those locals ([`LowerCx::can_move_to`] asks).

pub mod arm64;
pub mod calls;
pub mod common;
pub mod containment;
pub mod divide;
pub mod expand;
pub mod fuse;
pub mod jumps;
pub mod split_vectors;
pub mod suspend;
pub mod tail_loops;
pub mod vectors;
pub mod verify;
pub mod wide_signatures;
pub mod x64;

use crate::ir::{
    Bail, BlockId, Body, LocalId, Method, Node, NodeFlags, NodeId, Opcode, OpcodeSet, Operand,
    OperandRef,
};
use crate::target::{CpuFeatures, RuntimeAbi, Target, TargetDesc};
use crate::types::VarType;

/// What lowering works on.
pub struct LowerCx<'a> {
    /// The body, changed in place.
    pub body: &'a mut Body,
    /// The method's immutable head.
    pub method: &'a Method,
    /// Facts of the machine.
    pub desc: &'static TargetDesc,
    /// Facts of the runtime.
    pub abi: &'a RuntimeAbi,
    /// Instruction sets beyond the machine's base.
    pub features: CpuFeatures,
    /// FullOpts: look for containment that costs a search. MinOpts takes only what is adjacent.
    pub full: bool,
    /// The block being lowered.
    pub block: BlockId,
    /// The local that holds the address of the method's return buffer; none if it has none. See [`calls::add_ret_buffer`].
    pub ret_buffer: LocalId,
    /// The method has a `return_suspend`. See [`suspend`].
    pub suspends: bool,
}

/// Per-machine lowering.
pub trait Lower: Target {
    /// Opcodes of which a scalar node is in lowered form already if none of its operands is a constant and nothing is to be
    /// contained.
    const PLAIN: OpcodeSet;

    /// Opcodes of [`Lower::PLAIN`] of which that holds for an integer node at MinOpts also where operand 1 is a small constant.
    const PLAIN_WITH_SMALL: OpcodeSet;

    /// Lowers one node. May change, add or remove nodes before it, and add nodes behind it. Part of the walk over a block; others
    /// call [`Lower::lower_node`].
    fn lower_in_walk(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail>;

    /// As [`Lower::lower_in_walk`], of a node that another one's lowering has made.
    #[inline(never)]
    fn lower_node(cx: &mut LowerCx<'_>, n: NodeId) -> Result<(), Bail> {
        Self::lower_in_walk(cx, n)
    }

    /// The widest vectors that a machine with these features has registers for.
    fn widest_vector(features: CpuFeatures) -> VarType;

    /// Why vectors of type `ty` are declined; none if they are not.
    fn declines_vector(cx: &LowerCx<'_>, ty: VarType) -> Option<&'static str>;

    /// Makes operand `k` of memory node `n` an addressing mode of an access of `size` bytes, where the machine has it; size 0 is a
    /// block, whose pieces stand at growing displacements.
    fn contain_address(cx: &mut LowerCx<'_>, n: NodeId, k: usize, size: u32);
}

/// Lowers one block.
pub fn lower_block<L: Lower>(cx: &mut LowerCx<'_>, block: BlockId) -> Result<(), Bail> {
    cx.block = block;
    let plain_ops: &'static OpcodeSet = const { &L::PLAIN };
    let plain_with_small: &'static OpcodeSet = const { &L::PLAIN_WITH_SMALL };
    let mut n = cx.body.blocks[block].first;
    while n.is_some() {
        let node = &cx.body.nodes[n];
        let next = node.next;
        let plain = if node.op == Opcode::StoreLcl {
            cx.is_plain_store(node)
        } else {
            plain_ops.contains(node.op)
                && node.ty.is_scalar()
                && if cx.full {
                    // Operands may be contained where lowering searches for it.
                    let [first, second, third] = node.opnd;
                    let searched = |o: Operand| o.is_some() && o.as_local().is_none();
                    !searched(first) && !searched(second) && !third.is_const()
                } else if !node.has_const_operand() {
                    true
                } else {
                    plain_with_small.contains(node.op)
                        && node.ty.is_int()
                        && node.opnd[0].is_value()
                        && matches!(node.opnd[1].get(), OperandRef::Small(_))
                }
        };
        if !plain {
            // A constant may be stored to a local that no node makes a value of.
            let ty = match node.op {
                Opcode::StoreLcl => cx.body.locals[LocalId(node.aux)].ty,
                _ => node.ty,
            };
            if ty.is_vector() {
                cx.check_vector::<L>(ty, n)?;
            }
            L::lower_in_walk(cx, n)?;
        }
        n = next;
    }
    Ok(())
}

impl LowerCx<'_> {
    /// The node.
    #[inline]
    pub fn node(&self, n: NodeId) -> &Node {
        &self.body.nodes[n]
    }

    /// Does `store_lcl` node `n` store a value, which is no constant, as it is?
    #[inline]
    fn is_plain_store(&self, n: &Node) -> bool {
        let ty = self.body.locals[LocalId(n.aux)].ty;
        n.opnd[0].is_value() && ty != VarType::Struct && !ty.is_small()
    }

    /// The node, to change.
    #[inline]
    pub fn node_mut(&mut self, n: NodeId) -> &mut Node {
        &mut self.body.nodes[n]
    }

    /// Inserts `node` before `at`.
    #[inline]
    pub fn insert_before(&mut self, at: NodeId, node: Node) -> NodeId {
        self.body.insert_before(self.block, at, node)
    }

    /// Inserts `node` after `at`.
    #[inline]
    pub fn insert_after(&mut self, at: NodeId, node: Node) -> NodeId {
        self.body.insert_after(self.block, at, node)
    }

    /// Takes `n` out of the block.
    pub fn remove(&mut self, n: NodeId) {
        self.body.remove(self.block, n);
    }

    /// Replaces constant operand `k` of `n` by a `const` node in front, so that it gets a register.
    pub fn materialize(&mut self, n: NodeId, k: usize) {
        let o = self.node(n).opnd[k];
        if o.is_const() {
            let ty = self.body.position_type(n, k);
            self.materialize_as(n, k, ty);
        }
    }

    /// As [`LowerCx::materialize`], with the type given.
    pub fn materialize_as(&mut self, n: NodeId, k: usize, ty: VarType) {
        let o = self.node(n).opnd[k];
        if !o.is_const() {
            return;
        }
        let mut c = Node::new(Opcode::Const, ty);
        c.opnd[0] = o;
        c.user = n;
        let c = self.insert_before(n, c);
        self.node_mut(n).opnd[k] = Operand::node(c);
    }

    /// Exchanges operands 0 and 1 of `n`.
    pub fn swap_operands(&mut self, n: NodeId) {
        self.node_mut(n).opnd.swap(0, 1);
    }

    /// Marks `n` as part of its user.
    pub fn contain(&mut self, n: NodeId) {
        self.node_mut(n).flags.insert(NodeFlags::CONTAINED);
    }

    /// The refusal for a node this target does not do yet.
    pub fn unsupported(&self, n: NodeId) -> Bail {
        Bail::Unsupported {
            what: self.node(n).op.name(),
            node: n,
        }
    }

    /// The value of constant operand `k` as a signed number of its type.
    #[inline]
    pub fn const_i64(&self, n: NodeId, k: usize) -> Option<i64> {
        self.body
            .const_value(self.node(n).opnd[k])
            .map(|v| v as i64)
    }
}
