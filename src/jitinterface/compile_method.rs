//! One compilation as the runtime sees it: filters, the pipeline, and what becomes of it.
//!
//! Whatever happens, the answer is a code: a method that is not ours, or that fails in any way, is declined and counted,
//! and the runtime's own JIT compiles it. A panic is our bug: it is caught here, counted with its place, and declined.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use super::enums::{jit_flag, machine, result, runtime_flag};
use super::log::{name_hash, thread_time};
use super::metadata::CoreClrMetadata;
use super::names::MethodName;
use super::pool::Pool;
use super::publish::{PublishError, publish};
use super::report::Outcome;
use super::runtime::{CoreClrRuntime, abi_of};
use super::shim::StockJit;
use super::startup::{Shell, caught_panic, shell};
use super::structs::{JitFlags, MethodInfo};
use super::version::VERSIONS;
use super::vtable::{EeError, EeInterface};
use crate::compile::listing::Shown;
use crate::compile::{CompileError, CompileOptions, CompiledMethod, OptLevel};
use crate::import::{ImportError, import};
use crate::ir::BlockFlags;
use crate::target::{Arch, CpuFeatures, TargetDesc};

/// `ICorJitCompiler::compileMethod`.
///
/// # Safety
/// The runtime calls it: `comp` and `info` are valid during the call, `entry` and `size` take the result.
pub(super) unsafe extern "C-unwind" fn compile_method(
    _this: *mut c_void,
    comp: *mut c_void,
    info: *const MethodInfo,
    _flags: u32,
    entry: *mut usize,
    size: *mut u32,
) -> u32 {
    let Some(shell) = shell().filter(|shell| shell.compiles) else {
        return result::SKIPPED;
    };
    // SAFETY: the caller's promise; the shell's version is the runtime's.
    let (ee, info) = unsafe { (EeInterface::new(comp, shell.version), &*info) };
    let method = Method { shell, ee, info };
    if let Some(stock) = &shell.shim {
        let method = AssertUnwindSafe(&method);
        // SAFETY: the caller's promise.
        let code = catch_unwind(|| unsafe { method.compile_with(stock, entry, size) });
        return code.unwrap_or(result::SKIPPED);
    }
    let mut watch = Watch::default();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let flags = method.wanted()?;
        watch = Watch::start(&method);
        method.compile(&flags)
    }));
    let ended = ended.unwrap_or_else(|_| Err(Failure::new(Outcome::Internal, caught_panic())));
    watch.stop();
    // Naming the method for the report asks the runtime again, and is code of ours again.
    let said = catch_unwind(AssertUnwindSafe(|| method.tell(&ended, &watch)));
    if said.is_err() {
        shell.report.count(Outcome::Internal, &caught_panic(), "");
    }
    match ended {
        Ok(code) => {
            // SAFETY: the caller's promise.
            unsafe {
                entry.write(code.entry);
                size.write(code.size);
            }
            result::OK
        }
        // .NET's own JIT compiles the method whatever the code is.
        Err(failure) => match failure.outcome {
            Outcome::BadCode => result::BADCODE,
            Outcome::Limit => result::IMPLLIMITATION,
            Outcome::Internal => result::INTERNALERROR,
            _ => result::SKIPPED,
        },
    }
}

/// A selected method's name and time, if the log wants them.
#[derive(Default)]
struct Watch {
    name: Option<String>,
    start: u64,
    ns: u64,
}

impl Watch {
    /// Logs the beginning; what comes after is the compilation's own time.
    fn start(method: &Method<'_>) -> Watch {
        let log = &method.shell.log;
        if !log.is_on() {
            return Watch::default();
        }
        let name = method.name().full(false);
        log.begin(&name);
        Watch {
            name: Some(name),
            start: thread_time(),
            ns: 0,
        }
    }

    fn stop(&mut self) {
        if self.name.is_some() {
            self.ns = thread_time() - self.start;
        }
    }
}

/// Where the finished code is.
struct CompiledCode {
    entry: usize,
    size: u32,
    level: &'static str,
}

/// Why a method is left to the runtime.
struct Failure {
    outcome: Outcome,
    reason: String,
}

impl Failure {
    fn new(outcome: Outcome, reason: impl Into<String>) -> Failure {
        Failure {
            outcome,
            reason: reason.into(),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(e: ImportError) -> Failure {
        let (outcome, reason) = match e {
            ImportError::BadCode { what, .. } => (Outcome::BadCode, what.to_owned()),
            ImportError::Unsupported { what, .. } => (Outcome::Unsupported, what),
            ImportError::Limit(what) => (Outcome::Limit, what.to_owned()),
            ImportError::Runtime(what) => (Outcome::Runtime, what),
        };
        Failure { outcome, reason }
    }
}

impl From<CompileError> for Failure {
    fn from(e: CompileError) -> Failure {
        let (outcome, reason) = match e {
            CompileError::BadCode { what, .. } => (Outcome::BadCode, what),
            CompileError::Unsupported { reason, .. } => (Outcome::Unsupported, reason),
            CompileError::Limit { what } => (Outcome::Limit, what.to_owned()),
            CompileError::Internal { phase, what } => {
                (Outcome::Internal, format!("{phase}: {what}"))
            }
            CompileError::Runtime(e) => (Outcome::Runtime, e.to_string()),
        };
        Failure { outcome, reason }
    }
}

impl From<PublishError> for Failure {
    fn from(e: PublishError) -> Failure {
        match e {
            PublishError::Runtime(e) => e.into(),
            PublishError::Internal(what) => Failure::new(Outcome::Internal, what),
            PublishError::Reach => Failure::new(Outcome::Limit, "distance in code"),
        }
    }
}

impl From<EeError> for Failure {
    fn from(e: EeError) -> Failure {
        Failure::new(Outcome::Runtime, e.to_string())
    }
}

struct Method<'a> {
    shell: &'static Shell,
    ee: EeInterface,
    info: &'a MethodInfo,
}

impl Method<'_> {
    fn name(&self) -> MethodName<'_> {
        MethodName::new(&self.ee, self.info.ftn)
    }

    /// The flags of a method that is ours to compile by the knobs.
    fn wanted(&self) -> Result<JitFlags, Failure> {
        let flags = self.ee.jit_flags()?;
        if !self.selected(&flags) {
            return Err(Failure::new(Outcome::NotSelected, ""));
        }
        Ok(flags)
    }

    /// Lets .NET's own JIT compile a method that is ours to compile by the knobs.
    ///
    /// # Safety
    /// `entry` and `size` take the result.
    unsafe fn compile_with(&self, stock: &StockJit, entry: *mut usize, size: *mut u32) -> u32 {
        let log = &self.shell.log;
        if self.wanted().is_err() {
            return result::SKIPPED;
        }
        let name = self.name().full(false);
        log.begin(&name);
        if !stock.is_copy() {
            stock.watch(&self.ee, self.info.il_size, name);
            return result::SKIPPED;
        }
        // SAFETY: the caller's promise; the rest is the runtime's.
        let done = unsafe { stock.compile(&self.ee, self.info, entry, size, &name) };
        let il = self.info.il_size;
        if done.code == result::OK {
            // SAFETY: the JIT has written it.
            let native = unsafe { size.read() };
            log.stock(il, native, done.ns, done.gc, &name);
        } else {
            log.left(
                Outcome::Runtime,
                il,
                done.ns,
                &name,
                "the stock JIT did not compile it",
            );
        }
        done.code
    }

    fn compile(&self, flags: &JitFlags) -> Result<CompiledCode, Failure> {
        if let Some(reason) = declined_kind(flags, self.ee.version().async_flag) {
            return Err(Failure::new(Outcome::Declined, reason));
        }
        let limit = self.shell.options.alt_jit_limit.cast_unsigned();
        if limit != 0 && self.shell.compiled.load(Ordering::Relaxed) >= limit {
            return Err(Failure::new(Outcome::NotSelected, ""));
        }
        if self.shell.options.tatsu_panic.matches(&self.name()) {
            panic!("asked for by TatsuPanic");
        }
        let desc = target_of(self.ee.expected_architecture()?)?;
        let foreign = self.shell.target.filter(|t| !std::ptr::eq(*t, desc));
        let desc = foreign.unwrap_or(desc);
        let options = &self.shell.options;
        let show_all = foreign.is_some() && options.jit_disasm.is_empty();
        let named = show_all
            || options.jit_disasm.matches(&self.name())
            || options.jit_dump.matches(&self.name());
        let name = if named {
            self.name().full(true)
        } else {
            String::new()
        };
        let mut metadata = CoreClrMetadata::new(&self.ee, self.info, desc.call_conv, named);
        let mut il = metadata.method(name)?;
        let quick = [jit_flag::MIN_OPT, jit_flag::TIER0];
        il.loops_back = !options.min_opts() && !quick.iter().any(|&flag| flags.has(flag));
        let method = import(&il, &mut metadata)?;
        let level = self.level(flags, &method);
        let mut request = CompileOptions {
            opt: level,
            debug_info: flags.has(jit_flag::DEBUG_INFO),
            features: match foreign {
                Some(_) => foreign_features(desc.arch),
                None => self.ee.version().features(desc.arch, flags.isa[0]),
            },
            ..CompileOptions::default()
        };
        request.verify |= options.tatsu_check;
        options.apply_stress(&self.name(), &mut request);
        options.apply_output(&self.name(), &mut request);
        request.disasm |= show_all;
        let level = request.opt;
        let version = match foreign {
            // What another machine runs is not known: the newest release knows them all.
            Some(_) => VERSIONS[0],
            None => self.ee.version(),
        };
        let abi = abi_of(version, &self.ee.ee_info()?, desc.arch);
        let mut runtime = CoreClrRuntime::new(&self.ee, &abi);
        let mut context = CONTEXTS.take();
        let context = &mut *context;
        back_end(context, &method, &request, desc, &mut runtime)?;
        if foreign.is_some() {
            self.list(&method.name, flags, desc, &request, &context.code);
            let reason = "compiled for another target (TatsuTarget)";
            return Err(Failure::new(Outcome::Declined, reason));
        }
        let debug_info = flags.has(jit_flag::DEBUG_INFO);
        if !options.run_altjit_code {
            return Err(Failure::new(Outcome::Declined, "RunAltJitCode=0"));
        }
        let entry = publish(&self.ee, self.info.ftn, &context.code, debug_info)?;
        let switched = flags.has(jit_flag::TIER0) && level == OptLevel::FullOpts;
        if switched {
            self.ee
                .set_method_attribs(self.info.ftn, runtime_flag::SWITCHED_TO_OPTIMIZED)?;
        }
        self.list(&method.name, flags, desc, &request, &context.code);
        Ok(CompiledCode {
            entry,
            size: context.code.code.len() as u32,
            level: tier_name(flags, level),
        })
    }

    /// How much work the method is worth. Without patchpoints a loop could not be left at tier 0, so such methods are
    /// optimised at once.
    fn level(&self, flags: &JitFlags, method: &crate::ir::Method) -> OptLevel {
        let min = self.shell.options.min_opts() || flags.has(jit_flag::MIN_OPT);
        let loops = || {
            let mut blocks = method.body.blocks.iter();
            blocks.any(|b| b.flags.contains(BlockFlags::LOOP_HEAD))
        };
        if min || flags.has(jit_flag::TIER0) && !loops() {
            OptLevel::MinOpts
        } else {
            OptLevel::FullOpts
        }
    }

    /// Prints the dump, the listing and the summary line that were asked for.
    fn list(
        &self,
        name: &str,
        flags: &JitFlags,
        target: &TargetDesc,
        request: &CompileOptions,
        code: &CompiledMethod,
    ) {
        let number = self.shell.compiled.fetch_add(1, Ordering::Relaxed) + 1;
        let shown = Shown {
            name,
            tier: tier_name(flags, request.opt),
            target,
            options: request,
            out: code,
        };
        let mut text = String::new();
        shown.append(&mut text);
        if self.shell.options.jit_disasm_summary {
            let name = &self.name().full(false);
            let input = format!("IL size={}, ", self.info.il_size);
            text += &Shown { name, ..shown }.summary(number, &input);
        }
        if !text.is_empty() {
            self.shell.output.write(&text);
        }
    }

    /// Is the method ours by `AltJit` and `AltJitExcludeAssemblies`? As the primary JIT every method is.
    fn selected(&self, flags: &JitFlags) -> bool {
        if !flags.has(jit_flag::ALT_JIT) {
            return true;
        }
        let options = &self.shell.options;
        if !options.alt_jit.matches(&self.name()) {
            return false;
        }
        if let Some(list) = &options.alt_jit_exclude {
            let assembly = self.name().assembly();
            if list.split(';').any(|a| a.trim() == assembly) {
                return false;
            }
        }
        self.shell.hash_range.is_none_or(|(low, high)| {
            let hash = name_hash(&self.name().full(false));
            (low..=high).contains(&hash)
        })
    }

    /// Counts the method, and prints the lines that were asked for.
    fn tell(&self, ended: &Result<CompiledCode, Failure>, watch: &Watch) {
        let (outcome, reason) = match ended {
            Ok(_) => (Outcome::Compiled, ""),
            Err(f) => (f.outcome, f.reason.as_str()),
        };
        if let Some(name) = &watch.name {
            let (log, il) = (&self.shell.log, self.info.il_size);
            match ended {
                Ok(code) => log.compiled(code.level, il, code.size, watch.ns, name),
                Err(_) => log.left(outcome, il, watch.ns, name, reason),
            }
        }
        let report = &self.shell.report;
        let trace = self.shell.options.tatsu_trace;
        if !report.is_on() && !trace {
            return;
        }
        let name = self.name().full(false);
        report.count(outcome, reason, &name);
        if trace {
            let colon = if reason.is_empty() { "" } else { ": " };
            self.shell
                .output
                .write(&format!("; {name} {}{colon}{reason}\n", outcome.name()));
        }
    }
}

/// What a compilation works in; pooled.
#[derive(Default)]
struct Context {
    code: CompiledMethod,
    compiler: crate::compile::Compiler,
}

static CONTEXTS: Pool<Context> = Pool::new();

/// Everything behind the importer: the code of `method` into the context.
fn back_end(
    context: &mut Context,
    method: &crate::ir::Method,
    request: &CompileOptions,
    desc: &'static TargetDesc,
    runtime: &mut CoreClrRuntime<'_>,
) -> Result<(), Failure> {
    context
        .compiler
        .compile(method, desc, runtime, request, &mut context.code)
        .map_err(Failure::from)
}

/// The level's name in listings.
fn tier_name(flags: &JitFlags, level: OptLevel) -> &'static str {
    if flags.has(jit_flag::TIER1) {
        "Tier1"
    } else if flags.has(jit_flag::TIER0) && level == OptLevel::MinOpts {
        "Tier0"
    } else if level == OptLevel::MinOpts {
        "MinOpts"
    } else {
        "FullOpts"
    }
}

/// The target that the runtime runs on; it must be the one that this library runs on.
fn target_of(machine: u32) -> Result<&'static TargetDesc, Failure> {
    match machine {
        machine::X64 if cfg!(target_arch = "x86_64") => Ok(&crate::target::x64::LINUX),
        machine::ARM64 if cfg!(target_arch = "aarch64") => Ok(&crate::target::arm64::LINUX),
        _ => Err(Failure::new(
            Outcome::Declined,
            "another machine than the one this library is built for",
        )),
    }
}

/// What code for another machine uses: the least that its vectors need.
fn foreign_features(arch: Arch) -> CpuFeatures {
    match arch {
        Arch::X64 => CpuFeatures::SSE42,
        Arch::Arm64 => CpuFeatures::LSE,
    }
}

/// The kinds of methods that are not ours yet, by their flags.
fn declined_kind(flags: &JitFlags, async_flag: bool) -> Option<&'static str> {
    let table = [
        (jit_flag::OSR, "on-stack replacement body"),
        (jit_flag::REVERSE_PINVOKE, "reverse P/Invoke"),
        (jit_flag::TRACK_TRANSITIONS, "tracked transitions"),
        (jit_flag::PROF_ENTERLEAVE, "profiler enter/leave hooks"),
        (jit_flag::DEBUG_ENC, "edit-and-continue"),
        (jit_flag::DEBUG_CODE, "debuggable code"),
        (jit_flag::ENABLE_CFG, "control-flow guard"),
        (jit_flag::READYTORUN, "ahead-of-time code"),
        (jit_flag::RELOC, "relocatable code"),
        (jit_flag::PUBLISH_SECRET_PARAM, "secret stub parameter"),
        (
            jit_flag::PREJIT_OR_ASYNC,
            if async_flag {
                "runtime-async body"
            } else {
                "ahead-of-time code"
            },
        ),
    ];
    table
        .into_iter()
        .find_map(|(bit, reason)| flags.has(bit).then_some(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_seen_live() {
        let of = |bits| declined_kind(&JitFlags { bits, isa: [0; 2] }, false);
        assert_eq!(of(0x0408_0310), None); // tier 0
        assert_eq!(of(0x0830_0310), None); // tier 1
        assert_eq!(of(0x0030_0310), None); // tiering off
        assert_eq!(of(0x0830_0390), Some("on-stack replacement body"));
        assert_eq!(of(0x0051_0300), Some("secret stub parameter"));
        assert_eq!(of(0x0351_0300), Some("reverse P/Invoke"));
        assert_eq!(of(0x0130_0310), Some("reverse P/Invoke"));
        assert_eq!(of(1 << 14), Some("ahead-of-time code"));
        let in_10 = JitFlags {
            bits: 1 << 14,
            isa: [0; 2],
        };
        assert_eq!(declined_kind(&in_10, true), Some("runtime-async body"));
    }
}
