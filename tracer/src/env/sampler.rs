//! Which traces are recorded.

use tracer_core::{AlwaysOff, AlwaysOn, ParentBased, Probabilistic, Sampler};

use super::vars::Vars;

const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";

pub(super) fn read(vars: &Vars<'_>) -> Box<dyn Sampler> {
    let name = vars.text(SAMPLER).map(|name| name.to_ascii_lowercase());
    let name = name.as_deref().unwrap_or("parentbased_always_on");
    let (root, follows) = match name.strip_prefix("parentbased_") {
        Some(root) => (root, true),
        None => (name, false),
    };
    let sampler: Box<dyn Sampler> = match root {
        "always_on" => Box::new(AlwaysOn),
        "always_off" => Box::new(AlwaysOff),
        "traceidratio" => Box::new(ratio(vars)),
        _ => {
            vars.warn(SAMPLER, "ignored: no sampler of this name");
            return Box::new(ParentBased::new(AlwaysOn));
        }
    };
    if follows { Box::new(ParentBased::new(sampler)) } else { sampler }
}

fn ratio(vars: &Vars<'_>) -> Probabilistic {
    let argument = vars.text(ARGUMENT);
    let rate = argument.as_deref().map_or(Some(1.0), |text| text.parse().ok());
    rate.and_then(Probabilistic::new).unwrap_or_else(|| {
        vars.warn(ARGUMENT, "ignored: no number from 0 to 1");
        Probabilistic::new(1.0).unwrap_or_else(|| unreachable!("1 is a rate"))
    })
}
