//! Steps from a compiled frame to its caller, by the written unwind data.
//!
//! Both formats are readable in every build (tests decode either); which one a frame has is the machine's. Frames are unwound at
//! return addresses and at faults in their bodies only, where the whole prolog has run, so no code is skipped.
//!
//! Left out: frames in the middle of a prolog or epilog, machine frames, chained data.
//!
//! Sources: the x64 and arm64 exception-handling chapters of Microsoft's documentation.

#![allow(unsafe_code)] // reading stacks

use super::stubs::{Context, float_slot, reg_slot};
use crate::unwind::{win_arm64 as wa, win_x64 as wx};

/// Why a frame could not be left.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct BadUnwindData;

/// The state in the caller of the frame `at`, whose unwind block is `info`.
///
/// # Safety
/// `at` is a live frame of this thread that `info` describes.
pub unsafe fn step(at: &Context, info: &[u8]) -> Result<Context, BadUnwindData> {
    let mut context = *at;
    // SAFETY: passed on.
    unsafe {
        if cfg!(target_arch = "aarch64") {
            step_arm64(&mut context, info)?;
        } else {
            step_x64(&mut context, info)?;
        }
    }
    Ok(context)
}

/// # Safety
/// `address` is a stack word of this thread.
unsafe fn read(address: u64) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { std::ptr::read_unaligned(address as *const u64) }
}

fn bytes<const N: usize>(info: &[u8], at: usize) -> Result<[u8; N], BadUnwindData> {
    info.get(at..at + N)
        .and_then(|b| b.try_into().ok())
        .ok_or(BadUnwindData)
}

fn set(context: &mut Context, hw: u8, value: u64) {
    // Volatile registers that a frame saved for reasons of its own do not matter to anybody.
    if let Some(slot) = reg_slot(hw) {
        context.regs[slot] = value;
    }
}

fn get(context: &Context, hw: u8) -> Result<u64, BadUnwindData> {
    reg_slot(hw)
        .map(|slot| context.regs[slot])
        .ok_or(BadUnwindData)
}

/// # Safety
/// As [`step`], on x64.
unsafe fn step_x64(context: &mut Context, info: &[u8]) -> Result<(), BadUnwindData> {
    let [_, _, units, frame] = bytes::<4>(info, 0)?;
    let end = 4 + 2 * usize::from(units);
    let frame_reg = frame & 15;
    // Saves by moves count from the fixed frame, which a frame register leads back to.
    let mut at = 4;
    let mut base = context.sp;
    while at < end {
        let op = decode_x64(info, at)?;
        if matches!(op.opcode, wx::SET_FPREG | wx::SET_FPREG_LARGE) {
            base = get(context, frame_reg)?.wrapping_sub(op.operand);
        }
        at += op.size;
    }
    at = 4;
    while at < end {
        let op = decode_x64(info, at)?;
        at += op.size;
        // SAFETY: addresses in the frame, by the caller's promise.
        match op.opcode {
            wx::PUSH_NONVOL => {
                set(context, op.reg, unsafe { read(context.sp) });
                context.sp += 8;
            }
            wx::ALLOC_SMALL | wx::ALLOC_LARGE => context.sp = context.sp.wrapping_add(op.operand),
            wx::SET_FPREG | wx::SET_FPREG_LARGE => context.sp = base,
            wx::SAVE_NONVOL | wx::SAVE_NONVOL_FAR => {
                set(context, op.reg, unsafe {
                    read(base.wrapping_add(op.operand))
                });
            }
            wx::SAVE_XMM128 | wx::SAVE_XMM128_FAR => {
                let slot = float_slot(op.reg).ok_or(BadUnwindData)?;
                let place = context.floats.get_mut(slot..slot + 2);
                let from = base.wrapping_add(op.operand);
                let value = unsafe { [read(from), read(from.wrapping_add(8))] };
                place.ok_or(BadUnwindData)?.copy_from_slice(&value);
            }
            _ => return Err(BadUnwindData),
        }
    }
    // SAFETY: the return address ends the frame.
    context.pc = unsafe { read(context.sp) };
    context.sp += 8;
    Ok(())
}

/// One x64 unwind operation.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct X64Op {
    /// Offset behind the prolog's instruction.
    pub offset: u8,
    /// Operation code.
    pub opcode: u8,
    /// Register, or the operation's info bits.
    pub reg: u8,
    /// Bytes: a size or an offset.
    pub operand: u64,
    /// Bytes of the operation in the data.
    pub size: usize,
}

/// The x64 operation at byte `at` of an unwind block.
pub fn decode_x64(info: &[u8], at: usize) -> Result<X64Op, BadUnwindData> {
    let [offset, code] = bytes::<2>(info, at)?;
    let [_, _, _, frame] = bytes::<4>(info, 0)?;
    let (opcode, reg) = (code & 15, code >> 4);
    let unit = || Ok::<u64, BadUnwindData>(u64::from(u16::from_le_bytes(bytes(info, at + 2)?)));
    let pair = || Ok::<u64, BadUnwindData>(u64::from(u32::from_le_bytes(bytes(info, at + 2)?)));
    let (operand, size) = match (opcode, reg) {
        (wx::PUSH_NONVOL, _) => (0, 2),
        (wx::ALLOC_SMALL, _) => (u64::from(reg) * 8 + 8, 2),
        (wx::SET_FPREG, _) => (u64::from(frame >> 4) * 16, 2),
        (wx::ALLOC_LARGE, 0) => (unit()? * 8, 4),
        (wx::ALLOC_LARGE, _) => (pair()?, 6),
        (wx::SET_FPREG_LARGE, _) => (pair()? * 16, 6),
        (wx::SAVE_NONVOL, _) => (unit()? * 8, 4),
        (wx::SAVE_XMM128, _) => (unit()? * 16, 4),
        (wx::SAVE_NONVOL_FAR | wx::SAVE_XMM128_FAR, _) => (pair()?, 6),
        _ => return Err(BadUnwindData),
    };
    Ok(X64Op {
        offset,
        opcode,
        reg,
        operand,
        size,
    })
}

/// The prolog's codes of an arm64 .xdata block.
pub fn arm64_codes(info: &[u8]) -> Result<&[u8], BadUnwindData> {
    let word = |index: usize| Ok::<u32, BadUnwindData>(u32::from_le_bytes(bytes(info, index * 4)?));
    let word0 = word(0)?;
    let is_single = word0 >> 21 & 1 != 0;
    let (mut epilogs, mut code_words, mut next) = ((word0 >> 22 & 31) as usize, word0 >> 27, 1);
    if epilogs == 0 && code_words == 0 {
        let word1 = word(1)?;
        (epilogs, code_words, next) = ((word1 & 0xFFFF) as usize, word1 >> 16 & 0xFF, 2);
    }
    let scopes = if is_single { 0 } else { epilogs };
    let start = (next + scopes) * 4;
    info.get(start..start + code_words as usize * 4)
        .ok_or(BadUnwindData)
}

/// # Safety
/// As [`step`], on arm64.
unsafe fn step_arm64(context: &mut Context, info: &[u8]) -> Result<(), BadUnwindData> {
    let codes = arm64_codes(info)?;
    let mut index = 0;
    // `save_next` codes seen, which add register pairs to the save that follows.
    let mut next_pairs = 0;
    loop {
        let first = *codes.get(index).ok_or(BadUnwindData)?;
        let wide = codes
            .get(index + 1)
            .map_or(0, |&b| u32::from(first) << 8 | u32::from(b));
        // first register, count, vector?, offset, SP raised by
        let save = match first {
            wa::END => break,
            wa::NOP | wa::END_C => None,
            wa::SAVE_NEXT => {
                next_pairs += 1;
                None
            }
            wa::SET_FP => {
                context.sp = get(context, 29)?;
                None
            }
            wa::ADD_FP => {
                context.sp = get(context, 29)?.wrapping_sub(u64::from(wide & 0xFF) * 8);
                None
            }
            wa::ALLOC_L => {
                let [_, high, middle, low] = bytes::<4>(codes, index)?;
                let size = u32::from_be_bytes([0, high, middle, low]);
                context.sp = context.sp.wrapping_add(u64::from(size) * 16);
                None
            }
            0x00..=0x1F => {
                context.sp = context.sp.wrapping_add(u64::from(first) * 16);
                None
            }
            0xC0..=0xC7 => {
                context.sp = context.sp.wrapping_add(u64::from(wide & 0x7FF) * 16);
                None
            }
            0x20..=0x3F => Some((19, 2, false, 0, u32::from(first & 31) * 8)),
            0x40..=0x7F => Some((29, 2, false, u32::from(first & 63) * 8, 0)),
            0x80..=0xBF => Some((29, 2, false, 0, u32::from(first & 63) * 8 + 8)),
            0xC8..=0xCB => Some((19 + (wide >> 6 & 15), 2, false, (wide & 63) * 8, 0)),
            0xCC..=0xCF => Some((19 + (wide >> 6 & 15), 2, false, 0, (wide & 63) * 8 + 8)),
            0xD0..=0xD3 => Some((19 + (wide >> 6 & 15), 1, false, (wide & 63) * 8, 0)),
            0xD4..=0xD5 => Some((19 + (wide >> 5 & 15), 1, false, 0, (wide & 31) * 8 + 8)),
            0xD6..=0xD7 => {
                // SAFETY: in the frame.
                let lr = unsafe { read(context.sp + u64::from(wide & 63) * 8 + 8) };
                set(context, 30, lr);
                Some((19 + 2 * (wide >> 6 & 7), 1, false, (wide & 63) * 8, 0))
            }
            0xD8..=0xD9 => Some((8 + (wide >> 6 & 7), 2, true, (wide & 63) * 8, 0)),
            0xDA..=0xDB => Some((8 + (wide >> 6 & 7), 2, true, 0, (wide & 63) * 8 + 8)),
            0xDC..=0xDD => Some((8 + (wide >> 6 & 7), 1, true, (wide & 63) * 8, 0)),
            0xDE => Some((8 + (wide >> 5 & 7), 1, true, 0, (wide & 31) * 8 + 8)),
            _ => return Err(BadUnwindData),
        };
        index += arm64_code_size(first);
        let Some((first, count, is_float, offset, raise)) = save else {
            continue;
        };
        for k in 0..count + 2 * std::mem::take(&mut next_pairs) {
            // SAFETY: in the frame.
            let value = unsafe { read(context.sp + u64::from(offset + k * 8)) };
            let reg = (first + k) as u8;
            if is_float {
                if let Some(slot) = float_slot(reg) {
                    context.floats[slot] = value;
                }
            } else {
                set(context, reg, value);
            }
        }
        context.sp += u64::from(raise);
    }
    context.pc = get(context, 30)?;
    Ok(())
}

/// Bytes of the arm64 code that begins with `first`.
pub fn arm64_code_size(first: u8) -> usize {
    match first {
        0xC0..=0xDF | wa::ADD_FP => 2,
        wa::ALLOC_L => 4,
        _ => 1,
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn a_frame_with_pushes_and_an_allocation_is_left() {
        // push rbp; push r15; push rbx; sub rsp, 0x30
        let info = [1, 8, 4, 0, 8, 0x52, 4, 0x30, 3, 0xF0, 1, 0x50];
        let mut stack = [0u64; 10];
        stack[6..10].copy_from_slice(&[3, 15, 5, 0x1234]);
        let at = Context {
            pc: 1,
            sp: stack.as_ptr() as u64,
            ..Context::default()
        };
        // SAFETY: the array is the frame.
        let caller = unsafe { step(&at, &info) }.unwrap();
        assert_eq!(caller.pc, 0x1234);
        assert_eq!(caller.sp, at.sp + 80);
        assert_eq!(caller.regs, [3, 5, 0, 0, 0, 15, 0, 0]);
    }

    #[test]
    fn vector_registers_come_back_whole() {
        // sub rsp, 0x28; movaps [rsp+0x10], xmm7
        let info = [1, 9, 3, 0, 9, 0x78, 1, 0, 4, 0x42];
        let stack = [0u64, 0, 0x77, 0x78, 0, 0x99];
        let at = Context {
            sp: stack.as_ptr() as u64,
            ..Context::default()
        };
        // SAFETY: the array is the frame.
        let caller = unsafe { step(&at, &info) }.unwrap();
        assert_eq!(caller.pc, 0x99);
        assert_eq!(caller.floats[..6], [0, 0, 0x77, 0x78, 0, 0]);
    }

    #[test]
    fn a_moving_sp_is_found_by_the_frame_register() {
        // push rbp; sub rsp, 0x20; lea rbp, [rsp+0x20]
        let info = [1, 10, 3, 0x25, 10, 3, 5, 0x32, 1, 0x50];
        let stack = [0u64, 0, 0, 0, 77, 0x99];
        let base = stack.as_ptr() as u64;
        let mut at = Context {
            sp: base - 0x1000,
            ..Context::default()
        };
        at.regs[1] = base + 0x20;
        // SAFETY: the array is the frame.
        let caller = unsafe { step(&at, &info) }.unwrap();
        assert_eq!(
            (caller.pc, caller.regs[1], caller.sp),
            (0x99, 77, base + 48)
        );
    }

    #[test]
    fn unknown_operations_are_refused() {
        let at = Context::default();
        // SAFETY: refused before anything is read.
        assert_eq!(
            unsafe { step(&at, &[1, 1, 1, 0, 1, 0x0F]) },
            Err(BadUnwindData)
        );
    }
}
