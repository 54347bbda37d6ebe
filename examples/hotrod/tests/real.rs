//! A ride on a real Redis and MariaDB.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use hotrod::findings::lacks;
use hotrod::{Backing, Settings};
use support::Running;
use tracer_core::ENABLED;

#[tokio::test]
async fn a_ride_on_real_servers() {
    for variable in ["REDIS_URL", "MYSQL_URL"] {
        std::env::var(variable)
            .expect("this test needs the real servers, as cargo xtask test starts them");
    }
    let settings = Settings { backing: Backing::from_env(), ..Settings::default() };
    let mut running = Running::start_with(&settings).await;
    let standing_on = running.hotrod.to_string();
    assert!(standing_on.starts_with("customers are in MySQL at "), "{standing_on}");
    assert!(standing_on.contains(", drivers in Redis at "), "{standing_on}");
    let ride = running.ride(731).await.unwrap();
    assert_eq!(ride.dispatched.driver, "T768129C");
    if ENABLED {
        assert_eq!(lacks(&running.trace().await), [""; 0]);
    }
    running.hotrod.stop().await;
}
