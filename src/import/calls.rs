//! Calls of IL: methods, constructors, helpers; boxes, casts, arrays, literals.
//!
//! A delegate is made the simple way: allocated, then its constructor called with the object and the code address.

use smallvec::SmallVec;

use super::ImportError;
use super::il_opcodes::{Il, Instr};
use super::importer::{Importer, make};
use super::metadata::{
    BoxSite, CallOp, CallPrefixes, CallSite, CallTo, FunctionPointer, Handle, HelperCall, IlType,
    NewKind, ThisTransform, UnboxSite, VirtualPointer,
};
use super::stack::{Entry, Value};
use crate::ee::{Helper, Lookup};
use crate::ir::{
    ArgKind, CallArg, CallFlags, CallId, CallInfo, CallTarget, LocalFlags, NodeFlags, NodeId,
    Opcode, Operand,
};
use crate::types::{ClassLayout, LayoutId, VarType};

impl Importer<'_> {
    /// Imports a call-like instruction; false if `i` is none.
    pub(super) fn import_call(&mut self, i: &Instr) -> Result<bool, ImportError> {
        let token = i.operand as u32;
        match i.op {
            Il::Call => self.call(token, CallOp::Call)?,
            Il::Callvirt => self.call(token, CallOp::Callvirt)?,
            Il::Newobj => self.call(token, CallOp::Newobj)?,
            Il::Newarr => {
                let call = self.meta.new_array(token)?;
                let class = self.handle(call.arg)?;
                let length = self.pop_as(VarType::I64)?;
                let args = [(class, VarType::I64), (length, VarType::I64)];
                let array = self.helper_call(call.helper, VarType::Ref, &args)?;
                self.push(array, VarType::Ref);
            }
            Il::Castclass | Il::Isinst => self.cast(token, i.op == Il::Castclass)?,
            Il::Ldstr => {
                let at = self.meta.string(token)?;
                self.push_object(at);
            }
            Il::Ldtoken => {
                let (call, ty) = self.meta.token(token)?;
                let handle = self.handle(call.arg)?;
                let args = [(handle, VarType::I64)];
                let result = self.call_helper_node(call.helper, ty, &args)?;
                self.push_result(result, ty)?;
            }
            Il::Ldftn => {
                let at = self.meta.function_pointer(token, self.prefix.constrained)?;
                let code = self.handle(at)?;
                self.push(code, VarType::I64);
            }
            Il::Ldvirtftn => match self.meta.virtual_pointer(token)? {
                FunctionPointer::Known(at) => {
                    let code = self.handle(at)?;
                    let object = self.pop_as(VarType::Ref)?;
                    self.node(Opcode::NullCheck, VarType::Void, &[object]);
                    self.push(code, VarType::I64);
                }
                FunctionPointer::Virtual(pointer) => {
                    let (class, method) = self.virtual_handles(&pointer)?;
                    let object = self.pop_as(VarType::Ref)?;
                    let code = self.find_virtual(&pointer, object, class, method)?;
                    self.push(code, VarType::I64);
                }
            },
            Il::Calli => self.call_indirect(token)?,
            Il::Localloc => {
                let (size, ty) = self.pop_operand()?;
                let size = match ty {
                    VarType::I64 => size,
                    VarType::I32 if size.is_const() => size,
                    VarType::I32 => self.convert(Opcode::Zext, size, ty, VarType::I64),
                    _ => return Err(self.bad("a size that is no integer")),
                };
                let n = self.node(Opcode::LocAlloc, VarType::I64, &[size]);
                let at = self.save_to_temp(Operand::node(n), VarType::I64, LayoutId::NONE);
                self.push(at, VarType::I64);
            }
            Il::Mkrefany => self.make_typed_reference(token)?,
            Il::Refanyval => self.typed_reference_value(token)?,
            Il::Refanytype => self.typed_reference_type()?,
            Il::Box => self.box_value(token)?,
            Il::Unbox => self.unbox(token, false)?,
            Il::UnboxAny => self.unbox(token, true)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Pushes an object that the runtime knows the place of.
    pub(super) fn push_object(&mut self, at: crate::ee::Lookup) {
        let row = self.lookup(at);
        let mut n = make(Opcode::Lookup, VarType::Ref, &[]);
        n.aux = row.0;
        let n = self.emit(n);
        self.push_node(n);
    }

    fn call(&mut self, token: u32, op: CallOp) -> Result<(), ImportError> {
        let site = self.meta.call(token, op, self.call_prefixes())?;
        if let Some(known) = site.intrinsic {
            return self.expand(known, &site);
        }
        if site.may_tail && self.loops_back(&site) {
            let handles = self.call_handles(&site)?;
            let args = self.pop_arguments(&site.params)?;
            let call = self.call_site(&site, handles, args)?;
            self.ended = true;
            return self.make_tail_call(call, site.ret);
        }
        let user_params = match site.new {
            NewKind::None => &site.params[..],
            // `this` is made here, it is not on the stack.
            _ => site
                .params
                .get(1..)
                .ok_or(self.bad("a constructor without this"))?,
        };
        if let NewKind::Array(alloc) = site.new {
            return self.new_array_of_many(alloc, user_params);
        }
        let handles = self.call_handles(&site)?;
        let class = match site.new {
            NewKind::Object(alloc) => self.handle(alloc.arg)?,
            _ => Operand::NONE,
        };
        let mut args = self.pop_arguments(user_params)?;
        let mut made = None;
        match site.new {
            NewKind::None | NewKind::Array(_) => {}
            NewKind::Object(alloc) => {
                let object =
                    self.helper_call(alloc.helper, VarType::Ref, &[(class, VarType::I64)])?;
                args.insert(0, argument(object, VarType::Ref, LayoutId::NONE));
                made = Some(Entry::new(object, VarType::Ref));
            }
            NewKind::Value(ty) => {
                let layout = self.layout_of(ty)?;
                let t = self.temp(ty.ty, layout);
                self.zero_local(t)?;
                let address = self.address_of(t, 0);
                args.insert(0, argument(address, VarType::Byref, LayoutId::NONE));
                made = Some(Entry {
                    value: Value::Op(Operand::local(t)),
                    ty: ty.ty.actual(),
                    layout,
                });
            }
            NewKind::ByConstructor => {
                args.insert(0, argument(Self::zero(), VarType::Ref, LayoutId::NONE));
            }
        }
        let node = self.call_site(&site, handles, args)?;
        match made {
            Some(e) => self.stack.push(e),
            None => {
                let ty = match site.new {
                    NewKind::ByConstructor => IlType::scalar(VarType::Ref),
                    _ => site.ret,
                };
                self.push_result(node, ty)?;
            }
        }
        Ok(())
    }

    fn call_prefixes(&self) -> CallPrefixes {
        CallPrefixes {
            constrained: self.prefix.constrained,
            readonly: self.prefix.readonly,
            tail: self.prefix.tail,
            implicit_tail: self.il.loops_back && !self.prefix.tail && self.in_front_of_ret(),
        }
    }

    /// Is the next instruction a `ret`, in a place where one may be?
    fn in_front_of_ret(&self) -> bool {
        let next = super::il_opcodes::read(self.il.il, self.next);
        next.is_ok_and(|i| i.op == Il::Ret)
            && self.held.is_none()
            && self.out.body.blocks[self.block].region.is_none()
    }

    /// A call of the method itself, in front of `ret`, that nothing in the frame must outlive: no address of a variable may be
    /// among the arguments.
    fn loops_back(&self, site: &CallSite) -> bool {
        let itself = matches!(site.to, CallTo::Method { handle, .. } if handle == self.il.handle);
        itself
            && site.context.is_none()
            && site.new == NewKind::None
            && self.stack.len() == site.params.len()
            && !self.blocks.allocates
            && !self.exposed.contains(&true)
            && !self.il.locals.iter().any(|l| l.pinned)
    }

    /// `tail.` `call`, and the `ret` behind it.
    pub(super) fn explicit_tail_call(&mut self, i: &Instr) -> Result<(), ImportError> {
        let op = if i.op == Il::Call {
            CallOp::Call
        } else {
            CallOp::Callvirt
        };
        let site = self.meta.call(i.operand as u32, op, self.call_prefixes())?;
        let ret = super::il_opcodes::read(self.il.il, i.next);
        if !ret.is_ok_and(|ret| ret.op == Il::Ret) {
            return Err(self.bad("tail. without ret"));
        }
        if site.intrinsic.is_some() || !site.may_tail {
            return Err(self.unsupported("tail. prefix that the runtime refuses"));
        }
        let handles = self.call_handles(&site)?;
        let args = self.pop_arguments(&site.params)?;
        let call = self.call_site(&site, handles, args)?;
        self.make_tail_call(call, site.ret)
    }

    /// `jmp`: a tail call with the method's own arguments.
    pub(super) fn jump_to_method(&mut self, token: u32) -> Result<(), ImportError> {
        let prefixes = CallPrefixes {
            tail: true,
            ..CallPrefixes::default()
        };
        let site = self.meta.call(token, CallOp::Call, prefixes)?;
        if site.params != self.il.params || !site.may_tail {
            return Err(self.unsupported("jmp to a method of another kind"));
        }
        let handles = self.call_handles(&site)?;
        for index in 0..site.params.len() as u32 {
            let l = self.arg_local(index)?;
            self.push_local(l);
        }
        let args = self.pop_arguments(&site.params)?;
        let call = self.call_site(&site, handles, args)?;
        self.make_tail_call(call, site.ret)
    }

    /// Makes the call just emitted the end of the method.
    fn make_tail_call(&mut self, call: NodeId, ret: IlType) -> Result<(), ImportError> {
        if self.out.body.blocks[self.block].region != self.root() {
            return Err(self.bad("a tail call inside an exception region"));
        }
        let layout = self.layout_of(ret)?;
        let pinned = |l: &crate::ir::Local| l.flags.contains(LocalFlags::PINNED);
        if ret.ty != self.out.ret
            || layout != self.out.ret_layout
            || !self.stack.is_empty()
            || self.out.body.locals.iter().any(pinned)
        {
            return Err(self.unsupported("tail. prefix that needs a helper"));
        }
        let n = &mut self.out.body.nodes[call];
        n.op = Opcode::TailCall;
        n.ty = VarType::Void;
        Ok(())
    }

    /// Pops arguments of these types.
    fn pop_arguments(&mut self, params: &[IlType]) -> Result<Vec<CallArg>, ImportError> {
        let mut args = Vec::with_capacity(params.len() + 1);
        for p in params.iter().rev() {
            let e = self.pop()?;
            let layout = self.layout_of(*p)?;
            let o = if p.ty == VarType::Struct {
                if e.ty != VarType::Struct {
                    return Err(self.bad("a struct is expected"));
                }
                self.operand(e).0
            } else if p.ty == VarType::Byref && matches!(e.value, Value::LocalAddr(..)) {
                // The address of a local passes as it is: nothing for the collector.
                self.operand(e).0
            } else {
                self.coerce(e, p.ty)?
            };
            args.push(argument(o, p.ty, layout));
        }
        args.reverse();
        Ok(args)
    }

    /// Emits the call of a resolved site; arguments include `this`.
    fn call_site(
        &mut self,
        site: &CallSite,
        handles: CallHandles,
        mut args: Vec<CallArg>,
    ) -> Result<NodeId, ImportError> {
        if site.has_this {
            let this = args.first_mut().ok_or(self.bad("a call without this"))?;
            this.kind = ArgKind::This;
            match site.this_transform {
                ThisTransform::None => {}
                ThisTransform::Dereference => {
                    let n = self.node(Opcode::Load, VarType::Ref, &[this.opnd]);
                    this.opnd = Operand::node(n);
                    this.ty = VarType::Ref;
                }
                ThisTransform::Box(token) => {
                    let class = self.meta.class(token)?;
                    self.load_at(this.opnd, class.ty)?;
                    let site = self.meta.boxing(token)?;
                    self.box_with(site, class.ty, handles.boxed)?;
                    this.opnd = self.pop_as(VarType::Ref)?;
                    this.ty = VarType::Ref;
                }
            }
            let twice = site.null_check
                || matches!(
                    site.to,
                    CallTo::VirtualTable { .. } | CallTo::Found(_) | CallTo::Delegate { .. }
                );
            if twice {
                this.opnd = self.reusable(this.opnd);
            }
            if site.null_check {
                let opnd = this.opnd;
                self.node(Opcode::NullCheck, VarType::Void, &[opnd]);
            }
        }
        if handles.context.is_some() {
            let mut a = argument(handles.context, VarType::I64, LayoutId::NONE);
            a.kind = ArgKind::GenericContext;
            args.insert(usize::from(site.has_this), a);
        }
        let (target, address) = match &site.to {
            CallTo::Method { handle, name } => {
                let f = self.function(*handle, name.clone());
                (CallTarget::Func(f), Operand::NONE)
            }
            CallTo::VirtualTable { chunk, slot } => {
                let this = args.first().ok_or(self.bad("a call without this"))?.opnd;
                let mut table = self.node(Opcode::Load, VarType::I64, &[this]);
                for at in chunk.iter().chain([slot]) {
                    let mut lea = make(Opcode::Lea, VarType::I64, &[Operand::node(table)]);
                    lea.aux = *at;
                    let lea = self.emit(lea);
                    let mut load = make(Opcode::Load, VarType::I64, &[Operand::node(lea)]);
                    load.flags = NodeFlags::NON_FAULTING;
                    table = self.emit(load);
                }
                (CallTarget::Indirect, Operand::node(table))
            }
            CallTo::StubCell(Handle::Known(cell)) => {
                let row = self.lookup(Lookup::Indirect(*cell));
                (CallTarget::StubCell(row), Operand::NONE)
            }
            CallTo::StubCell(_) => (CallTarget::IndirectCell, handles.code),
            CallTo::Code(_) => (CallTarget::Indirect, handles.code),
            CallTo::Found(pointer) => {
                let this = args.first().ok_or(self.bad("a call without this"))?.opnd;
                let code = self.find_virtual(pointer, this, handles.class, handles.method)?;
                (CallTarget::Indirect, code)
            }
            CallTo::Delegate { instance, target } => {
                let this = args.first_mut().ok_or(self.bad("a call without this"))?;
                let delegate = this.opnd;
                let code = self.field_of(delegate, *target, VarType::I64);
                this.opnd = self.field_of(delegate, *instance, VarType::Ref);
                (CallTarget::Indirect, code)
            }
        };
        // A string's constructor takes no object and returns the string.
        if matches!(site.new, NewKind::ByConstructor) {
            args.remove(0);
            return self.call_node(target, address, IlType::scalar(VarType::Ref), &args);
        }
        self.call_node(target, address, site.ret, &args)
    }

    /// The value at `offset` of an object; null raises an exception.
    fn field_of(&mut self, object: Operand, offset: u32, ty: VarType) -> Operand {
        let at = self.displaced(object, VarType::Byref, offset);
        Operand::node(self.node(Opcode::Load, ty, &[at]))
    }

    /// The handles that a call needs, asked for while its arguments are on the stack.
    fn call_handles(&mut self, site: &CallSite) -> Result<CallHandles, ImportError> {
        let mut h = CallHandles::default();
        if let Some(context) = site.context {
            h.context = self.handle(context)?;
        }
        match &site.to {
            CallTo::StubCell(at @ (Handle::Lookup(_) | Handle::Cell(_))) | CallTo::Code(at) => {
                h.code = self.handle(*at)?;
            }
            CallTo::StubCell(Handle::Context) => return Err(self.bad("a cell that is a context")),
            CallTo::Found(pointer) => (h.class, h.method) = self.virtual_handles(pointer)?,
            CallTo::StubCell(Handle::Known(_))
            | CallTo::Method { .. }
            | CallTo::VirtualTable { .. }
            | CallTo::Delegate { .. } => {}
        }
        if let ThisTransform::Box(token) = site.this_transform {
            h.boxed = match self.meta.boxing(token)? {
                BoxSite::Reference => Operand::NONE,
                BoxSite::Allocate(call) | BoxSite::Call(call) => self.handle(call.arg)?,
            };
        }
        Ok(h)
    }

    fn virtual_handles(
        &mut self,
        pointer: &VirtualPointer,
    ) -> Result<(Operand, Operand), ImportError> {
        Ok((self.handle(pointer.class)?, self.handle(pointer.method)?))
    }

    /// The code of a virtual method, found by a helper; null raises an exception.
    fn find_virtual(
        &mut self,
        pointer: &VirtualPointer,
        object: Operand,
        class: Operand,
        method: Operand,
    ) -> Result<Operand, ImportError> {
        let args = [
            (object, VarType::Ref),
            (class, VarType::I64),
            (method, VarType::I64),
        ];
        self.helper_call(pointer.helper, VarType::I64, &args)
    }

    fn call_indirect(&mut self, token: u32) -> Result<(), ImportError> {
        let site = self.meta.indirect_call(token)?;
        let code = self.pop_as(VarType::I64)?;
        let code = self.reusable(code);
        let mut args = self.pop_arguments(&site.params)?;
        if let Some(this) = args.first_mut()
            && site.has_this
        {
            this.kind = ArgKind::This;
        }
        let n = self.call_node(CallTarget::Indirect, code, site.ret, &args)?;
        self.push_result(n, site.ret)
    }

    /// `newobj` of an array: the helper finds the arguments in memory.
    fn new_array_of_many(
        &mut self,
        alloc: HelperCall,
        params: &[IlType],
    ) -> Result<(), ImportError> {
        let class = self.handle(alloc.arg)?;
        let count = params.len() as u32;
        let layout = ClassLayout {
            size: 4 * count,
            align: 4,
            ..ClassLayout::default()
        };
        let layout = self.out.layouts.push(layout);
        let lengths = self.temp(VarType::Struct, layout);
        for i in (0..count).rev() {
            let length = self.pop_as(VarType::I32)?;
            let at = self.constant(i64::from(4 * i));
            let mut store = make(Opcode::StoreLclFld, VarType::I32, &[length, at]);
            store.aux = lengths.0;
            self.emit(store);
        }
        let at = self.address_of(lengths, 0);
        let count = self.constant(i64::from(count));
        let args = [
            (class, VarType::I64),
            (count, VarType::I32),
            (at, VarType::I64),
        ];
        let array = self.helper_call(alloc.helper, VarType::Ref, &args)?;
        self.push(array, VarType::Ref);
        Ok(())
    }

    pub(super) fn call_node(
        &mut self,
        target: CallTarget,
        address: Operand,
        ret: IlType,
        args: &[CallArg],
    ) -> Result<NodeId, ImportError> {
        let ret_layout = self.layout_of(ret)?;
        let body = &mut self.out.body;
        let first_arg = body.call_args.len() as u32;
        body.call_args.extend_from_slice(args);
        let CallId(row) = body.calls.push(CallInfo {
            target,
            ret: ret.ty,
            ret_layout,
            first_arg,
            num_args: args.len() as u32,
            flags: CallFlags::empty(),
            stack_bytes: 0,
        });
        let mut n = make(Opcode::Call, ret.ty, &[address]);
        n.aux = row;
        let n = self.emit(n);
        for a in args {
            if let Some(d) = a.opnd.as_node() {
                self.out.body.nodes[d].user = n;
            }
        }
        Ok(n)
    }

    /// Pushes a call's result by way of a temporary; nothing for `void`.
    pub(super) fn push_result(&mut self, call: NodeId, ty: IlType) -> Result<(), ImportError> {
        if ty.ty == VarType::Void {
            return Ok(());
        }
        let layout = self.layout_of(ty)?;
        let t = self.temp(ty.ty.actual(), layout);
        self.store_local(t, Operand::node(call));
        self.push_local(t);
        Ok(())
    }

    // ---- helpers

    fn call_helper_node(
        &mut self,
        helper: Helper,
        ret: IlType,
        args: &[(Operand, VarType)],
    ) -> Result<NodeId, ImportError> {
        let all: SmallVec<[CallArg; 4]> = args
            .iter()
            .map(|&(o, ty)| argument(o, ty, LayoutId::NONE))
            .collect();
        self.call_node(CallTarget::Helper(helper), Operand::NONE, ret, &all)
    }

    /// Calls a helper; its result as an operand that can be used more than once (none for `void`).
    pub(super) fn helper_call(
        &mut self,
        helper: Helper,
        ret: VarType,
        args: &[(Operand, VarType)],
    ) -> Result<Operand, ImportError> {
        let n = self.call_helper_node(helper, IlType::scalar(ret), args)?;
        if ret == VarType::Void {
            return Ok(Operand::NONE);
        }
        Ok(self.save_to_temp(Operand::node(n), ret, LayoutId::NONE))
    }

    /// Calls a helper of a handle and what is on the stack, an object.
    fn helper_of_object(&mut self, call: HelperCall, ret: VarType) -> Result<Operand, ImportError> {
        let class = self.handle(call.arg)?;
        let object = self.pop_as(VarType::Ref)?;
        let args = [(class, VarType::I64), (object, VarType::Ref)];
        self.helper_call(call.helper, ret, &args)
    }

    // ---- casts and boxes

    fn cast(&mut self, token: u32, throwing: bool) -> Result<(), ImportError> {
        let call = self.meta.cast(token, throwing)?;
        let result = self.helper_of_object(call, VarType::Ref)?;
        self.push(result, VarType::Ref);
        Ok(())
    }

    fn box_value(&mut self, token: u32) -> Result<(), ImportError> {
        let site = self.meta.boxing(token)?;
        let class = self.meta.class(token)?;
        let handle = match site {
            BoxSite::Reference => Operand::NONE,
            BoxSite::Allocate(call) | BoxSite::Call(call) => self.handle(call.arg)?,
        };
        self.box_with(site, class.ty, handle)
    }

    /// Boxes what is on the stack; `handle` is that of the site's helper.
    fn box_with(&mut self, site: BoxSite, ty: IlType, handle: Operand) -> Result<(), ImportError> {
        let class = (handle, VarType::I64);
        match site {
            BoxSite::Reference => {
                let o = self.pop_as(VarType::Ref)?;
                self.push(o, VarType::Ref);
            }
            BoxSite::Allocate(alloc) => {
                let e = self.pop()?;
                let value = self.boxed_value(e, ty)?;
                let object = self.helper_call(alloc.helper, VarType::Ref, &[class])?;
                self.store_payload(object, ty, value)?;
                self.push(object, VarType::Ref);
            }
            BoxSite::Call(call) => {
                let e = self.pop()?;
                let value = self.boxed_value(e, ty)?;
                let layout = self.layout_of(ty)?;
                let t = self.temp(ty.ty, layout);
                if ty.ty == VarType::Struct {
                    self.copy_to_local(t, value);
                } else {
                    self.store_local(t, value);
                }
                let address = self.address_of(t, 0);
                let args = [class, (address, VarType::Byref)];
                let object = self.helper_call(call.helper, VarType::Ref, &args)?;
                self.push(object, VarType::Ref);
            }
        }
        Ok(())
    }

    /// The value to box, kept across the allocation.
    fn boxed_value(&mut self, e: Entry, ty: IlType) -> Result<Operand, ImportError> {
        if ty.ty == VarType::Struct {
            if e.ty != VarType::Struct {
                return Err(self.bad("a struct is expected"));
            }
            return Ok(self.operand(e).0);
        }
        let o = self.coerce(e, ty.ty)?;
        Ok(self.reusable(o))
    }

    fn unbox(&mut self, token: u32, load: bool) -> Result<(), ImportError> {
        let site = self.meta.unboxing(token)?;
        match site {
            UnboxSite::Cast(call) => {
                let o = self.helper_of_object(call, VarType::Ref)?;
                self.push(o, VarType::Ref);
            }
            UnboxSite::Address(call) => {
                let address = self.helper_of_object(call, VarType::Byref)?;
                if load {
                    let class = self.meta.class(token)?;
                    self.load_at(address, class.ty)?;
                } else {
                    self.push(address, VarType::Byref);
                }
            }
            UnboxSite::Fill(call) => {
                let class = self.meta.class(token)?;
                let layout = self.layout_of(class.ty)?;
                let handle = self.handle(call.arg)?;
                let object = self.pop_as(VarType::Ref)?;
                let t = self.temp(class.ty.ty, layout);
                let address = self.address_of(t, 0);
                let args = [
                    (address, VarType::Byref),
                    (handle, VarType::I64),
                    (object, VarType::Ref),
                ];
                self.helper_call(call.helper, VarType::Void, &args)?;
                if load {
                    self.push_local(t);
                } else {
                    self.stack.push(Entry::local_addr(t, 0));
                }
            }
        }
        Ok(())
    }
}

/// The handles of a call; none where it needs none.
#[derive(Copy, Clone, Default)]
struct CallHandles {
    /// The hidden argument.
    context: Operand,
    /// The code's address, or that of the cell with it.
    code: Operand,
    /// Class and method of a virtual method that is looked for.
    class: Operand,
    method: Operand,
    /// The class of the box that `this` becomes.
    boxed: Operand,
}

pub(super) fn argument(opnd: Operand, ty: VarType, layout: LayoutId) -> CallArg {
    CallArg {
        opnd,
        ty,
        kind: ArgKind::User,
        layout,
    }
}
