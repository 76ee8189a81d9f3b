//! The GC-info encoder and decoder.
