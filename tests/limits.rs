//! Input that is too big: a message and exit code 2, or a compile that succeeds; never a crash.

use std::process::{Command, Output};

fn tatsu(args: &[&str]) -> Output {
    let mut c = Command::new(env!("CARGO_BIN_EXE_tatsu"));
    c.args(args).output().expect("the command starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Compiles `text` for both targets at both levels; exit codes and messages.
fn compile_all(name: &str, text_ir: &str) -> Vec<(Option<i32>, String)> {
    let path = format!("{}/{name}.tir", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, text_ir).expect("a file");
    let mut all = Vec::new();
    for target in ["x64-linux", "arm64-linux"] {
        for level in ["min", "full"] {
            let out = tatsu(&["compile", "--target", target, "--opt", level, &path]);
            all.push((out.status.code(), text(&out.stderr)));
        }
    }
    all
}

/// Every outcome is success or a message with exit code 2; the messages.
fn declined(all: Vec<(Option<i32>, String)>) -> Vec<String> {
    all.into_iter()
        .filter(|(code, message)| match code {
            Some(0) => false,
            Some(2) => {
                assert!(
                    !message.is_empty() && !message.contains("internal"),
                    "{message}"
                );
                true
            }
            _ => panic!("{code:?}: {message}"),
        })
        .map(|(_, message)| message)
        .collect()
}

#[test]
fn a_frame_beyond_a_gibibyte_is_a_limit() {
    let frame = |size: u32, count: u32| {
        let mut s =
            format!("layout Big size {size} align 8 {{ i64 @0 }}\nfunc @F(v0: i64) -> i64 {{\n");
        for i in 1..=count {
            s += &format!("  local v{i}: struct Big\n");
        }
        s += "bb0:\n";
        for i in 1..=count {
            s += &format!("  store_lcl_fld.i64 v{i}, v0, 4000\n");
        }
        s + "  t0 = lcl_fld.i64 v1, 4000\n  ret t0\n}\n"
    };
    let limit = declined(compile_all("frame_limit", &frame(60_000_000, 19)));
    assert_eq!(limit.len(), 4);
    assert!(limit.iter().all(|m| m.contains("over a limit: frame size")));
    assert_eq!(declined(compile_all("frame", &frame(60_000, 19))).len(), 0);
    // A layout of that size is refused by the reader, with its place.
    let layout = declined(compile_all("layout_limit", &frame((1 << 30) + 8, 1)));
    assert!(
        layout.len() == 4 && layout[0].contains(":1:8: the layout is over the limit"),
        "{layout:?}"
    );
}

#[test]
fn a_hundred_thousand_arguments_or_parameters_crash_nothing() {
    let args = vec!["i64 v0"; 100_000].join(", ");
    let call =
        format!("func @F(v0: i64) -> i64 {{\nbb0:\n  t0 = call.i64 @G({args})\n  ret t0\n}}\n");
    declined(compile_all("arguments", &call));
    let params: Vec<String> = (0..100_000).map(|i| format!("v{i}: i64")).collect();
    let params = params.join(", ");
    let taken = format!("func @F({params}) -> i64 {{\nbb0:\n  ret v99999\n}}\n");
    declined(compile_all("parameters", &taken));
}

#[test]
fn protected_regions_very_deep_crash_nothing() {
    use std::fmt::Write;
    let n = 10_000;
    let mut s = String::from("func @F(v0: i64) -> i64 {\n  region 0 try clause 0\n");
    for i in 1..n {
        writeln!(s, "  region {i} try clause {i} in {}", i - 1).unwrap();
    }
    writeln!(s, "  region {n} handler clause 0").unwrap();
    for i in 1..n {
        writeln!(s, "  region {} handler clause {i} in {}", n + i, i - 1).unwrap();
    }
    for i in 0..n {
        writeln!(
            s,
            "  clause {i} catch 1 try {i} handler {} entry bb{}",
            n + i,
            i + 3
        )
        .unwrap();
    }
    writeln!(
        s,
        "bb0:\n  jump bb1\nbb1 [region {}]:\n  jump bb2\nbb2:\n  ret v0",
        n - 1
    )
    .unwrap();
    for i in 0..n {
        writeln!(s, "bb{} [region {}]:\n  catch_ret bb2", i + 3, n + i).unwrap();
    }
    s += "}\n";
    declined(compile_all("deep", &s));
    // No operand nests in the text; brackets that try to are a message.
    for nest in ["(add.i64 ", "(", "[", "{"] {
        let s = format!(
            "func @F(v0: i64) -> i64 {{\nbb0:\n  ret {}\n}}\n",
            nest.repeat(n)
        );
        let refused = declined(compile_all("brackets", &s));
        assert!(
            refused.len() == 4 && refused[0].contains(":3:"),
            "{}",
            &refused[0][..100]
        );
    }
}

#[test]
fn calls_a_hundred_thousand_deep_return_and_endless_ones_are_a_trap() {
    let path = format!("{}/recursion.tir", env!("CARGO_TARGET_TMPDIR"));
    let s = "func @F(v0: i64) -> i64 {
bb0:
  cmp_branch.i64 eq v0, 0, bb1, bb2
bb1:
  ret 0
bb2:
  t0 = sub.i64 v0, 1
  t1 = call.i64 @F(i64 t0)
  t2 = add.i64 t1, 1
  ret t2
}
";
    std::fs::write(&path, s).expect("a file");
    let run = |command: &str, n: &str| {
        let out = tatsu(&[command, &path, "--func", "F", n]);
        (out.status.code(), text(&out.stdout) + &text(&out.stderr))
    };
    let (code, said) = run("run", "1000");
    assert_eq!((code, said.trim()), (Some(0), "1000"));
    for (command, n) in [
        ("run", "100000000"),
        ("interp", "100000000"),
        ("interp", "100000"),
    ] {
        let (code, said) = run(command, n);
        assert!(
            code == Some(0) || (code == Some(3) && said.contains("stack_overflow")),
            "{command} {n}: {code:?} {said}"
        );
    }
}

#[test]
fn a_method_of_a_million_operations_is_compiled() {
    use std::fmt::Write;
    let mut s = String::from("func @F(v0: i64) -> i64 {\n  local v1: i64\nbb0:\n");
    for i in 0..1_000_000 {
        writeln!(s, "  t{i} = add.i64 v0, v1\n  store_lcl v1, t{i}").unwrap();
    }
    s += "  ret v1\n}\n";
    assert_eq!(declined(compile_all("million", &s)).len(), 0);
}

/// Each region of the nest has code of its own, so that each block ends or begins one deep inside the others.
#[test]
fn code_at_every_level_of_a_deep_nest_is_compiled() {
    use std::fmt::Write;
    let n = 4000;
    let mut s = String::from("func @F(v0: i32) -> i32 {\n");
    for i in 0..n {
        let parent = match i {
            0 => String::new(),
            _ => format!(" in {}", 2 * i - 2),
        };
        let (body, handler, clause) = (2 * i, 2 * i + 1, n - 1 - i);
        writeln!(s, "  region {body} try clause {clause}{parent}").unwrap();
        writeln!(s, "  region {handler} handler clause {clause}{parent}").unwrap();
    }
    for clause in 0..n {
        let i = n - 1 - clause;
        let (body, handler, entry) = (2 * i, 2 * i + 1, n + 2 + i);
        let regions = format!("try {body} handler {handler}");
        writeln!(s, "  clause {clause} catch 3 {regions} entry bb{entry}").unwrap();
    }
    s += "bb0:\n  jump bb1\n";
    for i in 0..n {
        writeln!(s, "bb{} [region {}]:", i + 1, 2 * i).unwrap();
        writeln!(s, "  t{i} = div.i32 {i}, v0\n  store_lcl v0, t{i}").unwrap();
        writeln!(s, "  jump bb{}", i + 2).unwrap();
    }
    writeln!(s, "bb{}:\n  ret v0", n + 1).unwrap();
    for i in 0..n {
        writeln!(s, "bb{} [region {}]:", n + 2 + i, 2 * i + 1).unwrap();
        writeln!(s, "  catch_ret bb{}", n + 1).unwrap();
    }
    s += "}\n";
    assert_eq!(declined(compile_all("nest", &s)).len(), 0);
}
