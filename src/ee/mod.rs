//! What the compiler may ask of a runtime.
