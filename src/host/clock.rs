//! Time that a thread has been running, for measurements on machines that do other things too.

#![allow(unsafe_code)] // one call of the C library

use std::time::Duration;

/// Processor time of the calling thread so far; zero where the system does not say.
pub fn thread_time() -> Duration {
    let mut t = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `t` is a place of the right type, written by the call.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    if result != 0 {
        return Duration::ZERO;
    }
    Duration::new(t.tv_sec as u64, t.tv_nsec as u32)
}
