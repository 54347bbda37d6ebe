//! What a backend wants to be recorded.

mod wire;

use std::fmt;

use tracer_core::{OperationSampling, PerOperation, Probabilistic};

use wire::{Object, Operations, Rate, Response, StrategyType};

/// What a backend wants to be recorded.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Strategy {
    /// A share of the traces.
    Probabilistic(Probabilistic),
    /// So many traces a second.
    RateLimiting(f64),
    /// A share of each operation, and so many a second at least.
    PerOperation(OperationSampling),
}

/// Why an answer is no strategy. Says nothing that the backend could choose freely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StrategyError {
    /// No JSON, or not of the shape that Jaeger's has.
    Malformed,
    /// A type of strategy that nobody knows.
    UnknownType,
    /// What the type of strategy asks for is not there.
    Missing,
    /// A rate that is not between 0 and 1.
    BadRate,
    /// A number of traces a second that is negative.
    BadLimit,
}

/// Reads a backend's answer: the JSON that Jaeger's agent, collector and query send to
/// `GET /sampling?service=NAME`.
///
/// `strategyType` is a word or a number, and `PROBABILISTIC` where it is missing, as protobuf's JSON
/// leaves its first value out. `operationSampling` goes before the others where it is there. Of it
/// the first 2,000 operations are kept, without those whose name is over 256 bytes. An upper bound
/// of 0 is none. Fields that are not known are passed over.
///
/// ```
/// use contrib_jaeger::{Strategy, parse_strategy};
///
/// let answer = br#"{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":2}}"#;
/// assert_eq!(parse_strategy(answer), Ok(Strategy::RateLimiting(2.0)));
/// assert!(parse_strategy(b"<html>").is_err());
/// ```
///
/// # Errors
/// Anything that is wrong with it, whichever strategy it is of: a rate outside of 0 to 1, a negative
/// number of traces a second, a field that is missing, twice there, or of another type.
pub fn parse_strategy(answer: &[u8]) -> Result<Strategy, StrategyError> {
    parse(answer, PerOperation::MAX_OPERATIONS)
}

pub(crate) fn parse(answer: &[u8], max_operations: usize) -> Result<Strategy, StrategyError> {
    let Object::<Response>(response) =
        serde_json::from_slice(answer).map_err(|_| StrategyError::Malformed)?;
    let probabilistic = response.probabilistic_sampling.map(rate).transpose()?;
    let limit = response.rate_limiting_sampling.map(|Object(limit)| limit.max_traces_per_second);
    let limit = limit.map(per_second).transpose()?;
    let operations = response.operation_sampling;
    let operations =
        operations.map(|Object(all)| per_operation(all, max_operations)).transpose()?;
    match (response.strategy_type, operations) {
        (StrategyType::Unknown, _) => Err(StrategyError::UnknownType),
        (_, Some(operations)) => Ok(Strategy::PerOperation(operations)),
        (StrategyType::Probabilistic, None) => {
            probabilistic.map(Strategy::Probabilistic).ok_or(StrategyError::Missing)
        }
        (StrategyType::RateLimiting, None) => {
            limit.map(Strategy::RateLimiting).ok_or(StrategyError::Missing)
        }
    }
}

fn per_operation(all: Operations, max: usize) -> Result<OperationSampling, StrategyError> {
    let default = Probabilistic::new(all.default_sampling_probability);
    let mut sampling = OperationSampling::new(default.ok_or(StrategyError::BadRate)?)
        .lower_bound(per_second(all.default_lower_bound_traces_per_second)?)
        .upper_bound(per_second(all.default_upper_bound_traces_per_second.unwrap_or(0.0))?);
    for Object(one) in all.per_operation_strategies.unwrap_or_default() {
        let rate = rate(one.probabilistic_sampling)?;
        if sampling.len() < max && one.operation.len() <= PerOperation::MAX_NAME {
            sampling = sampling.operation(one.operation, rate);
        }
    }
    Ok(sampling)
}

fn rate(Object(of): Object<Rate>) -> Result<Probabilistic, StrategyError> {
    Probabilistic::new(of.sampling_rate).ok_or(StrategyError::BadRate)
}

/// JSON has neither NaN nor infinity.
fn per_second(limit: f64) -> Result<f64, StrategyError> {
    if limit >= 0.0 { Ok(limit) } else { Err(StrategyError::BadLimit) }
}

impl fmt::Display for StrategyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the answer is no JSON of a sampling strategy",
            Self::UnknownType => "the type of strategy is not known",
            Self::Missing => "what the type of strategy asks for is missing",
            Self::BadRate => "a rate is not between 0 and 1",
            Self::BadLimit => "a number of traces a second is negative",
        })
    }
}

impl std::error::Error for StrategyError {}

#[cfg(test)]
mod tests;
