//! Tokens of text IR.
//!
//! A hand-written scanner over bytes: no copies, no allocation except for a string with escapes. Lines matter (one node a line),
//! so a line end is a token; comments run from `;` to the line end. `; run:` comments are tokens of their own at top level.
//! A word is letters, digits, `_` and `.`, not beginning with a digit. Numbers keep their text, because the operand position
//! decides how to read them.

/// A token; positions are byte offsets into the text.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Tok<'a> {
    /// A word.
    Word(&'a str),
    /// Digits or `0x` digits, with an optional sign in front.
    Int(&'a str),
    /// A decimal number with point or exponent.
    Float(&'a str),
    /// The raw inside of a quoted string, escapes not yet resolved.
    Str(&'a str),
    /// One punctuation byte.
    Punct(u8),
    /// `->`.
    Arrow,
    /// `==`.
    Equal,
    /// The text behind `; run:`, up to the line end.
    Run(&'a str),
    /// Line end.
    Newline,
    /// End of text.
    End,
}

/// The scanner.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    pos: usize,
    /// Line of `pos`, from 1.
    pub(crate) line: u32,
    /// Report `; run:` comments as tokens?
    pub(crate) runs: bool,
}

const SPACE: u8 = 1;
const WORD_START: u8 = 2;
const WORD: u8 = 4;
const DIGIT: u8 = 8;

static CLASS: [u8; 256] = {
    let mut t = [0u8; 256];
    let mut i = 0;
    while i < 256 {
        let c = i as u8;
        t[i] = match c {
            b' ' | b'\t' | b'\r' => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => WORD_START | WORD,
            b'0'..=b'9' => DIGIT | WORD,
            b'.' => WORD,
            _ => 0,
        };
        i += 1;
    }
    t
};

#[inline]
fn is(c: u8, class: u8) -> bool {
    CLASS[c as usize] & class != 0
}

/// May `s` stand without quotes where a name is expected?
pub(crate) fn is_plain_name(s: &str) -> bool {
    let b = s.as_bytes();
    !b.is_empty() && is(b[0], WORD_START) && b.iter().all(|&c| is(c, WORD))
}

impl<'a> Lexer<'a> {
    /// A scanner at the beginning of `text`.
    pub(crate) fn new(text: &'a str) -> Lexer<'a> {
        Lexer {
            text,
            pos: 0,
            line: 1,
            runs: true,
        }
    }

    /// A scanner of the piece of `text` that ends at byte `end`, from byte `pos` on line `line`.
    pub(crate) fn within(text: &'a str, pos: usize, end: usize, line: u32) -> Lexer<'a> {
        Lexer {
            text: &text[..end],
            pos,
            line,
            runs: false,
        }
    }

    #[inline]
    fn peek(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    #[inline]
    fn skip(&self, mut at: usize, class: u8) -> usize {
        let b = self.text.as_bytes();
        while at < b.len() && is(b[at], class) {
            at += 1;
        }
        at
    }

    /// The next token and the offset of its first byte.
    #[inline]
    pub(crate) fn next(&mut self) -> (Tok<'a>, usize) {
        let start = self.skip(self.pos, SPACE);
        let bytes = self.text.as_bytes();
        let Some(&c) = bytes.get(start) else {
            self.pos = start;
            return (Tok::End, start);
        };
        if is(c, WORD_START) {
            let end = self.skip(start + 1, WORD);
            self.pos = end;
            return (Tok::Word(&self.text[start..end]), start);
        }
        match c {
            b'\n' => {
                self.pos = start + 1;
                self.line += 1;
                (Tok::Newline, start)
            }
            b';' => self.comment(start),
            b'0'..=b'9' => self.number(start, start),
            b'-' if is(self.peek(start + 1), DIGIT) => self.number(start, start + 1),
            b'-' if self.peek(start + 1) == b'>' => {
                self.pos = start + 2;
                (Tok::Arrow, start)
            }
            b'=' if self.peek(start + 1) == b'=' => {
                self.pos = start + 2;
                (Tok::Equal, start)
            }
            b'"' => self.string(start),
            _ => {
                // A character beyond ASCII is taken whole, so that slices stay on character borders.
                let len = self.text[start..].chars().next().map_or(1, char::len_utf8);
                self.pos = start + len;
                (Tok::Punct(c), start)
            }
        }
    }

    fn comment(&mut self, start: usize) -> (Tok<'a>, usize) {
        let rest = &self.text[start..];
        let len = rest.bytes().position(|c| c == b'\n').unwrap_or(rest.len());
        let end = start + len;
        if self.runs {
            let body = rest[1..len].trim_start_matches([' ', '\t']);
            if let Some(run) = body.strip_prefix("run:") {
                self.pos = end;
                return (Tok::Run(run), end - run.len());
            }
        }
        if end < self.text.len() {
            self.pos = end + 1;
            self.line += 1;
            (Tok::Newline, end)
        } else {
            self.pos = end;
            (Tok::End, end)
        }
    }

    fn number(&mut self, start: usize, digits: usize) -> (Tok<'a>, usize) {
        if self.peek(digits) == b'0' && matches!(self.peek(digits + 1), b'x' | b'X') {
            self.pos = self.skip(digits + 2, WORD);
            return (Tok::Int(&self.text[start..self.pos]), start);
        }
        let mut end = self.skip(digits, DIGIT);
        let mut float = false;
        if self.peek(end) == b'.' {
            float = true;
            end = self.skip(end + 1, DIGIT);
        }
        if matches!(self.peek(end), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(end + 1), b'+' | b'-'));
            if is(self.peek(end + 1 + sign), DIGIT) {
                float = true;
                end = self.skip(end + 1 + sign, DIGIT);
            }
        }
        self.pos = end;
        let s = &self.text[start..end];
        (if float { Tok::Float(s) } else { Tok::Int(s) }, start)
    }

    fn string(&mut self, start: usize) -> (Tok<'a>, usize) {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        while at < bytes.len() {
            match bytes[at] {
                b'"' => {
                    self.pos = at + 1;
                    return (Tok::Str(&self.text[start + 1..at]), start);
                }
                b'\n' => break,
                // The escaped character may not end the line; one beyond ASCII is passed byte by byte.
                b'\\' if at + 1 < bytes.len() && bytes[at + 1] != b'\n' => at += 2,
                _ => at += 1,
            }
        }
        // Not closed: reported as its quotation mark.
        self.pos = start + 1;
        (Tok::Punct(b'"'), start)
    }
}

/// Reads an integer token into 64 bits: `-2^63 ..= 2^64-1`, decimal or `0x`.
pub(crate) fn int_value(s: &str) -> Option<u64> {
    let (neg, digits) = match s.strip_prefix('-') {
        Some(d) => (true, d),
        None => (false, s),
    };
    let hex = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let v = match hex {
        Some(h) if h.bytes().all(|c| c.is_ascii_hexdigit()) => u64::from_str_radix(h, 16).ok()?,
        Some(_) => return None,
        None => decimal(digits)?,
    };
    match neg {
        false => Some(v),
        true if v <= 1 << 63 => Some(v.wrapping_neg()),
        true => None,
    }
}

#[inline]
fn decimal(digits: &str) -> Option<u64> {
    let b = digits.as_bytes();
    if b.is_empty() {
        return None;
    }
    let mut v = 0u64;
    for &c in b {
        let d = c.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        v = v.checked_mul(10)?.checked_add(u64::from(d))?;
    }
    Some(v)
}

/// Resolves the escapes of a string's inside (`\"`, `\\`, `\n`, `\t`, `\r`); `None` for any other.
pub(crate) fn unescape(raw: &str) -> Option<String> {
    if !raw.contains('\\') {
        return Some(raw.to_owned());
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                c @ ('"' | '\\') => c,
                _ => return None,
            },
            c => c,
        });
    }
    Some(out)
}

/// Appends `s` in quotes, with escapes.
pub(crate) fn quote(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('"');
}
