//! Rows of FMA3, each with its EVEX form (Intel SDM vol. 2, VFMADD132PD and its neighbours).
//!
//! Notation: [`table`](super).

macro_rules! fma_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
    Vfmaddsub132ps   "vfmaddsub132ps"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 96 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 96 /r"
    }
    Vfmaddsub132pd   "vfmaddsub132pd"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 96 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 96 /r"
    }
    Vfmsubadd132ps   "vfmsubadd132ps"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 97 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 97 /r"
    }
    Vfmsubadd132pd   "vfmsubadd132pd"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 97 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 97 /r"
    }
    Vfmadd132ps      "vfmadd132ps"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 98 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 98 /r"
    }
    Vfmadd132pd      "vfmadd132pd"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 98 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 98 /r"
    }
    Vfmadd132ss      "vfmadd132ss"      "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 99 /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 99 /r"
    }
    Vfmadd132sd      "vfmadd132sd"      "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 99 /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 99 /r"
    }
    Vfmsub132ps      "vfmsub132ps"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 9A /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 9A /r"
    }
    Vfmsub132pd      "vfmsub132pd"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 9A /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 9A /r"
    }
    Vfmsub132ss      "vfmsub132ss"      "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 9B /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 9B /r"
    }
    Vfmsub132sd      "vfmsub132sd"      "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 9B /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 9B /r"
    }
    Vfnmadd132ps     "vfnmadd132ps"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 9C /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 9C /r"
    }
    Vfnmadd132pd     "vfnmadd132pd"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 9C /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 9C /r"
    }
    Vfnmadd132ss     "vfnmadd132ss"     "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 9D /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 9D /r"
    }
    Vfnmadd132sd     "vfnmadd132sd"     "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 9D /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 9D /r"
    }
    Vfnmsub132ps     "vfnmsub132ps"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 9E /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 9E /r"
    }
    Vfnmsub132pd     "vfnmsub132pd"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 9E /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 9E /r"
    }
    Vfnmsub132ss     "vfnmsub132ss"     "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 9F /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 9F /r"
    }
    Vfnmsub132sd     "vfnmsub132sd"     "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 9F /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 9F /r"
    }
    Vfmaddsub213ps   "vfmaddsub213ps"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 A6 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 A6 /r"
    }
    Vfmaddsub213pd   "vfmaddsub213pd"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 A6 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 A6 /r"
    }
    Vfmsubadd213ps   "vfmsubadd213ps"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 A7 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 A7 /r"
    }
    Vfmsubadd213pd   "vfmsubadd213pd"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 A7 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 A7 /r"
    }
    Vfmadd213ps      "vfmadd213ps"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 A8 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 A8 /r"
    }
    Vfmadd213pd      "vfmadd213pd"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 A8 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 A8 /r"
    }
    Vfmadd213ss      "vfmadd213ss"      "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 A9 /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 A9 /r"
    }
    Vfmadd213sd      "vfmadd213sd"      "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 A9 /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 A9 /r"
    }
    Vfmsub213ps      "vfmsub213ps"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 AA /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 AA /r"
    }
    Vfmsub213pd      "vfmsub213pd"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 AA /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 AA /r"
    }
    Vfmsub213ss      "vfmsub213ss"      "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 AB /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 AB /r"
    }
    Vfmsub213sd      "vfmsub213sd"      "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 AB /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 AB /r"
    }
    Vfnmadd213ps     "vfnmadd213ps"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 AC /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 AC /r"
    }
    Vfnmadd213pd     "vfnmadd213pd"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 AC /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 AC /r"
    }
    Vfnmadd213ss     "vfnmadd213ss"     "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 AD /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 AD /r"
    }
    Vfnmadd213sd     "vfnmadd213sd"     "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 AD /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 AD /r"
    }
    Vfnmsub213ps     "vfnmsub213ps"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 AE /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 AE /r"
    }
    Vfnmsub213pd     "vfnmsub213pd"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 AE /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 AE /r"
    }
    Vfnmsub213ss     "vfnmsub213ss"     "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 AF /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 AF /r"
    }
    Vfnmsub213sd     "vfnmsub213sd"     "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 AF /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 AF /r"
    }
    Vfmaddsub231ps   "vfmaddsub231ps"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 B6 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 B6 /r"
    }
    Vfmaddsub231pd   "vfmaddsub231pd"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 B6 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 B6 /r"
    }
    Vfmsubadd231ps   "vfmsubadd231ps"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 B7 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 B7 /r"
    }
    Vfmsubadd231pd   "vfmsubadd231pd"   "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 B7 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 B7 /r"
    }
    Vfmadd231ps      "vfmadd231ps"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 B8 /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 B8 /r"
    }
    Vfmadd231pd      "vfmadd231pd"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 B8 /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 B8 /r"
    }
    Vfmadd231ss      "vfmadd231ss"      "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 B9 /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 B9 /r"
    }
    Vfmadd231sd      "vfmadd231sd"      "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 B9 /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 B9 /r"
    }
    Vfmsub231ps      "vfmsub231ps"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 BA /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 BA /r"
    }
    Vfmsub231pd      "vfmsub231pd"      "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 BA /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 BA /r"
    }
    Vfmsub231ss      "vfmsub231ss"      "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 BB /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 BB /r"
    }
    Vfmsub231sd      "vfmsub231sd"      "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 BB /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 BB /r"
    }
    Vfnmadd231ps     "vfnmadd231ps"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 BC /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 BC /r"
    }
    Vfnmadd231pd     "vfnmadd231pd"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 BC /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 BC /r"
    }
    Vfnmadd231ss     "vfnmadd231ss"     "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 BD /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 BD /r"
    }
    Vfnmadd231sd     "vfnmadd231sd"     "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 BD /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 BD /r"
    }
    Vfnmsub231ps     "vfnmsub231ps"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W0 BE /r"
        "Vl{kz},Hl,Wl/b32{er}"     "EVEX.128-512.66.0F38.W0 BE /r"
    }
    Vfnmsub231pd     "vfnmsub231pd"     "xrr"  ""        {
        "Vl,Hl,Wl"                 "VEX.128-256.66.0F38.W1 BE /r"
        "Vl{kz},Hl,Wl/b64{er}"     "EVEX.128-512.66.0F38.W1 BE /r"
    }
    Vfnmsub231ss     "vfnmsub231ss"     "xrr"  ""        {
        "Vx,Hx,Wss"                "VEX.LIG.66.0F38.W0 BF /r"
        "Vx{kz},Hx,Wss{er}"        "EVEX.LIG.66.0F38.W0 BF /r"
    }
    Vfnmsub231sd     "vfnmsub231sd"     "xrr"  ""        {
        "Vx,Hx,Wsd"                "VEX.LIG.66.0F38.W1 BF /r"
        "Vx{kz},Hx,Wsd{er}"        "EVEX.LIG.66.0F38.W1 BF /r"
    }
    }};
}
