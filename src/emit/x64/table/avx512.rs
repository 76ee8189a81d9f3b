//! Rows that EVEX brought: AVX-512 F, BW, DQ, VL, CD, VBMI, VBMI2, VNNI, IFMA, BITALG, VPOPCNTDQ, BF16 (Intel SDM vol. 2).
//!
//! Notation: [`table`](super).

macro_rules! avx512_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
    Vcvtqq2ps        "vcvtqq2ps"        "wr"   ""        { "Vh{kz},Wl/b64{er}"    "EVEX.128-512.0F.W1 5B /r" }
    Vmovdqa32        "vmovdqa32"        "wr"   ""        {
        "Vl{kz},Wl"                "EVEX.128-512.66.0F.W0 6F /r"
        "Ml{k},Vl"                 "EVEX.128-512.66.0F.W0 7F /r"
    }
    Vmovdqa64        "vmovdqa64"        "wr"   ""        {
        "Vl{kz},Wl"                "EVEX.128-512.66.0F.W1 6F /r"
        "Ml{k},Vl"                 "EVEX.128-512.66.0F.W1 7F /r"
    }
    Vmovdqu32        "vmovdqu32"        "wr"   ""        {
        "Vl{kz},Wl"                "EVEX.128-512.F3.0F.W0 6F /r"
        "Ml{k},Vl"                 "EVEX.128-512.F3.0F.W0 7F /r"
    }
    Vmovdqu64        "vmovdqu64"        "wr"   ""        {
        "Vl{kz},Wl"                "EVEX.128-512.F3.0F.W1 6F /r"
        "Ml{k},Vl"                 "EVEX.128-512.F3.0F.W1 7F /r"
    }
    Vmovdqu8         "vmovdqu8"         "wr"   ""        {
        "Vl{kz},Wl"                "EVEX.128-512.F2.0F.W0 6F /r"
        "Ml{k},Vl"                 "EVEX.128-512.F2.0F.W0 7F /r"
    }
    Vmovdqu16        "vmovdqu16"        "wr"   ""        {
        "Vl{kz},Wl"                "EVEX.128-512.F2.0F.W1 6F /r"
        "Ml{k},Vl"                 "EVEX.128-512.F2.0F.W1 7F /r"
    }
    Vprord           "vprord"           "wrr"  ""        { "Hl{kz},Wl/b32,Ib"     "EVEX.128-512.66.0F.W0 72 /0 ib" }
    Vprorq           "vprorq"           "wrr"  ""        { "Hl{kz},Wl/b64,Ib"     "EVEX.128-512.66.0F.W1 72 /0 ib" }
    Vprold           "vprold"           "wrr"  ""        { "Hl{kz},Wl/b32,Ib"     "EVEX.128-512.66.0F.W0 72 /1 ib" }
    Vprolq           "vprolq"           "wrr"  ""        { "Hl{kz},Wl/b64,Ib"     "EVEX.128-512.66.0F.W1 72 /1 ib" }
    Vpsraq           "vpsraq"           "wrr"  ""        {
        "Hl{kz},Wl/b64,Ib"         "EVEX.128-512.66.0F.W1 72 /4 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.W1 E2 /r"
    }
    Vcvttps2udq      "vcvttps2udq"      "wr"   ""        { "Vl{kz},Wl/b32{sae}"   "EVEX.128-512.0F.W0 78 /r" }
    Vcvttpd2udq      "vcvttpd2udq"      "wr"   ""        { "Vh{kz},Wl/b64{sae}"   "EVEX.128-512.0F.W1 78 /r" }
    Vcvttps2uqq      "vcvttps2uqq"      "wr"   ""        { "Vl{kz},Wh/b32{sae}"   "EVEX.128-512.66.0F.W0 78 /r" }
    Vcvttpd2uqq      "vcvttpd2uqq"      "wr"   ""        { "Vl{kz},Wl/b64{sae}"   "EVEX.128-512.66.0F.W1 78 /r" }
    Vcvttss2usi      "vcvttss2usi"      "wr"   ""        { "Gy,Wss{sae}"          "EVEX.LIG.F3.0F.Wv 78 /r" }
    Vcvttsd2usi      "vcvttsd2usi"      "wr"   ""        { "Gy,Wsd{sae}"          "EVEX.LIG.F2.0F.Wv 78 /r" }
    Vcvtps2udq       "vcvtps2udq"       "wr"   ""        { "Vl{kz},Wl/b32{er}"    "EVEX.128-512.0F.W0 79 /r" }
    Vcvtpd2udq       "vcvtpd2udq"       "wr"   ""        { "Vh{kz},Wl/b64{er}"    "EVEX.128-512.0F.W1 79 /r" }
    Vcvtps2uqq       "vcvtps2uqq"       "wr"   ""        { "Vl{kz},Wh/b32{er}"    "EVEX.128-512.66.0F.W0 79 /r" }
    Vcvtpd2uqq       "vcvtpd2uqq"       "wr"   ""        { "Vl{kz},Wl/b64{er}"    "EVEX.128-512.66.0F.W1 79 /r" }
    Vcvtss2usi       "vcvtss2usi"       "wr"   ""        { "Gy,Wss{er}"           "EVEX.LIG.F3.0F.Wv 79 /r" }
    Vcvtsd2usi       "vcvtsd2usi"       "wr"   ""        { "Gy,Wsd{er}"           "EVEX.LIG.F2.0F.Wv 79 /r" }
    Vcvttps2qq       "vcvttps2qq"       "wr"   ""        { "Vl{kz},Wh/b32{sae}"   "EVEX.128-512.66.0F.W0 7A /r" }
    Vcvttpd2qq       "vcvttpd2qq"       "wr"   ""        { "Vl{kz},Wl/b64{sae}"   "EVEX.128-512.66.0F.W1 7A /r" }
    Vcvtudq2pd       "vcvtudq2pd"       "wr"   ""        { "Vl{kz},Wh/b32"         "EVEX.128-512.F3.0F.W0 7A /r" }
    Vcvtuqq2pd       "vcvtuqq2pd"       "wr"   ""        { "Vl{kz},Wl/b64{er}"    "EVEX.128-512.F3.0F.W1 7A /r" }
    Vcvtudq2ps       "vcvtudq2ps"       "wr"   ""        { "Vl{kz},Wl/b32{er}"    "EVEX.128-512.F2.0F.W0 7A /r" }
    Vcvtuqq2ps       "vcvtuqq2ps"       "wr"   ""        { "Vh{kz},Wl/b64{er}"    "EVEX.128-512.F2.0F.W1 7A /r" }
    Vcvtps2qq        "vcvtps2qq"        "wr"   ""        { "Vl{kz},Wh/b32{er}"    "EVEX.128-512.66.0F.W0 7B /r" }
    Vcvtpd2qq        "vcvtpd2qq"        "wr"   ""        { "Vl{kz},Wl/b64{er}"    "EVEX.128-512.66.0F.W1 7B /r" }
    Vcvtusi2ss       "vcvtusi2ss"       "wrr"  ""        { "Vx,Hx,Ey{er}"         "EVEX.LIG.F3.0F.Wv 7B /r" }
    Vcvtusi2sd       "vcvtusi2sd"       "wrr"  ""        {
        "Vx,Hx,Ed"                 "EVEX.LIG.F2.0F.W0 7B /r"
        "Vx,Hx,Eq{er}"             "EVEX.LIG.F2.0F.W1 7B /r"
    }
    Vpandd           "vpandd"           "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F.W0 DB /r" }
    Vpandq           "vpandq"           "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F.W1 DB /r" }
    Vpandnd          "vpandnd"          "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F.W0 DF /r" }
    Vpandnq          "vpandnq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F.W1 DF /r" }
    Vcvtqq2pd        "vcvtqq2pd"        "wr"   ""        { "Vl{kz},Wl/b64{er}"    "EVEX.128-512.F3.0F.W1 E6 /r" }
    Vpord            "vpord"            "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F.W0 EB /r" }
    Vporq            "vporq"            "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F.W1 EB /r" }
    Vpxord           "vpxord"           "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F.W0 EF /r" }
    Vpxorq           "vpxorq"           "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F.W1 EF /r" }
    Vpsrlvw          "vpsrlvw"          "wrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 10 /r" }
    Vpmovuswb        "vpmovuswb"        "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 10 /r" }
    Vpsravw          "vpsravw"          "wrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 11 /r" }
    Vpmovusdb        "vpmovusdb"        "wr"   ""        { "Wf{kz},Vl"            "EVEX.128-512.F3.0F38.W0 11 /r" }
    Vpsllvw          "vpsllvw"          "wrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 12 /r" }
    Vpmovusqb        "vpmovusqb"        "wr"   ""        { "We{kz},Vl"            "EVEX.128-512.F3.0F38.W0 12 /r" }
    Vpmovusdw        "vpmovusdw"        "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 13 /r" }
    Vprorvd          "vprorvd"          "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 14 /r" }
    Vprorvq          "vprorvq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 14 /r" }
    Vpmovusqw        "vpmovusqw"        "wr"   ""        { "Wf{kz},Vl"            "EVEX.128-512.F3.0F38.W0 14 /r" }
    Vprolvd          "vprolvd"          "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 15 /r" }
    Vprolvq          "vprolvq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 15 /r" }
    Vpmovusqd        "vpmovusqd"        "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 15 /r" }
    Vbroadcastf32x2  "vbroadcastf32x2"  "wr"   ""        { "Vl{kz},Wsd"           "EVEX.256-512.66.0F38.W0 19 /r" }
    Vbroadcastf32x4  "vbroadcastf32x4"  "wr"   ""        { "Vl{kz},Mx"            "EVEX.256-512.66.0F38.W0 1A /r" }
    Vbroadcastf64x2  "vbroadcastf64x2"  "wr"   ""        { "Vl{kz},Mx"            "EVEX.256-512.66.0F38.W1 1A /r" }
    Vbroadcastf32x8  "vbroadcastf32x8"  "wr"   ""        { "Vz{kz},Mqq"           "EVEX.512.66.0F38.W0 1B /r" }
    Vbroadcastf64x4  "vbroadcastf64x4"  "wr"   ""        { "Vz{kz},Mqq"           "EVEX.512.66.0F38.W1 1B /r" }
    Vpabsq           "vpabsq"           "wr"   ""        { "Vl{kz},Wl/b64"        "EVEX.128-512.66.0F38.W1 1F /r" }
    Vpmovswb         "vpmovswb"         "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 20 /r" }
    Vpmovsdb         "vpmovsdb"         "wr"   ""        { "Wf{kz},Vl"            "EVEX.128-512.F3.0F38.W0 21 /r" }
    Vpmovsqb         "vpmovsqb"         "wr"   ""        { "We{kz},Vl"            "EVEX.128-512.F3.0F38.W0 22 /r" }
    Vpmovsdw         "vpmovsdw"         "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 23 /r" }
    Vpmovsqw         "vpmovsqw"         "wr"   ""        { "Wf{kz},Vl"            "EVEX.128-512.F3.0F38.W0 24 /r" }
    Vpmovsqd         "vpmovsqd"         "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 25 /r" }
    Vptestmb         "vptestmb"         "wrr"  ""        { "Kr{k},Hl,Wl"          "EVEX.128-512.66.0F38.W0 26 /r" }
    Vptestmw         "vptestmw"         "wrr"  ""        { "Kr{k},Hl,Wl"          "EVEX.128-512.66.0F38.W1 26 /r" }
    Vptestnmb        "vptestnmb"        "wrr"  ""        { "Kr{k},Hl,Wl"          "EVEX.128-512.F3.0F38.W0 26 /r" }
    Vptestnmw        "vptestnmw"        "wrr"  ""        { "Kr{k},Hl,Wl"          "EVEX.128-512.F3.0F38.W1 26 /r" }
    Vptestmd         "vptestmd"         "wrr"  ""        { "Kr{k},Hl,Wl/b32"      "EVEX.128-512.66.0F38.W0 27 /r" }
    Vptestmq         "vptestmq"         "wrr"  ""        { "Kr{k},Hl,Wl/b64"      "EVEX.128-512.66.0F38.W1 27 /r" }
    Vptestnmd        "vptestnmd"        "wrr"  ""        { "Kr{k},Hl,Wl/b32"      "EVEX.128-512.F3.0F38.W0 27 /r" }
    Vptestnmq        "vptestnmq"        "wrr"  ""        { "Kr{k},Hl,Wl/b64"      "EVEX.128-512.F3.0F38.W1 27 /r" }
    Vpmovm2b         "vpmovm2b"         "wr"   ""        { "Vl,Km"                "EVEX.128-512.F3.0F38.W0 28 /r" }
    Vpmovm2w         "vpmovm2w"         "wr"   ""        { "Vl,Km"                "EVEX.128-512.F3.0F38.W1 28 /r" }
    Vpmovb2m         "vpmovb2m"         "wr"   ""        { "Kr,Ul"                "EVEX.128-512.F3.0F38.W0 29 /r" }
    Vpmovw2m         "vpmovw2m"         "wr"   ""        { "Kr,Ul"                "EVEX.128-512.F3.0F38.W1 29 /r" }
    Vpbroadcastmb2q  "vpbroadcastmb2q"  "wr"   ""        { "Vl,Km"                "EVEX.128-512.F3.0F38.W1 2A /r" }
    Vscalefps        "vscalefps"        "wrr"  ""        { "Vl{kz},Hl,Wl/b32{er}" "EVEX.128-512.66.0F38.W0 2C /r" }
    Vscalefpd        "vscalefpd"        "wrr"  ""        { "Vl{kz},Hl,Wl/b64{er}" "EVEX.128-512.66.0F38.W1 2C /r" }
    Vscalefss        "vscalefss"        "wrr"  ""        { "Vx{kz},Hx,Wss{er}"    "EVEX.LIG.66.0F38.W0 2D /r" }
    Vscalefsd        "vscalefsd"        "wrr"  ""        { "Vx{kz},Hx,Wsd{er}"    "EVEX.LIG.66.0F38.W1 2D /r" }
    Vpmovwb          "vpmovwb"          "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 30 /r" }
    Vpmovdb          "vpmovdb"          "wr"   ""        { "Wf{kz},Vl"            "EVEX.128-512.F3.0F38.W0 31 /r" }
    Vpmovqb          "vpmovqb"          "wr"   ""        { "We{kz},Vl"            "EVEX.128-512.F3.0F38.W0 32 /r" }
    Vpmovdw          "vpmovdw"          "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 33 /r" }
    Vpmovqw          "vpmovqw"          "wr"   ""        { "Wf{kz},Vl"            "EVEX.128-512.F3.0F38.W0 34 /r" }
    Vpmovqd          "vpmovqd"          "wr"   ""        { "Wh{kz},Vl"            "EVEX.128-512.F3.0F38.W0 35 /r" }
    Vpmovm2d         "vpmovm2d"         "wr"   ""        { "Vl,Km"                "EVEX.128-512.F3.0F38.W0 38 /r" }
    Vpmovm2q         "vpmovm2q"         "wr"   ""        { "Vl,Km"                "EVEX.128-512.F3.0F38.W1 38 /r" }
    Vpminsq          "vpminsq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 39 /r" }
    Vpmovd2m         "vpmovd2m"         "wr"   ""        { "Kr,Ul"                "EVEX.128-512.F3.0F38.W0 39 /r" }
    Vpmovq2m         "vpmovq2m"         "wr"   ""        { "Kr,Ul"                "EVEX.128-512.F3.0F38.W1 39 /r" }
    Vpbroadcastmw2d  "vpbroadcastmw2d"  "wr"   ""        { "Vl,Km"                "EVEX.128-512.F3.0F38.W0 3A /r" }
    Vpminuq          "vpminuq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 3B /r" }
    Vpmaxsq          "vpmaxsq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 3D /r" }
    Vpmaxuq          "vpmaxuq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 3F /r" }
    Vpmullq          "vpmullq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 40 /r" }
    Vgetexpps        "vgetexpps"        "wr"   ""        { "Vl{kz},Wl/b32{sae}"   "EVEX.128-512.66.0F38.W0 42 /r" }
    Vgetexppd        "vgetexppd"        "wr"   ""        { "Vl{kz},Wl/b64{sae}"   "EVEX.128-512.66.0F38.W1 42 /r" }
    Vgetexpss        "vgetexpss"        "wrr"  ""        { "Vx{kz},Hx,Wss{sae}"   "EVEX.LIG.66.0F38.W0 43 /r" }
    Vgetexpsd        "vgetexpsd"        "wrr"  ""        { "Vx{kz},Hx,Wsd{sae}"   "EVEX.LIG.66.0F38.W1 43 /r" }
    Vplzcntd         "vplzcntd"         "wr"   ""        { "Vl{kz},Wl/b32"        "EVEX.128-512.66.0F38.W0 44 /r" }
    Vplzcntq         "vplzcntq"         "wr"   ""        { "Vl{kz},Wl/b64"        "EVEX.128-512.66.0F38.W1 44 /r" }
    Vpsravq          "vpsravq"          "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 46 /r" }
    Vrcp14ps         "vrcp14ps"         "wr"   ""        { "Vl{kz},Wl/b32"        "EVEX.128-512.66.0F38.W0 4C /r" }
    Vrcp14pd         "vrcp14pd"         "wr"   ""        { "Vl{kz},Wl/b64"        "EVEX.128-512.66.0F38.W1 4C /r" }
    Vrcp14ss         "vrcp14ss"         "wrr"  ""        { "Vx{kz},Hx,Wss"        "EVEX.LIG.66.0F38.W0 4D /r" }
    Vrcp14sd         "vrcp14sd"         "wrr"  ""        { "Vx{kz},Hx,Wsd"        "EVEX.LIG.66.0F38.W1 4D /r" }
    Vrsqrt14ps       "vrsqrt14ps"       "wr"   ""        { "Vl{kz},Wl/b32"        "EVEX.128-512.66.0F38.W0 4E /r" }
    Vrsqrt14pd       "vrsqrt14pd"       "wr"   ""        { "Vl{kz},Wl/b64"        "EVEX.128-512.66.0F38.W1 4E /r" }
    Vrsqrt14ss       "vrsqrt14ss"       "wrr"  ""        { "Vx{kz},Hx,Wss"        "EVEX.LIG.66.0F38.W0 4F /r" }
    Vrsqrt14sd       "vrsqrt14sd"       "wrr"  ""        { "Vx{kz},Hx,Wsd"        "EVEX.LIG.66.0F38.W1 4F /r" }
    Vdpbf16ps        "vdpbf16ps"        "xrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.F3.0F38.W0 52 /r" }
    Vpopcntb         "vpopcntb"         "wr"   ""        { "Vl{kz},Wl"            "EVEX.128-512.66.0F38.W0 54 /r" }
    Vpopcntw         "vpopcntw"         "wr"   ""        { "Vl{kz},Wl"            "EVEX.128-512.66.0F38.W1 54 /r" }
    Vpopcntd         "vpopcntd"         "wr"   ""        { "Vl{kz},Wl/b32"        "EVEX.128-512.66.0F38.W0 55 /r" }
    Vpopcntq         "vpopcntq"         "wr"   ""        { "Vl{kz},Wl/b64"        "EVEX.128-512.66.0F38.W1 55 /r" }
    Vbroadcasti32x2  "vbroadcasti32x2"  "wr"   ""        { "Vl{kz},Wsd"           "EVEX.128-512.66.0F38.W0 59 /r" }
    Vbroadcasti32x4  "vbroadcasti32x4"  "wr"   ""        { "Vl{kz},Mx"            "EVEX.256-512.66.0F38.W0 5A /r" }
    Vbroadcasti64x2  "vbroadcasti64x2"  "wr"   ""        { "Vl{kz},Mx"            "EVEX.256-512.66.0F38.W1 5A /r" }
    Vbroadcasti32x8  "vbroadcasti32x8"  "wr"   ""        { "Vz{kz},Mqq"           "EVEX.512.66.0F38.W0 5B /r" }
    Vbroadcasti64x4  "vbroadcasti64x4"  "wr"   ""        { "Vz{kz},Mqq"           "EVEX.512.66.0F38.W1 5B /r" }
    Vpexpandb        "vpexpandb"        "wr"   ""        { "Vl{kz},Wl/n1"         "EVEX.128-512.66.0F38.W0 62 /r" }
    Vpexpandw        "vpexpandw"        "wr"   ""        { "Vl{kz},Wl/n2"         "EVEX.128-512.66.0F38.W1 62 /r" }
    Vpcompressb      "vpcompressb"      "wr"   ""        { "Wl/n1{kz},Vl"         "EVEX.128-512.66.0F38.W0 63 /r" }
    Vpcompressw      "vpcompressw"      "wr"   ""        { "Wl/n2{kz},Vl"         "EVEX.128-512.66.0F38.W1 63 /r" }
    Vpblendmd        "vpblendmd"        "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 64 /r" }
    Vpblendmq        "vpblendmq"        "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 64 /r" }
    Vblendmps        "vblendmps"        "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 65 /r" }
    Vblendmpd        "vblendmpd"        "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 65 /r" }
    Vpblendmb        "vpblendmb"        "wrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W0 66 /r" }
    Vpblendmw        "vpblendmw"        "wrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 66 /r" }
    Vpshldvw         "vpshldvw"         "xrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 70 /r" }
    Vpshldvd         "vpshldvd"         "xrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 71 /r" }
    Vpshldvq         "vpshldvq"         "xrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 71 /r" }
    Vpshrdvw         "vpshrdvw"         "xrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 72 /r" }
    Vcvtneps2bf16    "vcvtneps2bf16"    "wr"   ""        { "Vh{kz},Wl/b32"        "EVEX.128-512.F3.0F38.W0 72 /r" }
    Vcvtne2ps2bf16   "vcvtne2ps2bf16"   "wrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.F2.0F38.W0 72 /r" }
    Vpshrdvd         "vpshrdvd"         "xrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 73 /r" }
    Vpshrdvq         "vpshrdvq"         "xrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 73 /r" }
    Vpermi2b         "vpermi2b"         "xrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W0 75 /r" }
    Vpermi2w         "vpermi2w"         "xrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 75 /r" }
    Vpermi2d         "vpermi2d"         "xrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 76 /r" }
    Vpermi2q         "vpermi2q"         "xrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 76 /r" }
    Vpermi2ps        "vpermi2ps"        "xrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 77 /r" }
    Vpermi2pd        "vpermi2pd"        "xrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 77 /r" }
    Vpermt2b         "vpermt2b"         "xrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W0 7D /r" }
    Vpermt2w         "vpermt2w"         "xrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 7D /r" }
    Vpermt2d         "vpermt2d"         "xrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 7E /r" }
    Vpermt2q         "vpermt2q"         "xrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 7E /r" }
    Vpermt2ps        "vpermt2ps"        "xrr"  ""        { "Vl{kz},Hl,Wl/b32"     "EVEX.128-512.66.0F38.W0 7F /r" }
    Vpermt2pd        "vpermt2pd"        "xrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 7F /r" }
    Vpmultishiftqb   "vpmultishiftqb"   "wrr"  ""        { "Vl{kz},Hl,Wl/b64"     "EVEX.128-512.66.0F38.W1 83 /r" }
    Vexpandps        "vexpandps"        "wr"   ""        { "Vl{kz},Wl/n4"         "EVEX.128-512.66.0F38.W0 88 /r" }
    Vexpandpd        "vexpandpd"        "wr"   ""        { "Vl{kz},Wl/n8"         "EVEX.128-512.66.0F38.W1 88 /r" }
    Vpexpandd        "vpexpandd"        "wr"   ""        { "Vl{kz},Wl/n4"         "EVEX.128-512.66.0F38.W0 89 /r" }
    Vpexpandq        "vpexpandq"        "wr"   ""        { "Vl{kz},Wl/n8"         "EVEX.128-512.66.0F38.W1 89 /r" }
    Vcompressps      "vcompressps"      "wr"   ""        { "Wl/n4{kz},Vl"         "EVEX.128-512.66.0F38.W0 8A /r" }
    Vcompresspd      "vcompresspd"      "wr"   ""        { "Wl/n8{kz},Vl"         "EVEX.128-512.66.0F38.W1 8A /r" }
    Vpcompressd      "vpcompressd"      "wr"   ""        { "Wl/n4{kz},Vl"         "EVEX.128-512.66.0F38.W0 8B /r" }
    Vpcompressq      "vpcompressq"      "wr"   ""        { "Wl/n8{kz},Vl"         "EVEX.128-512.66.0F38.W1 8B /r" }
    Vpermb           "vpermb"           "wrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W0 8D /r" }
    Vpermw           "vpermw"           "wrr"  ""        { "Vl{kz},Hl,Wl"         "EVEX.128-512.66.0F38.W1 8D /r" }
    Vpshufbitqmb     "vpshufbitqmb"     "wrr"  ""        { "Kr{k},Hl,Wl"          "EVEX.128-512.66.0F38.W0 8F /r" }
    Vpscatterdd      "vpscatterdd"      "wr"   ""        { "Xdl{k!},Vl"           "EVEX.128-512.66.0F38.W0 A0 /r" }
    Vpscatterdq      "vpscatterdq"      "wr"   ""        { "Xqh{k!},Vl"           "EVEX.128-512.66.0F38.W1 A0 /r" }
    Vpscatterqd      "vpscatterqd"      "wr"   ""        { "Xdl{k!},Vh"           "EVEX.128-512.66.0F38.W0 A1 /r" }
    Vpscatterqq      "vpscatterqq"      "wr"   ""        { "Xql{k!},Vl"           "EVEX.128-512.66.0F38.W1 A1 /r" }
    Vscatterdps      "vscatterdps"      "wr"   ""        { "Xdl{k!},Vl"           "EVEX.128-512.66.0F38.W0 A2 /r" }
    Vscatterdpd      "vscatterdpd"      "wr"   ""        { "Xqh{k!},Vl"           "EVEX.128-512.66.0F38.W1 A2 /r" }
    Vscatterqps      "vscatterqps"      "wr"   ""        { "Xdl{k!},Vh"           "EVEX.128-512.66.0F38.W0 A3 /r" }
    Vscatterqpd      "vscatterqpd"      "wr"   ""        { "Xql{k!},Vl"           "EVEX.128-512.66.0F38.W1 A3 /r" }
    Vpconflictd      "vpconflictd"      "wr"   ""        { "Vl{kz},Wl/b32"        "EVEX.128-512.66.0F38.W0 C4 /r" }
    Vpconflictq      "vpconflictq"      "wr"   ""        { "Vl{kz},Wl/b64"        "EVEX.128-512.66.0F38.W1 C4 /r" }
    Valignd          "valignd"          "wrrr" ""        { "Vl{kz},Hl,Wl/b32,Ib"  "EVEX.128-512.66.0F3A.W0 03 /r ib" }
    Valignq          "valignq"          "wrrr" ""        { "Vl{kz},Hl,Wl/b64,Ib"  "EVEX.128-512.66.0F3A.W1 03 /r ib" }
    Vrndscaleps      "vrndscaleps"      "wrr"  ""        { "Vl{kz},Wl/b32{sae},Ib" "EVEX.128-512.66.0F3A.W0 08 /r ib" }
    Vrndscalepd      "vrndscalepd"      "wrr"  ""        { "Vl{kz},Wl/b64{sae},Ib" "EVEX.128-512.66.0F3A.W1 09 /r ib" }
    Vrndscaless      "vrndscaless"      "wrrr" ""        { "Vx{kz},Hx,Wss{sae},Ib" "EVEX.LIG.66.0F3A.W0 0A /r ib" }
    Vrndscalesd      "vrndscalesd"      "wrrr" ""        { "Vx{kz},Hx,Wsd{sae},Ib" "EVEX.LIG.66.0F3A.W1 0B /r ib" }
    Vinsertf32x4     "vinsertf32x4"     "wrrr" ""        { "Vl{kz},Hl,Wx,Ib"      "EVEX.256-512.66.0F3A.W0 18 /r ib" }
    Vinsertf64x2     "vinsertf64x2"     "wrrr" ""        { "Vl{kz},Hl,Wx,Ib"      "EVEX.256-512.66.0F3A.W1 18 /r ib" }
    Vextractf32x4    "vextractf32x4"    "wrr"  ""        { "Wx{kz},Vl,Ib"         "EVEX.256-512.66.0F3A.W0 19 /r ib" }
    Vextractf64x2    "vextractf64x2"    "wrr"  ""        { "Wx{kz},Vl,Ib"         "EVEX.256-512.66.0F3A.W1 19 /r ib" }
    Vinsertf32x8     "vinsertf32x8"     "wrrr" ""        { "Vz{kz},Hz,Wy,Ib"      "EVEX.512.66.0F3A.W0 1A /r ib" }
    Vinsertf64x4     "vinsertf64x4"     "wrrr" ""        { "Vz{kz},Hz,Wy,Ib"      "EVEX.512.66.0F3A.W1 1A /r ib" }
    Vextractf32x8    "vextractf32x8"    "wrr"  ""        { "Wy{kz},Vz,Ib"         "EVEX.512.66.0F3A.W0 1B /r ib" }
    Vextractf64x4    "vextractf64x4"    "wrr"  ""        { "Wy{kz},Vz,Ib"         "EVEX.512.66.0F3A.W1 1B /r ib" }
    Vpcmpud          "vpcmpud"          "wrrr" ""        { "Kr{k},Hl,Wl/b32,Ib"   "EVEX.128-512.66.0F3A.W0 1E /r ib" }
    Vpcmpuq          "vpcmpuq"          "wrrr" ""        { "Kr{k},Hl,Wl/b64,Ib"   "EVEX.128-512.66.0F3A.W1 1E /r ib" }
    Vpcmpd           "vpcmpd"           "wrrr" ""        { "Kr{k},Hl,Wl/b32,Ib"   "EVEX.128-512.66.0F3A.W0 1F /r ib" }
    Vpcmpq           "vpcmpq"           "wrrr" ""        { "Kr{k},Hl,Wl/b64,Ib"   "EVEX.128-512.66.0F3A.W1 1F /r ib" }
    Vshuff32x4       "vshuff32x4"       "wrrr" ""        { "Vl{kz},Hl,Wl/b32,Ib"  "EVEX.256-512.66.0F3A.W0 23 /r ib" }
    Vshuff64x2       "vshuff64x2"       "wrrr" ""        { "Vl{kz},Hl,Wl/b64,Ib"  "EVEX.256-512.66.0F3A.W1 23 /r ib" }
    Vpternlogd       "vpternlogd"       "xrrr" ""        { "Vl{kz},Hl,Wl/b32,Ib"  "EVEX.128-512.66.0F3A.W0 25 /r ib" }
    Vpternlogq       "vpternlogq"       "xrrr" ""        { "Vl{kz},Hl,Wl/b64,Ib"  "EVEX.128-512.66.0F3A.W1 25 /r ib" }
    Vgetmantps       "vgetmantps"       "wrr"  ""        { "Vl{kz},Wl/b32{sae},Ib" "EVEX.128-512.66.0F3A.W0 26 /r ib" }
    Vgetmantpd       "vgetmantpd"       "wrr"  ""        { "Vl{kz},Wl/b64{sae},Ib" "EVEX.128-512.66.0F3A.W1 26 /r ib" }
    Vgetmantss       "vgetmantss"       "wrrr" ""        { "Vx{kz},Hx,Wss{sae},Ib" "EVEX.LIG.66.0F3A.W0 27 /r ib" }
    Vgetmantsd       "vgetmantsd"       "wrrr" ""        { "Vx{kz},Hx,Wsd{sae},Ib" "EVEX.LIG.66.0F3A.W1 27 /r ib" }
    Vinserti32x4     "vinserti32x4"     "wrrr" ""        { "Vl{kz},Hl,Wx,Ib"      "EVEX.256-512.66.0F3A.W0 38 /r ib" }
    Vinserti64x2     "vinserti64x2"     "wrrr" ""        { "Vl{kz},Hl,Wx,Ib"      "EVEX.256-512.66.0F3A.W1 38 /r ib" }
    Vextracti32x4    "vextracti32x4"    "wrr"  ""        { "Wx{kz},Vl,Ib"         "EVEX.256-512.66.0F3A.W0 39 /r ib" }
    Vextracti64x2    "vextracti64x2"    "wrr"  ""        { "Wx{kz},Vl,Ib"         "EVEX.256-512.66.0F3A.W1 39 /r ib" }
    Vinserti32x8     "vinserti32x8"     "wrrr" ""        { "Vz{kz},Hz,Wy,Ib"      "EVEX.512.66.0F3A.W0 3A /r ib" }
    Vinserti64x4     "vinserti64x4"     "wrrr" ""        { "Vz{kz},Hz,Wy,Ib"      "EVEX.512.66.0F3A.W1 3A /r ib" }
    Vextracti32x8    "vextracti32x8"    "wrr"  ""        { "Wy{kz},Vz,Ib"         "EVEX.512.66.0F3A.W0 3B /r ib" }
    Vextracti64x4    "vextracti64x4"    "wrr"  ""        { "Wy{kz},Vz,Ib"         "EVEX.512.66.0F3A.W1 3B /r ib" }
    Vpcmpub          "vpcmpub"          "wrrr" ""        { "Kr{k},Hl,Wl,Ib"       "EVEX.128-512.66.0F3A.W0 3E /r ib" }
    Vpcmpuw          "vpcmpuw"          "wrrr" ""        { "Kr{k},Hl,Wl,Ib"       "EVEX.128-512.66.0F3A.W1 3E /r ib" }
    Vpcmpb           "vpcmpb"           "wrrr" ""        { "Kr{k},Hl,Wl,Ib"       "EVEX.128-512.66.0F3A.W0 3F /r ib" }
    Vpcmpw           "vpcmpw"           "wrrr" ""        { "Kr{k},Hl,Wl,Ib"       "EVEX.128-512.66.0F3A.W1 3F /r ib" }
    Vdbpsadbw        "vdbpsadbw"        "wrrr" ""        { "Vl{kz},Hl,Wl,Ib"      "EVEX.128-512.66.0F3A.W0 42 /r ib" }
    Vshufi32x4       "vshufi32x4"       "wrrr" ""        { "Vl{kz},Hl,Wl/b32,Ib"  "EVEX.256-512.66.0F3A.W0 43 /r ib" }
    Vshufi64x2       "vshufi64x2"       "wrrr" ""        { "Vl{kz},Hl,Wl/b64,Ib"  "EVEX.256-512.66.0F3A.W1 43 /r ib" }
    Vrangeps         "vrangeps"         "wrrr" ""        { "Vl{kz},Hl,Wl/b32{sae},Ib" "EVEX.128-512.66.0F3A.W0 50 /r ib" }
    Vrangepd         "vrangepd"         "wrrr" ""        { "Vl{kz},Hl,Wl/b64{sae},Ib" "EVEX.128-512.66.0F3A.W1 50 /r ib" }
    Vrangess         "vrangess"         "wrrr" ""        { "Vx{kz},Hx,Wss{sae},Ib" "EVEX.LIG.66.0F3A.W0 51 /r ib" }
    Vrangesd         "vrangesd"         "wrrr" ""        { "Vx{kz},Hx,Wsd{sae},Ib" "EVEX.LIG.66.0F3A.W1 51 /r ib" }
    Vfixupimmps      "vfixupimmps"      "xrrr" ""        { "Vl{kz},Hl,Wl/b32{sae},Ib" "EVEX.128-512.66.0F3A.W0 54 /r ib" }
    Vfixupimmpd      "vfixupimmpd"      "xrrr" ""        { "Vl{kz},Hl,Wl/b64{sae},Ib" "EVEX.128-512.66.0F3A.W1 54 /r ib" }
    Vfixupimmss      "vfixupimmss"      "xrrr" ""        { "Vx{kz},Hx,Wss{sae},Ib" "EVEX.LIG.66.0F3A.W0 55 /r ib" }
    Vfixupimmsd      "vfixupimmsd"      "xrrr" ""        { "Vx{kz},Hx,Wsd{sae},Ib" "EVEX.LIG.66.0F3A.W1 55 /r ib" }
    Vreduceps        "vreduceps"        "wrr"  ""        { "Vl{kz},Wl/b32{sae},Ib" "EVEX.128-512.66.0F3A.W0 56 /r ib" }
    Vreducepd        "vreducepd"        "wrr"  ""        { "Vl{kz},Wl/b64{sae},Ib" "EVEX.128-512.66.0F3A.W1 56 /r ib" }
    Vreducess        "vreducess"        "wrrr" ""        { "Vx{kz},Hx,Wss{sae},Ib" "EVEX.LIG.66.0F3A.W0 57 /r ib" }
    Vreducesd        "vreducesd"        "wrrr" ""        { "Vx{kz},Hx,Wsd{sae},Ib" "EVEX.LIG.66.0F3A.W1 57 /r ib" }
    Vfpclassps       "vfpclassps"       "wrr"  ""        { "Kr{k},Wl/b32,Ib"      "EVEX.128-512.66.0F3A.W0 66 /r ib" }
    Vfpclasspd       "vfpclasspd"       "wrr"  ""        { "Kr{k},Wl/b64,Ib"      "EVEX.128-512.66.0F3A.W1 66 /r ib" }
    Vfpclassss       "vfpclassss"       "wrr"  ""        { "Kr{k},Wss,Ib"         "EVEX.LIG.66.0F3A.W0 67 /r ib" }
    Vfpclasssd       "vfpclasssd"       "wrr"  ""        { "Kr{k},Wsd,Ib"         "EVEX.LIG.66.0F3A.W1 67 /r ib" }
    Vpshldw          "vpshldw"          "wrrr" ""        { "Vl{kz},Hl,Wl,Ib"      "EVEX.128-512.66.0F3A.W1 70 /r ib" }
    Vpshldd          "vpshldd"          "wrrr" ""        { "Vl{kz},Hl,Wl/b32,Ib"  "EVEX.128-512.66.0F3A.W0 71 /r ib" }
    Vpshldq          "vpshldq"          "wrrr" ""        { "Vl{kz},Hl,Wl/b64,Ib"  "EVEX.128-512.66.0F3A.W1 71 /r ib" }
    Vpshrdw          "vpshrdw"          "wrrr" ""        { "Vl{kz},Hl,Wl,Ib"      "EVEX.128-512.66.0F3A.W1 72 /r ib" }
    Vpshrdd          "vpshrdd"          "wrrr" ""        { "Vl{kz},Hl,Wl/b32,Ib"  "EVEX.128-512.66.0F3A.W0 73 /r ib" }
    Vpshrdq          "vpshrdq"          "wrrr" ""        { "Vl{kz},Hl,Wl/b64,Ib"  "EVEX.128-512.66.0F3A.W1 73 /r ib" }
    }};
}
