//! Which immediates the machine can take, and in what encoding.
//!
//! A *logical* immediate is a run of ones, rotated, in an element of 2, 4, ... 64 bits that is repeated over the register
//! (Arm ARM, DecodeBitMasks). An *arithmetic* one is 12 bits, optionally shifted by 12. Any other constant is made by
//! [`mov_sequence`].

use super::table::Ins;
use smallvec::SmallVec;

/// The 13 bits N:immr:imms of a logical immediate, or none. For `wide` false only the low 32 bits count.
pub fn logical(value: u64, wide: bool) -> Option<u32> {
    let v = if wide {
        value
    } else {
        let low = value as u32 as u64;
        low | low << 32
    };
    if v == 0 || v == u64::MAX {
        return None;
    }
    // The smallest element of which the value is a repetition.
    let mut size = 64;
    while size > 2 {
        let half = size / 2;
        let mask = (1u64 << half) - 1;
        if v & mask != v >> half & mask {
            break;
        }
        size = half;
    }
    let mask = u64::MAX >> (64 - size);
    let e = v & mask;
    // Rotated so that the run begins at bit 0: the run's start is the first one above a zero.
    let start = if e & 1 == 0 {
        e.trailing_zeros()
    } else {
        // The run passes over the top: it starts above the highest zero.
        let zeros = !e & mask;
        (64 - zeros.leading_zeros()) % size
    };
    let run = match start {
        0 => e,
        _ => (e >> start | e << (size - start)) & mask,
    };
    if run & run.wrapping_add(1) != 0 {
        return None;
    }
    let ones = run.count_ones();
    let immr = (size - start) % size;
    let n = (size == 64) as u32;
    // The upper bits of imms tell the element's size: a zero below as many ones.
    let imms = (!(size * 2 - 1) & 0x3F) | (ones - 1);
    Some(n << 12 | immr << 6 | imms)
}

/// The value of a logical immediate's 13 bits; none for the reserved combinations.
pub fn logical_value(bits: u32, wide: bool) -> Option<u64> {
    let (n, immr, imms) = (bits >> 12 & 1, bits >> 6 & 0x3F, bits & 0x3F);
    let key = n << 6 | (!imms & 0x3F);
    if key < 2 || (!wide && n != 0) {
        return None;
    }
    let size = 1u32 << key.ilog2();
    let ones = (imms & (size - 1)) + 1;
    if ones == size {
        return None;
    }
    let rotate = immr & (size - 1);
    let mask = u64::MAX >> (64 - size);
    let run = (1u64 << ones) - 1;
    let mut e = (run >> rotate | run << ((size - rotate) & 63)) & mask;
    if rotate == 0 {
        e = run;
    }
    let mut at = size;
    while at < 64 {
        e |= e << at;
        at *= 2;
    }
    Some(if wide { e } else { e as u32 as u64 })
}

/// The field of an `add`/`sub` immediate: 12 bits and the shift bit above them. Not for negative values.
pub fn add_sub(value: u64) -> Option<u32> {
    if value < 1 << 12 {
        Some(value as u32)
    } else if value < 1 << 24 && value & 0xFFF == 0 {
        Some((value >> 12) as u32 | 1 << 12)
    } else {
        None
    }
}

/// Can `add` or `sub` take this value, the other of the two standing in for negative ones? The width matters for negation only.
pub fn add_sub_either(value: i64) -> bool {
    add_sub(value.unsigned_abs()).is_some()
}

/// The 8 bits of an `fmov` immediate (sign, three bits of exponent, four of fraction), or none.
pub fn float8(value: f64) -> Option<u32> {
    let bits = value.to_bits();
    if bits & 0x0000_FFFF_FFFF_FFFF != 0 {
        return None;
    }
    let exponent = (bits >> 52 & 0x7FF) as i32 - 1023;
    if !(-3..=4).contains(&exponent) {
        return None;
    }
    let sign = (bits >> 63) as u32;
    let top = (exponent <= 0) as u32;
    let low = ((exponent + 3) & 3) as u32;
    // NOT(b):bbbbbbbb:cd, so exponents -3..0 have b = 1 and 1..4 have b = 0.
    Some(sign << 7 | top << 6 | low << 4 | (bits >> 48 & 15) as u32)
}

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
