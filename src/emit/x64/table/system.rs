//! Rows of the base set beyond what every method needs: locked, string, flag, cache and machine instructions (Intel SDM vol. 2).
//!
//! Notation: [`table`](super).

macro_rules! system_rows {
    ([$next:ident $($rest:ident)*] $($before:tt)*) => { $next! { [$($rest)*] $($before)*
    // Locked
    LockAdc          "lock adc"         "xr"   "C>OSZAPC"{
        "Mb,Gb"                    "F0 10 /r"
        "Mv,Gv"                    "F0 11 /r"
        "Mb,Ib"                    "F0 80 /2 ib"
        "Mv,Ibs"                   "F0 83 /2 ib"
        "Mv,Iz"                    "F0 81 /2 iz"
    }
    LockSbb          "lock sbb"         "xr"   "C>OSZAPC"{
        "Mb,Gb"                    "F0 18 /r"
        "Mv,Gv"                    "F0 19 /r"
        "Mb,Ib"                    "F0 80 /3 ib"
        "Mv,Ibs"                   "F0 83 /3 ib"
        "Mv,Iz"                    "F0 81 /3 iz"
    }
    LockInc          "lock inc"         "x"    ">OSZAP"  {
        "Mb"                       "F0 FE /0"
        "Mv"                       "F0 FF /0"
    }
    LockDec          "lock dec"         "x"    ">OSZAP"  {
        "Mb"                       "F0 FE /1"
        "Mv"                       "F0 FF /1"
    }
    LockNot          "lock not"         "x"    ""        {
        "Mb"                       "F0 F6 /2"
        "Mv"                       "F0 F7 /2"
    }
    LockNeg          "lock neg"         "x"    ">OSZAPC" {
        "Mb"                       "F0 F6 /3"
        "Mv"                       "F0 F7 /3"
    }
    LockBts          "lock bts"         "xr"   ">C"      {
        "Mv,Gv"                    "F0 0F AB /r"
        "Mv,Ib"                    "F0 0F BA /5 ib"
    }
    LockBtr          "lock btr"         "xr"   ">C"      {
        "Mv,Gv"                    "F0 0F B3 /r"
        "Mv,Ib"                    "F0 0F BA /6 ib"
    }
    LockBtc          "lock btc"         "xr"   ">C"      {
        "Mv,Gv"                    "F0 0F BB /r"
        "Mv,Ib"                    "F0 0F BA /7 ib"
    }
    Cmpxchg8b        "cmpxchg8b"        "x"    ">Z"      { "Mq"                   "0F C7 /1" }
    LockCmpxchg8b    "lock cmpxchg8b"   "x"    ">Z"      { "Mq"                   "F0 0F C7 /1" }
    Cmpxchg16b       "cmpxchg16b"       "x"    ">Z"      { "Mx"                   "REX.W 0F C7 /1" }
    // Data
    Movbe            "movbe"            "wr"   ""        {
        "Gv,Mv"                    "0F 38 F0 /r"
        "Mv,Gv"                    "0F 38 F1 /r"
    }
    Movnti           "movnti"           "wr"   ""        { "My,Gy"                "0F C3 /r" }
    Adcx             "adcx"             "xr"   "C>C"     { "Gy,Ey"                "66 0F 38 F6 /r" }
    Adox             "adox"             "xr"   "O>O"     { "Gy,Ey"                "F3 0F 38 F6 /r" }
    Crc32B           "crc32"            "xr"   ""        { "Gy,Eb"                "F2 0F 38 F0 /r" }
    Crc32W           "crc32"            "xr"   ""        { "Gd,Ew"                "66 F2 0F 38 F1 /r" }
    Crc32            "crc32"            "xr"   ""        { "Gy,Ey"                "F2 0F 38 F1 /r" }
    NopRm            "nop"              "r"    ""        { "Ev"                   "0F 1F /0" }
    // Fences and caches
    Lfence           "lfence"           ""     ""        { ""                     "0F AE E8" }
    Sfence           "sfence"           ""     ""        { ""                     "0F AE F8" }
    Prefetchnta      "prefetchnta"      "r"    ""        { "Mb"                   "0F 18 /0" }
    Prefetcht0       "prefetcht0"       "r"    ""        { "Mb"                   "0F 18 /1" }
    Prefetcht1       "prefetcht1"       "r"    ""        { "Mb"                   "0F 18 /2" }
    Prefetcht2       "prefetcht2"       "r"    ""        { "Mb"                   "0F 18 /3" }
    Prefetchw        "prefetchw"        "r"    ""        { "Mb"                   "0F 0D /1" }
    Clflush          "clflush"          "r"    ""        { "Mb"                   "0F AE /7" }
    Clflushopt       "clflushopt"       "r"    ""        { "Mb"                   "66 0F AE /7" }
    Clwb             "clwb"             "r"    ""        { "Mb"                   "66 0F AE /6" }
    // Flags
    Clc              "clc"              ""     ">C"      { ""                     "F8" }
    Stc              "stc"              ""     ">C"      { ""                     "F9" }
    Cmc              "cmc"              ""     "C>C"     { ""                     "F5" }
    Std              "std"              ""     ""        { ""                     "FD" }
    Lahf             "lahf"             ""     "SZAPC>"  { ""                     "9F" }
    Sahf             "sahf"             ""     ">SZAPC"  { ""                     "9E" }
    Pushfq           "pushfq"           ""     "OSZAPC>" { ""                     "9C" }
    Popfq            "popfq"            ""     ">OSZAPC" { ""                     "9D" }
    // Strings
    MovsB            "movsb"            ""     ""        { ""                     "A4" }
    StosB            "stosb"            ""     ""        { ""                     "AA" }
    RepneScasb       "repne scasb"      ""     ">OSZAPC" { ""                     "F2 AE" }
    RepeCmpsb        "repe cmpsb"       ""     ">OSZAPC" { ""                     "F3 A6" }
    MovsW            "movsw"            ""     ""        { ""                     "66 A5" }
    RepMovsw         "rep movsw"        ""     ""        { ""                     "66 F3 A5" }
    StosW            "stosw"            ""     ""        { ""                     "66 AB" }
    RepStosw         "rep stosw"        ""     ""        { ""                     "66 F3 AB" }
    RepneScasw       "repne scasw"      ""     ">OSZAPC" { ""                     "66 F2 AF" }
    RepeCmpsw        "repe cmpsw"       ""     ">OSZAPC" { ""                     "66 F3 A7" }
    MovsD            "movsd"            ""     ""        { ""                     "A5" }
    RepMovsd         "rep movsd"        ""     ""        { ""                     "F3 A5" }
    StosD            "stosd"            ""     ""        { ""                     "AB" }
    RepStosd         "rep stosd"        ""     ""        { ""                     "F3 AB" }
    RepneScasd       "repne scasd"      ""     ">OSZAPC" { ""                     "F2 AF" }
    RepeCmpsd        "repe cmpsd"       ""     ">OSZAPC" { ""                     "F3 A7" }
    MovsQ            "movsq"            ""     ""        { ""                     "REX.W A5" }
    StosQ            "stosq"            ""     ""        { ""                     "REX.W AB" }
    RepneScasq       "repne scasq"      ""     ">OSZAPC" { ""                     "F2 REX.W AF" }
    RepeCmpsq        "repe cmpsq"       ""     ">OSZAPC" { ""                     "F3 REX.W A7" }
    // Machine
    Rdtsc            "rdtsc"            ""     ""        { ""                     "0F 31" }
    Rdtscp           "rdtscp"           ""     ""        { ""                     "0F 01 F9" }
    Cpuid            "cpuid"            ""     ""        { ""                     "0F A2" }
    Xgetbv           "xgetbv"           ""     ""        { ""                     "0F 01 D0" }
    Syscall          "syscall"          ""     ""        { ""                     "0F 05" }
    Endbr64          "endbr64"          ""     ""        { ""                     "F3 0F 1E FA" }
    Rdrand           "rdrand"           "w"    ">OSZAPC" { "Rv"                   "0F C7 /6" }
    Rdseed           "rdseed"           "w"    ">OSZAPC" { "Rv"                   "0F C7 /7" }
    Rdpid            "rdpid"            "w"    ""        { "Rq64"                 "F3 0F C7 /7" }
    Rdfsbase         "rdfsbase"         "w"    ""        { "Ry"                   "F3 0F AE /0" }
    Rdgsbase         "rdgsbase"         "w"    ""        { "Ry"                   "F3 0F AE /1" }
    Wrfsbase         "wrfsbase"         "r"    ""        { "Ry"                   "F3 0F AE /2" }
    Wrgsbase         "wrgsbase"         "r"    ""        { "Ry"                   "F3 0F AE /3" }
    RetPop           "ret"              "r"    ""        { "Iw"                   "C2 iw" }
    Int              "int"              "r"    ""        { "Ib"                   "CD ib" }
    }};
}
