//! From one process to the next.

use std::collections::{BTreeMap, HashMap};

use super::carriers::Carrier;
use super::options::Baggage as Carried;
use super::run::{Findings, Run};
use super::{Check, Options};
use crate::baggage::Baggage;
use crate::context::SpanContext;
use crate::id::{SpanId, TraceId};
use crate::tracer::Tracer;

pub(super) fn check(run: &mut Run<'_>, tracer: &Tracer) {
    in_carrier::<HashMap<String, String>>(run, tracer);
    in_carrier::<BTreeMap<String, String>>(run, tracer);
    in_carrier::<Vec<(String, String)>>(run, tracer);
    #[cfg(feature = "http")]
    if run.options.baggage != Carried::Text {
        in_carrier::<http::HeaderMap>(run, tracer);
    }
}

fn in_carrier<C: Carrier>(run: &mut Run<'_>, tracer: &Tracer) {
    let at = At { tracer, options: run.options, carrier: C::NAME };
    if at.options.inject {
        run.check(Check::NothingEmpty, |found| at.nothing_empty::<C>(found));
        run.check(Check::Legal, |found| at.legal::<C>(found));
        run.check(Check::Strips, |found| at.strips::<C>(found));
    }
    if at.options.extract {
        run.check(Check::Unrelated, |found| at.unrelated::<C>(found));
    }
    if !(at.options.inject && at.options.extract) {
        return;
    }
    run.check(Check::RoundTrip, |found| at.round_trip::<C>(found));
    run.check(Check::Decision, |found| at.decision::<C>(found));
    run.check(Check::Remote, |found| at.remote::<C>(found));
    run.check(Check::NothingAppears, |found| at.nothing_appears::<C>(found));
    run.check(Check::Replaces, |found| at.replaces::<C>(found));
    if at.options.baggage != Carried::None {
        run.check(Check::Baggage, |found| at.baggage::<C>(found));
    }
    if at.options.joins {
        run.check(Check::Joins, |found| at.joins::<C>(found));
        run.check(Check::HandedOn, |found| at.handed_on::<C>(found));
    }
}

/// Where a check is made.
struct At<'a> {
    tracer: &'a Tracer,
    options: &'a Options,
    carrier: &'static str,
}

/// Field names that no format has, and what they hold.
const UNRELATED: [(&str, &str); 4] =
    [("accept", "*/*"), ("cookie", "a=1; b=2"), ("x-own", "k=v"), ("x-request-id", "7f:1:0:1")];

impl At<'_> {
    fn written<C: Carrier>(&self, context: &SpanContext) -> C {
        let mut carrier = C::default();
        self.tracer.inject(context, &mut carrier);
        carrier
    }

    fn read(&self, carrier: &impl Carrier) -> SpanContext {
        self.tracer.try_extract(carrier).unwrap_or_default()
    }

    fn say(&self, found: &mut Findings, holds: bool, otherwise: &str) {
        if !holds {
            found.add(format!("{otherwise}, in {}", self.carrier));
        }
    }

    fn items(&self) -> Baggage {
        let mut baggage = Baggage::new();
        let plain = [("user", "7"), ("a-b.c_1", "x/y"), ("token", "abc-123")];
        let more = match self.options.baggage {
            Carried::Any => [("words", "two words"), ("mixed", "Zo\u{eb}, 7; = \"\\%41\r\n:")],
            Carried::Text => [("words", "two words"), ("mixed", "Zo\u{eb}, 7; = \"\\%41:+")],
            Carried::Plain | Carried::None => [("mixed", "a:b"), ("more", "1")],
        };
        for (key, value) in plain.into_iter().chain(more) {
            baggage.set(key, value);
        }
        baggage
    }

    fn round_trip<C: Carrier>(&self, found: &mut Findings) {
        let span = self.tracer.span("call").root().start();
        for context in contexts(true).into_iter().chain(contexts(false)).chain([span.context()]) {
            let read = self.read(&self.written::<C>(&context));
            let same = (self.options.same_context)(&read, &context);
            let same = same && (self.options.same_trace)(&read, &context);
            self.say(found, same, &format!("{context:?} comes back as {read:?}"));
        }
    }

    fn decision<C: Carrier>(&self, found: &mut Findings) {
        for sampled in [true, false] {
            for context in contexts(sampled) {
                let read = self.read(&self.written::<C>(&context));
                self.say(found, read.is_sampled() == sampled, &format!("{sampled} is lost"));
            }
        }
    }

    fn remote<C: Carrier>(&self, found: &mut Findings) {
        for context in contexts(true) {
            let read = self.read(&self.written::<C>(&context));
            self.say(found, read.is_remote(), "a caller is taken for one of this process");
        }
    }

    fn nothing_appears<C: Carrier>(&self, found: &mut Findings) {
        for context in contexts(true) {
            let read = self.read(&self.written::<C>(&context));
            self.say(found, read.baggage().is_empty(), "baggage comes out of nothing");
            self.say(found, read.tracestate().is_empty(), "a tracestate comes out of nothing");
        }
    }

    fn unrelated<C: Carrier>(&self, found: &mut Findings) {
        let mut carrier = C::default();
        UNRELATED.iter().for_each(|(name, value)| carrier.put(name, value));
        let read = self.tracer.try_extract(&carrier);
        self.say(found, read.is_err(), &format!("{read:?} is read out of unrelated fields"));
        let none = self.tracer.try_extract(&C::default());
        self.say(found, none.is_err(), &format!("{none:?} is read out of nothing"));
    }

    fn nothing_empty<C: Carrier>(&self, found: &mut Findings) {
        let with_items = |context: SpanContext| context.with_baggage(self.items());
        let span = self.tracer.span("call").root().start();
        let plain = contexts(true).into_iter().chain(contexts(false)).chain([span.context()]);
        for context in plain.flat_map(|context| [context.clone(), with_items(context)]) {
            let pairs = self.written::<C>(&context).pairs();
            for (name, _) in pairs.iter().filter(|(_, value)| value.is_empty()) {
                self.say(found, false, &format!("the field `{name}` is empty"));
            }
            self.say(found, !pairs.is_empty(), "nothing is written at all");
        }
        let mut carrier = self.written::<C>(&with_items(context(3, 4, true)));
        let before = carrier.pairs();
        self.tracer.inject(&SpanContext::default(), &mut carrier);
        let left_alone = carrier.pairs() == before;
        self.say(found, left_alone, "a context with nothing in it changes a message");
    }

    fn legal<C: Carrier>(&self, found: &mut Findings) {
        let mut nasty = Baggage::new();
        let values = ["\r\nx: y", "\0", "\u{7f}", "\u{eb}", " ", ",;=\"\\", "%0d%0a", "\u{1f980}"];
        for (nth, value) in values.into_iter().enumerate() {
            nasty.set(&format!("key-{nth}"), value);
        }
        let items = if self.options.baggage == Carried::None { Baggage::new() } else { nasty };
        let context = context(1, u64::MAX, true).with_baggage(items);
        let list = self.written::<Vec<(String, String)>>(&context).pairs();
        for (name, value) in &list {
            let token = !name.is_empty()
                && name.bytes().all(|byte| {
                    byte.is_ascii_graphic()
                        && !byte.is_ascii_uppercase()
                        && !b"\"(),/:;<=>?@[\\]{}".contains(&byte)
                });
            found.expect(token, &format!("`{}` is no name", name.escape_debug()));
            let shown = String::from_utf8_lossy(value);
            let legal = format!("`{}` is not legal, in `{name}`", shown.escape_debug());
            found.expect(self.options.baggage.is_legal(value), &legal);
        }
        let pairs = self.written::<C>(&context).pairs();
        self.say(found, pairs == list, "something else is written than into a list");
    }

    fn replaces<C: Carrier>(&self, found: &mut Findings) {
        let first = context(1, 2, true).with_baggage(self.items());
        let mut carrier = self.written::<C>(&first);
        UNRELATED.iter().for_each(|(name, value)| carrier.put(name, value));
        let second = context(3, 4, false);
        self.tracer.inject(&second, &mut carrier);
        let mut fresh = self.written::<C>(&second);
        UNRELATED.iter().for_each(|(name, value)| fresh.put(name, value));
        let same = carrier.pairs() == fresh.pairs();
        self.say(found, same, "what was there before is left in a message");
        let read = self.read(&carrier);
        self.say(found, (self.options.same_context)(&read, &second), "the first context holds");
        self.say(found, read.baggage().is_empty(), "baggage of the context before is left");
    }

    fn strips<C: Carrier>(&self, found: &mut Findings) {
        let mut carrier = C::default();
        UNRELATED.iter().for_each(|(name, value)| carrier.put(name, value));
        let before = carrier.pairs();
        self.tracer.inject(&context(1, 2, true).with_baggage(self.items()), &mut carrier);
        self.tracer.strip(&mut carrier);
        let after = carrier.pairs();
        self.say(found, after == before, "what is stripped is still there, or more is gone");
    }

    fn baggage<C: Carrier>(&self, found: &mut Findings) {
        let context = context(1, 2, true).with_baggage(self.items());
        let read = self.read(&self.written::<C>(&context)).baggage();
        for (key, value) in self.items().iter() {
            let shown = read.get(key);
            let what = format!("`{}` arrives as {shown:?}", value.escape_debug());
            self.say(found, shown == Some(value), &what);
        }
        let more = read.len() > self.items().len();
        self.say(found, !more, "more items arrive than were sent");
    }

    fn joins<C: Carrier>(&self, found: &mut Findings) {
        for sampled in [true, false] {
            let caller = context(5, 6, sampled).with_baggage(self.items());
            let carrier = self.written::<C>(&caller);
            let span = self.tracer.span("serve").child_of(&self.tracer.extract(&carrier)).start();
            let own = span.context();
            let joined = (self.options.same_trace)(&own, &caller);
            self.say(found, joined, "a child of the caller is in another trace");
            let has_own = own.is_valid() && own.span_id() != caller.span_id();
            self.say(found, has_own, "a child of the caller has no id of its own");
            self.say(found, !own.is_remote(), "a child of the caller is a caller itself");
        }
    }

    fn handed_on<C: Carrier>(&self, found: &mut Findings) {
        let carrier = self.written::<C>(&context(7, 8, true).with_baggage(self.items()));
        let _on = OffMeanwhile::new(self.tracer);
        let span = self.tracer.span("serve").child_of(&self.tracer.extract(&carrier)).start();
        let mut onward = C::default();
        self.tracer.inject(&span, &mut onward);
        let same = onward.pairs() == carrier.pairs();
        self.say(found, same, "switched off, not all that came goes on");
    }
}

/// Switches a tracer on again, whatever happens.
struct OffMeanwhile<'a>(&'a Tracer);

impl<'a> OffMeanwhile<'a> {
    fn new(tracer: &'a Tracer) -> Self {
        tracer.set_enabled(false);
        Self(tracer)
    }
}

impl Drop for OffMeanwhile<'_> {
    fn drop(&mut self) {
        self.0.set_enabled(true);
    }
}

/// Contexts that a format may find hard.
fn contexts(sampled: bool) -> [SpanContext; 4] {
    [(1, 1), (u128::MAX, u64::MAX), (1 << 127, 1 << 63), (0xa_0000_0000_0000_000b, 0xc)]
        .map(|(trace, span)| context(trace, span, sampled))
}

fn context(trace: u128, span: u64, sampled: bool) -> SpanContext {
    match (TraceId::from_u128(trace), SpanId::from_u64(span)) {
        (Some(trace), Some(span)) => SpanContext::new(trace, span, sampled),
        _ => SpanContext::default(),
    }
}
