//! Rows of the opmask registers: AVX-512 F, BW, DQ (Intel SDM vol. 2, KADDW and its neighbours).
//!
//! Notation: [`table`](super).

macro_rules! opmask_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
    Kandw            "kandw"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W0 41 /r" }
    Kandq            "kandq"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W1 41 /r" }
    Kandb            "kandb"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W0 41 /r" }
    Kandd            "kandd"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W1 41 /r" }
    Kandnw           "kandnw"           "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W0 42 /r" }
    Kandnq           "kandnq"           "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W1 42 /r" }
    Kandnb           "kandnb"           "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W0 42 /r" }
    Kandnd           "kandnd"           "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W1 42 /r" }
    Knotw            "knotw"            "wr"   ""        { "Kr,Km"                "VEX.L0.0F.W0 44 /r" }
    Knotq            "knotq"            "wr"   ""        { "Kr,Km"                "VEX.L0.0F.W1 44 /r" }
    Knotb            "knotb"            "wr"   ""        { "Kr,Km"                "VEX.L0.66.0F.W0 44 /r" }
    Knotd            "knotd"            "wr"   ""        { "Kr,Km"                "VEX.L0.66.0F.W1 44 /r" }
    Korw             "korw"             "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W0 45 /r" }
    Korq             "korq"             "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W1 45 /r" }
    Korb             "korb"             "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W0 45 /r" }
    Kord             "kord"             "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W1 45 /r" }
    Kxnorw           "kxnorw"           "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W0 46 /r" }
    Kxnorq           "kxnorq"           "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W1 46 /r" }
    Kxnorb           "kxnorb"           "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W0 46 /r" }
    Kxnord           "kxnord"           "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W1 46 /r" }
    Kxorw            "kxorw"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W0 47 /r" }
    Kxorq            "kxorq"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W1 47 /r" }
    Kxorb            "kxorb"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W0 47 /r" }
    Kxord            "kxord"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W1 47 /r" }
    Kaddw            "kaddw"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W0 4A /r" }
    Kaddq            "kaddq"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W1 4A /r" }
    Kaddb            "kaddb"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W0 4A /r" }
    Kaddd            "kaddd"            "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W1 4A /r" }
    Kunpckwd         "kunpckwd"         "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W0 4B /r" }
    Kunpckdq         "kunpckdq"         "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.0F.W1 4B /r" }
    Kunpckbw         "kunpckbw"         "wrr"  ""        { "Kr,Kv,Km"             "VEX.L1.66.0F.W0 4B /r" }
    Kmovw            "kmovw"            "wr"   ""        {
        "Kr,Kew"                   "VEX.L0.0F.W0 90 /r"
        "Mw,Kr"                    "VEX.L0.0F.W0 91 /r"
        "Kr,Rd"                    "VEX.L0.0F.W0 92 /r"
        "Gd,Km"                    "VEX.L0.0F.W0 93 /r"
    }
    Kmovq            "kmovq"            "wr"   ""        {
        "Kr,Keq"                   "VEX.L0.0F.W1 90 /r"
        "Mq,Kr"                    "VEX.L0.0F.W1 91 /r"
        "Kr,Rq"                    "VEX.L0.F2.0F.W1 92 /r"
        "Gq,Km"                    "VEX.L0.F2.0F.W1 93 /r"
    }
    Kmovb            "kmovb"            "wr"   ""        {
        "Kr,Keb"                   "VEX.L0.66.0F.W0 90 /r"
        "Mb,Kr"                    "VEX.L0.66.0F.W0 91 /r"
        "Kr,Rd"                    "VEX.L0.66.0F.W0 92 /r"
        "Gd,Km"                    "VEX.L0.66.0F.W0 93 /r"
    }
    Kmovd            "kmovd"            "wr"   ""        {
        "Kr,Ked"                   "VEX.L0.66.0F.W1 90 /r"
        "Md,Kr"                    "VEX.L0.66.0F.W1 91 /r"
        "Kr,Rd"                    "VEX.L0.F2.0F.W0 92 /r"
        "Gd,Km"                    "VEX.L0.F2.0F.W0 93 /r"
    }
    Kortestw         "kortestw"         "rr"   ">OSZAPC" { "Kr,Km"                "VEX.L0.0F.W0 98 /r" }
    Kortestq         "kortestq"         "rr"   ">OSZAPC" { "Kr,Km"                "VEX.L0.0F.W1 98 /r" }
    Kortestb         "kortestb"         "rr"   ">OSZAPC" { "Kr,Km"                "VEX.L0.66.0F.W0 98 /r" }
    Kortestd         "kortestd"         "rr"   ">OSZAPC" { "Kr,Km"                "VEX.L0.66.0F.W1 98 /r" }
    Ktestw           "ktestw"           "rr"   ">OSZAPC" { "Kr,Km"                "VEX.L0.0F.W0 99 /r" }
    Ktestq           "ktestq"           "rr"   ">OSZAPC" { "Kr,Km"                "VEX.L0.0F.W1 99 /r" }
    Ktestb           "ktestb"           "rr"   ">OSZAPC" { "Kr,Km"                "VEX.L0.66.0F.W0 99 /r" }
    Ktestd           "ktestd"           "rr"   ">OSZAPC" { "Kr,Km"                "VEX.L0.66.0F.W1 99 /r" }
    Kshiftrb         "kshiftrb"         "wrr"  ""        { "Kr,Km,Ib"             "VEX.L0.66.0F3A.W0 30 /r ib" }
    Kshiftrw         "kshiftrw"         "wrr"  ""        { "Kr,Km,Ib"             "VEX.L0.66.0F3A.W1 30 /r ib" }
    Kshiftrd         "kshiftrd"         "wrr"  ""        { "Kr,Km,Ib"             "VEX.L0.66.0F3A.W0 31 /r ib" }
    Kshiftrq         "kshiftrq"         "wrr"  ""        { "Kr,Km,Ib"             "VEX.L0.66.0F3A.W1 31 /r ib" }
    Kshiftlb         "kshiftlb"         "wrr"  ""        { "Kr,Km,Ib"             "VEX.L0.66.0F3A.W0 32 /r ib" }
    Kshiftlw         "kshiftlw"         "wrr"  ""        { "Kr,Km,Ib"             "VEX.L0.66.0F3A.W1 32 /r ib" }
    Kshiftld         "kshiftld"         "wrr"  ""        { "Kr,Km,Ib"             "VEX.L0.66.0F3A.W0 33 /r ib" }
    Kshiftlq         "kshiftlq"         "wrr"  ""        { "Kr,Km,Ib"             "VEX.L0.66.0F3A.W1 33 /r ib" }
    }};
}
