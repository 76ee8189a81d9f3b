//! `cargo xtask dotnet`: the C# bring-up programs in stock .NET, their methods compiled by Tatsu.
//!
//! Each file of `bringup-tests/dotnet` is one program. Its first line names the methods under test,
//! `// methods: Class:Method …`; a second line `// stress: VALUE` asks for one more run with
//! `DOTNET_GCStress=VALUE`. A run passes when Main returned 100 *and* the disassembly listing proves who compiled each method under test, at
//! which level: a header `; Assembly listing for method Class:Method(…) (LEVEL)` followed by a line
//! `; Tatsu` before the first blank line. A method that Tatsu declined is compiled by the stock
//! JIT, whose listing has no such line, so a wrong claim is not possible by a silent fallback.

use crate::run::Counts;
use crate::setup::dotnet as setup;
use crate::{coreclr, paths, run};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

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
}

/// The stress run with a collection at every allocation takes longest; a hanging collector never ends.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The whole suite with Tatsu built in `profile`.
pub fn all(profile: &str) -> Result<Counts> {
    let args = Args {
        stock: false,
        filter: String::new(),
        profile: profile.to_string(),
        jit: None,
        env: Vec::new(),
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
    framework: PathBuf,
    folder: PathBuf,
    programs: Vec<Program>,
}

struct Program {
    name: String,
    assembly: PathBuf,
    methods: Vec<String>,
    stress: Option<String>,
}

impl Suite {
    /// Sets up the runtime, builds the JIT (unless `--stock`), compiles the programs.
    fn prepare(args: &Args) -> Result<Suite> {
        let framework = setup::ensure_runtime()?;
        let mcs = setup::ensure_mcs()?;
        let jit = match &args.jit {
            _ if args.stock => None,
            Some(jit) => Some(jit.clone()),
            None => Some(coreclr::build_jit(&args.profile)?),
        };
        let folder = coreclr::prepare(&framework, jit.as_deref())?;
        let source = paths::root().join("bringup-tests/dotnet");
        let out = paths::target_dir()?.join("dotnet/programs");
        fs::create_dir_all(&out)?;
        let mut files = fs::read_dir(&source)
            .with_context(|| format!("cannot read {}", source.display()))?
            .map(|file| Ok(file?.path()))
            .collect::<Result<Vec<_>>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "cs"));
        files.retain(|file| {
            file.file_stem()
                .is_some_and(|stem| stem.to_string_lossy().contains(&args.filter))
        });
        files.sort();
        if files.is_empty() {
            bail!(
                "no program in {} has a name with '{}'",
                source.display(),
                args.filter
            );
        }
        let programs = files
            .iter()
            .map(|file| Program::compile(&mcs, file, &out))
            .collect::<Result<_>>()?;
        Ok(Suite {
            framework,
            folder,
            programs,
        })
    }

    fn run_all(&self, args: &Args) -> Result<Counts> {
        println!(
            "{:<20} {:<9} {:<7} {:>5} {:>8} {:>7}  result",
            "program", "level", "stress", "exit", "methods", "ms"
        );
        let mut counts = Counts::default();
        for program in &self.programs {
            let stress = program.stress.as_deref().map(Some);
            for stress in [None].into_iter().chain(stress) {
                for level in ["FullOpts", "MinOpts"] {
                    counts += Counts::one(self.run_one(args, program, level, stress)?);
                }
            }
        }
        Ok(counts)
    }

    /// Runs one program once, prints its row, and says whether it passed.
    fn run_one(
        &self,
        args: &Args,
        program: &Program,
        level: &str,
        stress: Option<&str>,
    ) -> Result<bool> {
        let methods = program.methods.join(" ");
        let tag = format!(
            "{}-{level}{}",
            program.name,
            stress.map(|value| format!("-{value}")).unwrap_or_default()
        );
        let logs = paths::target_dir()?.join("dotnet/logs");
        fs::create_dir_all(&logs)?;
        let listing = logs.join(format!("{tag}.asm"));
        match fs::remove_file(&listing) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut command = coreclr::program(&self.folder, &self.framework, &program.assembly)?;
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DOTNET_")
                || name.to_string_lossy().starts_with("COMPlus_")
            {
                command.env_remove(name);
            }
        }
        command
            .env("DOTNET_TieredCompilation", "0")
            .env("DOTNET_JitDisasm", &methods);
        command.env("DOTNET_JitStdOutFile", &listing);
        if level == "MinOpts" {
            command.env("DOTNET_JITMinOpts", "1");
        }
        if let Some(value) = stress {
            command.env("DOTNET_GCStress", value);
        }
        if !args.stock {
            command.envs(coreclr::altjit_env(&methods));
        }
        for pair in &args.env {
            let (name, value) = pair
                .split_once('=')
                .with_context(|| format!("--env {pair}: not NAME=VALUE"))?;
            command.env(name, value);
        }
        let log = logs.join(format!("{tag}.log"));
        let outcome = run::limited(&mut command, TIME_LIMIT, &log)?;
        let listed = Listed::read(&listing);
        let compiler = if args.stock { "the stock JIT" } else { "Tatsu" };
        let unproved: Vec<&str> = program
            .methods
            .iter()
            .map(String::as_str)
            .filter(|method| !listed.proves(method, level, !args.stock))
            .collect();
        let code = outcome.status.and_then(|status| status.code());
        let mut wrong = Vec::new();
        match (outcome.status, code) {
            (None, _) => wrong.push(format!("ended after {} s", TIME_LIMIT.as_secs())),
            (Some(_), Some(100)) => {}
            (Some(status), None) => wrong.push(format!("died: {status}")),
            (Some(_), Some(code)) => wrong.push(format!("exit code {code}, not 100")),
        }
        if !unproved.is_empty() {
            wrong.push(format!(
                "not shown compiled by {compiler} at {level}: {}",
                unproved.join(" ")
            ));
        }
        println!(
            "{:<20} {level:<9} {:<7} {:>5} {:>8} {:>7}  {}",
            program.name,
            stress.unwrap_or("-"),
            code.map_or("-".to_string(), |code| code.to_string()),
            format!(
                "{}/{}",
                program.methods.len() - unproved.len(),
                program.methods.len()
            ),
            outcome.time.as_millis(),
            if wrong.is_empty() {
                "ok".to_string()
            } else {
                format!("FAILED: {}", wrong.join("; "))
            },
        );
        if code != Some(100) {
            for line in outcome.output.lines().take(20) {
                println!("    | {line}");
            }
            println!(
                "    all output: {}, listing: {}",
                log.display(),
                listing.display()
            );
        }
        Ok(wrong.is_empty())
    }
}

impl Program {
    /// Compiles `source` into `out` unless that is newer, and reads its head lines.
    fn compile(mcs: &Path, source: &Path, out: &Path) -> Result<Program> {
        let name = source
            .file_stem()
            .context("a source file has a name")?
            .to_string_lossy()
            .into_owned();
        let assembly = out.join(format!("{name}.dll"));
        let modified = |path: &Path| fs::metadata(path)?.modified();
        let stale = !matches!((modified(source), modified(&assembly)), (Ok(source), Ok(made)) if made >= source);
        if stale {
            let mut to = std::ffi::OsString::from("-out:");
            to.push(&assembly);
            run::quiet(
                Command::new(mcs)
                    .args(["-nologo", "-optimize+", "-warnaserror+", "-target:exe"])
                    .arg(to)
                    .arg(source),
            )?;
        }
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
            assembly,
            methods,
            stress: head("stress:").map(|value| value.trim().to_string()),
        })
    }
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
                method.to_string(),
                level.trim_end_matches(')').to_string(),
                ours,
            ));
        }
        Listed(found)
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
        assert!(!listed.proves("A:Absent", "MinOpts", true));
        assert!(Listed::parse("").0.is_empty());
    }
}
