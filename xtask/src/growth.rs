//! `cargo xtask growth`: what an operation costs in a small and in a large method of each generated shape, in instructions.
//!
//! The count is callgrind's, so it is the same in every run and on a busy machine: what turns quadratic shows as growth,
//! without a clock. Two limits, both from what the project promises: an operation of the large method may cost so many times one of the
//! small method, and so many times the median of all shapes at its target and level. An argument of a call counts like an
//! operation in the second: a call of twenty arguments is twenty moves at least.

use crate::run::{self, Counts};
use crate::{paths, setup};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Args {
    /// Operations of the small method
    #[arg(long, default_value_t = 1000)]
    small: u32,
    /// Operations of the large method
    #[arg(long, default_value_t = 8000)]
    large: u32,
}

/// Growth that is allowed at each level.
const GROWTH: [(&str, f64); 2] = [("min", 1.5), ("full", 2.0)];
/// Cost over the median that is allowed.
const OVER_MEDIAN: f64 = 5.0;

pub fn run(args: Args) -> Result<ExitCode> {
    ensure()?;
    let counts = check(args.small, args.large)?;
    println!("{counts}");
    Ok(if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Installs callgrind where it is missing.
pub fn ensure() -> Result<()> {
    if paths::which("valgrind").is_none() {
        setup::apt::install(&["valgrind"], "counting the instructions of compiles")?;
    }
    paths::which("valgrind").context("valgrind is not on the path")?;
    Ok(())
}

/// One compile: what it was of, and what it cost.
struct Compile {
    /// Shape, target, level.
    what: [String; 3],
    operations: f64,
    arguments: f64,
    instructions: f64,
}

/// Counts every shape at both sizes and holds it against the limits.
pub fn check(small: u32, large: u32) -> Result<Counts> {
    let built = run::tee(
        paths::cargo().args(["build", "--quiet", "--release", "--example", "shape_cost"]),
        |_| {},
    )?;
    ensure!(built.success(), "the example shape_cost does not build");
    let dir = paths::target_dir()?.join("growth");
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    let compiles = count(&dir, small, large)?;
    // The large ones follow the small ones of their shape, in the same order of targets and levels.
    let mut costs: BTreeMap<[String; 2], Vec<f64>> = BTreeMap::new();
    let mut rows = Vec::new();
    for shape in compiles.chunks(8) {
        let (low, high) = shape.split_at(shape.len() / 2);
        for (a, b) in low.iter().zip(high) {
            ensure!(a.what == b.what, "the listing is not in order");
            let growth = (b.instructions / b.operations) / (a.instructions / a.operations);
            let cost = b.instructions / (b.operations + b.arguments);
            let [_, target, level] = b.what.clone();
            costs.entry([target, level]).or_default().push(cost);
            rows.push((b, growth, cost));
        }
    }
    for list in costs.values_mut() {
        list.sort_by(f64::total_cmp);
    }
    let mut counts = Counts::default();
    for (c, growth, cost) in rows {
        let [shape, target, level] = &c.what;
        let list = &costs[&[target.clone(), level.clone()]];
        let over = cost / list[list.len() / 2];
        let most = GROWTH.iter().find(|g| g.0 == level).map_or(0.0, |g| g.1);
        let good = growth <= most && over <= OVER_MEDIAN;
        let each = c.instructions / c.operations;
        println!(
            "{shape:<12} {target:<12} {level:<5} {each:>7.0} instructions/op  growth {growth:.2}  over the median {over:.2}{}",
            if good { "" } else { "  TOO DEAR" }
        );
        counts += Counts::one(good);
    }
    Ok(counts)
}

/// Runs all compiles under callgrind, which writes a file each time one is done.
fn count(dir: &Path, small: u32, large: u32) -> Result<Vec<Compile>> {
    let program = paths::target_dir()?.join("release/examples/shape_cost");
    let out = dir.join("count");
    let listing = run::quiet(
        Command::new("valgrind")
            .args(["--tool=callgrind", "--quiet"])
            .args([
                "--toggle-collect=*measured*",
                "--dump-after=shape_cost::measured",
            ])
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(program)
            .arg("--all")
            .args([small.to_string(), large.to_string()]),
    )?;
    let mut compiles = Vec::new();
    for (i, line) in listing.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [shape, target, level, _, operations, arguments] = words[..] else {
            anyhow::bail!("not a line of the listing: {line}");
        };
        let file = dir.join(format!("count.{}", i + 1));
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let total = text.lines().find_map(|l| l.strip_prefix("totals:"));
        compiles.push(Compile {
            what: [shape, target, level].map(str::to_owned),
            operations: operations.parse()?,
            arguments: arguments.parse()?,
            instructions: total.context("no total")?.trim().parse()?,
        });
    }
    ensure!(!compiles.is_empty(), "nothing was compiled");
    Ok(compiles)
}
