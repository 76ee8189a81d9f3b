//! arm64: register file, conventions and target records.

mod aapcs64;
mod apple;
pub mod imm;
mod regs;
mod windows;

pub use aapcs64::{AAPCS64, LINUX};
pub use apple::{APPLE, MACOS};
pub use regs::*;
pub use windows::WINDOWS;

/// The arm64 instruction set as a type.
pub struct Arm64;

impl super::Target for Arm64 {
    const NAME: &'static str = "arm64";
}
