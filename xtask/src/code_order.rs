//! `cargo xtask code-order`: which functions a first compile runs, as a list for the linker.
//!
//! A process's first compile is mostly waiting for its code: each stretch of 64 KiB that it touches is a page fault, and its functions lie
//! scattered over the whole program. `build.rs` has the linker put those of the list side by side. The list is what callgrind sees
//! of the small method that `tatsu bench first` compiles, at both targets and levels: first what only x64 runs, then what both do,
//! then what only arm64 does, so that either is in one piece.
//!
//! Names stand without their hashes, which differ from build to build. A name that is not in a program does no harm there; a function that
//! is not in the list lies where it would without it. So the list wants writing anew only now and then: the command says how many
//! stretches a first compile touches with the list as it was and with the new one, and `--check` only counts them.

use crate::{growth, paths, run};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Args {
    /// Write nothing: only count the stretches of code that a first compile touches
    #[arg(long)]
    check: bool,
}

/// What is compiled, in the order of its functions' places.
const WORK: [&str; 4] = [
    "first x64-linux full",
    "first x64-linux min",
    "first arm64-linux min",
    "first arm64-linux full",
];

/// What the system maps at one fault of a file's page: 16 pages of 4 KiB, aligned.
const STRETCH: u64 = 64 << 10;

pub fn run(args: Args) -> Result<ExitCode> {
    growth::ensure()?;
    let program = build()?;
    let before = all_stretches(&program)?;
    if args.check {
        for (work, n) in WORK.iter().zip(before) {
            println!("{work}: {n} stretches of code");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let list = functions(&program)?;
    let file = paths::root().join("link/compile-order.ld");
    std::fs::write(&file, linker_script(&list)?).with_context(|| file.display().to_string())?;
    println!("{} functions", list.len());
    let after = all_stretches(&build()?)?;
    for (work, (before, after)) in WORK.iter().zip(before.into_iter().zip(after)) {
        println!("{work}: {after} stretches of code, {before} with the list as it was");
    }
    Ok(ExitCode::SUCCESS)
}

fn build() -> Result<PathBuf> {
    let mut cargo = paths::cargo();
    let built = run::tee(cargo.args(["build", "--release", "--bin", "tatsu"]), |_| {})?;
    ensure!(built.success(), "tatsu does not build");
    Ok(paths::target_dir()?.join("release/tatsu"))
}

/// The functions that a first compile runs, in the order of their places.
fn functions(program: &Path) -> Result<Vec<String>> {
    // A bit for each piece of work that runs the function.
    let mut run_by: BTreeMap<String, u8> = BTreeMap::new();
    for (bit, work) in WORK.into_iter().enumerate() {
        let [before, after] = [0, 1].map(|turns| listing(program, work, turns, &[]));
        let before = own_costs(&before?);
        for (name, cost) in own_costs(&after?) {
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
    Ok(list.into_iter().map(|(name, _)| name).collect())
}

/// Tables of constants that every compile reads; what it reads of a large one is at its beginning.
const TABLES: [&str; 12] = [
    "7codegen5GenCx7mark_il5ASKED",
    "7codegen7minopts6locals8MENTIONS",
    "7compile7backend12has_pointers6BLOCKS",
    "4flow8liveness7TELLING",
    "2ir6method9NodeKinds3add6OF_OPS",
    "3opt4fold7TELLING",
    "7codegen3x643mem8ACCESSES",
    "7codegen5arm643mem7MEM_OPS",
    "4emit3x646encode6SIMPLE",
    "4emit3x646encode3ENC",
    "4emit3x643asm5FORMS",
    "4emit5arm645quick5QUICK",
];

/// Two sections of their own: code, and the constants that it reads.
fn linker_script(list: &[String]) -> Result<String> {
    let mut text = "/* The functions that a first compile runs, side by side, and their tables. Written by `cargo xtask code-order`. */\nSECTIONS {\n  .text.compile : {\n".to_owned();
    for name in list {
        // Where cold functions are put, too: a first compile runs all that makes room.
        writeln!(text, "    *(.text.{name} .text.unlikely.{name})")?;
    }
    text.push_str("  }\n} INSERT BEFORE .text;\nSECTIONS {\n  .rodata.compile : {\n");
    for name in list {
        // Jump tables, and what the compiler makes of a `match` whose arms are constants.
        writeln!(text, "    *(.rodata.{name} .rodata..Lswitch.table.{name})")?;
    }
    for name in TABLES {
        writeln!(text, "    *(.rodata._ZN5tatsu{name}17h*)")?;
    }
    text.push_str("  }\n} INSERT BEFORE .rodata;\n");
    Ok(text)
}

/// For each piece of work: the stretches of code that a first compile touches and nothing before it did.
fn all_stretches(program: &Path) -> Result<[usize; WORK.len()]> {
    let mut counts = [0; WORK.len()];
    for (n, work) in counts.iter_mut().zip(WORK) {
        let addresses = ["--dump-instr=yes", "--dump-line=no"];
        let [before, after] = [0, 1].map(|turns| listing(program, work, turns, &addresses));
        *n = stretches(&after?).difference(&stretches(&before?)).count();
    }
    Ok(counts)
}

/// Where functions of these pieces of work come: what each of them runs is as near to one piece as an order of all can have it.
fn place(works: u8) -> u8 {
    match works {
        0b1000 => 0,
        0b1001 => 1,
        0b0001 => 2,
        0b0011 => 3,
        0b0010 => 5,
        0b0110 => 6,
        0b0100 => 7,
        0b1100 => 8,
        // What both targets run, at MinOpts too.
        _ => 4,
    }
}

/// Callgrind's listing of a process that does `work` so many times.
fn listing(program: &Path, work: &str, turns: u32, options: &[&str]) -> Result<String> {
    let out = paths::target_dir()?.join("code-order.callgrind");
    run::quiet(
        Command::new("valgrind")
            .args(["--tool=callgrind", "--quiet", "--demangle=no"])
            .args(options)
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(program)
            .args(["bench", "--work", work, "--turns", &turns.to_string()]),
    )?;
    let text = std::fs::read_to_string(&out)?;
    std::fs::remove_file(&out)?;
    Ok(text)
}

/// The objects and stretches of code of a listing with addresses.
fn stretches(text: &str) -> BTreeSet<(&str, u64)> {
    let mut touched = BTreeSet::new();
    let (mut object, mut address, mut of_call) = ("", 0u64, false);
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("ob=") {
            // The number is enough: objects are loaded in one order.
            object = name.split(' ').next().unwrap_or(name);
        } else if line.starts_with("calls=") {
            of_call = true;
        } else if let Some((position, _)) = line.split_once(' ')
            && let Some(at) = position_of(position, address)
        {
            address = at;
            if !std::mem::take(&mut of_call) {
                touched.insert((object, at / STRETCH));
            }
        }
    }
    touched
}

/// An address of a listing: whole, or its distance from the one before.
fn position_of(text: &str, last: u64) -> Option<u64> {
    if let Some(hex) = text.strip_prefix("0x") {
        u64::from_str_radix(hex, 16).ok()
    } else if let Some(more) = text.strip_prefix('+') {
        Some(last.wrapping_add(more.parse().ok()?))
    } else if let Some(less) = text.strip_prefix('-') {
        Some(last.wrapping_sub(less.parse().ok()?))
    } else {
        (text == "*").then_some(last)
    }
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
    fn stretches_are_those_of_code_that_ran() {
        let text = "ob=(1) /a\nfn=(1) a\n0x20000 5\n+16 1\ncalls=1 0x90000\n+16 70\n-65536 1\n* 2\nob=(2)\n0x20000 1\n";
        let touched: Vec<_> = stretches(text).into_iter().collect();
        assert_eq!(touched, [("(1)", 1), ("(1)", 2), ("(2)", 2)]);
    }

    #[test]
    fn costs_of_calls_are_not_the_callers() {
        let text = "fn=(1) a\n10 5\n+1 7\ncfn=(2) b\ncalls=1 20\n+2 100\n* 1\n\nfn=(2)\n20 100\nfn=(1)\n10 2\n";
        let costs = own_costs(text);
        assert_eq!((costs["a"], costs["b"]), (15, 100));
    }
}
