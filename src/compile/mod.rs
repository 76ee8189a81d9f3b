//! Phases, options, errors and dumps; the one choice of target.

pub use crate::codegen::code;
pub mod backend;
pub mod error;
pub mod listing;
pub mod method_set;
pub mod options;
pub mod stress;

pub use crate::opt::stress::StressAreas;
pub use backend::Compiler;
pub use code::{CompiledMethod, EhClauseOut, FuncFragment, FuncKind, IlMapping, Relocation};
pub use error::CompileError;

/// How much work a compile puts into its code.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum OptLevel {
    /// One fused walk; tier 0.
    MinOpts,
    /// Optimiser and linear scan; tier 1.
    FullOpts,
}

/// What a compile is asked to do, as plain data: shells read knobs and fill this in.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// Optimisation level.
    pub opt: OptLevel,
    /// Run the verifiers between phases, the allocation checker, the unwind simulation and the decode comparisons.
    pub verify: bool,
    /// `JitStressRegs` bits.
    pub stress_regs: u32,
    /// Stress areas: `JitStress`.
    pub stress: StressAreas,
    /// What the areas' choices depend on.
    pub stress_seed: u32,
    /// Produce the disassembly listing.
    pub disasm: bool,
    /// Leave addresses and sizes that differ from run to run out of listings.
    pub diffable: bool,
    /// Show births and deaths of GC pointers in the listing.
    pub disasm_gc: bool,
    /// Print the state after each phase into the dump.
    pub dump: bool,
    /// Only after these, separated by commas; after all if empty.
    pub dump_phases: String,
    /// Instruction sets beyond the base.
    pub features: crate::target::CpuFeatures,
    /// Map every node's source position, as a debugger wants; else only those of nodes that can throw or call, which is what
    /// traps and back traces need.
    pub debug_info: bool,
}

/// What [`CompileOptions::dump_phases`] may name: the states that a dump can have, those of both levels, in order.
pub const DUMP_PHASES: &[&str] = &[
    "input",
    "stress",
    "fold",
    "dce",
    "expand",
    "lower",
    "lsra",
    "lower and generate",
];

impl CompileOptions {
    /// Is the state after `phase` to be dumped?
    pub fn dumps(&self, phase: &str) -> bool {
        let mut named = self.dump_phases.split(',').map(str::trim);
        self.dump && (self.dump_phases.is_empty() || named.any(|p| p == phase))
    }
}

impl Default for CompileOptions {
    fn default() -> Self {
        CompileOptions {
            opt: OptLevel::FullOpts,
            verify: cfg!(any(debug_assertions, feature = "checked")),
            stress_regs: 0,
            stress: StressAreas::empty(),
            stress_seed: 0,
            disasm: false,
            diffable: false,
            disasm_gc: false,
            dump: false,
            dump_phases: String::new(),
            features: crate::target::CpuFeatures::empty(),
            debug_info: false,
        }
    }
}
