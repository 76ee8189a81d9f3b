//! Neutral optimisations of FullOpts, before lowering.
//!
//! Needs: a body as the front door made it. Keeps: every invariant of the IR. Spoils: nothing; there are no side tables yet.
//!
//! | pass | what it does |
//! |---|---|
//! | [`fold`] | constants through operations, comparisons, conversions, branches, and through locals within a block |
//! | [`dce`] | values nobody uses, stores to locals nobody reads |
//!
//! Left out, until the optimiser proper: everything across blocks (SSA, value numbering, loops, inlining).

pub mod dce;
pub mod eval;
pub mod fold;
pub mod stress;

use crate::ir::{Body, LocalFlags, LocalId};
use crate::util::IndexVec;

/// Reusable memory of the passes.
#[derive(Default)]
pub struct Optimizer {
    locals: IndexVec<LocalId, fold::LocalUse>,
}

impl Optimizer {
    /// Runs all passes once, over a method whose first `num_params` locals are parameters; behind each, `after` sees its name and what it left, and may stop.
    pub fn run<E>(
        &mut self,
        body: &mut Body,
        num_params: u32,
        mut after: impl FnMut(&'static str, &Body) -> Result<(), E>,
    ) -> Result<(), E> {
        fold::Folder::new(&mut self.locals).run(body);
        after("fold", body)?;
        dce::DeadCode {
            locals: &mut self.locals,
        }
        .run(body);
        for l in (0..num_params).map(LocalId) {
            if self.locals[l].reads == 0 && body.locals[l].is_reg_candidate() {
                body.locals[l].flags.insert(LocalFlags::UNREAD);
            }
        }
        after("dce", body)
    }
}
