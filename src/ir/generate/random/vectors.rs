//! Vector operations of random programs.
//!
//! Which NaN arithmetic gives is not defined, and a vector's bytes are seen as integers: so every result that may be a NaN of the
//! machine's choice gets one NaN for all.

use super::super::DOUBLES;
use super::Writer;
use crate::ir::vector::{elements, lanes};
use crate::ir::{Cond, LocalId, Opcode, Operand, VecOp};
use crate::types::VarType;

const INTS: [VarType; 4] = [VarType::I8, VarType::I16, VarType::I32, VarType::I64];
const FLOATS: [VarType; 2] = [VarType::F32, VarType::F64];

impl Writer<'_> {
    /// The type of the program's vectors.
    fn vec_ty(&self) -> VarType {
        self.program.vec_ty.unwrap_or(VarType::V128)
    }

    fn element_type(&mut self) -> VarType {
        self.rng.pick(elements(self.vec_ty()))
    }

    fn int_element(&mut self) -> VarType {
        loop {
            let e = self.element_type();
            if INTS.contains(&e) {
                return e;
            }
        }
    }

    fn float_element(&mut self) -> VarType {
        loop {
            let e = self.element_type();
            if FLOATS.contains(&e) {
                return e;
            }
        }
    }

    /// Gives the vector locals values.
    pub(super) fn set_up_vectors(&mut self, ty: VarType) {
        self.exposed_vector = self.k.local(ty);
        let zero = self.k.int(0);
        self.k.set(self.exposed_vector, zero);
        for _ in 0..3 + self.rng.below(4) {
            let l = self.k.local(ty);
            let v = self.vector_constant();
            self.k.set(l, v);
            self.vectors.push(l);
        }
    }

    /// A row of constants.
    fn row(&mut self, bytes: [u8; 64]) -> u32 {
        self.k.m.vectors.push(bytes);
        self.k.m.vectors.len() as u32 - 1
    }

    fn vector_constant(&mut self) -> Operand {
        let ty = self.vec_ty();
        let mut bytes = [0; 64];
        // Numbers near the bounds of every element type, and floats.
        let words: [u64; 14] = [
            0,
            u64::MAX,
            0x8000_0000_8000_0000,
            0x7fff_ffff_7fff_ffff,
            0x8000_0000_0000_0000,
            0x7fff_8000_7fff_8000,
            0x0100_ff80_7f01_fe81,
            1,
            0x3f80_0000_bf80_0000,
            0x4f00_0000_cf00_0000,
            0x7f80_0000_ffc0_0000,
            0x3ff0_0000_0000_0000,
            0x43e0_0000_0000_0000,
            0xfff8_0000_0000_0000,
        ];
        for word in bytes[..ty.size() as usize].chunks_mut(8) {
            let v = match self.rng.below(3) {
                0 => self.rng.next_u64(),
                1 => self.rng.pick(&words),
                _ => self.rng.below(256).into(),
            };
            let len = word.len();
            word.copy_from_slice(&v.to_le_bytes()[..len]);
        }
        let row = self.row(bytes);
        Operand::node(self.k.push(Opcode::VecConst, ty, 0, row, &[]))
    }

    fn vector_variable(&mut self) -> LocalId {
        self.rng.pick(&self.vectors)
    }

    /// A vector: a variable, a constant, or something computed.
    pub(super) fn vector_value(&mut self) -> Operand {
        match self.rng.below(20) {
            0..=12 => Operand::local(self.vector_variable()),
            13 => self.k.int(0),
            14 | 15 => self.vector_constant(),
            _ => self.computed_vector(),
        }
    }

    fn vec(&mut self, op: Opcode, e: VarType, aux: u32, opnds: &[Operand]) -> Operand {
        self.k.ops += 1;
        let ty = self.vec_ty();
        Operand::node(self.k.push(op, ty, e as u8, aux, opnds))
    }

    /// `o` with one NaN in the place of all.
    fn one_nan(&mut self, e: VarType, o: Operand) -> Operand {
        let ty = self.vec_ty();
        let l = self.k.local(ty);
        self.k.set(l, o);
        let l = Operand::local(l);
        let ordered = self.vec(Opcode::VecCmp, e, Cond::Eq as u32, &[l, l]);
        let nan = match e {
            VarType::F32 => u64::from(f32::NAN.to_bits()) << 32 | u64::from(f32::NAN.to_bits()),
            _ => f64::NAN.to_bits(),
        };
        let mut bytes = [0; 64];
        for word in bytes[..ty.size() as usize].chunks_mut(8) {
            let len = word.len();
            word.copy_from_slice(&nan.to_le_bytes()[..len]);
        }
        let row = self.row(bytes);
        let nan = Operand::node(self.k.push(Opcode::VecConst, ty, 0, row, &[]));
        let select = VecOp::Select as u32;
        let any = elements(ty)[0];
        self.vec(Opcode::VecTernary, any, select, &[ordered, l, nan])
    }

    fn computed_vector(&mut self) -> Operand {
        let ty = self.vec_ty();
        match self.rng.below(16) {
            0..=7 => self.vector_arithmetic(),
            8 | 9 => {
                let e = self.element_type();
                let (a, b) = (self.vector_value(), self.vector_value());
                let cond = self.vector_condition(e);
                self.vec(Opcode::VecCmp, e, cond as u32, &[a, b])
            }
            10 => {
                let e = self.int_element();
                let v = self.scalar_for(e);
                self.vec(Opcode::VecSplat, e, 0, &[v])
            }
            11 => {
                let e = self.element_type();
                let a = self.vector_value();
                let v = self.scalar_for(e);
                let lane = self.rng.below(lanes(ty, e));
                let r = self.vec(Opcode::VecInsert, e, lane, &[a, v]);
                if e.is_float() { self.one_nan(e, r) } else { r }
            }
            12 | 13 => self.vector_shuffle(),
            14 => {
                let e = self.float_element();
                let v = self.scalar_for(e);
                let r = self.vec(Opcode::VecSplat, e, 0, &[v]);
                self.one_nan(e, r)
            }
            _ => {
                let at = self.vector_address();
                self.k.op(Opcode::Load, ty, &[at])
            }
        }
    }

    fn vector_condition(&mut self, e: VarType) -> Cond {
        let all = &Cond::ALL[..12];
        match self.rng.pick(all) {
            Cond::UEq | Cond::UNe if !e.is_float() => Cond::Ne,
            c => c,
        }
    }

    /// A scalar that becomes a lane of type `e`.
    fn scalar_for(&mut self, e: VarType) -> Operand {
        match e {
            VarType::I8 | VarType::I16 => self.value(VarType::I32),
            _ => self.value(e),
        }
    }

    fn vector_arithmetic(&mut self) -> Operand {
        let ty = self.vec_ty();
        let (op, e) = loop {
            let (op, e) = (self.rng.pick(VecOp::ALL), self.element_type());
            if op.fits(ty, e) {
                break (op, e);
            }
        };
        let info = op.info();
        let mut opnds = vec![self.vector_value()];
        match info.opcode {
            Opcode::VecShift if self.rng.chance(50) => {
                let count = self.rng.below(80).into();
                opnds.push(self.k.int(count));
            }
            Opcode::VecShift => {
                let count = self.read(VarType::I32);
                opnds.push(count);
            }
            opcode => {
                while opnds.len() < opcode.info().operands.len() {
                    let v = self.vector_value();
                    opnds.push(v);
                }
            }
        }
        let r = self.vec(info.opcode, e, op as u32, &opnds);
        use VecOp::*;
        let moves_bits = matches!(op, Neg | Not | Abs | And | Or | Xor | AndNot | Select);
        if e.is_float() && !moves_bits {
            self.one_nan(e, r)
        } else {
            r
        }
    }

    fn vector_shuffle(&mut self) -> Operand {
        let ty = self.vec_ty();
        let e = self.element_type();
        let n = lanes(ty, e);
        let base = self.rng.below(2 * n);
        let mut row = [0; 64];
        let kind = self.rng.below(12);
        for (i, lane) in row[..n as usize].iter_mut().enumerate() {
            let i = i as u32;
            let from = match kind {
                0 => (base + i) % (2 * n),
                1 => i / 2 + i % 2 * n,
                2 => i / 2 + n / 2 + i % 2 * n,
                3 => 2 * i,
                4 => 2 * i + 1,
                5 => i / 2 * 2 + i % 2 * n,
                6 => i + n * self.rng.below(2),
                7 => base,
                8 => n - 1 - i,
                9 => self.rng.below(n),
                _ => self.rng.below(2 * n),
            };
            *lane = from as u8;
        }
        if self.rng.chance(25) {
            row[..n as usize]
                .iter_mut()
                .for_each(|x| *x = (*x + n as u8) % (2 * n as u8));
        }
        let (a, b) = (self.vector_value(), self.vector_value());
        let row = self.row(row);
        self.vec(Opcode::VecShuffle, e, row, &[a, b])
    }

    /// An address of a vector in the part of the buffer that holds integers.
    fn vector_address(&mut self) -> Operand {
        let room = DOUBLES - self.vec_ty().size();
        let offset = match self.rng.below(2) {
            0 => self.rng.below(room / 16 + 1) * 16,
            _ => self.rng.below(room + 1),
        };
        self.k.lea(Operand::local(self.buffer), offset)
    }

    /// One statement about vectors.
    pub(super) fn vector_operation(&mut self) {
        let ty = self.vec_ty();
        match self.rng.below(20) {
            0..=9 => {
                let v = self.computed_vector();
                let to = self.vector_variable();
                self.k.set(to, v);
            }
            10..=12 => {
                let v = self.vector_value();
                let at = self.vector_address();
                self.k.store(ty, at, v);
            }
            13..=15 => self.vector_to_scalar(),
            16 => {
                let e = loop {
                    let e = self.element_type();
                    if lanes(ty, e) <= 32 {
                        break e;
                    }
                };
                let l = Operand::local(self.vector_variable());
                self.k.ops += 1;
                let m = self
                    .k
                    .push(Opcode::VecMask, VarType::Void, e as u8, 0, &[l]);
                let to = self.variable(VarType::I32);
                self.k.set(to, Operand::node(m));
            }
            17 => {
                // Through memory of its own.
                let at = self.k.address_of(self.exposed_vector);
                let v = self.vector_value();
                self.k.store(ty, at, v);
            }
            18 => {
                let at = self.k.address_of(self.exposed_vector);
                let v = self.k.op(Opcode::Load, ty, &[at]);
                let to = self.vector_variable();
                self.k.set(to, v);
            }
            _ => {
                let from = self.vector_variable();
                let offset = self.rng.below(ty.size() / 8) * 8;
                let offset = self.k.int(offset.into());
                self.k.ops += 1;
                let v = self
                    .k
                    .push(Opcode::LclFld, VarType::I64, 0, from.0, &[offset]);
                let to = self.variable(VarType::I64);
                self.k.set(to, Operand::node(v));
            }
        }
    }

    fn vector_to_scalar(&mut self) {
        let ty = self.vec_ty();
        let small = [VarType::U8, VarType::U16];
        let e = match self.rng.below(4) {
            0 if ty != VarType::V96 => self.rng.pick(&small),
            _ => self.element_type(),
        };
        let v = Operand::local(self.vector_variable());
        let lane = self.rng.below(lanes(ty, e));
        self.k.ops += 1;
        let x = self
            .k
            .push(Opcode::VecExtract, e.actual(), e as u8, lane, &[v]);
        let to = self.variable(e.actual());
        self.k.set(to, Operand::node(x));
    }
}
