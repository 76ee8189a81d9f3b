//! Random bodies on a small two-operand test machine, every allocation held against the checker.

mod again;
mod consecutive;
mod shapes;

use super::*;
use crate::ir::*;
use crate::target::{Arch, CpuFeatures, Os, Target, UnwindFlavour, x64};
use crate::types::GcKind;

const R: [RegNum; 6] = [
    RegNum::int(0),
    RegNum::int(1),
    RegNum::int(2),
    RegNum::int(3),
    RegNum::int(4),
    RegNum::int(5),
];
const F: [RegNum; 4] = [
    RegNum::float(0),
    RegNum::float(1),
    RegNum::float(2),
    RegNum::float(3),
];
const INT: RegMask = RegMask(0x3F);
const FLOAT: RegMask = RegMask(0xF << 32);
const CALLEE: RegMask = RegMask(0x30 | 8 << 32);

static DESC: TargetDesc = TargetDesc {
    name: "test",
    arch: Arch::X64,
    os: Os::Linux,
    reg_names: &x64::REG_NAMES,
    int_regs: INT,
    float_regs: FLOAT,
    vector_regs: FLOAT,
    wide_vector_regs: FLOAT,
    optional_features: CpuFeatures::empty(),
    int_order: &R,
    float_order: &F,
    callee_saved: CALLEE,
    helper_regs: RegMask::EMPTY,
    caller_saved: RegMask(0xF | 7 << 32),
    sp: RegNum::int(15),
    fp: RegNum::int(14),
    lr: RegNum::NONE,
    scratch_int: RegNum::int(6),
    scratch_float: RegNum::float(4),
    call_conv: &x64::SYSV,
    unwind: UnwindFlavour::WinX64,
    dynamic_fp_reach: u32::MAX,
    return_address_on_stack: true,
    stack_align: 16,
    mem_operands: true,
    two_operand: true,
    div_traps: true,
    has_xchg: true,
    code_unit: 1,
    probes_inline: false,
    registers_wrap: false,
};

pub(super) fn abi() -> RuntimeAbi {
    RuntimeAbi {
        name: "test",
        gc_info: crate::target::GcInfoVersion::V3,
        psp_sym: false,
        funclet_fp_set: true,
        exception_reg: R[0],
        establisher_reg: RegNum::NONE,
        null_check_limit: 256,
        page_size: 4096,
        frameless_leaves: true,
        array_length_offset: 8,
        array_data_offset: 16,
    }
}

/// The test machine: two-operand arithmetic, division and shifts with fixed registers, calls that kill.
struct TestMachine;

impl Target for TestMachine {
    const NAME: &'static str = "test";
}

impl Build for TestMachine {
    const ROWS: DemandRows = DemandRows::new()
        .with(
            &[Opcode::Const],
            [UseFlags::empty(); 3],
            RowDef::Own,
            Unless::Never,
        )
        .made_again(&[Opcode::Const]);

    fn build_special(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
        let body = cx.body;
        let node = &body.nodes[n];
        let ty = body.value_type(n);
        let file = |ty: VarType| cx.desc.regs_for(ty);
        let int = cx.desc.int_regs;
        let float = cx.desc.float_regs;
        let delay = UseFlags::DELAY_FREE;
        let prefer = UseFlags::PREFER_DEF;
        let optional = UseFlags::REG_OPTIONAL;
        let reads = |d: &mut NodeDemand, k: usize, flags: UseFlags, mask: RegMask| {
            let o = node.opnd[k];
            if let Some(c) = o.as_node()
                && body.nodes[c].is_contained()
            {
                for (j, &o) in body.nodes[c].opnd.iter().enumerate() {
                    if o.as_node().is_some() || o.as_local().is_some() {
                        d.uses.push(Use {
                            node: c,
                            k: j as u8,
                            flags: flags - prefer - optional,
                            opnd: o,
                            mask: int,
                        });
                    }
                }
            } else if o.as_node().is_some() || o.as_local().is_some() {
                let mask = mask & file(body.operand_type(n, k));
                d.uses.push(Use {
                    node: n,
                    k: k as u8,
                    flags,
                    opnd: o,
                    mask,
                });
            }
        };
        let any = int | float;
        let none = UseFlags::empty();
        let def = |d: &mut NodeDemand, mask: RegMask| {
            if ty != VarType::Void {
                d.def = Some(Def {
                    ty,
                    mask: mask & file(ty),
                });
            }
        };
        match node.op {
            Opcode::Add => {
                reads(d, 0, prefer, any);
                reads(d, 1, delay | optional, any);
                def(d, any);
            }
            Opcode::Sub => {
                reads(d, 0, prefer, any);
                reads(d, 1, delay, any);
                def(d, any);
            }
            Opcode::Div => {
                let hi = R[2].mask();
                reads(d, 0, none, R[0].mask());
                reads(d, 1, delay, any - R[0].mask() - hi);
                d.kills = hi;
                def(d, R[0].mask());
            }
            Opcode::Shl => {
                reads(d, 0, prefer, any - R[1].mask());
                reads(d, 1, delay, R[1].mask());
                def(d, any - R[1].mask());
            }
            Opcode::Select => {
                reads(d, 0, none, any);
                reads(d, 1, none, any);
                reads(d, 2, optional, any);
                d.temps.push(Temp {
                    ty: VarType::I64,
                    mask: int,
                });
                def(d, any);
            }
            Opcode::Bitcast => {
                reads(d, 0, none, any);
                d.temps.push(Temp {
                    ty: VarType::I64,
                    mask: R[3].mask(),
                });
                d.temps.push(Temp {
                    ty: VarType::F64,
                    mask: float,
                });
                def(d, any);
            }
            Opcode::StoreLcl => {
                let l = &body.locals[LocalId(node.aux)];
                reads(d, 0, none, any);
                if l.is_reg_candidate() {
                    let mask = file(l.ty);
                    d.def = Some(Def { ty: l.ty, mask });
                }
            }
            Opcode::PutArgReg => {
                reads(d, 0, prefer | optional, any);
                def(d, RegNum(node.sub).mask());
            }
            Opcode::ParamReg => def(d, RegNum(node.sub).mask()),
            Opcode::CatchArg => def(d, R[0].mask()),
            Opcode::Call => {
                for a in body.args(CallId(node.aux)) {
                    let p = a.opnd.as_node().expect("arguments are put_arg_reg");
                    d.uses.push(Use {
                        node: n,
                        k: Use::NOWHERE,
                        flags: none,
                        opnd: a.opnd,
                        mask: RegNum(body.nodes[p].sub).mask(),
                    });
                }
                reads(d, 0, none, any);
                d.kills = cx.desc.caller_saved;
                d.safe_point = true;
                def(d, R[0].mask() | F[0].mask());
            }
            Opcode::Result => def(d, R[1].mask() | F[1].mask()),
            Opcode::GcPoll => d.safe_point = true,
            Opcode::Ret => reads(d, 0, none, R[0].mask() | F[0].mask()),
            Opcode::Switch => {
                reads(d, 0, none, any);
                d.temps.push(Temp {
                    ty: VarType::I64,
                    mask: int,
                });
            }
            Opcode::CmpBranch => {
                reads(d, 0, none, any);
                reads(d, 1, optional, any);
            }
            _ => {
                for k in 0..3 {
                    reads(d, k, none, any);
                }
                def(d, any);
            }
        }
    }
}

struct Rng(u64);

impl Rng {
    fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }
    fn below(&mut self, n: usize) -> usize {
        self.next() as usize % n
    }
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const TYPES: [VarType; 6] = [
    VarType::I32,
    VarType::I64,
    VarType::F64,
    VarType::Ref,
    VarType::Byref,
    VarType::I8,
];

struct Gen {
    rng: Rng,
    body: Body,
    /// Values of the block not used yet.
    pool: Vec<NodeId>,
    /// Some nodes want consecutive registers.
    groups: bool,
}

impl Gen {
    fn local(&mut self, ty: VarType) -> LocalId {
        let fit: Vec<LocalId> = self
            .body
            .locals
            .ids()
            .filter(|&l| self.body.locals[l].ty.actual() == ty)
            .collect();
        fit[self.rng.below(fit.len())]
    }

    fn operand(&mut self, ty: VarType) -> Operand {
        if self.rng.chance(45) {
            let at = (0..self.pool.len())
                .rev()
                .find(|&i| self.body.value_type(self.pool[i]) == ty);
            if let Some(i) = at {
                return Operand::node(self.pool.swap_remove(i));
            }
        }
        if self.rng.chance(8) && !ty.is_gc() && !ty.is_float() {
            return Operand::small(7).expect("small");
        }
        Operand::local(self.local(ty))
    }

    fn push(
        &mut self,
        b: BlockId,
        op: Opcode,
        ty: VarType,
        opnd: [Operand; 3],
        aux: u32,
    ) -> NodeId {
        let mut node = Node::new(op, ty);
        node.opnd = opnd;
        node.aux = aux;
        let n = self.body.append(b, node);
        for x in opnd.into_iter().filter_map(Operand::as_node) {
            self.body.nodes[x].user = n;
        }
        if self.body.value_type(n) != VarType::Void {
            self.pool.push(n);
        }
        n
    }

    fn op(&mut self, b: BlockId) {
        const NO: Operand = Operand::NONE;
        if self.groups && self.rng.chance(30) {
            return self.group(b);
        }
        let ty = TYPES[self.rng.below(5)];
        match self.rng.below(20) {
            0..=3 => {
                let op = if self.rng.chance(60) {
                    Opcode::Add
                } else {
                    Opcode::Sub
                };
                let o = [self.operand(ty), self.operand(ty), NO];
                self.push(b, op, ty, o, 0);
            }
            4 => {
                let o = [self.operand(VarType::I64), self.operand(VarType::I64), NO];
                let op = if self.rng.chance(50) {
                    Opcode::Div
                } else {
                    Opcode::Shl
                };
                self.push(b, op, VarType::I64, o, 0);
            }
            5 => {
                let o = [
                    self.operand(VarType::I32),
                    self.operand(ty),
                    self.operand(ty),
                ];
                self.push(b, Opcode::Select, ty, o, 0);
            }
            6 => {
                let o = [self.operand(VarType::F64), NO, NO];
                self.push(b, Opcode::Bitcast, VarType::I64, o, 0);
            }
            7 | 8 => {
                let o = [self.operand(VarType::I64), self.operand(VarType::I64), NO];
                let lea = self.push(b, Opcode::Lea, VarType::I64, o, 0);
                self.body.nodes[lea].flags |= NodeFlags::CONTAINED;
                self.pool.retain(|&n| n != lea);
                self.push(b, Opcode::Load, ty, [Operand::node(lea), NO, NO], 0);
            }
            9 => {
                self.push(
                    b,
                    Opcode::Const,
                    ty,
                    [Operand::small(3).expect("small"), NO, NO],
                    0,
                );
            }
            10 => {
                let o = [self.operand(VarType::I64), self.operand(ty), NO];
                self.push(b, Opcode::Store, ty, o, 0);
            }
            11 | 12 => self.call(b),
            13 if self.rng.chance(30) => {
                self.push(b, Opcode::GcPoll, VarType::Void, [NO; 3], 0);
            }
            _ => {
                let l = LocalId(self.rng.below(self.body.locals.len()) as u32);
                let o = [self.operand(self.body.locals[l].ty.actual()), NO, NO];
                self.push(b, Opcode::StoreLcl, self.body.locals[l].ty, o, l.0);
            }
        }
    }

    fn call(&mut self, b: BlockId) {
        let first_arg = self.body.call_args.len() as u32;
        let mut args = Vec::new();
        let count = self.rng.below(4);
        for r in [R[3], R[2], F[0]].into_iter().take(count) {
            let ty = if r.is_float() {
                VarType::F64
            } else {
                TYPES[[0, 1, 3, 4][self.rng.below(4)]]
            };
            let o = self.operand(ty);
            let p = self.push(
                b,
                Opcode::PutArgReg,
                ty,
                [o, Operand::NONE, Operand::NONE],
                0,
            );
            self.body.nodes[p].sub = r.0;
            self.pool.retain(|&n| n != p);
            args.push(CallArg {
                opnd: Operand::node(p),
                ty,
                kind: ArgKind::User,
                layout: crate::types::LayoutId::NONE,
            });
            // Something between the arguments, to get in their way.
            if self.rng.chance(20) {
                let o = [
                    self.operand(VarType::I64),
                    self.operand(VarType::I64),
                    Operand::NONE,
                ];
                self.push(b, Opcode::Div, VarType::I64, o, 0);
            }
        }
        let ret = [VarType::Void, VarType::Ref, VarType::I64, VarType::F64][self.rng.below(4)];
        let num_args = args.len() as u32;
        self.body.call_args.extend(args.iter().copied());
        let indirect = self.rng.chance(20);
        let call = self.body.calls.push(CallInfo {
            target: CallTarget::Indirect,
            ret,
            ret_layout: crate::types::LayoutId::NONE,
            first_arg,
            num_args,
            flags: CallFlags::empty(),
            stack_bytes: 0,
        });
        let mut o = [Operand::NONE; 3];
        if indirect {
            o[0] = Operand::local(self.local(VarType::I64));
        }
        let n = self.push(b, Opcode::Call, ret, o, call.0);
        for a in &args {
            let p = a.opnd.as_node().expect("a node");
            self.body.nodes[p].user = n;
        }
        if ret != VarType::Void && self.rng.chance(40) {
            let ty = [VarType::Ref, VarType::I32][self.rng.below(2)];
            self.push(b, Opcode::Result, ty, [Operand::NONE; 3], 0);
        }
    }

    fn terminator(&mut self, b: BlockId, targets: &[BlockId], may_return: bool) {
        const NO: Operand = Operand::NONE;
        let pick = |g: &mut Gen| targets[g.rng.below(targets.len())];
        match self.rng.below(10) {
            0 if may_return => {
                let o = self.operand(VarType::I64);
                self.push(b, Opcode::Ret, VarType::I64, [o, NO, NO], 0);
            }
            0..=3 => {
                self.push(b, Opcode::Jump, VarType::Void, [NO; 3], 0);
                self.body.blocks[b].succ[0] = pick(self);
            }
            4 => {
                let count = self.rng.below(4) as u32 + 1;
                let first = self.body.switch_targets.len() as u32;
                for _ in 0..=count {
                    let t = pick(self);
                    self.body.switch_targets.push(t);
                }
                let s = self.body.switches.push(switch_info(first, count));
                let o = self.operand(VarType::I32);
                self.push(b, Opcode::Switch, VarType::Void, [o, NO, NO], s.0);
            }
            _ => {
                let o = [self.operand(VarType::I64), self.operand(VarType::I64), NO];
                self.push(b, Opcode::CmpBranch, VarType::Void, o, VarType::I64 as u32);
                self.body.blocks[b].succ = [pick(self), pick(self)];
            }
        }
    }
}

fn switch_info(first: u32, count: u32) -> crate::ir::method::SwitchInfo {
    crate::ir::method::SwitchInfo { first, count }
}

/// A random body: any flow graph, calls, contained addresses, in a fourth of the cases a try with a catch.
fn random_body(seed: u64) -> Body {
    random_body_of(seed, false)
}

fn random_body_of(seed: u64, groups: bool) -> Body {
    let mut g = Gen {
        rng: Rng::new(seed),
        body: Body::default(),
        pool: Vec::new(),
        groups,
    };
    let locals = 6 + g.rng.below(18);
    for i in 0..locals {
        let ty = TYPES[if i < 6 { i } else { g.rng.below(6) }];
        let mut l = Local::new(ty);
        if i >= 6 && g.rng.chance(8) {
            l.flags |= LocalFlags::ADDRESS_EXPOSED;
        }
        g.body.locals.push(l);
    }
    let blocks = 1 + g.rng.below(10);
    let handler = g.rng.chance(25) && blocks > 1;
    for i in 0..blocks {
        let mut b = Block::new();
        b.weight = [10, 100, 800][g.rng.below(3)];
        if i > 0 && g.rng.chance(15) {
            b.flags |= BlockFlags::COLD;
        }
        g.body.blocks.push(b);
    }
    let main: Vec<BlockId> = g.body.blocks.ids().collect();
    for &b in &main {
        g.pool.clear();
        if b.0 == 0 {
            for (r, l) in [(R[3], 1), (R[2], 3), (F[0], 2)] {
                let p = g.push(b, Opcode::ParamReg, TYPES[l], [Operand::NONE; 3], 0);
                g.body.nodes[p].sub = r.0;
            }
        }
        for _ in 0..g.rng.below(14) {
            g.op(b);
        }
        g.terminator(b, &main, true);
    }
    if handler {
        add_handler(&mut g, &main);
    }
    g.body
}

fn add_handler(g: &mut Gen, main: &[BlockId]) {
    let region = |kind| Region {
        parent: RegionId::NONE,
        kind,
        clause: ClauseId(0),
    };
    let t = g.body.regions.push(region(RegionKind::Try));
    let h = g.body.regions.push(region(RegionKind::Handler));
    let from = g.rng.below(main.len());
    let to = from + g.rng.below(main.len() - from);
    for &b in &main[from..=to] {
        g.body.blocks[b].region = t;
    }
    // A finally if some block of the try can leave through it, else a catch.
    let leaver = main[from..=to]
        .iter()
        .copied()
        .find(|&b| g.body.nodes[g.body.blocks[b].last].op == Opcode::Jump);
    let finally = leaver.filter(|_| g.rng.chance(60));
    let entry = g.body.blocks.push(Block::new());
    let rest = g.body.blocks.push(Block::new());
    for b in [entry, rest] {
        g.body.blocks[b].region = h;
        g.pool.clear();
        if b == entry && finally.is_none() {
            g.push(b, Opcode::CatchArg, VarType::Ref, [Operand::NONE; 3], 0);
        }
        for _ in 0..g.rng.below(8) {
            g.op(b);
        }
        if b == entry {
            g.terminator(b, &[entry, rest], false);
        } else if let Some(p) = finally {
            g.push(b, Opcode::EndFinally, VarType::Void, [Operand::NONE; 3], 0);
            let last = g.body.blocks[p].last;
            g.body.nodes[last].op = Opcode::CallFinally;
            let next = g.body.blocks[p].succ[0];
            g.body.blocks[next].flags |= BlockFlags::FINALLY_RETURN;
            g.body.blocks[p].succ[1] = entry;
        } else {
            g.push(b, Opcode::CatchRet, VarType::Void, [Operand::NONE; 3], 0);
            g.body.blocks[b].succ[0] = main[g.rng.below(main.len())];
        }
    }
    g.body.clauses.push(Clause {
        kind: match finally {
            Some(_) => ClauseKind::Finally,
            None => ClauseKind::Catch(1),
        },
        try_region: t,
        handler_region: h,
        handler_entry: entry,
        filter_entry: BlockId::NONE,
    });
}

const STRESS: [u32; 12] = [
    0,
    0,
    StressRegs::LIMIT_CALLEE,
    StressRegs::LIMIT_CALLER,
    StressRegs::LIMIT_SMALL_SET,
    StressRegs::REVERSE_ORDER | StressRegs::CALLEE_FIRST,
    StressRegs::TRAVERSE_RANDOM,
    StressRegs::TRAVERSE_LAYOUT | StressRegs::LIMIT_SMALL_SET,
    StressRegs::ENTRY_EMPTY,
    StressRegs::SPILL_ALWAYS,
    StressRegs::ALWAYS_RELOAD | StressRegs::NO_REG_OPTIONAL,
    StressRegs::SPILL_ALWAYS | StressRegs::ALWAYS_RELOAD | StressRegs::TRAVERSE_RANDOM,
];

fn run(lsra: &mut Lsra, seed: u64, stress: u32) -> (Body, Allocation) {
    let mut body = random_body(seed);
    let mut out = Allocation::default();
    let opts = LsraOptions {
        stress_regs: stress,
        ..LsraOptions::default()
    };
    if let Err(e) = lsra.allocate::<TestMachine>(&mut body, &DESC, &abi(), &opts, &mut out) {
        panic!("seed {seed}, stress {stress:#x}: {e}");
    }
    (body, out)
}

fn check(body: &Body, out: &Allocation) -> Result<(), CheckError> {
    check_allocation::<TestMachine>(body, &DESC, &abi(), CpuFeatures::empty(), out)
}

/// Seeds of the random tests: `TATSU_LSRA_SEEDS=from..to` for longer runs.
fn seeds(default: u64) -> std::ops::Range<u64> {
    let range = std::env::var("TATSU_LSRA_SEEDS").ok();
    let parsed = range.as_deref().and_then(|r| {
        let (a, b) = r.split_once("..")?;
        Some(a.parse().ok()?..b.parse().ok()?)
    });
    parsed.unwrap_or(1..default)
}

#[test]
fn random_bodies_check() {
    let mut lsra = Lsra::new();
    for seed in seeds(3000) {
        for stress in [0, STRESS[seed as usize % STRESS.len()]] {
            let (body, out) = run(&mut lsra, seed, stress);
            if let Err(e) = check(&body, &out) {
                let text = dump_allocation(&body, &DESC, &out);
                panic!("{text}\nseed {seed}, stress {stress:#x}: {e}");
            }
        }
    }
}

/// The checker sees corrupted allocations.
#[test]
fn corrupted_allocations_are_caught() {
    let mut lsra = Lsra::new();
    let (mut tried, mut caught) = ([0u32; 5], [0u32; 5]);
    for seed in 1..1200u64 {
        let (body, out) = run(&mut lsra, seed, STRESS[seed as usize % STRESS.len()]);
        assert_eq!(check(&body, &out), Ok(()), "seed {seed}");
        let mut rng = Rng::new(seed ^ 0x5555);
        for kind in 0..5 {
            let mut bad = copy(&out);
            let done = match kind {
                0 if !bad.moves.is_empty() => {
                    bad.moves.remove(rng.below(out.moves.len()));
                    true
                }
                1 => corrupt_operand(&body, &mut bad, &mut rng),
                2 => corrupt_def(&body, &mut bad, &mut rng),
                3 if !bad.gc_events.is_empty() => {
                    let i = rng.below(bad.gc_events.len());
                    match &mut bad.gc_events[i].change {
                        GcChange::Live(GcKind::Ref) => {
                            bad.gc_events[i].change = GcChange::Live(GcKind::Byref)
                        }
                        _ => {
                            bad.gc_events.remove(i);
                        }
                    }
                    true
                }
                4 => corrupt_homes(&body, &mut bad, &mut rng),
                _ => false,
            };
            if done {
                tried[kind] += 1;
                caught[kind] += check(&body, &bad).is_err() as u32;
            }
        }
    }
    // Not every corruption is a fault: a value may not be needed any more, a report may not be asked for at any safe point, and
    // unreachable code is not looked at.
    for (kind, least) in [(0, 70), (1, 80), (2, 40), (3, 25), (4, 5)] {
        let percent = caught[kind] * 100 / tried[kind].max(1);
        assert!(
            percent >= least,
            "corruption {kind}: {} of {} caught",
            caught[kind],
            tried[kind]
        );
    }
}

fn copy(a: &Allocation) -> Allocation {
    let mut regs = IndexVec::new();
    regs.copy_from(&a.regs);
    Allocation {
        regs,
        moves: a.moves.clone(),
        gc_events: a.gc_events.clone(),
        block_order: a.block_order.clone(),
        spill_slots: a.spill_slots.clone(),
        memory_uses: a.memory_uses.clone(),
        untracked_gc_homes: a.untracked_gc_homes.clone(),
        shared_homes: a.shared_homes.clone(),
        used_callee_saved: a.used_callee_saved,
    }
}

fn corrupt_operand(body: &Body, bad: &mut Allocation, rng: &mut Rng) -> bool {
    let b = bad.block_order[rng.below(bad.block_order.len())];
    for n in body.block_nodes(b) {
        let r = &mut bad.regs[n].opnd[0];
        if r.is_some() && rng.chance(50) {
            *r = RegNum(r.0 ^ 1);
            return true;
        }
    }
    false
}

/// Two locals that have homes share one.
fn corrupt_homes(body: &Body, bad: &mut Allocation, rng: &mut Rng) -> bool {
    let mut written: Vec<LocalId> = Vec::new();
    for m in &bad.moves {
        if let LocRef::Home(l) = m.to.get()
            && !written.contains(&l)
            && !body.locals[l].ty.is_gc()
            && body.locals[l].ty.size() == 8
            && !bad.shared_homes.iter().any(|s| s.0 == l || s.1 == l)
        {
            written.push(l);
        }
    }
    if written.len() < 2 {
        return false;
    }
    let first = rng.below(written.len() - 1);
    bad.shared_homes.push((written[first], written[first + 1]));
    true
}

fn corrupt_def(body: &Body, bad: &mut Allocation, rng: &mut Rng) -> bool {
    let b = bad.block_order[rng.below(bad.block_order.len())];
    for n in body.block_nodes(b) {
        let r = &mut bad.regs[n].def;
        if r.is_some() && rng.chance(50) {
            *r = RegNum(r.0 ^ 1);
            return true;
        }
    }
    false
}
