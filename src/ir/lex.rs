//! Tokens of text IR.
//!
//! A hand lexer over bytes. Words are letters, digits, `_` and `.` after a first letter; numbers may be negative, hexadecimal
//! or floating; strings stand in double quotes without escapes. `;` begins a comment to the end of the line; comments that
//! begin with `; run:` are kept aside for the parser.

/// A token.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Tok<'a> {
    /// A word, dots included: `add.i32`, `t12`, `layout`.
    Word(&'a str),
    /// A number's text.
    Number(&'a str),
    /// `@name`.
    At(&'a str),
    /// `$name`.
    Dollar(&'a str),
    /// The inside of a string.
    Str(&'a str),
    /// One character of punctuation, or `>` for an arrow.
    Punct(u8),
    /// Something that is no token.
    Bad,
    /// The end.
    Eof,
}

/// [`Lexer::number`] of a word that is none of a value, a local, a block.
pub const NO_NUMBER: u32 = u32::MAX;

/// The lexer, one token ahead.
pub struct Lexer<'a> {
    text: &'a str,
    pos: usize,
    /// Line of `tok`, from 1.
    pub line: u32,
    /// Byte offset of `tok`.
    pub start: usize,
    /// The current token.
    pub tok: Tok<'a>,
    /// The number in a word of letters `t`, `v` or `bb` and digits; [`NO_NUMBER`] for other words and over 9 digits.
    pub number: u32,
    /// `; run:` comments: line and text behind the colon.
    pub runs: Vec<(u32, &'a str)>,
    next_line: u32,
}

impl<'a> Lexer<'a> {
    /// A lexer at the first token of `text`.
    pub fn new(text: &'a str) -> Lexer<'a> {
        let mut l = Lexer {
            text,
            pos: 0,
            line: 1,
            start: 0,
            tok: Tok::Eof,
            number: NO_NUMBER,
            runs: Vec::new(),
            next_line: 1,
        };
        l.advance();
        l
    }

    /// Goes to the next token.
    pub fn advance(&mut self) {
        let b = self.text.as_bytes();
        loop {
            match b.get(self.pos) {
                Some(b'\n') => {
                    self.next_line += 1;
                    self.pos += 1;
                }
                Some(b' ' | b'\t' | b'\r') => self.pos += 1,
                Some(b';') => self.comment(),
                _ => break,
            }
        }
        self.start = self.pos;
        self.line = self.next_line;
        let Some(&c) = b.get(self.pos) else {
            self.tok = Tok::Eof;
            return;
        };
        self.pos += 1;
        self.tok = match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'-' if b.get(self.pos) == Some(&b'>') => {
                self.pos += 1;
                Tok::Punct(b'>')
            }
            b'-' if b
                .get(self.pos)
                .is_some_and(|c| c.is_ascii_digit() || *c == b'i') =>
            {
                self.number()
            }
            b'@' => {
                self.take_while(is_name);
                Tok::At(&self.text[self.start + 1..self.pos])
            }
            b'$' => {
                self.take_while(is_word);
                Tok::Dollar(&self.text[self.start + 1..self.pos])
            }
            b'"' => self.string(),
            c if c.is_ascii_punctuation() => Tok::Punct(c),
            _ => {
                // Keep to character boundaries.
                while !self.text.is_char_boundary(self.pos) {
                    self.pos += 1;
                }
                Tok::Bad
            }
        };
    }

    /// A word; if it is a value, a local or a block, `number` is its number.
    fn word(&mut self) -> Tok<'a> {
        let b = &self.text.as_bytes()[self.start..];
        let prefix = match b[0] {
            b't' | b'v' => 1,
            b'b' if b.get(1) == Some(&b'b') => 2,
            _ => usize::MAX,
        };
        let (mut length, mut number) = (1, 0u32);
        if prefix != usize::MAX {
            length = prefix;
            while let Some(d) = b.get(length).map(|c| c.wrapping_sub(b'0'))
                && d < 10
            {
                number = number.wrapping_mul(10).wrapping_add(d.into());
                length += 1;
            }
        }
        let digits = length.saturating_sub(prefix);
        while b.get(length).is_some_and(|&c| WORD[c as usize]) {
            length += 1;
            number = NO_NUMBER;
        }
        self.number = if (1..10).contains(&digits) {
            number
        } else {
            NO_NUMBER
        };
        self.pos = self.start + length;
        Tok::Word(&self.text[self.start..self.pos])
    }

    #[inline]
    fn take_while(&mut self, f: impl Fn(u8) -> bool) {
        let b = self.text.as_bytes();
        while b.get(self.pos).is_some_and(|&c| f(c)) {
            self.pos += 1;
        }
    }

    fn number(&mut self) -> Tok<'a> {
        self.take_while(|c| c.is_ascii_alphanumeric() || c == b'.' || c == b'_');
        let b = self.text.as_bytes();
        // An exponent's sign.
        if matches!(b.get(self.pos), Some(b'-' | b'+'))
            && matches!(b[self.pos - 1], b'e' | b'E')
            && !self.text[self.start..self.pos].contains("0x")
        {
            self.pos += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        Tok::Number(&self.text[self.start..self.pos])
    }

    fn string(&mut self) -> Tok<'a> {
        self.take_while(|c| c != b'"' && c != b'\n');
        if self.text.as_bytes().get(self.pos) != Some(&b'"') {
            return Tok::Bad;
        }
        self.pos += 1;
        Tok::Str(&self.text[self.start + 1..self.pos - 1])
    }

    fn comment(&mut self) {
        let start = self.pos;
        self.take_while(|c| c != b'\n');
        let text = self.text[start..self.pos]
            .trim_start_matches(';')
            .trim_start();
        if let Some(run) = text.strip_prefix("run:") {
            self.runs.push((self.next_line, run.trim()));
        }
    }
}

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

#[inline]
fn is_word(c: u8) -> bool {
    WORD[c as usize]
}

/// Function names may be as the runtime writes them: `Class:Method(int):int` is fine up to the parenthesis.
fn is_name(c: u8) -> bool {
    is_word(c) || c == b':' || c == b'`'
}
