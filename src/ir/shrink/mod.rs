//! The shrinker: the smallest method found that still shows a fault.
//!
//! Delta debugging (Zeller, Hildebrandt 2002) over the parts of a method. Each step makes a smaller candidate and asks the caller
//! whether it still shows the fault; if so it is the method from then on. Steps, from coarse to fine: branches become jumps,
//! handlers go, runs of nodes go in halving lengths, jumps to blocks with one predecessor are joined, operands become constants,
//! constants become smaller. Rounds go on until one changes nothing or the budget ends.
//!
//! Invariants: a candidate of a valid method is structurally valid but for the rules about leaving regions, for
//!
//! - **value-or-nothing**: a node that goes is replaced at its user by the constant 0; where no constant may stand (structs,
//!   calls' further results, nodes that demand a typed operand) the user goes as well;
//! - **terminators-stay**: a terminator goes only by becoming a jump to one of its successors.
//!
//! What a candidate *does* may be anything: it may loop for ever or trap elsewhere. The caller's question must bound its own runs
//! and should begin with the verifier. Parameters and the signature stay, so that the arguments of a failing run still fit.
//!
//! Left out: methods after lowering (their nodes are tied in ways this does not know).

mod compact;
mod steps;

#[cfg(test)]
mod tests;

use super::{Method, NodeId};

/// The smallest method found, from `method`, for which `shows_fault` is true, asking at most `budget` times.
///
/// If `method` itself does not show the fault, it comes back unchanged.
pub fn shrink(
    method: &Method,
    budget: u32,
    mut shows_fault: impl FnMut(&Method) -> bool,
) -> Method {
    let mut s = Shrinker {
        best: method.clone(),
        drop_locals: true,
        left: budget,
        shows_fault: &mut shows_fault,
    };
    if !s.ask(method) {
        return s.best;
    }
    // The fault may lie in the frame's size: then unused locals stay.
    if !s.offer(method, &[]) {
        s.drop_locals = false;
        if !s.offer(method, &[]) {
            return s.best;
        }
    }
    while s.round() {}
    s.best
}

/// As [`shrink`], of several methods of which the first is the one that is run: methods that are not needed go, and each is
/// shrunk. The budget is for all together.
pub fn shrink_module(
    methods: &[Method],
    budget: u32,
    mut shows_fault: impl FnMut(&[Method]) -> bool,
) -> Vec<Method> {
    let mut left = budget;
    let mut ask = |candidate: &[Method]| {
        left > 0 && {
            left -= 1;
            shows_fault(candidate)
        }
    };
    let mut best = methods.to_vec();
    if !ask(&best) {
        return best;
    }
    drop_methods(&mut best, &mut ask);
    for i in 0..best.len() {
        let mut all = best.clone();
        best[i] = shrink(&best[i], budget, |m| {
            all[i] = m.clone();
            ask(&all)
        });
    }
    // What was called only by what went goes too.
    drop_methods(&mut best, &mut ask);
    best
}

/// Takes out runs of methods behind the first, in halving lengths.
fn drop_methods(best: &mut Vec<Method>, ask: &mut dyn FnMut(&[Method]) -> bool) {
    let mut length = best.len().saturating_sub(1);
    while length > 0 {
        let mut at = 1;
        while at < best.len() {
            let mut candidate = best.clone();
            candidate.drain(at..best.len().min(at + length));
            if ask(&candidate) {
                *best = candidate;
            } else {
                at += length;
            }
        }
        length /= 2;
    }
}

struct Shrinker<'a> {
    best: Method,
    drop_locals: bool,
    left: u32,
    shows_fault: &'a mut dyn FnMut(&Method) -> bool,
}

impl Shrinker<'_> {
    fn ask(&mut self, candidate: &Method) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        (self.shows_fault)(candidate)
    }

    /// Offers an edited method less the nodes in `gone`; says whether it is the best from now on.
    fn offer(&mut self, edited: &Method, gone: &[bool]) -> bool {
        if self.left == 0 {
            return false;
        }
        let candidate = compact::compact(edited, gone, self.drop_locals);
        let yes = self.ask(&candidate);
        if yes {
            self.best = candidate;
        }
        yes
    }

    /// All steps once; says whether any made the method smaller.
    fn round(&mut self) -> bool {
        let mut changed = self.branches();
        changed |= self.handlers();
        changed |= self.node_runs();
        changed |= self.joins();
        changed |= self.operands();
        changed && self.left > 0
    }

    /// Nodes in layout order, terminators left out.
    fn movable_nodes(&self) -> Vec<NodeId> {
        let body = &self.best.body;
        body.blocks
            .ids()
            .flat_map(|b| body.block_nodes(b))
            .filter(|&n| !body.nodes[n].op.is_terminator())
            .collect()
    }
}
