//! The EH clause table: which code handles exceptions of which other code.
//!
//! ```text
//!  24 bytes a clause   │ flags │ try start │ try END │ handler start │ handler END │ class token, or filter start │   :32 each
//!
//!  flags   0 typed catch   1 filter   2 finally   4 fault      + 8 duplicate   + 16 same try as the clause before
//! ```
//!
//! The fields that .NET's interface calls lengths carry **end offsets**.
//!
//! # Order
//!
//! The runtime takes the first clause that fits, so inner clauses come before outer ones, and the handlers of one try in the order of
//! the IL. Regions that do not enclose each other stay in the order given. All but the first handler of one try have *same try* set.
//!
//! # Duplicates
//!
//! Handlers live in funclets outside their parents' bodies, so an exception *in* a handler is no longer inside the code range of the
//! outer try. Runtimes that walk by ranges (.NET before 9, and 9 in its legacy mode) need a second clause for each handler and
//! each try around it: the handler's funclet as the try, the outer handler as the handler. Likewise a clause that
//! marks each call of a finally on the normal path. Runtimes since know about funclets and get none of these.
//!
//! [`build_clauses`] makes the table of native offsets; nothing here knows how code was laid out.

use super::{RecordError, records, word};
use std::fmt;

/// Size of a clause.
pub const RECORD_SIZE: usize = 24;

const FLAG_FILTER: u32 = 1;
const FLAG_FINALLY: u32 = 2;
const FLAG_FAULT: u32 = 4;
const FLAG_DUPLICATE: u32 = 8;
const FLAG_SAME_TRY: u32 = 16;

/// What kind of handler a region has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EhKind {
    /// Catches objects of a class, named by the metadata token in the IL's clause.
    Catch {
        /// Class token.
        token: u32,
    },
    /// Asks a filter funclet.
    Filter {
        /// Where the filter funclet starts; it ends where the handler starts, or anywhere.
        start: u32,
    },
    /// Runs on every way out.
    Finally,
    /// Runs on exceptional ways out.
    Fault,
}

/// A protected region of a method, by native offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EhRegion {
    /// What handles.
    pub kind: EhKind,
    /// First byte of the try.
    pub try_start: u32,
    /// Behind the last byte of the try.
    pub try_end: u32,
    /// First byte of the handler's funclet.
    pub handler_start: u32,
    /// Behind the last byte of the handler's funclet.
    pub handler_end: u32,
    /// The innermost region whose *try* lies around this one (its try and its handlers); not another handler of the same try.
    ///
    /// Of several handlers of that try, the first.
    pub enclosing_try: Option<u32>,
    /// The innermost region whose *handler* (or filter) this one lies in.
    pub enclosing_handler: Option<u32>,
}

/// A clause as the runtime takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EhClause {
    /// What handles.
    pub kind: EhKind,
    /// Second clause of a handler, for code in a funclet.
    pub is_duplicate: bool,
    /// Protects the same try as the clause before.
    pub is_same_try: bool,
    /// First byte of the try.
    pub try_start: u32,
    /// Behind the last byte of the try.
    pub try_end: u32,
    /// First byte of the handler.
    pub handler_start: u32,
    /// Behind the last byte of the handler.
    pub handler_end: u32,
}

/// `try 0x0010..0x0020 handler 0x0040..0x0050 catch 02000001 same-try`.
impl fmt::Display for EhClause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "try {:#06x}..{:#06x} ", self.try_start, self.try_end)?;
        write!(
            f,
            "handler {:#06x}..{:#06x} ",
            self.handler_start, self.handler_end
        )?;
        match self.kind {
            EhKind::Catch { token } => write!(f, "catch {token:08x}")?,
            EhKind::Filter { start } => write!(f, "filter {start:#06x}")?,
            EhKind::Finally => write!(f, "finally")?,
            EhKind::Fault => write!(f, "fault")?,
        }
        let same_try = if self.is_same_try { " same-try" } else { "" };
        let duplicate = if self.is_duplicate { " duplicate" } else { "" };
        write!(f, "{same_try}{duplicate}")
    }
}

/// Why regions do not make a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EhClauseError {
    /// The region (by index) names an enclosing region that does not exist.
    NoSuchRegion(u32),
    /// The region encloses itself, by whatever detour.
    Cycle(u32),
    /// The region's try or handler is reversed, or its handler empty.
    BadExtent(u32),
}

impl fmt::Display for EhClauseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EhClauseError::NoSuchRegion(region) => {
                write!(f, "EH region {region} lies in a region that does not exist")
            }
            EhClauseError::Cycle(region) => write!(f, "EH region {region} lies in itself"),
            EhClauseError::BadExtent(region) => {
                write!(f, "EH region {region} has a reversed try or no handler")
            }
        }
    }
}

impl std::error::Error for EhClauseError {}

/// Which clauses a runtime needs beside the ordinary ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EhTableOptions<'a> {
    /// Clauses for handlers inside outer tries.
    pub duplicates: bool,
    /// Extents of the thunks that call finallys on the normal path, if those want clauses; ascending.
    pub call_finally_thunks: &'a [(u32, u32)],
}

/// Makes a method's clause table in `clauses`, which is cleared first.
pub fn build_clauses(
    regions: &[EhRegion],
    options: EhTableOptions<'_>,
    clauses: &mut Vec<EhClause>,
) -> Result<(), EhClauseError> {
    clauses.clear();
    let order = clause_order(regions)?;
    let mut before: Option<&EhRegion> = None;
    for &index in &order {
        let region = &regions[index as usize];
        let is_same_try = before.is_some_and(|before| same_try(before, region));
        clauses.push(EhClause {
            is_same_try,
            ..clause_of(region)
        });
        before = Some(region);
    }
    if options.duplicates {
        add_duplicates(regions, &order, clauses);
    }
    for &(start, end) in options.call_finally_thunks {
        clauses.push(EhClause {
            kind: EhKind::Finally,
            is_duplicate: true,
            is_same_try: false,
            try_start: start,
            try_end: start,
            handler_start: start,
            handler_end: end,
        });
    }
    Ok(())
}

fn clause_of(region: &EhRegion) -> EhClause {
    EhClause {
        kind: region.kind,
        is_duplicate: false,
        is_same_try: false,
        try_start: region.try_start,
        try_end: region.try_end,
        handler_start: region.handler_start,
        handler_end: region.handler_end,
    }
}

/// Whether two regions are handlers of one try. Equal extents alone do not say so: a try may be all there is in another one.
fn same_try(a: &EhRegion, b: &EhRegion) -> bool {
    (a.try_start, a.try_end, a.enclosing_try, a.enclosing_handler)
        == (b.try_start, b.try_end, b.enclosing_try, b.enclosing_handler)
}

/// The regions' indices, every one before those it lies in, and otherwise in the order given.
///
/// A region's *height* is the longest chain of regions inside it. Placing regions one by one as soon as everything inside them is placed
/// keeps the given order where it is already right, which it is for IL.
fn clause_order(regions: &[EhRegion]) -> Result<Vec<u32>, EhClauseError> {
    // How many regions directly inside each are not placed yet.
    let mut waiting_for = vec![0u32; regions.len()];
    for (index, region) in regions.iter().enumerate() {
        if region.try_start > region.try_end || region.handler_start >= region.handler_end {
            return Err(EhClauseError::BadExtent(index as u32));
        }
        for outer in outer_regions(regions, region) {
            *waiting_for
                .get_mut(outer as usize)
                .ok_or(EhClauseError::NoSuchRegion(index as u32))? += 1;
        }
    }
    let mut order = Vec::with_capacity(regions.len());
    let mut placed = vec![false; regions.len()];
    // IL lists inner regions first, so one sweep places all; a list in another order takes more.
    while order.len() < regions.len() {
        let placed_before = order.len();
        for (index, region) in regions.iter().enumerate() {
            if placed[index] || waiting_for[index] != 0 {
                continue;
            }
            placed[index] = true;
            order.push(index as u32);
            for outer in outer_regions(regions, region) {
                waiting_for[outer as usize] -= 1;
            }
        }
        if order.len() == placed_before {
            let stuck = placed.iter().position(|&done| !done).unwrap_or(0);
            return Err(EhClauseError::Cycle(stuck as u32));
        }
    }
    Ok(order)
}

/// The regions that have to come after `region`: those it lies in, and all handlers of the try around it.
fn outer_regions<'a>(
    regions: &'a [EhRegion],
    region: &'a EhRegion,
) -> impl Iterator<Item = u32> + 'a {
    let outer = region.enclosing_try;
    let siblings = outer
        .and_then(|outer| regions.get(outer as usize))
        .into_iter()
        .flat_map(move |first| {
            let others = move |&(index, other): &(usize, &EhRegion)| {
                Some(index as u32) != outer && same_try(first, other)
            };
            regions
                .iter()
                .enumerate()
                .filter(others)
                .map(|(index, _)| index as u32)
        });
    outer
        .into_iter()
        .chain(siblings)
        .chain(region.enclosing_handler)
}

/// Appends a clause for each handler and each region whose try lies around it: by funclet position, inner tries first.
fn add_duplicates(regions: &[EhRegion], order: &[u32], clauses: &mut Vec<EhClause>) {
    let mut by_position = order.to_vec();
    by_position.sort_by_key(|&index| regions[index as usize].handler_start);
    for index in by_position {
        let funclet = &regions[index as usize];
        let mut around = funclet.enclosing_try;
        // The order was found without a cycle, so this chain ends.
        while let Some(first) = around.and_then(|outer| regions.get(outer as usize)) {
            for &outer in order {
                let outer = &regions[outer as usize];
                if same_try(first, outer) {
                    clauses.push(EhClause {
                        is_duplicate: true,
                        try_start: funclet.handler_start,
                        try_end: funclet.handler_end,
                        ..clause_of(outer)
                    });
                }
            }
            around = first.enclosing_try;
        }
    }
}

/// A clause as the six words of the runtime's record.
pub fn words(clause: &EhClause) -> [u32; 6] {
    let (kind_flag, last) = match clause.kind {
        EhKind::Catch { token } => (0, token),
        EhKind::Filter { start } => (FLAG_FILTER, start),
        EhKind::Finally => (FLAG_FINALLY, 0),
        EhKind::Fault => (FLAG_FAULT, 0),
    };
    let duplicate = if clause.is_duplicate {
        FLAG_DUPLICATE
    } else {
        0
    };
    let same_try = if clause.is_same_try { FLAG_SAME_TRY } else { 0 };
    let flags = kind_flag | duplicate | same_try;
    [
        flags,
        clause.try_start,
        clause.try_end,
        clause.handler_start,
        clause.handler_end,
        last,
    ]
}

/// Appends the records to `out`.
pub fn write(clauses: &[EhClause], out: &mut Vec<u8>) {
    out.reserve(clauses.len() * RECORD_SIZE);
    for clause in clauses {
        for value in words(clause) {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// Reads records back.
pub fn read(bytes: &[u8]) -> Result<Vec<EhClause>, RecordError> {
    let clause = |record: &[u8]| {
        let (flags, last) = (word(record, 0), word(record, 5));
        let kind = match flags & !(FLAG_DUPLICATE | FLAG_SAME_TRY) {
            0 => EhKind::Catch { token: last },
            FLAG_FILTER => EhKind::Filter { start: last },
            FLAG_FINALLY => EhKind::Finally,
            FLAG_FAULT => EhKind::Fault,
            _ => return Err(RecordError::Kind(flags)),
        };
        Ok(EhClause {
            kind,
            is_duplicate: flags & FLAG_DUPLICATE != 0,
            is_same_try: flags & FLAG_SAME_TRY != 0,
            try_start: word(record, 1),
            try_end: word(record, 2),
            handler_start: word(record, 3),
            handler_end: word(record, 4),
        })
    };
    records(bytes, RECORD_SIZE)?.map(clause).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(
        kind: EhKind,
        tries: (u32, u32),
        handler: (u32, u32),
        enclosing_try: Option<u32>,
    ) -> EhRegion {
        EhRegion {
            kind,
            try_start: tries.0,
            try_end: tries.1,
            handler_start: handler.0,
            handler_end: handler.1,
            enclosing_try,
            enclosing_handler: None,
        }
    }

    const CATCH: EhKind = EhKind::Catch { token: 0x0200_0001 };

    /// try { try { } catch { } catch { } } finally { }, in the IL's order.
    fn nested() -> [EhRegion; 3] {
        [
            region(CATCH, (10, 20), (100, 110), Some(2)),
            region(EhKind::Filter { start: 110 }, (10, 20), (120, 130), Some(2)),
            region(EhKind::Finally, (10, 40), (130, 140), None),
        ]
    }

    fn build(regions: &[EhRegion], duplicates: bool) -> Vec<[u32; 6]> {
        let mut clauses = Vec::new();
        let options = EhTableOptions {
            duplicates,
            call_finally_thunks: if duplicates { &[(50, 56)] } else { &[] },
        };
        build_clauses(regions, options, &mut clauses).unwrap();
        let mut out = Vec::new();
        write(&clauses, &mut out);
        assert_eq!(read(&out).as_ref(), Ok(&clauses));
        clauses.iter().map(words).collect()
    }

    #[test]
    fn inner_clauses_come_first_and_siblings_are_marked() {
        let expected = [
            [0, 10, 20, 100, 110, 0x0200_0001],
            [17, 10, 20, 120, 130, 110],
            [2, 10, 40, 130, 140, 0],
        ];
        assert_eq!(build(&nested(), false), expected);
        // Outer region first: the table is the same.
        let [a, b, c] = nested();
        let enclosed = |r: EhRegion| EhRegion {
            enclosing_try: Some(0),
            ..r
        };
        assert_eq!(build(&[c, enclosed(a), enclosed(b)], false), expected);
    }

    #[test]
    fn duplicates_cover_funclets_and_come_last() {
        let table = build(&nested(), true);
        let expected = [
            [10, 100, 110, 130, 140, 0],
            [10, 120, 130, 130, 140, 0],
            // The thunk that calls the finally.
            [10, 50, 50, 50, 56, 0],
        ];
        assert_eq!(table[3..], expected);
    }

    #[test]
    fn duplicates_name_every_handler_of_every_outer_try() {
        // try { try { try {} finally {} } catch {} catch {} } fault {}
        let regions = [
            region(EhKind::Finally, (10, 20), (100, 110), Some(1)),
            region(CATCH, (10, 30), (110, 120), Some(3)),
            region(CATCH, (10, 30), (120, 130), Some(3)),
            region(EhKind::Fault, (10, 40), (130, 140), None),
        ];
        let table = build(&regions, true);
        let expected = [
            [8, 100, 110, 110, 120, 0x0200_0001],
            [8, 100, 110, 120, 130, 0x0200_0001],
            [12, 100, 110, 130, 140, 0],
            [12, 110, 120, 130, 140, 0],
            [12, 120, 130, 130, 140, 0],
        ];
        assert_eq!(table[4..9], expected);
    }

    #[test]
    fn a_try_that_is_all_of_another_is_not_a_sibling() {
        let regions = [
            region(CATCH, (10, 20), (100, 110), Some(1)),
            region(CATCH, (10, 20), (110, 120), None),
        ];
        assert_eq!(
            build(&regions, false)
                .iter()
                .map(|words| words[0])
                .collect::<Vec<_>>(),
            [0, 0]
        );
    }

    #[test]
    fn a_region_in_a_handler_comes_before_it() {
        let mut inner = region(EhKind::Finally, (105, 108), (120, 130), None);
        inner.enclosing_handler = Some(0);
        let outer = region(CATCH, (10, 20), (100, 120), None);
        assert_eq!(build(&[outer, inner], false)[0], [2, 105, 108, 120, 130, 0]);
    }

    #[test]
    fn impossible_nesting_is_refused() {
        let refuse = |regions: &[EhRegion]| {
            build_clauses(regions, EhTableOptions::default(), &mut Vec::new()).unwrap_err()
        };
        assert_eq!(
            refuse(&[region(CATCH, (1, 2), (3, 4), Some(5))]),
            EhClauseError::NoSuchRegion(0)
        );
        let around = |outer| region(CATCH, (1, 2), (3, 4), Some(outer));
        assert_eq!(refuse(&[around(1), around(0)]), EhClauseError::Cycle(0));
        assert_eq!(
            refuse(&[region(CATCH, (2, 1), (3, 4), None)]),
            EhClauseError::BadExtent(0)
        );
        assert_eq!(
            refuse(&[region(CATCH, (1, 2), (4, 4), None)]),
            EhClauseError::BadExtent(0)
        );
    }

    #[test]
    fn clauses_print_readably() {
        let mut clauses = Vec::new();
        build_clauses(&nested(), EhTableOptions::default(), &mut clauses).unwrap();
        assert_eq!(
            clauses[1].to_string(),
            "try 0x000a..0x0014 handler 0x0078..0x0082 filter 0x006e same-try"
        );
    }
}
