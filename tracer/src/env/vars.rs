//! Reading variables.

use std::str::FromStr;

/// Where variables come from, and where complaints about them go.
pub(super) struct Vars<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    warn: &'a dyn Fn(&str, &str),
}

impl<'a> Vars<'a> {
    pub(super) const fn new(
        get: &'a dyn Fn(&str) -> Option<String>,
        warn: &'a dyn Fn(&str, &str),
    ) -> Self {
        Self { get, warn }
    }

    /// As it is.
    #[cfg(any(feature = "otlp", feature = "zipkin"))]
    pub(super) fn raw(&self, name: &str) -> Option<String> {
        (self.get)(name)
    }

    /// Trimmed, if there is anything.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = (self.get)(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The first of these that is set to a whole number of at least `least`.
    pub(super) fn number(&self, names: &[&str], least: usize) -> Option<usize> {
        names.iter().find_map(|name| {
            let number = usize::from_str(&self.text(name)?).ok().filter(|n| *n >= least);
            if number.is_none() {
                self.warn(name, "ignored: no whole number, or too small a one");
            }
            number
        })
    }

    pub(super) fn warn(&self, name: &str, why: &str) {
        (self.warn)(name, why);
    }
}
