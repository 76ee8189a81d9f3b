use super::*;
use crate::ir::generate::{Rng, realistic};
use crate::ir::interp::{Interp, Limits, Value};
use crate::ir::{Body, Opcode, OperandRef, parse_module, print_method};

fn parsed(text: &str) -> Vec<Method> {
    parse_module(text)
        .unwrap_or_else(|e| panic!("{}", e.render(text, "test")))
        .methods
}

fn text(m: &Method) -> String {
    let mut out = String::new();
    print_method(m, &mut out);
    out
}

/// The rules the shrinker promises: links, terminators, definitions before their one use, rows in range.
fn well_formed(m: &Method) -> Result<(), String> {
    let body: &Body = &m.body;
    let mut defined = vec![None; body.nodes.len()];
    let mut users = vec![NodeId::NONE; body.nodes.len()];
    for b in body.blocks.ids() {
        let nodes: Vec<NodeId> = body.block_nodes(b).collect();
        if nodes.last() != Some(&body.blocks[b].last) {
            return Err(format!("{b}: last node"));
        }
        for (i, &n) in nodes.iter().enumerate() {
            let node = &body.nodes[n];
            if node.op.is_terminator() != (i + 1 == nodes.len()) {
                return Err(format!("{n}: terminator"));
            }
            let mut wrong = None;
            body.for_each_operand(n, |o| match o.get() {
                OperandRef::Node(d) => {
                    if defined[d.0 as usize] != Some(b) || users[d.0 as usize].is_some() {
                        wrong = Some(o);
                    }
                    users[d.0 as usize] = n;
                }
                OperandRef::Local(l) if body.locals.get(l).is_none() => wrong = Some(o),
                OperandRef::Pool(i) if i as usize >= body.consts.len() => wrong = Some(o),
                _ => {}
            });
            if let Some(o) = wrong {
                return Err(format!("{n}: operand {o:?}"));
            }
            defined[n.0 as usize] = Some(b);
        }
        let mut bad = false;
        body.for_each_succ(b, |s| bad |= body.blocks.get(s).is_none());
        if bad {
            return Err(format!("{b}: successor"));
        }
    }
    for n in body.nodes.ids() {
        if body.nodes[n].user != users[n.0 as usize] {
            return Err(format!("{n}: user link"));
        }
    }
    Ok(())
}

fn has(m: &Method, op: Opcode) -> bool {
    m.body
        .blocks
        .ids()
        .any(|b| m.body.block_nodes(b).any(|n| m.body.nodes[n].op == op))
}

const MIXED: &str = "
layout Pair size 16 align 8 { i64 @0, i64 @8 }
func @F(v0: i32, v1: i64) -> i32 {
  local v2: i32
  local v3: struct Pair [exposed]
  local v4: i32
  region 0 try clause 0
  region 1 handler clause 0
  clause 0 catch 3 try 0 handler 1 entry bb5
bb0:
  store_lcl v2, 7
  t0 = call.struct Pair @Two(i64 v1)
  store_lcl v3, t0
  cmp_branch.i32 gt v0, 100, bb1, bb2
bb1:
  t1 = add.i32 v0, v2
  store_lcl v4, t1
  jump bb3
bb2:
  switch v0, [bb1, bb3], bb3
bb3 [region 0]:
  t2 = lcl_fld.i64 v3, 8
  t3 = trunc.i32 i64 t2
  t4 = div.i32 v4, t3
  store_lcl v2, t4
  jump bb4
bb4:
  t5 = mul.i32 v2, 12345678
  ret t5
bb5 [region 1]:
  t6 = catch_arg.ref
  keep_alive t6
  catch_ret bb4
}
func @Two(v0: i64) -> struct Pair {
  local v1: struct Pair
bb0:
  store_lcl_fld.i64 v1, v0, 0
  store_lcl_fld.i64 v1, v0, 8
  ret v1
}
func @Idle() {
bb0:
  ret
}
";

#[test]
fn a_method_shrinks_to_the_node_at_fault() {
    let m = parsed(MIXED).swap_remove(0);
    let small = shrink(&m, 10_000, |c| {
        assert_eq!(well_formed(c), Ok(()), "{}", text(c));
        has(c, Opcode::Div)
    });
    let want = "func @F(v0: i32, v1: i64) -> i32 {\nbb0:\n  t0 = div.i32 0, 0\n  ret 0\n}\n";
    let got = text(&small);
    assert_eq!(&got[got.find("func").unwrap()..], want);
}

#[test]
fn a_handler_stays_as_long_as_it_is_needed() {
    let m = parsed(MIXED).swap_remove(0);
    let small = shrink(&m, 10_000, |c| {
        assert_eq!(well_formed(c), Ok(()), "{}", text(c));
        has(c, Opcode::CatchArg)
    });
    assert_eq!(small.body.clauses.len(), 1);
    assert_eq!(small.body.regions.len(), 2);
    assert!(small.body.nodes.len() <= 6, "{}", text(&small));
    let small = shrink(&m, 10_000, |c| has(c, Opcode::Mul));
    assert!(small.body.clauses.is_empty() && small.body.regions.is_empty());
}

#[test]
fn what_traps_still_traps_and_other_methods_go() {
    let methods = parsed(MIXED);
    let limits = Limits {
        fuel: 10_000,
        ..Limits::default()
    };
    let run = |c: &[Method]| {
        let args = [Value::I32(3), Value::I64(5)];
        Interp::with_limits(c, limits).call("F", &args)
    };
    // The division works; the product is the wanted result.
    let want = run(&methods);
    assert!(want.is_ok(), "{want:?}");
    let small = shrink_module(&methods, 10_000, |c| {
        c.iter().all(|m| well_formed(m).is_ok()) && run(c) == want
    });
    assert_eq!(run(&small), want);
    assert_eq!(small.len(), 1, "{}", text(&small[0]));
    assert!(small[0].body.nodes.len() <= 2, "{}", text(&small[0]));
}

#[test]
fn no_fault_no_change_and_the_budget_is_kept() {
    let m = parsed(MIXED).swap_remove(0);
    assert_eq!(shrink(&m, 100, |_| false), m);
    for budget in [0, 1, 2, 17, 60] {
        let mut asked = 0;
        shrink(&m, budget, |c| {
            asked += 1;
            has(c, Opcode::Div)
        });
        assert!(asked <= budget, "{asked} of {budget}");
    }
}

#[test]
fn every_candidate_of_generated_methods_is_well_formed() {
    for seed in 0..6u64 {
        let m = realistic(seed, 1, 40..120).swap_remove(0);
        assert_eq!(well_formed(&m), Ok(()));
        let (mut rng, mut asked) = (Rng::new(seed), 0);
        let small = shrink(&m, 400, |c| {
            assert_eq!(well_formed(c), Ok(()), "seed {seed}\n{}", text(c));
            assert_eq!(c.num_params, m.num_params);
            // Candidates are numbered in layout order: print, parse, print gives the same text.
            let t = text(c);
            assert!(c == &m || text(&parsed(&t)[0]) == t, "seed {seed}\n{t}");
            asked += 1;
            asked <= 2 || rng.chance(40)
        });
        assert!(small.body.nodes.len() < m.body.nodes.len(), "seed {seed}");
    }
}
