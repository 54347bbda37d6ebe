//! A JSON object under construction.

use std::fmt;

use super::members::{each, string};

/// An object whose end is written by [`close`](Self::close).
#[derive(Debug)]
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

impl<'a> Object<'a> {
    pub(super) fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    pub(super) fn text(&mut self, key: &str, value: fmt::Arguments<'_>) {
        string(self.key(key), value);
    }

    pub(super) fn number(&mut self, key: &str, value: u32) {
        let _ = serde_json::to_writer(self.key(key), &value);
    }

    /// An object in it.
    pub(super) fn object(&mut self, key: &str, write: impl FnOnce(&mut Object<'_>)) {
        let mut inner = Object::open(self.key(key));
        write(&mut inner);
        inner.close();
    }

    /// A list of objects in it.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Object<'_>, T),
    ) {
        let out = self.key(key);
        out.push(b'[');
        for (nth, item) in items.enumerate() {
            if nth > 0 {
                out.push(b',');
            }
            let mut inner = Object::open(out);
            write(&mut inner, item);
            inner.close();
        }
        out.push(b']');
    }

    /// Members that have been written before.
    pub(super) fn members(&mut self, lines: &[u8]) {
        for member in each(lines) {
            self.next().extend_from_slice(member);
        }
    }

    pub(super) fn close(self) {
        self.out.push(b'}');
    }

    fn key(&mut self, key: &str) -> &mut Vec<u8> {
        let out = self.next();
        string(out, format_args!("{key}"));
        out.push(b':');
        out
    }

    fn next(&mut self) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        self.out
    }
}
