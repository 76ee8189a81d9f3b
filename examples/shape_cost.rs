//! What compiling one generated shape costs: `shape_cost SHAPE OPERATIONS TARGET min|full [repeats]`.
//!
//! `SHAPE` is `realistic` or one that `cargo xtask gen` knows. Prints operations, code bytes, the least time of the repeats, and the
//! peak memory above the input. Under `valgrind --tool=callgrind --toggle-collect='*Compiler::compile_for*'` with one repeat,
//! the instructions counted are those of the compile alone.

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, target_named};
use tatsu::ir::generate;

/// The system's allocator with a count of the bytes in use.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grew(by: usize) {
    PEAK.fetch_max(NOW.fetch_add(by, Relaxed) + by, Relaxed);
}

#[allow(unsafe_code)]
// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grew(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grew(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        let to = unsafe { System.realloc(ptr, layout, size) };
        grew(size);
        NOW.fetch_sub(layout.size(), Relaxed);
        to
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [shape, ops, target, level, rest @ ..] = &args[..] else {
        eprintln!("shape_cost SHAPE OPERATIONS TARGET min|full [repeats]");
        return ExitCode::from(2);
    };
    let ops: u32 = ops.parse().unwrap_or(10_000);
    let repeats: u32 = rest.first().and_then(|r| r.parse().ok()).unwrap_or(1);
    let methods = match shape.as_str() {
        "realistic" => Some(generate::realistic(1, 1, ops..ops + 1)),
        name => generate::shape(name, ops, 1),
    };
    let (Some(methods), Some(target)) = (methods, target_named(target)) else {
        eprintln!("no such shape or target");
        return ExitCode::from(2);
    };
    let opts = CompileOptions {
        opt: if level == "min" {
            OptLevel::MinOpts
        } else {
            OptLevel::FullOpts
        },
        verify: false,
        ..CompileOptions::default()
    };
    let mut rt = NullRuntime::new(target);
    let input = NOW.load(Relaxed);
    PEAK.store(input, Relaxed);
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let mut least = f64::MAX;
    let mut code = 0;
    for _ in 0..repeats {
        code = 0;
        let start = Instant::now();
        for m in &methods {
            if let Err(e) = compiler.compile(m, target, &mut rt, &opts, &mut out) {
                eprintln!("{shape} {ops}: {e}");
                return ExitCode::from(2);
            }
            code += out.code.len();
        }
        least = least.min(start.elapsed().as_secs_f64());
    }
    let ops = methods.iter().map(|m| m.operations()).sum::<usize>() as f64;
    println!("operations: {ops}");
    println!("code_bytes_per_op: {:.2}", code as f64 / ops);
    println!("ns_per_op: {:.0}", least * 1e9 / ops);
    println!(
        "peak_bytes_per_op: {:.0}",
        (PEAK.load(Relaxed) - input) as f64 / ops
    );
    ExitCode::SUCCESS
}
