//! Groups of uses that want consecutive registers: of two to four, among the nodes of random bodies.

use super::*;

/// The test machine with nodes that want consecutive registers:
///
/// - `min`: both operands;
/// - `fma`: by `sub`, all three; the second and third, behind a use of any register or of one; the first and second;
/// - `max` of two contained addresses: their four operands.
struct GroupMachine;

/// All operands of `fma` are a group.
const ALL: u8 = 0;
/// The first may be anywhere.
const FIRST_ANYWHERE: u8 = 1;
/// The last may be anywhere.
const LAST_ANYWHERE: u8 = 2;
/// Added: delay-free, with a temporary, destroys a register.
const DELAYED: u8 = 4;
const WITH_TEMP: u8 = 8;
const KILLS: u8 = 16;

impl Target for GroupMachine {
    const NAME: &'static str = "groups";
}

impl Build for GroupMachine {
    const ROWS: DemandRows = DemandRows::new();

    fn build_special(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
        let node = &cx.body.nodes[n];
        let flags = if node.sub & DELAYED != 0 {
            UseFlags::DELAY_FREE
        } else {
            UseFlags::empty()
        };
        let one = |d: &mut NodeDemand, n: NodeId, k: usize| cx.use_any(d, n, k, flags);
        let next = |d: &mut NodeDemand, n: NodeId, k: usize| cx.use_after(d, n, k, flags);
        match node.op {
            Opcode::Min => {
                one(d, n, 0);
                next(d, n, 1);
            }
            Opcode::Fma => match node.sub & 3 {
                ALL => {
                    one(d, n, 0);
                    next(d, n, 1);
                    next(d, n, 2);
                }
                LAST_ANYWHERE => {
                    one(d, n, 0);
                    next(d, n, 1);
                    one(d, n, 2);
                }
                FIRST_ANYWHERE => {
                    one(d, n, 0);
                    one(d, n, 1);
                    next(d, n, 2);
                }
                // It wants one register.
                _ => {
                    let r = if node.ty.is_float() { F[0] } else { R[0] };
                    cx.use_fixed(d, n, 0, r, flags);
                    one(d, n, 1);
                    next(d, n, 2);
                }
            },
            Opcode::Max => {
                let parts = [0, 1].map(|k| node.opnd[k].as_node().expect("an address"));
                one(d, parts[0], 0);
                next(d, parts[0], 1);
                next(d, parts[1], 0);
                next(d, parts[1], 1);
            }
            _ => return TestMachine::build_special(cx, n, d),
        }
        if node.sub & WITH_TEMP != 0 {
            cx.temp(d, VarType::I64);
        }
        if node.sub & KILLS != 0 {
            d.kills = R[1].mask();
        }
        cx.def_any(d, node.ty);
    }
}

impl Gen {
    /// A local or value, never a constant.
    fn value(&mut self, ty: VarType) -> Operand {
        let o = self.operand(ty);
        if o.is_const() {
            return Operand::local(self.local(ty));
        }
        o
    }

    /// A node that wants consecutive registers; now and then it reads one value twice.
    pub(super) fn group(&mut self, b: BlockId) {
        const NO: Operand = Operand::NONE;
        let ty = TYPES[self.rng.below(5)];
        let mut o = [self.value(ty), self.value(ty), NO];
        if self.rng.chance(15) {
            let same = Operand::local(self.local(ty));
            o = [same, same, NO];
        }
        let n = match self.rng.below(3) {
            0 => self.push(b, Opcode::Min, ty, o, 0),
            1 => {
                o[2] = self.value(ty);
                self.push(b, Opcode::Fma, ty, o, 0)
            }
            _ => {
                let parts = [0, 1].map(|_| {
                    let o = [self.value(VarType::I64), self.value(VarType::I64), NO];
                    let lea = self.push(b, Opcode::Lea, VarType::I64, o, 0);
                    self.body.nodes[lea].flags |= NodeFlags::CONTAINED;
                    self.pool.retain(|&n| n != lea);
                    Operand::node(lea)
                });
                let o = [parts[0], parts[1], NO];
                self.push(b, Opcode::Max, VarType::I64, o, 0)
            }
        };
        self.body.nodes[n].sub = self.rng.below(32) as u8;
    }
}

/// The test machine where the first register of a file follows the last.
fn wrapping() -> &'static TargetDesc {
    static WRAPS: std::sync::OnceLock<TargetDesc> = std::sync::OnceLock::new();
    static ORDER: [RegNum; 4] = [
        RegNum::float(0),
        RegNum::float(1),
        RegNum::float(30),
        RegNum::float(31),
    ];
    WRAPS.get_or_init(|| TargetDesc {
        float_regs: RegMask::of(&ORDER),
        vector_regs: RegMask::of(&ORDER),
        wide_vector_regs: RegMask::of(&ORDER),
        float_order: &ORDER,
        callee_saved: RegMask::of(&[R[4], R[5], ORDER[2]]),
        caller_saved: RegMask::of(&[R[0], R[1], R[2], R[3], ORDER[0], ORDER[1], ORDER[3]]),
        registers_wrap: true,
        ..copy_of(&DESC)
    })
}

fn copy_of(d: &TargetDesc) -> TargetDesc {
    TargetDesc { ..*d }
}

fn allocate(
    lsra: &mut Lsra,
    body: &mut Body,
    desc: &'static TargetDesc,
    stress: u32,
) -> Allocation {
    let mut out = Allocation::default();
    let opts = LsraOptions {
        stress_regs: stress,
        ..LsraOptions::default()
    };
    if let Err(e) = lsra.allocate::<GroupMachine>(body, desc, &abi(), &opts, &mut out) {
        panic!(
            "stress {stress:#x}: {e}\n{}",
            dump_allocation(body, desc, &out)
        );
    }
    out
}

fn check_groups(
    body: &Body,
    desc: &'static TargetDesc,
    out: &Allocation,
) -> Result<(), CheckError> {
    check_allocation::<GroupMachine>(body, desc, &abi(), CpuFeatures::empty(), out)
}

/// The nodes with groups in the blocks of an allocation, each with the positions of a follower and of the use before it.
fn followers(body: &Body, out: &Allocation) -> Vec<(NodeId, (NodeId, usize), (NodeId, usize))> {
    let mut all = Vec::new();
    for n in out.block_order.iter().flat_map(|&b| body.block_nodes(b)) {
        let node = &body.nodes[n];
        match (node.op, node.sub & 3) {
            (Opcode::Min, _) | (Opcode::Fma, LAST_ANYWHERE) => all.push((n, (n, 1), (n, 0))),
            (Opcode::Fma, _) => all.push((n, (n, 2), (n, 1))),
            (Opcode::Max, _) => {
                let part = |k: usize| node.opnd[k].as_node().expect("an address");
                all.push((n, (part(1), 0), (part(0), 1)));
            }
            _ => {}
        }
    }
    all
}

#[test]
fn random_groups_check() {
    let mut lsra = Lsra::new();
    let (mut seen, mut wrapped) = (0, 0);
    for seed in seeds(2500) {
        for (desc, stress) in [
            (&DESC, 0),
            (&DESC, STRESS[seed as usize % STRESS.len()]),
            (&DESC, StressRegs::PICK_NEAREST),
            (wrapping(), STRESS[(seed + 7) as usize % STRESS.len()]),
        ] {
            let mut body = random_body_of(seed, true);
            let out = allocate(&mut lsra, &mut body, desc, stress);
            if let Err(e) = check_groups(&body, desc, &out) {
                let text = dump_allocation(&body, desc, &out);
                panic!("{text}\nseed {seed}, stress {stress:#x}: {e}");
            }
            for (_, (x, k), (y, j)) in followers(&body, &out) {
                let (next, last) = (out.regs[x].opnd[k], out.regs[y].opnd[j]);
                assert_eq!(next, last.after(1), "seed {seed}");
                seen += 1;
                wrapped += (next.hw() == 0) as u32;
            }
        }
    }
    assert!(seen > 2500 && wrapped > 50, "{seen} groups, {wrapped} wrap");
}

/// The checker sees a register that holds the right value but does not follow the one before.
#[test]
fn groups_torn_apart_are_caught() {
    let mut lsra = Lsra::new();
    let mut tried = 0;
    for seed in 1..600u64 {
        let mut body = random_body_of(seed, true);
        let out = allocate(
            &mut lsra,
            &mut body,
            &DESC,
            STRESS[seed as usize % STRESS.len()],
        );
        assert_eq!(check_groups(&body, &DESC, &out), Ok(()), "seed {seed}");
        let order = out.block_order.iter().flat_map(|&b| body.block_nodes(b));
        let order: Vec<NodeId> = order.collect();
        let place = |n: NodeId| order.iter().position(|&x| x == n);
        for (n, (x, k), _) in followers(&body, &out) {
            let ty = body.operand_type(x, k).actual();
            let used = [n, x].map(|n| out.regs[n]);
            let used = used.iter().flat_map(|r| r.opnd.iter().chain(&r.temp));
            let used: Vec<RegNum> = used.copied().collect();
            let free = DESC.regs_for(ty).iter().find(|r| !used.contains(r));
            let Some(to) = free else { continue };
            let mut bad = copy(&out);
            let from = out.regs[x].opnd[k];
            let here = bad.moves.iter().position(|m| {
                let at = place(m.node);
                at > place(n) || at == place(n) && m.when != When::Before
            });
            let torn = AllocMove {
                node: n,
                when: When::Before,
                ty,
                from: Loc::reg(from),
                to: Loc::reg(to),
            };
            bad.moves.insert(here.unwrap_or(out.moves.len()), torn);
            bad.regs[x].opnd[k] = to;
            match check_groups(&body, &DESC, &bad) {
                Err(e) if e.what.contains("does not follow") => tried += 1,
                // What nothing leads to is not looked at.
                Ok(()) => {}
                // The first register of a group of three or four was in its way.
                Err(e) => assert!(e.what.contains("holds"), "seed {seed}: {e}"),
            }
        }
    }
    assert!(tried > 300, "{tried} caught");
}

/// A straight body: `count` locals from constants, then `ops`, each with the locals that it reads and, from the back, whether they are
/// read once more behind all of it.
fn straight(count: usize, ty: VarType, groups: &[(Opcode, u8, [usize; 3])], again: bool) -> Body {
    const NO: Operand = Operand::NONE;
    let mut body = Body::default();
    let b = body.blocks.push(Block::new());
    let push = |body: &mut Body, op, ty, opnd, aux, sub| {
        let mut node = Node::new(op, ty);
        (node.opnd, node.aux, node.sub) = (opnd, aux, sub);
        body.append(b, node)
    };
    for l in 0..count as u32 {
        body.locals.push(Local::new(ty));
        let c = [Operand::small(3).expect("small"), NO, NO];
        let c = push(&mut body, Opcode::Const, ty, c, 0, 0);
        push(
            &mut body,
            Opcode::StoreLcl,
            ty,
            [Operand::node(c), NO, NO],
            l,
            0,
        );
    }
    for &(op, sub, reads) in groups {
        let mut o = reads.map(|l| Operand::local(LocalId(l as u32)));
        if op == Opcode::Min {
            o[2] = NO;
        }
        let n = push(&mut body, op, ty, o, 0, sub);
        push(
            &mut body,
            Opcode::KeepAlive,
            VarType::Void,
            [Operand::node(n), NO, NO],
            0,
            0,
        );
    }
    if again {
        for l in 0..count as u32 {
            let o = [Operand::local(LocalId(l)), NO, NO];
            push(&mut body, Opcode::KeepAlive, VarType::Void, o, 0, 0);
        }
    }
    push(&mut body, Opcode::Unreachable, VarType::Void, [NO; 3], 0, 0);
    body
}

/// How many moves the allocation of a straight body has, without stress.
fn moves_of(mut body: Body) -> usize {
    let mut lsra = Lsra::new();
    let out = allocate(&mut lsra, &mut body, &DESC, 0);
    let text = || dump_allocation(&body, &DESC, &out);
    if let Err(e) = check_groups(&body, &DESC, &out) {
        panic!("{e}\n{}", text());
    }
    out.moves.len()
}

/// Values that are in consecutive registers stay there; one that is not moves once; one that is read twice is copied.
#[test]
fn no_more_moves_than_needed() {
    let i = VarType::I64;
    let (min, fma) = (Opcode::Min, Opcode::Fma);
    assert_eq!(moves_of(straight(2, i, &[(min, 0, [0, 1, 0])], false)), 0);
    // In the other order their wishes find them places all the same.
    assert!(moves_of(straight(2, i, &[(min, 0, [1, 0, 0])], false)) <= 1);
    assert_eq!(moves_of(straight(3, i, &[(fma, ALL, [0, 1, 2])], true)), 0);
    assert_eq!(moves_of(straight(1, i, &[(min, 0, [0, 0, 0])], false)), 1);
    assert_eq!(moves_of(straight(1, i, &[(min, 0, [0, 0, 0])], true)), 1);
    // Two want to be behind the same one, and stay: one makes way, or both of the second group are copied.
    let two = [(min, 0, [0, 1, 0]), (min, 0, [0, 2, 0])];
    assert_eq!(moves_of(straight(3, i, &two, true)), 2);
}

/// All registers of the file are live across groups of two, three and four uses.
#[test]
fn groups_with_a_full_file() {
    for (ty, file) in [(VarType::I64, 6), (VarType::F64, 4)] {
        for extra in 0..4 {
            let count = file + extra;
            let last = count - 1;
            let mut groups = Vec::new();
            for sub in 0..32u8 {
                let s = sub as usize;
                groups.push((Opcode::Fma, sub, [last, s % count, 0]));
                groups.push((Opcode::Min, sub, [s % count, last - s % count, 0]));
                groups.push((Opcode::Fma, sub, [0, 0, s % count]));
            }
            for stress in STRESS {
                let mut body = straight(count, ty, &groups, true);
                let mut lsra = Lsra::new();
                let out = allocate(&mut lsra, &mut body, &DESC, stress);
                if let Err(e) = check_groups(&body, &DESC, &out) {
                    let text = dump_allocation(&body, &DESC, &out);
                    panic!("{text}\nstress {stress:#x}: {e}");
                }
            }
        }
    }
}

#[test]
fn first_registers_leave_room_for_the_others() {
    let of = |count: usize, mask, wraps| first_registers(&[mask; 4][..count], wraps);
    assert_eq!(of(2, FLOAT, false), RegMask::of(&[F[0], F[1], F[2]]));
    assert_eq!(of(4, INT, false), RegMask::of(&[R[0], R[1], R[2]]));
    let ends = RegMask::of(&[RegNum::float(31), F[0], R[0], RegNum::int(31)]);
    // The files are beside each other in a set, but not behind one another.
    assert_eq!(of(2, ends, false), RegMask::EMPTY);
    assert_eq!(
        of(2, ends, true),
        RegMask::of(&[RegNum::float(31), RegNum::int(31)])
    );
    assert_eq!(of(3, ends, true), RegMask::EMPTY);
    let parts = [RegMask::of(&[R[1], R[4]]), R[2].mask() | R[0].mask()];
    assert_eq!(first_registers(&parts, false), R[1].mask());
}
