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

/// What a compile of a bring-up program shows under some knobs.
fn shown(program: &str, knobs: &[(&str, &str)], args: &[&str]) -> String {
    let file = format!("bringup-tests/{program}.tir");
    let all = [&["compile", &file][..], args].concat();
    let out = tatsu(&all, knobs);
    assert!(out.status.success(), "{}", text(&out.stderr));
    text(&out.stdout)
}

/// The methods listed, in order.
fn listed(text: &str) -> Vec<&str> {
    let lines = text.lines();
    lines
        .filter_map(|l| l.strip_prefix("; Assembly listing for method "))
        .map(|l| l.split(' ').next().unwrap_or(""))
        .collect()
}

#[test]
fn listings_are_chosen_by_patterns() {
    let all = ["Init", "Sum", "Grow", "InstanceCalls", "Null"];
    for (pattern, expected) in [
        ("*", &all[..]),
        ("Sum", &["Sum"]),
        ("*:Sum", &["Sum"]),
        ("*:Sum(*)", &["Sum"]),
        ("Sum(ref,i32)", &["Sum"]),
        ("Sum(i32)", &[]),
        ("sum", &[]),
        ("?row", &["Grow"]),
        ("In*", &["Init", "InstanceCalls"]),
        ("Sum Null", &["Sum", "Null"]),
        ("\"Sum\" \"Null\"", &["Sum", "Null"]),
        ("Class:Sum", &[]),
        ("Nope", &[]),
    ] {
        let text = shown("InstanceCalls", &[("JitDisasm", pattern)], &[]);
        assert_eq!(listed(&text), expected, "{pattern}");
    }
}

#[test]
fn a_listing_has_heading_blocks_and_totals() {
    for (target, frame, ret) in [
        ("x64-linux", "rbp", "       ret"),
        ("x64-windows", "rbp", "       ret"),
        ("arm64-linux", "fp", "            ret     lr"),
    ] {
        for (opt, level) in [("min", "MinOpts"), ("full", "FullOpts")] {
            let args = ["--opt", opt, "--target", target];
            let text = shown("FinallyRuns", &[("JitDisasm", "Finally")], &args);
            for part in [
                &format!("; Assembly listing for method Finally ({level})\n"),
                &format!("; Emitted for {target}"),
                &format!("; {frame} based frame of "),
                "; fully interruptible\n",
                "; 2 handlers, 0 filters\n",
                "\nG_M000_IG01:",
                "\nG_M000_IG02:",
                "offset=0x0000",
                "\n; Total bytes of code ",
                ", clauses ",
            ] {
                assert!(
                    text.contains(part),
                    "{target} {opt}: no {part:?} in\n{text}"
                );
            }
            let plain = ret.trim();
            assert!(text.contains(plain), "{target} {opt}: {text}");
        }
    }
}

#[test]
fn diffable_listings_leave_out_what_differs_from_run_to_run() {
    let knobs = [("JitDisasm", "*"), ("JitDisasmDiffable", "1")];
    let text = shown("ObjAlloc", &knobs, &[]);
    assert!(
        !text.contains("offset=0x") && !text.contains("unwind "),
        "{text}"
    );
    assert!(!text.contains("IL_"), "{text}");
    assert!(text.contains("; Total bytes of code "), "{text}");
    assert_eq!(text, shown("ObjAlloc", &knobs, &[]));
    let usual = shown("ObjAlloc", &knobs[..1], &[]);
    assert!(
        usual.contains("offset=0x") && usual.contains("unwind "),
        "{usual}"
    );
}

#[test]
fn listings_show_gc_pointers_if_asked() {
    let knobs = [("JitDisasm", "Link"), ("JitDisasmWithGC", "1")];
    for target in ["x64-linux", "arm64-linux"] {
        for opt in ["min", "full"] {
            let args = ["--opt", opt, "--target", target];
            let text = shown("RefStore", &knobs, &args);
            for part in ["call site", "gcr +[", ";; offset=0x0000, func, prolog"] {
                assert!(text.contains(part), "{target} {opt}: no {part} in\n{text}");
            }
            let plain = shown("RefStore", &knobs[..1], &args);
            assert!(
                !plain.contains("call site") && !plain.contains("gcr +["),
                "{plain}"
            );
        }
    }
}

#[test]
fn summaries_count_methods() {
    let text = shown("RefStore", &[("JitDisasmSummary", "1")], &["--opt", "full"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("   1: Tatsu compiled Link [FullOpts, code size="));
    assert!(
        lines[2].starts_with("   3: Tatsu compiled StoreInto [FullOpts, "),
        "{text}"
    );
}

#[test]
fn minimal_optimisation_by_knob() {
    for knob in ["JitMinOpts", "JITMinOpts"] {
        let text = shown("Gcd", &[("JitDisasmSummary", "1"), (knob, "1")], &[]);
        assert!(text.contains("[MinOpts, "), "{knob}: {text}");
        let hidden = [
            (knob, "1"),
            ("JitDisasm", "*"),
            ("JitDisasmOnlyOptimized", "1"),
        ];
        assert_eq!(shown("Gcd", &hidden, &[]), "");
    }
    assert!(shown("Gcd", &[("JitDisasmSummary", "1")], &[]).contains("[FullOpts, "));
}

#[test]
fn dumps_go_phase_by_phase() {
    let phases = |text: &str| {
        let lines = text.lines().filter_map(|l| l.strip_prefix("; after "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let full = shown("Gcd", &[("JitDump", "Gcd")], &["--opt", "full"]);
    let all = phases(&full);
    assert_eq!(all.first().map(String::as_str), Some("input"), "{full}");
    assert!(all.iter().any(|p| p == "lower") && all.last().is_some_and(|p| p == "lsra"));
    let min = shown("Gcd", &[("JitDump", "Gcd")], &["--opt", "min"]);
    assert_eq!(phases(&min), ["input", "lower and generate"]);
    let some = [("JitDump", "Gcd"), ("TatsuDumpPhases", "input, lsra")];
    assert_eq!(
        phases(&shown("Gcd", &some, &["--opt", "full"])),
        ["input", "lsra"]
    );
    assert_eq!(shown("Gcd", &[("JitDump", "Nope")], &[]), "");
    // What stands before lowering is text IR.
    let input = [("JitDump", "*"), ("TatsuDumpPhases", "input")];
    let text = shown("Gcd", &input, &["--opt", "full"]);
    assert!(tatsu::ir::parse_module(&text).is_ok(), "{text}");
}

#[test]
fn output_goes_to_a_file_if_asked() {
    let file = format!("{}/listing.txt", env!("CARGO_TARGET_TMPDIR"));
    // It may be there from another run.
    let _ = std::fs::remove_file(&file);
    let knobs = [
        ("JitDisasm", "*"),
        ("JitDisasmSummary", "1"),
        ("JitStdOutFile", &file),
    ];
    assert_eq!(shown("Gcd", &knobs, &[]), "");
    let once = std::fs::read_to_string(&file).expect("the file");
    assert!(once.contains("; Assembly listing for method Gcd") && once.contains("   1: Tatsu"));
    shown("Gcd", &knobs, &[]);
    let twice = std::fs::read_to_string(&file).expect("the file");
    assert_eq!(twice.len(), 2 * once.len(), "it is appended to");
    let bad = [("JitDisasm", "*"), ("JitStdOutFile", "/no/such/folder/f")];
    let out = tatsu(&["compile", "bringup-tests/Gcd.tir"], &bad);
    assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
}

#[test]
fn stress_areas_are_chosen_by_number_name_and_method() {
    let stress = |knobs: &[(&'static str, &'static str)]| {
        let all = [&[("JitDisasm", "*")][..], knobs].concat();
        let text = shown("Switch", &all, &["--opt", "full"]);
        let line = text.lines().find_map(|l| l.strip_prefix("; stress: "));
        line.unwrap_or_default().to_owned()
    };
    assert_eq!(stress(&[]), "");
    assert!(stress(&[("JitStress", "2")]).contains("EMITTER"));
    let named = [("JitStressModeNames", "EMITTER FULLY_INT")];
    assert_eq!(stress(&named), "JitStressRegs=0 EMITTER FULLY_INT");
    let not = [named[0], ("JitStressModeNamesNot", "EMITTER")];
    assert_eq!(stress(&not), "JitStressRegs=0 FULLY_INT");
    let only = [
        ("JitStress", "2"),
        named[0],
        ("JitStressModeNamesOnly", "1"),
    ];
    assert_eq!(stress(&only), "JitStressRegs=0 EMITTER FULLY_INT");
    assert_eq!(stress(&[named[0], ("JitStressOnly", "Nope")]), "");
    // The same results under each area.
    for area in &tatsu::opt::stress::AREAS {
        for opt in ["min", "full"] {
            let file = "bringup-tests/Switch.tir";
            let module = tatsu::ir::parse_module(
                &std::fs::read_to_string(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/bringup-tests/Switch.tir"
                ))
                .expect("a program"),
            )
            .expect("text IR");
            let name = &module.methods[0].name;
            let count = module.methods[0].num_params as usize;
            let run = |knobs: &[(&str, &str)]| {
                let mut args = vec!["run", file, "--opt", opt, "--func", name];
                args.extend(std::iter::repeat_n("2", count));
                let out = tatsu(&args, knobs);
                (out.status.code(), text(&out.stdout))
            };
            let knobs = [("JitStressModeNames", area.name)];
            assert_eq!(run(&knobs), run(&[]), "{}", area.name);
        }
    }
}

#[test]
fn knobs_are_listed_with_the_stress_areas() {
    let out = tatsu(&["knobs"], &[]);
    let shown = text(&out.stdout);
    for knob in tatsu::compile::options::KNOBS {
        assert!(shown.contains(knob.name), "{}", knob.name);
    }
    for area in &tatsu::opt::stress::AREAS {
        assert!(shown.contains(area.name), "{}", area.name);
    }
}
