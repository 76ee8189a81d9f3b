//! Typed `u32` indices and vectors indexed by them.
//!
//! Everything dense in Tatsu (nodes, blocks, locals, intervals, groups) is a vector named by a `u32` newtype. The value
//! `u32::MAX` is spare and means "none", so an optional id stays four bytes and needs no `Option`.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense index: a `u32` newtype made by [`define_index!`](crate::define_index).
pub trait Idx: Copy + Eq {
    /// The index as a position in a vector.
    fn index(self) -> usize;
    /// The typed index of position `i`; `i` must be below `u32::MAX`.
    fn from_index(i: usize) -> Self;
}

/// Defines `u32` index newtypes with a spare `NONE` value and a text prefix for `Display`.
#[macro_export]
macro_rules! define_index {
    ($($(#[$m:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$m])*
        #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(pub u32);
        impl $name {
            /// The spare value that means "none".
            pub const NONE: Self = Self(u32::MAX);
            /// Is this the spare value?
            #[inline]
            pub const fn is_none(self) -> bool { self.0 == u32::MAX }
            /// Is this not the spare value?
            #[inline]
            pub const fn is_some(self) -> bool { self.0 != u32::MAX }
        }
        impl Default for $name {
            fn default() -> Self { Self::NONE }
        }
        impl $crate::util::Idx for $name {
            #[inline]
            fn index(self) -> usize { self.0 as usize }
            #[inline]
            fn from_index(i: usize) -> Self {
                debug_assert!(i < u32::MAX as usize);
                Self(i as u32)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                if self.is_none() { f.write_str("none") } else { write!(f, concat!($prefix, "{}"), self.0) }
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { std::fmt::Display::fmt(self, f) }
        }
    )*};
}

/// A vector indexed by one index type.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexVec<I, T> {
    items: Vec<T>,
    marker: PhantomData<fn(I)>,
}

impl<I, T> Default for IndexVec<I, T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            marker: PhantomData,
        }
    }
}

impl<I: Idx, T> IndexVec<I, T> {
    /// An empty vector.
    pub const fn new() -> Self {
        Self {
            items: Vec::new(),
            marker: PhantomData,
        }
    }
    /// Appends `item` and returns its index.
    #[inline]
    pub fn push(&mut self, item: T) -> I {
        let id = I::from_index(self.items.len());
        self.items.push(item);
        id
    }
    /// The index the next `push` will return.
    #[inline]
    pub fn next_id(&self) -> I {
        I::from_index(self.items.len())
    }
    /// Number of items.
    #[inline]
    pub fn len(&self) -> usize {
        self.items.len()
    }
    /// No items?
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
    /// Removes all items and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.items.clear();
    }
    /// The item, or `None` out of range.
    #[inline]
    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.items.get_mut(id.index())
    }
    /// The element, if there is one.
    #[inline]
    pub fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index())
    }
    /// All indices in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.items.len()).map(I::from_index)
    }
    /// All items in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }
    /// All items in order, mutable.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }
    /// Indices and items in order.
    pub fn iter_enumerated(&self) -> impl DoubleEndedIterator<Item = (I, &T)> {
        self.items
            .iter()
            .enumerate()
            .map(|(i, t)| (I::from_index(i), t))
    }
    /// The items as a slice.
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }
    /// The underlying vector, for bulk operations.
    pub fn raw(&mut self) -> &mut Vec<T> {
        &mut self.items
    }
    /// Bytes held, whether used or not.
    pub fn capacity_bytes(&self) -> usize {
        self.items.capacity() * size_of::<T>()
    }
}

impl<I: Idx, T: Clone> IndexVec<I, T> {
    /// Grows or shrinks to `n` items, filling with `fill`.
    pub fn resize(&mut self, n: usize, fill: T) {
        self.items.resize(n, fill);
    }
    /// Makes this a copy of `other`, reusing memory.
    pub fn copy_from(&mut self, other: &Self)
    where
        T: Copy,
    {
        self.items.clear();
        self.items.extend_from_slice(&other.items);
    }
}

impl<I: Idx, T> Index<I> for IndexVec<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I: Idx, T> IndexMut<I> for IndexVec<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }
}

impl<I, T: std::fmt::Debug> std::fmt::Debug for IndexVec<I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.items.fmt(f)
    }
}
