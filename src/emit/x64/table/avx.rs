//! Rows of AVX, F16C and the VEX forms of AES, PCLMULQDQ and GFNI, each with its EVEX forms (Intel SDM vol. 2).
//!
//! Notation: [`table`](super).

macro_rules! avx_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
    Vmovups          "vmovups"          "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.0F.WIG 10 /r"
        "Ml,Vl"                    "VEX.128-256.0F.WIG 11 /r"
        "Vl{kz},Wl"                "EVEX.128-512.0F.W0 10 /r"
        "Ml{k},Vl"                 "EVEX.128-512.0F.W0 11 /r"
    }
    Vmovupd          "vmovupd"          "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.66.0F.WIG 10 /r"
        "Ml,Vl"                    "VEX.128-256.66.0F.WIG 11 /r"
        "Vl{kz},Wl"                "EVEX.128-512.66.0F.W1 10 /r"
        "Ml{k},Vl"                 "EVEX.128-512.66.0F.W1 11 /r"
    }
    Vmovss           "vmovss"           "wrr"  ""        {
        "Vx,Hx,Ux"                 "VEX.LIG.F3.0F.WIG 10 /r"
        "Vx,Md"                    "VEX.LIG.F3.0F.WIG 10 /r"
        "Md,Vx"                    "VEX.LIG.F3.0F.WIG 11 /r"
        "Vx{kz},Hx,Ux"             "EVEX.LIG.F3.0F.W0 10 /r"
        "Vx{kz},Md"                "EVEX.LIG.F3.0F.W0 10 /r"
        "Md{k},Vx"                 "EVEX.LIG.F3.0F.W0 11 /r"
    }
    Vmovsd           "vmovsd"           "wrr"  ""        {
        "Vx,Hx,Ux"                 "VEX.LIG.F2.0F.WIG 10 /r"
        "Vx,Mq"                    "VEX.LIG.F2.0F.WIG 10 /r"
        "Mq,Vx"                    "VEX.LIG.F2.0F.WIG 11 /r"
        "Vx{kz},Hx,Ux"             "EVEX.LIG.F2.0F.W1 10 /r"
        "Vx{kz},Mq"                "EVEX.LIG.F2.0F.W1 10 /r"
        "Mq{k},Vx"                 "EVEX.LIG.F2.0F.W1 11 /r"
    }
    Vmovhlps         "vmovhlps"         "wrr"  ""        {
        "Vx,Hx,Ux"                 "VEX.128.0F.WIG 12 /r"
        "Vx,Hx,Ux"                 "EVEX.128.0F.W0 12 /r"
    }
    Vmovlps          "vmovlps"          "wrr"  ""        {
        "Vx,Hx,Mq"                 "VEX.128.0F.WIG 12 /r"
        "Mq,Vx"                    "VEX.128.0F.WIG 13 /r"
        "Vx,Hx,Mq"                 "EVEX.128.0F.W0 12 /r"
        "Mq,Vx"                    "EVEX.128.0F.W0 13 /r"
    }
    Vmovlpd          "vmovlpd"          "wrr"  ""        {
        "Vx,Hx,Mq"                 "VEX.128.66.0F.WIG 12 /r"
        "Mq,Vx"                    "VEX.128.66.0F.WIG 13 /r"
        "Vx,Hx,Mq"                 "EVEX.128.66.0F.W1 12 /r"
        "Mq,Vx"                    "EVEX.128.66.0F.W1 13 /r"
    }
    Vmovsldup        "vmovsldup"        "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.F3.0F.WIG 12 /r"
        "Vl{kz},Wl"                "EVEX.128-512.F3.0F.W0 12 /r"
    }
    Vmovddup         "vmovddup"         "wr"   ""        {
        "Vx,Wsd"                   "VEX.128.F2.0F.WIG 12 /r"
        "Vy,Wy"                    "VEX.256.F2.0F.WIG 12 /r"
        "Vx{kz},Wsd"               "EVEX.128.F2.0F.W1 12 /r"
        "Vy{kz},Wy"                "EVEX.256.F2.0F.W1 12 /r"
        "Vz{kz},Wz"                "EVEX.512.F2.0F.W1 12 /r"
    }
    Vunpcklps        "vunpcklps"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 14 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.0F.W0 14 /r"
    }
    Vunpcklpd        "vunpcklpd"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 14 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 14 /r"
    }
    Vunpckhps        "vunpckhps"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 15 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.0F.W0 15 /r"
    }
    Vunpckhpd        "vunpckhpd"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 15 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 15 /r"
    }
    Vmovlhps         "vmovlhps"         "wrr"  ""        {
        "Vx,Hx,Ux"                 "VEX.128.0F.WIG 16 /r"
        "Vx,Hx,Ux"                 "EVEX.128.0F.W0 16 /r"
    }
    Vmovhps          "vmovhps"          "wrr"  ""        {
        "Vx,Hx,Mq"                 "VEX.128.0F.WIG 16 /r"
        "Mq,Vx"                    "VEX.128.0F.WIG 17 /r"
        "Vx,Hx,Mq"                 "EVEX.128.0F.W0 16 /r"
        "Mq,Vx"                    "EVEX.128.0F.W0 17 /r"
    }
    Vmovhpd          "vmovhpd"          "wrr"  ""        {
        "Vx,Hx,Mq"                 "VEX.128.66.0F.WIG 16 /r"
        "Mq,Vx"                    "VEX.128.66.0F.WIG 17 /r"
        "Vx,Hx,Mq"                 "EVEX.128.66.0F.W1 16 /r"
        "Mq,Vx"                    "EVEX.128.66.0F.W1 17 /r"
    }
    Vmovshdup        "vmovshdup"        "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.F3.0F.WIG 16 /r"
        "Vl{kz},Wl"                "EVEX.128-512.F3.0F.W0 16 /r"
    }
    Vmovaps          "vmovaps"          "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.0F.WIG 28 /r"
        "Ml,Vl"                    "VEX.128-256.0F.WIG 29 /r"
        "Vl{kz},Wl"                "EVEX.128-512.0F.W0 28 /r"
        "Ml{k},Vl"                 "EVEX.128-512.0F.W0 29 /r"
    }
    Vmovapd          "vmovapd"          "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.66.0F.WIG 28 /r"
        "Ml,Vl"                    "VEX.128-256.66.0F.WIG 29 /r"
        "Vl{kz},Wl"                "EVEX.128-512.66.0F.W1 28 /r"
        "Ml{k},Vl"                 "EVEX.128-512.66.0F.W1 29 /r"
    }
    Vcvtsi2ss        "vcvtsi2ss"        "wrr"  ""        {
        "Vx,Hx,Ey"                 "VEX.LIG.F3.0F.Wv 2A /r"
        "Vx,Hx,Ey{er}"             "EVEX.LIG.F3.0F.Wv 2A /r"
    }
    Vcvtsi2sd        "vcvtsi2sd"        "wrr"  ""        {
        "Vx,Hx,Ey"                 "VEX.LIG.F2.0F.Wv 2A /r"
        "Vx,Hx,Ed"                 "EVEX.LIG.F2.0F.W0 2A /r"
        "Vx,Hx,Eq{er}"             "EVEX.LIG.F2.0F.W1 2A /r"
    }
    Vmovntps         "vmovntps"         "wr"   ""        {
        "Ml,Vl"                    "VEX.128-256.0F.WIG 2B /r"
        "Ml,Vl"                    "EVEX.128-512.0F.W0 2B /r"
    }
    Vmovntpd         "vmovntpd"         "wr"   ""        {
        "Ml,Vl"                    "VEX.128-256.66.0F.WIG 2B /r"
        "Ml,Vl"                    "EVEX.128-512.66.0F.W1 2B /r"
    }
    Vcvttss2si       "vcvttss2si"       "wr"   ""        {
        "Gy,Wss"                   "VEX.LIG.F3.0F.Wv 2C /r"
        "Gy,Wss{sae}"              "EVEX.LIG.F3.0F.Wv 2C /r"
    }
    Vcvttsd2si       "vcvttsd2si"       "wr"   ""        {
        "Gy,Wsd"                   "VEX.LIG.F2.0F.Wv 2C /r"
        "Gy,Wsd{sae}"              "EVEX.LIG.F2.0F.Wv 2C /r"
    }
    Vcvtss2si        "vcvtss2si"        "wr"   ""        {
        "Gy,Wss"                   "VEX.LIG.F3.0F.Wv 2D /r"
        "Gy,Wss{er}"               "EVEX.LIG.F3.0F.Wv 2D /r"
    }
    Vcvtsd2si        "vcvtsd2si"        "wr"   ""        {
        "Gy,Wsd"                   "VEX.LIG.F2.0F.Wv 2D /r"
        "Gy,Wsd{er}"               "EVEX.LIG.F2.0F.Wv 2D /r"
    }
    Vucomiss         "vucomiss"         "rr"   ">OSZAPC" {
        "Vx,Wss"                   "VEX.LIG.0F.WIG 2E /r"
        "Vx,Wss{sae}"              "EVEX.LIG.0F.W0 2E /r"
    }
    Vucomisd         "vucomisd"         "rr"   ">OSZAPC" {
        "Vx,Wsd"                   "VEX.LIG.66.0F.WIG 2E /r"
        "Vx,Wsd{sae}"              "EVEX.LIG.66.0F.W1 2E /r"
    }
    Vcomiss          "vcomiss"          "rr"   ">OSZAPC" {
        "Vx,Wss"                   "VEX.LIG.0F.WIG 2F /r"
        "Vx,Wss{sae}"              "EVEX.LIG.0F.W0 2F /r"
    }
    Vcomisd          "vcomisd"          "rr"   ">OSZAPC" {
        "Vx,Wsd"                   "VEX.LIG.66.0F.WIG 2F /r"
        "Vx,Wsd{sae}"              "EVEX.LIG.66.0F.W1 2F /r"
    }
    Vmovmskps        "vmovmskps"        "wr"   ""        {
        "Gd,Ul"                    "VEX.128-256.0F.W0 50 /r"
        "Gq,Ul"                    "VEX.128-256.0F.W1 50 /r"
    }
    Vmovmskpd        "vmovmskpd"        "wr"   ""        {
        "Gd,Ul"                    "VEX.128-256.66.0F.W0 50 /r"
        "Gq,Ul"                    "VEX.128-256.66.0F.W1 50 /r"
    }
    Vsqrtps          "vsqrtps"          "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.0F.WIG 51 /r"
        "Vl{kz},Wl/b32{er}"        "EVEX.128-512.0F.W0 51 /r"
    }
    Vsqrtpd          "vsqrtpd"          "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.66.0F.WIG 51 /r"
        "Vl{kz},Wl/b64{er}"        "EVEX.128-512.66.0F.W1 51 /r"
    }
    Vsqrtss          "vsqrtss"          "wrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.F3.0F.WIG 51 /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.F3.0F.W0 51 /r"
    }
    Vsqrtsd          "vsqrtsd"          "wrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.F2.0F.WIG 51 /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.F2.0F.W1 51 /r"
    }
    Vrsqrtps         "vrsqrtps"         "wr"   ""        { "Vl,Wl"                "VEX.128-256.0F.WIG 52 /r" }
    Vrsqrtss         "vrsqrtss"         "wrr"  ""        { "Vx,Hx,Wss"            "VEX.LIG.F3.0F.WIG 52 /r" }
    Vrcpps           "vrcpps"           "wr"   ""        { "Vl,Wl"                "VEX.128-256.0F.WIG 53 /r" }
    Vrcpss           "vrcpss"           "wrr"  ""        { "Vx,Hx,Wss"            "VEX.LIG.F3.0F.WIG 53 /r" }
    Vandps           "vandps"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 54 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.0F.W0 54 /r"
    }
    Vandpd           "vandpd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 54 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 54 /r"
    }
    Vandnps          "vandnps"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 55 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.0F.W0 55 /r"
    }
    Vandnpd          "vandnpd"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 55 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 55 /r"
    }
    Vorps            "vorps"            "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 56 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.0F.W0 56 /r"
    }
    Vorpd            "vorpd"            "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 56 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 56 /r"
    }
    Vxorps           "vxorps"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 57 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.0F.W0 57 /r"
    }
    Vxorpd           "vxorpd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 57 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 57 /r"
    }
    Vaddps           "vaddps"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 58 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.0F.W0 58 /r"
    }
    Vaddpd           "vaddpd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 58 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F.W1 58 /r"
    }
    Vaddss           "vaddss"           "wrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.F3.0F.WIG 58 /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.F3.0F.W0 58 /r"
    }
    Vaddsd           "vaddsd"           "wrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.F2.0F.WIG 58 /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.F2.0F.W1 58 /r"
    }
    Vmulps           "vmulps"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 59 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.0F.W0 59 /r"
    }
    Vmulpd           "vmulpd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 59 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F.W1 59 /r"
    }
    Vmulss           "vmulss"           "wrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.F3.0F.WIG 59 /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.F3.0F.W0 59 /r"
    }
    Vmulsd           "vmulsd"           "wrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.F2.0F.WIG 59 /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.F2.0F.W1 59 /r"
    }
    Vcvtps2pd        "vcvtps2pd"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.0F.WIG 5A /r"
        "Vl{kz},Wh/b32{sae}"       "EVEX.128-512.0F.W0 5A /r"
    }
    Vcvtpd2ps        "vcvtpd2ps"        "wr"   ""        {
        "Vh,Wl"                    "VEX.128-256.66.0F.WIG 5A /r"
        "Vh{kz},Wl/b64{er}"        "EVEX.128-512.66.0F.W1 5A /r"
    }
    Vcvtss2sd        "vcvtss2sd"        "wrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.F3.0F.WIG 5A /r"
        "Vx{kz},Hx,Wss{sae}"       "EVEX.LIG.F3.0F.W0 5A /r"
    }
    Vcvtsd2ss        "vcvtsd2ss"        "wrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.F2.0F.WIG 5A /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.F2.0F.W1 5A /r"
    }
    Vcvtdq2ps        "vcvtdq2ps"        "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.0F.WIG 5B /r"
        "Vl{kz},Wl/b32{er}"        "EVEX.128-512.0F.W0 5B /r"
    }
    Vcvtps2dq        "vcvtps2dq"        "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.66.0F.WIG 5B /r"
        "Vl{kz},Wl/b32{er}"        "EVEX.128-512.66.0F.W0 5B /r"
    }
    Vcvttps2dq       "vcvttps2dq"       "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.F3.0F.WIG 5B /r"
        "Vl{kz},Wl/b32{sae}"       "EVEX.128-512.F3.0F.W0 5B /r"
    }
    Vsubps           "vsubps"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 5C /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.0F.W0 5C /r"
    }
    Vsubpd           "vsubpd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 5C /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F.W1 5C /r"
    }
    Vsubss           "vsubss"           "wrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.F3.0F.WIG 5C /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.F3.0F.W0 5C /r"
    }
    Vsubsd           "vsubsd"           "wrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.F2.0F.WIG 5C /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.F2.0F.W1 5C /r"
    }
    Vminps           "vminps"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 5D /r"
        "Vl{kz},Hl,Wl/b32{sae}"    "EVEX.128-512.0F.W0 5D /r"
    }
    Vminpd           "vminpd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 5D /r"
        "Vl{kz},Hl,Wl/b64{sae}"    "EVEX.128-512.66.0F.W1 5D /r"
    }
    Vminss           "vminss"           "wrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.F3.0F.WIG 5D /r"
        "Vx{kz},Hx,Wss{sae}"       "EVEX.LIG.F3.0F.W0 5D /r"
    }
    Vminsd           "vminsd"           "wrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.F2.0F.WIG 5D /r"
        "Vx{kz},Hx,Wsd{sae}"       "EVEX.LIG.F2.0F.W1 5D /r"
    }
    Vdivps           "vdivps"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 5E /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.0F.W0 5E /r"
    }
    Vdivpd           "vdivpd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 5E /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F.W1 5E /r"
    }
    Vdivss           "vdivss"           "wrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.F3.0F.WIG 5E /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.F3.0F.W0 5E /r"
    }
    Vdivsd           "vdivsd"           "wrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.F2.0F.WIG 5E /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.F2.0F.W1 5E /r"
    }
    Vmaxps           "vmaxps"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.0F.WIG 5F /r"
        "Vl{kz},Hl,Wl/b32{sae}"    "EVEX.128-512.0F.W0 5F /r"
    }
    Vmaxpd           "vmaxpd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 5F /r"
        "Vl{kz},Hl,Wl/b64{sae}"    "EVEX.128-512.66.0F.W1 5F /r"
    }
    Vmaxss           "vmaxss"           "wrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.F3.0F.WIG 5F /r"
        "Vx{kz},Hx,Wss{sae}"       "EVEX.LIG.F3.0F.W0 5F /r"
    }
    Vmaxsd           "vmaxsd"           "wrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.F2.0F.WIG 5F /r"
        "Vx{kz},Hx,Wsd{sae}"       "EVEX.LIG.F2.0F.W1 5F /r"
    }
    Vpunpcklbw       "vpunpcklbw"       "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 60 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG 60 /r"
    }
    Vpunpcklwd       "vpunpcklwd"       "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 61 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG 61 /r"
    }
    Vpunpckldq       "vpunpckldq"       "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 62 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F.W0 62 /r"
    }
    Vpacksswb        "vpacksswb"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 63 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG 63 /r"
    }
    Vpcmpgtb         "vpcmpgtb"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 64 /r"
        "Kr{k},Hl,Wl"              "EVEX.128-512.66.0F.WIG 64 /r"
    }
    Vpcmpgtw         "vpcmpgtw"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 65 /r"
        "Kr{k},Hl,Wl"              "EVEX.128-512.66.0F.WIG 65 /r"
    }
    Vpcmpgtd         "vpcmpgtd"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 66 /r"
        "Kr{k},Hl,Wl/b32"          "EVEX.128-512.66.0F.W0 66 /r"
    }
    Vpackuswb        "vpackuswb"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 67 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG 67 /r"
    }
    Vpunpckhbw       "vpunpckhbw"       "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 68 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG 68 /r"
    }
    Vpunpckhwd       "vpunpckhwd"       "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 69 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG 69 /r"
    }
    Vpunpckhdq       "vpunpckhdq"       "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 6A /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F.W0 6A /r"
    }
    Vpackssdw        "vpackssdw"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 6B /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F.W0 6B /r"
    }
    Vpunpcklqdq      "vpunpcklqdq"      "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 6C /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 6C /r"
    }
    Vpunpckhqdq      "vpunpckhqdq"      "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 6D /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 6D /r"
    }
    Vmovd            "vmovd"            "wr"   ""        {
        "Vx,Ed"                    "VEX.128.66.0F.W0 6E /r"
        "Ed,Vx"                    "VEX.128.66.0F.W0 7E /r"
        "Vx,Ed"                    "EVEX.128.66.0F.W0 6E /r"
        "Ed,Vx"                    "EVEX.128.66.0F.W0 7E /r"
    }
    Vmovq            "vmovq"            "wr"   ""        {
        "Vx,Eq"                    "VEX.128.66.0F.W1 6E /r"
        "Eq,Vx"                    "VEX.128.66.0F.W1 7E /r"
        "Vx,Wsd"                   "VEX.128.F3.0F.WIG 7E /r"
        "Msd,Vx"                   "VEX.128.66.0F.WIG D6 /r"
        "Vx,Eq"                    "EVEX.128.66.0F.W1 6E /r"
        "Eq,Vx"                    "EVEX.128.66.0F.W1 7E /r"
        "Vx,Wsd"                   "EVEX.128.F3.0F.W1 7E /r"
        "Msd,Vx"                   "EVEX.128.66.0F.W1 D6 /r"
    }
    Vmovdqa          "vmovdqa"          "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.66.0F.WIG 6F /r"
        "Ml,Vl"                    "VEX.128-256.66.0F.WIG 7F /r"
    }
    Vmovdqu          "vmovdqu"          "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.F3.0F.WIG 6F /r"
        "Ml,Vl"                    "VEX.128-256.F3.0F.WIG 7F /r"
    }
    Vpshufd          "vpshufd"          "wrr"  ""        {
        "Vl,Wl,Ib"                 "VEX.128-256.66.0F.WIG 70 /r ib"
        "Vl{kz},Wl/b32,Ib"         "EVEX.128-512.66.0F.W0 70 /r ib"
    }
    Vpshufhw         "vpshufhw"         "wrr"  ""        {
        "Vl,Wl,Ib"                 "VEX.128-256.F3.0F.WIG 70 /r ib"
        "Vl{kz},Wl,Ib"             "EVEX.128-512.F3.0F.WIG 70 /r ib"
    }
    Vpshuflw         "vpshuflw"         "wrr"  ""        {
        "Vl,Wl,Ib"                 "VEX.128-256.F2.0F.WIG 70 /r ib"
        "Vl{kz},Wl,Ib"             "EVEX.128-512.F2.0F.WIG 70 /r ib"
    }
    Vpsrlw           "vpsrlw"           "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 71 /2 ib"
        "Vl,Hl,Wx"                 "VEX.128-256.66.0F.WIG D1 /r"
        "Hl{kz},Wl,Ib"             "EVEX.128-512.66.0F.WIG 71 /2 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.WIG D1 /r"
    }
    Vpsraw           "vpsraw"           "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 71 /4 ib"
        "Vl,Hl,Wx"                 "VEX.128-256.66.0F.WIG E1 /r"
        "Hl{kz},Wl,Ib"             "EVEX.128-512.66.0F.WIG 71 /4 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.WIG E1 /r"
    }
    Vpsllw           "vpsllw"           "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 71 /6 ib"
        "Vl,Hl,Wx"                 "VEX.128-256.66.0F.WIG F1 /r"
        "Hl{kz},Wl,Ib"             "EVEX.128-512.66.0F.WIG 71 /6 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.WIG F1 /r"
    }
    Vpsrld           "vpsrld"           "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 72 /2 ib"
        "Vl,Hl,Wx"                 "VEX.128-256.66.0F.WIG D2 /r"
        "Hl{kz},Wl/b32,Ib"         "EVEX.128-512.66.0F.W0 72 /2 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.W0 D2 /r"
    }
    Vpsrad           "vpsrad"           "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 72 /4 ib"
        "Vl,Hl,Wx"                 "VEX.128-256.66.0F.WIG E2 /r"
        "Hl{kz},Wl/b32,Ib"         "EVEX.128-512.66.0F.W0 72 /4 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.W0 E2 /r"
    }
    Vpslld           "vpslld"           "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 72 /6 ib"
        "Vl,Hl,Wx"                 "VEX.128-256.66.0F.WIG F2 /r"
        "Hl{kz},Wl/b32,Ib"         "EVEX.128-512.66.0F.W0 72 /6 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.W0 F2 /r"
    }
    Vpsrlq           "vpsrlq"           "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 73 /2 ib"
        "Vl,Hl,Wx"                 "VEX.128-256.66.0F.WIG D3 /r"
        "Hl{kz},Wl/b64,Ib"         "EVEX.128-512.66.0F.W1 73 /2 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.W1 D3 /r"
    }
    Vpsrldq          "vpsrldq"          "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 73 /3 ib"
        "Hl,Wl,Ib"                 "EVEX.128-512.66.0F.WIG 73 /3 ib"
    }
    Vpsllq           "vpsllq"           "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 73 /6 ib"
        "Vl,Hl,Wx"                 "VEX.128-256.66.0F.WIG F3 /r"
        "Hl{kz},Wl/b64,Ib"         "EVEX.128-512.66.0F.W1 73 /6 ib"
        "Vl{kz},Hl,Wx"             "EVEX.128-512.66.0F.W1 F3 /r"
    }
    Vpslldq          "vpslldq"          "wrr"  ""        {
        "Hl,Ul,Ib"                 "VEX.128-256.66.0F.WIG 73 /7 ib"
        "Hl,Wl,Ib"                 "EVEX.128-512.66.0F.WIG 73 /7 ib"
    }
    Vpcmpeqb         "vpcmpeqb"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 74 /r"
        "Kr{k},Hl,Wl"              "EVEX.128-512.66.0F.WIG 74 /r"
    }
    Vpcmpeqw         "vpcmpeqw"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 75 /r"
        "Kr{k},Hl,Wl"              "EVEX.128-512.66.0F.WIG 75 /r"
    }
    Vpcmpeqd         "vpcmpeqd"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG 76 /r"
        "Kr{k},Hl,Wl/b32"          "EVEX.128-512.66.0F.W0 76 /r"
    }
    Vzeroupper       "vzeroupper"       ""     ""        { ""                     "VEX.128.0F.WIG 77" }
    Vzeroall         "vzeroall"         ""     ""        { ""                     "VEX.256.0F.WIG 77" }
    Vhaddpd          "vhaddpd"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F.WIG 7C /r" }
    Vhaddps          "vhaddps"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.F2.0F.WIG 7C /r" }
    Vhsubpd          "vhsubpd"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F.WIG 7D /r" }
    Vhsubps          "vhsubps"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.F2.0F.WIG 7D /r" }
    Vldmxcsr         "vldmxcsr"         "r"    ""        { "Md"                   "VEX.LZ.0F.WIG AE /2" }
    Vstmxcsr         "vstmxcsr"         "w"    ""        { "Md"                   "VEX.LZ.0F.WIG AE /3" }
    Vcmpps           "vcmpps"           "wrrr" ""        {
        "Vl,Hl,Wl,Ib"              "VEX.128-256.0F.WIG C2 /r ib"
        "Kr{k},Hl,Wl/b32{sae},Ib"  "EVEX.128-512.0F.W0 C2 /r ib"
    }
    Vcmppd           "vcmppd"           "wrrr" ""        {
        "Vl,Hl,Wl,Ib"              "VEX.128-256.66.0F.WIG C2 /r ib"
        "Kr{k},Hl,Wl/b64{sae},Ib"  "EVEX.128-512.66.0F.W1 C2 /r ib"
    }
    Vcmpss           "vcmpss"           "wrrr" ""        {
        "Vx,Hx,Wss,Ib"             "VEX.LIG.F3.0F.WIG C2 /r ib"
        "Kr{k},Hx,Wss{sae},Ib"     "EVEX.LIG.F3.0F.W0 C2 /r ib"
    }
    Vcmpsd           "vcmpsd"           "wrrr" ""        {
        "Vx,Hx,Wsd,Ib"             "VEX.LIG.F2.0F.WIG C2 /r ib"
        "Kr{k},Hx,Wsd{sae},Ib"     "EVEX.LIG.F2.0F.W1 C2 /r ib"
    }
    Vpinsrw          "vpinsrw"          "wrrr" ""        {
        "Vx,Hx,Ry,Ib"              "VEX.128.66.0F.Wv C4 /r ib"
        "Vx,Hx,Mw,Ib"              "VEX.128.66.0F.W0 C4 /r ib"
        "Vx,Hx,Ry,Ib"              "EVEX.128.66.0F.Wv C4 /r ib"
        "Vx,Hx,Mw,Ib"              "EVEX.128.66.0F.W0 C4 /r ib"
    }
    Vpextrw          "vpextrw"          "wrr"  ""        {
        "Gy,Ux,Ib"                 "VEX.128.66.0F.Wv C5 /r ib"
        "Ry,Vx,Ib"                 "VEX.128.66.0F3A.Wv 15 /r ib"
        "Mw,Vx,Ib"                 "VEX.128.66.0F3A.W0 15 /r ib"
        "Gy,Ux,Ib"                 "EVEX.128.66.0F.Wv C5 /r ib"
        "Ry,Vx,Ib"                 "EVEX.128.66.0F3A.Wv 15 /r ib"
        "Mw,Vx,Ib"                 "EVEX.128.66.0F3A.W0 15 /r ib"
    }
    Vshufps          "vshufps"          "wrrr" ""        {
        "Vl,Hl,Wl,Ib"              "VEX.128-256.0F.WIG C6 /r ib"
        "Vl{kz},Hl,Wl/b32,Ib"      "EVEX.128-512.0F.W0 C6 /r ib"
    }
    Vshufpd          "vshufpd"          "wrrr" ""        {
        "Vl,Hl,Wl,Ib"              "VEX.128-256.66.0F.WIG C6 /r ib"
        "Vl{kz},Hl,Wl/b64,Ib"      "EVEX.128-512.66.0F.W1 C6 /r ib"
    }
    Vaddsubpd        "vaddsubpd"        "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F.WIG D0 /r" }
    Vaddsubps        "vaddsubps"        "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.F2.0F.WIG D0 /r" }
    Vpaddq           "vpaddq"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG D4 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 D4 /r"
    }
    Vpmullw          "vpmullw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG D5 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG D5 /r"
    }
    Vpmovmskb        "vpmovmskb"        "wr"   ""        {
        "Gd,Ul"                    "VEX.128-256.66.0F.W0 D7 /r"
        "Gq,Ul"                    "VEX.128-256.66.0F.W1 D7 /r"
    }
    Vpsubusb         "vpsubusb"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG D8 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG D8 /r"
    }
    Vpsubusw         "vpsubusw"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG D9 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG D9 /r"
    }
    Vpminub          "vpminub"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG DA /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG DA /r"
    }
    Vpand            "vpand"            "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F.WIG DB /r" }
    Vpaddusb         "vpaddusb"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG DC /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG DC /r"
    }
    Vpaddusw         "vpaddusw"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG DD /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG DD /r"
    }
    Vpmaxub          "vpmaxub"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG DE /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG DE /r"
    }
    Vpandn           "vpandn"           "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F.WIG DF /r" }
    Vpavgb           "vpavgb"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG E0 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG E0 /r"
    }
    Vpavgw           "vpavgw"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG E3 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG E3 /r"
    }
    Vpmulhuw         "vpmulhuw"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG E4 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG E4 /r"
    }
    Vpmulhw          "vpmulhw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG E5 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG E5 /r"
    }
    Vcvttpd2dq       "vcvttpd2dq"       "wr"   ""        {
        "Vh,Wl"                    "VEX.128-256.66.0F.WIG E6 /r"
        "Vh{kz},Wl/b64{sae}"       "EVEX.128-512.66.0F.W1 E6 /r"
    }
    Vcvtdq2pd        "vcvtdq2pd"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.F3.0F.WIG E6 /r"
        "Vl{kz},Wh/b32"            "EVEX.128-512.F3.0F.W0 E6 /r"
    }
    Vcvtpd2dq        "vcvtpd2dq"        "wr"   ""        {
        "Vh,Wl"                    "VEX.128-256.F2.0F.WIG E6 /r"
        "Vh{kz},Wl/b64{er}"        "EVEX.128-512.F2.0F.W1 E6 /r"
    }
    Vmovntdq         "vmovntdq"         "wr"   ""        {
        "Ml,Vl"                    "VEX.128-256.66.0F.WIG E7 /r"
        "Ml,Vl"                    "EVEX.128-512.66.0F.W0 E7 /r"
    }
    Vpsubsb          "vpsubsb"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG E8 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG E8 /r"
    }
    Vpsubsw          "vpsubsw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG E9 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG E9 /r"
    }
    Vpminsw          "vpminsw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG EA /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG EA /r"
    }
    Vpor             "vpor"             "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F.WIG EB /r" }
    Vpaddsb          "vpaddsb"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG EC /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG EC /r"
    }
    Vpaddsw          "vpaddsw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG ED /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG ED /r"
    }
    Vpmaxsw          "vpmaxsw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG EE /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG EE /r"
    }
    Vpxor            "vpxor"            "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F.WIG EF /r" }
    Vlddqu           "vlddqu"           "wr"   ""        { "Vl,Ml"                "VEX.128-256.F2.0F.WIG F0 /r" }
    Vpmuludq         "vpmuludq"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG F4 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 F4 /r"
    }
    Vpmaddwd         "vpmaddwd"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG F5 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG F5 /r"
    }
    Vpsadbw          "vpsadbw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG F6 /r"
        "Vl,Hl,Wl"                 "EVEX.128-512.66.0F.WIG F6 /r"
    }
    Vmaskmovdqu      "vmaskmovdqu"      "wr"   ""        { "Vx,Ux"                "VEX.128.66.0F.WIG F7 /r" }
    Vpsubb           "vpsubb"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG F8 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG F8 /r"
    }
    Vpsubw           "vpsubw"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG F9 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG F9 /r"
    }
    Vpsubd           "vpsubd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG FA /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F.W0 FA /r"
    }
    Vpsubq           "vpsubq"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG FB /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F.W1 FB /r"
    }
    Vpaddb           "vpaddb"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG FC /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG FC /r"
    }
    Vpaddw           "vpaddw"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG FD /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F.WIG FD /r"
    }
    Vpaddd           "vpaddd"           "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F.WIG FE /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F.W0 FE /r"
    }
    Vpshufb          "vpshufb"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 00 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F38.WIG 00 /r"
    }
    Vphaddw          "vphaddw"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 01 /r" }
    Vphaddd          "vphaddd"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 02 /r" }
    Vphaddsw         "vphaddsw"         "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 03 /r" }
    Vpmaddubsw       "vpmaddubsw"       "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 04 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F38.WIG 04 /r"
    }
    Vphsubw          "vphsubw"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 05 /r" }
    Vphsubd          "vphsubd"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 06 /r" }
    Vphsubsw         "vphsubsw"         "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 07 /r" }
    Vpsignb          "vpsignb"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 08 /r" }
    Vpsignw          "vpsignw"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 09 /r" }
    Vpsignd          "vpsignd"          "wrr"  ""        { "Vl,Hl,Wl"             "VEX.128-256.66.0F38.WIG 0A /r" }
    Vpmulhrsw        "vpmulhrsw"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 0B /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F38.WIG 0B /r"
    }
    Vpermilps        "vpermilps"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 0C /r"
        "Vl,Wl,Ib"                 "VEX.128-256.66.0F3A.W0 04 /r ib"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 0C /r"
        "Vl{kz},Wl/b32,Ib"         "EVEX.128-512.66.0F3A.W0 04 /r ib"
    }
    Vpermilpd        "vpermilpd"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 0D /r"
        "Vl,Wl,Ib"                 "VEX.128-256.66.0F3A.W0 05 /r ib"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F38.W1 0D /r"
        "Vl{kz},Wl/b64,Ib"         "EVEX.128-512.66.0F3A.W1 05 /r ib"
    }
    Vtestps          "vtestps"          "rr"   ">OSZAPC" { "Vl,Wl"                "VEX.128-256.66.0F38.W0 0E /r" }
    Vtestpd          "vtestpd"          "rr"   ">OSZAPC" { "Vl,Wl"                "VEX.128-256.66.0F38.W0 0F /r" }
    Vcvtph2ps        "vcvtph2ps"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.66.0F38.W0 13 /r"
        "Vl{kz},Wh{sae}"           "EVEX.128-512.66.0F38.W0 13 /r"
    }
    Vptest           "vptest"           "rr"   ">OSZAPC" { "Vl,Wl"                "VEX.128-256.66.0F38.WIG 17 /r" }
    Vbroadcastss     "vbroadcastss"     "wr"   ""        {
        "Vl,Md"                    "VEX.128-256.66.0F38.W0 18 /r"
        "Vl,Uh"                    "VEX.128-256.66.0F38.W0 18 /r"
        "Vl{kz},Wss"               "EVEX.128-512.66.0F38.W0 18 /r"
    }
    Vbroadcastsd     "vbroadcastsd"     "wr"   ""        {
        "Vy,Mq"                    "VEX.256.66.0F38.W0 19 /r"
        "Vy,Ux"                    "VEX.256.66.0F38.W0 19 /r"
        "Vl{kz},Wsd"               "EVEX.256-512.66.0F38.W1 19 /r"
    }
    Vbroadcastf128   "vbroadcastf128"   "wr"   ""        { "Vy,Mx"                "VEX.256.66.0F38.W0 1A /r" }
    Vpabsb           "vpabsb"           "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.66.0F38.WIG 1C /r"
        "Vl{kz},Wl"                "EVEX.128-512.66.0F38.WIG 1C /r"
    }
    Vpabsw           "vpabsw"           "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.66.0F38.WIG 1D /r"
        "Vl{kz},Wl"                "EVEX.128-512.66.0F38.WIG 1D /r"
    }
    Vpabsd           "vpabsd"           "wr"   ""        {
        "Vl,Wl"                    "VEX.128-256.66.0F38.WIG 1E /r"
        "Vl{kz},Wl/b32"            "EVEX.128-512.66.0F38.W0 1E /r"
    }
    Vpmovsxbw        "vpmovsxbw"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.66.0F38.WIG 20 /r"
        "Vl{kz},Wh"                "EVEX.128-512.66.0F38.WIG 20 /r"
    }
    Vpmovsxbd        "vpmovsxbd"        "wr"   ""        {
        "Vl,Wf"                    "VEX.128-256.66.0F38.WIG 21 /r"
        "Vl{kz},Wf"                "EVEX.128-512.66.0F38.WIG 21 /r"
    }
    Vpmovsxbq        "vpmovsxbq"        "wr"   ""        {
        "Vl,We"                    "VEX.128-256.66.0F38.WIG 22 /r"
        "Vl{kz},We"                "EVEX.128-512.66.0F38.WIG 22 /r"
    }
    Vpmovsxwd        "vpmovsxwd"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.66.0F38.WIG 23 /r"
        "Vl{kz},Wh"                "EVEX.128-512.66.0F38.WIG 23 /r"
    }
    Vpmovsxwq        "vpmovsxwq"        "wr"   ""        {
        "Vl,Wf"                    "VEX.128-256.66.0F38.WIG 24 /r"
        "Vl{kz},Wf"                "EVEX.128-512.66.0F38.WIG 24 /r"
    }
    Vpmovsxdq        "vpmovsxdq"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.66.0F38.WIG 25 /r"
        "Vl{kz},Wh"                "EVEX.128-512.66.0F38.W0 25 /r"
    }
    Vpmuldq          "vpmuldq"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 28 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F38.W1 28 /r"
    }
    Vpcmpeqq         "vpcmpeqq"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 29 /r"
        "Kr{k},Hl,Wl/b64"          "EVEX.128-512.66.0F38.W1 29 /r"
    }
    Vmovntdqa        "vmovntdqa"        "wr"   ""        {
        "Vl,Ml"                    "VEX.128-256.66.0F38.WIG 2A /r"
        "Vl,Ml"                    "EVEX.128-512.66.0F38.W0 2A /r"
    }
    Vpackusdw        "vpackusdw"        "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 2B /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 2B /r"
    }
    Vmaskmovps       "vmaskmovps"       "wrr"  ""        {
        "Vl,Hl,Ml"                 "VEX.128-256.66.0F38.W0 2C /r"
        "Ml,Hl,Vl"                 "VEX.128-256.66.0F38.W0 2E /r"
    }
    Vmaskmovpd       "vmaskmovpd"       "wrr"  ""        {
        "Vl,Hl,Ml"                 "VEX.128-256.66.0F38.W0 2D /r"
        "Ml,Hl,Vl"                 "VEX.128-256.66.0F38.W0 2F /r"
    }
    Vpmovzxbw        "vpmovzxbw"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.66.0F38.WIG 30 /r"
        "Vl{kz},Wh"                "EVEX.128-512.66.0F38.WIG 30 /r"
    }
    Vpmovzxbd        "vpmovzxbd"        "wr"   ""        {
        "Vl,Wf"                    "VEX.128-256.66.0F38.WIG 31 /r"
        "Vl{kz},Wf"                "EVEX.128-512.66.0F38.WIG 31 /r"
    }
    Vpmovzxbq        "vpmovzxbq"        "wr"   ""        {
        "Vl,We"                    "VEX.128-256.66.0F38.WIG 32 /r"
        "Vl{kz},We"                "EVEX.128-512.66.0F38.WIG 32 /r"
    }
    Vpmovzxwd        "vpmovzxwd"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.66.0F38.WIG 33 /r"
        "Vl{kz},Wh"                "EVEX.128-512.66.0F38.WIG 33 /r"
    }
    Vpmovzxwq        "vpmovzxwq"        "wr"   ""        {
        "Vl,Wf"                    "VEX.128-256.66.0F38.WIG 34 /r"
        "Vl{kz},Wf"                "EVEX.128-512.66.0F38.WIG 34 /r"
    }
    Vpmovzxdq        "vpmovzxdq"        "wr"   ""        {
        "Vl,Wh"                    "VEX.128-256.66.0F38.WIG 35 /r"
        "Vl{kz},Wh"                "EVEX.128-512.66.0F38.W0 35 /r"
    }
    Vpcmpgtq         "vpcmpgtq"         "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 37 /r"
        "Kr{k},Hl,Wl/b64"          "EVEX.128-512.66.0F38.W1 37 /r"
    }
    Vpminsb          "vpminsb"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 38 /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F38.WIG 38 /r"
    }
    Vpminsd          "vpminsd"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 39 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 39 /r"
    }
    Vpminuw          "vpminuw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 3A /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F38.WIG 3A /r"
    }
    Vpminud          "vpminud"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 3B /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 3B /r"
    }
    Vpmaxsb          "vpmaxsb"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 3C /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F38.WIG 3C /r"
    }
    Vpmaxsd          "vpmaxsd"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 3D /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 3D /r"
    }
    Vpmaxuw          "vpmaxuw"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 3E /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F38.WIG 3E /r"
    }
    Vpmaxud          "vpmaxud"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 3F /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 3F /r"
    }
    Vpmulld          "vpmulld"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG 40 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 40 /r"
    }
    Vphminposuw      "vphminposuw"      "wr"   ""        { "Vx,Wx"                "VEX.128.66.0F38.WIG 41 /r" }
    Vpdpbusd         "vpdpbusd"         "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 50 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 50 /r"
    }
    Vpdpbusds        "vpdpbusds"        "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 51 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 51 /r"
    }
    Vpdpwssd         "vpdpwssd"         "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 52 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 52 /r"
    }
    Vpdpwssds        "vpdpwssds"        "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 53 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 53 /r"
    }
    Vpmadd52luq      "vpmadd52luq"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 B4 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F38.W1 B4 /r"
    }
    Vpmadd52huq      "vpmadd52huq"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 B5 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F38.W1 B5 /r"
    }
    Vgf2p8mulb       "vgf2p8mulb"       "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 CF /r"
        "Vl{kz},Hl,Wl"             "EVEX.128-512.66.0F38.W0 CF /r"
    }
    Vaesimc          "vaesimc"          "wr"   ""        { "Vx,Wx"                "VEX.128.66.0F38.WIG DB /r" }
    Vaesenc          "vaesenc"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG DC /r"
        "Vl,Hl,Wl"                 "EVEX.128-512.66.0F38.WIG DC /r"
    }
    Vaesenclast      "vaesenclast"      "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG DD /r"
        "Vl,Hl,Wl"                 "EVEX.128-512.66.0F38.WIG DD /r"
    }
    Vaesdec          "vaesdec"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG DE /r"
        "Vl,Hl,Wl"                 "EVEX.128-512.66.0F38.WIG DE /r"
    }
    Vaesdeclast      "vaesdeclast"      "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.WIG DF /r"
        "Vl,Hl,Wl"                 "EVEX.128-512.66.0F38.WIG DF /r"
    }
    Vperm2f128       "vperm2f128"       "wrrr" ""        { "Vy,Hy,Wy,Ib"          "VEX.256.66.0F3A.W0 06 /r ib" }
    Vroundps         "vroundps"         "wrr"  ""        { "Vl,Wl,Ib"             "VEX.128-256.66.0F3A.WIG 08 /r ib" }
    Vroundpd         "vroundpd"         "wrr"  ""        { "Vl,Wl,Ib"             "VEX.128-256.66.0F3A.WIG 09 /r ib" }
    Vroundss         "vroundss"         "wrrr" ""        { "Vx,Hx,Wss,Ib"         "VEX.LIG.66.0F3A.WIG 0A /r ib" }
    Vroundsd         "vroundsd"         "wrrr" ""        { "Vx,Hx,Wsd,Ib"         "VEX.LIG.66.0F3A.WIG 0B /r ib" }
    Vblendps         "vblendps"         "wrrr" ""        { "Vl,Hl,Wl,Ib"          "VEX.128-256.66.0F3A.WIG 0C /r ib" }
    Vblendpd         "vblendpd"         "wrrr" ""        { "Vl,Hl,Wl,Ib"          "VEX.128-256.66.0F3A.WIG 0D /r ib" }
    Vpblendw         "vpblendw"         "wrrr" ""        { "Vl,Hl,Wl,Ib"          "VEX.128-256.66.0F3A.WIG 0E /r ib" }
    Vpalignr         "vpalignr"         "wrrr" ""        {
        "Vl,Hl,Wl,Ib"              "VEX.128-256.66.0F3A.WIG 0F /r ib"
        "Vl{kz},Hl,Wl,Ib"          "EVEX.128-512.66.0F3A.WIG 0F /r ib"
    }
    Vpextrb          "vpextrb"          "wrr"  ""        {
        "Ry,Vx,Ib"                 "VEX.128.66.0F3A.Wv 14 /r ib"
        "Mb,Vx,Ib"                 "VEX.128.66.0F3A.W0 14 /r ib"
        "Ry,Vx,Ib"                 "EVEX.128.66.0F3A.Wv 14 /r ib"
        "Mb,Vx,Ib"                 "EVEX.128.66.0F3A.W0 14 /r ib"
    }
    Vpextrd          "vpextrd"          "wrr"  ""        {
        "Ed,Vx,Ib"                 "VEX.128.66.0F3A.W0 16 /r ib"
        "Ed,Vx,Ib"                 "EVEX.128.66.0F3A.W0 16 /r ib"
    }
    Vpextrq          "vpextrq"          "wrr"  ""        {
        "Eq,Vx,Ib"                 "VEX.128.66.0F3A.W1 16 /r ib"
        "Eq,Vx,Ib"                 "EVEX.128.66.0F3A.W1 16 /r ib"
    }
    Vextractps       "vextractps"       "wrr"  ""        {
        "Ed,Vx,Ib"                 "VEX.128.66.0F3A.W0 17 /r ib"
        "Rq,Vx,Ib"                 "VEX.128.66.0F3A.W1 17 /r ib"
        "Ed,Vx,Ib"                 "EVEX.128.66.0F3A.W0 17 /r ib"
        "Rq,Vx,Ib"                 "EVEX.128.66.0F3A.W1 17 /r ib"
    }
    Vinsertf128      "vinsertf128"      "wrrr" ""        { "Vy,Hy,Wx,Ib"          "VEX.256.66.0F3A.W0 18 /r ib" }
    Vextractf128     "vextractf128"     "wrr"  ""        { "Wx,Vy,Ib"             "VEX.256.66.0F3A.W0 19 /r ib" }
    Vcvtps2ph        "vcvtps2ph"        "wrr"  ""        {
        "Wh,Vl,Ib"                 "VEX.128-256.66.0F3A.W0 1D /r ib"
        "Wh{kz}{sae},Vl,Ib"        "EVEX.128-512.66.0F3A.W0 1D /r ib"
    }
    Vpinsrb          "vpinsrb"          "wrrr" ""        {
        "Vx,Hx,Ry,Ib"              "VEX.128.66.0F3A.Wv 20 /r ib"
        "Vx,Hx,Mb,Ib"              "VEX.128.66.0F3A.W0 20 /r ib"
        "Vx,Hx,Ry,Ib"              "EVEX.128.66.0F3A.Wv 20 /r ib"
        "Vx,Hx,Mb,Ib"              "EVEX.128.66.0F3A.W0 20 /r ib"
    }
    Vinsertps        "vinsertps"        "wrrr" ""        {
        "Vx,Hx,Wss,Ib"             "VEX.128.66.0F3A.WIG 21 /r ib"
        "Vx,Hx,Wss,Ib"             "EVEX.128.66.0F3A.W0 21 /r ib"
    }
    Vpinsrd          "vpinsrd"          "wrrr" ""        {
        "Vx,Hx,Ed,Ib"              "VEX.128.66.0F3A.W0 22 /r ib"
        "Vx,Hx,Ed,Ib"              "EVEX.128.66.0F3A.W0 22 /r ib"
    }
    Vpinsrq          "vpinsrq"          "wrrr" ""        {
        "Vx,Hx,Eq,Ib"              "VEX.128.66.0F3A.W1 22 /r ib"
        "Vx,Hx,Eq,Ib"              "EVEX.128.66.0F3A.W1 22 /r ib"
    }
    Vdpps            "vdpps"            "wrrr" ""        { "Vl,Hl,Wl,Ib"          "VEX.128-256.66.0F3A.WIG 40 /r ib" }
    Vdppd            "vdppd"            "wrrr" ""        { "Vx,Hx,Wx,Ib"          "VEX.128.66.0F3A.WIG 41 /r ib" }
    Vmpsadbw         "vmpsadbw"         "wrrr" ""        { "Vl,Hl,Wl,Ib"          "VEX.128-256.66.0F3A.WIG 42 /r ib" }
    Vpclmulqdq       "vpclmulqdq"       "wrrr" ""        {
        "Vl,Hl,Wl,Ib"              "VEX.128-256.66.0F3A.WIG 44 /r ib"
        "Vl,Hl,Wl,Ib"              "EVEX.128-512.66.0F3A.WIG 44 /r ib"
    }
    Vblendvps        "vblendvps"        "wrrr" ""        { "Vl,Hl,Wl,Sl"          "VEX.128-256.66.0F3A.W0 4A /r /is4" }
    Vblendvpd        "vblendvpd"        "wrrr" ""        { "Vl,Hl,Wl,Sl"          "VEX.128-256.66.0F3A.W0 4B /r /is4" }
    Vpblendvb        "vpblendvb"        "wrrr" ""        { "Vl,Hl,Wl,Sl"          "VEX.128-256.66.0F3A.W0 4C /r /is4" }
    Vpcmpestrm       "vpcmpestrm"       "rrr"  ">OSZAPC" { "Vx,Wx,Ib"             "VEX.128.66.0F3A.W0 60 /r ib" }
    Vpcmpestri       "vpcmpestri"       "rrr"  ">OSZAPC" { "Vx,Wx,Ib"             "VEX.128.66.0F3A.W0 61 /r ib" }
    Vpcmpistrm       "vpcmpistrm"       "rrr"  ">OSZAPC" { "Vx,Wx,Ib"             "VEX.128.66.0F3A.WIG 62 /r ib" }
    Vpcmpistri       "vpcmpistri"       "rrr"  ">OSZAPC" { "Vx,Wx,Ib"             "VEX.128.66.0F3A.WIG 63 /r ib" }
    Vgf2p8affineqb   "vgf2p8affineqb"   "wrrr" ""        {
        "Vl,Hl,Wl,Ib"              "VEX.128-256.66.0F3A.W1 CE /r ib"
        "Vl{kz},Hl,Wl/b64,Ib"      "EVEX.128-512.66.0F3A.W1 CE /r ib"
    }
    Vgf2p8affineinvqb "vgf2p8affineinvqb" "wrrr" ""        {
        "Vl,Hl,Wl,Ib"              "VEX.128-256.66.0F3A.W1 CF /r ib"
        "Vl{kz},Hl,Wl/b64,Ib"      "EVEX.128-512.66.0F3A.W1 CF /r ib"
    }
    Vaeskeygenassist "vaeskeygenassist" "wrr"  ""        { "Vx,Wx,Ib"             "VEX.128.66.0F3A.WIG DF /r ib" }
    }};
}
