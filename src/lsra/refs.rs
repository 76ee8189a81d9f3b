//! From demands to reference positions: one block at a time.
//!
//! Demands are appended in code order; [`Lsra::link_refs`] then walks backwards once, chains the references of each interval
//! and hands wishes from uses back to definitions (a value that ends in a fixed register, in a local, or in the register of its
//! user's definition would like to be there from the beginning).

use super::interval::{
    FixedRef, Interval, Kind, NONE, NodeRec, RecFlags, RefKind, RefPosition, Then,
};
use super::{DemandRow, Lsra, LsraError, NodeDemand, RowDef, UseFlags};
use crate::flow::liveness::LocalClass;
use crate::ir::{BlockId, Body, LocalId, NodeId, Opcode, Operand};
use crate::target::RegMask;
use crate::types::VarType;

/// Added to an interval's number in a hint.
pub(super) const HINT_INTERVAL: u32 = 64;

/// Stands for a local of struct type: its node reads it in memory.
const STRUCT: u32 = NONE - 1;

impl Lsra {
    /// Forgets the block before.
    pub(super) fn begin_refs(&mut self) {
        self.refs.clear();
        self.recs.clear();
        self.fixed.clear();
        self.fixed_at = 0;
        self.serial += 1;
        for l in self.block_locals.drain(..) {
            self.local_interval[l] = NONE;
        }
        self.intervals.truncate(self.live.columns.len());
    }

    /// Records the commonest node without asking for its demand, which is the same on every machine: a `store_lcl` of a node's
    /// value to a local that can be in a register. Declines everything else.
    #[inline(never)]
    pub(super) fn record_store(&mut self, body: &Body, b: BlockId, n: NodeId) -> bool {
        let node = &body.nodes[n];
        let Some(v) = node.opnd[0].as_node() else {
            return false;
        };
        let value = &body.nodes[v];
        let l = LocalId(node.aux);
        let used = self.node_interval[v];
        if value.is_contained()
            || used == NONE
            || self.live.locals[l].class == LocalClass::InHome
            || !body.locals[l].is_reg_candidate()
        {
            return false;
        }
        let desc = self.desc();
        let iv = self.interval_of_local(body, b, l);
        if iv >= STRUCT {
            return false;
        }
        let loc = self.recs.len() as u32;
        let first = self.refs.len() as u32;
        let used = RefPosition {
            mask: desc.regs_for(value.ty),
            interval: used,
            next: NONE,
            loc,
            node: n,
            hint: NONE,
            k: 0,
            flags: UseFlags::PREFER_DEF,
            kind: RefKind::Use,
            then: Then::Nothing,
        };
        let defined = RefPosition {
            mask: desc.regs_for(body.locals[l].ty),
            interval: iv,
            flags: UseFlags::empty(),
            kind: RefKind::Def,
            ..used
        };
        self.refs.extend_from_slice(&[used, defined]);
        self.recs.push(NodeRec {
            kills: RegMask::EMPTY,
            node: n,
            first,
            uses: 1,
            temps: 0,
            flags: RecFlags::DEF | RecFlags::DEF_LOCAL | RecFlags::STORE,
        });
        true
    }

    /// Records node `n` of block `b`, which demands what its opcode's row says.
    pub(super) fn record_row(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        row: &DemandRow,
    ) -> Result<(), LsraError> {
        let node = &body.nodes[n];
        let first = self.refs.len() as u32;
        for (k, &o) in node.opnd.iter().enumerate() {
            if o.is_value() {
                self.record_row_use(body, b, n, k, row.uses[k])?;
            }
        }
        let uses = (self.refs.len() as u32 - first) as u8;
        let mut flags = RecFlags::empty();
        if row.def != RowDef::None {
            let ty = match row.def {
                RowDef::I32 => VarType::I32,
                _ => node.ty.actual(),
            };
            let mut iv = Interval::new(Kind::Value, n.0, ty);
            iv.stamp = self.serial;
            let id = self.intervals.len() as u32;
            self.intervals.push(iv);
            self.node_interval[n] = id;
            flags = RecFlags::DEF;
            self.refs.push(RefPosition {
                mask: self.desc().regs_for(ty),
                interval: id,
                next: NONE,
                loc: self.recs.len() as u32,
                node: n,
                hint: NONE,
                k: 0,
                flags: UseFlags::empty(),
                kind: RefKind::Def,
                then: Then::Nothing,
            });
        }
        self.recs.push(NodeRec {
            kills: RegMask::EMPTY,
            node: n,
            first,
            uses,
            temps: 0,
            flags,
        });
        Ok(())
    }

    /// Records the use of operand `k` of `n`, a value; of a contained node, its operands.
    #[inline]
    fn record_row_use(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        k: usize,
        mut flags: UseFlags,
    ) -> Result<(), LsraError> {
        let o = body.nodes[n].opnd[k];
        let iv = if let Some(l) = o.as_local() {
            self.interval_of_local(body, b, l)
        } else {
            self.node_interval[NodeId(o.0)]
        };
        if iv >= STRUCT {
            return self.record_contained(body, b, n, o, flags);
        }
        let ty = self.intervals[iv as usize].ty;
        // A home of a small type holds less than a register: it cannot stand in for an operand.
        if ty.is_small() || self.stress.no_reg_optional() {
            flags -= UseFlags::REG_OPTIONAL;
        }
        self.refs.push(RefPosition {
            mask: self.desc().regs_for(ty),
            interval: iv,
            next: NONE,
            loc: self.recs.len() as u32,
            node: n,
            hint: NONE,
            k: k as u8,
            flags,
            kind: RefKind::Use,
            then: Then::Nothing,
        });
        Ok(())
    }

    /// An operand `o` of `n` without an interval: a contained node, whose operands are used in its stead, or a struct in memory.
    #[inline(never)]
    fn record_contained(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        o: Operand,
        flags: UseFlags,
    ) -> Result<(), LsraError> {
        let Some(x) = o.as_node() else { return Ok(()) };
        if !body.nodes[x].is_contained() {
            return Err(LsraError::Undefined { node: n });
        }
        for k in 0..3 {
            if body.nodes[x].opnd[k].is_value() {
                self.record_row_use(body, b, x, k, flags & UseFlags::DELAY_FREE)?;
            }
        }
        Ok(())
    }

    /// Records what node `n` of block `b` demands.
    #[inline(never)]
    pub(super) fn record(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        demand: &NodeDemand,
    ) -> Result<(), LsraError> {
        let op = body.nodes[n].op;
        let loc = self.recs.len() as u32;
        let first = self.refs.len() as u32;
        let mut fixed = RegMask::EMPTY;
        // A store to a local may itself go to memory.
        let optional = if op == Opcode::StoreLcl || self.stress.no_reg_optional() {
            UseFlags::empty()
        } else {
            UseFlags::REG_OPTIONAL
        };
        for u in demand.uses.as_slice() {
            let iv = if let Some(d) = u.opnd.as_node() {
                self.node_interval[d]
            } else if let Some(l) = u.opnd.as_local() {
                self.interval_of_local(body, b, l)
            } else {
                continue;
            };
            if iv >= STRUCT {
                if iv == STRUCT {
                    continue;
                }
                return Err(LsraError::Undefined { node: u.node });
            }
            let mut flags = u.flags;
            if flags.contains(UseFlags::REG_OPTIONAL) {
                // A home of a small type holds less than a register: it cannot stand in for an operand.
                flags -= UseFlags::REG_OPTIONAL;
                if !self.intervals[iv as usize].ty.is_small() {
                    flags |= optional;
                }
            }
            if u.mask.is_single() {
                fixed |= u.mask;
            } else if u.mask.is_empty() {
                return Err(LsraError::Overconstrained { node: n });
            }
            self.refs.push(RefPosition {
                mask: u.mask,
                interval: iv,
                next: NONE,
                loc,
                node: u.node,
                hint: NONE,
                k: u.k,
                flags,
                kind: RefKind::Use,
                then: Then::Nothing,
            });
        }
        let uses = (self.refs.len() as u32 - first) as u8;
        for t in demand.temps.as_slice() {
            if t.mask.is_single() {
                fixed |= t.mask;
            }
            self.refs.push(RefPosition {
                mask: t.mask,
                interval: NONE,
                next: NONE,
                loc,
                node: n,
                hint: NONE,
                k: 0,
                flags: UseFlags::empty(),
                kind: RefKind::Temp,
                then: Then::Nothing,
            });
        }
        let mut flags = RecFlags::empty();
        if let Some(def) = demand.def {
            let iv = if op == Opcode::StoreLcl {
                let l = LocalId(body.nodes[n].aux);
                if self.live.locals[l].class == LocalClass::InHome {
                    NONE
                } else {
                    flags |= RecFlags::DEF_LOCAL;
                    self.interval_of_local(body, b, l)
                }
            } else {
                let mut iv = Interval::new(Kind::Value, n.0, def.ty);
                iv.stamp = self.serial;
                self.intervals.push(iv);
                let id = self.intervals.len() as u32 - 1;
                self.node_interval[n] = id;
                id
            };
            if iv != NONE {
                flags |= RecFlags::DEF;
                if def.mask.is_single() {
                    fixed |= def.mask;
                } else if def.mask.is_empty() {
                    return Err(LsraError::Overconstrained { node: n });
                }
                self.refs.push(RefPosition {
                    mask: def.mask,
                    interval: iv,
                    next: NONE,
                    loc,
                    node: n,
                    hint: NONE,
                    k: 0,
                    flags: UseFlags::empty(),
                    kind: RefKind::Def,
                    then: Then::Nothing,
                });
            }
        }
        if demand.safe_point {
            flags |= RecFlags::SAFE_POINT;
        }
        match op {
            Opcode::StoreLcl => flags |= RecFlags::STORE,
            Opcode::Result => {
                flags |= RecFlags::RESULT;
                if let Some(r) = self.recs.last_mut() {
                    r.flags |= RecFlags::HAS_RESULTS;
                }
            }
            _ => {}
        }
        if !(fixed | demand.kills).is_empty() {
            flags |= RecFlags::FIXED;
            self.fixed.push(FixedRef {
                kills: demand.kills,
                fixed,
                loc,
            });
        }
        self.recs.push(NodeRec {
            kills: demand.kills,
            node: n,
            first,
            uses,
            temps: demand.temps.len() as u8,
            flags,
        });
        Ok(())
    }

    #[inline]
    fn interval_of_local(&mut self, body: &Body, b: BlockId, l: LocalId) -> u32 {
        let iv = self.local_interval[l];
        if iv != NONE && self.intervals[iv as usize].stamp == self.serial {
            return iv;
        }
        self.first_in_block(body, b, l)
    }

    /// The interval of a local that the block has not named yet.
    #[inline(never)]
    fn first_in_block(&mut self, body: &Body, b: BlockId, l: LocalId) -> u32 {
        let iv = self.local_interval[l];
        if iv == NONE {
            return self.new_interval_of_local(body, l);
        }
        let i = &mut self.intervals[iv as usize];
        i.stamp = self.serial;
        i.hint = NONE;
        i.last_loc = NONE;
        i.first = Then::Nothing;
        i.mem_valid = self.live.is_live_in(b, iv);
        iv
    }

    fn new_interval_of_local(&mut self, body: &Body, l: LocalId) -> u32 {
        let info = self.live.locals[l];
        if body.locals[l].ty == VarType::Struct {
            return STRUCT;
        }
        let (kind, mem_valid) = match info.class {
            LocalClass::BlockLocal => (Kind::BlockLocal, false),
            LocalClass::InHome => (Kind::InHome, true),
            _ => (Kind::Cached, true),
        };
        let mut i = Interval::new(kind, l.0, body.locals[l].ty);
        i.mem_valid = mem_valid;
        i.stamp = self.serial;
        i.last_loc = NONE;
        i.weight = info.weight;
        self.intervals.push(i);
        let iv = self.intervals.len() as u32 - 1;
        // Each read of a local that lives in memory is its own interval: memory may change between them.
        if kind != Kind::InHome {
            self.local_interval[l] = iv;
            self.block_locals.push(l);
        }
        iv
    }

    /// Chains references and hands wishes back.
    #[inline(never)]
    pub(super) fn link_refs(&mut self) {
        let intervals = self.intervals.as_mut_slice();
        for rec in self.recs.iter().rev() {
            let (uses, others) = self.refs[rec.first as usize..].split_at_mut(rec.uses as usize);
            // Only then may some mask be a single register.
            let fixed = rec.flags.contains(RecFlags::FIXED);
            let store = rec.flags.contains(RecFlags::STORE);
            let mut wish = NONE;
            if rec.flags.contains(RecFlags::DEF) {
                let r = &mut others[rec.temps as usize];
                let iv = &mut intervals[r.interval as usize];
                r.next = iv.next_ref;
                r.then = iv.first;
                iv.first = Then::Def;
                iv.next_ref = rec.first + rec.uses as u32 + rec.temps as u32;
                if r.next == NONE {
                    iv.last_loc = r.loc;
                }
                r.hint = iv.hint;
                iv.hint = NONE;
                wish = if fixed && r.mask.is_single() {
                    r.mask.first().0 as u32
                } else if rec.flags.contains(RecFlags::DEF_LOCAL) {
                    r.interval + HINT_INTERVAL
                } else {
                    r.hint
                };
            }
            for (k, r) in uses.iter_mut().enumerate().rev() {
                let iv = &mut intervals[r.interval as usize];
                r.next = iv.next_ref;
                r.then = if iv.first == Then::Use && iv.first_loc == r.loc {
                    Then::Again
                } else {
                    iv.first
                };
                iv.first = Then::Use;
                iv.first_loc = r.loc;
                iv.next_ref = rec.first + k as u32;
                if r.next == NONE {
                    iv.last_loc = r.loc;
                }
                r.hint = iv.hint;
                if fixed && r.mask.is_single() {
                    iv.hint = r.mask.first().0 as u32;
                } else if wish != NONE && (store || r.flags.contains(UseFlags::PREFER_DEF)) {
                    iv.hint = wish;
                }
            }
        }
    }
}
