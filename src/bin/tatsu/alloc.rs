//! The process's allocator, counting: what compiles cost in memory.

#![allow(unsafe_code)] // an allocator

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static ALLOCATED: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

/// The system's allocator with three counters.
pub struct Counting;

fn add(bytes: usize) {
    ALLOCATED.fetch_add(bytes as u64, Relaxed);
    let live = LIVE.fetch_add(bytes as u64, Relaxed) + bytes as u64;
    PEAK.fetch_max(live, Relaxed);
}

// SAFETY: every request goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size() as u64, Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add(size);
        LIVE.fetch_sub(layout.size() as u64, Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Memory used since a moment.
pub struct Meter {
    allocated: u64,
    live: u64,
}

impl Meter {
    /// From now on.
    pub fn start() -> Meter {
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
        PEAK.load(Relaxed).saturating_sub(self.live)
    }
}
