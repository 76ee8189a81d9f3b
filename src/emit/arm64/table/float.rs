//! Rows of scalar floating point beyond single and double arithmetic: conditional comparison, fixed point, half precision.
//!
//! Sources: Arm ARM (DDI 0487), C4.1.96 (encoding index), C7.2 (instruction pages).

#[rustfmt::skip]
macro_rules! float_rows { ($next:ident { $($before:tt)* }) => { $next! { $($before)*

    // Comparisons under a condition, conversions with a binary point, top halves.
    Fccmp      "fccmp"      { FCcmp      "00011110 0y1MMMMM cccc01NN NNN0vvvv"
                              HCcmp      SC_H "00011110 111MMMMM cccc01NN NNN0vvvv" }
    Fccmpe     "fccmpe"     { FCcmp      "00011110 0y1MMMMM cccc01NN NNN1vvvv"
                              HCcmp      SC_H "00011110 111MMMMM cccc01NN NNN1vvvv" }
    ScvtfFix   "scvtf"      { FFix       "z0011110 0y000010 ssssssnn nnnDDDDD"
                              HFix       SC_H "z0011110 11000010 ssssssnn nnnDDDDD" }
    UcvtfFix   "ucvtf"      { FFix       "z0011110 0y000011 ssssssnn nnnDDDDD"
                              HFix       SC_H "z0011110 11000011 ssssssnn nnnDDDDD" }
    FcvtzsFix  "fcvtzs"     { RFix       "z0011110 0y011000 ssssssNN NNNddddd"
                              RFixH      SC_H "z0011110 11011000 ssssssNN NNNddddd" }
    FcvtzuFix  "fcvtzu"     { RFix       "z0011110 0y011001 ssssssNN NNNddddd"
                              RFixH      SC_H "z0011110 11011001 ssssssNN NNNddddd" }
    FmovTop    "fmov"       { RTop       "10011110 10101110 000000NN NNNddddd"
                              TopR       "10011110 10101111 000000nn nnnDDDDD" }
    Fjcvtzs    "fjcvtzs"    { Js         "00011110 01111110 000000NN NNNddddd" }
    Frint32z   "frint32z"   { F2         "00011110 0y101000 010000NN NNNDDDDD" }
    Frint32x   "frint32x"   { F2         "00011110 0y101000 110000NN NNNDDDDD" }
    Frint64z   "frint64z"   { F2         "00011110 0y101001 010000NN NNNDDDDD" }
    Frint64x   "frint64x"   { F2         "00011110 0y101001 110000NN NNNDDDDD" }

    // Half precision: conversions.
    FcvtH      "fcvt"       { FToH       "00011110 0y100011 110000NN NNNDDDDD"
                              FFromH     "00011110 11100010 y10000NN NNNDDDDD" }
    Bfcvt      "bfcvt"      { SNarrow    SC_H "00011110 01100011 010000NN NNNDDDDD" }
    ScvtfH     "scvtf"      { HFromR     SC_H "z0011110 11100010 000000nn nnnDDDDD" }
    UcvtfH     "ucvtf"      { HFromR     SC_H "z0011110 11100011 000000nn nnnDDDDD" }
    FmovH      "fmov"       { HFromR     SC_H "z0011110 11100111 000000nn nnnDDDDD"
                              RFromH     SC_H "z0011110 11100110 000000NN NNNddddd" }
    FcvtzsH    "fcvtzs"     { RFromH     SC_H "z0011110 11111000 000000NN NNNddddd" }
    FcvtzuH    "fcvtzu"     { RFromH     SC_H "z0011110 11111001 000000NN NNNddddd" }
    FcvtnsH    "fcvtns"     { RFromH     SC_H "z0011110 11100000 000000NN NNNddddd" }
    FcvtnuH    "fcvtnu"     { RFromH     SC_H "z0011110 11100001 000000NN NNNddddd" }
    FcvtasH    "fcvtas"     { RFromH     SC_H "z0011110 11100100 000000NN NNNddddd" }
    FcvtauH    "fcvtau"     { RFromH     SC_H "z0011110 11100101 000000NN NNNddddd" }
    FcvtpsH    "fcvtps"     { RFromH     SC_H "z0011110 11101000 000000NN NNNddddd" }
    FcvtpuH    "fcvtpu"     { RFromH     SC_H "z0011110 11101001 000000NN NNNddddd" }
    FcvtmsH    "fcvtms"     { RFromH     SC_H "z0011110 11110000 000000NN NNNddddd" }
    FcvtmuH    "fcvtmu"     { RFromH     SC_H "z0011110 11110001 000000NN NNNddddd" }

    // Half precision: arithmetic.
    FmovHH     "fmov"       { S2         SC_H "00011110 11100000 010000NN NNNDDDDD"
                              HImm       SC_H "00011110 111iiiii iii10000 000DDDDD" }
    FabsH      "fabs"       { S2         SC_H "00011110 11100000 110000NN NNNDDDDD" }
    FnegH      "fneg"       { S2         SC_H "00011110 11100001 010000NN NNNDDDDD" }
    FsqrtH     "fsqrt"      { S2         SC_H "00011110 11100001 110000NN NNNDDDDD" }
    FrintnH    "frintn"     { S2         SC_H "00011110 11100100 010000NN NNNDDDDD" }
    FrintpH    "frintp"     { S2         SC_H "00011110 11100100 110000NN NNNDDDDD" }
    FrintmH    "frintm"     { S2         SC_H "00011110 11100101 010000NN NNNDDDDD" }
    FrintzH    "frintz"     { S2         SC_H "00011110 11100101 110000NN NNNDDDDD" }
    FrintaH    "frinta"     { S2         SC_H "00011110 11100110 010000NN NNNDDDDD" }
    FrintxH    "frintx"     { S2         SC_H "00011110 11100111 010000NN NNNDDDDD" }
    FrintiH    "frinti"     { S2         SC_H "00011110 11100111 110000NN NNNDDDDD" }
    FmulH      "fmul"       { S3         SC_H "00011110 111MMMMM 000010NN NNNDDDDD" }
    FdivH      "fdiv"       { S3         SC_H "00011110 111MMMMM 000110NN NNNDDDDD" }
    FaddH      "fadd"       { S3         SC_H "00011110 111MMMMM 001010NN NNNDDDDD" }
    FsubH      "fsub"       { S3         SC_H "00011110 111MMMMM 001110NN NNNDDDDD" }
    FmaxH      "fmax"       { S3         SC_H "00011110 111MMMMM 010010NN NNNDDDDD" }
    FminH      "fmin"       { S3         SC_H "00011110 111MMMMM 010110NN NNNDDDDD" }
    FmaxnmH    "fmaxnm"     { S3         SC_H "00011110 111MMMMM 011010NN NNNDDDDD" }
    FminnmH    "fminnm"     { S3         SC_H "00011110 111MMMMM 011110NN NNNDDDDD" }
    FnmulH     "fnmul"      { S3         SC_H "00011110 111MMMMM 100010NN NNNDDDDD" }
    FmaddH     "fmadd"      { S4         SC_H "00011111 110MMMMM 0AAAAANN NNNDDDDD" }
    FmsubH     "fmsub"      { S4         SC_H "00011111 110MMMMM 1AAAAANN NNNDDDDD" }
    FnmaddH    "fnmadd"     { S4         SC_H "00011111 111MMMMM 0AAAAANN NNNDDDDD" }
    FnmsubH    "fnmsub"     { S4         SC_H "00011111 111MMMMM 1AAAAANN NNNDDDDD" }
    FcmpH      "fcmp"       { HCmp       SC_H "00011110 111MMMMM 001000NN NNN00000"
                              HCmpZero   SC_H "00011110 11100000 001000NN NNN01000" }
    FcmpeH     "fcmpe"      { HCmp       SC_H "00011110 111MMMMM 001000NN NNN10000"
                              HCmpZero   SC_H "00011110 11100000 001000NN NNN11000" }
    FcselH     "fcsel"      { HSel       SC_H "00011110 111MMMMM cccc11NN NNNDDDDD" }
} } }
