//! What a thread has used so far: time, for measurements on machines that do other things too, and pages.

#![allow(unsafe_code)] // calls of the C library

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

/// Pages that the process got from memory on first use so far, with no disk read; zero where the system does not say.
pub fn page_faults() -> u64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: `usage` is a place of the right type, written by the call.
    let result = unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) };
    // SAFETY: zeros are a value of this type, and the call has left it one.
    let usage = unsafe { usage.assume_init() };
    if result == 0 {
        usage.ru_minflt as u64
    } else {
        0
    }
}
