//! What must hold of methods before they run natively, because running code could no longer tell: handlers' nodes stand in
//! handlers, and calls fit the methods that they call.
//!
//! Left out: everything that one method's verifier sees on its own (links, values, types of operands).

use super::Signature;
use crate::ir::{CallId, CallTarget, ClauseKind, Method, NodeId, Opcode, RegionId, RegionKind};
use crate::types::VarType;
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
            if matches!(method.body.nodes[n].op, Opcode::Call | Opcode::TailCall) {
                call(method, n, signatures, packed)?;
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
    }
    if info.ret != VarType::Void && !fits(info.ret, callee.ret) {
        let (have, want) = (info.ret, callee.ret);
        return Err(format!("{n}: {name} returns {want}, not {have}"));
    }
    Ok(())
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
