//! `tatsu dotnet-coverage`: how much of real assemblies Tatsu compiles, why not the rest, and what it costs beside RyuJIT.
//!
//! A small managed program (`PrepareMethods.cs`) has the runtime compile every method, once with Tatsu as the altjit and once with a
//! private copy of RyuJIT in its place (`DOTNET_TatsuShim`). Precompiled code and tiering are off, so that each
//! method is offered once and at one level. Times are this thread's, inside the compile call, the runtime's answers
//! included, for both. Ratios are over the methods that both compile.
//!
//! A process that dies is a finding: the method is named, and another process goes on behind the type in which it happened.

use crate::common::{self, Outcome};
use crate::coverage_report::{Crash, Level, Report};
use crate::dotnet::{Place, Session};
use crate::dotnet_log::Log;
use serde_json::Value;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use tatsu_dotnet_host::altjit_env;
use tatsu_dotnet_host::runtime::Runtime;

/// `tatsu dotnet-coverage`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// Only this level
    #[arg(long, value_enum)]
    level: Option<common::Opt>,
    /// Leave RyuJIT out: no times to compare with
    #[arg(long)]
    no_stock: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Keep the logs of single methods in this folder
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
    /// Assemblies: files, or names of the framework's such as System.Private.CoreLib; 'framework' is all of those
    #[arg(required = true)]
    assemblies: Vec<String>,
}

pub fn run(args: &Args) -> Outcome<ExitCode> {
    let session = Session::new(&args.place)?;
    let Runtime::Loose(framework) = session.runtime() else {
        return Err("coverage needs a runtime of loose files, such as --runtime 9".to_owned());
    };
    let mut pass = Pass {
        assemblies: assemblies(&args.assemblies, framework)?,
        driver: driver(&session)?,
        logs: match &args.logs {
            Some(folder) => {
                std::fs::create_dir_all(folder)
                    .map_err(|e| format!("cannot write the folder {}: {e}", folder.display()))?;
                folder.clone()
            }
            None => session.folder("logs")?,
        },
        session: &session,
        keep: args.logs.is_some(),
        failures: Vec::new(),
    };
    let levels = match args.level {
        Some(common::Opt::Min) => vec!["MinOpts"],
        Some(common::Opt::Full) => vec!["FullOpts"],
        None => vec!["FullOpts", "MinOpts"],
    };
    let mut report = Report {
        runtime: framework.display().to_string(),
        assemblies: pass.assemblies.len(),
        levels: Vec::new(),
    };
    for name in levels {
        let ours = pass.run(name, false)?;
        let stock = match args.no_stock {
            true => Log::default(),
            false => pass.run(name, true)?,
        };
        let crashes = std::mem::take(&mut pass.failures);
        report.levels.push(Level::new(name, &ours, &stock, crashes));
    }
    let text = if args.json {
        format!("{:#}\n", report.json())
    } else {
        report.to_string()
    };
    common::print(&text);
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What all processes of a run have in common.
struct Pass<'a> {
    session: &'a Session,
    driver: PathBuf,
    assemblies: Vec<String>,
    logs: PathBuf,
    keep: bool,
    failures: Vec<Crash>,
}

/// How far a process came.
struct Reached {
    next: usize,
    total: usize,
    signal: Option<i32>,
}

impl Pass<'_> {
    /// Has every method compiled, by Tatsu or by RyuJIT, at the level.
    fn run(&mut self, level: &str, stock: bool) -> Outcome<Log> {
        let who = if stock { "RyuJIT" } else { "Tatsu" };
        let mut all = Log::default();
        let mut first = 0;
        for process in 0.. {
            let file = self.logs.join(format!(
                "coverage-{level}-{who}-{process}-{}.log",
                std::process::id()
            ));
            std::fs::remove_file(&file).ok();
            let reached = self.process(level, stock, first, &file)?;
            let log = Log::read(&file)?;
            if !self.keep {
                std::fs::remove_file(&file).ok();
            }
            let unfinished = log.unfinished.last().cloned();
            merge(&mut all, log);
            let Some(signal) = reached.signal else {
                return Ok(all);
            };
            self.failures.push(Crash {
                compiler: who,
                signal,
                method: unfinished,
            });
            // Behind the type that it was at.
            first = reached.next.max(first + 1);
            if first >= reached.total {
                return Ok(all);
            }
        }
        Ok(all)
    }

    /// One process, its progress shown.
    fn process(&self, level: &str, stock: bool, first: usize, log: &Path) -> Outcome<Reached> {
        let mut args = vec![first.to_string()];
        args.extend_from_slice(&self.assemblies);
        let mut command = self.session.command(&self.driver, &args)?;
        measured(&mut command, level);
        command.env("DOTNET_TatsuLog", log).stdin(Stdio::null());
        if stock {
            command.env("DOTNET_TatsuShim", "1");
        }
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("cannot start the host process: {e}"))?;
        let who = if stock { "RyuJIT" } else { "Tatsu" };
        let mut bar = Bar::new(format!("{level}, {who}"));
        let mut reached = Reached {
            next: first,
            total: 0,
            signal: None,
        };
        if let Some(out) = child.stdout.take() {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let mut words = line.split(' ');
                if words.next() != Some("P") {
                    continue;
                }
                let mut number = || words.next().and_then(|w| w.parse::<usize>().ok());
                if let (Some(done), Some(total)) = (number(), number()) {
                    reached.next = done + 1;
                    reached.total = total;
                    bar.show(done, total);
                }
            }
        }
        bar.end();
        let status = child
            .wait()
            .map_err(|e| format!("cannot wait for the host process: {e}"))?;
        reached.signal = status.signal();
        match status.code() {
            Some(0) | None => Ok(reached),
            Some(code) => Err(format!(
                "the program that prepares the methods ended with exit code {code}: is every assembly there?"
            )),
        }
    }
}

/// Every method offered once, at one level, to us.
fn measured(command: &mut Command, level: &str) {
    command.envs(altjit_env("*"));
    command.env("DOTNET_ReadyToRun", "0");
    command.env("DOTNET_TieredCompilation", "0");
    if level == "MinOpts" {
        command.env("DOTNET_JITMinOpts", "1");
    }
}

/// Adds a further process's log; what an earlier one has is not counted again.
fn merge(all: &mut Log, log: Log) {
    if all.compiled.is_empty() && all.left.is_empty() && all.stock.is_empty() {
        *all = log;
        return;
    }
    let known: HashSet<String> = all
        .compiled
        .iter()
        .map(|m| &m.name)
        .chain(all.left.iter().map(|m| &m.name))
        .chain(all.stock.iter().map(|m| &m.name))
        .cloned()
        .collect();
    let new = |name: &String| !known.contains(name);
    all.compiled
        .extend(log.compiled.into_iter().filter(|m| new(&m.name)));
    all.left
        .extend(log.left.into_iter().filter(|m| new(&m.name)));
    all.stock
        .extend(log.stock.into_iter().filter(|m| new(&m.name)));
}

/// The assemblies as the driver takes them.
fn assemblies(named: &[String], framework: &Path) -> Outcome<Vec<String>> {
    let mut all = Vec::new();
    for name in named {
        if name == "framework" {
            all.extend(framework_assemblies(framework)?);
        } else if Path::new(name).is_file() {
            let path = std::path::absolute(name)
                .map_err(|e| format!("cannot make {name} absolute: {e}"))?;
            all.push(path.display().to_string());
        } else if framework.join(format!("{name}.dll")).is_file() {
            all.push(name.clone());
        } else {
            return Err(format!(
                "there is no assembly {name}: neither a file nor one of {}",
                framework.display()
            ));
        }
    }
    Ok(all)
}

/// The names of the framework's assemblies: what a deps.json says of a runtime pack, else all that begin with `System.` or
/// `Microsoft.`. The core library comes first.
fn framework_assemblies(framework: &Path) -> Outcome<Vec<String>> {
    let cannot = |e| {
        format!(
            "cannot read the framework's folder {}: {e}",
            framework.display()
        )
    };
    let mut files = Vec::new();
    let mut pack = Vec::new();
    for entry in std::fs::read_dir(framework).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if let Some(name) = name.strip_suffix(".dll") {
            files.push(name.to_owned());
        } else if name.ends_with(".deps.json") {
            let text = std::fs::read_to_string(&path)
                .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
            pack.extend(runtime_pack(
                &serde_json::from_str(&text).unwrap_or_default(),
            ));
        }
    }
    files.retain(|name| {
        if pack.is_empty() {
            name.starts_with("System.") || name.starts_with("Microsoft.")
        } else {
            pack.contains(name)
        }
    });
    // Facades without a method of their own.
    files.retain(|name| name != "mscorlib" && name != "netstandard");
    files.sort_by_key(|name| (name != "System.Private.CoreLib", name.clone()));
    Ok(files)
}

/// The assemblies that a deps.json lists under the runtime pack of the framework.
fn runtime_pack(deps: &Value) -> Vec<String> {
    let mut names = Vec::new();
    let targets = deps["targets"].as_object();
    for target in targets
        .into_iter()
        .flatten()
        .filter_map(|(_, t)| t.as_object())
    {
        let packs = target
            .iter()
            .filter(|(name, _)| name.starts_with("runtimepack.Microsoft.NETCore.App"));
        for (_, pack) in packs {
            let files = pack["runtime"].as_object().into_iter().flatten();
            names.extend(files.filter_map(|(file, _)| Some(file.strip_suffix(".dll")?.to_owned())));
        }
    }
    names
}

/// The managed program, compiled when it is not there yet.
fn driver(session: &Session) -> Outcome<PathBuf> {
    let source = include_str!("PrepareMethods.cs");
    let folder = session.folder("tools")?;
    let hash = source.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let made = folder.join(format!("PrepareMethods-{hash:08x}.exe"));
    if made.is_file() {
        return Ok(made);
    }
    let text = folder.join(format!("PrepareMethods-{}.cs", std::process::id()));
    let new = text.with_extension("exe");
    std::fs::write(&text, source).map_err(|e| format!("cannot write {}: {e}", text.display()))?;
    let mut to = std::ffi::OsString::from("-out:");
    to.push(&new);
    let done = Command::new("mcs")
        .args(["-nologo", "-optimize+", "-target:exe"])
        .arg(to)
        .arg(&text)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| {
            format!("the C# compiler mcs (Debian package mono-mcs) does not start: {e}")
        })?;
    std::fs::remove_file(&text).ok();
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        return Err(format!(
            "mcs cannot compile the program that prepares the methods: {said}"
        ));
    }
    std::fs::rename(&new, &made).map_err(|e| format!("cannot write {}: {e}", made.display()))?;
    Ok(made)
}

/// A progress bar on a terminal; nothing elsewhere.
struct Bar {
    what: String,
    shown: Option<usize>,
    on: bool,
}

impl Bar {
    fn new(what: String) -> Bar {
        Bar {
            what,
            shown: None,
            on: std::io::stderr().is_terminal(),
        }
    }

    fn show(&mut self, done: usize, total: usize) {
        const WIDTH: usize = 40;
        let percent = done * 100 / total.max(1);
        if !self.on || self.shown == Some(percent) {
            return;
        }
        self.shown = Some(percent);
        let filled = "#".repeat(percent * WIDTH / 100);
        let mut err = std::io::stderr().lock();
        // A bar that cannot be drawn is no loss.
        let _ = write!(err, "\r{:<18} [{filled:<WIDTH$}] {percent:>3} %", self.what);
        let _ = err.flush();
    }

    fn end(&self) {
        if self.on && self.shown.is_some() {
            eprint!("\r{:70}\r", "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dotnet_log::Left;

    #[test]
    fn a_runtime_pack_is_found() {
        let deps = r#"{"targets":{"net9/x":{
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/9.0.7":{"runtime":{"System.Runtime.dll":{},"a.so":{}}},
            "Newtonsoft.Json/13":{"runtime":{"lib/Newtonsoft.Json.dll":{}}}}}}"#;
        assert_eq!(
            runtime_pack(&serde_json::from_str(deps).unwrap()),
            ["System.Runtime"]
        );
        assert!(runtime_pack(&Value::Null).is_empty());
    }

    #[test]
    fn logs_of_several_processes_count_once() {
        let left = |name: &str| Left {
            outcome: "unsupported".to_owned(),
            reason: String::new(),
            il: 1,
            name: name.to_owned(),
        };
        let mut all = Log::default();
        for names in [["a", "a"], ["a", "b"]] {
            merge(
                &mut all,
                Log {
                    left: names.map(left).to_vec(),
                    ..Log::default()
                },
            );
        }
        let names: Vec<_> = all.left.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["a", "a", "b"]);
    }
}
