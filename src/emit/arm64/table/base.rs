//! Rows of the base instructions that code generation does not use every day: checksums, hints, barriers, pointer
//! authentication, literals, ordered accesses, atomics.
//!
//! Sources: Arm ARM (DDI 0487), C4.1.94 (branches, system), C4.1.95 (loads and stores), C6.2 (instruction pages).

#[rustfmt::skip]
macro_rules! base_rows { ($next:ident { $($before:tt)* }) => { $next! { $($before)*

    // Checksums.
    Crc32b     "crc32b"     { CrcW       "00011010 110mmmmm 010000nn nnnddddd" }
    Crc32h     "crc32h"     { CrcW       "00011010 110mmmmm 010001nn nnnddddd" }
    Crc32w     "crc32w"     { CrcW       "00011010 110mmmmm 010010nn nnnddddd" }
    Crc32x     "crc32x"     { CrcX       "10011010 110mmmmm 010011nn nnnddddd" }
    Crc32cb    "crc32cb"    { CrcW       "00011010 110mmmmm 010100nn nnnddddd" }
    Crc32ch    "crc32ch"    { CrcW       "00011010 110mmmmm 010101nn nnnddddd" }
    Crc32cw    "crc32cw"    { CrcW       "00011010 110mmmmm 010110nn nnnddddd" }
    Crc32cx    "crc32cx"    { CrcX       "10011010 110mmmmm 010111nn nnnddddd" }

    // Flags.
    Setf8      "setf8"      { SetF       "00111010 00000000 000010nn nnn01101" }
    Setf16     "setf16"     { SetF       "00111010 00000000 010010nn nnn01101" }
    Rmif       "rmif"       { Rmif       "10111010 000iiiii i00001nn nnn0vvvv" }
    Cfinv      "cfinv"      { None       "11010101 00000000 01000000 00011111" }
    Xaflag     "xaflag"     { None       "11010101 00000000 01000000 00111111" }
    Axflag     "axflag"     { None       "11010101 00000000 01000000 01011111" }

    // Hints with a name, then any.
    Wfe        "wfe"        { None       "11010101 00000011 00100000 01011111" }
    Wfi        "wfi"        { None       "11010101 00000011 00100000 01111111" }
    Sev        "sev"        { None       "11010101 00000011 00100000 10011111" }
    Sevl       "sevl"       { None       "11010101 00000011 00100000 10111111" }
    Dgh        "dgh"        { None       "11010101 00000011 00100000 11011111" }
    Xpaclri    "xpaclri"    { None       "11010101 00000011 00100000 11111111" }
    Pacia1716  "pacia1716"  { None       "11010101 00000011 00100001 00011111" }
    Pacib1716  "pacib1716"  { None       "11010101 00000011 00100001 01011111" }
    Autia1716  "autia1716"  { None       "11010101 00000011 00100001 10011111" }
    Autib1716  "autib1716"  { None       "11010101 00000011 00100001 11011111" }
    Esb        "esb"        { None       "11010101 00000011 00100010 00011111" }
    PsbCsync   "psb csync"  { None       "11010101 00000011 00100010 00111111" }
    TsbCsync   "tsb csync"  { None       "11010101 00000011 00100010 01011111" }
    Csdb       "csdb"       { None       "11010101 00000011 00100010 10011111" }
    Paciaz     "paciaz"     { None       "11010101 00000011 00100011 00011111" }
    Paciasp    "paciasp"    { None       "11010101 00000011 00100011 00111111" }
    Pacibz     "pacibz"     { None       "11010101 00000011 00100011 01011111" }
    Pacibsp    "pacibsp"    { None       "11010101 00000011 00100011 01111111" }
    Autiaz     "autiaz"     { None       "11010101 00000011 00100011 10011111" }
    Autiasp    "autiasp"    { None       "11010101 00000011 00100011 10111111" }
    Autibz     "autibz"     { None       "11010101 00000011 00100011 11011111" }
    Autibsp    "autibsp"    { None       "11010101 00000011 00100011 11111111" }
    Bti        "bti"        { None       "11010101 00000011 00100100 00011111" }
    BtiC       "bti c"      { None       "11010101 00000011 00100100 01011111" }
    BtiJ       "bti j"      { None       "11010101 00000011 00100100 10011111" }
    BtiJc      "bti jc"     { None       "11010101 00000011 00100100 11011111" }
    Hint       "hint"       { Hint       "11010101 00000011 0010iiii iii11111" }

    // Barriers; exceptions; cache.
    Dmb        "dmb"        { Barrier    "11010101 00000011 0011iiii 10111111" }
    Ssbb       "ssbb"       { None       "11010101 00000011 00110000 10011111" }
    Pssbb      "pssbb"      { None       "11010101 00000011 00110100 10011111" }
    Dsb        "dsb"        { Barrier    "11010101 00000011 0011iiii 10011111" }
    Sb         "sb"         { None       "11010101 00000011 00110000 11111111" }
    Clrex      "clrex"      { None       "11010101 00000011 00111111 01011111" }
    Svc        "svc"        { Imm16      "11010100 000iiiii iiiiiiii iii00001" }
    Hvc        "hvc"        { Imm16      "11010100 000iiiii iiiiiiii iii00010" }
    Smc        "smc"        { Imm16      "11010100 000iiiii iiiiiiii iii00011" }
    Hlt        "hlt"        { Imm16      "11010100 010iiiii iiiiiiii iii00000" }
    Dcps1      "dcps1"      { Imm16      "11010100 101iiiii iiiiiiii iii00001" }
    Dcps2      "dcps2"      { Imm16      "11010100 101iiiii iiiiiiii iii00010" }
    Dcps3      "dcps3"      { Imm16      "11010100 101iiiii iiiiiiii iii00011" }
    Udf        "udf"        { Imm16      "00000000 00000000 iiiiiiii iiiiiiii" }
    DcZva      "dc zva"     { X1         "11010101 00001011 01110100 001ddddd" }
    DcCvac     "dc cvac"    { X1         "11010101 00001011 01111010 001ddddd" }
    DcCvau     "dc cvau"    { X1         "11010101 00001011 01111011 001ddddd" }
    DcCivac    "dc civac"   { X1         "11010101 00001011 01111110 001ddddd" }
    IcIvau     "ic ivau"    { X1         "11010101 00001011 01110101 001ddddd" }

    // Pointer authentication.
    Pacia      "pacia"      { X2         "11011010 11000001 000000nn nnnddddd" }
    Pacib      "pacib"      { X2         "11011010 11000001 000001nn nnnddddd" }
    Pacda      "pacda"      { X2         "11011010 11000001 000010nn nnnddddd" }
    Pacdb      "pacdb"      { X2         "11011010 11000001 000011nn nnnddddd" }
    Autia      "autia"      { X2         "11011010 11000001 000100nn nnnddddd" }
    Autib      "autib"      { X2         "11011010 11000001 000101nn nnnddddd" }
    Autda      "autda"      { X2         "11011010 11000001 000110nn nnnddddd" }
    Autdb      "autdb"      { X2         "11011010 11000001 000111nn nnnddddd" }
    Paciza     "paciza"     { X1         "11011010 11000001 00100011 111ddddd" }
    Pacizb     "pacizb"     { X1         "11011010 11000001 00100111 111ddddd" }
    Pacdza     "pacdza"     { X1         "11011010 11000001 00101011 111ddddd" }
    Pacdzb     "pacdzb"     { X1         "11011010 11000001 00101111 111ddddd" }
    Autiza     "autiza"     { X1         "11011010 11000001 00110011 111ddddd" }
    Autizb     "autizb"     { X1         "11011010 11000001 00110111 111ddddd" }
    Autdza     "autdza"     { X1         "11011010 11000001 00111011 111ddddd" }
    Autdzb     "autdzb"     { X1         "11011010 11000001 00111111 111ddddd" }
    Xpaci      "xpaci"      { X1         "11011010 11000001 01000011 111ddddd" }
    Xpacd      "xpacd"      { X1         "11011010 11000001 01000111 111ddddd" }
    Pacga      "pacga"      { X3Sp       "10011010 110mmmmm 001100nn nnnddddd" }
    Braa       "braa"       { BranchKey  "11010111 00011111 000010nn nnnmmmmm" }
    Blraa      "blraa"      { BranchKey  "11010111 00111111 000010nn nnnmmmmm" }
    Braaz      "braaz"      { BranchReg  "11010110 00011111 000010nn nnn11111" }
    Blraaz     "blraaz"     { BranchReg  "11010110 00111111 000010nn nnn11111" }
    Retaa      "retaa"      { None       "11010110 01011111 00001011 11111111" }
    Brab       "brab"       { BranchKey  "11010111 00011111 000011nn nnnmmmmm" }
    Blrab      "blrab"      { BranchKey  "11010111 00111111 000011nn nnnmmmmm" }
    Brabz      "brabz"      { BranchReg  "11010110 00011111 000011nn nnn11111" }
    Blrabz     "blrabz"     { BranchReg  "11010110 00111111 000011nn nnn11111" }
    Retab      "retab"      { None       "11010110 01011111 00001111 11111111" }

    // Loads and stores: one byte and one halfword of a vector register.
    StrB       "str"        { LoadScaled "00111101 00iiiiii iiiiiinn nnnDDDDD"
                              LoadUnscaled "00111100 000iiiii iiii00nn nnnDDDDD"
                              LoadIndex  "00111100 001mmmmm xxxs10nn nnnDDDDD"
                              Pre        "00111100 000iiiii iiii11nn nnnDDDDD"
                              Post       "00111100 000iiiii iiii01nn nnnDDDDD" }
    LdrB       "ldr"        { LoadScaled "00111101 01iiiiii iiiiiinn nnnDDDDD"
                              LoadUnscaled "00111100 010iiiii iiii00nn nnnDDDDD"
                              LoadIndex  "00111100 011mmmmm xxxs10nn nnnDDDDD"
                              Pre        "00111100 010iiiii iiii11nn nnnDDDDD"
                              Post       "00111100 010iiiii iiii01nn nnnDDDDD" }
    StrHalf    "str"        { LoadScaled "01111101 00iiiiii iiiiiinn nnnDDDDD"
                              LoadUnscaled "01111100 000iiiii iiii00nn nnnDDDDD"
                              LoadIndex  "01111100 001mmmmm xxxs10nn nnnDDDDD"
                              Pre        "01111100 000iiiii iiii11nn nnnDDDDD"
                              Post       "01111100 000iiiii iiii01nn nnnDDDDD" }
    LdrHalf    "ldr"        { LoadScaled "01111101 01iiiiii iiiiiinn nnnDDDDD"
                              LoadUnscaled "01111100 010iiiii iiii00nn nnnDDDDD"
                              LoadIndex  "01111100 011mmmmm xxxs10nn nnnDDDDD"
                              Pre        "01111100 010iiiii iiii11nn nnnDDDDD"
                              Post       "01111100 010iiiii iiii01nn nnnDDDDD" }

    // Prefetches; the transfer register's number is the operation.
    Prfm       "prfm"       { LoadScaled "11111001 10iiiiii iiiiiinn nnnddddd"
                              LoadUnscaled "11111000 100iiiii iiii00nn nnnddddd"
                              LoadIndex  "11111000 101mmmmm xxxs10nn nnnddddd"
                              Literal    "11011000 iiiiiiii iiiiiiii iiiddddd" }

    // Loads from beside the code.
    LdrLit     "ldr"        { Literal    "0z011000 iiiiiiii iiiiiiii iiiddddd" }
    LdrswLit   "ldrsw"      { Literal    "10011000 iiiiiiii iiiiiiii iiiddddd" }
    LdrFLit    "ldr"        { Literal    "0y011100 iiiiiiii iiiiiiii iiiDDDDD" }
    LdrQLit    "ldr"        { Literal    "10011100 iiiiiiii iiiiiiii iiiDDDDD" }

    // Pairs that need not stay in caches.
    Stnp       "stnp"       { Pair       "z0101000 00iiiiii iaaaaann nnnddddd" }
    Ldnp       "ldnp"       { Pair       "z0101000 01iiiiii iaaaaann nnnddddd" }
    StnpF      "stnp"       { Pair       "0y101100 00iiiiii iAAAAAnn nnnDDDDD" }
    LdnpF      "ldnp"       { Pair       "0y101100 01iiiiii iAAAAAnn nnnDDDDD" }
    StnpQ      "stnp"       { Pair       "10101100 00iiiiii iAAAAAnn nnnDDDDD" }
    LdnpQ      "ldnp"       { Pair       "10101100 01iiiiii iAAAAAnn nnnDDDDD" }

    // As the user may access; with acquire and release at a distance.
    Sttrb      "sttrb"      { Load9      "00111000 000iiiii iiii10nn nnnddddd" }
    Ldtrb      "ldtrb"      { Load9      "00111000 010iiiii iiii10nn nnnddddd" }
    Ldtrsb     "ldtrsb"     { Load9      "00111000 1Z0iiiii iiii10nn nnnddddd" }
    Sttrh      "sttrh"      { Load9      "01111000 000iiiii iiii10nn nnnddddd" }
    Ldtrh      "ldtrh"      { Load9      "01111000 010iiiii iiii10nn nnnddddd" }
    Ldtrsh     "ldtrsh"     { Load9      "01111000 1Z0iiiii iiii10nn nnnddddd" }
    Sttr       "sttr"       { Load9      "1z111000 000iiiii iiii10nn nnnddddd" }
    Ldtr       "ldtr"       { Load9      "1z111000 010iiiii iiii10nn nnnddddd" }
    Ldtrsw     "ldtrsw"     { Load9      "10111000 100iiiii iiii10nn nnnddddd" }
    Stlurb     "stlurb"     { Load9      "00011001 000iiiii iiii00nn nnnddddd" }
    Ldapurb    "ldapurb"    { Load9      "00011001 010iiiii iiii00nn nnnddddd" }
    Ldapursb   "ldapursb"   { Load9      "00011001 1Z0iiiii iiii00nn nnnddddd" }
    Stlurh     "stlurh"     { Load9      "01011001 000iiiii iiii00nn nnnddddd" }
    Ldapurh    "ldapurh"    { Load9      "01011001 010iiiii iiii00nn nnnddddd" }
    Ldapursh   "ldapursh"   { Load9      "01011001 1Z0iiiii iiii00nn nnnddddd" }
    Stlur      "stlur"      { Load9      "1z011001 000iiiii iiii00nn nnnddddd" }
    Ldapur     "ldapur"     { Load9      "1z011001 010iiiii iiii00nn nnnddddd" }
    Ldapursw   "ldapursw"   { Load9      "10011001 100iiiii iiii00nn nnnddddd" }

    // Ordered and exclusive accesses.
    Ldaprb     "ldaprb"     { Ordered    "00111000 10111111 110000nn nnnddddd" }
    Ldaprh     "ldaprh"     { Ordered    "01111000 10111111 110000nn nnnddddd" }
    Ldapr      "ldapr"      { Ordered    "1z111000 10111111 110000nn nnnddddd" }
    Ldlarb     "ldlarb"     { Ordered    "00001000 11011111 011111nn nnnddddd" }
    Stllrb     "stllrb"     { Ordered    "00001000 10011111 011111nn nnnddddd" }
    Ldlarh     "ldlarh"     { Ordered    "01001000 11011111 011111nn nnnddddd" }
    Stllrh     "stllrh"     { Ordered    "01001000 10011111 011111nn nnnddddd" }
    Ldlar      "ldlar"      { Ordered    "1z001000 11011111 011111nn nnnddddd" }
    Stllr      "stllr"      { Ordered    "1z001000 10011111 011111nn nnnddddd" }
    Ldxp       "ldxp"       { LoadPairX  "1z001000 01111111 0aaaaann nnnddddd" }
    Ldaxp      "ldaxp"      { LoadPairX  "1z001000 01111111 1aaaaann nnnddddd" }
    Stxp       "stxp"       { StorePairX "1z001000 001mmmmm 0aaaaann nnnddddd" }
    Stlxp      "stlxp"      { StorePairX "1z001000 001mmmmm 1aaaaann nnnddddd" }

    // Atomics.
    Casb       "casb"       { Atomic     "00001000 101mmmmm 011111nn nnnddddd" }
    Casab      "casab"      { Atomic     "00001000 111mmmmm 011111nn nnnddddd" }
    Caslb      "caslb"      { Atomic     "00001000 101mmmmm 111111nn nnnddddd" }
    Cash       "cash"       { Atomic     "01001000 101mmmmm 011111nn nnnddddd" }
    Casah      "casah"      { Atomic     "01001000 111mmmmm 011111nn nnnddddd" }
    Caslh      "caslh"      { Atomic     "01001000 101mmmmm 111111nn nnnddddd" }
    Casp       "casp"       { CasPair    "0z001000 001mmmmm 011111nn nnnddddd" }
    Caspa      "caspa"      { CasPair    "0z001000 011mmmmm 011111nn nnnddddd" }
    Caspl      "caspl"      { CasPair    "0z001000 001mmmmm 111111nn nnnddddd" }
    Caspal     "caspal"     { CasPair    "0z001000 011mmmmm 111111nn nnnddddd" }
    Ldaddb     "ldaddb"     { Atomic     "00111000 001mmmmm 000000nn nnnddddd" }
    Ldaddab    "ldaddab"    { Atomic     "00111000 101mmmmm 000000nn nnnddddd" }
    Ldaddlb    "ldaddlb"    { Atomic     "00111000 011mmmmm 000000nn nnnddddd" }
    Ldaddh     "ldaddh"     { Atomic     "01111000 001mmmmm 000000nn nnnddddd" }
    Ldaddah    "ldaddah"    { Atomic     "01111000 101mmmmm 000000nn nnnddddd" }
    Ldaddlh    "ldaddlh"    { Atomic     "01111000 011mmmmm 000000nn nnnddddd" }
    Ldclrb     "ldclrb"     { Atomic     "00111000 001mmmmm 000100nn nnnddddd" }
    Ldclrab    "ldclrab"    { Atomic     "00111000 101mmmmm 000100nn nnnddddd" }
    Ldclrlb    "ldclrlb"    { Atomic     "00111000 011mmmmm 000100nn nnnddddd" }
    Ldclrh     "ldclrh"     { Atomic     "01111000 001mmmmm 000100nn nnnddddd" }
    Ldclrah    "ldclrah"    { Atomic     "01111000 101mmmmm 000100nn nnnddddd" }
    Ldclrlh    "ldclrlh"    { Atomic     "01111000 011mmmmm 000100nn nnnddddd" }
    Ldeorb     "ldeorb"     { Atomic     "00111000 001mmmmm 001000nn nnnddddd" }
    Ldeorab    "ldeorab"    { Atomic     "00111000 101mmmmm 001000nn nnnddddd" }
    Ldeorlb    "ldeorlb"    { Atomic     "00111000 011mmmmm 001000nn nnnddddd" }
    Ldeorh     "ldeorh"     { Atomic     "01111000 001mmmmm 001000nn nnnddddd" }
    Ldeorah    "ldeorah"    { Atomic     "01111000 101mmmmm 001000nn nnnddddd" }
    Ldeorlh    "ldeorlh"    { Atomic     "01111000 011mmmmm 001000nn nnnddddd" }
    Ldsetb     "ldsetb"     { Atomic     "00111000 001mmmmm 001100nn nnnddddd" }
    Ldsetab    "ldsetab"    { Atomic     "00111000 101mmmmm 001100nn nnnddddd" }
    Ldsetlb    "ldsetlb"    { Atomic     "00111000 011mmmmm 001100nn nnnddddd" }
    Ldseth     "ldseth"     { Atomic     "01111000 001mmmmm 001100nn nnnddddd" }
    Ldsetah    "ldsetah"    { Atomic     "01111000 101mmmmm 001100nn nnnddddd" }
    Ldsetlh    "ldsetlh"    { Atomic     "01111000 011mmmmm 001100nn nnnddddd" }
    Ldsmaxb    "ldsmaxb"    { Atomic     "00111000 001mmmmm 010000nn nnnddddd" }
    Ldsmaxab   "ldsmaxab"   { Atomic     "00111000 101mmmmm 010000nn nnnddddd" }
    Ldsmaxlb   "ldsmaxlb"   { Atomic     "00111000 011mmmmm 010000nn nnnddddd" }
    Ldsmaxalb  "ldsmaxalb"  { Atomic     "00111000 111mmmmm 010000nn nnnddddd" }
    Ldsmaxh    "ldsmaxh"    { Atomic     "01111000 001mmmmm 010000nn nnnddddd" }
    Ldsmaxah   "ldsmaxah"   { Atomic     "01111000 101mmmmm 010000nn nnnddddd" }
    Ldsmaxlh   "ldsmaxlh"   { Atomic     "01111000 011mmmmm 010000nn nnnddddd" }
    Ldsmaxalh  "ldsmaxalh"  { Atomic     "01111000 111mmmmm 010000nn nnnddddd" }
    Ldsmax     "ldsmax"     { Atomic     "1z111000 001mmmmm 010000nn nnnddddd" }
    Ldsmaxa    "ldsmaxa"    { Atomic     "1z111000 101mmmmm 010000nn nnnddddd" }
    Ldsmaxl    "ldsmaxl"    { Atomic     "1z111000 011mmmmm 010000nn nnnddddd" }
    Ldsmaxal   "ldsmaxal"   { Atomic     "1z111000 111mmmmm 010000nn nnnddddd" }
    Ldsminb    "ldsminb"    { Atomic     "00111000 001mmmmm 010100nn nnnddddd" }
    Ldsminab   "ldsminab"   { Atomic     "00111000 101mmmmm 010100nn nnnddddd" }
    Ldsminlb   "ldsminlb"   { Atomic     "00111000 011mmmmm 010100nn nnnddddd" }
    Ldsminalb  "ldsminalb"  { Atomic     "00111000 111mmmmm 010100nn nnnddddd" }
    Ldsminh    "ldsminh"    { Atomic     "01111000 001mmmmm 010100nn nnnddddd" }
    Ldsminah   "ldsminah"   { Atomic     "01111000 101mmmmm 010100nn nnnddddd" }
    Ldsminlh   "ldsminlh"   { Atomic     "01111000 011mmmmm 010100nn nnnddddd" }
    Ldsminalh  "ldsminalh"  { Atomic     "01111000 111mmmmm 010100nn nnnddddd" }
    Ldsmin     "ldsmin"     { Atomic     "1z111000 001mmmmm 010100nn nnnddddd" }
    Ldsmina    "ldsmina"    { Atomic     "1z111000 101mmmmm 010100nn nnnddddd" }
    Ldsminl    "ldsminl"    { Atomic     "1z111000 011mmmmm 010100nn nnnddddd" }
    Ldsminal   "ldsminal"   { Atomic     "1z111000 111mmmmm 010100nn nnnddddd" }
    Ldumaxb    "ldumaxb"    { Atomic     "00111000 001mmmmm 011000nn nnnddddd" }
    Ldumaxab   "ldumaxab"   { Atomic     "00111000 101mmmmm 011000nn nnnddddd" }
    Ldumaxlb   "ldumaxlb"   { Atomic     "00111000 011mmmmm 011000nn nnnddddd" }
    Ldumaxalb  "ldumaxalb"  { Atomic     "00111000 111mmmmm 011000nn nnnddddd" }
    Ldumaxh    "ldumaxh"    { Atomic     "01111000 001mmmmm 011000nn nnnddddd" }
    Ldumaxah   "ldumaxah"   { Atomic     "01111000 101mmmmm 011000nn nnnddddd" }
    Ldumaxlh   "ldumaxlh"   { Atomic     "01111000 011mmmmm 011000nn nnnddddd" }
    Ldumaxalh  "ldumaxalh"  { Atomic     "01111000 111mmmmm 011000nn nnnddddd" }
    Ldumax     "ldumax"     { Atomic     "1z111000 001mmmmm 011000nn nnnddddd" }
    Ldumaxa    "ldumaxa"    { Atomic     "1z111000 101mmmmm 011000nn nnnddddd" }
    Ldumaxl    "ldumaxl"    { Atomic     "1z111000 011mmmmm 011000nn nnnddddd" }
    Ldumaxal   "ldumaxal"   { Atomic     "1z111000 111mmmmm 011000nn nnnddddd" }
    Lduminb    "lduminb"    { Atomic     "00111000 001mmmmm 011100nn nnnddddd" }
    Lduminab   "lduminab"   { Atomic     "00111000 101mmmmm 011100nn nnnddddd" }
    Lduminlb   "lduminlb"   { Atomic     "00111000 011mmmmm 011100nn nnnddddd" }
    Lduminalb  "lduminalb"  { Atomic     "00111000 111mmmmm 011100nn nnnddddd" }
    Lduminh    "lduminh"    { Atomic     "01111000 001mmmmm 011100nn nnnddddd" }
    Lduminah   "lduminah"   { Atomic     "01111000 101mmmmm 011100nn nnnddddd" }
    Lduminlh   "lduminlh"   { Atomic     "01111000 011mmmmm 011100nn nnnddddd" }
    Lduminalh  "lduminalh"  { Atomic     "01111000 111mmmmm 011100nn nnnddddd" }
    Ldumin     "ldumin"     { Atomic     "1z111000 001mmmmm 011100nn nnnddddd" }
    Ldumina    "ldumina"    { Atomic     "1z111000 101mmmmm 011100nn nnnddddd" }
    Lduminl    "lduminl"    { Atomic     "1z111000 011mmmmm 011100nn nnnddddd" }
    Lduminal   "lduminal"   { Atomic     "1z111000 111mmmmm 011100nn nnnddddd" }
    Swpb       "swpb"       { Atomic     "00111000 001mmmmm 100000nn nnnddddd" }
    Swpab      "swpab"      { Atomic     "00111000 101mmmmm 100000nn nnnddddd" }
    Swplb      "swplb"      { Atomic     "00111000 011mmmmm 100000nn nnnddddd" }
    Swph       "swph"       { Atomic     "01111000 001mmmmm 100000nn nnnddddd" }
    Swpah      "swpah"      { Atomic     "01111000 101mmmmm 100000nn nnnddddd" }
    Swplh      "swplh"      { Atomic     "01111000 011mmmmm 100000nn nnnddddd" }
} } }
