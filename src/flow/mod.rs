//! Analyses over the IR: order, dominators, loops, liveness, block layout.
