//! A method as text: groups with their labels, instructions from the descriptors, marks and bytes in the margin on request.
//!
//! Labels are `G_M<hash>_IG<number>`, groups counted from 1 in layout order, as people know them from RyuJIT. Works before
//! `finish` too (then without offsets and bytes).

use super::code::Code;
use super::code_mark::{CodeMark, MarkKind};
use super::encoder::{Emit, EncodeCx, FrameAccess, PrintCx};
use super::ins_group::{Emitter, GroupFlags, GroupId};
use super::instr_desc::Label;
use crate::target::TargetDesc;
use crate::types::GcKind;
use std::fmt::Write;

/// What a listing shows.
#[derive(Copy, Clone)]
pub struct Listing<'a> {
    /// Number in the labels' names; five digits are shown.
    pub method_hash: u32,
    /// Show births and deaths of GC pointers, call sites, no-GC stretches, and each group's properties.
    pub gc: bool,
    /// Show IL offsets.
    pub il: bool,
    /// Show code offsets of groups (needs the finished code).
    pub offsets: bool,
    /// Names symbols by [`Symbol::name`](super::Symbol::name); none falls back to the number.
    pub symbol_name: &'a dyn Fn(u32) -> Option<String>,
}

impl Default for Listing<'_> {
    fn default() -> Self {
        Listing {
            method_hash: 0,
            gc: false,
            il: false,
            offsets: false,
            symbol_name: &|_| None,
        }
    }
}

/// Appends the listing of `em`. `code` is what `finish` made of it, if it has been called.
pub fn list<E: Emit>(
    em: &Emitter,
    target: &TargetDesc,
    frame: FrameAccess,
    code: Option<&Code>,
    options: &Listing,
    out: &mut String,
) {
    let label = |l: Label, out: &mut String| match em.labels.get(l) {
        Some(g) if g.is_some() => group_name(options.method_hash, *g, out),
        _ => {
            let _ = write!(out, "{l} (not bound)");
        }
    };
    let symbol = |i: i32, out: &mut String| {
        let s = em.symbols.get(i as usize);
        match s.and_then(|s| (options.symbol_name)(s.name)) {
            Some(name) => {
                let _ = write!(out, "[{name}]");
            }
            None => {
                let _ = write!(out, "sym{i}");
            }
        }
    };
    let cx = PrintCx {
        encode: EncodeCx {
            frame,
            frame_refs: &em.frame_refs,
            wide_imms: &em.wide_imms,
        },
        label: &label,
        symbol: &symbol,
    };
    // Marks by place; they are in order if `finish` has been called.
    let mut marks: Vec<&CodeMark> = em.marks.iter().collect();
    marks.sort_by_key(|m| m.place());
    let mut marks = marks.into_iter().peekable();
    for (id, group) in em.groups.iter_enumerated() {
        out.push('\n');
        group_name(options.method_hash, id, out);
        out.push(':');
        group_notes(options, code, id, group.flags, out);
        out.push('\n');
        for i in 0..=group.count {
            while let Some(m) = marks
                .next_if(|m| (m.group, m.instr()) <= (id, i) || (m.group == id && i == group.count))
            {
                mark_line(options, target, m, out);
            }
            if let Some(d) = em.descs.get((group.first + i) as usize)
                && i < group.count
            {
                out.push_str("       ");
                E::print(d, &cx, out);
                out.push('\n');
            }
        }
        let next = GroupId(id.0 + 1);
        if em
            .groups
            .get(next)
            .is_some_and(|g| g.flags.contains(GroupFlags::ALIGN))
        {
            out.push_str("       align    [for ");
            group_name(options.method_hash, next, out);
            out.push_str("]\n");
        }
    }
    data_lines(em, out);
}

fn group_name(hash: u32, group: GroupId, out: &mut String) {
    let _ = write!(out, "G_M{:03}_IG{:02}", hash % 100_000, group.0 + 1);
}

fn group_notes(
    options: &Listing,
    code: Option<&Code>,
    id: GroupId,
    flags: GroupFlags,
    out: &mut String,
) {
    if options.offsets
        && let Some(at) = code.and_then(|c| c.group_offsets.get(id.0 as usize))
    {
        let _ = write!(out, "  ;; offset={at:#06X}");
    }
    if !options.gc {
        return;
    }
    for (flag, name) in [
        (GroupFlags::FUNC_START, "func"),
        (GroupFlags::PROLOG, "prolog"),
        (GroupFlags::EPILOG, "epilog"),
        (GroupFlags::NO_GC, "nogc"),
        (GroupFlags::COLD, "cold"),
    ] {
        if flags.contains(flag) {
            out.push_str(if out.ends_with(':') { "  ;; " } else { ", " });
            out.push_str(name);
        }
    }
}

fn mark_line(options: &Listing, target: &TargetDesc, m: &CodeMark, out: &mut String) {
    const INDENT: &str = "                            ; ";
    let kind = |k: GcKind| match k {
        GcKind::Ref => "gcr",
        GcKind::Byref => "byr",
        GcKind::None => "not gc",
    };
    let start = out.len();
    out.push_str(INDENT);
    let text_at = out.len();
    let _ = match m.kind {
        MarkKind::IlOffset { il, source } if options.il => {
            write!(out, "IL_{il:04x} source {source:#x}")
        }
        MarkKind::GcRegLive(r, k) if options.gc => {
            write!(out, "{} +[{}]", kind(k), target.reg_name(r))
        }
        MarkKind::GcRegDead(r) if options.gc => write!(out, "gc -[{}]", target.reg_name(r)),
        MarkKind::GcSlotLive(s, at, k) if options.gc => write!(out, "{} +[{s}+{at}]", kind(k)),
        MarkKind::GcSlotDead(s, at, _) if options.gc => write!(out, "gc -[{s}+{at}]"),
        MarkKind::CallSite { safe_point } if options.gc => {
            write!(
                out,
                "call site{}",
                if safe_point { "" } else { ", no safe point" }
            )
        }
        MarkKind::NoGcBegin if options.gc => write!(out, "no gc from here"),
        MarkKind::NoGcEnd if options.gc => write!(out, "gc again from here"),
        MarkKind::Position(n) if options.gc => write!(out, "position {n}"),
        MarkKind::Unwind(n) if options.gc => write!(out, "unwind {n}"),
        _ => Ok(()),
    };
    if out.len() == text_at {
        out.truncate(start);
    } else {
        if m.is_inside_previous() {
            out.push_str(" (inside the instruction before)");
        }
        out.push('\n');
    }
}

/// Read-only data, sixteen bytes a line; jump-table entries are zero there until relocated.
fn data_lines(em: &Emitter, out: &mut String) {
    for (i, line) in em.data.bytes.chunks(16).enumerate() {
        let _ = write!(out, "\nRWD{:02}  ", i * 16);
        for b in line {
            let _ = write!(out, " {b:02X}");
        }
    }
    if !em.data.bytes.is_empty() {
        out.push('\n');
    }
}
