//! What the subcommands share: reading files, knobs, values, output.

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use tatsu::compile::listing::Shown;
use tatsu::compile::method_set::MethodNames;
use tatsu::compile::options::{Options, ProcessEnvironment};
use tatsu::compile::{CompileError, CompileOptions, CompiledMethod, DUMP_PHASES, OptLevel};
use tatsu::host::{TARGETS, host_target, target_named};
use tatsu::ir::interp::Value;
use tatsu::ir::parse::{Module, ParseError, RunValue};
use tatsu::ir::{Method, NodeId};
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
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let name = path.display().to_string();
    let module = tatsu::ir::parse::parse_module(text).map_err(|e| e.render(text, &name))?;
    for m in &module.methods {
        tatsu::ir::verify(m).map_err(|e| {
            let message = format!("function {}: {e}", m.name);
            let node = if e.node.is_some() {
                e.node
            } else {
                let block = m.body.blocks.get(e.block);
                block.map_or(NodeId::NONE, |b| b.first)
            };
            match m.body.node_il.get(node.0 as usize) {
                Some(&line) => at_line(text, &name, line, message),
                None => format!("{name}: {message}"),
            }
        })?;
    }
    Ok(module)
}

/// A message about a whole line of a text, with a caret below its first word.
fn at_line(text: &str, file: &str, line: u32, message: String) -> String {
    let shown = text.lines().nth((line as usize).saturating_sub(1));
    let shown = shown.unwrap_or_default();
    let indent = shown.chars().take_while(|c| c.is_whitespace()).count();
    let error = ParseError {
        line: line.max(1),
        column: indent as u32 + 1,
        message,
    };
    error.render(text, file)
}

/// Why a method of `file` was declined, with the line that is to blame where there is one.
pub fn declined(file: &Path, method: &str, error: &CompileError) -> String {
    let file = file.display();
    match error {
        CompileError::Unsupported { reason, at } if *at != u32::MAX => {
            format!("{file}:{at}: function {method}: unsupported: {reason}")
        }
        CompileError::BadCode { at, what } => {
            format!("{file}:{at}: function {method}: bad code: {what}")
        }
        other => format!("{file}: function {method}: {other}"),
    }
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
            options: {
                let options = Options::read(&ProcessEnvironment);
                for word in options.unknown_areas() {
                    eprintln!("there is no stress area {word}; `tatsu knobs` lists them");
                }
                for word in options.unknown_phases() {
                    let all = DUMP_PHASES.join(", ");
                    eprintln!("TatsuDumpPhases: there is no phase {word}; there are: {all}");
                }
                for (knob, value) in Options::unreadable(&ProcessEnvironment) {
                    eprintln!(
                        "{knob} is {value}, which is no hexadecimal number; its default holds"
                    );
                }
                options
            },
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
            verify: base.verify || self.options.tatsu_check,
            features: tatsu::host::host_features(),
            ..base
        };
        self.options.apply_stress(&names, &mut opts);
        self.options.apply_output(&names, &mut opts);
        opts
    }

    /// Writes what a compile has to show.
    pub fn show(
        &self,
        method: &Method,
        target: &TargetDesc,
        opts: &CompileOptions,
        out: &CompiledMethod,
    ) -> Outcome<()> {
        let tier = match opts.opt {
            OptLevel::MinOpts => "MinOpts",
            OptLevel::FullOpts => "FullOpts",
        };
        let shown = Shown {
            name: &method.name,
            tier,
            target,
            options: opts,
            out,
        };
        let mut text = String::new();
        shown.append(&mut text);
        if self.options.jit_disasm_summary {
            self.count.set(self.count.get() + 1);
            text.push_str(&shown.summary(self.count.get(), ""));
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
        (VarType::I32 | VarType::I64 | VarType::Ref | VarType::Byref, RunValue::Float(f)) => {
            return Err(format!("{f:?} is no {ty}"));
        }
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
    let locals = method.body.locals.iter().zip(words);
    locals
        .map(|(l, word)| match l.ty {
            VarType::Struct => {
                let size = method.layout(l.layout).map_or(0, |l| l.size);
                Ok(Value::Struct(bytes_of(word, size)?))
            }
            ty if ty.is_vector() => {
                let mut bytes = bytes_of(word, ty.size())?;
                bytes.resize(64, 0);
                let bytes = bytes.try_into().map_err(|_| format!("{word} is no {ty}"))?;
                Ok(Value::Vector(ty, bytes))
            }
            ty => value_of(ty, parse_number(ty, word)?),
        })
        .collect()
}

/// The bytes of a struct or vector: two hexadecimal digits each, the first byte first, perhaps behind `struct:` or a vector's type.
fn bytes_of(word: &str, size: u32) -> Outcome<Vec<u8>> {
    let digits = word.rsplit_once(':').map_or(word, |(_, digits)| digits);
    let byte = |i: usize| {
        let two = digits.get(2 * i..2 * i + 2)?;
        u8::from_str_radix(two, 16).ok()
    };
    let bytes: Option<Vec<u8>> = (0..size as usize).map(byte).collect();
    bytes
        .filter(|_| digits.len() == 2 * size as usize)
        .ok_or_else(|| format!("{word} is not {size} bytes of two hexadecimal digits each"))
}

fn parse_number(ty: VarType, word: &str) -> Outcome<RunValue> {
    let (from, to) = match ty.actual() {
        VarType::F32 | VarType::F64 => {
            let value = word.parse().ok();
            let value = value.or_else(|| integer(word).map(|i| i as f64));
            return value
                .map(RunValue::Float)
                .ok_or_else(|| format!("{word} is no {ty}"));
        }
        VarType::I32 => (i128::from(i32::MIN), i128::from(u32::MAX)),
        VarType::I64 | VarType::Ref | VarType::Byref => {
            (i128::from(i64::MIN), i128::from(u64::MAX))
        }
        _ => return Err(format!("a {ty} cannot be given as a number")),
    };
    if word == "null" {
        return Ok(RunValue::Int(0));
    }
    match integer(word) {
        Some(i) if (from..=to).contains(&i) => Ok(RunValue::Int(i as i64)),
        Some(_) => Err(format!("{word} is no {ty}: the range is {from} to {to}")),
        None => Err(format!("{word} is no {ty}")),
    }
}

/// A number without a fraction, decimal or `0x…`.
fn integer(word: &str) -> Option<i128> {
    let (is_negative, digits) = match word.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None => (digits, 10),
    };
    // A further sign is no part of a number, though the library reads one.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    Some(if is_negative { -value } else { value })
}

/// The method of a module by name; the first, if there are several.
pub fn method_named<'a>(module: &'a Module, name: &str) -> Option<&'a Method> {
    module.methods.iter().find(|m| m.name == name)
}
