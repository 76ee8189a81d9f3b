//! Exceptions in random programs: regions of every kind in each other, throws, and jumps that leave several at once.

use super::Writer;
use crate::ee::Helper;
use crate::ir::{
    BlockFlags, BlockId, CallFlags, CallId, CallTarget, Clause, ClauseId, ClauseKind, Opcode,
    Operand, Region, RegionId, RegionKind,
};
use crate::types::VarType;

/// Class words of thrown objects.
const THROWN: [u32; 2] = [50, 51];
/// Class numbers that handlers catch; 0 is everything.
const CAUGHT: [u32; 7] = [0, 0, 1, 2, 3, 50, 51];

/// A protected region or handler that the current block lies in.
#[derive(Copy, Clone)]
pub(super) struct Scope {
    kind: ScopeKind,
    /// The region around the whole statement.
    around: RegionId,
    /// Where the statement goes on.
    join: BlockId,
}

#[derive(Copy, Clone, PartialEq)]
enum ScopeKind {
    /// Left by a jump.
    Try,
    /// Left by a call of the finally that begins here.
    TryFinally(BlockId),
    /// A handler that holds an exception: left by `catch_ret`.
    Catch,
    /// A finally, fault handler or filter: left at its end only.
    Closed,
}

impl Writer<'_> {
    /// In a handler or filter?
    pub(super) fn in_handler(&self) -> bool {
        let is = |s: &Scope| matches!(s.kind, ScopeKind::Catch | ScopeKind::Closed);
        self.scopes.iter().any(is)
    }

    /// A throw, sometimes: of an object, of null, by a helper, or of what was caught, once more.
    pub(super) fn throw_if(&mut self) {
        let (yes, no) = (self.k.new_block(), self.k.new_block());
        self.branch([yes, no]);
        self.k.start(yes);
        let void = VarType::Void;
        let is_handler = |s: &&Scope| matches!(s.kind, ScopeKind::Catch | ScopeKind::Closed);
        let innermost = self.scopes.last().map(|s| s.kind);
        let holds = self.scopes.iter().rev().find(is_handler).map(|s| s.kind);
        match self.rng.below(8) {
            0..=2 if innermost == Some(ScopeKind::Catch) && holds == innermost => {
                self.k.push(Opcode::Rethrow, void, 0, 0, &[]);
            }
            0 => {
                let helper = self.rng.pick(&[
                    Helper::ThrowNull,
                    Helper::ThrowRange,
                    Helper::ThrowDivZero,
                    Helper::ThrowOverflow,
                ]);
                let call = self
                    .k
                    .call(CallTarget::Helper(helper), void, super::NONE, &[]);
                if let Some(n) = call.as_node() {
                    let row = CallId(self.k.m.body.nodes[n].aux);
                    self.k.m.body.calls[row].flags |= CallFlags::NO_RETURN;
                }
                self.k.push(Opcode::Unreachable, void, 0, 0, &[]);
            }
            1 => {
                // An object, or null.
                let object = self.read(VarType::Ref);
                self.k.push(Opcode::Throw, void, 0, 0, &[object]);
            }
            _ => {
                let class = self.rng.pick(&THROWN);
                let object = self.new_instance(class.into());
                self.k.push(Opcode::Throw, void, 0, 0, &[object]);
            }
        }
        self.k.start(no);
    }

    /// A jump, sometimes, to where a statement further out goes on, through all finallys on the way.
    pub(super) fn leave_if(&mut self) {
        let closed = self
            .scopes
            .iter()
            .rposition(|s| s.kind == ScopeKind::Closed)
            .map_or(0, |i| i + 1);
        let depth = self.scopes.len();
        if depth == closed {
            return;
        }
        let to = closed + self.rng.below((depth - closed) as u32) as usize;
        let (yes, no) = (self.k.new_block(), self.k.new_block());
        self.branch([yes, no]);
        self.k.start(yes);
        let target = self.scopes[to].join;
        for i in (to..depth).rev() {
            let scope = self.scopes[i];
            match scope.kind {
                // Left together with what is around it.
                ScopeKind::Try | ScopeKind::Closed => {}
                ScopeKind::TryFinally(entry) => {
                    let step = self.new_block_in(scope.around);
                    let after = self.new_block_in(scope.around);
                    self.k.m.body.blocks[after].flags |= BlockFlags::FINALLY_RETURN;
                    self.k.jump(step);
                    self.k.start(step);
                    self.k.push(Opcode::CallFinally, VarType::Void, 0, 0, &[]);
                    self.k.m.body.blocks[step].succ = [after, entry];
                    self.k.start(after);
                }
                ScopeKind::Catch => {
                    let step = self.new_block_in(scope.around);
                    self.catch_ret(step);
                    self.k.start(step);
                }
            }
        }
        self.k.jump(target);
        self.k.start(no);
    }

    fn catch_ret(&mut self, to: BlockId) {
        self.k.push(Opcode::CatchRet, VarType::Void, 0, 0, &[]);
        self.k.m.body.blocks[self.k.block].succ[0] = to;
    }

    fn new_region(&mut self, kind: RegionKind) -> RegionId {
        let parent = self.here();
        self.k.m.body.regions.push(Region {
            parent,
            kind,
            clause: ClauseId::NONE,
        })
    }

    /// The region of the current block.
    fn here(&self) -> RegionId {
        self.k.m.body.blocks[self.k.block].region
    }

    fn new_block_in(&mut self, region: RegionId) -> BlockId {
        let b = self.k.new_block();
        self.k.m.body.blocks[b].region = region;
        b
    }

    /// Adds a clause; the regions say so.
    fn add_clause(&mut self, clause: Clause, filter: RegionId) {
        let body = &mut self.k.m.body;
        let id = body.clauses.push(clause);
        if body.regions[clause.try_region].clause.is_none() {
            body.regions[clause.try_region].clause = id;
        }
        body.regions[clause.handler_region].clause = id;
        if filter.is_some() {
            body.regions[filter].clause = id;
        }
    }

    /// Writes the statements of a region inside `scope`.
    fn inside(&mut self, scope: Scope, ops: u32, depth: u32) {
        self.scopes.push(scope);
        self.region(ops, depth + 1);
        self.scopes.pop();
    }

    pub(super) fn try_catch(&mut self, ops: u32, depth: u32) {
        let around = self.here();
        let join = self.k.new_block();
        let protected = self.new_region(RegionKind::Try);
        let scope = |kind| Scope { kind, around, join };
        // Handler, its entry, and a filter with its entry.
        let none = (RegionId::NONE, BlockId::NONE);
        let mut handlers = Vec::new();
        for _ in 0..1 + self.rng.below(2) {
            let handler = self.new_region(RegionKind::Handler);
            let entry = self.new_block_in(handler);
            let filter = if self.rng.chance(35) {
                let region = self.new_region(RegionKind::Filter);
                (region, self.new_block_in(region))
            } else {
                none
            };
            handlers.push((handler, entry, filter));
        }
        let body = self.new_block_in(protected);
        self.k.jump(body);
        self.k.start(body);
        self.inside(scope(ScopeKind::Try), ops, depth);
        self.k.jump(join);
        for &(_, entry, (_, filter)) in &handlers {
            if filter.is_some() {
                self.k.start(filter);
                self.class_of_exception();
                self.inside(scope(ScopeKind::Closed), ops / 4, depth);
                let decision = self.value(VarType::I32);
                self.k
                    .push(Opcode::EndFilter, VarType::Void, 0, 0, &[decision]);
            }
            self.k.start(entry);
            if self.rng.chance(50) {
                self.class_of_exception();
            }
            self.inside(scope(ScopeKind::Catch), ops / 3, depth);
            if self.rng.chance(12) {
                self.k.push(Opcode::Rethrow, VarType::Void, 0, 0, &[]);
            } else {
                self.catch_ret(join);
            }
        }
        // Behind all clauses inside: inner before outer.
        for (handler_region, handler_entry, (filter, filter_entry)) in handlers {
            let kind = if filter.is_some() {
                ClauseKind::Filter
            } else {
                ClauseKind::Catch(self.rng.pick(&CAUGHT))
            };
            let clause = Clause {
                kind,
                try_region: protected,
                handler_region,
                handler_entry,
                filter_entry,
            };
            self.add_clause(clause, filter);
        }
        self.k.start(join);
    }

    /// The class word of what was caught goes into a variable.
    fn class_of_exception(&mut self) {
        let object = self.k.push(Opcode::CatchArg, VarType::Ref, 0, 0, &[]);
        let object = Operand::node(object);
        let class = self.k.op(Opcode::Load, VarType::I64, &[object]);
        let to = self.variable(VarType::I64);
        self.k.set(to, class);
    }

    /// A region with a finally, or with a handler for faults only.
    pub(super) fn try_finally(&mut self, ops: u32, depth: u32) {
        let around = self.here();
        let fault = self.rng.chance(25);
        let protected = self.new_region(RegionKind::Try);
        let handler = self.new_region(RegionKind::Handler);
        let (step, join) = (self.k.new_block(), self.k.new_block());
        let body = self.new_block_in(protected);
        let entry = self.new_block_in(handler);
        let scope = |kind| Scope { kind, around, join };
        let kind = if fault {
            ScopeKind::Try
        } else {
            ScopeKind::TryFinally(entry)
        };
        self.k.jump(body);
        self.k.start(body);
        self.inside(scope(kind), ops, depth);
        self.k.jump(step);
        self.k.start(step);
        if fault {
            self.k.jump(join);
        } else {
            let after = self.new_block_in(around);
            self.k.m.body.blocks[after].flags |= BlockFlags::FINALLY_RETURN;
            self.k.push(Opcode::CallFinally, VarType::Void, 0, 0, &[]);
            self.k.m.body.blocks[step].succ = [after, entry];
            self.k.start(after);
            self.k.jump(join);
        }
        self.k.start(entry);
        self.inside(scope(ScopeKind::Closed), ops / 3, depth);
        self.k.push(Opcode::EndFinally, VarType::Void, 0, 0, &[]);
        let kind = if fault {
            ClauseKind::Fault
        } else {
            ClauseKind::Finally
        };
        let clause = Clause {
            kind,
            try_region: protected,
            handler_region: handler,
            handler_entry: entry,
            filter_entry: BlockId::NONE,
        };
        self.add_clause(clause, RegionId::NONE);
        self.k.start(join);
    }
}
