//! A failing program becomes a small file that says how to run it.
//!
//! Candidates of the shrinker run in processes of their own, since what is compiled wrongly may end its process, or never end.

use super::{Differential, Fault};
use crate::ir::Method;
use crate::ir::print::print_module;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a candidate may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Candidates of one program at most.
const BUDGET: u32 = 600;
/// What a process that compares a file says before the difference it found.
pub const MARK: &str = "difference: ";

/// A program that failed, made small.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The file it was written to.
    pub file: PathBuf,
    /// What it shows.
    pub what: String,
}

impl std::fmt::Display for Shrunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let file = self.file.display();
        write!(f, "{}\n  in {file}, which says how to run it", self.what)
    }
}

/// A difference with its numbers taken out: the same kind of failure in other words.
pub fn kind(what: &str) -> String {
    // The way to compile is of no interest, only the level.
    let level = what.split([',', ' ', ':']).next().unwrap_or_default();
    let rest = what.split_once(": ").map_or("", |(_, r)| r);
    let what = format!("{level}: {rest}");
    let end = what.find(" = ").unwrap_or(what.len());
    let mut kind: String = what[..end]
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect();
    kind.truncate(kind.find('(').unwrap_or(kind.len()));
    kind
}

/// Shrinks `methods`, which fail with `seed` as `what` says, to `name.tir` in `folder`. `apart` is the command that compares a file
/// with this seed in a process of its own and prints the difference behind [`MARK`]; `how` is that command for people.
///
/// # Errors
/// The file that could not be written.
pub fn shrink_to_file(
    methods: &[Method],
    seed: u64,
    what: &str,
    place: (&Path, &str),
    apart: &dyn Fn(&Path) -> Command,
    how: &dyn Fn(&Path) -> String,
) -> std::io::Result<Shrunk> {
    let (folder, name) = place;
    std::fs::create_dir_all(folder)?;
    let file = folder.join(format!("{name}.tir"));
    let candidate = folder.join(format!("{name}.candidate.tir"));
    let mut last = what.to_owned();
    // The shrinker keeps the first.
    let mut methods = methods.to_vec();
    methods.reverse();
    let mut wanted = None;
    let small = crate::ir::shrink_module(&methods, BUDGET, |m| {
        if m.iter().any(|m| crate::ir::verify(m).is_err()) {
            return false;
        }
        let Some(w) = compare_apart(m, &candidate, apart) else {
            return false;
        };
        let same = *wanted.get_or_insert_with(|| kind(&w)) == kind(&w);
        if same {
            last = w;
        }
        same
    });
    // Only the result is of use.
    let _ = std::fs::remove_file(&candidate);
    let mut text = format!("; seed {seed}: {last}\n; {}\n", how(&file));
    if wanted.is_none() {
        text.push_str("; Alone it does not fail: what was compiled before it matters.\n");
    }
    print_module(&small, &mut text);
    std::fs::write(&file, text)?;
    Ok(Shrunk {
        file,
        what: format!("seed {seed}: {last}"),
    })
}

/// Compares a candidate; says the difference.
fn compare_apart(
    methods: &[Method],
    file: &Path,
    apart: &dyn Fn(&Path) -> Command,
) -> Option<String> {
    let mut text = String::new();
    print_module(methods, &mut text);
    std::fs::write(file, text).ok()?;
    let mut child = apart(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // What was compiled wrongly may never end.
    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(1)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Some("it does not end".to_owned());
            }
        }
    };
    let mut said = String::new();
    child.stdout.take()?.read_to_string(&mut said).ok()?;
    match said.lines().find_map(|l| l.strip_prefix(MARK)) {
        Some(what) => Some(what.to_owned()),
        None if status.code().is_none() => Some("the process ended".to_owned()),
        None => None,
    }
}

/// Compares the program in `file` with `seed`; the difference, if there is one.
///
/// # Errors
/// The file cannot be read, or is no program.
pub fn compare_file(
    differential: &mut Differential,
    file: &Path,
    seed: u64,
) -> Result<Option<String>, String> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|e| format!("cannot read {name}: {e}"))?;
    let module = crate::ir::parse::parse_module(&text).map_err(|e| e.render(&text, &name))?;
    Ok(match differential.compare(&module.methods, seed) {
        Err(Fault::Difference(what)) => Some(what),
        _ => None,
    })
}
