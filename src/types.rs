//! The few types every layer shares.
