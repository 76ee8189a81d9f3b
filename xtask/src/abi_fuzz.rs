//! `cargo xtask abi-fuzz`: compiled code and a C compiler's code call each other with random signatures.
//!
//! For each signature there is a C function that notes what it was given, spoils its copy and returns a value; a method that takes a
//! function's address and the arguments, calls it twice and returns the second result; and a C function that calls the method. So each
//! signature is tried as caller and as callee.
//!
//! Values are random bytes; what was noted and returned is compared byte by byte, padding left out. A small integer is noted as the
//! `int` that C makes of it, and every second one the method gets with random upper bits and has to narrow: that shows whether it
//! extends where the caller must (Apple's systems). Control passes from C to the method and from the method to C through a few lines of
//! assembly (`x64.S`, `arm64.S`), which put known values in all registers that a call keeps, hold them against what is there afterwards,
//! spoil all that a call may destroy, and look at the stack pointer and, on arm64, at x18, which is the system's.
//!
//! On x64-linux every second batch is compiled for a machine with AVX2, by both: there a vector of 32 bytes travels whole, on the stack
//! aligned to its size, which gcc's code relies on.
//!
//! Signatures are tried in batches, a C file and a program each: the C compiler sees two short functions a signature; the methods and
//! the tables of the comparison are a binary file that the assembler includes.
//!
//! The conventions of arm64 macOS and Windows are clang's: it compiles the C file to an object of that system, which no linker here
//! takes, so the bytes of its functions go into the program beside the methods (`foreign.rs`) and the program runs on emulated Linux.
//! They need no linking: what the functions read and write lies at fixed addresses.

mod foreign;
mod signature;

use crate::{paths, run, run::Counts, setup};
use anyhow::{Context, Result, bail};
use signature::Signature;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering};
use tatsu::compile::backend::Compiler;
use tatsu::compile::{CompileError, CompileOptions, CompiledMethod, OptLevel};
use tatsu::host::{NullRuntime, host_features, target_named};
use tatsu::ir::generate::Rng;
use tatsu::target::{CpuFeatures, TargetDesc};

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
    Arm64Macos,
    Arm64Windows,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Target::X64Linux => "x64-linux",
            Target::X64Windows => "x64-windows",
            Target::Arm64Linux => "arm64-linux",
            Target::Arm64Macos => "arm64-macos",
            Target::Arm64Windows => "arm64-windows",
        }
    }

    /// What clang calls the target, where the convention is not one that gcc speaks.
    fn clang_target(self) -> Option<&'static str> {
        match self {
            Target::X64Linux | Target::X64Windows | Target::Arm64Linux => None,
            Target::Arm64Macos => Some("arm64-apple-macosx11"),
            Target::Arm64Windows => Some("aarch64-pc-windows-msvc"),
        }
    }

    fn is_emulated(self) -> bool {
        !matches!(self, Target::X64Linux | Target::X64Windows)
    }

    /// The sets of features that batches are compiled for in turn, and gcc's options for each.
    fn machines(self) -> Vec<Machine> {
        let mut machines = vec![Machine {
            features: CpuFeatures::SSE42,
            options: &[],
        }];
        if self == Target::X64Linux && host_features().contains(CpuFeatures::AVX2) {
            machines.push(Machine {
                features: host_features(),
                options: &["-mavx2"],
            });
        }
        machines
    }

    /// May structs have vectors as fields? .NET passes such a struct on x64-linux as it passes any other in memory, C does not.
    fn structs_of_vectors(self) -> bool {
        self != Target::X64Linux
    }
}

/// A machine that code is compiled for.
struct Machine {
    features: CpuFeatures,
    /// Of the C compiler.
    options: &'static [&'static str],
}

/// The command of the C compiler that makes and links a target's programs.
pub fn c_compiler(target: Target) -> &'static str {
    if target.is_emulated() {
        "aarch64-linux-gnu-gcc"
    } else {
        "gcc"
    }
}

/// Looks for the compiler of a foreign convention and installs it if it is missing.
pub fn ensure_foreign_compiler(target: Target) -> Result<()> {
    if target.clang_target().is_some() {
        setup::tool(
            foreign::CLANG,
            "clang",
            "compiling C for the conventions of macOS and Windows",
        )?;
    }
    Ok(())
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

/// Signatures of one C file. The C compiler's start costs as much as about a hundred of them.
const BATCH: u64 = 1000;
/// After so many failures the rest is left.
const ENOUGH: u64 = 100;
/// Both levels, and what they are called.
const LEVELS: [(&str, OptLevel); 2] = [("min", OptLevel::MinOpts), ("full", OptLevel::FullOpts)];

/// `count` signatures at both levels; a method that the compiler declines is a skip.
pub fn fuzz(target: Target, seed: u64, count: u64) -> Result<Counts> {
    let dir = paths::target_dir()?.join("abi-fuzz").join(target.name());
    fs::create_dir_all(&dir)?;
    let bench = Bench::new(target, dir)?;
    let next = AtomicU64::new(0);
    let failed = AtomicU64::new(0);
    // Few signatures too are tried on every machine.
    let size = BATCH.min(count.div_ceil(bench.parts.len() as u64)).max(1);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = || -> Result<Counts> {
            let mut counts = Counts::default();
            loop {
                let first = next.fetch_add(size, Ordering::Relaxed);
                if first >= count || failed.load(Ordering::Relaxed) >= ENOUGH {
                    return Ok(counts);
                }
                let machine = (first / size) as usize % bench.parts.len();
                let done = bench.batch(machine, seed, first, size.min(count - first))?;
                failed.fetch_add(done.failed, Ordering::Relaxed);
                counts += done;
                if first > 0 && first.is_multiple_of(10 * BATCH) {
                    println!("{}: {first} signatures", target.name());
                }
            }
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut counts = Counts::default();
        for thread in threads {
            counts += thread.join().expect("a worker does not panic")?;
        }
        Ok(counts)
    })
}

/// What all batches of a run share.
struct Bench {
    target: Target,
    dir: PathBuf,
    cross: Option<setup::arm64::Cross>,
    /// For each machine the runtime and assembly parts, compiled.
    parts: Vec<(Machine, Vec<PathBuf>)>,
}

impl Bench {
    fn new(target: Target, dir: PathBuf) -> Result<Bench> {
        let cross = target
            .is_emulated()
            .then(setup::arm64::ensure)
            .transpose()?;
        ensure_foreign_compiler(target)?;
        let assembly = if target.is_emulated() {
            include_str!("abi_fuzz/arm64.S")
        } else {
            include_str!("abi_fuzz/x64.S")
        };
        let mut bench = Bench {
            target,
            dir,
            cross,
            parts: Vec::new(),
        };
        for (i, machine) in target.machines().into_iter().enumerate() {
            let mut objects = Vec::new();
            for (name, text) in [
                ("runtime.c", include_str!("abi_fuzz/runtime.c")),
                ("thunks.S", assembly),
            ] {
                let source = bench.dir.join(name);
                let object = source.with_extension(format!("{i}.o"));
                fs::write(&source, text)?;
                run::quiet(
                    bench
                        .cc(&machine)
                        .args(["-O1", "-c", "-o"])
                        .args([&object, &source]),
                )?;
                objects.push(object);
            }
            bench.parts.push((machine, objects));
        }
        Ok(bench)
    }

    /// The C compiler with what every file wants.
    fn cc(&self, machine: &Machine) -> Command {
        let mut cc = Command::new(c_compiler(self.target));
        cc.args(machine.options);
        cc.args(["-w", "-fno-pie", "-no-pie", "-fno-strict-aliasing"]);
        if self.target == Target::X64Windows {
            cc.arg("-DWINDOWS");
        }
        if self.target.is_emulated() {
            cc.arg("-ffixed-x18");
        }
        cc
    }

    /// Signatures `first..first + count` of `seed`, for a machine.
    fn batch(&self, machine: usize, seed: u64, first: u64, count: u64) -> Result<Counts> {
        let mut counts = Counts::default();
        let mut file = prelude();
        let mut signatures = Vec::new();
        for i in 0..count {
            let mut rng = Rng::new((seed + first + i).wrapping_mul(0xD134_2543_DE82_EF95));
            let signature = Signature::random(&mut rng, i as u32, self.target.structs_of_vectors());
            signature.c_functions(&mut file)?;
            signatures.push(signature);
        }
        let source = self.dir.join(format!("{}.c", seed + first));
        let foreign = match self.target.clang_target() {
            Some(target) => {
                let text = std::mem::take(&mut file);
                file = "extern const unsigned char blob[];\n".to_owned();
                Some(foreign::compile(target, &source, &text, count)?)
            }
            None => None,
        };
        let mut blob = Blob::default();
        let mut methods = Methods::new(self.target, &self.parts[machine].0)?;
        for (i, signature) in signatures.iter().enumerate() {
            if foreign.as_ref().is_some_and(|f| !f.has(i)) {
                println!(
                    "left out, clang's code needs a linker: {}",
                    signature.shown()
                );
                counts.skipped += LEVELS.len() as u64;
            } else {
                counts += methods.add(i as u32, signature, &mut blob)?;
            }
        }
        file += &match &foreign {
            Some(foreign) => table(foreign.add(&mut blob).into_iter()),
            None => table((0..count).map(|i| Some([format!("c{i}"), format!("t{i}")]))),
        };
        let output = self.run_batch(machine, &source, file, blob)?;
        let (lines, last) = output
            .trim_end()
            .rsplit_once('\n')
            .unwrap_or(("", output.trim_end()));
        let mut bad = 0;
        for line in lines.lines() {
            let mut words = line.split(' ');
            let mut word = || words.next().context("a line of three words");
            let (what, i) = (word()?, word()?.parse::<usize>()?);
            let level = LEVELS[word()?.parse::<usize>()? & 1].0;
            let signature = signatures.get(i).context("a signature of the batch")?;
            let number = seed + first + i as u64;
            println!("{what}: {}, {level}, seed {number}", signature.shown());
            bad += 1;
        }
        // A crash ends the batch: what comes behind it counts as not tried.
        let tried: u64 = last
            .strip_suffix(" tried")
            .and_then(|n| n.parse().ok())
            .context("the program did not say how many it tried")?;
        counts.failed += bad;
        counts.passed = tried - bad;
        if bad == 0 {
            let foreign = ["foreign.c", "foreign.o"].iter();
            let foreign = foreign.filter(|_| self.target.clang_target().is_some());
            for extension in ["c", "bin", "out"].iter().chain(foreign) {
                fs::remove_file(source.with_extension(extension))?;
            }
        }
        Ok(counts)
    }

    /// Compiles and runs the program; what it says.
    fn run_batch(
        &self,
        machine: usize,
        source: &Path,
        mut file: String,
        blob: Blob,
    ) -> Result<String> {
        let (machine, objects) = &self.parts[machine];
        let (data, program) = (source.with_extension("bin"), source.with_extension("out"));
        fs::write(&data, blob.finish())?;
        writeln!(
            file,
            "__asm__(\".text\\n.balign 64\\n.globl blob\\nblob: .incbin \\\"{}\\\"\\n\");",
            data.display()
        )?;
        fs::write(source, file)?;
        let mut cc = self.cc(machine);
        if self.target == Target::X64Windows {
            // Going from one convention to the other, function by function, costs gcc ten times the rest. So all of the file has that of
            // the signatures, and calls nothing of the C library.
            cc.args(["-mabi=ms", "-minline-all-stringops"]);
        }
        for (name, address) in FIXED {
            cc.arg(format!("-Wl,--section-start=.fixed_{name}={address:#x}"));
        }
        run::quiet(
            cc.args(["-O0", "-o"])
                .args([&program, &source.to_owned()])
                .args(objects),
        )?;
        match &self.cross {
            Some(cross) => run::quiet(&mut cross.emulated(&program)),
            None => run::quiet(&mut Command::new(&program)),
        }
        .with_context(|| format!("the program made of {}", source.display()))
    }
}

/// The C functions of each signature, for `runtime.c`.
fn table(functions: impl Iterator<Item = Option<[String; 2]>>) -> String {
    let rows: String = functions
        .map(|row| match row {
            Some([c, t]) => format!("  {{(void *)({c}), (void *)({t})}},\n"),
            None => "  {0, 0},\n".to_owned(),
        })
        .collect();
    format!("void *const functions[][2] = {{\n{rows}}};\n")
}

/// Compiles the methods of a batch.
struct Methods {
    desc: &'static TargetDesc,
    features: CpuFeatures,
    compiler: Compiler,
    runtime: NullRuntime,
}

impl Methods {
    fn new(target: Target, machine: &Machine) -> Result<Methods> {
        let desc = target_named(target.name()).context("the compiler has no such target")?;
        Ok(Methods {
            desc,
            features: machine.features,
            compiler: Compiler::new(),
            runtime: NullRuntime::new(desc),
        })
    }

    /// Adds a signature's method at both levels; counts what does not get that far.
    fn add(&mut self, number: u32, signature: &Signature, blob: &mut Blob) -> Result<Counts> {
        let mut counts = Counts::default();
        let (args, result) = (
            blob.add(&signature.args_mask()),
            blob.add(&signature.result_mask()),
        );
        let text = signature.text()?;
        let module = tatsu::ir::parse::parse_module(&text)
            .map_err(|error| anyhow::anyhow!("{}\n{text}", error.render(&text, "generated")))?;
        for (level, (name, opt)) in LEVELS.iter().enumerate() {
            let options = CompileOptions {
                opt: *opt,
                verify: true,
                features: self.features,
                ..CompileOptions::default()
            };
            let mut out = CompiledMethod::default();
            let method = &module.methods[0];
            match self
                .compiler
                .compile(method, self.desc, &mut self.runtime, &options, &mut out)
            {
                Ok(()) if !out.relocs.is_empty() => {
                    bail!("a method that names nothing has relocations\n{text}")
                }
                Ok(()) => blob.test(number, level as u32, &out.code, args, result),
                Err(CompileError::Unsupported { reason, .. }) => {
                    println!("declined: {}, {name}: {reason}", signature.shown());
                    counts.skipped += 1;
                }
                Err(error) => {
                    println!("{}, {name}: {error}\n{text}", signature.shown());
                    counts.failed += 1;
                    self.compiler = Compiler::new();
                }
            }
        }
        Ok(counts)
    }
}

/// Where the linker puts what C functions of signatures read and write, by the name of its section (`runtime.c`).
const FIXED: [(&str, u64); 5] = [
    ("args", 0x1000_0000),
    ("got", 0x1000_1000),
    ("noted_at", 0x1000_2000),
    ("result_at", 0x1000_2008),
    ("landing", 0x1000_2010),
];

/// What stands before the functions of signatures: types, and where the rest of the program is, in numbers.
fn prelude() -> String {
    let mut text = String::new();
    for (name, address) in FIXED {
        text.push_str(&format!("#define AT_{name} {address:#x}\n"));
    }
    text.push_str(PRELUDE);
    text
}

const PRELUDE: &str = r#"typedef signed char i8; typedef unsigned char u8; typedef short i16; typedef unsigned short u16;
typedef int i32; typedef long long i64; typedef float f32; typedef double f64; typedef i64 v128 __attribute__((vector_size(16)));
typedef i64 v256 __attribute__((vector_size(32))); typedef i64 v512 __attribute__((vector_size(64)));
#ifdef WINDOWS
#define ABI __attribute__((ms_abi))
#else
#define ABI
#endif
#define args ((u8 *)AT_args)
#define got ((u8 *)AT_got)
#define noted_at (*(u8 **)AT_noted_at)
#define result_at (*(u8 **)AT_result_at)
#define landing (*(void **)AT_landing)
#define AT(type, base, offset) (*(type *)((base) + (offset)))
#define SPOIL(x) __builtin_memset(&(x), 0x5A, sizeof (x)); __asm__ volatile("" : : "m"(x))
"#;

/// The methods and the tables of a batch, as `runtime.c` reads them: the number of tests, the tests, what they point to.
#[derive(Default)]
struct Blob {
    tests: Vec<[u32; 8]>,
    bytes: Vec<u8>,
}

/// A stretch of bytes behind the tests.
#[derive(Clone, Copy)]
struct Part {
    at: u32,
    size: u32,
}

impl Blob {
    fn add(&mut self, bytes: &[u8]) -> Part {
        self.bytes.resize(self.bytes.len().next_multiple_of(64), 0);
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        Part {
            at,
            size: bytes.len() as u32,
        }
    }

    fn test(&mut self, number: u32, level: u32, code: &[u8], args: Part, result: Part) {
        let code = self.add(code);
        self.tests.push([
            number,
            level,
            code.at,
            args.at,
            args.size,
            result.at,
            result.size,
            0,
        ]);
    }

    /// Where the bytes begin, with the tests there are.
    fn start(&self) -> u32 {
        (16 + 32 * self.tests.len() as u32).next_multiple_of(64)
    }

    fn finish(mut self) -> Vec<u8> {
        let start = self.start();
        let mut out = vec![0; 16];
        out[..4].copy_from_slice(&(self.tests.len() as u32).to_le_bytes());
        for test in &mut self.tests {
            for k in [2, 3, 5] {
                test[k] += start;
            }
            out.extend(test.iter().flat_map(|v| v.to_le_bytes()));
        }
        out.resize(start as usize, 0);
        out.extend_from_slice(&self.bytes);
        out
    }
}
