//! The convenience interface to every form: operands and EVEX's modifiers in, a descriptor of the first form that takes them out.
//!
//! [`Asm`]'s other methods look a form up by instruction and shape; this one tries an instruction's rows in the table's order, VEX
//! before EVEX, so it serves masks, broadcast, rounding, gathers and shapes that no other method has.

use super::asm::{Asm, Mem};
use super::instr_desc::{BROADCAST_OR_ROUND, NO_INDEX, pack_width};
use super::table::{Class, FIRST_ROW, INS, Ins, Opnd, ROWS, Row};
use crate::emit::InstrDesc;
use crate::target::RegNum;

/// What an instruction's rows leave open: the vector length, or the width of a general register.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Width(pub u8);

impl Width {
    /// 128 bits.
    pub const L128: Width = Width(0);
    /// 256 bits.
    pub const L256: Width = Width(1);
    /// 512 bits.
    pub const L512: Width = Width(2);
    /// A general register of 16 bits.
    pub const W16: Width = Width(1);
    /// A general register of 32 bits.
    pub const W32: Width = Width(2);
    /// A general register of 64 bits.
    pub const W64: Width = Width(3);
}

/// Rounding of one instruction; exceptions are suppressed with it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum RoundingMode {
    /// To nearest, ties to even; also "no exceptions" for forms that do not round.
    Nearest = 0,
    /// Toward negative infinity.
    Down = 1,
    /// Toward positive infinity.
    Up = 2,
    /// Toward zero.
    Zero = 3,
}

/// What EVEX adds.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct With {
    /// The destination is masked by this opmask register, `k1` to `k7`; 0: not masked.
    pub mask: u8,
    /// Elements masked out become zero.
    pub zero: bool,
    /// The memory operand is one element, for all.
    pub broadcast: bool,
    /// Rounding, or no exceptions.
    pub rounding: Option<RoundingMode>,
}

/// An operand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Arg {
    /// A register of any file.
    R(RegNum),
    /// Memory; the index may be a vector register.
    M(Mem),
    /// An immediate.
    I(i32),
}

impl Asm<'_> {
    /// `ins args`, operands as the manual lists them. Operands that no form takes are refused by `finish` by name.
    pub fn vec(&mut self, ins: Ins, width: Width, args: &[Arg], with: With) {
        let needs_evex = with != With::default();
        let mut refused = None;
        let first = FIRST_ROW[ins as usize] as usize;
        for (i, row) in ROWS[first..]
            .iter()
            .take_while(|r| r.ins == ins)
            .enumerate()
        {
            let form = (first + i) as u16;
            let Some(fit) = fits(row, width, args) else {
                continue;
            };
            let takes = fit && (!needs_evex || row.class == Class::Evex);
            if takes || refused.is_none() {
                refused = Some(form);
            }
            if takes {
                break;
            }
        }
        let form = refused.unwrap_or(0x8000 | ins as u16);
        let mut d = pack_width(form, width.0);
        d.extra = (with.mask & 7) << 4 | (with.zero as u8) << 7;
        if let Some(mode) = with.rounding {
            d.extra |= (mode as u8) << 2;
            d.width |= BROADCAST_OR_ROUND;
        }
        if with.broadcast {
            d.width |= BROADCAST_OR_ROUND;
        }
        let Some(row) = ROWS.get(form as usize) else {
            debug_assert!((ins as usize) < INS.len());
            self.0.push(d);
            return;
        };
        let mut memory = None;
        for (op, arg) in row.ops.iter().zip(args) {
            match *arg {
                Arg::R(r) => put(&mut d, *op, r),
                Arg::I(v) => d.imm = v,
                Arg::M(m) => memory = Some(m),
            }
        }
        match memory {
            Some(m) => self.push_mem(d, &m),
            None => self.0.push(d),
        }
    }
}

fn put(d: &mut InstrDesc, op: Opnd, r: RegNum) {
    match op {
        Opnd::G | Opnd::V | Opnd::Kr => d.r[0] = r,
        Opnd::H | Opnd::B | Opnd::Kv => d.r[3] = r,
        Opnd::S => d.imm = r.0 as i32,
        _ => d.r[1] = r,
    }
}

/// Does a row take operands of these kinds (none if not), and also these registers at this length?
fn fits(row: &Row, width: Width, args: &[Arg]) -> Option<bool> {
    let count = row.ops.iter().filter(|&&o| o != Opnd::None).count();
    if count != args.len() {
        return None;
    }
    let evex = row.class == Class::Evex;
    let mut all = row.lengths == 0 || row.lengths >> (width.0 & 3) & 1 != 0;
    for (op, arg) in row.ops.iter().zip(args) {
        all &= match (op, arg) {
            (Opnd::I, Arg::I(_)) => true,
            (Opnd::One, Arg::I(1)) => true,
            (Opnd::Cl, Arg::R(r)) if r.0 == 1 => true,
            (Opnd::M | Opnd::E | Opnd::W | Opnd::Ke, Arg::M(m)) => !has_vector_index(m),
            (Opnd::X, Arg::M(m)) if has_vector_index(m) => evex || !has_high_index(m),
            (Opnd::G | Opnd::E | Opnd::R | Opnd::B | Opnd::Z, Arg::R(r)) if r.0 < 16 => true,
            (Opnd::V | Opnd::W | Opnd::U | Opnd::H | Opnd::S, Arg::R(r)) if r.is_float() => {
                evex || r.hw() < 16
            }
            (Opnd::Kr | Opnd::Km | Opnd::Kv | Opnd::Ke, Arg::R(r)) if r.0 >> 3 == 2 => true,
            _ => return None,
        };
    }
    Some(all)
}

fn has_vector_index(m: &Mem) -> bool {
    matches!(m, Mem::Addr { index, .. } if index.is_float() && *index != NO_INDEX)
}

fn has_high_index(m: &Mem) -> bool {
    matches!(m, Mem::Addr { index, .. } if index.hw() > 15)
}
