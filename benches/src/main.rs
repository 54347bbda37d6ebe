//! The kit beside its peers: every contestant in a process of its own, taking turns, every span
//! counted where it is reported.

mod cli;
mod contestants;
mod harness;
mod http;
mod model;
#[cfg(feature = "peers")]
mod plot;
mod receiver;
mod report;
mod rows;
mod targets;

use std::process::ExitCode;

use cli::Command;
use harness::rounds;

#[global_allocator]
static ALLOCATOR: harness::alloc::Counting = harness::alloc::Counting;

fn main() -> ExitCode {
    match cli::parse(std::env::args().skip(1)) {
        Ok(Command::Case(case)) => {
            print!("{}", (case.row.run)(case).to_lines());
            ExitCode::SUCCESS
        }
        #[cfg(feature = "peers")]
        Ok(Command::Point(point)) => {
            print!("{}", point.take().to_lines());
            ExitCode::SUCCESS
        }
        #[cfg(feature = "peers")]
        Ok(Command::Plots { quick }) => match plot::run(quick) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("benches: {why}");
                ExitCode::FAILURE
            }
        },
        Ok(Command::Receiver) => match receiver::serve() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("receiver: {error}");
                ExitCode::FAILURE
            }
        },
        Ok(Command::List) => {
            for row in rows::ALL {
                println!("{:<14} {}", row.name, row.title);
            }
            ExitCode::SUCCESS
        }
        Ok(Command::Bench(options)) => bench(&options),
        Err(why) => {
            eprintln!("benches: {why}\n\n{}", cli::USAGE);
            ExitCode::from(2)
        }
    }
}

fn bench(options: &cli::Options) -> ExitCode {
    let machine = report::machine::Machine::look(options.quick);
    let mut findings = Vec::new();
    for row in &options.rows {
        eprintln!("{}: {}", row.name, row.title);
        findings.push(rounds::run(row, options.quick));
    }
    let lines = report::lines(&findings);
    print!("{}", report::terminal(&lines));
    let (failures, missed) = (report::failures(&findings), report::missed(&lines));
    let notes: Vec<String> = [report::gaps(&findings), missed.clone(), failures.clone()].concat();
    for note in &notes {
        println!("{note}");
    }
    if options.write
        && let Err(error) = report::markdown::write(&machine, &lines, &notes)
    {
        eprintln!("benches: {error}");
        return ExitCode::FAILURE;
    }
    let well = failures.is_empty() && (missed.is_empty() || !options.check);
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
