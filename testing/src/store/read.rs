//! A caller that takes its time.

use std::future::poll_fn;
use std::pin::pin;

use futures_core::Stream;
use tokio::time::sleep;

use super::{Call, GAP, PARKED};

/// Reads the rows of [`Call::Streams`] and [`Call::LeavesEarly`] as the suite wants it: [`GAP`]
/// passes before each row is asked for, and [`PARKED`] before the stream is dropped, at its end or
/// after the first row.
///
/// ```no_run
/// use testing::store::{Call, Outcome, read};
/// # async fn rows(rows: impl futures_core::Stream<Item = Result<i64, std::io::Error>>, call: Call) {
/// let outcome = Outcome::of(read(rows, call).await, |_| false);
/// # drop(outcome);
/// # }
/// ```
///
/// # Errors
/// The stream's first one.
pub async fn read<T, E>(rows: impl Stream<Item = Result<T, E>>, call: Call) -> Result<Vec<T>, E> {
    let mut rows = pin!(rows);
    let mut taken = Vec::new();
    loop {
        sleep(GAP).await;
        match poll_fn(|cx| rows.as_mut().poll_next(cx)).await {
            Some(row) => taken.push(row?),
            None => break,
        }
        if call == Call::LeavesEarly {
            break;
        }
    }
    sleep(PARKED).await;
    Ok(taken)
}
