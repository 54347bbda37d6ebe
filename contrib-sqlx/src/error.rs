//! `error.type` and the message of a failed statement.

use sqlx_core::error::Error;
use tracer_core::SpanRef;
use tracer_core::semconv::{self, db, failure};

use crate::config::SqlxTracing;
use crate::database::TracedDatabase;

/// Records that a statement failed. An error's message quotes values, and is kept where that is
/// wished.
#[cold]
pub(crate) fn record<DB: TracedDatabase>(span: &SpanRef, error: &Error, keeps_message: bool) {
    let code = error.as_database_error().and_then(DB::code);
    let message = keeps_message.then(|| error.to_string());
    db::on_error(span, code, kind(error), message.as_deref());
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Io(_) => failure::io_kind(error).unwrap_or(semconv::OTHER),
        Error::PoolTimedOut => semconv::POOL_TIMEOUT,
        Error::PoolClosed => "pool_closed",
        Error::Configuration(_) => "configuration",
        Error::InvalidArgument(_) => "invalid_argument",
        Error::Tls(_) => "tls",
        Error::Protocol(_) => "protocol",
        Error::RowNotFound => "row_not_found",
        Error::TypeNotFound { .. } => "type_not_found",
        Error::ColumnIndexOutOfBounds { .. } | Error::ColumnNotFound(_) => "column_not_found",
        Error::Encode(_) => "encode",
        Error::ColumnDecode { .. } | Error::Decode(_) => "decode",
        Error::WorkerCrashed => "worker_crashed",
        Error::InvalidSavePointStatement => "invalid_savepoint",
        Error::BeginFailed => "begin_failed",
        _ => semconv::OTHER,
    }
}

/// Records that a transaction could not begin or end.
pub(crate) fn record_on<DB: TracedDatabase>(tracing: &SqlxTracing, span: &SpanRef, error: &Error) {
    if let Some(config) = tracing.config().filter(|_| span.is_recording()) {
        record::<DB>(span, error, config.store.error_messages);
    }
}
