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
use crate::target::{RegMask, RegNum};
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

    /// The row of the node before `store`, a `store_lcl`, whose value is computed straight into the local, and the local's interval:
    /// it is stored there and nowhere else, and nothing but a register will do for both.
    #[inline(always)]
    pub(super) fn computed_into<'r>(
        &mut self,
        body: &Body,
        store: &Node,
        rows: &'r DemandRows,
    ) -> Option<(&'r DemandRow, u32)> {
        if store.opnd[0] != Operand::node(store.prev) || self.stress.0 & MOVING != 0 {
            return None;
        }
        let node = &body.nodes[store.prev];
        if node.is_contained() {
            return None;
        }
        let row = rows.get(node)?;
        let ty = row_type(node, row)?;
        let iv = self.interval_of_local(body, LocalId(store.aux));
        let i = self.intervals.get(iv as usize)?;
        let fits = i.ty == ty && matches!(i.kind, Kind::Tracked | Kind::BlockLocal);
        fits.then_some((row, iv))
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
            used = self.interval_of(body, o);
            if used >= STRUCT {
                return false;
            }
        }
        let iv = self.interval_of_local(body, l);
        let loc = self.place_to_record();
        let first = self.refs.len() as u32;
        let mask = self.regs_for(self.intervals[iv as usize].ty);
        self.push_def(b, iv, mask, loc, n);
        if used != NONE {
            self.push_row_use(b, used, loc, n, 0, UseFlags::PREFER_DEF, iv + HINT_INTERVAL);
        }
        self.recs.push(NodeRec {
            node: n,
            first,
            uses: (used != NONE) as u8,
            temps: 0,
            flags: RecFlags::DEF | RecFlags::STORE,
            again: used == NONE,
        });
        true
    }

    /// Records a `put_arg_reg` or `param_reg` without asking for its demand, which is the same on every machine: a definition in
    /// one register, of a value that would like to be there from the beginning. Declines where the value has no interval.
    #[inline(never)]
    pub(super) fn record_in_register(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        node: &Node,
    ) -> bool {
        let o = node.opnd[0];
        let mut used = NONE;
        if o.is_value() {
            used = self.interval_of(body, o);
            if used >= STRUCT {
                return false;
            }
        }
        let first = self.refs.len() as u32;
        let loc = self.place_to_record();
        let reg = RegNum(node.sub);
        let iv = self.defined_value(n, node.ty.actual());
        self.push_def(b, iv, reg.mask(), loc, n);
        if used != NONE {
            let flags = UseFlags::PREFER_DEF | UseFlags::REG_OPTIONAL;
            self.push_row_use(b, used, loc, n, 0, flags, reg.0 as u32);
        }
        self.fixed.push(FixedRef {
            kills: RegMask::EMPTY,
            fixed: reg.mask(),
            loc,
            consecutive: false,
        });
        self.recs.push(NodeRec {
            node: n,
            first,
            uses: (used != NONE) as u8,
            temps: 0,
            flags: RecFlags::DEF | RecFlags::FIXED | RecFlags::SPECIAL,
            again: false,
        });
        true
    }

    /// Records node `n` of block `b`, which demands what its opcode's row says. Its value goes to the local whose interval is
    /// `into`, if that is one, and the node stands for the store behind it too.
    #[inline(always)]
    pub(super) fn record_row(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        node: &Node,
        row: &DemandRow,
        into: u32,
    ) -> Result<(), LsraError> {
        let first = self.refs.len() as u32;
        let loc = self.place_to_record();
        let mut flags = RecFlags::empty();
        let mut wish = NONE;
        if let Some(ty) = row_type(node, row) {
            let def = if into != NONE {
                flags = RecFlags::DEF | RecFlags::INTO_LOCAL;
                into
            } else {
                flags = RecFlags::DEF;
                self.defined_value(n, ty)
            };
            wish = def + HINT_INTERVAL;
            self.push_def(b, def, self.regs_for(ty), loc, n);
        }
        let mut uses = self.record_operand::<2>(body, b, n, node, loc, row, wish)?;
        uses += self.record_operand::<1>(body, b, n, node, loc, row, wish)?;
        uses += self.record_operand::<0>(body, b, n, node, loc, row, wish)?;
        // A jump has no need of the scan.
        if uses != 0 || !flags.is_empty() {
            self.recs.push(NodeRec {
                node: n,
                first,
                uses,
                temps: 0,
                flags,
                again: row.again,
            });
        }
        Ok(())
    }

    /// Records the uses that operand `K` of `n` stands for, and answers how many.
    #[inline(always)]
    fn record_operand<const K: usize>(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        node: &Node,
        loc: u32,
        row: &DemandRow,
        wish: u32,
    ) -> Result<u8, LsraError> {
        let (o, flags) = (node.opnd[K], row.uses[K]);
        if !o.is_value() {
            return Ok(0);
        }
        let iv = self.interval_of(body, o);
        if iv >= STRUCT {
            return self.record_contained(body, b, n, o, flags);
        }
        let wish = if row.prefer as usize == K { wish } else { NONE };
        self.push_row_use(b, iv, loc, n, K, flags, wish);
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
    pub(super) fn new_interval(&self, kind: Kind, id: u32, ty: VarType) -> Interval {
        Interval::new(kind, id, ty, self.row_flags)
    }

    #[inline]
    fn new_value(&mut self, n: NodeId, ty: VarType) -> u32 {
        let id = self.intervals.len() as u32;
        self.intervals.push(self.new_interval(Kind::Value, n.0, ty));
        self.node_interval[n] = id;
        id
    }

    /// The interval of operand `o`, a value; [`STRUCT`] or [`NONE`] if it has none.
    #[inline(always)]
    fn interval_of(&mut self, body: &Body, o: Operand) -> u32 {
        if let Some(l) = o.as_local() {
            return self.interval_of_local(body, l);
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
    fn push_row_use(
        &mut self,
        b: BlockId,
        iv: u32,
        loc: u32,
        n: NodeId,
        k: usize,
        flags: UseFlags,
        wish: u32,
    ) {
        let i = &self.intervals[iv as usize];
        let (ty, flags) = (i.ty, flags & i.heeds);
        let used = RefPosition {
            mask: self.regs_for(ty),
            interval: iv,
            next: NONE,
            loc,
            node: n,
            hint: NONE,
            k: k as u8,
            flags,
            kind: RefKind::Use,
            then: Then::End,
        };
        self.push_use(b, used, wish);
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
        let [first, second, third] = body.nodes[x].opnd;
        let mut uses = self.record_operand_of_contained::<2>(body, b, x, third, loc, flags)?;
        uses += self.record_operand_of_contained::<1>(body, b, x, second, loc, flags)?;
        uses += self.record_operand_of_contained::<0>(body, b, x, first, loc, flags)?;
        Ok(uses)
    }

    /// Records the uses that operand `o`, the one numbered `K`, of contained node `x` stands for, and answers how many.
    #[inline(always)]
    fn record_operand_of_contained<const K: usize>(
        &mut self,
        body: &Body,
        b: BlockId,
        x: NodeId,
        o: Operand,
        loc: u32,
        flags: UseFlags,
    ) -> Result<u8, LsraError> {
        if !o.is_value() {
            return Ok(0);
        }
        let iv = self.interval_of(body, o);
        if iv >= STRUCT {
            return self.record_contained(body, b, x, o, flags);
        }
        self.push_row_use(b, iv, loc, x, K, flags, NONE);
        Ok(1)
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
                    iv = self.interval_of_local(body, l);
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
                self.push_def(b, iv, def.mask, loc, n);
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
        if demand.consecutive {
            self.wish_beside(behind as usize);
        }
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
        if !(fixed | demand.kills).is_empty() || demand.consecutive {
            flags |= RecFlags::FIXED | RecFlags::SPECIAL;
            self.fixed.push(FixedRef {
                kills: demand.kills,
                fixed,
                loc,
                consecutive: demand.consecutive,
            });
        }
        let again = op == Opcode::VecConst && demand.temps.is_empty();
        self.recs.push(NodeRec {
            node: n,
            first,
            uses,
            temps: demand.temps.len() as u8,
            flags,
            again,
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
        let heeded = if store {
            UseFlags::all() - UseFlags::REG_OPTIONAL
        } else {
            UseFlags::all()
        };
        for u in demand.uses.iter().rev() {
            if !u.opnd.is_value() {
                continue;
            }
            let iv = self.interval_of(body, u.opnd);
            if iv >= STRUCT {
                if iv == STRUCT {
                    continue;
                }
                return Err(LsraError::Undefined { node: u.node });
            }
            let flags = u.flags & heeded & self.intervals[iv as usize].heeds;
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
            self.push_use(b, used, wish);
        }
        Ok(fixed)
    }

    #[inline(always)]
    fn interval_of_local(&mut self, body: &Body, l: LocalId) -> u32 {
        match self.local_interval[l] {
            NONE => self.new_interval_of_local(body, l),
            iv => iv,
        }
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
        let mut i = self.new_interval(kind, l.0, body.locals[l].ty);
        i.mem_valid = mem_valid;
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
    #[inline(always)]
    fn push_use(&mut self, b: BlockId, mut r: RefPosition, wish: u32) {
        (r.next, r.then, r.hint) = self.link(b, r.interval, r.loc);
        // What lives on is copied for a node that writes to its register, wherever it is.
        let lives_on = r.then == Then::Use || r.then == Then::Out;
        let heard = wish != NONE && (wish < HINT_INTERVAL || !lives_on);
        self.intervals[r.interval as usize].wish = if heard { wish } else { r.hint };
        self.refs.push(r);
    }

    /// Records a definition of interval `iv` by node `n`.
    #[inline(always)]
    fn push_def(&mut self, b: BlockId, iv: u32, mask: RegMask, loc: u32, n: NodeId) {
        let (next, then, hint) = self.link(b, iv, loc);
        self.intervals[iv as usize].wish = NONE;
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

    /// Makes the reference that is recorded next, at `loc`, the first of interval `iv`; answers which reference follows, what it
    /// is, and what the references behind wish.
    #[inline(always)]
    fn link(&mut self, b: BlockId, iv: u32, loc: u32) -> (u32, Then, u32) {
        let i = &mut self.intervals[iv as usize];
        let next = std::mem::replace(&mut i.next_ref, self.refs.len() as u32);
        let Some(r) = self.refs.get(next as usize) else {
            // The last one in the block, which is the first to be recorded.
            i.last_loc = loc;
            i.then = if in_row(&self.live_out, iv) {
                Then::Out
            } else {
                Then::End
            };
            if i.kind == Kind::Tracked {
                // What another block has stored is known only if nobody else stores it.
                i.again &= i.slot != NONE;
                if i.reg.is_none() {
                    i.mem_valid = self.live.is_live_in(b, iv);
                }
            }
            return (NONE, i.then, NONE);
        };
        let then = if r.kind == RefKind::Def {
            Then::Def
        } else if r.loc == loc {
            Then::Again
        } else {
            Then::Use
        };
        (next, then, i.wish)
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
