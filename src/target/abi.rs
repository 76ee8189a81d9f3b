//! What depends on the runtime and its version, as one record.

use super::regs::RegNum;

/// Version of the GC-info format (facts: 3 for .NET 9, 4 for .NET 10).
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum GcInfoVersion {
    /// .NET 9.0: return kind in the header, safe points at return address minus one.
    V3,
    /// .NET 10.0.
    V4,
}

/// Everything a runtime fixes that neither the machine nor the operating system does. Neutral code reads this record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuntimeAbi {
    /// Name in dumps: `net9`, `net10`, `embedded`.
    pub name: &'static str,
    /// GC-info version.
    pub gc_info: GcInfoVersion,
    /// Methods with handlers keep a PSPSym: the main frame's initial SP in a slot of every frame and funclet.
    pub psp_sym: bool,
    /// Funclets find the parent's frame pointer already set (else the establisher argument leads to it).
    pub funclet_fp_set: bool,
    /// Register that holds the exception object on entry to a catch funclet.
    pub exception_reg: RegNum,
    /// Register with the establisher frame on entry to a funclet, where `funclet_fp_set` is false; else NONE.
    pub establisher_reg: RegNum,
    /// Accesses through null at offsets below this fault and become exceptions; larger ones need an explicit check. Bytes.
    pub null_check_limit: u32,
    /// Frames of at least this many bytes must be probed page by page.
    pub page_size: u32,
    /// Leaf methods keep the frame pointer of their caller, where nothing else needs their own.
    pub frameless_leaves: bool,
    /// Offset of an array's length (i32) from the object's start.
    pub array_length_offset: u32,
    /// Offset of the first element of a one-dimensional array.
    pub array_data_offset: u32,
}
