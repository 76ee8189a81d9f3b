//! `tatsu random`: generated programs in the interpreter and natively in many ways, compared. `cargo xtask random` runs several of these.

use crate::common::{self, Outcome};
use serde_json::json;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use tatsu::host::Host;
use tatsu::host::differential::{Differential, Fault, programs::Kind, report, ways::Verify};

/// `tatsu random`.
#[derive(clap::Args)]
pub struct Args {
    /// How many programs
    #[arg(long, default_value_t = 1000)]
    count: u64,
    /// The first of them, by its seed; the others follow
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// scalars, v64, v96, v128, v256, v512 or realistic
    #[arg(long, default_value = "scalars", value_parser = kind)]
    kind: Kind,
    /// Whose code runs: any target of this machine's instruction set; by default this machine's own
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// Check every phase of every program whose seed is a multiple of this; 0: of none
    #[arg(long, value_name = "N", default_value_t = 4)]
    verify: u64,
    /// This choice of JitStressRegs, hexadecimal, in place of one by the seed
    #[arg(long, value_name = "BITS", value_parser = hexadecimal)]
    stress_regs: Option<u32>,
    /// Where small files of failing programs go
    #[arg(long, value_name = "FOLDER", default_value = "random-failures")]
    folder: PathBuf,
    /// What starts this program: an emulator and its options
    #[arg(long, value_name = "COMMAND", default_value = "")]
    runner: String,
    /// Say each seed and way on standard error before it runs
    #[arg(long)]
    trace: bool,
    /// The first program is known to fail in a way that ends the process: only make it small
    #[arg(long)]
    shrink: bool,
    /// Events as JSON, one a line
    #[arg(long)]
    json: bool,
    /// Compare the program in this file, which a failure left, with the calls and ways of `--seed`
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

fn kind(name: &str) -> Result<Kind, String> {
    let names = || Kind::ALL.map(Kind::name).join(", ");
    Kind::named(name).ok_or_else(|| format!("there are: {}", names()))
}

fn hexadecimal(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 16).map_err(|e| e.to_string())
}

/// How often progress is said.
const PROGRESS: Duration = Duration::from_secs(2);

pub fn run(args: &Args) -> Outcome<ExitCode> {
    let target = common::target(args.target.as_deref())?;
    let verify = match args.verify {
        0 => Verify::Never,
        n => Verify::Every(n),
    };
    Host::new_for(target).map_err(|e| e.to_string())?;
    let mut d = Differential::new(target, verify);
    d.trace = args.trace;
    d.stress_regs = args.stress_regs;
    if let Some(file) = &args.file {
        return Ok(match report::compare_file(&mut d, file, args.seed)? {
            Some(what) => {
                common::print(&format!("{}{what}\n", report::MARK));
                ExitCode::FAILURE
            }
            None => ExitCode::SUCCESS,
        });
    }
    let mut session = Session {
        args,
        passed: 0,
        failed: 0,
        endless: 0,
        declined: BTreeMap::new(),
        kinds: BTreeMap::new(),
    };
    if args.shrink {
        session.fail(args.seed, "the process ended");
        return Ok(ExitCode::FAILURE);
    }
    session.compare_all(&mut d);
    Ok(session.close(&d))
}

struct Session<'a> {
    args: &'a Args,
    passed: u64,
    failed: u64,
    /// Programs that the interpreter gave up on.
    endless: u64,
    /// How many for each reason.
    declined: BTreeMap<String, u64>,
    /// Kinds of failures: only the first of each is made small.
    kinds: BTreeMap<String, u64>,
}

impl Session<'_> {
    fn compare_all(&mut self, d: &mut Differential) {
        let mut said = Instant::now();
        for seed in self.args.seed..self.args.seed.saturating_add(self.args.count) {
            let methods = self.args.kind.make(seed);
            let done = catch_unwind(AssertUnwindSafe(|| d.compare(&methods, seed)));
            match done {
                Ok(Ok(())) => self.passed += 1,
                Ok(Err(Fault::Endless)) => self.endless += 1,
                Ok(Err(Fault::Declined(why))) => *self.declined.entry(why).or_default() += 1,
                Ok(Err(fault @ (Fault::Undefined | Fault::Difference(_)))) => {
                    self.fail(seed, &fault.to_string());
                }
                Err(panic) => {
                    d.forget();
                    let what = panic.downcast_ref::<String>().map(String::as_str);
                    let what = what.or(panic.downcast_ref::<&str>().copied());
                    self.fail(seed, &format!("panic: {}", what.unwrap_or("?")));
                }
            }
            if said.elapsed() > PROGRESS {
                said = Instant::now();
                if self.args.json {
                    let (done, failed) = (seed + 1 - self.args.seed, self.failed);
                    common::print(&format!("{}\n", json!({"done": done, "failed": failed})));
                }
            }
        }
    }

    /// Counts a failure, makes it small if it is the first of its kind, and says it.
    fn fail(&mut self, seed: u64, what: &str) {
        self.failed += 1;
        let same = self.kinds.entry(report::kind(what)).or_default();
        *same += 1;
        let (mut what, mut file) = (what.to_owned(), None);
        if *same == 1 {
            let methods = self.args.kind.make(seed);
            let name = format!("{}-{seed}", self.args.kind.name());
            let place = (self.args.folder.as_path(), name.as_str());
            let apart = |file: &Path| self.apart(file, seed);
            let how = |file: &Path| format!("{:?}", self.apart(file, seed));
            match report::shrink_to_file(&methods, seed, &what, place, &apart, &how) {
                Ok(shrunk) => {
                    what = shrunk.what;
                    file = Some(shrunk.file);
                }
                Err(e) => eprintln!("{}: {e}", self.args.folder.display()),
            }
        }
        let text = if self.args.json {
            json!({"seed": seed, "what": what, "file": file}).to_string()
        } else {
            let file = file.map_or(String::new(), |f| format!("\n  in {}", f.display()));
            format!("seed {seed}: {what}{file}")
        };
        common::print(&format!("{text}\n"));
    }

    /// This program once more, comparing a file.
    fn apart(&self, file: &Path, seed: u64) -> Command {
        let program = std::env::current_exe().unwrap_or_else(|_| "tatsu".into());
        let mut words = self.args.runner.split_whitespace();
        let mut command = match words.next() {
            Some(runner) => {
                let mut command = Command::new(runner);
                command.args(words).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.arg("random").arg("--file").arg(file);
        command.args(["--seed", &seed.to_string()]);
        command.args(["--verify", &self.args.verify.to_string()]);
        if let Some(target) = &self.args.target {
            command.args(["--target", target]);
        }
        if let Some(bits) = self.args.stress_regs {
            command.args(["--stress-regs", &format!("{bits:x}")]);
        }
        command
    }

    fn close(&self, d: &Differential) -> ExitCode {
        let declined: u64 = self.declined.values().sum();
        let seconds = |t: Duration| t.as_secs_f64();
        if self.args.json {
            let end = json!({
                "target": d.target().name,
                "kind": self.args.kind.name(),
                "passed": self.passed,
                "failed": self.failed,
                "declined": self.declined,
                "endless": self.endless,
                "calls": d.calls,
                "interpreting_seconds": seconds(d.times.interpreting),
                "compiling_seconds": seconds(d.times.compiling),
                "running_seconds": seconds(d.times.running),
            });
            common::print(&format!("{end}\n"));
        } else {
            common::print(&format!(
                "{}, {}: {} native calls compared; declined {:?}, endless {}; seconds: interpreter {:.2}, compiler {:.2}, programs {:.2}\n",
                d.target().name,
                self.args.kind.name(),
                d.calls,
                self.declined,
                self.endless,
                seconds(d.times.interpreting),
                seconds(d.times.compiling),
                seconds(d.times.running),
            ));
            common::print(&format!(
                "{} passed, {} failed, {} skipped\n",
                self.passed,
                self.failed,
                declined + self.endless
            ));
        }
        ExitCode::from(u8::from(self.failed > 0))
    }
}
