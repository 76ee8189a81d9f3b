//! The platform-neutral linear IR.
//!
//! A method is **locals**, **blocks** in layout order, and **nodes** in execution order within their block. There is no tree
//! form. Named invariants:
//!
//! - **single-def single-use**: a node's value is used at most once, in the same block, after its definition. Anything that
//!   lives longer, or is used twice, is a local.
//! - **locals-read-at-use**: a local is read at the node that has it as an operand; there are no load-local nodes. So a store to
//!   the local between two nodes is seen exactly as written.
//! - **terminator-last**: the last node of every block is a terminator, and no other node is.
//! - **small-in-memory**: `i8 u8 i16 u16` are memory, parameter and return types only; values are `i32`.
//! - **immutable-input**: an [`Method`] is never changed by a compile; phases work on a copy of its [`Body`].
//!
//! `docs/ir.md` is the prose; the opcode table is [`opcodes`]; the interpreter is the definition in code.

pub mod bail;
pub mod block;
pub mod builder;
mod edit;
pub mod generate;
#[cfg(test)]
mod handler_tests;
pub mod interp;
pub mod locals;
pub mod method;
pub mod node;
pub mod opcodes;
pub mod operand;
pub mod parse;
pub mod print;
pub mod shrink;
mod text;
#[cfg(test)]
mod text_tests;
pub mod trap;
pub mod vector;
pub mod verify;

pub use bail::Bail;
pub use block::{
    Block, BlockFlags, BlockId, Clause, ClauseId, ClauseKind, Region, RegionId, RegionKind,
};
pub use builder::MethodBuilder;
pub use locals::{Local, LocalFlags, LocalId};
pub use method::{
    ArgKind, Body, CallArg, CallFlags, CallId, CallInfo, CallTarget, ContextKind, FuncId, FuncRef,
    LookupId, Method, NodeKinds, SwitchId,
};
pub use node::{Barrier, Node, NodeFlags, NodeId};
pub use opcodes::{AuxKind, Cond, Effects, Opcode, OpcodeSet, OperandKind, ResultKind, SubKind};
pub use operand::{Operand, OperandRef};
pub use parse::{Expect, Module, ParseError, Run, RunValue, parse_module};
pub use print::{print_method, print_module};
pub use shrink::{shrink, shrink_module};
pub use trap::TrapKind;
pub use vector::VecOp;
pub use verify::{VerifyError, verify, verify_body, verify_neutral};
