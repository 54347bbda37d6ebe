//! The stages, in the order in which they are run: quick ones first.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::demo::{demo, demo_real};
use super::stage::{Plan, Stage, Step};
use crate::bench;
use crate::cmd;
use crate::features;
use crate::services::{self, kind::Kind};
use crate::viewer;
use crate::workspace::Workspace;

#[rustfmt::skip]
pub const STAGES: &[Stage] = &[
    Stage::new("fmt", "every package is formatted", fmt),
    Stage::new("clippy", "no lint, all features but off", clippy),
    Stage::new("test", "tests with default features", test).with(SERVERS),
    Stage::new("test-all", "tests with all features but off; docs/attributes.md", test_all).with(SERVERS),
    Stage::new("test-off", "tests with the kit compiled out", test_off).with(SERVERS),
    Stage::new("features", "each library with each feature alone", single),
    Stage::new("loom", "models of the recorder's own protocols", loom),
    Stage::new("doctest", "examples in the documentation", doctest),
    Stage::new("rustdoc", "documentation without a warning", rustdoc),
    Stage::new("codegen", "generated code is up to date", codegen),
    Stage::new("viewer", "the viewer: lints and tests", viewer),
    Stage::new("page", "HotROD's page and its trace in a browser", page),
    Stage::new("demo", "the demos run and show all services", demo),
    Stage::new("demo-real", "the demos with real servers", demo_real).with(DEMOS),
    Stage::new("drills", "each drill's trace, and docs/drills.md", drills),
    Stage::new("drills-real", "the drills with real servers", drills_real).with(DEMOS),
    Stage::new("services", "private servers start, tell and stop, twice", private_servers),
    Stage::new("toggle", "on, off and compiled out record what they must", toggle),
    Stage::new("benches", "benchmarks run, and lose no span", benches),
    Stage::new("deny", "licences, sources, duplicates (cargo-deny)", deny),
];

const VIEWER: &str = "examples/viewer/Cargo.toml";
const FUZZ: &str = "fuzz/Cargo.toml";

/// What the demos talk to.
const DEMOS: &[Kind] = &[Kind::Redis, Kind::Mariadb, Kind::Rabbitmq];

/// What tests of the libraries talk to.
const SERVERS: &[Kind] = &Kind::ALL;

pub fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = cmd::cargo();
    // Nothing here is built twice: what incremental builds keep for that only fills the disk.
    cargo.current_dir(&workspace.root).args(arguments).env("CARGO_INCREMENTAL", "0");
    // The same cases every time: whether a change passes is not for chance to say. New cases are
    // what `cargo xtask fuzz` and a plain `cargo test` are for.
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        cargo.env("PROPTEST_RNG_SEED", "7");
    }
    cargo
}

fn with_all(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = cargo(workspace, arguments);
    cargo.args(["--features", &features::all_but_off(&workspace.packages)]);
    cargo
}

fn component(name: &str, component: &str) -> Result<()> {
    if !cmd::has_cargo_command(name) {
        bail!("cargo {name} is not there: rustup component add {component}");
    }
    Ok(())
}

fn there(workspace: &Workspace, path: impl AsRef<Path>) -> bool {
    workspace.root.join(path).exists()
}

fn fmt(workspace: &Workspace) -> Result<Plan> {
    component("fmt", "rustfmt")?;
    let mut steps =
        vec![Step::new(cargo(workspace, &["fmt", "--all", "--", "--check", "--color=never"]))];
    for manifest in [VIEWER, bench::MANIFEST, FUZZ] {
        if there(workspace, manifest) {
            let arguments = ["fmt", "--manifest-path", manifest, "--", "--check", "--color=never"];
            steps.push(Step::new(cargo(workspace, &arguments)));
        }
    }
    Ok(Plan::Run(steps))
}

fn clippy(workspace: &Workspace) -> Result<Plan> {
    component("clippy", "clippy")?;
    let mut cargo = with_all(workspace, &["clippy", "--workspace", "--all-targets"]);
    cargo.args(["--", "-D", "warnings"]);
    // Not among all targets, as it is no test of every run.
    let mut services = self::cargo(workspace, &["clippy", "-p", "xtask", "--test", "services"]);
    services.args(["--", "-D", "warnings"]);
    Ok(Plan::Run(vec![Step::new(cargo), Step::new(services)]))
}

/// Everything but doc tests, which have a stage, and benches, which have one. One run shows all
/// that fails.
const TARGETS: [&str; 7] =
    ["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--no-fail-fast"];

fn test(workspace: &Workspace) -> Result<Plan> {
    Ok(cargo(workspace, &TARGETS).into())
}

/// Then what the integrations have written is held against the page that tells of it.
fn test_all(workspace: &Workspace) -> Result<Plan> {
    let notes = workspace.target.join("xtask").join("attributes");
    if notes.exists() {
        fs::remove_dir_all(&notes).with_context(|| notes.display().to_string())?;
    }
    fs::create_dir_all(&notes).with_context(|| notes.display().to_string())?;
    let mut test = with_all(workspace, &TARGETS);
    test.env("TRACER_ATTRIBUTES_NOTED_IN", &notes);
    let mut check = cargo(workspace, &["run", "-p", "testing", "--bin", "attributes", "--"]);
    check.arg(&notes).args(["docs/attributes.md", "--check"]);
    Ok(Plan::Run(vec![Step::new(test), Step::new(check)]))
}

fn test_off(workspace: &Workspace) -> Result<Plan> {
    let mut cargo = cargo(workspace, &TARGETS);
    cargo.args(["--exclude", "xtask", "--features", "tracer-core/off"]);
    Ok(cargo.into())
}

fn single(workspace: &Workspace) -> Result<Plan> {
    let step = |(package, feature): (&str, Option<&str>)| {
        let mut cargo = cargo(workspace, &["check", "-p", package, "--no-default-features"]);
        if let Some(feature) = feature {
            cargo.args(["--features", feature]);
        }
        Step::new(cargo)
    };
    Ok(Plan::Run(features::singles(&workspace.packages).into_iter().map(step).collect()))
}

/// Built with loom's primitives in the place of the standard library's, and so not with anything
/// that others use.
fn loom(workspace: &Workspace) -> Result<Plan> {
    let arguments = ["test", "--release", "-p", "tracer-core", "--lib", "--", "models::"];
    let mut cargo = cargo(workspace, &arguments);
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    cargo.env("RUSTFLAGS", format!("{flags} --cfg loom").trim_start());
    cargo.env("CARGO_TARGET_DIR", workspace.target.join("loom"));
    Ok(cargo.into())
}

fn doctest(workspace: &Workspace) -> Result<Plan> {
    Ok(with_all(workspace, &["test", "--workspace", "--doc"]).into())
}

fn rustdoc(workspace: &Workspace) -> Result<Plan> {
    let mut cargo = with_all(workspace, &["doc", "--workspace", "--no-deps"]);
    cargo.env("RUSTDOCFLAGS", "-D warnings");
    Ok(cargo.into())
}

fn codegen(workspace: &Workspace) -> Result<Plan> {
    Ok(cargo(workspace, &["xtask", "codegen", "--check"]).into())
}

fn viewer(workspace: &Workspace) -> Result<Plan> {
    component("clippy", "clippy")?;
    let mut clippy = viewer::cargo(workspace, "clippy")?;
    clippy.args(["--all-targets", "--", "-D", "warnings"]);
    let test = viewer::cargo(workspace, "test")?;
    Ok(Plan::Run(vec![Step::new(clippy), Step::new(test)]))
}

/// Their trees, and those of the book that they have written.
fn drills(workspace: &Workspace) -> Result<Plan> {
    let run = cargo(workspace, &["xtask", "drill", "--all"]);
    let book = cargo(workspace, &["xtask", "drill", "--book", "--check"]);
    Ok(Plan::Run(vec![Step::new(run), Step::new(book)]))
}

fn drills_real(workspace: &Workspace) -> Result<Plan> {
    Ok(cargo(workspace, &["xtask", "drill", "--all", "--real"]).into())
}

fn page(workspace: &Workspace) -> Result<Plan> {
    Ok(cargo(workspace, &["xtask", "page"]).into())
}

/// A test that no other stage runs: it takes all servers, and takes them down.
fn private_servers(workspace: &Workspace) -> Result<Plan> {
    // Before: how long a download takes is not for the test to judge.
    services::install_all(workspace)?;
    Ok(cargo(workspace, &["test", "-p", "xtask", "--test", "services"]).into())
}

fn toggle(workspace: &Workspace) -> Result<Plan> {
    Ok(cargo(workspace, &["xtask", "demo", "toggle", "--requests", "2000"]).into())
}

/// Rows in which spans are made, and could be lost.
const ROWS_WITH_SPANS: [&str; 8] =
    ["root", "tags", "children", "poll", "flat-out", "encode", "otlp", "thread-local"];

/// The kit alone: its peers take longer to build than all the rest of this.
fn benches(workspace: &Workspace) -> Result<Plan> {
    let mut test = bench::cargo(workspace, "test");
    test.args(["--bin", "benches"]);
    let mut run = bench::cargo(workspace, "run");
    run.args(["--bin", "benches", "--", "--quick"]);
    run.args(ROWS_WITH_SPANS.iter().flat_map(|row| ["--case", row]));
    Ok(Plan::Run(vec![Step::new(test), Step::new(run)]))
}

/// Without advisories: a commit that passed must not fail because a database
/// elsewhere has changed.
fn deny(workspace: &Workspace) -> Result<Plan> {
    if !cmd::has_cargo_command("deny") {
        return Ok(Plan::Skip("cargo-deny is not installed".to_owned()));
    }
    let check = |manifest: &str| {
        let mut cargo = cargo(workspace, &["deny", "--manifest-path", manifest]);
        cargo.args(["--config", "deny.toml", "check", "bans", "licenses", "sources"]);
        Step::new(cargo)
    };
    // The benches are left out: what they hold the kit against is not shipped.
    Ok(Plan::Run(vec![check("Cargo.toml"), check(VIEWER)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STAGES.len());
    }
}
