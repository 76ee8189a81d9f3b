//! Building a method in code.
//!
//! A [`MethodBuilder`] appends nodes to a current block and keeps the `user` links; nothing is looked up and nothing is allocated
//! per node beyond the body's vectors. It checks nothing: [`verify`](super::verify) does.

use super::method::SwitchInfo;
use super::opcodes::{OPCODES, ResultKind};
use super::*;
use crate::ee::{Helper, LookupRequest};
use crate::types::{ClassLayout, LayoutId, VarType};

/// Sets `UNUSED` on every value without a user, and clears it on the others.
pub fn mark_unused(body: &mut Body) {
    for n in body.nodes.ids() {
        let unused = body.nodes[n].user.is_none() && body.value_type(n) != VarType::Void;
        body.nodes.raw()[n.0 as usize]
            .flags
            .set(NodeFlags::UNUSED, unused);
    }
}

/// What each opcode's result is: bit 0 if it has one whatever its type, bit 1 if it has one unless its type is `void`.
static VALUES: [u8; OPCODES.len()] = {
    let mut t = [0; OPCODES.len()];
    let mut i = 0;
    while i < t.len() {
        t[i] = match OPCODES[i].result {
            ResultKind::None => 0,
            ResultKind::I32 => 1,
            ResultKind::T | ResultKind::CallT => 2,
        };
        i += 1;
    }
    t
};

/// Builds one [`Method`].
///
/// Parameters come first, then locals and blocks in any order; [`MethodBuilder::switch_to`] says where nodes go. A value that a
/// node returns may be used once, in the same block.
#[derive(Debug)]
pub struct MethodBuilder {
    m: Method,
    block: BlockId,
    /// The id that the next node gets, if the last one went to `block`. It says already that it is followed; the block's row does not
    /// know of it yet: see [`MethodBuilder::settle`].
    next: NodeId,
    /// The position of the nodes that have none yet.
    line: u32,
    /// Was the body handed out? Then what is unused is found out at the end.
    touched: bool,
}

impl MethodBuilder {
    /// An empty method that returns `ret` (not a struct: see [`MethodBuilder::returns_struct`]).
    pub fn new(name: &str, ret: VarType) -> MethodBuilder {
        MethodBuilder::reusing(Method::default(), name, ret)
    }

    /// As [`MethodBuilder::new`], in the memory of a method that is not needed any more: for who builds and compiles one after the
    /// other.
    pub fn reusing(mut memory: Method, name: &str, ret: VarType) -> MethodBuilder {
        memory.clear();
        memory.name.push_str(name);
        memory.ret = ret;
        MethodBuilder {
            m: memory,
            block: BlockId::NONE,
            next: NodeId::NONE,
            line: 0,
            touched: false,
        }
    }

    /// Makes room for this many nodes, for who knows how large the method will be.
    pub fn reserve(&mut self, nodes: usize) {
        self.m.body.nodes.raw().reserve(nodes);
        self.m.body.node_il.reserve(nodes);
    }

    /// Makes the method return a struct.
    pub fn returns_struct(&mut self, layout: LayoutId) {
        self.m.ret = VarType::Struct;
        self.m.ret_layout = layout;
    }

    /// Adds a parameter; all of them come before the first local.
    pub fn param(&mut self, ty: VarType) -> LocalId {
        self.m.num_params += 1;
        self.local_with(Local {
            flags: LocalFlags::PARAM,
            ..Local::new(ty)
        })
    }

    /// Makes the first `n` locals the parameters, where they were added as locals.
    pub fn set_params(&mut self, n: u32) {
        self.m.num_params = n;
    }

    /// Adds a local of a scalar type.
    pub fn local(&mut self, ty: VarType) -> LocalId {
        self.local_with(Local::new(ty))
    }

    /// Adds a local of a struct type.
    pub fn struct_local(&mut self, layout: LayoutId) -> LocalId {
        self.local_with(Local {
            layout,
            ..Local::new(VarType::Struct)
        })
    }

    /// Adds a local.
    pub fn local_with(&mut self, local: Local) -> LocalId {
        self.m.body.locals.push(local)
    }

    /// Adds a layout.
    pub fn layout(&mut self, layout: ClassLayout) -> LayoutId {
        self.m.layouts.push(layout)
    }

    /// Adds a function to call. The caller keeps the id: adding one name twice makes two rows.
    pub fn func(&mut self, name: &str, handle: u64) -> FuncId {
        self.m.funcs.push(FuncRef {
            name: name.to_owned(),
            handle,
        })
    }

    /// Adds a question to the runtime.
    pub fn lookup_row(&mut self, request: LookupRequest) -> LookupId {
        self.m.lookups.push(request)
    }

    /// Adds an empty block behind the others. The first one is the entry.
    pub fn block(&mut self) -> BlockId {
        self.m.body.blocks.push(Block::new())
    }

    /// Adds a block and lets nodes go there.
    pub fn start_block(&mut self) -> BlockId {
        let b = self.block();
        self.switch_to(b);
        b
    }

    /// From now on nodes go to `block`.
    pub fn switch_to(&mut self, block: BlockId) {
        self.settle();
        self.block = block;
    }

    /// Ends the chain of nodes at hand, so that the body is whole.
    #[inline]
    fn settle(&mut self) {
        if self.next.is_some() {
            let last = NodeId(self.next.0 - 1);
            self.m.body.nodes[last].next = NodeId::NONE;
            self.m.body.blocks[self.block].last = last;
            self.next = NodeId::NONE;
        }
    }

    /// Hangs node `id` behind the last one of the current block, which it says.
    #[inline(never)]
    fn link(&mut self, id: NodeId) -> NodeId {
        let body = &mut self.m.body;
        let block = &mut body.blocks[self.block];
        match body.nodes.get_mut(block.last) {
            Some(before) => before.next = id,
            None => block.first = id,
        }
        block.last
    }

    /// Gives the nodes that have no position yet the one at hand.
    fn place(&mut self) {
        let body = &mut self.m.body;
        body.node_il.resize(body.nodes.len(), self.line);
    }

    /// The block that nodes go to.
    pub fn current(&self) -> BlockId {
        self.block
    }

    /// The block's row, to set region, flags and weight.
    pub fn block_mut(&mut self, b: BlockId) -> &mut Block {
        self.settle();
        &mut self.m.body.blocks[b]
    }

    /// The body, to add regions and clauses, or for what the builder has no method for.
    pub fn body(&mut self) -> &mut Body {
        self.touched = true;
        self.settle();
        self.place();
        &mut self.m.body
    }

    /// Source position of the nodes that follow.
    pub fn at_line(&mut self, line: u32) {
        self.place();
        self.line = line;
    }

    /// The finished method, with `UNUSED` set where a value has no user.
    pub fn finish(mut self) -> Method {
        self.settle();
        self.place();
        if self.touched {
            mark_unused(&mut self.m.body);
        }
        self.m
    }

    // ---- operands

    /// An integer constant.
    #[inline]
    pub fn int(&mut self, v: i64) -> Operand {
        self.m.body.const_operand(v as u64)
    }

    /// An `f64` constant.
    pub fn f64(&mut self, v: f64) -> Operand {
        self.m.body.const_operand(v.to_bits())
    }

    /// An `f32` constant.
    pub fn f32(&mut self, v: f32) -> Operand {
        self.m.body.const_operand(u64::from(v.to_bits()))
    }

    // ---- nodes

    /// Appends any node to the current block.
    #[inline]
    pub fn node(&mut self, node: Node) -> Operand {
        self.push(node)
    }

    /// As [`MethodBuilder::node`], in its caller: a node that is put together there does not go through memory.
    #[inline(always)]
    fn push(&mut self, mut node: Node) -> Operand {
        let id = self.m.body.nodes.next_id();
        node.prev = if self.next == id {
            NodeId(id.0 - 1)
        } else {
            self.link(id)
        };
        node.next = NodeId(id.0 + 1);
        self.next = node.next;
        let nodes = self.m.body.nodes.raw();
        // A value's first user takes the flag off.
        for o in node.opnd {
            if let Some(d) = o.as_node() {
                let def = &mut nodes[d.0 as usize];
                def.user = id;
                def.flags.remove(NodeFlags::UNUSED);
            }
        }
        let value = VALUES[node.op as usize];
        let unused = value & 1 != 0 || value != 0 && node.ty != VarType::Void;
        node.flags.set(NodeFlags::UNUSED, unused);
        nodes.push(node);
        Operand::node(id)
    }

    /// A node with these operands (three at most) and no `sub` or `aux`.
    #[inline]
    pub fn op(&mut self, op: Opcode, ty: VarType, operands: &[Operand]) -> Operand {
        self.full(op, ty, 0, 0, operands)
    }

    /// A node with everything said.
    #[inline]
    pub fn full(
        &mut self,
        op: Opcode,
        ty: VarType,
        sub: u8,
        aux: u32,
        operands: &[Operand],
    ) -> Operand {
        let mut n = Node::new(op, ty);
        n.sub = sub;
        n.aux = aux;
        n.opnd = match *operands {
            [] => n.opnd,
            [a] => [a, Operand::NONE, Operand::NONE],
            [a, b] => [a, b, Operand::NONE],
            [a, b, c, ..] => [a, b, c],
        };
        self.push(n)
    }

    /// `add`, `sub`, `mul`, ...: two operands of type `ty`.
    #[inline]
    pub fn binary(&mut self, op: Opcode, ty: VarType, a: Operand, b: Operand) -> Operand {
        self.op(op, ty, &[a, b])
    }

    /// A conversion of `from` to `to`.
    #[inline]
    pub fn convert(&mut self, op: Opcode, to: VarType, from: VarType, a: Operand) -> Operand {
        self.full(op, to, from as u8, 0, &[a])
    }

    /// `cmp`: 1 or 0.
    #[inline]
    pub fn cmp(&mut self, cond: Cond, ty: VarType, a: Operand, b: Operand) -> Operand {
        self.full(Opcode::Cmp, VarType::I32, cond as u8, ty as u32, &[a, b])
    }

    /// `lea`: base + index * 2^`scale` + `disp`.
    #[inline]
    pub fn lea(
        &mut self,
        ty: VarType,
        base: Operand,
        index: Operand,
        scale: u8,
        disp: i32,
    ) -> Operand {
        self.full(Opcode::Lea, ty, scale, disp as u32, &[base, index])
    }

    /// `load` of type `ty`.
    #[inline]
    pub fn load(&mut self, ty: VarType, address: Operand) -> Operand {
        self.op(Opcode::Load, ty, &[address])
    }

    /// `store` of type `ty`.
    #[inline]
    pub fn store(&mut self, ty: VarType, address: Operand, value: Operand, barrier: Barrier) {
        self.full(Opcode::Store, ty, barrier as u8, 0, &[address, value]);
    }

    /// Stores to a local.
    #[inline]
    pub fn store_local(&mut self, l: LocalId, value: Operand) {
        let ty = self.m.body.locals[l].ty.actual();
        self.full(Opcode::StoreLcl, ty, 0, l.0, &[value]);
    }

    /// Reads `ty` at byte `offset` of a local.
    pub fn local_field(&mut self, ty: VarType, l: LocalId, offset: i64) -> Operand {
        let offset = self.int(offset);
        self.full(Opcode::LclFld, ty, 0, l.0, &[offset])
    }

    /// Stores `ty` at byte `offset` of a local.
    pub fn store_local_field(&mut self, ty: VarType, l: LocalId, offset: i64, value: Operand) {
        let offset = self.int(offset);
        self.full(Opcode::StoreLclFld, ty, 0, l.0, &[value, offset]);
    }

    /// The address of byte `offset` of a local, which becomes exposed.
    pub fn local_address(&mut self, l: LocalId, offset: i64) -> Operand {
        let flags = LocalFlags::ADDRESS_EXPOSED | LocalFlags::DO_NOT_ENREGISTER;
        self.m.body.locals[l].flags |= flags;
        let offset = self.int(offset);
        self.full(Opcode::LclAddr, VarType::I64, 0, l.0, &[offset])
    }

    /// Throws unless `index` < `length`, without sign.
    pub fn bounds_check(&mut self, ty: VarType, index: Operand, length: Operand) {
        self.full(
            Opcode::BoundsCheck,
            VarType::Void,
            0,
            ty as u32,
            &[index, length],
        );
    }

    // ---- calls

    /// An argument of a scalar type.
    pub fn arg(ty: VarType, opnd: Operand) -> CallArg {
        CallArg {
            opnd,
            ty,
            kind: ArgKind::User,
            layout: LayoutId::NONE,
        }
    }

    /// A call; `address` is the code address of an indirect one, none otherwise. `ret` is not a struct.
    pub fn call(
        &mut self,
        target: CallTarget,
        address: Operand,
        ret: VarType,
        args: &[CallArg],
    ) -> Operand {
        self.call_with_layout(target, address, ret, LayoutId::NONE, args)
    }

    /// As [`MethodBuilder::call`], for a result of any type.
    pub fn call_with_layout(
        &mut self,
        target: CallTarget,
        address: Operand,
        ret: VarType,
        ret_layout: LayoutId,
        args: &[CallArg],
    ) -> Operand {
        let body = &mut self.m.body;
        let first_arg = body.call_args.len() as u32;
        body.call_args.extend_from_slice(args);
        let row = body.calls.push(CallInfo {
            target,
            ret,
            ret_layout,
            first_arg,
            num_args: args.len() as u32,
            flags: CallFlags::empty(),
            stack_bytes: 0,
        });
        let value = self.full(Opcode::Call, ret, 0, row.0, &[address]);
        if let Some(call) = value.as_node() {
            for d in args.iter().filter_map(|a| a.opnd.as_node()) {
                let def = &mut self.m.body.nodes[d];
                def.user = call;
                def.flags.remove(NodeFlags::UNUSED);
            }
        }
        value
    }

    /// A call of a function.
    pub fn call_func(&mut self, f: FuncId, ret: VarType, args: &[CallArg]) -> Operand {
        self.call(CallTarget::Func(f), Operand::NONE, ret, args)
    }

    /// A call of a helper.
    pub fn call_helper(&mut self, h: Helper, ret: VarType, args: &[CallArg]) -> Operand {
        self.call(CallTarget::Helper(h), Operand::NONE, ret, args)
    }

    // ---- ends of blocks

    #[inline]
    fn end(&mut self, node: Node, succ: [BlockId; 2]) {
        self.node(node);
        self.settle();
        self.m.body.blocks[self.block].succ = succ;
    }

    /// Ends the block with a jump.
    #[inline]
    pub fn jump(&mut self, to: BlockId) {
        self.end(Node::new(Opcode::Jump, VarType::Void), [to, BlockId::NONE]);
    }

    /// Ends the block: to `yes` if `c` is not zero, else to `no`.
    #[inline]
    pub fn branch(&mut self, c: Operand, yes: BlockId, no: BlockId) {
        let mut n = Node::new(Opcode::Branch, VarType::Void);
        n.opnd[0] = c;
        self.end(n, [yes, no]);
    }

    /// Ends the block with a comparison.
    #[inline]
    pub fn cmp_branch(
        &mut self,
        cond: Cond,
        ty: VarType,
        a: Operand,
        b: Operand,
        yes: BlockId,
        no: BlockId,
    ) {
        let mut n = Node::new(Opcode::CmpBranch, VarType::Void);
        n.sub = cond as u8;
        n.aux = ty as u32;
        n.opnd = [a, b, Operand::NONE];
        self.end(n, [yes, no]);
    }

    /// Ends the block: value `i` goes to `targets[i]`, any other to `default`.
    pub fn switch(&mut self, value: Operand, targets: &[BlockId], default: BlockId) {
        let body = &mut self.m.body;
        let first = body.switch_targets.len() as u32;
        body.switch_targets.extend_from_slice(targets);
        body.switch_targets.push(default);
        let row = body.switches.push(SwitchInfo {
            first,
            count: targets.len() as u32,
        });
        self.full(Opcode::Switch, VarType::Void, 0, row.0, &[value]);
    }

    /// Ends the block with a call of the finally that begins at `entry`, continuing at `continuation`.
    pub fn call_finally(&mut self, continuation: BlockId, entry: BlockId) {
        self.end(
            Node::new(Opcode::CallFinally, VarType::Void),
            [continuation, entry],
        );
    }

    /// Ends a catch handler; control resumes at `to`.
    pub fn catch_ret(&mut self, to: BlockId) {
        self.end(
            Node::new(Opcode::CatchRet, VarType::Void),
            [to, BlockId::NONE],
        );
    }

    /// Ends the block by throwing.
    pub fn throw(&mut self, object: Operand) {
        self.op(Opcode::Throw, VarType::Void, &[object]);
    }

    /// Returns; `value` is none in a `void` method.
    pub fn ret(&mut self, value: Operand) {
        let ty = self.m.ret.actual();
        self.op(Opcode::Ret, ty, &[value]);
    }
}
