//! The layers, and the tidiness of the source: read from the source text, not from anyone's memory.
//!
//! * [`LAYERS`] says which top modules each top module of `src` may name. A `crate::…` path (or a
//!   `super::…` path that climbs to the crate's root) to any other module fails, in tests too.
//! * Neutral files name no target: `X64`, `Arm64`, `x64`, `arm64`, `cfg(target_arch …)` stand only in
//!   files and folders named after a target and in [`KNOW_TARGETS`]. Declarations of a target's module
//!   and re-exports are allowed, as are unit tests.
//! * Nothing below `compile` reads the environment, the clock or files, or prints. Unit tests may.
//! * Text: no tabs, no space at a line's end, no line over 200 characters, a newline at the end; in
//!   Rust none of [`FORBIDDEN`].
//!
//! Rust text is read as tokens ([`tokens`]): comments and literals are not code. Left out: paths
//! made by macros, and re-exports used to reach around a layer (`pub use` is seen where it stands).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each top module and what it may name beside itself. A layer's row holds everything below it on
/// its side; the machine side (`emit` to `debuginfo`) never sees the IR.
#[rustfmt::skip]
const LAYERS: &[(&str, &str)] = &[
    ("util",         ""),
    ("types",        "util"),
    ("target",       "types util"),
    ("ee",           "target types util"),
    ("ir",           "ee target types util"),
    ("emit",         "target types util"),
    ("unwind",       "target types util"),
    ("gcinfo",       "target types util"),
    ("debuginfo",    "target types util"),
    ("flow",         "ir ee target types util"),
    ("opt",          "flow ir ee target types util"),
    ("opt",          "flow ir ee target types util"),
    ("lower",        "flow ir ee target types util"),
    ("lsra",         "lower flow ir ee target types util"),
    ("import",       "flow ir ee target types util"),
    ("codegen",      "lsra lower flow ir ee emit unwind gcinfo debuginfo target types util"),
    ("compile",      "codegen import opt lsra lower flow ir ee emit unwind gcinfo debuginfo target types util"),
    ("clif",         "ir ee target types util"),
    ("host",         "compile codegen import opt lsra lower flow ir ee emit unwind gcinfo debuginfo target types util"),
    ("jitinterface", "compile codegen import opt lsra lower flow ir ee emit unwind gcinfo debuginfo target types util"),
    ("r2r",          "compile codegen import opt lsra lower flow ir ee emit unwind gcinfo debuginfo target types util"),
];

/// Modules that may name targets anywhere: the facts, the one `match` on the architecture, the shells.
const KNOW_TARGETS: &[&str] = &["target", "compile", "host", "jitinterface", "r2r", "bin"];

/// Modules that may read the environment, the clock and files, and print.
const DO_IO: &[&str] = &["compile", "host", "jitinterface", "r2r", "bin"];

/// Token sequences that have no place in the source, and why.
const FORBIDDEN: &[(&[&str], &str)] = &[
    (
        &["todo", "!"],
        "todo!: what is missing is Unsupported, with a reason",
    ),
    (
        &["unimplemented", "!"],
        "unimplemented!: what is missing is Unsupported, with a reason",
    ),
    (&["dbg", "!"], "dbg!: a left-over"),
    (
        &["#", "[", "ignore"],
        "#[ignore]: a test that does not run shows nothing",
    ),
];

#[test]
fn dependencies_point_down_only() {
    let mut wrong = Vec::new();
    for file in rust_files("src") {
        if let Some(module) = file.module() {
            wrong.extend(file.all(layer_errors(module, file.depth(), &tokens(&file.text))));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_top_module_has_a_layer() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs is there");
    let declared: BTreeSet<&str> = lib
        .lines()
        .filter_map(|line| {
            line.trim_start_matches("pub ")
                .strip_prefix("mod ")?
                .strip_suffix(';')
        })
        .collect();
    assert!(
        declared.len() > 10,
        "src/lib.rs declares its modules as `pub mod NAME;`"
    );
    for module in declared {
        assert!(
            allowed(module).is_some(),
            "src/lib.rs: module {module} has no row in LAYERS of tests/layering.rs"
        );
        assert!(
            lib.lines()
                .any(|line| line.starts_with("//!") && line.contains(module)),
            "src/lib.rs: {module} is not in the list of layers"
        );
    }
    for (module, below) in LAYERS {
        for name in below.split(' ').filter(|name| !name.is_empty()) {
            let back = allowed(name).expect("a layer's row names layers");
            assert!(
                !back.contains(module),
                "{module} and {name} may name each other"
            );
        }
    }
}

#[test]
fn neutral_code_names_no_target() {
    let mut wrong = Vec::new();
    for file in rust_files("src").filter(|file| !file.knows_targets()) {
        wrong.extend(file.all(target_errors(&without_tests(tokens(&file.text)))));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn nothing_below_compile_touches_the_outside() {
    let mut wrong = Vec::new();
    for file in
        rust_files("src").filter(|file| !file.module().is_none_or(|module| DO_IO.contains(&module)))
    {
        if !file.is_test() {
            wrong.extend(file.all(outside_errors(&without_tests(tokens(&file.text)))));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn text_is_tidy() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for dir in [
        "src",
        "xtask/src",
        "dotnet-host/src",
        "tests",
        "benches",
        "bringup-tests",
        "docs",
        ".ci",
        ".cargo",
        ".",
    ] {
        for path in files(&root().join(dir), dir != ".") {
            let extension = path
                .extension()
                .and_then(|extension| extension.to_str())
                .unwrap_or("");
            if !["rs", "toml", "md", "cs", "tir"].contains(&extension) && !path.ends_with(".ci/run")
            {
                continue;
            }
            let file = File::read(path.clone());
            seen += 1;
            wrong.extend(file.all(text_errors(&file.text)));
            if extension == "rs" {
                wrong.extend(file.all(forbidden_errors(&tokens(&file.text))));
            }
        }
    }
    assert!(seen > 30, "only {seen} files were looked at");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// A finding: line number from 1, and what is wrong.
type Finding = (usize, String);

fn allowed(module: &str) -> Option<Vec<&'static str>> {
    LAYERS
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, below)| below.split(' ').collect())
}

/// Paths to the crate's root modules that `module` may not name. `depth`: how many `super`s reach the root.
fn layer_errors(module: &str, depth: usize, tokens: &[Token]) -> Vec<Finding> {
    let allowed = allowed(module).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut inline = InlineMods::default();
    for (i, token) in tokens.iter().enumerate() {
        inline.step(tokens, i);
        let after_path = i > 0 && tokens[i - 1].text == "::";
        let rest = match token.text {
            "crate" => tokens.get(i + 1..).unwrap_or_default(),
            "super" if !after_path => {
                let supers = tokens[i..]
                    .chunks(2)
                    .take_while(
                        |pair| matches!(pair, [s, c] if s.text == "super" && c.text == "::"),
                    )
                    .count();
                if supers != depth + inline.depth() {
                    continue;
                }
                &tokens[i + 2 * supers - 1..]
            }
            _ => continue,
        };
        for name in first_names(rest) {
            let known = LAYERS.iter().any(|(layer, _)| *layer == name.text);
            if !known && !name.is_macro {
                wrong.push((
                    name.line,
                    format!(
                        "'{}' at the crate's root is no layer of tests/layering.rs",
                        name.text
                    ),
                ));
            } else if known && name.text != module && !allowed.contains(&name.text) {
                wrong.push((name.line, format!("{module} may not know {}", name.text)));
            }
        }
    }
    wrong
}

fn target_errors(tokens: &[Token]) -> Vec<Finding> {
    let mut wrong = Vec::new();
    let mut exported = false;
    for (i, token) in tokens.iter().enumerate() {
        let before = |k: usize| i.checked_sub(k).map_or("", |at| tokens[at].text);
        match token.text {
            // `pub use` and `pub(crate) use`, up to the semicolon.
            "use" if before(1) == "pub" || before(1) == ")" => exported = true,
            ";" => exported = false,
            "X64" | "Arm64" | "x64" | "arm64" if !exported && before(1) != "mod" => {
                wrong.push((
                    token.line,
                    format!("neutral code names the target {}", token.text),
                ));
            }
            "target_arch" => wrong.push((token.line, "target_arch in neutral code".to_string())),
            _ => {}
        }
    }
    wrong
}

fn outside_errors(tokens: &[Token]) -> Vec<Finding> {
    let mut wrong = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let next = tokens.get(i + 1).map_or("", |token| token.text);
        match token.text {
            "std" => {
                for name in first_names(&tokens[i + 1..]) {
                    if ["env", "fs", "time", "process", "net", "thread"].contains(&name.text) {
                        wrong.push((name.line, format!("std::{} below compile", name.text)));
                    }
                }
            }
            "print" | "println" | "eprint" | "eprintln" if next == "!" => {
                wrong.push((token.line, format!("{}! below compile", token.text)));
            }
            "stdout" | "stderr" | "stdin" if i > 0 && tokens[i - 1].text == "::" => {
                wrong.push((token.line, format!("{} below compile", token.text)));
            }
            _ => {}
        }
    }
    wrong
}

fn forbidden_errors(tokens: &[Token]) -> Vec<Finding> {
    let mut wrong = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        for (words, why) in FORBIDDEN {
            if tokens[i..]
                .iter()
                .map(|token| token.text)
                .take(words.len())
                .eq(words.iter().copied())
            {
                wrong.push((token.line, why.to_string()));
            }
        }
    }
    wrong
}

fn text_errors(text: &str) -> Vec<Finding> {
    let mut wrong = Vec::new();
    for (i, line) in text.split('\n').enumerate() {
        let mut say = |what: &str| wrong.push((i + 1, what.to_string()));
        if line.contains('\t') {
            say("a tab");
        }
        if line.ends_with([' ', '\r']) {
            say("white space at the line's end");
        }
        if line.chars().count() > 200 {
            say("a line over 200 characters");
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        wrong.push((
            text.lines().count(),
            "no newline at the file's end".to_string(),
        ));
    }
    wrong
}

/// One token of Rust: an identifier, a number, `::`, or one character.
#[derive(Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// The code of `text` without comments, white space, and literals of characters and strings.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let (mut i, mut line) = (0, 1);
    while i < bytes.len() {
        let rest = &text[i..];
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let first = rest.chars().next().unwrap_or(' ');
        let (length, is_code) = if first.is_whitespace() {
            (first.len_utf8(), false)
        } else if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), false)
        } else if rest.starts_with("/*") {
            (block_comment(rest), false)
        } else if let Some(length) = string(rest) {
            (length, false)
        } else if first == '\'' {
            (character(rest), false)
        } else if word(first) {
            (rest.find(|c| !word(c)).unwrap_or(rest.len()), true)
        } else if rest.starts_with("::") {
            (2, true)
        } else {
            (first.len_utf8(), true)
        };
        if is_code {
            tokens.push(Token {
                text: &rest[..length],
                line,
            });
        }
        line += rest[..length].matches('\n').count();
        i += length;
    }
    tokens
}

/// Length of the nested block comment at the start of `rest`.
fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// Length of the string literal (plain, byte, C, raw) at the start of `rest`, if there is one.
fn string(rest: &str) -> Option<usize> {
    let (raw, open) = ["", "b", "c", "r", "br", "cr"]
        .into_iter()
        .find_map(|prefix| {
            let body = rest.strip_prefix(prefix)?;
            let raw = prefix.ends_with('r');
            let hashes = if raw {
                body.len() - body.trim_start_matches('#').len()
            } else {
                0
            };
            body[hashes..]
                .starts_with('"')
                .then_some((raw.then_some(hashes), prefix.len() + hashes))
        })?;
    if let Some(hashes) = raw {
        let close = format!("\"{}", "#".repeat(hashes));
        let end = rest[open + 1..].find(&close);
        return Some(end.map_or(rest.len(), |at| open + 1 + at + close.len()));
    }
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(open + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

/// Length of the character literal at the start of `rest`; 1 if the quote begins a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => chars
            .find(|(_, c)| *c == '\'')
            .map_or(rest.len(), |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

struct Name<'a> {
    text: &'a str,
    line: usize,
    is_macro: bool,
}

/// The names that follow `::` at the start of `rest`: one, or the first of each item of a `{…}` list.
fn first_names<'a>(rest: &[Token<'a>]) -> Vec<Name<'a>> {
    let text = |at: usize| rest.get(at).map_or("", |token| token.text);
    let name = |at: usize| Name {
        text: rest[at].text,
        line: rest[at].line,
        is_macro: text(at + 1) == "!",
    };
    if text(0) != "::" || rest.len() < 2 {
        return Vec::new();
    }
    if text(1) != "{" {
        return vec![name(1)];
    }
    let mut names = Vec::new();
    let mut depth = 0;
    for at in 1..rest.len() {
        match text(at) {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 && (at == 2 || text(at - 1) == ",") => names.push(name(at)),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// How many `mod name { … }` are open around a token.
#[derive(Default)]
struct InlineMods {
    braces: usize,
    opened_at: Vec<usize>,
}

impl InlineMods {
    fn step(&mut self, tokens: &[Token], i: usize) {
        match tokens[i].text {
            "{" => {
                if i >= 2 && tokens[i - 2].text == "mod" {
                    self.opened_at.push(self.braces);
                }
                self.braces += 1;
            }
            "}" => {
                self.braces = self.braces.saturating_sub(1);
                self.opened_at.pop_if(|at| *at == self.braces);
            }
            _ => {}
        }
    }

    fn depth(&self) -> usize {
        self.opened_at.len()
    }
}

/// The tokens without items marked `#[cfg(test)]`, to the end of their braces or their semicolon.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
        if !tokens[i..]
            .iter()
            .map(|token| token.text)
            .take(mark.len())
            .eq(mark)
        {
            kept.push(tokens[i]);
            i += 1;
            continue;
        }
        let mut depth = 0;
        i += mark.len();
        while i < tokens.len() {
            match tokens[i].text {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            let ends = depth == 0 && matches!(tokens[i].text, "}" | ";");
            i += 1;
            if ends {
                break;
            }
        }
    }
    kept
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files in `dir`, in order of path.
fn files(dir: &Path, deep: bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // A folder that is not there yet holds no files.
    let Ok(entries) = fs::read_dir(dir) else {
        return found;
    };
    for entry in entries {
        let path = entry.expect("a folder's entries can be read").path();
        if !path.is_dir() {
            found.push(path);
        } else if deep {
            found.extend(files(&path, deep));
        }
    }
    found.sort();
    found
}

fn rust_files(dir: &str) -> impl Iterator<Item = File> {
    let mut paths = files(&root().join(dir), true);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(!paths.is_empty(), "{dir} holds Rust files");
    paths.into_iter().map(File::read)
}

struct File {
    /// From the project's root.
    path: PathBuf,
    text: String,
}

impl File {
    fn read(path: PathBuf) -> File {
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        File {
            path: path
                .strip_prefix(root())
                .expect("files are below the root")
                .to_path_buf(),
            text,
        }
    }

    fn all(&self, found: Vec<Finding>) -> impl Iterator<Item = String> {
        found
            .into_iter()
            .map(|(line, what)| format!("{}:{line}: {what}", self.path.display()))
    }

    /// The parts of the path below `src`, the last without `.rs`.
    fn parts(&self) -> Vec<&str> {
        let path = self.path.to_str().expect("paths are UTF-8");
        path.trim_start_matches("src/")
            .trim_end_matches(".rs")
            .split('/')
            .collect()
    }

    /// The top module; `None` for the root and the binaries, which may name everything.
    fn module(&self) -> Option<&str> {
        let parts = self.parts();
        (!matches!(parts[0], "lib" | "bin")).then_some(parts[0])
    }

    /// How many `super`s lead from this file's module to the crate's root.
    fn depth(&self) -> usize {
        let parts = self.parts();
        parts.len() - usize::from(parts.last() == Some(&"mod"))
    }

    fn is_test(&self) -> bool {
        let parts = self.parts();
        parts.contains(&"tests") || parts.last().is_some_and(|name| name.ends_with("_tests"))
    }

    fn knows_targets(&self) -> bool {
        let parts = self.parts();
        let of_target = |part: &&str| part.split('_').any(|word| matches!(word, "x64" | "arm64"));
        KNOW_TARGETS.contains(&parts[0]) || parts.iter().any(of_target) || self.is_test()
    }
}

// The checks themselves, held against text that is wrong.

fn whats(found: Vec<Finding>) -> Vec<String> {
    found
        .into_iter()
        .map(|(line, what)| format!("{line}: {what}"))
        .collect()
}

#[test]
fn a_path_upwards_is_found() {
    let text = r##"
        use crate::util::Idx; // use crate::codegen::comment
        use crate::{types::VarType, flow::{rpo, dominators}, ir};
        const S: &str = "crate::lower::x"; const R: &str = r#"" crate::lower::x"#; const C: char = '"';
        fn f<'a>(x: &'a crate::lsra::Interval) { crate::define_index!(X); }
        mod inner { use super::super::super::lower; use super::super::encode; }
        use super::super::compile;
        use crate::helper;
    "##;
    let found = whats(layer_errors("emit", 2, &tokens(text)));
    let expected = [
        "3: emit may not know flow",
        "3: emit may not know ir",
        "5: emit may not know lsra",
        "6: emit may not know lower",
        "7: emit may not know compile",
        "8: 'helper' at the crate's root is no layer of tests/layering.rs",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_target_in_neutral_code_is_found() {
    let text = "
        pub mod x64; mod arm64;
        pub use x64::X64; pub(crate) use arm64::{Arm64};
        use x64::Gen;
        fn f() { match arch { Arch::Arm64 => 1 } }
        #[cfg(target_arch = \"x86_64\")] fn g() {}
        #[cfg(test)] mod tests { use x64::X64; }
        // X64 in prose
        fn h(x64_like: u32) {}
    ";
    let found = whats(target_errors(&without_tests(tokens(text))));
    let expected = [
        "4: neutral code names the target x64",
        "5: neutral code names the target Arm64",
        "6: target_arch in neutral code",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_touches_the_outside_is_found() {
    let text = "
        use std::{fmt, env, collections::BTreeMap};
        fn f() { println!(\"{}\", std::time::Instant::now()); std::io::stdout(); write!(f, \"\"); }
        #[cfg(test)] mod tests { fn g() { println!(\"std::env\"); } }
        use std::fmt::Write;
    ";
    let found = whats(outside_errors(&without_tests(tokens(text))));
    let expected = [
        "2: std::env below compile",
        "3: println! below compile",
        "3: std::time below compile",
        "3: stdout below compile",
    ];
    assert_eq!(found, expected);
}

#[test]
fn untidy_text_is_found() {
    let long = "x".repeat(201);
    let found = whats(text_errors(&format!("a\tb\nc \n{long}\nend")));
    assert_eq!(
        found,
        [
            "1: a tab",
            "2: white space at the line's end",
            "3: a line over 200 characters",
            "4: no newline at the file's end"
        ]
    );
    assert_eq!(whats(text_errors("fine\n")), [""; 0]);
    let found = forbidden_errors(&tokens(
        "fn f() { todo!() } // todo!\n#[ignore]\nfn g() { dbg!(\"todo!\") }",
    ));
    assert_eq!(
        found.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
        [1, 2, 3]
    );
}
