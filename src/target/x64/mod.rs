//! x64: register file, conventions and target records.

mod regs;
mod sysv;
mod win64;

pub use regs::*;
pub use sysv::{LINUX, SYSV};
pub use win64::{WIN64, WINDOWS};

use crate::target::CpuFeatures;

/// What machines may have beyond the base.
const FEATURES: CpuFeatures = CpuFeatures::SSE42
    .union(CpuFeatures::AVX)
    .union(CpuFeatures::AVX2)
    .union(CpuFeatures::BMI)
    .union(CpuFeatures::FMA)
    .union(CpuFeatures::LZCNT);

/// The x64 instruction set as a type.
pub struct X64;

impl super::Target for X64 {
    const NAME: &'static str = "x64";
}
