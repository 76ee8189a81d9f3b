//! MinOpts: one walk per block that lowers, assigns registers greedily and generates.
//!
//! Every local has a home in the frame. Within a block values are cached in registers; nothing is in a register at a block's
//! end. Two kinds of local:
//!
//! - locals seen in several blocks are written through at each store, so their cached registers can be dropped at any time;
//! - *block-local* locals are written to their home only when their register is taken while reads are still to come. Their
//!   homes come from a pool and go back to it.
//!
//! Only caller-saved registers are used, so that the prolog saves none. At a safe point every register is lost, which also drops
//! all cached GC pointers; homes and temporaries with GC pointers are untracked slots.

use super::{Gen, GenCx, close_node};
use crate::ir::{
    Bail, BlockId, Body, LocalFlags, LocalId, NodeFlags, NodeId, Opcode, Operand, OperandRef,
};
use crate::lower::{LowerCx, lower_block};
use crate::lsra::build::BuildCx;
use crate::lsra::{Loc, NodeDemand, NodeRegs, UseFlags};
use crate::target::{RegMask, RegNum};
use crate::types::VarType;
use crate::util::IndexVec;

/// What a register holds.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Content {
    Nothing,
    /// A node's value, not yet used.
    Node(NodeId),
    /// A local's current value; `true`: newer than its home.
    Local(LocalId, bool),
}

/// What is known of a local: where it is seen, and how often it is still read.
#[derive(Copy, Clone)]
struct LocalUse {
    /// The only block that mentions it; `BlockId::NONE` before the first mention, `SEVERAL` for more than one.
    block: BlockId,
    /// Reads still to come (meaningful for block-local locals).
    reads: u32,
    /// Register that caches it.
    reg: RegNum,
}

const SEVERAL: BlockId = BlockId(u32::MAX - 1);

/// Where a node's value waits.
#[derive(Copy, Clone, PartialEq, Eq)]
struct NodePlace {
    reg: RegNum,
    slot: crate::emit::SlotId,
}

/// The assigner; reused from method to method.
pub struct MinOpts {
    content: [Content; 64],
    free: RegMask,
    usable: RegMask,
    locals: IndexVec<LocalId, LocalUse>,
    places: IndexVec<NodeId, NodePlace>,
    /// Rotates so that caches are not all thrown out from the same end.
    victim: u32,
}

impl Default for MinOpts {
    fn default() -> Self {
        MinOpts {
            content: [Content::Nothing; 64],
            free: RegMask::EMPTY,
            usable: RegMask::EMPTY,
            locals: IndexVec::new(),
            places: IndexVec::new(),
            victim: 0,
        }
    }
}

impl MinOpts {
    /// Lowers, assigns and generates the whole body in the order of `cx.st.order`.
    pub fn run<G: Gen>(&mut self, cx: &mut GenCx<'_>) -> Result<(), Bail> {
        self.count_locals(cx.body);
        let mut demand = NodeDemand::default();
        self.usable = cx.desc.caller_saved & cx.desc.allocatable();
        let entry = cx.st.order.first().copied().unwrap_or(BlockId(0));
        self.lower::<G>(cx, entry, true)?;
        let mut prev = BlockId::NONE;
        for i in 0..cx.st.order.len() {
            let b = cx.st.order[i];
            cx.next_block = cx.st.order.get(i + 1).copied().unwrap_or(BlockId::NONE);
            cx.cross_boundary::<G>(prev, b)?;
            if b != entry {
                self.lower::<G>(cx, b, false)?;
            }
            self.block::<G>(cx, b, &mut demand)?;
            prev = b;
        }
        cx.next_block = BlockId::NONE;
        cx.cross_boundary::<G>(prev, BlockId::NONE)
    }

    /// One pass over the body: which locals stay within a block, and how often each is read.
    fn count_locals(&mut self, body: &Body) {
        self.locals.clear();
        self.locals.resize(
            body.locals.len(),
            LocalUse {
                block: BlockId::NONE,
                reads: 0,
                reg: RegNum::NONE,
            },
        );
        for (id, l) in body.locals.iter_enumerated() {
            if !l.is_reg_candidate() || l.flags.intersects(LocalFlags::PARAM | LocalFlags::EH_LIVE)
            {
                self.locals[id].block = SEVERAL;
            }
        }
        for b in body.blocks.ids() {
            let mut n = body.blocks[b].first;
            while n.is_some() {
                let node = &body.nodes[n];
                for o in node.opnd {
                    if let Some(l) = o.as_local() {
                        self.mention(l, b, false);
                        self.locals[l].reads += 1;
                    }
                }
                match node.op {
                    Opcode::StoreLcl => self.mention(LocalId(node.aux), b, true),
                    Opcode::LclFld | Opcode::StoreLclFld | Opcode::LclAddr => {
                        self.locals[LocalId(node.aux)].block = SEVERAL;
                    }
                    Opcode::Call | Opcode::TailCall => {
                        for a in body.args(crate::ir::CallId(node.aux)) {
                            if let Some(l) = a.opnd.as_local() {
                                self.mention(l, b, false);
                                self.locals[l].reads += 1;
                            }
                        }
                    }
                    _ => {}
                }
                n = node.next;
            }
        }
    }

    /// A local whose first mention is a read carries a value into its block, so it is not block-local.
    #[inline]
    fn mention(&mut self, l: LocalId, b: BlockId, store: bool) {
        let u = &mut self.locals[l];
        if u.block != b {
            u.block = if u.block.is_none() && store {
                b
            } else {
                SEVERAL
            };
        }
    }

    #[inline]
    fn is_block_local(&self, l: LocalId) -> bool {
        self.locals[l].block != SEVERAL
    }

    fn lower<G: Gen>(&mut self, cx: &mut GenCx<'_>, b: BlockId, entry: bool) -> Result<(), Bail> {
        let mut lx = LowerCx {
            body: cx.body,
            method: cx.method,
            desc: cx.desc,
            abi: cx.abi,
            full: false,
            block: b,
        };
        lower_block::<G>(&mut lx, b)?;
        if entry {
            lx.lower_params(b)?;
        }
        Ok(())
    }

    fn block<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        b: BlockId,
        demand: &mut NodeDemand,
    ) -> Result<(), Bail> {
        cx.block = b;
        let label = cx.st.labels[b];
        cx.em.bind(label);
        self.free = self.usable;
        let n = cx.body.nodes.len();
        cx.st.regs.resize(n, NodeRegs::default());
        self.places.resize(
            n,
            NodePlace {
                reg: RegNum::NONE,
                slot: crate::emit::SlotId::NONE,
            },
        );
        let mut n = cx.body.blocks[b].first;
        while n.is_some() {
            let next = cx.body.nodes[n].next;
            if !cx.body.nodes[n].is_contained() {
                self.node::<G>(cx, n, demand)?;
            }
            n = next;
        }
        self.forget_all(cx);
        Ok(())
    }

    /// Nothing is in a register any more.
    fn forget_all(&mut self, cx: &mut GenCx<'_>) {
        let mut held = self.usable - self.free;
        while !held.is_empty() {
            let r = held.first();
            held.remove(r);
            if let Content::Local(l, _) = self.content[r.0 as usize] {
                self.locals[l].reg = RegNum::NONE;
            }
            self.release(cx, r);
        }
    }

    fn node<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        d: &mut NodeDemand,
    ) -> Result<(), Bail> {
        cx.mark_il(n);
        d.clear();
        G::build_node(
            &BuildCx {
                body: cx.body,
                desc: cx.desc,
                abi: cx.abi,
            },
            n,
            d,
        );
        if cx.body.nodes[n].op == Opcode::StoreLcl {
            self.store_local::<G>(cx, n, d)?;
        } else {
            self.assign::<G>(cx, n, d)?;
        }
        Ok(())
    }

    fn assign<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        d: &NodeDemand,
    ) -> Result<(), Bail> {
        let mut locked = RegMask::EMPTY;
        let mut held_to_end = RegMask::EMPTY;
        // Uses in one register first: they must not be squeezed out by the free ones.
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
                let r = self.use_operand::<G>(cx, n, u.opnd, u.mask, u.flags, locked, d.kills)?;
                if u.k != crate::lsra::Use::NOWHERE {
                    cx.st.regs[u.node].opnd[u.k as usize] = r;
                }
                if r.is_some() {
                    locked.insert(r);
                    if u.flags.contains(UseFlags::DELAY_FREE) {
                        held_to_end.insert(r);
                    }
                }
            }
        }
        let mut regs = NodeRegs::default();
        let mut temps = RegMask::EMPTY;
        for (i, t) in d.temps.iter().enumerate() {
            let r = self.take::<G>(cx, t.mask - temps, locked | temps)?;
            temps.insert(r);
            regs.temp[i] = r;
        }
        self.consume_uses(d);
        if !d.kills.is_empty() {
            self.kill::<G>(cx, d.kills, locked | temps)?;
        }
        if let Some(def) = &d.def {
            regs.def = self.choose_def::<G>(cx, d, def.mask, held_to_end | temps)?;
        }
        let opnd = cx.st.regs[n].opnd;
        cx.st.regs[n] = NodeRegs { opnd, ..regs };
        let (first, group) = (cx.em.instr_count(), cx.em.current_group());
        let at = cx.em.groups[group].count;
        G::gen_node(cx, n)?;
        close_node(cx, n, first, group, at);
        self.give_back(cx, d);
        if cx.interruptible {
            self.report_deaths(cx, d);
        }
        if cx.body.nodes[n].op == Opcode::Call && cx.is_after_call() {
            self.report_results(cx, n, regs.def);
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
                if !cx.interruptible {
                    cx.st.gc.reg_dead(cx.em, reg, false);
                }
            }
        }
    }

    /// Node values that were used are gone; locals count down their reads. Registers are free from here on, memory only after
    /// the node has been generated ([`MinOpts::give_back`]).
    fn consume_uses(&mut self, d: &NodeDemand) {
        for u in &d.uses {
            match u.opnd.get() {
                OperandRef::Node(x) => {
                    let p = self.places[x];
                    if p.reg.is_some() {
                        self.content[p.reg.0 as usize] = Content::Nothing;
                        self.free.insert(p.reg);
                    }
                }
                OperandRef::Local(l) => {
                    let u = &mut self.locals[l];
                    u.reads = u.reads.saturating_sub(1);
                    if u.reads == 0 && u.block != SEVERAL && u.reg.is_some() {
                        self.content[u.reg.0 as usize] = Content::Nothing;
                        self.free.insert(u.reg);
                        u.reg = RegNum::NONE;
                    }
                }
                _ => {}
            }
        }
    }

    /// The frame slots of values that the node just generated has used up go back to the pool.
    fn give_back(&mut self, cx: &mut GenCx<'_>, d: &NodeDemand) {
        for u in &d.uses {
            match u.opnd.get() {
                OperandRef::Node(x) => {
                    let slot = std::mem::take(&mut self.places[x].slot);
                    if slot.is_some() {
                        cx.st.frame.give_temp(cx.body.value_type(x), slot);
                    }
                }
                OperandRef::Local(l) if self.locals[l].reads == 0 && self.is_block_local(l) => {
                    let home = std::mem::take(&mut cx.st.homes[l]);
                    if home.is_some() {
                        cx.st.frame.give_temp(cx.body.locals[l].ty.actual(), home);
                    }
                }
                _ => {}
            }
        }
    }

    /// Brings an operand into a register of `mask`, or leaves it in memory if that will do (the result is then none).
    fn use_operand<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        o: Operand,
        mask: RegMask,
        flags: UseFlags,
        locked: RegMask,
        kills: RegMask,
    ) -> Result<RegNum, Bail> {
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
            _ => return Err(Bail::Internal(format!("a use of {n} is not a value"))),
        };
        if reg.is_some() && mask.contains(reg) {
            return Ok(reg);
        }
        if reg.is_none()
            && flags.contains(UseFlags::REG_OPTIONAL)
            && self.readable_in_memory(cx, n, from)
        {
            return Ok(RegNum::NONE);
        }
        let r = self.take::<G>(cx, mask & self.usable, locked)?;
        // The value may have been moved out of its register by the line above.
        let reg = match from {
            Content::Node(x) => self.places[x].reg,
            Content::Local(l, _) => self.locals[l].reg,
            Content::Nothing => RegNum::NONE,
        };
        if reg.is_some() {
            G::gen_move(cx, ty.actual(), Loc::reg(reg), Loc::reg(r));
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
            return Ok(r);
        }
        match from {
            Content::Node(x) => {
                let slot = self.places[x].slot;
                self.load_slot::<G>(cx, ty, slot, r);
                self.hold(cx, r, Content::Node(x), ty);
                self.places[x].reg = r;
            }
            Content::Local(l, _) => {
                G::gen_move(cx, ty, Loc::home(l), Loc::reg(r));
                if !kills.contains(r) && self.locals[l].reads > 1 {
                    self.hold(cx, r, Content::Local(l, false), ty);
                    self.locals[l].reg = r;
                } else {
                    self.gc_live(cx, r, ty);
                }
            }
            Content::Nothing => {}
        }
        Ok(r)
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

    fn load_slot<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        ty: VarType,
        slot: crate::emit::SlotId,
        r: RegNum,
    ) {
        let i = cx.st.spills.len() as u32;
        cx.st.spills.push(slot);
        G::gen_move(cx, ty, Loc::spill(i), Loc::reg(r));
        cx.st.spills.pop();
    }

    /// A register of `mask` that is in nobody's hands: a free one, else the least regretted.
    fn take<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        mask: RegMask,
        locked: RegMask,
    ) -> Result<RegNum, Bail> {
        let mask = mask & (self.usable - locked);
        let free = mask & self.free;
        if !free.is_empty() {
            return Ok(free.first());
        }
        if mask.is_empty() {
            return Err(Bail::Internal("MinOpts ran out of registers".into()));
        }
        // A clean cached local costs nothing to lose; look round the ring for one.
        let mut best = RegNum::NONE;
        let mut rest = mask;
        let start = self.victim & 63;
        self.victim = self.victim.wrapping_add(1);
        while !rest.is_empty() {
            let ring = RegMask(rest.0.rotate_right(start));
            let r = RegNum(((ring.first().0 as u32 + start) & 63) as u8);
            rest.remove(r);
            if let Content::Local(l, dirty) = self.content[r.0 as usize] {
                if !dirty {
                    best = r;
                    break;
                }
                let _ = l;
            }
            if best.is_none() {
                best = r;
            }
        }
        self.evict::<G>(cx, best, mask | locked)?;
        Ok(best)
    }

    /// Makes a register free, keeping what it holds: in another free register outside `avoid` if there is one, else in memory.
    fn evict<G: Gen>(&mut self, cx: &mut GenCx<'_>, r: RegNum, avoid: RegMask) -> Result<(), Bail> {
        let file = if r.is_float() {
            RegMask::ALL_FLOAT
        } else {
            RegMask::ALL_INT
        };
        let to = (self.free & (file - avoid)).first();
        let c = self.content[r.0 as usize];
        if let (true, Content::Node(_) | Content::Local(_, true)) = (to.is_some(), c) {
            let ty = match c {
                Content::Node(x) => {
                    self.places[x].reg = to;
                    cx.body.value_type(x)
                }
                Content::Local(l, _) => {
                    self.locals[l].reg = to;
                    cx.body.locals[l].ty.actual()
                }
                Content::Nothing => VarType::Void,
            };
            G::gen_move(cx, ty, Loc::reg(r), Loc::reg(to));
            self.release(cx, r);
            self.hold(cx, to, c, ty);
            return Ok(());
        }
        match self.content[r.0 as usize] {
            Content::Nothing => {}
            Content::Local(l, dirty) => {
                if dirty && self.locals[l].reads > 0 {
                    let ty = cx.body.locals[l].ty.actual();
                    if cx.st.homes[l].is_none() && self.is_block_local(l) {
                        cx.st.homes[l] = cx.st.frame.take_temp(ty);
                    }
                    G::gen_move(cx, ty, Loc::reg(r), Loc::home(l));
                }
                self.locals[l].reg = RegNum::NONE;
            }
            Content::Node(x) => {
                let ty = cx.body.value_type(x);
                if self.places[x].slot.is_none() {
                    let slot = cx.st.frame.take_temp(ty);
                    self.places[x].slot = slot;
                    let i = cx.st.spills.len() as u32;
                    cx.st.spills.push(slot);
                    G::gen_move(cx, ty, Loc::reg(r), Loc::spill(i));
                    cx.st.spills.pop();
                }
                self.places[x].reg = RegNum::NONE;
            }
        }
        self.release(cx, r);
        Ok(())
    }

    /// Everything in `kills` that is still wanted goes to memory. Registers of this node's own uses (`locked`) that hold a
    /// local are forgotten; their value has been read.
    fn kill<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        kills: RegMask,
        locked: RegMask,
    ) -> Result<(), Bail> {
        let mut held = kills & (self.usable - self.free);
        while !held.is_empty() {
            let r = held.first();
            held.remove(r);
            self.evict::<G>(cx, r, kills | locked)?;
        }
        Ok(())
    }

    fn choose_def<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        d: &NodeDemand,
        mask: RegMask,
        avoid: RegMask,
    ) -> Result<RegNum, Bail> {
        let mask = mask & self.usable;
        // The register of the preferred use, if that value is gone now.
        if let Some(u) = d
            .uses
            .iter()
            .find(|u| u.flags.contains(UseFlags::PREFER_DEF))
        {
            let r = if u.k == crate::lsra::Use::NOWHERE {
                RegNum::NONE
            } else {
                cx.st.regs[u.node].opnd[u.k as usize]
            };
            if r.is_some() && mask.contains(r) && self.free.contains(r) && !avoid.contains(r) {
                return Ok(r);
            }
        }
        // The other uses' registers must stay readable until the node's last instruction only if delay-free; but moves of
        // evicted values come first, so nothing that is used may be evicted here.
        if mask.is_single() {
            let r = mask.first();
            if !self.free.contains(r) {
                self.evict::<G>(cx, r, avoid | mask | self.used_by(cx, d))?;
            }
            return Ok(r);
        }
        let free = mask & (self.free - avoid);
        if !free.is_empty() {
            return Ok(free.first());
        }
        let used = self.used_by(cx, d);
        self.take::<G>(cx, mask, avoid | used)
    }

    /// Registers that the uses of a node are in.
    fn used_by(&self, cx: &GenCx<'_>, d: &NodeDemand) -> RegMask {
        d.uses.iter().fold(RegMask::EMPTY, |m, u| {
            if u.k == crate::lsra::Use::NOWHERE {
                return m | u.mask;
            }
            let r = cx.st.regs[u.node].opnd[u.k as usize];
            if r.is_some() { m | r.mask() } else { m }
        })
    }

    /// `store_lcl`: the value's register becomes the local's; the home is written through unless the local is block-local.
    fn store_local<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        d: &NodeDemand,
    ) -> Result<(), Bail> {
        let local = LocalId(cx.body.nodes[n].aux);
        let l = cx.body.locals[local];
        let candidate = d.def.is_some();
        let block_local = candidate && self.is_block_local(local);
        let o = cx.body.nodes[n].opnd[0];
        if block_local && self.locals[local].reads == 0 {
            // Never read again: only the operand is consumed.
            self.consume_uses(d);
            self.give_back(cx, d);
            return Ok(());
        }
        let mut src = RegNum::NONE;
        if let Some(u) = d.uses.first() {
            src = self.use_operand::<G>(
                cx,
                n,
                o,
                u.mask,
                UseFlags::empty(),
                RegMask::EMPTY,
                RegMask::EMPTY,
            )?;
        } else if block_local {
            src = self.take::<G>(cx, cx.desc.regs_for(l.ty), RegMask::EMPTY)?;
            let bits = cx.body.const_value(o).unwrap_or(0);
            G::gen_const(cx, l.ty.actual(), bits, src);
        }
        self.consume_uses(d);
        // The old value is gone.
        let old = self.locals[local].reg;
        if old.is_some() && old != src {
            self.release(cx, old);
        }
        self.locals[local].reg = RegNum::NONE;
        if !block_local {
            cx.st.regs[n].opnd[0] = src;
            cx.st.regs[n].def = RegNum::NONE;
            let (first, group) = (cx.em.instr_count(), cx.em.current_group());
            let at = cx.em.groups[group].count;
            G::gen_node(cx, n)?;
            close_node(cx, n, first, group, at);
        }
        self.give_back(cx, d);
        if !candidate || src.is_none() {
            return Ok(());
        }
        if self.free.contains(src) || !matches!(self.content[src.0 as usize], Content::Local(..)) {
            self.hold(cx, src, Content::Local(local, block_local), l.ty);
            self.locals[local].reg = src;
        } else if block_local {
            // The register belongs to another local that lives on: copy.
            let r = self.take::<G>(cx, cx.desc.regs_for(l.ty), src.mask())?;
            G::gen_move(cx, l.ty.actual(), Loc::reg(src), Loc::reg(r));
            self.hold(cx, r, Content::Local(local, true), l.ty);
            self.locals[local].reg = r;
        }
        Ok(())
    }

    #[inline]
    fn hold(&mut self, cx: &mut GenCx<'_>, r: RegNum, c: Content, ty: VarType) {
        self.content[r.0 as usize] = c;
        self.free.remove(r);
        self.gc_live(cx, r, ty);
    }

    #[inline]
    fn release(&mut self, cx: &mut GenCx<'_>, r: RegNum) {
        self.content[r.0 as usize] = Content::Nothing;
        self.free.insert(r);
        self.gc_dead(cx, r);
    }

    #[inline]
    fn gc_live(&mut self, cx: &mut GenCx<'_>, r: RegNum, ty: VarType) {
        if cx.interruptible {
            if ty.is_gc() {
                cx.gc_live(r, ty.gc_kind());
            } else {
                self.gc_dead(cx, r);
            }
        }
    }

    #[inline]
    fn gc_dead(&mut self, cx: &mut GenCx<'_>, r: RegNum) {
        if cx.interruptible {
            cx.st.gc.reg_dead(cx.em, r, false);
        }
    }

    /// After a node's code: registers whose value was used up hold no pointer any more.
    fn report_deaths(&mut self, cx: &mut GenCx<'_>, d: &NodeDemand) {
        let call = cx.is_after_call();
        let dead = self.free | d.kills;
        cx.st.gc.regs_dead(cx.em, dead, call);
    }
}
