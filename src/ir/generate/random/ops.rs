//! The operations of random programs.

use super::super::BUFFER;
use super::{ARRAYS, STRUCTS, TYPES, Typed, Writer};
use crate::ir::{CallTarget, Cond, LocalId, Opcode, Operand};
use crate::types::VarType;

impl Writer<'_> {
    pub(super) fn constant(&mut self, ty: VarType) -> Operand {
        if ty == VarType::F64 {
            let v = self.rng.pick(&[0.0, -0.0, 1.0, -2.5, 1e300, 4e9, 0.1]);
            return self.k.float(v);
        }
        let ints: [i64; 10] = [0, 1, -1, 2, 10, 31, 127, 255, -128, 1000];
        let wide = [i64::MAX, i64::MIN, 0x1_0000_0000, 0x7fff_ffff, -0x8000_0000];
        let v = match self.rng.below(10) {
            0..=6 => self.rng.pick(&ints),
            7 if ty == VarType::I64 => self.rng.pick(&wide),
            8 if ty == VarType::I64 => self.rng.next_u64() as i64,
            7 => self.rng.pick(&[i32::MAX, i32::MIN]).into(),
            _ => (self.rng.next_u64() as i32).into(),
        };
        self.k.int(v)
    }

    pub(super) fn variable(&mut self, ty: VarType) -> LocalId {
        self.rng
            .pick(&self.vars[super::super::realistic::type_index(ty)])
    }

    pub(super) fn read(&mut self, ty: VarType) -> Operand {
        Operand::local(self.variable(ty))
    }

    /// An operand of type `ty`: a variable, a constant, or something computed.
    pub(super) fn value(&mut self, ty: VarType) -> Operand {
        match self.rng.below(10) {
            0..=5 => self.read(ty),
            6 | 7 => self.constant(ty),
            _ => self.computed(ty),
        }
    }

    pub(super) fn relation(&mut self) -> (Cond, VarType, Operand, Operand) {
        let ty = self.rng.pick(&TYPES);
        let a = self.value(ty);
        let b = self.value(ty);
        let cond = self.rng.pick(if ty == VarType::F64 {
            &Cond::ALL[..12]
        } else {
            &Cond::ALL
        });
        let cond = match cond {
            Cond::UEq | Cond::UNe if ty != VarType::F64 => Cond::Ne,
            c => c,
        };
        (cond, ty, a, b)
    }

    /// A node of type `ty`, its operands before it.
    fn computed(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        if self.rng.chance(25) {
            return self.rare(ty);
        }
        match (ty, self.rng.below(10)) {
            (VarType::F64, 0..=4) => {
                let op = self.rng.pick(&[Add, Sub, Mul, FDiv]);
                let (a, b) = (self.value(ty), self.value(ty));
                self.k.op(op, ty, &[a, b])
            }
            (VarType::F64, 5) => {
                let from = self.rng.pick(&[VarType::I32, VarType::I64]);
                let a = self.value(from);
                self.k.convert(IntToFloat, from, ty, a)
            }
            (_, 0..=2) => {
                let op = self.rng.pick(&[Add, Sub, Mul, And, Or, Xor]);
                let (a, b) = (self.value(ty), self.value(ty));
                self.k.op(op, ty, &[a, b])
            }
            (VarType::I32 | VarType::I64, 3) => {
                let op = self.rng.pick(&[Shl, Shr, Sar, Rol, Ror]);
                let (a, n) = (self.value(ty), self.value(VarType::I32));
                self.k.op(op, ty, &[a, n])
            }
            (VarType::I32 | VarType::I64, 4) => self.divide(ty),
            (VarType::I32 | VarType::I64, 5) => {
                let op = self.rng.pick(&[Neg, Not]);
                let a = self.value(ty);
                self.k.op(op, ty, &[a])
            }
            (VarType::I32, 6) => {
                let (cond, ty, a, b) = self.relation();
                self.k.cmp(cond, ty, a, b)
            }
            (VarType::I64, 6) => {
                let op = self.rng.pick(&[Sext, Zext]);
                let a = self.value(VarType::I32);
                self.k.convert(op, VarType::I32, ty, a)
            }
            (VarType::I32, 7) => {
                let (op, from) = self.rng.pick(&[
                    (Sext, VarType::I8),
                    (Zext, VarType::U8),
                    (Sext, VarType::I16),
                    (Zext, VarType::U16),
                    (Trunc, VarType::I64),
                ]);
                let a = self.value(from.actual());
                self.k.convert(op, from, ty, a)
            }
            (_, 8) => {
                let (cond, of, a, b) = self.relation();
                let c = self.k.cmp(cond, of, a, b);
                let (a, b) = (self.read(ty), self.read(ty));
                self.k.op(Select, ty, &[c, a, b])
            }
            (VarType::I64, 9) => {
                let i = self.rng.below(STRUCTS.len() as u32) as usize;
                let l = self.rng.pick(&self.structs[i]);
                let fields = STRUCTS[i];
                let f = self.rng.below(fields.len() as u32) as usize;
                if fields[f] != ty {
                    return self.load(ty);
                }
                let at = self.k.int(f as i64 * 8);
                self.k.ops += 1;
                Operand::node(self.k.push(LclFld, ty, 0, l.0, &[at]))
            }
            _ => self.load(ty),
        }
    }

    /// A node of type `ty` of the less common kinds.
    fn rare(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        if ty == VarType::F64 {
            return self.rare_float();
        }
        let other = if ty == VarType::I32 {
            VarType::I64
        } else {
            VarType::I32
        };
        match self.rng.below(8) {
            0 | 1 => {
                let op = self.rng.pick(&[Clz, Ctz, Popcnt, Bswap, BitReverse, Abs]);
                let a = self.value(ty);
                self.k.op(op, ty, &[a])
            }
            2 => {
                let op = self.rng.pick(&[MulHi, UMulHi, Min, Max, UMin, UMax]);
                let (a, b) = (self.value(ty), self.value(ty));
                self.k.op(op, ty, &[a, b])
            }
            3 => {
                let op = self.rng.pick(&[AddOvf, SubOvf, MulOvf, AddOvfUn, MulOvfUn]);
                let mask = self.k.int(0xFFFF);
                let (a, b) = (self.value(ty), self.read(ty));
                let b = self.k.op(And, ty, &[b, mask]);
                self.k.op(op, ty, &[a, b])
            }
            4 => {
                let op = self.rng.pick(&[FloatToInt, FloatToUInt]);
                let a = self.value(VarType::F64);
                self.k.convert(op, VarType::F64, ty, a)
            }
            5 => {
                let op = self.rng.pick(&[CastOvf, CastOvfUn, CastOvfToUn]);
                let from = self.rng.pick(&[ty, other]);
                let a = self.value(from);
                self.k.convert(op, from, ty, a)
            }
            6 => {
                let op = self.rng.pick(&[Div, Rem, UDiv, URem]);
                let a = self.value(ty);
                let d = self
                    .rng
                    .pick(&[2, 3, 5, 7, 10, 16, 100, -3, -8, 641, 0x7fff_ffff]);
                let d = self.k.int(d);
                self.k.op(op, ty, &[a, d])
            }
            _ => {
                let op =
                    self.rng
                        .pick(&[AtomicAdd, AtomicAnd, AtomicOr, AtomicXchg, AtomicCmpXchg]);
                let v = self.read(ty);
                let expected = self.read(ty);
                // Naturally aligned, as the machines want it.
                let slot = self.rng.below(BUFFER / 2 / 8) * 8;
                let at = self.k.lea(Operand::local(self.buffer), slot);
                if op == AtomicCmpXchg {
                    self.k.op(op, ty, &[at, v, expected])
                } else {
                    self.k.op(op, ty, &[at, v])
                }
            }
        }
    }

    fn rare_float(&mut self) -> Operand {
        use Opcode::*;
        let ty = VarType::F64;
        match self.rng.below(6) {
            0 | 1 => {
                let op = self
                    .rng
                    .pick(&[Abs, Neg, Sqrt, Floor, Ceil, RoundEven, TruncFloat]);
                let a = self.value(ty);
                self.k.op(op, ty, &[a])
            }
            2 => {
                let op = self.rng.pick(&[Min, Max]);
                let (a, b) = (self.value(ty), self.value(ty));
                self.k.op(op, ty, &[a, b])
            }
            3 => {
                let (a, b, c) = (self.value(ty), self.value(ty), self.read(ty));
                self.k.op(Fma, ty, &[a, b, c])
            }
            4 => {
                let from = self.rng.pick(&[VarType::I32, VarType::I64]);
                let a = self.value(from);
                self.k.convert(UIntToFloat, from, ty, a)
            }
            _ => {
                let single = VarType::F32;
                let op = self.rng.pick(&[Add, Sub, Mul, FDiv, Min, Max]);
                let (a, b) = (self.read(ty), self.read(ty));
                let a = self.k.convert(FloatToFloat, ty, single, a);
                let b = self.k.convert(FloatToFloat, ty, single, b);
                let r = self.k.op(op, single, &[a, b]);
                self.k.convert(FloatToFloat, single, ty, r)
            }
        }
    }

    fn divide(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let op = self.rng.pick(&[Div, Rem, UDiv, URem]);
        let a = self.value(ty);
        let b = if self.rng.chance(92) {
            // Never zero; -1 may still meet the smallest number.
            let b = self.read(ty);
            let one = self.k.int(1);
            self.k.op(Or, ty, &[b, one])
        } else {
            self.value(ty)
        };
        self.k.op(op, ty, &[a, b])
    }

    /// An address in the buffer for an access of `size` bytes.
    fn address(&mut self, ty: VarType) -> Operand {
        let half = BUFFER / 2;
        let start = if ty == VarType::F64 { half } else { 0 };
        let base = Operand::local(self.buffer);
        let size = ty.size();
        match self.rng.below(3) {
            0 => {
                let offset = start + self.rng.below(half / size) * size;
                self.k.lea(base, offset)
            }
            _ => {
                // The index stays small enough for every scale and the displacement behind it.
                let scale = self.rng.below(4);
                let room = (half - 8) >> scale;
                let mask = (room + 1).next_power_of_two() / 2 - 1;
                let i = self.read(VarType::I32);
                let mask = self.k.int(mask.into());
                let i = self.k.op(Opcode::And, VarType::I32, &[i, mask]);
                let i = self.k.convert(Opcode::Sext, VarType::I32, VarType::I64, i);
                let scale = if ty == VarType::F64 { 3 } else { scale };
                let displacement = self.rng.below(2) * if ty == VarType::F64 { 0 } else { 4 };
                if ty == VarType::F64 {
                    let mask = self.k.int(7);
                    let i = self.k.op(Opcode::And, VarType::I64, &[i, mask]);
                    return self.k.lea_index(base, i, 3, start);
                }
                self.k.lea_index(base, i, scale as u8, start + displacement)
            }
        }
    }

    fn load(&mut self, ty: VarType) -> Operand {
        let access = self.access(ty);
        if ty == VarType::I64 && self.rng.chance(20) {
            let at = self.k.address_of(self.exposed);
            return self.k.op(Opcode::Load, ty, &[at]);
        }
        if ty != VarType::F64 && self.rng.chance(25) {
            let at = self.element(ty);
            return self.k.op(Opcode::Load, ty, &[at]);
        }
        let at = self.address(access);
        self.k.op(Opcode::Load, access, &[at])
    }

    /// The type of a memory access that reads or writes values of type `ty`.
    fn access(&mut self, ty: VarType) -> VarType {
        use VarType::*;
        if ty == I32 {
            self.rng.pick(&[I8, U8, I16, U16, I32, I32])
        } else {
            ty
        }
    }

    /// The address of an element of an array, checked.
    fn element(&mut self, ty: VarType) -> Operand {
        let a = usize::from(ty == VarType::I64);
        let array = Operand::local(self.arrays[a]);
        let index = self.k.local(VarType::I32);
        let mut v = self.read(VarType::I32);
        if self.rng.chance(85) {
            let mask = self.k.int(3);
            v = self.k.op(Opcode::And, VarType::I32, &[v, mask]);
        }
        self.k.set(index, v);
        let index = Operand::local(index);
        let length = self.k.op(Opcode::ArrLen, VarType::I32, &[array]);
        self.k.ops += 1;
        let ty = VarType::I32 as u32;
        let check = Opcode::BoundsCheck;
        self.k.push(check, VarType::Void, 0, ty, &[index, length]);
        let size = ARRAYS[a].1.size();
        self.k.ops += 1;
        let at = self
            .k
            .push(Opcode::IndexAddr, VarType::Byref, 0, size, &[array, index]);
        Operand::node(at)
    }

    /// One statement without control flow.
    pub(super) fn operation(&mut self) {
        let ty = self.rng.pick(&TYPES);
        match self.rng.below(100) {
            0..=59 => {
                let v = self.computed(ty);
                let to = self.variable(ty);
                self.k.set(to, v);
            }
            60..=74 => {
                let access = self.access(ty);
                let v = self.value(ty);
                let at = self.address(access);
                self.k.store(access, at, v);
            }
            75..=79 if ty != VarType::F64 => {
                let v = self.read(ty);
                let at = self.element(ty);
                self.k.store(ty, at, v);
            }
            80..=83 => {
                let v = self.value(VarType::I64);
                let at = self.k.address_of(self.exposed);
                self.k.store(VarType::I64, at, v);
            }
            84..=89 => {
                let i = self.rng.below(STRUCTS.len() as u32) as usize;
                let l = self.rng.pick(&self.structs[i]);
                let f = self.rng.below(STRUCTS[i].len() as u32) as usize;
                let v = self.value(STRUCTS[i][f]);
                self.k.ops += 1;
                self.set_field(l, STRUCTS[i][f], f, v);
            }
            90 => {
                let array = Operand::local(self.rng.pick(&self.arrays));
                self.k.ops += 1;
                self.k
                    .push(Opcode::NullCheck, VarType::Void, 0, 0, &[array]);
            }
            _ => self.call(),
        }
    }

    fn call(&mut self) {
        if self.known.is_empty() || self.loops > 0 || self.calls >= 3 {
            let v = self.computed(VarType::I64);
            let to = self.variable(VarType::I64);
            return self.k.set(to, v);
        }
        self.calls += 1;
        let known = self.known;
        let s = &known[self.rng.below(known.len() as u32) as usize];
        let mut args: Vec<Typed> = Vec::new();
        for (i, &(ty, layout)) in s.params.iter().enumerate() {
            let o = match ty {
                VarType::Struct => Operand::local(self.rng.pick(&self.structs[layout.0 as usize])),
                _ if i == 0 => Operand::local(self.buffer),
                // A computed value may trap or read memory; it is computed before the later arguments.
                _ => self.value(ty.actual()),
            };
            args.push((o, ty, layout));
        }
        let func = self.k.func(&s.name);
        let (ret, layout) = s.ret;
        let v = self.k.call(CallTarget::Func(func), ret, layout, &args);
        let to = match ret {
            VarType::Struct => self.rng.pick(&self.structs[layout.0 as usize]),
            _ => self.variable(ret.actual()),
        };
        self.k.set(to, v);
    }
}
