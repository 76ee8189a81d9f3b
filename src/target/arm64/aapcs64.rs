//! AAPCS64 (Linux) as the CLR uses it.

use super::regs::*;
use crate::target::call_conv::{CallConv, StructPassing};
use crate::target::desc::{Arch, CpuFeatures, Os, TargetDesc, UnwindFlavour};
use crate::target::regs::RegMask;

/// x19-x28, fp, lr. Only the low halves of v8-v15 are preserved; scalars fit there, vectors do not, and the allocator treats
/// them as preserved for scalars only (see `callee_saved`).
const CALLEE_SAVED: RegMask = RegMask((0x3FF << 19) | 1 << 29 | 1 << 30 | 0xFF << (32 + 8));
const CALLER_SAVED: RegMask = RegMask(0x3_FFFF | (RegMask::ALL_FLOAT.0 & !(0xFF << (32 + 8))));

/// The managed convention on arm64 Linux.
pub static AAPCS64: CallConv = BASE_CONV;

/// What the conventions of all systems on arm64 have in common.
pub(super) const BASE_CONV: CallConv = CallConv {
    name: "aapcs64",
    int_args: &[X0, X1, X2, X3, X4, X5, X6, X7],
    float_args: &[V0, V1, V2, V3, V4, V5, V6, V7],
    int_rets: &[X0, X1],
    float_rets: &[V0, V1, V2, V3],
    positional: false,
    home_space: 0,
    ret_buffer: X8,
    ret_buffer_returned: false,
    continuation_ret: X2,
    structs: StructPassing::Aapcs64,
    vectors_by_ref: false,
    callee_saved: CALLEE_SAVED,
    caller_saved: CALLER_SAVED,
    packed_stack_args: false,
};

/// `arm64-linux`.
pub static LINUX: TargetDesc = TargetDesc {
    name: "arm64-linux",
    os: Os::Linux,
    call_conv: &AAPCS64,
    ..BASE
};

/// What all systems on arm64 have in common. x16 and x17 are kept out of allocation (moves, large offsets, veneers), x18 is the
/// platform's; v31 is the scratch of vector moves.
pub(super) const BASE: TargetDesc = TargetDesc {
    name: "",
    arch: Arch::Arm64,
    os: Os::Linux,
    reg_names: &REG_NAMES,
    int_regs: RegMask(0xFFFF | 0x3FF << 19),
    float_regs: RegMask(0x7FFF_FFFF << 32),
    // Calls preserve only the lower halves of v8-v15.
    vector_regs: RegMask(0x7FFF_00FF << 32),
    wide_vector_regs: RegMask::EMPTY,
    optional_features: CpuFeatures::LSE,
    int_order: &[
        X0, X1, X2, X3, X4, X5, X6, X7, X8, X9, X10, X11, X12, X13, X14, X15, X19, X20, X21, X22,
        X23, X24, X25, X26, X27, X28,
    ],
    float_order: &[
        V0, V1, V2, V3, V4, V5, V6, V7, V16, V17, V18, V19, V20, V21, V22, V23, V24, V25, V26, V27,
        V28, V29, V30, V8, V9, V10, V11, V12, V13, V14, V15,
    ],
    callee_saved: CALLEE_SAVED,
    helper_regs: RegMask::EMPTY,
    caller_saved: CALLER_SAVED,
    sp: SP,
    fp: FP,
    lr: LR,
    scratch_int: X16,
    scratch_float: V31,
    call_conv: &AAPCS64,
    unwind: UnwindFlavour::WinArm64,
    dynamic_fp_reach: u32::MAX,
    return_address_on_stack: false,
    stack_align: 16,
    mem_operands: false,
    two_operand: false,
    div_traps: false,
    has_xchg: false,
    code_unit: 4,
    probes_inline: true,
    registers_wrap: true,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::call_conv::{AbiLoc, ArgState};
    use crate::types::{ClassLayout, LayoutField, VarType};

    /// AAPCS64 6.8.2 C.3: an aggregate of vectors that does not fit closes the vector registers, as one of floats does.
    #[test]
    fn a_homogeneous_aggregate_on_the_stack_closes_its_registers() {
        for ty in [VarType::F32, VarType::F64, VarType::V128] {
            let field = |i: u32| LayoutField {
                offset: i * ty.size(),
                ty,
            };
            let layout = ClassLayout {
                size: 4 * ty.size(),
                align: ty.size(),
                fields: (0..4).map(field).collect(),
                ..ClassLayout::default()
            };
            let mut st = ArgState::default();
            for _ in 0..5 {
                AAPCS64.next_arg(&mut st, VarType::F64, None);
            }
            let aggregate = AAPCS64.next_arg(&mut st, VarType::Struct, Some(&layout));
            assert_eq!(aggregate.segments[0].loc, AbiLoc::Stack(0), "{ty}");
            let float = AAPCS64.next_arg(&mut st, VarType::F32, None);
            assert_eq!(float.segments[0].loc, AbiLoc::Stack(4 * ty.size()), "{ty}");
            let int = AAPCS64.next_arg(&mut st, VarType::I64, None);
            assert!(matches!(int.segments[0].loc, AbiLoc::Reg(_)), "{ty}");
        }
    }
}
