//! The x64 unwinder: UNWIND_INFO codes, and epilogs recognised by decoding the code.
//!
//! What the x64 unwinders accept as an epilog, decoded forward from the IP:
//!
//! ```text
//!   add rsp, imm8/imm32   |   lea rsp, [frame register + disp8/disp32], if the data names a frame register
//!   pop r64 …
//!   ret | rep ret | ret imm16 | jmp rel8/rel32 out of the fragment | jmp [rip+disp32] (FF 25) | rex.w jmp r64 (48 FF E0+r)
//! ```

use super::super::win_x64 as wx;
use super::super::{UnwindOp, UnwindStep};
use super::{CallerState, Machine, Result, SimulateError, UNWIND_X64, bytes_at};

/// Unwinds x64 UNWIND_INFO from `pc`, an offset in the fragment of `length` bytes.
pub fn unwind_win_x64(
    info: &[u8],
    code: &[u8],
    length: u32,
    pc: u32,
    machine: &Machine,
) -> Result<CallerState> {
    let isa = &UNWIND_X64;
    let [version_flags, prolog_size, units, frame] = bytes_at::<4>(info, 0)?;
    if version_flags != 1 || info.len() != 4 + 2 * usize::from(units) {
        return Err(SimulateError::BadData("header"));
    }
    let mut machine = machine.clone();
    let frame_reg = usize::from(frame & 15);
    // Which units there are: needed first, because saves count from the fixed frame, wherever SP is by now.
    let mut ops = Vec::new();
    let mut at = 4;
    while at < info.len() {
        let [offset, code] = bytes_at::<2>(info, at)?;
        let (opcode, reg) = (code & 15, code >> 4);
        let unit = |at: usize| {
            Ok::<u32, SimulateError>(u32::from(u16::from_le_bytes(bytes_at(info, at)?)))
        };
        let pair = |at: usize| Ok::<u32, SimulateError>(u32::from_le_bytes(bytes_at(info, at)?));
        let (operand, size) = match (opcode, reg) {
            (wx::PUSH_NONVOL, _) => (0, 2),
            (wx::ALLOC_SMALL, _) => (u32::from(reg) * 8 + 8, 2),
            (wx::SET_FPREG, _) => (u32::from(frame >> 4) * 16, 2),
            (wx::ALLOC_LARGE, 0) => (unit(at + 2)? * 8, 4),
            (wx::ALLOC_LARGE, _) => (pair(at + 2)?, 6),
            (wx::SET_FPREG_LARGE, _) => (pair(at + 2)?.wrapping_mul(16), 6),
            (wx::SAVE_NONVOL, _) => (unit(at + 2)? * 8, 4),
            (wx::SAVE_XMM128, _) => (unit(at + 2)? * 16, 4),
            (wx::SAVE_NONVOL_FAR | wx::SAVE_XMM128_FAR, _) => (pair(at + 2)?, 6),
            _ => return Err(SimulateError::BadData("opcode")),
        };
        at += size;
        // In the prolog, what is not yet done is not undone.
        if pc >= u32::from(prolog_size) || u32::from(offset) <= pc {
            ops.push((opcode, usize::from(reg), u64::from(operand)));
        }
    }
    let names_frame = frame != 0;
    if pc >= u32::from(prolog_size)
        && let Some(epilog) =
            decode_x64_epilog(code, length, pc, names_frame.then_some(frame_reg as u8))
    {
        for step in epilog {
            machine.undo(
                isa,
                &UnwindStep {
                    offset: pc,
                    op: step,
                },
            )?;
        }
    } else {
        let set_frame = ops
            .iter()
            .find(|op| matches!(op.0, wx::SET_FPREG | wx::SET_FPREG_LARGE));
        let base = match set_frame {
            Some(op) => machine.regs[frame_reg].wrapping_sub(op.2),
            None => machine.sp(isa),
        };
        for (opcode, reg, operand) in ops {
            let sp = machine.sp(isa);
            match opcode {
                wx::PUSH_NONVOL => {
                    machine.regs[reg] = machine.read(sp)?;
                    machine.set_sp(isa, sp.wrapping_add(8));
                }
                wx::ALLOC_SMALL | wx::ALLOC_LARGE => machine.set_sp(isa, sp.wrapping_add(operand)),
                wx::SET_FPREG | wx::SET_FPREG_LARGE => machine.set_sp(isa, base),
                wx::SAVE_NONVOL | wx::SAVE_NONVOL_FAR => {
                    machine.regs[reg] = machine.read(base.wrapping_add(operand))?;
                }
                _ => {
                    let at = base.wrapping_add(operand);
                    machine.floats[reg] = [machine.read(at)?, machine.read(at.wrapping_add(8))?];
                }
            }
        }
    }
    let sp = machine.sp(isa);
    let return_address = machine.read(sp)?;
    machine.set_sp(isa, sp.wrapping_add(8));
    Ok(CallerState {
        return_address,
        machine,
    })
}

/// What the instructions from `pc` to a return undo, if they are an epilog.
fn decode_x64_epilog(
    code: &[u8],
    length: u32,
    pc: u32,
    frame_reg: Option<u8>,
) -> Option<Vec<UnwindOp>> {
    let mut at = pc as usize;
    let byte = |at: usize| code.get(at).copied();
    let long = |at: usize| Some(i32::from_le_bytes(code.get(at..at + 4)?.try_into().ok()?));
    let mut ops = Vec::new();
    match (byte(at)?, byte(at + 1), byte(at + 2)) {
        (0x48, Some(0x83), Some(0xC4)) => {
            ops.push(UnwindOp::AllocStack(
                u32::try_from(byte(at + 3)? as i8).ok()?,
            ));
            at += 4;
        }
        (0x48, Some(0x81), Some(0xC4)) => {
            ops.push(UnwindOp::AllocStack(u32::try_from(long(at + 3)?).ok()?));
            at += 7;
        }
        // REX.W (with B for r8-r15), 8D, mod 01 or 10, reg 4 = rsp, rm = frame register (which is neither rsp nor r12).
        (rex @ (0x48 | 0x49), Some(0x8D), Some(modrm))
            if modrm & 0x38 == 0x20 && modrm & 7 != 4 =>
        {
            let reg = (modrm & 7) | (rex & 1) << 3;
            if frame_reg != Some(reg) {
                return None;
            }
            let disp = match modrm >> 6 {
                1 => i32::from(byte(at + 3)? as i8),
                2 => long(at + 3)?,
                _ => return None,
            };
            ops.push(UnwindOp::SetFrameReg {
                reg,
                offset: disp.checked_neg()?,
            });
            at += if modrm >> 6 == 1 { 4 } else { 7 };
        }
        _ => {}
    }
    loop {
        match (byte(at)?, byte(at + 1)) {
            (opcode @ 0x58..=0x5F, _) => {
                ops.push(UnwindOp::PushReg(opcode - 0x58));
                at += 1;
            }
            (0x41, Some(opcode @ 0x58..=0x5F)) => {
                ops.push(UnwindOp::PushReg(opcode - 0x58 + 8));
                at += 2;
            }
            _ => break,
        }
    }
    let leaves = |next: usize, displacement: i32| {
        let target = next as i64 + i64::from(displacement);
        target < 0 || target >= i64::from(length)
    };
    let is_end = match (byte(at)?, byte(at + 1), byte(at + 2)) {
        (0xC3 | 0xC2, _, _) | (0xF3, Some(0xC3), _) => true,
        (0xEB, Some(displacement), _) => leaves(at + 2, i32::from(displacement as i8)),
        (0xE9, _, _) => leaves(at + 5, long(at + 1)?),
        (0xFF, Some(0x25), _) => true,
        (0x48 | 0x49, Some(0xFF), Some(modrm)) => modrm & 0xF8 == 0xE0,
        _ => false,
    };
    is_end.then_some(ops)
}
