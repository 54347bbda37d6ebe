//! An integration by hand, right or wrong in one way.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use tracer_core::observe::{Kind, Observed, StoreSettings};
use tracer_core::semconv::{self, db};
use tracer_core::{InSpanExt, Span, SpanContext, SpanKind, SpanRef, Tracer, current};

use super::Fault;
use super::memory::{Answer, Command, Rows, StoreError, run, run_all};
use super::rows::TracedRows;
use super::view::View;

/// Enters a span when it goes, and never leaves it.
struct Leaves(Tracer);

impl Drop for Leaves {
    fn drop(&mut self) {
        let span = self.0.span("left").start();
        #[expect(clippy::mem_forget, reason = "that is what is wrong")]
        std::mem::forget(span.enter());
    }
}

/// The client. Without a tracer it is the store's own.
pub(crate) struct Traced {
    pub(crate) fault: Fault,
    pub(crate) endpoint: db::Endpoint,
    /// What one fault shares.
    pub(crate) parent: Mutex<SpanContext>,
}

impl Traced {
    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    pub(crate) async fn one(&self, tracer: Option<&Tracer>, command: Command) -> Answer {
        let Some(tracer) = self.wanted(tracer) else {
            let answer = run(&command).await;
            let changed = self.has(Fault::ChangesTheOutcomeWhileOff) && tracer.is_some();
            return if changed { answer.map_err(|_| StoreError::Gone) } else { answer };
        };
        if self.has(Fault::CallsLeavingFine) {
            // What a span does by itself when nobody observes.
            let span = self.begin(&tracer, &self.view(command.name, &[]));
            return run(&command).in_span(span).await;
        }
        let mut observed = self.start(&tracer, command.name, std::slice::from_ref(&command)).await;
        if self.has(Fault::EndsBeforeTheDrop) {
            observed.head();
        }
        let _leaves = self.has(Fault::StaysCurrentAfterTheDrop).then(|| Leaves(tracer.clone()));
        let (answer, mut observed) = observed.drive(run(&command)).await;
        match &answer {
            Ok(None) if self.has(Fault::CallsEmptyAnError) => {
                db::on_error(observed.span(), None, "empty", None);
            }
            Ok(value) if !self.has(Fault::ForgetsRows) => {
                db::on_rows(observed.span(), value.iter().count() as u64);
            }
            Ok(_) => {}
            Err(error) => self.failed(observed.span(), error),
        }
        self.end(&mut observed);
        let changed = self.has(Fault::ChangesTheOutcome);
        if changed { answer.map_err(|_| StoreError::Gone) } else { answer }
    }

    pub(crate) async fn scan(&self, tracer: Option<&Tracer>) -> TracedRows {
        let (rows, fault) = (Rows::default(), self.fault);
        let tracer = self.wanted(tracer);
        let observed = match &tracer {
            Some(tracer) => self.start(tracer, "SCAN", &[Command::new("SCAN", &[])]).await,
            None => Observed::none(),
        };
        TracedRows { rows, observed, tracer, fault, read: 0 }
    }

    pub(crate) async fn batch(
        &self,
        tracer: Option<&Tracer>,
        commands: &[Command],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let Some(tracer) = self.wanted(tracer) else {
            return run_all(commands).await;
        };
        if self.has(Fault::SpanPerCommandOfABatch) {
            let mut answers = Vec::new();
            for command in commands {
                answers.push(self.one(Some(&tracer), command.clone()).await?);
            }
            return Ok(answers);
        }
        let observed = self.start(&tracer, "PIPELINE", commands).await;
        let (answers, mut observed) = observed.drive(run_all(commands)).await;
        if let Err(error) = &answers {
            self.failed(observed.span(), error);
        }
        self.end(&mut observed);
        answers
    }

    /// Each command with a span of its own, below one that holds them.
    pub(crate) async fn transaction(
        &self,
        tracer: Option<&Tracer>,
        commands: &[Command],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let work = async {
            let word = |word| self.one(tracer, Command::new(word, &[]));
            word("BEGIN").await?;
            let mut answers = Vec::new();
            for command in commands {
                match self.one(tracer, command.clone()).await {
                    Ok(answer) => answers.push(answer),
                    Err(error) => {
                        word("ROLLBACK").await?;
                        return Err(error);
                    }
                }
            }
            word("COMMIT").await?;
            Ok(answers)
        };
        let Some(tracer) = self.wanted(tracer) else {
            return work.await;
        };
        let span = db::start_transaction(&tracer, &self.endpoint);
        let (answers, mut observed) = Observed::new(Kind::Store, span, ()).drive(work).await;
        if answers.is_err() && self.has(Fault::BlamesTheTransaction) {
            db::on_error(observed.span(), None, "transaction", None);
        }
        observed.end();
        answers
    }

    /// The span of a command that nobody ever waits for.
    pub(crate) fn unpolled(&self, tracer: Option<&Tracer>) {
        let command = Command::new("GET", &["there"]);
        if let Some(tracer) = tracer.filter(|_| self.has(Fault::CallsUnpolledAnError)) {
            let span = self.begin(tracer, &self.view(command.name, &[]));
            drop(Observed::new(Kind::HttpServer, span, ()));
        }
        drop(self.one(tracer, command));
    }

    /// The tracer, if the call is to be traced.
    fn wanted(&self, tracer: Option<&Tracer>) -> Option<Tracer> {
        let tracer = tracer?;
        let settings = StoreSettings {
            tracer: Some(tracer.clone()),
            only_with_parent: self.has(Fault::NeedsACaller),
            ..Default::default()
        };
        match self.fault {
            Fault::TracesWhileOff => tracer.set_enabled(true),
            Fault::TracesBelowWhatIsFiltered if current().is_suppressed() => {
                return Some(tracer.clone());
            }
            Fault::TracesUnsampled if current().context().is_valid() => {
                return Some(tracer.clone());
            }
            _ => {}
        }
        settings.tracer().map(Cow::into_owned)
    }

    fn view<'a>(&'a self, operation: &'static str, commands: &'a [Command]) -> View<'a> {
        View { endpoint: &self.endpoint, operation, commands, fault: self.fault }
    }

    async fn start(&self, tracer: &Tracer, name: &'static str, commands: &[Command]) -> Observed {
        if self.has(Fault::SharesTheParent) {
            *self.parent.lock().unwrap_or_else(PoisonError::into_inner) = current().context();
            tokio::task::yield_now().await;
        }
        let view = self.view(name, commands);
        let span = self.begin(tracer, &view);
        match self.fault {
            Fault::FinishesTwice => self.begin(tracer, &view).finish(),
            Fault::KeepsBytes => {
                let values = commands.iter().flat_map(|command| &command.arguments);
                let bytes = values.flat_map(|value| value.bytes()).map(i64::from);
                span.set_tag("bytes", bytes.collect::<Vec<_>>());
            }
            #[expect(clippy::mem_forget, reason = "that is what is wrong")]
            Fault::StaysCurrent => std::mem::forget(span.enter()),
            Fault::NeverFinishes => {
                let open = span.handle();
                #[expect(clippy::mem_forget, reason = "that is what is wrong")]
                std::mem::forget(span);
                return Observed::new(Kind::Store, Span::passive(open.context()), ());
            }
            _ => {}
        }
        let fails = self.has(Fault::CallsCancelledAnError);
        Observed::new(if fails { Kind::HttpServer } else { Kind::Store }, span, ())
    }

    fn begin(&self, tracer: &Tracer, view: &View<'_>) -> Span {
        let by_hand = |kind| {
            let name = format!("{} memory.test:1", view.operation);
            tracer.span(name).kind(kind).tag(semconv::DB_SYSTEM_NAME, self.endpoint.system())
        };
        match self.fault {
            Fault::WrongKind => by_hand(SpanKind::Internal).start(),
            Fault::WrongParent => by_hand(SpanKind::Client).root().start(),
            Fault::TracesUnsampled if !current().is_recording() => {
                by_hand(SpanKind::Client).root().start()
            }
            // On another thread nobody knows of the filter.
            Fault::TracesBelowWhatIsFiltered if current().is_suppressed() => {
                let begin = || by_hand(SpanKind::Client).start();
                std::thread::scope(|scope| scope.spawn(begin).join()).unwrap()
            }
            Fault::SharesTheParent => {
                let parent = self.parent.lock().unwrap_or_else(PoisonError::into_inner);
                db::start(tracer, view, &parent)
            }
            _ => db::start(tracer, view, &SpanContext::default()),
        }
    }

    fn failed(&self, span: &SpanRef, error: &StoreError) {
        let code = error.code();
        let message = self.has(Fault::KeepsSecretsInErrors).then_some(error.message());
        match self.fault {
            Fault::SwallowsErrors => {}
            Fault::InventsACode => {
                db::on_error(span, Some(code.unwrap_or("gone").into()), "gone", message);
            }
            Fault::CodeMissing => db::on_error(span, None, code.unwrap_or("gone"), message),
            _ => db::on_error(span, code.map(Cow::Borrowed), "gone", message),
        }
    }

    fn end(&self, observed: &mut Observed) {
        let span = observed.span().clone();
        observed.end();
        if self.has(Fault::WritesAfterTheEnd) {
            span.set_tag("late", true);
        }
    }
}
