//! Which instruction a shuffle is.

use crate::ir::vector::lanes;
use crate::ir::{Method, Node, NodeFlags, NodeId, OperandRef};
use crate::lower::LowerCx;

/// A shuffle as an instruction.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// The instruction.
    pub kind: Kind,
    /// The operands it reads, by position; one twice where only that one counts.
    pub sources: [usize; 2],
    /// The byte of both sources, counted through, for each byte of the result.
    pub bytes: [u8; 16],
}

/// The instructions.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A source as it is.
    Move,
    /// One lane everywhere.
    Everywhere {
        /// Its size, as a power of two.
        log2: u32,
        /// Its number.
        lane: u8,
    },
    /// An instruction that takes lanes of both sources in a fixed order.
    Permute {
        /// Which.
        how: Permute,
        /// The lanes' size, as a power of two.
        log2: u32,
    },
    /// The sources behind each other, from a byte on.
    Slide {
        /// The byte.
        by: u8,
    },
    /// A look-up in a table: of one register, or of two that are consecutive.
    Table,
}

/// Orders of lanes that have an instruction.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Permute {
    /// The lower halves, alternating.
    Zip1,
    /// The upper halves, alternating.
    Zip2,
    /// The even lanes.
    Uzp1,
    /// The odd lanes.
    Uzp2,
    /// The even lanes, alternating.
    Trn1,
    /// The odd lanes, alternating.
    Trn2,
}

use Permute::*;

/// The byte of both registers, counted through, that `how` puts into byte `i`.
fn byte_taken(how: Permute, size: usize, i: usize) -> usize {
    let lanes = 16 / size;
    let (lane, byte) = (i / size, i % size);
    let from = match how {
        Zip1 => lane / 2 + lane % 2 * lanes,
        Zip2 => lane / 2 + lanes / 2 + lane % 2 * lanes,
        Uzp1 => 2 * lane,
        Uzp2 => 2 * lane + 1,
        Trn1 => lane / 2 * 2 + lane % 2 * lanes,
        Trn2 => lane / 2 * 2 + 1 + lane % 2 * lanes,
    };
    from * size + byte
}

/// The instruction that makes `bytes` of two registers; `modulus` 16 if both are the same one.
fn permute(bytes: &[usize; 16], modulus: usize) -> Option<Kind> {
    for log2 in 0..4 {
        for how in [Zip1, Zip2, Uzp1, Uzp2, Trn1, Trn2] {
            let is = |(i, &x): (usize, &usize)| byte_taken(how, 1 << log2, i) % modulus == x;
            if bytes.iter().enumerate().all(is) {
                return Some(Kind::Permute { how, log2 });
            }
        }
    }
    None
}

/// The instruction for shuffle `node`, whose lanes are in `row`.
pub fn form(node: &Node, row: &[u8; 64]) -> Form {
    let size = node.source_type().size() as usize;
    // What is above a short vector stays.
    let mut bytes: [usize; 16] = std::array::from_fn(|i| i);
    let short = lanes(node.ty, node.source_type()) as usize;
    let above = 16 / size - short;
    for (i, &lane) in row[..Method::vector_bytes(node)].iter().enumerate() {
        let mut lane = usize::from(lane);
        if lane >= short {
            lane += above;
        }
        for k in 0..size {
            bytes[i * size + k] = lane * size + k;
        }
    }
    let local = |k: usize| node.opnd[k].as_local();
    let sources = if bytes.iter().all(|&x| x < 16) {
        [0, 0]
    } else if bytes.iter().all(|&x| x >= 16) {
        [1, 1]
    } else if local(0).is_some() && local(0) == local(1) {
        [0, 0]
    } else {
        [0, 1]
    };
    let one = sources[0] == sources[1];
    let modulus = if one { 16 } else { 32 };
    bytes.iter_mut().for_each(|x| *x %= modulus);
    let as_is = |kind| Form {
        kind,
        sources,
        bytes: bytes.map(|x| x as u8),
    };
    if one && bytes.iter().enumerate().all(|(i, &x)| x == i) {
        return as_is(Kind::Move);
    }
    for log2 in (0..4).rev() {
        let size = 1 << log2;
        let lane = bytes[0] / size;
        let is = |(i, &x): (usize, &usize)| x == lane * size + i % size;
        if one && bytes.iter().enumerate().all(is) {
            let lane = lane as u8;
            return as_is(Kind::Everywhere { log2, lane });
        }
    }
    let [a, b] = sources;
    let turned = bytes.map(|x| (x + 16) % modulus);
    for (bytes, sources) in [(&bytes, [a, b]), (&turned, [b, a])] {
        let first = bytes[0];
        let follows = |(i, &x): (usize, &usize)| x == (first + i) % modulus;
        let kind = match permute(bytes, modulus) {
            Some(kind) => kind,
            None if first < 16 && bytes.iter().enumerate().all(follows) => {
                Kind::Slide { by: first as u8 }
            }
            None => continue,
        };
        return Form {
            kind,
            sources,
            bytes: bytes.map(|x| x as u8),
        };
    }
    let sources = if one { sources } else { table_order(node) };
    let bytes = if sources[0] == 0 { bytes } else { turned };
    Form {
        kind: Kind::Table,
        sources,
        bytes: bytes.map(|x| x as u8),
    }
}

/// In which order the operands of shuffle `node` are the tables of a look-up: it is free, so all shuffles of the same two want them
/// in the same one, that in which they are most often made.
pub fn table_order(node: &Node) -> [usize; 2] {
    let age = |k: usize| match node.opnd[k].get() {
        OperandRef::Local(l) => (0, l.0),
        OperandRef::Node(n) => (1, n.0),
        _ => (2, 0),
    };
    if age(0) <= age(1) { [0, 1] } else { [1, 0] }
}

/// Says of shuffle `n` whether it is a look-up in a table of both operands, whose registers are consecutive then.
pub(super) fn mark_table(cx: &mut LowerCx<'_>, n: NodeId) {
    let node = *cx.node(n);
    let form = form(&node, &cx.method.vector(node.aux));
    let table = form.kind == Kind::Table && form.sources[0] != form.sources[1];
    cx.node_mut(n).flags.set(NodeFlags::CONSECUTIVE, table);
}
