//! The host with hand-assembled code.
