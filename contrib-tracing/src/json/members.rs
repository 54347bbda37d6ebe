//! Members of a JSON object, written as they come.
//!
//! Each is a line, `"key":value`. JSON has no line break within a member, so that members can be
//! told apart, replaced and put together without a look into them.

use std::error::Error;
use std::fmt;
use std::ops::Range;

use tracing_core::field::{Field, Visit};

use crate::{fields, origin};

/// Makes members of fields.
#[derive(Debug)]
pub(super) struct Members<'a> {
    lines: &'a mut Vec<u8>,
    /// Keys that are taken in the object they go into.
    taken: &'static [&'static str],
    /// Of an event that was a record of the `log` crate.
    of_log: bool,
}

impl<'a> Members<'a> {
    pub(super) const fn new(
        lines: &'a mut Vec<u8>,
        taken: &'static [&'static str],
        of_log: bool,
    ) -> Self {
        Self { lines, taken, of_log }
    }

    /// Writes a member. Of two fields of one name the later one counts.
    fn member(&mut self, field: &Field, write: impl FnOnce(&mut Vec<u8>)) {
        if self.of_log && origin::is_place(field) {
            return;
        }
        let (begin, name) = (self.lines.len(), fields::name(field));
        if self.taken.contains(&name) {
            string(self.lines, format_args!("fields.{name}"));
        } else {
            string(self.lines, format_args!("{name}"));
        }
        self.lines.push(b':');
        let (before, key) = self.lines.split_at(begin);
        if let Some(earlier) = find(before, key) {
            self.lines.drain(earlier);
        }
        write(self.lines);
        self.lines.push(b'\n');
    }

    fn text(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.member(field, |out| string(out, value));
    }
}

/// The members, each a key and a value.
pub(super) fn each(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// Where the line is that begins with this key.
fn find(lines: &[u8], key: &[u8]) -> Option<Range<usize>> {
    let mut begin = 0;
    lines.split_inclusive(|byte| *byte == b'\n').find_map(|line| {
        let range = begin..begin + line.len();
        begin = range.end;
        line.starts_with(key).then_some(range)
    })
}

/// Writes a string, with its quotes. A value that fails in the middle has said that much.
pub(super) fn string(out: &mut Vec<u8>, value: fmt::Arguments<'_>) {
    struct Lenient<'a>(fmt::Arguments<'a>);

    impl fmt::Display for Lenient<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // serde_json takes an error of a value for one of its own, and panics in want of it.
            let _ = f.write_fmt(self.0);
            Ok(())
        }
    }

    // Memory takes everything.
    let _ = serde_json::to_writer(out, &format_args!("{}", Lenient(value)));
}

impl Visit for Members<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        // What is no number in JSON is null.
        self.member(field, |out| drop(serde_json::to_writer(out, &value)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, |out| drop(serde_json::to_writer(out, &value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, |out| drop(serde_json::to_writer(out, &value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, |out| drop(serde_json::to_writer(out, &value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.text(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, format_args!("{value:?}"));
    }
}
