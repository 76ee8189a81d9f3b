//! One node at a time: operands, locals, memory, control.

use super::eval::{self, Fail};
use super::memory::{Fault, read_value, write_value};
use super::{Error, Interp, Slot, Step, Stop, TrapKind, Value, coerce, to_bytes};
use crate::ir::{LocalId, Node, NodeFlags, NodeId, Opcode, Operand, OperandRef, SwitchId};
use crate::types::{LayoutId, VarType};

impl Interp<'_> {
    /// Executes the next node of the topmost activation.
    pub(super) fn step(&mut self) -> Step {
        let n = self.act().next;
        let Some(&x) = self.method().body.nodes.get(n) else {
            return Err(Error::Malformed(n, "control runs off the end of a block").into());
        };
        if x.op.is_terminator() {
            return self.terminator(n, &x);
        }
        self.act_mut().next = x.next;
        let depth = self.acts.len();
        let result = self.execute(n, &x);
        if result.is_err() {
            // An exception is raised at the node itself: that is where its region and line are looked up.
            self.act_mut().next = n;
        }
        let value = result?;
        if let Some(v) = value
            && self.acts.len() == depth
            && !x.flags.contains(NodeFlags::UNUSED)
        {
            self.act_mut().values.insert(n.0, v);
        }
        Ok(())
    }

    /// The value of `o`, a constant taken as type `ty`.
    pub(super) fn value(&mut self, n: NodeId, o: Operand, ty: VarType) -> Step<Value> {
        let bad = |what| Stop::from(Error::Malformed(n, what));
        match o.get() {
            OperandRef::None => Err(bad("an operand is missing")),
            OperandRef::Node(d) => {
                let v = self.act_mut().values.remove(&d.0);
                v.ok_or_else(|| bad("an operand was not computed before, or is used twice"))
            }
            OperandRef::Local(l) => self.read_local(n, l),
            _ => {
                let bits = self.constant(n, o)?;
                Value::from_bits(ty.actual(), bits)
                    .ok_or_else(|| bad("a constant of a type without constants"))
            }
        }
    }

    fn constant(&self, n: NodeId, o: Operand) -> Step<u64> {
        match o.get() {
            OperandRef::Small(v) => Ok(i64::from(v) as u64),
            OperandRef::Pool(i) if (i as usize) < self.method().body.consts.len() => {
                Ok(self.method().body.consts[i as usize])
            }
            _ => Err(Error::Malformed(n, "not a constant").into()),
        }
    }

    /// Operand `k` of node `n`.
    pub(super) fn operand(&mut self, n: NodeId, x: &Node, k: usize) -> Step<Value> {
        let ty = if x.opnd[k].is_const() {
            self.method().body.position_type(n, k)
        } else {
            VarType::Void
        };
        self.value(n, x.opnd[k], ty)
    }

    fn read_local(&mut self, n: NodeId, l: LocalId) -> Step<Value> {
        let m = self.method();
        let frame = self.act().frame;
        self.require_defined(n, l)?;
        let Some(slot) = self.frames[frame].slots.get(l.0 as usize) else {
            return Err(Error::Malformed(n, "no such local").into());
        };
        match slot {
            Slot::Value(v) => Ok(v.clone()),
            &Slot::Memory(base) => {
                let local = &m.body.locals[l];
                if local.ty == VarType::Struct {
                    return self.load_struct(base, local.layout);
                }
                self.load(local.ty, base)
            }
        }
    }

    /// Is the value of local `l` defined, if somebody asks?
    fn require_defined(&self, n: NodeId, l: LocalId) -> Step {
        let defined = &self.frames[self.act().frame].defined;
        match defined.get(l.0 as usize) {
            Some(false) => {
                Err(Error::Malformed(n, "a local is read before its first store").into())
            }
            _ => Ok(()),
        }
    }

    fn now_defined(&mut self, l: u32) {
        let frame = self.act().frame;
        if let Some(d) = self.frames[frame].defined.get_mut(l as usize) {
            *d = true;
        }
    }

    fn store_local(&mut self, n: NodeId, x: &Node) -> Step {
        let m = self.method();
        let Some(&local) = m.body.locals.get(LocalId(x.aux)) else {
            return Err(Error::Malformed(n, "no such local").into());
        };
        let v = if local.ty == VarType::Struct && x.opnd[0].is_const() {
            // A struct set to a constant is one with that byte everywhere; only zero is written so.
            let byte = self.constant(n, x.opnd[0])? as u8;
            let size = m.layout(local.layout).map_or(0, |l| l.size);
            Value::Struct(vec![byte; size as usize])
        } else {
            self.operand(n, x, 0)?
        };
        let v = coerce(m, v, local.ty, local.layout).ok_or(Error::Malformed(
            n,
            "a value of another type than its local",
        ))?;
        self.now_defined(x.aux);
        let frame = self.act().frame;
        match &mut self.frames[frame].slots[x.aux as usize] {
            Slot::Value(old) => *old = v,
            &mut Slot::Memory(base) => {
                let size = super::local_size(m, local.ty, local.layout);
                let bytes = self.memory.slice_mut(base, size).map_err(bad_address)?;
                to_bytes(local.ty, &v, bytes);
            }
        }
        Ok(())
    }

    /// Runs `f` on the bytes at `offset..offset + size` of the local in `x.aux`.
    fn field<R>(
        &mut self,
        n: NodeId,
        x: &Node,
        offset: u64,
        f: impl FnOnce(&mut [u8]) -> R,
    ) -> Step<R> {
        let m = self.method();
        let Some(&local) = m.body.locals.get(LocalId(x.aux)) else {
            return Err(Error::Malformed(n, "no such local").into());
        };
        let size = super::local_size(m, local.ty, local.layout);
        let width = u64::from(x.ty.size());
        if width == 0 || offset.checked_add(width).is_none_or(|end| end > size) {
            return Err(Error::Malformed(n, "a field outside its local").into());
        }
        let frame = self.act().frame;
        match &mut self.frames[frame].slots[x.aux as usize] {
            &mut Slot::Memory(base) => {
                let bytes = self.memory.slice_mut(base + offset, width);
                Ok(f(bytes.map_err(bad_address)?))
            }
            Slot::Value(Value::Struct(bytes)) => {
                let at = offset as usize;
                Ok(f(&mut bytes[at..at + width as usize]))
            }
            Slot::Value(v) => {
                let mut bytes = [0; 64];
                write_value(local.ty, v, &mut bytes);
                let at = offset as usize;
                let r = f(&mut bytes[at..at + width as usize]);
                if let Some(new) = read_value(local.ty, &bytes) {
                    *v = new;
                }
                Ok(r)
            }
        }
    }

    /// The address in operand `k`.
    pub(super) fn address(&mut self, n: NodeId, x: &Node, k: usize) -> Step<u64> {
        match self.operand(n, x, k)? {
            Value::I64(v) => Ok(v as u64),
            Value::Ref(v) | Value::Byref(v) => Ok(v),
            _ => Err(Error::Malformed(n, "an address of another type").into()),
        }
    }

    pub(super) fn load(&self, ty: VarType, at: u64) -> Step<Value> {
        let bytes = self.memory.slice(at, ty.size().into()).map_err(fault)?;
        read_value(ty, bytes).ok_or(Error::Unsupported(Opcode::Load).into())
    }

    pub(super) fn store(&mut self, ty: VarType, at: u64, v: &Value) -> Step {
        let bytes = self.memory.slice_mut(at, ty.size().into()).map_err(fault)?;
        if write_value(ty, v, bytes) {
            Ok(())
        } else {
            Err(Error::Unsupported(Opcode::Store).into())
        }
    }

    fn load_struct(&self, at: u64, layout: LayoutId) -> Step<Value> {
        let size = self.method().layout(layout).map_or(0, |l| l.size);
        let bytes = self.memory.slice(at, size.into()).map_err(fault)?;
        Ok(Value::Struct(bytes.to_vec()))
    }

    fn layout_size(&self, n: NodeId, x: &Node) -> Step<u64> {
        let layout = self.method().layout(LayoutId(x.aux));
        let layout = layout.ok_or(Error::Malformed(n, "no such layout"))?;
        Ok(layout.size.into())
    }

    /// A fill or copy length from operand 2.
    fn length(&mut self, n: NodeId, x: &Node) -> Step<u64> {
        match self.operand(n, x, 2)? {
            Value::I64(v) => Ok(v as u64),
            _ => Err(Error::Malformed(n, "a length of another type").into()),
        }
    }

    fn fill(&mut self, n: NodeId, x: &Node, at: u64, len: u64) -> Step {
        let Value::I32(byte) = self.operand(n, x, 1)? else {
            return Err(Error::Malformed(n, "a fill byte of another type").into());
        };
        if len > 0 {
            let bytes = self.memory.slice_mut(at, len).map_err(fault)?;
            bytes.fill(byte as u8);
        }
        Ok(())
    }

    fn execute(&mut self, n: NodeId, x: &Node) -> Step<Option<Value>> {
        use Opcode::*;
        match x.op {
            Nop | IlOffset | GcPoll | PatchPoint | Fence => Ok(None),
            KeepAlive => self.operand(n, x, 0).map(|_| None),
            StoreLcl => self.store_local(n, x).map(|()| None),
            LclFld => {
                let offset = self.constant(n, x.opnd[0])?;
                self.require_defined(n, LocalId(x.aux))?;
                let v = self.field(n, x, offset, |bytes| read_value(x.ty, bytes))?;
                Ok(Some(v.ok_or(Error::Unsupported(LclFld))?))
            }
            StoreLclFld => {
                let v = self.operand(n, x, 0)?;
                let offset = self.constant(n, x.opnd[1])?;
                // A part counts for the whole.
                self.now_defined(x.aux);
                let done = self.field(n, x, offset, |bytes| write_value(x.ty, &v, bytes))?;
                if done {
                    Ok(None)
                } else {
                    Err(Error::Unsupported(StoreLclFld).into())
                }
            }
            LclAddr => {
                let offset = if x.opnd[0].is_some() {
                    self.constant(n, x.opnd[0])?
                } else {
                    0
                };
                self.now_defined(x.aux);
                let frame = self.act().frame;
                match self.frames[frame].slots.get(x.aux as usize) {
                    Some(&Slot::Memory(base)) => Ok(Value::from_bits(x.ty, base + offset)),
                    _ => Err(Error::Malformed(n, "no such local").into()),
                }
            }
            Cmp => {
                let (a, b) = (self.operand(n, x, 0)?, self.operand(n, x, 1)?);
                let r = eval::compare(x.cond(), x.compare_type(), &a, &b);
                Ok(Some(Value::I32(self.pure(n, x.op, r)?.into())))
            }
            Lea => {
                let base = self.address(n, x, 0)?;
                let index = if x.opnd[1].is_some() {
                    self.address(n, x, 1)?
                } else {
                    0
                };
                let sum = base
                    .wrapping_add(index << (x.sub & 3))
                    .wrapping_add(i64::from(x.aux as i32) as u64);
                Ok(Value::from_bits(x.ty, sum))
            }
            IndexAddr => {
                let array = self.address(n, x, 0)?;
                if array < super::memory::NULL_LIMIT {
                    return Err(Stop::Trap(TrapKind::Null));
                }
                let index = match self.operand(n, x, 1)? {
                    Value::I32(v) => u64::from(v as u32),
                    v => v.bits().unwrap_or(0),
                };
                let at = index.wrapping_mul(x.aux.into()).wrapping_add(array + 16);
                Ok(Value::from_bits(x.ty, at))
            }
            BoundsCheck => {
                let ty = x.compare_type();
                let (a, b) = (self.operand(n, x, 0)?, self.operand(n, x, 1)?);
                let r = eval::compare(crate::ir::Cond::ULt, ty, &a, &b);
                if self.pure(n, x.op, r)? {
                    Ok(None)
                } else {
                    Err(Stop::Trap(TrapKind::Range))
                }
            }
            NullCheck => {
                if self.address(n, x, 0)? < super::memory::NULL_LIMIT {
                    return Err(Stop::Trap(TrapKind::Null));
                }
                Ok(None)
            }
            ArrLen => {
                let at = self.address(n, x, 0)?.wrapping_add(8);
                Ok(Some(self.load(VarType::I32, at)?))
            }
            CatchArg => Ok(Some(self.catch_arg(n)?)),
            Load | Store | LoadStruct | StoreStruct | CopyBlk | InitBlk | CopyMem | InitMem
            | LocAlloc | AtomicAdd | AtomicAnd | AtomicOr | AtomicXchg | AtomicCmpXchg => {
                self.memory_node(n, x)
            }
            Call => self.call_node(n, x),
            FuncAddr => self.func_addr(x),
            op if crate::ir::vector::is_vector_opcode(op) => self.vector_node(n, x),
            Lookup => self.lookup(x),
            RuntimeLookup | StaticBase | ClassInit | CastClass | IsInst | TlsBase => {
                self.late_node(n, x)
            }
            LabelAddr => Ok(self.label_addr(x)),
            _ => self.eval_node(n, x),
        }
    }

    fn eval_node(&mut self, n: NodeId, x: &Node) -> Step<Option<Value>> {
        let count = x.op.info().operands.len();
        if count == 0 {
            return Err(Error::Unsupported(x.op).into());
        }
        let mut operands = Vec::with_capacity(count);
        for k in 0..count {
            operands.push(self.operand(n, x, k)?);
        }
        let r = eval::eval(x.op, x.ty, x.source_type(), &operands);
        self.pure(n, x.op, r).map(Some)
    }

    fn pure<T>(&self, n: NodeId, op: Opcode, r: Result<T, Fail>) -> Step<T> {
        r.map_err(|f| match f {
            Fail::Trap(kind) => Stop::Trap(kind),
            Fail::Unsupported => Error::Unsupported(op).into(),
            Fail::Types => Error::Malformed(n, "operands of wrong types").into(),
        })
    }

    fn vector_node(&mut self, n: NodeId, x: &Node) -> Step<Option<Value>> {
        let count = x.op.info().operands.len();
        let mut operands = Vec::with_capacity(count);
        for k in 0..count {
            operands.push(self.operand(n, x, k)?);
        }
        let row = self.method().vector(x.aux);
        let r = super::vector::eval(x, &row, &operands);
        self.pure(n, x.op, r).map(Some)
    }

    fn memory_node(&mut self, n: NodeId, x: &Node) -> Step<Option<Value>> {
        use Opcode::*;
        if x.op == LocAlloc {
            let size = self.address(n, x, 0)?;
            let Ok(base) = self.memory.alloc(size) else {
                return Err(Stop::Trap(TrapKind::StackOverflow));
            };
            let frame = self.act().frame;
            self.frames[frame].allocated.push(base);
            return Ok(Value::from_bits(x.ty, base));
        }
        let at = self.address(n, x, 0)?;
        match x.op {
            Load => return Ok(Some(self.load(x.ty, at)?)),
            Store => {
                let v = self.operand(n, x, 1)?;
                self.store(x.ty, at, &v)?;
            }
            LoadStruct => return Ok(Some(self.load_struct(at, LayoutId(x.aux))?)),
            StoreStruct => {
                let size = self.layout_size(n, x)?;
                let v = if x.opnd[1].is_const() {
                    let byte = self.constant(n, x.opnd[1])? as u8;
                    Value::Struct(vec![byte; size as usize])
                } else {
                    self.operand(n, x, 1)?
                };
                match v {
                    Value::Struct(b) if b.len() as u64 == size => {
                        let to = self.memory.slice_mut(at, size).map_err(fault)?;
                        to.copy_from_slice(&b);
                    }
                    _ => return Err(Error::Malformed(n, "a struct of another size").into()),
                }
            }
            CopyBlk | CopyMem => {
                let from = self.address(n, x, 1)?;
                let len = if x.op == CopyMem {
                    self.length(n, x)?
                } else {
                    self.layout_size(n, x)?
                };
                if len > 0 {
                    self.memory.copy(at, from, len).map_err(fault)?;
                }
            }
            InitBlk => {
                let len = self.layout_size(n, x)?;
                self.fill(n, x, at, len)?;
            }
            InitMem => {
                let len = self.length(n, x)?;
                self.fill(n, x, at, len)?;
            }
            _ => {
                let value = self.operand(n, x, 1)?;
                let old = self.load(x.ty, at)?;
                let new = match x.op {
                    AtomicXchg => value,
                    AtomicCmpXchg => {
                        let expected = self.operand(n, x, 2)?;
                        if read_back(x.ty, &expected) != Some(old.clone()) {
                            return Ok(Some(old));
                        }
                        value
                    }
                    op => {
                        let op = match op {
                            AtomicAdd => Add,
                            AtomicAnd => And,
                            _ => Or,
                        };
                        let operands = [old.clone(), value];
                        let r = eval::eval(op, x.ty.actual(), VarType::Void, &operands);
                        self.pure(n, x.op, r)?
                    }
                };
                self.store(x.ty, at, &new)?;
                return Ok(Some(old));
            }
        }
        Ok(None)
    }

    fn terminator(&mut self, n: NodeId, x: &Node) -> Step {
        use Opcode::*;
        let succ = self.method().body.blocks[self.act().block].succ;
        match x.op {
            Jump => self.go_to(succ[0])?,
            Branch => match self.operand(n, x, 0)? {
                Value::I32(v) => self.go_to(succ[usize::from(v == 0)])?,
                _ => return Err(Error::Malformed(n, "a condition of another type").into()),
            },
            CmpBranch => {
                let (a, b) = (self.operand(n, x, 0)?, self.operand(n, x, 1)?);
                let r = eval::compare(x.cond(), x.compare_type(), &a, &b);
                let taken = self.pure(n, x.op, r)?;
                self.go_to(succ[usize::from(!taken)])?;
            }
            Switch => {
                let Value::I32(v) = self.operand(n, x, 0)? else {
                    return Err(Error::Malformed(n, "a selector of another type").into());
                };
                let body = &self.method().body;
                let id = SwitchId(x.aux);
                if body.switches.get(id).is_none() {
                    return Err(Error::Malformed(n, "no such switch").into());
                }
                let targets = body.targets(id);
                let i = (v as u32 as usize).min(targets.len() - 1);
                let to = targets[i];
                self.go_to(to)?;
            }
            Ret => {
                let m = self.method();
                let value = if m.ret == VarType::Void {
                    None
                } else {
                    let v = self.value(n, x.opnd[0], m.ret)?;
                    let v = coerce(m, v, m.ret, m.ret_layout);
                    Some(v.ok_or(Error::Malformed(n, "a result of another type"))?)
                };
                self.return_value(n, value)?;
            }
            // The continuation is the runtime's; the result is not defined.
            ReturnSuspend => {
                self.address(n, x, 0)?;
                let value = match self.method().ret {
                    VarType::Void => None,
                    ty => Some(read_value(ty, &[0; 64]).ok_or(Error::Unsupported(x.op))?),
                };
                self.return_value(n, value)?;
            }
            TailCall => self.tail_call(n, x)?,
            JmpMethod => self.jump_to_method(n, x)?,
            Throw => {
                let object = self.address(n, x, 0)?;
                return Err(Stop::Throw(object));
            }
            Rethrow => self.rethrow(n)?,
            CatchRet => self.catch_ret(n, succ[0])?,
            CallFinally => self.call_finally(succ[1], succ[0])?,
            EndFinally => self.end_finally(n)?,
            EndFilter => match self.operand(n, x, 0)? {
                Value::I32(v) => self.end_filter(n, v != 0)?,
                _ => return Err(Error::Malformed(n, "a decision of another type").into()),
            },
            Unreachable => return Err(Stop::Trap(TrapKind::Unreachable)),
            _ => return Err(Error::Unsupported(x.op).into()),
        }
        Ok(())
    }
}

/// What an exchange compares with: the expected value as the memory would hold it.
fn read_back(ty: VarType, v: &Value) -> Option<Value> {
    let mut bytes = [0; 8];
    write_value(ty, v, &mut bytes)
        .then(|| read_value(ty, &bytes))
        .flatten()
}

pub(super) fn fault(f: Fault) -> Stop {
    match f {
        Fault::Null => Stop::Trap(TrapKind::Null),
        Fault::Bad(a) => Error::BadAddress(a).into(),
    }
}

/// For accesses to locals, which cannot be null.
fn bad_address(f: Fault) -> Stop {
    match f {
        Fault::Null => Error::BadAddress(0).into(),
        Fault::Bad(a) => Error::BadAddress(a).into(),
    }
}
