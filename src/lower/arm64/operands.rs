//! What arm64 instructions do to their last operand on the way: shift it, extend it, complement it, multiply it; fields of bits.
//!
//! The node that does it becomes contained. Its own operand must be in a register: a node that contains something is part of no
//! further instruction, but for an extension in a shift that is an operand.

use crate::ir::{Cond, Node, NodeId, Opcode};
use crate::lower::LowerCx;
use crate::types::VarType;

/// What the last operand of an instruction can be besides a register.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) struct Forms {
    /// Shifted by a constant.
    pub shifted: bool,
    /// Rotated by a constant.
    pub rotated: bool,
    /// Extended, and shifted left by up to 4.
    pub extended: bool,
    /// Complemented.
    pub inverted: bool,
    /// A product.
    pub product: bool,
}

impl Forms {
    /// Comparisons.
    pub const COMPARE: Forms = Forms {
        shifted: true,
        rotated: false,
        extended: true,
        inverted: false,
        product: false,
    };
    /// Additions and subtractions.
    pub const SUM: Forms = Forms {
        product: true,
        ..Forms::COMPARE
    };
    /// Tests.
    pub const TEST: Forms = Forms {
        rotated: true,
        extended: false,
        ..Forms::COMPARE
    };
    /// Logical operations.
    pub const LOGIC: Forms = Forms {
        inverted: true,
        ..Forms::TEST
    };
    /// Negations.
    pub const NEGATED: Forms = Forms {
        extended: false,
        ..Forms::SUM
    };
}

/// Does `x` extend a value of 32 bits or less, which is not read from memory by it?
fn is_extension(cx: &LowerCx<'_>, x: &Node) -> bool {
    matches!(x.op, Opcode::Sext | Opcode::Zext)
        && x.opnd[0].is_value()
        && (x.source_type().is_small() || x.source_type() == VarType::I32)
        && !cx.has_contained(x)
}

/// Contains operand `k` of `n`, an operation on `size` bytes, if it is one of `forms`.
pub(super) fn contain(cx: &mut LowerCx<'_>, n: NodeId, k: usize, size: u32, forms: Forms) -> bool {
    let Some((d, x)) = cx.operand_node(n, k) else {
        return false;
    };
    if x.ty.size() != size || x.ty.is_gc() {
        return false;
    }
    let count = cx.const_i64(d, 1);
    let inner = x.opnd[0].as_node().filter(|&i| cx.node(i).is_contained());
    let fits = match x.op {
        Opcode::Shl if inner.is_some() => {
            // An extension, shifted.
            let ext = inner.is_some_and(|i| matches!(cx.node(i).op, Opcode::Sext | Opcode::Zext));
            forms.extended && ext && count.is_some_and(|c| (0..=4).contains(&c))
        }
        Opcode::Shl | Opcode::Shr | Opcode::Sar => {
            forms.shifted && count.is_some() && inner.is_none()
        }
        Opcode::Rol | Opcode::Ror => forms.rotated && count.is_some() && inner.is_none(),
        Opcode::Sext | Opcode::Zext => forms.extended && is_extension(cx, &x),
        Opcode::Not => forms.inverted && inner.is_none(),
        Opcode::Mul => forms.product && !x.opnd[1].is_const(),
        _ => false,
    };
    fits && cx.try_contain(n, d)
}

/// As [`contain`] for the operands of a commutative operation, which are exchanged if it is the first.
pub(super) fn contain_either(cx: &mut LowerCx<'_>, n: NodeId, size: u32, forms: Forms) {
    if cx.node(n).opnd[1].is_const() || contain(cx, n, 1, size, forms) {
        return;
    }
    if contain(cx, n, 0, size, forms) {
        cx.swap_operands(n);
    }
}

/// As [`contain_either`] for a comparison, whose condition turns around.
pub(super) fn contain_compared(cx: &mut LowerCx<'_>, n: NodeId) {
    let node = *cx.node(n);
    let of = node.compare_type();
    if node.opnd[1].is_const() || !of.is_int() || of.is_small() {
        return;
    }
    let forms = match node.cond() {
        Cond::TestZ | Cond::TestNz => Forms::TEST,
        _ => Forms::COMPARE,
    };
    if contain(cx, n, 1, of.size(), forms) {
        return;
    }
    if contain(cx, n, 0, of.size(), forms) {
        cx.swap_operands(n);
        cx.node_mut(n).sub = node.cond().swap() as u8;
    }
}

/// A product of two extended 32-bit values, or of one and a constant that is such: the extensions are contained.
pub(super) fn contain_factors(cx: &mut LowerCx<'_>, n: NodeId) {
    if cx.node(n).ty != VarType::I64 {
        return;
    }
    let Some((d, x)) = cx.operand_node(n, 0) else {
        return;
    };
    if !is_extension(cx, &x) || x.source_type() != VarType::I32 {
        return;
    }
    let Some((e, y)) = cx.operand_node(n, 1) else {
        return;
    };
    if y.op == Opcode::Const {
        let Some(c) = cx.const_i64(e, 0) else { return };
        let fits = match x.op {
            Opcode::Zext => u32::try_from(c).is_ok(),
            _ => i32::try_from(c).is_ok(),
        };
        if fits {
            cx.try_contain(n, d);
        }
        return;
    }
    let same = y.op == x.op && y.source_type() == VarType::I32 && is_extension(cx, &y);
    if same && cx.can_move_to(d, n) && cx.can_move_to(e, n) {
        cx.contain(d);
        cx.contain(e);
    }
}

/// Is `mask` a run of ones from bit 0, but not of all?
fn is_low_mask(mask: i64, bits: u32) -> bool {
    let m = if bits == 32 {
        mask as u32 as u64
    } else {
        mask as u64
    };
    m != 0 && m & m.wrapping_add(1) == 0 && m.trailing_ones() < bits
}

/// A node that takes bits out of its operand or puts them in place: what its operand does to them before becomes part of it.
pub(super) fn contain_field(cx: &mut LowerCx<'_>, n: NodeId) {
    let node = *cx.node(n);
    let Some((d, x)) = cx.operand_node(n, 0) else {
        return;
    };
    if cx.has_contained(&x) || !x.opnd[0].is_value() {
        return;
    }
    let bits = x.ty.size() * 8;
    let count = cx.const_i64(d, 1).map(|c| c as u32 & (bits - 1));
    let right = matches!(x.op, Opcode::Shr | Opcode::Sar);
    let fits = match (node.op, count) {
        // The low bits of what is shifted right.
        (Opcode::And, Some(by)) if right && node.ty == x.ty => {
            let mask = cx.const_i64(n, 1).unwrap_or(0);
            let width = (mask as u64).trailing_ones();
            is_low_mask(mask, bits) && (x.op == Opcode::Shr || by + width <= bits)
        }
        (Opcode::Zext | Opcode::Sext, Some(by)) if right && bits == 32 => {
            let from = node.source_type();
            from.is_small() && by + from.size() * 8 <= bits
        }
        // Up and down.
        (Opcode::Shr | Opcode::Sar, Some(_)) => {
            x.op == Opcode::Shl && node.ty.size() == x.ty.size() && node.opnd[1].is_const()
        }
        // Low bits, or a smaller number, moved up.
        (Opcode::Shl, _) if node.opnd[1].is_const() && node.ty.size() == x.ty.size() => {
            match x.op {
                Opcode::And => cx.const_i64(d, 1).is_some_and(|m| is_low_mask(m, bits)),
                _ => is_extension(cx, &x),
            }
        }
        _ => false,
    };
    if fits {
        cx.try_contain(n, d);
    }
}

/// Contains the index of `lea` node `n` if it is an extended 32-bit value.
pub(super) fn contain_index(cx: &mut LowerCx<'_>, n: NodeId) {
    if let Some((d, x)) = cx.operand_node(n, 1)
        && is_extension(cx, &x)
        && x.source_type() == VarType::I32
        && x.ty == VarType::I64
    {
        cx.try_contain(n, d);
    }
}

/// The values of select `n`: one of them may be incremented, negated or complemented by it, and zero is a register.
pub(super) fn select(cx: &mut LowerCx<'_>, n: NodeId) {
    let two_conditions = cx.node(n).opnd[0].as_node().is_some_and(|c| {
        let c = cx.node(c);
        c.is_contained() && c.compare_type().is_float() && matches!(c.cond(), Cond::UEq | Cond::Ne)
    });
    let mut changed = None;
    if !two_conditions {
        changed = [2, 1].into_iter().find(|&k| contain_changed(cx, n, k));
    }
    for k in [1, 2] {
        let zero = cx.const_i64(n, k) == Some(0) && !two_conditions;
        if changed != Some(k) && !zero {
            cx.materialize(n, k);
        }
    }
}

/// Is value `k` of select `n` one that the instruction makes? One and minus one are changes of zero.
fn contain_changed(cx: &mut LowerCx<'_>, n: NodeId, k: usize) -> bool {
    if let Some(c) = cx.const_i64(n, k) {
        return matches!(c, 1 | -1);
    }
    if !cx.full {
        return false;
    }
    let Some((d, x)) = cx.operand_node(n, k) else {
        return false;
    };
    let fits = match x.op {
        Opcode::Add => cx.const_i64(d, 1) == Some(1),
        Opcode::Neg | Opcode::Not => true,
        _ => false,
    };
    let plain = x.ty == cx.node(n).ty && x.opnd[0].is_value() && !cx.has_contained(&x);
    fits && plain && cx.try_contain(n, d)
}

/// Is `c` a comparison of integers that is decided by one condition, and is not part of anything?
fn is_decided(c: &Node) -> bool {
    let of = c.compare_type();
    c.op == Opcode::Cmp && of.is_int() && !of.is_small()
}

/// Can `ccmp` do comparison `d`: of registers, or with a small constant?
fn is_conditional(cx: &LowerCx<'_>, d: NodeId) -> bool {
    let c = cx.node(d);
    let small = cx.const_i64(d, 1).is_none_or(|c| (0..32).contains(&c));
    let test = matches!(c.cond(), Cond::TestZ | Cond::TestNz);
    !test && small && !cx.has_contained(c) && c.opnd[0].is_value()
}

/// A conjunction or disjunction of two comparisons makes the second depend on the first: both are contained. Says whether it does.
pub(super) fn contain_comparisons(cx: &mut LowerCx<'_>, n: NodeId) -> bool {
    if cx.node(n).ty != VarType::I32 {
        return false;
    }
    let (Some((a, x)), Some((b, y))) = (cx.operand_node(n, 0), cx.operand_node(n, 1)) else {
        return false;
    };
    if !is_decided(&x) || !is_decided(&y) || !cx.can_move_to(a, n) || !cx.can_move_to(b, n) {
        return false;
    }
    if !is_conditional(cx, b) {
        if !is_conditional(cx, a) {
            return false;
        }
        cx.swap_operands(n);
    }
    cx.contain(a);
    cx.contain(b);
    true
}

/// Contains operand 0 of branch or select `n` if it is two comparisons in one.
pub(super) fn contain_decision(cx: &mut LowerCx<'_>, n: NodeId) -> bool {
    let Some((d, x)) = cx.operand_node(n, 0) else {
        return false;
    };
    let first = x.opnd[0].as_node().map(|c| *cx.node(c));
    matches!(x.op, Opcode::And | Opcode::Or)
        && first.is_some_and(|c| c.is_contained() && c.op == Opcode::Cmp)
        && cx.try_contain(n, d)
}
