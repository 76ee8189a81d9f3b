//! The generator of random programs makes everything that the back ends compile: over 2,000 programs no form of an operation, kind of
//! call, argument, clause, or property of a node is missing but those that are listed here with a reason.

use std::collections::BTreeSet;
use tatsu::ee::Helper;
use tatsu::ir::generate::{self, Form};
use tatsu::ir::{ArgKind, AuxKind, BlockFlags, CallFlags, CallTarget, ClauseKind, Effects};
use tatsu::ir::{
    CallId, LocalId, LookupId, Method, NodeFlags, Opcode, Operand, OperandRef, SubKind,
};
use tatsu::types::VarType;

/// Why an opcode never stands in a random program.
#[derive(Copy, Clone, PartialEq, Debug)]
enum Why {
    /// Exists only behind lowering, or between phases of the optimiser.
    Inside,
    /// It has programs of its own.
    Elsewhere,
}

fn missing_opcode(op: Opcode) -> Option<Why> {
    use Opcode::*;
    if op.effects().contains(Effects::LOWERED) {
        return Some(Why::Inside);
    }
    match op {
        // `result` is what lowering makes of a struct that comes back in several registers.
        Phi | Result => Some(Why::Inside),
        // What a method that was left so has for a result is not defined.
        ReturnSuspend => Some(Why::Elsewhere),
        // Vectors have suites of their own.
        _ if op.name().starts_with('v') => Some(Why::Elsewhere),
        _ => None,
    }
}

/// Everything that there is, as text, without what is missing for a reason.
fn wanted() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for &op in Opcode::ALL {
        if missing_opcode(op).is_some() {
            continue;
        }
        let info = op.info();
        let simple = !matches!(op, Opcode::Fence);
        if typed(op) && simple {
            for f in Form::all(op).iter().filter(|f| f.makes_sense()) {
                let same = VarType::ALL[f.sub as usize].size() == f.ty.size();
                if op != Opcode::Bitcast || same {
                    all.insert(f.name());
                }
            }
        } else {
            all.insert(info.name.to_owned());
        }
    }
    for k in ["catch", "catch all", "filter", "finally", "fault"] {
        all.insert(format!("clause {k}"));
    }
    for k in ["function", "address", "cell", "computed cell"] {
        all.insert(format!("call of a {k}"));
        all.insert(format!("tail call of a {k}"));
    }
    for &(h, name) in Helper::NAMED {
        // The others are called by generated code only, or have no meaning outside .NET.
        use Helper::*;
        let internal = matches!(
            h,
            Throw
                | Rethrow
                | AssignRef
                | CheckedAssignRef
                | AssignByref
                | StackProbe
                | StrCns
                | CastClass
                | IsInst
                | ClassInit
                | TlsBase
                | RuntimeLookup
                | PatchPoint
                | XchgRef
                | CmpXchgRef
        );
        if !internal {
            all.insert(format!("call of helper {name}"));
        }
    }
    // The other kinds of arguments mean something to one runtime's callees only.
    all.insert("argument this".to_owned());
    for flag in ["non_faulting", "volatile", "unaligned"] {
        all.insert(format!("load [{flag}]"));
    }
    for flag in ["volatile", "unaligned"] {
        all.insert(format!("store [{flag}]"));
        all.insert(format!("store_struct [{flag}]"));
    }
    for flag in ["no_gc", "no_return", "null_check_this", "no_throw"] {
        all.insert(format!("call [{flag}]"));
    }
    for b in 0..3 {
        all.insert(format!("store_struct #{b}"));
    }
    for l in ["value", "indirect", "indirect twice", "class"] {
        all.insert(format!("lookup {l}"));
    }
    for b in ["cold", "finally_return"] {
        all.insert(format!("block [{b}]"));
    }
    for o in ["node", "local", "small constant", "large constant"] {
        all.insert(format!("operand {o}"));
    }
    for &ty in &generate::SCALARS {
        all.insert(format!("parameter {ty}"));
        all.insert(format!("argument {ty}"));
        all.insert(format!("result {ty}"));
    }
    for word in ["parameter", "argument", "result"] {
        for size in [1, 2, 3, 4, 5, 12] {
            all.insert(format!("{word} struct of {size} words"));
        }
    }
    all.insert("result void".to_owned());
    use VarType::*;
    let small = [I8, U8, I16, U16, I32];
    for from in small {
        for to in small {
            all.insert(format!("copy of {from} to {to}"));
        }
    }
    for ty in [I64, F32, F64, Ref, Byref, Struct] {
        all.insert(format!("copy of {ty} to {ty}"));
    }
    for ty in [I8, U8, I16, U16, I32, I64, F32, F64, Ref, Byref] {
        all.insert(format!("copy of {ty} read behind a change of its source"));
    }
    for ty in [I8, U8, I16, U16, I32, I64, Struct] {
        for word in ["read", "written"] {
            all.insert(format!("{ty} {word} in parts"));
        }
    }
    all
}

/// Is a form more than its opcode?
fn typed(op: Opcode) -> bool {
    let info = op.info();
    !matches!(
        info.aux,
        AuxKind::Local
            | AuxKind::Layout
            | AuxKind::Call
            | AuxKind::Switch
            | AuxKind::Lookup
            | AuxKind::Func
            | AuxKind::Block
    ) && info.sub != SubKind::Index
        && !op.effects().contains(Effects::TERM) | (op == Opcode::CmpBranch)
        && op != Opcode::CatchArg
        && (info.result != tatsu::ir::ResultKind::None
            || matches!(op, Opcode::Store | Opcode::CmpBranch | Opcode::BoundsCheck))
}

fn seen(m: &Method, all: &mut BTreeSet<String>) {
    let body = &m.body;
    let words = |ty: VarType, layout| match m.layout(layout) {
        Some(l) if ty == VarType::Struct => {
            format!("struct of {} words", l.size.div_ceil(8).min(12))
        }
        _ => ty.to_string(),
    };
    for l in body.locals.iter().take(m.num_params as usize) {
        all.insert(format!("parameter {}", words(l.ty, l.layout)));
    }
    all.insert(format!("result {}", words(m.ret, m.ret_layout)));
    for c in body.clauses.iter() {
        all.insert(match c.kind {
            ClauseKind::Catch(0) => "clause catch all".to_owned(),
            ClauseKind::Catch(_) => "clause catch".to_owned(),
            ClauseKind::Filter => "clause filter".to_owned(),
            ClauseKind::Finally => "clause finally".to_owned(),
            ClauseKind::Fault => "clause fault".to_owned(),
        });
    }
    for b in body.blocks.ids() {
        let flags = body.blocks[b].flags;
        for (word, flag) in [
            ("cold", BlockFlags::COLD),
            ("finally_return", BlockFlags::FINALLY_RETURN),
        ] {
            if flags.contains(flag) {
                all.insert(format!("block [{word}]"));
            }
        }
        seen_copies(m, b, all);
        for n in body.block_nodes(b) {
            seen_node(m, n, all);
        }
    }
}

/// Copies of locals in a block, those among them that are read when their source has changed, and locals taken apart.
fn seen_copies(m: &Method, b: tatsu::ir::BlockId, all: &mut BTreeSet<String>) {
    let body = &m.body;
    // Copy, source, has the source changed?
    let mut copies: Vec<(LocalId, LocalId, bool)> = Vec::new();
    for n in body.block_nodes(b) {
        let x = &body.nodes[n];
        body.for_each_operand(n, |o| {
            let stale = copies.iter().any(|c| o == Operand::local(c.0) && c.2);
            if let (OperandRef::Local(l), true) = (o.get(), stale) {
                let ty = body.locals[l].ty;
                all.insert(format!("copy of {ty} read behind a change of its source"));
            }
        });
        let l = LocalId(x.aux);
        match x.op {
            Opcode::LclFld | Opcode::StoreLclFld => {
                let word = if x.op == Opcode::LclFld {
                    "read"
                } else {
                    "written"
                };
                all.insert(format!("{} {word} in parts", body.locals[l].ty));
            }
            _ => {}
        }
        if matches!(x.op, Opcode::StoreLcl | Opcode::StoreLclFld) {
            copies.retain(|c| c.0 != l);
            for c in copies.iter_mut().filter(|c| c.1 == l) {
                c.2 = true;
            }
        }
        if x.op == Opcode::StoreLcl
            && let OperandRef::Local(from) = x.opnd[0].get()
            && from != l
        {
            let (from_ty, ty) = (body.locals[from].ty, body.locals[l].ty);
            all.insert(format!("copy of {from_ty} to {ty}"));
            copies.push((l, from, false));
        }
    }
}

fn seen_node(m: &Method, n: tatsu::ir::NodeId, all: &mut BTreeSet<String>) {
    let body = &m.body;
    let x = &body.nodes[n];
    let name = x.op.name();
    if typed(x.op) {
        let form = Form {
            op: x.op,
            ty: if x.op.info().aux == AuxKind::Type {
                VarType::I32
            } else {
                x.ty
            },
            sub: x.sub,
            aux: x.aux,
        };
        all.insert(form.name());
    } else {
        all.insert(name.to_owned());
    }
    if matches!(x.op, Opcode::Load | Opcode::Store | Opcode::StoreStruct) {
        for (word, flag) in [
            ("non_faulting", NodeFlags::NON_FAULTING),
            ("volatile", NodeFlags::VOLATILE),
            ("unaligned", NodeFlags::UNALIGNED),
        ] {
            if x.flags.contains(flag) {
                all.insert(format!("{name} [{word}]"));
            }
        }
    }
    if x.op == Opcode::StoreStruct {
        all.insert(format!("{name} #{}", x.sub));
    }
    body.for_each_operand(n, |o| {
        all.insert(format!(
            "operand {}",
            match o.get() {
                OperandRef::Node(_) => "node",
                OperandRef::Local(_) => "local",
                OperandRef::Small(_) => "small constant",
                OperandRef::Pool(_) => "large constant",
                OperandRef::None => "none",
            }
        ));
    });
    match x.op {
        Opcode::Lookup => {
            use tatsu::ee::{Lookup, LookupRequest};
            all.insert(format!(
                "lookup {}",
                match &m.lookups[LookupId(x.aux)] {
                    LookupRequest::Known(Lookup::Value(_)) => "value",
                    LookupRequest::Known(Lookup::Indirect(_)) => "indirect",
                    LookupRequest::Known(Lookup::IndirectTwice(_)) => "indirect twice",
                    LookupRequest::Class(_) => "class",
                    _ => "other",
                }
            ));
        }
        Opcode::Call | Opcode::TailCall => seen_call(m, n, all),
        _ => {}
    }
}

fn seen_call(m: &Method, n: tatsu::ir::NodeId, all: &mut BTreeSet<String>) {
    let body = &m.body;
    let x = &body.nodes[n];
    let c = CallId(x.aux);
    let info = body.calls[c];
    let what = if x.op == Opcode::Call {
        "call"
    } else {
        "tail call"
    };
    all.insert(match info.target {
        CallTarget::Func(_) => format!("{what} of a function"),
        CallTarget::Indirect => format!("{what} of a address"),
        CallTarget::StubCell(_) => format!("{what} of a cell"),
        CallTarget::IndirectCell => format!("{what} of a computed cell"),
        CallTarget::Helper(h) => {
            let name = Helper::NAMED.iter().find(|(k, _)| *k == h);
            format!("{what} of helper {}", name.map_or("", |n| n.1))
        }
    });
    for (word, flag) in [
        ("no_gc", CallFlags::NO_GC),
        ("no_return", CallFlags::NO_RETURN),
        ("null_check_this", CallFlags::NULL_CHECK_THIS),
        ("no_throw", CallFlags::NO_THROW),
    ] {
        if info.flags.contains(flag) {
            all.insert(format!("call [{word}]"));
        }
    }
    for a in body.args(c) {
        if a.kind != ArgKind::User {
            all.insert(format!("argument {}", a.kind.name()));
        }
        all.insert(match m.layout(a.layout) {
            Some(l) if a.ty == VarType::Struct => {
                format!("argument struct of {} words", l.size.div_ceil(8).min(12))
            }
            _ => format!("argument {}", a.ty),
        });
    }
}

#[test]
fn random_programs_hold_everything_that_is_compiled() {
    let mut all = BTreeSet::new();
    for seed in 1..=2000 {
        for m in generate::random(seed, 40) {
            seen(&m, &mut all);
        }
    }
    let missing: Vec<String> = wanted().difference(&all).cloned().collect();
    assert!(
        missing.is_empty(),
        "{} forms never made:\n{}",
        missing.len(),
        missing.join("\n")
    );
}
