//! Late-expanded nodes: each becomes a common case in line and a helper's call in a cold block behind all others.
//!
//! **Before:** a body as the optimiser left it. **After:** no node of the table's `LATE` rows, no `patchpoint`; blocks with labels
//! that are taken as addresses are entries. A block is cut behind each such node; values that wait across the cut are kept in locals.
//!
//! | node | in line | else |
//! |---|---|---|
//! | `cast_class`, `is_inst` | null, or an object of that very class | the helper decides |
//! | `class_init`, `static_base` | the class's flag says that it is initialised | the helper initialises it |
//! | `runtime_lookup` | loads along the dictionary; a slot that is filled | the helper finds the handle |
//! | `patchpoint` | a counter that has not run out | the helper is told |
//! | `tls_base` | | always the helper |

use crate::ee::{Helper, Lookup, LookupRequest, Runtime};
use crate::ir::{
    Bail, BlockFlags, BlockId, Body, CallFlags, Cond, Local, LocalFlags, LocalId, LookupId, Method,
    Node, NodeFlags, NodeId, Opcode, OpcodeSet, Operand,
};
use crate::types::VarType;

/// Turns of a patchpoint before its helper is called first.
pub const PATCHPOINT_TURNS: i32 = 1000;

const EXPANDED: OpcodeSet = Opcode::EXPANDED_LATE;

/// What the passes before lowering find to do in `body`: nodes to expand, vectors wider than 16 bytes.
pub fn look(body: &Body, method: &Method) -> (bool, bool) {
    let (mut late, mut wide) = (false, has_wide_places(body, method));
    for n in body.nodes.iter() {
        late |= EXPANDED.contains(n.op);
        wide |= is_wide(n.ty);
    }
    (late, wide)
}

/// Is a local, an argument or the method's result a vector of more than 16 bytes?
pub fn has_wide_places(body: &Body, method: &Method) -> bool {
    let args = &body.call_args;
    body.locals.iter().any(|l| is_wide(l.ty))
        || args.iter().any(|a| is_wide(a.ty))
        || is_wide(method.ret)
}

fn is_wide(ty: VarType) -> bool {
    matches!(ty, VarType::V256 | VarType::V512)
}

/// Expands all late nodes of `body`.
pub fn expand_late(body: &mut Body, method: &Method, rt: &mut dyn Runtime) -> Result<(), Bail> {
    for n in body.nodes.iter() {
        if n.op == Opcode::LabelAddr
            && let Some(b) = body.blocks.get_mut(BlockId(n.aux))
        {
            b.flags |= BlockFlags::ENTRY;
        }
    }
    let body_blocks = body.blocks.len();
    let mut x = Expander {
        done: vec![false; body.nodes.len()],
        body,
        method,
        rt,
        counter: LocalId::NONE,
        order: Vec::with_capacity(2 * body_blocks),
        cold: Vec::with_capacity(body_blocks),
        values: Vec::with_capacity(64),
        block: BlockId(0),
        at: NodeId::NONE,
    };
    x.add_counter();
    for b in x.body.blocks.ids() {
        x.block(b)?;
    }
    if x.order.len() != x.body.blocks.len() || !x.cold.is_empty() {
        x.order.append(&mut x.cold);
        x.body.reorder_blocks(&x.order);
    }
    Ok(())
}

struct Expander<'a> {
    body: &'a mut Body,
    method: &'a Method,
    rt: &'a mut dyn Runtime,
    /// The patchpoints' counter.
    counter: LocalId,
    /// Blocks in their new order, and those that go behind them.
    order: Vec<BlockId>,
    cold: Vec<BlockId>,
    /// The block that the walk is in, and the node that is being expanded, whose source position new nodes get.
    block: BlockId,
    at: NodeId,
    /// Nodes that the walk has passed.
    done: Vec<bool>,
    /// Values defined since the last cut.
    values: Vec<NodeId>,
}

impl Expander<'_> {
    /// Patchpoints count in one local, full when the method begins.
    fn add_counter(&mut self) {
        let is_there = |n: NodeId| self.body.nodes[n].op == Opcode::PatchPoint;
        let blocks = self.body.blocks.ids();
        if !blocks.flat_map(|b| self.body.block_nodes(b)).any(is_there) {
            return;
        }
        let mut counter = Local::new(VarType::I32);
        counter.flags = LocalFlags::ADDRESS_EXPOSED | LocalFlags::DO_NOT_ENREGISTER;
        self.counter = self.body.locals.push(counter);
        let mut store = Node::new(Opcode::StoreLcl, VarType::Void);
        store.aux = self.counter.0;
        store.opnd[0] = constant(PATCHPOINT_TURNS.into());
        let entry = BlockId(0);
        let first = self.body.blocks[entry].first;
        self.body.insert_before(entry, first, store);
    }

    fn block(&mut self, b: BlockId) -> Result<(), Bail> {
        self.block = b;
        self.order.push(b);
        self.values.clear();
        let mut n = self.body.blocks[b].first;
        while n.is_some() {
            let (op, next) = (self.body.nodes[n].op, self.body.nodes[n].next);
            if EXPANDED.contains(op) && op != Opcode::LabelAddr {
                self.at = n;
                for i in 0..self.values.len() {
                    let d = self.values[i];
                    let user = self.body.nodes[d].user;
                    let waits = user.is_some() && user != n;
                    if waits && !self.done.get(user.0 as usize).is_some_and(|d| *d) {
                        self.body.keep_in_local(self.method, self.block, d);
                    }
                }
                self.values.clear();
                self.node(n)?;
            } else {
                let x = &self.body.nodes[n];
                if x.user.is_some() && self.body.value_type(n) != VarType::Void {
                    self.values.push(n);
                }
            }
            if let Some(d) = self.done.get_mut(n.0 as usize) {
                *d = true;
            }
            n = next;
        }
        Ok(())
    }

    /// Expands node `n`; nothing else waits across it.
    fn node(&mut self, n: NodeId) -> Result<(), Bail> {
        let node = self.body.nodes[n];
        match node.op {
            Opcode::CastClass => self.cast(n, Helper::CastClass),
            Opcode::IsInst => self.cast(n, Helper::IsInst),
            Opcode::ClassInit => {
                let rest = self.cut(n);
                self.initialize(node.aux, rest)?;
                self.go_on(rest);
            }
            Opcode::StaticBase => {
                let result = self.result(n);
                let rest = self.cut(n);
                let base = self.initialize(node.aux, rest)?;
                self.go_on(rest);
                let first = self.body.blocks[rest].first;
                let base = base[usize::from(node.sub & 1)];
                let value = self.answer(rest, first, base, node.ty);
                self.store_before(rest, first, result, value);
            }
            Opcode::RuntimeLookup => return self.runtime_lookup(n),
            Opcode::TlsBase => {
                let result = self.result(n);
                let class = self.class_handle(self.block, n, node.aux);
                let arg = (class, VarType::I64);
                let call = self.call_before(self.block, n, Helper::TlsBase, node.ty, &[arg]);
                self.store_before(self.block, n, result, call);
                self.body.remove(self.block, n);
            }
            _ => self.patchpoint(n),
        }
        Ok(())
    }

    /// A new local for the value of `n`, which the user of `n` reads.
    fn result(&mut self, n: NodeId) -> LocalId {
        let node = self.body.nodes[n];
        let mut local = Local::new(node.ty);
        local.flags = LocalFlags::TEMP;
        let local = self.body.locals.push(local);
        if node.user.is_some() {
            self.body.for_each_operand_mut(node.user, |o| {
                if o.as_node() == Some(n) {
                    *o = Operand::local(local);
                }
            });
        }
        local
    }

    /// Takes `n` out and begins a new block with what stood behind it; the walk goes on there.
    fn cut(&mut self, n: NodeId) -> BlockId {
        let rest = self.body.cut_before(self.block, n);
        self.body.remove(rest, n);
        rest
    }

    /// The walk is in `rest` from now on.
    fn go_on(&mut self, rest: BlockId) {
        self.order.push(rest);
        self.block = rest;
    }

    fn append(&mut self, b: BlockId, node: Node) -> NodeId {
        self.body.append_like(b, node, self.at)
    }

    /// Ends block `b` with a comparison.
    fn branch(&mut self, b: BlockId, c: (Cond, VarType), o: [Operand; 2], to: [BlockId; 2]) {
        let mut x = Node::new(Opcode::CmpBranch, VarType::Void);
        x.sub = c.0 as u8;
        x.aux = c.1 as u32;
        x.opnd = [o[0], o[1], Operand::NONE];
        self.append(b, x);
        self.body.blocks[b].succ = to;
    }

    fn jump(&mut self, b: BlockId, to: BlockId) {
        self.append(b, Node::new(Opcode::Jump, VarType::Void));
        self.body.blocks[b].succ = [to, BlockId::NONE];
    }

    /// A block for the rare case, behind all others.
    fn cold_block(&mut self) -> BlockId {
        let b = self.body.new_block_like(self.block);
        let block = &mut self.body.blocks[b];
        block.flags |= BlockFlags::COLD;
        block.weight = 0;
        self.cold.push(b);
        b
    }

    /// A block between the walk's and what follows.
    fn block_between(&mut self) -> BlockId {
        let b = self.body.new_block_like(self.block);
        self.order.push(b);
        b
    }

    /// Adds a node to block `b`: before `at`, or at the end if that is none.
    fn place(&mut self, b: BlockId, at: NodeId, node: Node) -> NodeId {
        if at.is_some() {
            self.body.insert_before(b, at, node)
        } else {
            self.append(b, node)
        }
    }

    fn store_before(&mut self, b: BlockId, at: NodeId, local: LocalId, value: Operand) {
        let mut store = Node::new(Opcode::StoreLcl, VarType::Void);
        store.aux = local.0;
        store.opnd[0] = value;
        self.place(b, at, store);
    }

    /// A load of the word at `base` + `offset` that cannot fault.
    fn load(&mut self, b: BlockId, base: Operand, offset: u32, ty: VarType) -> NodeId {
        let mut lea = Node::new(Opcode::Lea, VarType::I64);
        lea.opnd[0] = base;
        lea.aux = offset;
        let address = if offset == 0 {
            base
        } else {
            Operand::node(self.append(b, lea))
        };
        let mut load = Node::new(Opcode::Load, ty);
        load.opnd[0] = address;
        self.append(b, load)
    }

    /// The value of an answer of the runtime.
    fn answer(&mut self, b: BlockId, at: NodeId, answer: Lookup, ty: VarType) -> Operand {
        let (mut value, loads) = match answer {
            Lookup::Value(v) | Lookup::Relative(v) => (v, 0),
            Lookup::Indirect(v) => (v, 1),
            Lookup::IndirectTwice(v) => (v, 2),
        };
        let mut o = Operand::NONE;
        for _ in 0..loads {
            let mut load = Node::new(Opcode::Load, VarType::I64);
            load.flags |= NodeFlags::NON_FAULTING;
            load.opnd[0] = if o.is_none() {
                self.body.const_operand(std::mem::take(&mut value))
            } else {
                o
            };
            o = Operand::node(self.place(b, at, load));
        }
        if loads == 0 {
            let mut c = Node::new(Opcode::Const, ty);
            c.opnd[0] = self.body.const_operand(value);
            o = Operand::node(self.place(b, at, c));
        }
        o
    }

    /// The handle of the class in row `row` of the lookups.
    fn class_handle(&mut self, b: BlockId, at: NodeId, row: u32) -> Operand {
        let mut handle = Node::new(Opcode::Lookup, VarType::I64);
        handle.aux = row;
        Operand::node(self.place(b, at, handle))
    }

    fn call_before(
        &mut self,
        b: BlockId,
        at: NodeId,
        helper: Helper,
        ret: VarType,
        args: &[(Operand, VarType)],
    ) -> Operand {
        let row = self.body.helper_call(helper, ret, args, CallFlags::empty());
        let mut call = Node::new(Opcode::Call, ret);
        call.aux = row.0;
        let call = self.place(b, at, call);
        for d in args.iter().filter_map(|a| a.0.as_node()) {
            self.body.nodes[d].user = call;
        }
        Operand::node(call)
    }

    /// `cast_class` and `is_inst`: null and objects of the very class stay as they are.
    fn cast(&mut self, n: NodeId, helper: Helper) {
        let node = self.body.nodes[n];
        let result = self.result(n);
        self.store_before(self.block, n, result, node.opnd[0]);
        let (before, rest) = (self.block, self.cut(n));
        let check = self.block_between();
        let slow = self.cold_block();
        let object = Operand::local(result);
        let null = constant(0);
        self.branch(
            before,
            (Cond::Eq, VarType::Ref),
            [object, null],
            [rest, check],
        );
        let class = Operand::node(self.load(check, object, 0, VarType::I64));
        let wanted = self.class_handle(check, NodeId::NONE, node.aux);
        self.branch(
            check,
            (Cond::Eq, VarType::I64),
            [class, wanted],
            [rest, slow],
        );
        let wanted = self.class_handle(slow, NodeId::NONE, node.aux);
        let args = [(wanted, VarType::I64), (object, VarType::Ref)];
        let found = self.call_before(slow, NodeId::NONE, helper, VarType::Ref, &args);
        self.store_before(slow, NodeId::NONE, result, found);
        self.jump(slow, rest);
        self.go_on(rest);
    }

    /// Ends the walk's block: it goes to `rest` once the class in row `row` is initialised. Returns where the class's statics are.
    fn initialize(&mut self, row: u32, rest: BlockId) -> Result<[Lookup; 2], Bail> {
        let request = &self.method.lookups[LookupId(row)];
        let statics = self.rt.class_statics(request)?;
        let b = self.block;
        let Some((flag, mask)) = statics.initialized else {
            self.jump(b, rest);
            return Ok(statics.base);
        };
        let slow = self.cold_block();
        let flag = self.answer(b, NodeId::NONE, flag, VarType::I64);
        let mut load = Node::new(Opcode::Load, VarType::U8);
        // What the initialiser wrote is seen behind the flag.
        load.flags |= NodeFlags::NON_FAULTING | NodeFlags::VOLATILE;
        load.opnd[0] = flag;
        let load = Operand::node(self.append(b, load));
        let mask = constant(mask.into());
        self.branch(b, (Cond::TestNz, VarType::I32), [load, mask], [rest, slow]);
        let class = self.class_handle(slow, NodeId::NONE, row);
        let arg = (class, VarType::I64);
        self.call_before(slow, NodeId::NONE, Helper::ClassInit, VarType::Void, &[arg]);
        self.jump(slow, rest);
        Ok(statics.base)
    }

    fn runtime_lookup(&mut self, n: NodeId) -> Result<(), Bail> {
        let node = self.body.nodes[n];
        let LookupRequest::Dictionary(entry) = &self.method.lookups[LookupId(node.aux)] else {
            return Err(Bail::Unsupported {
                what: "runtime lookup of another kind than a dictionary's",
                node: n,
            });
        };
        let result = self.result(n);
        let ty = self.body.operand_type(n, 0);
        let mut context = Local::new(ty);
        context.flags = LocalFlags::TEMP;
        let context = self.body.locals.push(context);
        self.store_before(self.block, n, context, node.opnd[0]);
        let context = Operand::local(context);
        let (before, rest) = (self.block, self.cut(n));
        let mut value = context;
        for &offset in &entry.offsets {
            value = Operand::node(self.load(before, value, offset, VarType::I64));
        }
        self.store_before(before, NodeId::NONE, result, value);
        if entry.may_be_empty {
            let slow = self.cold_block();
            let found = [Operand::local(result), constant(0)];
            self.branch(before, (Cond::Ne, VarType::I64), found, [rest, slow]);
            let key = self.body.const_operand(entry.key);
            let args = [(context, ty), (key, VarType::I64)];
            let found = self.call_before(
                slow,
                NodeId::NONE,
                Helper::RuntimeLookup,
                VarType::I64,
                &args,
            );
            self.store_before(slow, NodeId::NONE, result, found);
            self.jump(slow, rest);
        } else {
            self.jump(before, rest);
        }
        self.go_on(rest);
        Ok(())
    }

    fn patchpoint(&mut self, n: NodeId) {
        let node = self.body.nodes[n];
        let counter = Operand::local(self.counter);
        let (before, rest) = (self.block, self.cut(n));
        let slow = self.cold_block();
        let mut less = Node::new(Opcode::Sub, VarType::I32);
        less.opnd = [counter, constant(1), Operand::NONE];
        let less = Operand::node(self.append(before, less));
        self.store_before(before, NodeId::NONE, self.counter, less);
        let left = [counter, constant(0)];
        self.branch(before, (Cond::Ge, VarType::I32), left, [rest, slow]);
        let mut address = Node::new(Opcode::LclAddr, VarType::I64);
        address.aux = self.counter.0;
        address.opnd[0] = constant(0);
        let address = Operand::node(self.append(slow, address));
        let position = self.body.const_operand(u64::from(node.aux));
        let args = [(address, VarType::I64), (position, VarType::I32)];
        self.call_before(slow, NodeId::NONE, Helper::PatchPoint, VarType::Void, &args);
        self.jump(slow, rest);
        self.go_on(rest);
    }
}

fn constant(v: i64) -> Operand {
    Operand::small(v).unwrap_or_default()
}
