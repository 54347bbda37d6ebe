//! The chain under load while its collector is killed, hung, slowed and restarted.
//!
//! Half of the time the collector works, half of it it does not. What the services cost, and how
//! quick they are, is held against each other; what they have recorded, against what has arrived.
//! Progress goes to standard error, the rows of the table to standard output as JSON:
//! `cargo xtask soak` draws it.

mod figures;
mod load;
mod plan;
mod process;
mod receiver;
mod services;
mod verdict;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Parser;
use serde_json::Value;

use load::Load;
use receiver::Receiver;
use services::{NAMES, Services};
use verdict::{Row, Run};
use watch::Watch;

/// Before anything is measured: connections are opened.
const WARM_UP: Duration = Duration::from_secs(30);
/// Then the collector hangs for longer than it ever will again, until each recorder has filled its
/// budget for what waits, and is well again until that is sent. A few times: which thread has which
/// part of the budget, and keeps it, is another one each time. That memory has its bound, and what
/// grows from here on grows without an end.
const FILLS: usize = 3;
const FILLED: Duration = Duration::from_secs(40);
const EMPTIED: Duration = Duration::from_secs(20);
/// What memory does in less says nothing.
const LEAST_MINUTES: u32 = 3;

/// What `cargo xtask soak` asks for; its defaults are there
#[derive(Debug, Parser)]
struct Options {
    /// The program with the three services
    #[arg(long)]
    chain: PathBuf,

    /// How long
    #[arg(long)]
    minutes: u32,

    /// Orders a second
    #[arg(long)]
    rate: u32,

    /// Of the troubles; another one each time where there is none
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(rows) => {
            println!("{}", Value::from_iter(rows.iter().map(Row::to_json)));
            let is_missed = rows.iter().any(|row| row.is_reached == Some(false));
            ExitCode::from(u8::from(is_missed))
        }
        Err(error) => {
            eprintln!("soak: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<Vec<Row>> {
    ensure!(options.minutes >= LEAST_MINUTES, "{LEAST_MINUTES} minutes at least");
    ensure!(options.rate > 0, "no order a second is no load");
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let total = Duration::from_secs(u64::from(options.minutes) * 60);
    let slices = plan::slices(total, seed);
    eprintln!("{} min, {} orders a second, seed {seed}", options.minutes, options.rate);

    let mut receiver = Receiver::start()?;
    let services = Services::start(&options.chain, &receiver.endpoint())?;
    let mut watch = Watch::new(&services, &mut receiver)?;
    let load = |began| Load::start(services.address, options.rate, began);
    let warm_up = load(Instant::now());
    watch.wait(WARM_UP)?;
    for _ in 0..FILLS {
        watch.hang(FILLED)?;
        watch.wait(EMPTIED)?;
    }
    warm_up.end()?;
    let before = watch.at_rest()?;
    let began = Instant::now();
    let load = load(began);
    let watched = watch.slices(&slices, began)?;
    let answers = load.end()?;
    let at_rest = [before, watch.at_rest()?];
    let books = services.end()?.into_iter().map(|(_, books)| books).collect();
    let counts = NAMES.map(|name| receiver.count(name)).to_vec();
    Ok(Run { answers, watched, at_rest, books, counts }.rows())
}
