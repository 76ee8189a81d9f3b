//! arm64 against yaxpeax-arm.

use super::driver::{Assembler, Check, Form, Isa, KnownFault};
use std::sync::OnceLock;
use tatsu::emit::arm64::judge::{MISREAD, UNKNOWN, concerns, decoder_reads};
use tatsu::emit::arm64::table::{Class, ROWS, Row};
use tatsu::emit::arm64::unit_tests::{Combination, Outcome, check_form, kind};

const DECODER: &str = "yaxpeax-arm";

/// Behind the text of a word that the decoder is at fault with, as the table's own checks have found.
const EXCUSED: &str = " (the decoder's fault)";

/// The arm64 table.
pub struct Arm64Isa;

fn name(row: &Row) -> String {
    format!("{} {:?}", row.name, row.class)
}

impl Isa for Arm64Isa {
    fn target(&self) -> &'static str {
        "arm64"
    }

    fn decoder(&self) -> &'static str {
        DECODER
    }

    fn forms(&self) -> Vec<Form> {
        ROWS.iter()
            .enumerate()
            .filter(|(_, r)| r.class != Class::Bad)
            .map(|(row, r)| Form {
                row,
                name: name(r),
                extension: kind(r).to_string(),
            })
            .collect()
    }

    fn check(&mut self, form: &Form, check: &mut Check) {
        check_form(form.row, &mut |combination, outcome| {
            let (text, bytes) = match combination {
                Combination::Impossible(text) => {
                    check.refusals += 1;
                    (text, Vec::new())
                }
                Combination::Place(text) => {
                    check.combinations += 1;
                    (text, Vec::new())
                }
                Combination::Word(text, word) => {
                    check.combinations += 1;
                    let bytes = word.to_le_bytes();
                    check.sample(text.clone(), &bytes);
                    (text, bytes.to_vec())
                }
            };
            match outcome {
                Outcome::Good => {}
                Outcome::Bad(got) => check.mismatch(&text, &bytes, &got),
                Outcome::DecoderFault(_) => check.mismatch(&format!("{text}{EXCUSED}"), &bytes, ""),
            }
        });
    }

    fn assembler(&self) -> Assembler {
        Assembler {
            options: &[
                "-triple=aarch64",
                "-mattr=+v8.6a,+fullfp16,+fp16fml,+crypto,+sha3,+sm4,+bf16,+i8mm,+lor,+pauth,+spe,+tracev8.4",
            ],
            header: "",
        }
    }

    fn same_meaning(&self, ours: &[u8], theirs: &[u8]) -> bool {
        decoder_reads(ours).is_some() && decoder_reads(ours) == decoder_reads(theirs)
    }

    fn known_faults(&self) -> &'static [KnownFault] {
        static FAULTS: OnceLock<Vec<KnownFault>> = OnceLock::new();
        FAULTS.get_or_init(|| {
            let faults = MISREAD.iter().chain(UNKNOWN);
            faults
                .flat_map(|fault| {
                    ROWS[1..]
                        .iter()
                        .filter(|r| concerns(fault, r))
                        .map(|r| KnownFault {
                            program: DECODER,
                            form: Box::leak(name(r).into_boxed_str()),
                            text: EXCUSED,
                            evidence: fault.2,
                        })
                })
                .collect()
        })
    }
}
