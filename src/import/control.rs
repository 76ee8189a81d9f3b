//! Control flow of IL: returns, branches, switches, ways out of exception regions.

use super::ImportError;
use super::eh::{self, Step};
use super::il_opcodes::{Il, Instr, switch_targets};
use super::importer::{Importer, make};
use crate::ir::{
    Block, BlockFlags, BlockId, ClauseKind, Cond, NodeFlags, Opcode, Operand, RegionId, RegionKind,
    SwitchId, method::SwitchInfo,
};
use crate::types::{LayoutId, VarType};

impl Importer<'_> {
    pub(super) fn ret(&mut self) -> Result<(), ImportError> {
        if self.out.body.blocks[self.block].region != self.root() {
            return Err(self.bad("ret inside an exception region"));
        }
        if self.held.is_some() {
            return self.ret_unlocked();
        }
        match self.out.ret {
            VarType::Void => {
                self.node(Opcode::Ret, VarType::Void, &[]);
            }
            VarType::Struct => {
                let e = self.pop()?;
                if e.ty != VarType::Struct {
                    return Err(self.bad("a struct is expected"));
                }
                let (o, _) = self.operand(e);
                self.node(Opcode::Ret, VarType::Struct, &[o]);
            }
            ty => {
                let o = self.pop_as(ty)?;
                self.node(Opcode::Ret, ty, &[o]);
            }
        }
        if self.stack.is_empty() {
            Ok(())
        } else {
            Err(self.bad("values are left on the stack"))
        }
    }

    pub(super) fn branch_always(&mut self, i: &Instr) -> Result<(), ImportError> {
        let to = self.successor(i.operand as u32)?;
        self.leave_stack(&[to])?;
        self.jump(self.bb[to]);
        Ok(())
    }

    pub(super) fn branch_on(&mut self, i: &Instr, on_true: bool) -> Result<(), ImportError> {
        let e = self.pop()?;
        let (o, ty) = self.operand(e);
        if !ty.is_int() {
            return Err(self.bad("a branch on neither integer nor address"));
        }
        let to = self.successor(i.operand as u32)?;
        let next = self.successor(i.next)?;
        if let Some(v) = self.out.body.const_value(o) {
            let zero = if ty == VarType::I32 {
                v as i32 == 0
            } else {
                v == 0
            };
            let taken = if zero == on_true { next } else { to };
            self.leave_stack(&[taken])?;
            self.jump(self.bb[taken]);
            return Ok(());
        }
        let o = self.keep_apart(o, ty);
        self.leave_stack(&[to, next])?;
        if self.one_target(to, next, &[o]) {
            return Ok(());
        }
        let is_compare = o
            .as_node()
            .is_some_and(|n| self.out.body.nodes[n].op == Opcode::Cmp);
        if is_compare {
            self.node(Opcode::Branch, VarType::Void, &[o]);
            self.set_targets(if on_true { [to, next] } else { [next, to] });
        } else {
            let cond = if on_true { Cond::Ne } else { Cond::Eq };
            self.compare_branch(cond, ty, o, Self::zero());
            self.set_targets([to, next]);
        }
        Ok(())
    }

    pub(super) fn branch_compare(&mut self, i: &Instr) -> Result<(), ImportError> {
        let (cond, unsigned) = branch_condition(i.op);
        let (a, b, ty) = self.pop_comparands()?;
        let to = self.successor(i.operand as u32)?;
        let next = self.successor(i.next)?;
        let a = self.keep_apart(a, ty);
        let b = self.keep_apart(b, ty);
        self.leave_stack(&[to, next])?;
        if self.one_target(to, next, &[a, b]) {
            return Ok(());
        }
        let cond = super::arith::condition(cond, unsigned, ty);
        self.compare_branch(cond, ty, a, b);
        self.set_targets([to, next]);
        Ok(())
    }

    /// A branch whose two targets are one is a jump; what it compared is not used.
    fn one_target(&mut self, to: usize, next: usize, compared: &[Operand]) -> bool {
        if to != next {
            return false;
        }
        for n in compared.iter().filter_map(|o| o.as_node()) {
            self.out.body.nodes[n].flags |= NodeFlags::UNUSED;
        }
        self.jump(self.bb[to]);
        true
    }

    fn compare_branch(&mut self, cond: Cond, ty: VarType, a: Operand, b: Operand) {
        let mut n = make(Opcode::CmpBranch, VarType::Void, &[a, b]);
        n.sub = cond as u8;
        n.aux = ty as u32;
        self.emit(n);
    }

    /// A condition's operand that putting the rest of the stack into the successors' temporaries does not change.
    fn keep_apart(&mut self, o: Operand, ty: VarType) -> Operand {
        if self.stack.is_empty() || o.as_local().is_none() {
            o
        } else {
            self.save_to_temp(o, ty, LayoutId::NONE)
        }
    }

    /// The true and the false target of a branch.
    fn set_targets(&mut self, succ: [usize; 2]) {
        let succ = succ.map(|s| self.bb[s]);
        self.out.body.blocks[self.block].succ = succ;
    }

    pub(super) fn switch(&mut self, i: &Instr) -> Result<(), ImportError> {
        let value = self.pop_as(VarType::I32)?;
        let mut targets = Vec::with_capacity(i.operand as usize + 1);
        for t in switch_targets(self.il.il, i).chain([i.next]) {
            targets.push(self.successor(t)?);
        }
        let value = self.keep_apart(value, VarType::I32);
        self.leave_stack(&targets)?;
        let body = &mut self.out.body;
        let first = body.switch_targets.len() as u32;
        body.switch_targets
            .extend(targets.iter().map(|&t| self.bb[t]));
        let info = SwitchInfo {
            first,
            count: i.operand as u32,
        };
        let SwitchId(row) = body.switches.push(info);
        let mut n = make(Opcode::Switch, VarType::Void, &[value]);
        n.aux = row;
        self.emit(n);
        Ok(())
    }

    /// A way from region `from` to an IL block: it may enter a try at its beginning, and no other region, and may leave none.
    pub(super) fn check_way_in(&self, from: RegionId, to: usize) -> Result<(), ImportError> {
        let mut r = self.out.body.blocks[self.bb[to]].region;
        while r != from {
            if r.is_none() {
                return Err(self.bad("a jump out of an exception region"));
            }
            let region = self.out.body.regions[r];
            let clause = self.il.clauses.get(region.clause.0 as usize);
            let begins = clause.is_some_and(|c| c.try_range.0 == self.blocks.starts[to]);
            if region.kind != RegionKind::Try || !begins {
                return Err(self.bad("a jump into an exception region"));
            }
            r = region.parent;
        }
        Ok(())
    }

    /// Is the block at hand directly in a handler or filter of such a clause?
    pub(super) fn ends(&self, kind: RegionKind, of: impl Fn(ClauseKind) -> bool) -> bool {
        let r = self.out.body.blocks[self.block].region;
        r.is_some() && {
            let region = self.out.body.regions[r];
            region.kind == kind && of(self.out.body.clauses[region.clause].kind)
        }
    }

    /// Is the block at hand somewhere in a handler that has caught an exception?
    pub(super) fn in_catch(&self) -> bool {
        let mut r = self.out.body.blocks[self.block].region;
        while r.is_some() {
            let region = self.out.body.regions[r];
            let kind = self.out.body.clauses[region.clause].kind;
            if region.kind == RegionKind::Handler
                && matches!(kind, ClauseKind::Catch(_) | ClauseKind::Filter)
            {
                return true;
            }
            r = region.parent;
        }
        false
    }

    /// `leave`: the steps out of the regions, each in a block of its own but a first `catch_ret`.
    pub(super) fn leave(&mut self, target: u32) -> Result<(), ImportError> {
        self.stack.clear();
        let to = self.successor(target)?;
        if self.entry_stack[to].is_none() {
            self.entry_stack[to] = Some(Vec::new());
        }
        let from_region = self.out.body.blocks[self.block].region;
        let to_region = self.out.body.blocks[self.bb[to]].region;
        let common = eh::common(&self.out.body, from_region, to_region);
        self.check_way_in(common, to)?;
        let to = self.bb[to];
        let steps =
            eh::steps(&self.out.body, from_region, to_region).map_err(|what| self.bad(what))?;
        for step in steps {
            match step {
                Step::CatchRet(region) => {
                    let resume = self.step_block(region);
                    self.node(Opcode::CatchRet, VarType::Void, &[]);
                    self.out.body.blocks[self.block].succ[0] = resume;
                    self.block = resume;
                }
                Step::CallFinally(clause, region) => {
                    let call = self.step_block(region);
                    self.jump(call);
                    let after = self.step_block(region);
                    self.out.body.blocks[after].flags |= BlockFlags::FINALLY_RETURN;
                    self.block = call;
                    self.node(Opcode::CallFinally, VarType::Void, &[]);
                    let finally = self.out.body.clauses[clause].handler_entry;
                    self.out.body.blocks[call].succ = [after, finally];
                    self.block = after;
                }
            }
        }
        self.jump(to);
        Ok(())
    }

    fn step_block(&mut self, region: RegionId) -> BlockId {
        let mut b = Block::new();
        b.region = region;
        self.out.body.blocks.push(b)
    }
}

/// The relation of a compare-and-branch instruction, and whether it is an unsigned or unordered one.
fn branch_condition(op: Il) -> (Cond, bool) {
    use Il::*;
    match op {
        Beq | BeqS => (Cond::Eq, false),
        Bge | BgeS => (Cond::Ge, false),
        Bgt | BgtS => (Cond::Gt, false),
        Ble | BleS => (Cond::Le, false),
        Blt | BltS => (Cond::Lt, false),
        BneUn | BneUnS => (Cond::Ne, true),
        BgeUn | BgeUnS => (Cond::Ge, true),
        BgtUn | BgtUnS => (Cond::Gt, true),
        BleUn | BleUnS => (Cond::Le, true),
        _ => (Cond::Lt, true),
    }
}
