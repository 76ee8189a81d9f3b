use super::*;
use crate::ir::Opcode;
use crate::ir::interp::{Interp, Value};
use crate::ir::{NodeId, OperandRef};

/// Calls a generated method on a fresh buffer of zeros.
fn run(methods: &[Method], name: &str) -> Value {
    let mut i = Interp::new(methods);
    let buffer = i.memory().alloc(BUFFER.into()).unwrap() as i64;
    let args = [
        Value::I64(buffer),
        Value::I32(7),
        Value::I64(-3),
        Value::F64(1.5),
    ];
    let r = i
        .call(name, &args)
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    r.into_iter().next().expect("one result")
}

#[test]
fn realistic_methods_end_and_repeat() {
    let a = realistic(1, 20, 50..400);
    assert_eq!(a, realistic(1, 20, 50..400));
    assert_ne!(a[3], realistic(2, 20, 50..400)[3]);
    for m in &a {
        assert_eq!(run(&a, &m.name), run(&a, &m.name));
    }
}

#[test]
fn realistic_methods_of_a_size_have_it() {
    let all = realistic_of(7, 40, 38);
    assert_eq!(all.len(), 40);
    for m in &all {
        assert_eq!(m.operations(), 38, "{}", m.name);
        assert!(m.body.blocks.len() > 1, "{}", m.name);
        crate::ir::verify(m).unwrap();
    }
}

#[test]
fn realistic_mix_is_as_said() {
    let methods = realistic(7, 50, 300..600);
    let (mut ops, mut reads, mut sets, mut blocks) = (0.0, 0.0, 0.0, 0.0);
    let (mut loads, mut stores) = (0.0, 0.0);
    for m in &methods {
        ops += m.operations() as f64;
        blocks += m.body.blocks.len() as f64;
        for n in 0..m.body.nodes.len() as u32 {
            let op = m.body.nodes[NodeId(n)].op;
            sets += f64::from(op == Opcode::StoreLcl);
            loads += f64::from(op == Opcode::Load);
            stores += f64::from(op == Opcode::Store);
            m.body.for_each_operand(NodeId(n), |o| {
                reads += f64::from(matches!(o.get(), OperandRef::Local(_)));
            });
        }
    }
    let near = |what: &str, x: f64, low: f64, high: f64| {
        assert!((low..high).contains(&x), "{what}: {x}");
    };
    near("reads per operation", reads / ops, 1.4, 2.0);
    near("stores to locals per operation", sets / ops, 0.6, 1.0);
    near("operations per block", ops / blocks, 3.5, 7.0);
    near("loads", loads / ops, 0.11, 0.20);
    near("stores", stores / ops, 0.08, 0.16);
}

#[test]
fn every_shape_runs_and_has_its_size() {
    for (name, _) in SHAPES {
        let methods = shape(name, 3000, 5).unwrap();
        assert_eq!(methods, shape(name, 3000, 5).unwrap());
        let main = methods.last().unwrap();
        let ops = main.operations();
        assert!((2700..6500).contains(&ops), "{name}: {ops}");
        if *name == "args" {
            let args: Vec<Value> = (0..24)
                .map(|i| match i % 3 {
                    2 => Value::F64(i.into()),
                    _ => Value::I64(i.into()),
                })
                .collect();
            Interp::new(&methods).call("shuffle", &args).unwrap();
        } else {
            run(&methods, &main.name);
        }
    }
    assert_eq!(shape("none", 10, 1), None);
}
