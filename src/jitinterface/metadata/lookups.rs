//! Handles of tokens: constants, or recipes of shared generic code; and what triggers class constructors.

use super::super::enums::*;
use super::super::helpers::HelperName;
use super::super::structs::*;
use super::{CoreClrMetadata, numbered, place, unsupported};
use crate::ee::Lookup as Place;
use crate::import::ImportError;
use crate::import::metadata::{
    ContextSource, Handle, HelperCall, PrologCall, RuntimeLookup as Recipe, VirtualPointer,
};

/// Numbers of loads of a lookup that stand for something else.
const USE_HELPER: u16 = 0xFFFF;
const USE_NULL: u16 = 0xFFFE;
/// No size is kept where a lookup ends.
const NO_SIZE_CHECK: u16 = 0xFFFF;

impl CoreClrMetadata<'_> {
    pub(super) fn context_source(&self) -> ContextSource {
        let from = self.info.options & options::ANY_GENERICS_CTXT;
        if from & options::GENERICS_CTXT_FROM_THIS != 0 {
            ContextSource::This
        } else if from & options::GENERICS_CTXT_FROM_METHODDESC != 0 {
            ContextSource::Method
        } else if from & options::GENERICS_CTXT_FROM_METHODTABLE != 0 {
            ContextSource::Class
        } else {
            ContextSource::None
        }
    }

    /// The trigger of the method's own class, in its prolog.
    pub(super) fn prolog_trigger(&self, context: ContextSource) -> Result<PrologCall, ImportError> {
        let helper = match context {
            ContextSource::None => {
                let class = self.ee.method_class(self.info.ftn)?;
                return Ok(PrologCall::Class(HelperCall {
                    helper: numbered(self.ee.cctor_helper(class)?)?,
                    arg: Handle::Known(class.0 as u64),
                }));
            }
            ContextSource::Method => {
                let helper = self.helper_named(HelperName::INITINSTCLASS)?;
                return Ok(PrologCall::OfMethod(helper));
            }
            ContextSource::This | ContextSource::Class => {
                self.helper_named(HelperName::INITCLASS)?
            }
        };
        Ok(PrologCall::Class(HelperCall {
            helper,
            arg: Handle::Context,
        }))
    }

    /// The handle of a token, or of its class.
    pub(super) fn handle(
        &self,
        t: &mut ResolvedToken,
        parent: bool,
    ) -> Result<Handle, ImportError> {
        let mut r = GenericHandleResult::default();
        self.ee
            .embed_generic_handle(t, u32::from(parent), self.info.ftn, &mut r)?;
        self.found(&r.lookup)
    }

    /// A lookup's answer as a handle.
    pub(super) fn found(&self, lookup: &Lookup) -> Result<Handle, ImportError> {
        if lookup.needs_runtime_lookup() {
            return self.runtime_lookup(lookup);
        }
        let c = lookup.constant();
        match place(&c) {
            Some(Place::Value(v)) => Ok(Handle::Known(v)),
            Some(Place::Indirect(cell)) => Ok(Handle::Cell(cell)),
            _ => unsupported("indirect handle"),
        }
    }

    pub(super) fn runtime_lookup(&self, lookup: &Lookup) -> Result<Handle, ImportError> {
        let r = lookup.runtime();
        let from = match self.context_source() {
            ContextSource::This => 0,
            ContextSource::Method => 1,
            ContextSource::Class => 2,
            ContextSource::None => {
                return unsupported("a generic lookup in code that is not shared");
            }
        };
        if lookup.kind.kind != from {
            return unsupported("a generic lookup from another context");
        }
        if r.indirect_first_offset != 0 || r.indirect_second_offset != 0 {
            return unsupported("a generic lookup with relative offsets");
        }
        let loads = match r.indirections {
            USE_NULL => return Ok(Handle::Known(0)),
            USE_HELPER => None,
            0 if r.test_for_null == 0 => return Ok(Handle::Context),
            n @ 0..=4 => Some(n as u8),
            _ => return unsupported("a generic lookup of many loads"),
        };
        let mut offsets = [0; 4];
        for (to, &from) in offsets.iter_mut().zip(&r.offsets) {
            // What is behind the last load is not set.
            *to = u32::try_from(from).unwrap_or(0);
        }
        let in_use = usize::from(loads.unwrap_or(0));
        if r.offsets[..in_use]
            .iter()
            .any(|&o| u32::try_from(o).is_err())
        {
            return unsupported("a generic lookup with large offsets");
        }
        offsets[in_use..].fill(0);
        Ok(Handle::Lookup(Recipe {
            helper: numbered(r.helper)?,
            signature: r.signature as u64,
            loads,
            offsets,
            test_null: r.test_for_null != 0,
            size_offset: (r.size_offset != NO_SIZE_CHECK).then_some(r.size_offset),
        }))
    }

    /// The trigger of the constructor of a token's class.
    pub(super) fn cctor_trigger(&self, t: &mut ResolvedToken) -> Result<HelperCall, ImportError> {
        let handle = self.handle(t, true)?;
        let helper = match handle {
            Handle::Known(_) => numbered(self.ee.cctor_helper(t.class)?)?,
            _ => self.helper_named(HelperName::INITCLASS)?,
        };
        Ok(HelperCall {
            helper,
            arg: handle,
        })
    }

    /// The helper that finds a virtual method, and what it wants to know.
    pub(super) fn virtual_by_helper(
        &self,
        t: &mut ResolvedToken,
    ) -> Result<VirtualPointer, ImportError> {
        Ok(VirtualPointer {
            helper: self.helper_named(HelperName::VIRTUAL_FUNC_PTR)?,
            class: self.handle(t, true)?,
            method: self.handle(t, false)?,
        })
    }

    /// The context argument of a call that wants one.
    pub(super) fn context(
        &self,
        ci: &CallInfo,
        t: &mut ResolvedToken,
        readonly: bool,
    ) -> Result<Option<Handle>, ImportError> {
        if !ci.sig.has_type_arg() {
            return Ok(None);
        }
        if readonly && ci.class_flags & class_attr::ARRAY != 0 {
            // The address of an element that is only read: its type is not checked.
            return Ok(Some(Handle::Known(0)));
        }
        let context = ci.context.0 as u64;
        if ci.exact_context_needs_runtime_lookup != 0 {
            return self.handle(t, context & 1 != 0).map(Some);
        }
        Ok(Some(Handle::Known(context & !1)))
    }

    /// The code address of a method that does not depend on an object.
    pub(super) fn known_pointer(&self, ci: &CallInfo) -> Result<Handle, ImportError> {
        if ci.access_allowed != 0 {
            return unsupported("call that is not allowed");
        }
        if ci.kind == call_kind::CODE_POINTER {
            return self.found(&ci.lookup);
        }
        if ci.kind != call_kind::CALL {
            return unsupported("ldftn of a virtual method");
        }
        let mut found = ConstLookup::default();
        self.ee
            .function_fixed_entry_point(ci.method, 0, &mut found)?;
        match place(&found) {
            Some(Place::Value(v)) => Ok(Handle::Known(v)),
            Some(Place::Indirect(cell)) => Ok(Handle::Cell(cell)),
            _ => unsupported("ldftn of a method without code"),
        }
    }
}
