//! A text file's worth of methods, with the calls that test it.

use super::Method;
use crate::types::ClassLayout;

/// A value in a `; run:` line. The method's parameter or return type says how wide it is.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum RunValue {
    /// An integer; unsigned literals above `i64::MAX` are held by their bits.
    Int(i64),
    /// A floating-point number; for an `f32` it is rounded.
    Float(f64),
}

/// What a run should come to.
#[derive(Clone, PartialEq, Debug)]
pub enum Expect {
    /// It returns these values: none for a method without result, or when the result does not matter.
    Values(Vec<RunValue>),
    /// It raises this exception (`div_zero`, `overflow`, `null`, `range`, ...).
    Trap(String),
}

/// One `; run:` line: `; run: Max(1, 2) == 3` or `; run: F(0) traps div_zero`.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// Name of the method to call.
    pub func: String,
    /// Arguments.
    pub args: Vec<RunValue>,
    /// Expected outcome.
    pub expect: Expect,
    /// Line of the text, from 1.
    pub line: u32,
}

/// Methods, the layouts they share, and runs.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Module {
    /// The methods in order of the text.
    pub methods: Vec<Method>,
    /// The runs in order of the text.
    pub runs: Vec<Run>,
    /// The declared layouts. Each method holds copies of those it names.
    pub layouts: Vec<ClassLayout>,
}

impl Module {
    /// The method with this name; the first, if there are several.
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().find(|m| m.name == name)
    }
}
