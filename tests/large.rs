//! Large methods: they are compiled in parts and give memory back between phases, and their code is what it is without that.

use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, target_named};
use tatsu::ir::parse::parse_module;
use tatsu::ir::{Method, generate};
use tatsu::target::TargetDesc;

/// One block, many blocks; calls whose arguments lowering makes nodes of; constants that it makes nodes of. With so many operations
/// that a method is compiled in parts.
const SHAPES: [(&str, u32); 14] = [
    ("realistic", 36_000),
    ("straight", 36_000),
    ("calls", 8000),
    ("args", 6000),
    ("flat", 36_000),
    ("doubles", 36_000),
    ("live", 68_000),
    ("returns", 36_000),
    ("handlers", 50_000),
    ("loops", 50_000),
    ("nested", 50_000),
    ("switch", 50_000),
    ("many_preds", 50_000),
    ("locals", 50_000),
];

/// The method of a shape.
fn shape((shape, ops): (&str, u32)) -> Method {
    let methods = if shape == "realistic" {
        generate::realistic(1, 1, ops..ops + 1)
    } else {
        generate::shape(shape, ops, 1).expect("a known shape")
    };
    methods.into_iter().next_back().expect("a method")
}

fn compile(
    compiler: &mut Compiler,
    method: &Method,
    target: &'static TargetDesc,
    opt: OptLevel,
    verify: bool,
) -> CompiledMethod {
    let name = &method.name;
    let nodes = method.body.nodes.len() + method.body.call_args.len();
    assert!(nodes > 1 << 16, "{name}: {nodes} nodes are few");
    let opts = CompileOptions {
        opt,
        verify,
        ..CompileOptions::default()
    };
    let mut out = CompiledMethod::default();
    let done = compiler.compile(
        method,
        target,
        &mut NullRuntime::new(target),
        &opts,
        &mut out,
    );
    done.unwrap_or_else(|e| panic!("{name}: {}: {e}", target.name));
    out
}

/// Compiles `method` as a whole and in parts, for both targets: the results are equal.
fn compare(method: &Method) {
    compare_at(method, OptLevel::MinOpts);
}

/// As [`compare`], at either level.
fn compare_at(method: &Method, opt: OptLevel) {
    let name = &method.name;
    for place in ["x64-linux", "arm64-linux"] {
        let target = target_named(place).expect("a target");
        let whole = compile(&mut Compiler::new(), method, target, opt, true);
        let parts = compile(&mut Compiler::new(), method, target, opt, false);
        assert!(whole.code == parts.code, "{name}: {place}: other code");
        let same = whole.gc_info == parts.gc_info;
        assert!(same, "{name}: {place}: other GC info");
        let same = whole.unwind == parts.unwind;
        assert!(same, "{name}: {place}: other unwind data");
        let same = whole.rodata == parts.rodata;
        assert!(same, "{name}: {place}: other data");
        assert_eq!(whole.relocs.len(), parts.relocs.len(), "{name}: {place}");
        assert_eq!(
            whole.il_map, parts.il_map,
            "{name}: {place}: other positions"
        );
    }
}

/// A method of many operations: `head`, so many times `line`, in which `#` is a number from `first` on, and `end`.
fn lines(head: &str, first: u32, line: &str, end: &str) -> Method {
    let mut text = head.to_owned();
    for i in first..first + 70_000 {
        text.push_str(&line.replace('#', &i.to_string()));
    }
    text.push_str(end);
    let mut module = parse_module(&text).unwrap_or_else(|e| panic!("{e}"));
    module.methods.remove(0)
}

/// A compile that is verified keeps the whole body; one that is not drops each part when it is generated.
#[test]
fn parts_make_the_code_of_the_whole() {
    for what in SHAPES {
        compare(&shape(what));
    }
}

/// At FullOpts the whole body is there, but instructions are set aside until all are generated.
#[test]
fn what_is_set_aside_makes_the_same_code() {
    for what in [
        ("realistic", 36_000),
        ("calls", 8000),
        ("args", 6000),
        ("loops", 50_000),
        ("handlers", 50_000),
        ("returns", 36_000),
    ] {
        compare_at(&shape(what), OptLevel::FullOpts);
    }
}

/// The address of the result is a local that the input does not have.
#[test]
fn a_large_method_may_have_a_return_buffer() {
    compare(&lines(
        "layout Big size 40 align 8 { i64 @0, i64 @8, i64 @16, i64 @24, i64 @32 }\n\
         func @f(v0: i64, v1: struct Big) -> struct Big {\nbb0:\n",
        0,
        "  t# = add.i64 v0, #\n  store_lcl v0, t#\n",
        "  ret v1\n}\n",
    ));
}

/// Phases before lowering add blocks, which the input does not have.
#[test]
fn a_large_method_may_have_nodes_that_become_blocks() {
    compare(&lines(
        "func @f(v0: i64) -> i64 {\nbb0:\n  patchpoint\n",
        0,
        "  t# = add.i64 v0, #\n  store_lcl v0, t#\n",
        "  ret v0\n}\n",
    ));
}

/// Whether SP may move by a page at once depends on the arguments of all calls, wherever they are.
#[test]
fn a_large_method_may_take_memory_at_run_time() {
    let call = "layout Large size 4096 align 8 { i64 @0 }\n\
        func @g(v0: i64, v1: struct Large) -> i64 {\n  local v2: i64\nbb0:\n";
    let head = format!("{call}  t0 = call.i64 @h(struct Large v1)\n  store_lcl v0, t0\n");
    let end = "  t80000 = loc_alloc.i64 v0\n  store_lcl v2, t80000\n  t80001 = add.i64 v0, v2\n  ret t80001\n}\n";
    let line = "  t# = add.i64 v0, #\n  store_lcl v0, t#\n";
    compare(&lines(&head, 1, line, end));
}
