//! arm64 code generation: which instructions a node becomes.
//!
//! - [`alu`]: integer and floating arithmetic, conversions, constants;
//! - [`select`]: minima, maxima and floating operations of several instructions;
//! - [`casts`]: checked casts;
//! - [`atomics`]: atomic operations, volatile accesses;
//! - [`blocks`]: memory of the frame taken at run time, structs into the heap;
//! - [`operand`]: last operands that are shifted, extended, complemented or products; fields of bits;
//! - [`mem`]: operands, loads, stores, locals, block copies, moves;
//! - [`calls`]: calls, helpers, exceptions raised, handles;
//! - [`control`]: comparisons, branches, selects, switches, handlers' ways out;
//! - [`vector`]: vector nodes;
//! - [`frame`]: prologs and epilogs.
//!
//! x16 and x17 are never allocated: x16 holds intermediate values and call targets within a node, and either may be clobbered by
//! an access whose displacement one instruction cannot hold.

mod alu;
mod atomics;
mod blocks;
mod calls;
mod casts;
mod control;
mod frame;
mod mem;
mod operand;
mod select;
mod vector;

use super::{EpilogEnd, Gen, GenCx};
use crate::ee::Helper;
use crate::emit::arm64::{Asm, Ins, W};
use crate::emit::{Label, SlotId};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::RegNum;
use crate::target::arm64::Arm64;
use crate::types::VarType;

impl Gen for Arm64 {
    #[inline]
    fn gen_node(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
        use Opcode::*;
        let node = &cx.body.nodes[n];
        // The usual ones. Each is a function that is not inlined, so that this one is a jump and wants no frame of its own.
        match node.op {
            Add | Sub | And | Or | Xor | Mul if node.ty.is_int() => alu::binary(cx, n),
            Add | Sub | Mul | FDiv => alu::float_binary(cx, n),
            Shl | Shr | Sar | Rol | Ror => alu::shift(cx, n),
            Sext | Zext | Trunc => alu::widen(cx, n),
            Const => alu::constant_node(cx, n),
            Cmp => control::compare_value(cx, n),
            CmpBranch => control::compare_branch(cx, n),
            BoundsCheck => control::bounds_check(cx, n),
            Select => control::select(cx, n),
            Jump => control::jump(cx),
            StoreLcl => mem::store_local(cx, n),
            LclFld => mem::load_field(cx, n),
            StoreLclFld => mem::store_field(cx, n),
            LclAddr | Lea => mem::address(cx, n),
            Load => mem::load(cx, n),
            Store => mem::store(cx, n),
            NullCheck => mem::null_check(cx, n),
            PutArgReg => mem::register_argument(cx, n),
            Call => calls::call(cx, n),
            _ => gen_other(cx, n),
        }
    }

    fn gen_move_regs(cx: &mut GenCx<'_>, ty: VarType, from: RegNum, to: RegNum) {
        mem::move_regs(&mut Asm(cx.em), ty, to, from);
    }

    fn gen_load_slot(cx: &mut GenCx<'_>, ty: VarType, from: SlotId, to: RegNum) {
        mem::load_slot(cx, ty, from, to);
    }

    fn gen_store_slot(cx: &mut GenCx<'_>, ty: VarType, from: RegNum, to: SlotId) {
        mem::store_slot(cx, ty, from, to);
    }

    fn gen_const(cx: &mut GenCx<'_>, ty: VarType, bits: u64, to: RegNum) {
        alu::constant(cx, ty, bits, to);
    }

    fn gen_jump(cx: &mut GenCx<'_>, target: Label) {
        Asm(cx.em).b(target);
    }

    fn gen_helper_call(cx: &mut GenCx<'_>, helper: Helper, safe_point: bool) -> Result<(), Bail> {
        calls::helper(cx, helper, safe_point)
    }

    fn gen_nop(cx: &mut GenCx<'_>) {
        Asm(cx.em).nop();
    }

    fn gen_breakpoint(cx: &mut GenCx<'_>) {
        Asm(cx.em).brk(BREAKPOINT);
    }

    fn gen_prolog(cx: &mut GenCx<'_>, func: u32) -> Result<(), Bail> {
        frame::prolog(cx, func)
    }

    fn gen_epilog(cx: &mut GenCx<'_>, func: u32, end: EpilogEnd) -> Result<(), Bail> {
        frame::epilog(cx, func, end)
    }

    fn reloc_kind(
        kind: crate::emit::encoder::FixupKind,
        _data: bool,
    ) -> crate::codegen::code::RelocKind {
        use crate::codegen::code::RelocKind;
        use crate::emit::arm64::encode::fixup;
        match kind {
            fixup::PAGE21 => RelocKind::PageData,
            fixup::PAGE_OFFSET_12A => RelocKind::PageOffsetData,
            _ => RelocKind::Branch26,
        }
    }
}

/// Nodes that are not among the usual ones.
#[inline(never)]
fn gen_other(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    use Opcode::*;
    let node = cx.body.nodes[n];
    match node.op {
        Nop | IlOffset | KeepAlive | ParamReg | CatchArg => Ok(()),
        Fence => {
            Asm(cx.em).z(Ins::DmbIsh);
            Ok(())
        }
        // Result registers are where the call left them.
        Result => Ok(()),
        AtomicAdd | AtomicAnd | AtomicOr | AtomicXchg | AtomicCmpXchg => atomics::atomic(cx, n),
        LocAlloc => blocks::local_alloc(cx, n),
        StoreStruct => blocks::store_struct(cx, n),
        GcPoll => calls::helper(cx, Helper::GcPoll, true),
        Min | Max | UMin | UMax => select::choose(cx, n),
        CopySign => select::copy_sign(cx, n),
        Fma => select::multiply_add(cx, n),
        CkFinite => select::check_finite(cx, n),
        MulHi | UMulHi if node.ty == VarType::I32 => select::multiply_high_32(cx, n),
        CastOvf | CastOvfUn | CastOvfToUn => casts::checked_cast(cx, n),
        MulHi | UMulHi if node.ty.is_int() => alu::binary(cx, n),
        MulOvf | MulOvfUn => alu::checked_mul(cx, n),
        AddOvf | SubOvf | AddOvfUn | SubOvfUn => alu::checked(cx, n),
        Neg | Not | Sqrt | Abs | Floor | Ceil | RoundEven | TruncFloat | Clz | Ctz | Popcnt
        | Bswap | BitReverse => alu::unary(cx, n),
        Div | Rem | UDiv | URem => alu::divide(cx, n),
        IntToFloat | UIntToFloat | FloatToInt | FloatToUInt | FloatToIntOld | FloatToUIntOld
        | FloatToFloat | Bitcast => alu::convert(cx, n),
        Switch => control::switch(cx, n),
        CatchRet => control::catch_ret(cx),
        CallFinally => control::call_finally(cx, n),
        EndFinally | EndFilter | RetRegs => {
            match cx.shared_epilog() {
                Some(label) => Arm64::gen_jump(cx, label),
                None => cx.epilog_here(),
            }
            Ok(())
        }
        Unreachable => {
            Arm64::gen_breakpoint(cx);
            Ok(())
        }
        CopyBlk => mem::copy_block(cx, n),
        InitBlk => mem::init_block(cx, n),
        ParamStack => mem::stack_param(cx, n),
        PutArgStk => mem::stack_argument(cx, n),
        PutArgIn => mem::incoming_argument(cx, n),
        TailCall => calls::tail_call(cx, n),
        Lookup => calls::lookup(cx, n),
        FuncAddr => calls::function_address(cx, n),
        LabelAddr => {
            let label = cx.label(crate::ir::BlockId(node.aux));
            let to = cx.regs(n).def;
            Asm(cx.em).adr_label(to, label);
            Ok(())
        }
        Throw => calls::raise(cx, Helper::Throw),
        Rethrow => calls::raise(cx, Helper::Rethrow),
        op if crate::ir::vector::is_vector_opcode(op) => vector::node(cx, n),
        op => Err(Bail::Unsupported {
            what: op.name(),
            node: n,
        }),
    }
}

/// What debuggers know as a breakpoint of the runtime.
const BREAKPOINT: u16 = 0xF000;

/// The integer width of a type: 64 bits for addresses, references and i64, else 32.
#[inline]
fn width(ty: VarType) -> W {
    if ty.is_wide_int() { W::B8 } else { W::B4 }
}

/// The float width of a type.
#[inline]
fn float_width(ty: VarType) -> W {
    if ty == VarType::F32 { W::F32 } else { W::F64 }
}
