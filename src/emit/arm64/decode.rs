//! Words to descriptors, by the same rows that encode them.
//!
//! A word is tried against the rows whose fixed top byte it has. Its fields are read into a descriptor of the plain kind (one
//! word, no frame slot), and the row is taken if the encoder makes the same word of that descriptor again. So by construction
//! **a decoded word encodes to itself**; what the tests add is that an encoded descriptor decodes to itself. Where an
//! instruction has several rows of one picture (`b` as a jump and as a branch to a symbol) the first is given.
//!
//! Distances are not part of descriptors, which name labels; they stand beside.
//!
//! Sources: Arm ARM (DDI 0487) C4.1, through [`table`](super::table).

use super::encode::{Distance, distance, pair_log2, size_log2, word};
use super::instr_desc::{DOUBLE, Mode, WIDE};
use super::shaped;
use super::table::{Class, Field, ROW_COUNT, ROW_LIST, ROWS, Row};
use crate::emit::InstrDesc;
use crate::target::RegNum;

/// A decoded word.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Decoded {
    /// The instruction. Its `disp` is 0 where [`Decoded::distance`] holds what a label would.
    pub desc: InstrDesc,
    /// Of branches and `adr`: bytes from the instruction to the target. Of `adrp`: bytes between their pages.
    pub distance: Option<i64>,
}

/// Decodes a word; none if the table has no such instruction.
pub fn decode(w: u32) -> Option<Decoded> {
    let top = (w >> 24) as usize;
    ENTRIES[BUCKETS[top] as usize..BUCKETS[top + 1] as usize]
        .iter()
        .find_map(|&form| with_row(w, form))
}

/// Bits that a row prescribes.
const fn prescribed(row: &Row) -> u32 {
    let mut free = row.z | row.not_z | row.y | row.not_y;
    let mut f = 0;
    while f < row.mask.len() {
        free |= row.mask[f];
        f += 1;
    }
    !free
}

/// Entries of [`ENTRIES`].
const ENTRY_COUNT: usize = {
    let mut n = 0;
    let mut i = 1;
    while i < ROW_COUNT {
        n += 1 << (!prescribed(&ROW_LIST[i]) >> 24).count_ones();
        i += 1;
    }
    n
};

/// Where each top byte's rows begin in [`ENTRIES`], and the end.
static BUCKETS: [u16; 257] = {
    let mut starts = [0; 257];
    let mut i = 1;
    while i < ROW_COUNT {
        let (fixed, free) = top(i);
        let mut subset = free;
        loop {
            starts[(fixed | subset) as usize + 1] += 1;
            if subset == 0 {
                break;
            }
            subset = (subset - 1) & free;
        }
        i += 1;
    }
    let mut b = 0;
    while b < 256 {
        starts[b + 1] += starts[b];
        b += 1;
    }
    assert!(starts[256] as usize == ENTRY_COUNT);
    starts
};

/// The top byte of a row: its ones, and the bits that are free.
const fn top(i: usize) -> (u32, u32) {
    let p = prescribed(&ROW_LIST[i]) >> 24;
    (ROW_LIST[i].fixed >> 24 & p, !p & 0xFF)
}

/// Rows by the word's top byte, in table order.
static ENTRIES: [u16; ENTRY_COUNT] = {
    let mut all = [0; ENTRY_COUNT];
    let mut next = BUCKETS;
    let mut i = 1;
    while i < ROW_COUNT {
        let (fixed, free) = top(i);
        // All subsets of the free bits, ending with none of them.
        let mut subset = free;
        loop {
            let at = &mut next[(fixed | subset) as usize];
            all[*at as usize] = i as u16;
            *at += 1;
            if subset == 0 {
                break;
            }
            subset = (subset - 1) & free;
        }
        i += 1;
    }
    all
};

/// A bit that is `one`'s ones or `zero`'s zeros: is it set? None if the bits disagree.
fn flag(w: u32, one: u32, zero: u32) -> Option<bool> {
    match (w & one, w & zero) {
        (a, 0) if a == one => Some(one | zero != 0),
        (0, b) if b == zero => Some(false),
        _ => None,
    }
}

fn with_row(w: u32, form: u16) -> Option<Decoded> {
    let row = &ROWS[form as usize];
    let p = prescribed(row);
    if w & p != row.fixed {
        return None;
    }
    let get = |f: Field| {
        let mask = row.mask(f);
        (w & mask) >> (mask.trailing_zeros() & 31)
    };
    let signed = |f: Field| {
        let unused = 32 - row.mask(f).count_ones();
        (get(f) as i32) << unused >> unused
    };
    let mut width = 0;
    if flag(w, row.z, row.not_z)? || row.implies_wide() {
        width |= WIDE;
    }
    if flag(w, row.y, row.not_y)? {
        width |= DOUBLE;
    }
    let reg = |f: Field, at: u32| RegNum(get(f) as u8 | (row.files >> (8 * at)) as u8);
    let mut d = InstrDesc {
        form,
        width,
        extra: 0,
        r: [
            reg(Field::D, 0),
            reg(Field::N, 1),
            reg(Field::M, 2),
            reg(Field::A, 3),
        ],
        disp: 0,
        imm: 0,
    };
    let mut mode = Mode::None;
    match row.class {
        Class::R3Shift => d.extra = (get(Field::H) << 6 | get(Field::S)) as u8,
        Class::R3Ext => d.extra = (get(Field::X) << 5 | get(Field::S)) as u8,
        Class::Imm12 => d.imm = (get(Field::H) << 12 | get(Field::I)) as i32,
        Class::MovW => {
            d.imm = get(Field::I) as i32;
            d.extra = get(Field::H) as u8;
        }
        Class::Logic | Class::Imm16 | Class::FImm | Class::SysReg => d.imm = get(Field::I) as i32,
        Class::BitField => d.imm = (get(Field::R) << 6 | get(Field::S)) as i32,
        Class::Extract => d.imm = get(Field::S) as i32,
        Class::Sel | Class::FSel | Class::JumpCond => d.extra = get(Field::C) as u8,
        Class::CondCmp | Class::CondCmpImm => {
            d.extra = get(Field::C) as u8;
            d.imm = get(Field::V) as i32;
            d.disp = get(Field::I) as i32;
        }
        Class::JumpBit => d.imm = get(Field::B) as i32,
        Class::LoadScaled => {
            mode = Mode::Base;
            d.disp = (get(Field::I) << size_log2(w)) as i32;
        }
        Class::LoadUnscaled | Class::Pre | Class::Post => {
            mode = Mode::Base;
            d.disp = signed(Field::I);
        }
        Class::Pair | Class::PairPre | Class::PairPost => {
            mode = Mode::Base;
            d.disp = signed(Field::I) << pair_log2(w);
        }
        Class::LoadIndex => {
            mode = Mode::Index;
            let amount = get(Field::S) * size_log2(w);
            d.extra = (get(Field::X) << 5 | amount) as u8;
        }
        _ => {}
    }
    d.width |= (mode as u8) << 4;
    if matches!(row.class, Class::V3) || row.class as u8 > Class::Literal as u8 {
        let same = shaped::read(w, row, &mut d, |d| word(d, row) == Ok(w));
        return same.then_some(Decoded {
            desc: d,
            distance: None,
        });
    }
    let distance = match distance(row.class) {
        Distance::None => {
            if word(&d, row) != Ok(w) {
                return None;
            }
            None
        }
        Distance::Words => Some((signed(Field::I) as i64) << 2),
        Distance::Split(unit) => {
            let v = (w >> 5 & 0x7_FFFF) << 2 | w >> 29 & 3;
            Some(((v as i32) << 11 >> 11) as i64 * unit)
        }
    };
    Some(Decoded { desc: d, distance })
}
