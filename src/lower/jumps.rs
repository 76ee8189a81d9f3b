//! `jmp_method` becomes a tail call with the parameters' present values, before anything asks what a method reads.

use crate::ir::{
    Body, CallArg, CallFlags, CallInfo, CallTarget, FuncId, LocalId, Method, Opcode, Operand,
};

/// Turns every `jmp_method` of `body` into a `tail_call`.
pub fn expand_jumps(body: &mut Body, method: &Method) {
    for b in body.blocks.ids() {
        let n = body.blocks[b].last;
        let Some(node) = body.nodes.get(n) else {
            continue;
        };
        if node.op != Opcode::JmpMethod {
            continue;
        }
        let to = FuncId(node.aux);
        let first_arg = body.call_args.len() as u32;
        for i in 0..method.num_params {
            let l = LocalId(i);
            let arg = CallArg::for_param(&body.locals[l], Operand::local(l));
            body.call_args.push(arg);
        }
        let call = body.calls.push(CallInfo {
            target: CallTarget::Func(to),
            ret: method.ret,
            ret_layout: method.ret_layout,
            first_arg,
            num_args: method.num_params,
            flags: CallFlags::empty(),
            stack_bytes: 0,
        });
        let node = &mut body.nodes[n];
        node.op = Opcode::TailCall;
        node.ty = method.ret;
        node.aux = call.0;
    }
}
