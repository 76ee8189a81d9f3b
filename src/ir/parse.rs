//! Text IR, read: modules, heads, layouts and runs. Nodes are in [`parse_node`](super::parse_node).
//!
//! One pass with one token of look-ahead. Numbers in the text (`t7`, `v3`, `bb2`) map through dense vectors to dense ids; blocks
//! may be named before they stand, so block numbers are translated at the end of the function. Any text is either read or refused
//! with a [`ParseError`]; what is well formed but wrong (types, uses, regions) is [`verify`](super::verify)'s to find.

use std::collections::HashMap;

use super::lex::{Lexer, Tok, int_value, unescape};
use super::module::{Expect, Module, Run, RunValue};
use super::print::{BLOCK_FLAGS, LOCAL_FLAGS};
use super::*;
use crate::types::{ClassLayout, GcKind, LayoutField, LayoutId, VarType};
use crate::util::IndexVec;

/// Why a text was refused, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

impl ParseError {
    /// The message with the line of `source` and a caret under the place; `file` is how the text is called.
    pub fn render(&self, source: &str, file: &str) -> String {
        let line = source
            .split('\n')
            .nth(self.line as usize - 1)
            .unwrap_or("")
            .trim_end_matches('\r');
        let pad: String = line
            .chars()
            .take(self.column as usize - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        format!("{file}:{self}\n{line}\n{pad}^\n")
    }

    fn at(text: &str, fail: Fail) -> ParseError {
        let mut at = fail.at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &text[..at];
        let start = before.rfind('\n').map_or(0, |p| p + 1);
        ParseError {
            line: before.bytes().filter(|&c| c == b'\n').count() as u32 + 1,
            column: before[start..].chars().count() as u32 + 1,
            message: fail.message,
        }
    }
}

/// Reads a module.
pub fn parse_module(text: &str) -> Result<Module, ParseError> {
    let mut p = Parser::new(text);
    match p.module() {
        Ok(()) => Ok(p.module),
        Err(fail) => Err(ParseError::at(text, *fail)),
    }
}

/// A refusal before its place is turned into line and column.
pub(super) struct Fail {
    at: usize,
    message: String,
}

/// Boxed, so that results stay small.
pub(super) type Res<T> = Result<T, Box<Fail>>;

/// Largest number in `t7`, `v3`, `bb2` that is read: the maps are dense.
const MAX_ID: u32 = 1 << 24;
/// Largest layout that text can declare, in bytes.
const MAX_LAYOUT: u64 = 1 << 24;

/// Numbers of the text to ids.
#[derive(Default)]
pub(super) struct IdMap(Vec<u32>);

impl IdMap {
    #[inline]
    pub(super) fn get(&self, k: u32) -> Option<u32> {
        self.0.get(k as usize).copied().filter(|&v| v != u32::MAX)
    }
    pub(super) fn set(&mut self, k: u32, id: u32) {
        let k = k as usize;
        if k >= self.0.len() {
            self.0.resize(k + 1, u32::MAX);
        }
        self.0[k] = id;
    }
}

/// The number of `prefix` + digits, if `w` is that and not too large.
#[inline]
pub(super) fn numbered(w: &str, prefix: &str) -> Option<u32> {
    let d = w.strip_prefix(prefix)?.as_bytes();
    if d.is_empty() || d.len() > 8 {
        return None;
    }
    let mut v = 0;
    for &c in d {
        let c = c.wrapping_sub(b'0');
        if c > 9 {
            return None;
        }
        v = v * 10 + u32::from(c);
    }
    (v <= MAX_ID).then_some(v)
}

/// The parser.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) lex: Lexer<'a>,
    /// The token in front.
    pub(super) tok: Tok<'a>,
    /// Its offset.
    pub(super) at: usize,
    module: Module,
    layout_names: HashMap<String, u32>,
    func_names: HashMap<String, ()>,
    /// The function being read.
    pub(super) m: Method,
    pub(super) nodes: IdMap,
    pub(super) locals: IdMap,
    blocks: IdMap,
    /// Block numbers named so far, with their places.
    pub(super) block_refs: Vec<(u32, usize)>,
    pub(super) funcs: HashMap<(String, u64), FuncId>,
    /// Layout of the module → layout of the method.
    layouts: IdMap,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Parser<'a> {
        let mut lex = Lexer::new(text);
        let (tok, at) = lex.next();
        Parser {
            text,
            lex,
            tok,
            at,
            module: Module::default(),
            layout_names: HashMap::new(),
            func_names: HashMap::new(),
            m: Method::default(),
            nodes: IdMap::default(),
            locals: IdMap::default(),
            blocks: IdMap::default(),
            block_refs: Vec::new(),
            funcs: HashMap::new(),
            layouts: IdMap::default(),
        }
    }

    // ---- tokens

    #[inline]
    pub(super) fn advance(&mut self) {
        (self.tok, self.at) = self.lex.next();
    }

    #[cold]
    pub(super) fn fail<T>(&self, at: usize, message: impl Into<String>) -> Res<T> {
        Err(Box::new(Fail {
            at,
            message: message.into(),
        }))
    }

    /// What the token in front is called in messages.
    fn found(&self) -> String {
        match self.tok {
            Tok::Word(s) | Tok::Int(s) | Tok::Float(s) => format!("`{s}`"),
            Tok::Str(_) => "a string".into(),
            Tok::Punct(b'"') => "a string that does not end".into(),
            Tok::Punct(_) => {
                let c = self.text[self.at..].chars().next().unwrap_or(' ');
                format!("`{}`", c.escape_debug())
            }
            Tok::Arrow => "`->`".into(),
            Tok::Equal => "`==`".into(),
            Tok::Run(_) => "a run".into(),
            Tok::Newline => "the end of the line".into(),
            Tok::End => "the end of the text".into(),
        }
    }

    #[cold]
    pub(super) fn expected<T>(&self, what: &str) -> Res<T> {
        self.fail(self.at, format!("expected {what}, found {}", self.found()))
    }

    #[inline]
    pub(super) fn eat(&mut self, c: u8) -> bool {
        let is = self.tok == Tok::Punct(c);
        if is {
            self.advance();
        }
        is
    }

    #[inline]
    pub(super) fn expect(&mut self, c: u8) -> Res<()> {
        if self.eat(c) {
            Ok(())
        } else {
            self.expected(&format!("`{}`", c as char))
        }
    }

    fn eat_word(&mut self, w: &str) -> bool {
        let is = self.tok == Tok::Word(w);
        if is {
            self.advance();
        }
        is
    }

    fn expect_word(&mut self, w: &str) -> Res<()> {
        if self.eat_word(w) {
            Ok(())
        } else {
            self.expected(&format!("`{w}`"))
        }
    }

    pub(super) fn end_of_line(&mut self) -> Res<()> {
        match self.tok {
            Tok::Newline => {
                self.advance();
                Ok(())
            }
            Tok::End => Ok(()),
            _ => self.expected("the end of the line"),
        }
    }

    /// A plain or quoted name.
    pub(super) fn name(&mut self) -> Res<String> {
        let s = match self.tok {
            Tok::Word(s) => s.to_owned(),
            Tok::Str(s) => match unescape(s) {
                Some(s) => s,
                None => return self.fail(self.at, "unknown escape in a string"),
            },
            _ => return self.expected("a name"),
        };
        self.advance();
        Ok(s)
    }

    /// A number of at most `max`.
    pub(super) fn number(&mut self, max: u64, what: &str) -> Res<u64> {
        match self.tok {
            Tok::Int(s) if !s.starts_with('-') => match int_value(s) {
                Some(v) if v <= max => {
                    self.advance();
                    Ok(v)
                }
                _ => self.fail(self.at, format!("{what} is too large")),
            },
            _ => self.expected(what),
        }
    }

    /// A type word other than `struct`.
    pub(super) fn scalar_type(&mut self) -> Res<VarType> {
        if let Tok::Word(w) = self.tok
            && let Some(t) = type_named(w)
        {
            self.advance();
            return Ok(t);
        }
        self.expected("a type")
    }

    /// A type, with the layout of a struct.
    pub(super) fn full_type(&mut self) -> Res<(VarType, LayoutId)> {
        let ty = self.scalar_type()?;
        let layout = match ty {
            VarType::Struct => self.layout_ref()?,
            _ => LayoutId::NONE,
        };
        Ok((ty, layout))
    }

    /// The name of a declared layout.
    pub(super) fn layout_ref(&mut self) -> Res<LayoutId> {
        let at = self.at;
        let name = self.name()?;
        let Some(&row) = self.layout_names.get(&name) else {
            return self.fail(at, format!("no layout is called `{name}`"));
        };
        if let Some(id) = self.layouts.get(row) {
            return Ok(LayoutId(id));
        }
        let id = self
            .m
            .layouts
            .push(self.module.layouts[row as usize].clone());
        self.layouts.set(row, id.0);
        Ok(id)
    }
}

/// The type called `w`, `struct` included.
#[inline]
pub(super) fn type_named(w: &str) -> Option<VarType> {
    Some(match w {
        "i32" => VarType::I32,
        "i64" => VarType::I64,
        "ref" => VarType::Ref,
        "byref" => VarType::Byref,
        "f64" => VarType::F64,
        _ => return VarType::from_name(w),
    })
}

/// GC kinds of the words of a layout with these fields; empty when there is none.
pub(super) fn gc_of_fields(size: u32, fields: &[LayoutField]) -> Vec<GcKind> {
    if fields.iter().all(|f| !f.ty.is_gc()) {
        return Vec::new();
    }
    let mut gc = vec![GcKind::None; size.div_ceil(8) as usize];
    for f in fields.iter().filter(|f| f.ty.is_gc()) {
        if let Some(g) = gc.get_mut(f.offset as usize / 8) {
            *g = f.ty.gc_kind();
        }
    }
    gc
}

/// The type of a constant at operand `k`, as [`Body::position_type`], with the method's return type known and any number in
/// `aux` allowed.
pub(super) fn position_type(
    m: &Method,
    locals: &IndexVec<LocalId, Local>,
    node: &Node,
    k: usize,
) -> VarType {
    match node.op.info().operands.get(k) {
        Some(OperandKind::T) => node.ty.actual(),
        Some(OperandKind::I32) => VarType::I32,
        Some(OperandKind::Ref) => VarType::Ref,
        Some(OperandKind::Src) => node.source_type().actual(),
        Some(OperandKind::Cmp) => node.compare_type().actual(),
        Some(OperandKind::Lcl) => locals
            .get(LocalId(node.aux))
            .map_or(VarType::I64, |l| l.ty.actual()),
        Some(OperandKind::RetT) => m.ret.actual(),
        _ => VarType::I64,
    }
}

impl Parser<'_> {
    // ---- top level

    fn module(&mut self) -> Res<()> {
        loop {
            match self.tok {
                Tok::Newline => self.advance(),
                Tok::End => return Ok(()),
                Tok::Word("layout") => self.layout()?,
                Tok::Word("func") => self.func()?,
                Tok::Run(rest) => self.run(rest)?,
                _ => return self.expected("`func` or `layout`"),
            }
        }
    }

    fn layout(&mut self) -> Res<()> {
        self.advance();
        let at = self.at;
        let name = self.name()?;
        self.expect_word("size")?;
        let size = self.number(MAX_LAYOUT, "the size")? as u32;
        self.expect_word("align")?;
        let align_at = self.at;
        let align = self.number(MAX_LAYOUT, "the alignment")? as u32;
        if !align.is_power_of_two() {
            return self.fail(align_at, "the alignment is not a power of two");
        }
        self.expect(b'{')?;
        let mut fields: Vec<LayoutField> = Vec::new();
        while !self.eat(b'}') {
            if !fields.is_empty() {
                self.expect(b',')?;
            }
            let field_at = self.at;
            let ty = self.scalar_type()?;
            self.expect(b'@')?;
            let offset = self.number(MAX_LAYOUT, "the offset")? as u32;
            if ty.size() == 0 || offset + ty.size() > size {
                return self.fail(field_at, format!("the field does not fit {size} bytes"));
            }
            if ty.is_gc() && offset % 8 != 0 {
                return self.fail(
                    field_at,
                    "a GC pointer at an offset that is no multiple of 8",
                );
            }
            if fields.last().is_some_and(|f| f.offset > offset) {
                return self.fail(field_at, "fields stand in ascending order of offset");
            }
            fields.push(LayoutField { offset, ty });
        }
        let mut gc = gc_of_fields(size, &fields);
        if self.eat_word("gc") {
            self.expect(b'[')?;
            gc.clear();
            while !self.eat(b']') {
                gc.push(match self.tok {
                    Tok::Word("none") => GcKind::None,
                    Tok::Word("ref") => GcKind::Ref,
                    Tok::Word("byref") => GcKind::Byref,
                    _ => return self.expected("`none`, `ref`, `byref` or `]`"),
                });
                self.advance();
            }
            if !gc.is_empty() && gc.len() != size.div_ceil(8) as usize {
                return self.fail(at, "one GC kind a word of 8 bytes");
            }
        }
        self.end_of_line()?;
        let row = self.module.layouts.len() as u32;
        if self.layout_names.insert(name.clone(), row).is_some() {
            return self.fail(at, format!("layout `{name}` stands twice"));
        }
        self.module.layouts.push(ClassLayout {
            size,
            align,
            gc,
            fields,
            name,
        });
        Ok(())
    }

    /// `rest` is the line behind `; run:`.
    fn run(&mut self, rest: &str) -> Res<()> {
        let line = self.lex.line;
        let inner = Lexer::within(self.text, self.at, self.at + rest.len(), line);
        let outer = std::mem::replace(&mut self.lex, inner);
        self.advance();
        let func = self.name()?;
        self.expect(b'(')?;
        let mut args = Vec::new();
        while !self.eat(b')') {
            if !args.is_empty() {
                self.expect(b',')?;
            }
            args.push(self.run_value()?);
        }
        let expect = match self.tok {
            Tok::Equal => {
                self.advance();
                let mut v = vec![self.run_value()?];
                while self.eat(b',') {
                    v.push(self.run_value()?);
                }
                Expect::Values(v)
            }
            Tok::Word("traps") => {
                self.advance();
                Expect::Trap(self.name()?)
            }
            Tok::End => Expect::Values(Vec::new()),
            _ => return self.expected("`==`, `traps` or the end of the line"),
        };
        if self.tok != Tok::End {
            return self.expected("the end of the line");
        }
        self.module.runs.push(Run {
            func,
            args,
            expect,
            line,
        });
        self.lex = outer;
        self.advance();
        Ok(())
    }

    fn run_value(&mut self) -> Res<RunValue> {
        let v = match self.tok {
            Tok::Int(s) => int_value(s).map(|v| RunValue::Int(v as i64)),
            _ => match self.float(false)? {
                Some(bits) => return Ok(RunValue::Float(f64::from_bits(bits))),
                None => return self.expected("a number"),
            },
        };
        match v {
            Some(v) => {
                self.advance();
                Ok(v)
            }
            None => self.fail(self.at, "the number does not fit 64 bits"),
        }
    }

    // ---- functions

    fn func(&mut self) -> Res<()> {
        self.m = Method::default();
        for map in [
            &mut self.nodes,
            &mut self.locals,
            &mut self.blocks,
            &mut self.layouts,
        ] {
            map.0.clear();
        }
        self.block_refs.clear();
        self.funcs.clear();
        self.advance();
        self.expect(b'@')?;
        let at = self.at;
        self.m.name = self.name()?;
        if self.func_names.insert(self.m.name.clone(), ()).is_some() {
            return self.fail(at, format!("function `{}` stands twice", self.m.name));
        }
        self.expect(b'(')?;
        while !self.eat(b')') {
            if self.m.num_params > 0 {
                self.expect(b',')?;
            }
            self.local(LocalFlags::PARAM)?;
            self.m.num_params += 1;
        }
        if self.tok == Tok::Arrow {
            self.advance();
            (self.m.ret, self.m.ret_layout) = self.full_type()?;
        }
        if self.tok != Tok::Punct(b'{') {
            return self.expected("`{`");
        }
        self.lex.runs = false;
        self.advance();
        self.end_of_line()?;
        self.lines()?;
        self.finish_blocks()?;
        super::builder::mark_unused(&mut self.m.body);
        self.module.methods.push(std::mem::take(&mut self.m));
        Ok(())
    }

    /// The lines of a function, with the closing brace.
    fn lines(&mut self) -> Res<()> {
        let mut block = BlockId::NONE;
        loop {
            let at = self.at;
            match self.tok {
                Tok::Newline => self.advance(),
                Tok::Punct(b'}') => {
                    self.lex.runs = true;
                    self.advance();
                    return self.end_of_line();
                }
                Tok::Word(w) => {
                    if let Some(k) = numbered(w, "bb") {
                        block = self.block(k)?;
                    } else if block.is_some() {
                        self.node(block)?;
                    } else if self.eat_word("local") {
                        self.local(LocalFlags::empty())?;
                        self.end_of_line()?;
                    } else if self.eat_word("region") {
                        self.region()?;
                    } else if self.eat_word("clause") {
                        self.clause()?;
                    } else {
                        return self.fail(at, "a node must stand in a block (`bb0:`)");
                    }
                }
                _ => return self.expected("a node, a block or `}`"),
            }
        }
    }

    /// `v3: i32 [attributes]`.
    fn local(&mut self, flags: LocalFlags) -> Res<()> {
        let Tok::Word(w) = self.tok else {
            return self.expected("a local (`v0`)");
        };
        let Some(k) = numbered(w, "v") else {
            return self.expected("a local (`v0`)");
        };
        if self.locals.get(k).is_some() {
            return self.fail(self.at, format!("v{k} is declared twice"));
        }
        self.advance();
        self.expect(b':')?;
        let at = self.at;
        let (ty, layout) = self.full_type()?;
        if ty == VarType::Void {
            return self.fail(at, "a local cannot be void");
        }
        let mut local = Local { ty, flags, layout };
        if self.eat(b'[') {
            while !self.eat(b']') {
                let Some(&(f, _)) = LOCAL_FLAGS.iter().find(|f| self.tok == Tok::Word(f.1)) else {
                    return self.expected("an attribute of a local");
                };
                local.flags |= f;
                self.advance();
            }
        }
        let id = self.m.body.locals.push(local);
        self.locals.set(k, id.0);
        Ok(())
    }

    /// `bb3 [attributes]:`.
    fn block(&mut self, k: u32) -> Res<BlockId> {
        if self.blocks.get(k).is_some() {
            return self.fail(self.at, format!("bb{k} stands twice"));
        }
        self.advance();
        let mut b = Block::new();
        if self.eat(b'[') {
            while !self.eat(b']') {
                if let Some(&(f, _)) = BLOCK_FLAGS.iter().find(|f| self.tok == Tok::Word(f.1)) {
                    b.flags |= f;
                    self.advance();
                } else if self.eat_word("weight") {
                    b.weight = self.number(u64::from(u32::MAX), "the weight")? as u32;
                } else if self.eat_word("region") {
                    b.region = self.region_number()?;
                } else {
                    return self.expected("an attribute of a block");
                }
            }
        }
        self.expect(b':')?;
        self.end_of_line()?;
        let id = self.m.body.blocks.push(b);
        self.blocks.set(k, id.0);
        Ok(id)
    }

    fn region_number(&mut self) -> Res<RegionId> {
        let v = self.number(u64::from(MAX_ID), "the number of a region")?;
        Ok(RegionId(v as u32))
    }

    /// A number that must be the next of its kind.
    fn next_number(&mut self, next: usize, what: &str) -> Res<()> {
        let at = self.at;
        let v = self.number(u64::from(MAX_ID), "a number")?;
        if v != next as u64 {
            return self.fail(at, format!("the next {what} is {next}"));
        }
        Ok(())
    }

    fn region(&mut self) -> Res<()> {
        self.next_number(self.m.body.regions.len(), "region")?;
        let kind = match self.tok {
            Tok::Word("try") => RegionKind::Try,
            Tok::Word("handler") => RegionKind::Handler,
            Tok::Word("filter") => RegionKind::Filter,
            _ => return self.expected("`try`, `handler` or `filter`"),
        };
        self.advance();
        self.expect_word("clause")?;
        let clause = ClauseId(self.number(u64::from(MAX_ID), "the number of a clause")? as u32);
        let parent = match self.eat_word("in") {
            true => self.region_number()?,
            false => RegionId::NONE,
        };
        self.m.body.regions.push(Region {
            parent,
            kind,
            clause,
        });
        self.end_of_line()
    }

    fn clause(&mut self) -> Res<()> {
        self.next_number(self.m.body.clauses.len(), "clause")?;
        let (word, word_at) = (self.tok, self.at);
        self.advance();
        let mut filter_entry = BlockId::NONE;
        let kind = match word {
            Tok::Word("catch") => {
                ClauseKind::Catch(self.number(u64::from(u32::MAX), "the number of a class")? as u32)
            }
            Tok::Word("filter") => {
                filter_entry = self.block_ref()?;
                ClauseKind::Filter
            }
            Tok::Word("finally") => ClauseKind::Finally,
            Tok::Word("fault") => ClauseKind::Fault,
            _ => return self.fail(word_at, "expected `catch`, `filter`, `finally` or `fault`"),
        };
        self.expect_word("try")?;
        let try_region = self.region_number()?;
        self.expect_word("handler")?;
        let handler_region = self.region_number()?;
        self.expect_word("entry")?;
        let handler_entry = self.block_ref()?;
        self.m.body.clauses.push(Clause {
            kind,
            try_region,
            handler_region,
            handler_entry,
            filter_entry,
        });
        self.end_of_line()
    }

    /// A block's number, to be translated at the end of the function.
    pub(super) fn block_ref(&mut self) -> Res<BlockId> {
        if let Tok::Word(w) = self.tok
            && let Some(k) = numbered(w, "bb")
        {
            self.block_refs.push((k, self.at));
            self.advance();
            return Ok(BlockId(k));
        }
        self.expected("a block (`bb0`)")
    }

    /// Translates block numbers to ids.
    fn finish_blocks(&mut self) -> Res<()> {
        for &(k, at) in &self.block_refs {
            if self.blocks.get(k).is_none() {
                return self.fail(at, format!("bb{k} does not stand in this function"));
            }
        }
        // Every number was checked; "none" stays.
        let fix = |b: &mut BlockId| *b = BlockId(self.blocks.get(b.0).unwrap_or(u32::MAX));
        let body = &mut self.m.body;
        for b in body.blocks.iter_mut() {
            b.succ.iter_mut().for_each(fix);
        }
        body.switch_targets.iter_mut().for_each(fix);
        for c in body.clauses.iter_mut() {
            fix(&mut c.handler_entry);
            fix(&mut c.filter_entry);
        }
        for n in body.nodes.iter_mut() {
            if n.op == Opcode::LabelAddr {
                n.aux = self.blocks.get(n.aux).unwrap_or(u32::MAX);
            }
        }
        Ok(())
    }
}
