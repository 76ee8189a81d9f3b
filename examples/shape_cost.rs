//! What compiling one generated shape costs: `shape_cost SHAPE OPERATIONS TARGET min|full [repeats]`.
//!
//! `SHAPE` is `realistic` or one that `cargo xtask gen` knows. Prints operations, code bytes, the least time of the repeats, and the
//! peak memory above the input. Under `valgrind --tool=callgrind --toggle-collect='*measured*'` with one repeat, the instructions
//! counted are those of the compile alone. `cargo xtask growth` reads both; `--shapes` lists what there is.

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, target_named};
use tatsu::ir::{Method, generate};
use tatsu::target::TargetDesc;

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
    let result = match &args[..] {
        [shapes] if shapes == "--shapes" => {
            println!("realistic");
            generate::SHAPES.iter().for_each(|s| println!("{}", s.0));
            Ok(())
        }
        [shape, ops, target, level, rest @ ..] => {
            let ops = ops.parse().unwrap_or(10_000);
            let repeats = rest.first().and_then(|r| r.parse().ok()).unwrap_or(1);
            one_shape(shape, ops, target, level, repeats)
        }
        _ => Err("shape_cost SHAPE OPERATIONS TARGET min|full [repeats]".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::from(2)
        }
    }
}

fn methods(shape: &str, ops: u32) -> Result<Vec<Method>, String> {
    match shape {
        "realistic" => Ok(generate::realistic(1, 1, ops..ops + 1)),
        name => generate::shape(name, ops, 1).ok_or_else(|| format!("no shape {name}")),
    }
}

fn operations(methods: &[Method]) -> usize {
    methods.iter().map(Method::operations).sum()
}

fn options(level: &str) -> CompileOptions {
    CompileOptions {
        opt: if level == "min" {
            OptLevel::MinOpts
        } else {
            OptLevel::FullOpts
        },
        verify: false,
        ..CompileOptions::default()
    }
}

/// Compiles all; the bytes of code. A function of its own, for tools that count what happens in it.
#[inline(never)]
fn measured(
    compiler: &mut Compiler,
    methods: &[Method],
    target: &'static TargetDesc,
    opts: &CompileOptions,
    out: &mut CompiledMethod,
) -> Result<usize, String> {
    let mut rt = NullRuntime::new(target);
    let mut code = 0;
    for m in methods {
        compiler
            .compile(m, target, &mut rt, opts, out)
            .map_err(|e| format!("{}: {e}", m.name))?;
        code += out.code.len();
    }
    Ok(code)
}

fn one_shape(shape: &str, ops: u32, target: &str, level: &str, repeats: u32) -> Result<(), String> {
    let methods = methods(shape, ops)?;
    let target = target_named(target).ok_or("no such target")?;
    let opts = options(level);
    let input = NOW.load(Relaxed);
    PEAK.store(input, Relaxed);
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let mut least = f64::MAX;
    let mut code = 0;
    for _ in 0..repeats {
        let start = Instant::now();
        code = measured(&mut compiler, &methods, target, &opts, &mut out)?;
        least = least.min(start.elapsed().as_secs_f64());
    }
    let ops = operations(&methods) as f64;
    println!("operations: {ops}");
    let arguments: usize = methods.iter().map(|m| m.body.call_args.len()).sum();
    println!("arguments: {arguments}");
    println!("code_bytes_per_op: {:.2}", code as f64 / ops);
    println!("ns_per_op: {:.0}", least * 1e9 / ops);
    let peak = PEAK.load(Relaxed) - input;
    println!("peak_bytes: {peak}");
    println!("peak_bytes_per_op: {:.0}", peak as f64 / ops);
    Ok(())
}
