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
        let known = matches!(*name, "otlp" | "zipkin" | "console" | "logging" | "none");
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
        "zipkin" => zipkin(vars),
        // OpenTelemetry has two names for it.
        "console" | "logging" => Some(Box::new(ConsoleReporter::new())),
        _ => None,
    }
}

#[cfg(feature = "otlp")]
fn otlp(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    use contrib_otlp::ConfigError;

    let reporter = contrib_otlp::OtlpReporter::from_vars(|name| vars.raw(name));
    let variable = match reporter {
        Err(ConfigError::GrpcNotCompiledIn) => {
            return not_compiled_in(vars, "OTEL_EXPORTER_OTLP_PROTOCOL", "otlp-grpc");
        }
        Err(ConfigError::InvalidCertificate) => "OTEL_EXPORTER_OTLP_CERTIFICATE",
        _ => "OTEL_EXPORTER_OTLP_ENDPOINT",
    };
    made(vars, variable, reporter)
}

#[cfg(not(feature = "otlp"))]
fn otlp(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    not_compiled_in(vars, EXPORTER, "otlp")
}

#[cfg(feature = "zipkin")]
fn zipkin(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    let reporter = contrib_zipkin::ZipkinReporter::from_vars(|name| vars.raw(name));
    made(vars, "OTEL_EXPORTER_ZIPKIN_ENDPOINT", reporter)
}

#[cfg(not(feature = "zipkin"))]
fn zipkin(vars: &Vars<'_>) -> Option<Box<dyn Reporter>> {
    not_compiled_in(vars, EXPORTER, "zipkin")
}

#[cfg(any(feature = "otlp", feature = "zipkin"))]
fn made<R: Reporter>(
    vars: &Vars<'_>,
    variable: &str,
    reporter: Result<R, impl std::error::Error>,
) -> Option<Box<dyn Reporter>> {
    match reporter {
        Ok(reporter) => Some(Box::new(reporter)),
        Err(error) => {
            // Not the default instead: what was meant for one place must not go to another.
            vars.warn(variable, &format!("no spans are exported: {error}"));
            None
        }
    }
}

fn not_compiled_in(vars: &Vars<'_>, variable: &str, feature: &str) -> Option<Box<dyn Reporter>> {
    let why = format!("no spans are exported: the feature `{feature}` is not enabled");
    vars.warn(variable, &why);
    None
}
