//! Loads a runtime into this process and runs an assembly in it.
//!
//! Left out: deps.json, probing, start-up hooks. Of runtimeconfig.json the configuration properties are passed on.

use crate::Outcome;
use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A program and where it runs.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    /// The folder with the runtime's native libraries ([`crate::farm`]).
    pub natives: &'a Path,
    /// The folder with the managed framework.
    pub framework: &'a Path,
    /// The assembly with Main.
    pub app: &'a Path,
    /// What Main receives.
    pub args: &'a [String],
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

/// Loads the runtime into this process, runs the assembly and returns its exit code: of the program's, what a shell sees.
///
/// # Errors
/// Files that are not there, a runtime that does not start, an assembly that has no Main.
pub fn run(program: &Program<'_>) -> Outcome<u8> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|e| format!("cannot make {} absolute: {e}", path.display()))
    };
    let (natives, framework) = (absolute(program.natives)?, absolute(program.framework)?);
    let app = absolute(program.app)?;
    let properties = properties(&natives, &framework, &app)?;
    let keys: Vec<_> = properties.iter().map(|(key, _)| key.as_ptr()).collect();
    let values: Vec<_> = properties.iter().map(|(_, value)| value.as_ptr()).collect();
    let args = program
        .args
        .iter()
        .map(|arg| text(arg.as_bytes()))
        .collect::<Outcome<Vec<_>>>()?;
    let argv: Vec<_> = args.iter().map(|arg| arg.as_ptr()).collect();
    let exe =
        std::env::current_exe().map_err(|e| format!("cannot find this program's file: {e}"))?;
    let (exe, app) = (path_text(&exe)?, path_text(&app)?);

    leave_faults_to_the_runtime()?;
    let file = natives.join("libcoreclr.so");
    let cannot_load = |e| format!("cannot load the runtime {}: {e}", file.display());
    // SAFETY: the runtime's own library; its initialisers expect nothing of the process.
    let library = unsafe { libloading::Library::new(&file) }.map_err(cannot_load)?;
    // SAFETY: the three exports have these signatures (the runtime's hosting interface, unchanged since 2.0).
    let (initialize, execute, shutdown) = unsafe {
        (
            library
                .get::<Initialize>(b"coreclr_initialize")
                .map_err(cannot_load)?,
            library
                .get::<ExecuteAssembly>(b"coreclr_execute_assembly")
                .map_err(cannot_load)?,
            library
                .get::<Shutdown>(b"coreclr_shutdown_2")
                .map_err(cannot_load)?,
        )
    };
    let (mut handle, mut domain, mut exit_code, mut latched) = (std::ptr::null_mut(), 0, 0, 0);
    // SAFETY: all strings and arrays live until the end of this function; both arrays have as many entries as is said.
    let result = unsafe {
        initialize(
            exe.as_ptr(),
            c"tatsu".as_ptr(),
            keys.len() as c_int,
            keys.as_ptr(),
            values.as_ptr(),
            &mut handle,
            &mut domain,
        )
    };
    if result < 0 {
        return Err(format!(
            "the runtime did not start: coreclr_initialize returned 0x{result:08x}"
        ));
    }
    // SAFETY: the handle is from `initialize`; `argv` has as many strings as is said.
    let result = unsafe {
        execute(
            handle,
            domain,
            argv.len() as c_int,
            argv.as_ptr(),
            app.as_ptr(),
            &mut exit_code,
        )
    };
    if result < 0 {
        return Err(format!(
            "the program did not run: coreclr_execute_assembly returned 0x{result:08x} for {}{}",
            app.to_string_lossy(),
            meaning(result)
        ));
    }
    // SAFETY: once, on the thread that initialised.
    let result = unsafe { shutdown(handle, domain, &mut latched) };
    // The runtime's threads may still be in its code.
    std::mem::forget(library);
    if result < 0 {
        return Err(format!(
            "the runtime did not stop: coreclr_shutdown_2 returned 0x{result:08x}"
        ));
    }
    Ok(exit_code as u8)
}

/// What the usual results say.
fn meaning(result: c_int) -> &'static str {
    match result.cast_unsigned() {
        0x8007_000b => " (the file is no .NET assembly)",
        0x8007_0002 => " (the file, or one that it needs, is not there)",
        0x8013_1018 => " (the file is no valid .NET assembly)",
        0x8013_1047 => " (the assembly has no entry point)",
        _ => "",
    }
}

/// What the runtime is told at its start.
fn properties(natives: &Path, framework: &Path, app: &Path) -> Outcome<Vec<(CString, CString)>> {
    let folder = app.parent().unwrap_or(Path::new("/"));
    let mut trusted = Vec::new();
    let cannot_read = |e| {
        format!(
            "cannot read the framework's folder {}: {e}",
            framework.display()
        )
    };
    for entry in fs::read_dir(framework).map_err(cannot_read)? {
        let path = entry.map_err(cannot_read)?.path();
        let is_app = path.file_name() == app.file_name();
        if path.extension().is_some_and(|extension| extension == "dll") && !is_app {
            trusted.push(path);
        }
    }
    trusted.sort();
    trusted.insert(0, app.to_owned());
    let trusted: Vec<&Path> = trusted.iter().map(PathBuf::as_path).collect();
    let mut all = vec![
        (c"TRUSTED_PLATFORM_ASSEMBLIES".to_owned(), joined(&trusted)?),
        (
            c"NATIVE_DLL_SEARCH_DIRECTORIES".to_owned(),
            joined(&[natives, framework])?,
        ),
        (c"APP_PATHS".to_owned(), joined(&[folder])?),
        (
            c"APP_CONTEXT_BASE_DIRECTORY".to_owned(),
            path_text(&folder.join(""))?,
        ),
    ];
    let configured = configured(app);
    let invariant = "System.Globalization.Invariant";
    let said = configured.iter().any(|(key, _)| key == invariant)
        || std::env::var_os("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT").is_some();
    if !said {
        // No ICU on bare machines.
        all.push((text(invariant.as_bytes())?, c"true".to_owned()));
    }
    for (key, value) in configured {
        all.push((text(key.as_bytes())?, text(value.as_bytes())?));
    }
    Ok(all)
}

/// The configuration properties of `APP.runtimeconfig.json`; none without such a file.
fn configured(app: &Path) -> Vec<(String, String)> {
    let file = app.with_extension("runtimeconfig.json");
    let Ok(content) = fs::read_to_string(file) else {
        return Vec::new();
    };
    let json: serde_json::Value = serde_json::from_str(&content).unwrap_or_default();
    let properties = json["runtimeOptions"]["configProperties"].as_object();
    properties
        .into_iter()
        .flatten()
        .map(|(key, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (key.clone(), value)
        })
        .collect()
}

fn text(bytes: &[u8]) -> Outcome<CString> {
    CString::new(bytes).map_err(|_| "an argument or a path with a NUL in it".to_owned())
}

fn path_text(path: &Path) -> Outcome<CString> {
    text(path.as_os_str().as_bytes())
}

fn joined(paths: &[&Path]) -> Outcome<CString> {
    let joined = std::env::join_paths(paths)
        .map_err(|_| "a path with ':' in it cannot be given to the runtime".to_owned())?;
    text(joined.as_bytes())
}

/// Takes back what Rust's start-up set for finding stack overflows: the fault handlers, and this
/// thread's small alternate stack, which the runtime would keep and then overflow when it turns a
/// fault into a NullReferenceException.
fn leave_faults_to_the_runtime() -> Outcome<()> {
    let none = libc::stack_t {
        ss_sp: std::ptr::null_mut(),
        ss_flags: libc::SS_DISABLE,
        ss_size: 0,
    };
    // SAFETY: this is the only thread and it does not run on the alternate stack.
    let done = unsafe {
        libc::sigaltstack(&none, std::ptr::null_mut()) == 0
            && libc::signal(libc::SIGSEGV, libc::SIG_DFL) != libc::SIG_ERR
            && libc::signal(libc::SIGBUS, libc::SIG_DFL) != libc::SIG_ERR
    };
    if done {
        Ok(())
    } else {
        Err(format!(
            "cannot take back the fault handlers: {}",
            std::io::Error::last_os_error()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_file() {
        let dir = std::env::temp_dir().join(format!("tatsu-coreclr-{}", std::process::id()));
        let missing = dir.join("none");
        let program = Program {
            natives: &missing,
            framework: &missing,
            app: &dir.join("app.dll"),
            args: &[],
        };
        let error = run(&program).unwrap_err();
        assert!(error.contains("none"), "{error}");
    }

    #[test]
    fn properties_of_the_application() {
        let dir = std::env::temp_dir().join(format!("tatsu-config-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let config = r#"{"runtimeOptions":{"configProperties":{"A.B":true,"C":"text"}}}"#;
        fs::write(dir.join("app.runtimeconfig.json"), config).unwrap();
        let mut found = configured(&dir.join("app.dll"));
        found.sort();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(found, [pair("A.B", "true"), pair("C", "text")]);
        assert!(configured(&dir.join("other.dll")).is_empty());
        fs::remove_dir_all(dir).unwrap();
    }
}
