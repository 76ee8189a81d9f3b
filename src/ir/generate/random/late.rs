//! Late-expanded nodes, exchanges of references and addresses of blocks in random programs.

use super::Writer;
use crate::ee::{Dictionary, LookupRequest};
use crate::ir::{Barrier, BlockId, Opcode, Operand};
use crate::types::VarType;

impl Writer<'_> {
    fn class(&mut self, number: u64) -> u32 {
        self.lookup_row(LookupRequest::Class(number.to_string())).0
    }

    /// A node that lowering makes several blocks of, and a use of its value.
    pub(super) fn late_expanded(&mut self) {
        use Opcode::*;
        use VarType::*;
        self.k.ops += 1;
        match self.rng.below(8) {
            kind @ 0..=2 => {
                let class = match self.rng.below(10) {
                    0 => 77,
                    1 | 2 => 0,
                    _ => Self::OBJECT,
                };
                let class = self.class(class);
                let object = self.value(Ref);
                let op = if kind == 0 { CastClass } else { IsInst };
                let v = self.k.push(op, Ref, 0, class, &[object]);
                let to = self.variable(Ref);
                self.k.set(to, Operand::node(v));
            }
            3 => {
                let class = self.rng.below(4);
                let class = self.class(class.into());
                self.k.push(ClassInit, Void, 0, class, &[]);
            }
            4 => self.statics(StaticBase),
            5 => self.statics(TlsBase),
            6 => self.static_reference(),
            _ => self.dictionary(),
        }
    }

    /// A static number is read and written.
    fn statics(&mut self, op: Opcode) {
        let ty = VarType::I64;
        let class = u64::from(self.rng.below(4));
        let class = self.class(class);
        let before = self.value(ty);
        let base = self.k.push(op, ty, 0, class, &[]);
        let base = self.hold(ty, Operand::node(base));
        let word = self.rng.below(8) * 8;
        let at = self.k.lea(base, word);
        let v = self.k.op(Opcode::Load, ty, &[at]);
        let sum = self.k.op(Opcode::Add, ty, &[before, v]);
        let to = self.variable(ty);
        self.k.set(to, sum);
        let word = self.rng.below(8) * 8;
        let at = self.k.lea(base, word);
        self.k.store(ty, at, Operand::local(to));
    }

    /// A static reference is written and another read.
    fn static_reference(&mut self) {
        use VarType::*;
        let class = u64::from(self.rng.below(4));
        let class = self.class(class);
        let base = self.k.push(Opcode::StaticBase, Byref, 1, class, &[]);
        let base = self.hold(Byref, Operand::node(base));
        let v = self.value(Ref);
        let barrier = self.rng.pick(&[Barrier::Checked, Barrier::Unchecked]);
        let word = self.rng.below(8) * 8;
        let at = self.k.lea_of(Byref, base, word);
        self.k.push(Opcode::Store, Ref, barrier as u8, 0, &[at, v]);
        let word = self.rng.below(8) * 8;
        let at = self.k.lea_of(Byref, base, word);
        let found = self.k.op(Opcode::Load, Ref, &[at]);
        let to = self.variable(Ref);
        self.k.set(to, found);
    }

    /// A dictionary whose only slot is a local, empty at times.
    fn dictionary(&mut self) {
        let ty = VarType::I64;
        let entry = Dictionary {
            key: self.rng.below(100_000).into(),
            offsets: vec![0],
            may_be_empty: self.rng.chance(75),
        };
        let row = self.lookup_row(LookupRequest::Dictionary(entry)).0;
        if self.rng.chance(50) {
            let zero = self.k.int(0);
            let at = self.k.address_of(self.exposed[0]);
            self.k.store(ty, at, zero);
        }
        let context = self.k.address_of(self.exposed[0]);
        let v = self.k.push(Opcode::RuntimeLookup, ty, 0, row, &[context]);
        let to = self.variable(ty);
        self.k.set(to, Operand::node(v));
    }

    /// A reference in an object, an array or a local is exchanged.
    pub(super) fn exchange_reference(&mut self) {
        let ty = VarType::Ref;
        let (v, expected) = (self.value(ty), self.read(ty));
        let at = match self.rng.below(4) {
            0 => self.k.address_of(self.exposed[2]),
            1 => self.element(2, false),
            _ => {
                let object = self.read(ty);
                self.k.lea_of(VarType::Byref, object, 24)
            }
        };
        let old = if self.rng.chance(50) {
            self.k.op(Opcode::AtomicXchg, ty, &[at, v])
        } else {
            self.k.op(Opcode::AtomicCmpXchg, ty, &[at, v, expected])
        };
        if self.rng.chance(80) {
            let to = self.variable(ty);
            self.k.set(to, old);
        }
    }

    /// The address of a block, of which only that it is none is known.
    pub(super) fn label(&mut self) {
        let ty = VarType::I64;
        let block = BlockId(self.rng.below(self.k.block.0 + 1));
        let at = self.k.push(Opcode::LabelAddr, ty, 0, block.0, &[]);
        let zero = self.k.int(0);
        let is = self.k.cmp(crate::ir::Cond::Ne, ty, Operand::node(at), zero);
        let to = self.variable(VarType::I32);
        self.k.set(to, is);
    }
}
