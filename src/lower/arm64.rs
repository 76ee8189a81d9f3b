//! Lowering for arm64.
