//! The embedded host: code heap, stubs and native runs of text methods.
