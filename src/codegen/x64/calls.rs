//! Calls, helpers, exceptions raised, handles.

use crate::codegen::{EpilogEnd, GenCx, SymbolName};
use crate::ee::{Helper, Lookup};
use crate::emit::x64::{Asm, Ins, Mem, W};
use crate::emit::{Symbol, SymbolKind};
use crate::ir::{Bail, CallFlags, CallId, CallTarget, FuncId, LookupId, NodeId};
use crate::target::RegNum;
use crate::target::x64::{R11, RAX};

#[inline(never)]
pub(super) fn call(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let info = cx.body.calls[CallId(cx.body.nodes[n].aux)];
    cx.st.frame.outgoing = cx.st.frame.outgoing.max(info.stack_bytes);
    let safe_point = !info.flags.contains(CallFlags::NO_GC);
    if info.flags.contains(CallFlags::NULL_CHECK_THIS) {
        let this = cx.desc.call_conv.int_args[0];
        Asm(cx.em).mr(Ins::Cmp, W::B1, &Mem::base(this, 0), this);
    }
    match info.target {
        CallTarget::Func(f) => match cx.start_of(f) {
            Some(start) => Asm(cx.em).call_label(start),
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
            Asm(cx.em).call_r(r);
        }
        CallTarget::IndirectCell => {
            let r = cx.reg(n, 0);
            Asm(cx.em).rr(Ins::Mov, W::B8, R11, r);
            Asm(cx.em).call_m(&Mem::base(R11, 0));
        }
        CallTarget::StubCell(l) => {
            // The stub finds its cell by r11.
            let cell = cx.stub_cell(l)?;
            Asm(cx.em).mov_ri(R11, W::B8, cell as i64);
            Asm(cx.em).call_m(&Mem::base(R11, 0));
        }
    }
    cx.call_site(safe_point);
    if info.flags.contains(CallFlags::NO_RETURN) {
        Asm(cx.em).int3();
    }
    Ok(())
}

/// A call of what a lookup leads to. r11 holds what is in no register of the convention.
fn call_lookup(cx: &mut GenCx<'_>, at: Lookup, name: SymbolName) {
    match at {
        Lookup::Value(a) | Lookup::Relative(a) => {
            if matches!(at, Lookup::Relative(_)) || cx.rt.is_near(a) {
                let name = cx.name_symbol(name);
                let s = cx.em.symbol(Symbol {
                    value: a,
                    kind: SymbolKind::Relative,
                    name,
                });
                Asm(cx.em).call_sym(s);
            } else {
                Asm(cx.em).mov_ri(R11, W::B8, a as i64);
                Asm(cx.em).call_r(R11);
            }
        }
        Lookup::Indirect(a) => {
            if cx.rt.is_near(a) {
                let name = cx.name_symbol(name);
                let s = cx.em.symbol(Symbol {
                    value: a,
                    kind: SymbolKind::Relative,
                    name,
                });
                Asm(cx.em).call_m(&Mem::Symbol(s));
            } else {
                Asm(cx.em).mov_ri(R11, W::B8, a as i64);
                Asm(cx.em).call_m(&Mem::base(R11, 0));
            }
        }
        Lookup::IndirectTwice(a) => {
            Asm(cx.em).mov_ri(R11, W::B8, a as i64);
            Asm(cx.em).rm(Ins::Mov, W::B8, R11, &Mem::base(R11, 0));
            Asm(cx.em).call_m(&Mem::base(R11, 0));
        }
    }
}

/// A call from which the callee returns to this method's caller: the epilog, then a jump.
pub(super) fn tail_call(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let info = cx.body.calls[CallId(cx.body.nodes[n].aux)];
    if info.flags.contains(CallFlags::NULL_CHECK_THIS) {
        let this = cx.desc.call_conv.int_args[0];
        Asm(cx.em).mr(Ins::Cmp, W::B1, &Mem::base(this, 0), this);
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
            Asm(cx.em).rr(Ins::Mov, W::B8, R11, r);
            Asm(cx.em).rm(Ins::Mov, W::B8, RAX, &Mem::base(R11, 0));
            cx.epilog_with(EpilogEnd::Register(RAX));
            return Ok(());
        }
        CallTarget::StubCell(l) => {
            // Unwinders know no jump through [r11].
            let cell = cx.stub_cell(l)?;
            Asm(cx.em).mov_ri(R11, W::B8, cell as i64);
            Asm(cx.em).rm(Ins::Mov, W::B8, RAX, &Mem::base(R11, 0));
            cx.epilog_with(EpilogEnd::Register(RAX));
            return Ok(());
        }
    };
    match at {
        Lookup::Relative(a) => tail_to_symbol(cx, a, name),
        Lookup::Value(a) if cx.rt.is_near(a) => tail_to_symbol(cx, a, name),
        at => {
            load_lookup(cx, at, R11);
            cx.epilog_with(EpilogEnd::Register(R11));
        }
    }
    Ok(())
}

fn tail_to_symbol(cx: &mut GenCx<'_>, value: u64, name: SymbolName) {
    let name = cx.name_symbol(name);
    let s = cx.em.symbol(Symbol {
        value,
        kind: SymbolKind::Relative,
        name,
    });
    cx.epilog_with(EpilogEnd::Symbol(s));
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
    Asm(cx.em).int3();
    Ok(())
}

/// Puts the value of a lookup into a register.
fn load_lookup(cx: &mut GenCx<'_>, at: Lookup, dst: RegNum) {
    let asm = &mut Asm(cx.em);
    match at {
        Lookup::Value(v) | Lookup::Relative(v) => asm.mov_ri(dst, W::B8, v as i64),
        Lookup::Indirect(a) => {
            asm.mov_ri(dst, W::B8, a as i64);
            asm.rm(Ins::Mov, W::B8, dst, &Mem::base(dst, 0));
        }
        Lookup::IndirectTwice(a) => {
            asm.mov_ri(dst, W::B8, a as i64);
            asm.rm(Ins::Mov, W::B8, dst, &Mem::base(dst, 0));
            asm.rm(Ins::Mov, W::B8, dst, &Mem::base(dst, 0));
        }
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
