//! Exception regions from the clause table, and the way out of them.
//!
//! Each clause gives a try region (shared by clauses of one try), a handler region and, with a filter, a filter region.
//! Regions nest by their IL ranges. A `leave` out of several of them becomes a chain of step blocks, innermost first: a
//! `catch_ret` out of a handler, a `call_finally` for each finally whose try is left; each step stands in the region that
//! the way has reached.

use super::ImportError;
use super::metadata::{IlClauseKind, IlMethod};
use crate::ir::{BlockId, Body};
use crate::ir::{Clause, ClauseId, ClauseKind, Region, RegionId, RegionKind};

/// Most clauses of a method: they are compared pairwise.
const MAX_CLAUSES: usize = 1000;

/// The regions of a method with their IL ranges, numbered as in the IR.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    /// Range of each region.
    pub ranges: Vec<(u32, u32)>,
}

/// Makes regions and clauses of `method` in `body`; entry blocks of handlers are set later ([`set_entries`]).
///
/// # Errors
/// [`ImportError::BadCode`], if ranges overlap without nesting; [`ImportError::Limit`].
pub fn make_regions(method: &IlMethod<'_>, body: &mut Body) -> Result<Regions, ImportError> {
    if method.clauses.len() > MAX_CLAUSES {
        return Err(ImportError::Limit("exception clauses"));
    }
    let mut regions = Regions::default();
    let add = |kind, range: (u32, u32), clause, body: &mut Body, regions: &mut Regions| {
        regions.ranges.push(range);
        body.regions.push(Region {
            parent: RegionId::NONE,
            kind,
            clause,
        })
    };
    for (i, c) in method.clauses.iter().enumerate() {
        let clause = ClauseId(i as u32);
        if c.try_range.0 >= c.try_range.1 || c.handler_range.0 >= c.handler_range.1 {
            return Err(bad(c.try_range.0, "an empty exception region"));
        }
        let shared = body.regions.ids().find(|&r| {
            body.regions[r].kind == RegionKind::Try && regions.ranges[r.0 as usize] == c.try_range
        });
        let try_region =
            shared.unwrap_or_else(|| add(RegionKind::Try, c.try_range, clause, body, &mut regions));
        let handler_region = add(
            RegionKind::Handler,
            c.handler_range,
            clause,
            body,
            &mut regions,
        );
        let kind = match c.kind {
            IlClauseKind::Catch(token) => ClauseKind::Catch(token),
            IlClauseKind::CatchFound(_) => {
                // A filter that no IL stands for.
                add(RegionKind::Filter, (0, 0), clause, body, &mut regions);
                ClauseKind::Filter
            }
            IlClauseKind::Finally => ClauseKind::Finally,
            IlClauseKind::Fault => ClauseKind::Fault,
            IlClauseKind::Filter(start) => {
                if start >= c.handler_range.0 {
                    return Err(bad(start, "a filter behind its handler"));
                }
                let range = (start, c.handler_range.0);
                add(RegionKind::Filter, range, clause, body, &mut regions);
                ClauseKind::Filter
            }
        };
        body.clauses.push(Clause {
            kind,
            try_region,
            handler_region,
            handler_entry: BlockId::NONE,
            filter_entry: BlockId::NONE,
        });
    }
    nest(&regions, body)?;
    Ok(regions)
}

/// Sets the parents: the smallest region around each.
fn nest(regions: &Regions, body: &mut Body) -> Result<(), ImportError> {
    let ranges = &regions.ranges;
    for (i, &(start, end)) in ranges.iter().enumerate() {
        let mut parent: Option<usize> = None;
        for (j, &(s, e)) in ranges.iter().enumerate() {
            let apart = e <= start || end <= s;
            let around = s <= start && end <= e;
            let inside = start <= s && e <= end;
            if i == j || apart || (inside && !around) {
                continue;
            }
            if !around || inside {
                return Err(bad(start, "exception regions overlap"));
            }
            if parent.is_none_or(|p| e - s < ranges[p].1 - ranges[p].0) {
                parent = Some(j);
            }
        }
        if let Some(p) = parent {
            body.regions[RegionId(i as u32)].parent = RegionId(p as u32);
        }
    }
    for r in body.regions.ids() {
        if regions.ranges[r.0 as usize] == (0, 0) {
            let handler = body.clauses[body.regions[r].clause].handler_region;
            body.regions[r].parent = body.regions[handler].parent;
        }
    }
    Ok(())
}

impl Regions {
    /// The innermost region of each block of IL, from the blocks' start offsets.
    pub fn of_blocks(&self, starts: &[u32]) -> Vec<RegionId> {
        let mut order: Vec<u32> = (0..self.ranges.len() as u32).collect();
        // Larger first, so that inner regions overwrite outer ones.
        order.sort_by_key(|&r| {
            let (s, e) = self.ranges[r as usize];
            std::cmp::Reverse(e - s)
        });
        let mut of = vec![RegionId::NONE; starts.len().saturating_sub(1)];
        for r in order {
            let (s, e) = self.ranges[r as usize];
            let first = starts.partition_point(|&x| x < s);
            let last = starts.partition_point(|&x| x < e).min(of.len());
            of[first.min(last)..last].fill(RegionId(r));
        }
        of
    }
}

/// One step out of a region.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Leave a catch handler; what follows stands in this region.
    CatchRet(RegionId),
    /// Run the finally of this clause; the step and what follows stand in this region.
    CallFinally(ClauseId, RegionId),
}

/// The steps of a `leave` from a block in region `from` to one in region `to`, innermost first.
///
/// # Errors
/// What is wrong, if the way leads through a finally or a filter.
pub fn steps(body: &Body, from: RegionId, to: RegionId) -> Result<Vec<Step>, &'static str> {
    let mut out = Vec::new();
    let mut r = from;
    while r.is_some() && !contains(body, r, to) {
        let region = body.regions[r];
        match region.kind {
            RegionKind::Try => {
                // One try with several clauses cannot have a finally among them.
                let clause = &body.clauses[region.clause];
                if clause.kind == ClauseKind::Finally {
                    out.push(Step::CallFinally(region.clause, region.parent));
                }
            }
            RegionKind::Handler => match body.clauses[region.clause].kind {
                ClauseKind::Catch(_) | ClauseKind::Filter => {
                    out.push(Step::CatchRet(region.parent));
                }
                _ => return Err("leave out of a finally"),
            },
            RegionKind::Filter => return Err("leave out of a filter"),
        }
        r = region.parent;
    }
    Ok(out)
}

/// The innermost region around `to` that `from` is in as well.
pub fn common(body: &Body, from: RegionId, to: RegionId) -> RegionId {
    let mut r = from;
    while r.is_some() && !contains(body, r, to) {
        r = body.regions[r].parent;
    }
    r
}

/// Is `inner` the region `outer` or inside it?
fn contains(body: &Body, outer: RegionId, inner: RegionId) -> bool {
    let mut r = inner;
    while r.is_some() {
        if r == outer {
            return true;
        }
        r = body.regions[r].parent;
    }
    false
}

fn bad(at: u32, what: &'static str) -> ImportError {
    ImportError::BadCode { at, what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::metadata::IlClause;

    fn clause(kind: IlClauseKind, t: (u32, u32), h: (u32, u32)) -> IlClause {
        IlClause {
            kind,
            try_range: t,
            handler_range: h,
        }
    }

    fn regions(clauses: Vec<IlClause>) -> Result<(Regions, Body), ImportError> {
        let mut body = Body::default();
        let method = IlMethod {
            clauses,
            ..IlMethod::default()
        };
        make_regions(&method, &mut body).map(|r| (r, body))
    }

    #[test]
    fn nesting_and_steps() {
        // try { try { 10..20 } catch { 20..30 } 30..40 } finally { 40..50 }
        let (r, body) = regions(vec![
            clause(IlClauseKind::Catch(7), (10, 20), (20, 30)),
            clause(IlClauseKind::Finally, (10, 40), (40, 50)),
        ])
        .unwrap();
        let of = r.of_blocks(&[0, 10, 20, 30, 40, 50, 60]);
        let [root, inner_try, catch, outer_try, finally, after] = of[..] else {
            panic!("six blocks");
        };
        assert_eq!((root, after), (RegionId::NONE, RegionId::NONE));
        assert_eq!(body.regions[inner_try].parent, outer_try);
        assert_eq!(body.regions[catch].parent, outer_try);
        assert_eq!(body.regions[finally].parent, RegionId::NONE);
        let finally_step = Step::CallFinally(ClauseId(1), RegionId::NONE);
        assert_eq!(steps(&body, inner_try, root), Ok(vec![finally_step]));
        assert_eq!(
            steps(&body, catch, root),
            Ok(vec![Step::CatchRet(outer_try), finally_step])
        );
        assert_eq!(
            steps(&body, catch, outer_try),
            Ok(vec![Step::CatchRet(outer_try)])
        );
        assert_eq!(steps(&body, inner_try, outer_try), Ok(vec![]));
        assert!(steps(&body, finally, root).is_err());
    }

    #[test]
    fn one_try_with_two_handlers_is_one_region() {
        let (_, body) = regions(vec![
            clause(IlClauseKind::Catch(1), (0, 10), (10, 20)),
            clause(IlClauseKind::Filter(20), (0, 10), (30, 40)),
        ])
        .unwrap();
        assert_eq!(body.regions.len(), 4);
        let ids: Vec<_> = body.clauses.iter().map(|c| c.try_region).collect();
        assert_eq!(ids[0], ids[1]);
    }

    #[test]
    fn overlaps_are_bad() {
        for clauses in [
            vec![clause(IlClauseKind::Finally, (0, 10), (5, 20))],
            vec![clause(IlClauseKind::Finally, (0, 0), (5, 20))],
            vec![clause(IlClauseKind::Filter(9), (0, 4), (5, 20))],
            vec![
                clause(IlClauseKind::Finally, (0, 10), (20, 30)),
                clause(IlClauseKind::Finally, (5, 15), (30, 40)),
            ],
        ] {
            assert!(regions(clauses).is_err());
        }
    }
}
