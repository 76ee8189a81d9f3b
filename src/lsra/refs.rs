//! From demands to reference positions: one block at a time.
//!
//! Demands are appended in code order. Each reference is chained to the one before it of the same interval, and hands its wish
//! back along the chain to the definition: a value that ends in a fixed register, in a local, or in the register of its user's
//! definition would like to be there from the beginning.

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
        self.fixed_at = 0;
        self.serial += 1;
        for l in self.block_locals.drain(..) {
            self.local_interval[l] = NONE;
        }
        self.intervals.truncate(self.live.columns.len());
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
        let loc = self.recs.len() as u32;
        let first = self.refs.len() as u32;
        if used != NONE {
            let used = self.row_use(used, loc, n, 0, UseFlags::PREFER_DEF);
            self.push_use(used, iv + HINT_INTERVAL);
        }
        let defined = RefPosition {
            mask: self.regs_for(self.intervals[iv as usize].ty),
            interval: iv,
            next: NONE,
            loc,
            node: n,
            hint: NONE,
            k: 0,
            flags: UseFlags::empty(),
            kind: RefKind::Def,
            then: Then::Nothing,
        };
        self.push_def(defined);
        self.recs.push(NodeRec {
            kills: RegMask::EMPTY,
            node: n,
            first,
            uses: (used != NONE) as u8,
            temps: 0,
            flags: RecFlags::DEF | RecFlags::DEF_LOCAL | RecFlags::STORE,
        });
        true
    }

    /// The local that the value of `n`, of type `ty`, is computed straight into: all it is for is to be stored there by the next
    /// node, and nothing but a register will do for both.
    #[inline]
    fn stored_to(&self, body: &Body, n: NodeId, ty: VarType) -> LocalId {
        let node = &body.nodes[n];
        if node.next.is_none() || node.user != node.next || self.stress.0 != 0 {
            return LocalId::NONE;
        }
        let store = &body.nodes[node.next];
        let l = LocalId(store.aux);
        let in_register = store.op == Opcode::StoreLcl
            && matches!(
                self.live.locals[l].class,
                LocalClass::Tracked | LocalClass::BlockLocal
            )
            && body.locals[l].ty == ty;
        if in_register { l } else { LocalId::NONE }
    }

    /// Records node `n` of block `b`, which demands what its opcode's row says. If its value is computed straight into a local,
    /// that stands for the store behind it too; the answer is whether it does.
    #[inline(never)]
    pub(super) fn record_row(
        &mut self,
        body: &Body,
        b: BlockId,
        n: NodeId,
        row: &DemandRow,
    ) -> Result<bool, LsraError> {
        let node = &body.nodes[n];
        let first = self.refs.len() as u32;
        let loc = self.recs.len() as u32;
        let mut def = NONE;
        let mut into = LocalId::NONE;
        let mut ty = VarType::I32;
        if row.def != RowDef::None {
            if row.def == RowDef::Own {
                ty = node.ty.actual();
            }
            into = self.stored_to(body, n, ty);
            def = if into.is_some() {
                self.interval_of_local(body, b, into)
            } else {
                self.new_value(n, ty)
            };
        }
        for (k, (&o, &flags)) in node.opnd.iter().zip(&row.uses).enumerate() {
            if !o.is_value() {
                continue;
            }
            let iv = self.interval_of(body, b, o);
            if iv >= STRUCT {
                self.record_contained(body, b, n, o, flags)?;
                continue;
            }
            let wish = if def != NONE && def != iv && flags.contains(UseFlags::PREFER_DEF) {
                def + HINT_INTERVAL
            } else {
                NONE
            };
            let used = self.row_use(iv, loc, n, k, flags);
            self.push_use(used, wish);
        }
        let uses = (self.refs.len() as u32 - first) as u8;
        let mut flags = RecFlags::empty();
        if def != NONE {
            let defined = RefPosition {
                mask: self.regs_for(ty),
                interval: def,
                next: NONE,
                loc,
                node: n,
                hint: NONE,
                k: 0,
                flags: UseFlags::empty(),
                kind: RefKind::Def,
                then: Then::Nothing,
            };
            if into.is_some() {
                flags = RecFlags::DEF | RecFlags::INTO_LOCAL;
                self.push_def(defined);
            } else {
                flags = RecFlags::DEF;
                // The first reference of its interval: nothing to be chained to.
                let at = first + uses as u32;
                let i = &mut self.intervals[def as usize];
                i.next_ref = at;
                i.tail = at;
                i.wishless = at;
                i.last_loc = loc;
                self.refs.push(defined);
            }
        }
        self.recs.push(NodeRec {
            kills: RegMask::EMPTY,
            node: n,
            first,
            uses,
            temps: 0,
            flags,
        });
        Ok(into.is_some())
    }

    /// The interval of the value that node `n` defines.
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
    #[inline]
    fn interval_of(&mut self, body: &Body, b: BlockId, o: Operand) -> u32 {
        match o.as_local() {
            Some(l) => self.interval_of_local(body, b, l),
            None => self.node_interval[NodeId(o.0)],
        }
    }

    /// A use of operand `k` of `n` in any register of its file.
    #[inline]
    fn row_use(&self, iv: u32, loc: u32, n: NodeId, k: usize, mut flags: UseFlags) -> RefPosition {
        let ty = self.intervals[iv as usize].ty;
        // A home of a small type holds less than a register: it cannot stand in for an operand.
        if flags.contains(UseFlags::REG_OPTIONAL)
            && (ty.is_small() || self.stress.no_reg_optional())
        {
            flags -= UseFlags::REG_OPTIONAL;
        }
        RefPosition {
            mask: self.regs_for(ty),
            interval: iv,
            next: NONE,
            loc,
            node: n,
            hint: NONE,
            k: k as u8,
            flags,
            kind: RefKind::Use,
            then: Then::Nothing,
        }
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
        let loc = self.recs.len() as u32;
        let flags = flags & UseFlags::DELAY_FREE;
        for (k, &o) in body.nodes[x].opnd.iter().enumerate() {
            if !o.is_value() {
                continue;
            }
            let iv = self.interval_of(body, b, o);
            if iv >= STRUCT {
                self.record_contained(body, b, x, o, flags)?;
            } else {
                let used = self.row_use(iv, loc, x, k, flags);
                self.push_use(used, NONE);
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
        if demand.unknown {
            return Err(LsraError::Unsupported { node: n });
        }
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
        let mut def_interval = NONE;
        let mut flags = RecFlags::empty();
        let mut wish = NONE;
        if let Some(def) = demand.def {
            if op == Opcode::StoreLcl {
                let l = LocalId(body.nodes[n].aux);
                if self.live.locals[l].class != LocalClass::InHome {
                    flags |= RecFlags::DEF_LOCAL;
                    def_interval = self.interval_of_local(body, b, l);
                }
            } else {
                def_interval = self.new_value(n, def.ty);
            }
            if def_interval != NONE {
                flags |= RecFlags::DEF;
                wish = if def.mask.is_single() {
                    fixed |= def.mask;
                    def.mask.first().0 as u32
                } else if def.mask.is_empty() {
                    return Err(LsraError::Overconstrained { node: n });
                } else {
                    def_interval + HINT_INTERVAL
                };
            }
        }
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
            let mut use_flags = u.flags;
            if use_flags.contains(UseFlags::REG_OPTIONAL) {
                // A home of a small type holds less than a register: it cannot stand in for an operand.
                use_flags -= UseFlags::REG_OPTIONAL;
                if !self.intervals[iv as usize].ty.is_small() {
                    use_flags |= optional;
                }
            }
            let wish = if u.mask.is_single() {
                fixed |= u.mask;
                u.mask.first().0 as u32
            } else if u.mask.is_empty() {
                return Err(LsraError::Overconstrained { node: n });
            } else if op == Opcode::StoreLcl || use_flags.contains(UseFlags::PREFER_DEF) {
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
                flags: use_flags,
                kind: RefKind::Use,
                then: Then::Nothing,
            };
            self.push_use(used, wish);
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
        if let (Some(def), true) = (demand.def, def_interval != NONE) {
            let defined = RefPosition {
                mask: def.mask,
                interval: def_interval,
                next: NONE,
                loc,
                node: n,
                hint: NONE,
                k: 0,
                flags: UseFlags::empty(),
                kind: RefKind::Def,
                then: Then::Nothing,
            };
            self.push_def(defined);
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
        i.tail = NONE;
        if i.reg.is_none() {
            i.mem_valid = self.live.is_live_in(b, iv);
        }
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

    /// Appends a use, chained to the reference before of its interval. `wish`: the register or interval that the value would like
    /// to be in here, handed back to the references before that have no wish, up to the definition.
    #[inline(always)]
    fn push_use(&mut self, r: RefPosition, wish: u32) {
        let at = self.refs.len() as u32;
        let i = &mut self.intervals[r.interval as usize];
        i.last_loc = r.loc;
        let tail = i.tail;
        i.tail = at;
        if tail == NONE {
            i.next_ref = at;
            i.wishless = at;
        } else {
            let before = &mut self.refs[tail as usize];
            before.next = at;
            before.then = if before.loc == r.loc {
                Then::Again
            } else {
                Then::Use
            };
            if wish != NONE {
                let first = i.wishless;
                i.wishless = at;
                if first == tail {
                    before.hint = wish;
                } else {
                    self.hand_back(first, at, wish);
                }
            }
        }
        self.refs.push(r);
    }

    /// The references from `first` to before `end` of an interval get a wish.
    #[inline(never)]
    fn hand_back(&mut self, first: u32, end: u32, wish: u32) {
        let mut k = first;
        while k != end && k != NONE {
            let before = &mut self.refs[k as usize];
            before.hint = wish;
            k = before.next;
        }
    }

    /// Appends a definition, chained to the reference before of its interval.
    #[inline(always)]
    fn push_def(&mut self, r: RefPosition) {
        let at = self.refs.len() as u32;
        let i = &mut self.intervals[r.interval as usize];
        i.last_loc = r.loc;
        let tail = i.tail;
        i.tail = at;
        i.wishless = at;
        if tail == NONE {
            i.next_ref = at;
        } else {
            let before = &mut self.refs[tail as usize];
            before.next = at;
            before.then = Then::Def;
        }
        self.refs.push(r);
    }
}
