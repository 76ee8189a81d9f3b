//! File tests: text methods with what they become for both targets, under one another.
//!
//! A file is IR text, for the base machines if it does not say more; behind the line `; ---- output` stands, as comments, the
//! FullOpts listing of every function for every target; for those of a first line `; targets: NAME ...` if there is one.
//! `TATSU_BLESS=1 cargo test --test filetests` rewrites the expectations, so that a change of code generation is read as
//! a change of these files.

use std::path::{Path, PathBuf};
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::runtime::{NullRuntime, target_named};
use tatsu::target::{CpuFeatures, TargetDesc};

const MARK: &str = "; ---- output\n";

static TARGETS: [&TargetDesc; 2] = [&tatsu::target::x64::LINUX, &tatsu::target::arm64::LINUX];

/// The targets that a file's output is for.
fn targets_of(text: &str) -> Vec<&'static TargetDesc> {
    let named = text
        .lines()
        .next()
        .and_then(|l| l.strip_prefix("; targets: "));
    match named {
        None => TARGETS.to_vec(),
        Some(names) => names
            .split_whitespace()
            .map(|name| target_named(name).unwrap_or_else(|| panic!("no target {name}")))
            .collect(),
    }
}

fn files() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/filetests/codegen");
    let mut all: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("the folder of file tests")
        .map(|e| e.expect("a folder entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "tir"))
        .collect();
    all.sort();
    all
}

/// Everything the file's methods become, as comment lines.
fn output(text: &str) -> String {
    let module =
        tatsu::ir::parse_module(text).unwrap_or_else(|e| panic!("{}", e.render(text, "file")));
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let targets = targets_of(text);
    let mut all = String::from(MARK);
    for m in &module.methods {
        tatsu::ir::verify(m).unwrap_or_else(|e| panic!("{}: {e}", m.name));
        let mut m = m.clone();
        // Positions are not what these files are about.
        m.body.node_il.clear();
        for &target in &targets {
            let opts = CompileOptions {
                opt: OptLevel::FullOpts,
                verify: true,
                disasm: true,
                features: features(text),
                diffable: true,
                ..CompileOptions::default()
            };
            let mut rt = NullRuntime::new(target);
            all += &format!("; {} {}\n", m.name, target.name);
            match compiler.compile(&m, target, &mut rt, &opts, &mut out) {
                Ok(()) => {
                    for line in out.listing.lines().filter(|l| !l.trim().is_empty()) {
                        all += &format!("; {}\n", line.trim_end());
                    }
                }
                Err(e) => all += &format!("; {e}\n"),
            }
        }
    }
    all
}

/// The base machines; vectors want more, and lines `; features: avx2`, `bmi` or `lse` ask for still more.
fn features(text: &str) -> CpuFeatures {
    let mut features = CpuFeatures::empty();
    if [": v128", ".v128", ": v256"]
        .iter()
        .any(|v| text.contains(v))
    {
        features |= CpuFeatures::SSE42;
    }
    if text.contains("; features: avx2\n") {
        let avx = CpuFeatures::AVX | CpuFeatures::AVX2 | CpuFeatures::FMA;
        features |= CpuFeatures::SSE42 | avx;
    }
    if text.contains("; features: bmi\n") {
        features |= CpuFeatures::BMI;
    }
    if text.contains("; features: lse\n") {
        features |= CpuFeatures::LSE;
    }
    features
}

#[test]
fn methods_become_what_their_files_say() {
    let bless = std::env::var_os("TATSU_BLESS").is_some();
    let mut wrong = Vec::new();
    let files = files();
    assert!(!files.is_empty(), "no file tests");
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let (input, expected) = text
            .split_once(MARK)
            .map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
        let got = output(input);
        if expected.map(|e| format!("{MARK}{e}")).as_deref() != Some(&got) {
            if bless {
                std::fs::write(&path, format!("{input}{got}")).expect("a writable file");
            } else {
                wrong.push(format!("{}:\n{got}", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} file(s) differ; TATSU_BLESS=1 rewrites them:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
