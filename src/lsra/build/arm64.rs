//! Demands of arm64 nodes.
