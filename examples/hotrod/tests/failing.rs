//! What the services stand on is not there, or goes away.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use hotrod::{Addresses, Backing, HotRod, Settings, Tracers};
use stand_ins::RedisStandIn;
use support::Running;
use testing::named;
use tracer_core::{ENABLED, Status};

fn on(variable: &'static str, url: &str) -> Settings {
    let url = url.to_owned();
    let backing = Backing::from_vars(|name| (name == variable).then(|| url.clone()));
    Settings { backing, ..Settings::default() }
}

#[tokio::test]
async fn who_can_not_start_says_why_and_keeps_the_password() {
    let tracers = Tracers::new(|builder| Ok(builder.build())).unwrap();
    for (variable, url, why) in [
        ("REDIS_URL", "redis://:hush@127.0.0.1:1/", "REDIS_URL: Redis does not answer"),
        ("REDIS_URL", "hush", "REDIS_URL: "),
        ("MYSQL_URL", "mysql://u:hush@127.0.0.1:1/d", "MYSQL_URL: no MySQL at 127.0.0.1:1/d"),
        ("MYSQL_URL", "mysql://u:hush@127.0.0.1:1", "MYSQL_URL: names no database"),
    ] {
        let failed = HotRod::start(Addresses::any(), &on(variable, url), &tracers).await;
        let said = format!("{:#}", failed.unwrap_err());
        assert!(said.starts_with(why) && !said.contains("hush"), "{said}");
    }
}

#[tokio::test]
async fn redis_goes_away() {
    let redis = RedisStandIn::start().await.unwrap();
    let url = format!("redis://{}/", redis.address);
    let mut running = Running::start_with(&on("REDIS_URL", &url)).await;
    drop(redis);
    let refused = running.ride(123).await.unwrap_err();
    assert_eq!(refused.to_string(), "the drivers are out of reach");
    if !ENABLED {
        return;
    }
    let trace = running.trace().await;
    let failed = |span: &&tracer_core::FinishedSpan| matches!(span.status, Status::Error(_));
    let failed: Vec<_> = trace.spans.iter().filter(failed).map(|span| span.service()).collect();
    assert!(failed.contains(&"driver") && failed.contains(&"frontend"), "{failed:?}");
    assert!(!failed.contains(&"customer"), "{failed:?}");
    let dispatch = named(&trace.spans, "POST /dispatch");
    assert_eq!(dispatch.tag("http.response.status_code"), Some(&502.into()));
}
