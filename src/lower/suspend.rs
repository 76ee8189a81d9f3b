//! Async methods: `return_suspend` leaves a method that is not done and hands its continuation to the caller, in a register of its own
//! beside those of results. In a method that may be left so, an ordinary return says in that register that there is none.

use super::LowerCx;
use crate::ir::{ArgKind, CallFlags, CallId, CallInfo, CallTarget, Node, NodeId, Opcode, Operand};
use crate::types::{LayoutId, VarType};

impl LowerCx<'_> {
    /// Turns `return_suspend` into `ret_regs` of the continuation alone. What the method's own result would be is not defined.
    pub fn lower_return_suspend(&mut self, n: NodeId) {
        let continuation = self.node(n).opnd[0];
        let m = self.node_mut(n);
        (m.op, m.ty) = (Opcode::RetRegs, VarType::Void);
        m.opnd = [Operand::NONE; 3];
        self.also_return(n, continuation);
    }

    /// `n` is the `ret_regs` of an ordinary return: there is no continuation.
    pub fn return_without_continuation(&mut self, n: NodeId) {
        let null = Node {
            opnd: [
                Operand::small(0).unwrap_or_default(),
                Operand::NONE,
                Operand::NONE,
            ],
            ..Node::new(Opcode::Const, VarType::Ref)
        };
        let null = Operand::node(self.insert_before(n, null));
        self.also_return(n, null);
    }

    /// Adds the continuation to what `ret_regs` node `n` leaves in registers: it becomes a list.
    fn also_return(&mut self, n: NodeId, continuation: Operand) {
        let cc = self.desc.call_conv;
        if self.node(n).sub == 0 {
            let first_arg = self.body.call_args.len() as u32;
            let (mut ints, mut floats) = (cc.int_rets.iter(), cc.float_rets.iter());
            for k in 0..3 {
                let o = self.node(n).opnd[k];
                if o.is_none() {
                    break;
                }
                let ty = self.body.operand_type(n, k);
                let regs = if ty.is_float_reg() {
                    &mut floats
                } else {
                    &mut ints
                };
                if let Some(&r) = regs.next() {
                    self.put_in_register(n, o, ty, r, ArgKind::User);
                }
            }
            let row = self.body.calls.push(CallInfo {
                target: CallTarget::Indirect,
                ret: VarType::Void,
                ret_layout: LayoutId::NONE,
                first_arg,
                num_args: self.body.call_args.len() as u32 - first_arg,
                flags: CallFlags::NO_GC,
                stack_bytes: 0,
            });
            let m = self.node_mut(n);
            m.aux = row.0;
            m.opnd = [Operand::NONE; 3];
        }
        let kind = ArgKind::AsyncContinuation;
        self.put_in_register(n, continuation, VarType::Ref, cc.continuation_ret, kind);
        let row = CallId(self.node(n).aux);
        // The list that was made last: it can still grow.
        self.body.calls[row].num_args += 1;
        self.node_mut(n).sub = self.body.calls[row].num_args as u8;
    }
}
