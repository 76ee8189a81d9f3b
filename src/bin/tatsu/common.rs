//! What the subcommands share: reading files, knobs, values, output.

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use tatsu::compile::method_set::MethodNames;
use tatsu::compile::options::{Options, ProcessEnvironment};
use tatsu::compile::{CompileOptions, CompiledMethod, OptLevel};
use tatsu::host::{TARGETS, host_target, target_named};
use tatsu::ir::Method;
use tatsu::ir::interp::Value;
use tatsu::ir::parse::{Module, RunValue};
use tatsu::target::TargetDesc;
use tatsu::types::VarType;

/// Exit code: the input is wrong or cannot be compiled.
pub const BAD_INPUT: u8 = 2;
/// Exit code: the program raised an exception that nobody caught.
pub const TRAPPED: u8 = 3;

/// A failure as the user reads it.
pub type Outcome<T> = Result<T, String>;

/// Optimisation levels on the command line.
#[derive(Copy, Clone, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Opt {
    /// MinOpts
    Min,
    /// FullOpts
    Full,
}

/// The target of this name; without one, this machine's own.
pub fn target(name: Option<&str>) -> Outcome<&'static TargetDesc> {
    let Some(name) = name else {
        return Ok(host_target());
    };
    target_named(name).ok_or_else(|| {
        let names = TARGETS.map(|t| t.name).join(", ");
        format!("no target {name}; there are: {names}")
    })
}

/// Reads and parses a file.
pub fn read_module(path: &Path) -> Outcome<Module> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let name = path.display().to_string();
    let module = tatsu::ir::parse::parse_module(&text).map_err(|e| e.render(&text, &name))?;
    for m in &module.methods {
        tatsu::ir::verify(m).map_err(|e| {
            let line = m.body.node_il.get(e.node.0 as usize).copied().unwrap_or(0);
            format!("{name}:{line}: function {}: {e}", m.name)
        })?;
    }
    Ok(module)
}

/// The process's knobs, with what the command line says on top.
pub struct Knobs {
    options: Options,
    opt: Option<Opt>,
    count: std::cell::Cell<u32>,
}

impl Knobs {
    /// Reads the environment.
    pub fn read(opt: Option<Opt>) -> Knobs {
        Knobs {
            options: Options::read(&ProcessEnvironment),
            opt,
            count: std::cell::Cell::new(0),
        }
    }

    /// The options for one method.
    pub fn compile_options(&self, method: &Method) -> CompileOptions {
        let names = TextNames(method);
        let min = match self.opt {
            Some(opt) => opt == Opt::Min,
            None => self.options.min_opts(),
        };
        let base = CompileOptions::default();
        let mut opts = CompileOptions {
            opt: if min {
                OptLevel::MinOpts
            } else {
                OptLevel::FullOpts
            },
            verify: base.verify || self.options.tatsu_check > 0,
            disasm: self.options.jit_disasm.matches(&names),
            dump: self.options.jit_dump.matches(&names),
            features: tatsu::host::host_features(),
            ..base
        };
        self.options.apply_stress(&names, &mut opts);
        opts
    }

    /// Writes what a compile has to show.
    pub fn show(
        &self,
        method: &Method,
        opts: &CompileOptions,
        out: &CompiledMethod,
    ) -> Outcome<()> {
        let mut text = String::new();
        let level = if opts.opt == OptLevel::MinOpts {
            "MinOpts"
        } else {
            "FullOpts"
        };
        text.push_str(&out.dump);
        if !out.listing.is_empty() {
            let (name, version) = (&method.name, env!("CARGO_PKG_VERSION"));
            text.push_str(&format!(
                "; Assembly listing for method {name} ({level})\n; Tatsu {version}\n{}\n",
                out.listing
            ));
        }
        if self.options.jit_disasm_summary {
            self.count.set(self.count.get() + 1);
            text.push_str(&format!(
                "{:4}: JIT compiled {} [{level}, {} bytes]\n",
                self.count.get(),
                method.name,
                out.code.len()
            ));
        }
        if text.is_empty() {
            return Ok(());
        }
        match &self.options.jit_std_out_file {
            Some(path) => OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .and_then(|mut f| f.write_all(text.as_bytes()))
                .map_err(|e| format!("cannot write {path}: {e}")),
            None => {
                print(&text);
                Ok(())
            }
        }
    }
}

/// Writes to standard output; a reader that has gone away is no error.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}

/// A text method's name as patterns see it: `Class:Method`, or a bare name.
struct TextNames<'a>(&'a Method);

impl MethodNames for TextNames<'_> {
    fn method(&self) -> Cow<'_, str> {
        let name = &self.0.name;
        name.split_once(':')
            .map_or(name.as_str(), |(_, m)| m)
            .into()
    }
    fn class(&self) -> Cow<'_, str> {
        self.0.name.split_once(':').map_or("", |(c, _)| c).into()
    }
    fn class_instantiation(&self) -> Cow<'_, str> {
        "".into()
    }
    fn method_instantiation(&self) -> Cow<'_, str> {
        "".into()
    }
    fn signature(&self) -> Cow<'_, str> {
        let params = self.0.body.locals.iter().take(self.0.num_params as usize);
        let types: Vec<_> = params.map(|l| l.ty.name()).collect();
        format!("({})", types.join(",")).into()
    }
}

/// The types of a method's parameters.
pub fn param_types(method: &Method) -> Vec<VarType> {
    let params = method.body.locals.iter().take(method.num_params as usize);
    params.map(|l| l.ty).collect()
}

/// A number of a run line or the command line as a value of type `ty`.
pub fn value_of(ty: VarType, v: RunValue) -> Outcome<Value> {
    Ok(match (ty.actual(), v) {
        (VarType::F32, RunValue::Float(f)) => Value::F32(f as f32),
        (VarType::F64, RunValue::Float(f)) => Value::F64(f),
        (VarType::F32, RunValue::Int(i)) => Value::F32(i as f32),
        (VarType::F64, RunValue::Int(i)) => Value::F64(i as f64),
        (VarType::I32, RunValue::Int(i)) => {
            if i < i64::from(i32::MIN) || i > i64::from(u32::MAX) {
                return Err(format!("{i} is no i32"));
            }
            // A small parameter is what its low bits say.
            return Value::from_bits(ty, i as u64).ok_or_else(|| format!("{i} is no {ty}"));
        }
        (VarType::I64, RunValue::Int(i)) => Value::I64(i),
        (VarType::Ref, RunValue::Int(i)) => Value::Ref(i as u64),
        (VarType::Byref, RunValue::Int(i)) => Value::Byref(i as u64),
        (other, _) => return Err(format!("a {other} cannot be given as a number")),
    })
}

/// The arguments in `words` for the method's parameters.
pub fn parse_args(method: &Method, words: &[String]) -> Outcome<Vec<Value>> {
    let types = param_types(method);
    if types.len() != words.len() {
        return Err(format!(
            "{} takes {} arguments, not {}",
            method.name,
            types.len(),
            words.len()
        ));
    }
    let pairs = types.iter().zip(words);
    pairs
        .map(|(&ty, word)| value_of(ty, parse_number(word)?))
        .collect()
}

fn parse_number(word: &str) -> Outcome<RunValue> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word),
    };
    let int = match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    };
    if word == "null" {
        return Ok(RunValue::Int(0));
    }
    if let Some(int) = int {
        return Ok(RunValue::Int((int as i64).wrapping_mul(sign)));
    }
    word.parse()
        .map(RunValue::Float)
        .map_err(|_| format!("{word} is no number"))
}

/// The method of a module by name; the first, if there are several.
pub fn method_named<'a>(module: &'a Module, name: &str) -> Option<&'a Method> {
    module.methods.iter().find(|m| m.name == name)
}
