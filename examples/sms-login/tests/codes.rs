//! Codes, without the services around them: on a stand-in, and on a real Redis.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use example_parts::faults::Hook;
use redis::{Client, RedisResult};
use sms_login::codes::{Codes, Times, Verdict};
use stand_ins::RedisStandIn;
use tracer_core::Tracer;

async fn open(url: &str) -> Codes {
    let client = Client::open(url).unwrap();
    let tracer = Tracer::builder("codes").build();
    Codes::open(client, Times::default(), &tracer, Hook::none()).await.unwrap()
}

/// A telephone that nobody has asked from.
fn telephone() -> String {
    format!("+49{}", getrandom::u32().unwrap())
}

/// Two of them that differ, which two random ones now and then do not.
async fn two_codes(codes: &Codes, phone: &str) -> RedisResult<[String; 2]> {
    let old = codes.make(phone).await?;
    loop {
        let new = codes.make(phone).await?;
        if new != old {
            return Ok([old, new]);
        }
    }
}

/// What happens when a code is asked for between the two steps of a login with the old one.
async fn an_old_code_takes_no_new_one_along(url: &str) -> RedisResult<()> {
    let (codes, phone) = (open(url).await, telephone());
    let [old, new] = two_codes(&codes, &phone).await?;
    assert!(!codes.remove(&phone, &old).await?, "it was replaced");
    assert_eq!(codes.check(&phone, &old).await?, Verdict::Wrong);
    assert_eq!(codes.check(&phone, &new).await?, Verdict::Right);
    assert_eq!(codes.check(&phone, &new).await?, Verdict::NotThere);
    Ok(())
}

/// And a code that is entered twice at once is good for one of them.
async fn a_code_is_good_for_one_login(url: &str) -> RedisResult<()> {
    let (codes, phone) = (open(url).await, telephone());
    let code = codes.make(&phone).await?;
    let both = tokio::join!(codes.check(&phone, &code), codes.check(&phone, &code));
    let mut verdicts = [both.0?, both.1?];
    verdicts.sort_by_key(|verdict| *verdict != Verdict::Right);
    assert_eq!(verdicts, [Verdict::Right, Verdict::NotThere]);
    Ok(())
}

#[tokio::test]
async fn on_a_stand_in() {
    let server = RedisStandIn::start().await.unwrap();
    let url = format!("redis://{}/", server.address);
    an_old_code_takes_no_new_one_along(&url).await.unwrap();
    a_code_is_good_for_one_login(&url).await.unwrap();
}

#[tokio::test]
async fn on_a_real_redis() {
    let url = std::env::var("REDIS_URL").expect("this test needs a Redis: REDIS_URL");
    an_old_code_takes_no_new_one_along(&url).await.unwrap();
    a_code_is_good_for_one_login(&url).await.unwrap();
}
