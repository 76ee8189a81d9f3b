//! Starting programs and counting what they report.

use anyhow::{Context, Result, bail};
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How many tests passed, failed and were skipped; its `Display` is the closing line of every suite.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    pub fn one(passed: bool) -> Counts {
        Counts {
            passed: u64::from(passed),
            failed: u64::from(!passed),
            skipped: 0,
        }
    }

    /// The closing line `N passed, N failed[, N skipped]` alone on a line, if `line` is one.
    pub fn parse(line: &str) -> Option<Counts> {
        let mut counts = Counts::default();
        let mut parts = line.trim().split(", ");
        let mut number = |word: &str| parts.next()?.strip_suffix(word)?.trim_end().parse().ok();
        counts.passed = number("passed")?;
        counts.failed = number("failed")?;
        if let Some(rest) = parts.next() {
            counts.skipped = rest.strip_suffix(" skipped")?.parse().ok()?;
        }
        parts.next().is_none().then_some(counts)
    }

    /// The counts of one `test result: …` line of libtest. Filtered-out tests were not asked for.
    pub fn parse_libtest(line: &str) -> Option<Counts> {
        let rest = line
            .trim()
            .strip_prefix("test result: ")?
            .split_once(". ")?
            .1;
        let mut counts = Counts::default();
        for part in rest.split("; ") {
            let (number, word) = part.split_once(' ')?;
            match word {
                "passed" => counts.passed = number.parse().ok()?,
                "failed" => counts.failed = number.parse().ok()?,
                "ignored" => counts.skipped = number.parse().ok()?,
                _ => {}
            }
        }
        Some(counts)
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// The command as one would type it, without its environment.
pub fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        let arg = arg.to_string_lossy();
        text.push(' ');
        if arg.contains(' ') {
            text.push_str(&format!("'{arg}'"))
        } else {
            text.push_str(&arg)
        }
    }
    text
}

/// Runs `command`, its output shown as it comes; fails unless it exits with 0.
pub fn check(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs `command` silently and returns its standard output; on failure its whole output is in the error.
pub fn quiet(command: &mut Command) -> Result<String> {
    let out = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    if !out.status.success() {
        let (stdout, stderr) = (
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr),
        );
        bail!(
            "{} ended with {}\n{stdout}{stderr}",
            shown(command),
            out.status
        );
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Runs `command`, shows its standard output as it comes and hands each line to `line`.
pub fn tee(command: &mut Command, mut line: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let mut out = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let mut bytes = Vec::new();
    while out.read_until(b'\n', &mut bytes)? > 0 {
        let text = String::from_utf8_lossy(&bytes);
        print!("{text}");
        line(&text);
        bytes.clear();
    }
    Ok(child.wait()?)
}

/// What a program run under [`limited`] did.
pub struct Outcome {
    /// `None`: ended by us after the time limit.
    pub status: Option<ExitStatus>,
    /// Standard output and error in the order written.
    pub output: String,
}

/// Runs `command` with its output collected, and ends it when it takes longer than `limit`.
pub fn limited(command: &mut Command, limit: Duration, log: &std::path::Path) -> Result<Outcome> {
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(log)?;
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file.try_clone()?)
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(Outcome {
        status,
        output: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_read() {
        let counts = |passed, failed, skipped| {
            Some(Counts {
                passed,
                failed,
                skipped,
            })
        };
        assert_eq!(
            Counts::parse("3 passed, 1 failed, 2 skipped\n"),
            counts(3, 1, 2)
        );
        assert_eq!(Counts::parse("3 passed, 1 failed"), counts(3, 1, 0));
        assert_eq!(Counts::parse("so 3 passed, 1 failed"), None);
        assert_eq!(Counts::parse("3 passed, 1 failed, 2 skipped, 4 more"), None);
        assert_eq!(
            Counts::parse(&counts(7, 8, 9).unwrap_or_default().to_string()),
            counts(7, 8, 9)
        );
        let line = "test result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; 5 filtered out; finished in 0.01s";
        assert_eq!(Counts::parse_libtest(line), counts(12, 1, 2));
        assert_eq!(Counts::parse_libtest("test foo ... ok"), None);
    }

    #[test]
    fn a_hanging_program_is_ended() {
        let log = std::env::temp_dir().join(format!("tatsu-xtask-{}.log", std::process::id()));
        let start = Instant::now();
        let outcome = limited(
            Command::new("sleep").arg("60"),
            Duration::from_millis(50),
            &log,
        )
        .expect("sleep starts");
        std::fs::remove_file(&log).expect("the log exists");
        assert!(outcome.status.is_none());
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
