//! The service's environment variables (OpenTelemetry specification, "Resource SDK").

use tracer_core::Tag;
use tracer_core::semconv::resource::SERVICE_NAME;

use super::list;
use crate::say::bad_variable;

const NAME: &str = "OTEL_SERVICE_NAME";
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// The service's name and the other tags of its resource, out of `OTEL_SERVICE_NAME` and
/// `OTEL_RESOURCE_ATTRIBUTES`. The name goes before a `service.name` among the attributes, which
/// is never one of the tags. A malformed list is ignored as a whole and warned of on standard
/// error, by the variable's name.
///
/// ```
/// use contrib_http::env;
///
/// let (name, tags) = env::resource_from(|name| match name {
///     "OTEL_SERVICE_NAME" => Some("shop".into()),
///     "OTEL_RESOURCE_ATTRIBUTES" => Some("deployment.environment.name=test".into()),
///     _ => None,
/// });
/// let name = name.unwrap_or_else(env::default_service_name);
/// let tracer = tags
///     .into_iter()
///     .fold(tracer_core::Tracer::builder(name), |builder, tag| {
///         builder.tag(tag.key, tag.value)
///     })
///     .build();
/// assert_eq!(tracer.resource().service_name(), "shop");
/// ```
pub fn resource_from(get: impl Fn(&str) -> Option<String>) -> (Option<String>, Vec<Tag>) {
    resource(&get, &mut bad_variable)
}

fn resource(
    get: &dyn Fn(&str) -> Option<String>,
    warn: &mut dyn FnMut(&'static str, &'static str),
) -> (Option<String>, Vec<Tag>) {
    let set = |name| get(name).filter(|value: &String| !value.trim().is_empty());
    let mut name = None;
    let mut tags: Vec<Tag> = Vec::new();
    if let Some(text) = set(ATTRIBUTES) {
        match list::parse(&text) {
            None => warn(ATTRIBUTES, "no list of key=value"),
            Some(list) => {
                for (key, value) in list {
                    if key == SERVICE_NAME {
                        name = Some(value).filter(|name| !name.is_empty());
                    } else {
                        tags.retain(|tag| tag.key != key);
                        tags.push(Tag::new(key, value));
                    }
                }
            }
        }
    }
    (set(NAME).or(name), tags)
}

/// The name of a service that was given none: `unknown_service:` and the program's file name.
#[must_use]
pub fn default_service_name() -> String {
    let program = std::env::current_exe().ok();
    let file = program.as_ref().and_then(|path| path.file_name());
    file.map_or_else(
        || "unknown_service".to_owned(),
        |file| format!("unknown_service:{}", file.to_string_lossy()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, attributes: &str) -> (Option<String>, Vec<Tag>, usize) {
        let mut warned = 0;
        let get = |variable: &str| match variable {
            NAME => Some(name.to_owned()),
            ATTRIBUTES => Some(attributes.to_owned()),
            _ => None,
        };
        let (name, tags) = resource(&get, &mut |_, _| warned += 1);
        (name, tags, warned)
    }

    #[test]
    fn the_name_goes_before_the_attribute() {
        let (name, tags, _) = read("shop", "service.name=other,a=b%20c,a=2");
        assert_eq!(name.as_deref(), Some("shop"));
        assert_eq!(tags, [Tag::new("a", "2")]);
        let (name, ..) = read("", "service.name=other");
        assert_eq!(name.as_deref(), Some("other"));
        assert_eq!(read(" ", "service.name="), (None, vec![], 0));
    }

    #[test]
    fn a_malformed_list_is_ignored_as_a_whole() {
        assert_eq!(read("shop", "a=1,b"), (Some("shop".into()), vec![], 1));
    }

    #[test]
    fn the_default_name_has_the_program_in_it() {
        let name = default_service_name();
        assert!(name.starts_with("unknown_service:contrib_http"), "{name}");
    }
}
