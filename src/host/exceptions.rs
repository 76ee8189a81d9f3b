//! Exceptions in compiled code: two passes over the frames, as .NET does it.
//!
//! # Problem and idea
//!
//! A throwing stub captured the thrower's registers. The **first pass** walks the frames by their unwind data and looks for a
//! clause that takes the exception; nothing changes yet. The **second pass** walks them again, runs the finally and fault
//! funclets of the frames on the way, then the catch funclet, and continues where that says, with the registers of the
//! frame that contains the try.
//!
//! ```text
//!   call_in │ frame │ frame: try … │ frame │ throw stub │ dispatcher │ call_funclet │ funclet │ throw stub │ dispatcher …
//!                       ▲                                     │ pending[0]               ▲ unwinding from here …
//!                       └─────────────────────────────────────┘ … crosses call_funclet and goes on in the parent frame
//! ```
//!
//! A funclet's caller is the dispatcher, whose Rust frames have no unwind data that we read. So each funclet that the
//! dispatcher runs has an entry in [`Activation::pending`]: the parent's frame and the clause. A walk that leaves compiled code
//! goes on there, with the clauses *behind* that one; the exception that was being dispatched is then superseded.
//!
//! An exception that nobody takes becomes a [`Trap`] at the `call_in` at once: no finally runs, as in .NET, where the process ends.
//! One that leaves a filter makes the filter say no.
//!
//! # Invariants
//!
//! - In the second pass `pending` holds exactly the entries of dispatches that can still go on.
//! - The functions between a throwing stub and `resume`/`leave` own nothing: they are abandoned, not returned from.
//! - Try ranges hold return addresses minus one; a fault's address counts as a return address one behind its first byte.
//!
//! Left out: frames of foreign code between compiled ones.
//!
//! Sources: the CLR ABI's chapter on exceptions; facts about .NET 10's funclet convention as in [`crate::target::RuntimeAbi`].

#![allow(unsafe_code)] // registers and stacks of compiled frames

use super::methods::{CodeMap, LoadedMethod};
use super::objects::ObjectHeap;
use super::stubs::{self, Context, Stubs, ThrowKind};
use super::unwinder;
use crate::ir::{ClauseKind, TrapKind};
use std::cell::{Cell, UnsafeCell};

/// A run that did not return.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trap {
    /// Why.
    pub kind: TrapKind,
    /// The method that raised it.
    pub method: String,
    /// The source line that raised it, if known.
    pub line: Option<u32>,
}

impl std::fmt::Display for Trap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}", self.kind.name(), self.method)?;
        match self.line {
            Some(line) => write!(f, ":{line}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Trap {}

/// What is thrown, and where it was thrown first (an index of the code map, a line).
#[derive(Copy, Clone, Debug)]
struct Thrown {
    object: u64,
    origin: Option<(usize, Option<u32>)>,
}

/// A funclet that the dispatcher is running.
#[derive(Copy, Clone, Debug)]
struct Pending {
    /// The frame that the funclet belongs to.
    parent: Context,
    /// Its clause.
    clause: usize,
    thrown: Thrown,
    role: Role,
}

/// Why a funclet runs.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Role {
    Catch,
    /// Finally or fault.
    Unwind,
    /// Where the SP of its `call_funclet` stands.
    Filter(*const u64),
}

/// One call from Rust into compiled code, on one thread.
#[derive(Debug)]
pub struct Activation<'a> {
    /// The methods.
    pub code: &'a CodeMap,
    /// Where objects are made.
    pub objects: &'a UnsafeCell<ObjectHeap>,
    /// SP of the `call_in` frame.
    pub entry_sp: u64,
    /// How it ended, if not by returning.
    pub trap: Option<Trap>,
    /// Lowest address of this thread's stack.
    pub stack_low: u64,
    /// The stubs of the code's convention.
    pub stubs: &'static Stubs,
    /// It was ended by a signal: why and where.
    pub ended: Option<(TrapKind, u64)>,
    pending: Vec<Pending>,
    outer: *mut Activation<'static>,
}

thread_local! {
    static CURRENT: Cell<*mut Activation<'static>> = const { Cell::new(std::ptr::null_mut()) };
}

/// The innermost activation of this thread, or null.
pub fn current() -> *mut Activation<'static> {
    CURRENT.get()
}

impl<'a> Activation<'a> {
    /// A call that has not begun.
    pub fn new(
        code: &'a CodeMap,
        objects: &'a UnsafeCell<ObjectHeap>,
        stack_low: u64,
        stubs: &'static Stubs,
    ) -> Activation<'a> {
        Activation {
            code,
            objects,
            entry_sp: 0,
            trap: None,
            stack_low,
            stubs,
            ended: None,
            pending: Vec::new(),
            outer: std::ptr::null_mut(),
        }
    }

    /// Runs `body` with this as the thread's current activation; `body` gets the place for the entry SP.
    pub fn enter<R>(&mut self, body: impl FnOnce(*mut u64) -> R) -> R {
        let this: *mut Activation<'a> = self;
        self.outer = CURRENT.replace(this.cast());
        // SAFETY: `this` is `self`, alive and reached through this pointer only while `body` runs.
        let result = body(unsafe { &raw mut (*this).entry_sp });
        CURRENT.set(self.outer);
        result
    }
}

/// Ends the process: the state of a frame cannot be told, so nothing can go on.
pub(super) fn fatal(what: &str) -> ! {
    eprintln!("tatsu: {what}");
    std::process::abort()
}

/// Raises an exception at `context`; `number` is a [`ThrowKind`]. Called by the stubs.
///
/// # Safety
/// `context` is a compiled frame of this thread's current activation, and everything below it is abandoned.
pub unsafe extern "C" fn dispatch_exception(
    context: *const Context,
    number: u64,
    object: u64,
) -> ! {
    let activation = current();
    if activation.is_null() {
        fatal("an exception outside any run");
    }
    // SAFETY: the stub's context, the thread's activation; nobody else uses the latter while compiled code runs.
    unsafe {
        let context = *context;
        let thrown = prepare(
            &mut *activation,
            &context,
            ThrowKind::from_number(number),
            object,
        );
        let target = search(activation, &context, thrown);
        match target {
            Some(target) => unwind(activation, &context, thrown, target),
            None => leave_with_trap(activation, thrown),
        }
    }
}

/// The object to throw, and its origin.
fn prepare(
    activation: &mut Activation<'static>,
    context: &Context,
    kind: ThrowKind,
    object: u64,
) -> Thrown {
    let class = match kind {
        ThrowKind::Rethrow => {
            // The innermost handler that runs holds the exception; one may have been entered in every frame.
            return match activation
                .pending
                .iter()
                .rev()
                .find(|p| p.role == Role::Catch)
            {
                Some(p) => p.thrown,
                None => fatal("rethrow outside a handler"),
            };
        }
        ThrowKind::Object if object != 0 => None,
        ThrowKind::Object => Some(ThrowKind::Null as u64),
        ThrowKind::InvalidCast => Some(TrapKind::InvalidCast.class()),
        builtin => Some(builtin as u64),
    };
    let object = match class {
        // SAFETY: only this thread uses the heap while the activation runs, and no other reference to it is live.
        Some(class) => unsafe { (*activation.objects.get()).exception(class) },
        None => object,
    };
    let origin = activation.code.at(context.pc - 1).map(|(index, method)| {
        let offset = (context.pc - 1 - method.start) as u32;
        (index, method.line_at(offset))
    });
    Thrown { object, origin }
}

/// A clause in a frame, counted from the thrower's.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
struct Target {
    frame: usize,
    clause: usize,
}

/// Where a walk is.
enum Place<'m> {
    /// In a frame of this method.
    Frame(&'m LoadedMethod),
    /// At a filter that is being asked; the SP of its `call_funclet` stands there.
    Filter(*const u64),
    /// At the `call_in`.
    End,
}

/// A walk over compiled frames.
struct Walk {
    context: Context,
    /// Entries of `pending` not yet crossed.
    level: usize,
    /// Clauses before this one are not asked in this frame.
    first_clause: usize,
    frame: usize,
}

impl Walk {
    fn new(activation: &Activation<'static>, context: &Context) -> Walk {
        Walk {
            context: *context,
            level: activation.pending.len(),
            first_clause: 0,
            frame: 0,
        }
    }

    /// The method of this frame; crosses to a funclet's parent where the walk has left compiled code.
    fn place<'m>(&mut self, activation: &Activation<'m>) -> Place<'m> {
        loop {
            if let Some((_, method)) = activation.code.at(self.context.pc.wrapping_sub(1)) {
                return Place::Frame(method);
            }
            let Some(level) = self.level.checked_sub(1) else {
                return Place::End;
            };
            self.level = level;
            let pending = &activation.pending[level];
            if let Role::Filter(sp) = pending.role {
                return Place::Filter(sp);
            }
            self.context = pending.parent;
            self.first_clause = pending.clause + 1;
            // The other handlers of the same try do not protect this one.
            if let Some((_, method)) = activation.code.at(self.context.pc.wrapping_sub(1)) {
                while method.eh.get(self.first_clause).is_some_and(|c| c.same_try) {
                    self.first_clause += 1;
                }
            }
        }
    }

    /// Is this frame's place inside the try of clause `index`?
    fn is_protected(&self, method: &LoadedMethod, index: usize) -> bool {
        let offset = (self.context.pc - 1 - method.start) as u32;
        let (start, end) = method.eh[index].try_range;
        (start..end).contains(&offset)
    }

    /// Goes to the caller.
    ///
    /// # Safety
    /// The frame is live.
    unsafe fn leave_frame(&mut self, method: &LoadedMethod) {
        let offset = (self.context.pc - 1 - method.start) as u32;
        let info = method.unwind_at(offset);
        // SAFETY: the caller's promise; the method's own data.
        match unsafe { unwinder::step(&self.context, info) } {
            Ok(caller) => self.context = caller,
            Err(_) => fatal("a compiled frame without readable unwind data"),
        }
        self.first_clause = 0;
        self.frame += 1;
    }
}

/// First pass: who takes the exception?
///
/// # Safety
/// As [`dispatch_exception`].
unsafe fn search(
    activation: *mut Activation<'static>,
    context: &Context,
    thrown: Thrown,
) -> Option<Target> {
    // SAFETY: throughout: this thread's activation and frames; filters are called with no reference held.
    unsafe {
        let class = std::ptr::read(thrown.object as *const u64);
        let mut walk = Walk::new(&*activation, context);
        loop {
            let method = match walk.place(&*activation) {
                Place::Frame(method) => method,
                Place::Filter(sp) => stubs::tatsu_host_leave_funclet(*sp, 0),
                Place::End => return None,
            };
            for clause in walk.first_clause..method.eh.len() {
                if !walk.is_protected(method, clause) {
                    continue;
                }
                let takes = match method.eh[clause].kind {
                    ClauseKind::Catch(wanted) => wanted == 0 || u64::from(wanted) == class,
                    ClauseKind::Filter => {
                        let entry = method.start + u64::from(method.eh[clause].filter_start);
                        call_filter(activation, &walk, clause, thrown, entry) as u32 != 0
                    }
                    ClauseKind::Finally | ClauseKind::Fault => false,
                };
                if takes {
                    return Some(Target {
                        frame: walk.frame,
                        clause,
                    });
                }
            }
            walk.leave_frame(method);
        }
    }
}

/// Second pass: runs what stands between the thrower and the target, then the target.
///
/// # Safety
/// As [`dispatch_exception`].
unsafe fn unwind(
    activation: *mut Activation<'static>,
    context: &Context,
    thrown: Thrown,
    target: Target,
) -> ! {
    // SAFETY: throughout: this thread's activation and frames; no reference into the activation is held across a funclet.
    unsafe {
        let mut walk = Walk::new(&*activation, context);
        while let Place::Frame(method) = walk.place(&*activation) {
            // Dispatches that the walk has crossed will not go on.
            (*activation).pending.truncate(walk.level);
            for clause in walk.first_clause..method.eh.len() {
                let here = Target {
                    frame: walk.frame,
                    clause,
                };
                let entry = method.start + u64::from(method.eh[clause].handler_range.0);
                if target == here {
                    walk.context.pc =
                        call_funclet(activation, &walk, clause, thrown, entry, Role::Catch);
                    ((*activation).stubs.resume)(&walk.context);
                }
                let runs = matches!(
                    method.eh[clause].kind,
                    ClauseKind::Finally | ClauseKind::Fault
                );
                if runs && walk.is_protected(method, clause) {
                    call_funclet(activation, &walk, clause, thrown, entry, Role::Unwind);
                }
            }
            walk.leave_frame(method);
        }
        fatal("a handler was found and lost")
    }
}

/// Asks a filter of the walk's frame. An exception that leaves it counts as 0.
///
/// # Safety
/// As [`call_funclet`].
unsafe fn call_filter(
    activation: *mut Activation<'static>,
    walk: &Walk,
    clause: usize,
    thrown: Thrown,
    entry: u64,
) -> u64 {
    let mut sp = 0;
    // SAFETY: the caller's promise; the slot lives as long as the filter runs.
    unsafe {
        call_funclet_at(
            activation,
            walk,
            clause,
            thrown,
            entry,
            Role::Filter(&raw const sp),
            &raw mut sp,
        )
    }
}

/// Runs a funclet of the walk's frame.
///
/// # Safety
/// As [`dispatch_exception`]; no reference into the activation is live.
unsafe fn call_funclet(
    activation: *mut Activation<'static>,
    walk: &Walk,
    clause: usize,
    thrown: Thrown,
    entry: u64,
    role: Role,
) -> u64 {
    let mut sp = 0;
    // SAFETY: the caller's promise.
    unsafe { call_funclet_at(activation, walk, clause, thrown, entry, role, &raw mut sp) }
}

/// [`call_funclet`] that notes the SP of its stub's frame.
///
/// # Safety
/// As [`call_funclet`].
unsafe fn call_funclet_at(
    activation: *mut Activation<'static>,
    walk: &Walk,
    clause: usize,
    thrown: Thrown,
    entry: u64,
    role: Role,
    sp: *mut u64,
) -> u64 {
    // SAFETY: the caller's promise.
    unsafe {
        let depth = (*activation).pending.len();
        (*activation).pending.push(Pending {
            parent: walk.context,
            clause,
            thrown,
            role,
        });
        let call_funclet = (*activation).stubs.call_funclet;
        let result = call_funclet(entry, &walk.context, thrown.object, sp);
        (*activation).pending.truncate(depth);
        result
    }
}

/// Ends the activation with the exception.
///
/// # Safety
/// As [`dispatch_exception`].
unsafe fn leave_with_trap(activation: *mut Activation<'static>, thrown: Thrown) -> ! {
    // SAFETY: this thread's activation; nothing owned is abandoned: the trap has moved into it.
    unsafe {
        (*activation).pending.clear();
        let class = std::ptr::read(thrown.object as *const u64);
        let name = thrown
            .origin
            .map(|(index, _)| (&(*activation).code.methods)[index].name.clone());
        (*activation).trap = Some(Trap {
            kind: TrapKind::of_class(class),
            method: name.unwrap_or_default(),
            line: thrown.origin.and_then(|o| o.1),
        });
        stubs::tatsu_host_leave((*activation).entry_sp)
    }
}

/// Notes that the activation ends at `pc` with a trap that no handler sees; the signal handler then leaves it.
///
/// # Safety
/// `activation` is this thread's, compiled code has just faulted, and nothing of the activation is in use.
pub(super) unsafe fn end_at(activation: *mut Activation<'static>, kind: TrapKind, pc: u64) {
    // SAFETY: the caller's promise. No allocation: this runs in a signal handler.
    unsafe {
        (*activation).pending.clear();
        (*activation).ended = Some((kind, pc));
    }
}
