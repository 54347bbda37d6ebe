//! The servers there are: what each is called, and where it is found.

use clap::ValueEnum;

/// The database that SQL servers are given.
pub const DATABASE: &str = "tracer_test";

/// A server that tests and the demo can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Kind {
    Redis,
    Mariadb,
    Postgres,
    Rabbitmq,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Redis, Self::Mariadb, Self::Postgres, Self::Rabbitmq];

    /// As people and the state file name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Mariadb => "mariadb",
            Self::Postgres => "postgres",
            Self::Rabbitmq => "rabbitmq",
        }
    }

    /// The variable that holds its URL, for tests and for the demo.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Redis => "REDIS_URL",
            Self::Mariadb => "MYSQL_URL",
            Self::Postgres => "POSTGRES_URL",
            Self::Rabbitmq => "AMQP_URL",
        }
    }

    /// The URL of a private one.
    pub fn url(self, port: u16) -> String {
        match self {
            Self::Redis => format!("redis://127.0.0.1:{port}/"),
            Self::Mariadb => format!("mysql://root@127.0.0.1:{port}/{DATABASE}"),
            Self::Postgres => format!("postgres://postgres@127.0.0.1:{port}/{DATABASE}"),
            Self::Rabbitmq => format!("amqp://guest:guest@127.0.0.1:{port}/%2f"),
        }
    }

    /// A server of the user's own, which then is the one to use.
    pub fn users_own(self) -> Option<String> {
        std::env::var(self.variable()).ok().filter(|url| !url.is_empty())
    }
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
    fn names_on_the_command_line_are_those_of_the_table() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_str(kind.name(), false), Ok(kind));
        }
    }
}
