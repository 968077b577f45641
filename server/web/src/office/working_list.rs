//! The one component of every working list: words, filters, tabs by state, sortable heads, chosen columns, pages, ticked
//! rows. What differs from list to list is declared in [`crate::office::lists`].

use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::parts::count;
use crate::base::words::{address, pager};
use app::components::{
    Button, Cell, Chip, Choice, ColumnMenu, Content, Empty, EmptyKind, Field, FilterBar, FormTarget, Head, Link, Order,
    Search, SizeMenu, Tab, Table, Together, thousands,
};
use app::pages::list::{ListModel, Working, list_page};
use domain::form::office::list as form;
use domain::machine::State;
use services::office::list_view;
use services::office::lists::{ListQuery, Listing, SIZES};
use services::{Ctx, Result};

/// A column of a list.
pub(crate) struct Col {
    /// In the address.
    pub name: &'static str,
    pub head: &'static str,
    pub number: bool,
    /// The storage sorts by it.
    pub sorts: bool,
    /// Shown where nothing was chosen.
    pub shown: bool,
}

impl Col {
    pub const fn text(name: &'static str, head: &'static str) -> Self {
        Self { name, head, number: false, sorts: false, shown: true }
    }

    pub const fn number(name: &'static str, head: &'static str) -> Self {
        Self { number: true, ..Self::text(name, head) }
    }

    pub const fn sorts(self) -> Self {
        Self { sorts: true, ..self }
    }

    pub const fn chosen(self) -> Self {
        Self { shown: false, ..self }
    }
}

/// What a list may be filtered by beside place and days.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Service,
    Group,
    Organization,
    Responsible,
    Urgent,
    Overdue,
}

/// What a list is called, and what it has.
pub(crate) struct Spec {
    pub path: &'static str,
    pub title: &'static str,
    /// `个需求`
    pub unit: &'static str,
    pub caption: &'static str,
    pub empty: &'static str,
    pub hint: &'static str,
    /// In the search box.
    pub words: &'static str,
    /// What the days mean: `登记`.
    pub days: &'static str,
    pub by: Vec<By>,
    pub columns: Vec<Col>,
    /// Values and words of the states, in the order of the tabs.
    pub states: Vec<(&'static str, &'static str)>,
    /// Where no state was asked for.
    pub first: &'static str,
}

/// A row of any list.
#[derive(Clone)]
pub(crate) struct Row {
    /// What is sent when it is ticked.
    pub key: String,
    /// What is said of it.
    pub about: String,
    /// One for each column of the list, shown or not.
    pub cells: Vec<Cell>,
}

/// A page of any list.
pub(crate) struct Loaded {
    pub counts: Vec<(&'static str, i64)>,
    pub rows: Vec<Row>,
}

impl Loaded {
    pub fn of<S: State, R>(list: Listing<S, R>, row: impl FnMut(&R) -> Row) -> Self {
        Self {
            counts: list.counts.iter().map(|(state, n)| (state.text(), *n)).collect(),
            rows: list.rows.iter().map(row).collect(),
        }
    }

    pub fn total(&self, state: Option<&str>) -> u64 {
        count(self.counts.iter().filter(|(of, _)| state.is_none_or(|state| state == *of)).map(|(_, n)| n).sum())
    }
}

/// All rows, whatever their state.
pub(crate) const ALL: &str = "all";

impl Spec {
    /// The state that is shown; none for all.
    pub fn state(&self, query: &ListQuery) -> Option<&'static str> {
        if query.state == ALL {
            return None;
        }
        Some(self.states.iter().map(|(value, _)| *value).find(|value| *value == query.state).unwrap_or(self.first))
    }

    pub fn words_of(&self, state: Option<&str>) -> &'static str {
        self.states.iter().find(|(value, _)| Some(*value) == state).map_or("全部", |(_, words)| words)
    }

    /// The places of the columns that are shown.
    pub fn chosen(&self, query: &ListQuery) -> Vec<usize> {
        let all = self.columns.iter().enumerate();
        let asked: Vec<usize> = all
            .clone()
            .filter(|(at, col)| *at == 0 || query.columns.iter().any(|name| name == col.name))
            .map(|(at, _)| at)
            .collect();
        if query.columns.is_empty() || asked.len() < 2 {
            return all.filter(|(_, col)| col.shown).map(|(at, _)| at).collect();
        }
        asked
    }
}

/// What a cell says, for a file.
pub(crate) fn cell_text(cell: &Cell) -> String {
    let said = match &cell.content {
        Content::Text(text) | Content::Strong(text) | Content::Link { text, .. } => text.clone(),
        Content::Badge(badge) => badge.text.clone(),
        Content::Coverage { says, .. } => says.clone(),
        Content::Promise(line) => line.words.clone(),
        Content::Decisions(_) | Content::Pick { .. } => String::new(),
    };
    match (said.is_empty(), cell.note.is_empty()) {
        (_, true) => said,
        (true, false) => cell.note.clone(),
        (false, false) => format!("{said}（{}）", cell.note),
    }
}

/// The choices of a drop-down with "all" before them.
fn any(what: &str, choices: impl IntoIterator<Item = Choice>) -> Vec<Choice> {
    std::iter::once(Choice::new("", what)).chain(choices).collect()
}

/// Divisions right below one, by the digits that their codes begin with.
fn below(ctx: &Ctx, code: &str) -> Vec<Choice> {
    let divisions = ctx.services.divisions();
    let padded = domain::division::pad(code).unwrap_or_default();
    let below = divisions.children(&padded).filter(|division| division.is_current());
    below.map(|division| Choice::new(division.prefix(), division.short_name())).collect()
}

/// The filters of a list, as fields that show what was chosen.
fn filters(ctx: &Ctx, spec: &Spec, query: &ListQuery, responsible: &[String]) -> (Vec<Field>, Vec<Field>) {
    let (mut fields, mut more) = (Vec::new(), Vec::new());
    let scope = ctx.actor.scope.as_str();
    if ctx.role().is_staff() {
        let label = match scope.len() {
            2 => "区",
            6 => "街镇",
            _ => "村居",
        };
        let choices = below(ctx, scope);
        if !choices.is_empty() {
            let mut at = Field::of(form::AT).preset(any("全部", choices)).value(query.at.clone());
            at.label = label.into();
            fields.push(at);
        }
        if query.at.starts_with(scope) && query.at.len() > scope.len() {
            let choices = below(ctx, &query.at);
            if !choices.is_empty() {
                let mut within = Field::of(form::WITHIN).preset(any("全部", choices)).value(query.within.clone());
                within.label = if query.at.len() == 6 { "街镇".into() } else { "村居".into() };
                fields.push(within);
            }
        }
    }
    let has = |by: By| spec.by.contains(&by);
    if has(By::Service) {
        let all =
            domain::vocabulary::service_categories().iter().map(|service| Choice::new(service.code, service.name));
        fields.push(Field::of(form::SERVICE).preset(any("全部服务", all)).value(query.service.clone()));
    }
    if has(By::Group) {
        let all =
            domain::vocabulary::beneficiary_categories().iter().map(|group| Choice::new(group.code, group.short_name));
        fields.push(Field::of(form::GROUP).preset(any("全部对象", all)).value(query.group.clone()));
    }
    if has(By::Responsible) && !responsible.is_empty() {
        let all = responsible.iter().map(|name| Choice::new(name.clone(), name.clone()));
        fields.push(Field::of(form::RESPONSIBLE).preset(any("全部", all)).value(query.responsible.clone()));
    }
    if has(By::Organization) {
        more.push(Field::of(form::ORGANIZATION).value(query.organization.clone()));
    }
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    for (field, value) in [(form::FROM, day(query.from)), (form::UNTIL, day(query.until))] {
        let mut field = Field::of(field).value(value);
        field.label = format!("{}{}", spec.days, field.label);
        more.push(field);
    }
    for (by, field, chosen) in [(By::Urgent, form::URGENT, query.urgent), (By::Overdue, form::OVERDUE, query.overdue)] {
        if has(by) {
            let mut field = Field::of(field);
            field.fill(if chosen { &["1"] } else { &[] });
            more.push(field);
        }
    }
    (fields, more)
}

/// What is chosen, each with the address that takes it away.
fn chips(ctx: &Ctx, spec: &Spec, get: &Get, query: &ListQuery) -> Vec<Chip> {
    let without = |name: &str| address(spec.path, &get.query, &[(name, String::new()), ("page", String::new())]);
    let place = |code: &str| {
        let divisions = ctx.services.divisions();
        divisions.get(code).map_or_else(|| code.to_owned(), |division| division.short_name().to_owned())
    };
    let day = |day: Option<chrono::NaiveDate>| day.map(domain::calendar::day_words).unwrap_or_default();
    let from = format!("{}从{}起", spec.days, day(query.from));
    let until = format!("{}到{}止", spec.days, day(query.until));
    let service = domain::vocabulary::service(&query.service).map(|s| s.name.to_owned()).unwrap_or_default();
    let group = domain::vocabulary::beneficiary(&query.group).map(|g| g.short_name.to_owned()).unwrap_or_default();
    [
        ("q", !query.words.is_empty(), format!("“{}”", query.words)),
        ("at", !query.at.is_empty(), place(&query.at)),
        ("within", !query.within.is_empty(), place(&query.within)),
        ("service", !service.is_empty(), service),
        ("group", !group.is_empty(), group),
        ("responsible", !query.responsible.is_empty(), format!("经办人{}", query.responsible)),
        ("organization", !query.organization.is_empty(), format!("组织“{}”", query.organization)),
        ("urgent", query.urgent, "急难".to_owned()),
        ("overdue", query.overdue, "超时".to_owned()),
        ("from", query.from.is_some(), from),
        ("until", query.until.is_some(), until),
    ]
    .into_iter()
    .filter(|(_, is_chosen, _)| *is_chosen)
    .map(|(name, _, label)| Chip { label, href: without(name) })
    .collect()
}

/// The address's fields that a form keeps which sets others itself.
fn kept(get: &Get, own: &[&str]) -> Vec<(String, String)> {
    let kept = get.query.iter().filter(|(name, value)| {
        !own.contains(&name.as_str()) && !matches!(name.as_str(), "page" | "draft") && !value.is_empty()
    });
    kept.cloned().collect()
}

const FILTERS: [&str; 10] =
    ["at", "within", "service", "group", "organization", "responsible", "from", "until", "urgent", "overdue"];

/// Where a reader comes without a wish and has one remembered: there.
pub(crate) async fn remembered(get: &Get, path: &str) -> Result<Option<String>> {
    if !get.query.is_empty() || !get.signed_in().is_some_and(|reader| reader.keeps_views) {
        return Ok(None);
    }
    Ok(list_view::remembered(get.ctx()?, path)
        .await?
        .filter(|kept| !kept.is_empty())
        .map(|kept| format!("{path}?{kept}")))
}

/// What else a list's page has: the head's actions, one decision over all, what is done with ticked rows.
#[derive(Default)]
pub(crate) struct Beside {
    pub actions: Vec<Link>,
    pub batch: Option<app::components::Decision>,
    pub fields: Vec<Field>,
    /// Label and value of `do`.
    pub buttons: Vec<(&'static str, &'static str)>,
    pub responsible: Vec<String>,
}

/// The page of a list.
pub(crate) fn page(get: &Get, ctx: &Ctx, spec: &Spec, query: &ListQuery, loaded: Loaded, beside: Beside) -> Answer {
    let path = spec.path;
    let state = spec.state(query);
    let total = loaded.total(state);
    let tab = |value: &str, words: &str, n: u64| {
        let href = address(path, &get.query, &[("state", value.to_owned()), ("page", String::new())]);
        Tab::new(words, href, value == state.unwrap_or(ALL)).count(n)
    };
    let mut tabs: Vec<Tab> = spec
        .states
        .iter()
        .map(|(value, words)| (*value, *words, loaded.total(Some(value))))
        .filter(|(value, _, n)| *n > 0 || Some(*value) == state)
        .map(|(value, words, n)| tab(value, words, n))
        .collect();
    tabs.push(tab(ALL, "全部", loaded.total(None)));

    let chosen = spec.chosen(query);
    let picks = !beside.buttons.is_empty();
    let (down, sorted) = query.sort.strip_prefix('-').map_or((false, query.sort.as_str()), |name| (true, name));
    let is_empty = loaded.rows.is_empty();
    let mut table = Table::of(spec.caption, loaded.rows);
    if picks {
        table = table.column("选", |row| Cell::pick(row.key.clone(), row.about.clone()));
    }
    for at in &chosen {
        let col = &spec.columns[*at];
        let cell = |row: &Row| row.cells.get(*at).cloned().unwrap_or_else(|| Cell::text(""));
        table = if col.number { table.number(col.head, cell) } else { table.column(col.head, cell) };
        if col.sorts {
            let order = (sorted == col.name).then_some(if down { Order::Descending } else { Order::Ascending });
            let next = if order == Some(Order::Ascending) { format!("-{}", col.name) } else { col.name.to_owned() };
            table = table.sorted(address(path, &get.query, &[("sort", next), ("page", String::new())]), order);
        }
    }

    let chips = chips(ctx, spec, get, query);
    let (fields, more) = filters(ctx, spec, query, &beside.responsible);
    let clear =
        address(path, &kept(get, &FILTERS).into_iter().filter(|(name, _)| name != "q").collect::<Vec<_>>(), &[]);
    let empty = is_empty.then(|| match (total > 0, chips.is_empty()) {
        (true, _) => Empty::new(EmptyKind::NoMatch, "这一页没有内容", "可能刚刚办过，列表变短了。")
            .action(Link::new("回到第一页", address(path, &get.query, &[("page", String::new())]))),
        (false, false) => Empty::new(EmptyKind::NoMatch, format!("没有符合条件的{}", spec.empty), "去掉几个条件再看。")
            .action(Link::new("全部清除", clear.clone())),
        (false, true) => {
            Empty::new(EmptyKind::Nothing, format!("没有“{}”的{}", spec.words_of(state), spec.empty), spec.hint)
        }
    });
    let here = kept(get, &[]);
    let view = serde_urlencoded::to_string(here.iter().filter(|(name, _)| name != "q").collect::<Vec<_>>())
        .unwrap_or_default();
    let keep_view = |query: String| {
        FormTarget::new("/lists/remember", get.once()).with("form", path).with("list", path).with("query", query)
    };
    let size = query.size;
    let working = Working {
        filters: FilterBar {
            action: path.into(),
            keep: kept(get, &FILTERS),
            open: more.iter().any(|field| !field.value.is_empty()) || query.urgent || query.overdue,
            fields,
            more,
            chips,
            clear,
        },
        columns: ColumnMenu {
            action: path.into(),
            keep: kept(get, &["column"]),
            columns: spec
                .columns
                .iter()
                .enumerate()
                .skip(1)
                .map(|(at, col)| (col.name.to_owned(), col.head.to_owned(), chosen.contains(&at)))
                .collect(),
            remember: (!view.is_empty()).then(|| keep_view(view.clone())),
            forget: (!view.is_empty()).then(|| keep_view(String::new())),
        },
        sizes: SizeMenu {
            sizes: SIZES
                .iter()
                .map(|n| {
                    let href = address(path, &get.query, &[("size", n.to_string()), ("page", String::new())]);
                    (n.to_string(), (*n != size).then_some(href))
                })
                .collect(),
        },
        export: (total > 0).then(|| {
            let fields = [("list", path.to_owned()), ("page", String::new()), ("size", String::new())];
            (format!("导出{}行", thousands(total)), address("/lists/export", &get.query, &fields))
        }),
        together: picks.then(|| Together {
            target: FormTarget::new("/lists/together", get.once())
                .with("list", path)
                .with("back", get.request.path_and_query.clone()),
            fields: beside.fields,
            buttons: beside.buttons.iter().map(|(label, does)| Button::new(*label).sends("do", *does)).collect(),
        }),
    };
    let model = ListModel {
        head: Head { actions: beside.actions, ..Head::new(spec.title) },
        search: Some(Search {
            action: path.into(),
            query: query.words.clone(),
            label: format!("查找{}", spec.empty),
            placeholder: spec.words.into(),
            keep: kept(get, &["q"]),
            ..Search::default()
        }),
        tabs,
        found: format!("{}{}，{}", thousands(total), spec.unit, spec.words_of(state)),
        batch: beside.batch,
        table: table.done(),
        pager: (total > u64::try_from(size).unwrap_or(20)).then(|| {
            let unit: String = spec.unit.chars().take(1).collect();
            pager(path, &get.query, query.page, size, total, &unit)
        }),
        empty,
        working: Some(working),
        ..ListModel::default()
    };
    Page::new(spec.title, move || list_page(model)).into()
}
