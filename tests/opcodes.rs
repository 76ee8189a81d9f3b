//! What the interpreter runs, every target compiles, at both levels: each opcode that computes, converts, or accesses memory, with
//! each type that it has a meaning for.
//!
//! A method of one node is made for every opcode, type and source type. Where the interpreter knows what it means (a value or a
//! trap), compiling it may not be declined. `TATSU_OPCODES=list` prints what is declined and what the interpreter does not run.

use std::collections::BTreeMap;
use tatsu::compile::{CompileOptions, CompiledMethod, Compiler, OptLevel};
use tatsu::host::{NullRuntime, TARGETS};
use tatsu::ir::interp::{Interp, Outcome, Value};
use tatsu::ir::{AuxKind, BlockId, Effects, LocalId, ResultKind, SubKind, verify};
use tatsu::ir::{Block, Cond, Local, LocalFlags, Method, Node, Opcode, Operand, OperandKind};
use tatsu::target::CpuFeatures;
use tatsu::types::{ClassLayout, LayoutField, VarType};

use VarType::*;

const TYPES: [VarType; 10] = [I8, U8, I16, U16, I32, I64, F32, F64, Ref, Byref];

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

/// One node's form.
#[derive(Copy, Clone)]
struct Form {
    op: Opcode,
    ty: VarType,
    sub: u8,
    aux: u32,
}

impl Form {
    /// Is it an operation of the IR? The interpreter, being untyped inside, would also run some that are not.
    fn makes_sense(&self) -> bool {
        use Opcode::*;
        let (ty, src) = (
            self.ty,
            VarType::ALL[self.sub as usize % VarType::ALL.len()],
        );
        let compared = VarType::ALL[self.aux as usize % VarType::ALL.len()];
        let int = |t: VarType| matches!(t, I32 | I64);
        let full = |t: VarType| int(t) || t.is_gc();
        match self.op {
            Add | Sub => int(ty) || ty.is_float() || ty == Byref,
            Neg | Mul | Min | Max | Abs => int(ty) || ty.is_float(),
            FDiv | FRem | Sqrt | Floor | Ceil | RoundEven | TruncFloat | CopySign | Fma
            | CkFinite => ty.is_float(),
            Not | And | Or | Xor | Shl | Shr | Sar | Rol | Ror | MulHi | UMulHi | Div | UDiv
            | Rem | URem | AddOvf | AddOvfUn | SubOvf | SubOvfUn | MulOvf | MulOvfUn | UMin
            | UMax | Clz | Ctz | Popcnt | Bswap | BitReverse => int(ty),
            Const | Select => full(ty) || ty.is_float(),
            Sext | Zext => int(ty) && (src.is_small() || src == I32 && ty == I64),
            Trunc => ty == I32 && src == I64,
            IntToFloat | UIntToFloat => ty.is_float() && int(src),
            FloatToInt | FloatToUInt | FloatToIntOld | FloatToUIntOld => int(ty) && src.is_float(),
            FloatToFloat => ty.is_float() && src.is_float(),
            CastOvfToUn => int(ty) && (int(src) || src.is_float()),
            CastOvf => (int(ty) || ty.is_small()) && (int(src) || src.is_float()),
            CastOvfUn => (int(ty) || ty.is_small()) && int(src),
            Bitcast => (full(ty) || ty.is_float()) && (full(src) || src.is_float()),
            Cmp => match Cond::from_bits(self.sub) {
                Cond::TestZ | Cond::TestNz => full(compared),
                _ => full(compared) || compared.is_float(),
            },
            BoundsCheck => int(compared),
            Lea | IndexAddr => matches!(ty, I64 | Byref),
            ArrLen => ty == I32,
            Store => ty == Ref || self.sub == 0,
            LocAlloc => ty == I64,
            AtomicAdd | AtomicAnd | AtomicOr | AtomicXchg | AtomicCmpXchg => {
                int(ty) || ty.is_small()
            }
            _ => true,
        }
    }

    fn name(&self) -> String {
        let mut s = format!("{}.{}", self.op.name(), self.ty.name());
        match self.op.info().sub {
            SubKind::Type => s = format!("{s} {}", VarType::ALL[self.sub as usize].name()),
            SubKind::Cond => s = format!("{s} {}", Cond::from_bits(self.sub).name()),
            SubKind::None => {}
            _ => s = format!("{s} {}", self.sub),
        }
        s
    }

    fn forms(op: Opcode) -> Vec<Form> {
        let info = op.info();
        let mut forms = Vec::new();
        let compared = info.aux == AuxKind::Type;
        let own: &[VarType] = if compared || info.result == ResultKind::None && op != Opcode::Store
        {
            &[I32]
        } else {
            &TYPES
        };
        let auxes: Vec<u32> = match info.aux {
            AuxKind::Type => TYPES.iter().map(|&t| t as u32).collect(),
            AuxKind::Imm => vec![8],
            _ => vec![0],
        };
        let subs: Vec<u8> = match info.sub {
            SubKind::Type => TYPES.iter().map(|&t| t as u8).collect(),
            SubKind::Cond => Cond::ALL.iter().map(|&c| c as u8).collect(),
            SubKind::Scale => vec![0, 1, 2, 3],
            SubKind::Barrier => vec![0, 1, 2],
            _ => vec![0],
        };
        for &ty in own {
            for &sub in &subs {
                for &aux in &auxes {
                    forms.push(Form { op, ty, sub, aux });
                }
            }
        }
        forms
    }

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
        for form in Form::forms(op) {
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
