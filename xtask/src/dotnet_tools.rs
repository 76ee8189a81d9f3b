//! `cargo xtask dotnet-tools`: the `tatsu dotnet…` commands on real programs and assemblies, and long runs under collection.
//!
//! The programs are in `bringup-tests/dotnet-programs`. Each check is one row; what it wants is said there.

use crate::run::{self, Counts};
use crate::setup::dotnet as setup;
use crate::{coreclr, paths};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

#[derive(clap::Args)]
pub struct Args {
    /// Seconds that the allocating program runs at each level
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Only checks whose name contains this
    #[arg(long, default_value = "")]
    filter: String,
}

/// All checks, each short.
pub fn all() -> Result<Counts> {
    checks(&Args {
        seconds: 8,
        filter: String::new(),
    })
}

pub fn run(args: Args) -> Result<ExitCode> {
    let counts = checks(&args)?;
    println!("{counts}");
    Ok(if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn checks(args: &Args) -> Result<Counts> {
    let bench = Bench::prepare()?;
    let seconds = args.seconds.to_string();
    let mut counts = Counts::default();
    let mut check = |name: &str, test: &dyn Fn() -> Result<()>| {
        if !name.contains(&args.filter) {
            return;
        }
        let result = test();
        match &result {
            Ok(()) => println!("{name:<28} ok"),
            Err(why) => println!("{name:<28} FAILED: {why:#}"),
        }
        counts += Counts::one(result.is_ok());
    };
    check("output and exit code", &|| bench.echo());
    check("crash names a method", &|| bench.crash());
    check("bisect", &|| bench.bisect());
    check("errors are sentences", &|| bench.errors());
    check("another target", &|| bench.other_target());
    check("the only JIT", &|| bench.only_jit());
    check("unknown runtime", &|| bench.unknown());
    check("a panic is caught", &|| bench.panic());
    for level in ["FullOpts", "MinOpts"] {
        check(&format!("malformed IL, {level}"), &|| bench.bad_code(level));
    }
    check("coverage", &|| bench.coverage());
    check("coverage, another target", &|| bench.foreign_coverage());
    for level in ["FullOpts", "MinOpts"] {
        check(&format!("stack traces, {level}"), &|| bench.traces(level));
        check(&format!("line numbers, {level}"), &|| bench.lines(level));
        check(&format!("collections, {level}"), &|| {
            bench.collections(level, &seconds)
        });
    }
    Ok(counts)
}

/// The command and the compiled programs.
struct Bench {
    tatsu: PathBuf,
    framework: PathBuf,
    programs: PathBuf,
}

/// What a command did.
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Bench {
    fn prepare() -> Result<Bench> {
        let framework = setup::ensure_runtime()?;
        let mcs = setup::ensure_mcs()?;
        coreclr::build_jit("release")?;
        run::check(paths::cargo().args(["build", "--quiet", "--release", "--bin", "tatsu"]))?;
        let programs = programs(&mcs)?;
        lines_program(&mcs, &framework, &programs)?;
        Ok(Bench {
            tatsu: paths::target_dir()?.join("release/tatsu"),
            framework,
            programs,
        })
    }

    /// A command on the test runtime, free of what the caller's environment says to .NET.
    fn command(&self, subcommand: &str, options: &[&str], program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(&self.tatsu);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("DOTNET_") || text.starts_with("COMPlus_") {
                command.env_remove(name);
            }
        }
        command
            .arg(subcommand)
            .arg("--runtime")
            .arg(&self.framework)
            .args(options)
            .arg(self.programs.join(program))
            .args(args);
        command
    }

    /// Everything compiled at one level, nothing precompiled.
    fn everything(&self, level: &str, options: &[&str], program: &str, args: &[&str]) -> Command {
        let mut command = self.command("dotnet", options, program, args);
        command
            .env("DOTNET_ReadyToRun", "0")
            .env("DOTNET_TieredCompilation", "0");
        if level == "MinOpts" {
            command.env("DOTNET_JITMinOpts", "1");
        }
        command
    }

    fn echo(&self) -> Result<()> {
        let mut command = self.command("dotnet", &[], "Tools.exe", &["echo", "two words"]);
        command.env("TATSU_TEST", "passed on");
        let done = finish(command, "typed")?;
        want(&done, Some(42))?;
        if done.out != "echo|two words passed on\ntyped\n" || done.err != "to standard error\n" {
            bail!("it wrote {:?} and {:?}", done.out, done.err);
        }
        Ok(())
    }

    fn crash(&self) -> Result<()> {
        let options = ["--altjit", "Tools:*"];
        let done = finish(self.command("dotnet", &options, "Tools.exe", &["die"]), "")?;
        want(&done, Some(134))?;
        says(
            &done.err,
            "the last method that Tatsu compiled is Tools:Die()",
        )
    }

    fn bisect(&self) -> Result<()> {
        let options = ["--altjit", "Tools:*"];
        let done = finish(
            self.command("dotnet-bisect", &options, "Tools.exe", &["broken"]),
            "",
        )?;
        want(&done, Some(1))?;
        says(&done.out, "culprit: Tools:Culprit(int)")?;
        says(&done.out, "it suffices alone")?;
        let done = finish(
            self.command("dotnet-bisect", &options, "Tools.exe", &["none"]),
            "",
        )?;
        want(&done, Some(0))?;
        says(&done.out, "nothing to find")
    }

    fn errors(&self) -> Result<()> {
        let cases: [(&[&str], &str, &str); 4] = [
            (&[], "Missing.exe", "there is no file"),
            (&["--runtime", "/"], "Tools.exe", "is no .NET runtime"),
            (
                &["--jit", "/nowhere.so"],
                "Tools.exe",
                "cannot read the library",
            ),
            (
                &["--runtime", "77"],
                "Tools.exe",
                "found no .NET 77 runtime",
            ),
        ];
        for (options, program, sentence) in cases {
            let mut command = Command::new(&self.tatsu);
            command.arg("dotnet").args(options);
            if !options.contains(&"--runtime") {
                command.arg("--runtime").arg(&self.framework);
            }
            command.arg(self.programs.join(program));
            let done = finish(command, "")?;
            want(&done, Some(2))?;
            says(&done.err, sentence)?;
            if done.err.trim_end().lines().count() != 1 {
                bail!("more than a sentence: {}", done.err);
            }
        }
        let text = self.programs.join("text.exe");
        fs::write(&text, "no assembly")?;
        let done = finish(self.command("dotnet", &[], "text.exe", &[]), "")?;
        want(&done, Some(2))?;
        says(&done.err, "is no .NET assembly")?;
        let mut command = self.command("dotnet", &[], "Tools.exe", &[]);
        command.env("TATSU_CACHE", "/proc/nowhere");
        let done = finish(command, "")?;
        want(&done, Some(2))?;
        says(&done.err, "cannot write the folder")
    }

    fn other_target(&self) -> Result<()> {
        let options = ["--altjit", "Tools:Culprit Tools:Innocent"];
        let mut command = self.everything("FullOpts", &options, "Tools.exe", &["broken"]);
        command.env("DOTNET_TatsuTarget", "arm64-linux");
        let done = finish(command, "")?;
        want(&done, Some(0))?;
        says(
            &done.out,
            "; Assembly listing for method Tools:Culprit(int)",
        )?;
        says(&done.out, "fp, lr")?;
        says(&done.out, "\n6\n")
    }

    fn only_jit(&self) -> Result<()> {
        let mut command = self.command("dotnet", &[], "Tools.exe", &[]);
        command.env("DOTNET_JitName", "libtatsu.so");
        let done = finish(command, "")?;
        says(&done.err, "cannot be .NET's only JIT")
    }

    /// A compilation that panics: the program does not notice, and the report has the phase and the method.
    fn panic(&self) -> Result<()> {
        let report = self.programs.join("panic.report");
        fs::remove_file(&report).ok();
        let options = ["--altjit", "Tools:*"];
        let mut command = self.everything("FullOpts", &options, "Tools.exe", &["broken"]);
        command
            .env("DOTNET_TatsuPanic", "Culprit")
            .env("DOTNET_TatsuReport", &report);
        let done = finish(command, "")?;
        want(&done, Some(0))?;
        if !done.err.is_empty() {
            bail!("it wrote {}", done.err);
        }
        let text = fs::read_to_string(&report)?;
        says(&text, "internal error 1")?;
        says(
            &text,
            "internal error: jitinterface: asked for by TatsuPanic",
        )?;
        says(&text, "[Tools:Culprit(int)]")
    }

    /// Methods with wrong IL end as with the stock JIT alone.
    fn bad_code(&self, level: &str) -> Result<()> {
        let run = |pattern| {
            let options = ["--altjit", pattern];
            finish(self.everything(level, &options, "BadCode.exe", &[]), "")
        };
        let (stock, ours) = (run("none")?, run("*")?);
        want(&stock, Some(100))?;
        want(&ours, Some(100))?;
        if stock.out != ours.out || stock.out.lines().count() < 15 {
            bail!("it wrote {}, alone {}", ours.out, stock.out);
        }
        Ok(())
    }

    /// A runtime whose interface has another name: the GUID is changed in it and in its JIT.
    fn unknown(&self) -> Result<()> {
        const GUID: [u8; 16] = [
            0x78, 0x8A, 0x21, 0xD6, 0x34, 0x9A, 0x6F, 0x4C, 0x8D, 0xB5, 0x07, 0x7A, 0x06, 0x02,
            0x2F, 0xAE,
        ];
        let folder = paths::target_dir()?.join("dotnet/unknown");
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(&self.framework)? {
            let from = entry?.path();
            let to = folder.join(from.file_name().context("a file has a name")?);
            let name = to
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if to.exists() || !from.is_file() {
                continue;
            }
            // A link of an earlier run may point to a runtime that is gone.
            if to.is_symlink() {
                fs::remove_file(&to)?;
            }
            if name != "libcoreclr.so" && name != "libclrjit.so" {
                std::os::unix::fs::symlink(&from, &to)?;
                continue;
            }
            let mut bytes = fs::read(&from)?;
            let mut at = 0;
            while let Some(next) = bytes[at..].windows(16).position(|window| window == GUID) {
                at += next;
                bytes[at] ^= 0xff;
            }
            fs::write(&to, bytes)?;
        }
        let mut command = Command::new(&self.tatsu);
        command.arg("dotnet").arg("--runtime").arg(&folder);
        command.arg(self.programs.join("Tools.exe"));
        let done = finish(command, "")?;
        want(&done, Some(100))?;
        says(&done.err, "is none of those known")
    }

    /// The core library at both levels: nothing crashes, no internal error, and RyuJIT's GC info is reproduced.
    fn coverage(&self) -> Result<()> {
        let mut command = Command::new(&self.tatsu);
        command
            .args(["dotnet-coverage", "--json", "--runtime"])
            .arg(&self.framework)
            .args([
                "System.Private.CoreLib",
                "System.Linq",
                "System.Collections",
            ]);
        let done = finish(command, "")?;
        want(&done, Some(0))?;
        let json: serde_json::Value = serde_json::from_str(&done.out)?;
        for level in ["FullOpts", "MinOpts"] {
            let level = &json["levels"][level];
            let number = |value: &serde_json::Value| value.as_f64().unwrap_or_default();
            let share = number(&level["compiled"]) / number(&level["offered"]);
            let both = &level["both"];
            println!(
                "    {:.1} % of {} methods, {:.2} of RyuJIT's time, {:.2} of its code",
                100.0 * share,
                level["offered"],
                number(&both["time_ratio"]),
                number(&both["size_ratio"])
            );
            let same = number(&level["ryujit_gc_info"]["same"]);
            if share < 0.6 || number(&level["offered"]) < 30_000.0 || same < 5_000.0 {
                bail!("too few: {level:#}");
            }
            for verdict in ["different", "unreadable", "unwritable"] {
                if !level["ryujit_gc_info"][verdict].is_null() {
                    bail!("GC info of RyuJIT {verdict}: {}", level["ryujit_gc_info"]);
                }
            }
        }
        Ok(())
    }

    /// The core library for arm64 at both levels: every check of Tatsu on, its own tables read back, and no internal error.
    fn foreign_coverage(&self) -> Result<()> {
        let mut command = Command::new(&self.tatsu);
        command
            .args(["dotnet-coverage", "--json", "--no-stock", "--runtime"])
            .arg(&self.framework)
            .arg("System.Private.CoreLib")
            .env("DOTNET_TatsuTarget", "arm64-linux")
            .env("DOTNET_TatsuCheck", "1")
            // Without a pattern everything is listed.
            .env("DOTNET_JitDisasm", "none");
        let done = finish(command, "")?;
        want(&done, Some(0))?;
        let json: serde_json::Value = serde_json::from_str(&done.out)?;
        for level in ["FullOpts", "MinOpts"] {
            let level = &json["levels"][level];
            let reason = "declined: compiled for another target (TatsuTarget)";
            let compiled = level["declined"][reason]["methods"].as_u64();
            let compiled = compiled.unwrap_or_default();
            println!("    {compiled} of {} methods", level["offered"]);
            if compiled < 22_000 {
                bail!("too few: {level:#}");
            }
        }
        Ok(())
    }

    fn traces(&self, level: &str) -> Result<()> {
        same_traces(
            self.everything("MinOpts", &["--altjit", "none"], "Unwind.exe", &[]),
            self.everything(level, &["--altjit", "Unwind:*"], "Unwind.exe", &[]),
        )
    }

    /// Traces name the lines of a portable PDB.
    fn lines(&self, level: &str) -> Result<()> {
        let folder = self.programs.display().to_string();
        let mut args = vec![folder.as_str()];
        if level == "FullOpts" {
            args.push("optimized");
        }
        let done = finish(
            self.everything(level, &["--altjit", "Lined:*"], "Lines.exe", &args),
            "",
        )?;
        want(&done, Some(100)).with_context(|| done.out.clone())
    }

    fn collections(&self, level: &str, seconds: &str) -> Result<()> {
        collected(self.everything(level, &[], "GcLong.exe", &[seconds]))
    }
}

/// The program that makes an assembly with line numbers: against the framework itself, which has what the compiler's own library
/// does not.
fn lines_program(mcs: &Path, framework: &Path, programs: &Path) -> Result<()> {
    let mut command = Command::new(mcs);
    command.args(["-nologo", "-nostdlib", "-target:exe"]);
    for name in [
        "System.Private.CoreLib",
        "System.Runtime",
        "System.Reflection.Emit",
        "System.Reflection.Metadata",
        "System.Collections.Immutable",
        "System.Console",
    ] {
        let mut reference = std::ffi::OsString::from("-r:");
        reference.push(framework.join(format!("{name}.dll")));
        command.arg(reference);
    }
    let mut to = std::ffi::OsString::from("-out:");
    to.push(programs.join("Lines.exe"));
    let source = paths::root().join("bringup-tests/dotnet-programs/Lines.cs");
    run::quiet(command.arg(to).arg(source))?;
    Ok(())
}

/// Compiles the programs; their folder.
pub fn programs(mcs: &Path) -> Result<PathBuf> {
    let programs = paths::target_dir()?.join("dotnet/tools");
    fs::create_dir_all(&programs)?;
    for name in ["Tools", "GcLong", "Unwind", "BadCode"] {
        let source = paths::root().join(format!("bringup-tests/dotnet-programs/{name}.cs"));
        let mut to = std::ffi::OsString::from("-out:");
        to.push(programs.join(format!("{name}.exe")));
        run::quiet(
            Command::new(mcs)
                .args(["-nologo", "-optimize+", "-unsafe+", "-target:exe"])
                .arg(to)
                .arg(&source),
        )?;
    }
    Ok(programs)
}

/// Two runs of `Unwind.exe`: the same exceptions through the same methods as with the stock JIT, each frame at an offset of
/// the same statement.
pub fn same_traces(stock: Command, ours: Command) -> Result<()> {
    let stock = finish(stock, "")?;
    let ours = finish(ours, "")?;
    want(&stock, Some(100))?;
    want(&ours, Some(100))?;
    // What of the framework lies in between depends on what is inlined there.
    let own = |text: &str| -> Vec<(String, Option<u32>)> {
        text.lines()
            .filter(|line| !line.starts_with("   ") || line.contains(" at IL "))
            .map(|line| match line.split_once(" at IL ") {
                Some((method, at)) => (method.to_owned(), at.parse().ok()),
                None => (line.to_owned(), None),
            })
            .collect()
    };
    let (stock, ours) = (own(&stock.out), own(&ours.out));
    if stock.len() != ours.len() || stock.len() < 60 {
        bail!("{} lines, the stock JIT's {}", ours.len(), stock.len());
    }
    for (theirs, ours) in stock.iter().zip(&ours) {
        // The stock JIT's maps name the beginning of a statement, ours also the call in it.
        let fits = match (theirs.1, ours.1) {
            (Some(start), Some(at)) => start <= at && at <= start + 20,
            (a, b) => a == b,
        };
        if theirs.0 != ours.0 || !fits {
            bail!("{ours:?}, the stock JIT's {theirs:?}");
        }
    }
    Ok(())
}

/// A run of `GcLong.exe`: it allocates while another thread collects for ever.
pub fn collected(mut command: Command) -> Result<()> {
    command.env("DOTNET_GCgen0size", "10000");
    let done = finish(command, "")?;
    want(&done, Some(100))?;
    says(&done.out, "values 132752 40690 816 586 500100 117 1275")?;
    println!("    {}", done.err.trim_end());
    Ok(())
}

/// Runs to the end, with this on standard input.
fn finish(mut command: Command, input: &str) -> Result<Done> {
    use std::io::Write;
    let shown = run::shown(&command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {shown}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read has closed it.
        let _ = writeln!(stdin, "{input}");
    }
    let done = child.wait_with_output()?;
    Ok(Done {
        code: done.status.code(),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    })
}

fn want(done: &Done, code: Option<i32>) -> Result<()> {
    if done.code != code {
        let tail =
            |text: &str| -> String { text.lines().rev().take(3).collect::<Vec<_>>().join(" | ") };
        bail!(
            "exit code {:?}, not {code:?}; it wrote: {} {}",
            done.code,
            tail(&done.out),
            tail(&done.err)
        );
    }
    Ok(())
}

fn says(text: &str, sentence: &str) -> Result<()> {
    if !text.contains(sentence) {
        bail!("'{sentence}' is not in: {text}");
    }
    Ok(())
}
