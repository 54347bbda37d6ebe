//! The JSON of Jaeger's `sampling.proto`, as far as clients read it.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response {
    #[serde(default)]
    pub(super) strategy_type: StrategyType,
    pub(super) probabilistic_sampling: Option<Object<Rate>>,
    pub(super) rate_limiting_sampling: Option<Object<Limit>>,
    pub(super) operation_sampling: Option<Object<Operations>>,
}

/// A word or, from the servers of Thrift's days, a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum StrategyType {
    #[default]
    Probabilistic,
    RateLimiting,
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rate {
    pub(super) sampling_rate: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Limit {
    pub(super) max_traces_per_second: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operations {
    pub(super) default_sampling_probability: f64,
    pub(super) default_lower_bound_traces_per_second: f64,
    pub(super) default_upper_bound_traces_per_second: Option<f64>,
    /// `null` where a Go program has an empty list.
    pub(super) per_operation_strategies: Option<Vec<Object<Operation>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    pub(super) operation: String,
    pub(super) probabilistic_sampling: Object<Rate>,
}

impl<'de> Deserialize<'de> for StrategyType {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct WordOrNumber;

        impl Visitor<'_> for WordOrNumber {
            type Value = StrategyType;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type of strategy")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<StrategyType, E> {
                Ok(match word {
                    "PROBABILISTIC" => StrategyType::Probabilistic,
                    "RATE_LIMITING" => StrategyType::RateLimiting,
                    _ => StrategyType::Unknown,
                })
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<StrategyType, E> {
                Ok(match number {
                    0 => StrategyType::Probabilistic,
                    1 => StrategyType::RateLimiting,
                    _ => StrategyType::Unknown,
                })
            }
        }

        from.deserialize_any(WordOrNumber)
    }
}

/// An object, and not the list of its values that would do for a struct as well.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Object<T>, M::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        from.deserialize_map(Fields(PhantomData))
    }
}
