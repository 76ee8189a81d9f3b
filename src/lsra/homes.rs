//! Homes that locals share: colouring of the frame.
//!
//! The scan notes where it stores to, loads from and reads a local's home: the first place and the last, counted through the blocks
//! in reverse postorder. What crosses blocks is live in each block between, so its range grows to cover the begin of every
//! block that it is live into and the end of every block that it is live out of. Two locals whose ranges have no place in common
//! are never in memory at the same time, whichever way control goes. The ranges, sorted by their begin, take the homes whose range
//! has ended.
//!
//! **Leaves out:** pointers that the collector looks at, parameters, locals that must read as zero, are live into a handler, or
//! live in memory only; methods of few homes, whose frames are small.

use super::Lsra;
use crate::flow::liveness::LocalClass;
use crate::ir::{Body, LocalFlags, LocalId};
use crate::types::VarType;
use crate::util::BitSet;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A place in the method: block in reverse postorder, then place in the block.
pub(super) type Place = u64;

/// Homes at least, for it to be worth while to let them be shared: fewer lie within the reach of short displacements.
const LEAST: usize = 17;

/// Where homes are touched.
#[derive(Default, Debug)]
pub(super) struct Homes {
    /// Locals whose home is read or written.
    pub used: BitSet,
    /// First and last place, by local; those of the others are any.
    ranges: Vec<(Place, Place)>,
    /// Begin of the block at hand.
    block: Place,
    /// Locals that may share, in the order of their begin.
    sorted: Vec<LocalId>,
    /// Homes by the end of their range, of one size each.
    busy: [BinaryHeap<Reverse<(Place, LocalId)>>; SIZES],
    wanted: Vec<u64>,
    left: Vec<u64>,
}

/// Sizes of homes: powers of two, up to 64 bytes.
const SIZES: usize = 7;

impl Homes {
    /// Forgets the method before, for one of so many locals.
    pub fn reset(&mut self, locals: usize) {
        self.used.reset(locals);
        if self.ranges.len() < locals {
            self.ranges.resize(locals, (0, 0));
        }
    }

    /// The block at hand is number `i`.
    pub fn begin_block(&mut self, i: u32) {
        self.block = begin(i);
    }

    /// The home of local number `l` is read or written on an edge to block number `to`. It is live there: its range will cover that
    /// begin. Nothing between the end that the edge leaves and that begin touches another home that is live at neither.
    #[inline]
    pub fn touch_on_edge(&mut self, l: usize, to: u32) {
        if self.used.insert(l) {
            self.ranges[l] = (begin(to), begin(to));
        }
    }

    /// Place `loc` of the block at hand.
    #[inline]
    pub fn at(&self, loc: u32) -> Place {
        self.block | loc as Place
    }

    /// The home of local number `l` is read or written at `at`.
    #[inline]
    pub fn touch(&mut self, l: usize, at: Place) {
        let range = &mut self.ranges[l];
        if self.used.insert(l) {
            *range = (at, at);
        } else {
            range.0 = at.min(range.0);
            range.1 = at.max(range.1);
        }
    }

    /// Bytes held.
    pub fn capacity_bytes(&self) -> usize {
        self.ranges.capacity() * size_of::<(Place, Place)>()
            + self.sorted.capacity() * 4
            + (self.wanted.capacity() + self.left.capacity()) * 8
    }
}

fn begin(number: u32) -> Place {
    (number as Place) << 32
}

fn end(number: u32) -> Place {
    begin(number) | u32::MAX as Place
}

/// The bytes of a home of type `ty`.
fn size_of_home(ty: VarType) -> u32 {
    ty.size().max(4)
}

impl Lsra {
    /// The home of local number `l` is read or written here.
    #[inline]
    pub(super) fn touch_home(&mut self, l: usize) {
        self.homes.touch(l, self.homes.at(self.loc));
    }

    /// Lets homes be shared. Edge blocks have been added.
    pub(super) fn share_homes(&mut self, body: &Body, out: &mut super::Allocation) {
        const SPECIAL: LocalFlags = LocalFlags::PARAM
            .union(LocalFlags::ZERO_INIT)
            .union(LocalFlags::EH_LIVE);
        let homes = &mut self.homes;
        homes.sorted.clear();
        homes.wanted.clear();
        homes.wanted.resize(self.live.live_in.stride(), 0);
        let mut cross = 0;
        for l in homes.used.iter() {
            let l = LocalId(l as u32);
            let local = &body.locals[l];
            let may = !local.ty.is_gc()
                && !local.flags.intersects(SPECIAL)
                && size_of_home(local.ty).is_power_of_two();
            let info = &self.live.locals[l];
            match info.class {
                LocalClass::Tracked if may => {
                    homes.wanted[info.column as usize >> 6] |= 1 << (info.column & 63);
                    cross += 1;
                }
                LocalClass::BlockLocal if may => {}
                _ => continue,
            }
            homes.sorted.push(l);
        }
        if homes.sorted.len() < LEAST {
            return;
        }
        if cross != 0 {
            self.extend_ranges(body, cross);
        }
        let Homes {
            ranges,
            sorted,
            busy,
            ..
        } = &mut self.homes;
        let range = |l: &LocalId| ranges[l.0 as usize];
        let last_begin = sorted.iter().map(|l| range(l).0).max();
        let first_end = sorted.iter().map(|l| range(l).1).min();
        if last_begin <= first_end {
            // Each lives together with each.
            return;
        }
        sorted.sort_unstable_by_key(|l| (ranges[l.0 as usize].0, l.0));
        for heap in busy.iter_mut() {
            heap.clear();
        }
        for &l in sorted.iter() {
            let heap = &mut busy[size_of_home(body.locals[l].ty).trailing_zeros() as usize];
            let (first, last) = ranges[l.0 as usize];
            let mut of = l;
            if let Some(&Reverse((free_from, home))) = heap.peek()
                && free_from < first
            {
                heap.pop();
                of = home;
                out.shared_homes.push((l, of));
            }
            heap.push(Reverse((last, of)));
        }
        self.steps += sorted.len() as u64;
    }

    /// Makes the ranges of what crosses blocks cover all blocks that it is live in. There are `count` such locals.
    fn extend_ranges(&mut self, body: &Body, count: usize) {
        let Homes {
            ranges,
            wanted,
            left,
            ..
        } = &mut self.homes;
        let (live_in, columns) = (&self.live.live_in, &self.live.columns);
        let (rpo, number) = (&self.graph.rpo, &self.graph.rpo_index);
        let mut steps = 0;
        left.clone_from(wanted);
        let mut missing = count;
        for (i, &b) in rpo.iter().enumerate() {
            if missing == 0 {
                break;
            }
            let at = begin(i as u32);
            missing -= meet(live_in.row(b.0 as usize), left, |column| {
                let first = &mut ranges[columns[column].0 as usize].0;
                *first = at.min(*first);
            });
            steps += left.len();
        }
        left.clone_from(wanted);
        let mut missing = count;
        for (i, &b) in rpo.iter().enumerate().rev() {
            if missing == 0 {
                break;
            }
            let at = end(i as u32);
            body.for_each_succ(b, |s| {
                // What lives in an edge block lives at its target. The begin of a later block has been met.
                let target = self.bounds[s].target();
                let s = if target.is_some() { target } else { s };
                if number[s] as usize <= i {
                    missing -= meet(live_in.row(s.0 as usize), left, |column| {
                        let last = &mut ranges[columns[column].0 as usize].1;
                        *last = at.max(*last);
                    });
                    steps += left.len();
                }
            });
            let at = begin(i as u32);
            missing -= meet(live_in.row(b.0 as usize), left, |column| {
                let last = &mut ranges[columns[column].0 as usize].1;
                *last = at.max(*last);
            });
            steps += left.len();
        }
        self.steps += steps as u64;
    }
}

/// The columns in both `row` and `left` leave `left` and are told to `found`; answers how many they are.
#[inline(always)]
fn meet(row: &[u64], left: &mut [u64], mut found: impl FnMut(usize)) -> usize {
    let mut count = 0;
    for (k, (row, left)) in row.iter().zip(left).enumerate() {
        let mut new = row & *left;
        *left ^= new;
        while new != 0 {
            found(k * 64 + new.trailing_zeros() as usize);
            new &= new - 1;
            count += 1;
        }
    }
    count
}
