//! What must hold of methods before they run natively, because running code could no longer tell: handlers' nodes stand in
//! handlers, and calls fit the methods that they call.
//!
//! Left out: everything that one method's verifier sees on its own (links, values, types of operands).

use super::Signature;
use crate::ir::{
    CallId, CallTarget, ClauseKind, FuncId, Method, NodeId, Opcode, RegionId, RegionKind,
};
use crate::types::{ClassLayout, LayoutField, VarType};
use std::collections::HashMap;

/// What is wrong with a method; says where. `packed`: stack arguments take their own size.
pub(super) fn check(
    method: &Method,
    signatures: &HashMap<String, Signature>,
    packed: bool,
) -> Result<(), String> {
    for block in method.body.blocks.ids() {
        let region = method.body.blocks[block].region;
        for n in method.body.block_nodes(block) {
            placement(method, region, n)?;
            match method.body.nodes[n].op {
                Opcode::Call | Opcode::TailCall => call(method, n, signatures, packed)?,
                Opcode::JmpMethod => jump(method, n, signatures)?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// Does a handler's node stand in a handler of its kind?
fn placement(method: &Method, region: RegionId, n: NodeId) -> Result<(), String> {
    let op = method.body.nodes[n].op;
    let is_inside = match op {
        Opcode::CatchArg => is_in(method, region, |region, clause| {
            region == RegionKind::Filter || is_catch(region, clause)
        }),
        Opcode::CatchRet | Opcode::Rethrow => is_in(method, region, is_catch),
        Opcode::EndFinally => is_in(method, region, |region, clause| {
            region == RegionKind::Handler
                && matches!(clause, ClauseKind::Finally | ClauseKind::Fault)
        }),
        Opcode::EndFilter => is_in(method, region, |region, _| region == RegionKind::Filter),
        _ => true,
    };
    if is_inside {
        Ok(())
    } else {
        Err(format!("{n}: {} outside its kind of handler", op.name()))
    }
}

/// A handler that holds an exception.
fn is_catch(region: RegionKind, clause: ClauseKind) -> bool {
    region == RegionKind::Handler && matches!(clause, ClauseKind::Catch(_) | ClauseKind::Filter)
}

/// Does `wanted` hold of the region or one around it, with the kind of its clause?
fn is_in(
    method: &Method,
    mut region: RegionId,
    wanted: impl Fn(RegionKind, ClauseKind) -> bool,
) -> bool {
    let body = &method.body;
    // Parents that make a cycle end with the count.
    for _ in 0..body.regions.len() {
        let Some(r) = body.regions.get(region) else {
            return false;
        };
        if body
            .clauses
            .get(r.clause)
            .is_some_and(|c| wanted(r.kind, c.kind))
        {
            return true;
        }
        region = r.parent;
    }
    false
}

/// Do arguments and result fit the callee, if it is known? Where arguments are `packed`, small ones exactly.
fn call(
    method: &Method,
    n: NodeId,
    signatures: &HashMap<String, Signature>,
    packed: bool,
) -> Result<(), String> {
    let id = CallId(method.body.nodes[n].aux);
    let info = &method.body.calls[id];
    let CallTarget::Func(func) = info.target else {
        return Ok(());
    };
    let name = &method.funcs[func].name;
    let Some(callee) = signatures.get(name) else {
        return Ok(());
    };
    let args = method.body.args(id);
    if args.len() != callee.params.len() {
        let (have, want) = (args.len(), callee.params.len());
        return Err(format!("{n}: {name} takes {want} arguments, not {have}"));
    }
    for (k, (arg, &want)) in args.iter().zip(&callee.params).enumerate() {
        if !fits(want, arg.ty) || packed && want.size() != arg.ty.size() {
            let have = arg.ty;
            return Err(format!("{n}: argument {k} of {name} is {want}, not {have}"));
        }
        if want == VarType::Struct && !alike(method.layout(arg.layout), callee.layout(k)) {
            return Err(format!("{n}: argument {k} of {name} is another struct"));
        }
    }
    if info.ret != VarType::Void && !fits(info.ret, callee.ret) {
        let (have, want) = (info.ret, callee.ret);
        return Err(format!("{n}: {name} returns {want}, not {have}"));
    }
    let ret = callee.layout(Signature::RESULT);
    if info.ret == VarType::Struct && !alike(method.layout(info.ret_layout), ret) {
        return Err(format!("{n}: {name} returns another struct"));
    }
    Ok(())
}

/// Has the method that is jumped to the signature of the one that is left?
fn jump(method: &Method, n: NodeId, signatures: &HashMap<String, Signature>) -> Result<(), String> {
    let name = &method.funcs[FuncId(method.body.nodes[n].aux)].name;
    let Some(callee) = signatures.get(name) else {
        return Ok(());
    };
    if Signature::of(method).is_like(callee) {
        return Ok(());
    }
    Err(format!(
        "{n}: {name} has another signature than the method that jumps to it"
    ))
}

/// Do two structs travel in the same way?
pub(super) fn alike(a: Option<&ClassLayout>, b: Option<&ClassLayout>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    let is_same = |(x, y): (&LayoutField, &LayoutField)| {
        x.offset == y.offset && (x.ty == y.ty || x.ty.is_wide_int() && y.ty.is_wide_int())
    };
    a.size == b.size
        && a.align == b.align
        && a.in_memory == b.in_memory
        && a.fields.len() == b.fields.len()
        && a.fields.iter().zip(&b.fields).all(is_same)
}

fn fits(want: VarType, have: VarType) -> bool {
    let (want, have) = (want.actual(), have.actual());
    want == have || want.is_wide_int() && have.is_wide_int()
}

#[cfg(test)]
mod tests {
    use crate::compile::CompileOptions;
    use crate::host::Host;
    use crate::ir::parse::parse_module;

    fn refusal(text: &str) -> String {
        let module = parse_module(text)
            .map_err(|e| e.render(text, "text"))
            .unwrap();
        let mut host = Host::new().unwrap();
        match host.load(&module.methods, &CompileOptions::default()) {
            Ok(()) => "loaded".to_owned(),
            Err(e) => e.to_string(),
        }
    }

    const CALLEE: &str = "func @G(v0: f64, v1: i32) -> i32 {\nbb0:\n  ret v1\n}\n";

    #[test]
    fn calls_that_do_not_fit_are_refused() {
        for (call, why) in [
            ("i32 @G(i64 5)", "F: t0: G takes 2 arguments, not 1"),
            (
                "i32 @G(i64 5, i32 v0)",
                "F: t0: argument 0 of G is f64, not i64",
            ),
            ("f64 @G(f64 5.0, i32 v0)", "F: t0: G returns i32, not f64"),
        ] {
            let ret = &call[..3];
            let text = format!(
                "func @F(v0: i32) -> {ret} {{\nbb0:\n  t0 = call.{call}\n  ret t0\n}}\n{CALLEE}"
            );
            assert_eq!(refusal(&text), why);
        }
    }

    /// Before, the caller's buffer was too small for what the callee wrote.
    #[test]
    fn structs_of_other_shapes_are_refused() {
        let layouts = "layout S size 24 align 8 { i64 @0 }\nlayout L size 4000 align 8 { i64 @0 }
layout T size 24 align 8 { i64 @0 }\n";
        let callees =
            "func @Make() -> struct L {\n  local v0: struct L\nbb0:\n  store_lcl v0, 0\n  ret v0\n}
func @Take(v0: struct S) -> i64 {\nbb0:\n  ret 1\n}\n";
        let of = |local: &str, nodes: &str| {
            refusal(&format!(
                "{layouts}{callees}func @F() -> i64 {{\n  local v0: struct {local}\nbb0:\n  {nodes}\n  ret 1\n}}\n"
            ))
        };
        let make = "t0 = call.struct S @Make()\n  store_lcl v0, t0";
        assert_eq!(of("S", make), "F: t0: Make returns another struct");
        let take = "t0 = call.i64 @Take(struct L v0)\n  keep_alive t0";
        assert_eq!(of("L", take), "F: t0: argument 0 of Take is another struct");
        // The name does not matter.
        assert_eq!(of("T", &take.replace("struct L", "struct T")), "loaded");
    }

    #[test]
    fn jumps_between_signatures_are_refused() {
        let text = format!("func @F(v0: i64) -> i32 {{\nbb0:\n  jmp_method @G\n}}\n{CALLEE}");
        let why = "F: t0: G has another signature than the method that jumps to it";
        assert_eq!(refusal(&text), why);
    }

    #[test]
    fn handlers_nodes_outside_handlers_are_refused() {
        for node in ["rethrow", "end_finally"] {
            let text = format!("func @F(v0: i32) -> i32 {{\nbb0:\n  {node}\n}}\n");
            let why = refusal(&text);
            assert!(
                why.ends_with(&format!("{node} outside its kind of handler")),
                "{why}"
            );
        }
    }
}
