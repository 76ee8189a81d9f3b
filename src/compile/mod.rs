//! Phases, options, errors and dumps; the one choice of target.
