//! `cargo xtask gen`: generated programs as text.

use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::process::ExitCode;
use tatsu::ir::Method;
use tatsu::ir::generate::{self, SHAPES};
use tatsu::ir::print::print_module;

#[derive(clap::Args)]
pub struct Args {
    /// What the programs are a function of
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many methods; a shape is written that many times, each with a seed of its own
    #[arg(long, default_value_t = 1)]
    methods: u32,
    /// Operations of each method: `LO..HI`, or one number
    #[arg(long, default_value = "50..500")]
    ops: String,
    /// A shape instead of the realistic mix; an unknown name lists them
    #[arg(long)]
    shape: Option<String>,
    /// The file to write
    #[arg(long)]
    out: PathBuf,
}

pub fn run(args: Args) -> Result<ExitCode> {
    let ops = range(&args.ops)?;
    let methods = match &args.shape {
        None => generate::realistic(args.seed, args.methods, ops.clone()),
        Some(name) => {
            let mut all = Vec::new();
            for i in 0..args.methods {
                let Some(mut some) =
                    generate::shape(name, ops.start, args.seed.wrapping_add(u64::from(i)))
                else {
                    let known: Vec<String> = SHAPES
                        .iter()
                        .map(|(n, what)| format!("  {n}: {what}"))
                        .collect();
                    bail!("no shape {name}; there are\n{}", known.join("\n"));
                };
                // Several copies in one file: names stay apart.
                for m in &mut some {
                    let rename = |name: &mut String| *name = format!("{name}_{i}");
                    if args.methods > 1 {
                        rename(&mut m.name);
                        m.funcs.iter_mut().for_each(|f| rename(&mut f.name));
                    }
                }
                all.extend(some);
            }
            all
        }
    };
    let mut text = String::new();
    print_module(&methods, &mut text);
    std::fs::write(&args.out, &text).with_context(|| args.out.display().to_string())?;
    let sizes: Vec<usize> = methods.iter().map(Method::operations).collect();
    println!(
        "{}: {} methods, {} operations, the largest {}",
        args.out.display(),
        sizes.len(),
        sizes.iter().sum::<usize>(),
        sizes.iter().max().unwrap_or(&0)
    );
    Ok(ExitCode::SUCCESS)
}

fn range(text: &str) -> Result<std::ops::Range<u32>> {
    let (low, high) = text.split_once("..").unwrap_or((text, ""));
    let number = |t: &str| t.replace('_', "").parse::<u32>().context("--ops LO..HI");
    let low = number(low)?;
    let high = if high.is_empty() {
        low.saturating_add(1)
    } else {
        number(high)?
    };
    ensure!(low < high, "--ops: {low}..{high} is empty");
    Ok(low..high)
}
