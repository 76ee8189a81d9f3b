//! The arm64 unwinder: .xdata.
//!
//! The code offset tells prolog, epilog or body; in the first two as many codes are skipped as instructions are not yet, or no
//! longer, to be undone.

use super::super::win_arm64 as wa;
use super::{CallerState, Machine, Result, SimulateError, UNWIND_ARM64, bytes_at};

/// Unwinds arm64 .xdata from `pc`, an offset in the fragment.
pub fn unwind_win_arm64(info: &[u8], pc: u32, machine: &Machine) -> Result<CallerState> {
    let isa = &UNWIND_ARM64;
    let word =
        |index: usize| Ok::<u32, SimulateError>(u32::from_le_bytes(bytes_at(info, index * 4)?));
    let word0 = word(0)?;
    let length = (word0 & 0x3_FFFF) * 4;
    let is_single = word0 >> 21 & 1 != 0;
    let (mut epilogs, mut code_words, mut next) = ((word0 >> 22 & 31) as usize, word0 >> 27, 1);
    if word0 >> 18 & 7 != 0 {
        return Err(SimulateError::BadData("version or exception flag"));
    }
    if epilogs == 0 && code_words == 0 {
        let word1 = word(1)?;
        (epilogs, code_words, next) = ((word1 & 0xFFFF) as usize, word1 >> 16 & 0xFF, 2);
    }
    let scopes = if is_single { 0 } else { epilogs };
    let codes_at = (next + scopes) * 4;
    let codes = info
        .get(codes_at..)
        .ok_or(SimulateError::BadData("no codes"))?;
    if codes.len() != code_words as usize * 4 {
        return Err(SimulateError::BadData("size"));
    }
    let mut begin = 0;
    let mut skip = 0;
    let prolog_instructions = count_arm64_codes(codes, 0)?;
    if pc / 4 < prolog_instructions {
        skip = prolog_instructions - pc / 4;
    } else if is_single {
        // `end` counts as the return.
        let start = (length / 4)
            .checked_sub(count_arm64_codes(codes, epilogs)? + 1)
            .ok_or(SimulateError::BadData("epilog"))?;
        if pc / 4 >= start {
            (begin, skip) = (epilogs, pc / 4 - start);
        }
    } else {
        // Ascending, and none overlaps another: the last that begins at or before the place is the one to look at.
        let (mut low, mut high) = (0, scopes);
        while low < high {
            let middle = (low + high) / 2;
            if word(next + middle)? & 0x3_FFFF <= pc / 4 {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low > 0 {
            let scope = word(next + low - 1)?;
            let (start, index) = (scope & 0x3_FFFF, (scope >> 22) as usize);
            let count = count_arm64_codes(codes, index)? + 1;
            if (start..start + count).contains(&(pc / 4)) {
                (begin, skip) = (index, pc / 4 - start);
            }
        }
    }
    let mut machine = machine.clone();
    execute_arm64_codes(codes, begin, skip, &mut machine)?;
    Ok(CallerState {
        return_address: machine.regs[usize::from(isa.link_register.unwrap_or(30))],
        machine,
    })
}

fn arm64_code_size(first: u8) -> usize {
    match first {
        0xC0..=0xDF | wa::ADD_FP => 2,
        wa::ALLOC_L => 4,
        _ => 1,
    }
}

/// Codes from `index` to `end` or `end_c`, which is not counted.
fn count_arm64_codes(codes: &[u8], mut index: usize) -> Result<u32> {
    let mut count = 0;
    loop {
        let first = *codes
            .get(index)
            .ok_or(SimulateError::BadData("codes without end"))?;
        if matches!(first, wa::END | wa::END_C) {
            return Ok(count);
        }
        count += 1;
        index += arm64_code_size(first);
    }
}

/// Executes the codes from `index` on, but for the first `skip`.
fn execute_arm64_codes(
    codes: &[u8],
    mut index: usize,
    mut skip: u32,
    machine: &mut Machine,
) -> Result<()> {
    let isa = &UNWIND_ARM64;
    // `save_next` codes seen, which add register pairs to the save that follows.
    let mut next_pairs = 0;
    loop {
        let first = *codes
            .get(index)
            .ok_or(SimulateError::BadData("codes without end"))?;
        let code = &codes[index..];
        index += arm64_code_size(first);
        if skip > 0 && first != wa::END {
            skip -= 1;
            continue;
        }
        let wide = || Ok::<u32, SimulateError>(u32::from(u16::from_be_bytes(bytes_at(code, 0)?)));
        let sp = machine.sp(isa);
        // A save: first register, how many, vector?, offset, SP raised by.
        let mut restore =
            |first: u32, count: u32, is_float: bool, offset: u32, raise: u32| -> Result<()> {
                let count = count + 2 * std::mem::take(&mut next_pairs);
                for k in 0..count {
                    let value = machine.read(sp.wrapping_add(u64::from(offset + k * 8)))?;
                    let reg = (first + k) as usize;
                    if is_float {
                        machine
                            .floats
                            .get_mut(reg)
                            .ok_or(SimulateError::BadData("register"))?[0] = value;
                    } else {
                        *machine
                            .regs
                            .get_mut(reg)
                            .ok_or(SimulateError::BadData("register"))? = value;
                    }
                }
                machine.set_sp(isa, sp.wrapping_add(u64::from(raise)));
                Ok(())
            };
        let z6 = |code: u32| (code & 63) * 8;
        let less_one6 = |code: u32| (code & 63) * 8 + 8;
        let less_one5 = |code: u32| (code & 31) * 8 + 8;
        match first {
            wa::END => return Ok(()),
            wa::NOP | wa::END_C => {}
            wa::SAVE_NEXT => next_pairs += 1,
            0x00..=0x1F => machine.set_sp(isa, sp.wrapping_add(u64::from(first) * 16)),
            0x20..=0x3F => restore(19, 2, false, 0, u32::from(first & 31) * 8)?,
            0x40..=0x7F => restore(29, 2, false, z6(u32::from(first)), 0)?,
            0x80..=0xBF => restore(29, 2, false, 0, less_one6(u32::from(first)))?,
            0xC0..=0xC7 => machine.set_sp(isa, sp.wrapping_add(u64::from(wide()? & 0x7FF) * 16)),
            0xC8..=0xCB => restore(19 + (wide()? >> 6 & 15), 2, false, z6(wide()?), 0)?,
            0xCC..=0xCF => restore(19 + (wide()? >> 6 & 15), 2, false, 0, less_one6(wide()?))?,
            0xD0..=0xD3 => restore(19 + (wide()? >> 6 & 15), 1, false, z6(wide()?), 0)?,
            0xD4..=0xD5 => restore(19 + (wide()? >> 5 & 15), 1, false, 0, less_one5(wide()?))?,
            0xD6..=0xD7 => {
                let offset = z6(wide()?);
                restore(19 + 2 * (wide()? >> 6 & 7), 1, false, offset, 0)?;
                restore(30, 1, false, offset + 8, 0)?;
            }
            0xD8..=0xD9 => restore(8 + (wide()? >> 6 & 7), 2, true, z6(wide()?), 0)?,
            0xDA..=0xDB => restore(8 + (wide()? >> 6 & 7), 2, true, 0, less_one6(wide()?))?,
            0xDC..=0xDD => restore(8 + (wide()? >> 6 & 7), 1, true, z6(wide()?), 0)?,
            0xDE => restore(8 + (wide()? >> 5 & 7), 1, true, 0, less_one5(wide()?))?,
            wa::ALLOC_L => {
                let [_, high, middle, low] = bytes_at::<4>(code, 0)?;
                machine.set_sp(
                    isa,
                    sp.wrapping_add(u64::from(u32::from_be_bytes([0, high, middle, low])) * 16),
                );
            }
            wa::SET_FP => machine.set_sp(isa, machine.regs[29]),
            wa::ADD_FP => {
                let [_, z] = bytes_at::<2>(code, 0)?;
                machine.set_sp(isa, machine.regs[29].wrapping_sub(u64::from(z) * 8));
            }
            _ => return Err(SimulateError::BadData("code")),
        }
    }
}
