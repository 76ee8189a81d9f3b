//! Rows of Advanced SIMD: vectors, its scalars, half precision, cryptography, structure loads and stores.
//!
//! Sources: Arm ARM (DDI 0487), C4.1.96 (encoding index), C7.2 (instruction pages).

#[rustfmt::skip]
macro_rules! simd_rows { ($next:ident { $($before:tt)* }) => { $next! { $($before)*

    // Three registers of one arrangement: integers.
    VShadd    "shadd"   { V3          BHS    "0q001110 tt1MMMMM 000001NN NNNDDDDD" }
    VSqadd    "sqadd"   { V3          ALL    "0q001110 tt1MMMMM 000011NN NNNDDDDD"
                          S3          SC_ALL "01011110 tt1MMMMM 000011NN NNNDDDDD" }
    VSrhadd   "srhadd"  { V3          BHS    "0q001110 tt1MMMMM 000101NN NNNDDDDD" }
    VShsub    "shsub"   { V3          BHS    "0q001110 tt1MMMMM 001001NN NNNDDDDD" }
    VSqsub    "sqsub"   { V3          ALL    "0q001110 tt1MMMMM 001011NN NNNDDDDD"
                          S3          SC_ALL "01011110 tt1MMMMM 001011NN NNNDDDDD" }
    VCmgt     "cmgt"    { V3          ALL    "0q001110 tt1MMMMM 001101NN NNNDDDDD"
                          S3          SC_D   "01011110 tt1MMMMM 001101NN NNNDDDDD"
                          V2Zero      ALL    "0q001110 tt100000 100010NN NNNDDDDD"
                          S2Zero      SC_D   "01011110 tt100000 100010NN NNNDDDDD" }
    VCmge     "cmge"    { V3          ALL    "0q001110 tt1MMMMM 001111NN NNNDDDDD"
                          S3          SC_D   "01011110 tt1MMMMM 001111NN NNNDDDDD"
                          V2Zero      ALL    "0q101110 tt100000 100010NN NNNDDDDD"
                          S2Zero      SC_D   "01111110 tt100000 100010NN NNNDDDDD" }
    VSshl     "sshl"    { V3          ALL    "0q001110 tt1MMMMM 010001NN NNNDDDDD"
                          S3          SC_D   "01011110 tt1MMMMM 010001NN NNNDDDDD" }
    VSqshl    "sqshl"   { V3          ALL    "0q001110 tt1MMMMM 010011NN NNNDDDDD"
                          S3          SC_ALL "01011110 tt1MMMMM 010011NN NNNDDDDD"
                          VShl        ALL    "0q001111 0iiiiiii 011101NN NNNDDDDD"
                          SShl        SC_ALL "01011111 0iiiiiii 011101NN NNNDDDDD" }
    VSrshl    "srshl"   { V3          ALL    "0q001110 tt1MMMMM 010101NN NNNDDDDD"
                          S3          SC_D   "01011110 tt1MMMMM 010101NN NNNDDDDD" }
    VSqrshl   "sqrshl"  { V3          ALL    "0q001110 tt1MMMMM 010111NN NNNDDDDD"
                          S3          SC_ALL "01011110 tt1MMMMM 010111NN NNNDDDDD" }
    VSmax     "smax"    { V3          BHS    "0q001110 tt1MMMMM 011001NN NNNDDDDD" }
    VSmin     "smin"    { V3          BHS    "0q001110 tt1MMMMM 011011NN NNNDDDDD" }
    VSabd     "sabd"    { V3          BHS    "0q001110 tt1MMMMM 011101NN NNNDDDDD" }
    VSaba     "saba"    { V3          BHS    "0q001110 tt1MMMMM 011111NN NNNDDDDD" }
    VAdd      "add"     { V3          ALL    "0q001110 tt1MMMMM 100001NN NNNDDDDD"
                          S3          SC_D   "01011110 tt1MMMMM 100001NN NNNDDDDD" }
    VCmtst    "cmtst"   { V3          ALL    "0q001110 tt1MMMMM 100011NN NNNDDDDD"
                          S3          SC_D   "01011110 tt1MMMMM 100011NN NNNDDDDD" }
    VMla      "mla"     { V3          BHS    "0q001110 tt1MMMMM 100101NN NNNDDDDD"
                          VLane       HS     "0q101111 tteMMMMM 0000e0NN NNNDDDDD" }
    VMul      "mul"     { V3          BHS    "0q001110 tt1MMMMM 100111NN NNNDDDDD"
                          VLane       HS     "0q001111 tteMMMMM 1000e0NN NNNDDDDD" }
    VSmaxp    "smaxp"   { V3          BHS    "0q001110 tt1MMMMM 101001NN NNNDDDDD" }
    VSminp    "sminp"   { V3          BHS    "0q001110 tt1MMMMM 101011NN NNNDDDDD" }
    VSqdmulh  "sqdmulh" { V3          HS     "0q001110 tt1MMMMM 101101NN NNNDDDDD"
                          S3          SC_HS  "01011110 tt1MMMMM 101101NN NNNDDDDD"
                          VLane       HS     "0q001111 tteMMMMM 1100e0NN NNNDDDDD"
                          SLane       SC_HS  "01011111 tteMMMMM 1100e0NN NNNDDDDD" }
    VAddp     "addp"    { V3          ALL    "0q001110 tt1MMMMM 101111NN NNNDDDDD"
                          SPair       SC_D   "01011110 11110001 101110NN NNNDDDDD" }
    VUhadd    "uhadd"   { V3          BHS    "0q101110 tt1MMMMM 000001NN NNNDDDDD" }
    VUqadd    "uqadd"   { V3          ALL    "0q101110 tt1MMMMM 000011NN NNNDDDDD"
                          S3          SC_ALL "01111110 tt1MMMMM 000011NN NNNDDDDD" }
    VUrhadd   "urhadd"  { V3          BHS    "0q101110 tt1MMMMM 000101NN NNNDDDDD" }
    VUhsub    "uhsub"   { V3          BHS    "0q101110 tt1MMMMM 001001NN NNNDDDDD" }
    VUqsub    "uqsub"   { V3          ALL    "0q101110 tt1MMMMM 001011NN NNNDDDDD"
                          S3          SC_ALL "01111110 tt1MMMMM 001011NN NNNDDDDD" }
    VCmhi     "cmhi"    { V3          ALL    "0q101110 tt1MMMMM 001101NN NNNDDDDD"
                          S3          SC_D   "01111110 tt1MMMMM 001101NN NNNDDDDD" }
    VCmhs     "cmhs"    { V3          ALL    "0q101110 tt1MMMMM 001111NN NNNDDDDD"
                          S3          SC_D   "01111110 tt1MMMMM 001111NN NNNDDDDD" }
    VUshl     "ushl"    { V3          ALL    "0q101110 tt1MMMMM 010001NN NNNDDDDD"
                          S3          SC_D   "01111110 tt1MMMMM 010001NN NNNDDDDD" }
    VUqshl    "uqshl"   { V3          ALL    "0q101110 tt1MMMMM 010011NN NNNDDDDD"
                          S3          SC_ALL "01111110 tt1MMMMM 010011NN NNNDDDDD"
                          VShl        ALL    "0q101111 0iiiiiii 011101NN NNNDDDDD"
                          SShl        SC_ALL "01111111 0iiiiiii 011101NN NNNDDDDD" }
    VUrshl    "urshl"   { V3          ALL    "0q101110 tt1MMMMM 010101NN NNNDDDDD"
                          S3          SC_D   "01111110 tt1MMMMM 010101NN NNNDDDDD" }
    VUqrshl   "uqrshl"  { V3          ALL    "0q101110 tt1MMMMM 010111NN NNNDDDDD"
                          S3          SC_ALL "01111110 tt1MMMMM 010111NN NNNDDDDD" }
    VUmax     "umax"    { V3          BHS    "0q101110 tt1MMMMM 011001NN NNNDDDDD" }
    VUmin     "umin"    { V3          BHS    "0q101110 tt1MMMMM 011011NN NNNDDDDD" }
    VUabd     "uabd"    { V3          BHS    "0q101110 tt1MMMMM 011101NN NNNDDDDD" }
    VUaba     "uaba"    { V3          BHS    "0q101110 tt1MMMMM 011111NN NNNDDDDD" }
    VSub      "sub"     { V3          ALL    "0q101110 tt1MMMMM 100001NN NNNDDDDD"
                          S3          SC_D   "01111110 tt1MMMMM 100001NN NNNDDDDD" }
    VCmeq     "cmeq"    { V3          ALL    "0q101110 tt1MMMMM 100011NN NNNDDDDD"
                          S3          SC_D   "01111110 tt1MMMMM 100011NN NNNDDDDD"
                          V2Zero      ALL    "0q001110 tt100000 100110NN NNNDDDDD"
                          S2Zero      SC_D   "01011110 tt100000 100110NN NNNDDDDD" }
    VMls      "mls"     { V3          BHS    "0q101110 tt1MMMMM 100101NN NNNDDDDD"
                          VLane       HS     "0q101111 tteMMMMM 0100e0NN NNNDDDDD" }
    VPmul     "pmul"    { V3          B      "0q101110 tt1MMMMM 100111NN NNNDDDDD" }
    VUmaxp    "umaxp"   { V3          BHS    "0q101110 tt1MMMMM 101001NN NNNDDDDD" }
    VUminp    "uminp"   { V3          BHS    "0q101110 tt1MMMMM 101011NN NNNDDDDD" }
    VSqrdmulh "sqrdmulh"{ V3          HS     "0q101110 tt1MMMMM 101101NN NNNDDDDD"
                          S3          SC_HS  "01111110 tt1MMMMM 101101NN NNNDDDDD"
                          VLane       HS     "0q001111 tteMMMMM 1101e0NN NNNDDDDD"
                          SLane       SC_HS  "01011111 tteMMMMM 1101e0NN NNNDDDDD" }
    VSqrdmlah "sqrdmlah"{ V3          HS     "0q101110 tt0MMMMM 100001NN NNNDDDDD"
                          S3          SC_HS  "01111110 tt0MMMMM 100001NN NNNDDDDD"
                          VLane       HS     "0q101111 tteMMMMM 1101e0NN NNNDDDDD"
                          SLane       SC_HS  "01111111 tteMMMMM 1101e0NN NNNDDDDD" }
    VSqrdmlsh "sqrdmlsh"{ V3          HS     "0q101110 tt0MMMMM 100011NN NNNDDDDD"
                          S3          SC_HS  "01111110 tt0MMMMM 100011NN NNNDDDDD"
                          VLane       HS     "0q101111 tteMMMMM 1111e0NN NNNDDDDD"
                          SLane       SC_HS  "01111111 tteMMMMM 1111e0NN NNNDDDDD" }

    // Three registers of one arrangement: bits. `and`, `bic`, `orr`, `eor` are with the base instructions.
    VOrn      "orn"     { V3          B      "0q001110 111MMMMM 000111NN NNNDDDDD" }
    VBsl      "bsl"     { V3          B      "0q101110 011MMMMM 000111NN NNNDDDDD" }
    VBit      "bit"     { V3          B      "0q101110 101MMMMM 000111NN NNNDDDDD" }
    VBif      "bif"     { V3          B      "0q101110 111MMMMM 000111NN NNNDDDDD" }

    // Three registers of one arrangement: floats, half precision in rows of its own.
    VFmaxnm   "fmaxnm"  { V3          SD     "0q001110 0t1MMMMM 110001NN NNNDDDDD"
                          V3          H      "0q001110 010MMMMM 000001NN NNNDDDDD" }
    VFmla     "fmla"    { V3          SD     "0q001110 0t1MMMMM 110011NN NNNDDDDD"
                          V3          H      "0q001110 010MMMMM 000011NN NNNDDDDD"
                          VLane       SD     "0q001111 1teMMMMM 0001e0NN NNNDDDDD"
                          VLane       H      "0q001111 00eMMMMM 0001e0NN NNNDDDDD"
                          SLane       SC_SD  "01011111 1teMMMMM 0001e0NN NNNDDDDD"
                          SLane       SC_H   "01011111 00eMMMMM 0001e0NN NNNDDDDD" }
    VFadd     "fadd"    { V3          SD     "0q001110 0t1MMMMM 110101NN NNNDDDDD"
                          V3          H      "0q001110 010MMMMM 000101NN NNNDDDDD" }
    VFmulx    "fmulx"   { V3          SD     "0q001110 0t1MMMMM 110111NN NNNDDDDD"
                          V3          H      "0q001110 010MMMMM 000111NN NNNDDDDD"
                          S3          SC_SD  "01011110 0t1MMMMM 110111NN NNNDDDDD"
                          S3          SC_H   "01011110 010MMMMM 000111NN NNNDDDDD"
                          VLane       SD     "0q101111 1teMMMMM 1001e0NN NNNDDDDD"
                          VLane       H      "0q101111 00eMMMMM 1001e0NN NNNDDDDD"
                          SLane       SC_SD  "01111111 1teMMMMM 1001e0NN NNNDDDDD"
                          SLane       SC_H   "01111111 00eMMMMM 1001e0NN NNNDDDDD" }
    VFcmeq    "fcmeq"   { V3          SD     "0q001110 0t1MMMMM 111001NN NNNDDDDD"
                          V3          H      "0q001110 010MMMMM 001001NN NNNDDDDD"
                          S3          SC_SD  "01011110 0t1MMMMM 111001NN NNNDDDDD"
                          S3          SC_H   "01011110 010MMMMM 001001NN NNNDDDDD"
                          V2ZeroF     SD     "0q001110 1t100000 110110NN NNNDDDDD"
                          V2ZeroF     H      "0q001110 11111000 110110NN NNNDDDDD"
                          S2ZeroF     SC_SD  "01011110 1t100000 110110NN NNNDDDDD"
                          S2ZeroF     SC_H   "01011110 11111000 110110NN NNNDDDDD" }
    VFmax     "fmax"    { V3          SD     "0q001110 0t1MMMMM 111101NN NNNDDDDD"
                          V3          H      "0q001110 010MMMMM 001101NN NNNDDDDD" }
    VFrecps   "frecps"  { V3          SD     "0q001110 0t1MMMMM 111111NN NNNDDDDD"
                          V3          H      "0q001110 010MMMMM 001111NN NNNDDDDD"
                          S3          SC_SD  "01011110 0t1MMMMM 111111NN NNNDDDDD"
                          S3          SC_H   "01011110 010MMMMM 001111NN NNNDDDDD" }
    VFminnm   "fminnm"  { V3          SD     "0q001110 1t1MMMMM 110001NN NNNDDDDD"
                          V3          H      "0q001110 110MMMMM 000001NN NNNDDDDD" }
    VFmls     "fmls"    { V3          SD     "0q001110 1t1MMMMM 110011NN NNNDDDDD"
                          V3          H      "0q001110 110MMMMM 000011NN NNNDDDDD"
                          VLane       SD     "0q001111 1teMMMMM 0101e0NN NNNDDDDD"
                          VLane       H      "0q001111 00eMMMMM 0101e0NN NNNDDDDD"
                          SLane       SC_SD  "01011111 1teMMMMM 0101e0NN NNNDDDDD"
                          SLane       SC_H   "01011111 00eMMMMM 0101e0NN NNNDDDDD" }
    VFsub     "fsub"    { V3          SD     "0q001110 1t1MMMMM 110101NN NNNDDDDD"
                          V3          H      "0q001110 110MMMMM 000101NN NNNDDDDD" }
    VFmin     "fmin"    { V3          SD     "0q001110 1t1MMMMM 111101NN NNNDDDDD"
                          V3          H      "0q001110 110MMMMM 001101NN NNNDDDDD" }
    VFrsqrts  "frsqrts" { V3          SD     "0q001110 1t1MMMMM 111111NN NNNDDDDD"
                          V3          H      "0q001110 110MMMMM 001111NN NNNDDDDD"
                          S3          SC_SD  "01011110 1t1MMMMM 111111NN NNNDDDDD"
                          S3          SC_H   "01011110 110MMMMM 001111NN NNNDDDDD" }
    VFmaxnmp  "fmaxnmp" { V3          SD     "0q101110 0t1MMMMM 110001NN NNNDDDDD"
                          V3          H      "0q101110 010MMMMM 000001NN NNNDDDDD"
                          SPair       SC_SD  "01111110 0t110000 110010NN NNNDDDDD"
                          SPair       SC_H   "01011110 00110000 110010NN NNNDDDDD" }
    VFaddp    "faddp"   { V3          SD     "0q101110 0t1MMMMM 110101NN NNNDDDDD"
                          V3          H      "0q101110 010MMMMM 000101NN NNNDDDDD"
                          SPair       SC_SD  "01111110 0t110000 110110NN NNNDDDDD"
                          SPair       SC_H   "01011110 00110000 110110NN NNNDDDDD" }
    VFmul     "fmul"    { V3          SD     "0q101110 0t1MMMMM 110111NN NNNDDDDD"
                          V3          H      "0q101110 010MMMMM 000111NN NNNDDDDD"
                          VLane       SD     "0q001111 1teMMMMM 1001e0NN NNNDDDDD"
                          VLane       H      "0q001111 00eMMMMM 1001e0NN NNNDDDDD"
                          SLane       SC_SD  "01011111 1teMMMMM 1001e0NN NNNDDDDD"
                          SLane       SC_H   "01011111 00eMMMMM 1001e0NN NNNDDDDD" }
    VFcmge    "fcmge"   { V3          SD     "0q101110 0t1MMMMM 111001NN NNNDDDDD"
                          V3          H      "0q101110 010MMMMM 001001NN NNNDDDDD"
                          S3          SC_SD  "01111110 0t1MMMMM 111001NN NNNDDDDD"
                          S3          SC_H   "01111110 010MMMMM 001001NN NNNDDDDD"
                          V2ZeroF     SD     "0q101110 1t100000 110010NN NNNDDDDD"
                          V2ZeroF     H      "0q101110 11111000 110010NN NNNDDDDD"
                          S2ZeroF     SC_SD  "01111110 1t100000 110010NN NNNDDDDD"
                          S2ZeroF     SC_H   "01111110 11111000 110010NN NNNDDDDD" }
    VFacge    "facge"   { V3          SD     "0q101110 0t1MMMMM 111011NN NNNDDDDD"
                          V3          H      "0q101110 010MMMMM 001011NN NNNDDDDD"
                          S3          SC_SD  "01111110 0t1MMMMM 111011NN NNNDDDDD"
                          S3          SC_H   "01111110 010MMMMM 001011NN NNNDDDDD" }
    VFmaxp    "fmaxp"   { V3          SD     "0q101110 0t1MMMMM 111101NN NNNDDDDD"
                          V3          H      "0q101110 010MMMMM 001101NN NNNDDDDD"
                          SPair       SC_SD  "01111110 0t110000 111110NN NNNDDDDD"
                          SPair       SC_H   "01011110 00110000 111110NN NNNDDDDD" }
    VFdiv     "fdiv"    { V3          SD     "0q101110 0t1MMMMM 111111NN NNNDDDDD"
                          V3          H      "0q101110 010MMMMM 001111NN NNNDDDDD" }
    VFminnmp  "fminnmp" { V3          SD     "0q101110 1t1MMMMM 110001NN NNNDDDDD"
                          V3          H      "0q101110 110MMMMM 000001NN NNNDDDDD"
                          SPair       SC_SD  "01111110 1t110000 110010NN NNNDDDDD"
                          SPair       SC_H   "01011110 10110000 110010NN NNNDDDDD" }
    VFabd     "fabd"    { V3          SD     "0q101110 1t1MMMMM 110101NN NNNDDDDD"
                          V3          H      "0q101110 110MMMMM 000101NN NNNDDDDD"
                          S3          SC_SD  "01111110 1t1MMMMM 110101NN NNNDDDDD"
                          S3          SC_H   "01111110 110MMMMM 000101NN NNNDDDDD" }
    VFcmgt    "fcmgt"   { V3          SD     "0q101110 1t1MMMMM 111001NN NNNDDDDD"
                          V3          H      "0q101110 110MMMMM 001001NN NNNDDDDD"
                          S3          SC_SD  "01111110 1t1MMMMM 111001NN NNNDDDDD"
                          S3          SC_H   "01111110 110MMMMM 001001NN NNNDDDDD"
                          V2ZeroF     SD     "0q001110 1t100000 110010NN NNNDDDDD"
                          V2ZeroF     H      "0q001110 11111000 110010NN NNNDDDDD"
                          S2ZeroF     SC_SD  "01011110 1t100000 110010NN NNNDDDDD"
                          S2ZeroF     SC_H   "01011110 11111000 110010NN NNNDDDDD" }
    VFacgt    "facgt"   { V3          SD     "0q101110 1t1MMMMM 111011NN NNNDDDDD"
                          V3          H      "0q101110 110MMMMM 001011NN NNNDDDDD"
                          S3          SC_SD  "01111110 1t1MMMMM 111011NN NNNDDDDD"
                          S3          SC_H   "01111110 110MMMMM 001011NN NNNDDDDD" }
    VFminp    "fminp"   { V3          SD     "0q101110 1t1MMMMM 111101NN NNNDDDDD"
                          V3          H      "0q101110 110MMMMM 001101NN NNNDDDDD"
                          SPair       SC_SD  "01111110 1t110000 111110NN NNNDDDDD"
                          SPair       SC_H   "01011110 10110000 111110NN NNNDDDDD" }

    // Dot products, matrix products, complex numbers, long products of halves.
    VSdot     "sdot"    { VDot        S      "0q001110 100MMMMM 100101NN NNNDDDDD"
                          VDotLane    S      "0q001111 10eMMMMM 1110e0NN NNNDDDDD" }
    VUdot     "udot"    { VDot        S      "0q101110 100MMMMM 100101NN NNNDDDDD"
                          VDotLane    S      "0q101111 10eMMMMM 1110e0NN NNNDDDDD" }
    VUsdot    "usdot"   { VDot        S      "0q001110 100MMMMM 100111NN NNNDDDDD"
                          VDotLane    S      "0q001111 10eMMMMM 1111e0NN NNNDDDDD" }
    VSudot    "sudot"   { VDotLane    S      "0q001111 00eMMMMM 1111e0NN NNNDDDDD" }
    VBfdot    "bfdot"   { VDotH       S      "0q101110 010MMMMM 111111NN NNNDDDDD"
                          VDotHLane   S      "0q001111 01eMMMMM 1111e0NN NNNDDDDD" }
    VSmmla    "smmla"   { VMat        S4     "01001110 100MMMMM 101001NN NNNDDDDD" }
    VUmmla    "ummla"   { VMat        S4     "01101110 100MMMMM 101001NN NNNDDDDD" }
    VUsmmla   "usmmla"  { VMat        S4     "01001110 100MMMMM 101011NN NNNDDDDD" }
    VBfmmla   "bfmmla"  { VMatH       S4     "01101110 010MMMMM 111011NN NNNDDDDD" }
    VBfmlalb  "bfmlalb" { VMatH       S4     "00101110 110MMMMM 111111NN NNNDDDDD"
                          VMatHLane   S4     "00001111 11eMMMMM 1111e0NN NNNDDDDD" }
    VBfmlalt  "bfmlalt" { VMatH       S4     "01101110 110MMMMM 111111NN NNNDDDDD"
                          VMatHLane   S4     "01001111 11eMMMMM 1111e0NN NNNDDDDD" }
    VFcmla    "fcmla"   { VRot3       HSD    "0q101110 tt0MMMMM 110rr1NN NNNDDDDD"
                          VRotLane    HC     "0q101111 tteMMMMM 0rr1e0NN NNNDDDDD" }
    VFcadd    "fcadd"   { VRot3Odd    HSD    "0q101110 tt0MMMMM 111r01NN NNNDDDDD" }
    VFmlal    "fmlal"   { VLongHalf   S      "0q001110 001MMMMM 111011NN NNNDDDDD"
                          VLongHalfLane S      "0q001111 10eMMMMM 0000e0NN NNNDDDDD" }
    VFmlsl    "fmlsl"   { VLongHalf   S      "0q001110 101MMMMM 111011NN NNNDDDDD"
                          VLongHalfLane S      "0q001111 10eMMMMM 0100e0NN NNNDDDDD" }
    VFmlal2   "fmlal2"  { VLongHalf   S      "0q101110 001MMMMM 110011NN NNNDDDDD"
                          VLongHalfLane S      "0q101111 10eMMMMM 1000e0NN NNNDDDDD" }
    VFmlsl2   "fmlsl2"  { VLongHalf   S      "0q101110 101MMMMM 110011NN NNNDDDDD"
                          VLongHalfLane S      "0q101111 10eMMMMM 1100e0NN NNNDDDDD" }

    // Long, wide and narrow: the arrangement is the narrow one, and the upper half's instruction (`saddl2`) is the full one.
    VSaddl    "saddl"   { VLong3      BHS    "0q001110 tt1MMMMM 000000NN NNNDDDDD" }
    VSaddw    "saddw"   { VWide3      BHS    "0q001110 tt1MMMMM 000100NN NNNDDDDD" }
    VSsubl    "ssubl"   { VLong3      BHS    "0q001110 tt1MMMMM 001000NN NNNDDDDD" }
    VSsubw    "ssubw"   { VWide3      BHS    "0q001110 tt1MMMMM 001100NN NNNDDDDD" }
    VAddhn    "addhn"   { VNarrow3    BHS    "0q001110 tt1MMMMM 010000NN NNNDDDDD" }
    VSabal    "sabal"   { VLong3      BHS    "0q001110 tt1MMMMM 010100NN NNNDDDDD" }
    VSubhn    "subhn"   { VNarrow3    BHS    "0q001110 tt1MMMMM 011000NN NNNDDDDD" }
    VSabdl    "sabdl"   { VLong3      BHS    "0q001110 tt1MMMMM 011100NN NNNDDDDD" }
    VSmlal    "smlal"   { VLong3      BHS    "0q001110 tt1MMMMM 100000NN NNNDDDDD"
                          VLongLane   HS     "0q001111 tteMMMMM 0010e0NN NNNDDDDD" }
    VSmlsl    "smlsl"   { VLong3      BHS    "0q001110 tt1MMMMM 101000NN NNNDDDDD"
                          VLongLane   HS     "0q001111 tteMMMMM 0110e0NN NNNDDDDD" }
    VSmull    "smull"   { VLong3      BHS    "0q001110 tt1MMMMM 110000NN NNNDDDDD"
                          VLongLane   HS     "0q001111 tteMMMMM 1010e0NN NNNDDDDD" }
    VUaddl    "uaddl"   { VLong3      BHS    "0q101110 tt1MMMMM 000000NN NNNDDDDD" }
    VUaddw    "uaddw"   { VWide3      BHS    "0q101110 tt1MMMMM 000100NN NNNDDDDD" }
    VUsubl    "usubl"   { VLong3      BHS    "0q101110 tt1MMMMM 001000NN NNNDDDDD" }
    VUsubw    "usubw"   { VWide3      BHS    "0q101110 tt1MMMMM 001100NN NNNDDDDD" }
    VRaddhn   "raddhn"  { VNarrow3    BHS    "0q101110 tt1MMMMM 010000NN NNNDDDDD" }
    VUabal    "uabal"   { VLong3      BHS    "0q101110 tt1MMMMM 010100NN NNNDDDDD" }
    VRsubhn   "rsubhn"  { VNarrow3    BHS    "0q101110 tt1MMMMM 011000NN NNNDDDDD" }
    VUabdl    "uabdl"   { VLong3      BHS    "0q101110 tt1MMMMM 011100NN NNNDDDDD" }
    VUmlal    "umlal"   { VLong3      BHS    "0q101110 tt1MMMMM 100000NN NNNDDDDD"
                          VLongLane   HS     "0q101111 tteMMMMM 0010e0NN NNNDDDDD" }
    VUmlsl    "umlsl"   { VLong3      BHS    "0q101110 tt1MMMMM 101000NN NNNDDDDD"
                          VLongLane   HS     "0q101111 tteMMMMM 0110e0NN NNNDDDDD" }
    VUmull    "umull"   { VLong3      BHS    "0q101110 tt1MMMMM 110000NN NNNDDDDD"
                          VLongLane   HS     "0q101111 tteMMMMM 1010e0NN NNNDDDDD" }
    VSqdmlal  "sqdmlal" { VLong3      HS     "0q001110 tt1MMMMM 100100NN NNNDDDDD"
                          SLong3      SC_HS  "01011110 tt1MMMMM 100100NN NNNDDDDD"
                          VLongLane   HS     "0q001111 tteMMMMM 0011e0NN NNNDDDDD"
                          SLongLane   SC_HS  "01011111 tteMMMMM 0011e0NN NNNDDDDD" }
    VSqdmlsl  "sqdmlsl" { VLong3      HS     "0q001110 tt1MMMMM 101100NN NNNDDDDD"
                          SLong3      SC_HS  "01011110 tt1MMMMM 101100NN NNNDDDDD"
                          VLongLane   HS     "0q001111 tteMMMMM 0111e0NN NNNDDDDD"
                          SLongLane   SC_HS  "01011111 tteMMMMM 0111e0NN NNNDDDDD" }
    VSqdmull  "sqdmull" { VLong3      HS     "0q001110 tt1MMMMM 110100NN NNNDDDDD"
                          SLong3      SC_HS  "01011110 tt1MMMMM 110100NN NNNDDDDD"
                          VLongLane   HS     "0q001111 tteMMMMM 1011e0NN NNNDDDDD"
                          SLongLane   SC_HS  "01011111 tteMMMMM 1011e0NN NNNDDDDD" }
    VPmull    "pmull"   { VLong3      BD     "0q001110 tt1MMMMM 111000NN NNNDDDDD" }

    // Two registers: integers and bits.
    VRev64    "rev64"   { V2          BHS    "0q001110 tt100000 000010NN NNNDDDDD" }
    VRev32    "rev32"   { V2          BH     "0q101110 tt100000 000010NN NNNDDDDD" }
    VRev16    "rev16"   { V2          B      "0q001110 tt100000 000110NN NNNDDDDD" }
    VSaddlp   "saddlp"  { VPairLong2  BHS    "0q001110 tt100000 001010NN NNNDDDDD" }
    VUaddlp   "uaddlp"  { VPairLong2  BHS    "0q101110 tt100000 001010NN NNNDDDDD" }
    VSadalp   "sadalp"  { VPairLong2  BHS    "0q001110 tt100000 011010NN NNNDDDDD" }
    VUadalp   "uadalp"  { VPairLong2  BHS    "0q101110 tt100000 011010NN NNNDDDDD" }
    VSuqadd   "suqadd"  { V2          ALL    "0q001110 tt100000 001110NN NNNDDDDD"
                          S2          SC_ALL "01011110 tt100000 001110NN NNNDDDDD" }
    VUsqadd   "usqadd"  { V2          ALL    "0q101110 tt100000 001110NN NNNDDDDD"
                          S2          SC_ALL "01111110 tt100000 001110NN NNNDDDDD" }
    VCls      "cls"     { V2          BHS    "0q001110 tt100000 010010NN NNNDDDDD" }
    VClz      "clz"     { V2          BHS    "0q101110 tt100000 010010NN NNNDDDDD" }
    VSqabs    "sqabs"   { V2          ALL    "0q001110 tt100000 011110NN NNNDDDDD"
                          S2          SC_ALL "01011110 tt100000 011110NN NNNDDDDD" }
    VSqneg    "sqneg"   { V2          ALL    "0q101110 tt100000 011110NN NNNDDDDD"
                          S2          SC_ALL "01111110 tt100000 011110NN NNNDDDDD" }
    VCmle     "cmle"    { V2Zero      ALL    "0q101110 tt100000 100110NN NNNDDDDD"
                          S2Zero      SC_D   "01111110 tt100000 100110NN NNNDDDDD" }
    VCmlt     "cmlt"    { V2Zero      ALL    "0q001110 tt100000 101010NN NNNDDDDD"
                          S2Zero      SC_D   "01011110 tt100000 101010NN NNNDDDDD" }
    VAbs      "abs"     { V2          ALL    "0q001110 tt100000 101110NN NNNDDDDD"
                          S2          SC_D   "01011110 tt100000 101110NN NNNDDDDD" }
    VNeg      "neg"     { V2          ALL    "0q101110 tt100000 101110NN NNNDDDDD"
                          S2          SC_D   "01111110 tt100000 101110NN NNNDDDDD" }
    VNot      "not"     { V2          B      "0q101110 00100000 010110NN NNNDDDDD" }
    VRbit     "rbit"    { V2          B      "0q101110 01100000 010110NN NNNDDDDD" }
    VXtn      "xtn"     { VNarrow2    BHS    "0q001110 tt100001 001010NN NNNDDDDD" }
    VSqxtun   "sqxtun"  { VNarrow2    BHS    "0q101110 tt100001 001010NN NNNDDDDD"
                          SNarrow     SC_BHS "01111110 tt100001 001010NN NNNDDDDD" }
    VSqxtn    "sqxtn"   { VNarrow2    BHS    "0q001110 tt100001 010010NN NNNDDDDD"
                          SNarrow     SC_BHS "01011110 tt100001 010010NN NNNDDDDD" }
    VUqxtn    "uqxtn"   { VNarrow2    BHS    "0q101110 tt100001 010010NN NNNDDDDD"
                          SNarrow     SC_BHS "01111110 tt100001 010010NN NNNDDDDD" }
    VShll     "shll"    { VLongShift  BHS    "0q101110 tt100001 001110NN NNNDDDDD" }
    VUrecpe   "urecpe"  { V2          S      "0q001110 10100001 110010NN NNNDDDDD" }
    VUrsqrte  "ursqrte" { V2          S      "0q101110 10100001 110010NN NNNDDDDD" }

    // Two registers: floats, half precision in rows of its own.
    VFcvtn    "fcvtn"   { VNarrow2    HS     "0q001110 0u100001 011010NN NNNDDDDD" }
    VFcvtl    "fcvtl"   { VLong2      HS     "0q001110 0u100001 011110NN NNNDDDDD" }
    VFcvtxn   "fcvtxn"  { VNarrow2    S      "0q101110 01100001 011010NN NNNDDDDD"
                          SNarrow     SC_S   "01111110 01100001 011010NN NNNDDDDD" }
    VBfcvtn   "bfcvtn"  { VNarrow2    H      "0q001110 10100001 011010NN NNNDDDDD" }
    VFrintn   "frintn"  { V2          SD     "0q001110 0t100001 100010NN NNNDDDDD"
                          V2          H      "0q001110 01111001 100010NN NNNDDDDD" }
    VFrintp   "frintp"  { V2          SD     "0q001110 1t100001 100010NN NNNDDDDD"
                          V2          H      "0q001110 11111001 100010NN NNNDDDDD" }
    VFrintm   "frintm"  { V2          SD     "0q001110 0t100001 100110NN NNNDDDDD"
                          V2          H      "0q001110 01111001 100110NN NNNDDDDD" }
    VFrintz   "frintz"  { V2          SD     "0q001110 1t100001 100110NN NNNDDDDD"
                          V2          H      "0q001110 11111001 100110NN NNNDDDDD" }
    VFcvtns   "fcvtns"  { V2          SD     "0q001110 0t100001 101010NN NNNDDDDD"
                          V2          H      "0q001110 01111001 101010NN NNNDDDDD"
                          S2          SC_SD  "01011110 0t100001 101010NN NNNDDDDD"
                          S2          SC_H   "01011110 01111001 101010NN NNNDDDDD" }
    VFcvtps   "fcvtps"  { V2          SD     "0q001110 1t100001 101010NN NNNDDDDD"
                          V2          H      "0q001110 11111001 101010NN NNNDDDDD"
                          S2          SC_SD  "01011110 1t100001 101010NN NNNDDDDD"
                          S2          SC_H   "01011110 11111001 101010NN NNNDDDDD" }
    VFcvtms   "fcvtms"  { V2          SD     "0q001110 0t100001 101110NN NNNDDDDD"
                          V2          H      "0q001110 01111001 101110NN NNNDDDDD"
                          S2          SC_SD  "01011110 0t100001 101110NN NNNDDDDD"
                          S2          SC_H   "01011110 01111001 101110NN NNNDDDDD" }
    VFcvtzs   "fcvtzs"  { V2          SD     "0q001110 1t100001 101110NN NNNDDDDD"
                          V2          H      "0q001110 11111001 101110NN NNNDDDDD"
                          S2          SC_SD  "01011110 1t100001 101110NN NNNDDDDD"
                          S2          SC_H   "01011110 11111001 101110NN NNNDDDDD"
                          VShr        HSD    "0q001111 0iiiiiii 111111NN NNNDDDDD"
                          SShr        SC_HSD "01011111 0iiiiiii 111111NN NNNDDDDD" }
    VFcvtas   "fcvtas"  { V2          SD     "0q001110 0t100001 110010NN NNNDDDDD"
                          V2          H      "0q001110 01111001 110010NN NNNDDDDD"
                          S2          SC_SD  "01011110 0t100001 110010NN NNNDDDDD"
                          S2          SC_H   "01011110 01111001 110010NN NNNDDDDD" }
    VScvtf    "scvtf"   { V2          SD     "0q001110 0t100001 110110NN NNNDDDDD"
                          V2          H      "0q001110 01111001 110110NN NNNDDDDD"
                          S2          SC_SD  "01011110 0t100001 110110NN NNNDDDDD"
                          S2          SC_H   "01011110 01111001 110110NN NNNDDDDD"
                          VShr        HSD    "0q001111 0iiiiiii 111001NN NNNDDDDD"
                          SShr        SC_HSD "01011111 0iiiiiii 111001NN NNNDDDDD" }
    VFrecpe   "frecpe"  { V2          SD     "0q001110 1t100001 110110NN NNNDDDDD"
                          V2          H      "0q001110 11111001 110110NN NNNDDDDD"
                          S2          SC_SD  "01011110 1t100001 110110NN NNNDDDDD"
                          S2          SC_H   "01011110 11111001 110110NN NNNDDDDD" }
    VFabs     "fabs"    { V2          SD     "0q001110 1t100000 111110NN NNNDDDDD"
                          V2          H      "0q001110 11111000 111110NN NNNDDDDD" }
    VFrinta   "frinta"  { V2          SD     "0q101110 0t100001 100010NN NNNDDDDD"
                          V2          H      "0q101110 01111001 100010NN NNNDDDDD" }
    VFrintx   "frintx"  { V2          SD     "0q101110 0t100001 100110NN NNNDDDDD"
                          V2          H      "0q101110 01111001 100110NN NNNDDDDD" }
    VFrinti   "frinti"  { V2          SD     "0q101110 1t100001 100110NN NNNDDDDD"
                          V2          H      "0q101110 11111001 100110NN NNNDDDDD" }
    VFcvtnu   "fcvtnu"  { V2          SD     "0q101110 0t100001 101010NN NNNDDDDD"
                          V2          H      "0q101110 01111001 101010NN NNNDDDDD"
                          S2          SC_SD  "01111110 0t100001 101010NN NNNDDDDD"
                          S2          SC_H   "01111110 01111001 101010NN NNNDDDDD" }
    VFcvtpu   "fcvtpu"  { V2          SD     "0q101110 1t100001 101010NN NNNDDDDD"
                          V2          H      "0q101110 11111001 101010NN NNNDDDDD"
                          S2          SC_SD  "01111110 1t100001 101010NN NNNDDDDD"
                          S2          SC_H   "01111110 11111001 101010NN NNNDDDDD" }
    VFcvtmu   "fcvtmu"  { V2          SD     "0q101110 0t100001 101110NN NNNDDDDD"
                          V2          H      "0q101110 01111001 101110NN NNNDDDDD"
                          S2          SC_SD  "01111110 0t100001 101110NN NNNDDDDD"
                          S2          SC_H   "01111110 01111001 101110NN NNNDDDDD" }
    VFcvtzu   "fcvtzu"  { V2          SD     "0q101110 1t100001 101110NN NNNDDDDD"
                          V2          H      "0q101110 11111001 101110NN NNNDDDDD"
                          S2          SC_SD  "01111110 1t100001 101110NN NNNDDDDD"
                          S2          SC_H   "01111110 11111001 101110NN NNNDDDDD"
                          VShr        HSD    "0q101111 0iiiiiii 111111NN NNNDDDDD"
                          SShr        SC_HSD "01111111 0iiiiiii 111111NN NNNDDDDD" }
    VFcvtau   "fcvtau"  { V2          SD     "0q101110 0t100001 110010NN NNNDDDDD"
                          V2          H      "0q101110 01111001 110010NN NNNDDDDD"
                          S2          SC_SD  "01111110 0t100001 110010NN NNNDDDDD"
                          S2          SC_H   "01111110 01111001 110010NN NNNDDDDD" }
    VUcvtf    "ucvtf"   { V2          SD     "0q101110 0t100001 110110NN NNNDDDDD"
                          V2          H      "0q101110 01111001 110110NN NNNDDDDD"
                          S2          SC_SD  "01111110 0t100001 110110NN NNNDDDDD"
                          S2          SC_H   "01111110 01111001 110110NN NNNDDDDD"
                          VShr        HSD    "0q101111 0iiiiiii 111001NN NNNDDDDD"
                          SShr        SC_HSD "01111111 0iiiiiii 111001NN NNNDDDDD" }
    VFrsqrte  "frsqrte" { V2          SD     "0q101110 1t100001 110110NN NNNDDDDD"
                          V2          H      "0q101110 11111001 110110NN NNNDDDDD"
                          S2          SC_SD  "01111110 1t100001 110110NN NNNDDDDD"
                          S2          SC_H   "01111110 11111001 110110NN NNNDDDDD" }
    VFneg     "fneg"    { V2          SD     "0q101110 1t100000 111110NN NNNDDDDD"
                          V2          H      "0q101110 11111000 111110NN NNNDDDDD" }
    VFsqrt    "fsqrt"   { V2          SD     "0q101110 1t100001 111110NN NNNDDDDD"
                          V2          H      "0q101110 11111001 111110NN NNNDDDDD" }
    VFcmlt    "fcmlt"   { V2ZeroF     SD     "0q001110 1t100000 111010NN NNNDDDDD"
                          V2ZeroF     H      "0q001110 11111000 111010NN NNNDDDDD"
                          S2ZeroF     SC_SD  "01011110 1t100000 111010NN NNNDDDDD"
                          S2ZeroF     SC_H   "01011110 11111000 111010NN NNNDDDDD" }
    VFcmle    "fcmle"   { V2ZeroF     SD     "0q101110 1t100000 110110NN NNNDDDDD"
                          V2ZeroF     H      "0q101110 11111000 110110NN NNNDDDDD"
                          S2ZeroF     SC_SD  "01111110 1t100000 110110NN NNNDDDDD"
                          S2ZeroF     SC_H   "01111110 11111000 110110NN NNNDDDDD" }
    VFrint32z "frint32z"{ V2          SD     "0q001110 0t100001 111010NN NNNDDDDD" }
    VFrint64z "frint64z"{ V2          SD     "0q001110 0t100001 111110NN NNNDDDDD" }
    VFrint32x "frint32x"{ V2          SD     "0q101110 0t100001 111010NN NNNDDDDD" }
    VFrint64x "frint64x"{ V2          SD     "0q101110 0t100001 111110NN NNNDDDDD" }
    VFrecpx   "frecpx"  { S2          SC_SD  "01011110 1t100001 111110NN NNNDDDDD"
                          S2          SC_H   "01011110 11111001 111110NN NNNDDDDD" }

    // Across lanes, and pairs to a scalar. `addv` of eight bytes is with the base instructions.
    VSaddlv   "saddlv"  { VAcrossLong BH4S   "0q001110 tt110000 001110NN NNNDDDDD" }
    VSmaxv    "smaxv"   { VAcross     BH4S   "0q001110 tt110000 101010NN NNNDDDDD" }
    VSminv    "sminv"   { VAcross     BH4S   "0q001110 tt110001 101010NN NNNDDDDD" }
    VUaddlv   "uaddlv"  { VAcrossLong BH4S   "0q101110 tt110000 001110NN NNNDDDDD" }
    VUmaxv    "umaxv"   { VAcross     BH4S   "0q101110 tt110000 101010NN NNNDDDDD" }
    VUminv    "uminv"   { VAcross     BH4S   "0q101110 tt110001 101010NN NNNDDDDD" }
    VFmaxnmv  "fmaxnmv" { VAcross     S4     "01101110 00110000 110010NN NNNDDDDD"
                          VAcross     H      "0q001110 00110000 110010NN NNNDDDDD" }
    VFminnmv  "fminnmv" { VAcross     S4     "01101110 10110000 110010NN NNNDDDDD"
                          VAcross     H      "0q001110 10110000 110010NN NNNDDDDD" }
    VFmaxv    "fmaxv"   { VAcross     S4     "01101110 00110000 111110NN NNNDDDDD"
                          VAcross     H      "0q001110 00110000 111110NN NNNDDDDD" }
    VFminv    "fminv"   { VAcross     S4     "01101110 10110000 111110NN NNNDDDDD"
                          VAcross     H      "0q001110 10110000 111110NN NNNDDDDD" }

    // Permutations and tables.
    VUzp1     "uzp1"    { V3          ALL    "0q001110 tt0MMMMM 000110NN NNNDDDDD" }
    VTrn1     "trn1"    { V3          ALL    "0q001110 tt0MMMMM 001010NN NNNDDDDD" }
    VZip1     "zip1"    { V3          ALL    "0q001110 tt0MMMMM 001110NN NNNDDDDD" }
    VUzp2     "uzp2"    { V3          ALL    "0q001110 tt0MMMMM 010110NN NNNDDDDD" }
    VTrn2     "trn2"    { V3          ALL    "0q001110 tt0MMMMM 011010NN NNNDDDDD" }
    VZip2     "zip2"    { V3          ALL    "0q001110 tt0MMMMM 011110NN NNNDDDDD" }
    VExt      "ext"     { VExt        B      "0q101110 000MMMMM 0iiii0NN NNNDDDDD" }
    VTbl      "tbl"     { VTbl1       B      "0q001110 000MMMMM 000000NN NNNDDDDD"
                          VTbl2       B      "0q001110 000MMMMM 001000NN NNNDDDDD"
                          VTbl3       B      "0q001110 000MMMMM 010000NN NNNDDDDD"
                          VTbl4       B      "0q001110 000MMMMM 011000NN NNNDDDDD" }
    VTbx      "tbx"     { VTbl1       B      "0q001110 000MMMMM 000100NN NNNDDDDD"
                          VTbl2       B      "0q001110 000MMMMM 001100NN NNNDDDDD"
                          VTbl3       B      "0q001110 000MMMMM 010100NN NNNDDDDD"
                          VTbl4       B      "0q001110 000MMMMM 011100NN NNNDDDDD" }

    // Lanes and copies.
    VDup      "dup"     { VDupLane    ALL    "0q001110 000iiiii 000001NN NNNDDDDD"
                          VDupGen     ALL    "0q001110 000iiiii 000011nn nnnDDDDD"
                          SDup        SC_ALL "01011110 000iiiii 000001NN NNNDDDDD" }
    VSmov     "smov"    { VLaneToR    SC_BHS "0z001110 000iiiii 001011NN NNNddddd" }
    VUmov     "umov"    { VLaneToG    SC_BHS "00001110 000iiiii 001111NN NNNddddd"
                          VLaneToG    SC_D   "01001110 000iiiii 001111NN NNNddddd" }
    VIns      "ins"     { VInsGen     SC_ALL "01001110 000iiiii 000111nn nnnDDDDD"
                          VInsLane    SC_ALL "01101110 000iiiii 0ssss1NN NNNDDDDD" }

    // Constants. `movi` is with the base instructions.
    VMvni     "mvni"    { VImmShift   S      "0q101111 00000iii 0hh001ii iiiDDDDD"
                          VImmShift   H      "0q101111 00000iii 10h001ii iiiDDDDD"
                          VImmMsl     S      "0q101111 00000iii 110h01ii iiiDDDDD" }
    VOrrImm   "orr"     { VImmShift   S      "0q001111 00000iii 0hh101ii iiiDDDDD"
                          VImmShift   H      "0q001111 00000iii 10h101ii iiiDDDDD" }
    VBicImm   "bic"     { VImmShift   S      "0q101111 00000iii 0hh101ii iiiDDDDD"
                          VImmShift   H      "0q101111 00000iii 10h101ii iiiDDDDD" }
    VFmov     "fmov"    { VFImm       S      "0q001111 00000iii 111101ii iiiDDDDD"
                          VFImm       D2     "01101111 00000iii 111101ii iiiDDDDD"
                          VFImm       H      "0q001111 00000iii 111111ii iiiDDDDD" }

    // Shifts by constants.
    VSshr     "sshr"    { VShr        ALL    "0q001111 0iiiiiii 000001NN NNNDDDDD"
                          SShr        SC_D   "01011111 0iiiiiii 000001NN NNNDDDDD" }
    VSsra     "ssra"    { VShr        ALL    "0q001111 0iiiiiii 000101NN NNNDDDDD"
                          SShr        SC_D   "01011111 0iiiiiii 000101NN NNNDDDDD" }
    VSrshr    "srshr"   { VShr        ALL    "0q001111 0iiiiiii 001001NN NNNDDDDD"
                          SShr        SC_D   "01011111 0iiiiiii 001001NN NNNDDDDD" }
    VSrsra    "srsra"   { VShr        ALL    "0q001111 0iiiiiii 001101NN NNNDDDDD"
                          SShr        SC_D   "01011111 0iiiiiii 001101NN NNNDDDDD" }
    VUshr     "ushr"    { VShr        ALL    "0q101111 0iiiiiii 000001NN NNNDDDDD"
                          SShr        SC_D   "01111111 0iiiiiii 000001NN NNNDDDDD" }
    VUsra     "usra"    { VShr        ALL    "0q101111 0iiiiiii 000101NN NNNDDDDD"
                          SShr        SC_D   "01111111 0iiiiiii 000101NN NNNDDDDD" }
    VUrshr    "urshr"   { VShr        ALL    "0q101111 0iiiiiii 001001NN NNNDDDDD"
                          SShr        SC_D   "01111111 0iiiiiii 001001NN NNNDDDDD" }
    VUrsra    "ursra"   { VShr        ALL    "0q101111 0iiiiiii 001101NN NNNDDDDD"
                          SShr        SC_D   "01111111 0iiiiiii 001101NN NNNDDDDD" }
    VSri      "sri"     { VShr        ALL    "0q101111 0iiiiiii 010001NN NNNDDDDD"
                          SShr        SC_D   "01111111 0iiiiiii 010001NN NNNDDDDD" }
    VShl      "shl"     { VShl        ALL    "0q001111 0iiiiiii 010101NN NNNDDDDD"
                          SShl        SC_D   "01011111 0iiiiiii 010101NN NNNDDDDD" }
    VSli      "sli"     { VShl        ALL    "0q101111 0iiiiiii 010101NN NNNDDDDD"
                          SShl        SC_D   "01111111 0iiiiiii 010101NN NNNDDDDD" }
    VSqshlu   "sqshlu"  { VShl        ALL    "0q101111 0iiiiiii 011001NN NNNDDDDD"
                          SShl        SC_ALL "01111111 0iiiiiii 011001NN NNNDDDDD" }
    VShrn     "shrn"    { VNarrowShr  BHS    "0q001111 0iiiiiii 100001NN NNNDDDDD" }
    VRshrn    "rshrn"   { VNarrowShr  BHS    "0q001111 0iiiiiii 100011NN NNNDDDDD" }
    VSqshrn   "sqshrn"  { VNarrowShr  BHS    "0q001111 0iiiiiii 100101NN NNNDDDDD"
                          SNarrowShr  SC_BHS "01011111 0iiiiiii 100101NN NNNDDDDD" }
    VSqrshrn  "sqrshrn" { VNarrowShr  BHS    "0q001111 0iiiiiii 100111NN NNNDDDDD"
                          SNarrowShr  SC_BHS "01011111 0iiiiiii 100111NN NNNDDDDD" }
    VSqshrun  "sqshrun" { VNarrowShr  BHS    "0q101111 0iiiiiii 100001NN NNNDDDDD"
                          SNarrowShr  SC_BHS "01111111 0iiiiiii 100001NN NNNDDDDD" }
    VSqrshrun "sqrshrun"{ VNarrowShr  BHS    "0q101111 0iiiiiii 100011NN NNNDDDDD"
                          SNarrowShr  SC_BHS "01111111 0iiiiiii 100011NN NNNDDDDD" }
    VUqshrn   "uqshrn"  { VNarrowShr  BHS    "0q101111 0iiiiiii 100101NN NNNDDDDD"
                          SNarrowShr  SC_BHS "01111111 0iiiiiii 100101NN NNNDDDDD" }
    VUqrshrn  "uqrshrn" { VNarrowShr  BHS    "0q101111 0iiiiiii 100111NN NNNDDDDD"
                          SNarrowShr  SC_BHS "01111111 0iiiiiii 100111NN NNNDDDDD" }
    VSshll    "sshll"   { VLongShl    BHS    "0q001111 0iiiiiii 101001NN NNNDDDDD" }
    VUshll    "ushll"   { VLongShl    BHS    "0q101111 0iiiiiii 101001NN NNNDDDDD" }

    // AES, SHA, SM3, SM4.
    VAese     "aese"    { V2          B16    "01001110 00101000 010010NN NNNDDDDD" }
    VAesd     "aesd"    { V2          B16    "01001110 00101000 010110NN NNNDDDDD" }
    VAesmc    "aesmc"   { V2          B16    "01001110 00101000 011010NN NNNDDDDD" }
    VAesimc   "aesimc"  { V2          B16    "01001110 00101000 011110NN NNNDDDDD" }
    VSha1c    "sha1c"   { ShaQS       S4     "01011110 000MMMMM 000000NN NNNDDDDD" }
    VSha1p    "sha1p"   { ShaQS       S4     "01011110 000MMMMM 000100NN NNNDDDDD" }
    VSha1m    "sha1m"   { ShaQS       S4     "01011110 000MMMMM 001000NN NNNDDDDD" }
    VSha1su0  "sha1su0" { V3          S4     "01011110 000MMMMM 001100NN NNNDDDDD" }
    VSha256h  "sha256h" { ShaQQ       S4     "01011110 000MMMMM 010000NN NNNDDDDD" }
    VSha256h2 "sha256h2"{ ShaQQ       S4     "01011110 000MMMMM 010100NN NNNDDDDD" }
    VSha256su1 "sha256su1"{ V3          S4     "01011110 000MMMMM 011000NN NNNDDDDD" }
    VSha1h    "sha1h"   { S2          SC_S   "01011110 00101000 000010NN NNNDDDDD" }
    VSha1su1  "sha1su1" { V2          S4     "01011110 00101000 000110NN NNNDDDDD" }
    VSha256su0 "sha256su0"{ V2          S4     "01011110 00101000 001010NN NNNDDDDD" }
    VSha512h  "sha512h" { ShaQQ       D2     "11001110 011MMMMM 100000NN NNNDDDDD" }
    VSha512h2 "sha512h2"{ ShaQQ       D2     "11001110 011MMMMM 100001NN NNNDDDDD" }
    VSha512su1 "sha512su1"{ V3          D2     "11001110 011MMMMM 100010NN NNNDDDDD" }
    VRax1     "rax1"    { V3          D2     "11001110 011MMMMM 100011NN NNNDDDDD" }
    VSha512su0 "sha512su0"{ V2          D2     "11001110 11000000 100000NN NNNDDDDD" }
    VEor3     "eor3"    { V4          B16    "11001110 000MMMMM 0AAAAANN NNNDDDDD" }
    VBcax     "bcax"    { V4          B16    "11001110 001MMMMM 0AAAAANN NNNDDDDD" }
    VXar      "xar"     { V3Imm       D2     "11001110 100MMMMM iiiiiiNN NNNDDDDD" }
    VSm3ss1   "sm3ss1"  { V4          S4     "11001110 010MMMMM 0AAAAANN NNNDDDDD" }
    VSm3tt1a  "sm3tt1a" { V3Lane      S4     "11001110 010MMMMM 10ii00NN NNNDDDDD" }
    VSm3tt1b  "sm3tt1b" { V3Lane      S4     "11001110 010MMMMM 10ii01NN NNNDDDDD" }
    VSm3tt2a  "sm3tt2a" { V3Lane      S4     "11001110 010MMMMM 10ii10NN NNNDDDDD" }
    VSm3tt2b  "sm3tt2b" { V3Lane      S4     "11001110 010MMMMM 10ii11NN NNNDDDDD" }
    VSm3partw1 "sm3partw1"{ V3          S4     "11001110 011MMMMM 110000NN NNNDDDDD" }
    VSm3partw2 "sm3partw2"{ V3          S4     "11001110 011MMMMM 110001NN NNNDDDDD" }
    VSm4ekey  "sm4ekey" { V3          S4     "11001110 011MMMMM 110010NN NNNDDDDD" }
    VSm4e     "sm4e"    { V2          S4     "11001110 11000000 100001NN NNNDDDDD" }

    // Loads and stores of one to four registers, interleaved; of one lane; of one element to all lanes.
    VSt1      "st1"     { List1       ALL1D  "0q001100 00000000 0111ttnn nnnDDDDD"
                          List1Post   ALL1D  "0q001100 10011111 0111ttnn nnnDDDDD"
                          List1PostReg ALL1D  "0q001100 100mmmmm 0111ttnn nnnDDDDD"
                          List2       ALL1D  "0q001100 00000000 1010ttnn nnnDDDDD"
                          List2Post   ALL1D  "0q001100 10011111 1010ttnn nnnDDDDD"
                          List2PostReg ALL1D  "0q001100 100mmmmm 1010ttnn nnnDDDDD"
                          List3       ALL1D  "0q001100 00000000 0110ttnn nnnDDDDD"
                          List3Post   ALL1D  "0q001100 10011111 0110ttnn nnnDDDDD"
                          List3PostReg ALL1D  "0q001100 100mmmmm 0110ttnn nnnDDDDD"
                          List4       ALL1D  "0q001100 00000000 0010ttnn nnnDDDDD"
                          List4Post   ALL1D  "0q001100 10011111 0010ttnn nnnDDDDD"
                          List4PostReg ALL1D  "0q001100 100mmmmm 0010ttnn nnnDDDDD"
                          Lane1       SC_B   "0e001101 00000000 000eeenn nnnDDDDD"
                          Lane1Post   SC_B   "0e001101 10011111 000eeenn nnnDDDDD"
                          Lane1PostReg SC_B   "0e001101 100mmmmm 000eeenn nnnDDDDD"
                          Lane1       SC_H   "0e001101 00000000 010ee0nn nnnDDDDD"
                          Lane1Post   SC_H   "0e001101 10011111 010ee0nn nnnDDDDD"
                          Lane1PostReg SC_H   "0e001101 100mmmmm 010ee0nn nnnDDDDD"
                          Lane1       SC_S   "0e001101 00000000 100e00nn nnnDDDDD"
                          Lane1Post   SC_S   "0e001101 10011111 100e00nn nnnDDDDD"
                          Lane1PostReg SC_S   "0e001101 100mmmmm 100e00nn nnnDDDDD"
                          Lane1       SC_D   "0e001101 00000000 100001nn nnnDDDDD"
                          Lane1Post   SC_D   "0e001101 10011111 100001nn nnnDDDDD"
                          Lane1PostReg SC_D   "0e001101 100mmmmm 100001nn nnnDDDDD" }
    VSt2      "st2"     { List2       ALL    "0q001100 00000000 1000ttnn nnnDDDDD"
                          List2Post   ALL    "0q001100 10011111 1000ttnn nnnDDDDD"
                          List2PostReg ALL    "0q001100 100mmmmm 1000ttnn nnnDDDDD"
                          Lane2       SC_B   "0e001101 00100000 000eeenn nnnDDDDD"
                          Lane2Post   SC_B   "0e001101 10111111 000eeenn nnnDDDDD"
                          Lane2PostReg SC_B   "0e001101 101mmmmm 000eeenn nnnDDDDD"
                          Lane2       SC_H   "0e001101 00100000 010ee0nn nnnDDDDD"
                          Lane2Post   SC_H   "0e001101 10111111 010ee0nn nnnDDDDD"
                          Lane2PostReg SC_H   "0e001101 101mmmmm 010ee0nn nnnDDDDD"
                          Lane2       SC_S   "0e001101 00100000 100e00nn nnnDDDDD"
                          Lane2Post   SC_S   "0e001101 10111111 100e00nn nnnDDDDD"
                          Lane2PostReg SC_S   "0e001101 101mmmmm 100e00nn nnnDDDDD"
                          Lane2       SC_D   "0e001101 00100000 100001nn nnnDDDDD"
                          Lane2Post   SC_D   "0e001101 10111111 100001nn nnnDDDDD"
                          Lane2PostReg SC_D   "0e001101 101mmmmm 100001nn nnnDDDDD" }
    VSt3      "st3"     { List3       ALL    "0q001100 00000000 0100ttnn nnnDDDDD"
                          List3Post   ALL    "0q001100 10011111 0100ttnn nnnDDDDD"
                          List3PostReg ALL    "0q001100 100mmmmm 0100ttnn nnnDDDDD"
                          Lane3       SC_B   "0e001101 00000000 001eeenn nnnDDDDD"
                          Lane3Post   SC_B   "0e001101 10011111 001eeenn nnnDDDDD"
                          Lane3PostReg SC_B   "0e001101 100mmmmm 001eeenn nnnDDDDD"
                          Lane3       SC_H   "0e001101 00000000 011ee0nn nnnDDDDD"
                          Lane3Post   SC_H   "0e001101 10011111 011ee0nn nnnDDDDD"
                          Lane3PostReg SC_H   "0e001101 100mmmmm 011ee0nn nnnDDDDD"
                          Lane3       SC_S   "0e001101 00000000 101e00nn nnnDDDDD"
                          Lane3Post   SC_S   "0e001101 10011111 101e00nn nnnDDDDD"
                          Lane3PostReg SC_S   "0e001101 100mmmmm 101e00nn nnnDDDDD"
                          Lane3       SC_D   "0e001101 00000000 101001nn nnnDDDDD"
                          Lane3Post   SC_D   "0e001101 10011111 101001nn nnnDDDDD"
                          Lane3PostReg SC_D   "0e001101 100mmmmm 101001nn nnnDDDDD" }
    VSt4      "st4"     { List4       ALL    "0q001100 00000000 0000ttnn nnnDDDDD"
                          List4Post   ALL    "0q001100 10011111 0000ttnn nnnDDDDD"
                          List4PostReg ALL    "0q001100 100mmmmm 0000ttnn nnnDDDDD"
                          Lane4       SC_B   "0e001101 00100000 001eeenn nnnDDDDD"
                          Lane4Post   SC_B   "0e001101 10111111 001eeenn nnnDDDDD"
                          Lane4PostReg SC_B   "0e001101 101mmmmm 001eeenn nnnDDDDD"
                          Lane4       SC_H   "0e001101 00100000 011ee0nn nnnDDDDD"
                          Lane4Post   SC_H   "0e001101 10111111 011ee0nn nnnDDDDD"
                          Lane4PostReg SC_H   "0e001101 101mmmmm 011ee0nn nnnDDDDD"
                          Lane4       SC_S   "0e001101 00100000 101e00nn nnnDDDDD"
                          Lane4Post   SC_S   "0e001101 10111111 101e00nn nnnDDDDD"
                          Lane4PostReg SC_S   "0e001101 101mmmmm 101e00nn nnnDDDDD"
                          Lane4       SC_D   "0e001101 00100000 101001nn nnnDDDDD"
                          Lane4Post   SC_D   "0e001101 10111111 101001nn nnnDDDDD"
                          Lane4PostReg SC_D   "0e001101 101mmmmm 101001nn nnnDDDDD" }
    VLd1      "ld1"     { List1       ALL1D  "0q001100 01000000 0111ttnn nnnDDDDD"
                          List1Post   ALL1D  "0q001100 11011111 0111ttnn nnnDDDDD"
                          List1PostReg ALL1D  "0q001100 110mmmmm 0111ttnn nnnDDDDD"
                          List2       ALL1D  "0q001100 01000000 1010ttnn nnnDDDDD"
                          List2Post   ALL1D  "0q001100 11011111 1010ttnn nnnDDDDD"
                          List2PostReg ALL1D  "0q001100 110mmmmm 1010ttnn nnnDDDDD"
                          List3       ALL1D  "0q001100 01000000 0110ttnn nnnDDDDD"
                          List3Post   ALL1D  "0q001100 11011111 0110ttnn nnnDDDDD"
                          List3PostReg ALL1D  "0q001100 110mmmmm 0110ttnn nnnDDDDD"
                          List4       ALL1D  "0q001100 01000000 0010ttnn nnnDDDDD"
                          List4Post   ALL1D  "0q001100 11011111 0010ttnn nnnDDDDD"
                          List4PostReg ALL1D  "0q001100 110mmmmm 0010ttnn nnnDDDDD"
                          Lane1       SC_B   "0e001101 01000000 000eeenn nnnDDDDD"
                          Lane1Post   SC_B   "0e001101 11011111 000eeenn nnnDDDDD"
                          Lane1PostReg SC_B   "0e001101 110mmmmm 000eeenn nnnDDDDD"
                          Lane1       SC_H   "0e001101 01000000 010ee0nn nnnDDDDD"
                          Lane1Post   SC_H   "0e001101 11011111 010ee0nn nnnDDDDD"
                          Lane1PostReg SC_H   "0e001101 110mmmmm 010ee0nn nnnDDDDD"
                          Lane1       SC_S   "0e001101 01000000 100e00nn nnnDDDDD"
                          Lane1Post   SC_S   "0e001101 11011111 100e00nn nnnDDDDD"
                          Lane1PostReg SC_S   "0e001101 110mmmmm 100e00nn nnnDDDDD"
                          Lane1       SC_D   "0e001101 01000000 100001nn nnnDDDDD"
                          Lane1Post   SC_D   "0e001101 11011111 100001nn nnnDDDDD"
                          Lane1PostReg SC_D   "0e001101 110mmmmm 100001nn nnnDDDDD" }
    VLd2      "ld2"     { List2       ALL    "0q001100 01000000 1000ttnn nnnDDDDD"
                          List2Post   ALL    "0q001100 11011111 1000ttnn nnnDDDDD"
                          List2PostReg ALL    "0q001100 110mmmmm 1000ttnn nnnDDDDD"
                          Lane2       SC_B   "0e001101 01100000 000eeenn nnnDDDDD"
                          Lane2Post   SC_B   "0e001101 11111111 000eeenn nnnDDDDD"
                          Lane2PostReg SC_B   "0e001101 111mmmmm 000eeenn nnnDDDDD"
                          Lane2       SC_H   "0e001101 01100000 010ee0nn nnnDDDDD"
                          Lane2Post   SC_H   "0e001101 11111111 010ee0nn nnnDDDDD"
                          Lane2PostReg SC_H   "0e001101 111mmmmm 010ee0nn nnnDDDDD"
                          Lane2       SC_S   "0e001101 01100000 100e00nn nnnDDDDD"
                          Lane2Post   SC_S   "0e001101 11111111 100e00nn nnnDDDDD"
                          Lane2PostReg SC_S   "0e001101 111mmmmm 100e00nn nnnDDDDD"
                          Lane2       SC_D   "0e001101 01100000 100001nn nnnDDDDD"
                          Lane2Post   SC_D   "0e001101 11111111 100001nn nnnDDDDD"
                          Lane2PostReg SC_D   "0e001101 111mmmmm 100001nn nnnDDDDD" }
    VLd3      "ld3"     { List3       ALL    "0q001100 01000000 0100ttnn nnnDDDDD"
                          List3Post   ALL    "0q001100 11011111 0100ttnn nnnDDDDD"
                          List3PostReg ALL    "0q001100 110mmmmm 0100ttnn nnnDDDDD"
                          Lane3       SC_B   "0e001101 01000000 001eeenn nnnDDDDD"
                          Lane3Post   SC_B   "0e001101 11011111 001eeenn nnnDDDDD"
                          Lane3PostReg SC_B   "0e001101 110mmmmm 001eeenn nnnDDDDD"
                          Lane3       SC_H   "0e001101 01000000 011ee0nn nnnDDDDD"
                          Lane3Post   SC_H   "0e001101 11011111 011ee0nn nnnDDDDD"
                          Lane3PostReg SC_H   "0e001101 110mmmmm 011ee0nn nnnDDDDD"
                          Lane3       SC_S   "0e001101 01000000 101e00nn nnnDDDDD"
                          Lane3Post   SC_S   "0e001101 11011111 101e00nn nnnDDDDD"
                          Lane3PostReg SC_S   "0e001101 110mmmmm 101e00nn nnnDDDDD"
                          Lane3       SC_D   "0e001101 01000000 101001nn nnnDDDDD"
                          Lane3Post   SC_D   "0e001101 11011111 101001nn nnnDDDDD"
                          Lane3PostReg SC_D   "0e001101 110mmmmm 101001nn nnnDDDDD" }
    VLd4      "ld4"     { List4       ALL    "0q001100 01000000 0000ttnn nnnDDDDD"
                          List4Post   ALL    "0q001100 11011111 0000ttnn nnnDDDDD"
                          List4PostReg ALL    "0q001100 110mmmmm 0000ttnn nnnDDDDD"
                          Lane4       SC_B   "0e001101 01100000 001eeenn nnnDDDDD"
                          Lane4Post   SC_B   "0e001101 11111111 001eeenn nnnDDDDD"
                          Lane4PostReg SC_B   "0e001101 111mmmmm 001eeenn nnnDDDDD"
                          Lane4       SC_H   "0e001101 01100000 011ee0nn nnnDDDDD"
                          Lane4Post   SC_H   "0e001101 11111111 011ee0nn nnnDDDDD"
                          Lane4PostReg SC_H   "0e001101 111mmmmm 011ee0nn nnnDDDDD"
                          Lane4       SC_S   "0e001101 01100000 101e00nn nnnDDDDD"
                          Lane4Post   SC_S   "0e001101 11111111 101e00nn nnnDDDDD"
                          Lane4PostReg SC_S   "0e001101 111mmmmm 101e00nn nnnDDDDD"
                          Lane4       SC_D   "0e001101 01100000 101001nn nnnDDDDD"
                          Lane4Post   SC_D   "0e001101 11111111 101001nn nnnDDDDD"
                          Lane4PostReg SC_D   "0e001101 111mmmmm 101001nn nnnDDDDD" }
    VLd1r     "ld1r"    { List1       ALL1D  "0q001101 01000000 1100ttnn nnnDDDDD"
                          Rep1Post    ALL1D  "0q001101 11011111 1100ttnn nnnDDDDD"
                          List1PostReg ALL1D  "0q001101 110mmmmm 1100ttnn nnnDDDDD" }
    VLd2r     "ld2r"    { List2       ALL1D  "0q001101 01100000 1100ttnn nnnDDDDD"
                          Rep2Post    ALL1D  "0q001101 11111111 1100ttnn nnnDDDDD"
                          List2PostReg ALL1D  "0q001101 111mmmmm 1100ttnn nnnDDDDD" }
    VLd3r     "ld3r"    { List3       ALL1D  "0q001101 01000000 1110ttnn nnnDDDDD"
                          Rep3Post    ALL1D  "0q001101 11011111 1110ttnn nnnDDDDD"
                          List3PostReg ALL1D  "0q001101 110mmmmm 1110ttnn nnnDDDDD" }
    VLd4r     "ld4r"    { List4       ALL1D  "0q001101 01100000 1110ttnn nnnDDDDD"
                          Rep4Post    ALL1D  "0q001101 11111111 1110ttnn nnnDDDDD"
                          List4PostReg ALL1D  "0q001101 111mmmmm 1110ttnn nnnDDDDD" }
} } }
