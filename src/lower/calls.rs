//! Calls, returns and parameters: values to the places the convention names. The same for every machine, from its tables.

use super::{Lower, LowerCx};
use crate::ir::{
    ArgKind, Bail, Barrier, BlockId, Body, CallArg, CallFlags, CallId, CallInfo, CallTarget, Local,
    LocalFlags, LocalId, Method, Node, NodeFlags, NodeId, Opcode, Operand, OperandRef,
};
use crate::target::call_conv::{AbiArg, ArgState};
use crate::target::{AbiLoc, AbiSegment, RegNum, TargetDesc};
use crate::types::{ClassLayout, LayoutId, VarType};

/// Which arguments a walk passes.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Pass {
    /// Those on the stack.
    Stack,
    /// Those on the stack, of a tail call: into the area that this method's own came in.
    Incoming,
    /// Those in registers.
    Registers,
}

/// Adds the local that holds the address of the method's return buffer, if its result comes back in one.
pub fn add_ret_buffer(body: &mut Body, method: &Method, desc: &TargetDesc) -> LocalId {
    let layout = method.layout(method.ret_layout);
    if !desc
        .call_conv
        .classify_return(method.ret, layout)
        .ret_buffer
    {
        return LocalId::NONE;
    }
    let mut l = Local::new(VarType::Byref);
    l.flags = LocalFlags::TEMP;
    body.locals.push(l)
}

impl LowerCx<'_> {
    /// Inserts the `param_reg` and `param_stack` nodes at the start of the entry block, and the stores behind them.
    ///
    /// All register parameters come before the first store, so that none is overwritten while it waits; structs that came by
    /// reference are copied last.
    pub fn lower_params<L: Lower>(&mut self, entry: BlockId) -> Result<(), Bail> {
        self.block = entry;
        let first = self.body.blocks[entry].first;
        let cc = self.desc.call_conv;
        let mut st = ArgState::default();
        let mut stores: smallvec::SmallVec<[Node; 16]> = smallvec::SmallVec::new();
        let mut copies: smallvec::SmallVec<[(LocalId, NodeId); 4]> = smallvec::SmallVec::new();
        let count = self.method.num_params;
        let has_this = count > 0
            && self.body.locals[LocalId(0)]
                .flags
                .contains(LocalFlags::THIS);
        let mut places: smallvec::SmallVec<[(LocalId, AbiArg); 8]> = smallvec::SmallVec::new();
        for i in 0..=count {
            if i == u32::from(has_this) && self.ret_buffer.is_some() {
                places.push((self.ret_buffer, cc.ret_buffer_arg(&mut st)));
            }
            if i == count {
                break;
            }
            let l = self.body.locals[LocalId(i)];
            let abi = cc.next_arg(&mut st, l.ty, self.method.layout(l.layout));
            if l.flags.contains(LocalFlags::UNREAD) {
                continue;
            }
            if l.ty.is_vector() {
                self.check_vector::<L>(l.ty, first)?;
            }
            places.push((LocalId(i), abi));
        }
        // What comes on the stack passes through registers: not through those whose parameters still wait.
        for in_regs in [true, false] {
            for (local, abi) in &places {
                for s in &abi.segments {
                    if matches!(s.loc, AbiLoc::Reg(_)) != in_regs {
                        continue;
                    }
                    if abi.by_ref {
                        let p = self.param(first, s.loc, VarType::Byref);
                        copies.push((*local, p));
                    } else {
                        self.lower_param_segment(first, *local, s, &mut stores)?;
                    }
                }
            }
        }
        // A store without a value takes the widening node in front of it.
        let mut widened = NodeId::NONE;
        for mut s in stores {
            if s.opnd[0].is_none() {
                s.opnd[0] = Operand::node(widened);
            }
            widened = self.insert_before(first, s);
        }
        for (local, p) in copies {
            let ty = self.body.locals[local].ty;
            if ty.is_vector() {
                let mut load = Node::new(Opcode::Load, ty);
                load.opnd[0] = Operand::node(p);
                let load = self.insert_before(first, load);
                let mut store = Node::new(Opcode::StoreLcl, ty);
                store.aux = local.0;
                store.opnd[0] = Operand::node(load);
                self.insert_before(first, store);
                continue;
            }
            let mut load = Node::new(Opcode::LoadStruct, VarType::Struct);
            load.aux = self.body.locals[local].layout.0;
            load.opnd[0] = Operand::node(p);
            let load = self.insert_before(first, load);
            let mut store = Node::new(Opcode::StoreLcl, VarType::Struct);
            store.aux = local.0;
            store.opnd[0] = Operand::node(load);
            let store = self.insert_before(first, store);
            L::lower_node(self, store)?;
        }
        Ok(())
    }

    /// The node of a parameter that arrives at `loc`.
    fn param(&mut self, first: NodeId, loc: AbiLoc, ty: VarType) -> NodeId {
        let p = match loc {
            AbiLoc::Reg(r) => {
                let mut p = Node::new(Opcode::ParamReg, ty.actual());
                p.sub = r.0;
                p
            }
            AbiLoc::Stack(at) => {
                let mut p = Node::new(Opcode::ParamStack, ty);
                p.aux = at;
                p
            }
        };
        self.insert_before(first, p)
    }

    fn lower_param_segment(
        &mut self,
        first: NodeId,
        local: LocalId,
        s: &AbiSegment,
        stores: &mut smallvec::SmallVec<[Node; 16]>,
    ) -> Result<(), Bail> {
        let ty = self.body.locals[local].ty;
        let value = match s.loc {
            AbiLoc::Stack(at) if s.ty == VarType::Struct => {
                let at = at + self.desc.call_conv.home_space;
                let (from, layout) = (Opcode::InArgAddr, self.body.locals[local].layout);
                let copy = self.copy_argument(first, s, layout)?;
                let to = self.local_address(copy, local);
                let from = self.argument_address(copy, from, at);
                self.body.nodes[copy].opnd =
                    [Operand::node(to), Operand::node(from), Operand::NONE];
                return Ok(());
            }
            loc => self.param(first, loc, s.ty),
        };
        let mut store;
        if ty == VarType::Struct {
            store = Node::new(Opcode::StoreLclFld, s.ty);
            store.opnd[1] = offset(s.offset);
        } else {
            store = Node::new(Opcode::StoreLcl, ty.actual());
        }
        store.aux = local.0;
        store.opnd[0] = Operand::node(value);
        if ty.is_small() && matches!(s.loc, AbiLoc::Reg(_)) {
            // The upper bits of a small parameter are undefined: widen before the store. The widening node goes behind all
            // parameters, with the stores.
            let mut w = Node::new(
                if ty.is_unsigned_small() {
                    Opcode::Zext
                } else {
                    Opcode::Sext
                },
                VarType::I32,
            );
            w.sub = ty as u8;
            w.opnd[0] = Operand::node(value);
            stores.push(w);
            store.opnd[0] = Operand::NONE;
        }
        stores.push(store);
        Ok(())
    }

    /// Puts the arguments of call `n` where the convention says, and splits a struct result.
    pub fn lower_call<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let call = CallId(self.node(n).aux);
        let info = self.body.calls[call];
        let cc = self.desc.call_conv;
        let ret = cc.classify_return(info.ret, self.method.layout(info.ret_layout));
        if self.node(n).opnd[0].is_const() {
            self.materialize_as(n, 0, VarType::I64);
        }
        let buffer = if ret.ret_buffer {
            let local = self.result_buffer(n, info.ret_layout);
            Operand::node(self.address_of(n, local))
        } else {
            Operand::NONE
        };
        let wide = self.structs_to_locals::<L>(n, &info, buffer)?;
        if wide.stack_align > self.desc.stack_align {
            let mut align = Node::new(Opcode::AlignSp, VarType::Void);
            align.aux = wide.stack_align;
            self.insert_before(n, align);
        }
        // Two walks: stack arguments are stored first, so that no argument register waits across them.
        let st = if self.surely_in_registers(&info, buffer) {
            ArgState::default()
        } else {
            self.pass_arguments(n, &info, buffer, Pass::Stack)?
        };
        let first_arg = self.body.call_args.len() as u32;
        self.pass_arguments(n, &info, buffer, Pass::Registers)?;
        self.replace_arguments(call, first_arg);
        let c = &mut self.body.calls[call];
        c.stack_bytes = (cc.home_space + st.stack_bytes()).next_multiple_of(self.desc.stack_align);
        // A struct result is split by the lowering of the store that takes it.
        self.node_mut(n).ty = if info.ret == VarType::Struct {
            ret.segments
                .first()
                .map_or(VarType::Void, |s| s.ty.actual())
        } else {
            info.ret
        };
        if self.node(n).user.is_none() {
            self.node_mut(n).flags.insert(NodeFlags::UNUSED);
        }
        Ok(())
    }

    /// Puts the arguments of tail call `n` into their registers and, as far as they travel on the stack, over this method's own, which
    /// were read at its start. What needs more room than those have is declined, and so is what would leave the callee a pointer
    /// into this frame.
    pub fn lower_tail_call<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let call = CallId(self.node(n).aux);
        let info = self.body.calls[call];
        let cc = self.desc.call_conv;
        let decline = |what| Err(Bail::Unsupported { what, node: n });
        let ret = cc.classify_return(info.ret, self.method.layout(info.ret_layout));
        if ret.ret_buffer != self.ret_buffer.is_some() {
            return decline("tail call of another kind of result");
        }
        if self.body.blocks[self.block].region.is_some() {
            return decline("tail call in a region");
        }
        if self.node(n).opnd[0].is_const() {
            self.materialize_as(n, 0, VarType::I64);
        }
        let buffer = if ret.ret_buffer {
            Operand::local(self.ret_buffer)
        } else {
            Operand::NONE
        };
        let wide = self.structs_to_locals::<L>(n, &info, buffer)?;
        if wide.any_by_ref {
            return decline("tail call with a struct by reference");
        }
        if wide.stack_align > self.incoming().1.max(self.desc.stack_align) {
            return decline("tail call with stack arguments of more alignment than the caller's");
        }
        let st = self.pass_arguments(n, &info, buffer, Pass::Incoming)?;
        // A struct's last store may be as wide as a word.
        let args = info.first_arg as usize..(info.first_arg + info.num_args) as usize;
        let structs = self.body.call_args[args]
            .iter()
            .any(|a| a.ty == VarType::Struct);
        let align = if structs { 8 } else { 1 };
        if st.stack_bytes() > 0 && st.stack_bytes().next_multiple_of(align) > self.incoming().0 {
            return decline("tail call with more stack arguments than the caller has");
        }
        let first_arg = self.body.call_args.len() as u32;
        self.pass_arguments(n, &info, buffer, Pass::Registers)?;
        self.replace_arguments(call, first_arg);
        self.node_mut(n).ty = VarType::Void;
        Ok(())
    }

    /// The arguments from `first` on, made last, are now those of `call`. They take the places of those that it had, if there are
    /// enough: nobody reads those again.
    fn replace_arguments(&mut self, call: CallId, first: u32) {
        let (c, args) = (&mut self.body.calls[call], &mut self.body.call_args);
        let count = args.len() as u32 - first;
        if count <= c.num_args {
            args.copy_within(first as usize.., c.first_arg as usize);
            args.truncate(first as usize);
        } else {
            c.first_arg = first;
        }
        c.num_args = count;
    }

    /// Bytes and alignment of the stack arguments that this method was given.
    fn incoming(&self) -> (u32, u32) {
        let cc = self.desc.call_conv;
        let mut st = ArgState::default();
        let mut align = 0;
        if self.ret_buffer.is_some() {
            cc.ret_buffer_arg(&mut st);
        }
        for l in self
            .body
            .locals
            .iter()
            .take(self.method.num_params as usize)
        {
            let layout = self.method.layout(l.layout);
            let abi = cc.next_arg(&mut st, l.ty, layout);
            align = align.max(stack_alignment(&abi, l.ty, layout));
        }
        (st.stack_bytes(), align)
    }

    /// Structs that are not in a local get one, and those that travel by reference are copied, since the callee may change what it
    /// is given; their addresses take their place in the list of arguments.
    fn structs_to_locals<L: Lower>(
        &mut self,
        n: NodeId,
        info: &CallInfo,
        buffer: Operand,
    ) -> Result<Aggregates, Bail> {
        let mut found = Aggregates::default();
        let cc = self.desc.call_conv;
        let args = info.first_arg as usize..(info.first_arg + info.num_args) as usize;
        // Structs, and vectors, which may travel by reference too.
        let may_be_by_ref = |a: &CallArg| !a.ty.is_scalar();
        if !self.body.call_args[args.clone()].iter().any(may_be_by_ref) {
            return Ok(found);
        }
        let mut st = ArgState::default();
        for i in args.clone() {
            if i - args.start == self.buffer_position(info) && buffer.is_some() {
                cc.ret_buffer_arg(&mut st);
            }
            let arg = self.body.call_args[i];
            let layout = self.method.layout(arg.layout);
            let abi = cc.next_arg(&mut st, arg.ty, layout);
            let by_ref = abi.by_ref;
            found.stack_align = found.stack_align.max(stack_alignment(&abi, arg.ty, layout));
            if arg.ty.is_vector() {
                self.check_vector::<L>(arg.ty, n)?;
            }
            if arg.ty != VarType::Struct && !by_ref {
                continue;
            }
            let local = if arg.ty == VarType::Struct {
                self.struct_in_local::<L>(n, arg.opnd, arg.layout, by_ref)?
            } else {
                self.vector_in_local::<L>(n, arg.opnd, arg.ty)?
            };
            self.body.call_args[i].opnd = Operand::local(local);
            if by_ref {
                found.any_by_ref = true;
                let opnd = Operand::node(self.address_of(n, local));
                self.body.call_args[i] = pointer_argument(opnd, arg.kind);
            }
        }
        Ok(found)
    }

    /// The place of a return buffer's address among the arguments: behind `this`.
    fn buffer_position(&self, info: &CallInfo) -> usize {
        let first = self.body.call_args.get(info.first_arg as usize);
        usize::from(info.num_args > 0 && first.is_some_and(|a| a.kind == ArgKind::This))
    }

    /// Are the arguments so few and simple that none travels on the stack under any convention?
    fn surely_in_registers(&self, info: &CallInfo, buffer: Operand) -> bool {
        let cc = self.desc.call_conv;
        let args = info.first_arg as usize..(info.first_arg + info.num_args) as usize;
        let registers = cc.int_args.len().min(cc.float_args.len());
        args.len() + usize::from(buffer.is_some()) <= registers
            && self.body.call_args[args].iter().all(|a| a.ty.is_scalar())
    }

    /// Passes the arguments of call `n` that travel on the stack, or those in registers, each a node that is appended to the list
    /// of arguments. Returns what all of them take.
    fn pass_arguments(
        &mut self,
        n: NodeId,
        info: &CallInfo,
        buffer: Operand,
        pass: Pass,
    ) -> Result<ArgState, Bail> {
        let cc = self.desc.call_conv;
        let mut st = ArgState::default();
        let buffer_at = self.buffer_position(info);
        for i in 0..=info.num_args as usize {
            if i == buffer_at && buffer.is_some() {
                let abi = cc.ret_buffer_arg(&mut st);
                let arg = pointer_argument(buffer, ArgKind::RetBuffer);
                self.pass_argument(n, &arg, &abi, pass)?;
            }
            if i < info.num_args as usize {
                let arg = self.body.call_args[info.first_arg as usize + i];
                if arg.ty.is_scalar() {
                    let s = cc.next_scalar(&mut st, arg.ty);
                    self.pass_segment(n, &arg, &s, pass)?;
                    continue;
                }
                let abi = cc.next_arg(&mut st, arg.ty, self.method.layout(arg.layout));
                self.pass_argument(n, &arg, &abi, pass)?;
            }
        }
        Ok(st)
    }

    fn pass_argument(
        &mut self,
        n: NodeId,
        arg: &CallArg,
        abi: &AbiArg,
        pass: Pass,
    ) -> Result<(), Bail> {
        for s in &abi.segments {
            self.pass_segment(n, arg, s, pass)?;
        }
        Ok(())
    }

    #[inline]
    fn pass_segment(
        &mut self,
        n: NodeId,
        arg: &CallArg,
        s: &AbiSegment,
        pass: Pass,
    ) -> Result<(), Bail> {
        match (s.loc, pass) {
            (AbiLoc::Stack(at), Pass::Stack | Pass::Incoming) => {
                let op = if pass == Pass::Stack {
                    Opcode::PutArgStk
                } else {
                    Opcode::PutArgIn
                };
                self.stack_argument(n, arg, s, self.desc.call_conv.home_space + at, op)
            }
            (AbiLoc::Reg(r), Pass::Registers) => {
                let value = self.argument_piece(n, arg, s.ty, s.offset)?;
                self.put_in_register(n, value, s.ty, r, arg.kind);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The local that takes the result of call `n`, which comes back in memory: the one that it is stored to at once if nobody
    /// else can see that before the call is over, else a new one that the user then reads.
    fn result_buffer(&mut self, n: NodeId, layout: LayoutId) -> LocalId {
        let user = self.node(n).user;
        let unseen = LocalFlags::ADDRESS_EXPOSED | LocalFlags::EH_LIVE | LocalFlags::PINNED;
        if user.is_some() && self.node(user).op == Opcode::StoreLcl {
            let local = LocalId(self.node(user).aux);
            if !self.body.locals[local].flags.intersects(unseen) && self.node(n).next == user {
                let store = self.node_mut(user);
                store.op = Opcode::Nop;
                store.ty = VarType::Void;
                store.opnd = [Operand::NONE; 3];
                self.node_mut(n).user = NodeId::NONE;
                return local;
            }
        }
        let local = self.new_struct_local(layout);
        if user.is_some() {
            self.body.for_each_operand_mut(user, |o| {
                if o.as_node() == Some(n) {
                    *o = Operand::local(local);
                }
            });
            self.node_mut(n).user = NodeId::NONE;
        }
        local
    }

    pub(super) fn new_struct_local(&mut self, layout: LayoutId) -> LocalId {
        let mut l = Local::new(VarType::Struct);
        l.layout = layout;
        l.flags = LocalFlags::TEMP | LocalFlags::DO_NOT_ENREGISTER;
        self.body.locals.push(l)
    }

    /// The address of a local as a value, before `n`.
    fn address_of(&mut self, n: NodeId, local: LocalId) -> NodeId {
        let mut a = Node::new(Opcode::LclAddr, VarType::I64);
        a.aux = local.0;
        a.opnd[0] = offset(0);
        self.insert_before(n, a)
    }

    /// A local that holds struct value `o`, which `n` uses: the local that it is (unless it is to be a copy), or a new one that is
    /// stored where the value is made.
    fn struct_in_local<L: Lower>(
        &mut self,
        n: NodeId,
        o: Operand,
        layout: LayoutId,
        copy: bool,
    ) -> Result<LocalId, Bail> {
        if let (Some(l), false) = (o.as_local(), copy) {
            return Ok(l);
        }
        let local = self.new_struct_local(layout);
        let mut store = Node::new(Opcode::StoreLcl, VarType::Struct);
        store.aux = local.0;
        store.opnd[0] = o;
        let store = match o.as_node() {
            Some(d) => {
                let store = self.insert_after(d, store);
                self.node_mut(d).user = store;
                store
            }
            None => self.insert_before(n, store),
        };
        L::lower_node(self, store)?;
        Ok(local)
    }

    /// A new local that holds vector `o`, which call `n` passes by reference.
    fn vector_in_local<L: Lower>(
        &mut self,
        n: NodeId,
        o: Operand,
        ty: VarType,
    ) -> Result<LocalId, Bail> {
        let mut l = Local::new(ty);
        l.flags = LocalFlags::TEMP | LocalFlags::DO_NOT_ENREGISTER;
        let local = self.body.locals.push(l);
        let mut store = Node::new(Opcode::StoreLcl, ty);
        store.aux = local.0;
        store.opnd[0] = o;
        let store = self.insert_before(n, store);
        if let Some(d) = o.as_node() {
            self.node_mut(d).user = store;
        }
        L::lower_node(self, store)?;
        Ok(local)
    }

    /// A value in the register of an argument of call `n`; the node is added to the arguments.
    pub(super) fn put_in_register(
        &mut self,
        n: NodeId,
        o: Operand,
        ty: VarType,
        r: RegNum,
        kind: ArgKind,
    ) {
        let mut p = Node::new(Opcode::PutArgReg, ty.actual());
        p.sub = r.0;
        p.opnd[0] = o;
        let p = self.insert_before(n, p);
        self.body.nodes[p].user = n;
        self.body.call_args.push(CallArg {
            opnd: Operand::node(p),
            ty,
            kind,
            layout: LayoutId::NONE,
        });
    }

    fn stack_argument(
        &mut self,
        n: NodeId,
        arg: &CallArg,
        s: &AbiSegment,
        at: u32,
        op: Opcode,
    ) -> Result<(), Bail> {
        // What stands behind a packed argument is the next one.
        let packed = self.desc.call_conv.packed_stack_args;
        if s.ty != VarType::Struct {
            let value = self.argument_piece(n, arg, s.ty, s.offset)?;
            let ty = if packed { s.ty } else { s.ty.actual() };
            self.put_on_stack(n, value, ty, at, op);
            return Ok(());
        }
        let Some(local) = arg.opnd.as_local() else {
            return Err(Bail::Unsupported {
                what: "struct argument that is not a local",
                node: n,
            });
        };
        let to = if op == Opcode::PutArgStk {
            Opcode::OutArgAddr
        } else {
            Opcode::InArgAddr
        };
        let copy = self.copy_argument(n, s, arg.layout)?;
        let to = self.argument_address(copy, to, at);
        let from = self.local_address(copy, local);
        self.body.nodes[copy].opnd = [Operand::node(to), Operand::node(from), Operand::NONE];
        Ok(())
    }

    /// A copy of a struct that travels on the stack, in front of `n`; its addresses are still to come.
    fn copy_argument(
        &mut self,
        n: NodeId,
        s: &AbiSegment,
        layout: LayoutId,
    ) -> Result<NodeId, Bail> {
        check_stack_struct(s)?;
        let mut copy = Node::new(Opcode::CopyBlk, VarType::Void);
        copy.aux = layout.0;
        Ok(self.insert_before(n, copy))
    }

    /// The contained address of a stack argument, in front of its copy.
    fn argument_address(&mut self, copy: NodeId, op: Opcode, at: u32) -> NodeId {
        let mut a = Node::new(op, VarType::I64);
        a.aux = at;
        a.user = copy;
        let a = self.insert_before(copy, a);
        self.contain(a);
        a
    }

    fn put_on_stack(&mut self, n: NodeId, value: Operand, ty: VarType, at: u32, op: Opcode) {
        let mut p = Node::new(op, ty);
        p.aux = at;
        p.opnd[0] = value;
        let id = self.insert_before(n, p);
        self.fix_const(id);
    }

    /// A constant that the store of a stack argument cannot hold gets a register.
    fn fix_const(&mut self, n: NodeId) {
        let x = self.node(n);
        let fits = self
            .body
            .const_value(x.opnd[0])
            .is_none_or(|v| v as i64 == v as i32 as i64)
            && !x.ty.is_float_reg();
        if x.opnd[0].is_const() && (!fits || !self.desc.mem_operands) {
            let ty = x.ty.actual();
            self.materialize_as(n, 0, ty);
        }
    }

    /// The value of one segment of an argument: the argument itself, or a field of the struct local that holds it.
    fn argument_piece(
        &mut self,
        n: NodeId,
        arg: &CallArg,
        ty: VarType,
        off: u32,
    ) -> Result<Operand, Bail> {
        if arg.ty != VarType::Struct {
            if arg.opnd.is_const() && ty.is_float_reg() {
                let mut c = Node::new(Opcode::Const, ty);
                c.opnd[0] = arg.opnd;
                return Ok(Operand::node(self.insert_before(n, c)));
            }
            return Ok(arg.opnd);
        }
        let Some(local) = arg.opnd.as_local() else {
            return Err(Bail::Unsupported {
                what: "struct argument that is not a local",
                node: n,
            });
        };
        Ok(self.field_of(n, local, ty, off))
    }

    /// Inserts a read of a field of a struct local before `n`.
    pub fn field_of(&mut self, n: NodeId, local: LocalId, ty: VarType, off: u32) -> Operand {
        let mut f = Node::new(Opcode::LclFld, ty);
        f.aux = local.0;
        f.opnd[0] = offset(off);
        Operand::node(self.insert_before(n, f))
    }

    /// Struct-typed `store_lcl` `store` of the result of `call`, which comes in registers: stores each register to its field.
    /// The store node itself becomes the first of these stores.
    pub fn split_struct_result(&mut self, store: NodeId, call: NodeId) -> Result<(), Bail> {
        let info = self.body.calls[CallId(self.node(call).aux)];
        let ret = self
            .desc
            .call_conv
            .classify_return(info.ret, self.method.layout(info.ret_layout));
        let local = self.node(store).aux;
        // The further results stand directly behind the call, before anything else.
        let mut values = smallvec::SmallVec::<[NodeId; 4]>::from_slice(&[call]);
        for (i, s) in ret.segments.iter().enumerate().skip(1) {
            let AbiLoc::Reg(reg) = s.loc else {
                return Err(Bail::Internal("result segment on the stack".into()));
            };
            let mut r = Node::new(Opcode::Result, s.ty.actual());
            r.sub = i as u8;
            r.aux = reg.0 as u32;
            let last = values[i - 1];
            values.push(self.insert_after(last, r));
        }
        for (i, s) in ret.segments.iter().enumerate() {
            let id = if i == 0 {
                store
            } else {
                let id = self.insert_before(store, Node::new(Opcode::Nop, VarType::Void));
                self.node_mut(id).aux = local;
                id
            };
            let m = self.node_mut(id);
            m.op = Opcode::StoreLclFld;
            m.ty = s.ty;
            m.opnd = [Operand::node(values[i]), offset(s.offset), Operand::NONE];
            self.body.nodes[values[i]].user = id;
        }
        Ok(())
    }

    /// Turns `ret` into `ret_regs` with one operand a result register; a result of more registers than a node has operands is a
    /// list of `put_arg_reg` nodes, as a call's arguments are. A result that comes back in memory is stored to the buffer.
    pub fn lower_ret<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let ret = self.method.ret;
        let o = self.node(n).opnd[0];
        let mut opnds = [Operand::NONE; 3];
        if ret.is_vector() {
            self.check_vector::<L>(ret, n)?;
        }
        if self.ret_buffer.is_some() {
            return self.lower_ret_in_memory::<L>(n);
        }
        if ret == VarType::Struct {
            let layout = self.method.ret_layout;
            let abi = self
                .desc
                .call_conv
                .classify_return(ret, self.method.layout(layout));
            let local = self.struct_in_local::<L>(n, o, layout, false)?;
            if abi.segments.len() > opnds.len() {
                return self.lower_ret_of_many(n, local, &abi.segments);
            }
            for (i, s) in abi.segments.iter().enumerate() {
                opnds[i] = self.field_of(n, local, s.ty, s.offset);
            }
        } else if ret != VarType::Void {
            opnds[0] = self.widened(n, o, ret);
        }
        let m = self.node_mut(n);
        m.op = Opcode::RetRegs;
        m.ty = ret;
        m.opnd = opnds;
        for (k, o) in opnds.iter().enumerate() {
            if let Some(d) = o.as_node() {
                self.body.nodes[d].user = n;
            }
            if o.is_const() {
                self.materialize_as(n, k, ret.actual());
            }
        }
        Ok(())
    }

    fn lower_ret_in_memory<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let layout = self.method.ret_layout;
        let o = self.node(n).opnd[0];
        let local = self.struct_in_local::<L>(n, o, layout, false)?;
        let buffer = Operand::local(self.ret_buffer);
        let mut store = Node::new(Opcode::StoreStruct, VarType::Struct);
        // The caller may have given an address in the heap.
        store.sub = Barrier::Checked as u8;
        store.aux = layout.0;
        store.opnd = [buffer, Operand::local(local), Operand::NONE];
        let store = self.insert_before(n, store);
        L::lower_node(self, store)?;
        let returned = self.desc.call_conv.ret_buffer_returned;
        let m = self.node_mut(n);
        m.op = Opcode::RetRegs;
        m.ty = VarType::Void;
        m.opnd = [Operand::NONE; 3];
        if returned {
            m.ty = VarType::Byref;
            m.opnd[0] = buffer;
        }
        Ok(())
    }

    fn lower_ret_of_many(
        &mut self,
        n: NodeId,
        local: LocalId,
        segments: &[AbiSegment],
    ) -> Result<(), Bail> {
        let first_arg = self.body.call_args.len() as u32;
        for s in segments {
            let AbiLoc::Reg(r) = s.loc else {
                return Err(Bail::Internal("result segment on the stack".into()));
            };
            let value = self.field_of(n, local, s.ty, s.offset);
            self.put_in_register(n, value, s.ty, r, ArgKind::User);
        }
        let row = self.body.calls.push(CallInfo {
            target: CallTarget::Indirect,
            ret: VarType::Void,
            ret_layout: LayoutId::NONE,
            first_arg,
            num_args: segments.len() as u32,
            flags: CallFlags::NO_GC,
            stack_bytes: 0,
        });
        let m = self.node_mut(n);
        m.op = Opcode::RetRegs;
        m.ty = VarType::Struct;
        m.aux = row.0;
        m.sub = segments.len() as u8;
        m.opnd = [Operand::NONE; 3];
        Ok(())
    }

    /// Makes the raising of an exception a call: `throw` passes its object to the helper.
    pub fn lower_throw(&mut self, n: NodeId) {
        self.materialize_as(n, 0, VarType::Ref);
    }

    /// Widens what is stored to a small local, so that its register and home always hold the widened value.
    pub fn lower_store_lcl_small(&mut self, n: NodeId) {
        let local = LocalId(self.node(n).aux);
        let ty = self.body.locals[local].ty;
        if !ty.is_small() {
            return;
        }
        let o = self.node(n).opnd[0];
        let w = self.widened(n, o, ty);
        self.node_mut(n).opnd[0] = w;
    }

    /// Operand `o` of `n` as a number of small type `ty`, widened; any other type's values are as wide as they get.
    fn widened(&mut self, n: NodeId, o: Operand, ty: VarType) -> Operand {
        if !ty.is_small() {
            return o;
        }
        if let Some(v) = self.body.const_value(o) {
            let v = match ty {
                VarType::I8 => v as i8 as i64,
                VarType::U8 => v as u8 as i64,
                VarType::I16 => v as i16 as i64,
                _ => v as u16 as i64,
            };
            return self.body.const_operand(v as u64);
        }
        let widen = if ty.is_unsigned_small() {
            Opcode::Zext
        } else {
            Opcode::Sext
        };
        // The same bits widened the other way are another number. A comparison is 0 or 1.
        let is_wide = match o.get() {
            OperandRef::Node(d) => {
                let x = &self.body.nodes[d];
                match x.op {
                    Opcode::Load => x.ty == ty,
                    Opcode::Cmp => true,
                    op => op == widen && x.sub == ty as u8,
                }
            }
            OperandRef::Local(l) => self.body.locals[l].ty == ty,
            _ => false,
        };
        if is_wide {
            return o;
        }
        let mut w = Node::new(widen, VarType::I32);
        w.sub = ty as u8;
        w.opnd[0] = o;
        let w = self.insert_before(n, w);
        self.body.nodes[w].user = n;
        if let Some(d) = o.as_node() {
            self.body.nodes[d].user = w;
        }
        Operand::node(w)
    }
}

/// What there is of structs and vectors among the arguments of a call.
#[derive(Default)]
struct Aggregates {
    /// Some travel by reference.
    any_by_ref: bool,
    /// The largest alignment of those on the stack, 0 without any.
    stack_align: u32,
}

/// The alignment in memory of an argument of type `ty` if it is on the stack.
fn stack_alignment(abi: &AbiArg, ty: VarType, layout: Option<&ClassLayout>) -> u32 {
    let on_stack = |s: &AbiSegment| matches!(s.loc, AbiLoc::Stack(_));
    match layout {
        _ if abi.by_ref || !abi.segments.iter().any(on_stack) => 0,
        Some(layout) if ty == VarType::Struct => layout.align,
        _ => ty.align(),
    }
}

/// Structs on the stack are copied by unrolled accesses; very large ones are declined.
fn check_stack_struct(s: &AbiSegment) -> Result<(), Bail> {
    const MOST: u32 = 64 << 10;
    if s.size > MOST {
        return Err(Bail::Limit("a struct argument of more than 64 KiB"));
    }
    Ok(())
}

/// An argument that is an address made by lowering.
fn pointer_argument(opnd: Operand, kind: ArgKind) -> CallArg {
    CallArg {
        opnd,
        ty: VarType::Byref,
        kind,
        layout: LayoutId::NONE,
    }
}

/// The operand for a small offset.
fn offset(off: u32) -> Operand {
    Operand::small(off as i64).unwrap_or(Operand::NONE)
}
