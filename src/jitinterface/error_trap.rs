//! The runtime's error trap: questions that throw C++ exceptions become values.
//!
//! The runtime throws its own C++ exceptions through whoever asks. A Rust frame with something to clean up, or a
//! `catch_unwind`, must not be in their way: the former would run, the latter aborts the process. So a question runs like
//! this, one trap each:
//!
//! ```text
//!   our code ── runWithErrorTrap (C++, catches) ── trampoline (Rust, nothing to drop, cannot panic) ── question (C++, throws)
//! ```
//!
//! The trampoline is `extern "C-unwind"`: an exception passes through its frame by the unwind tables. What the closure
//! owns is plain data (pointers and integers), so nothing is skipped when it is unwound. `catch_unwind` stands only
//! outside of all this, around the whole compilation.

use std::ffi::c_void;

use super::slots::Slot;
use super::vtable::{EeError, EeInterface};

/// Runs `question` inside the runtime's error trap; `None` if it threw.
///
/// `question` must own nothing that needs dropping and must not be able to panic: it is one call through the interface.
///
/// # Errors
/// [`EeError::Missing`], if the runtime has no error trap.
pub(super) fn run_trapped<R: Copy, F: FnOnce() -> R>(
    ee: &EeInterface,
    question: F,
) -> Result<Option<R>, EeError> {
    const {
        assert!(
            !std::mem::needs_drop::<F>(),
            "a question owns nothing: it may be unwound by the runtime"
        );
    }
    type Trap = unsafe extern "C-unwind" fn(
        *mut c_void,
        unsafe extern "C-unwind" fn(*mut c_void),
        *mut c_void,
    ) -> u32;
    let entry = ee.entry(Slot::RunWithErrorTrap)?;
    let mut task = Task {
        question: Some(question),
        answer: None,
    };
    // SAFETY: the slot table says that this entry is `runWithErrorTrap`, whose signature `Trap` is (a one-byte result
    // taken as a register and cut). The task outlives the call, which runs the trampoline before it returns.
    let completed = unsafe {
        let trap = std::mem::transmute::<*const c_void, Trap>(entry);
        trap(
            ee.object(),
            trampoline::<R, F>,
            (&raw mut task).cast::<c_void>(),
        ) as u8
            != 0
    };
    Ok(if completed { task.answer } else { None })
}

struct Task<R, F> {
    question: Option<F>,
    answer: Option<R>,
}

/// What the trap calls. It has no destructor to run and no path that panics.
unsafe extern "C-unwind" fn trampoline<R: Copy, F: FnOnce() -> R>(task: *mut c_void) {
    // SAFETY: `run_trapped` passed its own task of these very types, and nobody else has it.
    let task = unsafe { &mut *task.cast::<Task<R, F>>() };
    if let Some(question) = task.question.take() {
        task.answer = Some(question());
    }
}
