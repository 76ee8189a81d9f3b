//! Changes to a body, and what they have to know: funclets, calls of helpers, another order of blocks, other targets, one block cut in two.

use super::{
    ArgKind, AuxKind, Block, BlockFlags, BlockId, Body, CallArg, CallFlags, CallId, CallInfo,
    CallTarget, Local, LocalFlags, LocalId, Method, Node, NodeId, Opcode, Operand, RegionId,
    RegionKind,
};
use crate::ee::Helper;
use crate::types::{LayoutId, VarType};
use crate::util::IndexVec;

impl Body {
    /// The handler or filter that each region is or lies in; none for those in the method's own code. Regions make no cycle.
    pub fn find_funclets(&self, funclets: &mut IndexVec<RegionId, RegionId>) {
        const UNKNOWN: RegionId = RegionId(u32::MAX - 1);
        let is_try = |r: RegionId| self.regions[r].kind == RegionKind::Try;
        funclets.clear();
        funclets.resize(self.regions.len(), UNKNOWN);
        for r in self.regions.ids() {
            let mut at = r;
            while at.is_some() && funclets[at] == UNKNOWN && is_try(at) {
                at = self.regions[at].parent;
            }
            let around = match funclets.get(at) {
                Some(&UNKNOWN) | None => at,
                Some(&known) => known,
            };
            // The way again, up to what is known: linear in all.
            at = r;
            while at.is_some() && funclets[at] == UNKNOWN {
                funclets[at] = around;
                at = if at == around {
                    at
                } else {
                    self.regions[at].parent
                };
            }
        }
    }

    /// A row for a call of `helper` with `args`, values and their types.
    pub fn helper_call(
        &mut self,
        helper: Helper,
        ret: VarType,
        args: &[(Operand, VarType)],
        flags: CallFlags,
    ) -> CallId {
        let first_arg = self.call_args.len() as u32;
        self.call_args
            .extend(args.iter().map(|&(opnd, ty)| CallArg {
                opnd,
                ty,
                kind: ArgKind::User,
                layout: LayoutId::NONE,
            }));
        self.calls.push(CallInfo {
            target: CallTarget::Helper(helper),
            ret,
            ret_layout: LayoutId::NONE,
            first_arg,
            num_args: args.len() as u32,
            flags,
            stack_bytes: 0,
        })
    }

    /// Calls `f` with every mention of a block: successors, switch targets, entries of handlers, block addresses.
    pub fn for_each_block_mention(&mut self, mut f: impl FnMut(&mut BlockId)) {
        for b in self.blocks.iter_mut() {
            b.succ.iter_mut().for_each(&mut f);
        }
        self.switch_targets.iter_mut().for_each(&mut f);
        for c in self.clauses.iter_mut() {
            f(&mut c.handler_entry);
            f(&mut c.filter_entry);
        }
        for n in self.nodes.iter_mut() {
            if n.op.info().aux == AuxKind::Block {
                let mut b = BlockId(n.aux);
                f(&mut b);
                n.aux = b.0;
            }
        }
    }

    /// Renumbers all blocks: `order[i]` becomes block `i`. Every block is in `order` once.
    pub fn reorder_blocks(&mut self, order: &[BlockId]) {
        debug_assert_eq!(order.len(), self.blocks.len());
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[old.0 as usize] = new as u32;
        }
        let old: Vec<Block> = self.blocks.iter().copied().collect();
        for (new, from) in order.iter().enumerate() {
            self.blocks[BlockId(new as u32)] = old[from.0 as usize];
        }
        self.for_each_block_mention(|b| {
            if b.is_some() {
                *b = BlockId(place[b.0 as usize]);
            }
        });
    }

    /// Whatever mentions block `from` mentions `to` instead.
    pub fn retarget(&mut self, from: BlockId, to: BlockId) {
        self.for_each_block_mention(|b| {
            if *b == from {
                *b = to;
            }
        });
    }

    /// Appends a node to a block, at the source position of `like`.
    pub fn append_like(&mut self, b: BlockId, node: Node, like: NodeId) -> NodeId {
        let id = self.append(b, node);
        if let Some(&il) = self.node_il.get(like.0 as usize) {
            self.node_il.push(il);
        }
        id
    }

    /// A new block, last, that runs as block `b` does, without nodes.
    pub fn new_block_like(&mut self, b: BlockId) -> BlockId {
        let mut block = Block::new();
        block.region = self.blocks[b].region;
        block.weight = self.blocks[b].weight;
        block.flags = self.blocks[b].flags & BlockFlags::COLD;
        self.blocks.push(block)
    }

    /// Moves `n` and what stands behind it into a new block, which takes over the successors. Block `b` is left without a
    /// terminator. No value may be live across the cut; [`Body::keep_in_local`] takes care of one.
    pub fn cut_before(&mut self, b: BlockId, n: NodeId) -> BlockId {
        let rest = self.new_block_like(b);
        let old = self.blocks[b];
        let new = &mut self.blocks[rest];
        (new.first, new.last, new.succ) = (n, old.last, old.succ);
        let prev = std::mem::replace(&mut self.nodes[n].prev, NodeId::NONE);
        let head = &mut self.blocks[b];
        head.last = prev;
        head.succ = [BlockId::NONE; 2];
        if prev.is_some() {
            self.nodes[prev].next = NodeId::NONE;
        } else {
            head.first = NodeId::NONE;
        }
        rest
    }

    /// Puts the value of node `d` of block `b` into a new local, which its user reads instead. The user may stand in another block.
    pub fn keep_in_local(&mut self, method: &Method, b: BlockId, d: NodeId) -> LocalId {
        let node = self.nodes[d];
        let mut temp = Local::new(self.value_type(d));
        temp.flags = LocalFlags::TEMP;
        if temp.ty == VarType::Struct {
            temp.layout = self.struct_layout(method, d);
            temp.flags |= LocalFlags::DO_NOT_ENREGISTER;
        }
        let temp = self.locals.push(temp);
        if node.user.is_some() {
            self.for_each_operand_mut(node.user, |o| {
                if o.as_node() == Some(d) {
                    *o = Operand::local(temp);
                }
            });
        }
        let mut store = Node::new(Opcode::StoreLcl, VarType::Void);
        store.aux = temp.0;
        store.opnd[0] = Operand::node(d);
        // Further results stand directly behind their call.
        let mut at = d;
        while let Some(next) = self.nodes.get(self.nodes[at].next)
            && next.op == Opcode::Result
        {
            at = self.nodes[at].next;
        }
        let store = self.insert_after(b, at, store);
        self.nodes[d].user = store;
        temp
    }

    /// The layout of the struct that node `d` gives.
    fn struct_layout(&self, method: &Method, d: NodeId) -> LayoutId {
        let node = &self.nodes[d];
        let id = match node.op {
            Opcode::Call => self.calls[CallId(node.aux)].ret_layout,
            Opcode::LclFld => self.locals[LocalId(node.aux)].layout,
            _ => LayoutId(node.aux),
        };
        if method.layout(id).is_some() {
            id
        } else {
            LayoutId::NONE
        }
    }
}
