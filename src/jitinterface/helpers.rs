//! The numbers of the runtime's helper functions, per version of the interface.
//!
//! The compiler names a helper; the number that goes through the interface is looked up here. Names are those of the
//! interface without their `CORINFO_HELP_` prefix. A helper that a release does not have is [`NONE`]; one that it has a
//! number for may still be absent on a target (the runtime then answers with no address).

use super::slots::NONE;

macro_rules! helpers {
    ($($name:ident $v9:expr, $v10:expr;)*) => {
        /// A helper function of the runtime.
        #[allow(non_camel_case_types)] // the interface's own names
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum HelperName {
            $(#[doc = concat!("`CORINFO_HELP_", stringify!($name), "`.")] $name,)*
        }

        impl HelperName {
            /// Every helper, in the order of 9.0, then the ones that 10.0 added.
            pub const ALL: &'static [HelperName] = &[$(HelperName::$name,)*];

            /// The name without its prefix.
            pub fn name(self) -> &'static str {
                const NAMES: &[&str] = &[$(stringify!($name),)*];
                NAMES[self as usize]
            }
        }

        /// Helper numbers of 9.0: 198.
        pub static HELPERS_9: HelperTable = HelperTable { number: [$($v9,)*], count: 198 };
        /// Helper numbers of 10.0: 197.
        pub static HELPERS_10: HelperTable = HelperTable { number: [$($v10,)*], count: 197 };

        const HELPER_COUNT: usize = [$(stringify!($name),)*].len();
    };
}

/// The numbers of every [`HelperName`] in one release.
pub struct HelperTable {
    number: [u16; HELPER_COUNT],
    /// Helper numbers that the release has.
    pub count: u16,
}

impl HelperTable {
    /// The number of `helper`, or `None` where the release does not have it.
    pub fn number(&self, helper: HelperName) -> Option<u32> {
        match self.number[helper as usize] {
            NONE => None,
            n => Some(u32::from(n)),
        }
    }

    /// The name of helper `number`, as the runtime's own answers carry it.
    pub fn name_of(&self, number: u32) -> Option<HelperName> {
        let i = self.number.iter().position(|&n| u32::from(n) == number)?;
        HelperName::ALL.get(i).copied()
    }
}

#[rustfmt::skip]
helpers! {
    UNDEF                                                             0,    0;
    DIV                                                               1,    1;
    MOD                                                               2,    2;
    UDIV                                                              3,    3;
    UMOD                                                              4,    4;
    LLSH                                                              5,    5;
    LRSH                                                              6,    6;
    LRSZ                                                              7,    7;
    LMUL                                                              8,    8;
    LMUL_OVF                                                          9,    9;
    ULMUL_OVF                                                        10,   10;
    LDIV                                                             11,   11;
    LMOD                                                             12,   12;
    ULDIV                                                            13,   13;
    ULMOD                                                            14,   14;
    LNG2DBL                                                          15,   16;
    ULNG2DBL                                                         16,   18;
    DBL2INT                                                          17, NONE;
    DBL2INT_OVF                                                      18,   19;
    DBL2LNG                                                          19,   20;
    DBL2LNG_OVF                                                      20,   21;
    DBL2UINT                                                         21, NONE;
    DBL2UINT_OVF                                                     22,   22;
    DBL2ULNG                                                         23,   23;
    DBL2ULNG_OVF                                                     24,   24;
    FLTREM                                                           25,   25;
    DBLREM                                                           26,   26;
    NEWFAST                                                          27,   27;
    NEWFAST_MAYBEFROZEN                                              28,   28;
    NEWSFAST                                                         29,   29;
    NEWSFAST_FINALIZE                                                30,   30;
    NEWSFAST_ALIGN8                                                  31,   31;
    NEWSFAST_ALIGN8_VC                                               32,   32;
    NEWSFAST_ALIGN8_FINALIZE                                         33,   33;
    NEW_MDARR                                                        34,   34;
    NEW_MDARR_RARE                                                   35,   35;
    NEWARR_1_DIRECT                                                  36,   36;
    NEWARR_1_MAYBEFROZEN                                             37,   37;
    NEWARR_1_OBJ                                                     38,   38;
    NEWARR_1_VC                                                      39,   39;
    NEWARR_1_ALIGN8                                                  40,   40;
    STRCNS                                                           41,   41;
    INITCLASS                                                        42,   42;
    INITINSTCLASS                                                    43,   43;
    ISINSTANCEOFINTERFACE                                            44,   44;
    ISINSTANCEOFARRAY                                                45,   45;
    ISINSTANCEOFCLASS                                                46,   46;
    ISINSTANCEOFANY                                                  47,   47;
    CHKCASTINTERFACE                                                 48,   48;
    CHKCASTARRAY                                                     49,   49;
    CHKCASTCLASS                                                     50,   50;
    CHKCASTANY                                                       51,   51;
    CHKCASTCLASS_SPECIAL                                             52,   52;
    ISINSTANCEOF_EXCEPTION                                           53,   53;
    BOX                                                              54,   54;
    BOX_NULLABLE                                                     55,   55;
    UNBOX                                                            56,   56;
    UNBOX_TYPETEST                                                   57,   57;
    UNBOX_NULLABLE                                                   58,   58;
    GETREFANY                                                        59,   59;
    ARRADDR_ST                                                       60,   60;
    LDELEMA_REF                                                      61,   61;
    THROW                                                            62,   62;
    RETHROW                                                          63,   63;
    USER_BREAKPOINT                                                  64,   65;
    RNGCHKFAIL                                                       65,   66;
    OVERFLOW                                                         66,   67;
    THROWDIVZERO                                                     67,   68;
    THROWNULLREF                                                     68,   69;
    VERIFICATION                                                     69,   70;
    FAIL_FAST                                                        70,   71;
    METHOD_ACCESS_EXCEPTION                                          71,   72;
    FIELD_ACCESS_EXCEPTION                                           72,   73;
    CLASS_ACCESS_EXCEPTION                                           73,   74;
    ENDCATCH                                                         74,   75;
    MON_ENTER                                                        75,   76;
    MON_EXIT                                                         76,   77;
    MON_ENTER_STATIC                                                 77, NONE;
    MON_EXIT_STATIC                                                  78, NONE;
    GETCLASSFROMMETHODPARAM                                          79,   78;
    GETSYNCFROMCLASSHANDLE                                           80,   79;
    STOP_FOR_GC                                                      81,   80;
    POLL_GC                                                          82,   81;
    STRESS_GC                                                        83, NONE;
    CHECK_OBJ                                                        84,   82;
    ASSIGN_REF                                                       85,   83;
    CHECKED_ASSIGN_REF                                               86,   84;
    ASSIGN_REF_ENSURE_NONHEAP                                        87,   85;
    ASSIGN_BYREF                                                     88,   86;
    BULK_WRITEBARRIER                                                89,   87;
    GETFIELDADDR                                                     90,   88;
    GETSTATICFIELDADDR                                               91,   89;
    GETSTATICFIELDADDR_TLS                                           92,   90;
    GET_GCSTATIC_BASE                                                93,   91;
    GET_NONGCSTATIC_BASE                                             94,   92;
    GETDYNAMIC_GCSTATIC_BASE                                         95,   93;
    GETDYNAMIC_NONGCSTATIC_BASE                                      96,   94;
    GETPINNED_GCSTATIC_BASE                                          97,   95;
    GETPINNED_NONGCSTATIC_BASE                                       98,   96;
    GET_GCSTATIC_BASE_NOCTOR                                         99,   97;
    GET_NONGCSTATIC_BASE_NOCTOR                                     100,   98;
    GETDYNAMIC_GCSTATIC_BASE_NOCTOR                                 101,   99;
    GETDYNAMIC_NONGCSTATIC_BASE_NOCTOR                              102,  100;
    GETPINNED_GCSTATIC_BASE_NOCTOR                                  103,  101;
    GETPINNED_NONGCSTATIC_BASE_NOCTOR                               104,  102;
    GET_GCTHREADSTATIC_BASE                                         105,  103;
    GET_NONGCTHREADSTATIC_BASE                                      106,  104;
    GETDYNAMIC_GCTHREADSTATIC_BASE                                  107,  105;
    GETDYNAMIC_NONGCTHREADSTATIC_BASE                               108,  106;
    GET_GCTHREADSTATIC_BASE_NOCTOR                                  109,  107;
    GET_NONGCTHREADSTATIC_BASE_NOCTOR                               110,  108;
    GETDYNAMIC_GCTHREADSTATIC_BASE_NOCTOR                           111,  109;
    GETDYNAMIC_NONGCTHREADSTATIC_BASE_NOCTOR                        112,  110;
    GETDYNAMIC_GCTHREADSTATIC_BASE_NOCTOR_OPTIMIZED                 113,  111;
    GETDYNAMIC_NONGCTHREADSTATIC_BASE_NOCTOR_OPTIMIZED              114,  112;
    GETDYNAMIC_NONGCTHREADSTATIC_BASE_NOCTOR_OPTIMIZED2             115,  113;
    DBG_IS_JUST_MY_CODE                                             116,  115;
    PROF_FCN_ENTER                                                  117,  116;
    PROF_FCN_LEAVE                                                  118,  117;
    PROF_FCN_TAILCALL                                               119,  118;
    BBT_FCN_ENTER                                                   120, NONE;
    PINVOKE_CALLI                                                   121,  119;
    TAILCALL                                                        122,  120;
    GETCURRENTMANAGEDTHREADID                                       123,  121;
    INIT_PINVOKE_FRAME                                              124,  122;
    MEMSET                                                          125,  123;
    MEMZERO                                                         126,  124;
    MEMCPY                                                          127,  125;
    NATIVE_MEMSET                                                   128,  126;
    RUNTIMEHANDLE_METHOD                                            129,  127;
    RUNTIMEHANDLE_METHOD_LOG                                        130, NONE;
    RUNTIMEHANDLE_CLASS                                             131,  128;
    RUNTIMEHANDLE_CLASS_LOG                                         132, NONE;
    TYPEHANDLE_TO_RUNTIMETYPE                                       133,  129;
    TYPEHANDLE_TO_RUNTIMETYPE_MAYBENULL                             134,  130;
    METHODDESC_TO_STUBRUNTIMEMETHOD                                 135,  131;
    FIELDDESC_TO_STUBRUNTIMEFIELD                                   136,  132;
    TYPEHANDLE_TO_RUNTIMETYPEHANDLE                                 137,  133;
    TYPEHANDLE_TO_RUNTIMETYPEHANDLE_MAYBENULL                       138,  134;
    VIRTUAL_FUNC_PTR                                                139,  135;
    READYTORUN_NEW                                                  140,  136;
    READYTORUN_NEWARR_1                                             141,  137;
    READYTORUN_ISINSTANCEOF                                         142,  138;
    READYTORUN_CHKCAST                                              143,  139;
    READYTORUN_GCSTATIC_BASE                                        144,  140;
    READYTORUN_NONGCSTATIC_BASE                                     145,  141;
    READYTORUN_THREADSTATIC_BASE                                    146,  142;
    READYTORUN_THREADSTATIC_BASE_NOCTOR                             147,  143;
    READYTORUN_NONGCTHREADSTATIC_BASE                               148,  144;
    READYTORUN_VIRTUAL_FUNC_PTR                                     149,  145;
    READYTORUN_GENERIC_HANDLE                                       150,  146;
    READYTORUN_DELEGATE_CTOR                                        151,  147;
    READYTORUN_GENERIC_STATIC_BASE                                  152,  148;
    EE_PERSONALITY_ROUTINE                                          153,  149;
    EE_PERSONALITY_ROUTINE_FILTER_FUNCLET                           154,  150;
    ASSIGN_REF_EAX                                                  155,  151;
    ASSIGN_REF_EBX                                                  156,  152;
    ASSIGN_REF_ECX                                                  157,  153;
    ASSIGN_REF_ESI                                                  158,  154;
    ASSIGN_REF_EDI                                                  159,  155;
    ASSIGN_REF_EBP                                                  160,  156;
    CHECKED_ASSIGN_REF_EAX                                          161,  157;
    CHECKED_ASSIGN_REF_EBX                                          162,  158;
    CHECKED_ASSIGN_REF_ECX                                          163,  159;
    CHECKED_ASSIGN_REF_ESI                                          164,  160;
    CHECKED_ASSIGN_REF_EDI                                          165,  161;
    CHECKED_ASSIGN_REF_EBP                                          166,  162;
    LOOP_CLONE_CHOICE_ADDR                                          167,  163;
    DEBUG_LOG_LOOP_CLONING                                          168,  164;
    THROW_ARGUMENTEXCEPTION                                         169,  165;
    THROW_ARGUMENTOUTOFRANGEEXCEPTION                               170,  166;
    THROW_NOT_IMPLEMENTED                                           171,  167;
    THROW_PLATFORM_NOT_SUPPORTED                                    172,  168;
    THROW_TYPE_NOT_SUPPORTED                                        173,  169;
    THROW_AMBIGUOUS_RESOLUTION_EXCEPTION                            174,  170;
    THROW_ENTRYPOINT_NOT_FOUND_EXCEPTION                            175,  171;
    JIT_PINVOKE_BEGIN                                               176,  172;
    JIT_PINVOKE_END                                                 177,  173;
    JIT_REVERSE_PINVOKE_ENTER                                       178,  174;
    JIT_REVERSE_PINVOKE_ENTER_TRACK_TRANSITIONS                     179,  175;
    JIT_REVERSE_PINVOKE_EXIT                                        180,  176;
    JIT_REVERSE_PINVOKE_EXIT_TRACK_TRANSITIONS                      181,  177;
    GVMLOOKUP_FOR_SLOT                                              182,  178;
    STACK_PROBE                                                     183,  179;
    PATCHPOINT                                                      184,  180;
    PARTIAL_COMPILATION_PATCHPOINT                                  185, NONE;
    CLASSPROFILE32                                                  186,  182;
    CLASSPROFILE64                                                  187,  183;
    DELEGATEPROFILE32                                               188,  184;
    DELEGATEPROFILE64                                               189,  185;
    VTABLEPROFILE32                                                 190,  186;
    VTABLEPROFILE64                                                 191,  187;
    COUNTPROFILE32                                                  192,  188;
    COUNTPROFILE64                                                  193,  189;
    VALUEPROFILE32                                                  194,  190;
    VALUEPROFILE64                                                  195,  191;
    VALIDATE_INDIRECT_CALL                                          196,  192;
    DISPATCH_INDIRECT_CALL                                          197,  193;
    LNG2FLT                                                        NONE,   15;
    ULNG2FLT                                                       NONE,   17;
    THROWEXACT                                                     NONE,   64;
    GETDYNAMIC_NONGCTHREADSTATIC_BASE_NOCTOR_OPTIMIZED2_NOJITOPT   NONE,  114;
    PATCHPOINT_FORCED                                              NONE,  181;
    ALLOC_CONTINUATION                                             NONE,  194;
    ALLOC_CONTINUATION_METHOD                                      NONE,  195;
    ALLOC_CONTINUATION_CLASS                                       NONE,  196;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_a_permutation() {
        for table in [&HELPERS_9, &HELPERS_10] {
            for n in 0..u32::from(table.count) {
                let name = table.name_of(n).expect("a hole in the numbering");
                assert_eq!(table.number(name), Some(n));
            }
            let known = HelperName::ALL
                .iter()
                .filter(|&&h| table.number(h).is_some());
            assert_eq!(known.count(), table.count as usize);
        }
    }

    #[test]
    fn anchors_measured_live() {
        for (helper, v9, v10) in [
            (HelperName::NEWSFAST, Some(29), Some(29)),
            (HelperName::OVERFLOW, Some(66), Some(67)),
            (HelperName::THROWDIVZERO, Some(67), Some(68)),
            (HelperName::ASSIGN_REF, Some(85), Some(83)),
            (HelperName::MON_ENTER_STATIC, Some(77), None),
            (HelperName::THROWEXACT, None, Some(64)),
        ] {
            assert_eq!(HELPERS_9.number(helper), v9);
            assert_eq!(HELPERS_10.number(helper), v10);
        }
    }
}
