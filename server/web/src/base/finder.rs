//! The public lists (projects, organizations, openings, teams) have one shape: a search box, choices beside the table,
//! the chips of what is chosen, pages. All of it stands in the address.

use crate::base::get::Get;
use crate::base::words::{address, pager};
use app::components::{Chip, Empty, EmptyKind, FilterGroup, FilterOption, Filters, Link, Search};
use app::pages::list::ListModel;

/// Rows of a page.
pub(crate) const SIZE: usize = 20;
/// Choices of one kind that stand open; the end of a longer list is folded.
const OPEN: usize = 9;

/// What a reader chose on one of these lists.
pub(crate) struct Finder<'a> {
    get: &'a Get,
    path: &'static str,
    groups: Vec<FilterGroup>,
    chips: Vec<Chip>,
    chosen: bool,
}

impl<'a> Finder<'a> {
    pub fn new(get: &'a Get, path: &'static str) -> Self {
        Self { get, path, groups: Vec::new(), chips: Vec::new(), chosen: !Self::text(get).is_empty() }
    }

    /// The words typed.
    pub fn text(get: &Get) -> String {
        get.value("q").chars().take(search::MAX_CHARS).collect()
    }

    fn chip(&mut self, name: &str, label: &str) {
        let href = address(self.path, &self.get.query, &[(name, String::new()), ("page", String::new())]);
        self.chips.push(Chip { label: label.to_owned(), href });
    }

    /// One of several values, or none of them.
    pub fn one_of(mut self, legend: &str, name: &str, all: Vec<(String, String)>) -> Self {
        let chosen = self.get.value(name);
        self.chosen |= !chosen.is_empty();
        if let Some((_, label)) = all.iter().find(|(value, _)| value == chosen) {
            self.chip(name, label);
        }
        let mut options: Vec<FilterOption> = std::iter::once((String::new(), "不限".to_owned()))
            .chain(all)
            .map(|(value, label)| FilterOption { checked: value == chosen, value, label, count: None })
            .collect();
        let rest = if options.len() > OPEN + 1 { options.split_off(OPEN) } else { Vec::new() };
        self.groups.push(FilterGroup {
            legend: legend.into(),
            name: name.into(),
            single: true,
            options,
            more: (!rest.is_empty()).then(|| ("更多".to_owned(), rest)),
        });
        self
    }

    /// Something that is wanted or not.
    pub fn wanted(mut self, legend: &str, name: &str, label: &str) -> Self {
        let checked = self.get.value(name) == "1";
        self.chosen |= checked;
        if checked {
            self.chip(name, label);
        }
        let option = FilterOption { value: "1".into(), label: label.into(), count: None, checked };
        self.groups.push(FilterGroup {
            legend: legend.into(),
            name: name.into(),
            single: false,
            options: vec![option],
            more: None,
        });
        self
    }

    /// Box, choices, chips and pages put around a list: `label` and `placeholder` of the box, `unit` of the count
    /// (`个项目`), the empty state where nothing is chosen.
    pub fn around(
        self,
        model: ListModel,
        (label, placeholder): (&str, &str),
        unit: &str,
        total: u64,
        nothing: Empty,
    ) -> ListModel {
        let Self { get, path, groups, chips, chosen } = self;
        let query = Self::text(get);
        let empty = (total == 0).then(|| {
            if chosen {
                let title = format!("没有符合这些条件的{}", &unit[3..]);
                Empty::new(EmptyKind::NoMatch, title, "去掉一个条件，或者换一个说法再找。")
                    .action(Link::new("看全部", path))
            } else {
                nothing
            }
        });
        let kept = |away: &[&str]| -> Vec<(String, String)> {
            let stays = |name: &str, value: &str| !value.is_empty() && name != "page" && !away.contains(&name);
            get.query.iter().filter(|(name, value)| stays(name, value)).cloned().collect()
        };
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        let keep = kept(&names);
        let search = Search {
            action: path.into(),
            query,
            label: label.into(),
            placeholder: placeholder.into(),
            suggest: None,
            keep: kept(&["q"]),
        };
        ListModel {
            search: Some(search),
            found: format!("{total}{unit}"),
            pager: (total > SIZE as u64).then(|| pager(path, &get.query, get.page(), SIZE, total, &unit[..3])),
            empty,
            filters: (!groups.is_empty()).then(|| Filters {
                action: path.into(),
                keep,
                groups,
                chips,
                clear: path.into(),
            }),
            ..model
        }
    }
}

/// The districts, by code.
pub(crate) fn districts(get: &Get) -> Vec<(String, String)> {
    get.site.services.divisions().districts().map(|d| (d.code12[..6].to_owned(), d.name.clone())).collect()
}

/// The services of the vocabulary, by code.
pub(crate) fn service_choices() -> Vec<(String, String)> {
    let all = domain::vocabulary::service_categories().iter();
    all.map(|service| (service.code.to_owned(), service.short_name.to_owned())).collect()
}
