//! Loads and stores of IL: fields, elements, indirections, struct copies.
//!
//! Structs are copied word by word where they are small, so that each reference is moved as one and the barrier stands on
//! the store that needs it; larger ones are one node. A small integer's store needs no narrowing: memory takes the low bits.

use smallvec::SmallVec;

use super::ImportError;
use super::il_opcodes::{Il, Instr};
use super::importer::{Importer, make};
use super::metadata::{FieldAccess, FieldPlace, FieldSite, HelperCall, IlType, ImportHelper};
use super::stack::{Entry, Value};
use crate::ir::{Barrier, LocalFlags, LocalId, Node, NodeFlags, Opcode, Operand};
use crate::types::{ClassLayout, GcKind, LayoutId, VarType};

/// Bytes between an object's start and its first field: the method table.
const FIELDS_AT: u32 = 8;
/// An access through null is sure to fault only this near to it; farther ones are checked first. Below every runtime's limit.
const IMPLICIT_NULL_CHECK: u32 = 1024;
/// Most words of a struct that are copied one by one.
const MAX_PIECES: usize = 8;

/// Where an access goes.
#[derive(Copy, Clone, Debug)]
enum Place {
    /// This many bytes behind an address of this type; stores of references take this barrier.
    Memory(Operand, VarType, u32, Barrier),
    /// This many bytes into a local.
    Local(LocalId, u32),
}

/// A struct's pieces: offset and type, references whole.
type Pieces = SmallVec<[(u32, VarType); MAX_PIECES]>;

/// The pieces of a struct; `None` if there are too many.
fn pieces(layout: &ClassLayout) -> Option<Pieces> {
    let mut out = Pieces::new();
    let mut at = 0;
    while at < layout.size {
        let rest = layout.size - at;
        let ty = match layout.gc_at(at) {
            GcKind::Ref => VarType::Ref,
            GcKind::Byref => VarType::Byref,
            GcKind::None if rest >= 8 => VarType::I64,
            GcKind::None if rest >= 4 => VarType::I32,
            GcKind::None if rest >= 2 => VarType::U16,
            GcKind::None => VarType::U8,
        };
        if out.len() == MAX_PIECES {
            return None;
        }
        out.push((at, ty));
        at += ty.size();
    }
    Some(out)
}

impl Importer<'_> {
    /// Imports a memory instruction; false if `i` is none.
    pub(super) fn import_memory(&mut self, i: &Instr) -> Result<bool, ImportError> {
        use Il::*;
        use VarType as T;
        let token = i.operand as u32;
        match i.op {
            LdindI1 => self.load_indirect(IlType::scalar(T::I8))?,
            LdindU1 => self.load_indirect(IlType::scalar(T::U8))?,
            LdindI2 => self.load_indirect(IlType::scalar(T::I16))?,
            LdindU2 => self.load_indirect(IlType::scalar(T::U16))?,
            LdindI4 | LdindU4 => self.load_indirect(IlType::scalar(T::I32))?,
            LdindI8 | LdindI => self.load_indirect(IlType::scalar(T::I64))?,
            LdindR4 => self.load_indirect(IlType::scalar(T::F32))?,
            LdindR8 => self.load_indirect(IlType::scalar(T::F64))?,
            LdindRef => self.load_indirect(IlType::scalar(T::Ref))?,
            StindI1 => self.store_indirect(IlType::scalar(T::I8))?,
            StindI2 => self.store_indirect(IlType::scalar(T::I16))?,
            StindI4 => self.store_indirect(IlType::scalar(T::I32))?,
            StindI8 | StindI => self.store_indirect(IlType::scalar(T::I64))?,
            StindR4 => self.store_indirect(IlType::scalar(T::F32))?,
            StindR8 => self.store_indirect(IlType::scalar(T::F64))?,
            StindRef => self.store_indirect(IlType::scalar(T::Ref))?,
            Ldobj => {
                let class = self.meta.class(token)?;
                self.load_indirect(class.ty)?;
            }
            Stobj => {
                let class = self.meta.class(token)?;
                self.store_indirect(class.ty)?;
            }
            Cpobj => {
                let class = self.meta.class(token)?;
                self.load_indirect(class.ty)?;
                self.store_indirect(class.ty)?;
            }
            Initobj => self.init_object(token)?,
            Cpblk => {
                let size = self.pop_block_size()?;
                let from = self.pop_as(T::I64)?;
                let to = self.pop_as(T::I64)?;
                self.node(Opcode::CopyMem, T::Void, &[to, from, size]);
            }
            Initblk => {
                let size = self.pop_block_size()?;
                let value = self.pop_as(T::I32)?;
                let to = self.pop_as(T::I64)?;
                self.node(Opcode::InitMem, T::Void, &[to, value, size]);
            }
            Sizeof => {
                let class = self.meta.class(token)?;
                let size = self.constant(i64::from(class.size));
                self.push(size, T::I32);
            }
            Ldfld => self.load_field(token)?,
            Stfld => self.store_field(token)?,
            Ldflda => self.field_address(token)?,
            Ldsfld => self.load_static(token)?,
            Stsfld => self.store_static(token)?,
            Ldsflda => self.static_address(token)?,
            Ldlen => {
                let array = self.pop_as(T::Ref)?;
                let n = self.node(Opcode::ArrLen, T::I32, &[array]);
                self.push_node(n);
            }
            _ => return self.import_element(i),
        }
        Ok(true)
    }

    /// A count of bytes: an unsigned 32-bit number.
    fn pop_block_size(&mut self) -> Result<Operand, ImportError> {
        let (o, ty) = self.pop_operand()?;
        match (ty, self.out.body.const_value(o)) {
            (VarType::I32, Some(v)) => Ok(self.constant(i64::from(v as u32))),
            (VarType::I32, None) => Ok(self.convert(Opcode::Zext, o, VarType::I32, VarType::I64)),
            (VarType::I64, _) => Ok(o),
            _ => Err(self.bad("a size that is no integer")),
        }
    }

    fn import_element(&mut self, i: &Instr) -> Result<bool, ImportError> {
        use Il::*;
        use VarType as T;
        let token = i.operand as u32;
        let scalar = |ty| (IlType::scalar(ty), ty.size());
        let (ty, size) = match i.op {
            LdelemI1 | StelemI1 => scalar(T::I8),
            LdelemU1 => scalar(T::U8),
            LdelemI2 | StelemI2 => scalar(T::I16),
            LdelemU2 => scalar(T::U16),
            LdelemI4 | LdelemU4 | StelemI4 => scalar(T::I32),
            LdelemI8 | LdelemI | StelemI8 | StelemI => scalar(T::I64),
            LdelemR4 | StelemR4 => scalar(T::F32),
            LdelemR8 | StelemR8 => scalar(T::F64),
            LdelemRef | StelemRef => scalar(T::Ref),
            Ldelem | Stelem | Ldelema => {
                let class = self.meta.class(token)?;
                (class.ty, class.size)
            }
            _ => return Ok(false),
        };
        match i.op {
            Ldelema if ty.ty == T::Ref && !self.prefix.readonly => {
                self.element_ref_address(token)?
            }
            Ldelema => {
                let address = self.element_address(size)?;
                self.push(address, T::Byref);
            }
            StelemRef | Stelem if ty.ty == T::Ref => self.store_element_ref()?,
            StelemI | StelemI1 | StelemI2 | StelemI4 | StelemI8 | StelemR4 | StelemR8 | Stelem => {
                let value = self.pop_raw()?;
                let value = self.value_for_store(value, ty)?;
                let address = self.element_address(size)?;
                let place = Place::Memory(address, T::Byref, 0, Barrier::Unchecked);
                self.store(place, ty, value, NodeFlags::NON_FAULTING)?;
            }
            _ => {
                let address = self.element_address(size)?;
                let place = Place::Memory(address, T::Byref, 0, Barrier::None);
                self.load(place, ty, NodeFlags::NON_FAULTING)?;
            }
        }
        Ok(true)
    }

    // ---- elements

    /// Pops index and array, checks, and gives the element's address.
    fn element_address(&mut self, size: u32) -> Result<Operand, ImportError> {
        let index = self.pop()?;
        let (index, ty) = if index.ty == VarType::I32 {
            self.operand(index)
        } else {
            (self.coerce(index, VarType::I64)?, VarType::I64)
        };
        let array = self.pop_as(VarType::Ref)?;
        let index = self.reusable(index);
        let array = self.reusable(array);
        let mut len = Operand::node(self.node(Opcode::ArrLen, VarType::I32, &[array]));
        if ty == VarType::I64 {
            len = self.convert(Opcode::Zext, len, VarType::I32, VarType::I64);
        }
        let mut check = make(Opcode::BoundsCheck, VarType::Void, &[index, len]);
        check.aux = ty as u32;
        self.emit(check);
        let mut n = make(Opcode::IndexAddr, VarType::Byref, &[array, index]);
        n.aux = size;
        Ok(Operand::node(self.emit(n)))
    }

    /// `stelem.ref`: the helper checks index and type.
    fn store_element_ref(&mut self) -> Result<(), ImportError> {
        let value = self.pop_as(VarType::Ref)?;
        let index = self.pop()?;
        let index = self.coerce(index, VarType::I64)?;
        let array = self.pop_as(VarType::Ref)?;
        let helper = self.meta.helper(ImportHelper::StoreElementRef)?;
        let args = [
            (array, VarType::Ref),
            (index, VarType::I64),
            (value, VarType::Ref),
        ];
        self.helper_call(helper, VarType::Void, &args)?;
        Ok(())
    }

    fn element_ref_address(&mut self, token: u32) -> Result<(), ImportError> {
        let handle = self.meta.class_handle(token)?;
        let handle = self.handle(handle)?;
        let index = self.pop()?;
        let index = self.coerce(index, VarType::I64)?;
        let array = self.pop_as(VarType::Ref)?;
        let helper = self.meta.helper(ImportHelper::ElementAddressRef)?;
        let args = [
            (array, VarType::Ref),
            (index, VarType::I64),
            (handle, VarType::I64),
        ];
        let address = self.helper_call(helper, VarType::Byref, &args)?;
        self.push(address, VarType::Byref);
        Ok(())
    }

    // ---- indirections

    /// The place that an address on the stack points to.
    fn place_of(&mut self, e: Entry, offset: u32) -> Result<Place, ImportError> {
        Ok(match e.value {
            Value::LocalAddr(l, at) => Place::Local(l, at.saturating_add(offset)),
            Value::Op(_) => {
                let ty = match e.ty {
                    VarType::Byref => VarType::Byref,
                    VarType::Ref => return Err(self.bad("an object where an address is expected")),
                    _ => VarType::I64,
                };
                let o = self.coerce(e, ty)?;
                Place::Memory(o, ty, offset, Barrier::Checked)
            }
        })
    }

    pub(super) fn load_indirect(&mut self, ty: IlType) -> Result<(), ImportError> {
        let e = self.pop()?;
        let place = self.place_of(e, 0)?;
        self.load(place, ty, NodeFlags::empty())
    }

    pub(super) fn store_indirect(&mut self, ty: IlType) -> Result<(), ImportError> {
        let value = self.pop_raw()?;
        let value = self.value_for_store(value, ty)?;
        let e = self.pop()?;
        let place = self.place_of(e, 0)?;
        self.store(place, ty, value, NodeFlags::empty())
    }

    /// Pushes a word of the span that `e` points to.
    pub(super) fn load_span_word(
        &mut self,
        e: Entry,
        offset: u32,
        ty: VarType,
    ) -> Result<(), ImportError> {
        let place = self.place_of(e, offset)?;
        self.load(place, IlType::scalar(ty), NodeFlags::empty())
    }

    fn init_object(&mut self, token: u32) -> Result<(), ImportError> {
        let class = self.meta.class(token)?;
        let e = self.pop()?;
        let place = self.place_of(e, 0)?;
        if class.ty.ty != VarType::Struct {
            return self.store(place, class.ty, Self::zero(), NodeFlags::empty());
        }
        let layout = self.layout_of(class.ty)?;
        self.zero_struct(place, layout)
    }

    fn zero_struct(&mut self, place: Place, layout: LayoutId) -> Result<(), ImportError> {
        let Some(all) = self.out.layout(layout).and_then(pieces) else {
            let address = match place {
                Place::Local(l, at) => self.address_of(l, at),
                Place::Memory(o, ty, at, _) => self.displaced(o, ty, at),
            };
            let mut n = make(Opcode::InitBlk, VarType::Void, &[address, Self::zero()]);
            n.aux = layout.0;
            self.emit(n);
            return Ok(());
        };
        let place = self.reusable_place(place);
        for (at, ty) in all {
            self.store_scalar(behind(place, at), ty, Self::zero(), NodeFlags::empty());
        }
        Ok(())
    }

    /// Zeroes a whole local.
    pub(super) fn zero_local(&mut self, local: LocalId) -> Result<(), ImportError> {
        let l = self.out.body.locals[local];
        if l.ty == VarType::Struct {
            self.zero_struct(Place::Local(local, 0), l.layout)
        } else {
            self.store_local(local, Self::zero());
            Ok(())
        }
    }

    // ---- fields

    fn field(&mut self, token: u32, access: FieldAccess) -> Result<FieldSite, ImportError> {
        let site = self.meta.field(token, access)?;
        if let Some(init) = site.init {
            self.trigger(init)?;
        }
        Ok(site)
    }

    /// The place of an instance field in what is on the stack.
    fn instance_place(&mut self, e: Entry, offset: u32) -> Result<Place, ImportError> {
        Ok(match (e.ty, e.value) {
            (VarType::Struct, Value::Op(o)) => match o.as_local() {
                Some(l) => Place::Local(l, offset),
                None => return Err(self.bad("a field of no struct")),
            },
            (VarType::Ref, _) => {
                let o = self.coerce(e, VarType::Ref)?;
                let at = offset;
                let o = self.check_far(o, at);
                Place::Memory(o, VarType::Byref, at, Barrier::Unchecked)
            }
            _ => {
                let place = self.place_of(e, offset)?;
                match place {
                    Place::Memory(o, VarType::Byref, at, b) => {
                        Place::Memory(self.check_far(o, at), VarType::Byref, at, b)
                    }
                    p => p,
                }
            }
        })
    }

    /// Checks for null before an access that is too far from null to fault.
    fn check_far(&mut self, o: Operand, offset: u32) -> Operand {
        if offset < IMPLICIT_NULL_CHECK {
            return o;
        }
        let o = self.reusable(o);
        self.node(Opcode::NullCheck, VarType::Void, &[o]);
        o
    }

    fn load_field(&mut self, token: u32) -> Result<(), ImportError> {
        let site = self.field(token, FieldAccess::Get)?;
        let e = self.pop()?;
        match site.place {
            FieldPlace::Instance(offset) => {
                let place = self.instance_place(e, offset)?;
                self.load(place, site.ty, NodeFlags::empty())
            }
            // An object was given for a static field: it is not looked at.
            _ => self.load_static_site(&site),
        }
    }

    fn store_field(&mut self, token: u32) -> Result<(), ImportError> {
        let site = self.field(token, FieldAccess::Set)?;
        let FieldPlace::Instance(offset) = site.place else {
            self.store_static_site(&site)?;
            self.pop()?;
            return Ok(());
        };
        let value = self.pop_raw()?;
        let value = self.value_for_store(value, site.ty)?;
        let e = self.pop()?;
        if e.ty == VarType::Struct {
            return Err(self.bad("a store to a field of a value"));
        }
        let place = self.instance_place(e, offset)?;
        self.store(place, site.ty, value, NodeFlags::empty())
    }

    fn field_address(&mut self, token: u32) -> Result<(), ImportError> {
        let site = self.field(token, FieldAccess::Address)?;
        let e = self.pop()?;
        let FieldPlace::Instance(offset) = site.place else {
            return self.static_site_address(&site);
        };
        match e.value {
            Value::LocalAddr(l, at) => {
                self.stack.push(Entry::local_addr(l, at + offset));
            }
            Value::Op(_) if e.ty == VarType::Ref => {
                let o = self.coerce(e, VarType::Ref)?;
                let o = self.reusable(o);
                self.node(Opcode::NullCheck, VarType::Void, &[o]);
                let address = self.displaced(o, VarType::Byref, offset);
                self.push(address, VarType::Byref);
            }
            Value::Op(_) if e.ty == VarType::Struct => {
                return Err(self.bad("the address of a field of a value"));
            }
            Value::Op(_) => {
                // Through a managed pointer, which null is not checked for: the access will.
                let Place::Memory(o, ty, ..) = self.place_of(e, 0)? else {
                    return Err(self.bad("an address is expected"));
                };
                let address = self.displaced(o, ty, offset);
                self.push(address, ty);
            }
        }
        Ok(())
    }

    /// `base + offset` of type `ty`.
    pub(super) fn displaced(&mut self, base: Operand, ty: VarType, offset: u32) -> Operand {
        if offset == 0 && ty != VarType::Ref {
            return base;
        }
        let mut n = make(Opcode::Lea, ty, &[base]);
        n.aux = offset;
        Operand::node(self.emit(n))
    }

    // ---- statics

    fn load_static(&mut self, token: u32) -> Result<(), ImportError> {
        let site = self.field(token, FieldAccess::Get)?;
        self.load_static_site(&site)
    }

    fn load_static_site(&mut self, site: &FieldSite) -> Result<(), ImportError> {
        if site.place == FieldPlace::Zero {
            if site.ty.ty == VarType::Struct {
                return Err(self.unsupported("a struct that is always zero"));
            }
            self.push(Self::zero(), site.ty.ty.actual());
            return Ok(());
        }
        match site.place {
            FieldPlace::Number(v) => {
                let o = self.constant(i64::from(v));
                self.push(o, site.ty.ty.actual());
                Ok(())
            }
            FieldPlace::Object(at) => {
                self.push_object(at);
                Ok(())
            }
            _ => {
                let place = self.static_place(site)?;
                self.load(place, site.ty, NodeFlags::NON_FAULTING)
            }
        }
    }

    fn store_static(&mut self, token: u32) -> Result<(), ImportError> {
        let site = self.field(token, FieldAccess::Set)?;
        self.store_static_site(&site)
    }

    fn store_static_site(&mut self, site: &FieldSite) -> Result<(), ImportError> {
        let place = self.static_place(site)?;
        let value = self.pop_raw()?;
        let value = self.value_for_store(value, site.ty)?;
        self.store(place, site.ty, value, NodeFlags::NON_FAULTING)
    }

    fn static_address(&mut self, token: u32) -> Result<(), ImportError> {
        let site = self.field(token, FieldAccess::Address)?;
        self.static_site_address(&site)
    }

    fn static_site_address(&mut self, site: &FieldSite) -> Result<(), ImportError> {
        let Place::Memory(o, ty, at, _) = self.static_place(site)? else {
            return Err(self.bad("the address of no static"));
        };
        let address = self.displaced(o, ty, at);
        self.push(address, ty);
        Ok(())
    }

    fn static_place(&mut self, site: &FieldSite) -> Result<Place, ImportError> {
        let barrier = Barrier::Checked;
        Ok(match site.place {
            FieldPlace::StaticAddress(address) => {
                let o = self.constant(address.cast_signed());
                Place::Memory(o, VarType::I64, 0, barrier)
            }
            FieldPlace::StaticBoxed(cell) => {
                let cell = self.constant(cell.cast_signed());
                let mut load = make(Opcode::Load, VarType::Ref, &[cell]);
                load.flags = NodeFlags::NON_FAULTING;
                let object = Operand::node(self.emit(load));
                Place::Memory(object, VarType::Byref, FIELDS_AT, barrier)
            }
            FieldPlace::StaticBase(call, offset) => {
                let base = self.static_base(call)?;
                Place::Memory(base, VarType::Byref, offset, barrier)
            }
            FieldPlace::StaticBaseBoxed(call, offset) => {
                let base = self.static_base(call)?;
                let cell = self.displaced(base, VarType::Byref, offset);
                let mut load = make(Opcode::Load, VarType::Ref, &[cell]);
                load.flags = NodeFlags::NON_FAULTING;
                let object = Operand::node(self.emit(load));
                Place::Memory(object, VarType::Byref, FIELDS_AT, barrier)
            }
            FieldPlace::Zero | FieldPlace::Number(_) | FieldPlace::Object(_) => {
                return Err(self.unsupported("a store to or the address of a constant field"));
            }
            FieldPlace::Instance(_) => return Err(self.bad("an instance field without its object")),
        })
    }

    /// The base of a class's statics, from a helper.
    fn static_base(&mut self, call: HelperCall) -> Result<Operand, ImportError> {
        let arg = self.handle(call.arg)?;
        self.helper_call(call.helper, VarType::Byref, &[(arg, VarType::I64)])
    }

    // ---- accesses

    /// Pushes what is at `place`.
    fn load(&mut self, place: Place, ty: IlType, flags: NodeFlags) -> Result<(), ImportError> {
        if ty.ty != VarType::Struct {
            let value = self.load_scalar(place, ty.ty, flags)?;
            self.push(value, ty.ty.actual());
            return Ok(());
        }
        let vector = self.vector_of(ty);
        if vector.is_vector() {
            let value = self.load_scalar(place, vector, flags)?;
            return self.push_vector(value, ty);
        }
        let layout = self.layout_of(ty)?;
        let t = self.temp(VarType::Struct, layout);
        match self.piecewise(layout) {
            Some(all) => {
                let place = self.reusable_place(place);
                for (at, ty) in all {
                    let value = self.load_scalar(behind(place, at), ty, flags)?;
                    self.store_scalar(Place::Local(t, at), ty, value, NodeFlags::empty());
                }
            }
            None => {
                let address = match place {
                    Place::Local(l, at) => Operand::node(self.local_address_node(l, at)),
                    Place::Memory(o, ty, at, _) => self.displaced(o, ty, at),
                };
                let mut n = make(Opcode::LoadStruct, VarType::Struct, &[address]);
                n.aux = layout.0;
                n.flags = self.access_flags(flags);
                let n = self.emit(n);
                self.store_local(t, Operand::node(n));
            }
        }
        self.push_local(t);
        Ok(())
    }

    /// The pieces of a struct that must not be copied as bytes: the ones with references.
    fn piecewise(&self, layout: LayoutId) -> Option<Pieces> {
        let layout = self.out.layout(layout)?;
        if layout.has_gc() {
            pieces(layout)
        } else {
            None
        }
    }

    fn access_flags(&self, flags: NodeFlags) -> NodeFlags {
        let mut flags = flags;
        flags.set(NodeFlags::VOLATILE, self.prefix.volatile);
        flags.set(NodeFlags::UNALIGNED, self.prefix.unaligned);
        flags
    }

    fn load_scalar(
        &mut self,
        place: Place,
        ty: VarType,
        flags: NodeFlags,
    ) -> Result<Operand, ImportError> {
        match place {
            Place::Memory(base, base_ty, at, _) => {
                let address = self.displaced(base, base_ty, at);
                let mut n = make(Opcode::Load, ty, &[address]);
                n.flags = self.access_flags(flags);
                Ok(Operand::node(self.emit(n)))
            }
            Place::Local(l, at) => {
                let local = self.out.body.locals[l];
                self.check_inside(l, at, ty)?;
                if local.ty == ty && at == 0 {
                    // As a node of its own: what stands on the stack may be written later.
                    return Ok(self.save_to_temp(Operand::local(l), ty.actual(), LayoutId::NONE));
                }
                self.keep_in_memory(l);
                let offset = self.constant(i64::from(at));
                let mut n = make(Opcode::LclFld, ty, &[offset]);
                n.aux = l.0;
                Ok(Operand::node(self.emit(n)))
            }
        }
    }

    /// A scalar that is accessed as something else lives in its home.
    fn keep_in_memory(&mut self, l: LocalId) {
        let local = &mut self.out.body.locals[l];
        if local.ty != VarType::Struct {
            local.flags |= LocalFlags::DO_NOT_ENREGISTER;
        }
    }

    fn check_inside(&self, l: LocalId, at: u32, ty: VarType) -> Result<(), ImportError> {
        let local = self.out.body.locals[l];
        let size = match self.out.layout(local.layout) {
            Some(layout) => layout.size,
            None => local.ty.size(),
        };
        if at.checked_add(ty.size()).is_some_and(|end| end <= size) {
            Ok(())
        } else {
            Err(self.unsupported("an access beyond its variable"))
        }
    }

    /// A value for a store of type `ty`: converted; a struct in a local.
    fn value_for_store(&mut self, e: Entry, ty: IlType) -> Result<Operand, ImportError> {
        if ty.ty != VarType::Struct {
            return self.coerce(e, ty.ty);
        }
        if e.ty.is_vector() && e.ty == self.vector_of(ty) {
            return Ok(self.operand(e).0);
        }
        let e = self.as_struct(e);
        if e.ty != VarType::Struct {
            return Err(self.bad("a struct is expected"));
        }
        Ok(self.operand(e).0)
    }

    /// Stores `value` at `place`.
    fn store(
        &mut self,
        place: Place,
        ty: IlType,
        value: Operand,
        flags: NodeFlags,
    ) -> Result<(), ImportError> {
        if let Place::Local(l, _) = place {
            self.copy_reads_of(l);
        }
        if ty.ty != VarType::Struct {
            self.store_checked(place, ty.ty, value, flags)?;
            return Ok(());
        }
        let vector = self.operand_type(value);
        if vector.is_vector() {
            self.store_checked(place, vector, value, flags)?;
            return Ok(());
        }
        let layout = self.layout_of(ty)?;
        let Some(source) = value.as_local() else {
            return Err(self.bad("a struct that is not in a local"));
        };
        let all = self.out.layout(layout).and_then(pieces);
        match (all, place) {
            (Some(all), _) => {
                let place = self.reusable_place(place);
                for (at, ty) in all {
                    let value = self.load_scalar(Place::Local(source, at), ty, flags)?;
                    self.store_checked(behind(place, at), ty, value, flags)?;
                }
            }
            (None, Place::Local(l, 0)) if self.out.body.locals[l].layout == layout => {
                self.store_local(l, value);
            }
            (None, Place::Local(l, at)) => {
                let address = self.address_of(l, at);
                self.store_struct(address, layout, value, Barrier::None, flags);
            }
            (None, Place::Memory(o, base_ty, at, barrier)) => {
                let address = self.displaced(o, base_ty, at);
                self.store_struct(address, layout, value, barrier, flags);
            }
        }
        Ok(())
    }

    fn store_struct(
        &mut self,
        address: Operand,
        layout: LayoutId,
        value: Operand,
        barrier: Barrier,
        flags: NodeFlags,
    ) {
        let mut n = make(Opcode::StoreStruct, VarType::Struct, &[address, value]);
        n.aux = layout.0;
        n.sub = barrier as u8;
        n.flags = self.access_flags(flags);
        self.emit(n);
    }

    fn store_checked(
        &mut self,
        place: Place,
        ty: VarType,
        value: Operand,
        flags: NodeFlags,
    ) -> Result<(), ImportError> {
        if let Place::Local(l, at) = place {
            self.check_inside(l, at, ty)?;
        }
        self.store_scalar(place, ty, value, flags);
        Ok(())
    }

    fn store_scalar(&mut self, place: Place, ty: VarType, value: Operand, flags: NodeFlags) {
        match place {
            Place::Memory(base, base_ty, at, barrier) => {
                let address = self.displaced(base, base_ty, at);
                let mut n = make(Opcode::Store, ty, &[address, value]);
                let barrier = if ty == VarType::Ref && !value.is_const() {
                    barrier
                } else {
                    Barrier::None
                };
                n.sub = barrier as u8;
                n.flags = self.access_flags(flags);
                self.emit(n);
            }
            Place::Local(l, at) => {
                let local = self.out.body.locals[l];
                if local.ty == ty && at == 0 {
                    self.store_local(l, value);
                    return;
                }
                self.keep_in_memory(l);
                let offset = self.constant(i64::from(at));
                let mut n: Node = make(Opcode::StoreLclFld, ty, &[value, offset]);
                n.aux = l.0;
                self.emit(n);
            }
        }
    }

    /// A place whose address can be used several times.
    fn reusable_place(&mut self, place: Place) -> Place {
        match place {
            Place::Memory(o, ty, at, barrier) => Place::Memory(self.reusable(o), ty, at, barrier),
            p => p,
        }
    }

    /// Copies a struct into a local of the same layout.
    pub(super) fn copy_to_local(&mut self, to: LocalId, from: Operand) {
        let layout = self.out.body.locals[to].layout;
        let source = from.as_local();
        match (self.piecewise(layout), source) {
            (Some(all), Some(source)) if source != to => {
                for (at, ty) in all {
                    let offset = self.constant(i64::from(at));
                    let mut read = make(Opcode::LclFld, ty, &[offset]);
                    read.aux = source.0;
                    let value = Operand::node(self.emit(read));
                    self.store_scalar(Place::Local(to, at), ty, value, NodeFlags::empty());
                }
            }
            (_, Some(source)) if source == to => {}
            _ => self.store_local(to, from),
        }
    }

    /// Stores a value of type `ty` behind the method table of a new object.
    pub(super) fn store_payload(
        &mut self,
        object: Operand,
        ty: IlType,
        value: Operand,
    ) -> Result<(), ImportError> {
        let place = Place::Memory(object, VarType::Byref, FIELDS_AT, Barrier::Unchecked);
        self.store(place, ty, value, NodeFlags::NON_FAULTING)
    }

    /// Pushes the value of type `ty` at an address.
    pub(super) fn load_at(&mut self, address: Operand, ty: IlType) -> Result<(), ImportError> {
        let place = Place::Memory(address, VarType::Byref, 0, Barrier::None);
        self.load(place, ty, NodeFlags::NON_FAULTING)
    }
}

/// The same place, `at` bytes further.
fn behind(place: Place, at: u32) -> Place {
    match place {
        Place::Memory(o, ty, base, barrier) => Place::Memory(o, ty, base + at, barrier),
        Place::Local(l, base) => Place::Local(l, base + at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_references_whole() {
        let layout = |size, gc: &[GcKind]| ClassLayout {
            size,
            align: 8,
            gc: gc.to_vec(),
            ..ClassLayout::default()
        };
        use GcKind::{None as N, Ref};
        use VarType::*;
        let of = |l: ClassLayout| pieces(&l).map(|p| p.to_vec());
        assert_eq!(
            of(layout(16, &[Ref, N])),
            Some(vec![(0, VarType::Ref), (8, I64)])
        );
        assert_eq!(
            of(layout(15, &[])),
            Some(vec![(0, I64), (8, I32), (12, U16), (14, U8)])
        );
        assert_eq!(of(layout(64, &[])).map(|p| p.len()), Some(8));
        assert_eq!(of(layout(65, &[])), Option::None);
    }
}
