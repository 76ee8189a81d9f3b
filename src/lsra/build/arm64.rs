//! Demands of arm64 nodes.

mod vector;

use super::{Build, BuildCx};
use crate::ir::vector::is_vector_opcode;
use crate::ir::{NodeId, Opcode};
use crate::lsra::demand::{DemandRows, NodeDemand, RowDef, Unless, UseFlags};
use crate::target::RegMask;
use crate::target::arm64::{Arm64, X0, X12, X13, X14, X15};
use crate::types::VarType;

const DELAY: UseFlags = UseFlags::DELAY_FREE;
const NONE: UseFlags = UseFlags::empty();

impl Build for Arm64 {
    const ROWS: DemandRows = {
        use Opcode::*;
        const ANY: [UseFlags; 3] = [NONE; 3];
        DemandRows::new()
            // Quotients go through the scratch register where the remainder is wanted: one instruction writes the result.
            .with(
                &[
                    Add, Sub, And, Or, Xor, Mul, FDiv, AddOvf, SubOvf, MulOvf, AddOvfUn, SubOvfUn,
                    MulOvfUn, MulHi, UMulHi, Shl, Shr, Sar, Rol, Ror, Div, Rem, UDiv, URem, Min,
                    Max, UMin, UMax, CopySign, Fma,
                ],
                ANY,
                RowDef::Own,
                Unless::Never,
            )
            .with(
                &[
                    Neg,
                    Not,
                    Sqrt,
                    Abs,
                    Floor,
                    Ceil,
                    RoundEven,
                    TruncFloat,
                    Clz,
                    Ctz,
                    Popcnt,
                    Bswap,
                    BitReverse,
                    Sext,
                    Zext,
                    Trunc,
                    IntToFloat,
                    UIntToFloat,
                    FloatToInt,
                    FloatToUInt,
                    FloatToIntOld,
                    FloatToUIntOld,
                    FloatToFloat,
                    CastOvf,
                    CastOvfUn,
                    CastOvfToUn,
                    CkFinite,
                    Bitcast,
                ],
                ANY,
                RowDef::Own,
                Unless::Never,
            )
            // Loops read their operands again after the first write of the result.
            .with(
                &[AtomicAdd, AtomicAnd, AtomicOr, AtomicXchg, AtomicCmpXchg],
                [DELAY; 3],
                RowDef::Own,
                Unless::Never,
            )
            .with(&[Cmp], ANY, RowDef::I32, Unless::Never)
            .with(&[CmpBranch, BoundsCheck], ANY, RowDef::None, Unless::Never)
            // Two selects where two conditions decide: the second still reads the value chosen by the first.
            .with(&[Select], [NONE, DELAY, NONE], RowDef::Own, Unless::Never)
            .with(
                &[
                    Const, Lookup, LclFld, LclAddr, ParamStack, FuncAddr, LabelAddr, Lea,
                ],
                ANY,
                RowDef::Own,
                Unless::Never,
            )
            .made_again(&[Const, Lookup, LclAddr, FuncAddr])
            .with(
                &[StoreLclFld, PutArgStk, PutArgIn, NullCheck, InitBlk],
                ANY,
                RowDef::None,
                Unless::Never,
            )
            .with(&[Load], ANY, RowDef::Own, Unless::Unused)
            .with(&[Store], ANY, RowDef::None, Unless::Barrier)
    };

    fn build_special(cx: &BuildCx<'_>, n: NodeId, d: &mut NodeDemand) {
        use Opcode::*;
        match cx.node(n).op {
            // Only the fault is wanted.
            Load => cx.use_any(d, n, 0, NONE),
            // The barriers' own convention: address in x14, value in x15.
            Store => {
                cx.use_fixed(d, n, 0, X14, NONE);
                cx.use_fixed(d, n, 1, X15, NONE);
                d.kills = RegMask::of(&[X12, X13, X14, X15]);
            }
            CopyBlk => {
                cx.use_any(d, n, 0, NONE);
                cx.use_any(d, n, 1, NONE);
                cx.temp(d, VarType::I64);
            }
            LocAlloc => {
                cx.use_any(d, n, 0, NONE);
                cx.temp(d, VarType::I64);
                cx.def_any(d, VarType::I64);
            }
            // The barrier's helper takes these registers and advances them.
            StoreStruct => {
                cx.use_fixed(d, n, 0, X14, NONE);
                cx.use_fixed(d, n, 1, X13, NONE);
                d.kills = cx.desc.caller_saved;
            }
            EndFilter => cx.use_fixed(d, n, 0, X0, NONE),
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
