//! The kit compiled out, beside the same program without the kit. That is another program, of
//! the same folder: `off` is a feature of the whole build.

use super::{Case, Effort, Failure, Row};
use crate::contestants::Who;
use crate::harness::measured::{Measured, Metric};
use crate::harness::{callgrind, child};

const fn row(name: &'static str, title: &'static str) -> Row {
    Row {
        name,
        title,
        who: &[Who::Kit, Who::Floor],
        figures: &[Metric::ProgramInstructions],
        effort: Effort::Once,
        launch,
        // The other program does it.
        run: |_| Measured::default(),
    }
}

pub const SPANS: Row = row("compiled-out", "compiled out, a request with everything");
pub const HTTP: Row = row("http-compiled-out", "HTTP without a wire, compiled out");

fn launch(case: Case) -> Result<Measured, Failure> {
    let program = child::own_path().with_file_name("compiled-out");
    if !program.exists() {
        let build = "cargo build --release --features off --bin compiled-out";
        return Err(Failure::NotHere(format!("compiled-out is not built ({build})")));
    }
    let what = if case.row.name == HTTP.name { "http" } else { "spans" };
    let counted = callgrind::count_program(&program, &[what, case.who.name()])?;
    Ok(Measured::default().with(Metric::ProgramInstructions, counted.all))
}
