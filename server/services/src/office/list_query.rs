//! What a reader asks of a working list: words, filters, order, page, columns. All of it stands in the address.

use crate::Ctx;
use chrono::NaiveDate;
use domain::calendar::Time;
use storage::base::listing::{Asked, Filter, List, Value};

/// Rows of a page, as the reader may choose.
pub const SIZES: [usize; 3] = [20, 50, 100];

/// A reader's question, as it stands in the address. What a list does not know is left out when it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    pub words: String,
    /// `all`, a state, or empty: the list's first.
    pub state: String,
    /// A division below the scope: its digits.
    pub at: String,
    /// A division below that one.
    pub within: String,
    pub service: String,
    pub group: String,
    pub organization: String,
    pub responsible: String,
    pub urgent: bool,
    pub overdue: bool,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    /// Name of a column, `-` before it: the largest first.
    pub sort: String,
    /// Counted from 1.
    pub page: usize,
    pub size: usize,
    /// Names of the columns that are shown; empty: the list's own choice.
    pub columns: Vec<String>,
}

/// Longest text of a field.
const LONGEST: usize = 100;

impl Default for ListQuery {
    fn default() -> Self {
        Self::read(&[])
    }
}

impl ListQuery {
    /// Reads an address's fields; what cannot be read counts as not sent.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| -> String {
            let value = pairs.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim());
            value.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
        };
        let digits =
            |name: &str| Some(text(name)).filter(|t| t.bytes().all(|b| b.is_ascii_digit())).unwrap_or_default();
        let day = |name: &str| domain::field::parse_day(&text(name));
        Self {
            words: text("q"),
            state: text("state"),
            at: digits("at"),
            within: digits("within"),
            service: text("service"),
            group: text("group"),
            organization: text("organization"),
            responsible: text("responsible"),
            urgent: !text("urgent").is_empty(),
            overdue: !text("overdue").is_empty(),
            from: day("from"),
            until: day("until"),
            sort: text("sort"),
            page: text("page").parse().ok().filter(|page| (1..=100_000).contains(page)).unwrap_or(1),
            size: text("size").parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZES[0]),
            columns: pairs
                .iter()
                .filter(|(name, _)| name == "column")
                .map(|(_, value)| value.clone())
                .filter(|value| value.len() <= 30)
                .take(30)
                .collect(),
        }
    }

    /// The scope, narrowed to the division that was chosen; a division beyond the scope narrows nothing.
    pub fn place<'a>(&'a self, scope: &'a str) -> &'a str {
        [self.within.as_str(), self.at.as_str()]
            .into_iter()
            .find(|at| at.starts_with(scope) && at.len() > scope.len())
            .unwrap_or(scope)
    }

    /// As the storage asks it. `state`: the one that is shown, none for all.
    pub(crate) fn asked(&self, ctx: &Ctx, list: &'static List, state: Option<&str>) -> Asked {
        let mut filters = Vec::new();
        let text = |text: &str| vec![Value::Text(text.to_owned())];
        let part = |part: &str| text(&storage::like_part(&domain::text::nfkc(part).to_lowercase()));
        let start = |day: NaiveDate| Value::Time(Time::at(day, 0, 0));
        filters.extend(state.map(|state| (Filter::State, text(state))));
        for (filter, value) in [(Filter::Words, &self.words), (Filter::Organization, &self.organization)] {
            if !value.is_empty() {
                filters.push((filter, part(value)));
            }
        }
        let service = domain::vocabulary::service(&self.service).map(|_| self.service.as_str()).unwrap_or_default();
        for (filter, value) in
            [(Filter::Service, service), (Filter::Group, &self.group), (Filter::Responsible, &self.responsible)]
        {
            if !value.is_empty() {
                filters.push((filter, text(value)));
            }
        }
        if self.urgent {
            filters.push((Filter::Urgent, Vec::new()));
        }
        if self.overdue {
            filters.push((Filter::Overdue, vec![Value::Time(ctx.now())]));
        }
        filters.extend(self.from.map(|day| (Filter::From, vec![start(day)])));
        filters.extend(self.until.and_then(|day| day.succ_opt()).map(|day| (Filter::Until, vec![start(day)])));
        let (down, name) = self.sort.strip_prefix('-').map_or((false, self.sort.as_str()), |name| (true, name));
        let size = i64::try_from(self.size).unwrap_or(20);
        Asked {
            filters,
            sort: list.sort(name).map(|name| (name, down)),
            offset: (i64::try_from(self.page).unwrap_or(1) - 1) * size,
            limit: size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> ListQuery {
        let pairs: Vec<(String, String)> =
            query.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (a.into(), b.into())).collect();
        ListQuery::read(&pairs)
    }

    #[test]
    fn an_address_is_read_and_what_is_none_counts_as_not_sent() {
        let query =
            read("q= 送餐 &at=120102&size=50&page=3&from=2026-11-01&column=title&column=due&sort=-due&urgent=1");
        assert_eq!((query.words.as_str(), query.page, query.size), ("送餐", 3, 50));
        assert_eq!(query.columns, ["title", "due"]);
        assert!(query.urgent && query.from.is_some());
        let query = read("page=0&size=7&from=x&at=12';--");
        assert_eq!((query.page, query.size, query.from, query.at.as_str()), (1, 20, None, ""));
    }

    #[test]
    fn a_division_beyond_the_scope_narrows_nothing() {
        let query = read("at=120103&within=120103001");
        assert_eq!(query.place("120102"), "120102");
        assert_eq!(query.place("12"), "120103001");
        assert_eq!(read("at=120102001").place("120102"), "120102001");
    }
}
