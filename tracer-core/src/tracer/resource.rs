//! Who is tracing.

use std::borrow::Cow;

use crate::semconv::resource::{SERVICE_INSTANCE_ID, SERVICE_NAME};
use crate::value::{Tag, Value};

/// The service that a tracer's spans belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    tags: Vec<Tag>,
}

impl Resource {
    /// A resource with an instance id that no other tracer has: backends tell services apart by it.
    pub(crate) fn new(service_name: Cow<'static, str>) -> Self {
        let instance = instance_id();
        Self {
            tags: vec![
                Tag::new(SERVICE_NAME, service_name),
                Tag::new(SERVICE_INSTANCE_ID, instance),
            ],
        }
    }

    /// Sets a tag; an earlier value under the same key is replaced.
    pub(super) fn set(&mut self, tag: Tag) {
        match self.tags.iter_mut().find(|old| old.key == tag.key) {
            Some(old) => *old = tag,
            None => self.tags.push(tag),
        }
    }

    /// The tags, `service.name` first.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The service's name.
    #[must_use]
    pub fn service_name(&self) -> &str {
        let name = self.tags.iter().find(|tag| tag.key == SERVICE_NAME);
        name.and_then(|tag| tag.value.as_str()).unwrap_or_default()
    }

    /// The value of a tag.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&Value> {
        self.tags.iter().find(|tag| tag.key == key).map(|tag| &tag.value)
    }
}

/// A version 4 UUID, as the convention asks.
fn instance_id() -> String {
    let random = crate::id::IdSource::new().trace_id().to_u128();
    let uuid = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{uuid:032x}");
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    parts.join("-")
}
