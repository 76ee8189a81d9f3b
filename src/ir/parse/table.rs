//! Words of text IR to what they name, and what an opcode's row means to the reader.
//!
//! Each table is a perfect hash that the compiler searches for: a multiplier that gives every word a place of its own. So a look-up
//! is a multiplication and one comparison, and a new word needs nothing but its row.

use super::lex::Key;
use crate::ir::opcodes::OPCODES as ROWS;
use crate::ir::text::{Suffix, compare_word, successors, suffix};
use crate::ir::{AuxKind, Cond, Effects, Opcode, ResultKind, SubKind};
use crate::types::VarType;

/// `N` words of at most 16 bytes in `1 << BITS` places.
struct Words<const N: usize, const SIZE: usize> {
    keys: [Key; N],
    multiplier: u64,
    places: [u8; SIZE],
}

const fn place(key: Key, multiplier: u64, size: usize) -> usize {
    let mixed = (key.0 ^ key.1.rotate_left(29)).wrapping_mul(multiplier);
    (mixed >> (64 - size.trailing_zeros())) as usize
}

const NOTHING: u8 = 0xFF;

impl<const N: usize, const SIZE: usize> Words<N, SIZE> {
    const fn new(keys: [Key; N]) -> Self {
        assert!(SIZE.is_power_of_two() && N < NOTHING as usize);
        let mut multiplier = 0x9E37_79B9_7F4A_7C15u64;
        'search: loop {
            multiplier = multiplier
                .wrapping_mul(0x5851_F42D_4C95_7F2D)
                .wrapping_add(0x1405_7B7E_F767_814F);
            let mut places = [NOTHING; SIZE];
            let mut i = 0;
            while i < N {
                let at = place(keys[i], multiplier | 1, SIZE);
                if places[at] != NOTHING {
                    continue 'search;
                }
                places[at] = i as u8;
                i += 1;
            }
            return Words {
                keys,
                multiplier: multiplier | 1,
                places,
            };
        }
    }

    /// The number of the word with this key.
    #[inline]
    fn find(&self, key: Key) -> Option<usize> {
        let i = self.places[place(key, self.multiplier, SIZE)] as usize;
        (i < N && self.keys[i] == key).then_some(i)
    }
}

static OPCODES: Words<{ Opcode::ALL.len() }, 2048> = {
    let mut keys = [Key(0, 0); Opcode::ALL.len()];
    let mut i = 0;
    while i < keys.len() {
        keys[i] = Key::new(ROWS[i].name.as_bytes());
        // A longer name has the key of its beginning, and that must be no word: see `opcode`.
        if ROWS[i].name.len() > 16 {
            keys[i] = Key(u64::MAX, i as u64);
        }
        i += 1;
    }
    Words::new(keys)
};

static TYPES: Words<{ VarType::ALL.len() }, 128> = {
    let mut keys = [Key(0, 0); VarType::ALL.len()];
    let mut i = 0;
    while i < keys.len() {
        keys[i] = Key::new(VarType::ALL[i].name().as_bytes());
        i += 1;
    }
    Words::new(keys)
};

static CONDITIONS: Words<{ Cond::ALL.len() }, 128> = {
    let mut keys = [Key(0, 0); Cond::ALL.len()];
    let mut i = 0;
    while i < keys.len() {
        keys[i] = Key::new(Cond::ALL[i].name().as_bytes());
        i += 1;
    }
    Words::new(keys)
};

/// The opcode with this key, which is of a word of at most 16 bytes.
#[inline]
pub(super) fn opcode(key: Key) -> Option<Opcode> {
    OPCODES.find(key).map(|i| Opcode::ALL[i])
}

/// The opcode with this name, of any length.
pub(super) fn opcode_named(name: &str) -> Option<Opcode> {
    if name.len() <= 16 {
        return opcode(Key::new(name.as_bytes()));
    }
    Opcode::ALL.iter().copied().find(|o| o.name() == name)
}

/// The type with this key.
#[inline]
pub(super) fn var_type(key: Key) -> Option<VarType> {
    TYPES.find(key).map(|i| VarType::ALL[i])
}

/// The condition with this key.
#[inline]
pub(super) fn condition(key: Key) -> Option<Cond> {
    CONDITIONS.find(key).map(|i| Cond::ALL[i])
}

/// What the reader asks of an opcode's row, computed once.
#[derive(Copy, Clone)]
pub(super) struct Form {
    pub suffix: Suffix,
    pub sub: SubKind,
    pub aux: AuxKind,
    pub operands: u8,
    pub successors: u8,
    /// The compared type is a word of its own.
    pub compare_word: bool,
    pub terminator: bool,
    /// It has a value unless its type is `void`.
    pub typed_value: bool,
    /// It has a value whatever its type.
    pub value: bool,
    /// Nothing but operands and targets stands behind it: `plain` reads it.
    pub plain: bool,
}

/// One row an opcode.
pub(super) static FORMS: [Form; Opcode::ALL.len()] = {
    let mut forms = [form(Opcode::Nop); Opcode::ALL.len()];
    let mut i = 0;
    while i < forms.len() {
        forms[i] = form(Opcode::ALL[i]);
        i += 1;
    }
    forms
};

const fn form(op: Opcode) -> Form {
    let row = &ROWS[op as usize];
    let sub = matches!(
        row.sub,
        SubKind::None | SubKind::Cond | SubKind::Type | SubKind::Barrier | SubKind::Scale
    );
    let aux = matches!(
        row.aux,
        AuxKind::None | AuxKind::Local | AuxKind::Type | AuxKind::Imm
    );
    Form {
        suffix: suffix(op),
        sub: row.sub,
        aux: row.aux,
        operands: row.operands.len() as u8,
        successors: successors(op) as u8,
        compare_word: compare_word(op),
        terminator: row.effects.contains(Effects::TERM),
        typed_value: matches!(row.result, ResultKind::T | ResultKind::CallT),
        value: matches!(row.result, ResultKind::I32),
        plain: sub && aux && !compare_word(op),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_and_no_other() {
        for &op in Opcode::ALL {
            assert_eq!(opcode_named(op.name()), Some(op));
            for other in [format!("{}x", op.name()), op.name()[1..].to_owned()] {
                let known = Opcode::ALL.iter().copied().find(|o| o.name() == other);
                assert_eq!(opcode_named(&other), known, "{other}");
            }
        }
        for ty in VarType::ALL {
            assert_eq!(var_type(Key::new(ty.name().as_bytes())), Some(ty));
        }
        for c in Cond::ALL {
            assert_eq!(condition(Key::new(c.name().as_bytes())), Some(c));
        }
        for none in ["", "i33", "maybe", "u32"] {
            let key = Key::new(none.as_bytes());
            assert!(opcode(key).is_none() && var_type(key).is_none() && condition(key).is_none());
        }
    }
}
