//! Calls whose meaning is known: expanded to nodes where they stand.

use smallvec::SmallVec;

use super::ImportError;
use super::importer::{Importer, make};
use super::metadata::{CallSite, Intrinsic};
use crate::ir::{Cond, NodeFlags, Opcode, Operand};
use crate::types::VarType;

/// Bytes from a string's start to its first character.
const CHARS_AT: u32 = 12;
/// Bytes from an array's start to its first element.
const ELEMENTS_AT: u32 = 16;
/// Bytes from a span's start to its length.
const SPAN_LENGTH_AT: u32 = 8;

type Arguments = SmallVec<[Operand; 4]>;

impl Importer<'_> {
    /// Expands a call of `what`, whose arguments are on the stack.
    pub(super) fn expand(&mut self, what: Intrinsic, site: &CallSite) -> Result<(), ImportError> {
        match what {
            Intrinsic::Same => {
                let (o, ty) = self.pop_operand()?;
                self.push(o, ty);
            }
            Intrinsic::Ignore => {
                for _ in &site.params {
                    let e = self.pop()?;
                    self.discard(e);
                }
            }
            Intrinsic::SpanLength => {
                let span = self.pop()?;
                self.load_span_word(span, SPAN_LENGTH_AT, VarType::I32)?;
            }
            Intrinsic::SpanElement(size) => self.span_element(size)?,
            Intrinsic::ReadUnaligned => {
                self.prefix.unaligned = true;
                self.load_indirect(site.ret)?;
            }
            Intrinsic::WriteUnaligned => {
                let ty = *site.params.get(1).ok_or(self.bad("too few arguments"))?;
                self.prefix.unaligned = true;
                self.store_indirect(ty)?;
            }
            Intrinsic::Vector(method) => self.expand_vector(method, site)?,
            what => {
                let mut args = Arguments::new();
                for p in site.params.iter().rev() {
                    args.push(self.pop_as(p.ty)?);
                }
                args.reverse();
                let types: SmallVec<[VarType; 4]> = site.params.iter().map(|p| p.ty).collect();
                self.expand_values(what, &args, &types, site.ret.ty)?;
            }
        }
        Ok(())
    }

    /// Those whose arguments are plain operands.
    fn expand_values(
        &mut self,
        what: Intrinsic,
        args: &Arguments,
        types: &[VarType],
        ret: VarType,
    ) -> Result<(), ImportError> {
        let first = *types.first().unwrap_or(&VarType::Void);
        let short = args.len() < what.arguments();
        if short {
            return Err(self.bad("too few arguments"));
        }
        match what {
            Intrinsic::Number(v) => {
                let o = self.constant(v);
                self.push(o, ret.actual());
            }
            Intrinsic::Operator(op) => {
                let n = self.node(op, ret.actual(), args);
                self.push_node(n);
            }
            Intrinsic::Count(op) => {
                let ty = first.actual();
                let n = Operand::node(self.node(op, ty, args));
                let n = if ty == VarType::I64 {
                    self.convert(Opcode::Trunc, n, ty, VarType::I32)
                } else {
                    n
                };
                self.push(n, VarType::I32);
            }
            Intrinsic::Bitcast => {
                let o = if first.actual() == ret.actual() {
                    args[0]
                } else {
                    let from = self.in_node(args[0], first.actual());
                    self.convert(Opcode::Bitcast, from, first.actual(), ret.actual())
                };
                self.push(o, ret.actual());
            }
            Intrinsic::StringLength => {
                let n = self.node(Opcode::ArrLen, VarType::I32, args);
                self.push_node(n);
            }
            Intrinsic::StringChar => {
                let string = self.reusable(args[0]);
                let index = self.reusable(args[1]);
                let length = Operand::node(self.node(Opcode::ArrLen, VarType::I32, &[string]));
                self.check_index(index, length);
                let at = self.element_at(string, index, VarType::I32, 2, CHARS_AT)?;
                let mut n = make(Opcode::Load, VarType::U16, &[at]);
                n.flags = NodeFlags::NON_FAULTING;
                let n = self.emit(n);
                self.push_node(n);
            }
            Intrinsic::ArrayData => {
                let array = self.reusable(args[0]);
                self.node(Opcode::NullCheck, VarType::Void, &[array]);
                let mut n = make(Opcode::Lea, VarType::Byref, &[array]);
                n.aux = ELEMENTS_AT;
                let n = self.emit(n);
                self.push_node(n);
            }
            Intrinsic::AddScaled(size) => {
                let at = self.element_at(args[0], args[1], types[1].actual(), size, 0)?;
                self.push(at, ret.actual());
            }
            Intrinsic::Distance => {
                let from = self.as_number(args[0], types[0]);
                let to = self.as_number(args[1], types[1]);
                let n = self.node(Opcode::Sub, VarType::I64, &[to, from]);
                self.push_node(n);
            }
            Intrinsic::Compare(cond) => {
                let a = self.as_number(args[0], types[0]);
                let b = match args.get(1) {
                    Some(&b) => self.as_number(b, types[1]),
                    None => Self::zero(),
                };
                let mut n = make(Opcode::Cmp, VarType::I32, &[a, b]);
                n.sub = cond as u8;
                n.aux = VarType::I64 as u32;
                let n = self.emit(n);
                self.push_node(n);
            }
            Intrinsic::Atomic(op) => {
                let mut args = args.clone();
                if op == Opcode::AtomicCmpXchg {
                    // Both have the new value in front of the expected one.
                    args[1] = self.in_node(args[1], types[1].actual());
                }
                let n = self.node(op, types[1], &args);
                let old = self.save_to_temp(
                    Operand::node(n),
                    types[1].actual(),
                    crate::types::LayoutId::NONE,
                );
                self.push(old, types[1].actual());
            }
            Intrinsic::Fence => {
                self.node(Opcode::Fence, VarType::Void, &[]);
            }
            Intrinsic::Same
            | Intrinsic::Vector(_)
            | Intrinsic::Ignore
            | Intrinsic::SpanLength
            | Intrinsic::SpanElement(_)
            | Intrinsic::ReadUnaligned
            | Intrinsic::WriteUnaligned => {
                return Err(self.bad("an expansion of values that takes places"));
            }
        }
        Ok(())
    }

    /// An address as a number.
    fn as_number(&mut self, o: Operand, ty: VarType) -> Operand {
        if ty.is_gc() && !o.is_const() {
            self.convert(Opcode::Bitcast, o, ty, VarType::I64)
        } else {
            o
        }
    }

    /// A constant as a node: where a position does not say its type.
    fn in_node(&mut self, o: Operand, ty: VarType) -> Operand {
        if o.is_const() {
            Operand::node(self.node(Opcode::Const, ty, &[o]))
        } else {
            o
        }
    }

    /// Raises an exception unless `index` is below `length`.
    fn check_index(&mut self, index: Operand, length: Operand) {
        let mut check = make(Opcode::BoundsCheck, VarType::Void, &[index, length]);
        check.aux = VarType::I32 as u32;
        self.emit(check);
    }

    /// `base + index * size + offset` as a managed pointer, or a number if `base` is one.
    pub(super) fn element_at(
        &mut self,
        base: Operand,
        index: Operand,
        index_ty: VarType,
        size: u32,
        offset: u32,
    ) -> Result<Operand, ImportError> {
        let base_ty = match self.operand_type(base) {
            VarType::I64 => VarType::I64,
            _ => VarType::Byref,
        };
        if let Some(v) = self.out.body.const_value(index) {
            let v = if index_ty == VarType::I32 {
                i64::from(v as i32)
            } else {
                v.cast_signed()
            };
            let bytes = v
                .checked_mul(i64::from(size))
                .and_then(|b| b.checked_add(i64::from(offset)))
                .ok_or(self.bad("an offset out of the address space"))?;
            let bytes = self.constant(bytes);
            return Ok(Operand::node(self.node(
                Opcode::Lea,
                base_ty,
                &[base, bytes],
            )));
        }
        let wide = if index_ty == VarType::I32 {
            self.convert(Opcode::Sext, index, VarType::I32, VarType::I64)
        } else {
            index
        };
        let (wide, scale) = match size {
            1 | 2 | 4 | 8 => (wide, size.trailing_zeros() as u8),
            _ => {
                let size = self.constant(i64::from(size));
                let n = self.node(Opcode::Mul, VarType::I64, &[wide, size]);
                (Operand::node(n), 0)
            }
        };
        let mut n = make(Opcode::Lea, base_ty, &[base, wide]);
        n.sub = scale;
        n.aux = offset;
        Ok(Operand::node(self.emit(n)))
    }

    /// The type of an operand that is not a constant; `i64` for constants.
    pub(super) fn operand_type(&self, o: Operand) -> VarType {
        if let Some(n) = o.as_node() {
            self.out.body.value_type(n)
        } else if let Some(l) = o.as_local() {
            self.out.body.locals[l].ty.actual()
        } else {
            VarType::I64
        }
    }

    /// A span's indexer: the address of an element.
    fn span_element(&mut self, size: u32) -> Result<(), ImportError> {
        let index = self.pop_as(VarType::I32)?;
        let index = self.reusable(index);
        let mut span = self.pop()?;
        if let super::stack::Value::Op(o) = span.value {
            span.value = super::stack::Value::Op(self.reusable(o));
        }
        self.load_span_word(span, SPAN_LENGTH_AT, VarType::I32)?;
        let length = self.pop_as(VarType::I32)?;
        self.check_index(index, length);
        self.load_span_word(span, 0, VarType::Byref)?;
        let base = self.pop_as(VarType::Byref)?;
        // Below the length, so the extension's sign does not matter.
        let at = self.element_at(base, index, VarType::I32, size, 0)?;
        self.push(at, VarType::Byref);
        Ok(())
    }
}

impl Intrinsic {
    /// How many arguments the expansion looks at.
    fn arguments(self) -> usize {
        match self {
            Intrinsic::Number(_) | Intrinsic::Fence | Intrinsic::Operator(_) => 0,
            Intrinsic::StringChar | Intrinsic::AddScaled(_) | Intrinsic::Distance => 2,
            Intrinsic::Compare(Cond::Eq) => 1,
            Intrinsic::Compare(_) => 2,
            Intrinsic::Atomic(Opcode::AtomicCmpXchg) => 3,
            Intrinsic::Atomic(_) => 2,
            _ => 1,
        }
    }
}
