//! Nodes on lines as the printer writes them, which nearly all are.
//!
//! One blank between words, a comma and a blank between operands, numbers of at most seven digits, a line's end behind: such a
//! line is read without looking for anything else. Any other, and every wrong one, is left to [`Parser::node`] as if nothing had
//! been tried; so what a text means, and what is wrong with it, is decided there. A test holds the two against each other.

use super::lex::{key_at, load};
use super::table::FORMS;
use super::*;
use crate::ir::text::{Suffix, position_type};

/// The decimal number in the lowest bytes of `w`, whose highest byte is no digit, and its length.
#[inline(always)]
fn number(w: u64) -> (u32, usize) {
    let x = w ^ 0x3030_3030_3030_3030;
    // The top bit of each byte that is no digit: over 127, or carried into by adding 118.
    let other = (x | (x & 0x7F7F_7F7F_7F7F_7F7F).wrapping_add(0x7676_7676_7676_7676))
        & 0x8080_8080_8080_8080;
    let bits = (other.trailing_zeros() & !7) & 63;
    if bits == 0 {
        return (0, 0);
    }
    // The digits to the top, so that zeros stand before them; then in pairs.
    let x = x << (64 - bits);
    let x = x.wrapping_mul(2561) >> 8;
    let x = (x & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
    let x = (x & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32;
    (x as u32, bits as usize / 8)
}

const EQUALS: u64 = u32::from_le_bytes(*b" = \0") as u64;
const BEHIND_COMMA: u64 = u16::from_le_bytes(*b", ") as u64;
const LOCAL: u64 = u64::from_le_bytes(*b"local v\0");
const COLON: u64 = u16::from_le_bytes(*b": ") as u64;
const BLOCK: u64 = u16::from_le_bytes(*b"bb") as u64;

impl<'a> Parser<'a> {
    /// Reads a node. `None`, with nothing changed, if its line is not as described above.
    pub(super) fn plain_node(&mut self) -> Option<()> {
        let b: &'a [u8] = self.lex.bytes();
        let mut at = self.lex.pos();
        let mut name = None;
        let w = load(b, at)?;
        if w as u8 == b't' {
            let (n, digits) = number(w >> 8);
            if digits != 0 {
                at += 1 + digits;
                if load(b, at)? & 0xFF_FFFF != EQUALS || self.nodes.get(n).is_some() {
                    return None;
                }
                name = Some(n);
                at += 3;
            }
        }
        let (key, length) = key_at(b, at)?;
        let op = table::opcode(key)?;
        let form = &FORMS[op as usize];
        if !form.plain {
            return None;
        }
        at += length;
        let mut node = Node::new(op, VarType::Void);
        if form.suffix != Suffix::None {
            if *b.get(at)? != b'.' {
                return None;
            }
            let ty = type_at(b, &mut at)?;
            match form.suffix {
                Suffix::Node => node.ty = ty,
                _ => node.aux = ty as u32,
            }
        }
        match form.sub {
            SubKind::Type if *b.get(at)? == b' ' => node.sub = type_at(b, &mut at)? as u8,
            SubKind::Cond if *b.get(at)? == b' ' => {
                let (key, length) = key_at(b, at + 1)?;
                node.sub = table::condition(key)? as u8;
                at += 1 + length;
            }
            SubKind::Type | SubKind::Cond => return None,
            _ => {}
        }
        let read = self.plain_operands(b, at, &mut node, form);
        let has_value = form.value || form.typed_value && node.ty != VarType::Void;
        match read {
            Some(end) if has_value || name.is_none() => {
                if form.aux == AuxKind::Local {
                    node::default_offset(&mut node);
                }
                let line = self.lex.line();
                self.lex.next_line(end);
                self.push_node(node, form, name, line);
                Some(())
            }
            _ => {
                self.give_back(&node);
                None
            }
        }
    }

    /// The operands and targets of `node`, whose operands get it as their user; where the line ends.
    #[inline(always)]
    fn plain_operands(
        &mut self,
        b: &'a [u8],
        mut at: usize,
        node: &mut Node,
        form: &table::Form,
    ) -> Option<usize> {
        let (mut k, mut succ) = (0, 0);
        let mut local = form.aux == AuxKind::Local;
        let mut w = load(b, at)?;
        if w as u8 == b' ' {
            w = load(b, at + 1)?;
            at += 1;
            loop {
                let length = match w as u8 {
                    b'v' if local => {
                        let (n, digits) = number(w >> 8);
                        node.aux = self.locals.get(n)?;
                        local = false;
                        1 + digits
                    }
                    b'b' => {
                        // A target: they stand last.
                        let (n, digits) = number(w >> 16);
                        if w & 0xFFFF != BLOCK || digits == 0 || succ >= form.successors {
                            return None;
                        }
                        let to = self.block_named(n, at);
                        let targets = &mut self.named_blocks[self.block as usize].block.succ;
                        targets[usize::from(succ)] = to;
                        succ += 1;
                        2 + digits
                    }
                    _ => {
                        if k >= usize::from(form.operands) || local || succ > 0 {
                            return None;
                        }
                        let (operand, length) = self.plain_operand(w, node, k)?;
                        *node.opnd.get_mut(k)? = operand;
                        k += 1;
                        length
                    }
                };
                if length < 2 && !(w as u8).is_ascii_digit() {
                    return None;
                }
                at += length;
                w = load(b, at)?;
                if w & 0xFFFF == BEHIND_COMMA {
                    w = load(b, at + 2)?;
                    at += 2;
                    continue;
                }
                break;
            }
        }
        let whole = w as u8 == b'\n' && succ == form.successors && !local;
        whole.then_some(at)
    }

    /// The operand that begins with the bytes `w`, and its length. A value gets the node at hand as its user.
    #[inline(always)]
    fn plain_operand(&mut self, w: u64, node: &Node, k: usize) -> Option<(Operand, usize)> {
        match w as u8 {
            b't' => {
                let (n, digits) = number(w >> 8);
                if digits == 0 {
                    return None;
                }
                let d = NodeId(self.nodes.get(n)?);
                let user = self.body.nodes.next_id();
                let def = &mut self.body.nodes[d];
                if def.user.is_some() {
                    return None;
                }
                def.user = user;
                def.flags.remove(NodeFlags::UNUSED);
                Some((Operand::node(d), 1 + digits))
            }
            b'v' => {
                let (n, digits) = number(w >> 8);
                if digits == 0 {
                    return None;
                }
                Some((Operand::local(LocalId(self.locals.get(n)?)), 1 + digits))
            }
            b'-' | b'0'..=b'9' => {
                let sign = usize::from(w as u8 == b'-');
                // A number of eight digits would fill the word.
                let (n, digits) = number((w >> (8 * sign)) & (u64::MAX >> 8));
                let local_type = |l| self.body.locals[l].ty;
                let ty = position_type(node, k, local_type, self.m.ret);
                if digits == 0 || digits > 6 || ty.is_float() {
                    return None;
                }
                let v = i64::from(n);
                let v = if sign == 0 { v } else { -v };
                Some((Operand::small(v)?, digits + sign))
            }
            _ => None,
        }
    }

    /// Takes back that the node at hand uses its operands: it will be read once more.
    #[cold]
    fn give_back(&mut self, node: &Node) {
        for d in node.opnd.into_iter().filter_map(Operand::as_node) {
            let def = &mut self.body.nodes[d];
            def.user = NodeId::NONE;
            def.flags.insert(NodeFlags::UNUSED);
        }
    }

    /// Reads `local v3: i32` and the line's end. `None`, with nothing changed, for anything else.
    pub(super) fn plain_local(&mut self) -> Option<()> {
        let b: &'a [u8] = self.lex.bytes();
        let mut at = self.lex.pos();
        let w = load(b, at)?;
        if w & (u64::MAX >> 8) != LOCAL {
            return None;
        }
        let (n, digits) = number(load(b, at + 7)? & (u64::MAX >> 8));
        at += 7 + digits;
        if digits == 0 || load(b, at)? & 0xFFFF != COLON || self.locals.get(n).is_some() {
            return None;
        }
        at += 1;
        let ty = type_at(b, &mut at)?;
        if *b.get(at)? != b'\n' {
            return None;
        }
        let id = self.body.locals.push(Local::new(ty));
        self.locals.set(n, id.0);
        self.lex.next_line(at);
        Some(())
    }
}

/// The type behind the byte at `at`; no structs.
#[inline(always)]
fn type_at(b: &[u8], at: &mut usize) -> Option<VarType> {
    let (key, length) = key_at(b, *at + 1)?;
    *at += 1 + length;
    table::var_type(key).filter(|t| *t != VarType::Struct)
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
                let (v, n) = number(u64::from_le_bytes(bytes));
                assert_eq!((v, n), (text.parse().unwrap_or(0), text.len()), "{text}");
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
}
