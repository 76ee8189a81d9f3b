//! The `emitter-unit-tests` command: emits every form of the instruction tables over representative and boundary operands and
//! holds each against an independent decoder, and against `llvm-mc` where that is on the machine.
//!
//! Exit code 0: everything agrees; 1: something does not; 2: bad arguments.

#[path = "emitter_unit_tests/arm64.rs"]
mod arm64;
#[path = "emitter_unit_tests/driver.rs"]
mod driver;
#[path = "emitter_unit_tests/llvm.rs"]
mod llvm;
#[path = "emitter_unit_tests/report.rs"]
mod report;
#[path = "emitter_unit_tests/x64.rs"]
mod x64;
#[path = "emitter_unit_tests/x64_faults.rs"]
mod x64_faults;
#[path = "emitter_unit_tests/x64_operands.rs"]
mod x64_operands;

use clap::Parser;
use driver::Isa;
use std::process::ExitCode;

/// Holds every instruction form of the tables against independent decoders.
#[derive(Parser)]
#[command(name = "emitter-unit-tests", version)]
struct Cli {
    /// Only this target (all of them without it)
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Only forms whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// Leave the assembler out
    #[arg(long)]
    no_llvm: bool,
    /// Print at most this many mismatches of a target
    #[arg(long, value_name = "N", default_value_t = 20)]
    show: usize,
}

/// Every target that has a table.
fn targets() -> Vec<Box<dyn Isa>> {
    vec![Box::new(x64::X64Isa::new()), Box::new(arm64::Arm64Isa)]
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut chosen = targets();
    if let Some(name) = &cli.target {
        chosen.retain(|t| t.target() == name);
        if chosen.is_empty() {
            let names: Vec<_> = targets().iter().map(|t| t.target()).collect();
            eprintln!("no target is called {name}; there are {}", names.join(", "));
            return ExitCode::from(2);
        }
    }
    let mut reports = Vec::new();
    for isa in &mut chosen {
        match driver::run(isa.as_mut(), &cli.filter, !cli.no_llvm) {
            Ok(report) => reports.push(report),
            Err(message) => {
                eprintln!("{}: {message}", isa.target());
                return ExitCode::from(1);
            }
        }
    }
    if reports.iter().all(|r| r.forms_asked == 0) {
        eprintln!("no form's name contains \"{}\"", cli.filter);
        return ExitCode::from(2);
    }
    let text = if cli.json {
        report::json(&reports, cli.show)
    } else {
        report::text(&reports, cli.show)
    };
    print!("{text}");
    ExitCode::from(!reports.iter().all(|r| r.is_good()) as u8)
}
