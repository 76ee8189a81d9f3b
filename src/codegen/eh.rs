//! Exception regions in code order: which fragment a block belongs to, where regions begin and end.
//!
//! Handlers and filters are *funclets*: fragments behind the method's own blocks. A protected region is a stretch of one
//! fragment; its ends are marked as positions `2 * region` and `2 * region + 1`.

use super::{Fragment, FragmentKind, Gen, GenCx};
use crate::emit::{Emitter, GroupFlags, Label, MarkKind};
use crate::ir::{Bail, BlockId, Body, RegionId, RegionKind};
use crate::util::room::push_gently;
use crate::util::{Idx, IndexVec};

/// Which regions are open, and what is known of funclets.
#[derive(Default)]
pub struct RegionMarks {
    /// From the outermost inwards: each is the next one's parent.
    open: Vec<RegionId>,
    /// Scratch: a path through parents.
    path: Vec<RegionId>,
    is_open: IndexVec<RegionId, bool>,
    /// The handler or filter that each region is or lies in: nests of many regions must not look for it again at each block.
    around: IndexVec<RegionId, RegionId>,
    /// By entry block, as far as blocks have been asked for.
    funclets: IndexVec<BlockId, Funclet>,
}

/// The funclet that begins with a block.
#[derive(Copy, Clone)]
struct Funclet {
    /// Of its prolog.
    label: Label,
    /// Number of its fragment.
    fragment: u32,
}

const NO_FUNCLET: Funclet = Funclet {
    label: Label::NONE,
    fragment: u32::MAX,
};

impl RegionMarks {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.open.clear();
        self.is_open.clear();
        self.around.clear();
        self.funclets.clear();
    }

    /// Makes room for the blocks of a body, if it has handlers, and looks at its regions.
    pub fn reserve(&mut self, body: &Body) {
        if !body.regions.is_empty() {
            self.is_open.resize(body.regions.len(), false);
            body.find_funclets(&mut self.around);
        }
        if !body.clauses.is_empty() {
            let blocks = body.blocks.len() - self.funclets.len();
            self.funclets.raw().reserve_exact(blocks);
        }
    }

    /// The handler or filter region that block region `r` lies in; none for the method's own blocks.
    pub fn funclet_of(&self, r: RegionId) -> RegionId {
        self.around.get(r).copied().unwrap_or(RegionId::NONE)
    }

    /// The label of the funclet that begins with block `entry`: its prolog.
    pub fn label_of(&mut self, em: &mut Emitter, entry: BlockId) -> Label {
        let f = self.funclet(entry);
        if f.label.is_none() {
            f.label = em.new_label();
        }
        f.label
    }

    /// The number of the fragment that begins with block `entry`, if one does.
    pub fn fragment_of(&self, entry: BlockId) -> Option<u32> {
        let f = self.funclets.get(entry)?;
        (f.fragment != u32::MAX).then_some(f.fragment)
    }

    fn funclet(&mut self, entry: BlockId) -> &mut Funclet {
        if self.funclets.len() <= entry.index() {
            self.funclets.resize(entry.index() + 1, NO_FUNCLET);
        }
        &mut self.funclets[entry]
    }
}

/// Structs of so many bytes may make a frame large.
const LARGE_LOCAL: u32 = 1024;

impl GenCx<'_> {
    /// Opens the fragment that block `b` begins, with its prolog placeholder.
    pub fn begin_fragment(&mut self, b: BlockId) {
        let region = self.st.eh.funclet_of(self.body.blocks[b].region);
        let kind = if region.is_none() {
            FragmentKind::Root
        } else if self.body.regions[region].kind == RegionKind::Filter {
            FragmentKind::Filter
        } else {
            FragmentKind::Handler
        };
        if !self.st.fragments.is_empty() {
            self.func = self.em.new_func();
        }
        let flags = GroupFlags::PROLOG | GroupFlags::NO_GC;
        let first = self.em.new_group(flags | GroupFlags::FUNC_START);
        let label = if self.func == 0 {
            self.st.start_label
        } else {
            self.st.eh.label_of(self.em, b)
        };
        self.em.labels[label] = first;
        let mut layouts = self.method.layouts.iter();
        let loops =
            self.func == 0 && self.desc.probes_inline && layouts.any(|l| l.size >= LARGE_LOCAL);
        let (probes, prolog) = if loops {
            let second = self.em.new_group(flags);
            (Some([first, second]), self.em.new_group(flags))
        } else {
            (None, first)
        };
        if self.func != 0 {
            self.st.eh.funclet(b).fragment = self.func;
        }
        push_gently(
            &mut self.st.fragments,
            Fragment {
                kind,
                prolog,
                probes,
                entry: b,
                prolog_ops: (0, 0),
            },
        );
        self.em.new_group(GroupFlags::empty());
    }

    /// Between two blocks in the order of generation: closes and opens regions and fragments. `prev` is none before the first,
    /// `next` none after the last.
    #[inline(always)]
    pub fn cross_boundary<G: Gen>(&mut self, prev: BlockId, next: BlockId) -> Result<(), Bail> {
        if self.body.regions.is_empty() && prev.is_some() && next.is_some() {
            return Ok(());
        }
        self.cross_regions::<G>(prev, next)
    }

    #[inline(never)]
    fn cross_regions<G: Gen>(&mut self, prev: BlockId, next: BlockId) -> Result<(), Bail> {
        let region_of = |body: &Body, b: BlockId| {
            if b.is_some() {
                body.blocks[b].region
            } else {
                RegionId::NONE
            }
        };
        let (from, to) = (region_of(self.body, prev), region_of(self.body, next));
        let new_fragment = prev.is_none()
            || next.is_none()
            || self.st.eh.funclet_of(from) != self.st.eh.funclet_of(to);
        if from == to && !new_fragment {
            return Ok(());
        }
        if prev.is_some() {
            self.flush_throws::<G>()?;
            if self.is_after_call() {
                G::gen_nop(self);
            }
        }
        if new_fragment {
            self.close_regions(RegionId::NONE);
        } else {
            self.path_to_open(to);
        }
        if next.is_none() {
            return Ok(());
        }
        if new_fragment {
            if prev.is_some() {
                self.st.gc.all_dead(self.em);
            }
            self.begin_fragment(next);
            self.path_to_open(to);
        } else {
            self.em.new_group(GroupFlags::empty());
        }
        for i in (0..self.st.eh.path.len()).rev() {
            let r = self.st.eh.path[i];
            self.em.mark(MarkKind::Position(2 * r.0));
            self.st.eh.is_open[r] = true;
            self.st.eh.open.push(r);
        }
        Ok(())
    }

    /// Closes the regions that `r` is not in, and collects those around it that are still to open, innermost first.
    fn path_to_open(&mut self, mut r: RegionId) {
        self.st.eh.path.clear();
        while r.is_some() && self.body.regions[r].kind == RegionKind::Try {
            if self.st.eh.is_open[r] {
                return self.close_regions(r);
            }
            self.st.eh.path.push(r);
            r = self.body.regions[r].parent;
        }
        self.close_regions(RegionId::NONE);
    }

    /// Closes the open regions inside `around`, innermost first.
    fn close_regions(&mut self, around: RegionId) {
        while let Some(r) = self.st.eh.open.pop_if(|r| *r != around) {
            self.em.mark(MarkKind::Position(2 * r.0 + 1));
            self.st.eh.is_open[r] = false;
        }
    }
}
