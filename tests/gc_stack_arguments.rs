//! Pointers in stack arguments are reported by nobody while they travel: neither those that came and have not been read yet, nor those
//! that are stored and wait for the call. In a method that the collector may stop anywhere, it may not stop there.
//!
//! The ranges are those of the GC info as decoded; where the code accesses the areas of arguments, a decoder that is not ours says.

use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, OpAccess, Register};
use iced_x86::{InstructionInfoFactory, UsedMemory};
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::gcinfo::{GC_X64, GcInfoVersion, decode::decode};
use tatsu::host::{NullRuntime, target_named};
use tatsu::ir::parse_module;

/// An endless loop, so that the method is fully interruptible, around a call that passes on what came on the stack.
const STRUCTS: &str = "layout Mixed size 40 align 8 { i64 @0, ref @8, i64 @16, ref @24, ref @32 }
func @F(v0: struct Mixed, v1: i64) {
bb0:
  jump bb1
bb1:
  cmp_branch.i64 eq v1, 0, bb2, bb3
bb2:
  call.void @G(struct Mixed v0)
  jump bb1
bb3:
  jump bb1
}
";

const POINTERS: &str =
    "func @F(v0: i64, v1: i64, v2: i64, v3: i64, v4: i64, v5: i64, v6: ref, v7: byref) {
bb0:
  jump bb1
bb1:
  cmp_branch.i64 eq v1, 0, bb2, bb3
bb2:
  call.void @G(i64 v0, i64 v1, i64 v2, i64 v3, i64 v4, i64 v5, ref v6, byref v7)
  jump bb1
bb3:
  jump bb1
}
";

fn instructions(code: &[u8]) -> Vec<Instruction> {
    Decoder::with_ip(64, code, 0, DecoderOptions::NONE)
        .into_iter()
        .collect()
}

/// Does the instruction access the stack above the return address (`rbp` frames), or at SP's bottom?
fn accesses(i: &Instruction, is: impl Fn(&UsedMemory) -> bool) -> bool {
    let mut factory = InstructionInfoFactory::new();
    factory.info(i).used_memory().iter().any(is)
}

fn check(text: &str, opt: OptLevel) {
    let target = target_named("x64-linux").expect("a target");
    let method = &parse_module(text).expect("text IR").methods[0];
    let options = CompileOptions {
        opt,
        verify: true,
        ..CompileOptions::default()
    };
    let mut out = CompiledMethod::default();
    Compiler::new()
        .compile(
            method,
            target,
            &mut NullRuntime::new(target),
            &options,
            &mut out,
        )
        .expect("it compiles");
    assert!(out.interruptible);
    let info = decode(&out.gc_info, GcInfoVersion::V4, &GC_X64).expect("GC info");
    let may_stop = |at: u64| {
        let at = at as u32;
        info.ranges.iter().any(|r| r.0 <= at && at < r.1)
    };
    let all = instructions(&out.code);
    // Nowhere before the last word that came has been read.
    let incoming = |m: &UsedMemory| {
        m.base() == Register::RBP
            && (16..i64::MAX as u64).contains(&m.displacement())
            && m.access() == OpAccess::Read
    };
    let last = all.iter().rposition(|i| accesses(i, incoming));
    let last = last.expect("the stack arguments are read");
    for i in &all[..=last] {
        assert!(!may_stop(i.ip()), "{opt:?}: at {:#x}, {i}", i.ip());
    }
    // Nowhere between the first store of an argument and the call.
    let outgoing = |m: &UsedMemory| m.base() == Register::RSP && m.access() == OpAccess::Write;
    let call = all
        .iter()
        .position(|i| {
            matches!(
                i.flow_control(),
                FlowControl::Call | FlowControl::IndirectCall
            )
        })
        .expect("a call");
    let first = all[last + 1..call]
        .iter()
        .position(|i| accesses(i, outgoing));
    let first = last + 1 + first.expect("arguments on the stack");
    for i in &all[first + 1..call] {
        assert!(!may_stop(i.ip()), "{opt:?}: at {:#x}, {i}", i.ip());
    }
    // And the loop can be stopped.
    assert!(all[call + 1..].iter().any(|i| may_stop(i.ip())), "{opt:?}");
}

#[test]
fn pointers_in_stack_arguments_are_not_left_alone() {
    for text in [STRUCTS, POINTERS] {
        for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
            check(text, opt);
        }
    }
}
