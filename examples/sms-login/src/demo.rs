//! Starts the services, logs somebody in, and shows what comes of it and of what goes wrong.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::http::StatusCode;
use example_parts::http::direct_client;
use example_parts::reporting::for_the_screen;
use example_parts::say::say;
use example_parts::screen::Screen;
use example_parts::traces::Trace;
use example_parts::{demo, logs};
use serde_json::{Value, json};
use tracer_core::MemoryReporter;
use tracer_core::semconv::{DB_SYSTEM_NAME, MESSAGING_SYSTEM};

use crate::cli::Cli;
use crate::sms::TRIES;
use crate::{Addresses, Backing, Login, Tracers};

/// How long an SMS is waited for.
const ARRIVES: Duration = Duration::from_secs(10);
/// How long until a message has been tried for the last time, at most.
const GIVEN_UP: Duration = Duration::from_secs(20);

/// Runs it.
///
/// # Errors
/// When an address is taken, Redis or RabbitMQ can't be reached, a trace lacks something.
pub fn run(options: &Cli) -> Result<ExitCode> {
    logs();
    let memory = MemoryReporter::new();
    let endpoint = options.showing.otlp_endpoint.as_deref();
    let tracers = Tracers::new(|builder| for_the_screen(builder, &memory, endpoint))?;
    let backing = Backing::from_env();
    let faults = options.faults.faults();
    demo::run(
        &tracers.all(),
        options.showing.screen(options.once, &tracers.all(), memory),
        async {
            let login = Login::start(options.addresses, &backing, &tracers, &faults).await?;
            options.faults.apply(&faults)?;
            Ok(login)
        },
        async |screen, login| visits(screen, login, options.once).await,
        async |login| login.stop().await,
    )
}

/// Lines on standard error, and logs of the spans.
pub fn logs() {
    // lapin calls it an error that a connection was closed, by us too. What it means for a message
    // is said where messages are worked on.
    logs::to_stderr(&["lapin"]);
}

/// A login that works, and one whose SMS can't be sent. Then whatever others send.
async fn visits(screen: &mut Screen, login: &Login, once: bool) -> Result<()> {
    let at = login.addresses;
    say(format_args!("codes and messages are in {}\n", login.backing()))?;

    say(
        "Somebody asks for a code. The answer is there before the SMS: see where `process` begins.",
    )?;
    // Another number each time: a real Redis remembers who has just asked.
    let number = getrandom::u32().unwrap_or_default();
    let phone = format!("+49{number}17");
    post(at, "/codes", &json!({ "phone": phone }), StatusCode::ACCEPTED).await?;
    let arrived = tokio::time::timeout(ARRIVES, login.telephones.text(&phone)).await;
    let text = arrived.context("no SMS arrives")?.context("no SMS arrives")?;
    let trace = screen.draw_next_of("api").await?;
    let lacking = trace.as_ref().map_or(vec!["all spans"], lacks);
    if once && !lacking.is_empty() {
        bail!("the trace lacks spans of {}", lacking.join(", "));
    }

    say("The code is entered: wrong at first.")?;
    let enter = |code: &str| json!({ "phone": phone, "code": code });
    post(at, "/login", &enter("no"), StatusCode::UNAUTHORIZED).await?;
    screen.draw_next_of("api").await?;
    let code: String = text.chars().filter(char::is_ascii_digit).collect();
    post(at, "/login", &enter(&code), StatusCode::OK).await?;
    screen.draw_next_of("api").await?;

    say(
        "A telephone that can't be reached: the message is tried three times, and then put aside.",
    )?;
    let phone = format!("+49{number}00");
    post(at, "/codes", &json!({ "phone": phone }), StatusCode::ACCEPTED).await?;
    let given_up = tokio::time::timeout(GIVEN_UP, login.telephones.refused(&phone, TRIES)).await;
    given_up.context("the message is not tried so often")?;
    screen.draw_next_of("api").await?;
    if once {
        return Ok(());
    }
    explain(at)?;
    Ok(screen.draw_all().await?)
}

/// Sends something as a telephone would.
async fn post(at: Addresses, path: &str, body: &Value, expected: StatusCode) -> Result<()> {
    let url = format!("http://{}{path}", at.api);
    let response = direct_client()?.post(&url).json(body).send().await;
    let response = response.context("api does not answer")?;
    let (status, text) = (response.status(), response.text().await?);
    say(format_args!("POST {url}\n{status} {}\n", text.trim()))?;
    if status != expected {
        bail!("{expected} was to come");
    }
    Ok(())
}

/// What a code goes through, and this trace has no span of.
#[must_use]
pub fn lacks(trace: &Trace) -> Vec<&'static str> {
    let mut missing = trace.lacks(&["api", "auth", "sms"]);
    let has = |key: &str| trace.spans.iter().any(|span| span.tag(key).is_some());
    for (key, what) in [(DB_SYSTEM_NAME, "Redis"), (MESSAGING_SYSTEM, "the queue")] {
        if !has(key) {
            missing.push(what);
        }
    }
    missing
}

fn explain(at: Addresses) -> io::Result<()> {
    let Addresses { api, auth, sms } = at;
    say(format_args!(
        "The services are up until Ctrl-C. Ask for a code, twice: the second one comes too soon.
  curl -w '\\n' --json '{{\"phone\":\"+4915117\"}}' http://{api}/codes
Numbers that end in 00 can't be reached. Enter a code (there is no telephone to read it from):
  curl -w '\\n' --json '{{\"phone\":\"+4915117\",\"code\":\"123456\"}}' http://{api}/login
Switch sms's tracing off, and ask again for another number: the trace ends at the queue.
  curl -X PUT -d off http://{sms}/tracing
api and auth (at {auth}) have the same switch.
"
    ))
}
