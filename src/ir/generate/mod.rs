//! Generated methods: for benchmarks, for the shapes that turn quadratic, and for comparing executors.
//!
//! All of it is a function of a seed. The unit of every size here is the **operation** ([`is_operation`](super::Opcode::is_operation)).

mod forms;
mod maker;
mod random;
mod realistic;
mod rng;
mod shapes;

pub use forms::{Form, SCALARS};
pub use random::{CODE_CELLS, DATA, DATA_CELLS, MOST_METHODS, random, random_vectors};
pub use realistic::{realistic, realistic_of};
pub use rng::Rng;
pub use shapes::{SHAPES, shape};

use super::Method;

/// Bytes of the buffer that generated methods take the address of: integers, doubles from [`DOUBLES`] on, singles from
/// [`SINGLES`] on, and a count of turns at [`TURNS`].
pub const BUFFER: u32 = 392;
/// Where the buffer's doubles begin.
pub const DOUBLES: u32 = 128;
/// Where the buffer's singles begin.
pub const SINGLES: u32 = 256;
/// The word of the buffer that bounds recursion.
pub const TURNS: u32 = 384;

/// Does this generated method take the buffer's address first? Those do whose names are `f` and a number.
pub fn takes_buffer(m: &Method) -> bool {
    let number = m.name.strip_prefix('f');
    number.is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
