//! Whom the service believes, and whom it tells.

use tracer_core::propagation::Hosts;
use tracer_core::{TracerBuilder, Trust};

use super::vars::Vars;

const TRUST: &str = "TRACER_TRUST";
const FORCED: &str = "TRACER_FORCED_SAMPLING";
const CONTEXT_HOSTS: &str = "TRACER_PROPAGATION_HOSTS";
const BAGGAGE_HOSTS: &str = "TRACER_BAGGAGE_HOSTS";

pub(super) fn apply(vars: &Vars<'_>, mut builder: TracerBuilder) -> TracerBuilder {
    if let Some(trust) = trust(vars) {
        builder = builder.trust(trust);
    }
    if let Some((per_second, burst)) = forced(vars) {
        builder = builder.forced_sampling(per_second, burst);
    }
    if let Some(hosts) = hosts(vars, CONTEXT_HOSTS) {
        builder = builder.propagate_to(hosts);
    }
    if let Some(hosts) = hosts(vars, BAGGAGE_HOSTS) {
        builder = builder.baggage_to(hosts);
    }
    builder
}

/// Who has misspelled a restriction wanted one: callers are then believed the least.
fn trust(vars: &Vars<'_>) -> Option<Trust> {
    let name = vars.text(TRUST)?.to_ascii_lowercase();
    Some(match &*name {
        "trust" => Trust::Trust,
        "limited" => Trust::Limited,
        "link" => Trust::Link,
        "ignore" => Trust::Ignore,
        _ => {
            vars.warn(TRUST, "callers are ignored: it is none of trust, limited, link, ignore");
            Trust::Ignore
        }
    })
}

/// `1`, or `1/10`: so many in a second, and so many at once.
fn forced(vars: &Vars<'_>) -> Option<(f64, f64)> {
    let text = vars.text(FORCED)?;
    let (per_second, burst) = text.split_once('/').unwrap_or((&text, "10"));
    let number = |text: &str| {
        let number: f64 = text.trim().parse().ok()?;
        (number.is_finite() && number >= 0.0).then_some(number)
    };
    let numbers = number(per_second).zip(number(burst));
    if numbers.is_none() {
        vars.warn(FORCED, "ignored: no number, nor two with a slash between them");
    }
    numbers
}

/// `none`, or a list.
fn hosts(vars: &Vars<'_>, name: &str) -> Option<Hosts> {
    let list = vars.text(name)?;
    Some(if list == "none" { Hosts::none() } else { Hosts::only(list.split(',')) })
}
