//! Stress areas: changes of a body that keep its meaning and make later phases see what they seldom see.
//!
//! Needs: a body as the front door made it. Keeps: every invariant of the IR, and what the method does. Spoils: nothing. The same
//! areas and seed always change a body in the same way. Areas that are no changes of the IR (jump forms, interruptible code,
//! register allocation) are listed here too and acted upon where they belong.

use crate::ir::{
    BlockFlags, BlockId, Body, Effects, LocalFlags, Node, NodeId, Opcode, Operand, SwitchId,
};
use crate::types::VarType;

bitflags::bitflags! {
    /// What is stressed in one compile.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct StressAreas: u32 {
        /// Some bits of `JitStressRegs`, chosen by the method.
        const REGS = 1;
        /// MinOpts, though FullOpts is asked for.
        const MIN_OPTS = 1 << 1;
        /// No optimisation before lowering.
        const FOLD = 1 << 2;
        /// Some locals stay in memory.
        const LCL_FLDS = 1 << 3;
        /// Blocks have arbitrary weights.
        const BB_PROFILE = 1 << 4;
        /// Operands of commutative operations and of comparisons change places.
        const REVERSE_FLAG = 1 << 5;
        /// Switches become chains of comparisons.
        const SWITCH_CMP_BR_EXPANSION = 1 << 6;
        /// Accesses through references are preceded by null checks.
        const NULL_OBJECT_CHECK = 1 << 7;
        /// Blocks stand in another order.
        const BLOCK_ORDER = 1 << 8;
        /// Blocks are cut where no value waits.
        const SPLIT_BLOCKS = 1 << 9;
        /// Jumps take their longest form; at FullOpts instructions are set aside a few at a time, as those of large methods are.
        const EMITTER = 1 << 10;
        /// The collector may stop at any instruction.
        const FULLY_INT = 1 << 11;
        /// Some definitions are spilled at once.
        const SPILL = 1 << 12;
    }
}

/// An area's name, and how often it is on.
#[derive(Copy, Clone, Debug)]
pub struct Area {
    /// The area.
    pub area: StressAreas,
    /// Its name in knobs and dumps.
    pub name: &'static str,
    /// Under a `JitStress` that is not 0: of 100 methods.
    pub weight: u32,
    /// Always on under `JitStress=2`: the compile stays one of the same kind.
    pub check: bool,
    /// What it does.
    pub help: &'static str,
}

/// Every area.
#[rustfmt::skip]
pub static AREAS: [Area; 13] = [
    Area { area: StressAreas::REGS, name: "REGS", weight: 50, check: false,
           help: "some bits of JitStressRegs, chosen by the method" },
    Area { area: StressAreas::MIN_OPTS, name: "MIN_OPTS", weight: 10, check: false,
           help: "MinOpts, though FullOpts is asked for" },
    Area { area: StressAreas::FOLD, name: "FOLD", weight: 30, check: false,
           help: "no optimisation before lowering" },
    Area { area: StressAreas::LCL_FLDS, name: "LCL_FLDS", weight: 30, check: false,
           help: "some locals stay in memory" },
    Area { area: StressAreas::BB_PROFILE, name: "BB_PROFILE", weight: 30, check: true,
           help: "blocks have arbitrary weights" },
    Area { area: StressAreas::REVERSE_FLAG, name: "REVERSE_FLAG", weight: 30, check: true,
           help: "operands of commutative operations and of comparisons change places" },
    Area { area: StressAreas::SWITCH_CMP_BR_EXPANSION, name: "SWITCH_CMP_BR_EXPANSION", weight: 30, check: false,
           help: "switches become chains of comparisons" },
    Area { area: StressAreas::NULL_OBJECT_CHECK, name: "NULL_OBJECT_CHECK", weight: 30, check: true,
           help: "accesses through references are preceded by null checks" },
    Area { area: StressAreas::BLOCK_ORDER, name: "BLOCK_ORDER", weight: 30, check: true,
           help: "blocks stand in another order" },
    Area { area: StressAreas::SPLIT_BLOCKS, name: "SPLIT_BLOCKS", weight: 30, check: true,
           help: "blocks are cut where no value waits" },
    Area { area: StressAreas::EMITTER, name: "EMITTER", weight: 30, check: true,
           help: "jumps take their longest form" },
    Area { area: StressAreas::FULLY_INT, name: "FULLY_INT", weight: 30, check: true,
           help: "the collector may stop at any instruction" },
    Area { area: StressAreas::SPILL, name: "SPILL", weight: 30, check: true,
           help: "some definitions are spilled at once" },
];

impl StressAreas {
    /// The area with this name, in capitals or not.
    pub fn from_area_name(name: &str) -> Option<StressAreas> {
        let found = AREAS.iter().find(|a| a.name.eq_ignore_ascii_case(name));
        found.map(|a| a.area)
    }

    /// The names of the areas, separated by spaces.
    pub fn area_names(self) -> String {
        let on = AREAS.iter().filter(|a| self.contains(a.area));
        on.map(|a| a.name).collect::<Vec<_>>().join(" ")
    }
}

/// Steps of a small generator (Marsaglia's xorshift).
#[derive(Copy, Clone, Debug)]
pub struct Scramble(u64);

impl Scramble {
    /// A sequence that `seed` fixes.
    pub fn new(seed: u32) -> Scramble {
        Scramble(u64::from(seed) << 1 | 1)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u32) -> u32 {
        for _ in 0..2 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
        }
        ((u64::from(self.0 as u32) * u64::from(n)) >> 32) as u32
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }
}

/// Changes `body` as `areas` say.
pub fn stress_body(body: &mut Body, areas: StressAreas, seed: u32) {
    let mut random = Scramble::new(seed ^ 0x5eed);
    // Warm up: small seeds are alike in their first steps.
    for _ in 0..4 {
        random.below(2);
    }
    if areas.contains(StressAreas::REVERSE_FLAG) {
        reverse_operands(body, &mut random);
    }
    if areas.contains(StressAreas::NULL_OBJECT_CHECK) {
        check_null(body);
    }
    if areas.contains(StressAreas::SWITCH_CMP_BR_EXPANSION) {
        expand_switches(body);
    }
    if areas.contains(StressAreas::SPLIT_BLOCKS) {
        split_blocks(body, &mut random);
    }
    if areas.contains(StressAreas::BLOCK_ORDER) {
        shuffle_blocks(body, &mut random);
    }
    if areas.contains(StressAreas::BB_PROFILE) {
        for b in body.blocks.iter_mut().skip(1) {
            b.weight = [0, 1, 25, 100, 1000, 100_000][random.below(6) as usize];
            b.flags.set(BlockFlags::COLD, random.chance(10));
        }
    }
    if areas.contains(StressAreas::LCL_FLDS) {
        for l in body.locals.iter_mut() {
            if random.chance(35) {
                l.flags |= LocalFlags::DO_NOT_ENREGISTER;
            }
        }
    }
}

/// Every parameter and every local that is stored in the first block is used once more before each return.
pub fn extend_lifetimes(body: &mut Body) {
    // The others may have no value where the method returns.
    let mut stored = vec![false; body.locals.len()];
    for n in body.block_nodes(BlockId(0)) {
        let x = &body.nodes[n];
        if x.op == Opcode::StoreLcl {
            stored[x.aux as usize] = true;
        }
    }
    for b in body.blocks.ids() {
        let last = body.blocks[b].last;
        if last.is_none() || !matches!(body.nodes[last].op, Opcode::Ret | Opcode::TailCall) {
            continue;
        }
        for l in body.locals.ids() {
            let local = &body.locals[l];
            let has_value = local.flags.contains(LocalFlags::PARAM) || stored[l.0 as usize];
            if local.ty == VarType::Struct || local.ty.is_vector() || !has_value {
                continue;
            }
            let mut n = Node::new(Opcode::KeepAlive, VarType::Void);
            n.opnd[0] = Operand::local(l);
            body.insert_before(b, last, n);
        }
    }
}

fn reverse_operands(body: &mut Body, random: &mut Scramble) {
    for b in body.blocks.ids() {
        let mut n = body.blocks[b].first;
        while n.is_some() {
            let x = &mut body.nodes[n];
            if x.op.effects().contains(Effects::COMMUTES) && random.chance(60) {
                x.opnd.swap(0, 1);
            } else if matches!(x.op, Opcode::Cmp | Opcode::CmpBranch) && random.chance(60) {
                x.opnd.swap(0, 1);
                x.sub = x.cond().swap() as u8;
            }
            n = x.next;
        }
    }
}

/// Loads and lengths of references in locals: the check raises what the access would.
fn check_null(body: &mut Body) {
    for b in body.blocks.ids() {
        let mut n = body.blocks[b].first;
        while n.is_some() {
            let x = &body.nodes[n];
            let next = x.next;
            let base = x.opnd[0].as_local();
            if matches!(x.op, Opcode::Load | Opcode::ArrLen | Opcode::IndexAddr)
                && let Some(l) = base
                && body.locals[l].ty == VarType::Ref
            {
                let mut check = Node::new(Opcode::NullCheck, VarType::Void);
                check.opnd[0] = Operand::local(l);
                body.insert_before(b, n, check);
            }
            n = next;
        }
    }
}

fn expand_switches(body: &mut Body) {
    for b in body.blocks.ids() {
        let last = body.blocks[b].last;
        if last.is_none() || body.nodes[last].op != Opcode::Switch {
            continue;
        }
        let x = body.nodes[last];
        let targets = body.targets(SwitchId(x.aux)).to_vec();
        if targets.len() > 40 {
            continue;
        }
        let mut selector = crate::ir::Local::new(VarType::I32);
        selector.flags = LocalFlags::TEMP;
        let selector = body.locals.push(selector);
        let mut store = Node::new(Opcode::StoreLcl, VarType::Void);
        store.aux = selector.0;
        store.opnd[0] = x.opnd[0];
        body.remove(b, last);
        body.append_like(b, store, last);
        let (default, cases) = (targets[targets.len() - 1], &targets[..targets.len() - 1]);
        let mut at = b;
        for (i, &target) in cases.iter().enumerate() {
            let next = if i + 1 == cases.len() {
                default
            } else {
                body.new_block_like(b)
            };
            let mut branch = Node::new(Opcode::CmpBranch, VarType::Void);
            branch.sub = crate::ir::Cond::Eq as u8;
            branch.aux = VarType::I32 as u32;
            branch.opnd[0] = Operand::local(selector);
            branch.opnd[1] = body.const_operand(i as u64);
            body.append_like(at, branch, last);
            body.blocks[at].succ = [target, next];
            at = next;
        }
        if cases.is_empty() {
            body.append_like(b, Node::new(Opcode::Jump, VarType::Void), last);
            body.blocks[b].succ = [default, BlockId::NONE];
        }
    }
}

fn split_blocks(body: &mut Body, random: &mut Scramble) {
    for mut b in body.blocks.ids() {
        let mut n = body.blocks[b].first;
        let mut pending = 0;
        while n.is_some() {
            let next = body.nodes[n].next;
            body.for_each_operand(n, |o| pending -= i32::from(o.as_node().is_some()));
            let has_user = body.value_type(n) != VarType::Void && body.nodes[n].user.is_some();
            pending += i32::from(has_user);
            if pending == 0 && next.is_some() && random.chance(30) {
                b = cut(body, b, n);
            }
            n = next;
        }
    }
}

/// Moves what stands behind `n` into a block of its own.
fn cut(body: &mut Body, b: BlockId, n: NodeId) -> BlockId {
    let rest = body.cut_before(b, body.nodes[n].next);
    body.append_like(b, Node::new(Opcode::Jump, VarType::Void), n);
    body.blocks[b].succ = [rest, BlockId::NONE];
    rest
}

/// Puts all blocks but the first into another order.
fn shuffle_blocks(body: &mut Body, random: &mut Scramble) {
    let count = body.blocks.len() as u32;
    // From new place to old number.
    let mut order: Vec<u32> = (0..count).collect();
    for i in (2..count).rev() {
        order.swap(i as usize, 1 + random.below(i) as usize);
    }
    let order: Vec<BlockId> = order.into_iter().map(BlockId).collect();
    body.reorder_blocks(&order);
}
