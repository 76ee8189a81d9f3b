//! Tatsu: a compiler back end in the manner of .NET's RyuJIT.
//!
//! ```text
//!  IL bytes ──import──┐                          ┌─ MinOpts: one fused walk per block: lower, assign, generate ─┐
//!  IR text ───parse───┼─► ir::Method ──copy──► context                                                          ├─► InsGroups ─finish─► Code
//!  builder API ───────┘   (immutable)            └─ FullOpts: fold ─► lower ─► lsra ─► codegen ─────────────────┘   of InstrDescs
//! ```
//!
//! Layers, dependencies pointing down only (a test holds the `use crate::` lines against this list):
//!
//! ```text
//!   jitinterface   host   bin               shells
//!   compile                                 phases, options, errors, dumps; the one `match` on Arch
//!   codegen                  import         the bridge | the front door
//!   lsra                                    ┐
//!   lower                                   │
//!   opt                                     │ ir side        emit  unwind  gcinfo  debuginfo
//!   flow                                    │                machine side: never sees ir
//!   ir            ee                        ┘
//!   target
//!   types         util
//! ```

pub mod codegen;
pub mod compile;
pub mod debuginfo;
pub mod ee;
pub mod emit;
pub mod flow;
pub mod gcinfo;
pub mod host;
pub mod import;
pub mod ir;
pub mod jitinterface;
pub mod lower;
pub mod lsra;
pub mod opt;
pub mod target;
pub mod types;
pub mod unwind;
pub mod util;
