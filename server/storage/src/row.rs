//! Rows whose columns stand once: the struct, the INSERT and the UPDATE are made of one list.
//!
//! Each column says when it is written: `new` with the row and never again, `kept` with the row and at each change,
//! `later` at changes alone; a `read` column is the database's or another statement's.

/// When a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    New,
    Kept,
    Later,
    Read,
}

pub(crate) type Columns = &'static [(When, &'static str)];

/// `INSERT INTO needs (id, code, …) VALUES ($1, $2, …)`
pub(crate) fn insert_text(table: &str, columns: Columns) -> String {
    let names: Vec<&str> =
        columns.iter().filter(|(when, _)| matches!(when, When::New | When::Kept)).map(|(_, name)| *name).collect();
    let places: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
    format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", "))
}

/// `UPDATE needs SET kind = $3, … WHERE id = $1 AND version = $2`; `also` is set beside the columns.
pub(crate) fn update_text(table: &str, columns: Columns, guard: &str, also: &str) -> String {
    let names = columns.iter().filter(|(when, _)| matches!(when, When::Kept | When::Later)).map(|(_, name)| *name);
    let mut set: Vec<String> = names.zip(3..).map(|(name, n)| format!("{name} = ${n}")).collect();
    set.extend((!also.is_empty()).then(|| also.to_owned()));
    format!("UPDATE {table} SET {} WHERE id = $1 AND {guard} = $2", set.join(", "))
}

/// Declares a row with [`insert`](insert_text) and, where it may change, with [`change`](update_text): from what its
/// guard was when it was read. `change` gives `false` when another writer was first.
macro_rules! row {
    (
        $(#[$meta:meta])*
        pub struct $row:ident in $table:literal while $guard:ident: $was:ty $(, also $also:literal)? {
            $( $(#[$note:meta])* $when:ident $name:ident: $kind:ty, )*
        }
    ) => {
        row! {
            $(#[$meta])*
            pub struct $row in $table { $( $(#[$note])* $when $name: $kind, )* }
        }

        impl $row {
            pub(crate) fn update_text() -> &'static str {
                static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
                    $crate::row::update_text($table, $row::COLUMNS, stringify!($guard), concat!("", $($also)?))
                });
                &TEXT
            }

            pub(crate) async fn change(&self, tx: &mut $crate::Tx, was: $was) -> $crate::Result<bool> {
                on!(tx, |c| {
                    let query = sqlx::query(Self::update_text()).bind(self.id).bind(was);
                    $( let query = row!(@later $when, query, &self.$name); )*
                    query.execute(c).await.map(|done| done.rows_affected() == 1)
                })
            }
        }
    };

    (
        $(#[$meta:meta])*
        pub struct $row:ident in $table:literal {
            $( $(#[$note:meta])* $when:ident $name:ident: $kind:ty, )*
        }
    ) => {
        $(#[$meta])*
        pub struct $row {
            $( $(#[$note])* pub $name: $kind, )*
        }

        impl $row {
            const COLUMNS: $crate::row::Columns = &[$((row!(@when $when), stringify!($name))),*];

            pub(crate) fn insert_text() -> &'static str {
                static TEXT: std::sync::LazyLock<String> =
                    std::sync::LazyLock::new(|| $crate::row::insert_text($table, $row::COLUMNS));
                &TEXT
            }

            pub(crate) async fn insert(&self, tx: &mut $crate::Tx) -> $crate::Result<()> {
                on!(tx, |c| {
                    let query = sqlx::query(Self::insert_text());
                    $( let query = row!(@new $when, query, &self.$name); )*
                    query.execute(c).await.map(|_| ())
                })
            }
        }
    };

    (@when new) => { $crate::row::When::New };
    (@when kept) => { $crate::row::When::Kept };
    (@when later) => { $crate::row::When::Later };
    (@when read) => { $crate::row::When::Read };

    (@new new, $query:ident, $value:expr) => { $query.bind($value) };
    (@new kept, $query:ident, $value:expr) => { $query.bind($value) };
    (@new $when:ident, $query:ident, $value:expr) => { $query };

    (@later kept, $query:ident, $value:expr) => { $query.bind($value) };
    (@later later, $query:ident, $value:expr) => { $query.bind($value) };
    (@later $when:ident, $query:ident, $value:expr) => { $query };
}

/// Every statement made of a list of columns, for the test that prepares them all.
pub fn statements() -> Vec<&'static str> {
    use crate::aid::{claim::Claim, delivery::Delivery, pairing::Pairing, verification::Verification};
    use crate::needs::need::{Beneficiary, Line, Need};
    vec![
        Need::insert_text(),
        Need::update_text(),
        Line::insert_text(),
        Beneficiary::insert_text(),
        Claim::insert_text(),
        Claim::update_text(),
        Pairing::insert_text(),
        Pairing::update_text(),
        Delivery::insert_text(),
        Delivery::update_text(),
        Verification::insert_text(),
        Verification::update_text(),
        crate::aid::verification::FoundLine::insert_text(),
        crate::aid::pairing::ReportLine::insert_text(),
        crate::needs::closing::Closing::insert_text(),
        crate::needs::amendment::Amendment::insert_text(),
    ]
}

/// Every statement that a working list can become, for the same test.
pub fn list_statements() -> Vec<String> {
    [
        &crate::needs::need::LIST,
        &crate::aid::claim::LIST,
        &crate::aid::pairing::LIST,
        &crate::aid::delivery::LIST,
        &crate::aid::verification::LIST,
        &crate::supply::organization::LIST,
    ]
    .into_iter()
    .flat_map(crate::base::listing::List::statements)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_stands_where_it_is_written() {
        const COLUMNS: Columns =
            &[(When::New, "id"), (When::Kept, "state"), (When::Later, "reason"), (When::Read, "version")];
        assert_eq!(insert_text("things", COLUMNS), "INSERT INTO things (id, state) VALUES ($1, $2)");
        assert_eq!(
            update_text("things", COLUMNS, "state", ""),
            "UPDATE things SET state = $3, reason = $4 WHERE id = $1 AND state = $2"
        );
        assert_eq!(
            update_text("things", COLUMNS, "version", "version = version + 1"),
            "UPDATE things SET state = $3, reason = $4, version = version + 1 WHERE id = $1 AND version = $2"
        );
    }
}
