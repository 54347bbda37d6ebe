//! A log as the event that it is on the wire (OpenTelemetry's "OpenTracing Compatibility").

use super::opentracing;
use crate::value::{Tag, Value};

/// What a log says, as backends look for it: its field `event` is the name, and OpenTracing's
/// `event=error` becomes the exception event.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    name: &'a str,
    fields: &'a [Tag],
    /// The field with the name.
    named_by: Option<usize>,
    error: bool,
}

impl<'a> Event<'a> {
    /// The event of a log with these fields.
    #[must_use]
    #[inline]
    pub fn of(fields: &'a [Tag]) -> Self {
        let named_by = fields.iter().position(|field| name(field).is_some_and(|it| !it.is_empty()));
        let name = named_by.and_then(|at| name(fields.get(at)?));
        let error = name == Some(opentracing::ERROR_EVENT);
        let name = if error { opentracing::EXCEPTION } else { name.unwrap_or(opentracing::LOG) };
        Self { name, fields, named_by, error }
    }

    /// Its name; `log` where the log has none.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The fields beside the one that is the name. Keys are those of the log, but for an exception.
    #[inline]
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let (error, named_by) = (self.error, self.named_by);
        let fields = self.fields.iter().enumerate();
        let fields =
            fields.filter(move |(at, field)| Some(*at) != named_by && name(field) != Some(""));
        fields.map(move |(_, field)| {
            let key = &*field.key;
            (if error { opentracing::of_exception(key) } else { key }, &field.value)
        })
    }
}

/// What a field calls the event, if anything. One of this key that is no text is a field like others.
#[inline]
fn name(field: &Tag) -> Option<&str> {
    if field.key == opentracing::EVENT { field.value.as_str() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[Tag]) -> (String, Vec<String>) {
        let event = Event::of(fields);
        let fields = event.fields().map(|(key, value)| format!("{key}={value}"));
        (event.name().to_owned(), fields.collect())
    }

    #[test]
    fn the_first_text_that_says_something_is_the_name() {
        let named = |fields: &[Tag]| read(fields).0;
        assert_eq!(named(&[]), "log");
        assert_eq!(named(&[Tag::new("event", "")]), "log");
        assert_eq!(named(&[Tag::new("event", 7)]), "log");
        let fields = [Tag::new("event", 7), Tag::new("event", ""), Tag::new("event", "miss")];
        assert_eq!(read(&fields), ("miss".to_owned(), vec!["event=7".to_owned()]));
        let fields = [Tag::new("event", "miss"), Tag::new("event", "of the event itself")];
        let rest = vec!["event=of the event itself".to_owned()];
        assert_eq!(read(&fields), ("miss".to_owned(), rest));
    }

    #[test]
    fn an_error_is_an_exception() {
        let fields = [
            Tag::new("message", "m"),
            Tag::new("event", "error"),
            Tag::new("error.kind", "k"),
            Tag::new("other", 1),
        ];
        let expected = ["exception.message=m", "exception.type=k", "other=1"];
        let expected = expected.map(str::to_owned).to_vec();
        assert_eq!(read(&fields), ("exception".to_owned(), expected));
        assert_eq!(read(&[Tag::new("message", "m")]).1, ["message=m"]);
    }
}
