//! Descriptors as text: Intel syntax as RyuJIT's listings have it, mnemonic padded to nine columns.
//!
//! [`operands`] reads a descriptor as its form's operands, sized and with frame slots resolved; the printer writes them and the
//! verifier compares them, so what is shown is what is checked. Immediates from -1000 to 1000 are decimal, others hexadecimal;
//! displacements are hexadecimal.

use super::asm::Cc;
use super::instr_desc::{BROADCAST_OR_ROUND, Mode, NO_INDEX, mask_bits, rounding_bits};
use super::table::{Class, Ins, Opnd, ROWS, Rounding, Row, Size};
use crate::emit::encoder::{EncodeCx, PrintCx, Refusal};
use crate::emit::instr_desc::{FrameRef, InstrDesc, Label};
use crate::target::RegNum;
use std::fmt::Write;

/// An operand of a descriptor, as the instruction has it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Operand {
    /// A register, by the name of the part that is used.
    Reg(&'static str),
    /// Memory at an address in registers.
    Mem {
        /// Bytes accessed; 0 for an address that is only computed.
        bytes: u32,
        /// Base, or `NONE`.
        base: RegNum,
        /// Name of the index; empty if there is none.
        index: &'static str,
        /// 1, 2, 4, 8.
        scale: u8,
        /// Displacement.
        disp: i32,
    },
    /// Memory at a RIP-relative address.
    Rip {
        /// Bytes accessed; 0 for an address that is only computed.
        bytes: u32,
        /// `Data`, `Label` or `Symbol`.
        mode: Mode,
        /// Its number.
        number: i32,
    },
    /// An immediate and the bits that count.
    Imm(i64, u32),
    /// A code address.
    Code {
        /// `Label` or `Symbol`.
        mode: Mode,
        /// Its number.
        number: i32,
    },
}

/// What EVEX adds to an instruction.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Modifiers {
    /// Number of the opmask register that masks the destination; 0: none.
    pub mask: u8,
    /// Elements that are masked out become zero.
    pub zero: bool,
    /// Copies of the element that is broadcast from memory; 0: none.
    pub broadcast: u8,
    /// `{rn-sae}` and so on.
    pub rounding: Option<&'static str>,
}

/// The modifiers of a descriptor.
pub fn modifiers(d: &InstrDesc, row: &Row) -> Modifiers {
    if row.class != Class::Evex {
        return Modifiers::default();
    }
    let mask = mask_bits(d);
    let b = d.width & BROADCAST_OR_ROUND != 0;
    let is_reg = Mode::of(d) == Mode::Reg;
    let memory = row.ops.iter().position(|&o| o == Opnd::W).unwrap_or(0);
    let whole = row.sizes[memory].bytes(d.width);
    Modifiers {
        mask: mask & 7,
        zero: mask & 8 != 0,
        broadcast: match b && !is_reg && row.broadcast != 0 {
            true => (whole / row.broadcast as u32) as u8,
            false => 0,
        },
        rounding: match (b && is_reg, row.rounding) {
            (false, _) | (_, Rounding::None) => None,
            (true, Rounding::Sae) => Some("{sae}"),
            (true, Rounding::Er) => {
                Some(["{rn-sae}", "{rd-sae}", "{ru-sae}", "{rz-sae}"][rounding_bits(d) as usize])
            }
        },
    }
}

/// The mnemonic, conditions and widths included; prefixes as words before it.
pub fn mnemonic(d: &InstrDesc, row: &Row, out: &mut String) {
    let w = d.width & 3;
    out.push_str(match (row.ins, w) {
        (Ins::Cbw, 1) => "cbw",
        (Ins::Cbw, 3) => "cdqe",
        (Ins::Cdq, 1) => "cwd",
        (Ins::Cdq, 3) => "cqo",
        (Ins::MovdToX | Ins::MovdFromX, 3) => "movq",
        _ => row.ins.info().name,
    });
    if row.plus_cc {
        out.push_str(Cc::NAMES[(d.extra >> 4) as usize]);
    }
}

/// The explicit operands, destination first.
pub fn operands(
    d: &InstrDesc,
    row: &Row,
    cx: &EncodeCx,
) -> Result<smallvec::SmallVec<[Operand; 4]>, Refusal> {
    let mut list = smallvec::SmallVec::new();
    for (op, size) in row.ops.iter().zip(row.sizes) {
        let mut bytes = size.bytes(d.width);
        let reg = |r: RegNum| Operand::Reg(reg_name(r, bytes));
        let vec = |r: RegNum| Operand::Reg(vector_name(r, bytes));
        let opmask = |r: RegNum| Operand::Reg(opmask_name(r));
        list.push(match op {
            Opnd::None => break,
            Opnd::G => reg(d.r[0]),
            Opnd::Z => reg(d.r[1]),
            Opnd::B => reg(d.r[3]),
            Opnd::V => vec(d.r[0]),
            Opnd::H => vec(d.r[3]),
            Opnd::Kr => opmask(d.r[0]),
            Opnd::Kv => opmask(d.r[3]),
            Opnd::S => vec(RegNum(d.imm as u8)),
            Opnd::E | Opnd::M | Opnd::R | Opnd::W | Opnd::U | Opnd::X | Opnd::Km | Opnd::Ke => {
                match Mode::of(d) {
                    Mode::Reg if matches!(op, Opnd::E | Opnd::R) => reg(d.r[1]),
                    Mode::Reg if matches!(op, Opnd::Km | Opnd::Ke) => opmask(d.r[1]),
                    Mode::Reg => vec(d.r[1]),
                    mode @ (Mode::Data | Mode::Label | Mode::Symbol) => Operand::Rip {
                        bytes: accessed(d, row, bytes),
                        mode,
                        number: d.disp,
                    },
                    mode => {
                        let (base, disp) = match mode {
                            Mode::Base => (d.r[1], d.disp),
                            Mode::NoBase => (RegNum::NONE, d.disp),
                            _ => (cx.frame.base, cx.frame_offset(FrameRef(d.disp as u32))?),
                        };
                        let indexes = match op {
                            Opnd::X => bytes.max(16),
                            _ => 0,
                        };
                        bytes = match op {
                            Opnd::X => row.disp_unit as u32,
                            _ => accessed(d, row, bytes),
                        };
                        Operand::Mem {
                            bytes,
                            base,
                            index: match d.r[2] {
                                NO_INDEX => "",
                                i if indexes != 0 => vector_name(i, indexes),
                                i => reg_name(i, 8),
                            },
                            scale: 1 << (d.extra & 3),
                            disp,
                        }
                    }
                }
            }
            Opnd::I => match row.class {
                Class::Imm64 => match cx.wide_imms.get(d.imm as usize) {
                    Some(&v) => Operand::Imm(v as i64, 64),
                    None => return Err(Refusal::UnknownIndex),
                },
                // A byte that is not sign-extended is a count or a selector: unsigned.
                _ if size == Size::B
                    && !row.imm_signed
                    && (row.sizes[0] != Size::B || row.ops[0] == Opnd::I) =>
                {
                    Operand::Imm(d.imm as u8 as i64, 8)
                }
                _ if size == Size::W => Operand::Imm(d.imm as u16 as i64, 16),
                _ => {
                    let first = match row.ops[0] {
                        Opnd::I => 8,
                        _ => row.sizes[0].bytes(d.width),
                    };
                    Operand::Imm(d.imm as i64, 8 * first)
                }
            },
            Opnd::One => Operand::Imm(1, 8),
            Opnd::Cl => Operand::Reg("cl"),
            Opnd::J => Operand::Code {
                mode: Mode::of(d),
                number: d.disp,
            },
            Opnd::L => Operand::Code {
                mode: Mode::Label,
                number: d.disp,
            },
        });
    }
    Ok(list)
}

/// Bytes read or written of a memory operand of `whole` bytes: the element's where one is broadcast.
fn accessed(d: &InstrDesc, row: &Row, whole: u32) -> u32 {
    let is_broadcast = row.broadcast != 0 && d.width & BROADCAST_OR_ROUND != 0;
    if is_broadcast {
        row.broadcast as u32
    } else {
        whole
    }
}

/// The name of an integer register's low `bytes` bytes.
pub fn reg_name(r: RegNum, bytes: u32) -> &'static str {
    let names = match bytes {
        1 => &INT_NAMES[0],
        2 => &INT_NAMES[1],
        4 => &INT_NAMES[2],
        _ => &INT_NAMES[3],
    };
    names.get(r.0 as usize).copied().unwrap_or("?")
}

fn vector_name(r: RegNum, bytes: u32) -> &'static str {
    if !r.is_float() {
        return "?";
    }
    let names = match bytes {
        32 => &VECTOR_NAMES[1],
        64 => &VECTOR_NAMES[2],
        _ => &VECTOR_NAMES[0],
    };
    names[r.hw() as usize]
}

fn opmask_name(r: RegNum) -> &'static str {
    let at = (r.0 as usize).wrapping_sub(16);
    let names = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"];
    names.get(at).copied().unwrap_or("?")
}

#[rustfmt::skip]
static INT_NAMES: [[&str; 16]; 4] = [
    ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b"],
    ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w"],
    ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"],
    ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"],
];

macro_rules! vector_names {
    ($($n:literal)*) => {
        [[$(concat!("xmm", $n)),*], [$(concat!("ymm", $n)),*], [$(concat!("zmm", $n)),*]]
    };
}
static VECTOR_NAMES: [[&str; 32]; 3] = vector_names!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
    25 26 27 28 29 30 31);

/// Appends the text of one descriptor.
pub fn print(d: &InstrDesc, cx: &PrintCx, out: &mut String) {
    let Some(row) = ROWS.get(d.form as usize).filter(|r| r.class != Class::Bad) else {
        let _ = write!(out, "(no such form {:#x})", d.form);
        return;
    };
    let start = out.len();
    mnemonic(d, row, out);
    let list = match operands(d, row, &cx.encode) {
        Ok(list) => list,
        Err(why) => {
            let _ = write!(out, " ({why})");
            return;
        }
    };
    let extra = modifiers(d, row);
    let memory = row.ops.iter().position(|&o| o == Opnd::W);
    // Assemblers want the rounding behind the last vector register.
    let last_vector = row
        .ops
        .iter()
        .rposition(|o| matches!(o, Opnd::V | Opnd::W | Opnd::U | Opnd::H));
    for (i, op) in list.iter().enumerate() {
        if i == 0 {
            while out.len() - start < 8 {
                out.push(' ');
            }
        } else {
            out.push(',');
        }
        out.push(' ');
        operand(op, cx, out);
        if i == 0 && extra.mask != 0 {
            let _ = write!(out, " {{k{}}}", extra.mask);
            if extra.zero {
                out.push_str("{z}");
            }
        }
        if Some(i) == memory && extra.broadcast != 0 {
            let _ = write!(out, "{{1to{}}}", extra.broadcast);
        }
        if let Some(text) = extra.rounding.filter(|_| Some(i) == last_vector) {
            let _ = write!(out, ", {text}");
        }
    }
}

fn operand(op: &Operand, cx: &PrintCx, out: &mut String) {
    match *op {
        Operand::Reg(name) => out.push_str(name),
        Operand::Imm(v, bits) => {
            if (-1000..=1000).contains(&v) {
                let _ = write!(out, "{v}");
            } else {
                let mask = if bits >= 64 { !0 } else { (1u64 << bits) - 1 };
                let _ = write!(out, "0x{:X}", v as u64 & mask);
            }
        }
        Operand::Code { mode, number } => name(mode, number, cx, out),
        Operand::Rip {
            bytes,
            mode,
            number,
        } => {
            out.push_str(ptr(bytes));
            out.push('[');
            name(mode, number, cx, out);
            out.push(']');
        }
        Operand::Mem {
            bytes,
            base,
            index,
            scale,
            disp,
        } => {
            out.push_str(ptr(bytes));
            out.push('[');
            let mut any = false;
            if base.is_some() {
                out.push_str(reg_name(base, 8));
                any = true;
            }
            if !index.is_empty() {
                if any {
                    out.push('+');
                }
                if scale > 1 {
                    let _ = write!(out, "{scale}*");
                }
                out.push_str(index);
                any = true;
            }
            if !any {
                let _ = write!(out, "0x{:X}", disp as i64);
            } else if disp > 0 {
                let _ = write!(out, "+0x{disp:02X}");
            } else if disp < 0 {
                let _ = write!(out, "-0x{:02X}", disp.unsigned_abs());
            }
            out.push(']');
        }
    }
}

/// Size words, padded as RyuJIT does.
fn ptr(bytes: u32) -> &'static str {
    match bytes {
        1 => "byte  ptr ",
        2 => "word  ptr ",
        4 => "dword ptr ",
        8 => "qword ptr ",
        16 => "xmmword ptr ",
        32 => "ymmword ptr ",
        64 => "zmmword ptr ",
        _ => "",
    }
}

fn name(mode: Mode, number: i32, cx: &PrintCx, out: &mut String) {
    match mode {
        Mode::Label => (cx.label)(Label(number as u32), out),
        Mode::Symbol => (cx.symbol)(number, out),
        _ => {
            let _ = write!(out, "reloc @RWD{number:02}");
        }
    }
}
