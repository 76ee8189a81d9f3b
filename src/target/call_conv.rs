//! Calling conventions as tables, and the one neutral walk that assigns arguments and results to locations.
//!
//! An argument becomes one or more [`AbiSegment`]s, each a register or a piece of the stack. The walk
//! ([`CallConv::classify_args`], [`CallConv::classify_return`]) reads the table only; how structs are cut into segments is the
//! table's [`StructPassing`].
//!
//! Sources: System V x86-64 psABI 3.2.3; Microsoft x64 calling convention; AAPCS64 6.4 and 6.5; the CLR ABI (argument order
//! and return buffers).

use super::regs::{RegMask, RegNum};
use crate::types::{ClassLayout, VarType};
use smallvec::SmallVec;

/// How structs are passed by value.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum StructPassing {
    /// System V x64: up to 16 bytes, classified per eightbyte; all in registers or all on the stack.
    SysVEightbytes,
    /// Windows x64: sizes 1, 2, 4, 8 in one integer register, everything else by reference to a copy.
    WinX64ByRef,
    /// AAPCS64: homogeneous float aggregates in vector registers, up to 16 bytes in integer registers, larger by reference.
    Aapcs64,
}

/// A calling convention.
#[derive(Debug)]
pub struct CallConv {
    /// Name in dumps.
    pub name: &'static str,
    /// Integer argument registers in order.
    pub int_args: &'static [RegNum],
    /// Vector argument registers in order.
    pub float_args: &'static [RegNum],
    /// Integer result registers in order.
    pub int_rets: &'static [RegNum],
    /// Vector result registers in order.
    pub float_rets: &'static [RegNum],
    /// The two argument sequences advance together (Windows x64).
    pub positional: bool,
    /// Bytes the caller reserves below the stack arguments (Windows x64 home space).
    pub home_space: u32,
    /// Register of the return buffer where it is not an ordinary argument.
    pub ret_buffer: RegNum,
    /// The return buffer's address comes back in the first integer result register.
    pub ret_buffer_returned: bool,
    /// Register in which an async method leaves its continuation, null if it is done.
    pub continuation_ret: RegNum,
    /// How structs travel.
    pub structs: StructPassing,
    /// Vectors of more than 8 bytes travel by reference to a copy (Windows x64); results do not.
    pub vectors_by_ref: bool,
    /// Registers preserved across a call.
    pub callee_saved: RegMask,
    /// Registers destroyed by a call.
    pub caller_saved: RegMask,
    /// Stack arguments are packed at their natural alignment (Apple arm64) instead of 8-byte cells.
    pub packed_stack_args: bool,
}

/// Where one segment lives.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum AbiLoc {
    /// In a register.
    Reg(RegNum),
    /// At this byte offset in the outgoing (caller) or incoming (callee) argument area; 0 is the first stack argument,
    /// home space not included.
    Stack(u32),
}

/// A piece of an argument or result that travels in one register or one stretch of stack.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct AbiSegment {
    /// Where.
    pub loc: AbiLoc,
    /// The type it travels as. `Struct` for a struct copied to the stack whole.
    pub ty: VarType,
    /// Byte offset within the struct; 0 for scalars.
    pub offset: u32,
    /// Bytes.
    pub size: u32,
}

/// Segments of one argument or result: at most four.
pub type Segments = SmallVec<[AbiSegment; 4]>;

/// What one argument became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AbiArg {
    /// The pieces, in offset order.
    pub segments: Segments,
    /// The struct or vector is passed as a pointer to a copy that the caller made (the one segment is that pointer).
    pub by_ref: bool,
}

/// What the result became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AbiReturn {
    /// Result registers; empty for `void` and for return buffers.
    pub segments: Segments,
    /// The caller passes the address of a buffer.
    pub ret_buffer: bool,
}

/// Running state of an argument walk.
#[derive(Clone, Debug, Default)]
pub struct ArgState {
    next_int: usize,
    next_float: usize,
    stack: u32,
}

impl ArgState {
    /// Bytes of stack arguments so far, home space not included, not rounded.
    pub fn stack_bytes(&self) -> u32 {
        self.stack
    }
}

/// A piece of a struct as registers see it, before registers are assigned.
type Pieces = SmallVec<[(VarType, u32, u32); 4]>;

impl CallConv {
    /// Places the next argument. `layout` is needed when `ty` is `Struct`.
    pub fn next_arg(&self, st: &mut ArgState, ty: VarType, layout: Option<&ClassLayout>) -> AbiArg {
        if ty != VarType::Struct {
            if self.vectors_by_ref && ty.is_vector() && ty.size() > 8 {
                return AbiArg {
                    segments: smallvec::smallvec![self.scalar(st, VarType::Byref, 0, 8)],
                    by_ref: true,
                };
            }
            let seg = self.scalar(st, ty, 0, ty.size().max(1));
            return AbiArg {
                segments: smallvec::smallvec![seg],
                by_ref: false,
            };
        }
        let empty = ClassLayout::default();
        let layout = layout.unwrap_or(&empty);
        let pieces = self.struct_pieces(layout, false);
        match pieces {
            Some(p) if self.fits(st, &p) => {
                let segments = p
                    .iter()
                    .map(|&(t, off, size)| self.scalar(st, t, off, size))
                    .collect();
                AbiArg {
                    segments,
                    by_ref: false,
                }
            }
            Some(p) => {
                // Not enough registers are left: the whole struct goes to the stack. AAPCS64 also closes the register file.
                if self.structs == StructPassing::Aapcs64 {
                    if p[0].0.is_float_reg() {
                        st.next_float = self.float_args.len();
                    } else {
                        st.next_int = self.int_args.len();
                    }
                }
                let floats = p[0].0 == VarType::F32;
                AbiArg {
                    segments: smallvec::smallvec![self.on_stack(st, layout, floats)],
                    by_ref: false,
                }
            }
            None if self.structs == StructPassing::SysVEightbytes => AbiArg {
                segments: smallvec::smallvec![self.on_stack(st, layout, false)],
                by_ref: false,
            },
            None => AbiArg {
                segments: smallvec::smallvec![self.scalar(st, VarType::Byref, 0, 8)],
                by_ref: true,
            },
        }
    }

    /// [`CallConv::next_arg`] for the commonest types, neither struct nor vector: one segment.
    #[inline]
    pub fn next_scalar(&self, st: &mut ArgState, ty: VarType) -> AbiSegment {
        debug_assert!(ty.is_scalar());
        self.scalar(st, ty, 0, ty.size().max(1))
    }

    /// Places the return buffer's address as the next argument, or in its own register.
    pub fn ret_buffer_arg(&self, st: &mut ArgState) -> AbiArg {
        let seg = if self.ret_buffer.is_some() {
            AbiSegment {
                loc: AbiLoc::Reg(self.ret_buffer),
                ty: VarType::Byref,
                offset: 0,
                size: 8,
            }
        } else {
            self.scalar(st, VarType::Byref, 0, 8)
        };
        AbiArg {
            segments: smallvec::smallvec![seg],
            by_ref: false,
        }
    }

    /// Where a result of type `ty` comes back.
    pub fn classify_return(&self, ty: VarType, layout: Option<&ClassLayout>) -> AbiReturn {
        let reg = |ty: VarType, i: usize, f: usize| {
            if ty.is_float_reg() {
                self.float_rets[f]
            } else {
                self.int_rets[i]
            }
        };
        match ty {
            VarType::Void => AbiReturn::default(),
            VarType::Struct => {
                let empty = ClassLayout::default();
                let Some(pieces) = self.struct_pieces(layout.unwrap_or(&empty), true) else {
                    return AbiReturn {
                        segments: Segments::new(),
                        ret_buffer: true,
                    };
                };
                let (mut i, mut f) = (0, 0);
                let mut segments = Segments::new();
                for &(t, offset, size) in &pieces {
                    segments.push(AbiSegment {
                        loc: AbiLoc::Reg(reg(t, i, f)),
                        ty: t,
                        offset,
                        size,
                    });
                    if t.is_float_reg() {
                        f += 1;
                    } else {
                        i += 1;
                    }
                }
                AbiReturn {
                    segments,
                    ret_buffer: false,
                }
            }
            _ => AbiReturn {
                segments: smallvec::smallvec![AbiSegment {
                    loc: AbiLoc::Reg(reg(ty, 0, 0)),
                    ty,
                    offset: 0,
                    size: ty.size()
                }],
                ret_buffer: false,
            },
        }
    }

    /// One scalar into the next register of its file, or onto the stack.
    fn scalar(&self, st: &mut ArgState, ty: VarType, offset: u32, size: u32) -> AbiSegment {
        let float = ty.is_float_reg();
        let (regs, next) = if float {
            (self.float_args, st.next_float)
        } else {
            (self.int_args, st.next_int)
        };
        if let Some(&r) = regs.get(next) {
            if self.positional || float {
                st.next_float += 1;
            }
            if self.positional || !float {
                st.next_int += 1;
            }
            return AbiSegment {
                loc: AbiLoc::Reg(r),
                ty,
                offset,
                size,
            };
        }
        let (cell, align) = if self.packed_stack_args {
            (ty.size().max(1), ty.align())
        } else {
            (ty.size().max(8), ty.size().next_power_of_two().max(8))
        };
        st.stack = st.stack.next_multiple_of(align);
        let at = st.stack;
        st.stack += cell;
        AbiSegment {
            loc: AbiLoc::Stack(at),
            ty,
            offset,
            size,
        }
    }

    /// A struct on the stack whole, in words; `floats`: a homogeneous aggregate of `f32`, which may be packed.
    fn on_stack(&self, st: &mut ArgState, layout: &ClassLayout, floats: bool) -> AbiSegment {
        let cell = if floats && self.packed_stack_args {
            4
        } else {
            8
        };
        st.stack = st.stack.next_multiple_of(layout.align.max(cell));
        let at = st.stack;
        st.stack += layout.size.next_multiple_of(cell);
        AbiSegment {
            loc: AbiLoc::Stack(at),
            ty: VarType::Struct,
            offset: 0,
            size: layout.size,
        }
    }

    fn fits(&self, st: &ArgState, pieces: &Pieces) -> bool {
        let floats = pieces.iter().filter(|p| p.0.is_float_reg()).count();
        let ints = pieces.len() - floats;
        st.next_int + ints <= self.int_args.len() && st.next_float + floats <= self.float_args.len()
    }

    /// The register-sized pieces of a struct, or `None` if it does not travel in registers.
    fn struct_pieces(&self, layout: &ClassLayout, _returning: bool) -> Option<Pieces> {
        match self.structs {
            StructPassing::SysVEightbytes => sysv_pieces(layout),
            StructPassing::WinX64ByRef => matches!(layout.size, 1 | 2 | 4 | 8)
                .then(|| smallvec::smallvec![int_piece(layout, 0, layout.size)]),
            StructPassing::Aapcs64 => hfa_pieces(layout).or_else(|| aapcs_int_pieces(layout)),
        }
    }
}

/// The integer piece of a struct at `offset`, with the GC kind of that word.
fn int_piece(layout: &ClassLayout, offset: u32, size: u32) -> (VarType, u32, u32) {
    use crate::types::GcKind;
    let ty = match layout.gc_at(offset) {
        GcKind::Ref => VarType::Ref,
        GcKind::Byref => VarType::Byref,
        GcKind::None if size <= 4 => VarType::I32,
        GcKind::None => VarType::I64,
    };
    (ty, offset, size)
}

fn sysv_pieces(layout: &ClassLayout) -> Option<Pieces> {
    if layout.size == 0 || layout.size > 16 || layout.in_memory {
        return None;
    }
    let mut pieces = Pieces::new();
    let mut offset = 0;
    while offset < layout.size {
        let size = (layout.size - offset).min(8);
        let mut inside = layout
            .fields
            .iter()
            .filter(|f| f.offset / 8 == offset / 8)
            .peekable();
        let sse = inside.peek().is_some() && inside.all(|f| f.ty.is_float_reg());
        pieces.push(if sse {
            (
                if size <= 4 {
                    VarType::F32
                } else {
                    VarType::F64
                },
                offset,
                size,
            )
        } else {
            int_piece(layout, offset, size)
        });
        offset += 8;
    }
    // A field across an eightbyte boundary (packed layouts) forces memory.
    let crosses = layout
        .fields
        .iter()
        .any(|f| f.offset / 8 != (f.offset + f.ty.size().max(1) - 1) / 8);
    (!crosses).then_some(pieces)
}

fn hfa_pieces(layout: &ClassLayout) -> Option<Pieces> {
    let first = layout.fields.first()?.ty;
    let n = layout.fields.len();
    let regular = layout
        .fields
        .iter()
        .enumerate()
        .all(|(i, f)| f.ty == first && f.offset == i as u32 * first.size());
    let hfa = first.is_float_reg() && n <= 4 && regular && layout.size == n as u32 * first.size();
    hfa.then(|| {
        layout
            .fields
            .iter()
            .map(|f| (f.ty, f.offset, f.ty.size()))
            .collect()
    })
}

fn aapcs_int_pieces(layout: &ClassLayout) -> Option<Pieces> {
    if layout.size == 0 || layout.size > 16 {
        return None;
    }
    let mut pieces = Pieces::new();
    let mut offset = 0;
    while offset < layout.size {
        pieces.push(int_piece(layout, offset, (layout.size - offset).min(8)));
        offset += 8;
    }
    Some(pieces)
}
