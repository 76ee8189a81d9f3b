//! Where each question stands in the runtime's table of virtual methods, per version of the interface.
//!
//! The interface object's first word points to its table; slot *i* is at byte 8·*i*. Releases insert and remove
//! methods, so every number is data: one row a question, one column a release. [`NONE`] marks a question that the
//! release does not have; asking it is an error value, never a call.

/// The number of a question (or helper) that a release does not have.
pub const NONE: u16 = u16::MAX;

macro_rules! slots {
    ($($name:ident $text:literal $v9:expr, $v10:expr;)*) => {
        /// A question of `ICorJitInfo`.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Slot {
            $(#[doc = concat!("`", $text, "`.")] $name,)*
        }

        impl Slot {
            /// Every question, in the order of 9.0, then the ones that 10.0 added.
            pub const ALL: &'static [Slot] = &[$(Slot::$name,)*];

            /// The method's name in the interface.
            pub fn name(self) -> &'static str {
                const NAMES: &[&str] = &[$($text,)*];
                NAMES[self as usize]
            }
        }

        /// Slot numbers of 9.0: 174 slots.
        pub static SLOTS_9: SlotTable = SlotTable { index: [$($v9,)*], count: 174 };
        /// Slot numbers of 10.0: 176 slots.
        pub static SLOTS_10: SlotTable = SlotTable { index: [$($v10,)*], count: 176 };

        const SLOT_COUNT: usize = [$($text,)*].len();
    };
}

/// The numbers of every [`Slot`] in one release.
pub struct SlotTable {
    index: [u16; SLOT_COUNT],
    /// Slots that the release's table has.
    pub count: u16,
}

impl SlotTable {
    /// The number of `slot`, or `None` where the release does not have it.
    #[inline]
    pub fn number(&self, slot: Slot) -> Option<usize> {
        match self.index[slot as usize] {
            NONE => None,
            n => Some(n as usize),
        }
    }
}

#[rustfmt::skip]
slots! {
    IsIntrinsic                                      "isIntrinsic"                                         0,    0;
    NotifyMethodInfoUsage                            "notifyMethodInfoUsage"                               1,    1;
    GetMethodAttribs                                 "getMethodAttribs"                                    2,    2;
    SetMethodAttribs                                 "setMethodAttribs"                                    3,    3;
    GetMethodSig                                     "getMethodSig"                                        4,    4;
    GetMethodInfo                                    "getMethodInfo"                                       5,    5;
    HaveSameMethodDefinition                         "haveSameMethodDefinition"                            6,    6;
    GetTypeDefinition                                "getTypeDefinition"                                   7,    7;
    CanInline                                        "canInline"                                           8,    8;
    BeginInlining                                    "beginInlining"                                       9,    9;
    ReportInliningDecision                           "reportInliningDecision"                             10,   10;
    CanTailCall                                      "canTailCall"                                        11,   11;
    ReportTailCallDecision                           "reportTailCallDecision"                             12,   12;
    GetEHinfo                                        "getEHinfo"                                          13,   13;
    GetMethodClass                                   "getMethodClass"                                     14,   14;
    GetMethodVTableOffset                            "getMethodVTableOffset"                              15,   15;
    ResolveVirtualMethod                             "resolveVirtualMethod"                               16,   16;
    GetUnboxedEntry                                  "getUnboxedEntry"                                    17,   17;
    GetDefaultComparerClass                          "getDefaultComparerClass"                            18,   19;
    GetDefaultEqualityComparerClass                  "getDefaultEqualityComparerClass"                    19,   20;
    ExpandRawHandleIntrinsic                         "expandRawHandleIntrinsic"                           20,   22;
    IsIntrinsicType                                  "isIntrinsicType"                                    21,   23;
    GetUnmanagedCallConv                             "getUnmanagedCallConv"                               22,   24;
    PInvokeMarshalingRequired                        "pInvokeMarshalingRequired"                          23,   25;
    SatisfiesMethodConstraints                       "satisfiesMethodConstraints"                         24,   26;
    MethodMustBeLoadedBeforeCodeIsRun                "methodMustBeLoadedBeforeCodeIsRun"                  25,   27;
    GetGSCookie                                      "getGSCookie"                                        26,   28;
    SetPatchpointInfo                                "setPatchpointInfo"                                  27,   29;
    GetOSRInfo                                       "getOSRInfo"                                         28,   30;
    ResolveToken                                     "resolveToken"                                       29,   31;
    FindSig                                          "findSig"                                            30,   32;
    FindCallSiteSig                                  "findCallSiteSig"                                    31,   33;
    GetTokenTypeAsHandle                             "getTokenTypeAsHandle"                               32,   34;
    GetStringLiteral                                 "getStringLiteral"                                   33,   35;
    PrintObjectDescription                           "printObjectDescription"                             34,   36;
    AsCorInfoType                                    "asCorInfoType"                                      35,   37;
    GetClassNameFromMetadata                         "getClassNameFromMetadata"                           36,   38;
    GetTypeInstantiationArgument                     "getTypeInstantiationArgument"                       37,   39;
    PrintClassName                                   "printClassName"                                     38,   41;
    IsValueClass                                     "isValueClass"                                       39,   42;
    GetClassAttribs                                  "getClassAttribs"                                    40,   43;
    GetClassAssemblyName                             "getClassAssemblyName"                               41,   44;
    LongLifetimeMalloc                               "LongLifetimeMalloc"                                 42,   45;
    LongLifetimeFree                                 "LongLifetimeFree"                                   43,   46;
    GetIsClassInitedFlagAddress                      "getIsClassInitedFlagAddress"                        44,   47;
    GetClassStaticDynamicInfo                        "getClassStaticDynamicInfo"                          45,   48;
    GetClassThreadStaticDynamicInfo                  "getClassThreadStaticDynamicInfo"                    46,   49;
    GetStaticBaseAddress                             "getStaticBaseAddress"                               47,   50;
    GetClassSize                                     "getClassSize"                                       48,   51;
    GetHeapClassSize                                 "getHeapClassSize"                                   49,   52;
    CanAllocateOnStack                               "canAllocateOnStack"                                 50,   53;
    GetClassAlignmentRequirement                     "getClassAlignmentRequirement"                       51,   54;
    GetClassGClayout                                 "getClassGClayout"                                   52,   55;
    GetClassNumInstanceFields                        "getClassNumInstanceFields"                          53,   56;
    GetFieldInClass                                  "getFieldInClass"                                    54,   57;
    GetTypeLayout                                    "getTypeLayout"                                      55,   58;
    CheckMethodModifier                              "checkMethodModifier"                                56,   59;
    GetNewHelper                                     "getNewHelper"                                       57,   60;
    GetNewArrHelper                                  "getNewArrHelper"                                    58,   61;
    GetCastingHelper                                 "getCastingHelper"                                   59,   62;
    GetSharedCCtorHelper                             "getSharedCCtorHelper"                               60,   63;
    GetTypeForBox                                    "getTypeForBox"                                      61,   64;
    GetTypeForBoxOnStack                             "getTypeForBoxOnStack"                               62, NONE;
    GetBoxHelper                                     "getBoxHelper"                                       63,   65;
    GetUnBoxHelper                                   "getUnBoxHelper"                                     64,   66;
    GetRuntimeTypePointer                            "getRuntimeTypePointer"                              65,   67;
    IsObjectImmutable                                "isObjectImmutable"                                  66,   68;
    GetStringChar                                    "getStringChar"                                      67,   69;
    GetObjectType                                    "getObjectType"                                      68,   70;
    GetReadyToRunHelper                              "getReadyToRunHelper"                                69,   71;
    GetReadyToRunDelegateCtorHelper                  "getReadyToRunDelegateCtorHelper"                    70,   72;
    InitClass                                        "initClass"                                          71,   73;
    ClassMustBeLoadedBeforeCodeIsRun                 "classMustBeLoadedBeforeCodeIsRun"                   72,   74;
    GetBuiltinClass                                  "getBuiltinClass"                                    73,   75;
    GetTypeForPrimitiveValueClass                    "getTypeForPrimitiveValueClass"                      74,   76;
    GetTypeForPrimitiveNumericClass                  "getTypeForPrimitiveNumericClass"                    75,   77;
    CanCast                                          "canCast"                                            76,   78;
    CompareTypesForCast                              "compareTypesForCast"                                77,   79;
    CompareTypesForEquality                          "compareTypesForEquality"                            78,   80;
    IsMoreSpecificType                               "isMoreSpecificType"                                 79,   81;
    IsExactType                                      "isExactType"                                        80,   82;
    IsGenericType                                    "isGenericType"                                      81,   83;
    IsNullableType                                   "isNullableType"                                     82,   84;
    IsEnum                                           "isEnum"                                             83,   85;
    GetParentType                                    "getParentType"                                      84,   86;
    GetChildType                                     "getChildType"                                       85,   87;
    IsSDArray                                        "isSDArray"                                          86,   88;
    GetArrayRank                                     "getArrayRank"                                       87,   89;
    GetArrayIntrinsicID                              "getArrayIntrinsicID"                                88,   90;
    GetArrayInitializationData                       "getArrayInitializationData"                         89,   91;
    CanAccessClass                                   "canAccessClass"                                     90,   92;
    PrintFieldName                                   "printFieldName"                                     91,   93;
    GetFieldClass                                    "getFieldClass"                                      92,   94;
    GetFieldType                                     "getFieldType"                                       93,   95;
    GetFieldOffset                                   "getFieldOffset"                                     94,   96;
    GetFieldInfo                                     "getFieldInfo"                                       95,   97;
    GetThreadLocalFieldInfo                          "getThreadLocalFieldInfo"                            96,   98;
    GetThreadLocalStaticBlocksInfo                   "getThreadLocalStaticBlocksInfo"                     97,   99;
    GetThreadLocalStaticInfoNativeAOT                "getThreadLocalStaticInfo_NativeAOT"                 98,  100;
    IsFieldStatic                                    "isFieldStatic"                                      99,  101;
    GetArrayOrStringLength                           "getArrayOrStringLength"                            100,  102;
    GetBoundaries                                    "getBoundaries"                                     101,  103;
    SetBoundaries                                    "setBoundaries"                                     102,  104;
    GetVars                                          "getVars"                                           103,  105;
    SetVars                                          "setVars"                                           104,  106;
    ReportRichMappings                               "reportRichMappings"                                105,  107;
    ReportMetadata                                   "reportMetadata"                                    106,  108;
    AllocateArray                                    "allocateArray"                                     107,  109;
    FreeArray                                        "freeArray"                                         108,  110;
    GetArgNext                                       "getArgNext"                                        109,  111;
    GetArgType                                       "getArgType"                                        110,  112;
    GetExactClasses                                  "getExactClasses"                                   111,  113;
    GetArgClass                                      "getArgClass"                                       112,  114;
    GetHFAType                                       "getHFAType"                                        113,  115;
    RunWithErrorTrap                                 "runWithErrorTrap"                                  114,  116;
    RunWithSPMIErrorTrap                             "runWithSPMIErrorTrap"                              115,  117;
    GetEEInfo                                        "getEEInfo"                                         116,  118;
    GetJitTimeLogFilename                            "getJitTimeLogFilename"                             117, NONE;
    GetMethodDefFromMethod                           "getMethodDefFromMethod"                            118,  120;
    PrintMethodName                                  "printMethodName"                                   119,  121;
    GetMethodNameFromMetadata                        "getMethodNameFromMetadata"                         120,  122;
    GetMethodHash                                    "getMethodHash"                                     121,  123;
    GetSystemVAmd64PassStructInRegisterDescriptor    "getSystemVAmd64PassStructInRegisterDescriptor"     122,  124;
    GetSwiftLowering                                 "getSwiftLowering"                                  123,  125;
    GetFpStructLowering                              "getFpStructLowering"                               124,  126;
    GetThreadTLSIndex                                "getThreadTLSIndex"                                 125,  127;
    GetAddrOfCaptureThreadGlobal                     "getAddrOfCaptureThreadGlobal"                      126,  128;
    GetHelperFtn                                     "getHelperFtn"                                      127,  129;
    GetFunctionEntryPoint                            "getFunctionEntryPoint"                             128,  130;
    GetFunctionFixedEntryPoint                       "getFunctionFixedEntryPoint"                        129,  131;
    GetMethodSync                                    "getMethodSync"                                     130, NONE;
    GetLazyStringLiteralHelper                       "getLazyStringLiteralHelper"                        131,  132;
    EmbedModuleHandle                                "embedModuleHandle"                                 132,  133;
    EmbedClassHandle                                 "embedClassHandle"                                  133,  134;
    EmbedMethodHandle                                "embedMethodHandle"                                 134,  135;
    EmbedFieldHandle                                 "embedFieldHandle"                                  135,  136;
    EmbedGenericHandle                               "embedGenericHandle"                                136,  137;
    GetLocationOfThisType                            "getLocationOfThisType"                             137,  138;
    GetAddressOfPInvokeTarget                        "getAddressOfPInvokeTarget"                         138,  139;
    GetCookieForPInvokeCalliSig                      "GetCookieForPInvokeCalliSig"                       139,  140;
    CanGetCookieForPInvokeCalliSig                   "canGetCookieForPInvokeCalliSig"                    140, NONE;
    GetJustMyCodeHandle                              "getJustMyCodeHandle"                               141,  142;
    GetProfilingHandle                               "GetProfilingHandle"                                142,  143;
    GetCallInfo                                      "getCallInfo"                                       143,  144;
    GetStaticFieldContent                            "getStaticFieldContent"                             144,  145;
    GetObjectContent                                 "getObjectContent"                                  145,  146;
    GetStaticFieldCurrentClass                       "getStaticFieldCurrentClass"                        146,  147;
    GetVarArgsHandle                                 "getVarArgsHandle"                                  147,  148;
    CanGetVarArgsHandle                              "canGetVarArgsHandle"                               148, NONE;
    ConstructStringLiteral                           "constructStringLiteral"                            149,  149;
    EmptyStringLiteral                               "emptyStringLiteral"                                150,  150;
    GetFieldThreadLocalStoreID                       "getFieldThreadLocalStoreID"                        151,  151;
    GetDelegateCtor                                  "GetDelegateCtor"                                   152,  152;
    MethodCompileComplete                            "MethodCompileComplete"                             153,  153;
    GetTailCallHelpers                               "getTailCallHelpers"                                154,  154;
    ConvertPInvokeCalliToCall                        "convertPInvokeCalliToCall"                         155,  156;
    NotifyInstructionSetUsage                        "notifyInstructionSetUsage"                         156,  157;
    UpdateEntryPointForTailCall                      "updateEntryPointForTailCall"                       157,  158;
    AllocMem                                         "allocMem"                                          158,  160;
    ReserveUnwindInfo                                "reserveUnwindInfo"                                 159,  161;
    AllocUnwindInfo                                  "allocUnwindInfo"                                   160,  162;
    AllocGCInfo                                      "allocGCInfo"                                       161,  163;
    SetEHcount                                       "setEHcount"                                        162,  164;
    SetEHinfo                                        "setEHinfo"                                         163,  165;
    LogMsg                                           "logMsg"                                            164,  166;
    DoAssert                                         "doAssert"                                          165,  167;
    ReportFatalError                                 "reportFatalError"                                  166,  168;
    GetPgoInstrumentationResults                     "getPgoInstrumentationResults"                      167,  169;
    AllocPgoInstrumentationBySchema                  "allocPgoInstrumentationBySchema"                   168,  170;
    RecordCallSite                                   "recordCallSite"                                    169,  171;
    RecordRelocation                                 "recordRelocation"                                  170,  172;
    GetRelocTypeHint                                 "getRelocTypeHint"                                  171,  173;
    GetExpectedTargetArchitecture                    "getExpectedTargetArchitecture"                     172,  174;
    GetJitFlags                                      "getJitFlags"                                       173,  175;
    GetInstantiatedEntry                             "getInstantiatedEntry"                             NONE,   18;
    GetSZArrayHelperEnumeratorClass                  "getSZArrayHelperEnumeratorClass"                  NONE,   21;
    GetMethodInstantiationArgument                   "getMethodInstantiationArgument"                   NONE,   40;
    GetAsyncInfo                                     "getAsyncInfo"                                     NONE,  119;
    GetCookieForInterpreterCalliSig                  "GetCookieForInterpreterCalliSig"                  NONE,  141;
    GetAsyncResumptionStub                           "getAsyncResumptionStub"                           NONE,  155;
    GetSpecialCopyHelper                             "getSpecialCopyHelper"                             NONE,  159;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds_each_number_once(table: &SlotTable) {
        let mut seen = vec![false; table.count as usize];
        for &slot in Slot::ALL {
            if let Some(n) = table.number(slot) {
                assert!(!seen[n], "{} takes a taken slot", slot.name());
                seen[n] = true;
            }
        }
        assert!(seen.iter().all(|&s| s));
    }

    #[test]
    fn every_table_is_a_permutation() {
        holds_each_number_once(&SLOTS_9);
        holds_each_number_once(&SLOTS_10);
    }

    #[test]
    fn anchors_measured_live() {
        for (slot, v9, v10) in [
            (Slot::ResolveToken, 29, 31),
            (Slot::RunWithErrorTrap, 114, 116),
            (Slot::GetCallInfo, 143, 144),
            (Slot::AllocMem, 158, 160),
            (Slot::GetJitFlags, 173, 175),
        ] {
            assert_eq!(SLOTS_9.number(slot), Some(v9));
            assert_eq!(SLOTS_10.number(slot), Some(v10));
        }
        assert_eq!(SLOTS_10.number(Slot::GetMethodSync), None);
        assert_eq!(SLOTS_9.number(Slot::GetAsyncInfo), None);
    }
}
