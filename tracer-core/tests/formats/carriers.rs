//! Carriers that take nothing but what is legal in all of them.

use std::ops::ControlFlow;

use tracer_core::propagation::{Extract, Field, Inject};

/// A table of a message queue: names of 255 bytes at most, values of any bytes.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Table(pub(crate) Vec<(String, Vec<u8>)>);

/// What a field costs in HTTP/2, beside its name and value.
pub(crate) const FIELD: usize = 32;

impl Table {
    /// All of it, as HTTP/2 counts it.
    pub(crate) fn size(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len() + FIELD).sum()
    }

    fn put(&mut self, name: String, value: &str) {
        assert!(!name.is_empty() && !value.is_empty(), "{name}: nothing empty");
        assert!(name.len() <= 255, "{name}: an AMQP name has 255 bytes");
        // gRPC's metadata, which is stricter than HTTP.
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        assert!(name.bytes().all(legal), "{name}");
        assert!(!name.to_ascii_lowercase().ends_with("-bin"), "{name}: that is base64");
        assert!(!value.contains(char::is_control), "{name}: {value:?}");
        self.0.push((name, value.as_bytes().to_vec()));
    }
}

impl Extract for Table {
    fn values<'a>(&'a self, field: &Field, each: &mut dyn FnMut(&'a [u8])) {
        self.0.values(field, each);
    }

    fn prefixed<'a>(
        &'a self,
        prefix: &str,
        each: &mut dyn FnMut(&'a str, &'a [u8]) -> ControlFlow<()>,
    ) {
        self.0.prefixed(prefix, each);
    }
}

impl Inject for Table {
    fn set(&mut self, field: &Field, value: &str) {
        self.remove(field);
        assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{field:?}: {value:?}");
        self.put(field.name().to_owned(), value);
    }

    fn remove(&mut self, field: &Field) {
        self.0.retain(|(name, _)| !name.eq_ignore_ascii_case(field.name()));
    }

    fn set_prefixed(&mut self, prefix: &str, key: &str, value: &str) {
        let name = format!("{prefix}{key}");
        assert!(!self.0.iter().any(|(own, _)| *own == name), "{name}: written twice");
        self.put(name, value);
    }

    fn remove_prefixed(&mut self, prefix: &str) {
        self.0.retain(|(name, _)| !name.to_ascii_lowercase().starts_with(prefix));
    }
}
