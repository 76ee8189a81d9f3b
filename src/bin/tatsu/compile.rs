//! `tatsu compile`: everything in the files, as often as asked, and what it cost.
//!
//! Figures are by *operation* ([`Opcode::is_operation`](tatsu::ir::Opcode::is_operation)), as `cargo xtask gen` and `tatsu bench`
//! count them too: what carries no computation is none, so figures of differently written inputs compare.

use crate::alloc::Meter;
use crate::common::{self, Knobs, Opt, Outcome};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tatsu::compile::backend::Compiler;
use tatsu::compile::{CompileError, CompileOptions, CompiledMethod};
use tatsu::host::clock::thread_time;
use tatsu::host::{NullRuntime, host_target};
use tatsu::ir::Method;
use tatsu::target::{CpuFeatures, TargetDesc};

/// `tatsu compile`.
#[derive(clap::Args)]
pub struct Args {
    /// Text IR
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Compile everything this many times
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Print figures
    #[arg(long)]
    stats: bool,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
    /// Optimisation level; by default full, or what the environment says
    #[arg(long, value_enum)]
    opt: Option<Opt>,
    /// x64-linux, x64-windows, arm64-linux, arm64-macos or arm64-windows; by default this machine
    #[arg(long)]
    target: Option<String>,
    /// Instruction sets beyond the machine's base that code may use, by the names in listings, separated by commas; by default
    /// those of this machine, or none for another target
    #[arg(long)]
    features: Option<String>,
    /// Print the code
    #[arg(long)]
    disasm: bool,
    /// Run all verifiers
    #[arg(long)]
    verify: bool,
}

/// What a run of compiles came to.
#[derive(Default)]
struct Totals {
    time: Duration,
    /// Of each method, in order.
    code_bytes: Vec<u64>,
}

fn features(names: &str, target: &TargetDesc) -> Outcome<CpuFeatures> {
    let known = target.optional_features;
    let mut features = CpuFeatures::empty();
    for name in names.split(',').filter(|n| !n.is_empty()) {
        features |= CpuFeatures::from_name(&name.to_uppercase())
            .filter(|f| known.contains(*f))
            .ok_or_else(|| {
                let (all, target) = (names_of(known), target.name);
                format!("there is no instruction set {name} of {target}; there are: {all}")
            })?;
    }
    Ok(features)
}

fn names_of(features: CpuFeatures) -> String {
    let names: Vec<&str> = features.iter_names().map(|n| n.0).collect();
    names.join(",")
}

/// The fewest instruction sets beyond those of `options` with which a method compiles that was declined without; none if it never
/// does.
fn missing_features(
    method: &Method,
    target: &'static TargetDesc,
    options: &CompileOptions,
) -> Option<CpuFeatures> {
    let compiles = |features| {
        let options = CompileOptions {
            features,
            ..options.clone()
        };
        let (mut rt, mut out) = (NullRuntime::new(target), CompiledMethod::default());
        Compiler::default()
            .compile(method, target, &mut rt, &options, &mut out)
            .is_ok()
    };
    let mut needed = target.optional_features | options.features;
    if !compiles(needed) {
        return None;
    }
    for feature in target.optional_features.difference(options.features) {
        if compiles(needed.difference(feature)) {
            needed.remove(feature);
        }
    }
    Some(needed)
}

pub fn run(args: &Args) -> Outcome<ExitCode> {
    let target = common::target(args.target.as_deref())?;
    let knobs = Knobs::read(args.opt);
    let mut methods = Vec::new();
    for file in &args.files {
        for method in common::read_module(file)?.methods {
            methods.push((file, method));
        }
    }
    let features = args.features.as_deref();
    let features = features.map(|f| self::features(f, target)).transpose()?;
    let options: Vec<CompileOptions> = methods
        .iter()
        .map(|(_, m)| {
            let mut o = knobs.compile_options(m);
            o.verify |= args.verify;
            o.disasm |= args.disasm;
            if let Some(features) = features {
                o.features = features;
            } else if !std::ptr::eq(target, host_target()) {
                o.features = CpuFeatures::empty();
            }
            o
        })
        .collect();
    let mut rt = NullRuntime::new(target);
    let mut compiler = Compiler::default();
    let mut out = CompiledMethod::default();
    let mut totals = Totals::default();
    totals.code_bytes.reserve(methods.len());
    let meter = Meter::start();
    for round in 0..args.repeat {
        for ((file, method), options) in methods.iter().zip(&options) {
            let start = thread_time();
            let done = compiler.compile(method, target, &mut rt, options, &mut out);
            totals.time += thread_time().saturating_sub(start);
            done.map_err(|e| {
                let mut message = common::declined(file, &method.name, &e);
                if let CompileError::Unsupported { .. } = e
                    && let Some(features) = missing_features(method, target, options)
                {
                    let names = names_of(features);
                    message.push_str(&format!("; it compiles with --features {names}"));
                }
                message
            })?;
            if round == 0 {
                totals.code_bytes.push(out.code.len() as u64);
                knobs.show(method, target, options, &out)?;
            }
        }
    }
    let (allocated, peak) = (meter.allocated(), meter.peak());
    if args.stats || args.json {
        print_stats(args, &methods, &totals, allocated, peak);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_stats(
    args: &Args,
    methods: &[(&PathBuf, Method)],
    totals: &Totals,
    allocated: u64,
    peak: u64,
) {
    let rounds = u64::from(args.repeat);
    let operations: usize = methods.iter().map(|(_, m)| m.operations()).sum();
    let nodes: usize = methods.iter().map(|(_, m)| m.body.linked_nodes()).sum();
    let per_operation = |x: f64| x / operations.max(1) as f64;
    let figures = [
        ("methods", methods.len() as f64),
        ("operations", operations as f64),
        ("nodes_per_op", per_operation(nodes as f64)),
        (
            "ns_per_op",
            per_operation(totals.time.as_nanos() as f64 / rounds as f64),
        ),
        ("code_bytes", totals.code_bytes.iter().sum::<u64>() as f64),
        ("bytes_allocated", allocated as f64),
        ("peak_bytes", peak as f64),
    ];
    if args.json {
        let mut map: serde_json::Map<_, _> = figures
            .iter()
            .map(|&(name, value)| {
                let number = if name.contains("_per_") {
                    value.into()
                } else {
                    (value as u64).into()
                };
                (name.to_owned(), number)
            })
            .collect();
        let each = methods.iter().zip(&totals.code_bytes).map(|((_, m), &bytes)| {
            serde_json::json!({"name": m.name, "operations": m.operations(), "code_bytes": bytes})
        });
        map.insert("each".to_owned(), each.collect());
        common::print(&format!("{}\n", serde_json::Value::Object(map)));
        return;
    }
    for (name, value) in figures {
        if name.contains("_per_") {
            common::print(&format!("{name}: {value:.2}\n"));
        } else {
            common::print(&format!("{name}: {value:.0}\n"));
        }
    }
    for ((_, m), &bytes) in methods.iter().zip(&totals.code_bytes) {
        let operations = m.operations();
        let each = bytes as f64 / operations.max(1) as f64;
        common::print(&format!(
            "  {}: {bytes} bytes, {operations} operations, {each:.2} bytes/op\n",
            m.name
        ));
    }
}
