//! DWARF call-frame information: an `.eh_frame` section for hosts whose native unwinder has to cross our frames.
//!
//! ```text
//!  section   CIE  FDE  FDE  …  0 :32
//!
//!  CIE   length :32 │ 0 :32 │ version 1 │ "zR" 0 │ code align │ data align −8 │ return column
//!        │ 1 │ pointer encoding │ entry state (CFA = SP + 8 and RA at CFA − 8; or CFA = SP) │ nops
//!  FDE   length :32 │ distance back to the CIE :32 │ code start │ code size │ 0 │ instructions │ nops
//! ```
//!
//! The *CFA* is the caller's SP. The instructions are a program that runs along the code: after each prolog
//! step they say how to get the CFA (from SP or the frame register) and where registers are, relative to the CFA. Epilogs are exact too: the state is
//! remembered before one and restored behind it, so the code after an early return is described as well.
//!
//! Left out: personality and language-specific data, return-address signing.
//!
//! Sources: DWARF 5 §6.4, the Linux Standard Base's `.eh_frame` chapter, the psABI register numberings.

use super::{UnwindError, UnwindInfoInput, UnwindStep};

pub(crate) const ADVANCE_LOC: u8 = 0x40;
pub(crate) const ADVANCE_LOC1: u8 = 0x02;
pub(crate) const ADVANCE_LOC2: u8 = 0x03;
pub(crate) const ADVANCE_LOC4: u8 = 0x04;
pub(crate) const OFFSET: u8 = 0x80;
pub(crate) const OFFSET_EXTENDED: u8 = 0x05;
pub(crate) const RESTORE: u8 = 0xC0;
pub(crate) const RESTORE_EXTENDED: u8 = 0x06;
pub(crate) const REMEMBER_STATE: u8 = 0x0A;
pub(crate) const RESTORE_STATE: u8 = 0x0B;
pub(crate) const DEF_CFA: u8 = 0x0C;
pub(crate) const DEF_CFA_OFFSET: u8 = 0x0E;

/// An instruction set as DWARF sees it.
#[derive(Debug, PartialEq, Eq)]
pub struct DwarfIsa {
    /// DWARF numbers of the general registers, by machine encoding (31 is SP on arm64).
    pub general: &'static [u8],
    /// DWARF number of vector register 0.
    pub first_float: u8,
    /// Bytes of a saved vector register.
    pub float_bytes: u32,
    /// SP's machine encoding.
    pub sp: u8,
    /// DWARF number of the return address column.
    pub return_column: u8,
    /// CFA − SP at the first instruction: 8 if the call pushed the return address.
    pub entry_cfa_offset: u32,
    /// Instruction alignment: unit of location advances.
    pub code_align: u32,
}

/// x64.
pub static DWARF_X64: DwarfIsa = DwarfIsa {
    general: &[0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15],
    first_float: 17,
    float_bytes: 16,
    sp: 4,
    return_column: 16,
    entry_cfa_offset: 8,
    code_align: 1,
};

/// arm64.
pub static DWARF_ARM64: DwarfIsa = DwarfIsa {
    general: &[
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 26, 27, 28, 29, 30, 31,
    ],
    first_float: 64,
    float_bytes: 8,
    sp: 31,
    return_column: 30,
    entry_cfa_offset: 0,
    code_align: 4,
};

/// How code addresses are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePointers {
    /// As 64-bit addresses; the section may lie anywhere.
    Absolute,
    /// As 32-bit differences from the field itself.
    PcRelative {
        /// Where the section's first byte will be.
        section_address: u64,
    },
}

/// Writes one section: the CIE at once, an FDE a fragment, and the end mark.
#[derive(Debug)]
pub struct EhFrameWriter<'a> {
    isa: &'static DwarfIsa,
    pointers: CodePointers,
    out: &'a mut Vec<u8>,
    section: usize,
}

impl<'a> EhFrameWriter<'a> {
    /// Begins a section at the end of `out` with its CIE.
    pub fn new(
        isa: &'static DwarfIsa,
        pointers: CodePointers,
        out: &'a mut Vec<u8>,
    ) -> EhFrameWriter<'a> {
        let section = out.len();
        let mut writer = EhFrameWriter {
            isa,
            pointers,
            out,
            section,
        };
        let entry = writer.begin_entry(0);
        writer.out.extend_from_slice(b"\x01zR\0");
        uleb(writer.out, u64::from(isa.code_align));
        writer.out.push(0x78); // −8 as a signed LEB
        writer.out.push(isa.return_column);
        let encoding = if matches!(pointers, CodePointers::Absolute) {
            0x00
        } else {
            0x1B
        };
        writer.out.extend_from_slice(&[1, encoding]);
        writer
            .out
            .extend_from_slice(&[DEF_CFA, isa.general[usize::from(isa.sp)]]);
        uleb(writer.out, u64::from(isa.entry_cfa_offset));
        if isa.entry_cfa_offset != 0 {
            writer
                .out
                .extend_from_slice(&[OFFSET | isa.return_column, (isa.entry_cfa_offset / 8) as u8]);
        }
        writer.end_entry(entry);
        writer
    }

    /// Appends the FDE of a fragment whose main function is at `main_address`. On an error the section is as before.
    pub fn fde(
        &mut self,
        main_address: u64,
        input: &UnwindInfoInput<'_>,
    ) -> Result<(), UnwindError> {
        let entry = self.out.len();
        let result = self.fde_unchecked(main_address, input);
        if result.is_err() {
            self.out.truncate(entry);
        }
        result
    }

    /// Ends the section.
    pub fn finish(self) {
        self.out.extend_from_slice(&[0; 4]);
    }

    fn fde_unchecked(
        &mut self,
        main_address: u64,
        input: &UnwindInfoInput<'_>,
    ) -> Result<(), UnwindError> {
        input.check_order()?;
        let back = (self.out.len() + 4 - self.section) as u32;
        let entry = self.begin_entry(back);
        let address = main_address.wrapping_add(u64::from(input.start));
        let length = input.end - input.start;
        match self.pointers {
            CodePointers::Absolute => {
                self.out.extend_from_slice(&address.to_le_bytes());
                self.out.extend_from_slice(&u64::from(length).to_le_bytes());
            }
            CodePointers::PcRelative { section_address } => {
                let here = section_address.wrapping_add((self.out.len() - self.section) as u64);
                let difference = i32::try_from(address.wrapping_sub(here) as i64)
                    .map_err(|_| UnwindError::TooFar(address))?;
                self.out.extend_from_slice(&difference.to_le_bytes());
                self.out.extend_from_slice(&length.to_le_bytes());
            }
        }
        self.out.push(0);
        CfiProgram {
            isa: self.isa,
            out: self.out,
            location: input.start,
            base: self.isa.sp,
            sp_to_cfa: i64::from(self.isa.entry_cfa_offset),
            base_to_cfa: i64::from(self.isa.entry_cfa_offset),
        }
        .run(input)?;
        self.end_entry(entry);
        Ok(())
    }

    /// Writes a length to be filled in and the id; returns where the entry begins.
    fn begin_entry(&mut self, id: u32) -> usize {
        let entry = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        self.out.extend_from_slice(&id.to_le_bytes());
        entry
    }

    /// Pads the entry to 8 bytes and fills in its length.
    fn end_entry(&mut self, entry: usize) {
        while !(self.out.len() - entry).is_multiple_of(8) {
            self.out.push(0); // DW_CFA_nop
        }
        let length = (self.out.len() - entry - 4) as u32;
        self.out[entry..entry + 4].copy_from_slice(&length.to_le_bytes());
    }
}

fn uleb(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let byte = value as u8 & 0x7F;
        value >>= 7;
        if value == 0 {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

/// The state in which the instructions written so far leave a reader.
struct CfiProgram<'a> {
    isa: &'static DwarfIsa,
    out: &'a mut Vec<u8>,
    location: u32,
    /// The register the CFA counts from, by machine encoding.
    base: u8,
    /// CFA − SP, as far as the fixed frame goes.
    sp_to_cfa: i64,
    /// CFA − base.
    base_to_cfa: i64,
}

impl CfiProgram<'_> {
    fn run(&mut self, input: &UnwindInfoInput<'_>) -> Result<(), UnwindError> {
        for step in input.prolog {
            self.advance(step.offset)?;
            self.do_step(step)?;
        }
        for epilog in input.epilogs {
            let steps = input.steps_of(epilog)?;
            let before = (self.base, self.sp_to_cfa, self.base_to_cfa);
            let continues = epilog.end < input.end;
            if let Some(first) = steps.first() {
                self.advance(first.offset)?;
                if continues {
                    self.out.push(REMEMBER_STATE);
                }
            }
            for step in steps {
                self.advance(step.offset)?;
                self.undo_step(step)?;
            }
            if continues && !steps.is_empty() {
                self.advance(epilog.end)?;
                self.out.push(RESTORE_STATE);
            }
            (self.base, self.sp_to_cfa, self.base_to_cfa) = before;
        }
        Ok(())
    }

    fn advance(&mut self, to: u32) -> Result<(), UnwindError> {
        let bytes = to - self.location;
        if !bytes.is_multiple_of(self.isa.code_align) {
            return Err(UnwindError::Misaligned(to));
        }
        let delta = bytes / self.isa.code_align;
        match delta {
            0 => {}
            1..64 => self.out.push(ADVANCE_LOC | delta as u8),
            64..0x100 => self.out.extend_from_slice(&[ADVANCE_LOC1, delta as u8]),
            0x100..0x1_0000 => {
                self.out.push(ADVANCE_LOC2);
                self.out.extend_from_slice(&(delta as u16).to_le_bytes());
            }
            _ => {
                self.out.push(ADVANCE_LOC4);
                self.out.extend_from_slice(&delta.to_le_bytes());
            }
        }
        self.location = to;
        Ok(())
    }

    fn do_step(&mut self, step: &UnwindStep) -> Result<(), UnwindError> {
        let effect = step.op.effect();
        if effect.sp_down != 0 {
            self.sp_to_cfa += i64::from(effect.sp_down);
            self.sp_moved();
        }
        if let Some((reg, offset)) = effect.frame {
            self.set_cfa(step, reg, self.sp_to_cfa - i64::from(offset))?;
        }
        let mut below_cfa = self.sp_to_cfa - i64::from(effect.offset);
        for (reg, size) in self.registers_of(step)? {
            if below_cfa <= 0 || below_cfa % 8 != 0 {
                return Err(UnwindError::NotEncodable(step.op));
            }
            if reg < 64 {
                self.out.push(OFFSET | reg);
            } else {
                self.out.extend_from_slice(&[OFFSET_EXTENDED, reg]);
            }
            uleb(self.out, below_cfa as u64 / 8);
            below_cfa -= i64::from(size);
        }
        Ok(())
    }

    fn undo_step(&mut self, step: &UnwindStep) -> Result<(), UnwindError> {
        let effect = step.op.effect();
        if let Some((reg, offset)) = effect.frame {
            // SP := reg − offset, and from here on SP is to be counted from.
            if reg == self.base {
                self.sp_to_cfa = self.base_to_cfa + i64::from(offset);
            }
            self.set_cfa(step, self.isa.sp, self.sp_to_cfa)?;
        }
        if effect.regs.contains(&Some(self.base)) {
            // The frame register becomes the caller's again.
            self.set_cfa(
                step,
                self.isa.sp,
                self.sp_to_cfa - i64::from(effect.sp_down),
            )?;
        }
        if effect.sp_down != 0 {
            self.sp_to_cfa -= i64::from(effect.sp_down);
            self.sp_moved();
        }
        for (reg, _) in self.registers_of(step)? {
            if reg < 64 {
                self.out.push(RESTORE | reg);
            } else {
                self.out.extend_from_slice(&[RESTORE_EXTENDED, reg]);
            }
        }
        Ok(())
    }

    fn sp_moved(&mut self) {
        if self.base == self.isa.sp && self.base_to_cfa != self.sp_to_cfa {
            self.base_to_cfa = self.sp_to_cfa;
            self.out.push(DEF_CFA_OFFSET);
            uleb(self.out, self.sp_to_cfa as u64);
        }
    }

    fn set_cfa(&mut self, step: &UnwindStep, base: u8, distance: i64) -> Result<(), UnwindError> {
        let error = UnwindError::NotEncodable(step.op);
        let number = *self.isa.general.get(usize::from(base)).ok_or(error)?;
        let unsigned = u64::try_from(distance).map_err(|_| error)?;
        self.base = base;
        self.base_to_cfa = distance;
        self.out.extend_from_slice(&[DEF_CFA, number]);
        uleb(self.out, unsigned);
        Ok(())
    }

    /// DWARF numbers and sizes of the registers a step saves, lower address first.
    fn registers_of(
        &self,
        step: &UnwindStep,
    ) -> Result<impl Iterator<Item = (u8, u32)> + use<>, UnwindError> {
        let effect = step.op.effect();
        let error = UnwindError::NotEncodable(step.op);
        let mut found = [None; 4];
        for (place, reg) in found.iter_mut().zip(effect.regs) {
            if let Some(reg) = reg {
                *place = Some((*self.isa.general.get(usize::from(reg)).ok_or(error)?, 8));
            }
        }
        for (place, reg) in found[2..].iter_mut().zip(effect.floats) {
            if let Some(reg) = reg {
                if reg >= 32 {
                    return Err(error);
                }
                *place = Some((self.isa.first_float + reg, self.isa.float_bytes));
            }
        }
        Ok(found.into_iter().flatten())
    }
}
