//! `tatsu bringup`: every `; run:` line of `bringup-tests/*.tir`, interpreted and natively.

use crate::common::{self, Outcome};
use crate::run::call_native;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tatsu::compile::{CompileError, CompileOptions, OptLevel};
use tatsu::host::{Host, HostError, host_features};
use tatsu::ir::Method;
use tatsu::ir::interp::{self, Interp, Value};
use tatsu::ir::parse::{Expect, Module, Run};
use tatsu::target::{CpuFeatures, TargetDesc};
use tatsu::types::VarType;

/// `tatsu bringup`.
#[derive(clap::Args)]
pub struct Args {
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Whose code to run: any target of this machine's instruction set; by default this machine's own
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// Only files whose name contains this
    filter: Option<String>,
}

/// Register stress of the last column: each kind alone, then some together.
const STRESS: [u32; 12] = [
    1, 2, 3, 4, 8, 0x20, 0x40, 0x103, 0x400, 0x800, 0x80C, 0x1003,
];

/// The columns: the interpreter, two levels, stress.
const COLUMNS: [&str; 4] = ["interp", "min", "full", "stress"];

/// What a column says about a run.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Verdict {
    Pass,
    Fail(String),
    Skip(String),
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Verdict::Pass => "ok",
            Verdict::Fail(_) => "FAIL",
            Verdict::Skip(_) => "skip",
        }
    }
}

/// What a run came to.
type Ended = Result<Vec<Value>, String>;

pub fn run(args: &Args) -> Outcome<ExitCode> {
    let target = common::target(args.target.as_deref())?;
    Host::new_for(target).map_err(|e| e.to_string())?;
    let folder = folder()?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .map_err(|e| format!("cannot read {}: {e}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "tir"))
        .filter(|p| {
            let name = p.file_name().unwrap_or_default().to_string_lossy();
            args.filter
                .as_ref()
                .is_none_or(|f| name.contains(f.as_str()))
        })
        .collect();
    files.sort();
    if let (true, Some(filter)) = (files.is_empty(), &args.filter) {
        let folder = folder.display();
        return Err(format!("no program in {folder} has {filter} in its name"));
    }
    let mut table = Table::new(target, args.json);
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        match common::read_module(file) {
            Ok(module) => run_file(&name, &module, target, &mut table),
            Err(message) => table.row(&name, "cannot be read", &[Verdict::Fail(message)]),
        }
    }
    Ok(table.finish())
}

/// The folder with the programs: beside the sources this was built from, or below the current folder.
fn folder() -> Outcome<PathBuf> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("bringup-tests");
    let here = PathBuf::from("bringup-tests");
    [built, here]
        .into_iter()
        .find(|p| p.is_dir())
        .ok_or_else(|| "no folder bringup-tests here".to_owned())
}

/// A native configuration: a host with those of the file's methods that are compiled, and why the others are not; or why there
/// is no host.
enum Native {
    Ready {
        host: Box<Host>,
        declined: Vec<(String, String)>,
    },
    Not(Verdict),
}

impl Native {
    fn new(
        module: &Module,
        target: &'static TargetDesc,
        opt: OptLevel,
        stress_regs: u32,
    ) -> Native {
        let opts = CompileOptions {
            opt,
            stress_regs,
            verify: true,
            // The stress column is for the base machine.
            features: if stress_regs == 0 {
                host_features()
            } else {
                base_features(module, stress_regs)
            },
            ..CompileOptions::default()
        };
        let mut methods = module.methods.clone();
        let mut declined = Vec::new();
        loop {
            let loaded = Host::new_for(target).and_then(|mut host| {
                host.load(&methods, &opts)?;
                Ok(host)
            });
            match loaded {
                Ok(host) => {
                    let host = Box::new(host);
                    return Native::Ready { host, declined };
                }
                Err(
                    ref e @ HostError::Compile {
                        ref method,
                        error: CompileError::Unsupported { .. },
                    },
                ) => decline(&mut methods, &mut declined, method, &e.to_string()),
                Err(e) => return Native::Not(Verdict::Fail(e.to_string())),
            }
        }
    }

    fn run(&mut self, module: &Module, run: &Run) -> Verdict {
        match self {
            Native::Not(verdict) => verdict.clone(),
            Native::Ready { host, declined } => {
                if let Some((_, why)) = declined.iter().find(|(name, _)| *name == run.func) {
                    return Verdict::Skip(why.clone());
                }
                verdict(module, run, |values| {
                    let method =
                        common::method_named(module, &run.func).ok_or("no such function")?;
                    Ok(call_native(host, method, values)?
                        .map_err(|trap| trap.kind.name().to_owned()))
                })
            }
        }
    }
}

/// The features of the plainest machine that compiles the module: vectors want some. Those of 32 bytes are whole under half of the
/// stress bits, and in halves under the others.
fn base_features(module: &Module, stress_regs: u32) -> CpuFeatures {
    let any = |ty: VarType| {
        let mut nodes = module.methods.iter().flat_map(|m| m.body.nodes.iter());
        nodes.any(|n| n.ty == ty)
    };
    let whole = stress_regs.trailing_zeros().is_multiple_of(2);
    if whole && [VarType::V256, VarType::V512].into_iter().any(any) {
        CpuFeatures::SSE42 | CpuFeatures::AVX | CpuFeatures::AVX2 & host_features()
    } else if VarType::ALL.into_iter().any(|ty| ty.is_vector() && any(ty)) {
        CpuFeatures::SSE42
    } else {
        CpuFeatures::empty()
    }
}

/// Takes the method that the compiler does not support out of `methods`, and with it all that refer to it.
fn decline(
    methods: &mut Vec<Method>,
    declined: &mut Vec<(String, String)>,
    method: &str,
    why: &str,
) {
    let mut next = vec![method.to_owned()];
    while let Some(name) = next.pop() {
        methods.retain(|m| m.name != name);
        let refers = |m: &&Method| m.funcs.iter().any(|f| f.name == name);
        next.extend(methods.iter().filter(refers).map(|m| m.name.clone()));
        declined.push((name, why.to_owned()));
    }
}

fn run_file(file: &str, module: &Module, target: &'static TargetDesc, table: &mut Table) {
    let mut min = Native::new(module, target, OptLevel::MinOpts, 0);
    let mut full = Native::new(module, target, OptLevel::FullOpts, 0);
    let mut stressed =
        STRESS.map(|bits| (bits, Native::new(module, target, OptLevel::FullOpts, bits)));
    for run in &module.runs {
        let text = run_text(run);
        let interpreted = verdict(module, run, |values| {
            match Interp::new(&module.methods).call(&run.func, values) {
                Ok(values) => Ok(Ok(values)),
                Err(interp::Outcome::Trap { kind, .. }) => Ok(Err(kind.name().to_owned())),
                Err(interp::Outcome::Error(e)) => Err(e.to_string()),
            }
        });
        let mut verdicts = vec![interpreted, min.run(module, run), full.run(module, run)];
        let stress = stressed
            .iter_mut()
            .map(|(bits, native)| match native.run(module, run) {
                Verdict::Fail(what) => Verdict::Fail(format!("JitStressRegs={bits:x}: {what}")),
                other => other,
            });
        let worst = stress.max_by_key(|v| match v {
            Verdict::Pass => 0,
            Verdict::Skip(_) => 1,
            Verdict::Fail(_) => 2,
        });
        verdicts.extend(worst);
        table.row(&format!("{file}:{}", run.line), &text, &verdicts);
    }
}

/// Runs one line with `call` and holds the result against what the line expects. `call` fails where it cannot run at all.
fn verdict(module: &Module, run: &Run, call: impl FnOnce(&[Value]) -> Outcome<Ended>) -> Verdict {
    let Some(method) = common::method_named(module, &run.func) else {
        return Verdict::Fail(format!("no function {}", run.func));
    };
    let types = common::param_types(method);
    if types.len() != run.args.len() {
        return Verdict::Fail(format!("{} takes {} arguments", run.func, types.len()));
    }
    let pairs = types.iter().zip(&run.args);
    let values: Outcome<Vec<Value>> = pairs.map(|(&ty, &v)| common::value_of(ty, v)).collect();
    let ended = match values.and_then(|v| call(&v)) {
        Ok(ended) => ended,
        Err(message) => return Verdict::Fail(message),
    };
    let got = match &ended {
        Ok(values) => {
            let words: Vec<_> = values.iter().map(|v| v.to_string()).collect();
            words.join(", ")
        }
        Err(trap) => format!("trap {trap}"),
    };
    let fits = match (&run.expect, &ended) {
        (Expect::Values(wanted), Ok(_)) if wanted.is_empty() => true,
        (Expect::Values(wanted), Ok(values)) => {
            wanted.len() == values.len()
                && wanted
                    .iter()
                    .zip(values)
                    .all(|(&w, v)| common::value_of(method.ret, w).is_ok_and(|w| w == *v))
        }
        (Expect::Trap(kind), Err(trap)) => kind == trap,
        _ => false,
    };
    if fits {
        Verdict::Pass
    } else {
        Verdict::Fail(format!("got {got}"))
    }
}

fn run_text(run: &Run) -> String {
    let list = |values: &[tatsu::ir::parse::RunValue]| {
        let words: Vec<_> = values
            .iter()
            .map(|v| match v {
                tatsu::ir::parse::RunValue::Int(i) => i.to_string(),
                tatsu::ir::parse::RunValue::Float(f) => format!("{f:?}"),
            })
            .collect();
        words.join(", ")
    };
    let call = format!("{}({})", run.func, list(&run.args));
    match &run.expect {
        Expect::Values(v) if v.is_empty() => call,
        Expect::Values(v) => format!("{call} == {}", list(v)),
        Expect::Trap(kind) => format!("{call} traps {kind}"),
    }
}

/// The table, written as it grows.
struct Table {
    target: &'static TargetDesc,
    json: bool,
    rows: Vec<serde_json::Value>,
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Table {
    fn new(target: &'static TargetDesc, json: bool) -> Table {
        if !json {
            common::print(&format!("bring-up suite on {}\n", target.name));
            let columns: String = COLUMNS.iter().map(|c| format!(" {c:>6}")).collect();
            common::print(&format!("{:<24} {:<44}{columns}\n", "line", "run"));
        }
        Table {
            target,
            json,
            rows: Vec::new(),
            passed: 0,
            failed: 0,
            skipped: 0,
        }
    }

    fn row(&mut self, place: &str, text: &str, verdicts: &[Verdict]) {
        let mut details = String::new();
        for (verdict, column) in verdicts.iter().zip(COLUMNS) {
            match verdict {
                Verdict::Pass => self.passed += 1,
                Verdict::Skip(why) => {
                    self.skipped += 1;
                    details.push_str(&format!("    {column} skipped: {why}\n"));
                }
                Verdict::Fail(why) => {
                    self.failed += 1;
                    details.push_str(&format!("    {column} FAILED: {why}\n"));
                }
            }
        }
        if self.json {
            let mut row = serde_json::Map::new();
            row.insert("place".to_owned(), place.into());
            row.insert("run".to_owned(), text.into());
            for (verdict, column) in verdicts.iter().zip(COLUMNS) {
                row.insert(column.to_owned(), verdict.word().into());
            }
            row.insert("details".to_owned(), details.into());
            self.rows.push(row.into());
        } else {
            let words: String = verdicts
                .iter()
                .map(|v| format!(" {:>6}", v.word()))
                .collect();
            common::print(&format!("{place:<24} {text:<44}{words}\n{details}"));
        }
    }

    fn finish(self) -> ExitCode {
        let (passed, failed, skipped) = (self.passed, self.failed, self.skipped);
        if self.json {
            let all = serde_json::json!({
                "target": self.target.name,
                "rows": self.rows,
                "passed": passed,
                "failed": failed,
                "skipped": skipped,
            });
            common::print(&format!("{all}\n"));
        } else {
            common::print(&format!(
                "{passed} passed, {failed} failed, {skipped} skipped\n"
            ));
        }
        if failed > 0 {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}
