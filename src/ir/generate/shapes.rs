//! Shapes that turn quadratic in careless designs: cost per operation must not grow with their size.

use super::maker::{Maker, Typed};
use super::realistic::Writer;
use super::rng::Rng;
use crate::ir::{
    BlockId, CallTarget, Clause, ClauseId, ClauseKind, Cond, LocalId, Method, Opcode, Operand,
    Region, RegionId, RegionKind,
};
use crate::types::{ClassLayout, LayoutId, VarType};

/// The names that [`shape`] knows, and what each is.
pub const SHAPES: &[(&str, &str)] = &[
    ("straight", "one block with everything"),
    ("many_preds", "a third of all blocks jump to one"),
    ("locals", "thousands of locals live across all blocks"),
    ("loops", "nests of eight loops, one behind the other"),
    ("switch", "one switch with a target every few operations"),
    ("calls", "only calls, of six to twelve arguments"),
    (
        "args",
        "calls whose arguments are the parameters in another order",
    ),
    (
        "frames",
        "large structs in the frame, written through their addresses",
    ),
    ("flat", "a state machine: a loop around a switch"),
    ("chain", "a chain of blocks of one operation"),
    (
        "nested",
        "nests of five hundred loops, one inside the other",
    ),
    (
        "handlers",
        "protected regions one behind the other, each with a catch",
    ),
    ("returns", "a return every few operations"),
    (
        "live",
        "five hundred values of a block wait for their use at once",
    ),
    ("doubles", "floating-point constants, each another"),
];

/// A program of the shape `name` whose largest method has about `ops` operations; `None` for an unknown name.
///
/// The method to look at is the last; its signature is that of the realistic methods but for `args`.
pub fn shape(name: &str, ops: u32, seed: u64) -> Option<Vec<Method>> {
    let rng = Rng::new(seed);
    let w = Writer::new(rng, 0);
    Some(match name {
        "straight" => vec![straight(w, ops)],
        "many_preds" => vec![many_preds(w, ops)],
        "locals" => vec![locals(w, ops)],
        "loops" => vec![nests(w, ops, 8)],
        "nested" => vec![nests(w, ops, 500)],
        "switch" => vec![switch(w, ops)],
        "calls" => calls(w, ops),
        "args" => args(ops, seed),
        "frames" => vec![frames(w, ops)],
        "flat" => vec![flat(w, ops)],
        "chain" => vec![chain(w, ops)],
        "handlers" => vec![handlers(w, ops)],
        "returns" => vec![returns(w, ops)],
        "live" => vec![live(w, ops)],
        "doubles" => vec![doubles(w, ops)],
        _ => return None,
    })
}

fn straight(mut w: Writer, ops: u32) -> Method {
    while w.k.ops < ops {
        w.operation();
    }
    w.end()
}

fn many_preds(mut w: Writer, ops: u32) -> Method {
    let join = w.k.new_block();
    while w.k.ops < ops {
        w.operation();
        let (yes, no) = (w.k.new_block(), w.k.new_block());
        leave_or_go_on(&mut w, yes, no);
        w.k.start(yes);
        w.operation();
        w.k.jump(join);
        w.k.start(no);
    }
    w.k.jump(join);
    w.k.start(join);
    w.end()
}

/// A branch that is almost never taken: to `yes` if a local equals a number drawn at random.
fn leave_or_go_on(w: &mut Writer, yes: BlockId, no: BlockId) {
    let odd = i64::from(w.rng.below(1 << 28)) | 1;
    let odd = w.k.int(odd);
    let l = w.read(VarType::I32);
    w.k.cmp_branch(Cond::Eq, VarType::I32, [l, odd], [yes, no]);
}

fn locals(mut w: Writer, ops: u32) -> Method {
    let count = (ops / 8).clamp(8, 20_000);
    let all: Vec<LocalId> = (0..count).map(|_| w.k.local(VarType::I64)).collect();
    for (i, &l) in all.iter().enumerate() {
        let v = w.k.int(i as i64);
        w.k.set(l, v);
    }
    while w.k.ops < ops {
        for _ in 0..5 {
            let a = Operand::local(w.rng.pick(&all));
            let b = Operand::local(w.rng.pick(&all));
            let v = w.k.op(Opcode::Add, VarType::I64, &[a, b]);
            let to = w.rng.pick(&all);
            w.k.set(to, v);
        }
        let (yes, join) = (w.k.new_block(), w.k.new_block());
        leave_or_go_on(&mut w, yes, join);
        w.k.start(yes);
        w.operation();
        w.k.jump(join);
        w.k.start(join);
    }
    // Everything is read at the end, so everything is live until here.
    let sum = w.window[1][0];
    for &l in &all {
        let operands = [Operand::local(sum), Operand::local(l)];
        let v = w.k.op(Opcode::Xor, VarType::I64, &operands);
        w.k.set(sum, v);
    }
    w.end()
}

fn switch(mut w: Writer, ops: u32) -> Method {
    let count = (ops / 4).max(2);
    let targets: Vec<BlockId> = (0..=count).map(|_| w.k.new_block()).collect();
    let join = w.k.new_block();
    let selector = w.read(VarType::I32);
    w.k.switch(selector, &targets);
    for t in targets {
        w.k.start(t);
        for _ in 0..3 {
            w.operation();
        }
        w.k.jump(join);
    }
    w.k.start(join);
    w.end()
}

/// A method that mixes its parameters into one number.
fn sink(name: &str, types: &[VarType]) -> Method {
    let mut k = Maker::new(name.to_owned(), VarType::I64);
    let params: Vec<LocalId> = types.iter().map(|&t| k.param(t)).collect();
    let sum = k.local(VarType::I64);
    let zero = k.int(0);
    k.set(sum, zero);
    for p in params {
        let o = Operand::local(p);
        let wide = match k.ty(p) {
            VarType::I32 => k.convert(Opcode::Sext, VarType::I32, VarType::I64, o),
            VarType::F64 => k.convert(Opcode::Bitcast, VarType::F64, VarType::I64, o),
            _ => o,
        };
        let three = k.int(3);
        let v = k.op(Opcode::Mul, VarType::I64, &[Operand::local(sum), three]);
        let v = k.op(Opcode::Add, VarType::I64, &[v, wide]);
        k.set(sum, v);
    }
    k.ret(Operand::local(sum));
    k.finish()
}

fn calls(mut w: Writer, ops: u32) -> Vec<Method> {
    let mut callees = Vec::new();
    let mut types = Vec::new();
    for i in 0..4 {
        let list: Vec<VarType> = (0..6 + 2 * i)
            .map(|_| w.rng.pick(&[VarType::I32, VarType::I64, VarType::F64]))
            .collect();
        callees.push(sink(&format!("sink{i}"), &list));
        types.push(list);
    }
    while w.k.ops < ops {
        let i = w.rng.below(4) as usize;
        let target = w.k.func(&callees[i].name);
        let args: Vec<Typed> = types[i]
            .iter()
            .map(|&t| (w.read(t), t, LayoutId::NONE))
            .collect();
        let v = w.k.call(
            CallTarget::Func(target),
            VarType::I64,
            LayoutId::NONE,
            &args,
        );
        let to = w.pick(VarType::I64);
        w.k.set(to, v);
    }
    callees.push(w.end());
    callees
}

fn args(ops: u32, seed: u64) -> Vec<Method> {
    const COUNT: usize = 24;
    let mut rng = Rng::new(seed);
    let types: Vec<VarType> = (0..COUNT)
        .map(|i| [VarType::I64, VarType::I64, VarType::F64][i % 3])
        .collect();
    let callee = sink("sink", &types);
    let mut k = Maker::new("shuffle".to_owned(), VarType::I64);
    let params: Vec<LocalId> = types.iter().map(|&t| k.param(t)).collect();
    let sum = k.local(VarType::I64);
    let zero = k.int(0);
    k.set(sum, zero);
    let target = k.func("sink");
    while k.ops < ops {
        let args: Vec<Typed> = types
            .iter()
            .map(|&t| {
                let from = loop {
                    let p = rng.pick(&params);
                    if k.ty(p) == t {
                        break p;
                    }
                };
                (Operand::local(from), t, LayoutId::NONE)
            })
            .collect();
        let target = CallTarget::Func(target);
        let v = k.call(target, VarType::I64, LayoutId::NONE, &args);
        let v = k.op(Opcode::Add, VarType::I64, &[v, Operand::local(sum)]);
        k.set(sum, v);
    }
    k.ret(Operand::local(sum));
    vec![callee, k.finish()]
}

fn frames(mut w: Writer, ops: u32) -> Method {
    let size = 4096;
    let layout = w.k.m.layouts.push(ClassLayout {
        size,
        align: 8,
        gc: Vec::new(),
        fields: Vec::new(),
        in_memory: false,
        name: "Large".to_owned(),
    });
    let count = (ops / 100).clamp(2, 200);
    let large: Vec<LocalId> = (0..count).map(|_| w.k.struct_local(layout)).collect();
    // Only what was written is read.
    let mut written: Vec<(LocalId, u32)> = Vec::new();
    while w.k.ops < ops {
        let write = written.is_empty() || w.rng.chance(50);
        let (l, offset) = if write {
            (w.rng.pick(&large), w.rng.below(size / 8) * 8)
        } else {
            w.rng.pick(&written)
        };
        let base = w.k.address_of(l);
        let at = w.k.lea(base, offset);
        if write {
            written.push((l, offset));
            let v = w.read(VarType::I64);
            w.k.store(VarType::I64, at, v);
        } else {
            let v = w.k.op(Opcode::Load, VarType::I64, &[at]);
            let to = w.pick(VarType::I64);
            w.k.set(to, v);
        }
    }
    w.end()
}

fn flat(mut w: Writer, ops: u32) -> Method {
    let state = w.k.local(VarType::I32);
    let zero = w.k.int(0);
    w.k.set(state, zero);
    let count = (ops / 6).max(2);
    let (head, done) = (w.k.new_block(), w.k.new_block());
    let mut targets: Vec<BlockId> = (0..count).map(|_| w.k.new_block()).collect();
    targets.push(done);
    w.k.jump(head);
    w.k.start(head);
    w.k.switch(Operand::local(state), &targets);
    for (i, &t) in targets[..count as usize].iter().enumerate() {
        w.k.start(t);
        for _ in 0..3 {
            w.operation();
        }
        // States only grow, so the machine stops; it passes about twenty of them.
        let near = w.k.int(i as i64 + 1);
        let far = i as u32 + 1 + w.rng.below(count / 10 + 1);
        let far = w.k.int(far.into());
        let a = w.read(VarType::I32);
        let c = w.k.cmp(Cond::Lt, VarType::I32, a, near);
        let next = w.k.op(Opcode::Select, VarType::I32, &[c, near, far]);
        w.k.set(state, next);
        w.k.jump(head);
    }
    w.k.start(done);
    w.end()
}

fn chain(mut w: Writer, ops: u32) -> Method {
    while w.k.ops < ops {
        let next = w.k.new_block();
        w.operation();
        w.k.jump(next);
        w.k.start(next);
    }
    w.end()
}

/// Loops in loops, `deep` of them, nest behind nest.
fn nests(mut w: Writer, ops: u32, deep: usize) -> Method {
    while w.k.ops < ops {
        let mut open: Vec<(LocalId, BlockId, BlockId)> = Vec::new();
        for _ in 0..deep {
            let i = w.k.local(VarType::I32);
            let zero = w.k.int(0);
            w.k.set(i, zero);
            let (head, after) = (w.k.new_block(), w.k.new_block());
            w.k.jump(head);
            w.k.start(head);
            w.operation();
            open.push((i, head, after));
        }
        while let Some((i, head, after)) = open.pop() {
            w.operation();
            // Only the outermost loop turns: the nest must end soon.
            let turns = w.k.int(if open.is_empty() { 2 } else { 1 });
            let one = w.k.int(1);
            let next = [Operand::local(i), one];
            let next = w.k.op(Opcode::Add, VarType::I32, &next);
            w.k.set(i, next);
            let operands = [Operand::local(i), turns];
            w.k.cmp_branch(Cond::Lt, VarType::I32, operands, [head, after]);
            w.k.start(after);
        }
    }
    w.end()
}

fn handlers(mut w: Writer, ops: u32) -> Method {
    while w.k.ops < ops {
        let after = w.k.new_block();
        let regions = &mut w.k.m.body.regions;
        let mut region = |kind| {
            regions.push(Region {
                parent: RegionId::NONE,
                kind,
                clause: ClauseId::NONE,
            })
        };
        let (protected, handler) = (region(RegionKind::Try), region(RegionKind::Handler));
        let (body, entry) = (w.k.new_block(), w.k.new_block());
        w.k.m.body.blocks[body].region = protected;
        w.k.m.body.blocks[entry].region = handler;
        let clause = w.k.m.body.clauses.push(Clause {
            kind: ClauseKind::Catch(0),
            try_region: protected,
            handler_region: handler,
            handler_entry: entry,
            filter_entry: BlockId::NONE,
        });
        w.k.m.body.regions[protected].clause = clause;
        w.k.m.body.regions[handler].clause = clause;
        w.k.jump(body);
        w.k.start(body);
        w.operation();
        w.operation();
        w.k.jump(after);
        w.k.start(entry);
        w.operation();
        w.k.push(Opcode::CatchRet, VarType::Void, 0, 0, &[]);
        w.k.m.body.blocks[entry].succ[0] = after;
        w.k.start(after);
    }
    w.end()
}

fn returns(mut w: Writer, ops: u32) -> Method {
    while w.k.ops < ops {
        let (yes, no) = (w.k.new_block(), w.k.new_block());
        leave_or_go_on(&mut w, yes, no);
        w.k.start(yes);
        let v = w.read(VarType::I64);
        w.k.ret(v);
        w.k.start(no);
        w.operation();
    }
    w.end()
}

fn live(mut w: Writer, ops: u32) -> Method {
    while w.k.ops < ops {
        let values: Vec<Operand> = (0..500)
            .map(|_| {
                let a = w.read(VarType::I64);
                let b = w.read(VarType::I64);
                w.k.op(Opcode::Add, VarType::I64, &[a, b])
            })
            .collect();
        // The first made is the last used.
        let mut sum = w.read(VarType::I64);
        for &v in values.iter().rev() {
            sum = w.k.op(Opcode::Xor, VarType::I64, &[sum, v]);
        }
        let to = w.pick(VarType::I64);
        w.k.set(to, sum);
    }
    w.end()
}

fn doubles(mut w: Writer, ops: u32) -> Method {
    let mut next = 0.5;
    while w.k.ops < ops {
        let c = w.k.float(next);
        next += 1.25;
        let a = w.read(VarType::F64);
        let v = w.k.op(Opcode::Mul, VarType::F64, &[a, c]);
        let to = w.pick(VarType::F64);
        w.k.set(to, v);
    }
    w.end()
}
