//! Handing finished code to the runtime.
//!
//! The order is the one that the runtime expects: unwind sizes, memory, bytes, relocations, unwind blocks, IL map, EH
//! clauses, GC info. Bytes are written through the writable address only; everything else is said in terms of the address
//! where the code will run. The runtime may still discard all of it if we decline afterwards.

use super::enums::{alloc_flag, eh_flag, reloc};
use super::structs::{AllocMemArgs, EhClause, MethodHandle, OffsetMapping};
use super::vtable::{EeError, EeInterface};
use crate::compile::code::RelocKind;
use crate::compile::{CompiledMethod, FuncKind};
use crate::ir::ClauseKind;

/// Why the code could not be handed over.
#[derive(Debug)]
pub(super) enum PublishError {
    /// The runtime failed.
    Runtime(EeError),
    /// The result contradicts itself.
    Internal(&'static str),
    /// A distance does not fit.
    Reach,
}

impl From<EeError> for PublishError {
    fn from(e: EeError) -> Self {
        PublishError::Runtime(e)
    }
}

/// Gives `code` of `method` to the runtime; the address of its entry.
pub(super) fn publish(
    ee: &EeInterface,
    method: MethodHandle,
    code: &CompiledMethod,
    debug_info: bool,
) -> Result<usize, PublishError> {
    let size = u32::try_from(code.code.len()).map_err(|_| PublishError::Reach)?;
    for f in &code.funcs {
        let unwind = f.unwind.1.checked_sub(f.unwind.0);
        let unwind = unwind.ok_or(PublishError::Internal("unwind block ends before it begins"))?;
        ee.reserve_unwind_info(u32::from(f.kind != FuncKind::Root), 0, unwind)?;
    }
    let mut mem = AllocMemArgs {
        hot_size: size,
        ro_size: u32::try_from(code.rodata.len()).map_err(|_| PublishError::Reach)?,
        eh_count: code.eh.len() as u32,
        flags: match code.rodata_align {
            0..=8 => 0,
            9..=16 => alloc_flag::RODATA_16,
            17..=32 => alloc_flag::RODATA_32,
            _ => alloc_flag::RODATA_64,
        },
        ..AllocMemArgs::default()
    };
    ee.alloc_mem(&mut mem)?;
    if mem.hot == 0 || mem.hot_rw == 0 || (mem.ro_rw == 0 && !code.rodata.is_empty()) {
        return Err(PublishError::Internal("no memory for code"));
    }
    write(mem.hot_rw, &code.code);
    write(mem.ro_rw, &code.rodata);
    for r in &code.relocs {
        relocate(ee, &mem, code, r)?;
    }
    for f in &code.funcs {
        let block = code.unwind.get(f.unwind.0 as usize..f.unwind.1 as usize);
        let block = block.ok_or(PublishError::Internal("unwind block out of range"))?;
        ee.alloc_unwind_info(
            mem.hot,
            0,
            f.start,
            f.end,
            block.len() as u32,
            block.as_ptr(),
            f.kind as u32,
        )?;
    }
    if debug_info {
        give_il_map(ee, method, code)?;
    }
    if !code.eh.is_empty() {
        ee.set_eh_count(code.eh.len() as u32)?;
        for (i, c) in code.eh.iter().enumerate() {
            ee.set_eh_info(i as u32, &eh_clause(c))?;
        }
    }
    let gc = ee.alloc_gc_info(code.gc_info.len())?;
    if gc == 0 {
        return Err(PublishError::Internal("no memory for GC info"));
    }
    write(gc, &code.gc_info);
    Ok(mem.hot)
}

fn write(to: usize, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    // SAFETY: the runtime gave this many writable bytes for this compilation alone, in answer to the sizes asked for.
    unsafe {
        std::ptr::with_exposed_provenance_mut::<u8>(to)
            .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
    }
}

fn relocate(
    ee: &EeInterface,
    mem: &AllocMemArgs,
    code: &CompiledMethod,
    r: &crate::compile::Relocation,
) -> Result<(), PublishError> {
    let at = r.at as usize;
    let field = at
        .checked_add(4)
        .and_then(|end| code.code.get(at..end))
        .ok_or(PublishError::Internal("a relocation out of the code"))?;
    let mut bytes = [0; 4];
    bytes.copy_from_slice(field);
    let target = if r.kind.is_data() {
        mem.ro.wrapping_add(r.target as usize)
    } else {
        r.target as usize
    };
    let (location, location_rw) = (mem.hot + at, mem.hot_rw + at);
    match r.kind {
        RelocKind::Rel32Data => {
            // Code and data are one allocation, so this is ours to compute.
            let end = location as i64 + 4;
            let distance = (target as i64 - end).checked_add(i64::from(i32::from_le_bytes(bytes)));
            let distance = distance.and_then(|d| i32::try_from(d).ok());
            write(
                location_rw,
                &distance.ok_or(PublishError::Reach)?.to_le_bytes(),
            );
        }
        RelocKind::Rel32 => {
            let delta = i32::from_le_bytes(bytes);
            let kind = u32::from(reloc::X64_REL32);
            ee.record_relocation(location, location_rw, target, kind, delta)?;
        }
        RelocKind::Branch26 => {
            let kind = u32::from(reloc::ARM64_BRANCH26);
            ee.record_relocation(location, location_rw, target, kind, 0)?;
        }
        RelocKind::PageData => {
            let kind = u32::from(reloc::ARM64_PAGEBASE_REL21);
            ee.record_relocation(location, location_rw, target, kind, 0)?;
        }
        RelocKind::PageOffsetData => {
            let kind = u32::from(reloc::ARM64_PAGEOFFSET_12A);
            ee.record_relocation(location, location_rw, target, kind, 0)?;
        }
    }
    Ok(())
}

fn give_il_map(
    ee: &EeInterface,
    method: MethodHandle,
    code: &CompiledMethod,
) -> Result<(), EeError> {
    if code.il_map.is_empty() {
        return Ok(());
    }
    let bytes = code.il_map.len() * size_of::<OffsetMapping>();
    let array = ee.allocate_array(bytes)?;
    if array == 0 {
        return Ok(());
    }
    let array = std::ptr::with_exposed_provenance_mut::<OffsetMapping>(array);
    for (i, m) in code.il_map.iter().enumerate() {
        let entry = OffsetMapping {
            native: m.native,
            il: m.il,
            source: u32::from(m.source),
        };
        // SAFETY: the runtime gave room for this many entries, and it is ours until the call below.
        unsafe { array.add(i).write(entry) };
    }
    ee.set_boundaries(method, code.il_map.len() as u32, array)
}

/// A clause in the runtime's form: ends where the names say lengths.
fn eh_clause(c: &crate::compile::EhClauseOut) -> EhClause {
    let (kind, last) = match c.kind {
        ClauseKind::Catch(token) => (0, token),
        ClauseKind::Filter => (eh_flag::FILTER, c.filter_start),
        ClauseKind::Finally => (eh_flag::FINALLY, 0),
        ClauseKind::Fault => (eh_flag::FAULT, 0),
    };
    let same = if c.same_try { eh_flag::SAMETRY } else { 0 };
    EhClause {
        flags: kind | same,
        try_offset: c.try_range.0,
        try_length: c.try_range.1,
        handler_offset: c.handler_range.0,
        handler_length: c.handler_range.1,
        class_token_or_filter: last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::EhClauseOut;

    #[test]
    fn clauses_carry_ends() {
        let c = EhClauseOut {
            kind: ClauseKind::Filter,
            same_try: true,
            try_range: (4, 20),
            handler_range: (60, 90),
            filter_start: 50,
        };
        assert_eq!(
            eh_clause(&c),
            EhClause {
                flags: 17,
                try_offset: 4,
                try_length: 20,
                handler_offset: 60,
                handler_length: 90,
                class_token_or_filter: 50
            }
        );
    }
}
