//! arm64 registers by name.
//!
//! Number 31 of the integer file is SP or the zero register, as the instruction's form says.

use crate::target::regs::RegNum;

macro_rules! regs {
    ($($name:ident = $e:expr),* $(,)?) => { $(
        #[doc = concat!("Register ", stringify!($name), ".")]
        pub const $name: RegNum = $e;
    )* };
}

#[rustfmt::skip]
regs! {
    X0 = RegNum::int(0),
    X1 = RegNum::int(1),
    X2 = RegNum::int(2),
    X3 = RegNum::int(3),
    X4 = RegNum::int(4),
    X5 = RegNum::int(5),
    X6 = RegNum::int(6),
    X7 = RegNum::int(7),
    X8 = RegNum::int(8),
    X9 = RegNum::int(9),
    X10 = RegNum::int(10),
    X11 = RegNum::int(11),
    X12 = RegNum::int(12),
    X13 = RegNum::int(13),
    X14 = RegNum::int(14),
    X15 = RegNum::int(15),
    X16 = RegNum::int(16),
    X17 = RegNum::int(17),
    X18 = RegNum::int(18),
    X19 = RegNum::int(19),
    X20 = RegNum::int(20),
    X21 = RegNum::int(21),
    X22 = RegNum::int(22),
    X23 = RegNum::int(23),
    X24 = RegNum::int(24),
    X25 = RegNum::int(25),
    X26 = RegNum::int(26),
    X27 = RegNum::int(27),
    X28 = RegNum::int(28),
    FP = RegNum::int(29),
    LR = RegNum::int(30),
    SP = RegNum::int(31),
    ZR = RegNum::int(31),
    V0 = RegNum::float(0),
    V1 = RegNum::float(1),
    V2 = RegNum::float(2),
    V3 = RegNum::float(3),
    V4 = RegNum::float(4),
    V5 = RegNum::float(5),
    V6 = RegNum::float(6),
    V7 = RegNum::float(7),
    V8 = RegNum::float(8),
    V9 = RegNum::float(9),
    V10 = RegNum::float(10),
    V11 = RegNum::float(11),
    V12 = RegNum::float(12),
    V13 = RegNum::float(13),
    V14 = RegNum::float(14),
    V15 = RegNum::float(15),
    V16 = RegNum::float(16),
    V17 = RegNum::float(17),
    V18 = RegNum::float(18),
    V19 = RegNum::float(19),
    V20 = RegNum::float(20),
    V21 = RegNum::float(21),
    V22 = RegNum::float(22),
    V23 = RegNum::float(23),
    V24 = RegNum::float(24),
    V25 = RegNum::float(25),
    V26 = RegNum::float(26),
    V27 = RegNum::float(27),
    V28 = RegNum::float(28),
    V29 = RegNum::float(29),
    V30 = RegNum::float(30),
    V31 = RegNum::float(31),
}

/// Names by unified number.
#[rustfmt::skip]
pub static REG_NAMES: [&str; 64] = [
    "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7",
    "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
    "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",
    "x24", "x25", "x26", "x27", "x28", "fp", "lr", "sp",
    "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7",
    "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15",
    "d16", "d17", "d18", "d19", "d20", "d21", "d22", "d23",
    "d24", "d25", "d26", "d27", "d28", "d29", "d30", "d31",
];
