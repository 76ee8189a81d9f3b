//! The first-compile part of `tatsu bench`: one small method, compiled first thing in a process of its own, and again when everything is warm.

use crate::bench::{Row, combinations, options};
use crate::bench_instructions::counted;
use crate::common::{self, Outcome};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;
use tatsu::compile::{CompiledMethod, Compiler, OptLevel};
use tatsu::host::clock::{page_faults, thread_time};
use tatsu::host::{NullRuntime, target_named};
use tatsu::ir::generate;

/// Operations of the method.
const OPERATIONS: u32 = 38;
/// Compiles of which the least is the warm one.
const WARM: u32 = 200;

/// A copy of this program, which goes when it is dropped. A linker writes its output page by page, and page by page the system then maps it:
/// a fault costs twice what it costs in a program that was installed, that is, copied.
struct Installed(PathBuf);

impl Installed {
    fn new() -> Outcome<Installed> {
        let exe = std::env::current_exe().map_err(|e| e.to_string())?;
        let name = format!("tatsu-first-{}", std::process::id());
        let copy = Installed(std::env::temp_dir().join(name));
        std::fs::copy(&exe, &copy.0).map_err(|e| format!("{}: {e}", copy.0.display()))?;
        Ok(copy)
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        // What cannot be removed stays in a folder for such files.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A row for each target and level.
pub fn time(runs: u32, rows: &mut Vec<Row>) -> Outcome<()> {
    let exe = Installed::new()?;
    for (target, level, _) in combinations() {
        let which = format!("{} {level}", target.name);
        let mut least = [f64::INFINITY; 3];
        for _ in 0..runs {
            let out = Command::new(&exe.0)
                .args(["bench", "--work", &format!("first {which}")])
                .args(["--turns", &WARM.to_string()])
                .output()
                .map_err(|e| format!("{}: {e}", exe.0.display()))?;
            let text = String::from_utf8_lossy(&out.stdout);
            let mut words = text.split_whitespace().map(str::parse::<f64>);
            for l in &mut least {
                match words.next() {
                    Some(Ok(v)) => *l = l.min(v),
                    _ => return Err(String::from_utf8_lossy(&out.stderr).into_owned()),
                }
            }
        }
        let [fresh, warm, faults] = least;
        let notes = [format!(", {faults} page faults"), String::new()];
        for ((us, when), note) in [(fresh, "fresh process"), (warm, "warm")]
            .into_iter()
            .zip(notes)
        {
            rows.push(Row {
                what: format!("first: {OPERATIONS} operations, {which}, {when}"),
                value: us,
                unit: "us",
                note: format!("{:.1} ns/op{note}", us * 1000.0 / f64::from(OPERATIONS)),
            });
        }
    }
    Ok(())
}

/// The same in instructions.
pub fn count(rows: &mut Vec<Row>) -> Outcome<()> {
    for (target, level, _) in combinations() {
        let which = format!("{} {level}", target.name);
        let work = format!("first {which}");
        let [none, one, two, more] = [0, 1, 2, 52].map(|turns| counted(&work, turns));
        let (first, warm) = (one? - none?, (more? - two?) as f64 / 50.0);
        for (n, when) in [(first as f64, "fresh process"), (warm, "warm")] {
            rows.push(Row {
                what: format!("first: {OPERATIONS} operations, {which}, {when}"),
                value: n,
                unit: "instr",
                note: format!("{:.1} an operation", n / f64::from(OPERATIONS)),
            });
        }
    }
    Ok(())
}

/// A process of its own: compiles the method `turns` times. Prints the microseconds of the first one, the least of the others, and the page faults of the first.
pub fn child(which: &str, turns: u32) -> Outcome<ExitCode> {
    let (name, level) = which.split_once(' ').unwrap_or((which, "full"));
    let target = target_named(name).ok_or_else(|| format!("no target {name}"))?;
    let opt = if level == "min" {
        OptLevel::MinOpts
    } else {
        OptLevel::FullOpts
    };
    let methods = generate::realistic_of(7, 2, OPERATIONS);
    // The second one calls; the first one is for others to call.
    let method = methods.last().ok_or("no method of this size")?;
    let mut rt = NullRuntime::new(target);
    let opts = options(opt);
    let mut least = [Duration::MAX; 2];
    let mut faults = 0;
    let (before, start) = (page_faults(), thread_time());
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    for turn in 0..turns {
        let start = if turn == 0 { start } else { thread_time() };
        let done = compiler.compile(method, target, &mut rt, &opts, &mut out);
        let took = thread_time() - start;
        if turn == 0 {
            faults = page_faults() - before;
        }
        done.map_err(|e| e.to_string())?;
        let l = &mut least[usize::from(turn != 0)];
        *l = took.min(*l);
    }
    let us = least.map(|d| d.as_nanos() as f64 / 1000.0);
    common::print(&format!("{:.3} {:.3} {faults}\n", us[0], us[1]));
    Ok(ExitCode::SUCCESS)
}
