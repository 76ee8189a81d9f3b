//! Memory of very large methods: vectors that grow by a quarter, and vectors that give their memory back.
//!
//! A context keeps the memory of its tables from method to method, so in steady state a compile asks for none. Tables of a method of
//! a hundred thousand nodes are another matter: there what one phase has left behind, and the half of a doubled vector that nobody
//! uses, is most of the peak. Such tables are told by their size, and the few heap calls that they cost are nothing beside the
//! method's own work.

use super::Idx;
use super::IndexVec;

/// A table of more bytes than this is not kept when its phase is over: methods of ten thousand operations have smaller ones.
pub const LARGE: usize = 2 << 20;

/// What is left of it, so that the next method, which is hardly as large, finds room.
const KEPT: usize = 128 << 10;

/// From this size on a vector grows by a quarter.
const GENTLE: usize = 256 << 10;

/// Empties `v`; gives most of its memory back if that is large.
pub fn release<T>(v: &mut Vec<T>) {
    v.clear();
    if v.capacity() * size_of::<T>() > LARGE {
        v.shrink_to(KEPT / size_of::<T>());
    }
}

/// `done` of the `all` parts of something large have been seen, and `v` is what they became: from the sixteenth part on it has about the
/// room that it will take if the rest is like those.
#[cold]
pub fn foresee<T>(v: &mut Vec<T>, done: usize, all: usize) {
    if done < all.div_ceil(16) {
        return;
    }
    let rest = v.len() as u64 * all.saturating_sub(done) as u64 / done as u64;
    let rest = rest as usize;
    // What is nearly right stays, or each part would move the vector.
    if v.capacity() - v.len() < rest - rest / 8 {
        v.reserve_exact(rest + rest / 32);
    }
}

/// Appends `x`; a large vector grows by a quarter and not to the double.
#[inline(always)]
pub fn push_gently<T>(v: &mut Vec<T>, x: T) {
    if v.len() == v.capacity() {
        make_room(v);
    }
    v.push(x);
}

#[cold]
#[inline(never)]
fn make_room<T>(v: &mut Vec<T>) {
    if v.len() * size_of::<T>() < GENTLE {
        v.reserve(1);
    } else {
        v.reserve_exact(v.len() / 4);
    }
}

impl<I: Idx, T> IndexVec<I, T> {
    /// [`release`].
    pub fn release(&mut self) {
        release(self.raw());
    }

    /// [`push_gently`].
    #[inline(always)]
    pub fn push_gently(&mut self, x: T) -> I {
        let id = self.next_id();
        push_gently(self.raw(), x);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_foreseen_is_asked_for_once() {
        let mut v: Vec<u64> = Vec::new();
        let mut capacities = Vec::new();
        for done in 1..=1000 {
            v.extend(vec![7; 90 + done % 20]);
            foresee(&mut v, done, 1000);
            if done >= 63 {
                capacities.push(v.capacity());
            }
        }
        capacities.dedup();
        assert!(capacities.len() == 1, "{capacities:?}");
        assert!(v.capacity() < v.len() + v.len() / 16);
    }

    #[test]
    fn large_vectors_grow_by_a_quarter_and_are_given_back() {
        let mut v: Vec<u64> = Vec::new();
        let mut most = 0.0f64;
        for x in 0..1_000_000 {
            push_gently(&mut v, x);
            if v.len() * 8 > 2 * GENTLE {
                most = most.max(v.capacity() as f64 / v.len() as f64);
            }
        }
        assert!(most <= 1.26, "{most}");
        assert!(v.iter().zip(0..).all(|(&x, i)| x == i));
        release(&mut v);
        let kept = v.capacity();
        assert!(v.is_empty() && kept * 8 == KEPT);
        v.push(1);
        release(&mut v);
        assert!(v.is_empty() && v.capacity() == kept);
    }
}
