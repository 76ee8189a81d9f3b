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
//! Times are the thread's own, and the least of several runs: what the code costs without what else the machine does. An operation is what the generators
//! count: see `ir::generate`. For instructions instead of time, run a part with `--once` under callgrind.

use crate::common::{self, Outcome};
use crate::grow;
use std::process::ExitCode;
use std::time::Duration;
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::clock::thread_time;
use tatsu::host::{NullRuntime, TARGETS};
use tatsu::ir::{
    self, BlockId, Body, CallId, Method, MethodBuilder, Opcode, Operand, OperandRef, generate,
};
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

/// The least time of `runs` runs of `f`. What one run made is dropped behind the next, so that not all of its memory goes back to the
/// system in between.
fn least<T>(runs: u32, mut f: impl FnMut() -> T) -> Duration {
    let mut last = None;
    let time = || {
        let start = thread_time();
        let made = f();
        let took = thread_time() - start;
        last = Some(made);
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
        let scripts: Vec<Script> = methods.iter().map(Script::new).collect();
        let mut values = Vec::new();
        for s in &scripts {
            let made = s.play(Method::default(), &mut values);
            ir::verify(&made).map_err(|e| format!("{name}, rebuilt {}: {e}", made.name))?;
            if made.body.nodes.len() != s.steps_with_nodes() {
                return Err(format!("{name}: {} was not rebuilt", made.name));
            }
        }
        // One after the other in the same memory, as by a front end that compiles each at once.
        let mut memory = Method::default();
        let took = least(runs, || {
            for s in &scripts {
                memory = s.play(std::mem::take(&mut memory), &mut values);
            }
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

/// The calls of the builder that make one method: what a front end does, without its own work of finding out what to do.
struct Script<'a> {
    method: &'a Method,
    steps: Vec<Step>,
    args: Vec<ir::CallArg>,
}

/// One call. Operands that are values of nodes are numbers of the calls that made them.
enum Step {
    Block(BlockId),
    Node(ir::Node),
    /// A node that has constants of more than 30 bits.
    Wide(ir::Node),
    Call(ir::Node, CallId),
    Jump(BlockId),
    Branch(ir::Node, [BlockId; 2]),
    CmpBranch(ir::Node, [BlockId; 2]),
    Switch(ir::Node, BlockId),
}

impl Script<'_> {
    fn new(method: &Method) -> Script<'_> {
        let body = &method.body;
        let mut steps = Vec::new();
        // Nodes to the numbers of their steps.
        let mut number = vec![Operand::NONE; body.nodes.len()];
        let moved = |number: &[Operand], o: Operand| match o.as_node() {
            Some(d) => number[d.0 as usize],
            None => o,
        };
        let mut args = body.call_args.clone();
        for (block, row) in body.blocks.iter_enumerated() {
            steps.push(Step::Block(block));
            for n in body.block_nodes(block) {
                let mut node = body.nodes[n];
                node.opnd = node.opnd.map(|o| moved(&number, o));
                number[n.0 as usize] = Operand::node(ir::NodeId(steps.len() as u32));
                steps.push(match node.op {
                    Opcode::Call => {
                        let call = CallId(node.aux);
                        let first = body.calls[call].first_arg as usize;
                        let count = body.calls[call].num_args as usize;
                        for a in &mut args[first..first + count] {
                            a.opnd = moved(&number, a.opnd);
                        }
                        Step::Call(node, call)
                    }
                    Opcode::Jump => Step::Jump(row.succ[0]),
                    Opcode::Branch => Step::Branch(node, row.succ),
                    Opcode::CmpBranch => Step::CmpBranch(node, row.succ),
                    Opcode::Switch => Step::Switch(node, row.succ[0]),
                    _ => {
                        let wide = |o: &Operand| matches!(o.get(), OperandRef::Pool(_));
                        if node.opnd.iter().any(wide) {
                            Step::Wide(node)
                        } else {
                            Step::Node(node)
                        }
                    }
                });
            }
        }
        Script {
            method,
            steps,
            args,
        }
    }

    fn steps_with_nodes(&self) -> usize {
        let nodes = self.steps.iter().filter(|s| !matches!(s, Step::Block(_)));
        nodes.count()
    }

    /// Makes the method in `memory`. `made` is room for the operands that the builder hands out.
    #[inline(never)]
    fn play(&self, memory: Method, made: &mut Vec<Operand>) -> Method {
        let (m, body) = (self.method, &self.method.body);
        let mut b = MethodBuilder::reusing(memory, &m.name, m.ret);
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
        made.resize(self.steps.len().max(made.len()), Operand::NONE);
        let value = |made: &[Operand], o: Operand| match o.as_node() {
            Some(d) => made[d.0 as usize],
            None => o,
        };
        let mut args = smallvec::SmallVec::<[ir::CallArg; 16]>::new();
        for (i, step) in self.steps.iter().enumerate() {
            made[i] = match step {
                Step::Block(block) => {
                    b.switch_to(*block);
                    continue;
                }
                Step::Node(n) => {
                    let [x, y, z] = n.opnd;
                    let operands = [value(made, x), value(made, y), value(made, z)];
                    b.full(n.op, n.ty, n.sub, n.aux, &operands)
                }
                Step::Wide(n) => {
                    let operands = n.opnd.map(|o| constant(body, &mut b, value(made, o)));
                    b.full(n.op, n.ty, n.sub, n.aux, &operands)
                }
                Step::Call(n, call) => {
                    let info = &body.calls[*call];
                    let first = info.first_arg as usize;
                    args.clear();
                    let from = &self.args[first..first + info.num_args as usize];
                    args.extend(from.iter().map(|a| ir::CallArg {
                        opnd: constant(body, &mut b, value(made, a.opnd)),
                        ..*a
                    }));
                    let address = value(made, n.opnd[0]);
                    b.call(info.target, address, n.ty, &args)
                }
                Step::Jump(to) => {
                    b.jump(*to);
                    continue;
                }
                Step::Branch(n, [yes, no]) => {
                    let c = constant(body, &mut b, value(made, n.opnd[0]));
                    b.branch(c, *yes, *no);
                    continue;
                }
                Step::CmpBranch(n, [yes, no]) => {
                    let x = constant(body, &mut b, value(made, n.opnd[0]));
                    let y = constant(body, &mut b, value(made, n.opnd[1]));
                    b.cmp_branch(n.cond(), n.compare_type(), x, y, *yes, *no);
                    continue;
                }
                Step::Switch(n, first) => {
                    let targets = body.targets(ir::SwitchId(n.aux));
                    let (default, targets) = targets.split_last().unwrap_or((first, &[]));
                    let index = constant(body, &mut b, value(made, n.opnd[0]));
                    b.switch(index, targets, *default);
                    continue;
                }
            };
        }
        b.finish()
    }
}

/// The operand, a large constant in the new body's own pool.
fn constant(body: &Body, b: &mut MethodBuilder, o: Operand) -> Operand {
    match o.get() {
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
    let start = thread_time();
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let done = compiler.compile(&method, target, &mut rt, &opts, &mut out);
    let cold = thread_time() - start;
    done.map_err(|e| e.to_string())?;
    let mut warm = Duration::MAX;
    for _ in 0..200 {
        let start = thread_time();
        let _ = compiler.compile(&method, target, &mut rt, &opts, &mut out);
        warm = warm.min(thread_time() - start);
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
