//! A pool of compilation contexts.
//!
//! Compilations run on several threads, may nest on one, and threads come and go; so a context belongs to a compilation,
//! not to a thread. The lock is held for a push or a pop, never while anything else happens. A context whose compilation
//! panicked is dropped: its state is unknown.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Contexts at rest.
pub(super) struct Pool<T> {
    idle: Mutex<Vec<Box<T>>>,
}

/// A context in use; goes back when dropped.
pub(super) struct Lease<'a, T> {
    pool: &'a Pool<T>,
    context: Option<Box<T>>,
}

impl<T: Default> Pool<T> {
    /// An empty pool.
    pub(super) const fn new() -> Pool<T> {
        Pool {
            idle: Mutex::new(Vec::new()),
        }
    }

    /// A context: one at rest, or a new one.
    pub(super) fn take(&self) -> Lease<'_, T> {
        let idle = self.idle().pop();
        Lease {
            pool: self,
            context: Some(idle.unwrap_or_default()),
        }
    }
}

impl<T> Pool<T> {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Box<T>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Lease<'_, T> {
    fn drop(&mut self) {
        if let Some(context) = self.context.take()
            && !std::thread::panicking()
        {
            self.pool.idle().push(context);
        }
    }
}

impl<T> Deref for Lease<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // Only `drop` takes it out.
        self.context
            .as_deref()
            .expect("a lease in use has its context")
    }
}

impl<T> DerefMut for Lease<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.context
            .as_deref_mut()
            .expect("a lease in use has its context")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_come_back_but_not_from_a_panic() {
        static POOL: Pool<Vec<u32>> = Pool::new();
        {
            let mut outer = POOL.take();
            let mut inner = POOL.take();
            outer.push(1);
            inner.push(2);
        }
        assert_eq!(POOL.idle().len(), 2);
        let caught = std::panic::catch_unwind(|| {
            let mut lease = POOL.take();
            lease.push(3);
            std::panic::resume_unwind(Box::new(())); // without the hook's text
        });
        assert!(caught.is_err());
        assert_eq!(POOL.idle().len(), 1);
        assert!(!POOL.take().contains(&3));
    }
}
