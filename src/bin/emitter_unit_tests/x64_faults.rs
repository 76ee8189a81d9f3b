//! Known faults of the programs that the table is held against, and instructions of their lists that it leaves out: one by one.

use super::driver::KnownFault;

/// Faults, with evidence.
#[rustfmt::skip]
pub const KNOWN_FAULTS: &[KnownFault] = &[
    KnownFault { program: "llvm-mc", form: "movzx Gv,Ew", text: "movzx", evidence: NO_16 },
    KnownFault { program: "llvm-mc", form: "movsx Gv,Ew", text: "movsx", evidence: NO_16 },
    KnownFault { program: "llvm-mc", form: "vgf2p8affineqb Vl{kz},Hl,Wl/b64,Ib", text: "{1to", evidence: NO_BROADCAST },
    KnownFault { program: "llvm-mc", form: "vgf2p8affineinvqb Vl{kz},Hl,Wl/b64,Ib", text: "{1to", evidence: NO_BROADCAST },
];

const NO_16: &str = "LLVM 14 assembles no 16-bit destination; its disassembler reads 66 0F B7 DE as movzx bx, si, as iced-x86 does";
const NO_BROADCAST: &str = "LLVM 14 wants byte ptr for what the manual calls m64bcst; its disassembler reads the bytes as meant, but for that word";

/// Names in the decoder's list, and why the table has no row for them.
#[rustfmt::skip]
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("VEX_Vmovss_xmm_xmm_xmm_0F11", OTHER_WAY),
    ("VEX_Vmovsd_xmm_xmm_xmm_0F11", OTHER_WAY),
    ("EVEX_Vmovss_xmm_k1z_xmm_xmm_0F11", OTHER_WAY),
    ("EVEX_Vmovsd_xmm_k1z_xmm_xmm_0F11", OTHER_WAY),
    ("Sfence_F9", ALIAS), ("Sfence_FA", ALIAS), ("Sfence_FB", ALIAS), ("Sfence_FC", ALIAS),
    ("Sfence_FD", ALIAS), ("Sfence_FE", ALIAS), ("Sfence_FF", ALIAS),
    ("Lfence_E9", ALIAS), ("Lfence_EA", ALIAS), ("Lfence_EB", ALIAS), ("Lfence_EC", ALIAS),
    ("Lfence_ED", ALIAS), ("Lfence_EE", ALIAS), ("Lfence_EF", ALIAS),
    ("Mfence_F1", ALIAS), ("Mfence_F2", ALIAS), ("Mfence_F3", ALIAS), ("Mfence_F4", ALIAS),
    ("Mfence_F5", ALIAS), ("Mfence_F6", ALIAS), ("Mfence_F7", ALIAS),
    ("Pcmpestrm64", LENGTHS), ("Pcmpestri64", LENGTHS),
    ("VEX_Vpcmpestrm64_xmm_xmmm128_imm8", LENGTHS), ("VEX_Vpcmpestri64_xmm_xmmm128_imm8", LENGTHS),
    ("Pcmpestrm64_xmm_xmmm128_imm8", LENGTHS), ("Pcmpestri64_xmm_xmmm128_imm8", LENGTHS),
];

const OTHER_WAY: &str = "the same between registers as 0F 10, the other way round";
const ALIAS: &str = "the same with another ModRM.rm, which the manual reserves";
const LENGTHS: &str =
    "REX.W only widens the implicit lengths, which are 16 at most; assemblers have no name for it";
