//! What the interpreter runs, every target compiles, at both levels: each opcode that computes, converts, or accesses memory, with
//! each type that it has a meaning for.
//!
//! A method of one node is made for every opcode, type and source type. Where the interpreter knows what it means (a value or a
//! trap), compiling it may not be declined. `TATSU_OPCODES=list` prints what is declined and what the interpreter does not run.

use std::collections::BTreeMap;
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, TARGETS};
use tatsu::ir::generate::Form;
use tatsu::ir::interp::{Interp, Outcome, Value};
use tatsu::ir::{AuxKind, BlockId, Effects, LocalId, ResultKind, verify};
use tatsu::ir::{Block, Local, LocalFlags, Method, Node, Opcode, Operand, OperandKind};
use tatsu::target::CpuFeatures;
use tatsu::types::{ClassLayout, LayoutField, VarType};

use VarType::*;

/// Opcodes with suites of their own: control, calls, locals, and what stands for several blocks.
fn has_own_suite(op: Opcode) -> bool {
    let e = op.effects();
    let info = op.info();
    e.intersects(Effects::TERM | Effects::LOWERED | Effects::LATE)
        || matches!(
            info.aux,
            AuxKind::Local
                | AuxKind::Call
                | AuxKind::Switch
                | AuxKind::Lookup
                | AuxKind::Func
                | AuxKind::Block
        )
        || matches!(op, Opcode::Result | Opcode::CatchArg | Opcode::Phi)
        || op.name().starts_with('v')
}

/// A method around a form.
trait Alone {
    fn method(&self) -> Option<(Method, Vec<VarType>)>;
}

impl Alone for Form {
    /// The node alone in a method whose parameters are its operands; addresses lead into a buffer.
    fn method(&self) -> Option<(Method, Vec<VarType>)> {
        let info = self.op.info();
        let mut params = Vec::new();
        for kind in info.operands {
            params.push(match kind {
                OperandKind::T => self.ty.actual(),
                OperandKind::I32 => I32,
                OperandKind::I64 | OperandKind::Addr => I64,
                OperandKind::Ref => Ref,
                OperandKind::Src => VarType::ALL[self.sub as usize].actual(),
                OperandKind::Cmp => VarType::ALL[self.aux as usize].actual(),
                OperandKind::Int => I32,
                OperandKind::Any if self.op == Opcode::KeepAlive => I32,
                _ => return None,
            });
        }
        let ret = match info.result {
            ResultKind::None => Void,
            ResultKind::I32 => I32,
            _ => self.ty.actual(),
        };
        let mut m = Method {
            name: "F".into(),
            ret,
            num_params: params.len() as u32,
            ..Method::default()
        };
        m.layouts.push(ClassLayout {
            size: 24,
            align: 8,
            gc: Vec::new(),
            fields: [0, 8, 16]
                .map(|offset| LayoutField { offset, ty: I64 })
                .into(),
            in_memory: false,
            name: "S".into(),
        });
        m.body.blocks.push(Block::new());
        let mut n = Node::new(
            self.op,
            if info.aux == AuxKind::Type {
                I32
            } else {
                self.ty
            },
        );
        if info.result == ResultKind::None && self.op != Opcode::Store {
            n.ty = Void;
        }
        n.sub = self.sub;
        n.aux = self.aux;
        for (k, &ty) in params.iter().enumerate() {
            let mut l = Local::new(ty);
            l.flags |= LocalFlags::PARAM;
            m.body.locals.push(l);
            n.opnd[k] = Operand::local(LocalId(k as u32));
        }
        let b = BlockId(0);
        let v = m.body.append(b, n);
        let mut r = Node::new(Opcode::Ret, ret);
        if ret != Void {
            r.opnd[0] = Operand::node(v);
            m.body.append(b, r);
        } else {
            m.body.append(b, r);
        }
        verify(&m).ok()?;
        Some((m, params))
    }
}

/// Does the interpreter give it a meaning? Several small arguments are tried: some conversions are defined for a few only.
fn is_defined(m: &Method, params: &[VarType]) -> bool {
    let methods = std::slice::from_ref(m);
    [1u64, 0].into_iter().any(|small| {
        let mut interp = Interp::new(methods);
        let buffer = interp.memory().alloc(256).expect("room for a buffer");
        let addresses = m.body.nodes.iter().any(|n| {
            n.op.effects()
                .intersects(Effects::READS | Effects::WRITES | Effects::THROWS)
        });
        let args: Vec<Value> = params
            .iter()
            .enumerate()
            .map(|(k, &ty)| {
                let bits = match ty {
                    F32 => 1.0f32.to_bits().into(),
                    F64 => 1.0f64.to_bits(),
                    I64 | Ref | Byref if addresses && k < 2 => buffer,
                    _ => small,
                };
                Value::from_bits(ty, bits).expect("a scalar")
            })
            .collect();
        !matches!(interp.call("F", &args), Err(Outcome::Error(_)))
    })
}

#[test]
fn what_the_interpreter_runs_every_target_compiles() {
    let list = std::env::var("TATSU_OPCODES").is_ok_and(|v| v == "list");
    let mut declined: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut meaningless: BTreeMap<&str, u32> = BTreeMap::new();
    let mut compiler = Compiler::new();
    let mut out = CompiledMethod::default();
    let (mut defined, mut compiled) = (0, 0);
    for &op in Opcode::ALL {
        if has_own_suite(op) {
            continue;
        }
        let mut any = 0;
        for form in Form::all(op) {
            if !form.makes_sense() {
                continue;
            }
            let Some((m, params)) = form.method() else {
                continue;
            };
            if !is_defined(&m, &params) {
                continue;
            }
            any += 1;
            defined += 1;
            for target in TARGETS {
                for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
                    for features in [CpuFeatures::empty(), CpuFeatures::all()] {
                        let options = CompileOptions {
                            opt,
                            features,
                            verify: true,
                            ..CompileOptions::default()
                        };
                        let mut rt = NullRuntime::new(target);
                        match compiler.compile(&m, target, &mut rt, &options, &mut out) {
                            Ok(()) => compiled += 1,
                            Err(e) => {
                                let at = format!("{}/{opt:?}", target.name);
                                let why = declined.entry(format!("{}: {e}", form.name()));
                                let places = why.or_default();
                                if !places.contains(&at) {
                                    places.push(at);
                                }
                            }
                        }
                    }
                }
            }
        }
        if any == 0 {
            *meaningless.entry(op.name()).or_default() += 1;
        }
    }
    println!("{defined} forms are defined, {compiled} compilations succeeded");
    if list {
        println!("not interpreted: {:?}", meaningless.keys());
    }
    let text: Vec<String> = declined
        .iter()
        .map(|(what, places)| format!("{what}: {}", places.join(" ")))
        .collect();
    assert!(text.is_empty(), "declined:\n{}", text.join("\n"));
}
