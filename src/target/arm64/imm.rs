//! Which immediates arm64 instructions can take, and in what encoding.
//!
//! A *logical* immediate is a run of ones, rotated, in an element of 2, 4, ... 64 bits that is repeated over the register
//! (Arm ARM, DecodeBitMasks). An *arithmetic* one is 12 bits, optionally shifted by 12.

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
