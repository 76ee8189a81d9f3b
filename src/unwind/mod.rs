//! Prolog operations to unwind data, and a simulator that checks it.
