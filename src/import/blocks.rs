//! Where basic blocks begin, which of them can be reached, and which variables have their address taken.

use super::ImportError;
use super::il_opcodes::{Il, Inline, Instr, read, switch_targets};
use super::metadata::{IlClauseKind, IlMethod};

/// The blocks of a method's IL, in IL order.
#[derive(Clone, Debug, Default)]
pub struct IlBlocks {
    /// Start offset of each; the last entry is the end of the IL.
    pub starts: Vec<u32>,
    /// Can it be reached?
    pub reachable: Vec<bool>,
    /// Is it the target of a jump from itself or from below?
    pub loop_head: Vec<bool>,
    /// Parameters with `ldarga`.
    pub arg_address_taken: Vec<bool>,
    /// Parameters with `ldarga` or `starg`.
    pub arg_changes: Vec<bool>,
    /// Locals with `ldloca`.
    pub local_address_taken: Vec<bool>,
    /// Is there a `localloc`?
    pub allocates: bool,
}

impl IlBlocks {
    /// The number of the block that begins at `offset`.
    pub fn at(&self, offset: u32) -> Option<usize> {
        let i = self.starts.binary_search(&offset).ok()?;
        (i + 1 < self.starts.len()).then_some(i)
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// No blocks?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first block that begins at or behind `offset`.
    pub fn first_from(&self, offset: u32) -> usize {
        self.starts.partition_point(|&s| s < offset)
    }
}

/// The variable that an instruction names, if it is one of the forms for arguments or locals.
pub fn variable_index(i: &Instr) -> u32 {
    match i.op {
        Il::Ldarg0 | Il::Ldloc0 | Il::Stloc0 => 0,
        Il::Ldarg1 | Il::Ldloc1 | Il::Stloc1 => 1,
        Il::Ldarg2 | Il::Ldloc2 | Il::Stloc2 => 2,
        Il::Ldarg3 | Il::Ldloc3 | Il::Stloc3 => 3,
        _ => i.operand as u32,
    }
}

/// Finds the blocks of `method`.
///
/// # Errors
/// [`ImportError::BadCode`], if bytes are no instruction or a jump goes into one.
pub fn find(method: &IlMethod<'_>) -> Result<IlBlocks, ImportError> {
    let il = method.il;
    let size = il.len() as u32;
    let mut is_instr = vec![false; il.len() + 1];
    let mut is_leader = vec![false; il.len() + 1];
    let mut back_target = vec![false; il.len() + 1];
    let mut blocks = IlBlocks {
        arg_address_taken: vec![false; method.params.len()],
        arg_changes: vec![false; method.params.len()],
        local_address_taken: vec![false; method.locals.len()],
        ..IlBlocks::default()
    };
    is_leader[0] = true;
    let mut at = 0;
    while at < size {
        let i = read(il, at).map_err(|_| bad(at, "no instruction"))?;
        is_instr[at as usize] = true;
        let mut mark = |target: u32| -> Result<(), ImportError> {
            if target >= size {
                return Err(bad(i.at, "a jump out of the method"));
            }
            is_leader[target as usize] = true;
            back_target[target as usize] |= target <= i.at;
            Ok(())
        };
        match i.op.inline() {
            Inline::Branch8 | Inline::Branch32 => mark(i.operand as u32)?,
            Inline::Switch => switch_targets(il, &i).try_for_each(mark)?,
            _ => {}
        }
        if ends_block(i.op) {
            is_leader[i.next as usize] = true;
        }
        blocks.allocates |= i.op == Il::Localloc;
        let taken = match i.op {
            Il::Ldarga | Il::LdargaS => Some(&mut blocks.arg_address_taken),
            Il::Ldloca | Il::LdlocaS => Some(&mut blocks.local_address_taken),
            _ => None,
        };
        if let Some(taken) = taken {
            *taken
                .get_mut(i.operand as usize)
                .ok_or(bad(i.at, "no such variable"))? = true;
        }
        if matches!(i.op, Il::Ldarga | Il::LdargaS | Il::Starg | Il::StargS) {
            *blocks
                .arg_changes
                .get_mut(i.operand as usize)
                .ok_or(bad(i.at, "no such variable"))? = true;
        }
        at = i.next;
    }
    if at != size || size == 0 {
        return Err(bad(at, "the code ends within an instruction"));
    }
    is_instr[size as usize] = true;
    for c in &method.clauses {
        let mut edges = vec![
            c.try_range.0,
            c.try_range.1,
            c.handler_range.0,
            c.handler_range.1,
        ];
        if let IlClauseKind::Filter(f) = c.kind {
            edges.push(f);
        }
        for e in edges {
            if e > size {
                return Err(bad(size, "an exception clause out of the method"));
            }
            is_leader[e as usize] = true;
        }
    }
    for (offset, leader) in is_leader.iter().enumerate() {
        if *leader && offset < il.len() {
            if !is_instr[offset] {
                return Err(bad(offset as u32, "a jump into an instruction"));
            }
            blocks.starts.push(offset as u32);
            blocks.loop_head.push(back_target[offset]);
        }
    }
    blocks.starts.push(size);
    reach(method, &mut blocks)?;
    Ok(blocks)
}

/// Does the instruction end its block?
fn ends_block(op: Il) -> bool {
    matches!(
        op.inline(),
        Inline::Branch8 | Inline::Branch32 | Inline::Switch
    ) || matches!(
        op,
        Il::Ret | Il::Throw | Il::Rethrow | Il::Endfinally | Il::Endfilter | Il::Jmp
    )
}

/// Can control go on to the next instruction?
fn falls_through(op: Il) -> bool {
    !matches!(
        op,
        Il::Ret
            | Il::Throw
            | Il::Rethrow
            | Il::Endfinally
            | Il::Endfilter
            | Il::Jmp
            | Il::Br
            | Il::BrS
            | Il::Leave
            | Il::LeaveS
    )
}

/// Marks the blocks that can be reached from the start, through jumps and through handlers of reached blocks.
fn reach(method: &IlMethod<'_>, blocks: &mut IlBlocks) -> Result<(), ImportError> {
    let il = method.il;
    let n = blocks.len();
    blocks.reachable = vec![false; n];
    let mut work = vec![0];
    let mut clause_done = vec![false; method.clauses.len()];
    let visit = |b: usize, reachable: &mut Vec<bool>, work: &mut Vec<usize>| {
        if !std::mem::replace(&mut reachable[b], true) {
            work.push(b);
        }
    };
    blocks.reachable[0] = true;
    while let Some(b) = work.pop() {
        let (start, end) = (blocks.starts[b], blocks.starts[b + 1]);
        for (c, done) in method.clauses.iter().zip(&mut clause_done) {
            if *done || start < c.try_range.0 || start >= c.try_range.1 {
                continue;
            }
            *done = true;
            let mut entries = vec![c.handler_range.0];
            if let IlClauseKind::Filter(f) = c.kind {
                entries.push(f);
            }
            for e in entries {
                let h = blocks.at(e).ok_or(bad(e, "an empty handler"))?;
                visit(h, &mut blocks.reachable, &mut work);
            }
        }
        let mut at = start;
        let last = loop {
            let i = read(il, at).map_err(|_| bad(at, "no instruction"))?;
            if i.next >= end {
                break i;
            }
            at = i.next;
        };
        let mut targets = Vec::new();
        match last.op.inline() {
            Inline::Branch8 | Inline::Branch32 => targets.push(last.operand as u32),
            Inline::Switch => targets.extend(switch_targets(il, &last)),
            _ => {}
        }
        if falls_through(last.op) {
            targets.push(last.next);
        }
        for t in targets {
            let t = blocks
                .at(t)
                .ok_or(bad(last.at, "control runs out of the method"))?;
            visit(t, &mut blocks.reachable, &mut work);
        }
    }
    Ok(())
}

fn bad(at: u32, what: &'static str) -> ImportError {
    ImportError::BadCode { at, what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::metadata::{IlClause, IlClauseKind};

    fn of(il: &[u8], clauses: Vec<IlClause>) -> Result<IlBlocks, ImportError> {
        find(&IlMethod {
            il,
            clauses,
            ..IlMethod::default()
        })
    }

    #[test]
    fn a_loop() {
        // 0: ldc 0; 1: brtrue.s 5; 3: br.s 0; 5: ret; 6: ret (not reached)
        let b = of(&[0x16, 0x2D, 2, 0x2B, 0xFB, 0x2A, 0x2A], vec![]).unwrap();
        assert_eq!(b.starts, [0, 3, 5, 6, 7]);
        assert_eq!(b.reachable, [true, true, true, false]);
        assert_eq!(b.loop_head, [true, false, false, false]);
    }

    #[test]
    fn handlers_are_reached_through_their_try() {
        // 0: nop; 1: leave.s 5; 3: pop; 4: rethrow is two bytes -> use leave.s; 5: ret
        let il = [0x00, 0xDE, 3, 0x26, 0xDE, 0, 0x2A];
        let clause = IlClause {
            kind: IlClauseKind::Catch(1),
            try_range: (0, 3),
            handler_range: (3, 6),
        };
        let b = of(&il, vec![clause]).unwrap();
        assert_eq!(b.starts, [0, 3, 6, 7]);
        assert_eq!(b.reachable, [true; 3]);
    }

    #[test]
    fn bad_code_is_told() {
        for il in [
            &[0x24][..],      // no opcode
            &[0x2B, 0x7F],    // jump out
            &[0x20, 0, 0],    // cut
            &[],              // empty
            &[0x2B, 0xFF],    // into itself
            &[0x00],          // runs out
            &[0x12, 5, 0x2A], // no such local
        ] {
            assert!(
                matches!(of(il, vec![]), Err(ImportError::BadCode { .. })),
                "{il:x?}"
            );
        }
    }
}
