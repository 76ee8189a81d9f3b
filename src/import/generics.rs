//! Shared generic code: the context, and handles that are found through it at run time.
//!
//! A handle is a constant, or a walk from the context through dictionaries, whose last word may still be missing: then a helper
//! finds it, and fills it in. That is a branch, so a block ends here: what is on the stack waits in locals. Handles are therefore
//! asked for before an instruction takes its operands off the stack.

use super::ImportError;
use super::importer::{Importer, make};
use super::metadata::{ContextSource, Handle, HelperCall, IlClauseKind, PrologCall, RuntimeLookup};
use super::stack::Value;
use crate::ir::{
    Block, BlockFlags, BlockId, ClauseId, Cond, ContextKind, LocalFlags, LocalId, NodeFlags,
    Opcode, Operand, RegionKind,
};
use crate::types::{LayoutId, VarType};

/// A lookup that has been made, and the local that holds what it found.
pub(super) type FoundHandle = (RuntimeLookup, LocalId);

impl Importer<'_> {
    // ---- the context

    /// Puts the context where the runtime finds it, and makes the prolog's call. The first thing in the entry block.
    pub(super) fn enter_generic_code(&mut self) -> Result<(), ImportError> {
        let il = self.il;
        if il.context == ContextSource::This && self.blocks.arg_changes.first() == Some(&true) {
            // What the context is does not change with the variable.
            let this = self.temp(VarType::Ref, LayoutId::NONE);
            self.store_local(this, Operand::local(LocalId(0)));
            self.context = this;
        }
        match il.prolog_call {
            Some(PrologCall::Class(call)) => self.trigger(call)?,
            Some(PrologCall::OfMethod(helper)) => {
                let context = self.context_value()?;
                let args = [(Self::zero(), VarType::I64), (context, VarType::I64)];
                self.helper_call(helper, VarType::Void, &args)?;
            }
            None => {}
        }
        Ok(())
    }

    /// Keeps the context for the runtime, if it may ask: at the end of the import, when it is known whether code used it.
    pub(super) fn keep_context(&mut self, entry: BlockId) {
        let kind = match self.il.context {
            ContextSource::None => return,
            ContextSource::This => ContextKind::This,
            ContextSource::Class => ContextKind::Class,
            ContextSource::Method => ContextKind::Method,
        };
        // The collector wants it where types that code found must stay.
        if !self.context_used && !self.il.keep_context {
            return;
        }
        let ty = self.out.body.locals[self.context].ty;
        let home = self.temp(ty, LayoutId::NONE);
        self.out.body.locals[home].flags |= LocalFlags::ADDRESS_EXPOSED | LocalFlags::ZERO_INIT;
        let mut store = make(Opcode::StoreLcl, ty, &[Operand::local(self.context)]);
        store.aux = home.0;
        let first = self.out.body.blocks[entry].first;
        self.out.body.insert_before(entry, first, store);
        self.out.generic_context = Some((home, kind));
    }

    /// The context as a number: a method table or a method's description.
    fn context_value(&mut self) -> Result<Operand, ImportError> {
        self.context_used = true;
        let context = Operand::local(self.context);
        match self.il.context {
            ContextSource::None => Err(self.unsupported("a context where there is none")),
            ContextSource::This => {
                let mut n = make(Opcode::Load, VarType::I64, &[context]);
                n.flags = NodeFlags::NON_FAULTING;
                let table = Operand::node(self.emit(n));
                Ok(self.save_to_temp(table, VarType::I64, LayoutId::NONE))
            }
            ContextSource::Class | ContextSource::Method => Ok(context),
        }
    }

    // ---- catches of classes that are found at run time

    /// Makes the filters' blocks of clauses whose handler begins at IL block `b`: a filter stands in front of its handler.
    pub(super) fn filter_block_in_front(&mut self, b: usize) {
        let il = self.il;
        for (i, c) in il.clauses.iter().enumerate() {
            if !matches!(c.kind, IlClauseKind::CatchFound(_))
                || c.handler_range.0 != self.blocks.starts[b]
            {
                continue;
            }
            let clause = ClauseId(i as u32);
            let body = &mut self.out.body;
            let mut regions = body.regions.iter_enumerated();
            let filter = regions.find(|(_, r)| r.kind == RegionKind::Filter && r.clause == clause);
            let Some((region, _)) = filter else { continue };
            let mut block = Block::new();
            block.region = region;
            block.flags |= BlockFlags::ENTRY;
            body.clauses[clause].filter_entry = body.blocks.push(block);
        }
    }

    /// Fills those blocks: the helper's answer is the filter's.
    pub(super) fn fill_found_catches(&mut self) -> Result<(), ImportError> {
        let il = self.il;
        for (i, c) in il.clauses.iter().enumerate() {
            let IlClauseKind::CatchFound(call) = c.kind else {
                continue;
            };
            let entry = self.out.body.clauses[ClauseId(i as u32)].filter_entry;
            if entry.is_none() {
                continue;
            }
            self.block = entry;
            self.found.clear();
            let caught = Operand::node(self.node(Opcode::CatchArg, VarType::Ref, &[]));
            let caught = self.save_to_temp(caught, VarType::Ref, LayoutId::NONE);
            let class = self.handle(call.arg)?;
            let args = [(class, VarType::I64), (caught, VarType::Ref)];
            let answer = self.helper_call(call.helper, VarType::I32, &args)?;
            self.node(Opcode::EndFilter, VarType::Void, &[answer]);
        }
        self.found.clear();
        Ok(())
    }

    // ---- handles

    /// A class constructor's trigger.
    pub(super) fn trigger(&mut self, call: HelperCall) -> Result<(), ImportError> {
        let arg = self.handle(call.arg)?;
        self.helper_call(call.helper, VarType::Void, &[(arg, VarType::I64)])?;
        Ok(())
    }

    /// The operand of a handle; it can be used more than once. May end the block, so that operands must be on the stack or in
    /// locals.
    pub(super) fn handle(&mut self, handle: Handle) -> Result<Operand, ImportError> {
        match handle {
            Handle::Known(v) => Ok(self.constant(v.cast_signed())),
            Handle::Cell(cell) => {
                let cell = self.constant(cell.cast_signed());
                let mut n = make(Opcode::Load, VarType::I64, &[cell]);
                n.flags = NodeFlags::NON_FAULTING;
                let n = Operand::node(self.emit(n));
                Ok(self.save_to_temp(n, VarType::I64, LayoutId::NONE))
            }
            Handle::Context => self.context_value(),
            Handle::Lookup(lookup) => self.look_up(lookup),
        }
    }

    fn look_up(&mut self, lookup: RuntimeLookup) -> Result<Operand, ImportError> {
        if let Some((_, known)) = self.found.iter().find(|(l, _)| *l == lookup) {
            return Ok(Operand::local(*known));
        }
        let start = self.context_value()?;
        let found = self.temp(VarType::I64, LayoutId::NONE);
        match lookup.loads {
            None => self.ask_for_handle(&lookup, start, found)?,
            Some(loads) => self.walk_dictionary(&lookup, usize::from(loads), start, found)?,
        }
        self.found.push((lookup, found));
        Ok(Operand::local(found))
    }

    /// The helper's answer.
    fn ask_for_handle(
        &mut self,
        lookup: &RuntimeLookup,
        start: Operand,
        found: LocalId,
    ) -> Result<(), ImportError> {
        let signature = self.constant(lookup.signature.cast_signed());
        let args = [(start, VarType::I64), (signature, VarType::I64)];
        let answer = self.helper_call(lookup.helper, VarType::I64, &args)?;
        self.store_local(found, answer);
        Ok(())
    }

    fn walk_dictionary(
        &mut self,
        lookup: &RuntimeLookup,
        loads: usize,
        start: Operand,
        found: LocalId,
    ) -> Result<(), ImportError> {
        let offsets = lookup
            .offsets
            .get(..loads)
            .ok_or(self.unsupported("a generic lookup of many loads"))?;
        let fails = lookup.test_null || lookup.size_offset.is_some();
        let slow = if fails {
            self.cold_block()
        } else {
            BlockId::NONE
        };
        if fails {
            self.stack_to_locals();
        }
        let mut at = start;
        for (i, &offset) in offsets.iter().enumerate() {
            if let Some(size_offset) = lookup.size_offset
                && i + 1 == loads
            {
                at = self.reusable(at);
                let size = self.word_at(at, u32::from(size_offset));
                let last = self.constant(i64::from(offset));
                self.branch_apart(Cond::UGt, size, last, slow);
            }
            at = self.word_at(at, offset);
        }
        self.store_local(found, at);
        if !fails {
            return Ok(());
        }
        let join = self.inner_block();
        if lookup.test_null {
            self.branch_to(Cond::Ne, Operand::local(found), Self::zero(), join, slow);
        } else {
            self.jump(join);
        }
        self.block = slow;
        self.ask_for_handle(lookup, start, found)?;
        self.jump(join);
        self.block = join;
        Ok(())
    }

    /// The word at `base + offset`, which is sure to be there.
    fn word_at(&mut self, base: Operand, offset: u32) -> Operand {
        let address = if offset == 0 {
            base
        } else {
            let mut lea = make(Opcode::Lea, VarType::I64, &[base]);
            lea.aux = offset;
            Operand::node(self.emit(lea))
        };
        let mut n = make(Opcode::Load, VarType::I64, &[address]);
        n.flags = NodeFlags::NON_FAULTING;
        Operand::node(self.emit(n))
    }

    // ---- blocks within an instruction

    /// What is on the stack as values of nodes goes to locals: the block ends.
    pub(super) fn stack_to_locals(&mut self) {
        for i in 0..self.stack.len() {
            let e = self.stack[i];
            if let Value::Op(o) = e.value
                && o.as_node().is_some()
            {
                let saved = self.save_to_temp(o, e.ty, e.layout);
                self.stack[i].value = Value::Op(saved);
            }
        }
    }

    /// A further block of the region at hand.
    pub(super) fn inner_block(&mut self) -> BlockId {
        let mut b = Block::new();
        b.region = self.out.body.blocks[self.block].region;
        self.out.body.blocks.push(b)
    }

    /// As [`Importer::inner_block`], rarely run.
    pub(super) fn cold_block(&mut self) -> BlockId {
        let b = self.inner_block();
        self.out.body.blocks[b].flags |= BlockFlags::COLD;
        b
    }

    /// Ends the block with a comparison of numbers.
    pub(super) fn branch_to(
        &mut self,
        cond: Cond,
        a: Operand,
        b: Operand,
        yes: BlockId,
        no: BlockId,
    ) {
        self.branch_of_type(cond, VarType::I64, a, b, yes, no);
    }

    /// Ends the block with a comparison of values of one type.
    pub(super) fn branch_of_type(
        &mut self,
        cond: Cond,
        ty: VarType,
        a: Operand,
        b: Operand,
        yes: BlockId,
        no: BlockId,
    ) {
        let mut n = make(Opcode::CmpBranch, VarType::Void, &[a, b]);
        n.sub = cond as u8;
        n.aux = ty as u32;
        self.emit(n);
        self.out.body.blocks[self.block].succ = [yes, no];
    }

    /// Goes on in a new block if the condition holds, else to `no`.
    fn branch_apart(&mut self, cond: Cond, a: Operand, b: Operand, no: BlockId) {
        let on = self.inner_block();
        self.branch_to(cond, a, b, on, no);
        self.block = on;
    }
}
