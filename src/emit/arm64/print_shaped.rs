//! The text of operands of forms whose shape is a list of operands ([`shape`](super::shape)).

use super::asm::Cond;
use super::instr_desc::{DOUBLE, WIDE};
use super::print::{float_value, hex, int, int_sp, number};
use super::shape::{Arr, LaneOf, Of, Op, operands, place};
use super::table::Row;
use crate::emit::instr_desc::InstrDesc;

const SIZES: [char; 5] = ['b', 'h', 's', 'd', 'q'];
const BARRIERS: [&str; 16] = [
    "#0", "oshld", "oshst", "osh", "#4", "nshld", "nshst", "nsh", "#8", "ishld", "ishst", "ish",
    "#12", "ld", "st", "sy",
];

/// All operands, as assemblers take them.
pub(super) fn text(d: &InstrDesc, row: &Row) -> String {
    let arr = Arr::ALL[if row.arrangements != 0 {
        (d.extra & 7) as usize
    } else {
        0
    }];
    let mut out = String::new();
    for &op in operands(row.class) {
        let s = operand(op, d, arr);
        if !out.is_empty() && !s.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&s);
    }
    out
}

fn operand(op: Op, d: &InstrDesc, arr: Arr) -> String {
    let r = |at: usize| d.r[at].hw();
    let wide = d.width & WIDE != 0;
    let size = arr.size_log2();
    let base = || int_sp(d.r[place::N], true);
    match op {
        Op::W(at) => int(d.r[at], false),
        Op::X(at) => int(d.r[at], true),
        Op::R(at) => int(d.r[at], wide),
        Op::G(at) => int(d.r[at], size == 3),
        Op::XSp(at) => int_sp(d.r[at], true),
        Op::RPair(at) => {
            let next = crate::target::RegNum::int((r(at) + 1) & 31);
            format!("{}, {}", int(d.r[at], wide), int(next, wide))
        }
        Op::Base => format!("[{}]", base()),
        Op::BaseDisp if d.disp == 0 => format!("[{}]", base()),
        Op::BaseDisp => format!("[{}, {}]", base(), number(d.disp as i64)),
        Op::PostReg => format!("[{}], {}", base(), int(d.r[place::M], true)),
        Op::PostRegs(n) => format!("[{}], #{}", base(), n << if arr.is_full() { 4 } else { 3 }),
        Op::PostLanes(n) => format!("[{}], #{}", base(), n << size),
        Op::F(at) => format!("{}{}", if d.width & DOUBLE != 0 { 'd' } else { 's' }, r(at)),
        Op::Fixed(at, size) => format!("{}{}", SIZES[size as usize], r(at)),
        Op::Sc(at, up) => format!("{}{}", SIZES[(size + up) as usize], r(at)),
        Op::V(at, of) => format!("v{}.{}", r(at), arranged(of, arr)),
        Op::Pair(at) => format!("v{}.2{}", r(at), SIZES[size as usize]),
        Op::List(n) => list(r(place::D), n, arr.name()),
        Op::Table(n) => list(r(place::N), n, "16b"),
        Op::ListLane(n) => {
            let e = SIZES[size as usize];
            format!("{}[{}]", list(r(place::D), n, &e.to_string()), d.imm)
        }
        Op::Lane5(at) => format!("v{}.{}[{}]", r(at), SIZES[size as usize], d.imm),
        Op::Lane4(at) => format!("v{}.{}[{}]", r(at), SIZES[size as usize], d.disp),
        Op::LaneS => format!("v{}.s[{}]", r(place::M), d.imm),
        Op::LaneM(of) => {
            let e = match of {
                LaneOf::Form | LaneOf::Complex => ["b", "h", "s", "d"][size as usize],
                LaneOf::Half => "h",
                LaneOf::FourBytes => "4b",
                LaneOf::TwoHalves => "2h",
            };
            format!("v{}.{e}[{}]", r(place::M), d.imm)
        }
        Op::Top(at) => format!("v{}.d[1]", r(at)),
        Op::Imm | Op::ByteIndex | Op::Nzcv | Op::Fbits | Op::Imm8 | Op::Shr | Op::Shl => {
            number(d.imm as i64)
        }
        Op::Mask => number(d.disp as i64),
        Op::Rotation(..) => format!("#{}", d.disp),
        Op::Cond => Cond::NAMES[(d.disp & 15) as usize].into(),
        Op::Barrier => BARRIERS[(d.imm & 15) as usize].into(),
        Op::Zero => "#0".into(),
        Op::ZeroF => "#0.0".into(),
        Op::ElementBits => format!("#{}", 8 << size),
        Op::Lsl if d.disp == 0 => String::new(),
        Op::Lsl => format!("lsl #{}", d.disp),
        Op::Msl => format!("msl #{}", d.disp),
        Op::ByteMask => hex(byte_mask(d.imm as u32)),
        Op::Float8 => format!("#{:?}", float_value(d.imm as u32)),
    }
}

fn arranged(of: Of, arr: Arr) -> &'static str {
    let full = arr.is_full();
    match of {
        Of::Form => arr.name(),
        Of::Wide => ["8h", "4s", "2d", "1q"][arr.size_log2() as usize],
        Of::Paired => Arr::new(arr.size_log2() + 1, full).name(),
        Of::Bytes => Arr::new(0, full).name(),
        Of::Halves => Arr::new(1, full).name(),
        Of::HalfLength => ["2h", "4h"][full as usize],
        Of::Always(arr) => arr.name(),
    }
}

fn list(first: u8, count: u8, arrangement: &str) -> String {
    let all: Vec<String> = (0..count)
        .map(|i| format!("v{}.{arrangement}", (first + i) & 31))
        .collect();
    format!("{{{}}}", all.join(", "))
}

/// The constant of which each bit is a byte.
pub(super) fn byte_mask(bits: u32) -> u64 {
    (0..8).fold(0, |v, i| v | ((bits as u64 >> i & 1) * 0xFF) << (8 * i))
}
