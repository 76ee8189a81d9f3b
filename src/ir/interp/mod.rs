//! The reference interpreter: what a method means.
//!
//! Every other executor of the IR is tested against this one, so it prefers being plainly right to being fast. Invariants:
//!
//! - **no host memory**: all addresses are invented ([`memory`]); a bad one is an [`Error`], never a fault.
//! - **no recursion by input**: calls and filters are activations on an explicit stack; depth and steps are limited.
//! - **uninitialised locals read as zero**, allocated memory as well.
//! - **two passes**: an exception first looks for its handler, running filters on top of the frames that are still there, then
//!   unwinds, running `finally` and `fault` handlers. An exception that nobody catches runs none of them.
//!
//! Object model, shared with the embedded host: the class word (64 bits) at offset 0; arrays have their `i32` length at 8 and
//! elements from 16 on. A class word says the size: an array's elements have `class & 15` bytes, an instance has
//! `8 + (class >> 8) * 8` bytes, at least 16. Classes 1 to 5 are the exceptions the IR raises ([`TrapKind::class`]).
//!
//! Left out: vectors of other sizes than 16 and 32 bytes, late-expanded nodes, locals of other frames, and what only lowering makes; they are
//! [`Error::Unsupported`]. Sources: the opcode table and `docs/ir.md`; ECMA-335 for the exceptions' two passes.

pub mod eval;
pub mod memory;

mod calls;
mod exceptions;
mod step;
mod value;
mod vector;

#[cfg(test)]
mod tests;

use super::{Block, BlockId, LocalFlags, Method, NodeId, Opcode};
pub use crate::ir::TrapKind;
use crate::types::{LayoutId, VarType};
use exceptions::{Running, Search};
use memory::Memory;
use std::collections::HashMap;
pub use value::{Error, Outcome, Value};

/// What a run may use.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Nodes executed by one [`Interp::call`].
    pub fuel: u64,
    /// Activations at one time; more is a `stack_overflow` trap.
    pub depth: usize,
    /// Bytes of live memory.
    pub memory: u64,
    /// A local that reads as what nobody defined is an error: one that is not a GC pointer, before its first store.
    pub defined_locals: bool,
    /// Every byte of a local that reads as what nobody defined, before its first store. Two runs that differ only in this byte, and
    /// not in what they give, read nothing undefined.
    pub undefined: u8,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            fuel: 100_000_000,
            depth: 10_000,
            memory: 1 << 30,
            defined_locals: false,
            undefined: 0,
        }
    }
}

/// An interpreter of a set of methods, with their heap.
pub struct Interp<'a> {
    methods: &'a [Method],
    names: HashMap<&'a str, usize>,
    /// For each method: which locals need an address. Filled at a method's first call.
    in_memory: Vec<Option<Vec<bool>>>,
    memory: Memory,
    limits: Limits,
    fuel: u64,
    frames: Vec<Frame>,
    acts: Vec<Act>,
    returned: Option<Option<Value>>,
    /// Words at addresses that lookups name.
    cells: HashMap<u64, u64>,
    /// Where the statics of each class are, and whether it is initialised. Each call from outside begins without any.
    statics: HashMap<u64, (u64, bool)>,
}

/// The locals of one call; filters share the frame of their method.
struct Frame {
    slots: Vec<Slot>,
    /// Which locals have a defined value; empty if nobody asks.
    defined: Vec<bool>,
    allocated: Vec<u64>,
}

enum Slot {
    Value(Value),
    Memory(u64),
}

/// A place of execution: a call, or a filter of a call further down the stack.
struct Act {
    method: usize,
    frame: usize,
    block: BlockId,
    next: NodeId,
    values: HashMap<u32, Value>,
    /// Handlers being run, outermost first.
    running: Vec<Running>,
    /// The search that this filter is part of.
    filter: Option<Box<Search>>,
}

/// Why a step did not go on to the next node by itself.
enum Stop {
    /// An exception of the IR, at this node.
    Trap(TrapKind),
    /// An object thrown at this node.
    Throw(u64),
    /// The end.
    Outcome(Outcome),
}

impl From<Outcome> for Stop {
    fn from(o: Outcome) -> Stop {
        Stop::Outcome(o)
    }
}

impl From<Error> for Stop {
    fn from(e: Error) -> Stop {
        Stop::Outcome(Outcome::Error(e))
    }
}

type Step<T = ()> = Result<T, Stop>;

impl<'a> Interp<'a> {
    /// An interpreter of `methods`, which call each other by name; of equal names the first counts.
    pub fn new(methods: &'a [Method]) -> Interp<'a> {
        Interp::with_limits(methods, Limits::default())
    }

    /// As [`Interp::new`], with other limits.
    pub fn with_limits(methods: &'a [Method], limits: Limits) -> Interp<'a> {
        let mut names = HashMap::new();
        for (i, m) in methods.iter().enumerate() {
            names.entry(m.name.as_str()).or_insert(i);
        }
        Interp {
            methods,
            names,
            in_memory: vec![None; methods.len()],
            memory: Memory::new(limits.memory),
            limits,
            fuel: 0,
            frames: Vec::new(),
            acts: Vec::new(),
            returned: None,
            cells: HashMap::new(),
            statics: HashMap::new(),
        }
    }

    /// Lets the cell at `address`, which lookups and calls through cells name, hold `value`.
    pub fn set_cell(&mut self, address: u64, value: u64) {
        self.cells.insert(address, value);
    }

    /// The address of a method's code, for cells.
    pub fn code_address(&self, name: &str) -> Option<u64> {
        let index = *self.names.get(name)?;
        Some(calls::code_address(index))
    }

    /// The memory: buffers for arguments, heap objects of earlier calls.
    pub fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// Steps executed by the last call.
    pub fn steps(&self) -> u64 {
        self.limits.fuel - self.fuel
    }

    /// Calls method `name`. The result has one value, or none from a `void` method.
    ///
    /// # Errors
    /// [`Outcome`]: a trap, or why the interpreter refused.
    pub fn call(&mut self, name: &str, args: &[Value]) -> Result<Vec<Value>, Outcome> {
        let result = self.run(name, args);
        while !self.acts.is_empty() {
            self.pop_act();
        }
        result
    }

    fn run(&mut self, name: &str, args: &[Value]) -> Result<Vec<Value>, Outcome> {
        let &method = self
            .names
            .get(name)
            .ok_or_else(|| Error::NotFound(name.to_owned()))?;
        self.fuel = self.limits.fuel;
        self.returned = None;
        self.statics.clear();
        self.push_call(method, args.to_vec())?;
        while self.returned.is_none() {
            if self.fuel == 0 {
                return Err(Error::OutOfFuel.into());
            }
            self.fuel -= 1;
            let place = self.act().next;
            let stop = match self.step() {
                Ok(()) => continue,
                Err(stop) => stop,
            };
            match stop {
                Stop::Outcome(o) => return Err(o),
                Stop::Throw(object) => self.throw(object, place)?,
                Stop::Trap(kind) if kind.class() == 0 => return Err(self.trap_at(kind, place)),
                Stop::Trap(kind) => self.raise(kind, place)?,
            }
        }
        Ok(self.returned.take().flatten().into_iter().collect())
    }

    fn act(&self) -> &Act {
        self.acts.last().expect("a run has an activation")
    }

    fn act_mut(&mut self) -> &mut Act {
        self.acts.last_mut().expect("a run has an activation")
    }

    fn method(&self) -> &'a Method {
        &self.methods[self.act().method]
    }

    /// The source position of node `n` of the method running.
    fn line(&self, n: NodeId) -> u32 {
        let lines = &self.method().body.node_il;
        lines.get(n.0 as usize).copied().unwrap_or(0)
    }

    fn trap_at(&self, kind: TrapKind, n: NodeId) -> Outcome {
        Outcome::Trap {
            kind,
            method: self.method().name.clone(),
            line: self.line(n),
        }
    }

    /// Makes a frame for a call of `method` and enters it.
    fn push_call(&mut self, method: usize, args: Vec<Value>) -> Result<(), Outcome> {
        let m = &self.methods[method];
        if args.len() != m.num_params as usize || m.body.locals.len() < args.len() {
            return Err(Error::BadArguments(m.name.clone()).into());
        }
        if self.acts.len() >= self.limits.depth {
            let Some(caller) = self.acts.last() else {
                return Err(Outcome::Trap {
                    kind: TrapKind::StackOverflow,
                    method: m.name.clone(),
                    line: m.body.node_il.first().copied().unwrap_or(0),
                });
            };
            return Err(self.trap_at(TrapKind::StackOverflow, caller.next));
        }
        let in_memory = self.in_memory[method]
            .take()
            .unwrap_or_else(|| needs_memory(m));
        let mut frame = Frame {
            slots: Vec::with_capacity(m.body.locals.len()),
            defined: Vec::new(),
            allocated: Vec::new(),
        };
        if self.limits.defined_locals {
            let defined = |(i, l): (usize, &crate::ir::Local)| {
                i < m.num_params as usize || reads_as_zero(m, l)
            };
            frame.defined = m.body.locals.iter().enumerate().map(defined).collect();
        }
        let mut args = args.into_iter();
        for (l, local) in m.body.locals.iter().enumerate() {
            let layout = local.layout;
            let value = match args.next() {
                Some(a) => coerce(m, a, local.ty, layout)
                    .ok_or_else(|| Error::BadArguments(m.name.clone()))?,
                None => {
                    let byte = match self.limits.undefined {
                        byte if byte != 0 && !reads_as_zero(m, local) => byte,
                        _ => 0,
                    };
                    filled(m, local.ty, layout, byte).ok_or(Error::Unsupported(Opcode::StoreLcl))?
                }
            };
            if !in_memory[l] {
                frame.slots.push(Slot::Value(value));
                continue;
            }
            let size = local_size(m, local.ty, layout);
            let base = self.memory.alloc(size)?;
            frame.allocated.push(base);
            let bytes = self
                .memory
                .slice_mut(base, size)
                .map_err(|_| Error::BadAddress(base))?;
            to_bytes(local.ty, &value, bytes);
            frame.slots.push(Slot::Memory(base));
        }
        self.in_memory[method] = Some(in_memory);
        self.frames.push(frame);
        self.acts.push(Act {
            method,
            frame: self.frames.len() - 1,
            block: BlockId(0),
            next: NodeId::NONE,
            values: HashMap::new(),
            running: Vec::new(),
            filter: None,
        });
        self.go_to(BlockId(0))
    }

    /// Leaves the topmost activation; a call's frame dies with it.
    fn pop_act(&mut self) {
        let Some(act) = self.acts.pop() else {
            return;
        };
        if act.filter.is_none()
            && let Some(frame) = self.frames.pop()
        {
            for base in frame.allocated.into_iter().rev() {
                self.memory.free(base);
            }
        }
    }

    /// Continues the topmost activation at the start of `b`.
    fn go_to(&mut self, b: BlockId) -> Result<(), Outcome> {
        let first = match self.method().body.blocks.get(b) {
            Some(Block { first, .. }) if first.is_some() => *first,
            _ => {
                let at = self.act().next;
                return Err(Error::Malformed(at, "a jump to a block that is not there").into());
            }
        };
        let act = self.act_mut();
        act.block = b;
        act.next = first;
        act.values.clear();
        Ok(())
    }
}

/// Which locals of `m` need an address.
fn needs_memory(m: &Method) -> Vec<bool> {
    let mut needs: Vec<bool> = (m.body.locals.iter())
        .map(|l| l.flags.contains(LocalFlags::ADDRESS_EXPOSED))
        .collect();
    for n in m.body.nodes.iter() {
        if n.op == Opcode::LclAddr
            && let Some(x) = needs.get_mut(n.aux as usize)
        {
            *x = true;
        }
    }
    needs
}

/// Bytes of a local.
fn local_size(m: &Method, ty: VarType, layout: LayoutId) -> u64 {
    if ty == VarType::Struct {
        m.layout(layout).map_or(0, |l| l.size).into()
    } else {
        ty.size().into()
    }
}

/// Does the local read as zero before its first store?
fn reads_as_zero(m: &Method, local: &crate::ir::Local) -> bool {
    local.flags.contains(LocalFlags::ZERO_INIT)
        || local.ty.is_gc()
        || m.layout(local.layout).is_some_and(|l| l.has_gc())
}

/// The value of a type whose bytes are all `byte`; `None` for types that are not interpreted.
fn filled(m: &Method, ty: VarType, layout: LayoutId, byte: u8) -> Option<Value> {
    if ty == VarType::Struct {
        Some(Value::Struct(vec![byte; m.layout(layout)?.size as usize]))
    } else if ty.is_vector() && ty.size() <= 64 {
        Some(Value::Vector(ty, [byte; 64]))
    } else {
        Value::from_bits(ty, u64::from_le_bytes([byte; 8]))
    }
}

/// `v` as a value of type `ty` (small types normalised; references, pointers and `i64` stand for each other); `None`, if it
/// is none.
fn coerce(m: &Method, v: Value, ty: VarType, layout: LayoutId) -> Option<Value> {
    if ty == VarType::Struct {
        let size = m.layout(layout)?.size as usize;
        return matches!(&v, Value::Struct(b) if b.len() == size).then_some(v);
    }
    let to = ty.actual();
    if let Value::Vector(of, _) = v {
        return (of == to).then_some(v);
    }
    let fits = v.ty() == to || (v.ty().is_wide_int() && to.is_wide_int());
    if fits {
        Value::from_bits(ty, v.bits()?)
    } else {
        None
    }
}

/// Writes a local's value to its bytes. The value has the local's type.
fn to_bytes(ty: VarType, v: &Value, bytes: &mut [u8]) {
    match v {
        Value::Struct(b) => bytes.copy_from_slice(b),
        v => {
            memory::write_value(ty, v, bytes);
        }
    }
}
