//! The order in which blocks are generated.
//!
//! **After:** every reachable block stands in the order once. The main method's blocks come first, then one funclet after the
//! other, each funclet's entry first; inside the main method and inside a funclet the blocks of each try region are contiguous;
//! within a region rarely run blocks come last; otherwise the input's order stays, but for what [`layout_all_blocks`] does. Without
//! regions this is two linear passes at most; with regions it is one sort of blocks and regions.

use super::FlowGraph;
use crate::ir::{BlockFlags, BlockId, Body, RegionId, RegionKind};
use crate::util::IndexVec;
use crate::util::room::release;

/// Memory of the layout, reused.
#[derive(Default, Debug)]
pub struct LayoutScratch {
    /// For each region: smallest key of a block in it, `u32::MAX` if it has none; and whether all its blocks are cold.
    first: IndexVec<RegionId, (u32, bool)>,
    items: Vec<Item>,
    ranges: IndexVec<RegionId, (u32, u32)>,
    stack: Vec<(u32, u32)>,
    /// Blocks that have their place.
    placed: Vec<bool>,
    entries: Vec<BlockId>,
}

impl LayoutScratch {
    /// Gives a large method's memory back.
    pub fn release(&mut self) {
        self.first.release();
        release(&mut self.items);
        self.ranges.release();
        release(&mut self.stack);
        release(&mut self.placed);
        release(&mut self.entries);
    }
}

/// A block or a try region directly inside `region`; sorted by region, then cold, then key.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    region: u32,
    cold: bool,
    key: u32,
    is_region: bool,
    id: u32,
}

/// Writes the order of the reachable blocks of `body` to `order`.
pub fn layout_blocks(
    body: &Body,
    graph: &FlowGraph,
    s: &mut LayoutScratch,
    order: &mut Vec<BlockId>,
) {
    layout(body, |b| graph.is_reachable(b), s, order);
}

/// As [`layout_blocks`], of all blocks, where nobody has looked which are reachable. Without regions a block into which none would
/// fall stands behind one that jumps to it, if that saves a jump: blocks that were split off another stand at the input's end.
pub fn layout_all_blocks(body: &Body, s: &mut LayoutScratch, order: &mut Vec<BlockId>) {
    if !body.regions.is_empty() {
        return layout(body, |_| true, s, order);
    }
    order.clear();
    s.placed.clear();
    s.placed.resize(body.blocks.len(), false);
    for first in body.blocks.ids() {
        let mut b = first;
        while let Some(placed) = s.placed.get_mut(b.0 as usize)
            && !*placed
        {
            *placed = true;
            order.push(b);
            b = follower(body, &s.placed, b);
        }
    }
}

/// The block that stands best behind `b`; none if that may be any.
#[inline]
fn follower(body: &Body, placed: &[bool], b: BlockId) -> BlockId {
    let succ = body.blocks[b].succ;
    let behind = BlockId(b.0 + 1);
    if succ.contains(&behind) && !placed[behind.0 as usize] {
        return behind;
    }
    let is_free = |t: BlockId| {
        t.is_some()
            && !placed[t.0 as usize]
            && !body.blocks[t].flags.contains(BlockFlags::COLD)
            && !body.blocks[BlockId(t.0 - 1)].succ.contains(&t)
    };
    let free = succ.into_iter().find(|&t| is_free(t));
    free.unwrap_or(BlockId::NONE)
}

fn layout(
    body: &Body,
    is_reachable: impl Fn(BlockId) -> bool,
    s: &mut LayoutScratch,
    order: &mut Vec<BlockId>,
) {
    order.clear();
    let cold = |b: BlockId| b.0 != 0 && body.blocks[b].flags.contains(BlockFlags::COLD);
    if body.regions.is_empty() {
        for want in [false, true] {
            order.extend(
                body.blocks
                    .ids()
                    .filter(|&b| is_reachable(b) && cold(b) == want),
            );
        }
        return;
    }
    s.entries.clear();
    s.entries.push(BlockId(0));
    for c in body.clauses.iter() {
        s.entries.extend([c.handler_entry, c.filter_entry]);
    }
    s.entries.sort_unstable();
    s.first.clear();
    s.first.resize(body.regions.len(), (u32::MAX, true));
    s.items.clear();
    let is_funclet = |r: RegionId| body.regions[r].kind != RegionKind::Try;
    for b in body.blocks.ids() {
        if !is_reachable(b) {
            continue;
        }
        let entry = s.entries.binary_search(&b).is_ok();
        let key = if entry { 0 } else { b.0 + 1 };
        let cold = cold(b) && !entry;
        let mut r = body.blocks[b].region;
        s.items.push(Item {
            region: r.0,
            cold,
            key,
            is_region: false,
            id: b.0,
        });
        // Regions that enclose it begin no later; stop where nothing changes any more.
        while r.is_some() {
            let f = &mut s.first[r];
            let new = (f.0.min(key), f.1 && cold);
            if *f == new {
                break;
            }
            *f = new;
            if is_funclet(r) {
                break;
            }
            r = body.regions[r].parent;
        }
    }
    for r in body.regions.ids() {
        let (key, cold) = s.first[r];
        if !is_funclet(r) && key != u32::MAX {
            s.items.push(Item {
                region: body.regions[r].parent.0,
                cold,
                key,
                is_region: true,
                id: r.0,
            });
        }
    }
    s.items.sort_unstable();
    s.ranges.clear();
    s.ranges.resize(body.regions.len(), (0, 0));
    let mut main = (0, 0);
    let mut i = 0;
    while i < s.items.len() {
        let start = i;
        let region = s.items[i].region;
        while i < s.items.len() && s.items[i].region == region {
            i += 1;
        }
        let range = (start as u32, i as u32);
        if RegionId(region).is_none() {
            main = range;
        } else {
            s.ranges[RegionId(region)] = range;
        }
    }
    emit(s, main, order);
    for r in body.regions.ids() {
        if is_funclet(r) {
            let range = s.ranges[r];
            emit(s, range, order);
        }
    }
}

/// Appends the blocks of a range of items, regions opened in place.
fn emit(s: &mut LayoutScratch, range: (u32, u32), order: &mut Vec<BlockId>) {
    s.stack.push(range);
    while let Some(top) = s.stack.last_mut() {
        if top.0 == top.1 {
            s.stack.pop();
            continue;
        }
        let item = s.items[top.0 as usize];
        top.0 += 1;
        if item.is_region {
            let range = s.ranges[RegionId(item.id)];
            s.stack.push(range);
        } else {
            order.push(BlockId(item.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Block, Clause, ClauseId, ClauseKind, Node, Opcode, Region};
    use crate::types::VarType;

    /// Without regions: a block is moved up to where it saves a jump, but not away from one that falls into it, and not if it is cold.
    #[test]
    fn blocks_that_nothing_falls_into_are_moved() {
        let mut body = Body::default();
        let none = u32::MAX;
        for succ in [
            [1, 3],
            [4, 5],
            [6, none],
            [2, none],
            [5, 7],
            [7, none],
            [0, 2],
        ] {
            let b = body.blocks.push(Block::new());
            body.blocks[b].succ = succ.map(BlockId);
        }
        body.blocks.push(Block::new());
        let order = |body: &Body| {
            let (mut s, mut order) = (LayoutScratch::default(), Vec::new());
            layout_all_blocks(body, &mut s, &mut order);
            order.iter().map(|b| b.0).collect::<Vec<_>>()
        };
        // Nothing falls into 4 from 3, into 7 from 6 and into 6 from 5.
        assert_eq!(order(&body), [0, 1, 4, 5, 7, 2, 6, 3]);
        body.blocks[BlockId(4)].flags |= BlockFlags::COLD;
        assert_eq!(order(&body), [0, 1, 2, 6, 3, 4, 5, 7]);
    }

    #[test]
    fn funclets_last_tries_together() {
        let mut body = Body::default();
        // 0 → 1 (try) → 3 (try, cold) → 4; 2 is the handler's entry.
        let t = body.regions.push(Region {
            parent: RegionId::NONE,
            kind: RegionKind::Try,
            clause: ClauseId(0),
        });
        let h = body.regions.push(Region {
            parent: RegionId::NONE,
            kind: RegionKind::Handler,
            clause: ClauseId(0),
        });
        for (succ, region) in [
            (1, RegionId::NONE),
            (3, t),
            (4, h),
            (5, t),
            (9, RegionId::NONE),
            (4, t),
        ] {
            let b = body.blocks.push(Block::new());
            body.blocks[b].region = region;
            let ret = succ == 9;
            body.append(
                b,
                Node::new(if ret { Opcode::Ret } else { Opcode::Jump }, VarType::Void),
            );
            if !ret {
                body.blocks[b].succ[0] = BlockId(succ);
            }
        }
        body.blocks[BlockId(3)].flags = BlockFlags::COLD;
        body.clauses.push(Clause {
            kind: ClauseKind::Finally,
            try_region: t,
            handler_region: h,
            handler_entry: BlockId(2),
            filter_entry: BlockId::NONE,
        });
        let mut g = FlowGraph::default();
        g.compute(&body);
        let mut order = Vec::new();
        layout_blocks(&body, &g, &mut LayoutScratch::default(), &mut order);
        let order: Vec<u32> = order.iter().map(|b| b.0).collect();
        assert_eq!(order, [0, 1, 5, 3, 4, 2]);
    }
}
