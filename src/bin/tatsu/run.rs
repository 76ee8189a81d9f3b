//! `tatsu run` and `tatsu interp`: one call of one function.

use crate::common::{self, Knobs, Opt, Outcome};
use std::path::PathBuf;
use std::process::ExitCode;
use tatsu::host::{Host, HostError, host_target};
use tatsu::ir::Method;
use tatsu::ir::interp::{self, Interp, Value};
use tatsu::ir::parse::Module;

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
    /// Its arguments: decimal, 0x…, floating point, null; behind `--` also -inf and -0x…
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
    let (module, index, values) = args.call.prepare()?;
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

/// Calls a loaded method.
pub fn call_native(
    host: &mut Host,
    method: &Method,
    args: &[Value],
) -> Outcome<Result<Vec<Value>, tatsu::host::Trap>> {
    let bits: Option<Vec<u64>> = args.iter().map(Value::bits).collect();
    let bits = bits.ok_or("a struct cannot be passed from outside")?;
    let result = host.run(&method.name, &bits).map_err(|e| e.to_string())?;
    Ok(result.map(|v| {
        v.and_then(|v| Value::from_bits(method.ret, v))
            .into_iter()
            .collect()
    }))
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
