//! x64 code generation: which instructions a node becomes.
//!
//! - [`alu`]: integer and floating arithmetic, conversions, constants;
//! - [`bits`]: counting and reversing bits, minima, products of double width;
//! - [`float`]: floating operations of several instructions;
//! - [`casts`]: conversions of several instructions, checked casts;
//! - [`atomics`]: atomic operations and fences;
//! - [`blocks`]: memory of the frame taken at run time, structs into the heap;
//! - [`mem`]: operands, loads, stores, locals, block copies, moves;
//! - [`calls`]: calls, helpers, exceptions raised, handles;
//! - [`control`]: comparisons, branches, selects, switches, handlers' ways out;
//! - [`vector`]: vector nodes;
//! - [`frame`]: prologs and epilogs.

mod alu;
mod atomics;
mod bits;
mod blocks;
mod calls;
mod casts;
mod control;
mod float;
mod frame;
mod mem;
mod vector;

use super::{EpilogEnd, Gen, GenCx};
use crate::ee::Helper;
use crate::emit::x64::{Asm, W};
use crate::emit::{Label, SlotId};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::RegNum;
use crate::target::x64::X64;
use crate::types::VarType;

impl Gen for X64 {
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
        Asm(cx.em).jmp(target);
    }

    fn gen_helper_call(cx: &mut GenCx<'_>, helper: Helper, safe_point: bool) -> Result<(), Bail> {
        calls::helper(cx, helper, safe_point)
    }

    fn gen_nop(cx: &mut GenCx<'_>) {
        Asm(cx.em).nop();
    }

    fn gen_breakpoint(cx: &mut GenCx<'_>) {
        Asm(cx.em).int3();
    }

    fn gen_prolog(cx: &mut GenCx<'_>, func: u32) -> Result<(), Bail> {
        frame::prolog(cx, func)
    }

    fn gen_epilog(cx: &mut GenCx<'_>, func: u32, end: EpilogEnd) -> Result<(), Bail> {
        frame::epilog(cx, func, end)
    }

    fn reloc_kind(
        _kind: crate::emit::encoder::FixupKind,
        data: bool,
    ) -> crate::codegen::code::RelocKind {
        use crate::codegen::code::RelocKind;
        if data {
            RelocKind::Rel32Data
        } else {
            RelocKind::Rel32
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
        Fence => atomics::fence(cx),
        AtomicAdd | AtomicAnd | AtomicOr | AtomicXchg | AtomicCmpXchg => atomics::atomic(cx, n),
        LocAlloc => blocks::local_alloc(cx, n),
        AlignSp => blocks::align_sp(cx, n),
        StoreStruct => blocks::store_struct(cx, n),
        // Result registers are where the call left them.
        Result => Ok(()),
        Neg | Not => alu::unary(cx, n),
        Div | Rem | UDiv | URem => alu::divide(cx, n),
        IntToFloat | FloatToFloat | Bitcast | Sqrt => alu::convert(cx, n),
        AddOvf | AddOvfUn | SubOvf | SubOvfUn | MulOvf => alu::checked(cx, n),
        FloatToInt => alu::float_to_int(cx, n),
        UIntToFloat => casts::unsigned_to_float(cx, n),
        FloatToUInt => casts::float_to_unsigned(cx, n),
        FloatToIntOld | FloatToUIntOld => casts::float_to_int_raw(cx, n),
        CastOvf | CastOvfUn | CastOvfToUn => casts::checked_cast(cx, n),
        Clz | Ctz | Popcnt => bits::count(cx, n),
        Bswap | BitReverse => bits::reverse(cx, n),
        Min | Max if node.ty.is_float() => float::choose(cx, n),
        Min | Max | UMin | UMax => bits::choose(cx, n),
        Abs if node.ty.is_float() => float::abs(cx, n),
        Abs => bits::abs(cx, n),
        MulHi | UMulHi | MulOvfUn => bits::wide_multiply(cx, n),
        CopySign => float::copy_sign(cx, n),
        Fma => float::multiply_add(cx, n),
        CkFinite => float::check_finite(cx, n),
        Floor | Ceil | RoundEven | TruncFloat => float::round(cx, n),
        GcPoll => calls::helper(cx, Helper::GcPoll, true),
        Switch => control::switch(cx, n),
        CatchRet => control::catch_ret(cx),
        CallFinally => control::call_finally(cx),
        EndFinally | EndFilter | RetRegs => {
            match cx.shared_epilog() {
                Some(label) => X64::gen_jump(cx, label),
                None => cx.epilog_here(),
            }
            Ok(())
        }
        Unreachable => {
            X64::gen_breakpoint(cx);
            Ok(())
        }
        StoreOp => mem::store_op(cx, n),
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
            Asm(cx.em).lea_label(to, label);
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

/// The integer width of a type: 64 bits for addresses, references and i64, else 32.
#[inline]
const fn width(ty: VarType) -> W {
    if ty.is_wide_int() { W::B8 } else { W::B4 }
}
