//! The neutral part: what an ISA fills in ([`Isa`]), the walk over its forms, and the tally.

use super::llvm;
use std::collections::BTreeMap;

/// An instruction set as the driver sees it.
pub trait Isa {
    /// Name of the target, as `--target` takes it.
    fn target(&self) -> &'static str;
    /// Name of the independent decoder.
    fn decoder(&self) -> &'static str;
    /// The forms of the table, in its order.
    fn forms(&self) -> Vec<Form>;
    /// Emits a form with every operand combination, compares each with the decoder, and tells `check`.
    fn check(&mut self, form: &Form, check: &mut Check);
    /// How the assembler is called for this target.
    fn assembler(&self) -> Assembler;
    /// Do two byte strings mean the same instruction? Asked where the assembler chose another encoding than the form's.
    fn same_meaning(&self, ours: &[u8], theirs: &[u8]) -> bool;
    /// Faults of the decoder and the assembler, one by one.
    fn known_faults(&self) -> &'static [KnownFault];
    /// Held against a list that is not ours: instructions of the decoder's own list that the table covers. Asked at the end.
    fn coverage(&self) -> Vec<Coverage> {
        Vec::new()
    }
}

/// A form of the table.
#[derive(Clone, Debug)]
pub struct Form {
    /// Row of the table.
    pub row: usize,
    /// Mnemonic and operands as the table writes them: what refusals name.
    pub name: String,
    /// The extension it belongs to.
    pub extension: String,
}

/// How `llvm-mc` is called.
#[derive(Clone, Debug)]
pub struct Assembler {
    /// Its options: triple, features, syntax.
    pub options: &'static [&'static str],
    /// Lines before the first instruction.
    pub header: &'static str,
}

/// A fault of another program, excused by name and with evidence.
#[derive(Debug)]
pub struct KnownFault {
    /// `llvm-mc` or the decoder's name.
    pub program: &'static str,
    /// The form's name.
    pub form: &'static str,
    /// What the instruction's text contains; empty for every combination of this one form.
    pub text: &'static str,
    /// Why it is their fault: the manual's words, other programs' answers.
    pub evidence: &'static str,
}

/// Instructions of the decoder's own list, for one extension.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// The extension.
    pub extension: String,
    /// Instructions that it lists.
    pub listed: usize,
    /// Those among them that were emitted.
    pub emitted: usize,
    /// The others, by name, with a reason where one is known.
    pub missing: Vec<String>,
}

/// A disagreement.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// The form's name.
    pub form: String,
    /// The program that disagrees.
    pub program: String,
    /// What was meant, as text.
    pub text: String,
    /// The bytes emitted.
    pub bytes: Vec<u8>,
    /// What the program says.
    pub got: String,
}

/// What a form's check reports.
#[derive(Default)]
pub struct Check {
    /// Operand combinations emitted and compared.
    pub combinations: u64,
    /// Impossible operands offered and refused.
    pub refusals: u64,
    /// Disagreements with the decoder.
    pub mismatches: Vec<Mismatch>,
    /// Text and bytes for the assembler.
    pub samples: Vec<Sample>,
    form: String,
    program: &'static str,
}

/// An instruction for the assembler.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The form's name.
    pub form: String,
    /// The instruction in the assembler's syntax.
    pub text: String,
    /// The bytes emitted.
    pub bytes: Vec<u8>,
}

impl Check {
    /// The decoder read something else than was meant.
    pub fn mismatch(&mut self, text: &str, bytes: &[u8], got: &str) {
        self.mismatches.push(Mismatch {
            form: self.form.clone(),
            program: self.program.into(),
            text: text.into(),
            bytes: bytes.into(),
            got: got.into(),
        });
    }

    /// Hands an instruction to the assembler.
    pub fn sample(&mut self, text: String, bytes: &[u8]) {
        self.samples.push(Sample {
            form: self.form.clone(),
            text,
            bytes: bytes.into(),
        });
    }
}

/// What became of one target.
#[derive(Default)]
pub struct Report {
    /// The target's name.
    pub target: &'static str,
    /// The decoder's name.
    pub decoder: &'static str,
    /// Forms in the table.
    pub forms_in_table: usize,
    /// Forms that the filter let through.
    pub forms_asked: usize,
    /// Of those, forms with at least one combination checked.
    pub forms_checked: usize,
    /// Operand combinations.
    pub combinations: u64,
    /// Impossible operands refused.
    pub refusals: u64,
    /// Per extension: forms and combinations.
    pub extensions: BTreeMap<String, (usize, u64)>,
    /// Forms without any combination.
    pub unchecked: Vec<String>,
    /// What the assembler said, if it is here.
    pub llvm: Option<llvm::Tally>,
    /// Disagreements that no known fault explains.
    pub mismatches: Vec<Mismatch>,
    /// Known faults and how often they were met.
    pub faults: Vec<(&'static KnownFault, u64)>,
    /// Against the decoder's own list.
    pub coverage: Vec<Coverage>,
}

impl Report {
    /// Nothing disagrees, and every form was checked.
    pub fn is_good(&self) -> bool {
        self.mismatches.is_empty()
            && self.unchecked.is_empty()
            && self.coverage.iter().all(|c| c.missing.is_empty())
    }
}

/// Checks the forms whose name contains `filter`.
pub fn run(isa: &mut dyn Isa, filter: &str, use_llvm: bool) -> Result<Report, String> {
    let forms = isa.forms();
    let mut report = Report {
        target: isa.target(),
        decoder: isa.decoder(),
        forms_in_table: forms.len(),
        faults: isa.known_faults().iter().map(|f| (f, 0)).collect(),
        ..Report::default()
    };
    let mut samples = Vec::new();
    for form in forms.iter().filter(|f| f.name.contains(filter)) {
        let mut check = Check {
            form: form.name.clone(),
            program: isa.decoder(),
            ..Check::default()
        };
        isa.check(form, &mut check);
        report.forms_asked += 1;
        report.combinations += check.combinations;
        report.refusals += check.refusals;
        if check.combinations > 0 {
            report.forms_checked += 1;
        } else {
            report.unchecked.push(form.name.clone());
        }
        let by_extension = report.extensions.entry(form.extension.clone()).or_default();
        by_extension.0 += 1;
        by_extension.1 += check.combinations;
        for m in check.mismatches {
            excuse_or_keep(&mut report, m);
        }
        samples.append(&mut check.samples);
    }
    if use_llvm {
        let same = |a: &[u8], b: &[u8]| isa.same_meaning(a, b);
        if let Some((tally, wrong)) = llvm::compare(&isa.assembler(), &samples, &same)? {
            report.llvm = Some(tally);
            for m in wrong {
                excuse_or_keep(&mut report, m);
            }
        }
    }
    if filter.is_empty() {
        report.coverage = isa.coverage();
    }
    Ok(report)
}

fn excuse_or_keep(report: &mut Report, m: Mismatch) {
    let known = report
        .faults
        .iter_mut()
        .find(|(f, _)| f.program == m.program && f.form == m.form && m.text.contains(f.text));
    match known {
        Some((_, met)) => *met += 1,
        None => report.mismatches.push(m),
    }
}
