//! The builder part of `tatsu bench`: methods taken apart into the calls of the builder that make them.

use crate::common::Outcome;
use tatsu::ir::{self, BlockId, Body, CallId, Method, MethodBuilder, Opcode, Operand, OperandRef};

/// The scripts of several methods.
pub struct Scripts<'a>(Vec<Script<'a>>);

/// What scripts are played in: one method behind the other in the same memory, as by a front end that compiles each at once.
#[derive(Default)]
pub struct Memory {
    method: Method,
    /// Room for the operands that the builder hands out.
    values: Vec<Operand>,
}

impl Scripts<'_> {
    pub fn new(methods: &[Method]) -> Scripts<'_> {
        Scripts(methods.iter().map(Script::new).collect())
    }

    /// Makes all methods.
    pub fn play(&self, memory: &mut Memory) {
        for s in &self.0 {
            let method = std::mem::take(&mut memory.method);
            memory.method = s.play(method, &mut memory.values);
        }
    }

    /// Are the methods made again?
    pub fn check(&self, name: &str) -> Outcome<()> {
        let mut values = Vec::new();
        for s in &self.0 {
            let made = s.play(Method::default(), &mut values);
            ir::verify(&made).map_err(|e| format!("{name}, rebuilt {}: {e}", made.name))?;
            if made.body.nodes.len() != s.steps_with_nodes() {
                return Err(format!("{name}: {} was not rebuilt", made.name));
            }
        }
        Ok(())
    }
}

/// The calls of the builder that make one method: what a front end does, without its own work of finding out what to do.
struct Script<'a> {
    method: &'a Method,
    steps: Vec<Step>,
    args: Vec<ir::CallArg>,
}

/// One call. Operands that are values of nodes are numbers of the calls that made them.
enum Step {
    Block(BlockId),
    Node(ir::Node),
    /// A node that has constants of more than 30 bits.
    Wide(ir::Node),
    Call(ir::Node, CallId),
    Jump(BlockId),
    Branch(ir::Node, [BlockId; 2]),
    CmpBranch(ir::Node, [BlockId; 2]),
    Switch(ir::Node, BlockId),
}

impl Script<'_> {
    fn new(method: &Method) -> Script<'_> {
        let body = &method.body;
        let mut steps = Vec::new();
        // Nodes to the numbers of their steps.
        let mut number = vec![Operand::NONE; body.nodes.len()];
        let moved = |number: &[Operand], o: Operand| match o.as_node() {
            Some(d) => number[d.0 as usize],
            None => o,
        };
        let mut args = body.call_args.clone();
        for (block, row) in body.blocks.iter_enumerated() {
            steps.push(Step::Block(block));
            for n in body.block_nodes(block) {
                let mut node = body.nodes[n];
                node.opnd = node.opnd.map(|o| moved(&number, o));
                number[n.0 as usize] = Operand::node(ir::NodeId(steps.len() as u32));
                steps.push(match node.op {
                    Opcode::Call => {
                        let call = CallId(node.aux);
                        let first = body.calls[call].first_arg as usize;
                        let count = body.calls[call].num_args as usize;
                        for a in &mut args[first..first + count] {
                            a.opnd = moved(&number, a.opnd);
                        }
                        Step::Call(node, call)
                    }
                    Opcode::Jump => Step::Jump(row.succ[0]),
                    Opcode::Branch => Step::Branch(node, row.succ),
                    Opcode::CmpBranch => Step::CmpBranch(node, row.succ),
                    Opcode::Switch => Step::Switch(node, row.succ[0]),
                    _ => {
                        let wide = |o: &Operand| matches!(o.get(), OperandRef::Pool(_));
                        if node.opnd.iter().any(wide) {
                            Step::Wide(node)
                        } else {
                            Step::Node(node)
                        }
                    }
                });
            }
        }
        Script {
            method,
            steps,
            args,
        }
    }

    fn steps_with_nodes(&self) -> usize {
        let nodes = self.steps.iter().filter(|s| !matches!(s, Step::Block(_)));
        nodes.count()
    }

    /// Makes the method in `memory`. `made` is room for the operands that the builder hands out.
    #[inline(never)]
    fn play(&self, memory: Method, made: &mut Vec<Operand>) -> Method {
        let (m, body) = (self.method, &self.method.body);
        let mut b = MethodBuilder::reusing(memory, &m.name, m.ret);
        for l in m.layouts.iter() {
            b.layout(l.clone());
        }
        for f in m.funcs.iter() {
            b.func(&f.name, f.handle);
        }
        for l in body.locals.iter() {
            b.local_with(*l);
        }
        b.set_params(m.num_params);
        for _ in body.blocks.ids() {
            b.block();
        }
        b.reserve(body.nodes.len());
        made.resize(self.steps.len().max(made.len()), Operand::NONE);
        let value = |made: &[Operand], o: Operand| match o.as_node() {
            Some(d) => made[d.0 as usize],
            None => o,
        };
        let mut args = smallvec::SmallVec::<[ir::CallArg; 16]>::new();
        for (i, step) in self.steps.iter().enumerate() {
            made[i] = match step {
                Step::Block(block) => {
                    b.switch_to(*block);
                    continue;
                }
                Step::Node(n) => {
                    let [x, y, z] = n.opnd;
                    let operands = [value(made, x), value(made, y), value(made, z)];
                    b.full(n.op, n.ty, n.sub, n.aux, &operands)
                }
                Step::Wide(n) => {
                    let [x, y, z] = n.opnd;
                    let operands = [
                        constant(body, &mut b, value(made, x)),
                        constant(body, &mut b, value(made, y)),
                        constant(body, &mut b, value(made, z)),
                    ];
                    b.full(n.op, n.ty, n.sub, n.aux, &operands)
                }
                Step::Call(n, call) => {
                    let info = &body.calls[*call];
                    let first = info.first_arg as usize;
                    args.clear();
                    let from = &self.args[first..first + info.num_args as usize];
                    args.extend(from.iter().map(|a| ir::CallArg {
                        opnd: constant(body, &mut b, value(made, a.opnd)),
                        ..*a
                    }));
                    let address = value(made, n.opnd[0]);
                    b.call(info.target, address, n.ty, &args)
                }
                Step::Jump(to) => {
                    b.jump(*to);
                    continue;
                }
                Step::Branch(n, [yes, no]) => {
                    let c = constant(body, &mut b, value(made, n.opnd[0]));
                    b.branch(c, *yes, *no);
                    continue;
                }
                Step::CmpBranch(n, [yes, no]) => {
                    let x = constant(body, &mut b, value(made, n.opnd[0]));
                    let y = constant(body, &mut b, value(made, n.opnd[1]));
                    b.cmp_branch(n.cond(), n.compare_type(), x, y, *yes, *no);
                    continue;
                }
                Step::Switch(n, first) => {
                    let targets = body.targets(ir::SwitchId(n.aux));
                    let (default, targets) = targets.split_last().unwrap_or((first, &[]));
                    let index = constant(body, &mut b, value(made, n.opnd[0]));
                    b.switch(index, targets, *default);
                    continue;
                }
            };
        }
        b.finish()
    }
}

/// The operand, a large constant in the new body's own pool.
fn constant(body: &Body, b: &mut MethodBuilder, o: Operand) -> Operand {
    match o.get() {
        OperandRef::Pool(i) => b.int(body.consts[i as usize] as i64),
        _ => o,
    }
}
