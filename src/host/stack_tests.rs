//! Memory taken from the stack at run time above an outgoing area of several pages.

use super::*;
use crate::compile::{CompileOptions, OptLevel};
use std::fmt::Write;

/// More arguments than fit into the four pages that the largest page is.
const ARGS: usize = 3_000;

/// `F(size, v)` takes memory, writes `v` to it, passes `v` a great many times, reads it back, and does all that twice.
fn program() -> String {
    let params: Vec<String> = (0..ARGS).map(|i| format!("v{i}: i64")).collect();
    let args = vec!["i64 v1"; ARGS].join(", ");
    let mut text = format!("func @Last({}) -> i64 {{\nbb0:\n", params.join(", "));
    let _ = writeln!(text, "  t0 = add.i64 v0, v{}", ARGS / 2);
    let _ = writeln!(text, "  t1 = add.i64 t0, v{}\n  ret t1\n}}", ARGS - 1);
    text.push_str("func @F(v0: i64, v1: i64) -> i64 {\n  local v2: i64\n  local v3: i64\n  local v4: i64\nbb0:\n");
    for turn in 0..2 {
        let mut t = turn * 10;
        let mut temp = || {
            t += 1;
            t - 1
        };
        let (memory, sum, back) = (temp(), temp(), temp());
        let _ = writeln!(
            text,
            "  t{memory} = loc_alloc.i64 v0\n  store_lcl v2, t{memory}"
        );
        let _ = writeln!(text, "  store.i64 v2, v1");
        let _ = writeln!(
            text,
            "  t{sum} = call.i64 @Last({args})\n  store_lcl v3, t{sum}"
        );
        let _ = writeln!(text, "  t{back} = load.i64 v2\n  store_lcl v4, t{back}");
    }
    text.push_str("  t100 = add.i64 v3, v4\n  ret t100\n}\n");
    text
}

#[test]
fn memory_of_the_frame_and_pages_of_arguments_keep_apart() {
    let module = crate::ir::parse::parse_module(&program()).expect("it is a program");
    for level in [OptLevel::MinOpts, OptLevel::FullOpts] {
        let options = CompileOptions {
            opt: level,
            verify: true,
            ..CompileOptions::default()
        };
        let mut host = Host::new().expect("a host");
        host.load(&module.methods, &options).expect("it compiles");
        for size in [8, 100, 5_000, 70_000] {
            let got = host.run("F", &[size, 7]);
            assert_eq!(
                got.expect("it runs"),
                Ok(Some(28)),
                "{size} bytes at {level:?}"
            );
        }
    }
}
