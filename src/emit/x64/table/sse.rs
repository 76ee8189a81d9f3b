//! Rows of SSE to SSE4.2, AES, PCLMULQDQ, SHA and GFNI that the base table does not have (Intel SDM vol. 2).
//!
//! Notation: [`table`](super).

macro_rules! sse_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
    // SSE
    Movlps           "movlps"           "xr"   ""        {
        "Vx,Mq"                    "0F 12 /r"
        "Mq,Vx"                    "0F 13 /r"
    }
    Unpckhps         "unpckhps"         "xr"   ""        { "Vx,Wx"                "0F 15 /r" }
    Movhps           "movhps"           "xr"   ""        {
        "Vx,Mq"                    "0F 16 /r"
        "Mq,Vx"                    "0F 17 /r"
    }
    Movntps          "movntps"          "wr"   ""        { "Mx,Vx"                "0F 2B /r" }
    Movmskps         "movmskps"         "wr"   ""        { "Gy,Ux"                "0F 50 /r" }
    Rsqrtps          "rsqrtps"          "wr"   ""        { "Vx,Wx"                "0F 52 /r" }
    Rsqrtss          "rsqrtss"          "xr"   ""        { "Vx,Wss"               "F3 0F 52 /r" }
    Rcpps            "rcpps"            "wr"   ""        { "Vx,Wx"                "0F 53 /r" }
    Rcpss            "rcpss"            "xr"   ""        { "Vx,Wss"               "F3 0F 53 /r" }
    Ldmxcsr          "ldmxcsr"          "r"    ""        { "Md"                   "0F AE /2" }
    Stmxcsr          "stmxcsr"          "w"    ""        { "Md"                   "0F AE /3" }
    Cmpps            "cmpps"            "xrr"  ""        { "Vx,Wx,Ib"             "0F C2 /r ib" }
    // SSE2
    Movlpd           "movlpd"           "xr"   ""        {
        "Vx,Mq"                    "66 0F 12 /r"
        "Mq,Vx"                    "66 0F 13 /r"
    }
    Unpckhpd         "unpckhpd"         "xr"   ""        { "Vx,Wx"                "66 0F 15 /r" }
    Movhpd           "movhpd"           "xr"   ""        {
        "Vx,Mq"                    "66 0F 16 /r"
        "Mq,Vx"                    "66 0F 17 /r"
    }
    Movntpd          "movntpd"          "wr"   ""        { "Mx,Vx"                "66 0F 2B /r" }
    Movmskpd         "movmskpd"         "wr"   ""        { "Gy,Ux"                "66 0F 50 /r" }
    Cvtps2pd         "cvtps2pd"         "wr"   ""        { "Vx,Wsd"               "0F 5A /r" }
    Cvtpd2ps         "cvtpd2ps"         "wr"   ""        { "Vx,Wx"                "66 0F 5A /r" }
    Cvtps2dq         "cvtps2dq"         "wr"   ""        { "Vx,Wx"                "66 0F 5B /r" }
    Cvttps2dq        "cvttps2dq"        "wr"   ""        { "Vx,Wx"                "F3 0F 5B /r" }
    Punpcklbw        "punpcklbw"        "xr"   ""        { "Vx,Wx"                "66 0F 60 /r" }
    Punpcklwd        "punpcklwd"        "xr"   ""        { "Vx,Wx"                "66 0F 61 /r" }
    Packsswb         "packsswb"         "xr"   ""        { "Vx,Wx"                "66 0F 63 /r" }
    Pcmpgtb          "pcmpgtb"          "xr"   ""        { "Vx,Wx"                "66 0F 64 /r" }
    Pcmpgtw          "pcmpgtw"          "xr"   ""        { "Vx,Wx"                "66 0F 65 /r" }
    Pcmpgtd          "pcmpgtd"          "xr"   ""        { "Vx,Wx"                "66 0F 66 /r" }
    Packuswb         "packuswb"         "xr"   ""        { "Vx,Wx"                "66 0F 67 /r" }
    Punpckhbw        "punpckhbw"        "xr"   ""        { "Vx,Wx"                "66 0F 68 /r" }
    Punpckhwd        "punpckhwd"        "xr"   ""        { "Vx,Wx"                "66 0F 69 /r" }
    Punpckhdq        "punpckhdq"        "xr"   ""        { "Vx,Wx"                "66 0F 6A /r" }
    Packssdw         "packssdw"         "xr"   ""        { "Vx,Wx"                "66 0F 6B /r" }
    Punpcklqdq       "punpcklqdq"       "xr"   ""        { "Vx,Wx"                "66 0F 6C /r" }
    Punpckhqdq       "punpckhqdq"       "xr"   ""        { "Vx,Wx"                "66 0F 6D /r" }
    Pshufhw          "pshufhw"          "wrr"  ""        { "Vx,Wx,Ib"             "F3 0F 70 /r ib" }
    Pshuflw          "pshuflw"          "wrr"  ""        { "Vx,Wx,Ib"             "F2 0F 70 /r ib" }
    Psrlw            "psrlw"            "xr"   ""        {
        "Ux,Ib"                    "66 0F 71 /2 ib"
        "Vx,Wx"                    "66 0F D1 /r"
    }
    Psraw            "psraw"            "xr"   ""        {
        "Ux,Ib"                    "66 0F 71 /4 ib"
        "Vx,Wx"                    "66 0F E1 /r"
    }
    Psllw            "psllw"            "xr"   ""        {
        "Ux,Ib"                    "66 0F 71 /6 ib"
        "Vx,Wx"                    "66 0F F1 /r"
    }
    Psrld            "psrld"            "xr"   ""        {
        "Ux,Ib"                    "66 0F 72 /2 ib"
        "Vx,Wx"                    "66 0F D2 /r"
    }
    Psrad            "psrad"            "xr"   ""        {
        "Ux,Ib"                    "66 0F 72 /4 ib"
        "Vx,Wx"                    "66 0F E2 /r"
    }
    Pslld            "pslld"            "xr"   ""        {
        "Ux,Ib"                    "66 0F 72 /6 ib"
        "Vx,Wx"                    "66 0F F2 /r"
    }
    Psrlq            "psrlq"            "xr"   ""        {
        "Ux,Ib"                    "66 0F 73 /2 ib"
        "Vx,Wx"                    "66 0F D3 /r"
    }
    Psrldq           "psrldq"           "xr"   ""        { "Ux,Ib"                "66 0F 73 /3 ib" }
    Psllq            "psllq"            "xr"   ""        {
        "Ux,Ib"                    "66 0F 73 /6 ib"
        "Vx,Wx"                    "66 0F F3 /r"
    }
    Pslldq           "pslldq"           "xr"   ""        { "Ux,Ib"                "66 0F 73 /7 ib" }
    Pcmpeqb          "pcmpeqb"          "xr"   ""        { "Vx,Wx"                "66 0F 74 /r" }
    Pcmpeqw          "pcmpeqw"          "xr"   ""        { "Vx,Wx"                "66 0F 75 /r" }
    Cmppd            "cmppd"            "xrr"  ""        { "Vx,Wx,Ib"             "66 0F C2 /r ib" }
    Pinsrw           "pinsrw"           "xrr"  ""        {
        "Vx,Ry,Ib"                 "66 0F C4 /r ib"
        "Vx,Mw,Ib"                 "66 0F C4 /r ib"
    }
    Pextrw           "pextrw"           "wrr"  ""        {
        "Gy,Ux,Ib"                 "66 0F C5 /r ib"
        "Ry,Vx,Ib"                 "66 0F 3A 15 /r ib"
        "Mw,Vx,Ib"                 "66 0F 3A 15 /r ib"
    }
    Shufpd           "shufpd"           "xrr"  ""        { "Vx,Wx,Ib"             "66 0F C6 /r ib" }
    Pmullw           "pmullw"           "xr"   ""        { "Vx,Wx"                "66 0F D5 /r" }
    Pmovmskb         "pmovmskb"         "wr"   ""        { "Gy,Ux"                "66 0F D7 /r" }
    Psubusb          "psubusb"          "xr"   ""        { "Vx,Wx"                "66 0F D8 /r" }
    Psubusw          "psubusw"          "xr"   ""        { "Vx,Wx"                "66 0F D9 /r" }
    Pminub           "pminub"           "xr"   ""        { "Vx,Wx"                "66 0F DA /r" }
    Paddusb          "paddusb"          "xr"   ""        { "Vx,Wx"                "66 0F DC /r" }
    Paddusw          "paddusw"          "xr"   ""        { "Vx,Wx"                "66 0F DD /r" }
    Pmaxub           "pmaxub"           "xr"   ""        { "Vx,Wx"                "66 0F DE /r" }
    Pavgb            "pavgb"            "xr"   ""        { "Vx,Wx"                "66 0F E0 /r" }
    Pavgw            "pavgw"            "xr"   ""        { "Vx,Wx"                "66 0F E3 /r" }
    Pmulhuw          "pmulhuw"          "xr"   ""        { "Vx,Wx"                "66 0F E4 /r" }
    Pmulhw           "pmulhw"           "xr"   ""        { "Vx,Wx"                "66 0F E5 /r" }
    Cvttpd2dq        "cvttpd2dq"        "wr"   ""        { "Vx,Wx"                "66 0F E6 /r" }
    Cvtpd2dq         "cvtpd2dq"         "wr"   ""        { "Vx,Wx"                "F2 0F E6 /r" }
    Movntdq          "movntdq"          "wr"   ""        { "Mx,Vx"                "66 0F E7 /r" }
    Psubsb           "psubsb"           "xr"   ""        { "Vx,Wx"                "66 0F E8 /r" }
    Psubsw           "psubsw"           "xr"   ""        { "Vx,Wx"                "66 0F E9 /r" }
    Pminsw           "pminsw"           "xr"   ""        { "Vx,Wx"                "66 0F EA /r" }
    Paddsb           "paddsb"           "xr"   ""        { "Vx,Wx"                "66 0F EC /r" }
    Paddsw           "paddsw"           "xr"   ""        { "Vx,Wx"                "66 0F ED /r" }
    Pmaxsw           "pmaxsw"           "xr"   ""        { "Vx,Wx"                "66 0F EE /r" }
    Pmuludq          "pmuludq"          "xr"   ""        { "Vx,Wx"                "66 0F F4 /r" }
    Pmaddwd          "pmaddwd"          "xr"   ""        { "Vx,Wx"                "66 0F F5 /r" }
    Psadbw           "psadbw"           "xr"   ""        { "Vx,Wx"                "66 0F F6 /r" }
    Maskmovdqu       "maskmovdqu"       "wr"   ""        { "Vx,Ux"                "66 0F F7 /r" }
    Psubb            "psubb"            "xr"   ""        { "Vx,Wx"                "66 0F F8 /r" }
    Psubw            "psubw"            "xr"   ""        { "Vx,Wx"                "66 0F F9 /r" }
    Paddb            "paddb"            "xr"   ""        { "Vx,Wx"                "66 0F FC /r" }
    Paddw            "paddw"            "xr"   ""        { "Vx,Wx"                "66 0F FD /r" }
    // SSE3
    Movsldup         "movsldup"         "wr"   ""        { "Vx,Wx"                "F3 0F 12 /r" }
    Movddup          "movddup"          "wr"   ""        { "Vx,Wsd"               "F2 0F 12 /r" }
    Movshdup         "movshdup"         "wr"   ""        { "Vx,Wx"                "F3 0F 16 /r" }
    Haddpd           "haddpd"           "xr"   ""        { "Vx,Wx"                "66 0F 7C /r" }
    Haddps           "haddps"           "xr"   ""        { "Vx,Wx"                "F2 0F 7C /r" }
    Hsubpd           "hsubpd"           "xr"   ""        { "Vx,Wx"                "66 0F 7D /r" }
    Hsubps           "hsubps"           "xr"   ""        { "Vx,Wx"                "F2 0F 7D /r" }
    Addsubpd         "addsubpd"         "xr"   ""        { "Vx,Wx"                "66 0F D0 /r" }
    Addsubps         "addsubps"         "xr"   ""        { "Vx,Wx"                "F2 0F D0 /r" }
    Lddqu            "lddqu"            "wr"   ""        { "Vx,Mx"                "F2 0F F0 /r" }
    // SSSE3
    Pshufb           "pshufb"           "xr"   ""        { "Vx,Wx"                "66 0F 38 00 /r" }
    Phaddw           "phaddw"           "xr"   ""        { "Vx,Wx"                "66 0F 38 01 /r" }
    Phaddd           "phaddd"           "xr"   ""        { "Vx,Wx"                "66 0F 38 02 /r" }
    Phaddsw          "phaddsw"          "xr"   ""        { "Vx,Wx"                "66 0F 38 03 /r" }
    Pmaddubsw        "pmaddubsw"        "xr"   ""        { "Vx,Wx"                "66 0F 38 04 /r" }
    Phsubw           "phsubw"           "xr"   ""        { "Vx,Wx"                "66 0F 38 05 /r" }
    Phsubd           "phsubd"           "xr"   ""        { "Vx,Wx"                "66 0F 38 06 /r" }
    Phsubsw          "phsubsw"          "xr"   ""        { "Vx,Wx"                "66 0F 38 07 /r" }
    Psignb           "psignb"           "xr"   ""        { "Vx,Wx"                "66 0F 38 08 /r" }
    Psignw           "psignw"           "xr"   ""        { "Vx,Wx"                "66 0F 38 09 /r" }
    Psignd           "psignd"           "xr"   ""        { "Vx,Wx"                "66 0F 38 0A /r" }
    Pmulhrsw         "pmulhrsw"         "xr"   ""        { "Vx,Wx"                "66 0F 38 0B /r" }
    Pabsb            "pabsb"            "wr"   ""        { "Vx,Wx"                "66 0F 38 1C /r" }
    Pabsw            "pabsw"            "wr"   ""        { "Vx,Wx"                "66 0F 38 1D /r" }
    Pabsd            "pabsd"            "wr"   ""        { "Vx,Wx"                "66 0F 38 1E /r" }
    Palignr          "palignr"          "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 0F /r ib" }
    // SSE4.1
    Pblendvb         "pblendvb"         "xr"   ""        { "Vx,Wx"                "66 0F 38 10 /r" }
    Blendvps         "blendvps"         "xr"   ""        { "Vx,Wx"                "66 0F 38 14 /r" }
    Blendvpd         "blendvpd"         "xr"   ""        { "Vx,Wx"                "66 0F 38 15 /r" }
    Ptest            "ptest"            "rr"   ">OSZAPC" { "Vx,Wx"                "66 0F 38 17 /r" }
    Pmovsxbw         "pmovsxbw"         "wr"   ""        { "Vx,Wsd"               "66 0F 38 20 /r" }
    Pmovsxbd         "pmovsxbd"         "wr"   ""        { "Vx,Wss"               "66 0F 38 21 /r" }
    Pmovsxbq         "pmovsxbq"         "wr"   ""        { "Vx,Wsh"               "66 0F 38 22 /r" }
    Pmovsxwd         "pmovsxwd"         "wr"   ""        { "Vx,Wsd"               "66 0F 38 23 /r" }
    Pmovsxwq         "pmovsxwq"         "wr"   ""        { "Vx,Wss"               "66 0F 38 24 /r" }
    Pmovsxdq         "pmovsxdq"         "wr"   ""        { "Vx,Wsd"               "66 0F 38 25 /r" }
    Pmuldq           "pmuldq"           "xr"   ""        { "Vx,Wx"                "66 0F 38 28 /r" }
    Pcmpeqq          "pcmpeqq"          "xr"   ""        { "Vx,Wx"                "66 0F 38 29 /r" }
    Movntdqa         "movntdqa"         "wr"   ""        { "Vx,Mx"                "66 0F 38 2A /r" }
    Packusdw         "packusdw"         "xr"   ""        { "Vx,Wx"                "66 0F 38 2B /r" }
    Pmovzxbw         "pmovzxbw"         "wr"   ""        { "Vx,Wsd"               "66 0F 38 30 /r" }
    Pmovzxbd         "pmovzxbd"         "wr"   ""        { "Vx,Wss"               "66 0F 38 31 /r" }
    Pmovzxbq         "pmovzxbq"         "wr"   ""        { "Vx,Wsh"               "66 0F 38 32 /r" }
    Pmovzxwd         "pmovzxwd"         "wr"   ""        { "Vx,Wsd"               "66 0F 38 33 /r" }
    Pmovzxwq         "pmovzxwq"         "wr"   ""        { "Vx,Wss"               "66 0F 38 34 /r" }
    Pmovzxdq         "pmovzxdq"         "wr"   ""        { "Vx,Wsd"               "66 0F 38 35 /r" }
    Pminsb           "pminsb"           "xr"   ""        { "Vx,Wx"                "66 0F 38 38 /r" }
    Pminsd           "pminsd"           "xr"   ""        { "Vx,Wx"                "66 0F 38 39 /r" }
    Pminuw           "pminuw"           "xr"   ""        { "Vx,Wx"                "66 0F 38 3A /r" }
    Pminud           "pminud"           "xr"   ""        { "Vx,Wx"                "66 0F 38 3B /r" }
    Pmaxsb           "pmaxsb"           "xr"   ""        { "Vx,Wx"                "66 0F 38 3C /r" }
    Pmaxsd           "pmaxsd"           "xr"   ""        { "Vx,Wx"                "66 0F 38 3D /r" }
    Pmaxuw           "pmaxuw"           "xr"   ""        { "Vx,Wx"                "66 0F 38 3E /r" }
    Pmaxud           "pmaxud"           "xr"   ""        { "Vx,Wx"                "66 0F 38 3F /r" }
    Pmulld           "pmulld"           "xr"   ""        { "Vx,Wx"                "66 0F 38 40 /r" }
    Phminposuw       "phminposuw"       "wr"   ""        { "Vx,Wx"                "66 0F 38 41 /r" }
    Roundps          "roundps"          "wrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 08 /r ib" }
    Roundpd          "roundpd"          "wrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 09 /r ib" }
    Blendps          "blendps"          "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 0C /r ib" }
    Blendpd          "blendpd"          "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 0D /r ib" }
    Pblendw          "pblendw"          "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 0E /r ib" }
    Pextrb           "pextrb"           "wrr"  ""        {
        "Ry,Vx,Ib"                 "66 0F 3A 14 /r ib"
        "Mb,Vx,Ib"                 "66 0F 3A 14 /r ib"
    }
    Pextrd           "pextrd"           "wrr"  ""        { "Ed,Vx,Ib"             "66 0F 3A 16 /r ib" }
    Pextrq           "pextrq"           "wrr"  ""        { "Eq,Vx,Ib"             "66 REX.W 0F 3A 16 /r ib" }
    Extractps        "extractps"        "wrr"  ""        {
        "Ed,Vx,Ib"                 "66 0F 3A 17 /r ib"
        "Rq,Vx,Ib"                 "66 REX.W 0F 3A 17 /r ib"
    }
    Pinsrb           "pinsrb"           "xrr"  ""        {
        "Vx,Ry,Ib"                 "66 0F 3A 20 /r ib"
        "Vx,Mb,Ib"                 "66 0F 3A 20 /r ib"
    }
    Insertps         "insertps"         "xrr"  ""        { "Vx,Wss,Ib"            "66 0F 3A 21 /r ib" }
    Pinsrd           "pinsrd"           "xrr"  ""        { "Vx,Ed,Ib"             "66 0F 3A 22 /r ib" }
    Pinsrq           "pinsrq"           "xrr"  ""        { "Vx,Eq,Ib"             "66 REX.W 0F 3A 22 /r ib" }
    Dpps             "dpps"             "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 40 /r ib" }
    Dppd             "dppd"             "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 41 /r ib" }
    Mpsadbw          "mpsadbw"          "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 42 /r ib" }
    // SSE4.2
    Pcmpgtq          "pcmpgtq"          "xr"   ""        { "Vx,Wx"                "66 0F 38 37 /r" }
    Pcmpestrm        "pcmpestrm"        "rrr"  ">OSZAPC" { "Vx,Wx,Ib"             "66 0F 3A 60 /r ib" }
    Pcmpestri        "pcmpestri"        "rrr"  ">OSZAPC" { "Vx,Wx,Ib"             "66 0F 3A 61 /r ib" }
    Pcmpistrm        "pcmpistrm"        "rrr"  ">OSZAPC" { "Vx,Wx,Ib"             "66 0F 3A 62 /r ib" }
    Pcmpistri        "pcmpistri"        "rrr"  ">OSZAPC" { "Vx,Wx,Ib"             "66 0F 3A 63 /r ib" }
    // AES
    Aesimc           "aesimc"           "wr"   ""        { "Vx,Wx"                "66 0F 38 DB /r" }
    Aesenc           "aesenc"           "xr"   ""        { "Vx,Wx"                "66 0F 38 DC /r" }
    Aesenclast       "aesenclast"       "xr"   ""        { "Vx,Wx"                "66 0F 38 DD /r" }
    Aesdec           "aesdec"           "xr"   ""        { "Vx,Wx"                "66 0F 38 DE /r" }
    Aesdeclast       "aesdeclast"       "xr"   ""        { "Vx,Wx"                "66 0F 38 DF /r" }
    Aeskeygenassist  "aeskeygenassist"  "wrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A DF /r ib" }
    // PCLMULQDQ
    Pclmulqdq        "pclmulqdq"        "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A 44 /r ib" }
    // SHA
    Sha1nexte        "sha1nexte"        "xr"   ""        { "Vx,Wx"                "0F 38 C8 /r" }
    Sha1msg1         "sha1msg1"         "xr"   ""        { "Vx,Wx"                "0F 38 C9 /r" }
    Sha1msg2         "sha1msg2"         "xr"   ""        { "Vx,Wx"                "0F 38 CA /r" }
    Sha256rnds2      "sha256rnds2"      "xr"   ""        { "Vx,Wx"                "0F 38 CB /r" }
    Sha256msg1       "sha256msg1"       "xr"   ""        { "Vx,Wx"                "0F 38 CC /r" }
    Sha256msg2       "sha256msg2"       "xr"   ""        { "Vx,Wx"                "0F 38 CD /r" }
    Sha1rnds4        "sha1rnds4"        "xrr"  ""        { "Vx,Wx,Ib"             "0F 3A CC /r ib" }
    // GFNI
    Gf2p8mulb        "gf2p8mulb"        "xr"   ""        { "Vx,Wx"                "66 0F 38 CF /r" }
    Gf2p8affineqb    "gf2p8affineqb"    "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A CE /r ib" }
    Gf2p8affineinvqb "gf2p8affineinvqb" "xrr"  ""        { "Vx,Wx,Ib"             "66 0F 3A CF /r ib" }
    }};
}
