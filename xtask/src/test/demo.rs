//! The demo as a stage: it runs once, and shows what it should.

use std::process::Command;

use anyhow::{Result, bail};

use super::stage::{Plan, Step};
use super::stages::cargo;
use crate::ports;
use crate::services::kind::{DATABASE_URL, Kind};
use crate::workspace::Workspace;

/// What the demo's output has to name.
const SERVICES: [&str; 3] = ["server1", "server2", "server3"];

/// Spans of its stores that it has to draw as well, real or embedded.
const STORES: [&str; 3] = ["─ SETEX ", "─ SELECT chain_items", "─ INSERT chain_orders"];

/// By these it says that it does not use what is embedded.
const REAL: [&str; 2] = ["uses MySQL at ", " and Redis at "];

/// Through cargo: the stages before may have replaced the program that runs now.
fn demo_once(workspace: &Workspace, arguments: &[&str]) -> Result<Command> {
    let ports = ports::free(6)?;
    let mut cargo = cargo(workspace, &["xtask", "demo", "--once"]);
    // Whatever collector the developer uses, this is about the viewer here.
    cargo.args(arguments).env_remove("OTEL_EXPORTER_OTLP_ENDPOINT");
    for (option, port) in ["--server1", "--server2", "--server3"].iter().zip(&ports) {
        cargo.args([option, format!("127.0.0.1:{port}").as_str()]);
    }
    for (option, port) in
        ["--ui-port", "--otlp-grpc-port", "--otlp-http-port"].iter().zip(&ports[3..])
    {
        cargo.args([option, port.to_string().as_str()]);
    }
    Ok(cargo)
}

/// With what is built in, whatever servers the developer has.
pub fn demo(workspace: &Workspace) -> Result<Plan> {
    let mut cargo = demo_once(workspace, &[])?;
    let variables = Kind::ALL.map(Kind::variable);
    for variable in variables.into_iter().chain([DATABASE_URL]) {
        cargo.env_remove(variable);
    }
    Ok(Plan::Run(vec![Step::new(cargo).with_check(shows_all)]))
}

pub fn demo_real(workspace: &Workspace) -> Result<Plan> {
    let mut cargo = demo_once(workspace, &["--real"])?;
    cargo.env_remove(DATABASE_URL);
    Ok(Plan::Run(vec![Step::new(cargo).with_check(shows_all_of_real_ones)]))
}

fn shows_all(output: &str) -> Result<()> {
    names(output, SERVICES.into_iter().chain(STORES))
}

fn shows_all_of_real_ones(output: &str) -> Result<()> {
    shows_all(output)?;
    names(output, REAL.into_iter())
}

fn names(output: &str, mut words: impl Iterator<Item = &'static str>) -> Result<()> {
    match words.find(|word| !output.contains(word)) {
        Some(missing) => bail!("the demo's output does not name {missing}"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_has_to_name_each_service() {
        let drawn = STORES.join("\n");
        assert!(shows_all(&format!("server1 → server2 → server3\n{drawn}")).is_ok());
        let error = shows_all(&format!("server1 → server3\n{drawn}")).unwrap_err();
        assert!(error.to_string().contains("server2"));
        assert!(shows_all("server1 → server2 → server3").is_err());
    }

    #[test]
    fn stand_ins_are_not_the_real_ones() {
        let drawn = format!("server1 server2 server3\n{}", STORES.join("\n"));
        let real = format!("server3 uses MySQL at db:1/orders, and Redis at db:2\n{drawn}");
        assert!(shows_all_of_real_ones(&real).is_ok());
        let half = real.replace("Redis", "a stand-in for Redis");
        assert!(shows_all(&half).is_ok() && shows_all_of_real_ones(&half).is_err());
    }
}
