//! The parser of text IR.
//!
//! One pass, no backtracking, no recursion. Errors name line and column and render with a caret. Numbers of nodes, locals and
//! blocks in the text are arbitrary; the method gets dense ones. Node positions (`Body::node_il`) are the lines.

use super::lex::{Lexer, NO_NUMBER, Tok};
use super::print::{BLOCK_WORDS, CALL_WORDS, LOCAL_WORDS, NODE_WORDS};
use super::text::{
    Suffix, aux_word, barrier_attribute, compare_word, position_type, successors, suffix,
};
use super::*;
use crate::ee::{Helper, Lookup, LookupRequest};
use crate::types::{ClassLayout, GcKind, LayoutField, LayoutId, VarType};

/// Methods, layouts and run lines of one text.
#[derive(Clone, Default, Debug, PartialEq)]
pub struct Module {
    /// Methods in order.
    pub methods: Vec<Method>,
    /// `; run:` lines in order.
    pub runs: Vec<Run>,
    /// Layouts in order; each method has a copy of them.
    pub layouts: Vec<ClassLayout>,
}

/// A `; run:` line: a call and what it should do.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The function.
    pub func: String,
    /// Arguments.
    pub args: Vec<RunValue>,
    /// What should come of it.
    pub expect: Expect,
    /// Line of the text.
    pub line: u32,
}

/// A literal of a run line.
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum RunValue {
    /// An integer.
    Int(i64),
    /// A floating number.
    Float(f64),
}

/// The expected outcome of a run line.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// These values, in order; none for `void`.
    Values(Vec<RunValue>),
    /// A trap of this kind.
    Trap(String),
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The message with the line of `source` and a caret.
    pub fn render(&self, source: &str, file: &str) -> String {
        let line = source.lines().nth(self.line as usize - 1).unwrap_or("");
        let pad: String = line
            .chars()
            .take(self.column as usize - 1)
            .map(|c| if c == '\t' { c } else { ' ' })
            .collect();
        format!(
            "{file}:{}:{}: {}\n{line}\n{pad}^\n",
            self.line, self.column, self.message
        )
    }
}

type Result<T> = std::result::Result<T, ParseError>;

/// Largest number of a node, local or block that the text may use.
const MAX_NUMBER: usize = 1 << 24;

/// Reads a module.
pub fn parse_module(text: &str) -> Result<Module> {
    let mut p = Parser {
        lex: Lexer::new(text),
        text,
        module: Module::default(),
        m: Method::default(),
        nodes: Vec::new(),
        locals: Vec::new(),
        blocks: Vec::new(),
        block: BlockId::NONE,
        order: Vec::new(),
        pending_user: Vec::new(),
    };
    loop {
        match p.lex.tok {
            Tok::Eof => break,
            Tok::Word("layout") => p.layout()?,
            Tok::Word("func") => p.func()?,
            _ => return p.fail("expected `layout` or `func`"),
        }
    }
    let runs = std::mem::take(&mut p.lex.runs);
    for (line, text) in runs {
        let run = parse_run(text, line).map_err(|message| ParseError {
            line,
            column: 1,
            message: format!("run line: {message}"),
        })?;
        p.module.runs.push(run);
    }
    Ok(p.module)
}

struct Parser<'a> {
    lex: Lexer<'a>,
    text: &'a str,
    module: Module,
    m: Method,
    nodes: Vec<NodeId>,
    locals: Vec<LocalId>,
    blocks: Vec<BlockId>,
    block: BlockId,
    /// Blocks in the order of their headers.
    order: Vec<BlockId>,
    pending_user: Vec<Operand>,
}

impl<'a> Parser<'a> {
    fn fail<T>(&self, message: impl Into<String>) -> Result<T> {
        self.fail_at(self.lex.line, self.lex.start, message)
    }

    fn fail_at<T>(&self, line: u32, at: usize, message: impl Into<String>) -> Result<T> {
        let line_start = self.text[..at].rfind('\n').map_or(0, |i| i + 1);
        let column = self.text[line_start..at].chars().count() as u32 + 1;
        Err(ParseError {
            line,
            column,
            message: message.into(),
        })
    }

    fn next(&mut self) -> Tok<'a> {
        let t = self.lex.tok;
        self.lex.advance();
        t
    }

    fn eat(&mut self, c: u8) -> bool {
        let yes = matches!(self.lex.tok, Tok::Punct(p) if p == c);
        if yes {
            self.lex.advance();
        }
        yes
    }

    fn expect(&mut self, c: u8) -> Result<()> {
        if self.eat(c) {
            Ok(())
        } else {
            self.fail(format!("expected `{}`", c as char))
        }
    }

    fn eat_word(&mut self, w: &str) -> bool {
        let yes = matches!(self.lex.tok, Tok::Word(x) if x == w);
        if yes {
            self.lex.advance();
        }
        yes
    }

    fn expect_word(&mut self, w: &str) -> Result<()> {
        if self.eat_word(w) {
            Ok(())
        } else {
            self.fail(format!("expected `{w}`"))
        }
    }

    fn word(&mut self, what: &str) -> Result<&'a str> {
        match self.lex.tok {
            Tok::Word(w) => {
                self.lex.advance();
                Ok(w)
            }
            _ => self.fail(format!("expected {what}")),
        }
    }

    fn integer(&mut self, what: &str) -> Result<i64> {
        if let Tok::Number(s) = self.lex.tok
            && let Some(v) = parse_int(s)
        {
            self.lex.advance();
            return Ok(v);
        }
        self.fail(format!("expected {what}"))
    }

    fn small(&mut self, what: &str) -> Result<u32> {
        let (line, at) = (self.lex.line, self.lex.start);
        let v = self.integer(what)?;
        u32::try_from(v).or_else(|_| self.fail_at(line, at, format!("{what} is out of range")))
    }

    // ---- types and layouts

    fn layout(&mut self) -> Result<()> {
        self.lex.advance();
        let name = self.word("a layout's name")?.to_owned();
        let mut l = ClassLayout {
            name,
            align: 8,
            ..ClassLayout::default()
        };
        let mut size = None;
        loop {
            if self.eat_word("size") {
                size = Some(self.small("a size")?);
            } else if self.eat_word("align") {
                l.align = self.small("an alignment")?;
                if !l.align.is_power_of_two() {
                    return self.fail("the alignment is not a power of two");
                }
            } else {
                break;
            }
        }
        self.expect(b'{')?;
        while !self.eat(b'}') {
            let ty = self.scalar_type()?;
            let Tok::At(offset) = self.lex.tok else {
                return self.fail("expected an offset: @8");
            };
            let Ok(offset) = offset.parse::<u32>() else {
                return self.fail("an offset is a number");
            };
            self.lex.advance();
            l.fields.push(LayoutField { offset, ty });
            if !self.eat(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        let end = l
            .fields
            .iter()
            .map(|f| f.offset.saturating_add(f.ty.size()))
            .max()
            .unwrap_or(0);
        l.size = size.unwrap_or(end);
        if l.size < end || l.size > 1 << 28 {
            return self.fail("the layout's size does not hold its fields, or is over the limit");
        }
        if l.fields.iter().any(|f| f.ty.is_gc()) {
            l.gc = vec![GcKind::None; (l.size as usize).div_ceil(8)];
            for f in l.fields.iter().filter(|f| f.ty.is_gc()) {
                if f.offset % 8 != 0 {
                    return self.fail("a reference is not aligned");
                }
                l.gc[f.offset as usize / 8] = f.ty.gc_kind();
            }
        }
        l.fields.sort_by_key(|f| f.offset);
        self.module.layouts.push(l);
        Ok(())
    }

    fn scalar_type(&mut self) -> Result<VarType> {
        match self.lex.tok {
            Tok::Word(w) => match VarType::from_name(w) {
                Some(t) if t != VarType::Struct => {
                    self.lex.advance();
                    Ok(t)
                }
                _ => self.fail("expected a type"),
            },
            _ => self.fail("expected a type"),
        }
    }

    fn ty(&mut self) -> Result<(VarType, LayoutId)> {
        if self.eat_word("struct") {
            return Ok((VarType::Struct, self.layout_ref()?));
        }
        Ok((self.scalar_type()?, LayoutId::NONE))
    }

    fn layout_ref(&mut self) -> Result<LayoutId> {
        let Tok::Word(w) = self.lex.tok else {
            return self.fail("expected a layout's name");
        };
        match self.module.layouts.iter().position(|l| l.name == w) {
            Some(i) => {
                self.lex.advance();
                Ok(LayoutId(i as u32))
            }
            None => self.fail(format!("there is no layout {w}")),
        }
    }

    // ---- functions

    fn func(&mut self) -> Result<()> {
        self.lex.advance();
        self.m = Method::default();
        self.nodes.clear();
        self.locals.clear();
        self.blocks.clear();
        self.block = BlockId::NONE;
        self.order.clear();
        for l in &self.module.layouts {
            self.m.layouts.push(l.clone());
        }
        match self.next() {
            Tok::At(name) if !name.is_empty() => self.m.name = name.to_owned(),
            _ => return self.fail("expected a function's name: @Name"),
        }
        self.expect(b'(')?;
        while !self.eat(b')') {
            let l = self.local_decl()?;
            self.m.body.locals[l].flags.insert(LocalFlags::PARAM);
            self.m.num_params += 1;
            if !self.eat(b',') {
                self.expect(b')')?;
                break;
            }
        }
        if self.eat(b'>') {
            let (ty, layout) = self.ty()?;
            self.m.ret = ty;
            self.m.ret_layout = layout;
        }
        self.expect(b'{')?;
        loop {
            match self.lex.tok {
                Tok::Word("local") => {
                    self.lex.advance();
                    self.local_decl()?;
                }
                Tok::Word("region") => self.region()?,
                Tok::Word("clause") => self.clause()?,
                _ => break,
            }
        }
        while !self.eat(b'}') {
            self.line()?;
        }
        if let Some(b) = self
            .m
            .body
            .blocks
            .ids()
            .find(|&b| self.m.body.blocks[b].first.is_none())
        {
            let name = self.blocks.iter().position(|&x| x == b).unwrap_or(0);
            return self.fail(format!("block bb{name} is named but has no nodes"));
        }
        if self.order.is_empty() {
            return self.fail("a function has at least one block");
        }
        if !self.m.body.blocks[self.block]
            .last
            .is_some_and_terminator(&self.m.body)
        {
            return self.fail("the last block has no terminator");
        }
        self.order_blocks();
        let body = &mut self.m.body;
        for n in body.nodes.ids() {
            let unused = body.nodes[n].user.is_none() && body.value_type(n) != VarType::Void;
            body.nodes[n].flags.set(NodeFlags::UNUSED, unused);
        }
        self.module.methods.push(std::mem::take(&mut self.m));
        Ok(())
    }

    /// Gives blocks the numbers of their places in the text.
    fn order_blocks(&mut self) {
        let body = &mut self.m.body;
        let mut to = vec![BlockId::NONE; body.blocks.len()];
        let mut blocks = crate::util::IndexVec::new();
        for &b in &self.order {
            to[b.0 as usize] = blocks.push(body.blocks[b]);
        }
        let renumber = |b: &mut BlockId| {
            if b.is_some() {
                *b = to[b.0 as usize];
            }
        };
        for b in blocks.iter_mut() {
            b.succ.iter_mut().for_each(renumber);
        }
        body.blocks = blocks;
        body.switch_targets.iter_mut().for_each(renumber);
        for c in body.clauses.iter_mut() {
            renumber(&mut c.handler_entry);
            renumber(&mut c.filter_entry);
        }
        for n in body.nodes.iter_mut().filter(|n| n.op == Opcode::LabelAddr) {
            n.aux = to[n.aux as usize].0;
        }
    }

    fn local_decl(&mut self) -> Result<LocalId> {
        let number = self.numbered('v', "a local: v0, v1, ...")?;
        if self.locals.get(number).is_some_and(|l| l.is_some()) {
            return self.fail(format!("v{number} is declared twice"));
        }
        self.expect(b':')?;
        let (ty, layout) = self.ty()?;
        let mut l = Local {
            ty,
            flags: LocalFlags::empty(),
            layout,
        };
        if self.eat(b'[') {
            while !self.eat(b']') {
                let w = self.word("an attribute of a local")?;
                match LOCAL_WORDS.iter().find(|x| x.0 == w) {
                    Some(x) => l.flags.insert(x.1),
                    None => return self.fail(format!("{w} is no attribute of a local")),
                }
            }
        }
        let id = self.m.body.locals.push(l);
        put(&mut self.locals, number, id, LocalId::NONE);
        Ok(id)
    }

    /// A word that is `prefix` and a number.
    fn numbered(&mut self, prefix: char, what: &str) -> Result<usize> {
        let n = self.lex.number as usize;
        if n < MAX_NUMBER && matches!(self.lex.tok, Tok::Word(w) if w.starts_with(prefix)) {
            self.lex.advance();
            return Ok(n);
        }
        self.fail(format!("expected {what}"))
    }

    fn region(&mut self) -> Result<()> {
        self.lex.advance();
        let id = self.small("a region's number")?;
        if id != self.m.body.regions.len() as u32 {
            return self.fail("regions are numbered from 0 in order");
        }
        let kind = match self.word("`try`, `handler` or `filter`")? {
            "try" => RegionKind::Try,
            "handler" => RegionKind::Handler,
            "filter" => RegionKind::Filter,
            _ => return self.fail("expected `try`, `handler` or `filter`"),
        };
        self.expect_word("clause")?;
        let clause = ClauseId(self.small("a clause's number")?);
        let parent = if self.eat_word("in") {
            RegionId(self.small("a region's number")?)
        } else {
            RegionId::NONE
        };
        self.m.body.regions.push(Region {
            parent,
            kind,
            clause,
        });
        Ok(())
    }

    fn clause(&mut self) -> Result<()> {
        self.lex.advance();
        let id = self.small("a clause's number")?;
        if id != self.m.body.clauses.len() as u32 {
            return self.fail("clauses are numbered from 0 in order");
        }
        let mut filter_entry = BlockId::NONE;
        let kind = match self.word("`catch`, `filter`, `finally` or `fault`")? {
            "catch" => ClauseKind::Catch(self.small("a class's number")?),
            "filter" => {
                filter_entry = self.block_ref()?;
                ClauseKind::Filter
            }
            "finally" => ClauseKind::Finally,
            "fault" => ClauseKind::Fault,
            _ => return self.fail("expected `catch`, `filter`, `finally` or `fault`"),
        };
        self.expect_word("try")?;
        let try_region = RegionId(self.small("a region's number")?);
        self.expect_word("handler")?;
        let handler_region = RegionId(self.small("a region's number")?);
        self.expect_word("entry")?;
        let handler_entry = self.block_ref()?;
        self.m.body.clauses.push(Clause {
            kind,
            try_region,
            handler_region,
            handler_entry,
            filter_entry,
        });
        Ok(())
    }

    fn block_ref(&mut self) -> Result<BlockId> {
        let n = self.lex.number as usize;
        if n < MAX_NUMBER && matches!(self.lex.tok, Tok::Word(w) if w.starts_with('b')) {
            self.lex.advance();
            return Ok(self.block_number(n));
        }
        self.fail("expected a block: bb0, bb1, ...")
    }

    /// Blocks get their ids when first named; layout order is fixed up by `order_blocks` at the end.
    fn block_number(&mut self, n: usize) -> BlockId {
        match self.blocks.get(n) {
            Some(b) if b.is_some() => *b,
            _ => {
                let b = self.m.body.blocks.push(Block::new());
                put(&mut self.blocks, n, b, BlockId::NONE);
                b
            }
        }
    }

    /// A block header or a node.
    fn line(&mut self) -> Result<()> {
        let Tok::Word(w) = self.lex.tok else {
            return self.fail("expected a block, a node or `}`");
        };
        if w.starts_with('b') && self.lex.number != NO_NUMBER {
            return self.block_header();
        }
        if self.block.is_none() {
            return self.fail("expected a block: bb0:");
        }
        if self.m.body.blocks[self.block]
            .last
            .is_some_and_terminator(&self.m.body)
        {
            return self.fail("a node behind the block's terminator");
        }
        self.node()
    }

    fn block_header(&mut self) -> Result<()> {
        if self.block.is_some()
            && !self.m.body.blocks[self.block]
                .last
                .is_some_and_terminator(&self.m.body)
        {
            return self.fail("the block above has no terminator");
        }
        let b = self.block_ref()?;
        if self.m.body.blocks[b].first.is_some() {
            return self.fail("the block stands twice");
        }
        if self.eat(b'[') {
            while !self.eat(b']') {
                let w = self.word("an attribute of a block")?;
                match w {
                    "weight" => self.m.body.blocks[b].weight = self.small("a weight")?,
                    "region" => {
                        self.m.body.blocks[b].region = RegionId(self.small("a region's number")?)
                    }
                    w => match BLOCK_WORDS.iter().find(|x| x.0 == w) {
                        Some(x) => self.m.body.blocks[b].flags.insert(x.1),
                        None => return self.fail(format!("{w} is no attribute of a block")),
                    },
                }
            }
        }
        self.expect(b':')?;
        self.block = b;
        self.order.push(b);
        Ok(())
    }

    fn node(&mut self) -> Result<()> {
        let line = self.lex.line;
        let mut name = None;
        let mut at = self.lex.start;
        let number = self.lex.number as usize;
        let mut w = self.word("an opcode")?;
        if number < MAX_NUMBER && w.starts_with('t') {
            name = Some(number);
            self.expect(b'=')?;
            at = self.lex.start;
            w = self.word("an opcode")?;
        }
        let (op_name, ty_name) = w.split_once('.').map_or((w, None), |(a, b)| (a, Some(b)));
        let Some(op) = super::parse_table::opcode(op_name) else {
            return self.fail_at(line, at, format!("there is no opcode {op_name}"));
        };
        let mut node = Node::new(op, VarType::Void);
        self.suffix(&mut node, ty_name)?;
        let mut call_layout = LayoutId::NONE;
        if node.ty == VarType::Struct {
            call_layout = self.layout_ref()?;
        }
        self.sub(&mut node)?;
        if compare_word(op) {
            node.aux = self.scalar_type()? as u32;
        }
        self.pending_user.clear();
        if op.info().aux == AuxKind::Call {
            self.call(&mut node, call_layout)?;
        } else {
            self.items(&mut node)?;
        }
        // The offset of a field of a local may be left out: 0.
        let offset = match op {
            Opcode::LclAddr | Opcode::LclFld => 0,
            Opcode::StoreLclFld => 1,
            _ => 3,
        };
        if offset < 3 && node.opnd[offset].is_none() {
            node.opnd[offset] = Operand::small(0).unwrap_or_default();
        }
        self.attributes(&mut node)?;
        if matches!(op, Opcode::LoadStruct | Opcode::StoreStruct) {
            node.ty = VarType::Struct;
        }
        let id = self.m.body.append(self.block, node);
        self.m.body.node_il.push(line);
        for i in 0..self.pending_user.len() {
            if let Some(d) = self.pending_user[i].as_node() {
                self.m.body.nodes[d].user = id;
            }
        }
        if let Some(n) = name {
            if self.m.body.value_type(id) == VarType::Void {
                return self.fail_at(
                    line,
                    self.lex.start,
                    format!("{op_name} has no value to name"),
                );
            }
            put(&mut self.nodes, n, id, NodeId::NONE);
        }
        Ok(())
    }

    fn suffix(&mut self, node: &mut Node, ty_name: Option<&str>) -> Result<()> {
        let ty = match ty_name {
            None => None,
            Some(t) => match VarType::from_name(t) {
                Some(t) => Some(t),
                None => return self.fail(format!("there is no type {t}")),
            },
        };
        match (suffix(node.op), ty) {
            (Suffix::None, None) => {}
            (Suffix::None, Some(_)) => {
                return self.fail(format!("{} takes no type", node.op.name()));
            }
            (Suffix::Node, Some(t)) => node.ty = t,
            (Suffix::Compare, Some(t)) => node.aux = t as u32,
            (_, None) => {
                return self.fail(format!(
                    "{} needs a type: {}.i32",
                    node.op.name(),
                    node.op.name()
                ));
            }
        }
        if node.ty == VarType::Struct && !matches!(node.op, Opcode::Call | Opcode::TailCall) {
            return self.fail("only calls have a struct's type");
        }
        Ok(())
    }

    fn sub(&mut self, node: &mut Node) -> Result<()> {
        match node.op.info().sub {
            SubKind::Cond => {
                let w = self.word("a condition")?;
                match Cond::from_name(w) {
                    Some(c) => node.sub = c as u8,
                    None => return self.fail(format!("there is no condition {w}")),
                }
            }
            SubKind::Type => node.sub = self.scalar_type()? as u8,
            SubKind::Index => {
                self.expect(b'#')?;
                node.sub = self.small("a small number")? as u8;
            }
            _ => {}
        }
        Ok(())
    }

    /// Everything between opcode and attributes.
    fn items(&mut self, node: &mut Node) -> Result<()> {
        let info = node.op.info();
        let mut first = true;
        macro_rules! comma {
            () => {
                if !first {
                    self.expect(b',')?;
                }
                #[allow(unused_assignments)]
                {
                    first = false;
                }
            };
        }
        match info.aux {
            AuxKind::Local => {
                comma!();
                node.aux = self.local_ref()?.0;
            }
            AuxKind::Layout => node.aux = self.layout_ref()?.0,
            AuxKind::Func => {
                comma!();
                let Tok::At(name) = self.lex.tok else {
                    return self.fail("expected a function: @Name");
                };
                self.lex.advance();
                node.aux = self.func_id(name).0;
            }
            AuxKind::Block => {
                comma!();
                node.aux = self.block_ref()?.0;
            }
            AuxKind::Lookup => {
                comma!();
                let r = self.lookup()?;
                node.aux = self.m.lookups.push(r).0;
            }
            _ => {}
        }
        let mut k = 0;
        let succs = successors(node.op);
        while k < info
            .operands
            .len()
            .max(if node.op == Opcode::Mach { 3 } else { 0 })
        {
            if !first && !matches!(self.lex.tok, Tok::Punct(b',')) {
                break;
            }
            if first && !self.at_operand() {
                break;
            }
            if !first {
                self.lex.advance();
                if !self.at_operand() {
                    // A trailing word: put back by falling into the loop below.
                    return self.trailing(node, succs);
                }
            }
            first = false;
            let o = self.operand(node, k)?;
            node.opnd[k] = o;
            k += 1;
        }
        if info.aux == AuxKind::Switch {
            comma!();
            return self.switch(node);
        }
        if first && (succs > 0 || self.at_trailing()) {
            return self.trailing(node, succs);
        }
        if self.eat(b',') {
            return self.trailing(node, succs);
        }
        if succs > 0 {
            return self.fail("expected `,` and a block");
        }
        Ok(())
    }

    fn at_operand(&self) -> bool {
        match self.lex.tok {
            Tok::Number(_) => true,
            Tok::Word(w) => {
                (self.lex.number != NO_NUMBER && !w.starts_with('b')) || matches!(w, "inf" | "nan")
            }
            _ => false,
        }
    }

    fn at_trailing(&self) -> bool {
        matches!(
            self.lex.tok,
            Tok::Word("scale" | "disp" | "imm" | "size" | "reg")
        )
    }

    /// `scale 8, disp 16, imm 3, reg 7` and successors.
    fn trailing(&mut self, node: &mut Node, succs: usize) -> Result<()> {
        loop {
            if self.eat_word("scale") {
                let s = self.small("a scale")?;
                if !matches!(s, 1 | 2 | 4 | 8) {
                    return self.fail("a scale is 1, 2, 4 or 8");
                }
                node.sub = s.trailing_zeros() as u8;
            } else if (self.lex.tok == Tok::Word(aux_word(node.op))
                || self.lex.tok == Tok::Word("imm"))
                && node.op.info().aux == AuxKind::Imm
            {
                self.lex.advance();
                let v = self.integer("a number")?;
                match i32::try_from(v).or(u32::try_from(v).map(|v| v as i32)) {
                    Ok(v) => node.aux = v as u32,
                    Err(_) => return self.fail("the number does not fit 32 bits"),
                }
            } else if self.eat_word("reg") {
                node.sub = self.small("a register's number")?.min(255) as u8;
            } else {
                break;
            }
            if !self.eat(b',') {
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
            let at = self.block;
            self.m.body.blocks[at].succ[i] = b;
        }
        Ok(())
    }

    fn switch(&mut self, node: &mut Node) -> Result<()> {
        self.expect(b'[')?;
        let first = self.m.body.switch_targets.len() as u32;
        while !self.eat(b']') {
            let b = self.block_ref()?;
            self.m.body.switch_targets.push(b);
            if !self.eat(b',') {
                self.expect(b']')?;
                break;
            }
        }
        let count = self.m.body.switch_targets.len() as u32 - first;
        self.expect(b',')?;
        let default = self.block_ref()?;
        self.m.body.switch_targets.push(default);
        node.aux = self
            .m
            .body
            .switches
            .push(method::SwitchInfo { first, count })
            .0;
        Ok(())
    }

    fn local_ref(&mut self) -> Result<LocalId> {
        let (line, at) = (self.lex.line, self.lex.start);
        let n = self.numbered('v', "a local")?;
        match self.locals.get(n) {
            Some(l) if l.is_some() => Ok(*l),
            _ => self.fail_at(line, at, format!("v{n} is not declared")),
        }
    }

    fn operand(&mut self, node: &Node, k: usize) -> Result<Operand> {
        let locals = &self.m.body.locals;
        let ty = position_type(node, k, |l| locals[l].ty, self.m.ret);
        self.typed_operand(ty)
    }

    fn typed_operand(&mut self, ty: VarType) -> Result<Operand> {
        let (line, at) = (self.lex.line, self.lex.start);
        match self.lex.tok {
            Tok::Word(w) if w.starts_with('t') => {
                let n = self.numbered('t', "a value")?;
                match self.nodes.get(n) {
                    Some(d) if d.is_some() => {
                        if self.m.body.nodes[*d].user.is_some() {
                            return self.fail_at(line, at, format!("t{n} is used twice; a value is used once, a local as often as needed"));
                        }
                        self.m.body.nodes[*d].user = *d;
                        Ok(Operand::node(*d))
                    }
                    _ => self.fail_at(line, at, format!("t{n} has no definition above")),
                }
            }
            Tok::Word(w) if w.starts_with('v') => {
                let l = self.local_ref()?;
                let last = self.eat(b'!');
                Ok(Operand::local(l).with_last_use(last))
            }
            Tok::Number(_) | Tok::Word(_) => {
                let bits = self.constant(ty)?;
                Ok(self.m.body.const_operand(bits))
            }
            _ => self.fail("expected a value, a local or a constant"),
        }
    }

    fn constant(&mut self, ty: VarType) -> Result<u64> {
        let (Tok::Number(s) | Tok::Word(s)) = self.lex.tok else {
            return self.fail("expected a constant");
        };
        let bits = if ty.is_float() {
            self.float_bits(s, ty)?
        } else {
            parse_int(s).map(|v| v as u64)
        };
        let Some(bits) = bits else {
            return self.fail(format!("{s} is no constant of type {ty}"));
        };
        if ty == VarType::I32 && bits as i64 != bits as i32 as i64 && bits > u32::MAX as u64 {
            return self.fail(format!("{s} does not fit 32 bits"));
        }
        self.lex.advance();
        Ok(if ty == VarType::I32 {
            bits as i32 as i64 as u64
        } else {
            bits
        })
    }

    fn float_bits(&mut self, s: &str, ty: VarType) -> Result<Option<u64>> {
        if s == "nan" {
            // nan:0x7ff8... with its bits, or just nan.
            let rest = &self.text[self.lex.start + 3..];
            if rest.starts_with(":0x") {
                self.lex.advance();
                self.expect(b':')?;
                let Tok::Number(h) = self.lex.tok else {
                    return self.fail("expected the bits of a NaN");
                };
                return Ok(parse_int(h).map(|v| v as u64));
            }
            return Ok(Some(if ty == VarType::F64 {
                f64::NAN.to_bits()
            } else {
                f32::NAN.to_bits() as u64
            }));
        }
        let v = if ty == VarType::F64 {
            s.parse::<f64>().ok().map(|v| v.to_bits())
        } else {
            s.parse::<f32>().ok().map(|v| v.to_bits() as u64)
        };
        Ok(v)
    }

    fn func_id(&mut self, name: &str) -> FuncId {
        match self.m.funcs.iter().position(|f| f.name == name) {
            Some(i) => FuncId(i as u32),
            None => self.m.funcs.push(FuncRef {
                name: name.to_owned(),
                handle: 0,
            }),
        }
    }

    fn lookup(&mut self) -> Result<LookupRequest> {
        let w =
            self.word("a lookup: value, indirect, indirect2, relative, class, literal or static")?;
        let text = |p: &mut Self| match p.lex.tok {
            Tok::Str(s) => {
                p.lex.advance();
                Ok(s.to_owned())
            }
            _ => p.fail("expected a string"),
        };
        Ok(match w {
            "value" => LookupRequest::Known(Lookup::Value(self.integer("an address")? as u64)),
            "indirect" => {
                LookupRequest::Known(Lookup::Indirect(self.integer("an address")? as u64))
            }
            "indirect2" => {
                LookupRequest::Known(Lookup::IndirectTwice(self.integer("an address")? as u64))
            }
            "relative" => {
                LookupRequest::Known(Lookup::Relative(self.integer("an address")? as u64))
            }
            "class" => LookupRequest::Class(text(self)?),
            "literal" => LookupRequest::Literal(text(self)?),
            "static" => LookupRequest::StaticAddress(text(self)?),
            _ => return self.fail(format!("there is no lookup {w}")),
        })
    }

    fn call(&mut self, node: &mut Node, ret_layout: LayoutId) -> Result<()> {
        let target = match self.lex.tok {
            Tok::At(name) => {
                self.lex.advance();
                CallTarget::Func(self.func_id(name))
            }
            Tok::Dollar(name) => {
                let Some(h) = helper_by_name(name) else {
                    return self.fail(format!("there is no helper {name}"));
                };
                self.lex.advance();
                CallTarget::Helper(h)
            }
            Tok::Punct(b'*') => {
                self.lex.advance();
                node.opnd[0] = self.typed_operand(VarType::I64)?;
                CallTarget::Indirect
            }
            _ => return self.fail("expected @function, $helper or *address"),
        };
        self.expect(b'(')?;
        let mut args: smallvec::SmallVec<[CallArg; 8]> = smallvec::SmallVec::new();
        while !self.eat(b')') {
            let mut kind = ArgKind::User;
            if let Tok::Word(w) = self.lex.tok
                && VarType::from_name(w).is_none()
                && let Some(k) = ArgKind::ALL
                    .into_iter()
                    .find(|k| *k != ArgKind::User && k.name() == w)
            {
                self.lex.advance();
                self.expect(b':')?;
                kind = k;
            }
            let (ty, layout) = self.ty()?;
            let opnd = self.typed_operand(ty.actual())?;
            self.pending_user.push(opnd);
            args.push(CallArg {
                opnd,
                ty,
                kind,
                layout,
            });
            if !self.eat(b',') {
                self.expect(b')')?;
                break;
            }
        }
        let first_arg = self.m.body.call_args.len() as u32;
        self.m.body.call_args.extend_from_slice(&args);
        node.aux = self
            .m
            .body
            .calls
            .push(CallInfo {
                target,
                ret: node.ty,
                ret_layout,
                first_arg,
                num_args: args.len() as u32,
                flags: CallFlags::empty(),
                stack_bytes: 0,
            })
            .0;
        Ok(())
    }

    fn attributes(&mut self, node: &mut Node) -> Result<()> {
        if !matches!(self.lex.tok, Tok::Punct(b'[')) {
            return Ok(());
        }
        self.lex.advance();
        while !self.eat(b']') {
            let w = self.word("an attribute")?;
            if w == "barrier" && barrier_attribute(node.op) {
                node.sub = match self.word("`checked` or `unchecked`")? {
                    "unchecked" => Barrier::Unchecked as u8,
                    "checked" => Barrier::Checked as u8,
                    "none" => Barrier::None as u8,
                    _ => return self.fail("expected `checked` or `unchecked`"),
                };
            } else if let Some(x) = NODE_WORDS.iter().find(|x| x.0 == w) {
                node.flags.insert(x.1);
            } else if let (Some(x), Opcode::Call | Opcode::TailCall) =
                (CALL_WORDS.iter().find(|x| x.0 == w), node.op)
            {
                self.m.body.calls[CallId(node.aux)].flags.insert(x.1);
            } else {
                return self.fail(format!("{w} is no attribute of {}", node.op.name()));
            }
        }
        Ok(())
    }
}

impl NodeId {
    /// Is this a node, and a terminator?
    fn is_some_and_terminator(self, body: &Body) -> bool {
        self.is_some() && body.nodes[self].op.is_terminator()
    }
}

fn put<T: Copy>(v: &mut Vec<T>, i: usize, x: T, none: T) {
    if v.len() <= i {
        v.resize(i + 1, none);
    }
    v[i] = x;
}

/// The helper with this text name.
pub fn helper_by_name(name: &str) -> Option<Helper> {
    if let Some(n) = name.strip_prefix("helper").and_then(|n| n.parse().ok()) {
        return Some(Helper::Other(n));
    }
    Helper::NAMED.iter().find(|x| x.1 == name).map(|x| x.0)
}

/// A decimal or hexadecimal integer of at most 64 bits, signed or not.
fn parse_int(s: &str) -> Option<i64> {
    let (negative, digits) = s.strip_prefix('-').map_or((false, s), |d| (true, d));
    let v = match digits.strip_prefix("0x") {
        Some(h) => u64::from_str_radix(h, 16).ok()?,
        None => digits.parse::<u64>().ok()?,
    };
    if negative {
        (v <= 1 << 63).then(|| (v as i64).wrapping_neg())
    } else {
        Some(v as i64)
    }
}

/// `Name(args) == value`, `Name(args) == (a, b)`, `Name(args)` or `Name(args) traps kind`.
fn parse_run(text: &str, line: u32) -> std::result::Result<Run, String> {
    let open = text.find('(').ok_or("expected `Name(`")?;
    let close = text[open..]
        .find(')')
        .map(|i| i + open)
        .ok_or("expected `)`")?;
    let func = text[..open].trim().trim_start_matches('@').to_owned();
    let args = run_values(&text[open + 1..close])?;
    let rest = text[close + 1..].trim();
    let expect = if rest.is_empty() {
        Expect::Values(Vec::new())
    } else if let Some(kind) = rest.strip_prefix("traps") {
        Expect::Trap(kind.trim().to_owned())
    } else if let Some(v) = rest.strip_prefix("==") {
        Expect::Values(run_values(
            v.trim().trim_start_matches('(').trim_end_matches(')'),
        )?)
    } else {
        return Err(format!("expected `==` or `traps`, found `{rest}`"));
    };
    Ok(Run {
        func,
        args,
        expect,
        line,
    })
}

fn run_values(text: &str) -> std::result::Result<Vec<RunValue>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(|s| {
            parse_int(s)
                .map(RunValue::Int)
                .or_else(|| s.parse().ok().map(RunValue::Float))
                .ok_or_else(|| format!("`{s}` is no number"))
        })
        .collect()
}
