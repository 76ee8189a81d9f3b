//! Phases, options, errors and dumps; the one choice of target.

pub mod method_set;
pub mod options;
