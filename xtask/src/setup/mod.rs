//! `cargo xtask setup`: what the arm64 and .NET suites need, on a fresh Debian-like machine.
//!
//! Every step first looks whether its result is there, so a second run only looks. Downloads are
//! unpacked beside their place and moved in when whole: what the cache folder holds is complete.
//! Nothing is fetched but Debian packages (apt-get) and three npm packages, each by its client.
//!
//! Cache folder (see [`crate::paths::cache_dir`]):
//!
//! ```text
//! arm64/sysroot-VERSION/    Rust's standard library for aarch64 (and a link to the host's), for Debian's rustc
//! arm64/apt/                package lists of the arm64 architecture, apart from the machine's own
//! dotnet/9.0.7/             the .NET test runtime, loose files
//! dotnet/10.0.9/            .NET 10 in one executable that runs the assembly it is given
//! dotnet-arm64/10.0.9/      the same for arm64
//! tmp/                      half-done work
//! lock                      held while something is fetched
//! ```

pub mod apt;
pub mod arm64;
pub mod dotnet;
pub mod dotnet10;
mod npm;

use crate::paths;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// Only this half; both by default
    #[arg(long)]
    only: Option<Half>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Half {
    /// Cross compiler and emulator for arm64-linux
    Arm64,
    /// .NET 9.0.7 and 10.0.9, and a C# compiler
    Dotnet,
}

pub fn run(args: Args) -> Result<ExitCode> {
    println!("cache folder: {}", paths::cache_dir()?.display());
    if args.only != Some(Half::Dotnet) {
        let cross = arm64::ensure()?;
        println!("arm64: ready: {}", cross.describe());
    }
    if args.only != Some(Half::Arm64) {
        let runtime = dotnet::ensure_runtime()?;
        println!(
            "dotnet: ready: .NET {} in {}",
            dotnet::VERSION,
            runtime.display()
        );
        println!(
            "dotnet: ready: C# compiler {}",
            dotnet::ensure_mcs()?.display()
        );
        for machine in [dotnet10::Machine::X64, dotnet10::Machine::Arm64] {
            let program = dotnet10::ensure(machine)?;
            println!(
                "dotnet: ready: .NET {} for {machine:?} in {}",
                dotnet10::VERSION,
                program.display()
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `make` to fill `place` unless it exists: under the cache's lock, in a temporary folder that is
/// moved to `place` when `make` has succeeded.
fn fill(place: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    if place.exists() {
        return Ok(());
    }
    let cache = paths::cache_dir()?;
    let work = cache.join("tmp").join(format!("{}", std::process::id()));
    let parent = place
        .parent()
        .context("a place in the cache has a parent")?;
    for dir in [&cache, parent] {
        fs::create_dir_all(dir).with_context(|| {
            format!(
                "cannot make {}; set TATSU_CACHE to a folder you may write",
                dir.display()
            )
        })?;
    }
    let lock = File::create(cache.join("lock"))?;
    lock.lock().context("cannot lock the cache folder")?;
    if place.exists() {
        return Ok(());
    }
    fs::create_dir_all(&work)?;
    let made = make(&work).and_then(|()| {
        fs::rename(&work, place)
            .with_context(|| format!("cannot move {} to {}", work.display(), place.display()))
    });
    if made.is_err() {
        fs::remove_dir_all(&work).ok();
    }
    made
}

/// Says what a step does and why, runs it, and says how long it took.
fn step<T>(what: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("  {what} ...");
    let start = Instant::now();
    let value = run().with_context(|| what.to_string())?;
    println!("  ... done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(value)
}

/// The tool on the path, or installed from `package` (a Debian package) for `why`.
pub fn tool(program: &str, package: &str, why: &str) -> Result<PathBuf> {
    if paths::which(program).is_none() {
        apt::install(&[package], why)?;
    }
    paths::which(program).with_context(|| {
        format!("Debian package {package} is installed, but {program} is not on the path")
    })
}
