//! `cargo xtask dotnet-run`: a small host that runs one managed program on the test runtime.
//!
//! The runtime looks for an altjit beside the real file of `libcoreclr.so`, under a bare name. So each
//! target folder has a *run folder* of its own, `TARGET/dotnet/VERSION`: the native libraries are
//! hard links (or copies) of those in the cache, the managed ones stay in the cache and are named
//! by the list of trusted assemblies, and `libtatsu.so` is copied in before each run. Two work
//! trees with one cache folder do not meet.
//!
//! The runtime reads `DOTNET_*` from the environment a process starts with; therefore `dotnet-run`
//! sets the environment and *becomes* `dotnet-host` (exec), which loads the runtime. A debugger
//! started on `dotnet-run` follows.
//!
//! Left out: runtimeconfig.json, deps.json, probing, start-up hooks.

use crate::setup::dotnet as setup;
use crate::{paths, run};
use anyhow::{Context, Result, bail};
use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The file name under which Tatsu lies beside the runtime.
pub const JIT_NAME: &str = "libtatsu.so";

#[derive(clap::Args)]
pub struct Args {
    /// Methods that Tatsu compiles (DOTNET_AltJit), such as 'Class:Method Other:*'; without it, RyuJIT compiles all
    #[arg(long, value_name = "PATTERN")]
    altjit: Option<String>,
    /// The JIT library; by default the release build, made first
    #[arg(long, value_name = "FILE", requires = "altjit")]
    jit: Option<PathBuf>,
    /// Set an environment variable in the program, such as DOTNET_JITMinOpts=1
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// The assembly with Main
    app: PathBuf,
    /// What Main receives
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

#[derive(clap::Args)]
pub struct HostArgs {
    run_folder: PathBuf,
    framework: PathBuf,
    app: PathBuf,
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

pub fn run(args: Args) -> Result<ExitCode> {
    let framework = setup::ensure_runtime()?;
    let jit = match (&args.altjit, args.jit) {
        (None, _) => None,
        (Some(_), Some(jit)) => Some(jit),
        (Some(_), None) => Some(build_jit("release")?),
    };
    let folder = prepare(&framework, jit.as_deref())?;
    let mut host = program(&folder, &framework, &args.app)?;
    if let Some(pattern) = &args.altjit {
        host.envs(altjit_env(pattern));
    }
    for pair in &args.env {
        let (name, value) = pair
            .split_once('=')
            .with_context(|| format!("--env {pair}: not NAME=VALUE"))?;
        host.env(name, value);
    }
    let error = host.args(args.args).exec();
    Err(error).context("cannot start the .NET host")
}

/// The two variables that hand the methods of `pattern` to Tatsu.
pub fn altjit_env(pattern: &str) -> [(&'static str, &str); 2] {
    [("DOTNET_AltJit", pattern), ("DOTNET_AltJitName", JIT_NAME)]
}

/// Builds the cdylib in `profile` and returns its path.
pub fn build_jit(profile: &str) -> Result<PathBuf> {
    let mut cargo = paths::cargo();
    cargo.args([
        "build",
        "--quiet",
        "--package",
        "tatsu",
        "--lib",
        "--profile",
        profile,
    ]);
    if profile == "checked" {
        cargo.args(["--features", "checked"]);
    }
    run::check(&mut cargo)?;
    let jit = paths::target_dir()?.join(profile).join(JIT_NAME);
    if !jit.is_file() {
        bail!("cargo built no {}", jit.display());
    }
    Ok(jit)
}

/// Fills the run folder and puts `jit` there; returns the folder.
pub fn prepare(framework: &Path, jit: Option<&Path>) -> Result<PathBuf> {
    let folder = paths::target_dir()?.join("dotnet").join(setup::VERSION);
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(framework)? {
        let from = entry?.path();
        let name = from.file_name().context("a directory entry has a name")?;
        if from.extension().is_none_or(|extension| extension != "so") {
            continue;
        }
        let to = folder.join(name);
        let same =
            |a: &Path, b: &Path| Some(fs::metadata(a).ok()?.len() == fs::metadata(b).ok()?.len());
        if same(&from, &to) != Some(true) {
            place(&to, |new| {
                fs::hard_link(&from, new).or_else(|_| fs::copy(&from, new).map(|_| ()))
            })?;
        }
    }
    if let Some(jit) = jit {
        place(&folder.join(JIT_NAME), |new| fs::copy(jit, new).map(|_| ()))
            .with_context(|| format!("cannot copy {} beside the runtime", jit.display()))?;
    }
    Ok(folder)
}

/// Makes `to` appear whole, also when it is in use by a running process.
fn place(to: &Path, make: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    let new = to.with_extension(format!("new-{}", std::process::id()));
    make(&new)?;
    fs::rename(&new, to).with_context(|| format!("cannot write {}", to.display()))?;
    // Renaming a hard link onto another link of the same file leaves both.
    fs::remove_file(new).ok();
    Ok(())
}

/// The command that runs `app` in a process of its own.
pub fn program(folder: &Path, framework: &Path, app: &Path) -> Result<Command> {
    let app = std::path::absolute(app)?;
    if !app.is_file() {
        bail!("there is no file {}", app.display());
    }
    let mut command =
        Command::new(std::env::current_exe().context("cannot find this program's own file")?);
    command.arg("dotnet-host").args([folder, framework, &app]);
    Ok(command)
}

/// Takes back what Rust's start-up set for finding stack overflows: the fault handlers, and this
/// thread's small alternate stack, which the runtime would keep and then overflow when it turns a
/// fault into a NullReferenceException.
fn leave_faults_to_the_runtime() -> Result<()> {
    let none = libc::stack_t {
        ss_sp: std::ptr::null_mut(),
        ss_flags: libc::SS_DISABLE,
        ss_size: 0,
    };
    // SAFETY: this is the only thread and it does not run on the alternate stack.
    let results = unsafe {
        [
            libc::sigaltstack(&none, std::ptr::null_mut()),
            if libc::signal(libc::SIGSEGV, libc::SIG_DFL) == libc::SIG_ERR {
                -1
            } else {
                0
            },
            if libc::signal(libc::SIGBUS, libc::SIG_DFL) == libc::SIG_ERR {
                -1
            } else {
                0
            },
        ]
    };
    if results != [0; 3] {
        return Err(std::io::Error::last_os_error()).context("cannot take back the fault handlers");
    }
    Ok(())
}

type Initialize = unsafe extern "C" fn(
    exe_path: *const c_char,
    domain_name: *const c_char,
    count: c_int,
    keys: *const *const c_char,
    values: *const *const c_char,
    host: *mut *mut c_void,
    domain: *mut c_uint,
) -> c_int;
type ExecuteAssembly = unsafe extern "C" fn(
    host: *mut c_void,
    domain: c_uint,
    argc: c_int,
    argv: *const *const c_char,
    assembly: *const c_char,
    exit_code: *mut c_uint,
) -> c_int;
type Shutdown =
    unsafe extern "C" fn(host: *mut c_void, domain: c_uint, exit_code: *mut c_int) -> c_int;

/// Loads the runtime into this process, runs the assembly and returns its exit code.
pub fn host(args: HostArgs) -> Result<ExitCode> {
    let text =
        |path: &Path| CString::new(path.as_os_str().as_bytes()).context("a path with a NUL in it");
    let joined = |paths: &[&Path]| -> Result<CString> {
        let joined = std::env::join_paths(paths)
            .context("a path with ':' in it cannot be given to the runtime")?;
        Ok(CString::new(joined.as_bytes())?)
    };
    let folder = std::path::absolute(&args.run_folder)?;
    let framework = std::path::absolute(&args.framework)?;
    let app = std::path::absolute(&args.app)?;
    let app_folder = app.parent().context("an assembly lies in a folder")?;

    let mut trusted = vec![app.clone()];
    for entry in fs::read_dir(&framework)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "dll")
            && path.file_name() != app.file_name()
        {
            trusted.push(path);
        }
    }
    trusted[1..].sort();
    let trusted: Vec<&Path> = trusted.iter().map(PathBuf::as_path).collect();
    let properties = [
        (c"TRUSTED_PLATFORM_ASSEMBLIES", joined(&trusted)?),
        (
            c"NATIVE_DLL_SEARCH_DIRECTORIES",
            joined(&[&folder, &framework])?,
        ),
        (c"APP_PATHS", joined(&[app_folder])?),
        (c"APP_CONTEXT_BASE_DIRECTORY", text(&app_folder.join(""))?),
        // No ICU on bare machines.
        (c"System.Globalization.Invariant", CString::new("true")?),
    ];
    let keys = properties.each_ref().map(|(key, _)| key.as_ptr());
    let values = properties.each_ref().map(|(_, value)| value.as_ptr());
    let program_args = args
        .args
        .iter()
        .map(|arg| Ok(CString::new(arg.as_str())?))
        .collect::<Result<Vec<_>>>()?;
    let argv: Vec<_> = program_args.iter().map(|arg| arg.as_ptr()).collect();
    let exe = text(&std::env::current_exe()?)?;
    let app = text(&app)?;

    leave_faults_to_the_runtime()?;
    // SAFETY: the runtime's own library; its initialisers expect nothing of the process.
    let library = unsafe { libloading::Library::new(folder.join("libcoreclr.so")) }
        .with_context(|| format!("cannot load the runtime from {}", folder.display()))?;
    // SAFETY: the three exports have these signatures (the runtime's hosting interface, unchanged since 2.0).
    let (initialize, execute, shutdown) = unsafe {
        (
            library.get::<Initialize>(b"coreclr_initialize")?,
            library.get::<ExecuteAssembly>(b"coreclr_execute_assembly")?,
            library.get::<Shutdown>(b"coreclr_shutdown_2")?,
        )
    };
    let (mut handle, mut domain, mut exit_code, mut latched) = (std::ptr::null_mut(), 0, 0, 0);
    let count = c_int::try_from(keys.len())?;
    let argc = c_int::try_from(argv.len())?;
    // SAFETY: all strings and arrays live until the end of this function; both arrays have `count` entries.
    let result = unsafe {
        initialize(
            exe.as_ptr(),
            c"tatsu".as_ptr(),
            count,
            keys.as_ptr(),
            values.as_ptr(),
            &mut handle,
            &mut domain,
        )
    };
    if result < 0 {
        bail!("the runtime did not start: coreclr_initialize returned 0x{result:08x}");
    }
    // SAFETY: the handle is from `initialize`; `argv` has `argc` strings.
    let result = unsafe {
        execute(
            handle,
            domain,
            argc,
            argv.as_ptr(),
            app.as_ptr(),
            &mut exit_code,
        )
    };
    if result < 0 {
        bail!("the program did not run: coreclr_execute_assembly returned 0x{result:08x}");
    }
    // SAFETY: once, on the thread that initialised.
    let result = unsafe { shutdown(handle, domain, &mut latched) };
    // The runtime's threads may still be in its code.
    std::mem::forget(library);
    if result < 0 {
        bail!("the runtime did not stop: coreclr_shutdown_2 returned 0x{result:08x}");
    }
    // What a shell sees of an exit code is its low byte.
    Ok(ExitCode::from(exit_code as u8))
}
