//! The host with hand-assembled x64 methods: every way in, out and across, without the compiler.
//!
//! Frames are the compiler's: `push rbp; sub rsp, 16; lea rbp, [rsp+16]`, ten bytes, described SP-relative.

use super::*;
use crate::compile::{EhClauseOut, FuncFragment, FuncKind, IlMapping};
use crate::ir::ClauseKind;

#[cfg(target_arch = "x86_64")]
mod x64 {
    use super::*;

    const PROLOG: [u8; 10] = [0x55, 0x48, 0x83, 0xEC, 0x10, 0x48, 0x8D, 0x6C, 0x24, 0x10];
    const EPILOG: [u8; 6] = [0x48, 0x83, 0xC4, 0x10, 0x5D, 0xC3];
    const UNWIND: [u8; 8] = [1, 10, 2, 0, 5, 0x12, 1, 0x50];
    /// `sub rsp, 8`.
    const FUNCLET_PROLOG: [u8; 4] = [0x48, 0x83, 0xEC, 8];
    const FUNCLET_EPILOG: [u8; 5] = [0x48, 0x83, 0xC4, 8, 0xC3];
    const FUNCLET_UNWIND: [u8; 6] = [1, 4, 1, 0, 4, 0x02];

    /// A method under construction.
    #[derive(Default)]
    struct Asm {
        out: CompiledMethod,
    }

    impl Asm {
        fn new() -> Asm {
            let mut asm = Asm::default();
            asm.begin(FuncKind::Root);
            asm
        }
        fn at(&self) -> u32 {
            self.out.code.len() as u32
        }
        fn emit(&mut self, bytes: &[u8]) -> &mut Asm {
            self.out.code.extend_from_slice(bytes);
            self
        }
        fn line(&mut self, il: u32) {
            let native = self.at();
            self.out.il_map.push(IlMapping {
                native,
                il,
                source: 0,
            });
        }
        /// Begins the method or a funclet; returns where.
        fn begin(&mut self, kind: FuncKind) -> u32 {
            let start = self.at();
            if let Some(last) = self.out.funcs.last_mut() {
                last.end = start;
            }
            let from = self.out.unwind.len() as u32;
            if kind == FuncKind::Root {
                self.emit(&PROLOG);
                self.out.unwind.extend_from_slice(&UNWIND);
            } else {
                self.emit(&FUNCLET_PROLOG);
                self.out.unwind.extend_from_slice(&FUNCLET_UNWIND);
            }
            self.out.funcs.push(FuncFragment {
                continues: false,
                kind,
                start,
                end: u32::MAX,
                unwind: (from, self.out.unwind.len() as u32),
            });
            start
        }
        fn clause(&mut self, kind: ClauseKind, try_range: (u32, u32), handler: u32) {
            let end = self.at();
            self.out.eh.push(EhClauseOut {
                kind,
                same_try: false,
                try_range,
                handler_range: (handler, end),
                filter_start: 0,
            });
        }
        /// A call of `target`, through r11.
        fn call(&mut self, target: u64) -> &mut Asm {
            self.emit(&[0x49, 0xBB]).emit(&target.to_le_bytes());
            self.emit(&[0x41, 0xFF, 0xD3])
        }
        /// `lea rax, [rip + target]`.
        fn lea_rax(&mut self, target: u32) -> &mut Asm {
            let disp = target as i32 - (self.at() as i32 + 7);
            self.emit(&[0x48, 0x8D, 0x05]).emit(&disp.to_le_bytes())
        }
        fn finish(mut self) -> CompiledMethod {
            let end = self.at();
            if let Some(last) = self.out.funcs.last_mut() {
                last.end = end;
            }
            self.out
        }
    }

    impl Host {
        /// Loads code by hand: a method of i64 parameters and result.
        fn add(&mut self, name: &str, params: usize, code: CompiledMethod) -> u64 {
            let signature = Signature {
                params: vec![VarType::I64; params],
                ret: VarType::I64,
                layouts: Vec::new(),
            };
            self.signatures.insert(name.to_owned(), signature);
            let cell = self.heap.new_cell().unwrap();
            self.cells.insert(name.to_owned(), cell);
            self.install(name, &code).unwrap();
            self.entries[name]
        }
        fn result(
            &mut self,
            name: &str,
            args: &[u64],
        ) -> Result<u64, (TrapKind, String, Option<u32>)> {
            match self.run(name, args).unwrap() {
                Ok(v) => Ok(v.unwrap()),
                Err(t) => Err((t.kind, t.method, t.line)),
            }
        }
    }

    /// `rax = [rdi]` on line 3.
    fn load() -> CompiledMethod {
        let mut a = Asm::new();
        a.line(3);
        a.emit(&[0x48, 0x8B, 0x07]);
        a.line(4);
        a.emit(&EPILOG);
        a.finish()
    }

    /// Calls `callee` with its own argument, in a try; the catch makes it 1000 + the object's class.
    fn catcher(callee: u64, kind: ClauseKind) -> CompiledMethod {
        let mut a = Asm::new();
        let start = a.at();
        a.call(callee);
        let end = a.at();
        a.emit(&[0x90]).emit(&EPILOG);
        let resume = a.at();
        // mov rax, [rbp-8]; add rax, 1000
        a.emit(&[0x48, 0x8B, 0x45, 0xF8, 0x48, 0x05, 0xE8, 3, 0, 0]);
        a.emit(&EPILOG);
        let handler = a.begin(FuncKind::Handler);
        // mov rax, [rdi]; mov [rbp-8], rax
        a.emit(&[0x48, 0x8B, 0x07, 0x48, 0x89, 0x45, 0xF8]);
        a.lea_rax(resume).emit(&FUNCLET_EPILOG);
        a.clause(kind, (start, end), handler);
        a.finish()
    }

    /// Calls `callee`; a finally adds 7 to the counter at the second argument, on the exceptional way only.
    fn fault_counter(callee: u64) -> CompiledMethod {
        let mut a = Asm::new();
        // mov [rbp-8], rsi
        a.emit(&[0x48, 0x89, 0x75, 0xF8]);
        let start = a.at();
        a.call(callee);
        let end = a.at();
        a.emit(&[0x90]).emit(&EPILOG);
        let handler = a.begin(FuncKind::Handler);
        // mov rax, [rbp-8]; add qword [rax], 7
        a.emit(&[0x48, 0x8B, 0x45, 0xF8, 0x48, 0x83, 0x00, 7]);
        a.emit(&FUNCLET_EPILOG);
        a.clause(ClauseKind::Fault, (start, end), handler);
        a.finish()
    }

    #[test]
    fn a_null_access_is_a_trap_with_its_line() {
        let mut host = Host::new().unwrap();
        host.add("load", 1, load());
        let word = 77u64;
        assert_eq!(host.result("load", &[&raw const word as u64]), Ok(77));
        for address in [0, 8, 0xFFFF] {
            let trap = Err((TrapKind::Null, "load".to_owned(), Some(3)));
            assert_eq!(host.result("load", &[address]), trap);
        }
    }

    #[test]
    fn a_division_is_a_trap_by_its_divisor() {
        let mut host = Host::new().unwrap();
        let mut a = Asm::new();
        // mov rax, rdi; cqo; mov [rbp-8], rsi
        a.emit(&[0x48, 0x89, 0xF8, 0x48, 0x99, 0x48, 0x89, 0x75, 0xF8]);
        a.line(5);
        // idiv qword [rbp-8]
        a.emit(&[0x48, 0xF7, 0x7D, 0xF8]).emit(&EPILOG);
        host.add("div", 2, a.finish());
        assert_eq!(host.result("div", &[91, 7]), Ok(13));
        let trap = |kind| Err((kind, "div".to_owned(), Some(5)));
        assert_eq!(host.result("div", &[91, 0]), trap(TrapKind::DivZero));
        let min = i64::MIN as u64;
        assert_eq!(
            host.result("div", &[min, u64::MAX]),
            trap(TrapKind::Overflow)
        );
    }

    #[test]
    fn a_catch_takes_its_class_from_a_callee() {
        let mut host = Host::new().unwrap();
        let load = host.add("load", 1, load());
        host.add("any", 1, catcher(load, ClauseKind::Catch(0)));
        let null = host.add("null", 1, catcher(load, ClauseKind::Catch(1)));
        let range = host.add("range", 1, catcher(load, ClauseKind::Catch(2)));
        host.add("outer", 1, catcher(range, ClauseKind::Catch(1)));
        host.add("inner", 1, catcher(null, ClauseKind::Catch(0)));
        let word = 5u64;
        for name in ["any", "null", "range", "outer", "inner"] {
            assert_eq!(
                host.result(name, &[&raw const word as u64]),
                Ok(5),
                "{name}"
            );
        }
        for name in ["any", "null", "outer", "inner"] {
            assert_eq!(host.result(name, &[0]), Ok(1001), "{name}");
        }
        let trap = Err((TrapKind::Null, "load".to_owned(), Some(3)));
        assert_eq!(host.result("range", &[0]), trap);
    }

    #[test]
    fn fault_handlers_run_on_the_way_to_a_catch() {
        let mut host = Host::new().unwrap();
        let load = host.add("load", 1, load());
        let inner = host.add("inner", 2, fault_counter(load));
        let middle = host.add("middle", 2, fault_counter(inner));
        host.add("caught", 2, catcher(middle, ClauseKind::Catch(1)));
        let mut counter = 0u64;
        let at = &raw mut counter as u64;
        assert_eq!(host.result("middle", &[at, at]), Ok(0));
        assert_eq!(host.result("caught", &[0, at]), Ok(1001));
        assert_eq!(counter, 14);
        // Nobody catches: nothing runs.
        assert!(host.result("middle", &[0, at]).is_err());
        assert_eq!(counter, 14);
    }

    /// Calls `callee`; the catch-all handler calls `then` (a throw helper or a method) with argument 0.
    fn catch_and_call(callee: u64, then: u64) -> CompiledMethod {
        let mut a = Asm::new();
        let start = a.at();
        a.call(callee);
        let end = a.at();
        a.emit(&[0x90]).emit(&EPILOG);
        let resume = a.at();
        a.emit(&[0xB8, 9, 0, 0, 0]).emit(&EPILOG);
        let handler = a.begin(FuncKind::Handler);
        // xor edi, edi
        a.emit(&[0x31, 0xFF]).call(then);
        a.lea_rax(resume).emit(&FUNCLET_EPILOG);
        a.clause(ClauseKind::Catch(0), (start, end), handler);
        a.finish()
    }

    #[test]
    fn exceptions_in_handlers_supersede_and_rethrow_goes_on() {
        let mut host = Host::new().unwrap();
        let load = host.add("load", 1, load());
        let helper = |h| helpers::entry_point(h, &stubs::NATIVE).unwrap();
        let rethrow = host.add("rethrow", 1, catch_and_call(load, helper(Helper::Rethrow)));
        let replace = host.add(
            "replace",
            1,
            catch_and_call(load, helper(Helper::ThrowRange)),
        );
        let handled = host.add("handled", 1, catcher(load, ClauseKind::Catch(1)));
        host.add("nested", 1, catch_and_call(load, handled));
        host.add("rethrow_caught", 1, catcher(rethrow, ClauseKind::Catch(1)));
        host.add("replace_caught", 1, catcher(replace, ClauseKind::Catch(2)));
        // The original throw is what a rethrown exception reports.
        let trap = Err((TrapKind::Null, "load".to_owned(), Some(3)));
        assert_eq!(host.result("rethrow", &[0]), trap);
        let trap = Err((TrapKind::Range, "replace".to_owned(), None));
        assert_eq!(host.result("replace", &[0]), trap);
        assert_eq!(host.result("rethrow_caught", &[0]), Ok(1001));
        assert_eq!(host.result("replace_caught", &[0]), Ok(1002));
        // A handler that handles another exception of its own, by calling a method that catches it.
        assert_eq!(host.result("nested", &[0]), Ok(9));
    }

    #[test]
    fn endless_recursion_is_a_trap_and_the_host_goes_on() {
        let mut host = Host::new().unwrap();
        let mut a = Asm::new();
        a.line(8);
        // call the beginning
        let disp = -(a.at() as i32 + 5);
        a.emit(&[0xE8]).emit(&disp.to_le_bytes()).emit(&EPILOG);
        host.add("forever", 1, a.finish());
        host.add("load", 1, load());
        for _ in 0..3 {
            let trap = Err((TrapKind::StackOverflow, "forever".to_owned(), Some(8)));
            // The push in the prolog or the call may be what faults; both are the method's.
            let got = host
                .result("forever", &[0])
                .map_err(|t| (t.0, t.1, t.2.or(Some(8))));
            assert_eq!(got, trap);
        }
        assert!(host.result("load", &[0]).is_err());
    }

    #[test]
    fn filters_choose_and_their_exceptions_mean_no() {
        let mut host = Host::new().unwrap();
        let load = host.add("load", 1, load());
        // The filter says what the word at the second argument says.
        let mut a = Asm::new();
        a.emit(&[0x48, 0x89, 0x75, 0xF8]);
        let start = a.at();
        a.call(load);
        let end = a.at();
        a.emit(&[0x90]).emit(&EPILOG);
        let resume = a.at();
        a.emit(&[0xB8, 9, 0, 0, 0]).emit(&EPILOG);
        let filter = a.begin(FuncKind::Filter);
        // mov rax, [rbp-8]; mov rax, [rax]
        a.emit(&[0x48, 0x8B, 0x45, 0xF8, 0x48, 0x8B, 0x00])
            .emit(&FUNCLET_EPILOG);
        let handler = a.begin(FuncKind::Handler);
        a.lea_rax(resume).emit(&FUNCLET_EPILOG);
        a.clause(ClauseKind::Filter, (start, end), handler);
        a.out.eh[0].filter_start = filter;
        let filtered = host.add("filtered", 2, a.finish());
        host.add("outer", 2, catcher(filtered, ClauseKind::Catch(1)));
        let (no, yes) = (0u64, 1u64);
        assert_eq!(host.result("outer", &[0, &raw const yes as u64]), Ok(9));
        assert_eq!(host.result("outer", &[0, &raw const no as u64]), Ok(1001));
        // The filter itself faults.
        assert_eq!(host.result("outer", &[0, 0]), Ok(1001));
        let trap = Err((TrapKind::Null, "load".to_owned(), Some(3)));
        assert_eq!(host.result("filtered", &[0, 0]), trap);
    }

    #[test]
    fn a_breakpoint_is_unreachable() {
        let mut host = Host::new().unwrap();
        let mut a = Asm::new();
        a.line(6);
        a.emit(&[0xCC]).emit(&EPILOG);
        host.add("stop", 1, a.finish());
        let trap = Err((TrapKind::Unreachable, "stop".to_owned(), Some(6)));
        assert_eq!(host.result("stop", &[0]), trap);
    }

    #[test]
    fn arrays_come_from_the_helper_and_bad_lengths_overflow() {
        let mut host = Host::new().unwrap();
        let mut a = Asm::new();
        a.call(host.helpers[&Helper::NewArray]);
        // mov eax, [rax+8]
        a.emit(&[0x8B, 0x40, 8]).emit(&EPILOG);
        host.add("length", 2, a.finish());
        assert_eq!(host.result("length", &[4, 10]), Ok(10));
        let negative = host.result("length", &[4, u64::MAX]);
        assert_eq!(
            negative,
            Err((TrapKind::Overflow, "length".to_owned(), None))
        );
    }
}

#[test]
fn hosts_live_side_by_side_on_threads() {
    let threads: Vec<_> = (0..4)
        .map(|_| std::thread::spawn(|| Host::new().map(|h| h.heap.code_range())))
        .collect();
    for t in threads {
        assert!(t.join().unwrap().is_ok());
    }
}

/// Program counters of this thread's frames, as the C library's unwinder finds them.
#[allow(unsafe_code)]
pub(super) fn native_frames() -> Vec<u64> {
    use std::ffi::{c_int, c_void};
    unsafe extern "C" {
        fn _Unwind_Backtrace(
            f: extern "C" fn(*mut c_void, *mut c_void) -> c_int,
            data: *mut c_void,
        ) -> c_int;
        fn _Unwind_GetIP(context: *mut c_void) -> usize;
    }
    extern "C" fn visit(context: *mut c_void, data: *mut c_void) -> c_int {
        // SAFETY: the unwinder's context, and the list below.
        unsafe { (*data.cast::<Vec<u64>>()).push(_Unwind_GetIP(context) as u64) };
        0
    }
    let mut frames = Vec::<u64>::new();
    // SAFETY: the callback has the type that the library wants, and gets the list.
    unsafe { _Unwind_Backtrace(visit, (&raw mut frames).cast()) };
    frames
}

thread_local! {
    static SEEN: std::cell::RefCell<Vec<u64>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Where this thread's probes leave what they saw.
pub(super) fn seen() -> &'static std::thread::LocalKey<std::cell::RefCell<Vec<u64>>> {
    &SEEN
}

extern "C" fn probe() -> i64 {
    SEEN.set(native_frames());
    1
}

#[test]
#[allow(unsafe_code)]
fn native_unwinders_cross_compiled_frames() {
    let text = "
func @Leaf(v0: i64) -> i64 {
bb0:
  t0 = call.i64 @probe()
  t1 = add.i64 t0, v0
  ret t1
}
func @Outer(v0: i64) -> i64 {
bb0:
  t0 = call.i64 @Leaf(i64 v0)
  t1 = mul.i64 t0, v0
  ret t1
}
";
    let module = crate::ir::parse::parse_module(text).unwrap();
    for opt in [
        crate::compile::OptLevel::MinOpts,
        crate::compile::OptLevel::FullOpts,
    ] {
        let mut host = Host::new().unwrap();
        let opts = CompileOptions {
            opt,
            ..CompileOptions::default()
        };
        // SAFETY: `probe` is what the text says.
        unsafe {
            host.define_native("probe", probe as *const () as u64)
                .unwrap()
        };
        match host.load(&module.methods, &opts) {
            Ok(()) => {}
            Err(HostError::Compile {
                error: CompileError::Unsupported { .. },
                ..
            }) => continue,
            Err(e) => panic!("{e}"),
        }
        assert_eq!(host.run("Outer", &[6]).unwrap(), Ok(Some(42)));
        let seen = SEEN.take();
        let names: Vec<_> = seen
            .iter()
            .filter_map(|pc| host.code_map().at(pc.wrapping_sub(1)))
            .map(|(_, m)| m.name.as_str())
            .collect();
        assert_eq!(names, ["Leaf", "Outer"]);
        // Behind them the walk goes on through `call_in` to this thread's beginning.
        let last = seen
            .iter()
            .rposition(|pc| host.code_map().at(pc.wrapping_sub(1)).is_some());
        assert!(seen.len() - last.unwrap() > 5, "{} frames", seen.len());
    }
}
