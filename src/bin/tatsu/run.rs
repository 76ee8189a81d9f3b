//! `tatsu run` and `tatsu interp`: one call of one function.

use crate::common::{self, Knobs, Opt, Outcome};
use std::path::PathBuf;
use std::process::ExitCode;
use tatsu::host::{Host, HostError, caller::caller_of, host_target};
use tatsu::ir::Method;
use tatsu::ir::interp::{self, Interp, Value};
use tatsu::ir::parse::Module;
use tatsu::types::VarType;

/// `tatsu run`.
#[derive(clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    call: InterpArgs,
    /// Optimisation level; by default full, or what the environment says
    #[arg(long, value_enum)]
    opt: Option<Opt>,
    /// Whose code to run: any target of this machine's instruction set; by default this machine's own
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// Interpret instead of compiling
    #[arg(long)]
    interp: bool,
}

/// `tatsu interp`.
#[derive(clap::Args)]
pub struct InterpArgs {
    /// Text IR
    file: PathBuf,
    /// The function to call; by default the last one of the file
    #[arg(long)]
    func: Option<String>,
    /// Its arguments: decimal, 0x…, floating point, null; behind `--` also -inf and -0x…; structs and vectors by their bytes, two
    /// hexadecimal digits each
    #[arg(allow_negative_numbers = true)]
    args: Vec<String>,
}

impl InterpArgs {
    fn prepare(&self) -> Outcome<(Module, usize, Vec<Value>)> {
        let module = common::read_module(&self.file)?;
        let index = match &self.func {
            Some(name) => module.methods.iter().position(|m| m.name == *name),
            None => module.methods.len().checked_sub(1),
        };
        let index = index.ok_or_else(|| {
            let file = self.file.display();
            let names: Vec<_> = module.methods.iter().map(|m| m.name.as_str()).collect();
            match &self.func {
                Some(wanted) if !names.is_empty() => {
                    format!(
                        "{file}: no function {wanted}; there are: {}",
                        names.join(" ")
                    )
                }
                _ => format!("{file}: there is no function in it"),
            }
        })?;
        let args = common::parse_args(&module.methods[index], &self.args)?;
        Ok((module, index, args))
    }
}

/// Runs natively.
pub fn run(args: &RunArgs) -> Outcome<ExitCode> {
    if args.interp {
        return interp(&args.call);
    }
    let (mut module, index, values) = args.call.prepare()?;
    module.methods.extend(caller_of(&module.methods[index]));
    let knobs = Knobs::read(args.opt);
    let mut host =
        Host::new_for(common::target(args.target.as_deref())?).map_err(|e| e.to_string())?;
    let mut shown = Ok(());
    host.load_with(
        &module.methods,
        |m| knobs.compile_options(m),
        |m, out| {
            let now = knobs.show(m, host_target(), &knobs.compile_options(m), out);
            shown = std::mem::replace(&mut shown, Ok(())).and(now);
        },
    )
    .map_err(|e| match e {
        HostError::Compile { method, error } => common::declined(&args.call.file, &method, &error),
        e => format!("{}: {e}", args.call.file.display()),
    })?;
    shown?;
    match call_native(&mut host, &module.methods[index], &values)? {
        Ok(values) => Ok(print_values(&values)),
        Err(trap) => Ok(print_trap(&format!("trap: {trap}"))),
    }
}

/// Runs in the interpreter.
pub fn interp(args: &InterpArgs) -> Outcome<ExitCode> {
    let (module, index, values) = args.prepare()?;
    let mut interp = Interp::new(&module.methods);
    match interp.call(&module.methods[index].name, &values) {
        Ok(values) => Ok(print_values(&values)),
        Err(trap @ interp::Outcome::Trap { .. }) => Ok(print_trap(&trap.to_string())),
        Err(error) => Err(format!("{}: {error}", args.file.display())),
    }
}

/// Calls a loaded method; one with structs or vectors by its caller, which is loaded too.
pub fn call_native(
    host: &mut Host,
    method: &Method,
    args: &[Value],
) -> Outcome<Result<Vec<Value>, tatsu::host::Trap>> {
    let caller = caller_of(method);
    // As words, so that they are aligned.
    let mut places: Vec<Vec<u64>> = args.iter().map(words_of).collect();
    let mut bits: Vec<u64> = args
        .iter()
        .zip(&places)
        .map(|(a, place)| a.bits().unwrap_or(place.as_ptr() as u64))
        .collect();
    let size = match method.ret {
        VarType::Struct => method.layout(method.ret_layout).map_or(0, |l| l.size),
        ty if ty.is_vector() => ty.size(),
        _ => 0,
    };
    let is_wide = method.ret == VarType::Struct || method.ret.is_vector();
    if is_wide {
        places.push(vec![0; (size as usize).div_ceil(8).max(8)]);
        bits.extend(places.last_mut().map(|p| p.as_mut_ptr() as u64));
    }
    let name = caller.as_ref().map_or(&method.name, |c| &c.name);
    let result = host.run(name, &bits).map_err(|e| e.to_string())?;
    Ok(result.map(|v| {
        let value = if is_wide {
            let words = places.last().into_iter().flatten();
            let mut bytes: Vec<u8> = words.flat_map(|w| w.to_le_bytes()).collect();
            match method.ret {
                VarType::Struct => {
                    bytes.truncate(size as usize);
                    Some(Value::Struct(bytes))
                }
                ty => bytes.try_into().ok().map(|b| Value::Vector(ty, b)),
            }
        } else {
            v.and_then(|v| Value::from_bits(method.ret, v))
        };
        value.into_iter().collect()
    }))
}

/// The bytes of a struct or vector in whole words; none of a scalar.
fn words_of(v: &Value) -> Vec<u64> {
    let bytes: &[u8] = match v {
        Value::Struct(b) => b,
        Value::Vector(_, b) => b,
        _ => return Vec::new(),
    };
    let mut words = vec![0; bytes.len().div_ceil(8)];
    for (i, &b) in bytes.iter().enumerate() {
        words[i / 8] |= u64::from(b) << (8 * (i % 8));
    }
    words
}

fn print_values(values: &[Value]) -> ExitCode {
    for v in values {
        common::print(&format!("{v}\n"));
    }
    ExitCode::SUCCESS
}

fn print_trap(text: &str) -> ExitCode {
    common::print(&format!("{text}\n"));
    ExitCode::from(common::TRAPPED)
}
