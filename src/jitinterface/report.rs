//! What became of every method that the runtime offered, counted (`DOTNET_TatsuReport=path`).
//!
//! The file is the list that a porting team works from: reasons with their number, most frequent first, an example
//! method each. It is rewritten as it grows, because the process may end without telling us: each of the first events is
//! written at once, later ones when enough have come together, and everything at shutdown. No lock of ours is held while
//! the runtime is asked anything: names are made before.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// What became of a method.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Compiled by us.
    Compiled,
    /// Not selected by `AltJit`.
    NotSelected,
    /// Declined for what kind of method it is.
    Declined,
    /// Valid, but something in it is not ours yet.
    Unsupported,
    /// The IL is wrong.
    BadCode,
    /// Too big.
    Limit,
    /// The runtime failed to answer.
    Runtime,
    /// Our own bug.
    Internal,
}

impl Outcome {
    const ALL: [Outcome; 8] = [
        Outcome::Compiled,
        Outcome::NotSelected,
        Outcome::Declined,
        Outcome::Unsupported,
        Outcome::BadCode,
        Outcome::Limit,
        Outcome::Runtime,
        Outcome::Internal,
    ];

    /// Its name in the file.
    pub(super) fn name(self) -> &'static str {
        match self {
            Outcome::Compiled => "compiled",
            Outcome::NotSelected => "not selected",
            Outcome::Declined => "declined",
            Outcome::Unsupported => "unsupported",
            Outcome::BadCode => "bad code",
            Outcome::Limit => "limit",
            Outcome::Runtime => "runtime error",
            Outcome::Internal => "internal error",
        }
    }
}

/// Events that are each written at once.
const EAGER: u64 = 64;
/// After those the file is written when the number of events has grown by one part in this many.
const GROWTH: u64 = 32;

/// The counts of a process.
pub(super) struct Report {
    path: Option<String>,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    totals: [u64; Outcome::ALL.len()],
    reasons: HashMap<(Outcome, String), Reason>,
    events: u64,
    next_write: u64,
}

struct Reason {
    count: u64,
    example: String,
}

impl Report {
    /// A report to `path`; without one nothing is counted.
    pub(super) fn new(path: Option<String>) -> Report {
        Report {
            path,
            counts: Mutex::default(),
        }
    }

    /// Is anyone interested? If not, no name has to be made.
    pub(super) fn is_on(&self) -> bool {
        self.path.is_some()
    }

    /// Counts one method.
    pub(super) fn count(&self, outcome: Outcome, reason: &str, method: &str) {
        let Some(path) = &self.path else { return };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.totals[outcome as usize] += 1;
        counts.events += 1;
        if outcome != Outcome::Compiled && outcome != Outcome::NotSelected {
            counts
                .reasons
                .entry((outcome, reason.to_owned()))
                .or_insert_with(|| Reason {
                    count: 0,
                    example: method.to_owned(),
                })
                .count += 1;
        }
        if counts.events <= EAGER || counts.events >= counts.next_write {
            counts.next_write = counts.events + counts.events / GROWTH + 1;
            write_file(path, &counts.text());
        }
    }

    /// Writes the file as it is now.
    pub(super) fn flush(&self) {
        if let Some(path) = &self.path {
            let text = self
                .counts
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .text();
            write_file(path, &text);
        }
    }
}

/// A report that cannot be written has nobody to tell: the process belongs to someone else's program.
fn write_file(path: &str, text: &str) {
    let _ = std::fs::write(path, text);
}

impl Counts {
    fn text(&self) -> String {
        let mut out = format!("offered {}\n", self.events);
        for outcome in Outcome::ALL {
            let n = self.totals[outcome as usize];
            if n != 0 {
                let _ = writeln!(out, "{} {n}", outcome.name());
            }
        }
        let mut rows: Vec<_> = self.reasons.iter().collect();
        rows.sort_by(|(ka, a), (kb, b)| b.count.cmp(&a.count).then_with(|| ka.cmp(kb)));
        out.push('\n');
        for ((outcome, reason), r) in rows {
            let _ = writeln!(
                out,
                "{:>8}  {}: {reason}  [{}]",
                r.count,
                outcome.name(),
                r.example
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_by_frequency_and_written_as_it_grows() {
        let path = std::env::temp_dir().join(format!("tatsu-report-{}", std::process::id()));
        let report = Report::new(Some(path.to_string_lossy().into_owned()));
        report.count(Outcome::Unsupported, "calli", "A:B()");
        let first = std::fs::read_to_string(&path).unwrap();
        report.count(Outcome::Declined, "OSR", "A:C()");
        report.count(Outcome::Declined, "OSR", "A:D()");
        report.count(Outcome::Compiled, "", "A:E()");
        report.flush();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(
            first,
            "offered 1\nunsupported 1\n\n       1  unsupported: calli  [A:B()]\n"
        );
        assert_eq!(
            text,
            "offered 4\ncompiled 1\ndeclined 2\nunsupported 1\n\n       2  declined: OSR  [A:C()]\n       \
             1  unsupported: calli  [A:B()]\n"
        );
    }

    #[test]
    fn later_events_are_gathered() {
        let path = std::env::temp_dir().join(format!("tatsu-report-g-{}", std::process::id()));
        let report = Report::new(Some(path.to_string_lossy().into_owned()));
        for _ in 0..1000 {
            report.count(Outcome::Compiled, "", "");
        }
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let offered: u64 = text.lines().next().unwrap()["offered ".len()..]
            .parse()
            .unwrap();
        assert!((960..=1000).contains(&offered), "{offered}");
    }
}
