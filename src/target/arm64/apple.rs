//! Apple's arm64 convention as the CLR uses it.
//!
//! It differs from AAPCS64 in two ways that matter here: x18 is the system's (it is on every target), and an argument on the stack takes its
//! own size at its own alignment. Structs on the stack still take whole words; a homogeneous aggregate of floats takes its size.
//!
//! Sources: Apple, "Writing ARM64 code for Apple platforms"; the CLR ABI, "Apple ARM64 calling convention".

use super::aapcs64::{BASE, BASE_CONV};
use crate::target::call_conv::CallConv;
use crate::target::desc::{Os, TargetDesc};

/// The managed convention on arm64 macOS.
pub static APPLE: CallConv = CallConv {
    name: "apple",
    packed_stack_args: true,
    ..BASE_CONV
};

/// `arm64-macos`.
pub static MACOS: TargetDesc = TargetDesc {
    name: "arm64-macos",
    os: Os::MacOs,
    call_conv: &APPLE,
    ..BASE
};
