//! arm64 code generation.
