//! Methods of megabytes of code: every distance in them is far, and a funclet is as long as the body.
//!
//! ```text
//!   entry ── 7 ──────────────────────────────┐     body: blocks of additions and exclusive ors with 64-bit constants
//!     │ else                                 │
//!   switch ─ 0: near   1, 2: to the far end ─┤     the far end calls a native function and divides, both in a try;
//!   back (where the catch resumes)           │     its handler is as long as the body, calls the native function at
//!   body                                     ▼     its own far end, and resumes at the beginning
//!   far end ── divides by zero ──► handler ──► back
//! ```

use super::tests::{native_frames, seen};
use super::*;
use std::fmt::Write;

/// The constant of filler operation `i`: no two of its 16-bit pieces are simple.
fn constant(i: u64) -> u64 {
    (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 0x1000_1000_1000_1001
}

fn filler(text: &mut String, ops: u64, region: &str, temp: &mut u32, block: &mut u32) {
    for i in 0..ops {
        let (op, c) = (["add", "xor"][i as usize & 1], constant(i) as i64);
        let t = *temp;
        *temp += 1;
        writeln!(text, "  t{t} = {op}.i64 v2, {c}\n  store_lcl v2, t{t}").unwrap();
        if i % 500 == 499 {
            *block += 1;
            writeln!(text, "  jump bb{block}\nbb{block}{region}:").unwrap();
        }
    }
}

fn filled(mut v: u64, ops: u64) -> u64 {
    for i in 0..ops {
        v = if i & 1 == 0 {
            v.wrapping_add(constant(i))
        } else {
            v ^ constant(i)
        };
    }
    v
}

/// `Big(v0, v1)`, and `Div` which it calls; `ops` operations in the body and in the handler.
fn big(ops: u64) -> String {
    let mut text = String::from(
        "func @Div(v0: i64, v1: i32) -> i64 {
bb0:
  t0 = sext.i64 i32 v1
  t1 = div.i64 v0, t0
  ret t1
}
func @Big(v0: i64, v1: i32) -> i64 {
  local v2: i64
  region 0 try clause 0
  region 1 handler clause 0
  clause 0 catch 3 try 0 handler 1 entry bb5
bb0:
  store_lcl v2, v0
  cmp_branch.i32 eq v1, 7, bb3, bb1
bb1:
  switch v1, [bb6, bb3, bb3], bb6
bb2:
  t0 = add.i64 v2, 1
  ret t0
bb6:
",
    );
    let (mut temp, mut block) = (1, 10);
    filler(&mut text, ops, "", &mut temp, &mut block);
    let [a, b] = [temp, temp + 1];
    writeln!(
        text,
        "  jump bb3
bb3 [region 0]:
  t{a} = call.i64 @probe()
  t{b} = call.i64 @Div(i64 v2, i32 v1)
  store_lcl v2, t{b}
  jump bb4
bb4:
  ret v2
bb5 [region 1]:"
    )
    .unwrap();
    temp += 2;
    filler(&mut text, ops, " [region 1]", &mut temp, &mut block);
    writeln!(
        text,
        "  t{temp} = call.i64 @probe()
  catch_ret bb2
}}"
    )
    .unwrap();
    text
}

extern "C" fn probe() -> i64 {
    seen().set(native_frames());
    1
}

/// Where the probed frames of `Big` were: bytes from its start.
fn probed(host: &Host) -> Vec<u32> {
    let frames = seen().take();
    let frames = frames.iter().map(|pc| pc.wrapping_sub(1));
    let ours = frames.filter_map(|pc| host.code_map().at(pc).map(|(_, m)| (m, pc - m.start)));
    ours.map(|(m, at)| {
        assert_eq!(m.name, "Big");
        at as u32
    })
    .collect()
}

#[allow(unsafe_code)]
fn run_big(ops: u64, opt: crate::compile::OptLevel, least_bytes: u32) {
    let module = crate::ir::parse::parse_module(&big(ops)).unwrap();
    let mut host = Host::new().unwrap();
    let opts = CompileOptions {
        opt,
        verify: false,
        ..CompileOptions::default()
    };
    // SAFETY: `probe` is what the text says.
    unsafe {
        host.define_native("probe", probe as *const () as u64)
            .unwrap()
    };
    host.load(&module.methods, &opts).unwrap();
    let code = &host.code_map().methods;
    let big = code.iter().find(|m| m.name == "Big").unwrap();
    let (len, body) = (big.len, big.funcs[0].end);
    assert!(len > least_bytes, "{len} bytes");
    let further = big.funcs.iter().filter(|f| f.continues).count() as u32;
    let longest = big.funcs.iter().map(|f| f.end - f.start).max().unwrap();
    if cfg!(target_arch = "aarch64") {
        assert!(longest < 1 << 20 && further + 2 >= len >> 20);
    } else {
        assert_eq!(further, 0);
    }

    let mut call = |v0: u64, v1: u64| {
        let result = host.run("Big", &[v0, v1]).unwrap().unwrap().unwrap();
        (result, probed(&host))
    };
    // Through the whole body to the far end, which returns.
    let (result, places) = call(123, 3);
    assert_eq!(result, (filled(123, ops) as i64 / 3) as u64);
    let [far_end] = places[..] else {
        panic!("{places:?}");
    };
    assert!(
        far_end > len / 3 && far_end < len / 3 * 2,
        "{far_end} of {len}"
    );
    assert!(!cfg!(target_arch = "aarch64") || far_end > body);
    // Over the body, by a branch and by the table.
    assert_eq!(call(700, 7), (100, vec![far_end]));
    assert_eq!(call(700, 2), (350, vec![far_end]));
    // Through body and handler: there the native walk sees the funclet, at its far end.
    let (result, places) = call(5, 0);
    assert_eq!(result, filled(filled(5, ops), ops).wrapping_add(1));
    assert!(places[0] > len - 200, "{places:?} of {len}");
}

#[test]
fn pieces_of_long_functions_unwind_on_paper_and_tile_the_code() {
    let module = crate::ir::parse::parse_module(&big(60_000)).unwrap();
    let opts = CompileOptions {
        opt: crate::compile::OptLevel::MinOpts,
        verify: true,
        ..CompileOptions::default()
    };
    let target = target_named("arm64-linux").unwrap();
    let mut rt = NullRuntime::new(target);
    let mut out = CompiledMethod::default();
    let mut compiler = crate::compile::Compiler::new();
    compiler
        .compile(&module.methods[1], target, &mut rt, &opts, &mut out)
        .unwrap();
    let kinds: Vec<_> = out.funcs.iter().map(|f| (f.kind, f.continues)).collect();
    use crate::compile::FuncKind::{Handler, Root};
    assert_eq!(
        kinds,
        [
            (Root, false),
            (Root, true),
            (Handler, false),
            (Handler, true)
        ]
    );
    assert!(out.funcs.windows(2).all(|f| f[0].end == f[1].start));
    assert_eq!(out.funcs.last().unwrap().end as usize, out.code.len());
    let handler = (out.funcs[2].start, out.funcs[3].end);
    assert_eq!(out.eh[0].handler_range, handler);
}

#[test]
fn methods_of_megabytes_run_and_unwind() {
    use crate::compile::OptLevel::{FullOpts, MinOpts};
    run_big(80_000, MinOpts, 2 << 20);
    run_big(80_000, FullOpts, 2 << 20);
}

#[test]
fn methods_beyond_the_reach_of_two_additions_run_and_unwind() {
    run_big(1_300_000, crate::compile::OptLevel::MinOpts, 40 << 20);
}
