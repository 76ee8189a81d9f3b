//! Temporary.
#![allow(unsafe_code, missing_docs)]
use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::sync::Mutex;
use tatsu::compile::backend::Compiler;
use tatsu::compile::{CompileOptions, CompiledMethod, OptLevel};
use tatsu::host::{NullRuntime, target_named};
use tatsu::ir::generate;

struct T;
thread_local! { static IN: Cell<bool> = const { Cell::new(true) }; }
type Live = Vec<(usize, usize, usize)>;
struct St {
    live: Live,
    traces: Vec<Backtrace>,
    now: usize,
    peak: usize,
    snap: Live,
}
static ST: Mutex<St> = Mutex::new(St {
    live: Vec::new(),
    traces: Vec::new(),
    now: 0,
    peak: 0,
    snap: Vec::new(),
});
const BIG: usize = 16 << 10;
fn guarded(f: impl FnOnce(&mut St)) {
    let _ = IN.try_with(|i| {
        if i.get() {
            return;
        }
        i.set(true);
        if let Ok(mut s) = ST.try_lock() {
            f(&mut s);
        }
        i.set(false);
    });
}
fn add(p: *mut u8, n: usize) {
    if n < BIG {
        return;
    }
    guarded(|s| {
        let b = Backtrace::force_capture();
        s.traces.push(b);
        let t = s.traces.len() - 1;
        s.live.push((p as usize, n, t));
        s.now += n;
        if s.now > s.peak {
            s.peak = s.now;
            s.snap = s.live.clone();
        }
    })
}
fn del(p: *mut u8, n: usize) {
    if n < BIG {
        return;
    }
    guarded(|s| {
        if let Some(i) = s.live.iter().position(|x| x.0 == p as usize) {
            s.live.swap_remove(i);
            s.now -= n;
        }
    })
}
unsafe impl GlobalAlloc for T {
    unsafe fn alloc(&self, l: Layout) -> *mut u8 {
        let p = unsafe { System.alloc(l) };
        add(p, l.size());
        p
    }
    unsafe fn dealloc(&self, p: *mut u8, l: Layout) {
        del(p, l.size());
        unsafe { System.dealloc(p, l) }
    }
    unsafe fn realloc(&self, p: *mut u8, l: Layout, n: usize) -> *mut u8 {
        let q = unsafe { System.alloc(Layout::from_size_align_unchecked(n, l.align())) };
        add(q, n);
        unsafe {
            std::ptr::copy_nonoverlapping(p, q, l.size().min(n));
        }
        del(p, l.size());
        unsafe { System.dealloc(p, l) };
        q
    }
}
#[global_allocator]
static A: T = T;
fn main() {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let n: u32 = a[1].parse().unwrap();
    let ms = if a[0] == "realistic" {
        generate::realistic(1, 1, n..n + 1)
    } else {
        generate::shape(&a[0], n, 1).unwrap()
    };
    let t = target_named(&a[2]).unwrap();
    let opts = CompileOptions {
        opt: if a[3] == "min" {
            OptLevel::MinOpts
        } else {
            OptLevel::FullOpts
        },
        verify: false,
        ..CompileOptions::default()
    };
    let mut rt = NullRuntime::new(t);
    let mut c = Compiler::new();
    let mut out = CompiledMethod::default();
    let ops: usize = ms.iter().map(|m| m.operations()).sum();
    let nodes: usize = ms.iter().map(|m| m.body.nodes.len()).sum();
    let args: usize = ms.iter().map(|m| m.body.call_args.len()).sum();
    IN.with(|i| i.set(false));
    for m in &ms {
        c.compile(m, t, &mut rt, &opts, &mut out).unwrap();
    }
    IN.with(|i| i.set(true));
    let s = ST.lock().unwrap();
    println!(
        "{a:?} ops {ops} nodes {nodes} args {args} peak/op {:.0}",
        s.peak as f64 / ops as f64
    );
    let mut v = s.snap.clone();
    v.sort_by_key(|x| std::cmp::Reverse(x.1));
    for (_, n, t) in v.iter().take(28) {
        let text = s.traces[*t].to_string();
        let names: Vec<&str> = text
            .lines()
            .filter(|l| {
                l.trim_start()
                    .chars()
                    .next()
                    .is_some_and(|c| c.is_ascii_digit())
            })
            .map(|l| l.split_once(": ").map_or(l, |x| x.1))
            .filter(|l| {
                !l.contains("std::")
                    && !l.contains("pm_prof::")
                    && !l.starts_with("__")
                    && !l.contains("finish_grow")
                    && !l.contains("backtrace")
            })
            .take(4)
            .collect();
        println!(
            "{:>8.1}/op {:>10}  {}",
            *n as f64 / ops as f64,
            n,
            names.join(" < ")
        );
    }
}
