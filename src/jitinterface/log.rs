//! A line per selected method, before and after its compilation (`DOTNET_TatsuLog=path`), for the tools.
//!
//! | line | meaning |
//! |---|---|
//! | `> NAME` | a compilation begins |
//! | `+ HASH LEVEL IL NATIVE NS NAME` | compiled: hash of the name, IL and native bytes, nanoseconds of this thread's time |
//! | `- OUTCOME IL NS NAME⇥REASON` | not compiled; blanks of the outcome's name are `_` |
//! | `= IL NATIVE NS GC NAME` | compiled by .NET's own JIT behind the shim; how its GC info reads |
//! | `! NS` | the library's start took this long |
//!
//! Each line is one write to a file opened for appending: lines of several threads do not mix, and what was written
//! survives the process. A `>` without its answer is the method in whose compilation the process ended.

use std::fs::File;
use std::io::Write;

use super::report::Outcome;

/// The log of a process.
pub(super) struct Log {
    file: Option<File>,
}

impl Log {
    /// Opens `path`; without one nothing is logged.
    ///
    /// # Errors
    /// The system's, if the file cannot be opened.
    pub(super) fn open(path: Option<&str>) -> std::io::Result<Log> {
        let file = match path {
            Some(path) => Some(File::options().create(true).append(true).open(path)?),
            None => None,
        };
        Ok(Log { file })
    }

    /// A log that nobody reads.
    pub(super) const fn off() -> Log {
        Log { file: None }
    }

    /// Is anyone interested? If not, no name has to be made.
    pub(super) fn is_on(&self) -> bool {
        self.file.is_some()
    }

    /// A compilation begins.
    pub(super) fn begin(&self, name: &str) {
        self.line(&format!("> {name}\n"));
    }

    /// A method was compiled.
    pub(super) fn compiled(&self, level: &str, il: u32, native: u32, ns: u64, name: &str) {
        let hash = name_hash(name);
        self.line(&format!("+ {hash:08x} {level} {il} {native} {ns} {name}\n"));
    }

    /// A method was not compiled.
    pub(super) fn left(&self, outcome: Outcome, il: u32, ns: u64, name: &str, reason: &str) {
        let outcome = outcome.name().replace(' ', "_");
        let reason = reason.replace(['\n', '\t'], " ");
        self.line(&format!("- {outcome} {il} {ns} {name}\t{reason}\n"));
    }

    /// .NET's own JIT compiled a method behind the shim.
    pub(super) fn stock(&self, il: u32, native: u32, ns: u64, gc: &str, name: &str) {
        self.line(&format!("= {il} {native} {ns} {gc} {name}\n"));
    }

    /// The library has started.
    pub(super) fn started(&self, ns: u128) {
        self.line(&format!("! {ns}\n"));
    }

    /// A log that can no longer be written has nobody to tell: the process belongs to someone else's program.
    fn line(&self, text: &str) {
        if let Some(mut file) = self.file.as_ref() {
            let _ = file.write_all(text.as_bytes());
        }
    }
}

/// A method's number by its name (FNV-1a): the same in every run, whatever the order of compilations.
pub(super) fn name_hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// A range of [`name_hash`] values from the text `LO-HI` in hexadecimal, both included.
pub(super) fn hash_range(text: &str) -> Option<(u32, u32)> {
    let (low, high) = text.split_once('-')?;
    let number = |digits: &str| u32::from_str_radix(digits.trim(), 16).ok();
    Some((number(low)?, number(high)?))
}

/// Nanoseconds that this thread has run.
pub(super) fn thread_time() -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the kernel fills the structure; this clock exists on every system that the library runs on.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut now) };
    now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_as_they_are_written() {
        let path = std::env::temp_dir().join(format!("tatsu-log-{}", std::process::id()));
        let log = Log::open(path.to_str()).unwrap();
        log.begin("A:B(int)");
        log.compiled("FullOpts", 7, 12, 345, "A:B(int)");
        log.left(Outcome::Internal, 7, 3, "A:C()", "phase: two\nlines");
        log.stock(7, 12, 30, "same", "A:B(int)");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let hash = name_hash("A:B(int)");
        assert_eq!(
            text,
            format!(
                "> A:B(int)\n+ {hash:08x} FullOpts 7 12 345 A:B(int)\n\
                 - internal_error 7 3 A:C()\tphase: two lines\n= 7 12 30 same A:B(int)\n"
            )
        );
    }

    #[test]
    fn ranges_of_hashes() {
        assert_eq!(hash_range("0-ffffffff"), Some((0, u32::MAX)));
        assert_eq!(hash_range("10-1F"), Some((16, 31)));
        assert_eq!(hash_range("10"), None);
        assert_ne!(name_hash("a"), name_hash("b"));
    }

    #[test]
    fn a_threads_time_goes_forward() {
        let start = thread_time();
        let sum = (0..100_000u64).map(std::hint::black_box).sum::<u64>();
        assert!(sum > 0 && thread_time() > start);
    }
}
