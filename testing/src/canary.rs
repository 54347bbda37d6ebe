//! What tests of secrets have in common: the mark of a secret, and everything that goes out.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracer_core::{
    Batch, ENABLED, FinishedSpan, Outcome, Reporter, Tracer, Waterfall, WaterfallStyle,
};

/// Every secret begins like this, so that half of one is found too.
pub const MARK: &str = "hushcanary";

/// As contrib-otlp has it, which this crate does without.
pub type Encode = fn(&Batch<'_>, &mut Vec<u8>);

/// Keeps what has gone out: the spans, and the bytes for a receiver.
#[derive(Clone, Debug)]
pub struct Out {
    encode: Encode,
    kept: Arc<Mutex<Kept>>,
}

/// What has gone out.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The spans.
    pub spans: Vec<FinishedSpan>,
    /// What a receiver would have got.
    pub bytes: Vec<u8>,
}

impl Out {
    /// Nothing has gone out yet.
    #[must_use]
    pub fn new(encode: Encode) -> Self {
        Self { encode, kept: Arc::default() }
    }

    /// A tracer of which everything is kept.
    #[must_use]
    pub fn tracer(&self) -> Tracer {
        Tracer::builder("test").reporter(self.clone()).build()
    }

    /// All that this tracer has finished.
    ///
    /// # Panics
    /// When it is not handed over in time.
    #[must_use]
    pub fn kept(&self, tracer: &Tracer) -> Kept {
        assert_eq!(tracer.flush(Duration::from_secs(20)), Ok(()));
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Kept {
    /// Looks at all that leaves a process, or that a developer sees of it: spans as they are printed
    /// and drawn, and the bytes for a receiver. `told` says whether a text has a secret in it.
    ///
    /// # Panics
    /// Where one has.
    pub fn expect_untold(&self, told: impl Fn(&[u8]) -> bool) {
        let expect = |what: &str, text: &[u8]| {
            assert!(!told(text), "{what}: {}", String::from_utf8_lossy(text));
        };
        for span in &self.spans {
            expect("a span", format!("{span:?} {span:#?}").as_bytes());
        }
        for style in [WaterfallStyle::Plain, WaterfallStyle::Coloured] {
            expect("the console", Waterfall::new(&self.spans, style).to_string().as_bytes());
        }
        assert_eq!(self.bytes.is_empty(), !ENABLED);
        expect("what is exported", &self.bytes);
    }
}

impl Reporter for Out {
    fn report(&mut self, batch: &Batch<'_>) -> Outcome {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (self.encode)(batch, &mut kept.bytes);
        kept.spans.extend(batch.spans().map(|span| span.to_finished(batch.resource())));
        Outcome::Reported
    }
}

/// Whether there is a secret in it, or half of one.
#[must_use]
pub fn is_told(text: &[u8]) -> bool {
    // Not copied: what is exported is large.
    text.windows(MARK.len()).any(|part| part.eq_ignore_ascii_case(MARK.as_bytes()))
}

/// That there is none.
///
/// # Panics
/// Where there is one.
#[track_caller]
pub fn expect_untold(text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    assert!(!is_told(text), "{}", String::from_utf8_lossy(text));
}

/// That none is printed.
///
/// # Panics
/// Where one is.
#[track_caller]
pub fn expect_silent(value: &impl Debug) {
    expect_untold(format!("{value:?} {value:#?}"));
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn one_that_is_told_is_found() {
        let out = Out::new(|batch, bytes| bytes.extend(vec![0; batch.len()]));
        let tracer = out.tracer();
        drop(tracer.span("x").root().tag("k", format!("{MARK}0001")).start());
        let kept = out.kept(&tracer);
        let is_found = |told: &dyn Fn(&[u8]) -> bool| {
            catch_unwind(AssertUnwindSafe(|| kept.expect_untold(told))).is_err()
        };
        assert_eq!(is_found(&is_told), ENABLED, "told");
        let printed: Vec<_> = kept.spans.iter().map(|span| format!("{span:?} {span:#?}")).collect();
        let is_printed = |text: &[u8]| printed.iter().any(|printed| printed.as_bytes() == text);
        assert_eq!(is_found(&is_printed), ENABLED, "printed");
        for style in [WaterfallStyle::Plain, WaterfallStyle::Coloured] {
            let picture = Waterfall::new(&kept.spans, style).to_string();
            let is_drawn = |text: &[u8]| ENABLED && text == picture.as_bytes();
            assert_eq!(is_found(&is_drawn), ENABLED, "drawn");
        }
        assert_eq!(is_found(&|text| ENABLED && text == kept.bytes), ENABLED, "exported");
        kept.expect_untold(|_| false);
    }
}
