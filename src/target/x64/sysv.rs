//! System V x86-64 (Linux): psABI 3.2.

use super::regs::*;
use crate::target::call_conv::{CallConv, StructPassing};
use crate::target::desc::{Arch, Os, TargetDesc, UnwindFlavour};
use crate::target::regs::{RegMask, RegNum};

const CALLEE_SAVED: RegMask = RegMask::of(&[RBX, RBP, R12, R13, R14, R15]);
const CALLER_SAVED: RegMask =
    RegMask(RegMask::of(&[RAX, RCX, RDX, RSI, RDI, R8, R9, R10, R11]).0 | RegMask::ALL_FLOAT.0);

/// The managed convention on x64 Linux.
pub static SYSV: CallConv = CallConv {
    name: "sysv",
    int_args: &[RDI, RSI, RDX, RCX, R8, R9],
    float_args: &[XMM0, XMM1, XMM2, XMM3, XMM4, XMM5, XMM6, XMM7],
    int_rets: &[RAX, RDX],
    float_rets: &[XMM0, XMM1],
    positional: false,
    home_space: 0,
    ret_buffer: RegNum::NONE,
    ret_buffer_returned: true,
    continuation_ret: RCX,
    structs: StructPassing::SysVEightbytes,
    vectors_by_ref: false,
    callee_saved: CALLEE_SAVED,
    caller_saved: CALLER_SAVED,
    packed_stack_args: false,
};

/// `x64-linux`. r11 is kept out of allocation as the scratch of moves; xmm15 likewise.
pub static LINUX: TargetDesc = TargetDesc {
    name: "x64-linux",
    arch: Arch::X64,
    os: Os::Linux,
    reg_names: &REG_NAMES,
    int_regs: RegMask::of(&[
        RAX, RCX, RDX, RBX, RSI, RDI, R8, R9, R10, R12, R13, R14, R15,
    ]),
    float_regs: RegMask(0x7FFF << 32),
    vector_regs: RegMask(0x7FFF << 32),
    wide_vector_regs: RegMask(0x7FFF << 32),
    optional_features: super::FEATURES,
    int_order: &[
        RAX, RCX, RDX, RSI, RDI, R8, R9, R10, RBX, R15, R14, R13, R12,
    ],
    float_order: &[
        XMM0, XMM1, XMM2, XMM3, XMM4, XMM5, XMM6, XMM7, XMM8, XMM9, XMM10, XMM11, XMM12, XMM13,
        XMM14,
    ],
    callee_saved: CALLEE_SAVED,
    helper_regs: RegMask::EMPTY,
    caller_saved: CALLER_SAVED,
    sp: RSP,
    fp: RBP,
    lr: RegNum::NONE,
    scratch_int: R11,
    scratch_float: XMM15,
    call_conv: &SYSV,
    unwind: UnwindFlavour::WinX64,
    dynamic_fp_reach: u32::MAX,
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
