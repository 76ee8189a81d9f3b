//! The DWARF unwinder: an interpreter of call-frame instructions, as far as our own sections use them.

use super::super::dwarf_cfi::{self as cfi, DwarfIsa};
use super::{CallerState, Machine, Result, SimulateError, UNWIND_ARM64, UNWIND_X64, bytes_at};
use std::collections::BTreeMap;

/// The rules in force at a place: how to get the CFA, and where registers are.
#[derive(Clone, Debug, Default)]
pub(in crate::unwind) struct CfiRow {
    /// Register (DWARF number) and distance.
    pub(in crate::unwind) cfa: (u64, u64),
    /// DWARF register number to distance below the CFA, in bytes.
    pub(in crate::unwind) saved: BTreeMap<u64, u64>,
}

/// Reads little-endian fields and LEBs.
struct DwarfReader<'a> {
    data: &'a [u8],
    at: usize,
}

impl DwarfReader<'_> {
    fn u8(&mut self) -> Result<u8> {
        let [byte] = bytes_at(self.data, self.at)?;
        self.at += 1;
        Ok(byte)
    }
    fn u16(&mut self) -> Result<u16> {
        self.at += 2;
        Ok(u16::from_le_bytes(bytes_at(self.data, self.at - 2)?))
    }
    fn u32(&mut self) -> Result<u32> {
        self.at += 4;
        Ok(u32::from_le_bytes(bytes_at(self.data, self.at - 4)?))
    }
    fn u64(&mut self) -> Result<u64> {
        self.at += 8;
        Ok(u64::from_le_bytes(bytes_at(self.data, self.at - 8)?))
    }
    fn uleb(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(SimulateError::BadData("long number"))
    }

    /// Runs instructions up to `end` or past `pc`; `row` is the entry state for an FDE.
    fn run(
        &mut self,
        end: usize,
        mut location: u64,
        pc: u64,
        align: u64,
        mut row: CfiRow,
    ) -> Result<CfiRow> {
        let initial = row.clone();
        let mut remembered = Vec::new();
        while self.at < end {
            let op = self.u8()?;
            let low = u64::from(op & 0x3F);
            let mut advance = None;
            match (op & 0xC0, op) {
                (cfi::ADVANCE_LOC, _) => advance = Some(low),
                (cfi::OFFSET, _) => {
                    let factored = self.uleb()?;
                    row.saved.insert(low, factored.wrapping_mul(8));
                }
                (cfi::RESTORE, _) => restore_rule(&mut row, &initial, low),
                (_, 0) => {}
                (_, cfi::ADVANCE_LOC1) => advance = Some(u64::from(self.u8()?)),
                (_, cfi::ADVANCE_LOC2) => advance = Some(u64::from(self.u16()?)),
                (_, cfi::ADVANCE_LOC4) => advance = Some(u64::from(self.u32()?)),
                (_, cfi::OFFSET_EXTENDED) => {
                    let reg = self.uleb()?;
                    let factored = self.uleb()?;
                    row.saved.insert(reg, factored.wrapping_mul(8));
                }
                (_, cfi::RESTORE_EXTENDED) => {
                    let reg = self.uleb()?;
                    restore_rule(&mut row, &initial, reg);
                }
                (_, cfi::REMEMBER_STATE) => remembered.push(row.clone()),
                (_, cfi::RESTORE_STATE) => {
                    row = remembered
                        .pop()
                        .ok_or(SimulateError::BadData("restore without remember"))?;
                }
                (_, cfi::DEF_CFA) => row.cfa = (self.uleb()?, self.uleb()?),
                (_, cfi::DEF_CFA_OFFSET) => row.cfa.1 = self.uleb()?,
                _ => return Err(SimulateError::BadData("instruction")),
            }
            if let Some(delta) = advance {
                location = location.saturating_add(delta.saturating_mul(align));
                if location > pc {
                    break;
                }
            }
        }
        Ok(row)
    }
}

fn restore_rule(row: &mut CfiRow, initial: &CfiRow, reg: u64) {
    match initial.saved.get(&reg) {
        Some(&place) => row.saved.insert(reg, place),
        None => row.saved.remove(&reg),
    };
}

/// Unwinds a section written with absolute pointers from the code address `pc`.
pub fn unwind_dwarf(
    dwarf: &'static DwarfIsa,
    section: &[u8],
    pc: u64,
    machine: &Machine,
) -> Result<CallerState> {
    let (row, return_column) = cfi_row(section, pc)?;
    let isa = if dwarf.sp == UNWIND_X64.sp {
        &UNWIND_X64
    } else {
        &UNWIND_ARM64
    };
    let general = |number: u64| {
        dwarf
            .general
            .iter()
            .position(|&reg| u64::from(reg) == number)
    };
    let base = general(row.cfa.0).ok_or(SimulateError::BadData("CFA register"))?;
    let cfa = machine.regs[base].wrapping_add(row.cfa.1);
    let mut caller = CallerState {
        return_address: 0,
        machine: machine.clone(),
    };
    let mut return_address = None;
    for (&number, &below) in &row.saved {
        let address = cfa.wrapping_sub(below);
        // What lies below SP may be overwritten any time, so it cannot be where a register is.
        if address < machine.sp(isa) {
            return Err(SimulateError::BadRead(address));
        }
        let value = machine.read(address)?;
        if number == return_column {
            return_address = Some(value);
        }
        if let Some(reg) = general(number) {
            caller.machine.regs[reg] = value;
        } else if number >= u64::from(dwarf.first_float) {
            let reg = (number - u64::from(dwarf.first_float)) as usize;
            let words = (dwarf.float_bytes / 8) as usize;
            let place = caller
                .machine
                .floats
                .get_mut(reg)
                .ok_or(SimulateError::BadData("register"))?;
            for (word, slot) in place.iter_mut().enumerate().take(words) {
                *slot = machine.read(address.wrapping_add(word as u64 * 8))?;
            }
        }
    }
    caller.return_address = match (return_address, general(return_column)) {
        (Some(value), _) => value,
        (None, Some(reg)) => machine.regs[reg],
        (None, None) => return Err(SimulateError::BadData("no return address")),
    };
    caller.machine.set_sp(isa, cfa);
    Ok(caller)
}

/// The rules in force at the code address `pc`, and the return column.
pub(in crate::unwind) fn cfi_row(section: &[u8], pc: u64) -> Result<(CfiRow, u64)> {
    let mut r = DwarfReader {
        data: section,
        at: 0,
    };
    let cie_end = r.u32()? as usize + 4;
    if r.u32()? != 0 || bytes_at::<4>(section, 8)? != *b"\x01zR\0" {
        return Err(SimulateError::BadData("CIE"));
    }
    r.at = 12;
    let align = r.uleb()?;
    if r.u8()? != 0x78 {
        return Err(SimulateError::BadData("data alignment"));
    }
    let return_column = u64::from(r.u8()?);
    if (r.u8()?, r.u8()?) != (1, 0) {
        return Err(SimulateError::BadData("pointer encoding"));
    }
    let entry = r.run(cie_end, 0, u64::MAX, align, CfiRow::default())?;
    r.at = cie_end;
    loop {
        let start = r.at;
        let length = r.u32()? as usize;
        if length == 0 {
            return Err(SimulateError::BadData("no FDE for the address"));
        }
        let end = start + 4 + length;
        if r.u32()? as usize != start + 4 {
            return Err(SimulateError::BadData("CIE pointer"));
        }
        let (begin, size) = (r.u64()?, r.u64()?);
        if r.u8()? != 0 {
            return Err(SimulateError::BadData("augmentation"));
        }
        if (begin..begin.saturating_add(size)).contains(&pc) {
            return Ok((r.run(end, begin, pc, align, entry)?, return_column));
        }
        r.at = end;
    }
}
