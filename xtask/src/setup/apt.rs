//! Debian packages: installing them as root, or saying what to run.

use crate::{paths, run, setup};
use anyhow::{Result, bail};
use std::process::Command;

/// The version of an installed package; `None` if it is not installed.
pub fn installed(package: &str) -> Option<String> {
    let out = Command::new("dpkg-query")
        .args([
            "--show",
            "--showformat",
            "${db:Status-Status} ${Version}",
            package,
        ])
        .output()
        .ok()?;
    Some(
        String::from_utf8_lossy(&out.stdout)
            .strip_prefix("installed ")?
            .to_string(),
    )
}

/// Installs what is missing of `packages`; the reason is shown.
pub fn install(packages: &[&str], why: &str) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| installed(package).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if paths::which("apt-get").is_none() {
        bail!(
            "{why}: needs {list} (names of Debian packages); there is no apt-get here, so install what gives the same tools by hand"
        );
    }
    if !is_root() {
        bail!(
            "{why}: run\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends {list}\nthen start this again"
        );
    }
    setup::step(&format!("apt-get install {list} ({why})"), || {
        // The lists of a fresh machine are empty or old; without this a package may seem not to exist.
        run::quiet(apt_get().arg("update"))?;
        run::quiet(
            apt_get()
                .args(["install", "-y", "--no-install-recommends"])
                .args(&missing),
        )?;
        Ok(())
    })
}

/// `apt-get` that asks nothing and waits for another one to finish.
pub fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["-q", "-o", "DPkg::Lock::Timeout=300"]);
    command
}

fn is_root() -> bool {
    let out = Command::new("id").arg("-u").output();
    out.is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}
