//! From demands to reference positions: one block at a time, from its last node to its first.
//!
//! Walking backwards, what follows a reference is known when it is recorded: the reference behind it, whether the value dies, and
//! the wish of its users. A value that ends in a fixed register, in a local, or in the register of its user's definition would
//! like to be there from the beginning; the wish is handed on to the references before, up to the definition.
//!
//! A value that only goes to a local, in the next node, is that local: its node defines the local's interval, and the store has no
//! record of its own.

use super::interval::{
    FixedRef, Interval, Kind, NONE, NodeRec, RecFlags, RefKind, RefPosition, Then,
};
use super::{
    DemandRow, DemandRows, Lsra, LsraError, NodeDemand, RowDef, StressRegs, UseFlags, in_row,
};
use crate::flow::liveness::LocalClass;
use crate::ir::{BlockId, Body, LocalId, Node, NodeId, Opcode, Operand};
use crate::target::RegMask;
use crate::types::VarType;

/// Added to an interval's number in a hint.
pub(super) const HINT_INTERVAL: u32 = 64;

/// Stands for a local of struct type: its node reads it in memory.
const STRUCT: u32 = NONE - 1;

/// With these, a definition does not stay where it was made: a store must find its value itself.
const MOVING: u32 = StressRegs::ALWAYS_RELOAD | StressRegs::SPILL_ALWAYS | StressRegs::SPILL_SOME;

/// With one of these a record is special.
const SPECIAL: RecFlags = RecFlags::SAFE_POINT
    .union(RecFlags::RESULT)
    .union(RecFlags::HAS_RESULTS);

impl Lsra {
    /// The registers of the file of values of type `ty`.
    #[inline(always)]
    fn regs_for(&self, ty: VarType) -> RegMask {
        self.masks[ty as usize % self.masks.len()]
    }

    /// Forgets the block before.
    pub(super) fn begin_refs(&mut self) {
        self.refs.clear();
        self.recs.clear();
        self.fixed.clear();
        self.serial += 1;
        for l in self.block_locals.drain(..) {
            self.local_interval[l] = NONE;
        }
        self.intervals.truncate(self.live.columns.len());
    }

    /// The place of the node that is recorded next.
    #[inline(always)]
    fn place_to_record(&self) -> u32 {
        self.last_loc - self.recs.len() as u32
    }

    /// The node before the `store_lcl` `n` whose value is computed straight into the local, and its row: it is stored there and
    /// nowhere else, and nothing but a register will do for both.
    #[inline]
    pub(super) fn computed_into<'r>(
        &self,
        body: &Body,
        n: NodeId,
        rows: &'r DemandRows,
    ) -> Option<(NodeId, &'r DemandRow)> {
        let store = &body.nodes[n];
        let x = store.prev;
        if store.opnd[0] != Operand::node(x) || self.stress.0 & MOVING != 0 {
            return None;
        }
        let node = &body.nodes[x];
        let l = LocalId(store.aux);
        let row = rows.get(node)?;
        let in_register = matches!(
            self.live.locals[l].class,
            LocalClass::Tracked | LocalClass::BlockLocal
        );
        let fits = in_register
            && !node.is_contained()
            && row_type(node, row).is_some_and(|ty| ty == body.locals[l].ty);
        fits.then_some((x, row))
    }

    /// Records the commonest node without asking for its demand, which is the same on every machine: a `store_lcl` to a local that
    /// can be in a register. Declines everything else.
    #[inline(never)]
    pub(super) fn record_store(&mut self, body: &Body, b: BlockId, n: NodeId) -> bool {
        let node = &body.nodes[n];
        let (l, o) = (LocalId(node.aux), node.opnd[0]);
        if self.live.locals[l].class == LocalClass::InHome {
            return false;
        }
        let mut used = NONE;
        if o.is_value() {
            used = self.interval_of(body, b, o);
            if used >= STRUCT {
                return false;
            }
        }
        let iv = self.interval_of_local(body, b, l);
        let loc = self.place_to_record();
        let first = self.refs.len() as u32;
        let mask = self.regs_for(self.intervals[iv as usize].ty);
        self.push_def(iv, mask, loc, n);
        if used != NONE {
            self.push_row_use(used, loc, n, 0, UseFlags::PREFER_DEF, iv + HINT_INTERVAL);
        }
        self.recs.push(NodeRec {
            node: n,
            first,
            uses: (used != NONE) as u8,
            temps: 0,
            flags: RecFlags::DEF | RecFlags::STORE,
        });
        true
    }

    /// Records node `n` of block `b`, which demands what its opcode's row says. Its value goes to local `into`, if that is one,
    /// and the node stands for the store behind it too.
    #[inline(always)]
    pub(super) fn record_row(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        row: &DemandRow,
        into: LocalId,
    ) -> Result<(), LsraError> {
        let node = &body.nodes[n];
        let first = self.refs.len() as u32;
        let loc = self.place_to_record();
        let mut flags = RecFlags::empty();
        let mut wish = NONE;
        if let Some(ty) = row_type(node, row) {
            let def = if into.is_some() {
                flags = RecFlags::DEF | RecFlags::INTO_LOCAL;
                self.interval_of_local(body, b, into)
            } else {
                flags = RecFlags::DEF;
                self.defined_value(n, ty)
            };
            wish = def + HINT_INTERVAL;
            self.push_def(def, self.regs_for(ty), loc, n);
        }
        let mut uses = self.record_operand(body, b, n, 2, loc, row, wish)?;
        uses += self.record_operand(body, b, n, 1, loc, row, wish)?;
        uses += self.record_operand(body, b, n, 0, loc, row, wish)?;
        // A jump has no need of the scan.
        if uses != 0 || !flags.is_empty() {
            self.recs.push(NodeRec {
                node: n,
                first,
                uses,
                temps: 0,
                flags,
            });
        }
        Ok(())
    }

    /// Records the uses that operand `k` of `n` stands for, and answers how many.
    #[inline(always)]
    fn record_operand(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        k: usize,
        loc: u32,
        row: &DemandRow,
        wish: u32,
    ) -> Result<u8, LsraError> {
        let (o, flags) = (body.nodes[n].opnd[k], row.uses[k]);
        if !o.is_value() {
            return Ok(0);
        }
        let iv = self.interval_of(body, b, o);
        if iv >= STRUCT {
            return self.record_contained(body, b, n, o, flags);
        }
        let wish = if flags.contains(UseFlags::PREFER_DEF) {
            wish
        } else {
            NONE
        };
        self.push_row_use(iv, loc, n, k, flags, wish);
        Ok(1)
    }

    /// The interval of the value that node `n` defines.
    #[inline]
    fn defined_value(&mut self, n: NodeId, ty: VarType) -> u32 {
        match self.node_interval[n] {
            NONE => self.new_value(n, ty),
            iv => iv,
        }
    }

    #[inline]
    fn new_value(&mut self, n: NodeId, ty: VarType) -> u32 {
        let mut iv = Interval::new(Kind::Value, n.0, ty);
        iv.stamp = self.serial;
        let id = self.intervals.len() as u32;
        self.intervals.push(iv);
        self.node_interval[n] = id;
        id
    }

    /// The interval of operand `o`, a value; [`STRUCT`] or [`NONE`] if it has none.
    #[inline(always)]
    fn interval_of(&mut self, body: &Body, b: BlockId, o: Operand) -> u32 {
        if let Some(l) = o.as_local() {
            return self.interval_of_local(body, b, l);
        }
        let x = NodeId(o.0);
        let node = &body.nodes[x];
        if node.is_contained() {
            return NONE;
        }
        match self.node_interval[x] {
            NONE => self.new_value(x, body.value_type(x)),
            iv => iv,
        }
    }

    /// Records a use of operand `k` of `n` in any register of its file.
    #[inline(always)]
    fn push_row_use(&mut self, iv: u32, loc: u32, n: NodeId, k: usize, flags: UseFlags, wish: u32) {
        let at = self.refs.len() as u32;
        let i = &mut self.intervals[iv as usize];
        let mut flags = flags & self.row_flags;
        // A home of a small type holds less than a register: it cannot stand in for an operand.
        if flags.contains(UseFlags::REG_OPTIONAL) && i.ty.is_small() {
            flags -= UseFlags::REG_OPTIONAL;
        }
        let hint = i.wish;
        if wish != NONE {
            i.wish = wish;
        }
        let next = std::mem::replace(&mut i.next_ref, at);
        let then = follow(&self.refs, i, next, loc);
        self.refs.push(RefPosition {
            mask: self.masks[i.ty as usize % self.masks.len()],
            interval: iv,
            next,
            loc,
            node: n,
            hint,
            k: k as u8,
            flags,
            kind: RefKind::Use,
            then,
        });
    }

    /// An operand `o` of `n` without an interval: a contained node, whose operands are used in its stead, or a struct in memory.
    /// Answers how many uses there are.
    #[inline(never)]
    fn record_contained(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        o: Operand,
        flags: UseFlags,
    ) -> Result<u8, LsraError> {
        let Some(x) = o.as_node() else { return Ok(0) };
        if !body.nodes[x].is_contained() {
            return Err(LsraError::Undefined { node: n });
        }
        let loc = self.place_to_record();
        let flags = flags & UseFlags::DELAY_FREE;
        let mut uses = 0;
        for (k, &o) in body.nodes[x].opnd.iter().enumerate().rev() {
            if !o.is_value() {
                continue;
            }
            let iv = self.interval_of(body, b, o);
            if iv >= STRUCT {
                uses += self.record_contained(body, b, x, o, flags)?;
            } else {
                self.push_row_use(iv, loc, x, k, flags, NONE);
                uses += 1;
            }
        }
        Ok(uses)
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
        if demand.unknown {
            return Err(LsraError::Unsupported { node: n });
        }
        let op = body.nodes[n].op;
        let loc = self.place_to_record();
        let first = self.refs.len() as u32;
        let mut fixed = RegMask::EMPTY;
        let mut flags = RecFlags::empty();
        let mut wish = NONE;
        if let Some(def) = demand.def {
            let mut iv = NONE;
            if op == Opcode::StoreLcl {
                let l = LocalId(body.nodes[n].aux);
                if self.live.locals[l].class != LocalClass::InHome {
                    iv = self.interval_of_local(body, b, l);
                }
            } else {
                iv = self.defined_value(n, def.ty.actual());
            }
            if iv != NONE {
                flags |= RecFlags::DEF;
                wish = if def.mask.is_single() {
                    fixed |= def.mask;
                    def.mask.first().0 as u32
                } else if def.mask.is_empty() {
                    return Err(LsraError::Overconstrained { node: n });
                } else {
                    iv + HINT_INTERVAL
                };
                self.push_def(iv, def.mask, loc, n);
            }
        }
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
                then: Then::End,
            });
        }
        let behind = self.refs.len() as u32;
        fixed |= self.record_uses(body, b, n, demand, wish)?;
        let uses = (self.refs.len() as u32 - behind) as u8;
        if demand.safe_point {
            flags |= RecFlags::SAFE_POINT;
        }
        match op {
            Opcode::StoreLcl => flags |= RecFlags::STORE,
            Opcode::Result => flags |= RecFlags::RESULT,
            _ => {}
        }
        let next = self.recs.last();
        if next.is_some_and(|r| r.flags.contains(RecFlags::RESULT)) {
            flags |= RecFlags::HAS_RESULTS;
        }
        if !demand.temps.is_empty() || flags.intersects(SPECIAL) || flags == RecFlags::STORE {
            flags |= RecFlags::SPECIAL;
        }
        if !(fixed | demand.kills).is_empty() {
            flags |= RecFlags::FIXED | RecFlags::SPECIAL;
            self.fixed.push(FixedRef {
                kills: demand.kills,
                fixed,
                loc,
            });
        }
        self.recs.push(NodeRec {
            node: n,
            first,
            uses,
            temps: demand.temps.len() as u8,
            flags,
        });
        Ok(())
    }

    /// The uses of a demand, for [`record`](Self::record); answers which registers they fix.
    fn record_uses(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        demand: &NodeDemand,
        wish: u32,
    ) -> Result<RegMask, LsraError> {
        let store = body.nodes[n].op == Opcode::StoreLcl;
        let loc = self.place_to_record();
        let mut fixed = RegMask::EMPTY;
        // A store to a local may itself go to memory.
        let never = store || self.stress.no_reg_optional();
        for u in demand.uses.iter().rev() {
            if !u.opnd.is_value() {
                continue;
            }
            let iv = self.interval_of(body, b, u.opnd);
            if iv >= STRUCT {
                if iv == STRUCT {
                    continue;
                }
                return Err(LsraError::Undefined { node: u.node });
            }
            let mut flags = u.flags;
            // A home of a small type holds less than a register: it cannot stand in for an operand.
            if never || self.intervals[iv as usize].ty.is_small() {
                flags -= UseFlags::REG_OPTIONAL;
            }
            let wish = if u.mask.is_single() {
                fixed |= u.mask;
                u.mask.first().0 as u32
            } else if u.mask.is_empty() {
                return Err(LsraError::Overconstrained { node: n });
            } else if store || flags.contains(UseFlags::PREFER_DEF) {
                wish
            } else {
                NONE
            };
            let used = RefPosition {
                mask: u.mask,
                interval: iv,
                next: NONE,
                loc,
                node: u.node,
                hint: NONE,
                k: u.k,
                flags,
                kind: RefKind::Use,
                then: Then::End,
            };
            self.push_use(used, wish);
        }
        Ok(fixed)
    }

    #[inline(always)]
    fn interval_of_local(&mut self, body: &Body, b: BlockId, l: LocalId) -> u32 {
        let iv = self.local_interval[l];
        let Some(i) = self.intervals.get_mut(iv as usize) else {
            return self.new_interval_of_local(body, l);
        };
        if i.stamp != self.serial {
            // A tracked local that the block has not named yet.
            i.stamp = self.serial;
            i.next_ref = NONE;
            i.wish = NONE;
            i.then = if in_row(&self.live_out, iv) {
                Then::Out
            } else {
                Then::End
            };
            if i.reg.is_none() {
                i.mem_valid = self.live.is_live_in(b, iv);
            }
        }
        iv
    }

    #[inline(never)]
    fn new_interval_of_local(&mut self, body: &Body, l: LocalId) -> u32 {
        if body.locals[l].ty == VarType::Struct {
            return STRUCT;
        }
        let (kind, mem_valid) = match self.live.locals[l].class {
            LocalClass::BlockLocal => (Kind::BlockLocal, false),
            LocalClass::InHome => (Kind::InHome, true),
            _ => (Kind::Cached, true),
        };
        let mut i = Interval::new(kind, l.0, body.locals[l].ty);
        i.mem_valid = mem_valid;
        i.stamp = self.serial;
        self.intervals.push(i);
        let iv = self.intervals.len() as u32 - 1;
        // Each read of a local that lives in memory is its own interval: memory may change between them.
        if kind != Kind::InHome {
            self.local_interval[l] = iv;
            self.block_locals.push(l);
        }
        iv
    }

    /// Records a use. `wish`: the register or interval that the value would like to be in here.
    #[inline]
    fn push_use(&mut self, mut r: RefPosition, wish: u32) {
        let at = self.refs.len() as u32;
        let i = &mut self.intervals[r.interval as usize];
        r.hint = i.wish;
        if wish != NONE {
            i.wish = wish;
        }
        r.next = std::mem::replace(&mut i.next_ref, at);
        r.then = follow(&self.refs, i, r.next, r.loc);
        self.refs.push(r);
    }

    /// Records a definition of interval `iv` by node `n`.
    #[inline(always)]
    fn push_def(&mut self, iv: u32, mask: RegMask, loc: u32, n: NodeId) {
        let at = self.refs.len() as u32;
        let i = &mut self.intervals[iv as usize];
        let hint = std::mem::replace(&mut i.wish, NONE);
        let next = std::mem::replace(&mut i.next_ref, at);
        let then = follow(&self.refs, i, next, loc);
        self.refs.push(RefPosition {
            mask,
            interval: iv,
            next,
            loc,
            node: n,
            hint,
            k: 0,
            flags: UseFlags::empty(),
            kind: RefKind::Def,
            then,
        });
    }
}

/// What follows a reference at `loc` of interval `i`, whose next one is `next`.
#[inline(always)]
fn follow(refs: &[RefPosition], i: &mut Interval, next: u32, loc: u32) -> Then {
    match refs.get(next as usize) {
        None => {
            i.last_loc = loc;
            i.then
        }
        Some(n) if n.kind == RefKind::Def => Then::Def,
        Some(n) if n.loc == loc => Then::Again,
        Some(_) => Then::Use,
    }
}

/// The type of the value that `node` defines by its row, if it does.
#[inline(always)]
fn row_type(node: &Node, row: &DemandRow) -> Option<VarType> {
    match row.def {
        RowDef::None => None,
        RowDef::Own => Some(node.ty.actual()),
        RowDef::I32 => Some(VarType::I32),
    }
}
