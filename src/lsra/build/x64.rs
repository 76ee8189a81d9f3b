//! Demands of x64 nodes.

mod vector;

use super::{Build, BuildCx};
use crate::ir::vector::is_vector_opcode;
use crate::ir::{NodeId, Opcode};
use crate::lsra::demand::{DemandRows, NodeDemand, RowDef, Unless, UseFlags};
use crate::target::x64::{RAX, RCX, RDI, RDX, RSI, X64};
use crate::target::{CpuFeatures, RegMask};
use crate::types::VarType;

const RMW: UseFlags = UseFlags::PREFER_DEF;
const DELAY: UseFlags = UseFlags::DELAY_FREE;
const OPT: UseFlags = UseFlags::REG_OPTIONAL;
const NONE: UseFlags = UseFlags::empty();

impl Build for X64 {
    const ROWS: DemandRows = {
        use Opcode::*;
        DemandRows::new()
            // Two-operand: the first source is the destination, so the second must survive its being written.
            .with(
                &[
                    Add, Sub, And, Or, Xor, Mul, FDiv, AddOvf, AddOvfUn, SubOvf, SubOvfUn, MulOvf,
                ],
                [RMW, DELAY.union(OPT), NONE],
                RowDef::Own,
                Unless::Never,
            )
            .with(
                &[Neg, Not, Abs, Bswap, BitReverse, CkFinite, CopySign],
                [RMW, NONE, NONE],
                RowDef::Own,
                Unless::Never,
            )
            .with(
                &[Min, Max, UMin, UMax],
                [RMW, DELAY, NONE],
                RowDef::Own,
                Unless::Never,
            )
            // The sum's third operand is overwritten.
            .with(&[Fma], [DELAY, DELAY, RMW], RowDef::Own, Unless::Never)
            // Where the base machine is meant, the operand is looked at again when the result has been written.
            .with(
                &[Floor, Ceil, RoundEven, TruncFloat],
                [DELAY, NONE, NONE],
                RowDef::Own,
                Unless::Never,
            )
            .with(
                &[Shl, Shr, Sar, Rol, Ror],
                [RMW, NONE, NONE],
                RowDef::Own,
                Unless::Operand1Varies,
            )
            .with(
                &[Sext, Zext, Trunc, IntToFloat, FloatToFloat, Bitcast, Sqrt],
                [OPT, NONE, NONE],
                RowDef::Own,
                Unless::Never,
            )
            .with(
                &[
                    FloatToInt,
                    FloatToUInt,
                    FloatToIntOld,
                    FloatToUIntOld,
                    UIntToFloat,
                    CastOvf,
                    CastOvfUn,
                    CastOvfToUn,
                    Clz,
                    Ctz,
                    Popcnt,
                    Lea,
                ],
                [NONE, NONE, NONE],
                RowDef::Own,
                Unless::Never,
            )
            .with(&[Cmp], [NONE, OPT, NONE], RowDef::I32, Unless::Never)
            .with(
                &[CmpBranch, BoundsCheck],
                [NONE, OPT, NONE],
                RowDef::None,
                Unless::Never,
            )
            // dst := false value; conditionally true value. The condition's operands are read before dst is written only if
            // they do not share its register.
            .with(&[Select], [DELAY, DELAY, RMW], RowDef::Own, Unless::Never)
            .with(
                &[
                    Const, Lookup, LclFld, LclAddr, ParamStack, FuncAddr, LabelAddr,
                ],
                [NONE, NONE, NONE],
                RowDef::Own,
                Unless::Never,
            )
            .made_again(&[Const, Lookup, LclAddr, FuncAddr])
            .with(
                &[
                    StoreLclFld,
                    PutArgStk,
                    PutArgIn,
                    AlignSp,
                    NullCheck,
                    InitBlk,
                    StoreOp,
                ],
                [NONE, NONE, NONE],
                RowDef::None,
                Unless::Never,
            )
            .with(&[Load], [NONE, NONE, NONE], RowDef::Own, Unless::Unused)
            .with(&[Store], [NONE, NONE, NONE], RowDef::None, Unless::Barrier)
    };

    fn build_special(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
        use Opcode::*;
        let node = cx.node(n);
        match node.op {
            Shl | Shr | Sar | Rol | Ror => shift(cx, n, d),
            Div | Rem | UDiv | URem => {
                cx.use_fixed(d, n, 0, RAX, NONE);
                cx.use_any(d, n, 1, DELAY | OPT);
                if let Some(u) = d.uses.last_mut() {
                    u.mask = u.mask - RegMask::of(&[RAX, RDX]);
                }
                d.kills = RegMask::of(&[RAX, RDX]);
                cx.def_fixed(
                    d,
                    node.ty,
                    if matches!(node.op, Div | UDiv) {
                        RAX
                    } else {
                        RDX
                    },
                );
            }
            MulHi | UMulHi | MulOvfUn => {
                cx.use_fixed(d, n, 0, RAX, NONE);
                cx.use_any(d, n, 1, DELAY | OPT);
                if let Some(u) = d.uses.last_mut() {
                    u.mask = u.mask - RegMask::of(&[RAX, RDX]);
                }
                d.kills = RegMask::of(&[RAX, RDX]);
                let half = if node.op == MulOvfUn { RAX } else { RDX };
                cx.def_fixed(d, node.ty, half);
            }
            AtomicAdd | AtomicXchg => {
                cx.use_any(d, n, 0, DELAY);
                cx.use_any(d, n, 1, RMW);
                cx.def_any(d, node.ty.actual());
            }
            // The memory's value travels in rax.
            AtomicAnd | AtomicOr | AtomicCmpXchg => {
                for k in 0..2 {
                    cx.use_any(d, n, k, DELAY);
                    if let Some(u) = d.uses.last_mut() {
                        u.mask = u.mask - RAX.mask();
                    }
                }
                if node.op == AtomicCmpXchg {
                    cx.use_fixed(d, n, 2, RAX, NONE);
                }
                d.kills = RAX.mask();
                cx.def_fixed(d, node.ty.actual(), RAX);
            }
            LocAlloc => {
                cx.use_any(d, n, 0, NONE);
                cx.temp(d, VarType::I64);
                cx.def_any(d, node.ty);
            }
            // The barrier's helper takes these registers and advances them.
            StoreStruct => {
                cx.use_fixed(d, n, 0, RDI, NONE);
                cx.use_fixed(d, n, 1, RSI, NONE);
                d.kills = cx.desc.caller_saved | RegMask::of(&[RDI, RSI]);
            }
            EndFilter => cx.use_fixed(d, n, 0, RAX, NONE),
            // Only the fault is wanted.
            Load => cx.use_any(d, n, 0, NONE),
            // With a write barrier.
            Store => {
                let args = cx.desc.call_conv.int_args;
                cx.use_fixed(d, n, 0, args[0], NONE);
                cx.use_fixed(d, n, 1, args[1], NONE);
                d.kills = cx.desc.caller_saved;
            }
            CopyBlk => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
                cx.temp(d, VarType::I64);
            }
            Switch => {
                cx.use_any(d, n, 0, NONE);
                cx.temp(d, VarType::I64);
                cx.temp(d, VarType::I64);
            }
            op if is_vector_opcode(op) => vector::build(cx, n, d),
            _ => {
                cx.build_common(n, d);
            }
        }
    }
}

/// A variable count travels in cl, but for shifts of machines that have a form for a count anywhere.
fn shift(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
    let node = cx.node(n);
    if cx.features.contains(CpuFeatures::BMI)
        && matches!(node.op, Opcode::Shl | Opcode::Shr | Opcode::Sar)
    {
        cx.use_any(d, n, 0, NONE);
        cx.use_any(d, n, 1, NONE);
        cx.def_any(d, node.ty);
        return;
    }
    cx.use_any(d, n, 0, RMW);
    if let Some(u) = d.uses.last_mut() {
        u.mask = u.mask - RCX.mask();
    }
    cx.use_fixed(d, n, 1, RCX, DELAY);
    cx.def_any(d, node.ty);
    if let Some(def) = &mut d.def {
        def.mask = def.mask - RCX.mask();
    }
}
