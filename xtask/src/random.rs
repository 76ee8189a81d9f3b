//! `cargo xtask random`: generated programs in the interpreter and natively in many ways, for seconds or hours.
//!
//! The work is done by processes of `tatsu random`, each of which takes a slice of the seeds; this one counts. A process that ends by
//! itself, or that uses its processor without getting on, has met a program that is compiled wrongly: the slice runs again with every
//! step named, which tells the program; it is made small, and the slice goes on behind it.

use crate::run::{self, Counts};
use crate::{paths, setup};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub struct Args {
    /// How many programs of each kind
    #[arg(long, default_value_t = 10_000)]
    count: u64,
    /// The seed of the first; the others follow
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Kinds of programs: scalars, v64, v96, v128, v256, v512, realistic; several with commas
    #[arg(long, value_delimiter = ',', default_value = "scalars")]
    kind: Vec<String>,
    /// Whose code runs: x64-linux, x64-windows, or, emulated, arm64-linux, arm64-macos, arm64-windows
    #[arg(long, default_value = "x64-linux")]
    target: String,
    /// Processes at a time; by default one a processor
    #[arg(long)]
    jobs: Option<usize>,
    /// Check every phase of every program whose seed is a multiple of this; 0: of none
    #[arg(long, value_name = "N", default_value_t = 4)]
    verify: u64,
    /// Where small files of failing programs go; by default a folder in the target folder
    #[arg(long)]
    folder: Option<PathBuf>,
    /// The sums as one line of JSON in front of the closing line
    #[arg(long)]
    json: bool,
}

/// Seeds of one process. Emulated ones have less: the emulator keeps what it translated.
const SLICE: u64 = 20_000;
const EMULATED_SLICE: u64 = 2_000;
/// How long a process may use its processor between two signs of life: far more than any program needs, emulated or not.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often progress is shown.
const PROGRESS: Duration = Duration::from_secs(10);
/// After so many failures the rest is left.
const ENOUGH: u64 = 100;

pub fn run(args: Args) -> Result<ExitCode> {
    let emulated = args.target.starts_with("arm64");
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => paths::target_dir()?.join("random").join(&args.target),
    };
    let bench = Bench {
        worker: Worker::build(emulated)?,
        target: args.target.clone(),
        verify: args.verify,
        folder,
    };
    let slice = if emulated { EMULATED_SLICE } else { SLICE };
    let slices = args.kind.iter().flat_map(|kind| {
        let firsts = (0..args.count).step_by(slice as usize);
        firsts.map(move |at| (kind, args.seed + at, slice.min(args.count - at)))
    });
    let total = args.count * args.kind.len() as u64;
    let slices = Mutex::new(slices);
    let sums = Mutex::new(Sums::new(total));
    let jobs = args
        .jobs
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    std::thread::scope(|scope| -> Result<()> {
        let work = || -> Result<()> {
            loop {
                if sums.lock().expect("no worker panics").failed >= ENOUGH {
                    return Ok(());
                }
                let Some((kind, first, count)) = slices.lock().expect("no worker panics").next()
                else {
                    return Ok(());
                };
                bench.slice(kind, first, count, &sums)?;
            }
        };
        let threads: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread.join().expect("a worker does not panic")?;
        }
        Ok(())
    })?;
    let sums = sums.into_inner().expect("no worker panics");
    Ok(sums.close(&bench, args.json))
}

/// The program that compares, and what starts it.
struct Worker {
    program: PathBuf,
    cross: Option<setup::arm64::Cross>,
}

impl Worker {
    fn build(emulated: bool) -> Result<Worker> {
        let cross = if emulated {
            Some(setup::arm64::ensure()?)
        } else {
            None
        };
        let (mut cargo, folder) = match &cross {
            Some(cross) => (
                cross.cargo("build")?,
                cross.target_dir()?.join(setup::arm64::TRIPLE),
            ),
            None => {
                let mut cargo = paths::cargo();
                cargo.arg("build");
                (cargo, paths::target_dir()?.to_owned())
            }
        };
        cargo.args(["--quiet", "--release", "--package", "tatsu"]);
        run::check(cargo.args(["--bin", "tatsu"]))?;
        // Builds while this runs for hours must not change what it runs.
        let built = folder.join("release/tatsu");
        let program = built.with_file_name(format!("tatsu-random-{}", std::process::id()));
        fs::copy(&built, &program).with_context(|| built.display().to_string())?;
        Ok(Worker { program, cross })
    }

    fn command(&self) -> Command {
        match &self.cross {
            Some(cross) => cross.emulated(&self.program),
            None => Command::new(&self.program),
        }
    }

    /// The words that start the program, without the program: an emulator and its options.
    fn runner(&self) -> String {
        let command = self.command();
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words: Vec<_> = words.map(|w| w.to_string_lossy().into_owned()).collect();
        words[..words.len() - 1].join(" ")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.program);
    }
}

/// What all slices share.
struct Bench {
    worker: Worker,
    target: String,
    verify: u64,
    folder: PathBuf,
}

/// How a process ended.
enum End {
    /// It compared everything that it was told to.
    Complete,
    /// Not: says what happened, and how many failures it had told.
    Broken { what: &'static str, reported: u64 },
}

impl Bench {
    fn command(&self, kind: &str, first: u64, count: u64) -> Command {
        let mut command = self.worker.command();
        command.args(["random", "--json", "--kind", kind, "--target", &self.target]);
        command.args(["--seed", &first.to_string(), "--count", &count.to_string()]);
        command.args(["--verify", &self.verify.to_string()]);
        command.arg("--folder").arg(&self.folder);
        command.args(["--runner", &self.worker.runner()]);
        command
    }

    /// Compares the programs of a slice, going on behind those that end the process.
    fn slice(&self, kind: &str, mut first: u64, mut count: u64, sums: &Mutex<Sums>) -> Result<()> {
        while count > 0 {
            let (what, reported) = match self.watch(&mut self.command(kind, first, count), sums)? {
                End::Complete => return Ok(()),
                End::Broken { what, reported } => (what, reported),
            };
            let Some((seed, way)) = self.find(kind, first, count)? else {
                bail!("{kind}, seeds {first} and {count} on: {what}, but not a second time");
            };
            let told = format!("{kind}, seed {seed}: {what} ({way})");
            sums.lock().expect("no worker panics").failure(&told);
            // What it prints of the small program stands for itself.
            self.watch(self.command(kind, seed, 1).arg("--shrink"), sums)?;
            // What came before it was compared, and its counts lost with the process.
            let before = seed - first;
            let mut sums = sums.lock().expect("no worker panics");
            sums.passed += before.saturating_sub(reported);
            sums.failed += reported + 1;
            count -= before + 1;
            first = seed + 1;
        }
        Ok(())
    }

    /// Runs a process and takes in what it says.
    fn watch(&self, command: &mut Command, sums: &Mutex<Sums>) -> Result<End> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", run::shown(command)))?;
        let out = child.stdout.take().context("stdout is piped")?;
        let (send, lines) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let (mut done, mut reported) = (0, 0);
        let mut complete = false;
        let mut used = processor_time(&child);
        let what = loop {
            match lines.recv_timeout(Duration::from_secs(1)) {
                Ok(line) => {
                    used = processor_time(&child);
                    let value: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
                    reported += u64::from(value["what"].is_string());
                    let mut sums = sums.lock().expect("no worker panics");
                    complete |= sums.take(&value, &mut done);
                    sums.show();
                }
                Err(RecvTimeoutError::Timeout) => {
                    if processor_time(&child).saturating_sub(used) > PATIENCE {
                        child.kill()?;
                        break "it does not end";
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break "the process ended",
            }
        };
        child.wait()?;
        let _ = reader.join();
        // What an unfinished process had done is counted when its place is found.
        sums.lock().expect("no worker panics").running -= done;
        Ok(if complete {
            End::Complete
        } else {
            End::Broken { what, reported }
        })
    }

    /// The program that ends the process, and the way in which it does.
    fn find(&self, kind: &str, first: u64, count: u64) -> Result<Option<(u64, String)>> {
        let log = self.folder.join(format!("{kind}-{first}.trace"));
        fs::create_dir_all(&self.folder)?;
        let mut command = self.command(kind, first, count);
        command.arg("--trace").stderr(fs::File::create(&log)?);
        let end = self.watch(&mut command, &Mutex::new(Sums::new(0)))?;
        let text = fs::read_to_string(&log)?;
        fs::remove_file(&log)?;
        if matches!(end, End::Complete) {
            return Ok(None);
        }
        let last = text.lines().rev().find_map(|l| l.strip_prefix("seed "));
        let (seed, way) = last
            .and_then(|l| l.split_once(", "))
            .context("the process says what it does")?;
        Ok(Some((seed.parse()?, way.to_owned())))
    }
}

/// Processor time that a process has used: fields 14 and 15 of `/proc/PID/stat`, in hundredths of a second.
fn processor_time(child: &Child) -> Duration {
    let stat = fs::read_to_string(Path::new("/proc").join(child.id().to_string()).join("stat"));
    let stat = stat.unwrap_or_default();
    // The name of the program stands in parentheses and may hold anything.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks = rest.split_whitespace().skip(11).take(2);
    Duration::from_millis(ticks.filter_map(|t| t.parse::<u64>().ok()).sum::<u64>() * 10)
}

struct Sums {
    total: u64,
    start: Instant,
    shown: Instant,
    passed: u64,
    failed: u64,
    endless: u64,
    calls: u64,
    declined: BTreeMap<String, u64>,
    failures: Vec<String>,
    /// Programs compared by the processes that run now.
    running: u64,
}

impl Sums {
    fn new(total: u64) -> Sums {
        Sums {
            total,
            start: Instant::now(),
            shown: Instant::now(),
            passed: 0,
            failed: 0,
            endless: 0,
            calls: 0,
            declined: BTreeMap::new(),
            failures: Vec::new(),
            running: 0,
        }
    }

    /// Takes in one line of a process that has said `done` programs before; true for its last.
    fn take(&mut self, line: &Value, done: &mut u64) -> bool {
        let number = |key: &str| line[key].as_u64();
        if let Some(now) = number("done") {
            self.running += now - *done;
            *done = now;
        } else if let Some(what) = line["what"].as_str() {
            let file = line["file"].as_str();
            let file = file.map_or(String::new(), |f| format!("\n  in {f}"));
            self.failure(&format!("{what}{file}"));
        } else if let Some(passed) = number("passed") {
            self.passed += passed;
            self.failed += number("failed").unwrap_or(0);
            self.endless += number("endless").unwrap_or(0);
            self.calls += number("calls").unwrap_or(0);
            for (why, count) in line["declined"].as_object().into_iter().flatten() {
                *self.declined.entry(why.clone()).or_default() += count.as_u64().unwrap_or(0);
            }
            return true;
        }
        false
    }

    /// Shows a failure; one that its process counts itself, or that ended it.
    fn failure(&mut self, what: &str) {
        println!("FAILED: {what}");
        self.failures.push(what.to_owned());
    }

    fn compared(&self) -> u64 {
        self.passed + self.failed + self.skipped()
    }

    fn skipped(&self) -> u64 {
        self.endless + self.declined.values().sum::<u64>()
    }

    fn show(&mut self) {
        if self.total == 0 || self.shown.elapsed() < PROGRESS {
            return;
        }
        self.shown = Instant::now();
        let done = self.compared() + self.running;
        println!(
            "{done} of {} programs, {:.0} a second, {} failures",
            self.total,
            done as f64 / self.start.elapsed().as_secs_f64(),
            self.failures.len()
        );
    }

    fn close(&self, bench: &Bench, as_json: bool) -> ExitCode {
        let seconds = self.start.elapsed().as_secs_f64();
        let counts = Counts {
            passed: self.passed,
            failed: self.failed,
            skipped: self.skipped(),
        };
        if as_json {
            println!(
                "{}",
                json!({
                    "target": bench.target,
                    "passed": counts.passed,
                    "failed": counts.failed,
                    "declined": self.declined,
                    "endless": self.endless,
                    "calls": self.calls,
                    "seconds": seconds,
                    "failures": self.failures,
                })
            );
        } else {
            println!(
                "{}: {} programs in {seconds:.0} s, {} native calls compared; declined {:?}, endless {}",
                bench.target,
                self.compared(),
                self.calls,
                self.declined,
                self.endless
            );
            if counts.failed > 0 {
                println!(
                    "small files of failing programs: {}",
                    bench.folder.display()
                );
            }
        }
        println!("{counts}");
        if counts.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// Stands in for `tatsu random`: the program of seed 7 ends the process.
    const SCRIPT: &str = r#"#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    --seed) seed=$2; shift;; --count) count=$2; shift;; --trace) trace=1;; --shrink) shrink=1;;
  esac
  shift
done
if [ "$shrink" ]; then echo '{"seed": 7, "what": "small", "file": "7.tir"}'; exit 1; fi
s=$seed
while [ $s -lt $((seed + count)) ]; do
  if [ "$trace" ]; then echo "seed $s, MinOpts" >&2; fi
  if [ $s = 3 ]; then echo '{"seed": 3, "what": "differs", "file": null}'; failed=1; fi
  if [ $s = 7 ]; then kill -SEGV $$; fi
  s=$((s + 1))
done
echo "{\"passed\": $((count - ${failed:-0})), \"failed\": ${failed:-0}, \"declined\": {}, \"endless\": 0, \"calls\": 1}"
"#;

    #[test]
    fn a_program_that_ends_its_process_is_found_and_the_rest_compared() {
        let folder = std::env::temp_dir().join(format!("tatsu-random-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let program = folder.join("worker");
        fs::write(&program, SCRIPT).expect("a file");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
        let bench = Bench {
            worker: Worker {
                program,
                cross: None,
            },
            target: "x64-linux".to_owned(),
            verify: 0,
            folder: folder.clone(),
        };
        let sums = Mutex::new(Sums::new(20));
        bench.slice("scalars", 1, 20, &sums).expect("a slice");
        let sums = sums.into_inner().expect("nobody panicked");
        assert_eq!((sums.passed, sums.failed), (18, 2));
        let told = [
            "differs",
            "scalars, seed 7: the process ended (MinOpts)",
            "small\n  in 7.tir",
        ];
        assert_eq!(sums.failures, told);
        fs::remove_dir_all(folder).expect("the folder is there");
    }
}
