//! Operand combinations of an x64 row: every register in each place, every kind of address, every edge of an immediate and of a
//! displacement, masks, broadcast and rounding; and operands that the row cannot hold.

use tatsu::emit::InstrDesc;
use tatsu::emit::x64::instr_desc::{BROADCAST_OR_ROUND, Mode, NO_INDEX};
use tatsu::emit::x64::table::{Class, Masking, Opnd, ROWS, Rounding, Row, Size};
use tatsu::target::RegNum;
use tatsu::target::x64::{R12, R13, R15, RAX, RBP, RSP};

/// Slots of the frame that the driver sets up.
const SLOTS: i32 = 8;

/// The registers that an operand of a row can name, in the order of their numbers; empty for one that is not a register.
fn registers(op: Opnd, class: Class) -> Vec<RegNum> {
    use Opnd::*;
    match op {
        G | E | B | Z | R => (0..16).map(RegNum::int).collect(),
        Kr | Km | Kv | Ke => (16..24).map(RegNum).collect(),
        V | W | U | H | S if class == Class::Evex => (0..32).map(RegNum::float).collect(),
        V | W | U | H | S => (0..16).map(RegNum::float).collect(),
        _ => Vec::new(),
    }
}

/// The place in `r` of an operand; none if it has none.
fn place(op: Opnd) -> Option<usize> {
    use Opnd::*;
    match op {
        G | V | Kr => Some(0),
        E | W | U | R | Z | Km | Ke | M | X => Some(1),
        H | B | Kv => Some(3),
        _ => Option::None,
    }
}

/// Values of `width` that a row can have.
fn widths(row: &Row) -> Vec<u8> {
    if row.lengths != 0 {
        return (0..3).filter(|w| row.lengths >> w & 1 != 0).collect();
    }
    if !row.sized {
        return vec![if row.sizes[0] == Size::B { 0 } else { 3 }];
    }
    if row.sizes.contains(&Size::Y) || matches!(row.class, Class::Vex | Class::Evex) {
        vec![2, 3]
    } else {
        vec![1, 2, 3]
    }
}

fn immediates(row: &Row, w: u8) -> Vec<i32> {
    if row.ops[3] == Opnd::S {
        return (32..48).collect();
    }
    match row.imm {
        0 | 8 => vec![0],
        1 => vec![0, 1, 2, 0x55, 127, -1, -128],
        3 => vec![0, 1, 8, 0x1234, -1, 32767, -32768],
        2 if w == 1 => vec![0, 1, 0x1234, -1, 32767, -32768],
        _ => vec![0, 1, -1, 127, 128, -128, -129, i32::MAX, i32::MIN],
    }
}

struct Sets<'a> {
    row: &'a Row,
    list: Vec<InstrDesc>,
}

/// All combinations of a row.
pub fn combinations(form: usize) -> Vec<InstrDesc> {
    let row = &ROWS[form];
    let mut sets = Sets {
        row,
        list: Vec::new(),
    };
    for w in widths(row) {
        let mut d = InstrDesc {
            form: form as u16,
            width: w,
            extra: 0,
            r: [RegNum(0), RegNum(0), NO_INDEX, RegNum(0)],
            disp: 0,
            imm: immediates(row, w)[0],
        };
        for &op in &row.ops {
            let all = registers(op, row.class);
            if let (Some(at), false) = (place(op), all.is_empty()) {
                // Three registers that differ, as gathers want them.
                d.r[at] = all[[3, 6, 0, 5][at]];
            }
        }
        if row.masking == Masking::Required {
            d.extra = 1 << 4;
        }
        sets.of_width(d);
    }
    sets.list
}

impl Sets<'_> {
    fn rm(&self) -> Option<Opnd> {
        self.row.ops.iter().copied().find(|&o| place(o) == Some(1))
    }

    fn takes_register(&self) -> bool {
        !matches!(self.rm(), Some(Opnd::M | Opnd::X))
    }

    fn takes_memory(&self) -> bool {
        use Opnd::*;
        matches!(self.rm(), Some(E | W | M | X | Ke)) || self.row.class == Class::Rel32
    }

    fn of_width(&mut self, d: InstrDesc) {
        if self.row.class == Class::Rel32 {
            for mode in [Mode::Label, Mode::Symbol] {
                self.list.push(with(d, mode, RegNum(0), NO_INDEX, 0, 0));
            }
            return;
        }
        for imm in immediates(self.row, d.width & 3) {
            for cc in 0..if self.row.plus_cc { 16 } else { 1 } {
                let d = InstrDesc {
                    imm,
                    extra: d.extra | cc << 4,
                    ..d
                };
                if self.takes_register() {
                    self.list.push(d);
                }
                if self.takes_memory() {
                    self.list.push(with(d, Mode::Base, R13, self.index(), 0, 0));
                }
            }
        }
        if self.takes_register() {
            self.every_register(d);
            self.register_modifiers(d);
        }
        if self.takes_memory() {
            let first = with(d, Mode::Base, RBP, self.index(), 0, 0);
            self.every_register(first);
            self.addresses(d);
            self.memory_modifiers(d);
        }
    }

    /// An index that is none of the other operands, for rows that must have one.
    fn index(&self) -> RegNum {
        if self.rm() == Some(Opnd::X) {
            RegNum::float(7)
        } else {
            NO_INDEX
        }
    }

    /// Every register in each place, with the others low and high.
    fn every_register(&mut self, d: InstrDesc) {
        let is_memory = Mode::of(&d) != Mode::Reg;
        let operands: Vec<(usize, Vec<RegNum>)> = self
            .row
            .ops
            .iter()
            .filter_map(|&op| Some((place(op)?, registers(op, self.row.class))))
            .filter(|(at, all)| !(all.is_empty() || is_memory && *at == 1))
            .collect();
        let is_gather = self.rm() == Some(Opnd::X);
        for (at, all) in &operands {
            for high in [false, true] {
                let mut d = d;
                for (other, their) in &operands {
                    if high {
                        d.r[*other] = their[their.len() - 1 - other];
                    }
                }
                for &r in all {
                    d.r[*at] = r;
                    let same = d.r[0] == d.r[2] || d.r[0] == d.r[3] || d.r[2] == d.r[3];
                    if !(is_gather && same) {
                        self.list.push(d);
                    }
                }
            }
        }
    }

    fn addresses(&mut self, d: InstrDesc) {
        let vectors = self.rm() == Some(Opnd::X);
        let bases: Vec<RegNum> = (0..16).map(RegNum::int).collect();
        let indexes: Vec<RegNum> = if vectors {
            let n = if self.row.class == Class::Evex {
                32
            } else {
                16
            };
            (0..n)
                .map(RegNum::float)
                .filter(|r| !d.r.contains(r))
                .collect()
        } else {
            bases.iter().copied().filter(|&r| r != RSP).collect()
        };
        for &base in &bases {
            for disp in displacements(self.row, &d) {
                if !vectors {
                    self.list.push(with(d, Mode::Base, base, NO_INDEX, 0, disp));
                }
                self.list
                    .push(with(d, Mode::Base, base, indexes[7], 1, disp));
            }
        }
        for base in [RAX, RSP, RBP, R12, R13] {
            for &index in &indexes {
                for scale in 0..4 {
                    for disp in [0, 64] {
                        self.list
                            .push(with(d, Mode::Base, base, index, scale, disp));
                    }
                }
            }
        }
        for &index in &indexes {
            self.list
                .push(with(d, Mode::NoBase, RegNum(0), index, 3, 0x1000));
            self.list
                .push(with(d, Mode::NoBase, RegNum(0), index, 0, -4));
        }
        let index = self.index();
        for slot in 0..SLOTS {
            self.list
                .push(with(d, Mode::Frame, RegNum(0), index, 0, slot | 4 << 16));
            self.list
                .push(with(d, Mode::Frame, RegNum(0), indexes[9], 2, slot));
        }
        if !vectors {
            self.list
                .push(with(d, Mode::NoBase, RegNum(0), NO_INDEX, 0, 0x1000));
            self.list
                .push(with(d, Mode::NoBase, RegNum(0), NO_INDEX, 0, i32::MAX));
            for mode in [Mode::Data, Mode::Label, Mode::Symbol] {
                self.list.push(with(d, mode, RegNum(0), NO_INDEX, 0, 0));
            }
        }
    }

    /// Masks, and the rounding modes where the length allows them.
    fn register_modifiers(&mut self, d: InstrDesc) {
        if self.row.class != Class::Evex {
            return;
        }
        self.masks(d, self.row.masking == Masking::Zero);
        let whole = self.row.lengths == 0 || d.width & 3 == 2;
        let modes = match self.row.rounding {
            _ if !whole => 0,
            Rounding::None => 0,
            Rounding::Sae => 1,
            Rounding::Er => 4,
        };
        for mode in 0..modes {
            let mut d = d;
            d.width |= BROADCAST_OR_ROUND;
            d.extra |= mode << 2;
            self.every_register(d);
            self.masks(d, self.row.masking == Masking::Zero);
        }
    }

    fn memory_modifiers(&mut self, d: InstrDesc) {
        if self.row.class != Class::Evex {
            return;
        }
        let is_store = matches!(self.row.ops[0], Opnd::W | Opnd::M);
        let zero = self.row.masking == Masking::Zero && !is_store;
        let address = with(d, Mode::Base, R15, self.index(), 0, 64);
        self.masks(address, zero);
        if self.row.broadcast != 0 {
            let mut d = d;
            d.width |= BROADCAST_OR_ROUND;
            self.addresses(d);
            let mut address = address;
            address.width |= BROADCAST_OR_ROUND;
            self.every_register(address);
            self.masks(address, zero);
        }
    }

    fn masks(&mut self, d: InstrDesc, zero: bool) {
        let range = match self.row.masking {
            Masking::None => return,
            Masking::Required => 1..8,
            _ => 0..8,
        };
        for k in range {
            let mut d = d;
            d.extra = d.extra & 0x0F | k << 4;
            self.list.push(d);
            if zero && k != 0 {
                d.extra |= 0x80;
                self.list.push(d);
            }
        }
    }
}

/// `d` with its rm operand in memory.
fn with(d: InstrDesc, mode: Mode, base: RegNum, index: RegNum, scale: u8, disp: i32) -> InstrDesc {
    let mut d = d;
    d.width |= (mode as u8) << 4;
    d.r[1] = base;
    d.r[2] = index;
    d.extra |= scale;
    d.disp = disp;
    d
}

/// Edges of a byte and of a long displacement, counted in bytes and in all units that a compressed one may have.
fn displacements(row: &Row, d: &InstrDesc) -> Vec<i32> {
    let mut list = vec![0, 1, -1, 127, 128, -128, -129, i32::MAX, i32::MIN];
    if row.class == Class::Evex {
        let whole = row
            .ops
            .iter()
            .zip(row.sizes)
            .find(|(o, _)| place(**o) == Some(1))
            .map_or(1, |(_, s)| s.bytes(d.width) as i32)
            .max(1);
        let units = [whole, row.broadcast as i32, row.disp_unit as i32];
        for unit in units.into_iter().filter(|&u| u > 1) {
            list.extend([
                unit,
                -unit,
                unit + 1,
                unit / 2,
                127 * unit,
                128 * unit,
                -128 * unit,
                -129 * unit,
            ]);
        }
    }
    list
}

/// Descriptors that the row cannot hold, and what is wrong with each.
pub fn impossible(form: usize) -> Vec<(InstrDesc, &'static str)> {
    let row = &ROWS[form];
    let mut list = Vec::new();
    let all = combinations(form);
    let register = all.iter().find(|d| Mode::of(d) == Mode::Reg);
    let memory = all.iter().find(|d| Mode::of(d) == Mode::Base);
    for &good in [register, memory].into_iter().flatten() {
        let is_memory = Mode::of(&good) != Mode::Reg;
        for &op in &row.ops {
            let Some(at) = place(op) else { continue };
            let is_base = is_memory && at == 1;
            let fitting = if is_base {
                registers(Opnd::G, row.class)
            } else {
                registers(op, row.class)
            };
            for n in (0..64).chain([0xFF]).map(RegNum) {
                // What is not in the file, by every number there is.
                if !fitting.contains(&n) && !fitting.is_empty() {
                    let mut d = good;
                    d.r[at] = n;
                    list.push((d, "a register that the form cannot name"));
                }
            }
        }
        if row.imm == 1 {
            for imm in [128, 255, 256, -129, i32::MAX, i32::MIN] {
                list.push((InstrDesc { imm, ..good }, "an immediate beyond a byte"));
            }
        }
        if row.imm == 2 && good.width & 3 == 1 {
            for imm in [32768, -32769, i32::MIN] {
                list.push((InstrDesc { imm, ..good }, "an immediate beyond 16 bits"));
            }
        }
        if row.class == Class::Evex {
            evex_impossible(row, good, is_memory, &mut list);
        } else if row.class == Class::Vex {
            let (mut a, mut b) = (good, good);
            a.extra |= 1 << 4;
            b.width |= BROADCAST_OR_ROUND;
            list.push((a, "a mask on VEX"));
            list.push((b, "broadcast or rounding on VEX"));
        }
        if row.lengths != 0 {
            for w in 0..4 {
                if row.lengths >> w & 1 == 0 {
                    let mut d = good;
                    d.width = d.width & !3 | w;
                    list.push((d, "a length that the form does not have"));
                }
            }
        }
    }
    if let (None, Some(&m)) = (register, memory) {
        let mut d = m;
        d.width &= 15;
        list.push((d, "a register where only memory goes"));
    }
    if let (Some(&r), None) = (register, memory)
        && row.ops.iter().any(|&o| place(o) == Some(1))
    {
        let d = with(r, Mode::Base, RAX, NO_INDEX, 0, 0);
        list.push((d, "memory where only a register goes"));
    }
    list
}

fn evex_impossible(
    row: &Row,
    good: InstrDesc,
    is_memory: bool,
    list: &mut Vec<(InstrDesc, &'static str)>,
) {
    let mut put = |extra: u8, width: u8, what| {
        let mut d = good;
        d.extra = d.extra & 3 | extra;
        d.width |= width;
        list.push((d, what));
    };
    put(0x80, 0, "zeroing without a mask");
    match row.masking {
        Masking::None => put(0x10, 0, "a mask that the form does not take"),
        Masking::Merge => put(0x90, 0, "zeroing that the form does not do"),
        Masking::Required => put(0, 0, "no mask where there must be one"),
        Masking::Zero if is_memory && matches!(row.ops[0], Opnd::W | Opnd::M) => {
            put(0x90, 0, "zeroing of memory");
        }
        Masking::Zero => {}
    }
    let mask = good.extra & 0xF0;
    put(mask | 4, 0, "a rounding mode without EVEX.b");
    let length_512 = row.lengths == 0 || good.width & 3 == 2;
    if is_memory && row.broadcast == 0 {
        put(
            mask,
            BROADCAST_OR_ROUND,
            "broadcast of what is not broadcast",
        );
    }
    if !is_memory && (row.rounding == Rounding::None || !length_512) {
        put(mask, BROADCAST_OR_ROUND, "rounding of what does not round");
    }
    if !is_memory && row.rounding == Rounding::Sae {
        put(
            mask | 4,
            BROADCAST_OR_ROUND,
            "a rounding mode where only exceptions are suppressed",
        );
    }
}
