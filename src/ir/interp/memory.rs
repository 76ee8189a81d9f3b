//! The interpreter's address space: segments of bytes at invented addresses, never the host's memory.
//!
//! Every segment starts at a multiple of 16 and is followed by a gap of at least 64 bytes, so an access that leaves its object
//! is found instead of meeting its neighbour. Addresses only grow: a dead segment's addresses are not given out again.

use super::{Outcome, Value};
use crate::types::VarType;

/// Below this address is null: an access there traps.
pub const NULL_LIMIT: u64 = 64 << 10;
/// First address given out.
const FIRST: u64 = 0x10_0000;
/// Bytes that one segment may have.
const MAX_SEGMENT: u64 = 256 << 20;

struct Segment {
    base: u64,
    bytes: Vec<u8>,
    live: bool,
}

/// All memory of one interpreter.
pub struct Memory {
    segments: Vec<Segment>,
    next: u64,
    live_bytes: u64,
    limit: u64,
}

/// Why an access failed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The address is below 64 KiB.
    Null,
    /// No segment holds the whole access.
    Bad(u64),
}

impl Memory {
    /// An empty address space whose live segments may hold `limit` bytes together.
    pub fn new(limit: u64) -> Memory {
        Memory {
            segments: Vec::new(),
            next: FIRST,
            live_bytes: 0,
            limit,
        }
    }

    /// A zeroed segment of `size` bytes; its address is a multiple of 16 (of 64 for 64 bytes and more).
    ///
    /// # Errors
    /// [`Outcome::Error`] with [`Error::OutOfMemory`](super::Error::OutOfMemory) over the limit.
    pub fn alloc(&mut self, size: u64) -> Result<u64, Outcome> {
        if size > MAX_SEGMENT || self.live_bytes + size > self.limit {
            return Err(Outcome::Error(super::Error::OutOfMemory));
        }
        let align = if size >= 64 { 64 } else { 16 };
        let base = self.next.next_multiple_of(align);
        self.next = base + size + 64;
        self.live_bytes += size;
        self.segments.push(Segment {
            base,
            bytes: vec![0; size as usize],
            live: true,
        });
        Ok(base)
    }

    /// Ends the life of the segment at `base`.
    pub fn free(&mut self, base: u64) {
        let Ok(i) = self.segments.binary_search_by_key(&base, |s| s.base) else {
            return;
        };
        let s = &mut self.segments[i];
        if s.live {
            s.live = false;
            self.live_bytes -= s.bytes.len() as u64;
            s.bytes = Vec::new();
        }
        while self.segments.last().is_some_and(|s| !s.live) {
            self.segments.pop();
        }
    }

    /// The bytes at `address..address + len`.
    pub fn slice(&self, address: u64, len: u64) -> Result<&[u8], Fault> {
        let (i, at) = self.find(address, len)?;
        Ok(&self.segments[i].bytes[at..at + len as usize])
    }

    /// As [`Memory::slice`], to be changed.
    pub fn slice_mut(&mut self, address: u64, len: u64) -> Result<&mut [u8], Fault> {
        let (i, at) = self.find(address, len)?;
        Ok(&mut self.segments[i].bytes[at..at + len as usize])
    }

    fn find(&self, address: u64, len: u64) -> Result<(usize, usize), Fault> {
        if address < NULL_LIMIT {
            return Err(Fault::Null);
        }
        let i = self.segments.partition_point(|s| s.base <= address);
        let Some(i) = i.checked_sub(1) else {
            return Err(Fault::Bad(address));
        };
        let s = &self.segments[i];
        let at = address - s.base;
        let fits = at
            .checked_add(len)
            .is_some_and(|end| end <= s.bytes.len() as u64);
        if s.live && fits {
            Ok((i, at as usize))
        } else {
            Err(Fault::Bad(address))
        }
    }

    /// Copies `len` bytes; the ranges may overlap.
    pub fn copy(&mut self, to: u64, from: u64, len: u64) -> Result<(), Fault> {
        let bytes = self.slice(from, len)?.to_vec();
        self.slice_mut(to, len)?.copy_from_slice(&bytes);
        Ok(())
    }
}

/// The value of type `ty` in `bytes`; small integers are widened to `i32`. `None` for types without a scalar value, or if
/// there are not enough bytes.
pub fn read_value(ty: VarType, bytes: &[u8]) -> Option<Value> {
    let n = ty.size() as usize;
    if ty.is_vector() && n <= 64 {
        let mut lanes = [0; 64];
        lanes[..n].copy_from_slice(bytes.get(..n)?);
        return Some(Value::Vector(ty, lanes));
    }
    if n == 0 || n > 8 || bytes.len() < n {
        return None;
    }
    let mut word = [0; 8];
    word[..n].copy_from_slice(&bytes[..n]);
    let w = u64::from_le_bytes(word);
    Some(match ty {
        VarType::I8 => Value::I32(w as i8 as i32),
        VarType::U8 => Value::I32(w as u8 as i32),
        VarType::I16 => Value::I32(w as i16 as i32),
        VarType::U16 => Value::I32(w as u16 as i32),
        VarType::I32 => Value::I32(w as i32),
        VarType::I64 => Value::I64(w as i64),
        VarType::F32 => Value::F32(f32::from_bits(w as u32)),
        VarType::F64 => Value::F64(f64::from_bits(w)),
        VarType::Ref => Value::Ref(w),
        VarType::Byref => Value::Byref(w),
        _ => return None,
    })
}

/// Writes `value` as type `ty` into `bytes`. `false`, if the value is none of that type or there is no room.
pub fn write_value(ty: VarType, value: &Value, bytes: &mut [u8]) -> bool {
    let n = ty.size() as usize;
    if let Value::Vector(of, lanes) = value {
        let fits = *of == ty && n <= lanes.len() && bytes.len() >= n;
        if fits {
            bytes[..n].copy_from_slice(&lanes[..n]);
        }
        return fits;
    }
    let Some(bits) = value.bits() else {
        return false;
    };
    if n == 0 || n > 8 || bytes.len() < n {
        return false;
    }
    bytes[..n].copy_from_slice(&bits.to_le_bytes()[..n]);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accesses_stay_inside_their_segment() {
        let mut m = Memory::new(1 << 20);
        let a = m.alloc(16).unwrap();
        let b = m.alloc(100).unwrap();
        assert!(b >= a + 16 + 64 - 48 && b.is_multiple_of(64));
        m.slice_mut(a + 8, 8).unwrap().fill(7);
        assert_eq!(m.slice(a, 16).unwrap()[7..9], [0, 7]);
        assert_eq!(m.slice(a + 9, 8), Err(Fault::Bad(a + 9)));
        assert_eq!(m.slice(a - 1, 1), Err(Fault::Bad(a - 1)));
        assert_eq!(m.slice(u64::MAX, 8), Err(Fault::Bad(u64::MAX)));
        assert_eq!(m.slice(NULL_LIMIT - 1, 1), Err(Fault::Null));
        m.free(a);
        assert_eq!(m.slice(a, 1), Err(Fault::Bad(a)));
        m.copy(b + 1, b, 99).unwrap();
        assert!(m.alloc(1 << 20).is_err(), "over the limit");
    }

    #[test]
    fn scalars_widen_and_narrow() {
        let mut bytes = [0; 8];
        assert!(write_value(VarType::I8, &Value::I32(0x1ff), &mut bytes));
        assert_eq!(read_value(VarType::I8, &bytes), Some(Value::I32(-1)));
        assert_eq!(read_value(VarType::U8, &bytes), Some(Value::I32(255)));
        assert_eq!(read_value(VarType::I16, &bytes), Some(Value::I32(255)));
        assert!(!write_value(VarType::Struct, &Value::I32(0), &mut bytes));
    }
}
