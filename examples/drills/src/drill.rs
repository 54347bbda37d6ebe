//! What a drill is.

use std::time::Duration;

use anyhow::Result;
use futures_util::future::BoxFuture;

use crate::field::{ChainField, Kind, LoginField, Servers};

/// Something that breaks, and what comes of it.
#[derive(Clone, Copy, Debug)]
pub struct Drill {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What somebody would like to know.
    pub question: &'static str,
    /// What is broken, in words.
    pub broken: &'static str,
    /// Faults, as they are given to `--fault`.
    pub faults: &'static [&'static str],
    /// What else is different from an ordinary day.
    pub setup: Setup,
    /// What is done.
    pub scene: Scene,
    /// What has to come of it.
    pub expected: Expected,
    /// How the trace is read.
    pub look: &'static str,
    /// What one would do about it in production.
    pub production: &'static str,
}

/// Who plays.
#[derive(Clone, Copy)]
pub enum Scene {
    /// The three services of `examples/chain`.
    Chain(Play<ChainField>),
    /// Those of `examples/sms-login`.
    Login(Play<LoginField>),
}

/// Sends what is to be sent, and returns what the caller got.
pub type Play<F> = for<'a> fn(&'a F) -> BoxFuture<'a, Result<String>>;

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Chain(_) => "Chain",
            Self::Login(_) => "Login",
        })
    }
}

/// What can be different from an ordinary day, beside faults.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// How often a service asks again.
    pub retries: u32,
    /// How long server2 waits for server3.
    pub patience: Duration,
    /// Whether traces that begin at server1 are recorded.
    pub is_sampled: bool,
    /// Whether there is a collector that answers.
    pub has_collector: bool,
    /// Whether server3 is a process of its own, which may be killed.
    pub server3_apart: bool,
    /// Whether orders are kept in a file, where there is no real database.
    pub in_a_file: bool,
    /// A server that is there for this drill alone, and may be stopped.
    pub stops: Option<Kind>,
    /// The same, where servers are real.
    pub stops_real: Option<Kind>,
}

impl Setup {
    /// An ordinary day.
    pub const ORDINARY: Self = Self {
        retries: 0,
        patience: Duration::from_secs(10),
        is_sampled: true,
        has_collector: true,
        server3_apart: false,
        in_a_file: false,
        stops: None,
        stops_real: None,
    };

    /// What may be stopped in this drill.
    #[must_use]
    pub const fn stops(&self, servers: &Servers) -> Option<Kind> {
        match self.stops {
            None if servers.are_real() => self.stops_real,
            stops => stops,
        }
    }
}

/// What has to come of a drill.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// What the caller gets: it begins so.
    pub caller: &'static str,
    /// The spans that are marked as errors, and no others: a service and a span's name each, and how
    /// often, in the order of the alphabet. A name that ends in an address goes without it.
    pub errors: &'static [&'static str],
    /// How many traces there are.
    pub traces: usize,
    /// The services that have spans.
    pub services: &'static [&'static str],
    /// Spans that may end after their parents.
    pub outlive: &'static [&'static str],
    /// Spans that have to be there.
    pub shows: &'static [&'static str],
    /// Words that some span's log has to say.
    pub logs: &'static [&'static str],
    /// How many spans there are, where that is the point.
    pub spans: Option<usize>,
    /// Whether the caller's customer is known at every hop.
    pub has_customer: bool,
}

impl Expected {
    /// A customer's order that works.
    pub const ORDER: Self = Self {
        caller: "201 Created",
        errors: &[],
        traces: 1,
        services: &["server1", "server2", "server3"],
        outlive: &[],
        shows: &[],
        logs: &[],
        spans: None,
        has_customer: true,
    };

    /// A code that is sent.
    pub const CODE: Self = Self {
        caller: "202 Accepted",
        services: &["api", "auth", "sms"],
        has_customer: false,
        ..Self::ORDER
    };
}
