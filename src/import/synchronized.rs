//! Synchronized methods: the body holds a monitor, whichever way it is left.
//!
//! ```text
//!   taken = 0
//!   try { enter(monitor, &taken); body; each ret: result = value, go to `out` }
//!   fault { exit(monitor, &taken) }
//!   out: exit(monitor, &taken); return result
//! ```
//!
//! The region is around all others, so its clause comes last.

use super::ImportError;
use super::importer::Importer;
use crate::ir::{
    Block, BlockFlags, BlockId, Clause, ClauseId, ClauseKind, LocalFlags, LocalId, Opcode, Operand,
    Region, RegionId, RegionKind,
};
use crate::types::{LayoutId, VarType};

/// The monitor of the method being imported.
#[derive(Copy, Clone)]
pub(super) struct Held {
    /// The protected region.
    region: RegionId,
    clause: ClauseId,
    /// The local that holds the monitor.
    monitor: LocalId,
    /// The byte that says whether it is held.
    taken: LocalId,
    /// Where returns go; none before the first.
    out: BlockId,
    /// What they return; none if nothing.
    result: LocalId,
}

impl Importer<'_> {
    /// The region of the body outside all of IL's own.
    pub(super) fn root(&self) -> RegionId {
        self.held.map_or(RegionId::NONE, |h| h.region)
    }

    /// Makes the region that the monitor is held in, if the method has one, around those that there are.
    pub(super) fn make_lock_region(&mut self) {
        let Some(lock) = self.il.lock else { return };
        let ty = match (lock.object, lock.of_class) {
            (Some(_), None) => VarType::I64,
            _ => VarType::Ref,
        };
        let monitor = self.temp(ty, LayoutId::NONE);
        let taken = self.temp(VarType::U8, LayoutId::NONE);
        let body = &mut self.out.body;
        body.locals[taken].flags |= LocalFlags::ADDRESS_EXPOSED;
        let clause = ClauseId(body.clauses.len() as u32);
        let own = |kind| Region {
            parent: RegionId::NONE,
            kind,
            clause,
        };
        let region = RegionId(body.regions.len() as u32);
        for r in body.regions.iter_mut().filter(|r| r.parent.is_none()) {
            r.parent = region;
        }
        body.regions.push(own(RegionKind::Try));
        let handler_region = body.regions.push(own(RegionKind::Handler));
        body.clauses.push(Clause {
            kind: ClauseKind::Fault,
            try_region: region,
            handler_region,
            handler_entry: BlockId::NONE,
            filter_entry: BlockId::NONE,
        });
        self.held = Some(Held {
            region,
            clause,
            monitor,
            taken,
            out: BlockId::NONE,
            result: LocalId::NONE,
        });
    }

    /// Enters the monitor at the end of the entry block, and fills the handler that exits it. Goes on behind the entering.
    pub(super) fn enter_lock(&mut self) -> Result<(), ImportError> {
        let (Some(lock), Some(held)) = (self.il.lock, self.held) else {
            return Ok(());
        };
        let monitor = match lock.object {
            None => Operand::local(LocalId(0)),
            Some(handle) => {
                let handle = self.handle(handle)?;
                match lock.of_class {
                    None => handle,
                    Some(h) => self.helper_call(h, VarType::Ref, &[(handle, VarType::I64)])?,
                }
            }
        };
        self.store_local(held.monitor, monitor);
        self.store_local(held.taken, Self::zero());
        let inside = self.block_in(held.region);
        self.jump(inside);
        let handler_region = self.out.body.clauses[held.clause].handler_region;
        let handler = self.block_in(handler_region);
        self.out.body.blocks[handler].flags |= BlockFlags::ENTRY;
        self.out.body.clauses[held.clause].handler_entry = handler;
        self.block = handler;
        self.call_monitor(lock.exit, held)?;
        self.node(Opcode::EndFinally, VarType::Void, &[]);
        self.block = inside;
        self.call_monitor(lock.enter, held)
    }

    fn call_monitor(&mut self, helper: crate::ee::Helper, held: Held) -> Result<(), ImportError> {
        let taken = self.address_of(held.taken, 0);
        let monitor = (
            Operand::local(held.monitor),
            self.out.body.locals[held.monitor].ty,
        );
        self.helper_call(helper, VarType::Void, &[monitor, (taken, VarType::I64)])?;
        Ok(())
    }

    /// `ret` of a method that holds a monitor.
    pub(super) fn ret_unlocked(&mut self) -> Result<(), ImportError> {
        let (Some(lock), Some(mut held)) = (self.il.lock, self.held) else {
            return Err(self.unsupported("a monitor where there is none"));
        };
        let (ret, layout) = (self.out.ret, self.out.ret_layout);
        let value = match ret {
            VarType::Void => Operand::NONE,
            VarType::Struct => {
                let e = self.pop()?;
                if e.ty != VarType::Struct {
                    return Err(self.bad("a struct is expected"));
                }
                self.operand(e).0
            }
            ty => self.pop_as(ty)?,
        };
        if !self.stack.is_empty() {
            return Err(self.bad("values are left on the stack"));
        }
        let first = held.out.is_none();
        if first {
            held.out = self.block_in(RegionId::NONE);
            if ret != VarType::Void {
                held.result = self.temp(ret.actual(), layout);
            }
            self.held = Some(held);
        }
        match ret {
            VarType::Void => {}
            VarType::Struct => self.copy_to_local(held.result, value),
            _ => self.store_local(held.result, value),
        }
        self.jump(held.out);
        if first {
            self.block = held.out;
            self.call_monitor(lock.exit, held)?;
            match ret {
                VarType::Void => self.node(Opcode::Ret, VarType::Void, &[]),
                ty => self.node(Opcode::Ret, ty, &[Operand::local(held.result)]),
            };
        }
        Ok(())
    }

    fn block_in(&mut self, region: RegionId) -> BlockId {
        let mut b = Block::new();
        b.region = region;
        self.out.body.blocks.push(b)
    }
}
