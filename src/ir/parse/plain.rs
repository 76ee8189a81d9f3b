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
        self.plain_operands(b, at, node, form, name)
    }

    #[inline(always)]
    fn plain_operands(
        &mut self,
        b: &'a [u8],
        mut at: usize,
        mut node: Node,
        form: &table::Form,
        name: Option<u32>,
    ) -> Option<()> {
        let mut k = 0;
        let mut first = true;
        let mut local = form.aux == AuxKind::Local;
        let mut succ = 0;
        while *b.get(at)? != b'\n' {
            let w = load(b, at)?;
            if first && w as u8 == b' ' {
                at += 1;
            } else if !first && w & 0xFFFF == BEHIND_COMMA {
                at += 2;
            } else {
                return None;
            }
            first = false;
            let w = load(b, at)?;
            if w as u8 == b'b' {
                // A target: they stand last.
                let (n, digits) = number(w >> 16);
                if w & 0xFFFF != BLOCK || digits == 0 || succ >= form.successors {
                    return None;
                }
                let to = self.block_named(n, at);
                let targets = &mut self.named_blocks[self.block as usize].block.succ;
                targets[usize::from(succ)] = to;
                succ += 1;
                at += 2 + digits;
                continue;
            }
            if succ > 0 {
                return None;
            }
            if local {
                let (n, digits) = number(w >> 8);
                if w as u8 != b'v' || digits == 0 {
                    return None;
                }
                node.aux = self.locals.get(n)?;
                local = false;
                at += 1 + digits;
                continue;
            }
            if k >= form.operands {
                return None;
            }
            let (operand, length) = self.plain_operand(w, &node, k.into())?;
            node.opnd[usize::from(k)] = operand;
            k += 1;
            at += length;
            if *b.get(at)? == b'!' {
                operand.as_local()?;
                node.opnd[usize::from(k) - 1] = operand.with_last_use(true);
                at += 1;
            }
        }
        let has_value = form.value || form.typed_value && node.ty != VarType::Void;
        if succ != form.successors || local || name.is_some() && !has_value {
            return None;
        }
        self.use_values(&node)?;
        if form.aux == AuxKind::Local {
            node::default_offset(&mut node);
        }
        let line = self.lex.line();
        self.lex.next_line(at);
        self.push_node(node, form, name, line);
        Some(())
    }

    /// The operand that begins with the bytes `w`, and its length.
    #[inline(always)]
    fn plain_operand(&self, w: u64, node: &Node, k: usize) -> Option<(Operand, usize)> {
        let prefix = w as u8;
        let bare = prefix.is_ascii_digit();
        // A number of eight digits would fill the word.
        let (n, digits) = number(if bare { w & !(0xFF << 56) } else { w >> 8 });
        if digits == 0 {
            return None;
        }
        match prefix {
            b't' => Some((Operand::node(NodeId(self.nodes.get(n)?)), 1 + digits)),
            b'v' => Some((Operand::local(LocalId(self.locals.get(n)?)), 1 + digits)),
            b'-' | b'0'..=b'9' => {
                let local_type = |l| self.body.locals[l].ty;
                if position_type(node, k, local_type, self.m.ret).is_float() || digits > 6 {
                    return None;
                }
                let v = i64::from(n);
                let v = if bare { v } else { -v };
                Some((Operand::small(v)?, digits + usize::from(!bare)))
            }
            _ => None,
        }
    }

    /// Makes the node at hand the user of its operands; `None`, with nothing changed, if one of them has a user.
    #[inline(always)]
    fn use_values(&mut self, node: &Node) -> Option<()> {
        let [x, y, z] = node.opnd.map(Operand::as_node);
        let free = |d: Option<NodeId>| d.is_none_or(|d| self.body.nodes[d].user.is_none());
        let same = |a: Option<NodeId>, b: Option<NodeId>| a.is_some() && a == b;
        if !free(x) || !free(y) || !free(z) || same(x, y) || same(y, z) || same(x, z) {
            return None;
        }
        let user = self.body.nodes.next_id();
        for d in [x, y, z].into_iter().flatten() {
            let def = &mut self.body.nodes[d];
            def.user = user;
            def.flags.remove(NodeFlags::UNUSED);
        }
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
