//! One node: its name, opcode, operands, what trails them, attributes.
//!
//! Where the text is as the printer writes it each byte is looked at about once. Everything else takes a slower way to the same
//! answer, or to an error.

use super::table::{FORMS, Form};
use super::*;
use crate::ir::method::SwitchInfo;
use crate::ir::print::{CALL_WORDS, NODE_WORDS};
use crate::ir::text::{Suffix, aux_word, barrier_attribute, position_type};

impl Parser<'_> {
    pub(super) fn node(&mut self) -> Result<()> {
        let (line, start) = (self.lex.line(), self.lex.pos());
        let mut name = None;
        if self.lex.peek() == b't'
            && let Some(n) = self.lex.numbered(1)
        {
            if self.nodes.get(n).is_some() {
                return self.fail_at(start, format!("t{n} is defined twice"));
            }
            name = Some(n);
            self.expect(b'=')?;
        }
        let (op, ty) = self.opcode()?;
        let form = &FORMS[op as usize];
        let mut node = Node::new(op, VarType::Void);
        self.suffix(&mut node, form, ty)?;
        let mut call_layout = LayoutId::NONE;
        if node.ty == VarType::Struct {
            call_layout = self.layout_ref()?;
        }
        match form.sub {
            SubKind::Cond | SubKind::Type | SubKind::Index => self.sub(&mut node, form)?,
            _ => {}
        }
        if form.compare_word {
            node.aux = self.scalar_type()? as u32;
        }
        if matches!(form.aux, AuxKind::VecOp | AuxKind::Cond) {
            self.vector_operation(&mut node, form)?;
        }
        if form.aux == AuxKind::Call {
            self.call(&mut node, call_layout)?;
        } else {
            self.items(&mut node, form)?;
        }
        if self.lex.peek() == b'[' {
            self.attributes(&mut node)?;
        }
        if form.aux == AuxKind::Layout && matches!(op, Opcode::LoadStruct | Opcode::StoreStruct) {
            node.ty = VarType::Struct;
        }
        let has_value = form.value || form.typed_value && node.ty != VarType::Void;
        if name.is_some() && !has_value {
            return self.fail_at(start, format!("{} has no value to name", op.name()));
        }
        self.push_node(node, form.terminator, has_value, name, line);
        Ok(())
    }

    /// Appends a node to the block at hand.
    #[inline(always)]
    pub(super) fn push_node(
        &mut self,
        mut node: Node,
        terminator: bool,
        has_value: bool,
        name: Option<u32>,
        line: u32,
    ) {
        let id = self.body.nodes.next_id();
        if has_value {
            // Its user takes the flag off.
            node.flags.insert(NodeFlags::UNUSED);
            if let Some(n) = name {
                self.nodes.set(n, id.0);
            }
        }
        // A block's nodes follow each other.
        if !self.empty {
            node.prev = NodeId(id.0 - 1);
        }
        self.empty = false;
        if terminator {
            self.open = false;
            self.named_blocks[self.block as usize].block.last = id;
        } else {
            node.next = NodeId(id.0 + 1);
        }
        self.body.nodes.push(node);
        self.body.node_il.push(line);
    }

    /// An opcode and the type behind its dot.
    #[inline]
    fn opcode(&mut self) -> Result<(Opcode, Option<VarType>)> {
        let (key, length) = self.lex.peek_key();
        if length <= 16
            && let Some(op) = table::opcode(key)
        {
            if self.lex.ahead(length) != b'.' {
                self.lex.advance(length);
                return Ok((op, None));
            }
            self.lex.advance(length + 1);
            let (key, length) = self.lex.peek_key();
            if let Some(ty) = table::var_type(key)
                && !self.lex.word_goes_on(length)
            {
                self.lex.advance(length);
                return Ok((op, Some(ty)));
            }
            return self.odd_suffix(op);
        }
        self.odd_opcode()
    }

    /// A long opcode, one with something unusual behind it, or none.
    #[cold]
    fn odd_opcode(&mut self) -> Result<(Opcode, Option<VarType>)> {
        let word = self.lex.peek_word();
        if word.is_empty() {
            return self.fail("expected an opcode");
        }
        let name = word.split('.').next().unwrap_or(word);
        let Some(op) = table::opcode_named(name) else {
            return self.fail(format!("there is no opcode {name}"));
        };
        if name.len() == word.len() {
            self.lex.advance(name.len());
            return Ok((op, None));
        }
        self.lex.advance(name.len() + 1);
        self.odd_suffix(op)
    }

    fn odd_suffix(&mut self, op: Opcode) -> Result<(Opcode, Option<VarType>)> {
        let word = self.lex.peek_word();
        match VarType::from_name(word) {
            Some(ty) => {
                self.lex.advance(word.len());
                Ok((op, Some(ty)))
            }
            None => self.fail(format!("there is no type {word}")),
        }
    }

    #[inline]
    fn suffix(&mut self, node: &mut Node, form: &Form, ty: Option<VarType>) -> Result<()> {
        match (form.suffix, ty) {
            (Suffix::None, None) => {}
            (Suffix::Node, Some(t)) => node.ty = t,
            (Suffix::Compare, Some(t)) => node.aux = t as u32,
            _ => return self.bad_suffix(node.op, ty),
        }
        if node.ty == VarType::Struct && form.aux != AuxKind::Call {
            return self.fail("only calls have a struct's type");
        }
        Ok(())
    }

    #[cold]
    fn bad_suffix(&self, op: Opcode, ty: Option<VarType>) -> Result<()> {
        let name = op.name();
        match ty {
            Some(_) => self.fail(format!("{name} takes no type")),
            None => self.fail(format!("{name} needs a type: {name}.i32")),
        }
    }

    #[inline]
    fn sub(&mut self, node: &mut Node, form: &Form) -> Result<()> {
        match form.sub {
            SubKind::Cond => {
                let (key, length) = self.lex.peek_key();
                match table::condition(key) {
                    Some(c) if !self.lex.word_goes_on(length) => {
                        self.lex.advance(length);
                        node.sub = c as u8;
                    }
                    _ => return self.odd_condition(node),
                }
            }
            SubKind::Type => node.sub = self.scalar_type()? as u8,
            _ => {
                self.expect(b'#')?;
                node.sub = self.up_to(255, "the number")? as u8;
            }
        }
        Ok(())
    }

    /// The operation of a vector node, or its condition.
    #[cold]
    fn vector_operation(&mut self, node: &mut Node, form: &Form) -> Result<()> {
        let word = self.lex.peek_word();
        let number = match form.aux {
            AuxKind::Cond => Cond::from_name(word).map(|c| c as u32),
            _ => VecOp::from_name(node.op, word).map(|o| o as u32),
        };
        let Some(number) = number else {
            return self.fail(format!("{} has no operation {word}", node.op.name()));
        };
        self.lex.advance(word.len());
        node.aux = number;
        Ok(())
    }

    /// Bytes of a vector, two hexadecimal digits each, in quotes.
    #[cold]
    fn vector_row(&mut self, node: &mut Node) -> Result<()> {
        let at = self.lex.pos();
        let count = Method::vector_bytes(node);
        let text = self.lex.string().unwrap_or_default();
        let digits = text.len() == 2 * count && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !digits {
            return self.fail_at(at, format!("expected {count} bytes, two digits each"));
        }
        let mut row = [0; 64];
        for (byte, digits) in row.iter_mut().zip(text.as_bytes().chunks(2)) {
            let value = |d: u8| (d as char).to_digit(16).unwrap_or(0) as u8;
            *byte = digits.iter().fold(0, |v, &d| v << 4 | value(d));
        }
        let known = self.m.vectors.iter().position(|r| *r == row);
        node.aux = known.unwrap_or(self.m.vectors.len()) as u32;
        if known.is_none() {
            self.m.vectors.push(row);
        }
        Ok(())
    }

    #[cold]
    fn odd_condition(&mut self, node: &mut Node) -> Result<()> {
        let word = self.lex.peek_word();
        match Cond::from_name(word) {
            Some(c) => {
                self.lex.advance(word.len());
                node.sub = c as u8;
                Ok(())
            }
            None => self.fail(format!("there is no condition {word}")),
        }
    }

    /// Everything between opcode and attributes.
    #[inline]
    fn items(&mut self, node: &mut Node, form: &Form) -> Result<()> {
        // May an item stand here? Else a comma comes first.
        let mut ready = true;
        match form.aux {
            AuxKind::None | AuxKind::Type | AuxKind::Imm | AuxKind::Switch | AuxKind::Call => {}
            AuxKind::VecOp | AuxKind::Cond | AuxKind::Lane | AuxKind::Vector => {}
            // No comma follows a layout.
            AuxKind::Layout => node.aux = self.layout_ref()?.0,
            _ => {
                self.aux(node, form.aux)?;
                ready = false;
            }
        }
        let mut any = !ready;
        for k in 0..usize::from(form.operands) {
            if !ready {
                if !self.lex.eat(b',') {
                    break;
                }
                ready = true;
            }
            if !self.at_operand() || node.op == Opcode::Result && self.at_definition() {
                break;
            }
            node.opnd[k] = self.operand(node, k)?;
            ready = false;
            any = true;
        }
        if form.aux == AuxKind::Local {
            default_offset(node);
        }
        if form.aux == AuxKind::Switch {
            if !ready {
                self.expect(b',')?;
            }
            return self.switch(node);
        }
        if !ready && self.lex.peek() != b',' {
            return match form.successors {
                0 => Ok(()),
                _ => self.fail("expected `,` and a block"),
            };
        }
        if !ready {
            self.lex.advance(1);
        } else if !any && form.successors == 0 && !self.at_trailing() {
            return Ok(());
        }
        self.trailing(node, form.successors.into())
    }

    fn aux(&mut self, node: &mut Node, kind: AuxKind) -> Result<()> {
        node.aux = match kind {
            AuxKind::Local => self.local_ref()?.0,
            AuxKind::Func => {
                let name = self.at_name()?;
                self.func_id(name).0
            }
            AuxKind::Block => {
                self.names_blocks = true;
                self.block_ref()?.0
            }
            _ => {
                let r = self.lookup()?;
                self.m.lookups.push(r).0
            }
        };
        Ok(())
    }

    #[inline]
    fn at_operand(&self) -> bool {
        match self.lex.peek() {
            b'0'..=b'9' => true,
            b't' | b'v' => self.lex.ahead(1).is_ascii_digit(),
            b'-' => self.lex.ahead(1) != b'>',
            b'i' | b'n' => matches!(self.lex.peek_word(), "inf" | "nan" | "none"),
            _ => false,
        }
    }

    /// Does a node with a name begin here? Lines have no end mark, and a `result` behind its call may come without operand.
    fn at_definition(&self) -> bool {
        let mut k = 1;
        while self.lex.ahead(k).is_ascii_digit() {
            k += 1;
        }
        while self.lex.ahead(k) == b' ' {
            k += 1;
        }
        self.lex.ahead(k) == b'='
    }

    fn at_trailing(&self) -> bool {
        let words = ["scale", "disp", "imm", "size", "reg", "lane"];
        self.lex.peek() == b'"' || words.contains(&self.lex.peek_word())
    }

    /// `scale 8, disp 16, imm 3, reg 7` and successors.
    fn trailing(&mut self, node: &mut Node, succs: usize) -> Result<()> {
        loop {
            let at = self.lex.pos();
            let takes = node.op.info();
            match self.lex.peek() {
                b'b' => break,
                b's' if takes.sub == SubKind::Scale && self.lex.eat_word("scale") => {
                    let at = self.lex.pos();
                    let s = self.small("a scale")?;
                    if !matches!(s, 1 | 2 | 4 | 8) {
                        return self.fail_at(at, "a scale is 1, 2, 4 or 8");
                    }
                    node.sub = s.trailing_zeros() as u8;
                }
                b'r' if takes.sub == SubKind::Reg && self.lex.eat_word("reg") => {
                    node.sub = self.up_to(255, "a register's number")? as u8;
                }
                b'"' if takes.aux == AuxKind::Vector => self.vector_row(node)?,
                _ if matches!(takes.aux, AuxKind::Imm | AuxKind::Lane)
                    && (self.lex.eat_word(aux_word(node.op)) || self.lex.eat_word("imm")) =>
                {
                    let at = self.lex.pos();
                    let v = self.integer("a number")?;
                    match i32::try_from(v).or(u32::try_from(v).map(|v| v as i32)) {
                        Ok(v) => node.aux = v as u32,
                        Err(_) => return self.fail_at(at, "the number does not fit 32 bits"),
                    }
                }
                _ => return self.fail_at(at, "expected another operand"),
            }
            if !self.lex.eat(b',') {
                return if succs > 0 {
                    self.fail("expected `,` and a block")
                } else {
                    Ok(())
                };
            }
        }
        if succs == 0 {
            return self.fail("expected another operand");
        }
        for i in 0..succs {
            if i > 0 {
                self.expect(b',')?;
            }
            let b = self.block_ref()?;
            self.named_blocks[self.block as usize].block.succ[i] = b;
        }
        Ok(())
    }

    fn switch(&mut self, node: &mut Node) -> Result<()> {
        self.expect(b'[')?;
        let first = self.body.switch_targets.len() as u32;
        while !self.lex.eat(b']') {
            let b = self.block_ref()?;
            self.body.switch_targets.push(b);
            if !self.lex.eat(b',') {
                self.expect(b']')?;
                break;
            }
        }
        let count = self.body.switch_targets.len() as u32 - first;
        self.expect(b',')?;
        let default = self.block_ref()?;
        self.body.switch_targets.push(default);
        node.aux = self.body.switches.push(SwitchInfo { first, count }).0;
        Ok(())
    }

    // ---- operands

    #[inline]
    fn local_ref(&mut self) -> Result<LocalId> {
        let at = self.lex.pos();
        if self.lex.peek() == b'v'
            && let Some(n) = self.lex.numbered(1)
        {
            return match self.locals.get(n) {
                Some(l) => Ok(LocalId(l)),
                None => self.fail_at(at, format!("v{n} is not declared")),
            };
        }
        self.fail("expected a local")
    }

    #[inline]
    fn operand(&mut self, node: &Node, k: usize) -> Result<Operand> {
        match self.lex.peek() {
            b't' => self.value(),
            b'v' => self.local(),
            _ => {
                let locals = &self.body.locals;
                let ty = position_type(node, k, |l| locals[l].ty, self.m.ret);
                self.constant(ty)
            }
        }
    }

    /// An operand where a constant is of type `ty`.
    pub(super) fn typed_operand(&mut self, ty: VarType) -> Result<Operand> {
        match self.lex.peek() {
            b't' => self.value(),
            b'v' => self.local(),
            _ => self.constant(ty),
        }
    }

    /// The value of a node above; the node at hand becomes its user.
    #[inline]
    fn value(&mut self) -> Result<Operand> {
        let at = self.lex.pos();
        let Some(n) = self.lex.numbered(1) else {
            return self.fail("expected a value");
        };
        let Some(d) = self.nodes.get(n) else {
            return self.fail_at(at, format!("t{n} has no definition above"));
        };
        let user = self.body.nodes.next_id();
        let def = &mut self.body.nodes[NodeId(d)];
        if def.user.is_some() {
            return self.used_twice(at, n);
        }
        def.user = user;
        def.flags.remove(NodeFlags::UNUSED);
        Ok(Operand::node(NodeId(d)))
    }

    #[cold]
    fn used_twice(&self, at: usize, n: u32) -> Result<Operand> {
        let what = "is used twice; a value is used once, a local as often as needed";
        self.fail_at(at, format!("t{n} {what}"))
    }

    #[inline]
    fn local(&mut self) -> Result<Operand> {
        let l = self.local_ref()?;
        let last = self.lex.peek() == b'!';
        if last {
            self.lex.advance(1);
        }
        Ok(Operand::local(l).with_last_use(last))
    }

    /// A constant of type `ty`, or `none`.
    fn constant(&mut self, ty: VarType) -> Result<Operand> {
        let short = if ty.is_float() {
            None
        } else {
            self.lex.short_int()
        };
        match short.and_then(Operand::small) {
            Some(o) => Ok(o),
            None => self.long_constant(ty),
        }
    }

    fn long_constant(&mut self, ty: VarType) -> Result<Operand> {
        let at = self.lex.pos();
        let word = self.lex.peek_word();
        if word == "none" {
            self.lex.advance(4);
            return Ok(Operand::NONE);
        }
        let number = self.lex.peek_number();
        let text = if word.is_empty() { number } else { word };
        if text.is_empty() {
            return self.fail("expected a value, a local or a constant");
        }
        let bits = match ty {
            VarType::F32 | VarType::F64 if word == "nan" => return self.nan(ty),
            // "infinity" and other spellings are numbers to the library.
            VarType::F32 | VarType::F64 if !matches!(word, "" | "inf") => None,
            VarType::F64 => text.parse::<f64>().ok().map(f64::to_bits),
            VarType::F32 => text.parse::<f32>().ok().map(|v| u64::from(v.to_bits())),
            _ => run::parse_int(text).map(|v| v as u64),
        };
        let Some(bits) = bits else {
            return self.fail(format!("{text} is no constant of type {ty}"));
        };
        self.lex.advance(text.len());
        if ty != VarType::I32 {
            return Ok(self.body.const_operand(bits));
        }
        if bits as i64 != i64::from(bits as i32) && bits > u64::from(u32::MAX) {
            return self.fail_at(at, format!("{text} does not fit 32 bits"));
        }
        Ok(self.body.const_operand(i64::from(bits as i32) as u64))
    }

    /// `nan:0x7ff8...` with its bits, or just `nan`.
    fn nan(&mut self, ty: VarType) -> Result<Operand> {
        let double = ty == VarType::F64;
        self.lex.advance(3);
        if !self.lex.eat(b':') {
            let bits = if double {
                f64::NAN.to_bits()
            } else {
                u64::from(f32::NAN.to_bits())
            };
            return Ok(self.body.const_operand(bits));
        }
        let text = self.lex.peek_number();
        let bits = run::parse_int(text).map(|v| v as u64);
        let is_nan = |b: u64| match double {
            true => f64::from_bits(b).is_nan(),
            false => u32::try_from(b).is_ok_and(|b| f32::from_bits(b).is_nan()),
        };
        match bits {
            Some(b) if is_nan(b) => {
                self.lex.advance(text.len());
                Ok(self.body.const_operand(b))
            }
            _ => self.fail(format!("expected the bits of a NaN of type {ty}")),
        }
    }

    // ---- attributes

    fn attributes(&mut self, node: &mut Node) -> Result<()> {
        self.lex.advance(1);
        while !self.lex.eat(b']') {
            let at = self.lex.pos();
            let w = self.word("an attribute")?;
            if w == "barrier" && barrier_attribute(node.op) {
                let at = self.lex.pos();
                node.sub = match self.word("`checked` or `unchecked`")? {
                    "unchecked" => Barrier::Unchecked as u8,
                    "checked" => Barrier::Checked as u8,
                    "none" => Barrier::None as u8,
                    _ => return self.fail_at(at, "expected `checked` or `unchecked`"),
                };
            } else if let Some(x) = NODE_WORDS.iter().find(|x| x.0 == w) {
                node.flags.insert(x.1);
            } else if let (Some(x), Opcode::Call | Opcode::TailCall) =
                (CALL_WORDS.iter().find(|x| x.0 == w), node.op)
            {
                self.body.calls[CallId(node.aux)].flags.insert(x.1);
            } else {
                return self.fail_at(at, format!("{w} is no attribute of {}", node.op.name()));
            }
        }
        Ok(())
    }
}

/// The offset of a field of a local may be left out: 0.
pub(super) fn default_offset(node: &mut Node) {
    let k = match node.op {
        Opcode::LclAddr | Opcode::LclFld => 0,
        Opcode::StoreLclFld => 1,
        _ => return,
    };
    if node.opnd[k].is_none() {
        node.opnd[k] = Operand::small(0).unwrap_or_default();
    }
}
