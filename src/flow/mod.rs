//! Analyses over the IR: order, liveness, block layout.

pub mod block_layout;
pub mod liveness;
pub mod rpo;

pub use block_layout::{LayoutScratch, layout_all_blocks, layout_blocks};
pub use liveness::Liveness;
pub use rpo::FlowGraph;
