//! The words of a summary, one after the other, within its bounds.

use std::borrow::Cow;

use super::lexer::{Kind, Token};
use super::mask::push_clean;

/// Longest summary, by the conventions.
const MAX_BYTES: usize = 255;
/// Most names of common table expressions that are known at a time.
const MAX_HIDDEN: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Shown<'a> {
    out: String,
    /// Nothing more fits: what comes later is not shown either, for the order's sake.
    is_full: bool,
    /// Whether another statement begins with the next operation.
    is_next: bool,
    /// A target whose name may go on.
    target: String,
    /// Whether it ends with a dot.
    is_open: bool,
    has_dot: bool,
    /// Names that are no tables.
    hidden: Vec<Cow<'a, str>>,
    /// How long the summary was before the first string.
    sure: Option<usize>,
}

impl<'a> Shown<'a> {
    pub(super) fn operation(&mut self, word: &str) {
        let separator = if std::mem::take(&mut self.is_next) { "; " } else { " " };
        self.append(separator, word);
    }

    pub(super) fn begin_target(&mut self, name: &Token<'a>) {
        self.target.clear();
        self.has_dot = false;
        self.add_to_target(name);
    }

    /// Takes a token that belongs to the target's name. Otherwise, the name is at its end.
    pub(super) fn continue_target(&mut self, token: &Token<'a>) -> bool {
        if self.target.is_empty() {
            return false;
        }
        let is_part = matches!(token.kind, Kind::Word | Kind::Name);
        if self.is_open && is_part {
            self.add_to_target(token);
            return true;
        }
        if !self.is_open && token.is_symbol(".") {
            self.target.push('.');
            (self.is_open, self.has_dot) = (true, true);
            return true;
        }
        self.end_target();
        false
    }

    /// A name of the statement's own, which is no table.
    pub(super) fn hide(&mut self, name: &Token<'a>) {
        if self.hidden.len() < MAX_HIDDEN {
            self.hidden.push(bare(name));
        }
    }

    pub(super) fn next_statement(&mut self) {
        self.end_target();
        self.hidden.clear();
        self.is_next = !self.out.is_empty();
    }

    /// A string is there. If something turns out to be wrong with the text, the reader may have
    /// lost its way from here on.
    pub(super) fn string(&mut self) {
        self.sure.get_or_insert(self.out.len());
    }

    pub(super) fn finish(mut self, in_doubt: bool) -> Option<String> {
        self.end_target();
        if let Some(sure) = self.sure.filter(|_| in_doubt) {
            self.out.truncate(sure);
        }
        (!self.out.is_empty()).then_some(self.out)
    }

    fn add_to_target(&mut self, name: &Token<'a>) {
        self.is_open = false;
        // More would not be shown anyway.
        if self.target.len() <= MAX_BYTES {
            push_clean(&mut self.target, &bare(name));
        }
    }

    fn end_target(&mut self) {
        let target = std::mem::take(&mut self.target);
        let is_hidden =
            !self.has_dot && self.hidden.iter().any(|name| name.eq_ignore_ascii_case(&target));
        if !is_hidden && !self.is_open && !target.is_empty() {
            self.append(" ", &target);
        }
        self.is_open = false;
    }

    fn append(&mut self, separator: &str, word: &str) {
        let separator = if self.out.is_empty() { "" } else { separator };
        self.is_full |= self.out.len() + separator.len() + word.len() > MAX_BYTES;
        if !self.is_full {
            self.out.push_str(separator);
            push_clean(&mut self.out, word);
        }
    }
}

/// A name without its quotes, as the server knows it.
fn bare<'a>(name: &Token<'a>) -> Cow<'a, str> {
    if name.kind != Kind::Name {
        return Cow::Borrowed(name.text);
    }
    let inside = name.text.get(1..name.text.len().saturating_sub(1)).unwrap_or_default();
    let (quote, doubled) = match name.text.as_bytes().first() {
        Some(b'"') => ("\"", "\"\""),
        Some(b'`') => ("`", "``"),
        // Brackets cannot be doubled.
        _ => return Cow::Borrowed(inside),
    };
    if inside.contains(doubled) {
        Cow::Owned(inside.replace(doubled, quote))
    } else {
        Cow::Borrowed(inside)
    }
}
