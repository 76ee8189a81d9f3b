//! Reads what `DOTNET_TatsuLog` wrote.

use crate::common::Outcome;
use std::collections::HashMap;
use std::path::Path;

/// A compiled method.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compiled {
    /// Hash of the name, as `DOTNET_TatsuHashRange` takes it.
    pub hash: u32,
    /// Bytes of IL.
    pub il: u32,
    /// Bytes of code.
    pub native: u32,
    /// Time of the thread.
    pub ns: u64,
    /// Full name.
    pub name: String,
}

/// A method that was left to the runtime's own JIT.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Left {
    /// `unsupported`, `internal_error` …
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// Bytes of IL.
    pub il: u32,
    /// Full name.
    pub name: String,
}

/// What a process compiled and what not, in order.
#[derive(Default, Debug)]
pub struct Log {
    /// Compiled methods.
    pub compiled: Vec<Compiled>,
    /// The others.
    pub left: Vec<Left>,
    /// Methods that .NET's own JIT compiled behind the shim; they have no hash.
    pub stock: Vec<Compiled>,
    /// Of those, names and how the GC info reads.
    pub gc: Vec<(String, String)>,
    /// Nanoseconds that the library took to start.
    pub start_ns: Option<u64>,
    /// Compilations that began and did not end: in them the process ended.
    pub unfinished: Vec<String>,
}

impl Log {
    /// Reads a file; what is not a line of the log is passed over, since the last may be cut off.
    pub fn read(file: &Path) -> Outcome<Log> {
        let text = std::fs::read(file)
            .map_err(|e| format!("cannot read the log {}: {e}", file.display()))?;
        Ok(Log::parse(&String::from_utf8_lossy(&text)))
    }

    /// Reads the text of a log.
    pub fn parse(text: &str) -> Log {
        let mut log = Log::default();
        let mut open: HashMap<&str, (i64, usize)> = HashMap::new();
        for (number, line) in text.lines().enumerate() {
            if let Some(name) = line.strip_prefix("> ") {
                let entry = open.entry(name).or_default();
                *entry = (entry.0 + 1, number);
            } else if let Some(method) = line.strip_prefix("+ ").and_then(compiled) {
                log.compiled.push(method);
                close(&mut open, line.splitn(7, ' ').nth(6));
            } else if let Some((method, gc)) = line.strip_prefix("= ").and_then(stock) {
                log.gc.push((method.name.clone(), gc));
                log.stock.push(method);
                close(&mut open, line.splitn(6, ' ').nth(5));
            } else if let Some(ns) = line.strip_prefix("! ") {
                log.start_ns = ns.parse().ok();
            } else if let Some(method) = line.strip_prefix("- ").and_then(left) {
                log.left.push(method);
                let name = line.splitn(5, ' ').nth(4);
                close(&mut open, name.and_then(|n| n.split('\t').next()));
            }
        }
        let mut open: Vec<_> = open.into_iter().filter(|(_, (n, _))| *n > 0).collect();
        open.sort_by_key(|(_, (_, number))| *number);
        log.unfinished = open.into_iter().map(|(name, _)| name.to_owned()).collect();
        log
    }
}

fn close<'a>(open: &mut HashMap<&'a str, (i64, usize)>, name: Option<&'a str>) {
    if let Some(name) = name {
        open.entry(name).or_default().0 -= 1;
    }
}

fn compiled(line: &str) -> Option<Compiled> {
    let mut words = line.splitn(6, ' ');
    let hash = u32::from_str_radix(words.next()?, 16).ok()?;
    words.next()?;
    Some(Compiled {
        hash,
        il: words.next()?.parse().ok()?,
        native: words.next()?.parse().ok()?,
        ns: words.next()?.parse().ok()?,
        name: words.next()?.to_owned(),
    })
}

fn stock(line: &str) -> Option<(Compiled, String)> {
    let mut words = line.splitn(5, ' ');
    let (il, native) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let ns = words.next()?.parse().ok()?;
    let gc = words.next()?.to_owned();
    let name = words.next()?.to_owned();
    let method = Compiled {
        hash: 0,
        il,
        native,
        ns,
        name,
    };
    Some((method, gc))
}

fn left(line: &str) -> Option<Left> {
    let mut words = line.splitn(4, ' ');
    let outcome = words.next()?.replace('_', " ");
    let il = words.next()?.parse().ok()?;
    words.next()?;
    let (name, reason) = words.next()?.split_once('\t')?;
    Some(Left {
        outcome,
        reason: reason.to_owned(),
        il,
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let log = Log::parse(
            "> A:B(int)\n+ 0000002a FullOpts 7 12 345 A:B(int)\n> A:C()\n- internal_error 8 3 A:C()\tphase: what\n\
             > A:D(A B)\n> A:B(int)\n+ 00",
        );
        assert_eq!(log.compiled.len(), 1);
        let m = &log.compiled[0];
        assert_eq!((m.hash, m.il, m.native, m.ns), (42, 7, 12, 345));
        assert_eq!(m.name, "A:B(int)");
        assert_eq!(log.left[0].outcome, "internal error");
        assert_eq!(log.left[0].reason, "phase: what");
        assert_eq!((log.left[0].il, log.left[0].name.as_str()), (8, "A:C()"));
        assert_eq!(log.unfinished, ["A:D(A B)", "A:B(int)"]);
    }
}
