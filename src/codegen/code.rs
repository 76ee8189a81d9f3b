//! What a compile hands to its shell: bytes and everything a runtime must be told about them.
//!
//! All offsets are bytes from the start of the code. The object is reusable: a shell passes the same one to every compile.

/// The role of a function fragment.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum FuncKind {
    /// The method itself.
    Root = 0,
    /// A handler funclet.
    Handler = 1,
    /// A filter funclet.
    Filter = 2,
}

/// The method or one funclet, or a piece of one that is longer than its machine's unwind records can say; fragments tile the code.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct FuncFragment {
    /// Role.
    pub kind: FuncKind,
    /// A further piece of the function before it: it has no prolog of its own and nothing enters it from outside.
    pub continues: bool,
    /// First byte.
    pub start: u32,
    /// One behind the last byte.
    pub end: u32,
    /// The unwind block, a range of [`CompiledMethod::unwind`].
    pub unwind: (u32, u32),
}

/// A place in the code that must be patched once addresses are known.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Relocation {
    /// Offset of the field to patch (x64: the 32-bit displacement; arm64: the instruction).
    pub at: u32,
    /// Kind.
    pub kind: RelocKind,
    /// Absolute target, or an offset within the read-only data for [`RelocKind::is_data`].
    pub target: u64,
}

/// Kinds of relocation.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RelocKind {
    /// x64: 32-bit distance from the end of the field to the absolute target.
    Rel32,
    /// x64: 32-bit distance from the end of the field to read-only data; the field holds bytes that follow it in its
    /// instruction, negated, as addend.
    Rel32Data,
    /// arm64: `b`/`bl` to an absolute target.
    Branch26,
    /// arm64: `adrp` page of read-only data.
    PageData,
    /// arm64: low 12 bits of the address of read-only data in an `add`.
    PageOffsetData,
}

impl RelocKind {
    /// Is the target an offset in the read-only data?
    pub fn is_data(self) -> bool {
        matches!(
            self,
            RelocKind::Rel32Data | RelocKind::PageData | RelocKind::PageOffsetData
        )
    }
}

/// One native EH clause.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct EhClauseOut {
    /// Kind.
    pub kind: crate::ir::ClauseKind,
    /// Protects the same try as the clause before.
    pub same_try: bool,
    /// Protected range.
    pub try_range: (u32, u32),
    /// Handler funclet.
    pub handler_range: (u32, u32),
    /// Start of the filter funclet, if any.
    pub filter_start: u32,
}

/// One entry of the IL (or source line) map.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct IlMapping {
    /// Code offset.
    pub native: u32,
    /// IL offset or source line; special values as in the debug-info format.
    pub il: u32,
    /// Source flags.
    pub source: u8,
}

/// The result of a compile.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct CompiledMethod {
    /// Machine code, relocations not applied.
    pub code: Vec<u8>,
    /// Read-only data.
    pub rodata: Vec<u8>,
    /// Alignment of the read-only data, in bytes.
    pub rodata_align: u32,
    /// Patches.
    pub relocs: Vec<Relocation>,
    /// The method and its funclets.
    pub funcs: Vec<FuncFragment>,
    /// Unwind blocks of all fragments, in the form that the target's .NET reads.
    pub unwind: Vec<u8>,
    /// GC info.
    pub gc_info: Vec<u8>,
    /// EH clauses in search order.
    pub eh: Vec<EhClauseOut>,
    /// IL or line map, by ascending code offset.
    pub il_map: Vec<IlMapping>,
    /// Bytes of the method's own frame, pushes included.
    pub frame_bytes: u32,
    /// The frame has a frame pointer; else SP is what slots are addressed from.
    pub frame_pointer: bool,
    /// The collector may stop at any instruction.
    pub interruptible: bool,
    /// The listing, if asked for.
    pub listing: String,
    /// The phase dumps, if asked for.
    pub dump: String,
}

impl CompiledMethod {
    /// Empties everything and keeps the memory.
    pub fn clear(&mut self) {
        self.code.clear();
        self.rodata.clear();
        self.rodata_align = 1;
        self.relocs.clear();
        self.funcs.clear();
        self.unwind.clear();
        self.gc_info.clear();
        self.eh.clear();
        self.il_map.clear();
        self.frame_bytes = 0;
        self.frame_pointer = false;
        self.interruptible = false;
        self.listing.clear();
        self.dump.clear();
    }

    /// The IL offset or line of the instruction at code offset `at`: the last mapping at or before it.
    pub fn il_at(&self, at: u32) -> Option<u32> {
        let i = self.il_map.partition_point(|m| m.native <= at);
        i.checked_sub(1).map(|i| self.il_map[i].il)
    }
}
