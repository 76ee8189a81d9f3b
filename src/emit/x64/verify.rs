//! Holding bytes against an independent decoder (iced-x86): what was meant must be what a machine would read.
//!
//! Walks groups in layout order, decodes at each place what should be the next descriptor, and compares mnemonic, prefixes,
//! registers, address, immediate and jump target. Alignment must decode as nops. Runs before relocations are applied or after:
//! of RIP-relative operands to data and symbols only the form is compared, of those to labels the target too.

use super::instr_desc::Mode;
use super::print::{Modifiers, Operand, mnemonic, modifiers, operands};
use super::table::{Class, Ins, ROWS};
use crate::emit::encoder::{EncodeCx, FrameAccess};
use crate::emit::instr_desc::{InstrDesc, Label};
use crate::emit::{Code, Emitter};
use iced_x86::{Decoder, DecoderOptions, Formatter, Instruction, IntelFormatter, OpKind, Register};

/// A difference.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// Offset in the code.
    pub offset: u32,
    /// Index of the descriptor; `u32::MAX` for padding.
    pub desc: u32,
    /// Bytes there.
    pub bytes: Vec<u8>,
    /// What was meant.
    pub expected: String,
    /// What the decoder read.
    pub got: String,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "at {:#x}, descriptor {}: {:02x?} reads \"{}\", meant was {}",
            self.offset, self.desc, self.bytes, self.got, self.expected
        )
    }
}

impl std::error::Error for Mismatch {}

/// Compares a finished method with its descriptors.
pub fn verify(em: &Emitter, frame: FrameAccess, code: &Code) -> Result<(), Mismatch> {
    let v = Verifier {
        em,
        code,
        cx: EncodeCx {
            frame,
            frame_refs: &em.frame_refs,
            wide_imms: &em.wide_imms,
        },
    };
    let mut at = 0;
    for (i, group) in em.groups.iter().enumerate() {
        let start = code.group_offsets[i];
        while at < start {
            let ins = v.decode(at);
            if ins.mnemonic() != iced_x86::Mnemonic::Nop {
                return Err(v.mismatch(at, u32::MAX, "padding".into(), &ins));
            }
            at += ins.len() as u32;
        }
        if at != start {
            let ins = v.decode(start);
            return Err(v.mismatch(start, u32::MAX, "the start of a group".into(), &ins));
        }
        for k in group.first..group.first + group.count {
            at += v.instruction(at, k)?;
        }
    }
    if at as usize != code.bytes.len() {
        let ins = v.decode(at);
        return Err(v.mismatch(at, u32::MAX, "the end of the code".into(), &ins));
    }
    Ok(())
}

/// Compares descriptor `index` with the bytes at `at`; their length.
pub fn verify_at(
    em: &Emitter,
    frame: FrameAccess,
    code: &Code,
    at: u32,
    index: u32,
) -> Result<u32, Mismatch> {
    let v = Verifier {
        em,
        code,
        cx: EncodeCx {
            frame,
            frame_refs: &em.frame_refs,
            wide_imms: &em.wide_imms,
        },
    };
    v.instruction(at, index)
}

struct Verifier<'a> {
    em: &'a Emitter,
    code: &'a Code,
    cx: EncodeCx<'a>,
}

impl Verifier<'_> {
    fn decode(&self, at: u32) -> Instruction {
        let bytes = self.code.bytes.get(at as usize..).unwrap_or(&[]);
        Decoder::with_ip(64, bytes, at as u64, DecoderOptions::NONE).decode()
    }

    fn mismatch(&self, at: u32, desc: u32, expected: String, got: &Instruction) -> Mismatch {
        let mut text = String::new();
        IntelFormatter::new().format(got, &mut text);
        let end = (at as usize + got.len().max(1)).min(self.code.bytes.len());
        Mismatch {
            offset: at,
            desc,
            bytes: self.code.bytes[(at as usize).min(end)..end].to_vec(),
            expected,
            got: text,
        }
    }

    fn label_offset(&self, number: i32) -> Option<u64> {
        let group = *self.em.labels.get(Label(number as u32))?;
        Some(*self.code.group_offsets.get(group.0 as usize)? as u64)
    }

    /// Compares one; returns its length.
    fn instruction(&self, at: u32, index: u32) -> Result<u32, Mismatch> {
        let d = &self.em.descs[index as usize];
        let fail = |what: String, got: &Instruction| Err(self.mismatch(at, index, what, got));
        let Some(row) = ROWS.get(d.form as usize) else {
            return fail(format!("form {:#x}", d.form), &self.decode(at));
        };
        if row.class == Class::Jump
            && row.ins != Ins::JmpLabelKeep
            && self.label_offset(d.disp) == Some(at as u64)
            && !self.is_jump_to(d, at)
        {
            return Ok(0);
        }
        let got = self.decode(at);
        if got.is_invalid() {
            return fail(format!("{} (valid)", row.name), &got);
        }
        let mut name = String::new();
        mnemonic(d, row, &mut name);
        // `rex.jmp` is `jmp` with REX.W, which only unwinders tell apart.
        let (rex_w, plain_name) = match name.strip_prefix("rex.") {
            Some(rest) => (true, rest),
            None => (false, name.as_str()),
        };
        let has_rex_w = self.code.bytes[at as usize] & 0xF8 == 0x48;
        let tail_agrees = !plain_name.starts_with("jmp") || rex_w == has_rex_w;
        if plain_name != got_name(&got) || !tail_agrees {
            return fail(name, &got);
        }
        let list = match operands(d, row, &self.cx) {
            Ok(list) => list,
            Err(why) => return fail(format!("{} ({why})", row.name), &got),
        };
        if let Some(what) = modifiers_differ(&modifiers(d, row), &got) {
            return fail(format!("{} with {what}", row.name), &got);
        }
        // Where the decoder lists an implicit operand first.
        let implicit = matches!(row.ins, Ins::Maskmovdqu | Ins::Vmaskmovdqu) as usize;
        // String instructions have implicit operands only.
        if !list.is_empty() && list.len() + implicit != got.op_count() as usize {
            return fail(format!("{} with {} operands", row.name, list.len()), &got);
        }
        for (i, op) in list.iter().enumerate() {
            if !self.operand_agrees(op, &got, (i + implicit) as u32) {
                return fail(format!("{} with operand {i} {op:?}", row.name), &got);
            }
        }
        Ok(got.len() as u32)
    }

    /// A jump to itself looks like a dropped one by its target; it is there if it decodes as such.
    fn is_jump_to(&self, d: &InstrDesc, at: u32) -> bool {
        let got = self.decode(at);
        let mut name = String::new();
        mnemonic(d, &ROWS[d.form as usize], &mut name);
        got_name(&got) == name && got.near_branch_target() == at as u64
    }

    fn operand_agrees(&self, op: &Operand, got: &Instruction, i: u32) -> bool {
        let kind = got.op_kind(i);
        match *op {
            Operand::Reg(name) => kind == OpKind::Register && lower(&got.op_register(i)) == name,
            Operand::Imm(v, bits) => {
                let is_imm = matches!(
                    kind,
                    OpKind::Immediate8
                        | OpKind::Immediate16
                        | OpKind::Immediate32
                        | OpKind::Immediate64
                        | OpKind::Immediate8to16
                        | OpKind::Immediate8to32
                        | OpKind::Immediate8to64
                        | OpKind::Immediate32to64
                );
                let mask = if bits >= 64 { !0 } else { (1u64 << bits) - 1 };
                is_imm && (got.immediate(i) ^ v as u64) & mask == 0
            }
            Operand::Code { mode, number } => {
                kind == OpKind::NearBranch64
                    && (mode != Mode::Label
                        || self.label_offset(number) == Some(got.near_branch_target()))
            }
            Operand::Rip {
                bytes,
                mode,
                number,
            } => {
                kind == OpKind::Memory
                    && got.memory_base() == Register::RIP
                    && size_agrees(bytes, got)
                    && (mode != Mode::Label
                        || self.label_offset(number) == Some(got.memory_displacement64()))
            }
            Operand::Mem {
                bytes,
                base,
                index,
                scale,
                disp,
            } => {
                let reg = |r: crate::target::RegNum| match r.is_none() {
                    true => "none",
                    false => super::print::reg_name(r, 8),
                };
                kind == OpKind::Memory
                    && lower(&got.memory_base()) == reg(base)
                    && lower(&got.memory_index()) == if index.is_empty() { "none" } else { index }
                    && (index.is_empty() || got.memory_index_scale() == scale as u32)
                    && got.memory_displacement64() as i64 == disp as i64
                    && size_agrees(bytes, got)
            }
        }
    }
}

/// Mask, zeroing, broadcast or rounding that the decoder sees otherwise.
fn modifiers_differ(meant: &Modifiers, got: &Instruction) -> Option<&'static str> {
    use iced_x86::RoundingControl::*;
    let mask = match got.op_mask() {
        Register::None => 0,
        k => k.number() as u8,
    };
    let rounding = match got.rounding_control() {
        RoundToNearest => Some("{rn-sae}"),
        RoundDown => Some("{rd-sae}"),
        RoundUp => Some("{ru-sae}"),
        RoundTowardZero => Some("{rz-sae}"),
        None => got.suppress_all_exceptions().then_some("{sae}"),
    };
    if mask != meant.mask {
        Some("another mask")
    } else if got.zeroing_masking() != meant.zero {
        Some("another zeroing")
    } else if got.is_broadcast() != (meant.broadcast != 0) {
        Some("another broadcast")
    } else if rounding != meant.rounding {
        Some("another rounding")
    } else {
        Option::None
    }
}

fn size_agrees(bytes: u32, got: &Instruction) -> bool {
    bytes == 0 || got.memory_size().size() == bytes as usize
}

fn lower(r: &Register) -> String {
    // iced calls the 32-bit halves of r8-r15 R8D and the bytes R8L.
    let mut s = format!("{r:?}").to_lowercase();
    if s.starts_with('r') && s.ends_with('l') && s.as_bytes()[1].is_ascii_digit() {
        s.pop();
        s.push('b');
    }
    s
}

/// The mnemonic with its prefixes, in our words.
fn got_name(got: &Instruction) -> String {
    let mut s = String::new();
    if got.has_lock_prefix() {
        s.push_str("lock ");
    }
    if got.has_rep_prefix() && got.is_string_instruction() {
        let compares = matches!(
            got.mnemonic(),
            iced_x86::Mnemonic::Cmpsb
                | iced_x86::Mnemonic::Cmpsw
                | iced_x86::Mnemonic::Cmpsd
                | iced_x86::Mnemonic::Cmpsq
        );
        s.push_str(if compares { "repe " } else { "rep " });
    }
    if got.has_repne_prefix() && got.is_string_instruction() {
        s.push_str("repne ");
    }
    s.push_str(&format!("{:?}", got.mnemonic()).to_lowercase());
    s
}
