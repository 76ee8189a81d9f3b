//! Lowering that is the same on every machine: operations whose operands all want registers, addresses of elements, block copies,
//! and operations that become calls of the runtime's helpers.

use super::{Lower, LowerCx};
use crate::ee::Helper;
use crate::ir::{
    Bail, Barrier, CallFlags, Cond, Local, LocalFlags, LocalId, Node, NodeFlags, NodeId, Opcode,
    Operand,
};
use crate::types::{LayoutId, VarType};

/// Blocks of more bytes are copied and filled by the runtime's helpers.
pub const UNROLL_LIMIT: u32 = 512;

impl LowerCx<'_> {
    /// Lowers a node that no machine has a rule of its own for.
    pub fn lower_common<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        use Opcode::*;
        let node = *self.node(n);
        match node.op {
            Nop | IlOffset | KeepAlive | Jump | Unreachable | CatchArg | CatchRet | CallFinally
            | EndFinally | Rethrow | Fence | Result | LclFld | LclAddr | Lookup | GcPoll
            | LabelAddr | ParamReg | ParamStack | Const | FuncAddr => {}
            Shl | Shr | Sar | Rol | Ror | Neg | Not | Abs | Sqrt | Floor | Ceil | RoundEven
            | TruncFloat | CkFinite | Clz | Ctz | Popcnt | Bswap | BitReverse | Sext | Zext
            | Trunc | IntToFloat | UIntToFloat | FloatToInt | FloatToUInt | FloatToIntOld
            | FloatToUIntOld | FloatToFloat | CastOvf | CastOvfUn | CastOvfToUn | Bitcast => {
                self.materialize(n, 0);
            }
            MulHi | UMulHi | Min | Max | UMin | UMax | CopySign => {
                self.materialize(n, 0);
                self.materialize(n, 1);
            }
            Div | Rem | UDiv | URem if node.ty.is_int() => {
                if self.divide_by_constant::<L>(n)? {
                    return Ok(());
                }
                self.materialize(n, 0);
                self.materialize(n, 1);
            }
            Fma => (0..3).for_each(|k| self.materialize(n, k)),
            FRem => return self.lower_float_remainder::<L>(n),
            Select => {
                if !self.fuse_compare(n) {
                    self.materialize_as(n, 0, VarType::I32);
                } else if self.select_to_compare(n) {
                    return Ok(());
                }
                self.materialize(n, 1);
                self.materialize(n, 2);
            }
            EndFilter | Switch => self.materialize_as(n, 0, VarType::I32),
            NullCheck | LocAlloc => self.materialize_as(n, 0, VarType::I64),
            Lea => self.simplify_lea(n),
            IndexAddr => return self.index_address::<L>(n),
            ArrLen => self.array_length(n),
            AtomicXchg | AtomicCmpXchg if node.ty == VarType::Ref => {
                return self.exchange_reference::<L>(n);
            }
            AtomicAdd | AtomicAnd | AtomicOr | AtomicXchg | AtomicCmpXchg => {
                self.materialize_as(n, 0, VarType::I64);
                self.materialize(n, 1);
                self.materialize(n, 2);
            }
            LoadStruct => return self.load_struct::<L>(n),
            CopyBlk => return self.copy_block::<L>(n),
            InitBlk => return self.init_block::<L>(n),
            StoreStruct => return self.store_struct::<L>(n),
            CopyMem => {
                let [to, from, len] = node.opnd;
                return self.call_memory_helper::<L>(n, Helper::MemCpy, to, from, len);
            }
            InitMem => {
                let [to, byte, len] = node.opnd;
                return self.call_memory_helper::<L>(n, Helper::MemSet, to, byte, len);
            }
            TailCall => return self.lower_tail_call::<L>(n),
            Call => return self.lower_call::<L>(n),
            Ret => {
                self.lower_ret::<L>(n)?;
                if self.suspends {
                    self.return_without_continuation(n);
                }
            }
            ReturnSuspend => self.lower_return_suspend(n),
            Throw => self.lower_throw(n),
            _ => return Err(self.unsupported(n)),
        }
        Ok(())
    }

    /// `branch`: takes the comparison in, or compares with zero. Returns whether it took one in, which is then still to lower.
    pub fn lower_branch(&mut self, n: NodeId) -> bool {
        if self.fuse_compare(n) {
            return true;
        }
        self.materialize_as(n, 0, VarType::I32);
        let m = self.node_mut(n);
        m.op = Opcode::CmpBranch;
        m.sub = Cond::Ne as u8;
        m.aux = VarType::I32 as u32;
        m.opnd[1] = Operand::small(0).unwrap_or_default();
        false
    }

    /// `select` of one and zero by a contained comparison becomes the comparison, or the opposite one.
    pub fn select_to_compare(&mut self, n: NodeId) -> bool {
        let negate = match (self.const_i64(n, 1), self.const_i64(n, 2)) {
            (Some(1), Some(0)) => false,
            (Some(0), Some(1)) => true,
            _ => return false,
        };
        let Some(c) = self.node(n).opnd[0].as_node() else {
            return false;
        };
        if self.node(n).ty != VarType::I32 {
            return false;
        }
        let x = *self.node(c);
        let cond = x.cond();
        let cond = match negate {
            true => cond.negate(x.compare_type().is_float()),
            false => cond,
        };
        self.take_operand(n, 0, c, 0);
        self.take_operand(n, 1, c, 1);
        self.remove(c);
        let m = self.node_mut(n);
        m.op = Opcode::Cmp;
        m.sub = cond as u8;
        m.aux = x.aux;
        m.opnd[2] = Operand::NONE;
        true
    }

    /// `arr_len` becomes a load.
    fn array_length(&mut self, n: NodeId) {
        self.materialize_as(n, 0, VarType::Ref);
        let mut lea = Node::new(Opcode::Lea, VarType::Byref);
        lea.opnd[0] = self.node(n).opnd[0];
        lea.aux = self.abi.array_length_offset;
        let lea = self.insert_before(n, lea);
        let m = self.node_mut(n);
        m.op = Opcode::Load;
        m.ty = VarType::I32;
        m.opnd[0] = Operand::node(lea);
        self.body.nodes[lea].user = n;
        self.contain(lea);
    }

    /// `index_addr`: array + index * size + offset of the first element.
    fn index_address<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        self.materialize_as(n, 0, VarType::Ref);
        self.check_array::<L>(n)?;
        let size = self.node(n).aux;
        let data = self.abi.array_data_offset as i64;
        if let Some(c) = self.const_i64(n, 1) {
            let disp = c.wrapping_mul(size as i64).wrapping_add(data);
            if let Ok(disp) = i32::try_from(disp) {
                let m = self.node_mut(n);
                m.op = Opcode::Lea;
                m.sub = 0;
                m.aux = disp as u32;
                m.opnd[1] = Operand::NONE;
                return Ok(());
            }
            self.materialize_as(n, 1, VarType::I64);
        }
        if self.body.operand_type(n, 1) == VarType::I32 {
            let mut z = Node::new(Opcode::Zext, VarType::I64);
            z.sub = VarType::I32 as u8;
            self.wrap_operand(n, 1, z);
        }
        let mut scale = 0;
        if let 1 | 2 | 4 | 8 = size {
            scale = size.trailing_zeros() as u8;
        } else {
            let mut m = Node::new(Opcode::Mul, VarType::I64);
            m.opnd[1] = self.body.const_operand(size as u64);
            let m = self.wrap_operand(n, 1, m);
            L::lower_node(self, m)?;
        }
        let m = self.node_mut(n);
        m.op = Opcode::Lea;
        m.sub = scale;
        m.aux = data as u32;
        Ok(())
    }

    /// The address of an element raises for a null array, whether it is used or not: a check goes before it, unless the array's
    /// length or something else of it was read a few nodes before.
    fn check_array<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        if self.node(n).flags.contains(NodeFlags::NON_FAULTING) {
            return Ok(());
        }
        let o = self.node(n).opnd[0];
        let local = match o.as_local() {
            Some(l) if self.is_checked_before(l, n) => return Ok(()),
            Some(l) => l,
            None => {
                // Used twice, so it goes into a local.
                let mut temp = Local::new(VarType::Ref);
                temp.flags = LocalFlags::TEMP;
                let temp = self.body.locals.push(temp);
                let mut store = Node::new(Opcode::StoreLcl, VarType::Void);
                store.aux = temp.0;
                store.opnd[0] = o;
                let store = self.insert_before(n, store);
                if let Some(d) = o.as_node() {
                    self.body.nodes[d].user = store;
                }
                self.node_mut(n).opnd[0] = Operand::local(temp);
                temp
            }
        };
        let mut check = Node::new(Opcode::NullCheck, VarType::Void);
        check.opnd[0] = Operand::local(local);
        let check = self.insert_before(n, check);
        L::lower_node(self, check)
    }

    /// Has one of the few nodes before `n` raised already if local `l` is null? They are lowered.
    fn is_checked_before(&self, l: LocalId, n: NodeId) -> bool {
        let near = |o: Operand| {
            o.as_local() == Some(l)
                || o.as_node().is_some_and(|a| {
                    let a = &self.body.nodes[a];
                    a.op == Opcode::Lea
                        && a.opnd[0].as_local() == Some(l)
                        && a.opnd[1].is_none()
                        && a.aux < self.abi.null_check_limit
                })
        };
        let mut at = self.node(n).prev;
        for _ in 0..12 {
            let Some(x) = self.body.nodes.get(at) else {
                return false;
            };
            match x.op {
                Opcode::NullCheck if x.opnd[0].as_local() == Some(l) => return true,
                Opcode::Load | Opcode::Store if !x.is_contained() && near(x.opnd[0]) => {
                    return true;
                }
                // The read of a length is often part of the bounds check.
                Opcode::BoundsCheck => {
                    let read = |o: Operand| {
                        o.as_node().is_some_and(|d| {
                            let d = &self.body.nodes[d];
                            d.op == Opcode::Load && near(d.opnd[0])
                        })
                    };
                    if read(x.opnd[0]) || read(x.opnd[1]) {
                        return true;
                    }
                }
                Opcode::StoreLcl if x.aux == l.0 => return false,
                _ => {}
            }
            at = x.prev;
        }
        false
    }

    /// Puts `node` between operand `k` of `n` and `n`.
    fn wrap_operand(&mut self, n: NodeId, k: usize, mut node: Node) -> NodeId {
        let o = self.node(n).opnd[k];
        node.opnd[0] = o;
        node.user = n;
        let w = self.insert_before(n, node);
        if let Some(d) = o.as_node() {
            self.body.nodes[d].user = w;
        }
        self.node_mut(n).opnd[k] = Operand::node(w);
        w
    }

    /// A contained address of a local, in front of `n`.
    pub(super) fn local_address(&mut self, n: NodeId, local: LocalId) -> NodeId {
        let mut a = Node::new(Opcode::LclAddr, VarType::I64);
        a.aux = local.0;
        a.opnd[0] = Operand::small(0).unwrap_or_default();
        a.user = n;
        let a = self.insert_before(n, a);
        self.contain(a);
        a
    }

    /// Where the struct in operand `k` of `n` stands in memory: a local, or what a load in front of `n` reads, whose node goes.
    fn struct_source(&mut self, n: NodeId, k: usize) -> Option<Operand> {
        let o = self.node(n).opnd[k];
        if let Some(l) = o.as_local() {
            return Some(Operand::node(self.local_address(n, l)));
        }
        let d = o.as_node()?;
        if self.node(d).op != Opcode::LoadStruct || !self.can_move_to(d, n) {
            return None;
        }
        let address = self.node(d).opnd[0];
        self.remove(d);
        if let Some(a) = address.as_node() {
            self.body.nodes[a].user = n;
        }
        Some(address)
    }

    /// `load_struct`: a store that can read the memory itself takes its address. For any other user the struct is copied to a local
    /// here; a read that nobody wants is only its fault.
    fn load_struct<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let user = self.node(n).user;
        if user.is_none() || self.node(n).flags.contains(NodeFlags::UNUSED) {
            self.node_mut(n).op = Opcode::NullCheck;
            self.materialize_as(n, 0, VarType::I64);
            return Ok(());
        }
        let by_store = matches!(self.node(user).op, Opcode::StoreLcl | Opcode::StoreStruct);
        if by_store && self.can_move_to(n, user) {
            return Ok(());
        }
        let local = self.new_struct_local(LayoutId(self.node(n).aux));
        let mut store = Node::new(Opcode::StoreLcl, VarType::Struct);
        store.aux = local.0;
        store.opnd[0] = Operand::node(n);
        self.body.for_each_operand_mut(user, |o| {
            if o.as_node() == Some(n) {
                *o = Operand::local(local);
            }
        });
        let store = self.insert_after(n, store);
        self.node_mut(n).user = store;
        L::lower_node(self, store)
    }

    /// `store_lcl` of a struct: from a call in registers, from another local, from memory, or zeros.
    pub fn store_struct_local<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let node = *self.node(n);
        let local = LocalId(node.aux);
        let layout = self.body.locals[local].layout;
        if let Some(d) = node.opnd[0].as_node()
            && self.node(d).op == Opcode::Call
        {
            return self.split_struct_result(n, d);
        }
        let (op, from) = if node.opnd[0].is_const() {
            (Opcode::InitBlk, node.opnd[0])
        } else {
            let Some(from) = self.struct_source(n, 0) else {
                return Err(self.unsupported(n));
            };
            (Opcode::CopyBlk, from)
        };
        let to = self.local_address(n, local);
        let m = self.node_mut(n);
        m.op = op;
        m.ty = VarType::Void;
        m.aux = layout.0;
        m.opnd = [Operand::node(to), from, Operand::NONE];
        self.lower_common::<L>(n)
    }

    /// `store_struct`: a fill, a copy, or, into the heap, a copy whose references go through the write barrier. That one keeps
    /// its opcode; its second operand is then an address.
    fn store_struct<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let node = *self.node(n);
        let has_gc = self
            .method
            .layout(LayoutId(node.aux))
            .is_some_and(|l| l.has_gc());
        if node.opnd[1].is_const() {
            let m = self.node_mut(n);
            m.op = Opcode::InitBlk;
            m.sub = 0;
            return self.init_block::<L>(n);
        }
        let Some(from) = self.struct_source(n, 1) else {
            return Err(self.unsupported(n));
        };
        self.node_mut(n).opnd[1] = from;
        if has_gc && node.barrier() != Barrier::None {
            self.materialize_as(n, 0, VarType::I64);
            self.materialize_as(n, 1, VarType::I64);
            // The barrier's helper takes both addresses in registers of its own.
            if let Some(a) = from.as_node() {
                self.node_mut(a).flags.remove(NodeFlags::CONTAINED);
            }
            return Ok(());
        }
        let m = self.node_mut(n);
        m.op = Opcode::CopyBlk;
        m.sub = 0;
        self.copy_block::<L>(n)
    }

    fn block_size(&self, n: NodeId) -> u32 {
        let layout = LayoutId(self.node(n).aux);
        self.method.layout(layout).map_or(0, |l| l.size)
    }

    /// The address in operand `k`, which may be contained, as a value of its own.
    fn free_address(&mut self, n: NodeId, k: usize) -> Operand {
        let o = self.node(n).opnd[k];
        if let Some(a) = o.as_node() {
            self.node_mut(a).flags.remove(NodeFlags::CONTAINED);
        }
        o
    }

    fn copy_block<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let size = self.block_size(n);
        if size <= UNROLL_LIMIT {
            L::contain_address(self, n, 0, 0);
            L::contain_address(self, n, 1, 0);
            return Ok(());
        }
        let (to, from) = (self.free_address(n, 0), self.free_address(n, 1));
        let len = self.body.const_operand(size.into());
        self.call_memory_helper::<L>(n, Helper::MemCpy, to, from, len)
    }

    fn init_block<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let size = self.block_size(n);
        let byte = self.node(n).opnd[1];
        if size <= UNROLL_LIMIT && byte.is_const() {
            L::contain_address(self, n, 0, 0);
            return Ok(());
        }
        let to = self.free_address(n, 0);
        let len = self.body.const_operand(size.into());
        self.call_memory_helper::<L>(n, Helper::MemSet, to, byte, len)
    }

    /// A copy or fill by the runtime. It may stop for a collection there, so addresses keep their types.
    fn call_memory_helper<L: Lower>(
        &mut self,
        n: NodeId,
        helper: Helper,
        to: Operand,
        second: Operand,
        len: Operand,
    ) -> Result<(), Bail> {
        let type_of = |o: Operand, constant: VarType| {
            if let Some(l) = o.as_local() {
                self.body.locals[l].ty.actual()
            } else if let Some(d) = o.as_node() {
                self.body.value_type(d)
            } else {
                constant
            }
        };
        let second_const = if helper == Helper::MemSet {
            VarType::I32
        } else {
            VarType::I64
        };
        let args = [
            (to, type_of(to, VarType::I64)),
            (second, type_of(second, second_const)),
            (len, VarType::I64),
        ];
        self.call_helper::<L>(n, helper, VarType::Void, &args, CallFlags::empty())
    }

    /// Turns `n` into a call of `helper`.
    pub fn call_helper<L: Lower>(
        &mut self,
        n: NodeId,
        helper: Helper,
        ret: VarType,
        args: &[(Operand, VarType)],
        flags: CallFlags,
    ) -> Result<(), Bail> {
        let row = self.body.helper_call(helper, ret, args, flags);
        let m = self.node_mut(n);
        m.op = Opcode::Call;
        m.ty = ret;
        m.sub = 0;
        m.aux = row.0;
        m.opnd = [Operand::NONE; 3];
        self.lower_call::<L>(n)
    }

    /// An atomic exchange of a reference, in the heap perhaps: the runtime's helper knows its barrier. It is not told of null.
    fn exchange_reference<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let node = *self.node(n);
        let ty = match self.body.operand_type(n, 0) {
            ty if ty.is_gc() => VarType::Byref,
            ty => ty,
        };
        let mut temp = Local::new(ty);
        temp.flags = LocalFlags::TEMP;
        let temp = self.body.locals.push(temp);
        let mut store = Node::new(Opcode::StoreLcl, VarType::Void);
        store.aux = temp.0;
        store.opnd[0] = node.opnd[0];
        let store = self.insert_before(n, store);
        L::lower_node(self, store)?;
        let mut check = Node::new(Opcode::NullCheck, VarType::Void);
        check.opnd[0] = Operand::local(temp);
        let check = self.insert_before(n, check);
        L::lower_node(self, check)?;
        let mut args = [(Operand::local(temp), ty); 3];
        args[1] = (node.opnd[1], VarType::Ref);
        args[2] = (node.opnd[2], VarType::Ref);
        let (helper, count) = if node.op == Opcode::AtomicXchg {
            (Helper::XchgRef, 2)
        } else {
            (Helper::CmpXchgRef, 3)
        };
        self.call_helper::<L>(n, helper, VarType::Ref, &args[..count], CallFlags::NO_GC)
    }

    /// `frem` becomes a call of the runtime's remainder.
    pub fn lower_float_remainder<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let node = *self.node(n);
        let helper = if node.ty == VarType::F64 {
            Helper::DblRem
        } else {
            Helper::FltRem
        };
        let args = [(node.opnd[0], node.ty), (node.opnd[1], node.ty)];
        self.call_helper::<L>(n, helper, node.ty, &args, CallFlags::NO_GC)
    }

    /// `fma` becomes a call where the machine has no such instruction.
    pub fn lower_fma_call<L: Lower>(&mut self, n: NodeId) -> Result<(), Bail> {
        let node = *self.node(n);
        let helper = if node.ty == VarType::F64 {
            Helper::DblFma
        } else {
            Helper::FltFma
        };
        let args = node.opnd.map(|o| (o, node.ty));
        self.call_helper::<L>(n, helper, node.ty, &args, CallFlags::NO_GC)
    }
}
