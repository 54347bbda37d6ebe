//! Deciding by what a span is about.

use std::borrow::Cow;
use std::sync::Arc;

use super::pattern::Pattern;
use super::{AlwaysOn, Decision, ParentBased, Sampler, SamplingInput};
use crate::semconv;
use crate::span::SpanKind;
use crate::value::{Tag, Value};

/// Asks the sampler of the first [`Rule`] that matches, and [`otherwise`](Self::otherwise) another
/// one.
///
/// A rule decides over the caller's decision too: what calls a health check may record as much as
/// it likes. Give a rule a [`ParentBased`] sampler to follow callers. Children inside the process
/// follow their local root, as with every sampler: what a rule drops is dropped with all that is
/// below it. No rule is asked for them, and neither are samplers for local parents in here
/// ([`samples_children`](Sampler::samples_children)).
///
/// ```
/// use tracer_core::{AlwaysOff, ParentBased, RateLimiting, Rule, Rules, SpanKind};
/// use tracer_core::{AlwaysOn, Tracer};
///
/// let sampler = Rules::new()
///     // A health check is not recorded, nor what it does.
///     .rule(Rule::new().route("/health*"), AlwaysOff)
///     // Of what a shop's robots look at, one a second.
///     .rule(Rule::new().kind(SpanKind::Server).tag("shop.robot", true), RateLimiting::per_second(1.0))
///     .otherwise(ParentBased::new(AlwaysOn));
/// let tracer = Tracer::builder("shop").sampler(sampler).build();
///
/// let check = tracer.span("GET /health").root().tag("http.route", "/health").start();
/// let child = tracer.span("SELECT 1").child_of(&check).start();
/// # if !tracer_core::ENABLED { return; }
/// assert!(!check.is_recording() && !child.is_recording());
/// assert!(tracer.span("GET /cart").root().tag("http.route", "/cart").start().is_recording());
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Rules {
    rules: Vec<(Rule, Arc<dyn Sampler>)>,
    otherwise: Arc<dyn Sampler>,
}

/// What a span has to be for a rule to hold: all that is said here. Nothing said, it is any span.
///
/// In the patterns `*` stands for any text, also for none. Case counts.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Rule {
    name: Option<Pattern>,
    route: Option<Pattern>,
    path: Option<Pattern>,
    kind: Option<SpanKind>,
    tags: Vec<Tag>,
}

impl Rules {
    /// No rules. What no rule is for is recorded, and callers decide for their traces: a tracer's
    /// default.
    pub fn new() -> Self {
        Self { rules: Vec::new(), otherwise: Arc::new(ParentBased::new(AlwaysOn)) }
    }

    /// Adds a rule, behind those there are, and who decides where it holds.
    pub fn rule(mut self, rule: Rule, sampler: impl Sampler + 'static) -> Self {
        self.rules.push((rule, Arc::new(sampler)));
        self
    }

    /// Who decides where no rule holds.
    pub fn otherwise(mut self, sampler: impl Sampler + 'static) -> Self {
        self.otherwise = Arc::new(sampler);
        self
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::new()
    }
}

impl Sampler for Rules {
    fn sample(&self, input: &SamplingInput<'_>) -> Decision {
        let first = self.rules.iter().find(|(rule, _)| rule.matches(input));
        first.map_or(&self.otherwise, |(_, sampler)| sampler).sample(input)
    }

    fn reads_tags(&self) -> bool {
        self.otherwise.reads_tags()
            || self.rules.iter().any(|(rule, sampler)| rule.reads_tags() || sampler.reads_tags())
    }
}

impl Rule {
    /// Any span.
    pub fn new() -> Self {
        Self::default()
    }

    /// A span whose name is this pattern's, before any later renaming: `GET /cart/{id}`.
    pub fn name(mut self, pattern: &str) -> Self {
        self.name = Some(Pattern::new(pattern));
        self
    }

    /// A span whose route is this pattern's: the template of an HTTP route (`http.route`,
    /// `/cart/{id}`), or a gRPC method (`rpc.method`, `shop.Cart/Add`).
    pub fn route(mut self, pattern: &str) -> Self {
        self.route = Some(Pattern::new(pattern));
        self
    }

    /// A span whose path is this pattern's (`url.path`, `/cart/17`), which clients' spans do not
    /// have.
    pub fn path(mut self, pattern: &str) -> Self {
        self.path = Some(Pattern::new(pattern));
        self
    }

    /// A span of this kind.
    pub const fn kind(mut self, kind: SpanKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// A span that has this tag when it starts. Of several, all have to be there.
    pub fn tag(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.tags.push(Tag::new(key, value));
        self
    }

    fn matches(&self, input: &SamplingInput<'_>) -> bool {
        const ROUTE: [&str; 2] = [semconv::HTTP_ROUTE, semconv::RPC_METHOD];
        let tagged = |keys: &[&str], pattern: &Pattern| {
            let of_these = |tag: &&Tag| keys.contains(&&*tag.key);
            let texts = input.tags.iter().filter(of_these).filter_map(|tag| tag.value.as_str());
            texts.into_iter().any(|text| pattern.matches(text))
        };
        self.kind.is_none_or(|kind| kind == input.kind)
            && self.name.as_ref().is_none_or(|name| name.matches(input.name))
            && self.route.as_ref().is_none_or(|route| tagged(&ROUTE, route))
            && self.path.as_ref().is_none_or(|path| tagged(&[semconv::URL_PATH], path))
            && self.tags.iter().all(|tag| input.tags.contains(tag))
    }

    const fn reads_tags(&self) -> bool {
        self.route.is_some() || self.path.is_some() || !self.tags.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TraceId;
    use crate::sampler::tests::{Caller, ask};
    use crate::sampler::{AlwaysOff, RateLimiting};

    fn input<'a>(name: &'a str, kind: SpanKind, tags: &'a [Tag]) -> SamplingInput<'a> {
        let trace_id = TraceId::from_u128(1).unwrap();
        SamplingInput { parent: None, trace_id, name, kind, tags }
    }

    #[test]
    fn a_rule_holds_where_all_it_says_does() {
        let tags = [
            Tag::new("http.route", "/cart/{id}"),
            Tag::new("url.path", "/cart/17".to_owned()),
            Tag::new("customer", 17),
        ];
        let cart = input("GET /cart/{id}", SpanKind::Server, &tags);
        let method = [Tag::new("rpc.method", "shop.Cart/Add")];
        let add = input("shop.Cart/Add", SpanKind::Client, &method);
        for (rule, of_cart, of_add) in [
            (Rule::new(), true, true),
            (Rule::new().name("GET /cart/{id}"), true, false),
            (Rule::new().name("GET *"), true, false),
            (Rule::new().name("/cart/{id}"), false, false),
            (Rule::new().kind(SpanKind::Client), false, true),
            (Rule::new().route("/cart/*"), true, false),
            (Rule::new().route("/cart/17"), false, false),
            (Rule::new().route("shop.*"), false, true),
            (Rule::new().path("/cart/17"), true, false),
            (Rule::new().path("*17"), true, false),
            (Rule::new().tag("customer", 17), true, false),
            (Rule::new().tag("customer", "17"), false, false),
            (Rule::new().tag("customer", 18), false, false),
            (Rule::new().tag("customer", 17).tag("other", 1), false, false),
            (Rule::new().name("GET *").kind(SpanKind::Server).path("/cart*"), true, false),
            (Rule::new().name("GET *").kind(SpanKind::Client), false, false),
        ] {
            assert_eq!(rule.matches(&cart), of_cart, "{rule:?}");
            assert_eq!(rule.matches(&add), of_add, "{rule:?}");
        }
    }

    #[test]
    fn the_first_rule_that_matches_wins() {
        let rules = Rules::new()
            .rule(Rule::new().name("a*"), AlwaysOff)
            .rule(Rule::new().name("*b"), AlwaysOn)
            .otherwise(AlwaysOff);
        for (name, sampled) in [("ab", false), ("bb", true), ("c", false)] {
            let decided = rules.sample(&input(name, SpanKind::Internal, &[])).sampled;
            assert_eq!(decided, sampled, "{name}");
        }
        assert!(Rules::new().sample(&input("c", SpanKind::Internal, &[])).sampled);
    }

    #[test]
    fn rules_decide_over_callers_and_the_rest_follows_them() {
        let sampled = Caller { remote: true, sampled: true };
        let unsampled = Caller { remote: true, sampled: false };
        let off = Rules::new().rule(Rule::new().name("n"), AlwaysOff);
        assert!(!ask(&off, 1, Some(sampled)));
        let on = Rules::new().rule(Rule::new().name("n"), AlwaysOn);
        assert!(ask(&on, 1, Some(unsampled)));
        assert!(ask(&Rules::new(), 1, Some(sampled)) && !ask(&Rules::new(), 1, Some(unsampled)));
    }

    #[test]
    fn tags_are_made_where_a_rule_needs_them() {
        let rules = |rule| Rules::new().rule(rule, RateLimiting::per_second(1.0));
        assert!(!rules(Rule::new().name("n").kind(SpanKind::Server)).reads_tags());
        for rule in [Rule::new().route("r"), Rule::new().path("p"), Rule::new().tag("k", 1)] {
            assert!(rules(rule.clone()).reads_tags(), "{rule:?}");
            assert!(Rules::new().otherwise(rules(rule.clone())).reads_tags());
            assert!(Rules::new().rule(Rule::new(), rules(rule)).reads_tags());
        }
    }

    #[test]
    fn no_rule_is_asked_for_children() {
        let local = ParentBased::new(AlwaysOn).local_not_sampled(AlwaysOn);
        assert!(!Rules::new().otherwise(local).samples_children());
    }
}
