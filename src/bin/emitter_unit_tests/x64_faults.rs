//! Known faults of the programs that the table is held against, and instructions of their lists that it leaves out: one by one.

use super::driver::KnownFault;

/// Faults, with evidence.
#[rustfmt::skip]
pub const KNOWN_FAULTS: &[KnownFault] = &[
];

/// Names in the decoder's list, and why the table has no row for them.
#[rustfmt::skip]
pub const LEFT_OUT: &[(&str, &str)] = &[
];
