//! The `tatsu` command as a user meets it: exit codes and what is printed.

use std::process::{Command, Output};

fn tatsu(args: &[&str], knobs: &[(&str, &str)]) -> Output {
    let mut c = Command::new(env!("CARGO_BIN_EXE_tatsu"));
    c.current_dir(env!("CARGO_MANIFEST_DIR")).args(args);
    for (name, value) in knobs {
        c.env(format!("DOTNET_{name}"), value);
    }
    c.output().expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_filter_that_selects_nothing_is_an_error() {
    let out = tatsu(&["bringup", "NoSuchProgram"], &[]);
    assert_eq!(out.status.code(), Some(2));
    let message = text(&out.stderr);
    assert!(message.contains("NoSuchProgram in its name"), "{message}");
    let out = tatsu(&["bringup", "Add1"], &[]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stdout));
}

#[test]
fn a_listing_names_its_method() {
    let file = "bringup-tests/Gcd.tir";
    let list = |knobs: &[(&str, &str)], args: &[&str]| {
        let all = [&["compile", file][..], args].concat();
        let out = tatsu(&all, knobs);
        assert!(out.status.success(), "{}", text(&out.stderr));
        text(&out.stdout)
    };
    let source = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/bringup-tests/Gcd.tir"
    ));
    let module = tatsu::ir::parse_module(&source.expect("a program")).expect("text IR");
    let name = &module.methods[0].name;
    for (level, args) in [
        ("FullOpts", ["--opt", "full"]),
        ("MinOpts", ["--opt", "min"]),
    ] {
        let shown = list(&[("JitDisasm", name)], &args);
        let header = format!("; Assembly listing for method {name} ({level})\n; Tatsu ");
        assert_eq!(shown.matches(&header).count(), 1, "{shown}");
    }
    assert_eq!(list(&[], &[]), "");
}

/// Register stress changes the code of the methods that it is limited to, and of no others.
#[test]
fn stress_is_limited_to_the_methods_named() {
    let shown = |only: Option<&str>| {
        let mut knobs = vec![("JitDisasm", "*")];
        if let Some(only) = only {
            knobs.extend([("JitStressRegs", "800"), ("JitStressOnly", only)]);
        }
        let args = ["compile", "bringup-tests/FibLoop.tir", "--opt", "full"];
        let out = tatsu(&args, &knobs);
        assert!(out.status.success(), "{}", text(&out.stderr));
        text(&out.stdout)
    };
    let plain = shown(None);
    assert_eq!(shown(Some("NoSuchMethod")), plain);
    assert_ne!(shown(Some("*")), plain);
}
