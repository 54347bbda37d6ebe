//! The suite's part `errors`, for each database, through a pool and through a connection.

mod support;

use support::adapter::Through;
use testing::store::Part;

suite!(Errors);
