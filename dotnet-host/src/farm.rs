//! A folder that looks like a runtime's, with Tatsu in it.

use crate::{JIT_NAME, Outcome};
use std::fs;
use std::path::{Path, PathBuf};

/// Fills `folder` with the native libraries of `framework` and with `jit`, if there is one.
///
/// # Errors
/// A folder that cannot be read or written.
pub fn prepare(folder: &Path, framework: &Path, jit: Option<&Path>) -> Outcome<()> {
    let cannot_write = |e| format!("cannot write the folder {}: {e}", folder.display());
    let cannot_read = |e| {
        format!(
            "cannot read the runtime's folder {}: {e}",
            framework.display()
        )
    };
    fs::create_dir_all(folder).map_err(cannot_write)?;
    for entry in fs::read_dir(framework).map_err(cannot_read)? {
        let from = entry.map_err(cannot_read)?.path();
        if from.extension().is_none_or(|extension| extension != "so") {
            continue;
        }
        let to = folder.join(from.file_name().unwrap_or_default());
        let size = |path: &Path| fs::metadata(path).ok().map(|m| m.len());
        if size(&from).is_none() || size(&from) != size(&to) {
            place(&to, |new| {
                // A hard link to a symbolic link would be a link again, and the real file is what counts.
                let real = fs::canonicalize(&from)?;
                fs::hard_link(&real, new).or_else(|_| fs::copy(&real, new).map(|_| ()))
            })?;
        }
    }
    match jit {
        Some(jit) if !same_content(jit, &folder.join(JIT_NAME)) => {
            place(&folder.join(JIT_NAME), |new| fs::copy(jit, new).map(|_| ()))
                .map_err(|e| format!("cannot put {} beside the runtime: {e}", jit.display()))
        }
        _ => Ok(()),
    }
}

/// Fills `folder` with a link to the executable `exe`, which has its runtime linked in, and with `jit`.
///
/// # Errors
/// A folder that cannot be read or written.
pub fn prepare_single(folder: &Path, exe: &Path, jit: Option<&Path>) -> Outcome<()> {
    fs::create_dir_all(folder)
        .map_err(|e| format!("cannot write the folder {}: {e}", folder.display()))?;
    let own = (exe, exe.file_name().unwrap_or_default());
    for (from, name) in [own]
        .into_iter()
        .chain(jit.map(|jit| (jit, JIT_NAME.as_ref())))
    {
        let to = folder.join(name);
        if !same_content(from, &to) {
            place(&to, |new| fs::copy(from, new).map(|_| ()))?;
        }
    }
    Ok(())
}

/// The folder for links below `cache`, one for each pair of a runtime and a library.
pub fn folder_for(cache: &Path, framework: &Path, jit: &Path) -> PathBuf {
    // FNV-1a: names must stay the same from run to run.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for path in [framework, jit] {
        for byte in path.as_os_str().as_encoded_bytes() {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    let name = framework.file_name().unwrap_or_default().to_string_lossy();
    cache.join("run").join(format!("{name}-{hash:016x}"))
}

/// Whether the file that is there is as new as `jit` and as long: then it is a copy of it.
fn same_content(jit: &Path, there: &Path) -> bool {
    match (fs::metadata(jit), fs::metadata(there)) {
        (Ok(a), Ok(b)) => {
            let times = (a.modified().ok(), b.modified().ok());
            a.len() == b.len() && matches!(times, (Some(a), Some(b)) if b > a)
        }
        _ => false,
    }
}

/// Makes `to` appear whole, also when it is in use by a running process.
fn place(to: &Path, make: impl FnOnce(&Path) -> std::io::Result<()>) -> Outcome<()> {
    let new = to.with_extension(format!("new-{}", std::process::id()));
    let done = make(&new).and_then(|()| fs::rename(&new, to));
    // Renaming a hard link onto another link of the same file leaves both.
    fs::remove_file(&new).ok();
    done.map_err(|e| format!("cannot write {}: {e}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("tatsu-farm-{name}-{}", std::process::id()));
        fs::remove_dir_all(&dir).ok();
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[test]
    fn native_libraries_are_linked_and_the_jit_is_replaced() {
        let dir = scratch("links");
        let (framework, farm) = (dir.join("fw"), dir.join("farm"));
        fs::create_dir(&framework).unwrap();
        fs::write(framework.join("libcoreclr.so"), "a runtime").unwrap();
        fs::write(framework.join("System.dll"), "managed").unwrap();
        fs::write(dir.join("jit"), "one").unwrap();
        prepare(&farm, &framework, Some(&dir.join("jit"))).unwrap();
        fs::write(dir.join("jit"), "three").unwrap();
        prepare(&farm, &framework, Some(&dir.join("jit"))).unwrap();
        let mut names: Vec<_> = fs::read_dir(&farm)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["libcoreclr.so", JIT_NAME]);
        assert_eq!(fs::read_to_string(farm.join(JIT_NAME)).unwrap(), "three");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn errors_name_the_folder() {
        let dir = scratch("errors");
        let missing = dir.join("nothing");
        let error = prepare(&dir.join("farm"), &missing, None).unwrap_err();
        assert!(
            error.contains("nothing") && error.starts_with("cannot read"),
            "{error}"
        );
        fs::write(dir.join("file"), "").unwrap();
        let error = prepare(&dir.join("file"), &dir, None).unwrap_err();
        assert!(error.starts_with("cannot write"), "{error}");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn folders_differ_by_runtime_and_library() {
        let of = |a: &str, b: &str| folder_for(Path::new("/c"), Path::new(a), Path::new(b));
        assert_ne!(of("/r/9.0.7", "/a"), of("/r/9.0.7", "/b"));
        assert_ne!(of("/r/9.0.7", "/a"), of("/s/9.0.7", "/a"));
        assert!(of("/r/9.0.7", "/a").starts_with("/c/run"));
    }
}
