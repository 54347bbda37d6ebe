//! `--once`: the tour of README.md, with a look at whether it tells the truth.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use example_parts::http::direct_client;
use example_parts::say::say;
use example_parts::screen::Screen;
use example_parts::traces::Trace;

use crate::costs::Sums;
use crate::findings::{Findings, lacks};
use crate::lines::lines;
use crate::rides::{Caller, Ride, at_once};
use crate::wire::CUSTOMER;
use crate::{Addresses, Fixes, HotRod, Settings, Tracers};

/// Rides at once.
const RIDES: usize = 5;

/// Rides that were called at once.
struct Rush {
    findings: Findings,
    /// The first one to be there, and the last one.
    latencies: [Duration; 2],
}

/// Shows what there is to see: a ride alone, several at once, and the same with all repairs.
pub(crate) async fn take(
    screen: &mut Screen,
    hotrod: &HotRod,
    settings: &Settings,
    tracers: &Tracers,
) -> Result<()> {
    say("A ride alone.")?;
    let alone = Caller::new(hotrod.addresses.frontend)?.call(123).await?;
    let trace = screen.draw_next().await?.context("no trace came of the ride")?;
    let lacking = lacks(&trace);
    if !lacking.is_empty() {
        bail!("the trace lacks {}", lacking.join(", "));
    }

    say(format_args!("{RIDES} rides at once. This is the one that took longest."))?;
    let broken = rush(screen, hotrod).await?;
    say(format_args!("The same with all repairs: {:?}.", Fixes::ALL))?;
    let settings = Settings { fixes: Fixes::ALL, ..settings.clone() };
    let repaired = HotRod::start(Addresses::any(), &settings, tracers).await?;
    let repaired = {
        let rush = rush(screen, &repaired).await;
        repaired.stop().await;
        rush?
    };

    compare(&alone, &broken, &repaired)?;
    costs(hotrod.addresses).await?;
    let mut lies = broken.findings.not_repaired(&repaired.findings);
    if repaired.latencies[1] >= broken.latencies[1] {
        lies.push("repaired, the last car comes sooner");
    }
    if !lies.is_empty() {
        bail!("it is not so: {}", lies.join("; "));
    }
    Ok(())
}

/// Draws the one that took longest.
async fn rush(screen: &mut Screen, hotrod: &HotRod) -> Result<Rush> {
    let rides = at_once(hotrod.addresses.frontend, RIDES).await?;
    let mut traces = Vec::new();
    while traces.len() < rides.len() {
        traces.push(screen.next().await.context("a ride has no trace")?);
    }
    let slowest = traces.iter().max_by_key(|trace| time_of(trace)).context("no ride")?;
    screen.draw(slowest)?;
    say(lines(slowest))?;
    let latencies = || rides.iter().map(|ride| ride.latency);
    let ends = [latencies().min(), latencies().max()].map(Option::unwrap_or_default);
    Ok(Rush { findings: Findings::of(&traces), latencies: ends })
}

/// Whom route has worked for how long. It was told of no customer.
async fn costs(at: Addresses) -> Result<()> {
    let url = format!("http://{}/costs", at.frontend);
    let sums: Sums = direct_client()?.get(url).send().await?.json().await?;
    let customers = sums.get(CUSTOMER).context("nobody has cost anything")?;
    say("\nTime of route's, by the customer in the baggage")?;
    for (customer, seconds) in customers {
        say(format_args!("{customer:<32}{seconds:>10.2} s"))?;
    }
    Ok(())
}

/// From its first span's start to its last one's end.
fn time_of(trace: &Trace) -> Duration {
    let start = trace.spans.iter().map(|span| span.start).min();
    let end = trace.spans.iter().map(|span| span.end).max();
    let time = start.zip(end).and_then(|(start, end)| end.duration_since(start).ok());
    time.unwrap_or_default()
}

fn compare(alone: &Ride, broken: &Rush, repaired: &Rush) -> Result<()> {
    let (b, r) = (&broken.findings, &repaired.findings);
    let numbers = |broken: usize, repaired: usize| [broken.to_string(), repaired.to_string()];
    let millis = |place: usize| {
        [broken, repaired].map(|rush| format!("{} ms", rush.latencies[place].as_millis()))
    };
    let rows = [
        ("first car", millis(0)),
        ("last car", millis(1)),
        ("accounts at once", numbers(b.accounts_at_once, r.accounts_at_once)),
        ("commands to Redis, most in a ride", numbers(b.redis_commands, r.redis_commands)),
        ("of these unanswered, all rides", numbers(b.redis_failures, r.redis_failures)),
        ("routes at once", numbers(b.routes_at_once, r.routes_at_once)),
    ];
    say(format_args!("Alone, the car was found in {} ms.", alone.latency.as_millis()))?;
    say(format_args!("{:<32}{:>12}{:>12}", format!("{RIDES} at once"), "as it is", "repaired"))?;
    for (what, [broken, repaired]) in rows {
        say(format_args!("{what:<32}{broken:>12}{repaired:>12}"))?;
    }
    Ok(())
}
