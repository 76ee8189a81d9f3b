//! `cargo xtask dotnet-run`: runs one managed program on the test runtime.
//!
//! Each target folder has a *run folder* of its own, `TARGET/dotnet/VERSION`, so that two work trees with one cache
//! folder do not meet. `dotnet-run` sets the environment and *becomes* `dotnet-host` (exec), which loads the runtime: a
//! debugger started on `dotnet-run` follows. What is behind both is the crate `tatsu-dotnet-host`.

use crate::setup::arm64::{Cross, TRIPLE};
use crate::setup::dotnet as setup;
use crate::{paths, run};
use anyhow::{Context, Error, Result, bail};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use tatsu_dotnet_host::coreclr::Program;
use tatsu_dotnet_host::farm;
pub use tatsu_dotnet_host::{JIT_NAME, altjit_env};

#[derive(clap::Args)]
pub struct Args {
    /// Methods that Tatsu compiles (DOTNET_AltJit), such as 'Class:Method Other:*'; without it, RyuJIT compiles all
    #[arg(long, value_name = "PATTERN")]
    altjit: Option<String>,
    /// The JIT library; by default the release build, made first
    #[arg(long, value_name = "FILE", requires = "altjit")]
    jit: Option<PathBuf>,
    /// Set an environment variable in the program, such as DOTNET_JITMinOpts=1
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// The assembly with Main
    app: PathBuf,
    /// What Main receives
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

#[derive(clap::Args)]
pub struct HostArgs {
    run_folder: PathBuf,
    framework: PathBuf,
    app: PathBuf,
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

pub fn run(args: Args) -> Result<ExitCode> {
    let framework = setup::ensure_runtime()?;
    let jit = match (&args.altjit, args.jit) {
        (None, _) => None,
        (Some(_), Some(jit)) => Some(jit),
        (Some(_), None) => Some(build_jit("release")?),
    };
    let folder = prepare(&framework, jit.as_deref())?;
    let mut host = program(&folder, &framework, &args.app)?;
    if let Some(pattern) = &args.altjit {
        host.envs(altjit_env(pattern));
    }
    for pair in &args.env {
        let (name, value) = pair
            .split_once('=')
            .with_context(|| format!("--env {pair}: not NAME=VALUE"))?;
        host.env(name, value);
    }
    let error = host.args(args.args).exec();
    Err(error).context("cannot start the .NET host")
}

/// Builds the cdylib in `profile` and returns its path.
pub fn build_jit(profile: &str) -> Result<PathBuf> {
    let mut cargo = paths::cargo();
    cargo.args([
        "build",
        "--quiet",
        "--package",
        "tatsu",
        "--lib",
        "--profile",
        profile,
    ]);
    if profile == "checked" {
        cargo.args(["--features", "checked"]);
    }
    run::check(&mut cargo)?;
    let jit = paths::target_dir()?.join(profile).join(JIT_NAME);
    if !jit.is_file() {
        bail!("cargo built no {}", jit.display());
    }
    Ok(jit)
}

/// Fills the run folder and puts `jit` there; returns the folder.
pub fn prepare(framework: &Path, jit: Option<&Path>) -> Result<PathBuf> {
    let folder = paths::target_dir()?.join("dotnet").join(setup::VERSION);
    farm::prepare(&folder, framework, jit).map_err(Error::msg)?;
    Ok(folder)
}

/// Builds the cdylib for arm64-linux and returns its path.
pub fn build_jit_arm64(cross: &Cross) -> Result<PathBuf> {
    let what = ["--quiet", "--release", "--package", "tatsu", "--lib"];
    run::check(cross.cargo("build")?.args(what))?;
    let folder = cross.target_dir()?.join(TRIPLE).join("release");
    Ok(folder.join(JIT_NAME))
}

/// Fills the run folder `name` with a runtime that is one executable, and `jit`; returns the executable there.
pub fn prepare_single(name: &str, exe: &Path, jit: Option<&Path>) -> Result<PathBuf> {
    let folder = paths::target_dir()?.join("dotnet").join(name);
    farm::prepare_single(&folder, exe, jit).map_err(Error::msg)?;
    Ok(folder.join(exe.file_name().context("an executable has a name")?))
}

/// The command that runs `app` in a process of its own.
pub fn program(folder: &Path, framework: &Path, app: &Path) -> Result<Command> {
    let app = std::path::absolute(app)?;
    if !app.is_file() {
        bail!("there is no file {}", app.display());
    }
    let mut command =
        Command::new(std::env::current_exe().context("cannot find this program's own file")?);
    command.arg("dotnet-host").args([folder, framework, &app]);
    Ok(command)
}

/// Loads the runtime into this process, runs the assembly and returns its exit code.
pub fn host(args: HostArgs) -> Result<ExitCode> {
    let code = tatsu_dotnet_host::coreclr::run(&Program {
        natives: &args.run_folder,
        framework: &args.framework,
        app: &args.app,
        args: &args.args,
    });
    Ok(ExitCode::from(code.map_err(Error::msg)?))
}
