//! Neutral nodes to nodes that this machine can do.
