//! Calls in random programs: to earlier methods by name, by address and through a cell, to helpers, and instead of a return.

use super::{NONE, Signature, Typed, Writer};
use crate::ee::{Helper, Lookup, LookupRequest};
use crate::ir::{ArgKind, CallFlags, CallId, CallTarget, Cond, NodeId, Opcode, Operand};
use crate::types::VarType;

/// How many arguments of each kind travel in registers under every convention that tail calls are compiled for.
const IN_REGISTERS: usize = 4;

impl Writer<'_> {
    /// A call of an earlier method, whose result goes into a variable.
    pub(super) fn call(&mut self) {
        let count = self.program.known.len() as u32;
        if count == 0 || self.calls >= 3 || self.loops > 0 && self.calls > 0 {
            return self.helper_call();
        }
        self.calls += 1;
        // In a loop only the first, which calls nobody.
        let i = if self.loops > 0 {
            0
        } else {
            self.rng.below(count)
        };
        let s = &self.program.known[i as usize];
        let args = self.arguments(s);
        let (ret, layout) = s.ret;
        let (target, address) = self.target(i as usize);
        let v = self.k.call(target, ret, layout, &args);
        self.complete_call(v, address, s);
        match ret {
            VarType::Void => {}
            VarType::Struct => {
                let to = self.rng.pick(&self.structs[layout.0 as usize]);
                self.k.set(to, v);
            }
            ty if ty.is_vector() => {
                let to = self.rng.pick(&self.vectors);
                self.k.set(to, v);
            }
            // A result that nobody wants.
            _ if self.rng.chance(10) => {}
            _ => {
                let to = self.variable(ret.actual());
                self.k.set(to, v);
            }
        }
    }

    fn arguments(&mut self, s: &Signature) -> Vec<Typed> {
        let mut args: Vec<Typed> = Vec::new();
        for (i, &(ty, layout)) in s.params.iter().enumerate() {
            let o = match ty {
                VarType::Struct => self.struct_value(layout.0 as usize),
                _ if i == s.buffer() => Operand::local(self.buffer),
                _ if ty.is_vector() => self.vector_value(),
                // A computed value may trap or read memory; it is computed before the later arguments.
                _ => self.value(ty.actual()),
            };
            args.push((o, ty, layout));
        }
        args
    }

    /// Whom a call of method `i` names, and the address for a call by address.
    fn target(&mut self, i: usize) -> (CallTarget, Operand) {
        let s = self.program.known.get(i).unwrap_or(self.own);
        let func = self.k.func(&s.name);
        match self.rng.below(10) {
            // The outermost method has no cell.
            2 | 3 if s.name.starts_with('f') => (CallTarget::Func(func), Operand::NONE),
            0 | 1 => {
                let n = self.k.push(Opcode::FuncAddr, VarType::I64, 0, func.0, &[]);
                let address = self.hold(VarType::I64, Operand::node(n));
                (CallTarget::Indirect, address)
            }
            2 => {
                let cell = Lookup::Indirect(Self::code_cell(i));
                let row = self.lookup_row(LookupRequest::Known(cell));
                (CallTarget::StubCell(row), Operand::NONE)
            }
            3 => {
                let cell = Lookup::Value(Self::code_cell(i));
                let row = self.lookup_row(LookupRequest::Known(cell));
                let n = self.k.push(Opcode::Lookup, VarType::I64, 0, row.0, &[]);
                let address = self.hold(VarType::I64, Operand::node(n));
                (CallTarget::IndirectCell, address)
            }
            _ => (CallTarget::Func(func), Operand::NONE),
        }
    }

    /// Gives the call just made its address and its receiver.
    fn complete_call(&mut self, call: Operand, address: Operand, s: &Signature) {
        let Some(n) = call.as_node() else { return };
        if address.is_some() {
            self.k.m.body.nodes[n].opnd[0] = address;
        }
        if s.has_this {
            self.receiver(n);
        }
    }

    fn receiver(&mut self, n: NodeId) {
        let checks = self.rng.chance(50);
        let body = &mut self.k.m.body;
        let row = CallId(body.nodes[n].aux);
        let info = &mut body.calls[row];
        if checks {
            info.flags |= CallFlags::NULL_CHECK_THIS;
        }
        body.call_args[info.first_arg as usize].kind = ArgKind::This;
    }

    /// A call of a helper by its name.
    pub(super) fn helper_call(&mut self) {
        use VarType::*;
        let (helper, ty, count) = self.rng.pick(&[
            (Helper::DblRem, F64, 2),
            (Helper::FltRem, F32, 2),
            (Helper::DblFma, F64, 3),
            (Helper::FltFma, F32, 3),
            (Helper::GcPoll, Void, 0),
        ]);
        let mut args: Vec<Typed> = Vec::new();
        for _ in 0..count {
            args.push((self.value(ty), ty, NONE));
        }
        let v = self.k.call(CallTarget::Helper(helper), ty, NONE, &args);
        if helper == Helper::GcPoll
            && let Some(n) = v.as_node()
            && self.rng.chance(50)
        {
            let row = CallId(self.k.m.body.nodes[n].aux);
            self.k.m.body.calls[row].flags |= CallFlags::NO_GC | CallFlags::NO_THROW;
        }
        if ty != Void {
            let to = self.variable(ty);
            self.k.set(to, v);
        }
    }

    /// Ends the method with a call in place of a return, if one fits: of an earlier method or, some turns long, of itself.
    pub(super) fn tail_call(&mut self) -> bool {
        let own = self.own;
        let fits = |s: &Signature| {
            let float = |ty: VarType| ty.is_float();
            let floats = s.params.iter().filter(|p| float(p.0)).count();
            let ints = s.params.len() - floats;
            let plain = s.params.iter().all(|p| p.0.is_scalar());
            s.ret == own.ret
                && s.has_this == own.has_this
                && own.ret.0.is_scalar()
                && plain
                && ints < IN_REGISTERS
                && floats <= IN_REGISTERS
                && s.params.len() <= IN_REGISTERS
        };
        // The method's own arguments always have room where they came.
        let plain = own.params.iter().all(|p| p.0 != VarType::Struct);
        if plain && own.ret.0 != VarType::Struct && self.rng.chance(50) {
            self.again();
            return true;
        }
        let known = &self.program.known;
        let Some(i) = known.iter().position(fits) else {
            return false;
        };
        let args = self.arguments(&known[i]);
        let (target, address) = self.target(i);
        self.end_with_call(target, address, &args, &known[i]);
        true
    }

    /// The method once more, as long as there are turns; else a return.
    fn again(&mut self) {
        let (more, end) = (self.k.new_block(), self.k.new_block());
        let at = self.turns();
        let turns = self.k.op(Opcode::Load, VarType::I64, &[at]);
        let turns = self.hold(VarType::I64, turns);
        let limit = self.k.int(3);
        self.k
            .cmp_branch(Cond::Lt, VarType::I64, [turns, limit], [more, end]);
        self.k.start(more);
        let one = self.k.int(1);
        let next = self.k.op(Opcode::Add, VarType::I64, &[turns, one]);
        let at = self.turns();
        self.k.store(VarType::I64, at, next);
        let own = self.own;
        if self.rng.chance(25) {
            let own = self.k.func(&own.name);
            self.k.push(Opcode::JmpMethod, VarType::Void, 0, own.0, &[]);
        } else {
            let args = self.arguments(own);
            let (target, address) = self.target(self.program.known.len());
            self.end_with_call(target, address, &args, own);
        }
        self.k.start(end);
        let v = match own.ret.0 {
            VarType::Void => Operand::NONE,
            ty if ty.is_vector() => self.vector_value(),
            ty => self.read(ty.actual()),
        };
        self.k.ret(v);
    }

    fn end_with_call(
        &mut self,
        target: CallTarget,
        address: Operand,
        args: &[Typed],
        s: &Signature,
    ) {
        let call = self.k.call(target, s.ret.0, NONE, args);
        self.complete_call(call, address, s);
        if let Some(n) = call.as_node() {
            self.k.m.body.nodes[n].op = Opcode::TailCall;
        }
    }
}
