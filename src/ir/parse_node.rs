//! Text IR, read: one node a line.
//!
//! The opcode table says what a line holds: `t1 = name.type sub-word aux, operands, successors [attributes]`. Opcodes are found by
//! a hash table that is made at compile time.

use super::lex::{Tok, int_value, unescape};
use super::opcodes::{AuxKind, OPCODES, SubKind};
use super::parse::{Parser, Res, numbered, position_type, type_named};
use super::print::{
    CALL_FLAGS, NODE_FLAGS, default_type, num_succs, suffix_is_compared, trailing_imm,
};
use super::*;
use crate::ee::{Helper, Lookup, LookupRequest};
use crate::types::VarType;

const HASH_SIZE: usize = 512;

const fn hash(name: &[u8]) -> usize {
    let mut h = name.len() as u32;
    let mut i = 0;
    while i < name.len() {
        h = h.wrapping_mul(33) ^ name[i] as u32;
        i += 1;
    }
    (h ^ (h >> 9)) as usize % HASH_SIZE
}

/// Opcode number + 1 by hash, open addressing; 0 is empty.
static HASHED: [u8; HASH_SIZE] = {
    let mut t = [0u8; HASH_SIZE];
    let mut k = 0;
    while k < OPCODES.len() {
        let mut h = hash(OPCODES[k].name.as_bytes());
        while t[h] != 0 {
            h = (h + 1) % HASH_SIZE;
        }
        t[h] = k as u8 + 1;
        k += 1;
    }
    t
};

/// The opcode called `name`.
#[inline]
pub(super) fn opcode_named(name: &str) -> Option<Opcode> {
    let mut h = hash(name.as_bytes());
    while HASHED[h] != 0 {
        let k = HASHED[h] as usize - 1;
        if OPCODES[k].name == name {
            return Some(Opcode::ALL[k]);
        }
        h = (h + 1) % HASH_SIZE;
    }
    None
}

/// How many operands text must give; the rest may be left out.
pub(super) fn required_operands(op: Opcode) -> usize {
    match op {
        Opcode::Lea => 1,
        Opcode::Ret | Opcode::RetRegs | Opcode::Mach | Opcode::Result => 0,
        _ => op.info().operands.len(),
    }
}

/// A node's line while it is read.
struct Line {
    node: Node,
    operands: usize,
    /// Successors read so far.
    succ: [BlockId; 2],
    succs: usize,
    first: bool,
}

impl Parser<'_> {
    /// Reads one node into `block`.
    pub(super) fn node(&mut self, block: BlockId) -> Res<()> {
        let source_line = self.lex.line;
        let mut name_at = self.at;
        let mut lhs = None;
        let Tok::Word(mut word) = self.tok else {
            return self.expected("a node");
        };
        if let Some(k) = numbered(word, "t") {
            self.advance();
            self.expect(b'=')?;
            if self.nodes.get(k).is_some() {
                return self.fail(name_at, format!("t{k} is defined twice"));
            }
            lhs = Some((k, name_at));
            name_at = self.at;
            match self.tok {
                Tok::Word(w) => word = w,
                _ => return self.expected("an opcode"),
            }
        }
        let (name, suffix) = match word.split_once('.') {
            Some((n, s)) => (n, Some(s)),
            None => (word, None),
        };
        let Some(op) = opcode_named(name) else {
            return self.fail(name_at, format!("no opcode is called `{name}`"));
        };
        let suffix = match suffix {
            None => None,
            Some(s) => match type_named(s) {
                None => {
                    let at = name_at + name.len() + 1;
                    return self.fail(at, format!("`{s}` is not a type"));
                }
                t => t,
            },
        };
        self.advance();
        let mut line = Line {
            node: Node::new(op, VarType::Void),
            operands: 0,
            succ: [BlockId::NONE; 2],
            succs: 0,
            first: true,
        };
        let info = op.info();
        if info.aux == AuxKind::Call {
            line.node.ty = suffix.unwrap_or(VarType::Void);
            self.call(&mut line)?;
        } else {
            self.head(&mut line, suffix, name_at)?;
            self.items(&mut line)?;
            self.check_counts(&line, name_at)?;
        }
        if self.tok == Tok::Punct(b'[') {
            self.attributes(&mut line)?;
        }
        self.end_of_line()?;
        self.emit(block, &line, lhs, source_line)
    }

    fn emit(
        &mut self,
        block: BlockId,
        line: &Line,
        lhs: Option<(u32, usize)>,
        source_line: u32,
    ) -> Res<()> {
        let node = line.node;
        let body = &mut self.m.body;
        let id = body.append(block, node);
        body.node_il.push(source_line);
        if num_succs(node.op) > 0 {
            body.blocks[block].succ = line.succ;
        }
        if node.op.info().aux == AuxKind::Call {
            let c = body.calls[CallId(node.aux)];
            for a in &body.call_args[c.first_arg as usize..] {
                if let Some(d) = a.opnd.as_node() {
                    body.nodes[d].user = id;
                }
            }
        }
        if let Some((k, at)) = lhs {
            if self.m.body.value_type(id) == VarType::Void {
                let name = node.op.name();
                return self.fail(at, format!("`{name}` has no value here"));
            }
            self.nodes.set(k, id.0);
        }
        Ok(())
    }

    /// Types and the word for `sub`.
    fn head(&mut self, line: &mut Line, suffix: Option<VarType>, name_at: usize) -> Res<()> {
        let op = line.node.op;
        let info = op.info();
        if suffix_is_compared(op) {
            let Some(t) = suffix else {
                let name = info.name;
                return self.fail(name_at, format!("`{name}` needs a type: `{name}.i32`"));
            };
            line.node.aux = t as u32;
            line.node.ty = default_type(&self.m, op, None);
        } else if let Some(t) = suffix {
            line.node.ty = t;
        } else if info.aux != AuxKind::Local {
            line.node.ty = default_type(&self.m, op, None);
        }
        // `store_lcl` takes its type from the local; everything else with a typed value must say it.
        let untyped = line.node.ty == VarType::Void && suffix.is_none();
        let typed = (info.result == ResultKind::T || info.operands.contains(&OperandKind::T))
            && !info.effects.contains(Effects::LOWERED);
        if untyped && typed {
            let name = info.name;
            return self.fail(name_at, format!("`{name}` needs a type: `{name}.i32`"));
        }
        match info.sub {
            SubKind::None | SubKind::Barrier | SubKind::Scale => {}
            SubKind::Cond => {
                let cond = match self.tok {
                    Tok::Word(w) => Cond::from_name(w),
                    _ => None,
                };
                let Some(cond) = cond else {
                    return self.expected("a condition");
                };
                line.node.sub = cond as u8;
                self.advance();
            }
            SubKind::Type => line.node.sub = self.scalar_type()? as u8,
            SubKind::Index => line.node.sub = self.number(255, "a number")? as u8,
            SubKind::Reg => {
                let reg = match self.tok {
                    Tok::Word(w) => numbered(w, "r").filter(|&r| r < 256),
                    _ => None,
                };
                let Some(reg) = reg else {
                    return self.expected("a register (`r0`)");
                };
                line.node.sub = reg as u8;
                self.advance();
            }
        }
        if op == Opcode::SelectCmp {
            line.node.aux = self.scalar_type()? as u32;
        }
        Ok(())
    }

    /// Is there another item of the list? Takes the comma in front of it.
    #[inline]
    fn more(&mut self, line: &mut Line) -> bool {
        if line.first {
            line.first = false;
            !matches!(self.tok, Tok::Newline | Tok::End | Tok::Punct(b'[' | b'}'))
        } else {
            self.eat(b',')
        }
    }

    /// `aux`, operands and successors.
    fn items(&mut self, line: &mut Line) -> Res<()> {
        let op = line.node.op;
        let info = op.info();
        let has_aux_word = match info.aux {
            AuxKind::None | AuxKind::Type | AuxKind::Call | AuxKind::Switch => false,
            AuxKind::Imm => trailing_imm(op).is_none(),
            _ => true,
        };
        if has_aux_word {
            line.first = false;
            self.aux_word(line)?;
        }
        let succs = num_succs(op);
        while self.more(line) {
            let at = self.at;
            match self.tok {
                Tok::Word(w) if succs > 0 && numbered(w, "bb").is_some() => {
                    if line.succs >= succs {
                        return self.fail(at, format!("`{}` has {succs} successors", info.name));
                    }
                    line.succ[line.succs] = self.block_ref()?;
                    line.succs += 1;
                }
                Tok::Word("scale") if info.sub == SubKind::Scale => {
                    self.advance();
                    let at = self.at;
                    let s = self.number(8, "the scale")?;
                    if !s.is_power_of_two() {
                        return self.fail(at, "a scale is 1, 2, 4 or 8");
                    }
                    line.node.sub = s.trailing_zeros() as u8;
                }
                Tok::Word(w) if trailing_imm(op) == Some(w) => {
                    self.advance();
                    line.node.aux = self.immediate()?;
                }
                Tok::Punct(b'[') if op == Opcode::Switch => self.switch_targets(line)?,
                _ => {
                    if line.operands >= info.operands.len() {
                        let n = info.operands.len();
                        return self.fail(at, format!("`{}` has {n} operands", info.name));
                    }
                    let ty = position_type(&self.m, &self.m.body.locals, &line.node, line.operands);
                    line.node.opnd[line.operands] = self.operand(ty)?;
                    line.operands += 1;
                }
            }
        }
        Ok(())
    }

    fn check_counts(&self, line: &Line, at: usize) -> Res<()> {
        let op = line.node.op;
        let need = required_operands(op);
        if line.operands < need {
            let have = line.operands;
            return self.fail(
                at,
                format!("`{}` needs {need} operands, not {have}", op.name()),
            );
        }
        let need = num_succs(op);
        if line.succs < need {
            let have = line.succs;
            return self.fail(
                at,
                format!("`{}` needs {need} successors, not {have}", op.name()),
            );
        }
        if op == Opcode::Switch && line.succs == 0 {
            return self.fail(at, "`switch` needs its targets: `[bb1, bb2], bb3`");
        }
        Ok(())
    }

    fn switch_targets(&mut self, line: &mut Line) -> Res<()> {
        if line.succs > 0 {
            return self.fail(self.at, "a second list of targets");
        }
        line.succs = 1;
        self.advance();
        let first = self.m.body.switch_targets.len() as u32;
        let mut count = 0;
        while !self.eat(b']') {
            if count > 0 {
                self.expect(b',')?;
            }
            let t = self.block_ref()?;
            self.m.body.switch_targets.push(t);
            count += 1;
        }
        self.expect(b',')?;
        let t = self.block_ref()?;
        self.m.body.switch_targets.push(t);
        let row = self
            .m
            .body
            .switches
            .push(super::method::SwitchInfo { first, count });
        line.node.aux = row.0;
        Ok(())
    }

    fn aux_word(&mut self, line: &mut Line) -> Res<()> {
        let op = line.node.op;
        line.node.aux = match op.info().aux {
            AuxKind::Local => {
                let l = self.local_ref()?;
                let local = self.m.body.locals[l];
                if op == Opcode::StoreLcl && line.node.ty == VarType::Void {
                    line.node.ty = default_type(&self.m, op, Some(&local));
                }
                l.0
            }
            AuxKind::Layout => self.layout_ref()?.0,
            AuxKind::Func => self.func_ref()?.0,
            AuxKind::Block => self.block_ref()?.0,
            AuxKind::Lookup => self.lookup()?.0,
            _ => self.immediate()?,
        };
        Ok(())
    }

    fn immediate(&mut self) -> Res<u32> {
        if let Tok::Int(s) = self.tok {
            if let Some(v) = int_value(s).map(|v| v as i64)
                && (i64::from(i32::MIN)..=i64::from(u32::MAX)).contains(&v)
            {
                self.advance();
                return Ok(v as u32);
            }
            return self.fail(self.at, "the number does not fit 32 bits");
        }
        self.expected("a number")
    }

    fn local_ref(&mut self) -> Res<LocalId> {
        if let Tok::Word(w) = self.tok
            && let Some(k) = numbered(w, "v")
        {
            let Some(id) = self.locals.get(k) else {
                return self.fail(self.at, format!("v{k} is not declared"));
            };
            self.advance();
            return Ok(LocalId(id));
        }
        self.expected("a local (`v0`)")
    }

    fn func_ref(&mut self) -> Res<FuncId> {
        self.expect(b'@')?;
        let name = self.name()?;
        let handle = match self.eat(b'#') {
            true => self.number(u64::MAX, "a handle")?,
            false => 0,
        };
        let key = (name, handle);
        if let Some(&id) = self.funcs.get(&key) {
            return Ok(id);
        }
        let name = key.0.clone();
        let id = self.m.funcs.push(FuncRef { name, handle });
        self.funcs.insert(key, id);
        Ok(id)
    }

    fn lookup(&mut self) -> Res<LookupId> {
        let Tok::Word(word) = self.tok else {
            return self.expected("what is looked up");
        };
        self.advance();
        let request = if let "class" | "literal" | "static" = word {
            let s = match self.tok {
                Tok::Str(s) => unescape(s),
                _ => return self.expected("a string"),
            };
            let Some(s) = s else {
                return self.fail(self.at, "unknown escape in a string");
            };
            self.advance();
            match word {
                "class" => LookupRequest::Class(s),
                "literal" => LookupRequest::Literal(s),
                _ => LookupRequest::StaticAddress(s),
            }
        } else {
            let make = match word {
                "value" => Lookup::Value,
                "indirect" => Lookup::Indirect,
                "indirect_twice" => Lookup::IndirectTwice,
                "relative" => Lookup::Relative,
                _ => return self.fail(self.at, format!("unknown kind of lookup `{word}`")),
            };
            LookupRequest::Known(make(self.number(u64::MAX, "a value")?))
        };
        Ok(self.m.lookups.push(request))
    }
}

impl Parser<'_> {
    // ---- operands

    /// One operand; a constant has type `ty`.
    pub(super) fn operand(&mut self, ty: VarType) -> Res<Operand> {
        match self.tok {
            Tok::Word(w) => {
                if let Some(k) = numbered(w, "t") {
                    let Some(id) = self.nodes.get(k) else {
                        return self.fail(self.at, format!("t{k} is not defined"));
                    };
                    self.advance();
                    return Ok(Operand::node(NodeId(id)));
                }
                if w.starts_with('v') {
                    let l = self.local_ref()?;
                    let last = self.eat(b'!');
                    return Ok(Operand::local(l).with_last_use(last));
                }
                match w {
                    "_" => {
                        self.advance();
                        return Ok(Operand::NONE);
                    }
                    "null" => {
                        self.advance();
                        return Ok(self.m.body.const_operand(0));
                    }
                    _ => {}
                }
            }
            Tok::Int(s) => {
                let v = self.int_constant(s, ty)?;
                self.advance();
                return Ok(self.m.body.const_operand(v));
            }
            _ => {}
        }
        let at = self.at;
        match self.float(ty == VarType::F32)? {
            Some(bits) if ty.is_float() => Ok(self.m.body.const_operand(bits)),
            Some(_) => self.fail(
                at,
                format!("a floating-point number where {ty} is expected"),
            ),
            None => self.expected("an operand"),
        }
    }

    fn int_constant(&self, s: &str, ty: VarType) -> Res<u64> {
        let value = match ty {
            VarType::F64 => s.parse::<f64>().ok().map(f64::to_bits),
            VarType::F32 => s.parse::<f32>().ok().map(|f| u64::from(f.to_bits())),
            VarType::I32 => int_value(s).and_then(|v| {
                let v = v as i64;
                let fits = (i64::from(i32::MIN)..=i64::from(u32::MAX)).contains(&v);
                fits.then_some(v as i32 as i64 as u64)
            }),
            _ => int_value(s),
        };
        match value {
            Some(v) => Ok(v),
            None => self.fail(self.at, format!("`{s}` does not fit {ty}")),
        }
    }

    /// A floating-point number by its bits (`1.5`, `-inf`, `nan`, `nan:0x7ff8000000000001`); `None`, and nothing read, if
    /// something else stands here.
    pub(super) fn float(&mut self, single: bool) -> Res<Option<u64>> {
        let bits = |f: f64| match single {
            true => u64::from((f as f32).to_bits()),
            false => f.to_bits(),
        };
        let v = match self.tok {
            Tok::Float(s) => {
                let v = match single {
                    true => s.parse::<f32>().ok().map(|f| u64::from(f.to_bits())),
                    false => s.parse::<f64>().ok().map(f64::to_bits),
                };
                let Some(v) = v else {
                    return self.expected("a number");
                };
                v
            }
            Tok::Word("inf") => bits(f64::INFINITY),
            Tok::Punct(b'-') => {
                self.advance();
                if self.tok != Tok::Word("inf") {
                    return self.expected("`inf` or a digit");
                }
                bits(f64::NEG_INFINITY)
            }
            Tok::Word("nan") => {
                self.advance();
                if !self.eat(b':') {
                    return Ok(Some(match single {
                        true => u64::from(f32::NAN.to_bits()),
                        false => f64::NAN.to_bits(),
                    }));
                }
                let max = if single {
                    u64::from(u32::MAX)
                } else {
                    u64::MAX
                };
                let at = self.at;
                let v = self.number(max, "the bits of a NaN")?;
                let nan = match single {
                    true => f32::from_bits(v as u32).is_nan(),
                    false => f64::from_bits(v).is_nan(),
                };
                if !nan {
                    return self.fail(at, "these are not the bits of a NaN");
                }
                return Ok(Some(v));
            }
            _ => return Ok(None),
        };
        self.advance();
        Ok(Some(v))
    }

    // ---- calls

    fn call(&mut self, line: &mut Line) -> Res<()> {
        let ret = line.node.ty;
        let ret_layout = match ret {
            VarType::Struct => self.layout_ref()?,
            _ => crate::types::LayoutId::NONE,
        };
        let target = match self.tok {
            Tok::Punct(b'@') => CallTarget::Func(self.func_ref()?),
            Tok::Punct(b'$') => CallTarget::Helper(self.helper()?),
            Tok::Punct(b'*') => CallTarget::Indirect,
            _ => return self.expected("`@function`, `$helper` or `*address`"),
        };
        while self.tok == Tok::Punct(b'*') {
            if line.operands == 3 {
                return self.fail(self.at, "a call has no more than three addresses");
            }
            self.advance();
            line.node.opnd[line.operands] = self.operand(VarType::I64)?;
            line.operands += 1;
        }
        self.expect(b'(')?;
        let first_arg = self.m.body.call_args.len() as u32;
        while !self.eat(b')') {
            if self.m.body.call_args.len() as u32 > first_arg {
                self.expect(b',')?;
            }
            let a = self.argument()?;
            self.m.body.call_args.push(a);
        }
        let body = &mut self.m.body;
        let row = body.calls.push(CallInfo {
            target,
            ret,
            ret_layout,
            first_arg,
            num_args: body.call_args.len() as u32 - first_arg,
            flags: CallFlags::empty(),
            stack_bytes: 0,
        });
        line.node.aux = row.0;
        Ok(())
    }

    fn argument(&mut self) -> Res<CallArg> {
        let Tok::Word(w) = self.tok else {
            return self.expected("an argument (`i32 v0`)");
        };
        let mut kind = ArgKind::User;
        if type_named(w).is_none() {
            let Some(k) = ArgKind::ALL[1..].iter().find(|k| k.name() == w) else {
                return self.fail(self.at, format!("`{w}` is neither a type nor a kind"));
            };
            kind = *k;
            self.advance();
            self.expect(b':')?;
        }
        let at = self.at;
        let (ty, layout) = self.full_type()?;
        if ty == VarType::Void {
            return self.fail(at, "an argument cannot be void");
        }
        let opnd = self.operand(ty.actual())?;
        Ok(CallArg {
            opnd,
            ty,
            kind,
            layout,
        })
    }

    fn helper(&mut self) -> Res<Helper> {
        self.advance();
        let Tok::Word(w) = self.tok else {
            return self.expected("the name of a helper");
        };
        if w == "other" {
            self.advance();
            let n = self.number(u64::from(u16::MAX), "the number of a helper")?;
            return Ok(Helper::Other(n as u16));
        }
        match Helper::NAMED.iter().find(|h| h.1 == w) {
            Some(&(h, _)) => {
                self.advance();
                Ok(h)
            }
            None => self.fail(self.at, format!("no helper is called `{w}`")),
        }
    }

    // ---- attributes

    fn attributes(&mut self, line: &mut Line) -> Res<()> {
        self.advance();
        let info = line.node.op.info();
        let is_call = info.aux == AuxKind::Call;
        while !self.eat(b']') {
            let Tok::Word(w) = self.tok else {
                return self.expected("an attribute or `]`");
            };
            if let Some(&(f, _)) = NODE_FLAGS.iter().find(|f| f.1 == w) {
                line.node.flags |= f;
                self.advance();
                continue;
            }
            if is_call {
                let row = line.node.aux as usize;
                if let Some(&(f, _)) = CALL_FLAGS.iter().find(|f| f.1 == w) {
                    self.m.body.calls.raw()[row].flags |= f;
                    self.advance();
                    continue;
                }
                match w {
                    "stack" => {
                        self.advance();
                        let v = self.number(u64::from(u32::MAX), "a size")? as u32;
                        self.m.body.calls.raw()[row].stack_bytes = v;
                        continue;
                    }
                    "type" => {
                        self.advance();
                        line.node.ty = self.scalar_type()?;
                        continue;
                    }
                    _ => {}
                }
            }
            let at = self.at;
            self.advance();
            match w {
                "barrier" if info.sub == SubKind::Barrier => {
                    let b = match self.tok {
                        Tok::Word("none") => Barrier::None,
                        Tok::Word("unchecked") => Barrier::Unchecked,
                        Tok::Word("checked") => Barrier::Checked,
                        _ => return self.expected("`none`, `unchecked` or `checked`"),
                    };
                    line.node.sub = b as u8;
                    self.advance();
                }
                "sub" if info.sub == SubKind::None => {
                    line.node.sub = self.number(255, "a number")? as u8;
                }
                "aux" if info.aux == AuxKind::None => line.node.aux = self.immediate()?,
                _ => return self.fail(at, format!("`{}` has no attribute `{w}`", info.name)),
            }
        }
        Ok(())
    }
}
