//! What the verifier says of nodes of handlers and filters.

use super::parse::parse_module;
use super::verify;

fn verified(text: &str) -> Result<(), String> {
    let module = parse_module(text).unwrap_or_else(|e| panic!("{}", e.render(text, "text")));
    verify(&module.methods[0]).map_err(|e| e.what)
}

/// What would have returned to nowhere in running code.
#[test]
fn handlers_are_left_by_nodes_of_their_kind() {
    let check = |kind: &str, end: &str| {
        let text = format!(
            "func @F(v0: i32) -> i32 {{
  region 0 try clause 0
  region 1 handler clause 0
  clause 0 {kind} try 0 handler 1 entry bb3
bb0:
  jump bb1
bb1 [region 0]:
  t0 = div.i32 1, v0
  ret t0
bb3 [region 1]:
  {end}
bb4:
  ret v0
}}
"
        );
        verified(&text)
    };
    assert_eq!(check("catch 0", "catch_ret bb4"), Ok(()));
    assert_eq!(check("catch 0", "throw 0"), Ok(()));
    assert_eq!(check("catch 0", "rethrow"), Ok(()));
    assert_eq!(check("fault", "end_finally"), Ok(()));
    for (kind, end, why) in [
        ("catch 0", "ret v0", "the method is left outside of them"),
        ("catch 0", "tail_call @F(i32 v0)", "is left outside of them"),
        ("catch 0", "jmp_method @F", "is left outside of them"),
        ("finally", "ret v0", "is left outside of them"),
        ("catch 0", "end_finally", "does not end a finally"),
        ("catch 0", "end_filter 1", "does not end a filter"),
        ("fault", "catch_ret bb4", "does not end a catch"),
        ("fault", "rethrow", "outside a catch"),
        ("catch 0", "catch_ret bb3", "enters or leaves a handler"),
    ] {
        let e = check(kind, end).expect_err(end);
        assert!(e.contains(why), "{end}: {e}");
    }
}

/// The object is in a register that whatever runs before may change.
#[test]
fn objects_are_taken_where_control_comes_with_them() {
    let check = |kind: &str, first: &str, entry: &str, more: &str| {
        let filter = match kind {
            "filter bb5" => "region 2 filter clause 0",
            _ => "",
        };
        let filter_block = match kind {
            "filter bb5" => {
                "bb5 [region 2]:\n  t20 = catch_arg.ref\n  keep_alive t20\n  end_filter 1"
            }
            _ => "",
        };
        verified(&format!(
            "func @F(v0: i32) -> i32 {{
  region 0 try clause 0
  region 1 handler clause 0
  {filter}
  clause 0 {kind} try 0 handler 1 entry bb3
bb0:
  {first}
  jump bb1
bb1 [region 0]:
  t3 = div.i32 1, v0
  ret t3
bb3 [region 1]:
  {entry}
  jump bb4
bb4 [region 1]:
  {more}
bb6:
  ret v0
{filter_block}
}}
"
        ))
    };
    let take = "t1 = catch_arg.ref\n  keep_alive t1";
    let also = "t2 = catch_arg.ref\n  keep_alive t2";
    let call = "t4 = call.i32 @F(i32 v0)\n  keep_alive t4";
    let leave = "catch_ret bb6";
    for kind in ["catch 0", "filter bb5"] {
        assert_eq!(check(kind, "nop", take, leave), Ok(()));
        assert_eq!(check(kind, "nop", &format!("nop\n  {take}"), leave), Ok(()));
        assert_eq!(check(kind, "nop", call, leave), Ok(()));
        // Without the object its block is one like others.
        let back = "branch v0, bb3, bb7\nbb7 [region 1]:\n  catch_ret bb6";
        assert_eq!(check(kind, "nop", call, back), Ok(()));
        let why = "where the object of an exception is taken";
        let found = check(kind, "nop", take, back);
        assert!(found.is_err_and(|e| e.contains(why)), "{kind}");
        let switch = "switch v0, [bb7, bb3], bb7\nbb7 [region 1]:\n  catch_ret bb6";
        let found = check(kind, "nop", take, switch);
        assert!(found.is_err_and(|e| e.contains(why)), "{kind}");
    }
    let late = format!("{call}\n  {take}");
    let twice = format!("{take}\n  {also}");
    let elsewhere = format!("{take}\n  {leave}");
    for (kind, first, entry, more) in [
        ("catch 0", take, "nop", leave),
        ("catch 0", "nop", &late, leave),
        ("catch 0", "nop", &twice, leave),
        ("catch 0", "nop", "nop", &elsewhere),
        ("fault", "nop", take, "end_finally"),
    ] {
        let e = check(kind, first, entry, more).expect_err(entry);
        assert!(e.contains("does not begin a catch handler"), "{e}");
    }
}

/// Before, such programs ended the process: code of one kind of handler returned as another.
#[test]
fn a_handler_is_one_of_all_its_clauses() {
    let check = |first: &str, second: &str| {
        verified(&format!(
            "func @F(v0: i32) -> i32 {{
  region 0 try clause 0
  region 1 handler clause 0
  region 2 try clause 1
  region 3 handler clause 1 in 1
  clause 0 {first}
  clause 1 {second}
bb0:
  jump bb1
bb1 [region 0]:
  t0 = div.i32 8, v0
  store_lcl v0, t0
  jump bb2
bb2 [region 2]:
  t1 = div.i32 8, v0
  store_lcl v0, t1
  jump bb9
bb3 [region 1]:
  catch_ret bb9
bb4 [region 3]:
  catch_ret bb3
bb9:
  ret v0
}}
"
        ))
    };
    let first = "catch 3 try 0 handler 1 entry bb3";
    let shared = "catch 2 try 2 handler 1 entry bb3";
    let own = "catch 3 try 2 handler 3 entry bb4";
    assert_eq!(check(first, shared), Ok(()));
    assert_eq!(check(first, own), Ok(()));
    for (clause, why) in [
        ("finally try 2 handler 1 entry bb3", "of another kind"),
        ("catch 3 try 2 handler 3 entry bb3", "not in its region"),
    ] {
        let e = check(first, clause).expect_err(clause);
        assert!(e.contains(why), "{e}");
    }
    // An entry in a handler inside the handler is none of it.
    let inner = "catch 3 try 0 handler 1 entry bb4";
    let e = check(inner, own).expect_err(inner);
    assert!(e.contains("not in its region"), "{e}");
}
