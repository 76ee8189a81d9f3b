//! Building for arm64-linux and running what was built, on an x86-64 machine.
//!
//! A standard library for aarch64 comes from rustup if its target is installed. Otherwise Debian's
//! `rustc-web` compiles (it must, since a standard library fits one compiler only), with the
//! aarch64 library from the arm64 architecture of `libstd-rust-web-dev`, unpacked in the cache
//! folder. Its package lists are kept apart from the machine's own (`Dir::State::Lists`), so no
//! foreign architecture is added to the machine. Linking is by `aarch64-linux-gnu-gcc`, running by
//! `qemu-aarch64` over the cross C library.

use super::{apt, fill, step};
use crate::{paths, run};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Rust's name of the target.
pub const TRIPLE: &str = "aarch64-unknown-linux-gnu";
const LD_PREFIX: &str = "/usr/aarch64-linux-gnu";
const GCC: &str = "aarch64-linux-gnu-gcc";
const QEMU: &str = "qemu-aarch64";
const RUSTC: &str = "rustc-web";
const STD: &str = "libstd-rust-web-dev";

/// A working cross set-up.
pub struct Cross {
    /// Debian's compiler and its sysroot; `None`: the ordinary compiler has the target.
    debian: Option<(PathBuf, PathBuf)>,
    qemu: PathBuf,
}

/// Looks for the cross set-up and fetches what is missing.
pub fn ensure() -> Result<Cross> {
    let own_target = rustup_has_target()?;
    let mut missing = Vec::new();
    if paths::which(GCC).is_none() {
        missing.push("gcc-aarch64-linux-gnu");
    }
    let c_library = Path::new(LD_PREFIX).join("lib");
    if !c_library.join("libc.so.6").exists() || !c_library.join("crt1.o").exists() {
        missing.push("libc6-dev-arm64-cross");
    }
    // The .NET runtime is written in C++.
    if !c_library.join("libstdc++.so.6").exists() {
        missing.push("libstdc++6-arm64-cross");
    }
    if paths::which(QEMU).is_none() {
        missing.push("qemu-user");
    }
    if !own_target {
        missing.push(RUSTC);
    }
    apt::install(
        &missing,
        "compiling and linking for arm64, and running the result",
    )?;
    let found =
        |program| paths::which(program).with_context(|| format!("{program} is not on the path"));
    found(GCC)?;
    let qemu = found(QEMU)?;
    if own_target {
        return Ok(Cross { debian: None, qemu });
    }
    let version = apt::installed(RUSTC)
        .with_context(|| format!("Debian package {RUSTC} is not installed"))?;
    let rustc = run::quiet(Command::new("dpkg-query").args(["--listfiles", RUSTC]))?
        .lines()
        .find(|path| path.ends_with("/bin/rustc"))
        .map(PathBuf::from)
        .with_context(|| format!("Debian package {RUSTC} holds no rustc"))?;
    check_version(&rustc)?;
    let sysroot = paths::cache_dir()?
        .join("arm64")
        .join(format!("sysroot-{version}"));
    fill(&sysroot, |work| {
        step(
            &format!("{STD} {version} for arm64, by apt-get (Rust's standard library for aarch64)"),
            || make_sysroot(&rustc, &version, work),
        )
    })?;
    Ok(Cross {
        debian: Some((rustc, sysroot)),
        qemu,
    })
}

/// Whether the compiler that cargo uses has the aarch64 standard library.
fn rustup_has_target() -> Result<bool> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let dir =
        run::quiet(Command::new(rustc).args(["--print", "target-libdir", "--target", TRIPLE]))?;
    let Ok(mut files) = fs::read_dir(dir.trim()) else {
        return Ok(false);
    };
    Ok(files.any(|file| {
        file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
    }))
}

/// Debian's compiler must understand the source: the `rust-version` of Cargo.toml.
fn check_version(rustc: &Path) -> Result<()> {
    let said = run::quiet(Command::new(rustc).arg("--version"))?;
    let minor = |text: &str| {
        text.split('.')
            .nth(1)
            .and_then(|minor| minor.parse::<u32>().ok())
    };
    let manifest = fs::read_to_string(paths::root().join("Cargo.toml"))?;
    let line = manifest
        .lines()
        .find(|line| line.starts_with("rust-version"))
        .context("Cargo.toml: no rust-version")?;
    let wanted =
        minor(line.trim_end_matches('"')).context("Cargo.toml: rust-version is not MAJOR.MINOR")?;
    match minor(&said) {
        Some(has) if has >= wanted => Ok(()),
        _ => bail!(
            "{} is {}, but 1.{wanted} is needed. Update the package ({RUSTC}; Debian's security archive has the newest), or install the target with `rustup target add {TRIPLE}`",
            rustc.display(),
            said.trim()
        ),
    }
}

/// Downloads the aarch64 standard library that fits the installed compiler, and lays it beside the host's.
fn make_sysroot(rustc: &Path, version: &str, work: &Path) -> Result<()> {
    let state = paths::cache_dir()?.join("arm64/apt");
    for dir in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(state.join(dir))?;
    }
    // As an arm64 machine would ask, with lists of its own: neither root nor a foreign architecture is needed.
    let options = [
        "APT::Architecture=arm64".to_string(),
        "APT::Architectures=arm64".to_string(),
        format!("Dir::State::Lists={}", state.join("lists").display()),
        format!("Dir::Cache={}", state.join("cache").display()),
        "APT::Sandbox::User=root".to_string(),
        "APT::Update::Post-Invoke=".to_string(),
        "APT::Update::Post-Invoke-Success=".to_string(),
    ];
    let apt_get = || {
        let mut command = apt::apt_get();
        command
            .current_dir(work)
            .args(options.iter().flat_map(|option| ["-o", option]));
        command
    };
    run::quiet(apt_get().arg("update"))?;
    run::quiet(apt_get().args(["download", &format!("{STD}={version}")])).with_context(|| {
        format!("the arm64 {STD} must have the version of the installed {RUSTC}: apt-get install --only-upgrade {RUSTC} brings the newest")
    })?;
    let deb = fs::read_dir(work)?
        .filter_map(|file| Some(file.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("apt-get download left no package")?;
    let unpacked = work.join("unpacked");
    run::quiet(
        Command::new("dpkg-deb")
            .arg("--extract")
            .arg(&deb)
            .arg(&unpacked),
    )?;
    let libs = work.join("lib/rustlib");
    fs::create_dir_all(&libs)?;
    fs::rename(
        unpacked.join("usr/lib/rustlib").join(TRIPLE),
        libs.join(TRIPLE),
    )
    .with_context(|| format!("{STD} for arm64 holds no standard library for {TRIPLE}"))?;
    let host = run::quiet(Command::new(rustc).args(["--print", "target-libdir"]))?;
    let host = Path::new(host.trim())
        .parent()
        .context("rustc's library folder has no parent")?;
    std::os::unix::fs::symlink(
        host,
        libs.join(
            host.file_name()
                .context("rustc's library folder has no name")?,
        ),
    )?;
    fs::remove_dir_all(unpacked)?;
    fs::remove_file(deb)?;
    Ok(())
}

impl Cross {
    /// One line for people.
    pub fn describe(&self) -> String {
        match &self.debian {
            Some((rustc, sysroot)) => {
                format!(
                    "{} with {}, run by {}",
                    rustc.display(),
                    sysroot.display(),
                    self.qemu.display()
                )
            }
            None => format!(
                "rustc with its own {TRIPLE}, run by {}",
                self.qemu.display()
            ),
        }
    }

    /// Where cargo puts what it builds for arm64: apart, since the compiler differs.
    pub fn target_dir(&self) -> Result<PathBuf> {
        Ok(paths::target_dir()?.join("arm64"))
    }

    /// `cargo SUBCOMMAND --target aarch64-unknown-linux-gnu`, with compiler, linker, runner and target folder set.
    pub fn cargo(&self, subcommand: &str) -> Result<Command> {
        let mut cargo = paths::cargo();
        cargo
            .args([subcommand, "--target", TRIPLE])
            .env("CARGO_TARGET_DIR", self.target_dir()?)
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
                "aarch64-linux-gnu-gcc",
            )
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
                format!("{} -L {LD_PREFIX}", self.qemu.display()),
            )
            // `cargo run` put rustup's libraries there; Debian's compiler brings its own.
            .env_remove("LD_LIBRARY_PATH");
        if let Some((rustc, sysroot)) = &self.debian {
            cargo
                .env("RUSTC", rustc)
                .env_remove("RUSTFLAGS")
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                .env(
                    "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
                    format!("--sysroot={}", sysroot.display()),
                );
        }
        Ok(cargo)
    }

    /// The emulator running an arm64 program.
    pub fn emulated(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.qemu);
        command.args(["-L", LD_PREFIX]).arg(program);
        command
    }

    /// The command that runs a .NET runtime: its own libraries are looked for by the emulated loader too.
    pub fn emulated_runtime(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.qemu);
        command
            .env("QEMU_LD_PREFIX", LD_PREFIX)
            .arg("-E")
            .arg(format!("LD_LIBRARY_PATH={LD_PREFIX}/lib"))
            .arg(program);
        command
    }
}
