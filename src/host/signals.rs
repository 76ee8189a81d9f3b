//! Faults in compiled code become exceptions of the program.
//!
//! A null check is often no instruction but the access itself, and x64's division raises by itself. So the host owns the fault
//! signals: when the faulting instruction is compiled code (or a leaf stub that works for it), the handler rewrites the
//! interrupted state so that the throwing stub runs as if the instruction had called it. Every other fault goes to
//! whoever had the signal before.
//!
//! | signal | where, what | becomes |
//! |---|---|---|
//! | SIGSEGV, SIGBUS | address below 64 KiB | null reference |
//! | SIGSEGV, SIGBUS | *at* an address below 64 KiB: it was called | null reference of the call; of a tail call that of its caller |
//! | SIGSEGV, SIGBUS | address around the stack's end | stack overflow: ends the run, no handler sees it |
//! | SIGTRAP, SIGILL | breakpoint or undefined instruction | *unreachable*: ends the run, no handler sees it |
//! | SIGFPE (x64) | `div`, `idiv` | division by zero or overflow, by the divisor |
//!
//! # Invariants
//!
//! - The handler only reads and writes the interrupted state; the exception is dispatched after it has returned, on the
//!   interrupted stack, with the signal mask as it was.
//! - It takes no lock and allocates nothing.
//!
//! Left out: threads that compiled code starts; faults in Rust code below a run.

#![allow(unsafe_code)] // signal handlers

use super::{exceptions, stubs};
use crate::ir::TrapKind;
use std::cell::Cell;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Faults below this address are null references.
const NULL_LIMIT: u64 = 64 << 10;
/// How many code heaps a process can have at a time.
const MAX_HEAPS: usize = 256;

/// Executable ranges: start and end; 0 is a free row.
static HEAPS: [[AtomicU64; 2]; MAX_HEAPS] = [const { [const { AtomicU64::new(0) }; 2] }; MAX_HEAPS];

/// Announces a code range to the handler; withdrawn when dropped.
#[derive(Debug)]
pub struct HeapRegistration(usize);

impl HeapRegistration {
    /// Announces `start..end`; none if too many ranges are.
    pub fn new((start, end): (u64, u64)) -> Option<HeapRegistration> {
        let row = HEAPS.iter().position(|row| {
            row[0]
                .compare_exchange(0, start, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
        })?;
        HEAPS[row][1].store(end, Ordering::Release);
        Some(HeapRegistration(row))
    }
}

impl Drop for HeapRegistration {
    fn drop(&mut self) {
        HEAPS[self.0][1].store(0, Ordering::Release);
        HEAPS[self.0][0].store(0, Ordering::Release);
    }
}

fn is_compiled(pc: u64) -> bool {
    HEAPS
        .iter()
        .any(|row| (row[0].load(Ordering::Acquire)..row[1].load(Ordering::Acquire)).contains(&pc))
}

const SIGNALS: [i32; 5] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGTRAP,
    libc::SIGILL,
];

/// Who had the signals before.
static PREVIOUS: OnceLock<[libc::sigaction; 5]> = OnceLock::new();

/// Installs the handlers, once a process, and an alternate stack for this thread.
pub fn install() -> io::Result<()> {
    if PREVIOUS.get().is_none() {
        let mut previous = [None; 5];
        for (signal, slot) in SIGNALS.into_iter().zip(&mut previous) {
            // SAFETY: plain system calls; the handler is async-signal-safe. The old action is read before ours is set,
            // so that the handler never runs without knowing whom to ask next.
            let old = unsafe {
                let mut old: libc::sigaction = std::mem::zeroed();
                if libc::sigaction(signal, std::ptr::null(), &mut old) != 0 {
                    return Err(io::Error::last_os_error());
                }
                old
            };
            *slot = Some(old);
        }
        if let [Some(a), Some(b), Some(c), Some(d), Some(e)] = previous
            && PREVIOUS.set([a, b, c, d, e]).is_ok()
        {
            for signal in SIGNALS {
                // SAFETY: as above.
                unsafe {
                    let mut action: libc::sigaction = std::mem::zeroed();
                    action.sa_sigaction = handler as *const () as usize;
                    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                    libc::sigemptyset(&mut action.sa_mask);
                    if libc::sigaction(signal, &action, std::ptr::null_mut()) != 0 {
                        return Err(io::Error::last_os_error());
                    }
                }
            }
        }
    }
    alternate_stack()
}

const ALTERNATE_BYTES: usize = 64 << 10;

/// Gives this thread an alternate signal stack, unless it has one.
fn alternate_stack() -> io::Result<()> {
    thread_local! {
        static DONE: Cell<bool> = const { Cell::new(false) };
    }
    if DONE.replace(true) {
        return Ok(());
    }
    // SAFETY: plain system calls; the memory is never freed, since a signal may come until the thread is gone.
    unsafe {
        let mut old: libc::stack_t = std::mem::zeroed();
        if libc::sigaltstack(std::ptr::null(), &mut old) != 0 {
            return Err(io::Error::last_os_error());
        }
        if old.ss_flags & libc::SS_DISABLE == 0 {
            return Ok(());
        }
        let memory = libc::mmap(
            std::ptr::null_mut(),
            ALTERNATE_BYTES,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let stack = libc::stack_t {
            ss_sp: memory,
            ss_flags: 0,
            ss_size: ALTERNATE_BYTES,
        };
        if libc::sigaltstack(&stack, std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// The lowest address of this thread's stack; 0 if the system does not say.
pub fn stack_low() -> u64 {
    thread_local! {
        static LOW: Cell<Option<u64>> = const { Cell::new(None) };
    }
    if let Some(low) = LOW.get() {
        return low;
    }
    // SAFETY: plain library calls on this thread's own attributes.
    let low = unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            0
        } else {
            let (mut low, mut size) = (std::ptr::null_mut(), 0);
            let got = libc::pthread_attr_getstack(&attributes, &mut low, &mut size);
            libc::pthread_attr_destroy(&mut attributes);
            if got == 0 { low as u64 } else { 0 }
        }
    };
    LOW.set(Some(low));
    low
}

extern "C" fn handler(signal: i32, info: *mut libc::siginfo_t, state: *mut libc::c_void) {
    // SAFETY: the kernel's arguments of an SA_SIGINFO handler.
    unsafe {
        let mut state = State(state.cast());
        if !translate(signal, &*info, &mut state) {
            pass_on(signal, info, state.0.cast());
        }
    }
}

/// Turns the fault into an exception; false if it is not ours.
///
/// # Safety
/// In a signal handler, with its arguments.
unsafe fn translate(signal: i32, info: &libc::siginfo_t, state: &mut State) -> bool {
    let pc = state.pc();
    let is_leaf = stubs::is_leaf_stub(pc);
    let activation = exceptions::current();
    if activation.is_null() {
        return false;
    }
    if pc < NULL_LIMIT && matches!(signal, libc::SIGSEGV | libc::SIGBUS) {
        // SAFETY: the activation is this thread's; what is run next is what was called last.
        return unsafe { called_null(activation, state) };
    }
    if !(is_leaf || is_compiled(pc)) {
        return false;
    }
    if matches!(signal, libc::SIGTRAP | libc::SIGILL) {
        // x64's breakpoint has been executed when its signal comes; arm64's has not.
        let at = pc - u64::from(cfg!(target_arch = "x86_64") && signal == libc::SIGTRAP);
        // SAFETY: the activation is this thread's; the run it belongs to ends here.
        unsafe { end(activation, TrapKind::Unreachable, at, state) };
        return true;
    }
    // SAFETY: the activation is this thread's.
    let set = unsafe { (*activation).stubs };
    let stub = if signal == libc::SIGFPE {
        // SAFETY: the instruction at `pc` has just been executed, so it and its operand can be read.
        match unsafe { divide_fault(state) } {
            Some(true) => set.throw_div_zero,
            Some(false) => set.throw_overflow,
            None => return false,
        }
    } else {
        // A non-canonical address on x64 comes without its number.
        const SI_KERNEL: i32 = 0x80;
        if info.si_code == SI_KERNEL {
            return false;
        }
        // SAFETY: the field is valid for these signals; the activation is this thread's.
        let (address, low) = unsafe { (info.si_addr() as u64, (*activation).stack_low) };
        if address >= NULL_LIMIT {
            let around_end = low.wrapping_sub(1 << 20)..low.wrapping_add(64 << 10);
            if low != 0 && around_end.contains(&address) {
                // SAFETY: a leaf stub keeps its return address; the activation is this thread's, and its run ends here.
                unsafe {
                    let at = if is_leaf {
                        state.return_address() - 1
                    } else {
                        pc
                    };
                    end(activation, TrapKind::StackOverflow, at, state);
                }
                return true;
            }
            return false;
        }
        set.throw_null
    };
    // SAFETY: the interrupted frame is compiled code's or a leaf stub's, whose return address is where calls leave it.
    unsafe { state.enter_stub(stub as *const () as u64, (!is_leaf).then_some(pc + 1)) };
    true
}

/// Something has called address null. If it was compiled code, the call raises null reference; if it was compiled code that had left
/// its frame, and nobody's frame is below, the run ends.
///
/// # Safety
/// In a signal handler; `activation` is this thread's, and the machine has just taken the jump.
unsafe fn called_null(activation: *mut exceptions::Activation<'static>, state: &mut State) -> bool {
    // SAFETY: a call has just left its return address there; the activation is this thread's.
    let (back, set) = unsafe { (state.return_address(), (*activation).stubs) };
    if is_compiled(back) {
        // SAFETY: the return address is where calls leave it, and is compiled code's.
        unsafe { state.enter_stub(set.throw_null as *const () as u64, None) };
        return true;
    }
    const LONGEST_CALL_IN: u64 = 512;
    let call_in = set.call_in as *const () as u64;
    if (call_in..call_in + LONGEST_CALL_IN).contains(&back) {
        // SAFETY: the caller's promise; the run ends here.
        unsafe { end(activation, TrapKind::Null, state.pc(), state) };
        return true;
    }
    false
}

/// Ends the run at `pc` with a trap that no handler sees.
///
/// # Safety
/// `activation` is this thread's, and compiled code has just faulted.
unsafe fn end(
    activation: *mut exceptions::Activation<'static>,
    kind: TrapKind,
    pc: u64,
    state: &mut State,
) {
    // SAFETY: the caller's promise.
    let entry_sp = unsafe {
        exceptions::end_at(activation, kind, pc);
        (*activation).entry_sp
    };
    state.set_call(stubs::tatsu_host_leave as *const () as u64, entry_sp);
}

/// Asks the previous owner of the signal.
///
/// # Safety
/// In a signal handler, with its arguments.
unsafe fn pass_on(signal: i32, info: *mut libc::siginfo_t, state: *mut libc::c_void) {
    let previous = PREVIOUS
        .get()
        .and_then(|p| SIGNALS.iter().position(|&s| s == signal).map(|i| p[i]));
    // SAFETY: the previous action's function has the type that its flags say.
    unsafe {
        match previous {
            Some(old) if old.sa_sigaction != libc::SIG_DFL && old.sa_sigaction != libc::SIG_IGN => {
                if old.sa_flags & libc::SA_SIGINFO != 0 {
                    let f: extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) =
                        std::mem::transmute(old.sa_sigaction);
                    f(signal, info, state);
                } else {
                    let f: extern "C" fn(i32) = std::mem::transmute(old.sa_sigaction);
                    f(signal);
                }
            }
            // The instruction runs again, and this time the fault ends the process.
            _ => {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
    }
}

/// The interrupted state.
struct State(*mut libc::ucontext_t);

#[cfg(target_arch = "x86_64")]
impl State {
    /// `libc`'s index of each integer register by machine encoding.
    const ORDER: [i32; 16] = [
        libc::REG_RAX,
        libc::REG_RCX,
        libc::REG_RDX,
        libc::REG_RBX,
        libc::REG_RSP,
        libc::REG_RBP,
        libc::REG_RSI,
        libc::REG_RDI,
        libc::REG_R8,
        libc::REG_R9,
        libc::REG_R10,
        libc::REG_R11,
        libc::REG_R12,
        libc::REG_R13,
        libc::REG_R14,
        libc::REG_R15,
    ];

    fn get(&self, index: i32) -> u64 {
        // SAFETY: the kernel's structure, alive while the handler runs.
        unsafe { (*self.0).uc_mcontext.gregs[index as usize] as u64 }
    }

    fn set(&mut self, index: i32, value: u64) {
        // SAFETY: as above.
        unsafe { (*self.0).uc_mcontext.gregs[index as usize] = value as i64 }
    }

    fn pc(&self) -> u64 {
        self.get(libc::REG_RIP)
    }

    /// Where the function that was just entered, or a leaf stub, returns to.
    ///
    /// # Safety
    /// SP and the link register are as the call left them.
    unsafe fn return_address(&self) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { std::ptr::read(self.get(libc::REG_RSP) as *const u64) }
    }

    /// Continues at `stub` as if it had been called; with a return address, or with the one that is there.
    ///
    /// # Safety
    /// SP is the interrupted code's and has room.
    unsafe fn enter_stub(&mut self, stub: u64, return_address: Option<u64>) {
        if let Some(return_address) = return_address {
            let sp = self.get(libc::REG_RSP) - 8;
            // SAFETY: compiled code keeps nothing below SP.
            unsafe { std::ptr::write(sp as *mut u64, return_address) };
            self.set(libc::REG_RSP, sp);
        }
        self.set(libc::REG_RIP, stub);
    }

    /// Continues at `function` with one argument.
    fn set_call(&mut self, function: u64, argument: u64) {
        self.set(libc::REG_RDI, argument);
        self.set(libc::REG_RIP, function);
    }
}

#[cfg(target_arch = "aarch64")]
impl State {
    fn pc(&self) -> u64 {
        // SAFETY: the kernel's structure, alive while the handler runs.
        unsafe { (*self.0).uc_mcontext.pc }
    }

    /// Where the function that was just entered, or a leaf stub, returns to.
    ///
    /// # Safety
    /// SP and the link register are as the call left them.
    unsafe fn return_address(&self) -> u64 {
        // SAFETY: the kernel's structure, alive while the handler runs.
        unsafe { (*self.0).uc_mcontext.regs[30] }
    }

    /// Continues at `stub` as if it had been called; with a return address, or with the one that is there.
    ///
    /// # Safety
    /// `stub` raises null reference, as all faults of this machine do, or `return_address` is none.
    unsafe fn enter_stub(&mut self, stub: u64, return_address: Option<u64>) {
        // SAFETY: as above.
        unsafe {
            let machine = &mut (*self.0).uc_mcontext;
            if let Some(return_address) = return_address {
                // A leaf has its own return address in lr still.
                machine.regs[16] = machine.regs[30];
                machine.regs[17] = return_address;
                machine.pc = stubs::tatsu_host_fault as *const () as u64;
            } else {
                machine.pc = stub;
            }
        }
    }

    /// Continues at `function` with one argument.
    fn set_call(&mut self, function: u64, argument: u64) {
        // SAFETY: as above.
        unsafe {
            (*self.0).uc_mcontext.regs[0] = argument;
            (*self.0).uc_mcontext.pc = function;
        }
    }
}

/// Was the divisor zero? None if the instruction is no division.
///
/// # Safety
/// The state's instruction and its memory operand can be read.
#[cfg(target_arch = "x86_64")]
unsafe fn divide_fault(state: &State) -> Option<bool> {
    let pc = state.pc();
    // SAFETY: the caller's promise; no instruction is longer than 15 bytes, and code heaps end in unused pages.
    let code = unsafe { std::slice::from_raw_parts(pc as *const u8, 15) };
    let operand = decode_divide(code)?;
    let reg = |hw: u8| state.get(State::ORDER[usize::from(hw & 15)]);
    let value = match operand.place {
        Place::Register(hw) => reg(hw),
        Place::Memory { base, index, disp } => {
            let base = match base {
                Base::None => 0,
                Base::Pc => pc.wrapping_add(u64::from(operand.length)),
                Base::Register(hw) => reg(hw),
            };
            let index = index.map_or(0, |(hw, shift)| reg(hw) << shift);
            let address = base
                .wrapping_add(index)
                .wrapping_add_signed(i64::from(disp));
            // SAFETY: the division has just read it.
            unsafe {
                match operand.bytes {
                    1 => u64::from(std::ptr::read(address as *const u8)),
                    2 => u64::from(std::ptr::read_unaligned(address as *const u16)),
                    4 => u64::from(std::ptr::read_unaligned(address as *const u32)),
                    _ => std::ptr::read_unaligned(address as *const u64),
                }
            }
        }
    };
    let mask = u64::MAX >> (64 - 8 * u32::from(operand.bytes));
    Some(value & mask == 0)
}

/// # Safety
/// None needed.
#[cfg(not(target_arch = "x86_64"))]
unsafe fn divide_fault(_state: &State) -> Option<bool> {
    None
}

/// A division's operand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg(any(target_arch = "x86_64", test))]
struct Divisor {
    place: Place,
    /// 1, 2, 4 or 8.
    bytes: u8,
    /// Of the instruction.
    length: u8,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg(any(target_arch = "x86_64", test))]
enum Place {
    Register(u8),
    Memory {
        base: Base,
        /// Register and log2 of the scale.
        index: Option<(u8, u8)>,
        disp: i32,
    },
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[cfg(any(target_arch = "x86_64", test))]
enum Base {
    None,
    Pc,
    Register(u8),
}

/// Decodes `div` and `idiv` (F6 and F7, /6 and /7).
#[cfg(any(target_arch = "x86_64", test))]
fn decode_divide(code: &[u8]) -> Option<Divisor> {
    let mut at = 0;
    let is_word = *code.first()? == 0x66;
    at += usize::from(is_word);
    let rex = match *code.get(at)? {
        rex @ 0x40..=0x4F => {
            at += 1;
            rex
        }
        _ => 0,
    };
    let bytes = match *code.get(at)? {
        0xF6 => 1,
        0xF7 if rex & 8 != 0 => 8,
        0xF7 if is_word => 2,
        0xF7 => 4,
        _ => return None,
    };
    let modrm = *code.get(at + 1)?;
    at += 2;
    if modrm >> 4 & 3 != 3 {
        return None;
    }
    let (mode, rm) = (modrm >> 6, modrm & 7);
    if mode == 3 {
        let hw = rm | (rex & 1) << 3;
        // Without REX the byte registers 4-7 are ah to bh, which no compiler here divides by.
        return (bytes != 1 || rex != 0 || rm < 4).then_some(Divisor {
            place: Place::Register(hw),
            bytes,
            length: at as u8,
        });
    }
    let mut base = Base::Register(rm | (rex & 1) << 3);
    let mut index = None;
    let mut has_disp32 = mode == 2;
    if rm == 4 {
        let sib = *code.get(at)?;
        at += 1;
        let hw = (sib >> 3 & 7) | (rex >> 1 & 1) << 3;
        index = (hw != 4).then_some((hw, sib >> 6));
        base = Base::Register((sib & 7) | (rex & 1) << 3);
        if sib & 7 == 5 && mode == 0 {
            base = Base::None;
            has_disp32 = true;
        }
    } else if rm == 5 && mode == 0 {
        base = Base::Pc;
        has_disp32 = true;
    }
    let disp = if has_disp32 {
        let d = i32::from_le_bytes(code.get(at..at + 4)?.try_into().ok()?);
        at += 4;
        d
    } else if mode == 1 {
        at += 1;
        i32::from(*code.get(at - 1)? as i8)
    } else {
        0
    };
    Some(Divisor {
        place: Place::Memory { base, index, disp },
        bytes,
        length: at as u8,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(base: Base, index: Option<(u8, u8)>, disp: i32) -> Place {
        Place::Memory { base, index, disp }
    }

    #[test]
    fn divisors_are_found_in_every_form() {
        use Base::Register as R;
        let table: &[(&[u8], u8, Place)] = &[
            (&[0xF7, 0xF9], 4, Place::Register(1)),
            (&[0x49, 0xF7, 0xF0], 8, Place::Register(8)),
            (&[0x66, 0xF7, 0xFB], 2, Place::Register(3)),
            (&[0xF7, 0x7D, 0xF8], 4, memory(R(5), None, -8)),
            (&[0x48, 0xF7, 0x7C, 0x24, 0x10], 8, memory(R(4), None, 16)),
            (
                &[0x48, 0xF7, 0xBC, 0x24, 0, 1, 0, 0],
                8,
                memory(R(4), None, 256),
            ),
            (&[0x43, 0xF7, 0x34, 0xC8], 4, memory(R(8), Some((9, 3)), 0)),
            (&[0xF7, 0x3D, 4, 0, 0, 0], 4, memory(Base::Pc, None, 4)),
            (
                &[0xF7, 0x3C, 0x8D, 4, 0, 0, 0],
                4,
                memory(Base::None, Some((1, 2)), 4),
            ),
        ];
        for (code, bytes, place) in table {
            let expected = Divisor {
                place: *place,
                bytes: *bytes,
                length: code.len() as u8,
            };
            let mut padded = code.to_vec();
            padded.resize(15, 0x90);
            assert_eq!(decode_divide(&padded), Some(expected), "{code:x?}");
        }
        // mul is no division.
        assert_eq!(decode_divide(&[0xF7, 0xE1, 0, 0]), None);
    }
}
