//! Spans counted by service, over restarts of the collector.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;

/// What came from each service. Its clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<String, Count>>>);

/// Of one service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Spans of requests that were taken.
    pub taken: u64,
    /// Those among them whose answer could not be sent: the client does not know.
    pub unanswered: u64,
}

impl Tally {
    /// What came from this service, by `service.name`.
    #[must_use]
    pub fn of(&self, service: &str) -> Count {
        self.lock().get(service).copied().unwrap_or_default()
    }

    pub(super) fn take(&self, services: &[(String, u64)]) {
        let mut counts = self.lock();
        for (service, spans) in services {
            counts.entry(service.clone()).or_default().taken += spans;
        }
    }

    pub(super) fn leave_unanswered(&self, services: &[(String, u64)]) {
        let mut counts = self.lock();
        for (service, spans) in services {
            counts.entry(service.clone()).or_default().unanswered += spans;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The services in a request, and how many spans it has of each.
pub(super) fn by_service(export: &ExportTraceServiceRequest) -> Vec<(String, u64)> {
    let spans = |resource: &ResourceSpans| {
        resource.scope_spans.iter().map(|scope| scope.spans.len() as u64).sum()
    };
    let of = |resource: &ResourceSpans| (service(resource), spans(resource));
    export.resource_spans.iter().map(of).collect()
}

fn service(resource: &ResourceSpans) -> String {
    let attributes = resource.resource.iter().flat_map(|resource| &resource.attributes);
    let mut names = attributes.filter(|attribute| attribute.key == "service.name");
    let value = names.next().and_then(|name| name.value.as_ref()?.value.clone());
    match value {
        Some(Value::StringValue(name)) => name,
        _ => String::new(),
    }
}
