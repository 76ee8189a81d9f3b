//! An allocation as text: blocks and nodes in code order, registers, moves and GC changes where they stand.

use super::{AllocMove, Allocation, GcChange, Loc, LocRef, Lsra, When};
use crate::ir::{Body, NodeFlags, NodeId};
use crate::target::{RegNum, TargetDesc};
use crate::types::GcKind;
use std::fmt::Write;

/// Writes `alloc` of `body` with the register names of `desc`.
pub fn dump_allocation(body: &Body, desc: &TargetDesc, alloc: &Allocation) -> String {
    let mut d = Dump {
        desc,
        alloc,
        text: String::new(),
        moves: 0,
        events: 0,
    };
    for &b in &alloc.block_order {
        let block = &body.blocks[b];
        let _ = write!(d.text, "{b}: weight {}", block.weight);
        if block.region.is_some() {
            let _ = write!(d.text, " {}", block.region);
        }
        let mut arrow = " ->";
        body.for_each_succ(b, |s| {
            let _ = write!(d.text, "{arrow} {s}");
            arrow = ",";
        });
        d.text.push('\n');
        for n in body.block_nodes(b) {
            d.place(n, When::Before);
            d.node(body, n);
            d.place(n, When::Inside);
            d.place(n, When::After);
        }
    }
    let _ = writeln!(
        d.text,
        "callee-saved written: {:?}; spill slots: {:?}",
        alloc.used_callee_saved, alloc.spill_slots
    );
    d.text
}

struct Dump<'a> {
    desc: &'a TargetDesc,
    alloc: &'a Allocation,
    text: String,
    moves: usize,
    events: usize,
}

impl Dump<'_> {
    fn reg(&self, r: RegNum) -> &'static str {
        if r.is_none() {
            "-"
        } else {
            self.desc.reg_name(r)
        }
    }

    fn loc(&self, l: Loc) -> String {
        match l.get() {
            LocRef::Reg(r) => self.reg(r).to_string(),
            LocRef::Spill(s) => format!("spill{s}"),
            LocRef::Home(l) => format!("[{l}]"),
            LocRef::Again(n) => format!("again {n}"),
        }
    }

    fn place(&mut self, n: NodeId, when: When) {
        while let Some(&AllocMove { ty, from, to, .. }) = self
            .alloc
            .moves
            .get(self.moves)
            .filter(|m| m.node == n && m.when == when)
        {
            self.moves += 1;
            let (to, from) = (self.loc(to), self.loc(from));
            let _ = writeln!(self.text, "          {to} = {from}  ; move {ty}");
        }
        let mut changes = String::new();
        while let Some(e) = self
            .alloc
            .gc_events
            .get(self.events)
            .filter(|e| e.node == n && e.when == when)
        {
            self.events += 1;
            let sign = match e.change {
                GcChange::Live(GcKind::Byref) => "+byref ",
                GcChange::Live(_) => "+",
                GcChange::Dead => "-",
            };
            let _ = write!(changes, " {sign}{}", self.loc(e.loc));
        }
        if !changes.is_empty() {
            let _ = writeln!(self.text, "          ; gc{changes}");
        }
    }

    fn node(&mut self, body: &Body, n: NodeId) {
        let node = &body.nodes[n];
        let r = &self.alloc.regs[n];
        let _ = write!(self.text, "    {n}");
        if r.def.is_some() {
            let _ = write!(self.text, "@{}", self.reg(r.def));
        }
        let _ = write!(self.text, " = {}.{}", node.op.name(), node.ty);
        if node.op == crate::ir::Opcode::StoreLcl {
            let _ = write!(self.text, " v{}", node.aux);
            if r.write_thru {
                self.text.push_str(" write-thru");
            }
        }
        for (k, o) in node.opnd.iter().enumerate().filter(|(_, o)| o.is_some()) {
            let _ = write!(self.text, " {o:?}");
            if o.is_last_use() {
                self.text.push('*');
            }
            if r.opnd[k].is_some() {
                let _ = write!(self.text, "@{}", self.reg(r.opnd[k]));
            }
        }
        for t in r.temp.iter().filter(|t| t.is_some()) {
            let _ = write!(self.text, " temp {}", self.reg(*t));
        }
        if node.flags.contains(NodeFlags::CONTAINED) {
            self.text.push_str(" contained");
        }
        self.text.push('\n');
    }
}

impl Lsra {
    /// The intervals and reference positions of the block scanned last, for debugging.
    pub fn dump_references(&self) -> String {
        let mut s = String::new();
        for (i, iv) in self.intervals.iter().enumerate() {
            if self.refs.iter().any(|r| r.interval == i as u32) {
                let _ = writeln!(
                    s,
                    "I{i}: {:?} {} {} last {} pref {:?}",
                    iv.kind, iv.id, iv.ty, iv.last_loc, iv.pref
                );
            }
        }
        for (i, r) in self.refs.iter().enumerate().rev() {
            let _ = writeln!(
                s,
                "R{i}: @{} {} {:?} I{} {:?} {:?} next {} hint {}",
                r.loc, r.node, r.kind, r.interval, r.mask, r.flags, r.next as i32, r.hint as i32
            );
        }
        s
    }
}
