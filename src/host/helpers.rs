//! The helpers that compiled code calls, by [`Helper`]: entry points of stubs and of Rust functions.

#![allow(unsafe_code)] // called from assembly with raw contexts

use super::exceptions::{current, dispatch_exception, fatal};
use super::stubs::{self, Context, Stub, Stubs, ThrowKind};
use crate::ee::Helper;

/// The address of a helper's code for callers of the stubs' convention; none for those that the embedded host does not have.
pub fn entry_point(helper: Helper, set: &Stubs) -> Option<u64> {
    let stub: Stub = match helper {
        Helper::Throw => set.throw,
        Helper::Rethrow => set.rethrow,
        Helper::ThrowNull => set.throw_null,
        Helper::ThrowRange => set.throw_range,
        Helper::ThrowDivZero => set.throw_div_zero,
        Helper::ThrowOverflow => set.throw_overflow,
        Helper::AssignRef | Helper::CheckedAssignRef => set.assign_ref,
        Helper::AssignByref => stubs::tatsu_host_assign_byref,
        Helper::StackProbe => stubs::tatsu_host_stack_probe,
        Helper::DblRem | Helper::FltRem | Helper::DblFma | Helper::FltFma => {
            return float_function(helper, set.is_win64);
        }
        Helper::GcPoll => stubs::tatsu_host_gc_poll,
        Helper::MemCpy => set.mem_cpy,
        Helper::MemSet => set.mem_set,
        Helper::NewFast => set.new_fast,
        Helper::NewArray => set.new_array,
        Helper::CastClass => set.cast_class,
        Helper::IsInst
        | Helper::ClassInit
        | Helper::TlsBase
        | Helper::RuntimeLookup
        | Helper::PatchPoint
        | Helper::XchgRef
        | Helper::CmpXchgRef => return object_function(helper, set.is_win64),
        Helper::StrCns | Helper::Other(_) => return None,
    };
    Some(stub as *const () as u64)
}

/// A new object of the class.
///
/// # Safety
/// Called by its stub, with the caller's context.
pub unsafe extern "C" fn new_fast(context: *const Context, class: u64) -> u64 {
    // SAFETY: the stub's promise; the thread's activation is alive while compiled code runs.
    unsafe {
        let activation = current();
        if activation.is_null() {
            fatal("an allocation outside any run");
        }
        match (*(*activation).objects.get()).object(class) {
            Some(object) => object,
            None => dispatch_exception(context, ThrowKind::Overflow as u64, 0),
        }
    }
}

/// A new array; a negative or excessive length raises overflow.
///
/// # Safety
/// Called by its stub, with the caller's context.
pub unsafe extern "C" fn new_array(context: *const Context, class: u64, length: i64) -> u64 {
    // SAFETY: as above.
    unsafe {
        let activation = current();
        if activation.is_null() {
            fatal("an allocation outside any run");
        }
        match (*(*activation).objects.get()).array(class, length) {
            Some(object) => object,
            None => dispatch_exception(context, ThrowKind::Overflow as u64, 0),
        }
    }
}

/// The object, if it is null or one of the class; else raises. Class 0 is every object's.
///
/// # Safety
/// Called by its stub, with the caller's context and an object of the heap or null.
pub unsafe extern "C" fn cast_class(context: *const Context, class: u64, object: u64) -> u64 {
    // SAFETY: the caller's promise.
    unsafe {
        if object != 0 && !is_of_class(class, object) {
            dispatch_exception(context, ThrowKind::InvalidCast as u64, 0)
        }
        object
    }
}

/// # Safety
/// `object` is one of the heap.
unsafe fn is_of_class(class: u64, object: u64) -> bool {
    // SAFETY: an object begins with its class.
    class == 0 || unsafe { *(object as *const u64) } == class
}

/// What patchpoints count down from when they have told the runtime.
const PATCHPOINT_TURNS: i32 = crate::lower::expand::PATCHPOINT_TURNS;

/// Helpers that know objects, in one convention. What they are given is what compiled code says it is.
macro_rules! object_functions {
    ($module:ident, $convention:literal) => {
        mod $module {
            use super::{PATCHPOINT_TURNS, current, fatal, is_of_class};
            use std::sync::atomic::{AtomicU64, Ordering};

            pub unsafe extern $convention fn is_inst(class: u64, object: u64) -> u64 {
                // SAFETY: an object of the heap or null.
                let is = object != 0 && unsafe { is_of_class(class, object) };
                if is { object } else { 0 }
            }
            pub unsafe extern $convention fn class_init(class: u64) {
                let activation = current();
                if activation.is_null() {
                    fatal("a class is initialised outside any run");
                }
                // SAFETY: the thread's activation is alive while compiled code runs, and nobody else uses its heap.
                unsafe { (*(*activation).objects.get()).initialize_class(class) }
            }
            pub unsafe extern $convention fn tls_base(class: u64) -> u64 {
                let activation = current();
                if activation.is_null() {
                    fatal("statics of a thread outside any run");
                }
                // SAFETY: as above.
                unsafe {
                    let statics = (*(*activation).objects.get()).statics(class);
                    (&raw const statics.thread) as u64
                }
            }
            pub unsafe extern $convention fn runtime_lookup(context: u64, key: u64) -> u64 {
                // SAFETY: code has read through the context before.
                unsafe { (*(context as *const u64)).wrapping_add(key) }
            }
            pub unsafe extern $convention fn patchpoint(counter: *mut i32, _position: u32) {
                // SAFETY: the caller's local.
                unsafe { *counter = PATCHPOINT_TURNS }
            }
            pub unsafe extern $convention fn xchg_ref(at: *mut u64, new: u64) -> u64 {
                // SAFETY: code has checked the address.
                unsafe { AtomicU64::from_ptr(at).swap(new, Ordering::SeqCst) }
            }
            pub unsafe extern $convention fn cmpxchg_ref(at: *mut u64, new: u64, old: u64) -> u64 {
                // SAFETY: as above.
                let place = unsafe { AtomicU64::from_ptr(at) };
                match place.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst) {
                    Ok(found) | Err(found) => found,
                }
            }

            pub fn address(helper: crate::ee::Helper) -> Option<u64> {
                use crate::ee::Helper::*;
                Some(match helper {
                    IsInst => is_inst as *const () as u64,
                    ClassInit => class_init as *const () as u64,
                    TlsBase => tls_base as *const () as u64,
                    RuntimeLookup => runtime_lookup as *const () as u64,
                    PatchPoint => patchpoint as *const () as u64,
                    XchgRef => xchg_ref as *const () as u64,
                    CmpXchgRef => cmpxchg_ref as *const () as u64,
                    _ => return None,
                })
            }
        }
    };
}

object_functions!(native_objects, "C");
#[cfg(target_arch = "x86_64")]
object_functions!(win64_objects, "win64");

fn object_function(helper: Helper, is_win64: bool) -> Option<u64> {
    #[cfg(target_arch = "x86_64")]
    if is_win64 {
        return win64_objects::address(helper);
    }
    if is_win64 {
        return None;
    }
    native_objects::address(helper)
}

/// The functions of floating-point arithmetic in one convention.
macro_rules! float_functions {
    ($module:ident, $convention:literal) => {
        mod $module {
            pub extern $convention fn dbl_rem(a: f64, b: f64) -> f64 {
                a % b
            }
            pub extern $convention fn flt_rem(a: f32, b: f32) -> f32 {
                a % b
            }
            pub extern $convention fn dbl_fma(a: f64, b: f64, c: f64) -> f64 {
                a.mul_add(b, c)
            }
            pub extern $convention fn flt_fma(a: f32, b: f32, c: f32) -> f32 {
                a.mul_add(b, c)
            }
        }
    };
}

float_functions!(native, "C");
#[cfg(target_arch = "x86_64")]
float_functions!(win64, "win64");

fn float_function(helper: Helper, is_win64: bool) -> Option<u64> {
    #[cfg(target_arch = "x86_64")]
    if is_win64 {
        return match helper {
            Helper::DblRem => Some(win64::dbl_rem as *const () as u64),
            Helper::FltRem => Some(win64::flt_rem as *const () as u64),
            Helper::DblFma => Some(win64::dbl_fma as *const () as u64),
            Helper::FltFma => Some(win64::flt_fma as *const () as u64),
            _ => None,
        };
    }
    match helper {
        _ if is_win64 => None,
        Helper::DblRem => Some(native::dbl_rem as *const () as u64),
        Helper::FltRem => Some(native::flt_rem as *const () as u64),
        Helper::DblFma => Some(native::dbl_fma as *const () as u64),
        Helper::FltFma => Some(native::flt_fma as *const () as u64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_helper_but_literals_has_code() {
        let missing: Vec<_> = Helper::NAMED
            .iter()
            .filter(|(h, _)| entry_point(*h, &stubs::NATIVE).is_none())
            .map(|(_, name)| *name)
            .collect();
        assert_eq!(missing, ["str_cns"]);
    }
}
