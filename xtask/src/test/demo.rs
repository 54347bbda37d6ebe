//! The demos as stages: they run once, and show what they should.

use std::process::Command;

use anyhow::{Result, bail};

use super::stage::{Plan, Step};
use super::stages::cargo;
use crate::ports;
use crate::services::kind::{DATABASE_URL, Kind};
use crate::workspace::Workspace;

/// An example: how it is started, and what its output has to name.
struct Demo {
    command: &'static [&'static str],
    /// Options that say where a service listens.
    services: &'static [&'static str],
    /// Its services, and spans that it has to draw, on whatever servers.
    shows: &'static [&'static str],
    /// By these it says that it uses real ones.
    real: &'static [&'static str],
}

const CHAIN: Demo = Demo {
    command: &["xtask", "demo", "--once"],
    services: &["--server1", "--server2", "--server3"],
    shows: &[
        "server1",
        "server2",
        "server3",
        "─ SETEX ",
        "─ SELECT chain_items",
        "─ INSERT chain_orders",
    ],
    real: &["uses MySQL at ", " and Redis at "],
};

const SMS_LOGIN: Demo = Demo {
    command: &["xtask", "demo", "sms-login", "--once"],
    services: &["--api", "--auth", "--sms"],
    shows: &[
        "─ publish sms-login.sms",
        "─ process sms-login.sms",
        "─ nack sms-login.sms",
        "─ publish sms-login.dead",
        "─ MULTI ",
    ],
    real: &["a real Redis and a real RabbitMQ"],
};

const HOTROD: Demo = Demo {
    command: &["xtask", "demo", "hotrod", "--once"],
    services: &["--frontend", "--customer", "--driver", "--route"],
    shows: &[
        "40 spans  4 services",
        "POST /dispatch (server)",
        "─ SELECT hotrod_customers",
        "─ drivers.v1.Drivers/FindNearest",
        "─ LRANGE ",
        "! timeout",
        "waiting for the lock",
        "─ MGET ",
        "last car",
    ],
    real: &["customers are in MySQL at ", ", drivers in Redis at "],
};

/// Looks at what it has printed.
type Check = fn(&str) -> Result<()>;

impl Demo {
    /// Through cargo: the stages before may have replaced the program that runs now.
    fn once(&self, workspace: &Workspace, arguments: &[&str]) -> Result<Command> {
        const VIEWER: [&str; 3] = ["--ui-port", "--otlp-grpc-port", "--otlp-http-port"];
        let ports = ports::free(self.services.len() + VIEWER.len())?;
        let mut cargo = cargo(workspace, self.command);
        // Whatever collector the developer uses, this is about the viewer here.
        cargo.args(arguments).env_remove("OTEL_EXPORTER_OTLP_ENDPOINT");
        for (option, port) in self.services.iter().zip(&ports) {
            cargo.args([option, format!("127.0.0.1:{port}").as_str()]);
        }
        for (option, port) in VIEWER.iter().zip(&ports[self.services.len()..]) {
            cargo.args([option, port.to_string().as_str()]);
        }
        Ok(cargo)
    }

    /// With what is built in, whatever servers the developer has.
    fn embedded(&self, workspace: &Workspace, check: Check) -> Result<Step> {
        let mut cargo = self.once(workspace, &[])?;
        let variables = Kind::ALL.map(Kind::variable);
        for variable in variables.into_iter().chain([DATABASE_URL]) {
            cargo.env_remove(variable);
        }
        Ok(Step::new(cargo).with_check(check))
    }

    fn on_real_ones(&self, workspace: &Workspace, check: Check) -> Result<Step> {
        let mut cargo = self.once(workspace, &["--real"])?;
        cargo.env_remove(DATABASE_URL);
        Ok(Step::new(cargo).with_check(check))
    }

    fn shows_all(&self, output: &str) -> Result<()> {
        names(output, self.shows)
    }

    fn shows_all_of_real_ones(&self, output: &str) -> Result<()> {
        self.shows_all(output)?;
        names(output, self.real)
    }
}

pub fn demo(workspace: &Workspace) -> Result<Plan> {
    Ok(Plan::Run(vec![
        CHAIN.embedded(workspace, |output| CHAIN.shows_all(output))?,
        SMS_LOGIN.embedded(workspace, |output| SMS_LOGIN.shows_all(output))?,
        HOTROD.embedded(workspace, |output| HOTROD.shows_all(output))?,
    ]))
}

pub fn demo_real(workspace: &Workspace) -> Result<Plan> {
    Ok(Plan::Run(vec![
        CHAIN.on_real_ones(workspace, |output| CHAIN.shows_all_of_real_ones(output))?,
        SMS_LOGIN.on_real_ones(workspace, |output| SMS_LOGIN.shows_all_of_real_ones(output))?,
        HOTROD.on_real_ones(workspace, |output| HOTROD.shows_all_of_real_ones(output))?,
    ]))
}

fn names(output: &str, words: &[&str]) -> Result<()> {
    match words.iter().find(|word| !output.contains(**word)) {
        Some(missing) => bail!("the demo's output does not name {missing}"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_has_to_name_all_that_it_shows() {
        for demo in [CHAIN, SMS_LOGIN, HOTROD] {
            let drawn = demo.shows.join("\n");
            assert!(demo.shows_all(&drawn).is_ok());
            for word in demo.shows {
                let error = demo.shows_all(&drawn.replace(word, "")).unwrap_err();
                assert!(error.to_string().contains(word));
            }
        }
    }

    #[test]
    fn stand_ins_are_not_the_real_ones() {
        let drawn = CHAIN.shows.join("\n");
        let real = format!("server3 uses MySQL at db:1/orders, and Redis at db:2\n{drawn}");
        assert!(CHAIN.shows_all_of_real_ones(&real).is_ok());
        let half = real.replace("Redis", "a stand-in for Redis");
        assert!(CHAIN.shows_all(&half).is_ok() && CHAIN.shows_all_of_real_ones(&half).is_err());
    }
}
