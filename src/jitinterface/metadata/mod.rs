//! IL's tokens answered by the runtime: [`Metadata`] over the interface.
//!
//! What the importer gets is plain data. Everything here may throw in the runtime, so each question is a result; what the
//! answers show that we do not do (lookups at run time, access checks, stubs) is `Unsupported` with a reason.

mod intrinsics;
mod layouts;
mod lookups;
mod vectors;

use super::enums::*;
use super::helpers::HelperName;
use super::names::MethodName;
use super::structs::*;
use super::vtable::{EeError, EeInterface};
use crate::ee::{Helper, Lookup as Place};
use crate::import::ImportError;
use crate::import::metadata::*;
use crate::target::call_conv::CallConv;
use crate::types::{ClassLayout, VarType};

impl From<EeError> for ImportError {
    fn from(e: EeError) -> ImportError {
        ImportError::Runtime(e.to_string())
    }
}

/// The questions of one method.
pub(super) struct CoreClrMetadata<'a> {
    ee: &'a EeInterface,
    info: &'a MethodInfo,
    call_conv: &'static CallConv,
    /// Ask for names of called methods, for listings.
    names: bool,
}

/// Classes that the runtime knows without a token.
mod builtin {
    pub const TYPED_REFERENCE: u32 = 1;
    pub const RUNTIME_TYPE_HANDLE: u32 = 2;
}

/// The type of values of a value class.
fn value_of(class: ClassHandle) -> IlType {
    IlType {
        ty: VarType::Struct,
        class: class.0 as u64,
    }
}

fn unsupported<T>(what: impl Into<String>) -> Result<T, ImportError> {
    Err(ImportError::unsupported(what))
}

impl<'a> CoreClrMetadata<'a> {
    /// The questions of the method `info`, whose code will follow `call_conv`.
    pub(super) fn new(
        ee: &'a EeInterface,
        info: &'a MethodInfo,
        call_conv: &'static CallConv,
        names: bool,
    ) -> Self {
        CoreClrMetadata {
            ee,
            info,
            call_conv,
            names,
        }
    }

    /// The method to import.
    ///
    /// # Errors
    /// [`ImportError`].
    pub(super) fn method(&self, name: String) -> Result<IlMethod<'a>, ImportError> {
        let info = self.info;
        let attribs = self.ee.method_attribs(info.ftn)?;
        let lock = if attribs & method_attr::SYNCH != 0 {
            Some(self.lock(attribs)?)
        } else {
            None
        };
        check_convention(&info.args)?;
        let mut params = Vec::with_capacity(info.args.num_args() as usize + 1);
        if info.args.has_implicit_this() {
            let class = self.ee.method_class(info.ftn)?;
            params.push(self.this_type(self.ee.class_attribs(class)?));
        }
        self.arg_types(&info.args, |p, _| params.push(p))?;
        let mut locals = Vec::with_capacity(info.locals.num_args() as usize);
        self.arg_types(&info.locals, |ty, pinned| {
            locals.push(IlLocal { ty, pinned })
        })?;
        let mut clauses = Vec::with_capacity(info.eh_count as usize);
        for i in 0..info.eh_count {
            clauses.push(self.clause(i)?);
        }
        let init = self.ee.init_class(
            FieldHandle::NULL,
            MethodHandle::NULL,
            ContextHandle::CURRENT,
        )?;
        let context = self.context_source();
        let prolog_call = if init & init_class::USE_HELPER != 0 {
            Some(self.prolog_trigger(context)?)
        } else {
            None
        };
        // SAFETY: the runtime gives the address and size of the method's IL, valid during this compilation.
        let il = unsafe {
            std::slice::from_raw_parts(
                std::ptr::with_exposed_provenance::<u8>(info.il_code),
                info.il_size as usize,
            )
        };
        Ok(IlMethod {
            name,
            handle: info.ftn.0 as u64,
            il,
            params,
            has_this: info.args.has_implicit_this(),
            ret: self.ret_type(&info.args)?,
            locals,
            init_locals: info.options & options::INIT_LOCALS != 0,
            clauses,
            prolog_call,
            context,
            loops_back: false,
            keep_context: info.options & options::KEEP_ALIVE != 0,
            lock,
        })
    }

    /// The monitor of this method, which is synchronized.
    fn lock(&self, attribs: u32) -> Result<Lock, ImportError> {
        if attribs & method_attr::STATIC == 0 {
            return Ok(Lock {
                object: None,
                of_class: None,
                enter: self.helper_named(HelperName::MON_ENTER)?,
                exit: self.helper_named(HelperName::MON_EXIT)?,
            });
        }
        if self.context_source() != ContextSource::None {
            return unsupported("synchronized static method of shared code");
        }
        let numbers = self.ee.version().helpers;
        if numbers.number(HelperName::MON_ENTER_STATIC).is_none() {
            // .NET 10 locks the type's object like any other.
            let class = self.ee.method_class(self.info.ftn)?;
            return Ok(Lock {
                object: Some(Handle::Known(class.0 as u64)),
                of_class: Some(self.helper_named(HelperName::GETSYNCFROMCLASSHANDLE)?),
                enter: self.helper_named(HelperName::MON_ENTER)?,
                exit: self.helper_named(HelperName::MON_EXIT)?,
            });
        }
        let (enter, exit) = (HelperName::MON_ENTER_STATIC, HelperName::MON_EXIT_STATIC);
        let (enter, exit) = (self.helper_named(enter)?, self.helper_named(exit)?);
        let mut cell = 0;
        let monitor = self.ee.method_sync(self.info.ftn, &mut cell)?;
        let object = if cell == 0 {
            Handle::Known(monitor as u64)
        } else {
            Handle::Cell(cell as u64)
        };
        Ok(Lock {
            object: Some(object),
            of_class: None,
            enter,
            exit,
        })
    }

    fn clause(&self, index: u32) -> Result<IlClause, ImportError> {
        let mut c = EhClause::default();
        self.ee.eh_info(self.info.ftn, index, &mut c)?;
        let kind = match c.flags & (eh_flag::FILTER | eh_flag::FINALLY | eh_flag::FAULT) {
            0 => self.catch(c.class_token_or_filter)?,
            eh_flag::FILTER => IlClauseKind::Filter(c.class_token_or_filter),
            eh_flag::FINALLY => IlClauseKind::Finally,
            eh_flag::FAULT => IlClauseKind::Fault,
            _ => return unsupported("exception clause of an unknown kind"),
        };
        let range = |start: u32, length: u32| (start, start.saturating_add(length));
        Ok(IlClause {
            kind,
            try_range: range(c.try_offset, c.try_length),
            handler_range: range(c.handler_offset, c.handler_length),
        })
    }

    /// A typed clause. What it catches may depend on the context.
    fn catch(&self, token: u32) -> Result<IlClauseKind, ImportError> {
        let known = IlClauseKind::Catch(token);
        if self.context_source() == ContextSource::None {
            return Ok(known);
        }
        let mut t = self.resolve(token, token_kind::CLASS)?;
        Ok(match self.handle(&mut t, false)? {
            Handle::Known(_) | Handle::Cell(_) => known,
            arg => IlClauseKind::CatchFound(HelperCall {
                helper: self.helper_named(HelperName::ISINSTANCEOF_EXCEPTION)?,
                arg,
            }),
        })
    }

    // ---- types

    /// A `CorInfoType` with its class.
    fn il_type(&self, cor: u32, class: ClassHandle) -> Result<IlType, ImportError> {
        use cor_type::*;
        Ok(IlType::scalar(match cor & TYPE_MASK {
            VOID => VarType::Void,
            BOOL | UBYTE => VarType::U8,
            CHAR | USHORT => VarType::U16,
            BYTE => VarType::I8,
            SHORT => VarType::I16,
            INT | UINT => VarType::I32,
            LONG | ULONG | NATIVEINT | NATIVEUINT | PTR => VarType::I64,
            FLOAT => VarType::F32,
            DOUBLE => VarType::F64,
            BYREF => VarType::Byref,
            CLASS => VarType::Ref,
            VALUECLASS => return Ok(value_of(class)),
            REFANY => return Ok(value_of(self.ee.builtin_class(builtin::TYPED_REFERENCE)?)),
            _ => return unsupported("type of an unknown kind"),
        }))
    }

    /// The type of values of a class.
    fn class_type(&self, class: ClassHandle) -> Result<IlType, ImportError> {
        self.il_type(self.ee.as_cor_type(class)?, class)
    }

    fn this_type(&self, class_attribs: u32) -> IlType {
        IlType::scalar(if class_attribs & class_attr::VALUECLASS != 0 {
            VarType::Byref
        } else {
            VarType::Ref
        })
    }

    fn arg_types(&self, sig: &SigInfo, mut f: impl FnMut(IlType, bool)) -> Result<(), ImportError> {
        let mut arg = sig.args;
        for _ in 0..sig.num_args() {
            let mut class = ClassHandle::NULL;
            let cor = self.ee.arg_type(sig, arg, &mut class)?;
            f(self.il_type(cor, class)?, cor & cor_type::PINNED != 0);
            arg = self.ee.arg_next(arg)?;
        }
        Ok(())
    }

    fn ret_type(&self, sig: &SigInfo) -> Result<IlType, ImportError> {
        self.il_type(sig.ret_type(), sig.ret_type_class)
    }

    // ---- tokens

    fn resolve(&self, token: u32, kind: u32) -> Result<ResolvedToken, ImportError> {
        let mut t = ResolvedToken {
            context: ContextHandle::CURRENT,
            scope: self.info.scope,
            token,
            kind,
            ..ResolvedToken::default()
        };
        self.ee.resolve_token(&mut t)?;
        Ok(t)
    }

    /// Parameters of a signature as on the stack, with `this` in front if there is one.
    fn params(&self, sig: &SigInfo, this: IlType) -> Result<Vec<IlType>, ImportError> {
        let mut params = Vec::with_capacity(sig.num_args() as usize + 1);
        if sig.has_implicit_this() {
            params.push(this);
        }
        self.arg_types(sig, |p, _| params.push(p))?;
        Ok(params)
    }

    /// The helper that gives the base of a thread static's block: of the block's number.
    fn thread_static_base(
        &self,
        field: FieldHandle,
        fi: &FieldInfo,
    ) -> Result<HelperCall, ImportError> {
        use HelperName::*;
        let gc = self.is_helper(fi.helper, GETDYNAMIC_GCTHREADSTATIC_BASE_NOCTOR_OPTIMIZED);
        let plain = [
            GETDYNAMIC_NONGCTHREADSTATIC_BASE_NOCTOR_OPTIMIZED,
            GETDYNAMIC_NONGCTHREADSTATIC_BASE_NOCTOR_OPTIMIZED2,
        ];
        if !gc && !plain.iter().any(|&h| self.is_helper(fi.helper, h)) {
            return unsupported("thread static field of a dynamic class");
        }
        Ok(HelperCall {
            helper: numbered(fi.helper)?,
            arg: Handle::Known(u64::from(
                self.ee.thread_local_field_info(field, u32::from(gc))?,
            )),
        })
    }

    /// The call that finds the statics of a class that is known exactly.
    fn shared_static_base(
        &self,
        t: &mut ResolvedToken,
        fi: &FieldInfo,
    ) -> Result<HelperCall, ImportError> {
        use HelperName::*;
        let one_of = |names: &[HelperName]| names.iter().any(|&n| self.is_helper(fi.helper, n));
        let arg = if one_of(&[
            GETDYNAMIC_GCTHREADSTATIC_BASE,
            GETDYNAMIC_NONGCTHREADSTATIC_BASE,
            GETDYNAMIC_GCTHREADSTATIC_BASE_NOCTOR,
            GETDYNAMIC_NONGCTHREADSTATIC_BASE_NOCTOR,
        ]) {
            Handle::Known(self.ee.class_thread_static_info(t.class)? as u64)
        } else if one_of(&[
            GETDYNAMIC_GCSTATIC_BASE,
            GETDYNAMIC_NONGCSTATIC_BASE,
            GETDYNAMIC_GCSTATIC_BASE_NOCTOR,
            GETDYNAMIC_NONGCSTATIC_BASE_NOCTOR,
            GETPINNED_GCSTATIC_BASE,
            GETPINNED_NONGCSTATIC_BASE,
            GETPINNED_GCSTATIC_BASE_NOCTOR,
            GETPINNED_NONGCSTATIC_BASE_NOCTOR,
        ]) {
            Handle::Known(self.ee.class_static_info(t.class)? as u64)
        } else if one_of(&[
            GET_GCSTATIC_BASE,
            GET_NONGCSTATIC_BASE,
            GET_GCSTATIC_BASE_NOCTOR,
            GET_NONGCSTATIC_BASE_NOCTOR,
            GET_GCTHREADSTATIC_BASE,
            GET_NONGCTHREADSTATIC_BASE,
            GET_GCTHREADSTATIC_BASE_NOCTOR,
            GET_NONGCTHREADSTATIC_BASE_NOCTOR,
        ]) {
            self.handle(t, true)?
        } else {
            return unsupported("static field by another helper");
        };
        Ok(HelperCall {
            helper: numbered(fi.helper)?,
            arg,
        })
    }

    fn helper_named(&self, name: HelperName) -> Result<Helper, ImportError> {
        match self.ee.version().helpers.number(name) {
            Some(n) => numbered(n),
            None => unsupported(format!("helper {} of this runtime", name.name())),
        }
    }

    fn is_helper(&self, number: u32, name: HelperName) -> bool {
        self.ee.version().helpers.number(name) == Some(number)
    }

    // ---- calls

    fn call_target(&self, ci: &CallInfo, t: &mut ResolvedToken) -> Result<CallTo, ImportError> {
        match ci.kind {
            call_kind::CALL => {
                if ci.method == self.info.ftn && ci.method_flags & method_attr::INTRINSIC != 0 {
                    return unsupported("body of an intrinsic");
                }
                if ci.method_flags & method_attr::DELEGATE_INVOKE != 0 {
                    return self.delegate_target(ci);
                }
                let name = if self.names {
                    MethodName::new(self.ee, ci.method).full(false)
                } else {
                    String::new()
                };
                Ok(CallTo::Method {
                    handle: ci.method.0 as u64,
                    name,
                })
            }
            call_kind::VTABLE => {
                let (mut first, mut second, mut relative) = (0, 0, 0u8);
                self.ee
                    .method_vtable_offset(ci.method, &mut first, &mut second, &mut relative)?;
                if relative != 0 {
                    return unsupported("relative virtual table");
                }
                Ok(CallTo::VirtualTable {
                    chunk: (first != u32::MAX).then_some(first),
                    slot: second,
                })
            }
            call_kind::STUB if ci.lookup.needs_runtime_lookup() => {
                Ok(CallTo::StubCell(self.runtime_lookup(&ci.lookup)?))
            }
            call_kind::STUB => {
                let c = ci.lookup.constant();
                if c.access != iat::PVALUE {
                    return unsupported("interface call without a cell");
                }
                Ok(CallTo::StubCell(Handle::Known(c.addr as u64)))
            }
            call_kind::LDVIRTFTN => Ok(CallTo::Found(self.virtual_by_helper(t)?)),
            call_kind::CODE_POINTER => Ok(CallTo::Code(self.found(&ci.lookup)?)),
            _ => unsupported("call of an unknown kind"),
        }
    }

    /// `Invoke` is never called by its entry: .NET 10's is a stub whose body is this very call.
    fn delegate_target(&self, ci: &CallInfo) -> Result<CallTo, ImportError> {
        if ci.wrapper_delegate_invoke != 0 {
            return unsupported("a delegate that wants the address of a cell");
        }
        let ee = self.ee.ee_info()?;
        Ok(CallTo::Delegate {
            instance: ee.delegate_instance,
            target: ee.delegate_first_target,
        })
    }

    fn may_tail_call(
        &self,
        t: &ResolvedToken,
        ci: &CallInfo,
        explicit: bool,
    ) -> Result<bool, ImportError> {
        let exact = if ci.kind == call_kind::CALL {
            ci.method
        } else {
            MethodHandle::NULL
        };
        let explicit = u32::from(explicit);
        Ok(self
            .ee
            .can_tail_call(self.info.ftn, t.method, exact, explicit)?)
    }

    fn new_object(&self, t: &mut ResolvedToken, class_flags: u32) -> Result<NewKind, ImportError> {
        if class_flags & class_attr::ARRAY != 0 {
            let name = if self.ee.array_rank(t.class)? == 1 {
                HelperName::NEW_MDARR_RARE
            } else {
                HelperName::NEW_MDARR
            };
            return Ok(NewKind::Array(HelperCall {
                helper: self.helper_named(name)?,
                arg: self.handle(t, true)?,
            }));
        }
        if class_flags & class_attr::VAROBJSIZE != 0 {
            return Ok(NewKind::ByConstructor);
        }
        if class_flags & class_attr::VALUECLASS != 0 {
            return Ok(NewKind::Value(self.class_type(t.class)?));
        }
        Ok(NewKind::Object(self.allocation(t, t.class, true)?))
    }

    /// The helper that allocates an object of `class`, whose handle is that of token `t` (or of its class).
    fn allocation(
        &self,
        t: &mut ResolvedToken,
        class: ClassHandle,
        parent: bool,
    ) -> Result<HelperCall, ImportError> {
        let mut side_effects = 0;
        let helper = self.ee.new_helper(class, &mut side_effects)?;
        Ok(HelperCall {
            helper: numbered(helper)?,
            arg: self.handle(t, parent)?,
        })
    }
}

impl Metadata for CoreClrMetadata<'_> {
    fn layout(&mut self, class: u64) -> Result<ClassLayout, ImportError> {
        self.class_layout(ClassHandle(class as usize))
    }

    fn vector(&mut self, class: u64) -> VarType {
        self.vector_class(ClassHandle(class as usize))
            .map_or(VarType::Void, |v| v.ty)
    }

    fn call(
        &mut self,
        token: u32,
        op: CallOp,
        prefixes: CallPrefixes,
    ) -> Result<CallSite, ImportError> {
        let constrained = prefixes.constrained;
        let newobj = op == CallOp::Newobj;
        let kind = if newobj {
            token_kind::NEWOBJ
        } else {
            token_kind::METHOD
        };
        let mut t = self.resolve(token, kind)?;
        let mut constraint = match constrained {
            Some(token) => Some(self.resolve(token, token_kind::CONSTRAINED)?),
            None => None,
        };
        let mut flags = call_info_flag::ALLOWINSTPARAM | call_info_flag::SECURITYCHECKS;
        if op == CallOp::Callvirt {
            flags |= call_info_flag::CALLVIRT;
        }
        let constrained_ptr = constraint
            .as_mut()
            .map_or(std::ptr::null_mut(), std::ptr::from_mut);
        let mut ci = CallInfo::default();
        self.ee
            .call_info(&mut t, constrained_ptr, self.info.ftn, flags, &mut ci)?;
        if ci.access_allowed != 0 {
            return unsupported("call that is not allowed");
        }
        check_convention(&ci.sig)?;
        let this_transform = match ci.this_transform {
            this_transform::NONE => ThisTransform::None,
            this_transform::DEREF => ThisTransform::Dereference,
            this_transform::BOX if constrained.is_some() => {
                ThisTransform::Box(constrained.unwrap_or_default())
            }
            _ => return unsupported("constrained call of an unknown kind"),
        };
        let has_this = ci.sig.has_implicit_this();
        let intrinsic = self.intrinsic(&ci)?;
        let this = if constraint.is_some() {
            IlType::scalar(VarType::Byref)
        } else {
            self.this_type(ci.class_flags)
        };
        let params = self.params(&ci.sig, this)?;
        let new = if newobj {
            self.new_object(&mut t, ci.class_flags)?
        } else {
            NewKind::None
        };
        let mut site = CallSite {
            to: CallTo::Code(Handle::Known(0)),
            params,
            has_this,
            ret: self.ret_type(&ci.sig)?,
            null_check: ci.null_instance_check != 0 && !newobj,
            this_transform,
            context: None,
            may_tail: false,
            new,
            intrinsic,
        };
        if intrinsic.is_none() {
            site.to = self.call_target(&ci, &mut t)?;
            site.context = self.context(&ci, &mut t, prefixes.readonly)?;
            let itself = prefixes.implicit_tail && ci.method == self.info.ftn;
            site.may_tail =
                (prefixes.tail || itself) && self.may_tail_call(&t, &ci, prefixes.tail)?;
        }
        Ok(site)
    }

    fn field(&mut self, token: u32, access: FieldAccess) -> Result<FieldSite, ImportError> {
        let mut t = self.resolve(token, token_kind::FIELD)?;
        let flags = match access {
            FieldAccess::Get => access::GET,
            FieldAccess::Set => access::SET,
            FieldAccess::Address => access::ADDRESS,
        };
        let mut fi = FieldInfo::default();
        self.ee.field_info(&mut t, self.info.ftn, flags, &mut fi)?;
        if fi.access_allowed != 0 {
            return unsupported("field access that is not allowed");
        }
        let ty = self.il_type(fi.field_type, fi.struct_type)?;
        let boxed = fi.flags & field_flag::STATIC_IN_HEAP != 0;
        let place = match fi.accessor {
            field_accessor::INSTANCE => FieldPlace::Instance(fi.offset),
            field_accessor::STATIC_ADDRESS | field_accessor::STATIC_RVA_ADDRESS => {
                if fi.lookup.access != iat::VALUE {
                    return unsupported("static field behind a cell");
                }
                let address = fi.lookup.addr as u64;
                if boxed {
                    FieldPlace::StaticBoxed(address)
                } else {
                    FieldPlace::StaticAddress(address)
                }
            }
            field_accessor::STATIC_GENERICS_STATIC_HELPER
            | field_accessor::STATIC_SHARED_STATIC_HELPER => {
                let call = if fi.accessor == field_accessor::STATIC_SHARED_STATIC_HELPER {
                    self.shared_static_base(&mut t, &fi)?
                } else {
                    HelperCall {
                        helper: numbered(fi.helper)?,
                        arg: self.handle(&mut t, true)?,
                    }
                };
                if boxed {
                    FieldPlace::StaticBaseBoxed(call, fi.offset)
                } else {
                    FieldPlace::StaticBase(call, fi.offset)
                }
            }
            field_accessor::INTRINSIC_ZERO => FieldPlace::Zero,
            field_accessor::INTRINSIC_EMPTY_STRING => {
                let mut value = 0;
                let access = self.ee.empty_string_literal(&mut value)?;
                match place(&ConstLookup {
                    access,
                    addr: value,
                }) {
                    Some(at) => FieldPlace::Object(at),
                    None => return unsupported("string literal out of reach"),
                }
            }
            field_accessor::INTRINSIC_ISLITTLEENDIAN => FieldPlace::Number(1),
            field_accessor::STATIC_TLS_MANAGED => {
                let call = self.thread_static_base(t.field, &fi)?;
                if boxed {
                    FieldPlace::StaticBaseBoxed(call, fi.offset)
                } else {
                    FieldPlace::StaticBase(call, fi.offset)
                }
            }
            _ => return unsupported(format!("field of access kind {}", fi.accessor)),
        };
        let init = if fi.flags & field_flag::INITCLASS != 0
            && !matches!(
                place,
                FieldPlace::StaticBase(..) | FieldPlace::StaticBaseBoxed(..)
            ) {
            let r = self
                .ee
                .init_class(t.field, self.info.ftn, ContextHandle::CURRENT)?;
            if r & init_class::USE_HELPER != 0 {
                Some(self.cctor_trigger(&mut t)?)
            } else {
                None
            }
        } else {
            None
        };
        Ok(FieldSite { ty, place, init })
    }

    fn class(&mut self, token: u32) -> Result<ClassSite, ImportError> {
        let t = self.resolve(token, token_kind::CLASS)?;
        Ok(ClassSite {
            ty: self.class_type(t.class)?,
            size: self.ee.class_size(t.class)?,
        })
    }

    fn class_handle(&mut self, token: u32) -> Result<Handle, ImportError> {
        let mut t = self.resolve(token, token_kind::CLASS)?;
        self.handle(&mut t, false)
    }

    fn new_array(&mut self, token: u32) -> Result<HelperCall, ImportError> {
        let mut t = self.resolve(token, token_kind::NEWARR)?;
        Ok(HelperCall {
            helper: numbered(self.ee.new_array_helper(t.class)?)?,
            arg: self.handle(&mut t, false)?,
        })
    }

    fn cast(&mut self, token: u32, throwing: bool) -> Result<HelperCall, ImportError> {
        let mut t = self.resolve(token, token_kind::CASTING)?;
        Ok(HelperCall {
            helper: numbered(self.ee.casting_helper(&mut t, u32::from(throwing))?)?,
            arg: self.handle(&mut t, false)?,
        })
    }

    fn boxing(&mut self, token: u32) -> Result<BoxSite, ImportError> {
        let mut t = self.resolve(token, token_kind::BOX)?;
        if self.class_type(t.class)?.ty == VarType::Ref {
            return Ok(BoxSite::Reference);
        }
        let helper = self.ee.box_helper(t.class)?;
        if self.is_helper(helper, HelperName::BOX) {
            let boxed = self.ee.type_for_box(t.class)?;
            return Ok(BoxSite::Allocate(self.allocation(&mut t, boxed, false)?));
        }
        Ok(BoxSite::Call(HelperCall {
            helper: numbered(helper)?,
            arg: self.handle(&mut t, false)?,
        }))
    }

    fn unboxing(&mut self, token: u32) -> Result<UnboxSite, ImportError> {
        let mut t = self.resolve(token, token_kind::CASTING)?;
        if self.class_type(t.class)?.ty == VarType::Ref {
            let call = HelperCall {
                helper: numbered(self.ee.casting_helper(&mut t, 1)?)?,
                arg: self.handle(&mut t, false)?,
            };
            return Ok(UnboxSite::Cast(call));
        }
        let helper = self.ee.unbox_helper(t.class)?;
        let call = HelperCall {
            helper: numbered(helper)?,
            arg: self.handle(&mut t, false)?,
        };
        Ok(if self.is_helper(helper, HelperName::UNBOX_NULLABLE) {
            UnboxSite::Fill(call)
        } else {
            UnboxSite::Address(call)
        })
    }

    fn token(&mut self, token: u32) -> Result<(HelperCall, IlType), ImportError> {
        let mut t = self.resolve(token, token_kind::LDTOKEN)?;
        let name = if !t.method.is_null() {
            HelperName::METHODDESC_TO_STUBRUNTIMEMETHOD
        } else if !t.field.is_null() {
            HelperName::FIELDDESC_TO_STUBRUNTIMEFIELD
        } else {
            HelperName::TYPEHANDLE_TO_RUNTIMETYPEHANDLE
        };
        let call = HelperCall {
            helper: self.helper_named(name)?,
            arg: self.handle(&mut t, false)?,
        };
        let class = self.ee.token_type_as_handle(&mut t)?;
        Ok((call, self.class_type(class)?))
    }

    fn typed_reference(&mut self) -> Result<IlType, ImportError> {
        Ok(value_of(self.ee.builtin_class(builtin::TYPED_REFERENCE)?))
    }

    fn typed_reference_value(&mut self, token: u32) -> Result<HelperCall, ImportError> {
        let mut t = self.resolve(token, token_kind::CLASS)?;
        Ok(HelperCall {
            helper: self.helper_named(HelperName::GETREFANY)?,
            arg: self.handle(&mut t, false)?,
        })
    }

    fn typed_reference_type(&mut self) -> Result<(Helper, IlType), ImportError> {
        let helper = self.helper_named(HelperName::TYPEHANDLE_TO_RUNTIMETYPEHANDLE_MAYBENULL)?;
        let class = self.ee.builtin_class(builtin::RUNTIME_TYPE_HANDLE)?;
        Ok((helper, self.class_type(class)?))
    }

    fn function_pointer(
        &mut self,
        token: u32,
        constrained: Option<u32>,
    ) -> Result<Handle, ImportError> {
        let mut t = self.resolve(token, token_kind::METHOD)?;
        let mut constraint = match constrained {
            Some(token) => Some(self.resolve(token, token_kind::CONSTRAINED)?),
            None => None,
        };
        let constraint = constraint
            .as_mut()
            .map_or(std::ptr::null_mut(), std::ptr::from_mut);
        let flags = call_info_flag::SECURITYCHECKS | call_info_flag::LDFTN;
        let mut ci = CallInfo::default();
        self.ee
            .call_info(&mut t, constraint, self.info.ftn, flags, &mut ci)?;
        self.known_pointer(&ci)
    }

    fn virtual_pointer(&mut self, token: u32) -> Result<FunctionPointer, ImportError> {
        let mut t = self.resolve(token, token_kind::LDVIRTFTN)?;
        let flags =
            call_info_flag::SECURITYCHECKS | call_info_flag::LDFTN | call_info_flag::CALLVIRT;
        let mut ci = CallInfo::default();
        self.ee
            .call_info(&mut t, std::ptr::null_mut(), self.info.ftn, flags, &mut ci)?;
        if ci.access_allowed != 0 {
            return unsupported("call that is not allowed");
        }
        let varies = method_attr::FINAL | method_attr::STATIC | method_attr::VIRTUAL;
        Ok(if ci.method_flags & varies == method_attr::VIRTUAL {
            FunctionPointer::Virtual(self.virtual_by_helper(&mut t)?)
        } else {
            FunctionPointer::Known(self.known_pointer(&ci)?)
        })
    }

    fn indirect_call(&mut self, token: u32) -> Result<CallSite, ImportError> {
        let mut sig = SigInfo::default();
        self.ee
            .find_sig(self.info.scope, token, ContextHandle::CURRENT, &mut sig)?;
        check_convention(&sig)?;
        if sig.has_type_arg() {
            return unsupported("calli with a generic context");
        }
        Ok(CallSite {
            to: CallTo::Code(Handle::Known(0)),
            // An object or, in stubs of the runtime, the address of a struct.
            params: self.params(&sig, IlType::scalar(VarType::Byref))?,
            has_this: sig.has_implicit_this(),
            ret: self.ret_type(&sig)?,
            null_check: false,
            this_transform: ThisTransform::None,
            context: None,
            may_tail: false,
            new: NewKind::None,
            intrinsic: None,
        })
    }

    fn string(&mut self, token: u32) -> Result<Place, ImportError> {
        let mut value = 0;
        let access = self
            .ee
            .construct_string_literal(self.info.scope, token, &mut value)?;
        place(&ConstLookup {
            access,
            addr: value,
        })
        .map_or_else(|| unsupported("string literal out of reach"), Ok)
    }

    fn helper(&mut self, helper: ImportHelper) -> Result<Helper, ImportError> {
        self.helper_named(match helper {
            ImportHelper::StoreElementRef => HelperName::ARRADDR_ST,
            ImportHelper::ElementAddressRef => HelperName::LDELEMA_REF,
        })
    }
}

/// Where a value is, from the interface's form.
pub(super) fn place(c: &ConstLookup) -> Option<Place> {
    let addr = c.addr as u64;
    match c.access {
        _ if addr == 0 => None,
        iat::VALUE => Some(Place::Value(addr)),
        iat::PVALUE => Some(Place::Indirect(addr)),
        iat::PPVALUE => Some(Place::IndirectTwice(addr)),
        _ => None,
    }
}

/// A helper by the runtime's own number.
fn numbered(n: u32) -> Result<Helper, ImportError> {
    match u16::try_from(n) {
        Ok(n) if n != 0 => Ok(Helper::Other(n)),
        _ => unsupported("a helper that the runtime does not have"),
    }
}

fn check_convention(sig: &SigInfo) -> Result<(), ImportError> {
    if sig.call_conv & call_conv::MASK != call_conv::DEFAULT
        || sig.call_conv & call_conv::EXPLICITTHIS != 0
    {
        return unsupported("calling convention that is not the managed one");
    }
    Ok(())
}
