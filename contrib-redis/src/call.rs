//! One call, from its command to its answer.

use std::borrow::Cow;

use redis::{RedisResult, ServerError, Value};
use tracer_core::SpanContext;
use tracer_core::observe::{Kind, Observed, Shared};
use tracer_core::semconv::db::{self, DbCall, Endpoint};

use crate::config::Config;
use crate::name::Operation;
use crate::sent::Sent;
use crate::{failure, reply, script, text};

/// A call that may be traced.
pub(crate) struct Call<'a, S> {
    config: &'a Config,
    sent: &'a S,
    /// Known already where somebody has asked.
    operation: Option<Operation<'a>>,
}

impl<'a, S: Sent> Call<'a, S> {
    /// `None` where nothing would be recorded, whichever span is current when it starts.
    pub(crate) fn of(config: &'a Shared<Config>, sent: &'a S) -> Option<Self> {
        let config = config.get()?;
        if config.store.is_off() {
            return None;
        }
        let Some(filter) = &config.filter else {
            return Some(Self { config, sent, operation: None });
        };
        let operation = Operation::of(sent);
        filter(&operation.name).then_some(Self { config, sent, operation: Some(operation) })
    }

    pub(crate) const fn config(&self) -> &'a Config {
        self.config
    }

    /// Below the span that is current now; `None` where that one, or there being none, says that
    /// nothing is to be recorded.
    pub(crate) fn start(self) -> Option<Observed> {
        let Self { config, sent, operation } = self;
        let tracer = config.store.tracer()?;
        let operation = operation.unwrap_or_else(|| Operation::of(sent));
        let description = Description { config, sent, operation };
        let span = db::start(&tracer, &description, &SpanContext::default());
        let observed = Observed::new(Kind::Store, span, ());
        if observed.is_recording()
            && let Some(hook) = &config.on_start
        {
            hook(observed.span(), &description.operation.name);
        }
        Some(observed)
    }
}

/// What a span says of a call when it starts.
struct Description<'a, S> {
    config: &'a Config,
    sent: &'a S,
    operation: Operation<'a>,
}

impl<S: Sent> DbCall for Description<'_, S> {
    fn endpoint(&self) -> &Endpoint {
        &self.config.endpoint
    }

    fn operation(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.operation.name))
    }

    fn text(&self) -> Option<Cow<'static, str>> {
        let text = || text::of(self.sent, self.operation.transaction).into();
        self.config.query_text.then(text)
    }

    fn batch_size(&self) -> Option<usize> {
        self.operation.size
    }

    fn stored_procedure(&self) -> Option<Cow<'static, str>> {
        if !self.operation.is_one() {
            return None;
        }
        script::procedure(self.sent.commands().next()?)
    }
}

/// What comes back: the answer to one command, or the answers to several.
pub(crate) trait Reply {
    /// `NOSCRIPT` is how a script learns that it has to be loaded: it then does so and tries again.
    /// In a pipeline nobody does.
    const LOADS_SCRIPTS: bool;

    fn refusal(&self) -> Option<&ServerError>;
}

impl Reply for Value {
    const LOADS_SCRIPTS: bool = true;

    fn refusal(&self) -> Option<&ServerError> {
        reply::refusal(self)
    }
}

impl Reply for Vec<Value> {
    const LOADS_SCRIPTS: bool = false;

    fn refusal(&self) -> Option<&ServerError> {
        self.iter().find_map(reply::refusal)
    }
}

/// Ends the span with what has come back.
pub(crate) fn end<R: Reply>(config: &Config, mut observed: Observed, result: &RedisResult<R>) {
    if observed.is_recording() {
        let span = observed.span();
        let messages = config.store.error_messages;
        match result {
            Ok(reply) => {
                if let Some(error) = reply.refusal() {
                    failure::on_refusal(span, error, R::LOADS_SCRIPTS, messages);
                }
            }
            Err(error) => failure::on_error(span, error, R::LOADS_SCRIPTS, messages),
        }
    }
    observed.end();
}
