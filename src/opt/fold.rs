//! Constant folding within blocks.
//!
//! One walk a block, in execution order. A node whose operands are constants is replaced by its value in its user; a local
//! that was just stored a constant is read as that constant until it is stored again. Branches on constants become jumps.
//!
//! Node order never changes and no operation is added, so nothing that can throw moves.

use super::eval;
use crate::ir::{
    BlockId, Body, CallId, LocalId, NodeFlags, NodeId, Opcode, OpcodeSet, Operand, OperandRef,
};
use crate::types::VarType;
use crate::util::IndexVec;

/// What these say of locals is not in their operands. A `store_lcl` is not among them: it has a path of its own.
static TELLING: OpcodeSet = OpcodeSet::of(&[
    Opcode::StoreLclFld,
    Opcode::LclFld,
    Opcode::LclAddr,
    Opcode::Call,
    Opcode::TailCall,
]);

/// What is known of a local.
#[derive(Copy, Clone)]
pub struct LocalUse {
    /// How often it is read.
    pub reads: u32,
    /// The block for which `value` holds.
    stamp: u32,
    /// The constant that it holds here.
    value: Operand,
}

/// The pass.
pub struct Folder<'a> {
    /// What is known of each local; how often it is still read is true in the end.
    pub locals: &'a mut IndexVec<LocalId, LocalUse>,
    stamp: u32,
}

impl Folder<'_> {
    /// The pass, with the memory of a pass before.
    pub fn new(locals: &mut IndexVec<LocalId, LocalUse>) -> Folder<'_> {
        Folder { locals, stamp: 0 }
    }

    /// Folds the whole body, and counts how often each local is still read.
    pub fn run(&mut self, body: &mut Body) {
        self.locals.clear();
        self.locals.resize(
            body.locals.len(),
            LocalUse {
                reads: 0,
                stamp: 0,
                value: Operand::NONE,
            },
        );
        self.stamp = 0;
        for b in body.blocks.ids() {
            self.stamp += 1;
            let mut n = body.blocks[b].first;
            while n.is_some() {
                let node = &body.nodes[n];
                let next = node.next;
                let mut known = false;
                for o in node.opnd {
                    if let Some(l) = o.as_local() {
                        let l = &mut self.locals[l];
                        known |= l.stamp == self.stamp;
                        l.reads += 1;
                    }
                }
                if known || node.opnd[0].is_const() || TELLING.contains(node.op) {
                    self.node(body, b, n, known);
                } else if node.op == Opcode::StoreLcl {
                    self.locals[LocalId(node.aux)].stamp = 0;
                }
                n = next;
            }
        }
    }

    /// Folds one node, which reads a local that holds a constant (`known`), has a constant, or tells of locals.
    #[inline(never)]
    fn node(&mut self, body: &mut Body, b: BlockId, n: NodeId, known: bool) {
        if known {
            self.propagate(body, n);
        }
        let node = &body.nodes[n];
        let constant = node.opnd[0].is_const();
        match node.op {
            Opcode::StoreLcl => self.store(body, n),
            Opcode::StoreLclFld => {
                let l = &mut self.locals[LocalId(node.aux)];
                l.stamp = 0;
                l.reads += 1;
            }
            Opcode::LclFld | Opcode::LclAddr => self.locals[LocalId(node.aux)].reads += 1,
            Opcode::Branch if constant => fold_branch(body, b, n),
            Opcode::CmpBranch if constant => fold_compare_branch(body, b, n),
            Opcode::Call | Opcode::TailCall => {
                for a in body.args(CallId(node.aux)) {
                    if let Some(l) = a.opnd.as_local() {
                        self.locals[l].reads += 1;
                    }
                }
            }
            _ if constant => {
                if let Some(v) = value_of(body, n) {
                    replace(body, b, n, v);
                }
            }
            _ => {}
        }
    }

    fn store(&mut self, body: &Body, n: NodeId) {
        let node = &body.nodes[n];
        let local = LocalId(node.aux);
        let l = &body.locals[local];
        let plain = l.is_reg_candidate() && !l.ty.is_small() && node.opnd[0].is_const();
        let known = &mut self.locals[local];
        known.stamp = if plain { self.stamp } else { 0 };
        known.value = node.opnd[0];
    }

    /// Reads of locals that hold a constant become that constant, and are no longer counted.
    #[inline(never)]
    fn propagate(&mut self, body: &mut Body, n: NodeId) {
        let locals = &body.locals;
        let types = |l: LocalId| locals[l].ty;
        let mut reads_gc = false;
        for o in body.nodes[n].opnd {
            if let Some(l) = o.as_local() {
                reads_gc |= types(l).is_gc();
            }
        }
        if reads_gc || matches!(body.nodes[n].op, Opcode::KeepAlive | Opcode::RetRegs) {
            return;
        }
        // Call arguments carry their type, node operands have it from their position.
        let positions = body.nodes[n].op.info().operands;
        for (k, position) in positions.iter().enumerate().take(3) {
            let Some(l) = body.nodes[n].opnd[k].as_local() else {
                continue;
            };
            let same_type = body.position_type(n, k) == body.locals[l].ty.actual();
            let known = &mut self.locals[l];
            if known.stamp == self.stamp
                && same_type
                && !matches!(position, crate::ir::OperandKind::Any)
            {
                body.nodes[n].opnd[k] = known.value;
                known.reads -= 1;
            }
        }
    }
}

/// The constant that node `n` computes, as an operand's bits.
fn value_of(body: &Body, n: NodeId) -> Option<i64> {
    let node = &body.nodes[n];
    let constant = |k: usize| body.const_value(node.opnd[k]).map(|v| v as i64);
    match node.op {
        Opcode::Cmp => {
            let ty = node.compare_type();
            Some(i64::from(eval::compare(
                node.cond(),
                ty,
                constant(0)?,
                constant(1)?,
            )))
        }
        Opcode::Neg
        | Opcode::Not
        | Opcode::Sext
        | Opcode::Zext
        | Opcode::Trunc
        | Opcode::IntToFloat => eval::unary(node.op, node.ty, node.source_type(), constant(0)?),
        Opcode::Add
        | Opcode::Sub
        | Opcode::Mul
        | Opcode::And
        | Opcode::Or
        | Opcode::Xor
        | Opcode::Shl
        | Opcode::Shr
        | Opcode::Sar
        | Opcode::Rol
        | Opcode::Ror
        | Opcode::FDiv => eval::binary(node.op, node.ty, constant(0)?, constant(1)?),
        _ => None,
    }
}

/// Puts constant `v` in the place of node `n`'s value and removes `n`.
fn replace(body: &mut Body, b: BlockId, n: NodeId, v: i64) {
    let user = body.nodes[n].user;
    if user.is_none() {
        body.nodes[n].flags.insert(NodeFlags::UNUSED);
        return;
    }
    // Where the position gives another type than the value has, the value stays a node.
    let ty = body.value_type(n);
    let node_operand = Operand::node(n);
    if let Some(k) = body.nodes[user]
        .opnd
        .iter()
        .position(|&o| o == node_operand)
    {
        let place = body.position_type(user, k);
        let any = matches!(
            body.nodes[user].op.info().operands.get(k),
            Some(crate::ir::OperandKind::Any) | None
        );
        if any || place != ty {
            return;
        }
    } else if matches!(ty, VarType::Struct) {
        return;
    }
    let c = body.const_operand(v as u64);
    body.for_each_operand_mut(user, |o| {
        if *o == node_operand {
            *o = c;
        }
    });
    body.remove(b, n);
}

fn fold_branch(body: &mut Body, b: BlockId, n: NodeId) {
    if let OperandRef::Small(_) | OperandRef::Pool(_) = body.nodes[n].opnd[0].get() {
        let taken = body
            .const_value(body.nodes[n].opnd[0])
            .is_some_and(|v| v as i32 != 0);
        make_jump(body, b, n, taken);
    }
}

fn fold_compare_branch(body: &mut Body, b: BlockId, n: NodeId) {
    let node = body.nodes[n];
    let constant = |k: usize| body.const_value(node.opnd[k]).map(|v| v as i64);
    if let (Some(x), Some(y)) = (constant(0), constant(1)) {
        let taken = eval::compare(node.cond(), node.compare_type(), x, y);
        make_jump(body, b, n, taken);
    }
}

fn make_jump(body: &mut Body, b: BlockId, n: NodeId, taken: bool) {
    let succ = body.blocks[b].succ;
    body.blocks[b].succ = [if taken { succ[0] } else { succ[1] }, BlockId::NONE];
    let node = &mut body.nodes[n];
    node.op = Opcode::Jump;
    node.opnd = [Operand::NONE; 3];
    node.sub = 0;
    node.aux = 0;
}
