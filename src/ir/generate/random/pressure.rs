//! Values that wait: more of them than a machine has registers, across calls, divisions and shifts.

use super::Writer;
use crate::ir::{Opcode, Operand};
use crate::types::VarType;

/// As many as wait at once.
const MOST: u32 = 24;

impl Writer<'_> {
    /// Values computed one after another, kept in nodes or in fresh locals, and then put together.
    pub(super) fn many_at_once(&mut self) {
        let ty = self.rng.pick(&[
            VarType::I32,
            VarType::I64,
            VarType::I64,
            VarType::F32,
            VarType::F64,
        ]);
        let most = if self.rng.chance(75) { 7 } else { MOST };
        let count = 2 + self.rng.below(most);
        let in_nodes = self.rng.chance(60);
        let mut waiting = Vec::new();
        for _ in 0..count {
            let v = self.waiting_value(ty);
            waiting.push(if in_nodes { v } else { self.hold(ty, v) });
            if self.rng.chance(5) {
                self.helper_call();
            }
        }
        // The last one first, as an expression does; or the first.
        if self.rng.chance(30) {
            waiting.reverse();
        }
        let mut sum = waiting.pop().unwrap_or_default();
        while let Some(v) = waiting.pop() {
            let ops: &[Opcode] = if ty.is_float() {
                &[Opcode::Add, Opcode::Sub, Opcode::Mul]
            } else {
                &[Opcode::Add, Opcode::Sub, Opcode::Xor, Opcode::Shl]
            };
            let op = self.rng.pick(ops);
            if op == Opcode::Shl {
                let by = match ty {
                    VarType::I64 => self.k.convert(Opcode::Trunc, ty, VarType::I32, v),
                    _ => v,
                };
                sum = self.k.op(op, ty, &[sum, by]);
            } else {
                sum = self.k.op(op, ty, &[v, sum]);
            }
        }
        let to = self.variable(ty);
        self.k.set(to, sum);
    }

    fn waiting_value(&mut self, ty: VarType) -> Operand {
        match self.rng.below(8) {
            0 if ty.is_int() => self.divide(ty),
            1 if ty.is_int() => {
                let (a, by) = (self.read(ty), self.read(VarType::I32));
                let op = self.rng.pick(&[Opcode::Shl, Opcode::Shr, Opcode::Ror]);
                self.k.op(op, ty, &[a, by])
            }
            2 | 3 if ty.is_int() => self.combined(ty),
            4 => self.load(ty),
            5 => self.computed(ty),
            _ => {
                let (a, b) = (self.read(ty), self.read(ty));
                self.k.op(Opcode::Add, ty, &[a, b])
            }
        }
    }
}
