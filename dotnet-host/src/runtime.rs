//! Which runtime a program runs on.

use crate::Outcome;
use std::fs;
use std::path::{Path, PathBuf};

/// What a folder must hold to be a runtime.
const NEEDED: [&str; 2] = ["libcoreclr.so", "System.Private.CoreLib.dll"];

/// A stock runtime.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Runtime {
    /// A folder with `libcoreclr.so` and the framework.
    Loose(PathBuf),
    /// An executable with the runtime linked in, made by `cargo xtask setup`: it runs the assembly that it is given.
    SingleFile(PathBuf),
}

impl Runtime {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Runtime::Loose(path) | Runtime::SingleFile(path) => path,
        }
    }
}

/// The folder for downloads and links: `$TATSU_CACHE`, else `$XDG_CACHE_HOME/tatsu`, else `~/.cache/tatsu`. Absolute.
///
/// # Errors
/// None of the three is set.
pub fn cache_dir() -> Outcome<PathBuf> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let dir = match (set("TATSU_CACHE"), set("XDG_CACHE_HOME"), set("HOME")) {
        (Some(dir), ..) => dir,
        (None, Some(dir), _) => dir.join("tatsu"),
        (None, None, Some(home)) => home.join(".cache/tatsu"),
        (None, None, None) => {
            return Err(
                "no place for a cache folder: set TATSU_CACHE to a folder (about 600 MB are used)"
                    .to_owned(),
            );
        }
    };
    std::path::absolute(&dir).map_err(|e| format!("cannot make {} absolute: {e}", dir.display()))
}

/// The runtime that `named` says (a folder, or a release's number: 9 or 10), else the one of `DOTNET_ROOT`, of `dotnet` on the
/// path, or the test runtime in the cache folder.
///
/// # Errors
/// There is none.
pub fn find(named: Option<&str>) -> Outcome<Runtime> {
    let release = match named {
        Some(text) if text.parse::<u32>().is_ok() => text,
        Some(text) => return in_folder(Path::new(text)),
        None => "9",
    };
    let roots = installations();
    let installed = roots.iter().find_map(|root| newest(root, named));
    if let Some(found) = installed {
        return Ok(Runtime::Loose(found));
    }
    let cache = cache_dir()?.join("dotnet");
    let tested = newest_in(&cache, Some(release)).map(|dir| {
        let single = dir.join("azmcp");
        if is_loose(&dir) {
            Runtime::Loose(dir)
        } else {
            Runtime::SingleFile(single)
        }
    });
    tested.ok_or_else(|| {
        format!(
            "found no .NET {release} runtime: not by DOTNET_ROOT, not by 'dotnet' on the path, not in {}; \
             'cargo xtask setup --only dotnet' fetches one, or name a folder with --runtime",
            cache.display()
        )
    })
}

/// The runtime in a folder: the files themselves, or an installation around them.
fn in_folder(folder: &Path) -> Outcome<Runtime> {
    let folder = std::path::absolute(folder)
        .map_err(|e| format!("cannot make {} absolute: {e}", folder.display()))?;
    if is_loose(&folder) {
        return Ok(Runtime::Loose(folder));
    }
    if folder.is_file() {
        return Ok(Runtime::SingleFile(folder));
    }
    newest(&folder, None).map(Runtime::Loose).ok_or_else(|| {
        format!(
            "{} is no .NET runtime: it has no libcoreclr.so with System.Private.CoreLib.dll beside it",
            folder.display()
        )
    })
}

fn is_loose(folder: &Path) -> bool {
    NEEDED.iter().all(|file| folder.join(file).is_file())
}

/// `DOTNET_ROOT`, and the folder of `dotnet` on the path.
fn installations() -> Vec<PathBuf> {
    let root = std::env::var_os("DOTNET_ROOT").filter(|v| !v.is_empty());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path)
        .map(|dir| dir.join("dotnet"))
        .find(|file| file.is_file())
        .and_then(|file| Some(fs::canonicalize(file).ok()?.parent()?.to_owned()));
    root.map(PathBuf::from).into_iter().chain(on_path).collect()
}

/// The newest runtime of an installation, of the release if one is named.
fn newest(root: &Path, release: Option<&str>) -> Option<PathBuf> {
    if is_loose(root) {
        return Some(root.to_owned());
    }
    newest_in(&root.join("shared/Microsoft.NETCore.App"), release).filter(|dir| is_loose(dir))
}

/// The folder with the greatest version number in its name.
fn newest_in(folder: &Path, release: Option<&str>) -> Option<PathBuf> {
    fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = numbers(path.file_name()?.to_str()?)?;
            let wanted = release.is_none_or(|r| r.parse() == Ok(version[0]));
            (wanted && path.is_dir()).then_some((version, path))
        })
        .max()
        .map(|(_, path)| path)
}

/// `9.0.7` as numbers; a suffix behind `-` counts for nothing.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let plain = version.split('-').next()?;
    plain.split('.').map(|n| n.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_an_installation() {
        let root = std::env::temp_dir().join(format!("tatsu-roots-{}", std::process::id()));
        fs::remove_dir_all(&root).ok();
        for version in ["8.0.1", "9.0.7", "9.0.10", "10.0.1-rc.1", "junk"] {
            let dir = root.join("shared/Microsoft.NETCore.App").join(version);
            fs::create_dir_all(&dir).unwrap();
            for file in NEEDED {
                fs::write(dir.join(file), "").unwrap();
            }
        }
        let name = |found: Option<PathBuf>| {
            found.map(|p| p.file_name().unwrap().to_str().unwrap().to_owned())
        };
        assert_eq!(name(newest(&root, Some("9"))).as_deref(), Some("9.0.10"));
        assert_eq!(name(newest(&root, None)).as_deref(), Some("10.0.1-rc.1"));
        assert_eq!(name(newest(&root, Some("7"))), None);
        let of = in_folder(&root).unwrap();
        assert!(of.path().ends_with("10.0.1-rc.1"));
        let error = in_folder(&root.join("shared")).unwrap_err();
        assert!(error.contains("no .NET runtime"), "{error}");
        fs::remove_dir_all(root).unwrap();
    }
}
