//! The text of a statement without its values.

use super::lexer::{Kind, Token};

/// Longest text shown. It ends with the last token that fits.
const MAX_BYTES: usize = 4096;

#[derive(Debug)]
pub(super) struct Mask {
    text: String,
    is_full: bool,
}

impl Mask {
    pub(super) fn new(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes.min(MAX_BYTES)), is_full: false }
    }

    pub(super) fn push(&mut self, token: &Token<'_>) {
        let shown = match token.kind {
            // The name of a host after that of a user.
            Kind::Value if token.text.starts_with('@') => "@?",
            Kind::Text | Kind::Number | Kind::Value | Kind::NameOrString => "?",
            Kind::Word | Kind::Name | Kind::Placeholder | Kind::Symbol => token.text,
        };
        let is_spaced = token.is_spaced && !self.text.is_empty();
        let bytes = shown.len() + usize::from(is_spaced);
        self.is_full |= bytes > MAX_BYTES.saturating_sub(self.text.len());
        if self.is_full {
            return;
        }
        if is_spaced {
            self.text.push(' ');
        }
        push_clean(&mut self.text, shown);
    }

    /// Without the semicolons at its end; `None` if nothing is left.
    pub(super) fn finish(mut self) -> Option<String> {
        self.text.truncate(self.text.trim_end_matches([';', ' ']).len());
        (!self.text.is_empty()).then_some(self.text)
    }
}

/// Quoted names may hold control characters; what shows them may not.
pub(super) fn push_clean(out: &mut String, text: &str) {
    if text.contains(char::is_control) {
        out.extend(text.chars().map(|char| if char.is_control() { ' ' } else { char }));
    } else {
        out.push_str(text);
    }
}
