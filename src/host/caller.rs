//! Calls from outside of methods that take or return structs and vectors.
//!
//! [`Host::run`](super::Host::run) passes scalars only. A method with other types gets a caller, compiled beside it: each struct or
//! vector becomes the address of its bytes.

use crate::ir::builder::MethodBuilder;
use crate::ir::{Barrier, CallArg, CallTarget, Local, Method, Opcode, Operand};
use crate::types::VarType;

/// Is it passed by its address?
fn is_wide(ty: VarType) -> bool {
    ty == VarType::Struct || ty.is_vector()
}

/// A method that calls `callee` for somebody who passes words only: parameters that are structs or vectors are addresses, and such a
/// result is stored at the address in one more parameter at the end. None if `callee` can be called as it is.
pub fn caller_of(callee: &Method) -> Option<Method> {
    let params = || callee.body.locals.iter().take(callee.num_params as usize);
    if !is_wide(callee.ret) && !params().any(|p| is_wide(p.ty)) {
        return None;
    }
    let ret = if is_wide(callee.ret) {
        VarType::Void
    } else {
        callee.ret
    };
    let mut b = MethodBuilder::new(&format!("{} by address", callee.name), ret);
    for layout in callee.layouts.iter() {
        b.layout(layout.clone());
    }
    let word = |p: &Local| if is_wide(p.ty) { VarType::I64 } else { p.ty };
    let words: Vec<_> = params().map(|p| b.param(word(p))).collect();
    let to = is_wide(callee.ret).then(|| b.param(VarType::I64));
    let first = b.start_block();
    b.switch_to(first);
    let args: Vec<CallArg> = params()
        .zip(words)
        .map(|(p, word)| CallArg::for_param(p, argument(&mut b, p, Operand::local(word))))
        .collect();
    let callee_id = b.func(&callee.name, 0);
    let (target, none) = (CallTarget::Func(callee_id), Operand::NONE);
    let value = b.call_with_layout(target, none, callee.ret, callee.ret_layout, &args);
    match to {
        Some(to) if callee.ret == VarType::Struct => {
            let held = b.struct_local(callee.ret_layout);
            b.store_local(held, value);
            let from = b.local_address(held, 0);
            let row = callee.ret_layout.0;
            b.full(
                Opcode::CopyBlk,
                VarType::Void,
                0,
                row,
                &[Operand::local(to), from],
            );
            b.ret(Operand::NONE);
        }
        Some(to) => {
            b.store(callee.ret, Operand::local(to), value, Barrier::None);
            b.ret(Operand::NONE);
        }
        None => b.ret(value),
    }
    Some(b.finish())
}

/// What the callee is given for parameter `p`: the word itself, or what lies at that address.
fn argument(b: &mut MethodBuilder, p: &Local, word: Operand) -> Operand {
    if p.ty == VarType::Struct {
        b.full(Opcode::LoadStruct, p.ty, 0, p.layout.0, &[word])
    } else if p.ty.is_vector() {
        b.load(p.ty, word)
    } else {
        word
    }
}
