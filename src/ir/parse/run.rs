//! `; run:` lines, and integers as text.

use super::{Expect, Run, RunValue};

/// A decimal or hexadecimal integer of at most 64 bits, signed or not.
pub(super) fn parse_int(s: &str) -> Option<i64> {
    let (negative, digits) = s.strip_prefix('-').map_or((false, s), |d| (true, d));
    let v = match digits.strip_prefix("0x") {
        Some(h) => u64::from_str_radix(h, 16).ok()?,
        None => digits.parse::<u64>().ok()?,
    };
    if negative {
        (v <= 1 << 63).then(|| (v as i64).wrapping_neg())
    } else {
        Some(v as i64)
    }
}

/// `Name(args) == value`, `Name(args) == (a, b)`, `Name(args)` or `Name(args) traps kind`.
pub(super) fn parse_run(text: &str, line: u32) -> std::result::Result<Run, String> {
    let open = text.find('(').ok_or("expected `Name(`")?;
    let close = text[open..]
        .find(')')
        .map(|i| i + open)
        .ok_or("expected `)`")?;
    let func = text[..open].trim().trim_start_matches('@').to_owned();
    let args = run_values(&text[open + 1..close])?;
    let rest = text[close + 1..].trim();
    let expect = if rest.is_empty() {
        Expect::Values(Vec::new())
    } else if let Some(kind) = rest.strip_prefix("traps") {
        Expect::Trap(kind.trim().to_owned())
    } else if let Some(v) = rest.strip_prefix("==") {
        Expect::Values(run_values(
            v.trim().trim_start_matches('(').trim_end_matches(')'),
        )?)
    } else {
        return Err(format!("expected `==` or `traps`, found `{rest}`"));
    };
    Ok(Run {
        func,
        args,
        expect,
        line,
    })
}

fn run_values(text: &str) -> std::result::Result<Vec<RunValue>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(|s| {
            parse_int(s)
                .map(RunValue::Int)
                .or_else(|| s.parse().ok().map(RunValue::Float))
                .ok_or_else(|| format!("`{s}` is no number"))
        })
        .collect()
}
