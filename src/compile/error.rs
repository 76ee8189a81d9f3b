//! The four kinds of failure, told apart because the caller acts differently.

/// Why a compile did not produce code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CompileError {
    /// The input program is wrong: decline, and let the runtime say so.
    BadCode {
        /// IL offset or text line.
        at: u32,
        /// What is wrong.
        what: String,
    },
    /// Valid, but not ours yet: decline, counted by reason.
    Unsupported {
        /// The reason, a short fixed phrase with the opcode's name where one is to blame.
        reason: String,
        /// The node or IL offset, for the message; `u32::MAX` if the whole method is to blame.
        at: u32,
    },
    /// Valid, too big: retry at MinOpts, then decline.
    Limit {
        /// What is too big.
        what: &'static str,
    },
    /// A bug of ours.
    Internal {
        /// The phase.
        phase: &'static str,
        /// What was found.
        what: String,
    },
    /// A question to the runtime failed.
    Runtime(crate::ee::EeError),
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CompileError::BadCode { at, what } => write!(f, "bad code at {at}: {what}"),
            CompileError::Unsupported {
                reason,
                at: u32::MAX,
            } => write!(f, "unsupported: {reason}"),
            CompileError::Unsupported { reason, at } => write!(f, "unsupported at {at}: {reason}"),
            CompileError::Limit { what } => write!(f, "over a limit: {what}"),
            CompileError::Internal { phase, what } => {
                write!(f, "internal error in {phase}: {what}")
            }
            CompileError::Runtime(e) => write!(f, "{e}"),
        }
    }
}

impl std::error::Error for CompileError {}

impl From<crate::ee::EeError> for CompileError {
    fn from(e: crate::ee::EeError) -> Self {
        CompileError::Runtime(e)
    }
}
