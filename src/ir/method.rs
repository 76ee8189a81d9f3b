//! A method: an immutable head and the body that phases copy and change.

use super::block::{Block, BlockId, Clause, ClauseId, Region, RegionId};
use super::locals::{Local, LocalFlags, LocalId};
use super::node::{Node, NodeId};
use super::opcodes::{Opcode, OpcodeSet, OperandKind, ResultKind};
use super::operand::{Operand, OperandRef};
use crate::types::{ClassLayout, LayoutId, VarType};
use crate::util::IndexVec;
use crate::util::room::release;

crate::define_index! {
    /// A call's row in the side table.
    CallId = "call";
    /// A switch's row in the side table.
    SwitchId = "switch";
    /// A function that the method names.
    FuncId = "func";
    /// A question to the runtime whose answer is a [`Lookup`](crate::ee::Lookup).
    LookupId = "lookup";
}

/// What an argument is for; ABIs and optimisations treat the kinds differently.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default)]
#[repr(u8)]
pub enum ArgKind {
    /// An argument of the source program.
    #[default]
    User,
    /// The receiver.
    This,
    /// Address of the return buffer.
    RetBuffer,
    /// Generic context.
    GenericContext,
    /// Async continuation.
    AsyncContinuation,
    /// Varargs cookie.
    VarargsCookie,
    /// Virtual-stub dispatch cell.
    StubCell,
    /// ReadyToRun indirection cell.
    R2rCell,
    /// Secret parameter of a stub.
    Secret,
}

impl ArgKind {
    /// Every kind, in the order of the encoding.
    pub const ALL: [ArgKind; 9] = [
        ArgKind::User,
        ArgKind::This,
        ArgKind::RetBuffer,
        ArgKind::GenericContext,
        ArgKind::AsyncContinuation,
        ArgKind::VarargsCookie,
        ArgKind::StubCell,
        ArgKind::R2rCell,
        ArgKind::Secret,
    ];
    /// The name in text IR; empty for user arguments.
    pub const fn name(self) -> &'static str {
        match self {
            ArgKind::User => "",
            ArgKind::This => "this",
            ArgKind::RetBuffer => "retbuf",
            ArgKind::GenericContext => "context",
            ArgKind::AsyncContinuation => "continuation",
            ArgKind::VarargsCookie => "varargs",
            ArgKind::StubCell => "stubcell",
            ArgKind::R2rCell => "r2rcell",
            ArgKind::Secret => "secret",
        }
    }
}

/// One argument of a call.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct CallArg {
    /// The value. After lowering: the `put_arg_reg` node, or none for stack arguments.
    pub opnd: Operand,
    /// Its type, small types included.
    pub ty: VarType,
    /// What it is for.
    pub kind: ArgKind,
    /// Layout of a struct.
    pub layout: LayoutId,
}

impl CallArg {
    /// What a method passes on for its callee's parameter `p`: `opnd`, as `p` is declared.
    pub fn for_param(p: &Local, opnd: Operand) -> CallArg {
        let kind = if p.flags.contains(LocalFlags::THIS) {
            ArgKind::This
        } else {
            ArgKind::User
        };
        CallArg {
            opnd,
            ty: p.ty,
            kind,
            layout: p.layout,
        }
    }
}

/// Whom a call calls.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum CallTarget {
    /// A function known by handle or name: its entry point is asked of the runtime.
    Func(FuncId),
    /// A runtime helper.
    Helper(crate::ee::Helper),
    /// The code address in operand 0 of the node.
    Indirect,
    /// As [`CallTarget::StubCell`], the cell's address in operand 0 of the node.
    IndirectCell,
    /// The code that a cell leads to, with the cell's address in a register of its own that the code at the other end looks at:
    /// dispatch through the runtime's stubs. The lookup is `Known` and an `Indirect` one.
    StubCell(LookupId),
}

impl CallTarget {
    /// Is operand 0 of the node an address?
    #[inline]
    pub fn has_address(self) -> bool {
        matches!(self, CallTarget::Indirect | CallTarget::IndirectCell)
    }
}

/// What a method's generic context is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ContextKind {
    /// The object that the method was called on.
    This,
    /// A method table.
    Class,
    /// A method's description.
    Method,
}

bitflags::bitflags! {
    /// Properties of a call.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct CallFlags: u16 {
        /// No collection can happen in it.
        const NO_GC = 1;
        /// It does not come back.
        const NO_RETURN = 2;
        /// Check the receiver for null before calling.
        const NULL_CHECK_THIS = 4;
        /// It cannot throw.
        const NO_THROW = 8;
    }
}

/// A call's row.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct CallInfo {
    /// Whom.
    pub target: CallTarget,
    /// Return type, small types included.
    pub ret: VarType,
    /// Layout of a struct result.
    pub ret_layout: LayoutId,
    /// First argument in [`Body::call_args`].
    pub first_arg: u32,
    /// Number of arguments.
    pub num_args: u32,
    /// Properties.
    pub flags: CallFlags,
    /// Bytes of stack arguments, home space included; set by lowering.
    pub stack_bytes: u32,
}

/// A switch's row: the value `i` goes to target `i`, anything else to the default.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct SwitchInfo {
    /// First target in [`Body::switch_targets`].
    pub first: u32,
    /// Number of targets, the default (which stands last) not counted.
    pub count: u32,
}

/// A function that a method refers to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FuncRef {
    /// Name in text; may be empty when `handle` says it all.
    pub name: String,
    /// The runtime's handle; 0 when functions are known by name.
    pub handle: u64,
}

/// The part of a method that phases change. All plain vectors: copying one is a few `memcpy`s.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Body {
    /// Nodes. Order is by the links, not by number.
    pub nodes: IndexVec<NodeId, Node>,
    /// Blocks, entry first, in layout order.
    pub blocks: IndexVec<BlockId, Block>,
    /// Locals, parameters first.
    pub locals: IndexVec<LocalId, Local>,
    /// Regions.
    pub regions: IndexVec<RegionId, Region>,
    /// Clauses in search order.
    pub clauses: IndexVec<ClauseId, Clause>,
    /// Calls.
    pub calls: IndexVec<CallId, CallInfo>,
    /// Arguments of all calls.
    pub call_args: Vec<CallArg>,
    /// Switches.
    pub switches: IndexVec<SwitchId, SwitchInfo>,
    /// Targets of all switches; each switch's default stands behind its targets.
    pub switch_targets: Vec<BlockId>,
    /// 64-bit constants.
    pub consts: Vec<u64>,
    /// Source position of each node (a line in text, an IL offset under .NET); empty if not known.
    pub node_il: Vec<u32>,
}

/// What the nodes of a body are: gathered on the way while they are copied, so that later questions need no walk.
#[derive(Copy, Clone, Default, Debug)]
pub struct NodeKinds {
    /// A bit for each type that a node has.
    types: u64,
    /// What opcodes are: [`NodeKinds::POINTERS`], [`NodeKinds::LATE`], [`NodeKinds::TAIL`].
    ops: u8,
}

impl NodeKinds {
    /// Moves memory of a type that the node does not have itself, or stands for nodes that do.
    const POINTERS: u8 = 1;
    /// Is expanded late.
    const LATE: u8 = 2;
    /// Leaves the method by a call.
    const TAIL: u8 = 4;
    /// Leaves the method with a continuation.
    const SUSPENDS: u8 = 8;

    const OF_OPS: [u8; 256] = {
        use Opcode::*;
        let pointers = OpcodeSet::of(&[CopyBlk, StoreStruct, LoadStruct, JmpMethod]);
        let mut of = [0; 256];
        let mut i = 0;
        while i < Opcode::ALL.len() {
            let op = Opcode::ALL[i];
            if pointers.contains(op) {
                of[op as usize] |= NodeKinds::POINTERS;
            }
            if Opcode::EXPANDED_LATE.contains(op) {
                of[op as usize] |= NodeKinds::LATE;
            }
            if matches!(op, TailCall | JmpMethod) {
                of[op as usize] |= NodeKinds::TAIL;
            }
            if matches!(op, ReturnSuspend) {
                of[op as usize] |= NodeKinds::SUSPENDS;
            }
            i += 1;
        }
        of
    };

    /// Of all nodes of `body`.
    pub fn of(body: &Body) -> NodeKinds {
        let mut kinds = NodeKinds::default();
        body.nodes.iter().for_each(|n| kinds.add(n));
        kinds
    }

    #[inline(always)]
    fn add(&mut self, n: &Node) {
        static OF_OPS: [u8; 256] = NodeKinds::OF_OPS;
        self.types |= 1 << (n.ty as u32 & 63);
        self.ops |= OF_OPS[n.op as u8 as usize];
    }

    /// May a value that a node makes or moves be a pointer that the collector wants to know of?
    pub fn may_have_pointers(self) -> bool {
        let types = [VarType::Ref, VarType::Byref, VarType::Struct];
        self.ops & (NodeKinds::POINTERS | NodeKinds::LATE) != 0
            || types
                .iter()
                .any(|&t| self.types >> (t as u32 & 63) & 1 != 0)
    }

    /// Is a vector of more than 16 bytes made or moved?
    pub fn has_wide_vectors(self) -> bool {
        let wide = 1u64 << VarType::V256 as u32 | 1u64 << VarType::V512 as u32;
        self.types & wide != 0
    }

    /// Is there a tail call, or what becomes one?
    pub fn has_tail_calls(self) -> bool {
        self.ops & NodeKinds::TAIL != 0
    }

    /// Is there a `return_suspend`?
    pub fn may_suspend(self) -> bool {
        self.ops & NodeKinds::SUSPENDS != 0
    }

    /// Is there a node of [`Opcode::EXPANDED_LATE`]?
    pub fn has_late(self) -> bool {
        self.ops & NodeKinds::LATE != 0
    }
}

/// A method: never changed by a compile.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Method {
    /// Name.
    pub name: String,
    /// The runtime's handle, as in [`FuncRef::handle`]; 0 where functions are known by their names.
    pub handle: u64,
    /// Number of parameters: the first locals.
    pub num_params: u32,
    /// Return type, small types included.
    pub ret: VarType,
    /// Layout of a struct result.
    pub ret_layout: LayoutId,
    /// Functions that the body names.
    pub funcs: IndexVec<FuncId, FuncRef>,
    /// Lookups that the body names.
    pub lookups: IndexVec<LookupId, crate::ee::LookupRequest>,
    /// Layouts that the body names.
    pub layouts: IndexVec<LayoutId, ClassLayout>,
    /// The local in which the runtime finds the generic context at any time. It lives in its home, and is zero until it is set.
    pub generic_context: Option<(LocalId, ContextKind)>,
    /// Vector constants, lanes of shuffles: the bytes of a vector, lane 0 first, zeros behind; or a lane number a byte.
    pub vectors: Vec<[u8; 64]>,
    /// The body.
    pub body: Body,
}

impl Method {
    /// Makes this an empty method without a name and keeps the memory.
    pub fn clear(&mut self) {
        // By name, so that a new field is not forgotten.
        let Method {
            name,
            handle,
            num_params,
            ret,
            ret_layout,
            funcs,
            lookups,
            layouts,
            generic_context,
            vectors,
            body,
        } = self;
        name.clear();
        *handle = 0;
        *num_params = 0;
        *ret = VarType::default();
        *ret_layout = LayoutId::NONE;
        funcs.clear();
        lookups.clear();
        layouts.clear();
        *generic_context = None;
        vectors.clear();
        body.clear();
    }

    /// A copy of all but the body.
    pub fn head(&self) -> Method {
        let Method {
            name,
            handle,
            num_params,
            ret,
            ret_layout,
            funcs,
            lookups,
            layouts,
            generic_context,
            vectors,
            body: _,
        } = self;
        Method {
            name: name.clone(),
            handle: *handle,
            num_params: *num_params,
            ret: *ret,
            ret_layout: *ret_layout,
            funcs: funcs.clone(),
            lookups: lookups.clone(),
            layouts: layouts.clone(),
            generic_context: *generic_context,
            vectors: vectors.clone(),
            body: Body::default(),
        }
    }

    /// The layout of a struct local, argument or result; none for scalars.
    pub fn layout(&self, id: LayoutId) -> Option<&ClassLayout> {
        self.layouts.get(id)
    }

    /// The number of operations: nodes that stand in a block and [are one](super::Opcode::is_operation).
    pub fn operations(&self) -> usize {
        let body = &self.body;
        let nodes = body.blocks.ids().flat_map(|b| body.block_nodes(b));
        nodes.filter(|&n| body.nodes[n].op.is_operation()).count()
    }

    /// A row of the vector constants; zeros if there is none.
    pub fn vector(&self, row: u32) -> [u8; 64] {
        self.vectors.get(row as usize).copied().unwrap_or([0; 64])
    }

    /// The number of bytes that node `node` uses of its row of vector constants: those of a constant, one a lane of a shuffle.
    pub fn vector_bytes(node: &Node) -> usize {
        let bytes = node.ty.size().min(64);
        let bytes = match node.op {
            Opcode::VecShuffle => bytes / node.source_type().size().max(1),
            _ => bytes,
        };
        bytes as usize
    }
}

impl Body {
    /// The nodes that lowering adds to those of this body, about: one in five and one an argument.
    pub fn nodes_to_come(&self) -> usize {
        self.nodes.len() / 5 + self.call_args.len() + 16
    }

    /// Makes this a copy of `other`, reusing memory. The first step of every compile. Leaves room for `more` nodes, so that the
    /// largest vector does not move while it is changed. Says what the nodes are.
    pub fn copy_from(&mut self, other: &Body, more: usize) -> NodeKinds {
        let room = other.nodes.len() + more;
        self.nodes.clear();
        self.nodes.raw().reserve_exact(room);
        if !other.node_il.is_empty() {
            self.node_il.clear();
            self.node_il.reserve_exact(room);
        }
        let mut kinds = NodeKinds::default();
        self.nodes.raw().extend(other.nodes.iter().map(|n| {
            kinds.add(n);
            *n
        }));
        self.copy_tables(other);
        self.calls.copy_from(&other.calls);
        // Lowering makes a call's arguments anew behind all of them, and then puts them in the place of the old ones.
        self.call_args.clear();
        let args = other.call_args.len();
        self.call_args.reserve_exact(args + args / 32 + 64);
        self.call_args.extend_from_slice(&other.call_args);
        copy_vec(&mut self.node_il, &other.node_il);
        kinds
    }

    /// Makes this a copy of `other` without nodes and calls.
    pub fn copy_head_from(&mut self, other: &Body) {
        self.clear_nodes();
        self.copy_tables(other);
        for b in self.blocks.iter_mut() {
            (b.first, b.last) = (NodeId::NONE, NodeId::NONE);
        }
    }

    fn copy_tables(&mut self, other: &Body) {
        self.blocks.copy_from(&other.blocks);
        self.locals.copy_from(&other.locals);
        self.regions.copy_from(&other.regions);
        self.clauses.copy_from(&other.clauses);
        self.switches.copy_from(&other.switches);
        copy_vec(&mut self.switch_targets, &other.switch_targets);
        copy_vec(&mut self.consts, &other.consts);
    }

    /// Empties nodes, calls and their arguments.
    pub fn clear_nodes(&mut self) {
        self.nodes.clear();
        self.node_il.clear();
        self.calls.clear();
        self.call_args.clear();
    }

    /// Gives back the lists of arguments of a lowered body: each call's are the nodes before it whose user it is.
    pub fn drop_args(&mut self) {
        for c in self.calls.iter_mut() {
            (c.first_arg, c.num_args) = (0, 0);
        }
        self.call_args = Vec::new();
    }

    /// Do the nodes of each block have ascending numbers without a gap?
    pub fn blocks_are_ranges(&self) -> bool {
        self.blocks.iter().all(|b| {
            let mut n = b.first;
            while n != b.last {
                let next = self.nodes[n].next;
                if next.0 != n.0 + 1 {
                    return false;
                }
                n = next;
            }
            true
        })
    }

    /// Empties what only large methods have much of, and gives its memory back: all but locals, regions and clauses.
    pub fn release_nodes(&mut self) {
        self.nodes.release();
        self.blocks.release();
        self.switches.release();
        release(&mut self.switch_targets);
        release(&mut self.consts);
        self.calls.release();
        release(&mut self.call_args);
        release(&mut self.node_il);
    }

    /// Makes this empty and keeps the memory.
    pub fn clear(&mut self) {
        let Body {
            nodes,
            blocks,
            locals,
            regions,
            clauses,
            calls,
            call_args,
            switches,
            switch_targets,
            consts,
            node_il,
        } = self;
        nodes.clear();
        blocks.clear();
        locals.clear();
        regions.clear();
        clauses.clear();
        calls.clear();
        call_args.clear();
        switches.clear();
        switch_targets.clear();
        consts.clear();
        node_il.clear();
    }

    /// The integer value of a constant operand; `None` for anything else.
    #[inline]
    pub fn const_value(&self, o: Operand) -> Option<u64> {
        match o.get() {
            OperandRef::Small(v) => Some(v as i64 as u64),
            OperandRef::Pool(i) => Some(self.consts[i as usize]),
            _ => None,
        }
    }

    /// The operand for the 64-bit pattern `v` (integers sign-extended, floats by their bits).
    pub fn const_operand(&mut self, v: u64) -> Operand {
        Operand::small(v as i64).unwrap_or_else(|| {
            self.consts.push(v);
            Operand::pool(self.consts.len() as u32 - 1)
        })
    }

    /// The type of a node's value (`Void` if it has none).
    #[inline]
    pub fn value_type(&self, n: NodeId) -> VarType {
        let node = &self.nodes[n];
        match node.op.info().result {
            ResultKind::None => VarType::Void,
            ResultKind::T | ResultKind::CallT => node.ty.actual(),
            ResultKind::I32 => VarType::I32,
        }
    }

    /// The type of operand `k` of node `n`, which for a constant is what its position says.
    pub fn operand_type(&self, n: NodeId, k: usize) -> VarType {
        let node = &self.nodes[n];
        match node.opnd[k].get() {
            OperandRef::Node(d) => self.value_type(d),
            OperandRef::Local(l) => self.locals[l].ty.actual(),
            OperandRef::None => VarType::Void,
            _ => self.position_type(n, k),
        }
    }

    /// The type that position `k` of node `n` gives to a constant.
    pub fn position_type(&self, n: NodeId, k: usize) -> VarType {
        let node = &self.nodes[n];
        match node.op.info().operands.get(k) {
            Some(OperandKind::T) => node.ty.actual(),
            Some(OperandKind::I32) => VarType::I32,
            Some(OperandKind::I64 | OperandKind::Int | OperandKind::Addr | OperandKind::Const) => {
                VarType::I64
            }
            Some(OperandKind::Ref) => VarType::Ref,
            Some(OperandKind::Src) => node.source_type().actual(),
            Some(OperandKind::Cmp) => node.compare_type().actual(),
            Some(OperandKind::Lcl) => self.locals[LocalId(node.aux)].ty.actual(),
            _ => VarType::I64,
        }
    }

    /// The arguments of a call.
    #[inline]
    pub fn args(&self, c: CallId) -> &[CallArg] {
        let i = &self.calls[c];
        &self.call_args[i.first_arg as usize..(i.first_arg + i.num_args) as usize]
    }

    /// The targets of a switch, the default last.
    pub fn targets(&self, s: SwitchId) -> &[BlockId] {
        let i = &self.switches[s];
        &self.switch_targets[i.first as usize..=(i.first + i.count) as usize]
    }

    /// Calls `f` with each operand of node `n`: those in the node, then a call's arguments. Operands are seen in order of
    /// evaluation demand; `f` may not change them (see [`Body::for_each_operand_mut`]).
    #[inline]
    pub fn for_each_operand(&self, n: NodeId, mut f: impl FnMut(Operand)) {
        let node = &self.nodes[n];
        for o in node.opnd {
            if o.is_some() {
                f(o);
            }
        }
        if matches!(node.op, super::Opcode::Call | super::Opcode::TailCall) {
            for a in self.args(CallId(node.aux)) {
                if a.opnd.is_some() {
                    f(a.opnd);
                }
            }
        }
    }

    /// As [`Body::for_each_operand`], with leave to change each.
    pub fn for_each_operand_mut(&mut self, n: NodeId, mut f: impl FnMut(&mut Operand)) {
        let node = &mut self.nodes[n];
        for o in &mut node.opnd {
            if o.is_some() {
                f(o);
            }
        }
        if matches!(node.op, super::Opcode::Call | super::Opcode::TailCall) {
            let i = self.calls[CallId(node.aux)];
            for a in &mut self.call_args[i.first_arg as usize..(i.first_arg + i.num_args) as usize]
            {
                if a.opnd.is_some() {
                    f(&mut a.opnd);
                }
            }
        }
    }

    /// Calls `f` with each successor of block `b` in the flow of normal control.
    #[inline]
    pub fn for_each_succ(&self, b: BlockId, mut f: impl FnMut(BlockId)) {
        let block = &self.blocks[b];
        for s in block.succ {
            if s.is_some() {
                f(s);
            }
        }
        if self.ends_in_switch(block) {
            for &t in self.targets(SwitchId(self.nodes[block.last].aux)) {
                f(t);
            }
        }
    }

    /// Does `block` end in a switch?
    #[inline]
    pub fn ends_in_switch(&self, block: &Block) -> bool {
        !self.switches.is_empty()
            && block.last.is_some()
            && self.nodes[block.last].op == super::Opcode::Switch
    }

    /// The nodes of a block in order.
    pub fn block_nodes(&self, b: BlockId) -> impl Iterator<Item = NodeId> + '_ {
        let mut n = self.blocks[b].first;
        std::iter::from_fn(move || {
            if n.is_none() {
                return None;
            }
            let r = n;
            n = self.nodes[n].next;
            Some(r)
        })
    }

    /// The number of nodes that stand in a block.
    pub fn linked_nodes(&self) -> usize {
        let blocks = self.blocks.ids();
        blocks.map(|b| self.block_nodes(b).count()).sum()
    }

    /// Appends `node` to the end of block `b` and links users of its operands.
    #[inline]
    pub fn append(&mut self, b: BlockId, mut node: Node) -> NodeId {
        let id = self.nodes.next_id();
        let last = self.blocks[b].last;
        node.prev = last;
        node.next = NodeId::NONE;
        for o in node.opnd {
            if let Some(d) = o.as_node() {
                self.nodes[d].user = id;
            }
        }
        self.nodes.push(node);
        if last.is_some() {
            self.nodes[last].next = id;
        } else {
            self.blocks[b].first = id;
        }
        self.blocks[b].last = id;
        id
    }

    /// Inserts `node` before `at` in block `b`, linking users of its operands and copying the source position.
    #[inline]
    pub fn insert_before(&mut self, b: BlockId, at: NodeId, mut node: Node) -> NodeId {
        let id = self.nodes.next_id();
        let prev = self.nodes[at].prev;
        node.prev = prev;
        node.next = at;
        for o in node.opnd {
            if let Some(d) = o.as_node() {
                self.nodes[d].user = id;
            }
        }
        self.nodes.push(node);
        self.nodes[at].prev = id;
        if prev.is_some() {
            self.nodes[prev].next = id;
        } else {
            self.blocks[b].first = id;
        }
        if !self.node_il.is_empty() {
            let il = self.node_il[at.0 as usize];
            self.node_il.push(il);
        }
        id
    }

    /// Inserts `node` after `at` in block `b`.
    pub fn insert_after(&mut self, b: BlockId, at: NodeId, node: Node) -> NodeId {
        let next = self.nodes[at].next;
        if next.is_some() {
            let id = self.insert_before(b, next, node);
            if !self.node_il.is_empty() {
                let il = self.node_il[at.0 as usize];
                self.node_il[id.0 as usize] = il;
            }
            return id;
        }
        let id = self.append(b, node);
        if !self.node_il.is_empty() {
            let il = self.node_il[at.0 as usize];
            self.node_il.push(il);
        }
        id
    }

    /// Unlinks node `n` from block `b`. Its operands' `user` links are left for the caller.
    pub fn remove(&mut self, b: BlockId, n: NodeId) {
        let Node { prev, next, .. } = self.nodes[n];
        if prev.is_some() {
            self.nodes[prev].next = next;
        } else {
            self.blocks[b].first = next;
        }
        if next.is_some() {
            self.nodes[next].prev = prev;
        } else {
            self.blocks[b].last = prev;
        }
        self.nodes[n].prev = NodeId::NONE;
        self.nodes[n].next = NodeId::NONE;
    }

    /// Bytes held by the vectors.
    pub fn capacity_bytes(&self) -> usize {
        self.nodes.capacity_bytes()
            + self.blocks.capacity_bytes()
            + self.locals.capacity_bytes()
            + self.calls.capacity_bytes()
            + self.call_args.capacity() * size_of::<CallArg>()
            + self.switch_targets.capacity() * 4
            + self.consts.capacity() * 8
            + self.node_il.capacity() * 4
    }
}

fn copy_vec<T: Copy>(to: &mut Vec<T>, from: &[T]) {
    to.clear();
    to.extend_from_slice(from);
}
