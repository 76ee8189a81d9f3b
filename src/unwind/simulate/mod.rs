//! Runs prologs and epilogs on paper and unwinds from every instruction of them.
//!
//! [`check_prolog_epilog`] starts a [`Machine`] with a different number in every register, executes the frame's operations one by one,
//! and after each asks an unwinder for the caller's state. There is an unwinder for each format the writers produce; it sees only the
//! written bytes (for x64 also the code, because epilogs are recognised by decoding it), never the list of operations.
//!
//! The machine is made to be unkind: a saved register is overwritten as soon as it is saved, memory below SP is forgotten as
//! soon as SP rises above it, and in frames that say so SP moves in the body. So data that merely happens to work in an idle frame
//! does not pass.

mod dwarf;
mod win_arm64;
mod win_x64;

pub use dwarf::unwind_dwarf;
pub use win_arm64::unwind_win_arm64;
pub use win_x64::unwind_win_x64;

use super::dwarf_cfi::DwarfIsa;
use super::{EpilogScope, UnwindError, UnwindInfoInput, UnwindStep};
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
    /// .xdata in pieces: code range and end in the data of each, as `WinArm64Writer::write_pieces` gives them, from the first
    /// byte of the data on.
    WinArm64Pieces(&'a [u8], &'a [(std::ops::Range<u32>, usize)]),
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

#[cfg(test)]
pub(in crate::unwind) use dwarf::cfi_row;

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
        fixed_sp: 0,
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
        checker.fixed_sp = machine.sp(isa);
        machine.move_sp(isa, check.sp_moves_in_body);
        checker.unwind(check.input.prolog_end, &machine)?;
    }
    for epilog in check.input.epilogs {
        checker.run_epilog(epilog, machine.clone())?;
    }
    if let UnwindData::WinArm64Pieces(_, pieces) = check.data {
        checker.ends_of_pieces(pieces, &machine)?;
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
    /// SP as the prolog left it.
    fixed_sp: u64,
    places: u32,
}

impl Checker<'_> {
    /// Unwinds from the first and the last instruction of each piece, where those are the body's.
    fn ends_of_pieces(
        &mut self,
        pieces: &[(std::ops::Range<u32>, usize)],
        machine: &Machine,
    ) -> Result<()> {
        let input = self.check.input;
        for at in pieces.iter().flat_map(|p| [p.0.start, p.0.end - 4]) {
            let i = input.epilogs.partition_point(|e| e.end <= at);
            let in_epilog = input.epilogs.get(i).is_some_and(|e| e.start <= at);
            if at >= input.prolog_end && !in_epilog {
                self.unwind(at, machine)?;
            }
        }
        Ok(())
    }

    fn run_epilog(&mut self, epilog: &EpilogScope, mut machine: Machine) -> Result<()> {
        let isa = self.check.isa;
        let mut sp_has_moved = self.check.sp_moves_in_body;
        let mut at = epilog.start;
        for step in self.check.input.steps_of(epilog)? {
            self.unwind_between(at, step.offset, &machine)?;
            let effect = step.op.effect();
            sp_has_moved &= effect.frame.is_none();
            if sp_has_moved && effect.sp_down == 0 {
                // Saves lie at fixed distances from the frame register, written as distances from the prolog's SP.
                let sp = machine.sp(isa);
                machine.set_sp(isa, self.fixed_sp);
                machine.undo(isa, step)?;
                machine.set_sp(isa, sp);
            } else {
                machine.undo(isa, step)?;
            }
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
            UnwindData::WinArm64Pieces(info, pieces) => {
                let i = pieces.partition_point(|p| p.0.end <= offset);
                let from = i.checked_sub(1).map_or(0, |before| pieces[before].1);
                match pieces.get(i) {
                    Some((range, to)) => {
                        let info = info.get(from..*to).unwrap_or(&[]);
                        unwind_win_arm64(info, offset - range.start, machine)
                    }
                    None => Err(SimulateError::BadData("no piece")),
                }
            }
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
