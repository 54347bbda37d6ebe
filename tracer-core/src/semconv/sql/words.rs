//! Keywords, in groups by what they mean to a summary.

/// Operations of which nothing else is shown.
const ALONE: &[&str] = &[
    "ABORT",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CHECK",
    "CHECKPOINT",
    "CLOSE",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "DEALLOCATE",
    "DECLARE",
    "DETACH",
    "DISCARD",
    "DO",
    "END",
    "FETCH",
    "FLUSH",
    "GRANT",
    "HANDLER",
    "KILL",
    "LISTEN",
    "LOAD",
    "MOVE",
    "NOTIFY",
    "OPTIMIZE",
    "PREPARE",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPAIR",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SET",
    "SHOW",
    "UNLISTEN",
    "UNLOCK",
    "USE",
    "VACUUM",
    "XA",
];

/// Operations that a name follows, and nothing that matters after it.
const ON_ONE: &[&str] = &["CALL", "COPY", "DESC", "DESCRIBE", "EXEC", "EXECUTE", "PRAGMA", "TABLE"];

/// Kinds of objects that are created and have names worth showing.
const KINDS: &[&str] = &[
    "AGGREGATE",
    "DATABASE",
    "DOMAIN",
    "EXTENSION",
    "INDEX",
    "POLICY",
    "PUBLICATION",
    "SCHEMA",
    "SEQUENCE",
    "STATISTICS",
    "TABLE",
    "TABLESPACE",
    "TYPE",
    "VIEW",
];

/// Kinds whose names say who somebody is.
const NAMELESS: &[&str] = &["GROUP", "ROLE", "SERVER", "SUBSCRIPTION", "USER"];

/// Kinds with a body of statements.
const WITH_BODY: &[&str] = &["EVENT", "FUNCTION", "PACKAGE", "PROCEDURE", "RULE", "TRIGGER"];

/// What may stand before a table's name.
const BEFORE_TABLE: &[&str] =
    &["CONCURRENTLY", "EXISTS", "IF", "LATERAL", "NOT", "TABLE", "TABLES"];

/// What may stand before the `INTO` of an `INSERT`, or between `UPDATE` and the table.
const MODIFIERS: &[&str] = &[
    "ABORT",
    "DELAYED",
    "FAIL",
    "HIGH_PRIORITY",
    "IGNORE",
    "LOW_PRIORITY",
    "OR",
    "REPLACE",
    "ROLLBACK",
];

/// What may come after a table and before another.
const AROUND_TABLES: &[&str] = &[
    "AS",
    "CROSS",
    "FORCE",
    "FULL",
    "IGNORE",
    "INDEXED",
    "INNER",
    "JOIN",
    "LEFT",
    "NATURAL",
    "ON",
    "RIGHT",
    "SELECT",
    "STRAIGHT_JOIN",
    "USE",
    "USING",
    "VALUES",
];

/// What ends a list of tables.
const AFTER_TABLES: &[&str] = &[
    "CONFLICT",
    "DUPLICATE",
    "EXCEPT",
    "FETCH",
    "FOR",
    "GROUP",
    "HAVING",
    "INTERSECT",
    "INTO",
    "LIMIT",
    "OFFSET",
    "ORDER",
    "RETURNING",
    "SET",
    "UNION",
    "WHEN",
    "WHERE",
    "WINDOW",
];

/// PostgreSQL's types that may touch a string. Those that are words of a language are left out: more
/// likely they are a part of a string with an apostrophe in it.
pub(super) const TYPES: &[&str] = &[
    "bigint",
    "bool",
    "boolean",
    "bpchar",
    "bytea",
    "cidr",
    "daterange",
    "float4",
    "float8",
    "inet",
    "int2",
    "int4",
    "int4range",
    "int8",
    "int8range",
    "json",
    "jsonb",
    "jsonpath",
    "macaddr",
    "macaddr8",
    "numeric",
    "numrange",
    "regclass",
    "smallint",
    "timestamptz",
    "timetz",
    "tsquery",
    "tsrange",
    "tstzrange",
    "tsvector",
    "uuid",
    "varbit",
    "varchar",
];

/// What is to be expected of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Select,
    /// `INSERT` or `REPLACE`.
    Insert,
    Update,
    Delete,
    Merge,
    Values,
    With,
    /// `CREATE`, `ALTER` or `DROP`.
    Define,
    /// `TRUNCATE` or `LOCK`.
    OnMany,
    OnOne,
    Explain,
    Start,
    Alone,
}

pub(super) fn operation(word: &str) -> Option<Operation> {
    let is = |words: &[&str]| is_one(word, words);
    Some(match () {
        () if is(&["SELECT"]) => Operation::Select,
        () if is(&["INSERT", "REPLACE"]) => Operation::Insert,
        () if is(&["UPDATE"]) => Operation::Update,
        () if is(&["DELETE"]) => Operation::Delete,
        () if is(&["MERGE"]) => Operation::Merge,
        () if is(&["VALUES"]) => Operation::Values,
        () if is(&["WITH"]) => Operation::With,
        () if is(&["CREATE", "ALTER", "DROP"]) => Operation::Define,
        () if is(&["TRUNCATE", "LOCK"]) => Operation::OnMany,
        () if is(&["EXPLAIN"]) => Operation::Explain,
        () if is(&["START"]) => Operation::Start,
        () if is(ON_ONE) => Operation::OnOne,
        () if is(ALONE) => Operation::Alone,
        () => return None,
    })
}

/// What is to be expected of a kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// A table or view, which a query may follow.
    Table,
    Named,
    Nameless,
    WithBody,
}

pub(super) fn object(word: &str) -> Option<Object> {
    match () {
        () if is_one(word, &["TABLE", "VIEW"]) => Some(Object::Table),
        () if is_one(word, KINDS) => Some(Object::Named),
        () if is_one(word, NAMELESS) => Some(Object::Nameless),
        () if is_one(word, WITH_BODY) => Some(Object::WithBody),
        () => None,
    }
}

pub(super) fn is_before_table(word: &str) -> bool {
    is_one(word, BEFORE_TABLE)
}

pub(super) fn is_modifier(word: &str) -> bool {
    is_one(word, MODIFIERS)
}

/// Whether the word, which may follow a table, is no name.
pub(super) fn is_after_table(word: &str) -> bool {
    ends_tables(word) || is_one(word, AROUND_TABLES)
}

pub(super) fn ends_tables(word: &str) -> bool {
    is_one(word, AFTER_TABLES)
}

fn is_one(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}
