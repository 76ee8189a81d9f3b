//! Wrong input: mutants of the bring-up programs, as text and as bodies.
//!
//! Nothing panics. A text that is refused has a message with line and column inside the text; one that is read prints as something that
//! reads as the same. What the verifier accepts compiles or is declined, at both levels, for every target.
//!
//! `TATSU_FUZZ_COUNT` says how many mutants of each kind (default 2,000), `TATSU_FUZZ_SEED` the first seed. A failure names its seed and
//! writes the mutant to the target's temporary folder where it has a text.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tatsu::compile::{CompileError, CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, TARGETS};
use tatsu::ir::generate::Rng;
use tatsu::ir::parse::parse_module;
use tatsu::ir::print::print_module;
use tatsu::ir::{
    BlockId, CallId, ClauseId, ClauseKind, LocalFlags, LocalId, Method, NodeFlags, NodeId, Opcode,
    Operand, RegionId, RegionKind, verify,
};
use tatsu::types::{LayoutId, VarType};

fn from_env(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(v) => v.parse().unwrap_or_else(|e| panic!("{name}={v}: {e}")),
        Err(_) => default,
    }
}

/// The bring-up programs of moderate length.
fn texts() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/bringup-tests");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the programs")
        .map(|f| f.expect("a file").path())
        .filter(|p| p.extension().is_some_and(|e| e == "tir"))
        .collect();
    files.sort();
    let read = |p: &std::path::PathBuf| std::fs::read_to_string(p).expect("a text");
    let all: Vec<String> = files.iter().map(read).collect();
    all.into_iter().filter(|t| t.len() < 8000).collect()
}

/// Words, numbers, signs and white space.
fn tokens(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | '@' | '$' => 0,
        ' ' | '\n' => 1,
        _ => 2,
    };
    let mut out = Vec::new();
    let mut start = 0;
    let mut last = 3;
    for (i, c) in text.char_indices() {
        let now = class(c);
        if i > 0 && (now != last || now == 2) {
            out.push(&text[start..i]);
            start = i;
        }
        last = now;
    }
    out.push(&text[start..]);
    out
}

/// A text with a few of its tokens changed.
fn mutate_tokens(text: &str, other: &str, rng: &mut Rng) -> String {
    let mut t = tokens(text);
    let others = tokens(other);
    let odd = [
        "4294967296",
        "-1",
        "18446744073709551615",
        "t999",
        "v77",
        "bb99",
        "struct",
        "none",
        "v128",
        "999999999999999999999",
        "i8",
        "void",
        "ref",
        "nan",
        "\"",
        "{",
        "}",
        "[",
        "]",
        "region",
        "0x",
        "region 0",
        "4294967295",
        "call",
        "@",
        "2147483648",
        "1e999",
        "func",
        "in 0",
        "!",
        "catch",
    ];
    for _ in 0..1 + rng.below(3) {
        if t.is_empty() {
            break;
        }
        let at = rng.below(t.len() as u32) as usize;
        match rng.below(6) {
            0 => drop(t.remove(at)),
            1 => t.insert(at, t[at]),
            2 => {
                let to = rng.below(t.len() as u32) as usize;
                t.swap(at, to);
            }
            3 => t[at] = others[rng.below(others.len() as u32) as usize],
            4 => t[at] = odd[rng.below(odd.len() as u32) as usize],
            _ => {
                let from = rng.below(t.len() as u32) as usize;
                t[at] = t[from];
            }
        }
    }
    t.concat()
}

/// A text with a few of its bytes changed; what is no UTF-8 any more is replaced.
fn mutate_bytes(text: &str, rng: &mut Rng) -> String {
    let mut b = text.as_bytes().to_vec();
    for _ in 0..1 + rng.below(4) {
        if b.is_empty() {
            break;
        }
        let at = rng.below(b.len() as u32) as usize;
        match rng.below(6) {
            0 => drop(b.remove(at)),
            1 => b.insert(at, rng.below(256) as u8),
            2 => b[at] ^= 1 << rng.below(8),
            3 => b[at] = b" \n;:,.@\"{}[]()!#-=09tvbx"[rng.below(24) as usize],
            4 => b.truncate(at),
            _ => {
                let end = (at + rng.below(40) as usize).min(b.len());
                let part = b[at..end].to_vec();
                b.splice(at..at, part);
            }
        }
    }
    String::from_utf8_lossy(&b).into_owned()
}

/// Writes what fails and says where.
fn keep(seed: u64, text: &str) -> String {
    let file = format!("{}/fuzz-{seed}.tir", env!("CARGO_TARGET_TMPDIR"));
    match std::fs::write(&file, text) {
        Ok(()) => format!("seed {seed}, in {file}"),
        Err(e) => format!("seed {seed} ({file}: {e})"),
    }
}

/// Writes the text of a body that fails, if it has one, and says where.
fn keep_body(seed: u64, m: &Method) -> String {
    let mut text = String::new();
    match guarded(|| print_module([m], &mut text)) {
        Ok(()) => format!("{}, of {}", keep(seed, &text), m.name),
        Err(panic) => format!("seed {seed}, of {}, not to be printed: {panic}", m.name),
    }
}

/// Counts of what became of the mutants.
#[derive(Default)]
struct Counts {
    refused: u32,
    not_valid: u32,
    compiled: u32,
    declined: u32,
    /// What went wrong, by kind, and one example of each.
    faults: BTreeMap<String, (u32, String)>,
}

impl Counts {
    fn fault(&mut self, kind: String, example: impl FnOnce() -> String) {
        let entry = self.faults.entry(kind);
        entry.or_insert_with(|| (0, example())).0 += 1;
    }

    /// Fails if anything went wrong.
    fn settle(&self) {
        let (refused, compiled) = (self.refused, self.compiled);
        let (invalid, declined) = (self.not_valid, self.declined);
        println!(
            "{refused} refused, {invalid} not valid, {compiled} compiled, {declined} declined"
        );
        let faults = self.faults.iter();
        let lines: Vec<String> = faults
            .map(|(kind, (count, example))| format!("{count}: {kind}\n    {example}"))
            .collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
        assert!(refused > 0 && compiled > 0);
    }
}

thread_local! {
    /// Where this thread panicked last.
    static PANIC: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

/// Runs `f`; a panic is caught and told.
fn guarded<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let place = info
                .location()
                .map(|l| format!("{}:{}", l.file(), l.line()));
            let place = place.unwrap_or_default();
            if place.starts_with("tests") || std::env::var_os("TATSU_FUZZ_TRACE").is_some() {
                return usual(info);
            }
            let message = info.payload_as_str().unwrap_or("a panic").to_owned();
            PANIC.with(|p| *p.borrow_mut() = format!("panic at {place}: {message}"));
        }));
    });
    catch_unwind(AssertUnwindSafe(f)).map_err(|_| PANIC.with(|p| p.borrow().clone()))
}

/// Compiles what is valid everywhere; a panic is told with `what`.
fn compile_everywhere(m: &Method, counts: &mut Counts, what: &dyn Fn() -> String) {
    for target in TARGETS {
        for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
            let options = CompileOptions {
                opt,
                verify: false,
                ..CompileOptions::default()
            };
            // What a panic leaves behind is not used again.
            let mut compiler = Compiler::new();
            let mut out = CompiledMethod::default();
            let mut rt = NullRuntime::new(target);
            let done = guarded(|| compiler.compile(m, target, &mut rt, &options, &mut out));
            let place = || format!("{opt:?} for {}, {}", target.name, what());
            match done {
                Ok(Ok(())) => counts.compiled += 1,
                Ok(Err(e @ CompileError::Internal { .. })) => {
                    let kind: String = e.to_string();
                    let kind = kind.chars().filter(|c| !c.is_ascii_digit()).collect();
                    counts.fault(kind, place);
                }
                Ok(Err(_)) => counts.declined += 1,
                Err(panic) => counts.fault(panic, place),
            }
        }
    }
}

fn check_text(text: &str, seed: u64, counts: &mut Counts) {
    let module = match guarded(|| parse_module(text)) {
        Err(panic) => return counts.fault(panic, || keep(seed, text)),
        Ok(Err(e)) => {
            counts.refused += 1;
            let lines = text.lines().count().max(1) + 1;
            let line = e.line as usize;
            let width = text
                .lines()
                .nth(line.saturating_sub(1))
                .map_or(0, |l| l.chars().count());
            let inside =
                (1..=lines).contains(&line) && (1..=width + 2).contains(&(e.column as usize));
            let message = e.render(text, "x.tir");
            assert!(
                inside && message.contains(&format!("x.tir:{}:{}", e.line, e.column)),
                "{}:{} of {lines} lines, width {width}: {message} {}",
                e.line,
                e.column,
                keep(seed, text)
            );
            return;
        }
        Ok(Ok(module)) => module,
    };
    let mut printed = String::new();
    print_module(&module.methods, &mut printed);
    let again = parse_module(&printed).unwrap_or_else(|e| {
        panic!(
            "{}\nof {}",
            e.render(&printed, "printed.tir"),
            keep(seed, text)
        )
    });
    let mut twice = String::new();
    print_module(&again.methods, &mut twice);
    assert_eq!(printed, twice, "{}", keep(seed, text));
    for m in &module.methods {
        match guarded(|| verify(m)) {
            Err(panic) => counts.fault(panic, || keep(seed, text)),
            Ok(Err(_)) => counts.not_valid += 1,
            Ok(Ok(())) => compile_everywhere(m, counts, &|| keep(seed, text)),
        }
    }
}

#[test]
fn mutated_texts_are_read_or_refused_with_a_place() {
    let texts = texts();
    let first = from_env("TATSU_FUZZ_SEED", 1);
    let count = from_env("TATSU_FUZZ_COUNT", 2000);
    let mut counts = Counts::default();
    for seed in first..first + count {
        let mut rng = Rng::new(seed);
        let pick = |rng: &mut Rng| rng.below(texts.len() as u32) as usize;
        let (text, other) = (&texts[pick(&mut rng)], &texts[pick(&mut rng)]);
        let mutant = if rng.chance(50) {
            mutate_tokens(text, other, &mut rng)
        } else {
            mutate_bytes(text, &mut rng)
        };
        check_text(&mutant, seed, &mut counts);
    }
    counts.settle();
}

fn any_type(rng: &mut Rng) -> VarType {
    rng.pick(&VarType::ALL)
}

fn any_operand(m: &Method, rng: &mut Rng) -> Operand {
    let spread = |n: usize, rng: &mut Rng| rng.below(n as u32 + 2);
    match rng.below(6) {
        0 => Operand::node(NodeId(spread(m.body.nodes.len(), rng))),
        1 | 2 => Operand::local(LocalId(spread(m.body.locals.len(), rng))),
        3 => Operand::small(i64::from(rng.next_u64() as i32 >> rng.below(31))).unwrap_or_default(),
        4 => Operand::pool(spread(m.body.consts.len(), rng)),
        _ => Operand::NONE,
    }
}

/// Changes one thing of a method.
fn mutate(m: &mut Method, rng: &mut Rng) {
    let block = |m: &Method, rng: &mut Rng| BlockId(rng.below(m.body.blocks.len() as u32 + 1));
    let number = rng.pick(&[0, 1, 2, 3, 7, 100, 0x7fff_ffff, u32::MAX]);
    let n = NodeId(rng.below(m.body.nodes.len() as u32));
    let operand = any_operand(m, rng);
    match rng.below(20) {
        0..=3 => {
            let k = rng.below(3) as usize;
            m.body.nodes[n].opnd[k] = operand;
            if let Some(d) = operand.as_node()
                && m.body.nodes.get(d).is_some()
                && rng.chance(70)
            {
                m.body.nodes[d].user = n;
            }
        }
        4 | 5 => m.body.nodes[n].ty = any_type(rng),
        6 | 7 => m.body.nodes[n].op = rng.pick(Opcode::ALL),
        8 => m.body.nodes[n].sub = rng.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 64, 255]),
        9 => m.body.nodes[n].aux = number,
        10 => m.body.nodes[n].flags = NodeFlags::from_bits_truncate(rng.next_u64() as u8),
        11 => {
            let x = block(m, rng);
            let b = BlockId(rng.below(m.body.blocks.len() as u32));
            m.body.blocks[b].succ[rng.below(2) as usize] =
                rng.pick(&[x, BlockId::NONE, BlockId(number)]);
        }
        12 => {
            let b = BlockId(rng.below(m.body.blocks.len() as u32));
            let r = RegionId(rng.below(m.body.regions.len() as u32 + 1));
            m.body.blocks[b].region = rng.pick(&[r, r, RegionId::NONE, RegionId(number)]);
        }
        13 if !m.body.regions.is_empty() => {
            let r = RegionId(rng.below(m.body.regions.len() as u32));
            let to = RegionId(rng.below(m.body.regions.len() as u32 + 1));
            let c = ClauseId(rng.below(m.body.clauses.len() as u32 + 1));
            let region = &mut m.body.regions[r];
            match rng.below(3) {
                0 => region.parent = rng.pick(&[to, RegionId::NONE]),
                1 => region.clause = rng.pick(&[c, ClauseId::NONE]),
                _ => {
                    region.kind =
                        rng.pick(&[RegionKind::Try, RegionKind::Handler, RegionKind::Filter]);
                }
            }
        }
        14 if !m.body.clauses.is_empty() => {
            let c = ClauseId(rng.below(m.body.clauses.len() as u32));
            let r = RegionId(rng.below(m.body.regions.len() as u32 + 1));
            let b = block(m, rng);
            let clause = &mut m.body.clauses[c];
            match rng.below(5) {
                0 => clause.try_region = r,
                1 => clause.handler_region = r,
                2 => clause.handler_entry = b,
                3 => clause.filter_entry = rng.pick(&[b, BlockId::NONE]),
                _ => {
                    use ClauseKind::*;
                    clause.kind = rng.pick(&[Catch(0), Catch(number), Filter, Finally, Fault]);
                }
            }
        }
        15 if !m.body.locals.is_empty() => {
            let l = LocalId(rng.below(m.body.locals.len() as u32));
            let local = &mut m.body.locals[l];
            match rng.below(3) {
                0 => local.ty = any_type(rng),
                1 => local.layout = rng.pick(&[LayoutId(0), LayoutId(number), LayoutId::NONE]),
                _ => local.flags ^= LocalFlags::from_bits_truncate(1 << rng.below(10)),
            }
        }
        16 if !m.body.calls.is_empty() => {
            let c = CallId(rng.below(m.body.calls.len() as u32));
            let call = &mut m.body.calls[c];
            match rng.below(4) {
                0 => call.ret = any_type(rng),
                1 => call.first_arg = number,
                2 => call.num_args = number,
                _ => call.ret_layout = LayoutId(number),
            }
        }
        17 if !m.body.call_args.is_empty() => {
            let a = rng.below(m.body.call_args.len() as u32) as usize;
            let arg = &mut m.body.call_args[a];
            match rng.below(3) {
                0 => arg.ty = any_type(rng),
                1 => arg.opnd = operand,
                _ => arg.layout = LayoutId(number),
            }
        }
        18 => {
            let to = NodeId(rng.below(m.body.nodes.len() as u32 + 1));
            let x = &mut m.body.nodes[n];
            match rng.below(3) {
                0 => x.next = rng.pick(&[to, NodeId::NONE]),
                1 => x.prev = rng.pick(&[to, NodeId::NONE]),
                _ => x.user = rng.pick(&[to, NodeId::NONE]),
            }
        }
        19 if !m.layouts.is_empty() => {
            let l = LayoutId(rng.below(m.layouts.len() as u32));
            let layout = &mut m.layouts[l];
            match rng.below(4) {
                0 => layout.size = number,
                1 => layout.align = rng.pick(&[0, 1, 3, 8, 64, number]),
                2 => layout.fields.clear(),
                _ => {
                    if let Some(f) = layout.fields.first_mut() {
                        f.offset = number;
                        f.ty = any_type(rng);
                    }
                }
            }
        }
        _ => match rng.below(4) {
            0 => m.num_params = rng.pick(&[0, m.num_params + 1, number]),
            1 => m.ret = any_type(rng),
            2 => m.ret_layout = LayoutId(number),
            _ => m.body.blocks.clear(),
        },
    }
}

#[test]
fn mutated_bodies_are_refused_or_compile() {
    let methods: Vec<Method> = texts()
        .iter()
        .flat_map(|t| parse_module(t).expect("a program").methods)
        .collect();
    let first = from_env("TATSU_FUZZ_SEED", 1);
    let count = from_env("TATSU_FUZZ_COUNT", 2000);
    let mut counts = Counts::default();
    for seed in first..first + count {
        let mut rng = Rng::new(seed ^ 0xB0D1);
        let mut m = methods[rng.below(methods.len() as u32) as usize].clone();
        for _ in 0..1 + rng.below(3) {
            if !m.body.blocks.is_empty() {
                mutate(&mut m, &mut rng);
            }
        }
        if std::env::var_os("TATSU_FUZZ_TRACE").is_some() {
            eprintln!("{}", keep_body(seed, &m));
        }
        match guarded(|| verify(&m)) {
            Err(panic) => counts.fault(panic, || keep_body(seed, &m)),
            Ok(Err(e)) => {
                counts.refused += 1;
                assert!(!e.what.is_empty());
            }
            Ok(Ok(())) => compile_everywhere(&m, &mut counts, &|| keep_body(seed, &m)),
        }
    }
    counts.settle();
}

/// Bodies with blocks in any order, cut and turned about, print as what reads as the same; layouts without names stay apart.
#[test]
fn what_is_printed_reads_as_the_same() {
    use tatsu::opt::stress::{StressAreas, stress_body};
    use tatsu::types::{ClassLayout, LayoutField};
    let areas = StressAreas::BLOCK_ORDER | StressAreas::SPLIT_BLOCKS | StressAreas::REVERSE_FLAG;
    for seed in 0..200 {
        let mut methods = tatsu::ir::generate::random(seed, 60);
        for (i, m) in methods.iter_mut().enumerate() {
            stress_body(&mut m.body, areas, seed as u32);
            // Layouts that only their shape tells apart.
            for (k, l) in m.layouts.iter_mut().enumerate() {
                if (i + k) % 2 == 0 {
                    l.name.clear();
                }
            }
            verify(m).unwrap_or_else(|e| panic!("seed {seed}, {}: {e}", m.name));
        }
        let mut once = String::new();
        print_module(&methods, &mut once);
        let read = parse_module(&once).unwrap_or_else(|e| panic!("{}", e.render(&once, "once")));
        let mut twice = String::new();
        print_module(&read.methods, &mut twice);
        assert_eq!(once, twice, "seed {seed}");
    }
    let of = |ty: VarType| {
        let text = "layout S size 8 align 8 { i64 @0 }\nfunc @F(v0: struct S) {\nbb0:\n  ret\n}\n";
        let mut m = parse_module(text).expect("text IR").methods.remove(0);
        m.layouts[LayoutId(0)] = ClassLayout {
            fields: vec![LayoutField { offset: 0, ty }],
            name: String::new(),
            ..m.layouts[LayoutId(0)].clone()
        };
        m
    };
    let (a, mut b) = (of(VarType::I64), of(VarType::F64));
    b.name = "G".to_owned();
    let mut text = String::new();
    print_module([&a, &b], &mut text);
    let read = parse_module(&text).expect("text IR").methods;
    let field = |m: &Method| {
        let l = m.body.locals[LocalId(0)].layout;
        m.layouts[l].fields[0].ty
    };
    assert_eq!(
        (field(&read[0]), field(&read[1])),
        (VarType::I64, VarType::F64)
    );
}

/// A finally that protected its own call would run twice.
#[test]
fn a_finally_is_not_called_from_its_own_try() {
    let text = "func @F() {\n  region 0 try clause 0\n  region 1 handler clause 0\n  clause 0 finally try 0 handler 1 entry bb2\n\
        bb0:\n  jump bb1\nbb1 [region 0]:\n  call_finally bb3, bb2\nbb2 [region 1]:\n  end_finally\nbb3:\n  ret\n}\n";
    let module = parse_module(text).unwrap_or_else(|e| panic!("{}", e.render(text, "x")));
    let error = verify(&module.methods[0]).expect_err("it is refused");
    assert!(error.what.contains("inside the try"), "{error}");
    let outside = text.replace(
        "bb1 [region 0]:\n  call_finally bb3, bb2",
        "bb1 [region 0]:\n  jump bb4\nbb4:\n  call_finally bb3, bb2",
    );
    let module = parse_module(&outside).unwrap_or_else(|e| panic!("{}", e.render(&outside, "x")));
    verify(&module.methods[0]).expect("it is accepted");
}

/// What the verifier says about the only method of `text` after `change`.
fn refusal(text: &str, change: impl FnOnce(&mut Method)) -> String {
    let module = parse_module(text).unwrap_or_else(|e| panic!("{}", e.render(text, "x")));
    let mut m = module.methods.into_iter().next().expect("a method");
    verify(&m).expect("it is accepted before the change");
    change(&mut m);
    verify(&m).expect_err("it is refused").what
}

/// Lowering gives each call its own arguments; two calls with the same ones had no value for the second.
#[test]
fn two_calls_do_not_share_arguments() {
    let text = "func @F(v0: i32) -> i32 {\nbb0:\n  t0 = call.i32 @F(i32 v0)\n  t1 = call.i32 @F(i32 v0)\n\
        t2 = add.i32 t0, t1\n  ret t2\n}\n";
    let what = refusal(text, |m| m.body.calls[CallId(1)].first_arg = 0);
    assert!(what.contains("argument of another"), "{what}");
}

/// A barrier is a call with a reference: for a number there is no value to give it.
#[test]
fn only_references_are_stored_with_a_barrier() {
    let text = "func @F(v0: i64, v1: i64) {\nbb0:\n  store.i64 v0, v1\n  ret\n}\n";
    let what = refusal(text, |m| m.body.nodes[NodeId(0)].sub = 1);
    assert!(what.contains("no meaning for i64"), "{what}");
}

/// A handler is code of its own, which the method neither begins in nor jumps into or out of.
#[test]
fn handlers_are_not_entered_by_jumps() {
    let text = "func @F() {\n  region 0 try clause 0\n  region 1 handler clause 0\n  clause 0 catch 0 try 0 handler 1 entry bb3\n\
        bb0:\n  jump bb1\nbb1 [region 0]:\n  jump bb2\nbb2:\n  ret\nbb3 [region 1]:\n  jump bb4\nbb4 [region 1]:\n  catch_ret bb2\n}\n";
    let block = |b: u32| BlockId(b);
    let what = refusal(text, |m| m.body.blocks[block(0)].region = RegionId(1));
    assert!(what.contains("begins in"), "{what}");
    for (from, to) in [(0, 4), (1, 3), (3, 2)] {
        let what = refusal(text, |m| m.body.blocks[block(from)].succ[0] = block(to));
        assert!(
            what.contains("enters or leaves"),
            "bb{from} to bb{to}: {what}"
        );
    }
}

/// Structs with references are copied word by word: a large one is over a limit, not an endless method.
#[test]
fn a_large_struct_with_references_is_over_a_limit() {
    let text = "layout S size 16 align 8 { i64 @0, ref @8 }\nfunc @F(v0: byref, v1: byref) {\nbb0:\n\
        t0 = load_struct S v0\n  store_struct S v1, t0 [barrier checked]\n  ret\n}\n";
    let mut module = parse_module(text).unwrap_or_else(|e| panic!("{}", e.render(text, "x")));
    module.methods[0].layouts[LayoutId(0)].size = i32::MAX as u32;
    verify(&module.methods[0]).expect("it is accepted");
    for target in TARGETS {
        for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
            let options = CompileOptions {
                opt,
                ..CompileOptions::default()
            };
            let mut rt = NullRuntime::new(target);
            let mut out = CompiledMethod::default();
            let done =
                Compiler::new().compile(&module.methods[0], target, &mut rt, &options, &mut out);
            assert!(matches!(done, Err(CompileError::Limit { .. })), "{done:?}");
        }
    }
}

/// Forms that no phase makes and no target has.
#[test]
fn forms_without_a_meaning_are_refused() {
    let layout = "layout S size 16 align 8 { i64 @0, i64 @8 }\n";
    let text = format!(
        "{layout}func @F(v0: ref, v1: i64) -> i64 {{\n  local v2: i64 [exposed]\n  local v3: struct S\nbb0:\n  store_lcl v2, v1\n\
         t1 = lcl_addr.i64 v2, 0\n  t2 = load_struct S t1\n  store_lcl v3, t2\n  t4 = arr_len.i32 v0\n  keep_alive t4\n\
         t6 = index_addr.byref v0, 3, size 8\n  keep_alive t6\n  t8 = call.i64 @F(ref v0, i64 v1)\n  ret v2\n}}\n"
    );
    type Change = fn(&mut Method);
    fn node(m: &mut Method, n: u32) -> &mut tatsu::ir::Node {
        &mut m.body.nodes[NodeId(n)]
    }
    let cases: [(Change, &str); 7] = [
        (
            |m| m.body.locals[LocalId(2)].flags = LocalFlags::empty(),
            "may be in a register",
        ),
        (|m| node(m, 2).ty = VarType::I64, "no meaning"),
        (|m| node(m, 2).ty = VarType::V512, "scalars on a vector"),
        (
            |m| node(m, 4).flags |= NodeFlags::VOLATILE,
            "a volatile length",
        ),
        (|m| node(m, 6).ty = VarType::V128, "scalars on a vector"),
        (
            |m| m.layouts[LayoutId(0)].align = i32::MAX as u32,
            "alignment",
        ),
        (
            |m| {
                node(m, 8).user = NodeId(100);
                node(m, 8).flags |= NodeFlags::UNUSED;
            },
            "uses it",
        ),
    ];
    for (i, (change, says)) in cases.into_iter().enumerate() {
        let what = refusal(&text, change);
        assert!(what.contains(says), "{i}: {what}");
    }
}

/// A local of vectors that a target does not have is in halves, though no node makes a value of it.
#[test]
fn wide_locals_of_constants_are_in_halves_where_they_do_not_fit() {
    let text = "func @F() -> i64 {\n  local v0: v512 [exposed]\nbb0:\n  store_lcl v0, 0\n  t1 = lcl_addr.i64 v0, 0\n  ret t1\n}\n";
    let module = parse_module(text).unwrap_or_else(|e| panic!("{}", e.render(text, "x")));
    let mut counts = Counts::default();
    compile_everywhere(&module.methods[0], &mut counts, &String::new);
    assert!(counts.faults.is_empty(), "{:?}", counts.faults);
    assert_eq!(counts.compiled, 2 * TARGETS.len() as u32);
}
