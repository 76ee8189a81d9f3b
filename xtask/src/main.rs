//! `cargo xtask`: what the project does with itself.
//!
//! One module a subcommand; this file only dispatches. A new subcommand is a module with an `Args`
//! struct and a `run(Args) -> Result<ExitCode>`, and one line each in `mod`, `Task` and `main`.
//!
//! Three modules are shared: [`paths`] (where things lie), [`run`] (starting programs, counting
//! results) and [`setup`] (what a machine must have, fetched into the cache folder).

mod abi_fuzz;
mod bringup;
mod code_order;
mod coreclr;
mod dotnet;
mod dotnet_tools;
mod generate;
mod growth;
mod paths;
mod random;
mod run;
mod setup;
mod test;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tatsu's own commands")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run everything that is checked before a change lands
    Test(test::Args),
    /// Fetch what the arm64 and .NET suites need (packages, cross toolchain, test runtime)
    Setup(setup::Args),
    /// Write generated programs as text
    Gen(generate::Args),
    /// Count what an operation costs in small and large methods of every shape
    Growth(growth::Args),
    /// Compare generated programs in the interpreter and natively, in many ways, for seconds or hours
    Random(random::Args),
    /// Write the list of functions that the linker puts side by side for a fast first compile
    CodeOrder(code_order::Args),
    /// Compiled code and a C compiler's code call each other
    AbiFuzz(abi_fuzz::Args),
    /// Run the bring-up suite natively or under emulation
    Bringup(bringup::Args),
    /// Run the C# bring-up programs in stock .NET with Tatsu as the JIT
    Dotnet(dotnet::Args),
    /// Try the tatsu dotnet commands on real programs and assemblies, and long runs under collection
    DotnetTools(dotnet_tools::Args),
    /// Run one managed program on the test runtime
    DotnetRun(coreclr::Args),
    /// The process that hosts the runtime; `dotnet-run` becomes this one
    #[command(hide = true)]
    DotnetHost(coreclr::HostArgs),
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Test(args) => test::run(args),
        Task::Setup(args) => setup::run(args),
        Task::Gen(args) => generate::run(args),
        Task::Growth(args) => growth::run(args),
        Task::Random(args) => random::run(args),
        Task::CodeOrder(args) => code_order::run(args),
        Task::AbiFuzz(args) => abi_fuzz::run(args),
        Task::Bringup(args) => bringup::run(args),
        Task::Dotnet(args) => dotnet::run(args),
        Task::DotnetTools(args) => dotnet_tools::run(args),
        Task::DotnetRun(args) => coreclr::run(args),
        Task::DotnetHost(args) => coreclr::host(args),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
