//! `tatsu bench`: figures that no suite gives by the way.
//!
//! | part | what is measured |
//! |---|---|
//! | `parse` | reading text IR, per operation of the text: the realistic mix, many methods and one large one |
//! | `build` | making the same methods with `MethodBuilder`, per operation |
//! | `first` | one small method, compiled first thing in a process of its own, and again when everything is warm |
//! | `kernels` | small programs as they run, beside gcc's: `benches/kernels` |
//! | `growth` | each shape of the generators at sizes ten times one another: how much dearer an operation becomes |
//!
//! Times are the least of several runs: what the code costs without what else the machine does. An operation is what the generators
//! count: see `ir::generate`. For instructions instead of time, run a part with `--once` under callgrind.

use crate::common::{self, Outcome};
use crate::grow;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, TARGETS};
use tatsu::ir::{self, Body, Method, MethodBuilder, Opcode, Operand, OperandRef, generate};
use tatsu::target::TargetDesc;

/// `tatsu bench`.
#[derive(clap::Args)]
pub struct Args {
    /// The part; all of them if none is named
    #[arg(value_enum)]
    part: Option<Part>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Each measurement once, for counting instructions
    #[arg(long)]
    once: bool,
    /// The largest size of `growth`, in operations
    #[arg(long, default_value_t = 1_000_000)]
    largest: u32,
    /// Only this shape in `growth`
    #[arg(long)]
    shape: Option<String>,
    /// Seconds that one compile of `growth` may take: larger sizes of its shape are left out behind one that takes longer
    #[arg(long, default_value_t = 20)]
    patience: u64,
    /// Print the microseconds of the first compile of this process, then of a warm one
    #[arg(long, hide = true)]
    fresh: Option<String>,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Part {
    /// Reading text
    Parse,
    /// The builder
    Build,
    /// The first compile of a process
    First,
    /// Programs as they run
    Kernels,
    /// Cost against size
    Growth,
}

/// A measured figure.
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// More, or nothing.
    pub note: String,
}

pub fn run(args: &Args) -> Outcome<ExitCode> {
    if let Some(which) = &args.fresh {
        return fresh_child(which);
    }
    let runs = if args.once { 1 } else { 15 };
    let wanted = |p: Part| args.part.is_none_or(|only| only == p);
    let mut rows = Vec::new();
    if wanted(Part::Parse) {
        parse(runs, &mut rows)?;
    }
    if wanted(Part::Build) {
        build(runs, &mut rows)?;
    }
    if wanted(Part::First) {
        first(runs, &mut rows)?;
    }
    if wanted(Part::Kernels) {
        crate::kernels::run(args.once, &mut rows)?;
    }
    if wanted(Part::Growth) {
        let shape = args.shape.as_deref();
        grow::run(
            args.largest,
            shape,
            Duration::from_secs(args.patience),
            &mut rows,
        )?;
    }
    if args.json {
        let list: Vec<_> = rows
            .iter()
            .map(|r| {
                serde_json::json!({ "what": r.what, "value": r.value, "unit": r.unit, "note": r.note })
            })
            .collect();
        common::print(&format!("{}\n", serde_json::Value::from(list)));
    } else {
        for r in &rows {
            let line = format!("{:<44} {:>10.2} {:<6} {}", r.what, r.value, r.unit, r.note);
            common::print(&format!("{}\n", line.trim_end()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The least time of `runs` runs of `f`.
fn least<T>(runs: u32, mut f: impl FnMut() -> T) -> Duration {
    let time = || {
        let start = Instant::now();
        let made = f();
        let took = start.elapsed();
        drop(made);
        took
    };
    std::iter::repeat_with(time)
        .take(runs as usize)
        .min()
        .unwrap_or_default()
}

/// The inputs of `parse` and `build`: a name and its methods.
fn inputs() -> [(&'static str, Vec<Method>); 3] {
    [
        ("1000 methods of 38", generate::realistic(7, 1000, 38..39)),
        (
            "200 methods of 50..500",
            generate::realistic(8, 200, 50..500),
        ),
        (
            "1 method of 100000",
            generate::realistic(9, 1, 100_000..100_001),
        ),
    ]
}

fn operations(methods: &[Method]) -> usize {
    methods.iter().map(Method::operations).sum()
}

fn parse(runs: u32, rows: &mut Vec<Row>) -> Outcome<()> {
    for (name, methods) in inputs() {
        let mut text = String::new();
        ir::print_module(&methods, &mut text);
        ir::parse_module(&text).map_err(|e| e.render(&text, name))?;
        let took = least(runs, || ir::parse_module(&text));
        let ops = operations(&methods);
        rows.push(Row {
            what: format!("parse: {name}"),
            value: took.as_nanos() as f64 / ops as f64,
            unit: "ns/op",
            note: format!(
                "{ops} operations, {:.1} bytes each",
                text.len() as f64 / ops as f64
            ),
        });
    }
    Ok(())
}

fn build(runs: u32, rows: &mut Vec<Row>) -> Outcome<()> {
    for (name, methods) in inputs() {
        let mut values = Vec::new();
        let made: Vec<Method> = methods.iter().map(|m| rebuild(m, &mut values)).collect();
        for m in &made {
            ir::verify(m).map_err(|e| format!("{name}, rebuilt {}: {e}", m.name))?;
        }
        // Each is dropped before the next, as by a front end that compiles it at once.
        let took = least(runs, || {
            let nodes = methods
                .iter()
                .map(|m| rebuild(m, &mut values).body.nodes.len());
            nodes.sum::<usize>()
        });
        let ops = operations(&methods);
        rows.push(Row {
            what: format!("build: {name}"),
            value: took.as_nanos() as f64 / ops as f64,
            unit: "ns/op",
            note: String::new(),
        });
    }
    Ok(())
}

/// The same method, made with the builder as a front end does: node by node in block order.
fn rebuild(m: &Method, made: &mut Vec<Operand>) -> Method {
    let body = &m.body;
    let mut b = MethodBuilder::new(&m.name, m.ret);
    for l in m.layouts.iter() {
        b.layout(l.clone());
    }
    for f in m.funcs.iter() {
        b.func(&f.name, f.handle);
    }
    for l in body.locals.iter() {
        b.local_with(*l);
    }
    b.set_params(m.num_params);
    for _ in body.blocks.ids() {
        b.block();
    }
    b.reserve(body.nodes.len());
    made.clear();
    made.resize(body.nodes.len(), Operand::NONE);
    let mut args = Vec::new();
    for (block, row) in body.blocks.iter_enumerated() {
        b.switch_to(block);
        for n in body.block_nodes(block) {
            let node = &body.nodes[n];
            let operands = node.opnd.map(|o| operand(body, &mut b, made, o));
            made[n.0 as usize] = match node.op {
                Opcode::Call => {
                    let call = ir::CallId(node.aux);
                    args.clear();
                    args.extend(body.args(call).iter().map(|a| ir::CallArg {
                        opnd: operand(body, &mut b, made, a.opnd),
                        ..*a
                    }));
                    b.call(body.calls[call].target, operands[0], node.ty, &args)
                }
                Opcode::Jump => {
                    b.jump(row.succ[0]);
                    continue;
                }
                Opcode::Branch => {
                    b.branch(operands[0], row.succ[0], row.succ[1]);
                    continue;
                }
                Opcode::CmpBranch => {
                    let [x, y, _] = operands;
                    b.cmp_branch(
                        node.cond(),
                        node.compare_type(),
                        x,
                        y,
                        row.succ[0],
                        row.succ[1],
                    );
                    continue;
                }
                Opcode::Switch => {
                    let (default, targets) = body
                        .targets(ir::SwitchId(node.aux))
                        .split_last()
                        .unwrap_or((&row.succ[0], &[]));
                    b.switch(operands[0], targets, *default);
                    continue;
                }
                _ => b.full(node.op, node.ty, node.sub, node.aux, &operands),
            };
        }
    }
    b.finish()
}

fn operand(body: &Body, b: &mut MethodBuilder, made: &[Operand], o: Operand) -> Operand {
    match o.get() {
        OperandRef::Node(d) => made[d.0 as usize],
        OperandRef::Pool(i) => b.int(body.consts[i as usize] as i64),
        _ => o,
    }
}

// ---- the first compile

const LEVELS: [(&str, OptLevel); 2] = [("min", OptLevel::MinOpts), ("full", OptLevel::FullOpts)];

fn first(runs: u32, rows: &mut Vec<Row>) -> Outcome<()> {
    let exe = std::env::current_exe().map_err(|e| e.to_string())?;
    for (target, level, _) in combinations() {
        {
            let which = format!("{} {level}", target.name);
            let mut least = [f64::INFINITY; 2];
            for _ in 0..runs {
                let out = std::process::Command::new(&exe)
                    .args(["bench", "--fresh", &which])
                    .output()
                    .map_err(|e| format!("{}: {e}", exe.display()))?;
                let text = String::from_utf8_lossy(&out.stdout);
                let mut words = text.split_whitespace().map(str::parse::<f64>);
                for l in &mut least {
                    match words.next() {
                        Some(Ok(us)) => *l = l.min(us),
                        _ => return Err(String::from_utf8_lossy(&out.stderr).into_owned()),
                    }
                }
            }
            for (value, when) in least.into_iter().zip(["fresh process", "warm"]) {
                rows.push(Row {
                    what: format!("first: 38 operations, {which}, {when}"),
                    value,
                    unit: "us",
                    note: String::new(),
                });
            }
        }
    }
    Ok(())
}

/// The child of [`first`].
fn fresh_child(which: &str) -> Outcome<ExitCode> {
    let (name, level) = which.split_once(' ').unwrap_or((which, "full"));
    let target = tatsu::host::target_named(name).ok_or_else(|| format!("no target {name}"))?;
    let opt = if level == "min" {
        OptLevel::MinOpts
    } else {
        OptLevel::FullOpts
    };
    let method = generate::realistic(7, 1, 38..39).remove(0);
    let mut rt = NullRuntime::new(target);
    let opts = options(opt);
    let start = Instant::now();
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let done = compiler.compile(&method, target, &mut rt, &opts, &mut out);
    let cold = start.elapsed();
    done.map_err(|e| e.to_string())?;
    let mut warm = Duration::MAX;
    for _ in 0..200 {
        let start = Instant::now();
        let _ = compiler.compile(&method, target, &mut rt, &opts, &mut out);
        warm = warm.min(start.elapsed());
    }
    let us = |d: Duration| d.as_nanos() as f64 / 1000.0;
    common::print(&format!("{:.3} {:.3}\n", us(cold), us(warm)));
    Ok(ExitCode::SUCCESS)
}

/// No verifier, no listing.
pub fn options(opt: OptLevel) -> CompileOptions {
    CompileOptions {
        opt,
        verify: false,
        ..CompileOptions::default()
    }
}

/// Both targets and levels.
pub fn combinations() -> impl Iterator<Item = (&'static TargetDesc, &'static str, OptLevel)> {
    let targets = TARGETS.iter().filter(|t| t.name.ends_with("linux"));
    targets.flat_map(|&t| LEVELS.map(|(name, level)| (t, name, level)))
}
