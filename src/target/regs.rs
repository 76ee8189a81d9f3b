//! Register numbers and sets.
//!
//! A [`RegNum`] names a register of either file in one space: integer registers are 0..=31 by their machine encoding, vector
//! registers 32..=63 by their encoding plus 32. x64's opmask registers take 16..=23, which its integer file leaves free.
//! [`RegMask`] is a set of them. It is a type of its own because this space will pass 64 (x64 APX, arm64 SVE predicates).

/// A machine register in the unified numbering; [`RegNum::NONE`] is none.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct RegNum(pub u8);

/// First vector register in the unified numbering.
pub const FLOAT_BASE: u8 = 32;

/// The register files that values live in.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum RegFile {
    /// Integers, addresses and references.
    Int,
    /// Floating point and vectors.
    Float,
    /// Predicates.
    Mask,
}

impl RegNum {
    /// No register.
    pub const NONE: RegNum = RegNum(0xFF);

    /// The integer register with machine encoding `n`.
    pub const fn int(n: u8) -> RegNum {
        RegNum(n)
    }
    /// The vector register with machine encoding `n`.
    pub const fn float(n: u8) -> RegNum {
        RegNum(FLOAT_BASE + n)
    }
    /// Is this [`RegNum::NONE`]?
    #[inline]
    pub const fn is_none(self) -> bool {
        self.0 == 0xFF
    }
    /// Is this a register?
    #[inline]
    pub const fn is_some(self) -> bool {
        self.0 != 0xFF
    }
    /// A vector register?
    #[inline]
    pub const fn is_float(self) -> bool {
        self.0 >= FLOAT_BASE && self.0 < 64
    }
    /// The machine encoding within its file (0..=31).
    #[inline]
    pub const fn hw(self) -> u8 {
        self.0 & 31
    }
    /// The register `k` behind this one in its file of 32; behind the last comes the first.
    #[inline]
    pub const fn after(self, k: u8) -> RegNum {
        RegNum(self.0 & !31 | (self.0 + k) & 31)
    }
    /// The set with just this register.
    #[inline]
    pub const fn mask(self) -> RegMask {
        RegMask(1 << (self.0 & 63))
    }
    /// The set with just this register, or the empty one.
    #[inline]
    pub const fn mask_or_empty(self) -> RegMask {
        RegMask((self.is_some() as u64) << (self.0 & 63))
    }
}

impl Default for RegNum {
    fn default() -> Self {
        RegNum::NONE
    }
}

impl std::fmt::Debug for RegNum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_none() {
            f.write_str("-")
        } else if self.is_float() {
            write!(f, "f{}", self.hw())
        } else {
            write!(f, "r{}", self.0)
        }
    }
}

/// A set of registers.
#[derive(Copy, Clone, PartialEq, Eq, Default, Hash)]
#[repr(transparent)]
pub struct RegMask(pub u64);

impl RegMask {
    /// No register.
    pub const EMPTY: RegMask = RegMask(0);
    /// Every integer register.
    pub const ALL_INT: RegMask = RegMask(0xFFFF_FFFF);
    /// Every vector register.
    pub const ALL_FLOAT: RegMask = RegMask(0xFFFF_FFFF_0000_0000);

    /// The set of the given registers.
    pub const fn of(regs: &[RegNum]) -> RegMask {
        let mut m = 0u64;
        let mut i = 0;
        while i < regs.len() {
            m |= 1 << regs[i].0;
            i += 1;
        }
        RegMask(m)
    }
    /// No members?
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// Is `r` a member?
    #[inline]
    pub const fn contains(self, r: RegNum) -> bool {
        r.is_some() && self.0 >> (r.0 & 63) & 1 != 0
    }
    /// Adds `r`.
    #[inline]
    pub fn insert(&mut self, r: RegNum) {
        self.0 |= 1 << (r.0 & 63);
    }
    /// Takes `r` out.
    #[inline]
    pub fn remove(&mut self, r: RegNum) {
        self.0 &= !(1 << (r.0 & 63));
    }
    /// Members of either.
    #[inline]
    pub const fn union(self, o: RegMask) -> RegMask {
        RegMask(self.0 | o.0)
    }
    /// Members of both.
    #[inline]
    pub const fn inter(self, o: RegMask) -> RegMask {
        RegMask(self.0 & o.0)
    }
    /// Members of this one only.
    #[inline]
    pub const fn minus(self, o: RegMask) -> RegMask {
        RegMask(self.0 & !o.0)
    }
    /// The registers that have a member `k` behind them in their file of 32. `wraps`: behind the last comes the first.
    pub const fn before(self, k: u32, wraps: bool) -> RegMask {
        let (int, float) = (self.0 as u32, (self.0 >> 32) as u32);
        let (int, float) = if wraps {
            (int.rotate_right(k), float.rotate_right(k))
        } else {
            (int >> k, float >> k)
        };
        RegMask(int as u64 | (float as u64) << 32)
    }
    /// Number of members.
    #[inline]
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }
    /// The lowest-numbered member, or none.
    #[inline]
    pub const fn first(self) -> RegNum {
        if self.0 == 0 {
            RegNum::NONE
        } else {
            RegNum(self.0.trailing_zeros() as u8)
        }
    }
    /// Exactly one member?
    #[inline]
    pub const fn is_single(self) -> bool {
        self.0 != 0 && self.0 & (self.0 - 1) == 0
    }
    /// Members in ascending order.
    pub fn iter(self) -> impl Iterator<Item = RegNum> {
        let mut m = self.0;
        std::iter::from_fn(move || {
            if m == 0 {
                return None;
            }
            let r = RegNum(m.trailing_zeros() as u8);
            m &= m - 1;
            Some(r)
        })
    }
}

impl std::ops::BitOr for RegMask {
    type Output = RegMask;
    #[inline]
    fn bitor(self, o: RegMask) -> RegMask {
        self.union(o)
    }
}
impl std::ops::BitAnd for RegMask {
    type Output = RegMask;
    #[inline]
    fn bitand(self, o: RegMask) -> RegMask {
        self.inter(o)
    }
}
impl std::ops::Sub for RegMask {
    type Output = RegMask;
    #[inline]
    fn sub(self, o: RegMask) -> RegMask {
        self.minus(o)
    }
}
impl std::ops::BitOrAssign for RegMask {
    #[inline]
    fn bitor_assign(&mut self, o: RegMask) {
        self.0 |= o.0;
    }
}

impl std::fmt::Debug for RegMask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
