//! Large methods: they are compiled in parts and give memory back between phases, and their code is what it is without that.

use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, target_named};
use tatsu::ir::generate;
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

fn compile(
    compiler: &mut Compiler,
    (shape, ops): (&str, u32),
    target: &'static TargetDesc,
    verify: bool,
) -> CompiledMethod {
    let methods = if shape == "realistic" {
        generate::realistic(1, 1, ops..ops + 1)
    } else {
        generate::shape(shape, ops, 1).expect("a known shape")
    };
    let method = methods.last().expect("a method");
    let nodes = method.body.nodes.len() + method.body.call_args.len();
    assert!(nodes > 1 << 16, "{shape}: {nodes} nodes are few");
    let opts = CompileOptions {
        opt: OptLevel::MinOpts,
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
    done.unwrap_or_else(|e| panic!("{shape}: {}: {e}", target.name));
    out
}

/// A compile that is verified keeps the whole body; one that is not drops each part when it is generated.
#[test]
fn parts_make_the_code_of_the_whole() {
    for name in ["x64-linux", "arm64-linux"] {
        let target = target_named(name).expect("a target");
        let (mut a, mut b) = (Compiler::new(), Compiler::new());
        for what in SHAPES {
            let shape = what.0;
            let whole = compile(&mut a, what, target, true);
            let parts = compile(&mut b, what, target, false);
            assert!(whole.code == parts.code, "{shape}: {name}: other code");
            assert!(
                whole.gc_info == parts.gc_info,
                "{shape}: {name}: other GC info"
            );
            assert!(
                whole.unwind == parts.unwind,
                "{shape}: {name}: other unwind data"
            );
            assert!(whole.rodata == parts.rodata, "{shape}: {name}: other data");
            assert_eq!(whole.relocs.len(), parts.relocs.len(), "{shape}: {name}");
        }
    }
}
