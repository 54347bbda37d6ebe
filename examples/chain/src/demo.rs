//! `chain demo`: starts the services, sends requests, draws what comes of them.

use std::io;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use example_parts::demo;
use example_parts::http::direct_client;
use example_parts::reporting::for_the_screen;
use example_parts::say::say;
use example_parts::screen::Screen;
use example_parts::traces::Trace;
use tracer_core::MemoryReporter;
use tracer_core::semconv::DB_SYSTEM_NAME;
use tracer_core::semconv::db::REDIS;

use crate::cli::DemoOptions;
use crate::store::Stores;
use crate::{Addresses, Chain, Options, Tracers};

/// Runs it.
///
/// # Errors
/// When an address is taken, a store can't be opened, or the first service can't be reached.
pub fn run(options: &DemoOptions) -> Result<ExitCode> {
    let memory = MemoryReporter::new();
    let endpoint = options.showing.otlp_endpoint.as_deref();
    let tracers = Tracers::new(|builder| for_the_screen(builder, &memory, endpoint))?;
    let stores = Stores::from_env();
    let faults = options.faults.faults();
    let chain = Options { faults: faults.clone(), ..Options::default() };
    demo::run(
        &tracers.all(),
        options.showing.screen(options.once, &tracers.all(), memory),
        async {
            let chain = Chain::start(options.addresses, &stores, &tracers, &chain).await?;
            options.faults.apply(&faults)?;
            Ok(chain)
        },
        async |screen, chain| orders(screen, chain, options).await,
        async |chain| chain.stop().await,
    )
}

/// What is shown of it once: one good order. Else a failing one too, and then whatever others send.
async fn orders(screen: &mut Screen, chain: &Chain, options: &DemoOptions) -> Result<()> {
    let at = chain.addresses;
    say(format_args!("server3 uses {}\n", chain.store))?;
    let good = [("customer", "7"), ("item", "lamp"), ("quantity", "2")];
    let trace = order(screen, at, &good).await?;
    if options.once {
        let trace = trace.context("no trace came of the order")?;
        let lacking = lacks(&trace);
        if !lacking.is_empty() {
            bail!("the trace lacks spans of {}", lacking.join(", "));
        }
        return Ok(());
    }
    let failing = [("customer", "8"), ("item", "unicorn")];
    order(screen, at, &failing).await?;
    explain(at)?;
    if options.faults.allow_faults {
        explain_faults(at)?;
    }
    Ok(screen.draw_all().await?)
}

/// Sends an order as a customer would, and draws its trace.
async fn order(screen: &mut Screen, at: Addresses, form: &[(&str, &str)]) -> Result<Option<Trace>> {
    let url = format!("http://{}/orders", at.server1);
    let response =
        direct_client()?.post(&url).form(form).send().await.context("server1 does not answer")?;
    let fields: Vec<_> = form.iter().map(|(k, v)| format!("{k}={v}")).collect();
    say(format_args!("POST {url} {}", fields.join("&")))?;
    let (status, text) = (response.status(), response.text().await?);
    say(format_args!("{status} {}\n", text.trim()))?;
    Ok(screen.draw_next().await?)
}

/// What an order goes through, and this trace has no span of: a service, the cache or the book.
#[must_use]
pub fn lacks(trace: &Trace) -> Vec<&'static str> {
    let mut missing = trace.lacks(&["server1", "server2", "server3"]);
    let stores = trace.spans.iter().filter_map(|span| span.tag(DB_SYSTEM_NAME));
    let stores: Vec<_> = stores.map(|system| system.to_string()).collect();
    if !stores.iter().any(|system| system == REDIS) {
        missing.push("Redis");
    }
    if !stores.iter().any(|system| system != REDIS) {
        missing.push("SQL");
    }
    missing
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

fn explain_faults(at: Addresses) -> io::Result<()> {
    let Addresses { server1, .. } = at;
    say(format_args!(
        "Break something for all, mend it, and break it for one order only:
  curl -X PUT -d 'server3.redis=timeout:200ms' http://{server1}/faults
  curl -X PUT -d '' http://{server1}/faults
  curl -w '\\n' -H 'baggage: fault=server3.sql:error' -d customer=7 -d item=lamp http://{server1}/orders
"
    ))
}
