//! `chain demo`: starts the services, sends requests, draws what comes of them.

use std::io::{self, IsTerminal};
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tracer_core::{MemoryReporter, WaterfallStyle};

use crate::cli::DemoOptions;
use crate::reporting::{otlp, shut_down};
use crate::say::{is_unread, say};
use crate::serving::interrupted;
use crate::store::Stores;
use crate::traces::{Trace, Traces};
use crate::wire::direct_client;
use crate::{Addresses, Chain, Tracers, runtime};

/// How long a trace of a request that was answered may take to be complete.
const COMPLETE: Duration = Duration::from_secs(5);
/// How long a receiver is waited for: the next trace on the screen waits behind it.
const GIVE_UP: Duration = Duration::from_secs(1);

/// Runs it.
///
/// # Errors
/// When an address is taken, a store can't be opened, or the first service can't be reached.
pub fn run(options: &DemoOptions) -> Result<ExitCode> {
    let memory = MemoryReporter::new();
    let tracers = tracers(options, &memory)?;
    let shown = runtime::run(show(options, &tracers, memory));
    shut_down(&tracers.all());
    match shown {
        Err(error) if !is_unread(&error) => Err(error),
        _ => Ok(ExitCode::SUCCESS),
    }
}

async fn show(options: &DemoOptions, tracers: &Tracers, memory: MemoryReporter) -> Result<()> {
    let mut interrupted = pin!(interrupted()?);
    let stores = Stores::from_env();
    let chain = tokio::select! {
        chain = Chain::start(options.addresses, &stores, tracers) => chain?,
        // A database that does not answer is no reason to stay.
        () = &mut interrupted => return Ok(()),
    };
    let mut screen = Screen {
        traces: Traces::new(tracers.clone(), memory),
        // Once, the viewer ends with this, and a link to it would lead nowhere.
        viewer: options.viewer_url.clone().filter(|_| !options.once),
        style: style(),
    };

    let shown = tokio::select! {
        shown = screen.show(&chain, options.once) => shown,
        () = &mut interrupted => {
            say("stopping: sending what is left …").map_err(Into::into)
        }
    };
    chain.stop().await;
    shown
}

/// Three tracers whose spans are kept for the screen, and sent on if there is a receiver.
fn tracers(options: &DemoOptions, memory: &MemoryReporter) -> Result<Tracers> {
    Tracers::new(|builder| {
        let memory = memory.clone();
        // The screen goes first: it does not wait for a collector that is slow, or down.
        Ok(match otlp(options.otlp_endpoint.as_deref(), Some(GIVE_UP))? {
            Some(otlp) => builder.reporter((memory, otlp)).build(),
            None => builder.reporter(memory).build(),
        })
    })
}

fn style() -> WaterfallStyle {
    let plain = std::env::var_os("NO_COLOR").is_some() || !std::io::stdout().is_terminal();
    if plain { WaterfallStyle::Plain } else { WaterfallStyle::Coloured }
}

/// What is shown of the traces.
struct Screen {
    traces: Traces,
    viewer: Option<String>,
    style: WaterfallStyle,
}

impl Screen {
    /// Once: one good order. Else a failing one too, and then whatever others send.
    async fn show(&mut self, chain: &Chain, once: bool) -> Result<()> {
        let at = chain.addresses;
        say(format_args!("server3 uses {}\n", chain.store))?;
        let good = [("customer", "7"), ("item", "lamp"), ("quantity", "2")];
        let trace = self.order(at, &good).await?;
        if once {
            let trace = trace.context("no trace came of the order")?;
            let lacking = trace.lacks();
            if !lacking.is_empty() {
                bail!("the trace lacks spans of {}", lacking.join(", "));
            }
            return Ok(());
        }
        let failing = [("customer", "8"), ("item", "unicorn")];
        self.order(at, &failing).await?;
        explain(at)?;
        loop {
            let trace = self.traces.next().await;
            self.draw(&trace)?;
        }
    }

    /// Sends an order as a customer would, and draws its trace.
    async fn order(&mut self, at: Addresses, form: &[(&str, &str)]) -> Result<Option<Trace>> {
        let url = format!("http://{}/orders", at.server1);
        let response = direct_client()?
            .post(&url)
            .form(form)
            .send()
            .await
            .context("server1 does not answer")?;
        let fields: Vec<_> = form.iter().map(|(k, v)| format!("{k}={v}")).collect();
        say(format_args!("POST {url} {}", fields.join("&")))?;
        let (status, text) = (response.status(), response.text().await?);
        say(format_args!("{status} {}\n", text.trim()))?;

        let trace = self.traces.next_within(COMPLETE).await;
        match &trace {
            Some(trace) => self.draw(trace)?,
            None => say("no trace yet: is tracing off, or the collector down?\n")?,
        }
        Ok(trace)
    }

    fn draw(&self, trace: &Trace) -> io::Result<()> {
        say(trace.waterfall(self.style))?;
        if let (Some(viewer), Some(id)) = (&self.viewer, trace.id) {
            say(format_args!("{}/trace/{id}\n", viewer.trim_end_matches('/')))?;
        }
        Ok(())
    }
}

fn explain(at: Addresses) -> io::Result<()> {
    let Addresses { server1, server2, server3 } = at;
    say(format_args!(
        "The services are up until Ctrl-C. Order something, and see what became of it:
  curl -w '\\n' -d customer=7 -d item=chair http://{server1}/orders
  curl -w '\\n' http://{server1}/orders/1
Too many pianos, and nobody to take them:
  curl -w '\\n' -d customer=7 -d item=piano http://{server1}/orders
Switch server2's tracing off, and order again (-d on: back on; GET reads it):
  curl -X PUT -d off http://{server2}/tracing
server1 and server3 (at {server3}) have the same switch. With server1 off the customer's id, which
server1 puts into the baggage, is not there either; with all off no trace is drawn.
"
    ))
}
