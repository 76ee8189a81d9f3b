//! Runs prologs and epilogs on paper and unwinds from every instruction of them.
//!
//! [`check_prolog_epilog`] starts a [`Machine`] with a different number in every register, executes the frame's operations one by one,
//! and after each asks an unwinder for the caller's state. There is an unwinder for each format the writers produce; it sees only the
//! written bytes (for x64 also the code, because epilogs are recognised by decoding it), never the list of operations.
//!
//! The machine is made to be unkind: a saved register is overwritten as soon as it is saved, memory below SP is forgotten as
//! soon as SP rises above it, and in frames that say so SP moves in the body. So data that merely happens to work in an idle frame
//! does not pass.
//!
//! What the x64 unwinders accept as an epilog, decoded forward from the IP:
//!
//! ```text
//!   add rsp, imm8/imm32   |   lea rsp, [frame register + disp8/disp32], if the data names a frame register
//!   pop r64 …
//!   ret | rep ret | ret imm16 | jmp rel8/rel32 out of the fragment | jmp [rip+disp32] (FF 25) | rex.w jmp r64 (48 FF E0+r)
//! ```

use super::dwarf_cfi::{self as cfi, DwarfIsa};
use super::win_arm64 as wa;
use super::win_x64 as wx;
use super::{EpilogScope, UnwindError, UnwindInfoInput, UnwindOp, UnwindStep};
use std::collections::BTreeMap;
use std::fmt;

/// What the simulator has to know about an instruction set.
#[derive(Debug, PartialEq, Eq)]
pub struct UnwindIsa {
    /// SP's machine encoding.
    pub sp: u8,
    /// Number of general registers, SP included.
    pub register_count: u8,
    /// The register with the return address; `None` if calls push it.
    pub link_register: Option<u8>,
    /// 64-bit words a vector register is saved in.
    pub float_words: u32,
    /// Instructions are this long, or 1 if of any length.
    pub instruction_size: u32,
}

/// x64.
pub static UNWIND_X64: UnwindIsa = UnwindIsa {
    sp: 4,
    register_count: 16,
    link_register: None,
    float_words: 2,
    instruction_size: 1,
};

/// arm64.
pub static UNWIND_ARM64: UnwindIsa = UnwindIsa {
    sp: 31,
    register_count: 32,
    link_register: Some(30),
    float_words: 1,
    instruction_size: 4,
};

/// Registers and the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// General registers by machine encoding, SP included.
    pub regs: [u64; 32],
    /// Vector registers; arm64 uses the low word of each.
    pub floats: [[u64; 2]; 32],
    /// The words of the stack that hold something.
    pub memory: BTreeMap<u64, u64>,
}

/// The caller's state as an unwinder found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerState {
    /// The return address.
    pub return_address: u64,
    /// Registers and stack, SP as after the return.
    pub machine: Machine,
}

/// Unwind data of a fragment, in one of the formats.
#[derive(Clone, Copy, Debug)]
pub enum UnwindData<'a> {
    /// UNWIND_INFO.
    WinX64(&'a [u8]),
    /// .xdata.
    WinArm64(&'a [u8]),
    /// A section as `EhFrameWriter` writes it, with absolute pointers.
    Dwarf {
        /// The instruction set.
        isa: &'static DwarfIsa,
        /// The section.
        section: &'a [u8],
        /// Address of the main function.
        main_address: u64,
    },
}

/// Why unwinding failed, or where it led somewhere else than to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimulateError {
    /// The description itself is wrong.
    Input(UnwindError),
    /// The data end in the middle, or have codes and fields the writers do not write.
    BadData(&'static str),
    /// A step that this machine cannot do.
    BadStep(UnwindStep),
    /// The unwinder read a stack word that holds nothing (or lies below SP).
    BadRead(u64),
    /// Unwinding from this offset gave a wrong value.
    Wrong {
        /// The code offset, from the main function's start.
        offset: u32,
        /// What was wrong.
        what: String,
    },
    /// Unwinding from this offset failed.
    At(u32, Box<SimulateError>),
}

impl fmt::Display for SimulateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SimulateError::Input(error) => error.fmt(f),
            SimulateError::BadData(what) => write!(f, "bad unwind data: {what}"),
            SimulateError::BadStep(step) => {
                write!(f, "{:?} at {:#x} cannot be executed", step.op, step.offset)
            }
            SimulateError::BadRead(address) => {
                write!(f, "read of stack word {address:#x}, which holds nothing")
            }
            SimulateError::Wrong { offset, what } => {
                write!(f, "unwinding from {offset:#x}: {what}")
            }
            SimulateError::At(offset, error) => write!(f, "unwinding from {offset:#x}: {error}"),
        }
    }
}

impl std::error::Error for SimulateError {}

impl From<UnwindError> for SimulateError {
    fn from(error: UnwindError) -> Self {
        SimulateError::Input(error)
    }
}

type Result<T> = std::result::Result<T, SimulateError>;

/// A frame to be checked.
#[derive(Clone, Copy, Debug)]
pub struct FrameCheck<'a> {
    /// The machine.
    pub isa: &'static UnwindIsa,
    /// What the writer was given. Its epilogs are executed too.
    pub input: &'a UnwindInfoInput<'a>,
    /// What the prolog does: `input.prolog`, or more than that where unwinding need not know all of it.
    pub prolog: &'a [UnwindStep],
    /// SP moves in the body (localloc); every epilog then has to set it from the frame register.
    pub sp_moves_in_body: bool,
    /// The fragment's code, from its start; needed for `WinX64` only.
    pub code: &'a [u8],
    /// What is checked.
    pub data: UnwindData<'a>,
}

/// The entry SP, 16-byte aligned before the call.
const ENTRY_SP: u64 = 0x7000_0000;
const RETURN_ADDRESS: u64 = 0xAAAA_5550;

/// Executes the frame's prolog and each epilog and unwinds from behind each of their instructions and from the body.
///
/// Returns from how many places it unwound. The first difference is an error.
pub fn check_prolog_epilog(check: &FrameCheck<'_>) -> Result<u32> {
    check.input.check_order()?;
    let isa = check.isa;
    let entry = entry_machine(isa);
    let mut checker = Checker {
        check,
        entry: entry.clone(),
        places: 0,
    };
    let mut machine = entry;
    let mut at = check.input.start;
    for step in check.prolog {
        checker.unwind_between(at, step.offset, &machine)?;
        machine.execute(isa, step)?;
        at = step.offset;
    }
    let first_epilog = check
        .input
        .epilogs
        .first()
        .map_or(check.input.end, |epilog| epilog.start);
    checker.unwind_between(at, check.input.prolog_end, &machine)?;
    if check.input.prolog_end < first_epilog {
        // From the prolog's end on the body may do what it likes with SP.
        machine.move_sp(isa, check.sp_moves_in_body);
        checker.unwind(check.input.prolog_end, &machine)?;
    }
    for epilog in check.input.epilogs {
        checker.run_epilog(epilog, machine.clone())?;
    }
    // The body behind the last epilog.
    if let Some(epilog) = check
        .input
        .epilogs
        .last()
        .filter(|epilog| epilog.end < check.input.end)
    {
        checker.unwind(epilog.end, &machine)?;
    }
    Ok(checker.places)
}

struct Checker<'a> {
    check: &'a FrameCheck<'a>,
    entry: Machine,
    places: u32,
}

impl Checker<'_> {
    fn run_epilog(&mut self, epilog: &EpilogScope, mut machine: Machine) -> Result<()> {
        let isa = self.check.isa;
        let mut at = epilog.start;
        for step in self.check.input.steps_of(epilog)? {
            self.unwind_between(at, step.offset, &machine)?;
            machine.undo(isa, step)?;
            at = step.offset;
        }
        self.unwind_between(at, epilog.end, &machine)?;
        // The return itself: everything must be back.
        let mut caller = CallerState {
            return_address: RETURN_ADDRESS,
            machine,
        };
        if isa.link_register.is_none() {
            let sp = caller.machine.sp(isa);
            caller.return_address = caller.machine.read(sp)?;
            caller.machine.set_sp(isa, sp.wrapping_add(8));
        }
        self.compare(epilog.end, &caller)
    }

    /// Unwinds from the instruction at `from`, and from all up to `to` where their length is known.
    fn unwind_between(&mut self, from: u32, to: u32, machine: &Machine) -> Result<()> {
        if from < to {
            self.unwind(from, machine)?;
        }
        if self.check.isa.instruction_size > 1 {
            for offset in (from..to)
                .step_by(self.check.isa.instruction_size as usize)
                .skip(1)
            {
                self.unwind(offset, machine)?;
            }
        }
        Ok(())
    }

    fn unwind(&mut self, offset: u32, machine: &Machine) -> Result<()> {
        self.places += 1;
        let input = self.check.input;
        let pc = offset - input.start;
        let length = input.end - input.start;
        let caller = match self.check.data {
            UnwindData::WinX64(info) => unwind_win_x64(info, self.check.code, length, pc, machine),
            UnwindData::WinArm64(info) => unwind_win_arm64(info, pc, machine),
            UnwindData::Dwarf {
                isa,
                section,
                main_address,
            } => unwind_dwarf(isa, section, main_address + u64::from(offset), machine),
        };
        let caller = caller.map_err(|error| SimulateError::At(offset, Box::new(error)))?;
        self.compare(offset, &caller)
    }

    fn compare(&self, offset: u32, caller: &CallerState) -> Result<()> {
        let isa = self.check.isa;
        let wrong = |what: String| Err(SimulateError::Wrong { offset, what });
        if caller.return_address != RETURN_ADDRESS {
            return wrong(format!("return address {:#x}", caller.return_address));
        }
        for reg in 0..isa.register_count {
            let (found, mut expected) = (
                caller.machine.regs[usize::from(reg)],
                self.entry.regs[usize::from(reg)],
            );
            if reg == isa.sp && isa.link_register.is_none() {
                expected += 8;
            }
            if found != expected {
                return wrong(format!("register {reg} is {found:#x}, not {expected:#x}"));
            }
        }
        for reg in 0..32 {
            if caller.machine.floats[reg] != self.entry.floats[reg] {
                return wrong(format!(
                    "vector register {reg} is {:x?}",
                    caller.machine.floats[reg]
                ));
            }
        }
        Ok(())
    }
}

fn entry_machine(isa: &UnwindIsa) -> Machine {
    let mut machine = Machine {
        regs: [0; 32],
        floats: [[0; 2]; 32],
        memory: BTreeMap::new(),
    };
    for reg in 0..usize::from(isa.register_count) {
        machine.regs[reg] = 0x1111_0000 + reg as u64;
    }
    for (reg, value) in machine.floats.iter_mut().enumerate() {
        value[0] = 0x2222_0000 + reg as u64;
        value[1] = if isa.float_words == 2 {
            0x3333_0000 + reg as u64
        } else {
            0
        };
    }
    match isa.link_register {
        Some(reg) => {
            machine.regs[usize::from(isa.sp)] = ENTRY_SP;
            machine.regs[usize::from(reg)] = RETURN_ADDRESS;
        }
        None => {
            machine.regs[usize::from(isa.sp)] = ENTRY_SP - 8;
            machine.memory.insert(ENTRY_SP - 8, RETURN_ADDRESS);
        }
    }
    machine
}

impl Machine {
    fn sp(&self, isa: &UnwindIsa) -> u64 {
        self.regs[usize::from(isa.sp)]
    }

    fn set_sp(&mut self, isa: &UnwindIsa, sp: u64) {
        self.regs[usize::from(isa.sp)] = sp;
    }

    fn read(&self, address: u64) -> Result<u64> {
        self.memory
            .get(&address)
            .copied()
            .ok_or(SimulateError::BadRead(address))
    }

    /// The body's own use of the stack.
    fn move_sp(&mut self, isa: &UnwindIsa, moves: bool) {
        if moves {
            self.set_sp(isa, self.sp(isa) - 0x1230);
        }
    }

    /// Does a prolog step.
    fn execute(&mut self, isa: &UnwindIsa, step: &UnwindStep) -> Result<()> {
        let effect = step.op.effect();
        let sp = self.sp(isa).wrapping_sub(u64::from(effect.sp_down));
        self.set_sp(isa, sp);
        let mut address = sp.wrapping_add(u64::from(effect.offset));
        for reg in effect.regs.into_iter().flatten() {
            let place = self
                .regs
                .get_mut(usize::from(reg))
                .ok_or(SimulateError::BadStep(*step))?;
            // The saved register is free now, and the body will use it.
            let value = std::mem::replace(place, 0xDEAD_0000 + u64::from(reg));
            self.memory.insert(address, value);
            address += 8;
        }
        for reg in effect.floats.into_iter().flatten() {
            let place = self
                .floats
                .get_mut(usize::from(reg))
                .ok_or(SimulateError::BadStep(*step))?;
            let value = std::mem::replace(
                place,
                [
                    0xDEAD_1000,
                    if isa.float_words == 2 { 0xDEAD_2000 } else { 0 },
                ],
            );
            for word in value.into_iter().take(isa.float_words as usize) {
                self.memory.insert(address, word);
                address += 8;
            }
        }
        if let Some((reg, offset)) = effect.frame {
            let place = self
                .regs
                .get_mut(usize::from(reg))
                .ok_or(SimulateError::BadStep(*step))?;
            *place = sp.wrapping_add_signed(i64::from(offset));
        }
        Ok(())
    }

    /// Undoes a prolog step, as an epilog instruction does.
    fn undo(&mut self, isa: &UnwindIsa, step: &UnwindStep) -> Result<()> {
        let effect = step.op.effect();
        if let Some((reg, offset)) = effect.frame {
            let value = *self
                .regs
                .get(usize::from(reg))
                .ok_or(SimulateError::BadStep(*step))?;
            self.set_sp(isa, value.wrapping_add_signed(-i64::from(offset)));
        }
        let mut address = self.sp(isa).wrapping_add(u64::from(effect.offset));
        for reg in effect.regs.into_iter().flatten() {
            let value = self.read(address)?;
            *self
                .regs
                .get_mut(usize::from(reg))
                .ok_or(SimulateError::BadStep(*step))? = value;
            address += 8;
        }
        for reg in effect.floats.into_iter().flatten() {
            for word in 0..isa.float_words as usize {
                let value = self.read(address)?;
                self.floats
                    .get_mut(usize::from(reg))
                    .ok_or(SimulateError::BadStep(*step))?[word] = value;
                address += 8;
            }
        }
        self.set_sp(isa, self.sp(isa).wrapping_add(u64::from(effect.sp_down)));
        // A signal handler may now overwrite what lies below SP.
        let sp = self.sp(isa);
        self.memory = self.memory.split_off(&sp);
        Ok(())
    }
}

fn bytes_at<const N: usize>(data: &[u8], at: usize) -> Result<[u8; N]> {
    let end = at.saturating_add(N);
    let bytes = data
        .get(at..end)
        .ok_or(SimulateError::BadData("ends in the middle"))?;
    bytes
        .try_into()
        .map_err(|_| SimulateError::BadData("ends in the middle"))
}

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
        for scope in 0..scopes {
            let scope = word(next + scope)?;
            let (start, index) = (scope & 0x3_FFFF, (scope >> 22) as usize);
            let count = count_arm64_codes(codes, index)? + 1;
            if (start..start + count).contains(&(pc / 4)) {
                (begin, skip) = (index, pc / 4 - start);
                break;
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

/// Codes from `index` to `end`, which is not counted.
fn count_arm64_codes(codes: &[u8], mut index: usize) -> Result<u32> {
    let mut count = 0;
    loop {
        let first = *codes
            .get(index)
            .ok_or(SimulateError::BadData("codes without end"))?;
        if first == wa::END {
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
            wa::NOP => {}
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

/// The rules in force at a place: how to get the CFA, and where registers are.
#[derive(Clone, Debug, Default)]
pub(super) struct CfiRow {
    /// Register (DWARF number) and distance.
    pub(super) cfa: (u64, u64),
    /// DWARF register number to distance below the CFA, in bytes.
    pub(super) saved: BTreeMap<u64, u64>,
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
pub(super) fn cfi_row(section: &[u8], pc: u64) -> Result<(CfiRow, u64)> {
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
