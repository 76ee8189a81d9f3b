//! x64 registers by name.

use crate::target::regs::RegNum;

macro_rules! regs {
    ($($name:ident = $e:expr),* $(,)?) => { $(
        #[doc = concat!("Register ", stringify!($name), ".")]
        pub const $name: RegNum = $e;
    )* };
}

regs! {
    RAX = RegNum::int(0), RCX = RegNum::int(1), RDX = RegNum::int(2), RBX = RegNum::int(3),
    RSP = RegNum::int(4), RBP = RegNum::int(5), RSI = RegNum::int(6), RDI = RegNum::int(7),
    R8 = RegNum::int(8), R9 = RegNum::int(9), R10 = RegNum::int(10), R11 = RegNum::int(11),
    R12 = RegNum::int(12), R13 = RegNum::int(13), R14 = RegNum::int(14), R15 = RegNum::int(15),
    XMM0 = RegNum::float(0), XMM1 = RegNum::float(1), XMM2 = RegNum::float(2), XMM3 = RegNum::float(3),
    XMM4 = RegNum::float(4), XMM5 = RegNum::float(5), XMM6 = RegNum::float(6), XMM7 = RegNum::float(7),
    XMM8 = RegNum::float(8), XMM9 = RegNum::float(9), XMM10 = RegNum::float(10), XMM11 = RegNum::float(11),
    XMM12 = RegNum::float(12), XMM13 = RegNum::float(13), XMM14 = RegNum::float(14), XMM15 = RegNum::float(15),
}

/// Names by unified number.
#[rustfmt::skip]
pub static REG_NAMES: [&str; 64] = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "", "", "", "", "", "", "", "",
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
    "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
    "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23",
    "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31",
];
