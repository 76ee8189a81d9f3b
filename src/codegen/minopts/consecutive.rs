//! Groups: uses of one node that want consecutive registers.

use super::{Content, MinOpts};
use crate::codegen::{Gen, GenCx};
use crate::ir::{NodeId, Operand, OperandRef};
use crate::lsra::{
    GROUPS, MOST_CONSECUTIVE, NodeDemand, Use, UseFlags, cheapest_first, first_registers, pass_of,
};
use crate::target::{RegMask, RegNum};

impl MinOpts {
    /// All uses of a demand with groups: those in one register, then the groups, then the others. The registers, and those that are
    /// held until the result is written.
    #[cold]
    #[inline(never)]
    pub(super) fn acquire_groups<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        d: &NodeDemand,
    ) -> (RegMask, RegMask) {
        let (mut locked, mut held) = (RegMask::EMPTY, RegMask::EMPTY);
        for pass in 0..3 {
            let follows = |_: &Use, u: &Use| u.flags.contains(UseFlags::CONSECUTIVE);
            for group in d.uses.chunk_by(follows) {
                if pass_of(group.len(), group[0].mask) != pass {
                    continue;
                }
                if pass == GROUPS {
                    self.acquire_group::<G>(cx, n, group, locked, d.kills);
                } else {
                    let u = &group[0];
                    let r = self.acquire_in::<G>(cx, n, u.opnd, u.mask, u.flags, locked, d.kills);
                    if u.k != Use::NOWHERE {
                        cx.st.regs[u.node].opnd[u.k as usize] = r;
                    }
                }
                for u in group {
                    let r = match u.k {
                        Use::NOWHERE => u.mask.first(),
                        k => cx.st.regs[u.node].opnd[k as usize],
                    };
                    locked |= r.mask_or_empty();
                    if u.flags.contains(UseFlags::DELAY_FREE) {
                        held |= r.mask_or_empty();
                    }
                }
            }
        }
        (locked, held)
    }

    /// Brings the operands of `group` into consecutive registers outside `locked`, where the fewest must move.
    fn acquire_group<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
        group: &[Use],
        locked: RegMask,
        kills: RegMask,
    ) {
        let mut masks = [RegMask::EMPTY; MOST_CONSECUTIVE];
        let mut at = [RegNum::NONE; MOST_CONSECUTIVE];
        let count = group.len();
        if count <= MOST_CONSECUTIVE {
            for (k, u) in group.iter().enumerate() {
                at[k] = self.register_of(u.opnd);
                let own = at[k].mask_or_empty();
                masks[k] = u.mask & ((self.usable - locked) | own);
            }
        }
        let first = first_registers(
            &masks[..count.min(MOST_CONSECUTIVE)],
            cx.desc.registers_wrap,
        );
        if count > MOST_CONSECUTIVE || first.is_empty() {
            self.fail(format!("no consecutive registers for {n}"));
            return;
        }
        let cost = |k: usize, r| self.cost_in_group(at[k], r, &at);
        let first = cheapest_first(first, count, cost).first();
        let place = |k: usize| first.after(k as u8);
        let own = (0..count).fold(RegMask::EMPTY, |m, k| m | place(k).mask());
        let mut done = [false; MOST_CONSECUTIVE];
        // What is in its place stays there; what goes to a free register makes room for others.
        for step in 0..3 {
            for (k, u) in group.iter().enumerate() {
                let reg = place(k);
                let in_place = self.register_of(u.opnd) == reg;
                let fits = step == 2 || in_place || step == 1 && self.free.contains(reg);
                if done[k] || !fits {
                    continue;
                }
                done[k] = true;
                let locked = locked | (own - reg.mask());
                let flags = u.flags - UseFlags::REG_OPTIONAL;
                let r = self.acquire_in::<G>(cx, n, u.opnd, reg.mask(), flags, locked, kills);
                if u.k != Use::NOWHERE {
                    cx.st.regs[u.node].opnd[u.k as usize] = r;
                }
            }
        }
    }

    /// The register that a value is in, if it is in one.
    fn register_of(&self, o: Operand) -> RegNum {
        match o.get() {
            OperandRef::Node(x) => self.places[x].reg,
            OperandRef::Local(l) => self.locals[l].reg,
            _ => RegNum::NONE,
        }
    }

    /// What it costs to have a value that is in `from` in `to`. `at`: where the values of the group are.
    fn cost_in_group(&self, from: RegNum, to: RegNum, at: &[RegNum]) -> u32 {
        if from == to {
            return 0;
        }
        if self.free.contains(to) {
            return 4;
        }
        match self.content[(to.0 & 63) as usize] {
            // It moves anyway, if not too late.
            _ if at.contains(&to) => 5,
            Content::Nothing | Content::Local(_, false) => 5,
            _ => 9,
        }
    }
}
