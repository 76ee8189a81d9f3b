//! The table of arm64 instructions: a row per encoding form, and the compile-time reading of those rows.
//!
//! A block is `Ins "mnemonic" { rows }`; a row is a [`Class`] (operand shape) and the 32 bits of the instruction word in the
//! manual's left-to-right order. **The row is the truth**: [`parse_row`] reads the picture while the crate is compiled, a picture
//! that is not 32 bits or whose fields are not runs does not compile, and encoder, printer and tests are fed from what it read.
//!
//! Letters: `d` destination or transfer register, `n` first source or base, `m` second source or index, `a` third source or
//! second transfer register; in capitals the same field naming a vector register. `z` one in 64-bit forms, `Z` zero there; `y` one
//! for double precision, `Y` zero there; `i` immediate; `s` shift amount, bit-field end, extend amount; `r` rotation; `h` shift type, shift by
//! twelve, halfword; `x` extend option; `c` condition; `v` flags value; `b` number of the bit tested (low five bits). Of vectors: `q`
//! one for 128 bits; `t` size of the elements, or its lower bit; `u` its upper bit; `e` number of a lane.
//!
//! A row of vectors also has a set of arrangements, and its class is a list of operands ([`shape`](super::shape)). The rows of
//! everyday code are here; the others follow, a file a subject.
//!
//! Sources: Arm ARM (DDI 0487), C4.1 (encoding index), C6.2 and C7.2 (instruction pages).
//!
//! Leaves out: system instructions that only kernels use, memory tagging, authenticated loads, SVE.

use super::shape::sets;

#[macro_use]
mod base;
#[macro_use]
mod float;
#[macro_use]
mod simd;

/// Operand shape: how a form's fields are filled and printed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Class {
    /// Row 0: what an impossible request becomes, to be refused.
    Bad,
    /// `op`: no operand.
    None,
    /// `op #imm16`.
    Imm16,
    /// `op rd, rn`.
    R2,
    /// `op rd, rn, rm`.
    R3,
    /// `op rd, rn, rm, shift #amount`.
    R3Shift,
    /// `op rd|sp, rn|sp, rm, extend #amount`.
    R3Ext,
    /// `op rd, rn, rm, ra`.
    R4,
    /// `op xd, wn, wm, xa`: long multiplications.
    R4Long,
    /// `op rd|sp, rn|sp, #imm12{, lsl #12}`.
    Imm12,
    /// `op rd|sp, rn, #bitmask`.
    Logic,
    /// `op rd, #imm16{, lsl #16*h}`.
    MovW,
    /// `op rd, rn, #immr, #imms`.
    BitField,
    /// `op rd, rn, rm, #lsb`.
    Extract,
    /// `op rd, rn, rm, cond`.
    Sel,
    /// `op rn, rm, #nzcv, cond`.
    CondCmp,
    /// `op rn, #imm5, #nzcv, cond`.
    CondCmpImm,
    /// `b label`, sized in `finish`.
    Jump,
    /// `b label`, kept even if the label is next.
    JumpKeep,
    /// `b.cond label`.
    JumpCond,
    /// `cbz rt, label`.
    JumpZero,
    /// `tbz rt, #bit, label`.
    JumpBit,
    /// `bl`/`b` to a symbol or label, one word.
    Branch26,
    /// `mrs rd, reg` and `msr reg, rd`; the immediate is the register's o0:op1:CRn:CRm:op2.
    SysReg,
    /// `op rn`: a branch to a register.
    BranchReg,
    /// `adr rd, place`.
    Adr,
    /// `adrp rd, place` and `add rd, rd, #low`.
    AdrPage,
    /// `op rt, [rn, #imm12 * size]`; the two rows behind it are the same access in classes `LoadUnscaled` and `LoadIndex`.
    LoadScaled,
    /// `op rt, [rn, #simm9]`.
    LoadUnscaled,
    /// `op rt, [rn, rm, extend #amount]`.
    LoadIndex,
    /// `op rt, rt2, [rn, #simm7 * size]`.
    Pair,
    /// `op rt, rt2, [rn, #simm7 * size]!`.
    PairPre,
    /// `op rt, rt2, [rn], #simm7 * size`.
    PairPost,
    /// `op rt, [rn, #simm9]!`.
    Pre,
    /// `op rt, [rn], #simm9`.
    Post,
    /// `op rt, [rn]`: ordered and exclusive loads, ordered stores.
    Ordered,
    /// `op rs, rt, [rn]`: atomics, exclusive stores.
    Atomic,
    /// `op vd, vn`: scalar.
    F2,
    /// `op vd, vn, vm`: scalar.
    F3,
    /// `op vd, vn, vm, va`: scalar.
    F4,
    /// `op vn, vm`.
    FCmp,
    /// `op vn, #0.0`.
    FCmpZero,
    /// `op vd, vn, vm, cond`.
    FSel,
    /// `op vd, #imm8`.
    FImm,
    /// `op vd, rn`: int to float, or bits to float.
    FFromR,
    /// `op rd, vn`: float to int, or float to bits.
    RFromF,
    /// `fcvt dd, sn` or `fcvt sd, dn`; `y` is the source's.
    FCvt,
    /// `op vd.T, vn.T, vm.T`.
    V3,
    /// `op vd.8b, vn.8b` and friends on the low half.
    V2Half,
    /// `movi vd.2d, #0`.
    MoviZero,
    /// `addv bd, vn.8b`.
    Across,
    /// `ldr rt, label`: a load from beside the code.
    Literal,
    /// Operands: see [`shape`](super::shape).
    CrcW,
    /// Operands: see [`shape`](super::shape).
    CrcX,
    /// Operands: see [`shape`](super::shape).
    Hint,
    /// Operands: see [`shape`](super::shape).
    Barrier,
    /// Operands: see [`shape`](super::shape).
    X1,
    /// Operands: see [`shape`](super::shape).
    X2,
    /// Operands: see [`shape`](super::shape).
    X3Sp,
    /// Operands: see [`shape`](super::shape).
    BranchKey,
    /// Operands: see [`shape`](super::shape).
    SetF,
    /// Operands: see [`shape`](super::shape).
    Rmif,
    /// Operands: see [`shape`](super::shape).
    LoadPairX,
    /// Operands: see [`shape`](super::shape).
    StorePairX,
    /// Operands: see [`shape`](super::shape).
    CasPair,
    /// Operands: see [`shape`](super::shape).
    Load9,
    /// Operands: see [`shape`](super::shape).
    FCcmp,
    /// Operands: see [`shape`](super::shape).
    FFix,
    /// Operands: see [`shape`](super::shape).
    RFix,
    /// Operands: see [`shape`](super::shape).
    RTop,
    /// Operands: see [`shape`](super::shape).
    TopR,
    /// Operands: see [`shape`](super::shape).
    Js,
    /// Operands: see [`shape`](super::shape).
    FToH,
    /// Operands: see [`shape`](super::shape).
    FFromH,
    /// Operands: see [`shape`](super::shape).
    HFromR,
    /// Operands: see [`shape`](super::shape).
    RFromH,
    /// Operands: see [`shape`](super::shape).
    HFix,
    /// Operands: see [`shape`](super::shape).
    RFixH,
    /// Operands: see [`shape`](super::shape).
    HImm,
    /// Operands: see [`shape`](super::shape).
    HCmp,
    /// Operands: see [`shape`](super::shape).
    HCmpZero,
    /// Operands: see [`shape`](super::shape).
    HCcmp,
    /// Operands: see [`shape`](super::shape).
    HSel,
    /// Operands: see [`shape`](super::shape).
    S2,
    /// Operands: see [`shape`](super::shape).
    S3,
    /// Operands: see [`shape`](super::shape).
    S4,
    /// Operands: see [`shape`](super::shape).
    S2Zero,
    /// Operands: see [`shape`](super::shape).
    S2ZeroF,
    /// Operands: see [`shape`](super::shape).
    SLong3,
    /// Operands: see [`shape`](super::shape).
    SNarrow,
    /// Operands: see [`shape`](super::shape).
    SLane,
    /// Operands: see [`shape`](super::shape).
    SLongLane,
    /// Operands: see [`shape`](super::shape).
    SPair,
    /// Operands: see [`shape`](super::shape).
    SDup,
    /// Operands: see [`shape`](super::shape).
    SShr,
    /// Operands: see [`shape`](super::shape).
    SShl,
    /// Operands: see [`shape`](super::shape).
    SNarrowShr,
    /// Operands: see [`shape`](super::shape).
    SImm64,
    /// Operands: see [`shape`](super::shape).
    V2,
    /// Operands: see [`shape`](super::shape).
    V2Zero,
    /// Operands: see [`shape`](super::shape).
    V2ZeroF,
    /// Operands: see [`shape`](super::shape).
    V4,
    /// Operands: see [`shape`](super::shape).
    V3Imm,
    /// Operands: see [`shape`](super::shape).
    V3Lane,
    /// Operands: see [`shape`](super::shape).
    VLong3,
    /// Operands: see [`shape`](super::shape).
    VWide3,
    /// Operands: see [`shape`](super::shape).
    VNarrow3,
    /// Operands: see [`shape`](super::shape).
    VPairLong2,
    /// Operands: see [`shape`](super::shape).
    VNarrow2,
    /// Operands: see [`shape`](super::shape).
    VLong2,
    /// Operands: see [`shape`](super::shape).
    VLongShift,
    /// Operands: see [`shape`](super::shape).
    VDot,
    /// Operands: see [`shape`](super::shape).
    VDotLane,
    /// Operands: see [`shape`](super::shape).
    VDotH,
    /// Operands: see [`shape`](super::shape).
    VDotHLane,
    /// Operands: see [`shape`](super::shape).
    VMat,
    /// Operands: see [`shape`](super::shape).
    VMatH,
    /// Operands: see [`shape`](super::shape).
    VMatHLane,
    /// Operands: see [`shape`](super::shape).
    VLongHalf,
    /// Operands: see [`shape`](super::shape).
    VLongHalfLane,
    /// Operands: see [`shape`](super::shape).
    VRot3,
    /// Operands: see [`shape`](super::shape).
    VRot3Odd,
    /// Operands: see [`shape`](super::shape).
    VRotLane,
    /// Operands: see [`shape`](super::shape).
    VAcross,
    /// Operands: see [`shape`](super::shape).
    VAcrossLong,
    /// Operands: see [`shape`](super::shape).
    VExt,
    /// Operands: see [`shape`](super::shape).
    VTbl1,
    /// Operands: see [`shape`](super::shape).
    VTbl2,
    /// Operands: see [`shape`](super::shape).
    VTbl3,
    /// Operands: see [`shape`](super::shape).
    VTbl4,
    /// Operands: see [`shape`](super::shape).
    VDupLane,
    /// Operands: see [`shape`](super::shape).
    VDupGen,
    /// Operands: see [`shape`](super::shape).
    VLaneToR,
    /// Operands: see [`shape`](super::shape).
    VLaneToG,
    /// Operands: see [`shape`](super::shape).
    VInsGen,
    /// Operands: see [`shape`](super::shape).
    VInsLane,
    /// Operands: see [`shape`](super::shape).
    VImm,
    /// Operands: see [`shape`](super::shape).
    VImmShift,
    /// Operands: see [`shape`](super::shape).
    VImmMsl,
    /// Operands: see [`shape`](super::shape).
    VImm64,
    /// Operands: see [`shape`](super::shape).
    VFImm,
    /// Operands: see [`shape`](super::shape).
    VShr,
    /// Operands: see [`shape`](super::shape).
    VShl,
    /// Operands: see [`shape`](super::shape).
    VNarrowShr,
    /// Operands: see [`shape`](super::shape).
    VLongShl,
    /// Operands: see [`shape`](super::shape).
    VLane,
    /// Operands: see [`shape`](super::shape).
    VLongLane,
    /// Operands: see [`shape`](super::shape).
    ShaQS,
    /// Operands: see [`shape`](super::shape).
    ShaQQ,
    /// Operands: see [`shape`](super::shape).
    List1,
    /// Operands: see [`shape`](super::shape).
    List1Post,
    /// Operands: see [`shape`](super::shape).
    List1PostReg,
    /// Operands: see [`shape`](super::shape).
    List2,
    /// Operands: see [`shape`](super::shape).
    List2Post,
    /// Operands: see [`shape`](super::shape).
    List2PostReg,
    /// Operands: see [`shape`](super::shape).
    List3,
    /// Operands: see [`shape`](super::shape).
    List3Post,
    /// Operands: see [`shape`](super::shape).
    List3PostReg,
    /// Operands: see [`shape`](super::shape).
    List4,
    /// Operands: see [`shape`](super::shape).
    List4Post,
    /// Operands: see [`shape`](super::shape).
    List4PostReg,
    /// Operands: see [`shape`](super::shape).
    Lane1,
    /// Operands: see [`shape`](super::shape).
    Lane1Post,
    /// Operands: see [`shape`](super::shape).
    Lane1PostReg,
    /// Operands: see [`shape`](super::shape).
    Lane2,
    /// Operands: see [`shape`](super::shape).
    Lane2Post,
    /// Operands: see [`shape`](super::shape).
    Lane2PostReg,
    /// Operands: see [`shape`](super::shape).
    Lane3,
    /// Operands: see [`shape`](super::shape).
    Lane3Post,
    /// Operands: see [`shape`](super::shape).
    Lane3PostReg,
    /// Operands: see [`shape`](super::shape).
    Lane4,
    /// Operands: see [`shape`](super::shape).
    Lane4Post,
    /// Operands: see [`shape`](super::shape).
    Lane4PostReg,
    /// Operands: see [`shape`](super::shape).
    Rep1Post,
    /// Operands: see [`shape`](super::shape).
    Rep2Post,
    /// Operands: see [`shape`](super::shape).
    Rep3Post,
    /// Operands: see [`shape`](super::shape).
    Rep4Post,
}

/// Fields of a picture.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Field {
    /// `d`.
    D,
    /// `n`.
    N,
    /// `m`.
    M,
    /// `a`.
    A,
    /// `i`.
    I,
    /// `s`.
    S,
    /// `r`.
    R,
    /// `h`.
    H,
    /// `x`.
    X,
    /// `c`.
    C,
    /// `v`.
    V,
    /// `b`.
    B,
    /// `q`.
    Q,
    /// `t`.
    T,
    /// `u`.
    U,
    /// `e`.
    E,
}
/// Number of fields.
pub const FIELDS: usize = Field::E as usize + 1;

/// What a row says, read from its picture.
#[derive(Copy, Clone, Debug)]
pub struct Row {
    /// Instruction.
    pub ins: Ins,
    /// Mnemonic.
    pub name: &'static str,
    /// Operand shape.
    pub class: Class,
    /// The ones of the picture.
    pub fixed: u32,
    /// Positions of the fields, by [`Field`].
    pub mask: [u32; FIELDS],
    /// Bits set in 64-bit forms.
    pub z: u32,
    /// Bits set in 32-bit forms.
    pub not_z: u32,
    /// Bits set in double precision.
    pub y: u32,
    /// Bits set in single precision.
    pub not_y: u32,
    /// What the upper three bits of `r[0..4]` must be, byte by byte.
    pub files: u32,
    /// Arrangements that the form has: a bit for each [`Arr`](super::Arr); none of forms that are not of vectors.
    pub arrangements: u8,
}

impl Row {
    /// Of a form whose width is not a bit of the word: is it 64 bits? That is how descriptors, printer and decoder have it.
    pub const fn implies_wide(&self) -> bool {
        matches!(
            self.class,
            Class::R4Long | Class::SysReg | Class::BranchReg | Class::Adr | Class::AdrPage
        ) || matches!(
            self.ins,
            Ins::Smulh
                | Ins::Umulh
                | Ins::Rev32
                | Ins::Ldrsw
                | Ins::Ldpsw
                | Ins::Ldtrsw
                | Ins::Ldapursw
                | Ins::LdrswLit
        )
    }

    /// May the shifted register operand be rotated? Of logical instructions it may.
    pub const fn rotates(&self) -> bool {
        !matches!(self.ins, Ins::Add | Ins::Adds | Ins::Sub | Ins::Subs)
    }

    /// The mask of a field, 0 if the form has none.
    #[inline]
    pub const fn mask(&self, f: Field) -> u32 {
        self.mask[f as usize]
    }
}

const fn parse_row(
    ins: Ins,
    name: &'static str,
    class: Class,
    arrangements: u8,
    picture: &'static str,
) -> Row {
    let mut row = Row {
        ins,
        name,
        class,
        fixed: 0,
        mask: [0; FIELDS],
        z: 0,
        not_z: 0,
        y: 0,
        not_y: 0,
        files: 0,
        arrangements,
    };
    let p = picture.as_bytes();
    let mut bits = 0;
    let mut i = 0;
    while i < p.len() {
        let c = p[i];
        i += 1;
        if c == b' ' {
            continue;
        }
        assert!(bits < 32, "more than 32 bits");
        bits += 1;
        let bit = 1u32 << (32 - bits);
        let (field, file) = match c {
            b'0' => continue,
            b'1' => {
                row.fixed |= bit;
                continue;
            }
            b'z' => {
                row.z |= bit;
                continue;
            }
            b'Z' => {
                row.not_z |= bit;
                continue;
            }
            b'y' => {
                row.y |= bit;
                continue;
            }
            b'Y' => {
                row.not_y |= bit;
                continue;
            }
            b'd' => (Field::D, 0),
            b'D' => (Field::D, 0x20),
            b'n' => (Field::N, 0),
            b'N' => (Field::N, 0x2000),
            b'm' => (Field::M, 0),
            b'M' => (Field::M, 0x20_0000),
            b'a' => (Field::A, 0),
            b'A' => (Field::A, 0x2000_0000),
            b'i' => (Field::I, 0),
            b's' => (Field::S, 0),
            b'r' => (Field::R, 0),
            b'h' => (Field::H, 0),
            b'x' => (Field::X, 0),
            b'c' => (Field::C, 0),
            b'v' => (Field::V, 0),
            b'b' => (Field::B, 0),
            b'q' => (Field::Q, 0),
            b't' => (Field::T, 0),
            b'u' => (Field::U, 0),
            b'e' => (Field::E, 0),
            _ => panic!("a letter that is no field"),
        };
        row.files |= file;
        row.mask[field as usize] |= bit;
    }
    assert!(bits == 32, "fewer than 32 bits");
    let mut f = 0;
    while f < FIELDS {
        let m = row.mask[f];
        let run = m >> (m.trailing_zeros() & 31);
        // Fields in two parts: the address of `adr` (its fixup fills it), constants and lanes of vectors.
        let split = f == Field::I as usize && matches!(class, Class::Adr | Class::AdrPage)
            || arrangements != 0 && (f == Field::I as usize || f == Field::E as usize);
        assert!(
            split || run & run.wrapping_add(1) == 0,
            "a field in two parts"
        );
        if f < 4 {
            assert!(
                m == 0 || m >> m.trailing_zeros() == 31,
                "a register field is five bits"
            );
        }
        f += 1;
    }
    row
}

macro_rules! table {
    ($($ins:ident $name:literal { $($class:ident $($set:ident)? $pat:literal)* })*) => {
        /// arm64 instructions by what they do; an instruction has one or more encoding forms.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u16)]
        #[allow(missing_docs)]
        pub enum Ins { $($ins),* }

        /// Mnemonics by [`Ins`].
        pub static NAMES: &[&str] = &[$($name),*];

        /// Number of instructions.
        pub const INS_COUNT: usize = [$($name),*].len();

        pub(super) const ROW_LIST: &[Row] = &[
            Row { class: Class::Bad, ..parse_row(Ins::Add, "(no such form)", Class::Bad, 0, "00000000 00000000 00000000 00000000") },
            $($(parse_row(Ins::$ins, $name, Class::$class, 0 $(| sets::$set)?, $pat)),*),*
        ];
    };
}

/// Number of rows, the bad one included.
pub const ROW_COUNT: usize = ROW_LIST.len();

/// All rows; a descriptor's `form` is an index here.
pub static ROWS: [Row; ROW_COUNT] = {
    let mut rows = [ROW_LIST[0]; ROW_COUNT];
    let mut i = 0;
    while i < ROW_COUNT {
        rows[i] = ROW_LIST[i];
        i += 1;
    }
    rows
};

/// Number of the operand shapes up to [`Class::Across`]: those of everyday code, which [`FORMS`] serves.
pub const CLASSES: usize = Class::Across as usize + 1;

/// Row of an instruction in a shape, 0 if there is none; of several arrangements' rows the first.
pub(super) static FORMS: [[u16; CLASSES]; INS_COUNT] = {
    let mut t = [[0; CLASSES]; INS_COUNT];
    let mut i = 1;
    while i < ROW_COUNT {
        let class = ROW_LIST[i].class as usize;
        if class < CLASSES {
            let at = &mut t[ROW_LIST[i].ins as usize][class];
            assert!(
                *at == 0 || ROW_LIST[i].arrangements != 0,
                "two rows of one shape"
            );
            if *at == 0 {
                *at = i as u16;
            }
        }
        i += 1;
    }
    t
};

/// First row of every instruction, and the end.
static FIRST: [u16; INS_COUNT + 1] = {
    let mut t = [0; INS_COUNT + 1];
    let mut i = ROW_COUNT;
    t[INS_COUNT] = i as u16;
    while i > 1 {
        i -= 1;
        t[ROW_LIST[i].ins as usize] = i as u16;
    }
    t
};

/// Row of an instruction in a shape and arrangement (of forms that have none, any), 0 if there is none.
pub fn form(ins: Ins, class: Class, arrangement: super::Arr) -> u16 {
    let fits = |row: &Row| {
        let shape = match row.class {
            Class::V2Half if matches!(arrangement, super::Arr::B8) => Class::V2,
            Class::Across if matches!(arrangement, super::Arr::B8) => Class::VAcross,
            c => c,
        };
        (shape == class || row.class == class)
            && (row.arrangements == 0 || row.arrangements >> arrangement as u8 & 1 != 0)
    };
    (FIRST[ins as usize]..FIRST[ins as usize + 1])
        .find(|&i| fits(&ROWS[i as usize]))
        .unwrap_or(0)
}

macro_rules! with_base { ($($rows:tt)*) => { base_rows! { with_float { $($rows)* } } } }
macro_rules! with_float { ($($rows:tt)*) => { float_rows! { with_simd { $($rows)* } } } }
macro_rules! with_simd { ($($rows:tt)*) => { simd_rows! { table { $($rows)* } } } }

#[rustfmt::skip]
with_base! {
    Add    "add"    { R3Shift "z0001011 hh0mmmmm ssssssnn nnnddddd"  R3Ext "z0001011 001mmmmm xxxsssnn nnnddddd"  Imm12 "z0010001 0hiiiiii iiiiiinn nnnddddd" }
    Adds   "adds"   { R3Shift "z0101011 hh0mmmmm ssssssnn nnnddddd"  R3Ext "z0101011 001mmmmm xxxsssnn nnnddddd"  Imm12 "z0110001 0hiiiiii iiiiiinn nnnddddd" }
    Sub    "sub"    { R3Shift "z1001011 hh0mmmmm ssssssnn nnnddddd"  R3Ext "z1001011 001mmmmm xxxsssnn nnnddddd"  Imm12 "z1010001 0hiiiiii iiiiiinn nnnddddd" }
    Subs   "subs"   { R3Shift "z1101011 hh0mmmmm ssssssnn nnnddddd"  R3Ext "z1101011 001mmmmm xxxsssnn nnnddddd"  Imm12 "z1110001 0hiiiiii iiiiiinn nnnddddd" }
    And    "and"    { R3Shift "z0001010 hh0mmmmm ssssssnn nnnddddd"  Logic "z0010010 0iiiiiii iiiiiinn nnnddddd" }
    Orr    "orr"    { R3Shift "z0101010 hh0mmmmm ssssssnn nnnddddd"  Logic "z0110010 0iiiiiii iiiiiinn nnnddddd" }
    Eor    "eor"    { R3Shift "z1001010 hh0mmmmm ssssssnn nnnddddd"  Logic "z1010010 0iiiiiii iiiiiinn nnnddddd" }
    Ands   "ands"   { R3Shift "z1101010 hh0mmmmm ssssssnn nnnddddd"  Logic "z1110010 0iiiiiii iiiiiinn nnnddddd" }
    Bic    "bic"    { R3Shift "z0001010 hh1mmmmm ssssssnn nnnddddd" }
    Orn    "orn"    { R3Shift "z0101010 hh1mmmmm ssssssnn nnnddddd" }
    Eon    "eon"    { R3Shift "z1001010 hh1mmmmm ssssssnn nnnddddd" }
    Bics   "bics"   { R3Shift "z1101010 hh1mmmmm ssssssnn nnnddddd" }
    Movn   "movn"   { MovW "z0010010 1hhiiiii iiiiiiii iiiddddd" }
    Movz   "movz"   { MovW "z1010010 1hhiiiii iiiiiiii iiiddddd" }
    Movk   "movk"   { MovW "z1110010 1hhiiiii iiiiiiii iiiddddd" }
    Adc    "adc"    { R3 "z0011010 000mmmmm 000000nn nnnddddd" }
    Adcs   "adcs"   { R3 "z0111010 000mmmmm 000000nn nnnddddd" }
    Sbc    "sbc"    { R3 "z1011010 000mmmmm 000000nn nnnddddd" }
    Sbcs   "sbcs"   { R3 "z1111010 000mmmmm 000000nn nnnddddd" }
    Udiv   "udiv"   { R3 "z0011010 110mmmmm 000010nn nnnddddd" }
    Sdiv   "sdiv"   { R3 "z0011010 110mmmmm 000011nn nnnddddd" }
    Lslv   "lsl"    { R3 "z0011010 110mmmmm 001000nn nnnddddd" }
    Lsrv   "lsr"    { R3 "z0011010 110mmmmm 001001nn nnnddddd" }
    Asrv   "asr"    { R3 "z0011010 110mmmmm 001010nn nnnddddd" }
    Rorv   "ror"    { R3 "z0011010 110mmmmm 001011nn nnnddddd" }
    Smulh  "smulh"  { R3 "10011011 010mmmmm 011111nn nnnddddd" }
    Umulh  "umulh"  { R3 "10011011 110mmmmm 011111nn nnnddddd" }
    Madd   "madd"   { R4 "z0011011 000mmmmm 0aaaaann nnnddddd" }
    Msub   "msub"   { R4 "z0011011 000mmmmm 1aaaaann nnnddddd" }
    Smaddl "smaddl" { R4Long "10011011 001mmmmm 0aaaaann nnnddddd" }
    Smsubl "smsubl" { R4Long "10011011 001mmmmm 1aaaaann nnnddddd" }
    Umaddl "umaddl" { R4Long "10011011 101mmmmm 0aaaaann nnnddddd" }
    Umsubl "umsubl" { R4Long "10011011 101mmmmm 1aaaaann nnnddddd" }
    Rbit   "rbit"   { R2 "z1011010 11000000 000000nn nnnddddd" }
    Rev16  "rev16"  { R2 "z1011010 11000000 000001nn nnnddddd" }
    Rev32  "rev32"  { R2 "11011010 11000000 000010nn nnnddddd" }
    Rev    "rev"    { R2 "z1011010 11000000 00001znn nnnddddd" }
    Clz    "clz"    { R2 "z1011010 11000000 000100nn nnnddddd" }
    Cls    "cls"    { R2 "z1011010 11000000 000101nn nnnddddd" }
    Sbfm   "sbfm"   { BitField "z0010011 0zrrrrrr ssssssnn nnnddddd" }
    Bfm    "bfm"    { BitField "z0110011 0zrrrrrr ssssssnn nnnddddd" }
    Ubfm   "ubfm"   { BitField "z1010011 0zrrrrrr ssssssnn nnnddddd" }
    Extr   "extr"   { Extract "z0010011 1z0mmmmm ssssssnn nnnddddd" }
    Csel   "csel"   { Sel "z0011010 100mmmmm cccc00nn nnnddddd" }
    Csinc  "csinc"  { Sel "z0011010 100mmmmm cccc01nn nnnddddd" }
    Csinv  "csinv"  { Sel "z1011010 100mmmmm cccc00nn nnnddddd" }
    Csneg  "csneg"  { Sel "z1011010 100mmmmm cccc01nn nnnddddd" }
    Ccmn   "ccmn"   { CondCmp "z0111010 010mmmmm cccc00nn nnn0vvvv"  CondCmpImm "z0111010 010iiiii cccc10nn nnn0vvvv" }
    Ccmp   "ccmp"   { CondCmp "z1111010 010mmmmm cccc00nn nnn0vvvv"  CondCmpImm "z1111010 010iiiii cccc10nn nnn0vvvv" }
    B      "b"      { Jump "000101ii iiiiiiii iiiiiiii iiiiiiii"  JumpKeep "000101ii iiiiiiii iiiiiiii iiiiiiii"  Branch26 "000101ii iiiiiiii iiiiiiii iiiiiiii" }
    Bcond  "b"      { JumpCond "01010100 iiiiiiii iiiiiiii iii0cccc" }
    Cbz    "cbz"    { JumpZero "z0110100 iiiiiiii iiiiiiii iiiddddd" }
    Cbnz   "cbnz"   { JumpZero "z0110101 iiiiiiii iiiiiiii iiiddddd" }
    Tbz    "tbz"    { JumpBit "z0110110 bbbbbiii iiiiiiii iiiddddd" }
    Tbnz   "tbnz"   { JumpBit "z0110111 bbbbbiii iiiiiiii iiiddddd" }
    Bl     "bl"     { Branch26 "100101ii iiiiiiii iiiiiiii iiiiiiii" }
    Br     "br"     { BranchReg "11010110 00011111 000000nn nnn00000" }
    Blr    "blr"    { BranchReg "11010110 00111111 000000nn nnn00000" }
    Ret    "ret"    { BranchReg "11010110 01011111 000000nn nnn00000" }
    Adr    "adr"    { Adr "0ii10000 iiiiiiii iiiiiiii iiiddddd" }
    Adrp   "adrp"   { AdrPage "1ii10000 iiiiiiii iiiiiiii iiiddddd" }
    Brk    "brk"    { Imm16 "11010100 001iiiii iiiiiiii iii00000" }
    Nop    "nop"    { None "11010101 00000011 00100000 00011111" }
    Yield  "yield"  { None "11010101 00000011 00100000 00111111" }
    DmbIsh "dmb"    { None "11010101 00000011 00111011 10111111" }
    DmbIshld "dmb"  { None "11010101 00000011 00111001 10111111" }
    DmbIshst "dmb"  { None "11010101 00000011 00111010 10111111" }
    DmbSy  "dmb"    { None "11010101 00000011 00111111 10111111" }
    Isb    "isb"    { None "11010101 00000011 00111111 11011111" }
    Mrs    "mrs"    { SysReg "11010101 0011iiii iiiiiiii iiiddddd" }
    Msr    "msr"    { SysReg "11010101 0001iiii iiiiiiii iiiddddd" }

    Strb   "strb"   { LoadScaled "00111001 00iiiiii iiiiiinn nnnddddd"  LoadUnscaled "00111000 000iiiii iiii00nn nnnddddd"  LoadIndex "00111000 001mmmmm xxxs10nn nnnddddd"
                      Pre "00111000 000iiiii iiii11nn nnnddddd"  Post "00111000 000iiiii iiii01nn nnnddddd" }
    Ldrb   "ldrb"   { LoadScaled "00111001 01iiiiii iiiiiinn nnnddddd"  LoadUnscaled "00111000 010iiiii iiii00nn nnnddddd"  LoadIndex "00111000 011mmmmm xxxs10nn nnnddddd"
                      Pre "00111000 010iiiii iiii11nn nnnddddd"  Post "00111000 010iiiii iiii01nn nnnddddd" }
    Ldrsb  "ldrsb"  { LoadScaled "00111001 1Ziiiiii iiiiiinn nnnddddd"  LoadUnscaled "00111000 1Z0iiiii iiii00nn nnnddddd"  LoadIndex "00111000 1Z1mmmmm xxxs10nn nnnddddd"
                      Pre "00111000 1Z0iiiii iiii11nn nnnddddd"  Post "00111000 1Z0iiiii iiii01nn nnnddddd" }
    Strh   "strh"   { LoadScaled "01111001 00iiiiii iiiiiinn nnnddddd"  LoadUnscaled "01111000 000iiiii iiii00nn nnnddddd"  LoadIndex "01111000 001mmmmm xxxs10nn nnnddddd"
                      Pre "01111000 000iiiii iiii11nn nnnddddd"  Post "01111000 000iiiii iiii01nn nnnddddd" }
    Ldrh   "ldrh"   { LoadScaled "01111001 01iiiiii iiiiiinn nnnddddd"  LoadUnscaled "01111000 010iiiii iiii00nn nnnddddd"  LoadIndex "01111000 011mmmmm xxxs10nn nnnddddd"
                      Pre "01111000 010iiiii iiii11nn nnnddddd"  Post "01111000 010iiiii iiii01nn nnnddddd" }
    Ldrsh  "ldrsh"  { LoadScaled "01111001 1Ziiiiii iiiiiinn nnnddddd"  LoadUnscaled "01111000 1Z0iiiii iiii00nn nnnddddd"  LoadIndex "01111000 1Z1mmmmm xxxs10nn nnnddddd"
                      Pre "01111000 1Z0iiiii iiii11nn nnnddddd"  Post "01111000 1Z0iiiii iiii01nn nnnddddd" }
    Ldrsw  "ldrsw"  { LoadScaled "10111001 10iiiiii iiiiiinn nnnddddd"  LoadUnscaled "10111000 100iiiii iiii00nn nnnddddd"  LoadIndex "10111000 101mmmmm xxxs10nn nnnddddd"
                      Pre "10111000 100iiiii iiii11nn nnnddddd"  Post "10111000 100iiiii iiii01nn nnnddddd" }
    Str    "str"    { LoadScaled "1z111001 00iiiiii iiiiiinn nnnddddd"  LoadUnscaled "1z111000 000iiiii iiii00nn nnnddddd"  LoadIndex "1z111000 001mmmmm xxxs10nn nnnddddd"
                      Pre "1z111000 000iiiii iiii11nn nnnddddd"  Post "1z111000 000iiiii iiii01nn nnnddddd" }
    Ldr    "ldr"    { LoadScaled "1z111001 01iiiiii iiiiiinn nnnddddd"  LoadUnscaled "1z111000 010iiiii iiii00nn nnnddddd"  LoadIndex "1z111000 011mmmmm xxxs10nn nnnddddd"
                      Pre "1z111000 010iiiii iiii11nn nnnddddd"  Post "1z111000 010iiiii iiii01nn nnnddddd" }
    StrF   "str"    { LoadScaled "1y111101 00iiiiii iiiiiinn nnnDDDDD"  LoadUnscaled "1y111100 000iiiii iiii00nn nnnDDDDD"  LoadIndex "1y111100 001mmmmm xxxs10nn nnnDDDDD"
                      Pre "1y111100 000iiiii iiii11nn nnnDDDDD"  Post "1y111100 000iiiii iiii01nn nnnDDDDD" }
    LdrF   "ldr"    { LoadScaled "1y111101 01iiiiii iiiiiinn nnnDDDDD"  LoadUnscaled "1y111100 010iiiii iiii00nn nnnDDDDD"  LoadIndex "1y111100 011mmmmm xxxs10nn nnnDDDDD"
                      Pre "1y111100 010iiiii iiii11nn nnnDDDDD"  Post "1y111100 010iiiii iiii01nn nnnDDDDD" }
    StrQ   "str"    { LoadScaled "00111101 10iiiiii iiiiiinn nnnDDDDD"  LoadUnscaled "00111100 100iiiii iiii00nn nnnDDDDD"  LoadIndex "00111100 101mmmmm xxxs10nn nnnDDDDD"
                      Pre "00111100 100iiiii iiii11nn nnnDDDDD"  Post "00111100 100iiiii iiii01nn nnnDDDDD" }
    LdrQ   "ldr"    { LoadScaled "00111101 11iiiiii iiiiiinn nnnDDDDD"  LoadUnscaled "00111100 110iiiii iiii00nn nnnDDDDD"  LoadIndex "00111100 111mmmmm xxxs10nn nnnDDDDD"
                      Pre "00111100 110iiiii iiii11nn nnnDDDDD"  Post "00111100 110iiiii iiii01nn nnnDDDDD" }
    Stp    "stp"    { Pair "z0101001 00iiiiii iaaaaann nnnddddd"  PairPre "z0101001 10iiiiii iaaaaann nnnddddd"  PairPost "z0101000 10iiiiii iaaaaann nnnddddd" }
    Ldp    "ldp"    { Pair "z0101001 01iiiiii iaaaaann nnnddddd"  PairPre "z0101001 11iiiiii iaaaaann nnnddddd"  PairPost "z0101000 11iiiiii iaaaaann nnnddddd" }
    Ldpsw  "ldpsw"  { Pair "01101001 01iiiiii iaaaaann nnnddddd"  PairPre "01101001 11iiiiii iaaaaann nnnddddd"  PairPost "01101000 11iiiiii iaaaaann nnnddddd" }
    StpF   "stp"    { Pair "0y101101 00iiiiii iAAAAAnn nnnDDDDD"  PairPre "0y101101 10iiiiii iAAAAAnn nnnDDDDD"  PairPost "0y101100 10iiiiii iAAAAAnn nnnDDDDD" }
    LdpF   "ldp"    { Pair "0y101101 01iiiiii iAAAAAnn nnnDDDDD"  PairPre "0y101101 11iiiiii iAAAAAnn nnnDDDDD"  PairPost "0y101100 11iiiiii iAAAAAnn nnnDDDDD" }
    StpQ   "stp"    { Pair "10101101 00iiiiii iAAAAAnn nnnDDDDD"  PairPre "10101101 10iiiiii iAAAAAnn nnnDDDDD"  PairPost "10101100 10iiiiii iAAAAAnn nnnDDDDD" }
    LdpQ   "ldp"    { Pair "10101101 01iiiiii iAAAAAnn nnnDDDDD"  PairPre "10101101 11iiiiii iAAAAAnn nnnDDDDD"  PairPost "10101100 11iiiiii iAAAAAnn nnnDDDDD" }

    Ldarb  "ldarb"  { Ordered "00001000 11011111 111111nn nnnddddd" }
    Ldarh  "ldarh"  { Ordered "01001000 11011111 111111nn nnnddddd" }
    Ldar   "ldar"   { Ordered "1z001000 11011111 111111nn nnnddddd" }
    Stlrb  "stlrb"  { Ordered "00001000 10011111 111111nn nnnddddd" }
    Stlrh  "stlrh"  { Ordered "01001000 10011111 111111nn nnnddddd" }
    Stlr   "stlr"   { Ordered "1z001000 10011111 111111nn nnnddddd" }
    Ldaxr  "ldaxr"  { Ordered "1z001000 01011111 111111nn nnnddddd" }
    Ldxrb  "ldxrb"  { Ordered "00001000 01011111 011111nn nnnddddd" }
    Ldaxrb "ldaxrb" { Ordered "00001000 01011111 111111nn nnnddddd" }
    Stxrb  "stxrb"  { Atomic "00001000 000mmmmm 011111nn nnnddddd" }
    Stlxrb "stlxrb" { Atomic "00001000 000mmmmm 111111nn nnnddddd" }
    Ldxrh  "ldxrh"  { Ordered "01001000 01011111 011111nn nnnddddd" }
    Ldaxrh "ldaxrh" { Ordered "01001000 01011111 111111nn nnnddddd" }
    Stxrh  "stxrh"  { Atomic "01001000 000mmmmm 011111nn nnnddddd" }
    Stlxrh "stlxrh" { Atomic "01001000 000mmmmm 111111nn nnnddddd" }
    Ldxr   "ldxr"   { Ordered "1z001000 01011111 011111nn nnnddddd" }
    Stxr   "stxr"   { Atomic "1z001000 000mmmmm 011111nn nnnddddd" }
    Stlxr  "stlxr"  { Atomic "1z001000 000mmmmm 111111nn nnnddddd" }
    Casal  "casal"  { Atomic "1z001000 111mmmmm 111111nn nnnddddd" }
    Cas    "cas"    { Atomic "1z001000 101mmmmm 011111nn nnnddddd" }
    Casa   "casa"   { Atomic "1z001000 111mmmmm 011111nn nnnddddd" }
    Casl   "casl"   { Atomic "1z001000 101mmmmm 111111nn nnnddddd" }
    Casalb "casalb" { Atomic "00001000 111mmmmm 111111nn nnnddddd" }
    Casalh "casalh" { Atomic "01001000 111mmmmm 111111nn nnnddddd" }
    Ldadd  "ldadd"  { Atomic "1z111000 001mmmmm 000000nn nnnddddd" }
    Ldadda "ldadda" { Atomic "1z111000 101mmmmm 000000nn nnnddddd" }
    Ldaddl "ldaddl" { Atomic "1z111000 011mmmmm 000000nn nnnddddd" }
    Ldaddalb "ldaddalb" { Atomic "00111000 111mmmmm 000000nn nnnddddd" }
    Ldaddalh "ldaddalh" { Atomic "01111000 111mmmmm 000000nn nnnddddd" }
    Ldclr  "ldclr"  { Atomic "1z111000 001mmmmm 000100nn nnnddddd" }
    Ldclra "ldclra" { Atomic "1z111000 101mmmmm 000100nn nnnddddd" }
    Ldclrl "ldclrl" { Atomic "1z111000 011mmmmm 000100nn nnnddddd" }
    Ldclralb "ldclralb" { Atomic "00111000 111mmmmm 000100nn nnnddddd" }
    Ldclralh "ldclralh" { Atomic "01111000 111mmmmm 000100nn nnnddddd" }
    Ldeor  "ldeor"  { Atomic "1z111000 001mmmmm 001000nn nnnddddd" }
    Ldeora "ldeora" { Atomic "1z111000 101mmmmm 001000nn nnnddddd" }
    Ldeorl "ldeorl" { Atomic "1z111000 011mmmmm 001000nn nnnddddd" }
    Ldeoral "ldeoral" { Atomic "1z111000 111mmmmm 001000nn nnnddddd" }
    Ldeoralb "ldeoralb" { Atomic "00111000 111mmmmm 001000nn nnnddddd" }
    Ldeoralh "ldeoralh" { Atomic "01111000 111mmmmm 001000nn nnnddddd" }
    Ldset  "ldset"  { Atomic "1z111000 001mmmmm 001100nn nnnddddd" }
    Ldseta "ldseta" { Atomic "1z111000 101mmmmm 001100nn nnnddddd" }
    Ldsetl "ldsetl" { Atomic "1z111000 011mmmmm 001100nn nnnddddd" }
    Ldsetalb "ldsetalb" { Atomic "00111000 111mmmmm 001100nn nnnddddd" }
    Ldsetalh "ldsetalh" { Atomic "01111000 111mmmmm 001100nn nnnddddd" }
    Swp    "swp"    { Atomic "1z111000 001mmmmm 100000nn nnnddddd" }
    Swpa   "swpa"   { Atomic "1z111000 101mmmmm 100000nn nnnddddd" }
    Swpl   "swpl"   { Atomic "1z111000 011mmmmm 100000nn nnnddddd" }
    Swpalb "swpalb" { Atomic "00111000 111mmmmm 100000nn nnnddddd" }
    Swpalh "swpalh" { Atomic "01111000 111mmmmm 100000nn nnnddddd" }
    Ldaddal "ldaddal" { Atomic "1z111000 111mmmmm 000000nn nnnddddd" }
    Ldclral "ldclral" { Atomic "1z111000 111mmmmm 000100nn nnnddddd" }
    Ldsetal "ldsetal" { Atomic "1z111000 111mmmmm 001100nn nnnddddd" }
    Swpal  "swpal"  { Atomic "1z111000 111mmmmm 100000nn nnnddddd" }

    Fmov   "fmov"   { F2 "00011110 0y100000 010000NN NNNDDDDD"  FImm "00011110 0y1iiiii iii10000 000DDDDD"  FFromR "z0011110 0y100111 000000nn nnnDDDDD"  RFromF "z0011110 0y100110 000000NN NNNddddd" }
    Fabs   "fabs"   { F2 "00011110 0y100000 110000NN NNNDDDDD" }
    Fneg   "fneg"   { F2 "00011110 0y100001 010000NN NNNDDDDD" }
    Fsqrt  "fsqrt"  { F2 "00011110 0y100001 110000NN NNNDDDDD" }
    Frintn "frintn" { F2 "00011110 0y100100 010000NN NNNDDDDD" }
    Frintp "frintp" { F2 "00011110 0y100100 110000NN NNNDDDDD" }
    Frintm "frintm" { F2 "00011110 0y100101 010000NN NNNDDDDD" }
    Frintz "frintz" { F2 "00011110 0y100101 110000NN NNNDDDDD" }
    Frinta "frinta" { F2 "00011110 0y100110 010000NN NNNDDDDD" }
    Frintx "frintx" { F2 "00011110 0y100111 010000NN NNNDDDDD" }
    Frinti "frinti" { F2 "00011110 0y100111 110000NN NNNDDDDD" }
    Fnmul  "fnmul"  { F3 "00011110 0y1MMMMM 100010NN NNNDDDDD" }
    Fmul   "fmul"   { F3 "00011110 0y1MMMMM 000010NN NNNDDDDD" }
    Fdiv   "fdiv"   { F3 "00011110 0y1MMMMM 000110NN NNNDDDDD" }
    Fadd   "fadd"   { F3 "00011110 0y1MMMMM 001010NN NNNDDDDD" }
    Fsub   "fsub"   { F3 "00011110 0y1MMMMM 001110NN NNNDDDDD" }
    Fmax   "fmax"   { F3 "00011110 0y1MMMMM 010010NN NNNDDDDD" }
    Fmin   "fmin"   { F3 "00011110 0y1MMMMM 010110NN NNNDDDDD" }
    Fmaxnm "fmaxnm" { F3 "00011110 0y1MMMMM 011010NN NNNDDDDD" }
    Fminnm "fminnm" { F3 "00011110 0y1MMMMM 011110NN NNNDDDDD" }
    Fmadd  "fmadd"  { F4 "00011111 0y0MMMMM 0AAAAANN NNNDDDDD" }
    Fmsub  "fmsub"  { F4 "00011111 0y0MMMMM 1AAAAANN NNNDDDDD" }
    Fnmadd "fnmadd" { F4 "00011111 0y1MMMMM 0AAAAANN NNNDDDDD" }
    Fnmsub "fnmsub" { F4 "00011111 0y1MMMMM 1AAAAANN NNNDDDDD" }
    Fcmp   "fcmp"   { FCmp "00011110 0y1MMMMM 001000NN NNN00000"  FCmpZero "00011110 0y100000 001000NN NNN01000" }
    Fcmpe  "fcmpe"  { FCmp "00011110 0y1MMMMM 001000NN NNN10000"  FCmpZero "00011110 0y100000 001000NN NNN11000" }
    Fcsel  "fcsel"  { FSel "00011110 0y1MMMMM cccc11NN NNNDDDDD" }
    Fcvt   "fcvt"   { FCvt "00011110 0y100010 Y10000NN NNNDDDDD" }
    Scvtf  "scvtf"  { FFromR "z0011110 0y100010 000000nn nnnDDDDD" }
    Ucvtf  "ucvtf"  { FFromR "z0011110 0y100011 000000nn nnnDDDDD" }
    Fcvtzs "fcvtzs" { RFromF "z0011110 0y111000 000000NN NNNddddd" }
    Fcvtzu "fcvtzu" { RFromF "z0011110 0y111001 000000NN NNNddddd" }
    Fcvtns "fcvtns" { RFromF "z0011110 0y100000 000000NN NNNddddd" }
    Fcvtnu "fcvtnu" { RFromF "z0011110 0y100001 000000NN NNNddddd" }
    Fcvtas "fcvtas" { RFromF "z0011110 0y100100 000000NN NNNddddd" }
    Fcvtau "fcvtau" { RFromF "z0011110 0y100101 000000NN NNNddddd" }
    Fcvtps "fcvtps" { RFromF "z0011110 0y101000 000000NN NNNddddd" }
    Fcvtpu "fcvtpu" { RFromF "z0011110 0y101001 000000NN NNNddddd" }
    Fcvtms "fcvtms" { RFromF "z0011110 0y110000 000000NN NNNddddd" }
    Fcvtmu "fcvtmu" { RFromF "z0011110 0y110001 000000NN NNNddddd" }
    AndV   "and"    { V3 B16 "01001110 001MMMMM 000111NN NNNDDDDD"  V3 B8 "00001110 001MMMMM 000111NN NNNDDDDD" }
    BicV   "bic"    { V3 B16 "01001110 011MMMMM 000111NN NNNDDDDD"  V3 B8 "00001110 011MMMMM 000111NN NNNDDDDD" }
    OrrV   "orr"    { V3 B16 "01001110 101MMMMM 000111NN NNNDDDDD"  V3 B8 "00001110 101MMMMM 000111NN NNNDDDDD" }
    EorV   "eor"    { V3 B16 "01101110 001MMMMM 000111NN NNNDDDDD"  V3 B8 "00101110 001MMMMM 000111NN NNNDDDDD" }
    Movi   "movi"   { MoviZero "01101111 00000000 11100100 000DDDDD"
                      VImm B "0q001111 00000iii 111001ii iiiDDDDD"  VImmShift S "0q001111 00000iii 0hh001ii iiiDDDDD"  VImmShift H "0q001111 00000iii 10h001ii iiiDDDDD"
                      VImmMsl S "0q001111 00000iii 110h01ii iiiDDDDD"  VImm64 D2 "01101111 00000iii 111001ii iiiDDDDD"  SImm64 SC_D "00101111 00000iii 111001ii iiiDDDDD" }
    Cnt    "cnt"    { V2Half "00001110 00100000 010110NN NNNDDDDD"  V2 B16 "01001110 00100000 010110NN NNNDDDDD" }
    Addv   "addv"   { Across "00001110 00110001 101110NN NNNDDDDD"  VAcross ADDV "0q001110 tt110001 101110NN NNNDDDDD" }
}

// An access that turns out to be out of one form's range takes the next: see `LoadScaled`.
const _: () = {
    let mut i = 1;
    while i < ROW_COUNT {
        if matches!(ROW_LIST[i].class, Class::LoadScaled) {
            let (near, index) = (&ROW_LIST[i + 1], &ROW_LIST[i + 2]);
            assert!(matches!(near.class, Class::LoadUnscaled));
            assert!(matches!(index.class, Class::LoadIndex));
            assert!(
                near.ins as u16 == ROW_LIST[i].ins as u16 && index.ins as u16 == near.ins as u16
            );
        }
        i += 1;
    }
};
