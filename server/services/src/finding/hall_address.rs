//! The address of the hall: what is searched and chosen, read from a query string and written back.
//! A saved search is such an address.

use domain::calendar::Time;
use domain::need::NeedKind;
use domain::vocabulary::BeneficiaryGroup;
use search::{NeedQuery, Sort};

/// What is listed when no state is chosen: whatever still lacks somebody.
pub const OPEN: [&str; 2] = ["open", "partial"];
/// States of needs that the public may see, in the order of the loop.
pub const STATES: [&str; 6] = ["open", "partial", "covered", "met", "unmet", "ended"];
/// States that only the office in charge sees.
pub const OFFICE_STATES: [&str; 5] = ["draft", "in_review", "returned", "suspended", "merged"];
/// Days of waiting that can be chosen.
pub const WAITS: [i64; 3] = [3, 7, 14];

const HOUR: i64 = 3_600_000_000;
/// Values of one field that are read.
const MOST_VALUES: usize = 50;

/// A search as the address holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HallAddress {
    pub text: String,
    /// Words of the text that are to be taken as they stand.
    pub literal: Vec<String>,
    pub districts: Vec<String>,
    pub streets: Vec<String>,
    pub services: Vec<String>,
    pub groups: Vec<String>,
    pub kind: Option<NeedKind>,
    /// Empty: [`OPEN`].
    pub states: Vec<String>,
    pub urgent: bool,
    pub waited: Option<i64>,
    /// As in the address; empty for the order that fits.
    pub sort: String,
}

impl HallAddress {
    /// Reads a query; what is no value of a field is left out.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let first = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim());
        let all = |name: &str, fits: &dyn Fn(&str) -> bool| {
            let mut values: Vec<String> =
                pairs.iter().filter(|(n, value)| n == name && fits(value)).map(|(_, value)| value.clone()).collect();
            values.sort_unstable();
            values.dedup();
            values.truncate(MOST_VALUES);
            values
        };
        let digits =
            |count: usize| move |value: &str| value.len() == count && value.bytes().all(|b| b.is_ascii_digit());
        let mut states = all("state", &|value| STATES.contains(&value) || OFFICE_STATES.contains(&value));
        if states == OPEN {
            states.clear();
        }
        let text: String = first("q").chars().take(search::MAX_CHARS + 1).collect();
        Self {
            literal: if text.is_empty() {
                Vec::new()
            } else {
                all("lit", &|word| !word.is_empty() && word.chars().count() <= 40)
            },
            text,
            districts: all("d", &digits(6)),
            streets: all("t", &digits(9)),
            services: all("s", &|code| domain::vocabulary::service(code).is_some()),
            groups: all("g", &|code| BeneficiaryGroup::from_code(code).is_some()),
            kind: first("k").parse().ok(),
            states,
            urgent: first("urgent") == "1",
            waited: first("w").parse().ok().filter(|days| WAITS.contains(days)),
            sort: Some(first("sort"))
                .filter(|sort| ["urgent", "waiting", "newest", "relevance"].contains(sort))
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// Reads what stands behind the question mark.
    pub fn parse(query: &str) -> Self {
        Self::read(&serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap_or_default())
    }

    pub fn order(&self) -> Sort {
        match self.sort.as_str() {
            "waiting" => Sort::Waiting,
            "newest" => Sort::Newest,
            "urgent" => Sort::Urgent,
            _ if self.text.is_empty() => Sort::Urgent,
            _ => Sort::Relevance,
        }
    }

    /// The question to the index.
    pub fn need_query(&self, now: Time, offset: usize, limit: usize) -> NeedQuery {
        let states = if self.states.is_empty() { OPEN.map(str::to_owned).to_vec() } else { self.states.clone() };
        NeedQuery {
            text: self.text.clone(),
            literal: self.literal.clone(),
            districts: self.districts.clone(),
            streets: self.streets.clone(),
            services: self.services.clone(),
            beneficiary_groups: self.groups.clone(),
            kinds: self.kind.iter().map(ToString::to_string).collect(),
            states,
            urgent_only: self.urgent,
            published_before: self.waited.map(|days| now.plus_days(-days).0.div_euclid(HOUR) * HOUR),
            sort: self.order(),
            offset,
            limit,
            ..NeedQuery::default()
        }
    }

    /// The same as a question to a need that has just been published: what it waits for is somebody, and it
    /// has not waited yet.
    pub fn standing_query(&self) -> NeedQuery {
        let open = Self { states: Vec::new(), waited: None, ..self.clone() };
        open.need_query(Time(0), 0, 0)
    }

    /// All of it as query fields, in a fixed order.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut put = |name: &str, value: &str| {
            if !value.is_empty() {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        };
        put("q", &self.text);
        for (name, values) in [
            ("lit", &self.literal),
            ("d", &self.districts),
            ("t", &self.streets),
            ("s", &self.services),
            ("g", &self.groups),
            ("state", &self.states),
        ] {
            for value in values {
                put(name, value);
            }
        }
        put("k", self.kind.map_or("", NeedKind::as_str));
        put("urgent", if self.urgent { "1" } else { "" });
        put("w", &self.waited.map(|days| days.to_string()).unwrap_or_default());
        put("sort", &self.sort);
        pairs
    }

    /// The query string that [`HallAddress::parse`] reads.
    pub fn query_string(&self) -> String {
        serde_urlencoded::to_string(self.pairs()).unwrap_or_default()
    }

    /// Whether any filter is chosen.
    pub fn has_choice(&self) -> bool {
        self.pairs().iter().any(|(name, _)| !matches!(name.as_str(), "q" | "lit" | "sort"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_alike() {
        let text = "q=送餐&lit=送餐&d=120102&d=120103&s=B01&g=children&state=met&k=household&urgent=1&w=7&sort=newest";
        let address = HallAddress::parse(text);
        assert_eq!(HallAddress::parse(&address.query_string()), address);
        assert_eq!(address.districts.len(), 2);
        let standing = address.standing_query();
        assert_eq!((standing.states, standing.published_before), (OPEN.map(str::to_owned).to_vec(), None));
    }

    #[test]
    fn what_is_no_value_is_left_out() {
        let address = HallAddress::parse("d=1201&s=Z99&g=x&k=x&state=x&w=5&sort=x&urgent=2&lit=x");
        assert_eq!(address, HallAddress::default());
        assert!(!address.has_choice());
        assert_eq!(HallAddress::parse("state=open&state=partial"), HallAddress::default());
    }
}
