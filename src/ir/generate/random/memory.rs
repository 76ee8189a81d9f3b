//! Memory in random programs: the buffer, objects, arrays, exposed locals, structs, atomics, memory of the frame.

use super::{ARRAYS, LocalId, NONE, STACK_ONLY, STRUCTS, Writer, layout};
use crate::ee::Helper;
use crate::ir::generate::{DOUBLES, SINGLES};
use crate::ir::{Barrier, CallTarget, NodeFlags, Opcode, Operand};
use crate::types::VarType;

/// Bytes of each part of the buffer.
const PART: u32 = 128;

impl Writer<'_> {
    /// A fresh object of the class that references lead to.
    pub(super) fn new_object(&mut self) -> Operand {
        self.new_instance(Self::OBJECT)
    }

    pub(super) fn new_instance(&mut self, class: u64) -> Operand {
        let class = self.k.int(class as i64);
        let helper = CallTarget::Helper(Helper::NewFast);
        let args = [(class, VarType::I64, NONE)];
        self.k.call(helper, VarType::Ref, NONE, &args)
    }

    /// A pointer to eight bytes of integers.
    pub(super) fn new_byref(&mut self) -> Operand {
        if self.rng.chance(50) {
            let at = self.rng.below(PART / 8) * 8;
            return self
                .k
                .lea_of(VarType::Byref, Operand::local(self.buffer), at);
        }
        let object = self.read(VarType::Ref);
        let at = self.rng.pick(&[8, 40]);
        self.k.lea_of(VarType::Byref, object, at)
    }

    pub(super) fn computed_ref(&mut self, n: u32) -> Operand {
        let null = self.k.int(0);
        let loaded = match n {
            0..=5 => return self.new_object(),
            6..=8 => {
                let (c, a) = (self.value(VarType::I32), self.read(VarType::Ref));
                let b = self.value(VarType::Ref);
                return self.k.op(Opcode::Select, VarType::Ref, &[c, a, b]);
            }
            9..=11 => {
                let at = self.k.address_of(self.exposed[2]);
                self.k.op(Opcode::Load, VarType::Ref, &[at])
            }
            12..=14 => {
                let object = self.read(VarType::Ref);
                let at = self.k.lea_of(VarType::Byref, object, 24);
                self.k.op(Opcode::Load, VarType::Ref, &[at])
            }
            15 => {
                let at = self.element(2, false);
                self.k.op(Opcode::Load, VarType::Ref, &[at])
            }
            16 | 17 => self.form_of_gc(VarType::Ref),
            _ => return self.read(VarType::Ref),
        };
        // Mostly no null, or programs would end early.
        let loaded = self.hold(VarType::Ref, loaded);
        let c = self.k.cmp(crate::ir::Cond::Ne, VarType::Ref, loaded, null);
        let other = self.read(VarType::Ref);
        self.k.op(Opcode::Select, VarType::Ref, &[c, loaded, other])
    }

    pub(super) fn computed_byref(&mut self, n: u32) -> Operand {
        let ty = VarType::Byref;
        match n {
            0..=3 => self.new_byref(),
            4..=6 => {
                let (c, a, b) = (self.value(VarType::I32), self.read(ty), self.read(ty));
                self.k.op(Opcode::Select, ty, &[c, a, b])
            }
            7..=9 => {
                let at = self.k.address_of(self.exposed[3]);
                self.k.op(Opcode::Load, ty, &[at])
            }
            10..=12 => self.element(1, false),
            13 => {
                // Past the limit of the scale, and back inside.
                let i = self.small(VarType::I64, 8);
                let scale = self.rng.below(4) as u8;
                let base = Operand::local(self.buffer);
                let at = 8 * self.rng.below(7);
                let i = if scale < 3 {
                    let up = self.k.int(i64::from(3 - scale));
                    self.k.op(Opcode::Shl, VarType::I64, &[i, up])
                } else {
                    i
                };
                self.k.lea_form(ty, base, i, scale, at)
            }
            14..=17 => self.form_of_gc(ty),
            _ => self.read(ty),
        }
    }

    fn form_of_gc(&mut self, ty: VarType) -> Operand {
        let forms: Vec<_> = self
            .program
            .forms
            .iter()
            .copied()
            .filter(|f| f.ty == ty && f.op != Opcode::Cmp)
            .collect();
        let form = self.rng.pick(&forms);
        let v = self.form(form);
        if ty == VarType::Byref && form.op == Opcode::Const {
            let v = self.hold(ty, v);
            let zero = self.k.int(0);
            let c = self.k.cmp(crate::ir::Cond::Ne, ty, v, zero);
            let good = self.read(ty);
            return self.k.op(Opcode::Select, ty, &[c, v, good]);
        }
        v
    }

    /// An address for an access of type `ty`, and whether it is a multiple of the type's size.
    fn address(&mut self, ty: VarType) -> (Operand, bool) {
        let base = Operand::local(self.buffer);
        let size = ty.size();
        match ty {
            VarType::Ref => {
                let object = self.read(ty);
                return (self.k.lea_of(VarType::Byref, object, 24), true);
            }
            VarType::Byref => return (self.k.address_of(self.exposed[3]), true),
            VarType::F32 | VarType::F64 => return (self.float_address(ty), true),
            _ => {}
        }
        let at = self.rng.below(8 / size) * size;
        match self.rng.below(12) {
            0..=2 => {
                let place = self.rng.below(PART / size) * size;
                (self.k.lea(base, place), true)
            }
            3 | 4 => {
                // The index stays small enough for every scale and the displacement behind it.
                let scale = self.rng.below(4);
                let i = self.small(VarType::I32, 64 >> scale);
                let op = self.rng.pick(&[Opcode::Sext, Opcode::Zext]);
                let i = self.k.convert(op, VarType::I32, VarType::I64, i);
                let place = self.rng.below(PART / 2 - 8);
                let ty = self.rng.pick(&[VarType::I64, VarType::Byref]);
                (self.k.lea_form(ty, base, i, scale as u8, place), false)
            }
            5..=7 => {
                let b = self.read(VarType::Byref);
                if at == 0 && self.rng.chance(50) {
                    return (b, true);
                }
                (self.k.lea_of(VarType::Byref, b, at), true)
            }
            8 => {
                let exposed = self.k.address_of(self.exposed[0]);
                (self.k.lea(exposed, at), true)
            }
            9 | 10 => {
                let object = self.read(VarType::Ref);
                let field = self.rng.pick(&[8, 40]);
                (self.k.lea_of(VarType::Byref, object, field + at), true)
            }
            _ => {
                let array = usize::from(size == 8);
                (self.element(array, size <= 4), true)
            }
        }
    }

    fn float_address(&mut self, ty: VarType) -> Operand {
        let double = ty == VarType::F64;
        let size = ty.size();
        let start = if double { DOUBLES } else { SINGLES };
        let base = Operand::local(self.buffer);
        match self.rng.below(6) {
            0 | 1 => {
                let at = start + self.rng.below(PART / size) * size;
                self.k.lea(base, at)
            }
            2 => {
                let i = self.small(VarType::I64, 8);
                let scale = if double { 3 } else { 2 };
                self.k.lea_form(VarType::I64, base, i, scale, start)
            }
            3 if double => self.k.address_of(self.exposed[1]),
            _ => {
                let object = self.read(VarType::Ref);
                let at = if double { 16 } else { 32 };
                self.k.lea_of(VarType::Byref, object, at)
            }
        }
    }

    /// Marks the access `n` with what is true of its address.
    pub(super) fn mark(&mut self, n: Operand, aligned: bool) {
        let Some(n) = n.as_node() else { return };
        let flags = &mut self.k.m.body.nodes[n].flags;
        // Whether an access may be misaligned, what is aligned may say too.
        if !aligned || self.rng.chance(10) {
            *flags |= NodeFlags::UNALIGNED;
        }
        if aligned && self.rng.chance(12) {
            *flags |= NodeFlags::VOLATILE;
        }
    }

    /// A load of a value of type `ty`.
    pub(super) fn load(&mut self, ty: VarType) -> Operand {
        let access = self.access(ty);
        if ty == VarType::I64 && self.rng.chance(15) {
            let at = self.k.address_of(self.exposed[0]);
            let v = self.k.op(Opcode::Load, ty, &[at]);
            if let (Some(n), true) = (v.as_node(), self.rng.chance(30)) {
                self.k.m.body.nodes[n].flags |= NodeFlags::NON_FAULTING;
            }
            return v;
        }
        if ty == VarType::I32 && self.rng.chance(6) {
            let array = self.rng.pick(&self.arrays);
            let array = Operand::local(array);
            return self.k.op(Opcode::ArrLen, VarType::I32, &[array]);
        }
        let (at, aligned) = self.address(access);
        let v = self.k.op(Opcode::Load, access, &[at]);
        self.mark(v, aligned);
        v
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

    /// The address of an element of array `a`, checked; `i64` accesses that need not be wider may take a plain address.
    pub(super) fn element(&mut self, a: usize, narrow: bool) -> Operand {
        let mut array = Operand::local(self.arrays[a]);
        let index_ty = self.rng.pick(&[VarType::I32, VarType::I32, VarType::I64]);
        let index = if self.rng.chance(20) {
            let c = self.rng.below(4);
            self.k.int(c.into())
        } else {
            let v = if self.rng.chance(85) {
                self.small(index_ty, 4)
            } else {
                self.read(index_ty)
            };
            self.hold(index_ty, v)
        };
        let mut length = self.k.op(Opcode::ArrLen, VarType::I32, &[array]);
        if index_ty == VarType::I64 {
            length = self
                .k
                .convert(Opcode::Zext, VarType::I32, VarType::I64, length);
        }
        self.k.ops += 1;
        let check = Opcode::BoundsCheck;
        let of = index_ty as u32;
        self.k.push(check, VarType::Void, 0, of, &[index, length]);
        let size = ARRAYS[a].1.size();
        self.k.ops += 1;
        let ty = if narrow && self.rng.chance(30) {
            VarType::I64
        } else {
            VarType::Byref
        };
        if self.rng.chance(10) {
            // The array as a value, not a variable.
            let c = self.read(VarType::I32);
            array = self.k.op(Opcode::Select, VarType::Ref, &[c, array, array]);
        }
        let n = self.k.push(Opcode::IndexAddr, ty, 0, size, &[array, index]);
        Operand::node(n)
    }

    /// An element whose size no scale has, with or without a check, is written and read.
    pub(super) fn odd_element(&mut self) {
        let (class, size, ty) = self.rng.pick(&[
            (0x2C, 12, VarType::I32),
            (0x33, 3, VarType::U8),
            (0x3A, 10, VarType::I16),
        ]);
        let length = self.k.int(5);
        let array = self.k.new_array(class, length);
        let array = self.hold(VarType::Ref, array);
        let place = self.rng.below(size / ty.size()) * ty.size();
        for write in [true, false] {
            let of = self.rng.pick(&[VarType::I32, VarType::I64]);
            let index = if self.rng.chance(40) {
                let c = self.rng.below(5);
                self.k.int(c.into())
            } else {
                let i = self.small(of, 4);
                self.hold(of, i)
            };
            if self.rng.chance(50) {
                let length = self.k.int(5);
                let check = Opcode::BoundsCheck;
                self.k
                    .push(check, VarType::Void, 0, of as u32, &[index, length]);
            }
            self.k.ops += 1;
            let at = [array, index];
            let n = self.k.push(Opcode::IndexAddr, VarType::Byref, 0, size, &at);
            let mut at = Operand::node(n);
            if place > 0 {
                at = self.k.lea_of(VarType::Byref, at, place);
            }
            if write {
                let v = self.read(VarType::I32);
                self.k.store(ty, at, v);
            } else {
                let v = self.k.op(Opcode::Load, ty, &[at]);
                let to = self.variable(VarType::I32);
                self.k.set(to, v);
            }
        }
    }

    /// A store of a value of a scalar type.
    pub(super) fn store(&mut self, ty: VarType) {
        if ty == VarType::Ref {
            return self.store_ref();
        }
        let access = self.access(ty);
        let v = self.value(ty);
        let (at, aligned) = self.address(access);
        self.k.store(access, at, v);
        let n = self.k.last_node();
        self.mark(n, aligned);
    }

    /// A store of a reference with the barrier that it needs, or a safer one.
    fn store_ref(&mut self) {
        let ty = VarType::Ref;
        let heap = self.rng.chance(60);
        let (v, barrier) = match (heap, self.rng.below(3)) {
            (true, 0) => (self.k.int(0), Barrier::None),
            (true, 1) => (self.value(ty), Barrier::Unchecked),
            (false, 0 | 1) => (self.value(ty), Barrier::None),
            _ => (self.value(ty), Barrier::Checked),
        };
        let at = if !heap {
            self.k.address_of(self.exposed[2])
        } else if self.rng.chance(25) {
            self.element(2, false)
        } else {
            let object = self.read(ty);
            self.k.lea_of(VarType::Byref, object, 24)
        };
        self.k.ops += 1;
        self.k.push(Opcode::Store, ty, barrier as u8, 0, &[at, v]);
    }

    /// An atomic operation whose old value goes into a variable.
    pub(super) fn atomic(&mut self) {
        use Opcode::*;
        use VarType::*;
        let ty = self.rng.pick(&[I8, U8, I16, U16, I32, I32, I64, I64, Ref]);
        if ty == Ref {
            return self.exchange_reference();
        }
        let ops = [AtomicAdd, AtomicAnd, AtomicOr, AtomicXchg, AtomicCmpXchg];
        let op = self.rng.pick(&ops);
        let value = ty.actual();
        let (v, expected) = (self.value(value), self.read(value));
        // Naturally aligned, as the machines want it.
        let place = self.rng.below(8 / ty.size()) * ty.size();
        let at = match self.rng.below(3) {
            0 => {
                let b = self.read(Byref);
                self.k.lea_of(Byref, b, place)
            }
            1 => {
                let object = self.read(Ref);
                self.k.lea_of(Byref, object, 8 + place)
            }
            _ => {
                let word = self.rng.below(PART / 8) * 8;
                self.k.lea(Operand::local(self.buffer), word + place)
            }
        };
        let old = if op == AtomicCmpXchg {
            self.k.op(op, ty, &[at, v, expected])
        } else {
            self.k.op(op, ty, &[at, v])
        };
        if self.rng.chance(80) {
            let to = self.variable(value);
            self.k.set(to, old);
        }
    }

    /// Memory of the frame: taken, seen to be zero, written and read.
    pub(super) fn loc_alloc(&mut self) {
        let bytes = match self.rng.below(4) {
            0 => {
                let n = self.small(VarType::I64, 64);
                let more = self.k.int(16);
                self.k.op(Opcode::Add, VarType::I64, &[n, more])
            }
            1 if self.rng.chance(10) => self.k.int(9000),
            _ => {
                let n = 16 + i64::from(self.rng.below(120));
                self.k.int(n)
            }
        };
        let at = self.k.op(Opcode::LocAlloc, VarType::I64, &[bytes]);
        let at = self.hold(VarType::I64, at);
        let v = self.value(VarType::I64);
        self.k.store(VarType::I64, at, v);
        let rest = self.k.lea(at, 8);
        let zero = self.k.op(Opcode::Load, VarType::I64, &[rest]);
        let same = self.k.op(Opcode::Load, VarType::I64, &[at]);
        let sum = self.k.op(Opcode::Add, VarType::I64, &[zero, same]);
        let to = self.variable(VarType::I64);
        self.k.set(to, sum);
    }

    // ---- structs

    /// The address of the memory of struct `i`: a local's, or in an object made for it.
    fn struct_place(&mut self, i: usize, fresh: bool) -> (Operand, bool) {
        if i == STACK_ONLY || !fresh || self.rng.chance(60) {
            return (self.k.address_of(self.in_memory[i]), false);
        }
        let words = u64::from(layout(i).size.div_ceil(8));
        let object = self.new_instance(words << 8 | 61);
        let object = self.hold(VarType::Ref, object);
        (self.k.lea_of(VarType::Byref, object, 8), true)
    }

    /// A struct as an operand: a local, or what a load gives.
    pub(super) fn struct_value(&mut self, i: usize) -> Operand {
        if self.rng.chance(70) {
            return Operand::local(self.rng.pick(&self.structs[i]));
        }
        let (at, _) = self.struct_place(i, false);
        self.k.ops += 1;
        let n = self
            .k
            .push(Opcode::LoadStruct, VarType::Struct, 0, i as u32, &[at]);
        Operand::node(n)
    }

    /// A statement about structs.
    pub(super) fn struct_operation(&mut self) {
        let (i, l) = self.any_struct();
        let aux = i as u32;
        match self.rng.below(12) {
            0..=3 => {
                let (at, ty) = self.rng.pick(STRUCTS[i]);
                let v = self.value(ty.actual());
                self.k.ops += 1;
                self.set_field(l, ty, at, v);
            }
            4 => {
                let v = self.struct_value(i);
                self.k.set(l, v);
            }
            5 if i != STACK_ONLY => {
                let zero = self.k.int(0);
                self.k.set(l, zero);
            }
            6 | 7 => {
                let v = if self.rng.chance(20) && i != STACK_ONLY {
                    self.k.int(0)
                } else {
                    self.struct_value(i)
                };
                let has_gc = layout(i).has_gc();
                let (at, heap) = self.struct_place(i, true);
                let barrier = match (has_gc, heap) {
                    (true, true) => self.rng.pick(&[Barrier::Unchecked, Barrier::Checked]),
                    (true, false) => self.rng.pick(&[Barrier::None, Barrier::Checked]),
                    _ => Barrier::None,
                };
                self.k.ops += 1;
                let op = Opcode::StoreStruct;
                self.k
                    .push(op, VarType::Struct, barrier as u8, aux, &[at, v]);
                let n = self.k.last_node();
                self.mark(n, true);
            }
            8 => {
                // A copy to the heap and back.
                let words = u64::from(layout(i).size.div_ceil(8));
                let heap = i != STACK_ONLY;
                let middle = if heap {
                    let object = self.new_instance(words << 8 | 61);
                    self.hold(VarType::Ref, object)
                } else {
                    Operand::local(self.in_memory[i])
                };
                for back in [false, true] {
                    let own = self.k.address_of(self.in_memory[i]);
                    let other = if heap {
                        self.k.lea_of(VarType::Byref, middle, 8)
                    } else {
                        self.k.address_of(self.in_memory[i])
                    };
                    let opnds = if back { [own, other] } else { [other, own] };
                    self.k.ops += 1;
                    self.k.push(Opcode::CopyBlk, VarType::Void, 0, aux, &opnds);
                }
            }
            9 if i != STACK_ONLY => {
                // Pointers are made of zeros only.
                let byte = if layout(i).has_gc() {
                    self.k.int(0)
                } else if STRUCTS[i].iter().any(|f| f.1.is_float()) {
                    let byte = self.rng.pick(&[0, 1, 63]);
                    self.k.int(byte)
                } else if self.rng.chance(50) {
                    let byte = self.rng.pick(&[0, 1, 128, 200, 255]);
                    self.k.int(byte)
                } else {
                    self.value(VarType::I32)
                };
                let at = self.k.address_of(self.in_memory[i]);
                self.k.ops += 1;
                self.k
                    .push(Opcode::InitBlk, VarType::Void, 0, aux, &[at, byte]);
                if layout(i).size >= 8 && !layout(i).has_gc() && self.rng.chance(50) {
                    // As wide as a fill may be.
                    let at = self.rng.below(layout(i).size - 7);
                    let from = self.k.address_of(self.in_memory[i]);
                    let from = self.k.lea(from, at);
                    let word = self.k.op(Opcode::Load, VarType::I64, &[from]);
                    let n = self.k.last_node();
                    self.mark(n, false);
                    let to = self.variable(VarType::I64);
                    self.k.set(to, word);
                }
            }
            10 if self.rng.chance(50) => self.raw_memory(),
            10 => {
                // Nobody wants what is read.
                let (at, _) = self.struct_place(i, false);
                self.k.ops += 1;
                self.k
                    .push(Opcode::LoadStruct, VarType::Struct, 0, aux, &[at]);
            }
            _ => {
                let of = [VarType::I8, VarType::U16, VarType::I32, VarType::I64];
                let of = self.rng.pick(&of);
                let at = self.rng.below(8 / of.size()) * of.size();
                let v = self.value(of.actual());
                let parts = self.parts;
                self.k.ops += 1;
                self.set_field(parts, of, at, v);
            }
        }
    }

    /// A copy or a fill of a part of the buffer whose length is a value, perhaps by the helper's name.
    fn raw_memory(&mut self) {
        let length = self.small(VarType::I64, 32);
        let length = if self.rng.chance(30) {
            let n = self.rng.below(40);
            self.k.int(n.into())
        } else {
            length
        };
        let to = self.rng.below(64);
        let to = self.k.lea(Operand::local(self.buffer), to);
        let helper = self.rng.chance(25);
        self.k.ops += 1;
        if self.rng.chance(50) {
            let from = self.rng.below(64);
            let from = self.k.lea(Operand::local(self.buffer), from);
            if helper {
                let args = [to, from, length].map(|o| (o, VarType::I64, NONE));
                let target = CallTarget::Helper(Helper::MemCpy);
                self.k.call(target, VarType::Void, NONE, &args);
            } else {
                self.k
                    .push(Opcode::CopyMem, VarType::Void, 0, 0, &[to, from, length]);
            }
            return;
        }
        let byte = self.read(VarType::I32);
        if helper {
            let args = [
                (to, VarType::I64, NONE),
                (byte, VarType::I32, NONE),
                (length, VarType::I64, NONE),
            ];
            let target = CallTarget::Helper(Helper::MemSet);
            self.k.call(target, VarType::Void, NONE, &args);
        } else {
            self.k
                .push(Opcode::InitMem, VarType::Void, 0, 0, &[to, byte, length]);
        }
    }

    /// The local of a struct in memory, for what must not be in registers.
    pub(super) fn array_local(&mut self) -> LocalId {
        self.rng.pick(&self.arrays)
    }
}
