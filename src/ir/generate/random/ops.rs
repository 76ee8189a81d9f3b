//! The operations of random programs that compute: values from values.

use super::{CODE_CELLS, DATA_CELLS, Form, STRUCTS, Writer};
use crate::ee::{Lookup, LookupRequest};
use crate::ir::{Cond, LocalId, LookupId, Opcode, Operand};
use crate::types::VarType;

/// Doubles at the corners: signs of zero, least and largest, around the ranges of integers, ties, infinities.
const FLOATS: [f64; 22] = [
    0.0,
    -0.0,
    1.0,
    -2.5,
    0.5,
    1.5,
    0.1,
    1e300,
    4e9,
    -1.0,
    2147483647.5,
    -2147483648.0,
    4294967295.0,
    9223372036854775807.0,
    -9223372036854775808.0,
    18446744073709551615.0,
    5e-324,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    16777217.0,
];

impl Writer<'_> {
    /// A constant of type `ty`; of a byref, the read of a variable.
    pub(super) fn constant(&mut self, ty: VarType) -> Operand {
        match ty {
            VarType::F64 => {
                let v = self.rng.pick(&FLOATS);
                return self.k.float(v);
            }
            VarType::F32 => {
                let v = self.rng.pick(&FLOATS) as f32;
                return self.k.m.body.const_operand(v.to_bits().into());
            }
            VarType::Ref => return self.k.int(0),
            VarType::Byref => return self.read(ty),
            _ => {}
        }
        let ints: [i64; 12] = [0, 1, -1, 2, 3, 10, 31, 127, 255, -128, 1000, 0xFFF];
        let wide = [
            i64::MAX,
            i64::MIN,
            0x1_0000_0000,
            0x7fff_ffff,
            -0x8000_0000,
            0xFFFF_FFFF,
        ];
        let v = match self.rng.below(10) {
            0..=6 => self.rng.pick(&ints),
            7 if ty == VarType::I64 => self.rng.pick(&wide),
            8 if ty == VarType::I64 => self.rng.next_u64() as i64,
            7 => self.rng.pick(&[i32::MAX, i32::MIN]).into(),
            _ => (self.rng.next_u64() as i32).into(),
        };
        self.k.int(v)
    }

    /// An operand of type `ty`: a variable, a constant, or something computed.
    pub(super) fn value(&mut self, ty: VarType) -> Operand {
        match self.rng.below(10) {
            0..=5 => self.read(ty),
            6 | 7 => self.constant(ty),
            _ => self.computed(ty),
        }
    }

    /// A float that is a number: its bits may be looked at.
    pub(super) fn number(&mut self, ty: VarType) -> Operand {
        let v = self.value(ty);
        let v = self.hold(ty, v);
        let is_number = self.k.cmp(Cond::Eq, ty, v, v);
        let other = if ty == VarType::F64 {
            self.k.float(1.5)
        } else {
            self.k.m.body.const_operand(1.5f32.to_bits().into())
        };
        self.k.op(Opcode::Select, ty, &[is_number, v, other])
    }

    /// An integer below `limit`, a power of two, and not negative.
    pub(super) fn small(&mut self, ty: VarType, limit: u32) -> Operand {
        let v = self.read(ty);
        let mask = self.k.int(i64::from(limit) - 1);
        self.k.op(Opcode::And, ty, &[v, mask])
    }

    /// Operands and condition of a comparison with the same outcome everywhere.
    pub(super) fn relation(&mut self) -> (Cond, VarType, Operand, Operand) {
        use VarType::*;
        let ty = self.rng.pick(&[I32, I32, I64, I64, F64, F32, Ref, Byref]);
        let cond = if ty.is_float() {
            self.rng.pick(&Cond::ALL[..12])
        } else {
            self.rng.pick(&Cond::ALL)
        };
        let (a, b) = self.compared(cond, ty);
        (cond, ty, a, b)
    }

    /// Two operands of type `ty` that may be compared by `cond`.
    fn compared(&mut self, cond: Cond, ty: VarType) -> (Operand, Operand) {
        let equality = matches!(cond, Cond::Eq | Cond::Ne | Cond::UEq | Cond::UNe);
        match ty {
            VarType::Ref => {
                let a = self.read(ty);
                let b = match self.rng.below(3) {
                    0 => a,
                    1 if equality => self.read(ty),
                    _ => self.k.int(0),
                };
                (a, b)
            }
            VarType::Byref => {
                if self.rng.chance(30) {
                    let a = self.read(ty);
                    // Its own bits, or none.
                    let test = matches!(cond, Cond::TestZ | Cond::TestNz);
                    let b = if test { self.k.int(0) } else { a };
                    return (a, b);
                }
                // Two places of the buffer.
                let (i, j) = (self.small(VarType::I64, 64), self.small(VarType::I64, 64));
                let (i, j) = (self.hold(VarType::I64, i), self.hold(VarType::I64, j));
                let a = self.k.index(ty, Operand::local(self.buffer), i);
                if matches!(cond, Cond::TestZ | Cond::TestNz) {
                    return (a, self.k.int(0));
                }
                let b = self.k.index(ty, Operand::local(self.buffer), j);
                (a, b)
            }
            _ => {
                let a = self.value(ty);
                (a, self.value(ty))
            }
        }
    }

    /// A node of type `ty`, its operands before it.
    pub(super) fn computed(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        match (ty, self.rng.below(20)) {
            (VarType::Ref, n) => self.computed_ref(n),
            (VarType::Byref, n) => self.computed_byref(n),
            (VarType::I32, 0..=4) | (VarType::I64, 0..=4) => {
                let op = self.rng.pick(&[Add, Sub, Mul, And, Or, Xor, Shl, Shr, Sar]);
                let by = if matches!(op, Shl | Shr | Sar) {
                    VarType::I32
                } else {
                    ty
                };
                let (a, b) = (self.value(ty), self.value(by));
                self.k.op(op, ty, &[a, b])
            }
            (VarType::F64 | VarType::F32, 0..=4) => {
                let op = self.rng.pick(&[Add, Sub, Mul, FDiv]);
                let (a, b) = (self.value(ty), self.value(ty));
                self.k.op(op, ty, &[a, b])
            }
            (_, 5 | 6) => {
                let (cond, of, a, b) = self.relation();
                let c = self.k.cmp(cond, of, a, b);
                let (a, b) = (self.read(ty), self.read(ty));
                self.k.op(Select, ty, &[c, a, b])
            }
            (_, 7..=10) => self.load(ty),
            (VarType::I32 | VarType::I64, 11) => self.divide(ty),
            (VarType::I64, 12) => self.lookup(),
            (_, 13) => self.field(ty),
            (VarType::I32 | VarType::I64, 14) => self.combined(ty),
            _ => self.form_of(ty),
        }
    }

    /// One of all forms that give a value of type `ty`.
    fn form_of(&mut self, ty: VarType) -> Operand {
        let forms = &self.program.forms;
        loop {
            let form = forms[self.rng.below(forms.len() as u32) as usize];
            let gives = match form.op {
                Opcode::Cmp => VarType::I32,
                _ => form.ty.actual(),
            };
            if gives == ty {
                return self.form(form);
            }
        }
    }

    /// One form of an operation on fitting operands.
    pub(super) fn form(&mut self, f: Form) -> Operand {
        use Opcode::*;
        let tame = self.rng.chance(75);
        let ty = f.ty;
        let src = VarType::ALL[f.sub as usize];
        let opnds = match f.op {
            Cmp => {
                let of = VarType::ALL[f.aux as usize];
                let cond = Cond::from_bits(f.sub);
                let (a, b) = self.compared(cond, of);
                return self.k.cmp(cond, of, a, b);
            }
            Add | Sub if ty == VarType::Byref => {
                let disp = if f.op == Add { 0 } else { 64 };
                let base = Operand::local(self.buffer);
                let base = self.k.lea_of(VarType::Byref, base, disp);
                let by = self.small(VarType::I64, 8);
                let three = self.k.int(3);
                let by = self.k.op(Shl, VarType::I64, &[by, three]);
                vec![base, by]
            }
            Const => vec![self.const_form(ty)],
            CopySign => vec![self.value(ty), self.number(ty)],
            Bitcast => return self.bitcast(ty, src),
            FloatToIntOld | FloatToUIntOld => {
                let v = self.small(VarType::I32, 0x8000);
                vec![self.k.convert(IntToFloat, VarType::I32, src, v)]
            }
            CastOvf | CastOvfUn | CastOvfToUn if tame => {
                let v = self.small(VarType::I32, 0x80);
                vec![match src {
                    VarType::I32 => v,
                    VarType::I64 => self.k.convert(Zext, VarType::I32, src, v),
                    _ => self.k.convert(IntToFloat, VarType::I32, src, v),
                }]
            }
            AddOvf | AddOvfUn | MulOvf | MulOvfUn | SubOvf if tame => {
                vec![self.small(ty, 0x1000), self.small(ty, 0x400)]
            }
            SubOvfUn if tame => {
                let a = self.small(ty, 0x100);
                let bit = self.k.int(0x1000);
                let a = self.k.op(Or, ty, &[a, bit]);
                vec![a, self.small(ty, 0x400)]
            }
            Div | UDiv | Rem | URem => return self.divide_by(f.op, ty),
            CkFinite if tame => {
                let v = self.value(VarType::I32);
                vec![self.k.convert(IntToFloat, VarType::I32, ty, v)]
            }
            Shl | Shr | Sar | Rol | Ror => vec![self.value(ty), self.value(VarType::I32)],
            Select => vec![self.value(VarType::I32), self.read(ty), self.value(ty)],
            _ => {
                let kinds = f.op.info().operands;
                let one = if f.op.info().sub == crate::ir::SubKind::Type {
                    src.actual()
                } else {
                    ty
                };
                kinds.iter().map(|_| self.value(one)).collect()
            }
        };
        self.k.ops += 1;
        Operand::node(self.k.push(f.op, ty, f.sub, 0, &opnds))
    }

    /// What a `const` node holds.
    fn const_form(&mut self, ty: VarType) -> Operand {
        match ty {
            VarType::Ref | VarType::Byref => self.k.int(0),
            _ => self.constant(ty),
        }
    }

    /// The bits of a value as another type. Addresses become nothing but null and back.
    fn bitcast(&mut self, ty: VarType, src: VarType) -> Operand {
        let v = match (src, ty) {
            (VarType::Ref, VarType::Ref) | (VarType::Byref, VarType::Byref) => self.read(src),
            (VarType::Ref | VarType::Byref, _) => {
                let zero = self.k.int(0);
                self.hold(src, zero)
            }
            (_, VarType::Ref | VarType::Byref) => {
                let zero = if src == VarType::F64 {
                    self.k.float(0.0)
                } else {
                    self.k.int(0)
                };
                self.hold(src, zero)
            }
            (VarType::F32 | VarType::F64, _) => self.number(src),
            _ => self.value(src),
        };
        let cast = self.k.convert(Opcode::Bitcast, src, ty, v);
        if ty == VarType::Byref && src != ty {
            // Null is no good byref.
            self.k.push(
                Opcode::KeepAlive,
                VarType::Void,
                0,
                0,
                std::slice::from_ref(&cast),
            );
            return self.read(ty);
        }
        cast
    }

    pub(super) fn divide(&mut self, ty: VarType) -> Operand {
        use Opcode::*;
        let op = self.rng.pick(&[Div, Rem, UDiv, URem]);
        self.divide_by(op, ty)
    }

    fn divide_by(&mut self, op: Opcode, ty: VarType) -> Operand {
        let a = self.value(ty);
        let b = match self.rng.below(100) {
            0..=39 => {
                let b = [
                    1,
                    -1,
                    2,
                    3,
                    5,
                    7,
                    10,
                    16,
                    100,
                    -3,
                    -8,
                    641,
                    0x7fff_ffff,
                    -0x8000_0000,
                ];
                let b = self.rng.pick(&b);
                self.k.int(b)
            }
            40..=94 => {
                // Never zero; -1 may still meet the smallest number.
                let b = self.read(ty);
                let one = self.k.int(1);
                self.k.op(Opcode::Or, ty, &[b, one])
            }
            _ => self.value(ty),
        };
        self.k.op(op, ty, &[a, b])
    }

    /// An answer of the runtime that is a number.
    fn lookup(&mut self) -> Operand {
        let request = match self.rng.below(4) {
            0 => LookupRequest::Known(Lookup::Indirect(DATA_CELLS[0])),
            1 => LookupRequest::Known(Lookup::IndirectTwice(DATA_CELLS[1])),
            2 => LookupRequest::Class(self.rng.below(1000).to_string()),
            _ => {
                let values = [0, 1, 0x7fff_ffff, 0xffff_ffff_ffff, u64::MAX];
                LookupRequest::Known(Lookup::Value(self.rng.pick(&values)))
            }
        };
        let row = self.lookup_row(request);
        self.k.ops += 1;
        let n = self.k.push(Opcode::Lookup, VarType::I64, 0, row.0, &[]);
        Operand::node(n)
    }

    pub(super) fn lookup_row(&mut self, request: LookupRequest) -> LookupId {
        self.k.m.lookups.push(request)
    }

    /// The made-up cell of the method numbered `i`.
    pub(super) fn code_cell(i: usize) -> u64 {
        CODE_CELLS + 8 * i as u64
    }

    /// A field of a struct, or part of a local, that has the type, or a load if there is none.
    fn field(&mut self, ty: VarType) -> Operand {
        let (i, l) = self.any_struct();
        let fields: Vec<(u32, VarType)> = STRUCTS[i]
            .iter()
            .copied()
            .filter(|f| f.1.actual() == ty)
            .collect();
        if fields.is_empty() {
            return match ty {
                VarType::I32 => {
                    let of = [VarType::I8, VarType::U8, VarType::I16, VarType::U16, ty];
                    let of = self.rng.pick(&of);
                    let at = self.rng.below(8 / of.size()) * of.size();
                    self.k.read_field(self.parts, of, at)
                }
                VarType::I64 => self.k.read_field(self.parts, ty, 0),
                _ => self.load(ty),
            };
        }
        let (at, of) = self.rng.pick(&fields);
        self.k.read_field(l, of, at)
    }

    // ---- copies

    /// A copy of one local to another, of another small type perhaps. The source may change while the copy is still to be read, and
    /// either may be read and written in parts.
    pub(super) fn copy(&mut self) {
        // Variables of small types stand among those of `i32`.
        let ty = if self.rng.chance(50) {
            VarType::I32
        } else {
            self.rng.pick(&super::TYPES)
        };
        let (mut from, mut to) = (self.variable(ty), self.variable(ty));
        // Locals whose addresses are taken are read and written by their names too.
        if let (Some(l), true) = (self.exposed_of(ty), self.rng.chance(25)) {
            if self.rng.chance(60) {
                from = l;
            } else {
                to = l;
            }
        }
        self.k.ops += 1;
        self.k.set(to, Operand::local(from));
        if self.rng.chance(30) {
            let further = self.variable(ty);
            self.k.set(further, Operand::local(to));
        }
        if self.rng.chance(60) {
            self.change(from, ty);
        }
        if self.rng.chance(30) {
            self.call();
        }
        if self.rng.chance(60) {
            let v = self.late_read(to, ty);
            let result = self.variable(ty);
            self.k.set(result, v);
        }
    }

    /// The variable of type `ty` whose address is taken.
    fn exposed_of(&self, ty: VarType) -> Option<LocalId> {
        let same = |&&l: &&LocalId| self.k.m.body.locals[l].ty == ty;
        self.exposed.iter().find(same).copied()
    }

    /// Changes variable `l`: whole, in part, or through its address.
    fn change(&mut self, l: LocalId, ty: VarType) {
        if self.exposed.contains(&l) && ty != VarType::Ref && self.rng.chance(60) {
            let v = self.value(ty);
            let at = self.k.address_of(l);
            return self.k.store(ty, at, v);
        }
        if let Some((of, at)) = self.part_of(l)
            && self.rng.chance(30)
        {
            let v = self.value(of.actual());
            self.k.ops += 1;
            return self.set_field(l, of, at, v);
        }
        let v = match self.rng.below(3) {
            0 => self.constant(ty),
            1 => self.read(ty),
            _ => self.computed(ty),
        };
        self.k.set(l, v);
    }

    /// A value made of variable `l`: itself, part of it, or what is computed of it.
    fn late_read(&mut self, l: LocalId, ty: VarType) -> Operand {
        if let Some((of, at)) = self.part_of(l)
            && self.rng.chance(40)
        {
            let part = self.k.read_field(l, of, at);
            return match (of.actual(), ty) {
                (VarType::I32, VarType::I64) => {
                    self.k.convert(Opcode::Sext, VarType::I32, ty, part)
                }
                _ => part,
            };
        }
        match ty {
            VarType::I32 | VarType::I64 => {
                let other = self.read(ty);
                let op = self.rng.pick(&[Opcode::Add, Opcode::Sub, Opcode::Xor]);
                self.k.op(op, ty, &[Operand::local(l), other])
            }
            _ => Operand::local(l),
        }
    }

    /// An integer inside variable `l`: its type and place. Floats are left whole, since the bits of a NaN may differ.
    fn part_of(&mut self, l: LocalId) -> Option<(VarType, u32)> {
        let ty = self.k.m.body.locals[l].ty;
        if ty.is_float() || ty.is_gc() {
            return None;
        }
        use VarType::*;
        let mut types = vec![I8, U8, I16, U16, I32, I64];
        types.retain(|t| t.size() <= ty.size());
        let of = self.rng.pick(&types);
        Some((of, self.rng.below(ty.size() / of.size()) * of.size()))
    }
}
