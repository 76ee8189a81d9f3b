//! Generated programs give the same results everywhere: in the interpreter and natively, at both levels, with every stress.
//!
//! `TATSU_RANDOM_COUNT` says how many programs (default 40), `TATSU_RANDOM_SEED` the first seed (default 1). A program that
//! fails is shrunk and written to a `.tir` file in the target's temporary folder; the message names seed and file, and how to run it.
//! With `TATSU_RANDOM_TRACE=1` each program and way to compile is named before it runs: the last one named is the one that ended the
//! process. `TATSU_RANDOM_TARGET` says whose code runs: any target of this machine's instruction set, by default its own.
//! Hours of it: `cargo xtask random`.

use std::path::Path;
use std::process::Command;
use tatsu::host::differential::{Differential, Fault, programs::Kind, report, ways::Verify};
use tatsu::host::{host_features, host_target, target_named};
use tatsu::ir::Method;
use tatsu::ir::generate;
use tatsu::target::{CpuFeatures, TargetDesc};
use tatsu::types::VarType;

/// The target whose code runs.
fn target() -> &'static TargetDesc {
    match std::env::var("TATSU_RANDOM_TARGET") {
        Ok(name) => target_named(&name).unwrap_or_else(|| panic!("no target {name}")),
        Err(_) => host_target(),
    }
}

fn differential() -> Differential {
    // Checking every phase costs more than the rest together.
    let mut d = Differential::new(target(), Verify::Every(4));
    d.trace = std::env::var_os("TATSU_RANDOM_TRACE").is_some();
    d
}

fn from_env(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(v) => v.parse().unwrap_or_else(|e| panic!("{name}={v}: {e}")),
        Err(_) => default,
    }
}

#[test]
fn realistic_programs_agree() {
    let first = from_env("TATSU_RANDOM_SEED", 1);
    let count = from_env("TATSU_RANDOM_COUNT", 40).div_ceil(10);
    let mut d = differential();
    let mut endless = 0;
    for seed in first..first + count {
        match d.compare(&Kind::Realistic.make(seed), seed) {
            // Nested loops and calls may multiply beyond the interpreter's patience: about one program in thousands.
            Err(Fault::Endless) => endless += 1,
            Err(what) => panic!("realistic, seed {seed}: {what}"),
            Ok(()) => {}
        }
    }
    assert!(
        endless <= 1 + count / 500,
        "{endless} of {count} programs run out of fuel"
    );
    assert!(d.calls >= (count - endless) * 8 * 4);
}

#[test]
fn shapes_agree() {
    let mut d = differential();
    for (name, _) in generate::SHAPES {
        let methods = generate::shape(name, 800, 3).expect("a shape");
        if let Err(what) = d.compare(&methods, 3) {
            panic!("shape {name}: {what}");
        }
    }
    // Blocks that the allocator cuts.
    for (name, ops) in [("straight", 12_000), ("calls", 6_000)] {
        let methods = generate::shape(name, ops, 3).expect("a shape");
        if let Err(what) = d.compare(&methods, 1) {
            panic!("long {name}: {what}");
        }
    }
}

/// The file that `TATSU_RANDOM_FILE` names, which a failure left, with the calls and ways to compile of `TATSU_RANDOM_SEED`.
#[test]
fn a_file_agrees() {
    let Ok(file) = std::env::var("TATSU_RANDOM_FILE") else {
        return;
    };
    let seed = from_env("TATSU_RANDOM_SEED", 1);
    let said = report::compare_file(&mut differential(), Path::new(&file), seed);
    if let Some(what) = said.unwrap_or_else(|e| panic!("{e}")) {
        println!("{}{what}", report::MARK);
        std::process::exit(1);
    }
}

/// Shrinks a failing program and writes it; returns the file's name and what it shows.
fn reported(methods: &[Method], kind: Kind, seed: u64, what: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let name = format!("random-{}-{seed}", kind.name());
    let apart = |file: &Path| {
        let program = std::env::current_exe().expect("a running program has a file");
        let mut command = Command::new(program);
        command
            .args(["--exact", "a_file_agrees", "--nocapture"])
            .env("TATSU_RANDOM_FILE", file)
            .env("TATSU_RANDOM_SEED", seed.to_string());
        command
    };
    let how = |file: &Path| {
        let file = file.display();
        format!(
            "TATSU_RANDOM_FILE={file} TATSU_RANDOM_SEED={seed} cargo test --release --test random a_file -- --nocapture"
        )
    };
    match report::shrink_to_file(methods, seed, what, (folder, &name), &apart, &how) {
        Ok(shrunk) => shrunk.to_string(),
        Err(e) => format!("seed {seed}: {what}\n  {}: {e}", folder.display()),
    }
}

#[test]
fn random_programs_agree() {
    agree(Kind::Scalars, from_env("TATSU_RANDOM_COUNT", 40));
}

#[test]
fn random_vector_programs_agree() {
    let count = from_env("TATSU_RANDOM_COUNT", 40);
    agree(Kind::Vectors(VarType::V128), count);
}

#[test]
fn random_odd_vector_programs_agree() {
    let count = from_env("TATSU_RANDOM_COUNT", 40).div_ceil(2);
    for ty in [VarType::V64, VarType::V96, VarType::V512] {
        agree(Kind::Vectors(ty), count);
    }
}

/// Where the machine has vectors of 32 bytes.
#[test]
fn random_wide_vector_programs_agree() {
    if host_features().contains(CpuFeatures::AVX2) {
        let count = from_env("TATSU_RANDOM_COUNT", 40).div_ceil(2);
        agree(Kind::Vectors(VarType::V256), count);
    }
}

fn agree(kind: Kind, count: u64) {
    let first = from_env("TATSU_RANDOM_SEED", 1);
    let mut d = differential();
    // What the back end declines is counted, not compared.
    let mut declined = 0;
    let mut reasons: std::collections::BTreeMap<String, u32> = Default::default();
    let mut failures = Vec::new();
    let mut kinds: std::collections::BTreeMap<String, u32> = Default::default();
    for seed in first..first + count {
        let methods = kind.make(seed);
        let what = match d.compare(&methods, seed) {
            Ok(()) => continue,
            Err(Fault::Declined(why)) => {
                *reasons.entry(why).or_default() += 1;
                declined += 1;
                continue;
            }
            Err(Fault::Endless) => format!("interpreter: {}", Fault::Endless),
            Err(fault) => fault.to_string(),
        };
        let same = kinds.entry(report::kind(&what)).or_default();
        *same += 1;
        if *same == 1 {
            failures.push(reported(&methods, kind, seed, &what));
        }
    }
    println!(
        "{}, {}: {count} programs, {declined} declined {reasons:?}, {} native calls compared",
        d.target().name,
        kind.name(),
        d.calls
    );
    assert!(
        declined * 2 < count,
        "{declined} of {count} programs declined: {reasons:?}"
    );
    assert!(
        failures.is_empty(),
        "{} of {count} programs fail: {kinds:?}\n{}",
        kinds.values().sum::<u32>(),
        failures.join("\n")
    );
}
