//! Bodies of realistic mix and the shapes that turn quadratic in careless designs: cost per node must not grow with size.

use super::*;

/// A builder of structured bodies. Operations take locals of a sliding window, so a local lives over some dozens of operations.
struct Shape {
    rng: Rng,
    body: Body,
    window: Vec<LocalId>,
    ops: usize,
    block: BlockId,
}

const NO: Operand = Operand::NONE;

impl Shape {
    fn new(seed: u64, window: usize) -> Shape {
        let mut b = Shape {
            rng: Rng::new(seed),
            body: Body::default(),
            window: Vec::new(),
            ops: 0,
            block: BlockId(0),
        };
        b.body.blocks.push(Block::new());
        for _ in 0..window {
            let l = b.new_local();
            b.window.push(l);
            b.store(l, Operand::small(1).expect("small"));
        }
        b
    }

    fn new_local(&mut self) -> LocalId {
        let ty = if self.rng.chance(10) {
            VarType::F64
        } else {
            VarType::I64
        };
        self.body.locals.push(Local::new(ty))
    }

    fn node(&mut self, op: Opcode, ty: VarType, opnd: [Operand; 3], aux: u32) -> NodeId {
        let mut node = Node::new(op, ty);
        node.opnd = opnd;
        node.aux = aux;
        self.body.append(self.block, node)
    }

    fn store(&mut self, l: LocalId, o: Operand) {
        let ty = self.body.locals[l].ty;
        self.node(Opcode::StoreLcl, ty, [o, NO, NO], l.0);
    }

    fn read(&mut self, ty: VarType) -> Operand {
        for _ in 0..8 {
            let l = self.window[self.rng.below(self.window.len())];
            if self.body.locals[l].ty == ty {
                return Operand::local(l);
            }
        }
        Operand::small(5).expect("small")
    }

    /// One operation, most often stored to a local of the window.
    fn op(&mut self) {
        self.ops += 1;
        let k = self.rng.below(self.window.len());
        if self.rng.chance(20) {
            self.window[k] = self.new_local();
        }
        let to = self.window[k];
        let ty = self.body.locals[to].ty;
        let a = self.read(ty);
        let b = self.read(ty);
        let kind = self.rng.below(100);
        let n = match kind {
            0..=15 if ty == VarType::I64 => self.node(Opcode::Load, ty, [a, NO, NO], 0),
            16..=27 if ty == VarType::I64 => {
                self.node(Opcode::Store, ty, [a, b, NO], 0);
                return;
            }
            28..=31 if ty == VarType::I64 => self.node(Opcode::Div, ty, [a, b, NO], 0),
            32..=35 if ty == VarType::I64 => self.node(Opcode::Shl, ty, [a, b, NO], 0),
            36..=40 if ty == VarType::I64 => self.call(a, b),
            41..=60 => self.node(Opcode::Sub, ty, [a, b, NO], 0),
            _ => self.node(Opcode::Add, ty, [a, b, NO], 0),
        };
        let mut value = Operand::node(n);
        if self.rng.chance(25) {
            let c = self.read(ty);
            let n = self.node(Opcode::Add, ty, [value, c, NO], 0);
            self.ops += 1;
            value = Operand::node(n);
        }
        self.store(to, value);
    }

    fn call(&mut self, a: Operand, b: Operand) -> NodeId {
        let first_arg = self.body.call_args.len() as u32;
        let mut args = Vec::new();
        for (r, o) in [(7, a), (6, b)] {
            let p = self.node(Opcode::PutArgReg, VarType::I64, [o, NO, NO], 0);
            self.body.nodes[p].sub = r;
            args.push(p);
            self.body.call_args.push(CallArg {
                opnd: Operand::node(p),
                ty: VarType::I64,
                kind: ArgKind::User,
                layout: crate::types::LayoutId::NONE,
            });
        }
        let call = self.body.calls.push(CallInfo {
            target: CallTarget::Indirect,
            ret: VarType::I64,
            ret_layout: crate::types::LayoutId::NONE,
            first_arg,
            num_args: 2,
            flags: CallFlags::empty(),
            stack_bytes: 0,
        });
        let n = self.node(Opcode::Call, VarType::I64, [NO; 3], call.0);
        for p in args {
            self.body.nodes[p].user = n;
        }
        n
    }

    fn new_block(&mut self, weight: u32) -> BlockId {
        let mut b = Block::new();
        b.weight = weight;
        self.body.blocks.push(b)
    }

    fn jump(&mut self, to: BlockId) {
        self.node(Opcode::Jump, VarType::Void, [NO; 3], 0);
        self.body.blocks[self.block].succ[0] = to;
    }

    fn branch(&mut self, t: BlockId, f: BlockId) {
        self.ops += 1;
        let o = [self.read(VarType::I64), self.read(VarType::I64), NO];
        self.node(Opcode::CmpBranch, VarType::Void, o, VarType::I64 as u32);
        self.body.blocks[self.block].succ = [t, f];
    }

    fn some_ops(&mut self, n: usize) {
        for _ in 0..n {
            self.op();
        }
    }

    fn ret(mut self) -> Body {
        let o = self.read(VarType::I64);
        self.node(Opcode::RetRegs, VarType::I64, [o, NO, NO], 0);
        self.body
    }

    /// An if or a counted loop around a few blocks.
    fn segment(&mut self, weight: u32) {
        if self.rng.chance(70) {
            let (t, f) = (self.new_block(weight), self.new_block(weight));
            self.branch(t, f);
            self.block = t;
            self.some_ops(4);
            self.jump(f);
            self.block = f;
        } else {
            let (head, exit) = (self.new_block(weight * 8), self.new_block(weight));
            self.jump(head);
            self.block = head;
            self.some_ops(4);
            let back = self.new_block(weight * 8);
            self.jump(back);
            self.block = back;
            self.some_ops(4);
            self.branch(head, exit);
            self.block = exit;
        }
        self.some_ops(3);
    }
}

/// Realistic mix of about `ops` operations.
fn mixed(ops: usize) -> Body {
    let mut b = Shape::new(7, 12);
    while b.ops < ops {
        b.segment(100);
    }
    b.ret()
}

/// One block.
fn straight(ops: usize) -> Body {
    let mut b = Shape::new(7, 24);
    b.some_ops(ops);
    b.ret()
}

/// Very many blocks that all jump to one.
fn many_into_one(ops: usize) -> Body {
    let mut b = Shape::new(7, 12);
    let end = b.new_block(100);
    while b.ops < ops {
        let next = b.new_block(100);
        b.branch(end, next);
        b.block = next;
        b.some_ops(4);
    }
    b.jump(end);
    b.block = end;
    b.ret()
}

/// Thousands of locals live through everything.
fn many_locals(ops: usize) -> Body {
    let mut b = Shape::new(7, ops / 10);
    while b.ops < ops {
        b.segment(100);
    }
    for l in b.window.clone() {
        let ty = b.body.locals[l].ty;
        let n = b.node(
            Opcode::Add,
            ty,
            [Operand::local(l), Operand::local(l), NO],
            0,
        );
        b.store(l, Operand::node(n));
    }
    b.ret()
}

/// Loops in loops.
fn deep_nest(ops: usize) -> Body {
    let mut b = Shape::new(7, 16);
    let mut heads = Vec::new();
    while b.ops < ops / 2 {
        let head = b.new_block(100);
        b.jump(head);
        b.block = head;
        b.some_ops(4);
        heads.push(head);
    }
    while let Some(head) = heads.pop() {
        b.some_ops(4);
        let exit = b.new_block(100);
        b.branch(head, exit);
        b.block = exit;
    }
    b.ret()
}

/// One switch with very many targets that meet again.
fn huge_switch(ops: usize) -> Body {
    let mut b = Shape::new(7, 12);
    let cases: Vec<BlockId> = (0..ops / 5).map(|_| b.new_block(10)).collect();
    let end = b.new_block(100);
    let first = b.body.switch_targets.len() as u32;
    b.body.switch_targets.extend(&cases);
    b.body.switch_targets.push(end);
    let s = b.body.switches.push(switch_info(first, cases.len() as u32));
    let o = b.read(VarType::I64);
    b.node(Opcode::Switch, VarType::Void, [o, NO, NO], s.0);
    for c in cases {
        b.block = c;
        b.some_ops(4);
        b.jump(end);
    }
    b.block = end;
    b.ret()
}

const SHAPES: [(&str, fn(usize) -> Body); 6] = [
    ("mixed", mixed),
    ("straight", straight),
    ("many_into_one", many_into_one),
    ("many_locals", many_locals),
    ("deep_nest", deep_nest),
    ("huge_switch", huge_switch),
];

fn allocate(lsra: &mut Lsra, body: &mut Body, out: &mut Allocation) {
    let opts = LsraOptions::default();
    lsra.allocate::<x64::X64>(body, &x64::LINUX, &abi(), &opts, out)
        .expect("allocated");
}

/// Each shape passes the checker.
#[test]
fn shapes_check() {
    let (mut lsra, mut out) = (Lsra::new(), Allocation::default());
    for (name, make) in SHAPES {
        let mut body = make(800);
        allocate(&mut lsra, &mut body, &mut out);
        let r =
            check_allocation::<x64::X64>(&body, &x64::LINUX, &abi(), CpuFeatures::empty(), &out);
        assert_eq!(r, Ok(()), "{name}");
    }
}

/// Each shape passes the checker with the demands of x64, under each stress bit.
#[test]
fn shapes_check_on_x64() {
    let (mut lsra, mut out) = (Lsra::new(), Allocation::default());
    for (name, make) in SHAPES {
        for stress_regs in STRESS {
            let mut body = make(300);
            let opts = LsraOptions {
                stress_regs,
                ..LsraOptions::default()
            };
            let r = lsra.allocate::<x64::X64>(&mut body, &x64::LINUX, &abi(), &opts, &mut out);
            assert_eq!(r, Ok(()), "{name}, stress {stress_regs:#x}");
            let r = check_allocation::<x64::X64>(
                &body,
                &x64::LINUX,
                &abi(),
                CpuFeatures::empty(),
                &out,
            );
            assert_eq!(r, Ok(()), "{name}, stress {stress_regs:#x}");
        }
    }
}

/// Work per node at 20 times the size is at most twice the work at the small size.
#[test]
fn work_grows_with_size_only() {
    let (mut lsra, mut out) = (Lsra::new(), Allocation::default());
    for (name, make) in SHAPES {
        let mut per_node = [0.0; 2];
        for (i, ops) in [1000, 20_000].into_iter().enumerate() {
            let mut body = make(ops);
            allocate(&mut lsra, &mut body, &mut out);
            // Ten for what every node costs anyway.
            let bytes = lsra.capacity_bytes() + out.capacity_bytes();
            assert!(
                i == 0 || bytes < 400 * body.nodes.len(),
                "{name}: {bytes} bytes"
            );
            per_node[i] = 10.0 + lsra.work() as f64 / body.nodes.len() as f64;
        }
        assert!(
            per_node[1] <= 2.0 * per_node[0],
            "{name}: {per_node:?} steps a node"
        );
    }
}

/// For measuring by hand under callgrind: `TATSU_LSRA_BENCH=mixed,100000` allocates that shape; without it one small body.
#[test]
fn bench_one_shape() {
    let spec = std::env::var("TATSU_LSRA_BENCH").unwrap_or("mixed,100".into());
    let (name, ops) = spec.split_once(',').expect("NAME,OPS");
    let make = SHAPES
        .iter()
        .find(|s| s.0 == name)
        .expect("a shape's name")
        .1;
    let body = make(ops.parse().expect("a number"));
    let (mut lsra, mut out) = (Lsra::new(), Allocation::default());
    let mut copy = body.clone();
    allocate(&mut lsra, &mut copy, &mut out);
    assert!(!out.block_order.is_empty());
    println!(
        "{name}: {} nodes, {} blocks, {} moves, {} spill slots, work {}, {} bytes",
        body.nodes.len(),
        body.blocks.len(),
        out.moves.len(),
        out.spill_slots.len(),
        lsra.work(),
        lsra.capacity_bytes() + out.capacity_bytes()
    );
}

/// `for (s = 0, i = 0; i < n; i++) s += i;`, with a call in the loop or without.
fn counted_loop(call: bool) -> (Body, BlockId) {
    let mut b = Shape {
        rng: Rng::new(1),
        body: Body::default(),
        window: Vec::new(),
        ops: 0,
        block: BlockId(0),
    };
    b.body.blocks.push(Block::new());
    let [n, s, i] = [0; 3].map(|_| b.body.locals.push(Local::new(VarType::I64)));
    let p = b.node(Opcode::ParamReg, VarType::I64, [NO; 3], 0);
    b.body.nodes[p].sub = 7;
    b.store(n, Operand::node(p));
    let zero = Operand::small(0).expect("small");
    b.store(s, zero);
    b.store(i, zero);
    let (head, exit) = (b.new_block(800), b.new_block(100));
    b.jump(head);
    b.block = head;
    if call {
        let c = b.call(Operand::local(i), Operand::local(s));
        b.store(s, Operand::node(c));
    }
    let add = [Operand::local(s), Operand::local(i), NO];
    let t = b.node(Opcode::Add, VarType::I64, add, 0);
    b.store(s, Operand::node(t));
    let one = Operand::small(1).expect("small");
    let t = b.node(Opcode::Add, VarType::I64, [Operand::local(i), one, NO], 0);
    b.store(i, Operand::node(t));
    let compared = [Operand::local(i), Operand::local(n), NO];
    b.node(
        Opcode::CmpBranch,
        VarType::Void,
        compared,
        VarType::I64 as u32,
    );
    b.body.blocks[head].succ = [head, exit];
    b.block = exit;
    b.node(
        Opcode::RetRegs,
        VarType::I64,
        [Operand::local(s), NO, NO],
        0,
    );
    (b.body, head)
}

/// A small loop keeps everything in registers: no moves but those to the argument registers, no homes, no edge block.
#[test]
fn a_loop_needs_no_moves() {
    let (mut lsra, mut out) = (Lsra::new(), Allocation::default());
    for call in [false, true] {
        let (mut body, head) = counted_loop(call);
        let blocks = body.blocks.len();
        allocate(&mut lsra, &mut body, &mut out);
        let text = dump_allocation(&body, &x64::LINUX, &out);
        let r =
            check_allocation::<x64::X64>(&body, &x64::LINUX, &abi(), CpuFeatures::empty(), &out);
        assert_eq!(r, Ok(()), "{text}");
        let in_loop: Vec<NodeId> = body.block_nodes(head).collect();
        let moves = out.moves.iter().filter(|m| in_loop.contains(&m.node));
        assert_eq!(moves.count(), 0, "{text}");
        assert_eq!(body.blocks.len(), blocks, "{text}");
        for l in body.locals.iter() {
            assert!(l.flags.contains(LocalFlags::NO_HOME), "{text}");
        }
        for n in in_loop {
            let node = &body.nodes[n];
            if node.op == Opcode::StoreLcl && !call {
                assert_eq!(out.regs[n].def, out.regs[n].opnd[0], "{text}");
            }
        }
    }
}
