//! Rows of the base set, and of SSE to SSE4.1 as scalar code uses them (Intel SDM vol. 2).
//!
//! Notation: [`table`](super).

macro_rules! base_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
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
        "Ev,Gv,CL"     "0F A5 /r"
    }
    Shrd          "shrd"         "xrr"  ">OSZAPC"  {
        "Ev,Gv,Ib"     "0F AC /r ib"
        "Ev,Gv,CL"     "0F AD /r"
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
    }};
}
