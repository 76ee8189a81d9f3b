//! The ways to compile that are compared.

use crate::compile::{CompileOptions, OptLevel, StressAreas};
use crate::host::host_features;
use crate::ir::Method;
use crate::ir::generate::Rng;
use crate::opt::stress::AREAS;
use crate::target::CpuFeatures;
use crate::types::VarType;

/// Which programs are compiled with every phase checked. Checking costs more than the rest together.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Verify {
    /// None.
    Never,
    /// Those whose seed is a multiple of this.
    Every(u64),
}

impl Verify {
    fn is_on(self, seed: u64) -> bool {
        match self {
            Verify::Never => false,
            Verify::Every(n) => n > 0 && seed.is_multiple_of(n),
        }
    }
}

/// One way to compile.
#[derive(Clone, Debug)]
pub struct Way {
    /// Level and knobs, as one would write them.
    pub name: String,
    /// The same for the compiler.
    pub options: CompileOptions,
}

/// Each bit and each choice of `JitStressRegs`.
const STRESS_REGS: [u32; 14] = [
    1, 2, 3, 4, 8, 0x10, 0x20, 0x60, 0x80, 0x100, 0x200, 0x400, 0x800, 0x1000,
];

/// Both levels, plainly and with all instruction sets that this machine has, and some stress that depends on the seed: one bit, several
/// bits and areas, one area at each level. `features` are those of the plainest machine.
/// `single`: this choice of `JitStressRegs` in place of one by the seed.
pub fn ways(seed: u64, features: CpuFeatures, verify: Verify, single: Option<u32>) -> Vec<Way> {
    let mut rng = Rng::new(seed ^ 0x57e55);
    let base = CompileOptions {
        verify: verify.is_on(seed),
        features,
        ..CompileOptions::default()
    };
    let mut ways = Vec::new();
    for opt in [OptLevel::MinOpts, OptLevel::FullOpts] {
        for all in [false, true] {
            let mut options = CompileOptions {
                opt,
                ..base.clone()
            };
            let mut name = format!("{opt:?}");
            if all {
                options.features = host_features();
                name += ", all instruction sets";
            }
            ways.push(Way { name, options });
        }
    }
    let by_seed = rng.pick(&STRESS_REGS);
    let single = single.unwrap_or(by_seed);
    let several = (0..3).fold(0, |bits, _| bits | rng.pick(&STRESS_REGS));
    for (stress_regs, areas, opt) in [
        (single, 0, OptLevel::FullOpts),
        (several, 4, OptLevel::FullOpts),
        (0, 1, OptLevel::FullOpts),
        (0, 4, OptLevel::MinOpts),
    ] {
        let area = |_| rng.pick(&AREAS.map(|a| a.area));
        let stress = (0..areas)
            .map(area)
            .fold(StressAreas::empty(), |a, b| a | b);
        let mut options = CompileOptions {
            opt,
            stress_regs,
            stress,
            stress_seed: seed as u32,
            ..base.clone()
        };
        if rng.chance(50) {
            options.features = host_features();
        }
        let names = stress.area_names();
        let name = format!("{opt:?} JitStressRegs={stress_regs:X} JitStressModeNames=\"{names}\"");
        ways.push(Way { name, options });
    }
    ways
}

/// The features of the plainest machine that compiles `methods`: vectors want some.
pub fn base_features(methods: &[Method]) -> CpuFeatures {
    let any = |ty: VarType| {
        let mut locals = methods.iter().flat_map(|m| m.body.locals.iter());
        locals.any(|l| l.ty == ty)
    };
    if [VarType::V256, VarType::V512].into_iter().any(any) {
        CpuFeatures::SSE42 | CpuFeatures::AVX | CpuFeatures::AVX2
    } else if [VarType::V64, VarType::V96, VarType::V128]
        .into_iter()
        .any(any)
    {
        CpuFeatures::SSE42
    } else {
        CpuFeatures::empty()
    }
}
