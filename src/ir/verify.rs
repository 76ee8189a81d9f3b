//! Is a method well formed?
//!
//! One walk over the blocks, linear in the size of the body, that never panics whatever the body holds. Checked:
//!
//! 1. **Links**: `next` and `prev` agree, `first` and `last` are the ends, no node stands twice.
//! 2. **Terminators**: no block is empty, its last node is a terminator and no other is; successors are as many as it has and exist.
//! 3. **Values**: an operand's node stands before it in the same block, has a value, is used once, and its `user` says by whom.
//! 4. **Operand counts and types** as the opcode table says, and types that the opcode has a meaning for. `i64`, `byref` and `ref` stand for each other; a constant takes the
//!    type of its position.
//! 5. **`sub` and `aux`** mean something: conditions, types, scales, locals, layouts, functions, lookups, blocks, side-table rows.
//! 6. **Calls and switches**: rows and their ranges exist, no argument belongs to two calls; struct arguments and results have known
//!    layouts. A store with a write barrier stores a reference.
//! 7. **Locals, parameters, results**: parameters are the first locals, struct types have known layouts, nothing is `void`; what has
//!    its address taken is marked so that it lives in memory.
//! 8. **Regions and clauses**: numbers exist, parents make no cycle, kinds agree, entries lie in their handler or filter;
//!    `call_finally` calls a finally, and stands outside the try that the finally belongs to: or it would protect its own call.
//!    The method does not begin in a handler or filter, jumps neither enter nor leave one, and one is left by nodes of its kind
//!    (before lowering). `rethrow` stands in a catch handler. In a method as it came, `catch_arg` begins the entry of a catch
//!    handler or a filter, and nothing jumps there: the object is in a register that whatever runs before may change.
//! 9. **Vectors**: operation, element type, lane and row of constants fit each other; the only constant operand is 0, all zeros.
//! 10. **Before lowering** only ([`verify`], [`verify_neutral`]): no lowered opcodes, no missing operands.
//!
//! Left out: whether locals are stored before they are read, whether blocks are reached, and what is true only after lowering, which
//! lowering's own verifier checks.

use super::method::SwitchId;
use super::opcodes::{AuxKind, OperandKind, SubKind};
use super::*;
use crate::types::{LayoutId, VarType};
use crate::util::IndexVec;

/// What is wrong with a body, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// The node, or none.
    pub node: NodeId,
    /// The block, or none.
    pub block: BlockId,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.block.is_some() {
            write!(f, "{}: ", self.block)?;
        }
        if self.node.is_some() {
            write!(f, "{}: ", self.node)?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for VerifyError {}

type Res = Result<(), VerifyError>;

/// Of a layout: that of the widest vector.
const LARGEST_ALIGNMENT: u32 = 64;

/// Checks a method that no phase has changed yet.
pub fn verify(m: &Method) -> Res {
    let mut v = Verifier::new(m, &m.body, false);
    v.untouched = true;
    v.run()
}

/// Checks `body` in the place of the method's own, before lowering.
pub fn verify_neutral(m: &Method, body: &Body) -> Res {
    Verifier::new(m, body, false).run()
}

/// Checks `body` in the place of the method's own: the state between two phases. Lowered opcodes may stand in it, and operands
/// that lowering has moved elsewhere may be missing.
pub fn verify_body(m: &Method, body: &Body) -> Res {
    Verifier::new(m, body, true).run()
}

struct Verifier<'a> {
    m: &'a Method,
    body: &'a Body,
    lowered: bool,
    /// No phase has changed the body.
    untouched: bool,
    /// The block that a node was seen in.
    seen: Vec<BlockId>,
    /// Was the node's value used?
    used: Vec<bool>,
    /// The try region of the finally that the block begins.
    finally: Vec<RegionId>,
    /// Does an exception's object come with control to the block?
    caught: Vec<bool>,
    /// Is there a `catch_arg`?
    takes_object: bool,
    /// The innermost handler or filter that a region is or lies in.
    funclet: IndexVec<RegionId, RegionId>,
    /// Arguments that a call has.
    claimed: Vec<bool>,
    block: BlockId,
    node: NodeId,
}

/// May a value of type `have` stand where `want` is expected?
fn fits(want: VarType, have: VarType) -> bool {
    want == have || want.is_wide_int() && have.is_wide_int()
}

impl<'a> Verifier<'a> {
    fn new(m: &'a Method, body: &'a Body, lowered: bool) -> Verifier<'a> {
        Verifier {
            m,
            body,
            lowered,
            untouched: false,
            seen: vec![BlockId::NONE; body.nodes.len()],
            used: vec![false; body.nodes.len()],
            finally: vec![RegionId::NONE; body.blocks.len()],
            caught: vec![false; body.blocks.len()],
            takes_object: false,
            funclet: IndexVec::new(),
            claimed: vec![false; body.call_args.len()],
            block: BlockId::NONE,
            node: NodeId::NONE,
        }
    }

    #[cold]
    fn fail(&self, what: impl Into<String>) -> Res {
        Err(VerifyError {
            node: self.node,
            block: self.block,
            what: what.into(),
        })
    }

    fn require(&self, ok: bool, what: &str) -> Res {
        if ok { Ok(()) } else { self.fail(what) }
    }

    fn run(&mut self) -> Res {
        self.head()?;
        self.regions()?;
        self.clauses()?;
        for b in self.body.blocks.ids() {
            self.block = b;
            self.node = NodeId::NONE;
            self.block(b)?;
        }
        if self.takes_object {
            self.jumps_to_objects()?;
        }
        self.node = NodeId::NONE;
        for (n, node) in self.body.nodes.iter_enumerated() {
            let i = n.0 as usize;
            // Phases that drop a user may leave the link and set the flag.
            if self.seen[i].is_some()
                && !self.used[i]
                && node.user.is_some()
                && (self.untouched || !node.flags.contains(NodeFlags::UNUSED))
            {
                self.block = self.seen[i];
                self.node = n;
                return self.fail(format!("says {} uses it, which does not", node.user));
            }
            if self.used[i] && node.flags.contains(NodeFlags::UNUSED) {
                self.block = self.seen[i];
                self.node = n;
                return self.fail("is used, and says that it is not");
            }
        }
        Ok(())
    }

    fn layout(&self, ty: VarType, l: LayoutId, what: &str) -> Res {
        match ty {
            VarType::Struct if self.m.layouts.get(l).is_none() => {
                self.fail(format!("{what} is a struct without layout"))
            }
            _ => Ok(()),
        }
    }

    fn head(&self) -> Res {
        let params = self.m.num_params as usize;
        self.require(
            params <= self.body.locals.len(),
            "more parameters than locals",
        )?;
        for layout in self.m.layouts.iter() {
            let inside = |f: &crate::types::LayoutField| {
                u64::from(f.offset) + u64::from(f.ty.size()) <= layout.size.into()
            };
            let aligned = layout.align.is_power_of_two() && layout.align <= LARGEST_ALIGNMENT;
            self.require(
                aligned,
                "a layout whose alignment is no power of two up to 64",
            )?;
            let mut fields = layout.fields.iter();
            self.require(fields.all(inside), "a layout with a field outside it")?;
            self.require(layout.size <= i32::MAX as u32, "a layout of 2 GiB or more")?;
        }
        self.layout(self.m.ret, self.m.ret_layout, "the result")?;
        for (l, local) in self.body.locals.iter_enumerated() {
            if local.ty == VarType::Void {
                return self.fail(format!("{l} is void"));
            }
            if local.flags.contains(LocalFlags::PARAM) != ((l.0 as usize) < params) {
                return self.fail(format!("{l}: parameters are the first locals"));
            }
            let later = LocalFlags::NO_HOME | LocalFlags::BLOCK_LOCAL;
            if !self.lowered && local.flags.intersects(later) {
                return self.fail(format!("{l}: marked as later phases do"));
            }
            self.layout(local.ty, local.layout, "a local")?;
        }
        self.require(!self.body.blocks.is_empty(), "no blocks")
    }

    // ---- regions

    fn regions(&mut self) -> Res {
        let regions = &self.body.regions;
        for (r, region) in regions.iter_enumerated() {
            if region.parent.is_some() && regions.get(region.parent).is_none() {
                return self.fail(format!("{r}: there is no {}", region.parent));
            }
            if self.body.clauses.get(region.clause).is_none() {
                return self.fail(format!("{r}: there is no {}", region.clause));
            }
        }
        // Walk up from each region until one already known to end: linear in all.
        let mut walk = vec![u32::MAX; regions.len()];
        for r in regions.ids() {
            let mut at = r;
            while at.is_some() && walk[at.0 as usize] == u32::MAX {
                walk[at.0 as usize] = r.0;
                at = regions[at].parent;
            }
            if at.is_some() && walk[at.0 as usize] == r.0 {
                return self.fail(format!("{at} lies in itself"));
            }
        }
        self.body.find_funclets(&mut self.funclet);
        Ok(())
    }

    /// The innermost handler or filter around a block.
    fn funclet_of(&self, b: BlockId) -> RegionId {
        let region = self.body.blocks[b].region;
        let around = self.funclet.get(region);
        around.copied().unwrap_or(RegionId::NONE)
    }

    fn clauses(&mut self) -> Res {
        let body = self.body;
        for (c, clause) in body.clauses.iter_enumerated() {
            let kind = |r: RegionId| body.regions.get(r).map(|r| r.kind);
            if kind(clause.try_region) != Some(RegionKind::Try) {
                return self.fail(format!("{c}: {} is no try region", clause.try_region));
            }
            if kind(clause.handler_region) != Some(RegionKind::Handler) {
                return self.fail(format!(
                    "{c}: {} is no handler region",
                    clause.handler_region
                ));
            }
            let entry = clause.handler_entry;
            if body.blocks.get(entry).is_none() || self.funclet_of(entry) != clause.handler_region {
                return self.fail(format!("{c}: the handler's entry is not in its region"));
            }
            self.shared_handler(c, clause)?;
            if clause.kind == ClauseKind::Finally {
                self.finally[clause.handler_entry.0 as usize] = clause.try_region;
            }
            let is_filter = clause.kind == ClauseKind::Filter;
            if is_filter || matches!(clause.kind, ClauseKind::Catch(_)) {
                self.caught[clause.handler_entry.0 as usize] = true;
            }
            if is_filter != clause.filter_entry.is_some() {
                return self.fail(format!("{c}: a filter's entry belongs to a filter"));
            }
            let in_filter = |entry: BlockId| {
                let around = body.blocks.get(entry).map(|_| self.funclet_of(entry));
                let region = around.and_then(|r| body.regions.get(r));
                region.is_some_and(|r| r.kind == RegionKind::Filter && r.clause == c)
            };
            if is_filter && !in_filter(clause.filter_entry) {
                return self.fail(format!("{c}: the filter's entry is not in its region"));
            }
            if is_filter {
                self.caught[clause.filter_entry.0 as usize] = true;
            }
        }
        Ok(())
    }

    /// Several clauses may have one handler, if it is one to all of them: what ends it depends on its kind.
    fn shared_handler(&self, c: ClauseId, clause: &Clause) -> Res {
        let region = &self.body.regions[clause.handler_region];
        let owner = &self.body.clauses[region.clause];
        let runs_through = |k: ClauseKind| matches!(k, ClauseKind::Finally | ClauseKind::Fault);
        let same = owner.handler_region == clause.handler_region
            && owner.handler_entry == clause.handler_entry
            && runs_through(owner.kind) == runs_through(clause.kind);
        if region.clause != c && !same {
            return self.fail(format!(
                "{c}: its handler is another clause's, of another kind or entry"
            ));
        }
        Ok(())
    }

    /// Does block `b` lie in a region that `is` says? Parents are known to make no cycle.
    fn lies_in(&self, b: BlockId, is: impl Fn(RegionId) -> bool) -> bool {
        let Some(block) = self.body.blocks.get(b) else {
            return false;
        };
        let mut at = block.region;
        while let Some(region) = self.body.regions.get(at) {
            if is(at) {
                return true;
            }
            at = region.parent;
        }
        false
    }

    // ---- blocks

    fn block(&mut self, b: BlockId) -> Res {
        let body = self.body;
        let block = &body.blocks[b];
        if block.region.is_some() && body.regions.get(block.region).is_none() {
            return self.fail(format!("there is no {}", block.region));
        }
        self.require(block.first.is_some(), "the block is empty")?;
        let mut prev = NodeId::NONE;
        let mut n = block.first;
        while n.is_some() {
            self.node = prev;
            let Some(node) = body.nodes.get(n) else {
                return self.fail(format!("links to {n}, which does not exist"));
            };
            self.node = n;
            self.require(
                self.seen[n.0 as usize].is_none(),
                "the node is linked twice",
            )?;
            self.require(node.prev == prev, "`prev` is not the node before")?;
            self.require(
                node.op.is_terminator() == (n == block.last),
                "a terminator is the last node of a block, and only it",
            )?;
            self.node(node)?;
            self.seen[n.0 as usize] = b;
            prev = n;
            n = node.next;
        }
        self.require(prev == block.last, "`last` is not the last node")?;
        self.successors(b, body.nodes[prev].op)
    }

    fn successors(&self, b: BlockId, op: Opcode) -> Res {
        let block = &self.body.blocks[b];
        let count = super::text::successors(op);
        for (i, &s) in block.succ.iter().enumerate() {
            if (i < count) != s.is_some() {
                return self.fail(format!("`{}` has {count} successors", op.name()));
            }
            if s.is_some() && self.body.blocks.get(s).is_none() {
                return self.fail(format!("there is no {s}"));
            }
        }
        self.crossings(b, op)?;
        if op == Opcode::CallFinally {
            let protects = self.finally[block.succ[1].0 as usize];
            self.require(
                protects.is_some(),
                "`call_finally` of a block that begins no finally",
            )?;
            return self.require(
                !self.lies_in(b, |r| r == protects),
                "`call_finally` inside the try that the finally belongs to",
            );
        }
        Ok(())
    }
}

impl Verifier<'_> {
    /// A handler or filter, the innermost around `op`, is left by nodes of its kind, and the method by nodes outside all of them.
    fn leaves(&self, op: Opcode, around: RegionId) -> Res {
        use Opcode::*;
        let kind = self.body.regions.get(around).map(|r| r.kind);
        let handles = |catch: bool| {
            kind == Some(RegionKind::Handler) && self.is_catch_handler(around) == catch
        };
        match op {
            Ret | TailCall | JmpMethod | ReturnSuspend if around.is_some() => self.fail(format!(
                "`{}` in {around}, a handler or filter: the method is left outside of them",
                op.name()
            )),
            CatchRet => self.require(
                handles(true),
                "`catch_ret` that does not end a catch handler",
            ),
            EndFinally => self.require(
                handles(false),
                "`end_finally` that does not end a finally or fault handler",
            ),
            EndFilter => self.require(
                kind == Some(RegionKind::Filter),
                "`end_filter` that does not end a filter",
            ),
            _ => Ok(()),
        }
    }

    /// Is region `r` a handler that holds an exception?
    fn is_catch_handler(&self, r: RegionId) -> bool {
        self.body.regions.get(r).is_some_and(|region| {
            let clause = self.body.clauses.get(region.clause);
            region.kind == RegionKind::Handler
                && clause
                    .is_some_and(|c| matches!(c.kind, ClauseKind::Catch(_) | ClauseKind::Filter))
        })
    }

    /// Jumps stay in their handler or filter, or outside all of them.
    fn crossings(&self, b: BlockId, op: Opcode) -> Res {
        if self.lowered {
            return Ok(());
        }
        let here = self.funclet_of(b);
        if b == BlockId(0) && here.is_some() {
            return self.fail(format!("the method begins in {here}, a handler or filter"));
        }
        self.leaves(op, here)?;
        let crossing = |s: BlockId| s.is_some() && self.funclet_of(s) != here;
        let [first, second] = self.body.blocks[b].succ;
        let last = self.body.blocks[b].last;
        let to = match op {
            Opcode::Jump | Opcode::CallFinally => crossing(first).then_some(first),
            Opcode::Branch | Opcode::CmpBranch => {
                [first, second].into_iter().find(|&s| crossing(s))
            }
            Opcode::Switch => {
                let row = SwitchId(self.body.nodes[last].aux);
                let mut targets = self.body.targets(row).iter().copied();
                targets.find(|&s| crossing(s))
            }
            // To where the handler's own code would be, were it not one.
            Opcode::CatchRet => {
                let around = self.body.regions.get(here).map(|r| r.parent);
                let around = around.and_then(|r| self.funclet.get(r).copied());
                (self.funclet_of(first) != around.unwrap_or(RegionId::NONE)).then_some(first)
            }
            _ => None,
        };
        match to {
            Some(to) => self.fail(format!(
                "`{}` to {to} enters or leaves a handler or filter",
                op.name()
            )),
            None => Ok(()),
        }
    }

    /// `catch_arg` begins its handler or filter.
    fn catch_arg(&mut self, node: &Node) -> Res {
        let node_at = |n: NodeId| self.body.nodes.get(n).filter(|_| n.is_some());
        let mut before = node_at(node.prev);
        while let Some(n) = before.filter(|n| matches!(n.op, Opcode::Nop | Opcode::IlOffset)) {
            before = node_at(n.prev);
        }
        let begins = before.is_none() && self.caught[self.block.0 as usize];
        self.takes_object |= begins;
        self.require(
            begins,
            "`catch_arg` that does not begin a catch handler or a filter",
        )
    }

    /// Nothing jumps to where `catch_arg` stands. The blocks are known to be right otherwise.
    fn jumps_to_objects(&mut self) -> Res {
        let body = self.body;
        for (b, caught) in body.blocks.ids().zip(&mut self.caught) {
            *caught &= body
                .block_nodes(b)
                .any(|n| body.nodes[n].op == Opcode::CatchArg);
        }
        let takes = |s: BlockId| self.caught.get(s.0 as usize) == Some(&true);
        for (b, block) in body.blocks.iter_enumerated() {
            let last = &body.nodes[block.last];
            let row = (last.op == Opcode::Switch).then_some(SwitchId(last.aux));
            let targets = row.map_or(&[][..], |row| body.targets(row));
            if let Some(to) = block.succ.iter().chain(targets).find(|&&s| takes(s)) {
                let what = format!("{b} leads to {to}, where the object of an exception is taken");
                (self.block, self.node) = (b, block.last);
                return self.fail(what);
            }
        }
        Ok(())
    }

    // ---- nodes

    fn node(&mut self, node: &Node) -> Res {
        let info = node.op.info();
        if !self.lowered && info.effects.contains(Effects::LOWERED) {
            return self.fail(format!("`{}` stands before lowering", node.op.name()));
        }
        self.sub(node)?;
        self.aux(node)?;
        let no_type = node.ty == VarType::Void;
        if no_type && info.result == ResultKind::T && node.op != Opcode::Mach {
            return self.fail(format!("`{}` has no type", node.op.name()));
        }
        let arithmetic = Opcode::Neg..=Opcode::BitReverse;
        if arithmetic.contains(&node.op) && (node.ty.is_small() || node.ty == VarType::Struct) {
            return self.fail(format!("`{}` of type {}", node.op.name(), node.ty));
        }
        if !self.lowered {
            let later = NodeFlags::CONTAINED | NodeFlags::REG_OPTIONAL;
            self.require(!node.flags.intersects(later), "marked as lowering does")?;
            self.form(node)?;
            if node.op == Opcode::Rethrow {
                let is_catch = |r: RegionId| self.is_catch_handler(r);
                let inside = self.lies_in(self.block, is_catch);
                self.require(inside, "`rethrow` outside a catch handler")?;
            }
            if node.op == Opcode::CatchArg && self.untouched {
                self.catch_arg(node)?;
            }
        }
        for k in 0..3 {
            self.operand(node, k)?;
        }
        if super::vector::is_vector_opcode(node.op) {
            self.vector(node)?;
        }
        // A return in more registers than a node has operands keeps them in a call's row.
        let in_row = self.lowered && node.op == Opcode::RetRegs && node.sub != 0;
        if info.aux == AuxKind::Call || in_row {
            self.call(node)?;
        }
        if node.op == Opcode::Result {
            let before = self.body.nodes.get(node.prev).map(|p| p.op);
            return self.require(
                matches!(before, Some(Opcode::Call | Opcode::Result)),
                "`result` does not stand behind a call",
            );
        }
        Ok(())
    }

    /// Does the opcode mean something for these types? GC pointers count as integers of their width; vectors have nodes of their own.
    fn form(&self, node: &Node) -> Res {
        use Opcode::*;
        let plain = |t: VarType| if t.is_gc() { VarType::I64 } else { t };
        let int = |t: VarType| matches!(plain(t), VarType::I32 | VarType::I64);
        let (ty, src) = (node.ty, node.source_type());
        if node.flags.contains(NodeFlags::VOLATILE) {
            // A length never changes.
            self.require(node.op != ArrLen, "a volatile length")?;
        }
        if ty.is_vector() || node.op.info().sub == SubKind::Type && src.is_vector() {
            let address = matches!(node.op, FuncAddr | LabelAddr | Lookup | CatchArg | ArrLen)
                || matches!(node.op, Lea | IndexAddr | LocAlloc | LclAddr);
            let atomic = (AtomicAdd..=AtomicCmpXchg).contains(&node.op);
            let scalar = address || atomic || (Neg..=Bitcast).contains(&node.op);
            let whole = matches!(node.op, LoadStruct | StoreStruct);
            let late = node.op.effects().contains(Effects::LATE);
            return self.require(
                !scalar && !whole && !late,
                "an operation of scalars on a vector",
            );
        }
        let small = |t: VarType| t.is_small();
        let plain_int = |t: VarType| matches!(t, VarType::I32 | VarType::I64);
        let number = |t: VarType| int(t) || t.is_float();
        let ok = match node.op {
            Neg | Add | Sub | Mul | Min | Max | Abs | Select | Const => number(ty),
            FDiv | FRem | Sqrt | Floor | Ceil | RoundEven | TruncFloat | CopySign | Fma
            | CkFinite => ty.is_float(),
            Not | And | Or | Xor | Shl | Shr | Sar | Rol | Ror | MulHi | UMulHi | Div | UDiv
            | Rem | URem | AddOvf | AddOvfUn | SubOvf | SubOvfUn | MulOvf | MulOvfUn | UMin
            | UMax | Clz | Ctz | Popcnt | Bswap | BitReverse => int(ty),
            Sext | Zext => plain_int(ty) && (small(src) || src == VarType::I32),
            Trunc => ty == VarType::I32 && int(src),
            IntToFloat | UIntToFloat => ty.is_float() && int(src),
            FloatToInt | FloatToUInt | FloatToIntOld | FloatToUIntOld => {
                plain_int(ty) && src.is_float()
            }
            FloatToFloat => ty.is_float() && src.is_float(),
            CastOvf | CastOvfUn => (plain_int(ty) || small(ty)) && number(src),
            CastOvfToUn => plain_int(ty) && number(src),
            Bitcast => number(ty) && number(src) && ty.size() == src.size(),
            Cmp | CmpBranch => {
                let of = node.compare_type();
                let bits = matches!(node.cond(), Cond::TestZ | Cond::TestNz);
                int(of) || (small(of) || of.is_float()) && !bits
            }
            BoundsCheck => int(node.compare_type()),
            Lea | IndexAddr | LocAlloc | LclAddr => ty == VarType::I64 || ty.is_gc(),
            ArrLen => int(ty),
            Store if node.barrier() != Barrier::None => ty == VarType::Ref,
            Load | Store | LclFld | StoreLclFld => !matches!(ty, VarType::Void | VarType::Struct),
            LoadStruct | StoreStruct => ty == VarType::Struct,
            AtomicXchg | AtomicCmpXchg if ty == VarType::Ref => true,
            AtomicAdd | AtomicAnd | AtomicOr | AtomicXchg | AtomicCmpXchg => {
                (int(ty) || small(ty)) && !ty.is_gc()
            }
            CastClass | IsInst => ty == VarType::Ref,
            StaticBase => (ty == VarType::I64 || ty == VarType::Byref) && node.sub < 2,
            RuntimeLookup | TlsBase => ty == VarType::I64,
            CatchArg | FuncAddr | LabelAddr | Lookup => ty == VarType::I64 || ty.is_gc(),
            _ => true,
        };
        if !ok {
            return self.fail(format!("`{}` has no meaning for {ty}", node.op.name()));
        }
        match node.op {
            LclAddr if self.in_register(node) => {
                self.fail("the address of a local that may be in a register")
            }
            LclFld | StoreLclFld | LclAddr => self.field(node),
            _ => Ok(()),
        }
    }

    /// Is the local of a node one that may live in a register?
    fn in_register(&self, node: &Node) -> bool {
        let local = self.body.locals.get(LocalId(node.aux));
        local.is_some_and(Local::is_reg_candidate)
    }

    /// Does a field lie in its local?
    fn field(&self, node: &Node) -> Res {
        let Some(local) = self.body.locals.get(LocalId(node.aux)) else {
            return Ok(());
        };
        let size = match local.ty {
            VarType::Struct => self.m.layout(local.layout).map_or(0, |l| l.size),
            ty => ty.size(),
        };
        let k = usize::from(node.op == Opcode::StoreLclFld);
        let width = if node.op == Opcode::LclAddr {
            0
        } else {
            node.ty.size()
        };
        let at = match node.opnd[k].get() {
            OperandRef::Small(v) => i64::from(v) as u64,
            OperandRef::Pool(i) => match self.body.consts.get(i as usize) {
                Some(&v) => v,
                None => return self.fail("a constant out of the pool"),
            },
            _ => return Ok(()),
        };
        let inside = at
            .checked_add(width.into())
            .is_some_and(|end| end <= size.into());
        self.require(inside, "a field outside its local")
    }

    fn sub(&self, node: &Node) -> Res {
        let sub = node.sub as usize;
        let ok = match node.op.info().sub {
            SubKind::Cond => Cond::from_bits(node.sub) as usize == sub,
            SubKind::Type => sub < VarType::ALL.len() && value_like(VarType::ALL[sub]),
            SubKind::Scale => sub <= 3,
            SubKind::Barrier => sub <= 2,
            SubKind::None => sub == 0 || self.lowered,
            SubKind::Reg | SubKind::Index => true,
        };
        if ok {
            Ok(())
        } else {
            self.fail(format!("`sub` is {sub} in `{}`", node.op.name()))
        }
    }

    fn aux(&self, node: &Node) -> Res {
        let (a, body, m) = (node.aux, self.body, self.m);
        let ok = match node.op.info().aux {
            AuxKind::Local => body.locals.get(LocalId(a)).is_some(),
            AuxKind::Layout => m.layouts.get(LayoutId(a)).is_some(),
            AuxKind::Call => body.calls.get(CallId(a)).is_some(),
            AuxKind::Switch => return self.switch(SwitchId(a)),
            // A dictionary's entry is found at run time, and nothing else is.
            AuxKind::Lookup => m.lookups.get(LookupId(a)).is_some_and(|l| {
                let dictionary = matches!(l, crate::ee::LookupRequest::Dictionary(_));
                dictionary == (node.op == Opcode::RuntimeLookup)
            }),
            AuxKind::Func => m.funcs.get(FuncId(a)).is_some(),
            AuxKind::Block => body.blocks.get(BlockId(a)).is_some(),
            AuxKind::Type => {
                let ty = VarType::ALL.get(a as usize);
                ty.is_some_and(|&t| value_like(t))
            }
            // Looked at with the operands.
            AuxKind::VecOp | AuxKind::Cond | AuxKind::Lane | AuxKind::Vector => true,
            AuxKind::None | AuxKind::Imm => true,
        };
        if ok {
            Ok(())
        } else {
            self.fail(format!("`aux` is {a} in `{}`", node.op.name()))
        }
    }

    fn vector(&self, node: &Node) -> Res {
        let row = self.m.vectors.get(node.aux as usize);
        match super::vector::check(node, self.type_of(node.opnd[0]), row) {
            Ok(()) => Ok(()),
            Err(what) => self.fail(format!("`{}`: {what}", node.op.name())),
        }
    }

    fn switch(&self, s: SwitchId) -> Res {
        let body = self.body;
        let Some(info) = body.switches.get(s) else {
            return self.fail("a switch without its row");
        };
        // The default stands behind the targets.
        let end = u64::from(info.first) + u64::from(info.count) + 1;
        if end > body.switch_targets.len() as u64 {
            return self.fail("a switch with targets out of range");
        }
        let known = body
            .targets(s)
            .iter()
            .all(|&t| body.blocks.get(t).is_some());
        self.require(known, "a switch to a block that does not exist")
    }

    fn operand(&mut self, node: &Node, k: usize) -> Res {
        let o = node.opnd[k];
        let op = node.op;
        let kind = op.info().operands.get(k).copied();
        if op.info().aux == AuxKind::Call {
            let indirect = self
                .body
                .calls
                .get(CallId(node.aux))
                .is_some_and(|c| c.target.has_address());
            if o.is_none() {
                return self.require(
                    !(indirect && k == 0) || self.lowered,
                    "an indirect call without address",
                );
            }
            self.require(indirect && k == 0 || self.lowered, "a call with an address")?;
            return self.value(o, VarType::I64);
        }
        let Some(kind) = kind else {
            return match o.is_none() {
                true => Ok(()),
                false => self.fail(format!("operand {k} of `{}`", op.name())),
            };
        };
        if o.is_none() {
            let optional = self.lowered
                || op == Opcode::Lea && k == 1
                || op == Opcode::Ret && self.m.ret == VarType::Void;
            return match optional {
                true => Ok(()),
                false => self.fail(format!("`{}` needs operand {k}", op.name())),
            };
        }
        let want = match kind {
            OperandKind::T => node.ty.actual(),
            OperandKind::I32 => VarType::I32,
            OperandKind::I64 | OperandKind::Addr => VarType::I64,
            OperandKind::Ref => VarType::Ref,
            OperandKind::Src => node.source_type().actual(),
            OperandKind::Cmp => node.compare_type().actual(),
            OperandKind::Lcl => match self.body.locals.get(LocalId(node.aux)) {
                Some(l) => l.ty.actual(),
                None => return self.fail("a local that does not exist"),
            },
            OperandKind::RetT if self.m.ret == VarType::Void => {
                return self.fail("a `void` method returns nothing");
            }
            OperandKind::RetT => self.m.ret.actual(),
            OperandKind::Const => {
                self.require(o.is_const(), "a constant is expected")?;
                VarType::I64
            }
            OperandKind::Call => {
                let call = o.as_node().and_then(|d| self.body.nodes.get(d));
                self.require(
                    call.is_some_and(|c| c.op == Opcode::Call),
                    "a call is expected",
                )?;
                self.type_of(o).unwrap_or(VarType::Void)
            }
            OperandKind::Int => match self.type_of(o) {
                Some(VarType::I32) => VarType::I32,
                _ => VarType::I64,
            },
            OperandKind::Any => match self.type_of(o) {
                Some(t) => t,
                None => VarType::I64,
            },
        };
        if want == VarType::Struct || op == Opcode::StoreStruct && k == 1 {
            let layout = match op {
                Opcode::StoreLcl => self.body.locals[LocalId(node.aux)].layout,
                Opcode::StoreStruct => LayoutId(node.aux),
                Opcode::Ret => self.m.ret_layout,
                _ => LayoutId::NONE,
            };
            self.whole_struct(o, layout)?;
        }
        self.value(o, want)
    }

    /// Before lowering: is the operand a struct as large as `layout` says, or the constant 0?
    fn whole_struct(&self, o: Operand, layout: LayoutId) -> Res {
        let Some(want) = self.m.layout(layout).filter(|_| !self.lowered) else {
            return Ok(());
        };
        let have = match o.get() {
            OperandRef::Small(0) => return Ok(()),
            OperandRef::Local(l) => self.body.locals.get(l).map(|l| l.layout),
            OperandRef::Node(d) => self.body.nodes.get(d).and_then(|d| match d.op {
                Opcode::LoadStruct => Some(LayoutId(d.aux)),
                Opcode::Call => self.body.calls.get(CallId(d.aux)).map(|c| c.ret_layout),
                _ => None,
            }),
            _ => None,
        };
        match have.and_then(|l| self.m.layout(l)) {
            Some(have) if have.size == want.size => Ok(()),
            Some(have) => self.fail(format!(
                "{o:?} is a struct of {} bytes where one of {} is expected",
                have.size, want.size
            )),
            None => self.fail(format!("{o:?} is no struct")),
        }
    }

    /// The type an operand has by itself; `None` for constants and what does not exist.
    fn type_of(&self, o: Operand) -> Option<VarType> {
        match o.get() {
            OperandRef::Node(d) => self.body.nodes.get(d).map(|_| self.body.value_type(d)),
            OperandRef::Local(l) => self.body.locals.get(l).map(|l| l.ty.actual()),
            _ => None,
        }
    }

    /// One use of a value where `want` is expected.
    fn value(&mut self, o: Operand, want: VarType) -> Res {
        let have = match o.get() {
            OperandRef::None | OperandRef::Small(0) => return Ok(()),
            OperandRef::Small(_) | OperandRef::Pool(_) if want.is_vector() => {
                return self.fail("the only constant that is a vector by itself is 0");
            }
            OperandRef::Small(_) => return Ok(()),
            OperandRef::Pool(i) => {
                return self.require(
                    (i as usize) < self.body.consts.len(),
                    "a constant out of the pool",
                );
            }
            OperandRef::Local(l) => match self.body.locals.get(l) {
                Some(l) => l.ty.actual(),
                None => return self.fail(format!("there is no {l}")),
            },
            OperandRef::Node(d) => {
                let Some(def) = self.body.nodes.get(d) else {
                    return self.fail(format!("there is no {d}"));
                };
                if self.seen[d.0 as usize] != self.block {
                    return self.fail(format!("{d} is not defined above in this block"));
                }
                if std::mem::replace(&mut self.used[d.0 as usize], true) {
                    return self.fail(format!("{d} is used twice"));
                }
                if def.user != self.node {
                    return self.fail(format!("{d} says {} uses it", def.user));
                }
                self.body.value_type(d)
            }
        };
        if fits(want, have) {
            return Ok(());
        }
        self.fail(format!("{o:?} is {have} where {want} is expected"))
    }

    fn call(&mut self, node: &Node) -> Res {
        let body = self.body;
        let Some(info) = body.calls.get(CallId(node.aux)) else {
            return self.fail("a call without its row");
        };
        if let CallTarget::Func(f) = info.target {
            self.require(
                self.m.funcs.get(f).is_some(),
                "a call of a function that does not exist",
            )?;
        }
        self.layout(info.ret, info.ret_layout, "the call's result")?;
        // A tail call has no result: what its callee returns goes to the caller's caller.
        let void = node.op == Opcode::TailCall && node.ty == VarType::Void;
        if !self.lowered && !void && node.ty.actual() != info.ret.actual() {
            return self.fail(format!("a call of type {} returns {}", node.ty, info.ret));
        }
        let end = u64::from(info.first_arg) + u64::from(info.num_args);
        self.require(
            end <= body.call_args.len() as u64,
            "a call with arguments out of range",
        )?;
        let range = info.first_arg as usize..end as usize;
        if !self.lowered && self.claimed[range.clone()].contains(&true) {
            return self.fail("a call with an argument of another");
        }
        self.claimed[range].fill(true);
        for a in body.args(CallId(node.aux)) {
            self.require(a.ty != VarType::Void, "a `void` argument")?;
            self.layout(a.ty, a.layout, "an argument")?;
            self.require(
                a.opnd.is_some() || self.lowered,
                "an argument without value",
            )?;
            // Lowering's register nodes stand for pieces of the argument: their own type counts.
            let want = match self.type_of(a.opnd) {
                Some(t) if self.lowered => t,
                _ => a.ty.actual(),
            };
            if a.ty == VarType::Struct {
                self.whole_struct(a.opnd, a.layout)?;
            }
            self.value(a.opnd, want)?;
        }
        Ok(())
    }
}

/// A type that an operand can be compared or converted as.
fn value_like(t: VarType) -> bool {
    !matches!(t, VarType::Void | VarType::Struct)
}
