//! The headers.

use tracer_core::propagation::{B3, Composite, Jaeger, Propagator, W3c};

/// A list of `jaeger`, `b3` and `w3c`; read in this order, and all of them written.
pub(super) fn parse(list: &str) -> Option<Box<dyn Propagator>> {
    let mut names: Vec<&str> = Vec::new();
    for name in list.split(',').map(str::trim) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut formats = names.into_iter().map(named).collect::<Option<Vec<_>>>()?;
    if formats.len() == 1 { formats.pop() } else { Some(Box::new(Composite::new(formats))) }
}

/// What Jaeger's clients use where nothing is said.
pub(super) fn default() -> Box<dyn Propagator> {
    Box::new(Jaeger::http())
}

fn named(name: &str) -> Option<Box<dyn Propagator>> {
    match name {
        "jaeger" => Some(default()),
        // Jaeger's clients have a header for each part of it.
        "b3" => Some(Box::new(B3::multi())),
        "w3c" => Some(Box::new(W3c)),
        _ => None,
    }
}
