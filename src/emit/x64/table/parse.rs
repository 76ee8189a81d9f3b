//! Reading the columns of a row while the crate is compiled. What it does not understand stops the build.

use super::{BAD, Class, Files, Ins, Masking, NO_FILES, Opnd, Rounding, Row, Size};

/// Reads a row. Panics, which stops the build, if it does not understand it.
pub(super) const fn parse_row(
    ins: Ins,
    name: &'static str,
    operands: &'static str,
    pattern: &'static str,
) -> Row {
    let mut row = BAD;
    row.ins = ins;
    row.name = name;
    row.operands = operands;
    row.pattern = pattern;
    row.class = Class::Plain;
    row = parse_operands(row, operands.as_bytes());
    let text = pattern.as_bytes();
    let mut at = 0;
    while at < text.len() {
        let mut end = at;
        while end < text.len() && text[end] != b' ' {
            end += 1;
        }
        row = parse_token(row, text, at, end);
        at = end + 1;
    }
    assert!(row.opcode_len > 0, "a row without an opcode");
    if matches!(row.class, Class::Vex | Class::Evex) {
        row = with_files(row);
    }
    row
}

const fn parse_operands(mut row: Row, text: &[u8]) -> Row {
    let mut at = 0;
    let mut n = 0;
    while at < text.len() {
        let mut end = at;
        while end < text.len() && text[end] != b',' {
            end += 1;
        }
        let mut size_at = at + 1;
        let op = match text[at] {
            b'G' => Opnd::G,
            b'E' => Opnd::E,
            b'M' => Opnd::M,
            b'R' => Opnd::R,
            b'B' => Opnd::B,
            b'Z' => Opnd::Z,
            b'V' => Opnd::V,
            b'W' => Opnd::W,
            b'U' => Opnd::U,
            b'H' => Opnd::H,
            b'S' => Opnd::S,
            b'X' => Opnd::X,
            b'I' => Opnd::I,
            b'J' => Opnd::J,
            b'L' => Opnd::L,
            b'1' => Opnd::One,
            b'C' => Opnd::Cl,
            b'v' => Opnd::None,
            b'K' => {
                size_at += 1;
                match text[at + 1] {
                    b'r' => Opnd::Kr,
                    b'm' => Opnd::Km,
                    b'v' => Opnd::Kv,
                    b'e' => Opnd::Ke,
                    _ => panic!("an opmask operand that is not in the list"),
                }
            }
            _ => panic!("an operand that is not in the list"),
        };
        let mut stop = size_at;
        while stop < end && text[stop] != b'{' && text[stop] != b'/' {
            stop += 1;
        }
        row = parse_behind(row, text, stop, end);
        let letter = if size_at < stop { text[size_at] } else { 0 };
        let second = if size_at + 1 < stop {
            text[size_at + 1]
        } else {
            0
        };
        let size = if matches!(op, Opnd::X) {
            row.disp_unit = if letter == b'd' { 4 } else { 8 };
            size_of_operand(Opnd::V, second, 0)
        } else {
            size_of_operand(op, letter, second)
        };
        if matches!(op, Opnd::I) && letter == b'b' && second == b's' {
            row.imm_signed = true;
        }
        if matches!(size, Size::V | Size::Y) {
            row.sized = true;
        }
        if !matches!(op, Opnd::None) {
            row.ops[n] = op;
            n += 1;
        }
        // "v" alone: remembered as the size of no operand.
        row.sizes[if n > 0 { n - 1 } else { 0 }] = size;
        if matches!(
            op,
            Opnd::E | Opnd::M | Opnd::R | Opnd::W | Opnd::U | Opnd::X | Opnd::Km | Opnd::Ke
        ) {
            row.class = Class::ModRm;
        }
        if matches!(op, Opnd::J) {
            row.class = Class::Rel32;
        }
        if matches!(op, Opnd::L) {
            row.class = Class::Jump;
        }
        at = end + 1;
    }
    row
}

const fn size_of_operand(op: Opnd, letter: u8, second: u8) -> Size {
    let vector = matches!(op, Opnd::V | Opnd::W | Opnd::U | Opnd::H | Opnd::S);
    match (op, letter, second) {
        (Opnd::None, ..) => Size::V,
        (Opnd::Cl, ..) => Size::B,
        (Opnd::One | Opnd::J | Opnd::L, ..) => Size::None,
        (Opnd::I, b'z', _) => Size::V,
        (_, 0, _) => Size::None,
        (_, b'b', _) | (_, b's', b'b') => Size::B,
        (_, b'w', _) | (_, b's', b'h') => Size::W,
        (_, b'd', _) | (_, b's', b's') => Size::D,
        (_, b'q', b'q') => Size::Ymm,
        (_, b'q', _) | (_, b's', b'd') => Size::Q,
        (_, b'v', _) => Size::V,
        (_, b'y', _) if vector => Size::Ymm,
        (_, b'y', _) => Size::Y,
        (_, b'x', _) => Size::X,
        (_, b'z', _) => Size::Zmm,
        (_, b'l', _) => Size::L,
        (_, b'h', _) => Size::H,
        (_, b'f', _) => Size::F,
        (_, b'e', _) => Size::E,
        _ => panic!("an operand size that is not in the list"),
    }
}

/// What stands behind an operand's size: `/b32`, `/n8`, `{kz}`, `{er}`.
const fn parse_behind(mut row: Row, t: &[u8], from: usize, end: usize) -> Row {
    let mut at = from;
    while at < end {
        if starts(t, at, b"/b16") {
            row.broadcast = 2;
            at += 4;
        } else if starts(t, at, b"/b32") {
            row.broadcast = 4;
            at += 4;
        } else if starts(t, at, b"/b64") {
            row.broadcast = 8;
            at += 4;
        } else if starts(t, at, b"/n") {
            row.disp_unit = t[at + 2] - b'0';
            assert!(row.disp_unit.is_power_of_two(), "a unit that is none");
            at += 3;
        } else if starts(t, at, b"{k}") {
            row.masking = Masking::Merge;
            at += 3;
        } else if starts(t, at, b"{kz}") {
            row.masking = Masking::Zero;
            at += 4;
        } else if starts(t, at, b"{k!}") {
            row.masking = Masking::Required;
            at += 4;
        } else if starts(t, at, b"{er}") {
            row.rounding = Rounding::Er;
            at += 4;
        } else if starts(t, at, b"{sae}") {
            row.rounding = Rounding::Sae;
            at += 5;
        } else {
            panic!("behind an operand stands what is not in the list");
        }
    }
    row
}

const fn parse_token(mut row: Row, t: &[u8], at: usize, end: usize) -> Row {
    let n = end - at;
    if n == 2 && t[at] == b'/' {
        if t[at + 1] != b'r' {
            row.digit = t[at + 1] - b'0';
            assert!(row.digit < 8, "an opcode extension above 7");
        }
    } else if n == 4 && starts(t, at, b"/is4") {
        row.imm = 1;
    } else if n == 2 && t[at] == b'i' {
        row.imm = match t[at + 1] {
            b'b' => 1,
            b'z' => 2,
            b'w' => 3,
            b'd' => 4,
            b'o' => {
                row.class = Class::Imm64;
                8
            }
            _ => panic!("an immediate that is not in the list"),
        };
    } else if n == 2 && t[at] == b'c' {
        assert!(
            matches!(row.class, Class::Rel32 | Class::Jump),
            "a code offset without such an operand"
        );
    } else if starts(t, at, b"REX.W") {
        row.rex_w = true;
    } else if starts(t, at, b"VEX.") || starts(t, at, b"EVEX.") {
        row = parse_prefix(row, t, at, end);
    } else {
        assert!(n >= 2, "a token that is not in the list");
        let byte = hex(t[at]) << 4 | hex(t[at + 1]);
        let is_prefix =
            matches!(byte, 0x66 | 0xF2 | 0xF3 | 0xF0) && row.opcode_len == 0 && row.map == 0;
        if is_prefix {
            let i = (row.prefix[0] != 0) as usize;
            assert!(row.prefix[i] == 0, "three prefixes");
            row.prefix[i] = byte;
        } else {
            row.opcode[row.opcode_len as usize] = byte;
            row.opcode_len += 1;
        }
        if starts(t, at + 2, b"+cc") {
            row.plus_cc = true;
        } else if n > 2 {
            assert!(starts(t, at + 2, b"+r"), "a token that is not in the list");
        }
    }
    row
}

/// `VEX.128-256.66.0F.WIG` and the like, field by field.
const fn parse_prefix(mut row: Row, t: &[u8], at: usize, end: usize) -> Row {
    row.class = if t[at] == b'V' {
        Class::Vex
    } else {
        Class::Evex
    };
    let mut i = at;
    while i < end {
        while i < end && t[i] != b'.' {
            i += 1;
        }
        if i == end {
            break;
        }
        let mut stop = i + 1;
        while stop < end && t[stop] != b'.' {
            stop += 1;
        }
        if is(t, i, stop, b".128") || is(t, i, stop, b".LIG") || is(t, i, stop, b".LZ") {
            row.vl = 0;
        } else if is(t, i, stop, b".L0") || is(t, i, stop, b".WIG") || is(t, i, stop, b".W0") {
        } else if is(t, i, stop, b".256") || is(t, i, stop, b".L1") {
            row.vl = 1;
        } else if is(t, i, stop, b".512") {
            row.vl = 2;
        } else if is(t, i, stop, b".128-256") {
            row.lengths = 0b011;
        } else if is(t, i, stop, b".128-512") {
            row.lengths = 0b111;
        } else if is(t, i, stop, b".256-512") {
            row.lengths = 0b110;
        } else if is(t, i, stop, b".66") {
            row.pp = 1;
        } else if is(t, i, stop, b".F3") {
            row.pp = 2;
        } else if is(t, i, stop, b".F2") {
            row.pp = 3;
        } else if is(t, i, stop, b".0F") {
            row.map = 1;
        } else if is(t, i, stop, b".0F38") {
            row.map = 2;
        } else if is(t, i, stop, b".0F3A") {
            row.map = 3;
        } else if is(t, i, stop, b".W1") {
            row.rex_w = true;
        } else if is(t, i, stop, b".Wv") {
            assert!(row.sized, "Wv without an operand sized by the width");
        } else {
            panic!("a field of VEX or EVEX that is not in the list");
        }
        i = stop;
    }
    assert!(row.map != 0, "a VEX row without a map");
    row
}

/// What the register fields of a VEX or EVEX row must hold.
const fn with_files(mut row: Row) -> Row {
    const INT: Files = Files {
        want: 0,
        check: 0xF0,
    };
    const MASK: Files = Files {
        want: 0x10,
        check: 0xF8,
    };
    let vector = Files {
        want: 0x20,
        check: if matches!(row.class, Class::Evex) {
            0xE0
        } else {
            0xF0
        },
    };
    // Of reg, rm, index, vvvv; what is not an operand is 0.
    let mut reg = [INT; 4];
    let mut mem = [INT; 4];
    let (mut takes_reg, mut takes_mem) = (true, false);
    let mut i = 0;
    while i < 4 {
        match row.ops[i] {
            Opnd::V => {
                reg[0] = vector;
                mem[0] = vector;
            }
            Opnd::Kr => {
                reg[0] = MASK;
                mem[0] = MASK;
            }
            Opnd::H => {
                reg[3] = vector;
                mem[3] = vector;
            }
            Opnd::Kv => {
                reg[3] = MASK;
                mem[3] = MASK;
            }
            Opnd::W => {
                reg[1] = vector;
                takes_mem = true;
            }
            Opnd::Ke => {
                reg[1] = MASK;
                takes_mem = true;
            }
            Opnd::E => takes_mem = true,
            Opnd::U => reg[1] = vector,
            Opnd::Km => reg[1] = MASK,
            Opnd::M => {
                takes_mem = true;
                takes_reg = false;
            }
            Opnd::X => {
                takes_mem = true;
                takes_reg = false;
                mem[2] = vector;
            }
            _ => {}
        }
        if matches!(row.ops[i], Opnd::H | Opnd::B | Opnd::Kv) {
            row.has_vvvv = true;
        }
        i += 1;
    }
    if takes_reg {
        row.files_reg = joined(reg);
    } else {
        row.files_reg = NO_FILES;
    }
    if takes_mem {
        row.files_mem = joined(mem);
    }
    row
}

const fn joined(f: [Files; 4]) -> Files {
    let mut all = Files { want: 0, check: 0 };
    let mut i = 0;
    while i < 4 {
        all.want |= f[i].want << (8 * i);
        all.check |= f[i].check << (8 * i);
        i += 1;
    }
    all
}

const fn is(t: &[u8], at: usize, end: usize, what: &[u8]) -> bool {
    end - at == what.len() && starts(t, at, what)
}

const fn starts(t: &[u8], at: usize, what: &[u8]) -> bool {
    let mut i = 0;
    while i < what.len() {
        if at + i >= t.len() || t[at + i] != what[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn hex(c: u8) -> u8 {
    match c {
        b'0'..=b'9' => c - b'0',
        b'A'..=b'F' => c - b'A' + 10,
        _ => panic!("not a hexadecimal digit"),
    }
}
