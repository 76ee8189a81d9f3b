//! Finds a stock .NET runtime, puts Tatsu beside a private view of it, and runs managed programs there.
//!
//! ```text
//!   runtime   which runtime: named, DOTNET_ROOT, `dotnet` on the path, the test runtime in the cache
//!   farm      a folder of links with libtatsu.so in it; the installation itself is never touched
//!   coreclr   loads the runtime into this process and runs an assembly
//! ```
//!
//! The runtime looks for an altjit beside the real file of `libcoreclr.so`, under a bare name. So Tatsu needs a folder of
//! its own with that file in it: the native libraries are hard links (copies where the file system does not allow them),
//! the managed ones stay where they are and are named by the list of trusted assemblies.
//!
//! The runtime reads `DOTNET_*` from the environment that a process starts with; therefore a runner sets the
//! environment and starts a host process ([`coreclr::run`] in it), which loads the runtime.
//!
//! An error is one sentence for the person at the terminal.

pub mod coreclr;
pub mod farm;
pub mod runtime;

/// A result whose error is a sentence for the user.
pub type Outcome<T> = Result<T, String>;

/// The file name under which Tatsu lies beside the runtime.
pub const JIT_NAME: &str = "libtatsu.so";

/// The two variables that hand the methods of `pattern` to Tatsu.
pub fn altjit_env(pattern: &str) -> [(&'static str, &str); 2] {
    [("DOTNET_AltJit", pattern), ("DOTNET_AltJitName", JIT_NAME)]
}
