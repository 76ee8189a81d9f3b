//! Arithmetic, comparisons and conversions of IL.

use super::ImportError;
use super::il_opcodes::Il;
use super::importer::{Importer, make};
use crate::ir::{Cond, Opcode, Operand};
use crate::types::VarType;

/// The condition for a relation between two values of type `ty`: unsigned for integers, unordered for floats.
pub(super) fn condition(relation: Cond, unsigned: bool, ty: VarType) -> Cond {
    use Cond::*;
    match relation {
        // Equality of integers has no sign.
        Eq | Ne if !ty.is_float() => relation,
        Ne if unsigned => UNe,
        Lt if unsigned => ULt,
        Le if unsigned => ULe,
        Gt if unsigned => UGt,
        Ge if unsigned => UGe,
        c => c,
    }
}

impl Importer<'_> {
    /// Imports an arithmetic, comparison or conversion instruction; false if `op` is none.
    pub(super) fn import_arithmetic(&mut self, op: Il) -> Result<bool, ImportError> {
        use Il::*;
        match op {
            Add => self.add_sub(Opcode::Add)?,
            Sub => self.add_sub(Opcode::Sub)?,
            Mul => self.binary(Opcode::Mul, Some(Opcode::Mul))?,
            Div => self.binary(Opcode::Div, Some(Opcode::FDiv))?,
            Rem => self.binary(Opcode::Rem, Some(Opcode::FRem))?,
            DivUn => self.binary(Opcode::UDiv, None)?,
            RemUn => self.binary(Opcode::URem, None)?,
            And => self.binary(Opcode::And, None)?,
            Or => self.binary(Opcode::Or, None)?,
            Xor => self.binary(Opcode::Xor, None)?,
            AddOvf => self.binary(Opcode::AddOvf, None)?,
            AddOvfUn => self.binary(Opcode::AddOvfUn, None)?,
            SubOvf => self.binary(Opcode::SubOvf, None)?,
            SubOvfUn => self.binary(Opcode::SubOvfUn, None)?,
            MulOvf => self.binary(Opcode::MulOvf, None)?,
            MulOvfUn => self.binary(Opcode::MulOvfUn, None)?,
            Shl => self.shift(Opcode::Shl)?,
            Shr => self.shift(Opcode::Sar)?,
            ShrUn => self.shift(Opcode::Shr)?,
            Neg => self.unary(Opcode::Neg, true)?,
            Not => self.unary(Opcode::Not, false)?,
            Ckfinite => {
                let (o, ty) = self.pop_operand()?;
                if !ty.is_float() {
                    return Err(self.bad("ckfinite of no float"));
                }
                let n = self.node(Opcode::CkFinite, ty, &[o]);
                self.push_node(n);
            }
            Ceq => self.compare(Cond::Eq, false)?,
            Cgt => self.compare(Cond::Gt, false)?,
            CgtUn => self.compare(Cond::Gt, true)?,
            Clt => self.compare(Cond::Lt, false)?,
            CltUn => self.compare(Cond::Lt, true)?,
            _ => return self.import_conversion(op),
        }
        Ok(true)
    }

    /// Brings the two topmost entries to one integer or float type.
    fn pop_pair(&mut self) -> Result<(Operand, Operand, VarType), ImportError> {
        use VarType::*;
        let b = self.pop()?;
        let a = self.pop()?;
        // Addresses are numbers here; what may stay an address is taken out before (`add_sub`).
        let number = |t: VarType| if t.is_gc() { I64 } else { t };
        let ty = match (number(a.ty), number(b.ty)) {
            (I32, I32) => I32,
            (I32 | I64, I32 | I64) => I64,
            (F32, F32) => F32,
            (F32 | F64, F32 | F64) => F64,
            _ => return Err(self.bad("operands of an operator do not fit")),
        };
        let a = self.coerce(a, ty)?;
        let b = self.coerce(b, ty)?;
        Ok((a, b, ty))
    }

    fn binary(&mut self, int: Opcode, float: Option<Opcode>) -> Result<(), ImportError> {
        let (a, b, ty) = self.pop_pair()?;
        let op = if ty.is_float() { float } else { Some(int) };
        let op = op.ok_or(self.bad("an integer operator on floats"))?;
        let n = self.node(op, ty, &[a, b]);
        self.push_node(n);
        Ok(())
    }

    /// `add` and `sub`, which also move managed pointers.
    fn add_sub(&mut self, op: Opcode) -> Result<(), ImportError> {
        use VarType::*;
        let len = self.stack.len();
        let [.., a, b] = self.stack[..] else {
            return Err(self.bad("the stack is empty"));
        };
        let moves = match (a.ty, b.ty) {
            (Byref, I32 | I64) => true,
            (I32 | I64, Byref) if op == Opcode::Add => {
                self.stack.swap(len - 1, len - 2);
                true
            }
            _ => false,
        };
        if !moves {
            return self.binary(op, Some(op));
        }
        let mut offset = self.pop_as(I64)?;
        let (base, base_ty) = self.pop_operand()?;
        if op == Opcode::Sub {
            offset = match self.out.body.const_value(offset) {
                Some(v) => self.constant((v as i64).wrapping_neg()),
                None => Operand::node(self.node(Opcode::Neg, I64, &[offset])),
            };
        }
        let n = self.node(Opcode::Lea, base_ty, &[base, offset]);
        self.push_node(n);
        Ok(())
    }

    fn shift(&mut self, op: Opcode) -> Result<(), ImportError> {
        let count = self.pop_as(VarType::I32)?;
        let (o, ty) = self.pop_operand()?;
        if !matches!(ty, VarType::I32 | VarType::I64) {
            return Err(self.bad("a shift of no integer"));
        }
        let n = self.node(op, ty, &[o, count]);
        self.push_node(n);
        Ok(())
    }

    fn unary(&mut self, op: Opcode, floats: bool) -> Result<(), ImportError> {
        let (o, ty) = self.pop_operand()?;
        if !(matches!(ty, VarType::I32 | VarType::I64) || floats && ty.is_float()) {
            return Err(self.bad("the operand of an operator does not fit"));
        }
        let n = self.node(op, ty, &[o]);
        self.push_node(n);
        Ok(())
    }

    /// Pops two values to compare: numbers of one type, or two addresses.
    pub(super) fn pop_comparands(&mut self) -> Result<(Operand, Operand, VarType), ImportError> {
        use VarType::*;
        let [.., a, b] = self.stack[..] else {
            return Err(self.bad("the stack is empty"));
        };
        if !a.ty.is_gc() && !b.ty.is_gc() {
            return self.pop_pair();
        }
        let ty = match (a.ty, b.ty) {
            (Ref, Ref) => Ref,
            _ => I64,
        };
        let b = self.pop_as(ty)?;
        let a = self.pop_as(ty)?;
        Ok((a, b, ty))
    }

    fn compare(&mut self, relation: Cond, unsigned: bool) -> Result<(), ImportError> {
        let (a, b, ty) = self.pop_comparands()?;
        // `cgt.un` of a reference and null is how IL says "not equal".
        let relation = if ty == VarType::Ref && relation == Cond::Gt {
            Cond::Ne
        } else {
            relation
        };
        let mut n = make(Opcode::Cmp, VarType::I32, &[a, b]);
        n.sub = condition(relation, unsigned, ty) as u8;
        n.aux = ty as u32;
        let n = self.emit(n);
        self.push_node(n);
        Ok(())
    }

    fn import_conversion(&mut self, op: Il) -> Result<bool, ImportError> {
        use Il::*;
        use VarType as T;
        match op {
            ConvI1 => self.conv(T::I8, false)?,
            ConvU1 => self.conv(T::U8, true)?,
            ConvI2 => self.conv(T::I16, false)?,
            ConvU2 => self.conv(T::U16, true)?,
            ConvI4 => self.conv(T::I32, false)?,
            ConvU4 => self.conv(T::I32, true)?,
            ConvI8 | ConvI => self.conv(T::I64, false)?,
            ConvU8 | ConvU => self.conv(T::I64, true)?,
            ConvR4 => self.conv_float(T::F32, false)?,
            ConvR8 => self.conv_float(T::F64, false)?,
            ConvRUn => self.conv_float(T::F64, true)?,
            ConvOvfI1 => self.conv_checked(T::I8, Opcode::CastOvf)?,
            ConvOvfU1 => self.conv_checked(T::U8, Opcode::CastOvf)?,
            ConvOvfI2 => self.conv_checked(T::I16, Opcode::CastOvf)?,
            ConvOvfU2 => self.conv_checked(T::U16, Opcode::CastOvf)?,
            ConvOvfI4 => self.conv_checked(T::I32, Opcode::CastOvf)?,
            ConvOvfI8 | ConvOvfI => self.conv_checked(T::I64, Opcode::CastOvf)?,
            ConvOvfI1Un => self.conv_checked(T::I8, Opcode::CastOvfUn)?,
            ConvOvfU1Un => self.conv_checked(T::U8, Opcode::CastOvfUn)?,
            ConvOvfI2Un => self.conv_checked(T::I16, Opcode::CastOvfUn)?,
            ConvOvfU2Un => self.conv_checked(T::U16, Opcode::CastOvfUn)?,
            ConvOvfI4Un => self.conv_checked(T::I32, Opcode::CastOvfUn)?,
            ConvOvfI8Un | ConvOvfIUn => self.conv_checked(T::I64, Opcode::CastOvfUn)?,
            ConvOvfU4 => self.conv_checked_unsigned(T::I32, false)?,
            ConvOvfU8 | ConvOvfU => self.conv_checked_unsigned(T::I64, false)?,
            ConvOvfU4Un => self.conv_checked_unsigned(T::I32, true)?,
            ConvOvfU8Un | ConvOvfUUn => self.conv_checked_unsigned(T::I64, true)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A value as a plain number: addresses become `i64`.
    fn pop_number(&mut self) -> Result<(Operand, VarType), ImportError> {
        let e = self.pop()?;
        if e.ty.is_gc() {
            return Ok((self.coerce(e, VarType::I64)?, VarType::I64));
        }
        Ok(self.operand(e))
    }

    /// A conversion to an integer of type `to`.
    fn conv(&mut self, to: VarType, unsigned: bool) -> Result<(), ImportError> {
        use VarType::*;
        let (o, from) = self.pop_number()?;
        let wide = if to == I64 { I64 } else { I32 };
        let widen = if unsigned { Opcode::Zext } else { Opcode::Sext };
        let at_width = match (from, wide) {
            (I32, I32) | (I64, I64) => o,
            (I32, _) => self.convert(widen, o, I32, I64),
            (I64, _) => self.convert(Opcode::Trunc, o, I64, I32),
            (F32 | F64, _) => {
                let op = if unsigned && !to.is_small() {
                    Opcode::FloatToUInt
                } else {
                    Opcode::FloatToInt
                };
                self.convert(op, o, from, wide)
            }
            _ => return Err(self.bad("a conversion of no number")),
        };
        let result = if to.is_small() {
            self.convert(widen, at_width, to, I32)
        } else {
            at_width
        };
        self.push(result, wide);
        Ok(())
    }

    /// A checked conversion to an integer of type `to`; `op` says whether the source is unsigned.
    fn conv_checked(&mut self, to: VarType, op: Opcode) -> Result<(), ImportError> {
        let (o, from) = self.pop_number()?;
        if !matches!(
            from,
            VarType::I32 | VarType::I64 | VarType::F32 | VarType::F64
        ) {
            return Err(self.bad("a conversion of no number"));
        }
        let o = self.convert(op, o, from, to);
        self.push(o, to.actual());
        Ok(())
    }

    /// A checked conversion to the unsigned integer of the width of `to`.
    fn conv_checked_unsigned(&mut self, to: VarType, unsigned: bool) -> Result<(), ImportError> {
        use VarType::*;
        let (o, from) = self.pop_number()?;
        let o = match (from, to) {
            // An unsigned number always fits its own width and wider ones.
            (I32, I32) | (I64, I64) if unsigned => o,
            (I32, I64) if unsigned => self.convert(Opcode::Zext, o, I32, I64),
            // What has its top bit set does not fit, as a negative number does not.
            (I32 | I64 | F32 | F64, _) => self.convert(Opcode::CastOvfToUn, o, from, to),
            _ => return Err(self.bad("a conversion of no number")),
        };
        self.push(o, to);
        Ok(())
    }

    /// A conversion to a float of type `to`.
    fn conv_float(&mut self, to: VarType, unsigned: bool) -> Result<(), ImportError> {
        use VarType::*;
        let (o, from) = self.pop_number()?;
        let op = match from {
            I32 | I64 if unsigned => Opcode::UIntToFloat,
            I32 | I64 => Opcode::IntToFloat,
            F32 | F64 => Opcode::FloatToFloat,
            _ => return Err(self.bad("a conversion of no number")),
        };
        let result = if from == to {
            o
        } else {
            self.convert(op, o, from, to)
        };
        self.push(result, to);
        Ok(())
    }
}
