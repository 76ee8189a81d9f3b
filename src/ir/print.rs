//! The printer: a method as text that the parser reads back to the same method.
//!
//! [`print_method`] and [`print_module`] give values the numbers that the parser will give them, the places of their nodes in the
//! text; so what was read from printed text prints the same again. [`print_state`] keeps the body's own numbers: in a dump a node has
//! one name from phase to phase.

use super::parse::lex::{is_name, push_string};
use super::text::{
    Suffix, aux_word, barrier_attribute, compare_word, position_type, successors, suffix,
};
use super::*;
use crate::ee::{Helper, Lookup, LookupRequest};
use crate::types::{ClassLayout, GcKind, LayoutId, VarType};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

/// Writing to a `String` cannot fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => { let _ = write!($out, $($arg)*); };
}

/// Appends `method` and the layouts it uses.
pub fn print_method(method: &Method, out: &mut String) {
    print_module([method], out);
}

/// Appends several methods; each layout stands once, before the first method that uses it, under a name of its own.
pub fn print_module<'a>(methods: impl IntoIterator<Item = &'a Method>, out: &mut String) {
    let layouts = RefCell::default();
    for m in methods {
        let numbers = Some(numbers_in_order(&m.body));
        print_one(m, &m.body, &layouts, numbers, out);
    }
}

/// Appends `method` with `body` in the place of its own: the state between two phases, with the body's own numbers.
pub fn print_state(method: &Method, body: &Body, out: &mut String) {
    print_one(method, body, &RefCell::default(), None, out);
}

/// The place of each node among all in the text.
fn numbers_in_order(body: &Body) -> Vec<u32> {
    let mut numbers = vec![u32::MAX; body.nodes.len()];
    let blocks = body.blocks.ids();
    let nodes = blocks.flat_map(|b| body.block_nodes(b));
    // A damaged body may lead round in a circle.
    for (place, n) in nodes.take(body.nodes.len()).enumerate() {
        numbers[n.0 as usize] = place as u32;
    }
    numbers
}

fn print_one(
    method: &Method,
    body: &Body,
    layouts: &RefCell<LayoutNames>,
    numbers: Option<Vec<u32>>,
    out: &mut String,
) {
    let mut text = String::new();
    let p = Printer {
        method,
        body,
        layouts,
        numbers,
    };
    p.function(&mut text);
    out.push_str(&std::mem::take(&mut layouts.borrow_mut().new_lines));
    out.push_str(&text);
}

/// The names of the layouts in a text, given when they are first used.
#[derive(Default)]
struct LayoutNames {
    names: HashMap<ClassLayout, String>,
    taken: HashSet<String>,
    /// Definitions not yet written.
    new_lines: String,
}

impl LayoutNames {
    fn name(&mut self, layout: &ClassLayout) -> &str {
        if !self.names.contains_key(layout) {
            let wanted = match is_word(&layout.name) {
                true => layout.name.clone(),
                false => format!("L{}", self.names.len()),
            };
            let mut name = wanted.clone();
            let mut n = 1;
            while !self.taken.insert(name.clone()) {
                n += 1;
                name = format!("{wanted}_{n}");
            }
            define_layout(&name, layout, &mut self.new_lines);
            self.names.insert(layout.clone(), name);
        }
        &self.names[layout]
    }
}

fn define_layout(name: &str, l: &ClassLayout, out: &mut String) {
    let memory = if l.in_memory { "memory " } else { "" };
    put!(
        out,
        "layout {name} size {} align {} {memory}{{",
        l.size,
        l.align
    );
    let mut sep = " ";
    for f in &l.fields {
        put!(out, "{sep}{} @{}", f.ty, f.offset);
        sep = ", ";
    }
    // Pointers that no field names: opaque layouts.
    for (w, &g) in l.gc.iter().enumerate() {
        if g != GcKind::None && !l.fields.iter().any(|f| f.offset as usize == 8 * w) {
            let ty = if g == GcKind::Ref { "ref" } else { "byref" };
            put!(out, "{sep}{ty} @{}", 8 * w);
            sep = ", ";
        }
    }
    out.push_str(if sep == " " { "}\n" } else { " }\n" });
}

fn is_word(s: &str) -> bool {
    let mut c = s.chars();
    c.next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && c.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Appends `@name`, in quotes if it holds more than a bare name may.
fn put_name(name: &str, out: &mut String) {
    out.push('@');
    if !name.is_empty() && name.bytes().all(is_name) {
        out.push_str(name);
    } else {
        push_string(name, out);
    }
}

struct Printer<'a> {
    method: &'a Method,
    body: &'a Body,
    layouts: &'a RefCell<LayoutNames>,
    /// The numbers of nodes in the text, if not their own.
    numbers: Option<Vec<u32>>,
}

impl Printer<'_> {
    fn function(&self, out: &mut String) {
        let (method, body) = (self.method, self.body);
        out.push_str("func ");
        put_name(&method.name, out);
        out.push('(');
        for i in 0..method.num_params.min(body.locals.len() as u32) {
            if i > 0 {
                out.push_str(", ");
            }
            self.local_decl(LocalId(i), out);
        }
        out.push(')');
        if method.ret != VarType::Void {
            out.push_str(" -> ");
            self.ty(method.ret, method.ret_layout, out);
        }
        out.push_str(" {\n");
        for l in body.locals.ids().skip(method.num_params as usize) {
            out.push_str("  local ");
            self.local_decl(l, out);
            out.push('\n');
        }
        self.regions(out);
        for b in body.blocks.ids() {
            self.block(b, out);
        }
        out.push_str("}\n");
    }

    /// A node's number in the text. One that stands in no block gets none that another has.
    fn number(&self, n: NodeId) -> NodeId {
        let numbers = self.numbers.as_deref();
        match numbers.map(|v| v.get(n.0 as usize).copied()) {
            None => n,
            Some(Some(place)) if place != u32::MAX => NodeId(place),
            Some(_) => NodeId(n.0.saturating_add(self.body.nodes.len() as u32)),
        }
    }

    fn layout(&self, id: LayoutId, out: &mut String) {
        match self.method.layouts.get(id) {
            Some(l) => out.push_str(self.layouts.borrow_mut().name(l)),
            None => {
                put!(out, "{id}");
            }
        }
    }

    fn ty(&self, ty: VarType, layout: LayoutId, out: &mut String) {
        if ty == VarType::Struct {
            out.push_str("struct ");
            self.layout(layout, out);
        } else {
            put!(out, "{ty}");
        }
    }

    fn local_decl(&self, l: LocalId, out: &mut String) {
        let d = &self.body.locals[l];
        put!(out, "{l}: ");
        self.ty(d.ty, d.layout, out);
        let words: Vec<&str> = LOCAL_WORDS
            .iter()
            .filter(|w| d.flags.contains(w.1))
            .map(|w| w.0)
            .collect();
        if !words.is_empty() {
            put!(out, " [{}]", words.join(" "));
        }
    }

    fn regions(&self, out: &mut String) {
        for (id, r) in self.body.regions.iter_enumerated() {
            let kind = match r.kind {
                RegionKind::Try => "try",
                RegionKind::Handler => "handler",
                RegionKind::Filter => "filter",
            };
            put!(out, "  region {} {kind} clause {}", id.0, r.clause.0);
            if r.parent.is_some() {
                put!(out, " in {}", r.parent.0);
            }
            out.push('\n');
        }
        for (id, c) in self.body.clauses.iter_enumerated() {
            put!(out, "  clause {} ", id.0);
            match c.kind {
                ClauseKind::Catch(n) => {
                    put!(out, "catch {n}");
                }
                ClauseKind::Filter => {
                    put!(out, "filter {}", c.filter_entry);
                }
                ClauseKind::Finally => out.push_str("finally"),
                ClauseKind::Fault => out.push_str("fault"),
            }
            put!(
                out,
                " try {} handler {} entry {}\n",
                c.try_region.0,
                c.handler_region.0,
                c.handler_entry
            );
        }
    }

    fn block(&self, b: BlockId, out: &mut String) {
        let block = &self.body.blocks[b];
        put!(out, "{b}");
        let mut words: Vec<String> = BLOCK_WORDS
            .iter()
            .filter(|w| block.flags.contains(w.1))
            .map(|w| w.0.to_owned())
            .collect();
        if block.weight != 100 {
            words.push(format!("weight {}", block.weight));
        }
        if block.region.is_some() {
            words.push(format!("region {}", block.region.0));
        }
        if !words.is_empty() {
            put!(out, " [{}]", words.join(" "));
        }
        out.push_str(":\n");
        for n in self.body.block_nodes(b) {
            out.push_str("  ");
            self.node(b, n, out);
            out.push('\n');
        }
    }

    fn node(&self, b: BlockId, n: NodeId, out: &mut String) {
        let node = &self.body.nodes[n];
        let i = node.op.info();
        if self.body.value_type(n) != VarType::Void {
            put!(out, "{} = ", self.number(n));
        }
        out.push_str(i.name);
        match suffix(node.op) {
            Suffix::None => {}
            Suffix::Compare => {
                put!(out, ".{}", node.compare_type());
            }
            Suffix::Node if matches!(node.op, Opcode::Call | Opcode::TailCall) => {
                let c = &self.body.calls[CallId(node.aux)];
                out.push('.');
                self.ty(c.ret, c.ret_layout, out);
            }
            Suffix::Node => {
                put!(out, ".{}", node.ty);
            }
        }
        match i.sub {
            SubKind::Cond => {
                put!(out, " {}", node.cond().name());
            }
            SubKind::Type => {
                put!(out, " {}", node.source_type());
            }
            SubKind::Index => {
                put!(out, " #{}", node.sub);
            }
            _ => {}
        }
        if compare_word(node.op) {
            put!(out, " {}", node.compare_type());
        }
        match i.aux {
            AuxKind::VecOp => {
                let name = VecOp::from_number(node.aux).map_or("?", |o| o.info().name);
                put!(out, " {name}");
            }
            AuxKind::Cond => {
                put!(out, " {}", Cond::from_bits(node.aux as u8).name());
            }
            _ => {}
        }
        let mut sep = " ";
        let mut item = |out: &mut String, text: &dyn std::fmt::Display| {
            put!(out, "{sep}{text}");
            sep = ", ";
        };
        match i.aux {
            AuxKind::Local => item(out, &LocalId(node.aux)),
            AuxKind::Layout => {
                out.push(' ');
                self.layout(LayoutId(node.aux), out);
            }
            AuxKind::Func => item(out, &self.func(FuncId(node.aux))),
            AuxKind::Block => item(out, &BlockId(node.aux)),
            AuxKind::Lookup => item(
                out,
                &lookup_text(self.method.lookups.get(LookupId(node.aux))),
            ),
            _ => {}
        }
        if i.aux == AuxKind::Call {
            self.call(n, out);
        } else {
            let count = node.opnd.iter().rposition(|o| o.is_some());
            for k in 0..count.map_or(0, |last| last + 1) {
                let local_type = |l| self.body.locals.get(l).map_or(VarType::I64, |l| l.ty);
                let ty = position_type(node, k, local_type, self.method.ret);
                item(out, &self.operand(node.opnd[k], ty));
            }
        }
        match i.sub {
            SubKind::Scale if node.sub != 0 => {
                item(out, &format!("scale {}", 1u32 << node.sub.min(31)))
            }
            SubKind::Reg => item(out, &format!("reg {}", node.sub)),
            _ => {}
        }
        let number = matches!(i.aux, AuxKind::Imm | AuxKind::Lane);
        if i.aux == AuxKind::Vector {
            let row = self.method.vector(node.aux);
            let bytes = &row[..Method::vector_bytes(node)];
            let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            item(out, &format!("\"{digits}\""));
        }
        if number && (node.aux != 0 || node.op != Opcode::Lea) {
            item(out, &format!("{} {}", aux_word(node.op), node.aux as i32));
        }
        if i.aux == AuxKind::Switch {
            let t = self.body.targets(SwitchId(node.aux));
            let (default, targets) = t.split_last().map_or((BlockId::NONE, t), |(d, t)| (*d, t));
            let list: Vec<String> = targets.iter().map(|b| b.to_string()).collect();
            item(out, &format!("[{}]", list.join(", ")));
            item(out, &default);
        }
        for &s in self.body.blocks[b].succ.iter().take(successors(node.op)) {
            item(out, &s);
        }
        self.attributes(node, out);
    }

    fn attributes(&self, node: &Node, out: &mut String) {
        let mut words: Vec<&str> = NODE_WORDS
            .iter()
            .filter(|w| node.flags.contains(w.1))
            .map(|w| w.0)
            .collect();
        if barrier_attribute(node.op) {
            match node.barrier() {
                Barrier::None => {}
                Barrier::Unchecked => words.push("barrier unchecked"),
                Barrier::Checked => words.push("barrier checked"),
            }
        }
        if matches!(node.op, Opcode::Call | Opcode::TailCall) {
            let flags = self.body.calls[CallId(node.aux)].flags;
            words.extend(
                CALL_WORDS
                    .iter()
                    .filter(|w| flags.contains(w.1))
                    .map(|w| w.0),
            );
        }
        if !words.is_empty() {
            put!(out, " [{}]", words.join(" "));
        }
    }

    fn call(&self, n: NodeId, out: &mut String) {
        let node = &self.body.nodes[n];
        let c = &self.body.calls[CallId(node.aux)];
        match c.target {
            CallTarget::Func(f) => {
                put!(out, " {}", self.func(f));
            }
            CallTarget::Helper(h) => {
                put!(out, " ${}", helper_name(h));
            }
            CallTarget::Indirect => {
                put!(out, " *{}", self.operand(node.opnd[0], VarType::I64));
            }
            CallTarget::IndirectCell => {
                put!(out, " cell *{}", self.operand(node.opnd[0], VarType::I64));
            }
            CallTarget::StubCell(l) => {
                put!(out, " cell {}", lookup_text(self.method.lookups.get(l)));
            }
        }
        out.push('(');
        for (i, a) in self.body.args(CallId(node.aux)).iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            if a.kind != ArgKind::User {
                put!(out, "{}: ", a.kind.name());
            }
            self.ty(a.ty, a.layout, out);
            put!(out, " {}", self.operand(a.opnd, a.ty.actual()));
        }
        out.push(')');
    }

    fn func(&self, f: FuncId) -> String {
        let mut text = String::new();
        match self.method.funcs.get(f) {
            Some(r) if !r.name.is_empty() => put_name(&r.name, &mut text),
            // Known by its handle alone.
            _ => {
                put!(text, "@func{}", f.0);
            }
        }
        text
    }

    fn operand(&self, o: Operand, ty: VarType) -> String {
        match o.get() {
            OperandRef::None => "none".to_owned(),
            OperandRef::Node(n) => self.number(n).to_string(),
            OperandRef::Local(l) if o.is_last_use() => format!("{l}!"),
            OperandRef::Local(l) => l.to_string(),
            _ => constant_text(self.body.const_value(o).unwrap_or(0), ty),
        }
    }
}

/// A constant as text: integers in decimal, floats so that they read back exactly.
pub fn constant_text(bits: u64, ty: VarType) -> String {
    match ty {
        VarType::F64 => {
            let v = f64::from_bits(bits);
            if v.is_nan() {
                format!("nan:0x{bits:x}")
            } else {
                format!("{v:?}")
            }
        }
        VarType::F32 => {
            let v = f32::from_bits(bits as u32);
            if v.is_nan() {
                format!("nan:0x{:x}", bits as u32)
            } else {
                format!("{v:?}")
            }
        }
        _ => (bits as i64).to_string(),
    }
}

/// The text name of a helper.
pub fn helper_name(h: Helper) -> String {
    match h {
        Helper::Other(n) => format!("helper{n}"),
        h => Helper::NAMED
            .iter()
            .find(|x| x.0 == h)
            .map_or_else(|| format!("{h:?}"), |x| x.1.to_owned()),
    }
}

fn lookup_text(r: Option<&LookupRequest>) -> String {
    match r {
        Some(LookupRequest::Known(l)) => match l {
            Lookup::Value(v) => format!("value 0x{v:x}"),
            Lookup::Indirect(v) => format!("indirect 0x{v:x}"),
            Lookup::IndirectTwice(v) => format!("indirect2 0x{v:x}"),
            Lookup::Relative(v) => format!("relative 0x{v:x}"),
        },
        Some(LookupRequest::Class(s)) => quoted("class ", s),
        Some(LookupRequest::Literal(s)) => quoted("literal ", s),
        Some(LookupRequest::StaticAddress(s)) => quoted("static ", s),
        Some(LookupRequest::Dictionary(d)) => {
            let offsets: Vec<String> = d.offsets.iter().map(u32::to_string).collect();
            let word = if d.may_be_empty { " checked" } else { "" };
            format!("dictionary 0x{:x} [{}]{word}", d.key, offsets.join(", "))
        }
        None => "value 0x0".to_owned(),
    }
}

fn quoted(word: &str, s: &str) -> String {
    let mut text = word.to_owned();
    push_string(s, &mut text);
    text
}

/// Attribute words of locals.
pub(super) const LOCAL_WORDS: &[(&str, LocalFlags)] = &[
    ("exposed", LocalFlags::ADDRESS_EXPOSED),
    ("this", LocalFlags::THIS),
    ("pinned", LocalFlags::PINNED),
    ("temp", LocalFlags::TEMP),
    ("eh_live", LocalFlags::EH_LIVE),
    ("zero_init", LocalFlags::ZERO_INIT),
    ("no_enreg", LocalFlags::DO_NOT_ENREGISTER),
];

/// Attribute words of blocks.
pub(super) const BLOCK_WORDS: &[(&str, BlockFlags)] = &[
    ("cold", BlockFlags::COLD),
    ("entry", BlockFlags::ENTRY),
    ("loop_head", BlockFlags::LOOP_HEAD),
    ("finally_return", BlockFlags::FINALLY_RETURN),
];

/// Attribute words of nodes.
pub(super) const NODE_WORDS: &[(&str, NodeFlags)] = &[
    ("contained", NodeFlags::CONTAINED),
    ("reg_optional", NodeFlags::REG_OPTIONAL),
    ("non_faulting", NodeFlags::NON_FAULTING),
    ("volatile", NodeFlags::VOLATILE),
    ("unaligned", NodeFlags::UNALIGNED),
    ("consecutive", NodeFlags::CONSECUTIVE),
];

/// Attribute words of calls.
pub(super) const CALL_WORDS: &[(&str, CallFlags)] = &[
    ("no_gc", CallFlags::NO_GC),
    ("no_return", CallFlags::NO_RETURN),
    ("null_check_this", CallFlags::NULL_CHECK_THIS),
    ("no_throw", CallFlags::NO_THROW),
];
