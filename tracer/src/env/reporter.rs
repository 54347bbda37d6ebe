//! Where spans go.

use tracer_core::{ConsoleReporter, Reporter};

use super::vars::Vars;

const EXPORTER: &str = "OTEL_TRACES_EXPORTER";

/// Nothing, one, or several of them one after the other.
pub(super) fn read(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    let Some(list) = vars.text(EXPORTER) else {
        // What the specification has for a default; without it nobody asked for anything.
        return if cfg!(feature = "otlp") { otlp(vars) } else { None };
    };
    let mut names: Vec<&str> = list.split(',').map(str::trim).collect();
    names.sort_unstable();
    names.dedup();
    let reporters = names.into_iter().filter_map(|name| named(vars, name));
    reporters.reduce(|first, second| Box::new((first, second)))
}

fn named(vars: &Vars<'_>, name: &str) -> Option<Box<dyn Reporter>> {
    match name {
        "otlp" => otlp(vars),
        // OpenTelemetry has two names for it.
        "console" | "logging" => Some(Box::new(ConsoleReporter::new())),
        "none" | "" => None,
        _ => {
            vars.warn(EXPORTER, "no exporter of this name");
            None
        }
    }
}

#[cfg(feature = "otlp")]
fn otlp(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    match contrib_otlp::OtlpReporter::from_vars(|name| vars.raw(name)) {
        Ok(reporter) => Some(Box::new(reporter)),
        Err(error) => {
            vars.warn("OTEL_EXPORTER_OTLP_ENDPOINT", &error.to_string());
            None
        }
    }
}

#[cfg(not(feature = "otlp"))]
fn otlp(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    vars.warn(EXPORTER, "the feature `otlp` is not enabled");
    None
}
