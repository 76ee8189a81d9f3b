//! Values that are made again: bodies of constants and calls, and the checker's eye for the wrong constant.

use super::*;

const NO: Operand = Operand::NONE;

/// Stores of constants to four locals, some in one place only, nodes that are constants, sums of them, and calls; three blocks.
fn constants_body(seed: u64) -> Body {
    let mut g = Gen {
        rng: Rng::new(seed),
        body: Body::default(),
        pool: Vec::new(),
        groups: false,
    };
    for _ in 0..6 {
        g.body.locals.push(Local::new(VarType::I64));
    }
    // For the arguments of calls.
    for ty in TYPES {
        g.body.locals.push(Local::new(ty));
    }
    let blocks: Vec<BlockId> = (0..3).map(|_| g.body.blocks.push(Block::new())).collect();
    for (&b, next) in blocks.iter().zip(1..) {
        g.pool.clear();
        if b.0 == 0 {
            for l in 0..6 {
                g.store_constant(b, l);
            }
        }
        for _ in 0..16 {
            match g.rng.below(6) {
                0 => g.call(b),
                1 | 2 => {
                    // Local 4 keeps what the entry block stores.
                    let l = g.rng.below(4) as u32;
                    g.store_constant(b, l);
                }
                3 => {
                    let c = Operand::small(g.rng.below(100) as i64).expect("small");
                    g.push(b, Opcode::Const, VarType::I64, [c, NO, NO], 0);
                }
                _ => {
                    let o = [g.operand(VarType::I64), g.operand(VarType::I64), NO];
                    let sum = g.push(b, Opcode::Add, VarType::I64, o, 0);
                    g.pool.retain(|&n| n != sum);
                    let o = [Operand::node(sum), NO, NO];
                    g.push(b, Opcode::StoreLcl, VarType::I64, o, 5);
                }
            }
        }
        if (next as usize) < blocks.len() {
            g.push(b, Opcode::Jump, VarType::Void, [NO; 3], 0);
            g.body.blocks[b].succ[0] = blocks[next as usize];
        } else {
            let o = [Operand::local(LocalId(5)), NO, NO];
            g.push(b, Opcode::Ret, VarType::I64, o, 0);
        }
    }
    g.body
}

impl Gen {
    fn store_constant(&mut self, b: BlockId, l: u32) {
        let c = Operand::small(self.rng.below(100) as i64).expect("small");
        self.push(b, Opcode::StoreLcl, VarType::I64, [c, NO, NO], l);
    }
}

/// What move `m` makes again.
fn made(m: &AllocMove) -> Option<NodeId> {
    match m.from.get() {
        LocRef::Again(n) => Some(n),
        _ => None,
    }
}

/// Makes something else again than the move wants: another constant, for a local one that it holds elsewhere if there is one.
fn corrupt(body: &Body, bad: &mut Allocation) -> bool {
    let Some((m, old)) = bad.moves.iter_mut().find_map(|m| made(m).map(|n| (m, n))) else {
        return false;
    };
    let node = &body.nodes[old];
    let blocks = body.blocks.ids();
    let other = blocks.flat_map(|b| body.block_nodes(b)).find(|&n| {
        let x = &body.nodes[n];
        n != old && x.op == node.op && x.aux == node.aux && body.const_value(x.opnd[0]).is_some()
    });
    match other {
        Some(n) => m.from = Loc::again(n),
        None => return false,
    }
    true
}

/// Constants are made again, within blocks and across them, and the checker sees it when that is the wrong one.
#[test]
fn wrong_constants_are_caught() {
    let mut lsra = Lsra::new();
    let (mut again, mut across, mut tried) = (0, 0, 0);
    for seed in 1..400u64 {
        let mut body = constants_body(seed);
        let mut out = Allocation::default();
        let opts = LsraOptions {
            stress_regs: STRESS[seed as usize % STRESS.len()],
            ..LsraOptions::default()
        };
        let done = lsra.allocate::<TestMachine>(&mut body, &DESC, &abi(), &opts, &mut out);
        assert_eq!(done, Ok(()), "seed {seed}");
        let text = || dump_allocation(&body, &DESC, &out);
        assert_eq!(check(&body, &out), Ok(()), "seed {seed}\n{}", text());
        let entry: Vec<NodeId> = body.block_nodes(BlockId(0)).collect();
        for m in &out.moves {
            let Some(n) = made(m) else { continue };
            again += 1;
            across += (entry.contains(&n) && !entry.contains(&m.node)) as u32;
        }
        let mut bad = copy(&out);
        if corrupt(&body, &mut bad) {
            tried += 1;
            assert!(check(&body, &bad).is_err(), "seed {seed}\n{}", text());
        }
    }
    assert!(again > 1000, "{again} made again");
    assert!(across > 50, "{across} made again in another block");
    assert!(tried > 200, "{tried} corrupted");
}
