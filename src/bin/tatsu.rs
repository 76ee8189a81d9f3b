//! The `tatsu` command: compiles, runs and measures text IR, and runs managed programs on stock .NET.

#[path = "tatsu/alloc.rs"]
mod alloc;
#[path = "tatsu/bench.rs"]
mod bench;
#[path = "tatsu/bench_build.rs"]
mod bench_build;
#[path = "tatsu/bench_first.rs"]
mod bench_first;
#[path = "tatsu/bench_instructions.rs"]
mod bench_instructions;
#[path = "tatsu/bringup.rs"]
mod bringup;
#[path = "tatsu/common.rs"]
mod common;
#[path = "tatsu/compile.rs"]
mod compile;
#[path = "tatsu/coverage_report.rs"]
mod coverage_report;
#[path = "tatsu/dotnet.rs"]
mod dotnet;
#[path = "tatsu/dotnet_bisect.rs"]
mod dotnet_bisect;
#[path = "tatsu/dotnet_coverage.rs"]
mod dotnet_coverage;
#[path = "tatsu/dotnet_log.rs"]
mod dotnet_log;
#[path = "tatsu/grow.rs"]
mod grow;
#[path = "tatsu/kernels.rs"]
mod kernels;
#[path = "tatsu/random.rs"]
mod random;
#[path = "tatsu/run.rs"]
mod run;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

/// A compiler back end in the manner of .NET's RyuJIT: compiles, runs and measures text IR, and is a JIT of stock .NET.
#[derive(Parser)]
#[command(name = "tatsu", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile a file and call one of its functions; prints the result. Exit code 3: an exception that nobody caught
    Run(run::RunArgs),
    /// The same in the reference interpreter
    Interp(run::InterpArgs),
    /// Compile files and say what came out and what it cost
    Compile(compile::Args),
    /// Run the bring-up programs in the interpreter and natively at every level; one table, one closing line
    Bringup(bringup::Args),
    /// Compare generated programs in the interpreter and natively, in many ways
    Random(random::Args),
    /// Measure reading, building, the first compile of a process, and how cost grows with a method's size
    Bench(bench::Args),
    /// Run a managed program on a stock .NET runtime, Tatsu compiling its methods
    Dotnet(dotnet::Args),
    /// Find the method whose compilation breaks a managed program
    DotnetBisect(dotnet_bisect::Args),
    /// Have every method of assemblies compiled: what Tatsu compiles, what not and why, and its cost beside RyuJIT's
    DotnetCoverage(dotnet_coverage::Args),
    /// The process that hosts the runtime
    #[command(hide = true)]
    DotnetHost(dotnet::HostArgs),
    /// List the environment variables that Tatsu knows
    Knobs {
        /// As a Markdown table
        #[arg(long)]
        markdown: bool,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Interp(args) => run::interp(&args),
        Command::Compile(args) => compile::run(&args),
        Command::Bringup(args) => bringup::run(&args),
        Command::Random(args) => random::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Dotnet(args) => dotnet::run(&args),
        Command::DotnetBisect(args) => dotnet_bisect::run(&args),
        Command::DotnetCoverage(args) => dotnet_coverage::run(&args),
        Command::DotnetHost(args) => dotnet::host(&args),
        Command::Knobs { markdown } => {
            let text = if markdown {
                tatsu::compile::options::knobs_markdown()
            } else {
                tatsu::compile::options::knobs_help()
            };
            common::print(&text);
            Ok(ExitCode::SUCCESS)
        }
    };
    done.unwrap_or_else(|message| {
        eprintln!("{message}");
        ExitCode::from(common::BAD_INPUT)
    })
}
