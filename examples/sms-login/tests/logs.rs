//! The demo's lines of logs: those of one login have the ids of one trace, on both sides of the
//! queue.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::process::Command;

use tracer_core::ENABLED;

/// A free port.
const ANY: &str = "127.0.0.1:0";

/// The trace of each line that says this, in their order.
fn traces<'a>(lines: &'a str, said: &str) -> Vec<Option<&'a str>> {
    let lines = lines.lines().filter(|line| line.contains(said));
    lines.map(|line| line.split_once("trace_id=")?.1.split(' ').next()).collect()
}

#[test]
fn one_login_is_one_trace_in_every_line() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_sms-login"));
    demo.args(["--once", "--api", ANY, "--auth", ANY, "--sms", ANY]);
    // On stand-ins, and nowhere else.
    for variable in ["REDIS_URL", "AMQP_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"] {
        demo.env_remove(variable);
    }
    let output = demo.env("NO_COLOR", "1").output().unwrap();
    let lines = String::from_utf8_lossy(&output.stderr);
    if !ENABLED {
        // It says that no trace came of it.
        assert!(!output.status.success());
        return assert!(!lines.contains("trace_id="), "{lines}");
    }
    assert!(output.status.success(), "{lines}");
    let queued = traces(&lines, "sms_login::auth: code made, SMS queued");
    let [Some(one), Some(other)] = *queued else { panic!("{queued:?} in\n{lines}") };
    assert!(one != other && [one, other].iter().all(|id| id.len() == 32), "{queued:?}");
    assert_eq!(traces(&lines, "sms_login::sms: SMS sent"), [Some(one)], "{lines}");
    let again = traces(&lines, "sms_login::sms: not sent");
    assert_eq!(again, [Some(other); 3], "{lines}");
    assert!(!lines.contains("+49"), "telephone numbers are nobody's business: {lines}");
}
