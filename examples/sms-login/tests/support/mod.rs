//! The services on free ports, and their traces.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::time::Duration;

use contrib_metrics::RedMetrics;
use example_parts::faults::Faults;
use example_parts::http::direct_client;
use example_parts::traces::Traces;
use serde_json::{Value, json};
use sms_login::sms::TRIES;
use sms_login::{Addresses, Backing, Login, Tracers};
use testing::tree;
use tracer_core::{FinishedSpan, MemoryReporter};

const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) struct Running {
    pub(crate) login: Login,
    traces: Traces,
}

impl Running {
    pub(crate) async fn start(backing: Backing) -> Self {
        Self::start_measured(backing, &RedMetrics::new()).await
    }

    pub(crate) async fn start_measured(backing: Backing, metrics: &RedMetrics) -> Self {
        sms_login::demo::logs();
        let memory = MemoryReporter::new();
        let tracers = Tracers::new(|builder| {
            Ok(builder.reporter(memory.clone()).processor(metrics.clone()).build())
        });
        let tracers = tracers.unwrap();
        let any = ([127, 0, 0, 1], 0).into();
        let wanted = Addresses { api: any, auth: any, sms: any };
        let login = Login::start(wanted, &backing, &tracers, &Faults::none()).await.unwrap();
        let traces = Traces::new(tracers.all().map(Clone::clone).to_vec(), memory);
        Self { login, traces }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> u16 {
        let url = format!("http://{}{path}", self.login.addresses.api);
        let response = direct_client().unwrap().post(url).json(&body).send().await.unwrap();
        response.status().as_u16()
    }

    pub(crate) async fn ask_for_a_code(&self, phone: &str) -> u16 {
        self.post("/codes", json!({ "phone": phone })).await
    }

    pub(crate) async fn enter(&self, phone: &str, code: &str) -> u16 {
        self.post("/login", json!({ "phone": phone, "code": code })).await
    }

    /// The one in the SMS to this telephone.
    pub(crate) async fn code(&self, phone: &str) -> String {
        let text = tokio::time::timeout(PATIENCE, self.login.telephones.text(phone)).await;
        text.unwrap().unwrap().chars().filter(char::is_ascii_digit).collect()
    }

    /// Until an SMS to this telephone was tried for the last time.
    pub(crate) async fn given_up(&self, phone: &str) {
        let refused = self.login.telephones.refused(phone, TRIES);
        tokio::time::timeout(PATIENCE, refused).await.unwrap();
    }

    /// The spans of the trace in which one is called so; those of others are left out.
    pub(crate) async fn spans_until(&mut self, name: &str) -> Vec<FinishedSpan> {
        let mut spans: Vec<FinishedSpan> = Vec::new();
        loop {
            let named = spans.iter().find(|span| span.name == name);
            if let Some(trace) = named.map(|span| span.trace_id) {
                spans.retain(|span| span.trace_id == trace);
                return spans;
            }
            let next = self.traces.next_within(PATIENCE).await;
            spans.extend(next.unwrap_or_else(|| panic!("no {name} in\n{}", tree(&spans))).spans);
        }
    }
}
