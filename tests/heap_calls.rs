//! How often a compile asks for memory: in steady state (one context, the same methods compiled before) the number of heap calls of
//! a compile does not depend on how many operations the method has.

#![allow(unsafe_code)] // an allocator

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, TARGETS};
use tatsu::ir::{Method, generate, parse_module, print_module};
use tatsu::target::{CpuFeatures, TargetDesc};
use tatsu::types::VarType;

/// The system's allocator, counting the calls of each thread.
struct Counting;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // A thread that is ending has no counter any more.
    let _ = CALLS.try_with(|c| c.set(c.get() + 1));
}

// SAFETY: every request goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn calls(f: impl FnOnce()) -> u64 {
    let before = CALLS.get();
    f();
    CALLS.get() - before
}

/// Heap calls of one more compile of each method.
fn in_steady_state(methods: &[Method], target: &'static TargetDesc, opt: OptLevel) -> Vec<u64> {
    let mut rt = NullRuntime::new(target);
    let opts = CompileOptions {
        opt,
        verify: false,
        features: CpuFeatures::all(),
        ..CompileOptions::default()
    };
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let mut compile = |m: &Method| {
        let done = compiler.compile(m, target, &mut rt, &opts, &mut out);
        done.unwrap_or_else(|e| panic!("{}: {} {opt:?}: {e}", m.name, target.name));
    };
    for _ in 0..3 {
        methods.iter().for_each(&mut compile);
    }
    let mut all = Vec::new();
    for m in methods {
        all.push(calls(|| compile(m)));
    }
    all
}

/// What any method may take: the answers of the runtime, what is handed over, and the lists of passes that only some methods need
/// (late nodes expanded, tail calls made loops, wide vectors in signatures
/// made structs); not what a node or a block needs.
const MOST: u64 = 32;

/// Compiles each list at both levels for every target; no method may take more than [`MOST`] heap calls.
fn hold(what: &str, programs: &[Vec<Method>], targets: &[&'static TargetDesc]) {
    let mut wrong = Vec::new();
    for target in targets {
        for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
            for program in programs {
                for (m, n) in program.iter().zip(in_steady_state(program, target, opt)) {
                    let nodes = m.body.nodes.len();
                    if n > MOST {
                        let name = &m.name;
                        let line =
                            format!("{name}: {} {opt:?}: {n} for {nodes} nodes", target.name);
                        wrong.push(line);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{what}: heap calls\n{}", wrong.join("\n"));
}

/// Calls, handlers, switches, loops, many locals, many returns: each shape, two sizes.
#[test]
fn every_shape_is_compiled_without_heap_calls() {
    for (name, _) in generate::SHAPES {
        let programs = [300, 3000].map(|n| generate::shape(name, n, 1).expect("a known shape"));
        hold(name, &programs, &TARGETS);
    }
}

/// Random programs: structs passed and returned, every opcode, and vectors.
#[test]
fn random_programs_are_compiled_without_heap_calls() {
    let mut programs: Vec<_> = (0..12).map(|seed| generate::random(seed, 1500)).collect();
    let vectors = |seed| generate::random_vectors(seed, 1500, VarType::V128);
    programs.extend((0..12).map(vectors));
    let linux = TARGETS.iter().filter(|t| t.name.ends_with("linux"));
    hold("random", &programs, &linux.copied().collect::<Vec<_>>());
}

/// The bring-up programs: everything that the IR has.
#[test]
fn bring_up_programs_are_compiled_without_heap_calls() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/bringup-tests");
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(dir).expect("the programs") {
        let path = entry.expect("an entry").path();
        // Vectors of 32 bytes are for x64 with AVX2 only.
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let wide = name.starts_with("VectorWide");
        if path.extension().is_some_and(|e| e == "tir") && !wide {
            let text = std::fs::read_to_string(&path).expect("a text");
            let module = parse_module(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            programs.push(module.methods);
        }
    }
    assert!(programs.len() > 100, "{} programs", programs.len());
    let linux = TARGETS.iter().filter(|t| t.name.ends_with("linux"));
    hold("bring-up", &programs, &linux.copied().collect::<Vec<_>>());
}

#[test]
fn heap_calls_do_not_depend_on_the_methods_size() {
    let sizes = [100, 1000, 10_000];
    let mut methods: Vec<Method> = Vec::new();
    for size in sizes {
        methods.extend(generate::realistic(5, 1, size..size + 1));
    }
    for target in TARGETS {
        for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
            let counts = in_steady_state(&methods, target, opt);
            println!(
                "{} {opt:?}: {counts:?} heap calls for {sizes:?} operations",
                target.name
            );
            assert!(
                counts.iter().all(|&c| c <= counts[0] + 2),
                "{} {opt:?}: {counts:?} heap calls for {sizes:?} operations",
                target.name
            );
        }
    }
}

/// Reading text asks for memory by the method, not by the word.
#[test]
fn reading_text_asks_for_memory_by_the_method() {
    let text = |size: u32| {
        let mut text = String::new();
        let methods = generate::realistic(5, 1, size..size + 1);
        print_module(&methods, &mut text);
        text
    };
    let [small, large] =
        [text(100), text(10_000)].map(|t| calls(|| drop(parse_module(&t).expect("printed text"))));
    // Vectors that double: a few more.
    println!("{small} heap calls for 100 operations, {large} for 10,000");
    assert!(large <= small + 100, "{small} and {large}");
}
