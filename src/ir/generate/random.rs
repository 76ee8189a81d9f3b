//! Random programs for comparing executors: everything that the compiled slice of the IR can say, traps and handlers included.
//!
//! A program is a few methods: `g0`, `g1`, … of any signature, structs included, called by the later ones; and `f0`, which is
//! called from outside with the buffer's address first and scalars behind it. All of it ends: loops count to small constants
//! and nest at most twice, calls go to earlier methods only and stand outside loops.
//!
//! Doubles in memory stay in the second half of the buffer and are never read as integers, so executors may differ in a NaN's
//! payload and sign. Addresses are never results.

use super::BUFFER;
use super::maker::{Maker, Typed};
use super::rng::Rng;
use crate::ee::Helper;
use crate::ir::{
    BlockFlags, BlockId, CallTarget, Clause, ClauseId, ClauseKind, Cond, LocalId, Method, Opcode,
    Operand, Region, RegionId, RegionKind,
};
use crate::types::{ClassLayout, LayoutField, LayoutId, VarType};

mod ops;

const DEPTH: u32 = 4;
const TYPES: [VarType; 3] = [VarType::I32, VarType::I64, VarType::F64];
/// The structs: in registers of both kinds, and in memory. A field's type by its offset over 8.
const STRUCTS: [&[VarType]; 4] = [
    &[VarType::I64, VarType::I64],
    &[VarType::I64, VarType::F64],
    &[VarType::F64, VarType::F64],
    &[VarType::I64, VarType::F64, VarType::I64],
];
/// Class words of arrays of `i32` and of `i64`.
const ARRAYS: [(u64, VarType); 2] = [(0x14, VarType::I32), (0x18, VarType::I64)];
/// Class words of thrown objects.
const THROWN: [u32; 2] = [50, 51];
/// Class numbers that handlers catch; 0 is everything.
const CAUGHT: [u32; 7] = [0, 0, 1, 2, 3, 50, 51];
const NONE: LayoutId = LayoutId::NONE;

struct Signature {
    name: String,
    params: Vec<(VarType, LayoutId)>,
    ret: (VarType, LayoutId),
}

/// A program of about `ops` operations in all.
pub fn random(seed: u64, ops: u32) -> Vec<Method> {
    let mut rng = Rng::new(seed);
    let count = 1 + rng.below(4);
    let mut known: Vec<Signature> = Vec::new();
    let mut methods = Vec::new();
    for i in 0..count {
        let outer = i + 1 == count;
        let name = if outer {
            "f0".to_owned()
        } else {
            format!("g{i}")
        };
        let signature = signature(&mut rng, name, !outer);
        let budget = 5 + rng.below(2 * ops / count);
        methods.push(Writer::new(&mut rng, &signature, &known).write(budget));
        known.push(signature);
    }
    methods
}

fn signature(rng: &mut Rng, name: String, structs: bool) -> Signature {
    use VarType::*;
    let any = |rng: &mut Rng| {
        if structs && rng.chance(20) {
            (Struct, LayoutId(rng.below(STRUCTS.len() as u32)))
        } else {
            (
                rng.pick(&[I8, U8, I16, U16, I32, I32, I64, I64, F64, F64]),
                NONE,
            )
        }
    };
    let mut params = vec![(I64, NONE)];
    let count = if rng.chance(20) { 12 } else { 5 };
    for _ in 0..rng.below(count) {
        params.push(any(rng));
    }
    let ret = any(rng);
    Signature { name, params, ret }
}

struct Writer<'a> {
    k: Maker,
    rng: &'a mut Rng,
    known: &'a [Signature],
    vars: [Vec<LocalId>; 3],
    structs: [Vec<LocalId>; 4],
    arrays: [LocalId; 2],
    exposed: LocalId,
    buffer: LocalId,
    loops: u32,
    calls: u32,
}

impl<'a> Writer<'a> {
    fn new(rng: &'a mut Rng, s: &Signature, known: &'a [Signature]) -> Writer<'a> {
        let mut k = Maker::new(s.name.clone(), s.ret.0);
        k.m.ret_layout = s.ret.1;
        for (i, types) in STRUCTS.iter().enumerate() {
            let field = |(j, &ty): (usize, &VarType)| LayoutField {
                offset: j as u32 * 8,
                ty,
            };
            k.m.layouts.push(ClassLayout {
                size: types.len() as u32 * 8,
                align: 8,
                gc: Vec::new(),
                fields: types.iter().enumerate().map(field).collect(),
                name: format!("S{i}"),
            });
        }
        let mut vars: [Vec<LocalId>; 3] = Default::default();
        let mut structs: [Vec<LocalId>; 4] = Default::default();
        for (i, &(ty, layout)) in s.params.iter().enumerate() {
            let l = k.param(ty);
            k.m.body.locals[l].layout = layout;
            match ty {
                VarType::Struct => structs[layout.0 as usize].push(l),
                // The first is the buffer's address.
                _ if i > 0 => vars[super::realistic::type_index(ty)].push(l),
                _ => {}
            }
        }
        let exposed = k.local(VarType::I64);
        let arrays = [k.local(VarType::Ref), k.local(VarType::Ref)];
        let mut w = Writer {
            k,
            rng,
            known,
            vars,
            structs,
            arrays,
            exposed,
            buffer: LocalId(0),
            loops: 0,
            calls: 0,
        };
        w.set_up();
        w
    }

    /// Gives every local a value.
    fn set_up(&mut self) {
        let small = [VarType::I8, VarType::U8, VarType::I16, VarType::U16];
        for (t, own) in TYPES.into_iter().enumerate() {
            for _ in 0..2 + self.rng.below(3) {
                let ty = if t == 0 && self.rng.chance(20) {
                    self.rng.pick(&small)
                } else {
                    own
                };
                let l = self.k.local(ty);
                let v = self.constant(own);
                self.k.set(l, v);
                self.vars[t].push(l);
            }
        }
        let v = self.constant(VarType::I64);
        self.k.set(self.exposed, v);
        for (i, types) in STRUCTS.iter().enumerate() {
            let l = self.k.struct_local(LayoutId(i as u32));
            for (j, &ty) in types.iter().enumerate() {
                let v = self.constant(ty);
                self.set_field(l, ty, j, v);
            }
            self.structs[i].push(l);
        }
        for (i, (class, _)) in ARRAYS.into_iter().enumerate() {
            let v = if self.rng.chance(15) {
                self.k.int(0)
            } else {
                let length = self.rng.below(12);
                let length = self.k.int(length.into());
                self.k.new_array(class, length)
            };
            self.k.set(self.arrays[i], v);
        }
    }

    fn write(mut self, ops: u32) -> Method {
        self.region(ops, 0);
        // What is left in variables is seen through the buffer.
        for (t, own) in TYPES.into_iter().enumerate() {
            let v = self.read(own);
            let offset = if t == 2 { BUFFER / 2 } else { t as u32 * 8 };
            let at = self.k.lea(Operand::local(self.buffer), offset);
            self.k.store(own, at, v);
        }
        let (ty, layout) = (self.k.m.ret, self.k.m.ret_layout);
        let v = if ty == VarType::Struct {
            Operand::local(self.rng.pick(&self.structs[layout.0 as usize]))
        } else {
            self.value(ty.actual())
        };
        self.k.ret(v);
        self.k.finish()
    }

    fn set_field(&mut self, l: LocalId, ty: VarType, field: usize, v: Operand) {
        let at = self.k.int(field as i64 * 8);
        self.k.push(Opcode::StoreLclFld, ty, 0, l.0, &[v, at]);
    }

    fn region(&mut self, ops: u32, depth: u32) {
        let end = self.k.ops + ops;
        while self.k.ops < end {
            let stop = self.k.ops + 1 + self.rng.below(5);
            while self.k.ops < stop.min(end) {
                self.operation();
            }
            let left = end.saturating_sub(self.k.ops);
            if left < 2 || depth >= DEPTH {
                continue;
            }
            let inner = 1 + self.rng.below(left.min(25));
            match self.rng.below(100) {
                0..=34 => self.if_else(inner, depth),
                35..=49 if self.loops < 2 => self.counted_loop(inner, depth),
                50..=61 => self.switch(inner, depth),
                62..=75 => self.try_catch(inner, depth),
                76..=87 => self.try_finally(inner, depth),
                88..=90 => self.throw_if(),
                _ => {}
            }
        }
    }

    fn branch(&mut self, targets: [BlockId; 2]) {
        let (cond, ty, a, b) = self.relation();
        if self.rng.chance(70) {
            self.k.cmp_branch(cond, ty, [a, b], targets);
        } else {
            let c = self.k.cmp(cond, ty, a, b);
            self.k.push(Opcode::Branch, VarType::Void, 0, 0, &[c]);
            self.k.m.body.blocks[self.k.block].succ = targets;
        }
    }

    fn if_else(&mut self, ops: u32, depth: u32) {
        let (yes, join) = (self.k.new_block(), self.k.new_block());
        let no = if self.rng.chance(50) {
            self.k.new_block()
        } else {
            join
        };
        self.branch([yes, no]);
        self.part(yes, ops, depth, join);
        if no != join {
            self.part(no, ops / 2, depth, join);
        }
        self.k.start(join);
    }

    /// Fills `from` with a region and goes to `to`.
    fn part(&mut self, from: BlockId, ops: u32, depth: u32, to: BlockId) {
        self.k.start(from);
        self.region(ops, depth + 1);
        self.k.jump(to);
    }

    fn counted_loop(&mut self, ops: u32, depth: u32) {
        self.loops += 1;
        let i = self.k.local(VarType::I32);
        let turns = 1 + self.rng.below(4);
        let start = self.k.int(turns.into());
        self.k.set(i, start);
        let (head, after) = (self.k.new_block(), self.k.new_block());
        self.k.jump(head);
        self.k.start(head);
        self.region(ops, depth + 1);
        let (one, zero) = (self.k.int(1), self.k.int(0));
        let next = [Operand::local(i), one];
        let next = self.k.op(Opcode::Sub, VarType::I32, &next);
        self.k.set(i, next);
        let operands = [Operand::local(i), zero];
        self.k
            .cmp_branch(Cond::Gt, VarType::I32, operands, [head, after]);
        self.k.start(after);
        self.loops -= 1;
    }

    fn switch(&mut self, ops: u32, depth: u32) {
        let join = self.k.new_block();
        let count = 1 + self.rng.below(7) as usize;
        let mut targets: Vec<BlockId> = Vec::new();
        for _ in 0..=count {
            if !targets.is_empty() && self.rng.chance(20) {
                targets.push(self.rng.pick(&targets));
            } else {
                targets.push(self.k.new_block());
            }
        }
        let mut v = self.read(VarType::I32);
        if self.rng.chance(80) {
            let mask = self.k.int(7);
            v = self.k.op(Opcode::And, VarType::I32, &[v, mask]);
        }
        self.k.switch(v, &targets);
        targets.sort();
        targets.dedup();
        let each = ops / targets.len() as u32;
        for t in targets {
            self.part(t, each, depth, join);
        }
        self.k.start(join);
    }

    fn throw_if(&mut self) {
        let (yes, no) = (self.k.new_block(), self.k.new_block());
        self.branch([yes, no]);
        self.k.start(yes);
        let class = self.rng.pick(&THROWN);
        let class = self.k.int(class.into());
        let helper = CallTarget::Helper(Helper::NewFast);
        let object = self
            .k
            .call(helper, VarType::Ref, NONE, &[(class, VarType::I64, NONE)]);
        self.k.push(Opcode::Throw, VarType::Void, 0, 0, &[object]);
        self.k.start(no);
    }

    fn new_region(&mut self, kind: RegionKind) -> RegionId {
        let parent = self.k.m.body.blocks[self.k.block].region;
        self.k.m.body.regions.push(Region {
            parent,
            kind,
            clause: ClauseId::NONE,
        })
    }

    fn new_block_in(&mut self, region: RegionId) -> BlockId {
        let b = self.k.new_block();
        self.k.m.body.blocks[b].region = region;
        b
    }

    fn add_clause(
        &mut self,
        kind: ClauseKind,
        try_region: RegionId,
        handler_region: RegionId,
        handler_entry: BlockId,
    ) {
        let body = &mut self.k.m.body;
        let id = body.clauses.push(Clause {
            kind,
            try_region,
            handler_region,
            handler_entry,
            filter_entry: BlockId::NONE,
        });
        if body.regions[try_region].clause.is_none() {
            body.regions[try_region].clause = id;
        }
        body.regions[handler_region].clause = id;
    }

    fn try_catch(&mut self, ops: u32, depth: u32) {
        let protected = self.new_region(RegionKind::Try);
        let join = self.k.new_block();
        let handlers: Vec<(RegionId, BlockId)> = (0..1 + self.rng.below(2))
            .map(|_| {
                let r = self.new_region(RegionKind::Handler);
                (r, self.new_block_in(r))
            })
            .collect();
        let body = self.new_block_in(protected);
        self.k.jump(body);
        self.part(body, ops, depth, join);
        for &(_, entry) in &handlers {
            self.k.start(entry);
            if self.rng.chance(50) {
                let object = self.k.push(Opcode::CatchArg, VarType::Ref, 0, 0, &[]);
                let object = Operand::node(object);
                let class = self.k.op(Opcode::Load, VarType::I64, &[object]);
                let to = self.rng.pick(&self.vars[1]);
                self.k.set(to, class);
            }
            self.region(ops / 3, depth + 1);
            if self.rng.chance(15) {
                self.k.push(Opcode::Rethrow, VarType::Void, 0, 0, &[]);
            } else {
                self.k.push(Opcode::CatchRet, VarType::Void, 0, 0, &[]);
                self.k.m.body.blocks[self.k.block].succ[0] = join;
            }
        }
        // Behind all clauses inside: inner before outer.
        for (r, entry) in handlers {
            let class = self.rng.pick(&CAUGHT);
            self.add_clause(ClauseKind::Catch(class), protected, r, entry);
        }
        self.k.start(join);
    }

    fn try_finally(&mut self, ops: u32, depth: u32) {
        let protected = self.new_region(RegionKind::Try);
        let handler = self.new_region(RegionKind::Handler);
        let (step, after) = (self.k.new_block(), self.k.new_block());
        self.k.m.body.blocks[after].flags |= BlockFlags::FINALLY_RETURN;
        let body = self.new_block_in(protected);
        let entry = self.new_block_in(handler);
        self.k.jump(body);
        self.part(body, ops, depth, step);
        self.k.start(step);
        self.k.push(Opcode::CallFinally, VarType::Void, 0, 0, &[]);
        self.k.m.body.blocks[step].succ = [after, entry];
        self.k.start(entry);
        self.region(ops / 3, depth + 1);
        self.k.push(Opcode::EndFinally, VarType::Void, 0, 0, &[]);
        self.add_clause(ClauseKind::Finally, protected, handler, entry);
        self.k.start(after);
    }
}
