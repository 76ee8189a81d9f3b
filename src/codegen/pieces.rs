//! How a block of known size is cut into accesses.

use super::GenCx;
use crate::ir::{NodeId, Opcode};
use crate::types::LayoutId;

/// Offsets and sizes of the accesses, of at most `widest` bytes each, that make up a block of `size` bytes. The last may begin inside
/// the one before: two accesses of 4 bytes do for 7.
pub fn pieces(size: u32, widest: u32) -> impl Iterator<Item = (i32, u32)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let left = size - at;
        if left == 0 {
            return None;
        }
        let up = left.next_power_of_two();
        let piece = if left >= widest {
            widest
        } else if up <= size {
            // Exactly what is left, or more, from further back.
            at = size - up;
            up
        } else {
            up / 2
        };
        at += piece;
        Some(((at - piece) as i32, piece))
    })
}

/// The widest access that copies or fills of block node `n` may use, if the machine has accesses of 16 bytes: pointers in the heap are
/// moved one by one, since the collector's other threads may look at any time.
pub fn widest_piece(cx: &GenCx<'_>, n: NodeId) -> u32 {
    let node = &cx.body.nodes[n];
    let has_gc = cx
        .method
        .layout(LayoutId(node.aux))
        .is_some_and(|l| l.has_gc());
    let to_frame = node.opnd[0].as_node().is_some_and(|a| {
        use Opcode::{InArgAddr, LclAddr, OutArgAddr};
        matches!(cx.body.nodes[a].op, LclAddr | OutArgAddr | InArgAddr)
    });
    if has_gc && !to_frame { 8 } else { 16 }
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn pieces_cover_each_byte_and_no_other() {
        for widest in [8, 16] {
            for size in 0..200 {
                let mut covered = vec![false; size as usize];
                for (at, piece) in pieces(size, widest) {
                    assert!(piece <= widest && piece.is_power_of_two());
                    covered[at as usize..at as usize + piece as usize].fill(true);
                }
                assert!(covered.iter().all(|&c| c), "{size} by {widest}");
                assert!(
                    pieces(size, widest).count() as u32 <= size / widest + 2 + (widest / 8 - 1)
                );
            }
        }
        assert_eq!(pieces(7, 16).collect::<Vec<_>>(), [(0, 4), (3, 4)]);
        assert_eq!(
            pieces(40, 16).collect::<Vec<_>>(),
            [(0, 16), (16, 16), (32, 8)]
        );
        assert_eq!(pieces(23, 16).collect::<Vec<_>>(), [(0, 16), (15, 8)]);
    }
}
