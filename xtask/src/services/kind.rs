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

/// What the demo's services store things in.
pub const DEMO: &[Kind] = &[Kind::Redis, Kind::Mariadb];

/// Names an SQL database for the demo where `MYSQL_URL` is not set.
pub const DATABASE_URL: &str = "DATABASE_URL";

/// Of the demo's servers those that `DATABASE_URL` does not make unnecessary.
pub fn demo_needs() -> Vec<Kind> {
    needs(std::env::var(DATABASE_URL).ok().as_deref())
}

fn needs(database_url: Option<&str>) -> Vec<Kind> {
    // What else a program's database may be is nothing to the demo.
    let is_sql =
        |url: &str| ["mysql:", "mariadb:", "sqlite:"].iter().any(|scheme| url.starts_with(scheme));
    let has_sql = database_url.is_some_and(is_sql);
    DEMO.iter().copied().filter(|kind| *kind != Kind::Mariadb || !has_sql).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_the_users_is_enough_for_the_demo() {
        for url in ["mysql://db/shop", "mariadb://db/shop", "sqlite:orders.db"] {
            assert_eq!(needs(Some(url)), [Kind::Redis]);
        }
        for url in [None, Some(""), Some("postgres://db/shop")] {
            assert_eq!(needs(url), DEMO);
        }
    }

    #[test]
    fn names_on_the_command_line_are_those_of_the_table() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_str(kind.name(), false), Ok(kind));
        }
    }
}
