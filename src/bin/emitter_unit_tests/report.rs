//! The result as text and as JSON.

use super::driver::{Mismatch, Report};
use serde_json::{Value, json};
use std::fmt::Write;

/// Counts, mismatches (at most `show` a target), known faults, one closing line a target.
pub fn text(reports: &[Report], show: usize) -> String {
    let mut out = String::new();
    for r in reports {
        let _ = writeln!(out, "{} against {}", r.target, r.decoder);
        let _ = writeln!(
            out,
            "  {:<16} {:>6} {:>13}",
            "extension", "forms", "combinations"
        );
        for (name, (forms, combinations)) in &r.extensions {
            let _ = writeln!(out, "  {name:<16} {forms:>6} {combinations:>13}");
        }
        for c in &r.coverage {
            let _ = writeln!(
                out,
                "  {:<16} {} of {} that the decoder lists",
                c.extension, c.emitted, c.listed
            );
            for name in &c.missing {
                let _ = writeln!(out, "    not emitted: {name}");
            }
        }
        match &r.llvm {
            Some(t) => {
                let _ = writeln!(
                    out,
                    "  {}: {} samples, {} the same bytes, {} another encoding of the same",
                    t.version, t.samples, t.same_bytes, t.same_meaning
                );
            }
            None => out.push_str("  no assembler asked\n"),
        }
        for name in &r.unchecked {
            let _ = writeln!(out, "  NOT CHECKED {name}");
        }
        for m in r.mismatches.iter().take(show) {
            let _ = writeln!(
                out,
                "  MISMATCH {}: {:02x?} meant \"{}\", {} says \"{}\"",
                m.form, m.bytes, m.text, m.program, m.got
            );
        }
        for (f, met) in r.faults.iter().filter(|(_, met)| *met > 0) {
            let _ = writeln!(
                out,
                "  known fault of {}, met {met} times: {} {}: {}",
                f.program, f.form, f.text, f.evidence
            );
        }
        let percent = 100.0 * r.forms_checked as f64 / r.forms_in_table.max(1) as f64;
        let _ = writeln!(
            out,
            "{}: {} of {} forms ({percent:.1} %), {} combinations, {} refusals, {} mismatches",
            r.target,
            r.forms_checked,
            r.forms_in_table,
            r.combinations,
            r.refusals,
            r.mismatches.len()
        );
    }
    out
}

/// The same as one JSON object.
pub fn json(reports: &[Report], show: usize) -> String {
    let mismatch = |m: &Mismatch| json!({ "form": m.form, "program": m.program, "text": m.text, "bytes": m.bytes, "got": m.got });
    let one = |r: &Report| -> Value {
        json!({
            "target": r.target,
            "decoder": r.decoder,
            "forms_in_table": r.forms_in_table,
            "forms_asked": r.forms_asked,
            "forms_checked": r.forms_checked,
            "combinations": r.combinations,
            "refusals": r.refusals,
            "mismatches": r.mismatches.len(),
            "first_mismatches": r.mismatches.iter().take(show).map(mismatch).collect::<Vec<_>>(),
            "unchecked": r.unchecked,
            "extensions": r.extensions.iter().map(|(name, (forms, combinations))| {
                json!({ "extension": name, "forms": forms, "combinations": combinations })
            }).collect::<Vec<_>>(),
            "coverage": r.coverage.iter().map(|c| {
                json!({ "extension": c.extension, "listed": c.listed, "emitted": c.emitted, "missing": c.missing })
            }).collect::<Vec<_>>(),
            "llvm": r.llvm.as_ref().map(|t| {
                json!({ "version": t.version, "samples": t.samples, "same_bytes": t.same_bytes,
                        "same_meaning": t.same_meaning })
            }),
            "known_faults": r.faults.iter().map(|(f, met)| {
                json!({ "program": f.program, "form": f.form, "text": f.text, "evidence": f.evidence, "met": met })
            }).collect::<Vec<_>>(),
        })
    };
    let mut s = json!({ "targets": reports.iter().map(one).collect::<Vec<_>>() }).to_string();
    s.push('\n');
    s
}
