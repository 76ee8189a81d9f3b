//! The growth part of `tatsu bench`: one method, ten times as large each time.
//!
//! The figure is the cost of an operation at the largest size that was compiled over that at 1,000 operations: 1 is linear.

use crate::bench::{Row, combinations, options};
use crate::common::Outcome;
use std::time::{Duration, Instant};
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler};
use tatsu::host::NullRuntime;
use tatsu::host::clock::thread_time;
use tatsu::ir::Method;
use tatsu::ir::generate::{self, SHAPES};
use tatsu::target::TargetDesc;

/// Shapes at 1,000, 10,000, … `largest` operations, or only `one`; a row for each shape, target and level.
pub fn run(
    largest: u32,
    one: Option<&str>,
    patience: Duration,
    rows: &mut Vec<Row>,
) -> Outcome<()> {
    let all = std::iter::once("realistic").chain(SHAPES.iter().map(|(name, _)| *name));
    let known: Vec<&str> = all.collect();
    if let Some(one) = one
        && !known.contains(&one)
    {
        return Err(format!("no shape {one}; there are: {}", known.join(", ")));
    }
    let shapes = known.into_iter().filter(|s| one.is_none_or(|o| o == *s));
    for shape in shapes {
        let mut sizes = Vec::new();
        let mut size = 1000;
        while size <= largest {
            sizes.push((size, make(shape, size)?));
            size *= 10;
        }
        for (target, level, opt) in combinations() {
            rows.push(grow(shape, &sizes, target, level, &options(opt), patience));
        }
    }
    Ok(())
}

fn make(shape: &str, size: u32) -> Outcome<Vec<Method>> {
    if shape == "realistic" {
        return Ok(generate::realistic(1, 1, size..size + 1));
    }
    generate::shape(shape, size, 1).ok_or_else(|| format!("no shape {shape}"))
}

fn grow(
    shape: &str,
    sizes: &[(u32, Vec<Method>)],
    target: &'static TargetDesc,
    level: &str,
    opts: &CompileOptions,
    patience: Duration,
) -> Row {
    let mut costs: Vec<f64> = Vec::new();
    let mut note = String::new();
    for (size, methods) in sizes {
        let operations: usize = methods.iter().map(Method::operations).sum();
        let (took, refused) = compile(methods, target, opts);
        if let Some(why) = refused {
            note.push_str(&format!(" {size}: REFUSED ({why})"));
            continue;
        }
        let cost = took.as_nanos() as f64 / operations.max(1) as f64;
        note.push_str(&format!(" {size}: {cost:.0} ns/op"));
        costs.push(cost);
        if took > patience {
            note.push_str(" (larger ones left out)");
            break;
        }
    }
    let growth = match (costs.first(), costs.last()) {
        (Some(first), Some(last)) => last / first,
        _ => f64::NAN,
    };
    Row {
        what: format!("growth: {shape}, {} {level}", target.name),
        value: growth,
        unit: "x",
        note: note.trim_start().to_owned(),
    }
}

/// The least time of compiling `methods`, warm where they are small; and why not, if not.
fn compile(
    methods: &[Method],
    target: &'static TargetDesc,
    opts: &CompileOptions,
) -> (Duration, Option<String>) {
    let mut rt = NullRuntime::new(target);
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let mut least = Duration::MAX;
    let begun = Instant::now();
    for round in 0..100 {
        let start = thread_time();
        for m in methods {
            if let Err(e) = compiler.compile(m, target, &mut rt, opts, &mut out) {
                return (Duration::ZERO, Some(e.to_string()));
            }
        }
        least = least.min(thread_time() - start);
        if round >= 1 && begun.elapsed() > Duration::from_millis(300)
            || begun.elapsed() > Duration::from_secs(3)
        {
            break;
        }
    }
    (least, None)
}
