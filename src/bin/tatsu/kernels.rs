//! `tatsu bench kernels`: small programs of real loops, run natively at both levels, beside the same in C by gcc where there is one.
//!
//! A kernel is a pair of files in `benches/kernels`: `NAME.tir` and `NAME.c`, both with a function `Run(buffer, n)` that gives a
//! number. Every way of making it starts from the same bytes, each run from a copy, and must give the same number: a difference is an
//! error, not a row. Times are the least of several runs; code is the bytes of all functions of the kernel, without data and tables.
//! For arm64, code is compiled and measured, and not run.

use crate::bench::Row;
use crate::common::Outcome;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::runtime::host_features;
use tatsu::host::{Host, NullRuntime, host_target, target_named};
use tatsu::ir::{Method, parse_module};
use tatsu::target::CpuFeatures;

/// A kernel: name, text, C, and the number it is given.
struct Kernel {
    name: &'static str,
    text: &'static str,
    c: &'static str,
    n: u64,
}

macro_rules! kernels {
    ($($name:literal $n:literal),*) => {
        &[$(Kernel {
            name: $name,
            text: include_str!(concat!("../../../benches/kernels/", $name, ".tir")),
            c: include_str!(concat!("../../../benches/kernels/", $name, ".c")),
            n: $n,
        }),*]
    };
}

const KERNELS: &[Kernel] = kernels!(
    "sum" 65_536, "dot" 65_536, "sieve" 1_000_000, "matmul" 128, "fib" 27, "hash" 1_000_000, "bubble" 2_000, "crc" 100_000
);

/// Bytes of the buffer that every kernel works on.
const BUFFER: usize = 1 << 20;
/// Runs of which the fastest counts.
const RUNS: u32 = 15;

/// What the C program does with a kernel: as [`native`] does here.
const HARNESS: &str = r#"
#include <stdio.h>
#include <string.h>
#include <time.h>
#define SIZE (1 << 20)
long Run(char *buffer, long n);
static char from[SIZE] __attribute__((aligned(64))), buffer[SIZE] __attribute__((aligned(64)));
int main(void) {
  unsigned long x = 88172645463325252ul, least = -1ul;
  long result = 0;
  for (int i = 0; i < SIZE; i++) {
    x ^= x << 13; x ^= x >> 7; x ^= x << 17;
    from[i] = (char)x;
  }
  for (int run = 0; run < RUNS; run++) {
    struct timespec a, b;
    memcpy(buffer, from, SIZE);
    clock_gettime(CLOCK_MONOTONIC, &a);
    result = Run(buffer, N);
    clock_gettime(CLOCK_MONOTONIC, &b);
    unsigned long took = (b.tv_sec - a.tv_sec) * 1000000000ul + b.tv_nsec - a.tv_nsec;
    if (took < least) least = took;
  }
  printf("%ld %lu\n", result, least);
}
"#;

/// What one way of making a kernel gave.
struct Made {
    result: i64,
    nanoseconds: f64,
    code: u64,
}

/// Measures all kernels; `once`: one run each.
pub fn run(once: bool, rows: &mut Vec<Row>) -> Outcome<()> {
    let runs = if once { 1 } else { RUNS };
    let folder = std::env::temp_dir().join(format!("tatsu-kernels-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let result = KERNELS
        .iter()
        .try_for_each(|k| kernel(k, runs, &folder, rows));
    std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    result
}

fn kernel(k: &Kernel, runs: u32, folder: &Path, rows: &mut Vec<Row>) -> Outcome<()> {
    let module = parse_module(k.text).map_err(|e| e.render(k.text, k.name))?;
    let mut first = None;
    let levels = [
        ("MinOpts", OptLevel::MinOpts),
        ("FullOpts", OptLevel::FullOpts),
    ];
    let mut made = Vec::new();
    for (name, opt) in levels {
        made.push((name, native(k, &module.methods, opt, runs)?));
    }
    for level in ["-O1", "-O2"] {
        if let Some(m) = by_gcc(k, "gcc", level, runs, folder)? {
            made.push((level, m));
        }
    }
    for (name, m) in &made {
        if *first.get_or_insert(m.result) != m.result {
            return Err(format!(
                "{}: {name} gives {}, not {first:?}",
                k.name, m.result
            ));
        }
    }
    let o1 = made
        .iter()
        .find(|(name, _)| *name == "-O1")
        .map(|(_, m)| m.nanoseconds);
    for (name, m) in &made {
        let against = o1.map_or(String::new(), |o1| {
            format!("{:.2} of gcc -O1", m.nanoseconds / o1)
        });
        row(rows, k, name, "time", m.nanoseconds / 1000.0, "us", against);
    }
    for (name, m) in &made {
        row(
            rows,
            k,
            name,
            "x64 code",
            m.code as f64,
            "bytes",
            String::new(),
        );
    }
    for (name, opt) in levels {
        let code = arm64_code(&module.methods, opt)?;
        row(
            rows,
            k,
            name,
            "arm64 code",
            code as f64,
            "bytes",
            String::new(),
        );
    }
    for level in ["-O1", "-O2"] {
        if let Some(object) = compile_c(k, "aarch64-linux-gnu-gcc", level, folder)? {
            let code = text_bytes("aarch64-linux-gnu-nm", &object)?;
            row(
                rows,
                k,
                level,
                "arm64 code",
                code as f64,
                "bytes",
                String::new(),
            );
        }
    }
    Ok(())
}

fn row(
    rows: &mut Vec<Row>,
    k: &Kernel,
    by: &str,
    what: &str,
    value: f64,
    unit: &'static str,
    note: String,
) {
    let by = by
        .strip_prefix('-')
        .map_or(by.to_owned(), |level| format!("gcc -{level}"));
    rows.push(Row {
        what: format!("{} {what}, {by}", k.name),
        value,
        unit,
        note,
    });
}

fn options(opt: OptLevel, features: CpuFeatures) -> CompileOptions {
    CompileOptions {
        opt,
        features,
        ..CompileOptions::default()
    }
}

/// The bytes that every run starts from.
fn bytes() -> Vec<u64> {
    let mut x = 88_172_645_463_325_252u64;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x as u8
    };
    let word = |_| u64::from_le_bytes([(); 8].map(|()| next()));
    (0..BUFFER / 8).map(word).collect()
}

/// Runs a kernel as this compiler makes it.
fn native(k: &Kernel, methods: &[Method], opt: OptLevel, runs: u32) -> Outcome<Made> {
    let options = options(opt, host_features());
    let mut host = Host::new().map_err(|e| e.to_string())?;
    host.load(methods, &options).map_err(|e| e.to_string())?;
    let from = bytes();
    let mut buffer = from.clone();
    let mut made = Made {
        result: 0,
        nanoseconds: f64::MAX,
        code: code_bytes(methods, host_target(), &options)?,
    };
    for _ in 0..runs {
        buffer.copy_from_slice(&from);
        let args = [buffer.as_mut_ptr().addr() as u64, k.n];
        let start = Instant::now();
        let result = host.run("Run", &args).map_err(|e| e.to_string())?;
        let took = start.elapsed().as_nanos() as f64;
        made.nanoseconds = made.nanoseconds.min(took);
        let result = result.map_err(|trap| format!("{}: {trap:?}", k.name))?;
        made.result = result.unwrap_or(0) as i64;
    }
    Ok(made)
}

fn code_bytes(
    methods: &[Method],
    target: &'static tatsu::target::TargetDesc,
    options: &CompileOptions,
) -> Outcome<u64> {
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let mut rt = NullRuntime::new(target);
    let mut total = 0;
    for m in methods {
        compiler
            .compile(m, target, &mut rt, options, &mut out)
            .map_err(|e| format!("{}: {e}", m.name))?;
        total += out.code.len() as u64;
    }
    Ok(total)
}

fn arm64_code(methods: &[Method], opt: OptLevel) -> Outcome<u64> {
    let target = target_named("arm64-linux").ok_or("no target arm64-linux")?;
    code_bytes(methods, target, &options(opt, CpuFeatures::empty()))
}

/// The object file of a kernel's C; none if there is no such compiler.
fn compile_c(k: &Kernel, gcc: &str, level: &str, folder: &Path) -> Outcome<Option<PathBuf>> {
    let source = folder.join(format!("{}.c", k.name));
    write(&source, k.c)?;
    let object = folder.join(format!("{}{level}.o", k.name));
    let done = Command::new(gcc)
        .args([level, "-std=gnu11", "-fwrapv", "-fno-strict-aliasing", "-c"])
        .arg(&source)
        .arg("-o")
        .arg(&object)
        .output();
    match done {
        Ok(d) if d.status.success() => Ok(Some(object)),
        Ok(d) => Err(format!("{gcc}: {}", String::from_utf8_lossy(&d.stderr))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(format!("{gcc}: {e}")),
    }
}

/// Runs a kernel as gcc makes it; none if there is no gcc.
fn by_gcc(k: &Kernel, gcc: &str, level: &str, runs: u32, folder: &Path) -> Outcome<Option<Made>> {
    let Some(object) = compile_c(k, gcc, level, folder)? else {
        return Ok(None);
    };
    let code = text_bytes("nm", &object)?;
    let main = folder.join("main.c");
    write(&main, HARNESS)?;
    let program = folder.join(format!("{}{level}", k.name));
    let numbers = [format!("-DN={}L", k.n), format!("-DRUNS={runs}")];
    output(
        Command::new(gcc)
            .args(numbers)
            .arg(&main)
            .arg(&object)
            .arg("-o")
            .arg(&program),
    )?;
    let text = output(&mut Command::new(&program))?;
    let mut words = text.split_whitespace();
    let mut word = || {
        words
            .next()
            .ok_or_else(|| format!("{}: no figures", k.name))
    };
    let result = word()?.parse().map_err(|e| format!("{}: {e}", k.name))?;
    let nanoseconds = word()?.parse().map_err(|e| format!("{}: {e}", k.name))?;
    Ok(Some(Made {
        result,
        nanoseconds,
        code,
    }))
}

/// The sizes of all functions of an object file.
fn text_bytes(nm: &str, object: &Path) -> Outcome<u64> {
    let text = output(Command::new(nm).arg("-S").arg(object))?;
    let size = |line: &str| {
        let mut words = line.split_whitespace().skip(1);
        let size = u64::from_str_radix(words.next()?, 16).ok()?;
        words
            .next()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("t"))
            .then_some(size)
    };
    Ok(text.lines().filter_map(size).sum())
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

fn output(command: &mut Command) -> Outcome<String> {
    let done = command
        .output()
        .map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    if !done.status.success() {
        let why = String::from_utf8_lossy(&done.stderr);
        return Err(format!("{}: {why}", command.get_program().display()));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}
