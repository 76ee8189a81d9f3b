//! Linear-scan register allocation.
//!
//! **Before:** lowered nodes. Every operand that is not contained needs a register, except where its demand says the register
//! is optional. **After:** every node has its registers in [`Allocation::regs`], and the moves, spills and reloads that the
//! allocation needs stand in [`Allocation::moves`] in code order. Code generation never decides where a value is.
//!
//! # Order of events in a node
//!
//! ```text
//!   moves Before n │ uses read │ (delay-free uses still held) │ kills │ temps, defs written │ moves After n
//! ```
//!
//! A use that is not delay-free may share its register with a definition or temporary of the same node. A kill destroys what is
//! in its registers after the uses are read and before definitions are written, so a definition may be in a killed register.
//!
//! One description of demands, two consumers: [`build`] turns a lowered node into a [`NodeDemand`]; FullOpts records demands as
//! `RefPosition`s, MinOpts feeds them to a greedy assigner in its fused walk.

pub mod build;
pub mod demand;
pub mod location;

pub use demand::{Def, NodeDemand, Temp, Use, UseFlags};
pub use location::{AllocMove, Allocation, GcChange, GcEvent, Loc, LocRef, NodeRegs, When};
