//! Rows of BMI1 and BMI2 (Intel SDM vol. 2).
//!
//! Notation: [`table`](super).

macro_rules! bmi_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
    Andn             "andn"             "wrr"  ">OSZAPC" { "Gy,By,Ey"             "VEX.LZ.0F38.Wv F2 /r" }
    Blsr             "blsr"             "wr"   ">OSZAPC" { "By,Ey"                "VEX.LZ.0F38.Wv F3 /1" }
    Blsmsk           "blsmsk"           "wr"   ">OSZAPC" { "By,Ey"                "VEX.LZ.0F38.Wv F3 /2" }
    Blsi             "blsi"             "wr"   ">OSZAPC" { "By,Ey"                "VEX.LZ.0F38.Wv F3 /3" }
    Bzhi             "bzhi"             "wrr"  ">OSZAPC" { "Gy,Ey,By"             "VEX.LZ.0F38.Wv F5 /r" }
    Pext             "pext"             "wrr"  ""        { "Gy,By,Ey"             "VEX.LZ.F3.0F38.Wv F5 /r" }
    Pdep             "pdep"             "wrr"  ""        { "Gy,By,Ey"             "VEX.LZ.F2.0F38.Wv F5 /r" }
    Mulx             "mulx"             "wwr"  ""        { "Gy,By,Ey"             "VEX.LZ.F2.0F38.Wv F6 /r" }
    Bextr            "bextr"            "wrr"  ">OSZAPC" { "Gy,Ey,By"             "VEX.LZ.0F38.Wv F7 /r" }
    Shlx             "shlx"             "wrr"  ""        { "Gy,Ey,By"             "VEX.LZ.66.0F38.Wv F7 /r" }
    Sarx             "sarx"             "wrr"  ""        { "Gy,Ey,By"             "VEX.LZ.F3.0F38.Wv F7 /r" }
    Shrx             "shrx"             "wrr"  ""        { "Gy,Ey,By"             "VEX.LZ.F2.0F38.Wv F7 /r" }
    Rorx             "rorx"             "wrr"  ""        { "Gy,Ey,Ib"             "VEX.LZ.F2.0F3A.Wv F0 /r ib" }
    }};
}
