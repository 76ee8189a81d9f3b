//! Comparisons, branches, selects, switches, handlers' ways out.

use super::alu::is_contained;
use super::mem::{Src, source};
use super::width;
use crate::codegen::GenCx;
use crate::ee::Helper;
use crate::emit::x64::{Asm, Cc, Ins, Mem, W};
use crate::emit::{Label, MarkKind};
use crate::ir::{Bail, BlockId, Cond, NodeId, Opcode, OperandRef, SwitchId};
use crate::target::RegNum;
use crate::target::x64::RAX;
use crate::types::VarType;

/// Which flags decide a condition.
enum Test {
    /// One condition code.
    One(Cc),
    /// This one, and no NaN among the operands.
    AndOrdered(Cc),
    /// This one, or a NaN among the operands.
    OrUnordered(Cc),
}

fn test_of(cond: Cond, float: bool) -> Test {
    use Cond::*;
    if float {
        return match cond {
            Eq => Test::AndOrdered(Cc::E),
            UNe => Test::OrUnordered(Cc::Ne),
            Ne => Test::One(Cc::Ne),
            UEq => Test::One(Cc::E),
            Gt | UGt => Test::One(Cc::A),
            Ge | UGe => Test::One(Cc::Ae),
            Lt | ULt => Test::One(Cc::B),
            _ => Test::One(Cc::Be),
        };
    }
    Test::One(match cond {
        Eq | UEq | TestZ => Cc::E,
        Ne | UNe | TestNz => Cc::Ne,
        Lt => Cc::L,
        Le => Cc::Le,
        Gt => Cc::G,
        Ge => Cc::Ge,
        ULt => Cc::B,
        ULe => Cc::Be,
        UGt => Cc::A,
        UGe => Cc::Ae,
    })
}

/// Compares the operands of `n` and sets the flags.
fn compare(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = &cx.body.nodes[n];
    let ty = node.compare_type();
    let [a, b, _] = cx.st.regs[n].opnd;
    let test = matches!(node.cond(), Cond::TestZ | Cond::TestNz);
    if a.is_some() && !test && !ty.is_float() {
        let w = width(ty);
        if b.is_some() {
            Asm(cx.em).rr(Ins::Cmp, w, a, b);
            return Ok(());
        }
        match node.opnd[1].get() {
            // What made the value may have compared it with zero already.
            OperandRef::Small(i) if i != 0 => {
                Asm(cx.em).ri(Ins::Cmp, w, a, i);
                return Ok(());
            }
            _ => {}
        }
    }
    compare_others(cx, n)
}

/// [`compare`], of all but integers of which the first is in a register and the second in one or small.
fn compare_others(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let ty = node.compare_type();
    if let Some(bit) = tested_bit(cx, n) {
        let (w, a) = (width(ty), cx.reg(n, 0));
        match bit {
            Bit::Number(i) if a.is_none() => {
                let Src::Mem(m) = source(cx, n, 0)? else {
                    return Err(Bail::Internal("a bit of nothing".into()));
                };
                Asm(cx.em).mi(Ins::Bt, w, &m, i);
            }
            Bit::Number(i) => Asm(cx.em).ri(Ins::Bt, w, a, i),
            Bit::Register(r) => Asm(cx.em).rr(Ins::Bt, w, a, r),
        }
        return Ok(());
    }
    if is_contained(cx, n, 0) {
        return compare_memory(cx, n);
    }
    let a = cx.reg(n, 0);
    let b = source(cx, n, 1)?;
    if a.is_none() {
        let (Src::Mem(a), Src::Imm(b)) = (source(cx, n, 0)?, b) else {
            return Err(Bail::Internal(format!("operands of {n} are in memory")));
        };
        let test = matches!(node.cond(), Cond::TestZ | Cond::TestNz);
        let ins = if test { Ins::Test } else { Ins::Cmp };
        Asm(cx.em).mi(ins, width(ty), &a, b);
        return Ok(());
    }
    let asm = &mut Asm(cx.em);
    if ty.is_float() {
        let (ins, w) = if ty == VarType::F64 {
            (Ins::Ucomisd, W::F64)
        } else {
            (Ins::Ucomiss, W::F32)
        };
        match b {
            Src::Reg(r) => asm.rr(ins, w, a, r),
            Src::Mem(m) => asm.rm(ins, w, a, &m),
            Src::Imm(_) => return Err(Bail::Internal("float immediate".into())),
        }
        return Ok(());
    }
    let w = width(ty);
    let test = matches!(node.cond(), Cond::TestZ | Cond::TestNz);
    match b {
        Src::Imm(0) if !test => {
            // What the value was made by may have set the flags.
            let all = asm.flags_of(a, w);
            let sign_or_zero = matches!(node.cond(), Cond::Eq | Cond::Ne | Cond::Lt | Cond::Ge);
            if all.is_none_or(|all| !all && !sign_or_zero) {
                asm.rr(Ins::Test, w, a, a);
            }
        }
        Src::Imm(i) if test => {
            // The narrowest that has all bits.
            let w = match i {
                0..=0xFF => W::B1,
                0x100.. => W::B4,
                _ => w,
            };
            asm.ri(Ins::Test, w, a, i);
        }
        Src::Imm(i) => asm.ri(Ins::Cmp, w, a, i),
        Src::Reg(r) => asm.rr(if test { Ins::Test } else { Ins::Cmp }, w, a, r),
        Src::Mem(m) if test => asm.mr(Ins::Test, w, &m, a),
        Src::Mem(m) => asm.rm(Ins::Cmp, w, a, &m),
    }
    Ok(())
}

/// The bit that a test of one asks for.
enum Bit {
    Number(i32),
    Register(RegNum),
}

/// The bit that `bt` tests for comparison `n`, if it is to do that: one that no immediate reaches, or one whose number varies. The
/// carry flag has it then.
fn tested_bit(cx: &GenCx<'_>, n: NodeId) -> Option<Bit> {
    let node = cx.body.nodes[n];
    if !matches!(node.cond(), Cond::TestZ | Cond::TestNz) {
        return None;
    }
    if let Some(x) = node.opnd[1].as_node() {
        let shift = cx.body.nodes[x];
        let is = shift.is_contained() && shift.op == Opcode::Shl;
        return is.then(|| Bit::Register(cx.reg(x, 1)));
    }
    let c = cx.imm(n, 1)?;
    let far = node.compare_type() == VarType::I64 && i32::try_from(c).is_err();
    (far && c.count_ones() == 1).then(|| Bit::Number(c.trailing_zeros() as i32))
}

/// Compares memory with a constant.
fn compare_memory(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let x = node.opnd[0].as_node().unwrap_or_default();
    let (size, c) = (cx.body.nodes[x].ty.size(), cx.imm(n, 1).unwrap_or(0) as i32);
    let Src::Mem(m) = source(cx, n, 0)? else {
        return Err(Bail::Internal(format!("{x} is not in memory")));
    };
    let test = matches!(node.cond(), Cond::TestZ | Cond::TestNz);
    let ins = if test { Ins::Test } else { Ins::Cmp };
    // A byte without sign that is compared may look negative.
    let c = if size == 1 { i32::from(c as i8) } else { c };
    Asm(cx.em).mi(ins, W::bytes(size), &m, c);
    Ok(())
}

/// The flags that decide comparison `n`.
fn test_for(cx: &GenCx<'_>, n: NodeId, cond: Cond) -> Test {
    let float = cx.body.nodes[n].compare_type().is_float();
    if !float && cx.imm(n, 1) == Some(0) {
        // The sign alone: flags of the instruction that made the value do.
        match cond {
            Cond::Lt => return Test::One(Cc::S),
            Cond::Ge => return Test::One(Cc::Ns),
            _ => {}
        }
    }
    match tested_bit(cx, n) {
        Some(_) if cond == Cond::TestZ => Test::One(Cc::Ae),
        Some(_) => Test::One(Cc::B),
        None => test_of(cond, float),
    }
}

#[inline(never)]
pub(super) fn compare_value(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    compare(cx, n)?;
    let dst = cx.regs(n).def;
    let scratch = cx.desc.scratch_int;
    let test = test_for(cx, n, node.cond());
    let asm = &mut Asm(cx.em);
    match test {
        Test::One(cc) => asm.setcc(cc, dst),
        Test::AndOrdered(cc) => {
            asm.setcc(cc, dst);
            asm.setcc(Cc::Np, scratch);
            asm.rr(Ins::And, W::B4, dst, scratch);
        }
        Test::OrUnordered(cc) => {
            asm.setcc(cc, dst);
            asm.setcc(Cc::P, scratch);
            asm.rr(Ins::Or, W::B4, dst, scratch);
        }
    }
    asm.rr(Ins::Movzx8, W::B4, dst, dst);
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
    Asm(cx.em).jmp(label);
}

/// Branches on the flags to `yes` or `no`, falling through where it can.
fn branch(cx: &mut GenCx<'_>, n: NodeId, yes: BlockId, no: BlockId) {
    let node = cx.body.nodes[n];
    let (cond, float) = (node.cond(), node.compare_type().is_float());
    let (cond, yes, no) = if yes == cx.next_block {
        (cond.negate(float), no, yes)
    } else {
        (cond, yes, no)
    };
    let (yes_label, no_label) = (cx.label(yes), cx.label(no));
    let test = test_for(cx, n, cond);
    let asm = &mut Asm(cx.em);
    match test {
        Test::One(cc) => asm.jcc(cc, yes_label),
        Test::AndOrdered(cc) => {
            asm.jcc(Cc::P, no_label);
            asm.jcc(cc, yes_label);
        }
        Test::OrUnordered(cc) => {
            asm.jcc(Cc::P, yes_label);
            asm.jcc(cc, yes_label);
        }
    }
    jump_to(cx, no);
}

#[inline(never)]
pub(super) fn compare_branch(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let [yes, no] = cx.body.blocks[cx.block].succ;
    if yes == no {
        jump_to(cx, yes);
        return Ok(());
    }
    compare(cx, n)?;
    branch(cx, n, yes, no);
    Ok(())
}

#[inline(never)]
pub(super) fn bounds_check(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let w = width(cx.body.nodes[n].compare_type());
    let fail = cx.throw_label(n, Helper::ThrowRange);
    if let Some(index) = cx.imm(n, 0) {
        // length <= index fails.
        match source(cx, n, 1)? {
            Src::Reg(r) => Asm(cx.em).ri(Ins::Cmp, w, r, index as i32),
            Src::Mem(m) => Asm(cx.em).mi(Ins::Cmp, w, &m, index as i32),
            Src::Imm(_) => return Err(Bail::Internal("bounds check of constants".into())),
        }
        Asm(cx.em).jcc(Cc::Be, fail);
        return Ok(());
    }
    let a = cx.reg(n, 0);
    let b = source(cx, n, 1)?;
    let asm = &mut Asm(cx.em);
    match b {
        Src::Reg(r) => asm.rr(Ins::Cmp, w, a, r),
        Src::Imm(i) => asm.ri(Ins::Cmp, w, a, i),
        Src::Mem(m) => asm.rm(Ins::Cmp, w, a, &m),
    }
    asm.jcc(Cc::Ae, fail);
    Ok(())
}

#[inline(never)]
pub(super) fn select(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let dst = cx.regs(n).def;
    let (yes, no) = (cx.reg(n, 1), cx.reg(n, 2));
    let in_memory = is_contained(cx, n, 1);
    if yes.is_none() && !in_memory || no.is_none() {
        return Err(Bail::Internal(format!(
            "select {n} has an operand without register"
        )));
    }
    let float = node.ty.is_float_reg();
    let w = width(node.ty);
    if dst != no {
        move_value(cx, float, w, dst, no);
    }
    let test = match node.opnd[0]
        .as_node()
        .filter(|&c| cx.body.nodes[c].is_contained())
    {
        Some(c) => {
            compare(cx, c)?;
            test_for(cx, c, cx.body.nodes[c].cond())
        }
        None => {
            let c = cx.reg(n, 0);
            Asm(cx.em).rr(Ins::Test, W::B4, c, c);
            Test::One(Cc::Ne)
        }
    };
    if in_memory && let Src::Mem(m) = source(cx, n, 1)? {
        let codes = match test {
            Test::One(cc) => [Some(cc), None],
            Test::OrUnordered(cc) => [Some(cc), Some(Cc::P)],
            Test::AndOrdered(_) => {
                return Err(Bail::Internal(format!("{n} chooses what is in memory")));
            }
        };
        for cc in codes.into_iter().flatten() {
            Asm(cx.em).cmov_m(cc, w, dst, &m);
        }
        return Ok(());
    }
    match test {
        Test::One(cc) if !float => Asm(cx.em).cmov(cc, w, dst, yes),
        Test::OrUnordered(cc) if !float => {
            Asm(cx.em).cmov(cc, w, dst, yes);
            Asm(cx.em).cmov(Cc::P, w, dst, yes);
        }
        test => {
            // Around the move: for floats there is no conditional one.
            let skip = cx.em.new_label();
            match test {
                Test::One(cc) => Asm(cx.em).jcc(cc.invert(), skip),
                Test::AndOrdered(cc) => {
                    Asm(cx.em).jcc(Cc::P, skip);
                    Asm(cx.em).jcc(cc.invert(), skip);
                }
                Test::OrUnordered(cc) => {
                    let take = cx.em.new_label();
                    Asm(cx.em).jcc(Cc::P, take);
                    Asm(cx.em).jcc(cc.invert(), skip);
                    cx.em.bind(take);
                }
            }
            move_value(cx, float, w, dst, yes);
            cx.em.bind(skip);
        }
    }
    Ok(())
}

fn move_value(cx: &mut GenCx<'_>, float: bool, w: W, dst: RegNum, src: RegNum) {
    if float {
        Asm(cx.em).rr(Ins::Movaps, W::F64, dst, src);
    } else {
        Asm(cx.em).rr(Ins::Mov, w, dst, src);
    }
}

/// A jump table of distances from the method's first byte.
pub(super) fn switch(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let s = SwitchId(cx.body.nodes[n].aux);
    let count = cx.body.switches[s].count;
    let value = cx.reg(n, 0);
    let [base, entry, _] = cx.regs(n).temp;
    let default = cx.body.targets(s).last().copied().unwrap_or(BlockId::NONE);
    let default = cx.label(default);
    let labels: smallvec::SmallVec<[Label; 32]> = cx.body.targets(s)[..count as usize]
        .iter()
        .map(|&t| cx.st.labels[t])
        .collect();
    let limit = i32::try_from(count).map_err(|_| Bail::Limit("switch targets"))?;
    let table = cx.em.data.jump_table(labels.into_iter());
    let start = cx.st.start_label;
    let asm = &mut Asm(cx.em);
    asm.ri(Ins::Cmp, W::B4, value, limit);
    asm.jcc(Cc::Ae, default);
    // The 32-bit move also clears the index's upper half.
    asm.rr(Ins::Mov, W::B4, entry, value);
    asm.lea_data(base, table);
    asm.rm(Ins::Mov, W::B4, entry, &Mem::index(base, entry, 4, 0));
    asm.lea_label(base, start);
    asm.rr(Ins::Add, W::B8, base, entry);
    asm.jmp_r(base);
    Ok(())
}

/// The end of a catch: its resume address is the result.
pub(super) fn catch_ret(cx: &mut GenCx<'_>) -> Result<(), Bail> {
    let resume = cx.body.blocks[cx.block].succ[0];
    let label = cx.label(resume);
    Asm(cx.em).lea_label(RAX, label);
    cx.epilog_here();
    Ok(())
}

/// Runs a finally on the normal way out of its try, then goes on at the continuation.
pub(super) fn call_finally(cx: &mut GenCx<'_>) -> Result<(), Bail> {
    let [continuation, handler] = cx.body.blocks[cx.block].succ;
    let funclet = cx.funclet_label(handler);
    if cx.abi.psp_sym {
        let psp = cx.psp_slot();
        let establisher = cx.abi.establisher_reg;
        Asm(cx.em).rm(Ins::Mov, W::B8, establisher, &Mem::slot(psp, 0));
    }
    Asm(cx.em).call_label(funclet);
    cx.call_site(true);
    // Liveness is not right between the call and what follows: that one instruction is not a stopping point.
    cx.em.mark(MarkKind::NoGcBegin);
    if continuation == cx.next_block && cx.may_fall_through(continuation) {
        Asm(cx.em).nop();
    } else {
        let label = cx.label(continuation);
        Asm(cx.em).jmp_keep(label);
    }
    cx.em.mark(MarkKind::NoGcEnd);
    Ok(())
}
