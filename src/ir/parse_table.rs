//! Opcode names to opcodes: an open-addressed table made at compile time, so that reading text costs a few steps an opcode.

use super::Opcode;

const SIZE: usize = 512;

/// FNV-1a, folded to the table's size.
const fn hash(s: &[u8]) -> usize {
    let mut h: u32 = 0x811C_9DC5;
    let mut i = 0;
    while i < s.len() {
        h = (h ^ s[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    (h ^ h >> 15) as usize % SIZE
}

static TABLE: [u8; SIZE] = {
    let mut t = [0xFFu8; SIZE];
    let mut i = 0;
    while i < Opcode::ALL.len() {
        let mut at = hash(super::opcodes::OPCODES[i].name.as_bytes());
        while t[at] != 0xFF {
            at = (at + 1) % SIZE;
        }
        t[at] = i as u8;
        i += 1;
    }
    t
};

/// The opcode with this text name.
pub fn opcode(name: &str) -> Option<Opcode> {
    let mut at = hash(name.as_bytes());
    loop {
        match TABLE[at] {
            0xFF => return None,
            i if Opcode::ALL[i as usize].name() == name => return Some(Opcode::ALL[i as usize]),
            _ => at = (at + 1) % SIZE,
        }
    }
}
