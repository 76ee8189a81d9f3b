//! Vectors that the machine has no register for, as parameters, arguments and results: they travel as structs of their size do.
//!
//! Every convention has a rule for a value class of 32 or 64 bytes without floats: on the stack with the result in a buffer
//! (System V, aligned as the vector is within the area of arguments), or by reference to a copy with the result in a buffer
//! (Windows, arm64). C compilers pass such vectors by the same rules where the instructions for them are switched off.
//!
//! **After:** neither the head nor a call names a type that is wider than the machine's; what is left of them in the body are values,
//! which [`split_vectors`](super::split_vectors) takes apart.

use crate::ir::{
    AuxKind, BlockId, Body, CallId, Local, LocalFlags, LocalId, Method, Node, NodeId, Opcode,
    Operand,
};
use crate::types::{ClassLayout, LayoutField, LayoutId, VarType};

/// Makes structs of the vectors of more bytes than `widest` in the signature of `method` and in the calls of `body`. The new head,
/// without a body, if there are any.
pub fn wide_as_structs(body: &mut Body, method: &Method, widest: VarType) -> Option<Method> {
    let is_wide = |ty: VarType| ty.is_vector() && ty.size() > widest.size();
    let mut params = body.locals.iter().take(method.num_params as usize);
    let is_there = is_wide(method.ret)
        || params.any(|l| is_wide(l.ty))
        || body.call_args.iter().any(|a| is_wide(a.ty))
        || body.calls.iter().any(|c| is_wide(c.ret));
    if !is_there {
        return None;
    }
    let mut w = Wide {
        head: method.head(),
        body,
        widest,
        block: BlockId(0),
    };
    w.parameters();
    let ret = w.head.ret;
    for b in w.body.blocks.ids() {
        w.block = b;
        let mut n = w.body.blocks[b].first;
        while n.is_some() {
            let next = w.body.nodes[n].next;
            match w.body.nodes[n].op {
                Opcode::Call | Opcode::TailCall => w.call(n),
                Opcode::Ret if w.is_wide(ret) => {
                    let o = w.body.nodes[n].opnd[0];
                    w.body.nodes[n].opnd[0] = w.in_struct(n, ret, o);
                }
                _ => {}
            }
            n = next;
        }
    }
    if w.is_wide(ret) {
        w.head.ret_layout = w.layout(ret);
        w.head.ret = VarType::Struct;
    }
    Some(w.head)
}

struct Wide<'a> {
    head: Method,
    body: &'a mut Body,
    widest: VarType,
    block: BlockId,
}

impl Wide<'_> {
    fn is_wide(&self, ty: VarType) -> bool {
        ty.is_vector() && ty.size() > self.widest.size()
    }

    /// The layout of a struct that holds a vector of type `ty`.
    fn layout(&mut self, ty: VarType) -> LayoutId {
        let size = ty.size();
        let fields = (0..size).step_by(8).map(|offset| LayoutField {
            offset,
            ty: VarType::I64,
        });
        let layout = ClassLayout {
            size,
            align: size,
            fields: fields.collect(),
            ..ClassLayout::default()
        };
        let known = self.head.layouts.ids();
        let mut known = known.filter(|&id| self.head.layouts[id] == layout);
        match known.next() {
            Some(id) => id,
            None => self.head.layouts.push(layout),
        }
    }

    fn struct_local(&mut self, ty: VarType) -> LocalId {
        let mut l = Local::new(VarType::Struct);
        l.layout = self.layout(ty);
        l.flags = LocalFlags::TEMP | LocalFlags::DO_NOT_ENREGISTER;
        self.body.locals.push(l)
    }

    /// The parameters become structs, which are read once, at the start; all else names new locals.
    fn parameters(&mut self) {
        let mut new = vec![LocalId::NONE; self.head.num_params as usize];
        for (i, new) in new.iter_mut().enumerate() {
            let id = LocalId(i as u32);
            let mut l = self.body.locals[id];
            if !self.is_wide(l.ty) {
                continue;
            }
            let param = Local {
                ty: VarType::Struct,
                flags: LocalFlags::PARAM | LocalFlags::DO_NOT_ENREGISTER,
                layout: self.layout(l.ty),
            };
            l.flags.remove(LocalFlags::PARAM);
            self.body.locals[id] = param;
            *new = self.body.locals.push(l);
        }
        let of = |l: LocalId| new.get(l.0 as usize).copied().filter(|l| l.is_some());
        let rename = |o: &mut Operand| {
            if let Some(l) = o.as_local().and_then(of) {
                *o = Operand::local(l);
            }
        };
        for x in self.body.nodes.iter_mut() {
            x.opnd.iter_mut().for_each(rename);
            if x.op.info().aux == AuxKind::Local
                && let Some(l) = of(LocalId(x.aux))
            {
                x.aux = l.0;
            }
        }
        let args = self.body.call_args.iter_mut();
        args.for_each(|a| rename(&mut a.opnd));
        let first = self.body.blocks[BlockId(0)].first;
        for (param, &l) in (0..).zip(&new) {
            if l.is_some() {
                let ty = self.body.locals[l].ty;
                let mut store = Node::new(Opcode::StoreLcl, VarType::Void);
                store.aux = l.0;
                store.opnd[0] = Operand::node(self.whole(first, LocalId(param), ty));
                self.body.insert_before(self.block, first, store);
            }
        }
    }

    /// What struct local `l` holds, as a vector, read in front of `at`.
    fn whole(&mut self, at: NodeId, l: LocalId, ty: VarType) -> NodeId {
        let mut read = Node::new(Opcode::LclFld, ty);
        read.aux = l.0;
        read.opnd[0] = Operand::small(0).unwrap_or_default();
        self.body.insert_before(self.block, at, read)
    }

    /// A new struct local that holds vector `o` from in front of `at` on.
    fn in_struct(&mut self, at: NodeId, ty: VarType, o: Operand) -> Operand {
        let l = self.struct_local(ty);
        let mut store = Node::new(Opcode::StoreLclFld, ty);
        store.aux = l.0;
        store.opnd = [o, Operand::small(0).unwrap_or_default(), Operand::NONE];
        self.body.insert_before(self.block, at, store);
        Operand::local(l)
    }

    fn call(&mut self, n: NodeId) {
        let call = CallId(self.body.nodes[n].aux);
        let info = self.body.calls[call];
        for i in info.first_arg as usize..(info.first_arg + info.num_args) as usize {
            let arg = self.body.call_args[i];
            if self.is_wide(arg.ty) {
                let opnd = self.in_struct(n, arg.ty, arg.opnd);
                let layout = self.layout(arg.ty);
                let arg = &mut self.body.call_args[i];
                (arg.opnd, arg.ty, arg.layout) = (opnd, VarType::Struct, layout);
            }
        }
        if !self.is_wide(info.ret) {
            return;
        }
        let layout = self.layout(info.ret);
        let row = &mut self.body.calls[call];
        (row.ret, row.ret_layout) = (VarType::Struct, layout);
        let node = &mut self.body.nodes[n];
        node.ty = VarType::Struct;
        let user = node.user;
        if user.is_none() {
            return;
        }
        let l = self.struct_local(info.ret);
        let mut store = Node::new(Opcode::StoreLcl, VarType::Void);
        store.aux = l.0;
        store.opnd[0] = Operand::node(n);
        let store = self.body.insert_after(self.block, n, store);
        let behind = self.body.nodes[store].next;
        let value = self.whole(behind, l, info.ret);
        self.body.nodes[value].user = user;
        self.body.for_each_operand_mut(user, |o| {
            if o.as_node() == Some(n) {
                *o = Operand::node(value);
            }
        });
    }
}
