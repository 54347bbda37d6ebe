//! The servers there are: what each is called, and where it is found.

use clap::ValueEnum;

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

    /// A server of the user's own, which then is the one to use.
    pub fn users_own(self) -> Option<String> {
        std::env::var(self.variable()).ok().filter(|url| !url.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_command_line_are_those_of_the_table() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_str(kind.name(), false), Ok(kind));
        }
    }
}
