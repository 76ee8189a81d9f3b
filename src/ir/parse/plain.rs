//! Nodes on lines as the printer writes them, which nearly all are.
//!
//! One blank between words, a comma and a blank between operands, numbers of at most seven digits, a line's end behind: such a
//! line is read without looking for anything else. Any other, and every wrong one, is left to [`Parser::node`] as if nothing had
//! been tried; so what a text means, and what is wrong with it, is decided there. A test holds the two against each other.

use super::lex::{Key, below_digits};
use super::table::FORMS;
use super::*;
use crate::ir::text::{Suffix, position_type};

/// Bytes of a line that are looked at; a longer one is not plain.
const SPAN: usize = 128;

/// A line's bytes and those behind it.
#[derive(Copy, Clone)]
struct Window<'a>(&'a [u8; SPAN + 8]);

impl<'a> Window<'a> {
    /// The bytes at `at`; `None` near the text's end.
    #[inline(always)]
    fn new(b: &'a [u8], at: usize) -> Option<Window<'a>> {
        b.get(at..)?.first_chunk().map(Window)
    }

    /// Eight bytes. Behind the span they are those of another place: whoever gets that far gives up at the line's end.
    #[inline(always)]
    fn load(self, at: usize) -> u64 {
        let at = at % SPAN;
        match self.0[at..at + 8].first_chunk::<8>() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => 0,
        }
    }

    /// The word at `at`, of at most 15 bytes: its key and length. Anything else gets a key that no table has.
    #[inline(always)]
    fn key(self, at: usize) -> (Key, usize) {
        let a = self.load(at);
        let end = below_digits(a);
        if end != 0 {
            return (Key(before(a, end), 0), end.trailing_zeros() as usize / 8);
        }
        let b = self.load(at + 8);
        let end = below_digits(b);
        if end == 0 {
            return (Key(u64::MAX, u64::MAX), 16);
        }
        let length = 8 + end.trailing_zeros() as usize / 8;
        (Key(a, before(b, end)), length)
    }

    /// The type behind the byte at `at`, which goes behind it; no structs.
    #[inline(always)]
    fn type_at(self, at: &mut usize) -> Option<VarType> {
        let w = self.load(*at + 1);
        let end = below_digits(w);
        *at += 1 + end.trailing_zeros() as usize / 8;
        let ty = table::var_type(Key(before(w, end), 0));
        ty.filter(|t| *t != VarType::Struct)
    }
}

/// The bytes of `w` below the lowest top bit of `end`; without one, seven bytes and a bit.
#[inline(always)]
fn before(w: u64, end: u64) -> u64 {
    // The bits below the lowest one that is set: seven bits of the byte that ends the word among them, so that goes too.
    let below = (end & end.wrapping_neg()).wrapping_sub(1) >> 7;
    w & below
}

/// The decimal number in the lowest bytes of `w`, whose highest byte is no digit, and eight times its length.
#[inline(always)]
fn number(w: u64) -> (u32, u32) {
    let x = w ^ 0x3030_3030_3030_3030;
    // The top bit of each byte that is no digit: over 127, or carried into by adding 118. A carry out of such a byte goes to higher
    // ones only.
    let other = (x | x.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080;
    let bits = other.trailing_zeros() & 0x38;
    // The digits to the top, so that zeros stand before them; then in pairs. Of none remains 0 after the second shift.
    let x = (x << 1) << (63 - bits);
    let x = x.wrapping_mul(2561) >> 8;
    let x = (x & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
    let x = (x & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32;
    (x as u32, bits)
}

const EQUALS: u64 = u32::from_le_bytes(*b" = \0") as u64;
const BEHIND_COMMA: u64 = u16::from_le_bytes(*b", ") as u64;
const LOCAL: u64 = u64::from_le_bytes(*b"local v\0");
const COLON: u64 = u16::from_le_bytes(*b": ") as u64;
const HEADER: u64 = u16::from_le_bytes(*b":\n") as u64;
const BLOCK: u64 = u16::from_le_bytes(*b"bb") as u64;
const DISP: u64 = u64::from_le_bytes(*b"disp \0\0\0");
const SCALE: u64 = u64::from_le_bytes(*b"scale \0\0");

impl<'a> Parser<'a> {
    /// Reads a node. `None`, with nothing changed, if its line is not as described above.
    #[inline(always)]
    pub(super) fn plain_node(&mut self) -> Option<()> {
        let start = self.lex.pos();
        let line = Window::new(self.lex.bytes(), start)?;
        let consts = self.body.consts.len();
        let mut at = 0;
        let mut name = None;
        let w = line.load(0);
        if w as u8 == b't' {
            let (n, bits) = number(w >> 8);
            if bits != 0 {
                at = 1 + bits as usize / 8;
                if line.load(at) & 0xFF_FFFF != EQUALS || self.nodes.get(n).is_some() {
                    return None;
                }
                name = Some(n);
                at += 3;
            }
        }
        let (key, length) = line.key(at);
        let op = table::opcode(key)?;
        let form = &FORMS[op as usize];
        if !form.plain {
            return None;
        }
        at += length;
        let mut node = Node::new(op, VarType::Void);
        if form.suffix != Suffix::None {
            if line.load(at) as u8 != b'.' {
                return None;
            }
            let ty = line.type_at(&mut at)?;
            match form.suffix {
                Suffix::Node => node.ty = ty,
                _ => node.aux = ty as u32,
            }
        }
        if matches!(form.sub, SubKind::Type | SubKind::Cond) {
            if line.load(at) as u8 != b' ' {
                return None;
            }
            if form.sub == SubKind::Type {
                node.sub = line.type_at(&mut at)? as u8;
            } else {
                let (key, length) = line.key(at + 1);
                node.sub = table::condition(key)? as u8;
                at += 1 + length;
            }
        }
        let read = self.plain_operands(line, at, start, &mut node, form);
        let has_value = form.value || form.typed_value && node.ty != VarType::Void;
        match read {
            Some(end) if end < SPAN && (has_value || name.is_none()) => {
                if form.aux == AuxKind::Local {
                    node::default_offset(&mut node);
                }
                let line = self.lex.line();
                self.lex.next_line(start + end);
                self.push_node(node, form.terminator, has_value, name, line);
                Some(())
            }
            _ => {
                self.give_back(&node, consts);
                None
            }
        }
    }

    /// The operands and targets of `node`, whose operands get it as their user; where the line ends.
    #[inline(always)]
    fn plain_operands(
        &mut self,
        line: Window<'a>,
        mut at: usize,
        start: usize,
        node: &mut Node,
        form: &table::Form,
    ) -> Option<usize> {
        // What may still come: the local that `aux` names, operands, targets; nothing but targets behind the first one.
        let mut local = form.aux == AuxKind::Local;
        let (mut k, mut operands) = (0, form.operands);
        let mut succ = 0;
        let mut w = line.load(at);
        if w as u8 == b' ' {
            at += 1;
            w = line.load(at);
            loop {
                match w as u8 {
                    b'v' => {
                        let (n, bits) = number(w >> 8);
                        let l = self.locals.get(n)?;
                        if bits == 0 {
                            return None;
                        }
                        at += 1 + bits as usize / 8;
                        if local {
                            node.aux = l;
                            local = false;
                        } else {
                            if k >= operands {
                                return None;
                            }
                            *node.opnd.get_mut(usize::from(k))? = Operand::local(LocalId(l));
                            k += 1;
                        }
                    }
                    b't' => {
                        let (n, bits) = number(w >> 8);
                        if bits == 0 || k >= operands || local {
                            return None;
                        }
                        let d = NodeId(self.nodes.get(n)?);
                        let user = self.body.nodes.next_id();
                        let def = &mut self.body.nodes[d];
                        let to = node.opnd.get_mut(usize::from(k))?;
                        if def.user.is_some() {
                            return None;
                        }
                        def.user = user;
                        def.flags.remove(NodeFlags::UNUSED);
                        *to = Operand::node(d);
                        k += 1;
                        at += 1 + bits as usize / 8;
                    }
                    b'b' => {
                        // A target: they stand last.
                        let (n, bits) = number(w >> 16);
                        if w & 0xFFFF != BLOCK || bits == 0 || succ >= form.successors {
                            return None;
                        }
                        // Only six digits are in sight, and a block that is named must be there.
                        if bits == 48 && (line.load(at + 8) as u8).is_ascii_digit() {
                            return None;
                        }
                        let to = self.block_named(n, start + at);
                        let targets = &mut self.named_blocks[self.block as usize].block.succ;
                        targets[usize::from(succ)] = to;
                        succ += 1;
                        operands = 0;
                        at += 2 + bits as usize / 8;
                    }
                    _ if k < operands && !local => {
                        match self.plain_constant(line, at, node, k.into()) {
                            Some((operand, length)) => {
                                *node.opnd.get_mut(usize::from(k))? = operand;
                                k += 1;
                                at += length;
                            }
                            None => {
                                at = address_mode(line, at, node)?;
                                operands = 0;
                            }
                        }
                    }
                    _ => {
                        at = address_mode(line, at, node)?;
                        operands = 0;
                    }
                }
                w = line.load(at);
                if w & 0xFFFF != BEHIND_COMMA {
                    break;
                }
                at += 2;
                w = line.load(at);
            }
        }
        let whole = w as u8 == b'\n' && succ == form.successors && !local;
        whole.then_some(at)
    }

    /// The constant at `at`, for operand `k`, and its length.
    #[inline(always)]
    fn plain_constant(
        &mut self,
        line: Window<'a>,
        at: usize,
        node: &Node,
        k: usize,
    ) -> Option<(Operand, usize)> {
        let w = line.load(at);
        let (v, length) = short(w)?;
        let local_type = |l| self.body.locals[l].ty;
        let ty = position_type(node, k, local_type, self.m.ret);
        if !ty.is_float() {
            return Some((Operand::small(v)?, length));
        }
        let (fraction, digits) = fraction(line.load(at + length))?;
        if ty != VarType::F64 {
            return None;
        }
        // Two whole numbers below 2^53, so the division rounds as reading the digits at once does.
        let scale = TENS[digits];
        let x = (v.unsigned_abs() as f64 * scale + f64::from(fraction)) / scale;
        let x = if w as u8 == b'-' { -x } else { x };
        let operand = self.body.const_operand(x.to_bits());
        Some((operand, length + 1 + digits))
    }

    /// Takes back that the node at hand uses its operands and has constants: it will be read once more.
    #[cold]
    fn give_back(&mut self, node: &Node, consts: usize) {
        self.body.consts.truncate(consts);
        for d in node.opnd.into_iter().filter_map(Operand::as_node) {
            let def = &mut self.body.nodes[d];
            def.user = NodeId::NONE;
            def.flags.insert(NodeFlags::UNUSED);
        }
    }

    /// Reads `bb3:` and the line's end. `None`, with nothing changed, for anything else.
    #[inline]
    pub(super) fn plain_header(&mut self) -> Option<()> {
        let start = self.lex.pos();
        let line = Window::new(self.lex.bytes(), start)?;
        let (n, bits) = number(line.load(0) >> 16);
        let end = 2 + bits as usize / 8;
        if bits == 0 || line.load(end) & 0xFFFF != HEADER || self.open {
            return None;
        }
        let b = self.block_named(n, start).0;
        if self.named_blocks[b as usize].id.is_some() {
            return None;
        }
        self.lex.next_line(start + end + 1);
        self.begin_block(b, Block::new());
        Some(())
    }

    /// Reads `v3: i32` before a comma or a parenthesis. `None`, with nothing changed, for anything else.
    #[inline]
    pub(super) fn plain_param(&mut self) -> Option<LocalId> {
        let line = Window::new(self.lex.bytes(), self.lex.pos())?;
        let w = line.load(0);
        let (n, bits) = number(w >> 8);
        let mut at = 1 + bits as usize / 8;
        let named = w as u8 == b'v' && bits != 0 && line.load(at) & 0xFFFF == COLON;
        if !named || self.locals.get(n).is_some() {
            return None;
        }
        at += 1;
        let ty = line.type_at(&mut at)?;
        if !matches!(line.load(at) as u8, b',' | b')') {
            return None;
        }
        let id = self.body.locals.push(Local::new(ty));
        self.locals.set(n, id.0);
        self.lex.advance(at);
        Some(id)
    }

    /// Reads `local v3: i32` and the line's end. `None`, with nothing changed, for anything else.
    pub(super) fn plain_local(&mut self) -> Option<()> {
        let start = self.lex.pos();
        let line = Window::new(self.lex.bytes(), start)?;
        if line.load(0) & (u64::MAX >> 8) != LOCAL {
            return None;
        }
        let (n, bits) = number(line.load(7) & (u64::MAX >> 8));
        let mut at = 7 + bits as usize / 8;
        if bits == 0 || line.load(at) & 0xFFFF != COLON || self.locals.get(n).is_some() {
            return None;
        }
        at += 1;
        let ty = line.type_at(&mut at)?;
        if line.load(at) as u8 != b'\n' {
            return None;
        }
        let id = self.body.locals.push(Local::new(ty));
        self.locals.set(n, id.0);
        self.lex.next_line(start + at);
        Some(())
    }
}

/// Powers of ten, as many as a fraction can have digits.
const TENS: [f64; 8] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7];

/// `.75` at the beginning of `w`: the digits as a number, and how many there are.
#[inline(always)]
fn fraction(w: u64) -> Option<(u32, usize)> {
    let (n, bits) = number(w >> 8);
    (w as u8 == b'.' && bits != 0).then_some((n, bits as usize / 8))
}

/// An integer of at most six digits at the beginning of `w`, and its length.
#[inline(always)]
fn short(w: u64) -> Option<(i64, usize)> {
    let sign = usize::from(w as u8 == b'-');
    // A number of eight digits would fill the word.
    let (n, bits) = number((w >> (8 * sign)) & (u64::MAX >> 8));
    if bits == 0 || bits > 48 {
        return None;
    }
    let v = i64::from(n);
    Some((if sign == 0 { v } else { -v }, sign + bits as usize / 8))
}

/// `scale 8` or `disp -16` of a `lea` at `at`; the place behind it.
#[inline(always)]
fn address_mode(line: Window, at: usize, node: &mut Node) -> Option<usize> {
    let w = line.load(at);
    if node.op != Opcode::Lea {
        return None;
    }
    if w & 0xFF_FFFF_FFFF == DISP {
        let (v, length) = short(line.load(at + 5))?;
        node.aux = i32::try_from(v).ok()? as u32;
        return Some(at + 5 + length);
    }
    if w & 0xFFFF_FFFF_FFFF == SCALE {
        // One digit: what stands behind it the caller looks at.
        let digit = (w >> 48) as u8;
        if !matches!(digit, b'1' | b'2' | b'4' | b'8') {
            return None;
        }
        node.sub = (digit - b'0').trailing_zeros() as u8;
        return Some(at + 7);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::number;
    use crate::ir::{generate, parse_module, print_module};

    #[test]
    fn numbers_are_read_at_every_length() {
        for text in ["", "0", "7", "42", "007", "1234567"] {
            for behind in [b' ', b'x', b',', b'/', b':', 0, 0xE9] {
                let mut bytes = [behind; 8];
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                let (v, bits) = number(u64::from_le_bytes(bytes));
                let length = bits as usize / 8;
                assert_eq!(
                    (v, length),
                    (text.parse().unwrap_or(0), text.len()),
                    "{text}"
                );
            }
        }
    }

    /// With another blank at each line's end no line is plain: the same methods must come out.
    #[test]
    fn plain_lines_mean_what_others_do() {
        for seed in 0..20 {
            let mut text = String::new();
            print_module(&generate::realistic(seed, 5, 20..200), &mut text);
            let slow = text.replace('\n', " \n");
            assert_eq!(parse_module(&text), parse_module(&slow), "seed {seed}");
        }
        for (name, _) in generate::SHAPES {
            let mut text = String::new();
            print_module(
                &generate::shape(name, 300, 1).unwrap_or_default(),
                &mut text,
            );
            let slow = text.replace('\n', " \n");
            assert_eq!(parse_module(&text), parse_module(&slow), "{name}");
        }
    }

    /// Before, the first six digits of a longer number named a block too.
    #[test]
    fn blocks_of_any_number_are_found() {
        for number in 1..=9 {
            let b = &"123456789"[..number];
            let text = format!(
                "func @f(v0: i32) -> i32 {{\nbb0:\n  branch v0, bb{b}, bb0\nbb{b}:\n  ret v0\n}}\n{}",
                "\n".repeat(200)
            );
            let slow = text.replace('\n', " \n");
            let read = parse_module(&text);
            assert!(read.is_ok(), "bb{b}: {read:?}");
            assert_eq!(read, parse_module(&slow), "bb{b}");
        }
    }

    /// Decimal fractions are the numbers that the library reads.
    #[test]
    fn fractions_round_as_the_library_does() {
        for i in 0..4000u64 {
            let digits = i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
            let (whole, part) = (digits % 1_000_000, digits / 1_000_000 % 10_000_000);
            let width = 1 + i as usize % 7;
            let part = part % 10u64.pow(width as u32);
            let number = format!(
                "{}{whole}.{part:0width$}",
                if i % 3 == 0 { "-" } else { "" }
            );
            let text = format!(
                "func @f() -> f64 {{\nbb0:\n  ret {number}\n}}\n{}",
                "\n".repeat(200)
            );
            let module = parse_module(&text).unwrap();
            let body = &module.methods[0].body;
            let bits = body.const_value(body.nodes[crate::ir::NodeId(0)].opnd[0]);
            assert_eq!(
                bits,
                Some(number.parse::<f64>().unwrap().to_bits()),
                "{number}"
            );
        }
    }

    /// Well-formed or not, a line is what the other reader says it is.
    #[test]
    fn plain_lines_are_refused_as_others_are() {
        for line in [
            "t2 = lea.i64 v0, disp 16",
            "t2 = lea.i64 v0, v1, scale 8, disp -16",
            "t2 = lea.i64 v0, v1, disp 16, scale 2",
            "t2 = lea.i64 v0, scale 4",
            "t2 = lea.i64 disp 4",
            "t2 = lea.i64 v0, disp 4, v1",
            "t2 = lea.i64 v0, scale 3",
            "t2 = lea.i64 v0, scale 16",
            "t2 = lea.i64 v0, disp 1234567",
            "t2 = lea.i64 v0, disp 99999999999",
            "t2 = lea.i64 v0, disp",
            "t2 = lea.i64 v0, disp 0x10",
            "t2 = add.i64 v0, disp 4",
            "t2 = add.i64 v0, v1, v1",
            "t2 = add.i64 v0, v1,",
            "t2 = add.i64 v0 v1",
            "t2 = add.i64 v0",
            "t2 = add.i64",
            "t2 = add.",
            "t2 = addd.i64 v0, v1",
            "t2 = add.i640000 v0, v1",
            "t2 = add.i64 v0, 99999999999999999999",
            "t2 = add.i64 v0, 12345678",
            "t2 = add.i64 v0, -1",
            "t2 = add.f64 v0, 1",
            "t2 = add.f64 1.5, 2.5",
            "t2 = add.f64 1.5, 2.5, 3.5",
            "t2 = add.f64 -0.0, 999999.9999999",
            "t2 = add.f64 1.5, 0.99999999",
            "t2 = add.f64 1.5e3, 1.",
            "t2 = add.f64 .5, 1.5.5",
            "t2 = add.f32 1.5, 0.1",
            "t2 = add.i64 1.5, 0.1",
            "t2 = add.i64 v, v1",
            "t2 = add.i64 v0, v77",
            "t2 = add.i64 t1, t1",
            "t1 = add.i64 v0, v1",
            "t2 = store_lcl v0, v1",
            "store_lcl v0, bb1",
            "store_lcl v1",
            "store_lcl 5",
            "jump bb9, bb9",
            "jump",
            "branch v0, bb0",
            "cmp_branch.i64 lt v0, v1, bb0, v1",
            "cmp_branch.i64 never v0, v1, bb0, bb0",
            "bb1:",
            "bb0:",
            "t2 = lea.i64 v0, v1, scale 8, disp 16                                                                            \
             , disp 24",
        ] {
            let text = format!(
                "func @f(v0: i64, v1: i64) -> i64 {{\nbb0:\n  t1 = add.i64 v0, v1\n  {line}\n  ret t1\n}}\n;{}\n",
                " ".repeat(200)
            );
            let slow = text.replace('\n', " \n");
            assert_eq!(parse_module(&text), parse_module(&slow), "{line}");
        }
    }
}
