//! Generated methods: for benchmarks, for the shapes that turn quadratic, and for comparing executors.
//!
//! All of it is a function of a seed. An **operation**, the unit of every size here, is one arithmetic, memory, compare,
//! select, conversion, call or branch node; reads of locals, stores to locals, constants and address modes are none
//! ([`is_operation`]).

mod maker;
mod random;
mod realistic;
mod rng;
mod shapes;

pub use random::random;
pub use realistic::realistic;
pub use rng::Rng;
pub use shapes::{SHAPES, shape};

use super::{Effects, Method, Opcode};

/// Bytes of the buffer that generated methods take the address of: integers in the first half, doubles in the second.
pub const BUFFER: u32 = 256;

/// Is a node of this opcode an operation?
pub fn is_operation(op: Opcode) -> bool {
    use Opcode::*;
    let free = matches!(
        op,
        Nop | IlOffset | KeepAlive | Phi | Const | StoreLcl | LclAddr | Lea | Result | Jump | Ret
    );
    !free && !op.effects().contains(Effects::LOWERED)
}

/// Does this generated method take the buffer's address first? Those do whose names are `f` and a number.
pub fn takes_buffer(m: &Method) -> bool {
    let number = m.name.strip_prefix('f');
    number.is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
}

/// The number of operations of a method.
pub fn operations(m: &Method) -> usize {
    m.body.nodes.iter().filter(|n| is_operation(n.op)).count()
}

#[cfg(test)]
mod tests;
