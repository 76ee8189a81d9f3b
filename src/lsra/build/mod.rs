//! Nodes to demands: the only part of allocation that knows machines.

pub mod arm64;
pub mod x64;

use super::demand::{Def, DemandRow, DemandRows, NodeDemand, RowDef, Temp, Use, UseFlags};
use crate::ir::{Body, CallId, LocalId, Node, NodeFlags, NodeId, Opcode, Operand};
use crate::target::{CpuFeatures, RegMask, RegNum, RuntimeAbi, Target, TargetDesc};
use crate::types::VarType;

/// What demands are read from.
pub struct BuildCx<'a> {
    /// The lowered body.
    pub body: &'a Body,
    /// Facts of the machine.
    pub desc: &'static TargetDesc,
    /// Conventions of the runtime (where catch arguments arrive, ...).
    pub abi: &'a RuntimeAbi,
    /// Instruction sets beyond the machine's base.
    pub features: CpuFeatures,
}

/// Per-machine demands. `demand` is clear on entry. Contained nodes are never asked.
pub trait Build: Target {
    /// What nodes demand that are all alike.
    const ROWS: DemandRows;

    /// Describes what node `n` demands, which has no row.
    fn build_special(cx: &BuildCx<'_>, n: NodeId, demand: &mut NodeDemand);

    /// Describes what node `n` demands.
    #[inline]
    fn build_node(cx: &BuildCx<'_>, n: NodeId, demand: &mut NodeDemand) {
        let node = cx.node(n);
        match const { &Self::ROWS }.get(node) {
            Some(row) => cx.build_row(n, row, demand),
            None => Self::build_special(cx, n, demand),
        }
    }
}

impl BuildCx<'_> {
    /// The node.
    #[inline]
    pub fn node(&self, n: NodeId) -> &Node {
        &self.body.nodes[n]
    }

    /// What a row says, for one node.
    #[inline]
    pub fn build_row(&self, n: NodeId, row: &DemandRow, d: &mut NodeDemand) {
        for (k, &flags) in row.uses.iter().enumerate() {
            self.use_any(d, n, k, flags);
        }
        match row.def {
            RowDef::None => {}
            RowDef::Own => self.def_any(d, self.node(n).ty.actual()),
            RowDef::I32 => self.def_any(d, VarType::I32),
        }
    }

    /// A use of operand `k` of `n` in any register of its file. Constants use nothing; a contained node's own operands are used
    /// in its stead.
    #[inline(always)]
    pub fn use_any(&self, d: &mut NodeDemand, n: NodeId, k: usize, flags: UseFlags) {
        let o = self.node(n).opnd[k];
        let ty = if let Some(x) = o.as_node() {
            let x_node = self.node(x);
            if x_node.is_contained() {
                self.use_contained(d, x, flags);
                return;
            }
            x_node.ty
        } else if let Some(l) = o.as_local() {
            self.body.locals[l].ty
        } else {
            return;
        };
        d.uses.push(Use {
            node: n,
            k: k as u8,
            flags,
            opnd: o,
            mask: self.desc.regs_for(ty),
        });
    }

    /// A use of operand `k` of `n`, a value that is no contained node, in the register behind that of the use before: see
    /// [`NodeDemand::push_after`].
    pub fn use_after(&self, d: &mut NodeDemand, n: NodeId, k: usize, flags: UseFlags) {
        let opnd = self.node(n).opnd[k];
        let mask = self.desc.regs_for(self.body.operand_type(n, k));
        d.push_after(Use {
            node: n,
            k: k as u8,
            flags,
            opnd,
            mask,
        });
    }

    /// A use of operand `k` of `n` in one register.
    pub fn use_fixed(&self, d: &mut NodeDemand, n: NodeId, k: usize, r: RegNum, flags: UseFlags) {
        let o = self.node(n).opnd[k];
        if o.is_some() && !o.is_const() {
            d.uses.push(Use {
                node: n,
                k: k as u8,
                flags,
                opnd: o,
                mask: r.mask(),
            });
        }
    }

    /// The operands of a contained node: registers of its address, or of the comparison it is.
    #[inline(never)]
    pub fn use_contained(&self, d: &mut NodeDemand, x: NodeId, flags: UseFlags) {
        let flags = flags & UseFlags::DELAY_FREE;
        for k in 0..3 {
            let o: Operand = self.node(x).opnd[k];
            if o.is_some() && !o.is_const() {
                self.use_any(d, x, k, flags);
            }
        }
    }

    /// Is operand `k` of `n` a contained node?
    #[inline]
    pub fn is_contained(&self, n: NodeId, k: usize) -> bool {
        self.node(n).opnd[k]
            .as_node()
            .is_some_and(|x| self.node(x).is_contained())
    }

    /// A definition of type `ty` in any register of its file.
    #[inline]
    pub fn def_any(&self, d: &mut NodeDemand, ty: VarType) {
        d.def = Some(Def {
            ty,
            mask: self.desc.regs_for(ty),
        });
    }

    /// A definition in one register.
    pub fn def_fixed(&self, d: &mut NodeDemand, ty: VarType, r: RegNum) {
        d.def = Some(Def { ty, mask: r.mask() });
    }

    /// An internal temporary.
    pub fn temp(&self, d: &mut NodeDemand, ty: VarType) {
        d.temps.push(Temp {
            ty,
            mask: self.desc.regs_for(ty),
        });
    }

    /// What is the same on every machine: parameters, stores to locals, calls, returns. Any other node is unknown.
    pub fn build_common(&self, n: NodeId, d: &mut NodeDemand) {
        let node = self.node(n);
        match node.op {
            Opcode::ParamReg => self.def_fixed(d, node.ty, RegNum(node.sub)),
            Opcode::Result => self.def_fixed(d, node.ty, RegNum(node.aux as u8)),
            Opcode::StoreLcl => self.build_store_lcl(n, d),
            Opcode::PutArgReg => {
                let r = RegNum(node.sub);
                let flags = UseFlags::PREFER_DEF | UseFlags::REG_OPTIONAL;
                self.use_any(d, n, 0, flags);
                self.def_fixed(d, node.ty, r);
            }
            Opcode::Call => self.build_call(n, d),
            Opcode::TailCall => self.build_tail_call(n, d),
            Opcode::RetRegs => self.build_ret(n, d),
            Opcode::Throw => {
                self.use_fixed(d, n, 0, self.desc.call_conv.int_args[0], UseFlags::empty());
                d.kills = self.desc.caller_saved;
                d.safe_point = true;
            }
            Opcode::Rethrow | Opcode::CallFinally | Opcode::GcPoll => {
                d.kills = self.desc.caller_saved;
                d.safe_point = true;
            }
            Opcode::CatchArg => self.def_fixed(d, node.ty, self.abi.exception_reg),
            // The resume address is made in the first result register.
            Opcode::CatchRet => d.kills = self.desc.call_conv.int_rets[0].mask(),
            _ => d.unknown = true,
        }
    }

    fn build_store_lcl(&self, n: NodeId, d: &mut NodeDemand) {
        let local = &self.body.locals[LocalId(self.node(n).aux)];
        self.use_any(d, n, 0, UseFlags::PREFER_DEF);
        if local.is_reg_candidate() {
            self.def_any(d, local.ty.actual());
        }
    }

    /// Uses of the `put_arg_reg` nodes that a call's row lists, each in its register.
    fn use_listed(&self, n: NodeId, call: CallId, d: &mut NodeDemand) {
        if self.body.call_args.is_empty() {
            return self.use_unlisted(n, d);
        }
        for a in self.body.args(call) {
            if let Some(p) = a.opnd.as_node() {
                self.use_put(n, p, d);
            }
        }
    }

    /// As [`BuildCx::use_listed`] where the lists are given back ([`Body::drop_args`]).
    #[cold]
    fn use_unlisted(&self, n: NodeId, d: &mut NodeDemand) {
        let first = d.uses.len();
        let mut at = self.node(n).prev;
        while at.is_some() {
            let node = self.node(at);
            match node.op {
                // No argument register waits across a call.
                Opcode::Call => break,
                Opcode::PutArgReg if node.user == n => self.use_put(n, at, d),
                _ => {}
            }
            at = node.prev;
        }
        d.uses[first..].reverse();
    }

    /// Use of `put_arg_reg` node `p` by `n`.
    fn use_put(&self, n: NodeId, p: NodeId, d: &mut NodeDemand) {
        d.uses.push(Use {
            node: n,
            k: Use::NOWHERE,
            flags: UseFlags::empty(),
            opnd: Operand::node(p),
            mask: RegNum(self.node(p).sub).mask(),
        });
    }

    fn build_tail_call(&self, n: NodeId, d: &mut NodeDemand) {
        let call = CallId(self.node(n).aux);
        self.use_listed(n, call, d);
        if self.body.calls[call].target.has_address() {
            // The target survives the epilog, which restores what this method has saved.
            let listed = d.uses.iter().fold(RegMask::EMPTY, |m, u| m | u.mask);
            let o = self.node(n).opnd[0];
            let mask = (self.desc.int_regs & self.desc.caller_saved) - listed;
            d.uses.push(Use {
                node: n,
                k: 0,
                flags: UseFlags::empty(),
                opnd: o,
                mask,
            });
        }
    }

    fn build_call(&self, n: NodeId, d: &mut NodeDemand) {
        let node = self.node(n);
        let call = CallId(node.aux);
        let info = &self.body.calls[call];
        self.use_listed(n, call, d);
        if info.target.has_address() {
            // The target must survive the set-up of arguments: it may not sit in an argument register.
            let args = self
                .desc
                .call_conv
                .int_args
                .iter()
                .fold(RegMask::EMPTY, |m, r| m | r.mask());
            let o = node.opnd[0];
            let mask = self.desc.int_regs - args;
            d.uses.push(Use {
                node: n,
                k: 0,
                flags: UseFlags::empty(),
                opnd: o,
                mask,
            });
        }
        d.kills = self.desc.caller_saved;
        d.safe_point = !info.flags.contains(crate::ir::CallFlags::NO_GC);
        if node.ty != VarType::Void && !node.flags.contains(NodeFlags::UNUSED) {
            let ty = node.ty.actual();
            let cc = self.desc.call_conv;
            let r = if ty.is_float_reg() {
                cc.float_rets[0]
            } else {
                cc.int_rets[0]
            };
            self.def_fixed(d, ty, r);
        }
    }

    fn build_ret(&self, n: NodeId, d: &mut NodeDemand) {
        let cc = self.desc.call_conv;
        if self.node(n).sub != 0 {
            // More registers than operands: a list.
            self.use_listed(n, CallId(self.node(n).aux), d);
            return;
        }
        let (mut i, mut f) = (0, 0);
        for k in 0..3 {
            if self.node(n).opnd[k].is_none() {
                break;
            }
            let r = if self.body.operand_type(n, k).is_float_reg() {
                f += 1;
                cc.float_rets[f - 1]
            } else {
                i += 1;
                cc.int_rets[i - 1]
            };
            self.use_fixed(d, n, k, r, UseFlags::empty());
        }
    }
}
