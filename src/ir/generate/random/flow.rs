//! Statements of random programs: sequences, choices, loops.

use super::{DEPTH, TYPES, Writer};
use crate::ir::{BlockFlags, BlockId, Cond, Opcode, Operand};
use crate::types::VarType;

impl Writer<'_> {
    /// A sequence of statements of about `ops` operations.
    pub(super) fn region(&mut self, ops: u32, depth: u32) {
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
                0..=29 => self.if_else(inner, depth),
                30..=43 if self.loops < 2 => self.counted_loop(inner, depth),
                44..=53 => self.switch(inner, depth),
                54..=67 => self.try_catch(inner, depth),
                68..=79 => self.try_finally(inner, depth),
                80..=84 => self.throw_if(),
                85..=91 => self.leave_if(),
                _ => {}
            }
        }
    }

    /// One statement without control flow.
    pub(super) fn operation(&mut self) {
        if self.program.vec_ty.is_some() && self.rng.chance(55) {
            return self.vector_operation();
        }
        let ty = self.rng.pick(&TYPES);
        match self.rng.below(100) {
            0..=5 => self.copy(),
            6..=13 => self.idiom(),
            14..=44 => {
                let v = self.computed(ty);
                let to = self.variable(ty);
                self.k.set(to, v);
            }
            45..=54 => {
                let forms = &self.program.forms;
                let form = forms[self.rng.below(forms.len() as u32) as usize];
                self.any_form(form);
            }
            55..=70 => self.store(ty),
            71 | 72 => {
                let v = self.value(VarType::I64);
                let at = self.k.address_of(self.exposed[0]);
                self.k.store(VarType::I64, at, v);
            }
            73..=81 => self.struct_operation(),
            82..=84 => self.atomic(),
            85 => self.late_expanded(),
            86 if self.loops == 0 && !self.in_handler() => self.loc_alloc(),
            87..=90 => self.marker(),
            _ => self.call(),
        }
    }

    /// One form of an operation, its value stored or left.
    fn any_form(&mut self, form: super::Form) {
        let gives = match form.op {
            Opcode::Cmp => VarType::I32,
            _ => form.ty.actual(),
        };
        let v = self.form(form);
        // A null that `const` made is no good byref.
        if self.rng.chance(85) && !(form.op == Opcode::Const && gives == VarType::Byref) {
            let to = self.variable(gives);
            self.k.set(to, v);
        }
    }

    /// A node without a value.
    fn marker(&mut self) {
        use Opcode::*;
        let void = VarType::Void;
        match self.rng.below(10) {
            8 => self.label(),
            9 => self.late_expanded(),
            0 => {
                self.k.push(Nop, void, 0, 0, &[]);
            }
            1 => {
                let at = self.rng.below(500);
                self.k.push(IlOffset, void, 0, at, &[]);
            }
            2 => {
                let ty = self.rng.pick(&TYPES);
                let v = self.value(ty);
                self.k.push(KeepAlive, void, 0, 0, &[v]);
            }
            3 => {
                self.k.push(Fence, void, 0, 0, &[]);
            }
            4 => {
                self.k.push(GcPoll, void, 0, 0, &[]);
            }
            5 => {
                self.k.push(PatchPoint, void, 0, 1, &[]);
            }
            6 => {
                let v = if self.rng.chance(50) {
                    Operand::local(self.array_local())
                } else {
                    let ty = self.rng.pick(&[VarType::Ref, VarType::Byref]);
                    self.read(ty)
                };
                self.k.push(NullCheck, void, 0, 0, &[v]);
            }
            _ => {
                // A bounds check of two values that mostly fit.
                let ty = self.rng.pick(&[VarType::I32, VarType::I64]);
                let index = self.small(ty, 8);
                let limit = self.rng.pick(&[8, 8, 8, 100, 5]);
                let limit = self.k.int(limit);
                self.k
                    .push(BoundsCheck, void, 0, ty as u32, &[index, limit]);
            }
        }
        self.k.ops += 1;
    }

    pub(super) fn branch(&mut self, targets: [BlockId; 2]) {
        match self.rng.below(20) {
            0 => {
                let (cond, ty, a, b) = self.test_of_bits();
                return self.k.cmp_branch(cond, ty, [a, b], targets);
            }
            1 => {
                let (cond, ty, a, b) = self.plain_relation();
                return self.k.cmp_branch(cond, ty, [a, b], targets);
            }
            2 => {
                let (c, zero) = (self.decision(), self.k.int(0));
                let cond = self.rng.pick(&[Cond::Eq, Cond::Ne]);
                return self.k.cmp_branch(cond, VarType::I32, [c, zero], targets);
            }
            3 => {
                let c = self.decision();
                return self.branch_on(c, targets);
            }
            _ => {}
        }
        let (cond, ty, a, b) = self.relation();
        if self.rng.chance(70) {
            self.k.cmp_branch(cond, ty, [a, b], targets);
        } else {
            let c = if self.rng.chance(70) {
                self.k.cmp(cond, ty, a, b)
            } else {
                self.value(VarType::I32)
            };
            self.branch_on(c, targets);
        }
    }

    fn branch_on(&mut self, c: Operand, targets: [BlockId; 2]) {
        self.k.push(Opcode::Branch, VarType::Void, 0, 0, &[c]);
        self.k.m.body.blocks[self.k.block].succ = targets;
    }

    fn if_else(&mut self, ops: u32, depth: u32) {
        let (yes, join) = (self.k.new_block(), self.k.new_block());
        let no = if self.rng.chance(50) {
            self.k.new_block()
        } else {
            join
        };
        self.branch([yes, no]);
        if self.rng.chance(10) {
            self.k.m.body.blocks[yes].flags |= BlockFlags::COLD;
        }
        self.part(yes, ops, depth, join);
        if no != join {
            self.part(no, ops / 2, depth, join);
        }
        self.k.start(join);
    }

    /// Fills `from` with a region and goes to `to`.
    pub(super) fn part(&mut self, from: BlockId, ops: u32, depth: u32, to: BlockId) {
        self.k.start(from);
        self.region(ops, depth + 1);
        self.branch_to(to);
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
        let few = self.rng.chance(80);
        let most = match few {
            true => 7,
            // Now and then a table of more than a page of lines.
            false => self.rng.pick(&[20, 20, 20, 20, 150]),
        };
        let count = 1 + self.rng.below(most) as usize;
        let mut targets: Vec<BlockId> = Vec::new();
        for _ in 0..=count {
            if !targets.is_empty() && self.rng.chance(if few { 20 } else { 75 }) {
                targets.push(self.rng.pick(&targets));
            } else {
                targets.push(self.k.new_block());
            }
        }
        let mut v = self.read(VarType::I32);
        if self.rng.chance(80) {
            let mask = self.k.int(if few { 7 } else { 31 });
            v = self.k.op(Opcode::And, VarType::I32, &[v, mask]);
        } else if self.rng.chance(50) {
            // Cases that do not begin at zero.
            let from = self.rng.pick(&[1, 5, -3, 100]);
            let from = self.k.int(from);
            v = self.k.op(Opcode::Sub, VarType::I32, &[v, from]);
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
}
