//! `cargo xtask abi-fuzz`: compiled code and a C compiler's code call each other with random signatures.
//!
//! For each signature there is a C function that notes what it was given, spoils its copy and returns a value made of it; and a method
//! that takes a C function's address and the arguments, calls it twice and returns the second result. The program that the C compiler
//! makes of both calls every method and compares arguments and results field by field, and what must survive a call with what it was.
//! So each signature is tried as caller and as callee. The methods stand in the C file as bytes.

use crate::{paths, run, run::Counts, setup};
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use std::fs;
use std::process::{Command, ExitCode};
use tatsu::compile::backend::Compiler;
use tatsu::compile::{CompileError, CompileOptions, CompiledMethod, OptLevel};
use tatsu::host::{NullRuntime, target_named};
use tatsu::ir::generate::Rng;

#[derive(clap::Args)]
pub struct Args {
    /// How many signatures; each is compiled at both levels
    #[arg(long, default_value_t = 200)]
    count: u64,
    /// What they are a function of
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Whose convention
    #[arg(long, value_enum, default_value = "x64-linux")]
    target: Target,
}

/// The conventions that a C compiler here can speak.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    X64Linux,
    X64Windows,
    Arm64Linux,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Target::X64Linux => "x64-linux",
            Target::X64Windows => "x64-windows",
            Target::Arm64Linux => "arm64-linux",
        }
    }
}

/// The command of the C compiler for a target.
pub fn c_compiler(target: Target) -> &'static str {
    match target {
        Target::X64Linux | Target::X64Windows => "gcc",
        Target::Arm64Linux => "aarch64-linux-gnu-gcc",
    }
}

pub fn run(args: Args) -> Result<ExitCode> {
    let counts = fuzz(args.target, args.seed, args.count)?;
    println!("{counts}");
    Ok(if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// `count` signatures at both levels; a method that the compiler declines is a skip.
pub fn fuzz(target: Target, seed: u64, count: u64) -> Result<Counts> {
    let cross = match target {
        Target::Arm64Linux => Some(setup::arm64::ensure()?),
        _ => None,
    };
    let mut counts = Counts::default();
    let mut file = String::from(PRELUDE);
    if target == Target::X64Windows {
        file.push_str("#define ABI __attribute__((ms_abi))\n");
    } else {
        file.push_str("#define ABI\n");
    }
    let mut calls = String::new();
    let mut tried = 0;
    for i in 0..count {
        let signature = Signature::random(
            &mut Rng::new(seed.wrapping_add(i).wrapping_mul(0xD134_2543_DE82_EF95)),
            i,
        );
        signature.c_function(&mut file)?;
        for (level, opt) in [("min", OptLevel::MinOpts), ("full", OptLevel::FullOpts)] {
            match compile(target, &signature.text()?, opt)? {
                Ok(code) => {
                    tried += 1;
                    signature.c_test(&mut file, &code, level)?;
                    writeln!(calls, "  bad += test{i}{level}();")?;
                }
                Err(CompileError::Unsupported { reason, .. }) => {
                    println!("declined: {}{level}: {reason}", signature.shown());
                    counts.skipped += 1;
                }
                Err(error) => {
                    println!(
                        "{}{level}: {error}\n{}",
                        signature.shown(),
                        signature.text()?
                    );
                    counts.failed += 1;
                }
            }
        }
    }
    write!(
        file,
        "int main(void) {{\n  int bad = 0;\n{calls}  printf(\"%d bad\\n\", bad);\n  return 0;\n}}\n"
    )?;
    let dir = paths::target_dir()?.join("abi-fuzz");
    fs::create_dir_all(&dir)?;
    let source = dir.join(format!("{}-{seed}-{count}.c", target.name()));
    let program = source.with_extension("out");
    fs::write(&source, file)?;
    run::quiet(
        Command::new(c_compiler(target))
            .args(["-O1", "-w", "-fno-strict-aliasing", "-o"])
            .args([&program, &source]),
    )?;
    let output = match &cross {
        Some(cross) => run::quiet(&mut cross.emulated(&program)),
        None => run::quiet(&mut Command::new(&program)),
    }
    .with_context(|| format!("the program made of {}", source.display()))?;
    print!("{output}");
    let bad: u64 = output
        .lines()
        .last()
        .and_then(|line| line.strip_suffix(" bad")?.parse().ok())
        .context("the program did not say how many were bad")?;
    counts.failed += bad;
    counts.passed = tried - bad;
    Ok(counts)
}

/// The method's bytes, or what the compiler said.
fn compile(target: Target, text: &str, opt: OptLevel) -> Result<Result<Vec<u8>, CompileError>> {
    let desc = target_named(target.name()).context("the compiler has no such target")?;
    let module = tatsu::ir::parse::parse_module(text)
        .map_err(|error| anyhow::anyhow!("{}\n{text}", error.render(text, "generated")))?;
    let options = CompileOptions {
        opt,
        verify: true,
        ..CompileOptions::default()
    };
    let mut out = CompiledMethod::default();
    let mut runtime = NullRuntime::new(desc);
    let method = &module.methods[0];
    if let Err(error) = Compiler::new().compile(method, desc, &mut runtime, &options, &mut out) {
        return Ok(Err(error));
    }
    if !out.relocs.is_empty() {
        bail!("a method that names nothing has relocations\n{text}");
    }
    Ok(Ok(out.code))
}

const PRELUDE: &str = r#"#include <stdint.h>
#include <stdio.h>
#include <string.h>
typedef int8_t i8; typedef uint8_t u8; typedef int16_t i16; typedef uint16_t u16;
typedef int32_t i32; typedef int64_t i64; typedef float f32; typedef double f64;
static uint64_t seen, times, misaligned;
static uint64_t mix(uint64_t h, uint64_t v) { h = (h ^ v) * 0x9E3779B97F4A7C15u; return h ^ h >> 29; }
#define NOTE(x) do { __typeof__(x) v_ = (x); uint64_t b_ = 0; memcpy(&b_, &v_, sizeof v_); h = mix(h, b_); } while (0)
#define MAKE(x, k) ((x) = (__typeof__(x))(int64_t)((k) % 1000003 * 37 % 20011) - 77)
#define SPOIL(x) do { volatile char *p_ = (volatile char *)&(x); for (unsigned n_ = 0; n_ < sizeof (x); n_++) p_[n_] = 0x5A; } while (0)
static volatile int64_t keep_int[6] = { 11, 22, 33, 44, 55, 66 };
static volatile double keep_float[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
"#;

/// A type of a parameter or result.
#[derive(Clone)]
enum Type {
    Scalar(&'static str),
    /// Number of the struct, its fields.
    Struct(usize, Vec<&'static str>),
}

/// A random signature.
struct Signature {
    number: u64,
    params: Vec<Type>,
    ret: Option<Type>,
}

impl Signature {
    fn random(r: &mut Rng, number: u64) -> Signature {
        let many = if r.below(4) == 0 { 20 } else { 7 };
        let params = (0..r.below(many))
            .map(|i| Type::random(r, u64::from(i)))
            .collect();
        let ret = match r.below(8) {
            0 => None,
            1 => Some(Type::Scalar(r.pick(&["i32", "i64"]))),
            2 => Some(Type::Scalar(r.pick(&["f32", "f64"]))),
            _ => Some(Type::random_struct(r, 99)),
        };
        Signature {
            number,
            params,
            ret,
        }
    }

    /// For messages.
    fn shown(&self) -> String {
        let params: Vec<String> = self.params.iter().map(Type::shown).collect();
        let ret = self.ret.as_ref().map_or("void".to_owned(), Type::shown);
        format!("f{}({}) -> {ret}, ", self.number, params.join(", "))
    }

    fn types(&self) -> impl Iterator<Item = &Type> {
        self.params.iter().chain(&self.ret)
    }

    /// The method in text IR.
    fn text(&self) -> Result<String> {
        let mut t = String::new();
        for ty in self.types() {
            if let Type::Struct(n, fields) = ty {
                let (offsets, size, align) = laid_out(fields);
                let parts: Vec<String> = fields
                    .iter()
                    .zip(offsets)
                    .map(|(f, at)| format!("{f} @{at}"))
                    .collect();
                writeln!(
                    t,
                    "layout S{n} size {size} align {align} {{ {} }}",
                    parts.join(", ")
                )?;
            }
        }
        let n = self.params.len();
        let params: String = (1..=n)
            .map(|i| format!(", v{i}: {}", self.params[i - 1].ir()))
            .collect();
        let args: Vec<String> = (1..=n)
            .map(|i| format!("{} v{i}", self.params[i - 1].ir()))
            .collect();
        let args = args.join(", ");
        match &self.ret {
            None => write!(
                t,
                "func @f(v0: i64{params}) -> void {{\nbb0:\n  call.void *v0({args})\n  call.void *v0({args})\n  ret\n}}\n"
            )?,
            Some(ret) => {
                let ret = ret.ir();
                let (a, b) = (n + 1, n + 2);
                write!(
                    t,
                    "func @f(v0: i64{params}) -> {ret} {{\n  local v{a}: {ret}\n  local v{b}: {ret}\nbb0:\n  \
                     t0 = call.{ret} *v0({args})\n  store_lcl v{a}, t0\n  \
                     t1 = call.{ret} *v0({args})\n  store_lcl v{b}, t1\n  ret v{b}\n}}\n"
                )?;
            }
        }
        Ok(t)
    }

    /// The struct types and the C function that is called.
    fn c_function(&self, file: &mut String) -> Result<()> {
        let i = self.number;
        for ty in self.types() {
            if let Type::Struct(n, fields) = ty {
                let parts: String = fields
                    .iter()
                    .enumerate()
                    .map(|(k, f)| format!("{f} m{k}; "))
                    .collect();
                writeln!(file, "typedef struct {{ {parts}}} S{i}_{n};")?;
            }
        }
        let params: Vec<String> = self
            .params
            .iter()
            .enumerate()
            .map(|(k, p)| format!("{} a{k}", p.c(i)))
            .collect();
        let params = if params.is_empty() {
            "void".to_owned()
        } else {
            params.join(", ")
        };
        let ret = self.ret.as_ref().map_or("void".to_owned(), |r| r.c(i));
        writeln!(
            file,
            "static ABI __attribute__((noinline)) {ret} c{i}({params}) {{\n  uint64_t h = {i};"
        )?;
        writeln!(
            file,
            "  misaligned |= (uint64_t)__builtin_frame_address(0) & 15;"
        )?;
        for (k, p) in self.params.iter().enumerate() {
            p.each(&format!("a{k}"), |x| format!("  NOTE({x});\n"), file);
        }
        for k in 0..self.params.len() {
            writeln!(file, "  SPOIL(a{k});")?;
        }
        writeln!(file, "  seen = mix(seen, h); times++;")?;
        if let Some(ret) = &self.ret {
            writeln!(file, "  {} r;", ret.c(i))?;
            ret.each("r", |x| format!("  h = mix(h, 7); MAKE({x}, h);\n"), file);
            writeln!(file, "  return r;")?;
        }
        file.push_str("}\n");
        Ok(())
    }

    /// The method's bytes and the C function that calls it and compares.
    fn c_test(&self, file: &mut String, code: &[u8], level: &str) -> Result<()> {
        let i = self.number;
        let name = format!("t{i}{level}");
        let bytes: Vec<String> = code.iter().map(u8::to_string).collect();
        writeln!(
            file,
            "__asm__(\".text\\n.balign 32\\n{name}:\\n.byte {}\\n\");",
            bytes.join(",")
        )?;
        let params: String = self
            .params
            .iter()
            .map(|p| format!(", {}", p.c(i)))
            .collect();
        let ret = self.ret.as_ref().map_or("void".to_owned(), |r| r.c(i));
        writeln!(file, "extern ABI {ret} {name}(void *{params});")?;
        writeln!(
            file,
            "static __attribute__((noinline)) int test{i}{level}(void) {{\n  uint64_t g = {i}, h; int bad = 0;"
        )?;
        for (k, p) in self.params.iter().enumerate() {
            writeln!(file, "  {} a{k};", p.c(i))?;
            p.each(
                &format!("a{k}"),
                |x| format!("  g = mix(g, 3); MAKE({x}, g);\n"),
                file,
            );
        }
        let args: Vec<String> = (0..self.params.len()).map(|k| format!("a{k}")).collect();
        let args = args.join(", ");
        let (direct, through) = match &self.ret {
            Some(ret) => {
                writeln!(file, "  {0} want, got;", ret.c(i))?;
                ("want = ", "got = ")
            }
            None => ("", ""),
        };
        for k in 0..6 {
            writeln!(file, "  int64_t ki{k} = keep_int[{k}];")?;
        }
        for k in 0..10 {
            writeln!(file, "  double kf{k} = keep_float[{k}];")?;
        }
        writeln!(file, "  seen = 0;")?;
        writeln!(file, "  {direct}c{i}({args}); {direct}c{i}({args});")?;
        // The C compiler may call its own functions without aligning the stack.
        writeln!(file, "  h = seen; seen = 0; times = 0; misaligned = 0;")?;
        let comma = if args.is_empty() { "" } else { ", " };
        writeln!(file, "  {through}{name}((void *)c{i}{comma}{args});")?;
        writeln!(
            file,
            "  if (seen != h || times != 2 || misaligned) bad = 1;"
        )?;
        for k in 0..6 {
            writeln!(file, "  if (ki{k} != keep_int[{k}]) bad = 4;")?;
        }
        for k in 0..10 {
            writeln!(file, "  if (kf{k} != keep_float[{k}]) bad = 4;")?;
        }
        if let Some(ret) = &self.ret {
            ret.each(
                "",
                |x| format!("  if (want{x} != got{x}) bad = bad ? bad : 2;\n"),
                file,
            );
        }
        writeln!(
            file,
            "  if (bad) printf(\"%s {}{level}\\n\", bad == 1 ? \"arguments\" : bad == 2 ? \"result\" : \"kept registers\");\n  return bad != 0;\n}}",
            self.shown()
        )?;
        Ok(())
    }
}

impl Type {
    fn random(r: &mut Rng, number: u64) -> Type {
        match r.below(10) {
            0 => Type::Scalar(r.pick(&["i8", "u8", "i16", "u16"])),
            1 | 2 => Type::Scalar(r.pick(&["i32", "i64"])),
            3 | 4 => Type::Scalar(r.pick(&["f32", "f64"])),
            _ => Type::random_struct(r, number),
        }
    }

    fn random_struct(r: &mut Rng, number: u64) -> Type {
        let n = 1 + r.below(5);
        let fields = if r.below(5) < 2 {
            let f = r.pick(&["f32", "f64"]);
            vec![f; n as usize]
        } else {
            (0..n)
                .map(|_| r.pick(&["u8", "i16", "i32", "i64", "f32", "f64", "i64", "f64"]))
                .collect()
        };
        Type::Struct(number as usize, fields)
    }

    fn ir(&self) -> String {
        match self {
            Type::Scalar(name) => (*name).to_owned(),
            Type::Struct(n, _) => format!("struct S{n}"),
        }
    }

    fn c(&self, signature: u64) -> String {
        match self {
            Type::Scalar(name) => (*name).to_owned(),
            Type::Struct(n, _) => format!("S{signature}_{n}"),
        }
    }

    fn shown(&self) -> String {
        match self {
            Type::Scalar(name) => (*name).to_owned(),
            Type::Struct(_, fields) => format!("{{{}}}", fields.join(" ")),
        }
    }

    /// A line for each scalar in a variable of this type.
    fn each(&self, name: &str, line: impl Fn(&str) -> String, file: &mut String) {
        match self {
            Type::Scalar(_) => file.push_str(&line(name)),
            Type::Struct(_, fields) => {
                for k in 0..fields.len() {
                    file.push_str(&line(&format!("{name}.m{k}")));
                }
            }
        }
    }
}

/// Offsets of the fields at their natural alignment, size and alignment of the whole.
fn laid_out(fields: &[&str]) -> (Vec<u32>, u32, u32) {
    let (mut at, mut most) = (0_u32, 1);
    let mut offsets = Vec::new();
    for field in fields {
        let size = match *field {
            "u8" | "i8" => 1,
            "i16" | "u16" => 2,
            "i32" | "f32" => 4,
            _ => 8,
        };
        at = at.next_multiple_of(size);
        offsets.push(at);
        at += size;
        most = most.max(size);
    }
    (offsets, at.next_multiple_of(most), most)
}
