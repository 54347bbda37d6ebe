//! Statements that carry secrets wherever one can be, and that do a server no harm: what would
//! change users or settings names something that does not exist.

use testing::canary::MARK;

/// What numbers begin with, as texts do with [`MARK`].
pub(crate) const DIGITS: &str = "77700077";

/// Secrets, each another one.
#[derive(Default)]
pub(crate) struct Secrets {
    pub(crate) made: usize,
}

impl Secrets {
    pub(crate) fn text(&mut self) -> String {
        self.made += 1;
        format!("{MARK}{:04}nobodymayread", self.made)
    }

    pub(crate) fn number(&mut self) -> i64 {
        self.made += 1;
        format!("{DIGITS}{:04}", self.made).parse().unwrap_or_default()
    }

    /// `%` stands for a text, `~` for a number, `^` for the bytes of a text in hexadecimal digits,
    /// `@` for a table.
    pub(crate) fn fill(&mut self, template: &str, table: &str) -> String {
        let mut sql = String::new();
        for letter in template.chars() {
            match letter {
                '%' => sql.push_str(&self.text()),
                '~' => sql.push_str(&self.number().to_string()),
                '^' => sql.extend(self.text().bytes().map(|byte| format!("{byte:02x}"))),
                '@' => sql.push_str(table),
                other => sql.push(other),
            }
        }
        sql
    }
}

/// Where a secret has come out, if it has.
pub(crate) fn found(text: &str) -> Option<&str> {
    let folded = text.to_ascii_lowercase();
    let hex: String = MARK.bytes().map(|byte| format!("{byte:02x}")).collect();
    let at = [MARK, DIGITS, &hex].iter().find_map(|mark| folded.find(mark))?;
    let (from, to) = (at.saturating_sub(60), (at + 60).min(text.len()));
    Some(text.get(from..to).unwrap_or("a secret between letters"))
}

/// What all of them understand, more or less.
pub(crate) const COMMON: &[&str] = &[
    "SELECT '%'",
    "SELECT '%', '%' AS name, ~, -~, ~.5, ~e3, .~, 1e~",
    "SELECT 'it''s %'",
    "SELECT '' || '%' || ''",
    "SELECT 1 -- %",
    "SELECT 1 -- %\n, 2",
    "SELECT /* % */ 1 /* ' % */",
    "SELECT * FROM @ WHERE name = '%' AND id <> ~ OR name LIKE '%' OR name IN ('%', '%', '%')",
    "SELECT * FROM @ WHERE id IN (~, ~, ~) AND id BETWEEN ~ AND ~ LIMIT ~ OFFSET ~",
    "SELECT CASE WHEN name = '%' THEN '%' ELSE '%' END FROM @ GROUP BY name HAVING name > '%'",
    "INSERT INTO @ (id, name) VALUES (2, '%'), (3, '%')",
    "INSERT INTO @ (id, name) VALUES (1, '%')",
    "INSERT INTO @ (id, name) SELECT ~, '%'",
    "UPDATE @ SET name = '%' WHERE name = '%'",
    "DELETE FROM @ WHERE name = '%' OR id = ~",
    "WITH found AS (SELECT '%' AS a) SELECT a, '%' FROM found",
    "SELECT * FROM (SELECT '%' AS a UNION SELECT '%') AS b",
    "SELECT 1; SELECT '%'; DELETE FROM @ WHERE name = '%'",
    "SELECT date('%'), CAST('%' AS INTEGER), coalesce(NULL, '%')",
    "CREATE TABLE @ (secret VARCHAR(100) DEFAULT '%', CHECK (secret <> '%'))",
    "CREATE VIEW @ AS SELECT '%'",
    "SELECT '% not closed",
    "SELECT 'a' '%",
    "SELECT '%'nonsense'%'",
    "SELEC '%' FRM ~",
    "EXPLAIN SELECT * FROM @ WHERE name = '%'",
    "\u{a0}SELECT '%'",
    "(SELECT '%')",
    "SELECT '%\u{1f511}%'",
];

pub(crate) const SQLITE: &[&str] = &[
    "PRAGMA key = '%'",
    "PRAGMA key('%')",
    "PRAGMA hexkey = '^'",
    "PRAGMA user_version = ~",
    "ATTACH DATABASE ':memory:' AS other KEY '%'",
    "ATTACH DATABASE 'file:/nowhere/%' AS another",
    "SELECT x'^', X'^'",
    "SELECT \"%\"",
    "SELECT * FROM @ WHERE name = \"%\"",
    "SELECT 0x77700077",
    "SELECT ~_000",
    "REPLACE INTO @ VALUES (4, '%')",
    "INSERT INTO @ VALUES (1, '%') ON CONFLICT DO UPDATE SET name = '%'",
    "SELECT load_extension('%')",
    "SELECT RAISE(ABORT, '%')",
    "CREATE TRIGGER t AFTER INSERT ON missing BEGIN SELECT '%'; END",
    "VALUES ('%', ~)",
];

pub(crate) const MYSQL: &[&str] = &[
    "SELECT \"%\"",
    "SELECT '\\'%'",
    "SELECT \"\\\"%\"",
    "SELECT N'%', _utf8mb4'%', X'^', x'^', 0x77700077",
    "SELECT 'a' 'b%' \"c%\"",
    "SELECT 1 # %",
    "SELECT 1 # ' %\n, '%'",
    "SELECT /*! '%' */ 1",
    "SELECT /*!50000 '%' */ 1",
    "SELECT /*M! '%' */ 1",
    "SELECT /*+ MAX_EXECUTION_TIME(~) */ '%'",
    "SELECT 5--~",
    "SET @a = '%'",
    "SET @a = ~, @b = \"%\"",
    "SET PASSWORD FOR 'nobody'@'nowhere' = PASSWORD('%')",
    "ALTER USER 'nobody'@'nowhere' IDENTIFIED BY '%'",
    "ALTER USER '%'@'nowhere' IDENTIFIED BY '%'",
    "CREATE USER 'nobody'@'nowhere' IDENTIFIED BY '%' WITH NOTHING '%'",
    "CREATE USER 'nobody'@'nowhere' IDENTIFIED VIA mysql_native_password USING '%' nonsense",
    "GRANT ALL ON nowhere.* TO 'nobody'@'nowhere' IDENTIFIED BY '%' nonsense",
    "CHANGE MASTER 'nowhere' TO MASTER_PASSWORD = '%', MASTER_USER = '%' nonsense",
    "DROP USER '%'@'nowhere'",
    "PREPARE p FROM 'SELECT \"%\"'",
    "EXECUTE IMMEDIATE 'SELECT \"%\"'",
    "CALL missing('%', ~)",
    "DO SLEEP(0 * ~)",
    "INSERT INTO @ SET id = ~, name = '%'",
    "INSERT INTO @ VALUES (1, '%') ON DUPLICATE KEY UPDATE name = '%'",
    "LOAD DATA INFILE '/nowhere/%' INTO TABLE @ FIELDS TERMINATED BY '%'",
    "SELECT '%' INTO OUTFILE '/nowhere/%'",
    "SELECT * FROM @ WHERE name REGEXP '%' AND JSON_EXTRACT(name, '$.%') = '%'",
    "SELECT AES_ENCRYPT('%', '%'), PASSWORD('%'), SHA2('%', 256)",
    "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '%'",
    "SELECT CAST('%' AS DATE) + INTERVAL ~ DAY",
    "SHOW VARIABLES LIKE '%'",
    "KILL QUERY ~",
];

pub(crate) const POSTGRES: &[&str] = &[
    "SELECT E'\\'%', e'%\\n'",
    "SELECT U&'%', U&'d!0061%' UESCAPE '!'",
    "SELECT N'%', B'1010', X'^'",
    "SELECT $$%$$, $tag$%$tag$, $tag$ $$%$$ $tag$",
    "SELECT $%$a$%$",
    "SELECT /* /* % */ % */ 1",
    "SELECT '%'::int",
    "SELECT int '%'",
    "SELECT CAST('%' AS int), date '%', interval '%'",
    "SELECT '{\"key\": \"%\"}'::jsonb ->> '%'",
    "SELECT ARRAY['%', '%'], ROW('%', ~)",
    "SELECT ~::text || '%'",
    "SELECT 'a'\n'%'",
    "SELECT '%' ~* '%'",
    "CREATE ROLE nobody LOGIN PASSWORD '%' IN ROLE missing",
    "ALTER ROLE missing PASSWORD '%'",
    "ALTER ROLE missing ENCRYPTED PASSWORD '%' VALID UNTIL '%'",
    "ALTER USER MAPPING FOR missing SERVER missing OPTIONS (SET password '%')",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1 password=%' PUBLICATION p",
    "SELECT dblink('password=%')",
    "SET application_name = '%'",
    "SET LOCAL application_name TO '%'",
    "SELECT set_config('app.secret', '%', false)",
    "NOTIFY channel, '%'",
    "COMMENT ON TABLE missing IS '%'",
    "COPY (SELECT '%') TO '/nowhere/%'",
    "COPY @ FROM '/nowhere/%' WITH (DELIMITER '%')",
    "DO $$ BEGIN RAISE EXCEPTION '%'; END $$",
    "DO 'BEGIN RAISE EXCEPTION ''%''; END'",
    "PREPARE p AS SELECT '%'",
    "EXECUTE missing('%', ~)",
    "CALL missing('%')",
    "INSERT INTO @ VALUES (1, '%') ON CONFLICT (id) DO UPDATE SET name = '%' RETURNING '%'",
    "MERGE INTO @ USING (VALUES (1, '%')) AS v ON false WHEN NOT MATCHED THEN INSERT VALUES (9, '%')",
    "VALUES ('%', ~)",
    "DECLARE c CURSOR FOR SELECT '%'",
    "SELECT * FROM @ WHERE name SIMILAR TO '%' ESCAPE '%'",
    "SELECT encode('\\x^', 'hex'), '\\x^'::bytea",
    "CREATE FUNCTION nothing() RETURNS missing LANGUAGE sql AS $$ SELECT '%' $$",
];
