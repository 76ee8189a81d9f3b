//! Building a method node by node: what the generators need and no more.

use crate::ee::Helper;
use crate::ir::{
    ArgKind, Block, BlockId, CallArg, CallFlags, CallInfo, CallTarget, Cond, FuncId, FuncRef,
    Local, LocalFlags, LocalId, Method, Node, NodeId, Opcode, Operand,
};
use crate::types::{LayoutId, VarType};

/// A method being made; nodes go to the end of the current block.
pub(super) struct Maker {
    pub m: Method,
    pub block: BlockId,
    /// Operations so far: see the module's head.
    pub ops: u32,
    /// Nodes so far in the current block.
    pub in_block: u32,
}

/// An operand and its type, small types included.
pub(super) type Typed = (Operand, VarType, LayoutId);

impl Maker {
    /// A method with an empty entry block.
    pub fn new(name: String, ret: VarType) -> Maker {
        let mut m = Method {
            name,
            ret,
            ..Method::default()
        };
        m.body.blocks.push(Block::new());
        Maker {
            m,
            block: BlockId(0),
            ops: 0,
            in_block: 0,
        }
    }

    /// A further parameter; all parameters come before other locals.
    pub fn param(&mut self, ty: VarType) -> LocalId {
        debug_assert_eq!(self.m.num_params as usize, self.m.body.locals.len());
        self.m.num_params += 1;
        let l = self.local(ty);
        self.m.body.locals[l].flags |= LocalFlags::PARAM;
        l
    }

    /// A local of scalar type.
    pub fn local(&mut self, ty: VarType) -> LocalId {
        self.m.body.locals.push(Local::new(ty))
    }

    /// A struct local.
    pub fn struct_local(&mut self, layout: LayoutId) -> LocalId {
        let l = self.local(VarType::Struct);
        self.m.body.locals[l].layout = layout;
        l
    }

    /// A new block in the current block's region, behind all others.
    pub fn new_block(&mut self) -> BlockId {
        let mut b = Block::new();
        b.region = self.m.body.blocks[self.block].region;
        self.m.body.blocks.push(b)
    }

    /// Goes on at the start of `b`.
    pub fn start(&mut self, b: BlockId) {
        self.block = b;
        self.in_block = 0;
    }

    /// The operand for an integer.
    pub fn int(&mut self, v: i64) -> Operand {
        self.m.body.const_operand(v as u64)
    }

    /// The operand for a float.
    pub fn float(&mut self, v: f64) -> Operand {
        self.m.body.const_operand(v.to_bits())
    }

    /// Appends a node.
    pub fn push(
        &mut self,
        op: Opcode,
        ty: VarType,
        sub: u8,
        aux: u32,
        opnds: &[Operand],
    ) -> NodeId {
        let mut n = Node::new(op, ty);
        n.sub = sub;
        n.aux = aux;
        n.opnd[..opnds.len()].copy_from_slice(opnds);
        self.in_block += 1;
        self.m.body.append(self.block, n)
    }

    /// Appends an operation and returns its value.
    pub fn op(&mut self, op: Opcode, ty: VarType, opnds: &[Operand]) -> Operand {
        self.ops += 1;
        Operand::node(self.push(op, ty, 0, 0, opnds))
    }

    /// A conversion.
    pub fn convert(&mut self, op: Opcode, from: VarType, to: VarType, o: Operand) -> Operand {
        self.ops += 1;
        Operand::node(self.push(op, to, from as u8, 0, &[o]))
    }

    /// A comparison's value.
    pub fn cmp(&mut self, cond: Cond, ty: VarType, a: Operand, b: Operand) -> Operand {
        self.ops += 1;
        let n = self.push(Opcode::Cmp, VarType::I32, cond as u8, ty as u32, &[a, b]);
        Operand::node(n)
    }

    /// A store to a local; no operation.
    pub fn set(&mut self, l: LocalId, o: Operand) {
        let ty = self.m.body.locals[l].ty;
        self.push(Opcode::StoreLcl, ty, 0, l.0, &[o]);
    }

    /// A store to memory.
    pub fn store(&mut self, ty: VarType, address: Operand, o: Operand) {
        self.ops += 1;
        self.push(Opcode::Store, ty, 0, 0, &[address, o]);
    }

    /// `base + offset`, part of the access that uses it.
    pub fn lea(&mut self, base: Operand, offset: u32) -> Operand {
        Operand::node(self.push(Opcode::Lea, VarType::I64, 0, offset, &[base]))
    }

    /// `base + (index << scale) + offset`.
    pub fn lea_index(&mut self, base: Operand, index: Operand, scale: u8, offset: u32) -> Operand {
        Operand::node(self.push(Opcode::Lea, VarType::I64, scale, offset, &[base, index]))
    }

    /// `base + offset` as an address of type `ty`.
    pub fn lea_of(&mut self, ty: VarType, base: Operand, offset: u32) -> Operand {
        Operand::node(self.push(Opcode::Lea, ty, 0, offset, &[base]))
    }

    /// `base + (index << scale) + offset` as an address of type `ty`.
    pub fn lea_form(
        &mut self,
        ty: VarType,
        base: Operand,
        index: Operand,
        scale: u8,
        offset: u32,
    ) -> Operand {
        Operand::node(self.push(Opcode::Lea, ty, scale, offset, &[base, index]))
    }

    /// `base + index` as an address of type `ty`.
    pub fn index(&mut self, ty: VarType, base: Operand, index: Operand) -> Operand {
        self.lea_form(ty, base, index, 0, 0)
    }

    /// The field of type `ty` at `offset` of a local.
    pub fn read_field(&mut self, l: LocalId, ty: VarType, offset: u32) -> Operand {
        self.ops += 1;
        let at = self.int(offset.into());
        Operand::node(self.push(Opcode::LclFld, ty, 0, l.0, &[at]))
    }

    /// The value of the last node of the current block; none if it has no node.
    pub fn last_node(&self) -> Operand {
        let last = self.m.body.blocks[self.block].last;
        if last.is_some() {
            Operand::node(last)
        } else {
            Operand::NONE
        }
    }

    /// The address of a local.
    pub fn address_of(&mut self, l: LocalId) -> Operand {
        self.m.body.locals[l].flags |= LocalFlags::ADDRESS_EXPOSED;
        let zero = self.int(0);
        Operand::node(self.push(Opcode::LclAddr, VarType::I64, 0, l.0, &[zero]))
    }

    /// Ends the block.
    pub fn jump(&mut self, to: BlockId) {
        self.push(Opcode::Jump, VarType::Void, 0, 0, &[]);
        self.m.body.blocks[self.block].succ[0] = to;
    }

    /// Ends the block with a comparison.
    pub fn cmp_branch(
        &mut self,
        cond: Cond,
        ty: VarType,
        operands: [Operand; 2],
        [yes, no]: [BlockId; 2],
    ) {
        self.ops += 1;
        let sub = cond as u8;
        self.push(Opcode::CmpBranch, VarType::Void, sub, ty as u32, &operands);
        self.m.body.blocks[self.block].succ = [yes, no];
    }

    /// Ends the block with a switch; the default stands last in `targets`.
    pub fn switch(&mut self, o: Operand, targets: &[BlockId]) {
        self.ops += 1;
        let body = &mut self.m.body;
        let row = body.switches.push(crate::ir::method::SwitchInfo {
            first: body.switch_targets.len() as u32,
            count: targets.len() as u32 - 1,
        });
        body.switch_targets.extend_from_slice(targets);
        self.push(Opcode::Switch, VarType::Void, 0, row.0, &[o]);
    }

    /// Ends the block with a return.
    pub fn ret(&mut self, o: Operand) {
        let ty = self.m.ret;
        let opnds: &[Operand] = if o.is_some() { &[o] } else { &[] };
        self.push(Opcode::Ret, ty, 0, 0, opnds);
    }

    /// The function named `name`.
    pub fn func(&mut self, name: &str) -> FuncId {
        let known = self.m.funcs.ids().find(|&f| self.m.funcs[f].name == name);
        known.unwrap_or_else(|| {
            self.m.funcs.push(FuncRef {
                name: name.to_owned(),
                handle: 0,
            })
        })
    }

    /// A call; its value is `void` for `ret` of that type.
    pub fn call(
        &mut self,
        target: CallTarget,
        ret: VarType,
        ret_layout: LayoutId,
        args: &[Typed],
    ) -> Operand {
        self.ops += 1;
        let body = &mut self.m.body;
        let row = body.calls.push(CallInfo {
            target,
            ret,
            ret_layout,
            first_arg: body.call_args.len() as u32,
            num_args: args.len() as u32,
            flags: CallFlags::empty(),
            stack_bytes: 0,
        });
        for &(opnd, ty, layout) in args {
            body.call_args.push(CallArg {
                opnd,
                ty,
                kind: ArgKind::User,
                layout,
            });
        }
        let n = self.push(Opcode::Call, ret, 0, row.0, &[]);
        for (o, ..) in args {
            if let Some(d) = o.as_node() {
                self.m.body.nodes[d].user = n;
            }
        }
        Operand::node(n)
    }

    /// An array of `length` elements of the class word `class`.
    pub fn new_array(&mut self, class: u64, length: Operand) -> Operand {
        let class = self.int(class as i64);
        let none = LayoutId::NONE;
        let args = [(class, VarType::I64, none), (length, VarType::I64, none)];
        let helper = CallTarget::Helper(Helper::NewArray);
        self.call(helper, VarType::Ref, none, &args)
    }

    /// The type of a local as a value.
    pub fn ty(&self, l: LocalId) -> VarType {
        self.m.body.locals[l].ty.actual()
    }

    /// The method. A node whose value nobody uses is marked so.
    pub fn finish(mut self) -> Method {
        for n in self.m.body.nodes.ids() {
            let has_value = self.m.body.value_type(n) != VarType::Void;
            let x = &mut self.m.body.nodes[n];
            if has_value && x.user.is_none() {
                x.flags |= crate::ir::NodeFlags::UNUSED;
            }
        }
        self.m
    }
}
