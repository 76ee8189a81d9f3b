//! Descriptors as text.

use crate::emit::encoder::PrintCx;
use crate::emit::instr_desc::InstrDesc;

/// Appends the text of one descriptor.
pub fn print(_d: &InstrDesc, _cx: &PrintCx, _out: &mut String) {}
