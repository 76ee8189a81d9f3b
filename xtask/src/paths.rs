//! Where things lie: the source tree, the target folder, the cache folder.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The root of the source tree.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies one folder below the root")
}

/// The cargo that started us, or the one on the path.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Cargo's target folder, as cargo itself says (`CARGO_TARGET_DIR`, configuration or `target`).
pub fn target_dir() -> Result<&'static Path> {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    if let Some(dir) = DIR.get() {
        return Ok(dir);
    }
    let out = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("cannot start cargo")?;
    if !out.status.success() {
        bail!(
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&out.stderr)
        );
    }
    let json: serde_json::Value =
        serde_json::from_slice(&out.stdout).context("cargo metadata is not JSON")?;
    let dir = json["target_directory"]
        .as_str()
        .context("cargo metadata names no target_directory")?;
    Ok(DIR.get_or_init(|| PathBuf::from(dir)))
}

/// The folder for downloads: `$TATSU_CACHE`, else `$XDG_CACHE_HOME/tatsu`, else `~/.cache/tatsu`. Absolute.
pub fn cache_dir() -> Result<PathBuf> {
    tatsu_dotnet_host::runtime::cache_dir().map_err(anyhow::Error::msg)
}

/// The file that a bare command name means on `PATH`.
pub fn which(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|dir| dir.join(program))
        .find(|path| path.is_file())
}
