//! The process's allocator, counting: what compiles cost in memory.

#![allow(unsafe_code)] // an allocator

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

/// Does anybody count? Until then nothing is, so that what else is measured does not pay for it.
static COUNTS: AtomicBool = AtomicBool::new(false);
static ALLOCATED: AtomicU64 = AtomicU64::new(0);
/// What is live beyond what was when the counting began.
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

/// The system's allocator with three counters.
pub struct Counting;

#[inline]
fn count(more: usize, less: usize) {
    if COUNTS.load(Relaxed) {
        change(more, less);
    }
}

#[cold]
fn change(more: usize, less: usize) {
    ALLOCATED.fetch_add(more as u64, Relaxed);
    let live = LIVE.fetch_add(more as i64, Relaxed) + more as i64;
    PEAK.fetch_max(live, Relaxed);
    LIVE.fetch_sub(less as i64, Relaxed);
}

// SAFETY: every request goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Memory used since a moment.
pub struct Meter {
    allocated: u64,
    live: i64,
}

impl Meter {
    /// From now on.
    pub fn start() -> Meter {
        COUNTS.store(true, Relaxed);
        let live = LIVE.load(Relaxed);
        PEAK.store(live, Relaxed);
        Meter {
            allocated: ALLOCATED.load(Relaxed),
            live,
        }
    }

    /// Bytes asked for since, freed or not.
    pub fn allocated(&self) -> u64 {
        ALLOCATED.load(Relaxed) - self.allocated
    }

    /// The most that was live at one time since, beyond what was live at the start.
    pub fn peak(&self) -> u64 {
        (PEAK.load(Relaxed) - self.live).max(0) as u64
    }
}
