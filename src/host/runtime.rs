//! What compiles ask of the embedded host, and of nobody.

use super::objects::ObjectHeap;
use crate::ee::{ClassStatics, EeError, Helper, Lookup, LookupRequest, Runtime};
use crate::target::{GcInfoVersion, RegNum, RuntimeAbi, TargetDesc};
use crate::types::ClassLayout;
use std::collections::HashMap;

/// The machine this process runs on.
pub fn host_target() -> &'static TargetDesc {
    if cfg!(target_arch = "aarch64") {
        &crate::target::arm64::LINUX
    } else {
        &crate::target::x64::LINUX
    }
}

/// Every target by name.
pub fn target_named(name: &str) -> Option<&'static TargetDesc> {
    TARGETS.iter().copied().find(|t| t.name == name)
}

/// The targets that code can be compiled for.
pub static TARGETS: [&TargetDesc; 5] = [
    &crate::target::x64::LINUX,
    &crate::target::x64::WINDOWS,
    &crate::target::arm64::LINUX,
    &crate::target::arm64::MACOS,
    &crate::target::arm64::WINDOWS,
];

/// The embedded runtime's conventions on `target`: .NET 10's, with objects as in [`super::objects`].
pub fn embedded_abi(target: &TargetDesc) -> RuntimeAbi {
    RuntimeAbi {
        name: "embedded",
        gc_info: GcInfoVersion::V4,
        psp_sym: false,
        funclet_fp_set: true,
        exception_reg: target.call_conv.int_args[0],
        establisher_reg: RegNum::NONE,
        null_check_limit: 4096,
        page_size: 4096,
        frameless_leaves: true,
        array_length_offset: super::objects::ARRAY_LENGTH_OFFSET,
        array_data_offset: super::objects::ARRAY_DATA_OFFSET,
    }
}

/// The instruction sets of this machine beyond its target's base.
pub fn host_features() -> crate::target::CpuFeatures {
    #[allow(unused_mut)]
    let mut features = crate::target::CpuFeatures::empty();
    #[cfg(target_arch = "x86_64")]
    {
        use crate::target::CpuFeatures as F;
        let found = [
            (F::AVX, is_x86_feature_detected!("avx")),
            (F::AVX2, is_x86_feature_detected!("avx2")),
            (
                F::BMI,
                is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2"),
            ),
            (F::FMA, is_x86_feature_detected!("fma")),
            (F::LZCNT, is_x86_feature_detected!("lzcnt")),
            (
                F::SSE42,
                is_x86_feature_detected!("sse4.2") && is_x86_feature_detected!("popcnt"),
            ),
        ];
        for (feature, is_there) in found {
            features.set(feature, is_there);
        }
    }
    #[cfg(target_arch = "aarch64")]
    features.set(
        crate::target::CpuFeatures::LSE,
        std::arch::is_aarch64_feature_detected!("lse"),
    );
    features
}

/// Answers for methods of one host.
#[derive(Debug)]
pub struct EmbeddedRuntime<'a> {
    pub(super) abi: &'a RuntimeAbi,
    /// The cells that hold the entry points, by name.
    pub(super) cells: &'a HashMap<String, u64>,
    /// Where each helper can be called, near the code.
    pub(super) helpers: &'a HashMap<Helper, u64>,
    /// The heap, which has the statics.
    pub(super) objects: &'a mut ObjectHeap,
    /// The code heap.
    pub(super) near: (u64, u64),
}

impl Runtime for EmbeddedRuntime<'_> {
    fn abi(&self) -> &RuntimeAbi {
        self.abi
    }

    fn function_entry_point(&mut self, name: &str, _handle: u64) -> Result<Lookup, EeError> {
        match self.cells.get(name) {
            Some(&cell) => Ok(Lookup::Indirect(cell)),
            None => Err(EeError::NotFound(format!("function {name}"))),
        }
    }

    fn helper_address(&mut self, helper: Helper) -> Result<Lookup, EeError> {
        match self.helpers.get(&helper) {
            Some(&address) => Ok(Lookup::Value(address)),
            None => Err(EeError::NotFound(format!("helper {helper:?}"))),
        }
    }

    fn lookup(&mut self, request: &LookupRequest) -> Result<Lookup, EeError> {
        common_lookup(request)
    }

    fn class_statics(&mut self, class: &LookupRequest) -> Result<ClassStatics, EeError> {
        let statics = self.objects.statics(class_number(class)?);
        Ok(ClassStatics {
            base: [&raw const statics.plain, &raw const statics.references]
                .map(|words| Lookup::Value(words as u64)),
            initialized: Some((Lookup::Value(&raw const statics.initialized as u64), 1)),
        })
    }

    fn class_layout(&mut self, handle: u64) -> Result<ClassLayout, EeError> {
        Err(EeError::NotFound(format!("layout {handle}")))
    }

    fn is_near(&mut self, target: u64) -> bool {
        (self.near.0..self.near.1).contains(&target)
    }
}

/// Answers with made-up addresses, for compiles whose code never runs.
#[derive(Debug)]
pub struct NullRuntime {
    abi: RuntimeAbi,
}

/// Where the made-up cells and helpers are.
const MADE_UP: u64 = 0x7F00_0000_0000;

impl NullRuntime {
    /// The embedded conventions on `target`.
    pub fn new(target: &TargetDesc) -> NullRuntime {
        NullRuntime {
            abi: embedded_abi(target),
        }
    }
}

impl Runtime for NullRuntime {
    fn abi(&self) -> &RuntimeAbi {
        &self.abi
    }

    fn function_entry_point(&mut self, name: &str, _handle: u64) -> Result<Lookup, EeError> {
        // Different functions, different cells: near enough for a listing.
        let hash = name
            .bytes()
            .fold(0u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(b)));
        Ok(Lookup::Indirect(MADE_UP + (hash & 0xFFFF) * 8))
    }

    fn helper_address(&mut self, helper: Helper) -> Result<Lookup, EeError> {
        let index = Helper::NAMED
            .iter()
            .position(|(h, _)| *h == helper)
            .unwrap_or(Helper::NAMED.len());
        Ok(Lookup::Value(MADE_UP + 0x10_0000 + index as u64 * 32))
    }

    fn lookup(&mut self, request: &LookupRequest) -> Result<Lookup, EeError> {
        common_lookup(request)
    }

    fn class_statics(&mut self, class: &LookupRequest) -> Result<ClassStatics, EeError> {
        let at = MADE_UP + 0x20_0000 + (class_number(class)? & 0xFFFF) * 256;
        Ok(ClassStatics {
            base: [Lookup::Value(at), Lookup::Value(at + 128)],
            initialized: Some((Lookup::Value(at + 64), 1)),
        })
    }

    fn class_layout(&mut self, handle: u64) -> Result<ClassLayout, EeError> {
        Err(EeError::NotFound(format!("layout {handle}")))
    }

    fn is_near(&mut self, _target: u64) -> bool {
        true
    }
}

/// A class is its number.
fn class_number(class: &LookupRequest) -> Result<u64, EeError> {
    match common_lookup(class)? {
        Lookup::Value(number) => Ok(number),
        _ => Err(EeError::Unsupported(
            "statics of a class that has no number",
        )),
    }
}

fn common_lookup(request: &LookupRequest) -> Result<Lookup, EeError> {
    match request {
        LookupRequest::Known(lookup) => Ok(*lookup),
        // A class is its number.
        LookupRequest::Class(name) => match name.parse() {
            Ok(number) => Ok(Lookup::Value(number)),
            Err(_) => Err(EeError::NotFound(format!("class {name}"))),
        },
        LookupRequest::Literal(_) => Err(EeError::Unsupported("string literals")),
        LookupRequest::Dictionary(_) => Err(EeError::Unsupported(
            "a dictionary's entry without a context",
        )),
        LookupRequest::StaticAddress(name) => Err(EeError::NotFound(format!("static {name}"))),
    }
}
