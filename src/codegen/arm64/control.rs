//! Comparisons, branches, selects, switches, handlers' ways out.

use super::mem::{Src, register, source};
use super::operand::{apply, contained, last};
use super::{float_width, width};
use crate::codegen::GenCx;
use crate::ee::Helper;
use crate::emit::arm64::{Asm, Cond as Cc, Ext, Ins, Mem, MemOp, W};
use crate::emit::{Label, MarkKind};
use crate::ir::{Bail, BlockId, Cond, NodeId, Opcode, SwitchId};
use crate::target::RegNum;
use crate::target::arm64::{X0, X16, ZR};

/// Which flags decide a condition.
#[derive(Copy, Clone)]
enum Test {
    /// One condition.
    One(Cc),
    /// Either of two.
    Either(Cc, Cc),
}

fn test_of(cond: Cond, float: bool) -> Test {
    use Cond::*;
    if float {
        return match cond {
            UEq => Test::Either(Cc::Eq, Cc::Vs),
            Ne => Test::Either(Cc::Mi, Cc::Gt),
            UNe => Test::One(Cc::Ne),
            Lt => Test::One(Cc::Mi),
            Le => Test::One(Cc::Ls),
            Gt => Test::One(Cc::Gt),
            Ge => Test::One(Cc::Ge),
            ULt => Test::One(Cc::Lt),
            ULe => Test::One(Cc::Le),
            UGt => Test::One(Cc::Hi),
            UGe => Test::One(Cc::Pl),
            _ => Test::One(Cc::Eq),
        };
    }
    Test::One(match cond {
        Eq | UEq | TestZ => Cc::Eq,
        Ne | UNe | TestNz => Cc::Ne,
        Lt => Cc::Lt,
        Le => Cc::Le,
        Gt => Cc::Gt,
        Ge => Cc::Ge,
        ULt => Cc::Lo,
        ULe => Cc::Ls,
        UGt => Cc::Hi,
        UGe => Cc::Hs,
    })
}

/// Compares the operands of `n` and sets the flags.
fn compare(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let ty = node.compare_type();
    let a = register(cx, n, 0)?;
    if ty.is_float() {
        let b = register(cx, n, 1)?;
        Asm(cx.em).fcmp(float_width(ty), a, b);
        return Ok(());
    }
    let w = width(ty);
    let test = matches!(node.cond(), Cond::TestZ | Cond::TestNz);
    let b = last(cx, n, 1)?;
    let ins = if test { Ins::Ands } else { Ins::Subs };
    apply(&mut Asm(cx.em), ins, w, ZR, a, b)
}

/// Flags with which `cc` holds.
fn flags_for(cc: Cc) -> u8 {
    match cc {
        Cc::Eq | Cc::Le => 4,
        Cc::Hs | Cc::Hi => 2,
        Cc::Mi | Cc::Lt => 8,
        Cc::Vs => 1,
        _ => 0,
    }
}

/// Two comparisons in one, the operands of conjunction or disjunction `n`: the second is made only if the first leaves it open. The
/// condition that decides.
fn compare_both(cx: &mut GenCx<'_>, n: NodeId) -> Result<Cc, Bail> {
    let node = cx.body.nodes[n];
    let (Some(a), Some(b)) = (contained(cx, n, 0), contained(cx, n, 1)) else {
        return Err(Bail::Internal(format!("{n} is not of comparisons")));
    };
    compare(cx, a)?;
    let (x, y) = (cx.body.nodes[a], cx.body.nodes[b]);
    let (Test::One(first), Test::One(second)) =
        (test_of(x.cond(), false), test_of(y.cond(), false))
    else {
        return Err(Bail::Internal(format!("{n} is not of integers")));
    };
    let (flags, open) = match node.op {
        Opcode::And => (flags_for(second.invert()), first),
        _ => (flags_for(second), first.invert()),
    };
    let w = width(y.compare_type());
    let left = register(cx, b, 0)?;
    match source(cx, b, 1)? {
        Src::Reg(r) => Asm(cx.em).ccmp_rr(w, left, r, flags, open),
        Src::Imm(i) => Asm(cx.em).ccmp_ri(Ins::Ccmp, w, left, i as u8, flags, open),
    }
    Ok(second)
}

/// The value of two comparisons in one.
pub(super) fn both_value(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let cc = compare_both(cx, n)?;
    let dst = cx.regs(n).def;
    Asm(cx.em).cset(dst, cc);
    Ok(())
}

#[inline(never)]
pub(super) fn compare_value(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    compare(cx, n)?;
    let dst = cx.regs(n).def;
    let asm = &mut Asm(cx.em);
    match test_of(node.cond(), node.compare_type().is_float()) {
        Test::One(cc) => asm.cset(dst, cc),
        Test::Either(a, b) => {
            asm.cset(dst, a);
            // One if `b` holds, else what it is.
            asm.sel(Ins::Csinc, W::B4, dst, dst, ZR, b.invert());
        }
    }
    Ok(())
}

#[inline(never)]
pub(super) fn jump(cx: &mut GenCx<'_>) -> Result<(), Bail> {
    let to = cx.body.blocks[cx.block].succ[0];
    jump_to(cx, to);
    Ok(())
}

/// Jumps to block `to` unless it comes next.
pub(super) fn jump_to(cx: &mut GenCx<'_>, to: BlockId) {
    if to == cx.next_block && cx.may_fall_through(to) {
        return;
    }
    let label = cx.label(to);
    Asm(cx.em).b(label);
}

/// Puts the likely fall-through last: the condition and the two ways, exchanged if the first comes next.
fn arranged(
    cx: &GenCx<'_>,
    cond: Cond,
    float: bool,
    yes: BlockId,
    no: BlockId,
) -> (Cond, BlockId, BlockId) {
    if yes == cx.next_block {
        (cond.negate(float), no, yes)
    } else {
        (cond, yes, no)
    }
}

#[inline(never)]
pub(super) fn compare_branch(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let [yes, no] = cx.body.blocks[cx.block].succ;
    if yes == no {
        jump_to(cx, yes);
        return Ok(());
    }
    let ty = node.compare_type();
    let float = ty.is_float();
    let (cond, yes, no) = arranged(cx, node.cond(), float, yes, no);
    let target = cx.label(yes);
    if cx.reg(n, 0).is_none()
        && let Some(both) = contained(cx, n, 0)
    {
        let cc = compare_both(cx, both)?;
        let cc = if cond == Cond::Eq { cc.invert() } else { cc };
        Asm(cx.em).bcond(cc, target);
        jump_to(cx, no);
        return Ok(());
    }
    if !float && short_branch(cx, n, cond, target)? {
        jump_to(cx, no);
        return Ok(());
    }
    compare(cx, n)?;
    let asm = &mut Asm(cx.em);
    match test_of(cond, float) {
        Test::One(cc) => asm.bcond(cc, target),
        Test::Either(a, b) => {
            asm.bcond(a, target);
            asm.bcond(b, target);
        }
    }
    jump_to(cx, no);
    Ok(())
}

/// Compare-and-branch in one instruction, where there is one: equality with zero, the sign, one bit.
fn short_branch(cx: &mut GenCx<'_>, n: NodeId, cond: Cond, target: Label) -> Result<bool, Bail> {
    let w = width(cx.body.nodes[n].compare_type());
    let Some(i) = cx.imm(n, 1) else {
        return Ok(false);
    };
    let a = register(cx, n, 0)?;
    let sign = if w == W::B8 { 63 } else { 31 };
    let mask = if w == W::B8 {
        i as u64
    } else {
        i as u32 as u64
    };
    let asm = &mut Asm(cx.em);
    match cond {
        Cond::Eq | Cond::UEq if i == 0 => asm.cbz(w, a, target),
        Cond::Ne | Cond::UNe if i == 0 => asm.cbnz(w, a, target),
        Cond::Lt if i == 0 => asm.tb(Ins::Tbnz, a, sign, target),
        Cond::Ge if i == 0 => asm.tb(Ins::Tbz, a, sign, target),
        Cond::TestZ if mask.is_power_of_two() => {
            asm.tb(Ins::Tbz, a, mask.trailing_zeros() as u8, target)
        }
        Cond::TestNz if mask.is_power_of_two() => {
            asm.tb(Ins::Tbnz, a, mask.trailing_zeros() as u8, target)
        }
        _ => return Ok(false),
    }
    Ok(true)
}

#[inline(never)]
pub(super) fn bounds_check(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let w = width(cx.body.nodes[n].compare_type());
    let fail = cx.throw_label(n, Helper::ThrowRange);
    let (index, length) = (source(cx, n, 0)?, source(cx, n, 1)?);
    let asm = &mut Asm(cx.em);
    match (index, length) {
        (Src::Reg(a), Src::Reg(b)) => {
            asm.cmp_rr(w, a, b);
            asm.bcond(Cc::Hs, fail);
        }
        (Src::Reg(a), Src::Imm(i)) => {
            asm.cmp_ri(w, a, i);
            asm.bcond(Cc::Hs, fail);
        }
        // length <= index fails.
        (Src::Imm(i), Src::Reg(b)) => {
            asm.cmp_ri(w, b, i);
            asm.bcond(Cc::Ls, fail);
        }
        (Src::Imm(_), Src::Imm(_)) => {
            return Err(Bail::Internal("bounds check of constants".into()));
        }
    }
    Ok(())
}

#[inline(never)]
pub(super) fn select(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let (yes, no) = (chosen(cx, n, 1)?, chosen(cx, n, 2)?);
    let test = match contained(cx, n, 0) {
        Some(c) if cx.body.nodes[c].op != Opcode::Cmp => Test::One(compare_both(cx, c)?),
        Some(c) => {
            compare(cx, c)?;
            let c = cx.body.nodes[c];
            test_of(c.cond(), c.compare_type().is_float())
        }
        None => {
            let c = register(cx, n, 0)?;
            Asm(cx.em).cmp_ri(W::B4, c, 0);
            Test::One(Cc::Ne)
        }
    };
    let w = if node.ty.is_float_reg() {
        float_width(node.ty)
    } else {
        width(node.ty)
    };
    let asm = &mut Asm(cx.em);
    let ((yes, if_yes), (no, if_no)) = (yes, no);
    match test {
        // The value that is changed stands second.
        Test::One(cc) if if_yes != Ins::Csel => asm.sel(if_yes, w, dst, no, yes, cc.invert()),
        Test::One(cc) => {
            let ins = if node.ty.is_float_reg() {
                Ins::Fcsel
            } else {
                if_no
            };
            asm.sel(ins, w, dst, yes, no, cc);
        }
        Test::Either(a, b) => {
            let ins = if node.ty.is_float_reg() {
                Ins::Fcsel
            } else {
                Ins::Csel
            };
            asm.sel(ins, w, dst, yes, no, a);
            asm.sel(ins, w, dst, yes, dst, b);
        }
    }
    Ok(())
}

/// Value `k` of select `n`: its register and the instruction that chooses it, changed or not.
fn chosen(cx: &GenCx<'_>, n: NodeId, k: usize) -> Result<(RegNum, Ins), Bail> {
    let r = cx.reg(n, k);
    if r.is_some() {
        return Ok((r, Ins::Csel));
    }
    match cx.imm(n, k) {
        Some(0) => return Ok((ZR, Ins::Csel)),
        Some(1) => return Ok((ZR, Ins::Csinc)),
        Some(_) => return Ok((ZR, Ins::Csinv)),
        None => {}
    }
    let Some(x) = contained(cx, n, k) else {
        return Err(Bail::Internal(format!("value {k} of {n} has no register")));
    };
    let ins = match cx.body.nodes[x].op {
        Opcode::Add => Ins::Csinc,
        Opcode::Neg => Ins::Csneg,
        _ => Ins::Csinv,
    };
    Ok((register(cx, x, 0)?, ins))
}

/// A jump table of distances from the method's first byte.
pub(super) fn switch(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let s = SwitchId(cx.body.nodes[n].aux);
    let count = cx.body.switches[s].count;
    let value = register(cx, n, 0)?;
    let [base, entry, _] = cx.regs(n).temp;
    let default = cx.body.targets(s).last().copied().unwrap_or(BlockId::NONE);
    let default = cx.label(default);
    let labels: smallvec::SmallVec<[Label; 32]> = cx.body.targets(s)[..count as usize]
        .iter()
        .map(|&t| cx.st.labels[t])
        .collect();
    let table = cx.em.data.jump_table(labels.into_iter());
    let start = cx.st.start_label;
    let asm = &mut Asm(cx.em);
    if crate::target::arm64::imm::add_sub(count as u64).is_some() {
        asm.cmp_ri(W::B4, value, count as i64);
    } else {
        asm.mov_ri(X16, W::B4, count as i64);
        asm.cmp_rr(W::B4, value, X16);
    }
    asm.bcond(Cc::Hs, default);
    asm.adr_data(base, table);
    let m = Mem::Index {
        base,
        index: value,
        ext: Ext::Uxtw,
        amount: 2,
    };
    asm.load(MemOp::W32, entry, &m);
    asm.adr_label(base, start);
    asm.rrr(Ins::Add, W::B8, base, base, entry);
    asm.br(base);
    Ok(())
}

/// The end of a catch: its resume address is the result.
pub(super) fn catch_ret(cx: &mut GenCx<'_>) -> Result<(), Bail> {
    let resume = cx.body.blocks[cx.block].succ[0];
    let label = cx.label(resume);
    const RESULT: RegNum = X0;
    Asm(cx.em).adr_label(RESULT, label);
    cx.epilog_here();
    Ok(())
}

/// Runs a finally on the normal way out of its try, then goes on at the continuation.
pub(super) fn call_finally(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let [continuation, handler] = cx.body.blocks[cx.block].succ;
    let funclet = cx.funclet_label(handler);
    if cx.abi.psp_sym {
        return Err(Bail::Unsupported {
            what: "PSPSym on this machine",
            node: n,
        });
    }
    Asm(cx.em).bl_label(funclet);
    cx.call_site(true);
    // Liveness is not right between the call and what follows: that one instruction is not a stopping point.
    cx.em.mark(MarkKind::NoGcBegin);
    if continuation == cx.next_block && cx.may_fall_through(continuation) {
        Asm(cx.em).nop();
    } else {
        let label = cx.label(continuation);
        Asm(cx.em).b_keep(label);
    }
    cx.em.mark(MarkKind::NoGcEnd);
    Ok(())
}
