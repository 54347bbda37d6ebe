//! Which headers carry the context.

use tracer_core::propagation::{Propagator, W3c, by_names};

use super::vars::Vars;

const PROPAGATORS: &str = "OTEL_PROPAGATORS";

/// Names that nobody knows count for nothing; where there is no other, the default holds.
pub(super) fn read(vars: &Vars<'_>) -> Box<dyn Propagator> {
    let list = vars.text(PROPAGATORS).unwrap_or_default();
    let unknown = |_: &str| vars.warn(PROPAGATORS, "ignored: no propagator of this name");
    by_names(list.split(','), unknown).unwrap_or_else(|| Box::new(W3c))
}
