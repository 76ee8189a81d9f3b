//! IL to IR.
