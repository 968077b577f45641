//! The address of the hall: what is searched and chosen, read from the query and written back into links.

use crate::base::words::address;
use app::components::{Chip, FilterGroup, FilterOption, Filters};
use domain::division::Divisions;
use domain::need::NeedKind;
use domain::vocabulary::BeneficiaryGroup;
use search::{Facets, Sort};
use services::finding::hall::{service_name, state_label};
use services::finding::hall_address::{HallAddress, OFFICE_STATES, OPEN, STATES, WAITS};

/// Where the hall lies.
pub(crate) const PATH: &str = "/needs";

/// Options shown before the fold.
const SHOWN: usize = 6;

/// A search as the address holds it, with what the page makes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HallQuery(pub HallAddress);

impl std::ops::Deref for HallQuery {
    type Target = HallAddress;

    fn deref(&self) -> &HallAddress {
        &self.0
    }
}

impl HallQuery {
    pub fn read(pairs: &[(String, String)]) -> Self {
        Self(HallAddress::read(pairs))
    }

    pub fn href(&self) -> String {
        address(PATH, &self.pairs(), &[])
    }

    /// What a new search text keeps.
    pub fn without_text(&self) -> Vec<(String, String)> {
        // The best match comes first again when other words are looked for.
        self.pairs().into_iter().filter(|(name, _)| !matches!(name.as_str(), "q" | "lit" | "sort")).collect()
    }

    /// The address with another state of things.
    pub fn with(&self, change: impl FnOnce(&mut HallAddress)) -> String {
        let mut address = self.0.clone();
        change(&mut address);
        Self(address).href()
    }

    pub fn only_text(&self) -> String {
        address(PATH, &[], &[("q", self.text.clone())])
    }

    /// `送餐（河东区）需求大厅`
    pub fn title(&self, divisions: &Divisions) -> String {
        let place = match self.districts.as_slice() {
            [one] => format!("（{}）", divisions.spoken_name(one)),
            _ => String::new(),
        };
        format!("{}{place}需求大厅", self.text.chars().take(20).collect::<String>())
    }

    /// Orders: label, address, whether it is the present one.
    pub fn orders(&self) -> Vec<(&'static str, String, bool)> {
        let present = self.order();
        let mut orders = vec![
            ("急难和等待优先", "urgent", Sort::Urgent),
            ("等待最久", "waiting", Sort::Waiting),
            ("最近公开", "newest", Sort::Newest),
        ];
        if !self.text.is_empty() {
            orders.insert(0, ("最符合", "relevance", Sort::Relevance));
        }
        orders
            .into_iter()
            .map(|(label, name, sort)| {
                (label, self.with(|address| name.clone_into(&mut address.sort)), sort == present)
            })
            .collect()
    }

    /// The panel beside the list. `scope` is the reader's own, empty for all others.
    pub fn filters(&self, facets: &Facets, scope: &str, divisions: &Divisions) -> Filters {
        let mut groups = Vec::new();
        if scope.len() < 6 {
            let all = divisions.districts().map(|d| d.prefix().to_owned());
            let name = |code: &str| divisions.spoken_name(code);
            groups.push(folded("所在区", "d", "其他区", options(&facets.district, all, &self.districts, name)));
        }
        if scope.len() == 6 || (scope.len() < 6 && self.districts.len() == 1) {
            let name = |code: &str| divisions.get(code).map_or_else(|| code.to_owned(), |d| d.name.clone());
            let streets = options(&facets.street, std::iter::empty(), &self.streets, name);
            if !streets.is_empty() {
                groups.push(folded("街镇", "t", "其他街镇", streets));
            }
        }
        groups.push(folded(
            "服务",
            "s",
            "其他服务",
            options(&facets.service, std::iter::empty(), &self.services, service_name),
        ));
        let group_name = |code: &str| {
            BeneficiaryGroup::from_code(code).map_or_else(|| code.to_owned(), |group| group.name().to_owned())
        };
        let group_options = options(&facets.beneficiary_group, std::iter::empty(), &self.groups, group_name);
        groups.push(folded("帮扶对象", "g", "其他对象", group_options));
        groups.push(self.waits());
        groups.push(FilterGroup {
            legend: "紧急程度".into(),
            name: "urgent".into(),
            single: false,
            options: vec![FilterOption {
                value: "1".into(),
                label: "只看急难".into(),
                count: shown(count(&facets.urgent, "true")),
                checked: self.urgent,
            }],
            more: None,
        });
        groups.push(self.kinds(facets));
        groups.push(self.state_group(facets, !scope.is_empty()));
        Filters {
            action: PATH.into(),
            keep: self.pairs().into_iter().filter(|(name, _)| matches!(name.as_str(), "q" | "lit" | "sort")).collect(),
            groups,
            chips: self.chips(divisions),
            clear: address(PATH, &[], &[("q", self.text.clone()), ("sort", self.sort.clone())]),
        }
    }

    fn waits(&self) -> FilterGroup {
        let option = |days: Option<i64>| FilterOption {
            value: days.map(|days| days.to_string()).unwrap_or_default(),
            label: days.map_or_else(|| "不限".to_owned(), |days| format!("超过{days}天")),
            count: None,
            checked: self.waited == days,
        };
        let options = std::iter::once(None).chain(WAITS.map(Some)).map(option).collect();
        FilterGroup { legend: "已等待".into(), name: "w".into(), single: true, options, more: None }
    }

    fn kinds(&self, facets: &Facets) -> FilterGroup {
        let mut options = vec![FilterOption {
            value: String::new(),
            label: "不限".into(),
            count: None,
            checked: self.kind.is_none(),
        }];
        options.extend(NeedKind::ALL.iter().map(|kind| FilterOption {
            value: kind.to_string(),
            label: kind.label().to_owned(),
            count: shown(count(&facets.kind, kind.as_str())),
            checked: self.kind == Some(*kind),
        }));
        FilterGroup { legend: "个案或村".into(), name: "k".into(), single: true, options, more: None }
    }

    fn state_group(&self, facets: &Facets, office: bool) -> FilterGroup {
        let option = |state: &str| FilterOption {
            value: state.to_owned(),
            label: state_label(state).to_owned(),
            count: shown(count(&facets.state, state)),
            checked: if self.states.is_empty() {
                OPEN.contains(&state)
            } else {
                self.states.iter().any(|s| s == state)
            },
        };
        let more = office.then(|| ("没有公开的".to_owned(), OFFICE_STATES.map(option).to_vec()));
        FilterGroup {
            legend: "状态".into(),
            name: "state".into(),
            single: false,
            options: STATES.map(option).to_vec(),
            more,
        }
    }

    /// What is chosen, each with the address without it.
    pub fn chips(&self, divisions: &Divisions) -> Vec<Chip> {
        let pairs = self.pairs();
        pairs
            .iter()
            .filter_map(|(name, value)| {
                let label = match name.as_str() {
                    "d" | "t" => divisions.spoken_name(value),
                    "s" => service_name(value),
                    "g" => BeneficiaryGroup::from_code(value)?.name().to_owned(),
                    "k" => self.kind?.label().to_owned(),
                    "state" => state_label(value).to_owned(),
                    "urgent" => "只看急难".to_owned(),
                    "w" => format!("已等待超过{value}天"),
                    _ => return None,
                };
                let rest: Vec<_> = pairs.iter().filter(|pair| (&pair.0, &pair.1) != (name, value)).cloned().collect();
                Some(Chip { label, href: address(PATH, &rest, &[]) })
            })
            .collect()
    }
}

fn count(facet: &[(String, u64)], value: &str) -> u64 {
    facet.iter().find(|(v, _)| v == value).map_or(0, |(_, count)| *count)
}

/// A count that may be shown: not one hidden by the small-cell rule.
fn shown(count: u64) -> Option<u64> {
    Some(count).filter(|count| *count != services::finding::hall::FEW)
}

/// The values that occur or are chosen, then the rest of `all`.
fn options(
    facet: &[(String, u64)],
    all: impl Iterator<Item = String>,
    chosen: &[String],
    name: impl Fn(&str) -> String,
) -> Vec<FilterOption> {
    let mut values: Vec<(String, u64)> = facet.to_vec();
    for value in all.chain(chosen.iter().cloned()) {
        if !values.iter().any(|(v, _)| *v == value) {
            values.push((value, 0));
        }
    }
    values
        .into_iter()
        .map(|(value, count)| FilterOption {
            label: name(&value),
            count: shown(count),
            checked: chosen.contains(&value),
            value,
        })
        .collect()
}

/// The first few options open, chosen ones among them; the rest behind a fold.
fn folded(legend: &str, name: &str, more: &str, options: Vec<FilterOption>) -> FilterGroup {
    let (mut shown, mut rest): (Vec<_>, Vec<_>) =
        options.into_iter().enumerate().partition(|(at, option)| *at < SHOWN || option.checked);
    if rest.len() == 1 {
        shown.append(&mut rest);
    }
    let plain = |list: Vec<(usize, FilterOption)>| list.into_iter().map(|(_, option)| option).collect::<Vec<_>>();
    let more = (!rest.is_empty()).then(|| (format!("{more}（{}）", rest.len()), plain(rest)));
    FilterGroup { legend: legend.into(), name: name.into(), single: false, options: plain(shown), more }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> HallQuery {
        HallQuery::read(&serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap_or_default())
    }

    #[test]
    fn an_address_is_read_and_written_alike() {
        let query = read("q=送餐&d=120102&s=B01&state=met&urgent=1&w=7&sort=newest");
        assert_eq!(read(query.href().trim_start_matches("/needs?")), query);
        assert_eq!(query.chips(Divisions::bundled()).len(), 5);
    }
}
