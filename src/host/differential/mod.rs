//! Generated programs give the same results everywhere: in the interpreter and natively, at both levels, under every stress.
//!
//! A [`Differential`] compares one program after another. What a program leaves behind may be addresses and NaNs, in which executors
//! differ; the generator keeps both out of results (`ir::generate`), and the floats of the buffer are made equal here.
//!
//! | part | does |
//! |---|---|
//! | this file | runs a program in all ways and says the first difference |
//! | [`ways`] | the ways to compile that are compared |
//! | [`programs`] | the kinds of programs there are |
//! | [`report`] | a failing program becomes a small file |
//!
//! # Invariants
//!
//! - Everything is a function of program and seed: a file with its seed fails as the program did.
//! - One host and one compiler serve all programs of a run: what one method leaves in a context must not matter to the next.
//!
//! Left out: programs that never end, which only a process around this can stop.

pub mod programs;
pub mod report;
pub mod ways;

use super::{Host, HostError};
use crate::compile::{CompileError, CompileOptions};
use crate::ee::{Lookup, LookupRequest};
use crate::ir::Method;
use crate::ir::generate::{
    self, BUFFER, CODE_CELLS, DATA, DATA_CELLS, DOUBLES, MOST_METHODS, Rng, SINGLES, TURNS,
};
use crate::ir::interp::{Error, Interp, Limits, Outcome, TrapKind, Value};
use crate::target::TargetDesc;
use crate::types::VarType;
use std::time::{Duration, Instant};
use ways::{Verify, Way};

/// Calls of each method that is called from outside.
const CALLS: u32 = 4;
/// Nodes that the interpreter executes in one call before it gives up.
const FUEL: u64 = 300_000;
/// Code space that a program may need in all ways together; a host with less of it left makes room for a fresh one.
const ROOM: usize = 16 << 20;

/// How one call ended, and what it left in the buffer.
#[derive(Clone, PartialEq, Debug)]
struct End {
    result: Result<Option<Value>, &'static str>,
    buffer: Vec<u8>,
}

/// Why a program was not found equal everywhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The back end declines it; says why.
    Declined(String),
    /// The interpreter gave up on it: loops and calls multiply.
    Endless,
    /// It reads what nobody stored, and is compiled to something else than the interpreter does: it means nothing.
    Undefined,
    /// It behaves differently, or does not compile; says how and where.
    Difference(String),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fault::Declined(why) => write!(f, "declined: {why}"),
            Fault::Endless => f.write_str("out of fuel"),
            Fault::Undefined => f.write_str("the program reads what nobody stored"),
            Fault::Difference(what) => f.write_str(what),
        }
    }
}

/// Where the time of a run went.
#[derive(Copy, Clone, Default, PartialEq, Eq, Debug)]
pub struct Times {
    /// In the interpreter.
    pub interpreting: Duration,
    /// In making hosts ready, compiling and placing code.
    pub compiling: Duration,
    /// In compiled code.
    pub running: Duration,
}

/// Compares programs.
pub struct Differential {
    target: &'static TargetDesc,
    verify: Verify,
    host: Option<Host>,
    /// The data cells, those of the methods, and those that hold the addresses of the latter. The made-up addresses of programs become those of these.
    cells: Box<[u64]>,
    /// Says each way on standard error before it is gone: the last one said is the one that ended the process.
    pub trace: bool,
    /// In place of the one bit of `JitStressRegs` that the seed chooses.
    pub stress_regs: Option<u32>,
    /// Native calls compared so far.
    pub calls: u64,
    /// Where the time went so far.
    pub times: Times,
}

/// What stands in for the address of the buffer among the arguments.
const BUFFER_MARK: i64 = i64::MIN + 77;

/// A call and how it has to end.
struct Expected<'a> {
    method: &'a Method,
    args: Vec<Value>,
    end: End,
}

impl Differential {
    /// Code of `target` runs: any target of this machine's instruction set.
    pub fn new(target: &'static TargetDesc, verify: Verify) -> Differential {
        Differential {
            target,
            verify,
            host: None,
            cells: vec![0; 2 + 2 * MOST_METHODS].into_boxed_slice(),
            trace: false,
            stress_regs: None,
            calls: 0,
            times: Times::default(),
        }
    }

    /// The target whose code runs.
    pub fn target(&self) -> &'static TargetDesc {
        self.target
    }

    /// The next program begins in a fresh host: after a panic, the old one may be in any state.
    pub fn forget(&mut self) {
        self.host = None;
    }

    /// Runs `methods` in all ways that `seed` chooses, with arguments that it chooses.
    ///
    /// # Errors
    /// The first [`Fault`] found.
    pub fn compare(&mut self, methods: &[Method], seed: u64) -> Result<(), Fault> {
        let start = Instant::now();
        let expected = expectations(methods, seed, 0);
        self.times.interpreting += start.elapsed();
        let expected = expected?;
        if methods.iter().filter_map(number).max() >= Some(MOST_METHODS as u64) {
            let what = format!("more than {MOST_METHODS} methods");
            return Err(Fault::Difference(what));
        }
        let placed = self.place(methods);
        let features = ways::base_features(methods);
        for way in ways::ways(seed, features, self.verify, self.stress_regs) {
            if self.trace {
                eprintln!("seed {seed}, {}", way.name);
            }
            self.try_way(&placed, &expected, &way).map_err(|fault| {
                // Whatever it is: the next program begins afresh.
                self.host = None;
                match fault {
                    Fault::Difference(_) if reads_undefined(methods, seed, &expected) => {
                        Fault::Undefined
                    }
                    fault => fault,
                }
            })?;
        }
        Ok(())
    }

    fn try_way(
        &mut self,
        placed: &[Method],
        expected: &[Expected<'_>],
        way: &Way,
    ) -> Result<(), Fault> {
        let start = Instant::now();
        self.load(placed, &way.options)
            .map_err(|e| fault_of(&way.name, &e))?;
        let loaded = Instant::now();
        self.times.compiling += loaded - start;
        let host = self.host.as_mut().expect("just loaded");
        for e in expected {
            let got = native(host, e.method, &e.args).map_err(|x| fault_of(&way.name, &x))?;
            self.calls += 1;
            if got != e.end {
                return Err(Fault::Difference(difference(&way.name, e, &got)));
            }
        }
        self.times.running += loaded.elapsed();
        Ok(())
    }

    /// The methods with the addresses of real cells.
    fn place(&self, methods: &[Method]) -> Vec<Method> {
        let at = |i: u64| self.cells.as_ptr() as u64 + 8 * i;
        let real = |made_up: u64| match made_up {
            _ if made_up == DATA_CELLS[0] => at(0),
            _ if made_up == DATA_CELLS[1] => at(1),
            _ => at(2 + made_up.wrapping_sub(CODE_CELLS) / 8),
        };
        let mut placed = methods.to_vec();
        for m in &mut placed {
            for l in m.lookups.iter_mut() {
                match l {
                    LookupRequest::Known(Lookup::Indirect(a) | Lookup::IndirectTwice(a)) => {
                        *a = real(*a);
                    }
                    // The address of a cell as a value.
                    LookupRequest::Known(Lookup::Value(a)) if *a >> 12 == CODE_CELLS >> 12 => {
                        *a = real(*a);
                    }
                    _ => {}
                }
            }
        }
        placed
    }

    /// Compiles the methods and fills the cells.
    fn load(&mut self, placed: &[Method], options: &CompileOptions) -> Result<(), HostError> {
        if self.host.as_ref().is_none_or(|h| h.room() < ROOM) {
            // The old one goes first: a process has only so many.
            self.host = None;
            self.host = Some(Host::new_for(self.target)?);
        }
        let host = self.host.as_mut().expect("just made");
        host.forget();
        host.load(placed, options)?;
        let first = self.cells.as_ptr() as u64;
        self.cells[0] = DATA;
        self.cells[1] = first;
        for m in placed {
            if let (Some(i), Some(code)) = (number(m), host.entry_point(&m.name)) {
                let i = i as usize;
                self.cells[2 + i] = code;
                self.cells[2 + MOST_METHODS + i] = first + 8 * (2 + i as u64);
            }
        }
        Ok(())
    }
}

/// Does a program whose locals begin with other bytes give something else? Then it means nothing that compiled code differs.
fn reads_undefined(methods: &[Method], seed: u64, expected: &[Expected<'_>]) -> bool {
    const ANY: u8 = 0x5a;
    match expectations(methods, seed, ANY) {
        Ok(other) => expected.iter().zip(&other).any(|(a, b)| a.end != b.end),
        Err(_) => true,
    }
}

/// What the interpreter says of the calls that `seed` chooses. Locals begin with bytes of `undefined`.
fn expectations(methods: &[Method], seed: u64, undefined: u8) -> Result<Vec<Expected<'_>>, Fault> {
    let mut rng = Rng::new(seed ^ 0x5eed);
    let limits = Limits {
        fuel: FUEL,
        defined_locals: true,
        undefined,
        ..Limits::default()
    };
    let mut interp = Interp::with_limits(methods, limits);
    for m in methods {
        if let (Some(i), Some(code)) = (number(m), interp.code_address(&m.name)) {
            interp.set_cell(CODE_CELLS + 8 * i, code);
        }
    }
    interp.set_cell(DATA_CELLS[0], DATA);
    interp.set_cell(DATA_CELLS[1], DATA_CELLS[0]);
    let mut expected = Vec::new();
    for method in methods.iter().filter(|m| !m.name.starts_with('g')) {
        for _ in 0..CALLS {
            let args = arguments(method, &mut rng);
            let end = interpret(&mut interp, &method.name, &args).map_err(|e| match e {
                Outcome::Error(Error::OutOfFuel) => Fault::Endless,
                e => Fault::Difference(format!("interpreter: {}: {e}", method.name)),
            })?;
            expected.push(Expected { method, args, end });
        }
    }
    Ok(expected)
}

fn interpret(interp: &mut Interp<'_>, name: &str, args: &[Value]) -> Result<End, Outcome> {
    let buffer = interp.memory().alloc(BUFFER.into())?;
    let args: Vec<Value> = args
        .iter()
        .map(|a| match a {
            Value::I64(BUFFER_MARK) => Value::I64(buffer as i64),
            a => a.clone(),
        })
        .collect();
    let result = match interp.call(name, &args) {
        Ok(v) => Ok(v.into_iter().next()),
        Err(Outcome::Trap { kind, .. }) if kind != TrapKind::StackOverflow => Err(kind.name()),
        Err(e) => return Err(e),
    };
    let bytes = interp.memory().slice(buffer, BUFFER.into());
    let mut buffer = bytes.expect("the buffer lives on").to_vec();
    one_nan(&mut buffer);
    Ok(End { result, buffer })
}

fn native(host: &mut Host, method: &Method, args: &[Value]) -> Result<End, HostError> {
    let mut buffer = [0_u64; BUFFER as usize / 8];
    let address = buffer.as_mut_ptr() as u64;
    let args: Vec<u64> = args
        .iter()
        .map(|a| match a {
            Value::I64(BUFFER_MARK) => address,
            a => a.bits().expect("scalars only"),
        })
        .collect();
    let result = match host.run(&method.name, &args)? {
        Ok(bits) => Ok(bits.and_then(|b| Value::from_bits(method.ret, b))),
        Err(trap) => Err(trap.kind.name()),
    };
    let mut buffer: Vec<u8> = buffer.iter().flat_map(|w| w.to_le_bytes()).collect();
    one_nan(&mut buffer);
    Ok(End { result, buffer })
}

fn fault_of(way: &str, error: &HostError) -> Fault {
    match error {
        HostError::Compile {
            error: CompileError::Unsupported { reason, .. },
            ..
        } => Fault::Declined(reason.to_string()),
        HostError::Compile {
            error: CompileError::Limit { what },
            ..
        } => Fault::Declined(format!("over a limit: {what}")),
        error => Fault::Difference(format!("{way}: {error}")),
    }
}

fn difference(way: &str, expected: &Expected<'_>, got: &End) -> String {
    let words = got.buffer.chunks(8).zip(expected.end.buffer.chunks(8));
    let at: Vec<usize> = words
        .enumerate()
        .filter(|(_, (a, b))| a != b)
        .map(|(i, _)| i * 8)
        .collect();
    format!(
        "{way}: {}({:?}) = {:?}, but the interpreter says {:?}; the buffer differs at {at:?}",
        expected.method.name, expected.args, got.result, expected.end.result
    )
}

/// The number in the name of an inner method.
fn number(m: &Method) -> Option<u64> {
    m.name.strip_prefix('g')?.parse().ok()
}

/// Executors may differ in a NaN's sign and payload: the floats of the buffer are made equal there.
fn one_nan(buffer: &mut [u8]) {
    for word in buffer[DOUBLES as usize..SINGLES as usize].chunks_exact_mut(8) {
        let v = f64::from_le_bytes(word.try_into().expect("eight bytes"));
        if v.is_nan() {
            word.copy_from_slice(&f64::NAN.to_le_bytes());
        }
    }
    for word in buffer[SINGLES as usize..TURNS as usize].chunks_exact_mut(4) {
        let v = f32::from_le_bytes(word.try_into().expect("four bytes"));
        if v.is_nan() {
            word.copy_from_slice(&f32::NAN.to_le_bytes());
        }
    }
}

/// An argument tuple for a method.
fn arguments(method: &Method, rng: &mut Rng) -> Vec<Value> {
    let params = method.body.locals.iter().take(method.num_params as usize);
    let ints = [
        0,
        1,
        -1,
        2,
        7,
        31,
        63,
        255,
        i64::MAX,
        i64::MIN,
        0x1_0000_0000,
    ];
    params
        .enumerate()
        .map(|(k, l)| {
            let v = if rng.chance(60) {
                rng.pick(&ints)
            } else {
                rng.next_u64() as i64
            };
            match l.ty {
                VarType::I64 if k == 0 && generate::takes_buffer(method) => Value::I64(BUFFER_MARK),
                VarType::F64 => Value::F64((v >> 40) as f64 * 0.5),
                VarType::F32 => Value::F32((v >> 40) as f32 * 0.5),
                ty => Value::from_bits(ty, v as u64).expect("a scalar"),
            }
        })
        .collect()
}
