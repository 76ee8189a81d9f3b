//! Holding bytes against an independent decoder.
