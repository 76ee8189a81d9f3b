//! What the independent decoder's reading of a word is worth: the same, a known fault, or a difference.
//!
//! Faults of the decoder (yaxpeax-arm 0.5.0) stand here one by one, each with the manual's page (Arm ARM, DDI 0487, the page
//! is named as its heading names it). Words of instructions that it does not know are held against an independent assembler's
//! bytes instead (`tests/encodings/arm64/all.enc` has every row).

use super::table::{Class, Ins, ROWS, Row};
use super::verify::{agree, decoded};
use crate::emit::InstrDesc;

/// Instructions (or one shape of theirs) that the decoder refuses although the manual has them. The tests require that it still
/// does not read any of their words.
#[rustfmt::skip]
pub const UNKNOWN: &[(Ins, Option<Class>, &str)] = &[
    (Ins::Bfcvt, None, "C7.2 BFCVT: 00011110 01100011 010000 Rn Rd; FEAT_BF16"),
    (Ins::VBfcvtn, None, "C7.2 BFCVTN, BFCVTN2: 0 Q 001110 10100001 011010 Rn Rd; FEAT_BF16"),
    (Ins::VBfdot, None, "C7.2 BFDOT (vector), (by element): 0 Q 101110 010 Rm 111111, 0 Q 001111 01 L M Rm 1111 H 0; FEAT_BF16"),
    (Ins::VBfmmla, None, "C7.2 BFMMLA: 01101110 010 Rm 111011 Rn Rd; FEAT_BF16"),
    (Ins::VBfmlalb, None, "C7.2 BFMLALB, BFMLALT (vector), (by element), Q = 0; FEAT_BF16"),
    (Ins::VBfmlalt, None, "C7.2 BFMLALB, BFMLALT (vector), (by element), Q = 1; FEAT_BF16"),
    (Ins::VUsdot, None, "C7.2 USDOT (vector), (by element): 0 Q 001110 100 Rm 100111, 0 Q 001111 10 L M Rm 1111 H 0; FEAT_I8MM"),
    (Ins::VSudot, None, "C7.2 SUDOT (by element): 0 Q 001111 00 L M Rm 1111 H 0; FEAT_I8MM"),
    (Ins::VSmmla, None, "C7.2 SMMLA (vector): 01001110 100 Rm 101001 Rn Rd; FEAT_I8MM"),
    (Ins::VUmmla, None, "C7.2 UMMLA (vector): 01101110 100 Rm 101001 Rn Rd; FEAT_I8MM"),
    (Ins::VUsmmla, None, "C7.2 USMMLA (vector): 01001110 100 Rm 101011 Rn Rd; FEAT_I8MM"),
    (Ins::VFmlal, Some(Class::VLongHalf), "C7.2 FMLAL, FMLAL2 (vector); FEAT_FHM"),
    (Ins::VFmlal2, Some(Class::VLongHalf), "C7.2 FMLAL, FMLAL2 (vector); FEAT_FHM"),
    (Ins::VFmlsl, Some(Class::VLongHalf), "C7.2 FMLSL, FMLSL2 (vector); FEAT_FHM"),
    (Ins::VFmlsl2, Some(Class::VLongHalf), "C7.2 FMLSL, FMLSL2 (vector); FEAT_FHM"),
    (Ins::VFrint32x, None, "C7.2 FRINT32X (vector): 0 Q 101110 0 sz 100001 111010 Rn Rd; FEAT_FRINTTS"),
    (Ins::VFrint64x, None, "C7.2 FRINT64X (vector): 0 Q 101110 0 sz 100001 111110 Rn Rd; FEAT_FRINTTS"),
];

/// Instructions that it reads wrongly in some words; [`judge`] knows which.
pub const MISREAD: &[(Ins, Option<Class>, &str)] = &[
    (Ins::Msr, None, MSR),
    (Ins::Hint, None, HINT),
    (Ins::VFmlal, Some(Class::VLongHalfLane), FMLAL),
    (Ins::VFmlal2, Some(Class::VLongHalfLane), FMLAL),
    (Ins::VFmlsl, Some(Class::VLongHalfLane), FMLAL),
    (Ins::VFmlsl2, Some(Class::VLongHalfLane), FMLAL),
];

/// Is a fault in one of the lists about this form?
pub fn concerns(&(ins, class, _): &(Ins, Option<Class>, &str), row: &Row) -> bool {
    ins == row.ins && class.is_none_or(|c| c == row.class)
}

/// The decoder's text of an instruction.
pub fn decoder_reads(bytes: &[u8]) -> Option<String> {
    decoded(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// What the comparison of one word says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The decoder reads what was meant.
    Same,
    /// It reads something else, or nothing, and that is its fault; the reason.
    DecoderFault(&'static str),
    /// It reads this.
    Different(String),
}

/// Holds the word of a plain descriptor, whose text is `ours`, against the decoder.
pub fn judge(d: &InstrDesc, ours: &str, word: u32) -> Verdict {
    let theirs = decoded(word);
    match theirs {
        Some(theirs) if agree(ours, &theirs) => Verdict::Same,
        None => {
            let row = &ROWS[d.form as usize];
            match UNKNOWN.iter().find(|fault| concerns(fault, row)) {
                Some((_, _, why)) => Verdict::DecoderFault(why),
                None => Verdict::Different("(invalid)".into()),
            }
        }
        Some(_) if word & 0xFFF0_0010 == 0xD510_0010 => Verdict::DecoderFault(MSR),
        Some(_) if word == 0xD503_22BF => Verdict::DecoderFault(SEVL),
        Some(theirs) if word & 0xFFFF_F81F == 0xD503_281F => {
            match decoded(word & !0x800).is_some_and(|less| less == theirs) {
                true => Verdict::DecoderFault(HINT),
                false => Verdict::Different(theirs),
            }
        }
        Some(theirs)
            if word & 0x9FC0_3400 == 0x0F80_0000 && agree(&half_of_lane(ours), &theirs) =>
        {
            Verdict::DecoderFault(FMLAL)
        }
        Some(theirs) => Verdict::Different(theirs),
    }
}

/// Of `msr` with a register from 16 on it drops the upper bit.
const MSR: &str =
    "C6.2 MSR (register): Rt is bits 4..=0; 0xD51B421F is `msr nzcv, xzr` and reads as x15";

/// Of hints from 64 on it drops the upper bit of CRm, so that they read as those from 0 on.
const HINT: &str = "C6.2 HINT: CRm is bits 11..=8; 0xD503281F is `hint #64` and reads as `nop`";

/// It has `sevl` at the wrong number.
const SEVL: &str = "C6.2 SEVL: CRm:op2 is 5, which it shows as `hint #5`; 0xD50322BF is `hint #21` and reads as `sevl`";

/// Of long products of halves by a lane it shows the first source twice as long, and leaves the `2` of the upper half's out.
const FMLAL: &str = "C7.2 FMLAL, FMLAL2, FMLSL, FMLSL2 (by element): Tb is 2H for Q = 0, 4H for Q = 1; 0x4F820020 is \
                     `fmlal v0.4s, v1.4h, v2.h[0]` and reads with v1.8h";

/// Our text with that fault.
fn half_of_lane(ours: &str) -> String {
    ours.replacen("l2 ", "l  ", 1)
        .replace(".4h,", ".8h,")
        .replace(".2h,", ".4h,")
}

/// Texts of the decoder that say the same in other words: ours, and the beginning of its own.
///
/// It has no names for FEAT_FlagM's instructions (C6.2 CFINV, XAFLAG, AXFLAG are `msr` to a PSTATE field of no name), for some
/// hints (C6.2 SEVL, DGH, BTI) and for cache maintenance (C6.2 DC, IC are aliases of SYS); it shows `clrex`'s constant, which
/// 15 need not (C6.2 CLREX).
#[rustfmt::skip]
pub(super) const SPELLINGS: &[(&str, &str)] = &[
    ("cfinv", "msr pstate.0x0, #0x0"),
    ("xaflag", "msr pstate.0x1, #0x0"),
    ("axflag", "msr pstate.0x2, #0x0"),
    ("sevl", "hint #0x5"),
    ("dgh", "hint #0x6"),
    ("bti", "hint #0x20"),
    ("bti c", "hint #0x22"),
    ("bti j", "hint #0x24"),
    ("bti jc", "hint #0x26"),
    ("clrex", "clrex #0xf"),
    ("dc zva,", "sys #0x3, c7, c4, #0x1,"),
    ("dc cvac,", "sys #0x3, c7, c10, #0x1,"),
    ("dc cvau,", "sys #0x3, c7, c11, #0x1,"),
    ("dc civac,", "sys #0x3, c7, c14, #0x1,"),
    ("ic ivau,", "sys #0x3, c7, c5, #0x1,"),
];
