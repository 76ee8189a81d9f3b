//! Nodes to demands: the only part of allocation that knows machines.

use super::demand::NodeDemand;
use crate::ir::{Body, NodeId};
use crate::target::{Target, TargetDesc};

/// What demands are read from.
pub struct BuildCx<'a> {
    /// The lowered body.
    pub body: &'a Body,
    /// Facts of the machine.
    pub desc: &'static TargetDesc,
    /// Conventions of the runtime (where catch arguments arrive, ...).
    pub abi: &'a crate::target::RuntimeAbi,
}

/// Per-machine demands. `demand` is clear on entry. Contained nodes are never asked.
pub trait Build: Target {
    /// Describes what node `n` demands.
    fn build_node(cx: &BuildCx<'_>, n: NodeId, demand: &mut NodeDemand);
}
