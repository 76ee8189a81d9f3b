//! The few functions that must be written in assembly: the ways into compiled code, out of it, and across its frames.
//!
//! | stub | does |
//! |---|---|
//! | `call_in` | Rust calls a compiled method: arguments from an image, results into one |
//! | `leave` | ends a `call_in` from anywhere below it |
//! | `throw_*`, `rethrow` | compiled code raises an exception: captures a [`Context`], enters the dispatcher |
//! | `call_funclet` | the dispatcher runs a handler with the registers of the frame that it belongs to |
//! | `resume` | continues at a [`Context`] |
//! | *leaf stubs* | write barriers, block copies, stack probe: no frame, and may fault on behalf of their caller |
//!
//! # Invariants
//!
//! - Throwing and allocating stubs capture all callee-saved registers *before* any Rust code runs, so the dispatcher knows
//!   the frame of the thrower exactly.
//! - Frames of Rust code between a throw and its catch are skipped without cleaning up; those functions own nothing.
//! - Leaf stubs lie between `leaf_start` and `leaf_end` and never move SP, so a fault in them is a fault at their return
//!   address's call.
//!
//! Compiled code need not follow the convention of the system that runs it: [`Stubs`] is the set for one convention.

#![allow(unsafe_code)] // assembly

#[cfg(target_arch = "aarch64")]
mod arm64;
#[cfg(target_arch = "x86_64")]
mod win64;
#[cfg(target_arch = "x86_64")]
mod x64;

#[cfg(target_arch = "aarch64")]
pub use arm64::{FLOAT_SLOTS, REG_SLOTS, float_slot, reg_slot};
#[cfg(target_arch = "x86_64")]
pub use x64::{FLOAT_SLOTS, REG_SLOTS, float_slot, reg_slot};

use crate::target::{Arch, TargetDesc};

/// A stub that compiled code calls, whatever its arguments.
pub type Stub = unsafe extern "C" fn();

/// The stubs for compiled code of one calling convention; the names are those of the functions below.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Stubs {
    pub call_in: unsafe extern "C" fn(u64, *const ArgImage, *mut RetImage, *mut u64) -> u32,
    pub call_funclet: unsafe extern "C" fn(u64, *const Context, u64, *mut u64) -> u64,
    pub resume: unsafe extern "C" fn(*const Context) -> !,
    pub throw_null: Stub,
    pub throw_range: Stub,
    pub throw_div_zero: Stub,
    pub throw_overflow: Stub,
    pub throw: Stub,
    pub rethrow: Stub,
    pub new_fast: Stub,
    pub new_array: Stub,
    pub cast_class: Stub,
    pub assign_ref: Stub,
    pub mem_cpy: Stub,
    pub mem_set: Stub,
    /// The convention is the Windows one, the system's another.
    pub is_win64: bool,
}

/// For the convention of the system.
pub static NATIVE: Stubs = Stubs {
    call_in: tatsu_host_call_in,
    call_funclet: tatsu_host_call_funclet,
    resume: tatsu_host_resume,
    throw_null: tatsu_host_throw_null,
    throw_range: tatsu_host_throw_range,
    throw_div_zero: tatsu_host_throw_div_zero,
    throw_overflow: tatsu_host_throw_overflow,
    throw: tatsu_host_throw,
    rethrow: tatsu_host_rethrow,
    new_fast: tatsu_host_new_fast,
    new_array: tatsu_host_new_array,
    cast_class: tatsu_host_cast_class,
    assign_ref: tatsu_host_assign_ref,
    mem_cpy: tatsu_host_mem_cpy,
    mem_set: tatsu_host_mem_set,
    is_win64: false,
};

/// For x64 code of the Windows convention.
#[cfg(target_arch = "x86_64")]
pub static WIN64: Stubs = Stubs {
    call_in: win64::tatsu_host_call_in_win64,
    call_funclet: win64::tatsu_host_call_funclet_win64,
    resume: win64::tatsu_host_resume_win64,
    throw_null: win64::tatsu_host_throw_null_win64,
    throw_range: win64::tatsu_host_throw_range_win64,
    throw_div_zero: win64::tatsu_host_throw_div_zero_win64,
    throw_overflow: win64::tatsu_host_throw_overflow_win64,
    throw: win64::tatsu_host_throw_win64,
    rethrow: win64::tatsu_host_rethrow_win64,
    new_fast: win64::tatsu_host_new_fast_win64,
    new_array: win64::tatsu_host_new_array_win64,
    cast_class: win64::tatsu_host_cast_class_win64,
    assign_ref: win64::tatsu_host_assign_ref_win64,
    mem_cpy: win64::tatsu_host_mem_cpy_win64,
    mem_set: win64::tatsu_host_mem_set_win64,
    is_win64: true,
};

/// The stubs for code of `target`; none if it cannot run on this machine.
pub fn stubs_for(target: &TargetDesc) -> Option<&'static Stubs> {
    #[cfg(target_arch = "x86_64")]
    if std::ptr::eq(target.call_conv, &raw const crate::target::x64::WIN64) {
        return Some(&WIN64);
    }
    // The conventions of arm64 differ in how stack arguments are packed, which is the caller's business.
    let here = if cfg!(target_arch = "aarch64") {
        Arch::Arm64
    } else {
        Arch::X64
    };
    (target.arch == here).then_some(&NATIVE)
}

/// The state of a frame: where it is, its SP, and the registers that calls preserve.
///
/// The order of fields is known to the assembly.
#[repr(C)]
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Context {
    /// Program counter: a return address, or one behind a faulting instruction's first byte.
    pub pc: u64,
    /// Stack pointer with nothing pushed by the call.
    pub sp: u64,
    /// Preserved integer registers in the order of [`reg_slot`].
    pub regs: [u64; REG_SLOTS],
    /// Preserved vector registers in the order of [`float_slot`]; of arm64's only the low halves.
    pub floats: [u64; FLOAT_SLOTS],
}

/// Everything `call_in` loads before it calls.
#[repr(C)]
#[derive(Copy, Clone, Debug)]
pub struct ArgImage {
    /// Integer argument registers in the convention's order.
    pub ints: [u64; 8],
    /// Vector argument registers, as 64-bit patterns.
    pub floats: [u64; 8],
    /// The return buffer register, where there is one.
    pub ret_buffer: u64,
    /// Words of the stack arguments.
    pub stack: *const u64,
    /// Number of words.
    pub stack_words: u64,
}

/// What `call_in` stores after the call.
#[repr(C)]
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct RetImage {
    /// Integer result registers.
    pub ints: [u64; 2],
    /// Vector result registers, as 64-bit patterns.
    pub floats: [u64; 4],
}

/// What a throwing stub tells the dispatcher; the assembly has the numbers.
#[repr(u64)]
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ThrowKind {
    /// Null reference.
    Null = 1,
    /// Index out of range.
    Range = 2,
    /// Division by zero.
    DivZero = 3,
    /// Arithmetic overflow.
    Overflow = 4,
    /// An object.
    Object = 5,
    /// The exception being handled, again.
    Rethrow = 6,
    /// Cast of an object that is none of the class.
    InvalidCast = 7,
}

impl ThrowKind {
    /// The kind with this number.
    pub fn from_number(n: u64) -> ThrowKind {
        match n {
            1 => ThrowKind::Null,
            2 => ThrowKind::Range,
            3 => ThrowKind::DivZero,
            4 => ThrowKind::Overflow,
            6 => ThrowKind::Rethrow,
            7 => ThrowKind::InvalidCast,
            _ => ThrowKind::Object,
        }
    }
}

unsafe extern "C" {
    /// Calls `entry` with the arguments of `image` and stores the results. Writes the SP of its own frame to `entry_sp` first.
    /// Returns 0, or 1 when it was ended by [`tatsu_host_leave`].
    pub fn tatsu_host_call_in(
        entry: u64,
        image: *const ArgImage,
        result: *mut RetImage,
        entry_sp: *mut u64,
    ) -> u32;
    /// Makes the `call_in` whose frame has this SP return 1.
    pub fn tatsu_host_leave(entry_sp: u64) -> !;
    /// Calls a funclet with the registers of `context` and the exception object as its argument. Writes the SP of its own
    /// frame to `frame_sp` first.
    pub fn tatsu_host_call_funclet(
        entry: u64,
        context: *const Context,
        exception: u64,
        frame_sp: *mut u64,
    ) -> u64;
    /// Makes the `call_funclet` whose frame has this SP return `value`.
    pub fn tatsu_host_leave_funclet(frame_sp: u64, value: u64) -> !;
    /// Continues at `context`.
    pub fn tatsu_host_resume(context: *const Context) -> !;

    /// Raises null reference.
    pub fn tatsu_host_throw_null();
    /// Raises null reference where a signal came; see the stub.
    #[cfg(target_arch = "aarch64")]
    pub fn tatsu_host_fault();
    /// Raises index out of range.
    pub fn tatsu_host_throw_range();
    /// Raises division by zero.
    pub fn tatsu_host_throw_div_zero();
    /// Raises arithmetic overflow.
    pub fn tatsu_host_throw_overflow();
    /// Raises the object in the first argument register.
    pub fn tatsu_host_throw();
    /// Raises the exception being handled again.
    pub fn tatsu_host_rethrow();

    /// Helper: a new object (class); may raise.
    pub fn tatsu_host_new_fast();
    /// Helper: a new array (class, length); may raise.
    pub fn tatsu_host_new_array();
    /// Helper: a cast (class, object); may raise.
    pub fn tatsu_host_cast_class();

    /// First leaf stub.
    pub fn tatsu_host_leaf_start();
    /// Helper: store of a reference.
    pub fn tatsu_host_assign_ref();
    /// Helper: copy of a reference, both pointers advanced.
    pub fn tatsu_host_assign_byref();
    /// Helper: touches every page down to the target SP.
    pub fn tatsu_host_stack_probe();
    /// Helper: copies memory upwards (destination, source, bytes).
    pub fn tatsu_host_mem_cpy();
    /// Helper: fills memory (destination, byte, bytes).
    pub fn tatsu_host_mem_set();
    /// Helper: nothing to wait for.
    pub fn tatsu_host_gc_poll();
    /// Behind the last leaf stub.
    pub fn tatsu_host_leaf_end();
}

/// Is `pc` in a leaf stub?
pub fn is_leaf_stub(pc: u64) -> bool {
    let between =
        |start: Stub, end: Stub| (start as *const () as u64..end as *const () as u64).contains(&pc);
    #[cfg(target_arch = "x86_64")]
    if between(
        win64::tatsu_host_leaf_start_win64,
        win64::tatsu_host_leaf_end_win64,
    ) {
        return true;
    }
    between(tatsu_host_leaf_start, tatsu_host_leaf_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_what_the_assembly_says() {
        assert_eq!(std::mem::offset_of!(Context, regs), 16);
        assert_eq!(std::mem::offset_of!(Context, floats), 16 + 8 * REG_SLOTS);
        assert_eq!(std::mem::offset_of!(ArgImage, floats), 64);
        assert_eq!(std::mem::offset_of!(ArgImage, ret_buffer), 128);
        assert_eq!(std::mem::offset_of!(ArgImage, stack), 136);
        assert_eq!(std::mem::offset_of!(ArgImage, stack_words), 144);
        assert_eq!(std::mem::offset_of!(RetImage, floats), 16);
        assert_eq!(
            ThrowKind::from_number(ThrowKind::Rethrow as u64),
            ThrowKind::Rethrow
        );
    }

    extern "C" fn sum10(
        a: u64,
        b: u64,
        c: u64,
        d: u64,
        e: u64,
        f: u64,
        g: u64,
        h: u64,
        i: u64,
        j: u64,
        x: f64,
        y: f64,
    ) -> f64 {
        (a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j) as f64 + x * y
    }

    #[test]
    fn call_in_passes_registers_and_stack_and_takes_results() {
        let registers = if cfg!(target_arch = "aarch64") { 8 } else { 6 };
        let stack: Vec<u64> = (registers as u64 + 1..=10).collect();
        let mut image = ArgImage {
            ints: [1, 2, 3, 4, 5, 6, 7, 8],
            floats: [0; 8],
            ret_buffer: 0,
            stack: stack.as_ptr(),
            stack_words: stack.len() as u64,
        };
        image.floats[0] = 0.5f64.to_bits();
        image.floats[1] = 3.0f64.to_bits();
        let mut result = RetImage::default();
        let mut entry_sp = 0;
        // SAFETY: the function has exactly this signature under the C convention.
        let status = unsafe {
            tatsu_host_call_in(
                sum10 as *const () as u64,
                &image,
                &mut result,
                &mut entry_sp,
            )
        };
        assert_eq!(status, 0);
        assert_eq!(f64::from_bits(result.floats[0]), 386.5);
    }

    #[cfg(target_arch = "x86_64")]
    extern "win64" fn sum6_win64(a: u64, b: u64, x: f64, d: u64, y: f64, f: u64) -> f64 {
        (a + 2 * b + 4 * d + 6 * f) as f64 + x * y
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn call_in_passes_by_position_in_the_windows_convention() {
        let stack = [3.0f64.to_bits(), 6];
        let mut image = ArgImage {
            ints: [1, 2, u64::MAX, 4, 0, 0, 0, 0],
            floats: [0; 8],
            ret_buffer: 0,
            stack: stack.as_ptr(),
            stack_words: stack.len() as u64,
        };
        image.floats[2] = 0.5f64.to_bits();
        let mut result = RetImage::default();
        let mut entry_sp = 0;
        let entry = sum6_win64 as *const () as u64;
        // SAFETY: the function has exactly this signature.
        let status = unsafe { (WIN64.call_in)(entry, &image, &mut result, &mut entry_sp) };
        assert_eq!(status, 0);
        assert_eq!(f64::from_bits(result.floats[0]), 58.5);
    }

    static ENTRY_SP: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

    extern "C" fn leaves(entry_sp: *const u64) {
        // SAFETY: called below with the slot that `call_in` has filled.
        unsafe { tatsu_host_leave(*entry_sp) }
    }

    #[test]
    fn leave_ends_the_call() {
        let slot = ENTRY_SP.as_ptr();
        let image = ArgImage {
            ints: [slot as u64; 8],
            floats: [0; 8],
            ret_buffer: 0,
            stack: std::ptr::null(),
            stack_words: 0,
        };
        let mut result = RetImage::default();
        // SAFETY: as above.
        let status =
            unsafe { tatsu_host_call_in(leaves as *const () as u64, &image, &mut result, slot) };
        assert_eq!(status, 1);
    }
}
