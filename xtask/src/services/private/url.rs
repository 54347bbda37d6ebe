//! URLs of private servers, and values as a shell takes them.

use crate::services::kind::Kind;

/// The database that SQL servers are given.
pub const DATABASE: &str = "tracer_test";

impl Kind {
    /// The URL of a private one.
    pub fn url(self, port: u16) -> String {
        match self {
            Self::Redis => format!("redis://127.0.0.1:{port}/"),
            Self::Mariadb => format!("mysql://root@127.0.0.1:{port}/{DATABASE}"),
            Self::Postgres => format!("postgres://postgres@127.0.0.1:{port}/{DATABASE}"),
            Self::Rabbitmq => format!("amqp://guest:guest@127.0.0.1:{port}/%2f"),
        }
    }
}

/// A value as a word of a POSIX shell.
pub fn quoted(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+=:/.,@%".contains(&byte);
    if !value.is_empty() && value.bytes().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_those_that_clients_take() {
        let urls = Kind::ALL.map(|kind| kind.url(21000));
        let expected = [
            "redis://127.0.0.1:21000/",
            "mysql://root@127.0.0.1:21000/tracer_test",
            "postgres://postgres@127.0.0.1:21000/tracer_test",
            "amqp://guest:guest@127.0.0.1:21000/%2f",
        ];
        assert_eq!(urls, expected);
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for value in ["amqp://guest:guest@127.0.0.1:21672/%2f", "", "a b", "it's; $(no) `way`"] {
            let script = format!("printf %s {}", quoted(value));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout), value);
        }
        assert_eq!(quoted("redis://127.0.0.1:1/"), "redis://127.0.0.1:1/");
    }
}
