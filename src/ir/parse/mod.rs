//! The parser of text IR.
//!
//! One pass, no backtracking, no recursion, no allocation per word. Errors name line and column and render with a caret. Numbers of
//! nodes, locals and blocks in the text are arbitrary; the method gets dense ones: nodes and blocks in the order of the text. Node
//! positions (`Body::node_il`) are the lines.
//!
//! | file | subject |
//! |---|---|
//! | here | modules, layouts, errors |
//! | `function` | a function but for its nodes: locals, regions, clauses, block headers |
//! | `node` | one node: opcode, operands, attributes |
//! | `plain` | the same for lines as the printer writes them |
//! | `call` | calls and lookups |
//! | `run` | `; run:` lines |
//! | `lex` | bytes to words, numbers, strings |
//! | `table` | words to opcodes, types, conditions |
//! | `names` | the text's numbers and names to ids |

mod call;
mod function;
pub(super) mod lex;
mod names;
mod node;
mod plain;
mod run;
mod table;

pub use call::helper_by_name;

use super::*;
use crate::types::{ClassLayout, GcKind, LayoutField, LayoutId, VarType};
use lex::Lexer;
use names::{Names, Numbers};
use std::borrow::Cow;
use std::collections::HashSet;

/// Methods, layouts and run lines of one text.
#[derive(Clone, Default, Debug, PartialEq)]
pub struct Module {
    /// Methods in order.
    pub methods: Vec<Method>,
    /// `; run:` lines in order.
    pub runs: Vec<Run>,
    /// Layouts in order; each method has copies of those that it names.
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
        // Of a long line, what is near the place.
        let at = self.column as usize - 1;
        let start = if at < LONGEST_SHOWN {
            0
        } else {
            at - LONGEST_SHOWN / 2
        };
        let line: String = line.chars().skip(start).take(LONGEST_SHOWN).collect();
        let pad: String = line
            .chars()
            .take(at - start)
            .map(|c| if c == '\t' { c } else { ' ' })
            .collect();
        format!(
            "{file}:{}:{}: {}\n{line}\n{pad}^\n",
            self.line, self.column, self.message
        )
    }
}

/// Of a line, so many characters are shown.
const LONGEST_SHOWN: usize = 160;

/// The largest size of a layout in text.
const LARGEST_LAYOUT: u32 = 1 << 28;

/// In a box: results stay small.
type Result<T> = std::result::Result<T, Box<ParseError>>;

/// Reads a module.
pub fn parse_module(text: &str) -> std::result::Result<Module, ParseError> {
    read(text).map_err(|e| *e)
}

fn read(text: &str) -> Result<Module> {
    let mut p = Parser::new(text);
    while !p.lex.at_end() {
        match p.lex.peek_word() {
            "layout" => p.layout()?,
            "func" => p.func()?,
            _ => return p.fail("expected `layout` or `func`"),
        }
    }
    for (line, text) in std::mem::take(&mut p.lex.runs) {
        let run = run::parse_run(text, line).map_err(|message| {
            Box::new(ParseError {
                line,
                column: 1,
                message: format!("run line: {message}"),
            })
        })?;
        p.module.runs.push(run);
    }
    Ok(p.module)
}

struct Parser<'a> {
    lex: Lexer<'a>,
    text: &'a str,
    module: Module,
    /// The names of the module's layouts, and of all functions that it mentions.
    layout_names: Names<'a>,
    func_names: Names<'a>,
    /// The names of the functions that have been read.
    defined: HashSet<Cow<'a, str>>,
    /// The function at hand, without its body, which grows in one whose memory is kept.
    m: Method,
    body: Body,
    nodes: Numbers,
    locals: Numbers,
    blocks: Numbers,
    /// The module's layouts and functions to the method's.
    layouts: Numbers,
    funcs: Numbers,
    /// Blocks in the order of their first mention; `order` has them in the order of their headers.
    named_blocks: Vec<function::NamedBlock>,
    order: Vec<u32>,
    /// The block at hand, by its first mention.
    block: u32,
    /// Is `block` still without its terminator, and without any node?
    open: bool,
    empty: bool,
    /// Does a node name a block in `aux`?
    names_blocks: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Parser<'a> {
        let numbers = || Numbers::new(text.len());
        Parser {
            lex: Lexer::new(text),
            text,
            module: Module::default(),
            layout_names: Names::default(),
            func_names: Names::default(),
            defined: HashSet::new(),
            m: Method::default(),
            body: Body::default(),
            nodes: numbers(),
            locals: numbers(),
            blocks: numbers(),
            layouts: numbers(),
            funcs: numbers(),
            named_blocks: Vec::new(),
            order: Vec::new(),
            block: 0,
            open: false,
            empty: false,
            names_blocks: false,
        }
    }

    /// An error here.
    #[cold]
    fn fail<T>(&self, message: impl Into<String>) -> Result<T> {
        self.fail_at(self.lex.pos(), message)
    }

    /// An error at byte `at`.
    #[cold]
    fn fail_at<T>(&self, at: usize, message: impl Into<String>) -> Result<T> {
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Err(Box::new(ParseError {
            line: before.bytes().filter(|&c| c == b'\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
            message: message.into(),
        }))
    }

    #[inline]
    fn expect(&mut self, c: u8) -> Result<()> {
        if self.lex.eat(c) {
            Ok(())
        } else {
            self.fail(format!("expected `{}`", c as char))
        }
    }

    fn expect_word(&mut self, w: &str) -> Result<()> {
        if self.lex.eat_word(w) {
            Ok(())
        } else {
            self.fail(format!("expected `{w}`"))
        }
    }

    fn word(&mut self, what: &str) -> Result<&'a str> {
        match self.lex.word() {
            Some(w) => Ok(w),
            None => self.fail(format!("expected {what}")),
        }
    }

    fn integer(&mut self, what: &str) -> Result<i64> {
        if let Some(v) = self.lex.short_int() {
            return Ok(v);
        }
        let text = self.lex.peek_number();
        match run::parse_int(text) {
            Some(v) => {
                self.lex.advance(text.len());
                Ok(v)
            }
            None => self.fail(format!("expected {what}")),
        }
    }

    /// An integer from 0 to `max`.
    fn up_to(&mut self, max: u32, what: &str) -> Result<u32> {
        let at = self.lex.pos();
        let v = self.integer(what)?;
        match u32::try_from(v) {
            Ok(v) if v <= max => Ok(v),
            _ => self.fail_at(at, format!("{what} is from 0 to {max}")),
        }
    }

    fn small(&mut self, what: &str) -> Result<u32> {
        self.up_to(u32::MAX, what)
    }

    /// `@name`.
    fn at_name(&mut self) -> Result<Cow<'a, str>> {
        if self.lex.peek() != b'@' {
            return self.fail("expected a function: @Name");
        }
        let quoted = self.lex.ahead(1) == b'"';
        match self.lex.at_name() {
            Some(name) if quoted || !name.is_empty() => Ok(name),
            _ => self.fail("a function's name is @Name or @\"Name\""),
        }
    }

    // ---- types and layouts

    /// A type but `struct`.
    #[inline]
    fn scalar_type(&mut self) -> Result<VarType> {
        let (key, length) = self.lex.peek_key();
        if let Some(ty) = table::var_type(key)
            && ty != VarType::Struct
            && !self.lex.word_goes_on(length)
        {
            self.lex.advance(length);
            return Ok(ty);
        }
        self.odd_type()
    }

    /// A type with something unusual behind it, or none.
    #[cold]
    fn odd_type(&mut self) -> Result<VarType> {
        let word = self.lex.peek_word();
        match VarType::from_name(word) {
            Some(ty) if ty != VarType::Struct => {
                self.lex.advance(word.len());
                Ok(ty)
            }
            _ => self.fail("expected a type"),
        }
    }

    fn ty(&mut self) -> Result<(VarType, LayoutId)> {
        if self.lex.peek() == b's' && self.lex.eat_word("struct") {
            return Ok((VarType::Struct, self.layout_ref()?));
        }
        Ok((self.scalar_type()?, LayoutId::NONE))
    }

    /// A layout's name; the method gets a copy when it first names it.
    fn layout_ref(&mut self) -> Result<LayoutId> {
        let name = self.lex.peek_word();
        if name.is_empty() {
            return self.fail("expected a layout's name");
        }
        let Some(n) = self.layout_names.get(name) else {
            return self.fail(format!("there is no layout {name}"));
        };
        self.lex.advance(name.len());
        if let Some(id) = self.layouts.get(n) {
            return Ok(LayoutId(id));
        }
        let layout = self.module.layouts[n as usize].clone();
        let id = self.m.layouts.push(layout);
        self.layouts.set(n, id.0);
        Ok(id)
    }

    fn layout(&mut self) -> Result<()> {
        self.lex.word();
        let at = self.lex.pos();
        let name = self.word("a layout's name")?;
        if self.layout_names.get(name).is_some() {
            return self.fail_at(at, format!("there are two layouts {name}"));
        }
        let mut l = ClassLayout {
            name: name.to_owned(),
            align: 8,
            ..ClassLayout::default()
        };
        let mut size = None;
        loop {
            if self.lex.eat_word("size") {
                size = Some(self.small("a size")?);
            } else if self.lex.eat_word("align") {
                let at = self.lex.pos();
                l.align = self.small("an alignment")?;
                if !l.align.is_power_of_two() {
                    return self.fail_at(at, "the alignment is not a power of two");
                }
            } else if self.lex.eat_word("memory") {
                l.in_memory = true;
            } else {
                break;
            }
        }
        self.expect(b'{')?;
        while !self.lex.eat(b'}') {
            let ty = self.scalar_type()?;
            if !self.lex.eat(b'@') {
                return self.fail("expected an offset: @8");
            }
            let offset = self.small("an offset")?;
            l.fields.push(LayoutField { offset, ty });
            if !self.lex.eat(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        self.check_layout(at, &mut l, size)?;
        self.layout_names.intern(name.into());
        self.module.layouts.push(l);
        Ok(())
    }

    fn check_layout(&self, at: usize, l: &mut ClassLayout, size: Option<u32>) -> Result<()> {
        let ends = l
            .fields
            .iter()
            .map(|f| f.offset.saturating_add(f.ty.size()));
        let end = ends.max().unwrap_or(0);
        l.size = size.unwrap_or(end);
        if l.size < end {
            let size = l.size;
            return self.fail_at(
                at,
                format!("a size of {size} does not hold the fields, which take {end}"),
            );
        }
        if l.size > LARGEST_LAYOUT {
            return self.fail_at(
                at,
                format!("the layout is over the limit of {LARGEST_LAYOUT} bytes"),
            );
        }
        if l.fields.iter().any(|f| f.ty.is_gc()) {
            l.gc = vec![GcKind::None; (l.size as usize).div_ceil(8)];
            for f in l.fields.iter().filter(|f| f.ty.is_gc()) {
                if f.offset % 8 != 0 {
                    return self.fail_at(at, "a reference is not aligned");
                }
                l.gc[f.offset as usize / 8] = f.ty.gc_kind();
            }
        }
        l.fields.sort_by_key(|f| f.offset);
        Ok(())
    }
}
