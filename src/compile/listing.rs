//! What stands around the instructions of a listing: the heading, the totals, and the summary line.

use super::{CompileOptions, CompiledMethod, FuncKind};
use crate::target::TargetDesc;
use std::fmt::Write;

/// What a shell knows of a compile that is to be shown.
#[derive(Copy, Clone, Debug)]
pub struct Shown<'a> {
    /// The method's full name.
    pub name: &'a str,
    /// The level or tier, as the shell's users know it.
    pub tier: &'a str,
    /// The target.
    pub target: &'a TargetDesc,
    /// The request.
    pub options: &'a CompileOptions,
    /// The result.
    pub out: &'a CompiledMethod,
}

impl Shown<'_> {
    /// Appends the dump and the listing, as far as they were asked for.
    pub fn append(&self, text: &mut String) {
        let out = self.out;
        if !out.dump.is_empty() {
            let _ = writeln!(text, "; Dump for method {} ({})", self.name, self.tier);
            text.push_str(&out.dump);
            let _ = writeln!(text, "; End of dump for method {}\n", self.name);
        }
        if !out.listing.is_empty() {
            self.heading(text);
            text.push_str(&out.listing);
            self.totals(text);
            text.push('\n');
        }
    }

    fn heading(&self, text: &mut String) {
        let (out, options, target) = (self.out, self.options, self.target);
        let (name, tier, version) = (self.name, self.tier, env!("CARGO_PKG_VERSION"));
        let _ = writeln!(text, "; Assembly listing for method {name} ({tier})");
        let _ = writeln!(text, "; Tatsu {version}");
        let _ = write!(text, "; Emitted for {}", target.name);
        if !options.features.is_empty() {
            let names: Vec<&str> = options.features.iter_names().map(|f| f.0).collect();
            let _ = write!(text, " with {}", names.join(" "));
        }
        let base = if out.frame_pointer {
            target.fp
        } else {
            target.sp
        };
        let base = target.reg_name(base);
        let _ = writeln!(text, "\n; {base} based frame of {} bytes", out.frame_bytes);
        text.push_str(if out.interruptible {
            "; fully interruptible\n"
        } else {
            "; partially interruptible\n"
        });
        let handlers = count(out, FuncKind::Handler);
        let filters = count(out, FuncKind::Filter);
        if handlers + filters > 0 {
            let (h, f) = (plural(handlers, "handler"), plural(filters, "filter"));
            let _ = writeln!(text, "; {h}, {f}");
        }
        if !options.stress.is_empty() || options.stress_regs != 0 {
            let regs = options.stress_regs;
            let areas = options.stress.area_names();
            let _ = writeln!(text, "; stress: JitStressRegs={regs:X} {areas}");
        }
    }

    fn totals(&self, text: &mut String) {
        let out = self.out;
        let _ = writeln!(text, "\n; Total bytes of code {}", out.code.len());
        if self.options.diffable {
            return;
        }
        let _ = writeln!(
            text,
            "; data {}, unwind {}, GC info {}, clauses {}, relocations {}",
            out.rodata.len(),
            out.unwind.len(),
            out.gc_info.len(),
            out.eh.len(),
            out.relocs.len()
        );
    }

    /// The line of `JitDisasmSummary`; `input` says what was compiled, such as the size of the IL.
    pub fn summary(&self, number: u32, input: &str) -> String {
        let (name, tier, size) = (self.name, self.tier, self.out.code.len());
        format!("{number:>4}: Tatsu compiled {name} [{tier}, {input}code size={size}]\n")
    }
}

fn count(out: &CompiledMethod, kind: FuncKind) -> usize {
    out.funcs.iter().filter(|f| f.kind == kind).count()
}

fn plural(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        _ => format!("{n} {what}s"),
    }
}
