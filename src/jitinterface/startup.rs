//! What the runtime looks for in the library: `jitStartup`, `getJit`, and the compiler object behind the latter.
//!
//! The runtime calls `jitStartup` with its host object, then `getJit`, asks the object for the interface GUID and ends
//! the process if it is not the right one. So the release is found out in `jitStartup` ([`detect`]), before the first
//! question: even the width of configuration strings depends on it.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::ThreadId;

use super::compile_method::compile_method;
use super::host::HostConfig;
use super::log::{Log, hash_range};
use super::output::Output;
use super::report::Report;
use super::shim::StockJit;
use super::version::{NET_9, RuntimeVersion, detect, image_path};
use crate::compile::options::{ConfigSource, Options};
use crate::target::TargetDesc;

/// What a process keeps from start to end. Nothing in it changes but counts and the output.
pub(super) struct Shell {
    /// The release that loaded us.
    pub(super) version: &'static RuntimeVersion,
    /// The interface GUID to answer with.
    guid: [u8; 16],
    /// Every method is declined without this.
    pub(super) compiles: bool,
    /// The target to compile for, where it is said.
    pub(super) target: Option<&'static TargetDesc>,
    /// The knobs.
    pub(super) options: Options,
    /// Where text goes.
    pub(super) output: Output,
    /// Counts.
    pub(super) report: Report,
    /// What the tools read.
    pub(super) log: Log,
    /// Which of the selected methods are compiled, by the hash of the name; all without it.
    pub(super) hash_range: Option<(u32, u32)>,
    /// The JIT that compiles in our place, under `TatsuShim`.
    pub(super) shim: Option<StockJit>,
    /// Methods compiled so far, for `JitDisasmSummary`.
    pub(super) compiled: AtomicU32,
    /// System that code is for: 1 Unix. `u32::MAX` before the runtime says it.
    pub(super) target_os: AtomicU32,
}

static SHELL: OnceLock<Shell> = OnceLock::new();

/// The process's shell; `None` before `jitStartup`.
pub(super) fn shell() -> Option<&'static Shell> {
    SHELL.get()
}

/// The runtime's first call. A second one, with whatever host, changes nothing.
///
/// # Safety
/// `host` is the runtime's `ICorJitHost`, which lives as long as the process.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn jitStartup(host: *mut c_void) {
    if host.is_null() || SHELL.get().is_some() {
        return;
    }
    let start = std::time::Instant::now();
    // SAFETY: the caller's promise.
    let code_address = unsafe { HostConfig::code_address(host) };
    let known = detect(code_address);
    let mut guid = known.map_or([0; 16], |version| version.guid);
    let mut compiles = known.is_some();
    if known.is_none() {
        guid = neighbours_guid(host, code_address);
    }
    let version = known.unwrap_or(&NET_9);
    // SAFETY: the caller's promise; the version is the one whose GUID the runtime's image holds.
    let config = unsafe { HostConfig::new(host, version) };
    let options = match known {
        Some(_) => Options::read(&config),
        // Even the width of its strings is unknown.
        None => Options::default(),
    };
    if compiles && is_the_only_jit(&config) {
        eprintln!(
            "tatsu: cannot be .NET's only JIT (DOTNET_JitName) yet; set DOTNET_AltJit=* and \
             DOTNET_AltJitName={} instead, then .NET's own JIT takes what Tatsu declines",
            own_file_name().as_deref().unwrap_or("libtatsu.so")
        );
        (guid, compiles) = ([0; 16], false);
    }
    let target = options.tatsu_target.as_deref().and_then(|name| {
        let target = target_named(name);
        if target.is_none() {
            eprintln!(
                "tatsu: TatsuTarget is x64-linux or arm64-linux, not '{name}'; it is ignored"
            );
        }
        target
    });
    let output = Output::open(options.jit_std_out_file.as_deref()).unwrap_or_else(|e| {
        eprintln!("tatsu: JitStdOutFile cannot be opened: {e}");
        Output::stdout()
    });
    let report = Report::new(options.tatsu_report.clone());
    let log = Log::open(options.tatsu_log.as_deref()).unwrap_or_else(|e| {
        eprintln!("tatsu: TatsuLog cannot be opened: {e}");
        Log::off()
    });
    let range = options.tatsu_hash_range.as_deref();
    let hash_range = range.and_then(|text| {
        let range = hash_range(text);
        if range.is_none() {
            eprintln!("tatsu: TatsuHashRange is LO-HI in hexadecimal, not '{text}'; it is ignored");
        }
        range
    });
    let shim = options.tatsu_shim.then(|| {
        StockJit::find(host, code_address, options.tatsu_blobs.as_deref())
            .inspect_err(|e| eprintln!("tatsu: TatsuShim: {e}"))
            .ok()
    });
    take_panics();
    log.started(start.elapsed().as_nanos());
    // If two threads start at once the first one's shell stays; they are equal.
    let _ = SHELL.set(Shell {
        version,
        guid,
        compiles,
        target,
        options,
        output,
        report,
        log,
        hash_range,
        shim: shim.flatten(),
        compiled: AtomicU32::new(0),
        target_os: AtomicU32::new(u32::MAX),
    });
}

/// What to answer to a runtime whose interface is not known, and a line that says so: the GUID of the JIT that lies beside it is
/// the right one, and declining every method needs no more.
fn neighbours_guid(host: *mut c_void, code_address: usize) -> [u8; 16] {
    let unknown = "tatsu: this runtime's JIT interface is none of those known (.NET 9.0, 10.0)";
    match StockJit::load(host, code_address) {
        Ok(jit) => {
            eprintln!("{unknown}; .NET's own JIT compiles every method");
            jit.guid()
        }
        Err(why) => {
            eprintln!("{unknown}, and {why}; the runtime will refuse to start");
            [0; 16]
        }
    }
}

/// Is this library .NET's primary JIT, not its altjit?
fn is_the_only_jit(config: &HostConfig) -> bool {
    let primary = config.text("JitName");
    primary.is_some() && primary == own_file_name()
}

/// The name of this library's file.
fn own_file_name() -> Option<String> {
    let maps = image_path(getJit as *const () as usize)?;
    Some(maps.rsplit('/').next()?.to_owned())
}

/// A target by its name.
fn target_named(name: &str) -> Option<&'static TargetDesc> {
    match name {
        "x64-linux" => Some(&crate::target::x64::LINUX),
        "arm64-linux" => Some(&crate::target::arm64::LINUX),
        _ => None,
    }
}

/// The compiler object: one, for the life of the process.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn getJit() -> *const c_void {
    (&raw const COMPILER).cast()
}

/// `ICorJitCompiler`: an object whose first word is its table.
#[repr(C)]
struct Compiler {
    table: &'static CompilerTable,
}

#[repr(C)]
struct CompilerTable {
    compile_method: unsafe extern "C-unwind" fn(
        *mut c_void,
        *mut c_void,
        *const super::structs::MethodInfo,
        u32,
        *mut usize,
        *mut u32,
    ) -> u32,
    process_shutdown_work: extern "C-unwind" fn(*mut c_void, *mut c_void),
    get_version_identifier: unsafe extern "C-unwind" fn(*mut c_void, *mut [u8; 16]),
    set_target_os: extern "C-unwind" fn(*mut c_void, u32),
}

static COMPILER: Compiler = Compiler {
    table: &CompilerTable {
        compile_method,
        process_shutdown_work,
        get_version_identifier,
        set_target_os,
    },
};

extern "C-unwind" fn process_shutdown_work(_this: *mut c_void, _info: *mut c_void) {
    if let Some(shell) = shell() {
        shell.report.flush();
    }
}

unsafe extern "C-unwind" fn get_version_identifier(_this: *mut c_void, out: *mut [u8; 16]) {
    let guid = shell().map_or(NET_9.guid, |s| s.guid);
    if !out.is_null() {
        // SAFETY: the runtime passes room for a GUID.
        unsafe { out.write(guid) };
    }
}

extern "C-unwind" fn set_target_os(_this: *mut c_void, os: u32) {
    if let Some(shell) = shell() {
        shell.target_os.store(os, Ordering::Relaxed);
        if let Some(shim) = &shell.shim {
            shim.set_target_os(os);
        }
    }
}

/// Panics of the threads that are unwinding at this moment: thread and text.
static PANICS: Mutex<Vec<(ThreadId, String)>> = Mutex::new(Vec::new());

/// Keeps panic texts out of the program's output: they go to the report. The library has its own copy of the standard
/// library, so this hook is nobody else's.
fn take_panics() {
    std::panic::set_hook(Box::new(|info| {
        let location = info.location();
        let phase = location.map_or("?", |l| phase_of(l.file()));
        let place = location.map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        let text = info
            .payload_as_str()
            .unwrap_or("panic")
            .lines()
            .next()
            .unwrap_or_default();
        PANICS.lock().unwrap_or_else(PoisonError::into_inner).push((
            std::thread::current().id(),
            format!("{phase}: {text}{place}"),
        ));
    }));
}

/// The phase of a compilation whose source a file is: that of the folder below `src`.
fn phase_of(file: &str) -> &str {
    let inside = file.rsplit_once("src/").map_or(file, |(_, rest)| rest);
    inside.split(['/', '.']).next().unwrap_or(inside)
}

/// The text of the panic that this thread has just caught.
pub(super) fn caught_panic() -> String {
    let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    let id = std::thread::current().id();
    let text = panics
        .iter()
        .rposition(|(thread, _)| *thread == id)
        .map(|at| panics.swap_remove(at).1);
    panics.retain(|(thread, _)| *thread != id);
    text.unwrap_or_else(|| "panic".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jitinterface::enums::result;
    use crate::jitinterface::structs::MethodInfo;

    #[test]
    fn phases_are_folders() {
        assert_eq!(phase_of("src/lsra/scan.rs"), "lsra");
        assert_eq!(phase_of("/home/x/src/import/mod.rs"), "import");
        assert_eq!(phase_of("src/types.rs"), "types");
    }

    #[test]
    fn the_object_answers_through_its_table() {
        // SAFETY: the object is the one of this module, and its table has these four functions.
        unsafe {
            let table = *getJit().cast::<*const *const c_void>();
            let get_version: unsafe extern "C-unwind" fn(*mut c_void, *mut [u8; 16]) =
                std::mem::transmute(*table.add(2));
            let mut guid = [0; 16];
            get_version(std::ptr::null_mut(), &raw mut guid);
            assert_eq!(guid, NET_9.guid);
            // Before `jitStartup` every method is declined, without a look at the arguments.
            let compile: unsafe extern "C-unwind" fn(
                *mut c_void,
                *mut c_void,
                *const MethodInfo,
                u32,
                *mut usize,
                *mut u32,
            ) -> u32 = std::mem::transmute(*table);
            let code = compile(
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                std::ptr::null(),
                u32::MAX,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            );
            assert_eq!(code, result::SKIPPED);
        }
    }
}
