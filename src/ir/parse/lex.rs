//! Reading text IR byte by byte: blanks, words, names, numbers, strings.
//!
//! There are no tokens: the parser knows what may stand at a place and asks for that, so nothing is classified twice and nothing
//! is copied. **Between calls the position is at the first byte of something**: each reader skips the blanks and comments behind
//! what it took. Words and numbers are found eight bytes at a time where they are short, as nearly all are; a loop over bytes would
//! cost a mispredicted branch each.
//!
//! Words are letters, digits, `_` and `.` after a first letter; numbers may be negative, hexadecimal or floating; strings stand in
//! double quotes with escapes. `;` begins a comment to the end of the line; comments that begin with `; run:` are kept aside.

use std::borrow::Cow;

/// The bytes of words.
static WORD: [bool; 256] = {
    let mut t = [false; 256];
    let mut c = 0;
    while c < 256 {
        t[c] = (c as u8).is_ascii_alphanumeric() || c == b'_' as usize || c == b'.' as usize;
        c += 1;
    }
    t
};

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x8080_8080_8080_8080;

/// A word of at most 16 bytes as two little-endian numbers, zeros behind its end.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Key(pub u64, pub u64);

impl Key {
    /// The key of `s`; of its first 16 bytes if it is longer.
    pub const fn new(s: &[u8]) -> Key {
        let (mut k, mut i) = ([0u64; 2], 0);
        while i < s.len() && i < 16 {
            k[i / 8] |= (s[i] as u64) << (i % 8 * 8);
            i += 1;
        }
        Key(k[0], k[1])
    }
}

/// A place in a text.
pub(super) struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    line: u32,
    /// `; run:` comments: line and text behind the colon.
    pub runs: Vec<(u32, &'a str)>,
}

impl<'a> Lexer<'a> {
    /// At the first thing in `text`.
    pub fn new(text: &'a str) -> Lexer<'a> {
        let mut l = Lexer {
            text,
            bytes: text.as_bytes(),
            pos: 0,
            line: 1,
            runs: Vec::new(),
        };
        l.skip_all();
        l
    }

    /// The byte offset.
    #[inline]
    pub fn pos(&self) -> usize {
        self.pos
    }

    /// The line, from 1.
    #[inline]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The text.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Goes to what stands behind the line's end at `end`.
    #[inline(always)]
    pub fn next_line(&mut self, end: usize) {
        self.pos = end;
        if let Some(&[_, b' ', b' ', c]) = self.bytes[end..].first_chunk::<4>()
            && c > b';'
        {
            self.line += 1;
            self.pos += 3;
            return;
        }
        self.skip_all();
    }

    /// Behind everything?
    #[inline]
    pub fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    /// The byte here; 0 at the end.
    #[inline]
    pub fn peek(&self) -> u8 {
        self.byte(self.pos)
    }

    /// The byte `n` further; 0 behind the end.
    #[inline]
    pub fn ahead(&self, n: usize) -> u8 {
        self.byte(self.pos + n)
    }

    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Do these bytes stand here?
    #[inline]
    pub fn starts_with(&self, s: &str) -> bool {
        self.bytes[self.pos..].starts_with(s.as_bytes())
    }

    /// Eight bytes, zeros behind the end.
    #[inline]
    fn load(&self, at: usize) -> u64 {
        match self.bytes.get(at..at + 8) {
            Some(b) => u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]),
            None => self.load_last(at),
        }
    }

    #[cold]
    fn load_last(&self, at: usize) -> u64 {
        Key::new(self.bytes.get(at..).unwrap_or_default()).0
    }

    // ---- blanks

    /// Goes over `n` bytes and the blanks behind them.
    #[inline]
    pub fn advance(&mut self, n: usize) {
        self.pos += n;
        let c = self.peek();
        if c > b' ' && c != b';' {
            return;
        }
        let next = self.ahead(1);
        if c == b' ' && next > b' ' && next != b';' {
            self.pos += 1;
            return;
        }
        self.skip_all();
    }

    fn skip_all(&mut self) {
        loop {
            match self.bytes.get(self.pos) {
                Some(b'\n') => {
                    self.line += 1;
                    self.pos += 1;
                    // Two blanks begin most lines.
                    if self.ahead(0) == b' ' && self.ahead(1) == b' ' {
                        self.pos += 2;
                    }
                }
                Some(b' ' | b'\t' | b'\r') => self.pos += 1,
                Some(b';') => self.comment(),
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        let rest = &self.text[self.pos..];
        let comment = &rest[..rest.find('\n').unwrap_or(rest.len())];
        self.pos += comment.len();
        let text = comment.trim_start_matches(';').trim_start();
        if let Some(run) = text.strip_prefix("run:") {
            self.runs.push((self.line, run.trim()));
        }
    }

    // ---- punctuation and words

    /// Takes `c` if it stands here.
    #[inline]
    pub fn eat(&mut self, c: u8) -> bool {
        let yes = self.peek() == c && !self.at_end();
        if yes {
            self.advance(1);
        }
        yes
    }

    /// Takes `->`.
    pub fn eat_arrow(&mut self) -> bool {
        let yes = self.starts_with("->");
        if yes {
            self.advance(2);
        }
        yes
    }

    /// The word here; empty if there is none.
    pub fn peek_word(&self) -> &'a str {
        let first = self.peek();
        if !(first.is_ascii_alphabetic() || first == b'_') {
            return "";
        }
        &self.text[self.pos..self.word_end()]
    }

    fn word_end(&self) -> usize {
        let rest = &self.bytes[self.pos..];
        let n = rest.iter().position(|&c| !WORD[c as usize]);
        self.pos + n.unwrap_or(rest.len())
    }

    /// Takes the word here.
    pub fn word(&mut self) -> Option<&'a str> {
        let w = self.peek_word();
        if w.is_empty() {
            return None;
        }
        self.advance(w.len());
        Some(w)
    }

    /// Takes `w` if it is the word here.
    pub fn eat_word(&mut self, w: &str) -> bool {
        let yes = self.starts_with(w) && !WORD[self.ahead(w.len()) as usize];
        if yes {
            self.advance(w.len());
        }
        yes
    }

    /// The key and length of the word here, up to a dot or blank. Taken for a word may be bytes that are none, behind one: no table
    /// has such a key. The length is 17 if it is more than 16.
    #[inline]
    pub fn peek_key(&self) -> (Key, usize) {
        let a = self.load(self.pos);
        let end = below_digits(a);
        if end != 0 {
            let bits = end.trailing_zeros() & !7;
            return (Key(a & !(u64::MAX << bits), 0), bits as usize / 8);
        }
        let b = self.load(self.pos + 8);
        let end = below_digits(b);
        if end != 0 {
            let bits = end.trailing_zeros() & !7;
            return (Key(a, b & !(u64::MAX << bits)), 8 + bits as usize / 8);
        }
        let more = usize::from(self.ahead(16) >= b'0');
        (Key(a, b), 16 + more)
    }

    /// Is the byte `n` further part of a word?
    #[inline]
    pub fn word_goes_on(&self, n: usize) -> bool {
        WORD[self.ahead(n) as usize]
    }

    /// Takes a word that is `prefix` bytes and then digits: `t12`, `bb3`. At most nine digits. The caller has looked at the prefix.
    #[inline]
    pub fn numbered(&mut self, prefix: usize) -> Option<u32> {
        let (n, digits) = self.digits(self.pos + prefix);
        if digits == 0 || digits > 9 || self.word_goes_on(prefix + digits) {
            return None;
        }
        self.advance(prefix + digits);
        Some(n)
    }

    /// The decimal number at `at` and its length; meaningless if that is over 9.
    #[inline]
    fn digits(&self, at: usize) -> (u32, usize) {
        let x = self.load(at) ^ (b'0' as u64 * ONES);
        // The top bit of each byte that is no digit: over 127, or carried into by adding 118.
        let other = (x | (x & !TOPS).wrapping_add(118 * ONES)) & TOPS;
        if other == 0 {
            return self.long_digits(at);
        }
        let n = other.trailing_zeros() as usize / 8;
        if n == 0 {
            return (0, 0);
        }
        // The digits to the top, so that zeros stand before them; then in pairs.
        let x = x << (64 - 8 * n);
        let x = (x & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(2561) >> 8;
        let x = (x & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
        let x = (x & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32;
        (x as u32, n)
    }

    #[cold]
    fn long_digits(&self, at: usize) -> (u32, usize) {
        let rest = &self.bytes[at..];
        let n = rest
            .iter()
            .position(|c| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let fold = |v: u32, c: &u8| v.wrapping_mul(10).wrapping_add(u32::from(c - b'0'));
        (rest[..n].iter().fold(0, fold), n)
    }

    // ---- numbers

    /// Takes a decimal integer of at most eight digits, which most are.
    #[inline]
    pub fn short_int(&mut self) -> Option<i64> {
        let sign = usize::from(self.peek() == b'-');
        let (n, digits) = self.digits(self.pos + sign);
        if digits == 0 || digits > 8 || self.word_goes_on(sign + digits) {
            return None;
        }
        self.advance(sign + digits);
        let n = i64::from(n);
        Some(if sign == 0 { n } else { -n })
    }

    /// The text of the number here, `-inf` included; empty if there is none.
    pub fn peek_number(&self) -> &'a str {
        let sign = usize::from(self.peek() == b'-');
        let first = self.ahead(sign);
        if !(first.is_ascii_digit() || sign == 1 && first == b'i') {
            return "";
        }
        let b = self.bytes;
        let scan = |from: usize, ok: fn(u8) -> bool| {
            let n = b[from..].iter().position(|&c| !ok(c));
            from + n.unwrap_or(b.len() - from)
        };
        let mut end = scan(self.pos + sign, |c| WORD[c as usize]);
        // An exponent's sign.
        if matches!(self.byte(end), b'-' | b'+')
            && matches!(b[end - 1], b'e' | b'E')
            && !self.text[self.pos..end].contains("0x")
        {
            end = scan(end + 1, |c| c.is_ascii_digit());
        }
        &self.text[self.pos..end]
    }

    // ---- names and strings

    /// Takes `@name` or `@"any text"`; `None` if neither stands here.
    pub fn at_name(&mut self) -> Option<Cow<'a, str>> {
        if self.ahead(1) == b'"' {
            self.pos += 1;
            let name = self.string();
            if name.is_none() {
                self.pos -= 1;
            }
            return name;
        }
        let rest = &self.bytes[self.pos..];
        let n = rest[1..].iter().position(|&c| !is_name(c));
        let name = &self.text[self.pos + 1..self.pos + 1 + n.unwrap_or(rest.len() - 1)];
        self.advance(1 + name.len());
        Some(name.into())
    }

    /// Takes a string; `None` if it has no end in its line or an escape that is none.
    pub fn string(&mut self) -> Option<Cow<'a, str>> {
        let inside = &self.text[self.pos + 1..];
        let stop = inside.find(['"', '\\', '\n'])?;
        if inside.as_bytes()[stop] == b'"' {
            self.advance(stop + 2);
            return Some(inside[..stop].into());
        }
        let mut out = String::new();
        let mut rest = inside;
        loop {
            let stop = rest.find(['"', '\\', '\n'])?;
            out.push_str(&rest[..stop]);
            match rest.as_bytes()[stop] {
                b'"' => {
                    self.advance(1 + (inside.len() - rest.len()) + stop + 1);
                    return Some(out.into());
                }
                b'\\' => rest = unescape(&rest[stop + 1..], &mut out)?,
                _ => return None,
            }
        }
    }
}

/// Appends what the escape at the beginning of `s` (behind its backslash) stands for; the text behind it.
fn unescape<'s>(s: &'s str, out: &mut String) -> Option<&'s str> {
    let c = s.chars().next()?;
    let rest = &s[c.len_utf8()..];
    match c {
        '"' | '\\' => out.push(c),
        'n' => out.push('\n'),
        'r' => out.push('\r'),
        't' => out.push('\t'),
        'u' => {
            let (digits, rest) = rest.strip_prefix('{')?.split_once('}')?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            out.push(char::from_u32(code)?);
            return Some(rest);
        }
        _ => return None,
    }
    Some(rest)
}

/// Appends `s` as a string that [`Lexer::string`] reads back.
pub(in crate::ir) fn push_string(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Top bits of the bytes below `0`: exact up to and with the lowest of them.
#[inline]
pub(super) fn below_digits(x: u64) -> u64 {
    x.wrapping_sub(b'0' as u64 * ONES) & !x & TOPS
}

/// May the byte stand in a function's name without quotes? `Class:Method` and arities may.
pub(in crate::ir) fn is_name(c: u8) -> bool {
    WORD[c as usize] || c == b':' || c == b'`'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_are_read_at_every_length() {
        for text in [
            "",
            "0",
            "7",
            "42",
            "007",
            "1234567",
            "12345678",
            "123456789",
        ] {
            for behind in ["", " ", "x", ",", "é", "\u{b0}", "/", ":"] {
                let all = format!("{text}{behind}");
                let (v, n) = Lexer::new(&all).digits(0);
                assert_eq!(n, text.len(), "{all}");
                assert_eq!(v, text.parse().unwrap_or(0), "{all}");
            }
        }
        assert_eq!(Lexer::new("1234567890123").digits(0).1, 13);
    }

    #[test]
    fn keys_are_the_words() {
        for word in [
            "a",
            "add",
            "store_lcl",
            "atomic_cmpxchg",
            "bits1234",
            "sixteen_letters_",
        ] {
            for behind in ["", " ", ".i32 v0", ",", "\n  something_else"] {
                let all = format!("{word}{behind}");
                let (key, n) = Lexer::new(&all).peek_key();
                assert_eq!((key, n), (Key::new(word.as_bytes()), word.len()), "{all}");
            }
        }
        assert_eq!(Lexer::new("float_to_uint_old.i32").peek_key().1, 17);
    }

    proptest! {
        #[test]
        fn strings_round_trip(s in any::<String>()) {
            let mut text = String::new();
            push_string(&s, &mut text);
            prop_assert!(!text.contains('\n'));
            let mut l = Lexer::new(&text);
            let read = l.string();
            prop_assert_eq!(read.as_deref(), Some(s.as_str()));
            prop_assert!(l.at_end());
        }
    }
}
