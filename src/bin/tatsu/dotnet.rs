//! `tatsu dotnet`: runs a managed program on a stock runtime, Tatsu compiling its methods.

use crate::common::Outcome;
use crate::dotnet_log::Log;
use std::fs::File;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use tatsu_dotnet_host::coreclr::Program;
use tatsu_dotnet_host::runtime::{self, Runtime};
use tatsu_dotnet_host::{JIT_NAME, altjit_env, coreclr, farm};

/// Which runtime and which library.
#[derive(clap::Args)]
pub struct Place {
    /// The runtime: a folder, or a release (9, 10); without it DOTNET_ROOT, 'dotnet' on the path or the test runtime
    #[arg(long, value_name = "DIR|9|10")]
    runtime: Option<String>,
    /// The library; by default libtatsu.so beside this program
    #[arg(long, value_name = "FILE")]
    jit: Option<PathBuf>,
}

/// `tatsu dotnet`.
#[derive(clap::Args)]
pub struct Args {
    /// Methods that Tatsu compiles, such as 'Class:Method Other:*'; .NET's own JIT takes the others and what is declined
    #[arg(long, value_name = "PATTERN", default_value = "*")]
    altjit: String,
    #[command(flatten)]
    place: Place,
    /// The assembly with Main
    app: PathBuf,
    /// What Main receives
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// The process that hosts the runtime.
#[derive(clap::Args)]
pub struct HostArgs {
    natives: PathBuf,
    framework: PathBuf,
    app: PathBuf,
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

pub fn run(args: &Args) -> Outcome<ExitCode> {
    let session = Session::new(&args.place)?;
    let own = std::env::var_os("DOTNET_TatsuLog").filter(|file| !file.is_empty());
    let log = match &own {
        Some(file) => PathBuf::from(file),
        None => session.log_file()?,
    };
    let mut command = session.command(&args.app, &args.args)?;
    command.envs(altjit_env(&args.altjit));
    command.env("DOTNET_TatsuLog", &log);
    let status = command
        .status()
        .map_err(|e| format!("cannot start the host process: {e}"))?;
    if let Some(signal) = status.signal() {
        eprintln!(
            "tatsu: the program ended by signal {signal}; {}",
            last(&log)
        );
    }
    if own.is_none() {
        std::fs::remove_file(&log).ok();
    }
    Ok(exit_code(status))
}

pub fn host(args: &HostArgs) -> Outcome<ExitCode> {
    let code = coreclr::run(&Program {
        natives: &args.natives,
        framework: &args.framework,
        app: &args.app,
        args: &args.args,
    })?;
    Ok(ExitCode::from(code))
}

/// What a log says about the end of its process.
fn last(file: &Path) -> String {
    let log = match Log::read(file) {
        Ok(log) => log,
        Err(message) => return message,
    };
    let compiled = log.compiled.last().map_or_else(
        || "Tatsu had compiled no method".to_owned(),
        |m| format!("the last method that Tatsu compiled is {}", m.name),
    );
    match log.unfinished.last() {
        Some(name) => format!("it was compiling {name}; {compiled}"),
        None => compiled,
    }
}

/// As a shell has it.
fn exit_code(status: ExitStatus) -> ExitCode {
    let signal = || 128 + status.signal().unwrap_or_default();
    ExitCode::from(status.code().unwrap_or_else(signal) as u8)
}

/// A runtime with Tatsu beside it, ready to start programs.
pub struct Session {
    runtime: Runtime,
    natives: PathBuf,
    cache: PathBuf,
}

impl Session {
    /// Finds the runtime and makes the folder of links.
    pub fn new(place: &Place) -> Outcome<Session> {
        let runtime = runtime::find(place.runtime.as_deref())?;
        let jit = match &place.jit {
            Some(jit) => jit.clone(),
            None => beside_this_program()?,
        };
        let jit = std::fs::canonicalize(&jit)
            .map_err(|e| format!("cannot read the library {}: {e}", jit.display()))?;
        let cache = runtime::cache_dir()?;
        let natives = farm::folder_for(&cache, runtime.path(), &jit);
        match &runtime {
            Runtime::Loose(framework) => farm::prepare(&natives, framework, Some(&jit))?,
            Runtime::SingleFile(exe) => farm::prepare_single(&natives, exe, Some(&jit))?,
        }
        Ok(Session {
            runtime,
            natives,
            cache,
        })
    }

    /// The runtime.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// A file for one process's log, in a folder that exists.
    pub fn log_file(&self) -> Outcome<PathBuf> {
        let folder = self.folder("logs")?;
        let file = folder.join(format!("{}.log", std::process::id()));
        std::fs::remove_file(&file).ok();
        Ok(file)
    }

    /// A folder of ours in the cache.
    pub fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.cache.join("run").join(name);
        std::fs::create_dir_all(&folder)
            .map_err(|e| format!("cannot write the folder {}: {e}", folder.display()))?;
        Ok(folder)
    }

    /// The command that runs `app` in a process of its own, without any altjit yet.
    pub fn command(&self, app: &Path, args: &[String]) -> Outcome<Command> {
        is_managed(app)?;
        let app = std::path::absolute(app)
            .map_err(|e| format!("cannot make {} absolute: {e}", app.display()))?;
        let mut command = match &self.runtime {
            Runtime::Loose(framework) => {
                let this = std::env::current_exe()
                    .map_err(|e| format!("cannot find this program's own file: {e}"))?;
                let mut command = Command::new(this);
                command.arg("dotnet-host").args([&self.natives, framework]);
                command
            }
            Runtime::SingleFile(exe) => {
                let name = exe.file_name().unwrap_or_default();
                let mut command = Command::new(self.natives.join(name));
                command.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
                command
            }
        };
        command.arg(&app).args(args);
        Ok(command)
    }
}

/// A file that begins as assemblies do.
fn is_managed(app: &Path) -> Outcome<()> {
    if !app.is_file() {
        return Err(format!("there is no file {}", app.display()));
    }
    let mut start = [0; 2];
    File::open(app)
        .and_then(|mut file| file.read_exact(&mut start))
        .map_err(|e| format!("cannot read {}: {e}", app.display()))?;
    if start == *b"MZ" {
        return Ok(());
    }
    let what = "is no .NET assembly: it does not begin with MZ";
    Err(format!("{} {what}", app.display()))
}

/// The library that was built with this program.
fn beside_this_program() -> Outcome<PathBuf> {
    let this =
        std::env::current_exe().map_err(|e| format!("cannot find this program's own file: {e}"))?;
    let file = this.with_file_name(JIT_NAME);
    if file.is_file() {
        return Ok(file);
    }
    Err(format!(
        "there is no {}; build it with 'cargo build --release', or name it with --jit",
        file.display()
    ))
}
