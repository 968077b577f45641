//! Working lists: one statement for the rows and one for the counts by state, put together from the declared pieces of
//! the list. Nothing that a reader typed becomes part of a statement: pieces are constants, values are bound.

use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};
use std::fmt::Write as _;
use uuid::Uuid;

/// What a list may be narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filter {
    /// A text anywhere in what the list shows.
    Words,
    State,
    Service,
    /// A category of beneficiaries.
    Group,
    /// A part of an organization's name.
    Organization,
    /// Who in the office handles it.
    Responsible,
    Urgent,
    Overdue,
    /// From and until a moment.
    From,
    Until,
    /// Codes of divisions between two.
    Place,
    /// Of one organization.
    Own,
}

/// A bound value.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Id(Uuid),
    Time(Time),
}

/// A list: what it reads, how it may be narrowed and ordered. `{0}` and `{1}` stand for the values of a filter.
#[derive(Debug)]
pub struct List {
    pub columns: &'static str,
    pub from: &'static str,
    pub state: &'static str,
    /// Decides between rows that are alike.
    pub id: &'static str,
    pub filters: &'static [(Filter, &'static str)],
    /// By the name of a column in the address.
    pub sorts: &'static [(&'static str, &'static str)],
    /// Without a wish.
    pub order: &'static str,
}

/// What is asked of a list.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub filters: Vec<(Filter, Vec<Value>)>,
    /// Name of a sort, and whether the largest stands first.
    pub sort: Option<(&'static str, bool)>,
    pub offset: i64,
    pub limit: i64,
}

impl Asked {
    /// Within a scope.
    #[must_use]
    pub fn within(mut self, scope: &str) -> Self {
        self.filters.push((Filter::Place, vec![Value::Text(scope.to_owned()), Value::Text(scope_end(scope))]));
        self
    }

    #[must_use]
    pub fn of(mut self, organization: Uuid) -> Self {
        self.filters.push((Filter::Own, vec![Value::Id(organization)]));
        self
    }
}

impl List {
    pub fn has(&self, filter: Filter) -> bool {
        self.filters.iter().any(|(known, _)| *known == filter)
    }

    /// The name of a sort as the list declares it.
    pub fn sort(&self, name: &str) -> Option<&'static str> {
        self.sorts.iter().map(|(known, _)| *known).find(|known| *known == name)
    }

    fn conditions(&self, asked: &Asked, with_state: bool) -> (String, Vec<Value>) {
        let (mut text, mut values) = (String::from("TRUE"), Vec::new());
        for (filter, bound) in &asked.filters {
            if *filter == Filter::State && !with_state {
                continue;
            }
            let Some((_, condition)) = self.filters.iter().find(|(known, _)| known == filter) else { continue };
            let mut condition = (*condition).to_owned();
            for (at, value) in bound.iter().enumerate() {
                values.push(value.clone());
                condition = condition.replace(&format!("{{{at}}}"), &format!("${}", values.len()));
            }
            let _ = write!(text, " AND ({condition})");
        }
        (text, values)
    }

    fn counts_text(&self, asked: &Asked) -> (String, Vec<Value>) {
        let (conditions, values) = self.conditions(asked, false);
        let Self { from, state, .. } = self;
        (format!("SELECT {state}, COUNT(*) FROM {from} WHERE {conditions} GROUP BY {state}"), values)
    }

    fn rows_text(&self, asked: &Asked) -> (String, Vec<Value>) {
        let (conditions, values) = self.conditions(asked, true);
        let Self { columns, from, id, .. } = self;
        let order = match asked.sort.and_then(|(name, down)| {
            self.sorts.iter().find(|(known, _)| *known == name).map(|(_, expression)| (*expression, down))
        }) {
            Some((expression, true)) => format!("{expression} DESC NULLS LAST"),
            Some((expression, false)) => format!("{expression} ASC NULLS LAST"),
            None => self.order.to_owned(),
        };
        let (limit, offset) = (values.len() + 1, values.len() + 2);
        let text = format!(
            "SELECT {columns} FROM {from} WHERE {conditions} ORDER BY {order}, {id} LIMIT ${limit} OFFSET ${offset}"
        );
        (text, values)
    }

    /// Every statement that the list can become, one piece at a time and all together: for the test that prepares them.
    pub(crate) fn statements(&self) -> Vec<String> {
        let value = |filter: Filter| match filter {
            Filter::Place => vec![Value::Text(String::new()), Value::Text(String::new())],
            Filter::Urgent => Vec::new(),
            Filter::Overdue | Filter::From | Filter::Until => vec![Value::Time(Time(0))],
            Filter::Own => vec![Value::Id(Uuid::nil())],
            _ => vec![Value::Text(String::new())],
        };
        let all: Vec<(Filter, Vec<Value>)> = self.filters.iter().map(|(filter, _)| (*filter, value(*filter))).collect();
        let mut out = Vec::new();
        for filters in all.iter().map(|one| vec![one.clone()]).chain([all.clone(), Vec::new()]) {
            let asked = Asked { filters, ..Asked::default() };
            out.extend([self.counts_text(&asked).0, self.rows_text(&asked).0]);
        }
        for (name, _) in self.sorts {
            for down in [false, true] {
                out.push(self.rows_text(&Asked { sort: Some((name, down)), ..Asked::default() }).0);
            }
        }
        out
    }
}

/// How many rows there are in each state, whichever state was asked for.
pub async fn counts<S>(tx: &mut Tx, list: &List, asked: &Asked) -> Result<Vec<(S, i64)>>
where
    (S, i64): for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let (text, values) = list.counts_text(asked);
    on!(tx, |c| values
        .iter()
        .fold(sqlx::query_as(AssertSqlSafe(text)), |query, value| match value {
            Value::Text(text) => query.bind(text.clone()),
            Value::Id(id) => query.bind(*id),
            Value::Time(time) => query.bind(*time),
        })
        .fetch_all(c)
        .await)
}

/// The rows of a page.
pub async fn rows<R>(tx: &mut Tx, list: &List, asked: &Asked) -> Result<Vec<R>>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let (text, values) = list.rows_text(asked);
    on!(tx, |c| values
        .iter()
        .fold(sqlx::query_as(AssertSqlSafe(text)), |query, value| match value {
            Value::Text(text) => query.bind(text.clone()),
            Value::Id(id) => query.bind(*id),
            Value::Time(time) => query.bind(*time),
        })
        .bind(asked.limit)
        .bind(asked.offset)
        .fetch_all(c)
        .await)
}
