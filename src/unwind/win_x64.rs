//! x64 UNWIND_INFO: the unwind codes of Windows, which .NET's runtime reads on every operating system.
//!
//! ```text
//!  byte 0         1             2                3
//!  ┌─────┬───────┬─────────────┬────────────────┬─────────┬─────────────┐
//!  │ 1 :3│flags:5│ prolog size │ number of units│ frame :4│ offset/16 :4│   flags 0: the runtime adds its own
//!  └─────┴───────┴─────────────┴────────────────┴─────────┴─────────────┘
//!  then units of 16 bits, the prolog's last instruction first:
//!  ┌───────────────────────────────────┬──────────┬─────────┐
//!  │ offset behind the instruction :8  │ opcode :4│ info :4 │   + operand units of some opcodes
//!  └───────────────────────────────────┴──────────┴─────────┘
//!
//!  0  PUSH_NONVOL   reg                          5  SAVE_NONVOL_FAR  reg, two units: offset
//!  1  ALLOC_LARGE   0, unit: size/8              8  SAVE_XMM128      reg, unit: offset/16
//!                   1, two units: size           9  SAVE_XMM128_FAR  reg, two units: offset
//!  2  ALLOC_SMALL   size/8 − 1                   11 SET_FPREG_LARGE  0, two units: offset/16 (.NET on Unix only)
//!  3  SET_FPREG     (header says which, where)
//!  4  SAVE_NONVOL   reg, unit: offset/8
//! ```
//!
//! Offsets of saves count from the fixed frame's SP, so nothing may move SP after a save. Epilogs are not described:
//! the unwinder recognises them by decoding forward from the IP, see [`simulate`](super::simulate).
//!
//! Sources: Microsoft's x64 exception-handling ABI document; the .NET runtime's sources for code 11; the
//! examples in the tests come from .NET 9.

use super::{UnwindError, UnwindInfoInput, UnwindOp};

pub(crate) const PUSH_NONVOL: u8 = 0;
pub(crate) const ALLOC_LARGE: u8 = 1;
pub(crate) const ALLOC_SMALL: u8 = 2;
pub(crate) const SET_FPREG: u8 = 3;
pub(crate) const SAVE_NONVOL: u8 = 4;
pub(crate) const SAVE_NONVOL_FAR: u8 = 5;
pub(crate) const SAVE_XMM128: u8 = 8;
pub(crate) const SAVE_XMM128_FAR: u8 = 9;
pub(crate) const SET_FPREG_LARGE: u8 = 11;

/// Largest frame-register offset the header can hold.
const MAX_HEADER_FRAME_OFFSET: u32 = 240;

/// Appends the UNWIND_INFO of a fragment to `out`.
///
/// `allow_large_frame_offset`: the reader knows SET_FPREG_LARGE, as .NET's does on Unix; Windows does not.
/// On an error `out` is unchanged.
pub fn write(
    input: &UnwindInfoInput<'_>,
    allow_large_frame_offset: bool,
    out: &mut Vec<u8>,
) -> Result<(), UnwindError> {
    let start = out.len();
    let result = write_unchecked(input, allow_large_frame_offset, out);
    if result.is_err() {
        out.truncate(start);
    }
    result
}

fn write_unchecked(
    input: &UnwindInfoInput<'_>,
    allow_large_frame_offset: bool,
    out: &mut Vec<u8>,
) -> Result<(), UnwindError> {
    input.check_order()?;
    let prolog_size = input.prolog_end - input.start;
    let prolog_byte =
        u8::try_from(prolog_size).map_err(|_| UnwindError::PrologTooLong(prolog_size))?;
    out.extend_from_slice(&[1, prolog_byte, 0, 0]);
    let header = out.len() - 4;
    let mut frame_byte = 0;
    // From the last step to the first: while `sp_is_final`, SP has not moved after the step in hand.
    let mut sp_is_final = true;
    for step in input.prolog.iter().rev() {
        let op = step.op;
        // No step lies behind `prolog_end`, so the offset fits a byte.
        let offset = (step.offset - input.start) as u8;
        let mut code = |opcode: u8, info: u8| out.extend_from_slice(&[offset, opcode | info << 4]);
        match op {
            UnwindOp::PushReg(reg) if reg < 16 => {
                sp_is_final = false;
                code(PUSH_NONVOL, reg);
            }
            UnwindOp::AllocStack(size) if size % 8 == 0 && size != 0 => {
                sp_is_final = false;
                if size <= 128 {
                    code(ALLOC_SMALL, (size / 8 - 1) as u8);
                } else if let Ok(units) = u16::try_from(size / 8) {
                    code(ALLOC_LARGE, 0);
                    out.extend_from_slice(&units.to_le_bytes());
                } else {
                    code(ALLOC_LARGE, 1);
                    out.extend_from_slice(&size.to_le_bytes());
                }
            }
            UnwindOp::SetFrameReg {
                reg,
                offset: distance,
            } if reg < 16 && distance >= 0 && distance % 16 == 0 => {
                let distance = distance as u32;
                if distance <= MAX_HEADER_FRAME_OFFSET {
                    frame_byte = reg | ((distance / 16) as u8) << 4;
                    code(SET_FPREG, 0);
                } else if allow_large_frame_offset {
                    frame_byte = reg | 0xF0;
                    code(SET_FPREG_LARGE, 0);
                    out.extend_from_slice(&(distance / 16).to_le_bytes());
                } else {
                    return Err(UnwindError::NotEncodable(op));
                }
            }
            UnwindOp::SaveReg { reg, offset } if reg < 16 && offset % 8 == 0 => {
                if !sp_is_final {
                    return Err(UnwindError::SaveBeforeAllocation(op));
                }
                match u16::try_from(offset / 8) {
                    Ok(units) => {
                        code(SAVE_NONVOL, reg);
                        out.extend_from_slice(&units.to_le_bytes());
                    }
                    Err(_) => {
                        code(SAVE_NONVOL_FAR, reg);
                        out.extend_from_slice(&offset.to_le_bytes());
                    }
                }
            }
            UnwindOp::SaveFloat { reg, offset } if reg < 16 && offset % 16 == 0 => {
                if !sp_is_final {
                    return Err(UnwindError::SaveBeforeAllocation(op));
                }
                match u16::try_from(offset / 16) {
                    Ok(units) => {
                        code(SAVE_XMM128, reg);
                        out.extend_from_slice(&units.to_le_bytes());
                    }
                    Err(_) => {
                        code(SAVE_XMM128_FAR, reg);
                        out.extend_from_slice(&offset.to_le_bytes());
                    }
                }
            }
            _ => return Err(UnwindError::NotEncodable(op)),
        }
    }
    let units = (out.len() - header - 4) / 2;
    out[header + 2] = u8::try_from(units).map_err(|_| UnwindError::TooManyCodes(units))?;
    out[header + 3] = frame_byte;
    Ok(())
}
