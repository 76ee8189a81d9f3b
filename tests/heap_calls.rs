//! How often a compile asks for memory: in steady state (one context, the same methods compiled before) the number of heap calls of
//! a compile does not depend on how many operations the method has.

#![allow(unsafe_code)] // an allocator

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, TARGETS};
use tatsu::ir::{Method, generate, parse_module, print_module};
use tatsu::target::TargetDesc;

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
        ..CompileOptions::default()
    };
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let mut compile = |m: &Method| {
        let done = compiler.compile(m, target, &mut rt, &opts, &mut out);
        done.unwrap_or_else(|e| panic!("{}: {e}", m.name));
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
