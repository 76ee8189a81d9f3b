//! Vectors that are wider than the machine's become two of half their size, before anything asks where values live.
//!
//! **After:** no node makes, and no register candidate holds, a vector of the wide type; a local of it that is accessed in parts or
//! whose address is taken keeps its home, which is read and written by halves.
//!
//! Operations go lane by lane anyway, so most nodes become two of their kind. Those that narrow, widen or move lanes choose
//! between the halves; a shuffle takes lanes out and puts them in, unless it leaves a half whole. Each half of a value waits in a local.
//!
//! **Before:** no parameter, argument or result is a wide vector ([`wide_signatures`](super::wide_signatures)).

use crate::ir::vector::lanes;
use crate::ir::{
    Bail, BlockId, Body, CallId, Local, LocalFlags, LocalId, Method, Node, NodeFlags, NodeId,
    Opcode, Operand, OperandRef, ResultKind, VecOp,
};
use crate::types::VarType;

type Halves = [Operand; 2];

/// Splits the vectors of `body` of type `wide` into two of type `half` each.
pub fn split_vectors(
    body: &mut Body,
    method: &Method,
    wide: VarType,
    half: VarType,
) -> Result<(), Bail> {
    let is_there =
        body.locals.iter().any(|l| l.ty == wide) || body.nodes.iter().any(|n| n.ty == wide);
    if !is_there {
        return Ok(());
    }
    let mut s = Splitter {
        parts: vec![[Operand::NONE; 2]; body.nodes.len()],
        locals: Vec::new(),
        body,
        method,
        wide,
        half,
        block: BlockId(0),
        at: NodeId::NONE,
    };
    s.split_locals()?;
    for b in s.body.blocks.ids() {
        s.block = b;
        let mut n = s.body.blocks[b].first;
        while n.is_some() {
            let next = s.body.nodes[n].next;
            s.at = n;
            s.node(n)?;
            n = next;
        }
    }
    Ok(())
}

struct Splitter<'a> {
    body: &'a mut Body,
    method: &'a Method,
    wide: VarType,
    half: VarType,
    block: BlockId,
    /// The node that is being split; new ones go in front of it.
    at: NodeId,
    /// The halves of each wide value, by its node's number.
    parts: Vec<Halves>,
    /// The halves of each wide local that has no home, by its number; none for the others.
    locals: Vec<[LocalId; 2]>,
}

impl Splitter<'_> {
    /// What cannot be split should not be there.
    fn refuse<T>(&self, what: &str) -> Result<T, Bail> {
        let wide = self.wide;
        Err(Bail::Internal(format!("{what} of type {wide} to split")))
    }

    fn split_locals(&mut self) -> Result<(), Bail> {
        let count = self.body.locals.len();
        let mut in_parts = vec![false; count];
        for n in self.body.nodes.iter() {
            if matches!(n.op, Opcode::LclFld | Opcode::StoreLclFld | Opcode::LclAddr) {
                in_parts[n.aux as usize] = true;
            }
        }
        self.locals = vec![[LocalId::NONE; 2]; count];
        for (i, in_parts) in in_parts.into_iter().enumerate() {
            let id = LocalId(i as u32);
            let l = self.body.locals[id];
            if l.ty != self.wide {
                continue;
            }
            if l.flags.contains(LocalFlags::PARAM) {
                return self.refuse("a parameter");
            }
            if in_parts || l.flags.contains(LocalFlags::ADDRESS_EXPOSED) {
                self.body.locals[id].flags |= LocalFlags::DO_NOT_ENREGISTER;
                continue;
            }
            let part = Local { ty: self.half, ..l };
            // Nothing names the whole any more.
            self.body.locals[id].ty = self.half;
            self.locals[i] = [self.body.locals.push(part), self.body.locals.push(part)];
        }
        Ok(())
    }

    /// A new node in front; its value.
    fn emit(&mut self, op: Opcode, ty: VarType, sub: u8, aux: u32, opnds: &[Operand]) -> Operand {
        let mut x = Node::new(op, ty);
        x.sub = sub;
        x.aux = aux;
        x.opnd[..opnds.len()].copy_from_slice(opnds);
        Operand::node(self.body.insert_before(self.block, self.at, x))
    }

    /// `o` in a new local of type `ty`, which can be read as often as needed.
    fn keep(&mut self, ty: VarType, o: Operand) -> Operand {
        if o.as_node().is_none() {
            return o;
        }
        let mut l = Local::new(ty);
        l.flags = LocalFlags::TEMP;
        let l = self.body.locals.push(l);
        self.emit(Opcode::StoreLcl, VarType::Void, 0, l.0, &[o]);
        Operand::local(l)
    }

    /// The type of operand `k`'s value.
    fn type_of(&self, n: NodeId, k: usize) -> VarType {
        match self.body.nodes[n].opnd[k].as_local() {
            // Its own type has changed.
            Some(l)
                if self
                    .locals
                    .get(l.0 as usize)
                    .is_some_and(|p| p[0].is_some()) =>
            {
                self.wide
            }
            _ => self.body.operand_type(n, k),
        }
    }

    fn halves(&mut self, o: Operand) -> Halves {
        match o.get() {
            OperandRef::Node(d) => self.parts.get(d.0 as usize).copied().unwrap_or_default(),
            OperandRef::Local(l) => {
                let parts = self.locals.get(l.0 as usize).copied();
                match parts {
                    Some(parts) if parts[0].is_some() => parts.map(Operand::local),
                    _ => self.field(l, 0),
                }
            }
            _ => [o; 2],
        }
    }

    fn offset(&self, from: i64, part: usize) -> Operand {
        let at = from + i64::from(self.half.size()) * part as i64;
        Operand::small(at).unwrap_or_default()
    }

    /// The halves of what stands at offset `at` of local `l`.
    fn field(&mut self, l: LocalId, at: i64) -> Halves {
        [0, 1].map(|part| {
            let at = self.offset(at, part);
            let v = self.emit(Opcode::LclFld, self.half, 0, l.0, &[at]);
            self.keep(self.half, v)
        })
    }

    fn store_field(&mut self, l: LocalId, at: i64, v: Halves) {
        for (part, v) in v.into_iter().enumerate() {
            let at = self.offset(at, part);
            self.emit(Opcode::StoreLclFld, self.half, 0, l.0, &[v, at]);
        }
    }

    /// The value of node `n` is in two halves; the node goes.
    fn define(&mut self, n: NodeId, v: Halves) {
        // What a local holds now is not what it will hold where the value is used.
        let kept = v.map(|o| {
            if o.is_const() {
                return o;
            }
            let mut l = Local::new(self.half);
            l.flags = LocalFlags::TEMP;
            let l = self.body.locals.push(l);
            self.emit(Opcode::StoreLcl, VarType::Void, 0, l.0, &[o]);
            Operand::local(l)
        });
        self.parts[n.0 as usize] = kept;
        self.body.remove(self.block, n);
    }

    fn node(&mut self, n: NodeId) -> Result<(), Bail> {
        use Opcode::*;
        let x = self.body.nodes[n];
        let has_wide = (0..3).any(|k| self.type_of(n, k) == self.wide);
        if x.op == Call || x.op == TailCall {
            let args = self.body.args(CallId(x.aux));
            if x.ty == self.wide || args.iter().any(|a| a.ty == self.wide) {
                return self.refuse("an argument or result");
            }
            return Ok(());
        }
        match x.op {
            StoreLcl if has_wide || self.stores_wide(x.aux) => self.store_local(n, &x),
            StoreLclFld if x.ty == self.wide => {
                let v = self.halves(x.opnd[0]);
                let at = self.body.const_value(x.opnd[1]).unwrap_or(0) as i64;
                self.store_field(LocalId(x.aux), at, v);
                self.body.remove(self.block, n);
            }
            LclFld if x.ty == self.wide => {
                let at = self.body.const_value(x.opnd[0]).unwrap_or(0) as i64;
                let v = self.field(LocalId(x.aux), at);
                self.define(n, v);
            }
            Load if x.ty == self.wide => {
                let (base, ty) = self.base(n);
                let v = [0, 1].map(|part| {
                    let at = self.address(base, ty, part);
                    let v = self.emit(Load, self.half, 0, 0, &[at]);
                    self.mark_as(v, &x);
                    v
                });
                self.define(n, v);
            }
            Store if x.ty == self.wide => {
                let v = self.halves(x.opnd[1]);
                let (base, ty) = self.base(n);
                for (part, v) in (0..).zip(v) {
                    let at = self.address(base, ty, part);
                    let s = self.emit(Store, self.half, x.sub, 0, &[at, v]);
                    self.mark_as(s, &x);
                }
                self.body.remove(self.block, n);
            }
            KeepAlive if has_wide => {
                for v in self.halves(x.opnd[0]) {
                    self.emit(KeepAlive, VarType::Void, 0, 0, &[v]);
                }
                self.body.remove(self.block, n);
            }
            Const if x.ty == self.wide => self.define(n, [x.opnd[0]; 2]),
            VecExtract if has_wide => {
                let count = lanes(self.half, x.source_type());
                let v = self.halves(x.opnd[0]);
                let m = &mut self.body.nodes[n];
                m.opnd[0] = v[usize::from(x.aux >= count)];
                m.aux = x.aux % count;
            }
            VecMask if has_wide => self.mask(n, &x),
            op if x.ty == self.wide && crate::ir::vector::is_vector_opcode(op) => {
                let v = self.vector(&x);
                self.define(n, v);
            }
            // The type of other nodes means nothing.
            op if has_wide || x.ty == self.wide && op.info().result == ResultKind::T => {
                return self.refuse(op.name());
            }
            _ => {}
        }
        Ok(())
    }

    fn stores_wide(&self, local: u32) -> bool {
        let split = self
            .locals
            .get(local as usize)
            .is_some_and(|p| p[0].is_some());
        split || self.body.locals[LocalId(local)].ty == self.wide
    }

    fn store_local(&mut self, n: NodeId, x: &Node) {
        let v = self.halves(x.opnd[0]);
        let parts = self.locals.get(x.aux as usize).copied().unwrap_or_default();
        if parts[0].is_some() {
            for (l, v) in parts.into_iter().zip(v) {
                self.emit(Opcode::StoreLcl, VarType::Void, 0, l.0, &[v]);
            }
        } else {
            self.store_field(LocalId(x.aux), 0, v);
        }
        self.body.remove(self.block, n);
    }

    /// The flags of the access that a half belongs to.
    fn mark_as(&mut self, half: Operand, whole: &Node) {
        if let Some(n) = half.as_node() {
            let how = NodeFlags::VOLATILE | NodeFlags::UNALIGNED | NodeFlags::NON_FAULTING;
            self.body.nodes[n].flags |= whole.flags & how;
        }
    }

    /// The address of the memory that `n` accesses, to be read twice, and the type of an address in it.
    fn base(&mut self, n: NodeId) -> (Operand, VarType) {
        let of = self.body.operand_type(n, 0);
        let ty = if of == VarType::I64 {
            of
        } else {
            VarType::Byref
        };
        let base = self.body.nodes[n].opnd[0];
        (self.keep(of, base), ty)
    }

    /// The address of half `part` of what begins at `base`, as the operand of the access alone, which may contain it.
    fn address(&mut self, base: Operand, ty: VarType, part: u32) -> Operand {
        match part {
            0 => base,
            _ => self.emit(
                Opcode::Lea,
                ty,
                0,
                self.half.size() * part,
                &[base, Operand::NONE],
            ),
        }
    }

    fn mask(&mut self, n: NodeId, x: &Node) {
        let v = self.halves(x.opnd[0]);
        let count = lanes(self.half, x.source_type());
        let [low, high] = v.map(|v| self.emit(Opcode::VecMask, VarType::Void, x.sub, 0, &[v]));
        let by = Operand::small(count.into()).unwrap_or_default();
        let high = self.emit(Opcode::Shl, VarType::I32, 0, 0, &[high, by]);
        let m = &mut self.body.nodes[n];
        (m.op, m.ty, m.sub) = (Opcode::Or, VarType::I32, 0);
        m.opnd = [low, high, Operand::NONE];
        for d in [low, high].into_iter().filter_map(Operand::as_node) {
            self.body.nodes[d].user = n;
        }
    }

    /// The halves of a vector node's value.
    fn vector(&mut self, x: &Node) -> Halves {
        use VecOp::*;
        let (half, e) = (self.half, x.sub);
        let count = lanes(half, x.source_type());
        match (x.op, VecOp::from_number(x.aux)) {
            (Opcode::VecConst, _) => self.constant(x.aux),
            (Opcode::VecShuffle, _) => self.shuffle(x, count),
            (Opcode::VecSplat, _) => {
                let v = self.keep(x.source_type().actual(), x.opnd[0]);
                [0, 1].map(|_| self.emit(x.op, half, e, 0, &[v]))
            }
            (Opcode::VecInsert, _) => {
                let mut v = self.halves(x.opnd[0]);
                let at = usize::from(x.aux >= count);
                v[at] = self.emit(x.op, half, e, x.aux % count, &[v[at], x.opnd[1]]);
                v
            }
            (Opcode::VecShift, _) => {
                let v = self.halves(x.opnd[0]);
                let by = self.keep(VarType::I32, x.opnd[1]);
                v.map(|v| self.emit(x.op, half, e, x.aux, &[v, by]))
            }
            (Opcode::VecUnary, Some(op @ (WidenLow | WidenHigh | UWidenLow | UWidenHigh))) => {
                let v = self.halves(x.opnd[0]);
                let (from, pair) = match op {
                    WidenLow => (v[0], [WidenLow, WidenHigh]),
                    WidenHigh => (v[1], [WidenLow, WidenHigh]),
                    UWidenLow => (v[0], [UWidenLow, UWidenHigh]),
                    _ => (v[1], [UWidenLow, UWidenHigh]),
                };
                pair.map(|op| self.emit(x.op, half, e, op as u32, &[from]))
            }
            (Opcode::VecBinary, Some(Narrow | NarrowSat | UNarrowSat)) => {
                let v = [0, 1].map(|k| self.halves(x.opnd[k]));
                v.map(|v| self.emit(x.op, half, e, x.aux, &v))
            }
            _ => {
                let operands = x.op.info().operands.len();
                let v: [Halves; 3] = std::array::from_fn(|k| {
                    if k < operands {
                        self.halves(x.opnd[k])
                    } else {
                        [Operand::NONE; 2]
                    }
                });
                [0, 1].map(|part| {
                    let o = v.map(|v| v[part]);
                    self.emit(x.op, half, e, x.aux, &o[..operands])
                })
            }
        }
    }

    /// Constants are made of their words: rows belong to the method, which does not change.
    fn constant(&mut self, row: u32) -> Halves {
        let bytes = self.method.vector(row);
        let size = self.half.size() as usize;
        let e = VarType::I64 as u8;
        [0, 1].map(|part| {
            let mut v = Operand::small(0).unwrap_or_default();
            let bytes = &bytes[part * size..(part + 1) * size];
            for (lane, word) in (0..).zip(bytes.chunks_exact(8)) {
                let mut bits = [0; 8];
                bits.copy_from_slice(word);
                let bits = u64::from_le_bytes(bits);
                if bits != 0 {
                    let bits = self.body.const_operand(bits);
                    v = self.emit(Opcode::VecInsert, self.half, e, lane, &[v, bits]);
                }
            }
            v
        })
    }

    /// `count` lanes of each half, from both halves of both operands.
    fn shuffle(&mut self, x: &Node, count: u32) -> Halves {
        let row = self.method.vector(x.aux);
        let sources = [0, 1].map(|k| self.halves(x.opnd[k]));
        let sources = [sources[0][0], sources[0][1], sources[1][0], sources[1][1]];
        let e = x.source_type();
        [0, 1].map(|part| {
            let from = |i: u32| u32::from(row[(part * count + i) as usize]);
            let first = from(0) / count;
            if (0..count).all(|i| from(i) == first * count + i) {
                return sources[first as usize & 3];
            }
            let mut v = Operand::small(0).unwrap_or_default();
            for i in 0..count {
                let source = sources[(from(i) / count) as usize & 3];
                let lane = from(i) % count;
                let lane = if source.is_const() {
                    source
                } else {
                    self.emit(Opcode::VecExtract, e.actual(), x.sub, lane, &[source])
                };
                v = self.emit(Opcode::VecInsert, self.half, x.sub, i, &[v, lane]);
            }
            v
        })
    }
}
