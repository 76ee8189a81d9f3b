//! `Code`: what `finish` hands over, and the filling of relocations once addresses are known.

use super::encoder::{Emit, FixupKind, Refusal};
use super::ins_group::Symbol;

/// A compiled method: bytes, relocations, and where everything positional ended up. Reusable: `finish` clears it.
#[derive(Default, Debug)]
pub struct Code {
    /// The instructions of all fragments, in layout order.
    pub bytes: Vec<u8>,
    /// Alignment that `bytes` needs.
    pub align: u32,
    /// Read-only data.
    pub rodata: Vec<u8>,
    /// Alignment that `rodata` needs; 1 if it is empty.
    pub rodata_align: u32,
    /// Fields that depend on addresses, in `bytes` in ascending order, then in `rodata`.
    pub relocs: Vec<Reloc>,
    /// Code offset of each group's first instruction (behind its alignment).
    pub group_offsets: Vec<u32>,
    /// Code offset of each mark; parallel to the emitter's marks, of which `finish` puts the body's and then those of
    /// filled placeholders in layout order.
    pub mark_offsets: Vec<u32>,
    /// Code offset of each function fragment: the method, then funclets, ascending. A fragment ends where the next begins.
    pub func_starts: Vec<u32>,
}

/// Where a relocated field is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Section {
    /// In [`Code::bytes`].
    Code,
    /// In [`Code::rodata`].
    RoData,
}

/// What a relocation refers to.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RelocTarget {
    /// Offset in [`Code::bytes`].
    Code(u32),
    /// Offset in [`Code::rodata`].
    Data(u32),
    /// Index in the emitter's symbols.
    Symbol(u32),
}

/// A field that depends on addresses: where they are known, it gets its kind's function of (place, target + addend).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Reloc {
    /// The field's section.
    pub section: Section,
    /// The field's offset there.
    pub offset: u32,
    /// How it is filled; the machine's own numbers (`emit::x64::fixup`, `emit::arm64::fixup`).
    pub kind: FixupKind,
    /// What it refers to.
    pub target: RelocTarget,
    /// Added to the target.
    pub addend: i32,
}

impl Code {
    /// Empties everything and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.align = 1;
        self.rodata.clear();
        self.rodata_align = 1;
        self.relocs.clear();
        self.group_offsets.clear();
        self.mark_offsets.clear();
        self.func_starts.clear();
    }

    /// Fills every relocated field. `code_addr` and `rodata_addr` are where the two blocks will run from; `symbol` gives a
    /// symbol's address, or none to leave that field alone (the runtime fills it).
    ///
    /// The error is the first relocation that cannot reach.
    pub fn apply_relocs<E: Emit>(
        &mut self,
        code_addr: u64,
        rodata_addr: u64,
        symbols: &[Symbol],
        symbol: impl Fn(&Symbol) -> Option<u64>,
    ) -> Result<(), (Reloc, Refusal)> {
        for r in &self.relocs {
            let target = match r.target {
                RelocTarget::Code(at) => code_addr.wrapping_add(at as u64),
                RelocTarget::Data(at) => rodata_addr.wrapping_add(at as u64),
                RelocTarget::Symbol(i) => {
                    let s = symbols.get(i as usize).ok_or((*r, Refusal::UnknownIndex))?;
                    match symbol(s) {
                        Some(a) => a,
                        None => continue,
                    }
                }
            }
            .wrapping_add(r.addend as i64 as u64);
            let (bytes, base) = match r.section {
                Section::Code => (&mut self.bytes, code_addr),
                Section::RoData => (&mut self.rodata, rodata_addr),
            };
            let field = bytes
                .get_mut(r.offset as usize..)
                .ok_or((*r, Refusal::UnknownIndex))?;
            E::apply_fixup(r.kind, field, base.wrapping_add(r.offset as u64), target)
                .map_err(|why| (*r, why))?;
        }
        Ok(())
    }

    /// Code range of a function fragment.
    pub fn func_range(&self, func: usize) -> std::ops::Range<u32> {
        let end = self
            .func_starts
            .get(func + 1)
            .copied()
            .unwrap_or(self.bytes.len() as u32);
        self.func_starts[func]..end
    }
}
