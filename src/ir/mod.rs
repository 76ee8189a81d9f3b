//! The platform-neutral linear IR.
