//! Memory for compiled code: one reservation, two views, never writable and executable at one address.
//!
//! ```text
//!  executable view   │ cells (rw) │ code, rodata, code, rodata … (r-x)               │   64 MiB of address space
//!  writable view                  │ the same memory file (rw-)                       │   elsewhere
//! ```
//!
//! # Idea
//!
//! The code pages are a memory file mapped twice. Code is written through the writable view and runs in the executable one; no
//! page ever changes its protection, so methods can be added while others run. Everything lies within 64 MiB, which both
//! x64's 32-bit displacements and arm64's 26-bit branches reach, and the *cells* through which methods call each other lie in
//! front of the code for the same reason.
//!
//! # Invariants
//!
//! - Space for code is handed out in ascending order and never reused, so a list of methods in the order of their making is sorted.
//! - A piece is complete (patched, caches synchronised) before its address is given out.
//!
//! Left out: freeing, huge pages, systems without `memfd_create`.

#![allow(unsafe_code)] // mapping memory and writing code is what this file is for

use crate::compile::{CompiledMethod, Relocation, code::RelocKind};
use std::io;

/// Bytes of one reservation: what the shortest branch (arm64 `bl`, ±128 MiB) reaches with room to spare.
pub const HEAP_BYTES: usize = 64 << 20;
/// Bytes of cells in front of the code.
pub const CELL_BYTES: usize = 1 << 20;
/// Alignment of every method's first instruction, in bytes.
pub const CODE_ALIGN: usize = 32;

/// Why code could not be placed.
#[derive(Debug)]
pub enum HeapError {
    /// The operating system refused memory.
    Os(io::Error),
    /// The reservation is used up.
    Full,
    /// A relocation's target is out of its reach.
    OutOfReach {
        /// The relocation.
        kind: RelocKind,
        /// Offset of the field in the code.
        at: u32,
    },
    /// A relocation names a place outside the code or a target outside the read-only data.
    BadRelocation {
        /// Offset of the field in the code.
        at: u32,
    },
}

impl std::fmt::Display for HeapError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HeapError::Os(e) => write!(f, "no memory for code: {e}"),
            HeapError::Full => write!(f, "the code heap of {HEAP_BYTES} bytes is full"),
            HeapError::OutOfReach { kind, at } => {
                write!(
                    f,
                    "{kind:?} relocation at {at:#x} does not reach its target"
                )
            }
            HeapError::BadRelocation { at } => write!(f, "relocation at {at:#x} makes no sense"),
        }
    }
}

impl std::error::Error for HeapError {}

impl From<io::Error> for HeapError {
    fn from(e: io::Error) -> Self {
        HeapError::Os(e)
    }
}

/// Where a method was put.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Placement {
    /// Address of the first instruction.
    pub code: u64,
    /// Address of the read-only data.
    pub rodata: u64,
}

/// A reservation and what is left of it.
#[derive(Debug)]
pub struct CodeHeap {
    /// Start of the reservation: the cells.
    base: *mut u8,
    /// The writable view of the code part.
    writable: *mut u8,
    /// Bytes of cells used.
    cells: usize,
    /// Addresses of cells given back.
    free_cells: Vec<u64>,
    /// Bytes of the code part used.
    used: usize,
}

impl CodeHeap {
    /// Reserves a heap. Pages cost nothing until they are written.
    pub fn new() -> Result<CodeHeap, HeapError> {
        let code_bytes = HEAP_BYTES - CELL_BYTES;
        // SAFETY: plain system calls on memory that nobody else knows of; every result is checked.
        unsafe {
            let fd = libc::memfd_create(c"tatsu-code".as_ptr(), libc::MFD_CLOEXEC);
            if fd < 0 {
                return Err(io::Error::last_os_error().into());
            }
            let views = map_views(fd, code_bytes);
            libc::close(fd);
            let (base, writable) = views?;
            Ok(CodeHeap {
                base,
                writable,
                cells: 0,
                free_cells: Vec::new(),
                used: 0,
            })
        }
    }

    /// First and one behind the last address of the executable part.
    pub fn code_range(&self) -> (u64, u64) {
        let start = self.base as u64 + CELL_BYTES as u64;
        (start, start + (HEAP_BYTES - CELL_BYTES) as u64)
    }

    /// Bytes of code and data placed so far.
    pub fn used(&self) -> usize {
        self.used
    }

    /// A new 8-byte cell that code of this heap reaches; its content is 0. Returns its address.
    pub fn new_cell(&mut self) -> Result<u64, HeapError> {
        if let Some(cell) = self.free_cells.pop() {
            self.set_cell(cell, 0);
            return Ok(cell);
        }
        if self.cells + 8 > CELL_BYTES {
            return Err(HeapError::Full);
        }
        let cell = self.base as u64 + self.cells as u64;
        self.cells += 8;
        Ok(cell)
    }

    /// Takes back a cell from [`CodeHeap::new_cell`] of this heap, which no code will use any more.
    pub fn free_cell(&mut self, cell: u64) {
        self.free_cells.push(cell);
    }

    /// Changes a cell. `cell` must come from [`CodeHeap::new_cell`] of this heap.
    pub fn set_cell(&mut self, cell: u64, value: u64) {
        let base = self.base as u64;
        assert!(
            cell >= base && cell + 8 <= base + self.cells as u64,
            "no cell of this heap"
        );
        // SAFETY: in the writable cell part by the assertion, 8-byte aligned by construction; running code reads it whole.
        unsafe { std::ptr::write_volatile(cell as *mut u64, value) };
    }

    /// Puts a method's code and data in place, patches it, and makes it ready to run.
    pub fn place(&mut self, method: &CompiledMethod) -> Result<Placement, HeapError> {
        let at = self.used.next_multiple_of(CODE_ALIGN);
        let align = (method.rodata_align as usize).clamp(1, 64);
        let rodata_at = (at + method.code.len()).next_multiple_of(align.max(8));
        let end = rodata_at + method.rodata.len();
        if end > HEAP_BYTES - CELL_BYTES {
            return Err(HeapError::Full);
        }
        let (start, _) = self.code_range();
        let placement = Placement {
            code: start + at as u64,
            rodata: start + rodata_at as u64,
        };
        // SAFETY: `at..end` lies in the writable view (checked above), no code there has been given out yet, and nobody
        // else holds a reference into it.
        let bytes = unsafe { std::slice::from_raw_parts_mut(self.writable.add(at), end - at) };
        let (code, rest) = bytes.split_at_mut(method.code.len());
        code.copy_from_slice(&method.code);
        rest[rodata_at - at - method.code.len()..].copy_from_slice(&method.rodata);
        for reloc in &method.relocs {
            apply(code, reloc, placement, method.rodata.len())?;
        }
        self.used = end;
        synchronise(placement.code, end - at);
        Ok(placement)
    }
}

impl Drop for CodeHeap {
    fn drop(&mut self) {
        // SAFETY: both mappings were made in `new` with these sizes; whoever drops the heap no longer runs its code.
        unsafe {
            libc::munmap(self.base.cast(), HEAP_BYTES);
            libc::munmap(self.writable.cast(), HEAP_BYTES - CELL_BYTES);
        }
    }
}

/// The reservation with its cells and executable view, and the writable view.
///
/// # Safety
/// `fd` is an empty memory file.
unsafe fn map_views(fd: i32, code_bytes: usize) -> Result<(*mut u8, *mut u8), HeapError> {
    let check = |p: *mut libc::c_void| {
        if p == libc::MAP_FAILED {
            Err(HeapError::Os(io::Error::last_os_error()))
        } else {
            Ok(p.cast::<u8>())
        }
    };
    let anonymous = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: fresh mappings only; MAP_FIXED replaces pages of our own reservation.
    unsafe {
        if libc::ftruncate(fd, code_bytes as libc::off_t) != 0 {
            return Err(io::Error::last_os_error().into());
        }
        let base = check(libc::mmap(
            std::ptr::null_mut(),
            HEAP_BYTES,
            libc::PROT_READ | libc::PROT_WRITE,
            anonymous,
            -1,
            0,
        ))?;
        let code = libc::mmap(
            base.add(CELL_BYTES).cast(),
            code_bytes,
            libc::PROT_READ | libc::PROT_EXEC,
            libc::MAP_SHARED | libc::MAP_FIXED,
            fd,
            0,
        );
        let writable = check(code).and_then(|_| {
            check(libc::mmap(
                std::ptr::null_mut(),
                code_bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                fd,
                0,
            ))
        });
        if writable.is_err() {
            libc::munmap(base.cast(), HEAP_BYTES);
        }
        Ok((base, writable?))
    }
}

/// Patches one field of `code`, which will run at `placement.code`.
fn apply(
    code: &mut [u8],
    reloc: &Relocation,
    placement: Placement,
    rodata_len: usize,
) -> Result<(), HeapError> {
    let bad = HeapError::BadRelocation { at: reloc.at };
    let far = HeapError::OutOfReach {
        kind: reloc.kind,
        at: reloc.at,
    };
    let at = reloc.at as usize;
    let Some(field) = code.get_mut(at..at + 4) else {
        return Err(bad);
    };
    let place = placement.code.wrapping_add(at as u64);
    let target = if reloc.kind.is_data() {
        if reloc.target > rodata_len as u64 {
            return Err(bad);
        }
        placement.rodata + reloc.target
    } else {
        reloc.target
    };
    let mut word = [0; 4];
    word.copy_from_slice(field);
    let old = u32::from_le_bytes(word);
    let new = match reloc.kind {
        RelocKind::Rel32 | RelocKind::Rel32Data => {
            let addend = if reloc.kind == RelocKind::Rel32Data {
                i64::from(old as i32)
            } else {
                0
            };
            let distance = (target.wrapping_sub(place.wrapping_add(4)) as i64).wrapping_add(addend);
            i32::try_from(distance).map_err(|_| far)? as u32
        }
        RelocKind::Branch26 => {
            let distance = target.wrapping_sub(place) as i64;
            if distance & 3 != 0 || !(-(1 << 27)..1 << 27).contains(&distance) {
                return Err(far);
            }
            old & 0xFC00_0000 | (distance >> 2) as u32 & 0x03FF_FFFF
        }
        RelocKind::PageData => {
            let pages = ((target >> 12) as i64).wrapping_sub((place >> 12) as i64);
            if !(-(1 << 20)..1 << 20).contains(&pages) {
                return Err(far);
            }
            let pages = pages as u32;
            old & 0x9F00_001F | (pages & 3) << 29 | (pages >> 2 & 0x7_FFFF) << 5
        }
        RelocKind::PageOffsetData => old & !(0xFFF << 10) | (target as u32 & 0xFFF) << 10,
    };
    field.copy_from_slice(&new.to_le_bytes());
    Ok(())
}

/// Makes instructions that were written through the other view visible to instruction fetch.
fn synchronise(start: u64, len: usize) {
    #[cfg(target_arch = "aarch64")]
    {
        // Smallest line size that the architecture allows: correct everywhere, and code is written once.
        let mut at = start & !15;
        while at < start + len as u64 {
            // SAFETY: cache maintenance of mapped addresses of our own.
            unsafe { std::arch::asm!("dc cvau, {0}", "dsb ish", "ic ivau, {0}", in(reg) at) };
            at += 16;
        }
        // SAFETY: barriers.
        unsafe { std::arch::asm!("dsb ish", "isb") };
    }
    #[cfg(not(target_arch = "aarch64"))]
    {
        // x64 keeps its caches coherent; a call serialises enough for code that was never fetched before.
        let _ = (start, len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placement() -> Placement {
        Placement {
            code: 0x1000_0000,
            rodata: 0x1000_2040,
        }
    }

    fn patched(kind: RelocKind, old: u32, target: u64) -> Result<u32, HeapError> {
        let mut code = [0; 12];
        code[4..8].copy_from_slice(&old.to_le_bytes());
        let reloc = Relocation {
            at: 4,
            kind,
            target,
        };
        apply(&mut code, &reloc, placement(), 16)?;
        Ok(u32::from_le_bytes([code[4], code[5], code[6], code[7]]))
    }

    #[test]
    fn relocations_are_what_the_machine_adds_up() {
        assert_eq!(patched(RelocKind::Rel32, 0, 0x1000_0108).unwrap(), 0x100);
        assert_eq!(
            patched(RelocKind::Rel32Data, -4i32 as u32, 8).unwrap(),
            0x2048 - 8 - 4
        );
        assert_eq!(
            patched(RelocKind::Branch26, 0x9400_0000, 0x0FFF_FFFC).unwrap(),
            0x97FF_FFFE
        );
        // adrp x3: page of 0x10002048 is 2 pages on.
        assert_eq!(
            patched(RelocKind::PageData, 0x9000_0003, 8).unwrap(),
            0xD000_0003
        );
        // add x3, x3, #0x48
        assert_eq!(
            patched(RelocKind::PageOffsetData, 0x9100_0063, 8).unwrap(),
            0x9101_2063
        );
    }

    #[test]
    fn unreachable_targets_are_refused() {
        assert!(matches!(
            patched(RelocKind::Rel32, 0, 0x9_1000_0000),
            Err(HeapError::OutOfReach { .. })
        ));
        assert!(matches!(
            patched(RelocKind::Branch26, 0x9400_0000, 0x2000_0000),
            Err(HeapError::OutOfReach { .. })
        ));
        assert!(matches!(
            patched(RelocKind::Rel32Data, 0, 17),
            Err(HeapError::BadRelocation { .. })
        ));
    }

    #[test]
    fn placed_code_is_readable_where_it_runs_and_cells_hold_values() {
        let mut heap = CodeHeap::new().unwrap();
        let method = CompiledMethod {
            code: vec![1, 2, 3],
            rodata: vec![9, 8],
            rodata_align: 16,
            ..CompiledMethod::default()
        };
        let first = heap.place(&method).unwrap();
        let second = heap.place(&method).unwrap();
        assert!(second.code > first.rodata && second.rodata.is_multiple_of(16));
        // SAFETY: both addresses were just placed.
        unsafe {
            assert_eq!(std::ptr::read(second.code as *const [u8; 3]), [1, 2, 3]);
            assert_eq!(std::ptr::read(second.rodata as *const [u8; 2]), [9, 8]);
        }
        let cell = heap.new_cell().unwrap();
        heap.set_cell(cell, 77);
        // SAFETY: a cell of this heap.
        assert_eq!(unsafe { std::ptr::read(cell as *const u64) }, 77);
    }
}
