//! The knobs: one table from which the reader, the help text and the document are made.
//!
//! Under .NET they are read through the runtime's own configuration, elsewhere from the process environment; both are a
//! [`ConfigSource`]. In the environment a knob has the prefix `DOTNET_` (or `COMPlus_`), and integers are hexadecimal, as
//! .NET has it. Names that RyuJIT knows keep its meaning; what is ours alone begins with `Tatsu`.
//!
//! Knobs are read once by a shell and passed down as plain data ([`Options`]); nothing below reads the environment.

use std::fmt::Write as _;

use super::method_set::{MethodNames, MethodSet};
use super::{CompileOptions, DUMP_PHASES, OptLevel};
use crate::opt::stress::AREAS;

/// Where the values come from.
pub trait ConfigSource {
    /// The text of knob `name` (without prefix); `None` when unset.
    fn text(&self, name: &str) -> Option<String>;
    /// The integer of knob `name`; `None` when unset or not a number.
    fn int(&self, name: &str) -> Option<i32>;
}

/// What a knob holds.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum KnobType {
    /// A hexadecimal integer.
    Int,
    /// 0 off, anything else on.
    Flag,
    /// Text.
    Text,
    /// A list of method patterns ([`super::method_set`]).
    Methods,
}

impl KnobType {
    /// The type's name in help.
    pub fn name(self) -> &'static str {
        match self {
            KnobType::Int => "hex integer",
            KnobType::Flag => "0 or 1",
            KnobType::Text => "text",
            KnobType::Methods => "methods",
        }
    }
}

/// Where a knob has an effect.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum KnobScope {
    /// In every shell.
    Everywhere,
    /// As the alternate JIT of stock .NET.
    Dotnet,
}

impl KnobScope {
    /// The scope's name in help.
    pub fn name(self) -> &'static str {
        match self {
            KnobScope::Everywhere => "everywhere",
            KnobScope::Dotnet => ".NET",
        }
    }
}

/// One knob, for help and documents.
#[derive(Copy, Clone, Debug)]
pub struct Knob {
    /// Name without prefix.
    pub name: &'static str,
    /// What it holds.
    pub ty: KnobType,
    /// The default as it would be written.
    pub default: &'static str,
    /// Where it applies.
    pub scope: KnobScope,
    /// One sentence.
    pub help: &'static str,
}

macro_rules! knobs {
    ($($field:ident $name:literal $ty:ident $default:literal $scope:ident $help:literal;)*) => {
        /// Every knob's value.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub struct Options {
            $(#[doc = $help] pub $field: knobs!(@type $ty),)*
        }

        /// Every knob, in the order of the help.
        pub static KNOBS: &[Knob] = &[$(Knob {
            name: $name,
            ty: KnobType::$ty,
            default: $default,
            scope: KnobScope::$scope,
            help: $help,
        },)*];

        impl Options {
            /// Reads every knob from `source`.
            pub fn read(source: &dyn ConfigSource) -> Options {
                Options { $($field: knobs!(@read $ty source, $name, $default),)* }
            }
        }
    };
    (@type Int) => { i32 };
    (@type Flag) => { bool };
    (@type Text) => { Option<String> };
    (@type Methods) => { MethodSet };
    (@read Int $source:ident, $name:literal, $default:literal) => {
        $source.int($name).unwrap_or_else(|| hex($default).unwrap_or_default())
    };
    (@read Flag $source:ident, $name:literal, $default:literal) => {
        $source.int($name).or_else(|| hex($default)).is_some_and(|v| v != 0)
    };
    (@read Text $source:ident, $name:literal, $default:literal) => {
        $source.text($name).or(Some($default.to_owned())).filter(|t| !t.is_empty())
    };
    (@read Methods $source:ident, $name:literal, $default:literal) => {
        MethodSet::parse($source.text($name).as_deref().unwrap_or($default))
    };
}

#[rustfmt::skip]
knobs! {
    alt_jit             "AltJit"            Methods ""  Dotnet     "Methods that Tatsu compiles; .NET's own JIT takes the others.";
    jit_disasm          "JitDisasm"         Methods ""  Everywhere "Methods whose code is listed.";
    jit_disasm_with_gc  "JitDisasmWithGC"   Flag    "0" Everywhere "Listings show births and deaths of GC pointers, call sites and what each group is.";
    jit_disasm_diffable "JitDisasmDiffable" Flag    "0" Everywhere "Listings leave out what differs from run to run: addresses, offsets, positions, table sizes.";
    jit_disasm_only_optimized "JitDisasmOnlyOptimized" Flag "0" Everywhere "No listings of MinOpts code.";
    jit_disasm_summary  "JitDisasmSummary"  Flag    "0" Everywhere "One line per compiled method: number, name, tier, sizes.";
    jit_dump            "JitDump"           Methods ""  Everywhere "Methods whose intermediate states are printed.";
    tatsu_dump_phases   "TatsuDumpPhases"   Text    ""  Everywhere "Phases that JitDump prints, separated by commas: input, stress, \
fold, dce, expand, lower, lsra, at MinOpts `lower and generate`; all if unset.";
    jit_std_out_file    "JitStdOutFile"     Text    ""  Everywhere "File that listings, dumps and summaries are appended to, instead of standard output.";
    jit_min_opts        "JITMinOpts"        Flag    "0" Everywhere "Compile everything with minimal optimisation.";
    jit_min_opts_too    "JitMinOpts"        Flag    "0" Everywhere "The same as JITMinOpts.";
    jit_stress          "JitStress"         Int     "0" Everywhere "Stress areas: 0 none, 2 all that keep the kind of a compile, others by hash of the method.";
    jit_stress_mode_names "JitStressModeNames" Text "" Everywhere "Stress areas that are on as well, separated by spaces; `tatsu knobs` lists them.";
    jit_stress_mode_names_only "JitStressModeNamesOnly" Flag "0" Everywhere "No stress areas but those of JitStressModeNames.";
    jit_stress_mode_names_not "JitStressModeNamesNot" Text "" Everywhere "Stress areas that are never on.";
    jit_stress_mode_names_allow "JitStressModeNamesAllow" Text "" Everywhere "The only stress areas that JitStress may switch on.";
    jit_stress_regs     "JitStressRegs"     Int     "0" Everywhere "Register allocation stress: 1 callee-saved only, 2 caller-saved, 3 few; 4, 8, 10 other choices; 20, 60 other block orders; \
80 locals live to the end; 100, 200, 300 other registers at block entries; 400 reload, 800 spill always; 1000 no memory operands.";
    jit_stress_only     "JitStressOnly"     Methods "*" Everywhere "Methods that JitStress and JitStressRegs apply to.";
    alt_jit_exclude     "AltJitExcludeAssemblies" Text "" Dotnet   "Assemblies whose methods are declined, separated by semicolons.";
    run_altjit_code     "RunAltJitCode"     Flag    "1" Dotnet     "0: compile, then decline, so that .NET's own code runs.";
    alt_jit_limit       "AltJitLimit"       Int     "0" Dotnet     "Compile at most this many of the selected methods; 0 for all. For finding the one that goes wrong.";
    tatsu_report        "TatsuReport"       Text    ""  Dotnet     "File with counts of what was compiled and of every reason for declining, most frequent first.";
    tatsu_trace         "TatsuTrace"        Flag    "0" Dotnet     "One line per method that the runtime offers: its name and what became of it.";
    tatsu_log           "TatsuLog"          Text    ""  Dotnet     "File with a line before and after each selected method's compilation: sizes, time, outcome.";
    tatsu_hash_range    "TatsuHashRange"    Text    ""  Dotnet     "LO-HI: of the selected methods only those whose name has a hash in this range; TatsuLog shows hashes.";
    tatsu_shim          "TatsuShim"         Flag    "0" Dotnet     "A copy of .NET's own JIT (a single file's itself) compiles the selected methods; TatsuLog gets times, how its GC info reads.";
    tatsu_blobs         "TatsuBlobs"        Text    ""  Dotnet     "With TatsuShim: file that gets GC info, unwind blocks and EH clauses of every method in hexadecimal.";
    tatsu_panic         "TatsuPanic"        Methods ""  Dotnet     "Methods whose compilation panics: to see that it is caught and counted, and that .NET's own JIT takes them.";
    tatsu_target        "TatsuTarget"       Text    ""  Dotnet     "Compile the selected methods for this target (x64-linux, arm64-linux), list them, and let .NET's own JIT compile what runs.";
    tatsu_check         "TatsuCheck"        Flag    "0" Everywhere "All verifiers between phases: structure, the allocation checker, decoding of all output; builds for checking have them on.";
}

impl Options {
    /// What is to be shown of a method: the parts of the request that say so. `opts.opt` is known already.
    pub fn apply_output(&self, names: &dyn MethodNames, opts: &mut CompileOptions) {
        let hidden = self.jit_disasm_only_optimized && opts.opt == OptLevel::MinOpts;
        opts.disasm = !hidden && self.jit_disasm.matches(names);
        opts.diffable = self.jit_disasm_diffable;
        opts.disasm_gc = self.jit_disasm_with_gc;
        opts.dump = self.jit_dump.matches(names);
        opts.dump_phases = self.tatsu_dump_phases.clone().unwrap_or_default();
    }

    /// Knobs that should hold a number and do not, with what they hold.
    pub fn unreadable(source: &dyn ConfigSource) -> Vec<(&'static str, String)> {
        let numbers = KNOBS
            .iter()
            .filter(|k| matches!(k.ty, KnobType::Int | KnobType::Flag));
        numbers
            .filter(|k| source.int(k.name).is_none())
            .filter_map(|k| Some((k.name, source.text(k.name)?)))
            .collect()
    }

    /// The words of TatsuDumpPhases that name no phase.
    pub fn unknown_phases(&self) -> Vec<&str> {
        let words = self.tatsu_dump_phases.as_deref().unwrap_or("").split(',');
        let words = words.map(str::trim).filter(|w| !w.is_empty());
        words.filter(|w| !DUMP_PHASES.contains(w)).collect()
    }

    /// Compile everything with minimal optimisation?
    pub fn min_opts(&self) -> bool {
        self.jit_min_opts || self.jit_min_opts_too
    }
}

impl Default for Options {
    /// Every knob at its default.
    fn default() -> Self {
        Options::read(&Unset)
    }
}

/// A source without any value.
struct Unset;

impl ConfigSource for Unset {
    fn text(&self, _name: &str) -> Option<String> {
        None
    }
    fn int(&self, _name: &str) -> Option<i32> {
        None
    }
}

/// The process environment: `DOTNET_` first, then `COMPlus_`.
#[derive(Copy, Clone, Debug, Default)]
pub struct ProcessEnvironment;

impl ConfigSource for ProcessEnvironment {
    fn text(&self, name: &str) -> Option<String> {
        ["DOTNET_", "COMPlus_"]
            .into_iter()
            .find_map(|prefix| std::env::var_os(format!("{prefix}{name}")))
            .map(|v| v.to_string_lossy().into_owned())
            .filter(|v| !v.is_empty())
    }
    fn int(&self, name: &str) -> Option<i32> {
        hex(&self.text(name)?)
    }
}

/// A hexadecimal number of at most 32 bits, with or without `0x`.
fn hex(text: &str) -> Option<i32> {
    let digits = text.trim();
    let digits = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
        .unwrap_or(digits);
    u32::from_str_radix(digits, 16).ok().map(u32::cast_signed)
}

/// The table as text for a terminal.
pub fn knobs_help() -> String {
    let mut out = String::from(
        "Environment variables; each has the prefix DOTNET_ (COMPlus_ is read too). Integers are hexadecimal.\n\n",
    );
    for k in KNOBS {
        let default = if k.default.is_empty() {
            "unset"
        } else {
            k.default
        };
        let _ = writeln!(
            out,
            "  {:<24} {:<12} default {:<6} {:<11} {}",
            k.name,
            k.ty.name(),
            default,
            k.scope.name(),
            k.help
        );
    }
    out.push_str("\nStress areas (JitStressModeNames); how many of 100 methods each is on for under JitStress:\n\n");
    for a in &AREAS {
        let check = if a.check { ", all under 2" } else { "" };
        let _ = writeln!(out, "  {:<24} {}{check}: {}", a.name, a.weight, a.help);
    }
    out
}

/// The table as Markdown.
pub fn knobs_markdown() -> String {
    let mut out = String::from(
        "| `DOTNET_…` | holds | default | applies | effect |\n|---|---|---|---|---|\n",
    );
    for k in KNOBS {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} |",
            k.name,
            k.ty.name(),
            if k.default.is_empty() {
                "–"
            } else {
                k.default
            },
            k.scope.name(),
            k.help
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    struct Map(HashMap<&'static str, &'static str>);

    impl ConfigSource for Map {
        fn text(&self, name: &str) -> Option<String> {
            self.0.get(name).map(|s| (*s).to_owned())
        }
        fn int(&self, name: &str) -> Option<i32> {
            hex(self.0.get(name)?)
        }
    }

    #[test]
    fn defaults_are_what_the_table_says() {
        let o = Options::default();
        assert!(o.alt_jit.is_empty() && o.jit_std_out_file.is_none());
        assert!(o.run_altjit_code && !o.jit_min_opts);
        assert_eq!(o.jit_stress_regs, 0);
    }

    #[test]
    fn values_are_read() {
        let o = Options::read(&Map(HashMap::from([
            ("AltJit", "Add Program:*"),
            ("JitStressRegs", "0x10"),
            ("JITMinOpts", "1"),
            ("RunAltJitCode", "0"),
            ("JitStress", "FFFFFFFF"),
            ("TatsuReport", "/tmp/r"),
        ])));
        assert_eq!(o.alt_jit, MethodSet::parse("Add Program:*"));
        assert_eq!((o.jit_stress_regs, o.jit_stress), (16, -1));
        assert!(o.jit_min_opts && !o.run_altjit_code);
        assert_eq!(o.tatsu_report.as_deref(), Some("/tmp/r"));
    }

    #[test]
    fn numbers_that_are_none_are_named() {
        let map = HashMap::from([
            ("JitStress", "2"),
            ("JitStressRegs", "zz"),
            ("RunAltJitCode", "yes"),
            ("TatsuReport", "zz"),
        ]);
        let (regs, run) = (("JitStressRegs", "zz"), ("RunAltJitCode", "yes"));
        let expected = [regs, run].map(|(k, v)| (k, v.to_owned()));
        assert_eq!(Options::unreadable(&Map(map)), expected);
    }

    struct Bare(&'static str);

    impl MethodNames for Bare {
        fn method(&self) -> std::borrow::Cow<'_, str> {
            self.0.into()
        }
        fn class(&self) -> std::borrow::Cow<'_, str> {
            "".into()
        }
        fn class_instantiation(&self) -> std::borrow::Cow<'_, str> {
            "".into()
        }
        fn method_instantiation(&self) -> std::borrow::Cow<'_, str> {
            "".into()
        }
        fn signature(&self) -> std::borrow::Cow<'_, str> {
            "()".into()
        }
    }

    fn stress_regs(options: &Options, method: &'static str) -> u32 {
        let mut opts = crate::compile::CompileOptions::default();
        options.apply_stress(&Bare(method), &mut opts);
        opts.stress_regs
    }

    #[test]
    fn register_stress_is_limited_to_the_methods_named() {
        let all = Options::read(&Map(HashMap::from([("JitStressRegs", "3")])));
        assert_eq!(stress_regs(&all, "Add"), 3);
        let some = [("JitStressRegs", "800"), ("JitStressOnly", "Fib* Gcd")];
        let some = Options::read(&Map(HashMap::from(some)));
        let bits = ["FibLoop", "Gcd", "Add"].map(|m| stress_regs(&some, m));
        assert_eq!(bits, [0x800, 0x800, 0]);
    }

    #[test]
    fn defaults_parse_and_names_are_unique() {
        for (i, k) in KNOBS.iter().enumerate() {
            assert!(KNOBS[..i].iter().all(|o| o.name != k.name), "{}", k.name);
            if matches!(k.ty, KnobType::Int | KnobType::Flag) {
                assert!(hex(k.default).is_some(), "{}", k.name);
            }
            assert!(knobs_help().contains(k.name) && knobs_markdown().contains(k.name));
        }
    }
}
