//! FullOpts: walks an allocated body and generates it, weaving in the allocator's moves and GC events.

use super::{Gen, GenCx, close_node};
use crate::emit::GroupFlags;
use crate::ir::{Bail, BlockFlags, BlockId, NodeId, Opcode};
use crate::lsra::{Allocation, GcChange, GcEvent, LocRef, When};
use crate::types::GcKind;

/// Generates the whole body in the allocation's block order. `cx.st.regs` holds the allocation's registers.
pub fn run<G: Gen>(cx: &mut GenCx<'_>, a: &Allocation) -> Result<(), Bail> {
    for &ty in &a.spill_slots {
        let slot = cx.st.frame.spill(ty);
        cx.st.spills.push(slot);
    }
    for &(n, k, slot) in &a.memory_uses {
        let slot = cx.st.spills[slot as usize];
        cx.st.throws.push_memory_use(n, k, slot);
    }
    for &l in &a.untracked_gc_homes {
        let local = cx.body.locals[l];
        cx.st.homes[l] = cx
            .st
            .frame
            .home_of(&local, cx.method.layout(local.layout), true);
    }
    for &(l, of) in &a.shared_homes {
        cx.st.homes[l] = cx.home(of);
    }
    cx.st.frame.saved = a.used_callee_saved;
    let mut w = Weaver::new(a);
    let mut prev = BlockId::NONE;
    // The block whose branch leads past it: it is empty.
    let mut passed = BlockId::NONE;
    for i in 0..a.block_order.len() {
        let b = a.block_order[i];
        cx.block = b;
        cx.next_block = a.block_order.get(i + 1).copied().unwrap_or(BlockId::NONE);
        cx.cross_boundary::<G>(prev, b)?;
        if b == passed {
            // Nothing comes here any more.
            cx.next_block = cx.body.blocks[b].succ[0];
        } else {
            let label = cx.st.labels[b];
            cx.em.bind(label);
        }
        cx.set_descs_aside();
        let mut n = cx.body.blocks[b].first;
        while n.is_some() {
            let node = &cx.body.nodes[n];
            let (next, op, contained) = (node.next, node.op, node.is_contained());
            if next.is_none() && w.passes_next(cx, n, i) {
                passed = cx.next_block;
                let to = cx.body.blocks[passed].succ[0];
                cx.st.labels[passed] = cx.st.labels[to];
                cx.next_block = a.block_order[i + 2];
            }
            if !contained {
                w.node::<G>(cx, n, op)?;
            }
            n = next;
        }
        align_loop(cx, &a.block_order[..=i]);
        prev = b;
    }
    cx.next_block = BlockId::NONE;
    cx.cross_boundary::<G>(prev, BlockId::NONE)?;
    if w.next_move != a.moves.len() || w.next_event != a.gc_events.len() {
        return Err(Bail::Internal(format!(
            "allocation not used up: move {} of {}, GC event {} of {}",
            w.next_move,
            a.moves.len(),
            w.next_event,
            a.gc_events.len()
        )));
    }
    Ok(())
}

/// A loop of more instructions than this is not aligned.
const LARGEST_ALIGNED_LOOP: u32 = 40;

/// Aligns the start of a small loop that the last of `done`, the blocks generated so far, ends: one without calls, without another jump
/// back, which is no loop within and no way out to code that stands earlier, and without a block that only goes on further down: what
/// is round there is a larger loop.
fn align_loop(cx: &mut GenCx<'_>, done: &[BlockId]) {
    let Some((&b, before)) = done.split_last() else {
        return;
    };
    let (end, mut goes_back) = (cx.em.instr_count(), false);
    for to in cx.body.blocks[b].succ {
        if to.is_none() {
            continue;
        }
        let head = cx.em.labels[cx.st.labels[to]];
        if head.is_none() {
            continue;
        }
        goes_back = true;
        // Those of a small loop are not set aside yet.
        let Some(first) = cx.em.groups[head].first.checked_sub(cx.em.num_aside()) else {
            continue;
        };
        let is_small = end - first <= LARGEST_ALIGNED_LOOP && end > first;
        if is_small
            && cx.after_call.max(cx.after_jump_back) <= first
            && !cx.body.blocks[to].flags.contains(BlockFlags::COLD)
            && (to == b || stays(cx, before, to))
        {
            cx.em.groups[head].flags.insert(GroupFlags::ALIGN);
        }
    }
    if goes_back {
        cx.after_jump_back = end;
    }
}

/// Does every one of the blocks from the last `head` on have a way to one that is generated already, if it has a way at all?
fn stays(cx: &GenCx<'_>, blocks: &[BlockId], head: BlockId) -> bool {
    for &b in blocks.iter().rev() {
        let mut ways = cx.body.blocks[b].succ.iter().filter(|s| s.is_some());
        let generated = |s: &BlockId| cx.em.labels[cx.st.labels[*s]].is_some();
        if ways.clone().next().is_some() && !ways.any(generated) {
            return false;
        }
        if b == head {
            break;
        }
    }
    true
}

/// A block of more nodes is not looked at to see whether it is empty.
const MOST_OF_NOTHING: usize = 8;

/// Cursors into the allocator's lists.
struct Weaver<'a> {
    a: &'a Allocation,
    next_move: usize,
    next_event: usize,
    /// The nodes of the next move and the next event: most nodes have neither.
    move_node: NodeId,
    event_node: NodeId,
    /// How many edges lead to each block, up to 255; made when first asked for.
    edges_to: Vec<u8>,
}

impl<'a> Weaver<'a> {
    fn new(a: &'a Allocation) -> Self {
        Weaver {
            a,
            next_move: 0,
            next_event: 0,
            move_node: a.moves.first().map_or(NodeId::NONE, |m| m.node),
            event_node: a.gc_events.first().map_or(NodeId::NONE, |e| e.node),
            edges_to: Vec::new(),
        }
    }

    /// Can branch `n`, at the end of block `i` of the order, lead past the next block? It decides between that and the one behind; the
    /// next one can only be reached so, and all that is left of it is a jump, since its values are where they are wanted. A jump over
    /// a jump then is one.
    fn passes_next(&mut self, cx: &GenCx<'_>, n: NodeId, i: usize) -> bool {
        let body = &*cx.body;
        if !matches!(body.nodes[n].op, Opcode::CmpBranch | Opcode::Branch) {
            return false;
        }
        let &[_, next, behind] = self.a.block_order[i..]
            .first_chunk()
            .unwrap_or(&[cx.block; 3]);
        let succ = body.blocks[cx.block].succ;
        let block = &body.blocks[next];
        let between = succ == [next, behind] || succ == [behind, next];
        let op = body.nodes.get(block.last).map(|x| x.op);
        if !between
            || next == behind
            || op != Some(Opcode::Jump)
            || [next, behind].contains(&block.succ[0])
            || block.flags.contains(BlockFlags::ENTRY)
            || !body.regions.is_empty()
        {
            return false;
        }
        let mut moves = self.a.moves[self.next_move..].iter();
        let move_node = moves.find(|m| m.node != n).map_or(NodeId::NONE, |m| m.node);
        let is_empty = body
            .block_nodes(next)
            .take(MOST_OF_NOTHING + 1)
            .enumerate()
            .all(|(k, x)| {
                let regs = &cx.st.regs[x];
                let kept = regs.def.is_some() && regs.def == regs.opnd[0] && !regs.write_thru;
                k < MOST_OF_NOTHING
                    && x != move_node
                    && match body.nodes[x].op {
                        Opcode::Jump | Opcode::Nop | Opcode::IlOffset => true,
                        Opcode::StoreLcl => kept,
                        _ => false,
                    }
            });
        if !is_empty {
            return false;
        }
        if self.edges_to.is_empty() {
            self.edges_to.resize(body.blocks.len(), 0);
            for b in body.blocks.ids() {
                body.for_each_succ(b, |s| {
                    let edges = &mut self.edges_to[s.0 as usize];
                    *edges = edges.saturating_add(1);
                });
            }
        }
        self.edges_to[next.0 as usize] == 1
    }

    #[inline(always)]
    fn node<G: Gen>(&mut self, cx: &mut GenCx<'_>, n: NodeId, op: Opcode) -> Result<(), Bail> {
        cx.mark_il(n, op);
        if n == self.move_node || n == self.event_node {
            return self.node_among_moves::<G>(cx, n);
        }
        if op == Opcode::StoreLcl {
            let regs = &cx.st.regs[n];
            if regs.def == regs.opnd[0] && regs.def.is_some() && !regs.write_thru {
                // The value is where the local is to be.
                return Ok(());
            }
        }
        generate::<G>(cx, n)
    }

    #[inline(never)]
    fn node_among_moves<G: Gen>(&mut self, cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
        self.moves::<G>(cx, n, When::Before)?;
        self.events(cx, n, When::Before);
        generate::<G>(cx, n)?;
        self.events(cx, n, When::Inside);
        self.moves::<G>(cx, n, When::After)?;
        self.events(cx, n, When::After);
        Ok(())
    }

    #[inline(always)]
    fn moves<G: Gen>(&mut self, cx: &mut GenCx<'_>, n: NodeId, when: When) -> Result<(), Bail> {
        if n != self.move_node {
            return Ok(());
        }
        if cx.watched {
            self.watched_moves::<G>(cx, n, when)
        } else {
            self.generate_moves::<G>(cx, n, when)
        }
    }

    #[inline(never)]
    fn watched_moves<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        when: When,
    ) -> Result<(), Bail> {
        let (first, group) = (cx.em.instr_count(), cx.em.current_group());
        let at = cx.em.groups[group].count;
        self.generate_moves::<G>(cx, n, when)?;
        if cx.em.instr_count() > first {
            // Reports lag behind moves: from the first move on until they have caught up.
            cx.st.gc.no_gc_between(cx.em, group, at);
        }
        Ok(())
    }

    #[inline(never)]
    fn generate_moves<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        when: When,
    ) -> Result<(), Bail> {
        while let Some(m) = self.a.moves.get(self.next_move) {
            if m.node != n || m.when != when {
                self.move_node = m.node;
                return Ok(());
            }
            match (m.from.get(), m.to.as_reg()) {
                (LocRef::Again(made), Some(to)) => G::gen_again(cx, m.ty, made, to)?,
                _ => G::gen_move(cx, m.ty, m.from, m.to),
            }
            self.next_move += 1;
        }
        self.move_node = NodeId::NONE;
        Ok(())
    }

    #[inline(always)]
    fn events(&mut self, cx: &mut GenCx<'_>, n: NodeId, when: When) {
        if n == self.event_node {
            self.tell_events(cx, n, when);
        }
    }

    #[inline(never)]
    fn tell_events(&mut self, cx: &mut GenCx<'_>, n: NodeId, when: When) {
        while let Some(e) = self.a.gc_events.get(self.next_event) {
            if e.node != n || e.when != when {
                self.event_node = e.node;
                return;
            }
            self.next_event += 1;
            event(cx, e, when == When::Inside && cx.em.instr_count() > 0);
        }
        self.event_node = NodeId::NONE;
    }
}

/// Generates `n` itself, with the registers that it has now.
#[inline(always)]
fn generate<G: Gen>(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    if !cx.watched {
        return G::gen_node(cx, n);
    }
    let (first, group) = (cx.em.instr_count(), cx.em.current_group());
    let at = cx.em.groups[group].count;
    G::gen_node(cx, n)?;
    close_node(cx, n, first, group, at);
    Ok(())
}

/// Tells the tracker of a GC change; `inside`: it takes effect inside the instruction just pushed.
fn event(cx: &mut GenCx<'_>, e: &GcEvent, inside: bool) {
    match (e.loc.get(), e.change) {
        (LocRef::Reg(r), GcChange::Live(k)) => cx.st.gc.reg_live(cx.em, r, k, inside),
        (LocRef::Reg(r), GcChange::Dead) => cx.st.gc.reg_dead(cx.em, r, inside),
        (_, change) => {
            let s = cx.slot_of(e.loc);
            if !matches!(cx.st.frame.slots[s].gc, super::frame::SlotGc::Tracked) {
                return;
            }
            match change {
                GcChange::Live(k) => {
                    debug_assert_ne!(k, GcKind::None);
                    cx.st.gc.slot_live(cx.em, s, k, inside);
                }
                GcChange::Dead => cx.st.gc.slot_dead(cx.em, s, inside),
            }
        }
    }
}
