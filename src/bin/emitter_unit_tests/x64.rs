//! x64 against iced-x86.

use super::driver::{Assembler, Check, Form, Isa, KnownFault};
use iced_x86::{Decoder, DecoderOptions, Instruction};
use tatsu::emit::x64::table::{Class, ROWS};

/// The x64 table.
pub struct X64Isa {}

impl X64Isa {
    /// Ready to check.
    pub fn new() -> X64Isa {
        X64Isa {}
    }
}

fn decode(bytes: &[u8]) -> Instruction {
    Decoder::with_ip(64, bytes, 0, DecoderOptions::NONE).decode()
}

impl Isa for X64Isa {
    fn target(&self) -> &'static str {
        "x64"
    }

    fn decoder(&self) -> &'static str {
        "iced-x86"
    }

    fn forms(&self) -> Vec<Form> {
        ROWS.iter()
            .enumerate()
            .filter(|(_, r)| r.class != Class::Bad)
            .map(|(row, r)| Form {
                row,
                name: r.name.to_string(),
                extension: "x64".to_string(),
            })
            .collect()
    }

    fn check(&mut self, _form: &Form, _check: &mut Check) {}

    fn assembler(&self) -> Assembler {
        Assembler {
            options: &["-triple=x86_64", "-mattr=+avx512f", "-x86-asm-syntax=intel"],
            header: ".intel_syntax noprefix\n",
        }
    }

    fn same_meaning(&self, ours: &[u8], theirs: &[u8]) -> bool {
        let (a, b) = (decode(ours), decode(theirs));
        !a.is_invalid() && a == b
    }

    fn known_faults(&self) -> &'static [KnownFault] {
        &[]
    }
}
