//! What operands a shape of the rarer forms has: a list an operand each, from which encoder, decoder, printer and tests work.
//!
//! A form of vectors has an *arrangement* ([`Arr`]), which its row must allow and which the descriptor's `extra` holds; of scalars
//! it is the one of 128 bits with their size. Where elements of two sizes meet, the arrangement is that of the narrow ones, and of
//! instructions that come in pairs (`xtn`, `xtn2`) the full one is the second.

use super::table::Class;

/// Arrangement of a vector, in the order `size << 1 | half`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Arr {
    /// Sixteen bytes.
    B16,
    /// Eight bytes.
    B8,
    /// Eight halfwords.
    H8,
    /// Four halfwords.
    H4,
    /// Four words.
    S4,
    /// Two words.
    S2,
    /// Two doublewords.
    D2,
    /// One doubleword.
    D1,
}

impl Arr {
    /// All, by number.
    pub const ALL: [Arr; 8] = [
        Arr::B16,
        Arr::B8,
        Arr::H8,
        Arr::H4,
        Arr::S4,
        Arr::S2,
        Arr::D2,
        Arr::D1,
    ];
    /// Bytes of an element as a power of two.
    pub const fn size_log2(self) -> u32 {
        self as u32 >> 1
    }
    /// All 128 bits?
    pub const fn is_full(self) -> bool {
        self as u8 & 1 == 0
    }
    /// The arrangement of so many bytes an element.
    pub const fn new(size_log2: u32, full: bool) -> Arr {
        Arr::ALL[(size_log2 << 1 & 6) as usize | !full as usize]
    }
    /// As assemblers write it.
    pub const fn name(self) -> &'static str {
        ["16b", "8b", "8h", "4h", "4s", "2s", "2d", "1d"][self as usize]
    }
    /// Elements.
    pub const fn lanes(self) -> u32 {
        (if self.is_full() { 16 } else { 8 }) >> self.size_log2()
    }
}

/// Sets of arrangements, as rows name them: a bit for each [`Arr`]. Those that begin with `SC` are of scalars.
#[rustfmt::skip]
pub(super) mod sets {
    pub const B16: u8 = 1;
    pub const B8: u8 = 2;
    pub const S4: u8 = 0x10;
    pub const D2: u8 = 0x40;
    pub const B: u8 = 0x03;
    pub const H: u8 = 0x0C;
    pub const S: u8 = 0x30;
    pub const BH: u8 = B | H;
    pub const HS: u8 = H | S;
    pub const BHS: u8 = B | H | S;
    pub const SD: u8 = S | D2;
    pub const HSD: u8 = H | S | D2;
    pub const ALL: u8 = B | H | S | D2;
    pub const ALL1D: u8 = 0xFF;
    /// Of carry-less products.
    pub const BD: u8 = B | 0xC0;
    /// Across lanes: two words are too few.
    pub const BH4S: u8 = B | H | S4;
    /// The same without eight bytes.
    pub const ADDV: u8 = BH4S & !B8;
    /// Complex products by a lane.
    pub const HC: u8 = H | S4;
    pub const SC_B: u8 = 0x01;
    pub const SC_H: u8 = 0x04;
    pub const SC_S: u8 = 0x10;
    pub const SC_D: u8 = 0x40;
    pub const SC_HS: u8 = SC_H | SC_S;
    pub const SC_SD: u8 = SC_S | SC_D;
    pub const SC_BHS: u8 = SC_B | SC_HS;
    pub const SC_HSD: u8 = SC_HS | SC_D;
    pub const SC_ALL: u8 = SC_B | SC_HS | SC_D;
}

/// Places of registers in a descriptor, as the letters of pictures have them.
pub(super) mod place {
    pub const D: usize = 0;
    pub const N: usize = 1;
    pub const M: usize = 2;
    pub const A: usize = 3;
}

/// How a vector operand's arrangement follows from the form's.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Of {
    /// It is the form's.
    Form,
    /// Elements twice as wide, all 128 bits.
    Wide,
    /// Elements twice as wide, half as many.
    Paired,
    /// Bytes, as many bits.
    Bytes,
    /// Halfwords, as many bits.
    Halves,
    /// Halfwords, half as many bits.
    HalfLength,
    /// This one.
    Always(Arr),
}

/// What a lane of the last operand is, and how its number is written.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum LaneOf {
    /// An element of the form's size.
    Form,
    /// A halfword.
    Half,
    /// Four bytes.
    FourBytes,
    /// Two halfwords.
    TwoHalves,
    /// A complex number of two elements.
    Complex,
}

/// An operand. Registers are named by their [`place`]; an immediate is the descriptor's `imm`, a second one its `disp`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Op {
    /// Integer register of 32 bits.
    W(usize),
    /// Of 64 bits.
    X(usize),
    /// Of the form's width.
    R(usize),
    /// Of 64 bits if elements are, else of 32.
    G(usize),
    /// Of 64 bits, 31 is SP.
    XSp(usize),
    /// Two registers, the first even.
    RPair(usize),
    /// `[xn|sp]`.
    Base,
    /// `[xn|sp, #disp]`, nine bits.
    BaseDisp,
    /// `[xn|sp], xm`.
    PostReg,
    /// `[xn|sp], #bytes`, the size of so many registers.
    PostRegs(u8),
    /// `[xn|sp], #bytes`, the size of so many elements.
    PostLanes(u8),
    /// Scalar, single or double as the form says.
    F(usize),
    /// Scalar of this size as a power of two.
    Fixed(usize, u32),
    /// Scalar of the element's size, or that many steps above.
    Sc(usize, u32),
    /// Vector.
    V(usize, Of),
    /// The two elements of a pair.
    Pair(usize),
    /// `{v.T, ...}`, so many consecutive registers.
    List(u8),
    /// `{v.16b, ...}`: table registers.
    Table(u8),
    /// `{v.T, ...}[imm]`.
    ListLane(u8),
    /// `v.T[imm]` in five bits that also tell the size.
    Lane5(usize),
    /// `v.T[disp]`, the second of `ins`.
    Lane4(usize),
    /// `vm.T[imm]` of a multiplication.
    LaneM(LaneOf),
    /// `vm.s[imm]`.
    LaneS,
    /// `v.d[1]`.
    Top(usize),
    /// `#imm`.
    Imm,
    /// `#imm` below the vector's bytes.
    ByteIndex,
    /// `#nzcv` in `imm`.
    Nzcv,
    /// `#mask` in `disp`.
    Mask,
    /// Condition in `disp`.
    Cond,
    /// Kind of barrier.
    Barrier,
    /// Bits behind the binary point, `imm`.
    Fbits,
    /// Rotation in degrees, `disp`: the least and the step.
    Rotation(i32, i32),
    /// `#0`.
    Zero,
    /// `#0.0`.
    ZeroF,
    /// The size of elements in bits.
    ElementBits,
    /// `#imm8`.
    Imm8,
    /// `lsl #disp`.
    Lsl,
    /// `msl #disp`.
    Msl,
    /// 64 bits, a byte each of `imm`'s bits.
    ByteMask,
    /// Float in eight bits.
    Float8,
    /// Shift to the right by 1 to the element's bits.
    Shr,
    /// Shift to the left, below the element's bits.
    Shl,
}

/// The operands of a shape; none of those that have their own code in encoder and printer.
#[rustfmt::skip]
pub(super) const fn operands(class: Class) -> &'static [Op] {
    use self::Of::*;
    use self::Op::*;
    use self::place::*;
    match class {
        Class::CrcW => &[W(D), W(N), W(M)],
        Class::CrcX => &[W(D), W(N), X(M)],
        Class::Hint => &[Imm],
        Class::Barrier => &[Barrier],
        Class::X1 => &[X(D)],
        Class::X2 => &[X(D), XSp(N)],
        Class::X3Sp => &[X(D), X(N), XSp(M)],
        Class::BranchKey => &[X(N), XSp(M)],
        Class::SetF => &[W(N)],
        Class::Rmif => &[X(N), Imm, Mask],
        Class::LoadPairX => &[R(D), R(A), Base],
        Class::StorePairX => &[W(M), R(D), R(A), Base],
        Class::CasPair => &[RPair(M), RPair(D), Base],
        Class::Load9 => &[R(D), BaseDisp],

        Class::FCcmp => &[F(N), F(M), Nzcv, Cond],
        Class::FFix => &[F(D), R(N), Fbits],
        Class::RFix => &[R(D), F(N), Fbits],
        Class::RTop => &[X(D), Top(N)],
        Class::TopR => &[Top(D), X(N)],
        Class::Js => &[W(D), Fixed(N, 3)],
        Class::FToH => &[Fixed(D, 1), F(N)],
        Class::FFromH => &[F(D), Fixed(N, 1)],
        Class::HFromR => &[Sc(D, 0), R(N)],
        Class::RFromH => &[R(D), Sc(N, 0)],
        Class::HFix => &[Sc(D, 0), R(N), Fbits],
        Class::RFixH => &[R(D), Sc(N, 0), Fbits],
        Class::HImm => &[Sc(D, 0), Float8],
        Class::HCmp => &[Sc(N, 0), Sc(M, 0)],
        Class::HCmpZero => &[Sc(N, 0), ZeroF],
        Class::HCcmp => &[Sc(N, 0), Sc(M, 0), Nzcv, Cond],
        Class::HSel => &[Sc(D, 0), Sc(N, 0), Sc(M, 0), Cond],

        Class::S2 => &[Sc(D, 0), Sc(N, 0)],
        Class::S3 => &[Sc(D, 0), Sc(N, 0), Sc(M, 0)],
        Class::S4 => &[Sc(D, 0), Sc(N, 0), Sc(M, 0), Sc(A, 0)],
        Class::S2Zero => &[Sc(D, 0), Sc(N, 0), Zero],
        Class::S2ZeroF => &[Sc(D, 0), Sc(N, 0), ZeroF],
        Class::SLong3 => &[Sc(D, 1), Sc(N, 0), Sc(M, 0)],
        Class::SNarrow => &[Sc(D, 0), Sc(N, 1)],
        Class::SLane => &[Sc(D, 0), Sc(N, 0), LaneM(LaneOf::Form)],
        Class::SLongLane => &[Sc(D, 1), Sc(N, 0), LaneM(LaneOf::Form)],
        Class::SPair => &[Sc(D, 0), Pair(N)],
        Class::SDup => &[Sc(D, 0), Lane5(N)],
        Class::SShr => &[Sc(D, 0), Sc(N, 0), Shr],
        Class::SShl => &[Sc(D, 0), Sc(N, 0), Shl],
        Class::SNarrowShr => &[Sc(D, 0), Sc(N, 1), Shr],
        Class::SImm64 => &[Sc(D, 0), ByteMask],

        Class::V2 => &[V(D, Form), V(N, Form)],
        Class::V3 => &[V(D, Form), V(N, Form), V(M, Form)],
        Class::V4 => &[V(D, Form), V(N, Form), V(M, Form), V(A, Form)],
        Class::V2Zero => &[V(D, Form), V(N, Form), Zero],
        Class::V2ZeroF => &[V(D, Form), V(N, Form), ZeroF],
        Class::V3Imm => &[V(D, Form), V(N, Form), V(M, Form), Imm],
        Class::V3Lane => &[V(D, Form), V(N, Form), LaneS],
        Class::VLong3 => &[V(D, Wide), V(N, Form), V(M, Form)],
        Class::VWide3 => &[V(D, Wide), V(N, Wide), V(M, Form)],
        Class::VNarrow3 => &[V(D, Form), V(N, Wide), V(M, Wide)],
        Class::VPairLong2 => &[V(D, Paired), V(N, Form)],
        Class::VNarrow2 => &[V(D, Form), V(N, Wide)],
        Class::VLong2 => &[V(D, Wide), V(N, Form)],
        Class::VLongShift => &[V(D, Wide), V(N, Form), ElementBits],
        Class::VDot => &[V(D, Form), V(N, Bytes), V(M, Bytes)],
        Class::VDotLane => &[V(D, Form), V(N, Bytes), LaneM(LaneOf::FourBytes)],
        Class::VDotH => &[V(D, Form), V(N, Halves), V(M, Halves)],
        Class::VDotHLane => &[V(D, Form), V(N, Halves), LaneM(LaneOf::TwoHalves)],
        Class::VMat => &[V(D, Form), V(N, Bytes), V(M, Bytes)],
        Class::VMatH => &[V(D, Form), V(N, Halves), V(M, Halves)],
        Class::VMatHLane => &[V(D, Form), V(N, Halves), LaneM(LaneOf::Half)],
        Class::VLongHalf => &[V(D, Form), V(N, HalfLength), V(M, HalfLength)],
        Class::VLongHalfLane => &[V(D, Form), V(N, HalfLength), LaneM(LaneOf::Half)],
        Class::VRot3 => &[V(D, Form), V(N, Form), V(M, Form), Rotation(0, 90)],
        Class::VRot3Odd => &[V(D, Form), V(N, Form), V(M, Form), Rotation(90, 180)],
        Class::VRotLane => &[V(D, Form), V(N, Form), LaneM(LaneOf::Complex), Rotation(0, 90)],
        Class::VAcross => &[Sc(D, 0), V(N, Form)],
        Class::VAcrossLong => &[Sc(D, 1), V(N, Form)],
        Class::VExt => &[V(D, Form), V(N, Form), V(M, Form), ByteIndex],
        Class::VTbl1 => &[V(D, Form), Table(1), V(M, Form)],
        Class::VTbl2 => &[V(D, Form), Table(2), V(M, Form)],
        Class::VTbl3 => &[V(D, Form), Table(3), V(M, Form)],
        Class::VTbl4 => &[V(D, Form), Table(4), V(M, Form)],
        Class::VDupLane => &[V(D, Form), Lane5(N)],
        Class::VDupGen => &[V(D, Form), G(N)],
        Class::VLaneToR => &[R(D), Lane5(N)],
        Class::VLaneToG => &[G(D), Lane5(N)],
        Class::VInsGen => &[Lane5(D), G(N)],
        Class::VInsLane => &[Lane5(D), Lane4(N)],
        Class::VImm => &[V(D, Form), Imm8],
        Class::VImmShift => &[V(D, Form), Imm8, Lsl],
        Class::VImmMsl => &[V(D, Form), Imm8, Msl],
        Class::VImm64 => &[V(D, Form), ByteMask],
        Class::VFImm => &[V(D, Form), Float8],
        Class::VShr => &[V(D, Form), V(N, Form), Shr],
        Class::VShl => &[V(D, Form), V(N, Form), Shl],
        Class::VNarrowShr => &[V(D, Form), V(N, Wide), Shr],
        Class::VLongShl => &[V(D, Wide), V(N, Form), Shl],
        Class::VLane => &[V(D, Form), V(N, Form), LaneM(LaneOf::Form)],
        Class::VLongLane => &[V(D, Wide), V(N, Form), LaneM(LaneOf::Form)],
        Class::ShaQS => &[Fixed(D, 4), Fixed(N, 2), V(M, Always(Arr::S4))],
        Class::ShaQQ => &[Fixed(D, 4), Fixed(N, 4), V(M, Form)],

        Class::List1 => &[List(1), Base],
        Class::List2 => &[List(2), Base],
        Class::List3 => &[List(3), Base],
        Class::List4 => &[List(4), Base],
        Class::List1Post => &[List(1), PostRegs(1)],
        Class::List2Post => &[List(2), PostRegs(2)],
        Class::List3Post => &[List(3), PostRegs(3)],
        Class::List4Post => &[List(4), PostRegs(4)],
        Class::List1PostReg => &[List(1), PostReg],
        Class::List2PostReg => &[List(2), PostReg],
        Class::List3PostReg => &[List(3), PostReg],
        Class::List4PostReg => &[List(4), PostReg],
        Class::Lane1 => &[ListLane(1), Base],
        Class::Lane2 => &[ListLane(2), Base],
        Class::Lane3 => &[ListLane(3), Base],
        Class::Lane4 => &[ListLane(4), Base],
        Class::Lane1Post => &[ListLane(1), PostLanes(1)],
        Class::Lane2Post => &[ListLane(2), PostLanes(2)],
        Class::Lane3Post => &[ListLane(3), PostLanes(3)],
        Class::Lane4Post => &[ListLane(4), PostLanes(4)],
        Class::Lane1PostReg => &[ListLane(1), PostReg],
        Class::Lane2PostReg => &[ListLane(2), PostReg],
        Class::Lane3PostReg => &[ListLane(3), PostReg],
        Class::Lane4PostReg => &[ListLane(4), PostReg],
        Class::Rep1Post => &[List(1), PostLanes(1)],
        Class::Rep2Post => &[List(2), PostLanes(2)],
        Class::Rep3Post => &[List(3), PostLanes(3)],
        Class::Rep4Post => &[List(4), PostLanes(4)],
        _ => &[],
    }
}

/// Does the full arrangement have a mnemonic of its own, with a `2` behind?
pub(super) const fn has_second(class: Class) -> bool {
    matches!(
        class,
        Class::VLong3
            | Class::VWide3
            | Class::VNarrow3
            | Class::VNarrow2
            | Class::VLong2
            | Class::VLongShift
            | Class::VNarrowShr
            | Class::VLongShl
            | Class::VLongLane
    )
}
