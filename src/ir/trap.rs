//! What can end a run: the exceptions that the IR raises, and what cannot be caught.

/// The exceptions that the IR itself raises, and what an unhandled one is called.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum TrapKind {
    /// Dereference of an address below 64 KiB.
    Null,
    /// Index out of range.
    Range,
    /// Integer division by zero.
    DivZero,
    /// Checked arithmetic, a quotient that does not fit, a negative array length.
    Overflow,
    /// A cast of an object that is none of the class.
    InvalidCast,
    /// An object of another class was thrown.
    Exception,
    /// Calls nest too deeply; cannot be caught.
    StackOverflow,
    /// `unreachable` was reached; cannot be caught.
    Unreachable,
}

impl TrapKind {
    /// The name in texts.
    pub const fn name(self) -> &'static str {
        match self {
            TrapKind::Null => "null",
            TrapKind::Range => "range",
            TrapKind::DivZero => "div_zero",
            TrapKind::Overflow => "overflow",
            TrapKind::InvalidCast => "invalid_cast",
            TrapKind::Exception => "exception",
            TrapKind::StackOverflow => "stack_overflow",
            TrapKind::Unreachable => "unreachable",
        }
    }

    /// The class number of the exception's object, by which handlers name it; 0 for those without one.
    pub const fn class(self) -> u64 {
        match self {
            TrapKind::Null => 1,
            TrapKind::Range => 2,
            TrapKind::DivZero => 3,
            TrapKind::Overflow => 4,
            TrapKind::InvalidCast => 5,
            _ => 0,
        }
    }

    /// What an unhandled object of class `class` is called.
    pub const fn of_class(class: u64) -> TrapKind {
        match class {
            1 => TrapKind::Null,
            2 => TrapKind::Range,
            3 => TrapKind::DivZero,
            4 => TrapKind::Overflow,
            5 => TrapKind::InvalidCast,
            _ => TrapKind::Exception,
        }
    }
}
