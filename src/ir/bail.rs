//! Why a phase below `compile` gives up on a method; `compile` turns it into a `CompileError`.

use super::NodeId;

/// A phase's refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Bail {
    /// Valid, but this back end cannot do it yet.
    Unsupported {
        /// What, as a short fixed phrase: it is counted.
        what: &'static str,
        /// The node to blame.
        node: NodeId,
    },
    /// Too big.
    Limit(&'static str),
    /// A bug: what was found.
    Internal(String),
    /// A question to the runtime failed.
    Runtime(crate::ee::EeError),
}

impl From<crate::ee::EeError> for Bail {
    fn from(e: crate::ee::EeError) -> Bail {
        Bail::Runtime(e)
    }
}

impl std::fmt::Display for Bail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Bail::Unsupported { what, node } => write!(f, "{what} (node {node})"),
            Bail::Limit(w) => write!(f, "over a limit: {w}"),
            Bail::Internal(w) => f.write_str(w),
            Bail::Runtime(e) => write!(f, "{e}"),
        }
    }
}
