//! `cargo xtask bringup`: the bring-up suite (`tatsu bringup`) natively, or cross-built and emulated.

use crate::run::{self, Counts};
use crate::{paths, setup};
use anyhow::{Result, bail};
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Args {
    /// Where the suite runs; by default on this machine as it is
    #[arg(long, value_enum, default_value_t = Target::Native)]
    target: Target,
    /// Also run the library's unit tests there (checked profile)
    #[arg(long)]
    lib_tests: bool,
    /// Also compare this many random programs there, at every level (checked profile)
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    random: u64,
    /// The first of them
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// What `tatsu bringup` is given in addition
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    Native,
    X64Windows,
    Arm64Linux,
    Arm64Macos,
    Arm64Windows,
}

impl Target {
    /// The name of the target whose code runs, where it is not that of the machine or emulator.
    fn convention(self) -> Option<&'static str> {
        match self {
            Target::Native | Target::Arm64Linux => None,
            Target::X64Windows => Some("x64-windows"),
            Target::Arm64Macos => Some("arm64-macos"),
            Target::Arm64Windows => Some("arm64-windows"),
        }
    }

    fn is_emulated(self) -> bool {
        matches!(
            self,
            Target::Arm64Linux | Target::Arm64Macos | Target::Arm64Windows
        )
    }

    /// `tatsu bringup` in this convention.
    pub fn suite(self, args: &[String]) -> Result<Counts> {
        let mut all = Vec::new();
        if let Some(name) = self.convention() {
            all.extend(["--target".to_owned(), name.to_owned()]);
        }
        all.extend_from_slice(args);
        if self.is_emulated() {
            emulated(&setup::arm64::ensure()?, &all)
        } else {
            native(&all)
        }
    }

    /// `tests/random.rs` in this convention: first seed and number of programs.
    pub fn random(self, range: (u64, u64)) -> Result<Counts> {
        if self.is_emulated() {
            emulated_random(&setup::arm64::ensure()?, range, self.convention())
        } else {
            random_tests(paths::cargo().arg("test"), range, self.convention())
        }
    }
}

pub fn run(args: Args) -> Result<ExitCode> {
    let mut counts = args.target.suite(&args.args)?;
    if args.lib_tests {
        counts += if args.target.is_emulated() {
            emulated_tests(&setup::arm64::ensure()?)?
        } else {
            cargo_tests(paths::cargo().arg("test"), &["--lib"])?
        };
    }
    if args.random > 0 {
        counts += args.target.random((args.seed, args.random))?;
    }
    if args.lib_tests || args.random > 0 {
        println!("{counts}");
    }
    Ok(if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Exactly what the README says a newcomer types first.
pub fn native(args: &[String]) -> Result<Counts> {
    suite(
        paths::cargo()
            .args(["run", "--quiet", "--release", "--", "bringup"])
            .args(args),
    )
}

/// The same program built for arm64-linux, under emulation.
pub fn emulated(cross: &setup::arm64::Cross, args: &[String]) -> Result<Counts> {
    run::check(cross.cargo("build")?.args([
        "--quiet",
        "--release",
        "--package",
        "tatsu",
        "--bin",
        "tatsu",
    ]))?;
    let program = cross
        .target_dir()?
        .join(setup::arm64::TRIPLE)
        .join("release/tatsu");
    suite(cross.emulated(&program).arg("bringup").args(args))
}

/// The library's unit tests built for arm64-linux, under emulation, verifiers on.
pub fn emulated_tests(cross: &setup::arm64::Cross) -> Result<Counts> {
    cargo_tests(&mut cross.cargo("test")?, &["--package", "tatsu", "--lib"])
}

/// Programs that one emulated process compares: the emulator keeps about a megabyte of page descriptions for every code heap
/// there ever was, five a program.
const EMULATED_SLICE: u64 = 400;

/// `tests/random.rs` built for arm64-linux, under emulation: first seed and number of programs.
fn emulated_random(
    cross: &setup::arm64::Cross,
    (seed, count): (u64, u64),
    convention: Option<&str>,
) -> Result<Counts> {
    let mut counts = Counts::default();
    for done in (0..count).step_by(EMULATED_SLICE as usize) {
        let slice = (seed + done, EMULATED_SLICE.min(count - done));
        counts += random_tests(&mut cross.cargo("test")?, slice, convention)?;
    }
    Ok(counts)
}

/// Generated programs: interpreter and compiled code, at every level, must agree.
fn random_tests(
    cargo: &mut Command,
    (seed, count): (u64, u64),
    convention: Option<&str>,
) -> Result<Counts> {
    if let Some(name) = convention {
        cargo.env("TATSU_RANDOM_TARGET", name);
    }
    cargo
        .env("TATSU_RANDOM_SEED", seed.to_string())
        .env("TATSU_RANDOM_COUNT", count.to_string());
    cargo_tests(cargo, &["--package", "tatsu", "--test", "random"])
}

/// Adds profile and features to a `cargo test` and sums the counts of its test programs.
pub fn cargo_tests(cargo: &mut Command, args: &[&str]) -> Result<Counts> {
    cargo
        .args([
            "--quiet",
            "--profile",
            "checked",
            "--features",
            "checked",
            "--no-fail-fast",
        ])
        .args(args);
    let mut counts = Counts::default();
    let status = run::tee(cargo, |line| {
        counts += Counts::parse_libtest(line).unwrap_or_default()
    })?;
    settle(cargo, counts, status.success())
}

/// Runs a suite and takes its counts from its closing line.
fn suite(command: &mut Command) -> Result<Counts> {
    let mut last = None;
    let status = run::tee(command, |line| last = Counts::parse(line).or(last))?;
    let Some(counts) = last else {
        bail!(
            "{} ended with {status} and no closing line 'N passed, N failed, N skipped'",
            run::shown(command)
        );
    };
    settle(command, counts, status.success())
}

/// Counts and exit code must say the same: a failure that was not counted is one more.
fn settle(command: &Command, mut counts: Counts, success: bool) -> Result<Counts> {
    if !success && counts.failed == 0 {
        println!("{} failed without a failed test", run::shown(command));
        counts.failed = 1;
    }
    if counts.passed + counts.failed == 0 {
        bail!("{} ran no test", run::shown(command));
    }
    Ok(counts)
}
