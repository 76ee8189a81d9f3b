//! Method-set patterns: which methods a knob is about.
//!
//! A set is a list of patterns separated by spaces; a pattern in double quotes may contain spaces. `*` stands for any
//! run of characters, `?` for one. What a pattern is held against depends on what is written in it:
//!
//! | written | held against |
//! |---|---|
//! | `Method` | the method's name |
//! | `Class:Method` | class and method, the class with or without its namespace |
//! | `…(args)` | the signature's arguments follow the method |
//! | `Class[args]:…` | the class with its instantiation |
//! | `…:Method[args]` | the method with its instantiation |
//!
//! `Class::Method` is taken as `Class:Method`. The forms are those that listings print, so a name copied from a listing
//! (without its return type) selects that method. An empty set selects nothing.

use std::borrow::Cow;

/// The parts of a method's name; only those that a pattern needs are asked for.
pub trait MethodNames {
    /// The bare method name: `Add`.
    fn method(&self) -> Cow<'_, str>;
    /// The class with its namespace, without instantiation: `System.Collections.Generic.List`1`.
    fn class(&self) -> Cow<'_, str>;
    /// The class's instantiation with brackets, or nothing: `[int]`.
    fn class_instantiation(&self) -> Cow<'_, str>;
    /// The method's instantiation with brackets, or nothing.
    fn method_instantiation(&self) -> Cow<'_, str>;
    /// The arguments with parentheses: `(int,System.String)`.
    fn signature(&self) -> Cow<'_, str>;
}

/// A parsed method-set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MethodSet {
    patterns: Vec<Pattern>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Pattern {
    class: Option<Part>,
    method: Part,
    /// With its parentheses.
    signature: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Part {
    glob: String,
    /// Hold it against the name with its instantiation.
    instantiated: bool,
}

impl Part {
    fn new(glob: &str) -> Part {
        Part {
            glob: glob.to_owned(),
            instantiated: glob.contains('['),
        }
    }
}

impl MethodSet {
    /// Reads a list. Every text is a list of some patterns, so there is no error.
    pub fn parse(text: &str) -> MethodSet {
        MethodSet {
            patterns: split(text).map(parse_pattern).collect(),
        }
    }

    /// Selects no method at all?
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Selects every method, whatever its name?
    pub fn selects_all(&self) -> bool {
        self.patterns
            .iter()
            .any(|p| p.class.is_none() && p.signature.is_none() && p.method.glob == "*")
    }

    /// Is the method selected?
    pub fn matches(&self, names: &dyn MethodNames) -> bool {
        !self.is_empty() && (self.selects_all() || self.patterns.iter().any(|p| p.matches(names)))
    }
}

impl Pattern {
    fn matches(&self, names: &dyn MethodNames) -> bool {
        let mut method = names.method();
        if self.method.instantiated {
            method.to_mut().push_str(&names.method_instantiation());
        }
        if !glob_matches(&self.method.glob, &method) {
            return false;
        }
        if let Some(class) = &self.class {
            let mut full = names.class();
            let bare_at = full.rfind('.').map_or(0, |dot| dot + 1);
            if class.instantiated {
                full.to_mut().push_str(&names.class_instantiation());
            }
            if !glob_matches(&class.glob, &full) && !glob_matches(&class.glob, &full[bare_at..]) {
                return false;
            }
        }
        match &self.signature {
            Some(glob) => glob_matches(glob, &names.signature()),
            None => true,
        }
    }
}

/// The patterns of a list: separated by white space, quotes taken off.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if let Some(quoted) = rest.strip_prefix('"') {
            let (pattern, after) = quoted.split_once('"').unwrap_or((quoted, ""));
            rest = after;
            return Some(pattern);
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (pattern, after) = rest.split_at(end);
        rest = after;
        (!pattern.is_empty()).then_some(pattern)
    })
    .filter(|p| !p.is_empty())
}

fn parse_pattern(text: &str) -> Pattern {
    // The signature may contain colons of its own only behind its parenthesis.
    let (name, signature) = match text.find('(') {
        Some(at) => {
            let arguments = &text[at..];
            // A return type behind the parenthesis is no part of what is matched.
            let end = arguments.rfind(')').map_or(arguments.len(), |e| e + 1);
            (&text[..at], Some(arguments[..end].to_owned()))
        }
        None => (text, None),
    };
    let (class, method) = match name.split_once(':') {
        Some((class, method)) => {
            let method = method.strip_prefix(':').unwrap_or(method);
            (Some(Part::new(class)), method)
        }
        None => (None, name),
    };
    Pattern {
        class,
        method: Part::new(method),
        signature,
    }
}

/// Does `text` match `glob`? Bytewise; `*` any run, `?` one character. Takes at most glob × text steps.
fn glob_matches(glob: &str, text: &str) -> bool {
    let (glob, text) = (glob.as_bytes(), text.as_bytes());
    let (mut g, mut t) = (0, 0);
    // Where to go on after the last `*`: behind it in the glob, one further in the text.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match glob.get(g) {
            Some(b'*') => {
                g += 1;
                retry = Some((g, t));
                continue;
            }
            Some(b'?') if t < text.len() => {
                g += 1;
                t += 1;
                // A character of more than one byte.
                while text.get(t).is_some_and(|b| b & 0xC0 == 0x80) {
                    t += 1;
                }
                continue;
            }
            Some(&c) if text.get(t) == Some(&c) => {
                g += 1;
                t += 1;
                continue;
            }
            None if t == text.len() => return true,
            _ => {}
        }
        match retry {
            Some((after_star, from)) if from < text.len() => {
                g = after_star;
                t = from + 1;
                retry = Some((after_star, t));
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names(
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
    );

    impl MethodNames for Names {
        fn class(&self) -> Cow<'_, str> {
            self.0.into()
        }
        fn class_instantiation(&self) -> Cow<'_, str> {
            self.1.into()
        }
        fn method(&self) -> Cow<'_, str> {
            self.2.into()
        }
        fn method_instantiation(&self) -> Cow<'_, str> {
            self.3.into()
        }
        fn signature(&self) -> Cow<'_, str> {
            self.4.into()
        }
    }

    const ADD: Names = Names("Program", "", "Add", "", "(int,int)");
    const LIST: Names = Names(
        "System.Collections.Generic.List`1",
        "[int]",
        "ConvertAll",
        "[System.String]",
        "(System.Converter`2[int,System.String])",
    );
    const CTOR: Names = Names("A.B+C", "", ".ctor", "", "()");

    #[test]
    fn patterns_select_what_they_say() {
        #[rustfmt::skip]
        let table: &[(&str, [bool; 3])] = &[
            // pattern                                 ADD    LIST   CTOR
            ("",                                       [false, false, false]),
            ("*",                                      [true,  true,  true]),
            ("Add",                                    [true,  false, false]),
            ("add",                                    [false, false, false]),
            ("A*",                                     [true,  false, false]),
            ("*d",                                     [true,  false, false]),
            ("?dd",                                    [true,  false, false]),
            ("A?d?",                                   [false, false, false]),
            ("Nope Add",                               [true,  false, false]),
            ("\"Nope\" \"Add\"",                       [true,  false, false]),
            ("Program:Add",                            [true,  false, false]),
            ("Program::Add",                           [true,  false, false]),
            ("Program:*",                              [true,  false, false]),
            ("*:Add",                                  [true,  false, false]),
            ("Other:Add",                              [false, false, false]),
            ("Add(int,int)",                           [true,  false, false]),
            ("Program:Add(int,int):int",               [true,  false, false]),
            ("Add(int)",                               [false, false, false]),
            ("Add(*)",                                 [true,  false, false]),
            ("*(*,*)",                                 [true,  true,  false]),
            ("List`1:ConvertAll",                      [false, true,  false]),
            ("System.Collections.Generic.List`1:*",    [false, true,  false]),
            ("List`1[int]:*",                          [false, true,  false]),
            ("List`1[long]:*",                         [false, false, false]),
            ("ConvertAll[System.String]",              [false, true,  false]),
            ("ConvertAll[int]",                        [false, false, false]),
            (".ctor",                                  [false, false, true]),
            ("A.B+C:.ctor",                            [false, false, true]),
            ("B+C:.ctor()",                            [false, false, true]),
            ("  *:*  ",                                [true,  true,  true]),
            ("\"unfinished",                           [false, false, false]),
        ];
        for (text, expected) in table {
            let set = MethodSet::parse(text);
            let got = [&ADD, &LIST, &CTOR].map(|n| set.matches(n));
            assert_eq!(got, *expected, "{text}");
        }
    }

    #[test]
    fn selecting_all_needs_no_name() {
        assert!(MethodSet::parse("*").selects_all());
        assert!(MethodSet::parse("Add *").selects_all());
        assert!(!MethodSet::parse("*:*").selects_all());
        assert!(MethodSet::parse(" ").is_empty());
        assert!(MethodSet::parse("\"\"").is_empty());
    }

    #[test]
    fn stars_do_not_explode() {
        let glob = "*a".repeat(200);
        let text = "a".repeat(199);
        assert!(!glob_matches(&glob, &text));
        assert!(glob_matches(&glob, &"ba".repeat(200)));
        assert!(glob_matches("?", "é"));
        assert!(!glob_matches("?", ""));
        assert!(glob_matches("**", ""));
    }
}
