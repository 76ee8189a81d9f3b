//! Nodes whose demand is their opcode's row, and stores to locals.

use super::{Content, MinOpts};
use crate::codegen::{Gen, GenCx, close_node};
use crate::ir::{Bail, Effects, LocalId, Node, NodeFlags, NodeId, Opcode, Operand};
use crate::lsra::{DemandRow, NodeRegs, RowDef, UseFlags};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;

/// Exchanges the operands of `n`, whose value goes to local `l`, if the second is that local: where the result overwrites the first
/// operand's register, it is written in place then.
#[inline]
fn prefer_in_place(n: &mut Node, l: LocalId) {
    if n.opnd[1].as_local() == Some(l)
        && n.opnd[0].as_local().is_some_and(|a| a != l)
        && n.ty.is_int()
        && n.op.effects().contains(Effects::COMMUTES)
    {
        n.opnd.swap(0, 1);
    }
}

/// May the first operand of `n`, a local, be read where it stands in memory? If it is compared with a constant, on a machine that
/// computes with operands in memory, and the block does not read it again.
#[inline]
fn comparable_in_memory(cx: &GenCx<'_>, n: &Node) -> bool {
    matches!(n.op, Opcode::CmpBranch | Opcode::Cmp)
        && cx.desc.mem_operands
        && n.opnd[1].is_const()
        && n.opnd[0].is_last_use()
        && n.opnd[0].as_local().is_some()
        && n.compare_type().is_int()
}

/// Registers of a node's operands.
#[derive(Default)]
struct Acquired {
    /// All of them.
    locked: RegMask,
    /// Those that must stay intact until the node's result is written.
    held: RegMask,
    /// Those that are free once the operands have been read.
    dying: RegMask,
    /// The one that the result would like; none if empty.
    prefer: RegMask,
}

impl MinOpts {
    /// Assigns and generates `n`, which demands what `row` says. If all that its value is for is the store to a local behind it,
    /// does that as well, and says so.
    pub(super) fn by_row<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        row: &DemandRow,
    ) -> Result<bool, Bail> {
        let mut into = LocalId::NONE;
        let mut target = RegMask::EMPTY;
        if row.def != RowDef::None {
            into = self.stored_to(cx, n);
            if into.is_some() {
                target = self.locals[into].reg.mask_or_empty() & self.fixed;
                if !target.is_empty() {
                    prefer_in_place(&mut cx.body.nodes[n], into);
                }
            }
        }
        let node = &cx.body.nodes[n];
        let (opnd, ty) = (node.opnd, node.ty);
        let unused = node.user.is_none() || node.flags.contains(NodeFlags::UNUSED);
        let in_memory = comparable_in_memory(cx, node);
        let mut regs = NodeRegs::default();
        let mut a = Acquired::default();
        for (k, &o) in opnd.iter().enumerate() {
            if o.is_value() {
                let mut flags = row.uses[k];
                if k == 0 && in_memory {
                    flags |= UseFlags::REG_OPTIONAL;
                }
                regs.opnd[k] = self.acquire::<G>(cx, n, k, o, flags, &mut a);
            }
        }
        self.free |= a.dying;
        let ty = match row.def {
            RowDef::None => VarType::Void,
            RowDef::Own => ty.actual(),
            RowDef::I32 => VarType::I32,
        };
        if row.def != RowDef::None {
            let mask = cx.desc.regs_for(ty) & self.usable;
            let free = mask & (self.free - a.held);
            let hinted = free & Self::argument_register(cx, n);
            let liked = free & a.prefer;
            regs.def = if !((target & cx.desc.regs_for(ty)) - a.held).is_empty() {
                target.first()
            } else if !hinted.is_empty() {
                hinted.first()
            } else if !liked.is_empty() {
                liked.first()
            } else if !free.is_empty() {
                free.first()
            } else {
                self.take::<G>(cx, mask, a.held | a.locked)
            };
        }
        self.check()?;
        cx.st.regs[n] = regs;
        if cx.watched {
            self.gen_watched::<G>(cx, n, ty.is_gc() || cx.st.gc.any_live(a.locked))?;
        } else {
            G::gen_node(cx, n)?;
        }
        if self.slots_out != 0 {
            self.give_all_back(cx, n);
        }
        if regs.def.is_some() && !unused {
            if into.is_some() {
                self.store_def::<G>(cx, into, regs.def);
                return Ok(true);
            }
            self.places[n].reg = regs.def;
            self.hold(cx, regs.def, Content::Node(n), ty);
        }
        Ok(false)
    }

    /// The local that the node behind `n` stores the value of `n` to; none if that is not so or the store needs a look of its own.
    #[inline(always)]
    fn stored_to(&self, cx: &GenCx<'_>, n: NodeId) -> LocalId {
        let next = cx.body.nodes[n].next;
        if next.is_none() || cx.body.nodes[n].user != next || cx.all_positions {
            return LocalId::NONE;
        }
        let store = &cx.body.nodes[next];
        let l = LocalId(store.aux);
        if store.op == Opcode::StoreLcl && !self.locals[l].in_memory {
            l
        } else {
            LocalId::NONE
        }
    }

    /// The value just written to register `def`, which nobody holds, becomes that of local `l`.
    #[inline]
    fn store_def<G: Gen>(&mut self, cx: &mut GenCx<'_>, l: LocalId, def: RegNum) {
        let u = self.locals[l];
        let ty = cx.body.locals[l].ty;
        if self.fixed.contains(u.reg) {
            G::gen_move_regs(cx, ty.actual(), def, u.reg);
            return;
        }
        // The old value is gone.
        if u.reg.is_some() {
            self.release(cx, u.reg);
            self.locals[l].reg = RegNum::NONE;
        }
        let block_local = u.is_block_local();
        if block_local && u.reads == 0 {
            return;
        }
        if !block_local {
            let home = cx.home(l);
            G::gen_store_slot(cx, ty, def, home);
        }
        self.hold(cx, def, Content::Local(l, block_local), ty);
        self.locals[l].reg = def;
    }

    /// Generates a node where the collector may stop at any instruction; `pointers`: the node handles some.
    fn gen_watched<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        pointers: bool,
    ) -> Result<(), Bail> {
        let (first, group) = (cx.em.instr_count(), cx.em.current_group());
        let at = cx.em.groups[group].count;
        G::gen_node(cx, n)?;
        if pointers && cx.em.instr_count() > first + 1 {
            // Between its instructions a pointer may be in a register that is not reported.
            cx.st.gc.no_gc_between(cx.em, group, at + 1);
        }
        self.report_deaths(cx, RegMask::EMPTY);
        Ok(())
    }

    /// The frame slots of all operands of `n`.
    #[inline(never)]
    fn give_all_back(&mut self, cx: &mut GenCx<'_>, n: NodeId) {
        let opnd = cx.body.nodes[n].opnd;
        for o in opnd {
            match o.as_node() {
                Some(x) if cx.body.nodes[x].is_contained() => self.give_all_back(cx, x),
                _ => self.give_back(cx, o),
            }
        }
    }

    /// Operand `k` of `n`, a value, in a register of its file; none if it stays in memory or is contained, in which case its own
    /// operands are in registers. The operand is read: `a.dying` has its register if that is free then.
    #[inline(always)]
    fn acquire<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        k: usize,
        o: Operand,
        flags: UseFlags,
        a: &mut Acquired,
    ) -> RegNum {
        let local = o.as_local();
        let mut r = match local {
            Some(l) => self.locals[l].reg,
            None => self.places[NodeId(o.0)].reg,
        };
        if r.is_none() {
            r = self.bring::<G>(cx, n, k, o, flags, a);
            if r.is_none() {
                return r;
            }
        }
        let m = r.mask();
        a.locked |= m;
        if flags.contains(UseFlags::DELAY_FREE) {
            a.held |= m;
        }
        if flags.contains(UseFlags::PREFER_DEF) {
            a.prefer = m;
        }
        match local {
            Some(l) => {
                let u = &mut self.locals[l];
                u.reads = u.reads.wrapping_sub(1);
                let last = if u.is_block_local() {
                    u.reads == 0
                } else {
                    o.is_last_use() && !self.fixed.contains(r)
                };
                if last {
                    a.dying |= m;
                    u.reg = RegNum::NONE;
                }
            }
            None => a.dying |= m,
        }
        r
    }

    /// The operands of contained node `x` in registers.
    #[inline(never)]
    fn acquire_contained<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        x: NodeId,
        flags: UseFlags,
        a: &mut Acquired,
    ) {
        let opnd = cx.body.nodes[x].opnd;
        for (k, &o) in opnd.iter().enumerate() {
            if o.is_value() {
                let r = self.acquire::<G>(cx, x, k, o, flags, a);
                cx.st.regs[x].opnd[k] = r;
            }
        }
    }

    /// Operand `k` of `n`, which is in no register: loaded into one; or left where it is, if that will do; or contained.
    #[inline(never)]
    fn bring<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        k: usize,
        o: Operand,
        flags: UseFlags,
        a: &mut Acquired,
    ) -> RegNum {
        let optional = flags.contains(UseFlags::REG_OPTIONAL);
        if let Some(l) = o.as_local() {
            let ty = cx.body.locals[l].ty;
            if optional && !ty.is_small() {
                self.consume(o);
                return RegNum::NONE;
            }
            let mut mask = cx.desc.regs_for(ty) & self.usable;
            // What is checked for null is most often the object of a call that comes.
            let first_arg = cx.desc.call_conv.int_args[0].mask();
            if cx.body.nodes[n].op == Opcode::NullCheck && !(self.free & first_arg).is_empty() {
                mask = mask & first_arg;
            }
            let r = self.take::<G>(cx, mask, a.locked);
            if r.is_some() {
                let home = cx.home(l);
                G::gen_load_slot(cx, ty, home, r);
                let u = &self.locals[l];
                if u.reads > 1 && !u.in_memory && !o.is_last_use() {
                    self.hold(cx, r, Content::Local(l, false), ty);
                    self.locals[l].reg = r;
                } else {
                    self.gc_live(cx, r, ty);
                }
            }
            return r;
        }
        let x = NodeId(o.0);
        if cx.body.nodes[x].is_contained() {
            self.acquire_contained::<G>(cx, x, flags & UseFlags::DELAY_FREE, a);
            return RegNum::NONE;
        }
        let slot = self.places[x].slot;
        if optional && slot.is_some() {
            cx.st.throws.push_memory_use(n, k as u8, slot);
            return RegNum::NONE;
        }
        let ty = cx.body.value_type(x);
        let r = self.take::<G>(cx, cx.desc.regs_for(ty) & self.usable, a.locked);
        if r.is_some() {
            G::gen_load_slot(cx, ty, slot, r);
            self.hold(cx, r, Content::Node(x), ty);
            self.places[x].reg = r;
        }
        r
    }

    /// `store_lcl`: the value's register becomes the local's; the home is written through unless the local is block-local.
    pub(super) fn store_local<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
    ) -> Result<(), Bail> {
        let node = &cx.body.nodes[n];
        let local = LocalId(node.aux);
        let o = node.opnd[0];
        let l = &cx.body.locals[local];
        let candidate = !self.locals[local].in_memory;
        let ty = l.ty;
        if !(self.locals[local].reg.mask_or_empty() & self.fixed).is_empty() {
            return self.store_fixed::<G>(cx, n, local, ty, o);
        }
        let block_local = candidate && self.locals[local].is_block_local();
        let mut src = RegNum::NONE;
        if o.is_value() {
            let mut a = Acquired::default();
            if block_local && self.locals[local].reads == 0 {
                // Never read again: the operand is used up, wherever it is.
                a.dying = self.consume(o).mask_or_empty();
            } else {
                src = self.acquire::<G>(cx, n, 0, o, UseFlags::empty(), &mut a);
                self.check()?;
                if src.is_none() {
                    return Err(Bail::Internal(format!("the value of {n} is contained")));
                }
            }
            self.free |= a.dying;
        } else if block_local && self.locals[local].reads != 0 {
            src = self.take::<G>(cx, cx.desc.regs_for(ty), RegMask::EMPTY);
            self.check()?;
            let bits = cx.body.const_value(o).unwrap_or(0);
            G::gen_const(cx, ty.actual(), bits, src);
        }
        // The old value is gone.
        let old = self.locals[local].reg;
        if old.is_some() && old != src {
            self.release(cx, old);
        }
        self.locals[local].reg = RegNum::NONE;
        if !block_local {
            if src.is_some() {
                let home = cx.home(local);
                G::gen_store_slot(cx, ty, src, home);
            } else {
                cx.st.regs[n] = NodeRegs::default();
                let (first, group) = (cx.em.instr_count(), cx.em.current_group());
                let at = cx.em.groups[group].count;
                G::gen_node(cx, n)?;
                close_node(cx, n, first, group, at);
            }
        }
        if self.slots_out != 0 {
            self.give_back(cx, o);
        }
        self.report_deaths(cx, RegMask::EMPTY);
        if !candidate || src.is_none() {
            return Ok(());
        }
        if self.free.contains(src) || !matches!(self.content[src.0 as usize], Content::Local(..)) {
            self.hold(cx, src, Content::Local(local, block_local), ty);
            self.locals[local].reg = src;
        } else if block_local {
            // The register belongs to another local that lives on: copy.
            let r = self.take::<G>(cx, cx.desc.regs_for(ty), src.mask());
            self.check()?;
            G::gen_move_regs(cx, ty.actual(), src, r);
            self.hold(cx, r, Content::Local(local, true), ty);
            self.locals[local].reg = r;
        }
        Ok(())
    }

    /// `store_lcl` of a local with a register of its own.
    fn store_fixed<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        local: LocalId,
        ty: VarType,
        o: Operand,
    ) -> Result<(), Bail> {
        let to = self.locals[local].reg;
        if !o.is_value() {
            let bits = cx.body.const_value(o).unwrap_or(0);
            G::gen_const(cx, ty.actual(), bits, to);
            return Ok(());
        }
        if let Some(l) = o.as_local()
            && self.locals[l].reg.is_none()
        {
            self.consume(o);
            let home = cx.home(l);
            let from = cx.body.locals[l].ty;
            G::gen_load_slot(cx, from, home, to);
        } else {
            let mut a = Acquired::default();
            let src = self.acquire::<G>(cx, n, 0, o, UseFlags::empty(), &mut a);
            self.check()?;
            if src.is_none() {
                return Err(Bail::Internal(format!("the value of {n} is contained")));
            }
            self.free |= a.dying;
            G::gen_move_regs(cx, ty.actual(), src, to);
        }
        if self.slots_out != 0 {
            self.give_back(cx, o);
        }
        self.report_deaths(cx, RegMask::EMPTY);
        Ok(())
    }
}
