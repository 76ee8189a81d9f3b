//! How constants are made; which ones instructions can take themselves says [`crate::target::arm64::imm`].

use super::table::Ins;
pub use crate::target::arm64::imm::*;
use smallvec::SmallVec;

/// One step of making a constant.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// `Movz`, `Movn`, `Movk`, or `Orr` with a logical immediate from the zero register.
    pub ins: Ins,
    /// 16 bits, or for `Orr` the 13 bits of the immediate.
    pub imm: u32,
    /// Halfword that the 16 bits go to.
    pub half: u8,
}

/// The shortest sequence that makes `value`: one `movz`, `movn` or `orr`, else `movz` or `movn` and `movk`s.
pub fn mov_sequence(value: u64, wide: bool) -> SmallVec<[Step; 4]> {
    let halves = if wide { 4 } else { 2 };
    let value = if wide { value } else { value as u32 as u64 };
    let half = |v: u64, i: u8| (v >> (16 * i)) as u32 & 0xFFFF;
    let count = |skip: u32| (0..halves).filter(|&i| half(value, i) != skip).count();
    let (not_zero, not_ones) = (count(0), count(0xFFFF));
    let mut steps = SmallVec::new();
    if not_zero > 1
        && not_ones > 1
        && let Some(imm) = logical(value, wide)
    {
        steps.push(Step {
            ins: Ins::Orr,
            imm,
            half: 0,
        });
        return steps;
    }
    let (skip, first) = if not_ones < not_zero {
        (0xFFFF, Ins::Movn)
    } else {
        (0, Ins::Movz)
    };
    for i in 0..halves {
        let h = half(value, i);
        if h == skip {
            continue;
        }
        let (ins, imm) = if !steps.is_empty() {
            (Ins::Movk, h)
        } else if first == Ins::Movn {
            (first, h ^ 0xFFFF)
        } else {
            (first, h)
        };
        steps.push(Step { ins, imm, half: i });
    }
    if steps.is_empty() {
        steps.push(Step {
            ins: first,
            imm: 0,
            half: 0,
        });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn every_logical_immediate_is_found_again_and_there_are_as_many_as_the_manual_says() {
        for (wide, how_many) in [(true, 5334), (false, 1302)] {
            let mut values = HashMap::new();
            for bits in 0..1 << 13 {
                if let Some(v) = logical_value(bits, wide) {
                    values.insert(v, bits);
                }
            }
            assert_eq!(values.len(), how_many);
            for &v in values.keys() {
                let bits = logical(v, wide).unwrap_or_else(|| panic!("{v:#x} not found"));
                assert_eq!(logical_value(bits, wide), Some(v), "{v:#x} {bits:#x}");
            }
            // Neighbours that are not in the set must be refused.
            for &v in values.keys() {
                for w in [v ^ 1, v.wrapping_add(3), v ^ 0x8000, v << 1 | 5] {
                    let w = if wide { w } else { w as u32 as u64 };
                    assert_eq!(
                        logical(w, wide).is_some(),
                        values.contains_key(&w),
                        "{w:#x}"
                    );
                }
            }
        }
    }

    #[test]
    fn float_immediates_are_the_256_of_the_manual() {
        for imm in 0..256u32 {
            // VFPExpandImm for double precision.
            let (a, b, cdefgh) = (imm >> 7 & 1, imm >> 6 & 1, imm & 0x3F);
            let exponent =
                ((b ^ 1) as u64) << 10 | if b == 1 { 0xFF << 2 } else { 0 } | (cdefgh >> 4) as u64;
            let bits = (a as u64) << 63 | exponent << 52 | ((cdefgh & 15) as u64) << 48;
            assert_eq!(float8(f64::from_bits(bits)), Some(imm), "{imm:#x}");
        }
        for v in [0.0, -0.0, 0.1, 33.0, 1.0 / 16.0, f64::NAN, f64::INFINITY] {
            assert_eq!(float8(v), None, "{v}");
        }
    }

    #[test]
    fn sequences_make_their_constants() {
        let mut all = vec![
            0u64,
            1,
            0xFFFF,
            0x10000,
            u64::MAX,
            1 << 63,
            0x1234_5678_9ABC_DEF0,
        ];
        for i in 0..64 {
            all.extend([
                1u64 << i,
                !(1u64 << i),
                0xABCD_u64 << i,
                !(0x1_2345u64 << i),
            ]);
        }
        for v in all {
            for wide in [true, false] {
                let want = if wide { v } else { v as u32 as u64 };
                let mut got = 0u64;
                for s in mov_sequence(v, wide) {
                    let at = 16 * s.half as u32;
                    got = match s.ins {
                        Ins::Movz => (s.imm as u64) << at,
                        Ins::Movn => !((s.imm as u64) << at),
                        Ins::Movk => got & !(0xFFFF << at) | (s.imm as u64) << at,
                        _ => logical_value(s.imm, wide).unwrap_or(0),
                    };
                }
                let got = if wide { got } else { got as u32 as u64 };
                assert_eq!(got, want);
            }
        }
    }
}
