//! `cargo xtask growth`: what an operation costs in a small and in a large method of each generated shape: instructions, and memory
//! of the large one.
//!
//! The count is callgrind's, so it is the same in every run and on a busy machine: what turns quadratic shows as growth,
//! without a clock. Three limits, all from what the project promises: an operation of the large method may cost so many times one of
//! the small method, so many times the median of all shapes at its target and level, and so many bytes at the peak. An argument
//! of a call counts like an operation in the second and the third: a call of twenty arguments is twenty moves at least.
//!
//! Each compile is a process of its own, so that all its memory is fresh; the rows are printed as they come.

use crate::run;
use crate::{paths, setup};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Args {
    /// Operations of the small method
    #[arg(long, default_value_t = 1000)]
    from: u32,
    /// Operations of the large method
    #[arg(long, default_value_t = 8000)]
    to: u32,
    /// Only these shapes; `realistic` is one
    #[arg(long)]
    shape: Vec<String>,
    /// Only these targets
    #[arg(long)]
    target: Vec<String>,
    /// Only this level: min or full
    #[arg(long)]
    opt: Vec<String>,
    /// Print an array of objects, one a row, when all is done
    #[arg(long)]
    json: bool,
}

/// What is allowed at a level: growth, and bytes of an operation at the peak.
struct Limits {
    level: &'static str,
    growth: f64,
    bytes: f64,
}

const LIMITS: [Limits; 2] = [
    Limits {
        level: "min",
        growth: 1.5,
        bytes: 250.0,
    },
    Limits {
        level: "full",
        growth: 2.0,
        bytes: 700.0,
    },
];
/// Cost over the median that is allowed.
const OVER_MEDIAN: f64 = 5.0;
/// From this size on what a method costs whatever its size does not count any more.
const BYTES_FROM: u32 = 100_000;

pub fn run(args: Args) -> Result<ExitCode> {
    ensure()?;
    let bench = Bench::new()?;
    let chosen = |all: Vec<String>, some: &[String]| -> Vec<String> {
        if some.is_empty() { all } else { some.to_vec() }
    };
    let shapes = chosen(bench.shapes()?, &args.shape);
    let targets = chosen(words("x64-linux arm64-linux"), &args.target);
    let levels = chosen(words("min full"), &args.opt);
    let mut rows = Vec::new();
    for shape in &shapes {
        for target in &targets {
            for level in &levels {
                let what = [shape.as_str(), target, level];
                let row = Row {
                    what: what.map(str::to_owned),
                    small: bench.count(what, args.from)?,
                    large: bench.count(what, args.to)?,
                };
                if !args.json {
                    println!("{}", row.text());
                    std::io::stdout().flush()?;
                }
                rows.push(row);
            }
        }
    }
    let medians = medians(&rows);
    let mut failed = 0;
    let mut json = Vec::new();
    for row in &rows {
        let median = medians[&row.place()];
        let complaints = row.complaints(median, args.to >= BYTES_FROM);
        failed += usize::from(!complaints.is_empty());
        if args.json {
            json.push(row.json(median, complaints.is_empty()));
        } else {
            for c in complaints {
                println!("{}: {c}", row.what.join(" "));
            }
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        println!("{} rows, {failed} too dear", rows.len());
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn words(list: &str) -> Vec<String> {
    list.split(' ').map(str::to_owned).collect()
}

/// Installs callgrind where it is missing.
pub fn ensure() -> Result<()> {
    if paths::which("valgrind").is_none() {
        setup::apt::install(&["valgrind"], "counting the instructions of compiles")?;
    }
    paths::which("valgrind").context("valgrind is not on the path")?;
    Ok(())
}

/// One compile, and what it cost.
struct Compile {
    operations: f64,
    arguments: f64,
    instructions: f64,
    peak_bytes: f64,
}

impl Compile {
    fn pieces(&self) -> f64 {
        self.operations + self.arguments
    }
}

/// Two compiles of a shape.
struct Row {
    /// Shape, target, level.
    what: [String; 3],
    small: Compile,
    large: Compile,
}

impl Row {
    /// Target and level: what has a median.
    fn place(&self) -> [String; 2] {
        [self.what[1].clone(), self.what[2].clone()]
    }

    fn growth(&self) -> f64 {
        let each = |c: &Compile| c.instructions / c.operations;
        each(&self.large) / each(&self.small)
    }

    /// Instructions of an operation or argument.
    fn cost(&self) -> f64 {
        self.large.instructions / self.large.pieces()
    }

    fn text(&self) -> String {
        let [shape, target, level] = &self.what;
        let c = &self.large;
        format!(
            "{shape:<12} {target:<12} {level:<5} {:>7.0} instructions/op  growth {:.2}  {:>5.0} bytes/op  with each argument counted \
             {:>6.0} instructions {:>4.0} bytes",
            c.instructions / c.operations,
            self.growth(),
            c.peak_bytes / c.operations,
            self.cost(),
            c.peak_bytes / c.pieces(),
        )
    }

    /// What is beyond a limit.
    fn complaints(&self, median: f64, bytes_count: bool) -> Vec<String> {
        let mut list = Vec::new();
        let Some(limits) = LIMITS.iter().find(|l| l.level == self.what[2]) else {
            return list;
        };
        if self.growth() > limits.growth {
            list.push(format!("growth {:.2}", self.growth()));
        }
        if self.cost() > OVER_MEDIAN * median {
            list.push(format!("{:.2} times the median", self.cost() / median));
        }
        let bytes = self.large.peak_bytes / self.large.pieces();
        if bytes_count && bytes > limits.bytes {
            list.push(format!("{bytes:.0} bytes at the peak"));
        }
        list
    }

    fn json(&self, median: f64, good: bool) -> serde_json::Value {
        let each = |c: &Compile| {
            serde_json::json!({
                "operations": c.operations,
                "arguments": c.arguments,
                "instructions": c.instructions,
                "peak_bytes": c.peak_bytes,
            })
        };
        let [shape, target, level] = &self.what;
        serde_json::json!({
            "shape": shape, "target": target, "level": level,
            "small": each(&self.small), "large": each(&self.large),
            "growth": self.growth(),
            "over_median": self.cost() / median,
            "good": good,
        })
    }
}

/// The median cost at each target and level.
fn medians(rows: &[Row]) -> BTreeMap<[String; 2], f64> {
    let mut costs: BTreeMap<[String; 2], Vec<f64>> = BTreeMap::new();
    for row in rows {
        costs.entry(row.place()).or_default().push(row.cost());
    }
    let middle = |mut list: Vec<f64>| {
        list.sort_by(f64::total_cmp);
        list[list.len() / 2]
    };
    costs
        .into_iter()
        .map(|(k, list)| (k, middle(list)))
        .collect()
}

/// The program that compiles, and a folder for callgrind's files.
struct Bench {
    program: PathBuf,
    dir: PathBuf,
}

impl Bench {
    fn new() -> Result<Bench> {
        let built = run::tee(
            paths::cargo().args(["build", "--quiet", "--release", "--example", "shape_cost"]),
            |_| {},
        )?;
        ensure!(built.success(), "the example shape_cost does not build");
        let dir = paths::target_dir()?.join("growth");
        std::fs::create_dir_all(&dir)?;
        let program = paths::target_dir()?.join("release/examples/shape_cost");
        Ok(Bench { program, dir })
    }

    /// Every shape there is.
    fn shapes(&self) -> Result<Vec<String>> {
        let names = run::quiet(Command::new(&self.program).arg("--shapes"))?;
        Ok(names.lines().map(str::to_owned).collect())
    }

    /// Compiles `ops` operations of a shape under callgrind.
    fn count(&self, what: [&str; 3], ops: u32) -> Result<Compile> {
        let [shape, target, level] = what;
        // Several may run at once.
        let out = self.dir.join(format!("count.{}", std::process::id()));
        let figures = run::quiet(
            Command::new("valgrind")
                .args(["--tool=callgrind", "--quiet"])
                .arg("--toggle-collect=*measured*")
                .arg(format!("--callgrind-out-file={}", out.display()))
                .arg(&self.program)
                .args([shape, &ops.to_string(), target, level]),
        )?;
        let figure = |name: &str| -> Result<f64> {
            let line = figures.lines().find_map(|l| l.strip_prefix(name));
            let number = line.and_then(|l| l.strip_prefix(": "));
            Ok(number.with_context(|| format!("no {name}"))?.parse()?)
        };
        let compile = Compile {
            operations: figure("operations")?,
            arguments: figure("arguments")?,
            instructions: total(&out)?,
            peak_bytes: figure("peak_bytes")?,
        };
        std::fs::remove_file(&out)?;
        Ok(compile)
    }
}

/// The number of instructions in a file of callgrind's.
fn total(file: &Path) -> Result<f64> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let total = text.lines().find_map(|l| l.strip_prefix("totals:"));
    Ok(total.context("no total")?.trim().parse()?)
}
