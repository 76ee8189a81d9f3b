//! The node table: one row an opcode.
//!
//! Columns: name, text name, meaning of `sub`, meaning of `aux`, operand kinds, result kind, effects. Printer, parser, verifier,
//! interpreter and every phase read this table; nothing else may say what an opcode does. What is absent on purpose: addressing
//! modes as operands (they are `lea` nodes that lowering contains), reads of locals (operands), machine instructions.

bitflags::bitflags! {
    /// What an opcode does besides computing a value. Every reordering asks this.
    #[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
    pub struct Effects: u16 {
        /// May raise an exception at its own site.
        const THROWS = 1;
        /// Reads memory that others may write.
        const READS = 2;
        /// Writes memory that others may read.
        const WRITES = 4;
        /// Reads a local named in `aux`.
        const READS_LCL = 8;
        /// Writes a local named in `aux`.
        const WRITES_LCL = 16;
        /// A collection may happen here.
        const SAFE_POINT = 32;
        /// Must not move against other pinned nodes.
        const PINNED = 64;
        /// Ends a block.
        const TERM = 128;
        /// Operands 0 and 1 may be exchanged.
        const COMMUTES = 256;
        /// Exists only between lowering and code generation.
        const LOWERED = 512;
        /// Expanded late into several blocks; value numbering sees it whole.
        const LATE = 1024;
    }
}

/// What type an operand position takes; also the type of a constant there.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum OperandKind {
    /// The node's type (as a value: small types are `i32`).
    T,
    /// `i32`.
    I32,
    /// `i64`.
    I64,
    /// An address: `i64`, `byref` or `ref`.
    Addr,
    /// A reference.
    Ref,
    /// The source type in `sub`.
    Src,
    /// The comparison type in `aux`.
    Cmp,
    /// The type of the local in `aux`.
    Lcl,
    /// Any integer or GC type: the operand itself must have a type (a constant here is `i64`).
    Int,
    /// A constant only: an offset, size or lane number.
    Const,
    /// The method's return type.
    RetT,
    /// A call node.
    Call,
    /// Any type.
    Any,
}

/// The type of the result.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ResultKind {
    /// None.
    None,
    /// The node's type as a value.
    T,
    /// `i32`, whatever the node's type.
    I32,
    /// A call's result: the node's type, or none if `void`.
    CallT,
}

/// Meaning of a node's `sub` byte.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum SubKind {
    /// Zero.
    None,
    /// A [`Cond`].
    Cond,
    /// A [`VarType`](crate::types::VarType): the source type.
    Type,
    /// log2 of a scale, 0..=3.
    Scale,
    /// A [`Barrier`](super::Barrier).
    Barrier,
    /// A unified register number.
    Reg,
    /// A small number.
    Index,
}

/// Meaning of a node's `aux` word.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum AuxKind {
    /// Zero.
    None,
    /// A local.
    Local,
    /// A layout.
    Layout,
    /// A call's side-table row.
    Call,
    /// A switch's side-table row.
    Switch,
    /// A row of the lookups.
    Lookup,
    /// The compared type.
    Type,
    /// A signed displacement or immediate.
    Imm,
    /// A function.
    Func,
    /// A block (label address).
    Block,
    /// A [`VecOp`](super::vector::VecOp) of this opcode.
    VecOp,
    /// A [`Cond`].
    Cond,
    /// A lane of a vector.
    Lane,
    /// A row of the method's vector constants.
    Vector,
}

/// A row of the table.
#[derive(Copy, Clone, Debug)]
pub struct OpInfo {
    /// Name in text IR.
    pub name: &'static str,
    /// Meaning of `sub`.
    pub sub: SubKind,
    /// Meaning of `aux`.
    pub aux: AuxKind,
    /// Operand kinds in order.
    pub operands: &'static [OperandKind],
    /// Result.
    pub result: ResultKind,
    /// Effects.
    pub effects: Effects,
}

macro_rules! effects {
    () => { Effects::empty() };
    ($($e:ident)|+) => { Effects::from_bits_retain(0 $(| Effects::$e.bits())+) };
}

macro_rules! opcodes {
    ($( $(#[$sec:meta])* $name:ident $text:literal $sub:ident $aux:ident [$($opnd:ident)*] $res:ident {$($eff:tt)*} )*) => {
        /// What a node does. One byte; the rows are in [`OPCODES`].
        #[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode { $( #[doc = concat!("`", $text, "`")] $name, )* }

        /// The table, indexed by opcode.
        pub const OPCODES: &[OpInfo] = &[
            $( OpInfo { name: $text, sub: SubKind::$sub, aux: AuxKind::$aux, operands: &[$(OperandKind::$opnd),*],
                        result: ResultKind::$res, effects: effects!($($eff)*) }, )*
        ];

        impl Opcode {
            /// Every opcode.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$name),*];
        }
    };
}

#[rustfmt::skip]
opcodes! {
    // name          text             sub     aux     operands        result  effects
    // Markers
    Nop              "nop"            None    None    []              None    {}
    IlOffset         "il_offset"      None    Imm     []              None    {PINNED}
    KeepAlive        "keep_alive"     None    None    [Any]           None    {PINNED}
    Phi              "phi"            None    Local   []              T       {}
    // Constants that need a register, and addresses of things outside the method
    Const            "const"          None    None    [T]             T       {}
    Lookup           "lookup"         None    Lookup  []              T       {}
    FuncAddr         "func_addr"      None    Func    []              T       {}
    LabelAddr        "label_addr"     None    Block   []              T       {}
    // Locals: store, field of a local (offset is operand 0 or 1), address of a local (an i64)
    StoreLcl         "store_lcl"      None    Local   [Lcl]           None    {WRITES_LCL}
    LclFld           "lcl_fld"        None    Local   [Const]         T       {READS_LCL}
    StoreLclFld      "store_lcl_fld"  None    Local   [T Const]       None    {WRITES_LCL}
    LclAddr          "lcl_addr"       None    Local   [Const]         T       {}
    // Parameters as they arrive, one a segment (made by lowering)
    ParamReg         "param_reg"      Reg     None    []              T       {LOWERED|PINNED}
    ParamStack       "param_stack"    None    Imm     []              T       {LOWERED|PINNED}
    // Integer and floating-point arithmetic
    Neg              "neg"            None    None    [T]             T       {}
    Not              "not"            None    None    [T]             T       {}
    Add              "add"            None    None    [T T]           T       {COMMUTES}
    Sub              "sub"            None    None    [T T]           T       {}
    Mul              "mul"            None    None    [T T]           T       {COMMUTES}
    And              "and"            None    None    [T T]           T       {COMMUTES}
    Or               "or"             None    None    [T T]           T       {COMMUTES}
    Xor              "xor"            None    None    [T T]           T       {COMMUTES}
    Shl              "shl"            None    None    [T I32]         T       {}
    Shr              "shr"            None    None    [T I32]         T       {}
    Sar              "sar"            None    None    [T I32]         T       {}
    Rol              "rol"            None    None    [T I32]         T       {}
    Ror              "ror"            None    None    [T I32]         T       {}
    MulHi            "mulhi"          None    None    [T T]           T       {COMMUTES}
    UMulHi           "umulhi"         None    None    [T T]           T       {COMMUTES}
    Div              "div"            None    None    [T T]           T       {THROWS}
    UDiv             "udiv"           None    None    [T T]           T       {THROWS}
    Rem              "rem"            None    None    [T T]           T       {THROWS}
    URem             "urem"           None    None    [T T]           T       {THROWS}
    AddOvf           "add_ovf"        None    None    [T T]           T       {THROWS|COMMUTES}
    AddOvfUn         "add_ovf_un"     None    None    [T T]           T       {THROWS|COMMUTES}
    SubOvf           "sub_ovf"        None    None    [T T]           T       {THROWS}
    SubOvfUn         "sub_ovf_un"     None    None    [T T]           T       {THROWS}
    MulOvf           "mul_ovf"        None    None    [T T]           T       {THROWS|COMMUTES}
    MulOvfUn         "mul_ovf_un"     None    None    [T T]           T       {THROWS|COMMUTES}
    Min              "min"            None    None    [T T]           T       {COMMUTES}
    Max              "max"            None    None    [T T]           T       {COMMUTES}
    UMin             "umin"           None    None    [T T]           T       {COMMUTES}
    UMax             "umax"           None    None    [T T]           T       {COMMUTES}
    FDiv             "fdiv"           None    None    [T T]           T       {}
    FRem             "frem"           None    None    [T T]           T       {}
    Abs              "abs"            None    None    [T]             T       {}
    Sqrt             "sqrt"           None    None    [T]             T       {}
    Floor            "floor"          None    None    [T]             T       {}
    Ceil             "ceil"           None    None    [T]             T       {}
    RoundEven        "round_even"     None    None    [T]             T       {}
    TruncFloat       "trunc_float"    None    None    [T]             T       {}
    CopySign         "copysign"       None    None    [T T]           T       {}
    Fma              "fma"            None    None    [T T T]         T       {}
    CkFinite         "ckfinite"       None    None    [T]             T       {THROWS}
    Clz              "clz"            None    None    [T]             T       {}
    Ctz              "ctz"            None    None    [T]             T       {}
    Popcnt           "popcnt"         None    None    [T]             T       {}
    Bswap            "bswap"          None    None    [T]             T       {}
    BitReverse       "bitreverse"     None    None    [T]             T       {}
    // Conversions: `sub` is the source type. sext and zext from a small type read the low bits of an i32
    Sext             "sext"           Type    None    [Src]           T       {}
    Zext             "zext"           Type    None    [Src]           T       {}
    Trunc            "trunc"          Type    None    [Src]           T       {}
    IntToFloat       "int_to_float"   Type    None    [Src]           T       {}
    UIntToFloat      "uint_to_float"  Type    None    [Src]           T       {}
    FloatToInt       "float_to_int"   Type    None    [Src]           T       {}
    FloatToUInt      "float_to_uint"  Type    None    [Src]           T       {}
    FloatToIntOld    "float_to_int_old" Type  None    [Src]           T       {}
    FloatToUIntOld   "float_to_uint_old" Type None    [Src]           T       {}
    FloatToFloat     "float_to_float" Type    None    [Src]           T       {}
    CastOvf          "cast_ovf"       Type    None    [Src]           T       {THROWS}
    CastOvfUn        "cast_ovf_un"    Type    None    [Src]           T       {THROWS}
    CastOvfToUn      "cast_ovf_to_un" Type    None    [Src]           T       {THROWS}
    Bitcast          "bitcast"        Type    None    [Src]           T       {}
    // Comparisons: `aux` is the compared type
    Cmp              "cmp"            Cond    Type    [Cmp Cmp]       I32     {}
    Select           "select"         None    None    [I32 T T]       T       {}
    SelectCmp        "select_cmp"     Cond    Type    [Cmp Cmp T]     T       {LOWERED}
    // Addresses
    Lea              "lea"            Scale   Imm     [Addr I64]      T       {}
    IndexAddr        "index_addr"     None    Imm     [Ref Int]       T       {THROWS}
    // Memory: the type is the access type
    Load             "load"           None    None    [Addr]          T       {THROWS|READS}
    Store            "store"          Barrier None    [Addr T]        None    {THROWS|WRITES}
    StoreOp          "store_op"       Index   None    [Addr T]        None    {THROWS|READS|WRITES|LOWERED}
    LoadStruct       "load_struct"    None    Layout  [Addr]          T       {THROWS|READS}
    StoreStruct      "store_struct"   Barrier Layout  [Addr Any]      None    {THROWS|WRITES}
    CopyBlk          "copy_blk"       None    Layout  [Addr Addr]     None    {THROWS|READS|WRITES}
    InitBlk          "init_blk"       None    Layout  [Addr I32]      None    {THROWS|WRITES}
    CopyMem          "copy_mem"       None    None    [Addr Addr I64] None    {THROWS|READS|WRITES}
    InitMem          "init_mem"       None    None    [Addr I32 I64]  None    {THROWS|WRITES}
    NullCheck        "null_check"     None    None    [Addr]          None    {THROWS}
    BoundsCheck      "bounds_check"   None    Type    [Cmp Cmp]       None    {THROWS}
    ArrLen           "arr_len"        None    None    [Ref]           T       {THROWS}
    LocAlloc         "loc_alloc"      None    None    [I64]           T       {THROWS|PINNED}
    // Atomics and ordering
    AtomicAdd        "atomic_add"     None    None    [Addr T]        T       {THROWS|READS|WRITES|PINNED}
    AtomicAnd        "atomic_and"     None    None    [Addr T]        T       {THROWS|READS|WRITES|PINNED}
    AtomicOr         "atomic_or"      None    None    [Addr T]        T       {THROWS|READS|WRITES|PINNED}
    AtomicXchg       "atomic_xchg"    None    None    [Addr T]        T       {THROWS|READS|WRITES|PINNED}
    AtomicCmpXchg    "atomic_cmpxchg" None    None    [Addr T T]      T       {THROWS|READS|WRITES|PINNED}
    Fence            "fence"          Index   None    []              None    {READS|WRITES|PINNED}
    // Vectors: `sub` is the element type, `aux` the operation, lane or row of constants. See `vector`
    VecUnary         "vunary"         Type    VecOp   [T]             T       {}
    VecBinary        "vbinary"        Type    VecOp   [T T]           T       {}
    VecTernary       "vternary"       Type    VecOp   [T T T]         T       {}
    VecShift         "vshift"         Type    VecOp   [T I32]         T       {}
    VecCmp           "vcmp"           Type    Cond    [T T]           T       {}
    VecSplat         "vsplat"         Type    None    [Src]           T       {}
    VecExtract       "vextract"       Type    Lane    [Any]           T       {}
    VecInsert        "vinsert"        Type    Lane    [T Src]         T       {}
    VecMask          "vmask"          Type    None    [Any]           I32     {}
    VecShuffle       "vshuffle"       Type    Vector  [T T]           T       {}
    VecConst         "vconst"         None    Vector  []              T       {}
    // Late-expanded nodes: whole for value numbering, several blocks afterwards
    RuntimeLookup    "runtime_lookup" None    Lookup  [Addr]          T       {THROWS|READS|SAFE_POINT|LATE}
    StaticBase       "static_base"    Index   Lookup  []              T       {THROWS|READS|SAFE_POINT|LATE}
    ClassInit        "class_init"     None    Lookup  []              None    {THROWS|READS|WRITES|SAFE_POINT|PINNED|LATE}
    CastClass        "cast_class"     None    Lookup  [Ref]           T       {THROWS|READS|SAFE_POINT|LATE}
    IsInst           "is_inst"        None    Lookup  [Ref]           T       {READS|SAFE_POINT|LATE}
    TlsBase          "tls_base"       None    Lookup  []              T       {READS|SAFE_POINT|LATE}
    // Calls: operands are in the side table. `result k` names a further result register directly behind the call
    Call             "call"           None    Call    []              CallT   {THROWS|READS|WRITES|SAFE_POINT|PINNED}
    Result           "result"         Index   None    [Call]          T       {PINNED}
    PutArgReg        "put_arg_reg"    Reg     None    [T]             T       {LOWERED|PINNED}
    PutArgStk        "put_arg_stk"    None    Imm     [T]             None    {LOWERED|PINNED}
    PutArgIn         "put_arg_in"     None    Imm     [T]             None    {LOWERED|PINNED}
    // SP becomes a multiple of so many bytes, for the stack arguments of the call that follows
    AlignSp          "align_sp"       None    Imm     []              None    {LOWERED|PINNED}
    // Places of stack arguments, for the copies of whole structs: of the calls made, of the method's own
    OutArgAddr       "out_arg_addr"   None    Imm     []              T       {LOWERED}
    InArgAddr        "in_arg_addr"    None    Imm     []              T       {LOWERED}
    GcPoll           "gc_poll"        None    None    []              None    {SAFE_POINT|PINNED}
    PatchPoint       "patchpoint"     None    Imm     []              None    {SAFE_POINT|PINNED}
    // Exceptions
    CatchArg         "catch_arg"      None    None    []              T       {PINNED}
    Throw            "throw"          None    None    [Ref]           None    {THROWS|SAFE_POINT|PINNED|TERM}
    Rethrow          "rethrow"        None    None    []              None    {THROWS|SAFE_POINT|PINNED|TERM}
    CatchRet         "catch_ret"      None    None    []              None    {PINNED|TERM}
    CallFinally      "call_finally"   None    None    []              None    {READS|WRITES|SAFE_POINT|PINNED|TERM}
    EndFinally       "end_finally"    None    None    []              None    {PINNED|TERM}
    EndFilter        "end_filter"     None    None    [I32]           None    {PINNED|TERM}
    // Control
    Jump             "jump"           None    None    []              None    {TERM}
    Branch           "branch"         None    None    [I32]           None    {TERM}
    CmpBranch        "cmp_branch"     Cond    Type    [Cmp Cmp]       None    {TERM}
    Switch           "switch"         None    Switch  [I32]           None    {TERM}
    Ret              "ret"            None    None    [RetT]          None    {TERM|PINNED}
    RetRegs          "ret_regs"       None    None    [Any Any Any]   None    {TERM|PINNED|LOWERED}
    TailCall         "tail_call"      None    Call    []              None    {THROWS|READS|WRITES|SAFE_POINT|PINNED|TERM}
    JmpMethod        "jmp_method"     None    Func    []              None    {TERM|PINNED}
    ReturnSuspend    "return_suspend" None    None    [Ref]           None    {TERM|PINNED}
    Unreachable      "unreachable"    None    None    []              None    {TERM|PINNED}
    // Machine-specific nodes made by lowering: `sub` is the target's own operation number
    Mach             "mach"           Index   Imm     [Any Any Any]   T       {LOWERED}
}

impl Opcode {
    /// The row.
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &OPCODES[self as usize]
    }
    /// The text name.
    pub fn name(self) -> &'static str {
        self.info().name
    }
    /// The opcode with this text name.
    pub fn from_name(s: &str) -> Option<Opcode> {
        // Parsing is the only caller; a first-letter split is not worth a table yet.
        Opcode::ALL.iter().copied().find(|o| o.name() == s)
    }
    /// The effects.
    #[inline]
    pub fn effects(self) -> Effects {
        self.info().effects
    }
    /// Is a node of this opcode an *operation*, the unit of every figure and size: one arithmetic, memory, compare, select,
    /// conversion, call or conditional branch? What carries no computation is none: stores to locals, constants, addresses of
    /// locals and address modes, markers, jumps and returns, and nodes that only lowering makes.
    pub fn is_operation(self) -> bool {
        use Opcode::*;
        let free = matches!(
            self,
            Nop | IlOffset
                | KeepAlive
                | Phi
                | Const
                | Lookup
                | FuncAddr
                | LabelAddr
                | VecConst
                | StoreLcl
                | LclAddr
                | Lea
                | Result
                | CatchArg
                | CatchRet
                | CallFinally
                | EndFinally
                | EndFilter
                | Jump
                | Ret
                | JmpMethod
                | Unreachable
        );
        !free && !self.effects().contains(Effects::LOWERED)
    }
    /// Does it end a block?
    #[inline]
    pub fn is_terminator(self) -> bool {
        self.effects().contains(Effects::TERM)
    }
}

impl Opcode {
    /// Opcodes that are expanded once the optimiser has seen them.
    pub const EXPANDED_LATE: OpcodeSet = OpcodeSet::with(Effects::LATE)
        .union(OpcodeSet::of(&[Opcode::PatchPoint, Opcode::LabelAddr]));
}

/// A set of opcodes: for each whether it is a member, a byte each, so that a question is one load.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct OpcodeSet([bool; 256]);

impl OpcodeSet {
    /// The set of the given opcodes.
    pub const fn of(ops: &[Opcode]) -> OpcodeSet {
        let mut members = [false; 256];
        let mut i = 0;
        while i < ops.len() {
            members[ops[i] as usize] = true;
            i += 1;
        }
        OpcodeSet(members)
    }
    /// The set of the opcodes that have one of these effects.
    pub const fn with(effects: Effects) -> OpcodeSet {
        let mut members = [false; 256];
        let mut i = 0;
        while i < OPCODES.len() {
            members[i] = OPCODES[i].effects.intersects(effects);
            i += 1;
        }
        OpcodeSet(members)
    }
    /// The members of either set.
    pub const fn union(self, other: OpcodeSet) -> OpcodeSet {
        let mut bits = self.0;
        let mut i = 0;
        while i < bits.len() {
            bits[i] |= other.0[i];
            i += 1;
        }
        OpcodeSet(bits)
    }
    /// Is `op` a member?
    #[inline]
    pub const fn contains(&self, op: Opcode) -> bool {
        self.0[op as u8 as usize]
    }
}

/// A relation between two operands.
///
/// For integers the `U` forms compare without sign. For floats the plain forms are false when an operand is NaN (ordered) and
/// the `U` forms are true (unordered).
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Cond {
    /// Equal.
    Eq = 0,
    /// Not equal (floats: ordered and not equal).
    Ne = 1,
    /// Less.
    Lt = 2,
    /// Less or equal.
    Le = 3,
    /// Greater.
    Gt = 4,
    /// Greater or equal.
    Ge = 5,
    /// Floats: unordered or equal.
    UEq = 8,
    /// Floats: unordered or not equal (the `!=` of most languages).
    UNe = 9,
    /// Below; floats: unordered or less.
    ULt = 10,
    /// Below or equal; floats: unordered or less or equal.
    ULe = 11,
    /// Above; floats: unordered or greater.
    UGt = 12,
    /// Above or equal; floats: unordered or greater or equal.
    UGe = 13,
    /// `(a & b) == 0`, integers only.
    TestZ = 16,
    /// `(a & b) != 0`, integers only.
    TestNz = 17,
}

impl Cond {
    /// Every condition.
    pub const ALL: [Cond; 14] = {
        use Cond::*;
        [
            Eq, Ne, Lt, Le, Gt, Ge, UEq, UNe, ULt, ULe, UGt, UGe, TestZ, TestNz,
        ]
    };
    /// The condition encoded as `b`; unknown encodings read as `Eq`.
    #[inline]
    pub const fn from_bits(b: u8) -> Cond {
        use Cond::*;
        const T: [Cond; 18] = [
            Eq, Ne, Lt, Le, Gt, Ge, Eq, Eq, UEq, UNe, ULt, ULe, UGt, UGe, Eq, Eq, TestZ, TestNz,
        ];
        if (b as usize) < T.len() {
            T[b as usize]
        } else {
            Eq
        }
    }
    /// The name in text IR.
    pub const fn name(self) -> &'static str {
        use Cond::*;
        match self {
            Eq => "eq",
            Ne => "ne",
            Lt => "lt",
            Le => "le",
            Gt => "gt",
            Ge => "ge",
            UEq => "ueq",
            UNe => "une",
            ULt => "ult",
            ULe => "ule",
            UGt => "ugt",
            UGe => "uge",
            TestZ => "testz",
            TestNz => "testnz",
        }
    }
    /// The condition named `s`.
    pub fn from_name(s: &str) -> Option<Cond> {
        Cond::ALL.into_iter().find(|c| c.name() == s)
    }
    /// The condition that is true exactly when this one is false.
    #[inline]
    pub const fn negate(self, float: bool) -> Cond {
        let b = self as u8;
        if b >= 16 {
            return Cond::from_bits(b ^ 1);
        }
        const NEG: [u8; 6] = [1, 0, 5, 4, 3, 2];
        let rel = NEG[(b & 7) as usize];
        let u = (b & 8) ^ if float { 8 } else { 0 };
        Cond::from_bits(rel | u)
    }
    /// The condition with operands exchanged.
    #[inline]
    pub const fn swap(self) -> Cond {
        let b = self as u8;
        if b >= 16 {
            return self;
        }
        const SWAP: [u8; 6] = [0, 1, 4, 5, 2, 3];
        Cond::from_bits(SWAP[(b & 7) as usize] | (b & 8))
    }
    /// The `U` form of an order of integers.
    #[inline]
    pub const fn unsigned(self) -> Cond {
        let b = self as u8;
        if b >= 2 && b < 6 {
            return Cond::from_bits(b | 8);
        }
        self
    }
    /// One of the `U` forms?
    #[inline]
    pub const fn is_unsigned(self) -> bool {
        self as u8 & 8 != 0
    }
}
