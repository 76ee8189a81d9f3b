//! Frame layout.
//!
//! A frame is a set of slots (homes of locals, spill temporaries, a PSPSym) whose offsets are decided when the body has been
//! generated. Everything is addressed from one base register; there are two shapes, picked by where the machine leaves the
//! return address:
//!
//! ```text
//!   return address on the stack (x64)          return address in a register (arm64)
//!
//!   │ incoming arguments   │                   │ incoming arguments   │
//!   │ return address       │                   ├──────────────────────┤ entry SP
//!   ├──────────────────────┤                   │ slots                │
//!   │ caller's fp          │ ◄─ fp (base)      │ saved registers      │
//!   │ saved registers      │                   │ caller's fp, lr      │ ◄─ fp (base)
//!   │ slots                │                   │ outgoing arguments   │
//!   │ outgoing arguments   │ ◄─ SP             └──────────────────────┘ ◄─ SP
//!   └──────────────────────┘
//! ```
//!
//! A leaf can do without a frame pointer ([`Frame::omit_fp`]): nothing of fp and lr is saved, SP is the base, and if there is neither
//! a slot nor a saved register the method has no prolog at all.
//!
//! GC pointers in the frame are *untracked* (reported for the whole body, zeroed by the prolog) or *tracked* (reported while live).

use crate::emit::SlotId;
use crate::ir::{Local, LocalFlags};
use crate::target::{RegMask, RegNum, TargetDesc};
use crate::types::{ClassLayout, GcKind, VarType};
use crate::util::IndexVec;

/// How the collector learns of a slot.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum SlotGc {
    /// It holds no GC pointer.
    None,
    /// One word, reported for the whole body.
    Untracked(GcKind),
    /// One word, reported while marks say it is live.
    Tracked,
    /// A struct with pointers, reported for the whole body: index into [`Frame::struct_gc`].
    Struct(u32),
}

/// One slot.
#[derive(Copy, Clone, Debug)]
pub struct FrameSlot {
    /// Size in bytes, a multiple of 4.
    pub size: u32,
    /// Alignment in bytes.
    pub align: u32,
    /// GC contents.
    pub gc: SlotGc,
    /// Reported as pinned.
    pub pinned: bool,
    /// Zeroed by the prolog.
    pub zero: bool,
}

/// The frame of the method being compiled.
#[derive(Default)]
pub struct Frame {
    /// fp and the link register are not saved, and SP is the base.
    pub omit_fp: bool,
    /// Slots; their offsets from the base register are in `offsets` after layout.
    pub slots: IndexVec<SlotId, FrameSlot>,
    /// Offset of each slot from the base register.
    pub offsets: Vec<i32>,
    /// Pointer kinds of struct slots, each a word: (slot's first row, words).
    pub struct_gc: Vec<(u32, u32)>,
    /// Rows that `struct_gc` names.
    pub gc_words: Vec<GcKind>,
    /// Bytes for outgoing stack arguments, the largest call's.
    pub outgoing: u32,
    /// Callee-saved registers that the method saves (frame pointer and link register not counted).
    pub saved: RegMask,
    /// Bytes from SP to the frame's end: everything the prolog allocates, pushes included, the return address excluded.
    pub total: u32,
    /// Bytes that the prolog takes off SP with a subtraction.
    pub alloc: u32,
    /// The slot of the PSPSym, if the runtime wants one.
    pub psp_sym: SlotId,
    /// Offset of the first incoming stack argument from the base register.
    pub incoming: i32,
    /// SP moves in the body: epilogs find the frame's end from the frame pointer.
    pub dynamic: bool,
    /// Where SP moves, it moves past the outgoing area page by page.
    pub outgoing_probed: bool,
    /// How far below its usual place the frame pointer is: unwind data of a frame whose SP moves may reach only so far up from SP.
    pub fp_lowered: u32,
    /// The slot whose offset is the size of the outgoing area.
    outgoing_slot: SlotId,
    /// The slot that stands for the incoming stack arguments.
    incoming_slot: SlotId,
    /// Free slots for reuse: plain 8 bytes, references, byrefs, vectors of 16 and 32 bytes.
    free: [Vec<SlotId>; 5],
}

impl Frame {
    /// Empties the frame and keeps the memory.
    pub fn clear(&mut self) {
        self.omit_fp = false;
        self.slots.clear();
        self.offsets.clear();
        self.struct_gc.clear();
        self.gc_words.clear();
        self.outgoing = 0;
        self.saved = RegMask::EMPTY;
        self.total = 0;
        self.alloc = 0;
        self.psp_sym = SlotId::NONE;
        self.incoming = 0;
        self.incoming_slot = SlotId::NONE;
        self.dynamic = false;
        self.outgoing_probed = false;
        self.fp_lowered = 0;
        self.outgoing_slot = SlotId::NONE;
        for f in &mut self.free {
            f.clear();
        }
    }

    /// A slot with nothing special about it.
    pub fn plain(&mut self, size: u32, align: u32) -> SlotId {
        self.slots.push(FrameSlot {
            size,
            align,
            gc: SlotGc::None,
            pinned: false,
            zero: false,
        })
    }

    /// The home of a local. `untracked`: GC pointers are reported for the whole body.
    pub fn home_of(&mut self, l: &Local, layout: Option<&ClassLayout>, untracked: bool) -> SlotId {
        let pinned = l.flags.contains(LocalFlags::PINNED);
        let whole_body =
            untracked || !l.is_reg_candidate() || l.flags.contains(LocalFlags::EH_LIVE);
        let (size, align, gc) = match (l.ty, layout) {
            (VarType::Struct, Some(c)) => {
                let gc = if c.has_gc() {
                    self.struct_slot(c)
                } else {
                    SlotGc::None
                };
                (c.size.next_multiple_of(8).max(8), c.align.max(8), gc)
            }
            (t, _) if t.is_gc() => (
                8,
                8,
                if whole_body {
                    SlotGc::Untracked(t.gc_kind())
                } else {
                    SlotGc::Tracked
                },
            ),
            (t, _) => (t.size().max(4), t.align().clamp(4, 16), SlotGc::None),
        };
        let zero = matches!(gc, SlotGc::Untracked(_) | SlotGc::Struct(_))
            || l.flags.contains(LocalFlags::ZERO_INIT);
        self.slots.push(FrameSlot {
            size,
            align,
            gc,
            pinned,
            zero,
        })
    }

    fn struct_slot(&mut self, c: &ClassLayout) -> SlotGc {
        let first = self.gc_words.len() as u32;
        self.gc_words.extend_from_slice(&c.gc);
        self.struct_gc.push((first, c.gc.len() as u32));
        SlotGc::Struct(self.struct_gc.len() as u32 - 1)
    }

    /// A slot of 8 bytes (of a vector its size) for a value that waits within a block; taken from the free ones if it can be.
    /// References are untracked: the collector always sees them.
    pub fn take_temp(&mut self, ty: VarType) -> SlotId {
        if let Some(s) = self.free[temp_class(ty)].pop() {
            return s;
        }
        let gc = if ty.is_gc() {
            SlotGc::Untracked(ty.gc_kind())
        } else {
            SlotGc::None
        };
        let size = ty.size().max(8);
        self.slots.push(FrameSlot {
            size,
            align: size.min(16),
            gc,
            pinned: false,
            zero: ty.is_gc(),
        })
    }

    /// Gives a slot of [`Frame::take_temp`] back.
    pub fn give_temp(&mut self, ty: VarType, s: SlotId) {
        self.free[temp_class(ty)].push(s);
    }

    /// A spill temporary of FullOpts: references are tracked.
    pub fn spill(&mut self, ty: VarType) -> SlotId {
        let gc = if ty.is_gc() {
            SlotGc::Tracked
        } else {
            SlotGc::None
        };
        let size = ty.size().max(8);
        self.slots.push(FrameSlot {
            size,
            align: size.min(16),
            gc,
            pinned: false,
            zero: false,
        })
    }

    /// The slot that stands for the incoming stack arguments; it takes no space of the frame.
    pub fn incoming_slot(&mut self) -> SlotId {
        if self.incoming_slot.is_none() {
            self.incoming_slot = self.plain(0, 1);
        }
        self.incoming_slot
    }

    /// Makes the frame one whose SP moves. The slot's offset from the base register is the size of the outgoing area, which is
    /// known only when the body has been generated.
    pub fn make_dynamic(&mut self) -> SlotId {
        self.dynamic = true;
        if self.outgoing_slot.is_none() {
            self.outgoing_slot = self.plain(0, 1);
        }
        self.outgoing_slot
    }

    /// The PSPSym's slot: the lowest word above the outgoing arguments.
    pub fn psp_slot(&mut self) -> SlotId {
        if self.psp_sym.is_none() {
            self.psp_sym = self.plain(0, 1);
        }
        self.psp_sym
    }

    /// Bytes that the saved general registers take by pushes, where saving is pushing.
    pub fn pushed_bytes(&self) -> u32 {
        self.saved.minus(RegMask::ALL_FLOAT).count() * 8
    }

    /// How far they reach below the word next to the return address, which is the caller's fp if that is saved; else theirs, or a
    /// slot's.
    fn pushed_below(&self) -> i32 {
        let first = if self.omit_fp { 8 } else { 0 };
        self.pushed_bytes() as i32 - first
    }

    /// The saved vector registers, each with all its 16 bytes, where saving general registers is pushing.
    pub fn saved_vectors(&self) -> RegMask {
        self.saved.inter(RegMask::ALL_FLOAT)
    }

    /// Distance from the word next to the return address down to the lowest saved vector register: they lie next below the pushes,
    /// aligned.
    pub fn vectors_below(&self) -> u32 {
        self.pushed_below()
            .max(0)
            .cast_unsigned()
            .next_multiple_of(16)
            + 16 * self.saved_vectors().count()
    }

    /// Decides all offsets. Large slots go farthest from the base so that the small ones have short displacements.
    pub fn layout(&mut self, desc: &TargetDesc) {
        self.offsets.clear();
        self.offsets.resize(self.slots.len(), 0);
        let outgoing = self.outgoing.next_multiple_of(desc.stack_align);
        self.outgoing = outgoing;
        if desc.return_address_on_stack {
            let (mut down, mut sp_align) = if self.saved_vectors().is_empty() {
                (self.pushed_below(), 8)
            } else {
                (self.vectors_below() as i32, 16)
            };
            self.place(|offsets, i, size, align| {
                down = round_up(down + size as i32, align);
                sp_align = sp_align.max(align);
                offsets[i] = -down;
            });
            if !self.omit_fp {
                sp_align = desc.stack_align;
            }
            let psp = if self.psp_sym.is_some() { 8 } else { 0 };
            // fp sits 16 below the caller's SP: everything below it is rounded so that SP is aligned.
            let below = round_up(round_up(down, 8) + psp + outgoing as i32, sp_align);
            self.total = (below + 8).cast_unsigned();
            let fp_bytes = if self.omit_fp { 0 } else { 8 };
            self.alloc = self.total - fp_bytes - self.pushed_bytes();
            self.fp_lowered = if self.dynamic {
                below.cast_unsigned().saturating_sub(desc.dynamic_fp_reach)
            } else {
                0
            };
            let lift = if self.omit_fp {
                below
            } else {
                self.fp_lowered as i32
            };
            self.offsets.iter_mut().for_each(|at| *at += lift);
            self.incoming = 16 + lift;
            self.fix(self.psp_sym, outgoing as i32 - below + lift);
        } else {
            let mut up = self.links_bytes() + (self.saved.count() * 8).next_multiple_of(16);
            self.place(|offsets, i, size, align| {
                up = up.next_multiple_of(align);
                offsets[i] = up as i32;
                up += size;
            });
            let above = up.next_multiple_of(desc.stack_align);
            self.total = above + outgoing;
            self.alloc = self.total;
            self.incoming = above as i32;
        }
        self.fix(self.incoming_slot, self.incoming);
        self.fix(self.outgoing_slot, outgoing as i32);
    }

    /// The register that slots and incoming arguments are addressed from.
    pub fn base(&self, desc: &TargetDesc) -> RegNum {
        if self.omit_fp { desc.sp } else { desc.fp }
    }

    /// Bytes of the saved fp and link register, where both are registers.
    pub fn links_bytes(&self) -> u32 {
        if self.omit_fp { 0 } else { 16 }
    }

    /// Whether there is a slot that takes space.
    pub fn has_slots(&self) -> bool {
        self.slots.iter().any(|s| s.size != 0)
    }

    fn fix(&mut self, slot: SlotId, offset: i32) {
        if slot.is_some() {
            self.offsets[slot.0 as usize] = offset;
        }
    }

    fn place(&mut self, mut put: impl FnMut(&mut Vec<i32>, usize, u32, u32)) {
        for small in [true, false] {
            for (i, s) in self.slots.iter().enumerate() {
                if s.size != 0 && (s.size <= 16) == small {
                    put(&mut self.offsets, i, s.size, s.align);
                }
            }
        }
    }

    /// Calls `f(offset from base, kind, pinned)` for every untracked GC word.
    pub fn for_each_untracked(&self, mut f: impl FnMut(i32, GcKind, bool)) {
        for (i, s) in self.slots.iter().enumerate() {
            match s.gc {
                SlotGc::Untracked(k) => f(self.offsets[i], k, s.pinned),
                SlotGc::Struct(g) => {
                    let (first, n) = self.struct_gc[g as usize];
                    for w in 0..n {
                        let k = self.gc_words[(first + w) as usize];
                        if k != GcKind::None {
                            f(self.offsets[i] + 8 * w as i32, k, s.pinned);
                        }
                    }
                }
                SlotGc::None | SlotGc::Tracked => {}
            }
        }
    }

    /// Calls `f(offset from base, size)` for every slot that the prolog zeroes.
    pub fn for_each_zeroed(&self, mut f: impl FnMut(i32, u32)) {
        for (i, s) in self.slots.iter().enumerate() {
            if s.zero {
                f(self.offsets[i], s.size);
            }
        }
    }
}

/// The next multiple of a power of two. Frames are below 2 GiB.
fn round_up(n: i32, align: u32) -> i32 {
    let low = align as i32 - 1;
    (n + low) & !low
}

fn temp_class(ty: VarType) -> usize {
    match ty {
        VarType::Ref => 1,
        VarType::Byref => 2,
        VarType::V96 | VarType::V128 => 3,
        VarType::V256 | VarType::V512 => 4,
        _ => 0,
    }
}
