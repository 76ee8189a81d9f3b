//! The Microsoft x64 convention.

use super::regs::*;
use crate::target::call_conv::{CallConv, StructPassing};
use crate::target::desc::{Arch, Os, TargetDesc, UnwindFlavour};
use crate::target::regs::{RegMask, RegNum};

const CALLEE_SAVED: RegMask = RegMask::of(&[
    RBX, RBP, RSI, RDI, R12, R13, R14, R15, XMM6, XMM7, XMM8, XMM9, XMM10, XMM11, XMM12, XMM13,
    XMM14, XMM15,
]);
const CALLER_SAVED: RegMask = RegMask(
    RegMask::of(&[RAX, RCX, RDX, R8, R9, R10, R11]).0 | (RegMask::ALL_FLOAT.0 & !CALLEE_SAVED.0),
);

/// The managed convention on x64 Windows.
pub static WIN64: CallConv = CallConv {
    name: "win64",
    int_args: &[RCX, RDX, R8, R9],
    float_args: &[XMM0, XMM1, XMM2, XMM3],
    int_rets: &[RAX],
    float_rets: &[XMM0],
    positional: true,
    home_space: 32,
    ret_buffer: RegNum::NONE,
    ret_buffer_returned: true,
    continuation_ret: RCX,
    structs: StructPassing::WinX64ByRef,
    vectors_by_ref: true,
    callee_saved: CALLEE_SAVED,
    caller_saved: CALLER_SAVED,
    packed_stack_args: false,
};

/// `x64-windows`. The scratch of vector moves is one that calls destroy.
pub static WINDOWS: TargetDesc = TargetDesc {
    name: "x64-windows",
    os: Os::Windows,
    int_order: &[
        RAX, RCX, RDX, R8, R9, R10, RBX, RSI, RDI, R15, R14, R13, R12,
    ],
    float_order: &[
        XMM0, XMM1, XMM2, XMM3, XMM4, XMM6, XMM7, XMM8, XMM9, XMM10, XMM11, XMM12, XMM13, XMM14,
        XMM15,
    ],
    reg_names: &REG_NAMES,
    arch: Arch::X64,
    int_regs: RegMask::of(&[
        RAX, RCX, RDX, RBX, RSI, RDI, R8, R9, R10, R12, R13, R14, R15,
    ]),
    float_regs: RegMask(0xFFDF << 32),
    vector_regs: RegMask(0xFFDF << 32),
    // Calls preserve only the lower halves of ymm6-ymm15.
    wide_vector_regs: RegMask(0x1F << 32),
    optional_features: super::FEATURES,
    callee_saved: CALLEE_SAVED,
    helper_regs: RegMask::of(&[RSI, RDI]),
    caller_saved: CALLER_SAVED,
    sp: RSP,
    fp: RBP,
    lr: RegNum::NONE,
    scratch_int: R11,
    scratch_float: XMM5,
    call_conv: &WIN64,
    unwind: UnwindFlavour::WinX64,
    dynamic_fp_reach: 240,
    return_address_on_stack: true,
    stack_align: 16,
    mem_operands: true,
    two_operand: true,
    div_traps: true,
    has_xchg: true,
    code_unit: 1,
    probes_inline: false,
    registers_wrap: false,
};
