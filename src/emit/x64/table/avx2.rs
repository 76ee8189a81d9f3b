//! Rows of AVX2 and the VEX forms of VNNI and IFMA, each with its EVEX forms (Intel SDM vol. 2).
//!
//! Notation: [`table`](super).

macro_rules! avx2_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
    Vpermps          "vpermps"          "wrr"  ""        {
        "Vy,Hy,Wy"                 "VEX.256.66.0F38.W0 16 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.256-512.66.0F38.W0 16 /r"
    }
    Vpermpd          "vpermpd"          "wrr"  ""        {
        "Vy,Wy,Ib"                 "VEX.256.66.0F3A.W1 01 /r ib"
        "Vl{kz},Hl,Wl/b64"         "EVEX.256-512.66.0F38.W1 16 /r"
        "Vl{kz},Wl/b64,Ib"         "EVEX.256-512.66.0F3A.W1 01 /r ib"
    }
    Vpermd           "vpermd"           "wrr"  ""        {
        "Vy,Hy,Wy"                 "VEX.256.66.0F38.W0 36 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.256-512.66.0F38.W0 36 /r"
    }
    Vpermq           "vpermq"           "wrr"  ""        {
        "Vy,Wy,Ib"                 "VEX.256.66.0F3A.W1 00 /r ib"
        "Vl{kz},Hl,Wl/b64"         "EVEX.256-512.66.0F38.W1 36 /r"
        "Vl{kz},Wl/b64,Ib"         "EVEX.256-512.66.0F3A.W1 00 /r ib"
    }
    Vpsrlvd          "vpsrlvd"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 45 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 45 /r"
    }
    Vpsrlvq          "vpsrlvq"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 45 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F38.W1 45 /r"
    }
    Vpsravd          "vpsravd"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 46 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 46 /r"
    }
    Vpsllvd          "vpsllvd"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 47 /r"
        "Vl{kz},Hl,Wl/b32"         "EVEX.128-512.66.0F38.W0 47 /r"
    }
    Vpsllvq          "vpsllvq"          "wrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 47 /r"
        "Vl{kz},Hl,Wl/b64"         "EVEX.128-512.66.0F38.W1 47 /r"
    }
    Vpbroadcastd     "vpbroadcastd"     "wr"   ""        {
        "Vl,Wss"                   "VEX.128-256.66.0F38.W0 58 /r"
        "Vl{kz},Wss"               "EVEX.128-512.66.0F38.W0 58 /r"
        "Vl{kz},Rd"                "EVEX.128-512.66.0F38.W0 7C /r"
    }
    Vpbroadcastq     "vpbroadcastq"     "wr"   ""        {
        "Vl,Wsd"                   "VEX.128-256.66.0F38.W0 59 /r"
        "Vl{kz},Wsd"               "EVEX.128-512.66.0F38.W1 59 /r"
        "Vl{kz},Rq"                "EVEX.128-512.66.0F38.W1 7C /r"
    }
    Vbroadcasti128   "vbroadcasti128"   "wr"   ""        { "Vy,Mx"                "VEX.256.66.0F38.W0 5A /r" }
    Vpbroadcastb     "vpbroadcastb"     "wr"   ""        {
        "Vl,Wsb"                   "VEX.128-256.66.0F38.W0 78 /r"
        "Vl{kz},Wsb"               "EVEX.128-512.66.0F38.W0 78 /r"
        "Vl{kz},Rd"                "EVEX.128-512.66.0F38.W0 7A /r"
    }
    Vpbroadcastw     "vpbroadcastw"     "wr"   ""        {
        "Vl,Wsh"                   "VEX.128-256.66.0F38.W0 79 /r"
        "Vl{kz},Wsh"               "EVEX.128-512.66.0F38.W0 79 /r"
        "Vl{kz},Rd"                "EVEX.128-512.66.0F38.W0 7B /r"
    }
    Vpmaskmovd       "vpmaskmovd"       "wrr"  ""        {
        "Vl,Hl,Ml"                 "VEX.128-256.66.0F38.W0 8C /r"
        "Ml,Hl,Vl"                 "VEX.128-256.66.0F38.W0 8E /r"
    }
    Vpmaskmovq       "vpmaskmovq"       "wrr"  ""        {
        "Vl,Hl,Ml"                 "VEX.128-256.66.0F38.W1 8C /r"
        "Ml,Hl,Vl"                 "VEX.128-256.66.0F38.W1 8E /r"
    }
    Vpgatherdd       "vpgatherdd"       "xrx"  ""        {
        "Vl,Xdl,Hl"                "VEX.128-256.66.0F38.W0 90 /r"
        "Vl{k!},Xdl"               "EVEX.128-512.66.0F38.W0 90 /r"
    }
    Vpgatherdq       "vpgatherdq"       "xrx"  ""        {
        "Vl,Xqh,Hl"                "VEX.128-256.66.0F38.W1 90 /r"
        "Vl{k!},Xqh"               "EVEX.128-512.66.0F38.W1 90 /r"
    }
    Vpgatherqd       "vpgatherqd"       "xrx"  ""        {
        "Vh,Xdl,Hh"                "VEX.128-256.66.0F38.W0 91 /r"
        "Vh{k!},Xdl"               "EVEX.128-512.66.0F38.W0 91 /r"
    }
    Vpgatherqq       "vpgatherqq"       "xrx"  ""        {
        "Vl,Xql,Hl"                "VEX.128-256.66.0F38.W1 91 /r"
        "Vl{k!},Xql"               "EVEX.128-512.66.0F38.W1 91 /r"
    }
    Vgatherdps       "vgatherdps"       "xrx"  ""        {
        "Vl,Xdl,Hl"                "VEX.128-256.66.0F38.W0 92 /r"
        "Vl{k!},Xdl"               "EVEX.128-512.66.0F38.W0 92 /r"
    }
    Vgatherdpd       "vgatherdpd"       "xrx"  ""        {
        "Vl,Xqh,Hl"                "VEX.128-256.66.0F38.W1 92 /r"
        "Vl{k!},Xqh"               "EVEX.128-512.66.0F38.W1 92 /r"
    }
    Vgatherqps       "vgatherqps"       "xrx"  ""        {
        "Vh,Xdl,Hh"                "VEX.128-256.66.0F38.W0 93 /r"
        "Vh{k!},Xdl"               "EVEX.128-512.66.0F38.W0 93 /r"
    }
    Vgatherqpd       "vgatherqpd"       "xrx"  ""        {
        "Vl,Xql,Hl"                "VEX.128-256.66.0F38.W1 93 /r"
        "Vl{k!},Xql"               "EVEX.128-512.66.0F38.W1 93 /r"
    }
    Vpblendd         "vpblendd"         "wrrr" ""        { "Vl,Hl,Wl,Ib"          "VEX.128-256.66.0F3A.W0 02 /r ib" }
    Vinserti128      "vinserti128"      "wrrr" ""        { "Vy,Hy,Wx,Ib"          "VEX.256.66.0F3A.W0 38 /r ib" }
    Vextracti128     "vextracti128"     "wrr"  ""        { "Wx,Vy,Ib"             "VEX.256.66.0F3A.W0 39 /r ib" }
    Vperm2i128       "vperm2i128"       "wrrr" ""        { "Vy,Hy,Wy,Ib"          "VEX.256.66.0F3A.W0 46 /r ib" }
    }};
}
