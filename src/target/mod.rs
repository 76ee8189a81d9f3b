//! Facts about machines, as data.
//!
//! Neutral code takes a [`&TargetDesc`](TargetDesc) and asks it for registers, orders, conventions and capabilities; it never
//! asks which machine it is. The choice of machine is made once a compile, in `compile`.

pub mod abi;
pub mod call_conv;
pub mod desc;
pub mod regs;

pub mod arm64;
pub mod x64;

pub use abi::{GcInfoVersion, RuntimeAbi};
pub use call_conv::{AbiLoc, AbiSegment, CallConv, StructPassing};
pub use desc::{Arch, CpuFeatures, Os, Target, TargetDesc, UnwindFlavour};
pub use regs::{RegFile, RegMask, RegNum};
