//! The embedded host: code heap, stubs and native runs of text methods.

pub mod code_heap;
pub mod exceptions;
pub mod helpers;
pub mod methods;
pub mod objects;
pub mod stubs;
pub mod unwinder;
