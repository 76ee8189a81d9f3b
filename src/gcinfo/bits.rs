//! Bit streams: single bits, fixed-width fields and the two variable-length number forms of GC info.
//!
//! Bit *k* of a stream is bit (*k* mod 8) of byte *k* / 8; a field's lowest bit comes first.
//!
//! ```text
//!  U(B), unsigned:  groups of B+1 bits, lowest group first:   │ B data bits │ more │ B data bits │ 0 │
//!  S(B), signed:    the same groups, two's complement; the reader sign-extends from the top data bit of the last group
//! ```
//!
//! Zero takes one group in either form.

use std::fmt;

/// Appends bits to a byte vector.
///
/// The writer holds up to 64 bits back; [`BitWriter::flush_into`] hands all of them over, padded with zero bits to a byte.
#[derive(Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    /// Number of valid bits in `pending`, always below 64.
    pending_len: u32,
}

impl BitWriter {
    /// An empty stream.
    pub fn new() -> BitWriter {
        BitWriter::default()
    }

    /// Empties the stream, keeping its memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.pending = 0;
        self.pending_len = 0;
    }

    /// Bits written so far.
    pub fn bit_len(&self) -> usize {
        self.bytes.len() * 8 + self.pending_len as usize
    }

    /// Appends the low `width` (≤ 64) bits of `value`.
    #[inline]
    pub fn write(&mut self, value: u64, width: u32) {
        debug_assert!(width <= 64);
        if width == 0 {
            return;
        }
        let value = if width == 64 {
            value
        } else {
            value & ((1 << width) - 1)
        };
        self.pending |= value << self.pending_len;
        let total = self.pending_len + width;
        if total < 64 {
            self.pending_len = total;
            return;
        }
        self.bytes.extend_from_slice(&self.pending.to_le_bytes());
        let taken = 64 - self.pending_len;
        self.pending = if taken == 64 { 0 } else { value >> taken };
        self.pending_len = total - 64;
    }

    /// Appends one bit.
    #[inline]
    pub fn write_bit(&mut self, bit: bool) {
        self.write(u64::from(bit), 1);
    }

    /// Appends `value` in the unsigned form U(`base`).
    #[inline]
    pub fn write_unsigned(&mut self, mut value: u64, base: u32) {
        loop {
            let rest = value >> base;
            let group = value & ((1 << base) - 1);
            self.write(group | u64::from(rest != 0) << base, base + 1);
            if rest == 0 {
                return;
            }
            value = rest;
        }
    }

    /// Appends `value` in the signed form S(`base`).
    #[inline]
    pub fn write_signed(&mut self, mut value: i64, base: u32) {
        loop {
            let group = value as u64 & ((1 << base) - 1);
            // The last group is the first whose remaining value fits `base` bits as a signed number.
            let limit = 1i64 << (base - 1);
            let last = -limit <= value && value < limit;
            self.write(group | u64::from(!last) << base, base + 1);
            if last {
                return;
            }
            value >>= base;
        }
    }

    /// Appends all bits to `out`, padded to a whole byte, and empties the stream.
    pub fn flush_into(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes);
        let rest = self.pending_len.div_ceil(8) as usize;
        out.extend_from_slice(&self.pending.to_le_bytes()[..rest]);
        self.clear();
    }
}

/// The number of bits U(`base`) takes for `value`.
pub fn unsigned_len(value: u64, base: u32) -> u32 {
    let significant = u64::BITS - value.leading_zeros();
    significant.div_ceil(base).max(1) * (base + 1)
}

/// A read beyond the end of a stream, or a number that does not fit 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitError {
    /// The stream ended at this bit.
    EndOfStream(usize),
    /// The variable-length number that starts at this bit is out of range.
    NumberTooLong(usize),
}

impl fmt::Display for BitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BitError::EndOfStream(at) => write!(f, "bit stream ends at bit {at}"),
            BitError::NumberTooLong(at) => {
                write!(f, "variable-length number at bit {at} exceeds 32 bits")
            }
        }
    }
}

impl std::error::Error for BitError {}

/// Reads bits from a byte slice.
#[derive(Clone, Debug)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> BitReader<'a> {
    /// A reader at bit 0 of `bytes`.
    pub fn new(bytes: &'a [u8]) -> BitReader<'a> {
        BitReader { bytes, position: 0 }
    }

    /// The next bit to be read.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Continues reading at bit `position`.
    pub fn seek(&mut self, position: usize) {
        self.position = position;
    }

    /// Skips to the next byte boundary and returns whether all skipped bits were zero.
    pub fn skip_padding(&mut self) -> Result<bool, BitError> {
        let rest = (8 - self.position % 8) % 8;
        Ok(self.read(rest as u32)? == 0)
    }

    /// Reads one bit.
    pub fn read_bit(&mut self) -> Result<bool, BitError> {
        let byte = self
            .bytes
            .get(self.position / 8)
            .ok_or(BitError::EndOfStream(self.position))?;
        let bit = byte >> (self.position % 8) & 1;
        self.position += 1;
        Ok(bit != 0)
    }

    /// Reads a field of `width` (≤ 64) bits.
    pub fn read(&mut self, width: u32) -> Result<u64, BitError> {
        let mut value = 0;
        for k in 0..width {
            value |= u64::from(self.read_bit()?) << k;
        }
        Ok(value)
    }

    /// Reads an unsigned number of the form U(`base`), which has to fit 32 bits.
    pub fn read_unsigned(&mut self, base: u32) -> Result<u32, BitError> {
        let start = self.position;
        let mut value = 0u64;
        let mut shift = 0;
        loop {
            let group = self.read(base)?;
            if shift < 64 {
                value |= group << shift;
            }
            shift += base;
            if !self.read_bit()? {
                return u32::try_from(value).map_err(|_| BitError::NumberTooLong(start));
            }
            if shift > 40 {
                return Err(BitError::NumberTooLong(start));
            }
        }
    }

    /// Reads a signed number of the form S(`base`), which has to fit 32 bits.
    pub fn read_signed(&mut self, base: u32) -> Result<i32, BitError> {
        let start = self.position;
        let mut value = 0u64;
        let mut shift = 0;
        loop {
            value |= self.read(base)? << shift;
            shift += base;
            if !self.read_bit()? {
                let unused = u64::BITS - shift;
                let extended = (value << unused) as i64 >> unused;
                return i32::try_from(extended).map_err(|_| BitError::NumberTooLong(start));
            }
            if shift > 40 {
                return Err(BitError::NumberTooLong(start));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes_of(fill: impl FnOnce(&mut BitWriter)) -> Vec<u8> {
        let mut writer = BitWriter::new();
        fill(&mut writer);
        let mut out = Vec::new();
        writer.flush_into(&mut out);
        out
    }

    #[test]
    fn lowest_bit_comes_first() {
        let bytes = bytes_of(|w| {
            w.write(0b1, 1);
            w.write(0b101, 3);
            w.write(0x1FF, 9);
        });
        assert_eq!(bytes, [0b1111_1011, 0b1_1111]);
    }

    #[test]
    fn signed_numbers_stop_at_the_first_group_that_fits() {
        // With base 6, 31 is one group of seven bits and 32 needs two.
        let mut writer = BitWriter::new();
        writer.write_signed(31, 6);
        assert_eq!(writer.bit_len(), 7);
        writer.write_signed(32, 6);
        assert_eq!(writer.bit_len(), 21);
        writer.write_signed(-32, 6);
        assert_eq!(writer.bit_len(), 28);
        writer.write_signed(-33, 6);
        assert_eq!(writer.bit_len(), 42);
    }

    #[test]
    fn reading_past_the_end_is_an_error() {
        let mut reader = BitReader::new(&[0xFF]);
        assert_eq!(reader.read(9), Err(BitError::EndOfStream(8)));
        assert_eq!(
            BitReader::new(&[0xFF; 40]).read_unsigned(3),
            Err(BitError::NumberTooLong(0))
        );
    }

    proptest! {
        #[test]
        fn round_trip(fields in prop::collection::vec((any::<u64>(), 0u32..=64, any::<u32>(), any::<i32>(), 1u32..=8), 0..40)) {
            let mut expected_bits = 0usize;
            let bytes = bytes_of(|w| {
                for &(value, width, unsigned, signed, base) in &fields {
                    w.write(value, width);
                    w.write_unsigned(u64::from(unsigned), base);
                    expected_bits += width as usize + unsigned_len(u64::from(unsigned), base) as usize;
                    assert_eq!(w.bit_len(), expected_bits);
                    let before = w.bit_len();
                    w.write_signed(i64::from(signed), base + 1);
                    expected_bits += w.bit_len() - before;
                }
            });
            let mut reader = BitReader::new(&bytes);
            for &(value, width, unsigned, signed, base) in &fields {
                let mask = if width == 64 { u64::MAX } else { (1 << width) - 1 };
                prop_assert_eq!(reader.read(width), Ok(value & mask));
                prop_assert_eq!(reader.read_unsigned(base), Ok(unsigned));
                prop_assert_eq!(reader.read_signed(base + 1), Ok(signed));
            }
            prop_assert!(reader.skip_padding().unwrap());
            prop_assert_eq!(reader.position(), bytes.len() * 8);
        }
    }
}
