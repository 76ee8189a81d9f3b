//! `tatsu dotnet-bisect`: finds the method whose compilation breaks a program.
//!
//! The program runs once as .NET's own JIT compiles it; then with Tatsu, and the log lists what Tatsu compiled. Methods have a
//! number, the hash of their name, which is the same in every run. The search looks for the least number such that the
//! program goes wrong when Tatsu compiles the methods up to it: the method of that number is the culprit.

use crate::common::Outcome;
use crate::dotnet::{Place, Session};
use crate::dotnet_log::Log;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tatsu_dotnet_host::altjit_env;

/// `tatsu dotnet-bisect`.
#[derive(clap::Args)]
pub struct Args {
    /// The methods to search among
    #[arg(long, value_name = "PATTERN", default_value = "*")]
    altjit: String,
    #[command(flatten)]
    place: Place,
    /// Seconds after which a run counts as gone wrong; by default ten times what the stock JIT takes, and ten more
    #[arg(long)]
    timeout: Option<u64>,
    /// The output differs from run to run: look at the exit code alone
    #[arg(long)]
    ignore_output: bool,
    /// The assembly with Main
    app: PathBuf,
    /// What Main receives
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// How a run ended.
#[derive(PartialEq, Eq, Debug)]
struct End {
    /// `None`: it took too long.
    status: Option<ExitStatus>,
    output: Vec<u8>,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status}, {} bytes of output", self.output.len()),
            None => write!(f, "no end"),
        }
    }
}

struct Search<'a> {
    args: &'a Args,
    session: Session,
    output: PathBuf,
    right: End,
    limit: Duration,
    runs: u32,
}

pub fn run(args: &Args) -> Outcome<ExitCode> {
    let session = Session::new(&args.place)?;
    let log = session.log_file()?;
    let output = log.with_extension("out");
    let start = Instant::now();
    let wait = Duration::from_secs(args.timeout.unwrap_or(3600));
    let mut stock = session.command(&args.app, &args.args)?;
    let right = end_of(args, &mut stock, &output, wait)?;
    let limit = match args.timeout {
        Some(seconds) => Duration::from_secs(seconds),
        None => start.elapsed() * 10 + Duration::from_secs(10),
    };
    println!("the stock JIT: {right}");
    let mut search = Search {
        args,
        session,
        output,
        right,
        limit,
        runs: 0,
    };
    let wrong = search.end((0, u32::MAX), Some(&log))?;
    println!("Tatsu:         {wrong}");
    let mut methods = Log::read(&log)?.compiled;
    methods.sort_by(|a, b| (a.hash, &a.name).cmp(&(b.hash, &b.name)));
    methods.dedup_by_key(|m| m.hash);
    let done = if wrong == search.right {
        println!(
            "with {} methods compiled the program does as it should: nothing to find",
            methods.len()
        );
        Ok(ExitCode::SUCCESS)
    } else if methods.is_empty() {
        Err("the program goes wrong before Tatsu has compiled a method".to_owned())
    } else {
        let hashes: Vec<u32> = methods.iter().map(|m| m.hash).collect();
        let at = culprit(hashes.len(), |count| search.wrong((0, hashes[count - 1])))?;
        let (name, hash) = (&methods[at].name, methods[at].hash);
        let alone = search.wrong((hash, hash))?;
        println!("{} runs among {} methods", search.runs, methods.len());
        println!("culprit: {name}");
        if alone {
            println!("it suffices alone: DOTNET_TatsuHashRange={hash:x}-{hash:x}");
        } else {
            println!(
                "only together with methods of smaller numbers: DOTNET_TatsuHashRange=0-{hash:x}"
            );
        }
        Ok(ExitCode::FAILURE)
    };
    std::fs::remove_file(&log).ok();
    std::fs::remove_file(&search.output).ok();
    done
}

impl Search<'_> {
    /// Runs with the methods of `range` compiled by Tatsu.
    fn end(&mut self, range: (u32, u32), log: Option<&Path>) -> Outcome<End> {
        self.runs += 1;
        let mut command = self.session.command(&self.args.app, &self.args.args)?;
        command.envs(altjit_env(&self.args.altjit));
        command.env(
            "DOTNET_TatsuHashRange",
            format!("{:x}-{:x}", range.0, range.1),
        );
        if let Some(log) = log {
            command.env("DOTNET_TatsuLog", log);
        }
        end_of(self.args, &mut command, &self.output, self.limit)
    }

    fn wrong(&mut self, range: (u32, u32)) -> Outcome<bool> {
        Ok(self.end(range, None)? != self.right)
    }
}

/// The number of the method, from 0, up to which compiling goes wrong: the first `k` methods do (`wrong(k)`), one fewer do
/// not. All `count` together do.
fn culprit(count: usize, mut wrong: impl FnMut(usize) -> Outcome<bool>) -> Outcome<usize> {
    let (mut right, mut gone) = (0, count);
    while gone - right > 1 {
        let middle = right + (gone - right) / 2;
        let is_wrong = wrong(middle)?;
        println!(
            "{middle:>6} methods: {}",
            if is_wrong { "wrong" } else { "right" }
        );
        if is_wrong {
            gone = middle;
        } else {
            right = middle;
        }
    }
    Ok(gone - 1)
}

/// Runs the command to its end, or ends it.
fn end_of(args: &Args, command: &mut Command, output: &Path, limit: Duration) -> Outcome<End> {
    let cannot = |e: std::io::Error| format!("cannot write {}: {e}", output.display());
    let file = File::create(output).map_err(cannot)?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("cannot start the host process: {e}"))?;
    let failed = |e| format!("cannot wait for the host process: {e}");
    let start = Instant::now();
    let mut pause = Duration::from_millis(2);
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break Some(status);
        }
        if start.elapsed() > limit {
            child.kill().map_err(failed)?;
            child.wait().map_err(failed)?;
            break None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    };
    let output = if args.ignore_output {
        Vec::new()
    } else {
        std::fs::read(output).map_err(|e| format!("cannot read {}: {e}", output.display()))?
    };
    Ok(End { status, output })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_ends_at_the_culprit() {
        for count in 1..40 {
            for at in 0..count {
                let mut runs = 0;
                let found = culprit(count, |methods| {
                    runs += 1;
                    Ok(methods > at)
                });
                assert_eq!(found, Ok(at));
                assert!(runs <= count.ilog2() + 1, "{runs} runs for {count}");
            }
        }
    }
}
