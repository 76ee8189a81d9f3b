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

/// Writes `source` to a file of this test, runs `tatsu` with its name in the place of `FILE`, and gives the exit code and what was
/// printed, the file's folder left out.
fn with_file(name: &str, source: &str, args: &[&str], knobs: &[(&str, &str)]) -> (i32, String) {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let file = format!("{folder}/{name}.tir");
    std::fs::write(&file, source).expect("a file is written");
    let args: Vec<_> = args
        .iter()
        .map(|&a| if a == "FILE" { file.as_str() } else { a })
        .collect();
    let out = tatsu(&args, knobs);
    let shown = text(&out.stdout) + &text(&out.stderr);
    let shown = shown.replace(&format!("{folder}/"), "");
    (out.status.code().unwrap_or(-1), shown)
}

#[test]
fn numbers_on_the_command_line_mean_what_they_say_or_are_refused() {
    let source = "func @I(v0: i32) -> i32 {\nbb0:\n  ret v0\n}\nfunc @L(v0: i64) -> i64 {\nbb0:\n  ret v0\n}\n\
        func @F(v0: f64) -> f64 {\nbb0:\n  ret v0\n}\nfunc @S(v0: f32) -> f32 {\nbb0:\n  ret v0\n}\n";
    for (func, word, code, expected) in [
        ("I", "4294967295", 0, "-1"),
        ("I", "-0x10", 0, "-16"),
        ("I", "+7", 2, "+7 is no i32"),
        (
            "I",
            "4294967296",
            2,
            "4294967296 is no i32: the range is -2147483648 to 4294967295",
        ),
        (
            "I",
            "18446744073709551615",
            2,
            "18446744073709551615 is no i32: the range",
        ),
        ("I", "1.5", 2, "1.5 is no i32"),
        ("I", "", 2, " is no i32"),
        ("I", "--5", 2, "--5 is no i32"),
        ("L", "null", 0, "0"),
        ("L", "0xFFFFFFFFFFFFFFFF", 0, "-1"),
        ("L", "-9223372036854775808", 0, "-9223372036854775808"),
        (
            "L",
            "-9223372036854775809",
            2,
            "-9223372036854775809 is no i64: the range",
        ),
        (
            "L",
            "-18446744073709551615",
            2,
            "-18446744073709551615 is no i64: the range",
        ),
        (
            "L",
            "18446744073709551616",
            2,
            "18446744073709551616 is no i64: the range",
        ),
        ("F", "18446744073709551615", 0, "1.8446744073709552e19"),
        ("F", "0x10", 0, "16.0"),
        ("F", "-inf", 0, "-inf"),
        ("F", "-0.0", 0, "-0.0"),
        ("F", "null", 2, "null is no f64"),
        ("S", "9223372036854775808", 0, "9.223372e18"),
        ("S", "x", 2, "x is no f32"),
    ] {
        let args = ["run", "FILE", "--func", func, "--", word];
        let (got, shown) = with_file("numbers", source, &args, &[]);
        assert_eq!(got, code, "{func} {word}: {shown}");
        assert!(shown.starts_with(expected), "{func} {word}: {shown}");
    }
}

#[test]
fn a_text_that_is_no_method_gets_line_column_and_caret() {
    let two = "func @A() -> i32 {\nbb0:\n  ret 1\n}\nfunc @A() -> i32 {\nbb0:\n  ret 2\n}\n";
    let types = "func @A() -> i32 {\nbb0:\n  t7 = add.f64 1.0, 2\n  ret t7\n}\n";
    let layout = "layout P size 8 { i32 @6 }\nfunc @A() -> i32 {\nbb0:\n  ret 1\n}\n";
    for (name, source, expected) in [
        (
            "two",
            two,
            "two.tir:5:6: there are two functions A\nfunc @A() -> i32 {\n     ^\n",
        ),
        (
            "types",
            types,
            "types.tir:4:3: function A: bb0: t1: t0 is f64 where i32 is expected\n  ret t7\n  ^\n",
        ),
        (
            "layout",
            layout,
            "layout.tir:1:8: a size of 8 does not hold the fields, which take 10",
        ),
        ("nothing", "", "nothing.tir: there is no function in it"),
    ] {
        for command in ["run", "interp", "compile"] {
            if (command, name) == ("compile", "nothing") {
                continue;
            }
            let (code, shown) = with_file(name, source, &[command, "FILE"], &[]);
            assert_eq!(code, 2, "{command} {name}: {shown}");
            assert!(shown.starts_with(expected), "{command} {name}: {shown}");
        }
    }
    let marked = "\u{feff}func @A() -> i32 {\nbb0:\n  ret 5\n}\n";
    let (code, shown) = with_file("marked", marked, &["run", "FILE"], &[]);
    assert_eq!((code, shown.as_str()), (0, "5\n"), "a byte order mark");
}

#[test]
fn what_is_declined_has_its_line() {
    let source = "func @A(v0: i32) -> i32 {\nbb0:\n  t0 = phi.i32 v0\n  ret t0\n}\n";
    for args in [&["compile", "FILE"][..], &["run", "FILE", "1"]] {
        let (code, shown) = with_file("declined", source, args, &[]);
        assert_eq!(code, 2);
        assert_eq!(shown, "declined.tir:3: function A: unsupported: phi\n");
    }
}

#[test]
fn a_trap_names_method_and_line_wherever_it_happens() {
    let unreachable = "func @A() -> i32 {\nbb0:\n  unreachable\n}\n";
    let frame = "layout P size 268435456 { i64 @0 }\nfunc @A() -> i32 {\n  local v0: struct P\nbb0:\n  store_lcl v0, 0\n  ret 1\n}\n";
    let deep = "func @A(v0: i32) -> i32 {\nbb0:\n  t0 = add.i32 v0, 1\n  t1 = call.i32 @A(i32 t0)\n  t2 = add.i32 t1, 1\n  ret t2\n}\n";
    for (name, source, expected) in [
        ("stop", unreachable, "trap: unreachable at A:3\n"),
        ("frame", frame, "trap: stack_overflow at A:5\n"),
        ("deep", deep, "trap: stack_overflow at A:4\n"),
    ] {
        for how in [
            &["run", "--opt", "min"][..],
            &["run", "--opt", "full"],
            &["interp"],
        ] {
            if (how[0], name) == ("interp", "frame") {
                continue;
            }
            let mut args = how.to_vec();
            args.push("FILE");
            args.extend((name == "deep").then_some("1"));
            let (code, shown) = with_file(name, source, &args, &[]);
            assert_eq!((code, shown.as_str()), (3, expected), "{how:?}");
        }
    }
}

#[test]
fn a_knob_without_a_number_is_said() {
    let knobs = [("JitStressRegs", "zz"), ("TatsuCheck", "1")];
    let out = tatsu(&["compile", "bringup-tests/Gcd.tir"], &knobs);
    assert_eq!(out.status.code(), Some(0));
    assert_eq!(
        text(&out.stderr),
        "JitStressRegs is zz, which is no hexadecimal number; its default holds\n"
    );
}

#[test]
fn compiling_no_time_at_all_is_refused() {
    let args = ["compile", "--repeat", "0", "bringup-tests/Gcd.tir"];
    let out = tatsu(&args, &[]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("0 is not in 1.."));
}

/// Structs in registers, in memory and with floats, and vectors: passed and returned by `run` as by `interp`.
#[test]
fn structs_and_vectors_are_arguments_and_results() {
    let source = "layout Pair size 16 align 8 { i64 @0, f64 @8 }\n\
        layout Big size 24 align 8 { i64 @0, i64 @8, i64 @16 }\n\
        func @Same(v0: i32, v1: struct Pair) -> struct Pair {\nbb0:\n  ret v1\n}\n\
        func @Large(v0: struct Big) -> struct Big {\nbb0:\n  store_lcl_fld.i64 v0, 7, 8\n  ret v0\n}\n\
        func @Third(v0: struct Big) -> i64 {\nbb0:\n  t0 = lcl_fld.i64 v0, 16\n  ret t0\n}\n\
        func @Twice(v0: v128) -> v128 {\nbb0:\n  t0 = vbinary.v128 i32 add v0, v0\n  ret t0\n}\n";
    let pair = "0102030405060708000000000000f03f";
    let big = "010000000000000002000000000000000300000000000000";
    let lanes = "01000000020000000300000004000000";
    for (func, args, expected) in [
        ("Same", vec!["5", pair], format!("struct:{pair}\n")),
        (
            "Large",
            vec![big],
            format!("struct:{}\n", big.replace("0200000000", "0700000000")),
        ),
        ("Third", vec![big], "3\n".to_owned()),
        (
            "Twice",
            vec![lanes],
            "v128:02000000040000000600000008000000\n".to_owned(),
        ),
    ] {
        for command in ["run", "interp"] {
            let mut words = vec![command, "FILE", "--func", func];
            words.extend(&args);
            let (code, shown) = with_file("wide", source, &words, &[]);
            assert_eq!((code, &shown), (0, &expected), "{command} {func}");
        }
    }
    let (code, shown) = with_file(
        "short",
        source,
        &["run", "FILE", "--func", "Third", "00"],
        &[],
    );
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("00 is not 24 bytes"), "{shown}");
}

#[test]
fn instruction_sets_of_another_machine_are_no_choice() {
    for (target, feature, known) in [
        (
            "x64-linux",
            "lse",
            "of x64-linux; there are: AVX,BMI,LZCNT,SSE42,FMA,AVX2",
        ),
        ("arm64-linux", "AVX2", "of arm64-linux; there are: LSE"),
        ("x64-windows", "sse9", "of x64-windows; there are: AVX,"),
    ] {
        let args = ["compile", "bringup-tests/Gcd.tir", "--target", target];
        let out = tatsu(&[&args[..], &["--features", feature]].concat(), &[]);
        let message = text(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{message}");
        let start = format!("there is no instruction set {feature} ");
        assert!(
            message.contains(&start) && message.contains(known),
            "{message}"
        );
    }
    let args = ["compile", "bringup-tests/Gcd.tir", "--target"];
    for (target, features) in [("x64-windows", "sse42,Avx2"), ("arm64-macos", "lse")] {
        let out = tatsu(
            &[&args[..], &[target, "--features", features]].concat(),
            &[],
        );
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    }
}

/// What is declined only for want of an instruction set says which.
#[test]
fn a_declined_method_names_the_instruction_sets_it_wants() {
    for (file, target, wanted) in [
        ("VectorInts", "x64-windows", Some("SSE42")),
        ("VectorInts", "x64-linux", Some("SSE42")),
        ("VectorInts", "arm64-linux", None),
    ] {
        let path = format!("bringup-tests/{file}.tir");
        let args = ["compile", &path, "--target", target, "--features"];
        for opt in ["min", "full"] {
            let all = [&args[..], &["", "--opt", opt]].concat();
            let out = tatsu(&all, &[]);
            let message = text(&out.stderr);
            let Some(wanted) = wanted else {
                assert_eq!(out.status.code(), Some(0), "{message}");
                continue;
            };
            assert_eq!(out.status.code(), Some(2), "{message}");
            let hint = format!("; it compiles with --features {wanted}\n");
            assert!(message.contains(&hint), "{message}");
            let out = tatsu(&[&args[..], &[wanted, "--opt", opt]].concat(), &[]);
            assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        }
    }
}

#[test]
fn dumps_of_phases_that_are_none_are_warned_of() {
    let all = tatsu::compile::DUMP_PHASES;
    let args = ["compile", "bringup-tests/LateNodes.tir", "--opt"];
    for (opt, stress) in [("min", "0"), ("full", "0"), ("full", "2")] {
        let knobs = [("JitDump", "*"), ("JitStress", stress)];
        let out = tatsu(&[&args[..], &[opt]].concat(), &knobs);
        let shown = text(&out.stdout);
        for line in shown.lines().filter_map(|l| l.strip_prefix("; after ")) {
            assert!(all.contains(&line), "{line} is in no list");
        }
        assert!(shown.contains("; after input\n"), "{shown}");
    }
    let knobs = [("JitDump", "*"), ("TatsuDumpPhases", "lsra, nonsense")];
    let out = tatsu(&[&args[..], &["full"]].concat(), &knobs);
    let message = text(&out.stderr);
    assert!(out.status.success(), "{message}");
    let warning = "TatsuDumpPhases: there is no phase nonsense; there are: input, ";
    assert_eq!(message.matches(warning).count(), 1, "{message}");
    assert!(text(&out.stdout).contains("; after lsra\n"));
}

/// Before, each program was counted as a failure of its own, and written to a file.
#[test]
fn code_that_cannot_run_here_is_refused_at_once() {
    let foreign = match cfg!(target_arch = "x86_64") {
        true => "arm64-linux",
        false => "x64-linux",
    };
    for args in [
        &["bringup", "Gcd"][..],
        &["random", "--count", "3"],
        &["run", "bringup-tests/Gcd.tir", "1", "2"],
    ] {
        let out = tatsu(&[args, &["--target", foreign]].concat(), &[]);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        let message = text(&out.stderr);
        assert!(message.contains("cannot run on this machine"), "{message}");
        assert!(out.stdout.is_empty(), "{}", text(&out.stdout));
    }
}
