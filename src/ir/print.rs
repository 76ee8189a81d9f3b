//! Text IR, written.
//!
//! The form is driven by the opcode table: every opcode prints, lowered ones too, and what prints parses back. Nodes are
//! numbered in text order, so the text of a parsed text is the same text; numbers are node ids only in a method whose nodes
//! stand in order (parsed and built ones do). Links, users, `MARK`, `UNUSED` and source positions are not written: parsing finds
//! them again. The grammar is in `docs/ir.md`.

use std::collections::HashSet;
use std::fmt::Write;

use super::lex::{is_plain_name, quote};
use super::method::SwitchId;
use super::module::{Expect, Module, RunValue};
use super::opcodes::{AuxKind, SubKind};
use super::*;
use crate::ee::{Helper, Lookup, LookupRequest};
use crate::types::{ClassLayout, LayoutId, VarType};

/// Writes the layouts a method names, then the method.
pub fn print_method(m: &Method, out: &mut String) {
    for l in m.layouts.ids() {
        print_layout(&m.layouts[l], l.0, out);
    }
    Printer::new(m, &m.body, out).method();
}

/// Writes a method with another body in place of its own: the state between two phases.
pub fn print_body(m: &Method, body: &Body, out: &mut String) {
    Printer::new(m, body, out).method();
}

/// Writes the layouts, the methods and the runs of a module. Layouts are told apart by name.
pub fn print_module(module: &Module, out: &mut String) {
    let mut seen = HashSet::new();
    let own = module.layouts.iter().enumerate();
    let used = module
        .methods
        .iter()
        .flat_map(|m| m.layouts.iter().enumerate());
    for (i, l) in own.chain(used) {
        let name = layout_name(l, i as u32);
        if seen.insert(name) {
            print_layout(l, i as u32, out);
        }
    }
    for m in &module.methods {
        Printer::new(m, &m.body, out).method();
    }
    for r in &module.runs {
        out.push_str("; run: ");
        name(&r.func, out);
        out.push('(');
        values(&r.args, out);
        out.push(')');
        match &r.expect {
            Expect::Values(v) if v.is_empty() => {}
            Expect::Values(v) => {
                out.push_str(" == ");
                values(v, out);
            }
            Expect::Trap(t) => {
                out.push_str(" traps ");
                name(t, out);
            }
        }
        out.push('\n');
    }
}

fn values(list: &[RunValue], out: &mut String) {
    for (i, v) in list.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        match *v {
            RunValue::Int(i) => put(out, format_args!("{i}")),
            RunValue::Float(f) => float64(f.to_bits(), out),
        }
    }
}

/// Formatting into a string cannot fail.
fn put(out: &mut String, a: std::fmt::Arguments<'_>) {
    out.write_fmt(a).expect("a string takes everything");
}

fn name(s: &str, out: &mut String) {
    if is_plain_name(s) {
        out.push_str(s);
    } else {
        quote(s, out);
    }
}

/// A layout's name, or the one given to a layout without.
fn layout_name(l: &ClassLayout, i: u32) -> String {
    if l.name.is_empty() {
        format!("L{i}")
    } else {
        l.name.clone()
    }
}

fn print_layout(l: &ClassLayout, i: u32, out: &mut String) {
    out.push_str("layout ");
    name(&layout_name(l, i), out);
    put(out, format_args!(" size {} align {} {{", l.size, l.align));
    for (k, f) in l.fields.iter().enumerate() {
        let comma = if k == 0 { "" } else { "," };
        put(out, format_args!("{comma} {} @{}", f.ty, f.offset));
    }
    out.push_str(" }");
    // GC words that the fields do not tell.
    if l.gc != super::parse::gc_of_fields(l.size, &l.fields) {
        out.push_str(" gc [");
        for (k, g) in l.gc.iter().enumerate() {
            out.push_str(if k == 0 { "" } else { " " });
            out.push_str(match g {
                crate::types::GcKind::None => "none",
                crate::types::GcKind::Ref => "ref",
                crate::types::GcKind::Byref => "byref",
            });
        }
        out.push(']');
    }
    out.push('\n');
}

fn float64(bits: u64, out: &mut String) {
    let f = f64::from_bits(bits);
    if f.is_nan() {
        if bits == f64::NAN.to_bits() {
            out.push_str("nan");
        } else {
            put(out, format_args!("nan:{bits:#x}"));
        }
    } else {
        put(out, format_args!("{f:?}"));
    }
}

fn float32(bits: u32, out: &mut String) {
    let f = f32::from_bits(bits);
    if f.is_nan() {
        if bits == f32::NAN.to_bits() {
            out.push_str("nan");
        } else {
            put(out, format_args!("nan:{bits:#x}"));
        }
    } else {
        put(out, format_args!("{f:?}"));
    }
}

/// The names of local flags that text shows.
pub(crate) const LOCAL_FLAGS: &[(LocalFlags, &str)] = &[
    (LocalFlags::PINNED, "pinned"),
    (LocalFlags::ADDRESS_EXPOSED, "exposed"),
    (LocalFlags::TEMP, "temp"),
    (LocalFlags::ZERO_INIT, "zero_init"),
    (LocalFlags::EH_LIVE, "eh_live"),
    (LocalFlags::DO_NOT_ENREGISTER, "no_enreg"),
    (LocalFlags::NO_HOME, "no_home"),
    (LocalFlags::BLOCK_LOCAL, "block_local"),
];

/// The names of block flags.
pub(crate) const BLOCK_FLAGS: &[(BlockFlags, &str)] = &[
    (BlockFlags::COLD, "cold"),
    (BlockFlags::ENTRY, "entry"),
    (BlockFlags::LOOP_HEAD, "loop_head"),
    (BlockFlags::FINALLY_RETURN, "finally_return"),
];

/// The names of node flags that text shows.
pub(crate) const NODE_FLAGS: &[(NodeFlags, &str)] = &[
    (NodeFlags::VOLATILE, "volatile"),
    (NodeFlags::UNALIGNED, "unaligned"),
    (NodeFlags::NON_FAULTING, "non_faulting"),
    (NodeFlags::CONTAINED, "contained"),
    (NodeFlags::REG_OPTIONAL, "reg_optional"),
    (NodeFlags::IN_RANGE, "in_range"),
];

/// The names of call flags.
pub(crate) const CALL_FLAGS: &[(CallFlags, &str)] = &[
    (CallFlags::NO_GC, "no_gc"),
    (CallFlags::NO_RETURN, "no_return"),
    (CallFlags::NULL_CHECK_THIS, "null_check_this"),
    (CallFlags::NO_THROW, "no_throw"),
];

/// Is the immediate in `aux` written behind the operands, with a word in front?
pub(crate) fn trailing_imm(op: Opcode) -> Option<&'static str> {
    match op {
        Opcode::Lea => Some("disp"),
        Opcode::IndexAddr => Some("size"),
        _ => None,
    }
}

/// Number of successors that stand behind the operands of a terminator.
pub(crate) fn num_succs(op: Opcode) -> usize {
    match op {
        Opcode::Jump | Opcode::CatchRet => 1,
        Opcode::Branch | Opcode::CmpBranch | Opcode::CallFinally => 2,
        _ => 0,
    }
}

/// The type a node has when text says none.
pub(crate) fn default_type(m: &Method, op: Opcode, local: Option<&Local>) -> VarType {
    match op {
        Opcode::StoreLcl => local.map_or(VarType::Void, |l| l.ty.actual()),
        Opcode::Cmp => VarType::I32,
        Opcode::LoadStruct | Opcode::StoreStruct => VarType::Struct,
        Opcode::Ret => m.ret.actual(),
        _ => VarType::Void,
    }
}

/// Does text write the compared type, and not the node's, behind the opcode?
pub(crate) fn suffix_is_compared(op: Opcode) -> bool {
    op.info().aux == AuxKind::Type && op != Opcode::SelectCmp
}

struct Printer<'a> {
    m: &'a Method,
    body: &'a Body,
    out: &'a mut String,
    /// Number in text of each node.
    number: Vec<u32>,
}

/// Writes separators: a space in front of the first item, a comma in front of the others.
struct List {
    first: bool,
}

impl List {
    fn sep(&mut self, out: &mut String) {
        out.push_str(if self.first { " " } else { ", " });
        self.first = false;
    }
}

impl<'a> Printer<'a> {
    fn new(m: &'a Method, body: &'a Body, out: &'a mut String) -> Printer<'a> {
        let mut number = vec![u32::MAX; body.nodes.len()];
        let mut next = 0;
        for b in body.blocks.ids() {
            for n in body.block_nodes(b) {
                number[n.0 as usize] = next;
                next += 1;
            }
        }
        Printer {
            m,
            body,
            out,
            number,
        }
    }

    fn put(&mut self, a: std::fmt::Arguments<'_>) {
        put(self.out, a);
    }

    fn ty(&mut self, ty: VarType, layout: LayoutId) {
        self.out.push_str(ty.name());
        if ty == VarType::Struct {
            self.out.push(' ');
            self.layout(layout);
        }
    }

    fn layout(&mut self, l: LayoutId) {
        match self.m.layouts.get(l) {
            Some(c) => name(&layout_name(c, l.0), self.out),
            None => self.out.push('_'),
        }
    }

    fn method(&mut self) {
        self.out.push_str("func @");
        name(&self.m.name, self.out);
        self.out.push('(');
        let params = self.m.num_params as usize;
        for (l, local) in self.body.locals.iter_enumerated().take(params) {
            if l.0 > 0 {
                self.out.push_str(", ");
            }
            self.local(l, local);
        }
        self.out.push_str(") -> ");
        self.ty(self.m.ret, self.m.ret_layout);
        self.out.push_str(" {\n");
        for (l, local) in self.body.locals.iter_enumerated().skip(params) {
            self.out.push_str("  local ");
            self.local(l, local);
            self.out.push('\n');
        }
        self.regions();
        for (b, block) in self.body.blocks.iter_enumerated() {
            self.put(format_args!("{b}"));
            self.block_attributes(block);
            self.out.push_str(":\n");
            for n in self.body.block_nodes(b) {
                self.out.push_str("  ");
                self.node(n, block);
                self.out.push('\n');
            }
        }
        self.out.push_str("}\n");
    }

    fn local(&mut self, l: LocalId, local: &Local) {
        self.put(format_args!("{l}: "));
        self.ty(local.ty, local.layout);
        let mut open = false;
        for &(f, word) in LOCAL_FLAGS {
            if local.flags.contains(f) {
                self.attribute(&mut open, format_args!("{word}"));
            }
        }
        self.close(open);
    }

    fn attribute(&mut self, open: &mut bool, a: std::fmt::Arguments<'_>) {
        self.out.push_str(if *open { " " } else { " [" });
        *open = true;
        self.put(a);
    }

    fn close(&mut self, open: bool) {
        if open {
            self.out.push(']');
        }
    }

    fn regions(&mut self) {
        for (i, r) in self.body.regions.iter_enumerated() {
            let kind = match r.kind {
                RegionKind::Try => "try",
                RegionKind::Handler => "handler",
                RegionKind::Filter => "filter",
            };
            self.put(format_args!(
                "  region {} {kind} clause {}",
                i.0, r.clause.0
            ));
            if r.parent.is_some() {
                self.put(format_args!(" in {}", r.parent.0));
            }
            self.out.push('\n');
        }
        for (i, c) in self.body.clauses.iter_enumerated() {
            self.put(format_args!("  clause {} ", i.0));
            match c.kind {
                ClauseKind::Catch(class) => self.put(format_args!("catch {class}")),
                ClauseKind::Filter => self.put(format_args!("filter {}", c.filter_entry)),
                ClauseKind::Finally => self.out.push_str("finally"),
                ClauseKind::Fault => self.out.push_str("fault"),
            }
            self.put(format_args!(
                " try {} handler {} entry {}\n",
                c.try_region.0, c.handler_region.0, c.handler_entry
            ));
        }
    }

    fn block_attributes(&mut self, b: &Block) {
        let mut open = false;
        for &(f, word) in BLOCK_FLAGS {
            if b.flags.contains(f) {
                self.attribute(&mut open, format_args!("{word}"));
            }
        }
        if b.weight != 100 {
            self.attribute(&mut open, format_args!("weight {}", b.weight));
        }
        if b.region.is_some() {
            self.attribute(&mut open, format_args!("region {}", b.region.0));
        }
        self.close(open);
    }

    /// One operand; `ty` is the type of a constant there.
    fn operand(&mut self, o: Operand, ty: VarType) {
        match o.get() {
            OperandRef::None => self.out.push('_'),
            OperandRef::Node(n) => {
                let k = self.number.get(n.0 as usize).copied().unwrap_or(u32::MAX);
                self.put(format_args!("t{k}"));
            }
            OperandRef::Local(l) => {
                self.put(format_args!("{l}"));
                if o.is_last_use() {
                    self.out.push('!');
                }
            }
            OperandRef::Small(v) => self.constant(v as i64 as u64, ty),
            OperandRef::Pool(i) => {
                let v = self.body.consts.get(i as usize).copied().unwrap_or(0);
                self.constant(v, ty);
            }
        }
    }

    fn constant(&mut self, v: u64, ty: VarType) {
        match ty {
            VarType::F64 => float64(v, self.out),
            VarType::F32 => float32(v as u32, self.out),
            VarType::I32 => self.put(format_args!("{}", v as i32)),
            _ => self.put(format_args!("{}", v as i64)),
        }
    }

    /// The type of a constant at operand `k`.
    fn position_type(&self, node: &Node, k: usize) -> VarType {
        super::parse::position_type(self.m, &self.body.locals, node, k)
    }

    fn node(&mut self, n: NodeId, block: &Block) {
        let node = &self.body.nodes[n];
        let info = node.op.info();
        let call = match info.aux {
            AuxKind::Call => self.body.calls.get(CallId(node.aux)),
            _ => None,
        };
        let has_value = match info.result {
            ResultKind::None => false,
            ResultKind::I32 => true,
            ResultKind::T | ResultKind::CallT => node.ty != VarType::Void,
        };
        if has_value {
            let k = self.number[n.0 as usize];
            self.put(format_args!("t{k} = "));
        }
        self.out.push_str(info.name);
        let mut open = false;
        if let Some(c) = call {
            self.call(node, c);
        } else {
            self.head(node);
            let mut list = List { first: true };
            self.aux_word(node, &mut list);
            self.operands(node, &mut list);
            self.targets(node, block, &mut list);
        }
        for &(f, word) in NODE_FLAGS {
            if node.flags.contains(f) {
                self.attribute(&mut open, format_args!("{word}"));
            }
        }
        if info.sub == SubKind::Barrier {
            match node.barrier() {
                Barrier::None => {}
                Barrier::Unchecked => self.attribute(&mut open, format_args!("barrier unchecked")),
                Barrier::Checked => self.attribute(&mut open, format_args!("barrier checked")),
            }
        }
        if let Some(c) = call {
            for &(f, word) in CALL_FLAGS {
                if c.flags.contains(f) {
                    self.attribute(&mut open, format_args!("{word}"));
                }
            }
            if c.stack_bytes != 0 {
                self.attribute(&mut open, format_args!("stack {}", c.stack_bytes));
            }
            if node.ty != c.ret {
                self.attribute(&mut open, format_args!("type {}", node.ty));
            }
        }
        // Words the table has no meaning for, where a phase left one.
        if info.sub == SubKind::None && node.sub != 0 {
            self.attribute(&mut open, format_args!("sub {}", node.sub));
        }
        if info.aux == AuxKind::None && node.aux != 0 {
            self.attribute(&mut open, format_args!("aux {}", node.aux));
        }
        self.close(open);
    }

    /// Type suffix and the word for `sub`.
    fn head(&mut self, node: &Node) {
        let info = node.op.info();
        if suffix_is_compared(node.op) {
            self.put(format_args!(".{}", node.compare_type()));
        } else {
            let local = match info.aux {
                AuxKind::Local => self.body.locals.get(LocalId(node.aux)),
                _ => None,
            };
            if node.ty != default_type(self.m, node.op, local) {
                self.put(format_args!(".{}", node.ty));
            }
        }
        match info.sub {
            SubKind::None | SubKind::Barrier | SubKind::Scale => {}
            SubKind::Cond => self.put(format_args!(" {}", node.cond().name())),
            SubKind::Type => self.put(format_args!(" {}", node.source_type())),
            SubKind::Reg => self.put(format_args!(" r{}", node.sub)),
            SubKind::Index => self.put(format_args!(" {}", node.sub)),
        }
        if node.op == Opcode::SelectCmp {
            self.put(format_args!(" {}", node.compare_type()));
        }
    }

    /// What `aux` names, as the first item of the list.
    fn aux_word(&mut self, node: &Node, list: &mut List) {
        let info = node.op.info();
        match info.aux {
            AuxKind::None | AuxKind::Type | AuxKind::Call | AuxKind::Switch => return,
            AuxKind::Imm if trailing_imm(node.op).is_some() => return,
            _ => list.sep(self.out),
        }
        match info.aux {
            AuxKind::Local => self.put(format_args!("v{}", node.aux)),
            AuxKind::Layout => self.layout(LayoutId(node.aux)),
            AuxKind::Func => self.func(FuncId(node.aux)),
            AuxKind::Block => self.put(format_args!("bb{}", node.aux)),
            AuxKind::Imm => self.put(format_args!("{}", node.aux as i32)),
            AuxKind::Lookup => self.lookup(LookupId(node.aux)),
            _ => {}
        }
    }

    fn func(&mut self, f: FuncId) {
        self.out.push('@');
        let Some(f) = self.m.funcs.get(f) else {
            self.out.push('_');
            return;
        };
        name(&f.name, self.out);
        if f.handle != 0 {
            self.put(format_args!("#{:#x}", f.handle));
        }
    }

    fn lookup(&mut self, l: LookupId) {
        let Some(l) = self.m.lookups.get(l) else {
            self.out.push('_');
            return;
        };
        let (word, s) = match l {
            LookupRequest::Known(at) => {
                let (word, v) = match *at {
                    Lookup::Value(v) => ("value", v),
                    Lookup::Indirect(v) => ("indirect", v),
                    Lookup::IndirectTwice(v) => ("indirect_twice", v),
                    Lookup::Relative(v) => ("relative", v),
                };
                return self.put(format_args!("{word} {v:#x}"));
            }
            LookupRequest::Class(s) => ("class", s),
            LookupRequest::Literal(s) => ("literal", s),
            LookupRequest::StaticAddress(s) => ("static", s),
        };
        self.out.push_str(word);
        self.out.push(' ');
        quote(s, self.out);
    }

    fn operands(&mut self, node: &Node, list: &mut List) {
        let count = node
            .opnd
            .iter()
            .rposition(|o| o.is_some())
            .map_or(0, |k| k + 1)
            .max(super::parse_node::required_operands(node.op));
        for (k, &o) in node.opnd.iter().enumerate().take(count) {
            list.sep(self.out);
            let ty = self.position_type(node, k);
            self.operand(o, ty);
        }
        if node.op.info().sub == SubKind::Scale && node.sub != 0 {
            list.sep(self.out);
            self.put(format_args!("scale {}", 1u32 << (node.sub & 3)));
        }
        if let Some(word) = trailing_imm(node.op)
            && node.aux != 0
        {
            list.sep(self.out);
            self.put(format_args!("{word} {}", node.aux as i32));
        }
    }

    fn targets(&mut self, node: &Node, block: &Block, list: &mut List) {
        for s in &block.succ[..num_succs(node.op)] {
            list.sep(self.out);
            if s.is_some() {
                self.put(format_args!("{s}"));
            } else {
                self.out.push('_');
            }
        }
        if node.op == Opcode::Switch && self.body.switches.get(SwitchId(node.aux)).is_some() {
            let t = self.body.targets(SwitchId(node.aux));
            list.sep(self.out);
            self.out.push('[');
            for (k, b) in t[..t.len() - 1].iter().enumerate() {
                self.put(format_args!("{}{b}", if k == 0 { "" } else { ", " }));
            }
            self.put(format_args!("], {}", t[t.len() - 1]));
        }
    }

    fn call(&mut self, node: &Node, c: &CallInfo) {
        if c.ret != VarType::Void {
            self.out.push('.');
            self.ty(c.ret, c.ret_layout);
        }
        self.out.push(' ');
        match c.target {
            CallTarget::Func(f) => self.func(f),
            CallTarget::Helper(h) => self.helper(h),
            CallTarget::Indirect => {}
        }
        for &o in node.opnd.iter().filter(|o| o.is_some()) {
            self.out.push('*');
            self.operand(o, VarType::I64);
        }
        self.out.push('(');
        for (k, a) in self.body.args(CallId(node.aux)).iter().enumerate() {
            if k > 0 {
                self.out.push_str(", ");
            }
            if a.kind != ArgKind::User {
                self.out.push_str(a.kind.name());
                self.out.push_str(": ");
            }
            self.ty(a.ty, a.layout);
            self.out.push(' ');
            self.operand(a.opnd, a.ty.actual());
        }
        self.out.push(')');
    }

    fn helper(&mut self, h: Helper) {
        match Helper::NAMED.iter().find(|(k, _)| *k == h) {
            Some((_, word)) => self.put(format_args!("${word}")),
            None => {
                let Helper::Other(n) = h else { return };
                self.put(format_args!("$other {n}"));
            }
        }
    }
}
