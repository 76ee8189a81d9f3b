//! Checked casts.

use super::alu::constant;
use super::mem::register;
use super::{float_width, width};
use crate::codegen::GenCx;
use crate::codegen::casts::{IntCheck, float_range, int_check};
use crate::ee::Helper;
use crate::emit::arm64::{Asm, Cond, Ext, Ins, W};
use crate::ir::{Bail, NodeId, Opcode};
use crate::target::arm64::{V31, X16};
use crate::types::VarType;

pub(super) fn checked_cast(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    if node.source_type().is_float() {
        return checked_float_cast(cx, n);
    }
    let w = width(node.source_type());
    let (dst, a) = (cx.regs(n).def, register(cx, n, 0)?);
    let check = int_check(&node);
    if check != IntCheck::None {
        let fail = cx.throw_label(n, Helper::ThrowOverflow);
        let asm = &mut Asm(cx.em);
        match check {
            IntCheck::Extends(bits) => {
                let ext = match bits {
                    8 => Ext::Sxtb,
                    16 => Ext::Sxth,
                    _ => Ext::Sxtw,
                };
                asm.extend(ext, w, X16, a);
                asm.cmp_rr(w, X16, a);
            }
            IntCheck::Below(bits) => {
                let above = u64::MAX << bits;
                asm.tst_ri(
                    w,
                    a,
                    if w == W::B8 {
                        above as i64
                    } else {
                        above as i32 as i64
                    },
                );
            }
            IntCheck::None => {}
        }
        asm.bcond(Cond::Ne, fail);
    }
    let asm = &mut Asm(cx.em);
    match (w, width(node.ty)) {
        (W::B4, W::B8) if node.op == Opcode::CastOvf => asm.extend(Ext::Sxtw, W::B8, dst, a),
        (W::B8, W::B8) => asm.mov_rr(W::B8, dst, a),
        // Clears the upper half.
        _ => asm.extend(Ext::Uxtw, W::B4, dst, a),
    }
    Ok(())
}

fn checked_float_cast(cx: &mut GenCx<'_>, n: NodeId) -> Result<(), Bail> {
    let node = cx.body.nodes[n];
    let from = node.source_type();
    let (dst, x) = (cx.regs(n).def, register(cx, n, 0)?);
    let fw = float_width(from);
    let range = float_range(&node);
    let fail = cx.throw_label(n, Helper::ThrowOverflow);
    // The first condition holds for NaN too.
    let below = if range.low_included {
        Cond::Lt
    } else {
        Cond::Le
    };
    for (bound, out) in [(range.low, below), (range.high, Cond::Ge)] {
        let bits = if from == VarType::F64 {
            bound.to_bits()
        } else {
            (bound as f32).to_bits().into()
        };
        constant(cx, from, bits, V31);
        let asm = &mut Asm(cx.em);
        asm.fcmp(fw, x, V31);
        asm.bcond(out, fail);
    }
    let unsigned = node.op == Opcode::CastOvfToUn || node.ty.is_unsigned_small();
    let ins = if unsigned { Ins::Fcvtzu } else { Ins::Fcvtzs };
    Asm(cx.em).float_to_int(ins, width(node.ty), fw, dst, x);
    Ok(())
}
