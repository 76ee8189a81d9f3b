//! The table of x64 instructions: a row per encoding form, and the compile-time reading of those rows.
//!
//! A block is `Ins "mnemonic" "roles" "flags" { rows }`; a row is its operands in the notation of the manual's opcode maps
//! (Intel SDM vol. 2, A.2.1-A.2.2) and its opcode in the notation of the instruction pages (vol. 2, 3.1.1.1). **The row is the
//! truth**: [`parse_row`] reads both strings while the crate is compiled, a row it cannot read does not compile, and encoder,
//! printer, operand checks and tests are fed from what it read.
//!
//! Operands: `E` register or memory (ModRM.rm), `M` memory only, `R` register only (rm), `G` register (ModRM.reg), `B` register
//! (VEX.vvvv), `Z` register in the opcode byte, `W` vector register or memory, `U` vector register only (rm), `V` vector register
//! (reg), `H` vector register (vvvv), `S` vector register in the immediate's upper half (is4), `X` memory with a vector of indexes
//! (VSIB), `Kr` `Km` `Kv` opmask register in reg, rm, vvvv, `Ke` opmask register or memory (rm), `I` immediate, `J` relative address
//! of a symbol or fixed-size call, `L` label of a sized jump.
//! Sizes: `b` 8, `w` 16, `d` 32, `q` 64 bits; `v` 16, 32 or 64 by the descriptor's width; `y` 32 or 64; `q64` 64 without REX.W;
//! `z` 16 or 32 (immediates: sign-extended to the operand); `bs` a byte sign-extended; `sb`/`sh`/`ss`/`sd` the lowest 8, 16, 32, 64
//! bits of a vector; `x`/`y`/`z` after `V H W U S` the vector of 128, 256, 512 bits (of memory alone `x`, `qq`, `z`); `l` the vector length that
//! the descriptor's width says, `h` `f` `e` its half, fourth, eighth (a register is never less than 128 bits). `Xdl`: elements of
//! `d`, indexes in a vector `l`. An operand field of only `v` means: no explicit operand, but sized by the width.
//! Behind an operand: `{k}` `{kz}` takes a mask, merging, or also zeroing; `{k!}` must have one; `/b32` broadcasts an element of 32
//! bits from memory; `{er}` rounding, `{sae}` no exceptions, where rm is a register and the vector has 512 bits or is scalar;
//! `/n8`: a byte displacement counts 8 bytes (else the size of the memory operand: SDM vol. 2, 2.7.5).
//!
//! Prefix columns are the manual's (`VEX.128.66.0F.WIG`), with `128-256`, `128-512`, `256-512` where the width chooses the length, and
//! `Wv` where it chooses W.
//!
//! Roles are one letter an operand: `r` read, `w` written, `x` both. Flags are `read>written` in the manual's letters, `cc` for
//! what the condition reads; undefined counts as written.
//!
//! Leaves out: x87, MMX, segment and system instructions, 8-bit high registers, everything no compiler here emits.

use parse::parse_row;

/// How a form's bytes are made.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Class {
    /// Prefixes, REX, opcode, ModRM.
    ModRm,
    /// A register in the opcode byte, or no register at all.
    Plain,
    /// Register in the opcode byte and a 64-bit immediate from the side table.
    Imm64,
    /// A 32-bit distance to a symbol or label.
    Rel32,
    /// A jump to a label, sized in `finish`.
    Jump,
    /// VEX prefix: `vex`.
    Vex,
    /// EVEX prefix: `evex`.
    Evex,
    /// Row 0: what an impossible request becomes, to be refused.
    Bad,
}

/// Operand kinds of a form, for choosing one and for printing.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Opnd {
    /// No operand.
    None,
    /// General register in ModRM.reg.
    G,
    /// General register or memory in ModRM.rm.
    E,
    /// Memory in ModRM.rm.
    M,
    /// General register in VEX.vvvv.
    B,
    /// General register in the opcode.
    Z,
    /// Vector register in ModRM.reg.
    V,
    /// Vector register or memory in ModRM.rm.
    W,
    /// Vector register in ModRM.rm.
    U,
    /// Vector register in VEX.vvvv.
    H,
    /// Immediate.
    I,
    /// Relative address.
    J,
    /// Label of a sized jump.
    L,
    /// The constant 1.
    One,
    /// The register cl.
    Cl,
    /// General register in ModRM.rm.
    R,
    /// Vector register in the upper half of the immediate byte.
    S,
    /// Memory with a vector of indexes.
    X,
    /// Opmask register in ModRM.reg.
    Kr,
    /// Opmask register in ModRM.rm.
    Km,
    /// Opmask register in VEX.vvvv.
    Kv,
    /// Opmask register or memory in ModRM.rm.
    Ke,
}

/// Operand sizes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Size {
    /// Not meaningful.
    None,
    /// 8 bits.
    B,
    /// 16 bits.
    W,
    /// 32 bits.
    D,
    /// 64 bits.
    Q,
    /// By width: 16, 32, 64 bits.
    V,
    /// By width: 32, 64 bits.
    Y,
    /// 128 bits.
    X,
    /// 256 bits.
    Ymm,
    /// 512 bits.
    Zmm,
    /// The vector length.
    L,
    /// Half of it; a register has 128 bits at least.
    H,
    /// A fourth.
    F,
    /// An eighth.
    E,
}

impl Size {
    /// Bytes at a descriptor's width, as memory is accessed.
    #[inline]
    pub const fn bytes(self, width: u8) -> u32 {
        let w = width & 3;
        match self {
            Size::None => 0,
            Size::B => 1,
            Size::W => 2,
            Size::D => 4,
            Size::Q => 8,
            Size::V | Size::Y => 1 << w,
            Size::X => 16,
            Size::Ymm => 32,
            Size::Zmm => 64,
            Size::L => 16 << w,
            Size::H => 8 << w,
            Size::F => 4 << w,
            Size::E => 2 << w,
        }
    }
}

/// Which masks the destination takes (EVEX).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Masking {
    /// None.
    None,
    /// Merging.
    Merge,
    /// Merging or zeroing.
    Zero,
    /// Merging, and there must be one.
    Required,
}

/// What ModRM.rm as a register adds in EVEX.b.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Rounding {
    /// Nothing.
    None,
    /// No exceptions.
    Sae,
    /// A rounding mode, and no exceptions.
    Er,
}

/// What register fields must be: `want` in the bits `check`, byte by byte as the descriptor's `r`.
#[derive(Copy, Clone, Debug)]
pub struct Files {
    /// Upper bits of the numbers.
    pub want: u32,
    /// Which bits are compared; the others are the number within the file.
    pub check: u32,
}

/// What a row says, read from its strings.
#[derive(Copy, Clone, Debug)]
pub struct Row {
    /// Instruction.
    pub ins: Ins,
    /// Mnemonic and operand column: the form's name in refusals.
    pub name: &'static str,
    /// Operand column, as written.
    pub operands: &'static str,
    /// Opcode column, as written.
    pub pattern: &'static str,
    /// Encoding class.
    pub class: Class,
    /// Operands, destination first.
    pub ops: [Opnd; 4],
    /// Their sizes.
    pub sizes: [Size; 4],
    /// Mandatory and lock prefixes in order, zero-filled.
    pub prefix: [u8; 2],
    /// REX.W (or VEX.W, EVEX.W) always set.
    pub rex_w: bool,
    /// Operand size follows the width by 66 and REX.W (VEX: by W).
    pub sized: bool,
    /// Escape and opcode bytes; for VEX and EVEX the opcode byte only.
    pub opcode: [u8; 3],
    /// How many of them.
    pub opcode_len: u8,
    /// Condition code is added to the last opcode byte.
    pub plus_cc: bool,
    /// Opcode extension in ModRM.reg (`/0`..`/7`), 0 where `/r`.
    pub digit: u8,
    /// Bytes of immediate: 0, 1, 4, 8; 2 stands for "2 or 4 by width", 3 for exactly 2.
    pub imm: u8,
    /// The byte immediate is sign-extended to the operand.
    pub imm_signed: bool,
    /// Opcode map of VEX and EVEX.
    pub map: u8,
    /// Compressed prefix of VEX and EVEX: 0, 66, F3, F2.
    pub pp: u8,
    /// Vector length of VEX and EVEX: 0, 1, 2.
    pub vl: u8,
    /// Lengths to choose from, a bit each; 0 if `vl` says it.
    pub lengths: u8,
    /// Register fields where rm is a register, of VEX and EVEX.
    pub files_reg: Files,
    /// The same where it is memory.
    pub files_mem: Files,
    /// The vvvv field is an operand.
    pub has_vvvv: bool,
    /// Masks of the destination.
    pub masking: Masking,
    /// What EVEX.b means where rm is a register.
    pub rounding: Rounding,
    /// Bytes of the element that is broadcast from memory; 0: none.
    pub broadcast: u8,
    /// Bytes that a byte displacement counts in, where it is not the size of the memory operand; 0: it is. With a vector of indexes:
    /// the size of an element.
    pub disp_unit: u8,
}

/// What is known of an instruction as a whole.
#[derive(Copy, Clone, Debug)]
pub struct InsInfo {
    /// Mnemonic; conditions are appended to `set`, `cmov`, `j`.
    pub name: &'static str,
    /// One letter an operand: r, w, x.
    pub roles: &'static str,
    /// Flags `read>written`.
    pub flags: &'static str,
}

impl InsInfo {
    /// Does the instruction change any flag?
    pub const fn writes_flags(&self) -> bool {
        let f = self.flags.as_bytes();
        !f.is_empty() && f[f.len() - 1] != b'>'
    }
    /// Does it read any?
    pub const fn reads_flags(&self) -> bool {
        let f = self.flags.as_bytes();
        !f.is_empty() && f[0] != b'>'
    }
}

macro_rules! table {
    ([] $($ins:ident $name:literal $roles:literal $flags:literal { $($ops:literal $pat:literal)* })*) => {
        /// x64 instructions by what they do; an instruction has one or more encoding forms.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u16)]
        #[allow(missing_docs)]
        pub enum Ins { $($ins),* }

        /// By [`Ins`].
        pub static INS: &[InsInfo] = &[$(InsInfo { name: $name, roles: $roles, flags: $flags }),*];

        /// Number of instructions.
        pub const INS_COUNT: usize = [$($name),*].len();

        /// First row of each instruction; its rows stand together.
        pub static FIRST_ROW: [u16; INS_COUNT] = {
            let mut t = [0; INS_COUNT];
            let mut i = ROW_COUNT;
            while i > 1 {
                i -= 1;
                t[ROW_LIST[i].ins as usize] = i as u16;
            }
            t
        };

        // Over two thousand rows are read; the lint is about loops that may not end.
        #[allow(long_running_const_eval)]
        const ROW_LIST: &[Row] = &[BAD, $($(parse_row(Ins::$ins, concat!($name, " ", $ops), $ops, $pat)),*),*];
    };
}

/// Number of rows, the bad one included.
pub const ROW_COUNT: usize = ROW_LIST.len();

/// Number of rows before the first with a VEX or EVEX prefix.
pub const LEGACY_ROWS: usize = {
    let mut i = 0;
    while i < ROW_COUNT && !matches!(ROW_LIST[i].class, Class::Vex | Class::Evex) {
        i += 1;
    }
    let mut k = i;
    while k < ROW_COUNT {
        assert!(
            matches!(ROW_LIST[k].class, Class::Vex | Class::Evex),
            "a legacy row behind the others"
        );
        k += 1;
    }
    i
};

/// All rows; a descriptor's `form` is an index here.
pub static ROWS: [Row; ROW_COUNT] = {
    let mut rows = [BAD; ROW_COUNT];
    let mut i = 0;
    while i < ROW_COUNT {
        rows[i] = ROW_LIST[i];
        i += 1;
    }
    rows
};

impl Ins {
    /// Name, roles and flags.
    #[inline]
    pub fn info(self) -> &'static InsInfo {
        &INS[self as usize]
    }
}

#[macro_use]
mod base;
#[macro_use]
mod sse;
#[macro_use]
mod system;
#[macro_use]
mod avx;
#[macro_use]
mod avx2;
#[macro_use]
mod fma;
#[macro_use]
mod bmi;
#[macro_use]
mod avx512;
#[macro_use]
mod opmask;
mod parse;

// Legacy encodings come first: `encode` keeps its own table of them. Within a file, order is the order of choice.
base_rows! { [sse_rows system_rows avx_rows avx2_rows fma_rows bmi_rows avx512_rows opmask_rows table] }

const BAD: Row = Row {
    ins: Ins::Nop,
    name: "(no such form)",
    operands: "",
    pattern: "",
    class: Class::Bad,
    ops: [Opnd::None; 4],
    sizes: [Size::None; 4],
    prefix: [0; 2],
    rex_w: false,
    sized: false,
    opcode: [0; 3],
    opcode_len: 0,
    plus_cc: false,
    digit: 0,
    imm: 0,
    imm_signed: false,
    map: 0,
    pp: 0,
    vl: 0,
    lengths: 0,
    files_reg: NO_FILES,
    files_mem: NO_FILES,
    has_vvvv: false,
    masking: Masking::None,
    rounding: Rounding::None,
    broadcast: 0,
    disp_unit: 0,
};

/// No register has these bits: the form does not take such an operand.
const NO_FILES: Files = Files {
    want: 0xD0D0_D0D0,
    check: 0xF0F0_F0F0,
};
