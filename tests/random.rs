//! Generated programs give the same results everywhere: in the interpreter and natively, at both levels, with the register
//! allocator's stress modes.
//!
//! `TATSU_RANDOM_COUNT` says how many programs (default 40), `TATSU_RANDOM_SEED` the first seed (default 1). A program that
//! fails is shrunk and written to a `.tir` file in the target's temporary folder; the message names seed and file, and how to run it.
//! With `TATSU_RANDOM_TRACE=1` each program and way to compile is named before it runs: the last one named is the one that ended the
//! process. `TATSU_RANDOM_TARGET` says whose code runs: any target of this machine's instruction set, by default its own.
//! Hours of it: `TATSU_RANDOM_COUNT=1000000 cargo test --release --test random -- random_programs --nocapture`.

use tatsu::compile::{CompileOptions, OptLevel, StressAreas};
use tatsu::ee::{Lookup, LookupRequest};
use tatsu::host::{Host, HostError, host_target, target_named};
use tatsu::ir::Method;
use tatsu::ir::generate::{
    self, BUFFER, CODE_CELLS, DATA, DATA_CELLS, DOUBLES, Rng, SINGLES, TURNS,
};
use tatsu::ir::interp::{Interp, Limits, Outcome, TrapKind, Value};
use tatsu::ir::print::print_module;
use tatsu::opt::stress::AREAS;
use tatsu::target::{CpuFeatures, TargetDesc};
use tatsu::types::VarType;

use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The target whose code runs.
fn target() -> &'static TargetDesc {
    match std::env::var("TATSU_RANDOM_TARGET") {
        Ok(name) => target_named(&name).unwrap_or_else(|| panic!("no target {name}")),
        Err(_) => host_target(),
    }
}

/// How one call ended, and what it left in the buffer.
#[derive(Clone, PartialEq, Debug)]
struct End {
    result: Result<Option<Value>, &'static str>,
    buffer: Vec<u8>,
}

/// What stands in for the address of the buffer among the arguments.
const BUFFER_MARK: i64 = i64::MIN + 77;

fn interpret(methods: &[Method], name: &str, args: &[Value]) -> Result<End, Outcome> {
    let limits = Limits {
        fuel: 300_000,
        defined_locals: true,
        ..Limits::default()
    };
    let mut interp = Interp::with_limits(methods, limits);
    for m in methods {
        if let (Some(i), Some(code)) = (number(m), interp.code_address(&m.name)) {
            interp.set_cell(CODE_CELLS + 8 * i, code);
        }
    }
    interp.set_cell(DATA_CELLS[0], DATA);
    interp.set_cell(DATA_CELLS[1], DATA_CELLS[0]);
    let buffer = interp.memory().alloc(BUFFER.into())?;
    let args: Vec<Value> = args
        .iter()
        .map(|a| match a {
            Value::I64(BUFFER_MARK) => Value::I64(buffer as i64),
            a => a.clone(),
        })
        .collect();
    let result = match interp.call(name, &args) {
        Ok(v) => Ok(v.into_iter().next()),
        Err(Outcome::Trap { kind, .. }) if kind != TrapKind::StackOverflow => Err(kind.name()),
        Err(e) => return Err(e),
    };
    let bytes = interp.memory().slice(buffer, BUFFER.into());
    let mut buffer = bytes.expect("the buffer lives on").to_vec();
    one_nan(&mut buffer);
    Ok(End { result, buffer })
}

fn native(host: &mut Host, method: &Method, args: &[Value]) -> Result<End, HostError> {
    let mut buffer = vec![0_u64; BUFFER as usize / 8];
    let address = buffer.as_mut_ptr() as u64;
    let args: Vec<u64> = args
        .iter()
        .map(|a| match a {
            Value::I64(BUFFER_MARK) => address,
            a => a.bits().expect("scalars only"),
        })
        .collect();
    let result = match host.run(&method.name, &args)? {
        Ok(bits) => Ok(bits.and_then(|b| Value::from_bits(method.ret, b))),
        Err(trap) => Err(trap.kind.name()),
    };
    let mut buffer: Vec<u8> = buffer.iter().flat_map(|w| w.to_le_bytes()).collect();
    one_nan(&mut buffer);
    Ok(End { result, buffer })
}

/// The number in the name of an inner method.
fn number(m: &Method) -> Option<u64> {
    m.name.strip_prefix('g')?.parse().ok()
}

/// A host with the methods loaded, and the cells that their lookups name: the made-up addresses become real ones.
struct Loaded {
    host: Host,
    /// The data cells, then those of the methods.
    _cells: Box<[u64]>,
}

impl Loaded {
    fn new(methods: &[Method], options: &CompileOptions) -> Result<Loaded, HostError> {
        let count = methods.iter().filter_map(number).max().map_or(0, |i| i + 1);
        let mut cells = vec![0; 2 + count as usize].into_boxed_slice();
        let at = |i: u64| cells.as_ptr() as u64 + 8 * i;
        let real = |made_up: u64| match made_up {
            _ if made_up == DATA_CELLS[0] => at(0),
            _ if made_up == DATA_CELLS[1] => at(1),
            _ => at(2 + made_up.wrapping_sub(CODE_CELLS) / 8),
        };
        let mut placed = methods.to_vec();
        for m in &mut placed {
            for l in m.lookups.iter_mut() {
                match l {
                    LookupRequest::Known(Lookup::Indirect(a) | Lookup::IndirectTwice(a)) => {
                        *a = real(*a);
                    }
                    // The address of a cell as a value.
                    LookupRequest::Known(Lookup::Value(a)) if *a >> 12 == CODE_CELLS >> 12 => {
                        *a = real(*a);
                    }
                    _ => {}
                }
            }
        }
        let first = at(0);
        let mut host = Host::new_for(target())?;
        host.load(&placed, options)?;
        cells[0] = DATA;
        cells[1] = first;
        for m in methods {
            if let (Some(i), Some(code)) = (number(m), host.entry_point(&m.name)) {
                cells[2 + i as usize] = code;
            }
        }
        Ok(Loaded {
            host,
            _cells: cells,
        })
    }
}

/// Executors may differ in a NaN's sign and payload: the floats of the buffer are made equal there.
fn one_nan(buffer: &mut [u8]) {
    for word in buffer[DOUBLES as usize..SINGLES as usize].chunks_exact_mut(8) {
        let v = f64::from_le_bytes(word.try_into().expect("eight bytes"));
        if v.is_nan() {
            word.copy_from_slice(&f64::NAN.to_le_bytes());
        }
    }
    for word in buffer[SINGLES as usize..TURNS as usize].chunks_exact_mut(4) {
        let v = f32::from_le_bytes(word.try_into().expect("four bytes"));
        if v.is_nan() {
            word.copy_from_slice(&f32::NAN.to_le_bytes());
        }
    }
}

/// Each bit and each choice of `JitStressRegs`.
const STRESS_REGS: [u32; 14] = [
    1, 2, 3, 4, 8, 0x10, 0x20, 0x60, 0x80, 0x100, 0x200, 0x400, 0x800, 0x1000,
];

/// The ways to compile that are compared: both levels, plainly and with all instruction sets that this machine has, and some stress that
/// depends on the seed. `features` are those of the plainest machine.
fn levels(seed: u64, features: CpuFeatures) -> Vec<(String, CompileOptions)> {
    let mut rng = Rng::new(seed ^ 0x57e55);
    let base = CompileOptions {
        // Checking every phase costs more than the rest together.
        verify: seed.is_multiple_of(4),
        features,
        ..CompileOptions::default()
    };
    let mut levels = Vec::new();
    for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
        for all in [false, true] {
            let mut options = CompileOptions {
                opt,
                ..base.clone()
            };
            let mut name = format!("{opt:?}");
            if all {
                options.features = tatsu::host::host_features();
                name += ", all instruction sets";
            }
            levels.push((name, options));
        }
    }
    // One bit or area, several of them, and one of each kind of stress at each level.
    let single = rng.pick(&STRESS_REGS);
    let several = (0..3).fold(0, |bits, _| bits | rng.pick(&STRESS_REGS));
    for (stress_regs, areas, opt) in [
        (single, 0, OptLevel::FullOpts),
        (several, 4, OptLevel::FullOpts),
        (0, 1, OptLevel::FullOpts),
        (0, 4, OptLevel::MinOpts),
    ] {
        let area = |_| rng.pick(&AREAS.map(|a| a.area));
        let stress = (0..areas)
            .map(area)
            .fold(StressAreas::empty(), |a, b| a | b);
        let mut options = CompileOptions {
            opt,
            stress_regs,
            stress,
            stress_seed: seed as u32,
            ..base.clone()
        };
        if rng.chance(50) {
            options.features = tatsu::host::host_features();
        }
        let names = stress.area_names();
        let name = format!("{opt:?} JitStressRegs={stress_regs:X} JitStressModeNames=\"{names}\"");
        levels.push((name, options));
    }
    levels
}

/// An argument tuple for a method.
fn arguments(method: &Method, rng: &mut Rng) -> Vec<Value> {
    let params = method.body.locals.iter().take(method.num_params as usize);
    let ints = [
        0,
        1,
        -1,
        2,
        7,
        31,
        63,
        255,
        i64::MAX,
        i64::MIN,
        0x1_0000_0000,
    ];
    params
        .enumerate()
        .map(|(k, l)| {
            let v = if rng.chance(60) {
                rng.pick(&ints)
            } else {
                rng.next_u64() as i64
            };
            match l.ty {
                VarType::I64 if k == 0 && generate::takes_buffer(method) => Value::I64(BUFFER_MARK),
                VarType::F64 => Value::F64((v >> 40) as f64 * 0.5),
                VarType::F32 => Value::F32((v >> 40) as f32 * 0.5),
                ty => Value::from_bits(ty, v as u64).expect("a scalar"),
            }
        })
        .collect()
}

/// Compares all ways for `methods`; says the first difference. Counts the calls compared.
fn compare(methods: &[Method], seed: u64, calls: &mut u64) -> Result<(), String> {
    let mut rng = Rng::new(seed ^ 0x5eed);
    let mut expected = Vec::new();
    let outer = methods.iter().filter(|m| !m.name.starts_with('g'));
    for m in outer {
        for _ in 0..4 {
            let args = arguments(m, &mut rng);
            let end = interpret(methods, &m.name, &args)
                .map_err(|e| format!("{}: interpreter: {e}", m.name))?;
            expected.push((m, args, end));
        }
    }
    let trace = std::env::var_os("TATSU_RANDOM_TRACE").is_some();
    for (what, options) in levels(seed, base_features(methods)) {
        if trace {
            eprintln!("seed {seed}, {what}");
        }
        let mut loaded = Loaded::new(methods, &options).map_err(|e| format!("{what}: {e}"))?;
        for (m, args, end) in &expected {
            let got = native(&mut loaded.host, m, args).map_err(|e| format!("{what}: {e}"))?;
            *calls += 1;
            if got != *end {
                let words = got.buffer.chunks(8).zip(end.buffer.chunks(8));
                let at: Vec<usize> = words
                    .enumerate()
                    .filter(|(_, (a, b))| a != b)
                    .map(|(i, _)| i * 8)
                    .collect();
                return Err(format!(
                    "{what}: {}({args:?}) = {:?}, but the interpreter says {:?}; the buffer differs at {at:?}",
                    m.name, got.result, end.result
                ));
            }
        }
    }
    Ok(())
}

/// The features of the plainest machine that compiles `methods`: vectors want some.
fn base_features(methods: &[Method]) -> CpuFeatures {
    let any = |ty: VarType| {
        let mut locals = methods.iter().flat_map(|m| m.body.locals.iter());
        locals.any(|l| l.ty == ty)
    };
    if [VarType::V256, VarType::V512].into_iter().any(any) {
        CpuFeatures::SSE42 | CpuFeatures::AVX | CpuFeatures::AVX2
    } else if [VarType::V64, VarType::V96, VarType::V128]
        .into_iter()
        .any(any)
    {
        CpuFeatures::SSE42
    } else {
        CpuFeatures::empty()
    }
}

fn from_env(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(v) => v.parse().unwrap_or_else(|e| panic!("{name}={v}: {e}")),
        Err(_) => default,
    }
}

#[test]
fn realistic_programs_agree() {
    let first = from_env("TATSU_RANDOM_SEED", 1);
    let count = from_env("TATSU_RANDOM_COUNT", 40).div_ceil(10);
    let mut calls = 0;
    let mut endless = 0;
    for seed in first..first + count {
        let methods = generate::realistic(seed, 8, 20..200);
        match compare(&methods, seed, &mut calls) {
            // Nested loops and calls may multiply beyond the interpreter's patience: about one program in thousands.
            Err(what) if what.ends_with("out of fuel") => endless += 1,
            Err(what) => panic!("realistic, seed {seed}: {what}"),
            Ok(()) => {}
        }
    }
    assert!(
        endless <= 1 + count / 500,
        "{endless} of {count} programs run out of fuel"
    );
    assert!(calls >= (count - endless) * 8 * 4);
}

#[test]
fn shapes_agree() {
    let mut calls = 0;
    for (name, _) in generate::SHAPES {
        let methods = generate::shape(name, 800, 3).expect("a shape");
        if let Err(what) = compare(&methods, 3, &mut calls) {
            panic!("shape {name}: {what}");
        }
    }
    // Blocks that the allocator cuts.
    for (name, ops) in [("straight", 12_000), ("calls", 6_000)] {
        let methods = generate::shape(name, ops, 3).expect("a shape");
        if let Err(what) = compare(&methods, 1, &mut calls) {
            panic!("long {name}: {what}");
        }
    }
}

/// A difference with its numbers taken out: the same kind of failure in other words.
fn kind(what: &str) -> String {
    // The way to compile is of no interest, only the level.
    let level = what.split([',', ' ', ':']).next().unwrap_or_default();
    let rest = what.split_once(": ").map_or("", |(_, r)| r);
    let what = format!("{level}: {rest}");
    let end = what.find(" = ").unwrap_or(what.len());
    let mut kind: String = what[..end]
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect();
    kind.truncate(kind.find('(').unwrap_or(kind.len()));
    kind
}

/// How long a candidate of the shrinker may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Compares a candidate of the shrinker: in a process of its own, since what is compiled wrongly may end it; says the difference.
fn compare_apart(methods: &[Method], seed: u64, file: &str) -> Option<String> {
    let mut text = String::new();
    print_module(methods, &mut text);
    std::fs::write(file, text).ok()?;
    let program = std::env::current_exe().ok()?;
    let child = std::process::Command::new(program)
        .args(["--exact", "a_file_agrees", "--nocapture"])
        .env("TATSU_RANDOM_FILE", file)
        .env("TATSU_RANDOM_SEED", seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    // An emulator may not be able to start processes.
    let Ok(mut child) = child else {
        return compare(methods, seed, &mut 0).err();
    };
    // What was compiled wrongly may never end.
    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(1)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Some("it does not end".to_owned());
            }
        }
    };
    let mut said = String::new();
    child.stdout.take()?.read_to_string(&mut said).ok()?;
    match said.lines().find_map(|l| l.strip_prefix("difference: ")) {
        Some(what) => Some(what.to_owned()),
        None if status.code().is_none() => Some("the process ended".to_owned()),
        None => None,
    }
}

/// The file that `TATSU_RANDOM_FILE` names, which a failure left, with the calls and ways to compile of `TATSU_RANDOM_SEED`.
#[test]
fn a_file_agrees() {
    let Ok(file) = std::env::var("TATSU_RANDOM_FILE") else {
        return;
    };
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
    let module = tatsu::ir::parse::parse_module(&text);
    let module = module.unwrap_or_else(|e| panic!("{}", e.render(&text, &file)));
    let seed = from_env("TATSU_RANDOM_SEED", 1);
    if let Err(what) = compare(&module.methods, seed, &mut 0) {
        println!("difference: {what}");
        std::process::exit(1);
    }
}

/// Shrinks a failing program and writes it; returns the file's name and what it shows.
fn report(methods: &[Method], seed: u64, what: &str) -> String {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let file = format!("{folder}/random-{seed}.tir");
    let candidate = format!("{folder}/random-{seed}.candidate.tir");
    let mut last = what.to_owned();
    // The shrinker keeps the first.
    let mut methods = methods.to_vec();
    methods.reverse();
    let mut wanted = None;
    let small = tatsu::ir::shrink_module(&methods, 600, |m| {
        if m.iter().any(|m| tatsu::ir::verify(m).is_err()) {
            return false;
        }
        let Some(w) = compare_apart(m, seed, &candidate) else {
            return false;
        };
        let same = *wanted.get_or_insert_with(|| kind(&w)) == kind(&w);
        if same {
            last = w;
        }
        same
    });
    let mut text = format!(
        "; seed {seed}: {last}\n; TATSU_RANDOM_FILE={file} TATSU_RANDOM_SEED={seed} cargo test --release --test random a_file -- --nocapture\n"
    );
    print_module(&small, &mut text);
    // Only the result is of use.
    let _ = std::fs::remove_file(&candidate);
    match std::fs::write(&file, text) {
        Ok(()) => format!("seed {seed}: {last}\n  in {file}, which says how to run it"),
        Err(e) => format!("seed {seed}: {last}\n  {file}: {e}"),
    }
}

#[test]
fn random_programs_agree() {
    let count = from_env("TATSU_RANDOM_COUNT", 40);
    random_programs(count, |seed| generate::random(seed, 40));
}

#[test]
fn random_vector_programs_agree() {
    let count = from_env("TATSU_RANDOM_COUNT", 40);
    random_programs(count, |seed| {
        generate::random_vectors(seed, 60, VarType::V128)
    });
}

#[test]
fn random_odd_vector_programs_agree() {
    let count = from_env("TATSU_RANDOM_COUNT", 40).div_ceil(2);
    for ty in [VarType::V64, VarType::V96, VarType::V512] {
        random_programs(count, |seed| generate::random_vectors(seed, 60, ty));
    }
}

/// Where the machine has vectors of 32 bytes.
#[test]
fn random_wide_vector_programs_agree() {
    if tatsu::host::host_features().contains(CpuFeatures::AVX2) {
        let count = from_env("TATSU_RANDOM_COUNT", 40).div_ceil(2);
        random_programs(count, |seed| {
            generate::random_vectors(seed, 60, VarType::V256)
        });
    }
}

fn random_programs(count: u64, make: impl Fn(u64) -> Vec<Method>) {
    let first = from_env("TATSU_RANDOM_SEED", 1);
    let mut calls = 0;
    let mut declined = 0;
    let mut reasons: std::collections::BTreeMap<String, u32> = Default::default();
    let mut failures = Vec::new();
    let mut kinds: std::collections::BTreeMap<String, u32> = Default::default();
    for seed in first..first + count {
        let methods = make(seed);
        if let Err(what) = compare(&methods, seed, &mut calls) {
            // What the back end declines is counted, not compared.
            if let Some((_, why)) = what.split_once(": unsupported at ") {
                let why = why.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
                *reasons.entry(why.trim().to_owned()).or_default() += 1;
                declined += 1;
                continue;
            }
            let same = kinds.entry(kind(&what)).or_default();
            *same += 1;
            if *same == 1 {
                failures.push(report(&methods, seed, &what));
            }
        }
    }
    let name = target().name;
    println!(
        "{name}: {count} programs, {declined} declined {reasons:?}, {calls} native calls compared"
    );
    assert!(
        declined * 2 < count,
        "{declined} of {count} programs declined: {reasons:?}"
    );
    assert!(
        failures.is_empty(),
        "{} of {count} programs fail: {kinds:?}\n{}",
        kinds.values().sum::<u32>(),
        failures.join("\n")
    );
}
