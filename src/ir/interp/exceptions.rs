//! Exceptions: the search for a handler, and unwinding to it.

use super::memory::read_value;
use super::{Act, Error, Interp, Outcome, TrapKind, Value};
use crate::ir::{BlockId, ClauseId, ClauseKind, NodeId, RegionId, RegionKind};
use crate::types::VarType;
use std::collections::HashMap;

/// An exception in flight and where it was first raised.
#[derive(Copy, Clone, Debug)]
pub(super) struct Thrown {
    pub object: u64,
    class: u64,
    method: usize,
    line: u32,
}

/// A handler being run.
pub(super) enum Running {
    /// A catch handler, with what it caught.
    Catch(Thrown),
    /// A finally that was called; control goes on at this block.
    Finally(BlockId),
    /// A finally or fault handler during unwinding, which goes on from this region.
    Unwinding(Thrown, Target, RegionId),
}

/// Who catches.
#[derive(Copy, Clone, Debug)]
pub(super) struct Target {
    act: usize,
    clause: ClauseId,
}

/// How far the first pass has come: clause `clause` of try region `region` in activation `act` is next.
#[derive(Copy, Clone, Debug)]
pub(super) struct Search {
    thrown: Thrown,
    act: usize,
    region: RegionId,
    clause: u32,
}

impl Interp<'_> {
    /// Raises an exception of the IR at node `n`.
    pub(super) fn raise(&mut self, kind: TrapKind, n: NodeId) -> Result<(), Outcome> {
        let object = self.memory.alloc(16)?;
        if let Ok(word) = self.memory.slice_mut(object, 8) {
            word.copy_from_slice(&kind.class().to_le_bytes());
        }
        self.throw(object, n)
    }

    /// Throws `object` at node `n`; null becomes a null exception.
    pub(super) fn throw(&mut self, object: u64, n: NodeId) -> Result<(), Outcome> {
        if object == 0 {
            return self.raise(TrapKind::Null, n);
        }
        let word = self.memory.slice(object, 8);
        let bytes = word.map_err(|_| Error::BadAddress(object))?;
        let class = read_value(VarType::I64, bytes).and_then(|v| v.bits());
        let thrown = Thrown {
            object,
            class: class.unwrap_or(0),
            method: self.act().method,
            line: self.line(n),
        };
        self.throw_from_top(thrown)
    }

    fn throw_from_top(&mut self, thrown: Thrown) -> Result<(), Outcome> {
        let act = self.acts.len() - 1;
        self.search(Search {
            thrown,
            act,
            region: self.region_of(act),
            clause: 0,
        })
    }

    fn region_of(&self, act: usize) -> RegionId {
        let a = &self.acts[act];
        self.methods[a.method].body.blocks[a.block].region
    }

    /// The first pass, from `s` on: ends in a handler, in a filter, or with a trap.
    fn search(&mut self, mut s: Search) -> Result<(), Outcome> {
        loop {
            let act = &self.acts[s.act];
            let body = &self.methods[act.method].body;
            let region = body.regions.get(s.region).copied();
            let outside = region.is_none_or(|r| r.kind == RegionKind::Filter);
            if outside && let Some(filter) = act.filter.as_deref() {
                // An exception that leaves a filter is swallowed, and the filter says no.
                let resume = *filter;
                while self.acts.len() > s.act {
                    self.pop_act();
                }
                s = resume;
                continue;
            }
            let Some(region) = region else {
                if s.act == 0 {
                    return Err(Outcome::Trap {
                        kind: TrapKind::of_class(s.thrown.class),
                        method: self.methods[s.thrown.method].name.clone(),
                        line: s.thrown.line,
                    });
                }
                s.act -= 1;
                s.region = self.region_of(s.act);
                s.clause = 0;
                continue;
            };
            if region.kind == RegionKind::Try {
                while let Some(clause) = body.clauses.get(ClauseId(s.clause)).copied() {
                    let id = ClauseId(s.clause);
                    s.clause += 1;
                    if clause.try_region != s.region {
                        continue;
                    }
                    match clause.kind {
                        ClauseKind::Catch(c) if c == 0 || u64::from(c) == s.thrown.class => {
                            let target = Target {
                                act: s.act,
                                clause: id,
                            };
                            let from = self.region_of(self.acts.len() - 1);
                            return self.unwind(s.thrown, target, from);
                        }
                        ClauseKind::Filter => return self.enter_filter(s, clause.filter_entry),
                        _ => {}
                    }
                }
            }
            s.region = region.parent;
            s.clause = 0;
        }
    }

    fn enter_filter(&mut self, s: Search, entry: BlockId) -> Result<(), Outcome> {
        let Act { method, frame, .. } = self.acts[s.act];
        if self.acts.len() >= self.limits.depth {
            return Err(self.trap_at(TrapKind::StackOverflow, self.act().next));
        }
        self.acts.push(Act {
            method,
            frame,
            block: entry,
            next: NodeId::NONE,
            values: HashMap::new(),
            running: Vec::new(),
            filter: Some(Box::new(s)),
        });
        self.go_to(entry)
    }

    /// A filter has decided.
    pub(super) fn end_filter(&mut self, n: NodeId, catches: bool) -> Result<(), Outcome> {
        let Some(s) = self.act().filter.as_deref().copied() else {
            return Err(Error::Malformed(n, "end_filter outside a filter").into());
        };
        self.pop_act();
        if !catches {
            return self.search(s);
        }
        let target = Target {
            act: s.act,
            clause: ClauseId(s.clause - 1),
        };
        let from = self.region_of(self.acts.len() - 1);
        self.unwind(s.thrown, target, from)
    }

    /// The second pass, from region `r` of the topmost activation: ends in a finally or fault handler, or in the catch.
    fn unwind(&mut self, thrown: Thrown, target: Target, mut r: RegionId) -> Result<(), Outcome> {
        loop {
            let top = self.acts.len() - 1;
            let body = &self.methods[self.acts[top].method].body;
            if top == target.act && r == body.clauses[target.clause].try_region {
                self.act_mut().running.push(Running::Catch(thrown));
                return self.go_to(body.clauses[target.clause].handler_entry);
            }
            let region = body.regions.get(r).copied();
            let Some(region) = region.filter(|x| x.kind != RegionKind::Filter) else {
                if top <= target.act {
                    let at = self.act().next;
                    return Err(Error::Malformed(at, "regions do not nest").into());
                }
                self.pop_act();
                r = self.region_of(top - 1);
                continue;
            };
            match region.kind {
                RegionKind::Handler => {
                    self.act_mut().running.pop();
                }
                _ => {
                    let cleanup = body.clauses.iter().find(|c| {
                        c.try_region == r
                            && matches!(c.kind, ClauseKind::Finally | ClauseKind::Fault)
                    });
                    if let Some(c) = cleanup {
                        let running = Running::Unwinding(thrown, target, region.parent);
                        self.act_mut().running.push(running);
                        return self.go_to(c.handler_entry);
                    }
                }
            }
            r = region.parent;
        }
    }

    /// Calls the finally at `entry`, to go on at `then`.
    pub(super) fn call_finally(&mut self, entry: BlockId, then: BlockId) -> Result<(), Outcome> {
        self.act_mut().running.push(Running::Finally(then));
        self.go_to(entry)
    }

    /// The end of a finally or fault handler.
    pub(super) fn end_finally(&mut self, n: NodeId) -> Result<(), Outcome> {
        match self.act_mut().running.pop() {
            Some(Running::Finally(then)) => self.go_to(then),
            Some(Running::Unwinding(thrown, target, from)) => self.unwind(thrown, target, from),
            _ => Err(Error::Malformed(n, "end_finally outside a finally").into()),
        }
    }

    /// The end of a catch handler.
    pub(super) fn catch_ret(&mut self, n: NodeId, to: BlockId) -> Result<(), Outcome> {
        match self.act_mut().running.pop() {
            Some(Running::Catch(_)) => self.go_to(to),
            _ => Err(Error::Malformed(n, "catch_ret outside a catch handler").into()),
        }
    }

    fn caught(&self) -> Option<Thrown> {
        let caught = self.act().running.iter().rev().find_map(|r| match r {
            Running::Catch(t) => Some(*t),
            _ => None,
        });
        caught.or_else(|| self.act().filter.as_ref().map(|s| s.thrown))
    }

    /// Throws again what the innermost catch handler caught; the place it came from stays.
    pub(super) fn rethrow(&mut self, n: NodeId) -> Result<(), Outcome> {
        match self.caught() {
            Some(thrown) => self.throw_from_top(thrown),
            None => Err(Error::Malformed(n, "rethrow outside a catch handler").into()),
        }
    }

    /// The object caught.
    pub(super) fn catch_arg(&self, n: NodeId) -> Result<Value, Outcome> {
        match self.caught() {
            Some(thrown) => Ok(Value::Ref(thrown.object)),
            None => Err(Error::Malformed(n, "catch_arg outside a handler").into()),
        }
    }
}
