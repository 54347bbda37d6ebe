//! A program's own repository, as it is written for sqlx. The module above says which pool it is.

use futures_util::TryStreamExt;
#[allow(unused_imports, reason = "a traced transaction begins another without it")]
use sqlx::Acquire;
use sqlx::{Executor, QueryBuilder, Row, Sqlite};

use super::{Connection, Pool, Transaction};

#[derive(Debug, PartialEq)]
pub(crate) struct Album {
    id: i64,
    title: String,
    year: i64,
}

impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for Album {
    fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            title: row.try_get("title")?,
            year: row.try_get("year")?,
        })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    pool: Pool<Sqlite>,
}

impl Catalogue {
    pub(crate) async fn create(pool: Pool<Sqlite>) -> sqlx::Result<Self> {
        sqlx::raw_sql(
            "CREATE TABLE albums (id INTEGER PRIMARY KEY, title TEXT UNIQUE, year INTEGER);
             CREATE TABLE plays (album INTEGER, listener TEXT)",
        )
        .execute(&pool)
        .await?;
        Ok(Self { pool })
    }

    pub(crate) async fn add(&self, title: &str, year: i64) -> sqlx::Result<i64> {
        let mut tx = self.pool.begin().await?;
        let id = insert(&mut *tx, title, year).await?;
        play(&mut tx, id, "nobody").await?;
        retitle(&mut tx, id, title).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Adds all of them, but for those that are there already.
    pub(crate) async fn add_new(&self, albums: &[(&str, i64)]) -> sqlx::Result<usize> {
        let mut tx = self.pool.begin().await?;
        let mut added = 0;
        for (title, year) in albums {
            let mut attempt = tx.begin().await?;
            match insert(&mut *attempt, title, *year).await {
                Ok(_) => {
                    attempt.commit().await?;
                    added += 1;
                }
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                    attempt.rollback().await?;
                }
                Err(error) => return Err(error),
            }
        }
        tx.commit().await?;
        Ok(added)
    }

    pub(crate) async fn find(&self, title: &str) -> sqlx::Result<Option<Album>> {
        sqlx::query_as("SELECT * FROM albums WHERE title = ?")
            .bind(title)
            .fetch_optional(&self.pool)
            .await
    }

    pub(crate) async fn get(&self, id: i64) -> sqlx::Result<Album> {
        sqlx::query_as("SELECT * FROM albums WHERE id = ?").bind(id).fetch_one(&self.pool).await
    }

    pub(crate) async fn titles(&self) -> sqlx::Result<String> {
        let mut rows = sqlx::query("SELECT title FROM albums ORDER BY year").fetch(&self.pool);
        let mut titles = String::new();
        while let Some(row) = rows.try_next().await? {
            titles.push_str(row.try_get("title")?);
            titles.push(';');
        }
        Ok(titles)
    }

    pub(crate) async fn first(&self) -> sqlx::Result<Option<Album>> {
        let mut conn = self.pool.acquire().await?;
        retitle(&mut conn, 0, "").await?;
        let query = sqlx::query_as("SELECT * FROM albums ORDER BY year");
        let mut albums = query.fetch(&mut *conn);
        albums.try_next().await
    }

    pub(crate) async fn played(&self, plays: &[(i64, &str)]) -> sqlx::Result<u64> {
        let mut builder = QueryBuilder::new("INSERT INTO plays (album, listener) ");
        builder.push_values(plays, |mut row, (album, listener)| {
            row.push_bind(*album).push_bind(*listener);
        });
        Ok(builder.build().execute(&self.pool).await?.rows_affected())
    }

    pub(crate) async fn forget(&self) -> sqlx::Result<()> {
        let mut tx = self.pool.begin().await?;
        tx.execute("DELETE FROM plays").await?;
        sqlx::query("DELETE FROM albums").execute(&mut *tx).await?;
        // On second thoughts: it is dropped.
        Ok(())
    }

    pub(crate) async fn broken(&self) -> sqlx::Error {
        match sqlx::query("SELECT * FROM nowhere").fetch_all(&self.pool).await {
            Ok(rows) => panic!("{} rows of nowhere", rows.len()),
            Err(error) => error,
        }
    }

    pub(crate) fn pool(&self) -> &Pool<Sqlite> {
        &self.pool
    }
}

async fn insert<'e, E>(executor: E, title: &str, year: i64) -> sqlx::Result<i64>
where
    E: Executor<'e, Database = Sqlite>,
{
    sqlx::query_scalar("INSERT INTO albums (title, year) VALUES (?, ?) RETURNING id")
        .bind(title)
        .bind(year)
        .fetch_one(executor)
        .await
}

async fn play(tx: &mut Transaction<'_, Sqlite>, album: i64, listener: &str) -> sqlx::Result<()> {
    let query = sqlx::query("INSERT INTO plays VALUES (?, ?)").bind(album).bind(listener);
    query.execute(&mut **tx).await?;
    Ok(())
}

/// Takes a connection of any origin.
async fn retitle(conn: &mut Connection<'_>, album: i64, title: &str) -> sqlx::Result<()> {
    let query = sqlx::query("UPDATE albums SET title = ? WHERE id = ?").bind(title).bind(album);
    query.execute(&mut *conn).await?;
    Ok(())
}

/// Uses all of it.
pub(crate) async fn tour(pool: Pool<Sqlite>) -> sqlx::Result<Vec<String>> {
    let catalogue = Catalogue::create(pool).await?;
    let id = catalogue.add("Blue", 1971).await?;
    let mut seen = vec![format!("{:?}", catalogue.get(id).await?)];
    seen.push(format!(
        "{:?}",
        catalogue.add("Blue", 1972).await.map_err(|error| error.to_string())
    ));
    let many = [("Hejira", 1976), ("Blue", 1971), ("Mingus", 1979)];
    seen.push(format!("{:?}", catalogue.add_new(&many).await?));
    seen.push(format!("{:?}", catalogue.find("Mingus").await?));
    seen.push(format!("{:?}", catalogue.find("Clouds").await?));
    seen.push(format!("{:?}", catalogue.get(99).await));
    seen.push(catalogue.titles().await?);
    seen.push(format!("{:?}", catalogue.first().await?));
    seen.push(format!("{:?}", catalogue.played(&[(id, "a"), (id, "b")]).await?));
    catalogue.forget().await?;
    seen.push(catalogue.titles().await?);
    seen.push(format!("{:?}", catalogue.broken().await));
    let other = catalogue.clone();
    seen.push(
        tokio::spawn(async move { other.titles().await }).await.unwrap_or(Ok(String::new()))?,
    );
    seen.push(format!("{} {}", catalogue.pool().size(), catalogue.pool().is_closed()));
    Ok(seen)
}
