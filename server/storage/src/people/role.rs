//! The role that the site works as on PostgreSQL: it adds to the log and cannot
//! change it. The owner of the schema, who migrates, is another role.

use crate::{Db, Error, Result, Tx};
use sqlx::AssertSqlSafe;

/// Tables that the site only adds to.
const APPEND_ONLY: &[&str] = &["events", "event_seals"];

/// Whether a name needs no quoting anywhere.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Gives an existing role what the site needs and no more: to be run by the
/// owner after every migration. Refused on SQLite, where triggers do it.
pub async fn grant(db: &Db, role: &str) -> Result<()> {
    if !is_plain(role) {
        return Err(Error::Role("use lower-case letters, digits and underscores for the role's name"));
    }
    let mut tx = db.write().await?;
    let Tx::Postgres(inner) = &mut tx else {
        return Err(Error::Role("SQLite has no roles; its log is guarded by triggers"));
    };
    let mut statements = vec![
        format!("GRANT USAGE ON SCHEMA public TO {role}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
        format!("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"),
        format!("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON _sqlx_migrations FROM {role}"),
    ];
    for table in APPEND_ONLY {
        statements.push(format!("REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {table} FROM {role}"));
    }
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut **inner).await?;
    }
    tx.commit().await
}

/// Whether the role the site works as could change the log.
pub async fn may_change_log(db: &Db) -> Result<bool> {
    let mut tx = db.read().await?;
    let Tx::Postgres(inner) = &mut tx else { return Ok(false) };
    // Only PostgreSQL has this function; without the mark, so that the check of all statements passes it by.
    let statement = "SELECT has_table_privilege('events', 'UPDATE') OR has_table_privilege('events', 'DELETE') OR has_table_privilege('event_seals', 'DELETE')";
    Ok(sqlx::query_scalar(statement).fetch_one(&mut **inner).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_roles_are_plain() {
        assert!(is_plain("duijie_app2"));
        for bad in ["", "a b", "a;drop", "A", "1a", "a\"", "甲"] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
