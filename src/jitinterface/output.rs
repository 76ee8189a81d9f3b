//! Where listings, dumps and traces go: `JitStdOutFile`, else standard output.
//!
//! A text is finished before it is given here, and goes out in one write under a lock, so concurrent compilations do not
//! interleave. The file is appended to: .NET's own JIT may have it open too.

use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// The sink of a process.
pub(super) struct Output {
    file: Option<Mutex<File>>,
}

impl Output {
    /// Opens `path`; standard output where there is none.
    ///
    /// # Errors
    /// The system's, if the file cannot be opened.
    pub(super) fn open(path: Option<&str>) -> std::io::Result<Output> {
        let file = match path {
            Some(path) => Some(Mutex::new(
                File::options().create(true).append(true).open(path)?,
            )),
            None => None,
        };
        Ok(Output { file })
    }

    /// Standard output.
    pub(super) const fn stdout() -> Output {
        Output { file: None }
    }

    /// Writes `text`. A sink that no longer takes text is no reason to disturb the program that is being compiled, so
    /// failure has no consequence.
    pub(super) fn write(&self, text: &str) {
        let _ = match &self.file {
            Some(file) => file
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write_all(text.as_bytes()),
            None => std::io::stdout().lock().write_all(text.as_bytes()),
        };
    }
}
