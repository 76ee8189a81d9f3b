use super::*;
use crate::ir::parse::parse_module;

#[test]
fn eval_edges() {
    use Opcode::*;
    let v = VarType::Void;
    let i = |op, a, b| eval::eval(op, VarType::I32, v, &[Value::I32(a), Value::I32(b)]);
    let overflow = Err(eval::Fail::Trap(TrapKind::Overflow));
    assert_eq!(i(Shl, 1, 33), Ok(Value::I32(2)));
    assert_eq!(i(Div, 1, 0), Err(eval::Fail::Trap(TrapKind::DivZero)));
    assert_eq!(i(Div, i32::MIN, -1), overflow);
    assert_eq!(i(Rem, i32::MIN, -1), overflow);
    assert_eq!(i(UDiv, -1, 2), Ok(Value::I32(i32::MAX)));
    assert_eq!(i(MulOvf, 1 << 16, 1 << 15), overflow);
    assert_eq!(i(MulOvfUn, 1 << 16, 1 << 15), Ok(Value::I32(i32::MIN)));
    let nan = Value::F64(f64::NAN);
    let one = Value::F64(1.0);
    let to_int = eval::eval(FloatToInt, VarType::I32, VarType::F64, &[Value::F64(1e20)]);
    assert_eq!(to_int, Ok(Value::I32(i32::MAX)));
    let compare = |c| eval::compare(c, VarType::F64, &nan, &one);
    assert_eq!(compare(crate::ir::Cond::Ne), Ok(false));
    assert_eq!(compare(crate::ir::Cond::UNe), Ok(true));
}

/// An exception that nobody catches is told with its method and line.
#[test]
fn traps_tell_where() {
    let text = "\
func @Inner(v0: i64) -> i32 {
  local v1: i32
  region 0 try clause 0
  region 1 handler clause 0
  clause 0 finally try 0 handler 1 entry bb3
bb0:
  jump bb1
bb1 [region 0]:
  t0 = div.i32 1, 0
  store_lcl v1, t0
  jump bb2
bb2:
  call_finally bb4, bb3
bb3 [region 1]:
  t1 = load.i64 v0
  t2 = mul.i64 t1, 10
  store.i64 v0, t2
  end_finally
bb4 [finally_return]:
  ret v1
}
";
    let module = parse_module(text).unwrap_or_else(|e| panic!("{e:?}"));
    let methods = &module.methods;
    let mut i = Interp::new(methods);
    let at = i.memory().alloc(8).unwrap();
    let end = i.call("Inner", &[Value::I64(at as i64)]);
    let trap = Outcome::Trap {
        kind: TrapKind::DivZero,
        method: "Inner".to_owned(),
        line: 9,
    };
    assert_eq!(end, Err(trap));
}
