//! The printer: a method as text that the parser reads back to the same method.

use super::text::{
    Suffix, aux_word, barrier_attribute, compare_word, position_type, successors, suffix,
};
use super::*;
use crate::ee::{Helper, Lookup, LookupRequest};
use crate::types::{GcKind, LayoutId, VarType};
use std::fmt::Write;

/// Writing to a `String` cannot fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => { let _ = write!($out, $($arg)*); };
}

/// Appends `method` and the layouts it names.
pub fn print_method(method: &Method, out: &mut String) {
    print_layouts(method, out);
    print_function(method, &method.body, out);
}

/// Appends several methods; layouts that are the same are written once.
pub fn print_module<'a>(methods: impl IntoIterator<Item = &'a Method>, out: &mut String) {
    let mut seen: Vec<String> = Vec::new();
    for m in methods {
        let mut text = String::new();
        print_layouts(m, &mut text);
        for line in text.lines() {
            if !seen.iter().any(|s| s == line) {
                seen.push(line.to_owned());
                out.push_str(line);
                out.push('\n');
            }
        }
        print_function(m, &m.body, out);
    }
}

fn print_layouts(method: &Method, out: &mut String) {
    for (id, l) in method.layouts.iter_enumerated() {
        put!(
            out,
            "layout {} size {} align {} {{",
            layout_name(method, id),
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
                put!(
                    out,
                    "{sep}{} @{}",
                    if g == GcKind::Ref { "ref" } else { "byref" },
                    8 * w
                );
                sep = ", ";
            }
        }
        out.push_str(if sep == " " { "}\n" } else { " }\n" });
    }
}

fn layout_name(method: &Method, id: LayoutId) -> String {
    match method.layouts.get(id) {
        Some(l) if is_word(&l.name) => l.name.clone(),
        _ => format!("L{}", id.0),
    }
}

fn is_word(s: &str) -> bool {
    let mut c = s.chars();
    c.next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && c.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The name of a function as the text can hold it.
pub fn printable_name(name: &str) -> String {
    let ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '`');
    name.chars().map(|c| if ok(c) { c } else { '_' }).collect()
}

/// Appends `method` with `body` in the place of its own: the state between two phases.
pub fn print_function(method: &Method, body: &Body, out: &mut String) {
    let p = Printer { method, body };
    put!(out, "func @{}(", printable_name(&method.name));
    for i in 0..method.num_params.min(body.locals.len() as u32) {
        if i > 0 {
            out.push_str(", ");
        }
        p.local_decl(LocalId(i), out);
    }
    out.push(')');
    if method.ret != VarType::Void {
        put!(out, " -> ");
        p.ty(method.ret, method.ret_layout, out);
    }
    out.push_str(" {\n");
    for l in body.locals.ids().skip(method.num_params as usize) {
        out.push_str("  local ");
        p.local_decl(l, out);
        out.push('\n');
    }
    p.regions(out);
    for b in body.blocks.ids() {
        p.block(b, out);
    }
    out.push_str("}\n");
}

struct Printer<'a> {
    method: &'a Method,
    body: &'a Body,
}

impl Printer<'_> {
    fn ty(&self, ty: VarType, layout: LayoutId, out: &mut String) {
        if ty == VarType::Struct {
            put!(out, "struct {}", layout_name(self.method, layout));
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
            put!(out, "{n} = ");
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
        let mut sep = " ";
        let mut item = |out: &mut String, text: &dyn std::fmt::Display| {
            put!(out, "{sep}{text}");
            sep = ", ";
        };
        match i.aux {
            AuxKind::Local => item(out, &LocalId(node.aux)),
            AuxKind::Layout => {
                put!(out, " {}", layout_name(self.method, LayoutId(node.aux)));
            }
            AuxKind::Func => item(out, &format!("@{}", self.func(FuncId(node.aux)))),
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
            for k in 0..3 {
                if node.opnd[k].is_some() {
                    let ty = position_type(node, k, |l| self.body.locals[l].ty, self.method.ret);
                    item(out, &self.operand(node.opnd[k], ty));
                }
            }
        }
        match i.sub {
            SubKind::Scale if node.sub != 0 => {
                item(out, &format!("scale {}", 1u32 << node.sub.min(31)))
            }
            SubKind::Reg => item(out, &format!("reg {}", node.sub)),
            _ => {}
        }
        if i.aux == AuxKind::Imm && (node.aux != 0 || node.op != Opcode::Lea) {
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
                put!(out, " @{}", self.func(f));
            }
            CallTarget::Helper(h) => {
                put!(out, " ${}", helper_name(h));
            }
            CallTarget::Indirect => {
                put!(out, " *{}", self.operand(node.opnd[0], VarType::I64));
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
        self.method
            .funcs
            .get(f)
            .map_or_else(|| format!("func{}", f.0), |r| printable_name(&r.name))
    }

    fn operand(&self, o: Operand, ty: VarType) -> String {
        match o.get() {
            OperandRef::None => "none".to_owned(),
            OperandRef::Node(n) => n.to_string(),
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
        Some(LookupRequest::Class(s)) => format!("class \"{s}\""),
        Some(LookupRequest::Literal(s)) => format!("literal \"{s}\""),
        Some(LookupRequest::StaticAddress(s)) => format!("static \"{s}\""),
        None => "value 0x0".to_owned(),
    }
}

/// Attribute words of locals.
pub(super) const LOCAL_WORDS: &[(&str, LocalFlags)] = &[
    ("exposed", LocalFlags::ADDRESS_EXPOSED),
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
    ("in_range", NodeFlags::IN_RANGE),
];

/// Attribute words of calls.
pub(super) const CALL_WORDS: &[(&str, CallFlags)] = &[
    ("no_gc", CallFlags::NO_GC),
    ("no_return", CallFlags::NO_RETURN),
    ("null_check_this", CallFlags::NULL_CHECK_THIS),
    ("no_throw", CallFlags::NO_THROW),
];
