//! The walk over a method's IL: locals, blocks, the evaluation stack, control flow.

use super::ImportError;
use super::blocks::{self, IlBlocks, variable_index};
use super::eh::{self, Regions};
use super::generics::FoundHandle;
use super::il_opcodes::{Il, Instr, read};
use super::metadata::{IlClauseKind, IlMethod, IlType, Metadata};
use super::stack::{Entry, Value};
use super::synchronized::Held;
use crate::ir::{
    Block, BlockFlags, BlockId, ClauseKind, FuncRef, Local, LocalFlags, LocalId, LookupId, Method,
    Node, NodeFlags, NodeId, Opcode, Operand, RegionKind,
};
use crate::types::{LayoutId, VarType};

/// Most bytes of IL that are taken on.
const MAX_IL: usize = 1 << 24;

/// Imports `method`.
///
/// # Errors
/// [`ImportError`].
pub fn import(method: &IlMethod<'_>, meta: &mut dyn Metadata) -> Result<Method, ImportError> {
    if method.il.len() > MAX_IL {
        return Err(ImportError::Limit("bytes of IL"));
    }
    let il_blocks = blocks::find(method)?;
    let mut out = Method {
        name: method.name.clone(),
        handle: method.handle,
        ..Method::default()
    };
    let regions = eh::make_regions(method, &mut out.body)?;
    let n = il_blocks.len();
    let mut importer = Importer {
        il: method,
        meta,
        out,
        blocks: il_blocks,
        bb: vec![BlockId::NONE; n],
        entry_stack: vec![None; n],
        layouts: Vec::new(),
        vector_classes: Vec::new(),
        vector_locals: Vec::new(),
        stack: Vec::new(),
        block: BlockId::NONE,
        il_block: 0,
        at: 0,
        next: 0,
        exposed: Vec::new(),
        prefix: Prefix::default(),
        context: LocalId(0),
        context_used: false,
        found: Vec::new(),
        held: None,
        ended: false,
    };
    let imported = importer
        .make_locals()
        .and_then(|()| importer.make_blocks(&regions))
        .and_then(|()| importer.walk());
    let at = importer.at;
    imported.map_err(|e| e.located(at))?;
    importer.keep_context(BlockId(0));
    Ok(importer.out)
}

/// Prefixes seen before the instruction at hand.
#[derive(Copy, Clone, Default, Debug)]
pub(super) struct Prefix {
    pub constrained: Option<u32>,
    pub volatile: bool,
    pub unaligned: bool,
    pub readonly: bool,
    pub tail: bool,
}

pub(super) struct Importer<'a> {
    pub il: &'a IlMethod<'a>,
    pub meta: &'a mut dyn Metadata,
    pub out: Method,
    pub(super) blocks: IlBlocks,
    /// The IR block of each IL block; none if it is not reached.
    pub bb: Vec<BlockId>,
    /// What each IL block finds on the stack; none until it is known.
    pub entry_stack: Vec<Option<Vec<Entry>>>,
    /// Layouts by the runtime's class.
    layouts: Vec<(u64, LayoutId)>,
    /// Vectors by the runtime's class; `Void` for other structs.
    pub(super) vector_classes: Vec<(u64, VarType)>,
    /// Layouts of the classes of variables that are vectors, by local.
    pub(super) vector_locals: Vec<LayoutId>,
    pub stack: Vec<Entry>,
    /// The block being filled.
    pub block: BlockId,
    il_block: usize,
    /// IL offsets of the instruction at hand and of the next.
    at: u32,
    pub(super) next: u32,
    /// Variables whose address is taken somewhere, by local.
    pub(super) exposed: Vec<bool>,
    pub prefix: Prefix,
    /// The local with the generic context: the hidden parameter, or `this`.
    pub context: LocalId,
    /// Did code use it?
    pub context_used: bool,
    /// Handles found in the IL block at hand.
    pub found: Vec<FoundHandle>,
    /// The monitor of a synchronized method.
    pub held: Option<Held>,
    /// The instruction at hand, a call, ended its block.
    pub ended: bool,
}

impl Importer<'_> {
    // ---- locals and layouts

    fn make_locals(&mut self) -> Result<(), ImportError> {
        let il = self.il;
        for (i, &p) in il.params.iter().enumerate() {
            if i == usize::from(il.has_this) {
                self.hidden_parameter()?;
            }
            let id = self.new_local(p, LocalFlags::PARAM)?;
            self.out.num_params = id.0 + 1;
        }
        if il.params.len() == usize::from(il.has_this) {
            self.hidden_parameter()?;
        }
        if il.has_this && self.out.num_params > 0 {
            self.out.body.locals[LocalId(0)].flags |= LocalFlags::THIS;
        }
        for (i, l) in il.locals.iter().enumerate() {
            let exposed = self.blocks.local_address_taken.get(i) == Some(&true);
            let mut flags = LocalFlags::empty();
            if l.pinned {
                flags |= LocalFlags::PINNED;
            }
            let vector = self.vector_of(l.ty);
            let id = if vector.is_vector() && !exposed {
                let layout = self.layout_of(l.ty)?;
                let id = self.new_local(IlType::scalar(vector), flags)?;
                self.note_vector_variable(id, layout);
                id
            } else {
                self.new_local(l.ty, flags)?
            };
            if il.init_locals || self.has_gc(id) {
                self.out.body.locals[id].flags |= LocalFlags::ZERO_INIT;
            }
        }
        self.exposed = self.blocks.arg_address_taken.clone();
        if il.context.is_parameter() {
            self.exposed.insert(usize::from(il.has_this), false);
        }
        self.exposed.extend(&self.blocks.local_address_taken);
        self.out.ret = il.ret.ty;
        self.out.ret_layout = self.layout_of(il.ret)?;
        Ok(())
    }

    /// Makes the hidden parameter, if the method has one: its place is behind `this`.
    fn hidden_parameter(&mut self) -> Result<(), ImportError> {
        if self.il.context.is_parameter() {
            self.context = self.new_local(IlType::scalar(VarType::I64), LocalFlags::PARAM)?;
            self.out.num_params = self.context.0 + 1;
        }
        Ok(())
    }

    fn new_local(&mut self, ty: IlType, flags: LocalFlags) -> Result<LocalId, ImportError> {
        let layout = self.layout_of(ty)?;
        let mut local = Local::new(ty.ty);
        local.flags = flags;
        local.layout = layout;
        Ok(self.out.body.locals.push(local))
    }

    fn has_gc(&self, l: LocalId) -> bool {
        let local = &self.out.body.locals[l];
        local.ty.is_gc()
            || self
                .out
                .layout(local.layout)
                .is_some_and(|layout| layout.has_gc())
    }

    /// A new temporary.
    pub(super) fn temp(&mut self, ty: VarType, layout: LayoutId) -> LocalId {
        let mut local = Local::new(ty);
        local.flags = LocalFlags::TEMP;
        if ty.is_vector() {
            let id = self.out.body.locals.push(local);
            self.note_vector_variable(id, layout);
            return id;
        }
        local.layout = layout;
        self.out.body.locals.push(local)
    }

    /// The layout of a type; none for scalars.
    pub(super) fn layout_of(&mut self, ty: IlType) -> Result<LayoutId, ImportError> {
        if ty.ty != VarType::Struct {
            return Ok(LayoutId::NONE);
        }
        if let Some((_, id)) = self.layouts.iter().find(|(class, _)| *class == ty.class) {
            return Ok(*id);
        }
        let layout = self.meta.layout(ty.class)?;
        // Classes of one shape are one layout: a shared instantiation and an exact one may meet on the stack.
        let same = |id: &LayoutId| self.out.layouts[*id] == layout;
        let known = self.out.layouts.ids().find(same);
        let id = known.unwrap_or_else(|| self.out.layouts.push(layout));
        self.layouts.push((ty.class, id));
        Ok(id)
    }

    pub(super) fn arg_local(&self, index: u32) -> Result<LocalId, ImportError> {
        if (index as usize) < self.il.params.len() {
            let hidden = self.il.context.is_parameter() && index >= u32::from(self.il.has_this);
            Ok(LocalId(index + u32::from(hidden)))
        } else {
            Err(self.bad("no such argument"))
        }
    }

    fn var_local(&self, index: u32) -> Result<LocalId, ImportError> {
        if (index as usize) < self.il.locals.len() {
            Ok(LocalId(self.out.num_params + index))
        } else {
            Err(self.bad("no such local"))
        }
    }

    // ---- nodes

    /// Appends a node to the block being filled.
    pub(super) fn emit(&mut self, node: Node) -> NodeId {
        let id = self.out.body.append(self.block, node);
        self.out.body.node_il.push(self.at);
        id
    }

    /// Appends a node with operands.
    pub(super) fn node(&mut self, op: Opcode, ty: VarType, operands: &[Operand]) -> NodeId {
        self.emit(make(op, ty, operands))
    }

    pub(super) fn constant(&mut self, v: i64) -> Operand {
        self.out.body.const_operand(v as u64)
    }

    pub(super) fn zero() -> Operand {
        // Zero fits, so the default is never taken.
        Operand::small(0).unwrap_or_default()
    }

    /// Stores an operand to a local.
    pub(super) fn store_local(&mut self, local: LocalId, value: Operand) {
        let ty = self.out.body.locals[local].ty;
        let mut n = make(Opcode::StoreLcl, ty, &[value]);
        n.aux = local.0;
        self.emit(n);
    }

    /// Puts an operand into a new temporary and returns the read of it.
    pub(super) fn save_to_temp(
        &mut self,
        value: Operand,
        ty: VarType,
        layout: LayoutId,
    ) -> Operand {
        let t = self.temp(ty, layout);
        if ty == VarType::Struct {
            self.copy_to_local(t, value);
        } else {
            self.store_local(t, value);
        }
        Operand::local(t)
    }

    /// The address of a byte of a local, as an operand; the local is exposed from here on.
    pub(super) fn address_of(&mut self, local: LocalId, offset: u32) -> Operand {
        self.copy_reads_of(local);
        self.out.body.locals[local].flags |= LocalFlags::ADDRESS_EXPOSED;
        Operand::node(self.local_address_node(local, offset))
    }

    /// The address of a byte of a local for one access that names the local: does not expose it.
    pub(super) fn local_address_node(&mut self, local: LocalId, offset: u32) -> NodeId {
        let offset = self.constant(i64::from(offset));
        let mut n = make(Opcode::LclAddr, VarType::I64, &[offset]);
        n.aux = local.0;
        self.emit(n)
    }

    // ---- the stack

    pub(super) fn push(&mut self, op: Operand, ty: VarType) {
        self.stack.push(Entry::new(op, ty));
    }

    /// Pushes a node's value.
    pub(super) fn push_node(&mut self, n: NodeId) {
        let ty = self.out.body.value_type(n);
        self.push(Operand::node(n), ty);
    }

    pub(super) fn push_local(&mut self, local: LocalId) {
        let l = self.out.body.locals[local];
        self.stack.push(Entry {
            value: Value::Op(Operand::local(local)),
            ty: l.ty.actual(),
            layout: self.layout_of_variable(local),
        });
    }

    /// Pops an entry that is no vector; one that is becomes a struct.
    pub(super) fn pop(&mut self) -> Result<Entry, ImportError> {
        let e = self.pop_raw()?;
        Ok(self.as_struct(e))
    }

    /// Pops an entry as it is.
    pub(super) fn pop_raw(&mut self) -> Result<Entry, ImportError> {
        self.stack
            .pop()
            .ok_or_else(|| self.bad("the stack is empty"))
    }

    /// Pops an entry as an operand.
    pub(super) fn pop_operand(&mut self) -> Result<(Operand, VarType), ImportError> {
        let e = self.pop()?;
        Ok(self.operand(e))
    }

    /// Pops an entry as an operand of type `ty`, converting as IL does implicitly.
    pub(super) fn pop_as(&mut self, ty: VarType) -> Result<Operand, ImportError> {
        let e = self.pop()?;
        self.coerce(e, ty)
    }

    /// The operand of an entry, and its type in the IR (addresses of locals are `i64`).
    pub(super) fn operand(&mut self, e: Entry) -> (Operand, VarType) {
        match e.value {
            Value::Op(o) => (o, e.ty),
            Value::LocalAddr(l, offset) => (self.address_of(l, offset), VarType::I64),
        }
    }

    /// The entry as an operand of type `want`.
    pub(super) fn coerce(&mut self, e: Entry, want: VarType) -> Result<Operand, ImportError> {
        use VarType::*;
        let (o, have) = self.operand(e);
        let want = want.actual();
        if have == want {
            return Ok(o);
        }
        if have == F32 || have == F64 || want == F32 || want == F64 {
            return match (have, want) {
                (F32, F64) | (F64, F32) => Ok(self.convert(Opcode::FloatToFloat, o, have, want)),
                _ => Err(self.bad("a float where there is none expected, or the reverse")),
            };
        }
        if have == Struct || want == Struct {
            return Err(self.bad("a struct where there is none expected, or the reverse"));
        }
        if o.is_const() {
            // Null, or a small number: an i32 constant is kept sign-extended.
            return Ok(match self.out.body.const_value(o) {
                Some(v) if want == I32 => self.constant(i64::from(v as i32)),
                _ => o,
            });
        }
        match (have, want) {
            (I32, I64) => Ok(self.convert(Opcode::Sext, o, I32, I64)),
            (I64, I32) => Ok(self.convert(Opcode::Trunc, o, I64, I32)),
            (I64, Byref) | (Byref, I64) | (Ref, Byref) | (Ref, I64) => {
                Ok(self.convert(Opcode::Bitcast, o, have, want))
            }
            (I32, Byref) => {
                let wide = self.convert(Opcode::Sext, o, I32, I64);
                Ok(self.convert(Opcode::Bitcast, wide, I64, Byref))
            }
            _ => Err(self.bad("the types of two values do not fit")),
        }
    }

    /// A conversion node's value.
    pub(super) fn convert(
        &mut self,
        op: Opcode,
        value: Operand,
        from: VarType,
        to: VarType,
    ) -> Operand {
        let mut n = make(op, to, &[value]);
        n.sub = from as u8;
        Operand::node(self.emit(n))
    }

    /// **pending-read**: copies entries that would read `local` later.
    pub(super) fn copy_reads_of(&mut self, local: LocalId) {
        for i in 0..self.stack.len() {
            let e = self.stack[i];
            if e.pending_read() == Some(local) {
                let copy = self.save_to_temp(Operand::local(local), e.ty, e.layout);
                self.stack[i].value = Value::Op(copy);
            }
        }
    }

    /// An operand that can be read more than once, from one that may be a node's value.
    pub(super) fn reusable(&mut self, o: Operand) -> Operand {
        match o.as_node() {
            Some(n) => {
                let ty = self.out.body.value_type(n);
                self.save_to_temp(o, ty, LayoutId::NONE)
            }
            None => o,
        }
    }

    // ---- errors

    pub(super) fn bad(&self, what: &'static str) -> ImportError {
        ImportError::BadCode { at: self.at, what }
    }

    pub(super) fn unsupported(&self, what: impl Into<String>) -> ImportError {
        ImportError::Unsupported {
            at: self.at,
            what: what.into(),
        }
    }

    // ---- blocks

    /// Makes the blocks: an entry block of its own, the reachable blocks in IL order.
    fn make_blocks(&mut self, regions: &Regions) -> Result<(), ImportError> {
        let entry = self.out.body.blocks.push(Block::new());
        self.make_lock_region();
        let of_blocks = regions.of_blocks(&self.blocks.starts);
        for (i, region) in of_blocks.into_iter().enumerate() {
            if !self.blocks.reachable[i] {
                continue;
            }
            self.filter_block_in_front(i);
            let mut b = Block::new();
            b.region = if region.is_some() {
                region
            } else {
                self.root()
            };
            if self.blocks.loop_head[i] {
                b.flags |= BlockFlags::LOOP_HEAD;
            }
            self.bb[i] = self.out.body.blocks.push(b);
        }
        for (i, c) in self.il.clauses.iter().enumerate() {
            let handler = self.block_at(c.handler_range.0)?;
            let filter = match c.kind {
                IlClauseKind::Filter(f) => self.block_at(f)?,
                _ => None,
            };
            let catches = matches!(
                c.kind,
                IlClauseKind::Catch(_) | IlClauseKind::CatchFound(_) | IlClauseKind::Filter(_)
            );
            let body = &mut self.out.body;
            let clause = &mut body.clauses[crate::ir::ClauseId(i as u32)];
            for (il, of_clause) in [
                (handler, &mut clause.handler_entry),
                (filter, &mut clause.filter_entry),
            ] {
                let Some(il) = il else { continue };
                *of_clause = self.bb[il];
                if self.bb[il].is_some() {
                    body.blocks[self.bb[il]].flags |= BlockFlags::ENTRY;
                    // The exception is on the stack; the block's own `catch_arg` puts it there.
                    let first = if catches {
                        vec![Entry::new(Operand::NONE, VarType::Ref)]
                    } else {
                        Vec::new()
                    };
                    self.entry_stack[il] = Some(first);
                }
            }
        }
        self.block = entry;
        self.enter_generic_code()?;
        self.enter_lock()?;
        self.jump(self.bb[0]);
        self.fill_found_catches()?;
        self.entry_stack[0] = Some(Vec::new());
        Ok(())
    }

    fn block_at(&self, offset: u32) -> Result<Option<usize>, ImportError> {
        self.blocks
            .at(offset)
            .map(Some)
            .ok_or(self.bad("a handler without code"))
    }

    /// Fills the blocks in an order in which each finds its stack known.
    fn walk(&mut self) -> Result<(), ImportError> {
        let n = self.blocks.len();
        let mut done = vec![false; n];
        // IL order finds nearly every stack known; what is left waits for a jump from below.
        loop {
            let mut progress = false;
            let mut left = false;
            for (b, done) in done.iter_mut().enumerate() {
                if *done || self.bb[b].is_none() {
                    continue;
                }
                let Some(entry) = self.entry_stack[b].clone() else {
                    left = true;
                    continue;
                };
                *done = true;
                progress = true;
                self.fill(b, entry)?;
            }
            if !left {
                break;
            }
            if !progress {
                break;
            }
        }
        // Behind branches that turned out to go one way only.
        for (b, done) in done.iter().enumerate() {
            if !done && self.bb[b].is_some() {
                self.block = self.bb[b];
                self.node(Opcode::Unreachable, VarType::Void, &[]);
            }
        }
        self.drop_unused_clauses()
    }

    /// Clauses whose try is never reached have no handler blocks either. They must go, or stay whole.
    fn drop_unused_clauses(&mut self) -> Result<(), ImportError> {
        if self
            .out
            .body
            .clauses
            .iter()
            .any(|c| c.handler_entry.is_none())
        {
            return Err(self.unsupported("an exception clause that is never reached"));
        }
        Ok(())
    }

    fn fill(&mut self, b: usize, entry: Vec<Entry>) -> Result<(), ImportError> {
        self.il_block = b;
        self.block = self.bb[b];
        self.at = self.blocks.starts[b];
        self.stack = entry;
        self.found.clear();
        if let [
            Entry {
                value: Value::Op(o),
                ..
            },
        ] = self.stack[..]
            && o.is_none()
        {
            let caught = self.node(Opcode::CatchArg, VarType::Ref, &[]);
            let t = self.save_to_temp(Operand::node(caught), VarType::Ref, LayoutId::NONE);
            self.stack[0].value = Value::Op(t);
        }
        let end = self.blocks.starts[b + 1];
        self.next = self.at;
        while self.next < end {
            let i = read(self.il.il, self.next).map_err(|_| self.bad("no instruction"))?;
            self.at = i.at;
            self.next = i.next;
            let ended = self.instruction(&i)?;
            if !is_prefix(i.op) {
                self.prefix = Prefix::default();
            }
            if ended {
                return Ok(());
            }
        }
        // Control runs into the next block.
        let succ = self.successor(end)?;
        self.leave_stack(&[succ])?;
        self.jump(self.bb[succ]);
        Ok(())
    }

    pub(super) fn jump(&mut self, to: BlockId) {
        self.node(Opcode::Jump, VarType::Void, &[]);
        self.out.body.blocks[self.block].succ[0] = to;
    }

    /// The IL block at `offset` as a successor of the block at hand.
    pub(super) fn successor(&self, offset: u32) -> Result<usize, ImportError> {
        let b = self
            .blocks
            .at(offset)
            .filter(|&b| self.bb[b].is_some())
            .ok_or(self.bad("a jump to nowhere"))?;
        Ok(b)
    }

    /// **stack-in-temps**: puts what is on the stack where the successors expect it.
    pub(super) fn leave_stack(&mut self, succs: &[usize]) -> Result<(), ImportError> {
        let from = self.out.body.blocks[self.block].region;
        for &s in succs {
            if self.out.body.blocks[self.bb[s]].region != from {
                self.check_way_in(from, s)?;
            }
        }
        let depth = self.stack.len();
        if depth != 0 {
            for i in 0..depth {
                self.stack[i] = self.as_struct(self.stack[i]);
            }
            self.stack_to_temps(succs)?;
        }
        for &s in succs {
            match &self.entry_stack[s] {
                None => self.entry_stack[s] = Some(self.stack.clone()),
                Some(known) if known.len() != depth => {
                    return Err(self.bad("two ways to a block with different stacks"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn stack_to_temps(&mut self, succs: &[usize]) -> Result<(), ImportError> {
        // Reads of the successors' temporaries first: storing one must not change what another one is to get.
        for i in 0..self.stack.len() {
            let e = self.stack[i];
            if e.pending_read().is_some() {
                let (o, ty) = self.operand(e);
                self.stack[i] = Entry {
                    value: Value::Op(self.save_to_temp(o, ty, e.layout)),
                    ty,
                    layout: e.layout,
                };
            }
        }
        for i in 0..self.stack.len() {
            let e = self.stack[i];
            let known: Vec<Entry> = succs
                .iter()
                .filter_map(|&s| self.entry_stack[s].as_ref())
                .map(|stack| stack.get(i).copied())
                .collect::<Option<_>>()
                .ok_or(self.bad("two ways to a block with different stacks"))?;
            let mut value = e;
            let mut stored = Vec::new();
            for k in known {
                let Some(t) = k.pending_read() else {
                    return Err(self.bad("a handler's entry is jumped to"));
                };
                if stored.contains(&t) {
                    continue;
                }
                if k.ty == VarType::Struct {
                    if e.ty != VarType::Struct || e.layout != k.layout {
                        return Err(self.bad("two ways to a block with different stacks"));
                    }
                    let (o, _) = self.operand(value);
                    self.copy_to_local(t, o);
                } else {
                    let o = self.coerce(value, k.ty)?;
                    self.store_local(t, o);
                }
                stored.push(t);
                value = k;
            }
            if stored.is_empty() {
                let (o, ty) = self.operand(e);
                value = Entry {
                    value: Value::Op(self.save_to_temp(o, ty, e.layout)),
                    ty,
                    layout: e.layout,
                };
            }
            self.stack[i] = value;
        }
        Ok(())
    }

    // ---- instructions

    /// Imports one instruction; true if it ended the block.
    fn instruction(&mut self, i: &Instr) -> Result<bool, ImportError> {
        use Il::*;
        match i.op {
            Nop | Break => {}
            Ldarg0 | Ldarg1 | Ldarg2 | Ldarg3 | LdargS | Ldarg => {
                let l = self.arg_local(variable_index(i))?;
                self.push_variable(l);
            }
            Ldloc0 | Ldloc1 | Ldloc2 | Ldloc3 | LdlocS | Ldloc => {
                let l = self.var_local(variable_index(i))?;
                self.push_variable(l);
            }
            StargS | Starg => {
                let l = self.arg_local(variable_index(i))?;
                self.pop_to_variable(l)?;
            }
            Stloc0 | Stloc1 | Stloc2 | Stloc3 | StlocS | Stloc => {
                let l = self.var_local(variable_index(i))?;
                self.pop_to_variable(l)?;
            }
            LdargaS | Ldarga => {
                let l = self.arg_local(variable_index(i))?;
                self.stack.push(Entry::local_addr(l, 0));
            }
            LdlocaS | Ldloca => {
                let l = self.var_local(variable_index(i))?;
                self.stack.push(Entry::local_addr(l, 0));
            }
            Ldnull => self.push(Self::zero(), VarType::Ref),
            LdcI4M1 | LdcI40 | LdcI41 | LdcI42 | LdcI43 | LdcI44 | LdcI45 | LdcI46 | LdcI47
            | LdcI48 => {
                let c = self.constant(i.op as i64 - LdcI40 as i64);
                self.push(c, VarType::I32);
            }
            LdcI4S | LdcI4 => {
                let c = self.constant(i.operand as i64);
                self.push(c, VarType::I32);
            }
            LdcI8 => {
                let c = self.constant(i.operand as i64);
                self.push(c, VarType::I64);
            }
            LdcR4 => {
                let c = self.out.body.const_operand(i.operand);
                self.push(c, VarType::F32);
            }
            LdcR8 => {
                let c = self.out.body.const_operand(i.operand);
                self.push(c, VarType::F64);
            }
            Dup => self.dup()?,
            Pop => {
                let e = self.pop()?;
                self.discard(e);
            }
            Constrained => self.prefix.constrained = Some(i.operand as u32),
            Volatile => self.prefix.volatile = true,
            Unaligned => self.prefix.unaligned = true,
            Readonly => self.prefix.readonly = true,
            No => {}
            Ret => return self.ret().map(|()| true),
            Br | BrS => return self.branch_always(i).map(|()| true),
            Brtrue | BrtrueS | Brfalse | BrfalseS => {
                let on_true = matches!(i.op, Brtrue | BrtrueS);
                return self.branch_on(i, on_true).map(|()| true);
            }
            Beq | BeqS | Bge | BgeS | Bgt | BgtS | Ble | BleS | Blt | BltS | BneUn | BneUnS
            | BgeUn | BgeUnS | BgtUn | BgtUnS | BleUn | BleUnS | BltUn | BltUnS => {
                return self.branch_compare(i).map(|()| true);
            }
            Switch => return self.switch(i).map(|()| true),
            Leave | LeaveS => return self.leave(i.operand as u32).map(|()| true),
            Endfinally => {
                let ends = |kind| matches!(kind, ClauseKind::Finally | ClauseKind::Fault);
                if !self.ends(RegionKind::Handler, ends) {
                    return Err(self.bad("endfinally outside of a finally"));
                }
                self.stack.clear();
                self.node(Opcode::EndFinally, VarType::Void, &[]);
                return Ok(true);
            }
            Endfilter => {
                if !self.ends(RegionKind::Filter, |_| true) {
                    return Err(self.bad("endfilter outside of a filter"));
                }
                let decision = self.pop_as(VarType::I32)?;
                self.node(Opcode::EndFilter, VarType::Void, &[decision]);
                return Ok(true);
            }
            Throw => {
                let o = self.pop_as(VarType::Ref)?;
                self.stack.clear();
                self.node(Opcode::Throw, VarType::Void, &[o]);
                return Ok(true);
            }
            Rethrow => {
                if !self.in_catch() {
                    return Err(self.bad("rethrow outside of a handler"));
                }
                self.stack.clear();
                self.node(Opcode::Rethrow, VarType::Void, &[]);
                return Ok(true);
            }
            // A monitor is held until the callee has returned.
            Tail => self.prefix.tail = self.held.is_none(),
            Call | Callvirt if self.prefix.tail => {
                return self.explicit_tail_call(i).map(|()| true);
            }
            Calli if self.prefix.tail => return Err(self.unsupported("tail. prefix of calli")),
            Jmp if self.held.is_some() => {
                return Err(self.unsupported("jmp of a synchronized method"));
            }
            Jmp => return self.jump_to_method(i.operand as u32).map(|()| true),
            op if self.import_arithmetic(op)?
                || self.import_memory(i)?
                || self.import_call(i)? => {}
            op => return Err(self.unsupported(op.name())),
        }
        Ok(std::mem::take(&mut self.ended))
    }

    /// Drops an entry.
    pub(super) fn discard(&mut self, e: Entry) {
        if let Value::Op(o) = e.value
            && let Some(n) = o.as_node()
        {
            self.out.body.nodes[n].flags |= NodeFlags::UNUSED;
        }
    }

    /// Pushes a variable's value.
    fn push_variable(&mut self, l: LocalId) {
        self.push_local(l);
        // Where its address is taken, something may write it before the value is used.
        if self.exposed[l.0 as usize]
            && !self.next_consumes()
            && let Some(e) = self.stack.pop()
        {
            let copy = self.save_to_temp(Operand::local(l), e.ty, e.layout);
            self.stack.push(Entry {
                value: Value::Op(copy),
                ..e
            });
        }
    }

    /// Does the next instruction, in the same block, use the top of the stack before anything else happens?
    fn next_consumes(&self) -> bool {
        use Il::*;
        if self.next >= self.blocks.starts[self.il_block + 1] {
            return false;
        }
        read(self.il.il, self.next).is_ok_and(|i| {
            matches!(
                i.op,
                Stloc0
                    | Stloc1
                    | Stloc2
                    | Stloc3
                    | StlocS
                    | Stloc
                    | StargS
                    | Starg
                    | Ret
                    | Ldfld
                    | Add
                    | Sub
                    | Mul
                    | And
                    | Or
                    | Xor
                    | Ceq
                    | Cgt
                    | CgtUn
                    | Clt
                    | CltUn
                    | Brtrue
                    | BrtrueS
                    | Brfalse
                    | BrfalseS
                    | ConvI4
                    | ConvI8
                    | ConvU4
                    | ConvU8
                    | ConvI
                    | ConvU
                    | Throw
            )
        })
    }

    fn pop_to_variable(&mut self, l: LocalId) -> Result<(), ImportError> {
        let local = self.out.body.locals[l];
        if local.ty.is_vector() {
            let o = self.pop_vector(local.ty)?;
            self.copy_reads_of(l);
            self.store_local(l, o);
            return Ok(());
        }
        let e = self.pop()?;
        if local.ty == VarType::Struct {
            if e.ty != VarType::Struct {
                return Err(self.bad("a struct is expected"));
            }
            let (o, _) = self.operand(e);
            self.copy_reads_of(l);
            self.copy_to_local(l, o);
        } else {
            let o = self.coerce(e, local.ty)?;
            self.copy_reads_of(l);
            self.store_local(l, o);
        }
        Ok(())
    }

    fn dup(&mut self) -> Result<(), ImportError> {
        let mut e = self.pop()?;
        if let Value::Op(o) = e.value
            && o.as_node().is_some()
        {
            e.value = Value::Op(self.save_to_temp(o, e.ty, e.layout));
        }
        self.stack.push(e);
        self.stack.push(e);
        Ok(())
    }

    // ---- names of things outside

    /// A new row of the functions.
    pub(super) fn function(&mut self, handle: u64, name: String) -> crate::ir::FuncId {
        if let Some(known) = self
            .out
            .funcs
            .ids()
            .find(|&f| self.out.funcs[f].handle == handle)
        {
            return known;
        }
        self.out.funcs.push(FuncRef { name, handle })
    }

    /// A new row of the lookups.
    pub(super) fn lookup(&mut self, at: crate::ee::Lookup) -> LookupId {
        self.out.lookups.push(crate::ee::LookupRequest::Known(at))
    }
}

/// A node with operands.
pub(super) fn make(op: Opcode, ty: VarType, operands: &[Operand]) -> Node {
    let mut n = Node::new(op, ty);
    for (to, from) in n.opnd.iter_mut().zip(operands) {
        *to = *from;
    }
    n
}

fn is_prefix(op: Il) -> bool {
    matches!(
        op,
        Il::Constrained | Il::Volatile | Il::Unaligned | Il::Readonly | Il::No | Il::Tail
    )
}
