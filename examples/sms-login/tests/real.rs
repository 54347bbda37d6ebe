//! The same on a real Redis and RabbitMQ. One test: the queues are everybody's.
#![allow(clippy::expect_used, reason = "a test may fail")]

mod support;

use sms_login::Backing;
use support::Running;
use testing::{named, tree};
use tracer_core::ENABLED;

#[tokio::test]
async fn logins_on_real_servers() {
    for variable in ["REDIS_URL", "AMQP_URL"] {
        std::env::var(variable)
            .expect("this test needs the real servers, as cargo xtask test starts them");
    }
    let mut running = Running::start(Backing::from_env()).await;
    assert_eq!(running.login.backing(), "a real Redis and a real RabbitMQ");
    // Nobody has asked for a code with it before.
    let phone = format!("+49{}", std::process::id());
    assert_eq!(running.ask_for_a_code(&format!("{phone}1")).await, 202);
    let code = running.code().await;
    if ENABLED {
        let spans = running.spans_until("ack sms-login.sms").await;
        let sent = named(&spans, "publish sms-login.sms");
        assert_eq!(named(&spans, "process sms-login.sms").parent_id, sent.span_id);
    }
    assert_eq!(running.enter(&format!("{phone}1"), &code).await, 200);

    assert_eq!(running.ask_for_a_code(&format!("{phone}00")).await, 202);
    if ENABLED {
        let spans = running.spans_until("publish sms-login.dead").await;
        let tries = spans.iter().filter(|span| span.name == "process sms-login.sms");
        assert_eq!(tries.count(), 3, "{}", tree(&spans));
    }
    running.login.stop().await;
}
