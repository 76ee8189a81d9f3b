//! The embedded host: runs methods natively, in this process, without any other runtime.
//!
//! ```text
//!   methods ──compile──► code heap ──► call_in ──► compiled code ──► helpers (stubs, Rust)
//!                        (W^X, cells)     ▲            │  faults, throws
//!                                         └── trap ────┴──► signals ──► exceptions (two passes, funclets, resume)
//! ```
//!
//! | part | does |
//! |---|---|
//! | [`code_heap`] | places and patches code |
//! | [`clock`] | a thread's own time, for measurements |
//! | [`methods`] | finds methods by address |
//! | [`stubs`] | the assembly |
//! | [`helpers`], [`objects`] | what compiled code calls, and its objects |
//! | [`exceptions`], [`unwinder`] | handlers and frames |
//! | [`signals`] | faults become exceptions |
//! | [`frames`] | native unwinders can cross compiled frames |
//! | [`differential`] | generated programs in all ways, compared |
//! | [`runtime`] | the answers to the compiler's questions |
//!
//! # Invariants
//!
//! - Methods call each other through cells, so that any method can be compiled before those it calls, and replaced after.
//! - A host is used by one thread at a time; several hosts live side by side.
//!
//! Left out for now: tiers, call counting, collection, structs in the arguments and results of [`Host::run`]. Linux on x64
//! and arm64 only.

pub mod caller;
mod check;
pub mod clock;
pub mod code_heap;
pub mod differential;
pub mod exceptions;
pub mod frames;
pub mod helpers;
pub mod methods;
pub mod objects;
pub mod runtime;
pub mod signals;
pub mod stubs;
pub mod unwinder;

#[cfg(test)]
mod big_tests;
#[cfg(test)]
mod stack_tests;
#[cfg(test)]
mod tests;

pub use crate::ir::TrapKind;
pub use exceptions::Trap;
pub use runtime::{
    EmbeddedRuntime, NullRuntime, TARGETS, host_features, host_target, target_named,
};

use crate::compile::backend::Compiler;
use crate::compile::{CompileError, CompileOptions, CompiledMethod};
use crate::ee::Helper;
use crate::ir::Method;
use crate::target::call_conv::ArgState;
use crate::target::{AbiLoc, RegNum, RuntimeAbi, TargetDesc};
use crate::types::{ClassLayout, VarType};
use code_heap::{CodeHeap, HeapError};
use exceptions::Activation;
use methods::{CodeMap, LoadedMethod};
use objects::ObjectHeap;
use std::cell::UnsafeCell;
use std::collections::HashMap;
use stubs::{ArgImage, RetImage, Stubs};

/// Why a method could not be loaded or run.
#[derive(Debug)]
pub enum HostError {
    /// The compiler declined.
    Compile {
        /// The method.
        method: String,
        /// Why.
        error: CompileError,
    },
    /// The method makes no sense as it stands.
    Malformed {
        /// The method.
        method: String,
        /// What is wrong, and where.
        what: String,
    },
    /// The code could not be placed.
    Heap(HeapError),
    /// The fault signals could not be taken.
    Signals(std::io::Error),
    /// Code of the target of this name cannot run on this machine.
    Foreign(String),
    /// No method of this name is loaded.
    NoMethod(String),
    /// Two methods of one name.
    Duplicate(String),
    /// The arguments do not fit the method, or it cannot be called from outside; says why.
    BadCall(String),
}

impl std::fmt::Display for HostError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HostError::Compile { method, error } => write!(f, "{method}: {error}"),
            HostError::Malformed { method, what } => write!(f, "{method}: {what}"),
            HostError::Heap(e) => write!(f, "{e}"),
            HostError::Signals(e) => write!(f, "cannot take the fault signals: {e}"),
            HostError::Foreign(name) => write!(f, "code for {name} cannot run on this machine"),
            HostError::NoMethod(name) => write!(f, "no method {name}"),
            HostError::Duplicate(name) => write!(f, "two methods named {name}"),
            HostError::BadCall(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for HostError {}

impl From<HeapError> for HostError {
    fn from(e: HeapError) -> Self {
        HostError::Heap(e)
    }
}

/// What can be called.
#[derive(Clone, Debug)]
struct Signature {
    params: Vec<VarType>,
    ret: VarType,
    /// Of the parameters that are structs, by number, and of the result.
    layouts: Vec<(usize, ClassLayout)>,
}

impl Signature {
    /// The number of the result in `layouts`.
    const RESULT: usize = usize::MAX;

    fn of(method: &Method) -> Signature {
        let params = method.body.locals.iter().take(method.num_params as usize);
        let places = params.clone().map(|l| l.layout).enumerate();
        let places = places.chain([(Signature::RESULT, method.ret_layout)]);
        let layout = |(k, id)| method.layout(id).map(|l| (k, l.clone()));
        Signature {
            params: params.map(|l| l.ty).collect(),
            ret: method.ret,
            layouts: places.filter_map(layout).collect(),
        }
    }

    /// The layout of parameter `k`, or of the result.
    fn layout(&self, k: usize) -> Option<&ClassLayout> {
        let at = self.layouts.binary_search_by_key(&k, |l| l.0).ok()?;
        Some(&self.layouts[at].1)
    }

    /// Are parameters and result the same?
    fn is_like(&self, other: &Signature) -> bool {
        let as_word = |t: VarType| if t.is_wide_int() { VarType::I64 } else { t };
        let of = |s: &Signature| -> Vec<VarType> {
            s.params
                .iter()
                .chain([&s.ret])
                .map(|&t| as_word(t))
                .collect()
        };
        of(self) == of(other)
            && self
                .layouts
                .iter()
                .zip(&other.layouts)
                .all(|(a, b)| a.0 == b.0 && check::alike(Some(&a.1), Some(&b.1)))
    }
}

/// A code heap with loaded methods.
pub struct Host {
    target: &'static TargetDesc,
    stubs: &'static Stubs,
    abi: RuntimeAbi,
    heap: CodeHeap,
    code: CodeMap,
    objects: UnsafeCell<ObjectHeap>,
    cells: HashMap<String, u64>,
    entries: HashMap<String, u64>,
    signatures: HashMap<String, Signature>,
    helpers: HashMap<Helper, u64>,
    compiler: Compiler,
    frames: Vec<frames::Registration>,
    _registration: signals::HeapRegistration,
}

impl Host {
    /// An empty host for the machine this runs on.
    pub fn new() -> Result<Host, HostError> {
        Host::new_for(host_target())
    }

    /// An empty host for code of `target`: any convention of this machine's instruction set will do.
    pub fn new_for(target: &'static TargetDesc) -> Result<Host, HostError> {
        let stubs =
            stubs::stubs_for(target).ok_or_else(|| HostError::Foreign(target.name.to_owned()))?;
        signals::install().map_err(HostError::Signals)?;
        let mut heap = CodeHeap::new()?;
        let registration =
            signals::HeapRegistration::new(heap.code_range()).ok_or(HeapError::Full)?;
        let mut helpers = HashMap::new();
        for &(helper, _) in Helper::NAMED {
            if let Some(entry) = helpers::entry_point(helper, stubs) {
                helpers.insert(helper, place_veneer(&mut heap, entry)?);
            }
        }
        Ok(Host {
            target,
            stubs,
            abi: runtime::embedded_abi(target),
            heap,
            code: CodeMap::default(),
            objects: UnsafeCell::default(),
            cells: HashMap::new(),
            entries: HashMap::new(),
            signatures: HashMap::new(),
            helpers,
            compiler: Compiler::default(),
            frames: Vec::new(),
            _registration: registration,
        })
    }

    /// The machine.
    pub fn target(&self) -> &'static TargetDesc {
        self.target
    }

    /// Where the code of a loaded method begins.
    pub fn entry_point(&self, name: &str) -> Option<u64> {
        self.entries.get(name).copied()
    }

    /// Bytes of code space left.
    pub fn room(&self) -> usize {
        let (start, end) = self.heap.code_range();
        (end - start) as usize - self.heap.used()
    }

    /// Forgets every method with its objects: names are free again, native functions stay. Code space is not given back.
    pub fn forget(&mut self) {
        self.frames.clear();
        self.code.methods.clear();
        self.objects.get_mut().clear();
        for name in self.signatures.keys() {
            if let Some(cell) = self.cells.remove(name) {
                self.heap.free_cell(cell);
            }
        }
        self.entries.clear();
        self.signatures.clear();
    }

    /// Where loaded methods are.
    pub fn code_map(&self) -> &CodeMap {
        &self.code
    }

    /// Compiles all methods and makes them callable. They may call each other and those loaded before.
    pub fn load(&mut self, methods: &[Method], opts: &CompileOptions) -> Result<(), HostError> {
        self.load_with(methods, |_| opts.clone(), |_, _| {})
    }

    /// [`Host::load`] with options for each method; `done` sees each result.
    pub fn load_with(
        &mut self,
        methods: &[Method],
        mut options: impl FnMut(&Method) -> CompileOptions,
        mut done: impl FnMut(&Method, &CompiledMethod),
    ) -> Result<(), HostError> {
        for method in methods {
            self.declare(method)?;
        }
        for method in methods {
            let packed = self.target.call_conv.packed_stack_args;
            check::check(method, &self.signatures, packed).map_err(|what| {
                HostError::Malformed {
                    method: method.name.clone(),
                    what,
                }
            })?;
        }
        let mut out = CompiledMethod::default();
        for method in methods {
            let (start, end) = self.heap.code_range();
            let mut rt = EmbeddedRuntime {
                abi: &self.abi,
                cells: &self.cells,
                helpers: &self.helpers,
                objects: self.objects.get_mut(),
                near: (start - code_heap::CELL_BYTES as u64, end),
            };
            let opts = options(method);
            self.compiler
                .compile(method, self.target, &mut rt, &opts, &mut out)
                .map_err(|error| HostError::Compile {
                    method: method.name.clone(),
                    error,
                })?;
            done(method, &out);
            self.install(&method.name, &out)?;
        }
        Ok(())
    }

    /// Lets compiled code call native code by name.
    ///
    /// # Safety
    /// `entry` is a function of the target's C convention that takes and returns what its callers in compiled code say, does not
    /// unwind, and stays while the host lives.
    #[allow(unsafe_code)]
    pub unsafe fn define_native(&mut self, name: &str, entry: u64) -> Result<(), HostError> {
        if self.cells.contains_key(name) {
            return Err(HostError::Duplicate(name.to_owned()));
        }
        let cell = self.heap.new_cell()?;
        self.heap.set_cell(cell, entry);
        self.cells.insert(name.to_owned(), cell);
        Ok(())
    }

    /// Makes a method's name and signature known.
    fn declare(&mut self, method: &Method) -> Result<(), HostError> {
        if self.cells.contains_key(&method.name) {
            return Err(HostError::Duplicate(method.name.clone()));
        }
        self.signatures
            .insert(method.name.clone(), Signature::of(method));
        let cell = self.heap.new_cell()?;
        self.cells.insert(method.name.clone(), cell);
        Ok(())
    }

    /// Places compiled code under the name of a declared method.
    fn install(&mut self, name: &str, compiled: &CompiledMethod) -> Result<(), HostError> {
        let place = self.heap.place(compiled)?;
        let loaded = LoadedMethod::new(name, place.code, compiled);
        // Natively unwindable or not: the code runs all the same.
        self.frames.extend(frames::Registration::new(&loaded));
        self.code.push(loaded);
        if let Some(&cell) = self.cells.get(name) {
            self.heap.set_cell(cell, place.code);
        }
        self.entries.insert(name.to_owned(), place.code);
        Ok(())
    }

    /// Calls a method. Arguments and result are bit patterns of the method's types in the low bits; `Ok(Ok(None))` of a
    /// `void` method. The inner error is an exception that nobody caught.
    pub fn run(
        &mut self,
        name: &str,
        args: &[u64],
    ) -> Result<Result<Option<u64>, Trap>, HostError> {
        let (Some(signature), Some(&entry)) = (self.signatures.get(name), self.entries.get(name))
        else {
            return Err(HostError::NoMethod(name.to_owned()));
        };
        if signature.params.len() != args.len() {
            return Err(HostError::BadCall(format!(
                "{name} takes {} arguments, not {}",
                signature.params.len(),
                args.len()
            )));
        }
        signals::install().map_err(HostError::Signals)?;
        self.objects.get_mut().reset_statics();
        let mut image = ArgImage {
            ints: [0; 8],
            floats: [0; 8],
            ret_buffer: 0,
            stack: std::ptr::null(),
            stack_words: 0,
        };
        let stack = self.place_arguments(name, &signature.params, args, &mut image)?;
        image.stack = stack.as_ptr();
        image.stack_words = stack.len() as u64;
        let result_reg = self.result_reg(name, signature.ret)?;
        let mut result = RetImage::default();
        let mut activation =
            Activation::new(&self.code, &self.objects, signals::stack_low(), self.stubs);
        // SAFETY: the entry is code compiled for this machine with this signature; image and result outlive the call.
        #[allow(unsafe_code)]
        let status = activation.enter(|entry_sp| unsafe {
            (self.stubs.call_in)(entry, &image, &mut result, entry_sp)
        });
        if status != 0 {
            return Ok(Err(take_trap(activation, &self.code)));
        }
        Ok(Ok(result_reg.map(|r| {
            if r.is_float() {
                result.floats[0]
            } else {
                result.ints[0]
            }
        })))
    }

    /// Fills the register part of the image; returns the stack words.
    fn place_arguments(
        &self,
        name: &str,
        params: &[VarType],
        args: &[u64],
        image: &mut ArgImage,
    ) -> Result<Vec<u64>, HostError> {
        let cc = self.target.call_conv;
        let mut state = ArgState::default();
        let mut stack: Vec<u8> = Vec::new();
        for (&ty, &bits) in params.iter().zip(args) {
            if ty == VarType::Struct || ty.is_vector() {
                return Err(HostError::BadCall(format!(
                    "{name} takes a {ty}, which cannot be passed from outside"
                )));
            }
            let abi = cc.next_arg(&mut state, ty, None);
            for segment in &abi.segments {
                match segment.loc {
                    AbiLoc::Stack(at) => {
                        // A cell is a word unless arguments are packed.
                        let size = if cc.packed_stack_args {
                            segment.size as usize
                        } else {
                            8
                        };
                        let at = at as usize;
                        stack.resize(stack.len().max(at + size), 0);
                        stack[at..at + size].copy_from_slice(&bits.to_le_bytes()[..size]);
                    }
                    AbiLoc::Reg(r) => {
                        let position = |regs: &[RegNum]| regs.iter().position(|&x| x == r);
                        if let Some(i) = position(cc.float_args).filter(|_| r.is_float()) {
                            image.floats[i] = bits;
                        } else if let Some(i) = position(cc.int_args) {
                            image.ints[i] = bits;
                        }
                    }
                }
            }
        }
        stack.resize(stack.len().next_multiple_of(8), 0);
        let words = stack.chunks_exact(8);
        Ok(words
            .map(|w| w.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b)))
            .collect())
    }

    fn result_reg(&self, name: &str, ret: VarType) -> Result<Option<RegNum>, HostError> {
        if ret == VarType::Struct || ret.is_vector() {
            return Err(HostError::BadCall(format!(
                "{name} returns a {ret}, which cannot be taken from outside"
            )));
        }
        let abi = self.target.call_conv.classify_return(ret, None);
        Ok(abi.segments.first().and_then(|s| match s.loc {
            AbiLoc::Reg(r) => Some(r),
            AbiLoc::Stack(_) => None,
        }))
    }
}

/// How an activation ended that did not return.
fn take_trap(activation: Activation<'_>, code: &CodeMap) -> Trap {
    if let Some(trap) = activation.trap {
        return trap;
    }
    let place = activation
        .ended
        .and_then(|(_, pc)| Some((pc, code.at(pc)?.1)));
    Trap {
        kind: activation.ended.map_or(TrapKind::Exception, |e| e.0),
        method: place.map(|p| p.1.name.clone()).unwrap_or_default(),
        line: place.and_then(|(pc, m)| m.line_at((pc - m.start) as u32).or_else(|| m.first_line())),
    }
}

/// A jump to `entry`, placed near the code that will call it.
fn place_veneer(heap: &mut CodeHeap, entry: u64) -> Result<u64, HeapError> {
    let mut veneer = CompiledMethod::default();
    if cfg!(target_arch = "aarch64") {
        // ldr x16, #8; br x16
        veneer.code.extend(0x5800_0050_u32.to_le_bytes());
        veneer.code.extend(0xD61F_0200_u32.to_le_bytes());
    } else {
        // jmp [rip]
        veneer.code.extend([0xFF, 0x25, 0, 0, 0, 0]);
    }
    veneer.code.extend(entry.to_le_bytes());
    Ok(heap.place(&veneer)?.code)
}
