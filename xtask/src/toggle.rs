//! `cargo xtask demo toggle`: the same requests with the kit on, off, and out.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::cmd;
use crate::progress::Progress;
use crate::table::table;
use crate::workspace::Workspace;

/// What else could switch the kit off behind our back.
const SWITCHES: [&str; 2] = ["TRACER_ENABLED", "OTEL_SDK_DISABLED"];

#[derive(Debug, Args)]
pub struct Options {
    /// Requests a measurement
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    requests: u32,

    /// Measurements of each variant, of which the fastest counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: u32,
}

/// A way to build and run the same program.
struct Variant {
    name: &'static str,
    compiled_out: bool,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
    records: bool,
}

/// The first is what the others are held against.
const VARIANTS: [Variant; 4] = [
    Variant {
        name: "without the kit",
        compiled_out: false,
        arguments: &["--bare"],
        environment: &[],
        records: false,
    },
    Variant { name: "on", compiled_out: false, arguments: &[], environment: &[], records: true },
    Variant {
        name: "off at run time",
        compiled_out: false,
        arguments: &[],
        environment: &[("TRACER_ENABLED", "false")],
        records: false,
    },
    Variant {
        name: "compiled out",
        compiled_out: true,
        arguments: &[],
        environment: &[],
        records: false,
    },
];

/// What one run says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measured {
    spans: u64,
    ns_per_request: f64,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let with = build(workspace, false)?;
    let without = build(workspace, true)?;

    for variant in VARIANTS.iter().skip(1) {
        let program = if variant.compiled_out { &without } else { &with };
        show(program, variant)?;
    }
    let mut best: [Option<Measured>; VARIANTS.len()] = [None; VARIANTS.len()];
    let rounds = options.rounds.max(1);
    for round in 1..=rounds {
        let progress = Progress::start(format!("measuring, round {round} of {rounds}"));
        // All variants in each round: what slows the machine for a while then
        // slows none of them alone.
        for (variant, best) in VARIANTS.iter().zip(&mut best) {
            let program = if variant.compiled_out { &without } else { &with };
            let measured = measure(program, variant, options.requests)?;
            let faster = |best: &Measured| best.ns_per_request <= measured.ns_per_request;
            *best = Some(best.filter(faster).unwrap_or(measured));
        }
        progress.end("done");
    }
    let best = best.into_iter().flatten().collect::<Vec<_>>();
    say!("{}", render(&best));
    say!(
        "{} requests a run, the quickest of {} rounds; some hundred ns are noise",
        options.requests,
        options.rounds
    );
    check(&best)?;
    Ok(ExitCode::SUCCESS)
}

fn build(workspace: &Workspace, compiled_out: bool) -> Result<PathBuf> {
    let (what, log) = if compiled_out {
        ("building with the kit compiled out", "toggle-off-build")
    } else {
        ("building with the kit", "toggle-build")
    };
    let log = workspace.log(log);
    cmd::new_log(&log)?;
    let mut cargo = cmd::cargo();
    cargo.current_dir(&workspace.root).args(["build", "--release", "-p", "minimal"]);
    if compiled_out {
        // A folder of its own, or the two would rebuild each other every time.
        cargo.args(["--features", "off"]).env("CARGO_TARGET_DIR", workspace.target.join("off"));
    }
    let mut progress = Progress::start(what);
    let status = cmd::run_logged(&mut cargo, &log, &mut progress);
    let built = status.as_ref().is_ok_and(|status| status.success());
    progress.end(if built { "done" } else { "failed" });
    if !status?.success() {
        note!("{}", cmd::tail(&log, 40));
        bail!("minimal could not be built (all of it in {})", log.display());
    }
    let folders: &[&str] = if compiled_out { &["off", "release"] } else { &["release"] };
    Ok(workspace.program(folders, "minimal"))
}

/// Runs the program as a variant says, with no other variables of tracing's; what it printed.
fn run_variant(program: &Path, variant: &Variant, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(program);
    command.args(variant.arguments).args(arguments);
    for switch in SWITCHES {
        command.env_remove(switch);
    }
    command.envs(variant.environment.iter().copied());
    let output = command.output().with_context(|| cmd::said(&command))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {} failed: {}", variant.name, cmd::said(&command), error.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// One request, its reply, and the spans that come of it.
fn show(program: &Path, variant: &Variant) -> Result<()> {
    let said = run_variant(program, variant, &[])?;
    say!("{}:", variant.name);
    for line in said.lines().filter(|line| !line.is_empty()) {
        say!("  {line}");
    }
    match (variant.records, said.contains("trace ")) {
        (true, false) => bail!("{}: no spans were drawn", variant.name),
        (false, true) => bail!("{}: spans were drawn", variant.name),
        (true, true) => {}
        (false, false) => say!("  (no spans)"),
    }
    say!();
    Ok(())
}

fn measure(program: &Path, variant: &Variant, requests: u32) -> Result<Measured> {
    let said = run_variant(program, variant, &["--measure", &requests.to_string()])?;
    parse(&said).with_context(|| format!("{}: it said: {said}", variant.name))
}

/// Reads the lines `spans=N` and `ns_per_request=F`; others are for people.
fn parse(text: &str) -> Result<Measured> {
    let value = |key: &str| {
        let lines = text.lines().filter_map(|line| line.trim().split_once('='));
        let found = lines.filter(|(name, _)| *name == key).map(|(_, value)| value).next_back();
        found.with_context(|| format!("no {key}= in what it printed"))
    };
    Ok(Measured {
        spans: value("spans")?.parse().context("spans=")?,
        ns_per_request: value("ns_per_request")?.parse().context("ns_per_request=")?,
    })
}

fn render(measured: &[Measured]) -> String {
    let bare = measured.first().map_or(0.0, |bare| bare.ns_per_request);
    let rows = VARIANTS.iter().zip(measured).enumerate().map(|(at, (variant, measured))| {
        let added = match at {
            0 => "-".to_owned(),
            _ => format!("{:+.0}", measured.ns_per_request - bare),
        };
        let time = format!("{:.0}", measured.ns_per_request);
        vec![variant.name.to_owned(), measured.spans.to_string(), time, added]
    });
    let head = ["variant", "spans recorded", "ns per request", "added"];
    table(&head, &rows.collect::<Vec<_>>(), true)
}

/// The times are the machine's; the spans must be right everywhere.
fn check(measured: &[Measured]) -> Result<()> {
    for (variant, measured) in VARIANTS.iter().zip(measured) {
        if variant.records != (measured.spans > 0) {
            let should = if variant.records { "some" } else { "none" };
            bail!("{}: {} spans were recorded, not {should}", variant.name, measured.spans);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_says_is_read() {
        let measured = parse("warm\nspans=40\nother=1\nns_per_request=812.5\n").unwrap();
        assert_eq!(measured, Measured { spans: 40, ns_per_request: 812.5 });
        assert!(parse("spans=1").unwrap_err().to_string().contains("ns_per_request"));
        assert!(parse("spans=x\nns_per_request=1").is_err());
    }

    #[test]
    fn times_are_held_against_the_bare_request() {
        let at = |spans, ns_per_request| Measured { spans, ns_per_request };
        let text = render(&[at(0, 1000.0), at(6, 1800.4), at(0, 1010.0), at(0, 999.0)]);
        let expected = "\
variant          spans recorded  ns per request  added
---------------  --------------  --------------  -----
without the kit               0            1000      -
on                            6            1800   +800
off at run time               0            1010    +10
compiled out                  0             999     -1
";
        assert_eq!(text, expected);
    }

    #[test]
    fn spans_where_none_belong_are_an_error() {
        let at = |spans| Measured { spans, ns_per_request: 1.0 };
        assert!(check(&[at(0), at(6), at(0), at(0)]).is_ok());
        let error = check(&[at(0), at(6), at(1), at(0)]).unwrap_err().to_string();
        assert!(error.contains("off at run time"), "{error}");
        assert!(check(&[at(0), at(0), at(0), at(0)]).is_err());
    }
}
