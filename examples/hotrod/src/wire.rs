//! What the services and the page say to each other over HTTP, and what rides along.

use serde::{Deserialize, Serialize};
use tracer_core::SpanRef;

/// Who is driven, in the baggage.
pub const CUSTOMER: &str = "customer";
/// Which page called, in the baggage.
pub const SESSION: &str = "session";
/// Which of its calls this is, in the baggage.
pub const REQUEST: &str = "request";

/// Each item of the baggage, and the tag that it is found by in a viewer.
pub const BAGGAGE: [(&str, &str); 3] =
    [(CUSTOMER, "hotrod.customer"), (SESSION, "hotrod.session"), (REQUEST, "hotrod.request")];

/// Puts on a span what came with it in the baggage. Baggage goes to every hop and is shown nowhere;
/// a tag is shown, and stays where it is.
pub fn show_baggage(span: &SpanRef) {
    for (item, tag) in BAGGAGE {
        if let Some(value) = span.baggage_item(item) {
            span.set_tag(tag, value);
        }
    }
}

/// Somebody who wants a car.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Who.
    pub customer: i64,
    /// The page.
    pub session: String,
    /// Which of its calls this is.
    pub request: String,
}

/// The car that comes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dispatched {
    /// Its driver.
    pub driver: String,
    /// When it is there, in minutes.
    pub eta: u32,
    /// The trace of all this, if there is one.
    pub trace: Option<String>,
    /// The same in the viewer, if there is one.
    pub link: Option<String>,
}

/// Somebody who may want a car.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Their number.
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// Where they are.
    pub location: String,
}

/// A way to go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Way {
    /// Where the driver is.
    pub from: String,
    /// Where the customer is.
    pub to: String,
}

/// How long it takes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Eta {
    /// In minutes.
    pub minutes: u32,
}

/// How far two places are from each other, as streets go; none where one of them is no `x,y`.
#[must_use]
pub fn distance(from: &str, to: &str) -> Option<u32> {
    let place = |text: &str| {
        let (x, y) = text.split_once(',')?;
        Some((x.parse::<u16>().ok()?, y.parse::<u16>().ok()?))
    };
    let (from, to) = (place(from)?, place(to)?);
    Some(u32::from(from.0.abs_diff(to.0)) + u32::from(from.1.abs_diff(to.1)))
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn places_and_what_is_none() {
        assert_eq!(distance("1,20", "4,10"), Some(13));
        for none in ["", "1", "1,", "1,2,3", "-1,2", "a,b", "70000,1"] {
            assert_eq!(distance(none, "1,1"), None, "{none}");
        }
    }
}
