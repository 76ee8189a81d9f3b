//! Nodes with a demand of their own: fixed registers, temporaries, registers destroyed; calls.

use super::{Content, MinOpts};
use crate::codegen::{Gen, GenCx, close_node};
use crate::ir::{Bail, NodeFlags, NodeId, Opcode, Operand, OperandRef};
use crate::lsra::build::BuildCx;
use crate::lsra::{NodeDemand, NodeRegs, Use, UseFlags};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;

impl MinOpts {
    pub(super) fn special<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        d: &mut NodeDemand,
    ) -> Result<(), Bail> {
        d.clear();
        let build = BuildCx {
            body: cx.body,
            desc: cx.desc,
            abi: cx.abi,
            features: cx.features,
        };
        G::build_special(&build, n, d);
        let d = &*d;
        let (locked, held_to_end) = if d.consecutive {
            self.acquire_groups::<G>(cx, n, d)
        } else {
            self.acquire_all::<G>(cx, n, d)
        };
        let mut regs = NodeRegs::default();
        let mut temps = RegMask::EMPTY;
        for (i, t) in d.temps.iter().enumerate() {
            let r = self.take::<G>(cx, t.mask - temps, locked | temps);
            temps.insert(r);
            regs.temp[i] = r;
        }
        for u in &d.uses {
            let gone = self.consume(u.opnd);
            self.free |= gone.mask_or_empty();
        }
        let wiped = d.kills & self.fixed;
        if !d.kills.is_empty() {
            self.save_fixed::<G>(cx, wiped);
            self.kill::<G>(cx, d.kills, locked | temps);
        }
        if let Some(def) = &d.def {
            regs.def = self.choose_def::<G>(cx, d, def.mask, held_to_end | temps);
        }
        self.check()?;
        let opnd = cx.st.regs[n].opnd;
        cx.st.regs[n] = NodeRegs { opnd, ..regs };
        let (first, group) = (cx.em.instr_count(), cx.em.current_group());
        let at = cx.em.groups[group].count;
        G::gen_node(cx, n)?;
        close_node(cx, n, first, group, at);
        if self.slots_out != 0 {
            for u in &d.uses {
                self.give_back(cx, u.opnd);
            }
        }
        self.report_deaths(cx, d.kills);
        if cx.body.nodes[n].op == Opcode::Call && cx.is_after_call() {
            self.report_results(cx, n, regs.def);
        }
        if !wiped.is_empty() && !cx.body.nodes[n].op.is_terminator() {
            self.restore_fixed::<G>(cx, wiped);
        }
        if let Some(def) = &d.def {
            let unused = cx.body.nodes[n].flags.contains(NodeFlags::UNUSED)
                || cx.body.nodes[n].user.is_none();
            if !unused {
                self.hold(cx, regs.def, Content::Node(n), def.ty);
                self.places[n].reg = regs.def;
            }
        }
        Ok(())
    }

    /// Fixed locals in `wiped`, which the node at hand destroys, go to their homes.
    fn save_fixed<G: Gen>(&mut self, cx: &mut GenCx<'_>, wiped: RegMask) {
        for r in wiped.iter() {
            if let Content::Local(l, _) = self.content[(r.0 & 63) as usize] {
                let (ty, home) = (cx.body.locals[l].ty, cx.home(l));
                G::gen_store_slot(cx, ty, r, home);
            }
        }
    }

    /// They come back.
    fn restore_fixed<G: Gen>(&mut self, cx: &mut GenCx<'_>, wiped: RegMask) {
        for r in wiped.iter() {
            if let Content::Local(l, _) = self.content[(r.0 & 63) as usize] {
                let (ty, home) = (cx.body.locals[l].ty, cx.home(l));
                G::gen_load_slot(cx, ty, home, r);
            }
        }
    }

    /// All uses of a demand; uses in one register first: they must not be squeezed out by the free ones. The registers, and those
    /// that are held until the result is written.
    fn acquire_all<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        d: &NodeDemand,
    ) -> (RegMask, RegMask) {
        let (mut locked, mut held) = (RegMask::EMPTY, RegMask::EMPTY);
        let fixed = d.uses.iter().filter(|u| u.mask.is_single()).count();
        let passes = if fixed == 0 || fixed == d.uses.len() {
            0..1
        } else {
            0..2
        };
        for pass in passes {
            for u in &d.uses {
                if fixed != 0 && u.mask.is_single() != (pass == 0) {
                    continue;
                }
                let r = self.acquire_in::<G>(cx, n, u.opnd, u.mask, u.flags, locked, d.kills);
                if u.k != Use::NOWHERE {
                    cx.st.regs[u.node].opnd[u.k as usize] = r;
                }
                if r.is_some() {
                    locked.insert(r);
                    if u.flags.contains(UseFlags::DELAY_FREE) {
                        held.insert(r);
                    }
                }
            }
        }
        (locked, held)
    }

    /// Brings an operand into a register of `mask`, or leaves it in memory if that will do (the result is then none).
    #[inline(always)] // the usual way has one caller
    pub(super) fn acquire_in<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        o: Operand,
        mask: RegMask,
        flags: UseFlags,
        locked: RegMask,
        kills: RegMask,
    ) -> RegNum {
        let (ty, reg, from) = match o.get() {
            OperandRef::Node(x) => {
                let p = self.places[x];
                (cx.body.value_type(x), p.reg, Content::Node(x))
            }
            OperandRef::Local(l) => (
                cx.body.locals[l].ty,
                self.locals[l].reg,
                Content::Local(l, false),
            ),
            _ => return self.fail(format!("a use of {n} is not a value")),
        };
        if reg.is_some() && mask.contains(reg) {
            return reg;
        }
        if reg.is_none()
            && flags.contains(UseFlags::REG_OPTIONAL)
            && self.readable_in_memory(cx, n, from)
        {
            return RegNum::NONE;
        }
        self.admit(cx, mask);
        let r = self.take::<G>(cx, mask & self.usable, locked);
        if r.is_none() {
            return r;
        }
        // The value may have been moved out of its register by the line above.
        let reg = match from {
            Content::Node(x) => self.places[x].reg,
            Content::Local(l, _) => self.locals[l].reg,
            Content::Nothing => RegNum::NONE,
        };
        if reg.is_some() {
            G::gen_move_regs(cx, ty.actual(), reg, r);
            if let Content::Node(x) = from {
                self.content[reg.0 as usize] = Content::Nothing;
                self.free.insert(reg);
                self.gc_dead(cx, reg);
                self.hold(cx, r, Content::Node(x), ty);
                self.places[x].reg = r;
            } else {
                // A copy of the local just for this node: nobody knows of it afterwards.
                self.gc_live(cx, r, ty);
            }
            return r;
        }
        match from {
            Content::Node(x) => {
                let slot = self.places[x].slot;
                G::gen_load_slot(cx, ty, slot, r);
                self.hold(cx, r, Content::Node(x), ty);
                self.places[x].reg = r;
            }
            Content::Local(l, _) => {
                let home = cx.home(l);
                G::gen_load_slot(cx, ty, home, r);
                let u = &self.locals[l];
                if !kills.contains(r) && u.reads > 1 && !u.in_memory() && !o.is_last_use() {
                    self.hold(cx, r, Content::Local(l, false), ty);
                    self.locals[l].reg = r;
                } else {
                    self.gc_live(cx, r, ty);
                }
            }
            Content::Nothing => {}
        }
        r
    }

    /// May the value be read where it stands in memory by the instruction of `n`?
    fn readable_in_memory(&mut self, cx: &mut GenCx<'_>, n: NodeId, c: Content) -> bool {
        match c {
            Content::Local(l, _) => !cx.body.locals[l].ty.is_small(),
            Content::Node(x) => {
                let slot = self.places[x].slot;
                if slot.is_none() {
                    return false;
                }
                let k = cx.body.nodes[n]
                    .opnd
                    .iter()
                    .position(|o| o.as_node() == Some(x));
                if let Some(k) = k {
                    cx.st.throws.push_memory_use(n, k as u8, slot);
                }
                k.is_some()
            }
            Content::Nothing => false,
        }
    }

    fn choose_def<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        d: &NodeDemand,
        mask: RegMask,
        avoid: RegMask,
    ) -> RegNum {
        let mask = mask & self.usable;
        // The register of the preferred use, if that value is gone now.
        if let Some(u) = d
            .uses
            .iter()
            .find(|u| u.flags.contains(UseFlags::PREFER_DEF))
        {
            let r = if u.k == Use::NOWHERE {
                RegNum::NONE
            } else {
                cx.st.regs[u.node].opnd[u.k as usize]
            };
            if r.is_some() && mask.contains(r) && self.free.contains(r) && !avoid.contains(r) {
                return r;
            }
        }
        // The other uses' registers must stay readable until the node's last instruction only if delay-free; but moves of
        // evicted values come first, so nothing that is used may be evicted here.
        if mask.is_single() {
            let r = mask.first();
            if !self.free.contains(r) {
                self.evict::<G>(cx, r, avoid | mask | self.used_by(cx, d));
            }
            return r;
        }
        let free = mask & (self.free - avoid);
        if !free.is_empty() {
            return free.first();
        }
        let used = self.used_by(cx, d);
        self.take::<G>(cx, mask, avoid | used)
    }

    /// Registers that the uses of a node are in.
    fn used_by(&self, cx: &GenCx<'_>, d: &NodeDemand) -> RegMask {
        d.uses.iter().fold(RegMask::EMPTY, |m, u| {
            if u.k == Use::NOWHERE {
                return m | u.mask;
            }
            let r = cx.st.regs[u.node].opnd[u.k as usize];
            if r.is_some() { m | r.mask() } else { m }
        })
    }

    /// A call's results are live at its return address. In code that is interruptible they stay reported until they die;
    /// elsewhere only the return address matters.
    fn report_results(&mut self, cx: &mut GenCx<'_>, n: NodeId, def: RegNum) {
        let mut results = [(RegNum::NONE, VarType::Void); 4];
        if def.is_some() {
            results[0] = (def, cx.body.nodes[n].ty);
        }
        let mut r = cx.body.nodes[n].next;
        let mut i = 1;
        while r.is_some() && cx.body.nodes[r].op == Opcode::Result && i < 4 {
            results[i] = (RegNum(cx.body.nodes[r].aux as u8), cx.body.nodes[r].ty);
            i += 1;
            r = cx.body.nodes[r].next;
        }
        for (reg, ty) in results {
            if reg.is_some() && ty.is_gc() {
                cx.st.gc.reg_live(cx.em, reg, ty.gc_kind(), true);
                if !cx.watched {
                    cx.st.gc.reg_dead(cx.em, reg, false);
                }
            }
        }
    }
}
