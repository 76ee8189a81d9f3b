//! The C functions in a convention that is not Linux's: clang compiles them for the other system, their bytes are taken out of its object.

use super::Blob;
use crate::run;
use anyhow::{Context, Result, ensure};
use object::{Object, ObjectSection, ObjectSymbol};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The compiler that can.
pub const CLANG: &str = "clang";

/// Code that runs wherever it is put.
pub struct Functions {
    code: Vec<u8>,
    /// For each signature the offsets of `c` and `t`; `None` if one of them wants a linker.
    places: Vec<Option<[u32; 2]>>,
}

/// Compiles the functions of `count` signatures for `target`, in clang's words.
pub fn compile(target: &str, source: &Path, text: &str, count: u64) -> Result<Functions> {
    let foreign = source.with_extension("foreign.c");
    let object = source.with_extension("foreign.o");
    fs::write(&foreign, text)?;
    // Without optimisation clang copies structs by calls of memcpy. Stack protectors, unwind tables and probes name other symbols.
    run::quiet(
        Command::new(CLANG)
            .args(["-target", target])
            .args(["-O1", "-ffreestanding", "-fno-strict-aliasing", "-w"])
            .args(["-fno-stack-protector", "-fno-unwind-tables"])
            .args(["-fno-asynchronous-unwind-tables", "-mno-stack-arg-probe"])
            .args(["-c", "-o"])
            .args([&object, &foreign]),
    )?;
    let bytes = fs::read(&object)?;
    read(&bytes, count).with_context(|| format!("reading {}", object.display()))
}

/// Mach-O or COFF: its code, and where the functions of each signature are.
fn read(bytes: &[u8], count: u64) -> Result<Functions> {
    let file = object::File::parse(bytes)?;
    let section = file.section_by_name(".text").context("no code")?;
    let mut starts = Vec::new();
    for symbol in file.symbols() {
        if symbol.section_index() != Some(section.index()) || !symbol.is_global() {
            continue;
        }
        let name = symbol.name()?;
        let name = name.strip_prefix('_').unwrap_or(name);
        let (kind, number) = name.split_at_checked(1).context("a symbol's name")?;
        let Ok(number) = number.parse::<usize>() else {
            continue;
        };
        let kind = ["c", "t"].iter().position(|k| *k == kind);
        starts.push((
            (symbol.address() - section.address()) as u32,
            number,
            kind.context("a symbol's name")?,
        ));
    }
    starts.sort_unstable();
    ensure!(starts.len() as u64 == 2 * count, "functions are missing");
    let mut places = vec![Some([0; 2]); count as usize];
    for &(start, number, kind) in &starts {
        places[number].as_mut().context("a place")?[kind] = start;
    }
    for (offset, _) in section.relocations() {
        let after = starts.partition_point(|&(start, ..)| u64::from(start) <= offset);
        let (_, number, _) = starts[after.checked_sub(1).context("before all functions")?];
        places[number] = None;
    }
    Ok(Functions {
        code: section.data()?.to_vec(),
        places,
    })
}

impl Functions {
    /// Can the functions of a signature run where they are put?
    pub fn has(&self, signature: usize) -> bool {
        self.places[signature].is_some()
    }

    /// Adds the code to a program's data; for each signature its functions in C, valid once all else is in there.
    pub fn add(&self, blob: &mut Blob) -> Vec<Option<[String; 2]>> {
        let start = blob.add(&self.code).at + blob.start();
        self.places
            .iter()
            .map(|place| place.map(|offsets| offsets.map(|at| format!("blob + {}", start + at))))
            .collect()
    }
}
