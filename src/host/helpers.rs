//! The helpers that compiled code calls, by [`Helper`]: entry points of stubs and of Rust functions.

#![allow(unsafe_code)] // called from assembly with raw contexts

use super::exceptions::{current, dispatch_exception, fatal};
use super::stubs::{self, Context, ThrowKind};
use crate::ee::Helper;

/// The address of a helper's code; none for those that the embedded host does not have.
pub fn entry_point(helper: Helper) -> Option<u64> {
    let stub: unsafe extern "C" fn() = match helper {
        Helper::Throw => stubs::tatsu_host_throw,
        Helper::Rethrow => stubs::tatsu_host_rethrow,
        Helper::ThrowNull => stubs::tatsu_host_throw_null,
        Helper::ThrowRange => stubs::tatsu_host_throw_range,
        Helper::ThrowDivZero => stubs::tatsu_host_throw_div_zero,
        Helper::ThrowOverflow => stubs::tatsu_host_throw_overflow,
        Helper::AssignRef | Helper::CheckedAssignRef => stubs::tatsu_host_assign_ref,
        Helper::AssignByref => stubs::tatsu_host_assign_byref,
        Helper::StackProbe => stubs::tatsu_host_stack_probe,
        Helper::DblRem => return Some(dbl_rem as *const () as u64),
        Helper::FltRem => return Some(flt_rem as *const () as u64),
        Helper::DblFma => return Some(dbl_fma as *const () as u64),
        Helper::FltFma => return Some(flt_fma as *const () as u64),
        Helper::GcPoll => stubs::tatsu_host_gc_poll,
        Helper::MemCpy => stubs::tatsu_host_mem_cpy,
        Helper::MemSet => stubs::tatsu_host_mem_set,
        Helper::NewFast => stubs::tatsu_host_new_fast,
        Helper::NewArray => stubs::tatsu_host_new_array,
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

extern "C" fn dbl_rem(a: f64, b: f64) -> f64 {
    a % b
}

extern "C" fn flt_rem(a: f32, b: f32) -> f32 {
    a % b
}

extern "C" fn dbl_fma(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c)
}

extern "C" fn flt_fma(a: f32, b: f32, c: f32) -> f32 {
    a.mul_add(b, c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_helper_but_literals_has_code() {
        let missing: Vec<_> = Helper::NAMED
            .iter()
            .filter(|(h, _)| entry_point(*h).is_none())
            .map(|(_, name)| *name)
            .collect();
        assert_eq!(missing, ["str_cns"]);
    }
}
