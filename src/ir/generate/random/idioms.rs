//! Idioms: nodes next to each other that a machine does in one or two instructions. Left to chance they would hardly ever meet.
//!
//! Each production makes the whole family of a pattern, with the cases at its edges that are none: another size, a mask with a hole, a
//! count beyond the width, operands in the other order.

use super::Writer;
use crate::ir::generate::{DOUBLES, SINGLES};
use crate::ir::{Cond, Opcode, Operand};
use crate::types::VarType;

/// Shift counts: within what addresses and extended operands can do, byte and word borders, the widest, and beyond.
const COUNTS: [i64; 15] = [1, 2, 3, 3, 4, 5, 7, 8, 16, 24, 31, 32, 48, 63, 65];
/// The integer types of values.
const WORDS: [VarType; 2] = [VarType::I32, VarType::I64];
const SMALL: [VarType; 4] = [VarType::I8, VarType::U8, VarType::I16, VarType::U16];

impl Writer<'_> {
    /// One statement that is an idiom.
    pub(super) fn idiom(&mut self) {
        match self.rng.below(15) {
            0..=3 => self.update_in_place(),
            4 => self.neighbours(),
            5 => self.result_against_zero(),
            6 => self.odd_element(),
            7 | 8 => self.many_at_once(),
            _ => {
                let ty = self.rng.pick(&WORDS);
                let v = self.combined(ty);
                let to = self.variable(ty);
                self.k.set(to, v);
            }
        }
    }

    /// A value of an integer type that is several operations in one.
    pub(super) fn combined(&mut self, ty: VarType) -> Operand {
        match self.rng.below(16) {
            0..=2 => self.with_changed_operand(ty),
            3 | 4 => self.field_of_bits(ty),
            5 => self.product(ty),
            6 | 7 => self.sum_of_three(ty),
            8 => self.chosen(ty),
            9 | 10 => self.by_constant(ty),
            11 => self.extension(ty),
            12 => self.far_load(ty),
            13 => {
                let c = self.decision();
                match ty {
                    VarType::I32 => c,
                    _ => self.k.convert(Opcode::Zext, VarType::I32, ty, c),
                }
            }
            _ => self.with_memory(ty),
        }
    }

    fn count(&mut self) -> Operand {
        let c = self.rng.pick(&COUNTS);
        self.k.int(c)
    }

    /// A variable, shifted, rotated, complemented, extended, negated, or a product: what machines do to a last operand on the way.
    fn changed(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let v = self.read(ty);
        match self.rng.below(10) {
            0..=3 => {
                let op = self.rng.pick(&[Shl, Shl, Shr, Sar, Ror, Rol]);
                let c = self.count();
                self.k.op(op, ty, &[v, c])
            }
            4 => self.k.op(Not, ty, &[v]),
            5 => self.k.op(Neg, ty, &[v]),
            6 => {
                let w = self.read(ty);
                self.k.op(Mul, ty, &[v, w])
            }
            7 => self.extended(ty),
            _ => {
                let e = self.extended(ty);
                let c = self.rng.pick(&[0, 1, 2, 3, 4, 5]);
                let c = self.k.int(c);
                self.k.op(Shl, ty, &[e, c])
            }
        }
    }

    /// A variable of a smaller type, extended to `ty`.
    fn extended(&mut self, ty: VarType) -> Operand {
        let op = self.rng.pick(&[Opcode::Sext, Opcode::Zext]);
        let from = match ty {
            VarType::I64 if self.rng.chance(60) => VarType::I32,
            _ => self.rng.pick(&SMALL),
        };
        let v = self.read(VarType::I32);
        self.k.convert(op, from, ty, v)
    }

    fn with_changed_operand(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let op = self.rng.pick(&[Add, Add, Sub, Sub, And, Or, Xor, Neg, Not]);
        if matches!(op, Neg | Not) {
            let v = self.changed(ty);
            return self.k.op(op, ty, &[v]);
        }
        let first = self.rng.chance(30);
        let (a, b) = if first {
            let v = self.changed(ty);
            (v, self.read(ty))
        } else {
            let a = self.read(ty);
            (a, self.changed(ty))
        };
        self.k.op(op, ty, &[a, b])
    }

    /// A run of low bits; sometimes with a hole.
    fn mask(&mut self, ty: VarType) -> Operand {
        let bits = ty.size() * 8;
        let ones = 1 + self.rng.below(bits);
        let mut m = if ones == 64 {
            u64::MAX
        } else {
            (1 << ones) - 1
        };
        if self.rng.chance(15) {
            m &= !2;
        }
        if ty == VarType::I32 {
            return self.k.int(i64::from(m as i32));
        }
        self.k.int(m as i64)
    }

    /// Bits taken out of a value, or put in place.
    fn field_of_bits(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let v = self.read(ty);
        let (by, mask) = (self.count(), self.mask(ty));
        match self.rng.below(6) {
            0 | 1 => {
                let op = self.rng.pick(&[Shr, Sar]);
                let s = self.k.op(op, ty, &[v, by]);
                self.k.op(And, ty, &[s, mask])
            }
            2 => {
                let up = self.k.op(Shl, ty, &[v, by]);
                let (op, down) = (self.rng.pick(&[Shr, Sar]), self.count());
                self.k.op(op, ty, &[up, down])
            }
            3 => {
                let low = self.k.op(And, ty, &[v, mask]);
                self.k.op(Shl, ty, &[low, by])
            }
            4 => {
                let e = self.extended(ty);
                let by = self.count();
                self.k.op(Shl, ty, &[e, by])
            }
            _ => {
                // The upper part, cut to a small type.
                let v = self.read(VarType::I32);
                let op = self.rng.pick(&[Shr, Sar]);
                let s = self.k.op(op, VarType::I32, &[v, by]);
                let from = self.rng.pick(&SMALL);
                let op = self.rng.pick(&[Sext, Zext]);
                self.k.convert(op, from, ty, s)
            }
        }
    }

    /// Products that are part of a sum, of extended factors, or whose upper half counts.
    fn product(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let wide = ty == VarType::I64 && self.rng.chance(60);
        let p = if wide {
            let op = self.rng.pick(&[Sext, Zext]);
            let other = if self.rng.chance(20) { Sext } else { op };
            let (a, b) = (self.read(VarType::I32), self.read(VarType::I32));
            let a = self.k.convert(op, VarType::I32, ty, a);
            let b = if self.rng.chance(25) {
                self.constant(VarType::I32)
            } else {
                self.k.convert(other, VarType::I32, ty, b)
            };
            self.k.op(Mul, ty, &[a, b])
        } else {
            let (a, b) = (self.read(ty), self.read(ty));
            self.k.op(Mul, ty, &[a, b])
        };
        match self.rng.below(4) {
            0 => p,
            1 => self.k.op(Neg, ty, &[p]),
            _ => {
                let c = self.read(ty);
                let op = self.rng.pick(&[Add, Sub]);
                let opnds = if self.rng.chance(50) { [c, p] } else { [p, c] };
                self.k.op(op, ty, &opnds)
            }
        }
    }

    /// `a + (b << c) + d` in all groupings: one address computation, or nearly.
    fn sum_of_three(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let (a, b) = (self.read(ty), self.read(ty));
        let b = if self.rng.chance(70) {
            let c = self.rng.pick(&[1, 2, 3, 3, 4]);
            let c = self.k.int(c);
            self.k.op(Shl, ty, &[b, c])
        } else {
            b
        };
        let d = if self.rng.chance(75) {
            self.constant(ty)
        } else {
            self.read(ty)
        };
        match self.rng.below(4) {
            0 => {
                let s = self.k.op(Add, ty, &[a, b]);
                self.k.op(Add, ty, &[s, d])
            }
            1 => {
                let s = self.k.op(Add, ty, &[b, a]);
                self.k.op(Add, ty, &[d, s])
            }
            2 => {
                let s = self.k.op(Add, ty, &[b, d]);
                self.k.op(Add, ty, &[a, s])
            }
            _ => self.k.op(Add, ty, &[b, d]),
        }
    }

    /// A choice between a value and a change of another, or between small constants.
    fn chosen(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let c = if self.rng.chance(50) {
            self.decision()
        } else {
            let (cond, of, a, b) = self.relation();
            self.k.cmp(cond, of, a, b)
        };
        let mut values = [Operand::NONE; 2];
        for v in &mut values {
            let x = self.read(ty);
            *v = match self.rng.below(7) {
                0 => {
                    let one = self.k.int(1);
                    self.k.op(Add, ty, &[x, one])
                }
                1 => self.k.op(Neg, ty, &[x]),
                2 => self.k.op(Not, ty, &[x]),
                3 | 4 => {
                    let c = self.rng.pick(&[0, 0, 1, -1, 5]);
                    self.k.int(c)
                }
                _ => x,
            };
        }
        // The condition stands in front of the values, which may be computed in between.
        self.k.op(Select, ty, &[c, values[0], values[1]])
    }

    /// A product, quotient or remainder by a constant of every kind.
    fn by_constant(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let bits = ty.size() * 8;
        let power = 1_i64.wrapping_shl(self.rng.below(bits));
        let c = match self.rng.below(8) {
            0 => power,
            1 => power.wrapping_neg(),
            2 => power.wrapping_add(1),
            3 => power.wrapping_sub(1),
            4 => i64::from(self.rng.below(1000)) - 300,
            5 => self
                .rng
                .pick(&[3, 5, 6, 7, 9, 10, 11, 25, 100, 125, 625, 1000, 86400]),
            6 => self.rng.next_u64() as i64 >> self.rng.below(60),
            _ => self.rng.next_u64() as i64,
        };
        let c = match ty {
            VarType::I32 => i64::from(c as i32),
            _ => c,
        };
        let op = self.rng.pick(&[Mul, Mul, Div, Div, Rem, UDiv, UDiv, URem]);
        // Zero now and then.
        let c = if op != Mul && c == 0 && self.rng.chance(90) {
            7
        } else {
            c
        };
        let v = if self.rng.chance(70) {
            self.read(ty)
        } else {
            self.value(ty)
        };
        let by = self.k.int(c);
        let r = self.k.op(op, ty, &[v, by]);
        if op == Rem && self.rng.chance(40) {
            // Is it a multiple? An odd number?
            let (cond, to) = (self.rng.pick(&[Cond::Eq, Cond::Ne]), self.rng.below(2));
            let to = self.k.int(to.into());
            let is = self.k.cmp(cond, ty, r, to);
            return match ty {
                VarType::I32 => is,
                _ => self.k.convert(Zext, VarType::I32, ty, is),
            };
        }
        r
    }

    /// The address of an integer of `size` bytes that is aligned and certain to be there.
    fn plain_place(&mut self, size: u32) -> (Operand, u32) {
        match self.rng.below(4) {
            0 | 1 => {
                let at = self.rng.below(DOUBLES / size) * size;
                (Operand::local(self.buffer), at)
            }
            2 => (self.read(VarType::Byref), self.rng.below(8 / size) * size),
            _ => {
                let field = self.rng.pick(&[8, 40]);
                (
                    self.read(VarType::Ref),
                    field + self.rng.below(8 / size) * size,
                )
            }
        }
    }

    fn address_at(&mut self, (base, at): (Operand, u32)) -> Operand {
        let is_number = base
            .as_local()
            .is_some_and(|l| self.k.ty(l) == VarType::I64);
        match is_number {
            true if at == 0 && self.rng.chance(50) => base,
            true => self.k.lea(base, at),
            false => self.k.lea_of(VarType::Byref, base, at),
        }
    }

    /// A load that widens or narrows, and what is made of it at once.
    fn extension(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let of = self.rng.pick(&[
            VarType::I8,
            VarType::U8,
            VarType::I16,
            VarType::U16,
            VarType::I32,
            VarType::I64,
        ]);
        let place = self.plain_place(of.size());
        let at = self.address_at(place);
        let v = self.k.op(Load, of, &[at]);
        match of {
            VarType::I64 => {
                let v = self.k.convert(Trunc, of, VarType::I32, v);
                if ty == VarType::I32 {
                    return v;
                }
                let op = self.rng.pick(&[Sext, Zext]);
                self.k.convert(op, VarType::I32, ty, v)
            }
            _ => {
                let op = self.rng.pick(&[Sext, Zext]);
                let from = match ty {
                    VarType::I64 if self.rng.chance(50) => VarType::I32,
                    _ => self.rng.pick(&SMALL),
                };
                self.k.convert(op, from, ty, v)
            }
        }
    }

    /// A load from an address that is a sum of additions and shifts, not a `lea`.
    fn far_load(&mut self, ty: VarType) -> Operand {
        let at = self.computed_address(ty.size().trailing_zeros());
        let v = self.k.op(Opcode::Load, ty, &[at]);
        self.mark(v, false);
        v
    }

    /// An address in the buffer's integers by additions: of an index shifted by `log` or otherwise, extended or not, and constants.
    pub(super) fn computed_address(&mut self, log: u32) -> Operand {
        use Opcode::*;
        let ty = VarType::I64;
        let base = Operand::local(self.buffer);
        let mut i = if self.rng.chance(50) {
            let i = self.small(VarType::I32, 8);
            let i = if self.rng.chance(50) {
                self.hold(VarType::I32, i)
            } else {
                i
            };
            let op = self.rng.pick(&[Sext, Zext]);
            self.k.convert(op, VarType::I32, ty, i)
        } else {
            let i = self.small(ty, 8);
            self.hold(ty, i)
        };
        let by = if self.rng.chance(75) {
            log
        } else {
            self.rng.below(4)
        };
        if by > 0 {
            let by = self.k.int(by.into());
            i = self.k.op(Shl, ty, &[i, by]);
        }
        let d = i64::from(self.rng.below(DOUBLES - 64));
        let d = self.k.int(d);
        match self.rng.below(6) {
            0 => self.k.op(Add, ty, &[base, i]),
            1 => self.k.op(Add, ty, &[i, base]),
            2 => {
                let s = self.k.op(Add, ty, &[base, i]);
                self.k.op(Add, ty, &[s, d])
            }
            3 => {
                let s = self.k.op(Add, ty, &[i, d]);
                self.k.op(Add, ty, &[base, s])
            }
            4 => {
                let s = self.k.op(Add, ty, &[base, d]);
                self.k.op(Add, ty, &[s, i])
            }
            _ if self.rng.chance(50) => {
                let d = self.rng.below(DOUBLES - 64);
                let s = self.k.index(ty, base, i);
                self.k.lea(s, d)
            }
            _ => {
                // The index shifted twice over stays within the buffer.
                let seven = self.k.int(7);
                let i = self.k.op(And, ty, &[i, seven]);
                self.k.lea_index(base, i, log as u8, 0)
            }
        }
    }

    /// An operation one or both of whose operands are in memory.
    fn with_memory(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let place = self.plain_place(ty.size());
        let at = self.address_at(place);
        let v = self.k.op(Load, ty, &[at]);
        let op = self
            .rng
            .pick(&[Add, Sub, Mul, And, Or, Xor, MulHi, UMulHi, AddOvf, Select]);
        let w = match self.rng.below(4) {
            0 => {
                let place = self.plain_place(ty.size());
                let at = self.address_at(place);
                self.k.op(Load, ty, &[at])
            }
            1 => self.k.read_field(self.parts, VarType::I32, 4),
            2 => self.constant(ty),
            _ => self.read(ty),
        };
        // Parts of a local are of type `i32`.
        let w = match w.as_node() {
            Some(n) if self.k.m.body.nodes[n].op == LclFld && ty == VarType::I64 => {
                self.k.convert(Sext, VarType::I32, ty, w)
            }
            _ => w,
        };
        let (a, b) = if self.rng.chance(50) { (v, w) } else { (w, v) };
        match op {
            Select => {
                let c = self.read(VarType::I32);
                self.k.op(op, ty, &[c, a, b])
            }
            AddOvf => {
                let three = self.k.int(3);
                let (a, b) = (
                    self.k.op(Shr, ty, &[a, three]),
                    self.k.op(Shr, ty, &[b, three]),
                );
                self.k.op(op, ty, &[a, b])
            }
            _ => self.k.op(op, ty, &[a, b]),
        }
    }

    /// A place in memory gets what an operation makes of what it holds.
    fn update_in_place(&mut self) {
        use Opcode::*;
        let of = self.rng.pick(&[
            VarType::I8,
            VarType::U8,
            VarType::I16,
            VarType::U16,
            VarType::I32,
            VarType::I32,
            VarType::I64,
            VarType::I64,
        ]);
        let ty = of.actual();
        let place = self.plain_place(of.size());
        let indexed = self.rng.chance(25).then(|| {
            let i = self.small(VarType::I64, 8);
            self.hold(VarType::I64, i)
        });
        let log = of.size().trailing_zeros() as u8;
        let scale = if self.rng.chance(75) {
            log
        } else {
            self.rng.below(4) as u8
        };
        let aligned = indexed.is_none() || scale >= log;
        let buffer = Operand::local(self.buffer);
        let behind = self.rng.pick(&[0, 8]);
        let exposed = indexed.is_none() && of.size() == 8 && self.rng.chance(20);
        let address = |w: &mut Self, scale: u8| match indexed {
            Some(i) => w.k.lea_index(buffer, i, scale, behind),
            None if exposed => w.k.address_of(w.exposed[0]),
            None if place.1 == 0 => place.0,
            None if place.0 == buffer => w.k.lea(place.0, place.1),
            None => w.k.lea_of(VarType::Byref, place.0, place.1),
        };
        // Another type of the same size reads the same bits.
        let read = match of {
            VarType::I8 if self.rng.chance(30) => VarType::U8,
            VarType::U16 if self.rng.chance(30) => VarType::I16,
            of => of,
        };
        let from = address(self, scale);
        let old = self.k.op(Load, read, &[from]);
        self.mark(old, aligned);
        let op = self.rng.pick(&[
            Add, Add, Sub, And, Or, Xor, Shl, Shr, Sar, Rol, Ror, Neg, Not, Mul,
        ]);
        let new = match op {
            Neg | Not => self.k.op(op, ty, &[old]),
            Shl | Shr | Sar | Rol | Ror => {
                let by = if self.rng.chance(75) {
                    self.count()
                } else {
                    self.read(VarType::I32)
                };
                self.k.op(op, ty, &[old, by])
            }
            _ => {
                let v = if self.rng.chance(50) {
                    self.constant(ty)
                } else {
                    self.read(ty)
                };
                let opnds = if self.rng.chance(70) {
                    [old, v]
                } else {
                    [v, old]
                };
                self.k.op(op, ty, &opnds)
            }
        };
        // Somewhere else now and then.
        let (scale, aligned) = if self.rng.chance(10) {
            (0, indexed.is_none() || log == 0)
        } else {
            (scale, aligned)
        };
        let to = address(self, scale);
        self.k.store(of, to, new);
        let n = self.k.last_node();
        self.mark(n, aligned);
    }

    /// Two accesses next to each other, of one size, in either order.
    fn neighbours(&mut self) {
        use VarType::{F32, F64, I32, I64};
        let ty = self.rng.pick(&[I32, I64, I64, F32, F64]);
        let size = ty.size();
        let start = match ty {
            F32 => SINGLES,
            F64 => DOUBLES,
            _ => 0,
        };
        let (base, first) = (
            Operand::local(self.buffer),
            start + self.rng.below(128 / size - 2) * size,
        );
        let mut places = [first, first + size];
        if self.rng.chance(30) {
            places.reverse();
        }
        if self.rng.chance(50) {
            let values = [(); 2].map(|()| {
                if self.rng.chance(25) && ty.is_int() {
                    self.k.int(0)
                } else {
                    self.read(ty)
                }
            });
            for (at, v) in places.into_iter().zip(values) {
                let at = self.k.lea(base, at);
                self.k.store(ty, at, v);
            }
            return;
        }
        for at in places {
            let at = self.k.lea(base, at);
            let v = self.k.op(Opcode::Load, ty, &[at]);
            let to = self.variable(ty);
            self.k.set(to, v);
        }
    }

    /// The result of an operation, stored, and whether it is zero, negative or positive: the machine knows already.
    fn result_against_zero(&mut self) {
        use Opcode::*;
        let ty = self.rng.pick(&WORDS);
        let v = if self.rng.chance(60) {
            let op = self.rng.pick(&[Add, Sub, And, Or, Xor, Shl, Shr]);
            let a = self.read(ty);
            let b = match op {
                Shl | Shr => self.count(),
                _ if self.rng.chance(40) => self.constant(ty),
                _ => self.read(ty),
            };
            self.k.op(op, ty, &[a, b])
        } else {
            self.with_changed_operand(ty)
        };
        let to = self.variable(ty);
        self.k.set(to, v);
        let cond = self.rng.pick(&Cond::ALL);
        let zero = self.k.int(0);
        let c = self.k.cmp(cond, ty, Operand::local(to), zero);
        let (a, b) = (self.read(ty), self.read(ty));
        let chosen = self.k.op(Select, ty, &[c, a, b]);
        let to = self.variable(ty);
        self.k.set(to, chosen);
    }

    // ---- conditions

    /// A condition as an `i32`: a test of bits, two comparisons in one, a comparison with something changed on the way.
    pub(super) fn decision(&mut self) -> Operand {
        match self.rng.below(8) {
            0..=3 => {
                let (cond, ty, a, b) = self.test_of_bits();
                self.k.cmp(cond, ty, a, b)
            }
            4..=6 => {
                let [a, b] = [(); 2].map(|()| {
                    let (cond, ty, a, b) = self.plain_relation();
                    self.k.cmp(cond, ty, a, b)
                });
                let op = self.rng.pick(&[Opcode::And, Opcode::Or, Opcode::Xor]);
                self.k.op(op, VarType::I32, &[a, b])
            }
            _ => {
                let (cond, ty, a, b) = self.plain_relation();
                self.k.cmp(cond, ty, a, b)
            }
        }
    }

    /// A comparison of variables, small constants, changed operands or memory.
    pub(super) fn plain_relation(&mut self) -> (Cond, VarType, Operand, Operand) {
        let ty = self
            .rng
            .pick(&[VarType::I32, VarType::I32, VarType::I64, VarType::F64]);
        if ty.is_float() {
            let (a, b) = (self.read(ty), self.read(ty));
            return (self.rng.pick(&Cond::ALL[..12]), ty, a, b);
        }
        let cond = self.rng.pick(&Cond::ALL);
        match self.rng.below(6) {
            0 | 1 => {
                let a = self.read(ty);
                let c = self
                    .rng
                    .pick(&[0, 0, 1, 5, 31, 32, -1, 127, 128, 4096, 0xFFFF]);
                (cond, ty, a, self.k.int(c))
            }
            2 => {
                let (a, b) = (self.read(ty), self.changed(ty));
                (cond, ty, a, b)
            }
            3 => {
                let (a, b) = (self.changed(ty), self.read(ty));
                (cond, ty, a, b)
            }
            4 => {
                // Of what a small place holds.
                let of = if ty == VarType::I32 {
                    self.rng.pick(&SMALL)
                } else {
                    ty
                };
                let place = self.plain_place(of.size());
                let at = self.address_at(place);
                let v = self.k.op(Opcode::Load, of, &[at]);
                let c = self
                    .rng
                    .pick(&[0, 1, 3, 100, 127, 128, 255, 256, -1, -128, 0x7FFF]);
                let c = self.k.int(c);
                if self.rng.chance(20) {
                    (cond, ty, c, v)
                } else {
                    (cond, ty, v, c)
                }
            }
            _ => {
                let a = self.read(ty);
                (cond, ty, a, self.read(ty))
            }
        }
    }

    /// Is a bit set, or any of some? By conjunction and comparison, or by a test's condition.
    pub(super) fn test_of_bits(&mut self) -> (Cond, VarType, Operand, Operand) {
        use Opcode::*;
        let ty = self.rng.pick(&WORDS);
        let v = self.read(ty);
        let one = self.k.int(1);
        let bit = 1_i64.wrapping_shl(self.rng.below(ty.size() * 8));
        let bit = match ty {
            VarType::I32 => i64::from(bit as i32),
            _ => bit,
        };
        let bit = self.k.int(bit);
        let (a, b) = match self.rng.below(7) {
            0 => (v, bit),
            1 => (v, self.mask(ty)),
            2 => {
                let by = self.count();
                let op = self.rng.pick(&[Shr, Sar]);
                (self.k.op(op, ty, &[v, by]), one)
            }
            3 => {
                let by = self.count();
                let s = self.k.op(Shr, ty, &[v, by]);
                (s, self.mask(ty))
            }
            4 => {
                let one = Operand::node(self.k.push(Const, ty, 0, 0, &[one]));
                let by = self.read(VarType::I32);
                let s = self.k.op(Shl, ty, &[one, by]);
                if self.rng.chance(50) { (v, s) } else { (s, v) }
            }
            5 => (v, self.changed(ty)),
            _ => {
                let place = self.plain_place(ty.size());
                let at = self.address_at(place);
                let w = self.k.op(Load, ty, &[at]);
                (w, if self.rng.chance(50) { bit } else { v })
            }
        };
        if self.rng.chance(25) {
            let cond = self.rng.pick(&[Cond::TestZ, Cond::TestNz]);
            return (cond, ty, a, b);
        }
        let both = self.k.op(And, ty, &[a, b]);
        let cond = self
            .rng
            .pick(&[Cond::Eq, Cond::Ne, Cond::Ne, Cond::Lt, Cond::Gt]);
        (cond, ty, both, self.k.int(0))
    }
}
