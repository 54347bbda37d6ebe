//! Where spans go.

use tracer_core::{ConsoleReporter, Reporter};

use super::vars::Vars;

const EXPORTER: &str = "OTEL_TRACES_EXPORTER";

/// Nothing, one, or several of them one after the other. Names that nobody knows count for
/// nothing; where there is no other, the default holds.
pub(super) fn read(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    let list = vars.text(EXPORTER).unwrap_or_default();
    let mut names: Vec<&str> = list.split(',').map(str::trim).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| {
        let known = matches!(*name, "otlp" | "console" | "logging" | "none");
        if !known && !name.is_empty() {
            vars.warn(EXPORTER, "ignored: no exporter of this name");
        }
        known
    });
    if names.is_empty() {
        // What the specification has for a default; without it nobody asked for anything.
        return if cfg!(feature = "otlp") { otlp(vars) } else { None };
    }
    let reporters = names.into_iter().filter_map(|name| named(vars, name));
    reporters.reduce(|first, second| Box::new((first, second)))
}

fn named(vars: &Vars<'_>, name: &str) -> Option<Box<dyn Reporter>> {
    match name {
        "otlp" => otlp(vars),
        // OpenTelemetry has two names for it.
        "console" | "logging" => Some(Box::new(ConsoleReporter::new())),
        _ => None,
    }
}

#[cfg(feature = "otlp")]
fn otlp(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    match contrib_otlp::OtlpReporter::from_vars(|name| vars.raw(name)) {
        Ok(reporter) => Some(Box::new(reporter)),
        Err(error) => {
            // Not the default instead: what was meant for one place must not go to another.
            let why = format!("no spans are exported: {error}");
            vars.warn("OTEL_EXPORTER_OTLP_ENDPOINT", &why);
            None
        }
    }
}

#[cfg(not(feature = "otlp"))]
fn otlp(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    vars.warn(EXPORTER, "no spans are exported: the feature `otlp` is not enabled");
    None
}
