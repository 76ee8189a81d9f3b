//! Vectors: values of the runtime's vector classes as the IR's, and their methods as its nodes.
//!
//! A vector class is a struct to everything else: arguments, results, fields of other structs. On the stack it may also be a vector, a
//! node's value or a local of vector type; [`Importer::pop`] puts one into a struct for whoever does not know vectors, and
//! [`Importer::pop_vector`] reads a struct as one. Variables whose address is never taken are of vector type themselves.

use super::ImportError;
use super::importer::{Importer, make};
use super::metadata::{CallSite, IlType, VectorMethod, VectorOp};
use super::stack::{Entry, Value};
use crate::ir::vector::lanes;
use crate::ir::{Cond, LocalId, NodeFlags, Opcode, Operand, VecOp};
use crate::types::{LayoutId, VarType};

impl Importer<'_> {
    /// The vector that a value of a struct's type is; `Void` for other structs.
    pub(super) fn vector_of(&mut self, ty: IlType) -> VarType {
        if ty.ty != VarType::Struct {
            return VarType::Void;
        }
        if let Some((_, vector)) = self.vector_classes.iter().find(|(c, _)| *c == ty.class) {
            return *vector;
        }
        let vector = self.meta.vector(ty.class);
        self.vector_classes.push((ty.class, vector));
        vector
    }

    /// The class's layout of a variable of vector type.
    pub(super) fn layout_of_variable(&self, local: LocalId) -> LayoutId {
        let l = self.out.body.locals[local];
        let of_vector = self.vector_locals.get(local.0 as usize);
        match of_vector {
            Some(&layout) if l.ty.is_vector() => layout,
            _ => l.layout,
        }
    }

    /// Remembers the layout of a variable of vector type.
    pub(super) fn note_vector_variable(&mut self, local: LocalId, layout: LayoutId) {
        let at = local.0 as usize;
        if self.vector_locals.len() <= at {
            self.vector_locals.resize(at + 1, LayoutId::NONE);
        }
        self.vector_locals[at] = layout;
    }

    /// An entry as everything but vector code knows it: a vector becomes a struct in a temporary.
    pub(super) fn as_struct(&mut self, e: Entry) -> Entry {
        let Value::Op(o) = e.value else { return e };
        if !e.ty.is_vector() {
            return e;
        }
        let t = self.temp(VarType::Struct, e.layout);
        self.store_part(t, 0, e.ty, o);
        Entry {
            value: Value::Op(Operand::local(t)),
            ty: VarType::Struct,
            layout: e.layout,
        }
    }

    /// Pops a vector of type `ty`.
    pub(super) fn pop_vector(&mut self, ty: VarType) -> Result<Operand, ImportError> {
        let e = self.pop_raw()?;
        self.read_vector(e, ty)
    }

    fn read_vector(&mut self, e: Entry, ty: VarType) -> Result<Operand, ImportError> {
        let Value::Op(o) = e.value else {
            return Err(self.bad("a vector is expected"));
        };
        if e.ty == ty {
            return Ok(o);
        }
        let size = self.out.layout(e.layout).map_or(0, |l| l.size);
        match o.as_local() {
            Some(l) if e.ty == VarType::Struct && size == ty.size() => Ok(self.part(l, 0, ty)),
            _ => Err(self.bad("a vector is expected")),
        }
    }

    /// The `ty` at `offset` of a struct in a local.
    fn part(&mut self, local: LocalId, offset: u32, ty: VarType) -> Operand {
        let offset = self.constant(i64::from(offset));
        let mut n = make(Opcode::LclFld, ty, &[offset]);
        n.aux = local.0;
        Operand::node(self.emit(n))
    }

    fn store_part(&mut self, local: LocalId, offset: u32, ty: VarType, value: Operand) {
        let offset = self.constant(i64::from(offset));
        let mut n = make(Opcode::StoreLclFld, ty, &[value, offset]);
        n.aux = local.0;
        self.emit(n);
    }

    /// Pushes a vector, a value of this class.
    pub(super) fn push_vector(&mut self, o: Operand, ret: IlType) -> Result<(), ImportError> {
        let layout = self.layout_of(ret)?;
        let ty = self.vector_of(ret);
        self.stack.push(Entry {
            value: Value::Op(o),
            ty,
            layout,
        });
        Ok(())
    }

    /// A vector node: lanes of `element`, whatever stands in `aux`.
    fn vector_node(
        &mut self,
        op: Opcode,
        ty: VarType,
        element: VarType,
        aux: u32,
        operands: &[Operand],
    ) -> Operand {
        let mut n = make(op, ty, operands);
        n.sub = element as u8;
        n.aux = aux;
        Operand::node(self.emit(n))
    }

    /// Expands a call of a vector method, whose arguments are on the stack.
    pub(super) fn expand_vector(
        &mut self,
        m: VectorMethod,
        site: &CallSite,
    ) -> Result<(), ImportError> {
        let VectorMethod {
            op,
            vector: v,
            element: e,
        } = m;
        let value = match op {
            VectorOp::Unary(op) => {
                let a = self.pop_vector(v)?;
                self.vector_node(Opcode::VecUnary, v, e, op as u32, &[a])
            }
            VectorOp::Binary(op) => {
                let b = self.pop_vector(v)?;
                let a = self.pop_vector(v)?;
                self.vector_node(Opcode::VecBinary, v, e, op as u32, &[a, b])
            }
            VectorOp::ByScalar { op, second } => {
                let mut operands = [Operand::NONE; 2];
                for i in [1, 0] {
                    operands[i] = if (i == 1) == second {
                        let scalar = self.pop_lane(e)?;
                        self.vector_node(Opcode::VecSplat, v, e, 0, &[scalar])
                    } else {
                        self.pop_vector(v)?
                    };
                }
                self.vector_node(Opcode::VecBinary, v, e, op as u32, &operands)
            }
            VectorOp::Select => {
                let c = self.pop_vector(v)?;
                let b = self.pop_vector(v)?;
                let a = self.pop_vector(v)?;
                let select = VecOp::Select as u32;
                self.vector_node(Opcode::VecTernary, v, e, select, &[a, b, c])
            }
            VectorOp::Shift(op) => {
                let count = self.pop_as(VarType::I32)?;
                let a = self.pop_vector(v)?;
                self.vector_node(Opcode::VecShift, v, e, op as u32, &[a, count])
            }
            VectorOp::Compare(cond) => {
                let b = self.pop_vector(v)?;
                let a = self.pop_vector(v)?;
                self.vector_node(Opcode::VecCmp, v, e, cond as u32, &[a, b])
            }
            VectorOp::CompareAll(cond) => return self.compare_lanes(v, e, cond, Cond::Eq, true),
            VectorOp::CompareNotAll(cond) => return self.compare_lanes(v, e, cond, Cond::Ne, true),
            VectorOp::CompareAny(cond) => return self.compare_lanes(v, e, cond, Cond::Ne, false),
            VectorOp::Splat => {
                let a = self.pop_lane(e)?;
                self.vector_node(Opcode::VecSplat, v, e, 0, &[a])
            }
            VectorOp::First => {
                let a = self.pop_lane(e)?;
                self.vector_node(Opcode::VecInsert, v, e, 0, &[Self::zero(), a])
            }
            VectorOp::Lanes => self.lanes_from_stack(v, e)?,
            VectorOp::Filled(byte) => self.filled(v, byte),
            VectorOp::Mask => {
                let a = self.pop_vector(v)?;
                let mask = self.vector_node(Opcode::VecMask, VarType::I32, e, 0, &[a]);
                self.push(mask, VarType::I32);
                return Ok(());
            }
            VectorOp::Extract { indexed } => {
                let lane = if indexed {
                    self.pop_lane_index(v, e)?
                } else {
                    0
                };
                let a = self.pop_vector(v)?;
                let x = self.vector_node(Opcode::VecExtract, e.actual(), e, lane, &[a]);
                self.push(x, e.actual());
                return Ok(());
            }
            VectorOp::Insert => {
                let x = self.pop_lane(e)?;
                let lane = self.pop_lane_index(v, e)?;
                let a = self.pop_vector(v)?;
                self.vector_node(Opcode::VecInsert, v, e, lane, &[a, x])
            }
            VectorOp::Reinterpret => self.pop_vector(v)?,
            VectorOp::Half { upper } => self.half(v, upper)?,
            VectorOp::Join => return self.join(v, site.ret),
            VectorOp::Load { indexed } => {
                let address = self.lane_address(e, indexed)?;
                let mut n = make(Opcode::Load, v, &[address]);
                n.flags = NodeFlags::UNALIGNED;
                Operand::node(self.emit(n))
            }
            VectorOp::Store { indexed } => {
                let address = self.lane_address(e, indexed)?;
                let value = self.pop_vector(v)?;
                let mut n = make(Opcode::Store, v, &[address, value]);
                n.flags = NodeFlags::UNALIGNED;
                self.emit(n);
                return Ok(());
            }
        };
        self.push_vector(value, site.ret)
    }

    /// A vector of equal bytes.
    fn filled(&mut self, v: VarType, byte: u8) -> Operand {
        let row = self.out.vectors.len() as u32;
        let mut bytes = [0; 64];
        bytes[..v.size() as usize].fill(byte);
        self.out.vectors.push(bytes);
        self.vector_node(Opcode::VecConst, v, VarType::Void, row, &[])
    }

    /// Compares all lanes with one another, and the mask of the results: with that of all lanes, or with none.
    fn compare_lanes(
        &mut self,
        v: VarType,
        e: VarType,
        lane: Cond,
        mask: Cond,
        all: bool,
    ) -> Result<(), ImportError> {
        let b = self.pop_vector(v)?;
        let a = self.pop_vector(v)?;
        let mut same = self.vector_node(Opcode::VecCmp, v, e, lane as u32, &[a, b]);
        let mut e = e;
        if lanes(v, e) > 32 {
            // More lanes than a mask has bits: four at a time, with all ones or with zero.
            e = VarType::I32;
            let (cond, with) = if all {
                (Cond::Eq, self.filled(v, 0xff))
            } else {
                (Cond::Ne, Self::zero())
            };
            same = self.vector_node(Opcode::VecCmp, v, e, cond as u32, &[same, with]);
        }
        let bits = self.vector_node(Opcode::VecMask, VarType::I32, e, 0, &[same]);
        let ones = (1i64 << lanes(v, e)) - 1;
        let want = self.constant(if all { i64::from(ones as i32) } else { 0 });
        let mut n = make(Opcode::Cmp, VarType::I32, &[bits, want]);
        n.sub = mask as u8;
        n.aux = VarType::I32 as u32;
        let n = self.emit(n);
        self.push_node(n);
        Ok(())
    }

    /// A scalar that becomes a lane.
    fn pop_lane(&mut self, e: VarType) -> Result<Operand, ImportError> {
        let o = self.pop_as(e.actual())?;
        Ok(if o.is_const() {
            Operand::node(self.node(Opcode::Const, e.actual(), &[o]))
        } else {
            o
        })
    }

    /// The number of a lane, which must be known: a call checks others.
    fn pop_lane_index(&mut self, v: VarType, e: VarType) -> Result<u32, ImportError> {
        let o = self.pop_as(VarType::I32)?;
        match self.out.body.const_value(o) {
            Some(i) if (i as u32) < lanes(v, e) => Ok(i as u32),
            _ => Err(self.unsupported("lane of a vector that is not known")),
        }
    }

    /// A vector of scalars on the stack, lane 0 deepest.
    fn lanes_from_stack(&mut self, v: VarType, e: VarType) -> Result<Operand, ImportError> {
        let count = lanes(v, e);
        let mut values = Vec::with_capacity(count as usize);
        for _ in 0..count {
            values.push(self.pop_as(e.actual())?);
        }
        values.reverse();
        let size = e.size() as usize;
        let mut bytes = [0; 64];
        for (i, o) in values.iter().enumerate() {
            if let Some(known) = self.out.body.const_value(*o) {
                bytes[i * size..(i + 1) * size].copy_from_slice(&known.to_le_bytes()[..size]);
            }
        }
        let row = self.out.vectors.len() as u32;
        self.out.vectors.push(bytes);
        let mut made = self.vector_node(Opcode::VecConst, v, VarType::Void, row, &[]);
        for (lane, o) in values.into_iter().enumerate() {
            if !o.is_const() {
                made = self.vector_node(Opcode::VecInsert, v, e, lane as u32, &[made, o]);
            }
        }
        Ok(made)
    }

    /// Half of the vector on the stack, which is `v`, half as long as that.
    fn half(&mut self, v: VarType, upper: bool) -> Result<Operand, ImportError> {
        let whole = self.pop()?;
        let Value::Op(o) = whole.value else {
            return Err(self.bad("a vector is expected"));
        };
        let size = self.out.layout(whole.layout).map_or(0, |l| l.size);
        match o.as_local() {
            Some(l) if whole.ty == VarType::Struct && size == 2 * v.size() => {
                Ok(self.part(l, if upper { v.size() } else { 0 }, v))
            }
            _ => Err(self.bad("a vector is expected")),
        }
    }

    /// A struct of two vectors `v`.
    fn join(&mut self, v: VarType, ret: IlType) -> Result<(), ImportError> {
        let upper = self.pop_vector(v)?;
        let lower = self.pop_vector(v)?;
        let layout = self.layout_of(ret)?;
        let t = self.temp(VarType::Struct, layout);
        self.store_part(t, 0, v, lower);
        self.store_part(t, v.size(), v, upper);
        self.push_local(t);
        Ok(())
    }

    /// The address of a vector in memory: on the stack, or that and a number of lanes.
    fn lane_address(&mut self, e: VarType, indexed: bool) -> Result<Operand, ImportError> {
        let index = if indexed {
            Some(self.pop_as(VarType::I64)?)
        } else {
            None
        };
        let (address, ty) = self.pop_operand()?;
        if !matches!(ty, VarType::I64 | VarType::Byref) {
            return Err(self.bad("an address is expected"));
        }
        match index {
            Some(i) => self.element_at(address, i, VarType::I64, e.size(), 0),
            None => Ok(address),
        }
    }
}
