//! The same on a real Redis and RabbitMQ. One test: the queues are everybody's.
#![allow(clippy::expect_used, reason = "a test may fail")]

mod support;

use std::process::Command;

use example_parts::faults::{Faults, Part};
use sms_login::Backing;
use sms_login::queue::{self, Sms};
use support::Running;
use testing::{named, tree};
use tracer_core::{ENABLED, Tracer};

/// A free port.
const ANY: &str = "127.0.0.1:0";

#[tokio::test]
async fn logins_on_real_servers() {
    for variable in ["REDIS_URL", "AMQP_URL"] {
        std::env::var(variable)
            .expect("this test needs the real servers, as cargo xtask test starts them");
    }
    let mut running = Running::start(Backing::from_env()).await;
    assert_eq!(running.login.backing(), "a real Redis and a real RabbitMQ");
    // Nobody has asked for a code with these before.
    let number = getrandom::u32().expect("random numbers");
    let reachable = format!("+49{number}17");
    assert_eq!(running.ask_for_a_code(&reachable).await, 202);
    let code = running.code(&reachable).await;
    if ENABLED {
        let spans = running.spans_until("ack sms-login.sms").await;
        let sent = named(&spans, "publish sms-login.sms");
        assert_eq!(named(&spans, "process sms-login.sms").parent_id, sent.span_id);
    }
    assert_eq!(running.enter(&reachable, &code).await, 200);

    let unreachable = format!("+49{number}00");
    assert_eq!(running.ask_for_a_code(&unreachable).await, 202);
    running.given_up(&unreachable).await;
    if ENABLED {
        let spans = running.spans_until("publish sms-login.dead").await;
        let tries = spans.iter().filter(|span| span.name == "process sms-login.sms");
        assert_eq!(tries.count(), 3, "{}", tree(&spans));
    }

    running.login.stop().await;
    if ENABLED {
        the_demo_is_not_taken_aback_by_messages_of_others(&format!("+49{number}000")).await;
    }
}

async fn the_demo_is_not_taken_aback_by_messages_of_others(phone: &str) {
    let url = std::env::var("AMQP_URL").expect("RabbitMQ");
    let (connection, channel) =
        queue::open(&url, &Tracer::builder("nobody").build()).await.expect("RabbitMQ");
    let left = Sms { phone: phone.into(), text: "left in the queue".into() };
    queue::send(&channel, &left, &Faults::none().hook("auth.mq", Part::Publish))
        .await
        .expect("a message");
    connection.close(200, "bye".into()).await.expect("an end");
    let demo = Command::new(env!("CARGO_BIN_EXE_sms-login"))
        .args(["--once", "--api", ANY, "--auth", ANY, "--sms", ANY])
        .output()
        .expect("the demo");
    let lines = String::from_utf8_lossy(&demo.stdout);
    assert!(demo.status.success(), "{lines}\n{}", String::from_utf8_lossy(&demo.stderr));
}
