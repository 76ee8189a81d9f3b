//! `cargo xtask code-order`: which functions a first compile runs, as a list for the linker.
//!
//! A process's first compile is mostly waiting for its code: each stretch of 64 KiB that it touches is a page fault, and its functions lie
//! scattered over the whole program. `build.rs` has the linker put those of the list side by side. The list is what callgrind sees
//! of the small method that `tatsu bench first` compiles, at both targets and levels: first what only x64 runs, then what both do,
//! then what only arm64 does, so that either is in one piece.
//!
//! Names stand without their hashes, which differ from build to build. A name that is not in a program does no harm there; a function that
//! is not in the list lies where it would without it. So the list wants writing anew only now and then.

use crate::{growth, paths, run};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Args {}

/// What is compiled, in the order of its functions' places.
const WORK: [&str; 4] = [
    "first x64-linux full",
    "first x64-linux min",
    "first arm64-linux min",
    "first arm64-linux full",
];

pub fn run(_: Args) -> Result<ExitCode> {
    growth::ensure()?;
    let built = run::tee(
        paths::cargo().args(["build", "--release", "--bin", "tatsu"]),
        |_| {},
    )?;
    ensure!(built.success(), "tatsu does not build");
    let program = paths::target_dir()?.join("release/tatsu");
    // A bit for each piece of work that runs the function.
    let mut run_by: BTreeMap<String, u8> = BTreeMap::new();
    for (bit, work) in WORK.into_iter().enumerate() {
        let [before, after] = [0, 1].map(|turns| costs(&program, work, turns));
        let before = before?;
        for (name, cost) in after? {
            if cost > before.get(&name).copied().unwrap_or(0)
                && let Some(pattern) = pattern(&name)
            {
                *run_by.entry(pattern).or_default() |= 1 << bit;
            }
        }
    }
    ensure!(run_by.len() > 100, "callgrind saw too few functions");
    let mut list: Vec<_> = run_by.into_iter().collect();
    list.sort_by_key(|(_, works)| place(*works));
    let mut text = "/* The functions that a first compile runs, side by side. Written by `cargo xtask code-order`. */\nSECTIONS {\n  .text.compile : {\n".to_owned();
    for (name, _) in &list {
        writeln!(text, "    *(.text.{name})")?;
    }
    text.push_str("  }\n} INSERT BEFORE .text;\n");
    let file = paths::root().join("link/compile-order.ld");
    std::fs::write(&file, text).with_context(|| file.display().to_string())?;
    println!("{} functions", list.len());
    Ok(ExitCode::SUCCESS)
}

/// Where functions of these pieces of work come: only x64's, both targets', only arm64's; those of MinOpts next to the middle.
fn place(works: u8) -> u8 {
    match (works & 0b0011, works & 0b1100) {
        (0b0001, 0) => 0,
        (_, 0) => 1,
        (0, 0b1000) => 4,
        (0, _) => 3,
        _ => 2,
    }
}

/// What each function costs, itself, in a process that does `work` so many times.
fn costs(program: &Path, work: &str, turns: u32) -> Result<HashMap<String, u64>> {
    let out = paths::target_dir()?.join("code-order.callgrind");
    run::quiet(
        Command::new("valgrind")
            .args(["--tool=callgrind", "--quiet", "--demangle=no"])
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(program)
            .args(["bench", "--work", work, "--turns", &turns.to_string()]),
    )?;
    let text = std::fs::read_to_string(&out)?;
    std::fs::remove_file(&out)?;
    Ok(own_costs(&text))
}

/// The functions of a listing of callgrind's and what each costs, itself.
fn own_costs(text: &str) -> HashMap<String, u64> {
    let mut names: HashMap<&str, &str> = HashMap::new();
    let mut costs: HashMap<String, u64> = HashMap::new();
    let (mut function, mut of_call) = ("", false);
    for line in text.lines() {
        if let Some((key @ ("fn" | "cfn"), rest)) = line.split_once('=') {
            // `(12) name` the first time, `(12)` later.
            let (number, name) = rest.split_once(' ').unwrap_or((rest, ""));
            if !name.is_empty() {
                names.insert(number, name);
            }
            if key == "fn" {
                function = names.get(number).copied().unwrap_or_default();
            }
        } else if line.starts_with("calls=") {
            // The next line is what the call cost.
            of_call = true;
        } else if line.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c))
            && let Some((_, cost)) = line.rsplit_once(' ')
            && let Ok(cost) = cost.parse::<u64>()
            && !std::mem::take(&mut of_call)
        {
            *costs.entry(function.to_owned()).or_default() += cost;
        }
    }
    costs
}

/// The name of a Rust function for the linker, its hashes left open. Others are of libraries that lie elsewhere.
fn pattern(name: &str) -> Option<String> {
    if name.starts_with("_ZN") {
        let (path, hash) = name.rsplit_once("17h")?;
        let known = hash.len() >= 17 && hash.as_bytes()[16] == b'E';
        return known.then(|| format!("{path}17h*"));
    }
    if !name.starts_with("_R") {
        return None;
    }
    // `Cs` and a number before an underscore: a crate's hash.
    let mut open = String::new();
    let mut rest = name.split(".llvm.").next()?;
    while let Some((before, crate_name)) = rest.split_once("Cs") {
        let Some((hash, behind)) = crate_name.split_once('_') else {
            break;
        };
        let is_hash = hash.len() > 8 && hash.bytes().all(|c| c.is_ascii_alphanumeric());
        let hash = if is_hash { "*" } else { hash };
        write!(open, "{before}Cs{hash}_").ok()?;
        rest = behind;
    }
    Some(format!("{open}{rest}*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_hashes() {
        let legacy = "_ZN5tatsu5lower11lower_block17h5517fed058ff1422E";
        assert_eq!(
            pattern(legacy).as_deref(),
            Some("_ZN5tatsu5lower11lower_block17h*")
        );
        let new = "_RNvMs3_NtCslNYArtu3iFV_5alloc7raw_vecNtB5_8grow_oneB7_.llvm.15";
        assert_eq!(
            pattern(new).as_deref(),
            Some("_RNvMs3_NtCs*_5alloc7raw_vecNtB5_8grow_oneB7_*")
        );
        assert_eq!(pattern("malloc"), None);
    }

    #[test]
    fn costs_of_calls_are_not_the_callers() {
        let text = "fn=(1) a\n10 5\n+1 7\ncfn=(2) b\ncalls=1 20\n+2 100\n* 1\n\nfn=(2)\n20 100\nfn=(1)\n10 2\n";
        let costs = own_costs(text);
        assert_eq!((costs["a"], costs["b"]), (15, 100));
    }
}
