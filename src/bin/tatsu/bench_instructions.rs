//! Instructions that a piece of work takes, as `tatsu bench --instructions` shows them.

use crate::common::Outcome;
use std::process::Command;

/// The instructions of a process that does `work` (see `bench::child`) `turns` times, all else included.
pub fn counted(work: &str, turns: u32) -> Outcome<u64> {
    let exe = std::env::current_exe().map_err(|e| e.to_string())?;
    let out = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(&exe)
        .args(["bench", "--work", work, "--turns", &turns.to_string()])
        .output()
        .map_err(|e| format!("valgrind: {e}"))?;
    let text = String::from_utf8_lossy(&out.stderr);
    let total = text
        .lines()
        .find_map(|l| l.split_once("Collected :")?.1.trim().parse().ok());
    match total {
        Some(n) if out.status.success() => Ok(n),
        _ => Err(format!("valgrind counted nothing for {work}:\n{text}")),
    }
}
