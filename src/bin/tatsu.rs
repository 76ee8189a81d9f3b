//! The `tatsu` command.
fn main() {}
