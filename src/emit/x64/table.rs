//! The table of x64 instructions: a row per encoding form, and the compile-time reading of those rows.
//!
//! A block is `Ins "mnemonic" "roles" "flags" { rows }`; a row is its operands in the notation of the manual's opcode maps
//! (Intel SDM vol. 2, A.2.1-A.2.2) and its opcode in the notation of the instruction pages (vol. 2, 3.1.1.1). **The row is the
//! truth**: [`parse_row`] reads both strings while the crate is compiled, a row it cannot read does not compile, and encoder,
//! printer, operand checks and tests are fed from what it read.
//!
//! Operands: `E` register or memory (ModRM.rm), `M` memory only, `U` vector register only (rm), `G` register (ModRM.reg),
//! `B` register (VEX.vvvv), `Z` register in the opcode byte, `W` vector register or memory, `V` vector register (reg),
//! `H` vector register (vvvv), `I` immediate, `J` relative address of a symbol or fixed-size call, `L` label of a sized jump.
//! Sizes: `b` 8, `w` 16, `d` 32, `q` 64 bits; `v` 16, 32 or 64 by the descriptor's width; `y` 32 or 64; `q64` 64 without REX.W;
//! `z` 16 or 32 (immediates: sign-extended to the operand); `bs` a byte sign-extended; `ss`/`sd` scalar float, `x`/`y`/`z` after
//! `V H W` the vector of 128, 256, 512 bits. An operand field of only `v` means: no explicit operand, but sized by the width.
//!
//! Roles are one letter an operand: `r` read, `w` written, `x` both. Flags are `read>written` in the manual's letters, `cc` for
//! what the condition reads; undefined counts as written.
//!
//! Leaves out: x87, MMX, segment and system instructions, 8-bit high registers, everything no compiler here emits.

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
    /// VEX prefix.
    Vex,
    /// EVEX prefix.
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
    /// Bytes of immediate: 0, 1, 4, 8; 2 stands for "2 or 4 by width".
    pub imm: u8,
    /// The byte immediate is sign-extended to the operand.
    pub imm_signed: bool,
    /// Opcode map of VEX and EVEX.
    pub map: u8,
    /// Compressed prefix of VEX and EVEX: 0, 66, F3, F2.
    pub pp: u8,
    /// Vector length of VEX and EVEX: 0, 1, 2.
    pub vl: u8,
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
    ($($ins:ident $name:literal $roles:literal $flags:literal { $($ops:literal $pat:literal)* })*) => {
        /// x64 instructions by what they do; an instruction has one or more encoding forms.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u16)]
        #[allow(missing_docs)]
        pub enum Ins { $($ins),* }

        /// By [`Ins`].
        pub static INS: &[InsInfo] = &[$(InsInfo { name: $name, roles: $roles, flags: $flags }),*];

        /// Number of instructions.
        pub const INS_COUNT: usize = [$($name),*].len();

        const ROW_LIST: &[Row] = &[BAD, $($(parse_row(Ins::$ins, concat!($name, " ", $ops), $ops, $pat)),*),*];
    };
}

/// Number of rows, the bad one included.
pub const ROW_COUNT: usize = ROW_LIST.len();

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

#[rustfmt::skip]
table! {
    Add           "add"          "xr"   ">OSZAPC"  {
        "Gb,Eb"        "02 /r"
        "Gv,Ev"        "03 /r"
        "Mb,Gb"        "00 /r"
        "Mv,Gv"        "01 /r"
        "Eb,Ib"        "80 /0 ib"
        "Ev,Ibs"       "83 /0 ib"
        "Ev,Iz"        "81 /0 iz"
    }
    Or            "or"           "xr"   ">OSZAPC"  {
        "Gb,Eb"        "0A /r"
        "Gv,Ev"        "0B /r"
        "Mb,Gb"        "08 /r"
        "Mv,Gv"        "09 /r"
        "Eb,Ib"        "80 /1 ib"
        "Ev,Ibs"       "83 /1 ib"
        "Ev,Iz"        "81 /1 iz"
    }
    Adc           "adc"          "xr"   "C>OSZAPC" {
        "Gb,Eb"        "12 /r"
        "Gv,Ev"        "13 /r"
        "Mb,Gb"        "10 /r"
        "Mv,Gv"        "11 /r"
        "Eb,Ib"        "80 /2 ib"
        "Ev,Ibs"       "83 /2 ib"
        "Ev,Iz"        "81 /2 iz"
    }
    Sbb           "sbb"          "xr"   "C>OSZAPC" {
        "Gb,Eb"        "1A /r"
        "Gv,Ev"        "1B /r"
        "Mb,Gb"        "18 /r"
        "Mv,Gv"        "19 /r"
        "Eb,Ib"        "80 /3 ib"
        "Ev,Ibs"       "83 /3 ib"
        "Ev,Iz"        "81 /3 iz"
    }
    And           "and"          "xr"   ">OSZAPC"  {
        "Gb,Eb"        "22 /r"
        "Gv,Ev"        "23 /r"
        "Mb,Gb"        "20 /r"
        "Mv,Gv"        "21 /r"
        "Eb,Ib"        "80 /4 ib"
        "Ev,Ibs"       "83 /4 ib"
        "Ev,Iz"        "81 /4 iz"
    }
    Sub           "sub"          "xr"   ">OSZAPC"  {
        "Gb,Eb"        "2A /r"
        "Gv,Ev"        "2B /r"
        "Mb,Gb"        "28 /r"
        "Mv,Gv"        "29 /r"
        "Eb,Ib"        "80 /5 ib"
        "Ev,Ibs"       "83 /5 ib"
        "Ev,Iz"        "81 /5 iz"
    }
    Xor           "xor"          "xr"   ">OSZAPC"  {
        "Gb,Eb"        "32 /r"
        "Gv,Ev"        "33 /r"
        "Mb,Gb"        "30 /r"
        "Mv,Gv"        "31 /r"
        "Eb,Ib"        "80 /6 ib"
        "Ev,Ibs"       "83 /6 ib"
        "Ev,Iz"        "81 /6 iz"
    }
    Cmp           "cmp"          "rr"   ">OSZAPC"  {
        "Gb,Eb"        "3A /r"
        "Gv,Ev"        "3B /r"
        "Mb,Gb"        "38 /r"
        "Mv,Gv"        "39 /r"
        "Eb,Ib"        "80 /7 ib"
        "Ev,Ibs"       "83 /7 ib"
        "Ev,Iz"        "81 /7 iz"
    }
    Test          "test"         "rr"   ">OSZAPC"  {
        "Eb,Gb"        "84 /r"
        "Ev,Gv"        "85 /r"
        "Eb,Ib"        "F6 /0 ib"
        "Ev,Iz"        "F7 /0 iz"
    }
    Mov           "mov"          "wr"   ""         {
        "Gb,Eb"        "8A /r"
        "Gv,Ev"        "8B /r"
        "Mb,Gb"        "88 /r"
        "Mv,Gv"        "89 /r"
        "Eb,Ib"        "C6 /0 ib"
        "Ev,Iz"        "C7 /0 iz"
        "Zd,Id"        "B8+r id"
        "Zq,Iq"        "REX.W B8+r io"
    }
    Movzx8        "movzx"        "wr"   ""         {
        "Gv,Eb"        "0F B6 /r"
    }
    Movzx16       "movzx"        "wr"   ""         {
        "Gv,Ew"        "0F B7 /r"
    }
    Movsx8        "movsx"        "wr"   ""         {
        "Gv,Eb"        "0F BE /r"
    }
    Movsx16       "movsx"        "wr"   ""         {
        "Gv,Ew"        "0F BF /r"
    }
    Movsxd        "movsxd"       "wr"   ""         {
        "Gq,Ed"        "REX.W 63 /r"
    }
    Lea           "lea"          "wr"   ""         {
        "Gv,M"         "8D /r"
    }
    Inc           "inc"          "x"    ">OSZAP"   {
        "Eb"           "FE /0"
        "Ev"           "FF /0"
    }
    Dec           "dec"          "x"    ">OSZAP"   {
        "Eb"           "FE /1"
        "Ev"           "FF /1"
    }
    Not           "not"          "x"    ""         {
        "Eb"           "F6 /2"
        "Ev"           "F7 /2"
    }
    Neg           "neg"          "x"    ">OSZAPC"  {
        "Eb"           "F6 /3"
        "Ev"           "F7 /3"
    }
    Mul           "mul"          "r"    ">OSZAPC"  {
        "Eb"           "F6 /4"
        "Ev"           "F7 /4"
    }
    ImulWide      "imul"         "r"    ">OSZAPC"  {
        "Eb"           "F6 /5"
        "Ev"           "F7 /5"
    }
    Imul          "imul"         "xrr"  ">OSZAPC"  {
        "Gv,Ev"        "0F AF /r"
        "Gv,Ev,Ibs"    "6B /r ib"
        "Gv,Ev,Iz"     "69 /r iz"
    }
    Div           "div"          "r"    ">OSZAPC"  {
        "Eb"           "F6 /6"
        "Ev"           "F7 /6"
    }
    Idiv          "idiv"         "r"    ">OSZAPC"  {
        "Eb"           "F6 /7"
        "Ev"           "F7 /7"
    }
    Cbw           "cwde"         ""     ""         {
        "v"            "98"
    }
    Cdq           "cdq"          ""     ""         {
        "v"            "99"
    }
    Rol           "rol"          "xr"   ">OC"      {
        "Eb,Ib"        "C0 /0 ib"
        "Ev,Ib"        "C1 /0 ib"
        "Eb,1"         "D0 /0"
        "Ev,1"         "D1 /0"
        "Eb,CL"        "D2 /0"
        "Ev,CL"        "D3 /0"
    }
    Ror           "ror"          "xr"   ">OC"      {
        "Eb,Ib"        "C0 /1 ib"
        "Ev,Ib"        "C1 /1 ib"
        "Eb,1"         "D0 /1"
        "Ev,1"         "D1 /1"
        "Eb,CL"        "D2 /1"
        "Ev,CL"        "D3 /1"
    }
    Rcl           "rcl"          "xr"   "C>OC"     {
        "Eb,Ib"        "C0 /2 ib"
        "Ev,Ib"        "C1 /2 ib"
        "Eb,1"         "D0 /2"
        "Ev,1"         "D1 /2"
        "Eb,CL"        "D2 /2"
        "Ev,CL"        "D3 /2"
    }
    Rcr           "rcr"          "xr"   "C>OC"     {
        "Eb,Ib"        "C0 /3 ib"
        "Ev,Ib"        "C1 /3 ib"
        "Eb,1"         "D0 /3"
        "Ev,1"         "D1 /3"
        "Eb,CL"        "D2 /3"
        "Ev,CL"        "D3 /3"
    }
    Shl           "shl"          "xr"   ">OSZAPC"  {
        "Eb,Ib"        "C0 /4 ib"
        "Ev,Ib"        "C1 /4 ib"
        "Eb,1"         "D0 /4"
        "Ev,1"         "D1 /4"
        "Eb,CL"        "D2 /4"
        "Ev,CL"        "D3 /4"
    }
    Shr           "shr"          "xr"   ">OSZAPC"  {
        "Eb,Ib"        "C0 /5 ib"
        "Ev,Ib"        "C1 /5 ib"
        "Eb,1"         "D0 /5"
        "Ev,1"         "D1 /5"
        "Eb,CL"        "D2 /5"
        "Ev,CL"        "D3 /5"
    }
    Sar           "sar"          "xr"   ">OSZAPC"  {
        "Eb,Ib"        "C0 /7 ib"
        "Ev,Ib"        "C1 /7 ib"
        "Eb,1"         "D0 /7"
        "Ev,1"         "D1 /7"
        "Eb,CL"        "D2 /7"
        "Ev,CL"        "D3 /7"
    }
    Shld          "shld"         "xrr"  ">OSZAPC"  {
        "Ev,Gv,Ib"     "0F A4 /r ib"
    }
    Shrd          "shrd"         "xrr"  ">OSZAPC"  {
        "Ev,Gv,Ib"     "0F AC /r ib"
    }
    Bt            "bt"           "rr"   ">C"       {
        "Ev,Gv"        "0F A3 /r"
        "Ev,Ib"        "0F BA /4 ib"
    }
    Bts           "bts"          "xr"   ">C"       {
        "Ev,Gv"        "0F AB /r"
        "Ev,Ib"        "0F BA /5 ib"
    }
    Btr           "btr"          "xr"   ">C"       {
        "Ev,Gv"        "0F B3 /r"
        "Ev,Ib"        "0F BA /6 ib"
    }
    Btc           "btc"          "xr"   ">C"       {
        "Ev,Gv"        "0F BB /r"
        "Ev,Ib"        "0F BA /7 ib"
    }
    Setcc         "set"          "w"    "cc>"      {
        "Eb"           "0F 90+cc /0"
    }
    Cmovcc        "cmov"         "xr"   "cc>"      {
        "Gv,Ev"        "0F 40+cc /r"
    }
    Xchg          "xchg"         "xx"   ""         {
        "Eb,Gb"        "86 /r"
        "Ev,Gv"        "87 /r"
    }
    Xadd          "xadd"         "xx"   ">OSZAPC"  {
        "Eb,Gb"        "0F C0 /r"
        "Ev,Gv"        "0F C1 /r"
    }
    Cmpxchg       "cmpxchg"      "xr"   ">OSZAPC"  {
        "Eb,Gb"        "0F B0 /r"
        "Ev,Gv"        "0F B1 /r"
    }
    LockXadd      "lock xadd"    "xx"   ">OSZAPC"  {
        "Mb,Gb"        "F0 0F C0 /r"
        "Mv,Gv"        "F0 0F C1 /r"
    }
    LockCmpxchg   "lock cmpxchg" "xr"   ">OSZAPC"  {
        "Mb,Gb"        "F0 0F B0 /r"
        "Mv,Gv"        "F0 0F B1 /r"
    }
    LockCmpxchg16b "lock cmpxchg16b" "x"    ">Z"       {
        "Mx"           "F0 REX.W 0F C7 /1"
    }
    LockAdd       "lock add"     "xr"   ">OSZAPC"  {
        "Mb,Gb"        "F0 00 /r"
        "Mv,Gv"        "F0 01 /r"
        "Mb,Ib"        "F0 80 /0 ib"
        "Mv,Ibs"       "F0 83 /0 ib"
        "Mv,Iz"        "F0 81 /0 iz"
    }
    LockOr        "lock or"      "xr"   ">OSZAPC"  {
        "Mb,Gb"        "F0 08 /r"
        "Mv,Gv"        "F0 09 /r"
        "Mb,Ib"        "F0 80 /1 ib"
        "Mv,Ibs"       "F0 83 /1 ib"
        "Mv,Iz"        "F0 81 /1 iz"
    }
    LockAnd       "lock and"     "xr"   ">OSZAPC"  {
        "Mb,Gb"        "F0 20 /r"
        "Mv,Gv"        "F0 21 /r"
        "Mb,Ib"        "F0 80 /4 ib"
        "Mv,Ibs"       "F0 83 /4 ib"
        "Mv,Iz"        "F0 81 /4 iz"
    }
    LockSub       "lock sub"     "xr"   ">OSZAPC"  {
        "Mb,Gb"        "F0 28 /r"
        "Mv,Gv"        "F0 29 /r"
        "Mb,Ib"        "F0 80 /5 ib"
        "Mv,Ibs"       "F0 83 /5 ib"
        "Mv,Iz"        "F0 81 /5 iz"
    }
    LockXor       "lock xor"     "xr"   ">OSZAPC"  {
        "Mb,Gb"        "F0 30 /r"
        "Mv,Gv"        "F0 31 /r"
        "Mb,Ib"        "F0 80 /6 ib"
        "Mv,Ibs"       "F0 83 /6 ib"
        "Mv,Iz"        "F0 81 /6 iz"
    }
    Mfence        "mfence"       ""     ""         {
        ""             "0F AE F0"
    }
    Pause         "pause"        ""     ""         {
        ""             "F3 90"
    }
    Bswap         "bswap"        "x"    ""         {
        "Zy"           "0F C8+r"
    }
    Bsf           "bsf"          "xr"   ">Z"       {
        "Gv,Ev"        "0F BC /r"
    }
    Bsr           "bsr"          "xr"   ">Z"       {
        "Gv,Ev"        "0F BD /r"
    }
    Lzcnt         "lzcnt"        "wr"   ">ZC"      {
        "Gv,Ev"        "F3 0F BD /r"
    }
    Tzcnt         "tzcnt"        "wr"   ">ZC"      {
        "Gv,Ev"        "F3 0F BC /r"
    }
    Popcnt        "popcnt"       "wr"   ">OSZAPC"  {
        "Gv,Ev"        "F3 0F B8 /r"
    }
    Push          "push"         "r"    ""         {
        "Zq64"         "50+r"
        "Mq64"         "FF /6"
        "Ibs"          "6A ib"
        "Id"           "68 id"
    }
    Pop           "pop"          "w"    ""         {
        "Zq64"         "58+r"
        "Mq64"         "8F /0"
    }
    Call          "call"         "r"    ""         {
        "Eq64"         "FF /2"
    }
    CallRel       "call"         "r"    ""         {
        "J"            "E8 cd"
    }
    Jmp           "jmp"          "r"    ""         {
        "Eq64"         "FF /4"
    }
    JmpTail       "rex.jmp"      "r"    ""         {
        "Eq64"         "REX.W FF /4"
    }
    JmpRel        "jmp"          "r"    ""         {
        "J"            "E9 cd"
    }
    JmpLabel      "jmp"          ""     ""         {
        "L"            "EB cb"
    }
    JmpLabelKeep  "jmp"          ""     ""         {
        "L"            "EB cb"
    }
    Jcc           "j"            ""     "cc>"      {
        "L"            "70+cc cb"
    }
    Ret           "ret"          ""     ""         {
        ""             "C3"
    }
    Leave         "leave"        ""     ""         {
        ""             "C9"
    }
    Int3          "int3"         ""     ""         {
        ""             "CC"
    }
    Nop           "nop"          ""     ""         {
        ""             "90"
    }
    Ud2           "ud2"          ""     ""         {
        ""             "0F 0B"
    }
    Cld           "cld"          ""     ""         {
        ""             "FC"
    }
    RepMovsb      "rep movsb"    ""     ""         {
        ""             "F3 A4"
    }
    RepMovsq      "rep movsq"    ""     ""         {
        ""             "F3 REX.W A5"
    }
    RepStosb      "rep stosb"    ""     ""         {
        ""             "F3 AA"
    }
    RepStosq      "rep stosq"    ""     ""         {
        ""             "F3 REX.W AB"
    }
    Movss         "movss"        "xr"   ""         {
        "Vx,Wss"       "F3 0F 10 /r"
        "Mss,Vx"       "F3 0F 11 /r"
    }
    Movsd         "movsd"        "xr"   ""         {
        "Vx,Wsd"       "F2 0F 10 /r"
        "Msd,Vx"       "F2 0F 11 /r"
    }
    Movaps        "movaps"       "wr"   ""         {
        "Vx,Wx"        "0F 28 /r"
        "Mx,Vx"        "0F 29 /r"
    }
    Movups        "movups"       "wr"   ""         {
        "Vx,Wx"        "0F 10 /r"
        "Mx,Vx"        "0F 11 /r"
    }
    Movapd        "movapd"       "wr"   ""         {
        "Vx,Wx"        "66 0F 28 /r"
        "Mx,Vx"        "66 0F 29 /r"
    }
    Movupd        "movupd"       "wr"   ""         {
        "Vx,Wx"        "66 0F 10 /r"
        "Mx,Vx"        "66 0F 11 /r"
    }
    Movdqa        "movdqa"       "wr"   ""         {
        "Vx,Wx"        "66 0F 6F /r"
        "Mx,Vx"        "66 0F 7F /r"
    }
    Movdqu        "movdqu"       "wr"   ""         {
        "Vx,Wx"        "F3 0F 6F /r"
        "Mx,Vx"        "F3 0F 7F /r"
    }
    MovdToX       "movd"         "wr"   ""         {
        "Vx,Ey"        "66 0F 6E /r"
    }
    MovdFromX     "movd"         "wr"   ""         {
        "Ey,Vx"        "66 0F 7E /r"
    }
    Movq          "movq"         "wr"   ""         {
        "Vx,Wsd"       "F3 0F 7E /r"
        "Msd,Vx"       "66 0F D6 /r"
    }
    Movhlps       "movhlps"      "xr"   ""         {
        "Vx,Ux"        "0F 12 /r"
    }
    Movlhps       "movlhps"      "xr"   ""         {
        "Vx,Ux"        "0F 16 /r"
    }
    Addss         "addss"        "xr"   ""         {
        "Vx,Wss"       "F3 0F 58 /r"
    }
    Addsd         "addsd"        "xr"   ""         {
        "Vx,Wsd"       "F2 0F 58 /r"
    }
    Addps         "addps"        "xr"   ""         {
        "Vx,Wx"        "0F 58 /r"
    }
    Addpd         "addpd"        "xr"   ""         {
        "Vx,Wx"        "66 0F 58 /r"
    }
    Mulss         "mulss"        "xr"   ""         {
        "Vx,Wss"       "F3 0F 59 /r"
    }
    Mulsd         "mulsd"        "xr"   ""         {
        "Vx,Wsd"       "F2 0F 59 /r"
    }
    Mulps         "mulps"        "xr"   ""         {
        "Vx,Wx"        "0F 59 /r"
    }
    Mulpd         "mulpd"        "xr"   ""         {
        "Vx,Wx"        "66 0F 59 /r"
    }
    Subss         "subss"        "xr"   ""         {
        "Vx,Wss"       "F3 0F 5C /r"
    }
    Subsd         "subsd"        "xr"   ""         {
        "Vx,Wsd"       "F2 0F 5C /r"
    }
    Subps         "subps"        "xr"   ""         {
        "Vx,Wx"        "0F 5C /r"
    }
    Subpd         "subpd"        "xr"   ""         {
        "Vx,Wx"        "66 0F 5C /r"
    }
    Minss         "minss"        "xr"   ""         {
        "Vx,Wss"       "F3 0F 5D /r"
    }
    Minsd         "minsd"        "xr"   ""         {
        "Vx,Wsd"       "F2 0F 5D /r"
    }
    Minps         "minps"        "xr"   ""         {
        "Vx,Wx"        "0F 5D /r"
    }
    Minpd         "minpd"        "xr"   ""         {
        "Vx,Wx"        "66 0F 5D /r"
    }
    Divss         "divss"        "xr"   ""         {
        "Vx,Wss"       "F3 0F 5E /r"
    }
    Divsd         "divsd"        "xr"   ""         {
        "Vx,Wsd"       "F2 0F 5E /r"
    }
    Divps         "divps"        "xr"   ""         {
        "Vx,Wx"        "0F 5E /r"
    }
    Divpd         "divpd"        "xr"   ""         {
        "Vx,Wx"        "66 0F 5E /r"
    }
    Maxss         "maxss"        "xr"   ""         {
        "Vx,Wss"       "F3 0F 5F /r"
    }
    Maxsd         "maxsd"        "xr"   ""         {
        "Vx,Wsd"       "F2 0F 5F /r"
    }
    Maxps         "maxps"        "xr"   ""         {
        "Vx,Wx"        "0F 5F /r"
    }
    Maxpd         "maxpd"        "xr"   ""         {
        "Vx,Wx"        "66 0F 5F /r"
    }
    Sqrtss        "sqrtss"       "xr"   ""         {
        "Vx,Wss"       "F3 0F 51 /r"
    }
    Sqrtsd        "sqrtsd"       "xr"   ""         {
        "Vx,Wsd"       "F2 0F 51 /r"
    }
    Sqrtps        "sqrtps"       "wr"   ""         {
        "Vx,Wx"        "0F 51 /r"
    }
    Sqrtpd        "sqrtpd"       "wr"   ""         {
        "Vx,Wx"        "66 0F 51 /r"
    }
    Ucomiss       "ucomiss"      "rr"   ">OSZAPC"  {
        "Vx,Wss"       "0F 2E /r"
    }
    Ucomisd       "ucomisd"      "rr"   ">OSZAPC"  {
        "Vx,Wsd"       "66 0F 2E /r"
    }
    Comiss        "comiss"       "rr"   ">OSZAPC"  {
        "Vx,Wss"       "0F 2F /r"
    }
    Comisd        "comisd"       "rr"   ">OSZAPC"  {
        "Vx,Wsd"       "66 0F 2F /r"
    }
    Cvtsi2ss      "cvtsi2ss"     "xr"   ""         {
        "Vx,Ey"        "F3 0F 2A /r"
    }
    Cvtsi2sd      "cvtsi2sd"     "xr"   ""         {
        "Vx,Ey"        "F2 0F 2A /r"
    }
    Cvttss2si     "cvttss2si"    "wr"   ""         {
        "Gy,Wss"       "F3 0F 2C /r"
    }
    Cvttsd2si     "cvttsd2si"    "wr"   ""         {
        "Gy,Wsd"       "F2 0F 2C /r"
    }
    Cvtss2si      "cvtss2si"     "wr"   ""         {
        "Gy,Wss"       "F3 0F 2D /r"
    }
    Cvtsd2si      "cvtsd2si"     "wr"   ""         {
        "Gy,Wsd"       "F2 0F 2D /r"
    }
    Cvtss2sd      "cvtss2sd"     "xr"   ""         {
        "Vx,Wss"       "F3 0F 5A /r"
    }
    Cvtsd2ss      "cvtsd2ss"     "xr"   ""         {
        "Vx,Wsd"       "F2 0F 5A /r"
    }
    Cvtdq2ps      "cvtdq2ps"     "wr"   ""         {
        "Vx,Wx"        "0F 5B /r"
    }
    Cvtdq2pd      "cvtdq2pd"     "wr"   ""         {
        "Vx,Wsd"       "F3 0F E6 /r"
    }
    Andps         "andps"        "xr"   ""         {
        "Vx,Wx"        "0F 54 /r"
    }
    Andpd         "andpd"        "xr"   ""         {
        "Vx,Wx"        "66 0F 54 /r"
    }
    Andnps        "andnps"       "xr"   ""         {
        "Vx,Wx"        "0F 55 /r"
    }
    Andnpd        "andnpd"       "xr"   ""         {
        "Vx,Wx"        "66 0F 55 /r"
    }
    Orps          "orps"         "xr"   ""         {
        "Vx,Wx"        "0F 56 /r"
    }
    Orpd          "orpd"         "xr"   ""         {
        "Vx,Wx"        "66 0F 56 /r"
    }
    Xorps         "xorps"        "xr"   ""         {
        "Vx,Wx"        "0F 57 /r"
    }
    Xorpd         "xorpd"        "xr"   ""         {
        "Vx,Wx"        "66 0F 57 /r"
    }
    Pxor          "pxor"         "xr"   ""         {
        "Vx,Wx"        "66 0F EF /r"
    }
    Por           "por"          "xr"   ""         {
        "Vx,Wx"        "66 0F EB /r"
    }
    Pand          "pand"         "xr"   ""         {
        "Vx,Wx"        "66 0F DB /r"
    }
    Pandn         "pandn"        "xr"   ""         {
        "Vx,Wx"        "66 0F DF /r"
    }
    Paddd         "paddd"        "xr"   ""         {
        "Vx,Wx"        "66 0F FE /r"
    }
    Paddq         "paddq"        "xr"   ""         {
        "Vx,Wx"        "66 0F D4 /r"
    }
    Psubd         "psubd"        "xr"   ""         {
        "Vx,Wx"        "66 0F FA /r"
    }
    Psubq         "psubq"        "xr"   ""         {
        "Vx,Wx"        "66 0F FB /r"
    }
    Pcmpeqd       "pcmpeqd"      "xr"   ""         {
        "Vx,Wx"        "66 0F 76 /r"
    }
    Punpckldq     "punpckldq"    "xr"   ""         {
        "Vx,Wx"        "66 0F 62 /r"
    }
    Unpcklps      "unpcklps"     "xr"   ""         {
        "Vx,Wx"        "0F 14 /r"
    }
    Unpcklpd      "unpcklpd"     "xr"   ""         {
        "Vx,Wx"        "66 0F 14 /r"
    }
    Pshufd        "pshufd"       "wrr"  ""         {
        "Vx,Wx,Ib"     "66 0F 70 /r ib"
    }
    Shufps        "shufps"       "xrr"  ""         {
        "Vx,Wx,Ib"     "0F C6 /r ib"
    }
    Cmpss         "cmpss"        "xrr"  ""         {
        "Vx,Wss,Ib"    "F3 0F C2 /r ib"
    }
    Cmpsd         "cmpsd"        "xrr"  ""         {
        "Vx,Wsd,Ib"    "F2 0F C2 /r ib"
    }
    Roundss       "roundss"      "xrr"  ""         {
        "Vx,Wss,Ib"    "66 0F 3A 0A /r ib"
    }
    Roundsd       "roundsd"      "xrr"  ""         {
        "Vx,Wsd,Ib"    "66 0F 3A 0B /r ib"
    }
    Vaddss        "vaddss"       "wrr"  ""         {
        "Vx,Hx,Wss"    "VEX.LIG.F3.0F.WIG 58 /r"
    }
    Vaddsd        "vaddsd"       "wrr"  ""         {
        "Vx,Hx,Wsd"    "VEX.LIG.F2.0F.WIG 58 /r"
    }
    Vmulss        "vmulss"       "wrr"  ""         {
        "Vx,Hx,Wss"    "VEX.LIG.F3.0F.WIG 59 /r"
    }
    Vmulsd        "vmulsd"       "wrr"  ""         {
        "Vx,Hx,Wsd"    "VEX.LIG.F2.0F.WIG 59 /r"
    }
    Vsubss        "vsubss"       "wrr"  ""         {
        "Vx,Hx,Wss"    "VEX.LIG.F3.0F.WIG 5C /r"
    }
    Vsubsd        "vsubsd"       "wrr"  ""         {
        "Vx,Hx,Wsd"    "VEX.LIG.F2.0F.WIG 5C /r"
    }
    Vdivss        "vdivss"       "wrr"  ""         {
        "Vx,Hx,Wss"    "VEX.LIG.F3.0F.WIG 5E /r"
    }
    Vdivsd        "vdivsd"       "wrr"  ""         {
        "Vx,Hx,Wsd"    "VEX.LIG.F2.0F.WIG 5E /r"
    }
    Vxorps        "vxorps"       "wrr"  ""         {
        "Vx,Hx,Wx"     "VEX.128.0F.WIG 57 /r"
    }
    VpxorY        "vpxor"        "wrr"  ""         {
        "Vy,Hy,Wy"     "VEX.256.66.0F.WIG EF /r"
    }
    Vfmadd231ss   "vfmadd231ss"  "xrr"  ""         {
        "Vx,Hx,Wss"    "VEX.LIG.66.0F38.W0 B9 /r"
    }
    Vfmadd231sd   "vfmadd231sd"  "xrr"  ""         {
        "Vx,Hx,Wsd"    "VEX.LIG.66.0F38.W1 B9 /r"
    }
    Vzeroupper    "vzeroupper"   ""     ""         {
        ""             "VEX.128.0F.WIG 77"
    }
    Andn          "andn"         "wrr"  ">OSZC"    {
        "Gy,By,Ey"     "VEX.LZ.0F38.Wv F2 /r"
    }
    Shlx          "shlx"         "wrr"  ""         {
        "Gy,Ey,By"     "VEX.LZ.66.0F38.Wv F7 /r"
    }
    Sarx          "sarx"         "wrr"  ""         {
        "Gy,Ey,By"     "VEX.LZ.F3.0F38.Wv F7 /r"
    }
    Shrx          "shrx"         "wrr"  ""         {
        "Gy,Ey,By"     "VEX.LZ.F2.0F38.Wv F7 /r"
    }
    VaddpdZ       "vaddpd"       "wrr"  ""         {
        "Vz,Hz,Wz"     "EVEX.512.66.0F.W1 58 /r"
    }
}

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
};

/// Reads a row. Panics, which stops the build, if it does not understand it.
const fn parse_row(
    ins: Ins,
    name: &'static str,
    operands: &'static str,
    pattern: &'static str,
) -> Row {
    let mut row = BAD;
    row.ins = ins;
    row.name = name;
    row.operands = operands;
    row.pattern = pattern;
    row.class = Class::Plain;
    row = parse_operands(row, operands.as_bytes());
    let text = pattern.as_bytes();
    let mut at = 0;
    while at < text.len() {
        let mut end = at;
        while end < text.len() && text[end] != b' ' {
            end += 1;
        }
        row = parse_token(row, text, at, end);
        at = end + 1;
    }
    assert!(row.opcode_len > 0, "a row without an opcode");
    row
}

const fn parse_operands(mut row: Row, text: &[u8]) -> Row {
    let mut at = 0;
    let mut n = 0;
    while at < text.len() {
        let mut end = at;
        while end < text.len() && text[end] != b',' {
            end += 1;
        }
        let size_at = at + 1;
        let op = match text[at] {
            b'G' => Opnd::G,
            b'E' => Opnd::E,
            b'M' => Opnd::M,
            b'B' => Opnd::B,
            b'Z' => Opnd::Z,
            b'V' => Opnd::V,
            b'W' => Opnd::W,
            b'U' => Opnd::U,
            b'H' => Opnd::H,
            b'I' => Opnd::I,
            b'J' => Opnd::J,
            b'L' => Opnd::L,
            b'1' => Opnd::One,
            b'C' => Opnd::Cl,
            b'v' => Opnd::None,
            _ => panic!("an operand that is not in the list"),
        };
        let vector = matches!(op, Opnd::V | Opnd::W | Opnd::U | Opnd::H);
        let letter = if size_at < end { text[size_at] } else { 0 };
        let second = if size_at + 1 < end {
            text[size_at + 1]
        } else {
            0
        };
        let size = match (op, letter, second) {
            (Opnd::None, ..) => Size::V,
            (Opnd::Cl, ..) => Size::B,
            (Opnd::One | Opnd::J | Opnd::L, ..) => Size::None,
            (Opnd::I, b'b', b's') => {
                row.imm_signed = true;
                Size::B
            }
            (Opnd::I, b'z', _) => Size::V,
            (_, 0, _) => Size::None,
            (_, b'b', _) => Size::B,
            (_, b'w', _) => Size::W,
            (_, b'd', _) | (_, b's', b's') => Size::D,
            (_, b'q', _) | (_, b's', b'd') => Size::Q,
            (_, b'v', _) => Size::V,
            (_, b'y', _) if vector => Size::Ymm,
            (_, b'y', _) => Size::Y,
            (_, b'x', _) => Size::X,
            (_, b'z', _) => Size::Zmm,
            _ => panic!("an operand size that is not in the list"),
        };
        if matches!(size, Size::V | Size::Y) {
            row.sized = true;
        }
        if !matches!(op, Opnd::None) {
            row.ops[n] = op;
            n += 1;
        }
        // "v" alone: remembered as the size of no operand.
        row.sizes[if n > 0 { n - 1 } else { 0 }] = size;
        if matches!(op, Opnd::E | Opnd::M | Opnd::W | Opnd::U) {
            row.class = Class::ModRm;
        }
        if matches!(op, Opnd::J) {
            row.class = Class::Rel32;
        }
        if matches!(op, Opnd::L) {
            row.class = Class::Jump;
        }
        at = end + 1;
    }
    row
}

const fn parse_token(mut row: Row, t: &[u8], at: usize, end: usize) -> Row {
    let n = end - at;
    if n == 2 && t[at] == b'/' {
        if t[at + 1] != b'r' {
            row.digit = t[at + 1] - b'0';
            assert!(row.digit < 8, "an opcode extension above 7");
        }
    } else if n == 2 && t[at] == b'i' {
        row.imm = match t[at + 1] {
            b'b' => 1,
            b'z' => 2,
            b'd' => 4,
            b'o' => {
                row.class = Class::Imm64;
                8
            }
            _ => panic!("an immediate that is not in the list"),
        };
    } else if n == 2 && t[at] == b'c' {
        assert!(
            matches!(row.class, Class::Rel32 | Class::Jump),
            "a code offset without such an operand"
        );
    } else if starts(t, at, b"REX.W") {
        row.rex_w = true;
    } else if starts(t, at, b"VEX.") || starts(t, at, b"EVEX.") {
        row.class = if t[at] == b'V' {
            Class::Vex
        } else {
            Class::Evex
        };
        let mut i = at;
        while i < end {
            if starts(t, i, b".128") || starts(t, i, b".LIG") || starts(t, i, b".LZ") {
                row.vl = 0;
            } else if starts(t, i, b".256") {
                row.vl = 1;
            } else if starts(t, i, b".512") {
                row.vl = 2;
            } else if starts(t, i, b".66") {
                row.pp = 1;
            } else if starts(t, i, b".F3") {
                row.pp = 2;
            } else if starts(t, i, b".F2") {
                row.pp = 3;
            } else if starts(t, i, b".0F38") {
                row.map = 2;
            } else if starts(t, i, b".0F3A") {
                row.map = 3;
            } else if starts(t, i, b".0F") {
                row.map = 1;
            } else if starts(t, i, b".W1") {
                row.rex_w = true;
            }
            i += 1;
        }
        assert!(row.map != 0, "a VEX row without a map");
    } else {
        assert!(n >= 2, "a token that is not in the list");
        let byte = hex(t[at]) << 4 | hex(t[at + 1]);
        let is_prefix =
            matches!(byte, 0x66 | 0xF2 | 0xF3 | 0xF0) && row.opcode_len == 0 && row.map == 0;
        if is_prefix {
            let i = (row.prefix[0] != 0) as usize;
            row.prefix[i] = byte;
        } else {
            row.opcode[row.opcode_len as usize] = byte;
            row.opcode_len += 1;
        }
        if starts(t, at + 2, b"+cc") {
            row.plus_cc = true;
        } else if n > 2 {
            assert!(starts(t, at + 2, b"+r"), "a token that is not in the list");
        }
    }
    row
}

const fn starts(t: &[u8], at: usize, what: &[u8]) -> bool {
    let mut i = 0;
    while i < what.len() {
        if at + i >= t.len() || t[at + i] != what[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn hex(c: u8) -> u8 {
    match c {
        b'0'..=b'9' => c - b'0',
        b'A'..=b'F' => c - b'A' + 10,
        _ => panic!("not a hexadecimal digit"),
    }
}
