//! Arguments in registers: each value is loaded into, made in or moved to the register that the call wants it in. Parameters in
//! registers: they stay where they are until they are stored.

use super::{Content, MinOpts};
use crate::codegen::{Gen, GenCx};
use crate::ir::{Bail, NodeFlags, NodeId, OperandRef};
use crate::lsra::NodeRegs;
use crate::target::{RegMask, RegNum};

impl MinOpts {
    /// `param_reg`: the value is in its register from the start. Says whether nothing is in the way of leaving it there; if something
    /// is, the node needs a look of its own.
    pub(super) fn take_parameter(&mut self, cx: &mut GenCx<'_>, n: NodeId) -> bool {
        let node = &cx.body.nodes[n];
        let (ty, def, user) = (node.ty, RegNum(node.sub), node.user);
        if !self.free.contains(def) || user.is_none() || node.flags.contains(NodeFlags::UNUSED) {
            return false;
        }
        cx.st.regs[n] = NodeRegs {
            def,
            ..NodeRegs::default()
        };
        self.report_deaths(cx, RegMask::EMPTY);
        self.places[n].reg = def;
        self.hold(cx, def, Content::Node(n), ty);
        true
    }

    /// `put_arg_reg`: the value in its register, which whatever else was there has left. Says whether that is done; a node for which
    /// it is not needs a look of its own.
    pub(super) fn put_argument<G: Gen>(
        &mut self,
        cx: &mut GenCx<'_>,
        n: NodeId,
    ) -> Result<bool, Bail> {
        let node = &cx.body.nodes[n];
        let (o, ty, to) = (node.opnd[0], node.ty, RegNum(node.sub));
        let (from, opnd_ty) = match o.get() {
            OperandRef::Local(l) => (self.locals[l].reg, cx.body.locals[l].ty),
            OperandRef::Node(x) => {
                if cx.body.nodes[x].is_contained() {
                    return Ok(false);
                }
                (self.places[x].reg, cx.body.value_type(x))
            }
            OperandRef::None => return Ok(false),
            _ => (RegNum::NONE, ty),
        };
        if !self.usable.contains(to) || !cx.desc.regs_for(opnd_ty).contains(to) {
            return Ok(false);
        }
        let dying = self.consume(o).mask_or_empty();
        self.free |= dying;
        // What lives on in the register that the argument wants goes elsewhere, the argument's own value too.
        if !self.free.contains(to) {
            self.evict::<G>(cx, to, to.mask() | from.mask_or_empty());
        }
        match o.get() {
            _ if from.is_some() => G::gen_move_regs(cx, ty, from, to),
            OperandRef::Local(l) => {
                let home = cx.home(l);
                G::gen_load_slot(cx, opnd_ty, home, to);
            }
            OperandRef::Node(x) => G::gen_load_slot(cx, opnd_ty, self.places[x].slot, to),
            _ => {
                let bits = cx.body.const_value(o).unwrap_or(0);
                G::gen_const(cx, ty, bits, to);
            }
        }
        self.check()?;
        cx.st.regs[n] = NodeRegs {
            def: to,
            ..NodeRegs::default()
        };
        if self.slots_out != 0 {
            self.give_back(cx, o);
        }
        self.report_deaths(cx, RegMask::EMPTY);
        self.places[n].reg = to;
        self.hold(cx, to, Content::Node(n), ty);
        Ok(true)
    }
}
