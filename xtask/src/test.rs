//! `cargo xtask test`: everything that is checked before a change lands, in one command.
//!
//! Parts run in order, all of them, also after a failure. Each gives counts; formatting and lints
//! count as one test each. A part that cannot run here (no root, no network, another machine) is a failure when `CI` is
//! `true`, and elsewhere a skip that is said loudly. The closing line sums up.

use crate::abi_fuzz::{self, Target};
use crate::dotnet::Release;
use crate::run::{self, Counts};
use crate::setup::dotnet10::Machine;
use crate::{bringup, dotnet, dotnet_tools, paths, setup};
use anyhow::{Result, anyhow};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// Only parts whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

/// How a part ended when it gave no counts.
enum Stop {
    /// The machine lacks what the part needs.
    CannotRun(anyhow::Error),
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Stop {
        Stop::Failed(error)
    }
}

type Part = (&'static str, fn() -> Result<Counts, Stop>);

const PARTS: &[Part] = &[
    ("formatting", || one(&["fmt", "--all", "--check"])),
    ("lints", || {
        one(&[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--features",
            "checked",
            "--",
            "-D",
            "warnings",
        ])
    }),
    ("tests", || {
        Ok(bringup::cargo_tests(
            paths::cargo().arg("test"),
            &["--workspace"],
        )?)
    }),
    ("instruction forms", || {
        one(&[
            "run",
            "--quiet",
            "--release",
            "--features",
            "checked",
            "--bin",
            "emitter-unit-tests",
        ])
    }),
    ("bring-up, native", || Ok(bringup::native(&[])?)),
    ("bring-up, x64-windows", || {
        Ok(bringup::Target::X64Windows.suite(&[])?)
    }),
    ("bring-up, arm64", || emulated(bringup::Target::Arm64Linux)),
    ("bring-up, arm64-macos", || {
        emulated(bringup::Target::Arm64Macos)
    }),
    ("bring-up, arm64-windows", || {
        emulated(bringup::Target::Arm64Windows)
    }),
    ("library tests, arm64", || {
        Ok(bringup::emulated_tests(&cross()?)?)
    }),
    ("random programs, arm64", || {
        cross()?;
        Ok(bringup::Target::Arm64Linux.random((1, 40))?)
    }),
    ("C calls, x64-linux", || c_calls(Target::X64Linux)),
    ("C calls, x64-windows", || c_calls(Target::X64Windows)),
    ("C calls, arm64", || {
        cross()?;
        c_calls(Target::Arm64Linux)
    }),
    ("C calls, arm64-macos", || {
        cross()?;
        c_calls(Target::Arm64Macos)
    }),
    ("C calls, arm64-windows", || {
        cross()?;
        c_calls(Target::Arm64Windows)
    }),
    (".NET", || dotnet("release", Release::Net9)),
    (".NET, verifiers on", || dotnet("checked", Release::Net9)),
    (".NET tools", || {
        setup::dotnet::ensure_runtime().map_err(Stop::CannotRun)?;
        setup::dotnet::ensure_mcs().map_err(Stop::CannotRun)?;
        Ok(dotnet_tools::all()?)
    }),
    (".NET 10", || dotnet("release", Release::Net10)),
    (".NET 10, arm64", || {
        cross()?;
        dotnet("release", Release::Net10Arm64)
    }),
];

fn cross() -> Result<setup::arm64::Cross, Stop> {
    setup::arm64::ensure().map_err(Stop::CannotRun)
}

/// The bring-up suite under emulation.
fn emulated(target: bringup::Target) -> Result<Counts, Stop> {
    cross()?;
    Ok(target.suite(&[])?)
}

/// Calls between compiled code and a C compiler's, a modest number of signatures.
fn c_calls(target: Target) -> Result<Counts, Stop> {
    let gcc = abi_fuzz::c_compiler(target);
    if paths::which(gcc).is_none() {
        return Err(Stop::CannotRun(anyhow!("{gcc} is not on the path")));
    }
    abi_fuzz::ensure_foreign_compiler(target).map_err(Stop::CannotRun)?;
    Ok(abi_fuzz::fuzz(target, 1, 100)?)
}

fn dotnet(profile: &str, runtime: Release) -> Result<Counts, Stop> {
    setup::dotnet::ensure_runtime().map_err(Stop::CannotRun)?;
    setup::dotnet::ensure_mcs().map_err(Stop::CannotRun)?;
    match runtime {
        Release::Net9 => None,
        Release::Net10 => Some(Machine::X64),
        Release::Net10Arm64 => Some(Machine::Arm64),
    }
    .map(setup::dotnet10::ensure)
    .transpose()
    .map_err(Stop::CannotRun)?;
    Ok(dotnet::all(profile, runtime)?)
}

fn one(args: &[&str]) -> Result<Counts, Stop> {
    let status = run::tee(paths::cargo().args(args), |_| {})?;
    Ok(Counts::one(status.success()))
}

pub fn run(args: Args) -> Result<ExitCode> {
    let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    let mut rows = Vec::new();
    let mut sum = Counts::default();
    for (name, part) in PARTS.iter().filter(|(name, _)| name.contains(&args.only)) {
        println!("\n==== {name}");
        let start = Instant::now();
        let (counts, note) = match part() {
            Ok(counts) => (counts, if counts.failed == 0 { "ok" } else { "FAILED" }),
            Err(Stop::CannotRun(error)) if !ci => {
                println!("\n!!!! SKIPPED: '{name}' cannot run on this machine: {error:#}\n");
                (
                    Counts {
                        skipped: 1,
                        ..Counts::default()
                    },
                    "SKIPPED, cannot run here",
                )
            }
            Err(Stop::CannotRun(error)) => {
                println!(
                    "error: '{name}' cannot run on this machine, and CI must run it: {error:#}"
                );
                (Counts::one(false), "FAILED, cannot run here")
            }
            Err(Stop::Failed(error)) => {
                println!("error: {error:#}");
                (Counts::one(false), "FAILED")
            }
        };
        rows.push((name, counts, start.elapsed(), note));
        sum += counts;
    }
    println!("\n==== summary");
    println!(
        "{:<22} {:>7} {:>7} {:>7} {:>7}",
        "part", "passed", "failed", "skipped", "s"
    );
    for (name, counts, time, note) in rows {
        let Counts {
            passed,
            failed,
            skipped,
        } = counts;
        println!(
            "{name:<22} {passed:>7} {failed:>7} {skipped:>7} {:>7.1}  {note}",
            time.as_secs_f64()
        );
    }
    println!("{sum}");
    Ok(if sum.failed == 0 && sum.passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
