//! Tests of text form, builder and verifier together.

use super::builder::MethodBuilder;
use super::*;
use crate::ee::{Dictionary, Lookup, LookupRequest};
use crate::types::{ClassLayout, LayoutField, VarType};
use proptest::prelude::*;

fn text_of(m: &Method) -> String {
    let mut s = String::new();
    print_method(m, &mut s);
    s
}

fn read(text: &str) -> Module {
    parse_module(text).unwrap_or_else(|e| panic!("{}\n{text}", e.render(text, "test.tir")))
}

fn module_text(m: &Module) -> String {
    let mut s = String::new();
    print_module(&m.methods, &mut s);
    s
}

/// A method around one node of `op`, with everything the table says it has.
fn around(op: Opcode) -> Method {
    let info = op.info();
    let ty = match op {
        Opcode::LoadStruct | Opcode::StoreStruct => VarType::Struct,
        Opcode::VecExtract => VarType::I64,
        Opcode::CastClass | Opcode::IsInst => VarType::Ref,
        _ if is_vector_opcode(op) && op != Opcode::VecMask => VarType::V128,
        Opcode::FDiv | Opcode::FRem | Opcode::Sqrt | Opcode::Floor | Opcode::Ceil => VarType::F64,
        Opcode::RoundEven | Opcode::TruncFloat | Opcode::CopySign => VarType::F64,
        Opcode::Fma | Opcode::CkFinite | Opcode::FloatToFloat => VarType::F64,
        Opcode::IntToFloat | Opcode::UIntToFloat => VarType::F64,
        Opcode::Trunc => VarType::I32,
        _ if info.result == ResultKind::T
            || info.result == ResultKind::CallT
            || info.operands.contains(&OperandKind::T) =>
        {
            VarType::I64
        }
        _ => VarType::Void,
    };
    let ret = if op == Opcode::Ret {
        VarType::I64
    } else {
        VarType::Void
    };
    let mut b = MethodBuilder::new("F", ret);
    let p = b.param(VarType::Ref);
    let layout = b.layout(ClassLayout {
        size: 16,
        align: 8,
        gc: Vec::new(),
        fields: vec![LayoutField {
            offset: 0,
            ty: VarType::I64,
        }],
        in_memory: true,
        name: "Pair".into(),
    });
    let s = b.struct_local(layout);
    let wide = b.local(VarType::I64);
    let vector = b.local(VarType::V128);
    let f = b.func("Callee", 0);
    b.lookup_row(if op == Opcode::RuntimeLookup {
        LookupRequest::Dictionary(Dictionary {
            key: 7,
            offsets: vec![8, 16],
            may_be_empty: true,
        })
    } else {
        LookupRequest::Known(Lookup::Value(0x1234))
    });
    let first = b.start_block();
    let (other, third) = (b.block(), b.block());
    let mut node = Node::new(op, ty);
    if info.operands.contains(&OperandKind::Call) {
        let c = b.call_func(f, VarType::I64, &[]);
        node.opnd[0] = c;
    } else if !matches!(op, Opcode::Call | Opcode::TailCall) {
        for k in 0..info.operands.len() {
            node.opnd[k] = match info.operands[k] {
                OperandKind::Any if is_vector_opcode(op) => Operand::local(vector),
                OperandKind::T if ty == VarType::V128 => b.int(0),
                OperandKind::Any => Operand::local(s),
                OperandKind::Addr | OperandKind::Ref => Operand::local(p),
                OperandKind::Const => b.int(0),
                _ => b.int(k as i64 + 1),
            };
        }
    }
    node.sub = match info.sub {
        SubKind::None => 0,
        SubKind::Cond => Cond::ULt as u8,
        SubKind::Type if op.name().starts_with("float_to") => VarType::F64 as u8,
        SubKind::Type if matches!(op, Opcode::Sext | Opcode::Zext) => VarType::I32 as u8,
        SubKind::Type => VarType::I64 as u8,
        SubKind::Scale => 3,
        SubKind::Barrier => Barrier::Checked as u8,
        SubKind::Index if op == Opcode::StaticBase => 1,
        SubKind::Reg | SubKind::Index => 2,
    };
    node.aux = match info.aux {
        AuxKind::None => 0,
        AuxKind::Local => wide.0,
        AuxKind::Layout | AuxKind::Lookup | AuxKind::Func => 0,
        AuxKind::Type => VarType::I64 as u32,
        AuxKind::Imm => 24,
        AuxKind::Block => other.0,
        AuxKind::Call => {
            let id = b.body().calls.push(CallInfo {
                target: CallTarget::Func(f),
                ret: ty,
                ret_layout: crate::types::LayoutId::NONE,
                first_arg: 0,
                num_args: 0,
                flags: CallFlags::NO_GC,
                stack_bytes: 0,
            });
            id.0
        }
        AuxKind::Switch => 0,
        AuxKind::VecOp => {
            let is = |o: &&VecOp| o.info().opcode == op;
            let fits = |o: &&VecOp| is(o) && o.info().elements.contains(VarType::I64);
            let first = VecOp::ALL.iter().find(fits).or(VecOp::ALL.iter().find(is));
            let &first = first.expect("every opcode has operations");
            if !first.info().elements.contains(VarType::I64) {
                node.sub = VarType::F64 as u8;
            }
            first as u32
        }
        AuxKind::Cond => Cond::ULt as u32,
        AuxKind::Lane => 1,
        AuxKind::Vector => 0,
    };
    match op {
        Opcode::Switch => {
            let v = b.int(1);
            b.switch(v, &[third, other], other);
        }
        Opcode::CallFinally => {
            b.block_mut(other).region = RegionId(1);
            for kind in [RegionKind::Try, RegionKind::Handler] {
                b.body().regions.push(Region {
                    parent: RegionId::NONE,
                    kind,
                    clause: ClauseId(0),
                });
            }
            b.body().clauses.push(Clause {
                kind: ClauseKind::Finally,
                try_region: RegionId(0),
                handler_region: RegionId(1),
                handler_entry: other,
                filter_entry: BlockId::NONE,
            });
            b.call_finally(third, other);
        }
        _ => {
            b.node(node);
            let succ = super::text::successors(op);
            let all = [other, third];
            b.block_mut(first).succ[..succ].copy_from_slice(&all[..succ]);
        }
    }
    if !op.is_terminator() {
        b.jump(other);
    }
    for block in [other, third] {
        b.switch_to(block);
        b.op(Opcode::Unreachable, VarType::Void, &[]);
    }
    let mut m = b.finish();
    m.vectors.push([0; 64]);
    m
}

use super::opcodes::{AuxKind, SubKind};
use super::vector::is_vector_opcode;

#[test]
fn every_opcode_prints_and_parses() {
    let mut bad = Vec::new();
    for &op in Opcode::ALL {
        let m = around(op);
        let text = text_of(&m);
        let read = match parse_module(&text) {
            Ok(r) => r,
            Err(e) => {
                bad.push(format!("{}:\n{}", op.name(), e.render(&text, "text")));
                continue;
            }
        };
        let again = text_of(&read.methods[0]);
        if again != text {
            bad.push(format!("{}:\n{text}\n{again}", op.name()));
        }
        // The same nodes, not only the same text.
        let (a, b) = (&m.body, &read.methods[0].body);
        for n in a.nodes.ids() {
            let (x, y) = (a.nodes[n], b.nodes[n]);
            if (x.op, x.ty, x.sub, x.user, x.next) != (y.op, y.ty, y.sub, y.user, y.next) {
                bad.push(format!("{}: {x:?}\n{y:?}\n{text}", op.name()));
            }
        }
    }
    assert!(bad.is_empty(), "{}\n{} bad", bad.join("\n"), bad.len());
}

#[test]
fn every_opcode_verifies() {
    let mut bad = Vec::new();
    for &op in Opcode::ALL {
        let m = around(op);
        if let Err(e) = verify_body(&m, &m.body) {
            bad.push(format!("{}: {e}", op.name()));
        }
        let lowered = op.effects().contains(Effects::LOWERED);
        // A number is not stored with a barrier; the local's address is not known to be taken; there is no handler.
        let refused = lowered
            || matches!(
                op,
                Opcode::Store
                    | Opcode::LclAddr
                    | Opcode::CatchArg
                    | Opcode::CatchRet
                    | Opcode::Rethrow
                    | Opcode::EndFinally
                    | Opcode::EndFilter
            );
        assert_eq!(verify(&m).is_err(), refused, "{}", op.name());
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

const SAMPLE: &str = "
layout Pair size 16 align 8 { i64 @0, ref @8 }
func @Max(v0: i32, v1: i32) -> i32 {
  local v2: i32                   ; a comment
bb0:
  cmp_branch.i32 gt v0, v1, bb1, bb2
bb1 [cold weight 50]:
  ret v0
bb2:
  t7 = add.i32 v1, 1
  store_lcl v2, t7
  t2 = cmp.i64 ult 5, -6
  t3 = sext.i64 i32 t2
  t4 = lea.byref t3, 9, scale 8, disp 16
  t5 = load.i8 t4 [volatile unaligned]
  ret t5
}
func @Calls(v0: ref, v3: struct Pair, v1: f64) -> f64 {
  local v2: ref [pinned]
bb4:
  store.ref v0, v2 [barrier checked]
  t6 = lcl_fld.i64 v3, 8
  store_lcl_fld.i64 v3, t6, 8
  bounds_check.i32 3, 4
  t9 = call.i32 @Add(i32 2, f64 2.5, struct Pair v3, this: ref v0)
  switch t9, [bb1, bb2], bb3
bb1:
  call.void $throw_range() [no_gc no_return]
  ret 1.5
bb2:
  t10 = call.struct Pair @Make(i64 -1)
  store_lcl v3, t10
  t5 = lcl_fld.i64 v3, 0
  t1 = call.f64 *t5(i64 3)
  ret t1
bb3:
  t20 = add.f64 v1, -0.0
  t21 = mul.f64 t20, 1e300
  t22 = add.f64 t21, inf
  t23 = add.f64 t22, -inf
  t24 = add.f64 t23, nan:0x7ff8000000000001
  t25 = add.f64 t24, 0.1
  ret t25
}
func @Eh(v0: ref) -> i32 {
  region 0 try clause 0
  region 1 handler clause 0
  clause 0 catch 7 try 0 handler 1 entry bb1
bb0 [region 0]:
  throw v0
bb1 [region 1]:
  t0 = catch_arg.ref
  store_lcl v0, t0
  catch_ret bb2
bb2:
  ret 0
}
; run: Max(1, 2) == 3
; run: Max(1, -2) traps div_zero
; run: Calls(0, 0, 1.5)
";

#[test]
fn sample_prints_as_it_was_read() {
    let m = read(SAMPLE);
    let text = module_text(&m);
    let again = read(&text);
    assert_eq!(module_text(&again), text);
    for m in &m.methods {
        verify(m).unwrap_or_else(|e| panic!("{}: {e}\n{text}", m.name));
    }
    assert_eq!(m.runs.len(), 3);
    assert_eq!(m.runs[0].args, [RunValue::Int(1), RunValue::Int(2)]);
    assert_eq!(m.runs[1].expect, Expect::Trap("div_zero".into()));
    assert_eq!(m.runs[2].expect, Expect::Values(vec![]));
    let nan = 0x7ff8_0000_0000_0001;
    assert!(m.methods[1].body.consts.contains(&nan));
    assert!(m.methods[0].body.locals[LocalId(0)].flags == LocalFlags::PARAM);
}

#[test]
fn generated_methods_round_trip_and_verify() {
    for seed in 0..10 {
        for m in generate::realistic(seed, 4, 20..200) {
            verify(&m).unwrap_or_else(|e| panic!("seed {seed}, {}: {e}", m.name));
            let text = module_text(&read(&text_of(&m)));
            assert_eq!(module_text(&read(&text)), text, "seed {seed}");
        }
    }
}

#[test]
fn errors_show_line_column_and_caret() {
    let cases = [
        ("func @F() {\nbb0:\n  t1 = addd.i32 1, 2\n}\n", 3, 8),
        ("func @F() {\nbb0:\n  store_lcl v7, 1\n}\n", 3, 13),
        ("func @F() {\nbb0:\n  throw t3\n}\n", 3, 9),
        ("func @F(v0: i33) {\nbb0:\n  ret\n}\n", 1, 13),
        ("hello", 1, 1),
    ];
    for (text, line, column) in cases {
        let e = parse_module(text).expect_err(text);
        assert_eq!((e.line, e.column), (line, column), "{e}\n{text}");
        let shown = e.render(text, "x.tir");
        let mut lines = shown.lines();
        let head = format!("x.tir:{line}:{column}: {}", e.message);
        assert_eq!(lines.next(), Some(head.as_str()));
        assert_eq!(lines.next(), text.lines().nth(line as usize - 1));
        let caret = lines.next().expect("a caret");
        assert_eq!(caret.find('^'), Some(column as usize - 1), "{shown}");
    }
}

/// Of a line of a megabyte, what is near the place.
#[test]
fn a_long_line_is_not_shown_whole() {
    let text = format!("func @F(v0: i32, {}) {{\n", "v0: i32, ".repeat(100_000));
    let e = parse_module(&text).expect_err("a long line");
    let shown = e.render(&text, "x.tir");
    assert!(shown.len() < 1000, "{} characters", shown.len());
    let lines: Vec<&str> = shown.lines().collect();
    let caret = lines[2].find('^').expect("a caret");
    assert!(lines[1][caret..].starts_with("v0: i32"), "{shown}");
    // Near the end of a line it is the end that is shown.
    let text = format!(
        "; {}\nfunc @F() {{ {}bb0: }}",
        "-".repeat(500),
        " ".repeat(500)
    );
    let e = parse_module(&text).expect_err("an empty block");
    let shown = e.render(&text, "x.tir");
    let lines: Vec<&str> = shown.lines().collect();
    assert!(
        lines[2].find('^').is_some_and(|at| at <= lines[1].len()),
        "{shown}"
    );
}

#[test]
fn missing_and_extra_parts_are_errors() {
    let bodies = [
        "jump bb9",
        "t0 = add 1, 2\n  ret",
        "t0 = add.i32 1, 2, 3\n  ret",
        "ret\n  ret",
        "jump",
        "switch 1, [bb0",
        "t0 = call.i32 $nothing()\n  ret",
        "t0 = call.struct None @F()\n  ret",
        "t0 = cmp.i32 maybe 1, 2\n  ret",
        "il_offset imm 99999999999\n  ret",
        "t0 = add.i32 99999999999, 1\n  ret",
    ];
    for b in bodies {
        let text = format!("func @F() {{\nbb0:\n  {b}\n}}\n");
        assert!(parse_module(&text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Err(e) = parse_module(&text) {
            e.render(&text, "x");
        }
    }

    #[test]
    fn a_damaged_text_is_read_or_refused(
        edits in proptest::collection::vec((0..SAMPLE.len(), 0..12usize, "[ -~\n]{0,4}"), 1..6)
    ) {
        let mut text = SAMPLE.to_owned();
        for (at, len, new) in edits {
            let at = at.min(text.len());
            let end = (at + len).min(text.len());
            text.replace_range(at..end, &new);
        }
        match parse_module(&text) {
            Err(e) => {
                e.render(&text, "x");
            }
            Ok(m) => {
                for m in &m.methods {
                    let _ = verify(m);
                }
                module_text(&m);
            }
        }
    }

    /// Whatever a body holds, the verifier answers.
    #[test]
    fn a_damaged_body_is_answered(
        edits in proptest::collection::vec((0..14u8, any::<u32>(), any::<u32>()), 1..8)
    ) {
        for mut m in read(SAMPLE).methods {
            for &(what, at, v) in &edits {
                damage(&mut m, what, at as usize, v);
            }
            let _ = (verify(&m), verify_body(&m, &m.body));
        }
    }
}

/// Changes one thing; small and wild numbers alike.
fn damage(m: &mut Method, what: u8, at: usize, v: u32) {
    let small = if v & 1 == 0 { v >> 24 & 15 } else { v };
    let body = &mut m.body;
    let pick = at % body.nodes.len();
    let node = &mut body.nodes.raw()[pick];
    match what {
        0 => node.op = Opcode::ALL[v as usize % Opcode::ALL.len()],
        1 => node.ty = VarType::ALL[v as usize % VarType::ALL.len()],
        2 => node.sub = v as u8,
        3 => node.aux = small,
        4 => node.opnd[v as usize % 3] = Operand(v.rotate_left(16)),
        5 => node.opnd[v as usize % 3] = Operand::node(NodeId(small & 0xFF)),
        6 => node.next = NodeId(small),
        7 => node.prev = NodeId(small),
        8 => node.user = NodeId(small),
        9 => {
            let k = at % body.blocks.len();
            body.blocks.raw()[k].succ[v as usize & 1] = BlockId(small);
        }
        10 => {
            let k = at % body.blocks.len();
            body.blocks.raw()[k].region = RegionId(small);
        }
        11 => {
            for c in body.calls.iter_mut() {
                (c.first_arg, c.num_args) = (small, v);
            }
            for s in body.switches.iter_mut() {
                (s.first, s.count) = (small, v);
            }
        }
        12 => {
            for r in body.regions.iter_mut() {
                r.parent = RegionId(small);
            }
        }
        _ => m.num_params = small,
    }
}

/// Each kind of damage that a phase could do is named.
#[test]
fn damage_is_found() {
    let text = "func @F(v0: i32) -> i32 {
bb0:
  t0 = add.i32 v0, 1
  t1 = add.i32 t0, 2
  ret t1
}
";
    let good = read(text).methods.remove(0);
    verify(&good).expect("it is well formed");
    let cases: [(&str, fn(&mut Method)); 9] = [
        ("is used twice", |m| {
            m.body.nodes[NodeId(1)].opnd[1] = Operand::node(NodeId(0))
        }),
        ("not defined above", |m| {
            m.body.nodes[NodeId(0)].opnd[0] = Operand::node(NodeId(1))
        }),
        ("there is no v9", |m| {
            m.body.nodes[NodeId(0)].opnd[0] = Operand::local(LocalId(9))
        }),
        ("says t2 uses it", |m| {
            m.body.nodes[NodeId(0)].user = NodeId(2)
        }),
        ("i32 where i64", |m| {
            m.body.nodes[NodeId(1)].ty = VarType::I64
        }),
        ("needs operand 1", |m| {
            m.body.nodes[NodeId(0)].opnd[1] = Operand::NONE
        }),
        ("`prev` is not", |m| {
            m.body.nodes[NodeId(1)].prev = NodeId::NONE
        }),
        ("a terminator is the last", |m| {
            m.body.nodes[NodeId(0)].op = Opcode::Ret
        }),
        ("has 0 successors", |m| {
            m.body.blocks[BlockId(0)].succ[0] = BlockId(0)
        }),
    ];
    for (what, change) in cases {
        let mut m = good.clone();
        change(&mut m);
        let e = verify(&m).expect_err(what);
        assert!(e.what.contains(what), "{e} where `{what}` is expected");
    }
}

/// What a text's error says and where: message part, line, column.
fn refused(text: &str) -> (String, u32, u32) {
    let e = parse_module(text).expect_err(text);
    assert!(e.render(text, "x.tir").ends_with("^\n"));
    (e.message, e.line, e.column)
}

#[test]
fn numbers_out_of_range_are_refused_at_their_place() {
    let cases = [
        ("t1 = static_base.i64 #256 value 1", "from 0 to 255", 25),
        ("fence #4294967296", "from 0 to 255", 10),
        ("t1 = param_reg.i64 reg 256", "from 0 to 255", 26),
        (
            "t1 = add.i32 1, 2\n  t1 = add.i32 3, 4",
            "t1 is defined twice",
            3,
        ),
        ("t1 = add.i32 1, 9999999999", "does not fit 32 bits", 19),
        ("t1 = add.f64 nan:0x0, 1.0", "the bits of a NaN", 20),
        ("t1 = add.f32 nan:0x1ffffffff, 1.0", "the bits of a NaN", 20),
        (
            "t1 = lookup.i64 literal \"a\\q\"",
            "the string has no end",
            27,
        ),
        ("t1 = lookup.i64 literal \"a", "the string has no end", 27),
    ];
    for (body, what, column) in cases {
        let text = format!("func @F() {{\nbb0:\n  {body}\n  unreachable\n}}\n");
        let line = 3 + body.matches('\n').count() as u32;
        let (message, at_line, at_column) = refused(&text);
        assert!(message.contains(what), "{message} for {body}");
        assert_eq!((at_line, at_column), (line, column), "{message}\n{text}");
    }
}

#[test]
fn a_number_in_another_block_is_still_taken() {
    let text = "func @F() {\nbb0:\n  t1 = add.i32 1, 2\n  jump bb1\nbb1:\n  t1 = add.i32 1, 2\n  unreachable\n}\n";
    assert_eq!(refused(text), ("t1 is defined twice".into(), 6, 3));
}

/// A body whose nodes do not stand in the order of their numbers prints as what is read back from it.
#[test]
fn printing_what_was_read_from_print_is_exact() {
    let mut m = read("func @F(v0: i32) -> i32 {\nbb0:\n  t0 = add.i32 v0, 1\n  t1 = add.i32 t0, 2\n  ret t1\n}\n")
        .methods
        .remove(0);
    let mut neg = Node::new(Opcode::Neg, VarType::I32);
    neg.opnd[0] = Operand::node(NodeId(0));
    let neg = m.body.insert_before(BlockId(0), NodeId(1), neg);
    m.body.nodes[NodeId(1)].opnd[0] = Operand::node(neg);
    m.body.nodes[neg].user = NodeId(1);
    verify(&m).expect("well formed");
    let text = text_of(&m);
    assert!(text.contains("t2 = add.i32 t1, 2"), "{text}");
    let again = read(&text).methods.remove(0);
    assert_eq!(text_of(&again), text);
    assert_eq!(text_of(&read(&text_of(&again)).methods[0]), text);
    // A dump keeps the body's own numbers.
    let mut dump = String::new();
    print::print_state(&m, &m.body, &mut dump);
    assert!(dump.contains("t3 = neg.i32 t0"), "{dump}");
    assert_eq!(text_of(&read(&dump).methods[0]), text);
}

/// Unnamed layouts, and different ones of one name, stay apart in one text.
#[test]
fn layouts_of_two_methods_are_not_confused() {
    let method = |name: &str, layout: &str, size: u32| {
        let mut b = MethodBuilder::new(name, VarType::Void);
        let layout = b.layout(ClassLayout {
            size,
            align: 8,
            name: layout.into(),
            ..ClassLayout::default()
        });
        b.struct_local(layout);
        b.start_block();
        b.ret(Operand::NONE);
        b.finish()
    };
    let cases = [
        ("", 8),
        ("", 24),
        ("P", 8),
        ("P", 40),
        ("L0", 48),
        ("a b", 56),
        ("", 24),
    ];
    let methods: Vec<Method> = (0..)
        .zip(cases)
        .map(|(i, (layout, size))| method(&format!("F{i}"), layout, size))
        .collect();
    let mut text = String::new();
    print_module(&methods, &mut text);
    let read_back = read(&text);
    for (m, (_, size)) in read_back.methods.iter().zip(cases) {
        let layout = m.layout(m.body.locals[LocalId(0)].layout).expect("known");
        assert_eq!(layout.size, size, "{text}");
    }
    assert_eq!(read_back.layouts.len(), 6, "{text}");
    assert_eq!(module_text(&read_back), text);
    let twice = "layout A size 8 align 8 {}\nlayout A size 16 align 8 {}\n";
    assert_eq!(refused(twice), ("there are two layouts A".into(), 2, 8));
}

#[test]
fn strings_and_names_of_any_text_round_trip() {
    let strings = [
        "",
        "plain",
        "a\"b",
        "back\\slash",
        "two\nlines\r\t",
        "é\u{7f}\u{1}",
        "; run: x",
    ];
    for s in strings {
        let mut b = MethodBuilder::new(s, VarType::I64);
        let row = b.lookup_row(LookupRequest::Literal(s.to_owned()));
        let f = b.func(&format!("<{s}>$"), 0);
        b.start_block();
        b.call_func(f, VarType::Void, &[]);
        let v = b.full(Opcode::Lookup, VarType::I64, 0, row.0, &[]);
        b.ret(v);
        let m = b.finish();
        let text = text_of(&m);
        let back = read(&text);
        assert!(back.runs.is_empty(), "{text}");
        let back = &back.methods[0];
        assert_eq!(back.name, s, "{text}");
        assert_eq!(back.lookups, m.lookups, "{text}");
        assert_eq!(back.funcs, m.funcs, "{text}");
        assert_eq!(text_of(back), text);
    }
}

proptest! {
    /// Every bit pattern of a float constant comes back.
    #[test]
    fn float_constants_keep_their_bits(
        double in prop_oneof![any::<u64>(), (0..1u64 << 53).prop_map(|b| b | 0x7ff0 << 48), any::<u64>().prop_map(|b| b | 0xfff0 << 48)],
        single in prop_oneof![any::<u32>(), any::<u32>().prop_map(|b| b | 0x7f80_0000), any::<u32>().prop_map(|b| b & 0x807f_ffff)],
    ) {
        let mut b = MethodBuilder::new("F", VarType::Void);
        b.start_block();
        for (ty, bits) in [(VarType::F64, double), (VarType::F32, single.into())] {
            let o = b.body().const_operand(bits);
            b.op(Opcode::Neg, ty, &[o]);
        }
        b.ret(Operand::NONE);
        let m = b.finish();
        let text = text_of(&m);
        let body = &read(&text).methods[0].body;
        for (n, bits) in [(0, double), (1, single.into())] {
            prop_assert_eq!(body.const_value(body.nodes[NodeId(n)].opnd[0]), Some(bits), "{}", &text);
        }
    }
}

/// Each method names five others and a layout of its own; whoever searches lists for names is noticed here by the wait.
#[test]
fn many_methods_that_name_each_other_are_read() {
    let module = |count: u32| {
        let mut text = String::new();
        for i in 0..count {
            text += &format!("layout S{i} size 16 align 8 {{ i64 @0 }}\n");
        }
        for i in 0..count {
            text += &format!(
                "func @Method{i}() {{\n  local v0: struct S{}\nbb0:\n",
                count - 1 - i
            );
            for k in 1..6 {
                text += &format!("  call.void @Method{}()\n", (i + k * 977) % count);
            }
            text += "  ret\n}\n";
        }
        text
    };
    let m = read(&module(10_000));
    assert_eq!(m.methods.len(), 10_000);
    let whole = |m: &Method| m.funcs.len() == 5 && m.layouts.len() == 1;
    assert!(m.methods.iter().all(whole));
}

/// Large numbers in a short text take no memory to speak of: reading this many would take terabytes else.
#[test]
fn large_numbers_cost_no_memory() {
    let mut text = String::new();
    for i in 0..2000 {
        text += &format!(
            "func @F{i}(v999999999: i32) -> i32 {{\nbb900000000:\n  t999999998 = neg.i32 v999999999\n  ret t999999998\n}}\n"
        );
    }
    let m = read(&text);
    assert_eq!(m.methods.len(), 2000);
    let last = &m.methods[1999];
    verify(last).expect("well formed");
    assert_eq!(last.body.nodes.len(), 2);
    assert_eq!(last.body.locals.len(), 1);
}

#[test]
fn what_lowering_took_away_reads_back() {
    let text = "func @F(v0: i32) {\nbb0:\n  call.void @G(i32 none, i64 5)\n  mach.void #7 none, v0, imm 3\n  ret\n}\n";
    let m = read(text);
    assert_eq!(module_text(&m), text);
    assert!(m.methods[0].body.nodes[NodeId(1)].opnd[0].is_none());
}

/// A `call_finally` that the finally itself protects would run it twice when it throws.
#[test]
fn call_finally_stands_outside_its_try() {
    let text = |region: &str| {
        format!(
            "func @F(v0: i32) -> i32 {{
  region 0 try clause 0
  region 1 handler clause 0
  region 2 try clause 0 in 0
  clause 0 finally try 0 handler 1 entry bb3
bb0 [region 0]:
  jump bb1
bb1{region}:
  call_finally bb2, bb3
bb2:
  ret v0
bb3 [region 1]:
  end_finally
}}
"
        )
    };
    let check = |region: &str| verify(&read(&text(region)).methods[0]);
    assert_eq!(check(""), Ok(()));
    for inside in [" [region 0]", " [region 2]"] {
        let e = check(inside).expect_err(inside);
        assert!(e.what.contains("inside the try"), "{e}");
        assert_eq!(e.block, BlockId(1));
    }
}

const VECTORS: &str = "func @V(v0: i64, v1: i32, v2: v128) -> i32 {
  local v3: v128
bb0:
  t0 = load.v128 v0
  t1 = vunary.v128 i16 widen_high t0
  t2 = vbinary.v128 i8 narrow_sat t1, v2
  t3 = vternary.v128 f32 fma v2, 0, t2
  store_lcl v3, t3
  t5 = vshift.v128 i64 sar v3, 3
  t6 = vcmp.v128 f64 uge t5, v3
  t7 = vsplat.v128 i8 v1
  t8 = vshuffle.v128 i32 t6, t7, \"00040107\"
  t9 = vextract.i32 u8 v2, lane 15
  t10 = vinsert.v128 i16 t8, t9, lane 7
  t11 = vconst.v128 \"000102030405060708090a0b0c0d0eff\"
  t12 = vbinary.v128 i8 andnot t10, t11
  t13 = vmask i32 t12
  ret t13
}
";

#[test]
fn vectors_print_as_they_were_read() {
    let module = read(VECTORS);
    let m = &module.methods[0];
    assert_eq!(verify(m), Ok(()));
    assert_eq!(text_of(m), VECTORS);
    assert_eq!(m.vectors.len(), 2);
}

#[test]
fn vectors_that_mean_nothing_are_refused() {
    for (what, instead, why) in [
        (
            "i8 narrow_sat",
            "i32 narrow_sat",
            "no operation for these elements",
        ),
        ("i64 sar", "f64 sar", "no operation for these elements"),
        ("lane 15", "lane 16", "no such lane"),
        ("lane 7", "lane 8", "no such lane"),
        ("00040107", "00040108", "a lane beyond both operands"),
        ("f64 uge", "i64 ueq", "an unordered condition of integers"),
        ("v2, 0, t2", "v2, 1, t2", "the only constant"),
        (
            "vextract.i32 u8",
            "vextract.i64 u8",
            "not the type of the lane",
        ),
        ("vmask i32", "vmask ref", "no element type"),
        (
            "v1: i32, v2: v128",
            "v1: i32, v2: v256",
            "v256 where v128 is expected",
        ),
    ] {
        let module = read(&VECTORS.replace(what, instead));
        let e = verify(&module.methods[0]).expect_err(instead).to_string();
        assert!(e.contains(why), "{instead}: {e}");
    }
    let (e, ..) = refused(&VECTORS.replace("i8 narrow_sat", "i8 fma"));
    assert!(e.contains("vbinary has no operation fma"), "{e}");
    let (e, ..) = refused(&VECTORS.replace("00040107", "0004010"));
    assert!(e.contains("expected 4 bytes"), "{e}");
}

/// Forms that neither the interpreter nor a target could compute; a wide source of an extension was read as a narrow one.
#[test]
fn conversions_and_comparisons_that_mean_nothing_are_refused() {
    for (form, param, ret) in [
        ("sext.i64 i64 v0", "i64", "i64"),
        ("zext.i64 ref v0", "ref", "i64"),
        ("sext.byref i32 v0", "i32", "byref"),
        ("trunc.i64 i64 v0", "i64", "i64"),
        ("float_to_int.i8 f32 v0", "f32", "i32"),
        ("float_to_uint.ref f64 v0", "f64", "ref"),
        ("cast_ovf.byref i64 v0", "i64", "byref"),
        ("cast_ovf_to_un.u8 i32 v0", "i32", "i32"),
        ("cmp.v128 eq v0, v0", "v128", "i32"),
    ] {
        let text = format!("func @F(v0: {param}) -> {ret} {{\nbb0:\n  t0 = {form}\n  ret t0\n}}\n");
        let e = verify(&read(&text).methods[0]).expect_err(form).to_string();
        assert!(e.contains("has no meaning for"), "{form}: {e}");
    }
    for form in ["store.void v0, 1", "store_lcl_fld.void v1, 1, 0"] {
        let head = "func @F(v0: i64) -> i32 {\n  local v1: i64\nbb0:\n";
        let text = format!("{head}  {form}\n  ret 1\n}}\n");
        let e = verify(&read(&text).methods[0]).expect_err(form).to_string();
        assert!(e.contains("has no meaning for void"), "{form}: {e}");
    }
}

#[test]
fn structs_are_stored_where_they_fit() {
    let check = |nodes: &str, ret: &str| {
        let text = format!(
            "layout A size 24 align 8 {{ i64 @0 }}
layout B size 4000 align 8 {{ i64 @0 }}
layout C size 24 align 8 {{ i64 @16 }}
func @F(v0: i64) -> struct {ret} {{
  local v1: struct A
  local v2: struct B
  local v3: struct C
bb0:
  {nodes}
  ret v1
}}
"
        );
        verify(&read(&text).methods[0]).map_err(|e| e.what)
    };
    for fits in [
        "store_lcl v1, v3",
        "store_lcl v1, 0",
        "store_struct A v0, v3",
        "store_struct B v0, 0",
    ] {
        assert_eq!(check(fits, "C"), Ok(()), "{fits}");
    }
    for (nodes, ret, why) in [
        ("store_lcl v1, v2", "A", "4000 bytes where one of 24"),
        ("store_struct A v0, v2", "A", "4000 bytes where one of 24"),
        ("store_struct A v0, v0", "A", "is no struct"),
        ("store_lcl v1, 7", "A", "is no struct"),
        ("nop", "B", "24 bytes where one of 4000"),
        (
            "t0 = load_struct B v0\n  store_lcl v1, t0",
            "A",
            "4000 bytes",
        ),
        (
            "t0 = call.struct B @G()\n  store_lcl v1, t0",
            "A",
            "4000 bytes",
        ),
        (
            "call.void @G(struct B v1)",
            "A",
            "24 bytes where one of 4000",
        ),
    ] {
        let e = check(nodes, ret).expect_err(nodes);
        assert!(e.contains(why), "{nodes}: {e}");
    }
}

/// What was built in it before does not show.
#[test]
fn a_method_is_built_in_the_memory_of_another() {
    let build = |memory: Method, name: &str| {
        let mut b = MethodBuilder::reusing(memory, name, VarType::I64);
        let (x, y) = (b.param(VarType::I64), b.param(VarType::I64));
        b.start_block();
        let sum = b.binary(
            Opcode::Add,
            VarType::I64,
            Operand::local(x),
            Operand::local(y),
        );
        b.ret(sum);
        b.finish()
    };
    let mut seed = 0;
    let fresh = build(Method::default(), "sum");
    for program in [30, 300].map(|ops| generate::random(7, ops)) {
        for memory in program {
            seed += 1;
            assert_eq!(build(memory, "sum"), fresh, "method {seed}");
        }
    }
}

#[test]
fn results_without_operands_stand_line_by_line() {
    let text = "layout Quad size 32 align 8 { f64 @0, f64 @8, f64 @16, f64 @24 }\n\
        func @F(v0: f64) -> f64 {\nbb0:\n  t0 = call.struct Quad @G(f64 v0)\n  t1 = result.f64 #1\n  \
        t2 = result.f64 #2\n  ret t2\n}\n";
    let m = &read(text).methods[0];
    assert_eq!(
        m.body
            .nodes
            .iter()
            .filter(|n| n.op == Opcode::Result)
            .count(),
        2
    );
    assert_eq!(text_of(&read(&text_of(m)).methods[0]), text_of(m));
}
