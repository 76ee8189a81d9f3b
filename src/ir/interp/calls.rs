//! Calls, returns, the runtime helpers that are modelled, and addresses of functions.

use super::step::fault;
use super::{Error, Interp, Step, Stop, TrapKind, Value, coerce};
use crate::ee::{Helper, Lookup, LookupRequest};
use crate::ir::{
    ArgKind, CallFlags, CallId, CallTarget, FuncId, LocalId, LookupId, Node, NodeId, Opcode,
    Operand,
};
use crate::types::VarType;

/// Address of the first method's code; each has 16 bytes.
const CODE: u64 = 0x7f00_0000_0000;

/// Offset of a class's statics of the thread behind the others: 64 bytes of each kind.
const THREAD_STATICS: u64 = 128;

/// The address of the code of method `index`.
pub(super) fn code_address(index: usize) -> u64 {
    CODE + index as u64 * 16
}

impl Interp<'_> {
    fn cell(&self, at: u64) -> Step<u64> {
        let value = self.cells.get(&at).copied();
        value.ok_or_else(|| Error::BadAddress(at).into())
    }

    pub(super) fn func_addr(&mut self, x: &Node) -> Step<Option<Value>> {
        let index = self.find(FuncId(x.aux))?;
        Ok(Value::from_bits(x.ty, code_address(index)))
    }

    /// Code addresses behind those of all methods.
    pub(super) fn label_addr(&self, x: &Node) -> Option<Value> {
        let at = code_address(self.act().method) + (1 << 40) + (u64::from(x.aux) << 24);
        Value::from_bits(x.ty, at)
    }

    pub(super) fn lookup(&mut self, x: &Node) -> Step<Option<Value>> {
        match self.method().lookups.get(LookupId(x.aux)) {
            Some(&LookupRequest::Known(lookup)) => {
                let v = match lookup {
                    Lookup::Value(v) | Lookup::Relative(v) => v,
                    Lookup::Indirect(at) => self.cell(at)?,
                    Lookup::IndirectTwice(at) => self.cell(self.cell(at)?)?,
                };
                Ok(Value::from_bits(x.ty, v))
            }
            // The embedded host names classes by their class word.
            Some(LookupRequest::Class(name)) if name.parse::<u64>().is_ok() => {
                Ok(Value::from_bits(x.ty, name.parse().unwrap_or(0)))
            }
            _ => Err(Error::Unsupported(Opcode::Lookup).into()),
        }
    }

    fn find(&self, f: FuncId) -> Step<usize> {
        let name = self.method().funcs.get(f).map_or("", |f| f.name.as_str());
        match self.names.get(name) {
            Some(&i) => Ok(i),
            None => Err(Error::NotFound(name.to_owned()).into()),
        }
    }

    /// The method whose code is at `code`.
    fn method_at(&self, code: u64) -> Step<usize> {
        let index = code.wrapping_sub(CODE) / 16;
        if code < super::memory::NULL_LIMIT {
            return Err(Stop::Trap(TrapKind::Null));
        }
        if index as usize >= self.methods.len() || !code.is_multiple_of(16) {
            return Err(Error::BadAddress(code).into());
        }
        Ok(index as usize)
    }

    /// Evaluates the operands of a call and says whom it calls; `Err(helper)` is a helper.
    fn prepare(&mut self, n: NodeId, x: &Node) -> Step<(Result<usize, Helper>, Vec<Value>)> {
        let m = self.method();
        let Some(&info) = m.body.calls.get(CallId(x.aux)) else {
            return Err(Error::Malformed(n, "no such call").into());
        };
        let target = match info.target {
            CallTarget::Func(f) => Ok(self.find(f)?),
            CallTarget::Helper(h) => Err(h),
            CallTarget::StubCell(lookup) => match m.lookups.get(lookup) {
                Some(&LookupRequest::Known(Lookup::Indirect(at))) => {
                    Ok(self.method_at(self.cell(at)?)?)
                }
                Some(&LookupRequest::Known(Lookup::IndirectTwice(at))) => {
                    Ok(self.method_at(self.cell(self.cell(at)?)?)?)
                }
                _ => return Err(Error::UnsupportedCall("through a cell".to_owned()).into()),
            },
            CallTarget::IndirectCell => {
                let at = self.value(n, x.opnd[0], VarType::I64)?.bits().unwrap_or(0);
                Ok(self.method_at(self.cell(at)?)?)
            }
            CallTarget::Indirect => {
                let code = self.value(n, x.opnd[0], VarType::I64)?.bits().unwrap_or(0);
                Ok(self.method_at(code)?)
            }
        };
        let mut args = Vec::with_capacity(info.num_args as usize);
        let mut this_is_null = false;
        for arg in m.body.args(CallId(x.aux)) {
            let v = self.value(n, arg.opnd, arg.ty)?;
            let v = coerce(m, v, arg.ty, arg.layout)
                .ok_or(Error::Malformed(n, "an argument of another type"))?;
            let null = v.bits().is_some_and(|b| b < super::memory::NULL_LIMIT);
            this_is_null |= arg.kind == ArgKind::This && null;
            args.push(v);
        }
        if this_is_null && info.flags.contains(CallFlags::NULL_CHECK_THIS) {
            return Err(Stop::Trap(TrapKind::Null));
        }
        Ok((target, args))
    }

    pub(super) fn call_node(&mut self, n: NodeId, x: &Node) -> Step<Option<Value>> {
        match self.prepare(n, x)? {
            (Ok(method), args) => {
                // While the callee runs, `next` names the call itself: the place an exception passes through.
                self.act_mut().next = n;
                self.push_call(method, args)?;
                Ok(None)
            }
            (Err(helper), args) => self.helper(helper, &args),
        }
    }

    pub(super) fn tail_call(&mut self, n: NodeId, x: &Node) -> Step {
        if self.act().filter.is_some() {
            return Err(Error::Malformed(n, "a tail call in a filter").into());
        }
        match self.prepare(n, x)? {
            (Ok(method), args) => {
                self.pop_act();
                self.push_call(method, args)?;
                Ok(())
            }
            (Err(helper), args) => {
                let v = self.helper(helper, &args)?;
                self.return_value(n, v)
            }
        }
    }

    /// Leaves the topmost call for another method, which gets the parameters as they are now.
    pub(super) fn jump_to_method(&mut self, n: NodeId, x: &Node) -> Step {
        if self.act().filter.is_some() {
            return Err(Error::Malformed(n, "a jump in a filter").into());
        }
        let to = self.find(FuncId(x.aux))?;
        let m = self.method();
        let mut args = Vec::with_capacity(m.num_params as usize);
        for l in 0..m.num_params {
            let Some(local) = m.body.locals.get(LocalId(l)) else {
                return Err(Error::Malformed(n, "a parameter without local").into());
            };
            let v = self.value(n, Operand::local(LocalId(l)), local.ty)?;
            let v = coerce(m, v, local.ty, local.layout);
            args.push(v.ok_or(Error::Malformed(n, "a parameter of another type"))?);
        }
        self.pop_act();
        self.push_call(to, args)?;
        Ok(())
    }

    /// Leaves the topmost call with `value`.
    pub(super) fn return_value(&mut self, n: NodeId, value: Option<Value>) -> Step {
        if self.act().filter.is_some() {
            return Err(Error::Malformed(n, "a return in a filter").into());
        }
        self.pop_act();
        if self.acts.is_empty() {
            self.returned = Some(value);
            return Ok(());
        }
        let m = self.method();
        let call = self.act().next;
        let x = m.body.nodes[call];
        if x.op != Opcode::Call {
            return Err(Error::Malformed(call, "a return to something not a call").into());
        }
        let info = m.body.calls[CallId(x.aux)];
        let act = self.act_mut();
        act.next = x.next;
        if info.ret != VarType::Void {
            let v = value.and_then(|v| coerce(m, v, info.ret, info.ret_layout));
            let v = v.ok_or(Error::Malformed(call, "the callee returns another type"))?;
            act.values.insert(call.0, v);
        }
        Ok(())
    }

    fn helper(&mut self, helper: Helper, args: &[Value]) -> Step<Option<Value>> {
        let word = |k: usize| args.get(k).and_then(Value::bits).unwrap_or(0);
        match (helper, args) {
            (Helper::Throw, [object]) => Err(Stop::Throw(object.bits().unwrap_or(0))),
            (Helper::ThrowNull, []) => Err(Stop::Trap(TrapKind::Null)),
            (Helper::ThrowRange, []) => Err(Stop::Trap(TrapKind::Range)),
            (Helper::ThrowDivZero, []) => Err(Stop::Trap(TrapKind::DivZero)),
            (Helper::ThrowOverflow, []) => Err(Stop::Trap(TrapKind::Overflow)),
            (Helper::DblRem, [Value::F64(a), Value::F64(b)]) => Ok(Some(Value::F64(a % b))),
            (Helper::DblFma, [Value::F64(a), Value::F64(b), Value::F64(c)]) => {
                Ok(Some(Value::F64(a.mul_add(*b, *c))))
            }
            (Helper::FltFma, [Value::F32(a), Value::F32(b), Value::F32(c)]) => {
                Ok(Some(Value::F32(a.mul_add(*b, *c))))
            }
            (Helper::FltRem, [Value::F32(a), Value::F32(b)]) => Ok(Some(Value::F32(a % b))),
            (Helper::GcPoll, []) => Ok(None),
            (Helper::AssignRef | Helper::CheckedAssignRef, [_, value]) => {
                self.store(VarType::Ref, word(0), value)?;
                Ok(None)
            }
            (Helper::MemCpy, [_, _, _]) => {
                if word(2) > 0 {
                    self.memory.copy(word(0), word(1), word(2)).map_err(fault)?;
                }
                Ok(None)
            }
            (Helper::MemSet, [_, _, _]) => {
                if word(2) > 0 {
                    let bytes = self.memory.slice_mut(word(0), word(2)).map_err(fault)?;
                    bytes.fill(word(1) as u8);
                }
                Ok(None)
            }
            (Helper::CastClass, [_, object]) => {
                if word(1) != 0 && !self.is_of_class(word(0), word(1))? {
                    return Err(Stop::Trap(TrapKind::InvalidCast));
                }
                Ok(Some(object.clone()))
            }
            (Helper::IsInst, [_, _]) => {
                let is = word(1) != 0 && self.is_of_class(word(0), word(1))?;
                Ok(Some(Value::Ref(if is { word(1) } else { 0 })))
            }
            (Helper::ClassInit, [_]) => self.initialize_class(word(0)).map(|_| None),
            (Helper::TlsBase, [_]) => {
                let at = self.statics(word(0))? + THREAD_STATICS;
                Ok(Some(Value::I64(at as i64)))
            }
            (Helper::RuntimeLookup, [_, _]) => {
                let found = self.load(VarType::I64, word(0))?;
                let found = found.bits().unwrap_or(0).wrapping_add(word(1));
                Ok(Some(Value::I64(found as i64)))
            }
            (Helper::PatchPoint, [_, _]) => {
                self.store(VarType::I32, word(0), &Value::I32(1000))?;
                Ok(None)
            }
            (Helper::XchgRef, [_, new]) => {
                let old = self.load(VarType::Ref, word(0))?;
                self.store(VarType::Ref, word(0), new)?;
                Ok(Some(old))
            }
            (Helper::CmpXchgRef, [_, new, expected]) => {
                let old = self.load(VarType::Ref, word(0))?;
                if old == *expected {
                    self.store(VarType::Ref, word(0), new)?;
                }
                Ok(Some(old))
            }
            (Helper::NewFast, [_]) => {
                let class = word(0);
                let size = (class >> 8).saturating_mul(8).saturating_add(8).max(16);
                self.new_object(class, size).map(Some)
            }
            (Helper::NewArray, [_, _]) => {
                let (class, length) = (word(0), word(1) as i64);
                if length < 0 || length > i64::from(i32::MAX) {
                    return Err(Stop::Trap(TrapKind::Overflow));
                }
                let size = (class & 15) * length as u64 + 16;
                let object = self.new_object(class, size)?;
                let at = object.bits().unwrap_or(0) + 8;
                self.store(VarType::I32, at, &Value::I32(length as i32))?;
                Ok(Some(object))
            }
            _ => {
                let name = Helper::NAMED.iter().find(|(h, _)| *h == helper);
                let name = name.map_or_else(|| format!("{helper:?}"), |(_, n)| n.to_string());
                Err(Error::UnsupportedCall(name).into())
            }
        }
    }

    /// Is the object one of the class? Every object is one of class 0.
    fn is_of_class(&self, class: u64, object: u64) -> Step<bool> {
        let found = self.load(VarType::I64, object)?;
        Ok(class == 0 || found.bits() == Some(class))
    }

    /// Where the statics of a class are: those without references, the references, those of the thread.
    fn statics(&mut self, class: u64) -> Step<u64> {
        if let Some(&(at, _)) = self.statics.get(&class) {
            return Ok(at);
        }
        let at = self.memory.alloc(THREAD_STATICS + 64)?;
        self.statics.insert(class, (at, false));
        Ok(at)
    }

    /// [`Interp::statics`] of the class, whose initialiser has run then.
    fn initialize_class(&mut self, class: u64) -> Step<u64> {
        let at = self.statics(class)?;
        if let Some((_, done)) = self.statics.get_mut(&class)
            && !std::mem::replace(done, true)
        {
            self.store(VarType::I64, at, &Value::I64(class.wrapping_add(1) as i64))?;
        }
        Ok(at)
    }

    /// A late-expanded node.
    pub(super) fn late_node(&mut self, n: NodeId, x: &Node) -> Step<Option<Value>> {
        if x.op == Opcode::RuntimeLookup {
            let Some(LookupRequest::Dictionary(entry)) = self.method().lookups.get(LookupId(x.aux))
            else {
                return Err(Error::Malformed(n, "no such dictionary").into());
            };
            let context = self.value(n, x.opnd[0], VarType::I64)?.bits().unwrap_or(0);
            let mut at = context;
            for &offset in &entry.offsets {
                let found = self.load(VarType::I64, at.wrapping_add(offset.into()))?;
                at = found.bits().unwrap_or(0);
            }
            if at == 0 && entry.may_be_empty {
                let args = [context, entry.key].map(|v| Value::I64(v as i64));
                return self.helper(Helper::RuntimeLookup, &args);
            }
            return Ok(Some(Value::I64(at as i64)));
        }
        let handle = Node {
            ty: VarType::I64,
            ..*x
        };
        let class = self.lookup(&handle)?.and_then(|v| v.bits()).unwrap_or(0);
        let class_arg = Value::I64(class as i64);
        match x.op {
            Opcode::CastClass | Opcode::IsInst => {
                let object = self.value(n, x.opnd[0], VarType::Ref)?;
                let helper = if x.op == Opcode::CastClass {
                    Helper::CastClass
                } else {
                    Helper::IsInst
                };
                self.helper(helper, &[class_arg, object])
            }
            Opcode::TlsBase => self.helper(Helper::TlsBase, &[class_arg]),
            op => {
                let at = self.initialize_class(class)?;
                if op == Opcode::ClassInit {
                    return Ok(None);
                }
                Ok(Value::from_bits(x.ty, at + 64 * u64::from(x.sub & 1)))
            }
        }
    }

    fn new_object(&mut self, class: u64, size: u64) -> Step<Value> {
        let at = self.memory.alloc(size)?;
        self.store(VarType::I64, at, &Value::I64(class as i64))?;
        Ok(Value::Ref(at))
    }
}
