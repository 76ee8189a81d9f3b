//! `tatsu bench`: figures that no suite gives by the way.
//!
//! | part | what is measured |
//! |---|---|
//! | `parse` | reading text IR, per operation of the text: the realistic mix, many methods and one large one |
//! | `build` | making the same methods with `MethodBuilder`, per operation |
//! | `first` | one small method, compiled first thing in a process of its own, and again when everything is warm |
//! | `kernels` | small programs as they run, beside gcc's: `benches/kernels` |
//! | `growth` | each shape of the generators at sizes ten times one another: how much dearer an operation becomes |
//!
//! Times are the thread's own, and the least of several runs: what the code costs without what else the machine does. An operation is what the generators
//! count: see `ir::generate`. With `--instructions` the figures of `parse`, `build` and `first` are instructions, counted by valgrind's callgrind,
//! which come out the same however busy the machine is.

use crate::bench_instructions::counted;
use crate::common::{self, Outcome};
use crate::{bench_build, bench_first, grow};
use std::process::ExitCode;
use std::time::Duration;
use tatsu::compile::{CompileOptions, OptLevel};
use tatsu::host::TARGETS;
use tatsu::host::clock::thread_time;
use tatsu::ir::{self, Method, generate};
use tatsu::target::TargetDesc;

/// `tatsu bench`.
#[derive(clap::Args)]
pub struct Args {
    /// The part; all of them if none is named
    #[arg(value_enum)]
    part: Option<Part>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Each measurement once
    #[arg(long)]
    once: bool,
    /// Instructions instead of time, for `parse`, `build` and `first`; needs valgrind
    #[arg(long)]
    instructions: bool,
    /// The largest size of `growth`, in operations
    #[arg(long, default_value_t = 1_000_000)]
    largest: u32,
    /// Only this shape in `growth`
    #[arg(long)]
    shape: Option<String>,
    /// Seconds that one compile of `growth` may take: larger sizes of its shape are left out behind one that takes longer
    #[arg(long, default_value_t = 20)]
    patience: u64,
    /// A child of this command: what `work` names, `--turns` times
    #[arg(long, hide = true)]
    work: Option<String>,
    #[arg(long, hide = true, default_value_t = 1)]
    turns: u32,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Part {
    /// Reading text
    Parse,
    /// The builder
    Build,
    /// The first compile of a process
    First,
    /// Programs as they run
    Kernels,
    /// Cost against size
    Growth,
}

/// A measured figure.
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// More, or nothing.
    pub note: String,
}

pub fn run(args: &Args) -> Outcome<ExitCode> {
    if let Some(work) = &args.work {
        return child(work, args.turns);
    }
    let runs = if args.once { 1 } else { 15 };
    let wanted = |p: Part| args.part.is_none_or(|only| only == p);
    let mut rows = Vec::new();
    if args.instructions {
        if wanted(Part::Parse) {
            count_inputs("parse", &mut rows)?;
        }
        if wanted(Part::Build) {
            count_inputs("build", &mut rows)?;
        }
        if wanted(Part::First) {
            bench_first::count(&mut rows)?;
        }
        show(&rows, args.json);
        return Ok(ExitCode::SUCCESS);
    }
    if wanted(Part::Parse) {
        parse(runs, &mut rows)?;
    }
    if wanted(Part::Build) {
        build(runs, &mut rows)?;
    }
    if wanted(Part::First) {
        bench_first::time(runs, &mut rows)?;
    }
    if wanted(Part::Kernels) {
        crate::kernels::run(args.once, &mut rows)?;
    }
    if wanted(Part::Growth) {
        let shape = args.shape.as_deref();
        grow::run(
            args.largest,
            shape,
            Duration::from_secs(args.patience),
            &mut rows,
        )?;
    }
    show(&rows, args.json);
    Ok(ExitCode::SUCCESS)
}

fn show(rows: &[Row], json: bool) {
    if json {
        let list: Vec<_> = rows
            .iter()
            .map(|r| {
                serde_json::json!({ "what": r.what, "value": r.value, "unit": r.unit, "note": r.note })
            })
            .collect();
        common::print(&format!("{}\n", serde_json::Value::from(list)));
        return;
    }
    for r in rows {
        let line = format!("{:<44} {:>10.2} {:<8} {}", r.what, r.value, r.unit, r.note);
        common::print(&format!("{}\n", line.trim_end()));
    }
}

/// A process of its own for one measurement: `parse 0`, `first x64-linux full`.
fn child(work: &str, turns: u32) -> Outcome<ExitCode> {
    let (part, rest) = work.split_once(' ').unwrap_or((work, ""));
    if part == "first" {
        return bench_first::child(rest, turns);
    }
    let size = rest.parse().map_err(|_| format!("no input {rest}"))?;
    let methods = input(size);
    if part == "parse" {
        let mut text = String::new();
        ir::print_module(&methods, &mut text);
        for _ in 0..turns {
            ir::parse_module(&text).map_err(|e| e.render(&text, work))?;
        }
    } else {
        let scripts = bench_build::Scripts::new(&methods);
        let mut memory = bench_build::Memory::default();
        for _ in 0..turns {
            scripts.play(&mut memory);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The least time of `runs` runs of `f`. What one run made is dropped behind the next, so that not all of its memory goes back to the
/// system in between.
fn least<T>(runs: u32, mut f: impl FnMut() -> T) -> Duration {
    let mut last = None;
    let time = || {
        let start = thread_time();
        let made = f();
        let took = thread_time() - start;
        last = Some(made);
        took
    };
    std::iter::repeat_with(time)
        .take(runs as usize)
        .min()
        .unwrap_or_default()
}

/// The inputs of `parse` and `build`.
const INPUTS: [&str; 3] = [
    "1000 methods of 38",
    "200 methods of 50..500",
    "1 method of 100000",
];

/// Small methods that are built over and over.
const CACHED: usize = 100;

/// The methods of an input.
fn input(number: usize) -> Vec<Method> {
    match number {
        0 => generate::realistic_of(7, 1000, 38),
        1 => generate::realistic(8, 200, 50..500),
        _ => generate::realistic(9, 1, 100_000..100_001),
    }
}

fn operations(methods: &[Method]) -> usize {
    methods.iter().map(Method::operations).sum()
}

fn parse(runs: u32, rows: &mut Vec<Row>) -> Outcome<()> {
    for (number, name) in INPUTS.into_iter().enumerate() {
        let methods = input(number);
        let mut text = String::new();
        ir::print_module(&methods, &mut text);
        ir::parse_module(&text).map_err(|e| e.render(&text, name))?;
        let took = least(runs, || ir::parse_module(&text));
        let ops = operations(&methods);
        rows.push(Row {
            what: format!("parse: {name}"),
            value: took.as_nanos() as f64 / ops as f64,
            unit: "ns/op",
            note: format!(
                "{ops} operations, {:.1} bytes each",
                text.len() as f64 / ops as f64
            ),
        });
    }
    Ok(())
}

fn build(runs: u32, rows: &mut Vec<Row>) -> Outcome<()> {
    for (number, name) in INPUTS.into_iter().enumerate() {
        let mut methods = input(number);
        // What is copied should come from the caches, as what a front end has just thought of does: several rounds of few methods.
        let rounds = (methods.len() / CACHED).max(1);
        methods.truncate(CACHED);
        let scripts = bench_build::Scripts::new(&methods);
        scripts.check(name)?;
        let mut memory = bench_build::Memory::default();
        let took = least(runs, || {
            for _ in 0..rounds {
                scripts.play(&mut memory);
            }
        });
        let ops = rounds * operations(&methods);
        let count = methods.len();
        rows.push(Row {
            what: format!("build: {name}"),
            value: took.as_nanos() as f64 / ops as f64,
            unit: "ns/op",
            note: format!("{ops} operations: {rounds} times those of {count}"),
        });
    }
    Ok(())
}

/// Instructions per operation of `part` on each input: what four turns more cost, so that the first one and all around it cancel.
fn count_inputs(part: &str, rows: &mut Vec<Row>) -> Outcome<()> {
    for (number, name) in INPUTS.into_iter().enumerate() {
        let work = format!("{part} {number}");
        let more = counted(&work, 5)? - counted(&work, 1)?;
        let ops = operations(&input(number));
        rows.push(Row {
            what: format!("{part}: {name}"),
            value: more as f64 / 4.0 / ops as f64,
            unit: "instr/op",
            note: format!("{ops} operations"),
        });
    }
    Ok(())
}

const LEVELS: [(&str, OptLevel); 2] = [("min", OptLevel::MinOpts), ("full", OptLevel::FullOpts)];

/// No verifier, no listing.
pub fn options(opt: OptLevel) -> CompileOptions {
    CompileOptions {
        opt,
        verify: false,
        ..CompileOptions::default()
    }
}

/// Both targets and levels.
pub fn combinations() -> impl Iterator<Item = (&'static TargetDesc, &'static str, OptLevel)> {
    let targets = TARGETS.iter().filter(|t| t.name.ends_with("linux"));
    targets.flat_map(|&t| LEVELS.map(|(name, level)| (t, name, level)))
}
