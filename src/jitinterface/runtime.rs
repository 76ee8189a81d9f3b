//! The compiler's questions answered by the runtime: [`Runtime`] over the interface.

use super::enums::reloc;
use super::helpers::HelperName;
use super::metadata::place;
use super::structs::{ClassHandle, ConstLookup, EeInfo, MethodHandle};
use super::version::RuntimeVersion;
use super::vtable::{EeError as Asked, EeInterface};
use crate::ee::{EeError, Helper, Lookup, LookupRequest, Runtime};
use crate::target::{Arch, GcInfoVersion, RegNum, RuntimeAbi};
use crate::types::ClassLayout;

impl From<Asked> for EeError {
    fn from(e: Asked) -> EeError {
        match e {
            Asked::Threw(slot) => EeError::Threw(slot.name()),
            Asked::Missing(slot) => EeError::NotFound(slot.name().to_owned()),
        }
    }
}

/// Stock .NET during one compilation.
pub(super) struct CoreClrRuntime<'a> {
    ee: &'a EeInterface,
    abi: &'a RuntimeAbi,
    helpers: HelperCache,
}

/// Answers about helpers, within one compilation: the runtime re-points them as it warms up.
type HelperCache = Vec<(Helper, Lookup)>;

impl<'a> CoreClrRuntime<'a> {
    /// The runtime behind `ee`, whose facts are `abi`.
    pub(super) fn new(ee: &'a EeInterface, abi: &'a RuntimeAbi) -> Self {
        CoreClrRuntime {
            ee,
            abi,
            helpers: Vec::new(),
        }
    }

    fn helper_number(&self, helper: Helper) -> Option<u32> {
        let name = match helper {
            Helper::Other(n) => return Some(u32::from(n)),
            Helper::Throw => HelperName::THROW,
            Helper::Rethrow => HelperName::RETHROW,
            Helper::ThrowNull => HelperName::THROWNULLREF,
            Helper::ThrowRange => HelperName::RNGCHKFAIL,
            Helper::ThrowDivZero => HelperName::THROWDIVZERO,
            Helper::ThrowOverflow => HelperName::OVERFLOW,
            Helper::AssignRef => HelperName::ASSIGN_REF,
            Helper::CheckedAssignRef => HelperName::CHECKED_ASSIGN_REF,
            Helper::AssignByref => HelperName::ASSIGN_BYREF,
            Helper::StackProbe => HelperName::STACK_PROBE,
            Helper::DblRem => HelperName::DBLREM,
            Helper::FltRem => HelperName::FLTREM,
            // The runtime has none: a machine without the instruction declines.
            Helper::DblFma | Helper::FltFma => return None,
            // Importers call the runtime's own helpers for these, each with its own way to name what is wanted.
            Helper::CastClass
            | Helper::IsInst
            | Helper::ClassInit
            | Helper::TlsBase
            | Helper::RuntimeLookup
            | Helper::PatchPoint
            | Helper::XchgRef
            | Helper::CmpXchgRef => return None,
            Helper::GcPoll => HelperName::POLL_GC,
            Helper::MemCpy => HelperName::MEMCPY,
            Helper::MemSet => HelperName::MEMSET,
            Helper::NewFast => HelperName::NEWFAST,
            Helper::NewArray => HelperName::NEWARR_1_DIRECT,
            Helper::StrCns => HelperName::STRCNS,
        };
        self.ee.version().helpers.number(name)
    }
}

impl Runtime for CoreClrRuntime<'_> {
    fn abi(&self) -> &RuntimeAbi {
        self.abi
    }

    fn function_entry_point(&mut self, name: &str, handle: u64) -> Result<Lookup, EeError> {
        let mut found = ConstLookup::default();
        self.ee.function_entry_point(
            MethodHandle(handle as usize),
            &mut found,
            super::enums::access::NONNULL,
        )?;
        place(&found).ok_or_else(|| EeError::NotFound(name.to_owned()))
    }

    fn helper_address(&mut self, helper: Helper) -> Result<Lookup, EeError> {
        if let Some((_, known)) = self.helpers.iter().find(|(h, _)| *h == helper) {
            return Ok(*known);
        }
        let absent = || EeError::NotFound(format!("helper {helper:?}"));
        let number = self.helper_number(helper).ok_or_else(absent)?;
        let found = self.ee.helper_address(number)?.ok_or_else(absent)?;
        let found = place(&found).ok_or_else(absent)?;
        self.helpers.push((helper, found));
        Ok(found)
    }

    fn lookup(&mut self, request: &LookupRequest) -> Result<Lookup, EeError> {
        match request {
            LookupRequest::Known(at) => Ok(*at),
            LookupRequest::Dictionary(_) => Err(EeError::Unsupported(
                "a dictionary's entry without a context",
            )),
            LookupRequest::Class(name)
            | LookupRequest::Literal(name)
            | LookupRequest::StaticAddress(name) => Err(EeError::NotFound(name.clone())),
        }
    }

    fn class_layout(&mut self, handle: u64) -> Result<ClassLayout, EeError> {
        // The importer brings every layout with the method.
        let class = ClassHandle(handle as usize);
        Err(EeError::NotFound(format!("layout of {class:?}")))
    }

    fn is_near(&mut self, target: u64) -> bool {
        self.ee
            .reloc_type_hint(target as usize)
            .is_ok_and(|hint| hint != reloc::HINT_NONE)
    }
}

/// The facts of a runtime of this release, as code generation reads them.
pub(super) fn abi_of(version: &RuntimeVersion, ee: &EeInfo, arch: Arch) -> RuntimeAbi {
    let old = version.guid == super::version::NET_9.guid;
    let (exception_reg, establisher_reg) = funclet_registers(old, arch);
    RuntimeAbi {
        name: version.name,
        gc_info: if old {
            GcInfoVersion::V3
        } else {
            GcInfoVersion::V4
        },
        psp_sym: old,
        funclet_fp_set: !old,
        exception_reg,
        establisher_reg,
        null_check_limit: u32::try_from(ee.max_unchecked_null_offset).unwrap_or(0),
        page_size: u32::try_from(ee.page_size).unwrap_or(0x1000),
        // On arm64 the runtime expects every method to have saved the link register.
        frameless_leaves: arch == Arch::X64,
        array_length_offset: 8,
        array_data_offset: 16,
    }
}

/// Where a funclet finds the exception object and the establisher.
fn funclet_registers(old: bool, arch: Arch) -> (RegNum, RegNum) {
    use crate::target::x64::{RDI, RSI};
    let (x0, x1) = (RegNum(0), RegNum(1));
    match (arch, old) {
        (Arch::X64, true) => (RSI, RDI),
        (Arch::X64, false) => (RDI, RegNum::NONE),
        (Arch::Arm64, true) => (x0, x1),
        (Arch::Arm64, false) => (x0, RegNum::NONE),
    }
}
