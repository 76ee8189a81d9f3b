//! Nodes whose demand is their opcode's row, and stores to locals.

use super::{Content, MinOpts};
use crate::codegen::{Gen, GenCx, close_node};
use crate::ir::{Bail, LocalId, NodeFlags, NodeId, Operand, OperandRef};
use crate::lsra::{DemandRow, Loc, NodeRegs, RowDef, UseFlags};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;

/// Registers of a node's operands.
#[derive(Default)]
pub(super) struct Acquired {
    /// All of them.
    pub locked: RegMask,
    /// Those that must stay intact until the node's result is written.
    pub held: RegMask,
    /// The one that the result would like.
    pub prefer: RegNum,
}

impl MinOpts {
    pub(super) fn by_row<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        row: &DemandRow,
    ) -> Result<(), Bail> {
        self.used.clear();
        let node = &cx.body.nodes[n];
        let (opnd, ty) = (node.opnd, node.ty);
        let unused = node.user.is_none() || node.flags.contains(NodeFlags::UNUSED);
        let mut regs = NodeRegs::default();
        let mut a = Acquired::default();
        for k in 0..3 {
            let o = opnd[k];
            if o.is_value() {
                regs.opnd[k] = self.acquire::<G>(cx, n, k, o, row.uses[k], &mut a)?;
            }
        }
        self.consume_uses();
        let ty = match row.def {
            RowDef::None => VarType::Void,
            RowDef::Own => ty.actual(),
            RowDef::I32 => VarType::I32,
        };
        if row.def != RowDef::None {
            let mask = cx.desc.regs_for(ty) & self.usable;
            let free = mask & (self.free - a.held);
            regs.def = if a.prefer.is_some() && free.contains(a.prefer) {
                a.prefer
            } else if !free.is_empty() {
                free.first()
            } else {
                self.take::<G>(cx, mask, a.held | a.locked)?
            };
        }
        cx.st.regs[n] = regs;
        if cx.interruptible {
            let pointers = ty.is_gc() || cx.st.gc.any_live(a.locked);
            let (first, group) = (cx.em.instr_count(), cx.em.current_group());
            let at = cx.em.groups[group].count;
            G::gen_node(cx, n)?;
            if pointers && cx.em.instr_count() > first + 1 {
                // The collector may not stop where a pointer is in a register that is not reported.
                cx.st.gc.no_gc_between(cx.em, group, at + 1);
            }
        } else {
            G::gen_node(cx, n)?;
        }
        self.give_back(cx);
        self.report_deaths(cx, RegMask::EMPTY);
        if regs.def.is_some() && !unused {
            self.hold(cx, regs.def, Content::Node(n), ty);
            self.places[n].reg = regs.def;
        }
        Ok(())
    }

    /// Operand `k` of `n`, which is no constant, in a register of its file; none if it stays in memory or is contained, in which
    /// case its own operands are in registers.
    #[inline]
    fn acquire<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        k: usize,
        o: Operand,
        flags: UseFlags,
        a: &mut Acquired,
    ) -> Result<RegNum, Bail> {
        let mut r = match o.get() {
            OperandRef::Node(x) => {
                let r = self.places[x].reg;
                if r.is_none() && cx.body.nodes[x].is_contained() {
                    self.acquire_contained::<G>(cx, x, flags & UseFlags::DELAY_FREE, a)?;
                    return Ok(RegNum::NONE);
                }
                r
            }
            OperandRef::Local(l) => self.locals[l].reg,
            _ => RegNum::NONE,
        };
        self.used.push(o);
        if r.is_none() {
            r = self.bring::<G>(cx, n, k, o, flags, a.locked)?;
            if r.is_none() {
                return Ok(r);
            }
        }
        a.locked.insert(r);
        if flags.contains(UseFlags::DELAY_FREE) {
            a.held.insert(r);
        }
        if flags.contains(UseFlags::PREFER_DEF) {
            a.prefer = r;
        }
        Ok(r)
    }

    /// The operands of contained node `x` in registers.
    #[inline(never)]
    fn acquire_contained<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        x: NodeId,
        flags: UseFlags,
        a: &mut Acquired,
    ) -> Result<(), Bail> {
        let opnd = cx.body.nodes[x].opnd;
        for k in 0..3 {
            if opnd[k].is_value() {
                let r = self.acquire::<G>(cx, x, k, opnd[k], flags, a)?;
                cx.st.regs[x].opnd[k] = r;
            }
        }
        Ok(())
    }

    /// Loads operand `k` of `n`, which is in memory, into any register of its file; or leaves it there if that will do.
    fn bring<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        k: usize,
        o: Operand,
        flags: UseFlags,
        locked: RegMask,
    ) -> Result<RegNum, Bail> {
        match o.get() {
            OperandRef::Local(l) => {
                let ty = cx.body.locals[l].ty;
                if flags.contains(UseFlags::REG_OPTIONAL) && !ty.is_small() {
                    return Ok(RegNum::NONE);
                }
                let mask = cx.desc.regs_for(ty) & self.usable;
                let r = self.take::<G>(cx, mask, locked)?;
                G::gen_move(cx, ty, Loc::home(l), Loc::reg(r));
                if self.locals[l].reads > 1 {
                    self.hold(cx, r, Content::Local(l, false), ty);
                    self.locals[l].reg = r;
                } else {
                    self.gc_live(cx, r, ty);
                }
                Ok(r)
            }
            OperandRef::Node(x) => {
                let slot = self.places[x].slot;
                if flags.contains(UseFlags::REG_OPTIONAL) && slot.is_some() {
                    cx.st.throws.push_memory_use(n, k as u8, slot);
                    return Ok(RegNum::NONE);
                }
                let ty = cx.body.value_type(x);
                let mask = cx.desc.regs_for(ty) & self.usable;
                let r = self.take::<G>(cx, mask, locked)?;
                self.load_slot::<G>(cx, ty, slot, r);
                self.hold(cx, r, Content::Node(x), ty);
                self.places[x].reg = r;
                Ok(r)
            }
            _ => Err(Bail::Internal(format!("operand {k} of {n} is not a value"))),
        }
    }

    /// `store_lcl`: the value's register becomes the local's; the home is written through unless the local is block-local.
    pub(super) fn store_local<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
    ) -> Result<(), Bail> {
        self.used.clear();
        let node = &cx.body.nodes[n];
        let local = LocalId(node.aux);
        let o = node.opnd[0];
        let l = &cx.body.locals[local];
        let candidate = l.is_reg_candidate();
        let ty = l.ty;
        let block_local = candidate && self.locals[local].is_block_local();
        if block_local && self.locals[local].reads == 0 {
            // Never read again: only the operand is consumed.
            if !o.is_const() {
                self.used.push(o);
            }
            self.consume_uses();
            self.give_back(cx);
            self.report_deaths(cx, RegMask::EMPTY);
            return Ok(());
        }
        let mut src = RegNum::NONE;
        if !o.is_const() {
            let mut a = Acquired::default();
            src = self.acquire::<G>(cx, n, 0, o, UseFlags::empty(), &mut a)?;
            if src.is_none() {
                return Err(Bail::Internal(format!("the value of {n} is contained")));
            }
        } else if block_local {
            src = self.take::<G>(cx, cx.desc.regs_for(ty), RegMask::EMPTY)?;
            let bits = cx.body.const_value(o).unwrap_or(0);
            G::gen_const(cx, ty.actual(), bits, src);
        }
        self.consume_uses();
        // The old value is gone.
        let old = self.locals[local].reg;
        if old.is_some() && old != src {
            self.release(cx, old);
        }
        self.locals[local].reg = RegNum::NONE;
        if !block_local {
            if src.is_some() {
                G::gen_move(cx, ty, Loc::reg(src), Loc::home(local));
            } else {
                cx.st.regs[n] = NodeRegs::default();
                let (first, group) = (cx.em.instr_count(), cx.em.current_group());
                let at = cx.em.groups[group].count;
                G::gen_node(cx, n)?;
                close_node(cx, n, first, group, at);
            }
        }
        self.give_back(cx);
        self.report_deaths(cx, RegMask::EMPTY);
        if !candidate || src.is_none() {
            return Ok(());
        }
        if self.free.contains(src) || !matches!(self.content[src.0 as usize], Content::Local(..)) {
            self.hold(cx, src, Content::Local(local, block_local), ty);
            self.locals[local].reg = src;
        } else if block_local {
            // The register belongs to another local that lives on: copy.
            let r = self.take::<G>(cx, cx.desc.regs_for(ty), src.mask())?;
            G::gen_move(cx, ty.actual(), Loc::reg(src), Loc::reg(r));
            self.hold(cx, r, Content::Local(local, true), ty);
            self.locals[local].reg = r;
        }
        Ok(())
    }
}
