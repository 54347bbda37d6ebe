//! The settings.

use std::fmt;
use std::sync::Arc;

use tracer_core::SpanRef;
use tracer_core::observe::StoreSettings;
use tracer_core::semconv::db::{Endpoint, REDIS};

pub(crate) type Decide = Arc<dyn Fn(&str) -> bool + Send + Sync>;
pub(crate) type StartHook = Arc<dyn Fn(&SpanRef, &str) + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) store: StoreSettings,
    pub(crate) endpoint: Endpoint,
    pub(crate) filter: Option<Decide>,
    pub(crate) on_start: Option<StartHook>,
    pub(crate) query_text: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            store: StoreSettings::default(),
            endpoint: Endpoint::new(REDIS),
            filter: None,
            on_start: None,
            query_text: false,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("store", &self.store)
            .field("endpoint", &self.endpoint)
            .field("query_text", &self.query_text)
            .finish_non_exhaustive()
    }
}
