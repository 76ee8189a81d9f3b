//! The second opinion: `llvm-mc` assembles the text of each sample, and its bytes are compared with ours.

use super::driver::{Assembler, Mismatch, Sample};
use std::io::Write;
use std::process::{Command, Stdio};

/// What came out.
#[derive(Default, Clone, Debug)]
pub struct Tally {
    /// The program's own version line.
    pub version: String,
    /// Samples assembled.
    pub samples: usize,
    /// Samples whose bytes are the same.
    pub same_bytes: usize,
    /// Samples that it encodes otherwise with the same meaning (an instruction may have several encodings).
    pub same_meaning: usize,
}

/// Name of the program in mismatches and known faults.
pub const PROGRAM: &str = "llvm-mc";

/// The version line; none if the program is not on this machine.
fn version() -> Option<String> {
    let out = Command::new(PROGRAM).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout);
    Some(
        text.lines()
            .find(|l| l.contains("version"))?
            .trim()
            .to_string(),
    )
}

/// Compares all samples; none if there is no assembler on this machine.
pub fn compare(
    assembler: &Assembler,
    samples: &[Sample],
    same_meaning: &dyn Fn(&[u8], &[u8]) -> bool,
) -> Result<Option<(Tally, Vec<Mismatch>)>, String> {
    let Some(version) = version() else {
        return Ok(None);
    };
    let mut tally = Tally {
        version,
        samples: samples.len(),
        ..Tally::default()
    };
    let mut wrong = Vec::new();
    for (sample, answer) in samples.iter().zip(assemble(assembler, samples)?) {
        let got = match answer {
            Ok(bytes) if bytes == sample.bytes => {
                tally.same_bytes += 1;
                continue;
            }
            Ok(bytes) if same_meaning(&sample.bytes, &bytes) => {
                tally.same_meaning += 1;
                continue;
            }
            Ok(bytes) => format!("{bytes:02x?}"),
            Err(message) => message,
        };
        wrong.push(Mismatch {
            form: sample.form.clone(),
            program: PROGRAM.into(),
            text: sample.text.clone(),
            bytes: sample.bytes.clone(),
            got,
        });
    }
    Ok(Some((tally, wrong)))
}

/// Bytes, or the message, of each sample. A label before each line tells which line the bytes belong to; it goes through `.loc`-free
/// plain text so that the one thing parsed is the `encoding` comment.
fn assemble(
    assembler: &Assembler,
    samples: &[Sample],
) -> Result<Vec<Result<Vec<u8>, String>>, String> {
    let mut source = String::from(assembler.header);
    let first_line = source.lines().count() + 1;
    for (i, s) in samples.iter().enumerate() {
        source.push_str(&format!("S{i}: {}\n", s.text));
    }
    let mut child = Command::new(PROGRAM)
        .args(assembler.options)
        .args(["-show-encoding", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start {PROGRAM}: {e}"))?;
    let mut stdin = child
        .stdin
        .take()
        .ok_or("the assembler has no standard input")?;
    let writer = std::thread::spawn(move || stdin.write_all(source.as_bytes()));
    let out = child.wait_with_output().map_err(|e| e.to_string())?;
    writer
        .join()
        .map_err(|_| "the writer panicked")?
        .map_err(|e| format!("writing to {PROGRAM}: {e}"))?;
    let mut answers = vec![Err("no answer".to_string()); samples.len()];
    let mut at = None;
    for line in String::from_utf8_lossy(&out.stdout).lines() {
        if let Some((label, _)) = line
            .split_once(':')
            .filter(|(l, _)| l.starts_with('S') && l[1..].bytes().all(|b| b.is_ascii_digit()))
        {
            at = label[1..].parse::<usize>().ok();
        }
        if let (Some(i), Some((_, rest))) = (at, line.split_once("encoding: ["))
            && let Some(answer) = answers.get_mut(i)
        {
            *answer = parse_encoding(rest);
        }
    }
    for line in String::from_utf8_lossy(&out.stderr).lines() {
        // <stdin>:12:3: error: what
        let mut parts = line.splitn(4, ':');
        let (Some("<stdin>"), Some(number), _, Some(message)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let index = number
            .parse::<usize>()
            .ok()
            .and_then(|n| n.checked_sub(first_line));
        if let Some(answer) = index.and_then(|i| answers.get_mut(i))
            && answer.is_err()
        {
            *answer = Err(message.trim().to_string());
        }
    }
    Ok(answers)
}

/// `0x01,0x02]`; bytes of fixups, written as letters or in quotes, are an error.
fn parse_encoding(text: &str) -> Result<Vec<u8>, String> {
    let list = text.split(']').next().unwrap_or_default();
    list.split(',')
        .map(|b| {
            let digits = b.trim().strip_prefix("0x").unwrap_or_default();
            u8::from_str_radix(digits, 16).map_err(|_| format!("not plain bytes: {list}"))
        })
        .collect()
}
