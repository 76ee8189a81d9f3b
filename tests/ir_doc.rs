//! `docs/ir.md` says what the code has: its table of opcodes is made from the code's, and its prose names everything.
//!
//! `TATSU_BLESS=1 cargo test --test ir_doc` rewrites the table.

use std::fmt::Write;
use tatsu::ir::{Cond, Opcode};
use tatsu::types::VarType;

const DOC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ir.md");
const MARK: &str = "| opcode |";

fn table() -> String {
    let mut out = format!(
        "{MARK} `sub` | `aux` | operands | result | effects |\n|---|---|---|---|---|---|\n"
    );
    let none = |s: String| if s == "None" { String::new() } else { s };
    for op in Opcode::ALL {
        let i = op.info();
        let operands: Vec<String> = i.operands.iter().map(|o| format!("{o:?}")).collect();
        let effects: Vec<&str> = i.effects.iter_names().map(|(n, _)| n).collect();
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} |",
            i.name,
            none(format!("{:?}", i.sub)),
            none(format!("{:?}", i.aux)),
            operands.join(" "),
            none(format!("{:?}", i.result)),
            effects.join(" ")
        );
    }
    out
}

#[test]
fn the_table_is_the_codes() {
    let doc = std::fs::read_to_string(DOC).expect("docs/ir.md");
    let at = doc.find(MARK).unwrap_or(doc.len());
    if std::env::var_os("TATSU_BLESS").is_some() {
        std::fs::write(DOC, format!("{}{}", &doc[..at], table()))
            .expect("docs/ir.md can be written");
        return;
    }
    assert_eq!(
        &doc[at..],
        table(),
        "the table in docs/ir.md is not that of the code; TATSU_BLESS=1 rewrites it"
    );
}

#[test]
fn the_prose_names_everything() {
    let doc = std::fs::read_to_string(DOC).expect("docs/ir.md");
    let prose = &doc[..doc.find(MARK).unwrap_or(doc.len())];
    let words: std::collections::HashSet<&str> = prose
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .collect();
    let names = Opcode::ALL.iter().map(|o| o.name());
    let names = names
        .chain(VarType::ALL.iter().map(|t| t.name()))
        .chain(Cond::ALL.iter().map(|c| c.name()));
    let missing: Vec<&str> = names.filter(|n| !words.contains(n)).collect();
    assert!(missing.is_empty(), "not in docs/ir.md: {missing:?}");
}

/// The example in the document is valid and does what its run lines say.
#[test]
fn the_example_runs() {
    let doc = std::fs::read_to_string(DOC).expect("docs/ir.md");
    let mut blocks = doc.split("\n```\n").filter(|b| b.contains("; run:"));
    let text = blocks.next().expect("an example");
    let module = tatsu::ir::parse_module(text)
        .unwrap_or_else(|e| panic!("{}", e.render(text, "docs/ir.md")));
    assert!(module.runs.len() >= 2);
    for run in &module.runs {
        let args: Vec<_> = run
            .args
            .iter()
            .map(|a| match a {
                tatsu::ir::RunValue::Int(v) => tatsu::ir::interp::Value::I32(*v as i32),
                tatsu::ir::RunValue::Float(v) => tatsu::ir::interp::Value::F64(*v),
            })
            .collect();
        let got = tatsu::ir::interp::Interp::new(&module.methods).call(&run.func, &args);
        let got = got.unwrap_or_else(|e| panic!("{e}"));
        let got: Vec<_> = got
            .iter()
            .filter_map(|v| v.bits())
            .map(|b| tatsu::ir::RunValue::Int(b as i64))
            .collect();
        assert_eq!(
            tatsu::ir::Expect::Values(got),
            run.expect,
            "line {}",
            run.line
        );
    }
}
