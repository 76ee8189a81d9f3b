//! Nodes whose demand is their opcode's row, and stores to locals.

use super::{Content, MinOpts, Step};
use crate::codegen::{Gen, GenCx, close_node};
use crate::ir::{Bail, Effects, LocalId, Node, NodeFlags, NodeId, Opcode, Operand};
use crate::lsra::{DemandRow, NodeRegs, RowDef, UseFlags};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;

/// Exchanges the operands of `n`, whose value goes to local `l`, if the second is that local: where the result overwrites the first
/// operand's register, it is written in place then. The operands.
fn prefer_in_place(cx: &mut GenCx<'_>, n: NodeId, l: LocalId) -> [Operand; 3] {
    let n = &mut cx.body.nodes[n];
    if n.opnd[1].as_local() == Some(l)
        && n.opnd[0].as_local().is_some_and(|a| a != l)
        && n.ty.is_int()
        && n.op.effects().contains(Effects::COMMUTES)
    {
        n.opnd.swap(0, 1);
    }
    n.opnd
}

/// May the first operand of comparison `n`, a local, be read where it stands in memory? If it is compared with a constant, on a machine that
/// computes with operands in memory, and the block does not read it again.
fn comparable_in_memory(cx: &GenCx<'_>, n: &Node) -> bool {
    cx.desc.mem_operands
        && !n.is_contained()
        && n.opnd[1].is_const()
        && n.opnd[0].is_last_use()
        && n.opnd[0].as_local().is_some()
        && n.compare_type().is_int()
}

/// Registers of the operands of the node at hand.
#[derive(Copy, Clone, Default)]
pub(super) struct Acquired {
    /// All of them.
    locked: RegMask,
    /// Those that must stay intact until the node's result is written.
    held: RegMask,
    /// Those that are free once the operands have been read.
    dying: RegMask,
}

impl Acquired {
    #[inline(always)]
    fn add(&mut self, r: RegNum, last: bool, flags: UseFlags) {
        let m = r.mask();
        self.locked |= m;
        if flags.contains(UseFlags::DELAY_FREE) {
            self.held |= m;
        }
        if last {
            self.dying |= m;
        }
    }
}

impl MinOpts {
    /// Assigns and generates `n`, which demands what `row` says. If all that its value is for is the store to a local behind it, does
    /// that as well, and says so.
    #[inline(always)]
    pub(super) fn by_row<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        row: &DemandRow,
    ) -> Step {
        let node = &cx.body.nodes[n];
        let (node_ty, next, user_of) = (node.ty, node.next, node.user);
        let kept = !node.flags.contains(NodeFlags::UNUSED);
        let mut opnd = node.opnd;
        let mut into = LocalId::NONE;
        // Registers that the result would like: that of the local it is for, that of an argument.
        let (mut target, mut hinted) = (RegMask::EMPTY, RegMask::EMPTY);
        if row.def != RowDef::None && user_of.is_some() {
            let user = &cx.body.nodes[user_of];
            if user.op == Opcode::StoreLcl {
                if user_of == next && !cx.all_positions {
                    let l = LocalId(user.aux);
                    let u = &self.locals[l];
                    if !u.in_memory() {
                        into = l;
                        target = u.reg.mask_or_empty() & self.fixed;
                        if !target.is_empty() {
                            opnd = prefer_in_place(cx, n, l);
                        }
                    }
                }
            } else if user.op == Opcode::PutArgReg {
                hinted = RegNum(user.sub).mask();
            }
        }
        // Most nodes have two operands at most.
        self.acquired = Acquired::default();
        let (mut a, mut b, mut c) = (RegNum::NONE, RegNum::NONE, RegNum::NONE);
        if opnd[0].is_value() {
            a = self.operand::<G>(cx, n, 0, opnd[0], row.uses[0]);
        }
        if opnd[1].is_value() {
            b = self.operand::<G>(cx, n, 1, opnd[1], row.uses[1]);
        }
        if opnd[2].is_value() {
            c = self.third_operand::<G>(cx, n, opnd[2], row.uses[2]);
        }
        self.free |= self.acquired.dying;
        let mut ty = node_ty;
        let mut def = RegNum::NONE;
        if row.def != RowDef::None {
            ty = match row.def {
                RowDef::I32 => VarType::I32,
                _ => ty.actual(),
            };
            let of_type = self.files[ty as usize];
            let mask = of_type & self.usable;
            let held = self.acquired.held;
            let free = mask & (self.free - held);
            let prefer = match row.prefer {
                0 => a,
                1 => b,
                2 => c,
                _ => RegNum::NONE,
            };
            def = if !((target & of_type) - held).is_empty() {
                target.first()
            } else if !(free & hinted).is_empty() {
                hinted.first()
            } else if free.contains(prefer) {
                prefer
            } else if !free.is_empty() {
                free.first()
            } else {
                self.take::<G>(cx, mask, held | self.acquired.locked)
            };
        }
        if self.failed.is_some() {
            return Step::Failed;
        }
        cx.st.regs[n] = NodeRegs {
            def,
            opnd: [a, b, c],
            ..NodeRegs::default()
        };
        let done = if cx.watched {
            let pointers =
                (row.def != RowDef::None && ty.is_gc()) || cx.st.gc.any_live(self.acquired.locked);
            self.gen_watched::<G>(cx, n, pointers)
        } else {
            G::gen_node(cx, n)
        };
        if let Err(e) = done {
            return self.failed_with(e);
        }
        if self.slots_out != 0 {
            self.give_all_back(cx, n);
        }
        if def.is_none() || user_of.is_none() || !kept {
            return Step::One;
        }
        if into.is_some() {
            self.store_def::<G>(cx, into, def);
            return Step::Two;
        }
        self.places[n].reg = def;
        self.hold(cx, def, Content::Node(n), ty);
        Step::One
    }

    /// The value just written to register `def`, which nobody holds, becomes that of local `l`.
    #[inline]
    fn store_def<G: Gen>(&mut self, cx: &mut GenCx<'_>, l: LocalId, def: RegNum) {
        let u = self.locals[l];
        let ty = u.ty;
        if self.fixed.contains(u.reg) {
            if u.reg != def {
                G::gen_move_regs(cx, ty.actual(), def, u.reg);
            }
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
    /// operands are in registers. The operand is read: `self.acquired` says what that leaves.
    #[inline(always)]
    fn operand<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        k: usize,
        o: Operand,
        flags: UseFlags,
    ) -> RegNum {
        let (r, last);
        if let Some(l) = o.as_local() {
            let u = &mut self.locals[l];
            r = u.reg;
            if r.is_none() {
                if flags.contains(UseFlags::REG_OPTIONAL) && !u.ty.is_small() {
                    u.reads = u.reads.saturating_sub(1);
                    return r;
                }
                return self.load_local::<G>(cx, n, l, o, flags);
            }
            last = u.is_used_up(o, r, self.fixed);
        } else {
            let x = NodeId(o.0);
            r = self.places[x].reg;
            if r.is_none() {
                return self.node_elsewhere::<G>(cx, n, k, x, flags);
            }
            last = true;
        }
        self.acquired.add(r, last, flags);
        r
    }

    /// As [`MinOpts::operand`], of operand 2.
    #[inline(never)]
    fn third_operand<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        o: Operand,
        flags: UseFlags,
    ) -> RegNum {
        self.operand::<G>(cx, n, 2, o, flags)
    }

    /// Reads local `l` for `n`, which is in no register: loads it into one, unless `n` takes it from memory.
    #[inline(never)]
    fn load_local<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        l: LocalId,
        o: Operand,
        flags: UseFlags,
    ) -> RegNum {
        let ty = self.locals[l].ty;
        let mut mask = self.files[ty as usize] & self.usable;
        let node = &cx.body.nodes[n];
        match node.op {
            Opcode::CmpBranch | Opcode::Cmp if !ty.is_small() && comparable_in_memory(cx, node) => {
                self.consume(o);
                return RegNum::NONE;
            }
            // What is checked for null is most often the object of a call that comes.
            Opcode::NullCheck => {
                let first_arg = cx.desc.call_conv.int_args[0].mask();
                if !(self.free & first_arg).is_empty() {
                    mask = mask & first_arg;
                }
            }
            _ => {}
        }
        let r = self.take::<G>(cx, mask, self.acquired.locked);
        if r.is_none() {
            return r;
        }
        let home = cx.home(l);
        G::gen_load_slot(cx, ty, home, r);
        let u = &self.locals[l];
        if u.reads > 1 && !u.in_memory() && !o.is_last_use() {
            self.hold(cx, r, Content::Local(l, false), ty);
            self.locals[l].reg = r;
        } else {
            self.gc_live(cx, r, ty);
        }
        let last = self.locals[l].is_used_up(o, r, self.fixed);
        self.acquired.add(r, last, flags);
        r
    }

    /// Reads the value of `x`, which is operand `k` of `n` and in no register: contained, and then its own operands are read; or in
    /// its slot, from where it is loaded if the node cannot read it there.
    #[inline(never)]
    fn node_elsewhere<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        k: usize,
        x: NodeId,
        flags: UseFlags,
    ) -> RegNum {
        let node = &cx.body.nodes[x];
        if node.is_contained() {
            let opnd = node.opnd;
            let flags = flags & UseFlags::DELAY_FREE;
            let mut regs = cx.st.regs[x].opnd;
            for (k, &o) in opnd.iter().enumerate() {
                if o.is_value() {
                    regs[k] = self.operand::<G>(cx, x, k, o, flags);
                }
            }
            cx.st.regs[x].opnd = regs;
            return RegNum::NONE;
        }
        let slot = self.places[x].slot;
        if flags.contains(UseFlags::REG_OPTIONAL) && slot.is_some() {
            cx.st.throws.push_memory_use(n, k as u8, slot);
            return RegNum::NONE;
        }
        let ty = cx.body.value_type(x);
        let locked = self.acquired.locked;
        let r = self.take::<G>(cx, cx.desc.regs_for(ty) & self.usable, locked);
        if r.is_some() {
            G::gen_load_slot(cx, ty, slot, r);
            self.hold(cx, r, Content::Node(x), ty);
            self.places[x].reg = r;
            self.acquired.add(r, true, flags);
        }
        r
    }

    /// `store_lcl`: the value's register becomes the local's; the home is written through unless the local is block-local.
    #[inline(never)]
    pub(super) fn store_local<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
    ) -> Result<(), Bail> {
        let node = &cx.body.nodes[n];
        let local = LocalId(node.aux);
        let o = node.opnd[0];
        let u = self.locals[local];
        let (candidate, ty) = (!u.in_memory(), u.ty);
        if self.fixed.contains(u.reg) {
            return self.store_fixed::<G>(cx, n, local, ty, o);
        }
        let block_local = u.is_block_local();
        let mut src = RegNum::NONE;
        if o.is_value() {
            self.acquired = Acquired::default();
            if block_local && self.locals[local].reads == 0 {
                // Never read again: the operand is used up, wherever it is.
                self.acquired.dying = self.consume(o).mask_or_empty();
            } else {
                src = self.operand::<G>(cx, n, 0, o, UseFlags::empty());
                self.check()?;
                if src.is_none() {
                    return Err(Bail::Internal(format!("the value of {n} is contained")));
                }
            }
            self.free |= self.acquired.dying;
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
        // A local stored to itself stays where it is.
        let belongs_to_other =
            matches!(self.content[src.0 as usize], Content::Local(l, _) if l != local);
        if self.free.contains(src) || !belongs_to_other {
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
            self.acquired = Acquired::default();
            let src = self.operand::<G>(cx, n, 0, o, UseFlags::empty());
            self.check()?;
            if src.is_none() {
                return Err(Bail::Internal(format!("the value of {n} is contained")));
            }
            self.free |= self.acquired.dying;
            G::gen_move_regs(cx, ty.actual(), src, to);
        }
        if self.slots_out != 0 {
            self.give_back(cx, o);
        }
        self.report_deaths(cx, RegMask::EMPTY);
        Ok(())
    }
}
