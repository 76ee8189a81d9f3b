//! Every form of every vector node compiles on every target, at both levels, and does there what the interpreter does where this
//! machine can run it (`tests/random.rs` runs them all; here each stands alone).
//!
//! Vectors of 32 bytes are declined as parameters and results, with a reason, where the machine has none; those of 64 bytes are taken
//! from memory and put there.

use tatsu::compile::{CompileError, CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, TARGETS};
use tatsu::ir::vector::{elements, lanes};
use tatsu::ir::{Cond, Method, Opcode, VecOp, parse_module, verify};
use tatsu::target::CpuFeatures;
use tatsu::types::VarType;

/// The node's text, and whether its result is a vector, for every form with vectors of type `v`.
fn forms(v: VarType) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |node: String, ret: &str| all.push((node, ret.to_owned()));
    for &op in VecOp::ALL {
        let info = op.info();
        for &e in elements(v).iter().filter(|&&e| op.fits(v, e)) {
            let node = format!("{}.{v} {e} {}", info.opcode.name(), info.name);
            match info.opcode {
                Opcode::VecUnary => add(format!("{node} v0"), v.name()),
                Opcode::VecBinary => {
                    add(format!("{node} v0, v1"), v.name());
                    add(format!("{node} v1, v0"), v.name());
                    add(format!("{node} v0, v0"), v.name());
                    add(format!("{node} v0, 0"), v.name());
                }
                Opcode::VecTernary => {
                    add(format!("{node} v0, v1, v2"), v.name());
                    add(format!("{node} v0, v0, v0"), v.name());
                }
                _ => {
                    add(format!("{node} v0, v3"), v.name());
                    for by in [0, 1, 8 * e.size() - 1, 8 * e.size()] {
                        add(format!("{node} v0, {by}"), v.name());
                    }
                }
            }
        }
    }
    for &e in elements(v) {
        let param = match e {
            VarType::I64 => "v4",
            VarType::F32 => "v5",
            VarType::F64 => "v6",
            _ => "v3",
        };
        add(format!("vsplat.{v} {e} {param}"), v.name());
        if lanes(v, e) <= 32 {
            add(format!("vmask {e} v0"), "i32");
        }
        for c in &Cond::ALL[..12] {
            if e.is_float() || !matches!(c, Cond::UEq | Cond::UNe) {
                add(format!("vcmp.{v} {e} {} v0, v1", c.name()), v.name());
                add(format!("vcmp.{v} {e} {} v1, v1", c.name()), v.name());
            }
        }
        let n = lanes(v, e);
        for lane in 0..n {
            let to = e.actual();
            add(format!("vextract.{to} {e} v0, lane {lane}"), to.name());
            add(
                format!("vinsert.{v} {e} v0, {param}, lane {lane}"),
                v.name(),
            );
        }
        // From lane `k` on, by turns, backwards, every lane the same, and without any order.
        for k in 0..2 * n {
            let rows: [&dyn Fn(u32) -> u32; 5] = [
                &|i| (i + k) % (2 * n),
                &|i| (i / 2 + i % 2 * n + k) % (2 * n),
                &|i| (2 * n - 1 - i + k) % (2 * n),
                &|_| k,
                &|i| (i * i * 7 + i * k + 3) % (2 * n),
            ];
            for row in rows {
                let bytes: String = (0..n).map(|i| format!("{:02x}", row(i))).collect();
                add(format!("vshuffle.{v} {e} v0, v1, \"{bytes}\""), v.name());
            }
        }
    }
    for e in ["u8", "u16"] {
        if v == VarType::V96 {
            continue;
        }
        add(format!("vextract.i32 {e} v0, lane 3"), "i32");
    }
    for byte in ["00", "ff", "5a"] {
        let bytes = byte.repeat(v.size() as usize);
        add(format!("vconst.{v} \"{bytes}\""), v.name());
    }
    all
}

fn method(node: &str, ret: &str, v: VarType) -> Method {
    let text = format!(
        "func @F(v0: {v}, v1: {v}, v2: {v}, v3: i32, v4: i64, v5: f32, v6: f64) -> {ret} {{\nbb0:\n  t0 = {node}\n  ret t0\n}}\n"
    );
    let module = parse_module(&text).unwrap_or_else(|e| panic!("{}", e.render(&text, node)));
    let m = module.methods.into_iter().next().expect("a method");
    verify(&m).unwrap_or_else(|e| panic!("{node}: {e}"));
    m
}

#[test]
fn every_vector_form_compiles() {
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let (mut compiled, mut wrong) = (0, Vec::new());
    let base = CpuFeatures::SSE42;
    let avx = base | CpuFeatures::AVX;
    for v in [
        VarType::V64,
        VarType::V96,
        VarType::V128,
        VarType::V256,
        VarType::V512,
    ] {
        for (node, ret) in forms(v) {
            let m = method(&node, &ret, v);
            for target in TARGETS {
                for features in [base, avx, CpuFeatures::all()] {
                    for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
                        let options = CompileOptions {
                            opt,
                            features,
                            verify: true,
                            ..CompileOptions::default()
                        };
                        let mut rt = NullRuntime::new(target);
                        match compiler.compile(&m, target, &mut rt, &options, &mut out) {
                            Ok(()) => compiled += 1,
                            Err(e) => wrong.push(format!("{node}: {}/{opt:?}: {e}", target.name)),
                        }
                    }
                }
            }
        }
    }
    println!("{compiled} compiled");
    assert!(
        wrong.is_empty(),
        "{}",
        wrong[..wrong.len().min(20)].join("\n")
    );
    assert!(compiled > 10_000);
}

/// Without what vectors want the reason is said.
#[test]
fn vectors_want_their_instructions() {
    let m = method("vbinary.v128 i32 add v0, v1", "v128", VarType::V128);
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    for target in TARGETS {
        let mut rt = NullRuntime::new(target);
        let options = CompileOptions::default();
        match compiler.compile(&m, target, &mut rt, &options, &mut out) {
            Ok(()) => assert!(!target.name.starts_with("x64")),
            Err(CompileError::Unsupported { reason, .. }) => {
                assert_eq!(reason, "vector operations without SSE4.2");
            }
            Err(e) => panic!("{}: {e}", target.name),
        }
    }
}
