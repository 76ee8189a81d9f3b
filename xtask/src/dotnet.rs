//! `cargo xtask dotnet`: the C# bring-up programs in stock .NET, their methods compiled by Tatsu.
//!
//! Each file of `bringup-tests/dotnet` is one program: a class with a `Main` that returns 100. Its first line names the
//! methods under test, `// methods: Class:Method …`, `Class` being the one with `Main`; a second line `// stress: VALUE` asks
//! for one more run with `DOTNET_GCStress=VALUE`; a second line `// framework` says that the program needs types that the C#
//! compiler's own library does not have. All other files are one assembly, these are another, and one process runs many
//! programs, one after the other; if it dies, the program that ran is told, and the rest runs in another process.
//!
//! A program passes when Main returned 100 *and* the disassembly listing proves who compiled each method under test, at
//! which level: a header `; Assembly listing for method Class:Method(…) (LEVEL)` followed by a line
//! `; Tatsu` before the first blank line. A method that Tatsu declined is compiled by the stock
//! JIT, whose listing has no such line, so a wrong claim is not possible by a silent fallback.
//!
//! All of this once more with every method of the process handed to Tatsu, the runtime's own included, and Tatsu checking
//! itself: an internal error of any method is a failure.

use crate::run::Counts;
use crate::setup::arm64::Cross;
use crate::setup::dotnet as setup;
use crate::setup::dotnet10::{self, Machine};
use crate::{coreclr, dotnet_tools, paths, run};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub struct Args {
    /// Let the stock JIT compile everything: shows that the programs and the machine are right
    #[arg(long)]
    stock: bool,
    /// Only programs whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
    /// The profile in which libtatsu.so is built: release or checked
    #[arg(long, default_value = "release")]
    profile: String,
    /// This library instead of one built now
    #[arg(long, value_name = "FILE", conflicts_with_all = ["stock", "profile"])]
    jit: Option<PathBuf>,
    /// Set an environment variable in every program, such as DOTNET_JitStressRegs=1
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// The runtime
    #[arg(long, value_enum, default_value_t = Release::Net9)]
    runtime: Release,
}

/// A runtime to run in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Release {
    /// .NET 9.0.7, loose files
    #[value(name = "9")]
    Net9,
    /// .NET 10.0.9 in a single file
    #[value(name = "10")]
    Net10,
    /// The same for arm64, under emulation
    #[value(name = "10-arm64")]
    Net10Arm64,
}

/// The stress run with a collection at every allocation takes longest; a hanging collector never ends.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// The same under emulation.
const EMULATED_TIME_LIMIT: Duration = Duration::from_secs(400);

/// The whole suite with Tatsu built in `profile`, in this runtime.
pub fn all(profile: &str, runtime: Release) -> Result<Counts> {
    let args = Args {
        stock: false,
        filter: String::new(),
        profile: profile.to_string(),
        jit: None,
        env: Vec::new(),
        runtime,
    };
    Suite::prepare(&args)?.run_all(&args)
}

pub fn run(args: Args) -> Result<ExitCode> {
    let counts = Suite::prepare(&args)?.run_all(&args)?;
    println!("{counts}");
    Ok(if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What a run of the programs needs, made by [`Suite::prepare`].
struct Suite {
    start: Start,
    groups: Vec<Group>,
}

/// Programs in one assembly.
struct Group {
    assembly: PathBuf,
    programs: Vec<Program>,
}

/// How a process is started.
enum Start {
    Loose { framework: PathBuf, folder: PathBuf },
    Single { program: PathBuf },
    Emulated { program: PathBuf, cross: Cross },
}

impl Start {
    /// Puts the JIT, built unless it is given or none is wanted, beside the runtime.
    fn prepare(args: &Args) -> Result<Start> {
        let jit = |build: &dyn Fn() -> Result<PathBuf>| match &args.jit {
            _ if args.stock => Ok(None),
            Some(jit) => Ok(Some(jit.clone())),
            None => build().map(Some),
        };
        let native = || coreclr::build_jit(&args.profile);
        match args.runtime {
            Release::Net9 => {
                let framework = setup::ensure_runtime()?;
                let folder = coreclr::prepare(&framework, jit(&native)?.as_deref())?;
                Ok(Start::Loose { framework, folder })
            }
            Release::Net10 => {
                let program = dotnet10::ensure(Machine::X64)?;
                let program = coreclr::prepare_single("10", &program, jit(&native)?.as_deref())?;
                Ok(Start::Single { program })
            }
            Release::Net10Arm64 => {
                let program = dotnet10::ensure(Machine::Arm64)?;
                let cross = crate::setup::arm64::ensure()?;
                let jit = jit(&|| coreclr::build_jit_arm64(&cross))?;
                let program = coreclr::prepare_single("10-arm64", &program, jit.as_deref())?;
                Ok(Start::Emulated { program, cross })
            }
        }
    }

    /// The command that runs `assembly`, free of what the caller's environment says to .NET.
    fn command(&self, assembly: &Path) -> Result<Command> {
        let (mut command, single) = match self {
            Start::Loose { framework, folder } => {
                (coreclr::program(folder, framework, assembly)?, false)
            }
            Start::Single { program } => (Command::new(program), true),
            Start::Emulated { program, cross } => (cross.emulated_runtime(program), true),
        };
        clean(&mut command);
        if single {
            command.arg(assembly);
            // No ICU on bare machines.
            command.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        }
        Ok(command)
    }

    fn time_limit(&self) -> Duration {
        match self {
            Start::Emulated { .. } => EMULATED_TIME_LIMIT,
            _ => TIME_LIMIT,
        }
    }
}

struct Program {
    name: String,
    methods: Vec<String>,
    stress: Option<String>,
    library: Library,
}

/// What a program is compiled against.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Library {
    /// The C# compiler's own, whose types every runtime finds.
    OfTheCompiler,
    /// The core library of the test runtime.
    Framework,
}

/// One way to run programs.
#[derive(Clone, Copy)]
struct Mode<'a> {
    level: &'a str,
    stress: Option<&'a str>,
    /// Tatsu is handed every method of the process, not only those under test; none of them may fail within it.
    every: bool,
}

impl std::fmt::Display for Mode<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.level)?;
        if self.every {
            f.write_str(" *")?;
        }
        match self.stress {
            Some(value) => write!(f, " GCStress={value}"),
            None => Ok(()),
        }
    }
}

/// What the programs wrote and how their process ended.
#[derive(Default)]
struct Results {
    /// Program and what Main returned, or the exception.
    returned: Vec<(String, String)>,
    /// The program that ran when the process ended, and how it ended.
    died: Option<(String, String)>,
}

impl Suite {
    /// Sets up the runtime, builds the JIT (unless `--stock`), compiles the programs.
    fn prepare(args: &Args) -> Result<Suite> {
        let mcs = setup::ensure_mcs()?;
        let start = Start::prepare(args)?;
        let source = paths::root().join("bringup-tests/dotnet");
        let mut files = fs::read_dir(&source)
            .with_context(|| format!("cannot read {}", source.display()))?
            .map(|file| Ok(file?.path()))
            .collect::<Result<Vec<_>>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "cs"));
        files.sort();
        let mut groups = Vec::new();
        for library in [Library::OfTheCompiler, Library::Framework] {
            let mut programs = Vec::new();
            let mut sources = Vec::new();
            for file in &files {
                let program = Program::read(file)?;
                if program.library == library {
                    programs.push(program);
                    sources.push(file.as_path());
                }
            }
            programs.retain(|program| program.name.contains(&args.filter));
            let assembly = assembly(&mcs, library, &sources)?;
            groups.push(Group { assembly, programs });
        }
        if groups.iter().all(|group| group.programs.is_empty()) {
            bail!(
                "no program in {} has a name with '{}'",
                source.display(),
                args.filter
            );
        }
        Ok(Suite { start, groups })
    }

    fn run_all(&self, args: &Args) -> Result<Counts> {
        println!("{:<20} {:<20} {:>8}  result", "program", "mode", "compiled");
        let mut counts = Counts::default();
        let mut stresses: Vec<Option<&str>> = vec![None];
        stresses.extend(
            self.groups
                .iter()
                .flat_map(|group| &group.programs)
                .map(|program| program.stress.as_deref()),
        );
        stresses.sort();
        stresses.dedup();
        for every in [false, true] {
            if every && args.stock {
                break;
            }
            for &stress in &stresses {
                for level in ["FullOpts", "MinOpts"] {
                    let mode = Mode {
                        level,
                        stress,
                        every,
                    };
                    for group in &self.groups {
                        counts += self.run_mode(args, mode, group)?;
                    }
                }
            }
        }
        if args.filter.is_empty() && !args.stock && !matches!(self.start, Start::Loose { .. }) {
            counts += self.long_programs(args)?;
            counts += self.stock_gc_info(args)?;
        }
        Ok(counts)
    }

    /// Stack traces, and collections without end, where `tatsu dotnet` is not what starts a program.
    fn long_programs(&self, args: &Args) -> Result<Counts> {
        let programs = dotnet_tools::programs(&setup::ensure_mcs()?)?;
        let command = |program: &str, level: &str, ours: Option<&str>| -> Result<Command> {
            let mut command = self.start.command(&programs.join(program))?;
            command
                .env("DOTNET_TieredCompilation", "0")
                .env("DOTNET_ReadyToRun", "0");
            if level == "MinOpts" {
                command.env("DOTNET_JITMinOpts", "1");
            }
            if let Some(pattern) = ours {
                command.envs(coreclr::altjit_env(pattern));
            }
            set(&mut command, &args.env)?;
            Ok(command)
        };
        let mut counts = Counts::default();
        for level in ["FullOpts", "MinOpts"] {
            let traces = dotnet_tools::same_traces(
                command("Unwind.exe", "MinOpts", None)?,
                command("Unwind.exe", level, Some("Unwind:*"))?,
            );
            let mut collecting = command("GcLong.exe", level, Some("*"))?;
            collecting.arg("5");
            let collections = dotnet_tools::collected(collecting);
            for (name, result) in [("stack traces", traces), ("collections", collections)] {
                match &result {
                    Ok(()) => println!("{name:<20} {level:<20} {:>8}  ok", ""),
                    Err(why) => println!("{name:<20} {level:<20} {:>8}  FAILED: {why:#}", ""),
                }
                counts += Counts::one(result.is_ok());
            }
        }
        Ok(counts)
    }

    /// The stock JIT compiles everything, and its GC info is read and written again: the same bits.
    fn stock_gc_info(&self, args: &Args) -> Result<Counts> {
        let logs = paths::target_dir()?.join("dotnet/logs");
        let mut counts = Counts::default();
        for level in ["FullOpts", "MinOpts"] {
            let log = logs.join(format!("shim-{level}.log"));
            fs::remove_file(&log).ok();
            let group = &self.groups[0];
            let mut command = self.start.command(&group.assembly)?;
            command
                .args(group.programs.iter().map(|program| program.class()))
                .envs(coreclr::altjit_env("*"))
                .env("DOTNET_TieredCompilation", "0")
                .env("DOTNET_ReadyToRun", "0")
                .env("DOTNET_TatsuShim", "1")
                .env("DOTNET_TatsuLog", &log);
            if level == "MinOpts" {
                command.env("DOTNET_JITMinOpts", "1");
            }
            set(&mut command, &args.env)?;
            let output = logs.join(format!("shim-{level}.txt"));
            run::limited(&mut command, self.start.time_limit(), &output)?;
            let text = fs::read_to_string(&log).unwrap_or_default();
            let verdicts = text.lines().filter_map(|line| line.strip_prefix("= "));
            let verdicts: Vec<&str> = verdicts.filter_map(|line| line.split(' ').nth(3)).collect();
            // Sets of live slots that are shared may stand in another order.
            let other = verdicts
                .iter()
                .filter(|v| !matches!(**v, "same" | "shared-otherwise"))
                .count();
            let passed = other == 0 && verdicts.len() >= 1000;
            println!(
                "{:<20} {level:<20} {:>8}  {}",
                "stock JIT's GC info",
                verdicts.len(),
                if passed {
                    "ok".to_string()
                } else {
                    format!("FAILED: {other} not reproduced, see {}", log.display())
                }
            );
            counts += Counts::one(passed);
        }
        Ok(counts)
    }

    /// Runs the programs that are for this mode, in as few processes as it takes, and prints a row for each.
    fn run_mode(&self, args: &Args, mode: Mode<'_>, group: &Group) -> Result<Counts> {
        let mut waiting: Vec<&Program> = group
            .programs
            .iter()
            .filter(|program| mode.stress.is_none() || program.stress.as_deref() == mode.stress)
            .collect();
        if waiting.is_empty() {
            return Ok(Counts::default());
        }
        let start = Instant::now();
        let (mut counts, mut processes) = (Counts::default(), 0);
        let mut offered = String::new();
        while !waiting.is_empty() {
            processes += 1;
            let (results, listed, report) = self.run_some(args, mode, &group.assembly, &waiting)?;
            if mode.every {
                counts += Counts::one(report.internal == 0);
                offered += &format!(", {} of {} methods", report.compiled, report.offered);
                if report.internal != 0 {
                    println!("    FAILED: internal errors, see {}", report.file.display());
                }
            }
            let (mut done, rest): (Vec<&Program>, Vec<&Program>) = waiting
                .iter()
                .copied()
                .partition(|program| results.of(&program.class()).is_some());
            if done.is_empty() {
                // Nothing even began: that is said of the first, and the others are not tried.
                done = std::mem::take(&mut waiting);
            } else {
                waiting = rest;
            }
            for program in done {
                let how = results
                    .of(&program.class())
                    .or(results.died.as_ref().map(|(_, how)| how.as_str()))
                    .unwrap_or("not started");
                let passed = self.row(args, mode, program, how, &listed);
                counts += Counts::one(passed);
            }
        }
        println!(
            "{mode}: {counts}, {processes} process{}{offered}, {:.1} s",
            if processes == 1 { "" } else { "es" },
            start.elapsed().as_secs_f64()
        );
        Ok(counts)
    }

    /// Prints the row of one program, and says whether it passed. What passes in order is not worth a row.
    fn row(
        &self,
        args: &Args,
        mode: Mode<'_>,
        program: &Program,
        how: &str,
        listed: &Listed,
    ) -> bool {
        let unproved: Vec<&str> = program
            .methods
            .iter()
            .map(String::as_str)
            .filter(|method| !listed.proves(method, mode.level, !args.stock))
            // A trimmed framework lacks what some of them call: nobody compiles those.
            .filter(|method| self.is_whole(program) || listed.has(method))
            .collect();
        let mut wrong = Vec::new();
        if how != "100" {
            wrong.push(format!("returned {how}, not 100"));
        }
        if !unproved.is_empty() {
            let compiler = if args.stock { "the stock JIT" } else { "Tatsu" };
            wrong.push(format!(
                "not shown compiled by {compiler}: {}",
                unproved.join(" ")
            ));
        }
        println!(
            "{:<20} {:<20} {:>8}  {}",
            program.name,
            mode.to_string(),
            format!(
                "{}/{}",
                program.methods.len() - unproved.len(),
                program.methods.len()
            ),
            if wrong.is_empty() {
                "ok".to_string()
            } else {
                format!("FAILED: {}", wrong.join("; "))
            },
        );
        wrong.is_empty()
    }

    /// Has the runtime all that the program may call?
    fn is_whole(&self, program: &Program) -> bool {
        program.library == Library::OfTheCompiler || matches!(self.start, Start::Loose { .. })
    }

    /// One process that runs `programs`, in order, as far as it comes.
    fn run_some(
        &self,
        args: &Args,
        mode: Mode<'_>,
        assembly: &Path,
        programs: &[&Program],
    ) -> Result<(Results, Listed, Report)> {
        let methods: Vec<&str> = programs
            .iter()
            .flat_map(|program| program.methods.iter().map(String::as_str))
            .collect();
        let methods = methods.join(" ");
        let logs = paths::target_dir()?.join("dotnet/logs");
        fs::create_dir_all(&logs)?;
        let tag = mode
            .to_string()
            .replace('*', "every")
            .replace([' ', '='], "-");
        let listing = logs.join(format!("{tag}.asm"));
        match fs::remove_file(&listing) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut command = self.start.command(assembly)?;
        command.args(programs.iter().map(|program| program.class()));
        command
            .env("DOTNET_TieredCompilation", "0")
            .env("DOTNET_JitDisasm", &methods);
        command.env("DOTNET_JitStdOutFile", &listing);
        if mode.level == "MinOpts" {
            command.env("DOTNET_JITMinOpts", "1");
        }
        if let Some(value) = mode.stress {
            command.env("DOTNET_GCStress", value);
        }
        let report = logs.join(format!("{tag}.report"));
        fs::remove_file(&report).ok();
        if mode.every {
            command
                .envs(coreclr::altjit_env("*"))
                .env("DOTNET_ReadyToRun", "0")
                .env("DOTNET_TatsuCheck", "1")
                .env("DOTNET_TatsuReport", &report);
        } else if !args.stock {
            command.envs(coreclr::altjit_env(&methods));
        }
        set(&mut command, &args.env)?;
        let log = logs.join(format!("{tag}.log"));
        let outcome = run::limited(&mut command, self.start.time_limit(), &log)?;
        let how = match outcome.status {
            None => format!("ended after {} s", self.start.time_limit().as_secs()),
            Some(status) => status.to_string(),
        };
        let results = Results::parse(&outcome.output, &how);
        if results.died.is_some() {
            println!(
                "    all output: {}, listing: {}",
                log.display(),
                listing.display()
            );
        }
        Ok((results, Listed::read(&listing), Report::read(report)))
    }
}

/// Takes away what the caller's environment says to .NET.
fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("DOTNET_") || text.starts_with("COMPlus_") {
            command.env_remove(name);
        }
    }
}

/// Sets variables given as NAME=VALUE.
fn set(command: &mut Command, pairs: &[String]) -> Result<()> {
    for pair in pairs {
        let (name, value) = pair
            .split_once('=')
            .with_context(|| format!("--env {pair}: not NAME=VALUE"))?;
        command.env(name, value);
    }
    Ok(())
}

/// What Tatsu counted in a process.
struct Report {
    offered: u64,
    compiled: u64,
    internal: u64,
    file: PathBuf,
}

impl Report {
    /// Reads a report; without the file nothing was offered.
    fn read(file: PathBuf) -> Report {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let number = |key: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(key)?.trim().parse().ok())
                .unwrap_or(0)
        };
        Report {
            offered: number("offered "),
            compiled: number("compiled "),
            internal: number("internal error "),
            file,
        }
    }
}

impl Results {
    /// Reads what the programs' runner wrote: `> CLASS` before each, `< CLASS RESULT` behind it.
    fn parse(output: &str, how: &str) -> Results {
        let mut results = Results::default();
        let mut running = None;
        for line in output.lines() {
            if let Some(class) = line.strip_prefix("> ") {
                running = Some(class.to_string());
            } else if let Some((class, result)) = line
                .strip_prefix("< ")
                .and_then(|line| line.split_once(' '))
            {
                running = None;
                results
                    .returned
                    .push((class.to_string(), result.to_string()));
            }
        }
        results.died = running.map(|class| (class, how.to_string()));
        results
    }

    /// What became of the program with this class; none if it did not begin.
    fn of(&self, class: &str) -> Option<&str> {
        let mut all = self.returned.iter().chain(&self.died);
        all.find(|(name, _)| name == class)
            .map(|(_, how)| how.as_str())
    }
}

impl Program {
    /// Reads the head lines of `source`.
    fn read(source: &Path) -> Result<Program> {
        let name = source
            .file_stem()
            .context("a source file has a name")?
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(source)?;
        let head = |key: &str| {
            text.lines()
                .take(2)
                .find_map(|line| line.strip_prefix("// ")?.strip_prefix(key))
        };
        let methods: Vec<String> = head("methods:")
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_string)
            .collect();
        if methods.is_empty() {
            bail!(
                "{}: the first line must be '// methods: Class:Method ...'",
                source.display()
            );
        }
        Ok(Program {
            name,
            methods,
            stress: head("stress:").map(|value| value.trim().to_string()),
            library: if head("framework").is_some() {
                Library::Framework
            } else {
                Library::OfTheCompiler
            },
        })
    }

    /// The class with `Main`.
    fn class(&self) -> String {
        let first = &self.methods[0];
        first.split(':').next().unwrap_or(first).to_string()
    }
}

/// The runner: `Main` of the assembly, which calls those of the programs that it is told.
const RUNNER: &str = "\
using System;

public static class TatsuProgramRunner
{
    public static int Main(string[] classes)
    {
        foreach (string name in classes)
        {
            Console.Write(\"> \");
            Console.WriteLine(name);
            string result;
            try
            {
                object code = typeof(TatsuProgramRunner).Assembly.GetType(name).GetMethod(\"Main\").Invoke(null, null);
                result = code.ToString();
            }
            catch (Exception e)
            {
                result = (e.InnerException ?? e).ToString().Replace(\"\\n\", \" \");
            }
            Console.Write(\"< \");
            Console.Write(name);
            Console.Write(\" \");
            Console.WriteLine(result);
        }
        return 100;
    }
}
";

/// Programs and the runner as one assembly, the same for every runtime, made anew when a source is newer.
fn assembly(mcs: &Path, library: Library, sources: &[&Path]) -> Result<PathBuf> {
    let out = paths::target_dir()?.join("dotnet/programs");
    fs::create_dir_all(&out)?;
    let assembly = out.join(match library {
        Library::OfTheCompiler => "programs.dll",
        Library::Framework => "framework-programs.dll",
    });
    let modified = |path: &Path| fs::metadata(path)?.modified();
    let made = modified(&assembly).ok();
    let runner = out.join("Runner.cs");
    if fs::read_to_string(&runner).is_ok_and(|text| text == RUNNER) {
        let newest = sources
            .iter()
            .map(|source| modified(source))
            .chain([modified(&paths::root().join("bringup-tests/dotnet"))])
            .collect::<std::io::Result<Vec<_>>>()?;
        if made.is_some_and(|made| newest.into_iter().all(|source| source <= made)) {
            return Ok(assembly);
        }
    } else {
        fs::write(&runner, RUNNER)?;
    }
    let mut to = std::ffi::OsString::from("-out:");
    to.push(&assembly);
    let mut command = Command::new(mcs);
    if library == Library::Framework {
        command.arg("-nostdlib");
        let framework = setup::ensure_runtime()?;
        for name in ["System.Private.CoreLib", "System.Console", "System.Runtime"] {
            let file = framework.join(format!("{name}.dll"));
            command.arg(format!("-r:{}", file.display()));
        }
    }
    run::quiet(
        command
            .args(["-nologo", "-optimize+", "-warnaserror+", "-unsafe+"])
            .args(["-target:exe", "-main:TatsuProgramRunner"])
            .arg(to)
            .arg(&runner)
            .args(sources),
    )?;
    Ok(assembly)
}

/// A method's name without the types that it and its class are made for.
fn without_instantiations(name: &str) -> String {
    let mut depth = 0;
    let outside = |c: &char| {
        depth += i32::from(*c == '[');
        let outside = depth == 0;
        depth -= i32::from(*c == ']');
        outside
    };
    name.chars().filter(outside).collect()
}

/// The headers of a disassembly listing: method, level, and whether Tatsu wrote it.
struct Listed(Vec<(String, String, bool)>);

impl Listed {
    /// Reads a listing; without the file nothing was listed.
    fn read(file: &Path) -> Listed {
        Listed::parse(&fs::read_to_string(file).unwrap_or_default())
    }

    fn parse(text: &str) -> Listed {
        let mut found = Vec::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(rest) = line.strip_prefix("; Assembly listing for method ") else {
                continue;
            };
            let (signature, level) = rest.rsplit_once(" (").unwrap_or((rest, ""));
            let method = signature
                .split_once('(')
                .map_or(signature, |(method, _)| method);
            let mut ours = false;
            while let Some(line) =
                lines.next_if(|line| line.starts_with(';') && !line.starts_with("; Assembly"))
            {
                ours |= line.split_whitespace().nth(1) == Some("Tatsu");
            }
            found.push((
                without_instantiations(method),
                level.trim_end_matches(')').to_string(),
                ours,
            ));
        }
        Listed(found)
    }

    /// Whether `method` was listed at all.
    fn has(&self, method: &str) -> bool {
        self.0.iter().any(|(name, ..)| name == method)
    }

    /// Whether `method` was listed, and every time by the wanted compiler at the wanted level.
    fn proves(&self, method: &str, level: &str, ours: bool) -> bool {
        let mut of_method = self.0.iter().filter(|(name, ..)| name == method).peekable();
        of_method.peek().is_some() && of_method.all(|(_, at, by_us)| at == level && *by_us == ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = "\
; Assembly listing for method A:Ours(int,int):int (FullOpts)
; Tatsu 0.1.0
; x64-linux
G_M1_IG01:
; Tatsu

; Assembly listing for method A:Theirs[int](int):int:this (MinOpts)
; Emitting BLENDED_CODE for X64 on Unix

       ret
; Tatsu
";

    #[test]
    fn a_listing_tells_whose_it_is() {
        let listed = Listed::parse(LISTING);
        assert!(listed.proves("A:Ours", "FullOpts", true));
        assert!(!listed.proves("A:Ours", "MinOpts", true));
        assert!(!listed.proves("A:Ours", "FullOpts", false));
        assert!(!listed.proves("A:Theirs", "MinOpts", true));
        assert!(listed.proves("A:Theirs", "MinOpts", false));
        assert!(!listed.proves("A:Absent", "MinOpts", true));
        assert!(Listed::parse("").0.is_empty());
    }
}
