//! Loops to a method's start. A method's tail call of itself becomes a jump back to its start: the arguments are moved to the parameters as if all at once.
//!
//! The loop's head stands behind the entry block, which keeps the prolog's work: parameters arrive there once. A new call would
//! have had its own locals, so those that read as zero before their first store are zeroed again on the way back.
//!
//! Left as calls: those in a region, in a method that takes memory from its frame or keeps a generic context, and those that give
//! arguments to a parameter whose address is taken. A loop without a call is found behind this like any other, and made
//! interruptible.

use crate::ir::{
    ArgKind, Block, BlockFlags, BlockId, Body, CallArg, CallFlags, CallId, CallInfo, CallTarget,
    Effects, Local, LocalFlags, LocalId, Method, Node, NodeId, Opcode, Operand, OperandRef,
};
use crate::types::{ClassLayout, LayoutId, VarType};

/// Does a block lead to the entry block?
pub fn enters_again(body: &Body) -> bool {
    let entry = BlockId(0);
    let leads = |b: &Block| b.succ.contains(&entry);
    body.blocks.iter().any(leads) || body.switch_targets.contains(&entry)
}

/// Turns the tail calls of `body` to `method` itself into loops, and gives a method whose first block is a jump's target an entry
/// of its own. A method without either costs a look at each block's end. `tail_calls`: there may be some.
pub fn loop_self_tail_calls(body: &mut Body, method: &Method, tail_calls: bool) {
    let mut repeats = tail_calls && body.blocks.ids().any(|b| is_loop(body, method, b));
    repeats = repeats && method.generic_context.is_none() && may_repeat(body, method);
    if !repeats && !enters_again(body) {
        return;
    }
    let head = split_entry(body);
    if !repeats {
        return;
    }
    let zeroed = locals_to_zero(body, method);
    for b in body.blocks.ids() {
        if is_loop(body, method, b) {
            jump_back(body, b, head, &zeroed);
        }
    }
}

/// Does block `b` end in a tail call of `method` whose arguments are its parameters, one for one?
fn is_loop(body: &Body, method: &Method, b: BlockId) -> bool {
    let Some(node) = body.nodes.get(body.blocks[b].last) else {
        return false;
    };
    if node.op != Opcode::TailCall || body.blocks[b].region.is_some() {
        return false;
    }
    let call = CallId(node.aux);
    let info = &body.calls[call];
    let CallTarget::Func(f) = info.target else {
        return false;
    };
    // Where functions have handles, a name may stand for several.
    let callee = &method.funcs[f];
    let itself = if callee.handle == 0 {
        callee.name == method.name
    } else {
        callee.handle == method.handle
    };
    itself && fits(body, method, info, call)
}

fn fits(body: &Body, method: &Method, info: &CallInfo, call: CallId) -> bool {
    let same = |a: LayoutId, b: LayoutId| {
        let shape = |l: LayoutId| method.layout(l).map(|l: &ClassLayout| (l.size, &l.gc));
        a == b || shape(a) == shape(b)
    };
    let params = body.locals.iter().take(method.num_params as usize);
    info.num_args == method.num_params
        && body.args(call).iter().zip(params).all(|(a, l)| {
            matches!(a.kind, ArgKind::User | ArgKind::This)
                && a.ty == l.ty
                && same(a.layout, l.layout)
        })
}

/// Can the body run again in the frame it has?
fn may_repeat(body: &Body, method: &Method) -> bool {
    let mut params = body.locals.iter().take(method.num_params as usize);
    let pinned = LocalFlags::ADDRESS_EXPOSED | LocalFlags::PINNED;
    if params.any(|l| l.flags.intersects(pinned)) {
        return false;
    }
    body.nodes.iter().all(|n| match n.op {
        Opcode::LocAlloc => false,
        Opcode::LclAddr => n.aux >= method.num_params,
        _ => true,
    })
}

/// Locals that may be read before they are stored, and read as zero then.
fn locals_to_zero(body: &Body, method: &Method) -> Vec<LocalId> {
    let is_zero = |l: &Local| {
        let holds_gc = match method.layout(l.layout) {
            Some(layout) if l.ty == VarType::Struct => layout.has_gc(),
            _ => l.ty.is_gc(),
        };
        holds_gc || l.flags.contains(LocalFlags::ZERO_INIT)
    };
    // The block that each was last seen in: a store of all of it came first there.
    let mut stored_in = vec![BlockId::NONE; body.locals.len()];
    let mut is_read = vec![false; body.locals.len()];
    for b in body.blocks.ids() {
        for n in body.block_nodes(b) {
            let mut read = |l: LocalId| {
                is_read[l.0 as usize] |= stored_in[l.0 as usize] != b;
            };
            body.for_each_operand(n, |o| {
                if let OperandRef::Local(l) = o.get() {
                    read(l);
                }
            });
            let x = &body.nodes[n];
            match x.op {
                Opcode::StoreLcl => stored_in[x.aux as usize] = b,
                Opcode::LclFld | Opcode::StoreLclFld | Opcode::LclAddr => read(LocalId(x.aux)),
                _ => {}
            }
        }
    }
    let others = body.locals.ids().skip(method.num_params as usize);
    others
        .filter(|&l| is_read[l.0 as usize] && is_zero(&body.locals[l]))
        .collect()
}

/// Gives the entry block's nodes to a new block behind it, which is the head.
fn split_entry(body: &mut Body) -> BlockId {
    let entry = body.blocks[BlockId(0)];
    let mut head = entry;
    head.flags |= BlockFlags::LOOP_HEAD;
    let old = body.blocks.len() as u32;
    let head = body.blocks.push(head);
    let order: Vec<BlockId> = [BlockId(0), head]
        .into_iter()
        .chain((1..old).map(BlockId))
        .collect();
    // What jumps to the entry means its nodes.
    body.retarget(BlockId(0), head);
    body.reorder_blocks(&order);
    let first = &mut body.blocks[BlockId(0)];
    (first.first, first.last) = (NodeId::NONE, NodeId::NONE);
    first.succ = [BlockId(1), BlockId::NONE];
    body.append_like(
        BlockId(0),
        Node::new(Opcode::Jump, VarType::Void),
        entry.first,
    );
    BlockId(1)
}

/// Turns the tail call at the end of block `b` into moves and a jump.
fn jump_back(body: &mut Body, b: BlockId, head: BlockId, zeroed: &[LocalId]) {
    let n = body.blocks[b].last;
    let call = CallId(body.nodes[n].aux);
    let info = body.calls[call];
    let store = |body: &mut Body, l: LocalId, o: Operand| {
        let mut s = Node::new(Opcode::StoreLcl, VarType::Void);
        s.aux = l.0;
        s.opnd[0] = o;
        body.insert_before(b, n, s);
    };
    let args: smallvec::SmallVec<[CallArg; 8]> = body.args(call).into();
    // All arguments are read before the first parameter changes.
    let mut sources: smallvec::SmallVec<[Operand; 8]> = smallvec::SmallVec::new();
    for (i, a) in args.iter().enumerate() {
        let mut source = a.opnd;
        if let Some(p) = source.as_local()
            && (p.0 as usize) < i
        {
            let mut temp = body.locals[p];
            temp.flags = LocalFlags::TEMP | (temp.flags & LocalFlags::DO_NOT_ENREGISTER);
            let temp = body.locals.push(temp);
            store(body, temp, source);
            source = Operand::local(temp);
        }
        sources.push(source);
    }
    for (i, source) in sources.into_iter().enumerate() {
        let param = LocalId(i as u32);
        if source.as_local() != Some(param) {
            store(body, param, source);
        }
    }
    if info.flags.contains(CallFlags::NULL_CHECK_THIS) && !args.is_empty() {
        let mut check = Node::new(Opcode::NullCheck, VarType::Void);
        check.opnd[0] = Operand::local(LocalId(0));
        body.insert_before(b, n, check);
    }
    for &l in zeroed {
        store(body, l, Operand::small(0).unwrap_or_default());
    }
    let node = &mut body.nodes[n];
    debug_assert!(node.op.effects().contains(Effects::TERM));
    (node.op, node.ty, node.aux) = (Opcode::Jump, VarType::Void, 0);
    body.blocks[b].succ = [head, BlockId::NONE];
}
