//! Windows on arm64 as the CLR uses it.
//!
//! x18 holds the thread's block and belongs to the system (it does on every target). Registers, structs by reference beyond 16 bytes and
//! homogeneous aggregates are AAPCS64's; the exceptions that Microsoft's convention makes for variadic functions do not concern
//! managed code. Unwind data is `.xdata`, as on every system.
//!
//! Source: Microsoft, "Overview of ARM64 ABI conventions".

use super::aapcs64::{AAPCS64, BASE};
use crate::target::desc::{Os, TargetDesc};

/// `arm64-windows`.
pub static WINDOWS: TargetDesc = TargetDesc {
    name: "arm64-windows",
    os: Os::Windows,
    call_conv: &AAPCS64,
    ..BASE
};
