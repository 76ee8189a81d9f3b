//! DWARF descriptions of compiled frames, so that native unwinders (backtraces, profilers, C++ exceptions passing through) can
//! cross them.
//!
//! The compiler writes one form of unwind data, the runtime's. Here its prolog is read back as steps and written again as
//! `.eh_frame`, one section a method. Epilogs are not described: a native unwinder that stops a thread inside one is led
//! astray, one that starts at a call is not.

#![allow(unsafe_code)] // the C library's registry of sections

use super::methods::LoadedMethod;
use super::unwinder::{BadUnwindData, arm64_code_size, arm64_codes, decode_x64};
use crate::unwind::dwarf_cfi::{CodePointers, DWARF_ARM64, DWARF_X64, EhFrameWriter};
use crate::unwind::{UnwindInfoInput, UnwindOp, UnwindStep, win_arm64 as wa, win_x64 as wx};

unsafe extern "C" {
    fn __register_frame(section: *const u8);
    fn __deregister_frame(section: *const u8);
}

/// A registered section; withdrawn when dropped.
#[derive(Debug)]
pub struct Registration(Box<[u8]>);

impl Registration {
    /// Describes a method to native unwinders.
    pub fn new(method: &LoadedMethod) -> Result<Registration, BadUnwindData> {
        let section = eh_frame(method)?.into_boxed_slice();
        // SAFETY: a complete section that stays where it is until it is withdrawn.
        unsafe { __register_frame(section.as_ptr()) };
        Ok(Registration(section))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: registered in `new`.
        unsafe { __deregister_frame(self.0.as_ptr()) };
    }
}

/// The method's section.
fn eh_frame(method: &LoadedMethod) -> Result<Vec<u8>, BadUnwindData> {
    let isa = if cfg!(target_arch = "aarch64") {
        &DWARF_ARM64
    } else {
        &DWARF_X64
    };
    let mut out = Vec::new();
    let mut writer = EhFrameWriter::new(isa, CodePointers::Absolute, &mut out);
    for (i, f) in method.funcs.iter().enumerate() {
        if f.continues {
            continue;
        }
        // One entry says any length: that of all pieces of a function.
        let further = method.funcs[i + 1..].iter().take_while(|p| p.continues);
        let end = further.last().map_or(f.end, |p| p.end);
        let (from, to) = f.unwind;
        let info = method
            .unwind
            .get(from as usize..to as usize)
            .ok_or(BadUnwindData)?;
        let steps = if cfg!(target_arch = "aarch64") {
            arm64_steps(info, f.start)?
        } else {
            x64_steps(info, f.start)?
        };
        let input = UnwindInfoInput {
            start: f.start,
            end,
            prolog_end: steps.last().map_or(f.start, |s| s.offset),
            prolog: &steps,
            epilogs: &[],
            epilog_steps: &[],
        };
        writer
            .fde(method.start, &input)
            .map_err(|_| BadUnwindData)?;
    }
    writer.finish();
    Ok(out)
}

/// The prolog that an x64 block describes, of a fragment at `start`.
fn x64_steps(info: &[u8], start: u32) -> Result<Vec<UnwindStep>, BadUnwindData> {
    let &[_, _, units, frame, ..] = info else {
        return Err(BadUnwindData);
    };
    let end = 4 + 2 * usize::from(units);
    let mut steps = Vec::new();
    let mut at = 4;
    while at < end {
        let op = decode_x64(info, at)?;
        at += op.size;
        let operand = op.operand as u32;
        let (reg, offset) = (op.reg, operand);
        let what = match op.opcode {
            wx::PUSH_NONVOL => UnwindOp::PushReg(reg),
            wx::ALLOC_SMALL | wx::ALLOC_LARGE => UnwindOp::AllocStack(operand),
            wx::SET_FPREG | wx::SET_FPREG_LARGE => UnwindOp::SetFrameReg {
                reg: frame & 15,
                offset: operand as i32,
            },
            wx::SAVE_NONVOL | wx::SAVE_NONVOL_FAR => UnwindOp::SaveReg { reg, offset },
            _ => UnwindOp::SaveFloat { reg, offset },
        };
        steps.push(UnwindStep {
            offset: start + u32::from(op.offset),
            op: what,
        });
    }
    steps.reverse();
    Ok(steps)
}

/// The prolog that an arm64 block describes: an instruction a code, last one first.
fn arm64_steps(info: &[u8], start: u32) -> Result<Vec<UnwindStep>, BadUnwindData> {
    let codes = arm64_codes(info)?;
    let mut ops = Vec::new();
    let mut index = 0;
    // Positions in `ops` of pairs that follow the next save.
    let mut next_pairs = Vec::new();
    loop {
        let first = *codes.get(index).ok_or(BadUnwindData)?;
        if first == wa::END {
            break;
        }
        let wide = codes
            .get(index + 1)
            .map_or(0, |&b| u32::from(first) << 8 | u32::from(b));
        let op = match first {
            wa::SAVE_NEXT => {
                next_pairs.push(ops.len());
                ops.push(None);
                index += 1;
                continue;
            }
            wa::NOP => None,
            wa::ALLOC_L => {
                let bytes = codes.get(index..index + 4).ok_or(BadUnwindData)?;
                let size = u32::from_be_bytes([0, bytes[1], bytes[2], bytes[3]]);
                Some(UnwindOp::AllocStack(size * 16))
            }
            _ => Some(arm64_op(first, wide).ok_or(BadUnwindData)?),
        };
        for (k, at) in next_pairs.drain(..).rev().enumerate() {
            ops[at] = Some(next_pair(op, k as u32 + 1).ok_or(BadUnwindData)?);
        }
        ops.push(op);
        index += arm64_code_size(first);
    }
    let count = ops.len() as u32;
    let steps = ops.into_iter().enumerate().filter_map(|(k, op)| {
        op.map(|op| UnwindStep {
            offset: start + (count - k as u32) * 4,
            op,
        })
    });
    let mut steps: Vec<_> = steps.collect();
    steps.reverse();
    Ok(steps)
}

fn arm64_op(first: u8, wide: u32) -> Option<UnwindOp> {
    let low = u32::from(first);
    let offset = (wide & 63) * 8;
    let pair = (19 + (wide >> 6 & 15)) as u8;
    let float = (8 + (wide >> 6 & 7)) as u8;
    Some(match first {
        wa::SET_FP => UnwindOp::SetFrameReg { reg: 29, offset: 0 },
        wa::ADD_FP => UnwindOp::SetFrameReg {
            reg: 29,
            offset: (wide & 0xFF) as i32 * 8,
        },
        0x00..=0x1F => UnwindOp::AllocStack(low * 16),
        0xC0..=0xC7 => UnwindOp::AllocStack((wide & 0x7FF) * 16),
        0x20..=0x3F => UnwindOp::SaveRegPairPreIndexed {
            first: 19,
            second: 20,
            size: (low & 31) * 8,
        },
        0x40..=0x7F => UnwindOp::SaveRegPair {
            first: 29,
            second: 30,
            offset: (low & 63) * 8,
        },
        0x80..=0xBF => UnwindOp::SaveRegPairPreIndexed {
            first: 29,
            second: 30,
            size: (low & 63) * 8 + 8,
        },
        0xC8..=0xCB => UnwindOp::SaveRegPair {
            first: pair,
            second: pair + 1,
            offset,
        },
        0xCC..=0xCF => UnwindOp::SaveRegPairPreIndexed {
            first: pair,
            second: pair + 1,
            size: offset + 8,
        },
        0xD0..=0xD3 => UnwindOp::SaveReg { reg: pair, offset },
        0xD4..=0xD5 => UnwindOp::SaveRegPreIndexed {
            reg: (19 + (wide >> 5 & 15)) as u8,
            size: (wide & 31) * 8 + 8,
        },
        0xD6..=0xD7 => UnwindOp::SaveRegPair {
            first: (19 + 2 * (wide >> 6 & 7)) as u8,
            second: 30,
            offset,
        },
        0xD8..=0xD9 => UnwindOp::SaveFloatPair {
            first: float,
            offset,
        },
        0xDA..=0xDB => UnwindOp::SaveFloatPairPreIndexed {
            first: float,
            size: offset + 8,
        },
        0xDC..=0xDD => UnwindOp::SaveFloat { reg: float, offset },
        0xDE => UnwindOp::SaveFloatPreIndexed {
            reg: (8 + (wide >> 5 & 7)) as u8,
            size: (wide & 31) * 8 + 8,
        },
        _ => return None,
    })
}

/// The `k`-th pair behind the one that `op` saves.
fn next_pair(op: Option<UnwindOp>, k: u32) -> Option<UnwindOp> {
    Some(match op? {
        UnwindOp::SaveRegPair { first, offset, .. } => UnwindOp::SaveRegPair {
            first: first + 2 * k as u8,
            second: first + 2 * k as u8 + 1,
            offset: offset + 16 * k,
        },
        UnwindOp::SaveRegPairPreIndexed { first, .. } => UnwindOp::SaveRegPair {
            first: first + 2 * k as u8,
            second: first + 2 * k as u8 + 1,
            offset: 16 * k,
        },
        UnwindOp::SaveFloatPair { first, offset } => UnwindOp::SaveFloatPair {
            first: first + 2 * k as u8,
            offset: offset + 16 * k,
        },
        UnwindOp::SaveFloatPairPreIndexed { first, .. } => UnwindOp::SaveFloatPair {
            first: first + 2 * k as u8,
            offset: 16 * k,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm64_prolog_is_read_back() {
        // sub sp, #96; stp x19,x20,[sp,#16]; stp x21,x22,[sp,#32]; stp fp,lr,[sp]; mov fp,sp
        let codes = [
            wa::SET_FP,
            0x40,
            wa::SAVE_NEXT,
            0xC8,
            0x02,
            0x06,
            wa::END,
            wa::END,
        ];
        let mut info = ((2u32 << 27) | 1 << 21 | 100).to_le_bytes().to_vec();
        info.extend(codes);
        let steps = arm64_steps(&info, 0x40).unwrap();
        let expected = [
            UnwindOp::AllocStack(96),
            UnwindOp::SaveRegPair {
                first: 19,
                second: 20,
                offset: 16,
            },
            UnwindOp::SaveRegPair {
                first: 21,
                second: 22,
                offset: 32,
            },
            UnwindOp::SaveRegPair {
                first: 29,
                second: 30,
                offset: 0,
            },
            UnwindOp::SetFrameReg { reg: 29, offset: 0 },
        ];
        let got: Vec<_> = steps.iter().map(|s| (s.offset, s.op)).collect();
        let wanted: Vec<_> = expected
            .into_iter()
            .enumerate()
            .map(|(k, op)| (0x40 + 4 * (k as u32 + 1), op))
            .collect();
        assert_eq!(got, wanted);
    }

    #[test]
    fn an_x64_prolog_is_read_back() {
        let info = [1, 8, 4, 0, 8, 0x52, 4, 0x30, 3, 0xF0, 1, 0x50];
        let got: Vec<_> = x64_steps(&info, 0x20)
            .unwrap()
            .iter()
            .map(|s| (s.offset, s.op))
            .collect();
        let wanted = [
            (0x21, UnwindOp::PushReg(5)),
            (0x23, UnwindOp::PushReg(15)),
            (0x24, UnwindOp::PushReg(3)),
            (0x28, UnwindOp::AllocStack(48)),
        ];
        assert_eq!(got, wanted);
    }
}
