//! Calls, helpers, exceptions raised, handles.

use super::BREAKPOINT;
use crate::codegen::{EpilogEnd, GenCx, SymbolName};
use crate::ee::{Helper, Lookup};
use crate::emit::arm64::{Asm, Mem, MemOp, W};
use crate::emit::{Symbol, SymbolKind};
use crate::ir::{Bail, CallFlags, CallId, CallTarget, FuncId, LookupId, NodeId};
use crate::target::RegNum;
use crate::target::arm64::{X11, X16, X17, ZR};

#[inline(never)]
pub(super) fn call(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let info = cx.body.calls[CallId(cx.body.nodes[n].aux)];
    cx.st.frame.outgoing = cx.st.frame.outgoing.max(info.stack_bytes);
    let safe_point = !info.flags.contains(CallFlags::NO_GC);
    if info.flags.contains(CallFlags::NULL_CHECK_THIS) {
        let this = cx.desc.call_conv.int_args[0];
        Asm(cx.em).load(MemOp::U8, ZR, &Mem::base(this, 0));
    }
    match info.target {
        CallTarget::Func(f) => match cx.start_of(f) {
            Some(start) => Asm(cx.em).bl_label(start),
            None => {
                let at = cx.entry_point(f)?;
                call_lookup(cx, at, SymbolName::Func(f));
            }
        },
        CallTarget::Helper(h) => {
            let at = cx.rt.helper_address(h)?;
            call_lookup(cx, at, SymbolName::Helper(h));
        }
        CallTarget::Indirect => {
            let r = cx.reg(n, 0);
            Asm(cx.em).blr(r);
        }
        CallTarget::IndirectCell => {
            let r = cx.reg(n, 0);
            Asm(cx.em).mov_rr(W::B8, X11, r);
            Asm(cx.em).load(MemOp::X64, X16, &Mem::base(X11, 0));
            Asm(cx.em).blr(X16);
        }
        CallTarget::StubCell(l) => {
            // The stub finds its cell by x11, which no argument is in.
            let cell = cx.stub_cell(l)?;
            Asm(cx.em).mov_ri(X11, W::B8, cell as i64);
            Asm(cx.em).load(MemOp::X64, X16, &Mem::base(X11, 0));
            Asm(cx.em).blr(X16);
        }
    }
    cx.call_site(safe_point);
    if info.flags.contains(CallFlags::NO_RETURN) {
        Asm(cx.em).brk(BREAKPOINT);
    }
    Ok(())
}

/// A call of what a lookup leads to. x16 holds what is in no register of the convention.
fn call_lookup(cx: &mut GenCx<'_>, at: Lookup, name: SymbolName) {
    match at {
        Lookup::Relative(a) => {
            let name = cx.name_symbol(name);
            let s = cx.em.symbol(Symbol {
                value: a,
                kind: SymbolKind::Relative,
                name,
            });
            Asm(cx.em).bl_sym(s);
        }
        at => {
            load_lookup(cx, at, X16);
            Asm(cx.em).blr(X16);
        }
    }
}

/// A call from which the callee returns to this method's caller: the epilog, then a jump. x17 keeps the target, since epilogs of
/// large frames use x16.
pub(super) fn tail_call(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let info = cx.body.calls[CallId(cx.body.nodes[n].aux)];
    if info.flags.contains(CallFlags::NULL_CHECK_THIS) {
        let this = cx.desc.call_conv.int_args[0];
        Asm(cx.em).load(MemOp::U8, ZR, &Mem::base(this, 0));
    }
    let (at, name) = match info.target {
        CallTarget::Func(f) => (cx.entry_point(f)?, SymbolName::Func(f)),
        CallTarget::Helper(h) => (cx.rt.helper_address(h)?, SymbolName::Helper(h)),
        CallTarget::Indirect => {
            let r = cx.reg(n, 0);
            cx.epilog_with(EpilogEnd::Register(r));
            return Ok(());
        }
        CallTarget::IndirectCell => {
            let r = cx.reg(n, 0);
            Asm(cx.em).mov_rr(W::B8, X11, r);
            Asm(cx.em).load(MemOp::X64, X17, &Mem::base(X11, 0));
            cx.epilog_with(EpilogEnd::Register(X17));
            return Ok(());
        }
        CallTarget::StubCell(l) => {
            let cell = cx.stub_cell(l)?;
            Asm(cx.em).mov_ri(X11, W::B8, cell as i64);
            Asm(cx.em).load(MemOp::X64, X17, &Mem::base(X11, 0));
            cx.epilog_with(EpilogEnd::Register(X17));
            return Ok(());
        }
    };
    if let Lookup::Relative(value) = at {
        let name = cx.name_symbol(name);
        let s = cx.em.symbol(Symbol {
            value,
            kind: SymbolKind::Relative,
            name,
        });
        cx.epilog_with(EpilogEnd::Symbol(s));
    } else {
        load_lookup(cx, at, X17);
        cx.epilog_with(EpilogEnd::Register(X17));
    }
    Ok(())
}

/// A helper call with its arguments in place.
pub(super) fn helper(cx: &mut GenCx<'_>, helper: Helper, safe_point: bool) -> Result<(), Bail> {
    let at = cx.rt.helper_address(helper)?;
    call_lookup(cx, at, SymbolName::Helper(helper));
    cx.call_site(safe_point);
    Ok(())
}

/// Raises an exception: a call that does not come back.
pub(super) fn raise(cx: &mut GenCx<'_>, h: Helper) -> Result<(), Bail> {
    helper(cx, h, true)?;
    Asm(cx.em).brk(BREAKPOINT);
    Ok(())
}

/// Puts the value of a lookup into a register.
fn load_lookup(cx: &mut GenCx<'_>, at: Lookup, dst: RegNum) {
    let asm = &mut Asm(cx.em);
    let (value, loads) = match at {
        Lookup::Value(v) | Lookup::Relative(v) => (v, 0),
        Lookup::Indirect(a) => (a, 1),
        Lookup::IndirectTwice(a) => (a, 2),
    };
    asm.mov_ri(dst, W::B8, value as i64);
    for _ in 0..loads {
        asm.load(MemOp::X64, dst, &Mem::base(dst, 0));
    }
}

pub(super) fn lookup(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let request = &cx.method.lookups[LookupId(cx.body.nodes[n].aux)];
    let at = match request {
        crate::ee::LookupRequest::Known(l) => *l,
        other => cx.rt.lookup(other)?,
    };
    let dst = cx.regs(n).def;
    load_lookup(cx, at, dst);
    Ok(())
}

pub(super) fn function_address(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let at = cx.entry_point(FuncId(cx.body.nodes[n].aux))?;
    let dst = cx.regs(n).def;
    load_lookup(cx, at, dst);
    Ok(())
}
