//! URLs as they may be shown.

/// A URL without its password, and without options, which may hold one too.
pub fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "(set)".to_owned();
    };
    // An option may hold an `@` too: there is no telling where the host begins.
    if rest.rsplit_once('@').is_some_and(|(front, _)| front.contains('?')) {
        return format!("{scheme}://***");
    }
    // The last one: a password may hold an `@` that nobody has escaped.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, rest),
    };
    let user = match user.map(|user| user.split_once(':').ok_or(user)) {
        None => String::new(),
        Some(Ok((name, _))) => format!("{name}:***@"),
        Some(Err(name)) => format!("{name}@"),
    };
    let rest = match rest.split_once('?') {
        Some((front, _)) => format!("{front}?…"),
        None => rest.to_owned(),
    };
    format!("{scheme}://{user}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let cases = [
            ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
            ("mysql://root@db/shop", "mysql://root@db/shop"),
            ("mysql://root:secret@db:3306/shop", "mysql://root:***@db:3306/shop"),
            ("redis://:secret@cache/", "redis://:***@cache/"),
            ("amqp://a:p@ss/word@mq/%2f", "amqp://a:***@mq/%2f"),
            ("amqp://a:p@ss/w?rd@mq/%2f", "amqp://***"),
            ("postgres://db/shop?user=a&password=se@cret", "postgres://***"),
            ("mysql://db?ssl-key=k&password=p@q@r", "mysql://***"),
            ("redis://cache/?password=s3@cret", "redis://***"),
            ("postgres://db/shop?user=a&password=secret", "postgres://db/shop?…"),
            ("host=db password=secret", "(set)"),
        ];
        for (url, shown) in cases {
            assert_eq!(redacted(url), shown);
        }
    }
}
