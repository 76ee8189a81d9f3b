//! The checker on homes that locals share, and on values that are made again.

use super::{CheckError, Checker, State};
use crate::ir::{BlockId, LocalFlags, LocalId, NodeId, Opcode};
use crate::lsra::AllocMove;
use std::collections::BTreeMap;

/// Do nodes of opcode `op` make their value from nothing that changes?
fn makes(op: Opcode) -> bool {
    use Opcode::*;
    matches!(op, Const | VecConst | Lookup | FuncAddr | LclAddr)
}

impl Checker<'_> {
    /// Groups locals whose homes are one place.
    pub(super) fn group_homes(&mut self) -> Result<(), CheckError> {
        for &(l, of) in &self.alloc.shared_homes {
            for l in [l, of] {
                let local = &self.body.locals[l];
                let special = LocalFlags::PARAM | LocalFlags::ZERO_INIT;
                if self.volatile[l.0 as usize]
                    || local.ty.is_gc()
                    || local.flags.intersects(special)
                    || local.ty.size().max(4) != self.body.locals[of].ty.size().max(4)
                {
                    return Err(self.err(NodeId::NONE, format!("the home of {l} is shared")));
                }
            }
            let group = self.sharers.entry(of).or_insert_with(|| vec![of]);
            group.push(l);
            self.shares.insert(l, of);
            self.shares.insert(of, of);
        }
        Ok(())
    }

    /// The home of `l` is written: it is current, and those that share it are no more.
    pub(super) fn write_home(&self, st: &mut State, l: LocalId) {
        let group = self.shares.get(&l).and_then(|of| self.sharers.get(of));
        for &other in group.into_iter().flatten() {
            st.set_home(other, false);
        }
        st.set_home(l, true);
    }

    /// The node that makes what `store`, a `store_lcl`, stores, if that can be done again anywhere.
    pub(super) fn maker(&self, store: NodeId) -> Option<NodeId> {
        let o = self.body.nodes[store].opnd[0];
        if self.body.const_value(o).is_some() {
            return Some(store);
        }
        o.as_node().filter(|&x| makes(self.body.nodes[x].op))
    }

    /// Does local number `l` hold what node `n` makes? Here: at the place of the block that the checker has come to.
    pub(super) fn is_made_by(&self, l: u32, n: NodeId) -> bool {
        let l = LocalId(l);
        let single = self.single.get(&l);
        self.made.get(&l) == Some(&n) || single.is_some_and(|&(x, b)| x == n && b != self.block)
    }

    /// Finds locals with one store, of what can be made again, that are live into none of `roots`.
    pub(super) fn find_single(&mut self, roots: &[BlockId]) {
        let body = self.body;
        let mut stores: BTreeMap<LocalId, Option<(NodeId, BlockId)>> = BTreeMap::new();
        for &b in &self.alloc.block_order {
            for n in body.block_nodes(b) {
                if body.nodes[n].op == Opcode::StoreLcl {
                    let maker = self.maker(n).map(|x| (x, b));
                    let at = stores.entry(LocalId(body.nodes[n].aux));
                    at.and_modify(|s| *s = None).or_insert(maker);
                }
            }
        }
        for (l, maker) in stores {
            let is_live =
                |b: &BlockId| b.is_some() && self.live_in.contains(b.0 as usize, l.0 as usize);
            if let Some(maker) = maker
                && !self.volatile[l.0 as usize]
                && !roots.iter().any(is_live)
            {
                self.single.insert(l, maker);
            }
        }
    }

    /// Move `m`, at node `n`, makes what node `c` does, all of it, in a register.
    pub(super) fn made_again(&self, n: NodeId, m: &AllocMove, c: NodeId) -> Result<(), CheckError> {
        let node = &self.body.nodes[c];
        let ty = match node.op {
            Opcode::StoreLcl if self.maker(c) == Some(c) => self.body.locals[LocalId(node.aux)].ty,
            op if makes(op) => self.body.value_type(c),
            _ => return Err(self.err(n, format!("{m:?}: {c} is not made from nothing"))),
        };
        if m.to.as_reg().is_none() || m.ty != ty || ty.is_gc() {
            return Err(self.err(n, format!("{m:?}: {c} makes {ty:?}")));
        }
        Ok(())
    }
}
