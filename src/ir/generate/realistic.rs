//! Methods with the mix of a usual program: what the benchmarks compile.
//!
//! Every method is `i64 NAME(i64 buffer, i32, i64, f64)`, where `buffer` is the address of [`BUFFER`](super::BUFFER) bytes,
//! integers in the first half and doubles in the second (so that no NaN's payload is ever seen as an integer). It ends after
//! a bounded number of steps: loops count to a constant and nest at most twice, and only every fourth method, which calls
//! nobody, is called. Structure nests at most [`DEPTH`] deep, so no phase is driven into recursion by it.

use super::DOUBLES;
use super::maker::Maker;
use super::rng::Rng;
use crate::ir::{BlockId, CallTarget, Cond, LocalId, Method, Opcode, Operand};
use crate::types::{ClassLayout, LayoutField, LayoutId, VarType};
use std::ops::Range;

const DEPTH: u32 = 4;
/// Locals of each type that operations read and write at one place.
const WINDOW: usize = 5;
const TYPES: [VarType; 3] = [VarType::I32, VarType::I64, VarType::F64];

/// `methods` methods named `f0`, `f1`, …, each of a number of operations in `ops` (a little more to close what is open).
pub fn realistic(seed: u64, methods: u32, ops: Range<u32>) -> Vec<Method> {
    (0..methods)
        .map(|i| {
            let mut rng = Rng::new(seed ^ u64::from(i).wrapping_mul(0x0100_0000_01b3));
            let span = ops.end.saturating_sub(ops.start).max(1);
            let size = ops.start + rng.below(span);
            Writer::new(rng, i).write(size)
        })
        .collect()
}

/// As [`realistic`], but every method has `ops` operations, none more or less. Nothing comes of a size
/// that no method has, such as one of less than 15.
pub fn realistic_of(seed: u64, methods: u32, ops: u32) -> Vec<Method> {
    let seeds = (0..64).map(|n: u64| seed.wrapping_add(n << 32));
    let one = |i: u32| {
        // A method ends a little above what it is asked for: how much its seed says.
        let mut tries = seeds.clone().flat_map(|seed| {
            let rng = move || Rng::new(seed ^ u64::from(i).wrapping_mul(0x0100_0000_01b3));
            (0..=ops)
                .rev()
                .map(move |size| Writer::new(rng(), i).write(size))
        });
        tries.find(|m| m.operations() == ops as usize)
    };
    (0..methods).filter_map(one).collect()
}

/// Writes one method; the shapes use its parts too.
pub(super) struct Writer {
    pub k: Maker,
    pub rng: Rng,
    /// The locals in use, by type as in [`TYPES`].
    pub window: [Vec<LocalId>; 3],
    pub buffer: LocalId,
    record: LocalId,
    number: u32,
    loops: u32,
}

impl Writer {
    pub fn new(rng: Rng, number: u32) -> Writer {
        let mut k = Maker::new(format!("f{number}"), VarType::I64);
        let buffer = k.param(VarType::I64);
        let params = [
            k.param(VarType::I32),
            k.param(VarType::I64),
            k.param(VarType::F64),
        ];
        let field = |offset, ty| LayoutField { offset, ty };
        let layout = k.m.layouts.push(ClassLayout {
            size: 32,
            align: 8,
            gc: Vec::new(),
            fields: vec![
                field(0, VarType::I64),
                field(8, VarType::I64),
                field(16, VarType::F64),
                field(24, VarType::F64),
            ],
            in_memory: false,
            name: "Record".to_owned(),
        });
        let record = k.struct_local(layout);
        let mut w = Writer {
            k,
            rng,
            window: Default::default(),
            buffer,
            record,
            number,
            loops: 0,
        };
        for (t, param) in params.into_iter().enumerate() {
            w.window[t].push(param);
            for _ in 1..WINDOW {
                let l = w.k.local(TYPES[t]);
                let v = w.constant(TYPES[t]);
                w.k.set(l, v);
                w.window[t].push(l);
            }
        }
        for offset in [0, 8, 16, 24] {
            let ty = if offset < 16 {
                VarType::I64
            } else {
                VarType::F64
            };
            let v = w.constant(ty);
            let at = w.k.int(offset);
            w.k.push(Opcode::StoreLclFld, ty, 0, record.0, &[v, at]);
        }
        w
    }

    fn write(mut self, ops: u32) -> Method {
        self.region(ops, 0);
        self.end()
    }

    /// The result: a sum over the window of integers. One double goes to the buffer.
    pub fn end(mut self) -> Method {
        let mut sum = Operand::local(self.window[1][0]);
        let l = Operand::local(self.window[0][0]);
        let wide = self.k.convert(Opcode::Sext, VarType::I32, VarType::I64, l);
        sum = self.k.op(Opcode::Xor, VarType::I64, &[sum, wide]);
        // A double is seen through the buffer.
        let l = Operand::local(self.window[2][0]);
        let at = self.k.lea(Operand::local(self.buffer), DOUBLES);
        self.k.store(VarType::F64, at, l);
        for i in 1..self.window[1].len() {
            let l = Operand::local(self.window[1][i]);
            sum = self.k.op(Opcode::Add, VarType::I64, &[sum, l]);
        }
        self.k.ret(sum);
        self.k.finish()
    }

    /// Straight code, ifs and loops of about `ops` operations.
    pub fn region(&mut self, ops: u32, depth: u32) {
        let end = self.k.ops + ops;
        while self.k.ops < end {
            let here = self.k.ops + 3 + self.rng.below(4);
            while self.k.ops < here.min(end) {
                self.operation();
            }
            let left = end.saturating_sub(self.k.ops);
            if left < 4 || depth >= DEPTH {
                continue;
            }
            let inner = 2 + self.rng.below(left.min(40));
            match self.rng.below(100) {
                0..=54 => self.if_then(inner, depth),
                55..=79 => self.if_else(inner, depth),
                _ if self.loops < 2 => self.counted_loop(inner, depth),
                _ => self.if_then(inner, depth),
            }
        }
    }

    fn if_then(&mut self, ops: u32, depth: u32) {
        let (yes, join) = (self.k.new_block(), self.k.new_block());
        self.branch(yes, join);
        self.k.start(yes);
        self.region(ops, depth + 1);
        self.k.jump(join);
        self.k.start(join);
    }

    fn if_else(&mut self, ops: u32, depth: u32) {
        let (yes, no, join) = (self.k.new_block(), self.k.new_block(), self.k.new_block());
        self.branch(yes, no);
        for b in [yes, no] {
            self.k.start(b);
            self.region(ops / 2, depth + 1);
            self.k.jump(join);
        }
        self.k.start(join);
    }

    /// `for i in 0..n`, at the end of which a window local has taken part in the next turn.
    pub fn counted_loop(&mut self, ops: u32, depth: u32) {
        self.loops += 1;
        let i = self.k.local(VarType::I32);
        let zero = self.k.int(0);
        self.k.set(i, zero);
        let (head, after) = (self.k.new_block(), self.k.new_block());
        self.k.jump(head);
        self.k.start(head);
        let sum = self.rng.pick(&self.window[0]);
        let next = self.k.op(
            Opcode::Add,
            VarType::I32,
            &[Operand::local(sum), Operand::local(i)],
        );
        self.k.set(sum, next);
        self.region(ops, depth + 1);
        let one = self.k.int(1);
        let next = self
            .k
            .op(Opcode::Add, VarType::I32, &[Operand::local(i), one]);
        self.k.set(i, next);
        let turns = 2 + self.rng.below(6);
        let n = self.k.int(turns.into());
        self.k.cmp_branch(
            Cond::Lt,
            VarType::I32,
            [Operand::local(i), n],
            [head, after],
        );
        self.k.start(after);
        self.loops -= 1;
    }

    fn branch(&mut self, yes: BlockId, no: BlockId) {
        let (cond, ty, a, b) = self.relation();
        self.k.cmp_branch(cond, ty, [a, b], [yes, no]);
    }

    fn relation(&mut self) -> (Cond, VarType, Operand, Operand) {
        let ty = if self.rng.chance(15) {
            VarType::F64
        } else {
            self.rng.pick(&[VarType::I32, VarType::I64])
        };
        let a = self.read(ty);
        let b = self.read_or_constant(ty);
        let cond = self.rng.pick(&[
            Cond::Eq,
            Cond::Ne,
            Cond::Lt,
            Cond::Le,
            Cond::Gt,
            Cond::Ge,
            Cond::ULt,
        ]);
        (cond, ty, a, b)
    }

    pub fn constant(&mut self, ty: VarType) -> Operand {
        let v = i64::from(self.rng.below(200)) - 50;
        match ty {
            VarType::F64 => self.k.float(v as f64 * 0.75),
            VarType::I64 if self.rng.chance(5) => {
                let wide = self.rng.next_u64() >> 8;
                self.k.int(wide as i64)
            }
            _ => self.k.int(v),
        }
    }

    pub fn pick(&mut self, ty: VarType) -> LocalId {
        let t = type_index(ty);
        let i = self.rng.below(self.window[t].len() as u32);
        self.window[t][i as usize]
    }

    pub fn read(&mut self, ty: VarType) -> Operand {
        Operand::local(self.pick(ty))
    }

    fn read_or_constant(&mut self, ty: VarType) -> Operand {
        if self.rng.chance(10) {
            self.constant(ty)
        } else {
            self.read(ty)
        }
    }

    fn some_type(&mut self) -> VarType {
        match self.rng.below(100) {
            0..=44 => VarType::I32,
            45..=84 => VarType::I64,
            _ => VarType::F64,
        }
    }

    /// One operation with its operands, its result in a local or in a second operation.
    pub fn operation(&mut self) {
        match self.rng.below(87) {
            0..=41 => {
                let ty = self.some_type();
                let v = self.arithmetic(ty);
                self.keep(ty, v);
            }
            42..=57 => {
                let ty = self.some_type();
                let (at, _) = self.place(ty);
                let v = self.k.op(Opcode::Load, ty, &[at]);
                self.keep(ty, v);
            }
            58..=69 => {
                let ty = self.some_type();
                let v = self.read_or_constant(ty);
                let (at, _) = self.place(ty);
                self.k.store(ty, at, v);
            }
            70..=77 => {
                let (cond, ty, a, b) = self.relation();
                let c = self.k.cmp(cond, ty, a, b);
                if self.rng.chance(50) {
                    self.keep(VarType::I32, c);
                } else {
                    let ty = self.rng.pick(&[VarType::I32, VarType::I64]);
                    let (a, b) = (self.read(ty), self.read(ty));
                    let v = self.k.op(Opcode::Select, ty, &[c, a, b]);
                    self.keep(ty, v);
                }
            }
            78..=82 => {
                let (op, from, to) = self.rng.pick(&[
                    (Opcode::Sext, VarType::I32, VarType::I64),
                    (Opcode::Zext, VarType::I32, VarType::I64),
                    (Opcode::Trunc, VarType::I64, VarType::I32),
                    (Opcode::Sext, VarType::I8, VarType::I32),
                    (Opcode::Zext, VarType::U16, VarType::I32),
                    (Opcode::IntToFloat, VarType::I32, VarType::F64),
                ]);
                let o = self.read(from.actual());
                let v = self.k.convert(op, from, to, o);
                self.keep(to, v);
            }
            _ => self.call(),
        }
    }

    fn arithmetic(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let a = self.read(ty);
        if ty == VarType::F64 {
            let op = self.rng.pick(&[Add, Sub, Mul]);
            let b = self.read(ty);
            return self.k.op(op, ty, &[a, b]);
        }
        let op = self.rng.pick(&[
            Add, Add, Add, Sub, Sub, Mul, And, Or, Xor, Shl, Sar, Shr, Neg, Div,
        ]);
        match op {
            Shl | Sar | Shr => {
                let n = if self.rng.chance(80) {
                    let n = self.rng.below(31);
                    self.k.int(n.into())
                } else {
                    self.read(VarType::I32)
                };
                self.k.op(op, ty, &[a, n])
            }
            Neg => self.k.op(op, ty, &[a]),
            Div => {
                let by = 3 + self.rng.below(50);
                let by = self.k.int(by.into());
                self.k.op(op, ty, &[a, by])
            }
            _ => {
                let b = self.read_or_constant(ty);
                self.k.op(op, ty, &[a, b])
            }
        }
    }

    /// Uses a value: most often in a store to a local, else as an operand of the next operation.
    fn keep(&mut self, ty: VarType, v: Operand) {
        let mut v = v;
        if self.rng.chance(20) {
            let o = self.read(ty);
            v = self.k.op(Opcode::Add, ty, &[v, o]);
        }
        let l = self.pick(ty);
        self.k.set(l, v);
    }

    /// An address for an access of type `ty`: in the buffer at a fixed or computed place, or in the record.
    fn place(&mut self, ty: VarType) -> (Operand, u32) {
        let float = ty == VarType::F64;
        let half = DOUBLES;
        let start = if float { half } else { 0 };
        match self.rng.below(10) {
            0..=7 => {
                let offset = start + self.rng.below(half / 8) * 8;
                let base = Operand::local(self.buffer);
                (self.k.lea(base, offset), offset)
            }
            8 => {
                let i = self.read(VarType::I32);
                let mask = self.k.int((half / 8 - 1).into());
                let i = self.k.op(Opcode::And, VarType::I32, &[i, mask]);
                let i = self.k.convert(Opcode::Zext, VarType::I32, VarType::I64, i);
                let base = Operand::local(self.buffer);
                (self.k.lea_index(base, i, 3, start), start)
            }
            _ => {
                let offset = if float { 16 } else { 0 } + self.rng.below(2) * 8;
                let base = self.k.address_of(self.record);
                (self.k.lea(base, offset), offset)
            }
        }
    }

    fn call(&mut self) {
        let leaves = self.number.div_ceil(4);
        if leaves == 0 || self.number.is_multiple_of(4) {
            let v = self.arithmetic(VarType::I64);
            return self.keep(VarType::I64, v);
        }
        let callee = self.rng.below(leaves) * 4;
        let target = self.k.func(&format!("f{callee}"));
        let none = LayoutId::NONE;
        let args = [
            (Operand::local(self.buffer), VarType::I64, none),
            (self.read_or_constant(VarType::I32), VarType::I32, none),
            (self.read(VarType::I64), VarType::I64, none),
            (self.read(VarType::F64), VarType::F64, none),
        ];
        let target = CallTarget::Func(target);
        let v = self.k.call(target, VarType::I64, none, &args);
        let l = self.pick(VarType::I64);
        self.k.set(l, v);
    }
}

pub(super) fn type_index(ty: VarType) -> usize {
    match ty {
        VarType::I64 => 1,
        VarType::F64 => 2,
        _ => 0,
    }
}
